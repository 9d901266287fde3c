// Publishing: the lines are computed again, and what goes in must be what the publisher saw, else it is rolled back. A run of few lines is
// published in one transaction; publish_chunks.ts does a large one chunk by chunk with the same steps.
import { sql, type RawBuilder } from 'kysely'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { bookOn, postSet } from '../../ledger/server/index.ts'
import { closePeriod, releaseReadings } from '../../meters/server/index.ts'
import type { Run } from './access.ts'
import { hasDiscounts, takeOffDiscounts } from './discounts.ts'
import { LINE_HASH, afterMass, forMass, lineCtes } from './lines.ts'
import { planOf, type Plan } from './plan.ts'
import { madeOrVoided, moved } from './sums.ts'
import { dropTariffLines, stageTariffLines } from './tariff_lines.ts'
import { NOTHING_NEW, hashOf, refusingHugeAmounts, type Digest } from './preview.ts'

/** First row number of a chunk: 2 million each (chunks.ts makes at most 1,000), all of eight hex digits, so that no row is padded. */
const firstNo = (no: number): number => 2 ** 28 + no * 2 ** 21
/** Id of the bill of a row of chunk `no` of a run; `row` counts from 1. */
export const billId = (run_id: string, no: number, row: RawBuilder<unknown>): RawBuilder<string> => sql`(${run_id.slice(0, 28)}::text || to_hex(${firstNo(no) - 1}::bigint + ${row}))::uuid`

/** Bills really inserted, by building and item: number, amount, digest (64 bits, signed, as text). */
export interface Made {
  building_id: string
  fee_item_id: string
  n: number
  fen: number
  x: string
}
export const together = (list: readonly Made[]): { n: number; fen: number; x: string } => ({ n: list.reduce((sum, m) => sum + m.n, 0), fen: list.reduce((sum, m) => sum + m.fen, 0), x: String(list.reduce((x, m) => x ^ BigInt(m.x), 0n)) })

/**
 * A month without a bill takes a plain insert: the clause against conflicts costs half of the whole (measured 10 of 20 µs a line), and the
 * lock on community and period keeps others out. Where bills exist, the unique key decides line by line.
 */
export async function insertLines(scope: Scope, plan: Plan, no: number, building_ids: readonly string[] | null): Promise<Made[]> {
  const { rows } = await sql<Made>`
    with ${lineCtes(scope, plan, { bare: true, ...(building_ids ? { building_ids } : {}) })},
    made as (
      insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, months, days, days_of, reading_id, amount_fen, issued_on, due_on, used_before, inputs)
      select ${scope.company_id}::bigint, ${plan.period_on}::date, ${billId(plan.run_id, no, sql`row_number() over (order by l.house_id, l.item_no, l.from_on)`)},
        ${plan.community_id}::uuid, l.building_id, l.house_id, l.fee_item_id, l.payer_id, ${plan.run_id}::uuid, l.from_on, l.to_on, l.price_id, l.shape, l.quantity, l.unit_price, l.months, l.days, l.days_of,
        l.reading_id, l.amount_fen, ${scope.today}::date, ${scope.today}::date + l.due_days, l.used_before, l.inputs
      from line l order by l.house_id, l.item_no, l.from_on
      ${plan.has_bills ? sql`on conflict do nothing` : sql``} returning building_id, house_id, fee_item_id, payer_id, from_on, to_on, price_id, reading_id, amount_fen)
    select l.building_id, l.fee_item_id, count(*)::int as n, sum(l.amount_fen)::bigint as fen, bit_xor(${LINE_HASH})::text as x from made l group by 1, 2`.execute(scope.db)
  return rows
}

export const chunkBills = (scope: Scope, plan: Plan, no: number) => {
  const hex = (n: number) => n.toString(16)
  const prefix = plan.run_id.slice(0, 28)
  return sql`billing.bill l where l.company_id = ${scope.company_id} and l.period_on = ${plan.period_on}::date and l.bill_id >= ${prefix + hex(firstNo(no))}::uuid and l.bill_id <= ${prefix + hex(firstNo(no + 1) - 1)}::uuid`
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
      // One reading of the bills gives both sides; in the order of houses, which the index by subject takes best.
      sql`select case when x.house_id is null then a.code else '1122' end as account_code, case when x.house_id is null then -x.amount_fen else x.amount_fen end as amount_fen, ${plan.community_id}::uuid as community_id,
          case when x.house_id is null then 'fee_item' else 'house' end as subject_type, coalesce(x.house_id, x.fee_item_id) as subject_id
        from (select l.house_id, l.fee_item_id, sum(l.amount_fen)::bigint as amount_fen from ${bills} group by grouping sets ((l.house_id), (l.fee_item_id))) x
        left join jsonb_to_recordset(${accounts}::jsonb) as a(fee_item_id uuid, code text) on a.fee_item_id = x.fee_item_id order by subject_id`,
    )
  }
}
async function chargedItems(scope: Scope, plan: Plan, no: number): Promise<Set<string>> {
  const { rows } = await sql<{ fee_item_id: string }>`select l.fee_item_id from ${chunkBills(scope, plan, no)} group by 1 having sum(l.amount_fen) > 0`.execute(scope.db)
  return new Set(rows.map((r) => r.fee_item_id))
}

export const meterKinds = (plan: Plan): string[] => plan.items.flatMap((i) => (i.meter_kind !== null && i.window ? [i.meter_kind] : []))

/** Tells meters which readings are in bills now; those that got no line stay free. */
export async function closeReadings(scope: Scope, plan: Plan): Promise<void> {
  const kinds = meterKinds(plan)
  if (kinds.length === 0) return
  await closePeriod(scope, { scope_id: plan.house_id ?? plan.community_id, kinds, period_on: plan.period_on })
  const c = scope.company_id
  const { rows } = await sql<{ reading_id: string }>`select r.reading_id from meters.meter m
    join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on = ${plan.period_on}::date and r.state <> 'suspect'
    where m.company_id = ${c} and m.community_id = ${plan.community_id} and ${plan.house_id ? sql`m.house_id = ${plan.house_id}` : sql`m.house_id is not null`} and m.kind = any(${kinds}::text[])
      and not exists (select from billing.bill b where b.company_id = ${c} and b.period_on = ${plan.period_on}::date and b.reading_id = r.reading_id and b.voided_at is null ${plan.house_id ? sql`and b.house_id = ${plan.house_id}` : sql``})`.execute(scope.db)
  await releaseReadings(scope, rows.map((r) => r.reading_id))
}

/** One run of a community and period at a time; the second then finds what the first has billed. Makes sure of the period's partition. */
export async function lockPeriod(scope: Scope, run: Pick<Run, 'community_id' | 'period_on'>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${scope.company_id} ${run.community_id} ${run.period_on}`}, 727010))`.execute(scope.db)
  await sql`select kernel.ensure_month('billing.bill', ${run.period_on}::date)`.execute(scope.db)
}

/** What follows from the bills of a chunk that were just inserted: journals, discounts, sums. Gives what the discounts took off. */
export async function booked(scope: Scope, plan: Plan, no: number, o: { made: readonly Made[]; discounts: boolean }): Promise<number> {
  if (together(o.made).fen > 0) await bookChunk(scope, plan, no)
  if (o.discounts) {
    const off = await takeOffDiscounts(scope, plan, no, chunkBills(scope, plan, no))
    await madeOrVoided(scope, sql`(select * from ${chunkBills(scope, plan, no)})`, 1).execute(scope.db)
    return off
  }
  const rows = o.made.map(({ building_id, fee_item_id, n, fen }) => ({ building_id, fee_item_id, n, fen }))
  const from = sql`(select ${plan.community_id}::uuid as community_id, ${plan.period_on}::date as period_on, m.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as m(building_id uuid, fee_item_id uuid, n bigint, fen bigint))`
  await moved(scope, from, { bill_count: sql`x.n`, amount_fen: sql`x.fen` }).execute(scope.db)
  return 0
}

/** The run is done: payers see its bills from now on. */
export async function markPublished(scope: Scope, run: Run, line_count: number, amount_fen: number): Promise<void> {
  await sql`update billing.run set state = 'published', published_at = ${scope.now}::timestamptz, line_count = ${line_count}, amount_fen = ${amount_fen} where company_id = ${scope.company_id} and run_id = ${run.run_id}`.execute(scope.db)
  scope.note('run', run.run_id, { period: run.period_on, line_count, amount_fen })
  scope.emit('billing.run_published', run.run_id, { run_id: run.run_id, community_id: run.community_id, period_on: run.period_on, line_count, amount_fen })
}

/** Publishes a locked draft in the transaction of `scope`. Refuses 'billing.preview_stale' when the lines are no more those of the preview. */
export async function publishNow(scope: Scope, run: Run): Promise<{ line_count: number; amount_fen: number }> {
  await lockPeriod(scope, run)
  const plan = await planOf(scope, run)
  // A preview without a line is published as it was seen: nothing to compute, nothing to insert.
  const nothing = run.input_hash === NOTHING_NEW
  if (!nothing) await stageTariffLines(scope, plan)
  await forMass(scope, plan)
  const made = nothing ? [] : await refusingHugeAmounts(scope, () => insertLines(scope, plan, 0, null))
  crashpoint('run.inserted')
  let seen: Digest = { line_count: 0, amount_fen: 0, x: '0' }
  if (made.length > 0) {
    const { n: line_count, fen: amount_fen, x } = together(made)
    seen = { line_count, amount_fen, x, discount_fen: await booked(scope, plan, 0, { made, discounts: await hasDiscounts(scope, plan) }) }
  }
  crashpoint('run.booked')
  await afterMass(scope)
  // Nothing new at all is no surprise to anybody: somebody else published these lines in the meantime.
  if (seen.line_count > 0 && hashOf(seen) !== run.input_hash) throw scope.refuse('billing.preview_stale')
  if (seen.line_count > 0) await closeReadings(scope, plan)
  if (plan.tariffs.size > 0) await dropTariffLines(scope, run.run_id)
  await markPublished(scope, run, seen.line_count, seen.amount_fen)
  return { line_count: seen.line_count, amount_fen: seen.amount_fen }
}
