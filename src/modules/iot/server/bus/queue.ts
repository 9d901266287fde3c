// What every bus has in common: one question at a time, writes before what a person asks for, that before polling; a slave that does not answer is left alone for a
// while, the others are not; figures of each, and the last raw frames.
import { nowMs } from '../../../../kernel/clock.ts'
import type { BusSettings } from '../../contract.ts'
import type { Scanned, Told } from './scan.ts'
import type { WriteWith } from './switching.ts'

export type Priority = 'write' | 'asked' | 'poll' | 'scan'
/** A scan takes what time is left. */
const ORDER: Record<Priority, number> = { write: 0, asked: 1, poll: 2, scan: 3 }
export type Outcome = { ok: true; v: number | null; rtt_ms: number } | { ok: false; why: string; kind: Failed }
/** line: nothing went out. broke: the line went under the question, and nobody knows whether it was heard. */
export type Failed = 'timeout' | 'refused' | 'bad' | 'line' | 'broke' | 'resting'
export interface SlaveFigures {
  asked: number
  answered: number
  timeouts: number
  bad: number
  refused: number
  late: number
  rtt_ms: number
  fails: number
  rests_until_ms: number
  last_ok_ms: number
  last_why: string | null
}
export interface RawFrame {
  at: number
  way: 'out' | 'in' | 'late'
  hex: string
}
interface Queued<A> {
  ask: A
  done: (o: Outcome) => void
}
export interface Asked {
  address: string
  priority: Priority
  once: boolean
}
/** What was found on a bus that can be asked what it holds. */
export interface Found {
  address: string
  name: string
  where: string | null
  unit: string | null
  value: number | null
}
/** `where`, `from`, `to`: of Modbus, which knows no question to all. */
export interface ScanAsk {
  where: string
  from: number
  to: number
  told: Told
}
const QUEUE_MAX = 2000
const FRAMES_KEPT = 60
const hexOf = (b: Uint8Array): string => Buffer.from(b).toString('hex').toUpperCase().replace(/(..)(?=.)/g, '$1 ')
const newFigures = (): SlaveFigures => ({ asked: 0, answered: 0, timeouts: 0, bad: 0, refused: 0, late: 0, rtt_ms: 0, fails: 0, rests_until_ms: 0, last_ok_ms: 0, last_why: null })
export const pause = (ms: number) => new Promise<void>((r) => setTimeout(r, ms))

export abstract class BusQueue<A extends Asked> {
  readonly slaves = new Map<string, SlaveFigures>()
  readonly frames: RawFrame[] = []
  line: 'closed' | 'open' = 'closed'
  line_why: string | null = null
  protected readonly s: BusSettings
  protected stopped = false
  private readonly queue: Queued<A>[] = []
  private working = false
  constructor(settings: BusSettings) {
    this.s = settings
  }
  get waiting_count(): number {
    return this.queue.length
  }
  /** Called by the clock: a line that is not open is opened, at growing intervals. */
  revive(): void {}
  /** A slave told by itself what a point is now. */
  onChange: ((address: string, where: string, v: number) => void) | undefined
  abstract read(address: string, where: string, priority: Priority): Promise<Outcome>
  /** Not sent again after a lost answer: whoever asked reads back. */
  abstract write(address: string, where: string, value: number, o?: WriteWith): Promise<Outcome>
  /** Several points of one slave; null where a bus asks each for itself. */
  readMany(_address: string, _wheres: readonly string[]): Promise<Outcome[] | null> {
    return Promise.resolve(null)
  }
  /** Asks a slave to tell of changes by itself. True: it will tell of all of these, and need be asked less often. */
  follow(_address: string, _wheres: readonly string[]): Promise<boolean> {
    return Promise.resolve(false)
  }
  abstract scan(o: ScanAsk): Promise<Scanned | null>
  objects(_address: string): Promise<Found[] | { why: string }> {
    return Promise.resolve({ why: '该协议没有对象清单' })
  }
  /** The line is there, or an outcome that says why not; then the question itself. */
  protected abstract once(a: A, f: SlaveFigures): Promise<Outcome>
  protected add(ask: A): Promise<Outcome> {
    if (this.stopped || this.queue.length >= QUEUE_MAX) return Promise.resolve({ ok: false, why: this.stopped ? '总线已停用' : '总线上等待的问答过多', kind: 'line' })
    return new Promise((done) => {
      const at = this.queue.findIndex((q) => ORDER[q.ask.priority] > ORDER[ask.priority])
      this.queue.splice(at < 0 ? this.queue.length : at, 0, { ask, done })
      if (!this.working) void this.work()
    })
  }
  figuresOf(address: string): SlaveFigures {
    let f = this.slaves.get(address)
    if (!f) this.slaves.set(address, (f = newFigures()))
    return f
  }
  private async work(): Promise<void> {
    this.working = true
    while (this.queue.length > 0 && !this.stopped) {
      const q = this.queue.shift()!
      q.done(await this.turn(q.ask))
      if (this.s.gap_ms > 0) await pause(this.s.gap_ms)
    }
    this.working = false
  }
  private async turn(a: A): Promise<Outcome> {
    // Whom a scan asks need not be there: he has no figures and no rest.
    const f = a.priority === 'scan' ? newFigures() : this.figuresOf(a.address)
    // A person who asks is answered even of a slave that rests; polling is not.
    if (a.priority === 'poll' && f.rests_until_ms > nowMs()) return { ok: false, why: '暂停轮询(连续没有应答)', kind: 'resting' }
    let o: Outcome = { ok: false, why: '', kind: 'line' }
    const times = a.once ? 1 : 1 + this.s.retries
    for (let n = 0; n < times; n++) {
      o = await this.once(a, f)
      // A line that broke under the question is tried again; one that is not there is not.
      if (o.ok || o.kind === 'refused' || o.kind === 'line') break
    }
    if (a.priority !== 'scan' && (o.ok || (o.kind !== 'line' && o.kind !== 'broke'))) this.judge(f, o)
    return o
  }
  private judge(f: SlaveFigures, o: Outcome): void {
    if (o.ok) {
      f.fails = 0
      f.rests_until_ms = 0
      f.last_ok_ms = nowMs()
      f.last_why = null
      return
    }
    f.last_why = o.why
    if (o.kind !== 'timeout' && o.kind !== 'bad') return
    f.fails++
    if (f.fails >= this.s.break_after) f.rests_until_ms = nowMs() + this.s.break_s * 1000
  }
  protected answered(f: SlaveFigures, rtt_ms: number): void {
    f.answered++
    f.rtt_ms = f.rtt_ms === 0 ? rtt_ms : Math.round(f.rtt_ms * 0.8 + rtt_ms * 0.2)
  }
  protected keep(way: RawFrame['way'], bytes: Uint8Array, hidden?: readonly [number, number]): void {
    const hex = hexOf(bytes.subarray(0, 120))
    // The sum is of the hidden bytes too: it would tell which passwords it cannot be.
    const hides = (i: number): boolean => hidden !== undefined && ((i >= hidden[0] && i < hidden[1]) || i === bytes.length - 2)
    this.frames.push({ at: nowMs(), way, hex: hidden ? hex.split(' ').map((b, i) => (hides(i) ? '**' : b)).join(' ') : hex })
    if (this.frames.length > FRAMES_KEPT) this.frames.shift()
  }
  stop(): void {
    this.stopped = true
    this.line = 'closed'
    for (const q of this.queue.splice(0)) q.done({ ok: false, why: '总线已停用', kind: 'line' })
  }
}
