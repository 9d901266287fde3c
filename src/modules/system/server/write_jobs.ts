// Applying and undoing: every row of the file in ONE transaction. A cancel, a refusal or a crash rolls all of it back.
import { sql } from 'kysely'
import type { App, JobKind, Work } from '../../../kernel/app.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Kinds } from './access.ts'
import { ROWS_AT_FIRST, ROWS_AT_ONCE, aloneWith, asTurn, goOn, refreshStatistics, settle, type Turn } from './job_kit.ts'
import type { ImportKind, ParsedRow } from './kinds.ts'

async function batchOf(scope: Scope, kinds: Kinds, t: Turn) {
  await aloneWith(scope, t)
  const b = await scope.db.selectFrom('system.import_batch').select(['kind', 'community_id', 'counts', 'applied_at', 'steps']).where('company_id', '=', scope.company_id).where('import_id', '=', t.import_id).executeTakeFirstOrThrow()
  const counts = b.counts as { new?: number; change?: number }
  return { kind: kinds.get(b.kind)!, o: { import_id: t.import_id, community_id: b.community_id }, total: (counts.new ?? 0) + (counts.change ?? 0), applied_at: b.applied_at, steps: (b.steps ?? []) as number[] }
}

/** The preview may be hours old: what it found is looked up again under this transaction before a row is written. */
async function stillGood(scope: Scope, kind: ImportKind, o: { import_id: string; community_id: string | null }, rows: ParsedRow<Record<string, unknown>>[]): Promise<void> {
  const found = await kind.check(scope, { ...o, rows })
  for (const [row_no, c] of found) {
    const p = c.problems[0]
    if (p) throw new Refusal('system.import_changed', { row_no, zh: kind.fields.find((f) => f.key === p.field)?.zh ?? p.field, reason: p.reason })
  }
}

export const applyJob = (app: () => App, kinds: Kinds): JobKind => ({
  name: 'system.import_apply',
  run: (work) => asTurn(app(), work, 'applying', (t) => work.tx((scope) => applyAll(scope, work, kinds, t))),
})

async function applyAll(scope: Scope, work: Work, kinds: Kinds, t: Turn): Promise<Record<string, unknown>> {
  const { kind, o, total } = await batchOf(scope, kinds, t)
  const steps: number[] = []
  let after = 0
  let done = 0
  for (;;) {
    await goOn(scope, work, t)
    const { rows } = await sql<ParsedRow<Record<string, unknown>>>`select row_no, data from system.import_row where company_id = ${scope.company_id} and import_id = ${t.import_id} and row_no > ${after} and effect in ('new', 'change') order by row_no limit ${done === 0 ? ROWS_AT_FIRST : ROWS_AT_ONCE}`.execute(scope.db)
    if (rows.length === 0) break
    await stillGood(scope, kind, o, rows)
    const undo = await kind.apply(scope, { ...o, rows })
    crashpoint('import.written')
    await sql`update system.import_row r set undo = x.undo from jsonb_to_recordset(${JSON.stringify([...undo].map(([row_no, u]) => ({ row_no, undo: u })))}::jsonb) as x(row_no int, undo jsonb)
      where r.company_id = ${scope.company_id} and r.import_id = ${t.import_id} and r.row_no = x.row_no`.execute(scope.db)
    // Once early, and once more when there is enough to be representative.
    if (steps.length <= 1 && total > rows.length) await refreshStatistics(scope, kind.grows)
    steps.push(rows[0]!.row_no)
    after = rows.at(-1)!.row_no
    done += rows.length
    await work.progress(done, total)
  }
  await kind.finish?.(scope, o)
  crashpoint('import.finished')
  await settle(scope, t, { state: 'applied', applied_at: scope.now, applied_by: scope.who.account_id, steps: JSON.stringify(steps), error: null })
  scope.note('import', t.import_id, { kind: kind.kind, row_count: done })
  scope.emit('system.import_applied', t.import_id, { import_id: t.import_id, kind: kind.kind })
  return { row_count: done }
}

export const undoJob = (app: () => App, kinds: Kinds): JobKind => ({
  name: 'system.import_undo',
  run: (work) => asTurn(app(), work, 'undoing', (t) => work.tx((scope) => undoAll(scope, work, kinds, t))),
})

async function undoAll(scope: Scope, work: Work, kinds: Kinds, t: Turn): Promise<Record<string, unknown>> {
  const { kind, o, total, applied_at, steps } = await batchOf(scope, kinds, t)
  let before = 2_147_483_647
  let done = 0
  // Step by step as it was written, last first: what a step left behind is then exactly what the undo of it finds.
  for (const first_no of steps.toReversed()) {
    await goOn(scope, work, t)
    const { rows } = await sql<{ row_no: number; undo: unknown }>`select row_no, undo from system.import_row where company_id = ${scope.company_id} and import_id = ${t.import_id} and row_no >= ${first_no} and row_no < ${before} and undo is not null order by row_no desc`.execute(scope.db)
    await kind.undo(scope, { ...o, applied_at: applied_at!, rows })
    before = first_no
    done += rows.length
    await work.progress(done, total)
  }
  await kind.undone?.(scope, o)
  await settle(scope, t, { state: 'undone', undone_at: scope.now, undone_by: scope.who.account_id, error: null })
  scope.note('import', t.import_id, { kind: kind.kind, undone: done })
  scope.emit('system.import_undone', t.import_id, { import_id: t.import_id, kind: kind.kind })
  return { row_count: done }
}
