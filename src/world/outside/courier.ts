// What couriers of notices (异步通知) share: the ladder of attempts, deliveries that are delayed, dropped, doubled, held and reordered on demand.
// How a notice is written and what counts as an acknowledgement is the gateway's own.
import { Agent } from 'node:http'
import { FaultQueue } from './wechat_sim/faults.ts'

interface Notice {
  attempts: number
  acked: boolean
}
/** Of a fault what every gateway knows; the others are the letter's. */
interface Fault {
  kind: string
  ms?: number
  copies?: number
}
const LOG_MAX = 5000
const COPIES_MAX = 200

export abstract class Rounds<N extends Notice, F extends Fault, D> {
  readonly faults = new FaultQueue<F>()
  readonly log: D[] = []
  protected readonly agent = new Agent({ keepAlive: true, maxSockets: 256 })
  readonly #ladder_s: readonly number[]
  readonly #scale: number
  readonly #timers = new Set<NodeJS.Timeout>()
  #held: string[] = []
  #active = 0
  #waiting: (() => void)[] = []
  #stopped = false

  /** `scale` shortens the ladder for tests. */
  constructor(ladder_s: readonly number[], scale: number) {
    this.#ladder_s = ladder_s
    this.#scale = scale
  }
  protected abstract notices(): Map<string, N>
  protected abstract idOf(notice: N): string
  /** One delivery, said as it goes into the log, and whether the merchant acknowledged it. */
  protected abstract deliver(notice: N, fault: F | null): Promise<{ entry: D; acked: boolean }>
  protected abstract dropped(notice: N, fault: F): D
  /** Whether the fault is meant for this notice. */
  protected fits(_fault: F, _notice: N | undefined): boolean {
    return true
  }
  protected abstract attempted(notice: N, entries: readonly D[], acked: boolean): void

  /** After a restart: whatever was never acknowledged goes on from its rung. */
  resume(): void {
    for (const notice of this.notices().values()) if (!notice.acked) this.#later(notice)
  }
  release(order: 'fifo' | 'reverse'): Promise<void> {
    const ids = order === 'reverse' ? this.#held.reverse() : this.#held
    this.#held = []
    // One after the other: the order is what is being tested.
    return ids.reduce((before, id) => before.then(() => this.#send(id, null, 1)), Promise.resolve())
  }
  get held(): number {
    return this.#held.length
  }
  /** Resolves when nothing is on its way and no retry is due; held notices do not count. */
  settled(): Promise<void> {
    if (this.#active === 0 && this.#timers.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.agent.destroy()
  }
  protected async run(id: string): Promise<void> {
    const fault = this.faults.take((f) => this.fits(f, this.notices().get(id)))
    if (fault?.kind === 'hold') {
      this.#held.push(id)
      return this.#wake()
    }
    if (fault?.kind === 'delay') return this.#timer(fault.ms ?? 1000, () => void this.#send(id, null, 1))
    return this.#send(id, fault, fault?.kind === 'duplicate' ? (fault.copies ?? 2) : 1)
  }
  #wake(): void {
    if (this.#active > 0 || this.#timers.size > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
  #timer(ms: number, act: () => void): void {
    if (this.#stopped) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, ms)
    this.#timers.add(timer)
  }
  #later(notice: N): void {
    const rung = this.#ladder_s[Math.max(notice.attempts, 1) - 1]
    if (rung !== undefined) this.#timer(rung * 1000 * this.#scale, () => void this.run(this.idOf(notice)))
  }
  async #send(id: string, fault: F | null, copies: number): Promise<void> {
    const notice = this.notices().get(id)
    if (!notice || notice.acked || this.#stopped) return this.#wake()
    this.#active += 1
    const one = async () => (fault?.kind === 'drop' ? { entry: this.dropped(notice, fault), acked: false } : this.deliver(notice, fault))
    const sent = await Promise.all(Array.from({ length: Math.min(copies, COPIES_MAX) }, one))
    this.#active -= 1
    if (this.#stopped) return
    for (const s of sent) if (this.log.length < LOG_MAX) this.log.push(s.entry)
    const acked = sent.some((s) => s.acked)
    this.attempted(notice, sent.map((s) => s.entry), acked)
    if (!acked) this.#later(notice)
    this.#wake()
  }
}
