// Times of a shift on a day, in milliseconds. Pure: China has one zone and no summer time.
export interface ShiftTimes { from_time: string; to_time: string; break_from: string | null; break_to: string | null }
export interface Span { start: number; end: number; break_start: number; break_end: number }
const DAY = 86_400_000
const at = (day: string, clock: string): number => Date.parse(`${day}T${clock}:00+08:00`)
/** An end not later than the beginning is of the next day; a break belongs to the first time it comes after the beginning. Without a break both ends of it lie in the middle. */
export function spanOf(day: string, s: ShiftTimes): Span {
  const start = at(day, s.from_time)
  const end = at(day, s.to_time) + (s.to_time <= s.from_time ? DAY : 0)
  if (s.break_from === null || s.break_to === null) {
    const middle = start + (end - start) / 2
    return { start, end, break_start: middle, break_end: middle }
  }
  const after = (clock: string): number => at(day, clock) + (clock < s.from_time ? DAY : 0)
  return { start, end, break_start: after(s.break_from), break_end: after(s.break_to) }
}
/** Whether the break lies within and is in order. */
export const breakFits = (s: ShiftTimes): boolean => {
  if (s.break_from === null && s.break_to === null) return true
  if (s.break_from === null || s.break_to === null) return false
  const { start, end, break_start, break_end } = spanOf('2026-01-05', s)
  return break_start > start && break_end > break_start && break_end < end
}
export const minutesOf = (s: ShiftTimes): number => {
  const x = spanOf('2026-01-05', s)
  return Math.round((x.end - x.start - (x.break_end - x.break_start)) / 60_000)
}
