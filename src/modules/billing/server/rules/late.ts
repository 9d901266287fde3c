// The late fee (违约金) of one bill on any day. Pure. Simple interest on the principal still open, day by day, at the rate of the rule in
// force that day; nothing before the grace ends; never on a fee (民法典 585: it makes good a loss, so the agreement caps it). The sum stays
// unrounded until the end and is rounded half up once, so that fee(a, c) = fee(a, b) + fee(b, c) up to that one rounding.
import { addDays, daysBetween } from '../../../../kernel/clock.ts'
import { fen, trimDecimal, yuanGrouped } from '../../../../kernel/money.ts'

export interface LateRule {
  rule_id: string
  /** '0.0005' */
  daily_rate: string
  grace_days: number
  /** grace: counts from the day after the grace; due: once the grace is over, from the day after the due day. */
  counts_from: 'grace' | 'due'
  cap_bp: number | null
  lpr_rate: string | null
  lpr_multiple: string | null
  shift: boolean
  /** counts: what was paid bears the fee of that day still; free: no more. */
  paid_day: 'counts' | 'free'
  from_on: string
  to_on: string | null
}
export interface LateInput {
  principal_fen: number
  due_on: string
  as_of: string
  /** What made the principal smaller, from its day on: payments and reductions. */
  movements: readonly { on: string; amount_fen: number }[]
  /** Of the bill's item; the newest version in force counts on each day, of two from one day the later in the list. */
  rules: readonly LateRule[]
  /** Days on which nothing accrues: an instalment plan that is kept. Half-open; null: still. */
  pauses: readonly { from_on: string; to_on: string | null }[]
  /** True: an ordinary working day. */
  works: (day: string) => boolean
}
export interface LateSegment {
  from_on: string
  /** Exclusive. */
  to_on: string
  days: number
  base_fen: number
  daily_rate: string
}
export interface LateFee {
  fee_fen: number
  /** First day that counts; null: none yet. */
  start_on: string | null
  segments: LateSegment[]
  capped: boolean
}
const NONE: LateFee = { fee_fen: 0, start_on: null, segments: [], capped: false }

const inForce = (rules: readonly LateRule[], day: string): LateRule | undefined =>
  rules.filter((r) => r.from_on <= day && (r.to_on === null || r.to_on > day)).reduce<LateRule | undefined>((best, r) => (!best || r.from_on >= best.from_on ? r : best), undefined)

const SCALE = 10n ** 18n
/** Of a rate: a yearly one over 365 days is whole in it too. */
const UNIT = SCALE * 365n
function scaled(text: string): bigint {
  const [whole = '0', part = ''] = text.split('.')
  return BigInt(whole + part.padEnd(18, '0').slice(0, 18))
}
/** The agreed rate, or the multiple of the LPR over 365 days where that is lower. */
function rateOf(r: LateRule): bigint {
  const agreed = scaled(r.daily_rate) * 365n
  if (r.lpr_rate === null || r.lpr_multiple === null) return agreed
  const cap = (scaled(r.lpr_rate) * scaled(r.lpr_multiple)) / SCALE
  return cap < agreed ? cap : agreed
}
const textOf = (rate: bigint): string => trimDecimal(`${rate / UNIT}.${String((rate % UNIT) / 365n).padStart(18, '0')}`)

/** The last day without a fee: due day and grace, moved on to a working day where the rule says so. */
export function lastFreeDay(due_on: string, rule: Pick<LateRule, 'grace_days' | 'shift'>, works: (day: string) => boolean): string {
  let day = addDays(due_on, rule.grace_days)
  for (let n = 0; rule.shift && !works(day) && n < 31; n++) day = addDays(day, 1)
  return day
}

/** The first day that counts, by the rule in force when the bill fell due, or by the first one after. */
function startOf(o: LateInput): string | null {
  const rule = inForce(o.rules, o.due_on) ?? o.rules.filter((r) => r.from_on > o.due_on).toSorted((a, b) => (a.from_on < b.from_on ? -1 : 1))[0]
  if (!rule) return null
  const free = lastFreeDay(o.due_on, rule, o.works)
  if (o.as_of <= free) return null
  const from = addDays(rule.counts_from === 'due' ? o.due_on : free, 1)
  return from < rule.from_on ? rule.from_on : from
}

/**
 * The days [start, as_of] are counted as `as_of` minus the day before `start`: a bill paid on the third day after its last free day owes three
 * days where the rule counts the day of payment (自逾期之日起至实际缴纳之日止), two where that day is free. Each day goes by the rule in force on
 * it, the cap by the last one. Not a fen above the cap. The engine of the tariffs (tariff, rules/late_fee.ts) gives the same: late.test.ts.
 */
export function lateFee(o: LateInput): LateFee {
  const start_on = startOf(o)
  if (!start_on || start_on > o.as_of || o.principal_fen <= 0) return NONE
  const end = addDays(o.as_of, 1)
  const marks = [start_on, end, ...o.movements.flatMap((m) => [m.on, addDays(m.on, 1)]), ...o.rules.flatMap((r) => [r.from_on, ...(r.to_on ? [r.to_on] : [])]), ...o.pauses.flatMap((p) => [p.from_on, ...(p.to_on ? [p.to_on] : [])])]
  const cuts = [...new Set(marks.filter((d) => d >= start_on && d <= end))].sort()
  const segments: LateSegment[] = []
  let sum = 0n
  let cap: bigint | null = null
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [from_on, to_on] = [cuts[i]!, cuts[i + 1]!]
    const rule = inForce(o.rules, from_on)
    const paused = o.pauses.some((p) => p.from_on <= from_on && (p.to_on === null || p.to_on > from_on))
    const base_fen = o.principal_fen - o.movements.reduce((n, m) => n + (m.on < from_on || (m.on === from_on && rule?.paid_day === 'free') ? m.amount_fen : 0), 0)
    if (rule) cap = rule.cap_bp === null ? null : (BigInt(o.principal_fen) * BigInt(rule.cap_bp)) / 10_000n
    if (!rule || paused || base_fen <= 0) continue
    const rate = rateOf(rule)
    const days = daysBetween(from_on, to_on)
    sum += BigInt(base_fen) * rate * BigInt(days)
    const last = segments.at(-1)
    if (last && last.to_on === from_on && last.base_fen === base_fen && last.daily_rate === textOf(rate)) segments[segments.length - 1] = { ...last, to_on, days: last.days + days }
    else segments.push({ from_on, to_on, days, base_fen, daily_rate: textOf(rate) })
  }
  const rounded = (2n * sum + UNIT) / (2n * UNIT)
  const capped = cap !== null && sum > 0n && rounded > cap
  return { fee_fen: Number(capped ? cap! : rounded), start_on, segments, capped }
}

/** The last day that a charge made on `today` may count: where the day of payment is free, what is paid today bears nothing for it. */
export const chargedThrough = (rules: readonly LateRule[], today: string): string => (inForce(rules, today)?.paid_day === 'free' ? addDays(today, -1) : today)

/** 0.0005 → '0.05%' */
const ratePercent = (rate: string): string => {
  const s = scaled(rate) * 100n
  return `${trimDecimal(`${s / SCALE}.${String(s % SCALE).padStart(18, '0').slice(0, 8)}`)}%`
}
/** '本金 118.20 元 × 45 天 × 日 0.05% = 2.66 元' */
export function lateText(f: LateFee): string {
  const parts = f.segments.map((s) => `${s.from_on} 至 ${addDays(s.to_on, -1)} 本金 ${yuanGrouped(fen(s.base_fen))} 元 × ${s.days} 天 × 日 ${ratePercent(s.daily_rate)}`)
  return `${parts.join(' + ')} = ${yuanGrouped(fen(f.fee_fen))} 元${f.capped ? '(已到上限)' : ''}`
}
