// When an order must be on site and finished: computed once, when it is reported, and stored as due_at.
import { addDays, dayOf } from '../../../../kernel/clock.ts'

export interface Limit {
  n: number
  unit: 'minute' | 'hour' | 'day'
}
export interface Hours {
  /** '08:30' */
  work_from: string
  work_to: string
  /** Public holidays and shifted weekends as data; a weekend rests where nothing is said. */
  special: ReadonlyMap<string, boolean>
}
const MINUTE = 60_000
/** A year without a working day is a fault of the data, not a reason to run for ever. */
const DAYS_MAX = 400

export const works = (h: Hours, day: string): boolean => h.special.get(day) ?? ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
const at = (day: string, clock: string): number => Date.parse(`${day}T${clock}:00+08:00`)
const iso = (ms: number): string => new Date(ms).toISOString()

/** The instant itself within working hours, else the next opening. */
function open(h: Hours, ms: number): number {
  let day = dayOf(ms)
  for (let i = 0; i < DAYS_MAX; i++) {
    if (works(h, day)) {
      if (ms < at(day, h.work_from)) return at(day, h.work_from)
      if (ms < at(day, h.work_to)) return ms
    }
    day = addDays(day, 1)
    ms = Math.max(ms, at(day, '00:00'))
  }
  throw new Error('no working day within a year')
}

/** Calendar time runs always; working time only in working hours of working days, and a day of it ends at the same hour of a later working day. */
export function dueAt(from: string, limit: Limit, clock: 'calendar' | 'working', h: Hours): string {
  const start = Date.parse(from)
  if (clock === 'calendar') return iso(start + limit.n * { minute: MINUTE, hour: 60 * MINUTE, day: 24 * 60 * MINUTE }[limit.unit])
  let now = open(h, start)
  if (limit.unit === 'day') {
    let day = dayOf(now)
    const within = now - at(day, h.work_from)
    for (let n = 0; n < limit.n; ) {
      day = addDays(day, 1)
      if (works(h, day)) n++
    }
    return iso(at(day, h.work_from) + within)
  }
  let left = limit.n * (limit.unit === 'hour' ? 60 : 1) * MINUTE
  for (let i = 0; i < DAYS_MAX; i++) {
    const end = at(dayOf(now), h.work_to)
    if (now + left <= end) return iso(now + left)
    left -= end - now
    now = open(h, end)
  }
  throw new Error('a limit longer than a year')
}

export interface Rule {
  urgent: boolean
  respond: Limit
  finish: Limit
  clock: 'calendar' | 'working'
}
/**
 * An agreed hour (预约) later than now takes the place of the limit to be on site, and the limit to finish runs from it; never for what is urgent.
 * `grace_minutes` after it are still in time: who comes from another order cannot come to the minute.
 */
export function limitsOf(o: { now: string; wished_at: string | null; rule: Rule; hours: Hours; grace_minutes: number }): { respond_due_at: string; finish_due_at: string } {
  const { rule, hours } = o
  if (o.wished_at && o.wished_at > o.now && !rule.urgent)
    return { respond_due_at: iso(Date.parse(o.wished_at) + o.grace_minutes * MINUTE), finish_due_at: dueAt(o.wished_at, rule.finish, rule.clock, hours) }
  return { respond_due_at: dueAt(o.now, rule.respond, rule.clock, hours), finish_due_at: dueAt(o.now, rule.finish, rule.clock, hours) }
}
