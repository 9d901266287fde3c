// What a person decides after the preview: apply, undo, cancel. Each only writes the state and leaves the work to a job.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { system } from '../contract.ts'
import { importToChange, type Batch, type Kinds } from './access.ts'
import { backFrom, byHash, dropRows, putBack, type Turn } from './job_kit.ts'
import { wrongState } from './start.ts'
import { PREVIEWABLE, RUNNING, countsOf, jobsOf } from './view.ts'

const ATTEMPTS = 12

async function moveTo(scope: Scope, b: Batch, state: Turn['during']): Promise<void> {
  await scope.db.updateTable('system.import_batch').set({ state, job_id: null, turn: null, cancel_asked_at: null, error: null }).where('company_id', '=', scope.company_id).where('import_id', '=', b.import_id).execute()
}

/** A later import that wrote the same thing stands on top of this one. */
async function onlyLatest(scope: Scope, b: Batch): Promise<void> {
  const { rows } = await byHash(scope, () => sql<{ row_no: number; file_name: string }>`select r.row_no, l.file_name from system.import_batch l
    join system.import_row s on s.company_id = l.company_id and s.import_id = l.import_id and s.undo is not null
    join system.import_row r on r.company_id = l.company_id and r.import_id = ${b.import_id} and r.row_key = s.row_key and r.undo is not null
    where l.company_id = ${scope.company_id} and l.state in ('applied', 'applying', 'undoing') and l.kind = ${b.kind} and l.community_id is not distinct from ${b.community_id}::uuid and l.applied_at > ${b.applied_at}::timestamptz
    order by r.row_no limit 1`.execute(scope.db))
  if (rows[0]) throw scope.refuse('system.import_not_latest', rows[0])
}

export const stepAnswers = (kinds: Kinds) => [
  answer(system.applyImport, async (scope, { import_id }) => {
    const { batch } = await importToChange(scope, kinds, import_id)
    if (batch.state !== 'previewed') throw wrongState(scope)
    if (batch.purged_at !== null) throw scope.refuse('system.import_expired')
    if (batch.bad_count > 0) throw scope.refuse('system.import_has_bad_rows')
    const counts = countsOf(batch)
    if (counts.new + counts.change === 0) throw scope.refuse('system.import_empty')
    await moveTo(scope, batch, 'applying')
    // One import of a company at a time: two over the same houses would wait for each other's locks.
    scope.later({ name: 'system.import_apply', payload: { import_id }, lane: `import:${scope.company_id}`, attempts_max: ATTEMPTS, total_count: counts.new + counts.change })
    scope.note('import', import_id, { file_name: batch.file_name, ...counts })
    return { import_id }
  }),
  answer(system.undoImport, async (scope, { import_id }) => {
    const { batch } = await importToChange(scope, kinds, import_id)
    if (batch.state !== 'applied') throw wrongState(scope)
    if (batch.purged_at !== null) throw scope.refuse('system.import_expired')
    await onlyLatest(scope, batch)
    await moveTo(scope, batch, 'undoing')
    scope.later({ name: 'system.import_undo', payload: { import_id }, lane: `import:${scope.company_id}`, attempts_max: ATTEMPTS })
    scope.note('import', import_id, { file_name: batch.file_name })
    return { import_id }
  }),
  answer(system.cancelImport, async (scope, { import_id }) => {
    const { batch } = await importToChange(scope, kinds, import_id)
    if (RUNNING.includes(batch.state)) await stopJob(scope, batch)
    else if (PREVIEWABLE.includes(batch.state)) await giveUp(scope, batch)
    else throw wrongState(scope)
    scope.note('import', import_id, { was: batch.state })
    return { import_id }
  }),
]

async function giveUp(scope: Scope, b: Batch): Promise<void> {
  await scope.db.updateTable('system.import_batch').set({ state: 'cancelled', row_count: 0, bad_count: 0, counts: '{}', summary: '[]', error: null }).where('company_id', '=', scope.company_id).where('import_id', '=', b.import_id).execute()
  await dropRows(scope, b.import_id)
}

/** A job at work is asked to stop and sees it at its next batch. One that has not begun, or has died for good, needs no asking. */
async function stopJob(scope: Scope, b: Batch): Promise<void> {
  const during = b.state as Turn['during']
  const job = b.job_id === null ? undefined : (await jobsOf(scope, [b.job_id])).get(b.job_id)
  if (!job?.alive) return putBack(scope, { import_id: b.import_id, during }, backFrom(during).cancelled, backFrom(during).said)
  await scope.db.updateTable('system.import_batch').set({ cancel_asked_at: scope.now }).where('company_id', '=', scope.company_id).where('import_id', '=', b.import_id).where('state', '=', during).execute()
}
