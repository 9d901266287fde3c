// What a charge run is computed from, resolved once: windows and price segments of each item and kind of house, as rows of JSON that
// the SQL joins. They are few (items × kinds × versions), so their rules live in TypeScript, where they are tested.
import { sql } from 'kysely'
import { addMonths } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { BelongsTo } from '../../ledger/server/index.ts'
import { lastPeriodOf, windowOf, type Window } from './rules/cycle.ts'
import { segmentsOf, type PriceVersion } from './rules/tariff.ts'
import { tariffItems, type TariffItem } from './tariff_items.ts'

export interface RunInput {
  run_id: string
  community_id: string
  period_on: string
  fee_item_ids: readonly string[]
  house_id: string | null
}
export interface PlanItem {
  item_no: number
  fee_item_id: string
  name: string
  shape: string
  area_kind: string | null
  meter_kind: string | null
  tariff_id: string | null
  component: string | null
  unit_name: string
  house_kinds: string[]
  applies: string
  fee_class: string
  cycle: string
  proration: string
  bill_unsold: boolean
  due_days: number
  belongs_to: BelongsTo
  account_code: string
  window: Window | null
  last_on: string
}
/** One row of the join: an item, a kind of house, a stretch of one price. */
export interface TariffRow {
  item_no: number
  fee_item_id: string
  kind: string
  fee_class: string
  shape: string
  area_kind: string | null
  meter_kind: string | null
  applies_all: boolean
  multi: boolean
  season: boolean
  proration: string
  bill_unsold: boolean
  f: string
  t: string
  w_f: string
  w_t: string
  w_months: number
  price_id: string
  unit_price: string
  due_days: number
}
export interface Plan extends RunInput {
  items: PlanItem[]
  /** Items priced by tariffs, by id. */
  tariffs: ReadonlyMap<string, TariffItem>
  tariff: TariffRow[]
  /** Items and kinds of house whose window is not fully priced. */
  unpriced: { fee_item_id: string; kind: string }[]
  has_assignments: boolean
  has_exclusions: boolean
  /** Lines of this community and period stand in bills that were split, merged or taken over. */
  has_reworked: boolean
  /** Something of this community and period was published before, so lines may exist. */
  has_bills: boolean
  /** Published runs of the community that have bills, by period: of this one and of those it is compared with. */
  runs: ReadonlyMap<string, readonly string[]>
}

/** Runs of a community that have bills, by period (first day of the month). */
/** Also of runs that are being published, as far as they are; not of the one that asks, whose chunks know nothing of each other. */
export async function publishedRuns(scope: Scope, community_id: string, periods: readonly string[], but: string | null = null): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ run_id: string; period_on: string }>`select run_id, period_on from billing.run
    where company_id = ${scope.company_id} and community_id = ${community_id} and period_on = any(${[...periods]}::date[]) and (state = 'published' and line_count > 0 or state = 'publishing' and exists (select from billing.run_chunk k where k.company_id = run.company_id and k.run_id = run.run_id and k.done_at is not null)) ${but ? sql`and run_id <> ${but}` : sql``} order by run_id`.execute(scope.db)
  return new Map([...Map.groupBy(rows, (r) => r.period_on)].map(([on, list]) => [on, list.map((r) => r.run_id)]))
}

interface ItemRow extends Omit<PlanItem, 'item_no' | 'window' | 'last_on'> {
  season_from: string | null
  season_to: string | null
}

export async function planOf(scope: Scope, run: RunInput): Promise<Plan> {
  const c = scope.company_id
  const ids = [...run.fee_item_ids]
  const period = run.period_on.slice(0, 7)
  const { rows: found } = await sql<ItemRow>`select fee_item_id, name, shape, area_kind, meter_kind, tariff_id, component, unit_name, house_kinds, applies, fee_class, cycle, season_from, season_to, proration, bill_unsold, due_days, belongs_to, account_code
    from billing.fee_item where company_id = ${c} and community_id = ${run.community_id} and fee_item_id = any(${ids}::uuid[]) order by sort_no, code`.execute(scope.db)
  const { rows: prices } = await sql<PriceVersion & { fee_item_id: string }>`select fee_item_id, price_id, house_kind, unit_price::text as unit_price, from_on, to_on from billing.price
    where company_id = ${c} and fee_item_id = any(${ids}::uuid[]) order by from_on`.execute(scope.db)
  const { rows: has } = await sql<{ has_assignments: boolean; has_exclusions: boolean; has_reworked: boolean }>`select
    exists (select from billing.assignment where company_id = ${c} and fee_item_id = any(${ids}::uuid[])) as has_assignments,
    exists (select from billing.run_exclusion where company_id = ${c} and run_id = ${run.run_id}) as has_exclusions,
    exists (select from billing.rework_bill k join billing.rework r on r.company_id = ${c} and r.rework_id = k.rework_id and r.community_id = ${run.community_id} where k.company_id = ${c} and k.live and k.side = 'from' and k.period_on = ${run.period_on}::date) as has_reworked`.execute(scope.db)
  const byItem = Map.groupBy(prices, (p) => p.fee_item_id)
  // Shared amounts come from their splits (shares.ts), never from a charge run.
  const items = found.map(({ season_from, season_to, ...i }, n) => ({ ...i, item_no: n, window: i.shape === 'share' ? null : windowOf({ cycle: i.cycle, season_from, season_to }, period), last_on: `${lastPeriodOf(i.cycle, period)}-01` }))
  const tariffs = await tariffItems(scope, items, period)
  const tariff: TariffRow[] = []
  const unpriced: Plan['unpriced'] = []
  for (const i of items) {
    const w = i.window
    if (!w) continue
    if (i.shape === 'tariff') {
      const t = tariffs.get(i.fee_item_id)
      if (!t) unpriced.push(...i.house_kinds.map((kind) => ({ fee_item_id: i.fee_item_id, kind })))
      if (t?.fast) tariff.push(...i.house_kinds.map((kind) => tieredRow(i, kind, t)))
      continue
    }
    for (const kind of i.house_kinds) {
      const { segments, complete } = segmentsOf(byItem.get(i.fee_item_id) ?? [], kind, w.from_on, w.to_on)
      if (!complete) unpriced.push({ fee_item_id: i.fee_item_id, kind })
      for (const s of segments)
        tariff.push({
          item_no: i.item_no, fee_item_id: i.fee_item_id, kind, fee_class: i.fee_class, shape: i.shape, area_kind: i.area_kind, meter_kind: i.meter_kind, applies_all: i.applies === 'all',
          multi: i.cycle !== 'month' && i.cycle !== 'season', season: i.cycle === 'season', proration: i.proration, bill_unsold: i.bill_unsold, f: s.from_on, t: s.to_on, w_f: w.from_on, w_t: w.to_on,
          w_months: w.months, price_id: s.price_id, unit_price: s.unit_price, due_days: i.due_days,
        })
    }
  }
  const runs = await publishedRuns(scope, run.community_id, [run.period_on, ...new Set(items.map((i) => i.last_on))], run.run_id)
  return { ...run, items, tariffs, tariff, unpriced, ...has[0]!, runs, has_bills: runs.has(run.period_on) }
}

/** The join's row of an item that one SQL expression prices. */
function tieredRow(i: PlanItem, kind: string, t: TariffItem): TariffRow {
  const w = i.window!
  return {
    item_no: i.item_no, fee_item_id: i.fee_item_id, kind, fee_class: i.fee_class, shape: 'tiered', area_kind: null, meter_kind: i.meter_kind, applies_all: i.applies === 'all', multi: false, season: false, proration: i.proration,
    bill_unsold: i.bill_unsold, f: w.from_on, t: w.to_on, w_f: w.from_on, w_t: w.to_on, w_months: w.months, price_id: t.version_id, unit_price: '0', due_days: i.due_days,
  }
}

/** The first and last period a run may be for: two years back, one year ahead. */
export const periodBounds = (today: string): { first: string; last: string } => ({ first: addMonths(today.slice(0, 7), -24), last: addMonths(today.slice(0, 7), 12) })
