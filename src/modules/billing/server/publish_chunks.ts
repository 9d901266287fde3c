// Publishing a large run in the background: chunk by chunk, each committed with its journals, discounts and sums, so that a crash loses the one
// being written and nothing is written twice (the chunk's row is the mark, the journal's source the constraint). The run is published when all
// chunks are; until then payers see none of it. Before the first chunk is committed, any difference to the preview gives the draft back;
// after that a building whose register changed meanwhile is left out and named, and a new draft bills it.
import { sql } from 'kysely'
import type { JobKind, Work } from '../../../kernel/app.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { closePeriod } from '../../meters/server/index.ts'
import type { Run } from './access.ts'
import { chunksDone, sameDigest, type BuildingDigest } from './chunks.ts'
import { hasDiscounts } from './discounts.ts'
import { afterMass, forMass, lineCtes } from './lines.ts'
import { planOf, type Plan } from './plan.ts'
import { refusingHugeAmounts } from './preview.ts'
import { booked, chunkBills, closeReadings, insertLines, lockPeriod, markPublished, meterKinds, publishNow, together, type Made } from './publish.ts'
import { dropTariffLines, stageTariffLines } from './tariff_lines.ts'

/** Of buildings whose register changes all the time something is wrong; the job is tried again later. */
const TRIES_MAX = 5

const RUN_OF_JOB = sql.raw('run_id, community_id, period_on, fee_item_ids, house_id, state, input_hash, line_count, amount_fen, created_by, published_by')
const LOCK = { update: sql`for update`, share: sql`for share` }
async function lockRun(scope: Scope, run_id: string, how: keyof typeof LOCK): Promise<Run | null> {
  const { rows } = await sql<Run>`select ${RUN_OF_JOB} from billing.run where company_id = ${scope.company_id} and run_id = ${run_id} ${LOCK[how]}`.execute(scope.db)
  return rows[0]?.state === 'publishing' ? rows[0] : null
}

/** Lines of these buildings are no more what the preview said. */
class Changed extends Error {
  readonly building_ids: readonly string[]
  constructor(building_ids: readonly string[]) {
    super(`the register of ${building_ids.length} buildings changed`)
    this.building_ids = building_ids
  }
}

/** What was written of a chunk, against what the preview said, building by building. */
function compare(made: readonly Made[], seen: readonly BuildingDigest[]): void {
  const found = new Map([...Map.groupBy(made, (m) => m.building_id)].map(([building_id, list]) => [building_id, { building_id, off: 0, ...together(list) }]))
  const changed = seen.filter((s) => !found.has(s.building_id) || !sameDigest(found.get(s.building_id)!, s))
  // A building that the preview had no line of is among the seen of no chunk; `gained` looks for it at the end.
  if (changed.length > 0) throw new Changed(changed.map((s) => s.building_id))
}
async function compareDiscounts(scope: Scope, plan: Plan, no: number, seen: readonly BuildingDigest[]): Promise<void> {
  const { rows } = await sql<{ building_id: string; off: number }>`select l.building_id, sum(l.reduced_fen)::bigint as off from ${chunkBills(scope, plan, no)} group by 1`.execute(scope.db)
  const found = new Map(rows.map((r) => [r.building_id, r.off]))
  const changed = seen.filter((s) => (found.get(s.building_id) ?? 0) !== s.off)
  if (changed.length > 0) throw new Changed(changed.map((s) => s.building_id))
}

interface Row {
  chunk_no: number
  digests: BuildingDigest[]
  line_count: number
}

/** One chunk, in a transaction of its own. Once it is done, again does nothing. */
async function publishChunk(scope: Scope, run_id: string, no: number, leave: ReadonlySet<string>): Promise<void> {
  const run = await lockRun(scope, run_id, 'share')
  if (!run) return
  await lockPeriod(scope, run)
  const { rows } = await sql<Row & { done_at: string | null }>`select chunk_no, digests, line_count, done_at from billing.run_chunk where company_id = ${scope.company_id} and run_id = ${run_id} and chunk_no = ${no} for update`.execute(scope.db)
  if (rows[0]!.done_at !== null) return
  const seen = rows[0]!.digests.filter((d) => !leave.has(d.building_id))
  const building_ids = seen.map((d) => d.building_id)
  const plan = await planOf(scope, run)
  // Readings in bills are held from the first chunk on; those that got no line are let go at the end.
  const kinds = meterKinds(plan)
  if (kinds.length > 0) await closePeriod(scope, { scope_id: plan.community_id, kinds, period_on: plan.period_on })
  let done: { n: number; fen: number } = { n: 0, fen: 0 }
  if (building_ids.length > 0) {
    await stageTariffLines(scope, plan, { chunk_no: no, building_ids })
    await forMass(scope, plan)
    const made = await refusingHugeAmounts(scope, () => insertLines(scope, plan, no, building_ids))
    crashpoint('run.inserted')
    compare(made, seen)
    done = together(made)
    const discounts = await hasDiscounts(scope, plan)
    await booked(scope, plan, no, { made, discounts })
    if (discounts || seen.some((s) => s.off > 0)) await compareDiscounts(scope, plan, no, seen)
    await afterMass(scope)
    crashpoint('run.booked')
  }
  await sql`update billing.run_chunk set done_at = ${scope.now}::timestamptz, published_count = ${done.n}, published_fen = ${done.fen}, left_out = ${[...leave]}::uuid[] where company_id = ${scope.company_id} and run_id = ${run_id} and chunk_no = ${no}`.execute(scope.db)
  scope.note('run', run_id, { chunk: no, line_count: done.n, amount_fen: done.fen, ...(leave.size > 0 ? { left_out: leave.size } : {}) })
}

/** Buildings that the preview had no line of and that have one now: a house delivered, a price set in between. Named like those left out, billed by the next draft. */
async function gained(scope: Scope, run: Run, chunk_no: number): Promise<string[]> {
  const c = scope.company_id
  const { rows: others } = await sql<{ building_id: string }>`select y.building_id from property.building y where y.company_id = ${c} and y.community_id = ${run.community_id}
    and not exists (select from billing.run_chunk k cross join lateral jsonb_to_recordset(k.digests) as d(building_id uuid) where k.company_id = ${c} and k.run_id = ${run.run_id} and d.building_id = y.building_id) order by 1`.execute(scope.db)
  const building_ids = others.map((o) => o.building_id)
  if (building_ids.length === 0) return []
  const plan = await planOf(scope, run)
  await stageTariffLines(scope, plan, { chunk_no, building_ids })
  await forMass(scope, plan)
  const { rows } = await sql<{ building_id: string }>`with ${lineCtes(scope, plan, { building_ids })} select distinct l.building_id from line l order by 1`.execute(scope.db)
  return rows.map((r) => r.building_id)
}

/** All chunks are there: the totals are their sums, and payers see the bills. */
async function finish(scope: Scope, run_id: string): Promise<{ line_count: number; left_out: number } | null> {
  const run = await lockRun(scope, run_id, 'update')
  if (!run) return null
  await lockPeriod(scope, run)
  const sums = await chunksDone(scope, run_id)
  if (sums.done < sums.chunks) throw new Error(`run ${run_id} has ${sums.chunks - sums.done} chunks to go`)
  const plan = await planOf(scope, run)
  const more = run.house_id === null ? await gained(scope, run, sums.chunks) : []
  await forMass(scope, plan)
  await closeReadings(scope, plan)
  await afterMass(scope)
  if (plan.tariffs.size > 0) await dropTariffLines(scope, run_id)
  // What the digests were for is done; the counts stay.
  await sql`update billing.run_chunk set digests = '[]', left_out = case when chunk_no = 0 then left_out || ${more}::uuid[] else left_out end where company_id = ${scope.company_id} and run_id = ${run_id}`.execute(scope.db)
  await markPublished(scope, run, sums.published_count, sums.published_fen)
  return { line_count: sums.published_count, left_out: sums.left_out + more.length }
}

async function chunkOrLess(work: Work, run_id: string, no: number, first: boolean): Promise<void> {
  const leave = new Set<string>()
  for (let n = 0; ; n++) {
    try {
      return await work.tx((scope) => publishChunk(scope, run_id, no, leave))
    } catch (error) {
      if (!(error instanceof Changed) || n >= TRIES_MAX) throw error
      // Nothing is committed yet: the draft goes back to whoever made it, as with a small run.
      if (first) throw new Refusal('billing.preview_stale')
      for (const id of error.building_ids) leave.add(id)
    }
  }
}

async function publishInChunks(work: Work, run_id: string, chunks: readonly (Row & { done: boolean })[]): Promise<Record<string, unknown>> {
  let lines = chunks.reduce((n, k) => n + (k.done ? k.line_count : 0), 0)
  let first = !chunks.some((k) => k.done)
  await work.progress(lines)
  for (const k of chunks.filter((c) => !c.done)) {
    // Another worker has taken over, or nobody wants it any more.
    if (await work.stopped()) return { line_count: lines, stopped: true }
    await chunkOrLess(work, run_id, k.chunk_no, first)
    crashpoint('run.chunk_committed')
    first = false
    lines += k.line_count
    await work.progress(lines)
  }
  return (await work.tx((scope) => finish(scope, run_id))) ?? { line_count: lines }
}

/** A refusal puts a run of which nothing is published back to a draft that says why; a crash leaves it publishing and the job goes on where it was. */
export const publishJob: JobKind = {
  name: 'billing.publish',
  run: async (work: Work) => {
    const run_id = String(work.payload['run_id'])
    try {
      const chunks = await work.tx(async (scope) => (await sql<Row & { done: boolean }>`select k.chunk_no, '[]'::jsonb as digests, k.line_count, k.done_at is not null as done from billing.run_chunk k join billing.run r on r.company_id = k.company_id and r.run_id = k.run_id
        where k.company_id = ${scope.company_id} and k.run_id = ${run_id} and r.state = 'publishing' order by k.chunk_no`.execute(scope.db)).rows)
      if (chunks.length > 0) return await publishInChunks(work, run_id, chunks)
      const done = await work.tx(async (scope) => {
        const run = await lockRun(scope, run_id, 'update')
        return run ? publishNow(scope, run) : null
      })
      return done ?? { line_count: 0 }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (!(await work.tx((scope) => giveBack(scope, run_id, error.code)))) throw error
      return { refused: error.code }
    }
  },
}

/** False when something is published already: it stays, the job has failed, and the rest can be asked for again. */
async function giveBack(scope: Scope, run_id: string, code: string): Promise<boolean> {
  if ((await chunksDone(scope, run_id)).done > 0) return false
  await sql`update billing.run set state = 'draft', published_by = null, preview = preview || ${JSON.stringify({ failure: code })}::jsonb where company_id = ${scope.company_id} and run_id = ${run_id} and state = 'publishing'`.execute(scope.db)
  scope.note('run', run_id, { refused: code })
  return true
}
