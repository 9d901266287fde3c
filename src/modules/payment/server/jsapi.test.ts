// Paying inside WeChat: the bound openid and nobody else's, of the merchant's own account; everybody else is led to a page.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wechatChannel, type Channels } from '../../../../tests/channels.ts'
import { expectRefused, type Caller } from '../../../../tests/harness.ts'
import { ACCOUNT, bindWechat, startMp, useMp, type MpStage } from '../../../../tests/mp.ts'
import { messages } from '../../messages/contract.ts'
import { payment } from '../contract.ts'

let c: Channels
let stage: MpStage
let me: Caller
let n = 0
const order = async (in_wechat: boolean, who: Caller = me) => {
  const bill = await c.t.inside((s) => c.seed.bill(s, 0, `2026-${String(++n).padStart(2, '0')}`))
  const { intent_id } = await who(payment.startPayment, { house_id: c.seed.houses[0]!.house_id, channel_id: c.id.wechat, bills: [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen: bill.amount_fen }] })
  return who(payment.sendIntent, { intent_id, in_wechat })
}

beforeAll(async () => {
  c = await wechatChannel({ houses: 2 })
  stage = await startMp(c.t)
  me = await c.t.resident(c.seed.houses[0]!.phone)
}, 120_000)
afterAll(async () => {
  await c.stop()
  await stage.stop()
})

describe('inside WeChat', () => {
  test('who has not bound is led to the page, as outside', async () => {
    const i = await order(true)
    expect(i).toMatchObject({ way: 'h5', jsapi: null, pay_url: expect.stringContaining('http') })
    await me(payment.closeIntent, { intent_id: i.intent_id })
  })
  test('who has bound pays with his own openid, and the money settles as ever', async () => {
    await useMp(c.t, stage, '2026-01-01')
    await bindWechat(stage, me, 'oSimPayer01')
    const i = await order(true)
    expect(i).toMatchObject({ way: 'jsapi', pay_url: null, state: 'pending', jsapi: { appId: ACCOUNT.appid, signType: 'RSA', package: expect.stringMatching(/^prepay_id=/) } })
    // Asked for again, as when the sheet was closed: the same order.
    const again = await me(payment.sendIntent, { intent_id: i.intent_id, in_wechat: true })
    expect(again).toMatchObject({ out_trade_no: i.out_trade_no, way: 'jsapi', jsapi: { package: expect.any(String) } })
    expect(c.wechat.control.pay(i.out_trade_no)).toBe('paid')
    await c.wechat.control.settled()
    const done = await me(payment.paymentState, { intent_id: i.intent_id })
    expect(done).toMatchObject({ state: 'succeeded', way: 'jsapi', receipt_no: expect.any(String) })
    expect(c.wechat.control.state().orders.find((o) => o.out_trade_no === i.out_trade_no)).toMatchObject({ trade_type: 'JSAPI', openid: 'oSimPayer01' })
  })
  test('an order begun there is not paid elsewhere; it is given up first', async () => {
    const i = await order(true)
    await expectRefused(me(payment.sendIntent, { intent_id: i.intent_id }), 'payment.wechat_only')
    expect((await me(payment.closeIntent, { intent_id: i.intent_id })).state).toBe('closed')
  })
  test('outside, after unbinding, or with another account’s openid: the page', async () => {
    const outside = await order(false)
    expect(outside).toMatchObject({ way: 'h5', jsapi: null })
    await me(payment.closeIntent, { intent_id: outside.intent_id })
    await me(messages.unbindWechat, {})
    const after = await order(true)
    expect(after.way).toBe('h5')
    await me(payment.closeIntent, { intent_id: after.intent_id })
    await bindWechat(stage, me, 'oSimPayer01')
    // The company's account becomes another: what was bound to the first is worth nothing at the merchant.
    await c.t.inside(async (s) => void (await s.db.updateTable('messages.wechat').set({ appid: 'wx1111111111111111' }).where('company_id', '=', c.t.company_id).execute()))
    const other = await order(true)
    expect(other.way).toBe('h5')
  })
})
