// Money of stays: at the booth into the shift, by phone through the simulated channel, unpaid as debt of the plate, passes and coupons.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { wechatChannel, type Channels } from '../../../../tests/channels.ts'
import { expectRefused, type Caller, type TestApp } from '../../../../tests/harness.ts'
import type { Seed } from '../../../../tests/seed_money.ts'
import { addDays, nowMs, today } from '../../../kernel/clock.ts'
import type { Sim } from '../../../world/outside/wechat_sim/index.ts'
import { PlateCamera } from '../../../world/outside/plate_camera.ts'
import { payment } from '../../payment/contract.ts'
import { backgroundDone } from '../../payment/server/ask.ts'
import { people } from '../../people/contract.ts'
import { rewritePayers } from '../../people/server/index.ts'
import { tariff } from '../../tariff/contract.ts'
import { parking } from '../contract.ts'
import { takePush } from './push.ts'
import { tokenOf } from './tokens.ts'

let t: TestApp
let seed: Seed
let sim: Sim
let stop: Channels['stop']
let channel_id: string
let admin: Caller
let guard: Caller
let lot_id: string
let at: string
let cam: Record<'in' | 'out', PlateCamera>
let n = 0

beforeAll(async () => {
  const c = await wechatChannel()
  ;({ t, seed, stop } = c)
  sim = c.wechat
  channel_id = c.id.wechat
  admin = t.as('admin')
  await t.inside((s) => rewritePayers(s, seed.houses.slice(0, 5).map((h) => h.house_id)))
  guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [seed.community_id] })
  const { tariff_id } = await admin(tariff.saveTariff, { community_id: seed.community_id, name: '临停', meter_kind: null, version_change: 'by_days', note: null })
  const { hash } = await admin(tariff.saveDraft, { tariff_id, from_on: '2020-01-01', basis: '公示', spec: { shape: 'parking', free: [{ minutes: 30, rule: 'lost' }], unit_minutes: 60, unit_price: '2', caps: [{ per: '24h', amount: '20' }], exit_grace_minutes: 15 } })
  await t.as('finance')(tariff.publishDraft, { tariff_id, hash })
  ;({ lot_id } = await admin(parking.saveLot, { building_id: seed.building_id, name: '地库', belongs_to: 'public_income', retired: false }))
  await admin(parking.publishRule, { lot_id, from_on: today(), capacity: 50, reserved: 0, tariff_id, closed: [], visitors_when_closed: true, full_stop: true, overflow: 'temporary', refused_kinds: [], window_s: 30, no_entry_fen: 2000, lost_card_fen: 1000, remind_days: 7, keep_days: 180, note: null })
  cam = {} as typeof cam
  for (const d of ['in', 'out'] as const) {
    const { lane_id } = await admin(parking.saveLane, { lot_id, name: d, direction: d, zone_id: null, fail_mode: 'closed', retired: false })
    const { camera_id } = await admin(parking.saveCamera, { lane_id, name: '相机', direction: d, serial_no: null, retired: false })
    const ref = (await admin(parking.cameraAddress, { camera_id })).path.replace('/gate/plate/', '')
    cam[d] = new PlateCamera({ serial_no: 'a-b', nowMs, send: (type, body) => takePush(t.app, ref, type, body) })
  }
  at = `${t.company_id}.${(await admin(parking.booth, { lot_id })).code}`
}, 120_000)
afterAll(() => stop())
let plate: string
beforeEach(() => { plate = `陕C${60_000 + ++n * 111}` })

/** In, and made to have come in so long ago. */
async function inside(minutes: number, p = plate): Promise<string> {
  expect(await cam.in.see({ plate: p })).toBe(true)
  const stay_id = (await guard(parking.stays, { lot_id, q: p, state: 'in' })).rows[0]!.stay_id
  await t.inside((s) => sql`update parking.stay set entered_at = ${s.now}::timestamptz - make_interval(secs => ${minutes * 60 - 5}) where company_id = ${s.company_id} and stay_id = ${stay_id}`.execute(s.db))
  return stay_id
}
const held = async () => (await guard(parking.booth, { lot_id })).lanes.find((l) => l.direction === 'out')!.waiting.at(-1)!
const stay = (stay_id: string) => guard(parking.stay, { stay_id })

describe('at the booth', () => {
  test('cash goes into the shift, the receipt names the plate, the car then drives out by itself', async () => {
    const cashier = await t.hire('cashier', { scope_kind: 'community', scope_ids: [seed.community_id] })
    const { shift_id } = await cashier(payment.openShift, { community_id: seed.community_id, float_fen: 0 })
    const stay_id = await inside(90)
    await cam.out.see({ plate })
    await expectRefused(cashier(parking.collect, { stay_id, method: 'cash', amount_fen: 300 }), 'parking.due_changed')
    const paid = await cashier(parking.collect, { stay_id, method: 'cash', amount_fen: 400 })
    expect(paid).toMatchObject({ paid_fen: 400, receipt_no: expect.stringMatching(/^SJ/) })
    await expectRefused(cashier(parking.collect, { stay_id, method: 'cash', amount_fen: 400 }), 'parking.nothing_due')
    const entries = await t.inside((s) => sql<{ amount_fen: number }>`select amount_fen from payment.shift_entry where company_id = ${s.company_id} and shift_id = ${shift_id}`.execute(s.db))
    expect(entries.rows).toEqual([{ amount_fen: 400 }])
    expect(await cam.out.see({ plate })).toBe(true)
    const done = await stay(stay_id)
    expect(done).toMatchObject({ state: 'left', paid_fen: 400, due_fen: 400, bills: [{ amount_fen: 400, paid_fen: 400, receipt_nos: [paid.receipt_no] }] })
    const books = await t.inside((s) => sql<{ book: string }>`select j.book from ledger.journal j where j.company_id = ${s.company_id} and j.source_id = ${paid.payment_id}`.execute(s.db))
    expect(books.rows.map((r) => r.book)).toContain('public_income')
  })
  test('out later than the grace pays the rest; left unpaid is a debt of the plate, shown next time, stopping nobody, paid later', async () => {
    const stay_id = await inside(90)
    await guard(parking.collect, { stay_id, method: 'wechat', amount_fen: 400, reference: 'x1' })
    await t.inside(async (s) => {
      await sql`update payment.payment set taken_at = taken_at - interval '40 minutes' where company_id = ${s.company_id} and payment_id in (select a.payment_id from payment.allocation a join parking.stay_bill b on b.company_id = ${s.company_id} and b.bill_id = a.bill_id where a.company_id = ${s.company_id} and b.stay_id = ${stay_id})`.execute(s.db)
      await sql`update parking.stay set entered_at = entered_at - interval '40 minutes' where company_id = ${s.company_id} and stay_id = ${stay_id}`.execute(s.db)
    })
    expect(await cam.out.see({ plate })).toBe(false)
    const look = await held()
    expect(look).toMatchObject({ why: 'more_to_pay', amount_fen: 200 })
    await expectRefused(guard(parking.release, { look_id: look.look_id, stay_id }), 'parking.still_due')
    await expectRefused(guard(parking.release, { look_id: look.look_id, stay_id, debt: true }), 'parking.reason_needed')
    await guard(parking.release, { look_id: look.look_id, stay_id, debt: true, reason: '车主稍后补缴' })
    await cam.out.beat()
    expect((await guard(parking.stays, { lot_id, debt: true })).rows).toMatchObject([{ stay_id, debt: true }])
    const again = await inside(10)
    expect(await cam.out.see({ plate })).toBe(true)
    expect((await stay(again)).state).toBe('left')
    await guard(parking.collect, { stay_id, method: 'wechat', amount_fen: 200 })
    expect((await guard(parking.stays, { lot_id, debt: true })).rows).toEqual([])
    expect((await stay(stay_id)).steps.map((x) => x.kind)).toEqual(['entered', 'paid', 'debt', 'debt_paid'])
  })
  test('a reversal of the receipt makes it owed again', async () => {
    const stay_id = await inside(90)
    const { payment_id } = await guard(parking.collect, { stay_id, method: 'wechat', amount_fen: 400 })
    const { reversal_id } = await t.as('cashier')(payment.askReversal, { payment_id, reason: '收错车辆' })
    await t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' })
    expect(await cam.out.see({ plate })).toBe(false)
    expect(await held()).toMatchObject({ amount_fen: 400 })
  })
})

describe('by phone before the exit', () => {
  test('by plate and the sign of the lot, without an account; out within the grace', async () => {
    const anyone = t.as('nobody')
    const stay_id = await inside(150)
    expect((await anyone(parking.payLook, { at, plate: plate.slice(0, -1) })).rows).toEqual([])
    expect((await anyone(parking.payLook, { at, plate })).rows).toMatchObject([{ stay_id, due_fen: 600 }])
    const { token } = await anyone(parking.payStart, { at, plate, stay_id })
    expect((await anyone(parking.payStart, { at, plate, stay_id })).token).toBe(token)
    await anyone(payment.payLink, { token, channel_id, origin: 'http://127.0.0.1:8080' })
    const o = (await t.as('finance')(payment.orders, {})).rows[0]!
    sim.control.pay(o.out_trade_no)
    await sim.control.settled()
    await backgroundDone()
    expect((await anyone(parking.payLook, { at, plate })).rows).toMatchObject([{ due_fen: 0, paid_fen: 600 }])
    expect(await cam.out.see({ plate })).toBe(true)
    // Two days: the test moves entries back by up to two and a half hours, past midnight when it runs early in the day.
    const days = (await guard(parking.days, { lot_id, from_on: addDays(today(), -1), to_on: today() })).rows
    expect(days[0]!.online_fen).toBeGreaterThanOrEqual(600)
    expect(days.reduce((a, d) => a + d.difference, 0)).toBe(0)
  })
  test('without a plate: a ticket by the sign, paid by the phone at the exit, the barrier opens and the money stands in bill, receipt and day', async () => {
    const anyone = t.as('nobody')
    const sign = Object.fromEntries((await admin(parking.booth, { lot_id })).lanes.map((l) => [l.direction, tokenOf('lane', { company_id: t.company_id, id: l.lane_id })])) as Record<'in' | 'out', string>
    await cam.in.see({ plate: '_无_', kind: 0 })
    const { ticket, ticket_no } = await anyone(parking.laneEnter, { token: sign.in, ask: '00000000-0000-4000-8000-000000000077' })
    await cam.in.beat()
    expect(cam.in.opened.at(-1)).toMatchObject({ by: 'command' })
    const stay_id = (await guard(parking.stays, { lot_id, q: ticket_no, state: 'in' })).rows[0]!.stay_id
    await t.inside((s) => sql`update parking.stay set entered_at = entered_at - interval '89 minutes' where company_id = ${s.company_id} and stay_id = ${stay_id}`.execute(s.db))
    await cam.out.see({ plate: '_无_', kind: 0 })
    await expectRefused(anyone(parking.laneLeave, { token: sign.out, ticket }), 'parking.still_due')
    const { token, due_fen } = await anyone(parking.lanePay, { token: sign.out, ticket })
    expect(due_fen).toBe(400)
    expect(await anyone(payment.linkView, { token })).toMatchObject({ title: `停车费 ${ticket_no}`, open_fen: 400, lines: [{ fee_item_name: '临时停车费' }] })
    const { order } = await anyone(payment.payLink, { token, channel_id, origin: 'http://127.0.0.1:8080' })
    expect(order!.pay_url).toContain('redirect_url')
    sim.control.pay((await t.as('finance')(payment.orders, {})).rows[0]!.out_trade_no)
    await sim.control.settled()
    await backgroundDone()
    expect(await anyone(payment.linkView, { token })).toMatchObject({ state: 'paid', order: { receipt_no: expect.stringMatching(/^DZ/) } })
    expect((await anyone(parking.laneView, { token: sign.out, ticket })).can.leave).toBe(true)
    const opened = cam.out.opened.length
    expect(await anyone(parking.laneLeave, { token: sign.out, ticket })).toEqual({ left: true })
    await cam.out.beat()
    expect(cam.out.opened.slice(opened)).toMatchObject([{ by: 'command' }])
    expect(await stay(stay_id)).toMatchObject({ state: 'left', due_fen: 400, paid_fen: 400, debt: false, bills: [{ amount_fen: 400, paid_fen: 400, receipt_nos: [expect.stringMatching(/^DZ/)] }] })
  })
  test('a resident sees and pays his own cars only', async () => {
    const house_id = seed.houses[0]!.house_id
    await admin(people.saveVehicle, { plate, kind: 'small', house_id, person_id: null })
    const stay_id = await inside(90)
    const me = await t.resident(seed.houses[0]!.phone)
    const you = await t.resident(seed.houses[1]!.phone)
    expect((await me(parking.myCars, {})).rows).toMatchObject([{ stay_id, due_fen: 400 }])
    expect((await you(parking.myCars, {})).rows).toEqual([])
    await expectRefused(you(parking.payMine, { stay_id }), 'kernel.not_found')
    expect((await me(parking.payMine, { stay_id })).due_fen).toBe(400)
  })
})

describe('passes and coupons', () => {
  test('asked for by a resident, billed on his house, good once paid; the second car of one place pays; a lost card costs its fee', async () => {
    const h = seed.houses[2]!
    const me = await t.resident(h.phone)
    await expectRefused(me(parking.applyPass, { lot_id, house_id: h.house_id, plate, months: 2 }), 'parking.no_month_price')
    await admin(parking.publishPassPrice, { lot_id, from_on: today(), month_fen: 15_000, note: null })
    const { permit_id } = await me(parking.applyPass, { lot_id, house_id: h.house_id, plate, months: 2 })
    await expectRefused(t.as('other_admin')(parking.permit, { permit_id }), 'kernel.not_found')
    await admin(parking.decidePermit, { permit_id, agree: true })
    const p = await admin(parking.permit, { permit_id })
    expect(p).toMatchObject({ state: 'live', holds: false, unpaid_fen: 30_000 })
    await expectRefused(me(parking.renewMine, { permit_id, months: 1 }), 'parking.term_unpaid')
    await inside(90)
    expect((await guard(parking.stays, { lot_id, q: plate })).rows[0]).toMatchObject({ class: 'temporary' })
    await admin(parking.voidStay, { stay_id: (await guard(parking.stays, { lot_id, q: plate })).rows[0]!.stay_id, reason: '试验' })
    const term = p.terms[0]!
    await t.as('cashier')(payment.takePayment, { house_id: h.house_id, lines: [{ bill_id: term.bill_id!, period_on: term.period_on!, amount_fen: 30_000 }], prepay_fen: 0, tenders: [{ method: 'wechat', amount_fen: 30_000 }], change_fen: 0, coupon_ids: [] })
    expect(await admin(parking.permit, { permit_id })).toMatchObject({ holds: true, unpaid_fen: 0, term_to_on: term.to_on })
    const second = `陕C9${n}888`.slice(0, 7)
    await admin(parking.savePermit, { permit_id, lot_id, kind: 'monthly', plates: [plate, second], places: 1, house_id: h.house_id, holder_name: h.name, holder_phone: null, card_no: 'K-1', from_on: today(), to_on: null, reason: null })
    await cam.in.see({ plate: second })
    await cam.in.see({ plate: '陕C0A0A0' })
    await cam.in.see({ plate })
    expect((await guard(parking.stays, { lot_id, state: 'in' })).rows.filter((s) => [plate, second].includes(s.plate)).map((s) => s.class).sort()).toEqual(['monthly', 'overflow'])
    const fee = await admin(parking.reissueCard, { permit_id, card_no: 'K-2', reason: '遗失' })
    expect(fee.amount_fen).toBe(1000)
    await cam.out.beat()
    expect([...cam.out.list.keys()].sort()).toEqual([plate, second].sort())
    await admin(parking.endPermit, { permit_id, reason: '搬走' })
    await cam.out.beat()
    expect([...cam.out.list.keys()]).toEqual([])
  })
  test('beyond its places a household pays until one of them is free, or until it leaves: what the rule of the lot says', async () => {
    const [a, b, c] = [plate, `陕A${70_000 + n}`, `陕A${80_000 + n}`]
    const h = seed.houses[3]!
    const { permit_id } = await admin(parking.savePermit, { lot_id, kind: 'lease', plates: [a, b, c], places: 1, house_id: h.house_id, holder_name: h.name, holder_phone: null, card_no: null, from_on: today(), to_on: null, reason: null })
    const rule = (await admin(parking.lot, { lot_id })).rule!
    const publish = (overflow: 'temporary' | 'until_free') => { const { rule_id: _, ...r } = rule; return admin(parking.publishRule, { lot_id, ...r, from_on: today(), overflow }) }
    await inside(180, a)
    const [second, third] = [await inside(150, b), await inside(100, c)]
    expect([(await stay(second)).class, (await stay(third)).class]).toEqual(['overflow', 'overflow'])
    // By the rule until now: it stays on temporary price.
    expect(await cam.out.see({ plate: a })).toBe(true)
    expect(await stay(second)).toMatchObject({ class: 'overflow', open_fen: 600 })
    expect(await cam.in.see({ plate: a })).toBe(true)
    await publish('until_free')
    // Now who waited longest has the place of the one that leaves.
    expect(await cam.out.see({ plate: a })).toBe(true)
    expect(await stay(second)).toMatchObject({ class: 'lease', open_fen: 600, steps: [{ kind: 'entered' }, { kind: 'placed', detail: { plate: a } }] })
    expect((await stay(third)).class).toBe('overflow')
    // An hour later it owes no more than then.
    await t.inside((s) => sql`update parking.stay set overflow_until = entered_at + interval '89 minutes' where company_id = ${s.company_id} and stay_id = ${second}`.execute(s.db))
    const due = await stay(second)
    expect(due.open_fen).toBe(400)
    expect(due.lines.at(-1)!.text).toContain('起占用同户空出的车位')
    expect(await cam.in.see({ plate: a })).toBe(true)
    expect((await guard(parking.stays, { lot_id, q: a, state: 'in' })).rows[0]).toMatchObject({ class: 'overflow' })
    expect(await cam.out.see({ plate: b })).toBe(false)
    await guard(parking.collect, { stay_id: second, method: 'wechat', amount_fen: 400 })
    expect(await stay(second)).toMatchObject({ open_fen: 0, total_fen: 400 })
    expect(await cam.out.see({ plate: b })).toBe(true)
    expect((await stay(third)).class).toBe('lease')
    // Void, as out: the place passes on.
    await admin(parking.voidStay, { stay_id: third, reason: '误录' })
    expect((await guard(parking.stays, { lot_id, q: a, state: 'in' })).rows[0]).toMatchObject({ class: 'lease' })
    await publish('temporary')
    await admin(parking.endPermit, { permit_id, reason: '退租' })
  })
  test('a car that stood beyond the places frees none by leaving', async () => {
    const [a, b, c] = [plate, `陕A${71_000 + n}`, `陕A${81_000 + n}`]
    const h = seed.houses[4]!
    const { permit_id } = await admin(parking.savePermit, { lot_id, kind: 'lease', plates: [a, b, c], places: 1, house_id: h.house_id, holder_name: h.name, holder_phone: null, card_no: null, from_on: today(), to_on: null, reason: null })
    const { rule_id: _, ...rule } = (await admin(parking.lot, { lot_id })).rule!
    await inside(60, a)
    const waits = await inside(20, b)
    await inside(10, c)
    // The place stands empty by a rule that passes none on; the rule then changes.
    expect(await cam.out.see({ plate: a })).toBe(true)
    await admin(parking.publishRule, { lot_id, ...rule, from_on: today(), overflow: 'until_free' })
    expect(await cam.out.see({ plate: c })).toBe(true)
    expect(await stay(waits)).toMatchObject({ state: 'in', class: 'overflow', steps: [{ kind: 'entered' }] })
    await admin(parking.publishRule, { lot_id, ...rule, from_on: today() })
    await admin(parking.voidStay, { stay_id: waits, reason: '试验' })
    await admin(parking.endPermit, { permit_id, reason: '退租' })
  })
  test('the black list holds, and arrears are no reason for it', async () => {
    await expectRefused(admin(parking.savePermit, { lot_id, kind: 'black', plates: [plate], places: 1, house_id: null, holder_name: '危货车', holder_phone: null, card_no: null, from_on: today(), to_on: null, reason: null }), 'parking.black_reason')
    await admin(parking.savePermit, { lot_id, kind: 'black', plates: [plate], places: 1, house_id: null, holder_name: '危货车', holder_phone: null, card_no: null, from_on: today(), to_on: null, reason: '危险品车辆' })
    expect(await cam.in.see({ plate })).toBe(false)
    expect((await guard(parking.looks, { lot_id })).rows[0]).toMatchObject({ why: 'black' })
  })
  test('a shop gives coupons it has paid for, one a car', async () => {
    const anyone = t.as('nobody')
    const shop = seed.houses[1]!
    const { pack_id } = await admin(parking.sellCoupons, { lot_id, house_id: shop.house_id, shop_name: '便民超市', kind: 'minutes', minutes: 60, amount_fen: null, count: 2, price_fen: 500, until_on: today() })
    const pack = async () => (await admin(parking.couponPacks, { lot_id })).rows.find((k) => k.pack_id === pack_id)!
    const token = (await pack()).token!
    await inside(90)
    await expectRefused(anyone(parking.giveCoupon, { token, plate }), 'parking.coupon_unpaid')
    const { rows } = await t.inside((s) => sql<{ bill_id: string; period_on: string }>`select bill_id, period_on from parking.coupon_pack where company_id = ${s.company_id} and pack_id = ${pack_id}`.execute(s.db))
    await t.as('cashier')(payment.takePayment, { house_id: shop.house_id, lines: [{ ...rows[0]!, amount_fen: 500 }], prepay_fen: 0, tenders: [{ method: 'wechat', amount_fen: 500 }], change_fen: 0, coupon_ids: [] })
    expect(await anyone(parking.giveCoupon, { token, plate })).toEqual({ left_count: 1 })
    await expectRefused(anyone(parking.giveCoupon, { token, plate }), 'parking.coupon_given')
    await expectRefused(anyone(parking.giveCoupon, { token: `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, plate }), 'kernel.not_found')
    expect((await anyone(parking.payLook, { at, plate })).rows).toMatchObject([{ due_fen: 0 }])
    expect(await cam.out.see({ plate })).toBe(true)
    expect(await pack()).toMatchObject({ given_count: 1, paid: true })
  })
  test('the guard keeps a shift of his own: opened, counted and handed in; the desk stays closed to him', async () => {
    // A guard sees no register of communities: where he may keep a drawer comes with his shift.
    const { places } = await guard(payment.myShift, {})
    expect(places.map((x) => x.community_id)).toEqual([seed.community_id])
    await guard(payment.openShift, { community_id: places[0]!.community_id, float_fen: 10_000 })
    const stay_id = await inside(90)
    await guard(parking.collect, { stay_id, method: 'cash', amount_fen: 400 })
    const { shift } = await guard(payment.myShift, {})
    expect(shift).toMatchObject({ state: 'open', cash_fen: 400, expected_fen: 10_400 })
    expect(await guard(payment.countShift, { shift_id: shift!.shift_id, pieces: [{ face_fen: 10_000, pieces: 1 }, { face_fen: 100, pieces: 4 }], hand_ins: [{ to: 'safe', amount_fen: 400 }] })).toMatchObject({ state: 'closed', difference_fen: 0, kept_fen: 10_000 })
    await expectRefused(guard(payment.takePayment, { house_id: seed.houses[1]!.house_id, lines: [], prepay_fen: 100, tenders: [{ method: 'cash', amount_fen: 100 }], change_fen: 0, coupon_ids: [] }), 'kernel.forbidden')
  })
})
