// Publishing: the lines are computed again and inserted in chunks of buildings inside one transaction, so that a crash leaves nothing
// and a retry begins anew. What goes in must be what the publisher saw, else everything is rolled back.
import { sql } from 'kysely'
import type { JobKind, Work } from '../../../kernel/app.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { bookOn, postSet } from '../../ledger/server/index.ts'
import { closePeriod, releaseReadings } from '../../meters/server/index.ts'
import type { Run } from './access.ts'
import { hasDiscounts, takeOffDiscounts } from './discounts.ts'
import { LINE_HASH, afterMass, forMass, lineCtes } from './lines.ts'
import { planOf, type Plan } from './plan.ts'
import { madeOrVoided } from './sums.ts'
import { dropTariffLines, stageTariffLines } from './tariff_lines.ts'
import { NOTHING_NEW, hashOf, refusingHugeAmounts } from './preview.ts'

/** Above this many lines a run is published in the background. */
export const INLINE_MAX = 20_000
const HOUSES_PER_CHUNK = 50_000
const CHUNKS_MAX = 1024

interface Chunk {
  no: number
  building_ids: string[]
}
async function chunksOf(scope: Scope, plan: Plan): Promise<Chunk[]> {
  if (plan.house_id) return [{ no: 0, building_ids: [] }]
  const { rows } = await sql<{ building_id: string; n: number }>`select building_id, count(*)::int as n from property.house where company_id = ${scope.company_id} and community_id = ${plan.community_id} group by building_id order by building_id`.execute(scope.db)
  const chunks: Chunk[] = []
  let room = 0
  for (const b of rows) {
    if (room < b.n) {
      chunks.push({ no: chunks.length, building_ids: [] })
      room = HOUSES_PER_CHUNK
    }
    chunks.at(-1)!.building_ids.push(b.building_id)
    room -= b.n
  }
  if (chunks.length > CHUNKS_MAX) throw new Error(`run ${plan.run_id} has ${chunks.length} chunks`)
  return chunks
}

/** First bill id of a chunk: 4 million row numbers each. */
const CHUNK_BITS = 22

/**
 * A month without a bill takes a plain insert: the clause against conflicts costs half of the whole (measured 10 of 20 µs a line), and the
 * lock on community and period keeps others out. Where bills exist, the unique key decides line by line.
 */
async function insertChunk(scope: Scope, plan: Plan, chunk: Chunk): Promise<number> {
  const base = chunk.no << CHUNK_BITS
  const result = await sql`
    insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, months, days, days_of, reading_id, amount_fen, issued_on, due_on, used_before, inputs)
    with ${lineCtes(scope, plan, plan.house_id ? {} : { building_ids: chunk.building_ids })}
    select ${scope.company_id}::bigint, ${plan.period_on}::date, (${plan.run_id.slice(0, 28)}::text || lpad(to_hex(${base}::bigint + row_number() over (order by l.house_id, l.item_no, l.from_on)), 8, '0'))::uuid,
      ${plan.community_id}::uuid, l.building_id, l.house_id, l.fee_item_id, l.payer_id, ${plan.run_id}::uuid, l.from_on, l.to_on, l.price_id, l.shape, l.quantity, l.unit_price, l.months, l.days, l.days_of,
      l.reading_id, l.amount_fen, ${scope.today}::date, ${scope.today}::date + l.due_days, l.used_before, l.inputs
    from line l order by l.house_id, l.item_no, l.from_on
    ${plan.has_bills ? sql`on conflict do nothing` : sql``}`.execute(scope.db)
  return Number(result.numAffectedRows ?? 0n)
}

const chunkBills = (scope: Scope, plan: Plan, no: number) => {
  const hex = (n: number) => n.toString(16).padStart(8, '0')
  const prefix = plan.run_id.slice(0, 28)
  return sql`billing.bill l where l.company_id = ${scope.company_id} and l.period_on = ${plan.period_on}::date and l.bill_id >= ${prefix + hex(no << CHUNK_BITS)}::uuid and l.bill_id <= ${prefix + hex(((no + 1) << CHUNK_BITS) - 1)}::uuid`
}

/** Receivable by house against income by fee item, from the rows that were really inserted; a journal for each book that an item's money belongs to. */
export async function bookChunk(scope: Scope, plan: Plan, no: number): Promise<void> {
  const bookOf = await bookOn(scope, plan.community_id, scope.today)
  const by = Map.groupBy(plan.items, (i) => bookOf(i.belongs_to))
  const charged = by.size === 1 ? null : await chargedItems(scope, plan, no)
  for (const [book, items] of by) {
    if (charged && !items.some((i) => charged.has(i.fee_item_id))) continue
    const accounts = JSON.stringify(items.map((i) => ({ fee_item_id: i.fee_item_id, code: i.account_code })))
    const codes = ['1122', ...new Set(items.map((i) => i.account_code))]
    const bills = charged ? sql`${chunkBills(scope, plan, no)} and l.fee_item_id = any(${items.map((i) => i.fee_item_id)}::uuid[])` : chunkBills(scope, plan, no)
    await postSet(
      scope,
      { book, booked_on: scope.today, kind: 'charge', source_type: 'run', source_id: `${plan.run_id}:${no}` },
      codes,
      sql`select '1122' as account_code, sum(l.amount_fen)::bigint as amount_fen, ${plan.community_id}::uuid as community_id, 'house' as subject_type, l.house_id as subject_id from ${bills} group by l.house_id
        union all
        select a.code, -sum(l.amount_fen)::bigint, ${plan.community_id}::uuid, 'fee_item', l.fee_item_id from (select fee_item_id, amount_fen from ${bills}) l
        join jsonb_to_recordset(${accounts}::jsonb) as a(fee_item_id uuid, code text) on a.fee_item_id = l.fee_item_id group by a.code, l.fee_item_id`,
    )
  }
}
async function chargedItems(scope: Scope, plan: Plan, no: number): Promise<Set<string>> {
  const { rows } = await sql<{ fee_item_id: string }>`select l.fee_item_id from ${chunkBills(scope, plan, no)} group by 1 having sum(l.amount_fen) > 0`.execute(scope.db)
  return new Set(rows.map((r) => r.fee_item_id))
}

/** Tells meters which readings are in bills now; those that got no line stay free. */
async function closeReadings(scope: Scope, plan: Plan): Promise<void> {
  const metered = plan.items.filter((i) => i.meter_kind !== null && i.window)
  if (metered.length === 0) return
  const kinds = metered.map((i) => i.meter_kind!)
  await closePeriod(scope, { scope_id: plan.house_id ?? plan.community_id, kinds, period_on: plan.period_on })
  const c = scope.company_id
  const { rows } = await sql<{ reading_id: string }>`select r.reading_id from property.house h join meters.meter m on m.company_id = ${c} and m.house_id = h.house_id and m.kind = any(${kinds}::text[])
    join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on = ${plan.period_on}::date and r.state <> 'suspect'
    left join billing.bill b on b.company_id = ${c} and b.period_on = ${plan.period_on}::date and b.house_id = h.house_id and b.reading_id = r.reading_id and b.voided_at is null
    where h.company_id = ${c} and h.community_id = ${plan.community_id} ${plan.house_id ? sql`and h.house_id = ${plan.house_id}` : sql``} and b.bill_id is null`.execute(scope.db)
  await releaseReadings(scope, rows.map((r) => r.reading_id))
}

/** Publishes a locked draft in the transaction of `scope`. Refuses 'billing.preview_stale' when the lines are no more those of the preview. */
export async function publishNow(scope: Scope, run: Run, progress: (done: number) => Promise<void> = async () => {}): Promise<{ line_count: number; amount_fen: number }> {
  // One run of a community and period at a time; the second then finds what the first has billed.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${scope.company_id} ${run.community_id} ${run.period_on}`}, 727010))`.execute(scope.db)
  await sql`select kernel.ensure_month('billing.bill', ${run.period_on}::date)`.execute(scope.db)
  const plan = await planOf(scope, run)
  if (run.input_hash !== NOTHING_NEW) await stageTariffLines(scope, plan)
  await forMass(scope, plan)
  let line_count = 0
  let amount_fen = 0
  let discount_fen = 0
  let x = 0n
  const discounts = await hasDiscounts(scope, plan)
  // A preview without a line is published as it was seen: nothing to compute, nothing to insert.
  for (const chunk of run.input_hash === NOTHING_NEW ? [] : await chunksOf(scope, plan)) {
    const inserted = await refusingHugeAmounts(scope, () => insertChunk(scope, plan, chunk))
    crashpoint('run.inserted')
    if (inserted > 0) {
      const { rows } = await sql<{ n: number; fen: number; x: string }>`select count(*)::int as n, sum(l.amount_fen)::bigint as fen, bit_xor(${LINE_HASH})::text as x from ${chunkBills(scope, plan, chunk.no)}`.execute(scope.db)
      line_count += rows[0]!.n
      amount_fen += rows[0]!.fen
      x ^= BigInt(rows[0]!.x)
      if (rows[0]!.fen > 0) await bookChunk(scope, plan, chunk.no)
      if (discounts) discount_fen += await takeOffDiscounts(scope, plan, chunk.no, chunkBills(scope, plan, chunk.no))
      await madeOrVoided(scope, sql`(select * from ${chunkBills(scope, plan, chunk.no)})`, 1).execute(scope.db)
    }
    crashpoint('run.booked')
    await progress(line_count)
  }
  await afterMass(scope)
  // Nothing new at all is no surprise to anybody: somebody else published these lines in the meantime.
  if (line_count > 0 && hashOf({ line_count, amount_fen, x: String(x), discount_fen }) !== run.input_hash) throw scope.refuse('billing.preview_stale')
  if (line_count > 0) await closeReadings(scope, plan)
  if (plan.tariffs.size > 0) await dropTariffLines(scope, run.run_id)
  await sql`update billing.run set state = 'published', published_at = ${scope.now}::timestamptz, line_count = ${line_count}, amount_fen = ${amount_fen} where company_id = ${scope.company_id} and run_id = ${run.run_id}`.execute(scope.db)
  scope.note('run', run.run_id, { period: run.period_on, line_count, amount_fen })
  scope.emit('billing.run_published', run.run_id, { run_id: run.run_id, community_id: run.community_id, period_on: run.period_on, line_count, amount_fen })
  return { line_count, amount_fen }
}

const RUN_OF_JOB = sql.raw('run_id, community_id, period_on, fee_item_ids, house_id, state, input_hash, line_count, amount_fen, created_by, published_by')
/** The background form. A refusal puts the run back to a draft that says why; a crash leaves it publishing and the job is tried again. */
export const publishJob: JobKind = {
  name: 'billing.publish',
  run: async (work: Work) => {
    const run_id = String(work.payload['run_id'])
    try {
      const done = await work.tx(async (scope) => {
        const { rows } = await sql<Run>`select ${RUN_OF_JOB} from billing.run where company_id = ${scope.company_id} and run_id = ${run_id} for update`.execute(scope.db)
        if (rows[0]?.state !== 'publishing') return null
        return publishNow(scope, rows[0], (n) => work.progress(n))
      })
      return done ?? { line_count: 0 }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      await work.tx(async (scope) => {
        await sql`update billing.run set state = 'draft', published_by = null, preview = preview || ${JSON.stringify({ failure: error.code })}::jsonb where company_id = ${scope.company_id} and run_id = ${run_id} and state = 'publishing'`.execute(scope.db)
        scope.note('run', run_id, { refused: error.code })
      })
      return { refused: error.code }
    }
  },
}
