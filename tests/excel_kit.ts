// What is exported says what the screen says: of every call `xExcel` beside a call `x`, each number column of the sheet must be, row by row and
// in the same order, one of the figures that `x` answers with (fen as yuan), and at least one text column must name the same things.
import type { Call } from '../src/kernel/contract.ts'
import { readSheets } from '../src/kernel/sheet/index.ts'

type Ask = (call: Call, input: unknown) => Promise<unknown>
type Row = Record<string, unknown>
export interface Pair {
  name: string
  read: Call
  excel: Call
}
/** `other`: where the list is another call than the name says. */
export const pairsOf = (contracts: readonly { name: string; contract: Record<string, Call> }[], other: Record<string, string>): Pair[] =>
  contracts.flatMap(({ name, contract }) => Object.entries(contract).filter(([k]) => k.endsWith('Excel')).map(([k, excel]) => ({ name: `${name}.${k}`, read: contract[other[`${name}.${k}`] ?? k.replace(/Excel$/, '')]!, excel })))

const shapeOf = (call: Call): Record<string, Field> => (call.takes as unknown as { shape: Record<string, Field> }).shape
interface Field {
  isOptional?: () => boolean
  unwrap?: () => Field
  options?: readonly string[]
}
const choices = (z: Field | undefined): readonly string[] | undefined => (z ? (z.options ?? choices(z.unwrap?.())) : undefined)
/** The inputs to try a call with: what it must have, from `known`, and each way to group. */
export function inputsOf(call: Call, known: Record<string, unknown>): Record<string, unknown>[] {
  const shape = shapeOf(call)
  const by = choices(shape['by'])
  const must = Object.entries(shape).filter(([k, z]) => k !== 'by' && z.isOptional?.() === false).map(([k]) => k)
  const missing = must.filter((k) => known[k] === undefined)
  if (missing.length > 0) throw new Error(`${call.name} wants ${missing.join(', ')}`)
  const base = Object.fromEntries(must.map((k) => [k, known[k]]))
  return by ? by.map((x) => ({ ...base, by: x })) : [base]
}

const isRows = (v: unknown): v is Row[] => Array.isArray(v) && (v.length === 0 || (typeof v[0] === 'object' && v[0] !== null))
async function rowsOf(ask: Ask, call: Call, input: Row): Promise<Row[]> {
  const paged = 'page' in shapeOf(call)
  const all: Row[] = []
  for (let page = 1; page < 500; page++) {
    const answer = (await ask(call, paged ? { ...input, page, page_size: 200 } : input)) as Row
    const rows = isRows(answer['rows']) ? answer['rows'] : Object.values(answer).find(isRows)
    if (!rows) throw new Error(`${call.name} answers no rows`)
    all.push(...rows)
    if (!paged || rows.length < 200) break
  }
  return all
}
/** Every single value of a row, by its path; of a list in it the values one after the other are not counted. */
function leaves(v: unknown, path = ''): [string, string | number][] {
  if (typeof v === 'string' || typeof v === 'number') return [[path, v]]
  if (v === null || typeof v !== 'object' || Array.isArray(v)) return []
  return Object.entries(v).flatMap(([k, x]) => leaves(x, path ? `${path}.${k}` : k))
}
/** Fen as yuan, hundredths of a percent as percent. */
const shown = (path: string, v: string | number): number => (/_(fen|bp)$/.test(path) ? Number(v) / 100 : Number(v))

/** As the screens say an instant, to the second. */
const timeText = (at: string): string => new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')

export interface Compared {
  rows: number
  /** Columns of the sheet that no answered figure explains. */
  strange: string[]
  numbers: number
  texts: number
}
/** `derived`: a column that the screen, too, makes of other figures. */
export async function compare(ask: Ask, pair: Pair, input: Row, derived: Record<string, (row: Row) => number | string> = {}): Promise<Compared> {
  const rows = (await rowsOf(ask, pair.read, input)).map((r) => ({ ...r, ...Object.fromEntries(Object.entries(derived).map(([k, of]) => [k, of(r)])) }))
  const { body } = (await ask(pair.excel, input)) as { body: Buffer }
  const { sheets } = await readSheets(body, 'a.xlsx')
  const [sheet] = sheets
  const grid = sheet!.rows.map((r) => r.cells)
  const width = Math.max(...grid.map((r) => r.length))
  // The header is the first row as wide as the sheet whose cells are not one merged title.
  const at = grid.findIndex((r) => r.filter((c) => c.text !== '' && !c.merged).length >= Math.min(2, width) && new Set(r.map((c) => c.text)).size > 1)
  const titles = grid[at]!.map((c) => c.text)
  const body_rows = grid.slice(at + 1).filter((r) => !(r.some((c) => c.text === '期初') || /合计|^其中/.test(r[0]?.text ?? '')))
  const strange: string[] = []
  let numbers = 0
  let texts = 0
  if (body_rows.length !== rows.length) return { rows: rows.length, strange: [`${body_rows.length} rows in the sheet, ${rows.length} on the screen`], numbers, texts }
  const flat = rows.map((r) => new Map(leaves(r)))
  const paths = [...new Set(flat.flatMap((m) => [...m.keys()]))]
  for (const [c, title] of titles.entries()) {
    const cells = body_rows.map((r) => r[c])
    const filled = cells.filter((x) => x && x.text !== '')
    if (filled.length === 0) continue
    const figures = filled.every((x) => x!.kind === 'number')
    const times = filled.every((x) => /^\d{4}-\d\d-\d\d( |$)/.test(x!.text))
    const same = (path: string): boolean => cells.every((x, n) => {
      const v = flat[n]!.get(path)
      const text = x?.text ?? ''
      if (text === '') return v === undefined || v === '' || Number(v) === 0
      if (v === undefined) return false
      return figures ? Math.abs(Number(text) - shown(path, v)) < 1e-9 : text === String(v) || (times && /(^|_)at$/.test(path) && timeText(String(v)).startsWith(text))
    })
    const found = paths.some(same)
    if (figures) numbers++
    if (!figures && found) texts++
    if ((figures || times) && !found) strange.push(title)
  }
  return { rows: rows.length, strange, numbers, texts }
}
