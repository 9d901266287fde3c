// 审核 on the supervisor's phone: doubtful or skipped rounds with their evidence, and findings that are said to be put right.
import { Button } from 'antd-mobile'
import { useState, type ReactNode } from 'react'
import { addDays, nowMs, today } from '../../../kernel/clock.ts'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, RowLink, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { PhotoStrip } from '../../../ui/phone/photos.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { rounds, type FindingRow, type StopSeen, type TaskFull } from '../contract.ts'
import { said } from '../shown.ts'

const BACK_DAYS = 30
const SHOWN = 50
const hour = (at: string): string => instant(at).slice(5, 16)
const span = () => ({ from_on: addDays(today(), -BACK_DAYS), to_on: today() })

export function ReviewPage() {
  const tasks = useRead(rounds.tasks, { ...span(), state: 'review', page_size: SHOWN }, { refresh_ms: 60_000 })
  const found = useRead(rounds.findings, { state: 'mended', page_size: SHOWN }, { refresh_ms: 60_000 })
  return (
    <Page title="审核" back="/rounds">
      <section className="ph-section" aria-label="待审核的巡查">
        <h2 className="ph-h2">待审核的巡查 {tasks.data?.total ?? ''}</h2>
        <Loaded reading={tasks}>{({ rows }) => (rows.length === 0 ? <StateBlock icon="ok" title="没有待审核的巡查" text="有可疑、跳过或申请免做的会显示在这里" /> : <ul className="ph-list">{rows.map((t) => <li key={t.task_id}><RowLink to={`/rounds/review/${t.on_day}/${t.task_id}`} title={<span className="ph-strong">{t.name}</span>} under={<>{hour(t.starts_at)} · {t.done_by_name ?? '—'} · {t.community_name}<br />{t.flags.map((f) => <Tag key={f} kind="bad">{said('flag', f)}</Tag>)}{t.skip_count > 0 ? <Tag kind="warn">跳过 {t.skip_count}</Tag> : null}</>} side={<span className="ph-num">{t.checked_count}/{t.point_count}</span>} /></li>)}</ul>)}</Loaded>
      </section>
      <section className="ph-section" aria-label="待复查的问题">
        <h2 className="ph-h2">待复查的问题 {found.data?.total ?? ''}</h2>
        <Loaded reading={found}>{({ rows }) => (rows.length === 0 ? <StateBlock icon="ok" title="没有待复查的问题" text="整改完成的会显示在这里" /> : <ul className="ph-section">{rows.map((f) => <li key={f.finding_id}><Finding f={f} /></li>)}</ul>)}</Loaded>
      </section>
    </Page>
  )
}

function Finding({ f }: { f: FindingRow }) {
  const close = useWrite(rounds.closeFinding, { done: '已销项' })
  const back = useWrite(rounds.backFinding, { in_form: true, done: '已退回重新整改' })
  const [open, setOpen] = useState(false)
  const photo = (part: 'before' | 'after') => f.photos.filter((p) => (p.part === 'after') === (part === 'after')).map((p) => fileUrl(rounds.findingPhoto, { finding_id: f.finding_id, file_id: p.file_id }))
  return (
    <article className="ph-card ph-section" aria-label={f.place}>
      <p className="ph-between"><b>{[f.subject, f.building_name, f.place].filter(Boolean).join(' · ')}</b>{f.late ? <Tag kind="bad">超期</Tag> : null}</p>
      <p>{f.words}</p>
      <PhotoStrip urls={photo('before')} label="发现时" />
      <p className="ph-weak ph-small">{f.mended_by_name} {f.mended_at ? hour(f.mended_at) : ''} 整改:{f.mend_note}</p>
      <PhotoStrip urls={photo('after')} label="整改后" />
      {f.can.close === true ? <div className="ph-two"><Button className="ph-mid" color="primary" loading={close.running} onClick={() => void close.run({ finding_id: f.finding_id })}>合格,销项</Button><Button className="ph-mid" onClick={() => setOpen(true)}>不合格</Button></div> : <p className="ph-weak ph-small">{f.can.close === 'rounds.own_work' ? '自己整改的由别人复查' : ''}</p>}
      <Sheet open={open} title="复查不合格" close={() => setOpen(false)}><ReasonForm label="哪里不合格" submit="退回整改" running={back.running} error={back.error?.message} send={async (reason) => { if (await back.run({ finding_id: f.finding_id, reason })) setOpen(false) }} /></Sheet>
    </article>
  )
}
function ReasonForm({ label, submit, running, error, send, children }: { label: string; submit: string; running: boolean; error: string | undefined; send: (reason: string) => Promise<void>; children?: ReactNode }) {
  const [text, setText] = useState('')
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void send(text.trim()) }}>
      <Field label={label} error={error}>{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={200} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      {children}
      <Button className="ph-big" block color="primary" type="submit" disabled={text.trim().length < 2} loading={running}>{submit}</Button>
    </form>
  )
}

export function ReviewTaskPage() {
  const [on_day, task_id] = [useParam('on_day'), useParam('task_id')]
  const reading = useRead(rounds.task, { on_day, task_id }, { refresh_ms: 60_000 })
  return <Page title={reading.data?.name ?? '审核巡查'} back="/rounds/review"><Loaded reading={reading}>{(t) => <Shown t={t} />}</Loaded></Page>
}
const REDO = [{ value: '2', label: '2 小时内' }, { value: '8', label: '8 小时内' }, { value: '24', label: '明天此时前' }]
function Shown({ t }: { t: TaskFull }) {
  const one = { on_day: t.on_day, task_id: t.task_id }
  const pass = useWrite(rounds.passTask, { done: '已通过' })
  const reject = useWrite(rounds.rejectTask, { in_form: true, done: '已判不合格' })
  const redo = useWrite(rounds.redoTask, { in_form: true, done: '已责令补做' })
  const [open, setOpen] = useState<'reject' | 'redo'>()
  const [hours, setHours] = useState('2')
  const asked = t.steps.findLast((s) => s.action === 'skip')
  const close = () => setOpen(undefined)
  return (
    <>
      <section className="ph-card ph-section">
        <p className="ph-between"><b>{said('state', t.state)}</b><span className="ph-num">{t.checked_count} / {t.point_count}</span></p>
        <p className="ph-line">{t.flags.map((f) => <Tag key={f} kind="bad">{said('flag', f)}</Tag>)}</p>
        <Facts rows={[['小区', t.community_name], ['执行人', t.done_by_name ?? '—'], ['时段', `${hour(t.starts_at)} – ${hour(t.due_at)}`], t.ended_at && t.state !== 'missed' ? ['完成', hour(t.ended_at)] : null, t.score_max ? ['得分', `${t.score_got} / ${t.score_max}`] : null, asked?.note ? ['申请免做', asked.note] : null]} />
        <div className="ph-two">
          {t.can.pass === true ? <Button className="ph-mid" color="primary" loading={pass.running} onClick={() => void pass.run(one)}>通过</Button> : null}
          {t.can.reject === true ? <Button className="ph-mid" onClick={() => setOpen('reject')}>判不合格</Button> : null}
          {t.can.redo === true ? <Button className="ph-mid" color="primary" onClick={() => setOpen('redo')}>责令补做</Button> : null}
        </div>
        {t.can.pass === 'rounds.own_work' ? <p className="ph-weak ph-small">自己做的由别人审核</p> : null}
      </section>
      <ul className="ph-section" aria-label="点位">{t.stops.map((s) => <li key={s.stop_no}><StopCard t={t} s={s} /></li>)}</ul>
      <Sheet open={open === 'reject'} title="判不合格" close={close}><ReasonForm label="原因" submit="判不合格" running={reject.running} error={reject.error?.message} send={async (reason) => { if (await reject.run({ ...one, reason })) close() }} /></Sheet>
      <Sheet open={open === 'redo'} title="责令补做" close={close}><ReasonForm label="原因" submit="责令补做" running={redo.running} error={redo.error?.message} send={async (reason) => { if (await redo.run({ ...one, reason, due_at: new Date(nowMs() + Number(hours) * 3_600_000).toISOString() })) close() }}><Chips label="补做期限" choices={REDO} value={hours} choose={setHours} /></ReasonForm></Sheet>
    </>
  )
}
function StopCard({ t, s }: { t: TaskFull; s: StopSeen }) {
  const r = s.record
  if (!r) return <div className="ph-card ph-between"><b>{s.stop_no}. {s.point_name}</b><span className="ph-weak">未到</span></div>
  const p = r.position
  return (
    <div className="ph-card ph-section">
      <p className="ph-between"><b>{s.stop_no}. {s.point_name}</b><Tag {...(r.outcome === 'ok' ? { kind: 'good' as const } : r.outcome === 'skipped' ? { kind: 'warn' as const } : { kind: 'bad' as const })}>{said('outcome', r.outcome)}</Tag></p>
      <p className="ph-weak ph-small">{r.by_name} · {hour(r.done_at)} · {said('proof', r.proof)}{r.proof_ok ? '' : ',没有证明到位'}</p>
      {p ? <p className="ph-weak ph-small">{p.state !== 'given' ? said('position', p.state) : `定位误差 ${p.accuracy_m} 米${p.distance_m === null ? '' : `,离点位 ${p.distance_m} 米`}`}</p> : null}
      {r.reasons.length ? <p className="ph-red ph-small">{r.reasons.join(';')}</p> : null}
      {r.values.length ? <p className="ph-small">{r.values.map((v) => <span key={v.item_id} className={v.bad ? 'ph-red ph-strong' : ''}>{v.text}:{v.value} </span>)}</p> : null}
      {r.note ? <p className="ph-small">{r.note}</p> : null}
      {r.finding ? <p className="ph-small">{r.finding.words}({said('way', r.finding.way)})</p> : null}
      <PhotoStrip urls={r.photos.map((x) => fileUrl(rounds.photo, { on_day: t.on_day, task_id: t.task_id, file_id: x.file_id }))} label={s.point_name} />
    </div>
  )
}
