// The two files an import gives: the template with its drop-downs, and the uploaded sheet with the bad cells marked.
import { sql } from 'kysely'
import { answerFile, type App, type FileAnswer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { annotateErrors, type CellError, type ColumnSpec, type OutValue, writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { system } from '../contract.ts'
import { importToRead, kindToUse, withinReach, type Batch, type Kinds } from './access.ts'
import type { CommunityNames, ImportKind } from './kinds.ts'
import { fileOfBatch, unreadable } from './layout.ts'
import type { MappedColumn } from './read_job.ts'

/** The marked copy is made in memory; above this only the bad rows are written. */
const MARKED_MAX = 20_000
const ERRORS_MAX = 100_000
const STEP = 2000
const SAFE = /[\\/:*?"<>|\r\n]/g

const columnOf = (f: ImportKind['fields'][number]): ColumnSpec => ({
  title: f.zh,
  // Text also for days and numbers: whoever types 2024.1.5 or 98.5㎡ is read all the same, and 房号 and 手机号 keep their zeros.
  kind: 'text',
  required: f.required,
  ...(f.note ? { note: f.note } : {}),
  ...(f.choices ? { choices: f.choices } : {}),
  ...(f.width ? { width: f.width } : {}),
})

export const fileAnswers = (app: () => App, kinds: Kinds, names: CommunityNames) => [
  answerFile(system.importTemplate, async (scope, o) => {
    const kind = kindToUse(scope, kinds, o.kind)
    if (o.community_id !== undefined) withinReach(scope, kind, o.community_id)
    else if (kind.prefill) throw scope.refuse('system.community_needed')
    const name = o.community_id === undefined ? undefined : (await names(scope, [o.community_id])).get(o.community_id)
    if (o.community_id !== undefined && name === undefined) throw scope.notFound()
    const filled = (await kind.prefill?.(scope, { community_id: o.community_id ?? null })) ?? []
    const body = await writeSheet({
      sheets: [{ name: kind.zh, columns: kind.fields.map(columnOf), rows: filled.map((r) => kind.fields.map((f) => r[f.key] ?? null)), ...(filled.length ? {} : { example: kind.fields.map((f) => f.example) }) }],
      instructions: [`${kind.zh}导入模板填写说明`, ...kind.notes, '标红的列必填;可以调整列的顺序,也可以删去不需要的列', '整个文件有一行有错就都不会入库;入库后可以整批撤销'],
    })
    return { name: `${kind.zh}导入模板${name ? `-${name}` : ''}.xlsx`.replace(SAFE, ' '), type: XLSX, body }
  }),
  answerFile(system.importErrors, async (scope, { import_id }) => {
    const { batch } = await importToRead(scope, kinds, import_id)
    if (batch.bad_count === 0) throw scope.refuse('system.import_no_errors')
    return batch.row_count <= MARKED_MAX ? marked(scope, app().data_dir, batch) : badRowsOnly(scope, batch)
  }),
]

interface BadRow {
  row_no: number
  raw: Record<string, string>
  problems: { field: string; zh: string; cell: string; reason: string }[]
}
const outName = (b: Batch): string => `错误明细-${b.file_name.replace(/\.\w{2,5}$/, '').replace(SAFE, ' ')}.xlsx`

async function* badRows(scope: Scope, import_id: string): AsyncGenerator<BadRow> {
  for (let after = 0; ; ) {
    const { rows } = await sql<BadRow>`select row_no, raw, problems from system.import_row where company_id = ${scope.company_id} and import_id = ${import_id} and row_no > ${after} and problems is not null order by row_no limit ${STEP}`.execute(scope.db)
    yield* rows
    if (rows.length < STEP) return
    after = rows.at(-1)!.row_no
  }
}

async function marked(scope: Scope, data_dir: string, b: Batch): Promise<FileAnswer> {
  const columns = new Map((b.mapping as MappedColumn[]).map((c) => [c.field, c.index]))
  const errors: CellError[] = []
  for await (const row of badRows(scope, b.import_id)) {
    for (const p of row.problems) if (errors.length < ERRORS_MAX) errors.push({ row_no: row.row_no, col_index: columns.get(p.field) ?? -1, reason_zh: `${p.zh}:${p.reason}` })
  }
  const file = await fileOfBatch(scope, data_dir, b.file_id)
  try {
    const body = await annotateErrors(file.path, file.name, errors, { sheet: b.sheet_name!, header_row_no: b.header_row! })
    return { name: outName(b), type: XLSX, body }
  } catch (error) {
    throw unreadable(error)
  }
}

async function badRowsOnly(scope: Scope, b: Batch): Promise<FileAnswer> {
  const columns = b.mapping as MappedColumn[]
  const spec: ColumnSpec[] = [{ title: '原行号', kind: 'int' }, ...columns.map((c): ColumnSpec => ({ title: c.title, kind: 'text' })), { title: '错误原因', kind: 'text', width: 60 }]
  const body = await writeSheet({ sheets: [{ name: '错误明细', columns: spec, rows: lines(scope, b, columns) }] })
  return { name: outName(b), type: XLSX, body }
}
async function* lines(scope: Scope, b: Batch, columns: readonly MappedColumn[]): AsyncGenerator<OutValue[]> {
  let n = 0
  for await (const row of badRows(scope, b.import_id)) {
    if (++n > ERRORS_MAX) return
    yield [row.row_no, ...columns.map((c) => row.raw[c.field] ?? ''), row.problems.map((p) => `${p.zh}:${p.reason}`).join(';')]
  }
}
