// The store: every move a row, what is in hand their sum, costs by moving average to the fen; and who pays for a public place.
import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, rid, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { messages } from '../../messages/contract.ts'
import { property } from '../../property/contract.ts'
import { ledger } from '../../ledger/contract.ts'
import { spending } from '../../spending/contract.ts'
import { system } from '../../system/contract.ts'
import { orders } from '../contract.ts'
import { costOut } from './rules/stock.ts'

let t: TestApp
let w: TinyWorld
let desk: Caller
let foreman: Awaited<ReturnType<TestApp['hire']>>
let li: typeof foreman
let kinds: Record<string, string>

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  desk = t.as('service')
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  foreman = await t.hire('foreman', here)
  li = await t.hire('repairer', here)
  kinds = Object.fromEntries((await desk(orders.categories, {})).rows.map((g) => [g.name, g.category_id]))
}, 120_000)

const part = async (name: string) => (await foreman(orders.saveStockItem, { community_id: w.community_id, name, spec: '', unit: '个', reorder_level: '2', retired: false })).item_id
const shelf = async (item_id: string) => (await foreman(orders.stock, { page_size: 200 })).rows.find((r) => r.item_id === item_id)!
async function working(place?: string): Promise<string> {
  const { order_id } = await desk(orders.createOrder, { source: 'desk', community_id: w.community_id, house_id: place ? null : w.houses['1-1-101']!, category_id: kinds[place ? '楼道、路灯不亮' : '水龙头、洁具']!, words: '坏了', ...(place ? { place } : { reporter_phone: PHONES.张三 }) })
  await desk(orders.assignOrder, { order_id, account_id: li.account_id })
  await li(orders.acceptOrder, { order_id })
  return order_id
}

test('in twice at different prices, out at the average, back at what it went out for', async () => {
  const item_id = await part('三角阀')
  await foreman(orders.stockIn, { item_id, quantity: '10', cost_fen: 15_000, paper: 'CG-1' })
  await foreman(orders.stockIn, { item_id, quantity: '5', cost_fen: 10_000, paper: 'CG-2' })
  expect(await shelf(item_id)).toMatchObject({ on_hand: '15', value_fen: 25_000, average: '16.67', low: false })
  const order_id = await working()
  expect((await li(orders.orderStock, { order_id })).rows.map((r) => r.name)).toEqual(['三角阀'])
  expect(await li(orders.useStock, { order_id, item_id, quantity: '2' })).toEqual({ cost_fen: 3333 })
  await li(orders.addMaterial, { order_id, name: '生料带', unit: '卷', quantity: '1', cost_fen: 300, paper: '小票' })
  const { lines, cost_fen } = await li(orders.orderCosts, { order_id })
  expect([lines.map((l) => [l.kind, l.cost_fen]), cost_fen]).toEqual([[['stock', 3333], ['adhoc', 300]], 3633])
  await li(orders.returnStock, { order_id, item_id, move_no: lines[0]!.move_no!, quantity: '1' })
  await expectRefused(li(orders.returnStock, { order_id, item_id, move_no: lines[0]!.move_no!, quantity: '1.001' }), 'orders.back_over')
  await li(orders.returnStock, { order_id, item_id, move_no: lines[0]!.move_no!, quantity: '1' })
  await li(orders.undoMaterial, { material_id: lines[1]!.id, reason: '登记错了' })
  expect((await li(orders.orderCosts, { order_id })).cost_fen).toBe(0)
  expect(await shelf(item_id)).toMatchObject({ on_hand: '15', value_fen: 25_000 })
  await expectRefused(li(orders.useStock, { order_id, item_id, quantity: '15.001' }), 'orders.stock_short')
})

test('thirty take from ten: ten get one, the shelf is empty and worth nothing', async () => {
  const item_id = await part('角阀芯')
  await foreman(orders.stockIn, { item_id, quantity: '10', cost_fen: 1001, paper: 'CG-3' })
  const order_id = await working()
  const done = await Promise.allSettled(Array.from({ length: 30 }, () => li(orders.useStock, { order_id, item_id, quantity: '1' })))
  expect(done.filter((d) => d.status === 'fulfilled')).toHaveLength(10)
  expect(await shelf(item_id)).toMatchObject({ on_hand: '0', value_fen: 0, average: null, low: true })
  const { rows } = await t.inside((s) => sql<{ q: string; v: number; n: number }>`select sum(quantity)::text as q, sum(cost_fen)::bigint as v, count(*)::int as n from orders.stock_move where company_id = ${s.company_id} and item_id = ${item_id}`.execute(s.db))
  expect(rows[0]).toMatchObject({ q: '0.000', v: 0, n: 11 })
})

test('a difference of a count is booked by a second person, and not when something moved meanwhile', async () => {
  const item_id = await part('灯头')
  await foreman(orders.stockIn, { item_id, quantity: '8', cost_fen: 16_000, paper: 'CG-4' })
  expect(await foreman(orders.countStock, { item_id, counted: '8', reason: '月底盘点' })).toEqual({ difference: '0', approval_id: null })
  const first = await foreman(orders.countStock, { item_id, counted: '7', reason: '少一个' })
  await expectRefused(foreman(orders.countStock, { item_id, counted: '6', reason: '再盘' }), 'orders.stock_counting')
  await expectRefused(foreman(system.decideApproval, { approval_id: first.approval_id!, step_no: 1, decision: 'agree' }), 'system.approval_own')
  await foreman(orders.stockIn, { item_id, quantity: '1', cost_fen: 2000, paper: 'CG-5' })
  await expectRefused(t.as('manager')(system.decideApproval, { approval_id: first.approval_id!, step_no: 1, decision: 'agree' }), 'orders.stock_moved')
  await t.as('manager')(system.decideApproval, { approval_id: first.approval_id!, step_no: 1, decision: 'refuse', note: '重盘' })
  const again = await foreman(orders.countStock, { item_id, counted: '8', reason: '少一个' })
  await t.as('manager')(system.decideApproval, { approval_id: again.approval_id!, step_no: 1, decision: 'agree' })
  expect(await shelf(item_id)).toMatchObject({ on_hand: '8', value_fen: 16_000 })
  const moves = await foreman(orders.stockMoves, { item_id })
  expect(moves.rows.map((m) => [m.kind, m.quantity, m.cost_fen, m.on_hand, m.value_fen])).toEqual([['count', '-1', -2000, '8', 16_000], ['in', '1', 2000, '9', 18_000], ['in', '8', 16_000, '8', 16_000]])
})

test('somebody else’s order, another community’s store, a resident: nothing', async () => {
  const order_id = await working()
  const other = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  const item_id = await part('插座')
  await expectRefused(other(orders.orderCosts, { order_id }), 'kernel.not_found')
  await expectRefused(other(orders.useStock, { order_id, item_id, quantity: '1' }), 'kernel.not_found')
  await expectRefused(li(orders.stockIn, { item_id, quantity: '1', cost_fen: 1, paper: 'x' }), 'kernel.forbidden')
  const zhang = await t.resident(PHONES.张三)
  await expectRefused(zhang(orders.orderCosts, { order_id }), 'kernel.not_found')
  await desk(orders.cancelOrder, { order_id, reason: '不修了' })
  await expectRefused(desk(orders.addMaterial, { order_id, name: '线', unit: '米', quantity: '1', cost_fen: 5 }), 'orders.order_over')
})

test('a public place is charged to a spending request of its community, a flat is not', async () => {
  const order_id = await working('1 栋楼道')
  const { rows: accounts } = await t.as('finance')(ledger.accounts, { book: 'company' })
  const { spending_id } = await t.as('manager')(spending.askSpending, { community_id: w.community_id, book: 'company', account_code: accounts.find((a) => a.kind === 'expense')!.code, title: '楼道灯改造', supplier_name: '五金店', amount_fen: 88_000, reason: '楼道灯大面积损坏', attachments: [] })
  const { rows } = await desk(orders.linkTargets, { order_id })
  expect(rows).toMatchObject([{ kind: 'spending', target_id: spending_id, title: '楼道灯改造', state_zh: '待审批' }])
  await desk(orders.linkCharge, { order_id, kind: 'spending', target_id: spending_id, on: true })
  expect((await li(orders.orderCosts, { order_id })).links).toMatchObject([{ title: '楼道灯改造', amount_fen: 88_000 }])
  await desk(orders.linkCharge, { order_id, kind: 'spending', target_id: spending_id, on: false })
  expect((await li(orders.orderCosts, { order_id })).links).toEqual([])
  await expectRefused(desk(orders.linkCharge, { order_id: await working(), kind: 'spending', target_id: spending_id, on: true }), 'orders.link_house')
  await expectRefused(desk(orders.linkCharge, { order_id, kind: 'fund', target_id: spending_id, on: true }), 'kernel.not_found')
})

test('whatever is issued, the value never goes below zero and the last piece leaves nothing', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 1_000_000 }), fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 30 }), (pieces, value, takes) => {
    let s = { on_hand: String(pieces), value_fen: value }
    for (const n of [...takes, pieces]) {
      const take = Math.min(n, Number(s.on_hand))
      if (take === 0) break
      const cost = costOut(s, String(take))
      expect(cost).toBeGreaterThanOrEqual(0)
      s = { on_hand: String(Number(s.on_hand) - take), value_fen: s.value_fen - cost }
      expect(s.value_fen).toBeGreaterThanOrEqual(0)
    }
    expect(Number(s.on_hand) === 0 ? s.value_fen : 0).toBe(0)
  }))
})

test('to the store of another community at the average, begun there when it is new; of two towards each other none waits for ever; below its line the keeper is told', async () => {
  const admin = t.as('admin')
  const { community_id: other } = await admin(property.saveCommunity, { name: '别处小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  const item_id = await part('潜水泵')
  await foreman(orders.stockIn, { item_id, quantity: '3', cost_fen: 10_000, paper: 'CG-9' })
  await expectRefused(foreman(orders.transferStock, { item_id, to_community_id: other, quantity: '1' }), 'kernel.not_found')
  await expectRefused(admin(orders.transferStock, { item_id, to_community_id: w.community_id, quantity: '1' }), 'orders.stock_same')
  await expectRefused(admin(orders.transferStock, { item_id, to_community_id: other, quantity: '4' }), 'orders.stock_short')
  const first = await admin(orders.transferStock, { item_id, to_community_id: other, quantity: '2' })
  expect(first).toMatchObject({ on_hand: '1', cost_fen: 6667 })
  const there = (await admin(orders.stock, { community_id: other })).rows[0]!
  expect(there).toMatchObject({ item_id: first.other_item_id, name: '潜水泵', on_hand: '2', value_fen: 6667 })
  expect(await shelf(item_id)).toMatchObject({ on_hand: '1', value_fen: 3333, low: true })
  // Three at first, two wanted: the transfer went below the line.
  const low = async () => (await foreman(messages.inbox, {})).rows.filter((m) => m.title === '要补货:潜水泵')
  expect(await low()).toHaveLength(1)
  await Promise.all([admin(orders.transferStock, { request_id: rid(), item_id, to_community_id: other, quantity: '1' }), admin(orders.transferStock, { request_id: rid(), item_id: first.other_item_id, to_community_id: w.community_id, quantity: '1' })])
  const both = (await admin(orders.stock, { q: '潜水泵' })).rows
  expect(both.reduce((n, r) => n + r.value_fen, 0)).toBe(10_000)
  expect(both.map((r) => r.on_hand).toSorted()).toEqual(['1', '2'])
  expect((await admin(orders.stockMoves, { item_id: first.other_item_id })).rows.map((m) => m.kind).toSorted()).toEqual(['get', 'get', 'give'])
  // Another unit there is another thing.
  const lamp = (await foreman(orders.saveStockItem, { community_id: w.community_id, name: '灯带', spec: '', unit: '米', reorder_level: '0', retired: false })).item_id
  await foreman(orders.stockIn, { item_id: lamp, quantity: '5', cost_fen: 500, paper: 'CG-10' })
  await admin(orders.saveStockItem, { community_id: other, name: '灯带', spec: '', unit: '卷', reorder_level: '0', retired: false })
  await expectRefused(admin(orders.transferStock, { item_id: lamp, to_community_id: other, quantity: '1' }), 'orders.unit_differs')
})
