// One bus, one question at a time. Writes go before what a person asks for, that before polling. A slave that does not answer is left alone for a while,
// the others are not. After a time-out the line is drained for as long as an answer could still come, and what comes is thrown away; where answers carry no
// number, the next question is asked twice and its first answer not used: a late answer was taken as the next one's, silently (H1).
import { createConnection, type Socket } from 'node:net'
import { nowMs, steadyMs } from '../../../../kernel/clock.ts'
import type { BusProtocol, BusSettings } from '../../contract.ts'
import { askOf, isNumbered, writeOf, type Question } from './dialect.ts'

export type Priority = 'write' | 'asked' | 'poll'
const ORDER: Record<Priority, number> = { write: 0, asked: 1, poll: 2 }
export type Outcome = { ok: true; v: number | null; rtt_ms: number } | { ok: false; why: string; kind: 'timeout' | 'refused' | 'bad' | 'line' | 'resting' }
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
interface Asked {
  address: string
  make: (serial: number) => Question | null
  priority: Priority
  once: boolean
  done: (o: Outcome) => void
}
const QUEUE_MAX = 2000
const FRAMES_KEPT = 60
const RECONNECT_MS = [500, 1000, 2000, 5000, 10_000]
const hexOf = (b: Uint8Array): string => Buffer.from(b).toString('hex').toUpperCase().replace(/(..)(?=.)/g, '$1 ')
const newFigures = (): SlaveFigures => ({ asked: 0, answered: 0, timeouts: 0, bad: 0, refused: 0, late: 0, rtt_ms: 0, fails: 0, rests_until_ms: 0, last_ok_ms: 0, last_why: null })
const pause = (ms: number) => new Promise<void>((r) => setTimeout(r, ms))

export class Bus {
  readonly slaves = new Map<string, SlaveFigures>()
  readonly frames: RawFrame[] = []
  line: 'closed' | 'open' = 'closed'
  line_why: string | null = null
  private readonly protocol: BusProtocol
  private readonly to: { host: string; port: number }
  private readonly s: BusSettings
  private readonly queue: Asked[] = []
  private socket: Socket | undefined
  private buffer: Uint8Array = new Uint8Array(0)
  private arrived: (() => void) | undefined
  private working = false
  private stopped = false
  private serial = 0
  private tries = 0
  private doubtful = false
  constructor(protocol: BusProtocol, to: { host: string; port: number }, settings: BusSettings) {
    this.protocol = protocol
    this.to = to
    this.s = settings
  }
  get waiting_count(): number {
    return this.queue.length
  }
  read(address: string, where: string, priority: Priority): Promise<Outcome> {
    return this.add({ address, make: (serial) => askOf(this.protocol)(address, where, serial, this.s.preamble), priority, once: false })
  }
  /** Not sent again after a lost answer: whoever asked reads back. */
  write(address: string, where: string, value: number): Promise<Outcome> {
    return this.add({ address, make: (serial) => writeOf(this.protocol, address, where, value, serial), priority: 'write', once: true })
  }
  private add(a: Omit<Asked, 'done'>): Promise<Outcome> {
    if (this.stopped || this.queue.length >= QUEUE_MAX) return Promise.resolve({ ok: false, why: this.stopped ? '总线已停用' : '总线上等待的问答过多', kind: 'line' })
    return new Promise((done) => {
      const at = this.queue.findIndex((q) => ORDER[q.priority] > ORDER[a.priority])
      this.queue.splice(at < 0 ? this.queue.length : at, 0, { ...a, done })
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
      const a = this.queue.shift()!
      a.done(await this.turn(a))
      if (this.s.gap_ms > 0) await pause(this.s.gap_ms)
    }
    this.working = false
  }
  private async turn(a: Asked): Promise<Outcome> {
    const f = this.figuresOf(a.address)
    // A person who asks is answered even of a slave that rests; polling is not.
    if (a.priority === 'poll' && f.rests_until_ms > nowMs()) return { ok: false, why: '暂停轮询(连续没有应答)', kind: 'resting' }
    let o: Outcome = { ok: false, why: '', kind: 'line' }
    const times = a.once ? 1 : 1 + this.s.retries
    for (let n = 0; n < times; n++) {
      if (!(await this.connected())) return { ok: false, why: this.line_why ?? '线路不通', kind: 'line' }
      if (this.doubtful && !isNumbered(this.protocol) && !a.once) await this.ask(a, f, true)
      o = await this.ask(a, f, false)
      if (o.ok || o.kind === 'refused') break
    }
    this.judge(f, o)
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
  /** One question and its answer. `dummy`: only to get rid of what may still be under way. */
  private async ask(a: Asked, f: SlaveFigures, dummy: boolean): Promise<Outcome> {
    const q = a.make(++this.serial)
    if (q === null) return { ok: false, why: '该协议不支持写入', kind: 'refused' }
    this.drop('late', f)
    this.keep('out', q.bytes)
    if (!dummy) f.asked++
    const begun = steadyMs()
    this.socket?.write(q.bytes)
    let why = '没有应答'
    for (;;) {
      const left = this.s.timeout_ms - (steadyMs() - begun)
      if (left <= 0 || this.line === 'closed') break
      const { frame, rest } = q.cut(this.buffer)
      this.buffer = rest
      if (frame === null) {
        await this.more(left)
        continue
      }
      const got = q.read(frame)
      if (got === null) {
        this.keep('late', frame)
        f.late++
        continue
      }
      this.keep('in', frame)
      const rtt_ms = Math.round(steadyMs() - begun)
      this.doubtful = false
      if (got.ok) {
        if (!dummy) f.answered++
        f.rtt_ms = f.rtt_ms === 0 ? rtt_ms : Math.round(f.rtt_ms * 0.8 + rtt_ms * 0.2)
        return { ok: true, v: got.v, rtt_ms }
      }
      if (/拒绝/.test(got.why)) {
        f.refused++
        return { ok: false, why: got.why, kind: 'refused' }
      }
      f.bad++
      why = got.why
    }
    if (this.line === 'closed') return { ok: false, why: '线路中断', kind: 'line' }
    f.timeouts++
    await this.drain(f)
    return { ok: false, why, kind: why === '没有应答' ? 'timeout' : 'bad' }
  }
  /** As long again as a slave may take to answer: what comes now answers a question that is over. */
  private async drain(f: SlaveFigures): Promise<void> {
    this.doubtful = true
    const until = steadyMs() + this.s.timeout_ms
    for (let left = this.s.timeout_ms; left > 0 && this.line === 'open'; left = until - steadyMs()) {
      await this.more(left)
      this.drop('late', f)
    }
  }
  private drop(way: RawFrame['way'], f: SlaveFigures): void {
    if (this.buffer.length === 0) return
    this.keep(way, this.buffer)
    f.late++
    this.buffer = new Uint8Array(0)
  }
  private more(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(() => this.arrived?.(), ms)
      this.arrived = () => {
        clearTimeout(timer)
        this.arrived = undefined
        done()
      }
    })
  }
  private keep(way: RawFrame['way'], bytes: Uint8Array): void {
    this.frames.push({ at: nowMs(), way, hex: hexOf(bytes.subarray(0, 120)) })
    if (this.frames.length > FRAMES_KEPT) this.frames.shift()
  }
  private async connected(): Promise<boolean> {
    if (this.line === 'open') return true
    await pause(this.tries === 0 ? 0 : RECONNECT_MS[Math.min(this.tries - 1, RECONNECT_MS.length - 1)]!)
    if (this.stopped) return false
    this.tries++
    await new Promise<void>((done) => {
      const socket = createConnection({ ...this.to, timeout: 5000 })
      const failed = (why: string): void => {
        if (this.socket === socket) this.line = 'closed'
        this.line_why = why
        socket.destroy()
        this.arrived?.()
        done()
      }
      socket.once('connect', () => {
        socket.setTimeout(0)
        socket.setNoDelay(true)
        this.socket = socket
        this.buffer = new Uint8Array(0)
        this.line = 'open'
        this.line_why = null
        this.tries = 0
        done()
      })
      socket.on('data', (chunk) => {
        if (this.socket !== socket) return
        this.buffer = Buffer.concat([this.buffer, chunk])
        this.arrived?.()
      })
      socket.on('error', (e: NodeJS.ErrnoException) => failed(e.code === 'ECONNREFUSED' ? '对方拒绝连接' : `连接出错(${e.code ?? e.message})`))
      socket.on('timeout', () => failed('连接超时'))
      socket.on('close', () => failed('连接被关闭'))
    })
    return this.stopped ? false : (this.line as string) === 'open'
  }
  stop(): void {
    this.stopped = true
    this.socket?.destroy()
    this.line = 'closed'
    this.arrived?.()
    for (const a of this.queue.splice(0)) a.done({ ok: false, why: '总线已停用', kind: 'line' })
  }
}
