import { createHash, randomFillSync, randomInt } from 'node:crypto'

// Random bytes are drawn for 256 ids at once: asked for one id at a time they were a twentieth of what a settlement costs (measured).
const drawn = Buffer.allocUnsafe(4096)
let used = drawn.length
function random16(): Buffer {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  const b = Buffer.from(drawn.subarray(used, used + 16))
  used += 16
  return b
}

/** UUIDv7 (RFC 9562): 48 bits of milliseconds, then random. Sorts by time, so index inserts go to the right edge. */
export function uuidv7(ms: number = Date.now()): string {
  const b = random16()
  b.writeUIntBE(ms, 0, 6)
  b[6] = (b[6]! & 0x0f) | 0x70
  b[8] = (b[8]! & 0x3f) | 0x80
  return hyphens(b)
}
/** A UUID computed from a natural key (v8), so that a repeated mass write makes the same row. */
export function uuidOf(...key: (string | number)[]): string {
  const b = createHash('sha256').update(key.join('\u0000')).digest().subarray(0, 16)
  b[6] = (b[6]! & 0x0f) | 0x80
  b[8] = (b[8]! & 0x3f) | 0x80
  return hyphens(b)
}
function hyphens(b: Buffer): string {
  const h = b.toString('hex')
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`
}

/** What stands before the code in the QR text of a label that names one thing or place. */
export const LABEL_PREFIX = 'HY1:'
// No 0/O, 1/I/L: read from a label in bad light it must survive.
const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
const CODE_LENGTH = 8
/** A code for a label, to scan or to type. */
export const labelCode = (): string => Array.from({ length: CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
/** The code within what was scanned or typed: 'HY1:ABCD2345' or 'abcd 2345'. */
export const codeOfLabel = (text: string): string => (text.trim().startsWith(LABEL_PREFIX) ? text.trim().slice(LABEL_PREFIX.length) : text).replace(/[\s-]/g, '').toUpperCase()
/** A phone says at once whether it is the right label; the code itself is not on it. Sixteen digits of SHA-256. */
export const labelHash = (code: string): string => createHash('sha256').update(code).digest('hex').slice(0, 16)
