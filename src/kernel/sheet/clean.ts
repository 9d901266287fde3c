import { cleanText, toHalfWidth } from './text.ts'
import type { Cell } from './types.ts'
import { serialDay } from './values.ts'

export { cleanText, toHalfWidth }

/** What a cleaner answers. `empty` marks a blank cell, which an optional column takes and a required one does not. */
export type Cleaned<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason_zh: string; readonly empty?: true }

/** Cleaners take a cell of a workbook or a text typed into a form. */
export type CellLike = Cell | string

const MAX_SHOWN = 30
// Nothing that a cleaner takes is this long, and it bounds what the patterns below may cost.
const MAX_TEXT = 1_000

/** The cell's content as a sentence quotes it. */
export const shown = (text: string): string => `「${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}」`
export const refuse = (reason_zh: string): { readonly ok: false; readonly reason_zh: string } => ({ ok: false, reason_zh })
export const accept = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })

/**
 * The text of a cell before a cleaner looks at it: half-width, cleaned, without a leading apostrophe. Refuses error cells, formulas without
 * a stored result, and blanks (`empty`).
 */
export function readText(cell: CellLike): Cleaned<string> {
  if (typeof cell !== 'string') {
    if (cell.kind === 'error') return refuse(`单元格是公式错误${shown(cell.text)}，请在 Excel 中改正公式，或直接填写结果`)
    if (cell.kind === 'formula' && cell.text === '') return refuse('单元格是公式但没有计算结果，请用 Excel 或 WPS 打开后保存一次再上传')
  }
  const text = cleanText(toHalfWidth(typeof cell === 'string' ? cell : cell.text)).replace(/^'+/, '').trim()
  if (text.length > MAX_TEXT) return refuse(`${shown(text)}内容过长，请核对是否填错了列`)
  return text === '' ? { ok: false, reason_zh: '单元格是空的，请填写', empty: true } : accept(text)
}

export interface DecimalOptions {
  /** Decimal places of the answer, 0 to 10. */
  readonly scale: number
  /** Inclusive, decimal strings. */
  readonly min?: string
  readonly max?: string
  /** More places than `scale` are rounded half away from zero instead of refused. For results of formulas such as areas, not for money. */
  readonly round?: boolean
}

const UNITS = /(?:㎡|m2|m²|m3|m³|平方米|平米|立方米|立方|平方|kwh|千瓦时|人民币|rmb|元|块|度|吨|方|个|户|人|辆|台|间|层|栋|%)$/i

/** 'bigint × 10^scale' of a plain decimal that has at most `scale` places. */
function scaled(decimal: string, scale: number): bigint {
  const negative = decimal.startsWith('-')
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.')
  const value = BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale))
  return negative ? -value : value
}

export function compareDecimals(a: string, b: string): number {
  const scale = Math.max(a.split('.')[1]?.length ?? 0, b.split('.')[1]?.length ?? 0)
  const difference = scaled(a, scale) - scaled(b, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** An amount, area, price or count as a decimal string with exactly `scale` places: '98.5㎡' → '98.50'. No float is involved. */
export function toDecimal(cell: CellLike, options: DecimalOptions): Cleaned<string> {
  const read = readText(cell)
  if (!read.ok) return read
  const { value: text } = read
  if (typeof cell !== 'string' && cell.lost_digits === true) return refuse(`${shown(text)}超过 15 位，Excel 已丢失末尾的数字，请把单元格设为文本后重新填写`)
  if (typeof cell !== 'string' && (cell.kind === 'date' || cell.kind === 'bool')) return refuse(`${shown(text)}不是数字，请改成数字`)
  let bare = text.replace(/^(?:¥|rmb|cny|人民币)\s*/i, '').replace(/\s*\/\s*[^\d\s].*$/, '').trim()
  if (bare.endsWith('%')) return refuse(`${shown(text)}是百分数，请改成小数，例如 5% 写成 0.05`)
  bare = bare.replace(UNITS, '').trim()
  const accounting = /^\((.+)\)$/.exec(bare)
  if (accounting !== null) bare = `-${accounting[1] ?? ''}`
  if (/^[+-]?\d(\.\d+)?e[+-]?\d+$/i.test(bare)) return refuse(`${shown(text)}是科学计数法，请把单元格格式改成数字后重新填写`)
  const match = /^([+-]?)((?:\d{1,3}(?:,\d{3})+)|\d{0,25})(?:\.(\d{0,25}))?$/.exec(bare)
  if (match === null || ((match[2] ?? '') === '' && (match[3] ?? '') === '')) return refuse(`${shown(text)}不是数字，请只填数字，例如 98.50`)
  const whole = (match[2] ?? '').replaceAll(',', '').replace(/^0+(?=\d)/, '') || '0'
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  return fitDecimal(`${match[1] === '-' ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`, text, options)
}

function fitDecimal(decimal: string, text: string, { scale, min, max, round = false }: DecimalOptions): Cleaned<string> {
  const places = decimal.split('.')[1]?.length ?? 0
  if (places > scale && !round) return refuse(`${shown(text)}的小数超过 ${scale} 位，请保留 ${scale} 位小数`)
  let units = scaled(decimal, scale)
  if (places > scale && (decimal.split('.')[1] ?? '').charCodeAt(scale) >= 0x35) units += decimal.startsWith('-') ? -1n : 1n
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const sign = units < 0n ? '-' : ''
  const value = scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  if (min !== undefined && compareDecimals(value, min) < 0) return refuse(`${shown(text)}小于最小值 ${min}，请核对`)
  if (max !== undefined && compareDecimals(value, max) > 0) return refuse(`${shown(text)}大于最大值 ${max}，请核对`)
  return accept(value)
}

export interface DayOptions {
  /** Inclusive 'YYYY-MM-DD'. */
  readonly min?: string
  readonly max?: string
  /** `Workbook.date1904`: bare serial numbers count from 1904. */
  readonly date1904?: boolean
}

const DAY_FORMS = [
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/,
  /^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?$/,
  /^(\d{4})(\d{2})(\d{2})$/,
  /^(\d{4})\s+(\d{1,2})\s+(\d{1,2})$/,
]

/** A business day 'YYYY-MM-DD'. A time after it is dropped. Days that cannot be, and those of 1900 that stand for a blank, are refused. */
export function toDay(cell: CellLike, options: DayOptions = {}): Cleaned<string> {
  const read = readText(cell)
  if (!read.ok) return read
  const text = read.value
  const date = text.replace(/[ T]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$/i, '').replace(/\s*(星期|周)[一二三四五六日天]$/, '').trim()
  if (/^1900[-/.]0?1[-/.]0?0$/.test(date)) return blankDate(text)
  // 20240105 is eight digits, a serial at most six.
  const serial = /^(\d{1,6})(\.\d+)?$/.exec(date)
  if (serial !== null) return serialToDay(Number(serial[1]), text, options)
  for (const form of DAY_FORMS) {
    const match = form.exec(date)
    if (match !== null) return checkDay(Number(match[1]), Number(match[2]), Number(match[3]), text, options)
  }
  if (/^\d{4}(年|[-/.])\d{1,2}月?$/.test(date)) return refuse(`日期${shown(text)}只有年月，请补上日，例如 2024-01-05`)
  if (/^\d{1,2}(月|[-/.])\d{1,2}日?$/.test(date)) return refuse(`日期${shown(text)}没有年份，请写成 2024-01-05 这样的格式`)
  if (/^\d{1,2}[-/.]\d{1,2}[-/.]\d{1,4}$/.test(date)) return refuse(`日期${shown(text)}分不清年月日的顺序，请写成 2024-01-05 这样的格式`)
  return refuse(`${shown(text)}不是日期，请写成 2024-01-05 这样的格式`)
}

const blankDate = (text: string): Cleaned<string> => refuse(`${shown(text)}的日期疑似为空值 1900 年，请填写实际日期，没有则留空`)

function serialToDay(serial: number, text: string, options: DayOptions): Cleaned<string> {
  const date1904 = options.date1904 === true
  if (serial <= 366 && !date1904) return blankDate(text)
  // 1901 to 2199: anything else of few digits is some other number.
  if (serial > 109_574) return refuse(`${shown(text)}不是日期，请写成 2024-01-05 这样的格式`)
  const [year, month, day] = serialDay(serial, date1904).split('-').map(Number)
  return checkDay(year ?? 0, month ?? 0, day ?? 0, text, options)
}

function checkDay(year: number, month: number, day: number, text: string, { min, max }: DayOptions): Cleaned<string> {
  if (year <= 1900) return year === 1900 ? blankDate(text) : refuse(`日期${shown(text)}的年份不对，请核对`)
  if (year > 2199) return refuse(`日期${shown(text)}的年份不对，请核对`)
  const value = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  if (!isDay(value)) return refuse(`日期${shown(text)}不存在，请核对月份和日期`)
  if (min !== undefined && value < min) return refuse(`日期${shown(text)}早于 ${min}，请核对`)
  if (max !== undefined && value > max) return refuse(`日期${shown(text)}晚于 ${max}，请核对`)
  return accept(value)
}

/** A day of the calendar, written 'YYYY-MM-DD'. */
export function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === value
}
