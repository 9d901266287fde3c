// What the three jobs of an import share: taking the turn, stopping in time, and how an end is recorded.
//
// A turn is one run of a job over a batch. Whoever takes a new turn makes the writes of an earlier one void: a worker that was
// only slow, not dead, finds its turn gone and rolls back. Cancelling sets cancel_asked_at, which every batch of rows looks at.
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { App, Work } from '../../../kernel/app.ts'
import { sentence } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { log } from '../../../kernel/log.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { SheetRefusal, explain } from '../../../kernel/sheet/index.ts'
import { UndoBlocked } from './kinds.ts'
import { words } from '../words.ts'

export const ROWS_AT_ONCE = 1000
/** The first step of writing is small: statistics are refreshed after it. */
export const ROWS_AT_FIRST = 100

/** Somebody else has the turn, or the worker lost its lease: leave everything as it is. */
class Stopped extends Error {}
class Cancelled extends Error {}

export interface Turn {
  import_id: string
  turn: string
  /** The state the batch has while this job runs. */
  during: 'reading' | 'applying' | 'undoing'
}

/** Null when the batch is not waiting for this job any more: it was done, cancelled or given back already. */
async function takeTurn(work: Work, during: Turn['during']): Promise<Turn | null> {
  const import_id = String(work.payload['import_id'])
  const turn = uuidv7()
  const taken = await work.tx((scope) =>
    scope.db.updateTable('system.import_batch').set({ turn, job_id: work.job_id }).where('company_id', '=', scope.company_id).where('import_id', '=', import_id).where('state', '=', during).returning('import_id').executeTakeFirst(),
  )
  return taken ? { import_id, turn, during } : null
}

/** Throws when the batch is not ours to go on with. Sees what others committed in the meantime (read committed). */
export async function goOn(scope: Scope, work: Work, t: Turn): Promise<void> {
  const now = await scope.db.selectFrom('system.import_batch').select(['state', 'turn', 'cancel_asked_at']).where('company_id', '=', scope.company_id).where('import_id', '=', t.import_id).executeTakeFirst()
  if (!now || now.state !== t.during || now.turn !== t.turn) throw new Stopped()
  if (now.cancel_asked_at !== null) throw new Cancelled()
  if (await work.stopped()) throw new Stopped()
}

/**
 * Tables grow inside this one transaction, unseen by autovacuum. While the statistics say that a table is empty, every index that begins
 * with the company looks equally good, and each foreign key is checked by reading all rows of the company: 10,000 rows took minutes.
 */
export async function refreshStatistics(scope: Scope, tables: readonly string[]): Promise<void> {
  for (const table of tables) await sql`select system.refresh_statistics(${table}::regclass)`.execute(scope.db)
}
/** For joins of fresh rows with fresh rows, which the planner takes for one row each: 3,000 rows took 14 s as nested loops. */
export async function byHash<T>(scope: Scope, run: () => Promise<T>): Promise<T> {
  // A plan that needs a nested loop all the same looks so dear that it would be compiled, for 700 ms.
  await sql`set local jit = off`.execute(scope.db)
  await sql`set local enable_nestloop = off`.execute(scope.db)
  const out = await run()
  await sql`set local enable_nestloop = on`.execute(scope.db)
  return out
}

/** Two runs of a job never write at the same time, however late the earlier one is; the later comes again. */
export async function aloneWith(scope: Scope, t: Turn): Promise<void> {
  const r = await sql<{ ok: boolean }>`select pg_try_advisory_xact_lock(hashtextextended(${`import:${t.import_id}`}, 0)) as ok`.execute(scope.db)
  if (!r.rows[0]!.ok) throw Object.assign(new Error('an earlier run of this import has not ended yet'), { code: '55P03' })
}

/** The end of a job, only if it is still ours and nobody asked to cancel: the update and a cancel decide it on the row's lock. */
export async function settle(scope: Scope, t: Turn, set: Record<string, unknown>): Promise<void> {
  const done = await scope.db.updateTable('system.import_batch').set(set).where('company_id', '=', scope.company_id).where('import_id', '=', t.import_id).where('turn', '=', t.turn).where('state', '=', t.during).where('cancel_asked_at', 'is', null).returning('import_id').executeTakeFirst()
  if (done) return
  const now = await scope.db.selectFrom('system.import_batch').select(['turn', 'state']).where('company_id', '=', scope.company_id).where('import_id', '=', t.import_id).executeTakeFirst()
  throw now?.turn === t.turn && now.state === t.during ? new Cancelled() : new Stopped()
}

/** Where a batch goes when its job was cancelled or could not be done: to where it came from, with nothing written. */
const BACK: Record<Turn['during'], { cancelled: string; refused: string; said: string }> = {
  reading: { cancelled: 'cancelled', refused: 'failed', said: '已取消读取' },
  applying: { cancelled: 'previewed', refused: 'previewed', said: '已取消入库,没有写入任何数据' },
  undoing: { cancelled: 'applied', refused: 'applied', said: '已取消撤销,数据没有改动' },
}
export const backFrom = (during: Turn['during']) => BACK[during]

export async function putBack(scope: Scope, t: { import_id: string; during: Turn['during']; turn?: string }, to: string, error: string | null): Promise<void> {
  let q = scope.db.updateTable('system.import_batch').set({ state: to, error, job_id: null, turn: null, cancel_asked_at: null }).where('company_id', '=', scope.company_id).where('import_id', '=', t.import_id).where('state', '=', t.during)
  if (t.turn) q = q.where('turn', '=', t.turn)
  const back = await q.returning('import_id').executeTakeFirst()
  if (back && t.during === 'reading') await dropRows(scope, t.import_id)
}
export const dropRows = (scope: Scope, import_id: string) => scope.db.deleteFrom('system.import_row').where('company_id', '=', scope.company_id).where('import_id', '=', import_id).execute()

/** Worth another try by itself: the connection, a lock, a statement broken off, the server going down. */
function passing(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return /^(08|40|53|57|55P03|25P03|ECONN|EPIPE|ETIMEDOUT)/.test(code ?? '') || /Connection terminated|timeout exceeded|Client has encountered a connection error/.test(message ?? '')
}

export function said(app: App, error: unknown): string {
  if (error instanceof SheetRefusal) return explain(error)
  if (error instanceof UndoBlocked) return sentence(words.refusals['system.import_row_blocked']!, { row_no: error.row_no, what: error.what, reason: error.reason })
  if (error instanceof Refusal) return sentence(app.words.get(error.code) ?? error.code, error.params)
  const fault_id = randomBytes(3).toString('hex').toUpperCase()
  log('error', 'an import failed', { fault_id, error: String(error), stack: error instanceof Error ? error.stack : undefined })
  return `系统出错,没有写入任何数据,请联系管理员,编号 ${fault_id}`
}

/** Runs a job of an import as one turn and records how it ended. */
export async function asTurn(app: App, work: Work, during: Turn['during'], run: (t: Turn) => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const t = await takeTurn(work, during)
  if (!t) return { skipped: true }
  try {
    return await run(t)
  } catch (error) {
    if (error instanceof Stopped) return { stopped: true }
    if (error instanceof Cancelled) {
      await work.tx((scope) => putBack(scope, t, BACK[during].cancelled, BACK[during].said))
      return { cancelled: true }
    }
    if (passing(error)) throw error
    const text = said(app, error)
    await work.tx((scope) => putBack(scope, t, BACK[during].refused, text))
    return { failed: text }
  }
}
