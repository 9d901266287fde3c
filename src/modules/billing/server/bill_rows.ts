// Bills as people see them: one filter, one page, one dressing, for lists, desks, residents and Excel.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { addDays, addMonths, daysBetween } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { howColumn } from '../../meters/server/index.ts'
import { covers, housesLike, inChargeOf } from '../../property/server/index.ts'
import type { BillFilter, BillRow } from '../contract.ts'
import type { How } from '../../meters/explain.ts'
import { explain } from '../explain.ts'
import { firstBillId, lastBillId } from './lines.ts'
import { tariffTexts, type TariffBill } from './tariff_explain.ts'

/** Days past due that bound the ages; [from, to] inclusive. */
export const AGES = { d30: [0, 30], d90: [31, 90], d180: [91, 180], d365: [181, 365], over: [366, 100_000] } as const

export const UNPAID = sql<SqlBool>`b.paid_fen + b.reduced_fen < b.amount_fen`

function stateCondition(scope: Scope, state: BillFilter['state']): RawBuilder<SqlBool> {
  switch (state) {
    case 'void':
      return sql<SqlBool>`b.voided_at is not null`
    case 'open':
      return sql<SqlBool>`b.voided_at is null and b.paid_fen = 0 and ${UNPAID}`
    case 'partly':
      return sql<SqlBool>`b.voided_at is null and b.paid_fen > 0 and ${UNPAID}`
    case 'paid':
      return sql<SqlBool>`b.voided_at is null and b.paid_fen + b.reduced_fen >= b.amount_fen`
    case 'unpaid':
      return sql<SqlBool>`b.voided_at is null and ${UNPAID}`
    case 'received':
      return sql<SqlBool>`b.voided_at is null and b.paid_fen > 0`
    case 'reduced':
      return sql<SqlBool>`b.voided_at is null and b.reduced_fen > b.moved_fen`
    case 'overdue':
      return sql<SqlBool>`b.voided_at is null and ${UNPAID} and b.due_on < ${scope.today}::date`
    default:
      return sql<SqlBool>`b.voided_at is null`
  }
}

/** due_on of an age, as a condition: a bill due today is 0 days past due and not yet overdue. */
export function ageCondition(scope: Scope, age: NonNullable<BillFilter['age']>): RawBuilder<SqlBool> {
  if (age === 'not_due') return sql<SqlBool>`b.due_on > ${scope.today}::date`
  const [from, to] = AGES[age]
  return sql<SqlBool>`b.due_on <= ${addDays(scope.today, -from)}::date and b.due_on >= ${addDays(scope.today, -to)}::date`
}

const NAMED_MAX = 500
/** Houses and payers that a text names, so that bills are found by index. */
async function named(scope: Scope, q: string): Promise<RawBuilder<SqlBool>> {
  const c = scope.company_id
  const { rows } = await sql<{ kind: 'house' | 'person'; id: string }>`
    (select 'house' as kind, h.house_id as id from property.house h where h.company_id = ${c} and ${housesLike(q)} limit ${NAMED_MAX})
    union all (select 'person', p.person_id from people.person p where p.company_id = ${c} and p.name >= ${q} and p.name < ${`${q}\u{10ffff}`} limit ${NAMED_MAX})`.execute(scope.db)
  const houses = rows.filter((r) => r.kind === 'house').map((r) => r.id)
  const persons = rows.filter((r) => r.kind === 'person').map((r) => r.id)
  return sql<SqlBool>`(b.house_id = any(${houses}::uuid[]) or b.payer_id = any(${persons}::uuid[]))`
}

/** The condition of a filter; `seen` is what the caller may see. */
export async function billWhere(scope: Scope, f: BillFilter, seen: RawBuilder<SqlBool>): Promise<RawBuilder<unknown>> {
  const where: RawBuilder<unknown>[] = [sql`b.company_id = ${scope.company_id}`, seen, stateCondition(scope, f.state)]
  if (f.community_id) where.push(sql`b.community_id = ${f.community_id}`)
  if (f.building_id) where.push(sql`b.building_id = ${f.building_id}`)
  if (f.house_id) where.push(sql`b.house_id = ${f.house_id}`)
  if (f.fee_item_id) where.push(sql`b.fee_item_id = ${f.fee_item_id}`)
  if (f.steward_id) where.push(inChargeOf(scope, 'b', f.steward_id, scope.today))
  if (f.payer_id) where.push(sql`b.payer_id = ${f.payer_id}`)
  if (f.run_id) where.push(sql`b.bill_id >= ${firstBillId(sql`${f.run_id}::uuid`)} and b.bill_id <= ${lastBillId(sql`${f.run_id}::uuid`)}`)
  if (f.period_from) where.push(sql`b.period_on >= ${`${f.period_from}-01`}::date`)
  if (f.period_to) where.push(sql`b.period_on < ${`${addMonths(f.period_to, 1)}-01`}::date`)
  if (f.age) where.push(sql`${UNPAID} and ${ageCondition(scope, f.age)}`)
  if (f.q) where.push(await named(scope, f.q))
  return sql.join(where, sql` and `)
}

export interface Totals {
  count: number
  amount_fen: number
  paid_fen: number
  reduced_fen: number
  moved_fen: number
  open_fen: number
}
const live = sql`filter (where b.voided_at is null)`
const SUMS = sql`count(*)::int as count, coalesce(sum(b.amount_fen) ${live}, 0)::bigint as amount_fen, coalesce(sum(b.paid_fen) ${live}, 0)::bigint as paid_fen,
  coalesce(sum(b.reduced_fen - b.moved_fen) ${live}, 0)::bigint as reduced_fen, coalesce(sum(b.moved_fen) ${live}, 0)::bigint as moved_fen, coalesce(sum(b.amount_fen - b.paid_fen - b.reduced_fen) ${live}, 0)::bigint as open_fen`
/** Sums of a filter; void bills count, but their money does not. */
export async function totalsOf(scope: Scope, where: RawBuilder<unknown>): Promise<Totals> {
  return (await sql<Totals>`select ${SUMS} from billing.bill b where ${where}`.execute(scope.db)).rows[0]!
}
/** The same over the first `max` bills; `count` above `max` says that there are more. */
export async function totalsUpTo(scope: Scope, where: RawBuilder<unknown>, max: number): Promise<Totals> {
  return (await sql<Totals>`select ${SUMS} from (select b.amount_fen, b.paid_fen, b.reduced_fen, b.moved_fen, b.voided_at from billing.bill b where ${where} limit ${max + 1}) b`.execute(scope.db)).rows[0]!
}

/** How many bills the runs of the filter have made, when nothing but place and time is asked; else null. */
function madeBy(scope: Scope, f: BillFilter): RawBuilder<unknown> {
  const broad = !f.building_id && !f.house_id && !f.fee_item_id && !f.payer_id && !f.age && !f.q && (!f.state || f.state === 'live') && scope.reach().all
  if (!broad) return sql`null::bigint`
  const where: RawBuilder<unknown>[] = [sql`r.company_id = ${scope.company_id}`]
  if (f.community_id) where.push(sql`r.community_id = ${f.community_id}`)
  if (f.run_id) where.push(sql`r.run_id = ${f.run_id}`)
  if (f.period_from) where.push(sql`r.period_on >= ${`${f.period_from}-01`}::date`)
  if (f.period_to) where.push(sql`r.period_on < ${`${addMonths(f.period_to, 1)}-01`}::date`)
  return sql`(select coalesce(sum(r.line_count), 0)::bigint from billing.run r where ${sql.join(where, sql` and `)})`
}

/** So deep a page may lie within the newest months; a deeper one is asked of all at once. */
const RECENT_MAX = 1000
/**
 * A page of the newest. Where bills are many it lies within the last month and this one, and a page that is full there is the page: only
 * then are the other months not opened (0.4 of 2.6 ms, and most of the planning). The month stands in the text, so that the plan knows it.
 */
export async function billPage(scope: Scope, f: BillFilter, where: RawBuilder<unknown>, o: { limit: number; offset: number }): Promise<{ rows: BillRow[]; made: number | null }> {
  const also = madeBy(scope, f)
  const few = f.house_id ?? f.payer_id ?? f.period_to ?? f.age ?? f.q
  if (few === undefined && o.offset + o.limit <= RECENT_MAX) {
    const recent = sql`b.period_on >= ${sql.lit(`${addMonths(scope.today.slice(0, 7), -1)}-01`)}`
    const found = await rawRows(scope, sql`${where} and ${recent}`, { ...o, also })
    if (found.length === o.limit) return { rows: await dressAll(scope, found), made: found[0]!.also }
  }
  const found = await rawRows(scope, where, { ...o, also })
  return { rows: await dressAll(scope, found), made: found[0]?.also ?? null }
}

interface Raw extends Omit<BillRow, 'can' | 'period' | 'state' | 'open_fen' | 'overdue_days' | 'explanation'> {
  voided_at: string | null
  shape: string
  quantity: string
  unit_price: string
  months: string
  days: number
  days_of: number
  cycle: string
  unit_name: string
  meter_kind: string | null
  reading_id: string | null
  /** Of a metered or shared bill, found afterwards. */
  how?: How | null
  note: string | null
  price_id: string
  component: string | null
  used_before: string | null
  inputs: TariffBill['inputs']
  also: number | null
}

/** newest: for lists; oldest: for the desk, which pays the oldest first. */
export type Order = 'newest' | 'oldest' | 'house'
const ORDERS: Record<Order, RawBuilder<unknown>> = {
  newest: sql`b.period_on desc, b.bill_id desc`,
  oldest: sql`b.period_on, b.from_on, b.bill_id`,
  house: sql`b.period_on, b.bill_id`,
}

interface Cut {
  limit: number
  offset?: number
  order?: Order
  also?: RawBuilder<unknown>
}
export async function billRows(scope: Scope, where: RawBuilder<unknown>, o: Cut): Promise<BillRow[]> {
  const raw = await rawRows(scope, where, o)
  const rows = await dressAll(scope, raw)
  // The engine keeps what a promise gave for several pages; emptied, an export of 100,000 makes the process grow by 83 MB instead of 195 (measured).
  raw.length = 0
  return rows
}

/** The page is cut first, then looked up: names are fetched for the rows shown only. */
async function rawRows(scope: Scope, where: RawBuilder<unknown>, o: Cut): Promise<Raw[]> {
  const c = scope.company_id
  const order = ORDERS[o.order ?? 'newest']
  const { rows } = await sql<Raw>`
    with page as materialized (select b.* from billing.bill b where ${where} order by ${order} limit ${sql.lit(o.limit)} ${o.offset ? sql`offset ${o.offset}` : sql``})
    select b.bill_id, b.period_on, b.community_id, cm.name as community_name, b.building_id, bd.name as building_name, b.house_id, h.label as house_label, b.fee_item_id, i.name as fee_item_name,
      b.payer_id, p.name as payer_name, b.from_on, b.to_on, b.amount_fen, b.paid_fen, b.reduced_fen - b.moved_fen as reduced_fen, b.moved_fen, b.issued_on, b.due_on, b.run_id, b.voided_at,
      b.shape, b.quantity, b.unit_price, b.months, b.days, b.days_of, b.note, i.cycle, i.unit_name, i.meter_kind, b.price_id, i.component, b.used_before::text as used_before, b.inputs, b.reading_id, ${o.also ?? sql`null::bigint`} as also
    from page b join property.community cm on cm.company_id = ${c} and cm.community_id = b.community_id join property.building bd on bd.company_id = ${c} and bd.building_id = b.building_id
    join property.house h on h.company_id = ${c} and h.house_id = b.house_id join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = b.fee_item_id
    join people.person p on p.company_id = ${c} and p.person_id = b.payer_id
    order by ${order}`.execute(scope.db)
  return rows
}

/** What a meter or a split says of those that come from one: six tables that a page without any need not open. */
async function findHow(scope: Scope, rows: readonly Raw[]): Promise<void> {
  const of = rows.filter((r) => r.shape === 'meter' || r.shape === 'share')
  if (of.length === 0) return
  const found = await sql<{ n: number; how: How | null }>`select b.n::int as n, ${howColumn(scope, 'b')}
    from unnest(${of.map((r) => r.shape)}::text[], ${of.map((r) => r.reading_id)}::uuid[], ${of.map((r) => r.quantity)}::numeric[], ${of.map((r) => r.house_id)}::uuid[]) with ordinality as b(shape, reading_id, quantity, house_id, n)`.execute(scope.db)
  for (const { n, how } of found.rows) of[n - 1]!.how = how
}

async function dressAll(scope: Scope, rows: readonly Raw[]): Promise<BillRow[]> {
  const may = scope.reach('billing.bill.void')
  const [texts] = await Promise.all([tariffTexts(scope, rows), findHow(scope, rows)])
  return rows.map((r, n) => dressed(r, scope.today, covers(may, r), texts[n]?.text))
}

// Field by field: an object made by spreading another less some is slow to make and slow to write.
function dressed(r: Raw, today: string, mayVoid: boolean, text: string | undefined): BillRow {
  const open_fen = r.voided_at ? 0 : r.amount_fen - r.paid_fen - r.reduced_fen - r.moved_fen
  return {
    bill_id: r.bill_id,
    period: r.period_on.slice(0, 7),
    period_on: r.period_on,
    community_id: r.community_id,
    community_name: r.community_name,
    building_id: r.building_id,
    building_name: r.building_name,
    house_id: r.house_id,
    house_label: r.house_label,
    fee_item_id: r.fee_item_id,
    fee_item_name: r.fee_item_name,
    payer_id: r.payer_id,
    payer_name: r.payer_name,
    from_on: r.from_on,
    to_on: r.to_on,
    amount_fen: r.amount_fen,
    paid_fen: r.paid_fen,
    reduced_fen: r.reduced_fen,
    moved_fen: r.moved_fen,
    open_fen,
    issued_on: r.issued_on,
    due_on: r.due_on,
    overdue_days: open_fen > 0 && r.due_on < today ? daysBetween(r.due_on, today) : 0,
    state: r.voided_at ? 'void' : open_fen <= 0 ? 'paid' : r.paid_fen > 0 ? 'partly' : 'open',
    explanation: r.note ?? text ?? explain(r),
    run_id: r.run_id,
    can: { void: !mayVoid ? 'kernel.forbidden' : r.voided_at ? 'billing.already_void' : r.paid_fen > 0 ? 'billing.already_paid' : r.shape === 'one_off' ? 'billing.one_off' : true },
  }
}
