// MPEG program stream (ITU-T H.222.0, 2.5) as devices of GB/T 28181 send it in RTP: packs, a map of what is inside, and pictures cut into PES packets. In come bytes in order,
// out go whole pictures of H.264. After a loss nothing is given until the next pack and the next key picture.
import { NAL, nalType } from './h264.ts'
import type { Picture } from './rtp.ts'

const BUFFER_MAX = 2 * 1024 * 1024
const PICTURE_MAX = 4 * 1024 * 1024
const NALS_MAX = 512
const PACK = 0xba
const MAP = 0xbc
const KINDS: Record<number, string> = { 0x1b: 'H264', 0x24: 'H265', 0x10: 'MPEG4', 0x80: 'SVAC' }
const isVideo = (id: number): boolean => id >= 0xe0 && id <= 0xef

/** Where the next start code 00 00 01 is; the length when there is none. */
function startCode(b: Buffer, from: number, system: boolean): number {
  for (let at = b.indexOf('\x00\x00\x01', from, 'latin1'); at >= 0 && at + 3 < b.length; at = b.indexOf('\x00\x00\x01', at + 3, 'latin1')) if (!system || b[at + 3]! >= 0xb9) return at
  return -1
}
/** NAL units of an elementary stream with start codes (annex B). */
export function nalsOf(b: Buffer): Buffer[] {
  const out: Buffer[] = []
  let at = b.indexOf('\x00\x00\x01', 0, 'latin1')
  while (at >= 0 && out.length < NALS_MAX) {
    const next = b.indexOf('\x00\x00\x01', at + 3, 'latin1')
    let end = next < 0 ? b.length : next
    // Zeros before a start code belong to it.
    while (end > at + 3 && b[end - 1] === 0) end--
    if (end > at + 3) out.push(b.subarray(at + 3, end))
    at = next
  }
  return out
}
export class PsDemuxer {
  sps: Buffer | undefined
  pps: Buffer | undefined
  /** Of the video, as the map says it or as its first bytes look. */
  codec: string | undefined
  lost_count = 0
  private buffer: Buffer = Buffer.alloc(0)
  private unit: Buffer[] = []
  private unit_size = 0
  private unit_time: number | undefined
  private last_time: number | undefined
  private wide = 0
  private broken = true
  /** Bytes are of use only from the beginning of a pack on. */
  private synced = false
  private rtp_time = 0
  private readonly out: (p: Picture) => void
  private readonly onCodec: (codec: string) => void
  constructor(out: (p: Picture) => void, onCodec: (codec: string) => void = () => {}) {
    this.out = out
    this.onCodec = onCodec
  }
  lost(): void {
    this.lost_count++
    this.drop()
  }
  private drop(): void {
    this.buffer = Buffer.alloc(0)
    this.unit = []
    this.unit_size = 0
    this.unit_time = undefined
    this.broken = true
    this.synced = false
  }
  take(payload: Buffer, rtp_time: number): void {
    // Without a time of its own a picture has that of its packets.
    if (rtp_time !== this.rtp_time && this.unit_size > 0 && this.buffer.length === 0) this.finish()
    this.rtp_time = rtp_time
    this.buffer = this.buffer.length === 0 ? payload : Buffer.concat([this.buffer, payload])
    if (this.buffer.length > BUFFER_MAX) return this.lost()
    for (;;) {
      const used = this.step()
      if (used === null) break
      this.buffer = this.buffer.subarray(used)
    }
  }
  /** How many bytes are done with; null: more must come. */
  private step(): number | null {
    const b = this.buffer
    if (b.length < 4) return null
    if (b[0] !== 0 || b[1] !== 0 || b[2] !== 1 || b[3]! < 0xb9 || (!this.synced && b[3] !== PACK)) {
      const at = startCode(b, 1, true)
      return at > 0 ? at : Math.max(0, b.length - 3) || null
    }
    const id = b[3]!
    if (id === 0xb9) return 4
    if (id === PACK) return this.pack(b)
    if (b.length < 6) return null
    const n = b.readUInt16BE(4)
    // Without a length a picture goes on to the next start code of the system.
    const end = n === 0 && isVideo(id) ? startCode(b, 6, true) : 6 + n
    if (end < 0 || b.length < end) return null
    if (id === MAP) this.map(b.subarray(0, end))
    else if (isVideo(id)) this.pes(b.subarray(0, end))
    return end
  }
  private pack(b: Buffer): number | null {
    if (b.length < 14) return null
    // MPEG-1 has a shorter one.
    const n = b[4]! >> 6 === 1 ? 14 + (b[13]! & 7) : 12
    if (b.length < n) return null
    this.synced = true
    return n
  }
  private map(b: Buffer): void {
    if (b.length < 12) return
    let at = 10 + b.readUInt16BE(8)
    if (at + 2 > b.length) return
    const end = Math.min(b.length - 4, at + 2 + b.readUInt16BE(at))
    for (at += 2; at + 4 <= end; at += 4 + b.readUInt16BE(at + 2)) if (isVideo(b[at + 1]!)) this.is(KINDS[b[at]!] ?? `0x${b[at]!.toString(16)}`)
  }
  private is(codec: string): void {
    if (this.codec === codec) return
    this.codec = codec
    this.onCodec(codec)
  }
  private pes(b: Buffer): void {
    if (b.length < 9 || b[6]! >> 6 !== 2) return
    const data_at = 9 + b[8]!
    if (data_at > b.length) return this.lost()
    const time = b[7]! & 0x80 && b[8]! >= 5 ? stamp(b, 9) : undefined
    if (time !== undefined && this.unit_size > 0 && this.unit_time !== undefined && time !== this.unit_time) this.finish()
    this.unit_time ??= time
    const data = b.subarray(data_at)
    this.unit_size += data.length
    if (this.unit_size > PICTURE_MAX) return this.lost()
    this.unit.push(data)
  }
  /** The picture is whole: what comes next is of another time. */
  private finish(): void {
    const nals = nalsOf(Buffer.concat(this.unit))
    const time = this.unit_time ?? this.rtp_time
    this.unit = []
    this.unit_size = 0
    this.unit_time = undefined
    if (!this.codec && nals[0]) this.is(looksLikeH265(nals[0]) ? 'H265' : 'H264')
    if (this.codec !== 'H264') return
    const slices: Buffer[] = []
    for (const n of nals) {
      const type = nalType(n)
      if (type === NAL.sps) this.sps = Buffer.from(n)
      else if (type === NAL.pps) this.pps = Buffer.from(n)
      else if (type === NAL.slice || type === NAL.idr) slices.push(n)
    }
    if (slices.length === 0) return
    if (this.last_time !== undefined) this.wide += turned(time - this.last_time)
    else this.wide = time
    this.last_time = time
    const key = slices.some((n) => nalType(n) === NAL.idr)
    if (key && this.sps && this.pps) this.broken = false
    if (!this.broken) this.out({ nals: slices, time: this.wide, key })
  }
}
const WRAP = 2 ** 33
/** Forward over the turn of 33 bits; a small step back stays one. */
const turned = (d: number): number => (d < -WRAP / 2 ? d + WRAP : d > WRAP / 2 ? d - WRAP : d)
const stamp = (b: Buffer, at: number): number => ((b[at]! >> 1) & 7) * 2 ** 30 + ((b[at + 1]! << 22) | ((b[at + 2]! >> 1) << 15) | (b[at + 3]! << 7) | (b[at + 4]! >> 1))
/** A video parameter set of H.265 begins so (type 32, layer 0); in H.264 this would be a slice of type 0, which there is not. */
const looksLikeH265 = (n: Buffer): boolean => n[0] === 0x40 && n[1] === 0x01
