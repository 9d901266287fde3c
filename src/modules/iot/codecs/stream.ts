// Frames out of a stream of bytes that is cut anywhere, has preamble and noise between, and may hold half a frame. Pure: gives what is whole, and what is left.
import { sum8 } from './bytes.ts'
import { crc16 } from './modbus.ts'

export interface Cut {
  frame: Uint8Array | null
  rest: Uint8Array
}
const LONGEST = 300
const none = (rest: Uint8Array): Cut => ({ frame: null, rest })
/** What cannot become a frame any more is thrown away, byte by byte: the next start may lie within it. */
function framed(buffer: Uint8Array, lengthOf: (b: Uint8Array) => number | null, ends: boolean): Cut {
  let b = buffer
  for (;;) {
    const at = b.indexOf(0x68)
    if (at < 0) return none(new Uint8Array(0))
    b = b.subarray(at)
    const length = lengthOf(b)
    if (length === null) return none(b)
    if (length > 0 && b.length < length) return none(b)
    if (length > 0 && (!ends || b[length - 1] === 0x16)) return { frame: b.subarray(0, length), rest: b.subarray(length) }
    b = b.subarray(1)
  }
}
/** 68 A×6 68 C L data CS 16. Negative: not a frame. A third start where the control belongs: the first was noise, and waiting for its length would lose the answer. */
export const cut645 = (buffer: Uint8Array): Cut => framed(buffer, (b) => (b.length < 8 ? null : b[7] !== 0x68 || b[8] === 0x68 ? -1 : b.length < 10 ? null : b[9]! > 200 ? -1 : 12 + b[9]!), true)
/** 68 T A×7 C L data CS 16. No meter is of the kind 68H: that is the start, behind a byte of noise. */
export const cut188 = (buffer: Uint8Array): Cut => framed(buffer, (b) => (b[1] === 0x68 ? -1 : b.length < 11 ? null : b[10]! > 200 ? -1 : 13 + b[10]!), true)
export function cutModbusTcp(buffer: Uint8Array): Cut {
  if (buffer.length < 8) return none(buffer)
  const length = ((buffer[4]! << 8) | buffer[5]!) + 6
  // Without a start byte there is no way to find the next frame: the connection is spoilt, all is thrown away.
  if (buffer[2] !== 0 || buffer[3] !== 0 || length > LONGEST || length < 8) return none(new Uint8Array(0))
  return buffer.length < length ? none(buffer) : { frame: buffer.subarray(0, length), rest: buffer.subarray(length) }
}
/** RTU has no length and no start: the answer (of so many `bytes`) to a question of ours begins with slave and function, and its sum tells where it ends. */
export function cutModbusRtu(buffer: Uint8Array, slave: number, code: number, bytes: number | null = null): Cut {
  /** Where something may begin that is not there yet, but is not as long as what was asked for. */
  let maybe: number | null = null
  for (let at = 0; at + 4 < buffer.length; at++) {
    if (buffer[at] !== slave || (buffer[at + 1]! & 0x7f) !== code) continue
    const length = buffer[at + 1]! & 0x80 ? 5 : code <= 4 ? 5 + buffer[at + 2]! : 8
    if (buffer.length - at < length) {
      if (bytes === null || code > 4 || buffer[at + 2] === bytes) return none(buffer.subarray(maybe ?? at))
      maybe ??= at
      continue
    }
    const body = buffer.subarray(at, at + length - 2)
    const crc = crc16(body)
    if (buffer[at + length - 2] === (crc & 0xff) && buffer[at + length - 1] === crc >> 8) return { frame: buffer.subarray(at, at + length), rest: buffer.subarray(at + length) }
  }
  return none(buffer.length > LONGEST ? buffer.subarray(-4) : buffer.subarray(maybe ?? 0))
}
const pairAt = (b: Uint8Array, c: number): number => b.findIndex((x, i) => x === c && b[i + 1] === c)
const UNIT_MAX = 1024
/** GB/T 26875.3: 4040 … length at 24 … sum 2323. */
export function cut26875(buffer: Uint8Array): Cut {
  let b = buffer
  for (;;) {
    const at = pairAt(b, 0x40)
    if (at < 0) return none(b.at(-1) === 0x40 ? b.subarray(-1) : new Uint8Array(0))
    b = b.subarray(at)
    if (b.length < 27) return none(b)
    const length = b[24]! | (b[25]! << 8)
    const end = 30 + length
    if (length <= UNIT_MAX && b.length < end) return none(b)
    if (length <= UNIT_MAX && b[end - 2] === 0x23 && b[end - 1] === 0x23 && b[end - 3] === sum8(b.subarray(2, end - 3))) return { frame: b.subarray(0, end), rest: b.subarray(end) }
    b = b.subarray(1)
  }
}
/** HJ 212: ##dddd segment CRC; the segment is at most 1024 characters. */
export function cut212(buffer: Uint8Array): Cut {
  let b = buffer
  for (;;) {
    const at = pairAt(b, 0x23)
    if (at < 0) return none(b.at(-1) === 0x23 ? b.subarray(-1) : new Uint8Array(0))
    b = b.subarray(at)
    if (b.length < 6) return none(b)
    const digits = String.fromCharCode(...b.subarray(2, 6))
    const length = /^\d{4}$/.test(digits) ? Number(digits) : -1
    if (length >= 0 && length <= UNIT_MAX && b.length < 10 + length) return none(b)
    if (length >= 0 && length <= UNIT_MAX && b[4 + length] === 0x26 && b[5 + length] === 0x26) return { frame: b.subarray(0, 10 + length), rest: b.subarray(10 + length) }
    b = b.subarray(1)
  }
}
