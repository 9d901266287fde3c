// A rule of the calendar and a span of days → the times of tasks. Pure: the same rule over the same days gives the same slots, and two spans that
// meet give what the whole span gives, so that planning a month more never doubles or loses a task (calendar.test.ts).
import { addDays, addMonths, daysBetween } from '../../../../kernel/clock.ts'
import type { Rule, Slot, Window } from '../../shapes.ts'

/** China has one zone and no summer time. */
const ZONE = '+08:00'
const MINUTE = 60_000
const DAY = 1440
export interface Calendar {
  /** Public holidays and shifted weekends as data; a weekend rests where nothing is said. */
  special: ReadonlyMap<string, boolean>
}
export const worksOn = (c: Calendar, day: string): boolean => c.special.get(day) ?? ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))
/** `minutes` after the beginning of the day, which may lie in a later one. */
const instant = (day: string, minutes: number): string => new Date(Date.parse(`${day}T00:00:00${ZONE}`) + minutes * MINUTE).toISOString()
const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7
const lastOf = (month: string): string => addDays(`${addMonths(month, 1)}-01`, -1)
/** '2026-02' and 31 → '2026-02-28' */
const dayIn = (month: string, n: number): string => {
  const last = lastOf(month)
  return Number(last.slice(8)) < n ? last : `${month}-${String(n).padStart(2, '0')}`
}
/** '02-29' in a year without it is the 28th. */
const dateIn = (year: string, month_day: string): string => dayIn(`${year}-${month_day.slice(0, 2)}`, Number(month_day.slice(3)))

const inSeason = (season: { from: string; to: string } | null, day: string): boolean => {
  if (!season) return true
  const md = day.slice(5)
  return season.from <= season.to ? md >= season.from && md <= season.to : md >= season.from || md <= season.to
}
const onDays = (days: 'all' | 'working' | 'resting', c: Calendar, day: string): boolean => days === 'all' || worksOn(c, day) === (days === 'working')
export function windowSlot(day: string, w: Window): Slot {
  const from = minutesOf(w.from)
  const to = minutesOf(w.to)
  return { on_day: day, starts_at: instant(day, from), due_at: instant(day, to <= from ? to + DAY : to) }
}
const spanSlot = (day: string, days: number): Slot => ({ on_day: day, starts_at: instant(day, 0), due_at: instant(day, days * DAY) })
function hourly(day: string, r: Extract<Rule, { kind: 'hourly' }>): Slot[] {
  const from = minutesOf(r.from)
  const to = minutesOf(r.to) <= from ? minutesOf(r.to) + DAY : minutesOf(r.to)
  const out: Slot[] = []
  // The last one ends with the shift, however long it is.
  for (let at = from; at < to; at += r.every_minutes) out.push({ on_day: day, starts_at: instant(day, at), due_at: instant(day, Math.min(at + r.every_minutes, to)) })
  return out
}

/** What belongs to one day: a task over several days or through midnight belongs to the day on which it begins. */
function slotsOn(day: string, r: Rule, c: Calendar): Slot[] {
  switch (r.kind) {
    case 'hourly': return inSeason(r.season, day) && onDays(r.days, c, day) ? hourly(day, r) : []
    case 'daily': return inSeason(r.season, day) && onDays(r.days, c, day) && ((daysBetween(r.starting_on, day) % r.every_days) + r.every_days) % r.every_days === 0 ? r.windows.map((w) => windowSlot(day, w)) : []
    case 'weekly': return inSeason(r.season, day) && r.weekdays.includes(weekdayOf(day)) ? r.windows.map((w) => windowSlot(day, w)) : []
    case 'half_month': {
      if (!inSeason(r.season, day)) return []
      const n = day.slice(8)
      return n === '01' ? [spanSlot(day, 15)] : n === '16' ? [spanSlot(day, daysBetween(day, lastOf(day.slice(0, 7))) + 1)] : []
    }
    case 'monthly': return inSeason(r.season, day) && r.month_days.some((n) => dayIn(day.slice(0, 7), n) === day) ? [spanSlot(day, r.span_days)] : []
    case 'yearly': return r.dates.some((md) => dateIn(day.slice(0, 4), md) === day) ? [spanSlot(day, r.span_days)] : []
    case 'once': return r.on === day ? [spanSlot(day, r.span_days)] : []
    case 'before': return beforeOn(day, r)
    // Made when the weather is known (server/weather.ts).
    case 'dry': case 'weather':
    // Made when the device has run so long, or when its certificate is about to run out (server/upkeep.ts).
    case 'hours': case 'expiry': return []
  }
}
/** How many times something may run out again: a hundred years by the month. */
const TERMS_MAX = 1200
function beforeOn(day: string, r: Extract<Rule, { kind: 'before' }>): Slot[] {
  for (let n = 0; n < TERMS_MAX; n++) {
    const expires = n === 0 ? r.expires_on : dayIn(addMonths(r.expires_on.slice(0, 7), n * r.every_months), Number(r.expires_on.slice(8)))
    const from = addDays(expires, -r.lead_days)
    if (from === day) return [spanSlot(day, r.lead_days + 1)]
    if (from > day || r.every_months === 0) return []
  }
  return []
}

/** Both days included. */
export function slotsOf(r: Rule, from_on: string, to_on: string, c: Calendar): Slot[] {
  const out: Slot[] = []
  for (let day = from_on; day <= to_on; day = addDays(day, 1)) out.push(...slotsOn(day, r, c))
  return out
}
