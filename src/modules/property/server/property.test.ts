import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { property } from '../contract.ts'
import { checkHouses, createHouses, findHouses, undoHouses, type HouseIn } from './index.ts'

let t: TestApp
let w: TinyWorld
let steward: Caller
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  steward = await t.hire('steward', { scope_kind: 'building', scope_ids: [w.buildings['1']!] })
})
const blank = { inner_area_m2: null, heated_area_m2: null, state: 'vacant', delivered_on: null, usage: null, note: null } as const
const aHouse = (building: string, room_no: string, o: Record<string, unknown> = {}) => ({ building_id: w.buildings[building]!, kind: 'dwelling' as const, room_no, floor_no: 1, built_area_m2: '88.00', ...blank, ...o })

describe('the list of houses', () => {
  test('is in the order of the place, with owners, sums and what one may do', async () => {
    const r = await t.as('service')(property.houses, { building_id: w.buildings['1']!, page_size: 5 })
    expect(r.rows.map((h) => h.label)).toEqual(['1-1-101', '1-1-102', '1-1-201', '1-1-202', '1-1-301'])
    expect(r).toMatchObject({ total: 12, built_area_sum_m2: '1048.20' })
    expect(r.rows[0]).toMatchObject({ owner_names: '张三', community_name: '花园小区', building_name: '1栋', unit_name: '1', can: { write: true } })
    expect(r.rows[1]!.owner_names).toBe('王五、赵六')
    const seen = await t.as('visitor')(property.houses, {})
    expect(seen.rows[0]!.can.write).toBe('kernel.forbidden')
  })
  test.each([['1-1-101', 1], ['1栋1单元101', 1], ['1栋101', 2], ['101', 3], ['P1-1', 1], ['P1', 3], ['1-2', 6], ['P1-', 3], ['没有这户', 0]] as const)('finds %s in %i houses', async (q, n) => {
    expect((await t.as('service')(property.houses, { q })).total).toBe(n)
  })
  test('comes as a workbook', async () => {
    const f = (await t.as('manager')(property.housesExcel, { building_id: w.buildings['1']! })) as { name: string; body: Buffer }
    expect(f.name).toMatch(/^房产-.*\.xlsx$/)
    expect(f.body.subarray(0, 2).toString()).toBe('PK')
    await expectRefused(t.as('reader')(property.housesExcel, {}), 'kernel.forbidden')
  })
})

describe('who sees what', () => {
  test('another company sees nothing of it', async () => {
    const other = t.as('other_admin')
    expect((await other(property.houses, {})).total).toBe(0)
    expect((await other(property.tree, {})).communities).toEqual([])
    await expectRefused(other(property.house, { house_id: w.houses['1-1-101']! }), 'kernel.not_found')
    await expectRefused(other(property.saveHouse, { house_id: w.houses['1-1-101']!, ...aHouse('1', '101') }), 'kernel.not_found')
    await expectRefused(other(property.saveZone, { community_id: w.community_id, name: '别家' }), 'kernel.not_found')
  })
  test('the steward of building 1 sees building 1', async () => {
    expect((await steward(property.houses, {})).total).toBe(12)
    const { communities } = await steward(property.tree, {})
    expect(communities.flatMap((c) => c.buildings.map((b) => b.no))).toEqual(['1'])
    expect((await steward(property.communities, {})).rows).toMatchObject([{ name: '花园小区', house_count: 12, building_count: 1 }])
    await steward(property.house, { house_id: w.houses['1-1-101']! })
    await expectRefused(steward(property.house, { house_id: w.houses['2-1-101']! }), 'kernel.not_found')
    await expectRefused(steward(property.houseHistory, { house_id: w.houses['2-1-101']! }), 'kernel.not_found')
  })
  test('a visitor looks and does not write', async () => {
    expect((await t.as('visitor')(property.houses, {})).total).toBe(19)
    await expectRefused(t.as('visitor')(property.saveHouse, aHouse('1', '401')), 'kernel.forbidden')
    await expectRefused(t.as('nobody')(property.houses, {}), 'kernel.not_signed_in')
  })
  test('a clerk of one building does not write in another, nor the community', async () => {
    const clerk = await t.hire('service', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
    await expectRefused(clerk(property.saveHouse, aHouse('1', '401', { unit_no: '1' })), 'kernel.not_found')
    await expectRefused(clerk(property.setHouseState, { house_ids: [w.houses['2-1-101']!, w.houses['1-1-101']!], state: 'vacant', reason: '测试' }), 'kernel.not_found')
    const manager = await t.hire('manager', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
    await expectRefused(manager(property.saveBuilding, { community_id: w.community_id, zone_id: null, no: '9', name: '9栋', kind: 'residential', floors_above: 1, floors_below: 0, has_lift: false }), 'kernel.not_found')
  })
})

describe('changing houses', () => {
  test('state, area and kind are kept in the history, and the event is told', async () => {
    const service = t.as('service')
    const { house_id, label } = await service(property.saveHouse, aHouse('2', '0301', { unit_no: '01' }))
    expect(label).toBe('2-1-301')
    await service(property.saveHouse, { house_id, ...aHouse('2', '301', { built_area_m2: '88', state: 'renovating' }), reason: '装修申报' })
    await service(property.saveHouse, { house_id, ...aHouse('2', '301', { built_area_m2: '90.50', state: 'renovating' }), reason: '测绘更正' })
    const { rows } = await service(property.houseHistory, { house_id })
    expect(rows.map((r) => [r.field, r.before, r.after, r.reason])).toEqual([['built_area_m2', '88.00', '90.50', '测绘更正'], ['state', 'vacant', 'renovating', '装修申报']])
    expect(rows[0]!.changed_by_name).toMatch(/客服/)
    expect((await service(property.house, { house_id })).label).toBe('2-1-301')
    const events = await t.inside((s) => s.db.selectFrom('kernel.event').select('name').where('company_id', '=', t.company_id).where('subject', '=', house_id).execute())
    expect(events.map((e) => e.name)).toEqual(Array(3).fill('property.house_changed'))
  })
  test('a label stands once in a community, in whatever spelling', async () => {
    const r = await expectRefused(t.as('service')(property.saveHouse, aHouse('1', '101室', { unit_no: '1单元' })), 'property.label_taken')
    expect(r.problem.message).toContain('1-1-101')
  })
  test('all but bays have an area', async () => {
    await expectRefused(t.as('service')(property.saveHouse, aHouse('1', '999', { built_area_m2: '0' })), 'property.area_needed')
    await expectRefused(t.as('service')(property.saveHouse, aHouse('1', '101-1')), 'property.bad_number')
  })
  test('many states at once', async () => {
    const ids = [w.houses['1-2-101']!, w.houses['1-2-102']!]
    expect(await t.as('service')(property.setHouseState, { house_ids: ids, state: 'disabled', reason: '停用核对' })).toEqual({ count: 2 })
    expect(await t.as('service')(property.setHouseState, { house_ids: ids, state: 'disabled', reason: '停用核对' })).toEqual({ count: 0 })
    expect((await t.as('service')(property.houses, { state: 'disabled' })).total).toBe(2)
    await t.as('service')(property.setHouseState, { house_ids: ids, state: 'vacant', reason: '恢复使用' })
  })
  test('a building that gets another number takes its houses along', async () => {
    const manager = t.as('manager')
    const b = { community_id: w.community_id, zone_id: null, no: '8', name: '8栋', kind: 'residential' as const, floors_above: 1, floors_below: 0, has_lift: false }
    const { building_id } = await manager(property.saveBuilding, { ...b, unit_nos: ['1'] })
    w.buildings['8'] = building_id
    const { house_id } = await manager(property.saveHouse, aHouse('8', '101', { unit_no: '1' }))
    await manager(property.saveBuilding, { ...b, building_id, no: '09栋', name: '9栋' })
    expect((await manager(property.house, { house_id })).label).toBe('9-1-101')
    await expectRefused(manager(property.saveBuilding, { ...b, building_id, no: '1' }), 'property.name_taken')
    await expectRefused(manager(property.removeBuilding, { building_id }), 'property.building_has_houses')
    await expectRefused(manager(property.saveBuilding, { ...b, no: '栋' }), 'property.bad_number')
  })
  test('names of communities and zones stand once', async () => {
    await expectRefused(t.as('admin')(property.saveCommunity, { name: '花园小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'next_month' }), 'property.name_taken')
    await expectRefused(t.as('admin')(property.saveZone, { community_id: w.community_id, name: '东区' }), 'property.name_taken')
  })
})

test('public areas: registered, counted, removed', async () => {
  const manager = t.as('manager')
  const area = { community_id: w.community_id, place: null, unit_name: '株', area_m2: null, note: null, state: 'normal' as const }
  const { area_id } = await manager(property.savePublicArea, { ...area, category: '树木', name: '樱花', quantity: '200', species: '樱花' })
  await manager(property.savePublicArea, { ...area, category: '树木', name: '银杏', quantity: '600', species: '银杏' })
  await manager(property.savePublicArea, { ...area, category: '化粪池', name: '1号', quantity: '1', unit_name: '座', species: null })
  await expectRefused(manager(property.savePublicArea, { ...area, category: '树木', name: '银杏', quantity: '1', species: null }), 'property.name_taken')
  const r = await manager(property.publicAreas, { category: '树木' })
  expect(r).toMatchObject({ total: 2, categories: [{ category: '化粪池', count: 1 }, { category: '树木', count: 2, quantity: '800.00' }] })
  await expectRefused(t.as('other_admin')(property.removePublicArea, { area_id }), 'kernel.not_found')
  await manager(property.removePublicArea, { area_id })
  expect((await manager(property.publicAreas, { q: '樱花' })).total).toBe(0)
  expect(((await manager(property.publicAreasExcel, {})) as { body: Buffer }).body.length).toBeGreaterThan(1000)
})

describe('houses in mass', () => {
  const rows = (): HouseIn[] => ['101', '102', '0201'].map((room_no) => ({ community_id: w.community_id, zone_name: '西区', building_no: '21', unit_no: '1', room_no, kind: 'dwelling', built_area_m2: '100.5' }))
  test('are made, made again as the same, changed, and taken back with their building', async () => {
    const first = await t.inside((s) => createHouses(s, rows()))
    expect(first.map((d) => [d.label, d.effect])).toEqual([['21-1-101', 'new'], ['21-1-102', 'new'], ['21-1-201', 'new']])
    expect((await t.as('service')(property.houses, { q: '21栋201' })).rows[0]).toMatchObject({ floor_no: 2, built_area_m2: '100.50', building_name: '21栋' })
    expect((await t.inside((s) => createHouses(s, rows()))).map((d) => d.effect)).toEqual(['same', 'same', 'same'])
    const next = rows().map((r, i) => (i === 0 ? { ...r, state: 'renovating' as const, built_area_m2: '101' } : r))
    const checked = await t.inside((s) => checkHouses(s, next))
    expect(checked[0]).toMatchObject({ effect: 'change', changes: [{ field: 'built_area_m2', before: '100.50', after: '101' }, { field: 'state', before: 'vacant', after: 'renovating' }] })
    const second = await t.inside((s) => createHouses(s, next))
    const free = async () => []
    await t.inside((s) => undoHouses(s, second.map((d) => d.undo), free))
    const { rows: back } = await t.as('service')(property.houses, { q: '21-1-101' })
    expect(back[0]).toMatchObject({ state: 'vacant', built_area_m2: '100.50' })
    await expect(t.inside((s) => undoHouses(s, first.map((d) => d.undo), async (_s, ids) => ids.slice(0, 1)))).rejects.toMatchObject({ code: 'property.house_in_use', params: { labels: '21-1-101' } })
    await t.inside((s) => undoHouses(s, first.map((d) => d.undo), free))
    expect((await t.as('service')(property.houses, { q: '21-' })).total).toBe(0)
    expect((await t.as('service')(property.tree, {})).communities[0]!.buildings.map((b) => b.no)).not.toContain('21')
  })
  test('are refused in a community of somebody else', async () => {
    await expect(t.inside((s) => createHouses(s, [{ ...rows()[0]!, community_id: someId() }]))).rejects.toMatchObject({ code: 'kernel.not_found' })
    await expect(t.inside((s) => createHouses(s, rows()), t.other_company_id)).rejects.toMatchObject({ code: 'kernel.not_found' })
  })
  test('texts of a file become houses, unclear ones are named', async () => {
    const found = await t.inside((s) => findHouses(s, w.community_id, ['1栋1单元101', '1栋101', '2栋101', '9-9-999', '张三', 'P1-002']))
    expect(Object.fromEntries([...found].map(([k, v]) => [k, typeof v === 'string' ? v : v.label]))).toEqual({ '1栋1单元101': '1-1-101', '1栋101': 'unclear', '2栋101': '2-1-101', '9-9-999': 'unknown', 张三: 'unreadable', 'P1-002': 'P1-002' })
  })
})
