// When a schedule is due. Pure: days and hours of the community's clock (Asia/Shanghai has no summer time).
import { addDays, dayOf } from '../../../../kernel/clock.ts'

export interface Slots {
  from_on: string
  to_on: string | null
  days: 'all' | 'work' | 'rest' | 'week'
  weekdays: readonly number[]
  times: readonly string[]
}
/** A schedule of a day that never comes is not looked for longer. */
const AHEAD_DAYS = 60
const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay()

export function dayFits(s: Slots, day: string, works: (day: string) => boolean): boolean {
  if (day < s.from_on || (s.to_on !== null && day > s.to_on)) return false
  if (s.days === 'all') return true
  if (s.days === 'week') return s.weekdays.includes(weekday(day))
  return works(day) === (s.days === 'work')
}
/** Later than this it is not done any more. */
const LATE_MS = 10 * 60_000
const BACK_MS = 24 * 3_600_000
/** Since when it is looked for what was due. */
export const lookBack = (now_ms: number): string => new Date(now_ms - BACK_MS).toISOString()
/** What was due within the last day, since it was made or changed, and has not been seen to. */
export function unseen(s: Slots & { changed_at: string; seen: readonly string[] }, now_ms: number, works: (day: string) => boolean): { slot_at: string; missed: boolean }[] {
  const seen = new Set(s.seen.map((x) => Date.parse(x)))
  return slotsBetween(s, Math.max(now_ms - BACK_MS, Date.parse(s.changed_at)), now_ms, works).filter((at) => !seen.has(at)).map((at) => ({ slot_at: new Date(at).toISOString(), missed: now_ms - at > LATE_MS }))
}
/** Instants within (from, to], oldest first. */
export function slotsBetween(s: Slots, from_ms: number, to_ms: number, works: (day: string) => boolean): number[] {
  const out: number[] = []
  for (let day = dayOf(from_ms); Date.parse(`${day}T00:00:00+08:00`) <= to_ms; day = addDays(day, 1)) {
    if (!dayFits(s, day, works)) continue
    for (const t of s.times) {
      const at = Date.parse(`${day}T${t}:00+08:00`)
      if (at > from_ms && at <= to_ms) out.push(at)
    }
  }
  return out.sort((a, b) => a - b)
}
export function nextSlot(s: Slots, now_ms: number, works: (day: string) => boolean): number | null {
  for (let day = s.from_on > dayOf(now_ms) ? s.from_on : dayOf(now_ms), n = 0; n < AHEAD_DAYS; day = addDays(day, 1), n++) {
    const first = slotsBetween(s, Math.max(now_ms, Date.parse(`${day}T00:00:00+08:00`) - 1), Date.parse(`${day}T23:59:59+08:00`), works)[0]
    if (first !== undefined) return first
  }
  return null
}
