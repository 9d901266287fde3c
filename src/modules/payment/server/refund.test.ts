// Money that goes back: in parts, approved by another, out of the drawer or the bank, and never more than came in.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed, type SeedBill } from '../../../../tests/seed_money.ts'
import { identity } from '../../identity/contract.ts'
import { system } from '../../system/contract.ts'
import { payment } from '../contract.ts'

let t: TestApp
let seed: Seed
let house = -1
let bills: SeedBill[] = []
beforeAll(async () => {
  t = await testApp()
  seed = await t.inside((s) => seedMoney(s, { houses: 40 }))
})
beforeEach(async () => {
  house++
  bills = await t.inside(async (s) => [await seed.bill(s, house, '2026-09'), await seed.bill(s, house, '2026-10')])
})
const id = () => seed.houses[house]!.house_id
const line = (i: number, amount_fen = 11_820) => ({ bill_id: bills[i]!.bill_id, period_on: bills[i]!.period_on, amount_fen })
const take = (prepay_fen = 0) => t.as('cashier')(payment.takePayment, { house_id: id(), lines: [line(0), line(1)], prepay_fen, tenders: [{ method: 'cash', amount_fen: 23_640 + prepay_fen }] })
const payee = { method: 'cash' as const, payee_name: '张明', reason: '重复缴费' }
const ask = (o: Partial<{ payment_id: string; lines: ReturnType<typeof line>[]; wallet_fen: number; method: 'cash' | 'transfer' | 'original' | 'card'; payee_bank: string; payee_account: string }>) => t.as('cashier')(payment.askRefund, { ...payee, payment_id: '', ...o })
const decide = async (refund_id: string, decision: 'agree' | 'refuse' = 'agree', who: 'finance' | 'finance2' = 'finance') => {
  const a = (await t.as(who)(system.approvals, { box: 'todo', kind: 'payment.refund', page_size: 200 })).rows.find((r) => r.page === `/payment/refunds/${refund_id}`)!
  await t.as(who)(system.decideApproval, { approval_id: a.approval_id, step_no: 1, decision, note: decision === 'refuse' ? '凭证不全' : '同意' })
}
const desk = () => t.as('cashier')(payment.desk, { house_id: id() })
const sweep = async () => {
  const r = await t.as('finance')(payment.sweep, {})
  expect(r.checks.filter((c) => !c.ok)).toEqual([])
}

describe('a refund of a payment', () => {
  test('in parts: the bill owes again, the drawer gives, the next part is bounded by what is left', async () => {
    const p = await take()
    const a = await ask({ payment_id: p.payment_id, lines: [line(0, 5_000)] })
    expect(a).toMatchObject({ amount_fen: 5_000, refund_no: expect.stringMatching(/^TK\d{4}-\d{6}$/) })
    expect((await desk()).open_fen).toBe(0)
    await expectRefused(t.as('cashier')(payment.payRefund, { refund_id: a.refund_id }), 'payment.refund_state')
    await decide(a.refund_id)
    expect((await desk()).open_fen).toBe(5_000)
    const on = await t.inside(async (s) => s.today)
    const me = (await t.as('cashier')(identity.me, {}))!.account_id
    const daily = async () => (await t.as('finance')(payment.daily, { from_on: on, to_on: on })).rows.find((r) => r.taken_by === me)!
    const was = await daily()
    await t.as('cashier')(payment.payRefund, { refund_id: a.refund_id })
    // What went out of the drawer is in the report of the day, beside what came in, and is what its link lists.
    expect(await daily()).toMatchObject({ cash_fen: was.cash_fen, refunded_count: was.refunded_count + 1, refunded_cash_fen: was.refunded_cash_fen + 5_000, refunded_fen: was.refunded_fen + 5_000, net_fen: was.net_fen - 5_000 })
    expect((await t.as('finance')(payment.refunds, { state: 'done', of_receipts: true, paid_by: me, paid_from_on: on, paid_to_on: on })).amount_fen_sum).toBe(was.refunded_fen + 5_000)
    expect((await t.as('cashier')(payment.myShift, {})).today.refunded_count).toBe(was.refunded_count + 1)
    const e = await expectRefused(ask({ payment_id: p.payment_id, lines: [line(0, 7_000)] }), 'payment.refund_line')
    expect(e.message).toContain('还可退 68.20 元')
    const b = await ask({ payment_id: p.payment_id, lines: [line(0, 6_820), line(1, 1_000)] })
    await decide(b.refund_id)
    expect(await t.as('finance')(payment.refundable, { payment_id: p.payment_id })).toMatchObject({ left_fen: 10_820, methods: ['cash', 'transfer', 'card', 'wechat', 'alipay', 'other'] })
    const list = await t.as('finance')(payment.refunds, { payment_id: p.payment_id })
    expect(list).toMatchObject({ total: 2, amount_fen_sum: 12_820, done_fen_sum: 5_000 })
    await ask({ payment_id: p.payment_id, lines: [line(1, 10_820)] })
    expect((await t.as('cashier')(payment.payment, { payment_id: p.payment_id })).can.ask_refund).toBe('payment.refund_all')
    await expectRefused(ask({ payment_id: p.payment_id, lines: [line(1, 1)] }), 'payment.refund_all')
    await sweep()
  })
  test('maker is not checker; refused leaves all as it was', async () => {
    const p = await take()
    const a = await t.as('finance')(payment.askRefund, { ...payee, payment_id: p.payment_id, lines: [line(0)] })
    expect((await t.as('finance')(system.approvals, { box: 'todo', kind: 'payment.refund', page_size: 200 })).rows.some((r) => r.page === `/payment/refunds/${a.refund_id}`)).toBe(false)
    await decide(a.refund_id, 'refuse', 'finance2')
    expect((await t.as('finance')(payment.refund, { refund_id: a.refund_id })).state).toBe('refused')
    expect((await t.as('finance')(payment.payment, { payment_id: p.payment_id }))).toMatchObject({ refunding_fen: 0, refunded_fen: 0 })
    await ask({ payment_id: p.payment_id, lines: [line(0)] })
    await sweep()
  })
  test('of what was prepaid only as much as is still there', async () => {
    const p = await take(10_000)
    const more = await t.inside((s) => seed.bill(s, house, '2026-11', { amount_fen: 4_000 }))
    await t.as('cashier')(payment.takePayment, { house_id: id(), lines: [more], tenders: [{ method: 'wallet', amount_fen: 4_000 }] })
    const e = await expectRefused(ask({ payment_id: p.payment_id, wallet_fen: 10_000 }), 'payment.refund_wallet')
    expect(e.message).toContain('60.00')
    const a = await ask({ payment_id: p.payment_id, wallet_fen: 6_000, method: 'transfer', payee_bank: '工商银行眉县支行', payee_account: '6222020000001234' })
    await decide(a.refund_id)
    await expectRefused(t.as('finance')(payment.payRefund, { refund_id: a.refund_id }), 'payment.refund_reference')
    await t.as('finance')(payment.payRefund, { refund_id: a.refund_id, reference: '网银 20261125-8' })
    const r = await t.as('finance')(payment.refund, { refund_id: a.refund_id })
    expect(r).toMatchObject({ state: 'done', payee_account_tail: '1234', wallet_fen: 6_000 })
    expect(JSON.stringify(r)).not.toContain('6222020000001234')
    await sweep()
  })
  test('a reversal is refused while part of it has gone back, and a refund while a reversal waits', async () => {
    const p = await take()
    const { reversal_id } = await t.as('cashier')(payment.askReversal, { payment_id: p.payment_id, reason: '整笔收错' })
    await expectRefused(ask({ payment_id: p.payment_id, lines: [line(0)] }), 'payment.reversal_pending')
    await t.as('finance')(payment.decideReversal, { reversal_id, decision: 'refuse' })
    await ask({ payment_id: p.payment_id, lines: [line(0)] })
    await expectRefused(t.as('cashier')(payment.askReversal, { payment_id: p.payment_id, reason: '整笔收错' }), 'payment.refund_exists')
  })
  test('cancelled after approval it becomes prepayment; what is not of a channel does not go to one', async () => {
    const p = await take()
    await expectRefused(ask({ payment_id: p.payment_id, lines: [line(0)], method: 'original' }), 'payment.refund_no_channel')
    await expectRefused(ask({ payment_id: p.payment_id, lines: [line(0)], method: 'transfer' }), 'payment.refund_payee')
    const a = await ask({ payment_id: p.payment_id, lines: [line(0)] })
    await decide(a.refund_id)
    await t.as('finance')(payment.cancelRefund, { refund_id: a.refund_id, reason: '业主改为抵扣' })
    await expectRefused(t.as('finance')(payment.cancelRefund, { refund_id: a.refund_id, reason: '再取消' }), 'payment.refund_state')
    expect(await desk()).toMatchObject({ open_fen: 11_820, wallet_fen: 11_820 })
    await sweep()
  })
})

describe('a refund of prepayment', () => {
  test('asked, approved, paid; spent meanwhile it is refused at approval', async () => {
    await t.as('cashier')(payment.takePayment, { house_id: id(), prepay_fen: 11_820, tenders: [{ method: 'cash', amount_fen: 11_820 }] })
    const a = await t.as('cashier')(payment.askWalletRefund, { ...payee, house_id: id(), amount_fen: 11_820 })
    await expectRefused(t.as('cashier')(payment.askWalletRefund, { ...payee, house_id: id(), amount_fen: 1 }), 'payment.wallet_short')
    await t.as('cashier')(payment.takePayment, { house_id: id(), lines: [line(0, 2_000)], tenders: [{ method: 'wallet', amount_fen: 2_000 }] })
    const x = (await t.as('finance')(system.approvals, { box: 'todo', kind: 'payment.refund', page_size: 200 })).rows.find((r) => r.page === `/payment/refunds/${a.refund_id}`)!
    await expectRefused(t.as('finance')(system.decideApproval, { approval_id: x.approval_id, step_no: 1, decision: 'agree' }), 'payment.wallet_short')
    await decide(a.refund_id, 'refuse')
    const b = await t.as('cashier')(payment.askWalletRefund, { ...payee, house_id: id(), amount_fen: 9_820 })
    await decide(b.refund_id)
    await t.as('cashier')(payment.payRefund, { refund_id: b.refund_id })
    expect((await desk()).wallet_fen).toBe(0)
    await sweep()
  })
})

describe('at the same time', () => {
  test('three ask for the whole: one gets it', async () => {
    const p = await take()
    const whole = () => ask({ payment_id: p.payment_id, lines: [line(0), line(1)] })
    const all = await Promise.allSettled([whole(), whole(), whole()])
    expect(all.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    await sweep()
  })
  test('paid out from two desks: the money leaves once', async () => {
    const p = await take()
    const a = await ask({ payment_id: p.payment_id, lines: [line(0)] })
    await decide(a.refund_id)
    const pay = (who: 'cashier' | 'cashier2') => t.as(who)(payment.payRefund, { refund_id: a.refund_id })
    const both = await Promise.allSettled([pay('cashier'), pay('cashier2'), t.as('finance')(payment.cancelRefund, { refund_id: a.refund_id, reason: '同时取消' })])
    expect(both.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    await sweep()
  })
  test('a refund and a payment of the same bill leave books that agree', async () => {
    const p = await take()
    const a = await ask({ payment_id: p.payment_id, lines: [line(0)] })
    await Promise.allSettled([decide(a.refund_id), t.as('cashier')(payment.takePayment, { house_id: id(), lines: [line(0)], tenders: [{ method: 'cash', amount_fen: 11_820 }] })])
    await sweep()
  })
})

test('the paper says who gets what, in capitals', async () => {
  const p = await take()
  const a = await ask({ payment_id: p.payment_id, lines: [line(0)] })
  const pdf = (await t.as('finance')(payment.refundPdf, { refund_id: a.refund_id, form: 'a4' })) as unknown as { body: Buffer; name: string }
  expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
  expect(pdf.name).toContain(a.refund_no)
})
