// Money of bookings: the fee as a bill with its computation, holds that are paid or not, what is given back and how, in the right purse; the books agree at the end.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { FRIDAY, NOW, TODAY, hour, placeOf } from '../../../../tests/bookings_kit.ts'
import { everyProof } from '../../../../tests/proofs/seed.ts'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { billing } from '../../billing/contract.ts'
import { payment } from '../../payment/contract.ts'
import { system } from '../../system/contract.ts'
import { bookings, type BookingDetail } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let zhang: Caller
let desk: Caller
let house_id: string
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
  desk = t.as('service')
  house_id = w.houses['1-1-101']!
}, 120_000)

const clock = () => runSchedule(t.app, t.app.modules.find((m) => m.name === 'bookings')!.schedules![0]!)
const book = async (resource_id: string, h: number, slots = 1, day = FRIDAY): Promise<BookingDetail> => {
  const { booking_id } = await zhang(bookings.book, { resource_id, from_at: hour(day, h), slot_count: slots, unit_count: 1, house_id })
  return desk(bookings.booking, { booking_id })
}
const seen = (b: BookingDetail): Promise<BookingDetail> => desk(bookings.booking, { booking_id: b.booking_id })
const billOf = async (bill_id: string) => (await t.as('finance')(billing.bill, { bill_id }))
async function pay(b: BookingDetail, o: { fen?: number; method?: 'cash' | 'wallet' | 'other' } = {}): Promise<string> {
  let left = o.fen ?? b.open_fen
  const lines = []
  for (const x of b.bills.filter((y) => !y.voided && y.open_fen > 0)) {
    const amount_fen = Math.min(left, x.open_fen)
    left -= amount_fen
    if (amount_fen > 0) lines.push({ bill_id: x.bill_id, period_on: '2026-03-01', amount_fen })
  }
  const total = lines.reduce((n, l) => n + l.amount_fen, 0)
  const { payment_id } = await t.as('cashier')(payment.takePayment, { house_id, lines, tenders: [{ method: o.method ?? 'other', amount_fen: total }] })
  await t.drain()
  return payment_id
}
async function decide(kind: string, decision: 'agree' | 'refuse'): Promise<void> {
  const { rows } = await t.as('finance')(system.approvals, { box: 'todo', kind, page_size: 50 })
  for (const a of rows) await t.as('finance')(system.decideApproval, { approval_id: a.approval_id, step_no: 1, decision, note: '核对无误' })
  await t.drain()
}
const income = async (code: string, book: string): Promise<number> => t.inside(async (s) => (await sql<{ fen: number }>`select coalesce(-sum(amount_fen), 0)::bigint as fen from ledger.posting where company_id = ${s.company_id} and account_code = ${code} and book = ${book}`.execute(s.db)).rows[0]!.fen)

test('the fee is one bill of the house, explained, paid like any other, in the purse that the place says', async () => {
  const common = await placeOf(t, w.community_id, { name: '公共球场', slot_fen: 2000, late_keep_percent: 0, live_max: 9 })
  const own = await placeOf(t, w.community_id, { name: '公司会议室', slot_fen: 3000, late_keep_percent: 100, belongs_to: 'company', live_max: 9 })
  const a = await book(common, 9, 2)
  const b = await book(own, 9)
  expect([a.bills.map((x) => x.part), b.bills.map((x) => x.part)]).toEqual([['fee'], ['kept']])
  const bill = await billOf(a.bills[0]!.bill_id)
  expect(bill).toMatchObject({ amount_fen: 4000, fee_item_name: '场地使用费' })
  expect(JSON.stringify(bill)).toContain('09:00–11:00 20.00 元 × 2 段 = 40.00 元')
  // 张三 owns, 李四 rents and pays for use: who booked it pays it where he pays anything there.
  expect(JSON.stringify(bill)).toContain('张三')
  expect(await income('600103', 'public_income')).toBe(4000)
  expect(await income('6051', 'company')).toBe(3000)
  await pay(a)
  expect(await seen(a)).toMatchObject({ open_fen: 0, paid_fen: 4000, state: 'confirmed' })
})

test('a hold is free again when nobody paid in time, and firm when somebody did', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '先付场', slot_fen: 1500, pay_within_min: 15, live_max: 9, late_keep_percent: 0 })
  const [a, b, c] = [await book(resource_id, 9), await book(resource_id, 10), await book(resource_id, 11)]
  expect(a).toMatchObject({ state: 'held', hold_until: '2026-03-05T02:15:00.000Z' })
  await pay(b)
  expect((await seen(b)).state).toBe('confirmed')
  await pay(c, { fen: 500 })
  setClock('2026-03-05T02:14:00.000Z')
  await clock()
  expect((await seen(a)).state).toBe('held')
  setClock('2026-03-05T02:16:00.000Z')
  await clock()
  expect(await seen(a)).toMatchObject({ state: 'expired', open_fen: 0, bills: [{ voided: true }] })
  expect(await seen(b)).toMatchObject({ state: 'confirmed', paid_fen: 1500 })
  // Some of it was paid: the place stays theirs, and the rest is owed.
  expect(await seen(c)).toMatchObject({ state: 'confirmed', open_fen: 1000 })
  expect((await desk(bookings.day, { resource_id, day: FRIDAY })).slots.find((s) => s.from_at === hour(FRIDAY, 9))!.free_count).toBe(1)
  await expectRefused(desk(bookings.cancelBooking, { booking_id: c.booking_id, reason: '业户要求', free: true }), 'bookings.partly_paid')
  setClock(NOW)
})

test('a hold whose bill cannot be taken back keeps none of the others', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '两人场', slot_fen: 1500, pay_within_min: 15, live_max: 9, late_keep_percent: 0 })
  const [stuck, plain] = [await book(resource_id, 9), await book(resource_id, 10)]
  // Its line is taken by a split: billing refuses to void it.
  await t.inside((s) => s.client.query(`set local role none; set local session_replication_role = replica; insert into billing.rework_bill (company_id, rework_id, bill_id, period_on, side, house_id, fee_item_id, from_on, to_on, amount_fen) values (${s.company_id}, gen_random_uuid(), '${stuck.bills[0]!.bill_id}', '2026-03-01', 'to', gen_random_uuid(), gen_random_uuid(), '2026-03-01', '2026-03-02', 1500)`))
  setClock('2026-03-05T02:16:00.000Z')
  await clock()
  expect([(await seen(stuck)).state, (await seen(plain)).state]).toEqual(['held', 'expired'])
  await t.inside((s) => s.client.query(`set local role none; delete from billing.rework_bill where bill_id = '${stuck.bills[0]!.bill_id}'`))
  await clock()
  expect((await seen(stuck)).state).toBe('expired')
  setClock(NOW)
})

test('given back in time nothing stays; too late half of it does, and unpaid bills are void', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '半价场', slot_fen: 1001, late_keep_percent: 50, cancel_hours: 12, live_max: 9 })
  const [a, b] = [await book(resource_id, 9), await book(resource_id, 20, 1, TODAY)]
  expect(a.bills.map((x) => [x.part, x.amount_fen]).sort()).toEqual([['fee', 500], ['kept', 501]])
  expect(a.free_until).toBe(hour('2026-03-05', 21))
  await zhang(bookings.cancelMine, { booking_id: a.booking_id })
  expect((await seen(a)).bills.every((x) => x.voided)).toBe(true)
  // 20:00 less twelve hours was eight this morning.
  await zhang(bookings.cancelMine, { booking_id: b.booking_id })
  const late = await seen(b)
  expect(late.bills.map((x) => [x.part, x.voided]).sort()).toEqual([['fee', true], ['kept', false]])
  expect([late.open_fen, late.steps.at(-1)!.text]).toEqual([501, '业户自行取消;账单作废 5.00 元,逾时取消费 5.01 元'])
})

test('what was paid is asked back, decided by another, and then the bill is void', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '退款场', slot_fen: 2000, late_keep_percent: 50, live_max: 9 })
  const [a, b] = [await book(resource_id, 9), await book(resource_id, 10)]
  await pay(a)
  await pay(b)
  const before = await income('600103', 'public_income')
  await zhang(bookings.cancelMine, { booking_id: a.booking_id })
  expect(await seen(a)).toMatchObject({ state: 'cancelled', refund_state: 'asked', paid_fen: 2000 })
  expect((await desk(bookings.bookings, { refund: true })).rows.map((r) => r.no)).toContain(a.no)
  await decide('payment.refund', 'agree')
  const agreed = await seen(a)
  expect(agreed.bills.every((x) => x.voided)).toBe(true)
  expect(await income('600103', 'public_income')).toBe(before - 2000)
  await t.as('cashier')(payment.payRefund, { refund_id: agreed.bills[0]!.refund_id! })
  await t.drain()
  expect((await seen(a)).refund_state).toBe('done')
  // Refused: the money is where it was, and the row says so.
  await desk(bookings.cancelBooking, { booking_id: b.booking_id, reason: '业户来电', free: true })
  await decide('payment.refund', 'refuse')
  expect(await seen(b)).toMatchObject({ refund_state: 'refused', paid_fen: 2000 })
})

test('paid from prepayment: the desk takes the receipt back, and the bill is void by itself', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '预存场', slot_fen: 2000, late_keep_percent: 0, live_max: 9 })
  await t.as('cashier')(payment.takePayment, { house_id, prepay_fen: 2000, tenders: [{ method: 'other', amount_fen: 2000 }] })
  const a = await book(resource_id, 9)
  const payment_id = await pay(a, { method: 'wallet' })
  await zhang(bookings.cancelMine, { booking_id: a.booking_id })
  expect(await seen(a)).toMatchObject({ state: 'cancelled', refund_state: 'by_hand' })
  const { reversal_id } = await t.as('cashier')(payment.askReversal, { payment_id, reason: '预约取消' })
  await t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' })
  await t.drain()
  expect(await seen(a)).toMatchObject({ refund_state: 'done', bills: [{ voided: true }] })
})

test('moved to an hour of another price: billed anew while unpaid, refused once paid', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '改期场', slot_fen: 2000, late_keep_percent: 0, live_max: 9 })
  const a = await book(resource_id, 9)
  const to = (h: number, slots: number) => ({ booking_id: a.booking_id, from_at: hour(FRIDAY, h), slot_count: slots, unit_count: 1, reason: '业户来电' })
  expect(await desk(bookings.moveBooking, to(10, 2))).toMatchObject({ amount_fen: 4000, state: 'confirmed' })
  await pay(await seen(a))
  await expectRefused(desk(bookings.moveBooking, to(12, 1)), 'bookings.move_price')
  expect(await desk(bookings.moveBooking, to(11, 2))).toMatchObject({ amount_fen: 4000 })
  expect(await seen(a)).toMatchObject({ from_at: hour(FRIDAY, 11), paid_fen: 4000, open_fen: 0 })
})

test('a household in arrears books like any other; at the end the books agree', { timeout: 120_000 }, async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '人人场', slot_fen: 2000, live_max: 9 })
  await t.as('admin')(bookings.publishPrice, { resource_id, from_on: '2026-03-06', slot_fen: 4000, bands: [], basis: '调价' })
  const debt = await book(resource_id, 9)
  setClock('2026-03-05T02:30:00.000Z')
  await t.inside((s) => s.client.query(`set local role none; update billing.bill set due_on = '2026-03-01', issued_on = '2026-02-20' where bill_id = '${debt.bills[0]!.bill_id}'`))
  expect((await t.as('finance')(billing.bills, { house_id, state: 'overdue', page_size: 20 })).total).toBe(1)
  expect((await zhang(bookings.book, { resource_id, from_at: hour(FRIDAY, 10), slot_count: 1, unit_count: 1, house_id })).state).toBe('confirmed')
  await t.inside((s) => s.client.query(`set local role none; update billing.bill set due_on = '2026-03-12', issued_on = '2026-03-05' where bill_id = '${debt.bills[0]!.bill_id}'`))
  setClock(NOW)
  expect(await everyProof(t)).toEqual([])
})
