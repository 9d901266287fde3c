// Races over one row of money, with real concurrency, that no other test runs: each time exactly one wins, and the books agree afterwards. Which
// test holds which of the fourteen races stands in invariants.ts.
import { beforeAll, expect, test } from 'vitest'
import { sql } from 'kysely'
import { setClock } from '../../src/kernel/clock.ts'
import { Refused } from '../../src/kernel/client.ts'
import { billing } from '../../src/modules/billing/contract.ts'
import { payment } from '../../src/modules/payment/contract.ts'
import { system } from '../../src/modules/system/contract.ts'
import { expectRefused, rid, testApp, type TestApp } from '../harness.ts'
import { estate, type Estate } from './estate.ts'
import { everyProof } from './seed.ts'

let t: TestApp
let e: Estate
let month = 0
beforeAll(async () => {
  setClock('2026-03-05T02:00:00Z')
  t = await testApp()
  e = await estate(t, 0)
})

const house = (n = 0): string => e.houses[n]!.house_id
/** Bills of one more month for the three houses. */
async function charge(): Promise<{ bill_id: string; period_on: string; house_id: string; amount_fen: number }[]> {
  month++
  const period = `2025-${String(month).padStart(2, '0')}`
  await publish(period)
  const { rows } = await t.as('finance')(billing.bills, { community_id: e.community_id, period_from: period, period_to: period, state: 'live', page_size: 50 })
  return rows.map((b) => ({ bill_id: b.bill_id, period_on: b.period_on, house_id: b.house_id, amount_fen: b.amount_fen })).sort((a, b) => a.house_id.localeCompare(b.house_id))
}
async function publish(period: string): Promise<number> {
  const run = await t.as('cashier')(billing.createRun, { community_id: e.community_id, period, fee_item_ids: [e.fee] })
  return (await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })).published_count
}
const prepay = (n: number, amount_fen: number) => t.as('cashier')(payment.takePayment, { house_id: house(n), prepay_fen: amount_fen, tenders: [{ method: 'cash', amount_fen }] })
const take = (who: 'cashier' | 'cashier2', b: { bill_id: string; period_on: string; house_id: string }, amount_fen: number, method: 'cash' | 'wallet' = 'cash') => t.as(who)(payment.takePayment, { house_id: b.house_id, lines: [{ bill_id: b.bill_id, period_on: b.period_on, amount_fen }], tenders: [{ method, amount_fen }] })
/** What came of calls at once: the number answered, and the codes of the others. A fault is a fault. */
async function outcome(calls: readonly Promise<unknown>[]): Promise<{ answered: number; refused: string[] }> {
  const all = await Promise.allSettled(calls)
  const refused = all.flatMap((r) => (r.status === 'rejected' ? [r.reason as unknown] : []))
  for (const error of refused) if (!(error instanceof Refused)) throw error
  return { answered: all.filter((r) => r.status === 'fulfilled').length, refused: refused.map((x) => (x as Refused).code).sort() }
}
const approvalOf = async (subject_id: string) => (await t.inside((s) => sql<{ approval_id: string }>`select approval_id from system.approval where company_id = ${s.company_id} and subject_id = ${subject_id} and state = 'asked'`.execute(s.db))).rows[0]!.approval_id

test('a refund of prepayment against a bill paid from it: the money goes one way', { timeout: 300_000 }, async () => {
  for (let round = 0; round < 4; round++) {
    const bill = (await charge()).find((b) => b.house_id === house())!
    await prepay(0, bill.amount_fen)
    const { refund_id } = await t.as('cashier')(payment.askWalletRefund, { house_id: house(), fee_item_id: null, amount_fen: bill.amount_fen, method: 'cash', payee_name: '业主', reason: '搬走' })
    const approval_id = await approvalOf(refund_id)
    const r = await outcome([t.as('finance')(system.decideApproval, { approval_id, step_no: 1, decision: 'agree', note: '同意' }), take('cashier2', bill, bill.amount_fen, 'wallet')])
    expect(r).toEqual({ answered: 1, refused: ['payment.wallet_short'] })
    const paid = (await t.as('cashier')(payment.desk, { house_id: house() })).lines.every((l) => l.bill_id !== bill.bill_id)
    if (paid) await t.as('finance')(system.decideApproval, { approval_id, step_no: 1, decision: 'refuse', note: '已用于缴费' })
  }
  expect(await everyProof(t)).toEqual([])
})

test('a bill voided, paid and charged again at once: paid or void, never both, never twice', { timeout: 300_000 }, async () => {
  for (let round = 0; round < 3; round++) {
    const bills = await charge()
    const period = bills[0]!.period_on.slice(0, 7)
    const r = await outcome([...bills.flatMap((b) => [t.as('finance')(billing.voidBill, { bill_id: b.bill_id, reason: '录入有误' }), take('cashier', b, b.amount_fen)]), publish(period)])
    // One of each pair, and the run whatever it found.
    expect(r.answered + r.refused.filter((c) => c === 'billing.preview_stale').length).toBe(bills.length + 1)
    await publish(period)
    const { rows } = await t.as('finance')(billing.bills, { community_id: e.community_id, period_from: period, period_to: period, state: 'live', page_size: 50 })
    expect(rows.map((b) => b.house_id).sort()).toEqual(e.houses.map((h) => h.house_id).sort())
  }
  expect(await everyProof(t)).toEqual([])
})

test('every payment reversed by two at once, twice over: each once, and the money is where it began', { timeout: 300_000 }, async () => {
  const before = await t.inside((s) => sql<{ fen: number }>`select coalesce(sum(amount_fen), 0)::bigint as fen from ledger.posting where company_id = ${s.company_id} and account_code = '1001'`.execute(s.db))
  const made = []
  for (const b of [...(await charge()), ...(await charge())]) made.push(await take('cashier', b, b.amount_fen))
  const asked = await outcome(made.flatMap((p) => (['cashier', 'finance2'] as const).map((who) => t.as(who)(payment.askReversal, { payment_id: p.payment_id, reason: '全部冲销' }))))
  expect([asked.answered, new Set(asked.refused)]).toEqual([made.length, new Set(['payment.reversal_pending'])])
  const { rows } = await t.as('finance')(payment.reversals, { state: 'asked', page_size: 50 })
  expect(rows).toHaveLength(made.length)
  const decided = await outcome(rows.flatMap((r) => (['finance', 'admin'] as const).map((who) => t.as(who)(payment.decideReversal, { reversal_id: r.reversal_id, decision: 'approve' }))))
  expect([decided.answered, new Set(decided.refused)]).toEqual([made.length, new Set(['payment.already_decided'])])
  const after = await t.inside((s) => sql<{ fen: number }>`select coalesce(sum(amount_fen), 0)::bigint as fen from ledger.posting where company_id = ${s.company_id} and account_code = '1001'`.execute(s.db))
  expect(after.rows).toEqual(before.rows)
  expect(await everyProof(t)).toEqual([])
})

test('the deduction of the day against the desk, over one purse: it is spent once', { timeout: 300_000 }, async () => {
  // What the races before have left open would be deducted first.
  for (const h of e.houses) {
    const { lines, open_fen } = await t.as('cashier')(payment.desk, { house_id: h.house_id })
    if (open_fen > 0) await t.as('cashier')(payment.takePayment, { house_id: h.house_id, lines: lines.map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.open_fen })), tenders: [{ method: 'cash', amount_fen: open_fen }] })
  }
  for (let round = 0; round < 3; round++) {
    const bills = await charge()
    for (const [n, h] of e.houses.entries()) await prepay(n, bills.find((b) => b.house_id === h.house_id)!.amount_fen)
    const desk = bills.map((b) => take('cashier', b, b.amount_fen, 'wallet'))
    const run = t.as('finance')(payment.startDeduct, { community_id: e.community_id }).then(() => t.drain())
    const r = await outcome([...desk, run])
    for (const code of r.refused) expect(['payment.wallet_short', 'payment.more_than_open', 'payment.line_changed']).toContain(code)
    await t.as('finance')(payment.startDeduct, { community_id: e.community_id }).then(() => t.drain())
    for (const b of bills) expect((await t.as('cashier')(payment.desk, { house_id: b.house_id })).lines.some((l) => l.bill_id === b.bill_id)).toBe(false)
  }
  expect(await everyProof(t)).toEqual([])
})

test('one request sixteen times at once is done once and answered alike; with another amount it is refused', { timeout: 300_000 }, async () => {
  const request_id = rid()
  const ask = (amount_fen: number) => t.as('cashier')(payment.takePayment, { request_id, house_id: house(1), prepay_fen: amount_fen, tenders: [{ method: 'cash', amount_fen }] })
  const all = await Promise.all(Array.from({ length: 16 }, () => ask(777)))
  for (const a of all) expect(a).toEqual(all[0])
  await expectRefused(ask(778), 'kernel.request_reused')
  expect((await t.as('finance')(payment.payments, { house_id: house(1), page_size: 200 })).rows.filter((p) => p.total_fen === 777)).toHaveLength(1)
  expect(await everyProof(t)).toEqual([])
})
