// Cameras of 海康 (ISAPI) on the real server: what they push, how their barrier is asked, what is never asked. And the bytes by themselves.
import { sql } from 'kysely'
import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { SIGN_IN, hikAt, opening } from '../../../../tests/gate_kit.ts'
import { park, type Park } from '../../../../tests/park_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { HikCamera } from '../../../world/outside/hik_camera.ts'
import { parking } from '../contract.ts'
import { CameraHttp, ReachFault } from './ask_camera.ts'
import { readPush, secondsOf } from './hikvision.ts'
import { takePush } from './push.ts'

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8])
describe('on the server', () => {
  let t: TestApp
  let w: TinyWorld
  let admin: Caller
  let p: Park
  let cam: Awaited<ReturnType<typeof hikAt>>
  let named = 0
  const at = (time: string): void => setClock(`2026-11-26T${time}.000Z`)
  beforeAll(async () => {
    at('02:00:00')
    t = await testApp()
    w = await tinyWorld(t)
    admin = t.as('admin')
    // Two servers hear of each command.
    await opening(t)
    await opening(t)
  }, 120_000)
  beforeEach(async () => {
    at('02:00:00')
    p = await park(t, { building_id: w.buildings['P1']!, name: `海康${++named}`, rule: { capacity: 50, reserved: 0 } })
    cam = await hikAt(t, admin, { camera_id: p.cameras.in, lane_id: p.lanes.in, direction: 'in' })
    await t.drain()
  })
  afterEach(async () => {
    await cam.stop()
    // What this test left to do is not due before it, when the clock goes back.
    at('04:00:00')
    await t.drain()
  })
  const looks = async () => (await admin(parking.looks, { lot_id: p.lot_id })).rows
  const lane = async () => (await admin(parking.booth, { lot_id: p.lot_id })).lanes.find((l) => l.direction === 'in')!
  const commands = () => t.inside(async (x) => (await sql<{ outcome: string | null; sent_at: string | null }>`select outcome, sent_at from parking.command where company_id = ${x.company_id} and lot_id = ${p.lot_id} order by created_at`.execute(x.db)).rows)
  const ended = (n = 1) => vi.waitFor(async () => { const all = await commands(); expect(all.filter((c) => c.outcome)).toHaveLength(n); return all }, { timeout: 15_000, interval: 50 })
  const camera = async () => (await admin(parking.lot, { lot_id: p.lot_id })).lanes.flatMap((n) => n.cameras).find((k) => k.camera_id === p.cameras.in)!

  test('a live look opens by asking the camera, once, and its position is read back', async () => {
    let n = 0
    for (const form of ['multipart', 'xml', 'json'] as const) {
      cam.form = form
      expect(await cam.see({ plate: `蓝陕C1000${form.length}`, picture: JPEG })).toBe(true)
      await ended(++n)
    }
    const all = await commands()
    expect(all.map((c) => c.outcome)).toEqual(['opened', 'opened', 'opened'])
    expect(cam.opened.map((o) => o.by)).toEqual(['asked', 'asked', 'asked'])
    expect((await looks()).map((l) => [l.plate, l.decision, l.why, l.has_picture, l.confidence])).toEqual([['陕C10004', 'open', 'temporary', false, 96], ['陕C10003', 'open', 'temporary', false, 96], ['陕C10009', 'open', 'temporary', true, 96]])
    expect((await lane()).command).toMatchObject({ by_name: '系统', reason: '临时车', state: 'opened', note: null })
  })
  test('doubles, a lost answer and a retransmission ask nothing again', async () => {
    cam.doubles = 2
    await cam.see({ plate: '陕C20001' })
    await ended(1)
    const event = cam.event({ at_ms: Date.parse('2026-11-26T01:59:59.000Z'), uuid: 'a-b-1', seen: { plate: '陕C20002' }, opened: false }, false)
    for (let i = 0; i < 3; i++) expect((await takePush(t.app, cam.ref, event.type, event.body)).status).toBe(200)
    await ended(2)
    expect(cam.opened).toHaveLength(2)
    cam.doubles = 0
    cam.unplugged = true
    cam.list.set('陕C20003', { id: '9', from: '2026-01-01T00:00:00', to: '2027-01-01T00:00:00' })
    await cam.see({ plate: '陕C20003' })
    await cam.see({ plate: '陕C20004' })
    at('02:10:00')
    cam.unplugged = false
    expect(await cam.replay({ twice: true })).toBe(0)
    const kept = (await looks()).filter((l) => l.replay)
    expect(kept.map((l) => [l.plate, l.why, l.by_camera])).toEqual([['陕C20004', 'not_opened', false], ['陕C20003', 'entered_offline', true]])
    expect(await commands()).toHaveLength(2)
    expect(cam.opened.map((o) => o.by)).toEqual(['asked', 'asked', 'list'])
  })
  test('what is sent late without a mark is known by the camera’s clock, however wrong that is', async () => {
    // Two hours slow: its first sign of life tells.
    cam.clock_off_s = -7200
    expect(await cam.beat()).toBe(true)
    expect((await camera()).clock_off_s).toBe(7200)
    await cam.see({ plate: '陕C30001' })
    await ended(1)
    cam.unmarked = true
    cam.unplugged = true
    await cam.see({ plate: '陕C30002' })
    at('02:05:00')
    cam.unplugged = false
    expect(await cam.replay()).toBe(0)
    expect((await looks()).map((l) => [l.plate, l.replay, l.decision])).toEqual([['陕C30002', true, 'recorded'], ['陕C30001', false, 'open']])
    expect(cam.opened).toHaveLength(1)
  })
  test('no plate, a wrong secret, the secret of another company, nonsense', async () => {
    for (const none of ['无车牌', 'unknown', '', 'NoPlate']) await cam.see({ plate: none })
    expect((await looks()).map((l) => [l.no_plate, l.decision])).toEqual(Array.from({ length: 4 }, () => [true, 'hold']))
    const e = cam.event({ at_ms: Date.parse('2026-11-26T02:00:00.000Z'), uuid: 'x-1', seen: { plate: '陕C40001' }, opened: false }, false)
    const [company, id, secret] = cam.ref.split('.')
    const wrong = `${secret!.startsWith('A') ? 'B' : 'A'}${secret!.slice(1)}`
    for (const ref of [`${company}.${id}.${wrong}`, `${t.other_company_id}.${id}.${secret}`]) expect((await takePush(t.app, ref, e.type, e.body)).status).toBe(404)
    expect((await takePush(t.app, cam.ref, 'application/xml', Buffer.from('<a/>'))).status).toBe(400)
    // A sign of life of the wrong dialect is none.
    expect((await takePush(t.app, cam.ref, 'application/x-www-form-urlencoded', 'serialno=1')).status).toBe(400)
    expect(await commands()).toEqual([])
    expect(cam.opened).toEqual([])
  })
  test('refused, locked, without a signal, silent, unreachable, without an address: each is told, none is asked twice', async () => {
    const told = async (plate: string, n: number) => { at(`02:00:0${n}`); await cam.see({ plate }); await ended(n); return (await lane()).command }
    cam.refuses = true
    expect(await told('陕C50001', 1)).toMatchObject({ state: 'refused', note: '相机拒绝:notSupport' })
    cam.refuses = false
    cam.signal = 0
    expect(await told('陕C50002', 2)).toMatchObject({ state: 'accepted' })
    cam.signal = 1
    cam.locked = true
    expect(await told('陕C50003', 3)).toMatchObject({ state: 'accepted', note: '位置信号仍是关,道闸可能被锁定,请看现场' })
    cam.locked = false
    cam.slow_ms = 6000
    const before = cam.asked.length
    expect(await told('陕C50004', 4)).toMatchObject({ state: 'unknown' })
    cam.slow_ms = 0
    await vi.waitFor(() => expect(cam.asked.length).toBeGreaterThan(before), { timeout: 5000 })
    expect(cam.asked.filter((a) => a.startsWith('PUT')).length).toBe(4)
    await admin(parking.saveCameraReach, { camera_id: p.cameras.in, address: 'http://127.0.0.1:9', ...SIGN_IN })
    expect(await told('陕C50005', 5)).toMatchObject({ state: 'unreachable', note: '连不上相机' })
    await admin(parking.saveCameraReach, { camera_id: p.cameras.in, address: null, user: '' })
    expect(await told('陕C50006', 6)).toMatchObject({ state: 'unreachable', note: '没有填写相机地址,平台不能开闸' })
    // The books say who was let in all the same.
    expect((await admin(parking.booth, { lot_id: p.lot_id })).inside).toBe(6)
  }, 60_000)
  test('the guard’s act goes the same way, and only where the camera can be asked', async () => {
    const guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
    await guard(parking.openByHand, { lane_id: p.lanes.in, reason: '救护车' })
    await ended(1)
    expect(cam.opened).toHaveLength(1)
    expect((await lane()).command).toMatchObject({ reason: '救护车', state: 'opened' })
    // Neither heard nor reached for a while.
    at('02:02:00')
    await expectRefused(guard(parking.openByHand, { lane_id: p.lanes.in, reason: '救护车' }), 'parking.camera_offline')
    expect((await camera()).online).toBe(false)
    await admin(parking.askCamera, { camera_id: p.cameras.in })
    await t.drain()
    expect(await camera()).toMatchObject({ online: true, ask_fault: null, about: { model: 'DS-TCG406-E', serial_no: 'HK-in', firmware: 'V5.5.0', hosts: [{ id: '1', to: 'http://127.0.0.1', ours: false }] } })
  })
  test('a command is nobody’s after ten seconds', async () => {
    const opener = await opening(t)
    const command_id = await t.inside(async (x) => {
      const id = '00000000-0000-7000-8000-00000000000a'
      await sql`insert into parking.command (company_id, command_id, lot_id, lane_id, camera_id, reason, by_name, created_at, expires_at) values (${x.company_id}, ${id}, ${p.lot_id}, ${p.lanes.in}, ${p.cameras.in}, '试', '系统', '2026-11-26T01:59:40Z', '2026-11-26T01:59:50Z')`.execute(x.db)
      return id
    })
    expect(await opener.open(t.company_id, command_id)).toBeNull()
    expect(cam.opened).toEqual([])
  })
  test('a camera that answers nonsense is told, and the others are asked all the same', async () => {
    const exit = await hikAt(t, admin, { camera_id: p.cameras.out, lane_id: p.lanes.out, direction: 'out' })
    try {
      for (const garbage of ['', '<html><body>login</body></html>', '{"statusCode":', '<DeviceInfo></DeviceInfo>', '\u0000\u0001']) {
        cam.garbage = garbage
        await admin(parking.askCamera, { camera_id: p.cameras.in })
        await admin(parking.askCamera, { camera_id: p.cameras.out })
        await t.drain()
        const [a, b] = (await admin(parking.lot, { lot_id: p.lot_id })).lanes.flatMap((n) => n.cameras).toSorted((x) => (x.camera_id === p.cameras.in ? -1 : 1))
        expect([a!.ask_fault, b!.ask_fault]).toEqual(['不是海康相机的答复', null])
      }
      await cam.see({ plate: '陕C61001' })
      expect((await ended(1)).map((c) => c.outcome)).toEqual(['refused'])
    } finally {
      await exit.stop()
    }
  })
  test('another maker is another camera: its address is forgotten', async () => {
    expect((await camera()).reach_host).toContain('127.0.0.1')
    await admin(parking.saveCamera, { camera_id: p.cameras.in, lane_id: p.lanes.in, name: '相机', direction: 'in', serial_no: null, retired: false })
    expect(await camera()).toMatchObject({ dialect: 'vzenith', reach_host: null, about: null, reached_at: null })
    await expectRefused(admin(parking.askCamera, { camera_id: p.cameras.in }), 'parking.no_address')
  })
})

describe('asking', () => {
  let cam: HikCamera
  let address: string
  beforeEach(async () => {
    cam = new HikCamera({ serial_no: 'HK-1', ...SIGN_IN, nowMs: () => Date.parse('2026-11-26T02:00:00Z'), send: async () => ({ status: 200 }) })
    address = `http://127.0.0.1:${await cam.listen()}`
  })
  afterEach(() => cam.stop())
  const INFO = { method: 'GET', path: '/ISAPI/System/deviceInfo' } as const
  test('a stale nonce is answered by the new one; a wrong password is tried once', async () => {
    const http = new CameraHttp({ address, ...SIGN_IN })
    expect((await http.ask(INFO)).status).toBe(200)
    for (let i = 0; i < 12; i++) expect((await http.ask(INFO)).status).toBe(200) // one nonce, counted on past nine in hexadecimal
    cam.door.stale = 1
    expect((await http.ask(INFO)).status).toBe(200)
    cam.reboot()
    expect((await http.ask(INFO)).status).toBe(200)
    expect(cam.door.wrong).toBe(0)
    const bad = new CameraHttp({ address, user: 'admin', password: 'x' })
    await expect(bad.ask(INFO)).rejects.toMatchObject({ message: '账号或密码不对', untouched: true })
    expect(cam.door.wrong).toBe(1)
  })
  test('a password goes out in clear only where it was allowed', async () => {
    cam.door.basic_only = true
    await expect(new CameraHttp({ address, ...SIGN_IN }).ask(INFO)).rejects.toBeInstanceOf(ReachFault)
    expect(cam.door.heard_plain).toEqual([])
    expect((await new CameraHttp({ address, ...SIGN_IN, plain_ok: true }).ask(INFO)).status).toBe(200)
    expect(cam.door.heard_plain).toEqual([SIGN_IN.password])
  })
})

describe('the bytes', () => {
  const cam = new HikCamera({ serial_no: 'HK-1', ...SIGN_IN, nowMs: () => 0, send: async () => ({ status: 200 }) })
  const SEEN = { at_ms: Date.parse('2026-11-26T02:00:07.000Z'), uuid: 'f00-1', seen: { plate: '陕AD12345', colour: 'newEnergyGreen', confidence: 88, picture: JPEG }, opened: true }
  const of = (form: HikCamera['form'], replay: boolean, seen = SEEN) => { cam.form = form; return cam.event(seen, replay) }
  test('each form says the same', () => {
    for (const replay of [false, true]) {
      const [a, b, c] = (['multipart', 'xml', 'json'] as const).map((form) => { const e = of(form, replay); return readPush(e.body, e.type)!.message })
      expect(a).toMatchObject({ kind: 'look', plate: '陕AD12345', vehicle: 'new_energy', confidence: 88, device_s: SEEN.at_ms / 1000, replay, by_camera: replay, look_key: `f00-1.${SEEN.at_ms / 1000}` })
      expect(a!.kind === 'look' && a!.picture).toEqual(JPEG)
      for (const x of [b, c]) expect(x).toEqual({ ...a, picture: null })
    }
  })
  test('what the document can say is read as it was said', () => {
    fc.assert(fc.property(fc.record({ n: fc.integer({ min: 10_000, max: 99_999 }), s: fc.integer({ min: 1_700_000_000, max: 2_000_000_000 }), confidence: fc.integer({ min: 0, max: 100 }), form: fc.constantFrom('multipart', 'xml', 'json'), replay: fc.boolean(), opened: fc.boolean() }), (x) => {
      const e = of(x.form as HikCamera['form'], x.replay, { at_ms: x.s * 1000, uuid: `u-${x.n}`, seen: { plate: `陕C${x.n}`, colour: 'blue', confidence: x.confidence, picture: JPEG }, opened: x.opened })
      expect(readPush(e.body, e.type)!.message).toMatchObject({ plate: `陕C${x.n}`, device_s: x.s, confidence: x.confidence, replay: x.replay, by_camera: x.replay && x.opened, look_key: `u-${x.n}.${x.s}` })
    }))
  })
  test('a body that was cut or mixed up gives no look, or none that is another', () => {
    const e = of('xml', false)
    fc.assert(fc.property(fc.integer({ min: 0, max: e.body.length - 30 }), (n) => { expect(readPush(e.body.subarray(0, n), e.type)?.message.kind).not.toBe('look') }))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom('multipart/form-data; boundary=x', 'application/xml', 'application/json', undefined), (bytes, type) => { expect(readPush(Buffer.from(bytes), type)?.message.kind).not.toBe('look') }))
    expect(readPush(Buffer.from('<!DOCTYPE a [<!ENTITY b "c">]><EventNotificationAlert><eventType>ANPR</eventType></EventNotificationAlert>'), 'application/xml')).toBeNull()
    expect(readPush(Buffer.from('{"eventType":"ANPR","dateTime":"2026-11-26T02:00:00+08:00","ANPR":{}}'), 'application/json')).toBeNull()
  })
  test('times with and without a zone', () => {
    expect([secondsOf('2026-11-26T10:00:00+08:00'), secondsOf('2026-11-26T02:00:00Z'), secondsOf('2026-11-26 10:00:00'), secondsOf('2026-11-26T10:00:00.123+0800')]).toEqual(Array.from({ length: 4 }, () => Date.parse('2026-11-26T02:00:00Z') / 1000))
    expect([secondsOf(''), secondsOf('yesterday'), secondsOf('2026-13-99T10:00:00Z')]).toEqual([null, null, null])
  })
})
