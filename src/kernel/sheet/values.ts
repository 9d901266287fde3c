import { EMPTY_CELL, type Cell } from './types.ts'
import { trimText } from './text.ts'

/** How a number format shows a number. `zeros` is a width such as 4 for '0000', which turns 301 into house 0301. */
export type NumberLook = 'number' | 'date' | 'time' | { readonly zeros: number }

// 27–36 and 50–58 are the date formats of a Chinese Excel; they carry no format code in the file.
const BUILTIN_DATES = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58])
const BUILTIN_TIMES = new Set([18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56])

export function lookOf(id: number, code: string | undefined): NumberLook {
  if (code === undefined) return BUILTIN_DATES.has(id) ? 'date' : BUILTIN_TIMES.has(id) ? 'time' : 'number'
  const bare = code
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .split(';')[0] ?? ''
  if (/^0{2,}$/.test(bare)) return { zeros: bare.length }
  if (/general|通用/i.test(bare)) return 'number'
  if (/[yd年日]/i.test(bare)) return 'date'
  if (/[hs时秒]/i.test(bare)) return 'time'
  return /m|月/i.test(bare) ? 'date' : 'number'
}

/** Plain digits at 15 significant ones: '13800138000' for 1.38001380E10, '0.3' for 0.1+0.2. */
export function plainNumber(value: number): string {
  if (!Number.isFinite(value)) return ''
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value === 0 ? '0' : String(value)
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential(14))
  if (match === null) return String(value)
  const digits = (match[2] ?? '') + (match[3] ?? '')
  const exponent = Number(match[4])
  if (/^0+$/.test(digits)) return '0'
  const trimmed = digits.replace(/0+$/, '')
  if (exponent < 0) return `${match[1]}0.${'0'.repeat(-exponent - 1)}${trimmed}`
  if (exponent + 1 >= trimmed.length) return match[1] + trimmed + '0'.repeat(exponent + 1 - trimmed.length)
  return `${match[1]}${trimmed.slice(0, exponent + 1)}.${trimmed.slice(exponent + 1)}`
}

const two = (n: number): string => String(n).padStart(2, '0')
const DAY_MS = 86_400_000

/** 'YYYY-MM-DD' of a whole serial. The 1900 system has a 29 February 1900 (serial 60) and a day 0, shown as Excel shows them. */
export function serialDay(serial: number, date1904: boolean): string {
  const n = Math.floor(serial) + (date1904 ? 1462 : 0)
  if (n < 0 || n > 2_958_465) return ''
  if (n === 0) return '1900-01-00'
  if (n === 60) return '1900-02-29'
  return new Date(Date.UTC(1899, 11, n > 60 ? 30 : 31) + n * DAY_MS).toISOString().slice(0, 10)
}

/** The serial of 'YYYY-MM-DD' in the 1900 system, or null before 1900-03-01, where Excel's count is off by the leap day. */
export function daySerial(day: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (match === null) return null
  const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
  const serial = ms / DAY_MS + 25_569
  return serial > 60 && new Date(ms).toISOString().slice(0, 10) === day ? serial : null
}

function serialText(serial: number, look: 'date' | 'time', date1904: boolean): string {
  // Excel keeps times as fractions; a second is 1.2e-5, so half a second decides the rounding.
  let day = Math.floor(serial)
  let seconds = Math.round((serial - day) * 86_400)
  if (seconds === 86_400) { seconds = 0; day++ }
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  if (look === 'time' && day === 0) return time
  const date = serialDay(day, date1904)
  if (date === '') return plainNumber(serial)
  return seconds === 0 ? date : `${date} ${time}`
}

export function textCell(raw: string): Cell {
  const text = trimText(raw)
  return text === '' ? EMPTY_CELL : { text, kind: 'text', raw }
}

export function numberCell(raw: number, look: NumberLook, date1904: boolean): Cell {
  if (look === 'date' || look === 'time') {
    // Excel shows ##### for a negative date; it stays a number for the person to see.
    if (raw >= 0 && raw < 2_958_466) return { text: serialText(raw, look, date1904), kind: 'date', raw }
  }
  let text = plainNumber(raw)
  if (typeof look === 'object' && /^\d+$/.test(text)) text = text.padStart(look.zeros, '0')
  return Math.abs(raw) >= 1e15 ? { text, kind: 'number', raw, lost_digits: true } : { text, kind: 'number', raw }
}

export const boolCell = (raw: boolean): Cell => ({ text: raw ? 'TRUE' : 'FALSE', kind: 'bool', raw })
export const errorCell = (raw: string): Cell => ({ text: raw, kind: 'error', raw })

/** The cached value of a formula; an error stays an error, because nothing can be taken from it. */
export const formulaCell = (value: Cell, formula: string): Cell =>
  value.kind === 'error' ? { ...value, formula } : { ...value, kind: 'formula', formula }
