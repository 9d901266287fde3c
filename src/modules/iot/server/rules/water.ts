// What a water meter's curve says (IOT-03): flow in the still hours of the night, flow that never stops, a burst, a meter that stands. Pure: the curve in, findings
// out. The curve is what the meter showed at moments in order; between two of them the flow is taken as even. Where nothing was heard nothing is concluded.
import type { WaterWatch } from '../../shapes_water.ts'

export interface WaterCurve {
  /** A meter of one house: it must be able to stand still. Mains and shared meters never do. */
  is_house: boolean
  /** [when, what it showed], in order. */
  shown: readonly (readonly [at_ms: number, v: number])[]
  /** [day, used] of the days before, in order; days without values are missing. */
  days: readonly (readonly [on_day: string, used: number])[]
}
export type WaterKind = 'water_night' | 'water_flow' | 'water_burst' | 'water_standing' | 'water_back'
export interface WaterFinding {
  kind: WaterKind
  /** What was measured, and the limit that it passed. */
  value: number
  limit: number
  from_ms: number
  to_ms: number
}
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const EAST_MS = 8 * HOUR_MS
/** A gap longer than this tells nothing of the hours within it. */
const GAP_MS = 2 * HOUR_MS + 600_000
const DUST = 1e-6

/** What it showed at a moment, between the two values around it; null where these are too far apart. */
export function shownAt(shown: WaterCurve['shown'], at_ms: number): number | null {
  const i = shown.findIndex(([t]) => t >= at_ms)
  if (i < 0) return null
  const [t1, v1] = shown[i]!
  if (t1 === at_ms) return v1
  if (i === 0) return null
  const [t0, v0] = shown[i - 1]!
  return t1 - t0 > GAP_MS ? null : v0 + ((v1 - v0) * (at_ms - t0)) / (t1 - t0)
}
/** Use of each hour of a span; null where it is not known. */
export const hourly = (shown: WaterCurve['shown'], from_ms: number, hours: number): (number | null)[] =>
  Array.from({ length: hours }, (_, i) => {
    const [a, b] = [shownAt(shown, from_ms + i * HOUR_MS), shownAt(shown, from_ms + (i + 1) * HOUR_MS)]
    return a === null || b === null ? null : Math.max(0, b - a)
  })
const dayStart = (ms: number): number => Math.floor((ms + EAST_MS) / DAY_MS) * DAY_MS - EAST_MS

function night(c: WaterCurve, s: WaterWatch, now_ms: number): WaterFinding | null {
  const length = s.night_to_h - s.night_from_h
  let last = dayStart(now_ms) + s.night_from_h * HOUR_MS
  if (last + length * HOUR_MS > (c.shown.at(-1)?.[0] ?? 0)) last -= DAY_MS
  const lows: number[] = []
  for (let n = 0; n < s.nights_count; n++) {
    const hours = hourly(c.shown, last - n * DAY_MS, length)
    if (hours.some((h) => h === null)) return null
    lows.push(Math.min(...(hours as number[])))
  }
  const low = Math.min(...lows)
  let limit = s.night_m3_h
  if (!c.is_house) {
    const [from, to] = [c.shown[0]!, c.shown.at(-1)!]
    limit = Math.max(limit, (((to[1] - from[1]) / ((to[0] - from[0]) / HOUR_MS)) * s.night_share_percent) / 100)
  }
  return low + DUST >= limit ? { kind: 'water_night', value: low, limit, from_ms: last - (s.nights_count - 1) * DAY_MS, to_ms: last + length * HOUR_MS } : null
}
function flowing(c: WaterCurve, s: WaterWatch): WaterFinding | null {
  if (!c.is_house) return null
  const [end] = c.shown.at(-1) ?? [0]
  let from = end
  // Backwards by the hour: the last hour may still be under way.
  for (let at = end; ; at -= HOUR_MS) {
    const [a, b] = [shownAt(c.shown, at - HOUR_MS), shownAt(c.shown, at)]
    if (a === null || b === null || b - a <= DUST) break
    from = at - HOUR_MS
  }
  const hours = Math.round((end - from) / HOUR_MS)
  return hours >= s.continuous_h ? { kind: 'water_flow', value: hours, limit: s.continuous_h, from_ms: from, to_ms: end } : null
}
function burst(c: WaterCurve, s: WaterWatch): WaterFinding | null {
  const [end] = c.shown.at(-1) ?? [0]
  const before = c.days.slice(0, -1)
  // Nothing to hold it against in the first week of a meter.
  if (before.length < 3) return null
  const mean = before.reduce((t, d) => t + d[1], 0) / before.length / 24
  const limit = Math.max(s.sudden_m3_h, mean * s.sudden_factor)
  const from = end - 24 * HOUR_MS
  const hours = hourly(c.shown, from, 24)
  const worst = hours.reduce<number>((w, h, i) => (h !== null && h > (hours[w] ?? -1) ? i : w), 0)
  const value = hours[worst]
  return value !== null && value !== undefined && value > limit ? { kind: 'water_burst', value, limit, from_ms: from + worst * HOUR_MS, to_ms: from + (worst + 1) * HOUR_MS } : null
}
function standing(c: WaterCurve, s: WaterWatch, now_ms: number): WaterFinding | null {
  const still = c.days.slice(-s.standing_days)
  const before = c.days.slice(0, -s.standing_days)
  if (still.length < s.standing_days || before.length < 3 || still.some((d) => d[1] > DUST)) return null
  // Heard all the time, and not merely silent: days without values break the row.
  const first = Date.parse(`${still[0]![0]}T00:00:00+08:00`)
  if (Date.parse(`${still.at(-1)![0]}T00:00:00+08:00`) - first > (s.standing_days - 1) * DAY_MS) return null
  return before.reduce((t, d) => t + d[1], 0) > DUST ? { kind: 'water_standing', value: still.length, limit: s.standing_days, from_ms: first, to_ms: now_ms } : null
}
export function judgeWater(c: WaterCurve, s: WaterWatch, now_ms: number): WaterFinding[] {
  if (c.shown.length < 2) return []
  return [night(c, s, now_ms), flowing(c, s), burst(c, s), standing(c, s, now_ms)].filter((f) => f !== null)
}
