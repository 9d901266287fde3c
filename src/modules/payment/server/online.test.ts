// Paying by phone against the simulated gateway over real HTTP: the good day, and every way a notice can come, not come, or lie.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { wechatChannel, type Channels } from '../../../../tests/channels.ts'
import { expectRefused, type Caller, type TestApp } from '../../../../tests/harness.ts'
import type { Seed, SeedBill } from '../../../../tests/seed_money.ts'
import { nowMs, setClock } from '../../../kernel/clock.ts'
import type { Sim } from '../../../world/outside/wechat_sim/index.ts'
import { payment } from '../contract.ts'
import type { Intent } from '../contract_online.ts'
import { askDue, backgroundDone, lookAtChannel } from './ask.ts'
import { refOf } from './channels.ts'
import { takeNotice } from './notify.ts'
import { settleMany } from './settle.ts'

let t: TestApp
let seed: Seed
let sim: Sim
let base = ''
let channel_id = ''
let n = 0
let me: Caller
let bill: SeedBill

let stop: Channels['stop']
beforeAll(async () => {
  const c = await wechatChannel({ wechat: { notify_timeout_ms: 5000 } })
  ;({ t, seed, base, stop } = c)
  sim = c.wechat
  channel_id = c.id.wechat
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
const line = (b: SeedBill = bill) => ({ bill_id: b.bill_id, period_on: b.period_on, amount_fen: b.amount_fen })
const start = (o: { prepay_fen?: number; caller?: Caller } = {}) => (o.caller ?? me)(payment.startPayment, { house_id: house_id(), channel_id, bills: [line()], ...(o.prepay_fen ? { prepay_fen: o.prepay_fen } : {}) })
const sent = async (o: { prepay_fen?: number } = {}): Promise<Intent> => me(payment.sendIntent, { intent_id: (await start(o)).intent_id })
const state = (intent_id: string) => me(payment.paymentState, { intent_id })
const owed = async () => (await t.as('cashier')(payment.desk, { house_id: house_id() })).open_fen
const wallet = async () => (await t.as('cashier')(payment.desk, { house_id: house_id() })).wallet_fen
const counted = async () => (await t.as('finance')(payment.payments, { house_id: house_id() })).total
const events = (verdict?: 'bad_signature' | 'mismatch' | 'accepted' | 'duplicate') => t.as('admin')(payment.channelEvents, { page_size: 50, ...(verdict ? { verdict } : {}) })
const later = (seconds: number) => setClock(new Date(nowMs() + seconds * 1000).toISOString())

describe('the good day', () => {
  test('three taps: bill, pay, receipt', async () => {
    const mine = await me(payment.myPayable, {})
    expect(mine.houses).toHaveLength(1)
    expect(mine.houses[0]!.lines[0]!.explanation).toContain('118.20 元')
    expect(mine.channels).toEqual([{ channel_id, kind: 'wechat', name: '微信支付(模拟)', simulated: true }])
    const i = await sent()
    expect(i).toMatchObject({ state: 'pending', pay_url: expect.stringContaining('http'), payment_id: null })
    expect((await t.as('cashier')(payment.desk, { house_id: house_id() })).lines[0]!.being_paid).toBe(true)
    expect(sim.control.pay(i.out_trade_no)).toBe('paid')
    await sim.control.settled()
    const done = await state(i.intent_id)
    expect(done).toMatchObject({ state: 'succeeded', receipt_no: expect.stringMatching(/^DZ\d{4}-\d{6}$/) })
    expect(await owed()).toBe(0)
    expect((await me(payment.myPayments, {})).rows[0]).toMatchObject({ payment_id: done.payment_id, total_fen: 11_820, methods: ['wechat'] })
    const pdf = (await me(payment.myReceiptPdf, { payment_id: done.payment_id! })) as unknown as { body: Buffer }
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
    expect((await t.as('finance')(payment.payment, { payment_id: done.payment_id! })).settlement).toMatchObject({ captured_fen: 11_820, out_trade_no: i.out_trade_no })
  })
  test('more than the bills becomes prepayment', async () => {
    const i = await sent({ prepay_fen: 5_000 })
    expect(i.amount_fen).toBe(16_820)
    sim.control.pay(i.out_trade_no)
    await sim.control.settled()
    expect([await owed(), await wallet()]).toEqual([0, 5_000])
  })
  test('two taps make one order; the family phone is told to wait', async () => {
    const [a, b] = await Promise.all([start(), start()])
    expect(a.intent_id).toBe(b.intent_id)
    const phone = '13700000001'
    await t.inside(async (s) => {
      const person_id = randomUUID()
      await s.db.insertInto('people.person').values({ company_id: s.company_id, person_id, name: '配偶', phone, created_at: s.now }).execute()
      await s.db.insertInto('people.household').values({ company_id: s.company_id, household_id: randomUUID(), house_id: house_id(), person_id, relation: '配偶', from_on: '2020-01-01' }).execute()
      await s.db.insertInto('identity.resident_phone').values({ phone, company_id: s.company_id }).execute()
    })
    await expectRefused(start({ caller: await t.resident(phone) }), 'payment.being_paid')
    const closed = await me(payment.closeIntent, { intent_id: a.intent_id })
    expect(closed.state).toBe('closed')
  })
})

describe('notices that lie', () => {
  const cases = [
    ['bad_signature', 'bad_signature'], ['unknown_serial', 'bad_signature'], ['stale', 'bad_signature'], ['signtest', 'bad_signature'],
    ['bad_tag', 'mismatch'], ['wrong_key', 'mismatch'], ['other_merchant', 'mismatch'], ['wrong_amount', 'mismatch'],
  ] as const
  test.each(cases)('%s is kept as evidence and changes nothing; the true one that follows settles', async (kind, verdict) => {
    const before = (await events(verdict)).total
    const i = await sent()
    sim.control.notifyFault({ kind, ...(kind === 'wrong_amount' ? { amount_fen: 1 } : {}) })
    sim.control.pay(i.out_trade_no)
    await sim.control.settled()
    const after = await events(verdict)
    expect(after.total).toBe(before + 1)
    expect(after.rows[0]!.note).toBeTruthy()
    const answers = sim.control.state().deliveries.filter((d) => d.ref === i.out_trade_no).map((d) => d.answer)
    expect(answers[0]).toBeGreaterThanOrEqual(400)
    expect(answers.at(-1)).toBe(204)
    expect([await owed(), await counted()]).toEqual([0, 1])
  })
  test('an address that is none, another company, and no signature at all', async () => {
    const body = Buffer.from('{}')
    for (const ref of ['x', '1.2', refOf(t.other_company_id, channel_id), refOf(t.company_id, randomUUID())]) expect((await takeNotice(t.app, ref, {}, body)).status).toBe(404)
    const bare = await fetch(`${base}/pay/notify/${refOf(t.company_id, channel_id)}`, { method: 'POST', body: '{"id":"x"}', headers: { 'content-type': 'application/json' } })
    expect(bare.status).toBe(401)
    expect(await bare.json()).toMatchObject({ code: 'FAIL' })
    const big = await fetch(`${base}/pay/notify/${refOf(t.company_id, channel_id)}`, { method: 'POST', body: 'x'.repeat(70_000) })
    expect(big.status).toBe(413)
  })
})

describe('exactly once', () => {
  test('one notice twenty times at once: one settlement, twenty times success', async () => {
    const i = await sent()
    sim.control.notifyFault({ kind: 'duplicate', copies: 20 })
    sim.control.pay(i.out_trade_no)
    await sim.control.settled()
    const answers = sim.control.state().deliveries.filter((d) => d.ref === i.out_trade_no).map((d) => d.answer)
    expect(answers).toEqual(Array.from({ length: 20 }, () => 204))
    expect(await counted()).toBe(1)
    const sums = await t.inside((s) => sql<{ total: number; gap: number }>`select (select coalesce(sum(amount_fen), 0)::bigint from ledger.posting where company_id = ${s.company_id}) as total,
      (select count(*) - max(no) from payment.receipt where company_id = ${s.company_id} and series like '电子收据%')::int as gap`.execute(s.db))
    expect(sums.rows[0]).toEqual({ total: 0, gap: 0 })
  })
  test('a burst of everything in one transaction: two orders of a house, replays, strange ones, one transaction number for two orders', async () => {
    const more = await t.inside((s) => seed.bill(s, n, '2026-11'))
    const a = await sent()
    const second = await me(payment.startPayment, { house_id: house_id(), channel_id, bills: [line(more)] })
    const b = await state(second.intent_id)
    const word = (i: Intent, provider_txn: string, captured_fen = i.amount_fen) => ({ channel_id, out_trade_no: i.out_trade_no, provider_txn, captured_fen, paid_at: new Date(nowMs()).toISOString() })
    const txn = `T${house_id()}`
    const words = [word(a, `${txn}-1`), word(b, `${txn}-2`), word(a, `${txn}-1`), word(a, `${txn}-9`, 1), { ...word(a, `${txn}-8`), out_trade_no: 'nowhere' }, word(b, `${txn}-1`), word(a, `${txn}-3`)]
    const done = await t.inside((s) => settleMany(s, words))
    expect(done.map((d) => d.kind)).toEqual(['settled', 'settled', 'replay', 'mismatch', 'mismatch', 'mismatch', 'settled'])
    // The second capture of order a is real money: kept for the house.
    expect([await owed(), await wallet(), await counted()]).toEqual([0, 11_820, 3])
    expect((await t.inside((s) => settleMany(s, words))).map((d) => d.kind)).toEqual(['replay', 'replay', 'replay', 'mismatch', 'mismatch', 'mismatch', 'replay'])
    expect(await counted()).toBe(3)
  })
  test('notice, query job and the payer looking, all at once', async () => {
    const i = await sent()
    sim.control.notifyFault({ kind: 'delay', ms: 20 })
    sim.control.pay(i.out_trade_no)
    later(11)
    await Promise.all([state(i.intent_id), askDue(t.app, t.company_id), lookAtChannel(t.app, t.company_id, i.intent_id), sim.control.settled()])
    await backgroundDone()
    await sim.control.settled()
    expect(await state(i.intent_id)).toMatchObject({ state: 'succeeded' })
    expect([await owed(), await counted()]).toEqual([0, 1])
  })
})

describe('when the notice never comes', () => {
  test('the query job settles', async () => {
    const i = await sent()
    sim.control.notifyFault({ kind: 'hold' })
    sim.control.pay(i.out_trade_no)
    later(11)
    expect(await askDue(t.app, t.company_id)).toBeGreaterThan(0)
    expect(await state(i.intent_id)).toMatchObject({ state: 'succeeded' })
    expect(await owed()).toBe(0)
    await sim.control.release()
    expect(await counted()).toBe(1)
  })
  test('the payer who looks settles it himself', async () => {
    const i = await sent()
    sim.control.notifyFault({ kind: 'hold' })
    sim.control.pay(i.out_trade_no)
    await state(i.intent_id)
    await backgroundDone()
    expect(await state(i.intent_id)).toMatchObject({ state: 'succeeded', payment_id: expect.any(String) })
  })
  test('a lost answer to the order is unknown, not failed; the same order is sent again', async () => {
    const { intent_id } = await start()
    sim.control.apiFault({ kind: 'answer_lost', route: 'create' })
    const lost = await me(payment.sendIntent, { intent_id })
    expect(lost).toMatchObject({ state: 'unknown', pay_url: null })
    const again = await me(payment.sendIntent, { intent_id })
    expect(again).toMatchObject({ state: 'pending', out_trade_no: lost.out_trade_no, pay_url: expect.any(String) })
  })
  test('paid while the create call has no answer yet', async () => {
    const { intent_id } = await start()
    sim.control.apiFault({ kind: 'notify_first', route: 'create' })
    await me(payment.sendIntent, { intent_id })
    await sim.control.settled()
    expect(await state(intent_id)).toMatchObject({ state: 'succeeded' })
    expect(await owed()).toBe(0)
  })
  test('an intent that was never sent is closed when its time is over', async () => {
    const { intent_id } = await start()
    later(16 * 60)
    await askDue(t.app, t.company_id)
    expect((await state(intent_id)).state).toBe('closed')
  })
})

describe('money that comes too late', () => {
  test('after expiry and close it is captured, and pays the bill that is still open', async () => {
    const i = await sent()
    later(16 * 60)
    await askDue(t.app, t.company_id)
    expect((await state(i.intent_id)).state).toBe('closed')
    sim.control.pay(i.out_trade_no, true)
    await sim.control.settled()
    expect(await state(i.intent_id)).toMatchObject({ state: 'succeeded' })
    expect(await owed()).toBe(0)
  })
  test('when the desk was quicker it becomes prepayment, to the fen', async () => {
    const i = await sent()
    await t.as('cashier')(payment.takePayment, { house_id: house_id(), lines: [{ ...line(), amount_fen: 10_000 }], tenders: [{ method: 'cash', amount_fen: 10_000 }] })
    sim.control.pay(i.out_trade_no)
    await sim.control.settled()
    expect([await owed(), await wallet()]).toEqual([0, 10_000])
    const d = await state(i.intent_id)
    expect((await t.as('finance')(payment.payment, { payment_id: d.payment_id! }))).toMatchObject({ total_fen: 11_820, applied_fen: 1_820, prepaid_fen: 10_000 })
    expect(d.receipts).toEqual([expect.objectContaining({ payment_id: d.payment_id, prepaid_fen: 10_000 })]) // and he is told
    await expectRefused(t.as('finance')(payment.askReversal, { payment_id: d.payment_id!, reason: '想冲销' }), 'payment.online_not_reversible')
  })
})

describe('who may', () => {
  test("another resident's house, bill, order and receipt do not exist", async () => {
    const i = await sent()
    const other = await t.resident(seed.houses[29]!.phone)
    await expectRefused(other(payment.myPayable, { house_id: house_id() }), 'kernel.not_found')
    await expectRefused(start({ caller: other }), 'kernel.not_found')
    for (const call of [payment.sendIntent, payment.closeIntent] as const) await expectRefused(other(call, { intent_id: i.intent_id }), 'kernel.not_found')
    await expectRefused(other(payment.paymentState, { intent_id: i.intent_id }), 'kernel.not_found')
    await expectRefused(other(payment.startPayment, { house_id: seed.houses[29]!.house_id, channel_id, bills: [line()] }), 'kernel.not_found')
    sim.control.pay(i.out_trade_no)
    await sim.control.settled()
    const { payment_id } = await state(i.intent_id)
    await expectRefused(other(payment.myReceiptPdf, { payment_id: payment_id! }), 'kernel.not_found')
    expect((await other(payment.myPayments, {})).rows.map((r) => r.payment_id)).not.toContain(payment_id)
    await expectRefused(other(payment.payments, {}), 'kernel.forbidden')
  })
  test('a new owner sees neither the arrears nor the payments of the old one', async () => {
    await t.as('cashier')(payment.takePayment, { house_id: house_id(), lines: [{ ...line(), amount_fen: 1_000 }], tenders: [{ method: 'cash', amount_fen: 1_000 }] })
    expect((await me(payment.myPayments, {})).total).toBe(1)
    const phone = '13700000002'
    later(2 * 86_400)
    await t.inside(async (s) => {
      const person_id = randomUUID()
      await s.db.updateTable('people.ownership').set({ to_on: s.today }).where('company_id', '=', s.company_id).where('house_id', '=', house_id()).execute()
      await s.db.insertInto('people.person').values({ company_id: s.company_id, person_id, name: '新业主', phone, created_at: s.now }).execute()
      await s.db.insertInto('people.ownership').values({ company_id: s.company_id, ownership_id: randomUUID(), house_id: house_id(), person_id, from_on: s.today }).execute()
      await s.db.insertInto('identity.resident_phone').values({ phone, company_id: s.company_id }).execute()
    })
    const fresh = await t.resident(phone)
    const mine = await fresh(payment.myPayable, {})
    expect(mine.houses[0]).toMatchObject({ house_id: house_id(), open_fen: 0, lines: [] })
    expect((await fresh(payment.myPayments, {})).total).toBe(0)
    await expectRefused(start({ caller: fresh }), 'kernel.not_found')
    expect((await me(payment.myPayable, {})).houses).toEqual([])
  })
  test('channels: only for who may, simulated only where allowed, never with their secrets', async () => {
    await expectRefused(t.as('cashier')(payment.setChannel, { channel_id, enabled: false }), 'kernel.forbidden')
    await expectRefused(t.as('other_admin')(payment.setChannel, { channel_id, enabled: false }), 'kernel.not_found')
    const list = await t.as('admin')(payment.channels, {})
    expect(JSON.stringify(list)).not.toContain(sim.config.api_v3_key)
    await expectRefused(t.as('admin')(payment.saveChannel, { channel_id, kind: 'wechat', name: '改', simulated: true, config: sim.config }), 'payment.channel_enabled')
    await expectRefused(t.as('admin')(payment.saveChannel, { kind: 'wechat', name: '真', simulated: false, config: { ...sim.config, notify_base: 'https://wy.example.cn' } }), 'payment.channel_config_bad')
    await expectRefused(t.as('admin')(payment.saveChannel, { kind: 'wechat', name: '坏', simulated: true, config: { ...sim.config, mch_id: '1999000002', mch_private_key_pem: 'x' } }), 'payment.channel_config_bad')
    t.app.mode = 'empty'
    try {
      expect((await me(payment.myPayable, {})).channels).toEqual([])
      await expectRefused(start(), 'payment.channel_off')
      await expectRefused(t.as('admin')(payment.setChannel, { channel_id, enabled: true }), 'payment.simulation_not_allowed')
    } finally {
      t.app.mode = 'test'
    }
    const audit = await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from kernel.audit where company_id = ${s.company_id} and (detail::text like ${`%${sim.config.api_v3_key}%`} or detail::text like '%PRIVATE KEY%')`.execute(s.db))
    expect(audit.rows[0]!.n).toBe(0)
  })
})
