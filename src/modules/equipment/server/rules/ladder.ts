// When a certificate runs out, how urgent that is, which step of the ladder is due. Pure; days of the calendar only.
import { addDays, addMonths, daysBetween } from '../../../../kernel/clock.ts'
import type { Light } from '../../contract_certs.ts'

/**
 * The last day of a period that begins on `from`: twelve months from the 26th end on the 25th. Where the month has no such day (29 February a year
 * on, the 31st half a year on) it ends on the month's last day.
 */
export function validTo(from: string, n: number, unit: 'day' | 'month'): string {
  if (unit === 'day') return addDays(from, n)
  const month = addMonths(from.slice(0, 7), n)
  const last = addDays(`${addMonths(month, 1)}-01`, -1)
  return Number(from.slice(8)) > Number(last.slice(8)) ? last : addDays(`${month}-${from.slice(8)}`, -1)
}
export const daysLeft = (valid_to_on: string, today: string): number => daysBetween(today, valid_to_on)
/** From here on it is near (the step before the last), and soon (the first step). */
export function bounds(ladder: readonly number[]): { near: number; soon: number } {
  const up = [...ladder].toSorted((a, b) => a - b)
  return { near: up[1] ?? up[0] ?? 0, soon: up.at(-1) ?? 0 }
}
export function lightOf(valid_to_on: string | null, today: string, ladder: readonly number[]): Light {
  if (valid_to_on === null) return 'missing'
  const left = daysLeft(valid_to_on, today)
  const { near, soon } = bounds(ladder)
  return left < 0 ? 'expired' : left <= near ? 'near' : left <= soon ? 'soon' : 'good'
}
/** '90' … '7', '0' on the last day, then a step for each day over; undefined where nothing is due. What was slept over is not told afterwards. */
export function stepOf(valid_to_on: string, today: string, ladder: readonly number[], daily: boolean): string | undefined {
  const left = daysLeft(valid_to_on, today)
  if (left < 0) return daily ? `over ${today}` : 'over'
  const step = [...ladder].toSorted((a, b) => a - b).find((d) => left <= d)
  return step === undefined ? undefined : String(step)
}
