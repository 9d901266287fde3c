// A site plan as named people: pictures by version, pins seen by the right over the thing and not by the right over the plan, states asked of the modules that own them, paper.
import { Readable } from 'node:stream'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { saveUpload } from '../../../kernel/files.ts'
import { png } from '../../../world/plan/site_plan.ts'
import { doors } from '../../doors/contract.ts'
import { equipment } from '../../equipment/contract.ts'
import { muster } from '../../muster/contract.ts'
import { safety } from '../../safety/contract.ts'
import { siteplan } from '../contract.ts'
import { nameBox, tagBox } from './paper.ts'
import { sizeOf } from './picture.ts'

let t: TestApp
let w: TinyWorld
let admin: Caller
let head: Caller & { account_id: string; token: string }
let guard: Caller
const id: Record<string, string> = {}
const NOON = '2026-11-26T12:00:00.000Z'
const PICTURE = png(400, 300, new Uint8Array(400 * 300), ['ffffff'])
/** A grey 300 × 200 JPEG, only as far as its frame header. */
const JPEG = Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'), Buffer.from('ffc0000b0800c8012c01011100', 'hex'), Buffer.alloc(20)])
async function up(token: string, body: Buffer, purpose = 'plan'): Promise<string> {
  const known = (await t.app.whoIs(token, { ip: null, agent: 'test', face: 'api' }))!
  return (await saveUpload(t.app, known, { purpose, name: 'a.png', body: Readable.from([body]) })).file_id
}
const place = (kind: 'door' | 'sign' | 'equipment' | 'point' | 'building', subject_id: string, x = 100, y = 100) => head(siteplan.placePin, { version_id: id['v1']!, kind, subject_id, x_permille: x, y_permille: y })

beforeAll(async () => {
  setClock(NOON)
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  head = await t.hire('guard_head', here)
  guard = await t.hire('guard', here)
  const { controller_id } = await admin(doors.saveController, { community_id: w.community_id, name: '控制器', serial_no: null, retired: false })
  id['door'] = (await admin(doors.saveDoor, { controller_id, port_no: 1, building_id: w.buildings['1']!, unit_no: '1', name: '1栋1单元门', kind: 'unit', fire_release: true, held_s: 30, retired: false })).door_id
  id['sign'] = (await head(safety.saveSign, { community_id: w.community_id, no: 'BS-001', kind: '消防', words: '安全出口', place: '1栋大厅', set_on: '2026-01-01', check_months: 6 })).sign_id
  id['point'] = (await head(muster.savePoint, { community_id: w.community_id, name: '中心广场', place: '喷泉旁', retired: false })).point_id
  const { rows } = await admin(equipment.categories, {})
  const pump = rows.find((c) => c.code === 'XFB')!
  id['pump'] = (await admin(equipment.saveDevice, { community_id: w.community_id, category_id: pump.category_id, name: '消火栓主泵', place: '消防泵房', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on: null, warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, standards: { install: null, repair: null, replace: null }, note: null })).equipment_id
  id['plan'] = (await head(siteplan.savePlan, { community_id: w.community_id, kind: 'site', name: '全区' })).plan_id
}, 120_000)
beforeEach(() => setClock(NOON))

test('a plan takes PNG and JPEG of its own purpose and uploader, nothing else', async () => {
  expect(sizeOf(PICTURE)).toEqual({ width_px: 400, height_px: 300 })
  expect(sizeOf(JPEG)).toEqual({ width_px: 300, height_px: 200 })
  expect(sizeOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'))).toBeNull()
  const add = (file_id: string, from_on = '2026-11-01') => head(siteplan.addVersion, { plan_id: id['plan']!, file_id, from_on })
  await expectRefused(add(await up(head.token, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"></svg>'))), 'siteplan.no_picture')
  await expectRefused(add(await up(head.token, PICTURE, 'photo')), 'siteplan.no_picture')
  await expectRefused(add(await up(t.tokens.get('admin')!, PICTURE)), 'siteplan.no_picture')
  await expectRefused(add(await up(head.token, png(40, 30, new Uint8Array(1200), ['ffffff']))), 'siteplan.picture_size')
  const v = await add(await up(head.token, PICTURE))
  expect(v.version_no).toBe(1)
  id['v1'] = v.version_id
  await expectRefused(add(await up(head.token, PICTURE), '2026-10-31'), 'siteplan.from_before')
  const picture = (await guard(siteplan.picture, { version_id: v.version_id })) as unknown as { type: string }
  expect(picture.type).toBe('image/png')
  await expectRefused(head(siteplan.savePlan, { community_id: w.community_id, kind: 'floor', name: '全区' }), 'siteplan.name_taken')
})

test('things are placed once, moved, found again; what is not placed yet is listed', async () => {
  const before = await head(siteplan.candidates, { version_id: id['v1']!, kind: 'door' })
  expect(before.rows.map((r) => [r.name, r.state])).toEqual([['1栋1单元门', 'offline']])
  const { pin_id } = await place('door', id['door']!)
  expect((await place('door', id['door']!, 300, 400)).pin_id).toBe(pin_id)
  expect((await head(siteplan.candidates, { version_id: id['v1']!, kind: 'door' })).total).toBe(0)
  for (const [kind, key] of [['sign', 'sign'], ['point', 'point'], ['equipment', 'pump']] as const) await place(kind, id[key]!)
  await place('building', w.buildings['1']!)
  const p = await head(siteplan.plan, { plan_id: id['plan']! })
  expect(p.pins.map((x) => [x.shown, x.name, x.state, x.tone]).toSorted()).toEqual([['building', '1栋', 'plain', 'plain'], ['door', '1栋1单元门', 'offline', 'bad'], ['fire', '消火栓主泵', 'in_use', 'good'], ['point', '中心广场', 'plain', 'plain'], ['sign', '安全出口', 'late', 'warn']])
  expect(p.pins.find((x) => x.pin_id === pin_id)).toMatchObject({ x_permille: 300, y_permille: 400 })
  await head(siteplan.movePin, { pin_id, x_permille: 10, y_permille: 1000 })
  expect((await head(siteplan.where, { kind: 'door', subject_id: id['door']! })).rows).toMatchObject([{ plan_id: id['plan'], pin_id }])
  await expectRefused(head(siteplan.placePin, { version_id: id['v1']!, kind: 'mark', x_permille: 1, y_permille: 1 }), 'siteplan.mark_or_subject')
  await expectRefused(place('door', id['sign']!), 'kernel.not_found')
  await expectRefused(head(siteplan.movePin, { pin_id, x_permille: 1001, y_permille: 0 }), 'kernel.invalid')
})

test('the state is the one of the module that owns the thing', async () => {
  await head(safety.checkSign, { sign_id: id['sign']!, state: 'damaged', words: '破了' })
  await admin(equipment.setState, { equipment_id: id['pump']!, action: 'repair', from_on: '2026-11-26', reason: '漏水' })
  const states = Object.fromEntries((await head(siteplan.plan, { plan_id: id['plan']! })).pins.map((x) => [x.shown, x.state]))
  expect(states).toMatchObject({ sign: 'damaged', fire: 'repair' })
})

test('each sees the pins of what his own rights let him see', async () => {
  const seen = async (c: Caller) => (await c(siteplan.plan, { plan_id: id['plan']! })).pins.map((x) => x.shown).toSorted()
  expect(await seen(head)).toEqual(['building', 'door', 'fire', 'point', 'sign'])
  // A guard has rights over doors, signs and rolls, none over the ledger of equipment or the houses.
  expect(await seen(guard)).toEqual(['door', 'point', 'sign'])
  expect((await guard(siteplan.candidates, { version_id: id['v1']!, kind: 'equipment' })).rows).toEqual([])
  expect((await guard(siteplan.where, { kind: 'equipment', subject_id: id['pump']! })).rows).toEqual([])
  // The repairer of building 2 sees a plan of the whole site, and of building 1 nothing.
  const far = await t.hire('repairer', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
  expect(await seen(far)).toEqual([])
  const elsewhere = await t.hire('guard_head', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] })
  for (const call of [() => elsewhere(siteplan.plan, { plan_id: id['plan']! }), () => elsewhere(siteplan.picture, { version_id: id['v1']! }), () => elsewhere(siteplan.versions, { plan_id: id['plan']! }), () => elsewhere(siteplan.paper, { plan_id: id['plan']! }), () => elsewhere(siteplan.placePin, { version_id: id['v1']!, kind: 'door', subject_id: id['door']!, x_permille: 1, y_permille: 1 })]) await expectRefused(call(), 'kernel.not_found')
  await expectRefused(guard(siteplan.placePin, { version_id: id['v1']!, kind: 'door', subject_id: id['door']!, x_permille: 1, y_permille: 1 }), 'kernel.forbidden')
  await expectRefused(t.as('other_admin')(siteplan.plan, { plan_id: id['plan']! }), 'kernel.not_found')
})

test('ways out, marks, and the paper of both sizes', async () => {
  await head(siteplan.placePin, { version_id: id['v1']!, kind: 'mark', mark: 'exit', label: '南门', x_permille: 500, y_permille: 990 })
  await head(siteplan.saveLine, { version_id: id['v1']!, kind: 'escape', points: [[100, 100], [500, 500], [500, 980]] })
  await expectRefused(head(siteplan.saveLine, { version_id: id['v1']!, kind: 'escape', points: [[100, 100]] }), 'kernel.invalid')
  for (const [paper, what] of [['a4', 'escape'], ['a3', 'all']] as const) {
    const file = (await head(siteplan.paper, { plan_id: id['plan']!, paper, what })) as unknown as { name: string; body: Buffer }
    expect(file.body.subarray(0, 5).toString()).toBe('%PDF-')
    expect(file.body.length).toBeGreaterThan(2000)
  }
  const empty = await head(siteplan.savePlan, { community_id: w.community_id, kind: 'room', name: '泵房' })
  await expectRefused(head(siteplan.paper, { plan_id: empty.plan_id }), 'siteplan.no_version')
})

test('a new version takes the points along; the old one is history and is not drawn on', async () => {
  const old = id['v1']!
  const next = await head(siteplan.addVersion, { plan_id: id['plan']!, file_id: await up(head.token, PICTURE), from_on: '2026-11-27', note: '加了停车位' })
  // Before its day the old one is shown and both can be drawn on.
  expect((await head(siteplan.plan, { plan_id: id['plan']! })).version).toMatchObject({ version_no: 1, state: 'now' })
  const future = await head(siteplan.plan, { plan_id: id['plan']!, version_id: next.version_id })
  expect(future.version).toMatchObject({ version_no: 2, state: 'future' })
  expect([future.pins.length, future.lines.length]).toEqual([6, 1])
  await head(siteplan.removePin, { pin_id: future.pins.find((x) => x.shown === 'sign')!.pin_id })
  setClock('2026-11-26T16:30:00.000Z')
  const now = await head(siteplan.plan, { plan_id: id['plan']! })
  expect(now.version).toMatchObject({ version_no: 2, state: 'now' })
  expect(now.pins.map((x) => x.shown)).not.toContain('sign')
  expect((await head(siteplan.plan, { plan_id: id['plan']!, version_id: old })).pins.map((x) => x.shown)).toContain('sign')
  await expectRefused(head(siteplan.placePin, { version_id: old, kind: 'door', subject_id: id['door']!, x_permille: 1, y_permille: 1 }), 'siteplan.version_past')
  expect((await head(siteplan.versions, { plan_id: id['plan']! })).rows.map((v) => v.state)).toEqual(['now', 'past'])
})

test('on paper no word runs over the frame of the picture', () => {
  const f = { left: 10, top: 5, right: 210, bottom: 150 }
  for (const name of ['1 栋', '东区地下停车场 A 区', 'x'.repeat(30), '一'.repeat(120)])
    for (const x of [10, 11, 100, 209, 210])
      for (const y of [5, 80, 150]) {
        const b = nameBox(name, [x, y], f)
        expect(b.x).toBeGreaterThanOrEqual(f.left)
        expect(b.x + b.w).toBeLessThanOrEqual(f.right + 1e-9)
        expect(b.y).toBeGreaterThanOrEqual(f.top)
        expect(b.y).toBeLessThanOrEqual(f.bottom)
        const tag = tagBox(name.slice(0, 12), x, f)
        expect(tag.tag_x).toBeGreaterThanOrEqual(f.left)
        expect(tag.tag_x + tag.tag_w).toBeLessThanOrEqual(f.right + 1e-9)
      }
  // Away from the edges nothing is moved.
  expect(nameBox('1 栋', [100, 80], f).x + nameBox('1 栋', [100, 80], f).w / 2).toBeCloseTo(100)
  expect(tagBox('集合点', 100, f).tag_x).toBeCloseTo(102.4)
  expect(tagBox('集合点', 208, f).tag_x).toBeLessThan(208)
})
