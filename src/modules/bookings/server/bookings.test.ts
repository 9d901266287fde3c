// Bookings as named people: who sees and may what, many who want one hour, limits of the rules, the desk, the door, closures.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { FRIDAY, NOW, TODAY, hour, placeOf } from '../../../../tests/bookings_kit.ts'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { Refused } from '../../../kernel/client.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { messages } from '../../messages/contract.ts'
import { bookings } from '../contract.ts'
import { sweepBookings } from './sweep.ts'

let t: TestApp
let w: TinyWorld
let zhang: Caller
let wang: Caller
let desk: Caller
const house = (label: string): string => w.houses[label]!
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
  wang = await t.resident(PHONES.王五)
  desk = t.as('service')
}, 120_000)

const at = (resource_id: string, h: number, o: { slots?: number; units?: number; day?: string } = {}) => ({ resource_id, from_at: hour(o.day ?? FRIDAY, h), slot_count: o.slots ?? 1, unit_count: o.units ?? 1 })
const deskBook = (resource_id: string, h: number, label = '1-1-102', as: Caller = desk, day = FRIDAY) => as(bookings.bookFor, { ...at(resource_id, h, { day }), house_id: house(label), contact_name: '王五', contact_phone: PHONES.王五, note: null })
/** What came of calls at once: answered, and the codes of the others. A fault is a fault. */
async function outcome(calls: readonly Promise<unknown>[]): Promise<{ answered: number; refused: string[] }> {
  const all = await Promise.allSettled(calls)
  const bad = all.flatMap((r) => (r.status === 'rejected' ? [r.reason as unknown] : []))
  for (const error of bad) if (!(error instanceof Refused)) throw error
  return { answered: all.length - bad.length, refused: bad.map((x) => (x as Refused).code) }
}
const clock = () => t.app.modules.find((m) => m.name === 'bookings')!.schedules![0]!
const proof = async () => t.inside(sweepBookings)

test('a resident finds a free hour, sees what it costs, books it, hears of it and cancels it', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '羽毛球场', slot_fen: 2000, pay_within_min: 0 })
  const { rows } = await zhang(bookings.places, { house_id: house('1-1-101') })
  expect(rows.find((r) => r.resource_id === resource_id)).toMatchObject({ name: '羽毛球场', price_text: '20.00 元/段', hours_text: '每天 08:00–22:00', can: { book: true } })
  const day = await zhang(bookings.placeDay, { resource_id, house_id: house('1-1-101'), day: FRIDAY })
  expect(day.slots.length).toBe(14)
  expect(day.slots[0]).toMatchObject({ from_at: hour(FRIDAY, 8), free_count: 1, slot_fen: 2000, why: null })
  const today = await zhang(bookings.placeDay, { resource_id, house_id: house('1-1-101') })
  expect([today.day, today.slots[0]!.why, today.slots[4]!.why, today.last_on]).toEqual(['2026-03-05', 'past', null, '2026-03-19'])
  expect(await zhang(bookings.myQuote, { ...at(resource_id, 19, { slots: 2 }), house_id: house('1-1-101') })).toMatchObject({ amount_fen: 4000, late_fen: 2000, lines: [{ text: '19:00–21:00 20.00 元 × 2 段 = 40.00 元' }] })
  const made = await zhang(bookings.book, { ...at(resource_id, 19, { slots: 2 }), house_id: house('1-1-101') })
  expect(made).toMatchObject({ state: 'confirmed', amount_fen: 4000 })
  expect(made.no).toMatch(/^CD2026-\d{6}$/)
  expect((await zhang(bookings.myBookings, {})).rows[0]).toMatchObject({ no: made.no, state: 'confirmed', open_fen: 4000, can: { cancel: true } })
  expect((await zhang(messages.inbox, { page: 1 })).rows[0]).toMatchObject({ title: '羽毛球场预约:2026-03-06 19:00', link: '/bookings/mine' })
  await expectRefused(wang(bookings.book, { ...at(resource_id, 20), house_id: house('1-1-102') }), 'bookings.taken')
  // Of another household nothing is seen or done.
  await expectRefused(wang(bookings.cancelMine, { booking_id: made.booking_id }), 'kernel.not_found')
  await expectRefused(wang(bookings.book, { ...at(resource_id, 9), house_id: house('1-1-101') }), 'kernel.not_found')
  expect(await zhang(bookings.cancelMine, { booking_id: made.booking_id })).toMatchObject({ state: 'cancelled' })
  await wang(bookings.book, { ...at(resource_id, 20), house_id: house('1-1-102') })
  const seen = await desk(bookings.booking, { booking_id: made.booking_id })
  expect(seen.steps.map((s) => s.kind)).toEqual(['booked', 'cancelled'])
  expect(seen.bills.every((b) => b.voided)).toBe(true)
  expect(await proof()).toMatchObject([{ ok: true }])
})

test('what the rules do not allow is refused with the reason', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '规则场', who: ['owner'], live_max: 1, max_slots: 2, ahead_days: 3 })
  const book = (o: Partial<ReturnType<typeof at>>, as: Caller = zhang, label = '1-1-101') => as(bookings.book, { ...at(resource_id, 9), house_id: house(label), ...o })
  const li = await t.resident(PHONES.李四)
  expect((await expectRefused(book({}, li), 'bookings.not_you')).message).toContain('业主')
  await expectRefused(book({ from_at: hour(FRIDAY, 9.5) }), 'bookings.not_a_slot')
  await expectRefused(book({ from_at: hour(FRIDAY, 7) }), 'bookings.not_a_slot')
  await expectRefused(book({ slot_count: 3 }), 'bookings.length')
  await expectRefused(book({ from_at: hour(FRIDAY, 21), slot_count: 2 }), 'bookings.length')
  await expectRefused(book({ unit_count: 2 }), 'bookings.units')
  await expectRefused(book({ from_at: hour('2026-03-05', 8) }), 'bookings.past')
  await expectRefused(book({ from_at: hour('2026-03-09', 9) }), 'bookings.too_far')
  await expectRefused(book({ from_at: hour('2026-03-04', 9) }), 'bookings.no_rule')
  await book({})
  await expectRefused(book({ from_at: hour(FRIDAY, 12) }), 'bookings.limit')
  // Rules are dated: what is booked stays as it was agreed, a later day has its own hours.
  await t.as('admin')(bookings.publishRule, { resource_id, from_on: '2026-03-07', hours: [{ days: [6], from: '09:00', to: '10:00' }], slot_min: 60, min_slots: 1, max_slots: 1, max_units: 1, ahead_days: 3, live_max: 5, cancel_hours: 0, late_keep_percent: 0, approval: false, who: ['owner'], pay_within_min: 0, remind_hours: 0, basis: '周末' })
  expect((await desk(bookings.day, { resource_id, day: '2026-03-07' })).slots.length).toBe(1)
  expect((await desk(bookings.day, { resource_id, day: FRIDAY })).slots.length).toBe(14)
  expect((await desk(bookings.rules, { resource_id })).rows.map((r) => r.state)).toEqual(['future', 'now'])
  await expectRefused(t.as('admin')(bookings.publishPrice, { resource_id, from_on: '2026-03-04', slot_fen: 100, bands: [], basis: '旧' }), 'bookings.from_past')
  await expectRefused(desk(bookings.publishPrice, { resource_id, from_on: '2026-03-06', slot_fen: 100, bands: [], basis: '无权' }), 'kernel.forbidden')
})

test('sixteen at once for one hour of a court: one has it, fifteen are told', { timeout: 60_000 }, async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '抢场', live_max: 100 })
  const r = await outcome(Array.from({ length: 16 }, (_, i) => (i % 2 ? deskBook(resource_id, 10) : zhang(bookings.book, { ...at(resource_id, 10), house_id: house('1-1-101') }))))
  expect(r).toEqual({ answered: 1, refused: Array.from({ length: 15 }, () => 'bookings.taken') })
  expect((await desk(bookings.bookings, { resource_id, state: 'confirmed' })).total).toBe(1)
  expect(await proof()).toMatchObject([{ ok: true }])
})

test('fifty at once for ten seats: ten have one, each another', { timeout: 60_000 }, async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '自习室', unit_count: 10, live_max: 100 })
  const r = await outcome(Array.from({ length: 50 }, () => deskBook(resource_id, 14)))
  expect([r.answered, new Set(r.refused)]).toEqual([10, new Set(['bookings.taken'])])
  const { rows } = await desk(bookings.bookings, { resource_id, page_size: 100 })
  expect(rows.flatMap((b) => b.unit_nos).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(await proof()).toMatchObject([{ ok: true }])
})

test('the database itself refuses a unit twice at one time, and a unit that the place does not have', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '数据库场', unit_count: 2, live_max: 9 })
  const { booking_id } = await deskBook(resource_id, 10)
  const put = (unit_no: number, from: number, live = true) =>
    t.inside((s) => sql`insert into bookings.booking_unit (company_id, booking_id, resource_id, unit_no, from_at, to_at, live) values (${s.company_id}, ${booking_id}, ${resource_id}, ${unit_no}, ${hour(FRIDAY, from)}, ${hour(FRIDAY, from + 1)}, ${live}) on conflict (company_id, booking_id, unit_no) do nothing`.execute(s.db)).then(() => 'taken', (e: { constraint?: string }) => e.constraint)
  const twin = await deskBook(resource_id, 12)
  const late = (from: number) => t.inside((s) => sql`update bookings.booking_unit set from_at = ${hour(FRIDAY, from)} where company_id = ${s.company_id} and booking_id = ${twin.booking_id}`.execute(s.db)).then(() => 'moved', (e: { constraint?: string }) => e.constraint)
  expect(await late(10.5)).toBe('booking_unit_once')
  expect(await late(11)).toBe('moved')
  // Moved off its own booking: the proof of the night sees it.
  expect(await proof()).toMatchObject([{ ok: false, broken_count: 1 }])
  await late(12)
  expect(await put(3, 15)).toBe('booking_unit_company_id_resource_id_unit_no_fkey')
})

test('the desk: approval, moving, the door, who did not come; each told and kept', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '议事厅', approval: true, slot_fen: 5000 })
  const a = await zhang(bookings.book, { ...at(resource_id, 11, { day: TODAY }), house_id: house('1-1-101') })
  expect(a.state).toBe('asked')
  await expectRefused(desk(bookings.decideBooking, { booking_id: a.booking_id, agree: false }), 'bookings.reason_needed')
  // Nothing is billed before the yes.
  expect((await desk(bookings.booking, { booking_id: a.booking_id })).bills).toEqual([])
  expect(await desk(bookings.decideBooking, { booking_id: a.booking_id, agree: true })).toMatchObject({ state: 'confirmed' })
  await expectRefused(desk(bookings.decideBooking, { booking_id: a.booking_id, agree: true }), 'bookings.wrong_state')
  const moved = await desk(bookings.moveBooking, { booking_id: a.booking_id, from_at: hour(TODAY, 12), slot_count: 2, unit_count: 1, reason: '会议延长' })
  expect(moved.amount_fen).toBe(10_000)
  const seen = await desk(bookings.booking, { booking_id: a.booking_id })
  expect([seen.open_fen, seen.bills.filter((b) => !b.voided).map((b) => b.amount_fen)]).toEqual([10_000, [5000, 5000]])
  // To the desk approval is its own: what it books stands.
  const b = await deskBook(resource_id, 11, '1-1-102', desk, TODAY)
  expect(b.state).toBe('confirmed')
  const guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  await expectRefused(guard(bookings.checkIn, { booking_id: a.booking_id }), 'bookings.too_early')
  await expectRefused(desk(bookings.noShow, { booking_id: b.booking_id }), 'bookings.too_early')
  setClock(hour(TODAY, 11.75))
  const { rows } = await guard(bookings.findBooking, { q: seen.code })
  expect(rows).toMatchObject([{ no: a.no, house_label: '1-1-101', can: { check_in: true } }])
  expect((await guard(bookings.findBooking, {})).rows.map((r) => r.no)).toEqual(expect.arrayContaining([a.no, b.no]))
  await guard(bookings.checkIn, { booking_id: a.booking_id })
  await expectRefused(guard(bookings.checkIn, { booking_id: a.booking_id }), 'bookings.wrong_state')
  setClock(hour(TODAY, 11.8))
  await desk(bookings.noShow, { booking_id: b.booking_id, reason: '电话无人接' })
  // Given back: somebody else may come in at once.
  expect((await desk(bookings.day, { resource_id, day: TODAY })).slots.find((s) => s.from_at === hour(TODAY, 11))!.free_count).toBe(1)
  const board = await desk(bookings.board, { community_id: w.community_id, day: TODAY })
  expect(board.rows.find((r) => r.resource_id === resource_id)!.bookings.map((x) => [x.house_label, x.state])).toEqual([['1-1-102', 'no_show'], ['1-1-101', 'used']])
  setClock(NOW)
  expect(await proof()).toMatchObject([{ ok: true }])
})

test('a place is closed with its reason; what stood in it is cancelled with its money, or the closing is refused', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '维修场', slot_fen: 1000 })
  const b = await deskBook(resource_id, 10)
  const close = { resource_id, from_at: hour(FRIDAY, 9), to_at: hour(FRIDAY, 12), reason: '地胶维修', cancel: false }
  expect((await expectRefused(desk(bookings.closePlace, close), 'bookings.closure_booked')).message).toContain(b.no)
  const { closure_id, cancelled_count } = await desk(bookings.closePlace, { ...close, cancel: true })
  expect(cancelled_count).toBe(1)
  expect((await wang(messages.inbox, { page: 1 })).rows[0]!.body).toContain('场地停用,预约已取消,地胶维修')
  await expectRefused(deskBook(resource_id, 10), 'bookings.closed')
  await expectRefused(desk(bookings.closePlace, close), 'bookings.closed_already')
  const slot = (await zhang(bookings.placeDay, { resource_id, house_id: house('1-1-101'), day: FRIDAY })).slots.find((s) => s.from_at === hour(FRIDAY, 10))!
  expect([slot.why, slot.reason]).toEqual(['closed', '地胶维修'])
  expect((await desk(bookings.closures, { resource_id })).rows[0]).toMatchObject({ state: 'future', can: { lift: true } })
  await desk(bookings.openPlace, { closure_id, reason: '提前完工' })
  await expectRefused(desk(bookings.openPlace, { closure_id, reason: '再来一次' }), 'bookings.closure_over')
  await deskBook(resource_id, 10)
  await expectRefused(t.as('admin')(bookings.saveResource, { resource_id, community_id: w.community_id, name: '维修场', kind: 'court', place: '会所', unit_word: '片', unit_count: 1, belongs_to: 'company', note: null, sort_no: 1, retired: true }), 'bookings.still_booked')
})

test('fewer units only where none of them is booked; a name once', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '棋牌室', unit_count: 3, live_max: 9 })
  const save = (o: object) => t.as('admin')(bookings.saveResource, { resource_id, community_id: w.community_id, name: '棋牌室', kind: 'seat', place: '会所', unit_word: '桌', unit_count: 3, belongs_to: 'company', note: null, sort_no: 1, retired: false, ...o })
  for (let i = 0; i < 3; i++) await deskBook(resource_id, 10)
  await expectRefused(save({ unit_count: 2 }), 'bookings.units_used')
  await save({ unit_count: 4 })
  await deskBook(resource_id, 10)
  await expectRefused(deskBook(resource_id, 10), 'bookings.taken')
  await expectRefused(save({ name: '羽毛球场' }), 'bookings.name_taken')
})

test('rows by reach: another community is not there; without the right nothing is', async () => {
  const resource_id = await placeOf(t, w.community_id, { name: '范围场' })
  const { booking_id } = await deskBook(resource_id, 10)
  const elsewhere = await t.hire('service', { scope_kind: 'community', scope_ids: ['01900000-0000-7000-8000-000000000009'] })
  await expectRefused(elsewhere(bookings.booking, { booking_id }), 'kernel.not_found')
  await expectRefused(elsewhere(bookings.cancelBooking, { booking_id, reason: '不归我管', free: true }), 'kernel.not_found')
  expect((await elsewhere(bookings.resources, {})).rows).toEqual([])
  // Who is responsible for a building sees that the hour is taken, and by whom only where the house is his.
  const steward = await t.hire('steward', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
  expect((await steward(bookings.board, { day: FRIDAY })).rows.find((r) => r.resource_id === resource_id)!.bookings).toMatchObject([{ house_label: '—', contact_name: '' }])
  await expectRefused(t.as('repairer')(bookings.bookings, {}), 'kernel.forbidden')
})

test('the clock: nobody decided, and who wants to be reminded is, once', async () => {
  const asked = await placeOf(t, w.community_id, { name: '待审场', approval: true })
  const soon = await placeOf(t, w.community_id, { name: '提醒场', remind_hours: 2 })
  const a = await zhang(bookings.book, { ...at(asked, 11, { day: TODAY }), house_id: house('1-1-101') })
  const b = await zhang(bookings.book, { ...at(soon, 13, { day: TODAY }), house_id: house('1-1-101') })
  const about = async () => (await zhang(messages.inbox, { page: 1, page_size: 50 })).rows.filter((m) => m.body.includes(b.no) && m.title.includes('开始')).length
  await runSchedule(t.app, clock())
  expect(await about()).toBe(0)
  setClock(hour(TODAY, 11.1))
  await runSchedule(t.app, clock())
  await runSchedule(t.app, clock())
  expect(await about()).toBe(1)
  expect(await desk(bookings.booking, { booking_id: a.booking_id })).toMatchObject({ state: 'refused', ended_reason: '到开始时间没有审核' })
  setClock(NOW)
})

test('a contact phone is deleted when the days of its rule are over, and not before', async () => {
  setClock(NOW)
  const resource_id = await placeOf(t, w.community_id, { name: '短留场', keep_phone_days: 30 })
  const { booking_id } = await desk(bookings.bookFor, { resource_id, from_at: hour(FRIDAY, 20), slot_count: 1, unit_count: 1, house_id: w.houses['1-1-201']!, contact_name: '孙七', contact_phone: PHONES.孙七, note: null })
  const forget = () => runSchedule(t.app, t.app.modules.find((m) => m.name === 'bookings')!.schedules!.find((x) => x.name === 'bookings.forget')!)
  const phone = async () => (await t.inside((s) => sql<{ contact_phone: string | null; contact_name: string }>`select contact_phone, contact_name from bookings.booking where company_id = ${s.company_id} and booking_id = ${booking_id}`.execute(s.db))).rows[0]
  setClock('2026-04-05T12:59:00.000Z')
  await forget()
  expect(await phone()).toEqual({ contact_phone: PHONES.孙七, contact_name: '孙七' })
  setClock('2026-04-05T13:01:00.000Z')
  await forget()
  expect(await phone()).toEqual({ contact_phone: null, contact_name: '孙七' })
  setClock(NOW)
})
