// The months that are played, ending with the month of the installation. Everything relative hangs on its first day, which is kept
// (the day the sample company was made), so that a loader that goes on after midnight plays the same months.
import { addDays, addMonths, dayOf } from '../../kernel/clock.ts'

export interface Calendar {
  /** Nothing is played later than this instant. */
  until: string
  today: string
  /** 'YYYY-MM', oldest first; the last one is the current month. */
  months: string[]
  current: string
}
export const MONTHS = 18

export function calendarOf(until: string, count: number = MONTHS): Calendar {
  const today = dayOf(until)
  const current = today.slice(0, 7)
  return { until, today, current, months: Array.from({ length: count }, (_, i) => addMonths(current, i - count + 1)) }
}
/** A day of the month so many months before the current one. */
export const dayBack = (c: Calendar, months_back: number, day: number): string => `${addMonths(c.current, -months_back)}-${String(day).padStart(2, '0')}`
export const firstOf = (month: string): string => `${month}-01`
export const lastDayOf = (month: string): string => addDays(firstOf(addMonths(month, 1)), -1)
/** 09:30 in Shanghai on that day, or the last instant if that is earlier. */
export function instantAt(c: Calendar, day: string, time: string): string {
  const at = new Date(`${day}T${time}+08:00`).toISOString()
  return at < c.until ? at : c.until
}
export const isPast = (c: Calendar, day: string, time: string): boolean => new Date(`${day}T${time}+08:00`).toISOString() < c.until
