// Promotions from the draft to the refund, as finance, a cashier and a resident meet them.
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed } from '../../../../tests/seed_money.ts'
import { system } from '../../system/contract.ts'
import { sweepLedger } from '../../ledger/server/index.ts'
import { payment } from '../contract.ts'
import { sweepPayment } from './sweep.ts'

let t: TestApp
let seed: Seed
let next = 0
beforeAll(async () => {
  t = await testApp()
  seed = await t.inside((s) => seedMoney(s, { houses: 40 }))
})
const MONTH = 11_820
/** A house of nobody else in this file, with one bill of 118.20 for October. */
async function house(): Promise<string> {
  const i = next++
  await t.inside((s) => seed.bill(s, i, '2026-10'))
  return seed.houses[i]!.house_id
}
type Draft = Partial<Parameters<typeof draftOf>[0]>
const draftOf = (o: { name: string; kind: 'months' | 'percent' | 'amount'; pay_months?: number; gift_months?: number; percent_bp?: number; min_fen?: number; gift_fen?: number; max_uses?: number; budget_fen?: number; per_house?: number; alone?: boolean; refund_rule?: 'gift_first' | 'pro_rata' | 'keep'; from_on?: string; to_on?: string }) => ({ community_id: seed.community_id, fee_item_id: seed.fee_item_id, from_on: '2020-01-01', to_on: '2099-12-31', basis: '业主大会公告', ...o })
async function publish(o: Draft = {}): Promise<string> {
  const { promotion_id } = await t.as('finance')(payment.savePromotion, draftOf({ name: `预存有礼${next}`, kind: 'months', pay_months: 12, gift_months: 1, alone: false, ...o }))
  const { approval_id } = await t.as('finance')(payment.askPromotion, { promotion_id, reason: '年末预存' })
  await t.as('finance2')(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' })
  return promotion_id
}
const prepay = (house_id: string, promotion_id: string, prepay_fen: number, who: 'cashier' | 'cashier2' = 'cashier') => t.as(who)(payment.takePayment, { house_id, promotion_id, prepay_fen, tenders: [{ method: 'card', amount_fen: prepay_fen }] })
const purse = async (house_id: string) => (await t.as('cashier')(payment.walletEntries, { house_id })).bound.find((b) => b.fee_item_id === seed.fee_item_id)?.balance_fen ?? 0
const ok = () => t.inside(async (s) => [...(await sweepPayment(s)), ...(await sweepLedger(s))].filter((x) => !x.ok).map((x) => `${x.code} ${x.examples.join(' ')}`))
const income = () => t.inside(async (s) => (await sql<{ n: number }>`select coalesce(-sum(amount_fen), 0)::bigint as n from ledger.posting where company_id = ${s.company_id} and account_code = '6001'`.execute(s.db)).rows[0]!.n)
const one = async (promotion_id: string) => (await t.as('finance')(payment.promotions, { page_size: 200 })).rows.find((p) => p.promotion_id === promotion_id)!

describe('as data', () => {
  test('published by another than its maker, never changed afterwards, ended', async () => {
    const { promotion_id } = await t.as('finance')(payment.savePromotion, draftOf({ name: '预存有礼', kind: 'months', pay_months: 12, gift_months: 1 }))
    await expectRefused(t.as('finance')(payment.savePromotion, draftOf({ name: '缺月数', kind: 'months', pay_months: 12 })), 'payment.promotion_shape')
    await expectRefused(t.as('finance')(payment.savePromotion, draftOf({ name: '送太多', kind: 'amount', min_fen: 100, gift_fen: 100 })), 'payment.promotion_shape')
    await expectRefused(t.as('cashier')(payment.savePromotion, draftOf({ name: '收费员', kind: 'months', pay_months: 12, gift_months: 1 })), 'kernel.forbidden')
    const h = await house()
    expect((await t.as('cashier')(payment.offers, { house_id: h })).rows).toEqual([])
    const { approval_id } = await t.as('finance')(payment.askPromotion, { promotion_id, reason: '年末预存' })
    await expectRefused(t.as('finance')(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' }), 'system.approval_own')
    await t.as('finance2')(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' })
    await expectRefused(t.as('finance')(payment.savePromotion, { promotion_id, ...draftOf({ name: '改', kind: 'months', pay_months: 1, gift_months: 1 }) }), 'payment.promotion_state')
    const offers = (await t.as('cashier')(payment.offers, { house_id: h })).rows
    expect(offers).toMatchObject([{ pay_fen: 12 * MONTH, gift_fen: MONTH, wallet_fen: 13 * MONTH, can: true }])
    await t.as('finance')(payment.endPromotion, { promotion_id, reason: '结束' })
    await expectRefused(prepay(h, promotion_id, 12 * MONTH), 'payment.promotion_over')
  })
})

describe('used', () => {
  test('the gift stands in the purse, on the receipt and in the books; reversed, all is as before and the place is free', async () => {
    const promotion_id = await publish({ max_uses: 1 })
    const h = await house()
    const before = await income()
    const wrong = await expectRefused(prepay(h, promotion_id, 12 * MONTH - 1), 'payment.promotion_amount')
    expect(wrong.message).toContain('12 月 × 118.20 元 = 1,418.40 元')
    const p = await prepay(h, promotion_id, 12 * MONTH)
    expect(p).toMatchObject({ total_fen: 12 * MONTH, prepaid_fen: 12 * MONTH, wallet_balance_fen: 13 * MONTH })
    expect(await purse(h)).toBe(13 * MONTH)
    expect(await income()).toBe(before - MONTH)
    expect(await one(promotion_id)).toMatchObject({ used_count: 1, given_fen: MONTH, paid_fen: 12 * MONTH })
    expect((await t.as('finance')(payment.promotionUses, { promotion_id }))).toMatchObject({ total: 1, paid_fen_sum: 12 * MONTH, gift_fen_sum: MONTH })
    await expectRefused(prepay(h, promotion_id, 12 * MONTH), 'payment.promotion_times')
    // The desk says it whole, before anybody tries.
    expect((await t.as('cashier')(payment.offers, { house_id: h })).rows.find((r) => r.promotion_id === promotion_id)).toMatchObject({ can: 'payment.promotion_times', why_not: expect.stringMatching(/已享受「.+」1 次,每户最多 1 次/) })
    expect(await ok()).toEqual([])
    const { reversal_id } = await t.as('cashier')(payment.askReversal, { payment_id: p.payment_id, reason: '收错房号' })
    await t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' })
    expect(await purse(h)).toBe(0)
    expect(await income()).toBe(before)
    expect(await one(promotion_id)).toMatchObject({ used_count: 0, given_fen: 0 })
    expect(await ok()).toEqual([])
    await prepay(h, promotion_id, 12 * MONTH)
  })
  test('five percent off: less is paid than stands in the purse; a threshold with any amount above it', async () => {
    const percent = await publish({ kind: 'percent', pay_months: 12, percent_bp: 500, name: '年付九五折' })
    const h = await house()
    await prepay(h, percent, 134_748)
    expect(await purse(h)).toBe(12 * MONTH)
    const amount = await publish({ kind: 'amount', min_fen: 100_000, gift_fen: 5_000, name: '满千送五十' })
    const k = await house()
    await expectRefused(prepay(k, amount, 99_999), 'payment.promotion_amount')
    await prepay(k, amount, 120_000)
    expect(await purse(k)).toBe(125_000)
    expect(await ok()).toEqual([])
  })
  test('the last one: of two payments at once one is given; a budget is never exceeded', async () => {
    const promotion_id = await publish({ max_uses: 1 })
    const [a, b] = [await house(), await house()]
    const both = await Promise.allSettled([prepay(a, promotion_id, 12 * MONTH), prepay(b, promotion_id, 12 * MONTH, 'cashier2')])
    expect(both.filter((x) => x.status === 'fulfilled')).toHaveLength(1)
    expect((both.find((x) => x.status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'payment.promotion_used_up' })
    const small = await publish({ budget_fen: 2 * MONTH, per_house: 100 })
    const c = await house()
    const many = await Promise.allSettled(Array.from({ length: 5 }, (_, i) => prepay(c, small, 12 * MONTH, i % 2 ? 'cashier' : 'cashier2')))
    expect(many.filter((x) => x.status === 'fulfilled')).toHaveLength(2)
    expect(await one(small)).toMatchObject({ used_count: 2, given_fen: 2 * MONTH })
    expect(await ok()).toEqual([])
  })
  test('alone is not combined; a house without a bill, another kind of house and another community have none', async () => {
    const first = await publish({ alone: true, name: '独享一' })
    const second = await publish({ name: '另一个' })
    const h = await house()
    await prepay(h, second, 12 * MONTH)
    const r = await expectRefused(prepay(h, first, 12 * MONTH), 'payment.promotion_alone')
    expect(r.message).toContain('另一个')
    const bare = seed.houses[next++]!.house_id
    await expectRefused(prepay(bare, second, 12 * MONTH), 'payment.promotion_no_bill')
    const other = await t.inside((s) => seedMoney(s, { houses: 1, name: '别的小区' }))
    await expectRefused(prepay(other.houses[0]!.house_id, second, 12 * MONTH), 'kernel.not_found')
    await expectRefused(t.as('other_admin')(payment.offers, { house_id: h }), 'kernel.not_found')
    await t.as('finance')(payment.endPromotion, { promotion_id: first, reason: '测试结束' })
  })
})

describe('given back', () => {
  const askWallet = (house_id: string, amount_fen: number) => t.as('cashier')(payment.askWalletRefund, { house_id, fee_item_id: seed.fee_item_id, amount_fen, method: 'cash', payee_name: '业主', reason: '搬走' })
  const decide = async (refund_id: string, decision: 'agree' | 'refuse') => {
    const a = (await t.as('finance2')(system.approvals, { box: 'todo', kind: 'payment.refund', page_size: 200 })).rows.find((x) => x.page === `/payment/refunds/${refund_id}`)!
    await t.as('finance2')(system.decideApproval, { approval_id: a.approval_id, step_no: 1, decision, ...(decision === 'refuse' ? { note: '不同意' } : {}) })
  }
  test('gift first: shown before, taken with the refund, free again when refused or cancelled', async () => {
    const promotion_id = await publish({ refund_rule: 'gift_first' })
    const h = await house()
    const p = await prepay(h, promotion_id, 12 * MONTH)
    expect(await t.as('cashier')(payment.giftBack, { house_id: h, fee_item_id: seed.fee_item_id, amount_fen: 10_000 })).toMatchObject({ gift_fen: MONTH, most_fen: 12 * MONTH })
    await expectRefused(askWallet(h, 12 * MONTH + 1), 'payment.gift_stays')
    const dropped = await askWallet(h, 10_000)
    await decide(dropped.refund_id, 'refuse')
    expect(await one(promotion_id)).toMatchObject({ taken_fen: 0 })
    expect(await purse(h)).toBe(13 * MONTH)
    const r = await t.as('cashier')(payment.askRefund, { payment_id: p.payment_id, wallet_fen: 20_000, method: 'card', payee_name: '业主', reason: '搬走' })
    await decide(r.refund_id, 'agree')
    expect(await purse(h)).toBe(13 * MONTH - 20_000 - MONTH)
    expect(await t.as('finance')(payment.refund, { refund_id: r.refund_id })).toMatchObject({ amount_fen: 20_000, gift_back_fen: MONTH, gift_workings: [expect.stringContaining('先收回赠送 118.20 元')] })
    expect(await one(promotion_id)).toMatchObject({ taken_fen: MONTH })
    expect(await ok()).toEqual([])
    await t.as('finance')(payment.cancelRefund, { refund_id: r.refund_id, reason: '业主改主意' })
    expect(await one(promotion_id)).toMatchObject({ taken_fen: 0 })
    expect(await ok()).toEqual([])
  })
  test('pro rata after half a year was used; the whole money back takes the whole gift; a transfer cannot carry the gift away', async () => {
    const promotion_id = await publish({ refund_rule: 'pro_rata' })
    const h = await house()
    await prepay(h, promotion_id, 12 * MONTH)
    const i = next - 1
    for (const m of ['2026-04', '2026-05', '2026-06', '2026-07', '2026-08']) await t.inside((s) => seed.bill(s, i, m))
    const lines = (await t.as('cashier')(payment.desk, { house_id: h })).lines.map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.open_fen }))
    await t.as('cashier')(payment.takePayment, { house_id: h, lines, tenders: [{ method: 'wallet', amount_fen: 6 * MONTH }] })
    expect(await purse(h)).toBe(7 * MONTH)
    await expectRefused(t.as('finance')(payment.transferWallet, { from_house_id: h, from_item_id: seed.fee_item_id, to_house_id: h, to_item_id: null, amount_fen: 6 * MONTH + 1, reason: '转通用' }), 'payment.gift_stays')
    const r = await askWallet(h, 10_000)
    await decide(r.refund_id, 'agree')
    expect(await purse(h)).toBe(7 * MONTH - 10_000 - 1_667)
    const rest = await askWallet(h, 6 * MONTH - 10_000)
    await decide(rest.refund_id, 'agree')
    expect(await purse(h)).toBe(0)
    expect(await one(promotion_id)).toMatchObject({ taken_fen: MONTH })
    expect(await ok()).toEqual([])
  })
})

test('a resident sees what his house may use, with the working', async () => {
  await publish({ name: '手机可见' })
  const h = await house()
  const me = await t.resident(seed.houses[next - 1]!.phone)
  const mine = await me(payment.myOffers, {})
  const rows = mine.houses.find((x) => x.house_id === h)!.rows
  expect(rows.find((r) => r.name === '手机可见')).toMatchObject({ can: true, pay_fen: 12 * MONTH, working: expect.stringContaining('赠 1 月') })
})
