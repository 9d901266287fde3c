// Late fee (违约金): a simple daily rate on the open principal from a day after due, with a cap, never on itself (F1). What has accrued
// is a function of the day asked for, so that asking twice or in steps gives the same (F2, F3): charge the difference of the rounded figures.
import { z } from 'zod'
import { addDays, daysBetween } from '../../../kernel/clock.ts'
import { fen } from '../../../kernel/money.ts'
import { compare, exact, minus, ofFen, over, percent, roundTo, show, times, whole, type Q } from './exact.ts'
import { Parts, settled, type Line } from './parts.ts'
import { Above0, Count, Day, EXACT_FEN, Percent, QuoteFault, Rounding, type Rounding as RoundingSpec } from './shared.ts'

export const LateFeeSpec = z.strictObject({
  shape: z.literal('late_fee'),
  /** Percent a day: 0.05 is 万分之五, 0.3 千分之三. */
  daily_percent: Percent.optional(),
  /** Instead of a daily rate: the yearly LPR of the case times this, over 365 or 360 days. */
  lpr_times: Above0.optional(),
  /** Days after due that are free. */
  grace_days: Count(365).default(0),
  /** Once the grace is over: do its days count after all? */
  grace_counts: z.boolean().default(false),
  /** The day of a payment: counted still on what was paid (自逾期之日起至实际缴纳之日止), or free of it. One setting with the bills (ADR 0555). */
  paid_day: z.enum(['counts', 'free'], '应为 counts(缴纳当日仍计)或 free(缴纳当日不计)').default('counts'),
  /** Of the principal. */
  cap_percent: Percent.optional(),
  /** The rate may not exceed this multiple of the LPR. */
  cap_lpr_times: Above0.optional(),
  lpr_percent: Percent.optional(),
  year_days: z.union([z.literal(360), z.literal(365), z.literal('360').transform(() => 360 as const), z.literal('365').transform(() => 365 as const)]).default(365),
  /** A due day on a day off moves to the next working day. */
  holiday_shift: z.enum(['none', 'next_workday'], '应为 none 或 next_workday').default('none'),
  /** Days off besides weekends, and weekend days that are worked: the calendar published each year. */
  holidays: z.array(Day).max(400).default([]),
  workdays: z.array(Day).max(200).default([]),
  rounding: Rounding.optional(),
}).refine((s) => s.daily_percent !== undefined || s.lpr_times !== undefined, { message: '写明 daily_percent(日费率,%)或 lpr_times(LPR 倍数)', path: ['daily_percent'] })
export type LateFeeSpec = z.output<typeof LateFeeSpec>

export interface LateFeeInput {
  principal_fen: number
  due_on: string
  /** Through the end of this day. */
  as_of: string
  /** What was paid on the principal; it stops accruing the day after it is paid, or on that day where the rule says free. */
  payments?: readonly { on: string; amount_fen: number }[]
  /** Yearly, in percent: '3.45'. */
  lpr_percent?: string | undefined
}
export interface LateFee {
  amount_fen: number
  /** Days that count, from the first to `as_of`. */
  days: number
  due_on: string
  from_on: string | null
  capped: boolean
  lines: Line[]
}

const isWeekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
const SHIFT_MAX = 60
/** The first working day on or after `day`. */
export function nextWorkday(day: string, holidays: readonly string[], workdays: readonly string[]): string {
  let on = day
  for (let i = 0; i < SHIFT_MAX && !workdays.includes(on) && (isWeekend(on) || holidays.includes(on)); i++) on = addDays(on, 1)
  return on
}

/** Of a day, in fractions of the principal, and how people say it. */
function rateOf(spec: LateFeeSpec, lpr: string | undefined): { rate: Q; how: string } {
  const yearly = spec.lpr_percent ?? lpr
  const lprDaily = (factor: string): Q => {
    if (yearly === undefined) throw new QuoteFault('lpr_percent', '按 LPR 计算,请写明 lpr_percent(年利率,%)')
    return over(times(percent(exact(yearly)), exact(factor)), whole(spec.year_days))
  }
  const base = spec.daily_percent === undefined ? { rate: lprDaily(spec.lpr_times!), how: `LPR ${yearly}% × ${spec.lpr_times} ÷ ${spec.year_days}` } : { rate: percent(exact(spec.daily_percent)), how: `${spec.daily_percent}%` }
  if (spec.cap_lpr_times === undefined) return base
  const top = lprDaily(spec.cap_lpr_times)
  return compare(base.rate, top) <= 0 ? base : { rate: top, how: `LPR ${yearly}% × ${spec.cap_lpr_times} ÷ ${spec.year_days}(上限)` }
}

interface Stretch {
  from_on: string
  to_on: string
  open_fen: number
}
/** Days [first, last] cut where a payment changes the principal. */
function stretches(o: LateFeeInput, first: string, last: string, paid_day: LateFeeSpec['paid_day']): Stretch[] {
  const paid = (o.payments ?? []).map((p) => (paid_day === 'counts' ? { ...p, on: addDays(p.on, 1) } : p)).toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
  const out: Stretch[] = []
  const end = addDays(last, 1)
  let open = o.principal_fen
  let from = first
  for (const p of paid) {
    if (p.on > from && from < end) {
      const to_on = p.on < end ? p.on : end
      out.push({ from_on: from, to_on, open_fen: open })
      from = to_on
    }
    open = fen(open - p.amount_fen)
  }
  if (from < end) out.push({ from_on: from, to_on: end, open_fen: open })
  return out.filter((s) => s.open_fen > 0 && s.from_on < s.to_on)
}

/** What has accrued through `as_of`. Pure; the parts in `lines` add up to `amount_fen`. */
export function lateFee(spec: LateFeeSpec, o: LateFeeInput, rounding: RoundingSpec = spec.rounding ?? EXACT_FEN): LateFee {
  return lateFeeOver([{ spec, from_on: null }], o, rounding)
}

/** Rules in the order of their days, the first in force on the due day: its grace says when counting begins, each has its rate for its days, the
 *  cap is the last one's. So do the bills of the product (billing, rules/late.ts). */
export function lateFeeOver(rules: readonly { spec: LateFeeSpec; from_on: string | null }[], o: LateFeeInput, rounding: RoundingSpec): LateFee {
  if (o.principal_fen < 0) throw new QuoteFault('principal', '不能为负数')
  const inForce = rules.filter((r, i) => i === 0 || r.from_on! <= o.as_of)
  const first = inForce[0]!.spec
  const { spec } = inForce.at(-1)!
  const due_on = first.holiday_shift === 'none' ? o.due_on : nextWorkday(o.due_on, first.holidays, first.workdays)
  const graceEnd = addDays(due_on, first.grace_days)
  if (o.as_of <= graceEnd) {
    const text = o.as_of <= due_on ? `到期日 ${due_on},未逾期` : `到期日 ${due_on},宽限 ${first.grace_days} 天至 ${graceEnd},不计违约金`
    return { amount_fen: 0, days: 0, due_on, from_on: null, capped: false, lines: [{ text, amount_fen: 0 }] }
  }
  const from_on = addDays(first.grace_counts ? due_on : graceEnd, 1)
  const parts = new Parts(rounding)
  for (const [i, r] of inForce.entries()) {
    const begins = i > 0 && r.from_on! > from_on ? r.from_on! : from_on
    const next = inForce[i + 1]?.from_on
    const last = next ? addDays(next, -1) : o.as_of
    if (begins > last) continue
    const { rate, how } = rateOf(r.spec, o.lpr_percent)
    for (const s of stretches(o, begins, last, r.spec.paid_day)) {
      const days = daysBetween(s.from_on, s.to_on)
      parts.add(`${s.from_on} 至 ${addDays(s.to_on, -1)} 未缴本金 ${show(ofFen(s.open_fen), 2)} 元 × ${how}/天 × ${days} 天`, times(times(ofFen(s.open_fen), rate), whole(days)))
    }
  }
  const capped = capAt(parts, spec, o.principal_fen, rounding)
  const amount = settled(parts, rounding)
  const lines = amount.lines.length ? amount.lines : [{ text: '逾期前已缴清,不计违约金', amount_fen: 0 }]
  return { amount_fen: amount.amount_fen, days: daysBetween(from_on, o.as_of) + 1, due_on, from_on, capped, lines }
}

function capAt(parts: Parts, spec: LateFeeSpec, principal_fen: number, rounding: RoundingSpec): boolean {
  if (spec.cap_percent === undefined) return false
  const cap = times(ofFen(principal_fen), percent(exact(spec.cap_percent)))
  // A step coarser than a fen must not lift the rounded figure over the cap.
  const top = roundTo(cap, exact(rounding.to), 'down')
  const sum = parts.sum
  if (compare(sum, cap) <= 0 && compare(roundTo(sum, exact(rounding.to), rounding.mode), cap) <= 0) return false
  parts.list.push({ how: `不超过本金 ${show(ofFen(principal_fen), 2)} 元的 ${spec.cap_percent}%`, amount: minus(top, sum) })
  return true
}
