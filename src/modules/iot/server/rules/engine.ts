// When a rule fires. Pure: what is remembered goes in and comes out, so that a dry run on history and the live run are the same.
import type { OneTrigger, RuleBody } from '../../contract.ts'

export interface Memory {
  /** Since when it has been beyond the limit. */
  since_ms: number | null
  firing: boolean
  last_fire_ms: number | null
  value: number | null
  /** The last times it did something, for the guard against loops. */
  recent: number[]
  /** It came about too soon after the last time: done later, if it is still so then. */
  owed: boolean
}
export const fresh = (): Memory => ({ since_ms: null, firing: false, last_fire_ms: null, value: null, recent: [], owed: false })
export type Input = { kind: 'value'; point: string; v: number; at_ms: number } | { kind: 'event'; event: string; at_ms: number; active?: boolean } | { kind: 'silence'; silent_s: number; at_ms: number } | { kind: 'tick'; at_ms: number }
export interface Verdict {
  does: 'fire' | 'clear' | null
  facts: Record<string, number | string>
}
const NOTHING: Verdict = { does: null, facts: {} }
/** A rule that acts more often than this within an hour on one device chases its own tail (or its limit is wrong): it is left alone for the rest of the hour. */
export const FIRES_PER_HOUR = 6
const HOUR_MS = 3_600_000
export function inHours(hours: RuleBody['hours'], at_ms: number): boolean {
  if (hours === null) return true
  const h = ((at_ms + 8 * HOUR_MS) % (24 * HOUR_MS)) / HOUR_MS
  return hours.from_h < hours.to_h ? h >= hours.from_h && h < hours.to_h : h >= hours.from_h || h < hours.to_h
}

export function step(rule: RuleBody, m: Memory, input: Input): Verdict {
  const was = m.firing
  return rule.trigger.kind === 'group' || rule.trigger.kind === 'schedule' ? NOTHING : guarded(rule, m, triggered(rule.trigger, m, input), input.at_ms, was)
}
/** What is true fires only in its hours, not again too soon, and not for ever. `was`: what it did before still holds. */
export function guarded(rule: RuleBody, m: Memory, raw: Verdict, at_ms: number, was: boolean): Verdict {
  if (raw.does !== 'fire') return raw
  if (!inHours(rule.hours, at_ms)) {
    // Outside its hours it is not firing either: it may fire when they begin.
    m.firing = was
    return NOTHING
  }
  m.recent = m.recent.filter((t) => at_ms - t < HOUR_MS)
  // Held back, not forgotten: what is still so when the time is over is acted on then.
  if ((rule.cool_down_s > 0 && m.last_fire_ms !== null && at_ms - m.last_fire_ms < rule.cool_down_s * 1000) || m.recent.length >= FIRES_PER_HOUR) {
    m.firing = was
    m.owed = true
    return NOTHING
  }
  m.owed = false
  m.recent.push(at_ms)
  m.last_fire_ms = at_ms
  return raw
}
export function triggered(t: OneTrigger, m: Memory, input: Input): Verdict {
  if (t.kind === 'event') return happened(t, m, input)
  if (t.kind === 'no_data') {
    if (input.kind === 'silence') {
      if (m.firing || input.silent_s < t.for_s) return NOTHING
      m.firing = true
      return { does: 'fire', facts: { silent_s: Math.round(input.silent_s), for_s: t.for_s } }
    }
    if (!m.firing || input.kind === 'tick') return NOTHING
    m.firing = false
    return { does: 'clear', facts: {} }
  }
  if (input.kind !== 'value' || input.point !== t.point) return NOTHING
  if (t.kind === 'change') {
    const before = m.value
    m.value = input.v
    if (input.v !== t.to) m.owed = false
    if (input.v === t.to && ((before !== null && before !== t.to) || m.owed)) return { does: 'fire', facts: { point: t.point, from: before ?? input.v, value: input.v } }
    return before === t.to && input.v !== t.to ? { does: 'clear', facts: {} } : NOTHING
  }
  return threshold(t, m, input)
}
/** An event has no end of its own: the device tells it, or the time that the rule gives it passes. */
function happened(t: Extract<OneTrigger, { kind: 'event' }>, m: Memory, input: Input): Verdict {
  const over = (facts: Verdict['facts']): Verdict => {
    if (!m.firing) return NOTHING
    m.firing = false
    return { does: 'clear', facts }
  }
  if (input.kind === 'tick') return t.over_s && input.at_ms - (m.since_ms ??= input.at_ms) >= t.over_s * 1000 ? over({ quiet_s: t.over_s }) : NOTHING
  if (input.kind !== 'event' || input.event !== t.event) return NOTHING
  if (input.active === false) return over({ event: t.event })
  m.since_ms = input.at_ms
  const was = m.firing
  m.firing = true
  return was && t.over_s ? NOTHING : { does: 'fire', facts: { event: t.event } }
}
type Threshold = Extract<OneTrigger, { kind: 'threshold' }>
export const isBeyond = (t: Threshold, v: number): boolean => (t.op === 'above' ? v > t.limit : v < t.limit)
function threshold(t: Threshold, m: Memory, input: Extract<Input, { kind: 'value' }>): Verdict {
  const beyond = isBeyond(t, input.v)
  const back = t.op === 'above' ? input.v <= t.back : input.v >= t.back
  if (beyond) {
    m.since_ms ??= input.at_ms
    if (m.firing || input.at_ms - m.since_ms < t.for_s * 1000) return NOTHING
    m.firing = true
    return { does: 'fire', facts: { point: t.point, value: input.v, op: t.op, limit: t.limit, beyond_s: Math.round((input.at_ms - m.since_ms) / 1000) } }
  }
  m.since_ms = null
  if (!m.firing || !back) return NOTHING
  m.firing = false
  return { does: 'clear', facts: { point: t.point, value: input.v, back: t.back } }
}
