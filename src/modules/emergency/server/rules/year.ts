// When the drills of a year are due. Pure.
import { addDays, daysBetween } from '../../../../kernel/clock.ts'

export function dueDays(year: number, want: number, have: number, today: string): string[] {
  const n = Math.max(0, want - have)
  const first = `${year}-01-01` > today ? `${year}-01-01` : today
  const last = `${year}-12-31`
  const span = daysBetween(first, last)
  return Array.from({ length: n }, (_, i) => addDays(first, Math.round((span * (i + 1)) / n)))
}
