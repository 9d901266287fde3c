// Is what carries no time of its own of this moment? A device keeps what it could not send and sends it when the line is back (H2): such a message may be hours old and looks like a new
// one. It is taken as live only while the line is known to have worked: the sender got through to us not longer ago than the time after which dated messages are a replay. After a longer
// gap everything undated is in doubt for a bounded while: recorded and told, and nothing is moved by it (ADR 0579).
import type { Moving } from './registry.ts'

/** So long after a gap what was kept meanwhile may still be coming. */
export const SETTLE_MS = 30_000
export type Line = Pick<Moving, 'through_ms' | 'doubt_until_ms' | 'failing'>

/** Something arrives, or the device connects. One that was never heard has no outage behind it. */
export function arrived(m: Line, limit_ms: number, now: number): void {
  if (m.through_ms !== null && now - m.through_ms > limit_ms) m.doubt_until_ms = now + SETTLE_MS
}
/** It got through: stored, or a sign of life over a connection that stands. What could not be stored comes again, and a sign of life says nothing about how old it is. */
export function through(m: Line, now: number, stored: boolean): void {
  if (m.failing && !stored) return
  m.failing = false
  m.through_ms = now
}
/** A clock that was put back leaves no doubt that lasts until it is there again. `again`: the device says that it has sent it before (MQTT dup), or it lay at another broker. */
export const inDoubt = (m: Line, now: number, again: boolean): boolean => again || (now < m.doubt_until_ms && m.doubt_until_ms - now <= SETTLE_MS)
