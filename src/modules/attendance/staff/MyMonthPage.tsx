// 我的考勤: the month by days, forgotten punches, and whether it is right.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { addMonths, today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { useQuerySetter, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { system } from '../../system/contract.ts'
import { attendance, type DayResult, type FixRow, type SheetRow } from '../contract.ts'
import { FIX_TONES, halves, hm, letters, said, toneOf } from '../shown.ts'
import './month.css'

export function MyMonthPage() {
  const month = useQueryText('month') ?? today().slice(0, 7)
  const set = useQuerySetter()
  const q = useRead(attendance.myMonth, { month }, { stale_ms: 0 })
  return (
    <Page title="我的考勤" back="/attendance">
      <div className="ph-between"><Button className="ph-mid" onClick={() => set('month', addMonths(month, -1))}>上月</Button><strong>{month}</strong><Button className="ph-mid" disabled={month >= today().slice(0, 7)} onClick={() => set('month', addMonths(month, 1))}>下月</Button></div>
      <Loaded reading={q}>{(d) => (d.row ? <Shown key={month} month={month} row={d.row} state={d.state} fixes={d.fixes} left={d.fix_left} can={d.can.confirm === true} /> : <StateBlock icon="info" title="这个月没有考勤" text="没有编入考勤组,或不在职。" />)}</Loaded>
    </Page>
  )
}
function Shown({ month, row, state, fixes, left, can }: { month: string; row: SheetRow; state: string; fixes: readonly FixRow[]; left: number; can: boolean }) {
  const [day, setDay] = useState<DayResult>()
  const [fixing, setFixing] = useState<DayResult>()
  const t = row.totals
  const first = (new Date(`${month}-01T00:00:00Z`).getUTCDay() + 6) % 7
  return (
    <>
      <section className="ph-card ph-section" aria-label="本月合计">
        <div className="ph-between"><h2>{row.name}</h2><Tag {...(state === 'closed' ? { kind: 'good' as const } : state === 'issued' ? { kind: 'warn' as const } : {})}>{said('month', state)}</Tag></div>
        <Facts rows={[['出勤', `${t.worked_days} 天,工时 ${hm(t.work_minutes)}`], t.late_count ? ['迟到', `${t.late_count} 次 ${t.late_minutes} 分钟`] : null, t.early_count ? ['早退', `${t.early_count} 次 ${t.early_minutes} 分钟`] : null, t.absent_halves ? ['旷工', `${halves(t.absent_halves)} 天`] : null, t.missing_count ? ['缺卡', `${t.missing_count} 次`] : null, t.leave_halves ? ['请假', `${halves(t.leave_halves)} 天`] : null, t.overtime_work + t.overtime_rest + t.overtime_holiday + t.over_minutes > 0 ? ['加班', hm(t.overtime_work + t.overtime_rest + t.overtime_holiday + t.over_minutes)] : null, ['补卡', `还可补 ${left} 次`], ...row.adjustments.map((a) => ['更正', `${a.of_day} ${said('item', a.item)} ${a.change > 0 ? '+' : ''}${a.change},${a.reason}`] as const)]} />
      </section>
      <section className="ph-card ph-section" aria-label="月历">
        <div className="at-month">{['一', '二', '三', '四', '五', '六', '日'].map((w) => <span key={w} className="ph-muted">{w}</span>)}{Array.from({ length: first }, (_, i) => <span key={`x${i}`} />)}{row.days.map((d) => <button key={d.on_day} type="button" className={`at-day at-day-${toneOf(d)}`} aria-label={`${Number(d.on_day.slice(8))} ${letters(d)} ${d.on_day} ${d.tags.map((x) => said('tag', x)).join('、')}`} onClick={() => setDay(d)}>{Number(d.on_day.slice(8))}<br />{letters(d)}</button>)}</div>
      </section>
      {can ? <Confirm month={month} digest={row.digest} changed={row.confirm === 'changed'} /> : row.confirm === 'confirmed' ? <p className="ph-weak">已于 {row.confirm_at ? instant(row.confirm_at) : ''} 确认。</p> : null}
      {row.confirm === 'objected' ? <p className="ph-amber">您的异议:{row.confirm_words}</p> : null}
      {fixes.length > 0 ? <section className="ph-card ph-section" aria-label="补卡"><h2>补卡</h2>{fixes.map((f) => <Fix key={f.fix_id} f={f} />)}</section> : null}
      <Sheet open={day !== undefined} title={day?.on_day ?? ''} close={() => setDay(undefined)}>
        {day ? (
          <div className="ph-section">
            <Facts rows={[['结果', day.tags.map((x) => said('tag', x)).join('、')], ['班次', day.shift_text ?? '没有班'], ['上班', day.in_at ? instant(day.in_at).slice(5) : '—'], ['下班', day.out_at ? instant(day.out_at).slice(5) : '—'], ['工时', hm(day.work_minutes)]]} />
            <ul>{day.why.map((w) => <li key={w} className="ph-small">{w}</li>)}</ul>
            {day.shift_id && day.on_day <= today() && state !== 'closed' ? <Button className="ph-mid" block onClick={() => { setFixing(day); setDay(undefined) }}>补卡</Button> : null}
          </div>
        ) : null}
      </Sheet>
      <Sheet open={fixing !== undefined} title={`补 ${fixing?.on_day ?? ''} 的卡`} close={() => setFixing(undefined)}>{fixing ? <FixForm day={fixing} left={left} close={() => setFixing(undefined)} /> : null}</Sheet>
    </>
  )
}
function Confirm({ month, digest, changed }: { month: string; digest: string; changed: boolean }) {
  const say = useWrite(attendance.confirmMonth, { done: '已提交' })
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  return (
    <section className="ph-card ph-section" aria-label="确认">
      <h2>{changed ? '考勤有变动,请再确认' : '请核对后确认'}</h2>
      {say.error ? <p className="ph-fault" role="alert">{say.error.message}</p> : null}
      {open ? <><Field label="哪里不对">{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={300} value={text} onChange={(e) => setText(e.target.value)} />}</Field><Button className="ph-big" block color="primary" disabled={text.trim().length < 2} loading={say.running} onClick={() => void say.run({ month, digest, agree: false, words: text })}>提交异议</Button><Button className="ph-mid" block onClick={() => setOpen(false)}>取消</Button></> : <><Button className="ph-big" block color="primary" loading={say.running} onClick={async () => { if (await confirm({ title: `确认 ${month} 的考勤无误?`, yes: '确认' })) await say.run({ month, digest, agree: true }) }}>确认无误</Button><Button className="ph-mid" block onClick={() => setOpen(true)}>有异议</Button></>}
    </section>
  )
}
function Fix({ f }: { f: FixRow }) {
  const back = useWrite(system.withdrawApproval, { done: '已撤回', invalidates: 'all' })
  const tone = FIX_TONES[f.state]
  return <div className="ph-section"><div className="ph-between"><span>{f.on_day} {said('which', f.which)} {instant(f.at).slice(11)}<br /><span className="ph-muted">{f.reason}</span></span><Tag {...(tone === 'plain' ? {} : { kind: tone })}>{said('fix', f.state)}</Tag></div>{f.can.withdraw === true ? <Button className="ph-mid" block loading={back.running} onClick={async () => { if (await confirm({ title: '撤回这次补卡?', yes: '撤回' })) await back.run({ approval_id: f.approval_id, reason: '本人撤回' }) }}>撤回</Button> : null}</div>
}
function FixForm({ day, left, close }: { day: DayResult; left: number; close: () => void }) {
  const ask = useWrite(attendance.askFix, { done: '已提交' })
  const [which, setWhich] = useState<string>(day.in_at ? 'out' : 'in')
  const [on, setOn] = useState(day.on_day)
  const [time, setTime] = useState('')
  const [reason, setReason] = useState('')
  const why = left === 0 ? '本月补卡次数已用完,请联系主管' : !/^\d\d:\d\d$/.test(time) ? '请填实际时间' : reason.trim().length < 2 ? '请写明原因' : undefined
  return (
    <form className="ph-section" aria-label="补卡" onSubmit={(e) => { e.preventDefault(); if (!why) void ask.run({ on_day: day.on_day, which: which as 'in', on, time, reason }).then((a) => { if (a) close() }) }}>
      <p className="ph-weak">{day.shift_text}</p>
      <Chips label="补哪次" choices={[{ value: 'in', label: '上班' }, { value: 'out', label: '下班' }]} value={which} choose={setWhich} />
      <Field label="实际日期" hint="夜班下班多为次日">{(p) => <input {...p} className="ph-input" type="date" value={on} onChange={(e) => setOn(e.target.value)} />}</Field>
      <Field label="实际时间">{(p) => <input {...p} className="ph-input" type="time" value={time} onChange={(e) => setTime(e.target.value)} />}</Field>
      <Field label="原因">{(p) => <input {...p} className="ph-input" maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
      {ask.error ? <p className="ph-fault" role="alert">{ask.error.message}</p> : why ? <p className="ph-weak">{why}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" disabled={why !== undefined} loading={ask.running}>提交</Button>
    </form>
  )
}
