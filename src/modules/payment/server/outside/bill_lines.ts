// What the bill files (对账单) of the providers have in common: yuan as text, and lines that must add up to the file's own totals.
import { createHash } from 'node:crypto'

/** Providers write fees with up to five decimals of a yuan; sums are compared in these whole parts. */
const PLACES = 5

/** '12.30' → 1230000n. Null for anything that is not an amount. */
export function partsOf(text: string): bigint | null {
  const m = /^([+-]?)(\d{1,12})(?:\.(\d{1,5})0*)?$/.exec(text.trim())
  if (!m) return null
  const value = BigInt(m[2]! + (m[3] ?? '').padEnd(PLACES, '0'))
  return m[1] === '-' ? -value : value
}

/** Rounded half away from zero to a fen. */
export function fenOfParts(parts: bigint): number {
  const size = parts < 0n ? -parts : parts
  const rounded = (size + 500n) / 1000n
  return Number(parts < 0n ? -rounded : rounded)
}

/** '2026-11-24 10:01:02' of China time; null when it is none. */
export function chinaTime(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null
  const at = new Date(`${text.replace(' ', 'T')}+08:00`)
  return Number.isNaN(at.getTime()) ? null : at
}

export const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
export const orNull = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text)

/** A file that cannot be read says why; the caller answers unknown. */
export class BillFault extends Error {}
export function part(text: string | undefined, what: string): bigint {
  const value = text === undefined || text === '' ? 0n : partsOf(text)
  if (value === null) throw new BillFault(`${what}: ${String(text).slice(0, 40)}`)
  return value
}
export function timeOf(text: string | undefined): Date {
  const at = chinaTime(text ?? '')
  if (!at) throw new BillFault(`time: ${String(text).slice(0, 40)}`)
  return at
}
export function mustAgree(what: string, lines: bigint | number, file: bigint | number): void {
  if (BigInt(lines) !== BigInt(file)) throw new BillFault(`${what}: lines ${lines}, file ${file}`)
}
