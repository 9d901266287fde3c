// Calls and visits: known while talking by one's own rights, one call that writes record and order or complaint together, what is still to be done.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { orders } from '../../orders/contract.ts'
import { payment } from '../../payment/contract.ts'
import { people } from '../../people/contract.ts'
import { property } from '../../property/contract.ts'
import { care } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let desk: Caller
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  desk = t.as('service')
}, 120_000)
const base = () => ({ way: 'phone' as const, community_id: w.community_id, house_id: w.houses['1-1-101']!, person_id: w.persons['张三']!, words: '问装修要交什么' })

test('who calls: found by phone, name or house; what is shown follows from the rights', async () => {
  const { rows } = await desk(care.findCaller, { q: PHONES.张三 })
  expect(rows.map((r) => [r.name, r.label, r.phone_masked])).toEqual(expect.arrayContaining([['张三', '1-1-101', '138****0101']]))
  expect((await desk(care.findCaller, { q: '1-1-101' })).rows.map((r) => r.name)).toEqual(expect.arrayContaining(['张三', '李四']))
  const zhang = await t.resident(PHONES.张三)
  const kind_id = (await desk(care.kinds, {})).rows.find((k) => k.name === '停车管理')!.kind_id
  await zhang(care.complain, { kind_id, house_id: w.houses['1-1-101']!, words: '车位被占' })
  const house = await desk(care.callerHouse, { house_id: w.houses['1-1-101']! })
  expect(house).toMatchObject({ label: '1-1-101', arrears: { open_fen: 0, overdue_count: 0 }, orders: [], complaints: [{ kind: '停车管理', state: '待分派' }], contacts: [] })
  expect(JSON.stringify(house)).not.toContain(PHONES.张三)
  // The steward of another community finds nothing here.
  const { community_id } = await t.as('admin')(property.saveCommunity, { name: '另一小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  const far = await t.hire('steward', { scope_kind: 'community', scope_ids: [community_id] })
  await expectRefused(far(care.callerHouse, { house_id: w.houses['1-1-101']! }), 'kernel.not_found')
  expect((await far(care.findCaller, { q: PHONES.张三 })).rows).toEqual([])
  await expectRefused(far(care.saveContact, { ...base(), topic: 'consult', outcome: 'answered', answer: '好' }), 'kernel.not_found')
  await expectRefused(t.as('repairer')(care.callerHouse, { house_id: w.houses['1-1-101']! }), 'kernel.forbidden')
  expect((await t.as('visitor')(care.contacts, {})).rows).toEqual([])
})

test('answered at once, an order or a complaint in the same call; nothing half when one part is refused', async () => {
  await expectRefused(desk(care.saveContact, { ...base(), topic: 'consult', outcome: 'answered' }), 'care.outcome_parts')
  const made = await desk(care.saveContact, { ...base(), topic: 'consult', outcome: 'answered', answer: '带身份证和图纸到前台', seconds: 95 })
  expect(made.no).toMatch(/^LX\d{4}-\d{6}$/)
  const kinds = (await desk(orders.categories, {})).rows
  const lamp = kinds.find((g) => g.name === '楼道、路灯不亮')!.category_id
  await expectRefused(desk(care.saveContact, { ...base(), topic: 'repair', outcome: 'order', order: { category_id: lamp }, words: '路灯不亮' }), 'orders.place_needed')
  const repair = await desk(care.saveContact, { ...base(), topic: 'repair', outcome: 'order', order: { category_id: lamp, place: '3 栋门前' }, words: '路灯不亮' })
  expect(await desk(orders.order, { order_id: repair.order_id! })).toMatchObject({ place: '3 栋门前', words: '路灯不亮', reporter_name: '张三' })
  const kind_id = (await desk(care.kinds, {})).rows.find((k) => k.name === '环境卫生')!.kind_id
  const complaint = await desk(care.saveContact, { ...base(), topic: 'complaint', outcome: 'complaint', kind_id, words: '垃圾桶满了' })
  expect(await desk(care.complaint, { complaint_id: complaint.complaint_id! })).toMatchObject({ source: 'phone', reporter_name: '张三', place: '1-1-101', state: 'new' })
  const { rows } = await desk(care.contacts, {})
  expect(rows.map((r) => [r.outcome, r.order_no !== null, r.complaint_no !== null, r.caller_phone_masked])).toEqual([['complaint', false, true, '138****0101'], ['order', true, false, '138****0101'], ['answered', false, false, '138****0101']])
  expect((await desk(care.callerHouse, { house_id: w.houses['1-1-101']! })).contacts).toHaveLength(3)
})

test('to be called back, lodged and borrowed: open until done, once', async () => {
  const soon = new Date(Date.now() + 3_600_000).toISOString()
  await expectRefused(desk(care.saveContact, { ...base(), topic: 'fee', outcome: 'callback', call_back_at: '2020-01-01T00:00:00Z' }), 'care.due_past')
  const back = await desk(care.saveContact, { ...base(), topic: 'fee', outcome: 'callback', call_back_at: soon })
  await expectRefused(desk(care.saveContact, { ...base(), topic: 'consult', outcome: 'lodged', item: '钥匙' }), 'care.outcome_parts')
  const lodged = await desk(care.saveContact, { ...base(), way: 'counter', topic: 'borrow', outcome: 'lodged', item: '手推车 1 辆' })
  expect((await desk(care.contacts, { open: true })).rows.map((r) => r.contact_id).toSorted()).toEqual([back.contact_id, lodged.contact_id].toSorted())
  await desk(care.finishContact, { contact_id: lodged.contact_id, note: '已归还' })
  await expectRefused(desk(care.finishContact, { contact_id: lodged.contact_id, note: '又一次' }), 'care.contact_done')
  const two = await Promise.all([1, 2].map(() => desk(care.finishContact, { contact_id: back.contact_id, note: '已回电' }).then(() => 'done', (e: { code: string }) => e.code)))
  expect(two.toSorted()).toEqual(['care.contact_done', 'done'])
  expect((await desk(care.contacts, {})).open_count).toBe(0)
})

test('figures by day, topic, way, outcome, person and community are the rows they open', async () => {
  const days = { from_on: '2020-01-01', to_on: '2100-01-01' }
  for (const by of ['day', 'topic', 'way', 'outcome', 'person', 'community'] as const) {
    const { rows, all } = await desk(care.contactStats, { by, ...days })
    for (const k of ['all_count', 'phone_count', 'counter_count', 'answered_count', 'order_count', 'complaint_count', 'callback_count', 'lodged_count', 'open_count'] as const) expect(rows.reduce((n, r) => n + r[k], 0), `${by} ${k}`).toBe(all[k])
  }
  const { rows } = await desk(care.contactStats, { by: 'topic', ...days })
  for (const r of rows) expect((await desk(care.contacts, { topic: r.key as 'fee', ...days })).total).toBe(r.all_count)
  expect((await desk(care.contacts, { way: 'phone', ...days })).total).toBe(rows.reduce((n, r) => n + r.phone_count, 0))
})

test('a thing is lent against a deposit: booked as every deposit, asked back with the return', async () => {
  const admin = t.as('admin')
  const { kind_id } = await admin(payment.saveDepositKind, { community_id: w.community_id, name: '借用押金', amount_fen: 10_000, max_fen: 20_000, return_days: null, basis: null })
  const lend = (who: Caller, deposit: object, more: object = {}) => who(care.saveContact, { ...base(), way: 'counter', topic: 'borrow', outcome: 'lodged', item: '人字梯 1 架', deposit: { kind_id, amount_fen: 10_000, method: 'wechat', ...deposit }, ...more })
  await expectRefused(lend(desk, {}), 'care.no_deposit_right')
  await expectRefused(lend(admin, { amount_fen: 30_000 }), 'payment.deposit_over_max')
  await expectRefused(lend(admin, {}, { house_id: null }), 'care.deposit_house')
  await expectRefused(lend(admin, {}, { topic: 'lodge' }), 'care.outcome_parts')
  const had = (await admin(payment.deposits, {})).total
  const { contact_id } = await lend(admin, {})
  const of = async () => (await admin(care.contacts, {})).rows.find((r) => r.contact_id === contact_id)!
  expect((await of()).deposit).toMatchObject({ amount_fen: 10_000, left_fen: 10_000 })
  expect((await admin(payment.deposits, {})).total).toBe(had + 1)
  await expectRefused(desk(care.finishContact, { contact_id, note: '已归还', refund: { method: 'cash', payee_name: '张三' } }), 'care.no_deposit_right')
  expect((await of()).done_at).toBeNull()
  await admin(care.finishContact, { contact_id, note: '已归还', refund: { method: 'cash', payee_name: '张三' } })
  expect(await of()).toMatchObject({ done_note: '已归还', deposit: { amount_fen: 10_000, left_fen: 0 } })
  expect((await admin(payment.deposit, { deposit_id: (await of()).deposit!.deposit_id })).pending_fen).toBe(10_000)
})
test('a service that never had a form may be deleted', async () => {
  const admin = t.as('admin')
  const { service_id } = await admin(care.saveService, { name: '错建的事项', sort_no: 99, retired: false })
  await admin(care.removeService, { service_id })
  expect((await admin(care.services, {})).rows.map((x) => x.name)).not.toContain('错建的事项')
  const shipped = (await admin(care.services, {})).rows.find((x) => x.version)!
  await expectRefused(admin(care.removeService, { service_id: shipped.service_id }), 'care.service_used')
})
test('two persons who were one: what the one brought is found under the other, as he said it then', async () => {
  const admin = t.as('admin')
  const twin = await admin(people.savePerson, { name: '周八(重)', kind: 'natural' })
  const house_id = w.houses['1-2-101']!
  await admin(people.addHousehold, { house_id, person: { person_id: twin.person_id }, relation: '家属', from_on: '2026-01-01' })
  const who = { ...base(), house_id, person_id: twin.person_id }
  const kind_id = (await desk(care.kinds, {})).rows.find((k) => k.name === '环境卫生')!.kind_id
  await desk(care.saveContact, { ...who, topic: 'complaint', outcome: 'complaint', kind_id, words: '楼道堆物' })
  await desk(care.saveContact, { ...who, topic: 'repair', outcome: 'order', order: { category_id: (await desk(orders.categories, {})).rows.find((g) => g.name === '楼道、路灯不亮')!.category_id, place: '2 单元' }, words: '灯不亮' })
  const s = (await desk(care.services, {})).rows.find((x) => x.name === '搬出放行条')!
  await desk(care.createApplication, { service_id: s.service_id, version_id: s.version!.version_id, house_id, person_id: twin.person_id, applicant_name: '周八(重)', answers: [{ key: 'f1', value: '柜子 1' }, { key: 'f2', value: '2026-12-01' }] })
  const of = (person_id: string) => t.inside(async (scope) => (await sql<{ n: number[] }>`select array[(select count(*) from care.contact where company_id = ${scope.company_id} and person_id = ${person_id}), (select count(*) from care.complaint where company_id = ${scope.company_id} and person_id = ${person_id}), (select count(*) from care.application where company_id = ${scope.company_id} and person_id = ${person_id}), (select count(*) from orders.work_order where company_id = ${scope.company_id} and person_id = ${person_id})]::int[] as n`.execute(scope.db)).rows[0]!.n)
  const had = await of(w.persons['周八']!)
  expect(await of(twin.person_id)).toEqual([2, 1, 1, 1])
  await admin(people.mergePersons, { keep_id: w.persons['周八']!, drop_id: twin.person_id, reason: '重复登记' })
  await t.drain()
  expect(await of(twin.person_id)).toEqual([0, 0, 0, 0])
  expect(await of(w.persons['周八']!)).toEqual([2, 1, 1, 1].map((n, i) => n + had[i]!))
  expect((await desk(care.contacts, { q: '周八(重)' })).rows.map((r) => r.caller_name)).toEqual(['周八(重)', '周八(重)'])
})
