// Paying a hold by phone through the simulated channel: while it is being paid nothing is taken away or given back; back it goes the way it came.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FRIDAY, NOW, hour, placeOf } from '../../../../tests/bookings_kit.ts'
import { wechatChannel, type Channels } from '../../../../tests/channels.ts'
import { expectRefused, type Caller } from '../../../../tests/harness.ts'
import { setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { payment } from '../../payment/contract.ts'
import { backgroundDone } from '../../payment/server/ask.ts'
import { rewritePayers } from '../../people/server/index.ts'
import { bookings } from '../contract.ts'

let ch: Channels
let me: Caller
let desk: Caller
let house_id: string
beforeAll(async () => {
  setClock(NOW)
  ch = await wechatChannel({ houses: 5 })
  await ch.t.inside((s) => rewritePayers(s, ch.seed.houses.slice(0, 2).map((h) => h.house_id)))
  house_id = ch.seed.houses[0]!.house_id
  me = await ch.t.resident(ch.seed.houses[0]!.phone)
  desk = ch.t.as('service')
}, 120_000)
afterAll(() => ch.stop())

test('a hold in payment outlives its time, is firm when the money is here, and goes back through the channel', { timeout: 60_000 }, async () => {
  const resource_id = await placeOf(ch.t, ch.seed.community_id, { name: '手机付', slot_fen: 1500, pay_within_min: 5, late_keep_percent: 0 })
  const { booking_id } = await me(bookings.book, { resource_id, from_at: hour(FRIDAY, 9), slot_count: 1, unit_count: 1, house_id })
  const seen = () => desk(bookings.booking, { booking_id })
  const [bill] = (await me(bookings.myBookings, {})).rows[0]!.bill_ids
  const { intent_id } = await me(payment.startPayment, { house_id, channel_id: ch.id.wechat, bills: [{ bill_id: bill!, period_on: '2026-03-01', amount_fen: 1500 }] })
  const { out_trade_no } = await me(payment.sendIntent, { intent_id })
  await expectRefused(me(bookings.cancelMine, { booking_id }), 'bookings.being_paid')
  setClock('2026-03-05T02:05:30.000Z')
  await runSchedule(ch.t.app, ch.t.app.modules.find((m) => m.name === 'bookings')!.schedules![0]!)
  expect((await seen()).state).toBe('held')
  ch.wechat.control.pay(out_trade_no)
  await ch.wechat.control.settled()
  await me(payment.paymentState, { intent_id })
  await backgroundDone()
  await ch.t.drain()
  expect(await seen()).toMatchObject({ state: 'confirmed', open_fen: 0, paid_fen: 1500 })
  await me(bookings.cancelMine, { booking_id })
  const b = await seen()
  expect(b).toMatchObject({ state: 'cancelled', refund_state: 'asked' })
  expect((await desk(payment.refunds, { page_size: 20 })).rows.find((r) => r.refund_id === b.bills[0]!.refund_id)).toMatchObject({ method: 'original', state: 'asked', amount_fen: 1500 })
  setClock(NOW)
})
