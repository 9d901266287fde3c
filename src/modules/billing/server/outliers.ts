// What a preview points at: amounts that jump, and houses that should have a line and have none.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { OutlierKind } from '../contract.ts'
import { billsOfPeriod, LINE_HASH } from './lines.ts'
import type { Plan } from './plan.ts'

/** `last as (house_id, fee_item_id, fen, n)`: live bills of each item's cycle before; by item alone when `whole`. */
export function lastCte(scope: Scope, plan: Plan, whole = false): RawBuilder<unknown> {
  const groups = [...Map.groupBy(plan.items.filter((i) => i.window), (i) => i.last_on)]
  const house = whole ? sql`null::uuid` : sql`b.house_id`
  if (groups.length === 0) return sql`last as (select null::uuid as house_id, null::uuid as fee_item_id, 0::bigint as fen, 0 as n where false)`
  const each = groups.map(([on, items]) => sql`select ${house} as house_id, b.fee_item_id, sum(b.amount_fen)::bigint as fen, count(*)::int as n from ${billsOfPeriod(scope, plan, on)} and b.fee_item_id = any(${items.map((i) => i.fee_item_id)}::uuid[]) group by 1, 2`)
  return sql`last as materialized (${sql.join(each, sql` union all `)})`
}
/** `cur as (building_id, house_id, fee_item_id, fen, n, x)`: the new lines by house and item. Needs `line`. */
export const CUR = sql`cur as materialized (select l.building_id, l.house_id, l.fee_item_id, sum(l.amount_fen)::bigint as fen, count(*)::int as n, bit_xor(${LINE_HASH}) as x from line l group by 1, 2, 3)`

const BY_AMOUNT: readonly OutlierKind[] = ['over3', 'zero', 'new', 'gone']
export const isByAmount = (kind: OutlierKind): boolean => BY_AMOUNT.includes(kind)

/** `side as (house_id, fee_item_id, fen, n, x, last_fen, last_n, known, billed)`: cur and last side by side. known: the item was billed in its last cycle; billed: this house has its line already. */
export function bothCte(plan: Plan): RawBuilder<unknown> {
  const billed = plan.has_bills ? sql`left join (select v.house_id, v.fee_item_id from covered v union select v.house_id, v.fee_item_id from covered_reading v) d on d.house_id = p.house_id and d.fee_item_id = p.fee_item_id` : sql``
  return sql`side as (select coalesce(c.house_id, p.house_id) as house_id, coalesce(c.fee_item_id, p.fee_item_id) as fee_item_id, c.fen, c.n, c.x, p.fen as last_fen, p.n as last_n, k.fee_item_id is not null as known,
      ${plan.has_bills ? sql`d.house_id is not null` : sql`false`} as billed
    from cur c full join last p on p.house_id = c.house_id and p.fee_item_id = c.fee_item_id left join (select distinct fee_item_id from last) k on k.fee_item_id = c.fee_item_id ${billed})`
}
/** Condition on `y`, a row of side. 'new' means something only where the item was billed before. */
export function amountCondition(kind: OutlierKind): RawBuilder<unknown> {
  if (kind === 'over3') return sql`y.last_fen > 0 and y.fen > 3 * y.last_fen`
  if (kind === 'zero') return sql`y.fen = 0`
  if (kind === 'new') return sql`y.n is not null and y.last_n is null and y.known`
  return sql`y.n is null and not y.billed`
}

const ITEM_COLUMNS = sql.raw('fee_item_id uuid, kind text, shape text, area_kind text, meter_kind text, fee_class text, applies_all boolean, unpriced boolean, w_f date, w_t date')

/** `it as (…), due as (house_id, fee_item_id, …)`: every house and item of the run that a line is expected of and that has no bill over the whole window. */
export function dueCtes(scope: Scope, plan: Plan, fee_item_id?: string): RawBuilder<unknown> {
  const c = scope.company_id
  const unpriced = new Set(plan.unpriced.map((u) => `${u.fee_item_id} ${u.kind}`))
  const items = plan.items
    .filter((i) => i.window && (!fee_item_id || i.fee_item_id === fee_item_id))
    .flatMap((i) => i.house_kinds.map((kind) => ({ fee_item_id: i.fee_item_id, kind, shape: i.meter_kind ? 'meter' : i.shape, area_kind: i.area_kind, meter_kind: i.meter_kind, fee_class: i.fee_class, applies_all: i.applies === 'all', unpriced: unpriced.has(`${i.fee_item_id} ${kind}`), w_f: i.window!.from_on, w_t: i.window!.to_on })))
  const assigned = sql`exists (select from billing.assignment a where a.company_id = ${c} and a.house_id = h.house_id and a.fee_item_id = i.fee_item_id and a.quantity > 0 and a.from_on < i.w_t and (a.to_on is null or a.to_on > i.w_f))`
  const freed = sql`exists (select from billing.assignment a where a.company_id = ${c} and a.house_id = h.house_id and a.fee_item_id = i.fee_item_id and a.quantity = 0 and a.from_on < i.w_t and (a.to_on is null or a.to_on > i.w_f))`
  // One bill over the whole window is the rule; the few houses with parts are looked at again.
  const todo = plan.has_bills ? sql`left join (select b.house_id, b.fee_item_id, b.from_on, b.to_on from ${billsOfPeriod(scope, plan, plan.period_on)} and b.fee_item_id = any(${[...plan.fee_item_ids]}::uuid[])) v on v.house_id = h.house_id and v.fee_item_id = i.fee_item_id and v.from_on = i.w_f and v.to_on = i.w_t` : sql``
  return sql`it as materialized (select * from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as x(${ITEM_COLUMNS})),
    due as materialized (select h.house_id, i.fee_item_id, i.shape, i.meter_kind, i.fee_class, i.unpriced, i.w_f, i.w_t,
        i.shape = 'area' and coalesce(case i.area_kind when 'built' then h.built_area_m2 when 'inner' then h.inner_area_m2 else h.heated_area_m2 end, 0) = 0 as no_area, ${plan.has_bills ? sql`v.house_id is not null` : sql`false`} as billed from property.house h join it i on i.kind = h.kind ${todo}
      where h.company_id = ${c} and h.community_id = ${plan.community_id} and h.state <> 'disabled' ${plan.house_id ? sql`and h.house_id = ${plan.house_id}` : sql``}
      ${plan.has_bills ? sql`and (i.shape = 'meter' or v.house_id is null)` : sql``}
      ${plan.has_assignments ? sql`and case when i.applies_all then not ${freed} else ${assigned} end` : sql`and i.applies_all`}
      ${plan.has_exclusions ? sql`and not exists (select from billing.run_exclusion x where x.company_id = ${c} and x.run_id = ${plan.run_id} and x.house_id = h.house_id and x.fee_item_id = i.fee_item_id)` : sql``})`
}

/** house_id, fee_item_id of the houses of a kind that have a fault in the register. Needs dueCtes. */
export function dueSet(scope: Scope, plan: Plan, kind: OutlierKind): RawBuilder<unknown> {
  const c = scope.company_id
  const meter = sql`from due d join meters.meter m on m.company_id = ${c} and m.house_id = d.house_id and m.kind = d.meter_kind and m.installed_on < d.w_t and (m.removed_on is null or m.removed_on > d.w_f)
    left join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on = ${plan.period_on}::date where d.shape = 'meter'`
  switch (kind) {
    case 'no_reading':
      return sql`select distinct d.house_id, d.fee_item_id ${meter} and r.reading_id is null`
    case 'suspect_reading':
      return sql`select distinct d.house_id, d.fee_item_id ${meter} and r.state = 'suspect'`
    case 'no_price':
      return sql`select distinct d.house_id, d.fee_item_id from due d where d.unpriced`
    case 'no_input':
      return sql`select distinct l.house_id, l.fee_item_id from billing.run_line l where l.company_id = ${c} and l.run_id = ${plan.run_id} and l.fault is not null`
    case 'no_area':
      return sql`select d.house_id, d.fee_item_id from due d where d.no_area`
    default:
      // Nearly every house has one payer over the whole window; only the others are added up day by day.
      return sql`select d.house_id, d.fee_item_id from (
          select x.* from due x left join people.payer w on w.company_id = ${c} and w.house_id = x.house_id and w.fee_class = x.fee_class and w.from_on <= x.w_f and (w.to_on is null or w.to_on >= x.w_t)
          where w.payer_id is null and not (x.billed and x.shape = 'meter')) d
        left join people.payer p on p.company_id = ${c} and p.house_id = d.house_id and p.fee_class = d.fee_class and p.from_on < d.w_t and (p.to_on is null or p.to_on > d.w_f)
        group by d.house_id, d.fee_item_id, d.w_f, d.w_t having coalesce(sum(least(p.to_on, d.w_t) - greatest(p.from_on, d.w_f)), 0) < d.w_t - d.w_f`
  }
}
/** The kinds that can occur in this plan. */
export function dueKinds(plan: Plan): OutlierKind[] {
  const shapes = new Set(plan.items.filter((i) => i.window).map((i) => (i.meter_kind ? 'meter' : i.shape)))
  return [...(shapes.has('meter') ? (['no_reading', 'suspect_reading'] as const) : []), ...(plan.unpriced.length ? (['no_price'] as const) : []), ...(shapes.size ? (['no_payer'] as const) : []), ...(shapes.has('area') ? (['no_area'] as const) : []), ...([...plan.tariffs.values()].some((t) => !t.fast) ? (['no_input'] as const) : [])]
}
