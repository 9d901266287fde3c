// The channels' daily bills against the simulated gateway: fetched once, believed when they add up, seen beside our own payments.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { wechatChannel, type Channels } from '../../../../tests/channels.ts'
import { expectRefused, type TestApp } from '../../../../tests/harness.ts'
import type { Seed } from '../../../../tests/seed_money.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { Sim } from '../../../world/outside/wechat_sim/index.ts'
import { payment } from '../contract.ts'
import { fetchBills } from './channel_bills.ts'

let t: TestApp
let seed: Seed
let sim: Sim
let stop: Channels['stop']
let channel_id = ''
const paid: string[] = []

beforeAll(async () => {
  setClock('2026-11-20T03:00:00Z')
  const c = await wechatChannel({ houses: 4, wechat: { refund_ms: null } })
  ;({ t, seed, stop } = c)
  sim = c.wechat
  channel_id = c.id.wechat
  for (const i of [0, 1, 2]) {
    const me = await t.resident(seed.houses[i]!.phone)
    const bill = await t.inside((s) => seed.bill(s, i, '2026-10'))
    const { intent_id } = await me(payment.startPayment, { house_id: seed.houses[i]!.house_id, channel_id, bills: [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen: bill.amount_fen }] })
    const { out_trade_no } = await me(payment.sendIntent, { intent_id })
    sim.control.pay(out_trade_no)
    await sim.control.settled()
    paid.push(out_trade_no)
  }
}, 120_000)
afterEach(() => sim.control.clear())
afterAll(() => stop())

/** Moves the clock; sessions do not run out over the days. */
const at = async (iso: string): Promise<void> => {
  setClock(iso)
  await t.app.d.pool.query(`update identity.session set seen_at = $1, expires_at = 'infinity'`, [iso])
}
const bills = (o: { kind?: 'trade' | 'fund'; from_on?: string; to_on?: string } = {}) => t.as('finance')(payment.channelBills, { page_size: 50, ...o })
const day = { kind: 'trade' as const, from_on: '2026-11-20', to_on: '2026-11-20' }

describe('the daily bill', () => {
  test('waits until it is ready and says why', async () => {
    await fetchBills(t.app, t.company_id)
    expect((await bills()).total).toBe(0)
    await at('2026-11-21T01:00:00Z')
    await fetchBills(t.app, t.company_id)
    expect((await bills()).rows.map((b) => [b.kind, b.state, b.tries])).toEqual([['trade', 'waiting', 0], ['fund', 'waiting', 0]])
  })
  test('a file whose totals are wrong is not taken; the next try brings the true one, once', async () => {
    await at('2026-11-21T02:20:00Z')
    sim.control.billFault('totals')
    await fetchBills(t.app, t.company_id)
    const [bad] = (await bills(day)).rows
    expect(bad).toMatchObject({ state: 'waiting', tries: 1, line_count: 0, failure: expect.stringContaining('订单总金额') })
    sim.control.clear()
    await at('2026-11-21T02:40:00Z')
    expect(await fetchBills(t.app, t.company_id)).toBe(1)
    expect(await fetchBills(t.app, t.company_id)).toBe(0)
    const [good] = (await bills(day)).rows
    expect(good).toMatchObject({ state: 'fetched', line_count: 3, in_count: 3, in_fen: 35_460, out_fen: 0, fee_fen: 213, failure: null })
    const lines = await t.as('finance')(payment.channelBillLines, { channel_bill_id: good!.channel_bill_id })
    expect(lines.rows.map((l) => l.out_trade_no)).toEqual(paid)
    expect(lines.rows.every((l) => l.receipt_no?.startsWith('DZ'))).toBe(true)
    expect([lines.amount_fen_sum, lines.fee_fen_sum]).toEqual([35_460, 213])
    await expectRefused(t.as('finance')(payment.fetchChannelBill, { channel_bill_id: good!.channel_bill_id }), 'payment.bill_fetched')
    const file = (await t.as('finance')(payment.channelBillExcel, { channel_bill_id: good!.channel_bill_id })) as unknown as { body: Buffer }
    expect(file.body.subarray(0, 2).toString()).toBe('PK')
  })
  test('a line that is not ours is found by the filter', async () => {
    const [fund] = (await bills({ ...day, kind: 'fund' })).rows
    expect(fund).toMatchObject({ state: 'fetched', line_count: 6 })
    const without = await t.as('finance')(payment.channelBillLines, { channel_bill_id: fund!.channel_bill_id, ours: 'without' })
    expect(without.total).toBe(0)
  })
  test('a day without trade is none from noon on, and may be asked for by hand', async () => {
    await at('2026-11-22T02:30:00Z')
    await fetchBills(t.app, t.company_id)
    const empty = { kind: 'trade' as const, from_on: '2026-11-21', to_on: '2026-11-21' }
    expect((await bills(empty)).rows[0]).toMatchObject({ state: 'waiting', failure: '渠道当日没有账单' })
    await at('2026-11-22T04:30:00Z')
    await fetchBills(t.app, t.company_id)
    const none = (await bills(empty)).rows[0]!
    expect(none.state).toBe('none')
    expect(await t.as('finance')(payment.fetchChannelBill, { channel_bill_id: none.channel_bill_id })).toEqual({ state: 'waiting' })
    await t.drain()
    expect((await bills(empty)).rows[0]).toMatchObject({ state: 'none', tries: none.tries + 1 })
  })
  test('two workers at once fetch it once', async () => {
    await at('2026-11-23T04:30:00Z')
    await Promise.all([fetchBills(t.app, t.company_id), fetchBills(t.app, t.company_id)])
    expect((await bills({ from_on: '2026-11-22', to_on: '2026-11-22' })).rows.map((b) => [b.state, b.tries])).toEqual([['none', 1], ['none', 1]])
  })
  test('only those who see the whole company see it', async () => {
    const steward = await t.hire('finance', { scope_kind: 'community', scope_ids: [seed.community_id] })
    await expectRefused(steward(payment.channelBills, {}), 'kernel.not_found')
    await expectRefused(t.as('other_admin')(payment.channelBill, { channel_bill_id: (await bills(day)).rows[0]!.channel_bill_id }), 'kernel.not_found')
  })
})
