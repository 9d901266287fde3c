// RTP (RFC 3550) with H.264 in it (RFC 6184): packets back in order, NAL units put together, pictures whole or not at all.
import { NAL, nalType } from './h264.ts'

export interface Packet {
  seq: number
  time: number
  marker: boolean
  kind: number
  payload: Buffer
}
export function readPacket(b: Buffer): Packet | null {
  if (b.length < 12 || b[0]! >> 6 !== 2) return null
  let at = 12 + (b[0]! & 15) * 4
  if (b[0]! & 16) {
    if (b.length < at + 4) return null
    at += 4 + b.readUInt16BE(at + 2) * 4
  }
  const pad = b[0]! & 32 ? b[b.length - 1]! : 0
  if (at > b.length - pad) return null
  return { marker: (b[1]! & 128) !== 0, kind: b[1]! & 127, seq: b.readUInt16BE(2), time: b.readUInt32BE(4), payload: b.subarray(at, b.length - pad) }
}

const WINDOW = 24
const ahead = (a: number, b: number): number => ((a - b + 0x18000) & 0xffff) - 0x8000
/** Holds what came early until what is missing comes, or until more than a window is held: then it is lost and `onLost` says so. */
export class Reorder {
  private next: number | undefined
  private readonly held = new Map<number, Packet>()
  private readonly out: (p: Packet) => void
  private readonly onLost: (count: number) => void
  constructor(out: (p: Packet) => void, onLost: (count: number) => void) {
    this.out = out
    this.onLost = onLost
  }
  take(p: Packet): void {
    if (this.next !== undefined) {
      const d = ahead(p.seq, this.next)
      // Twice, or too late to be of use. Far off is another series: a camera that began again.
      if (d < 0 && d > -WINDOW * 4) return
      if (Math.abs(d) > 3000) {
        this.held.clear()
        this.onLost(1)
        this.next = p.seq
      }
    } else this.next = p.seq
    this.held.set(p.seq, p)
    this.drain()
    if (this.held.size <= WINDOW) return
    const first = Math.min(...[...this.held.keys()].map((s) => ahead(s, this.next!)))
    this.onLost(first)
    this.next = (this.next! + first) & 0xffff
    this.drain()
  }
  private drain(): void {
    for (;;) {
      const p = this.held.get(this.next!)
      if (!p) return
      this.held.delete(this.next!)
      this.next = (this.next! + 1) & 0xffff
      this.out(p)
    }
  }
}

export interface Picture {
  nals: Buffer[]
  /** 90 kHz, never wraps. */
  time: number
  key: boolean
}
const PICTURE_MAX = 4 * 1024 * 1024
const NALS_MAX = 512
/** Pictures from packets in order. After a loss nothing is given until the next key picture: what refers to a lost one would be smear. */
export class Depacketizer {
  sps: Buffer | undefined
  pps: Buffer | undefined
  lost_count = 0
  private nals: Buffer[] = []
  private size = 0
  private part: Buffer[] | undefined
  private time: number | undefined
  private wide = 0
  private broken = true
  private readonly out: (p: Picture) => void
  constructor(out: (p: Picture) => void, given: { sps?: Buffer | undefined; pps?: Buffer | undefined } = {}) {
    this.out = out
    this.sps = given.sps
    this.pps = given.pps
  }
  lost(): void {
    this.lost_count++
    this.drop()
  }
  private drop(): void {
    this.broken = true
    this.nals = []
    this.part = undefined
    this.size = 0
  }
  take(p: Packet): void {
    if (this.time !== undefined && p.time !== this.time) this.finish()
    if (this.time === undefined) this.wide = p.time
    else this.wide += (p.time - this.time) | 0
    this.time = p.time
    if (p.payload.length > 0) this.unpack(p.payload)
    if (p.marker) this.finish()
  }
  private unpack(b: Buffer): void {
    const type = nalType(b)
    if (type === NAL.fu_a) return this.fragment(b)
    this.part = undefined
    if (type >= 1 && type <= 23) return this.add(b)
    if (type !== NAL.stap_a) return
    for (let at = 1; at + 2 <= b.length;) {
      const n = b.readUInt16BE(at)
      if (n === 0 || at + 2 + n > b.length) return this.drop()
      this.add(b.subarray(at + 2, at + 2 + n))
      at += 2 + n
    }
  }
  private fragment(b: Buffer): void {
    if (b.length < 3) return this.drop()
    const head = b[1]!
    if (head & 0x80) this.part = [Buffer.from([(b[0]! & 0xe0) | (head & 0x1f)])]
    if (!this.part) return this.drop()
    this.part.push(b.subarray(2))
    this.size += b.length
    if (this.size > PICTURE_MAX) return this.drop()
    if (!(head & 0x40)) return
    const whole = Buffer.concat(this.part)
    this.part = undefined
    this.add(whole)
  }
  private add(nal: Buffer): void {
    const type = nalType(nal)
    if (type === NAL.sps) this.sps = Buffer.from(nal)
    else if (type === NAL.pps) this.pps = Buffer.from(nal)
    else if (type === NAL.slice || type === NAL.idr) {
      this.size += nal.length
      if (this.nals.length >= NALS_MAX || this.size > PICTURE_MAX) return this.drop()
      this.nals.push(nal)
    }
  }
  private finish(): void {
    const nals = this.nals
    const cut = this.part !== undefined
    this.nals = []
    this.part = undefined
    this.size = 0
    if (cut) return void (this.broken = true)
    if (nals.length === 0) return
    const key = nals.some((n) => nalType(n) === NAL.idr)
    if (key && this.sps && this.pps) this.broken = false
    if (!this.broken) this.out({ nals, time: this.wide, key })
  }
}
