// How long: months by the proration rule, days, seasons. Days are half-open, [from_on, to_on).
import { z } from 'zod'
import { addDays, addMonths, daysBetween } from '../../../kernel/clock.ts'
import { exact, over, plus, ratio, show, times, whole, ZERO, type Q } from './exact.ts'
import { Count, MonthDay, QuoteFault, optional, type Values } from './shared.ts'

export const Proration = z.enum(['real_days', 'thirty_days', 'whole_month', 'started_month', 'half_month'], '应为 real_days(当月实际天数)、thirty_days(每月30天)、whole_month(1 日在责的整月)、started_month(不足一月按一月)或 half_month(15 日前后各半月)')
export type Proration = z.output<typeof Proration>
export const Per = z.enum(['month', 'quarter', 'year', 'season', 'day', 'once'], '应为 month、quarter、year、season、day 或 once')
export type Per = z.output<typeof Per>
export const Season = z.strictObject({ from: MonthDay, to: MonthDay, /** A fixed number of days, else the calendar's. */ days: Count(366).refine((v) => v > 0, '应大于 0').optional() })
export type SeasonSpec = z.output<typeof Season>

const nextMonth = (day: string): string => `${addMonths(day.slice(0, 7), 1)}-01`
const dayNo = (day: string): number => Number(day.slice(8))

/** One calendar month's share of [from_on, to_on), both inside it or at its end. */
function monthPart(from_on: string, to_on: string, rule: Proration): Q {
  const first = `${from_on.slice(0, 7)}-01`
  const end = nextMonth(from_on)
  if (from_on === first && to_on === end) return whole(1)
  if (rule === 'started_month') return whole(1)
  if (rule === 'whole_month') return whole(from_on === first ? 1 : 0)
  if (rule === 'half_month') return ratio((dayNo(from_on) <= 15 ? 1 : 0) + (to_on > addDays(first, 15) ? 1 : 0), 2)
  if (rule === 'real_days') return ratio(daysBetween(from_on, to_on), daysBetween(first, end))
  const at = (day: string) => (day === end ? 30 : Math.min(daysBetween(first, day), 30))
  return ratio(at(to_on) - at(from_on), 30)
}

export interface Days {
  from_on: string
  to_on: string
}
/** Months of a stretch: whole ones, and parts by the rule. What is a part of a bill has, of each of the bill's months, its share by days: started and half
 *  months of the parts would otherwise come to more than those of the bill. */
export function monthsIn(from_on: string, to_on: string, rule: Proration, bill: Days | null = null): Q {
  let months = ZERO
  let at = from_on
  for (let i = 0; at < to_on && i < 1200; i++) {
    const end = nextMonth(at)
    const stop = end < to_on ? end : to_on
    if (bill && (rule === 'started_month' || rule === 'half_month')) {
      const first = `${at.slice(0, 7)}-01`
      const [a, b] = [bill.from_on > first ? bill.from_on : first, bill.to_on < end ? bill.to_on : end]
      months = plus(months, times(monthPart(a, b, rule), ratio(daysBetween(at, stop), daysBetween(a, b))))
    } else months = plus(months, monthPart(at, stop, rule))
    at = end
  }
  return months
}

/** 02-29 in a common year is 02-28. */
function onYear(year: number, monthDay: string): string {
  const day = `${year}-${monthDay}`
  const last = addDays(nextMonth(`${year}-${monthDay.slice(0, 2)}-01`), -1)
  return day > last ? last : day
}
/** The season that a day lies in, or the one that begins in its year: [from, to). */
export function seasonAround(season: SeasonSpec, day: string | undefined): { from_on: string; to_on: string; days: number } | null {
  if (day === undefined) return season.days === undefined ? null : { from_on: '', to_on: '', days: season.days }
  const year = Number(day.slice(0, 4))
  const over_year = season.to < season.from
  const begin = over_year && day.slice(5) <= season.to ? year - 1 : year
  const from_on = onYear(begin, season.from)
  const to_on = addDays(onYear(over_year ? begin + 1 : begin, season.to), 1)
  return { from_on, to_on, days: season.days ?? daysBetween(from_on, to_on) }
}

export interface Span {
  by: Q
  said: string
}
const spanOf = (values: Values): { from_on: string; to_on: string } | null => {
  const from_on = values['from_on'] as string | undefined
  const to_on = values['to_on'] as string | undefined
  return from_on && to_on ? { from_on, to_on } : null
}

function seasonSpan(season: SeasonSpec | undefined, values: Values): Span {
  const span = spanOf(values)
  const days = optional(values, 'days', '天数')
  if (!span && !days) return { by: whole(1), said: '1 季' }
  if (!season) throw new QuoteFault('season', '按天折算供暖季,价目要写 season(起止)')
  const around = seasonAround(season, span?.from_on ?? (values['on'] as string | undefined) ?? (values['period'] ? `${String(values['period'])}-28` : undefined))
  if (!around) throw new QuoteFault('on', '按天折算要知道是哪一季:写 from_on 与 to_on,或在价目 season 里写 days(季天数)')
  if (!span || days) return { by: over(days!, whole(around.days)), said: `${show(days!)}/${around.days} 季` }
  const seasons = seasonDays(season, span)
  if (seasons.length === 1 && seasons[0]!.full) return { by: whole(1), said: '1 季' }
  const by = seasons.reduce((n, x) => plus(n, x.full ? whole(1) : ratio(x.counted, x.days)), ZERO)
  return { by, said: seasons.length === 0 ? '0 季' : `${seasons.map((x) => (x.full ? '1' : `${x.counted}/${x.days}`)).join(' + ')} 季` }
}
/** The days of a span that lie in a season, season by season. */
function seasonDays(season: SeasonSpec, span: Days): { counted: number; days: number; full: boolean }[] {
  const out = []
  for (let year = Number(span.from_on.slice(0, 4)) - 1; year <= Number(span.to_on.slice(0, 4)); year++) {
    const s = seasonAround(season, onYear(year, season.from))!
    const from = s.from_on > span.from_on ? s.from_on : span.from_on
    const to = s.to_on < span.to_on ? s.to_on : span.to_on
    if (from < to) out.push({ counted: daysBetween(from, to), days: s.days, full: from === s.from_on && to === s.to_on })
  }
  return out
}

/** What the price is multiplied by for the time of the case. */
export function timeOf(per: Per, rule: Proration, season: SeasonSpec | undefined, values: Values, bill: Days | null = null): Span {
  if (per === 'once') return { by: whole(1), said: '' }
  if (per === 'season') return seasonSpan(season, values)
  const span = spanOf(values)
  if (per === 'day') {
    const days = optional(values, 'days', '天数') ?? (span ? whole(season ? seasonDays(season, span).reduce((n, x) => n + x.counted, 0) : daysBetween(span.from_on, span.to_on)) : null)
    if (!days) {
      const around = season ? seasonAround(season, (values['on'] as string | undefined) ?? (values['period'] ? `${String(values['period'])}-28` : undefined)) : null
      if (!around) throw new QuoteFault('days', '按天计费,缺少天数(days)或计费起止(from_on、to_on)')
      return { by: whole(around.days), said: `${around.days} 天` }
    }
    return { by: days, said: `${show(days)} 天` }
  }
  const given = optional(values, 'months', '月数')
  const months = given ?? (span ? monthsIn(span.from_on, span.to_on, rule, bill) : null)
  const length = per === 'month' ? 1 : per === 'quarter' ? 3 : 12
  if (!months) return { by: whole(1), said: length === 1 ? '1 月' : length === 3 ? '1 季度' : '1 年' }
  const by = over(months, whole(length))
  return { by, said: length === 1 ? `${monthsText(months, span)} 月` : `${monthsText(months, span)}/${length} ${length === 3 ? '季度' : '年'}` }
}
/** A part month as the fraction people expect: 12/30. */
function monthsText(months: Q, span: { from_on: string; to_on: string } | null): string {
  if (!span || months.d === 1n || months.n % months.d === 0n) return show(months)
  const same = span.from_on.slice(0, 7) === addDays(span.to_on, -1).slice(0, 7)
  return same && months.d < 32n ? `${months.n}/${months.d}` : show(months)
}
/** Months whose amounts are rounded one by one (rounding place 'month'). */
export const monthShares = (by: Q): { whole: number; rest: Q } => {
  const n = Number(by.n / by.d)
  return { whole: n, rest: plus(by, times(whole(-n), exact('1'))) }
}
