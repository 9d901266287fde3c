// The list on a camera read back through its own page: equal, mended, told; and which cameras a permit is not on.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { park, type Park } from '../../../../tests/park_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { PlatePage } from '../../../world/outside/plate_page.ts'
import { parking } from '../contract.ts'
import { readDueLists } from './reach.ts'

let t: TestApp
let w: TinyWorld
let admin: Caller
let p: Park
let page: PlatePage
let port: number
const SIGN_IN = { user: 'admin', password: 'secret' }
beforeAll(async () => {
  setClock('2026-11-26T02:00:00.000Z')
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
}, 120_000)
let named = 0
beforeEach(async () => {
  setClock('2026-11-26T02:00:00.000Z')
  p = await park(t, { building_id: w.buildings['P1']!, name: `核对${++named}`, rule: { capacity: 500 } })
  page = new PlatePage(p.cam.in, SIGN_IN)
  port = await page.listen()
})
afterEach(() => page.stop())
const camera = async () => (await admin(parking.lot, { lot_id: p.lot_id })).lanes.flatMap((n) => n.cameras).find((k) => k.camera_id === p.cameras.in)!
const permit = async (n: number, plates: string[]) => (await admin(parking.savePermit, { lot_id: p.lot_id, kind: 'free', plates, places: 1, house_id: null, holder_name: `车主${n}`, holder_phone: null, card_no: null, from_on: '2026-01-01', to_on: null, reason: null })).permit_id
const beats = async (cam: Park['cam']['in'], n: number): Promise<void> => { for (let i = 0; i < n; i++) await cam.beat() }

test('five plates a push; read back equal; what is missing is sent again, what nobody sent is taken off, three times is told', async () => {
  const permit_id = await permit(1, Array.from({ length: 12 }, (_, i) => `陕C300${10 + i}`))
  await p.cam.in.beat()
  expect(p.cam.in.list.size).toBe(5)
  await beats(p.cam.in, 4)
  expect(p.cam.in.list.size).toBe(12)
  expect(await admin(parking.permitLists, { permit_id })).toMatchObject({ camera_count: 2, left: [{ lane_name: '东门出', plates: { length: 12 } }] })
  await expectRefused(admin(parking.readLists, { lot_id: p.lot_id }), 'parking.no_reach')
  await expectRefused(admin(parking.saveCameraReach, { camera_id: p.cameras.in, address: `http://127.0.0.1:${port}`, user: 'admin' }), 'parking.password_needed')
  await admin(parking.saveCameraReach, { camera_id: p.cameras.in, address: `http://127.0.0.1:${port}/whatever`, ...SIGN_IN })
  expect(await camera()).toMatchObject({ reach_host: `127.0.0.1:${port}`, read_waiting: true })
  setClock('2026-11-26T02:05:00.000Z')
  await t.drain()
  expect(await camera()).toMatchObject({ read_waiting: false, read_count: 12, missing_count: 0, extra_count: 0, wrong_count: 0, unequal_count: 0, read_fault: null, verified_at: '2026-11-26T02:05:00.000Z' })

  // The camera forgets one, keeps one with another day, and somebody typed one in.
  p.cam.in.list.delete('陕C30010')
  p.cam.in.list.set('陕C30011', { from: '', to: '2030-01-01 00:00:00' })
  p.cam.in.list.set('陕C99999', { from: '', to: '2030-01-01 00:00:00' })
  expect(await admin(parking.readLists, { lot_id: p.lot_id })).toEqual({ camera_count: 1, without_count: 1 })
  await t.drain()
  expect(await camera()).toMatchObject({ missing_count: 1, extra_count: 1, wrong_count: 1, unequal_count: 1 })
  expect((await admin(parking.permitLists, { permit_id })).left.find((k) => k.lane_name === '东门入')!.plates).toEqual(['陕C30010', '陕C30011'])
  await beats(p.cam.in, 4)
  expect([p.cam.in.list.has('陕C30010'), p.cam.in.list.has('陕C99999'), p.cam.in.list.get('陕C30011')!.to]).toEqual([true, false, '2026-12-26 00:00:00'])
  setClock('2026-11-26T02:10:00.000Z')
  await admin(parking.readLists, { lot_id: p.lot_id })
  await t.drain()
  expect(await camera()).toMatchObject({ missing_count: 0, unequal_count: 0, verified_at: '2026-11-26T02:10:00.000Z' })

  // Ended: what still stands there is shown until it is off.
  await admin(parking.endPermit, { permit_id, reason: '搬离' })
  expect((await admin(parking.permitLists, { permit_id })).left).toMatchObject([{ lane_name: '东门入' }])
  await beats(p.cam.in, 4)
  expect((await admin(parking.permitLists, { permit_id })).left).toEqual([])
})

test('what is taken away leaves the camera before anything comes onto it', async () => {
  const old = await permit(5, ['陕C70001'])
  await beats(p.cam.in, 2)
  expect([...p.cam.in.list.keys()]).toEqual(['陕C70001'])
  await admin(parking.endPermit, { permit_id: old, reason: '搬离' })
  await permit(6, ['陕C70002'])
  setClock('2026-11-26T02:05:00.000Z')
  await p.cam.in.beat()
  expect([...p.cam.in.list.keys()]).toEqual([])
  await p.cam.in.beat()
  expect([...p.cam.in.list.keys()]).toEqual(['陕C70002'])
})

test('a camera that cannot be reached, a wrong password and another page are told, and change no list', async () => {
  await permit(2, ['陕C40001'])
  await beats(p.cam.in, 2)
  const say = async (o: { address?: string; password?: string }) => {
    await admin(parking.saveCameraReach, { camera_id: p.cameras.in, address: o.address ?? `http://127.0.0.1:${port}`, user: 'admin', password: o.password ?? SIGN_IN.password })
    await t.drain()
    return (await camera()).read_fault
  }
  expect(await say({ password: 'wrong' })).toBe('账号或密码不对')
  expect(await say({ address: 'http://127.0.0.1:9' })).toBe('连不上相机')
  page.broken = true
  expect(await say({})).toBe('不是臻识相机的答复')
  expect(await camera()).toMatchObject({ list_count: 1, unequal_count: 0 })
  // The kept password goes to no other address.
  await expectRefused(admin(parking.saveCameraReach, { camera_id: p.cameras.in, address: 'http://10.0.0.9', user: 'admin' }), 'parking.password_needed')
  const guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  await expectRefused(guard(parking.saveCameraReach, { camera_id: p.cameras.in, address: null, user: '' }), 'kernel.forbidden')
  await expectRefused(t.as('other_admin')(parking.saveCameraReach, { camera_id: p.cameras.in, address: null, user: '' }), 'kernel.not_found')
})

const clock = (time: string): void => setClock(`2026-11-${time}.000Z`)
/** What the schedule finds due, read. */
const night = () => t.inside((scope) => readDueLists({ tx: <T>(run: (x: typeof scope) => Promise<T>) => run(scope), stopped: async () => false } as never))
test('what was sent a moment ago is not missed; it is read after a change and at night; unequal three times it waits for a person', async () => {
  await permit(3, ['陕C50001', '陕C50002'])
  await beats(p.cam.in, 3)
  await admin(parking.saveCameraReach, { camera_id: p.cameras.in, address: `http://127.0.0.1:${port}`, ...SIGN_IN })
  // Slow to store it: within two minutes that says nothing.
  p.cam.in.list.delete('陕C50001')
  await t.drain()
  expect(await camera()).toMatchObject({ read_count: 1, missing_count: 0, unequal_count: 0 })
  clock('26T02:01:00')
  let asked = page.asked
  await night()
  expect(page.asked).toBe(asked)
  for (const [n, time] of ['26T02:03:00', '26T02:08:00', '26T02:13:00'].entries()) {
    clock(time)
    await night()
    expect(await camera()).toMatchObject({ missing_count: 1, unequal_count: n + 1 })
    await beats(p.cam.in, 3)
    p.cam.in.list.delete('陕C50001')
  }
  asked = page.asked
  clock('26T02:18:00')
  await night()
  expect(page.asked).toBe(asked)
  clock('26T23:00:00')
  await night()
  expect(page.asked).toBeGreaterThan(asked)
})
test('a row that is switched off opens nothing: as good as missing', async () => {
  await permit(4, ['陕C60001', '陕C60002'])
  await beats(p.cam.in, 3)
  page.off.add('陕C60002')
  clock('26T02:05:00')
  await admin(parking.saveCameraReach, { camera_id: p.cameras.in, address: `http://127.0.0.1:${port}`, ...SIGN_IN })
  await t.drain()
  expect(await camera()).toMatchObject({ read_count: 1, missing_count: 1 })
})
test('a page that sends elsewhere is not followed, and a kept password is one user’s', async () => {
  const away = createServer((_req, res) => void res.writeHead(307, { location: `http://127.0.0.1:${port}/dbopr.php` }).end())
  await new Promise<void>((done) => void away.listen(0, '127.0.0.1', done))
  try {
    const address = `http://127.0.0.1:${(away.address() as AddressInfo).port}`
    await admin(parking.saveCameraReach, { camera_id: p.cameras.in, address, ...SIGN_IN })
    await t.drain()
    await expectRefused(admin(parking.saveCameraReach, { camera_id: p.cameras.in, address, user: 'operator' }), 'parking.password_needed')
    expect(await camera()).toMatchObject({ read_fault: '相机答复 307', read_count: null })
    expect(page.asked).toBe(0)
  } finally {
    await new Promise<void>((done) => void away.close(() => done()))
  }
})
