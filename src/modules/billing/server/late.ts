// Late fees: computed for any day from the bill, its payments and reductions; frozen as a bill of its own when it is charged. The history of
// payments belongs to payment, which stands above: the composition root hands the reading of it down.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuan, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { post } from '../../ledger/server/index.ts'
import { houseToChange, houseToRead } from '../../property/server/index.ts'
import { billing } from '../contract.ts'
import type { LateRow } from '../late_contract.ts'
import { own } from './mine.ts'
import { chargedThrough, lateFee, lateText, type LateFee, type LateInput, type LateRule } from './rules/late.ts'
import { lockOpen, type BillKey } from './settle.ts'
import { madeOrVoided } from './sums.ts'
import type { RawBuilder } from 'kysely'

/** Live payments of these bills: the business day and the amount; reversed ones are as if they had never been. */
export type PaidOn = (scope: Scope, bills: readonly BillKey[]) => Promise<{ bill_id: string; on: string; amount_fen: number }[]>

const BILLS_MAX = 500
/** The code of the item that late fees are billed under, one a community. */
export const LATE_CODE = 'WYJ'

interface Due extends BillKey {
  house_id: string
  community_id: string
  building_id: string
  payer_id: string
  fee_item_id: string
  fee_item_name: string
  due_on: string
  amount_fen: number
  paid_fen: number
  reduced_fen: number
  billed_fen: number
  billed_to: string | null
  /** Number of the last live late fee of it, else 0. */
  last_part: number
}
/** Overdue principal bills of a house, and paid ones of the last two years that may have been paid late. A late fee bears none. Live late fees alone: of void ones there is no index, and a house would cost all months of the company. */
async function dueBills(scope: Scope, house_id: string, seen: RawBuilder<unknown>): Promise<Due[]> {
  const c = scope.company_id
  const { rows } = await sql<Due>`
    with due as materialized (select b.* from billing.bill b where b.company_id = ${c} and b.house_id = ${house_id} and b.voided_at is null and b.shape <> 'late_fee' and b.due_on < ${scope.today}::date and b.period_on >= (${scope.today}::date - 1100) and ${seen}
        and exists (select from billing.late_rule r where r.company_id = ${c} and r.community_id = b.community_id and b.fee_item_id = any(r.fee_item_ids)) order by b.period_on, b.from_on, b.bill_id limit ${BILLS_MAX})
    select d.bill_id, d.period_on, d.house_id, d.community_id, d.building_id, d.payer_id, d.fee_item_id, i.name as fee_item_name, d.due_on, d.amount_fen, d.paid_fen, d.reduced_fen, coalesce(l.fen, 0)::bigint as billed_fen, l.to_on as billed_to, coalesce(l.last_part, 0)::int as last_part
    from due d join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = d.fee_item_id
    left join (select x.of_bill_id, sum(x.amount_fen) as fen, max(x.to_on) as to_on, max(x.part_no) as last_part from billing.bill x where x.company_id = ${c} and x.house_id = ${house_id} and x.shape = 'late_fee' and x.voided_at is null group by 1) l on l.of_bill_id = d.bill_id
    order by d.period_on, d.from_on, d.bill_id`.execute(scope.db)
  return rows
}

export type ItemRule = LateRule & { fee_item_ids: string[] }
export async function rulesOf(scope: Scope, community_id: string): Promise<ItemRule[]> {
  const { rows } = await sql<ItemRule>`select rule_id, fee_item_ids, daily_rate::text as daily_rate, grace_days, counts_from, cap_bp, lpr_rate::text as lpr_rate, lpr_multiple::text as lpr_multiple, shift, paid_day, from_on, to_on
    from billing.late_rule where company_id = ${scope.company_id} and community_id = ${community_id} order by from_on, created_at limit 500`.execute(scope.db)
  return rows
}
async function workDays(scope: Scope): Promise<(day: string) => boolean> {
  const rows = await scope.db.selectFrom('billing.day_off').select(['day_on', 'works']).where('company_id', '=', scope.company_id).limit(5000).execute()
  const special = new Map(rows.map((r) => [r.day_on, r.works]))
  return (day) => special.get(day) ?? ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
}
/** Plans that suspend the fee, with the days they did: a broken plan suspends nothing from its beginning on (履行方可免). */
async function pausesOf(scope: Scope, bill_ids: readonly string[]): Promise<{ bill_id: string; from_on: string; to_on: string | null }[]> {
  const { rows } = await sql<{ bill_id: string; from_on: string; to_on: string | null }>`select x.bill_id, p.signed_on as from_on, p.ended_on as to_on from billing.plan_bill x join billing.plan p on p.company_id = ${scope.company_id} and p.plan_id = x.plan_id
    where x.company_id = ${scope.company_id} and x.bill_id = any(${[...bill_ids]}::uuid[]) and p.suspends_late_fee and p.state in ('active','kept')`.execute(scope.db)
  return rows
}

interface Counted {
  bill: Due
  fee: LateFee
  rest_fen: number
  paused: boolean
}
export async function countedFor(scope: Scope, paidOn: PaidOn, house_id: string, community_id: string, as_of: string, seen: RawBuilder<unknown> = sql`true`): Promise<Counted[]> {
  const bills = await dueBills(scope, house_id, seen)
  if (bills.length === 0) return []
  const rules = await rulesOf(scope, community_id)
  const inputs = await lateInputs(scope, paidOn, bills)
  return bills.map((bill) => {
    const o = inputs.get(bill.bill_id)!
    const its = rules.filter((r) => r.fee_item_ids.includes(bill.fee_item_id))
    const fee = lateFee({ ...o, rules: its, as_of: as_of < scope.today ? as_of : chargedThrough(its, as_of) })
    return { bill, fee, rest_fen: Math.max(0, fee.fee_fen - bill.billed_fen), paused: o.pauses.some((p) => p.to_on === null || p.to_on > as_of) }
  })
}
/** What a late fee of each of these bills is computed from, but for the rules and the day. */
export async function lateInputs(scope: Scope, paidOn: PaidOn, bills: readonly (BillKey & { amount_fen: number; due_on: string })[]): Promise<Map<string, Omit<LateInput, 'rules' | 'as_of'>>> {
  const works = await workDays(scope)
  const paid = Map.groupBy(await paidOn(scope, bills), (m) => m.bill_id)
  // What went on into other bills bears its late fee there, from the same due day.
  const { rows: reduced } = await sql<{ bill_id: string; on: string; amount_fen: number }>`select bill_id, case when rework_id is null then booked_on else '2000-01-01'::date end as on, amount_fen from billing.reduction where company_id = ${scope.company_id} and bill_id = any(${bills.map((b) => b.bill_id)}::uuid[])`.execute(scope.db)
  const less = Map.groupBy(reduced, (m) => m.bill_id)
  const pauses = Map.groupBy(await pausesOf(scope, bills.map((b) => b.bill_id)), (p) => p.bill_id)
  return new Map(bills.map((b) => [b.bill_id, { principal_fen: b.amount_fen, due_on: b.due_on, movements: [...(paid.get(b.bill_id) ?? []), ...(less.get(b.bill_id) ?? [])], pauses: pauses.get(b.bill_id) ?? [], works }]))
}
const shown = (list: readonly Counted[]): LateRow[] =>
  list.filter((x) => x.fee.fee_fen > 0).map(({ bill: b, fee, rest_fen, paused }) => ({ bill_id: b.bill_id, period_on: b.period_on, fee_item_name: b.fee_item_name, due_on: b.due_on, open_fen: b.amount_fen - b.paid_fen - b.reduced_fen, fee_fen: fee.fee_fen, billed_fen: b.billed_fen, rest_fen, explanation: lateText(fee), paused }))
const sum = (rows: readonly LateRow[], key: 'fee_fen' | 'rest_fen') => rows.reduce((n, r) => n + r[key], 0)

/** The item that late fees are billed under, made when a community first needs it. Assigned to no house: no charge run bills it. */
async function lateItem(scope: Scope, community_id: string): Promise<string> {
  const c = scope.company_id
  const find = () => scope.db.selectFrom('billing.fee_item').select('fee_item_id').where('company_id', '=', c).where('community_id', '=', community_id).where('code', '=', LATE_CODE).executeTakeFirst()
  const known = await find()
  if (known) return known.fee_item_id
  await sql`insert into billing.fee_item (company_id, fee_item_id, community_id, code, name, shape, unit_name, house_kinds, applies, fee_class, cycle, proration, bill_unsold, due_days, account_code, belongs_to, sort_no, created_at)
    values (${c}, ${uuidv7()}, ${community_id}, ${LATE_CODE}, '违约金', 'fixed', '元/笔', array['dwelling','shop','office','garage','storage','bay'], 'assigned', 'property', 'month', 'whole_month', false, 0, '6301', 'company', 9000, ${scope.now}) on conflict do nothing`.execute(scope.db)
  return (await find())!.fee_item_id
}

/** Writes the bills and their journal. The run that holds them has no second person: a late fee follows from the rule alone. */
async function freeze(scope: Scope, house: { house_id: string; community_id: string }, list: readonly Counted[]): Promise<number> {
  const c = scope.company_id
  const fee_item_id = await lateItem(scope, house.community_id)
  const period_on = `${scope.today.slice(0, 7)}-01`
  const run_id = uuidv7()
  const amount_fen = list.reduce((n, x) => n + x.rest_fen, 0)
  await sql`select kernel.ensure_month('billing.bill', ${period_on}::date)`.execute(scope.db)
  await sql`insert into billing.run (company_id, run_id, community_id, period_on, fee_item_ids, house_id, state, line_count, amount_fen, created_by, created_at, published_at)
    values (${c}, ${run_id}, ${house.community_id}, ${period_on}, ${[fee_item_id]}::uuid[], ${house.house_id}, 'published', ${list.length}, ${amount_fen}, ${scope.who.account_id}, ${scope.now}, ${scope.now})`.execute(scope.db)
  const rows = list.map((x, i) => ({
    bill_id: `${run_id.slice(0, 28)}${i.toString(16).padStart(8, '0')}`, building_id: x.bill.building_id, payer_id: x.bill.payer_id, from_on: x.bill.billed_to ?? x.fee.start_on!, rule_id: run_id, unit_price: yuan(fen(x.rest_fen)), amount_fen: x.rest_fen, of_bill_id: x.bill.bill_id, part_no: x.bill.last_part + 1,
    note: `${x.bill.period_on.slice(0, 7)} ${x.bill.fee_item_name}违约金:${lateText(x.fee)}${x.bill.billed_fen ? `,已计收 ${yuanGrouped(fen(x.bill.billed_fen))} 元` : ''}`,
  }))
  await sql`with made as (insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, amount_fen, issued_on, due_on, note, of_bill_id, part_no)
    select ${c}::bigint, ${period_on}::date, x.bill_id, ${house.community_id}::uuid, x.building_id, ${house.house_id}::uuid, ${fee_item_id}::uuid, x.payer_id, ${run_id}::uuid, least(x.from_on, ${scope.today}::date), ${addDays(scope.today, 1)}::date, x.rule_id, 'late_fee', 1, x.unit_price, x.amount_fen, ${scope.today}::date, ${scope.today}::date, x.note, x.of_bill_id, x.part_no
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(bill_id uuid, building_id uuid, payer_id uuid, from_on date, rule_id uuid, unit_price numeric, amount_fen bigint, note text, of_bill_id uuid, part_no int) returning *) ${madeOrVoided(scope, sql`made`, 1)}`.execute(scope.db)
  await post(scope, {
    book: 'company', booked_on: scope.today, kind: 'charge', source_type: 'run', source_id: `${run_id}:0`,
    lines: [{ account_code: '1122', amount_fen, community_id: house.community_id, subject_type: 'house', subject_id: house.house_id }, { account_code: '6301', amount_fen: -amount_fen, community_id: house.community_id, subject_type: 'fee_item', subject_id: fee_item_id }],
  })
  return amount_fen
}

/** Charges what has accrued to today, of the house locked by the caller; nothing is no fault here. */
export async function chargeLateFees(scope: Scope, paidOn: PaidOn, house: { house_id: string; community_id: string }, only: { bill_ids?: readonly string[] | undefined; payer_ids?: readonly string[] }): Promise<{ count: number; amount_fen: number }> {
  const wanted = (x: Counted) => (!only.bill_ids || only.bill_ids.includes(x.bill.bill_id)) && (!only.payer_ids || only.payer_ids.includes(x.bill.payer_id))
  const before = await countedFor(scope, paidOn, house.house_id, house.community_id, scope.today)
  await lockOpen(scope, before.map((x) => x.bill))
  const list = (await countedFor(scope, paidOn, house.house_id, house.community_id, scope.today)).filter((x) => x.rest_fen > 0 && !x.paused && wanted(x))
  if (list.length === 0) return { count: 0, amount_fen: 0 }
  const amount_fen = await freeze(scope, house, list)
  scope.note('house', house.house_id, { late_fee_fen: amount_fen, bill_count: list.length })
  return { count: list.length, amount_fen }
}

/** What these bills bear to today beyond what was charged. */
export async function lateFeesDue(scope: Scope, paidOn: PaidOn, house: { house_id: string; community_id: string }, payer_ids: readonly string[]): Promise<number> {
  const list = await countedFor(scope, paidOn, house.house_id, house.community_id, scope.today)
  return list.reduce((n, x) => n + (!x.paused && payer_ids.includes(x.bill.payer_id) ? x.rest_fen : 0), 0)
}

export const lateAnswers = (paidOn: PaidOn) => [
  answer(billing.lateFees, async (scope, { house_id, as_of }) => {
    const house = await houseToRead(scope, house_id)
    const rows = shown(await countedFor(scope, paidOn, house_id, house.community_id, as_of ?? scope.today))
    return { rows, fee_fen: sum(rows, 'fee_fen'), rest_fen: sum(rows, 'rest_fen'), as_of: as_of ?? scope.today }
  }),
  answer(billing.billLateFees, async (scope, { house_id, bill_ids }) => {
    // The house is locked: two who charge at once come one after the other, and the second finds nothing left.
    const house = await houseToChange(scope, house_id)
    const done = await chargeLateFees(scope, paidOn, house, { bill_ids })
    if (done.count === 0) throw scope.refuse('billing.late_nothing', { house: house.label })
    return done
  }),
  answer(billing.myLateFees, async (scope, { house_id }) => {
    const seen = await own(scope, house_id)
    const h = await scope.db.selectFrom('property.house').select('community_id').where('company_id', '=', scope.company_id).where('house_id', '=', house_id).executeTakeFirst()
    if (!h) throw scope.notFound()
    const rows = shown(await countedFor(scope, paidOn, house_id, h.community_id, scope.today, seen))
    return { rows, rest_fen: sum(rows, 'rest_fen'), as_of: scope.today }
  }),
]
