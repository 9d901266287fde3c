// Which days a fee item charges in a period. Pure. Days are YYYY-MM-DD, half-open.
import { addDays, addMonths, daysBetween } from '../../../../kernel/clock.ts'

export type CycleName = 'month' | 'quarter' | 'half_year' | 'year' | 'season'
export interface Window {
  from_on: string
  to_on: string
  /** Whole months of the window, 1 for a season: what the price is multiplied by. */
  months: number
  days: number
}
const LENGTH: Record<Exclude<CycleName, 'season'>, number> = { month: 1, quarter: 3, half_year: 6, year: 12 }

/** 02-29 in a common year is 02-28. */
function dayIn(year: number, monthDay: string): string {
  const first = `${String(year).padStart(4, '0')}-${monthDay.slice(0, 2)}-01`
  const last = addDays(`${addMonths(first.slice(0, 7), 1)}-01`, -1)
  const day = `${first.slice(0, 8)}${monthDay.slice(3)}`
  return day > last ? last : day
}

/** The window that is billed in `period` (YYYY-MM): the cycle that begins in that month, or null. */
export function windowOf(item: { cycle: string; season_from: string | null; season_to: string | null }, period: string): Window | null {
  const year = Number(period.slice(0, 4))
  const month = Number(period.slice(5))
  if (item.cycle === 'season') {
    if (!item.season_from || !item.season_to || item.season_from.slice(0, 2) !== period.slice(5)) return null
    const from_on = dayIn(year, item.season_from)
    const last = dayIn(item.season_to < item.season_from ? year + 1 : year, item.season_to)
    const to_on = addDays(last, 1)
    return { from_on, to_on, months: 1, days: daysBetween(from_on, to_on) }
  }
  const months = LENGTH[item.cycle as Exclude<CycleName, 'season'>]
  if ((month - 1) % months !== 0) return null
  const from_on = `${period}-01`
  const to_on = `${addMonths(period, months)}-01`
  return { from_on, to_on, months, days: daysBetween(from_on, to_on) }
}

/** The period of the cycle before, whose bills a preview is compared with. */
export function lastPeriodOf(cycle: string, period: string): string {
  return addMonths(period, cycle === 'season' ? -12 : -LENGTH[cycle as Exclude<CycleName, 'season'>])
}
