// Shared amounts (公摊) into bills: the parts that meters has computed, published by a second person, void and issued again. One bill a
// house; `reading_id` is the split and `price_id` the version of its rule, so that the live key lets a split be billed once.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { BookName } from '../../ledger/contract.ts'
import { bookOfBill, postSet } from '../../ledger/server/index.ts'
import { markPublished, markVoid, splitStillHolds, splitToChange, splitToSee, endOf, type SplitToPublish } from '../../meters/server/index.ts'
import { billing } from '../contract.ts'
import { billsOfRuns } from './lines.ts'
import { planOf, publishedRuns, type RunInput } from './plan.ts'
import { billId, bookChunk } from './publish.ts'
import { madeOrVoided } from './sums.ts'

const NAMED = 5

interface Item {
  fee_item_id: string
  name: string
  shape: string
  community_id: string
  fee_class: string
  due_days: number
  disabled_at: string | null
}
async function itemOf(scope: Scope, s: SplitToPublish, fee_item_id: string): Promise<Item> {
  const item = await scope.db.selectFrom('billing.fee_item').select(['fee_item_id', 'name', 'shape', 'community_id', 'fee_class', 'due_days', 'disabled_at']).where('company_id', '=', scope.company_id).where('fee_item_id', '=', fee_item_id).executeTakeFirst()
  if (!item || item.community_id !== s.community_id) throw scope.notFound()
  if (item.shape !== 'share') throw scope.refuse('billing.not_share_item', { name: item.name })
  if (item.disabled_at) throw scope.refuse('billing.item_disabled', { name: item.name })
  return item
}

/** The bills of a split that are live, under `b`. */
async function billsOfSplit(scope: Scope, s: SplitToPublish) {
  const runs = await publishedRuns(scope, s.community_id, [s.period_on])
  return sql`${billsOfRuns(scope, { community_id: s.community_id, period_on: s.period_on, run_ids: runs.get(s.period_on) ?? [] })} and b.reading_id = ${s.split_id}`
}

/** The other item of an earlier publishing must not bill a part a second time. */
async function refuseOtherItem(scope: Scope, s: SplitToPublish, fee_item_id: string): Promise<void> {
  const { rows } = await sql<{ name: string }>`select i.name from (select b.fee_item_id from ${await billsOfSplit(scope, s)} and b.fee_item_id <> ${fee_item_id} limit 1) x join billing.fee_item i on i.company_id = ${scope.company_id} and i.fee_item_id = x.fee_item_id`.execute(scope.db)
  if (rows[0]) throw scope.refuse('billing.share_other_item', { name: rows[0].name })
}

async function refuseWithoutPayer(scope: Scope, s: SplitToPublish, item: Item): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ label: string; n: number }>`select h.label, (count(*) over ())::int as n from meters.share_part p join property.house h on h.company_id = ${c} and h.house_id = p.house_id
    where p.company_id = ${c} and p.split_id = ${s.split_id} and p.amount_fen > 0 and not exists (select from people.payer y where y.company_id = ${c} and y.house_id = p.house_id and y.fee_class = ${item.fee_class} and y.from_on <= ${s.on_day}::date and (y.to_on is null or y.to_on > ${s.on_day}::date)) order by h.sort_no, h.label limit ${NAMED}`.execute(scope.db)
  if (rows[0]) throw scope.refuse('billing.share_no_payer', { count: rows[0].n, houses: rows.map((r) => r.label).join('、') })
}

async function insertBills(scope: Scope, s: SplitToPublish, item: Item, run_id: string): Promise<{ count: number; amount_fen: number }> {
  const c = scope.company_id
  const { rows } = await sql<{ count: number; amount_fen: number }>`with made as (
      insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, months, days, days_of, reading_id, amount_fen, issued_on, due_on)
      select ${c}::bigint, ${s.period_on}::date, ${billId(run_id, 0, sql`row_number() over (order by h.sort_no, h.house_id)`)}, h.community_id, h.building_id, h.house_id, ${item.fee_item_id}::uuid, y.person_id, ${run_id}::uuid, ${s.period_on}::date, ${endOf(s)}::date,
        ${s.rule_id}::uuid, 'share', least(round(p.weight, 4), 9999999999), least(round(${s.total_fen}::numeric / 100 / ${s.weight_sum}::numeric, 6), 999999999999), 1, 0, 0, ${s.split_id}::uuid, p.amount_fen, ${scope.today}::date, ${scope.today}::date + ${item.due_days}::int
      from meters.share_part p join property.house h on h.company_id = ${c} and h.house_id = p.house_id
      join people.payer y on y.company_id = ${c} and y.house_id = p.house_id and y.fee_class = ${item.fee_class} and y.from_on <= ${s.on_day}::date and (y.to_on is null or y.to_on > ${s.on_day}::date)
      where p.company_id = ${c} and p.split_id = ${s.split_id} and p.amount_fen > 0
        and not exists (select from billing.rework_bill k where k.company_id = ${c} and k.live and k.side = 'from' and k.house_id = p.house_id and k.fee_item_id = ${item.fee_item_id} and k.period_on = ${s.period_on}::date and k.reading_id = ${s.split_id})
      on conflict do nothing returning *), told as (${madeOrVoided(scope, sql`made`, 1)})
    select count(*)::int as count, coalesce(sum(amount_fen), 0)::bigint as amount_fen from made`.execute(scope.db)
  return rows[0]!
}

const publish = answer(billing.publishShare, async (scope, o) => {
  const s = await splitToChange(scope, o.split_id)
  if (s.state === 'void') throw scope.refuse('billing.share_void')
  if (s.created_by === scope.who.account_id) throw scope.refuse('billing.same_person', { name: scope.who.name })
  if (s.parts_hash !== o.parts_hash) throw scope.refuse('billing.preview_stale')
  const item = await itemOf(scope, s, o.fee_item_id)
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${scope.company_id} ${s.community_id} ${s.period_on}`}, 727010))`.execute(scope.db)
  await sql`select kernel.ensure_month('billing.bill', ${s.period_on}::date)`.execute(scope.db)
  // What was published once stands as it was seen; only what has been voided since is issued anew.
  if (s.state === 'draft' && !(await splitStillHolds(scope, s))) throw scope.refuse('billing.preview_stale')
  await refuseOtherItem(scope, s, item.fee_item_id)
  await refuseWithoutPayer(scope, s, item)
  const run: RunInput = { run_id: uuidv7(), community_id: s.community_id, period_on: s.period_on, fee_item_ids: [item.fee_item_id], house_id: null }
  const made = await insertBills(scope, s, item, run.run_id)
  if (s.state === 'draft') assert(made.amount_fen === s.total_fen, `split ${s.split_id}: ${made.amount_fen} billed of ${s.total_fen}`)
  if (made.count > 0) {
    await sql`insert into billing.run (company_id, run_id, community_id, period_on, fee_item_ids, house_id, state, line_count, amount_fen, created_by, created_at, published_by, published_at)
      values (${scope.company_id}, ${run.run_id}, ${s.community_id}, ${s.period_on}, array[${item.fee_item_id}]::uuid[], null, 'published', ${made.count}, ${made.amount_fen}, ${s.created_by}, ${scope.now}, ${scope.who.account_id}, ${scope.now})`.execute(scope.db)
    await bookChunk(scope, await planOf(scope, run), 0)
    scope.emit('billing.run_published', run.run_id, { run_id: run.run_id, community_id: s.community_id, period_on: s.period_on, line_count: made.count, amount_fen: made.amount_fen })
  }
  await sql`insert into billing.share_item (company_id, group_id, fee_item_id) values (${scope.company_id}, ${s.group_id}, ${item.fee_item_id}) on conflict (company_id, group_id) do update set fee_item_id = excluded.fee_item_id`.execute(scope.db)
  if (s.state === 'draft') await markPublished(scope, s)
  scope.note('share_split', s.split_id, { run_id: run.run_id, count: made.count, amount_fen: made.amount_fen })
  return { split_id: s.split_id, run_id: made.count > 0 ? run.run_id : null, published_count: made.count, amount_fen: made.amount_fen }
})

/** The receivables of the voided bills go back, in one journal. */
async function bookVoided(scope: Scope, s: SplitToPublish, bill_ids: readonly string[]): Promise<void> {
  const of = sql`billing.bill b join billing.fee_item f on f.company_id = b.company_id and f.fee_item_id = b.fee_item_id where b.company_id = ${scope.company_id} and b.period_on = ${s.period_on}::date and b.bill_id = any(${[...bill_ids]}::uuid[]) and b.amount_fen > b.reduced_fen`
  const { rows } = await sql<{ account_code: string; book: BookName }>`select distinct f.account_code, ${bookOfBill('b', 'f')} as book from ${of}`.execute(scope.db)
  if (rows.length === 0) return
  await postSet(
    scope,
    { book: rows[0]!.book, booked_on: scope.today, kind: 'charge_void', source_type: 'share', source_id: s.split_id },
    ['1122', ...rows.map((r) => r.account_code)],
    sql`select '1122' as account_code, -sum(b.amount_fen - b.reduced_fen)::bigint as amount_fen, ${s.community_id}::uuid as community_id, 'house' as subject_type, b.house_id as subject_id from ${of} group by b.house_id
      union all select f.account_code, sum(b.amount_fen - b.reduced_fen)::bigint, ${s.community_id}::uuid, 'fee_item', b.fee_item_id from ${of} group by f.account_code, b.fee_item_id`,
  )
}

const voidAll = answer(billing.voidShare, async (scope, o) => {
  const s = await splitToChange(scope, o.split_id)
  if (s.state !== 'published') throw scope.refuse('billing.share_not_published')
  const of = await billsOfSplit(scope, s)
  const { rows: live } = await sql<{ bill_id: string; house_id: string; paid_fen: number }>`select b.bill_id, b.house_id, b.paid_fen from ${of} order by b.bill_id for update of b`.execute(scope.db)
  const paid = live.filter((b) => b.paid_fen > 0)
  if (paid.length) {
    const { rows } = await sql<{ label: string }>`select label from property.house where company_id = ${scope.company_id} and house_id = any(${paid.slice(0, NAMED).map((b) => b.house_id)}::uuid[]) order by sort_no, label`.execute(scope.db)
    throw scope.refuse('billing.share_paid', { count: paid.length, houses: rows.map((r) => r.label).join('、') })
  }
  if (live.length) {
    const ids = live.map((b) => b.bill_id)
    await bookVoided(scope, s, ids)
    await sql`with done as (update billing.bill set voided_at = ${scope.now}::timestamptz, voided_by = ${scope.who.account_id}::uuid, void_reason = ${o.reason} where company_id = ${scope.company_id} and period_on = ${s.period_on}::date and bill_id = any(${ids}::uuid[]) and voided_at is null and paid_fen = 0 returning *) ${madeOrVoided(scope, sql`done`, -1)}`.execute(scope.db)
  }
  await markVoid(scope, s, o.reason)
  scope.note('share_split', s.split_id, { voided: live.length, reason: o.reason })
  return { split_id: s.split_id, voided_count: live.length }
})

export const shareAnswers = [
  publish,
  voidAll,
  answer(billing.shareBilling, async (scope, { split_id }) => {
    const s = await splitToSee(scope, split_id)
    const { rows: items } = await sql<{ fee_item_id: string; name: string; is_last: boolean }>`select i.fee_item_id, i.name, x.group_id is not null as is_last from billing.fee_item i left join billing.share_item x on x.company_id = ${scope.company_id} and x.group_id = ${s.group_id} and x.fee_item_id = i.fee_item_id
      where i.company_id = ${scope.company_id} and i.community_id = ${s.community_id} and i.shape = 'share' and i.disabled_at is null order by x.group_id is null, i.sort_no, i.code limit 50`.execute(scope.db)
    const { rows } = await sql<{ bill_count: number; amount_fen: number; paid_fen: number; run_id: string | null }>`select count(*)::int as bill_count, coalesce(sum(b.amount_fen), 0)::bigint as amount_fen, coalesce(sum(b.paid_fen), 0)::bigint as paid_fen, max(b.run_id::text)::uuid as run_id from ${await billsOfSplit(scope, s)}`.execute(scope.db)
    return { items, ...rows[0]!, missing: s.state === 'published' && rows[0]!.amount_fen < s.total_fen ? `还有 ${yuanGrouped(fen(s.total_fen - rows[0]!.amount_fen))} 元的账单已作废,可重新出账` : null }
  }),
]
