import type { ColumnSpec, SheetSpec } from './write.ts'
import { textXml, type OutValue } from './write_cell.ts'
import { STYLE } from './xlsx_parts.ts'
import { columnName } from './xlsx_rows.ts'
import { escapeXml } from './xml.ts'

export interface SheetTail {
  readonly notes: boolean
  /** By column: the source of the drop-down. */
  readonly choices: readonly (string | undefined)[]
}

// A drop-down reaches this many rows below the data, for people who add some.
const SPARE_ROWS = 5_000
const MIN_WIDTH: Readonly<Record<ColumnSpec['kind'], number>> = { text: 8, number: 10, money_fen: 14, day: 12, int: 8 }
const MAX_WIDTH = 50

/** In half-width characters: a Chinese one takes two. The longest line counts. */
export function textWidth(text: string): number {
  let widest = 0
  for (const line of text.slice(0, 200).split('\n')) {
    let width = 0
    for (const c of line) width += (c.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1
    widest = Math.max(widest, width)
  }
  return widest
}

/** Everything before the data rows: frozen header, widths, title rows, header. */
export function headXml(sheet: SheetSpec, header: number, sample: readonly (readonly OutValue[])[]): string {
  const freeze = `<sheetViews><sheetView workbookViewId="0"><pane ySplit="${header}" topLeftCell="A${header + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`
  const cols = sheet.columns.map((column, i) => {
    const longest = Math.max(textWidth(column.title) + 4, ...sample.map((row) => textWidth(String(row[i] ?? '')) + 2))
    const width = column.width ?? Math.min(MAX_WIDTH, Math.max(MIN_WIDTH[column.kind], longest))
    return `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`
  })
  const titles = (sheet.title_rows ?? []).map((title, i) => `<row r="${i + 1}" ht="${i === 0 ? 26 : 18}" customHeight="1">${textXml(`A${i + 1}`, title, STYLE.title)}</row>`)
  const cells = sheet.columns.map((column, i) => textXml(columnName(i) + header, column.title, column.required === true ? STYLE.required : STYLE.header))
  return `${freeze}<sheetFormatPr defaultRowHeight="16"/><cols>${cols.join('')}</cols><sheetData>${titles.join('')}<row r="${header}">${cells.join('')}</row>`
}

/** Everything after the data rows, in the order the schema demands. */
export function sheetTail(sheet: SheetSpec, tail: SheetTail, at: { header: number; last_row: number; last_column: string }): string {
  const { header, last_row, last_column } = at
  const merges = sheet.columns.length > 1
    ? (sheet.title_rows ?? []).map((_, i) => `<mergeCell ref="A${i + 1}:${last_column}${i + 1}"/>`)
    : []
  const rules = sheet.columns.flatMap((column, i) => {
    const formula = tail.choices[i]
    if (formula === undefined) return []
    const name = columnName(i)
    return [`<dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" errorStyle="stop" errorTitle="请从下拉列表中选择" error="${escapeXml(`「${column.title}」只能填写下拉列表中的内容`.slice(0, 220))}" sqref="${name}${header + 1}:${name}${last_row + SPARE_ROWS}"><formula1>${escapeXml(formula)}</formula1></dataValidation>`]
  })
  return '</sheetData>'
    + `<autoFilter ref="A${header}:${last_column}${Math.max(last_row, header)}"/>`
    + (merges.length > 0 ? `<mergeCells count="${merges.length}">${merges.join('')}</mergeCells>` : '')
    + (rules.length > 0 ? `<dataValidations count="${rules.length}">${rules.join('')}</dataValidations>` : '')
    + (tail.notes ? '<legacyDrawing r:id="rId2"/>' : '')
    + '</worksheet>'
}
