// What an uploaded file looks like: its sheets, the header row, the columns with the field each was taken for.
import { hasFile, pathOf } from '../../../kernel/files.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { SheetRefusal, explain, findHeader, isExampleRow, listSheets, streamRows, type Header, type Row } from '../../../kernel/sheet/index.ts'
import type { ImportLayout } from '../contract.ts'
import type { ImportKind } from './kinds.ts'

const SAMPLES = 3
const LOOK = 200
/** Sheets that are tried for a header when the first one has none. */
const SHEETS_TRIED = 5
const SAMPLE_MAX = 40

export interface SourceFile {
  path: string
  name: string
}

/** The file a person uploaded for an import; somebody else's upload is not there. */
export async function ownFile(scope: Scope, data_dir: string, file_id: string): Promise<SourceFile> {
  const file = await scope.db.selectFrom('kernel.file').select(['sha256', 'name']).where('company_id', '=', scope.company_id).where('file_id', '=', file_id).where('purpose', '=', 'import').where('created_by', '=', scope.who.account_id).executeTakeFirst()
  if (!file || !(await hasFile(data_dir, file.sha256))) throw scope.refuse('system.file_not_found')
  return { path: pathOf(data_dir, file.sha256), name: file.name }
}
/** The file of a batch that has been opened by its own access. */
export async function fileOfBatch(scope: Scope, data_dir: string, file_id: string): Promise<SourceFile> {
  const file = await scope.db.selectFrom('kernel.file').select(['sha256', 'name']).where('company_id', '=', scope.company_id).where('file_id', '=', file_id).executeTakeFirst()
  if (!file || !(await hasFile(data_dir, file.sha256))) throw scope.refuse('system.file_not_found')
  return { path: pathOf(data_dir, file.sha256), name: file.name }
}

/** A file that cannot be taken says why in its own sentence. */
export const unreadable = (error: unknown): unknown => (error instanceof SheetRefusal ? new Refusal('system.unreadable_file', { detail: explain(error) }) : error)

const aliasesOf = (kind: ImportKind): Record<string, readonly string[]> => Object.fromEntries(kind.fields.map((f) => [f.key, [f.zh, ...f.aliases]]))

async function top(file: SourceFile, sheet: string): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of streamRows(file.path, file.name, { sheet })) {
    rows.push(...batch.slice(0, LOOK))
    if (rows.length >= LOOK) break
  }
  return rows
}

/** Where no row looks like a header, the row with most texts is offered, with nothing mapped. */
function bareHeader(rows: readonly Row[], header_row: number | undefined): Header | null {
  const texts = (r: Row) => r.cells.filter((c) => c.text !== '' && c.merged !== true).length
  const row = header_row === undefined ? rows.slice(0, 30).reduce<Row | undefined>((best, r) => (best === undefined || texts(r) > texts(best) ? r : best), undefined) : rows.find((r) => r.row_no === header_row)
  if (!row) return null
  return { header_row_no: row.row_no, first_row_no: row.row_no, columns: row.cells.flatMap((c, index) => (c.text === '' ? [] : [{ index, title: c.text, field: null, score: 0 }])) }
}

interface Found {
  sheet: string
  rows: Row[]
  header: Header
  header_found: boolean
}
function headerOf(kind: ImportKind, sheet: string, rows: Row[], header_row: number | undefined): Found | null {
  if (rows.length === 0) return null
  // A row pointed at may be the lower line of a two-line header.
  const at = header_row === undefined ? rows : rows.filter((r) => r.row_no === header_row || r.row_no === header_row - 1)
  const found = findHeader(at, aliasesOf(kind))
  if (found && (header_row === undefined || found.header_row_no === header_row)) return { sheet, rows, header: found, header_found: true }
  const alone = header_row === undefined ? null : findHeader(rows.filter((r) => r.row_no === header_row), aliasesOf(kind))
  if (alone) return { sheet, rows, header: alone, header_found: true }
  const bare = bareHeader(rows, header_row)
  return bare && { sheet, rows, header: bare, header_found: false }
}

/** A page of notes before the list has a word or two in common with it: required fields weigh more than any number of others. */
const worth = (kind: ImportKind, { header, header_found }: Found): number =>
  header_found ? 1 + header.columns.reduce((sum, c) => sum + (c.field === null ? 0 : kind.fields.find((f) => f.key === c.field)?.required ? 100 : 1), 0) : 0

export async function layoutOf(scope: Scope, kind: ImportKind, file: SourceFile, ask: { sheet_name?: string | undefined; header_row?: number | undefined }): Promise<ImportLayout> {
  try {
    const sheets = (await listSheets(file.path, file.name)).map(({ name, hidden, empty }) => ({ name, hidden, empty }))
    const visible = sheets.filter((s) => !s.hidden && !s.empty)
    const wanted = ask.sheet_name === undefined ? visible.slice(0, SHEETS_TRIED) : sheets.filter((s) => s.name === ask.sheet_name)
    if (wanted.length === 0) throw scope.refuse('system.no_header', { sheet: ask.sheet_name ?? sheets[0]?.name ?? file.name })
    let best: Found | null = null
    for (const s of wanted) {
      const found = headerOf(kind, s.name, await top(file, s.name), ask.header_row)
      if (found && (best === null || worth(kind, found) > worth(kind, best))) best = found
    }
    if (!best) throw scope.refuse('system.no_header', { sheet: wanted[0]!.name })
    return { sheets, sheet_name: best.sheet, header_row: best.header.header_row_no, header_found: best.header_found, columns: columnsOf(kind, best) }
  } catch (error) {
    throw unreadable(error)
  }
}

function columnsOf(kind: ImportKind, { rows, header }: Found): ImportLayout['columns'] {
  const below = rows.filter((r) => r.row_no > header.header_row_no && !isExampleRow(r))
  const masks = new Map(kind.fields.flatMap((f) => (f.mask ? [[f.key, f.mask] as const] : [])))
  return header.columns.map(({ index, title, field }) => {
    const mask = field === null ? undefined : masks.get(field)
    const texts = [...new Set(below.flatMap((r) => r.cells[index]?.text || []))].slice(0, SAMPLES)
    return { index, title: title.slice(0, 100), field, samples: texts.map((t) => (mask ? mask(t) : t).slice(0, SAMPLE_MAX)) }
  })
}
