// Each data file holds what its shape says; what the preview tells is what loading makes; twice is once; and S20's frequencies stand in it as written.
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, someId, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { rounds } from '../contract.ts'
import { ruleText } from '../shown.ts'
import { SETS, setOf } from './sets.ts'

let t: TestApp
let w: TinyWorld
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
}, 120_000)

test('every set: known kinds, checklists that its plans name, names once', async () => {
  const codes = new Set((await t.as('admin')(rounds.kinds, {})).rows.map((k) => k.code))
  for (const code of SETS) {
    const s = setOf(code)
    for (const p of s.plans) {
      expect(codes.has(p.kind), `${code} ${p.kind}`).toBe(true)
      if (p.checklist) expect(s.checklists.map((l) => l.name), `${code} ${p.name}`).toContain(p.checklist)
      expect(ruleText(p.rule)).not.toBe('')
    }
    expect(new Set(s.plans.map((p) => p.name)).size).toBe(s.plans.length)
    for (const l of s.checklists) expect(new Set(l.items.map((i) => i.item_id)).size).toBe(l.items.length)
  }
})

test('the manual of 眉县 says what S20 says', () => {
  const plans = new Map(setOf('meixian').plans.map((p) => [p.name, ruleText(p.rule)]))
  expect(plans.get('楼梯扶手擦拭')).toMatch(/^每周二、五/)
  expect(plans.get('重点部位每小时巡逻')).toBe('00:00–24:00 每小时一次')
  expect(plans.get('绿化带除草')).toBe('每半月一次')
  expect(plans.get('绿地浇水')).toMatch(/^连续 7 天无雨雪后/)
  expect(setOf('meixian').plans.find((p) => p.name.startsWith('绿植修剪'))!.rule).toMatchObject({ kind: 'yearly', dates: expect.toSatisfy((d: string[]) => d.length === 5) })
})

test('loaded as drafts as previewed; a second time makes nothing; a second set shares points and checklists', async () => {
  const head = await t.hire('guard_head', { scope_kind: 'community', scope_ids: [w.community_id] })
  await expectRefused(head(rounds.loadSet, { code: 'meixian', community_id: w.community_id }), 'rounds.lists_missing')
  const as = t.as('manager')
  const seen = await as(rounds.previewSet, { code: 'meixian', community_id: w.community_id })
  const made = await as(rounds.loadSet, { code: 'meixian', community_id: w.community_id })
  expect(made).toEqual({ plan_count: seen.plans.filter((p) => !p.there).length, point_count: seen.point_count, checklist_count: seen.checklists.length })
  const plans = await as(rounds.plans, { community_id: w.community_id, page_size: 100 })
  expect(plans.total).toBe(23)
  expect(new Set(plans.rows.map((p) => p.state))).toEqual(new Set(['draft']))
  // Two residential buildings: a point each.
  expect(plans.rows.find((p) => p.name === '楼梯扶手擦拭')).toMatchObject({ point_count: 2, rule_zh: expect.stringContaining('每周') })
  expect(await as(rounds.loadSet, { code: 'meixian', community_id: w.community_id })).toEqual({ plan_count: 0, point_count: 0, checklist_count: 0 })
  const high = await as(rounds.previewSet, { code: 'grade_high', community_id: w.community_id })
  expect(high.checklists.find((l) => l.name === '楼道保洁检查')!.there).toBe(true)
  const { task_count } = await as(rounds.activatePlans, { plan_ids: plans.rows.map((p) => p.plan_id) })
  expect(task_count).toBeGreaterThan(500)
  const cleaner = await t.hire('cleaner', { scope_kind: 'community', scope_ids: [w.community_id] })
  const { crew_id } = await as(rounds.saveCrew, { community_id: w.community_id, name: '保洁班', account_ids: [cleaner.account_id], retired: false })
  const cleaning = plans.rows.filter((p) => p.department === '保洁部').map((p) => p.plan_id)
  const given = await as(rounds.assignCrew, { plan_ids: cleaning, crew_id })
  expect(given.plan_count).toBe(cleaning.length)
  expect(given.task_count).toBeGreaterThan(100)
  // A guard of no crew sees the patrols now, and no cleaning any more.
  const guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  expect(new Set((await guard(rounds.myRounds, {})).tasks.map((x) => x.kind_name))).not.toContain('保洁')
  await expectRefused(as(rounds.assignCrew, { plan_ids: cleaning, crew_id: someId() }), 'rounds.elsewhere')
  await expectRefused(t.as('visitor')(rounds.previewSet, { code: 'meixian', community_id: w.community_id }), 'kernel.forbidden')
})
