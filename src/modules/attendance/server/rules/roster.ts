// Rosters by a cycle, and what of a roster is not lawful. Pure.
import { addDays, daysBetween } from '../../../../kernel/clock.ts'

export const daysFrom = (from_on: string, to_on: string): string[] => Array.from({ length: daysBetween(from_on, to_on) + 1 }, (_, i) => addDays(from_on, i))
export const daysOfMonth = (month: string): string[] => {
  const [y, m] = month.split('-').map(Number) as [number, number]
  return Array.from({ length: new Date(Date.UTC(y, m, 0)).getUTCDate() }, (_, i) => `${month}-${String(i + 1).padStart(2, '0')}`)
}
/** 0 is Sunday. */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay()
export interface Cell { employee_id: string; on_day: string; shift_id: string | null }
/** Each begins at his place of the cycle on the first day. By the calendar days off are rest, and a day moved to work takes the first shift of the cycle where the cycle rests. */
export function cellsOf(o: { from_on: string; to_on: string; cycle: readonly (string | null)[]; starts: readonly { employee_id: string; offset: number }[]; holidays: boolean; kindOf: (day: string) => string }): Cell[] {
  const work = o.cycle.find((x) => x !== null) ?? null
  return daysFrom(o.from_on, o.to_on).flatMap((on_day, i) => o.starts.map(({ employee_id, offset }) => {
    const own = o.cycle[(i + offset) % o.cycle.length] ?? null
    const kind = o.holidays ? o.kindOf(on_day) : 'plain'
    return { employee_id, on_day, shift_id: kind === 'holiday' || kind === 'rest' ? null : kind === 'work' && own === null ? work : own }
  }))
}
/** The longest run of days with a shift (劳动法 38: at least one day of rest a week). */
export function longestRun(days: readonly string[], works: (day: string) => boolean): number {
  let best = 0
  let now = 0
  for (const d of days) {
    now = works(d) ? now + 1 : 0
    best = Math.max(best, now)
  }
  return best
}
