// Is a value possible (H8)? A transient 0 of a counter would book the whole counter, and a jump a year's use. Pure.
import type { PointSpec } from '../../shapes.ts'

export interface Before {
  /** The last good value and when. */
  v: number
  at_ms: number
}
export interface Judged {
  q: 'good' | 'uncertain' | 'bad'
  why: string | null
}
const GOOD: Judged = { q: 'good', why: null }
const HOUR_MS = 3_600_000
/** At least so long is reckoned: two readings in one second say nothing about speed. */
const LEAST_MS = 60_000

/**
 * `before` is the last good value, or null where there is none or somebody has confirmed a change of the device since. What is older than
 * `before` (kept by the device while the line was down) is judged by its range only: its neighbours may still be on their way.
 */
export function judge(p: Pick<PointSpec, 'kind' | 'low' | 'high' | 'max_per_h' | 'places'>, before: Before | null, v: number, at_ms: number): Judged {
  if (p.low !== null && v < p.low) return { q: 'bad', why: '低于量程' }
  if (p.high !== null && v > p.high) return { q: 'bad', why: '高于量程' }
  if (before === null || at_ms <= before.at_ms || p.kind === 'state') return GOOD
  if (p.kind === 'counter' && v < before.v) return { q: 'uncertain', why: '累计值变小' }
  if (p.max_per_h === null) return GOOD
  const possible = (p.max_per_h * Math.max(at_ms - before.at_ms, LEAST_MS)) / HOUR_MS + 10 ** -p.places
  return Math.abs(v - before.v) > possible ? { q: 'uncertain', why: '变化过快' } : GOOD
}
