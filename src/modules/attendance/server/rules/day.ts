// A day judged: the shift of the roster against punches, agreed leave, agreed overtime and the calendar. Pure; says its rule in words.
import { minuteText } from '../../../../kernel/clock.ts'
import type { DayResult, Policy } from '../../contract.ts'
import { hm, shiftText } from '../../shown.ts'
import { spanOf, type Span } from './span.ts'

const MIN = 60_000
export interface ShiftOn { shift_id: string; code: string; name: string; from_time: string; to_time: string; break_from: string | null; break_to: string | null; late_grace_minutes: number; early_grace_minutes: number; absent_after_minutes: number | null }
export interface PunchIn { at: string; which: 'in' | 'out' | null; place_state: string; way: string; fixed?: boolean }
export interface LeaveIn { am: boolean; pm: boolean; name: string; paid: boolean }
export interface DayIn {
  on_day: string
  employed: boolean
  /** undefined: not rostered; null: rest. */
  shift: ShiftOn | null | undefined
  calendar: 'holiday' | 'rest' | 'work' | 'weekend' | 'plain'
  calendar_name: string | null
  punches: readonly PunchIn[]
  leaves: readonly LeaveIn[]
  overtimes: readonly { minutes: number; pay: 'money' | 'rest' }[]
  /** End of the shift before and beginning of the next one, so that one punch is not taken for both. */
  prev_end: number | null
  next_start: number | null
  flexible: boolean
  policy: Pick<Policy, 'early_open_minutes' | 'late_open_minutes' | 'out_counts' | 'missing_counts'>
  now: string
}
export const blank = (on_day: string): DayResult => ({ on_day, tags: [], shift_id: null, shift_code: null, shift_text: null, in_at: null, out_at: null, planned_minutes: 0, work_minutes: 0, late_minutes: 0, late_count: 0, early_minutes: 0, early_count: 0, absent_halves: 0, missing_count: 0, away_count: 0, fix_count: 0, leave_halves: 0, unpaid_halves: 0, leave_names: [], overtime_work: 0, overtime_rest: 0, overtime_holiday: 0, overtime_in_lieu: 0, holiday_work_minutes: 0, worked: false, why: [] })
const iso = (ms: number): string => new Date(ms).toISOString()
const clock = (at: string): string => minuteText(at).slice(5)
/** When punches of this shift may lie: opened and closed by the rule, never past the middle to a neighbouring shift. */
export function windowOf(s: Span, o: Pick<DayIn, 'prev_end' | 'next_start' | 'policy'>): { from: number; to: number } {
  const from = s.start - o.policy.early_open_minutes * MIN
  const to = s.end + o.policy.late_open_minutes * MIN
  return { from: o.prev_end === null ? from : Math.max(from, Math.min(s.start, (o.prev_end + s.start) / 2)), to: o.next_start === null ? to : Math.min(to, Math.max(s.end, (s.end + o.next_start) / 2)) }
}
export function judgeDay(o: DayIn): DayResult {
  const d = blank(o.on_day)
  if (!o.employed) return { ...d, tags: ['off_books'] }
  overtime(o, d)
  if (!o.shift) {
    d.tags.push(o.calendar === 'holiday' ? 'holiday' : o.shift === null || o.calendar === 'rest' ? 'rest' : 'unset')
    if (o.calendar_name) d.why.push(o.calendar_name)
    d.why.push(o.shift === null ? '排班为休息' : '没有排班')
    if (d.overtime_work + d.overtime_rest + d.overtime_holiday + d.overtime_in_lieu > 0) d.tags.push('overtime')
    return d
  }
  shiftDay(o, d, o.shift)
  if (d.overtime_work + d.overtime_rest + d.overtime_holiday + d.overtime_in_lieu > 0) d.tags.push('overtime')
  return d
}
/** Agreed overtime by the kind of its day (劳动法 44): a statutory holiday, a day of rest, a day of work; what is taken back as rest is counted apart, but never of a holiday. */
function overtime(o: DayIn, d: DayResult): void {
  for (const x of o.overtimes) {
    const holiday = o.calendar === 'holiday'
    if (holiday) d.overtime_holiday += x.minutes
    else if (x.pay === 'rest') d.overtime_in_lieu += x.minutes
    else if (!o.shift && (o.shift === null || o.calendar === 'weekend' || o.calendar === 'rest')) d.overtime_rest += x.minutes
    else d.overtime_work += x.minutes
    d.why.push(`已批加班 ${hm(x.minutes)}:${holiday ? '法定节假日' : x.pay === 'rest' ? '调休' : d.overtime_rest > 0 ? '休息日' : '平日'}`)
  }
}
function shiftDay(o: DayIn, d: DayResult, s: ShiftOn): void {
  const x = spanOf(o.on_day, s)
  const span = Math.round((x.end - x.start - (x.break_end - x.break_start)) / MIN)
  Object.assign(d, { shift_id: s.shift_id, shift_code: s.code, shift_text: shiftText(s), planned_minutes: span })
  if (o.calendar === 'holiday' && o.calendar_name) d.why.push(`法定节假日(${o.calendar_name})排班`)
  const off = { am: o.leaves.some((l) => l.am), pm: o.leaves.some((l) => l.pm) }
  d.leave_halves = Number(off.am) + Number(off.pm)
  d.unpaid_halves = Number(o.leaves.some((l) => l.am && !l.paid)) + Number(o.leaves.some((l) => l.pm && !l.paid))
  d.leave_names = [...new Set(o.leaves.map((l) => l.name))]
  if (d.leave_halves > 0) d.why.push(`请假 ${d.leave_names.join('、')} ${d.leave_halves / 2} 天`)
  if (d.leave_halves === 2) {
    d.tags.push('leave')
    return
  }
  const start = off.am ? x.break_end : x.start
  const end = off.pm ? x.break_start : x.end
  const needed = d.leave_halves === 0 ? span : Math.round((end - start) / MIN)
  const w = windowOf(x, o)
  const now = Date.parse(o.now)
  const inside = o.punches.filter((p) => Date.parse(p.at) >= w.from && Date.parse(p.at) <= w.to)
  const counted = inside.filter((p) => o.policy.out_counts || p.place_state !== 'out')
  const middle = (start + end) / 2
  const come = counted.filter((p) => (p.which ?? (Date.parse(p.at) <= middle ? 'in' : 'out')) === 'in').map((p) => Date.parse(p.at))
  const first = come.length > 0 ? Math.min(...come) : null
  const gone = counted.filter((p) => (p.which ?? (Date.parse(p.at) <= middle ? 'in' : 'out')) === 'out').map((p) => Date.parse(p.at)).filter((t) => first === null || t > first)
  const last = gone.length > 0 ? Math.max(...gone) : null
  d.in_at = first === null ? null : iso(first)
  d.out_at = last === null ? null : iso(last)
  d.away_count = inside.filter((p) => p.place_state === 'out').length
  d.fix_count = inside.filter((p) => p.fixed).length
  d.why.push(`打卡时段 ${clock(iso(w.from))} 至 ${clock(iso(w.to))};上班取最早的上班卡,下班取最晚的下班卡`)
  if (now < start && first === null) {
    d.tags.push(d.leave_halves > 0 ? 'leave' : 'planned')
    return
  }
  const over = now > Math.min(w.to, end + o.policy.late_open_minutes * MIN)
  if (o.flexible) {
    // 不定时工作制: hours are not measured, presence is.
    d.worked = first !== null || last !== null || over
    d.work_minutes = d.worked && over ? needed : 0
    d.tags.push(d.worked ? 'normal' : 'planned')
    d.why.push('不定时工时制:不计迟到早退')
  } else timed(o, d, s, { start, end, needed, first, last, over, now })
  if (d.leave_halves > 0) d.tags.push('leave')
  if (d.away_count > 0) {
    d.tags.push('away')
    d.why.push(`范围外打卡 ${d.away_count} 次,${o.policy.out_counts ? '算数' : '不算数'}`)
  }
  if (o.calendar === 'holiday') d.holiday_work_minutes = d.work_minutes
}
interface Timed { start: number; end: number; needed: number; first: number | null; last: number | null; over: boolean; now: number }
function timed(o: DayIn, d: DayResult, s: ShiftOn, t: Timed): void {
  const late = t.first === null ? 0 : Math.max(0, Math.floor((t.first - t.start) / MIN))
  const early = t.last === null ? 0 : Math.max(0, Math.floor((t.end - t.last) / MIN))
  const tooMuch = (minutes: number): boolean => s.absent_after_minutes !== null && minutes > s.absent_after_minutes
  if (t.first === null && t.last === null) {
    if (!t.over) {
      d.tags.push('planned')
      d.why.push('还没有打卡')
      return
    }
    d.absent_halves = 2 - d.leave_halves
    d.tags.push('absent')
    d.why.push('班已结束,没有打卡、请假和补卡')
    return
  }
  d.worked = true
  if (late > s.late_grace_minutes) {
    if (tooMuch(late)) d.absent_halves += 1
    else Object.assign(d, { late_minutes: late, late_count: 1 })
    d.tags.push(tooMuch(late) ? 'absent' : 'late')
    d.why.push(`应到 ${clock(iso(t.start))},实到 ${clock(iso(t.first!))},晚 ${late} 分钟${tooMuch(late) ? `,超过 ${s.absent_after_minutes} 分钟算旷工半天` : `(宽限 ${s.late_grace_minutes} 分钟)`}`)
  }
  if (t.last !== null && early > s.early_grace_minutes && (t.over || t.now >= t.end)) {
    if (tooMuch(early)) d.absent_halves = Math.min(2 - d.leave_halves, d.absent_halves + 1)
    else Object.assign(d, { early_minutes: early, early_count: 1 })
    if (!tooMuch(early) || !d.tags.includes('absent')) d.tags.push(tooMuch(early) ? 'absent' : 'early')
    d.why.push(`应到 ${clock(iso(t.end))} 下班,实际 ${clock(iso(t.last))},早 ${early} 分钟${tooMuch(early) ? `,超过 ${s.absent_after_minutes} 分钟算旷工半天` : `(宽限 ${s.early_grace_minutes} 分钟)`}`)
  }
  const lost = d.late_minutes + d.early_minutes
  const whole = (n: number): number => Math.max(0, n - lost - Math.round((d.absent_halves * n) / 2))
  if (t.first === null || (t.last === null && t.over)) {
    d.missing_count = 1
    d.tags.push('missing')
    d.why.push(`缺${t.first === null ? '上班' : '下班'}卡${o.policy.missing_counts ? ',照计工时' : ',不计工时,可以补卡'}`)
    d.work_minutes = o.policy.missing_counts && t.over ? whole(t.needed) : 0
  } else if (t.last !== null && (t.over || t.now >= t.end)) d.work_minutes = whole(t.needed)
  else d.why.push('班还没有结束')
  if (d.tags.length === 0 || d.tags.every((x) => x === 'overtime')) d.tags.unshift(t.last !== null || t.over ? 'normal' : 'planned')
}
