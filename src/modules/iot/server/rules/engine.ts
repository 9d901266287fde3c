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
}
export const fresh = (): Memory => ({ since_ms: null, firing: false, last_fire_ms: null, value: null, recent: [] })
export type Input = { kind: 'value'; point: string; v: number; at_ms: number } | { kind: 'event'; event: string; at_ms: number } | { kind: 'silence'; silent_s: number; at_ms: number }
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
  return rule.trigger.kind === 'group' ? NOTHING : guarded(rule, m, triggered(rule.trigger, m, input), input.at_ms)
}
/** What is true fires only in its hours, not again too soon, and not for ever. */
export function guarded(rule: RuleBody, m: Memory, raw: Verdict, at_ms: number): Verdict {
  if (raw.does !== 'fire') return raw
  if (!inHours(rule.hours, at_ms)) {
    // Outside its hours it is not firing either: it may fire when they begin.
    m.firing = false
    return NOTHING
  }
  if (m.last_fire_ms !== null && at_ms - m.last_fire_ms < rule.cool_down_s * 1000) return NOTHING
  m.recent = m.recent.filter((t) => at_ms - t < HOUR_MS)
  if (m.recent.length >= FIRES_PER_HOUR) return NOTHING
  m.recent.push(at_ms)
  m.last_fire_ms = at_ms
  return raw
}
export function triggered(t: OneTrigger, m: Memory, input: Input): Verdict {
  if (t.kind === 'event') return input.kind === 'event' && input.event === t.event ? { does: 'fire', facts: { event: t.event } } : NOTHING
  if (t.kind === 'no_data') {
    if (input.kind === 'silence') {
      if (m.firing || input.silent_s < t.for_s) return NOTHING
      m.firing = true
      return { does: 'fire', facts: { silent_s: Math.round(input.silent_s), for_s: t.for_s } }
    }
    if (!m.firing) return NOTHING
    m.firing = false
    return { does: 'clear', facts: {} }
  }
  if (input.kind !== 'value' || input.point !== t.point) return NOTHING
  if (t.kind === 'change') {
    const before = m.value
    m.value = input.v
    if (input.v === t.to && before !== null && before !== t.to) return { does: 'fire', facts: { point: t.point, from: before, value: input.v } }
    return before === t.to && input.v !== t.to ? { does: 'clear', facts: {} } : NOTHING
  }
  return threshold(t, m, input)
}
function threshold(t: Extract<OneTrigger, { kind: 'threshold' }>, m: Memory, input: Extract<Input, { kind: 'value' }>): Verdict {
  const beyond = t.op === 'above' ? input.v > t.limit : input.v < t.limit
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
