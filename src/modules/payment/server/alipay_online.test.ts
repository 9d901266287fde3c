// Paying with Alipay against the simulated gateway over real HTTP, beside WeChat Pay: the good day, and notices that come twice, late, out of
// order, wrong or never.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bothChannels, type BothChannels } from '../../../../tests/channels.ts'
import { expectRefused, type Caller, type TestApp } from '../../../../tests/harness.ts'
import type { Seed, SeedBill } from '../../../../tests/seed_money.ts'
import { nowMs, setClock } from '../../../kernel/clock.ts'
import type { Sim as AlipaySim } from '../../../world/outside/alipay_sim/index.ts'
import { payment } from '../contract.ts'
import type { Intent } from '../contract_online.ts'
import { askDue, backgroundDone, lookAtChannel } from './ask.ts'
import { refOf } from './channels.ts'
import { takeNotice } from './notify.ts'

let t: TestApp
let seed: Seed
let sim: AlipaySim
let alipay_id = ''
let wechat_id = ''
let n = 0
let me: Caller
let bill: SeedBill

let stop: BothChannels['stop']
beforeAll(async () => {
  const c = await bothChannels()
  ;({ t, seed, stop } = c)
  sim = c.alipay
  wechat_id = c.id.wechat
  alipay_id = c.id.alipay
}, 120_000)
afterAll(() => stop())
beforeEach(async () => {
  me = await t.resident(seed.houses[n]!.phone)
  bill = await t.inside((s) => seed.bill(s, n, '2026-10'))
})
afterEach(async () => {
  await sim.control.settled()
  sim.control.clear()
  setClock(undefined)
  n++
})

const house_id = () => seed.houses[n]!.house_id
const line = () => ({ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen: bill.amount_fen })
const sent = async (channel_id = alipay_id): Promise<Intent> => me(payment.sendIntent, { intent_id: (await me(payment.startPayment, { house_id: house_id(), channel_id, bills: [line()] })).intent_id, origin: 'http://127.0.0.1:8080' })
/** The payer's browser opens the address: only now has Alipay a trade. */
const opened = async (): Promise<Intent> => {
  const i = await sent()
  expect(await (await fetch(i.pay_url!)).text()).toContain('¥118.20')
  return i
}
const state = (intent_id: string) => me(payment.paymentState, { intent_id })
const owed = async () => (await t.as('cashier')(payment.desk, { house_id: house_id() })).open_fen
const wallet = async () => (await t.as('cashier')(payment.desk, { house_id: house_id() })).wallet_fen
const counted = async () => (await t.as('finance')(payment.payments, { house_id: house_id() })).total
const verdicts = async (verdict: 'bad_signature' | 'mismatch' | 'duplicate' | 'accepted') => (await t.as('admin')(payment.channelEvents, { channel_id: alipay_id, verdict })).total
const later = (seconds: number) => setClock(new Date(nowMs() + seconds * 1000).toISOString())

describe('the good day', () => {
  test('the resident chooses among channels; paid, noticed, receipted as 支付宝', async () => {
    expect((await me(payment.myPayable, {})).channels.map((c) => [c.kind, c.name])).toEqual([['wechat', '微信支付(模拟)'], ['alipay', '支付宝(模拟)']])
    const i = await opened()
    expect(i.state).toBe('pending')
    expect(sim.control.pay(i.out_trade_no)).toBe('paid')
    await sim.control.settled()
    expect(sim.control.state().deliveries.at(-1)!.answer).toBe('success')
    expect(await state(i.intent_id)).toMatchObject({ state: 'succeeded', receipt_no: expect.stringMatching(/^DZ/) })
    expect(await owed()).toBe(0)
    expect((await me(payment.myPayments, {})).rows[0]).toMatchObject({ total_fen: 11_820, methods: ['alipay'] })
  })
  test('the payer comes back to his own order', async () => {
    const i = await opened()
    const action = /action="([^"]+confirm)"/.exec(await (await fetch(i.pay_url!)).text())![1]!
    const done = await fetch(`${sim.url}${action}`, { method: 'POST', redirect: 'manual' })
    expect(done.headers.get('location')).toBe(`http://127.0.0.1:8080/resident/pay/${i.intent_id}?back=1`)
  })
  test('the same bill by two channels at once: one waits', async () => {
    await sent()
    await expectRefused(sent(wechat_id), 'payment.being_paid')
  })
  test('a configuration of one provider is none of the other; a key that is none is named', async () => {
    const save = (kind: 'wechat' | 'alipay', config: object) => t.as('admin')(payment.saveChannel, { kind, name: 'x', simulated: true, config: config as never })
    await expectRefused(save('wechat', sim.config), 'payment.channel_config_bad')
    expect((await expectRefused(save('alipay', { ...sim.config, app_id: '2021000000000009', alipay_public_key_pem: 'x' }), 'payment.channel_config_bad')).message).toContain('PEM')
    expect((await expectRefused(save('alipay', { ...sim.config, base_url: 'https://evil.example/gateway.do' }), 'payment.channel_config_bad')).message).toContain('本机')
  })
})

describe('notices that misbehave', () => {
  test.each([['bad_signature', 'bad_signature'], ['altered', 'bad_signature'], ['unsigned', 'bad_signature'], ['other_app', 'mismatch'], ['other_seller', 'mismatch'], ['wrong_amount', 'mismatch']] as const)('%s is kept as evidence and changes nothing; the true one that follows settles', async (kind, verdict) => {
    const before = await verdicts(verdict)
    const i = await opened()
    sim.control.notifyFault({ kind })
    sim.control.pay(i.out_trade_no)
    await sim.control.settled()
    expect(await verdicts(verdict)).toBe(before + 1)
    expect(sim.control.state().deliveries.filter((d) => d.out_trade_no === i.out_trade_no).map((d) => d.answer)).toEqual(['refused', 'success'])
    expect([await counted(), await owed()]).toEqual([1, 0])
  })
  test('delayed, then twice at once: one payment', async () => {
    const i = await opened()
    sim.control.notifyFault({ kind: 'delay', ms: 50 })
    sim.control.pay(i.out_trade_no)
    await sim.control.settled()
    expect(await counted()).toBe(1)
    const j = { ...bill, ...(await t.inside((s) => seed.bill(s, n, '2026-11'))) }
    const k = await me(payment.sendIntent, { intent_id: (await me(payment.startPayment, { house_id: house_id(), channel_id: alipay_id, bills: [{ bill_id: j.bill_id, period_on: j.period_on, amount_fen: j.amount_fen }] })).intent_id })
    await fetch(k.pay_url!)
    sim.control.notifyFault({ kind: 'duplicate', copies: 40 })
    sim.control.pay(k.out_trade_no)
    await sim.control.settled()
    expect(await counted()).toBe(2)
  })
  test('out of order: each settles its own', async () => {
    const a = await opened()
    sim.control.notifyFault({ kind: 'hold', times: 2 })
    sim.control.pay(a.out_trade_no)
    n++
    me = await t.resident(seed.houses[n]!.phone)
    bill = await t.inside((s) => seed.bill(s, n, '2026-10'))
    const b = await opened()
    sim.control.pay(b.out_trade_no)
    await sim.control.release('reverse')
    expect((await state(b.intent_id)).state).toBe('succeeded')
    expect(await counted()).toBe(1)
  })
  test('never: the question finds the money', async () => {
    const i = await opened()
    sim.control.notifyFault({ kind: 'drop', times: 8 })
    sim.control.pay(i.out_trade_no)
    await sim.control.settled()
    later(20)
    await askDue(t.app, t.company_id)
    expect((await state(i.intent_id)).state).toBe('succeeded')
    await backgroundDone()
  })
  test('late after it was closed: the money is real and is kept for the house', async () => {
    const i = await opened()
    expect((await me(payment.closeIntent, { intent_id: i.intent_id })).state).toBe('closed')
    await t.as('cashier')(payment.takePayment, { house_id: house_id(), lines: [line()], tenders: [{ method: 'cash', amount_fen: 11_820 }] })
    expect(sim.control.pay(i.out_trade_no, true)).toBe('paid')
    await sim.control.settled()
    expect([await owed(), await wallet(), await counted()]).toEqual([0, 11_820, 2])
  })
  test('a thousand replays in parallel settle once, and each is told success', async () => {
    const i = await opened()
    sim.control.notifyFault({ kind: 'drop', times: 8 })
    sim.control.pay(i.out_trade_no)
    await sim.control.settled()
    const notice = sim.control.state().notices.find((x) => x.out_trade_no === i.out_trade_no)!
    const body = Buffer.from(sim.control.letter(notice.notify_id))
    const ref = refOf(t.company_id, alipay_id)
    const answers = await Promise.all(Array.from({ length: 1000 }, () => takeNotice(t.app, ref, {}, body)))
    expect(new Set(answers.map((a) => a.word))).toEqual(new Set(['success']))
    expect([await counted(), await owed(), await wallet()]).toEqual([1, 0, 0])
  }, 120_000)
})

describe('orders in doubt', () => {
  test('paid out of sight and asked at its end: captured, not closed', async () => {
    const i = await opened()
    sim.control.notifyFault({ kind: 'drop', times: 8 })
    later(60)
    sim.control.pay(i.out_trade_no)
    later(16 * 60)
    await lookAtChannel(t.app, t.company_id, i.intent_id)
    expect(await counted()).toBe(1)
  })
  test('never opened: at its end it is closed, unknown answers close nothing', async () => {
    const i = await sent()
    later(16 * 60)
    sim.control.apiFault({ kind: 'system_error', method: 'alipay.trade.query' })
    await lookAtChannel(t.app, t.company_id, i.intent_id)
    const orders = await t.as('finance')(payment.orders, { house_id: house_id() })
    expect(orders.rows[0]!.state).toBe('pending')
    later(10)
    await lookAtChannel(t.app, t.company_id, i.intent_id)
    expect((await t.as('finance')(payment.orders, { house_id: house_id() })).rows[0]).toMatchObject({ state: 'closed', way: 'wap', source: 'online' })
  })
})
