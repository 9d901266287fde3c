// The ledger as named people: numbers and labels, place and reach, states with their history, papers, costs, hours, import and its undoing, repairs.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, rid, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { applied, digest, previewed, problemsOf, rowsOf, table, undone } from '../../../../tests/import_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { labelHash } from '../../../kernel/ids.ts'
import { orders } from '../../orders/contract.ts'
import { property } from '../../property/contract.ts'
import { equipment } from '../contract.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let boss: Hired
let man: Hired
let elsewhere: Hired
let admin: Caller
let kind: Record<string, string>
const NONE = { install: null, repair: null, replace: null }
const blank = () => ({ request_id: rid(), community_id: w.community_id, place: '负一层水泵房', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on: null, warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, details: {}, standards: NONE, note: null })

beforeAll(async () => {
  setClock('2026-11-26T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  const { community_id: other } = await admin(property.saveCommunity, { name: '别处小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  boss = await t.hire('foreman', here)
  man = await t.hire('repairer', here)
  elsewhere = await t.hire('foreman', { scope_kind: 'community', scope_ids: [other] })
  kind = Object.fromEntries((await boss(equipment.categories, {})).rows.map((k) => [k.code, k.category_id]))
}, 180_000)
beforeEach(() => {
  setClock('2026-11-26T02:00:00Z')
  return t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`)
})

test('a device is numbered by its kind, has a label that finds it, and who is elsewhere sees nothing of it', async () => {
  const a = await boss(equipment.saveDevice, { ...blank(), category_id: kind['SHB']!, name: '1 号生活水泵', details: { power: '7.5', head: '' }, used_on: '2024-05-01', warranty_on: '2026-12-31' })
  const b = await boss(equipment.saveDevice, { ...blank(), category_id: kind['SHB']!, name: '2 号生活水泵', no: 'SHB-0007' })
  const c = await boss(equipment.saveDevice, { ...blank(), category_id: kind['SHB']!, name: '3 号生活水泵' })
  expect([a.no, b.no, c.no]).toEqual(['SHB-0001', 'SHB-0007', 'SHB-0008'])
  const file = await boss(equipment.device, { equipment_id: a.equipment_id })
  expect(file).toMatchObject({ system_name: '给排水', category_name: '生活水泵', state: 'in_use', details: { power: '7.5' }, in_warranty: true, life_on: '2034-05-01', standards: { install: 'GB 17051-1997 二次供水设施卫生规范' }, own_standards: NONE })
  expect(await man(equipment.findDevice, { code: `HY1:${a.code}` })).toEqual({ equipment_id: a.equipment_id })
  expect(await man(equipment.findDevice, { code: `${a.code.slice(0, 4)} ${a.code.slice(4).toLowerCase()}` })).toEqual({ equipment_id: a.equipment_id })
  const carried = (await man(equipment.carried, {})).rows.find((r) => r.no === 'SHB-0001')!
  expect(carried.code_hash).toBe(labelHash(a.code))
  expect(JSON.stringify([await man(equipment.carried, {}), await man(equipment.deviceCard, { equipment_id: a.equipment_id })])).not.toContain(a.code)
  await expectRefused(elsewhere(equipment.device, { equipment_id: a.equipment_id }), 'kernel.not_found')
  await expectRefused(elsewhere(equipment.findDevice, { code: a.code }), 'equipment.code_unknown')
  await expectRefused(elsewhere(equipment.saveDevice, { ...blank(), category_id: kind['SHB']!, name: '伸手' }), 'kernel.not_found')
  await expectRefused(elsewhere(equipment.setState, { equipment_id: a.equipment_id, action: 'stop', from_on: '2026-11-26', reason: '伸手' }), 'kernel.not_found')
  await expectRefused(man(equipment.saveDevice, { ...blank(), category_id: kind['SHB']!, name: '无权' }), 'kernel.forbidden')
  expect((await elsewhere(equipment.devices, {})).total).toBe(0)
})

test('what does not fit is refused with its reason', async () => {
  const save = (o: object) => boss(equipment.saveDevice, { ...blank(), category_id: kind['SHX']!, name: '水箱', ...o })
  await expectRefused(save({ category_id: kind['GPS']! }), 'equipment.category_gone')
  expect((await expectRefused(save({ details: { material: '木头' } }), 'equipment.detail_wrong')).message).toContain('材质')
  await expectRefused(save({ details: { volume: '很大' } }), 'equipment.detail_wrong')
  await expectRefused(save({ installed_on: '2024-05-01', used_on: '2024-04-30' }), 'equipment.days_crossed')
  await expectRefused(save({ building_id: someId() }), 'equipment.elsewhere')
  await expectRefused(save({ no: 'SHB-0007' }), 'equipment.no_taken')
  const top = await save({ name: '供水机组' })
  const under = await save({ name: '气压罐', parent_id: top.equipment_id })
  await expectRefused(save({ equipment_id: top.equipment_id, name: '供水机组', parent_id: under.equipment_id }), 'equipment.under_itself')
  expect((await boss(equipment.device, { equipment_id: top.equipment_id })).parts.map((p) => p.name)).toEqual(['气压罐'])
})

test('states are spells with a reason each; nothing is written into the past of another or after scrapping', async () => {
  const { equipment_id } = await boss(equipment.saveDevice, { ...blank(), category_id: kind['FDJ']!, name: '发电机', used_on: '2020-01-01' })
  const set = (action: 'use' | 'stop' | 'repair' | 'scrap', from_on: string) => boss(equipment.setState, { request_id: rid(), equipment_id, action, from_on, reason: '试验' })
  await expectRefused(set('use', '2026-11-26'), 'equipment.wrong_state')
  await expectRefused(set('stop', '2026-11-27'), 'equipment.day_future')
  await set('stop', '2026-11-01')
  await expectRefused(set('repair', '2026-10-31'), 'equipment.state_before')
  await set('repair', '2026-11-10')
  await set('use', '2026-11-10')
  await set('scrap', '2026-11-26')
  await expectRefused(set('use', '2026-11-26'), 'equipment.wrong_state')
  const { states, can } = await boss(equipment.device, { equipment_id })
  expect(states.map((s) => [s.state, s.from_at.slice(0, 10), s.to_at?.slice(0, 10) ?? null])).toEqual([['scrapped', '2026-11-26', null], ['in_use', '2026-11-09', '2026-11-26'], ['repair', '2026-11-09', '2026-11-09'], ['stopped', '2026-10-31', '2026-11-09'], ['in_use', '2019-12-31', '2026-10-31']])
  expect(can.use).toBe('equipment.wrong_state')
  await expect(t.inside((s) => sql`update equipment.device_state set reason = 'x' where company_id = ${s.company_id}`.execute(s.db))).rejects.toThrow(/permission denied/)
})

test('hours only go on, at most as fast as the clock, and through a replaced counter', async () => {
  const { equipment_id } = await boss(equipment.saveDevice, { ...blank(), category_id: kind['BPG']!, name: '变频机组' })
  const read = (hours: string, replaced?: boolean) => man(equipment.noteRunning, { request_id: rid(), equipment_id, hours, ...(replaced ? { replaced } : {}) })
  expect(await read('1000')).toEqual({ total_hours: '1000' })
  await expectRefused(read('990'), 'equipment.hours_back')
  await expectRefused(read('1010'), 'equipment.hours_fast')
  setClock('2026-11-28T02:00:00Z')
  expect(await read('1040.5')).toEqual({ total_hours: '1040.5' })
  setClock('2026-11-29T02:00:00Z')
  expect(await read('20', true)).toEqual({ total_hours: '1060.5' })
})

test('costs and papers are taken back with who and why, never lost', async () => {
  const { equipment_id } = await boss(equipment.saveDevice, { ...blank(), category_id: kind['BYQ']!, name: '变压器', purchase_fen: 18_600_000 })
  const { cost_id } = await boss(equipment.addCost, { equipment_id, kind: 'inspection', on_day: '2026-06-01', amount_fen: 120_000, payee: '电力试验所', note: null })
  await boss(equipment.addCost, { equipment_id, kind: 'maintenance', on_day: '2026-07-01', amount_fen: 30_000, payee: null, note: null })
  await expectRefused(boss(equipment.addCost, { equipment_id, kind: 'other', on_day: '2027-07-01', amount_fen: 1, payee: null, note: null }), 'equipment.day_future')
  await boss(equipment.undoCost, { equipment_id, cost_id, reason: '登错设备' })
  await expectRefused(boss(equipment.undoCost, { equipment_id, cost_id, reason: '再撤' }), 'equipment.cost_undone')
  const d = await boss(equipment.device, { equipment_id })
  expect([d.cost_fen, d.costs.length, d.costs.find((c) => c.cost_id === cost_id)?.undone]).toEqual([30_000, 2, '登错设备'])
  await expectRefused(boss(equipment.addPaper, { equipment_id, kind: 'manual', title: '说明书', file_id: someId() }), 'equipment.no_file')
})

test('a device that is reported as standing still is under repair until its order ends', async () => {
  const { equipment_id } = await boss(equipment.saveDevice, { ...blank(), category_id: kind['PWB']!, name: '排污泵' })
  const category_id = (await man(orders.categories, {})).rows.find((k) => k.name === '其他公共维修')!.category_id
  const house_kind = (await man(orders.categories, {})).rows.find((k) => k.name === '门窗、门锁')!.category_id
  await expectRefused(man(orders.reportDevice, { equipment_id, category_id: house_kind, words: '泵坏', stopped: true }), 'orders.equipment_public')
  await expectRefused(elsewhere(orders.reportDevice, { equipment_id, category_id, words: '泵坏', stopped: true }), 'kernel.not_found')
  const first = await man(orders.reportDevice, { request_id: rid(), equipment_id, category_id, words: '泵不转', stopped: true })
  expect((await boss(equipment.device, { equipment_id })).states[0]).toMatchObject({ state: 'repair', order_id: first.order_id, reason: `报修停机,工单 ${first.no}` })
  const full = await boss(orders.order, { order_id: first.order_id })
  expect(full).toMatchObject({ place: '负一层水泵房 排污泵', source: 'staff', equipment: { equipment_id, name: '排污泵', stopped: true } })
  await boss(orders.assignOrder, { order_id: first.order_id, account_id: man.account_id })
  await man(orders.acceptOrder, { order_id: first.order_id })
  await man(orders.arriveOrder, { order_id: first.order_id })
  await man(orders.finishOrder, { order_id: first.order_id, note: '换了轴承' })
  expect((await boss(equipment.device, { equipment_id })).states.map((s) => s.state)).toEqual(['in_use', 'repair', 'in_use'])
  // Somebody moved it meanwhile: the end of the order does not overrule.
  const second = await boss(orders.createOrder, { category_id, words: '又不转', source: 'desk', community_id: w.community_id, house_id: null, equipment_id, equipment_stopped: true })
  await boss(equipment.setState, { equipment_id, action: 'stop', from_on: '2026-11-26', reason: '等配件' })
  await boss(orders.cancelOrder, { order_id: second.order_id, reason: '重复报修' })
  expect((await boss(equipment.device, { equipment_id })).state).toBe('stopped')
  expect((await boss(orders.orders, { equipment_id })).rows.map((o) => o.no).toSorted()).toEqual([first.no, second.no])
  expect((await boss(orders.orders, { equipment_category_id: kind['GPS']! })).total).toBe(2)
  const seen = await man(orders.deviceOrders, { equipment_id })
  expect(seen.rows).toHaveLength(2)
  expect(JSON.stringify(seen)).not.toContain('reporter')
})

test('the ledger is imported, looked at first, and taken back whole', async () => {
  const all = async () => t.inside(async (s) => (await sql<{ h: string }>`select md5(string_agg(d::text, ';' order by d.equipment_id)) || (select count(*) from equipment.device_state where company_id = ${s.company_id}) as h from equipment.device d where d.company_id = ${s.company_id}`.execute(s.db)).rows[0]!.h)
  const before = [await digest(t), await all()]
  const head = ['设备类别', '设备名称', '安装位置', '编号', '楼栋', '品牌', '投用日期', '原值', '状态', '技术参数']
  const lift = ['乘客电梯', '1栋1单元客梯', '1栋1单元', 'DT-01', '1', '三菱', '2015年6月18日', '186,000', '在用', '额定载重=1000;层站=11/11/11']
  const d = await applied(t, { kind: 'equipment.devices', community_id: w.community_id, bytes: await table(head, [lift, ['供配电/变压器', '1 号变压器', '配电室', '', '', '', '', '', '', '']]) })
  expect(await problemsOf(t, d.import_id)).toEqual([])
  const list = await boss(equipment.devices, { q: '1栋1单元客梯' })
  const made = await boss(equipment.device, { equipment_id: list.rows[0]!.equipment_id })
  expect(made).toMatchObject({ no: 'DT-01', building_name: '1栋', maker: '三菱', used_on: '2015-06-18', purchase_fen: 18_600_000, details: { load: '1000', floors: '11/11/11' }, life_on: '2030-06-18' })
  const e = await applied(t, { kind: 'equipment.devices', community_id: w.community_id, bytes: await table(head, [[...lift.slice(0, 5), '奥的斯', '', '', '', '额定载重=800']]) })
  expect((await rowsOf(t, e.import_id))[0]).toMatchObject({ effect: 'change', changes: [{ zh: '生产厂家', before: '三菱', after: '奥的斯' }, { zh: '技术参数', before: '额定载重 1000 kg;层站 11/11/11', after: '额定载重 800 kg;层站 11/11/11' }] })
  await undone(t, e.import_id)
  await undone(t, d.import_id)
  expect([await digest(t), await all()]).toEqual(before)
  const bad = await previewed(t, { kind: 'equipment.devices', community_id: w.community_id, bytes: await table(head, [['飞船', '甲', '楼顶', '', '', '', '', '', '', ''], ['乘客电梯', '乙', '', '', '', '', '', '', '', ''], ['乘客电梯', '丙', '三栋', '', '99', '', '', '', '坏了', '额定载重=很重']]) })
  const said = await problemsOf(t, bad.import_id)
  expect(said.map((s) => s.split(':')[0])).toEqual(['2 设备类别', '3 安装位置', '4 楼栋', '4 状态', '4 技术参数'])
})
