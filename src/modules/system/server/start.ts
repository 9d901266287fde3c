// From an uploaded file to a preview: look at it, let the person put the mapping right, read it in the background.
import { answer, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { system, type ImportLayout } from '../contract.ts'
import { importToChange, kindToUse, ofItsCompany, withinReach, type Kinds } from './access.ts'
import type { CommunityNames, ImportKind } from './kinds.ts'
import { dropRows } from './job_kit.ts'
import { fileOfBatch, layoutOf, ownFile } from './layout.ts'
import { PREVIEWABLE, fieldsOf } from './view.ts'

/** Unfinished imports of one person; each holds its rows until it is applied, given up or purged. */
const OPEN_MAX = 20

export const wrongState = (scope: Scope) => scope.refuse('system.wrong_import_state')

async function communityFor(scope: Scope, kind: ImportKind, names: CommunityNames, community_id: string | undefined): Promise<string | null> {
  if (!kind.needs_community) return community_id ?? null
  if (community_id === undefined) throw scope.refuse('system.community_needed')
  withinReach(scope, kind, community_id)
  if (!(await names(scope, [community_id])).has(community_id)) throw scope.notFound()
  return community_id
}

const mappingOf = (layout: ImportLayout) => layout.columns.flatMap((c) => (c.field === null ? [] : [{ index: c.index, field: c.field, title: c.title }]))

async function fewOpen(scope: Scope): Promise<void> {
  const { n } = await scope.db.selectFrom('system.import_batch').select((e) => e.fn.countAll<number>().as('n')).where('company_id', '=', scope.company_id).where('created_by', '=', scope.who.account_id).where('purged_at', 'is', null).where('state', 'in', ['uploaded', 'reading', 'previewed']).executeTakeFirstOrThrow()
  if (n >= OPEN_MAX) throw scope.refuse('system.import_files_many', { count: n })
}

export const startAnswers = (app: () => App, kinds: Kinds, names: CommunityNames) => [
  answer(system.startImport, async (scope, o) => {
    const kind = kindToUse(scope, kinds, o.kind)
    await ofItsCompany(scope, kind)
    const community_id = await communityFor(scope, kind, names, o.community_id)
    await fewOpen(scope)
    const file = await ownFile(scope, app().data_dir, o.file_id)
    const layout = await layoutOf(scope, kind, file, o)
    const import_id = uuidv7()
    await scope.db
      .insertInto('system.import_batch')
      .values({ company_id: scope.company_id, import_id, kind: kind.kind, community_id, file_id: o.file_id, file_name: file.name, sheet_name: layout.sheet_name, header_row: layout.header_row, mapping: JSON.stringify(mappingOf(layout)), layout: JSON.stringify(layout), summary: '[]', counts: '{}', state: 'uploaded', created_by: scope.who.account_id!, created_at: scope.now })
      .execute()
    scope.note('import', import_id, { kind: kind.kind, file_name: file.name })
    return { import_id, ...layout, fields: fieldsOf(kind) }
  }),
  answer(system.relayImport, async (scope, o) => {
    const { batch, kind } = await importToChange(scope, kinds, o.import_id)
    if (!PREVIEWABLE.includes(batch.state)) throw wrongState(scope)
    const layout = await layoutOf(scope, kind, await fileOfBatch(scope, app().data_dir, batch.file_id), o)
    // Rows read with another header are no preview of this one.
    await dropRows(scope, o.import_id)
    await scope.db
      .updateTable('system.import_batch')
      .set({ state: 'uploaded', row_count: 0, bad_count: 0, counts: '{}', summary: '[]', error: null, sheet_name: layout.sheet_name, header_row: layout.header_row, mapping: JSON.stringify(mappingOf(layout)), layout: JSON.stringify(layout) })
      .where('company_id', '=', scope.company_id)
      .where('import_id', '=', o.import_id)
      .execute()
    scope.note('import', o.import_id, { sheet_name: layout.sheet_name, header_row: layout.header_row })
    return { import_id: o.import_id, ...layout, fields: fieldsOf(kind) }
  }),
  answer(system.previewImport, async (scope, o) => {
    const { batch, kind } = await importToChange(scope, kinds, o.import_id)
    if (!PREVIEWABLE.includes(batch.state)) throw wrongState(scope)
    await fileOfBatch(scope, app().data_dir, batch.file_id)
    const layout = batch.layout as ImportLayout
    // The titles of the mapping come from the layout: somebody else may have chosen another sheet in the meantime.
    if (layout.sheet_name !== o.sheet_name || layout.header_row !== o.header_row) throw scope.refuse('system.layout_changed')
    const mapping = checkMapping(scope, kind, layout, o.mapping)
    await scope.db
      .updateTable('system.import_batch')
      .set({ state: 'reading', sheet_name: o.sheet_name, header_row: o.header_row, mapping: JSON.stringify(mapping), job_id: null, turn: null, cancel_asked_at: null, error: null, row_count: 0, bad_count: 0, counts: '{}', summary: '[]' })
      .where('company_id', '=', scope.company_id)
      .where('import_id', '=', o.import_id)
      .execute()
    scope.later({ name: 'system.import_read', payload: { import_id: o.import_id }, lane: `import:${o.import_id}`, attempts_max: 12 })
    scope.note('import', o.import_id, { sheet_name: o.sheet_name, header_row: o.header_row, columns: mapping.length })
    return { import_id: o.import_id }
  }),
]

function checkMapping(scope: Scope, kind: ImportKind, layout: ImportLayout, asked: { index: number; field: string }[]) {
  const titles = new Map(layout.columns.map((c) => [c.index, c.title]))
  const known = new Map(kind.fields.map((f) => [f.key, f]))
  const unknown = asked.find((m) => !known.has(m.field) || !titles.has(m.index))
  if (unknown) throw scope.refuse('system.unknown_field', { field: unknown.field })
  for (const [field, list] of Map.groupBy(asked, (m) => m.field)) if (list.length > 1) throw scope.refuse('system.field_twice', { field: known.get(field)!.zh, titles: list.map((m) => titles.get(m.index)).join('、') })
  for (const [, list] of Map.groupBy(asked, (m) => m.index)) if (list.length > 1) throw scope.refuse('system.field_twice', { field: titles.get(list[0]!.index)!, titles: list.map((m) => known.get(m.field)!.zh).join('、') })
  const missing = kind.fields.filter((f) => f.required && !asked.some((m) => m.field === f.key))
  if (missing.length) throw scope.refuse('system.field_missing', { fields: missing.map((f) => f.zh).join('」「') })
  return asked.map((m) => ({ ...m, title: titles.get(m.index)! }))
}
