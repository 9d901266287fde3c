// A burst pipe: a plan that somebody else publishes, an emergency started from it at once by two, its steps with times, a year of drills, improvements
// followed to their end. Named people on real PostgreSQL; the clock is set.
import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { compare, inputsOf, pairsOf } from '../../../../tests/excel_kit.ts'
import { expectRefused, rid, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { Call } from '../../../kernel/contract.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { messages } from '../../messages/contract.ts'
import { emergency, type Content } from '../contract.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let boss: Hired
let manager: Hired
let man: Hired
let second: Hired
let admin: Caller
let plan_id: string
const at = (day: string, clock: string): string => {
  const iso = new Date(`${day}T${clock}:00+08:00`).toISOString()
  setClock(iso)
  return iso
}
const photo = async (who: Hired): Promise<string> => {
  const file_id = randomUUID()
  await t.inside((s) => sql`insert into kernel.file (company_id, file_id, sha256, name, type, size_bytes, purpose, created_by, created_at, expires_at) values (${s.company_id}, ${file_id}, ${randomUUID().replaceAll('-', '').repeat(2)}, 'a.png', 'image/png', 9, 'photo', ${who.account_id}::uuid, ${s.now}, ${s.now})`.execute(s.db))
  return file_id
}
const content = (): Content => ({
  summary: '先关阀、后抢修;先保人、后保物', materials: [{ name: '堵漏带', count: '2 卷', place: '工程库房' }],
  people: [{ role: '总指挥', name: '工程主管', account_id: boss.account_id, phone: '', calls: [1] }, { role: '抢修组', name: '维修工', account_id: man.account_id, phone: '13800000001', calls: [] }, { role: '自来水公司', name: '抢修热线', account_id: null, phone: '96116', calls: [] }],
  steps: [{ step_id: 's1', text: '关闭楼栋总阀', role: '抢修组', within_minutes: 10 }, { step_id: 's2', text: '断开泡水区域电源', role: '抢修组', within_minutes: 15 }, { step_id: 's3', text: '通知业主停水', role: '客服', within_minutes: null }],
})
beforeAll(async () => {
  at('2026-11-26', '09:00')
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  boss = await t.hire('foreman', here)
  manager = await t.hire('manager', here)
  man = await t.hire('repairer', here)
  second = await t.hire('guard', here)
}, 180_000)
beforeEach(() => t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`))
const kind = async (code: string): Promise<string> => (await boss(emergency.kinds, {})).rows.find((k) => k.code === code)!.kind_id

test('a plan is written, handed in, sent back, published by somebody else; what was published goes on until the next is', async () => {
  const kind_id = await kind('burst')
  const whole = { community_id: w.community_id, kind_id, name: '供水主管爆裂应急预案' }
  const wrong = await expectRefused(boss(emergency.savePlan, { ...whole, content: { ...content(), people: [{ role: '电工', name: '外单位', account_id: null, phone: '', calls: [] }] } }), 'emergency.content_wrong')
  expect(wrong.message).toContain('电话')
  ;({ plan_id } = await boss(emergency.savePlan, { ...whole, content: content() }))
  await expectRefused(man(emergency.startIncident, { plan_id, place: '3 栋', words: '爆管' }), 'emergency.not_published')
  await boss(emergency.submitPlan, { plan_id })
  await expectRefused(boss(emergency.publishPlan, { plan_id }), 'emergency.own_work')
  await expectRefused(boss(emergency.savePlan, { plan_id, ...whole, content: content() }), 'emergency.wrong_state')
  await manager(emergency.backPlan, { plan_id, reason: '缺自来水公司电话' })
  await boss(emergency.savePlan, { plan_id, ...whole, content: content() })
  await boss(emergency.submitPlan, { plan_id })
  expect((await manager(emergency.plans, { open: true })).total).toBe(1)
  expect(await manager(emergency.publishPlan, { plan_id })).toMatchObject({ version_no: 1, state: 'published' })
  await expectRefused(boss(emergency.savePlan, { ...whole, content: content() }), 'emergency.name_taken')
  // A second version is a draft beside the one in force.
  await boss(emergency.savePlan, { plan_id, ...whole, content: { ...content(), steps: [...content().steps, { step_id: 's4', text: '抽排积水', role: '抢修组', within_minutes: 60 }] } })
  expect((await man(emergency.myPlans, {})).rows[0]!.content.steps).toHaveLength(3)
  await boss(emergency.submitPlan, { plan_id })
  const both = await Promise.allSettled([manager(emergency.publishPlan, { plan_id, request_id: rid() }), admin(emergency.publishPlan, { plan_id, request_id: rid() })])
  expect(both.filter((x) => x.status === 'fulfilled')).toHaveLength(1)
  const full = await boss(emergency.plan, { plan_id })
  expect(full.versions.map((v) => v.state)).toEqual(['published', 'replaced'])
  expect((await man(emergency.myPlans, {})).rows[0]!.content.steps).toHaveLength(4)
  expect(await boss(emergency.planPaper, { plan_id, version_no: 2 })).toMatchObject({ type: 'application/pdf' })
})

test('started at once by two at one place: one emergency; its people are told and answer; a step counts once, when it was done', async () => {
  at('2026-11-26', '23:40')
  const start = (who: Hired, place: string) => who(emergency.startIncident, { request_id: rid(), plan_id, place, words: '主管爆裂,水漫电梯厅' })
  const both = await Promise.allSettled([start(man, '3 栋负一层'), start(second, '3 栋负一层')])
  expect(both.filter((x) => x.status === 'fulfilled')).toHaveLength(1)
  expect((both.find((x) => x.status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'emergency.running' })
  const { incident_id } = (await man(emergency.myPlans, {})).running[0]!
  expect((await boss(messages.inbox, {})).rows[0]).toMatchObject({ title: '应急启动:供水主管爆裂应急预案 3 栋负一层' })
  await boss(emergency.seeIncident, { incident_id })
  await expectRefused(second(emergency.seeIncident, { incident_id }), 'emergency.not_told')
  at('2026-11-27', '00:10')
  // Done at 23:48 underground, sent when the network was back; the second after its quarter of an hour.
  await man(emergency.markStep, { incident_id, step_id: 's1', done_at: '2026-11-26T15:48:00.000Z', note: null })
  const twice = await Promise.allSettled([man, second].map((who) => who(emergency.markStep, { request_id: rid(), incident_id, step_id: 's2', done_at: '2026-11-26T16:05:00.000Z', note: null })))
  expect(twice.filter((x) => x.status === 'fulfilled')).toHaveLength(1)
  expect((twice.find((x) => x.status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'emergency.step_done' })
  // A clock that runs ahead counts as now.
  await man(emergency.markStep, { incident_id, step_id: 's3', done_at: '2027-01-01T00:00:00.000Z', note: '群里和单元门都贴了' })
  await expectRefused(man(emergency.markStep, { incident_id, step_id: 's9', done_at: '2026-11-26T16:05:00.000Z', note: null }), 'emergency.no_step')
  const full = await boss(emergency.incident, { incident_id })
  expect(full.steps.map((s) => [s.step_id, s.late])).toEqual([['s1', false], ['s2', true], ['s3', false]])
  expect(full.steps[2]!.done_at).toBe('2026-11-26T16:10:00.000Z')
  expect(full).toMatchObject({ told_count: 2, seen_count: 1, version_no: 2 })
  await expectRefused(manager(emergency.retirePlan, { plan_id, reason: '换新预案' }), 'emergency.plan_used')
  await expectRefused(boss(emergency.closeIncident, { incident_id, review: '总阀锈死', tasks: [] }), 'emergency.wrong_state')
  await man(emergency.endIncident, { incident_id, note: '更换 1 米管段', photo_ids: [await photo(man)] })
  await expectRefused(man(emergency.markStep, { incident_id, step_id: 's4', done_at: '2026-11-26T16:11:00.000Z', note: null }), 'emergency.wrong_state')
  await boss(emergency.closeIncident, { incident_id, review: '总阀锈死,延误 5 分钟', tasks: [{ words: '更换 3 栋总阀', owner_id: man.account_id, due_on: '2026-12-10' }] })
  expect(await boss(emergency.incidentPaper, { incident_id })).toMatchObject({ type: 'application/pdf' })
  expect((await man(messages.inbox, {})).rows[0]!.title).toBe('改进事项:更换 3 栋总阀')
})

test('a year of drills: made once, held, signed by those who were there, closed with improvements; what is overdue is told once', async () => {
  at('2026-12-01', '10:00')
  const both = await Promise.all([boss(emergency.planYear, { request_id: rid(), community_id: w.community_id, year: 2026 }), boss(emergency.planYear, { request_id: rid(), community_id: w.community_id, year: 2026 })])
  expect(both.map((x) => x.made_count).toSorted()).toEqual([0, 1])
  await expectRefused(boss(emergency.planYear, { community_id: w.community_id, year: 2025 }), 'emergency.year_over')
  expect((await boss(emergency.planYear, { community_id: w.community_id, year: 2027 })).made_count).toBe(1)
  const [drill] = (await boss(emergency.drills, { year: 2026 })).rows
  const drill_id = drill!.drill_id
  expect(drill).toMatchObject({ due_on: '2026-12-31', state: 'planned', overdue: false })
  const { drill_id: soon } = await boss(emergency.saveDrill, { plan_id, due_on: '2026-12-02' })
  at('2026-12-03', '10:00')
  const tick = async (): Promise<void> => runSchedule(t.app, t.app.modules.find((m) => m.name === 'emergency')!.schedules![0]!)
  await tick()
  await tick()
  expect((await boss(messages.inbox, {})).rows.filter((m) => m.title.startsWith('演练逾期'))).toHaveLength(1)
  expect((await boss(emergency.drills, {})).counts).toMatchObject({ overdue: 1 })
  await boss(emergency.moveDrill, { drill_id: soon, due_on: '2026-12-20', reason: '雨天顺延' })
  expect((await boss(emergency.drills, { overdue: true })).total).toBe(0)
  await boss(emergency.cancelDrill, { drill_id: soon, reason: '与年度演练合并' })
  const held = { drill_id, held_at: '2026-12-03T01:00:00.000Z', place: '3 栋', leader_name: '工程主管', summary: '9 点报警,9 点 06 分关阀', account_ids: [man.account_id, boss.account_id], photo_ids: [await photo(boss)] }
  await expectRefused(boss(emergency.holdDrill, { ...held, held_at: '2026-12-04T01:00:00.000Z' }), 'emergency.held_future')
  await expectRefused(boss(emergency.holdDrill, { ...held, photo_ids: [await photo(man)] }), 'emergency.no_photo')
  await boss(emergency.holdDrill, held)
  await expectRefused(boss(emergency.closeDrill, { drill_id, score: 80, evaluation: '较好', tasks: [] }), 'emergency.unsigned')
  expect((await man(emergency.myPlans, {})).drills).toHaveLength(1)
  await expectRefused(second(emergency.signDrill, { drill_id, photo_ids: [await photo(second)] }), 'emergency.not_there')
  await man(emergency.signDrill, { drill_id, photo_ids: [await photo(man)] })
  await expectRefused(man(emergency.signDrill, { drill_id, photo_ids: [await photo(man)] }), 'emergency.signed')
  await boss(emergency.closeDrill, { drill_id, score: 80, evaluation: '关阀及时,电源断开慢', tasks: [{ words: '配电箱贴标识', owner_id: man.account_id, due_on: '2026-12-05' }] })
  expect((await boss(emergency.planYear, { community_id: w.community_id, year: 2026 })).made_count).toBe(0)
  const task = (await man(emergency.myPlans, {})).tasks.find((x) => x.words === '配电箱贴标识')!
  at('2026-12-06', '10:00')
  await tick()
  expect((await man(messages.inbox, {})).rows.filter((m) => m.title === '改进超期:配电箱贴标识')).toHaveLength(1)
  await man(emergency.finishTask, { task_id: task.task_id, note: '已贴 12 处' })
  await expectRefused(man(emergency.checkTask, { task_id: task.task_id }), 'kernel.forbidden')
  await boss(emergency.backTask, { task_id: task.task_id, reason: '2 单元漏贴' })
  await man(emergency.finishTask, { task_id: task.task_id, note: '补齐' })
  await boss(emergency.checkTask, { task_id: task.task_id })
  expect((await boss(emergency.drill, { drill_id })).tasks[0]).toMatchObject({ state: 'checked', late: false })
  expect(await boss(emergency.drillPaper, { drill_id })).toMatchObject({ type: 'application/pdf' })
  for (const p of pairsOf([{ name: 'emergency', contract: emergency as unknown as Record<string, Call> }], {})) for (const input of inputsOf(p.excel, {})) expect((await compare((call, i) => boss(call as never, i as never), p, input)).strange).toEqual([])
})

test('who may see: another community and another company nothing, a visitor starts nothing', async () => {
  const other = await t.hire('foreman', { scope_kind: 'community', scope_ids: [someId()] })
  expect((await other(emergency.plans, {})).total).toBe(0)
  await expectRefused(other(emergency.plan, { plan_id }), 'kernel.not_found')
  await expectRefused(other(emergency.startIncident, { plan_id, place: '1 栋', words: '试试' }), 'kernel.not_found')
  await expectRefused(t.as('other_admin')(emergency.plan, { plan_id }), 'kernel.not_found')
  await expectRefused(t.as('visitor')(emergency.startIncident, { plan_id, place: '1 栋', words: '试试' }), 'kernel.forbidden')
  await expectRefused(man(emergency.planYear, { community_id: w.community_id, year: 2027 }), 'kernel.forbidden')
})
