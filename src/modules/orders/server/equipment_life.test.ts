// What a pump cost over two years, to the fen: bought, noted and undone, drawn from the store and partly brought back, bought for its order; and its use.
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, rid, someId, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { equipment } from '../../equipment/contract.ts'
import { orders } from '../contract.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let boss: Hired
let community_id: string
let pump: string
let spare: string
const NONE = { install: null, repair: null, replace: null }
const at = (iso: string): Promise<unknown> => {
  setClock(iso)
  return t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`)
}
beforeAll(async () => {
  setClock('2026-11-01T02:00:00Z')
  t = await testApp()
  ;({ community_id } = await tinyWorld(t))
  boss = await t.hire('foreman', { scope_kind: 'community', scope_ids: [community_id] })
  await at('2026-11-01T02:00:00Z')
  const category_id = (await boss(equipment.categories, {})).rows.find((k) => k.code === 'SHB')!.category_id
  const made = async (name: string, used_on: string | null, purchase_fen: number | null) => (await boss(equipment.saveDevice, { community_id, category_id, name, place: '泵房', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on, warranty_on: null, supplier: '眉县水泵厂', supplier_phone: null, purchase_fen, details: {}, standards: NONE, note: null })).equipment_id
  pump = await made('1 号泵', '2024-11-01', 1_200_000)
  spare = await made('2 号泵', null, null)
}, 180_000)

test('the sum is its lines; what was undone or brought back is not in it', async () => {
  await boss(equipment.addCost, { equipment_id: pump, kind: 'maintenance', on_day: '2026-10-01', amount_fen: 30_000, payee: '安泰', note: null })
  const wrong = await boss(equipment.addCost, { equipment_id: pump, kind: 'repair', on_day: '2026-10-02', amount_fen: 99_900, payee: null, note: null })
  await boss(equipment.undoCost, { equipment_id: pump, cost_id: wrong.cost_id, reason: '金额登错' })
  const category_id = (await boss(orders.categories, {})).rows.find((k) => k.name === '其他公共维修')!.category_id
  const { order_id } = await boss(orders.reportDevice, { request_id: rid(), equipment_id: pump, category_id, words: '机封渗水', stopped: false })
  await boss(orders.assignOrder, { order_id, account_id: boss.account_id })
  await boss(orders.acceptOrder, { order_id })
  await boss(orders.arriveOrder, { order_id })
  const { item_id } = await boss(orders.saveStockItem, { community_id, name: '机械密封', spec: '32mm', unit: '套', reorder_level: '1', retired: false })
  await boss(orders.stockIn, { item_id, quantity: '4', cost_fen: 40_000, paper: '采购单 1' })
  await boss(orders.useStock, { order_id, item_id, quantity: '3' })
  await boss(orders.returnStock, { order_id, item_id, move_no: 2, quantity: '1' })
  await boss(orders.addMaterial, { order_id, name: '生料带', unit: '卷', quantity: '2', cost_fen: 700 })
  const life = await boss(orders.deviceLife, { equipment_id: pump })
  // 730 days of use: 1,250,700 × 365 ÷ 730.
  expect(life).toMatchObject({ purchase_fen: 1_200_000, noted_fen: 30_000, material_fen: 20_700, total_fen: 1_250_700, per_year_fen: 625_350, days_used: 730, order_count: 1, run_hours: null, used_bp: null })
  expect(life.lines.reduce((n, l) => n + l.amount_fen, 0)).toBe(life.total_fen)
  expect(life.lines.map((l) => [l.kind, l.amount_fen]).toSorted()).toEqual([['material', -10_000], ['material', 30_000], ['material', 700], ['noted', 30_000], ['purchase', 1_200_000]])
  expect(life.lines.filter((l) => l.kind === 'material').every((l) => l.order_id === order_id)).toBe(true)
  const list = await boss(orders.equipmentLife, { community_id })
  expect(list.all).toEqual({ purchase_fen: 1_200_000, noted_fen: 30_000, material_fen: 20_700, total_fen: 1_250_700 })
  expect(list.rows.map((r) => [r.name, r.total_fen, r.per_year_fen])).toEqual([['1 号泵', 1_250_700, 625_350], ['2 号泵', 0, null]])
})

test('use is what ran of the hours between the first and the last reading', async () => {
  await boss(equipment.noteRunning, { equipment_id: pump, hours: '100' })
  expect(await boss(orders.deviceLife, { equipment_id: pump })).toMatchObject({ run_hours: null, used_bp: null })
  await at('2026-11-11T02:00:00Z')
  await boss(equipment.noteRunning, { equipment_id: pump, hours: '160' })
  // 60 of 240 hours.
  expect(await boss(orders.deviceLife, { equipment_id: pump })).toMatchObject({ run_hours: '60.0', used_bp: 2500 })
})

test('who is elsewhere sees no device and no sum', async () => {
  const other = await t.hire('foreman', { scope_kind: 'community', scope_ids: [someId()] })
  expect(await other(orders.equipmentLife, {})).toMatchObject({ rows: [], total: 0, all: { total_fen: 0 } })
  await expectRefused(other(orders.deviceLife, { equipment_id: pump }), 'kernel.not_found')
  await expectRefused(t.as('other_admin')(orders.deviceLife, { equipment_id: spare }), 'kernel.not_found')
  await expectRefused(t.as('visitor')(orders.equipmentLifeExcel as never, {} as never), 'kernel.forbidden')
})
