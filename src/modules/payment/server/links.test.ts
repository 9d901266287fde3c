// Paying for somebody else by a link, and several own houses at once, against the simulated gateway.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { wechatChannel, type Channels } from '../../../../tests/channels.ts'
import { expectRefused, type Caller, type TestApp } from '../../../../tests/harness.ts'
import type { Seed, SeedBill } from '../../../../tests/seed_money.ts'
import { dayOf, nowIso, nowMs, setClock } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Sim } from '../../../world/outside/wechat_sim/index.ts'
import { payment } from '../contract.ts'
import { backgroundDone } from './ask.ts'
import { maskedHouse } from './links.ts'

let t: TestApp
let seed: Seed
let sim: Sim
let channel_id = ''
let n = 0
let me: Caller
let bill: SeedBill

let stop: Channels['stop']
beforeAll(async () => {
  const c = await wechatChannel()
  ;({ t, seed, stop } = c)
  sim = c.wechat
  channel_id = c.id.wechat
  // Coupons up to here need no second person.
  await t.as('finance')(payment.saveRule, { community_id: null, from_on: dayOf(nowIso()), rule: { kind: 'coupon', value: { limit_fen: 50_000 } } })
}, 120_000)
afterAll(() => stop())
beforeEach(async () => {
  me = await t.resident(seed.houses[n]!.phone)
  bill = await t.inside((s) => seed.bill(s, n, '2026-10'))
})
afterEach(async () => {
  await sim.control.settled()
  await backgroundDone()
  sim.control.clear()
  setClock(undefined)
  n++
})
const house_id = (i = n) => seed.houses[i]!.house_id
const key = (b: SeedBill) => ({ bill_id: b.bill_id, period_on: b.period_on })
const anyone = () => t.as('nobody')
const make = () => me(payment.makeLink, { house_id: house_id(), bills: [key(bill)] })
const view = (token: string) => anyone()(payment.linkView, { token })
const pay = (token: string) => anyone()(payment.payLink, { token, channel_id, origin: 'http://127.0.0.1:8080' })
const order = async (token: string) => (await t.as('finance')(payment.orders, { house_id: house_id() })).rows.find((o) => o.source === 'link' && token !== '')!

describe('a link', () => {
  test('shows a masked house and the bills, nothing of the person, and pays them', async () => {
    const { token, amount_fen } = await make()
    expect(amount_fen).toBe(11_820)
    const v = await view(token)
    expect(v).toMatchObject({ state: 'open', house_masked: '1-1-1**', open_fen: 11_820, lines: [{ fee_item_name: '物业费', open_fen: 11_820 }], order: null })
    const text = JSON.stringify(v)
    for (const secret of [seed.houses[n]!.name, seed.houses[n]!.phone, seed.houses[n]!.label, '98.5', house_id()]) expect(text).not.toContain(secret)
    const p = await pay(token)
    expect(p.order).toMatchObject({ state: 'pending', amount_fen: 11_820, pay_url: expect.stringContaining('redirect_url=') })
    expect(decodeURIComponent(p.order!.pay_url!)).toContain(`/resident/link/${token}`)
    // A second tap goes on with the same order.
    expect((await pay(token)).order!.pay_url).toBe(p.order!.pay_url)
    const o = await order(token)
    sim.control.pay(o.out_trade_no)
    await sim.control.settled()
    expect(await view(token)).toMatchObject({ state: 'paid', lines: [], open_fen: 0, order: { state: 'succeeded', receipt_no: expect.stringMatching(/^DZ/), pay_url: null } })
    expect((await me(payment.myLinks, {})).rows[0]).toMatchObject({ state: 'paid', bill_count: 1 })
    expect((await me(payment.myPayments, {})).rows[0]).toMatchObject({ total_fen: 11_820 })
    await expectRefused(pay(token), 'payment.link_over')
  })
  test('runs out, can be taken back, and cannot be guessed', async () => {
    const { token, link_id } = await make()
    await expectRefused(view(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`), 'kernel.not_found')
    await expectRefused(view(token.replace(/^\d+/, String(t.other_company_id))), 'kernel.not_found')
    await expectRefused(me(payment.revokeLink, { link_id: uuidv7() }), 'kernel.not_found')
    setClock(new Date(nowMs() + 8 * 86_400_000).toISOString())
    expect(await view(token)).toMatchObject({ state: 'expired', lines: [] })
    await expectRefused(pay(token), 'payment.link_over')
    setClock(undefined)
    await me(payment.revokeLink, { link_id })
    expect(await view(token)).toMatchObject({ state: 'revoked', lines: [], channels: [] })
    await expectRefused(pay(token), 'payment.link_over')
  })
  test('only the bills of one’s own side; another resident cannot take it back', async () => {
    const { link_id } = await make()
    const other = await t.resident(seed.houses[n + 1]!.phone)
    await expectRefused(other(payment.makeLink, { house_id: house_id(), bills: [key(bill)] }), 'kernel.not_found')
    await expectRefused(other(payment.revokeLink, { link_id }), 'kernel.not_found')
    n++
  })
  test('the bill was paid at the desk meanwhile: nothing is asked; paid while the order ran: kept for the house', async () => {
    const { token } = await make()
    await pay(token)
    const o = await order(token)
    const line = { ...key(bill), amount_fen: 11_820 }
    await t.as('cashier')(payment.takePayment, { house_id: house_id(), lines: [line], tenders: [{ method: 'cash', amount_fen: 11_820 }] })
    expect((await view(token)).state).toBe('paid')
    sim.control.pay(o.out_trade_no)
    await sim.control.settled()
    expect((await t.as('cashier')(payment.desk, { house_id: house_id() })).wallet_fen).toBe(11_820)
  })
  test('with a coupon of the house: who opens it pays what is left, and it is used with his payment', async () => {
    const { batch_id } = await t.as('finance')(payment.issueCoupons, { community_id: seed.community_id, name: '线上缴费券', way: 'house', fee_item_id: null, amount_fen: 2000, min_fen: 10_000, from_on: '2020-01-01', to_on: '2099-12-31', refund_rule: 'return_reversal', basis: '活动方案', rooms: [seed.houses[n]!.label] })
    const coupon_id = (await t.as('finance')(payment.coupons, { batch_id })).rows[0]!.coupon_id
    await expectRefused(me(payment.makeLink, { house_id: house_id(), bills: [key(bill)], coupon_ids: [uuidv7()] }), 'payment.coupon_gone')
    const { token, amount_fen, off_fen } = await me(payment.makeLink, { house_id: house_id(), bills: [key(bill)], coupon_ids: [coupon_id] })
    expect([amount_fen, off_fen]).toEqual([9_820, 2_000])
    const v = await view(token)
    expect(v).toMatchObject({ open_fen: 9_820, coupons: [{ name: '线上缴费券', off_fen: 2_000 }], coupon_missed: null, lines: [{ open_fen: 11_820 }] })
    expect(JSON.stringify(v)).not.toContain(coupon_id)
    expect((await pay(token)).order).toMatchObject({ state: 'pending', amount_fen: 9_820 })
    const o = await order(token)
    sim.control.pay(o.out_trade_no)
    await sim.control.settled()
    expect(await view(token)).toMatchObject({ state: 'paid', order: { state: 'succeeded', amount_fen: 9_820 } })
    expect((await t.as('cashier')(payment.desk, { house_id: house_id() })).open_fen).toBe(0)
    expect((await me(payment.myCoupons, {})).houses.flatMap((x) => x.rows).find((k) => k.coupon_id === coupon_id)!.state).toBe('used')
    // Another link with it, made while it still stood, says so and asks for all.
    const second = await t.inside((s) => seed.bill(s, n, '2026-11'))
    await expectRefused(me(payment.makeLink, { house_id: house_id(), bills: [key(second)], coupon_ids: [coupon_id] }), 'payment.coupon_gone')
  })
  test('a coupon that went before the link was opened: all is asked for, with the reason', async () => {
    const { batch_id } = await t.as('finance')(payment.issueCoupons, { community_id: seed.community_id, name: '限时券', way: 'house', fee_item_id: null, amount_fen: 1500, min_fen: 10_000, from_on: '2020-01-01', to_on: '2099-12-31', refund_rule: 'return_reversal', basis: '活动方案', rooms: [seed.houses[n]!.label] })
    const k = (await t.as('finance')(payment.coupons, { batch_id })).rows[0]!
    const { token } = await me(payment.makeLink, { house_id: house_id(), bills: [key(bill)], coupon_ids: [k.coupon_id] })
    await t.as('finance')(payment.endCoupons, { batch_id, reason: '活动提前结束' })
    const v = await view(token)
    expect(v).toMatchObject({ state: 'open', open_fen: 11_820, coupons: [] })
    expect(v.coupon_missed).toContain('限时券')
    expect((await pay(token)).order).toMatchObject({ amount_fen: 11_820 })
  })
  test('two people open it at once: one order', async () => {
    const { token } = await make()
    const both = await Promise.all([pay(token), pay(token)])
    expect(new Set(both.map((v) => v.order!.pay_url)).size).toBe(1)
  })
  test('masks', () => expect(['1-2-301', '2302', '8-1', 'P1-001'].map(maskedHouse)).toEqual(['1-2-3**', '23**', '8-**', 'P1-0**']))
})

describe('several houses at once', () => {
  const both = async () => {
    // The second house belongs to the same person.
    await t.inside((s) => s.db.updateTable('people.ownership').set({ person_id: seed.houses[n]!.person_id }).where('company_id', '=', s.company_id).where('house_id', '=', house_id(n + 1)).execute())
    const second = await t.inside((s) => seed.bill(s, n + 1, '2026-10', { amount_fen: 5_000, payer_id: seed.houses[n]!.person_id }))
    const houses = [{ house_id: house_id(), bills: [{ ...key(bill), amount_fen: 11_820 }] }, { house_id: house_id(n + 1), bills: [{ ...key(second), amount_fen: 5_000 }] }]
    return { houses, second }
  }
  test('one order, one transaction, a payment and a receipt for each house; replayed it stays so', async () => {
    const { houses } = await both()
    const made = await me(payment.startMerged, { channel_id, houses })
    expect(made.amount_fen).toBe(16_820)
    const i = await me(payment.sendIntent, { intent_id: made.intent_id })
    expect(i).toMatchObject({ state: 'pending', house_label: expect.stringContaining('等 2 套') })
    sim.control.notifyFault({ kind: 'duplicate', copies: 20 })
    sim.control.pay(i.out_trade_no)
    await sim.control.settled()
    const seen = await me(payment.paymentState, { intent_id: i.intent_id })
    expect(seen.state).toBe('succeeded')
    // Each house its receipt, on the page that says it is paid.
    expect(seen.receipts.map((r) => [r.total_fen, r.prepaid_fen]).sort()).toEqual([[11_820, 0], [5_000, 0]].sort())
    const mine = (await me(payment.myPayments, {})).rows
    expect(mine.map((p) => [p.house_id, p.total_fen]).sort()).toEqual([[house_id(), 11_820], [house_id(n + 1), 5_000]].sort())
    expect(new Set(mine.map((p) => p.receipt_no)).size).toBe(2)
    const parts = await t.inside((s) => s.db.selectFrom('payment.settlement').select(['part_no', 'captured_fen', 'provider_txn']).where('company_id', '=', s.company_id).where('intent_id', '=', i.intent_id).orderBy('part_no').execute())
    expect(parts.map((x) => x.part_no)).toEqual([1, 2])
    expect(parts.reduce((sum, x) => sum + x.captured_fen, 0)).toBe(16_820)
    expect(new Set(parts.map((x) => x.provider_txn)).size).toBe(1)
    for (const h of [n, n + 1]) expect((await t.as('cashier')(payment.desk, { house_id: house_id(h) })).open_fen).toBe(0)
    n++
  })
  test('a strange house, a strange bill and too much are refused', async () => {
    const { houses } = await both()
    await expectRefused(me(payment.startMerged, { channel_id, houses: [houses[0]!, { house_id: house_id(n + 2), bills: houses[1]!.bills }] }), 'kernel.not_found')
    await expectRefused(me(payment.startMerged, { channel_id, houses: [{ house_id: house_id(), bills: houses[1]!.bills }] }), 'kernel.not_found')
    await expectRefused(me(payment.startMerged, { channel_id, houses: [{ ...houses[0]!, bills: [{ ...houses[0]!.bills[0]!, amount_fen: 11_821 }] }, houses[1]!] }), 'payment.more_than_open')
    await me(payment.startMerged, { channel_id, houses })
    await expectRefused(me(payment.startPayment, { house_id: house_id(n + 1), channel_id, bills: houses[1]!.bills }), 'payment.being_paid')
    n++
  })
})
