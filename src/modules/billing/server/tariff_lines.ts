// The lines of fee items that the engine prices: computed house by house in chunks, written in sets to billing.run_line, where preview,
// paging and publishing find them. A line that cannot be computed is kept with its reason and shown as an outlier.
import { sql } from 'kysely'
import { daysBetween } from '../../../kernel/clock.ts'
import { divideLargestRemainder, fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { CLASS_REGISTERS, byClass, hasClasses, hasOwnLimits, houseInputs, priced, sumParts, sumText, type HouseInputs, type Parts, type Values } from '../../tariff/server/index.ts'
import type { Plan } from './plan.ts'
import type { TariffItem } from './tariff_items.ts'

const HOUSES_PER_CHUNK = 4_000

interface Interval {
  house_id: string
  person_id: string
  from_on: string
  to_on: string
  quantity: string
}
interface Reading {
  house_id: string
  reading_id: string
  usage: string
  on_day: string
  /** Usage of the registers that are clock classes, and whether the meter has such. Only for a tariff with classes. */
  parts: Parts | null
  timed: boolean
}
export interface StagedLine {
  house_id: string
  fee_item_id: string
  payer_id: string | null
  from_on: string
  to_on: string
  price_id: string
  quantity: string
  days: number
  days_of: number
  reading_id: string | null
  amount_fen: number | null
  inputs: Values
  fault: string | null
}

/** Who pays on which days of the window, cut by the assignments of the item. */
async function intervalsOf(scope: Scope, t: TariffItem, house_ids: readonly string[]): Promise<Map<string, Interval[]>> {
  const c = scope.company_id
  const w = t.item.window!
  const { rows } = await sql<Interval>`
    with p as (select p.house_id, p.person_id, greatest(p.from_on, ${w.from_on}::date) as from_on, least(coalesce(p.to_on, ${w.to_on}::date), ${w.to_on}::date) as to_on from people.payer p
      where p.company_id = ${c} and p.house_id = any(${[...house_ids]}::uuid[]) and p.fee_class = ${t.item.fee_class} and p.from_on < ${w.to_on}::date and (p.to_on is null or p.to_on > ${w.from_on}::date) ${t.item.bill_unsold ? sql`` : sql`and p.role <> 'developer'`}),
    a as (select a.house_id, a.from_on, coalesce(a.to_on, 'infinity'::date) as to_on, a.quantity from billing.assignment a where a.company_id = ${c} and a.fee_item_id = ${t.item.fee_item_id} and a.house_id = any(${[...house_ids]}::uuid[]) and a.from_on < coalesce(a.to_on, 'infinity'::date)),
    cuts as (select p.house_id, p.person_id, p.from_on as p_from, p.to_on as p_to, x.day from p cross join lateral (select p.from_on as day union select y.day from a cross join lateral (values (a.from_on), (a.to_on)) y(day) where a.house_id = p.house_id and y.day > p.from_on and y.day < p.to_on) x),
    parts as (select k.house_id, k.person_id, k.day as from_on, lead(k.day, 1, k.p_to) over (partition by k.house_id, k.person_id, k.p_from order by k.day) as to_on from cuts k)
    select x.house_id, x.person_id, x.from_on, x.to_on, coalesce(a.quantity, 1)::text as quantity from parts x left join a on a.house_id = x.house_id and a.from_on <= x.from_on and a.to_on > x.from_on
    where x.from_on < x.to_on and ${t.item.applies === 'all' ? sql`true` : sql`a.house_id is not null`} and coalesce(a.quantity, 1) > 0 order by x.house_id, x.from_on`.execute(scope.db)
  return Map.groupBy(rows, (r) => r.house_id)
}

async function readingsOf(scope: Scope, plan: Plan, t: TariffItem, house_ids: readonly string[]): Promise<Map<string, Reading[]>> {
  if (!t.item.meter_kind) return new Map()
  const c = scope.company_id
  const w = t.item.window!
  const { rows } = await sql<Reading>`select m.house_id, r.reading_id, r.usage::text as usage, greatest(least(r.read_on, ${w.to_on}::date - 1), ${w.from_on}::date) as on_day, ${hasClasses(t.tariff) ? sql`
      (select jsonb_object_agg(p.register, p.usage::text) from meters.reading_part p where p.company_id = ${c} and p.reading_id = r.reading_id and p.register = any(${[...CLASS_REGISTERS]}::text[])) as parts,
      exists (select from meters.register g where g.company_id = ${c} and g.meter_id = m.meter_id and g.register = any(${[...CLASS_REGISTERS]}::text[])) as timed` : sql`null::jsonb as parts, false as timed`}
    from meters.meter m join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on = ${plan.period_on}::date and r.state <> 'suspect'
    where m.company_id = ${c} and m.house_id = any(${[...house_ids]}::uuid[]) and m.kind = ${t.item.meter_kind} order by m.house_id, r.reading_id`.execute(scope.db)
  return Map.groupBy(rows, (r) => r.house_id)
}

const quantityOf = (v: Values): string => String(v['heated_area_m2'] ?? v['built_area_m2'] ?? '1')

function amountOf(t: TariffItem, values: Values): { amount_fen: number | null; fault: string | null } {
  const p = priced(t.tariff, values)
  if (!p.quote) return { amount_fen: null, fault: p.fault }
  const own = p.quote.components.find((c) => c.code === t.item.component)
  if (!own) return { amount_fen: null, fault: null }
  return own.amount_fen < 0 ? { amount_fen: null, fault: `金额为负(${yuanGrouped(fen(own.amount_fen))} 元)` } : { amount_fen: own.amount_fen, fault: null }
}

/** One line a reading, owed by who is liable on the day it was read. */
function metered(t: TariffItem, h: HouseInputs, intervals: readonly Interval[], readings: readonly Reading[]): StagedLine[] {
  const w = t.item.window!
  const given = h.values['usage_to_date']
  const own_limits = hasOwnLimits(t.tariff)
  let before = typeof given === 'string' ? given : '0'
  let classes_before: Parts = typeof given === 'object' && given !== null ? (given as Parts) : {}
  return readings.flatMap((r): StagedLine[] => {
    const classes = r.timed ? byClass(r.usage, r.parts) : null
    const values = { ...h.values, usage: classes ?? r.usage, usage_to_date: classes && own_limits ? classes_before : before }
    before = sumText(before, r.usage)
    classes_before = classes ? sumParts(classes_before, classes) : classes_before
    const who = intervals.find((i) => i.from_on <= r.on_day && r.on_day < i.to_on)
    if (!who) return []
    // A whole without its classes (an estimate) would be priced as if there were none.
    const silent = r.timed && !classes && Number(r.usage) !== 0
    const { amount_fen, fault } = silent ? { amount_fen: null, fault: '分时表的这条读数没有各时段的用量(如估抄),请补抄分时读数' } : amountOf(t, values)
    if (amount_fen === null && fault === null) return []
    return [{ house_id: h.house_id, fee_item_id: t.item.fee_item_id, payer_id: who.person_id, from_on: w.from_on, to_on: w.to_on, price_id: t.version_id, quantity: r.usage, days: 0, days_of: 0, reading_id: r.reading_id, amount_fen, inputs: values, fault }]
  })
}

/** One amount over the days somebody is liable, shared by days among those who are; whoever is liable first where months are not cut. */
function charged(t: TariffItem, h: HouseInputs, intervals: readonly Interval[]): StagedLine[] {
  const groups = [...Map.groupBy(intervals, (i) => i.quantity).values()]
  return groups.flatMap((all): StagedLine[] => {
    const [from_on, to_on] = [all[0]!.from_on, all.at(-1)!.to_on]
    const { period: _p, usage: _u, usage_to_date: _d, ...own } = h.values
    const values = { ...own, from_on, to_on, ...(all[0]!.quantity === '1' || /^1\.0*$/.test(all[0]!.quantity) ? {} : { count: all[0]!.quantity }) }
    const { amount_fen, fault } = amountOf(t, values)
    if (amount_fen === null && fault === null) return []
    const line = (i: Interval, days: number, amount: number | null): StagedLine => ({ house_id: h.house_id, fee_item_id: t.item.fee_item_id, payer_id: i.person_id, from_on: i.from_on, to_on: i.to_on, price_id: t.version_id, quantity: quantityOf(values), days, days_of: days ? daysBetween(from_on, to_on) : 0, reading_id: null, amount_fen: amount, inputs: values, fault })
    if (amount_fen === null || all.length === 1) return [line(all[0]!, 0, amount_fen)]
    if (t.item.proration === 'whole_month') return [line({ ...all[0]!, to_on }, 0, amount_fen)]
    const days = all.map((i) => daysBetween(i.from_on, i.to_on))
    const shares = divideLargestRemainder(fen(amount_fen), days.map(String))
    return all.map((i, n) => line(i, days[n]!, shares[n]!))
  })
}

async function write(scope: Scope, plan: Plan, lines: readonly StagedLine[], from: number): Promise<void> {
  if (lines.length === 0) return
  await sql`insert into billing.run_line (company_id, run_id, line_no, house_id, fee_item_id, payer_id, from_on, to_on, price_id, quantity, days, days_of, reading_id, amount_fen, inputs, fault)
    select ${scope.company_id}::bigint, ${plan.run_id}::uuid, ${from}::bigint + x.n, x.house_id, x.fee_item_id, x.payer_id, x.from_on, x.to_on, x.price_id, x.quantity, x.days, x.days_of, x.reading_id, x.amount_fen, x.inputs, x.fault
    from rows from (jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as (house_id uuid, fee_item_id uuid, payer_id uuid, from_on date, to_on date, price_id uuid, quantity numeric, days int, days_of int, reading_id uuid, amount_fen bigint, inputs jsonb, fault text))
      with ordinality as x(house_id, fee_item_id, payer_id, from_on, to_on, price_id, quantity, days, days_of, reading_id, amount_fen, inputs, fault, n)`.execute(scope.db)
}

async function stageItem(scope: Scope, plan: Plan, t: TariffItem, from: number, houses_of: readonly string[] | null): Promise<number> {
  let n = from
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const houses = await houseInputs(scope, { community_id: plan.community_id, period: plan.period_on.slice(0, 7), tariff: t.tariff, meter_kind: t.item.meter_kind, kinds: t.item.house_kinds, limit: HOUSES_PER_CHUNK, after, ...(houses_of ? { house_ids: houses_of } : {}) })
    if (houses.length === 0) return n
    const ids = houses.map((h) => h.house_id)
    const intervals = await intervalsOf(scope, t, ids)
    const readings = await readingsOf(scope, plan, t, ids)
    const lines = houses.flatMap((h) => {
      const own = intervals.get(h.house_id)
      if (!own) return []
      return t.item.meter_kind ? metered(t, h, own, readings.get(h.house_id) ?? []) : charged(t, h, own)
    })
    await write(scope, plan, lines, n)
    n += lines.length
    after = houses.at(-1)!.house_id
  }
}

/** Numbers of lines that a chunk computes again stand apart from those of the preview. */
const CHUNK_STRIDE = 2 ** 32

/** Computes the engine's lines of a run anew; of a chunk only those of its houses. */
export async function stageTariffLines(scope: Scope, plan: Plan, chunk?: { chunk_no: number; building_ids: readonly string[] }): Promise<void> {
  const slow = [...plan.tariffs.values()].filter((t) => !t.fast)
  if (slow.length === 0) return
  const houses = chunk ? await housesOf(scope, chunk.building_ids) : plan.house_id ? [plan.house_id] : null
  await dropTariffLines(scope, plan.run_id, chunk ? houses : null)
  let n = chunk ? (chunk.chunk_no + 1) * CHUNK_STRIDE : 0
  for (const t of slow) n = await stageItem(scope, plan, t, n, houses)
}
async function housesOf(scope: Scope, building_ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ house_id: string }>`select house_id from property.house where company_id = ${scope.company_id} and building_id = any(${[...building_ids]}::uuid[])`.execute(scope.db)
  return rows.map((r) => r.house_id)
}
export async function dropTariffLines(scope: Scope, run_id: string, house_ids: readonly string[] | null = null): Promise<void> {
  await sql`delete from billing.run_line where company_id = ${scope.company_id} and run_id = ${run_id} ${house_ids ? sql`and house_id = any(${[...house_ids]}::uuid[])` : sql``}`.execute(scope.db)
}
