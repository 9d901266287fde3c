// What a case says about usage and time: readings, clock classes, the stretches of a bill by tier year, season and pause.
import { addDays, addMonths, daysBetween } from '../../../kernel/clock.ts'
import { compare, exact, isNegative, isZero, minus, plus, ratio, show, times, total, whole, ZERO, type Q } from './exact.ts'
import { monthsOf, type MeteredSpec } from './metered_spec.ts'
import { QuoteFault, need, optional, type Values } from './shared.ts'

/** Usage by clock class; one class '' where there are none. */
export type Usage = ReadonlyMap<string, Q>
export interface Stretch {
  usage: Usage
  /** First day of the stretch's month of account. */
  month: string
  from_on: string | null
  to_on: string | null
}
export interface Metering {
  stretches: Stretch[]
  /** Used before the first stretch within its cycle, as the case says it. */
  to_date: Usage | null
  /** Usage of months before, YYYY-MM. */
  history: ReadonlyMap<string, Usage>
  /** Of the whole bill, also where one version prices a part of it: limits and minimums are the bill's. */
  months: Q
  months_given: boolean
  bill: { from_on: string; to_on: string } | null
  total: Usage
  /** What the versions of a bill share. */
  tally: Tally
  /** The last version settles what was tallied. */
  last: boolean
}
export interface Tally {
  /** What the minimum asks so far, and what counts towards it. */
  floor: Q
  counted: Q
  /** Free quantity that is left. */
  free: Q
}
export const newTally = (): Tally => ({ floor: ZERO, counted: ZERO, free: ZERO })

export const sumOf = (u: Usage): Q => total([...u.values()])
export const scaled = (u: Usage, by: Q): Usage => new Map([...u].map(([k, v]) => [k, times(v, by)]))
export const joined = (a: Usage, b: Usage): Usage => new Map([...new Set([...a.keys(), ...b.keys()])].map((k) => [k, plus(a.get(k) ?? ZERO, b.get(k) ?? ZERO)]))

export function usageFrom(value: unknown, key: string, classes: readonly string[]): Usage {
  if (typeof value === 'object' && value !== null) {
    const given = value as Values
    const unknown = Object.keys(given).filter((k) => !classes.includes(k))
    if (unknown.length) throw new QuoteFault(key, classes.length ? `没有时段 ${unknown.join('、')},可用:${classes.join('、')}` : '该价目不分时段,用量写一个数')
    return new Map(Object.keys(given).map((k) => [k, need(given, k, '用量')]))
  }
  return new Map([['', need({ [key]: value }, key, '用量')]])
}

/** Readings of one register: end − start, over a rollover when the digits are known, times the multiplier. */
export function fromReadings(r: Values, multiplier: Q): Q {
  const previous = need(r, 'previous', '上次读数')
  const now = need(r, 'reading', '本次读数')
  const digits = r['digits']
  const round = digits === undefined ? null : exact(`1${'0'.repeat(Number(digits))}`)
  // A reading that the meter cannot show would make a rollover below zero.
  for (const [key, value] of [['previous', previous], ['reading', now]] as const) if (round && compare(value, round) >= 0) throw new QuoteFault(key, `读数 ${show(value)} 超过 ${String(digits)} 位表能显示的数,请核对读数或表位数(digits)`)
  const delta = minus(now, previous)
  if (!isNegative(delta)) return times(delta, multiplier)
  if (round === null) throw new QuoteFault('reading', `本次读数 ${show(now)} 小于上次 ${show(previous)};表转满一圈请写 digits(表位数)`)
  return times(plus(delta, round), multiplier)
}

function usageOf(spec: MeteredSpec, values: Values): Usage {
  const classes = spec.classes?.map((c) => c.class) ?? []
  const multiplier = optional(values, 'multiplier', '倍率') ?? exact('1')
  if (values['usage'] !== undefined) return usageFrom(values['usage'], 'usage', classes)
  if (typeof values['readings'] === 'object' && values['readings'] !== null) {
    const given = values['readings'] as Record<string, Values>
    return new Map(Object.entries(given).map(([k, r]) => {
      if (!classes.includes(k)) throw new QuoteFault('readings', `没有时段 ${k},可用:${classes.join('、')}`)
      return [k, fromReadings(r, multiplier)]
    }))
  }
  if (values['reading'] !== undefined) return new Map([['', fromReadings(values, multiplier)]])
  throw new QuoteFault('usage', '缺少用量:写 usage,或 previous 与 reading')
}

/** What the case says about usage and time, before any tariff rule. */
export function meteringOf(spec: MeteredSpec, values: Values): Metering {
  const classes = spec.classes?.map((c) => c.class) ?? []
  const from_on = (values['from_on'] as string | undefined) ?? null
  const to_on = (values['to_on'] as string | undefined) ?? null
  const period = values['period'] as string | undefined
  const month = period ?? from_on?.slice(0, 7) ?? (values['on'] as string | undefined)?.slice(0, 7)
  const history = new Map(Object.entries((values['usage_by_month'] ?? {}) as Record<string, unknown>).map(([k, v]) => [k, usageFrom(v, 'usage_by_month', classes)]))
  if (month === undefined && (history.size > 0 || spec.seasons?.length || spec.suspended)) throw new QuoteFault('period', '缺少账期(period,如 2026-07),或计费起止 from_on、to_on')
  const given = optional(values, 'months', '月数')
  const spanned = from_on && to_on ? spanMonths(from_on, to_on) : null
  const usage = usageOf(spec, values)
  const whole_price = spec.price !== undefined || spec.tiers !== undefined || (spec.seasons?.length ?? 0) > 0 || spec.groups?.some((g) => g.price !== undefined || g.tiers !== undefined)
  if (usage.has('') && classes.length > 0 && !whole_price) throw new QuoteFault('usage', `该价目按时段定价,用量要按时段给出:${classes.join('、')}`)
  const to_date = values['usage_to_date'] === undefined ? null : usageFrom(values['usage_to_date'], 'usage_to_date', classes)
  if (to_date && spec.class_split === 'own_limits' && !usage.has('') && !isZero(to_date.get('') ?? ZERO)) throw new QuoteFault('usage_to_date', `各时段有自己的限额,累计用量也要按时段给出:${classes.join('、')}`)
  return {
    stretches: [{ usage, month: month ?? '', from_on, to_on }],
    to_date,
    history,
    bill: from_on && to_on ? { from_on, to_on } : null,
    total: usage,
    tally: newTally(),
    last: true,
    months: given ?? spanned ?? whole(spec.cycle === 'two_months' ? 2 : 1),
    months_given: given !== null || (spanned !== null && compare(spanned, whole(1)) > 0),
  }
}
/** Whole months of a span, at least one: 25 May to 25 July is two. */
function spanMonths(from_on: string, to_on: string): Q {
  const months = (Number(to_on.slice(0, 4)) - Number(from_on.slice(0, 4))) * 12 + Number(to_on.slice(5, 7)) - Number(from_on.slice(5, 7))
  const short = to_on.slice(8) < from_on.slice(8) && addDays(to_on, 1).slice(8) !== '01' ? 1 : 0
  return whole(Math.max(1, months - short))
}

/** Cuts a stretch on a day, usage by days. */
export function cutAt(s: Stretch, on: string, first?: Usage): [Stretch, Stretch] {
  const part = ratio(daysBetween(s.from_on!, on), daysBetween(s.from_on!, s.to_on!))
  const before = first ?? scaled(s.usage, part)
  const after = new Map([...s.usage].map(([k, v]) => [k, minus(v, before.get(k) ?? ZERO)]))
  return [
    { usage: before, month: s.month, from_on: s.from_on, to_on: on },
    { usage: after, month: on.slice(0, 7), from_on: on, to_on: s.to_on },
  ]
}

/** First month of the cycle a month lies in. */
export function cycleStart(spec: MeteredSpec, month: string): string {
  const length = monthsOf(spec.cycle)
  const offset = (Number(month.slice(5)) - spec.year_start + 12) % 12
  return addMonths(month, -(offset % length))
}
const monthNo = (month: string): number => Number(month.slice(5))
export const seasonOf = (spec: MeteredSpec, month: string) => spec.seasons?.find((s) => s.months.includes(monthNo(month)))
export const isSuspended = (spec: MeteredSpec, month: string): boolean => month !== '' && spec.suspended !== undefined && spec.suspended.months.includes(monthNo(month))

/** What a short cycle keeps apart within one bill: each season, and the pause, with its days' share of the limits. */
export const partKey = (spec: MeteredSpec, month: string): string => (month === '' ? '' : `${seasonOf(spec, month)?.name ?? ''} ${isSuspended(spec, month)}`)
export function partShare(spec: MeteredSpec, m: Metering, month: string): { days: number; of: number } | null {
  if (monthsOf(spec.cycle) >= 6 || !m.bill || spec.border !== 'by_days' || month === '' || (!spec.seasons?.length && !spec.suspended)) return null
  const { from_on, to_on } = m.bill
  let days = 0
  for (let at = from_on; at < to_on; ) {
    const end = `${addMonths(at.slice(0, 7), 1)}-01`
    const to = end < to_on ? end : to_on
    if (partKey(spec, at.slice(0, 7)) === partKey(spec, month)) days += daysBetween(at, to)
    at = to
  }
  return { days, of: daysBetween(from_on, to_on) }
}

/** Stretches cut where the tier year, the season or the pause changes within the bill. */
export function bordered(spec: MeteredSpec, s: Stretch): Stretch[] {
  if (!s.from_on || !s.to_on) return [s]
  const key = (month: string) => `${monthsOf(spec.cycle) >= 6 ? cycleStart(spec, month) : ''} ${seasonOf(spec, month)?.name ?? ''} ${isSuspended(spec, month)}`
  const last = addDays(s.to_on, -1).slice(0, 7)
  if (spec.border === 'to_start') return [{ ...s, month: s.from_on.slice(0, 7) }]
  if (spec.border === 'to_end') return [{ ...s, month: last }]
  const out: Stretch[] = []
  let rest: Stretch = { ...s, month: s.from_on.slice(0, 7) }
  for (let m = addMonths(rest.month, 1); m <= last && out.length < 24; m = addMonths(m, 1)) {
    if (key(m) === key(addMonths(m, -1))) continue
    const [before, after] = cutAt(rest, `${m}-01`)
    out.push(before)
    rest = after
  }
  return [...out, rest]
}
