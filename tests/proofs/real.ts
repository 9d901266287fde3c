// The product as the random histories see it: the estate's figures straight from the tables, approvals decided, the clock moved.
import { expect } from 'vitest'
import { sql } from 'kysely'
import { addDays, dayOf, nowMs, setClock } from '../../src/kernel/clock.ts'
import { Refused } from '../../src/kernel/client.ts'
import { payment } from '../../src/modules/payment/contract.ts'
import { system } from '../../src/modules/system/contract.ts'
import type { TestApp } from '../harness.ts'
import type { Model } from './model.ts'

export interface Real {
  t: TestApp
  /** How often each thing happened in the whole run: what never happened was not proved. */
  count: Map<string, number>
  /** Communities with money in months that are not closed, and the last day of it. */
  busy: Map<string, string>
}
export const today = (): string => dayOf(nowMs())
/** Ten in the morning of that many days later. */
export const forward = (days: number): void => setClock(`${addDays(today(), days)}T02:00:00Z`)

export const happened = (r: Real, what: string): void => void r.count.set(what, (r.count.get(what) ?? 0) + 1)

/** The call answers, or is refused with this code; says which. */
export async function expected<T>(r: Real, name: string, call: Promise<T>, refusal: string | null): Promise<T | null> {
  const done = await call.then((answer) => ({ answer }), (error: unknown) => ({ error }))
  if ('error' in done) {
    if (!(done.error instanceof Refused)) throw done.error
    expect(done.error.code, `${name}: ${done.error.message}`).toBe(refusal)
    happened(r, `${name} refused`)
    return null
  }
  expect(null, `${name} should have been refused`).toBe(refusal)
  happened(r, name)
  return done.answer
}

export async function decide(r: Real, subject_id: string, decision: 'agree' | 'refuse', refusal: string | null = null): Promise<boolean> {
  const { rows } = await r.t.inside((s) => sql<{ approval_id: string; step_no: number }>`select approval_id, step_no from system.approval where company_id = ${s.company_id} and state = 'asked' and (subject_id = ${subject_id} or approval_id::text = ${subject_id})`.execute(s.db))
  const asked = rows[0]!
  return (await expected(r, `decide ${decision}`, r.t.as('finance2')(system.decideApproval, { approval_id: asked.approval_id, step_no: asked.step_no, decision, note: '已核' }), refusal)) !== null
}

interface NewBill {
  bill_id: string
  house_id: string
  period_on: string
  fee_item_id: string
  amount_fen: number
  due_on: string
  of_bill_id: string | null
}
/** Bills of the estate that the model does not know yet. */
export async function newBills(r: Real, m: Model): Promise<NewBill[]> {
  const { rows } = await r.t.inside((s) => sql<NewBill>`select bill_id, house_id, period_on, fee_item_id, amount_fen, due_on, of_bill_id from billing.bill where company_id = ${s.company_id} and community_id = ${m.estate.community_id} and bill_id <> all(${m.bills.map((b) => b.bill_id)}::uuid[]) order by bill_id`.execute(s.db))
  return rows
}

const figures = (c: number, m: Model) => {
  const houses = m.estate.houses.map((h) => h.house_id)
  const subject = (code: string, type: string, sign: string) => sql`(select coalesce(jsonb_object_agg(subject_id, fen), '{}') from (select subject_id, ${sql.raw(sign)}sum(amount_fen) as fen from ledger.posting where company_id = ${c} and community_id = ${m.estate.community_id} and account_code = ${code} and subject_type = ${type} group by 1 having sum(amount_fen) <> 0) x)`
  return sql<{ figures: unknown }>`select jsonb_build_object(
    'bills', (select coalesce(jsonb_object_agg(bill_id, jsonb_build_array(amount_fen, paid_fen, reduced_fen, voided_at is not null)), '{}') from billing.bill where company_id = ${c} and community_id = ${m.estate.community_id}),
    'general', (select coalesce(jsonb_object_agg(house_id, balance_fen), '{}') from payment.wallet where company_id = ${c} and house_id = any(${houses}::uuid[]) and balance_fen > 0),
    'bound', (select coalesce(jsonb_object_agg(house_id || ' ' || fee_item_id, balance_fen), '{}') from payment.bound_wallet where company_id = ${c} and house_id = any(${houses}::uuid[]) and balance_fen > 0),
    'payments', (select coalesce(jsonb_object_agg(payment_id, jsonb_build_array(total_fen, refunded_fen, refunding_fen, reversed_at is not null)), '{}') from payment.payment where company_id = ${c} and house_id = any(${houses}::uuid[])),
    'deposits', (select coalesce(jsonb_object_agg(deposit_id, jsonb_build_array(held_fen, pending_fen, refunded_fen, forfeited_fen, moved_fen)), '{}') from payment.deposit where company_id = ${c} and house_id = any(${houses}::uuid[])),
    'refunds', (select coalesce(jsonb_object_agg(refund_id, state), '{}') from payment.refund where company_id = ${c} and house_id = any(${houses}::uuid[])),
    'receivable', ${subject('1122', 'house', '')}, 'prepaid', ${subject('2203', 'house', '-')}, 'owed', ${subject('2241', 'refund', '-')}, 'held', ${subject('224101', 'deposit', '-')},
    'money', (select coalesce(sum(amount_fen), 0) from ledger.posting where company_id = ${c} and community_id = ${m.estate.community_id} and account_code in ('1001','1002','1012')),
    'all', (select coalesce(sum(amount_fen), 0) from ledger.posting where company_id = ${c} and community_id = ${m.estate.community_id})) as figures`
}
const entries = <T>(list: readonly T[], key: (x: T) => string, value: (x: T) => unknown): Record<string, unknown> => Object.fromEntries(list.map((x) => [key(x), value(x)] as const).filter(([, v]) => v !== 0))

/** Everything that the model knows, as the tables and the books say it. */
export async function agree(r: Real, m: Model): Promise<void> {
  const { rows } = await r.t.inside((s) => figures(s.company_id, m).execute(s.db))
  const h = m.estate.houses
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)
  const own = (p: Model['payments'][number]): number => m.total(p) - sum(p.used.map((u) => u.fen))
  const done = (deposit: boolean): number => sum(m.refunds.filter((x) => x.state === 'done' && (x.deposit_id !== null) === deposit).map((x) => x.amount))
  expect(rows[0]!.figures).toEqual({
    bills: entries(m.bills, (b) => b.bill_id, (b) => [b.amount, b.paid, b.reduced, b.void]),
    general: entries(h.map((x, i) => ({ id: x.house_id, fen: m.purses[i]!.general })), (x) => x.id, (x) => x.fen),
    bound: entries(h.flatMap((x, i) => [...m.purses[i]!.bound].map(([item, fen]) => ({ id: `${x.house_id} ${item}`, fen }))), (x) => x.id, (x) => x.fen),
    payments: entries(m.payments, (p) => p.payment_id, (p) => [m.total(p), p.refunded, p.refunding, p.reversed]),
    deposits: entries(m.deposits, (d) => d.deposit_id, (d) => [d.held, d.pending, d.refunded, d.forfeited, d.moved]),
    refunds: entries(m.refunds, (x) => x.refund_id, (x) => x.state),
    receivable: entries(h.map((x, i) => ({ id: x.house_id, fen: sum(m.open(i).map((b) => m.openOf(b))) })), (x) => x.id, (x) => x.fen),
    prepaid: entries(h.map((x, i) => ({ id: x.house_id, fen: m.purses[i]!.general + sum([...m.purses[i]!.bound.values()]) })), (x) => x.id, (x) => x.fen),
    owed: entries(m.refunds.filter((x) => x.state === 'approved' && x.deposit_id === null), (x) => x.refund_id, (x) => x.amount),
    held: entries(m.deposits, (d) => d.deposit_id, (d) => d.held),
    money: sum(m.payments.filter((p) => !p.reversed).map(own)) - done(false) - done(true) + sum(m.deposits.map((d) => d.held + d.refunded + d.forfeited + d.moved)),
    all: 0,
  })
}

/** What the cashier reads on her screen is the same. */
export async function deskAgrees(r: Real, m: Model, house: number): Promise<void> {
  const d = await r.t.as('cashier')(payment.desk, { house_id: m.estate.houses[house]!.house_id })
  expect(Object.fromEntries(d.lines.map((l) => [l.bill_id, l.open_fen]))).toEqual(Object.fromEntries(m.open(house).map((b) => [b.bill_id, m.openOf(b)])))
  expect([d.wallet_fen, d.bound.reduce((n, b) => n + b.balance_fen, 0)]).toEqual([m.purses[house]!.general, [...m.purses[house]!.bound.values()].reduce((a, b) => a + b, 0)])
}
