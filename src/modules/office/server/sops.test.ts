// Rules where the work is: an order opens what its category or the category above it is linked to, a device what its kind is; only what is in force, only for whoever sees the work.
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, rid, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { agree, classOf, draftOf, type Draft } from '../../../../tests/office_kit.ts'
import { NOW } from '../../../../tests/staff_kit.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { setClock } from '../../../kernel/clock.ts'
import { equipment } from '../../equipment/contract.ts'
import { orders } from '../../orders/contract.ts'
import { rounds } from '../../rounds/contract.ts'
import { office } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let boss: Caller
let class_id: string
let order_id: string
let fitter: Awaited<ReturnType<TestApp['hire']>>
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  boss = t.as('admin')
  class_id = await classOf(t)
  fitter = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  const kind = (await boss(orders.categories, {})).rows.find((k) => k.name === '水龙头、洁具')!
  order_id = (await boss(orders.createOrder, { source: 'desk', community_id: w.community_id, house_id: w.houses['1-1-101']!, category_id: kind.category_id, words: '漏水', reporter_name: '张三', reporter_phone: PHONES.张三 })).order_id
  await boss(orders.assignOrder, { order_id, account_id: fitter.account_id })
  await lasting(t)
}, 120_000)
async function linked(o: Partial<Draft>, links: { at: 'order_category' | 'round_kind' | 'equipment_category'; target_id: string }[]): Promise<string> {
  const { doc_id } = await boss(office.saveDraft, draftOf(class_id, { targets: [{ kind: 'role', target_id: (await boss(office.choices, { community_id: null })).targets.find((x) => x.kind === 'role' && x.name === '财务')!.target_id }], ...o }))
  await boss(office.saveLinks, { doc_id, links })
  await agree(boss, t.as('manager'), doc_id)
  return doc_id
}
const titles = async (who: Caller): Promise<string[]> => (await who(office.sops, { at: 'order', id: order_id })).rows.map((r) => r.title).toSorted()

test('an order opens the rules of its category and of the one above; not those of another place, nor drafts', async () => {
  const rows = (await boss(orders.categories, {})).rows
  const leaf = rows.find((k) => k.name === '水龙头、洁具')!
  const doc_id = await linked({ title: '龙头规程' }, [{ at: 'order_category', target_id: leaf.category_id }])
  await linked({ title: '水类规程' }, [{ at: 'order_category', target_id: leaf.parent_id! }])
  await linked({ title: '别的规程' }, [{ at: 'order_category', target_id: rows.find((k) => k.parent_id !== null && k.parent_id !== leaf.parent_id)!.category_id }])
  const draft = await boss(office.saveDraft, draftOf(class_id, { title: '还是草稿' }))
  await boss(office.saveLinks, { doc_id: draft.doc_id, links: [{ at: 'order_category', target_id: leaf.category_id }] })
  expect(await titles(fitter)).toEqual(['水类规程', '龙头规程'].toSorted())
  // For the work he may open it, though he need not confirm it.
  const r = await fitter(office.myRule, { doc_id })
  expect(r).toMatchObject({ required: false, can: { confirm: 'office.not_to_confirm' } })
  await expectRefused(fitter(office.seeRule, { version_id: r.version_id, confirm: true }), 'office.not_to_confirm')
  await expectRefused(boss(office.saveLinks, { doc_id, links: [{ at: 'order_category', target_id: doc_id }] }), 'office.link_unknown')
  await boss(office.saveLinks, { doc_id, links: [] })
  expect(await titles(fitter)).toEqual(['水类规程'])
})
test('whoever does not see the order does not learn its rules', async () => {
  const other = await t.hire('cleaner', { scope_kind: 'community', scope_ids: [w.community_id] })
  await expectRefused(other(office.sops, { at: 'order', id: order_id }), 'kernel.not_found')
  await expectRefused(t.as('other_admin')(office.sops, { at: 'order', id: order_id }), 'kernel.not_found')
})
test('a device opens the rules of its kind and of its system; rounds have their kinds to choose from', async () => {
  const kinds = (await boss(equipment.categories, {})).rows
  const leaf = kinds.find((k) => k.parent_id !== null)!
  const { equipment_id } = await boss(equipment.saveDevice, { request_id: rid(), community_id: w.community_id, category_id: leaf.category_id, name: '一号设备', place: '泵房', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on: null, warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, details: {}, standards: { install: null, repair: null, replace: null }, note: null })
  const doc_id = await linked({ title: '设备规程' }, [{ at: 'equipment_category', target_id: leaf.parent_id! }, { at: 'round_kind', target_id: (await boss(rounds.kinds, {})).rows[0]!.kind_id }])
  expect((await fitter(office.sops, { at: 'device', id: equipment_id })).rows).toMatchObject([{ title: '设备规程', doc_id }])
  expect((await boss(office.rule, { doc_id })).links).toHaveLength(2)
})
