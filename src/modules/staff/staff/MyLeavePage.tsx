// 请假与加班 on the phone: what is left, asking, and what became of it.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Chips, Facts, Field, Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { instant } from '../../../ui/format.ts'
import { Photos, type Taken } from '../../../ui/phone/photos.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { system } from '../../system/contract.ts'
import { staff, type AbsenceRow, type Balance } from '../contract.ts'
import { ABSENCE_TONES, endText, lengthText, said } from '../shown.ts'

export function MyLeavePage() {
  const q = useRead(staff.myAbsences, {}, { stale_ms: 0 })
  return <Page title="请假与加班" back="/mine"><Loaded reading={q}>{(d) => (d.has_file ? <Shown balances={d.balances} rows={d.rows} year={d.year} /> : <StateBlock icon="info" title="没有关联员工档案" text="请联系公司人事,把您的登录账号关联到员工档案。" />)}</Loaded></Page>
}
function Shown({ balances, rows, year }: { balances: readonly Balance[]; rows: readonly AbsenceRow[]; year: number }) {
  const [open, setOpen] = useState<'leave' | 'overtime'>()
  return (
    <>
      <section className="ph-card ph-section" aria-label="假期余额">
        <h2>{year} 年余额</h2>
        <Facts rows={balances.filter((b) => b.left_half !== null && (b.allowed_half ?? 0) > 0).map((b) => [b.kind_name, `${(b.left_half ?? 0) / 2} 天(共 ${(b.allowed_half ?? 0) / 2})`] as const)} />
      </section>
      {open ? null : <section className="ph-card ph-section" aria-label="申请"><Button className="ph-big" block color="primary" onClick={() => setOpen('leave')}>请假</Button><Button className="ph-mid" block onClick={() => setOpen('overtime')}>申请加班</Button></section>}
      {open === 'leave' ? <Leave balances={balances} close={() => setOpen(undefined)} /> : null}
      {open === 'overtime' ? <Overtime close={() => setOpen(undefined)} /> : null}
      {rows.length === 0 ? <StateBlock icon="info" title="还没有请过假" text="" /> : rows.map((r) => <One key={r.absence_id} r={r} />)}
    </>
  )
}
const HALVES = [{ value: 'am', label: '上午' }, { value: 'pm', label: '下午' }]
function Leave({ balances, close }: { balances: readonly Balance[]; close: () => void }) {
  const ask = useWrite(staff.askLeave, { done: '已提交' })
  const [kind_id, setKind] = useState(balances[0]?.kind_id ?? '')
  const [from_on, setFrom] = useState(today())
  const [to_on, setTo] = useState(today())
  const [from_half, setFromHalf] = useState('am')
  const [to_half, setToHalf] = useState('pm')
  const [days, setDays] = useState('1')
  const [reason, setReason] = useState('')
  const [files, setFiles] = useState<Taken[]>([])
  const b = balances.find((x) => x.kind_id === kind_id)
  const half_days = Math.round(Number.parseFloat(days) * 2)
  const why = !kind_id ? '请选择假期' : !(half_days >= 1) ? '请填写天数' : reason.trim().length < 2 ? '请写明事由' : b?.proof && files.length === 0 ? `${b.kind_name}须附证明` : undefined
  return (
    <form className="ph-card ph-section" aria-label="请假" onSubmit={(e) => { e.preventDefault(); if (!why) void ask.run({ kind_id, from_on, from_half: from_half as 'am', to_on, to_half: to_half as 'am', half_days, reason, file_ids: files.map((f) => f.file_id) }).then((a) => { if (a) close() }) }}>
      <h2>请假</h2>
      <Chips label="假期" wrap choices={balances.map((x) => ({ value: x.kind_id, label: x.left_half === null ? x.kind_name : `${x.kind_name} ${x.left_half / 2}` }))} value={kind_id} choose={setKind} />
      <Field label="从">{(p) => <input {...p} className="ph-input" type="date" value={from_on} onChange={(e) => { setFrom(e.target.value); if (e.target.value > to_on) setTo(e.target.value) }} />}</Field>
      <Chips label="从上午还是下午" choices={HALVES} value={from_half} choose={setFromHalf} />
      <Field label="到">{(p) => <input {...p} className="ph-input" type="date" value={to_on} min={from_on} onChange={(e) => setTo(e.target.value)} />}</Field>
      <Chips label="到上午还是下午" choices={HALVES} value={to_half} choose={setToHalf} />
      <Field label="天数" hint="可填 0.5;中间的休息日不计">{(p) => <input {...p} className="ph-input ph-num" inputMode="decimal" value={days} onChange={(e) => setDays(e.target.value)} />}</Field>
      <Field label="事由">{(p) => <input {...p} className="ph-input" maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
      {b?.proof ? <Photos label="证明" purpose="proof" photos={files} set={setFiles} max={6} /> : null}
      {ask.error ? <p className="ph-red" role="alert">{ask.error.message}</p> : why ? <p className="ph-weak">{why}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" disabled={why !== undefined} loading={ask.running}>提交</Button>
      <Button className="ph-mid" block onClick={close}>取消</Button>
    </form>
  )
}
function Overtime({ close }: { close: () => void }) {
  const ask = useWrite(staff.askOvertime, { done: '已提交' })
  const [on_day, setDay] = useState(today())
  const [from, setTime] = useState('18:00')
  const [minutes, setMinutes] = useState('120')
  const [pay, setPay] = useState('money')
  const [reason, setReason] = useState('')
  const n = Number.parseInt(minutes, 10)
  const why = !(n >= 30 && n <= 1440) ? '分钟数应为 30 至 1440' : reason.trim().length < 2 ? '请写明事由' : undefined
  return (
    <form className="ph-card ph-section" aria-label="申请加班" onSubmit={(e) => { e.preventDefault(); if (!why) void ask.run({ on_day, from, minutes: n, pay: pay as 'money', reason }).then((a) => { if (a) close() }) }}>
      <h2>申请加班</h2>
      <Field label="日期">{(p) => <input {...p} className="ph-input" type="date" value={on_day} onChange={(e) => setDay(e.target.value)} />}</Field>
      <Field label="从">{(p) => <input {...p} className="ph-input" type="time" value={from} onChange={(e) => setTime(e.target.value)} />}</Field>
      <Field label="分钟">{(p) => <input {...p} className="ph-input ph-num" inputMode="numeric" value={minutes} onChange={(e) => setMinutes(e.target.value)} />}</Field>
      <Chips label="补偿" choices={[{ value: 'money', label: '加班费' }, { value: 'rest', label: '调休' }]} value={pay} choose={setPay} />
      <Field label="事由">{(p) => <input {...p} className="ph-input" maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
      {ask.error ? <p className="ph-red" role="alert">{ask.error.message}</p> : why ? <p className="ph-weak">{why}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" disabled={why !== undefined} loading={ask.running}>提交</Button>
      <Button className="ph-mid" block onClick={close}>取消</Button>
    </form>
  )
}
function One({ r }: { r: AbsenceRow }) {
  const back = useWrite(system.withdrawApproval, { done: '已撤回', invalidates: 'all' })
  const tone = ABSENCE_TONES[r.state]
  return (
    <section className="ph-card ph-section" aria-label={`${r.kind_name ?? said('what', r.what)} ${instant(r.from_at)}`}>
      <div className="ph-between"><h2>{r.kind_name ?? said('what', r.what)}</h2><Tag {...(tone === 'plain' ? {} : { kind: tone })}>{said('absence', r.state)}</Tag></div>
      <Facts rows={[['时间', `${instant(r.from_at)} 至 ${endText(instant(r.to_at))}`], ['时长', lengthText(r)], ['事由', r.reason], r.cancelled ? ['销假', r.cancelled] : null]} />
      {r.can.withdraw === true ? <Button className="ph-mid" block loading={back.running} onClick={async () => { if (await confirm({ title: '撤回这次申请?', yes: '撤回' })) await back.run({ approval_id: r.approval_id, reason: '本人撤回' }) }}>撤回</Button> : null}
    </section>
  )
}
