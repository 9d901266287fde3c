// Challenges and what answers them: each good once and for a minute, and who is wrong five times waits.
import { createHmac, randomBytes } from 'node:crypto'
import { nowMs } from '../../../../../kernel/clock.ts'
import { token } from './endpoint.ts'

const NONCE_MS = 60_000
const WRONG_MAX = 5
const WRONG_MS = 60_000
const KEYS_MAX = 10_000
export class Proofs {
  private readonly secret = randomBytes(16)
  private readonly used = new Map<string, number>()
  private readonly wrong = new Map<string, { n: number; since_ms: number }>()
  nonce(code: string, at = `${nowMs().toString(36)}.${token()}`): string {
    return `${at}.${createHmac('sha256', this.secret).update(`${code} ${at}`).digest('hex').slice(0, 24)}`
  }
  /** Of ours, for this number, of the last minute, and not used: what somebody overheard opens nothing. */
  use(nonce: string, code: string): boolean {
    const [ms, salt] = nonce.split('.')
    const at_ms = Number.parseInt(ms ?? '', 36)
    if (!Number.isFinite(at_ms) || nonce !== this.nonce(code, `${ms}.${salt}`) || nowMs() - at_ms >= NONCE_MS || nowMs() < at_ms || this.used.has(nonce)) return false
    this.used.set(nonce, nowMs())
    return true
  }
  isLocked(key: string): boolean {
    const w = this.wrong.get(key)
    return w !== undefined && w.n >= WRONG_MAX && nowMs() - w.since_ms < WRONG_MS
  }
  failed(key: string): void {
    const before = this.wrong.get(key)
    const w = before && nowMs() - before.since_ms < WRONG_MS ? before : { n: 0, since_ms: nowMs() }
    w.n++
    if (before || this.wrong.size < KEYS_MAX) this.wrong.set(key, w)
  }
  passed(key: string): void {
    this.wrong.delete(key)
  }
  sweep(now: number): void {
    for (const [nonce, at_ms] of this.used) if (now - at_ms > NONCE_MS) this.used.delete(nonce)
    for (const [key, w] of this.wrong) if (now - w.since_ms > WRONG_MS) this.wrong.delete(key)
  }
}
