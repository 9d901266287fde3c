// A report as a ruled table. Column widths are worked out here from the longest cells: letting typst measure every row twice costs more
// than the whole document.
import { fen, yuanGrouped } from '../money.ts'
import { LIMITS, PrintError } from './data.ts'
import type { TableCell, TableColumn, TableData } from './data.ts'
import { line, plain } from './format.ts'
import type { View } from './format.ts'

const RIGHT = new Set(['count', 'decimal', 'fen'])
const PAGE_PT = 842 - 2 * 28 // A4 landscape less its margins
const PAD_EM = 1.0 // left and right inset of a cell
const TEXT_LEAST_EM = 4
const TEXT_MOST_EM = 26

function cellText(cell: TableCell | undefined, column: TableColumn): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'string') return RIGHT.has(column.kind) ? line(cell, 40) : plain(cell, 300)
  if (column.kind === 'fen') return yuanGrouped(fen(cell))
  if (column.kind === 'count') return String(fen(cell))
  throw new PrintError('bad_data', `a number in the ${column.kind} column ${line(column.title, 20)}`)
}

/** In em: a Chinese character is one, a digit or Latin letter about 0.56. */
function widthEm(text: string): number {
  let most = 0
  for (const row of text.split('\n')) {
    let width = 0
    for (const char of row) width += (char.codePointAt(0) ?? 0) >= 0x2e80 ? 1 : 0.56
    most = Math.max(most, width)
  }
  return most
}

/** Fixed columns take what they need, texts share the rest; the letters shrink from 9 pt to 6 pt before anything is squeezed. */
function layout(columns: readonly TableColumn[], cells: readonly (readonly string[])[], page_pt: number): { size_pt: number; widths_em: number[] } {
  const need = columns.map((column, index) => {
    const longest = cells.reduce((most, row) => Math.max(most, widthEm(row[index] ?? '')), 0)
    if (column.kind !== 'text') return Math.max(longest, Math.min(widthEm(column.title), 5)) + PAD_EM
    return Math.min(Math.max(longest, widthEm(column.title), TEXT_LEAST_EM), TEXT_MOST_EM) + PAD_EM
  })
  const least = columns.map((column, index) => (column.kind === 'text' ? Math.min(need[index] ?? 0, 7) : (need[index] ?? 0)))
  const sum = (all: readonly number[]) => all.reduce((running, one) => running + one, 0)
  const size_pt = [9, 8, 7, 6].find((size) => sum(least) * size <= page_pt) ?? 6
  const room = page_pt / size_pt
  const texts = columns.map((column, index) => (column.kind === 'text' ? (need[index] ?? 0) : 0))
  const fixed = sum(need) - sum(texts)
  const even = (all: readonly number[]) => ({ size_pt, widths_em: all.map((one) => (one * room) / sum(all)) })
  if (sum(least) > room || sum(texts) === 0) return even(need)
  if (sum(need) > room) {
    // The short texts keep their width; only the longest give way, down to one common width.
    let cap = TEXT_MOST_EM + PAD_EM
    while (cap > 7 && fixed + sum(texts.map((one) => Math.min(one, cap))) > room) cap -= 0.1
    return even(need.map((one, index) => ((texts[index] ?? 0) > 0 ? Math.min(one, cap) : one)))
  }
  const stretch = (room - fixed) / sum(texts)
  return { size_pt, widths_em: need.map((one, index) => ((texts[index] ?? 0) > 0 ? one * stretch : one)) }
}

/** `page_pt`: how wide the table may be; a letter's is narrower than a report's. */
export function tableView(data: TableData, page_pt = PAGE_PT): View {
  const { columns } = data
  if (columns.length === 0 || columns.length > LIMITS.table_columns) throw new PrintError('bad_data', `1 to ${LIMITS.table_columns} columns`)
  if (data.rows.length * columns.length > LIMITS.table_cells) throw new PrintError('too_large', `more than ${LIMITS.table_cells} cells`)
  const rows = data.rows.map((row) => columns.map((column, index) => cellText(row[index], column)))
  const totals = data.totals ? columns.map((column, index) => cellText(data.totals?.[index], column)) : []
  const first = totals.findIndex((text) => text !== '')
  const { size_pt, widths_em } = layout(columns, totals.length > 0 ? [...rows, totals] : rows, page_pt)
  return {
    view: {
      company: line(data.company_name, 60),
      title: line(data.title, 60),
      filters: (data.filters ?? []).slice(0, 30).map((one) => line(one, 200)),
      columns: columns.map((column, index) => ({
        title: plain(column.title, 40),
        align: RIGHT.has(column.kind) ? 'right' : column.kind === 'text' ? 'left' : 'center',
        width: widths_em[index] ?? TEXT_LEAST_EM,
      })),
      rows,
      totals,
      totals_span: first < 0 ? columns.length : Math.max(first, 0),
      size: size_pt,
      printed: [line(data.printed_by, 30), line(data.printed_at, 30)].filter((one) => one !== '').join('  '),
      count: String(data.rows.length),
    },
    assets: [],
  }
}
