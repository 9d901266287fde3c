// Lines of tariffs within the query of a charge run: plain tiers as one expression over readings, everything else from billing.run_line.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Part } from './lines.ts'
import type { Plan } from './plan.ts'
import type { TariffItem } from './tariff_items.ts'

const fastOf = (plan: Plan): TariffItem[] => [...plan.tariffs.values()].filter((t) => t.fast)

/** What usage up to `x` costs: the first price, and at each limit the step to the next price. */
function cost(x: RawBuilder<unknown>, t: TariffItem): RawBuilder<unknown> {
  const { limits, prices } = t.fast!
  const steps = limits.map((limit, i) => sql` + greatest(0, ${x} - ${limit}::numeric) * (${prices[i + 1]!}::numeric - ${prices[i]!}::numeric)`)
  return sql`(${x} * ${prices[0]!}::numeric${sql.join(steps, sql``)})`
}

/** First month of an item's tier cycle, by item number; few, so as a case. */
const byItem = (plan: Plan, of: (t: TariffItem) => RawBuilder<unknown>): RawBuilder<unknown> => sql`case t.item_no ${sql.join(fastOf(plan).map((t) => sql`when ${t.item.item_no}::int then ${of(t)}`), sql` `)} end`

/** First days of the tier cycles that began before the month of the run, each once, the earliest first. */
export const cyclesFrom = (plan: Plan): string[] => [...new Set(fastOf(plan).map((t) => `${t.fast!.cycle_from}-01`))].filter((from) => from < plan.period_on).sort()

/** `tiers as (…)`: readings of the month with the usage of the house before them in the tier cycle, all its meters of the kind together. */
export function tieredPairs(plan: Plan): RawBuilder<unknown> {
  if (fastOf(plan).length === 0) return sql``
  const from = byItem(plan, (t) => sql`${`${t.fast!.cycle_from}-01`}::date`)
  const before = cyclesFrom(plan).length > 0
  return sql`tiers as ${plan.has_bills ? sql`materialized` : sql`not materialized`} (select h.house_id, h.building_id, h.sort_no, h.label, t.*, r.reading_id, r.usage, greatest(least(r.read_on, t.w_t - 1), t.w_f) as on_day, ${before ? sql`coalesce(u.usage, 0) + ` : sql``}r.usage_beside as used_before
      from hs h join tariff t on t.kind = h.kind and t.shape = 'tiered' join month_reading r on r.house_id = h.house_id and r.kind = t.meter_kind ${before ? sql`left join used u on u.house_id = h.house_id and u.kind = t.meter_kind and u.from_on = ${from}` : sql``}
      ${plan.has_bills ? sql`left join covered_reading v on v.reading_id = r.reading_id and v.fee_item_id = t.fee_item_id where v.reading_id is null` : sql``}),`
}

/** One line a reading, as metered() of lines.ts, at the price of the tiers it falls into. */
export function tiered(plan: Plan, payers: RawBuilder<unknown>, asgJoin: RawBuilder<unknown>, applies: RawBuilder<unknown>, kept: RawBuilder<unknown>): RawBuilder<unknown> {
  if (fastOf(plan).length === 0) return sql``
  const amount = byItem(plan, (t) => sql`${cost(sql`(t.used_before + t.usage)`, t)} - ${cost(sql`t.used_before`, t)}`)
  return sql`union all select t.house_id, t.building_id, t.sort_no, t.label, t.fee_item_id, t.item_no, p.person_id, t.w_f, t.w_t, t.price_id, 'tariff', t.usage, t.unit_price, 1::numeric(12,8), 0, 0, t.reading_id, t.due_days, round((${amount}) * 100)::bigint, t.used_before, null::jsonb
    from (select * from tiers offset 0) t ${payers} and p.from_on <= t.on_day and (p.to_on is null or p.to_on > t.on_day) and (t.bill_unsold or p.role <> 'developer')
    ${asgJoin}
    where ${applies} ${kept} ${plan.has_assignments ? sql`and (a.house_id is null or (a.from_on <= t.on_day and t.on_day < a.to_on))` : sql``}`
}

/** What the engine computed for this run (tariff_lines.ts), less what is billed already. */
export function staged(scope: Scope, plan: Plan, part: Part): RawBuilder<unknown> {
  const slow = [...plan.tariffs.values()].filter((t) => !t.fast)
  if (slow.length === 0) return sql``
  const items = JSON.stringify(slow.map((t) => ({ fee_item_id: t.item.fee_item_id, item_no: t.item.item_no, due_days: t.item.due_days })))
  const kept = plan.has_exclusions ? sql`and not exists (select from billing.run_exclusion x where x.company_id = ${scope.company_id} and x.run_id = ${plan.run_id} and x.house_id = s.house_id and x.fee_item_id = s.fee_item_id)` : sql``
  const fresh = plan.has_bills ? sql`left join covered v on s.reading_id is null and v.house_id = s.house_id and v.fee_item_id = s.fee_item_id left join covered_reading w on w.reading_id = s.reading_id and w.fee_item_id = s.fee_item_id` : sql``
  return sql`union all select h.house_id, h.building_id, h.sort_no, h.label, s.fee_item_id, i.item_no, s.payer_id, s.from_on, s.to_on, s.price_id, 'tariff', s.quantity, 0::numeric(18,6), 1::numeric(12,8), s.days, s.days_of, s.reading_id, i.due_days, s.amount_fen, null::numeric, s.inputs
    from billing.run_line s join hs h on h.house_id = s.house_id join jsonb_to_recordset(${items}::jsonb) as i(fee_item_id uuid, item_no int, due_days int) on i.fee_item_id = s.fee_item_id ${fresh}
    where s.company_id = ${scope.company_id} and s.run_id = ${plan.run_id} and s.fault is null ${part.fee_item_id ? sql`and s.fee_item_id = ${part.fee_item_id}` : sql``} ${kept} ${plan.has_bills ? sql`and v.house_id is null and w.reading_id is null` : sql``}`
}
