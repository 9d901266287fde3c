import { SheetRefusal } from './refusal.ts'
import { pickSheet, readSheets } from './read.ts'
import type { Cell, Row, Sheet, SheetLimits } from './types.ts'
import { lookOfText, numberXml, textXml } from './write_cell.ts'
import { plainNumber } from './values.ts'
import { STYLE, WORKSHEET_OPEN, contentTypesXml, rootRelsXml, styleOf, stylesXml, workbookRelsXml, workbookXml, type PartSheet, type RowLook } from './xlsx_parts.ts'
import { columnName } from './xlsx_rows.ts'
import { ZipOut } from './zip_write.ts'

export interface CellError {
  /** 1-based, as in `Row.row_no`. */
  readonly row_no: number
  /** 0-based; -1 for an error of the whole row. */
  readonly col_index: number
  readonly reason_zh: string
}

export interface AnnotateOptions {
  /** Name of the sheet the errors are about; by default the first visible one with data. */
  readonly sheet?: string
  /** Where the title 错误原因 goes; by default the first row with content. */
  readonly header_row_no?: number
  readonly limits?: Partial<SheetLimits>
}

export const REASON_TITLE = '错误原因'
const MAX_ERRORS = 100_000
const MAX_REASON = 2_000

/**
 * A plain .xlsx copy of the sheet with each bad cell coloured and the reasons in a last column. Rows keep their numbers, so the corrected
 * copy can be uploaded again; a column of reasons from an earlier round is replaced. Formulas become their values.
 * Throws `SheetRefusal` as `readSheets` does, and RangeError past 100,000 errors (the caller shows a count instead).
 */
export async function annotateErrors(file: string | Buffer, name: string, errors: readonly CellError[], options: AnnotateOptions = {}): Promise<Buffer> {
  if (errors.length > MAX_ERRORS) throw new RangeError(`more than ${MAX_ERRORS} errors`)
  const workbook = await readSheets(file, name, options.limits)
  const sheet = options.sheet === undefined ? pickSheet(workbook) : workbook.sheets.find((one) => one.name === options.sheet)
  if (sheet === undefined) throw new SheetRefusal('sheet.no_sheet', { name, sheet: options.sheet ?? '' })
  const chunks: Buffer[] = []
  const zip = new ZipOut((chunk) => void chunks.push(chunk))
  const parts: PartSheet[] = [{ name: sheet.name, hidden: false, notes: false }]
  await zip.add('xl/worksheets/sheet1.xml', annotatedXml(sheet, errors, options.header_row_no ?? sheet.rows[0]?.row_no ?? 1))
  await zip.add('[Content_Types].xml', contentTypesXml(parts))
  await zip.add('_rels/.rels', rootRelsXml())
  await zip.add('xl/workbook.xml', workbookXml(parts))
  await zip.add('xl/_rels/workbook.xml.rels', workbookRelsXml(1))
  await zip.add('xl/styles.xml', stylesXml())
  await zip.finish()
  return Buffer.concat(chunks)
}

function* annotatedXml(sheet: Sheet, errors: readonly CellError[], header: number): Generator<string> {
  const byRow = new Map<number, CellError[]>()
  for (const error of errors) byRow.set(error.row_no, [...(byRow.get(error.row_no) ?? []), error])
  const headerCells = sheet.rows.find((row) => row.row_no === header)?.cells ?? []
  const earlier = headerCells.findIndex((cell) => cell.text === REASON_TITLE)
  const width = sheet.rows.reduce((widest, row) => Math.max(widest, row.cells.length), 0)
  const reasonColumn = earlier >= 0 ? earlier : width
  yield `${WORKSHEET_OPEN}<sheetViews><sheetView workbookViewId="0"><pane ySplit="${header}" topLeftCell="A${header + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`
  yield `<cols><col min="1" max="${Math.max(1, reasonColumn)}" width="16" customWidth="1"/><col min="${reasonColumn + 1}" max="${reasonColumn + 1}" width="60" customWidth="1"/></cols><sheetData>`
  for (const row of sheet.rows) {
    yield annotatedRow(row, byRow.get(row.row_no) ?? [], row.row_no === header ? 'header' : 'data', reasonColumn)
  }
  yield '</sheetData></worksheet>'
}

function annotatedRow(row: Row, errors: readonly CellError[], role: 'header' | 'data', reasonColumn: number): string {
  const bad = new Set(errors.map((error) => error.col_index))
  const width = Math.max(row.cells.length, ...[...bad].map((column) => column + 1))
  let cells = ''
  for (let column = 0; column < width; column++) {
    if (column === reasonColumn) continue
    cells += cellXml(columnName(column) + row.row_no, row.cells[column], role === 'header' ? 'header' : bad.has(column) ? 'bad' : 'plain')
  }
  const reason = role === 'header' ? REASON_TITLE : [...new Set(errors.map((error) => error.reason_zh))].join('；').slice(0, MAX_REASON)
  const reasonCell = reason === '' ? '' : textXml(columnName(reasonColumn) + row.row_no, reason, STYLE.reason)
  // Cells of a row must stand in the order of their columns.
  const after = cells.indexOf(`<c r="${columnName(reasonColumn + 1)}${row.row_no}"`)
  return `<row r="${row.row_no}">${after < 0 ? cells + reasonCell : cells.slice(0, after) + reasonCell + cells.slice(after)}</row>`
}

function cellXml(ref: string, cell: Cell | undefined, look: RowLook | 'header'): string {
  if (look === 'header') return textXml(ref, cell?.text ?? '', STYLE.header)
  if (cell === undefined || cell.kind === 'empty') return look === 'bad' ? textXml(ref, '', styleOf('text', look)) : ''
  const { raw } = cell
  if (typeof raw === 'number') {
    const day = cell.kind === 'date' || /^\d{4}-\d\d-\d\d$/.test(cell.text)
    // A date with a time, before March 1900 or from the 1904 system would shift as a serial; its text does not.
    if (day || cell.text !== plainNumber(raw)) return textXml(ref, cell.text, styleOf('text', look))
    return numberXml(ref, String(raw), styleOf('number', look))
  }
  const text = typeof raw === 'string' ? raw : cell.text
  return textXml(ref, text, styleOf(lookOfText(text), look))
}
