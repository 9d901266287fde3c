// What payment does to bills: lock them, apply money, take it back. Bills are locked in id order, always, so that two cashiers never wait for
// each other in a circle.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { howColumn } from '../../meters/server/index.ts'
import type { Explainable } from '../explain.ts'
import { withTariffTexts, type TariffBill } from './tariff_explain.ts'
import type { BookName } from '../../ledger/contract.ts'
import { bookOfBill } from '../../ledger/server/index.ts'
import { NOBODY, moved } from './sums.ts'

export interface BillKey {
  bill_id: string
  period_on: string
}
export interface OpenBill extends BillKey {
  community_id: string
  building_id: string
  house_id: string
  payer_id: string
  fee_item_id: string
  fee_item_name: string
  /** Where its receivable stands; what pays, waives or writes it off books there. */
  book: BookName
  from_on: string
  to_on: string
  due_on: string
  amount_fen: number
  paid_fen: number
  reduced_fen: number
  open_fen: number
}
/** With what its explanation needs. */
export interface LockedBill extends OpenBill, Explainable {
  payer_name: string
}
const COLUMNS = sql.raw('b.company_id, b.issued_on, b.bill_id, b.period_on, b.community_id, b.building_id, b.house_id, b.payer_id, b.fee_item_id, b.from_on, b.to_on, b.due_on, b.amount_fen, b.paid_fen, b.reduced_fen, b.amount_fen - b.paid_fen - b.reduced_fen as open_fen')

/**
 * The condition that `b` is one of these bills. First and last period leave the other months out before the plan runs (an array given as a
 * parameter leaves none out: 31 partitions opened, 28 of 30 left out with them); periods and ids as arrays are then found by the primary key.
 */
export function billsByKey(bills: readonly BillKey[]): RawBuilder<SqlBool> {
  const periods = [...new Set(bills.map((b) => b.period_on))].sort()
  return sql<SqlBool>`(b.period_on >= ${periods[0]}::date and b.period_on <= ${periods.at(-1)}::date and b.period_on = any(${periods}::date[]) and b.bill_id = any(${bills.map((b) => b.bill_id)}::uuid[]))`
}

/**
 * Not void, for statements that name their bills by key. Said so that the planner does not see in it the condition of the partial index of
 * live bills: a plan made while a month was empty costs that index the same as the primary key, keeps it, and reads the whole month for each
 * payment ever after (4,541 pages and 8 ms for four bills, 13 pages with the key).
 */
export const LIVE = sql<SqlBool>`num_nulls(b.voided_at) = 1`

/** These bills that are live, locked in id order to the end of the transaction, paid ones too. What is missing is void or not there. Visibility is the caller's. */
export async function lockOpen(scope: Scope, bills: readonly BillKey[], lock = true): Promise<LockedBill[]> {
  if (bills.length === 0) return []
  const c = scope.company_id
  const { rows } = await sql<LockedBill & TariffBill>`
    with locked as materialized (select ${COLUMNS}, b.shape, b.quantity, b.unit_price, b.months, b.days, b.days_of, b.reading_id, b.note, b.price_id, b.used_before::text as used_before, b.inputs from billing.bill b
      where b.company_id = ${c} and ${LIVE} and ${billsByKey(bills)} order by b.bill_id ${lock ? sql`for update of b` : sql``})
    select l.*, i.component, i.name as fee_item_name, ${bookOfBill('l', 'i')} as book, i.cycle, i.unit_name, i.meter_kind, p.name as payer_name, ${howColumn(scope, 'l')}
    from locked l join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = l.fee_item_id join people.person p on p.company_id = ${c} and p.person_id = l.payer_id order by l.bill_id`.execute(scope.db)
  const period = new Map(bills.map((b) => [b.bill_id, b.period_on]))
  return withTariffTexts(scope, rows.filter((r) => period.get(r.bill_id) === r.period_on))
}

/**
 * Adds (sign 1) or takes back (sign -1) money on bills, all or none. Refuses 'billing.bill_changed' when one cannot take it. One line a bill.
 * `taken_by`: whose money it is in the statistics by collector; taken back, it is the same person's.
 */
export async function applyPayment(scope: Scope, lines: readonly (BillKey & { amount_fen: number; taken_by?: string | null })[], sign: 1 | -1): Promise<void> {
  if (lines.length === 0) return
  const { rows } = await sql<{ n: number }>`with done as (
    update billing.bill b set paid_fen = b.paid_fen + ${sign}::bigint * k.amount_fen
    from unnest(${lines.map((l) => l.period_on)}::date[], ${lines.map((l) => l.bill_id)}::uuid[], ${lines.map((l) => l.amount_fen)}::bigint[], ${lines.map((l) => l.taken_by ?? NOBODY)}::uuid[]) as k(period_on, bill_id, amount_fen, taken_by)
    where b.company_id = ${scope.company_id} and ${billsByKey(lines)} and b.period_on = k.period_on and b.bill_id = k.bill_id and ${LIVE} and k.amount_fen > 0
      and b.paid_fen + ${sign}::bigint * k.amount_fen >= 0 and b.paid_fen + ${sign}::bigint * k.amount_fen + b.reduced_fen <= b.amount_fen
    returning b.community_id, b.building_id, b.fee_item_id, b.period_on, ${sign}::bigint * k.amount_fen as moved_fen, k.taken_by
  ), told as (${moved(scope, sql`done`, { paid_fen: sql`x.moved_fen`, taken_by: sql`x.taken_by` })}) select count(*)::int as n from done`.execute(scope.db)
  if (rows[0]!.n !== lines.length) throw scope.refuse('billing.bill_changed')
}

const OPEN_MAX = 2000
/** A house's open bills, oldest first, not locked. Visibility is the caller's. */
export async function openBillsOf(scope: Scope, house_id: string): Promise<OpenBill[]> {
  const c = scope.company_id
  const { rows } = await sql<OpenBill>`
    with open as materialized (select ${COLUMNS} from billing.bill b where b.company_id = ${c} and b.house_id = ${house_id} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen order by b.period_on, b.from_on, b.bill_id limit ${OPEN_MAX})
    select o.*, i.name as fee_item_name, ${bookOfBill('o', 'i')} as book from open o join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = o.fee_item_id order by o.period_on, o.from_on, o.bill_id`.execute(scope.db)
  return rows
}
