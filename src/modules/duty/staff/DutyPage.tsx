// 值班: the shift that runs, its hours to write, handing over and taking over by signature. Works without network.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { instant } from '../../../ui/format.ts'
import { Facts, Field, RowLink, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { keepPhoto, newPhotoKey } from '../../../ui/phone/kept_photos.ts'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { putAndWait } from '../../../ui/phone/outbox_sender.ts'
import { OutboxCard } from '../../../ui/phone/OutboxCard.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { SignaturePad } from '../../../ui/phone/SignaturePad.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { useWrite } from '../../../ui/api.ts'
import { duty, type Handover, type MyShift } from '../contract.ts'
import { said } from '../shown.ts'
import { useDuty } from './watch.ts'

const clock = (at: string): string => instant(at).slice(11, 16)
const TONE = { in_time: 'good', caught_up: 'warn', missed: 'bad', owing: 'bad', now: 'busy' } as const
type Open = { what: 'begin' | 'offer'; s: MyShift } | { what: 'take' | 'decline'; h: Handover } | { what: 'withdraw'; h: Handover }

export function DutyPage() {
  const { reading, waits, sent } = useDuty()
  const [open, setOpen] = useState<Open>()
  const close = (): void => { setOpen(undefined); reading.retry() }
  return (
    <Page title="值班" back="/">
      <OutboxCard />
      <Loaded reading={reading} rows={4}>
        {({ value, old, saved_at }) => (
          <>
            {old ? <p className="ph-weak ph-small">没有网络,可以照常记录和交接。存于 {instant(saved_at)}。</p> : null}
            {value.shifts.length === 0 && value.to_take.length === 0 && value.ahead.length === 0 ? <StateBlock icon="todo" title="没有排您的班" text="主管排班后显示在这里" /> : null}
            {value.to_take.map((h) => <TakeCard key={h.handover_id} h={h} sent={sent(duty.takeHandover, h.handover_id)} open={setOpen} />)}
            {value.shifts.map((s) => <ShiftCard key={`${s.room_id} ${s.on_day} ${s.shift_id}`} s={s} waits={waits} sent={sent} open={setOpen} />)}
            {value.ahead.length ? <section className="ph-section"><h2 className="ph-h2">接下来</h2><ul className="ph-list">{value.ahead.map((a) => <li key={a.starts_at} className="ph-row"><span className="ph-row-body">{a.room_name} {a.shift_name}</span><span className="ph-row-side ph-num">{instant(a.starts_at).slice(5, 16)}–{clock(a.ends_at)}</span></li>)}</ul></section> : null}
          </>
        )}
      </Loaded>
      <Sheet open={open !== undefined} title={open ? { begin: '上岗', offer: '交班', take: '接班', decline: '不接班', withdraw: '撤回交班' }[open.what] : ''} close={() => setOpen(undefined)}>
        {open?.what === 'begin' ? <SignForm about={{ room: open.s.room_name, shift: open.s.shift_name }} call={duty.beginDuty} subject={`${open.s.room_id} ${open.s.on_day} ${open.s.shift_id}`} input={{ room_id: open.s.room_id, on_day: open.s.on_day, shift_id: open.s.shift_id }} button="签字上岗" done={close} /> : null}
        {open?.what === 'offer' ? <OfferForm s={open.s} done={close} /> : null}
        {open?.what === 'take' ? <><HandoverFacts h={open.h} /><SignForm about={{ room: open.h.room_name, shift: open.h.to_shift_name }} call={duty.takeHandover} subject={open.h.handover_id} input={{ handover_id: open.h.handover_id }} button="核对无误,签字接班" done={close} /></> : null}
        {open?.what === 'decline' ? <ReasonForm call={duty.declineHandover} h={open.h} button="不接班" done={close} /> : null}
        {open?.what === 'withdraw' ? <ReasonForm call={duty.withdrawHandover} h={open.h} button="撤回" done={close} /> : null}
      </Sheet>
    </Page>
  )
}
function HandoverFacts({ h }: { h: Handover }) {
  return (
    <section className="ph-section">
      <Facts rows={[['交班', `${h.out_name ?? ''} ${h.out_at ? instant(h.out_at).slice(5, 16) : ''}`], h.note ? ['说明', h.note] : null]} />
      <ul className="ph-list" aria-label="清点">{h.counts.map((x) => <li key={x.thing_id} className="ph-row"><span className="ph-row-body">{x.name}{x.note ? <span className="ph-weak ph-small" style={{ display: 'block' }}>{x.note}</span> : null}</span><span className={`ph-row-side ph-num${x.found === x.count ? '' : ' ph-red ph-strong'}`}>{x.found} / {x.count}</span></li>)}</ul>
      {h.opens.length ? <ul className="ph-list" aria-label="未完事项">{h.opens.map((x) => <li key={x.id} className="ph-row"><span className="ph-row-body">{said('open', x.kind)}:{x.text}</span></li>)}</ul> : <p className="ph-weak">没有未完事项</p>}
    </section>
  )
}
function TakeCard({ h, sent, open }: { h: Handover; sent: boolean; open: (o: Open) => void }) {
  return (
    <section className="ph-card ph-section" aria-label={`待接班 ${h.room_name}`}>
      <p className="ph-between"><b>{h.room_name} · 接{h.to_shift_name}</b>{sent ? <Tag kind="busy">接班待上传</Tag> : <Tag kind="warn">待接班</Tag>}</p>
      <p>{h.out_name} 已签字交班,清点 {h.counts.length} 项{h.short ? <span className="ph-red">(有不符)</span> : null},未完事项 {h.opens.length} 项</p>
      {sent ? null : <><Button className="ph-big" block color="primary" onClick={() => open({ what: 'take', h })}>核对并接班</Button><Button className="ph-mid" block onClick={() => open({ what: 'decline', h })}>不接</Button></>}
    </section>
  )
}
function ShiftCard({ s, waits, sent, open }: { s: MyShift; waits: (id: string) => boolean; sent: (call: { name: string }, subject: string) => boolean; open: (o: Open) => void }) {
  const key = `${s.room_id} ${s.on_day} ${s.shift_id}`
  const begun = s.taken_at !== null || sent(duty.beginDuty, key)
  const offering = sent(duty.offerHandover, key)
  const hours = s.logs.toReversed()
  return (
    <section className="ph-section" aria-label={`${s.room_name} ${s.shift_name}`}>
      <div className="ph-card ph-section">
        <p className="ph-between"><b>{s.room_name} · {s.shift_name}</b><span className="ph-num">{clock(s.starts_at)}–{clock(s.ends_at)}</span></p>
        <p className="ph-weak ph-small">{[s.community_name, s.place, s.with_names.length ? `同班 ${s.with_names.join('、')}` : '一人值班'].filter(Boolean).join(' · ')}</p>
        <p className="ph-between"><span>{s.handed_at ? `已于 ${clock(s.handed_at)} 交班` : s.taken_at ? `${clock(s.taken_at)} 接班` : begun ? '上岗待上传' : '还没有接班'}</span><span className="ph-weak ph-small">下一班 {s.next_name ?? '无'}:{s.next_names.join('、') || '没有排人'}</span></p>
        {!begun && s.can.begin === true ? <Button className="ph-big" block color="primary" onClick={() => open({ what: 'begin', s })}>上岗</Button> : null}
        {!begun && s.can.begin === 'duty.before_there' ? <p className="ph-weak ph-small">等上一班交班后接班</p> : null}
        {s.offered ? <><p><Tag kind="busy">待接班</Tag> {clock(s.offered.out_at ?? s.ends_at)} 已签字交班</p><Button className="ph-mid" block onClick={() => open({ what: 'withdraw', h: s.offered! })}>撤回</Button></> : offering ? <p><Tag kind="busy">交班待上传</Tag></p> : s.can.offer === true ? <Button className="ph-big" block color="primary" onClick={() => open({ what: 'offer', s })}>交班</Button> : s.can.offer === 'duty.no_successor' || s.can.offer === 'duty.only_yourself' ? <p className="ph-red">{s.can.offer === 'duty.no_successor' ? '下一班没有排人,不能交班,请主管先排班' : '下一班只排了您自己,请主管安排接班人'}</p> : null}
      </div>
      {hours.length ? (
        <ul className="ph-list" aria-label="运行记录">
          {hours.map((l) => {
            const here = waits(l.task_id)
            const may = (l.hour === 'now' || l.hour === 'owing') && !here
            const side = here ? <Tag kind="busy">待上传</Tag> : <Tag {...(l.hour === 'let_off' ? {} : { kind: TONE[l.hour] })}>{said('hour', l.hour)}</Tag>
            return <li key={l.task_id}>{may ? <RowLink to={`/rounds/${l.task_id}`} title={<span className="ph-num">{clock(l.starts_at)}–{clock(l.due_at)}</span>} under={l.hour === 'owing' ? `${l.name} · 过时,记为补记` : l.name} side={side} /> : <div className="ph-row"><span className="ph-row-body"><span className="ph-num">{clock(l.starts_at)}–{clock(l.due_at)}</span><span className="ph-weak ph-small" style={{ display: 'block' }}>{l.name}{l.by_name ? ` · ${l.by_name}` : ''}</span></span><span className="ph-row-side">{side}</span></div>}</li>
          })}
        </ul>
      ) : null}
    </section>
  )
}
function OfferForm({ s, done }: { s: MyShift; done: () => void }) {
  const [found, setFound] = useState<Readonly<Record<string, string>>>({})
  const [why, setWhy] = useState<Readonly<Record<string, string>>>({})
  const counts = s.inventory.map((t) => ({ thing_id: t.thing_id, found: Number(found[t.thing_id] ?? t.count), note: why[t.thing_id]?.trim() || null }))
  const lost = s.inventory.find((t, i) => counts[i]!.found !== t.count && !counts[i]!.note)
  return (
    <div className="ph-section">
      <p>交给 {s.next_name}:{s.next_names.join('、')}</p>
      {s.inventory.map((t) => {
        const text = found[t.thing_id] ?? String(t.count)
        return (
          <div key={t.thing_id} className="ph-section">
            <Field label={`${t.name}(应有 ${t.count})`}>{(p) => <input {...p} className="ph-input" inputMode="numeric" value={text} onChange={(e) => setFound((x) => ({ ...x, [t.thing_id]: e.target.value.replace(/\D/g, '').slice(0, 3) }))} />}</Field>
            {Number(text) !== t.count ? <Field label={`${t.name} 不符的去向`}>{(p) => <input {...p} className="ph-input" maxLength={60} value={why[t.thing_id] ?? ''} onChange={(e) => setWhy((x) => ({ ...x, [t.thing_id]: e.target.value }))} />}</Field> : null}
          </div>
        )
      })}
      {s.opens.length ? <div><p className="ph-strong">未完事项(随交班单)</p><ul className="ph-list">{s.opens.map((x) => <li key={x.id} className="ph-row"><span className="ph-row-body">{said('open', x.kind)}:{x.text}</span></li>)}</ul></div> : <p className="ph-weak">没有未完事项</p>}
      <SignForm about={{ room: s.room_name, shift: s.shift_name }} call={duty.offerHandover} subject={`${s.room_id} ${s.on_day} ${s.shift_id}`} input={{ room_id: s.room_id, on_day: s.on_day, shift_id: s.shift_id, counts }} button="签字交班" blocked={lost ? `请写明「${lost.name}」的去向` : undefined} done={done} />
    </div>
  )
}
function SignForm({ call, subject, input, about, button, blocked, done }: { call: { name: string }; subject: string; input: Record<string, unknown>; about: Record<string, string>; button: string; blocked?: string | undefined; done: () => void }) {
  const owner = ownerOf(usePhoneMe())
  const [png, setPng] = useState<Blob>()
  const [note, setNote] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    if (!png) return setError('请签字')
    setBusy(true)
    try {
      const key = newPhotoKey(owner)
      await keepPhoto(key, png)
      const end = await putAndWait({ owner, call: call.name, subject: `${call.name} ${subject}`, photo_keys: [key], input: { ...input, note: note.trim() || null }, about })
      if (end.kind === 'refused') setError(end.message)
      else done()
    } catch {
      setError('没有保存:手机存储不可用')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="ph-section" noValidate onSubmit={(e) => { e.preventDefault(); void send() }}>
      <Field label="说明(选填)">{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={500} value={note} onChange={(e) => setNote(e.target.value)} />}</Field>
      <SignaturePad label="签名" signed={setPng} />
      {blocked ?? error ? <p className="ph-fault" role="alert">{blocked ?? error}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={busy} disabled={!png || blocked !== undefined}>{button}</Button>
    </form>
  )
}
function ReasonForm({ call, h, button, done }: { call: typeof duty.declineHandover | typeof duty.withdrawHandover; h: Handover; button: string; done: () => void }) {
  const save = useWrite(call, { in_form: true })
  const [text, setText] = useState('')
  const send = async (): Promise<void> => {
    if (await save.run({ handover_id: h.handover_id, reason: text.trim() })) done()
  }
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void send() }}>
      <Field label="原因" error={save.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={200} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" loading={save.running} disabled={text.trim().length < 2}>{button}</Button>
    </form>
  )
}
