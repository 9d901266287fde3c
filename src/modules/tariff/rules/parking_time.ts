// Stays on the clock: seconds since 1970 in local time (China has no summer time), cut where a window or a day ends.
import type { Rate } from './parking_rate.ts'

export const DAY = 86_400
/** '2026-03-01T08:10[:30]' in seconds; the calendar is the same everywhere, so UTC arithmetic serves local time. */
export const secondsOf = (text: string): number => Date.parse(`${text.trim().replace(' ', 'T')}${text.trim().length === 16 ? ':00' : ''}Z`) / 1000
export const dayText = (day: number): string => new Date(day * DAY * 1000).toISOString().slice(0, 10)
export function timeText(s: number, year = false): string {
  const iso = new Date(s * 1000).toISOString()
  return `${iso.slice(year ? 0 : 5, 10)} ${iso.slice(11, iso.endsWith(':00.000Z') ? 16 : 19)}`
}
export interface Interval {
  from: number
  to: number
}

export interface Hours {
  from: number
  to: number
  days: readonly (number | 'workday' | 'restday')[] | undefined
}
export const hoursOf = (h: { from: string; to: string; days?: readonly (number | 'workday' | 'restday')[] | undefined }): Hours => {
  const at = (c: string) => Number(c.slice(0, 2)) * 3600 + Number(c.slice(3)) * 60
  return { from: at(h.from) % DAY, to: at(h.to) % DAY || DAY, days: h.days }
}
export interface Calendar {
  holidays: ReadonlySet<string>
  workdays: ReadonlySet<string>
}

function onDay(h: Hours, day: number, calendar: Calendar): boolean {
  if (!h.days) return true
  const weekday = (((day + 3) % 7) + 7) % 7 + 1 // 1970-01-01 was a Thursday
  const text = dayText(day)
  const work = calendar.workdays.has(text) || (weekday <= 5 && !calendar.holidays.has(text))
  return h.days.some((d) => (d === 'workday' ? work : d === 'restday' ? !work : d === weekday))
}

/** The day on which the occurrence that holds `t` began, or null. A window over midnight belongs to the day it begins on. */
export function occurrence(h: Hours, t: number, calendar: Calendar): number | null {
  const day = Math.floor(t / DAY)
  const s = t - day * DAY
  const wraps = h.to <= h.from
  if (!wraps) return s >= h.from && s < h.to && onDay(h, day, calendar) ? day : null
  if (s >= h.from) return onDay(h, day, calendar) ? day : null
  return s < h.to && onDay(h, day - 1, calendar) ? day - 1 : null
}

/** Seconds of the day at which anything may change, in order. */
export const edgesOf = (list: readonly Hours[]): number[] => [...new Set(list.flatMap((h) => [h.from, h.to % DAY, ...(h.days ? [0] : [])]))].sort((a, b) => a - b)
export function nextEdge(edges: readonly number[], t: number): number {
  if (edges.length === 0) return Infinity
  const day = Math.floor(t / DAY) * DAY
  const s = t - day
  for (const e of edges) if (e > s) return day + e
  return day + DAY + edges[0]!
}

export interface Portion extends Interval {
  rate: Rate
  name: string
  cap: bigint | null
  /** Which occurrence of which window; '' outside windows. */
  key: string
  block: number
}
export interface Clocked {
  windows: readonly { name: string; cap: bigint | null; rate: Rate; hours: Hours }[]
  base: Rate
  edges: readonly number[]
  calendar: Calendar
  blockOf: (t: number) => { no: number; end: number }
}

/** The window at an instant, and until when nothing changes. */
export function portionAt(c: Clocked, t: number): Portion {
  const block = c.blockOf(t)
  const end = Math.min(nextEdge(c.edges, t), block.end)
  for (const [i, w] of c.windows.entries()) {
    const day = occurrence(w.hours, t, c.calendar)
    if (day !== null) return { from: t, to: end, rate: w.rate, name: w.name, cap: w.cap, key: `${i}:${day}`, block: block.no }
  }
  return { from: t, to: end, rate: c.base, name: '', cap: null, key: '', block: block.no }
}

/** What is left of intervals when the first `seconds` of them are taken away. */
export function without(list: readonly Interval[], seconds: number): Interval[] {
  let left = seconds
  const out: Interval[] = []
  for (const i of list) {
    const cut = Math.min(left, i.to - i.from)
    left -= cut
    if (i.from + cut < i.to) out.push({ from: i.from + cut, to: i.to })
  }
  return out
}
export const lengthOf = (list: readonly Interval[]): number => list.reduce((n, i) => n + i.to - i.from, 0)

/** The parts of an interval outside the hours of a pass. */
export function outside(i: Interval, hours: readonly Hours[], calendar: Calendar): Interval[] {
  if (hours.length === 0) return []
  const edges = edgesOf(hours)
  const out: Interval[] = []
  for (let t = i.from; t < i.to; ) {
    const end = Math.min(nextEdge(edges, t), i.to)
    if (!hours.some((h) => occurrence(h, t, calendar) !== null)) {
      const last = out.at(-1)
      if (last && last.to === t) last.to = end
      else out.push({ from: t, to: end })
    }
    t = end
  }
  return out
}
