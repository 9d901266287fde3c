// What somebody who leaves a house owes to the day (过户、退租结算): the days of the running period that no bill has yet, and what becomes of
// the bills he leaves behind. Called by handover, which decides with whom.
import { sql } from 'kysely'
import { addMonths, daysBetween } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { madeOrVoided } from './sums.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { closePeriod, releaseReadings } from '../../meters/server/index.ts'
import { takeOffDiscounts, hasDiscounts } from './discounts.ts'
import { lineCtes } from './lines.ts'
import { planOf, type Plan } from './plan.ts'
import { billId, bookChunk } from './publish.ts'
import { partNote } from './rework_calls.ts'
import { lateFeesOf, lockSources, refuseHeld, rework, voidLateFees, type NewPart, type Source } from './rework.ts'
import type { BillKey } from './settle.ts'
import { dropTariffLines, stageTariffLines } from './tariff_lines.ts'

interface House {
  house_id: string
  community_id: string
  building_id: string
}

/** Items that a charge run would bill: not shared amounts, which come from their splits, nor late fees, which are assigned to nobody. */
async function itemsOf(scope: Scope, community_id: string): Promise<string[]> {
  const { rows } = await sql<{ fee_item_id: string }>`select fee_item_id from billing.fee_item where company_id = ${scope.company_id} and community_id = ${community_id} and disabled_at is null and shape <> 'share' order by sort_no, code limit 200`.execute(scope.db)
  return rows.map((r) => r.fee_item_id)
}

/** Bills these persons for the days before `day` of this month and the one before that are not billed yet. Again: nothing. */
export async function billToDay(scope: Scope, house: House, day: string, payer_ids: readonly string[]): Promise<{ count: number; amount_fen: number }> {
  const fee_item_ids = await itemsOf(scope, house.community_id)
  const month = day.slice(0, 7)
  const made = { count: 0, amount_fen: 0 }
  if (fee_item_ids.length === 0) return made
  // The month before may not have been billed yet when somebody leaves in the first days of a month; older ones are a matter of the charge run.
  for (const period of [addMonths(month, -1), month]) {
    const plan = await planOf(scope, { run_id: uuidv7(), community_id: house.community_id, period_on: `${period}-01`, fee_item_ids, house_id: house.house_id })
    const done = await billMonth(scope, plan, day, payer_ids)
    made.count += done.count
    made.amount_fen += done.amount_fen
  }
  return made
}

async function billMonth(scope: Scope, plan: Plan, day: string, payer_ids: readonly string[]): Promise<{ count: number; amount_fen: number }> {
  const c = scope.company_id
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${c} ${plan.community_id} ${plan.period_on}`}, 727010))`.execute(scope.db)
  await sql`select kernel.ensure_month('billing.bill', ${plan.period_on}::date)`.execute(scope.db)
  await stageTariffLines(scope, plan)
  const { rows } = await sql<{ fee_item_id: string; amount_fen: number }>`
    insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, months, days, days_of, reading_id, amount_fen, issued_on, due_on, used_before, inputs)
    with ${lineCtes(scope, plan, { until: day })}
    select ${c}::bigint, ${plan.period_on}::date, ${billId(plan.run_id, 0, sql`row_number() over (order by l.item_no, l.from_on)`)}, ${plan.community_id}::uuid, l.building_id, l.house_id, l.fee_item_id, l.payer_id, ${plan.run_id}::uuid, l.from_on, l.to_on,
      l.price_id, l.shape, l.quantity, l.unit_price, l.months, l.days, l.days_of, l.reading_id, l.amount_fen, ${scope.today}::date, ${scope.today}::date + l.due_days, l.used_before, l.inputs
    from line l where l.payer_id = any(${[...payer_ids]}::uuid[]) and l.amount_fen > 0 and (l.to_on <= ${day}::date or l.reading_id is not null and exists (select from meters.reading r where r.company_id = ${c} and r.reading_id = l.reading_id and r.read_on <= ${day}::date) or l.days_of = 0 and l.from_on < ${day}::date and exists (select from tariff w where w.fee_item_id = l.fee_item_id and w.proration = 'whole_month'))
    on conflict do nothing returning fee_item_id, amount_fen`.execute(scope.db)
  await dropTariffLines(scope, plan.run_id)
  if (rows.length === 0) return { count: 0, amount_fen: 0 }
  const amount_fen = rows.reduce((n, r) => n + r.amount_fen, 0)
  await sql`insert into billing.run (company_id, run_id, community_id, period_on, fee_item_ids, house_id, state, line_count, amount_fen, created_by, created_at, published_at)
    values (${c}, ${plan.run_id}, ${plan.community_id}, ${plan.period_on}, ${[...new Set(rows.map((r) => r.fee_item_id))]}::uuid[], ${plan.house_id}, 'published', ${rows.length}, ${amount_fen}, ${scope.who.account_id}, ${scope.now}, ${scope.now})`.execute(scope.db)
  await bookChunk(scope, plan, 0)
  const chunk = sql`billing.bill l where l.company_id = ${c} and l.period_on = ${plan.period_on}::date and l.run_id = ${plan.run_id} and l.house_id = ${plan.house_id}`
  if (await hasDiscounts(scope, plan)) await takeOffDiscounts(scope, plan, 0, chunk)
  await madeOrVoided(scope, sql`(select l.* from ${chunk})`, 1).execute(scope.db)
  await closeHouseReadings(scope, plan)
  return { count: rows.length, amount_fen }
}

/** Readings that are in bills now belong to them; those that got no line stay free. */
async function closeHouseReadings(scope: Scope, plan: Plan): Promise<void> {
  const kinds = [...new Set(plan.items.flatMap((i) => (i.meter_kind ? [i.meter_kind] : [])))]
  if (kinds.length === 0) return
  const c = scope.company_id
  await closePeriod(scope, { scope_id: plan.house_id!, kinds, period_on: plan.period_on })
  const { rows } = await sql<{ reading_id: string }>`select r.reading_id from meters.meter m join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on = ${plan.period_on}::date and r.state <> 'suspect'
    where m.company_id = ${c} and m.house_id = ${plan.house_id} and m.kind = any(${kinds}::text[])
      and not exists (select from billing.bill b where b.company_id = ${c} and b.period_on = ${plan.period_on}::date and b.house_id = ${plan.house_id} and b.reading_id = r.reading_id and b.voided_at is null)`.execute(scope.db)
  await releaseReadings(scope, rows.map((r) => r.reading_id))
}

export interface PassOn extends BillKey {
  /** So much of what is open goes over. */
  taker_fen: number
  /** It is for the days from the day on; else for the whole bill. */
  cut: boolean
}

/** What is open of these bills goes to another payer, whole or from a day on, in one act that can be undone as one. */
export async function passOn(scope: Scope, house: House, o: { bills: readonly PassOn[]; day: string; to: { person_id: string; name: string }; reason: string }): Promise<string | null> {
  if (o.bills.length === 0) return null
  const found = await lockSources(scope, o.bills)
  if (!found) throw scope.refuse('billing.bill_changed')
  const how = new Map(o.bills.map((b) => [b.bill_id, b]))
  const of = new Set(o.bills.map((b) => b.bill_id))
  // A late fee whose principal goes over goes with it: it is counted anew there.
  const sources = found.filter((s) => !(s.shape === 'late_fee' && s.of_bill_id && of.has(s.of_bill_id)))
  if (sources.some((s) => s.open_fen <= 0)) throw scope.refuse('billing.rework_nothing')
  await refuseHeld(scope, sources)
  const late = await lateFeesOf(scope, sources)
  if (late.some((l) => l.paid_fen > 0)) throw scope.refuse('billing.rework_late_paid')
  const parts = sources.flatMap((s) => partsOf(scope, s, how.get(s.bill_id)!, o.day, o.to))
  const { rework_id } = await rework(scope, { kind: 'takeover', house, reason: o.reason, sources, parts })
  await voidLateFees(scope, late, rework_id)
  return rework_id
}

function partsOf(scope: Scope, s: Source, p: PassOn, day: string, to: { person_id: string; name: string }): NewPart[] {
  const rest_fen = s.open_fen - p.taker_fen
  if (rest_fen < 0 || p.taker_fen < 1) throw scope.refuse('billing.bill_changed')
  const part = (no: number, amount_fen: number, payer_id: string, from_on: string, to_on: string): NewPart => {
    const how = p.cut ? `按天数 ${daysBetween(from_on, to_on)}/${daysBetween(s.from_on, s.to_on)} 天` : ''
    return { source: s, no, period_on: s.period_on, payer_id, from_on, to_on, due_on: s.due_on, amount_fen, note: partNote(s, how, amount_fen, payer_id === to.person_id ? to.name : undefined) }
  }
  const theirs = part(2, p.taker_fen, to.person_id, p.cut ? day : s.from_on, s.to_on)
  return rest_fen > 0 ? [part(1, rest_fen, s.payer_id, s.from_on, p.cut ? day : s.to_on), theirs] : [theirs]
}
