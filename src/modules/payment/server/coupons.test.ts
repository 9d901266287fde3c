// Coupons: issued by one, above the limit agreed by another; used at the desk and by phone; the books know it as a reduction; one coupon, one use.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wechatChannel, type Channels } from '../../../../tests/channels.ts'
import { expectRefused } from '../../../../tests/harness.ts'
import type { SeedBill } from '../../../../tests/seed_money.ts'
import { asOwner } from '../../../kernel/db.ts'
import { today } from '../../../kernel/clock.ts'
import { billing } from '../../billing/contract.ts'
import { sweepBills } from '../../billing/server/index.ts'
import { sweepLedger } from '../../ledger/server/index.ts'
import { messages } from '../../messages/contract.ts'
import { system } from '../../system/contract.ts'
import { payment } from '../contract.ts'
import { sweepPayment } from './sweep.ts'

const MONTH = 11_820
const OFF = 3_000
let c: Channels
let n = -1
beforeAll(async () => {
  c = await wechatChannel({ houses: 40 })
  await c.t.as('finance')(payment.saveRule, { community_id: null, from_on: today(), rule: { kind: 'coupon', value: { limit_fen: 50_000 } } })
}, 120_000)
afterAll(() => c.stop())

interface Home {
  house_id: string
  label: string
  bills: SeedBill[]
  lines: { bill_id: string; period_on: string; amount_fen: number }[]
}
async function home(): Promise<Home> {
  const i = ++n
  const h = c.seed.houses[i]!
  const bills = await c.t.inside(async (s) => [await c.seed.bill(s, i, '2026-09'), await c.seed.bill(s, i, '2026-10')])
  return { house_id: h.house_id, label: h.label, bills, lines: bills.map((b) => ({ bill_id: b.bill_id, period_on: b.period_on, amount_fen: b.amount_fen })) }
}
const terms = (o: object = {}) => ({ community_id: c.seed.community_id, name: '迎新券', way: 'house' as const, amount_fen: OFF, min_fen: 10_000, from_on: '2020-01-01', to_on: '2099-12-31', basis: '业主大会通过的优惠方案', ...o })
async function give(h: Home, o: object = {}): Promise<{ batch_id: string; coupon_id: string; code: string }> {
  const { batch_id } = await c.t.as('finance')(payment.issueCoupons, terms({ rooms: [h.label], ...o }))
  const k = (await c.t.as('finance')(payment.coupons, { batch_id })).rows[0]!
  return { batch_id, coupon_id: k.coupon_id, code: k.code }
}
const take = (h: Home, coupon_ids: string[], o: object = {}) => c.t.as('cashier')(payment.takePayment, { house_id: h.house_id, lines: h.lines, coupon_ids, tenders: [{ method: 'cash', amount_fen: 2 * MONTH - OFF }], ...o })
const open = async (h: Home) => (await c.t.as('cashier')(payment.desk, { house_id: h.house_id })).open_fen
const stateOf = async (batch_id: string) => (await c.t.as('finance')(payment.coupons, { batch_id })).rows.map((k) => k.state)
const broken = () => c.t.inside(async (s) => [...(await sweepPayment(s)), ...(await sweepBills(s)), ...(await sweepLedger(s))].filter((x) => !x.ok && !['L8', 'S1'].includes(x.code)).map((x) => `${x.code} ${x.examples.join(' ')}`))
const postings = (source_id: string, kind: string) => c.t.inside(async (s) => (await s.db.selectFrom('ledger.posting as p').innerJoin('ledger.journal as j', (j) => j.onRef('j.company_id', '=', 'p.company_id').onRef('j.journal_id', '=', 'p.journal_id')).select(['p.account_code', 'p.amount_fen']).where('p.company_id', '=', s.company_id).where('j.source_id', '=', source_id).where('j.kind', '=', kind).orderBy('p.account_code').execute()).map((p) => [p.account_code, p.amount_fen]))
const agree = async (kind: string, who: 'finance' | 'finance2' = 'finance2', page?: string) => {
  const a = (await c.t.as(who)(system.approvals, { box: 'todo', kind, page_size: 200 })).rows.find((r) => page === undefined || r.page === page)!
  await c.t.as(who)(system.decideApproval, { approval_id: a.approval_id, step_no: 1, decision: 'agree', note: '同意' })
}
async function reverse(payment_id: string): Promise<void> {
  const { reversal_id } = await c.t.as('cashier')(payment.askReversal, { payment_id, reason: '收错' })
  await c.t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' })
}

describe('issuing', () => {
  test('under the limit at once; above it another person agrees, and until then nothing can be used', async () => {
    const h = await home()
    const small = await c.t.as('finance')(payment.issueCoupons, terms({ rooms: [h.label] }))
    expect(small).toMatchObject({ count: 1, approval_id: null })
    const big = await c.t.as('finance')(payment.issueCoupons, terms({ name: '大批', way: 'code', count: 20 }))
    expect(big.approval_id).not.toBeNull()
    const one = async () => (await c.t.as('finance')(payment.couponBatch, { batch_id: big.batch_id }))
    expect(await one()).toMatchObject({ state: 'asked', count: 20, face_fen: 60_000, rule_text: '满 100.00 减 30.00 元' })
    const code = (await c.t.as('finance')(payment.coupons, { batch_id: big.batch_id })).rows[0]!.code
    await expectRefused(c.t.as('cashier')(payment.redeemCoupon, { house_id: h.house_id, code }), 'payment.coupon_unknown')
    expect((await c.t.as('finance')(system.approvals, { box: 'todo', kind: 'payment.coupon', page_size: 50 })).rows).toEqual([])
    await agree('payment.coupon', 'finance2')
    expect(await one()).toMatchObject({ state: 'live', approved_by_name: expect.any(String) })
    await c.t.as('cashier')(payment.redeemCoupon, { house_id: h.house_id, code: code.toLowerCase() })
    const other = await home()
    await expectRefused(c.t.as('cashier')(payment.redeemCoupon, { house_id: other.house_id, code }), 'payment.coupon_taken')
    expect(await one()).toMatchObject({ redeemed_count: 1, used_count: 0 })
    // What nobody has yet is money for whoever reads it.
    const seen = (await c.t.as('cashier')(payment.coupons, { batch_id: big.batch_id, page_size: 200 })).rows
    expect(seen.filter((k) => k.code.startsWith('••••••')).length).toBe(19)
  })
  test('refuses a coupon that would pay everything, rooms that are not there, items of others; a cashier does not issue', async () => {
    await expectRefused(c.t.as('finance')(payment.issueCoupons, terms({ min_fen: OFF, rooms: ['1-1-101'] })), 'payment.coupon_shape')
    expect((await expectRefused(c.t.as('finance')(payment.issueCoupons, terms({ rooms: ['1-1-101', '9-9-901'] })), 'payment.coupon_rooms')).message).toContain('9-9-901')
    await expectRefused(c.t.as('finance')(payment.issueCoupons, terms({ way: 'code' })), 'payment.coupon_shape')
    await expectRefused(c.t.as('finance')(payment.issueCoupons, terms({ fee_item_id: c.seed.houses[0]!.house_id, rooms: ['1-1-101'] })), 'payment.coupon_item')
    await expectRefused(c.t.as('cashier')(payment.issueCoupons, terms({ rooms: ['1-1-101'] })), 'kernel.forbidden')
    expect((await c.t.as('other_admin')(payment.couponBatches, {})).total).toBe(0)
  })
})

describe('at the desk', () => {
  test('takes its amount off the oldest bill; receipt, explanation and books say so, once', async () => {
    const h = await home()
    const k = await give(h)
    const q = await c.t.as('cashier')(payment.couponQuote, { house_id: h.house_id, lines: h.lines, coupon_ids: [k.coupon_id] })
    expect(q).toMatchObject({ gross_fen: 2 * MONTH, off_fen: OFF, net_fen: 2 * MONTH - OFF, rows: [{ chosen: true, why_not: null, working: '满 100.00 减 30.00 元:物业费 2026-09 抵 30.00' }] })
    const short = await c.t.as('cashier')(payment.couponQuote, { house_id: h.house_id, lines: [{ ...h.lines[0]!, amount_fen: 9_000 }], coupon_ids: [k.coupon_id] })
    expect(short.rows[0]).toMatchObject({ chosen: false, why_not: '要满 100.00 元才能用,已选账单中可用的是 90.00 元' })
    await expectRefused(take(h, [k.coupon_id], { tenders: [{ method: 'cash', amount_fen: 2 * MONTH }] }), 'payment.totals_differ')
    const p = await take(h, [k.coupon_id])
    expect(p).toMatchObject({ total_fen: 2 * MONTH - OFF, applied_fen: 2 * MONTH - OFF, arrears_fen: 0 })
    expect(await open(h)).toBe(0)
    expect((await c.t.as('cashier')(payment.payment, { payment_id: p.payment_id })).remark).toBe('优惠券「迎新券」抵减 30.00 元')
    const bill = (await c.t.as('finance')(billing.houseBills, { house_id: h.house_id, state: 'all' })).rows.find((b) => b.bill_id === h.bills[0]!.bill_id)
    expect(bill).toMatchObject({ paid_fen: MONTH - OFF, reduced_fen: OFF, open_fen: 0 })
    const reduced = await c.t.inside((s) => s.db.selectFrom('billing.reduction').select(['kind', 'amount_fen', 'explanation']).where('company_id', '=', s.company_id).where('bill_id', '=', h.bills[0]!.bill_id).execute())
    expect(reduced).toEqual([{ kind: 'coupon', amount_fen: OFF, explanation: `优惠券「迎新券」${k.code}` }])
    const uses = await c.t.as('finance')(payment.couponUses, { batch_id: k.batch_id })
    expect(uses).toMatchObject({ total: 1, amount_fen_sum: OFF, rows: [{ receipt_no: p.receipt_no, amount_fen: OFF, returned: null }] })
    expect(await postings(uses.rows[0]!.use_id, 'coupon')).toEqual([['1122', -OFF], [expect.stringMatching(/^6/), OFF]])
    expect(await postings(p.payment_id, 'payment')).toEqual([['1001', 2 * MONTH - OFF], ['1122', -(2 * MONTH - OFF)]])
    expect(await stateOf(k.batch_id)).toEqual(['used'])
    expect(await c.t.as('finance')(payment.couponBatch, { batch_id: k.batch_id })).toMatchObject({ used_count: 1, used_fen: OFF })
    expect(await broken()).toEqual([])
  })
  test('of another house, twice in one payment, over, stopped: refused by name', async () => {
    const [h, other] = [await home(), await home()]
    const k = await give(h)
    await expectRefused(take(other, [k.coupon_id]), 'payment.coupon_gone')
    await expectRefused(take(h, [k.coupon_id, k.coupon_id]), 'payment.coupon_twice')
    await expectRefused(take(h, [k.coupon_id], { lines: [{ ...h.lines[0]!, amount_fen: 9_000 }], tenders: [{ method: 'cash', amount_fen: 6_000 }] }), 'payment.coupon_min')
    await c.t.as('finance')(payment.endCoupons, { batch_id: k.batch_id, reason: '方案取消' })
    await expectRefused(take(h, [k.coupon_id]), 'payment.coupon_over')
    await expectRefused(c.t.as('finance')(payment.endCoupons, { batch_id: k.batch_id, reason: '方案取消' }), 'payment.coupon_state')
    expect(await open(h)).toBe(2 * MONTH)
  })
  test('two desks at once: one of them uses it', async () => {
    const h = await home()
    const k = await give(h)
    const half = (i: number) => ({ lines: [h.lines[i]!], tenders: [{ method: 'cash', amount_fen: MONTH - OFF }] })
    const both = await Promise.allSettled([take(h, [k.coupon_id], half(0)), c.t.as('cashier2')(payment.takePayment, { house_id: h.house_id, coupon_ids: [k.coupon_id], ...half(1) } as never)])
    expect(both.map((b) => b.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((both.find((b) => b.status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'payment.coupon_gone' })
    expect(await open(h)).toBe(MONTH)
    expect(await broken()).toEqual([])
  })
})

describe('undone', () => {
  test.each([['return', 'live'], ['return_reversal', 'live'], ['forfeit', 'forfeited']])('by reversal under %s it is %s', async (refund_rule, state) => {
    const h = await home()
    const k = await give(h, { refund_rule })
    const p = await take(h, [k.coupon_id])
    await reverse(p.payment_id)
    expect(await open(h)).toBe(2 * MONTH)
    expect(await stateOf(k.batch_id)).toEqual([state])
    expect((await c.t.as('finance')(payment.couponUses, { batch_id: k.batch_id })).rows).toMatchObject([{ end_how: 'reversal', returned: state === 'live' }])
    if (state === 'live') expect((await take(h, [k.coupon_id])).total_fen).toBe(2 * MONTH - OFF)
    else await expectRefused(take(h, [k.coupon_id]), 'payment.coupon_gone')
    expect(await broken()).toEqual([])
  })
  test.each([['return', 'live'], ['return_reversal', 'forfeited']])('by a whole refund under %s it is %s; by a part it stays used', async (refund_rule, state) => {
    const h = await home()
    const k = await give(h, { refund_rule })
    const p = await take(h, [k.coupon_id])
    const back = async (i: number, amount_fen: number) => {
      const { refund_id } = await c.t.as('cashier')(payment.askRefund, { payment_id: p.payment_id, lines: [{ ...h.lines[i]!, amount_fen }], method: 'cash', payee_name: '业主', reason: '退租' })
      await agree('payment.refund', 'finance', `/payment/refunds/${refund_id}`)
    }
    await back(1, MONTH)
    expect(await stateOf(k.batch_id)).toEqual(['used'])
    expect(await open(h)).toBe(MONTH)
    await back(0, MONTH - OFF)
    expect(await stateOf(k.batch_id)).toEqual([state])
    expect(await open(h)).toBe(2 * MONTH)
    expect(await broken()).toEqual([])
  })
})

describe('by phone', () => {
  const start = async (h: Home, coupon_ids: string[]) => {
    const me = await c.t.resident(c.seed.houses[n]!.phone)
    const { intent_id, amount_fen } = await me(payment.startPayment, { house_id: h.house_id, channel_id: c.id.wechat, bills: h.lines, coupon_ids })
    const { out_trade_no } = await me(payment.sendIntent, { intent_id })
    return { me, intent_id, amount_fen, pay: async () => { expect(c.wechat.control.pay(out_trade_no)).toBe('paid'); await c.wechat.control.settled(); return me(payment.paymentState, { intent_id }) } }
  }
  test('the order is less by the coupon, and the coupon is used when the money comes', async () => {
    const h = await home()
    const k = await give(h)
    const me = await c.t.resident(c.seed.houses[n]!.phone)
    expect((await me(payment.myCoupons, {})).houses[0]!.rows).toMatchObject([{ code: k.code, state: 'live', rule_text: '满 100.00 减 30.00 元' }])
    expect(await me(payment.myCouponQuote, { house_id: h.house_id, lines: h.lines, coupon_ids: [k.coupon_id] })).toMatchObject({ net_fen: 2 * MONTH - OFF })
    const i = await start(h, [k.coupon_id])
    expect(i.amount_fen).toBe(2 * MONTH - OFF)
    expect(await stateOf(k.batch_id)).toEqual(['live'])
    const done = await i.pay()
    expect(done).toMatchObject({ state: 'succeeded', coupon: { off_fen: OFF, missed: null } })
    expect(await open(h)).toBe(0)
    expect(await stateOf(k.batch_id)).toEqual(['used'])
    expect((await c.t.as('finance')(payment.couponUses, { batch_id: k.batch_id })).rows).toMatchObject([{ used_by_name: '线上', receipt_no: done.receipt_no }])
    expect((await c.t.as('finance')(payment.payment, { payment_id: done.payment_id! })).remark).toContain('优惠券「迎新券」抵减 30.00 元')
    expect(await broken()).toEqual([])
  })
  test('used at the desk meanwhile: the money pays what it was meant for, the rest stays owed, and the receipt says why', async () => {
    const h = await home()
    const k = await give(h)
    const i = await start(h, [k.coupon_id])
    const extra = await c.t.inside((s) => c.seed.bill(s, n, '2026-11'))
    await c.t.as('cashier')(payment.takePayment, { house_id: h.house_id, lines: [{ bill_id: extra.bill_id, period_on: extra.period_on, amount_fen: MONTH }], coupon_ids: [k.coupon_id], tenders: [{ method: 'cash', amount_fen: MONTH - OFF }] })
    const done = await i.pay()
    expect(done).toMatchObject({ state: 'succeeded', coupon: { off_fen: 0, missed: expect.any(String) } })
    expect(await open(h)).toBe(OFF)
    expect((await c.t.as('finance')(payment.payment, { payment_id: done.payment_id! })).remark).toContain('优惠券没有用上')
    expect(await broken()).toEqual([])
  })
  test('stopped after the order was placed: the terms of the order are kept', async () => {
    const h = await home()
    const k = await give(h)
    const i = await start(h, [k.coupon_id])
    await c.t.as('finance')(payment.endCoupons, { batch_id: k.batch_id, reason: '方案取消' })
    await i.pay()
    expect(await open(h)).toBe(0)
    expect(await broken()).toEqual([])
  })
  test('by a code at the desk too', async () => {
    const h = await home()
    const k = await give(h)
    const o = await c.t.as('cashier')(payment.startDeskOrder, { house_id: h.house_id, channel_id: c.id.wechat, way: 'native', lines: h.lines, coupon_ids: [k.coupon_id] })
    expect(o.amount_fen).toBe(2 * MONTH - OFF)
    const sent = await c.t.as('cashier')(payment.sendDeskOrder, { intent_id: o.intent_id })
    c.wechat.control.pay(sent.out_trade_no)
    await c.wechat.control.settled()
    expect(await open(h)).toBe(0)
    expect(await stateOf(k.batch_id)).toEqual(['used'])
    expect(await broken()).toEqual([])
  })
})

describe('several houses in one payment', () => {
  const part = (h: Home, coupon_ids: string[]) => ({ house_id: h.house_id, lines: h.lines, coupon_ids })
  test('each house with its own coupon, in cash: each receipt and each bill say so; of another house it is refused', async () => {
    const [a, b, d] = [await home(), await home(), await home()]
    const [ka, kb] = [await give(a), await give(b, { name: '老邻居券' })]
    await expectRefused(c.t.as('cashier')(payment.takeMerged, { parts: [part(a, [kb.coupon_id]), part(d, [])], tenders: [{ method: 'cash', amount_fen: 4 * MONTH - OFF }] }), 'payment.coupon_gone')
    await expectRefused(c.t.as('cashier')(payment.takeMerged, { parts: [part(a, [ka.coupon_id]), part(b, [kb.coupon_id])], tenders: [{ method: 'cash', amount_fen: 4 * MONTH }] }), 'payment.totals_differ')
    const p = await c.t.as('cashier')(payment.takeMerged, { parts: [part(a, [ka.coupon_id]), part(b, [kb.coupon_id]), part(d, [])], tenders: [{ method: 'cash', amount_fen: 6 * MONTH - 2 * OFF }] })
    expect(p.payments.map((x) => [x.total_fen, x.arrears_fen])).toEqual([[2 * MONTH - OFF, 0], [2 * MONTH - OFF, 0], [2 * MONTH, 0]])
    expect((await c.t.as('cashier')(payment.payment, { payment_id: p.payments[1]!.payment_id })).remark).toContain('优惠券「老邻居券」抵减 30.00 元')
    expect([await stateOf(ka.batch_id), await stateOf(kb.batch_id)]).toEqual([['used'], ['used']])
    expect((await c.t.as('finance')(payment.couponUses, { batch_id: kb.batch_id })).rows).toMatchObject([{ payment_id: p.payments[1]!.payment_id, amount_fen: OFF }])
    expect(await broken()).toEqual([])
    await reverse(p.payments[0]!.payment_id)
    expect([await open(a), await stateOf(ka.batch_id)]).toEqual([2 * MONTH, ['live']])
    expect(await broken()).toEqual([])
  })
  test('by one code: what one house has lost meanwhile stays owed there, the other is covered', async () => {
    const [a, b] = [await home(), await home()]
    const at = n
    const [ka, kb] = [await give(a), await give(b)]
    const o = await c.t.as('cashier')(payment.startDeskMerged, { channel_id: c.id.wechat, way: 'native', parts: [part(a, [ka.coupon_id]), part(b, [kb.coupon_id])] })
    expect(o.amount_fen).toBe(4 * MONTH - 2 * OFF)
    const extra = await c.t.inside((s) => c.seed.bill(s, at, '2026-11'))
    await c.t.as('cashier')(payment.takePayment, { house_id: b.house_id, lines: [{ bill_id: extra.bill_id, period_on: extra.period_on, amount_fen: MONTH }], coupon_ids: [kb.coupon_id], tenders: [{ method: 'cash', amount_fen: MONTH - OFF }] })
    const sent = await c.t.as('cashier')(payment.sendDeskOrder, { intent_id: o.intent_id })
    c.wechat.control.pay(sent.out_trade_no)
    await c.wechat.control.settled()
    expect([await open(a), await open(b)]).toEqual([0, OFF])
    expect([await stateOf(ka.batch_id), await stateOf(kb.batch_id)]).toEqual([['used'], ['used']])
    const paid = await c.t.as('cashier')(payment.deskOrder, { intent_id: o.intent_id })
    const remarks = await Promise.all(paid.payments.map(async (x) => (await c.t.as('cashier')(payment.payment, { payment_id: x.payment_id })).remark))
    expect(remarks[0]).toContain('抵减 30.00 元')
    expect(remarks[1]).toContain('优惠券没有用上')
    expect(await broken()).toEqual([])
  })
  test('on the phone of one owner of two', async () => {
    const [a, b] = [await home(), await home()]
    const phone = c.seed.houses[n - 1]!.phone
    const { person_id } = c.seed.houses[n - 1]!
    // Another payer of a bill that is there: the application itself may not do that.
    await asOwner(c.t.url, async (o) => {
      await o.query(`set app.company_id = '${c.t.company_id}'`)
      await o.query(`update people.ownership set person_id = $1 where house_id = $2`, [person_id, b.house_id])
      await o.query(`update billing.bill set payer_id = $1 where house_id = $2`, [person_id, b.house_id])
    })
    const [ka, kb] = [await give(a), await give(b)]
    const me = await c.t.resident(phone)
    expect((await me(messages.inbox, {})).rows.filter((m) => m.title.includes('迎新券')).length).toBe(2)
    const bills = (h: Home) => ({ house_id: h.house_id, bills: h.lines })
    const o = await me(payment.startMerged, { channel_id: c.id.wechat, houses: [{ ...bills(a), coupon_ids: [ka.coupon_id] }, { ...bills(b), coupon_ids: [kb.coupon_id] }] })
    expect(o.amount_fen).toBe(4 * MONTH - 2 * OFF)
    const { out_trade_no } = await me(payment.sendIntent, { intent_id: o.intent_id })
    c.wechat.control.pay(out_trade_no)
    await c.wechat.control.settled()
    expect([await open(a), await open(b)]).toEqual([0, 0])
    expect(await broken()).toEqual([])
  })
})

test('Excel of coupons and uses', async () => {
  const h = await home()
  const k = await give(h)
  await take(h, [k.coupon_id])
  const file = async (call: typeof payment.couponsExcel | typeof payment.couponUsesExcel) => ((await c.t.as('finance')(call as never, { batch_id: k.batch_id } as never)) as unknown as { name: string; body: Buffer })
  for (const call of [payment.couponsExcel, payment.couponUsesExcel]) expect((await file(call)).body.subarray(0, 2).toString()).toBe('PK')
})
