import { toHalfWidth } from './text.ts'
import type { Cell, Row } from './types.ts'

export interface HeaderColumn {
  /** 0-based. */
  readonly index: number
  /** As shown; under a group header '业主/姓名'. */
  readonly title: string
  readonly field: string | null
  /** 0 to 1; 1 is a literal match, below 0.5 nothing is mapped. */
  readonly score: number
}

export interface Header {
  /** The last line of the header, 1-based as in `Row.row_no`; data begin below. */
  readonly header_row_no: number
  /** Differs from `header_row_no` for a two-line header. */
  readonly first_row_no: number
  readonly columns: readonly HeaderColumn[]
}

export type Aliases = Readonly<Record<string, readonly string[]>>

const DEPTH = 30
const MAX_TITLE = 60
const THRESHOLD = 0.5
const PUNCTUATION = /[\s*＊:：、,，.。;；·・_\-—–/\\|"'“”‘’?？!！#]/g

/** '建筑面积（㎡）*' → { whole: '建筑面积㎡', bare: '建筑面积' }. */
export function normaliseTitle(title: string): { whole: string; bare: string } {
  const flat = toHalfWidth(title.replaceAll('㎡', 'm2').replaceAll('m²', 'm2').replaceAll('m³', 'm3')).toLowerCase()
  const strip = (text: string): string => text.replace(PUNCTUATION, '').replace(/[()[\]{}【】〔〕「」『』<>《》]/g, '')
  const bare = strip(flat.replace(/[([{【〔][^)\]}】〕]*[)\]}】〕]/g, ''))
  return { whole: strip(flat), bare: bare === '' ? strip(flat) : bare }
}

interface Alias { readonly field: string; readonly whole: string; readonly bare: string }

function score(title: string, alias: Alias): number {
  const { whole, bare } = normaliseTitle(title)
  if (whole === '' || alias.whole === '') return 0
  if (whole === alias.whole) return 1
  if (bare === alias.bare) return 0.95
  const [long, short] = bare.length >= alias.bare.length ? [bare, alias.bare] : [alias.bare, bare]
  if (short.length < 2 || !long.includes(short)) return 0
  // A title that says more than the alias is more likely the same thing than one that says less.
  return (long === bare ? 0.55 : 0.4) + 0.3 * (short.length / long.length)
}

const texts = (row: Row | undefined, width: number): string[] => Array.from({ length: width }, (_, i) => {
  const cell = row?.cells[i]
  return cell === undefined || cell.kind === 'error' ? '' : cell.text
})

/** The titles of a one-line header, or of a two-line one when `sub` is given: group/sub, or the one of them that is there. */
function titlesOf(top: Row, sub: Row | undefined): string[][] {
  const width = Math.max(top.cells.length, sub?.cells.length ?? 0)
  const upper = texts(top, width)
  if (sub === undefined) return upper.map((title) => [title])
  const lower = texts(sub, width)
  let group = ''
  return upper.map((title, i) => {
    if (title !== '') group = title
    const below = lower[i] ?? ''
    if (below === '') return [title]
    if (title === below) return [title]
    const above = title === '' ? group : title
    return above === '' ? [below] : [`${above}/${below}`, below]
  })
}

/** Two rows can be one header when the upper one groups: a title repeated by a merge, or followed by blanks that the lower one fills. */
function groups(top: Row, sub: Row | undefined): boolean {
  if (sub === undefined || sub.row_no !== top.row_no + 1) return false
  const width = Math.max(top.cells.length, sub.cells.length)
  const upper = texts(top, width)
  const lower = texts(sub, width)
  if (new Set(upper.filter((title) => title !== '')).size < 2) return false
  // Numbers and dates are data.
  if (sub.cells.some((cell: Cell) => cell.kind === 'number' || cell.kind === 'date' || cell.kind === 'formula')) return false
  return upper.some((title, i) => i > 0 && (lower[i] ?? '') !== '' && lower[i] !== title
    && (title === '' ? upper.slice(0, i).some((left) => left !== '') : title === upper[i - 1] && top.cells[i]?.merged === true))
}

function assign(titles: readonly (readonly string[])[], aliases: readonly Alias[]): { columns: HeaderColumn[]; total: number } {
  const candidates: { index: number; field: string; score: number; length: number }[] = []
  for (const [index, names] of titles.entries()) {
    const scored = aliases.map((alias) => ({
      index, field: alias.field, length: alias.bare.length,
      // The sub-title alone says less than with its group: '姓名' may stand under 业主 and under 租客.
      score: Math.max(...names.map((name, i) => (name.length > MAX_TITLE ? 0 : score(name, alias) * (i === 0 ? 1 : 0.98)))),
    }))
    // What literally is the title of one field is not guessed to be another one's.
    const literal = scored.some((one) => one.score > 0.9)
    candidates.push(...scored.filter((one) => one.score >= (literal ? 0.9 : THRESHOLD)))
  }
  // Between two literal matches the longer alias says more: 业主姓名 before 姓名.
  candidates.sort((a, b) => b.score - a.score || b.length - a.length || a.index - b.index)
  const byColumn = new Map<number, { field: string; score: number }>()
  const used = new Set<string>()
  let total = 0
  for (const candidate of candidates) {
    if (used.has(candidate.field) || byColumn.has(candidate.index)) continue
    used.add(candidate.field)
    byColumn.set(candidate.index, candidate)
    total += candidate.score
  }
  const columns = titles.flatMap(([title = ''], index) => {
    if (title === '') return []
    const found = byColumn.get(index)
    return [{ index, title, field: found?.field ?? null, score: Math.round((found?.score ?? 0) * 100) / 100 }]
  })
  return { columns, total }
}

/**
 * Finds the header among the first 30 rows with content, below titles and notes, and maps its columns to fields by their aliases. Each
 * field is given at most once, to the best column; other columns have `field: null`. Null when no row has two mapped columns (or one, when
 * there is only one field or one column): then a person has to point at it.
 */
export function findHeader(rows: readonly Row[], aliases: Aliases): Header | null {
  const list: Alias[] = Object.entries(aliases).flatMap(([field, names]) => names.map((name) => ({ field, ...normaliseTitle(name) })))
  const fields = Object.keys(aliases).length
  let best: { header: Header; total: number } | undefined
  const consider = (top: Row, sub: Row | undefined): void => {
    const { columns, total: sum } = assign(titlesOf(top, sub), list)
    const mapped = columns.filter((column) => column.field !== null).length
    // The lower line of a two-line header scores alike alone, but without its groups.
    const total = sub === undefined ? sum : sum + 0.05 * mapped
    if (mapped < Math.min(2, fields, columns.length) || mapped === 0) return
    // A tie goes to the upper row: data that repeat the titles stand below them.
    if (best !== undefined && total <= best.total + 0.001) return
    best = { total, header: { header_row_no: (sub ?? top).row_no, first_row_no: top.row_no, columns } }
  }
  for (const [i, row] of rows.slice(0, DEPTH).entries()) {
    const next = rows[i + 1]
    if (groups(row, next)) consider(row, next)
    consider(row, undefined)
  }
  return best?.header ?? null
}
