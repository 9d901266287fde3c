import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import type * as Xlsx from '@e965/xlsx'
import { EMPTY_CELL, type Cell, type Row } from './types.ts'
import { boolCell, errorCell, formulaCell, lookOf, numberCell, textCell } from './values.ts'

/**
 * Runs in a thread of its own with a heap and a time limit, because SheetJS parses an .xls in one piece and trusts it. It parses once,
 * reports the sheets, and then hands out rows batch by batch on request.
 */
export type XlsRequest = { readonly sheet: number; readonly from: number; readonly batch: number }
export type XlsReply =
  | { readonly sheets: { name: string; hidden: boolean; hidden_columns: number[] }[]; readonly date1904: boolean; readonly macros: boolean }
  | { readonly rows: Row[]; readonly next: number | null }
  | { readonly refused: 'sheet.encrypted' | 'sheet.damaged' | 'sheet.too_many_columns'; readonly row_no?: number; readonly column?: number }

const input = workerData as { readonly file: Uint8Array; readonly max_rows: number; readonly max_columns: number }
// The CommonJS build brings its code pages (GBK of Excel 95 files) along; the ES one does not.
const xlsx = createRequire(import.meta.url)('@e965/xlsx') as typeof Xlsx
const reply = (message: XlsReply): void => parentPort?.postMessage(message)

const ERRORS: Readonly<Record<number, string>> = { 0: '#NULL!', 7: '#DIV/0!', 15: '#VALUE!', 23: '#REF!', 29: '#NAME?', 36: '#NUM!', 42: '#N/A' }

function cellOf(cell: Xlsx.CellObject | undefined, date1904: boolean): Cell {
  if (cell === undefined) return EMPTY_CELL
  const { v: value } = cell
  let plain: Cell = EMPTY_CELL
  if (cell.t === 'e') plain = errorCell(cell.w ?? ERRORS[Number(value)] ?? '#N/A')
  else if (typeof value === 'number') plain = numberCell(value, lookOf(0, typeof cell.z === 'string' ? cell.z : 'General'), date1904)
  else if (typeof value === 'boolean') plain = boolCell(value)
  else if (typeof value === 'string') plain = textCell(value)
  return cell.f === undefined ? plain : formulaCell(plain, cell.f)
}

function serve(book: Xlsx.WorkBook): void {
  const date1904 = book.Workbook?.WBProps?.date1904 === true
  const sheets = book.SheetNames.map((name) => book.Sheets[name])
  reply({
    date1904,
    macros: book.vbaraw !== undefined,
    sheets: book.SheetNames.map((name, i) => ({
      name,
      hidden: (book.Workbook?.Sheets?.[i]?.Hidden ?? 0) !== 0,
      hidden_columns: [...(sheets[i]?.['!cols'] ?? []).entries()].filter(([, column]) => column?.hidden === true).map(([c]) => c),
    })),
  })
  parentPort?.on('message', ({ sheet, from, batch }: XlsRequest) => {
    const source = sheets[sheet]
    if (source === undefined) return reply({ rows: [], next: null })
    sendRows(source, from, batch, date1904)
  })
}

function sendRows(sheet: Xlsx.WorkSheet, from: number, batch: number, date1904: boolean): void {
  const data = (sheet['!data'] ?? []) as (Xlsx.CellObject | undefined)[][]
  const rows: Row[] = []
  let at = from
  for (; at < data.length && rows.length < batch; at++) {
    const line = data[at]
    const merges = (sheet['!merges'] ?? []).filter((merge) => merge.s.r <= at && at <= merge.e.r)
    if (line === undefined && merges.length === 0) continue
    const cells: Cell[] = Array.from({ length: line?.length ?? 0 }, (_, column) => cellOf(line?.[column], date1904))
    for (const { s, e } of merges) {
      const corner = cellOf(data[s.r]?.[s.c], date1904)
      if (corner.kind === 'empty') continue
      while (cells.length < s.c) cells.push(EMPTY_CELL)
      for (let column = s.c; column <= e.c && column < s.c + 256; column++) cells[column] = { ...corner, merged: true }
    }
    while (cells.length > 0 && cells.at(-1)?.kind === 'empty') cells.pop()
    if (cells.length === 0) continue
    if (cells.length > input.max_columns) return reply({ refused: 'sheet.too_many_columns', row_no: at + 1, column: cells.length })
    rows.push(sheet['!rows']?.[at]?.hidden === true ? { row_no: at + 1, cells, hidden: true } : { row_no: at + 1, cells })
  }
  reply({ rows, next: at < data.length ? at : null })
}

try {
  serve(xlsx.read(input.file, { type: 'buffer', dense: true, cellNF: true, cellFormula: true, cellHTML: false, cellText: false, cellStyles: true, bookVBA: true }))
} catch (error) {
  const text = error instanceof Error ? error.message : ''
  reply({ refused: /password|encrypt/i.test(text) ? 'sheet.encrypted' : 'sheet.damaged' })
}
