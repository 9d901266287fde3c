// A quality check with eight findings: fixed on the spot, put right by a day and looked at again, a repair order that closes its own; scores by
// department. And work plans of a year, a month and a week whose completion adds up.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, rid, someId, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { messages } from '../../messages/contract.ts'
import { orders } from '../../orders/contract.ts'
import { rounds, type Item } from '../contract.ts'
import { periodOf } from './work.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let boss: Hired
let inspector: Hired
let cleaner: Hired
const DAY = '2026-11-26'
beforeAll(async () => {
  setClock(`${DAY}T01:00:00Z`)
  t = await testApp()
  w = await tinyWorld(t)
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  inspector = await t.hire('inspector', here)
  cleaner = await t.hire('cleaner', here)
  boss = await t.hire('cleaning_head', here)
}, 120_000)
beforeEach(() => t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`))

const item = (item_id: string, text: string): Item => ({ item_id, text, answer: 'tick', choices: [], low: null, high: null, unit: null, photo: 'no', points: 10 })
const photoBy = async (account_id: string): Promise<string> => {
  const file_id = someId()
  await t.inside((s) => sql`insert into kernel.file (company_id, file_id, sha256, name, type, size_bytes, purpose, created_by, created_at, expires_at) values (${s.company_id}, ${file_id}, ${file_id.replaceAll('-', '').padEnd(64, '0')}, 'a.jpg', 'image/jpeg', 10, 'photo', ${account_id}, ${s.now}, ${s.now})`.execute(s.db))
  return file_id
}

test('a quality check with eight findings, to the last one closed', async () => {
  const admin = t.as('admin')
  const kinds = Object.fromEntries((await admin(rounds.kinds, {})).rows.map((k) => [k.code, k.kind_id]))
  const lists: Record<string, string> = {}
  for (const [code, name] of [['cleaning', '督查·保洁'], ['inspection', '督查·工程']] as const) lists[code] = (await admin(rounds.saveChecklist, { kind_id: kinds[code]!, name, retired: false, items: [item('a', '第一项'), item('b', '第二项')] })).checklist_id
  const stops = []
  for (let n = 0; n < 8; n++) {
    const p = await admin(rounds.savePoint, { community_id: w.community_id, building_id: null, name: `督查点 ${n + 1}`, place: '', proof: 'none', nfc_id: null, retired: false })
    stops.push({ point_id: p.point_id, checklist_id: lists[n < 5 ? 'cleaning' : 'inspection']!, travel_seconds: 0 })
  }
  const { route_id } = await admin(rounds.saveRoute, { community_id: w.community_id, name: '督查线', ordered: false, retired: false, stops })
  const { plan_id } = await admin(rounds.savePlan, { community_id: w.community_id, kind_id: kinds['quality']!, name: '品质督查', route_id, checklist_id: null, crew_id: null, rule: { kind: 'daily', windows: [{ from: '08:00', to: '12:00' }] }, from_on: DAY, to_on: DAY, grace_minutes: 0, photo: false })
  await admin(rounds.activatePlans, { plan_ids: [plan_id] })
  const task = (await inspector(rounds.myRounds, {})).tasks[0]!
  const category_id = (await admin(orders.categories, {})).rows.find((k) => k.name === '路面、井盖、台阶')!.category_id
  const ways = ['fixed', 'fixed', 'deadline', 'deadline', 'deadline', 'order', 'deadline', 'deadline'] as const
  let order_no = ''
  setClock(`${DAY}T02:00:00Z`)
  for (const [n, way] of ways.entries()) {
    const made = await inspector(rounds.saveRecord, { record_id: rid(), on_day: task.on_day, task_id: task.task_id, stop_no: n + 1, device_at: `${DAY}T01:${String(n * 5).padStart(2, '0')}:00.000Z`, device: { boot: someId(), mono_ms: 0, seq: n + 1, went_back: false, sync: null }, proof: 'none', code: null, outcome: 'done', answers: [{ item_id: 'a', value: 'bad' }, { item_id: 'b', value: 'ok' }], note: null, photos: [{ file_id: await photoBy(inspector.account_id), part: 'before' }], finding: { words: `第 ${n + 1} 个问题`, way, ...(way === 'order' ? { category_id } : {}) } })
    order_no = made.order_no ?? order_no
  }
  const list = await boss(rounds.findings, { page_size: 50 })
  expect(list.total).toBe(8)
  expect(list.counts).toEqual({ open: 6, mended: 0, late: 0 })
  const open = list.rows.filter((f) => f.way === 'deadline')
  expect(open.map((f) => f.department).toSorted()).toEqual(['保洁部', '保洁部', '保洁部', '工程部', '工程部'])
  // Three days, then it is late.
  expect(new Set(open.map((f) => Date.parse(f.due_at!) - Date.parse(f.found_at)))).toEqual(new Set([3 * 86_400_000]))
  setClock('2026-11-30T01:00:00Z')
  expect((await boss(rounds.findings, { late: true })).total).toBe(5)

  const sweep = t.app.modules.find((m) => m.name === 'rounds')!.schedules!.find((s) => s.name === 'rounds.sweep')!
  await runSchedule(t.app, sweep)
  await runSchedule(t.app, sweep)
  expect((await boss(messages.inbox, { category: 'work', page_size: 50 })).rows.map((m) => m.title)).toEqual(['整改超期 5 项:花园小区'])
  const log = await boss(rounds.log, { plan_id, from_on: DAY, to_on: DAY })
  expect(log.columns).toHaveLength(16)
  expect(log.rows).toMatchObject([{ state: 'done', bad: expect.toSatisfy((b: string[]) => b.length === 8) }])
  expect(await boss(rounds.logPaper, { plan_id, from_on: DAY, to_on: DAY })).toMatchObject({ type: 'application/pdf' })

  const first = open[0]!.finding_id
  await expectRefused(cleaner(rounds.closeFinding, { finding_id: first }), 'kernel.forbidden')
  await expectRefused(boss(rounds.closeFinding, { finding_id: first }), 'rounds.finding_state')
  await cleaner(rounds.mendFinding, { finding_id: first, note: '已清理', photo_ids: [await photoBy(cleaner.account_id)] })
  await expectRefused(cleaner(rounds.mendFinding, { finding_id: first, note: '再来一次' }), 'rounds.finding_state')
  await boss(rounds.backFinding, { finding_id: first, reason: '角落还有垃圾' })
  await boss(rounds.mendFinding, { finding_id: first, note: '重新清理' })
  await expectRefused(boss(rounds.closeFinding, { finding_id: first }), 'rounds.own_work')
  await inspector(rounds.closeFinding, { finding_id: first })
  for (const f of open.slice(1)) {
    await cleaner(rounds.mendFinding, { finding_id: f.finding_id, note: '已整改', photo_ids: [await photoBy(cleaner.account_id)] })
    await inspector(rounds.closeFinding, { finding_id: f.finding_id })
  }
  expect((await boss(rounds.findings, { q: '第 3 个' })).rows[0]).toMatchObject({ state: 'closed', back_count: 1, closed_by_name: expect.any(String) })
  // The repair order closes its own finding when it is finished.
  const order_id = (await admin(orders.orders, { q: order_no })).rows[0]!.order_id
  const repairer = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  await repairer(orders.takeOrder, { order_id })
  await repairer(orders.arriveOrder, { order_id })
  await repairer(orders.finishOrder, { order_id, note: '井盖已加固' })
  await t.drain()
  expect(await boss(rounds.findings, {})).toMatchObject({ total: 8, counts: { open: 0, mended: 0, late: 0 } })
  const scores = await boss(rounds.scores, { from_on: DAY, to_on: DAY, quality_only: true })
  expect(scores.rows).toEqual([{ department: '保洁部', record_count: 5, got: 50, max: 100, score_bp: 5000, finding_count: 5, open_count: 0 }, { department: '工程部', record_count: 3, got: 30, max: 60, score_bp: 5000, finding_count: 3, open_count: 0 }])
  await expectRefused(t.as('other_admin')(rounds.closeFinding, { finding_id: first }), 'kernel.not_found')
})

test('periods: a week begins on Monday, a month ends where it ends', () => {
  expect(periodOf('week', '2026-11-29')).toEqual({ from_on: '2026-11-23', to_on: '2026-11-29' })
  expect(periodOf('month', '2028-02-10')).toEqual({ from_on: '2028-02-01', to_on: '2028-02-29' })
  expect(periodOf('year', '2026-11-26')).toEqual({ from_on: '2026-01-01', to_on: '2026-12-31' })
})

test('year, month, week: items become tasks when published, completion goes up to the year', async () => {
  setClock('2026-11-24T01:00:00Z')
  const kind_id = (await boss(rounds.kinds, {})).rows.find((k) => k.code === 'work')!.kind_id
  const make = async (level: 'year' | 'month' | 'week', title: string, parent_id: string | null) => (await boss(rounds.saveWorkPlan, { community_id: w.community_id, level, period_on: '2026-11-24', department: '保洁部', title, parent_id })).work_plan_id
  const year = await make('year', '2026 年保洁计划', null)
  const month = await make('month', '11 月保洁计划', year)
  const week = await make('week', '11 月第四周', month)
  await expectRefused(boss(rounds.saveWorkPlan, { community_id: w.community_id, level: 'year', period_on: '2026-01-01', department: '保洁部', title: '倒挂', parent_id: month }), 'rounds.work_parent')
  await expectRefused(boss(rounds.publishWorkPlan, { work_plan_id: week }), 'rounds.work_empty')
  const item_of = (work_plan_id: string, name: string, on: string) => boss(rounds.savePlan, { community_id: w.community_id, kind_id, name, route_id: null, checklist_id: null, crew_id: null, work_plan_id, rule: { kind: 'once', on, span_days: 1 }, from_on: on, to_on: null, grace_minutes: 0, photo: false })
  await item_of(week, '清洗地下车库', '2026-11-24')
  await item_of(week, '外墙玻璃清洗', '2026-11-25')
  await item_of(month, '化粪池清掏', '2026-11-24')
  expect(await boss(rounds.publishWorkPlan, { work_plan_id: week })).toEqual({ item_count: 2, task_count: 2 })
  await boss(rounds.publishWorkPlan, { work_plan_id: month })
  const mine = (await cleaner(rounds.myRounds, {})).tasks.find((x) => x.name === '清洗地下车库')!
  await cleaner(rounds.saveRecord, { record_id: rid(), on_day: mine.on_day, task_id: mine.task_id, stop_no: 1, device_at: '2026-11-24T01:00:00.000Z', device: { boot: someId(), mono_ms: 0, seq: 1, went_back: false, sync: null }, proof: 'none', code: null, outcome: 'done', answers: [], note: '已完成', photos: [], finding: null })
  setClock('2026-11-25T01:00:00Z')
  const rows = new Map((await boss(rounds.workPlans, { year: 2026 })).rows.map((r) => [r.level, r]))
  expect(rows.get('week')).toMatchObject({ item_count: 2, task_count: 2, due_count: 1, done_count: 1, done_bp: 10_000 })
  expect(rows.get('month')).toMatchObject({ item_count: 3, due_count: 2, done_count: 1, done_bp: 5000 })
  expect(rows.get('year')).toMatchObject({ item_count: 3, due_count: 2, done_count: 1, done_bp: 5000 })
  expect((await boss(rounds.tasks, { from_on: '2026-11-23', to_on: '2026-11-29', work_plan_id: week })).total).toBe(2)
  for (const [level, plan] of rows) expect((await boss(rounds.tasks, { from_on: plan.period_on, to_on: plan.to_on, work_plan_id: plan.work_plan_id })).total, level).toBe(plan.task_count)
  // The list of plans is not filled with the items of work plans.
  expect((await boss(rounds.plans, { q: '清洗地下车库' })).total).toBe(0)
  await expectRefused(boss(rounds.removeWorkPlan, { work_plan_id: week }), 'rounds.work_used')
})
