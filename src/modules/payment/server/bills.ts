// Bills as this module shows and pays them. Reading goes straight down to billing's tables; locking and paying go through billing.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { addDays, daysBetween } from '../../../kernel/clock.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { explain } from '../../billing/explain.ts'
import { billsByKey, withTariffTexts, type LockedBill, type TariffBill } from '../../billing/server/index.ts'
import type { BookName } from '../../ledger/contract.ts'
import { bookOfBill } from '../../ledger/server/index.ts'
import type { How } from '../../meters/explain.ts'
import { howColumn } from '../../meters/server/index.ts'
import type { OpenLine } from '../contract.ts'

export interface BillKey {
  bill_id: string
  period_on: string
}
interface BillRead extends BillKey, TariffBill {
  text?: string | null
  house_id: string
  fee_item_id: string
  fee_item_name: string
  book: BookName
  from_on: string
  to_on: string
  shape: string
  quantity: string
  unit_price: string
  months: string
  days: number
  days_of: number
  cycle: string
  unit_name: string
  meter_kind: string | null
  how: How | null
  note: string | null
  payer_name: string
  amount_fen: number
  paid_fen: number
  reduced_fen: number
  due_on: string
  being_paid: boolean
}

/** Half-open period as people read it, both days included. */
export const periodText = (l: { from_on: string; to_on: string }): string => `${l.from_on} 至 ${addDays(l.to_on, -1)}`

const SELECT = (scope: Scope) => sql`
  select b.bill_id, b.period_on, b.house_id, b.fee_item_id, f.name as fee_item_name, b.from_on, b.to_on, b.shape, b.quantity, b.unit_price, b.months, b.days, b.days_of, b.note, b.price_id, b.used_before::text as used_before, b.inputs, f.component,
    ${bookOfBill()} as book, f.cycle, f.unit_name, f.meter_kind, ${howColumn(scope, 'b')}, o.name as payer_name, b.amount_fen, b.paid_fen, b.reduced_fen, b.due_on,
    exists (select from payment.intent_bill ib join payment.intent i on i.company_id = ib.company_id and i.intent_id = ib.intent_id
      where ib.company_id = b.company_id and ib.bill_id = b.bill_id and i.state in ('created','pending','unknown') and i.expires_at > ${scope.now}) as being_paid
  from billing.bill b
  join billing.fee_item f on f.company_id = b.company_id and f.fee_item_id = b.fee_item_id
  join people.person o on o.company_id = b.company_id and o.person_id = b.payer_id`

function lineOf(scope: Scope, b: LockedBill | BillRead): OpenLine {
  return {
    bill_id: b.bill_id,
    period_on: b.period_on,
    fee_item_id: b.fee_item_id,
    fee_item_name: b.fee_item_name,
    book: b.book,
    from_on: b.from_on,
    to_on: b.to_on,
    explanation: explain(b),
    payer_name: b.payer_name,
    amount_fen: b.amount_fen,
    paid_fen: b.paid_fen,
    reduced_fen: b.reduced_fen,
    open_fen: b.amount_fen - b.paid_fen - b.reduced_fen,
    due_on: b.due_on,
    overdue_days: daysBetween(b.due_on, scope.today),
    being_paid: 'being_paid' in b && b.being_paid,
  }
}

/** A house with more open lines than this pays the oldest first. */
export const LINES_SHOWN = 200

/** Open lines of these houses, oldest first; `also` narrows further (alias b). */
export async function openLines(scope: Scope, houses: readonly { house_id: string; community_id: string }[], also: RawBuilder<SqlBool> = sql<SqlBool>`true`): Promise<(OpenLine & { house_id: string })[]> {
  if (houses.length === 0) return []
  // The community in the condition lets the index of open bills serve it.
  const r = await sql<BillRead>`${SELECT(scope)}
    where b.company_id = ${scope.company_id} and b.community_id = any(${[...new Set(houses.map((h) => h.community_id))]}::uuid[]) and b.house_id = any(${houses.map((h) => h.house_id)}::uuid[])
      and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen and ${also}
    order by b.period_on, f.sort_no, f.name, b.from_on, b.bill_id limit ${LINES_SHOWN * Math.min(houses.length, 5)}`.execute(scope.db)
  return (await withTariffTexts(scope, r.rows)).map((b) => ({ ...lineOf(scope, b), house_id: b.house_id }))
}

/** These bills, whatever their state, by key. */
export async function linesByKey(scope: Scope, keys: readonly BillKey[]): Promise<Map<string, OpenLine & { house_id: string }>> {
  if (keys.length === 0) return new Map()
  const r = await sql<BillRead>`${SELECT(scope)}
    join unnest(${keys.map((k) => k.bill_id)}::uuid[], ${keys.map((k) => k.period_on)}::date[]) as w(bill_id, period_on) on w.bill_id = b.bill_id and w.period_on = b.period_on
    where b.company_id = ${scope.company_id} and ${billsByKey(keys)}`.execute(scope.db)
  return new Map((await withTariffTexts(scope, r.rows)).map((b) => [b.bill_id, { ...lineOf(scope, b), house_id: b.house_id }]))
}

/** The same of a bill that is locked: whether somebody is paying it elsewhere no longer matters. */
export const lockedLine = (scope: Scope, b: LockedBill): OpenLine => lineOf(scope, b)

/** The refusal that names the line. */
export function tooMuch(scope: Scope, line: OpenLine | undefined, asked_fen: number, open_fen: number) {
  const params = { item: line?.fee_item_name ?? '账单', period: line ? periodText(line) : '', open: yuanGrouped(fen(open_fen)), asked: yuanGrouped(fen(asked_fen)) }
  return scope.refuse(open_fen > 0 ? 'payment.more_than_open' : 'payment.line_changed', params)
}
