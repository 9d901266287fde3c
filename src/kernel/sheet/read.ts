import { readFile, stat } from 'node:fs/promises'
import { csvEncoding, csvRows } from './csv.ts'
import { SheetRefusal, named } from './refusal.ts'
import { sniff } from './sniff.ts'
import { LIMITS, type Row, type Sheet, type SheetInfo, type SheetLimits, type Workbook, type WorkbookKind } from './types.ts'
import { XlsBook, megabytes } from './xls.ts'
import { openXlsx } from './xlsx_book.ts'
import { xlsxRows } from './xlsx_rows.ts'

export const BATCH = 1_000

/** One opened file of any kind; the rest of the folder does not see the difference. */
interface Book {
  readonly kind: WorkbookKind
  readonly sheets: readonly SheetInfo[]
  readonly date1904: boolean
  readonly macros_ignored: boolean
  readonly encoding?: string
  rows(sheet: SheetInfo, batch: number, hiddenColumns?: number[]): AsyncGenerator<Row[]>
  close(): Promise<void>
}

async function load(file: string | Buffer, limits: SheetLimits): Promise<Buffer> {
  const size = typeof file === 'string' ? (await stat(file)).size : file.length
  if (size > limits.max_file_bytes) throw new SheetRefusal('sheet.too_large', { size_mb: megabytes(size), max_mb: megabytes(limits.max_file_bytes) })
  if (typeof file !== 'string') return file
  const bytes = await readFile(file)
  return bytes.subarray(0, limits.max_file_bytes)
}

async function openBook(file: Buffer, limits: SheetLimits): Promise<Book> {
  const kind = sniff(file)
  const close = async (): Promise<void> => undefined
  if (kind === 'xlsx') {
    const book = await openXlsx(file, limits)
    const { sheets, date1904, macros_ignored } = book
    const partOf = (sheet: SheetInfo) => sheets.find((one) => one.index === sheet.index) ?? { name: sheet.name, part: '' }
    return { kind, sheets, date1904, macros_ignored, close, rows: (sheet, batch, hidden) => xlsxRows(book, partOf(sheet), limits, batch, hidden) }
  }
  if (kind === 'xls') {
    const book = await XlsBook.open(file, limits)
    return {
      kind, sheets: book.sheets, date1904: book.date1904, macros_ignored: book.macros_ignored,
      close: () => book.close(),
      rows: (sheet, batch, hidden) => {
        hidden?.push(...(book.sheets[sheet.index]?.hidden_columns ?? []))
        return book.rows(sheet, batch)
      },
    }
  }
  const encoding = csvEncoding(file)
  const sheets = [{ name: 'CSV', index: 0, hidden: false }]
  return { kind, sheets, date1904: false, macros_ignored: false, encoding, close, rows: (_, batch) => csvRows(file, encoding, limits, batch) }
}

/**
 * The whole workbook in memory, hidden sheets included, at most `max_cells` cells. For files a person looks at; imports of many rows use
 * `streamRows`. `name` is the file name as uploaded, for the sentences only. Throws `SheetRefusal`.
 */
export async function readSheets(file: string | Buffer, name: string, limits: Partial<SheetLimits> = {}): Promise<Workbook> {
  const bounds: SheetLimits = { ...LIMITS, ...limits }
  try {
    const book = await openBook(await load(file, bounds), bounds)
    try {
      return await readAll(book, name, bounds)
    } finally {
      await book.close()
    }
  } catch (error) {
    throw named(error, name)
  }
}

async function readAll(book: Book, name: string, limits: SheetLimits): Promise<Workbook> {
  const sheets: Sheet[] = []
  let cells = 0
  for (const info of book.sheets) {
    const rows: Row[] = []
    const hidden_columns: number[] = []
    for await (const batch of book.rows(info, BATCH, hidden_columns)) {
      for (const row of batch) {
        cells += row.cells.length
        if (cells > limits.max_cells) throw new SheetRefusal('sheet.too_many_cells', { max: limits.max_cells })
        rows.push(row)
      }
    }
    sheets.push({ name: info.name, index: info.index, hidden: info.hidden, rows, hidden_columns })
  }
  const { kind, date1904, macros_ignored, encoding } = book
  return { name, kind, sheets, date1904, macros_ignored, ...(encoding === undefined ? {} : { encoding }) }
}

export interface StreamOptions {
  /** Name or 0-based index; by default the first visible sheet with data. */
  readonly sheet?: string | number
  readonly limits?: Partial<SheetLimits>
}

/**
 * Rows of one sheet in batches of 1,000, pulled by the caller: however slow it is, no more than one batch waits. Memory is the packed file
 * (at most 30 MB), the shared strings and one batch. Throws `SheetRefusal`, possibly after some batches were handed out.
 */
export async function* streamRows(file: string | Buffer, name: string, options: StreamOptions = {}): AsyncGenerator<Row[], void, undefined> {
  const bounds: SheetLimits = { ...LIMITS, ...options.limits }
  try {
    const book = await openBook(await load(file, bounds), bounds)
    try {
      const chosen = await choose(book, options.sheet)
      yield* book.rows(chosen, BATCH)
    } finally {
      await book.close()
    }
  } catch (error) {
    throw named(error, name)
  }
}

async function choose(book: Book, wanted: string | number | undefined): Promise<SheetInfo> {
  if (wanted !== undefined) {
    const sheet = book.sheets.find((one) => (typeof wanted === 'number' ? one.index === wanted : one.name === wanted))
    if (sheet === undefined) throw new SheetRefusal('sheet.no_sheet', { sheet: wanted })
    return sheet
  }
  for (const sheet of book.sheets) {
    if (!sheet.hidden && (await hasRows(book, sheet))) return sheet
  }
  throw new SheetRefusal('sheet.no_data')
}

async function hasRows(book: Book, sheet: SheetInfo): Promise<boolean> {
  for await (const rows of book.rows(sheet, 1)) return rows.length > 0
  return false
}

/** The sheets of a file without their rows, for a person to choose from. `empty` is a sheet without content. */
export async function listSheets(file: string | Buffer, name: string, limits: Partial<SheetLimits> = {}): Promise<(SheetInfo & { empty: boolean })[]> {
  const bounds: SheetLimits = { ...LIMITS, ...limits }
  try {
    const book = await openBook(await load(file, bounds), bounds)
    try {
      const listed: (SheetInfo & { empty: boolean })[] = []
      for (const { name: title, index, hidden } of book.sheets) {
        listed.push({ name: title, index, hidden, empty: !(await hasRows(book, { name: title, index, hidden })) })
      }
      return listed
    } finally {
      await book.close()
    }
  } catch (error) {
    throw named(error, name)
  }
}

/** The first visible sheet with data; throws `sheet.no_data` when there is none. */
export function pickSheet(workbook: Workbook): Sheet {
  const sheet = workbook.sheets.find((one) => !one.hidden && one.rows.length > 0)
  if (sheet === undefined) throw new SheetRefusal('sheet.no_data', { name: workbook.name })
  return sheet
}

