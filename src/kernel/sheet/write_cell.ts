import { fen, readFen, yuan } from '../money.ts'
import { styleOf, type CellLook, type RowLook } from './xlsx_parts.ts'
import { daySerial } from './values.ts'
import { escapeXml } from './xml.ts'

export type ColumnKind = 'text' | 'number' | 'money_fen' | 'day' | 'int'
export type OutValue = string | number | bigint | boolean | null | undefined

/** What a spreadsheet program would take for a formula when the text is typed, pasted or read from CSV; full-width forms count in CJK locales. */
export const DANGEROUS = /^[=+\-@\t\r＝＋－＠]/
const MAX_TEXT = 32_767
const CUT = '…（内容过长,已截断）'
const DECIMAL = /^-?\d{1,40}(\.\d{1,40})?$/

/** quotePrefix is Excel's own leading apostrophe: the text keeps its characters, and editing the cell does not turn it into a formula. */
export const lookOfText = (text: string): CellLook => (DANGEROUS.test(text) ? 'quote' : 'text')

/** One `<c>`. Text is always an inline string: no program evaluates it, whatever it begins with. */
export function textXml(ref: string, text: string, style: number): string {
  const bounded = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT - CUT.length).replace(/[\ud800-\udbff]$/, '') + CUT : text
  return `<c r="${ref}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(bounded)}</t></is></c>`
}

export const numberXml = (ref: string, number: string, style: number): string => `<c r="${ref}" s="${style}"><v>${number}</v></c>`
const blankXml = (ref: string, style: number): string => `<c r="${ref}" s="${style}"/>`

const wrong = (value: OutValue, kind: ColumnKind): TypeError => new TypeError(`not a ${kind}: ${String(value).slice(0, 40)}`)

/**
 * A value as its column wants it. Text of any other type than string is turned into one, so a phone given as a number stays whole. Numbers
 * are written digit for digit, without passing through a float. Throws TypeError when the caller's value does not fit: that is a fault.
 */
export function valueXml(ref: string, value: OutValue, kind: ColumnKind, row: RowLook = 'plain'): string {
  if (value === null || value === undefined || value === '') return blankXml(ref, styleOf(lookFor(kind), row))
  switch (kind) {
    case 'text': {
      const text = typeof value === 'boolean' ? (value ? '是' : '否') : String(value)
      return textXml(ref, text, styleOf(lookOfText(text), row))
    }
    case 'money_fen': {
      if (typeof value === 'boolean') throw wrong(value, kind)
      return numberXml(ref, yuan(typeof value === 'number' ? fen(value) : readFen(value)), styleOf('money', row))
    }
    case 'int': {
      if (typeof value === 'number' ? !Number.isSafeInteger(value) : !/^-?\d{1,15}$/.test(String(value))) throw wrong(value, kind)
      return numberXml(ref, String(value), styleOf('int', row))
    }
    case 'number': {
      const text = String(value)
      if (typeof value === 'number' ? !Number.isFinite(value) : !DECIMAL.test(text)) throw wrong(value, kind)
      return numberXml(ref, text, styleOf(/\.\d{1,2}$/.test(text) ? 'decimal2' : 'number', row))
    }
    default: {
      const day = String(value)
      if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw wrong(value, kind)
      const serial = daySerial(day)
      // Excel cannot count before 1900-03-01.
      return serial === null ? textXml(ref, day, styleOf('text', row)) : numberXml(ref, String(serial), styleOf('day', row))
    }
  }
}

function lookFor(kind: ColumnKind): CellLook {
  return kind === 'money_fen' ? 'money' : kind
}
