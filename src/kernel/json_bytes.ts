// An answer as JSON bytes. One string of a whole page is larger than what the engine keeps at hand: it is mapped anew each time, page fault
// by page fault, and its bytes once more (3.2 of a list's 6 ms, measured). So: element by element into a buffer that is used again.
import type { ServerResponse } from 'node:http'

const SIZE = 256 * 1024
/** As many answers as may be under way at once and still find a buffer. */
const KEPT_MAX = 24
const MARKS_MAX = 64
/** Shorter arrays are written in one go. */
const LONG = 8
const free: Buffer[] = []

/** The bytes, and the buffer they lie in when it is one of ours; hand it back by `lentUntilSent`. */
export function jsonBytes(value: unknown): { bytes: Buffer; lent: Buffer | null } {
  const lent = free.pop() ?? Buffer.allocUnsafeSlow(SIZE)
  const end = put(value, lent, 0)
  if (end > 0) return { bytes: lent.subarray(0, end), lent }
  free.push(lent)
  return { bytes: Buffer.from(JSON.stringify(value)), lent: null }
}

/** A buffer is free again when its bytes are with the operating system; one of a connection that broke off is left to the collector. */
export function lentUntilSent(lent: Buffer | null, res: ServerResponse): void {
  if (lent) res.once('finish', () => void (free.length < KEPT_MAX && free.push(lent)))
}

/** Writes at `at` and gives where it ended; -1 when there is no room. */
function put(v: unknown, to: Buffer, at: number): number {
  if (hasLong(v)) return Array.isArray(v) ? putList(v, to, at) : putFields(v as Record<string, unknown>, to, at)
  return putText(JSON.stringify(v), to, at)
}

function putText(text: string, to: Buffer, at: number): number {
  // A UTF-16 unit becomes at most three bytes; behind a piece come the closing marks of what is open.
  return at < 0 || at + text.length * 3 + MARKS_MAX > to.length ? -1 : at + to.write(text, at)
}

function putList(list: readonly unknown[], to: Buffer, from: number): number {
  let at = from
  for (const [n, v] of list.entries()) {
    to[at++] = n === 0 ? 0x5b : 0x2c
    at = absent(v) ? putText('null', to, at) : put(v, to, at)
    if (at < 0) return -1
  }
  to[at++] = 0x5d
  return at
}

function putFields(o: Record<string, unknown>, to: Buffer, from: number): number {
  let at = from
  let mark = 0x7b
  for (const key of Object.keys(o)) {
    if (absent(o[key])) continue
    to[at++] = mark
    mark = 0x2c
    at = putText(`${JSON.stringify(key)}:`, to, at)
    if (at >= 0) at = put(o[key], to, at)
    if (at < 0) return -1
  }
  to[at++] = 0x7d
  return at
}

/** What JSON leaves out of an object and writes as null in a list. */
const absent = (v: unknown): boolean => v === undefined || typeof v === 'function' || typeof v === 'symbol'

/** A long list, or something with one in it. */
function hasLong(v: unknown, depth = 0): boolean {
  if (v === null || typeof v !== 'object' || depth > 4 || 'toJSON' in v) return false
  if (Array.isArray(v)) return v.length >= LONG || v.some((x) => hasLong(x, depth + 1))
  for (const key in v) {
    const x = (v as Record<string, unknown>)[key]
    if (typeof x === 'object' && hasLong(x, depth + 1)) return true
  }
  return false
}
