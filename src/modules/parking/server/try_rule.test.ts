// 试算: real stays again under rules that are tried; nothing is written.
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { LOT_RULE, PARK_SPEC, park, parkTariff, type Park } from '../../../../tests/park_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { property } from '../../property/contract.ts'
import { tariff } from '../../tariff/contract.ts'
import { parking } from '../contract.ts'
import { tokenOf } from './tokens.ts'

let t: TestApp
let w: TinyWorld
let admin: Caller
let guard: Caller
let p: Park
let tariff_id: string
const at = (time: string) => setClock(`2026-11-26T${time}.000Z`)
/** Comes in, goes out so many minutes later, paid by hand where it owes. */
async function stay(plate: string, from: string, to: string): Promise<void> {
  at(from)
  await p.cam.in.see({ plate })
  at(to)
  if (await p.cam.out.see({ plate })) return
  const look = (await guard(parking.booth, { lot_id: p.lot_id })).lanes.find((l) => l.direction === 'out')!.waiting.at(-1)!
  await guard(parking.release, { look_id: look.look_id, stay_id: look.stay_id!, debt: true, reason: '稍后补缴' })
  await p.cam.out.beat()
}
beforeAll(async () => {
  setClock('2026-11-26T06:50:00.000Z')
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  tariff_id = await parkTariff(t, w.community_id)
  p = await park(t, { building_id: w.buildings['P1']!, name: '试算', rule: { tariff_id, reserved: 0, capacity: 3 } })
  await admin(parking.savePermit, { lot_id: p.lot_id, kind: 'free', plates: ['陕C20001'], places: 1, house_id: null, holder_name: '车主', holder_phone: null, card_no: null, from_on: '2026-01-01', to_on: null, reason: null })
  await stay('陕C10001', '07:00:00', '09:30:00') // 3 hours: 6 yuan
  await stay('陕C10002', '09:40:00', '10:00:00') // free minutes
  await stay('陕C20001', '10:05:00', '12:10:00') // has a place
  await stay('陕C10003', '12:30:00', '13:40:00') // 20:30 local, 2 hours: 4 yuan
  at('14:00:00')
  await p.cam.in.see({ plate: '陕C10004' }) // still inside
  // Full now: the next one is not let in.
  await p.cam.in.see({ plate: '陕C10005' })
  await p.cam.in.see({ plate: '陕C10006' })
  expect(await p.cam.in.see({ plate: '陕C10007' })).toBe(false)
  at('14:30:00')
}, 120_000)
const tried = (o: Record<string, unknown> = {}) => {
  const { window_s: _a, lost_card_fen: _b, remind_days: _c, keep_days: _d, note: _e, max_height_cm: _f, max_weight_kg: _g, ...rule } = LOT_RULE
  return { lot_id: p.lot_id, days_from_on: '2026-11-26', days_to_on: '2026-11-26', ...rule, tariff_id, reserved: 0, capacity: 3, draft: false, ...o }
}

test('the rules in force against themselves differ in nothing', async () => {
  const r = await guard(parking.tryRule, tried())
  expect(r).toMatchObject({ stay_count: 4, was_fen: 1000, then_fen: 1000, refused: [], unpriced_count: 0, full_peak: 3, examples: [] })
  expect(r.rows.map((x) => [x.class, x.stay_count, x.was_fen, x.then_fen, x.admitted_count])).toEqual([['free', 1, 0, 0, 0], ['temporary', 3, 1000, 1000, 0]])
  expect(r.by_day).toEqual([{ on_day: '2026-11-26', was_fen: 1000, then_fen: 1000, refused_count: 0 }])
})
test('a draft of the tariff, per class and with the stays that differ most; nothing is published by it', async () => {
  await expectRefused(guard(parking.tryRule, tried({ draft: true })), 'tariff.no_draft')
  await admin(tariff.saveDraft, { tariff_id, from_on: '2026-12-01', basis: '公示', spec: { ...PARK_SPEC, unit_price: '3', free: [] } })
  const r = await guard(parking.tryRule, tried({ draft: true }))
  expect(r).toMatchObject({ was_fen: 1000, then_fen: 1800 })
  expect(r.rows.find((x) => x.class === 'temporary')).toMatchObject({ more_count: 3, less_count: 0 })
  expect(r.examples.map((x) => [x.plate, x.was_fen, x.then_fen])).toEqual([['陕C10002', 0, 300], ['陕C10001', 600, 900], ['陕C10003', 400, 600]])
  expect((await guard(parking.tryRule, tried())).then_fen).toBe(1000)
})
test('closed hours, fewer places, more places: who would not have come in, and who would', async () => {
  const night = await guard(parking.tryRule, tried({ closed: [{ from: '19:00', to: '08:00' }] }))
  expect(night.refused).toEqual([{ why: 'closed_hours', count: 4 }])
  expect(night).toMatchObject({ was_fen: 1000, then_fen: 600, full_peak: 1 })
  expect(night.examples).toMatchObject([{ plate: '陕C10003', why: 'closed_hours', then_fen: 0 }])
  expect((await guard(parking.tryRule, tried({ capacity: 10 }))).rows.find((x) => x.class === 'temporary')!.admitted_count).toBe(1)
  expect((await guard(parking.tryRule, tried({ capacity: 1 }))).refused).toEqual([{ why: 'full', count: 2 }])
})
test('bounds, reach and masks', async () => {
  await expectRefused(guard(parking.tryRule, tried({ days_from_on: '2026-01-01' })), 'parking.range_long')
  await expectRefused(guard(parking.tryRule, tried({ reserved: 9 })), 'parking.reserved_too_many')
  await expectRefused(t.as('other_admin')(parking.tryRule, tried({ tariff_id: null })), 'kernel.not_found')
  expect((await t.as('visitor')(parking.tryRule, tried({ tariff_id: null }))).examples[0]!.plate).toBe('陕C1**01')
})
test('a household beyond its places: until it leaves, or until a place is free', async () => {
  const q = await park(t, { building_id: w.buildings['P1']!, name: '试算同户', rule: { tariff_id, reserved: 0, capacity: 9 } })
  await admin(parking.savePermit, { lot_id: q.lot_id, kind: 'lease', plates: ['陕C30001', '陕C30002', '陕C30003'], places: 1, house_id: w.houses['1-1-101']!, holder_name: '张三', holder_phone: null, card_no: null, from_on: '2026-01-01', to_on: null, reason: null })
  const go = async (time: string, way: 'in' | 'out', plate: string) => { at(time); await q.cam.in.beat(); await q.cam.out.beat(); return q.cam[way].see({ plate }) }
  await go('15:00:00', 'in', '陕C30001')
  await go('15:05:00', 'in', '陕C30002')
  await go('15:06:00', 'in', '陕C30003')
  await go('15:55:00', 'out', '陕C30001') // 50 minutes for the second, then a place
  expect(await go('15:56:00', 'out', '陕C30003')).toBe(false) // 50 minutes: 2 yuan
  const look = (await guard(parking.booth, { lot_id: q.lot_id })).lanes.find((l) => l.direction === 'out')!.waiting.at(-1)!
  await guard(parking.release, { look_id: look.look_id, stay_id: look.stay_id!, debt: true, reason: '稍后补缴' })
  expect(await go('18:04:00', 'out', '陕C30002')).toBe(false) // 3 hours: 6 yuan
  const last = (await guard(parking.booth, { lot_id: q.lot_id })).lanes.find((l) => l.direction === 'out')!.waiting.at(-1)!
  await guard(parking.release, { look_id: last.look_id, stay_id: last.stay_id!, debt: true, reason: '稍后补缴' })
  at('18:30:00')
  const day = { lot_id: q.lot_id, days_from_on: '2026-11-26', days_to_on: '2026-11-27', capacity: 9 }
  const r = await guard(parking.tryRule, tried({ ...day, overflow: 'until_free' }))
  expect(r).toMatchObject({ was_fen: 800, then_fen: 400, refused: [] })
  expect(r.examples).toMatchObject([{ plate: '陕C30002', was_fen: 600, then_fen: 200, class: 'overflow' }])
  expect((await guard(parking.tryRule, tried({ ...day, overflow: 'temporary' }))).then_fen).toBe(800)
  expect((await guard(parking.tryRule, tried({ ...day, overflow: 'refuse' }))).refused).toEqual([{ why: 'no_place_left', count: 2 }])
})
test('what the trial must know: no entry, coupons, places of residents, cars let in by hand, zones, the rule of the day of entry, the tariff of the community', async () => {
  setClock('2026-11-26T07:50:00.000Z')
  const q = await park(t, { building_id: w.buildings['P1']!, name: '试算细则', rule: { tariff_id, reserved: 0, capacity: 2 } })
  const { zone_id } = await admin(parking.saveZone, { lot_id: q.lot_id, name: '访客区', capacity: 5, retired: false })
  await admin(parking.saveLane, { lane_id: q.lanes.in, lot_id: q.lot_id, name: '东门入', direction: 'in', zone_id, fail_mode: 'closed', retired: false })
  await admin(parking.savePermit, { lot_id: q.lot_id, kind: 'lease', plates: ['陕C40001'], places: 1, house_id: w.houses['1-1-101']!, holder_name: '张三', holder_phone: null, card_no: null, from_on: '2026-01-01', to_on: null, reason: null })
  const go = async (time: string, way: 'in' | 'out', plate: string) => { setClock(`2026-11-26T${time}.000Z`); await q.cam.in.beat(); await q.cam.out.beat(); return q.cam[way].see({ plate }) }
  const held = async (way: 'in' | 'out') => (await guard(parking.booth, { lot_id: q.lot_id })).lanes.find((l) => l.direction === way)!.waiting.at(-1)!
  const out = async () => { const k = await held('out'); await guard(parking.release, { look_id: k.look_id, stay_id: k.stay_id!, debt: true, reason: '稍后补缴' }) }
  const day = (o: object = {}) => guard(parking.tryRule, tried({ lot_id: q.lot_id, days_from_on: '2026-11-26', days_to_on: '2026-11-27', capacity: 2, ...o }))
  expect(await go('08:00:00', 'in', '陕C40001')).toBe(true)
  expect(await go('08:01:00', 'in', '陕C40002')).toBe(true)
  // Full: let in by hand, so that no other rule would have let it in.
  expect(await go('08:02:00', 'in', '陕C40003')).toBe(false)
  await guard(parking.admit, { look_id: (await held('in')).look_id, class: 'temporary', reason: '业主同意' })
  expect((await day({ capacity: 9 })).rows.find((r) => r.class === 'temporary')?.admitted_count ?? 0).toBe(0)
  // The place of a resident who is inside is not kept a second time.
  expect((await day({ reserved: 1 })).refused).toEqual([{ why: 'full', count: 1 }])
  expect((await day({ capacity: 9 })).refused).toEqual([])
  await admin(parking.saveZone, { zone_id, lot_id: q.lot_id, name: '访客区', capacity: 1, retired: false })
  expect((await day({ capacity: 9 })).refused).toEqual([{ why: 'zone_full', count: 2 }])
  await admin(parking.saveZone, { zone_id, lot_id: q.lot_id, name: '访客区', capacity: 5, retired: false })
  // A coupon of an hour takes the second hour off.
  const { pack_id } = await admin(parking.sellCoupons, { lot_id: q.lot_id, house_id: w.houses['1-1-101']!, shop_name: '面馆', kind: 'minutes', minutes: 60, amount_fen: null, count: 5, price_fen: 0, until_on: '2026-12-31' })
  await t.as('nobody')(parking.giveCoupon, { token: tokenOf('pack', { company_id: t.company_id, id: pack_id }), plate: '陕C40002' })
  expect(await go('09:30:00', 'out', '陕C40002')).toBe(true) // 29 minutes are left
  expect(await go('09:32:00', 'out', '陕C40003')).toBe(false)
  await out()
  const paid = await day({ capacity: 9 })
  expect([paid.was_fen, paid.then_fen]).toEqual([400, 400]) // nothing with the coupon, 4 without
  // Nobody saw it come in: a fixed sum.
  expect(await go('09:40:00', 'out', '陕C40009')).toBe(false)
  const unknown = await guard(parking.releaseUnknown, { look_id: (await held('out')).look_id, reason: '没有入场记录' })
  await guard(parking.release, { look_id: (await held('out')).look_id, stay_id: unknown.stay_id!, debt: true, reason: '稍后补缴' })
  const blind = await day({ capacity: 9, no_entry_fen: 500 })
  expect([blind.was_fen, blind.then_fen]).toEqual([2400, 900])
  // Came in under a rule that charges, left under one that does not.
  expect(await go('15:50:00', 'in', '陕C40005')).toBe(true)
  setClock('2026-11-26T15:55:00.000Z')
  await admin(parking.publishRule, { lot_id: q.lot_id, from_on: '2026-11-27', ...LOT_RULE, capacity: 2, reserved: 0, tariff_id: null })
  setClock('2026-11-26T17:20:00.000Z')
  await q.cam.out.beat()
  expect(await q.cam.out.see({ plate: '陕C40005' })).toBe(false)
  await out()
  expect((await day()).was_fen).toBe(2800)
  const { community_id } = await admin(property.saveCommunity, { name: '别的小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  await expectRefused(admin(parking.tryRule, tried({ lot_id: q.lot_id, tariff_id: await parkTariff(t, community_id) })), 'parking.no_such_tariff')
})
