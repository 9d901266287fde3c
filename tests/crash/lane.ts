// A process of the product that is made to die at one point after the other: it is started with the first of its queue, dies there, is started
// again with the next. Whoever talks to it asks again until there is an answer.
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'

export interface Strike {
  /** As HEYUAN_CRASH_AT wants it: `refund.taken`, `call.committed payment.takePayment:2`. */
  at: string
  hit: boolean
}

export class Lane {
  private readonly entry: string
  private readonly env: Record<string, string | undefined>
  private readonly queue: Strike[]
  private readonly heal: () => Promise<void>
  private child: ChildProcess | undefined
  private up: Promise<void> = Promise.resolve()
  private ended = false
  /** What went wrong with the process itself. */
  fault: Error | undefined
  constructor(o: { entry: string; env: Record<string, string | undefined>; queue: readonly Strike[]; heal: () => Promise<void> }) {
    this.entry = o.entry
    this.env = o.env
    this.queue = [...o.queue]
    this.heal = o.heal
  }

  start(): Promise<void> {
    const next = this.queue.find((s) => !s.hit)
    const child = fork(join(process.cwd(), this.entry), { env: { ...this.env, HEYUAN_CRASH_AT: next?.at ?? '' }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.child = child
    this.up = new Promise<void>((ready) => {
      child.once('message', () => ready())
      child.once('exit', (code, signal) => {
        ready()
        if (!this.ended) this.died(next, code, signal)
      })
    })
    return this.up
  }
  private died(strike: Strike | undefined, code: number | null, signal: string | null): void {
    if (signal !== 'SIGKILL' || !strike) this.fault ??= new Error(`${this.entry} ended by itself with ${code ?? signal}`)
    else strike.hit = true
    this.up = this.heal().then(() => (this.fault ? undefined : this.start()))
    this.up.catch((error: unknown) => (this.fault ??= error as Error))
  }
  /** The process that is there now answers. */
  async alive(): Promise<void> {
    await this.up
    if (this.fault) throw this.fault
  }
  /** A death at a moment that nobody chose. */
  kill(): void {
    const strike = { at: '', hit: false }
    const child = this.child!
    child.removeAllListeners('exit')
    child.once('exit', (code, signal) => this.died(strike, code, signal))
    child.kill('SIGKILL')
  }
  async end(): Promise<void> {
    this.ended = true
    await this.up.catch(() => {})
    const child = this.child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGKILL')
    await gone
  }
}
