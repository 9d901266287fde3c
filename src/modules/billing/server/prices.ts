// Price versions: a new one ends the one before on its day; nothing here ever touches a bill.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { billing } from '../contract.ts'
import { explain } from '../explain.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { itemToChange } from './access.ts'
import { billsOfRuns } from './lines.ts'
import { publishedRuns } from './plan.ts'

async function itemToRead(scope: Scope, fee_item_id: string) {
  const { rows } = await sql<{ fee_item_id: string; community_id: string; cycle: string; unit_name: string; meter_kind: string | null }>`select i.fee_item_id, i.community_id, i.cycle, i.unit_name, i.meter_kind from billing.fee_item i
    where i.company_id = ${scope.company_id} and i.fee_item_id = ${fee_item_id} and ${communitiesSeenBy(scope, { alias: 'i' })}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}

const list = answer(billing.prices, async (scope, { fee_item_id }) => {
  await itemToRead(scope, fee_item_id)
  const rows = await scope.db.selectFrom('billing.price').select(['price_id', 'fee_item_id', 'house_kind', 'unit_price', 'from_on', 'to_on', 'basis', 'created_by', 'created_at']).where('company_id', '=', scope.company_id).where('fee_item_id', '=', fee_item_id).orderBy('from_on', 'desc').orderBy('created_at', 'desc').limit(500).execute()
  const names = await memberNames(scope, rows.map((r) => r.created_by))
  const stateOf = (r: { from_on: string; to_on: string | null }) => (r.to_on !== null && r.to_on <= r.from_on ? ('replaced' as const) : r.from_on > scope.today ? ('future' as const) : r.to_on !== null && r.to_on <= scope.today ? ('past' as const) : ('now' as const))
  return { rows: rows.map(({ created_by, ...r }) => ({ ...r, house_kind: r.house_kind as 'dwelling' | null, state: stateOf(r), created_by_name: (created_by && names.get(created_by)) || null })) }
})

const publish = answer(billing.publishPrice, async (scope, o) => {
  await itemToChange(scope, o.fee_item_id) // locks the item: two publishers take turns
  const c = scope.company_id
  const same = sql`company_id = ${c} and fee_item_id = ${o.fee_item_id} and house_kind is not distinct from ${o.house_kind}`
  const { rows: closed } = await sql<{ price_id: string }>`update billing.price set to_on = ${o.from_on}::date where ${same} and from_on <= ${o.from_on}::date and (to_on is null or to_on > ${o.from_on}::date) returning price_id`.execute(scope.db)
  const later = (await sql<{ from_on: string | null }>`select min(from_on) as from_on from billing.price where ${same} and from_on > ${o.from_on}::date and (to_on is null or to_on > from_on)`.execute(scope.db)).rows[0]!.from_on
  const price_id = uuidv7()
  await scope.db.insertInto('billing.price').values({ company_id: c, price_id, fee_item_id: o.fee_item_id, house_kind: o.house_kind, unit_price: o.unit_price, from_on: o.from_on, to_on: later, basis: o.basis, created_by: scope.who.account_id, created_at: scope.now }).execute()
  scope.note('price', price_id, { fee_item_id: o.fee_item_id, house_kind: o.house_kind, unit_price: o.unit_price, from_on: o.from_on, closed: closed.map((x) => x.price_id) })
  return { price_id, closed_count: closed.length, to_on: later }
})

interface Tried {
  house_id: string
  house_label: string
  shape: string
  quantity: string
  months: string
  days: number
  days_of: number
  before_fen: number
  after_fen: number
}
/** The item's last published period at the price asked. Parts of a month are rounded alone here, so a split month may differ by a fen. */
const trial = answer(billing.pricePreview, async (scope, o) => {
  const item = await itemToRead(scope, o.fee_item_id)
  const c = scope.company_id
  const period_on = (await sql<{ p: string | null }>`select max(period_on) as p from billing.run where company_id = ${c} and community_id = ${item.community_id} and state = 'published' and line_count > 0 and house_id is null and ${o.fee_item_id}::uuid = any(fee_item_ids)`.execute(scope.db)).rows[0]!.p
  if (!period_on) return { rows: [], total: 0, period: null, before_fen: 0, after_fen: 0 }
  const run_ids = (await publishedRuns(scope, item.community_id, [period_on])).get(period_on) ?? []
  // A general price does not reach kinds that have a price of their own.
  const kinds = o.house_kind ? sql`h.kind = ${o.house_kind}` : sql`not exists (select from billing.price y where y.company_id = ${c} and y.fee_item_id = ${o.fee_item_id} and y.house_kind = h.kind and y.from_on <= ${scope.today}::date and (y.to_on is null or y.to_on > ${scope.today}::date))`
  const tried = sql`tried as materialized (
    select b.house_id, h.label as house_label, h.sort_no, b.from_on, b.shape, b.quantity, b.months, b.days, b.days_of, b.amount_fen as before_fen,
      round(b.quantity * ${o.unit_price}::numeric * 100 * case when b.days_of > 0 then b.days else b.months end / case when b.days_of > 0 then b.days_of else 1 end)::bigint as after_fen
    from (select b.* from ${billsOfRuns(scope, { community_id: item.community_id, period_on, run_ids })} and b.fee_item_id = ${o.fee_item_id}) b join property.house h on h.company_id = ${c} and h.house_id = b.house_id and ${kinds})`
  const { rows } = await sql<Tried>`with ${tried} select house_id, house_label, shape, quantity::text as quantity, months::text as months, days, days_of, before_fen, after_fen from tried
    order by abs(after_fen - before_fen) desc, sort_no, house_label, from_on limit ${o.page_size} offset ${(o.page - 1) * o.page_size}`.execute(scope.db)
  const sums = (await sql<{ total: number; before_fen: number; after_fen: number }>`with ${tried} select count(*)::int as total, coalesce(sum(before_fen), 0)::bigint as before_fen, coalesce(sum(after_fen), 0)::bigint as after_fen from tried`.execute(scope.db)).rows[0]!
  return {
    ...sums,
    period: period_on.slice(0, 7),
    rows: rows.map((r) => ({ house_id: r.house_id, house_label: r.house_label, before_fen: r.before_fen, after_fen: r.after_fen, explanation: explain({ ...r, unit_price: o.unit_price, amount_fen: r.after_fen, cycle: item.cycle, unit_name: item.unit_name, meter_kind: item.meter_kind }) })),
  }
})

export const priceAnswers = [list, publish, trial]
