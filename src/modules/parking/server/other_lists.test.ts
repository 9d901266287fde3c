// White lists on cameras that are asked (海康, 大华): put on, changed, taken off by their own numbers, read back, mended; full; nothing here can empty one (H9). And 海康's listener set again.
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { SIGN_IN, dahuaAt, hikAt } from '../../../../tests/gate_kit.ts'
import { park, type Park } from '../../../../tests/park_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { nowMs, setClock } from '../../../kernel/clock.ts'
import { DahuaCamera } from '../../../world/outside/dahua_camera.ts'
import { HikCamera } from '../../../world/outside/hik_camera.ts'
import { parking } from '../contract.ts'
import { askByClock } from './ask.ts'
import { dahuaCamera } from './dahua_camera.ts'
import { plateFor } from './dialect.ts'
import { hikvisionCamera } from './hikvision_camera.ts'

let t: TestApp
let w: TinyWorld
let admin: Caller
let p: Park
let named = 0
const at = (time: string): void => setClock(`2026-11-${time}.000Z`)
beforeAll(async () => {
  at('26T02:00:00')
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
}, 120_000)
beforeEach(async () => {
  at('26T02:00:00')
  p = await park(t, { building_id: w.buildings['P1']!, name: `名单${++named}`, rule: { capacity: 500 } })
})
const camera = async () => (await admin(parking.lot, { lot_id: p.lot_id })).lanes.flatMap((n) => n.cameras).find((k) => k.camera_id === p.cameras.in)!
const permit = async (plates: string[], to_on: string | null = null, permit_id?: string) => (await admin(parking.savePermit, { ...(permit_id ? { permit_id } : {}), lot_id: p.lot_id, kind: 'free', plates, places: 1, house_id: null, holder_name: '工程车', holder_phone: null, card_no: null, from_on: '2026-11-26', to_on, reason: '施工' })).permit_id
/** The half minute comes round, and the worker does what it says. */
const tick = async (time: string): Promise<void> => {
  at(time)
  for (let i = 0; i < 2; i++) {
    await runSchedule(t.app, { name: 'parking.ask', every_s: 30, of: 'company', run: askByClock })
    await t.drain()
  }
}

interface AtLane {
  plates: () => Record<string, string>
  drop: (plate: string) => void
  put: (plate: string) => void
  full: (n: number) => void
  stop: () => Promise<void>
}
const MAKERS = {
  海康: async (): Promise<AtLane> => {
    const cam = await hikAt(t, admin, { camera_id: p.cameras.in, lane_id: p.lanes.in, direction: 'in' })
    return { plates: () => Object.fromEntries([...cam.list].map(([k, r]) => [k, r.to.slice(0, 10)])), drop: (x) => void cam.list.delete(x), put: (x) => void cam.list.set(x, { id: `x${x}`, from: '2026-01-01T00:00:00', to: '2030-01-01T00:00:00' }), full: (n) => { cam.list_max = n }, stop: () => cam.stop() }
  },
  海康旧词: async (): Promise<AtLane> => {
    const cam = await hikAt(t, admin, { camera_id: p.cameras.in, lane_id: p.lanes.in, direction: 'in' })
    cam.kind = 'allowList'
    return { plates: () => Object.fromEntries([...cam.list].map(([k, r]) => [k, r.to.slice(0, 10)])), drop: (x) => void cam.list.delete(x), put: (x) => void cam.list.set(x, { id: `x${x}`, from: '2026-01-01T00:00:00', to: '2030-01-01T00:00:00' }), full: (n) => { cam.list_max = n }, stop: () => cam.stop() }
  },
  大华: async (): Promise<AtLane> => {
    const cam = await dahuaAt(t, admin, { camera_id: p.cameras.in, lane_id: p.lanes.in, direction: 'in' })
    const rows = () => [...cam.list.values()]
    return { plates: () => Object.fromEntries(rows().map((r) => [r.plate, r.cancel.slice(0, 10)])), drop: (x) => { for (const r of rows()) if (r.plate === x) cam.list.delete(r.recno) }, put: (x) => void cam.list.set(9000, { recno: 9000, plate: x, begin: '2026-01-01 00:00:00', cancel: '2030-01-01 00:00:00', open: true }), full: (n) => { cam.list_max = n }, stop: () => cam.stop() }
  },
}
describe.each(Object.keys(MAKERS) as (keyof typeof MAKERS)[])('%s', (maker) => {
  let cam: AtLane
  beforeEach(async () => { cam = await MAKERS[maker](); await t.drain() })
  afterEach(async () => {
    await cam.stop()
    at('27T04:00:00')
    await t.drain()
  })
  test('comes on, is changed, goes off, and what others did to it is mended', async () => {
    const plates = ['陕C30010', '陕C30011', '陕C30012', '陕C30013', '陕C30014', '陕C30015', '陕C30016']
    const permit_id = await permit(plates)
    await tick('26T02:01:00')
    expect(cam.plates()).toEqual(Object.fromEntries(plates.map((x) => [x, '2026-12-26'])))
    expect(await camera()).toMatchObject({ list_count: 7, list_left: 0, list_fault: null })
    // Another hand: one taken off, one put on.
    cam.drop('陕C30010')
    cam.put('陕C99999')
    at('26T02:10:00')
    await admin(parking.readLists, { lot_id: p.lot_id })
    await t.drain()
    expect(await camera()).toMatchObject({ read_count: 7, missing_count: 1, extra_count: 1, wrong_count: 0 })
    await tick('26T02:11:00')
    expect(Object.keys(cam.plates()).toSorted()).toEqual(plates)
    at('26T02:20:00')
    await admin(parking.readLists, { lot_id: p.lot_id })
    await t.drain()
    expect(await camera()).toMatchObject({ missing_count: 0, extra_count: 0, unequal_count: 0, verified_at: '2026-11-26T02:20:00.000Z' })
    // The right ends: off before anything comes on.
    await admin(parking.endPermit, { permit_id, reason: '完工' })
    const short = await permit(['陕C70001'], '2026-12-01')
    await tick('26T02:21:00')
    expect(cam.plates()).toEqual({ 陕C70001: '2026-12-01' })
    // Longer: the day on the camera follows.
    await permit(['陕C70001'], null, short)
    await tick('26T02:30:00')
    expect(cam.plates()).toEqual({ 陕C70001: '2026-12-26' })
  })
  test('a full list is told and waits, and goes on when there is room', async () => {
    cam.full(5)
    await permit(['陕C40010', '陕C40011', '陕C40012', '陕C40013', '陕C40014', '陕C40015'])
    await tick('26T02:01:00')
    expect(await camera()).toMatchObject({ list_fault: '相机的名单已满', list_left: 1 })
    cam.full(100)
    await tick('26T02:07:00')
    expect(Object.keys(cam.plates())).toHaveLength(6)
    expect(await camera()).toMatchObject({ list_fault: null, list_left: 0 })
  })
})

test('a removal takes its own plates and nothing else, whatever the camera answers (H9)', async () => {
  const [hik, dahua] = [new HikCamera({ serial_no: 'h', ...SIGN_IN, nowMs, send: async () => ({ status: 200 }) }), new DahuaCamera({ serial_no: 'd', ...SIGN_IN, nowMs, send: async () => ({ status: 200, body: null }) })]
  const at_ = async (cam: HikCamera | DahuaCamera) => ({ address: `http://127.0.0.1:${await cam.listen()}`, ...SIGN_IN })
  try {
    const [a, b] = [hikvisionCamera(await at_(hik), 1), dahuaCamera(await at_(dahua), 1)]
    const rows = ['陕C90001', '陕C90002', '陕C90003'].map((plate) => ({ plate: plateFor(plate)!, from: '2026-11-26 00:00:00', to: '2026-12-26 00:00:00' }))
    for (const [cam, sim, plates] of [[a, hik, () => [...hik.list.keys()]], [b, dahua, () => [...dahua.list.values()].map((r) => r.plate)]] as const) {
      await cam.change!({ add: [rows[0]!, rows[1]!, rows[2]!] })
      expect(plates()).toEqual(['陕C90001', '陕C90002', '陕C90003'])
      await cam.change!({ remove: [plateFor('陕C77777')!] })
      sim.deaf = true
      await cam.change!({ remove: [plateFor('陕C77777')!, rows[1]!.plate] })
      expect(plates()).toEqual(['陕C90001', '陕C90003'])
      // The same again, both ways.
      await cam.change!({ remove: [rows[1]!.plate] })
      await cam.change!({ add: [rows[0]!] })
      expect(plates()).toEqual(['陕C90001', '陕C90003'])
      expect((await cam.list!()).map((r) => [r.plate, r.until.slice(0, 10)])).toEqual([['陕C90001', '2026-12-26'], ['陕C90003', '2026-12-26']])
    }
    expect(dahua.asked.filter((x) => /clear/i.test(x))).toEqual([])
  } finally {
    await Promise.all([hik.stop(), dahua.stop()])
  }
})

test('a listener that a reboot switched off is seen, and set again; another platform’s is left alone', async () => {
  const cam = await hikAt(t, admin, { camera_id: p.cameras.in, lane_id: p.lanes.in, direction: 'in' })
  try {
    await t.drain()
    expect((await camera()).about!.hosts).toEqual([{ id: '1', to: 'http://127.0.0.1', ours: false }])
    // Somebody else's: refused, and the camera keeps it.
    await admin(parking.mendCamera, { camera_id: p.cameras.in, origin: 'http://10.0.0.8:8080' })
    await t.drain()
    expect(await camera()).toMatchObject({ ask_waiting: false, ask_fault: '重设监听没有成功:监听地址都被别的平台占用,请先在相机上删除一个' })
    cam.reboot()
    expect(await cam.see({ plate: '陕C80001' })).toBe(false)
    await admin(parking.mendCamera, { camera_id: p.cameras.in, origin: 'http://10.0.0.8:8080' })
    await t.drain()
    expect(await camera()).toMatchObject({ ask_fault: null, about: { hosts: [{ id: '1', to: 'http://10.0.0.8:8080', ours: true }] } })
    expect(cam.host).toMatchObject({ url: `/gate/plate/${cam.ref}`, ip: '10.0.0.8', port: 8080, protocol: 'HTTP' })
    expect(await cam.see({ plate: '陕C80002' })).toBe(true)
    cam.refuses = true
    await admin(parking.mendCamera, { camera_id: p.cameras.in, origin: 'https://he.example.cn' })
    await t.drain()
    expect(await camera()).toMatchObject({ ask_fault: '重设监听没有成功:相机拒绝:lowPrivilege' })
    const visitor = t.as('visitor')
    await expectRefused(visitor(parking.mendCamera, { camera_id: p.cameras.in, origin: 'https://he.example.cn' }), 'kernel.forbidden')
    await expectRefused(t.as('other_admin')(parking.mendCamera, { camera_id: p.cameras.in, origin: 'https://he.example.cn' }), 'kernel.not_found')
    await expectRefused(admin(parking.mendCamera, { camera_id: p.cameras.out, origin: 'https://he.example.cn' }), 'parking.no_address')
  } finally {
    await cam.stop()
  }
})
