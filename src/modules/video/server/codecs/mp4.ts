// MP4 (ISO/IEC 14496-12) written by hand: the head and fragments for browsers, and whole files for clips. One video track, 90 kHz.
import { avcRecord, readSps } from './h264.ts'

export const TICKS = 90_000
export interface Sample {
  /** NAL units with four bytes of length before each. */
  data: Buffer
  /** Decoding time and how long it stands, in ticks. */
  time: number
  ticks: number
  key: boolean
}
const u32 = (...n: number[]): Buffer => {
  const b = Buffer.alloc(n.length * 4)
  for (const [i, v] of n.entries()) b.writeUInt32BE(v >>> 0, i * 4)
  return b
}
const u16 = (...n: number[]): Buffer => {
  const b = Buffer.alloc(n.length * 2)
  for (const [i, v] of n.entries()) b.writeUInt16BE(v & 0xffff, i * 2)
  return b
}
const u64 = (n: number): Buffer => {
  const b = Buffer.alloc(8)
  b.writeBigUInt64BE(BigInt(Math.max(0, Math.round(n))))
  return b
}
function box(type: string, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body])
}
const full = (type: string, version: number, flags: number, ...parts: Uint8Array[]): Buffer => box(type, u32((version << 24) | flags), ...parts)
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

export interface Head {
  sps: Buffer
  pps: Buffer
}
function sampleEntry({ sps, pps }: Head): Buffer {
  const { width, height } = readSps(sps) ?? { width: 0, height: 0 }
  return box('avc1', Buffer.alloc(6), u16(1), Buffer.alloc(16), u16(width, height), u32(0x480000, 0x480000, 0), u16(1), Buffer.alloc(32), u16(24, 0xffff), box('avcC', avcRecord(sps, pps)))
}
function movie(head: Head, ticks: number, tables: Buffer[], more: Buffer[]): Buffer {
  const { width, height } = readSps(head.sps) ?? { width: 0, height: 0 }
  const stbl = box('stbl', full('stsd', 0, 0, u32(1), sampleEntry(head)), ...tables)
  const minf = box('minf', full('vmhd', 0, 1, u16(0, 0, 0, 0)), box('dinf', full('dref', 0, 0, u32(1), full('url ', 0, 1))), stbl)
  const mdia = box('mdia', full('mdhd', 0, 0, u32(0, 0, TICKS, ticks), u16(0x55c4, 0)), full('hdlr', 0, 0, u32(0), Buffer.from('vide'), u32(0, 0, 0), Buffer.from('video\0')), minf)
  const trak = box('trak', full('tkhd', 0, 3, u32(0, 0, 1, 0, ticks, 0, 0), u16(0, 0, 0, 0), MATRIX, u32(width << 16, height << 16)), mdia)
  return box('moov', full('mvhd', 0, 0, u32(0, 0, TICKS, ticks, 0x10000), u16(0x0100, 0), u32(0, 0), MATRIX, Buffer.alloc(24), u32(2)), trak, ...more)
}
const TYPE = box('ftyp', Buffer.from('isom'), u32(0x200), Buffer.from('isomiso6avc1mp41'))
/** A length by which a browser knows that it is not live: it then keeps to the time of the pictures instead of showing the newest. */
const RECORDED_TICKS = 86_400 * TICKS
/** What a browser's source buffer wants first. */
export function initSegment(head: Head, recorded = false): Buffer {
  const empty = [full('stts', 0, 0, u32(0)), full('stsc', 0, 0, u32(0)), full('stsz', 0, 0, u32(0, 0)), full('stco', 0, 0, u32(0))]
  return Buffer.concat([TYPE, movie(head, 0, empty, [box('mvex', ...(recorded ? [full('mehd', 1, 0, u64(RECORDED_TICKS))] : []), full('trex', 0, 0, u32(1, 1, 0, 0, 0)))])])
}
const KEY = 0x02000000
const DIFFERENCE = 0x01010000
/** Where `timeOf` and `moveTo` find the time in a fragment made here: moof 8, mfhd 16, traf 8, tfhd 16, tfdt 12. */
const TIME_AT = 60
export function fragment(no: number, samples: readonly Sample[]): Buffer {
  const rows = samples.map((s) => u32(s.ticks, s.data.length, s.key ? KEY : DIFFERENCE))
  const size = 8 + 16 + 8 + 16 + 20 + 20 + rows.length * 12
  const traf = box('traf', full('tfhd', 0, 0x020000, u32(1)), full('tfdt', 1, 0, u64(samples[0]!.time)), full('trun', 0, 0x000701, u32(rows.length, size + 8), ...rows))
  const data = samples.map((s) => s.data)
  return Buffer.concat([box('moof', full('mfhd', 0, 0, u32(no)), traf), box('mdat', ...data)])
}
export const timeOf = (f: Buffer): number => Number(f.readBigUInt64BE(TIME_AT))
/** The same fragment at another time. */
export function moveTo(f: Buffer, ticks: number): Buffer {
  const copy = Buffer.from(f)
  copy.writeBigUInt64BE(BigInt(Math.max(0, Math.round(ticks))), TIME_AT)
  return copy
}
/** A whole file that every player opens and seeks in. */
export function wholeFile(head: Head, samples: readonly Sample[]): Buffer {
  const ticks = samples.reduce((n, s) => n + s.ticks, 0)
  const runs: number[] = []
  for (const s of samples) {
    if (runs.at(-1) === s.ticks) runs[runs.length - 2]!++
    else runs.push(1, s.ticks)
  }
  const keys = samples.flatMap((s, i) => (s.key ? [i + 1] : []))
  const tables = (at: number): Buffer[] => [
    full('stts', 0, 0, u32(runs.length / 2, ...runs)), full('stss', 0, 0, u32(keys.length, ...keys)), full('stsc', 0, 0, u32(1, 1, samples.length, 1)),
    full('stsz', 0, 0, u32(0, samples.length, ...samples.map((s) => s.data.length))), full('stco', 0, 0, u32(1, at)),
  ]
  const length = TYPE.length + movie(head, ticks, tables(0), []).length
  return Buffer.concat([TYPE, movie(head, ticks, tables(length + 8), []), box('mdat', ...samples.map((s) => s.data))])
}
/** Samples of fragments written by `fragment`. Anything else is null: a file cut off by a crash ends there. */
export function readFragment(b: Buffer): { samples: Sample[]; length: number } | null {
  if (b.length < 96 || b.toString('latin1', 4, 8) !== 'moof') return null
  const moof = b.readUInt32BE(0)
  if (b.length < moof + 8 || b.toString('latin1', moof + 4, moof + 8) !== 'mdat') return null
  const length = moof + b.readUInt32BE(moof)
  const count = b.readUInt32BE(TIME_AT + 20)
  if (b.length < length || moof !== 88 + count * 12) return null
  let time = timeOf(b)
  let at = moof + 8
  const samples: Sample[] = []
  for (let i = 0; i < count; i++) {
    const row = TIME_AT + 28 + i * 12
    const [ticks, size, flags] = [b.readUInt32BE(row), b.readUInt32BE(row + 4), b.readUInt32BE(row + 8)]
    if (at + size > length) return null
    samples.push({ data: b.subarray(at, at + size), time, ticks, key: flags === KEY })
    time += ticks
    at += size
  }
  return { samples, length }
}
export function withLengths(nals: readonly Buffer[]): Buffer {
  const parts: Buffer[] = []
  for (const n of nals) parts.push(u32(n.length), n)
  return Buffer.concat(parts)
}
