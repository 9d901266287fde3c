// The lines of a charge run as one query, used alike by preview, paging and publishing. It follows rules/pricing.ts, which
// lines.test.ts holds it to. Every CTE that mass joins touch is materialized: the planner guesses badly across them otherwise.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Plan } from './plan.ts'
import { cyclesFrom, staged, tiered, tieredPairs } from './tariff_sql.ts'

export interface Part {
  /** Houses of these buildings only: a chunk of a large run. */
  building_ids?: readonly string[]
  house_id?: string
  fee_item_id?: string
  /** Only days before this one: what somebody who leaves on it owes. */
  until?: string
  /** Without what only lists show (sort_no, label): narrower rows through every join. */
  bare?: boolean
}

/**
 * Payers, meters and readings of a chunk are each read once, by their index, for all its houses together: PostgreSQL walks the leaves in
 * order, where a lookup a house descends the tree every time (a third of the whole statement, measured).
 */
const OF_HOUSES = sql.raw('any((select x.ids from house_ids x)::uuid[])')
/** Who pays, of `t` (house_id, fee_class). */
const PAYERS = sql.raw('join pay p on p.house_id = t.house_id and p.fee_class = t.fee_class')

/** A run's bills are one range of bill ids: 12 bytes of the run's id, then a row number. */
export const firstBillId = (run_id: RawBuilder<unknown>) => sql`(left(${run_id}::text, 28) || '00000000')::uuid`
export const lastBillId = (run_id: RawBuilder<unknown>) => sql`(left(${run_id}::text, 28) || 'ffffffff')::uuid`

/** More ranges than this, and one filter over the partition is cheaper. */
const RANGES_MAX = 200
/** Live bills of these runs of a community and period, as `b`; a condition may follow. */
export function billsOfRuns(scope: Scope, o: { community_id: string; period_on: string; house_id?: string | null; run_ids: readonly string[] }): RawBuilder<unknown> {
  const base = sql`billing.bill b where b.company_id = ${scope.company_id} and b.period_on = ${o.period_on}::date and b.voided_at is null`
  if (o.house_id) return sql`${base} and b.house_id = ${o.house_id}`
  if (o.run_ids.length > RANGES_MAX) return sql`${base} and b.community_id = ${o.community_id}`
  if (o.run_ids.length === 0) return sql`${base} and false`
  const ranges = o.run_ids.map((r) => sql`(b.bill_id >= ${`${r.slice(0, 28)}00000000`}::uuid and b.bill_id <= ${`${r.slice(0, 28)}ffffffff`}::uuid)`)
  return sql`${base} and (${sql.join(ranges, sql` or `)})`
}
export const billsOfPeriod = (scope: Scope, plan: Plan, period_on: string, house_id = plan.house_id): RawBuilder<unknown> =>
  billsOfRuns(scope, { community_id: plan.community_id, period_on, house_id, run_ids: plan.runs.get(period_on) ?? [] })

const TARIFF_COLUMNS = sql`item_no int, fee_item_id uuid, kind text, fee_class text, shape text, area_kind text, meter_kind text, applies_all boolean, multi boolean, season boolean, proration text, bill_unsold boolean, f date, t date, w_f date, w_t date, w_months numeric(12,8), price_id uuid, unit_price numeric(18,6), due_days int`

/** Assignments, and for items of all houses the days between them, where the quantity is 1. */
function assignments(scope: Scope, plan: Plan): RawBuilder<unknown> {
  const ids = [...plan.fee_item_ids]
  return sql`asg0 as (
      select a.fee_item_id, a.house_id, a.from_on, coalesce(a.to_on, 'infinity'::date) as to_on, a.quantity,
        coalesce(lag(a.to_on) over w, '-infinity'::date) as before_on, lead(a.from_on) over w is null as is_last
      from billing.assignment a where a.company_id = ${scope.company_id} and a.fee_item_id = any(${ids}::uuid[]) ${plan.house_id ? sql`and a.house_id = ${plan.house_id}` : sql``}
      window w as (partition by a.fee_item_id, a.house_id order by a.from_on)),
    asg as materialized (
      select fee_item_id, house_id, from_on, to_on, quantity from asg0 where from_on < to_on
      union all select x.fee_item_id, x.house_id, x.before_on, x.from_on, 1 from asg0 x where x.before_on < x.from_on and x.fee_item_id in (select t.fee_item_id from tariff t where t.applies_all)
      union all select x.fee_item_id, x.house_id, x.to_on, 'infinity'::date, 1 from asg0 x where x.is_last and x.to_on < 'infinity'::date and x.fee_item_id in (select t.fee_item_id from tariff t where t.applies_all)),`
}

/**
 * `tariff as (…), hs as (…), …, line as (…)`: to stand after `with`. line: house_id, building_id, sort_no, label, fee_item_id,
 * item_no, payer_id, from_on, to_on, price_id, shape, quantity, unit_price, months, days, days_of, reading_id, due_days, amount_fen,
 * used_before, inputs.
 * Lines that are billed already are left out.
 */
export function lineCtes(scope: Scope, plan: Plan, part: Part = {}): RawBuilder<unknown> {
  const c = scope.company_id
  const tariff = part.fee_item_id ? plan.tariff.filter((t) => t.fee_item_id === part.fee_item_id) : plan.tariff
  const house_id = part.house_id ?? plan.house_id
  const asg = plan.has_assignments
  const asgJoin = asg ? sql`left join asg a on a.fee_item_id = t.fee_item_id and a.house_id = t.house_id` : sql``
  const applies = asg ? sql`(t.applies_all or a.house_id is not null) and coalesce(a.quantity, 1) > 0` : sql`t.applies_all`
  const kept = plan.has_exclusions ? sql`and not exists (select from billing.run_exclusion x where x.company_id = ${c} and x.run_id = ${plan.run_id} and x.house_id = t.house_id and x.fee_item_id = t.fee_item_id)` : sql``
  const assigned = asg ? sql`coalesce(a.quantity, 1)` : sql`1`
  const multi = tariff.some((t) => t.multi)
  return sql`
    tariff as materialized (select x.*, x.unit_price * x.w_months * 100 as window_fen, x.proration = 'whole_month' as whole from jsonb_to_recordset(${JSON.stringify(tariff)}::jsonb) as x(${TARIFF_COLUMNS})),
    ${asg ? assignments(scope, plan) : sql``}
    hs as materialized (select h.house_id, h.building_id, h.kind, ${part.bare ? sql`null::int as sort_no, null::text as label` : sql`h.sort_no, h.label`}, h.built_area_m2, h.inner_area_m2, h.heated_area_m2 from property.house h
      where h.company_id = ${c} and h.community_id = ${plan.community_id} and h.state <> 'disabled' ${house_id ? sql`and h.house_id = ${house_id}` : sql``}
        ${part.building_ids ? sql`and h.building_id = any(${[...part.building_ids]}::uuid[])` : sql``}),
    house_ids as materialized (select array_agg(h.house_id) as ids from hs h),
    pay as materialized (select p.house_id, p.fee_class, p.person_id, p.role, p.from_on, p.to_on from people.payer p where p.company_id = ${c} and p.house_id = ${OF_HOUSES}),
    ${readingsOf(scope, plan)}
    ${plan.has_bills ? covered(scope, plan, house_id, part) : sql``}
    pair as ${plan.has_bills ? sql`materialized` : sql`not materialized`} (select h.house_id, h.building_id, h.sort_no, h.label, h.built_area_m2, h.inner_area_m2, h.heated_area_m2, ${plan.has_bills ? sql`v.days is not null` : sql`false`} as billed, t.*
      from hs h join tariff t on t.kind = h.kind and t.shape not in ('meter','tiered') ${plan.has_bills ? sql`left join covered v on v.house_id = h.house_id and v.fee_item_id = t.fee_item_id where v.days is null or v.days < t.w_t - t.w_f` : sql``}),
    ${plan.has_bills ? span(scope, plan, house_id, part) : sql``}
    ${plan.has_bills ? sql`seg0` : sql`seg`} as (
      select t.house_id, t.building_id, t.sort_no, t.label, t.fee_item_id, t.item_no, p.person_id as payer_id, greatest(t.f, p.from_on${asg ? sql`, a.from_on` : sql``}) as from_on,
        least(t.t, p.to_on${asg ? sql`, a.to_on` : sql``}${part.until ? sql`, ${part.until}::date` : sql``}) as to_on, t.price_id, t.shape, t.unit_price, t.window_fen, t.multi, t.season, t.proration, t.whole, t.w_f, t.w_t, t.w_months, t.due_days,
        case t.shape when 'area' then case t.area_kind when 'built' then t.built_area_m2 when 'inner' then t.inner_area_m2 else t.heated_area_m2 end when 'quantity' then ${assigned} else 1 end as quantity
      from pair t ${PAYERS} and p.from_on < t.t and (p.to_on is null or p.to_on > t.f) and (t.bill_unsold or p.role <> 'developer')
      ${asgJoin} where ${applies} ${kept}),
    ${plan.has_bills ? GAPS : sql``}
    piece as (${singles()} ${multi ? sql`union all ${multiples()}` : sql``}),
    ${meterPairs(plan)}
    ${tieredPairs(plan)}
    ${plan.has_reworked ? sql`any_line` : sql`line`} as (
      select p.house_id, p.building_id, p.sort_no, p.label, p.fee_item_id, p.item_no, p.payer_id, p.from_on, p.to_on, p.price_id, p.shape, p.quantity, p.unit_price, p.months, p.days, p.days_of, null::uuid as reading_id, p.due_days,
        round(p.quantity * p.unit_fen)::bigint as amount_fen, null::numeric as used_before, null::jsonb as inputs
      from piece p where p.days_of = 0
      union all ${parts()}
      ${metered(plan, asgJoin, applies, kept, part.until)}
      ${tiered(plan, PAYERS, asgJoin, applies, kept)}
      ${staged(scope, plan, part)})
    ${plan.has_reworked ? notReworked(scope, plan) : sql``}`
}

/** Lines that stand in bills split, merged or taken over are billed already, whatever these look like now. */
const notReworked = (scope: Scope, plan: Plan): RawBuilder<unknown> => sql`, line as (select l.* from any_line l where not exists (select from billing.rework_bill k
  where k.company_id = ${scope.company_id} and k.live and k.side = 'from' and k.house_id = l.house_id and k.fee_item_id = l.fee_item_id and k.period_on = ${plan.period_on}::date
    and case when l.reading_id is null then k.reading_id is null and k.from_on < l.to_on and k.to_on > l.from_on else k.reading_id = l.reading_id end))`

/** Live bills of the period, as `b`; of a chunk by the houses of `hs`, so that no chunk reads what belongs to all others. */
const billsOf = (scope: Scope, plan: Plan, house_id: string | null, part: Part): RawBuilder<unknown> =>
  part.building_ids && !house_id
    ? sql`billing.bill b where b.company_id = ${scope.company_id} and b.period_on = ${plan.period_on}::date and b.house_id = ${OF_HOUSES} and b.voided_at is null`
    : billsOfPeriod(scope, plan, plan.period_on, house_id)

/**
 * Days of each house and item that are billed already, and readings that are. Parts of a bill that was split stand for it in
 * billing.rework_bill and are not counted twice here.
 */
function covered(scope: Scope, plan: Plan, house_id: string | null, part: Part): RawBuilder<unknown> {
  const of = sql`${billsOf(scope, plan, house_id, part)} and b.fee_item_id = any(${[...plan.fee_item_ids]}::uuid[])`
  return sql`covered as materialized (select b.house_id, b.fee_item_id, sum(b.to_on - b.from_on)::int as days, count(*)::int as n from ${of} and b.reading_id is null and b.of_bill_id is null group by 1, 2),
    covered_reading as materialized (select b.house_id, b.fee_item_id, b.reading_id from ${of} and b.reading_id is not null),`
}

/** Of houses and items that are billed in part: which days are. Only what is left of the window becomes lines, so that none is billed twice. */
function span(scope: Scope, plan: Plan, house_id: string | null, part: Part): RawBuilder<unknown> {
  const items = sql`any(${[...plan.fee_item_ids]}::uuid[])`
  const of = sql`${billsOf(scope, plan, house_id, part)} and b.fee_item_id = ${items} and b.reading_id is null and b.of_bill_id is null`
  const reworked = sql`union all select k.house_id, k.fee_item_id, daterange(k.from_on, k.to_on) from billing.rework_bill k where k.company_id = ${scope.company_id} and k.live and k.side = 'from' and k.period_on = ${plan.period_on}::date and k.fee_item_id = ${items} and k.reading_id is null ${house_id ? sql`and k.house_id = ${house_id}` : sql``}`
  return sql`span as materialized (select x.house_id, x.fee_item_id, range_agg(x.r) as days from (
      select b.house_id, b.fee_item_id, daterange(b.from_on, b.to_on) as r from ${of} and (b.house_id, b.fee_item_id) in (select y.house_id, y.fee_item_id from pair y where y.billed)
      ${plan.has_reworked ? reworked : sql``}) x group by 1, 2),`
}

const SEG = sql.raw('s.house_id, s.building_id, s.sort_no, s.label, s.fee_item_id, s.item_no, s.payer_id, lower(g.r) as from_on, upper(g.r) as to_on, s.price_id, s.shape, s.unit_price, s.window_fen, s.multi, s.season, s.proration, s.whole, s.w_f, s.w_t, s.w_months, s.due_days, s.quantity')
const GAPS = sql`seg as (select ${SEG} from seg0 s left join span v on v.house_id = s.house_id and v.fee_item_id = s.fee_item_id
      cross join lateral unnest(case when s.from_on < s.to_on then datemultirange(daterange(s.from_on, s.to_on)) - coalesce(v.days, '{}'::datemultirange) else '{}'::datemultirange end) as g(r)),`

const KEPT = sql.raw('s.house_id, s.building_id, s.sort_no, s.label, s.fee_item_id, s.item_no, s.payer_id, s.price_id, s.shape, s.unit_price, s.quantity, s.due_days')

/**
 * `month_reading`: good readings of the month with their house and kind, and what other meters of the same house and kind used in the same month
 * before them. `used`: what houses used in the months before, from the first of each tier cycle on.
 */
function readingsOf(scope: Scope, plan: Plan): RawBuilder<unknown> {
  const kinds = [...new Set(plan.tariff.flatMap((t) => (t.meter_kind ? [t.meter_kind] : [])))]
  if (kinds.length === 0) return sql``
  const c = scope.company_id
  const cycles = cyclesFrom(plan)
  const used = (from: string) => sql`select m.house_id, m.kind, ${from}::date as from_on, sum(r.usage) as usage from own_meter m join own_reading r on r.meter_id = m.meter_id and r.period_on >= ${from}::date and r.period_on < ${plan.period_on}::date group by 1, 2`
  return sql`own_meter as materialized (select m.house_id, m.kind, m.meter_id from meters.meter m where m.company_id = ${c} and m.house_id = ${OF_HOUSES} and m.kind = any(${kinds}::text[])),
    own_reading as materialized (select r.meter_id, r.reading_id, r.period_on, r.usage, r.read_on from meters.reading r where r.company_id = ${c} and r.meter_id = any((select array_agg(m.meter_id) from own_meter m)::uuid[])
      and r.period_on >= ${cycles[0] ?? plan.period_on}::date and r.period_on <= ${plan.period_on}::date and r.state <> 'suspect'),
    month_reading as materialized (select m.house_id, m.kind, r.reading_id, r.usage, r.read_on, coalesce(sum(r.usage) over (partition by m.house_id, m.kind order by r.reading_id rows between unbounded preceding and 1 preceding), 0) as usage_beside
      from own_meter m join own_reading r on r.meter_id = m.meter_id and r.period_on = ${plan.period_on}::date),
    ${cycles.length > 0 ? sql`used as materialized (${sql.join(cycles.map(used), sql` union all `)}),` : sql``}`
}

/** Month and season: one piece a stretch, whole or days of the window. */
function singles(): RawBuilder<unknown> {
  return sql`select ${KEPT}, x.from_on, x.to_on, s.w_months as months, x.days, x.days_of, s.w_f as group_on, s.window_fen as unit_fen
    from seg s cross join lateral (select
      case when s.whole then s.w_f else s.from_on end as from_on,
      case when s.whole then s.w_t else s.to_on end as to_on,
      case when s.whole or (s.from_on = s.w_f and s.to_on = s.w_t) then 0
        when s.proration = 'thirty_days' and not s.season then (case when s.to_on = s.w_t then 30 else least(s.to_on - s.w_f, 30) end) - least(s.from_on - s.w_f, 30)
        else s.to_on - s.from_on end as days,
      case when s.whole or (s.from_on = s.w_f and s.to_on = s.w_t) then 0 when s.proration = 'thirty_days' and not s.season then 30 else s.w_t - s.w_f end as days_of) x
    where not s.multi and s.from_on < s.to_on and s.quantity > 0 and (not s.whole or s.from_on = s.w_f) and (x.days_of = 0 or x.days > 0)`
}

/** Quarter and longer: days of the first month, whole months, days of the last month. */
function multiples(): RawBuilder<unknown> {
  return sql`select ${KEPT}, y.from_on, y.to_on, y.months::numeric(12,8), y.days, y.days_of, y.group_on, s.unit_price * y.months * 100
    from seg s
    cross join lateral (select date_trunc('month', s.from_on)::date as f_m, date_trunc('month', s.to_on)::date as t_m) m
    cross join lateral (select case when m.f_m = s.from_on then m.f_m else (m.f_m + interval '1 month')::date end as start_on,
      case when s.proration <> 'whole_month' or m.t_m = s.to_on then m.t_m else (m.t_m + interval '1 month')::date end as end_on) w
    cross join lateral (
      select w.start_on as from_on, w.end_on as to_on, ((extract(year from w.end_on) - extract(year from w.start_on)) * 12 + extract(month from w.end_on) - extract(month from w.start_on))::int as months, 0 as days, 0 as days_of, w.start_on as group_on
      where w.start_on < w.end_on
      union all
      select z.from_on, z.to_on, 1, case when s.proration = 'thirty_days' then (case when z.to_on = z.end_on then 30 else least(z.to_on - z.m_on, 30) end) - least(z.from_on - z.m_on, 30) else z.to_on - z.from_on end,
        case when s.proration = 'thirty_days' then 30 else z.end_on - z.m_on end, z.m_on
      from (
        select s.from_on, least(w.start_on, s.to_on) as to_on, m.f_m as m_on, (m.f_m + interval '1 month')::date as end_on where s.from_on < w.start_on
        union all
        select w.end_on, s.to_on, w.end_on, (w.end_on + interval '1 month')::date where w.end_on < s.to_on and w.end_on >= w.start_on) z
      where s.proration <> 'whole_month') y
    where s.multi and s.from_on < s.to_on and s.quantity > 0 and (y.days_of = 0 or y.days > 0)`
}

/** Part months: parts at one price and quantity add up to the rounded whole, by largest remainder. */
function parts(): RawBuilder<unknown> {
  return sql`select z.house_id, z.building_id, z.sort_no, z.label, z.fee_item_id, z.item_no, z.payer_id, z.from_on, z.to_on, z.price_id, z.shape, z.quantity, z.unit_price, z.months, z.days, z.days_of, null::uuid, z.due_days,
      (z.floor + case when z.rank <= z.total - z.floors then 1 else 0 end)::bigint, null::numeric, null::jsonb
    from (select y.*, div(2 * y.product * y.all_days + y.days_of, (2 * y.days_of)::numeric) as total, sum(y.floor) over g as floors, row_number() over (partition by y.house_id, y.fee_item_id, y.group_on, y.quantity, y.unit_price order by y.rest desc, y.from_on) as rank
      from (select x.*, div(x.product * x.days, x.days_of::numeric) as floor, mod(x.product * x.days, x.days_of::numeric) as rest,
          sum(x.days) over (partition by x.house_id, x.fee_item_id, x.group_on, x.quantity, x.unit_price) as all_days
        from (select p.*, p.quantity * p.unit_price * 100 as product from piece p where p.days_of > 0) x) y
      window g as (partition by y.house_id, y.fee_item_id, y.group_on, y.quantity, y.unit_price)) z`
}

/** `reads`: readings of the month and the items that bill them. */
const meterPairs = (plan: Plan): RawBuilder<unknown> =>
  plan.tariff.some((t) => t.shape === 'meter')
    ? sql`reads as ${plan.has_bills ? sql`materialized` : sql`not materialized`} (select h.house_id, h.building_id, h.sort_no, h.label, t.*, r.reading_id, r.usage, greatest(least(r.read_on, t.w_t - 1), t.w_f) as on_day
      from hs h join tariff t on t.kind = h.kind and t.shape = 'meter' join month_reading r on r.house_id = h.house_id and r.kind = t.meter_kind ${plan.has_bills ? sql`left join covered_reading v on v.reading_id = r.reading_id and v.fee_item_id = t.fee_item_id where v.reading_id is null` : sql``}),`
    : sql``

/** One line a reading, owed by whoever is liable on the day it was read, at that day's price. */
function metered(plan: Plan, asgJoin: RawBuilder<unknown>, applies: RawBuilder<unknown>, kept: RawBuilder<unknown>, until: string | undefined): RawBuilder<unknown> {
  if (!plan.tariff.some((t) => t.shape === 'meter')) return sql``
  return sql`union all select t.house_id, t.building_id, t.sort_no, t.label, t.fee_item_id, t.item_no, p.person_id, t.w_f, t.w_t, t.price_id, t.shape, t.usage, t.unit_price, 1::numeric(12,8), 0, 0, t.reading_id, t.due_days, round(t.usage * t.unit_price * 100)::bigint, null::numeric, null::jsonb
    from reads t ${PAYERS} and p.from_on <= t.on_day and (p.to_on is null or p.to_on > t.on_day) and (t.bill_unsold or p.role <> 'developer')
    ${asgJoin}
    where t.f <= t.on_day and t.on_day < t.t ${until ? sql`and t.on_day <= ${until}::date` : sql``} and ${applies} ${kept} ${plan.has_assignments ? sql`and (a.house_id is null or (a.from_on <= t.on_day and t.on_day < a.to_on))` : sql``}`
}

/**
 * What two computations of the same lines must agree in; `l` has the columns of a line or of a bill. Chained: each value is hashed with the
 * hash of those before it as its seed, which costs half of hashing a record (measured).
 */
export const LINE_HASH = sql.raw(`hashint8extended(l.amount_fen, uuid_hash_extended(coalesce(l.reading_id, '00000000-0000-0000-0000-000000000000'), uuid_hash_extended(l.price_id,
  hashint4extended(l.to_on - date '2000-01-01', hashint4extended(l.from_on - date '2000-01-01', uuid_hash_extended(l.payer_id, uuid_hash_extended(l.fee_item_id, uuid_hash_extended(l.house_id, 0))))))))`)

/**
 * Mass statements need memory for their sorts and hashes, and no compiler: compiling costs more than it saves here. They are joined by
 * hash: the planner cannot know how many rows the tariff's JSON has, and would walk an index once a house or sort wide rows.
 */
export async function forMass(scope: Scope, plan: Plan): Promise<void> {
  await sql`set local work_mem = '128MB'`.execute(scope.db)
  await sql`set local jit = off`.execute(scope.db)
  if (plan.house_id) return
  await sql`set local enable_nestloop = off`.execute(scope.db)
  await sql`set local enable_mergejoin = off`.execute(scope.db)
}
export async function afterMass(scope: Scope): Promise<void> {
  await sql`set local enable_nestloop = on`.execute(scope.db)
  await sql`set local enable_mergejoin = on`.execute(scope.db)
}
