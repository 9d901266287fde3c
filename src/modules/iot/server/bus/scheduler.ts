// A bus of meters or controllers on a line (line.ts; queue.ts says in which order it is asked). After a time-out the line is drained for as long as an answer could
// still come, and what comes is thrown away; where answers carry no number, the next question is asked twice and its first answer not used: a late answer was taken as the next one's, silently (H1).
import { nowMs, steadyMs } from '../../../../kernel/clock.ts'
import type { BusSettings } from '../../contract.ts'
import { PREAMBLE, answererOf, askOf, isNumbered, openOf, togetherOf, writeOf, type LineProtocol, type Question } from './dialect.ts'
import { openLine, type Line, type LineTo } from './line.ts'
import { BusQueue, pause, type Asked as Ask, type Outcome, type Priority, type RawFrame, type ScanAsk, type SlaveFigures } from './queue.ts'
import { scanNumbers, scanOpen, type Heard, type Scanned } from './scan.ts'
import { calmOf, type WriteWith } from './switching.ts'

interface Asked extends Ask {
  make: (serial: number) => Question | null
  /** Before it, on a line that may still have something under way. */
  calm?: (serial: number) => Question | null
  /** Asked of several at once: told what came back. */
  hear?: (h: Heard) => void
}
type Told = NonNullable<ReturnType<Question['read']>>
/** So long after the last byte nobody is answering any more: some hundred bytes at 2400 baud, meters answer within half a second of each other. */
const QUIET_MS = 500
/** A line that makes noise for ever is heard no longer than so many times an answer. */
const NOISE_TIMES = 3
const RECONNECT_MS = [500, 1000, 2000, 5000, 10_000]

export class Bus extends BusQueue<Asked> {
  private readonly protocol: LineProtocol
  private readonly to: LineTo
  /** Open; and the one that was opened last. */
  private at: Line | undefined
  private opened: Line | undefined
  private opening: Promise<boolean> | undefined
  private buffer: Uint8Array = new Uint8Array(0)
  private arrived: (() => void) | undefined
  private serial = 0
  private tries = 0
  private doubtful = false
  constructor(protocol: LineProtocol, to: LineTo, settings: BusSettings) {
    super(settings)
    this.protocol = protocol
    this.to = to
  }
  read(address: string, where: string, priority: Priority): Promise<Outcome> {
    return this.add({ address, make: (serial) => askOf(this.protocol)(address, where, serial, this.s.preamble), priority, once: false })
  }
  /** Points of one answer are asked for once: a word of states has several, a water meter its reading and its valve. */
  override async readMany(address: string, wheres: readonly string[]): Promise<Outcome[] | null> {
    const groups = togetherOf(this.protocol, wheres)
    if (!groups) return null
    const got = new Map<string, Outcome>()
    let silent: Outcome | undefined
    for (const group of groups) {
      const told = new Map<string, Told>()
      const make = (serial: number): Question => {
        const all = group.map((w) => askOf(this.protocol)(address, w, serial, this.s.preamble))
        const read: Question['read'] = (frame) => {
          const said = all.map((q) => q.read(frame))
          group.forEach((w, i) => { if (said[i]) told.set(w, said[i]) })
          return said.find((s) => s?.ok) ?? said.find((s) => s !== null) ?? null
        }
        return { ...all[0]!, read }
      }
      const o: Outcome = silent ?? (await this.add({ address, make, priority: 'poll', once: false }))
      for (const w of group) {
        const t = told.get(w)
        got.set(w, o.ok && t ? (t.ok ? { ok: true, v: t.v, rtt_ms: o.rtt_ms } : { ok: false, why: t.why, kind: 'bad' }) : o.ok ? { ok: false, why: '应答里没有', kind: 'bad' } : o)
      }
      // Who is silent is not asked for the rest.
      if (!o.ok && o.kind !== 'refused' && o.kind !== 'bad') silent = o
    }
    return wheres.map((w) => got.get(w)!)
  }
  write(address: string, where: string, value: number, o?: WriteWith): Promise<Outcome> {
    const { protocol, s } = this
    // It may have waited: what is over is not sent any more.
    const make = (serial: number): Question | null => { const q = writeOf(protocol, address, where, value, serial, s.preamble, o); return q && o && nowMs() > o.until_ms ? { ...q, wrong: '命令已过有效时间,没有发出' } : q }
    return this.add({ address, make, calm: (serial) => calmOf(protocol, address, serial, s.preamble), priority: 'write', once: true })
  }
  scan(o: ScanAsk): Promise<Scanned> {
    const { protocol } = this
    const make = (address: string, where: string) => (serial: number) => askOf(protocol)(address, where, serial, this.s.preamble)
    const open = openOf(protocol)
    if (open === null) return scanNumbers({ ...o, ask: (address) => this.add({ address, make: make(address, o.where), priority: 'scan', once: true }) })
    return scanOpen({
      ...open, told: o.told,
      ask: async (mask) => {
        let heard: Heard = { addresses: [], noise: false, line: null }
        const r = await this.add({ address: mask, make: make(mask, open.where), priority: 'scan', once: true, hear: (h) => { heard = h } })
        return r.ok ? heard : { ...heard, line: r.why }
      },
    })
  }
  protected async once(a: Asked, f: SlaveFigures): Promise<Outcome> {
    if (!(await this.connected())) return { ok: false, why: this.line_why ?? '线路不通', kind: 'line' }
    if (a.hear) return this.listen(a, a.hear)
    if (this.doubtful && !isNumbered(this.protocol)) {
      if (!a.once) await this.ask(a, f, true)
      else if (a.calm?.(0)) await this.ask({ ...a, make: a.calm }, f, true)
    }
    return this.ask(a, f, false)
  }
  /** One question and its answer. `dummy`: only to get rid of what may still be under way. */
  private async ask(a: Asked, f: SlaveFigures, dummy: boolean): Promise<Outcome> {
    const q = a.make(++this.serial)
    if (q === null) return { ok: false, why: '该协议不支持写入', kind: 'refused' }
    if (q.wrong) return { ok: false, why: q.wrong, kind: 'refused' }
    this.drop('late', f)
    this.keep('out', q.bytes, q.hidden)
    if (!dummy) f.asked++
    const begun = steadyMs()
    this.at?.write(q.bytes)
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
        if (!dummy) this.answered(f, rtt_ms)
        return { ok: true, v: got.v, rtt_ms }
      }
      if (/拒绝/.test(got.why)) {
        f.refused++
        return { ok: false, why: got.why, kind: 'refused' }
      }
      f.bad++
      why = got.why
    }
    if (this.line === 'closed') return { ok: false, why: '线路中断', kind: 'broke' }
    f.timeouts++
    await this.drain(f)
    return { ok: false, why, kind: why === '没有应答' ? 'timeout' : 'bad' }
  }
  /** Whatever comes on a question to several, until it is quiet. It says who is there, and no value is taken from it. */
  private async listen(a: Asked, hear: (h: Heard) => void): Promise<Outcome> {
    const q = a.make(++this.serial)!
    this.buffer = new Uint8Array(0)
    this.keep('out', q.bytes)
    const begun = steadyMs()
    this.at?.write(q.bytes)
    let [came, last] = [0, begun]
    for (;;) {
      const now = steadyMs()
      const left = came === 0 ? this.s.timeout_ms - (now - begun) : Math.min(QUIET_MS - (now - last), this.s.timeout_ms * NOISE_TIMES - (now - begun))
      if (left <= 0 || this.line === 'closed') break
      await this.more(left)
      if (this.buffer.length !== came) [came, last] = [this.buffer.length, steadyMs()]
    }
    // What is still under way is no answer to what is asked next (H1).
    this.doubtful = true
    if (this.line === 'closed') return { ok: false, why: this.line_why ?? '线路中断', kind: 'broke' }
    const addresses: string[] = []
    let [rest, outside] = [this.buffer, this.buffer.filter((b) => b !== PREAMBLE).length]
    if (rest.length > 0) this.keep('in', rest)
    this.buffer = new Uint8Array(0)
    for (let c = q.cut(rest); c.frame; c = q.cut(rest)) {
      rest = c.rest
      const who = answererOf(this.protocol, c.frame)
      if (who === null) continue
      addresses.push(who)
      outside -= c.frame.filter((b) => b !== PREAMBLE).length
    }
    hear({ addresses: [...new Set(addresses)], noise: outside > 0, line: null })
    return { ok: true, v: null, rtt_ms: 0 }
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
  private connected(): Promise<boolean> {
    if (this.line === 'open') return Promise.resolve(true)
    return (this.opening ??= this.open().finally(() => { this.opening = undefined }))
  }
  /** A line is there whoever asks, and comes back by itself: an adapter that is plugged in again, a serial server that has started. What is not there is said before anybody asks. */
  override revive(): void {
    if (this.line === 'closed' && !this.stopped) void this.connected()
  }
  private async open(): Promise<boolean> {
    await pause(this.tries === 0 ? 0 : RECONNECT_MS[Math.min(this.tries - 1, RECONNECT_MS.length - 1)]!)
    if (this.stopped) return false
    this.tries++
    await new Promise<void>((done) => {
      let over = false
      const line = openLine(this.to, {
        opened: () => {
          this.at = line
          this.buffer = new Uint8Array(0)
          this.line = 'open'
          this.line_why = null
          this.tries = 0
          done()
        },
        heard: (chunk) => {
          if (this.at !== line) return
          this.buffer = Buffer.concat([this.buffer, chunk])
          this.arrived?.()
        },
        gone: (why) => {
          // The first word is the reason; that it is closed follows. What an earlier line says after another was opened is no news.
          if (over) return
          over = true
          if (this.at === line || this.at === undefined) this.line_why = why
          if (this.at === line) {
            this.line = 'closed'
            this.at = undefined
            this.arrived?.()
          }
          done()
        },
      })
      this.opened = line
    })
    if (this.stopped) this.opened?.end()
    return this.stopped ? false : (this.line as string) === 'open'
  }
  override stop(): void {
    super.stop()
    this.opened?.end()
    this.arrived?.()
  }
}
