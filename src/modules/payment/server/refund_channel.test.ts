// Refunds to the original channel against both simulated gateways: in parts, in doubt, refused and then done, abnormal, noticed, raced.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bothChannels, type BothChannels } from '../../../../tests/channels.ts'
import type { Caller, TestApp } from '../../../../tests/harness.ts'
import type { Seed, SeedBill } from '../../../../tests/seed_money.ts'
import { nowMs, setClock } from '../../../kernel/clock.ts'
import type { Sim as AlipaySim } from '../../../world/outside/alipay_sim/index.ts'
import type { Sim as WechatSim } from '../../../world/outside/wechat_sim/index.ts'
import { system } from '../../system/contract.ts'
import { payment } from '../contract.ts'
import { lookAtRefund, refundDue, refundsDone } from './refund_channel.ts'

let t: TestApp
let seed: Seed
let ali: AlipaySim
let wx: WechatSim
let id: BothChannels['id']
let n = 0
let me: Caller
let bill: SeedBill

let stop: BothChannels['stop']
beforeAll(async () => {
  const c = await bothChannels({ wechat: { scale: 0.0001, refund_ms: null } })
  ;({ t, seed, id, stop } = c)
  ali = c.alipay
  wx = c.wechat
}, 120_000)
afterAll(async () => {
  await refundsDone()
  await stop()
})
beforeEach(async () => {
  me = await t.resident(seed.houses[n]!.phone)
  bill = await t.inside((s) => seed.bill(s, n, '2026-10'))
})
afterEach(async () => {
  await Promise.all([ali.control.settled(), wx.control.settled()])
  await refundsDone()
  ali.control.clear()
  wx.control.clear()
  setClock(undefined)
  n++
})
const house_id = () => seed.houses[n]!.house_id
const later = (seconds: number) => setClock(new Date(nowMs() + seconds * 1000).toISOString())
async function paid(channel: 'wechat' | 'alipay'): Promise<{ payment_id: string; out_trade_no: string }> {
  const { intent_id } = await me(payment.startPayment, { house_id: house_id(), channel_id: id[channel], bills: [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen: bill.amount_fen }] })
  const i = await me(payment.sendIntent, { intent_id })
  if (channel === 'alipay') await fetch(i.pay_url!)
  const sim = channel === 'alipay' ? ali : wx
  sim.control.pay(i.out_trade_no)
  await sim.control.settled()
  return { payment_id: (await me(payment.paymentState, { intent_id })).payment_id!, out_trade_no: i.out_trade_no }
}
async function approved(payment_id: string, amount_fen: number): Promise<string> {
  // What the screen offers, first of all.
  expect((await t.as('cashier')(payment.refundable, { payment_id })).methods[0]).toBe('original')
  const { refund_id } = await t.as('cashier')(payment.askRefund, { payment_id, lines: [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen }], method: 'original', payee_name: '业主', reason: '重复缴费' })
  const a = (await t.as('finance')(system.approvals, { box: 'todo', kind: 'payment.refund', page_size: 200 })).rows.find((r) => r.page === `/payment/refunds/${refund_id}`)!
  await t.as('finance')(system.decideApproval, { approval_id: a.approval_id, step_no: 1, decision: 'agree', note: '同意' })
  return refund_id
}
const refund = (refund_id: string) => t.as('finance')(payment.refund, { refund_id })
const round = async (refund_id: string) => {
  await lookAtRefund(t.app, t.company_id, { refund_id })
  return refund(refund_id)
}
const out = async (refund_id: string): Promise<string> => t.inside(async (s) => (await s.db.selectFrom('payment.refund').select('out_refund_no').where('company_id', '=', s.company_id).where('refund_id', '=', refund_id).executeTakeFirstOrThrow()).out_refund_no!)
const detail = (payment_id: string) => t.as('finance')(payment.payment, { payment_id })

describe('Alipay', () => {
  test('in parts, each to where it came from; the resident sees it, the bill owes again', async () => {
    const { payment_id, out_trade_no } = await paid('alipay')
    const a = await approved(payment_id, 1_820)
    expect((await round(a)).state).toBe('done')
    const b = await approved(payment_id, 10_000)
    expect((await round(b)).state).toBe('done')
    expect(ali.control.state().refunds.filter((r) => r.out_trade_no === out_trade_no).map((r) => r.fen)).toEqual([1_820, 10_000])
    expect(await detail(payment_id)).toMatchObject({ refunded_fen: 11_820, refunding_fen: 0 })
    expect((await me(payment.myPayments, {})).rows[0]).toMatchObject({ refunded_fen: 11_820 })
    expect((await t.as('cashier')(payment.desk, { house_id: house_id() })).open_fen).toBe(11_820)
    expect((await t.as('finance')(payment.sweep, {})).checks.filter((c) => !c.ok)).toEqual([])
  })
  test('refused for want of money, then done with the same number', async () => {
    const { payment_id, out_trade_no } = await paid('alipay')
    const a = await approved(payment_id, 500)
    ali.control.refundMood('fails')
    expect(await round(a)).toMatchObject({ state: 'failed', failure: expect.stringContaining('余额不足') })
    const no = await out(a)
    later(70)
    expect((await round(a)).state).toBe('done')
    expect(await out(a)).toBe(no)
    expect(ali.control.state().refunds.filter((r) => r.out_trade_no === out_trade_no)).toHaveLength(1)
  })
  test('accepted and done later: asked, and told by the notice', async () => {
    const { payment_id, out_trade_no } = await paid('alipay')
    const a = await approved(payment_id, 500)
    ali.control.refundMood('later')
    expect((await round(a)).state).toBe('paying')
    ali.control.settleRefund(out_trade_no, await out(a))
    await ali.control.settled()
    await refundsDone()
    expect((await refund(a)).state).toBe('done')
  })
  test('an answer lost is unknown, not failed; asked again it went back once', async () => {
    const { payment_id, out_trade_no } = await paid('alipay')
    const a = await approved(payment_id, 500)
    ali.control.apiFault({ kind: 'answer_lost', method: 'alipay.trade.refund' })
    ali.control.notifyFault({ kind: 'drop', times: 8 })
    expect((await round(a)).state).toBe('paying')
    later(70)
    expect((await round(a)).state).toBe('done')
    expect(ali.control.state().refunds.filter((r) => r.out_trade_no === out_trade_no)).toHaveLength(1)
  })
})

describe('WeChat Pay', () => {
  test('accepted is not refunded: processing until the notice, which may come twenty times', async () => {
    const { payment_id } = await paid('wechat')
    const a = await approved(payment_id, 1_000)
    expect((await round(a)).state).toBe('paying')
    wx.control.notifyFault({ kind: 'duplicate', copies: 20 })
    wx.control.settleRefund(await out(a), 'SUCCESS')
    await wx.control.settled()
    await refundsDone()
    expect(await refund(a)).toMatchObject({ state: 'done', reference: expect.stringMatching(/^50300/) })
    expect(await detail(payment_id)).toMatchObject({ refunded_fen: 1_000, refunding_fen: 0 })
  })
  test('abnormal is said to a person, and done once he has acted', async () => {
    const { payment_id } = await paid('wechat')
    const a = await approved(payment_id, 1_000)
    await round(a)
    wx.control.settleRefund(await out(a), 'ABNORMAL')
    await wx.control.settled()
    await refundsDone()
    expect(await refund(a)).toMatchObject({ state: 'failed', failure: expect.stringContaining('商户平台') })
    wx.control.settleRefund(await out(a), 'SUCCESS')
    await wx.control.settled()
    await refundsDone()
    expect((await refund(a)).state).toBe('done')
  })
  test('two workers and a notice at once: it is booked once', async () => {
    const { payment_id } = await paid('wechat')
    const a = await approved(payment_id, 1_000)
    await round(a)
    wx.control.settleRefund(await out(a), 'SUCCESS')
    later(70)
    await Promise.all([refundDue(t.app, t.company_id), refundDue(t.app, t.company_id), wx.control.settled()])
    await refundsDone()
    expect(await detail(payment_id)).toMatchObject({ refunded_fen: 1_000, refunding_fen: 0 })
    expect((await t.as('finance')(payment.sweep, {})).checks.filter((c) => !c.ok)).toEqual([])
  })
})
