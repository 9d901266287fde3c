// Half days and allowances. Pure: a day is two halves that meet at noon of the community's clock.
import { addDays, daysBetween } from '../../../../kernel/clock.ts'
import type { Tier } from '../../shapes_leave.ts'

export type Half = 'am' | 'pm'
export interface Span { from_on: string; from_half: Half; to_on: string; to_half: Half }
const at = (day: string, clock: string): string => new Date(`${day}T${clock}:00+08:00`).toISOString()
/** From the first half to the end of the last; undefined where it ends before it begins. */
export function spanOf(s: Span): { from_at: string; to_at: string; halves: number } | undefined {
  const halves = daysBetween(s.from_on, s.to_on) * 2 + (s.to_half === 'pm' ? 2 : 1) - (s.from_half === 'pm' ? 1 : 0)
  if (halves < 1) return undefined
  return { from_at: at(s.from_on, s.from_half === 'am' ? '00:00' : '12:00'), to_at: s.to_half === 'am' ? at(s.to_on, '12:00') : at(addDays(s.to_on, 1), '00:00'), halves }
}
/** Whole years that are reached within a year. */
export const yearsAt = (entered_on: string, year: number): number => Math.max(0, year - Number(entered_on.slice(0, 4)))
/** Of the tiers the highest that is reached; no tiers: no limit. */
export function allowanceOf(tiers: readonly Tier[], years: number): number | null {
  if (tiers.length === 0) return null
  return tiers.filter((t) => t.years <= years).toSorted((a, b) => b.years - a.years)[0]?.half_days ?? 0
}
/** Four hours of overtime are half a day of rest; what is over waits for more. */
const REST_MINUTES = 240
export const restHalves = (minutes: number): number => Math.floor(minutes / REST_MINUTES)
export const daysText = (half: number | null): string => (half === null ? '不限' : String(half / 2))
