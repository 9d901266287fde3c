// Cars at barriers, seen by simulated cameras through the push address as the vendor's protocol has it, and a guard who acts as himself.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { LOT_RULE as RULE, park, parkTariff } from '../../../../tests/park_kit.ts'
import { nowMs, setClock, today } from '../../../kernel/clock.ts'
import type { PlateCamera } from '../../../world/outside/plate_camera.ts'
import { parking } from '../contract.ts'
import { takePush } from './push.ts'

let t: TestApp
let w: TinyWorld
let admin: Caller
let guard: Caller
let lot_id: string
let tariff_id: string
let lanes: Record<'in' | 'out', string>
let cameras: Record<'in' | 'out', string>
let cam: Record<'in' | 'out', PlateCamera>
const path = async (camera_id: string) => (await admin(parking.cameraAddress, { camera_id })).path.replace('/gate/plate/', '')
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  tariff_id = await parkTariff(t, w.community_id)
}, 120_000)
let named = 0
beforeEach(async () => {
  setClock('2026-11-26T02:00:00.000Z') // 10:00
  ;({ lot_id, lanes, cameras, cam } = await park(t, { building_id: w.buildings['P1']!, name: `地库${++named}`, rule: { tariff_id } }))
})
const at = (time: string) => setClock(`2026-11-26T${time}Z`)
const stays = async (f: object = {}) => (await guard(parking.stays, { lot_id, ...f })).rows
const looks = async () => (await guard(parking.looks, { lot_id })).rows
const waiting = async (d: 'in' | 'out') => (await guard(parking.booth, { lot_id })).lanes.find((l) => l.direction === d)!.waiting

describe('coming in and going out', () => {
  test('a temporary car comes in, is free for half an hour, then held for what it owes', async () => {
    expect(await cam.in.see({ plate: '陕C11111' })).toBe(true)
    expect(await stays()).toMatchObject([{ plate: '陕C11111', class: 'temporary', state: 'in', entry_lane: '东门入' }])
    at('02:20:00')
    expect(await cam.out.see({ plate: '陕C11111' })).toBe(true)
    expect(await stays()).toMatchObject([{ state: 'left', due_fen: 0 }])
    at('03:00:00')
    await cam.in.see({ plate: '陕C22222' })
    at('04:31:00')
    expect(await cam.out.see({ plate: '陕C22222' })).toBe(false)
    expect(await waiting('out')).toMatchObject([{ plate: '陕C22222', why: 'unpaid', amount_fen: 400 }])
    expect(cam.out.said.at(-1)).toBe('未缴费')
  })
  test('is refused when full, while places of residents are kept, by kind, in closed hours and at night', async () => {
    for (const p of ['陕C10001', '陕C10002', '陕C10003']) expect(await cam.in.see({ plate: p })).toBe(true)
    expect(await cam.in.see({ plate: '陕C10004' })).toBe(false)
    expect((await looks())[0]).toMatchObject({ why: 'kept_for_residents' })
    expect(await cam.in.see({ plate: '陕C10005', kind: 3 })).toBe(false)
    expect((await looks())[0]).toMatchObject({ why: 'kind_refused' })
    at('02:01:00')
    await admin(parking.publishRule, { lot_id, from_on: today(), ...RULE, reserved: 0, capacity: 100, closed: [{ from: '12:00', to: '15:00' }, { from: '19:00', to: '08:00' }], tariff_id })
    for (const [time, open] of [['03:59:00', true], ['04:00:00', false], ['06:59:00', false], ['07:00:00', true], ['11:00:00', false], ['23:59:00', false]] as const) {
      at(time)
      expect(await cam.in.see({ plate: `陕C2${time.replaceAll(':', '').slice(0, 4)}` }), time).toBe(open)
    }
  })
  test('an address of another camera, an old secret and a strange body open nothing', async () => {
    const good = await path(cameras.in)
    const body = cam.in.body({ plate: '陕C11111' }, { plateid: 1, at_ms: nowMs(), offline: false, opened: 0 })
    expect((await takePush(t.app, good.slice(0, -1) + (good.endsWith('A') ? 'B' : 'A'), 'application/json', body)).status).toBe(404)
    await admin(parking.saveCamera, { camera_id: cameras.in, lane_id: lanes.in, name: '相机', direction: 'in', serial_no: 'x-y', retired: false, new_secret: true })
    expect((await takePush(t.app, good, 'application/json', body)).status).toBe(404)
    const now = await path(cameras.in)
    expect((await takePush(t.app, now, 'application/json', body)).status).toBe(404) // another serial number
    expect((await takePush(t.app, now, 'application/json', '{"a":1}')).status).toBe(400)
    expect(await stays()).toEqual([])
  })
})

describe('what cameras do', () => {
  test('H10: twice in a pass is one stay, events of staying are no passage, an unheard answer is given again', async () => {
    cam.in.doubles = 2
    expect(await cam.in.see({ plate: '陕C33333' })).toBe(true)
    cam.in.doubles = 0
    at('02:00:10')
    expect(await cam.in.see({ plate: '陕C33333' })).toBe(false)
    expect(await cam.in.see({ plate: '陕C44444', trigger: 64 })).toBe(false)
    cam.in.lose_answers = 2
    expect(await cam.in.see({ plate: '陕C55555' })).toBe(true)
    expect((await stays()).map((s) => s.plate).sort()).toEqual(['陕C33333', '陕C55555'])
  })
  test('a second, clearer look corrects the first, and a wrong plate at the exit finds its car', async () => {
    await cam.in.see({ plate: '陕C8888B', confidence: 61 })
    at('02:00:05')
    expect(await cam.in.see({ plate: '陕C88888', confidence: 97 })).toBe(false)
    expect(await stays()).toMatchObject([{ plate: '陕C88888' }])
    at('02:10:00')
    expect(await cam.out.see({ plate: '陕C8888G' })).toBe(false)
    const [held] = await waiting('out')
    expect(held).toMatchObject({ why: 'look_again' })
    const car = await guard(parking.boothCar, { look_id: held!.look_id })
    expect(car.near).toMatchObject([{ plate: '陕C88888' }])
    await expectRefused(guard(parking.release, { look_id: held!.look_id, stay_id: car.near[0]!.stay_id, reason: '' }).then(() => cam.out.beat()).then(() => guard(parking.dismiss, { look_id: held!.look_id, reason: '再试' })), 'parking.handled')
    expect(await stays()).toMatchObject([{ state: 'left', plate: '陕C88888' }])
    expect(cam.out.opened).toMatchObject([{ by: 'command' }])
  })
  test('no plate: a ticket at the entry, its number at the exit', async () => {
    expect(await cam.in.see({ plate: '_无_', kind: 0 })).toBe(false)
    const [held] = await waiting('in')
    const made = await guard(parking.admitTicket, { look_id: held!.look_id, vehicle: 'small' })
    expect(made.ticket_no).toBe('无牌1126001')
    await cam.in.beat()
    expect(cam.in.opened).toHaveLength(1)
    at('02:09:00')
    await cam.out.see({ plate: '_无_' })
    const [out] = await waiting('out')
    const { rows } = await guard(parking.insideCars, { lot_id, q: '001' })
    expect(rows).toMatchObject([{ plate: '无牌1126001' }])
    await guard(parking.release, { look_id: out!.look_id, stay_id: rows[0]!.stay_id })
    await cam.out.beat()
    expect(cam.out.opened).toHaveLength(1)
  })
  test('opening by hand: only where a camera is heard, once, and never late', async () => {
    await expectRefused(guard(parking.openByHand, { lane_id: lanes.in, reason: '消防车进入' }), 'parking.camera_offline')
    await cam.in.beat()
    await guard(parking.openByHand, { lane_id: lanes.in, reason: '消防车进入' })
    at('02:00:30')
    await cam.in.beat()
    expect(cam.in.opened).toEqual([]) // ten seconds are over
    await guard(parking.openByHand, { lane_id: lanes.in, reason: '消防车进入' })
    await cam.in.beat()
    await cam.in.beat()
    expect(cam.in.opened).toHaveLength(1)
    expect((await guard(parking.booth, { lot_id })).lanes.find((l) => l.direction === 'in')!.command).toMatchObject({ state: 'sent', reason: '消防车进入' })
  })
})

describe('the network is down', () => {
  test('what was kept is recorded once, put into the books, opens nothing; the clock of the camera is put right', async () => {
    cam.in.clock_off_s = -3600
    cam.out.clock_off_s = 7200
    await cam.in.see({ plate: '陕C70001' })
    at('02:20:00')
    await cam.out.see({ plate: '_无_' }) // its clock becomes known
    cam.in.unplugged = cam.out.unplugged = true
    const year = { from: '2026-01-01 00:00:00', to: '2027-01-01 00:00:00' }
    cam.in.list.set('陕C70002', year)
    cam.out.list.set('陕C70001', year)
    at('03:00:00')
    expect(await cam.in.see({ plate: '陕C70002' })).toBe(true)
    expect(await cam.in.see({ plate: '陕C70003' })).toBe(false)
    at('04:00:00')
    expect(await cam.out.see({ plate: '陕C70001' })).toBe(true)
    at('05:00:00')
    cam.in.unplugged = cam.out.unplugged = false
    const opened = cam.in.opened.length + cam.out.opened.length
    expect(await cam.in.replay({ max: 1 })).toBe(1)
    expect(await cam.in.see({ plate: '陕C70004' })).toBe(true)
    expect(await cam.in.replay({ twice: () => true })).toBe(0)
    expect(await cam.out.replay({ twice: () => true })).toBe(0)
    expect(cam.in.opened.length + cam.out.opened.length).toBe(opened + 1)
    expect((await stays()).map((s) => [s.plate, s.state, s.entered_at.slice(11, 19), s.left_at?.slice(11, 19) ?? null, s.due_fen, s.debt]).sort()).toEqual([
      ['陕C70001', 'left', '02:00:00', '04:00:00', 400, true], ['陕C70002', 'in', '03:00:00', null, null, false], ['陕C70004', 'in', '05:00:00', null, null, false],
    ])
    expect((await looks()).filter((l) => l.replay).map((l) => [l.plate, l.why]).sort()).toEqual([['陕C70001', 'left_offline'], ['陕C70002', 'entered_offline'], ['陕C70003', 'not_opened']])
  })
  test('kept by two cameras and sent in the wrong order, way out before way in: one stay that is over, charged, and no car that stands there for ever', async () => {
    await cam.in.see({ plate: '陕C72001' })
    at('02:20:00')
    await cam.out.see({ plate: '_无_' }) // its clock becomes known
    cam.in.unplugged = cam.out.unplugged = true
    const year = { from: '2026-01-01 00:00:00', to: '2027-01-01 00:00:00' }
    for (const list of [cam.in.list, cam.out.list]) list.set('陕C72002', year)
    for (const [h, camera] of [['03', cam.in], ['05', cam.out], ['06', cam.in]] as const) {
      at(`${h}:00:00`)
      expect(await camera.see({ plate: '陕C72002' })).toBe(true)
    }
    at('07:00:00')
    cam.in.unplugged = cam.out.unplugged = false
    expect(await cam.out.replay({ twice: () => true })).toBe(0)
    expect(await cam.in.replay({ twice: () => true })).toBe(0)
    expect((await stays()).filter((s) => s.plate === '陕C72002').map((s) => [s.state, s.entered_at.slice(11, 19), s.left_at?.slice(11, 19) ?? null, s.due_fen, s.debt]).sort()).toEqual([['in', '06:00:00', null, null, false], ['left', '03:00:00', '05:00:00', 400, true]])
  })
  test('a replayed entry of a car that has left meanwhile opens no closed stay', async () => {
    cam.in.unplugged = true
    cam.in.list.set('陕C71000', { from: '2026-01-01 00:00:00', to: '2027-01-01 00:00:00' })
    await cam.in.see({ plate: '陕C71000' })
    at('02:10:00')
    await cam.out.see({ plate: '陕C71000' })
    const [held] = await waiting('out')
    await guard(parking.releaseUnknown, { look_id: held!.look_id, reason: '断网期间入场' })
    const [stay] = await stays()
    expect(stay).toMatchObject({ no_entry: true, state: 'in' })
    await guard(parking.release, { look_id: held!.look_id, stay_id: stay!.stay_id, debt: true, reason: '断网期间入场,先放行' })
    cam.in.unplugged = false
    await cam.in.replay()
    expect(await stays()).toMatchObject([{ state: 'left', debt: true }])
  })
})

test('what a new lot begins with is the company’s, from a day on, with its reason; no rule that was published changes by it', async () => {
  const { now } = await admin(parking.lotPreset, {})
  expect(now).toMatchObject({ overflow: 'until_free', lost_card_fen: 1000, basis: expect.stringContaining('没有统一规定') })
  const published = (await admin(parking.lot, { lot_id })).rule
  await expectRefused(admin(parking.saveLotPreset, { ...now, from_on: '2026-11-25' }), 'parking.from_past')
  await admin(parking.saveLotPreset, { ...now, from_on: '2026-11-28', overflow: 'refuse', basis: '业主大会 2026-11 决议' })
  await admin(parking.saveLotPreset, { ...now, from_on: '2026-11-26', overflow: 'temporary', keep_days: 90, basis: '租用合同第七条' })
  expect(await admin(parking.lotPreset, {})).toMatchObject({ now: { overflow: 'temporary', keep_days: 90, basis: '租用合同第七条' }, next_from_on: '2026-11-28', whole: true })
  setClock('2026-11-28T02:00:00.000Z')
  await t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`)
  expect((await admin(parking.lotPreset, {})).now).toMatchObject({ overflow: 'refuse', basis: '业主大会 2026-11 决议' })
  expect((await admin(parking.lot, { lot_id })).rule).toEqual(published)
  expect((await t.as('other_admin')(parking.lotPreset, {})).now.overflow).toBe('until_free')
  const manager = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
  expect((await manager(parking.lotPreset, {})).whole).toBe(false)
  await expectRefused(manager(parking.saveLotPreset, { ...now, from_on: '2026-11-28' }), 'kernel.not_found')
})

test('a guard elsewhere and the other company see nothing; a visitor sees no plate', async () => {
  await cam.in.see({ plate: '陕C90000' })
  const [s] = await stays()
  const other = await t.hire('guard', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] })
  for (const who of [other, t.as('other_admin')]) {
    await expectRefused(who(parking.stay, { stay_id: s!.stay_id }), 'kernel.not_found')
    await expectRefused(who(parking.booth, { lot_id }), 'kernel.not_found')
    expect((await who(parking.stays, {})).total).toBe(0)
  }
  expect((await t.as('visitor')(parking.stays, { lot_id })).rows[0]!.plate).toBe('陕C9**00')
  expect((await t.as('visitor')(parking.stays, { lot_id, q: '0000' })).total).toBe(0)
  expect((await t.as('visitor')(parking.stay, { stay_id: s!.stay_id })).steps[0]!.detail).toMatchObject({ plate: '陕C9**00' })
})
