// A warranty leak that the builder refuses: found under warranty by its category, claimed, refused, repaired by the company, drawn from the deposit.
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { addDays, today } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { messages } from '../../messages/contract.ts'
import { property } from '../../property/contract.ts'
import { system } from '../../system/contract.ts'
import { orders } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let desk: Caller
let manager: Caller
let foreman: Awaited<ReturnType<TestApp['hire']>>
let builder_id: string
let kinds: Record<string, string>
const LEAK = '屋面防水、有防水要求的卫生间、房间和外墙面的防渗漏'

const builder = (o: object = {}) => ({ community_id: w.community_id, building_ids: [], name: '眉县建工有限公司', contact_name: '赵经理', contact_phone: '0917-5550000', accepted_on: addDays(today(), -400), answer_days: 7, repair_days: 30, note: null, retired: false, ...o })
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  desk = t.as('service')
  manager = t.as('manager')
  foreman = await t.hire('foreman', { scope_kind: 'community', scope_ids: [w.community_id] })
  kinds = Object.fromEntries((await desk(orders.categories, {})).rows.map((g) => [g.name, g.category_id]))
  builder_id = (await desk(orders.saveBuilder, builder())).builder_id
}, 120_000)

const leak = async (kind = '渗水、返潮'): Promise<string> => (await desk(orders.createOrder, { source: 'desk', community_id: w.community_id, house_id: w.houses['1-1-101']!, category_id: kinds[kind]!, words: '外墙渗水,主卧起泡', reporter_name: '张三', reporter_phone: PHONES.张三 })).order_id
const claimOf = async (order_id: string) => (await foreman(orders.orderWarranty, { order_id })).claims[0]!

test('refused by the builder: own repair, and the deposit pays once another person agrees', async () => {
  await foreman(orders.addBuilderMove, { builder_id, kind: 'paid_in', amount_fen: 500_000, done_on: today(), paper: '保函 2025-18' })
  const order_id = await leak()
  const { covers, can } = await foreman(orders.orderWarranty, { order_id })
  expect(can.send).toBe(true)
  expect(covers[0]).toMatchObject({ part: LEAK, by_category: true, covered: true, builder_id, covered_until_on: `${Number(addDays(today(), -400).slice(0, 4)) + 5}${addDays(today(), -400).slice(4)}` })
  const { claim_id, no } = await foreman(orders.sendClaim, { order_id, builder_id, part: LEAK, defect: '外墙渗水' })
  expect(no).toMatch(/^BX\d{4}-000001$/)
  await expectRefused(desk(orders.sendClaim, { order_id, builder_id, part: LEAK, defect: '再发一次' }), 'orders.claim_live')
  const paper = await foreman(orders.claimPaper, { claim_id }) as unknown as { body: Buffer }
  expect(paper.body.subarray(0, 4).toString()).toBe('%PDF')
  await expectRefused(foreman(orders.ownRepair, { claim_id, cost_fen: 100, note: '等不及' }), 'orders.claim_state')
  await expectRefused(foreman(orders.answerClaim, { claim_id, answer: 'lapse', note: '还没到期' }), 'orders.claim_not_late')
  await foreman(orders.answerClaim, { claim_id, answer: 'refuse', note: '称业主装修破坏' })
  await foreman(orders.ownRepair, { claim_id, cost_fen: 126_000, note: '外墙打胶、铲除重刷' })
  await expectRefused(foreman(orders.askDeduct, { claim_id, amount_fen: 126_001, reason: '全部扣除' }), 'orders.deduct_over')
  const { approval_id } = await foreman(orders.askDeduct, { claim_id, amount_fen: 126_000, reason: '拒修,自行维修' })
  await expectRefused(foreman(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' }), 'system.approval_own')
  expect((await manager(orders.builders, {})).rows[0]!.balance_fen).toBe(500_000)
  await manager(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' })
  expect((await manager(orders.builders, {})).rows[0]).toMatchObject({ balance_fen: 374_000, moves: [{ kind: 'deducted', amount_fen: 126_000, claim_no: no }, { kind: 'paid_in' }] })
  expect((await claimOf(order_id)).steps.map((s) => s.action)).toEqual(['send', 'refuse', 'own', 'ask', 'deduct'])
  expect(await desk(orders.claims, { q: no })).toMatchObject({ total: 1, cost_fen_sum: 126_000, deduct_fen_sum: 126_000 })
})

test('a deduction that is not agreed goes back; more than the deposit holds is refused, at the second of two too', async () => {
  const two = await Promise.all([leak(), leak()])
  const asked: string[] = []
  for (const order_id of two) {
    const { claim_id } = await foreman(orders.sendClaim, { order_id, builder_id, part: LEAK, defect: '渗水' })
    await foreman(orders.answerClaim, { claim_id, answer: 'refuse', note: '不修' })
    await foreman(orders.ownRepair, { claim_id, cost_fen: 300_000, note: '自行维修' })
    asked.push((await foreman(orders.askDeduct, { claim_id, amount_fen: 300_000, reason: '拒修' })).approval_id)
  }
  await manager(system.decideApproval, { approval_id: asked[0]!, step_no: 1, decision: 'agree' })
  await expectRefused(manager(system.decideApproval, { approval_id: asked[1]!, step_no: 1, decision: 'agree' }), 'orders.deposit_short')
  await manager(system.decideApproval, { approval_id: asked[1]!, step_no: 1, decision: 'refuse', note: '保修金不足' })
  const back = await claimOf(two[1]!)
  expect(back).toMatchObject({ state: 'own', deduct_fen: null, can: { ask: true } })
  await expectRefused(foreman(orders.askDeduct, { claim_id: back.claim_id, amount_fen: 100_000, reason: '再申请' }), 'orders.deposit_short')
  await expectRefused(foreman(orders.addBuilderMove, { builder_id, kind: 'returned', amount_fen: 100_000, done_on: today(), paper: '退还' }), 'orders.deposit_short')
})

test('promised and repaired; a deadline that passes is told once and may be taken as a refusal', async () => {
  const order_id = await leak()
  const { claim_id } = await foreman(orders.sendClaim, { order_id, builder_id, part: LEAK, defect: '渗水' })
  await foreman(orders.answerClaim, { claim_id, answer: 'promise', repair_by_on: addDays(today(), 3), note: '三天内来修' })
  await foreman(orders.repairedClaim, { claim_id, note: '已修复,淋水试验不渗' })
  expect(await claimOf(order_id)).toMatchObject({ state: 'repaired', repair_by_on: addDays(today(), 3) })
  const late = await leak()
  const c = await foreman(orders.sendClaim, { order_id: late, builder_id, part: LEAK, defect: '渗水' })
  await t.inside((s) => s.db.updateTable('orders.claim').set({ answer_by_on: addDays(today(), -1) }).where('company_id', '=', s.company_id).where('claim_id', '=', c.claim_id).execute())
  const run = () => runSchedule(t.app, t.app.modules.find((m) => m.name === 'orders')!.schedules!.find((x) => x.name === 'orders.claims_late')!)
  await run()
  await run()
  const told = (await foreman(messages.inbox, { page: 1 })).rows.filter((m) => m.title.includes('逾期未答复'))
  expect(told).toHaveLength(1)
  expect((await desk(orders.claims, { late: true })).rows.map((x) => x.claim_id)).toEqual([c.claim_id])
  await foreman(orders.answerClaim, { claim_id: c.claim_id, answer: 'lapse', note: '两次电话未回' })
  expect((await claimOf(late)).state).toBe('refused')
})

test('out of warranty, another building, another community: no claim', async () => {
  const order_id = await leak('门窗、门锁')
  await desk(orders.saveBuilder, { ...builder({ name: '老建工', accepted_on: '2015-05-01' }) })
  const { covers } = await foreman(orders.orderWarranty, { order_id })
  const old = covers.find((x) => x.builder_name === '老建工' && x.part === '装修工程')!
  expect(old).toMatchObject({ covered: false, covered_until_on: '2017-05-01', by_category: true })
  await expectRefused(foreman(orders.sendClaim, { order_id, builder_id: old.builder_id, part: '装修工程', defect: '门坏了' }), 'orders.not_covered')
  await expectRefused(foreman(orders.sendClaim, { order_id, builder_id, part: '没有的部位', defect: '门坏了' }), 'kernel.not_found')
  const { community_id } = await t.as('admin')(property.saveCommunity, { name: '另一小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  await expectRefused(foreman(orders.saveBuilder, { ...builder({ community_id }) }), 'kernel.not_found')
  const far = await t.hire('foreman', { scope_kind: 'community', scope_ids: [community_id] })
  await expectRefused(far(orders.orderWarranty, { order_id }), 'kernel.not_found')
  expect((await far(orders.builders, {})).rows).toEqual([])
})

test('a company’s own longer period holds for what is accepted from its day on', async () => {
  await t.as('admin')(orders.publishWarrantyTerm, { part: '装修工程', from_on: '2016-01-01', n: 20, unit: 'year', season_from: null, season_to: null, category_ids: [kinds['门窗、门锁']!], basis: '购房合同补充协议' })
  await expectRefused(t.as('admin')(orders.publishWarrantyTerm, { part: '供热与供冷系统', from_on: '2026-01-01', n: 3, unit: 'season', season_from: null, season_to: null, category_ids: [], basis: '合同' }), 'orders.season_needed')
  const { covers } = await foreman(orders.orderWarranty, { order_id: await leak('门窗、门锁') })
  expect(covers.filter((x) => x.part === '装修工程').map((x) => [x.builder_name, x.covered])).toEqual([['眉县建工有限公司', true], ['老建工', false]])
})
