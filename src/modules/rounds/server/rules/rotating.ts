// The code of a screen at a point, another one every so many seconds (RFC 6238 with SHA-256): a photograph of it is worth nothing a minute later.
import { createHmac, randomBytes } from 'node:crypto'

const DIGITS = 1_000_000
export const newSecret = (): string => randomBytes(20).toString('base64url')
export const stepAt = (ms: number, seconds: number): number => Math.floor(ms / (seconds * 1000))
export function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const h = createHmac('sha256', Buffer.from(secret, 'base64url')).update(counter).digest()
  const at = h[h.length - 1]! & 0x0f
  return String((h.readUInt32BE(at) & 0x7fffffff) % DIGITS).padStart(6, '0')
}
/** How far back a code is looked for, to say when it was photographed. */
const LOOK_BACK_S = 24 * 3600
/** ok: shown at that moment, a step more or less. stale: shown earlier that day, and when. */
export function verify(secret: string, code: string, ms: number, seconds: number): { ok: true } | { ok: false; shown_at: string | null } {
  const now = stepAt(ms, seconds)
  for (const step of [now, now - 1, now + 1]) if (codeAt(secret, step) === code) return { ok: true }
  for (let step = now - 2; step > now - LOOK_BACK_S / seconds; step--) if (codeAt(secret, step) === code) return { ok: false, shown_at: new Date(step * seconds * 1000).toISOString() }
  return { ok: false, shown_at: null }
}
