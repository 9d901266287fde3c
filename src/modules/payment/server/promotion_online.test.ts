// A promotion paid by phone: reckoned by the server, given when the money comes, honoured though it ended meanwhile, and never lost when it is used up.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wechatChannel, type Channels } from '../../../../tests/channels.ts'
import { expectRefused, type Caller } from '../../../../tests/harness.ts'
import { sweepLedger } from '../../ledger/server/index.ts'
import { system } from '../../system/contract.ts'
import { payment } from '../contract.ts'
import { sweepPayment } from './sweep.ts'

const MONTH = 11_820
let c: Channels
let n = 0
beforeAll(async () => {
  c = await wechatChannel({ houses: 12 })
}, 120_000)
afterAll(() => c.stop())

async function publish(o: object = {}): Promise<string> {
  const { promotion_id } = await c.t.as('finance')(payment.savePromotion, { community_id: c.seed.community_id, fee_item_id: c.seed.fee_item_id, from_on: '2020-01-01', to_on: '2099-12-31', basis: '公告', name: `预存有礼${n}`, kind: 'months', pay_months: 12, gift_months: 1, alone: false, ...o })
  const { approval_id } = await c.t.as('finance')(payment.askPromotion, { promotion_id, reason: '年末预存' })
  await c.t.as('finance2')(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' })
  return promotion_id
}
interface Home {
  me: Caller
  house_id: string
}
async function home(): Promise<Home> {
  const h = c.seed.houses[n]!
  await c.t.inside((s) => c.seed.bill(s, n, '2026-10'))
  n++
  return { me: await c.t.resident(h.phone), house_id: h.house_id }
}
const start = (h: Home, promotion_id: string, prepay_fen: number, o: object = {}) => h.me(payment.startPayment, { house_id: h.house_id, channel_id: c.id.wechat, promotion_id, prepay_fen, ...o })
async function sent(h: Home, promotion_id: string) {
  const { intent_id } = await start(h, promotion_id, 12 * MONTH)
  return h.me(payment.sendIntent, { intent_id })
}
async function paid(h: Home, i: { intent_id: string; out_trade_no: string }) {
  expect(c.wechat.control.pay(i.out_trade_no)).toBe('paid')
  await c.wechat.control.settled()
  return h.me(payment.paymentState, { intent_id: i.intent_id })
}
const purses = async (h: Home) => {
  const w = await c.t.as('cashier')(payment.walletEntries, { house_id: h.house_id })
  return { bound: w.bound.find((b) => b.fee_item_id === c.seed.fee_item_id)?.balance_fen ?? 0, desk: (await c.t.as('cashier')(payment.desk, { house_id: h.house_id })).wallet_fen }
}
const broken = () => c.t.inside(async (s) => [...(await sweepPayment(s)), ...(await sweepLedger(s))].filter((x) => !x.ok).map((x) => `${x.code} ${x.examples.join(' ')}`))

describe('by phone', () => {
  test('the offer is paid, the gift is there, and both sides see it among the uses', async () => {
    const h = await home()
    const promotion_id = await publish()
    const offer = (await h.me(payment.myOffers, {})).houses[0]!.rows.find((o) => o.promotion_id === promotion_id)!
    expect(offer).toMatchObject({ pay_fen: 12 * MONTH, gift_fen: MONTH, working: expect.stringContaining('12 月 × 118.20 元') })
    await expectRefused(start(h, promotion_id, offer.pay_fen - 1), 'payment.promotion_amount')
    const bill = (await h.me(payment.myPayable, {})).houses[0]!.lines[0]!
    await expectRefused(start(h, promotion_id, offer.pay_fen, { bills: [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen: bill.open_fen }] }), 'payment.promotion_bills')
    const i = await sent(h, promotion_id)
    await expectRefused(start(h, promotion_id, offer.pay_fen), 'payment.being_paid')
    const done = await paid(h, i)
    expect(done).toMatchObject({ state: 'succeeded', promotion: { gift_fen: MONTH, missed: null } })
    expect((await purses(h)).bound).toBe(13 * MONTH)
    expect((await h.me(payment.myPromotionUses, {})).rows).toMatchObject([{ paid_fen: 12 * MONTH, gift_fen: MONTH, receipt_no: done.receipt_no }])
    expect((await c.t.as('finance')(payment.promotionUses, { promotion_id })).rows).toMatchObject([{ gift_fen: MONTH, used_by_name: '线上' }])
    // A neighbour sees nothing of it, and the open bill was not touched by what is bound to later months.
    const other = await home()
    expect((await other.me(payment.myPromotionUses, {})).total).toBe(0)
    expect(await broken()).toEqual([])
  })
  test('ended while it was being paid: what was promised is given', async () => {
    const h = await home()
    const promotion_id = await publish()
    const i = await sent(h, promotion_id)
    await c.t.as('finance')(payment.endPromotion, { promotion_id, reason: '提前结束' })
    await expectRefused(start(await home(), promotion_id, 12 * MONTH), 'payment.promotion_over')
    expect(await paid(h, i)).toMatchObject({ promotion: { gift_fen: MONTH, missed: null } })
  })
  test('the last place goes to one of two that pay at once; the other’s money is kept and it is said why', async () => {
    const [a, b] = [await home(), await home()]
    const promotion_id = await publish({ max_uses: 1 })
    const [x, y] = [await sent(a, promotion_id), await sent(b, promotion_id)]
    c.wechat.control.pay(x.out_trade_no)
    c.wechat.control.pay(y.out_trade_no)
    await c.wechat.control.settled()
    const states = [await a.me(payment.paymentState, { intent_id: x.intent_id }), await b.me(payment.paymentState, { intent_id: y.intent_id })]
    expect(states.map((s) => s.state)).toEqual(['succeeded', 'succeeded'])
    expect(states.filter((s) => s.promotion!.gift_fen === MONTH)).toHaveLength(1)
    const missed = states.findIndex((s) => s.promotion!.missed !== null)
    expect(states[missed]!.promotion!.missed).toContain('名额')
    const loser = missed === 0 ? a : b
    expect(await purses(loser)).toMatchObject({ bound: 0, desk: 12 * MONTH })
    expect(await broken()).toEqual([])
  })
  test('a notice repeated gives one gift', async () => {
    const h = await home()
    const promotion_id = await publish()
    const i = await sent(h, promotion_id)
    c.wechat.control.notifyFault({ kind: 'duplicate', copies: 5 })
    await paid(h, i)
    expect((await purses(h)).bound).toBe(13 * MONTH)
  })
  test('refunded at the desk to the channel by the rule: the gift goes back first', async () => {
    const h = await home()
    const promotion_id = await publish()
    const done = await paid(h, await sent(h, promotion_id))
    const back = await c.t.as('cashier')(payment.giftBack, { house_id: h.house_id, fee_item_id: c.seed.fee_item_id, payment_id: done.payment_id!, amount_fen: 12 * MONTH })
    expect(back).toMatchObject({ gift_fen: MONTH, most_fen: 12 * MONTH })
    const { refund_id } = await c.t.as('cashier')(payment.askRefund, { payment_id: done.payment_id!, method: 'original', wallet_fen: 12 * MONTH, payee_name: '业主', reason: '业主卖房' })
    const todo = (await c.t.as('finance')(system.approvals, { box: 'todo', kind: 'payment.refund', page_size: 200 })).rows.find((r) => r.page === `/payment/refunds/${refund_id}`)!
    await c.t.as('finance')(system.decideApproval, { approval_id: todo.approval_id, step_no: 1, decision: 'agree' })
    expect((await purses(h)).bound).toBe(0)
    expect((await h.me(payment.myPromotionUses, {})).rows[0]).toMatchObject({ refunded_fen: 12 * MONTH, taken_fen: MONTH })
    expect(await broken()).toEqual([])
  })
})
