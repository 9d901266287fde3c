/**
 * Spreadsheets in and out: .xlsx, old .xls, CSV. The only door of this folder; see README.md for what it owns and its limits.
 *
 * Units: `row_no` is 1-based as Excel shows it, `index` and `col_index` are 0-based, sizes are bytes, money is integer fen.
 * Errors: everything that reads throws `SheetRefusal` (a kernel Refusal with a code of `words`, `params` holding the file name); cleaners
 * never throw, they return `{ ok: false, reason_zh }`. TypeError and RangeError from a writer are faults of the caller.
 */
export { LIMITS } from './types.ts'
export type { Cell, CellKind, Row, Sheet, SheetInfo, SheetLimits, Workbook, WorkbookKind } from './types.ts'
export { SheetRefusal, explain } from './refusal.ts'
export { words, type SheetRefusalCode } from './words.ts'
export { listSheets, pickSheet, readSheets, streamRows, type StreamOptions } from './read.ts'
export { findHeader, normaliseTitle, type Aliases, type Header, type HeaderColumn } from './header.ts'
export {
  cleanText, compareDecimals, isDay, readText, toDay, toDecimal, toHalfWidth,
  type CellLike, type Cleaned, type DayOptions, type DecimalOptions,
} from './clean.ts'
export { idCheckDigit, pairPhones, splitNames, splitPhones, toIdNumber, toPhone, type NamedPerson } from './clean_people.ts'
export { EXAMPLE_MARK, isExampleRow, writeSheet, writeSheetTo, type BookSpec, type ColumnSpec, type SheetSpec } from './write.ts'
export type { ColumnKind, OutValue } from './write_cell.ts'
export { CSV_BOM, csvLine, writeCsv } from './write_csv.ts'
export { REASON_TITLE, annotateErrors, type AnnotateOptions, type CellError } from './annotate.ts'
/** The media type of what writeSheet makes. */
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
