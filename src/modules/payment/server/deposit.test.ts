// Deposits: held for others in books of their own; every fen is held, given back, forfeited or moved.
import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed, type SeedBill } from '../../../../tests/seed_money.ts'
import { system } from '../../system/contract.ts'
import { payment } from '../contract.ts'

let t: TestApp
let seed: Seed
let kind_id: string
let house = -1
let bill: SeedBill
beforeAll(async () => {
  t = await testApp()
  seed = await t.inside((s) => seedMoney(s, { houses: 30 }))
  kind_id = (await t.as('finance')(payment.saveDepositKind, { community_id: seed.community_id, name: '装修押金', amount_fen: 200_000, max_fen: 200_000, return_days: 90, basis: '装修管理协议' })).kind_id
})
beforeEach(async () => {
  house++
  bill = await t.inside((s) => seed.bill(s, house, '2026-09'))
})
const id = () => seed.houses[house]!.house_id
const take = (amount_fen = 200_000, method: 'cash' | 'wechat' = 'cash') => t.as('cashier')(payment.takeDeposit, { house_id: id(), kind_id, amount_fen, method })
const one = (deposit_id: string) => t.as('finance')(payment.deposit, { deposit_id })
const decide = async (kind: string, page: string, decision: 'agree' | 'refuse' = 'agree') => {
  const a = (await t.as('finance2')(system.approvals, { box: 'todo', kind, page_size: 200 })).rows.find((r) => r.page === page)!
  await t.as('finance2')(system.decideApproval, { approval_id: a.approval_id, step_no: 1, decision, note: '已核' })
}
const sweep = async () => {
  const r = await t.as('finance')(payment.sweep, {})
  expect(r.checks.filter((c) => !c.ok)).toEqual([])
}
const trust = () => t.inside(async (s) => (await sql<{ n: number }>`select coalesce(-sum(amount_fen), 0)::bigint as n from ledger.posting where company_id = ${s.company_id} and book = 'trust' and subject_type = 'deposit'`.execute(s.db)).rows[0]!.n)
const payee = { method: 'cash' as const, payee_name: '张明', reason: '装修验收合格' }

describe('a deposit', () => {
  test('is taken within the cap of its kind, into the trust book, with a number and a paper', async () => {
    const e = await expectRefused(take(200_001), 'payment.deposit_over_max')
    expect(e.message).toContain('每次最多收 2,000.00 元')
    const before = await trust()
    const d = await take()
    expect(d.deposit_no).toMatch(/^YJ\d{4}-\d{6}$/)
    expect((await trust()) - before).toBe(200_000)
    const x = await one(d.deposit_id)
    expect(x).toMatchObject({ held_fen: 200_000, state: 'held', kind_name: '装修押金', payer_name: seed.houses[house]!.name, can: { refund: true } })
    expect(x.return_on).not.toBeNull()
    for (const form of ['80mm', 'a4'] as const) expect(((await t.as('cashier')(payment.depositPdf, { deposit_id: d.deposit_id, form })) as unknown as { body: Buffer }).body.subarray(0, 5).toString()).toBe('%PDF-')
    await expectRefused(t.as('finance')(payment.saveDepositKind, { community_id: seed.community_id, name: '装修押金', amount_fen: 0, max_fen: null, return_days: null, basis: null }), 'payment.deposit_kind_exists')
    await sweep()
  })
  test('goes back in parts, each approved by another', async () => {
    const d = await take()
    const a = await t.as('cashier')(payment.askDepositRefund, { deposit_id: d.deposit_id, amount_fen: 150_000, ...payee })
    const e = await expectRefused(t.as('cashier')(payment.askDepositRefund, { deposit_id: d.deposit_id, amount_fen: 60_000, ...payee }), 'payment.deposit_short')
    expect(e.message).toContain('可用 500.00 元')
    expect((await one(d.deposit_id)).pending).toEqual([expect.objectContaining({ id: a.refund_id, kind: 'refund', number: a.refund_no, amount_fen: 150_000, reason: '装修验收合格' })])
    await decide('payment.refund', `/payment/refunds/${a.refund_id}`)
    expect(await t.as('finance')(payment.refund, { refund_id: a.refund_id })).toMatchObject({ receipt_no: null, deposit_id: d.deposit_id, deposit_no: d.deposit_no })
    expect(await one(d.deposit_id)).toMatchObject({ held_fen: 200_000, pending_fen: 150_000 })
    await t.as('cashier')(payment.payRefund, { refund_id: a.refund_id })
    expect(await one(d.deposit_id)).toMatchObject({ held_fen: 50_000, pending_fen: 0, refunded_fen: 150_000, state: 'partly', moves: [{ kind: 'refund', amount_fen: 150_000 }] })
    const b = await t.as('cashier')(payment.askDepositRefund, { deposit_id: d.deposit_id, amount_fen: 50_000, ...payee })
    await decide('payment.refund', `/payment/refunds/${b.refund_id}`)
    await t.as('finance')(payment.cancelRefund, { refund_id: b.refund_id, reason: '业主未到场' })
    expect(await one(d.deposit_id)).toMatchObject({ held_fen: 50_000, pending_fen: 0 })
    await sweep()
  })
  test('is forfeited in part with a reason and another person, or set free when refused', async () => {
    const d = await take()
    await expectRefused(t.as('cashier')(payment.askForfeit, { deposit_id: d.deposit_id, amount_fen: 10_000, reason: '损坏电梯轿厢' }), 'kernel.forbidden')
    await t.as('finance')(payment.askForfeit, { deposit_id: d.deposit_id, amount_fen: 50_000, reason: '损坏电梯轿厢' })
    await decide('payment.deposit_forfeit', `/payment/deposits/${d.deposit_id}`, 'refuse')
    expect(await one(d.deposit_id)).toMatchObject({ held_fen: 200_000, pending_fen: 0 })
    await t.as('finance')(payment.askForfeit, { deposit_id: d.deposit_id, amount_fen: 30_000, reason: '损坏电梯轿厢,按维修单' })
    // What is under way adds up to its lines, and goes when it is decided.
    expect(await one(d.deposit_id)).toMatchObject({ pending_fen: 30_000, pending: [{ kind: 'forfeit', number: null, amount_fen: 30_000 }] })
    await decide('payment.deposit_forfeit', `/payment/deposits/${d.deposit_id}`)
    expect(await one(d.deposit_id)).toMatchObject({ held_fen: 170_000, forfeited_fen: 30_000, pending: [] })
    await sweep()
  })
  test('pays a bill, the rest becomes prepayment; never more than the bill owes', async () => {
    const d = await take(20_000)
    const line = { bill_id: bill.bill_id, period_on: bill.period_on }
    await expectRefused(t.as('finance')(payment.moveDeposit, { deposit_id: d.deposit_id, amount_fen: 10_000, lines: [{ ...line, amount_fen: 11_820 }], reason: '业主同意' }), 'payment.deposit_lines')
    await expectRefused(t.as('finance')(payment.moveDeposit, { deposit_id: d.deposit_id, amount_fen: 20_000, lines: [{ ...line, amount_fen: 12_000 }], reason: '业主同意' }), 'payment.more_than_open')
    const r = await t.as('finance')(payment.moveDeposit, { deposit_id: d.deposit_id, amount_fen: 15_000, lines: [{ ...line, amount_fen: 11_820 }], reason: '业主同意抵物业费' })
    expect(r).toMatchObject({ held_fen: 5_000, receipt_no: expect.any(String) })
    expect(await t.as('cashier')(payment.desk, { house_id: id() })).toMatchObject({ open_fen: 0, wallet_fen: 3_180 })
    await sweep()
  })
})

test('three ask for the whole at once: one gets it', async () => {
  const d = await take()
  const all = await Promise.allSettled([
    t.as('cashier')(payment.askDepositRefund, { deposit_id: d.deposit_id, amount_fen: 200_000, ...payee }),
    t.as('finance')(payment.moveDeposit, { deposit_id: d.deposit_id, amount_fen: 200_000, reason: '转预存' }),
    t.as('finance')(payment.askForfeit, { deposit_id: d.deposit_id, amount_fen: 200_000, reason: '全额罚没' }),
  ])
  expect(all.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  await sweep()
})
test('the list sums what is held, by age', async () => {
  await take()
  const list = await t.as('finance')(payment.deposits, { community_id: seed.community_id, page_size: 200 })
  expect(list.held_fen_sum).toBe(list.rows.reduce((n, d) => n + d.held_fen, 0))
  expect(list.ageing.reduce((n, a) => n + a.held_fen, 0)).toBe(list.held_fen_sum)
  // Each figure opens its lines: those still held, as old as it says.
  await t.inside(async (s) => void (await sql`update payment.deposit set taken_on = taken_on - 100 where company_id = ${s.company_id} and deposit_id = ${list.rows.find((d) => d.held_fen > 0)!.deposit_id}`.execute(s.db)))
  const aged = await t.as('finance')(payment.deposits, { community_id: seed.community_id })
  for (const a of aged.ageing) {
    const of = await t.as('finance')(payment.deposits, { community_id: seed.community_id, age: a.bucket, page_size: 200 })
    expect([a.bucket, of.total, of.held_fen_sum]).toEqual([a.bucket, a.count, a.held_fen])
  }
  expect(aged.ageing.map((a) => a.count > 0)).toEqual([true, true, false, false])
  expect(list.amount_fen_sum).toBe(list.held_fen_sum + list.refunded_fen_sum + list.forfeited_fen_sum + list.moved_fen_sum)
  await expectRefused(t.as('visitor')(payment.saveDepositKind, { community_id: seed.community_id, name: '门禁卡押金', amount_fen: 5_000, max_fen: null, return_days: null, basis: null }), 'kernel.forbidden')
})
