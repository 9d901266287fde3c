// One camera's stream while somebody wants it: one connection to the camera however many look, pictures since the last key picture kept for whoever comes next,
// a slow looker held at the next key picture and never the others. Knows no database.
import { nowMs } from '../../../../kernel/clock.ts'
import type { Picture } from '../codecs/rtp.ts'
import { codecName, readSps } from '../codecs/h264.ts'
import { fragment, initSegment, TICKS, withLengths, type Head, type Sample } from '../codecs/mp4.ts'
import { CameraFault, type Fault } from './rtsp.ts'

/** The sets that a decoder needs first, as the source has them now. */
export interface Sets {
  sps: Buffer | undefined
  pps: Buffer | undefined
}
/** What a source of pictures tells. */
export interface Sink {
  /** Whether somebody still wants it; asked between the steps of a connection. */
  wanted(): boolean
  /** From here on it can be closed, though it gives nothing yet. */
  opened(s: Session): void
  onBytes(n: number): void
  onPicture(p: Picture, sets: Sets): void
  /** It ended by itself. */
  onEnd(f: CameraFault): void
}
export interface Session {
  close(): void
}
export type Connect = (on: Sink) => Promise<unknown>
export interface Shown {
  codec: string
  width: number
  height: number
}
/** Who looks. `offer` says whether it can take more now. */
export interface Looker {
  onHead(init: Buffer, shown: Shown): void
  onPiece(piece: Buffer, key: boolean): void
  onFault(fault: Fault, again_ms: number | null): void
  onSample?(sample: Sample, at_ms: number, head: Head): void
  /** A recording came to its end. */
  onOver?(): void
}
export interface LiveLimits {
  /** Stays connected this long after the last looker. */
  linger_ms: number
  /** Waits between attempts, growing; the last one stays. */
  again_ms: readonly number[]
  /** A recorder's stream, not what is now. */
  recorded?: boolean
}
export const LIVE: LiveLimits = { linger_ms: 20_000, again_ms: [1000, 2000, 5000, 10_000, 30_000] }
// The group of pictures kept for the next looker: a camera that sends no key picture for minutes is not kept whole.
const GROUP_MAX = 8 * 1024 * 1024
const GAP_TICKS = 5 * TICKS
const USUAL_TICKS = TICKS / 10
/** What was seen last stays for clips: so long, and no more than that. */
const RING_MS = 90_000
const RING_MAX = 16 * 1024 * 1024
export interface Taken {
  sample: Sample
  at_ms: number
  head: Head
}

export type State = 'idle' | 'opening' | 'playing' | 'waiting'
export class Live {
  state: State = 'idle'
  fault: Fault | undefined
  shown: Shown | undefined
  head: Head | undefined
  bytes_in = 0
  opened_count = 0
  last_picture_ms = 0
  fps = 0
  private readonly lookers = new Set<Looker>()
  private ring: Taken[] = []
  private ring_size = 0
  private session: Session | undefined
  private init: Buffer | undefined
  private group: Buffer[] = []
  private group_size = 0
  private no = 0
  private held: { picture: Picture; data: Buffer } | undefined
  private time = 0
  private last_time = 0
  private again: NodeJS.Timeout | undefined
  private linger: NodeJS.Timeout | undefined
  private tries = 0
  private round = 0
  private readonly connect: Connect
  private readonly limits: LiveLimits
  private readonly onState: (l: Live) => void
  private origin: { time: number; ms: number } | undefined
  constructor(connect: Connect, limits: LiveLimits = LIVE, onState: (l: Live) => void = () => {}) {
    this.connect = connect
    this.limits = limits
    this.onState = onState
  }
  get looker_count(): number {
    return this.lookers.size
  }
  add(l: Looker): void {
    clearTimeout(this.linger)
    this.linger = undefined
    this.lookers.add(l)
    if (this.init && this.shown && this.state === 'playing') {
      l.onHead(this.init, this.shown)
      for (const [i, p] of this.group.entries()) l.onPiece(p, i === 0)
    } else if (this.state === 'waiting' && this.fault) l.onFault(this.fault, null)
    if (this.state === 'idle') void this.open()
  }
  remove(l: Looker): void {
    if (!this.lookers.delete(l) || this.lookers.size > 0) return
    this.linger = setTimeout(() => this.stop(), this.limits.linger_ms)
  }
  stop(): void {
    this.round++
    clearTimeout(this.linger)
    clearTimeout(this.again)
    this.linger = this.again = undefined
    this.session?.close()
    this.session = undefined
    this.forget()
    this.fps = 0
    this.ring = []
    this.ring_size = 0
    this.state = 'idle'
    this.tries = 0
    this.onState(this)
  }
  private forget(): void {
    this.group = []
    this.group_size = 0
    this.held = undefined
    this.init = undefined
    this.head = undefined
    this.origin = undefined
  }
  private async open(): Promise<void> {
    const round = ++this.round
    this.state = 'opening'
    this.opened_count++
    const mine = (): boolean => round === this.round
    try {
      await this.connect({
        wanted: mine,
        opened: (session) => {
          if (mine()) this.session = session
          else session.close()
        },
        onBytes: (n) => { if (mine()) this.bytes_in += n },
        onPicture: (p, sets) => { if (mine()) this.picture(p, sets) },
        onEnd: (fault) => { if (mine()) this.failed(fault) },
      })
    } catch (error) {
      if (mine()) this.failed(error instanceof CameraFault ? error : new CameraFault('unreachable', String(error)))
    }
  }
  private failed(error: CameraFault): void {
    this.round++
    this.session?.close()
    this.session = undefined
    // A recording that was shown and ends is over; asked again it would begin again.
    const over = this.limits.recorded && error.fault === 'closed' && this.last_picture_ms > 0 && this.lookers.size > 0
    this.forget()
    this.fault = error.fault
    this.state = 'waiting'
    if (over) for (const l of this.lookers) l.onOver?.()
    if (over) return
    if (this.lookers.size === 0) return this.stop()
    const { again_ms } = this.limits
    const wait = again_ms[Math.min(this.tries++, again_ms.length - 1)]!
    for (const l of this.lookers) l.onFault(error.fault, wait)
    this.onState(this)
    // Not all at the same moment after a switch came back.
    this.again = setTimeout(() => void this.open(), wait * (0.8 + Math.random() * 0.4))
  }
  /** A picture stands until the next: so each is given on when the next has come. */
  private picture(p: Picture, from: Sets): void {
    if (p.key && !this.takeHead(from)) return
    if (!this.init) return
    const now = nowMs()
    this.last_picture_ms = now
    const step = p.time - this.last_time
    // A jump of the camera's clock, or a picture that is shown before the last one, moves no time here.
    const ticks = this.held === undefined ? 0 : step > 0 && step < GAP_TICKS ? step : USUAL_TICKS
    this.last_time = p.time
    this.time += ticks
    // By the camera's own rhythm: pictures that were held up by the network come in heaps.
    if (ticks > 0) this.fps = this.fps === 0 ? TICKS / ticks : this.fps * 0.9 + (TICKS / ticks) * 0.1
    if (this.held) this.give(ticks)
    this.held = { picture: p, data: withLengths(p.nals) }
    if (this.state !== 'playing') {
      this.state = 'playing'
      this.fault = undefined
      this.tries = 0
      this.onState(this)
    }
  }
  private give(ticks: number): void {
    const { picture, data } = this.held!
    const sample: Sample = { data, time: this.time - ticks, ticks, key: picture.key }
    const piece = fragment(++this.no, [sample])
    if (picture.key) {
      this.group = []
      this.group_size = 0
    }
    this.group_size += piece.length
    if (this.group_size <= GROUP_MAX) this.group.push(piece)
    else if (this.group_size - piece.length <= GROUP_MAX) this.group = []
    const now = nowMs()
    // The wall clock of a picture: of arrival, smoothed by the camera's own rhythm.
    const at = this.origin ? this.origin.ms + ((sample.time - this.origin.time) / TICKS) * 1000 : now
    if (!this.origin || Math.abs(at - now) > 1500) this.origin = { time: sample.time, ms: now }
    const at_ms = Math.round(Math.abs(at - now) > 1500 ? now : at)
    this.remember({ sample, at_ms, head: this.head! })
    for (const l of this.lookers) {
      l.onPiece(piece, picture.key)
      l.onSample?.(sample, at_ms, this.head!)
    }
  }
  private remember(t: Taken): void {
    this.ring.push(t)
    this.ring_size += t.sample.data.length
    let n = 0
    while (n < this.ring.length - 1 && (this.ring_size > RING_MAX || t.at_ms - this.ring[n]!.at_ms > RING_MS)) this.ring_size -= this.ring[n++]!.sample.data.length
    // Not for each picture: taking from the front moves all the others.
    if (n > 50 || this.ring_size > RING_MAX) this.ring = this.ring.slice(n)
    else for (let i = 0; i < n; i++) this.ring_size += this.ring[i]!.sample.data.length
  }
  /** The pictures since the last key picture. */
  sinceKey(): Taken[] {
    const at = this.ring.findLastIndex((t) => t.sample.key)
    return at < 0 || this.state !== 'playing' ? [] : this.ring.slice(at)
  }
  /** What is still here of this time. */
  recent(from_ms: number, to_ms: number): Taken[] {
    return this.ring.filter((t) => t.at_ms >= from_ms && t.at_ms <= to_ms)
  }
  /** False where the camera's own words about its pictures make no sense. */
  private takeHead(from: Sets): boolean {
    const { sps, pps } = from
    if (!sps || !pps) return false
    if (this.head && this.head.sps.equals(sps) && this.head.pps.equals(pps) && this.init) return true
    const read = readSps(sps)
    if (!read) {
      this.failed(new CameraFault('bad_sps'))
      return false
    }
    this.head = { sps, pps }
    this.shown = { codec: codecName(read), width: read.width, height: read.height }
    this.init = initSegment(this.head, this.limits.recorded)
    this.group = []
    this.held = undefined
    for (const l of this.lookers) l.onHead(this.init, this.shown)
    return true
  }
}
