// The cashier's desk as cashiers and finance work it.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed, type SeedBill } from '../../../../tests/seed_money.ts'
import { payment } from '../contract.ts'

let t: TestApp
let seed: Seed
let month = 0
beforeAll(async () => {
  t = await testApp()
  seed = await t.inside((s) => seedMoney(s, { houses: 40 }))
})
/** Each test has a house and two months of its own. */
let house = 0
let bills: SeedBill[] = []
beforeEach(async () => {
  house = month++
  bills = await t.inside(async (s) => [await seed.bill(s, house, '2026-09'), await seed.bill(s, house, '2026-10')])
})
const id = () => seed.houses[house]!.house_id
const line = (i: number, amount_fen = bills[i]!.amount_fen) => ({ bill_id: bills[i]!.bill_id, period_on: bills[i]!.period_on, amount_fen })
const desk = () => t.as('cashier')(payment.desk, { house_id: id() })
const cash = (amount_fen: number) => ({ method: 'cash' as const, amount_fen })
const take = (o: Partial<Parameters<typeof ask>[0]>, who: 'cashier' | 'cashier2' = 'cashier') => t.as(who)(payment.takePayment, ask(o))
const ask = (o: { lines?: ReturnType<typeof line>[]; tenders?: { method: 'cash' | 'card' | 'wechat' | 'wallet' | 'transfer'; amount_fen: number; reference?: string }[]; prepay_fen?: number; change_fen?: number; request_id?: string; remark?: string }) => ({ house_id: id(), ...o, tenders: o.tenders ?? [] })
/** Σ of all postings, and what the ledger says the house owes and has prepaid. */
const books = () =>
  t.inside(async (s) => {
    const r = await sql<{ total: number; owed: number; prepaid: number }>`select coalesce(sum(amount_fen), 0)::bigint as total, coalesce(sum(amount_fen) filter (where account_code = '1122' and subject_id = ${id()}), 0)::bigint as owed,
      coalesce(-sum(amount_fen) filter (where account_code = '2203' and subject_id = ${id()}), 0)::bigint as prepaid from ledger.posting where company_id = ${s.company_id}`.execute(s.db)
    return r.rows[0]!
  })

describe('the desk', () => {
  test('shows house, people, open lines oldest first with how they came about', async () => {
    const d = await desk()
    expect(d.house.label).toBe(seed.houses[house]!.label)
    expect(d.owners[0]).toMatchObject({ name: seed.houses[house]!.name, phone_masked: expect.stringContaining('****') })
    expect(d.lines.map((l) => l.period_on)).toEqual(['2026-09-01', '2026-10-01'])
    expect(d.lines[0]!.explanation).toBe('98.50 m² × 1.2 元 × 1 月 = 118.20 元')
    expect(d.open_fen).toBe(23_640)
  })
  test('part payment, then the rest', async () => {
    const a = await take({ lines: [line(0, 5_000)], tenders: [cash(5_000)] })
    expect(a).toMatchObject({ total_fen: 5_000, applied_fen: 5_000, arrears_fen: 18_640 })
    expect((await desk()).lines[0]).toMatchObject({ open_fen: 6_820, paid_fen: 5_000 })
    await take({ lines: [line(0, 6_820), line(1)], tenders: [cash(18_640)] })
    expect((await desk()).lines).toEqual([])
    expect(await books()).toMatchObject({ total: 0, owed: -23_640 })
  })
  test('card, wechat and cash together, change from the cash, surplus kept as prepayment when asked', async () => {
    const p = await take({ lines: [line(0), line(1)], prepay_fen: 1_360, tenders: [{ method: 'card', amount_fen: 10_000, reference: 'POS-1' }, { method: 'wechat', amount_fen: 5_000 }, cash(15_000)], change_fen: 5_000, remark: '国庆前' })
    expect(p).toMatchObject({ total_fen: 25_000, applied_fen: 23_640, prepaid_fen: 1_360, change_fen: 5_000, wallet_balance_fen: 1_360, arrears_fen: 0 })
    const d = await t.as('finance')(payment.payment, { payment_id: p.payment_id })
    expect(d.tenders).toEqual([{ method: 'card', amount_fen: 10_000, reference: 'POS-1' }, { method: 'wechat', amount_fen: 5_000, reference: null }, { method: 'cash', amount_fen: 10_000, reference: null }])
    expect(d.lines).toHaveLength(2)
    expect(await books()).toMatchObject({ total: 0, owed: -23_640, prepaid: 1_360 })
  })
  test('prepayment alone, then used; more than there is refused', async () => {
    await take({ prepay_fen: 12_000, tenders: [cash(12_000)] })
    await expectRefused(take({ lines: [line(0), line(1)], tenders: [{ method: 'wallet', amount_fen: 23_640 }] }), 'payment.wallet_short')
    const p = await take({ lines: [line(0)], tenders: [{ method: 'wallet', amount_fen: 11_820 }] })
    expect(p.wallet_balance_fen).toBe(180)
    const e = await t.as('cashier')(payment.walletEntries, { house_id: id() })
    expect(e.rows.map((x) => [x.cause, x.amount_fen, x.balance_fen])).toEqual([['use', -11_820, 180], ['prepay', 12_000, 12_000]])
    expect(await books()).toMatchObject({ total: 0, prepaid: 180 })
  })
  test('a mismatch is refused with the difference, and nothing is left behind', async () => {
    const r = await expectRefused(take({ lines: [line(0)], tenders: [cash(11_000)] }), 'payment.totals_differ')
    expect(r.message).toContain('相差 -8.20 元')
    await expectRefused(take({ lines: [line(0)], tenders: [{ method: 'card', amount_fen: 12_000 }], change_fen: 180 }), 'payment.change_only_from_cash')
    expect((await desk()).recent).toEqual([])
  })
  test('more than a bill owes is refused naming the line; a bill of another house does not exist', async () => {
    const r = await expectRefused(take({ lines: [line(0, 12_000)], tenders: [cash(12_000)] }), 'payment.more_than_open')
    expect(r.message).toContain('物业费 2026-09-01 至 2026-09-30')
    const other = await t.inside((s) => seed.bill(s, 39, `20${27 - (month % 2)}-0${1 + (month % 6)}`))
    await expectRefused(take({ lines: [{ bill_id: other.bill_id, period_on: other.period_on, amount_fen: 100 }], tenders: [cash(100)] }), 'kernel.not_found')
    await expectRefused(take({ lines: [line(0, 100), line(0, 200)], tenders: [cash(300)] }), 'payment.same_bill_twice')
  })
})

describe('at the same time', () => {
  test('two cashiers on one bill: one takes the money, the other is told which line', async () => {
    const both = await Promise.allSettled([take({ lines: [line(0)], tenders: [cash(11_820)] }), take({ lines: [line(0)], tenders: [cash(11_820)] }, 'cashier2')])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    const lost = both.find((r) => r.status === 'rejected')!.reason as { code: string; message: string }
    expect(lost.code).toBe('payment.line_changed')
    expect(lost.message).toContain('物业费 2026-09-01 至 2026-09-30')
    expect((await desk()).recent).toHaveLength(1)
  })
  test('a doubled click is one payment with one answer', async () => {
    const request_id = rid()
    const o = { request_id, lines: [line(0)], tenders: [cash(11_820)] }
    const [a, b] = await Promise.all([take(o), take(o)])
    expect(a).toEqual(b)
    expect((await desk()).recent).toHaveLength(1)
  })
  test('sixteen at once have unique numbers without a gap', async () => {
    const before = await t.as('finance')(payment.payments, { page_size: 1 })
    const many = await t.inside(async (s) => {
      const made: SeedBill[] = []
      for (let i = 0; i < 16; i++) made.push(await seed.bill(s, 20 + i, '2026-11'))
      return made
    })
    const done = await Promise.all(many.map((b, i) => t.as(i % 2 ? 'cashier' : 'cashier2')(payment.takePayment, { house_id: seed.houses[20 + i]!.house_id, lines: [{ bill_id: b.bill_id, period_on: b.period_on, amount_fen: b.amount_fen }], tenders: [cash(b.amount_fen)] })))
    const numbers = done.map((d) => Number(d.receipt_no.slice(-6))).sort((x, y) => x - y)
    expect(numbers).toEqual(Array.from({ length: 16 }, (_, i) => numbers[0]! + i))
    const all = await t.inside((s) => sql<{ n: number; hi: number }>`select count(*)::int as n, max(no)::int as hi from payment.receipt where company_id = ${s.company_id}`.execute(s.db))
    expect(all.rows[0]!.n).toBe(all.rows[0]!.hi)
    expect(all.rows[0]!.n).toBe(before.total + 16)
  })
  test('one prepayment used from two desks is never overdrawn', async () => {
    await take({ prepay_fen: 11_820, tenders: [cash(11_820)] })
    const both = await Promise.allSettled([take({ lines: [line(0)], tenders: [{ method: 'wallet', amount_fen: 11_820 }] }), take({ lines: [line(1)], tenders: [{ method: 'wallet', amount_fen: 11_820 }] }, 'cashier2')])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((both.find((r) => r.status === 'rejected')!.reason as { code: string }).code).toBe('payment.wallet_short')
  })
})

describe('reversal', () => {
  const paid = async () => take({ lines: [line(0), line(1, 1_000)], tenders: [cash(12_820)] })
  test('asked by one, approved by another: bills open again, ledger at zero, number kept and void', async () => {
    const p = await paid()
    const { reversal_id } = await t.as('finance')(payment.askReversal, { payment_id: p.payment_id, reason: '收错房号' })
    await expectRefused(t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' }), 'payment.same_person')
    await expectRefused(t.as('cashier')(payment.decideReversal, { reversal_id, decision: 'approve' }), 'kernel.forbidden')
    await expectRefused(t.as('cashier')(payment.askReversal, { payment_id: p.payment_id, reason: '再申请' }), 'payment.reversal_pending')
    await t.as('finance2')(payment.decideReversal, { reversal_id, decision: 'approve', note: '已核' })
    expect((await desk()).open_fen).toBe(23_640)
    expect(await books()).toMatchObject({ total: 0, owed: 0 })
    const r = await t.as('finance')(payment.receipts, { q: p.receipt_no })
    expect(r.rows[0]).toMatchObject({ receipt_no: p.receipt_no, voided_at: expect.any(String) })
    await expectRefused(t.as('finance')(payment.askReversal, { payment_id: p.payment_id, reason: '还要冲' }), 'payment.already_reversed')
  })
  test('refused leaves all as it was, and may be asked again', async () => {
    const p = await paid()
    const a = await t.as('cashier')(payment.askReversal, { payment_id: p.payment_id, reason: '误操作' })
    await t.as('finance')(payment.decideReversal, { reversal_id: a.reversal_id, decision: 'refuse', note: '票据无误' })
    await expectRefused(t.as('finance2')(payment.decideReversal, { reversal_id: a.reversal_id, decision: 'approve' }), 'payment.already_decided')
    expect((await desk()).open_fen).toBe(10_820)
    await t.as('cashier')(payment.askReversal, { payment_id: p.payment_id, reason: '确实收错' })
  })
  test('approved twice at once happens once', async () => {
    const p = await paid()
    const { reversal_id } = await t.as('cashier')(payment.askReversal, { payment_id: p.payment_id, reason: '收错金额' })
    const both = await Promise.allSettled([t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' }), t.as('finance2')(payment.decideReversal, { reversal_id, decision: 'approve' })])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await desk()).open_fen).toBe(23_640)
    expect(await books()).toMatchObject({ total: 0, owed: 0 })
  })
  test('prepayment that was spent meanwhile stands in the way, by its amount', async () => {
    const p = await take({ prepay_fen: 12_000, tenders: [cash(12_000)] })
    const used = await take({ lines: [line(0)], tenders: [{ method: 'wallet', amount_fen: 11_820 }] })
    const a = await t.as('cashier')(payment.askReversal, { payment_id: p.payment_id, reason: '退预存' })
    const r = await expectRefused(t.as('finance')(payment.decideReversal, { reversal_id: a.reversal_id, decision: 'approve' }), 'payment.prepaid_used')
    expect(r.message).toContain('118.20')
    const b = await t.as('cashier')(payment.askReversal, { payment_id: used.payment_id, reason: '先冲使用' })
    await t.as('finance')(payment.decideReversal, { reversal_id: b.reversal_id, decision: 'approve' })
    await t.as('finance')(payment.decideReversal, { reversal_id: a.reversal_id, decision: 'approve' })
    expect((await desk()).wallet_fen).toBe(0)
    expect(await books()).toMatchObject({ total: 0, owed: 0, prepaid: 0 })
  })
})

describe('who may', () => {
  test('a visitor looks and does not take; another company and another community see nothing', async () => {
    const p = await take({ lines: [line(0)], tenders: [cash(11_820)] })
    await t.as('visitor')(payment.payment, { payment_id: p.payment_id })
    await expectRefused(t.as('visitor')(payment.takePayment, ask({ lines: [line(1)], tenders: [cash(11_820)] })), 'kernel.forbidden')
    await expectRefused(t.as('other_admin')(payment.payment, { payment_id: p.payment_id }), 'kernel.not_found')
    await expectRefused(t.as('other_admin')(payment.desk, { house_id: id() }), 'kernel.not_found')
    const elsewhere = await t.inside((s) => seedMoney(s, { houses: 1, name: `别处${month}` }))
    const far = await t.hire('cashier', { scope_kind: 'community', scope_ids: [elsewhere.community_id] })
    await expectRefused(far(payment.desk, { house_id: id() }), 'kernel.not_found')
    await expectRefused(far(payment.printReceipt, { payment_id: p.payment_id, form: 'a5' }), 'kernel.not_found')
    expect((await far(payment.payments, {})).total).toBe(0)
    const near = await t.hire('cashier', { scope_kind: 'building', scope_ids: [seed.building_id] })
    await near(payment.payment, { payment_id: p.payment_id })
  })
})
