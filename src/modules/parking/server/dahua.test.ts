// Cameras of 大华 (ITSAPI and CGI) on the real server: what they push under their address, how their barrier goes up, what never opens. And the bytes by themselves.
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { SIGN_IN, dahuaAt, opening } from '../../../../tests/gate_kit.ts'
import { park, type Park } from '../../../../tests/park_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { makeFront } from '../../../apps/front.ts'
import { setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { DahuaCamera } from '../../../world/outside/dahua_camera.ts'
import { parking } from '../contract.ts'
import { askByClock } from './ask.ts'
import { readPush } from './dahua.ts'
import { takePush } from './push.ts'

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 9, 8, 7, 6, 5, 4, 3, 2])
const TOLLGATE = 'NotificationInfo/TollgateInfo'
describe('on the server', () => {
  let t: TestApp
  let w: TinyWorld
  let admin: Caller
  let p: Park
  let cam: Awaited<ReturnType<typeof dahuaAt>>
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
  const lot = async (reach: boolean): Promise<void> => {
    at('02:00:00')
    p = await park(t, { building_id: w.buildings['P1']!, name: `大华${++named}`, rule: { capacity: 50, reserved: 0 } })
    cam = await dahuaAt(t, admin, { camera_id: p.cameras.in, lane_id: p.lanes.in, direction: 'in', reach })
    await t.drain()
  }
  beforeEach(() => lot(true))
  afterEach(async () => {
    await cam.stop()
    at('04:00:00')
    await t.drain()
  })
  const looks = async () => (await admin(parking.looks, { lot_id: p.lot_id })).rows
  const lane = async () => (await admin(parking.booth, { lot_id: p.lot_id })).lanes.find((l) => l.direction === 'in')!
  const camera = async () => (await admin(parking.lot, { lot_id: p.lot_id })).lanes.flatMap((n) => n.cameras).find((k) => k.camera_id === p.cameras.in)!
  const commands = () => t.inside(async (x) => (await sql<{ outcome: string | null }>`select outcome from parking.command where company_id = ${x.company_id} and lot_id = ${p.lot_id} order by created_at, command_id`.execute(x.db)).rows.map((r) => r.outcome))
  const ended = (n: number) => vi.waitFor(async () => expect((await commands()).filter(Boolean)).toHaveLength(n), { timeout: 15_000, interval: 50 })

  test('a live look opens by asking, once, with its plate; its answer does not open besides', async () => {
    cam.doubles = 2
    expect(await cam.see({ plate: '陕C10001', picture: JPEG, confidence: 204 })).toBe(true)
    await ended(1)
    expect(cam.opened).toMatchObject([{ by: 'asked', plate: '陕C10001' }])
    expect(cam.asked.at(-1)).toBe(`GET /cgi-bin/trafficSnap.cgi?action=openStrobe&channel=1&info.openType=Normal&info.plateNumber=${encodeURIComponent('陕C10001')}`)
    expect(await looks()).toMatchObject([{ plate: '陕C10001', decision: 'open', confidence: 80, has_picture: true, vehicle: 'small' }])
    expect((await lane()).command).toMatchObject({ state: 'accepted', by_name: '系统' })
  })
  test('a camera that nobody can ask opens by the answer, and the guard is told that he cannot', async () => {
    await cam.stop()
    await lot(false)
    expect(await cam.beat()).toBe(true)
    expect(await cam.introduce()).toBe(true)
    expect(await cam.see({ plate: '陕C10002' })).toBe(true)
    expect(cam.opened).toMatchObject([{ by: 'answer' }])
    expect(await commands()).toEqual([])
    expect((await camera()).online).toBe(true)
    await expectRefused(admin(parking.openByHand, { lane_id: p.lanes.in, reason: '救护车' }), 'parking.camera_offline')
  })
  test('what it kept is known by its time, opens nothing, and is put into the books where it had opened', async () => {
    await cam.see({ plate: '陕C20001' })
    await ended(1)
    cam.unplugged = true
    cam.list.set(7, { recno: 7, plate: '陕C20002', begin: '2026-01-01 00:00:00', cancel: '2027-01-01 00:00:00', open: true })
    await cam.see({ plate: '陕C20002' })
    await cam.see({ plate: '陕C20003' })
    at('02:10:00')
    cam.unplugged = false
    expect(await cam.replay({ twice: true })).toBe(0)
    expect((await looks()).filter((l) => l.replay).map((l) => [l.plate, l.why])).toEqual([['陕C20003', 'not_opened'], ['陕C20002', 'entered_offline']])
    expect(cam.opened.map((o) => o.by)).toEqual(['asked', 'list'])
    expect(await commands()).toHaveLength(1)
  })
  test('a clock that is hours off is found by asking, and lets live cars in', async () => {
    cam.clock_off_s = -3 * 3600
    await admin(parking.askCamera, { camera_id: p.cameras.in })
    await t.drain()
    expect(await camera()).toMatchObject({ clock_off_s: 3 * 3600, about: { model: 'ITC415-PW4D-IZ1', serial_no: 'DH-in', firmware: '3.000.0000000.1.R', hosts: null } })
    await cam.see({ plate: '陕C30001' })
    await ended(1)
    expect(cam.opened).toHaveLength(1)
  })
  test('no plate, no car, a wrong secret, the secret of another company, another camera’s number', async () => {
    await cam.see({ plate: null })
    await cam.see({ plate: '陕C40001', vehicle: 'Passerby' })
    expect((await looks()).map((l) => [l.no_plate, l.decision, l.why])).toEqual([[false, 'ignore', 'no_passage'], [true, 'hold', 'no_plate']])
    const body = cam.body({ at_ms: Date.parse('2026-11-26T02:00:00.000Z'), n: 1, seen: { plate: '陕C40002' }, opened: false }, 1)
    const [company, id, secret] = cam.ref.split('.')
    const wrong = `${secret!.startsWith('A') ? 'B' : 'A'}${secret!.slice(1)}`
    for (const ref of [`${company}.${id}.${wrong}`, `${t.other_company_id}.${id}.${secret}`]) expect((await takePush(t.app, ref, 'application/json', body, TOLLGATE)).status).toBe(404)
    await admin(parking.saveCamera, { camera_id: p.cameras.in, lane_id: p.lanes.in, name: '相机', direction: 'in', dialect: 'dahua', serial_no: 'another', retired: false })
    expect((await takePush(t.app, cam.ref, 'application/json', body, TOLLGATE)).status).toBe(404)
    expect(cam.opened).toEqual([])
  })
  test('refused, without CGI, silent: told, and asked once', async () => {
    const told = async (plate: string, n: number) => { at(`02:00:0${n}`); await cam.see({ plate }); await ended(n); return (await lane()).command }
    cam.refuses = true
    expect(await told('陕C50001', 1)).toMatchObject({ state: 'refused', note: '相机拒绝:Error Operation not allowed' })
    cam.refuses = false
    cam.no_cgi = true
    expect(await told('陕C50002', 2)).toMatchObject({ state: 'refused', note: '这个型号没有 CGI 开闸接口(Not Implemented)' })
    cam.no_cgi = false
    cam.slow_ms = 6000
    expect(await told('陕C50003', 3)).toMatchObject({ state: 'unknown' })
    await admin(parking.saveCameraReach, { camera_id: p.cameras.in, address: `http://127.0.0.1:${cam.port}`, user: 'admin', password: 'no' })
    cam.slow_ms = 0
    expect(await told('陕C50004', 4)).toMatchObject({ state: 'unreachable', note: '账号或密码不对' })
    expect(cam.door.wrong).toBe(1)
    // Not tried again by the clock: cameras lock accounts.
    at('02:05:00')
    await t.drain()
    const wrong = cam.door.wrong
    at('02:10:00')
    await runSchedule(t.app, { name: 'parking.ask', every_s: 30, of: 'company', run: askByClock })
    expect(cam.door.wrong).toBe(wrong)
  }, 30_000)
  test('over HTTP: every path under the address, and nothing without it', async () => {
    const f = await makeFront(t.app)
    try {
      const ask = (url: string, payload: string, method: 'GET' | 'POST' = 'POST') => f.inject({ method, url, ...(method === 'POST' ? { headers: { 'content-type': 'application/json;charset=UTF-8' }, payload } : {}) })
      const body = cam.body({ at_ms: Date.parse('2026-11-26T02:00:00.000Z'), n: 1, seen: { plate: '陕C60001' }, opened: false }, 1).toString()
      expect((await ask(`/gate/plate/${cam.ref}/NotificationInfo/KeepAlive`, '{"Active":"keepAlive","DeviceID":"x"}')).json()).toEqual({ Active: true, DeviceID: 'x' })
      expect((await ask(`/gate/plate/${cam.ref}/NotificationInfo/KeepAlive`, '', 'GET')).json()).toEqual({ Active: true })
      expect((await ask(`/gate/plate/${cam.ref}/${TOLLGATE}`, body)).json()).toMatchObject({ Result: true, PlateNumber: '陕C60001', OpenStrobe: false })
      expect((await ask(`/gate/plate/${cam.ref}/elsewhere`, body)).statusCode).toBe(400)
      expect((await ask(`/NotificationInfo/TollgateInfo`, body)).statusCode).toBe(404)
    } finally {
      await f.close()
    }
  })
})

describe('the bytes', () => {
  const cam = new DahuaCamera({ serial_no: 'DH-1', ...SIGN_IN, nowMs: () => 0, send: async () => ({ status: 200, body: null }) })
  test('what the document can say is read as it was said', () => {
    fc.assert(fc.property(fc.record({ n: fc.integer({ min: 10_000, max: 99_999 }), s: fc.integer({ min: 1_700_000_000, max: 2_000_000_000 }), confidence: fc.integer({ min: 0, max: 255 }), opened: fc.boolean(), upload: fc.nat({ max: 1e6 }) }), (x) => {
      const body = cam.body({ at_ms: x.s * 1000, n: x.n, seen: { plate: `陕C${x.n}`, confidence: x.confidence, picture: JPEG }, opened: x.opened }, x.upload)
      const m = readPush(body, 'application/json', TOLLGATE)!.message
      expect(m).toMatchObject({ plate: `陕C${x.n}`, device_s: x.s, confidence: Math.round((x.confidence * 100) / 255), by_camera: x.opened, serial_no: 'DH-1', picture: JPEG })
      // Sent again it has another count and is the same look.
      const again = readPush(cam.body({ at_ms: x.s * 1000, n: x.n, seen: { plate: `陕C${x.n}` }, opened: false }, x.upload + 1), undefined, TOLLGATE)!.message
      expect(again.kind === 'look' && m.kind === 'look' && again.look_key === m.look_key).toBe(true)
    }))
  })
  test('a body that was cut or mixed up gives no look', () => {
    const body = cam.body({ at_ms: 1_790_000_000_000, n: 1, seen: { plate: '陕C12345' }, opened: false }, 1)
    fc.assert(fc.property(fc.integer({ min: 0, max: body.length - 1 }), (n) => { expect(readPush(body.subarray(0, n), 'application/json', TOLLGATE)?.message.kind).not.toBe('look') }))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(TOLLGATE, 'NotificationInfo/KeepAlive', 'DeviceInfo', ''), (bytes, at) => { expect(readPush(Buffer.from(bytes), undefined, at)?.message.kind).not.toBe('look') }))
    for (const none of ['{"Picture":{}}', '{"Picture":{"Plate":{"PlateNumber":"陕C12345"},"SnapInfo":{}}}', '[]', 'null', '{"Picture":7}']) expect(readPush(Buffer.from(none), undefined, TOLLGATE)).toBeNull()
    expect(readPush(body, undefined, 'NotificationInfo/KeepAlive')?.message.kind).toBe('beat')
  })
})
