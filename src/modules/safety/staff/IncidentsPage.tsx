// 安全事件 on the phone: what I reported, handle or owe a measure of; and one of them, with what is done on the spot.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, RowLink, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { PhotoStrip, Photos, type Taken } from '../../../ui/phone/photos.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { PHOTOS_MAX, safety, type IncidentFull, type IncidentRow } from '../contract.ts'
import { TONE, hour, leftText, said } from '../shown.ts'

const POLL_MS = 30_000
function StateMark({ state }: { state: IncidentRow['state'] }) {
  const tone = TONE[state]
  return <Tag {...(tone === 'plain' ? {} : { kind: tone })}>{said('state', state)}</Tag>
}
const unreported = (o: Pick<IncidentRow, 'report_due_at' | 'reported_at' | 'state'>): boolean => o.report_due_at !== null && o.reported_at === null && o.state !== 'void'

export function IncidentsPage() {
  const list = useRead(safety.myIncidents, {}, { refresh_ms: POLL_MS })
  return (
    <Page title="安全事件" back="/">
      <Loaded reading={list}>{(x) => (x.rows.length === 0 ? <p className="ph-weak ph-center">没有要处理的安全事件</p> : <div className="ph-list">{x.rows.map((r) => <RowLink key={r.incident_id} title={<span className="ph-line">{r.kind}{unreported(r) ? <Tag kind="bad">上报{leftText(r.report_due_at!, nowIso())}</Tag> : null}</span>} under={`${r.place} · ${hour(r.occurred_at)}`} side={<StateMark state={r.state} />} to={`/safety/incidents/${r.incident_id}`} />)}</div>)}</Loaded>
    </Page>
  )
}

type Open = 'note' | 'report' | { measure_id: string; words: string }
export function IncidentPage() {
  const incident_id = useParam('incident_id')
  const reading = useRead(safety.incident, { incident_id }, { refresh_ms: POLL_MS })
  const take = useWrite(safety.takeIncident, { done: '已受理' })
  const [open, setOpen] = useState<Open>()
  const o = reading.data
  const big = { className: 'ph-big', block: true, color: 'primary' } as const
  const foot = o?.can.take === true ? <Button {...big} loading={take.running} onClick={() => void take.run({ incident_id })}>受理</Button> : o && o.can.report_out === true && unreported(o) ? <Button {...big} color="danger" onClick={() => setOpen('report')}>登记上报</Button> : undefined
  return <Page title="安全事件" back="/safety" {...(foot ? { foot } : {})}><Loaded reading={reading}>{(x) => <Shown o={x} open={open} setOpen={setOpen} />}</Loaded></Page>
}
function Shown({ o, open, setOpen }: { o: IncidentFull; open: Open | undefined; setOpen: (x: Open | undefined) => void }) {
  const close = () => setOpen(undefined)
  const measure = typeof open === 'object' ? open : undefined
  return (
    <>
      <section className="ph-card ph-section">
        <div className="ph-between"><h2>{o.kind}</h2><StateMark state={o.state} /></div>
        <p style={{ whiteSpace: 'pre-wrap' }}>{o.words}</p>
        {unreported(o) ? <p className="ph-fault">应在 {hour(o.report_due_at!)} 前向{o.report_to}上报,{leftText(o.report_due_at!, nowIso())}。</p> : null}
        <Facts rows={[['编号', o.no], ['地点', `${o.community_name} ${o.place}`], ['发生', instant(o.occurred_at).slice(0, 16)], ['等级', said('level', o.level)], o.hurt ? ['伤亡', `${o.hurt} 人`] : null, ['报告人', o.reported_by_name], o.assignee_name ? ['处理人', o.assignee_name] : null]} />
        <div className="ph-line">
          {o.can.note === true ? <Button size="small" onClick={() => setOpen('note')}>处置经过</Button> : null}
          {o.can.report_out === true ? <Button size="small" onClick={() => setOpen('report')}>登记上报</Button> : null}
        </div>
      </section>
      {o.measures.length ? (
        <section className="ph-card ph-section"><h2>整改措施</h2>
          {o.measures.map((m) => <p key={m.measure_id} className="ph-between"><span>{m.words}<span className={`ph-small ${m.late ? 'ph-red' : 'ph-weak'}`} style={{ display: 'block' }}>{m.who} · {m.due_on} 前{m.done_at ? ` · 已完成:${m.done_words}` : ''}</span></span>{m.can.done === true ? <Button size="small" color="primary" onClick={() => setOpen({ measure_id: m.measure_id, words: m.words })}>完成</Button> : null}</p>)}
        </section>
      ) : null}
      {o.reports.length ? <section className="ph-card ph-section"><h2>上报</h2>{o.reports.map((r) => <p key={r.report_id}>{said('authority', r.authority)} {r.receiver}<span className="ph-weak ph-small" style={{ display: 'block' }}>{hour(r.reported_at)}{r.outside_no ? ` · ${r.outside_no}` : ''}</span></p>)}</section> : null}
      <section className="ph-card"><h2>进度</h2>
        <ol className="ph-steps" aria-label="进度">{o.steps.toReversed().map((s) => <li key={s.step_no}><span className="ph-between"><b>{said('action', s.action)}{s.to_name ? ` → ${s.to_name}` : ''}</b><span className="ph-weak ph-small ph-num">{hour(s.at)}</span></span><span className="ph-weak ph-small">{s.by_name}</span>{s.note ? <span>{s.note}</span> : null}<PhotoStrip urls={s.photo_ids.map((file_id) => fileUrl(safety.photo, { incident_id: o.incident_id, file_id }))} label={said('action', s.action)} /></li>)}</ol>
      </section>
      <Sheet open={open === 'note'} title="处置经过" close={close}><Note o={o} done={close} /></Sheet>
      <Sheet open={open === 'report'} title="登记上报" close={close}><ReportOut o={o} done={close} /></Sheet>
      <Sheet open={measure !== undefined} title={measure?.words ?? ''} close={close}>{measure ? <Done o={o} measure_id={measure.measure_id} done={close} /> : null}</Sheet>
    </>
  )
}
interface P {
  o: IncidentFull
  done: () => void
}
async function closeAfter(made: Promise<unknown>, close: () => void): Promise<void> {
  if (await made) close()
}
function Note({ o, done }: P) {
  const save = useWrite(safety.noteIncident, { done: '已记录', in_form: true })
  const [note, setNote] = useState('')
  const [photos, setPhotos] = useState<Taken[]>([])
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(save.run({ incident_id: o.incident_id, note, ...(photos.length ? { photo_ids: photos.map((p) => p.file_id) } : {}) }), done) }}>
      <Field label="处置经过" error={save.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={4} maxLength={1000} value={note} onChange={(e) => setNote(e.target.value)} />}</Field>
      <Photos label="照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} camera />
      <Button className="ph-big" block color="primary" type="submit" disabled={note.trim() === ''} loading={save.running}>保存</Button>
    </form>
  )
}
const AUTHORITIES = ['police', 'fire', 'ambulance', 'street', 'other'] as const
function ReportOut({ o, done }: P) {
  const save = useWrite(safety.reportOut, { done: '已登记上报', in_form: true })
  const [authority, setAuthority] = useState<string>(o.report_to.includes('119') ? 'fire' : 'police')
  const [receiver, setReceiver] = useState('')
  const [no, setNo] = useState('')
  const [at, setAt] = useState(() => instant(nowIso()).slice(0, 16).replace(' ', 'T'))
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(save.run({ incident_id: o.incident_id, authority: authority as (typeof AUTHORITIES)[number], receiver, way: 'phone', reported_at: new Date(`${at}:00+08:00`).toISOString(), ...(no.trim() ? { outside_no: no.trim() } : {}) }), done) }}>
      <Chips label="单位" choices={AUTHORITIES.map((a) => ({ value: a, label: said('authority', a) }))} value={authority} choose={setAuthority} />
      <Field label="接报单位或接警人" error={save.error?.message}>{(p) => <input {...p} className="ph-input" maxLength={60} value={receiver} onChange={(e) => setReceiver(e.target.value)} />}</Field>
      <Field label="报告时间">{(p) => <input {...p} className="ph-input" type="datetime-local" value={at} onChange={(e) => setAt(e.target.value)} />}</Field>
      <Field label="接警单号(选填)">{(p) => <input {...p} className="ph-input" maxLength={60} value={no} onChange={(e) => setNo(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" disabled={receiver.trim() === '' || at === ''} loading={save.running}>保存</Button>
    </form>
  )
}
function Done({ o, measure_id, done }: P & { measure_id: string }) {
  const save = useWrite(safety.doneMeasure, { done: '已登记完成', in_form: true })
  const [text, setText] = useState('')
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(save.run({ incident_id: o.incident_id, measure_id, done_words: text }), done) }}>
      <Field label="完成情况" error={save.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={300} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" disabled={text.trim() === ''} loading={save.running}>登记完成</Button>
    </form>
  )
}
