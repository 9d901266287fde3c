import { open, rename, rm } from 'node:fs/promises'
import { SheetRefusal } from './refusal.ts'
import { headXml, sheetTail, type SheetTail } from './write_sheet_xml.ts'
import type { Row } from './types.ts'
import { textXml, valueXml, type ColumnKind, type OutValue } from './write_cell.ts'
import { STYLE, WORKSHEET_OPEN, commentsXml, contentTypesXml, rootRelsXml, sheetRelsXml, styleOf, stylesXml, vmlXml, workbookRelsXml, workbookXml, type HeaderNote, type PartSheet } from './xlsx_parts.ts'
import { columnName } from './xlsx_rows.ts'
import { ZipOut, type Sink } from './zip_write.ts'

export interface ColumnSpec {
  readonly title: string
  readonly kind: ColumnKind
  /** In half-width characters; by default from the title and the first 100 rows, a Chinese character counting two. */
  readonly width?: number
  /** Shown when the pointer rests on the header. */
  readonly note?: string
  /** A drop-down below the header. Other values are refused by Excel with a sentence. */
  readonly choices?: readonly string[]
  /** The header is coloured and its note says 必填. */
  readonly required?: boolean
}

export interface SheetSpec {
  readonly name: string
  readonly columns: readonly ColumnSpec[]
  readonly rows: Iterable<readonly OutValue[]> | AsyncIterable<readonly OutValue[]>
  /** A bold last row, outside the filter. Texts are allowed in number columns here. */
  readonly totals?: readonly OutValue[]
  /** Merged over all columns, above the header. */
  readonly title_rows?: readonly string[]
  /** A grey row below the header; its first text begins with 示例： and `isExampleRow` knows it again. */
  readonly example?: readonly OutValue[]
}

export interface BookSpec {
  readonly sheets: readonly SheetSpec[]
  /** A last sheet 填写说明, one line a row. */
  readonly instructions?: readonly string[]
}

export const EXAMPLE_MARK = '示例：'
/** True for the row that a template shows as an example; an import passes over it. */
export const isExampleRow = (row: Row): boolean => row.cells.some((cell) => cell.kind === 'text' && cell.text.startsWith(EXAMPLE_MARK))

const CHOICES_SHEET = '选项'
const INSTRUCTIONS_SHEET = '填写说明'
const MAX_ROWS = 1_048_000
const SAMPLE = 100

/** The workbook as a buffer. For many rows use `writeSheetTo`. */
export async function writeSheet(book: BookSpec): Promise<Buffer> {
  const chunks: Buffer[] = []
  await writeBook(book, (chunk) => void chunks.push(chunk))
  return Buffer.concat(chunks)
}

/**
 * Writes to `path` while rows are pulled: memory does not depend on their number. The file appears under its name only when complete; on any
 * error nothing is left. Throws `sheet.too_many_rows` past 1,048,000 rows a sheet.
 */
export async function writeSheetTo(path: string, book: BookSpec): Promise<void> {
  const part = `${path}.part`
  const file = await open(part, 'w')
  try {
    await writeBook(book, async (chunk) => await file.appendFile(chunk))
    await file.close()
    await rename(part, path)
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(part, { force: true })
    throw error
  }
}

async function writeBook(book: BookSpec, sink: Sink): Promise<void> {
  const lists = longLists(book)
  const parts: PartSheet[] = []
  const zip = new ZipOut(sink)
  const names = sheetNames(book)
  for (const [i, sheet] of book.sheets.entries()) {
    const notes = headerNotes(sheet)
    const tail: SheetTail = { notes: notes.length > 0, choices: sheet.columns.map((column) => choiceFormula(column, lists)) }
    const written = { filter: '' }
    await zip.add(`xl/worksheets/sheet${i + 1}.xml`, sheetXml(sheet, tail, written))
    if (notes.length > 0) {
      await zip.add(`xl/worksheets/_rels/sheet${i + 1}.xml.rels`, sheetRelsXml(i))
      await zip.add(`xl/comments${i + 1}.xml`, commentsXml(notes))
      await zip.add(`xl/drawings/vmlDrawing${i + 1}.vml`, vmlXml(notes))
    }
    parts.push({ name: names[i] ?? '', hidden: false, notes: notes.length > 0, filter: written.filter })
  }
  if (book.instructions !== undefined) {
    await zip.add(`xl/worksheets/sheet${parts.length + 1}.xml`, instructionsXml(book.instructions))
    parts.push({ name: INSTRUCTIONS_SHEET, hidden: false, notes: false })
  }
  if (lists.length > 0) {
    await zip.add(`xl/worksheets/sheet${parts.length + 1}.xml`, choicesXml(lists))
    parts.push({ name: CHOICES_SHEET, hidden: true, notes: false })
  }
  await zip.add('[Content_Types].xml', contentTypesXml(parts))
  await zip.add('_rels/.rels', rootRelsXml())
  await zip.add('xl/workbook.xml', workbookXml(parts))
  await zip.add('xl/_rels/workbook.xml.rels', workbookRelsXml(parts.length))
  await zip.add('xl/styles.xml', stylesXml())
  await zip.finish()
}

/** Excel refuses a file whose sheet names hold []:*?/\ or repeat or pass 31 characters. */
function sheetNames(book: BookSpec): string[] {
  const taken = new Set([CHOICES_SHEET, INSTRUCTIONS_SHEET])
  return book.sheets.map(({ name }) => {
    const base = name.replace(/[[\]:*?/\\]/g, ' ').replace(/^'+|'+$/g, '').trim().slice(0, 31) || 'Sheet'
    let unique = base
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${base.slice(0, 31 - String(n).length - 1)}_${n}`
    taken.add(unique.toLowerCase())
    return unique
  })
}

const headerRow = (sheet: SheetSpec): number => (sheet.title_rows?.length ?? 0) + 1

function headerNotes(sheet: SheetSpec): HeaderNote[] {
  const row = headerRow(sheet)
  return sheet.columns.flatMap((column, i) => {
    const text = [column.required === true ? '必填。' : '', column.note ?? ''].join('')
    return text === '' ? [] : [{ ref: columnName(i) + row, row: row - 1, column: i, text }]
  })
}

/** Lists that Excel does not take inside the rule: 255 characters, and no comma in a choice. */
const fitsInline = (choices: readonly string[]): boolean => choices.join(',').length <= 255 && !choices.some((choice) => /[,"]|^[=\s]|\s$/.test(choice))

function longLists(book: BookSpec): (readonly string[])[] {
  return [...new Set(book.sheets.flatMap((sheet) => sheet.columns.map((column) => column.choices ?? [])).filter((list) => list.length > 0 && !fitsInline(list)))]
}

function choiceFormula(column: ColumnSpec, lists: readonly (readonly string[])[]): string | undefined {
  const { choices } = column
  if (choices === undefined || choices.length === 0) return undefined
  const at = lists.indexOf(choices)
  if (at < 0) return `"${choices.join(',')}"`
  return `'${CHOICES_SHEET}'!$${columnName(at)}$1:$${columnName(at)}$${choices.length}`
}

async function* sheetXml(sheet: SheetSpec, tail: SheetTail, written: { filter: string }): AsyncGenerator<string> {
  const rows = iterate(sheet.rows)
  try {
    const sample: (readonly OutValue[])[] = []
    while (sample.length < SAMPLE) {
      const next = await rows.next()
      if (next.done === true) break
      sample.push(next.value)
    }
    const header = headerRow(sheet)
    yield WORKSHEET_OPEN + headXml(sheet, header, sample)
    let row_no = header
    if (sheet.example !== undefined) yield rowXml(++row_no, sheet, exampleValues(sheet), 'example')
    for (const row of sample) yield rowXml(++row_no, sheet, row)
    if (sample.length === SAMPLE) {
      for (let next = await rows.next(); next.done !== true; next = await rows.next()) {
        if (row_no >= MAX_ROWS) throw new SheetRefusal('sheet.too_many_rows', { sheet: sheet.name, max: MAX_ROWS })
        yield rowXml(++row_no, sheet, next.value)
      }
    }
    const last = columnName(Math.max(0, sheet.columns.length - 1))
    written.filter = `$A$${header}:$${last}$${row_no}`
    if (sheet.totals !== undefined) yield rowXml(row_no + 1, sheet, sheet.totals, 'total')
    yield sheetTail(sheet, tail, { header, last_row: row_no, last_column: last })
  } finally {
    await rows.return?.()
  }
}

function iterate(rows: SheetSpec['rows']): AsyncIterator<readonly OutValue[], unknown> | Iterator<readonly OutValue[], unknown> {
  return Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]()
}

function rowXml(row_no: number, sheet: SheetSpec, values: readonly OutValue[], look: 'plain' | 'total' | 'example' = 'plain'): string {
  let cells = ''
  for (let i = 0; i < sheet.columns.length; i++) {
    const kind = sheet.columns[i]?.kind ?? 'text'
    const value = values[i]
    // The word 合计 may stand in a number column.
    const free = look !== 'plain' && typeof value === 'string' && !/^-?\d/.test(value)
    cells += valueXml(columnName(i) + row_no, value, free ? 'text' : kind, look)
  }
  return `<row r="${row_no}">${cells}</row>`
}

function exampleValues(sheet: SheetSpec): OutValue[] {
  const values = [...(sheet.example ?? [])]
  const at = sheet.columns.findIndex((column, i) => column.kind === 'text' && column.choices === undefined && typeof values[i] === 'string')
  if (at < 0) throw new TypeError('an example row needs a text column to carry its mark')
  values[at] = EXAMPLE_MARK + String(values[at])
  return values
}

const simpleSheet = (rows: string, cols: string): string => `${WORKSHEET_OPEN}<cols>${cols}</cols><sheetData>${rows}</sheetData></worksheet>`

function instructionsXml(lines: readonly string[]): string {
  const rows = lines.map((line, i) => `<row r="${i + 1}">${textXml(`A${i + 1}`, line, STYLE.hint)}</row>`).join('')
  return simpleSheet(rows, '<col min="1" max="1" width="100" customWidth="1"/>')
}

function choicesXml(lists: readonly (readonly string[])[]): string {
  const height = Math.max(...lists.map((list) => list.length))
  let rows = ''
  for (let i = 0; i < height; i++) {
    const cells = lists.map((list, column) => (list[i] === undefined ? '' : textXml(columnName(column) + (i + 1), list[i] ?? '', styleOf('text')))).join('')
    rows += `<row r="${i + 1}">${cells}</row>`
  }
  return simpleSheet(rows, `<col min="1" max="${lists.length}" width="24" customWidth="1"/>`)
}
