// What the frames of all field protocols are made of: hex, sums, packed decimals. Pure; nothing here opens a port.

export interface DecodedItem {
  /** The data identifier in hex, as the protocol's own table writes it (most significant first). */
  id: string
  name: string
  /** Numbers are exact at the protocol's digits; null where the device says that it has no value. */
  value: number | string | null
  unit: string
}
/** A frame that is wrong (length, sum, digits) has `ok: false`, its reason, and no items: a half-read frame would be booked. */
export interface Decoded {
  ok: boolean
  /** Why the frame is wrong, or what a right frame refuses (an error answer of the device); null otherwise. */
  reason: string | null
  /** As printed on the device. */
  address: string | null
  /** The control, function or command code in hex (HJ 212: the CN number). */
  control: string | null
  items: DecodedItem[]
}

export class BadFrame extends Error {}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase()
/** Least significant byte first, as written most significant first. */
export const hexBackwards = (bytes: Uint8Array): string => hex(Uint8Array.from(bytes).reverse())
export const byteHex = (n: number): string => n.toString(16).toUpperCase().padStart(2, '0')
export const sum8 = (bytes: Uint8Array): number => bytes.reduce((n, b) => (n + b) & 0xff, 0)
export const allFF = (bytes: Uint8Array): boolean => bytes.length > 0 && bytes.every((b) => b === 0xff)

const BYTES_MAX = 65_536
/** Accepts spaces, line ends, commas and 0x before each byte, as people copy them from tools. */
export function bytesOf(text: string): Uint8Array {
  const clean = text.replace(/0x/gi, '').replace(/[\s,;:-]+/g, '')
  if (clean === '') throw new BadFrame('没有内容')
  if (/[^0-9a-f]/i.test(clean)) throw new BadFrame('含有不是十六进制的字符')
  if (clean.length % 2 === 1) throw new BadFrame('十六进制位数是单数,缺半个字节')
  if (clean.length / 2 > BYTES_MAX) throw new BadFrame(`超过 ${BYTES_MAX} 字节`)
  return Uint8Array.from(Buffer.from(clean, 'hex'))
}

/** Packed decimal digits, most significant first; a nibble above 9 is a fault of the frame, however right its sum (H7). */
export function digits(bytes: Uint8Array, what: string): string {
  const text = hexBackwards(bytes)
  if (/[A-F]/.test(text)) throw new BadFrame(`${what}含有不是 0 到 9 的数字(${text})`)
  return text
}
/** `places` decimals; with `signed` the highest bit is the sign. All FF: the device has no value. */
export function bcd(bytes: Uint8Array, places: number, what: string, signed = false): number | null {
  if (allFF(bytes)) return null
  const copy = Uint8Array.from(bytes)
  const top = copy.length - 1
  const minus = signed && (copy[top]! & 0x80) !== 0
  if (signed) copy[top] = copy[top]! & 0x7f
  const n = Number(digits(copy, what))
  // Division by a power of ten gives the nearest double of the written decimal: 26 with two places is 0.26.
  return (minus && n !== 0 ? -n : n) / 10 ** places
}

/** What stands at the head of a frame of a protocol that begins with 68H. */
export interface Head {
  /** Of the whole frame by its own length; null: too short to say. */
  length: number | null
  /** Kind, control and second start byte, where there is one, are such as the protocol has. */
  fits: boolean
}
/** Only an answer (D7) refuses or has more to come (`flags`). */
export const controlFits = (c: number | undefined, known: ReadonlySet<number>, mask: number, flags: number): boolean => c !== undefined && known.has(c & mask) && ((c & 0x80) !== 0 || (c & flags) === 0)
/** 68H is also a value that noise and addresses have: a start that cannot be the head of a frame is passed over for a later one, but only where that one is whole to the last
 *  byte and right. A head that fits, or a length that ends at the last byte, stays what it is however wrong the rest: within a spoilt frame nothing is looked for. */
export function behindNoise(all: Uint8Array, headOf: (b: Uint8Array) => Head, read: (frame: Uint8Array) => Decoded): Decoded {
  const first = all.indexOf(0x68)
  const plain = read(all)
  if (plain.ok || first < 0) return plain
  for (let at = first; at >= 0; at = all.indexOf(0x68, at + 1)) {
    const b = all.subarray(at)
    const { length, fits } = headOf(b)
    if (at > first && length === b.length && fits && b.at(-1) === 0x16) return read(b)
    if (fits || (length === b.length && b.at(-1) === 0x16)) return plain
  }
  return plain
}
/** Everything before the first start byte is preamble (FE) or noise of the line. */
export function fromStart(bytes: Uint8Array, start: number): Uint8Array {
  const at = bytes.indexOf(start)
  if (at < 0) throw new BadFrame(`没有帧起始符 ${byteHex(start)}H`)
  return bytes.subarray(at)
}

export function decoding(run: () => Omit<Decoded, 'ok' | 'reason'> & { reason?: string | null }): Decoded {
  try {
    return { ok: true, reason: null, ...run() }
  } catch (error) {
    if (!(error instanceof BadFrame)) throw error
    return { ok: false, reason: error.message, address: null, control: null, items: [] }
  }
}
