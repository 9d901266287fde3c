// Codes at the desk against both simulated gateways: shown, scanned, refused, in doubt, given up.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bothChannels, type BothChannels } from '../../../../tests/channels.ts'
import { expectRefused, type TestApp } from '../../../../tests/harness.ts'
import type { Seed, SeedBill } from '../../../../tests/seed_money.ts'
import { nowMs, setClock } from '../../../kernel/clock.ts'
import type { Sim as AlipaySim } from '../../../world/outside/alipay_sim/index.ts'
import type { Sim as WechatSim } from '../../../world/outside/wechat_sim/index.ts'
import { payment } from '../contract.ts'
import { backgroundDone, lookAtChannel } from './ask.ts'

let t: TestApp
let seed: Seed
let ali: AlipaySim
let wx: WechatSim
let id: BothChannels['id']
let n = 0
let bill: SeedBill

let stop: BothChannels['stop']
beforeAll(async () => {
  const c = await bothChannels()
  ;({ t, seed, id, stop } = c)
  ali = c.alipay
  wx = c.wechat
}, 120_000)
afterAll(() => stop())
beforeEach(async () => void (bill = await t.inside((s) => seed.bill(s, n, '2026-10'))))
afterEach(async () => {
  await Promise.all([ali.control.settled(), wx.control.settled(), backgroundDone()])
  ali.control.clear()
  wx.control.clear()
  setClock(undefined)
  n++
})
const cashier = () => t.as('cashier')
const start = (channel: 'wechat' | 'alipay', way: 'native' | 'code', o: { prepay_fen?: number } = {}) =>
  cashier()(payment.startDeskOrder, { house_id: seed.houses[n]!.house_id, channel_id: id[channel], way, lines: [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen: bill.amount_fen }], ...o })
const look = (intent_id: string) => cashier()(payment.deskOrder, { intent_id })
const desk = () => cashier()(payment.desk, { house_id: seed.houses[n]!.house_id })
const CODE = { wechat: '13456789012345678', alipay: '2876344382566439' } as const
const scan = async (channel: 'wechat' | 'alipay', last: string) => cashier()(payment.sendDeskOrder, { intent_id: (await start(channel, 'code')).intent_id, auth_code: CODE[channel] + last })
const later = (seconds: number) => setClock(new Date(nowMs() + seconds * 1000).toISOString())

describe('several houses in one code', () => {
  const parts = async () => {
    const other = seed.houses.length - 1 - n
    const b = await t.inside((s) => seed.bill(s, other, '2026-09'))
    return [{ house_id: seed.houses[n]!.house_id, lines: [bill] }, { house_id: seed.houses[other]!.house_id, lines: [b] }].map((p) => ({ ...p, lines: p.lines.map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.amount_fen })) }))
  }
  test.each(['native', 'code'] as const)('%s: a payment and a receipt of her series for each, joined as one act', async (way) => {
    const p = await parts()
    const { intent_id, amount_fen } = await cashier()(payment.startDeskMerged, { channel_id: id.wechat, way, parts: p, payer_name: '张总' })
    expect(amount_fen).toBe(23_640)
    const o = await cashier()(payment.sendDeskOrder, { intent_id, ...(way === 'code' ? { auth_code: `${CODE.wechat}4` } : {}) })
    if (way === 'native') wx.control.pay(o.out_trade_no)
    await wx.control.settled()
    const done = await look(intent_id)
    expect(done).toMatchObject({ state: 'succeeded', merge_id: intent_id, payments: [{ total_fen: 11_820 }, { total_fen: 11_820 }] })
    const merged = await cashier()(payment.payments, { merge_id: intent_id })
    expect(merged.rows.map((r) => [r.receipt_no.slice(0, 2), r.payer_name, r.remark])).toEqual([['SJ', '张总', '合并收款 2 户共 236.40 元'], ['SJ', '张总', '合并收款 2 户共 236.40 元']])
    expect((await t.as('finance')(payment.sweep, {})).checks.filter((c) => !c.ok && c.code !== 'L8').map((c) => c.code)).toEqual([])
  })
  test('a house twice, or a bill that is being paid: refused', async () => {
    const p = await parts()
    await expectRefused(cashier()(payment.startDeskMerged, { channel_id: id.wechat, way: 'native', parts: [p[0]!, p[0]!] }), 'payment.house_twice')
    await cashier()(payment.startDeskMerged, { channel_id: id.wechat, way: 'native', parts: p })
    await expectRefused(cashier()(payment.startDeskMerged, { channel_id: id.wechat, way: 'native', parts: [p[1]!] }), 'payment.being_paid')
  })
})

describe.each(['wechat', 'alipay'] as const)('%s', (channel) => {
  const pay = (no: string, late = false) => (channel === 'wechat' ? wx : ali).control.pay(no, late)
  const settled = () => (channel === 'wechat' ? wx : ali).control.settled()
  test('the cashier shows a code, the payer scans it, the desk sees the receipt of her series', async () => {
    const { intent_id } = await start(channel, 'native', { prepay_fen: 180 })
    const o = await cashier()(payment.sendDeskOrder, { intent_id })
    expect(o).toMatchObject({ state: 'pending', way: 'native', amount_fen: 12_000, code_url: expect.stringContaining('://') })
    expect((await desk()).lines[0]!.being_paid).toBe(true)
    pay(o.out_trade_no)
    await settled()
    const done = await look(intent_id)
    expect(done).toMatchObject({ state: 'succeeded', receipt_no: expect.stringMatching(/^SJ\d{4}-/) })
    expect(await desk()).toMatchObject({ open_fen: 0, wallet_fen: 180 })
    const p = await t.as('finance')(payment.payment, { payment_id: done.payment_id! })
    expect(p).toMatchObject({ source: 'desk', tenders: [{ method: channel, amount_fen: 12_000 }], settlement: { captured_fen: 12_000 } })
    // The money is at the provider: it does not come out of her drawer by a reversal.
    await expectRefused(cashier()(payment.askReversal, { payment_id: done.payment_id!, reason: '收错了' }), 'payment.online_not_reversible')
  })
  test('she scans his code: paid at once', async () => {
    expect(await scan(channel, '4')).toMatchObject({ state: 'succeeded', way: 'code', receipt_no: expect.stringMatching(/^SJ/) })
    expect((await desk()).open_fen).toBe(0)
  })
  test('his code is too old: said in words, the bill is free again', async () => {
    const o = await scan(channel, '2')
    expect(o).toMatchObject({ state: 'failed', failure: expect.stringContaining('过期') })
    expect((await desk()).lines[0]!.being_paid).toBe(false)
    expect(await scan(channel, '4')).toMatchObject({ state: 'succeeded' })
  })
  test('he must type a password: the desk asks until it is there', async () => {
    const o = await scan(channel, '1')
    expect(o.state).toBe('pending')
    pay(o.out_trade_no)
    await look(o.intent_id)
    await backgroundDone()
    expect((await look(o.intent_id)).state).toBe('succeeded')
  })
  test('he walks away: taken back at its end, and cannot be paid after', async () => {
    const o = await scan(channel, '1')
    later(150)
    await lookAtChannel(t.app, t.company_id, o.intent_id)
    expect((await look(o.intent_id)).state).toBe('closed')
    expect(pay(o.out_trade_no)).toBe('closed')
  })
  test('given up by the cashier; paid in the same moment it counts', async () => {
    const o = await scan(channel, '1')
    expect((await cashier()(payment.closeDeskOrder, { intent_id: o.intent_id })).state).toBe('closed')
    expect(pay(o.out_trade_no)).toBe('closed')
    const p = await scan(channel, '1')
    pay(p.out_trade_no)
    expect((await cashier()(payment.closeDeskOrder, { intent_id: p.intent_id })).state).toBe('succeeded')
  })
  test('the answer is lost: unknown, asked, and never taken twice', async () => {
    if (channel === 'wechat') wx.control.apiFault({ kind: 'answer_lost', route: 'codepay' })
    else {
      // Nor does a notice come.
      ali.control.apiFault({ kind: 'answer_lost', method: 'alipay.trade.pay' })
      ali.control.notifyFault({ kind: 'drop', times: 8 })
    }
    const o = await scan(channel, '4')
    expect(o.state).toBe('unknown')
    await expectRefused(scan(channel, '4'), 'payment.being_paid')
    await look(o.intent_id)
    await backgroundDone()
    expect((await look(o.intent_id)).state).toBe('succeeded')
    expect((await t.as('finance')(payment.payments, { house_id: seed.houses[n]!.house_id })).total).toBe(1)
  })
})

test('another cashier does not see the order, and a code is needed for a code', async () => {
  const { intent_id } = await start('wechat', 'code')
  await expectRefused(t.as('cashier2')(payment.deskOrder, { intent_id }), 'kernel.not_found')
  await expectRefused(cashier()(payment.sendDeskOrder, { intent_id }), 'payment.auth_code_missing')
  expect((await cashier()(payment.closeDeskOrder, { intent_id })).state).toBe('closed')
})
