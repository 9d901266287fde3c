// Staff who walk the grounds report what is broken there, and hear what became of it; they see no orders for that.
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { property } from '../../property/contract.ts'
import { orders } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let cleaner: Awaited<ReturnType<TestApp['hire']>>
let lamp: string
let tap: string
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  cleaner = await t.hire('cleaner', { scope_kind: 'community', scope_ids: [w.community_id] })
  const { rows } = await cleaner(orders.categories, {})
  lamp = rows.find((k) => k.name === '楼道、路灯不亮')!.category_id
  tap = rows.find((k) => k.name === '水龙头、洁具')!.category_id
}, 120_000)

test('reported with its place, given out, and its state is his to see', async () => {
  const { area_id } = await t.as('admin')(property.savePublicArea, { community_id: w.community_id, category: '照明', name: '东门路灯', place: '东门', quantity: '6', unit_name: '盏', area_m2: null, species: null, state: 'normal', note: null })
  const { rows } = await cleaner(orders.reportPlaces, {})
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ name: '花园小区', areas: [{ area_id, name: '东门路灯' }] })
  expect(rows[0]!.buildings.map((b) => b.name)).toEqual(expect.arrayContaining(['1栋', '2栋']))
  const ask = { request_id: rid(), community_id: w.community_id, area_id, category_id: lamp, place: '东门第 3 盏', words: '路灯不亮' }
  const one = await cleaner(orders.reportPlace, ask)
  // The phone asks again when it did not hear the answer.
  expect(await cleaner(orders.reportPlace, ask)).toEqual(one)
  expect(await t.as('service')(orders.order, { order_id: one.order_id })).toMatchObject({ place: '东门第 3 盏', source: 'staff', reporter_name: expect.stringContaining('保洁绿化员') as string, state: 'waiting' })
  const worker = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  await t.as('service')(orders.assignOrder, { order_id: one.order_id, account_id: worker.account_id })
  expect((await cleaner(orders.myReports, {})).rows).toMatchObject([{ no: one.no, state: 'assigned', assignee_name: expect.stringContaining('维修工') as string }])
  expect((await worker(orders.myReports, {})).rows).toEqual([])
  await expectRefused(cleaner(orders.orders, {}), 'kernel.forbidden')
})

test('not into flats, not elsewhere', async () => {
  const at = { community_id: w.community_id, place: '大堂', words: '坏了' }
  await expectRefused(cleaner(orders.reportPlace, { ...at, category_id: tap }), 'orders.report_public')
  await expectRefused(cleaner(orders.reportPlace, { ...at, category_id: lamp, area_id: rid() }), 'kernel.not_found')
  const { community_id } = await t.as('admin')(property.saveCommunity, { name: '另一小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  await expectRefused(cleaner(orders.reportPlace, { ...at, community_id, category_id: lamp }), 'kernel.not_found')
  await expectRefused(cleaner(orders.reportPlace, { ...at, community_id, building_id: w.buildings['1']!, category_id: lamp }), 'kernel.not_found')
})
