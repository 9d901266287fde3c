// Reading the file: rows in batches of 1,000, each parsed, looked up and stored in one short transaction, so memory stays flat.
import { sql } from 'kysely'
import type { App, JobKind, Work } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { isExampleRow, streamRows, type Row } from '../../../kernel/sheet/index.ts'
import type { Kinds } from './access.ts'
import { asTurn, byHash, dropRows, goOn, settle, type Turn } from './job_kit.ts'
import type { ImportKind, Mapped, ParsedRow } from './kinds.ts'
import { fileOfBatch } from './layout.ts'
import type { Counts } from './view.ts'

export interface MappedColumn {
  index: number
  field: string
  title: string
}
interface Stored {
  row_no: number
  row_key: string | null
  raw: Record<string, string>
  data: unknown
  problems: { field: string; zh: string; cell: string; reason: string }[] | null
  effect: string | null
  changes: { zh: string; before: string; after: string }[] | null
}
const RAW_MAX = 200
/** Lines below or between the data that companies write into the first column. */
const NOT_DATA = /^(合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|本页小计|本页合计|制表人?|填表人?|审核人?|复核人?|编制人?|经办人?|打印日期|制表日期|填表日期|说明|填写说明|注意?|备注说明)\s*([::].*)?$/

type Cell = Row['cells'][number]
/** jsonb takes neither NUL nor half a surrogate pair. */
const storable = (c: Cell): Cell => (c.text.includes('\u0000') || !c.text.isWellFormed() ? { ...c, text: c.text.replaceAll('\u0000', '').toWellFormed() } : c)

/** A row that is no data: an example, a repeated header, a banner over all columns, a total. */
function standsAside(row: Row, columns: readonly MappedColumn[]): boolean {
  if (isExampleRow(row)) return true
  const filled = columns.flatMap((c) => (row.cells[c.index]?.text ? [{ title: c.title, cell: row.cells[c.index]! }] : []))
  if (filled.length >= 2 && filled.every((f) => f.title === f.cell.text || f.title.endsWith(`/${f.cell.text}`))) return true
  if (filled.length >= 2 && filled.every((f) => f.cell.merged && f.cell.text === filled[0]!.cell.text)) return true
  const first = row.cells.find((c) => c.text !== '')
  return first !== undefined && NOT_DATA.test(first.text)
}

function mapRow(row: Row, columns: readonly MappedColumn[]): Mapped {
  const out: Mapped = {}
  for (const { index, field } of columns) {
    const cell = row.cells[index]
    if (cell && cell.kind !== 'empty' && cell.text !== '') out[field] = storable(cell)
  }
  return out
}

interface Reading {
  kind: ImportKind
  columns: MappedColumn[]
  masks: Map<string, (text: string) => string>
  zh: Map<string, string>
  skipped: number[]
}
const titleOf = (r: Reading, field: string): string => r.columns.find((c) => c.field === field)?.title ?? r.zh.get(field) ?? field

const columnOf = (r: Reading, field: string): number => r.columns.find((c) => c.field === field)?.index ?? -1

function parseRow(r: Reading, row: Row): Stored | null {
  if (standsAside(row, r.columns)) {
    r.skipped.push(row.row_no)
    return null
  }
  const mapped = mapRow(row, r.columns)
  const parsed = r.kind.parse(mapped)
  if (parsed === null) return null
  const shown = (field: string): string => mapped[field]?.text.slice(0, RAW_MAX) ?? ''
  const bad = new Set(parsed.problems.map((p) => p.field))
  // A personal number that is right is kept covered; a wrong one has to be seen to be put right.
  const raw = Object.fromEntries(Object.keys(mapped).map((f) => [f, bad.has(f) ? shown(f) : (r.masks.get(f)?.(shown(f)) ?? shown(f))]))
  return {
    row_no: row.row_no,
    row_key: parsed.data === null ? null : r.kind.keyOf(parsed.data).slice(0, 300),
    raw,
    data: parsed.data,
    problems: parsed.problems.length ? parsed.problems.map((p) => ({ ...p, zh: titleOf(r, p.field), cell: raw[p.field] ?? '' })) : null,
    effect: null,
    changes: null,
  }
}

async function look(scope: Scope, r: Reading, o: { import_id: string; community_id: string | null }, rows: Stored[]): Promise<void> {
  const keyed = rows.filter((x) => x.data !== null)
  if (keyed.length === 0) return
  const found = await r.kind.check(scope, { ...o, rows: keyed.map((x) => ({ row_no: x.row_no, data: x.data }) as ParsedRow<Record<string, unknown>>) })
  for (const x of keyed) {
    const c = found.get(x.row_no)
    if (!c) continue
    // A cell that could not be read needs no second reason for being missing.
    const unread = new Set(x.problems?.map((p) => p.field))
    const problems = [...(x.problems ?? []), ...c.problems.filter((p) => !unread.has(p.field)).map((p) => ({ ...p, zh: titleOf(r, p.field), cell: x.raw[p.field] ?? '' }))]
    x.problems = problems.length ? problems.sort((a, b) => columnOf(r, a.field) - columnOf(r, b.field)) : null
    x.effect = problems.length ? null : c.effect
    x.changes = problems.length || !c.changes?.length ? null : c.changes
  }
}

async function store(scope: Scope, import_id: string, rows: readonly Stored[]): Promise<void> {
  await sql`insert into system.import_row (company_id, import_id, row_no, row_key, raw, data, problems, effect, changes)
    select ${scope.company_id}, ${import_id}::uuid, x.row_no, x.row_key, x.raw, x.data, x.problems, x.effect, x.changes
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(row_no int, row_key text, raw jsonb, data jsonb, problems jsonb, effect text, changes jsonb)`.execute(scope.db)
}

export const readJob = (app: () => App, kinds: Kinds): JobKind => ({
  name: 'system.import_read',
  run: (work) => asTurn(app(), work, 'reading', (t) => readAll(app(), kinds, work, t)),
})

async function readAll(app: App, kinds: Kinds, work: Work, t: Turn): Promise<Record<string, unknown>> {
  const { batch, file } = await work.tx(async (scope) => {
    const b = await scope.db.selectFrom('system.import_batch').select(['kind', 'community_id', 'file_id', 'sheet_name', 'header_row', 'mapping']).where('company_id', '=', scope.company_id).where('import_id', '=', t.import_id).executeTakeFirstOrThrow()
    await dropRows(scope, t.import_id)
    return { batch: b, file: await fileOfBatch(scope, app.data_dir, b.file_id) }
  })
  const kind = kinds.get(batch.kind)!
  const r: Reading = { kind, columns: batch.mapping as MappedColumn[], masks: new Map(kind.fields.flatMap((f) => (f.mask ? [[f.key, f.mask] as const] : []))), zh: new Map(kind.fields.map((f) => [f.key, f.zh])), skipped: [] }
  const o = { import_id: t.import_id, community_id: batch.community_id }
  let count = 0
  for await (const chunk of streamRows(file.path, file.name, { sheet: batch.sheet_name! })) {
    const rows = chunk.flatMap((row) => (row.row_no <= batch.header_row! ? [] : (parseRow(r, row) ?? [])))
    await work.tx(async (scope) => {
      await goOn(scope, work, t)
      await look(scope, r, o, rows)
      await store(scope, t.import_id, rows)
    })
    count += rows.length
    await work.progress(count)
  }
  await work.tx(async (scope) => {
    const { bad_count, counts, summary } = await byHash(scope, () => wholeFile(scope, r, o))
    await settle(scope, t, { state: 'previewed', row_count: count, bad_count, counts: JSON.stringify(counts), summary: JSON.stringify(summary), error: count === 0 ? '表头下面没有数据行,请检查工作表和表头行' : null })
    scope.note('import', t.import_id, { row_count: count, bad_count, ...counts })
  })
  return { row_count: count }
}

async function wholeFile(scope: Scope, r: Reading, o: { import_id: string; community_id: string | null }): Promise<{ bad_count: number; counts: Counts; summary: string[] }> {
  await repeated(scope, r, o.import_id)
  await judged(scope, r, o)
  const { bad_count, ...counts } = await counted(scope, o.import_id, r.skipped.length)
  return { bad_count, counts, summary: [...((await r.kind.summary?.(scope, o)) ?? []), ...skippedSaid(r.skipped)] }
}

const skippedSaid = (nos: readonly number[]): string[] => (nos.length ? [`跳过 ${nos.length} 行示例、合计或说明(第 ${nos.slice(0, 10).join('、')}${nos.length > 10 ? ' …' : ''} 行)`] : [])

async function counted(scope: Scope, import_id: string, skipped: number): Promise<Counts & { bad_count: number }> {
  const { rows } = await sql<{ bad_count: number; new: number; change: number; same: number }>`select count(*) filter (where problems is not null)::int as bad_count, count(*) filter (where effect = 'new')::int as new, count(*) filter (where effect = 'change')::int as change, count(*) filter (where effect = 'same')::int as same
    from system.import_row where company_id = ${scope.company_id} and import_id = ${import_id}`.execute(scope.db)
  return { ...rows[0]!, skipped }
}

/** Rows of one key: each names the others. */
async function repeated(scope: Scope, r: Reading, import_id: string): Promise<void> {
  const c = scope.company_id
  const f = r.kind.key_field
  await sql`with d as (select row_key, array_agg(row_no order by row_no) as nos from system.import_row where company_id = ${c} and import_id = ${import_id} and row_key is not null group by row_key having count(*) > 1)
    update system.import_row t set effect = null, changes = null, problems = coalesce(t.problems, '[]') || jsonb_build_array(jsonb_build_object('field', ${f}::text, 'zh', ${titleOf(r, f)}::text, 'cell', coalesce(t.raw->>${f}::text, ''),
      'reason', '与第 ' || array_to_string((array_remove(d.nos, t.row_no))[1:5], '、') || ' 行重复,请合并成一行或删去多余的'))
    from d where t.company_id = ${c} and t.import_id = ${import_id} and t.row_key = d.row_key`.execute(scope.db)
}

/** Problems that the kind found by looking at the file as a whole. */
async function judged(scope: Scope, r: Reading, o: { import_id: string; community_id: string | null }): Promise<void> {
  const found = (await r.kind.across?.(scope, o)) ?? []
  if (found.length === 0) return
  const list = JSON.stringify(found.map((p) => ({ ...p, zh: titleOf(r, p.field) })))
  await sql`update system.import_row t set effect = null, changes = null, problems = coalesce(t.problems, '[]') || x.list
    from (select p.row_no, jsonb_agg(jsonb_build_object('field', p.field, 'zh', p.zh, 'cell', coalesce(t.raw->>p.field, ''), 'reason', p.reason)) as list from jsonb_to_recordset(${list}::jsonb) as p(row_no int, field text, zh text, reason text)
      join system.import_row t on t.company_id = ${scope.company_id} and t.import_id = ${o.import_id} and t.row_no = p.row_no group by 1) x
    where t.company_id = ${scope.company_id} and t.import_id = ${o.import_id} and t.row_no = x.row_no`.execute(scope.db)
}
