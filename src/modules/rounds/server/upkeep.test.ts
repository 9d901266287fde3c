// Upkeep of equipment: by calendar over several devices, by hours run, told early, put off, done on the phone with a finding; the clock over month ends.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, rid, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { equipment } from '../../equipment/contract.ts'
import { messages } from '../../messages/contract.ts'
import { orders } from '../../orders/contract.ts'
import { property } from '../../property/contract.ts'
import { rounds, type Rule } from '../contract.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let boss: Hired
let man: Hired
let admin: Caller
let pumps: { equipment_id: string; no: string; code: string }[]
let checklist_id: string
let crew_id: string
const NONE = { install: null, repair: null, replace: null }
const tick = async (name: string): Promise<void> => runSchedule(t.app, t.app.modules.find((m) => m.name === 'rounds')!.schedules!.find((s) => s.name === name)!)

beforeAll(async () => {
  setClock('2026-01-30T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  boss = await t.hire('foreman', here)
  man = await t.hire('repairer', here)
  const kind = (await boss(equipment.categories, {})).rows.find((k) => k.code === 'SHB')!.category_id
  pumps = []
  for (const n of ['1', '2']) pumps.push(await boss(equipment.saveDevice, { community_id: w.community_id, category_id: kind, name: `${n} 号泵`, place: '水泵房', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on: null, warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, standards: NONE, note: null }))
  const kinds = (await admin(rounds.kinds, {})).rows
  ;({ checklist_id } = await admin(rounds.saveChecklist, { kind_id: kinds.find((k) => k.code === 'upkeep')!.kind_id, name: '水泵保养', retired: false, items: [{ item_id: 'oil', text: '加注润滑脂', answer: 'tick', choices: [], low: null, high: null, unit: null, photo: 'no', points: 5 }, { item_id: 'heat', text: '轴承温度', answer: 'number', choices: [], low: null, high: '75', unit: '℃', photo: 'no', points: 5 }] }))
  ;({ crew_id } = await boss(rounds.saveCrew, { community_id: w.community_id, name: '工程班', account_ids: [man.account_id], retired: false }))
}, 180_000)
beforeEach(() => t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`))
const plan = (name: string, rule: Rule, ids: string[], more: object = {}) => boss(rounds.saveUpkeep, { request_id: rid(), community_id: w.community_id, name, equipment_ids: ids, checklist_id, crew_id, rule, from_on: '2026-01-30', to_on: null, notice_days: 0, grace_days: 1, parts: null, photo: false, ...more })
let seq = 0
const walk = (task: { on_day: string; task_id: string }, stop_no: number, code: string, heat: string, finding: { words: string; way: 'order'; category_id: string } | null = null) =>
  man(rounds.saveRecord, { request_id: rid(), record_id: someId(), on_day: task.on_day, task_id: task.task_id, stop_no, device_at: new Date(Date.parse(clock)).toISOString(), device: { boot: someId(), mono_ms: 0, seq: ++seq, went_back: false, sync: null }, proof: 'scan', code: `HY1:${code}`, outcome: 'done', answers: [{ item_id: 'oil', value: 'ok' }, { item_id: 'heat', value: heat }], note: null, photos: [], finding })
let clock = '2026-01-30T02:00:00Z'
const go = (at: string): void => { clock = at; setClock(at) }

test('by calendar over two devices: month ends, the crew told once and early, done by scanning each label', async () => {
  const { plan_ids } = await plan('水泵月保养', { kind: 'monthly', month_days: [31], span_days: 3, season: null }, pumps.map((p) => p.equipment_id), { notice_days: 2, parts: '黄油枪' })
  await expectRefused(plan('水泵月保养', { kind: 'half_month', season: null }, [pumps[0]!.equipment_id]), 'rounds.name_taken')
  expect((await boss(rounds.activatePlans, { plan_ids })).task_count).toBe(2)
  const list = (await boss(rounds.tasks, { from_on: '2026-01-30', to_on: '2026-03-31', plan_id: plan_ids[0]! })).rows
  // The 31st of February is its last day.
  expect(list.map((r) => r.on_day).toSorted()).toEqual(['2026-01-31', '2026-02-28'])
  await tick('rounds.plan')
  await tick('rounds.plan')
  const told = (await man(messages.inbox, {})).rows.filter((m) => m.title.startsWith('将到保养'))
  expect(told).toHaveLength(1)
  expect(told[0]!.body).toContain('黄油枪')
  go('2026-01-31T02:00:00Z')
  const shift = (await man(rounds.myRounds, {})).tasks.find((x) => x.name === '水泵月保养')!
  expect(shift).toMatchObject({ parts: '黄油枪', stops: [{ name: 'SHB-0001 1 号泵', proof: 'scan' }, { name: 'SHB-0002 2 号泵' }] })
  const kind = (await man(orders.categories, {})).rows.find((k) => k.name === '其他公共维修')!.category_id
  expect((await walk(shift, 1, pumps[0]!.code, '60')).state).toBe('doing')
  const end = await walk(shift, 2, pumps[1]!.code, '88', { words: '轴承过热', way: 'order', category_id: kind })
  expect(end.state).toBe('done')
  const made = (await boss(orders.orders, { equipment_id: pumps[1]!.equipment_id })).rows
  expect(made.map((o) => [o.no, o.words])).toEqual([[end.order_no, '轴承过热']])
  const history = (await man(rounds.deviceTasks, { equipment_id: pumps[1]!.equipment_id })).rows
  expect(history.find((h) => h.task_id === shift.task_id)).toMatchObject({ plan_name: '水泵月保养', state: 'done', outcome: 'abnormal' })
  expect((await boss(rounds.upkeepPlans, {})).rows[0]).toMatchObject({ name: '水泵月保养', overdue: false, devices: [{ no: 'SHB-0001' }, { no: 'SHB-0002' }], last_at: '2026-01-31T02:00:00.000Z' })
})

test('by hours run: one open task at a time, again only so many hours after it was done', async () => {
  const id = pumps[0]!.equipment_id
  go('2026-02-01T02:00:00Z')
  await man(equipment.noteRunning, { equipment_id: id, hours: '5000' })
  const { plan_ids } = await plan('五百小时换机封', { kind: 'hours', every_hours: 500, lead_hours: 20, span_days: 7 }, pumps.map((p) => p.equipment_id))
  expect(plan_ids).toHaveLength(2)
  expect((await boss(rounds.activatePlans, { plan_ids })).task_count).toBe(0)
  const mine = async () => (await boss(rounds.tasks, { from_on: '2026-02-01', to_on: '2026-05-01', plan_id: plan_ids[0]! })).rows
  go('2026-02-20T02:00:00Z')
  await man(equipment.noteRunning, { equipment_id: id, hours: '5450' })
  await tick('rounds.plan')
  expect(await mine()).toHaveLength(0)
  go('2026-02-22T02:00:00Z')
  await man(equipment.noteRunning, { equipment_id: id, hours: '5490' })
  await tick('rounds.plan')
  await tick('rounds.plan')
  const [task] = await mine()
  expect(await mine()).toHaveLength(1)
  expect(task).toMatchObject({ on_day: '2026-02-22', due_at: '2026-03-01T15:59:59.000Z', state: 'waiting' })
  expect((await boss(rounds.upkeepPlans, { equipment_id: id })).rows.find((p) => p.plan_id === plan_ids[0])).toMatchObject({ hours_since: '490', rule_zh: '每运行 500 小时,差 20 小时时派出,7 天内' })
  // Missed stays missed: no second task beside it.
  go('2026-03-04T02:00:00Z')
  await tick('rounds.sweep')
  await tick('rounds.plan')
  expect((await mine()).map((x) => x.state)).toEqual(['missed'])
  await boss(rounds.redoTask, { on_day: task!.on_day, task_id: task!.task_id, due_at: '2026-03-05T15:00:00Z', reason: '补做' })
  await walk(task!, 1, pumps[0]!.code, '50')
  expect((await mine()).map((x) => x.state)).toEqual(['done'])
  await tick('rounds.plan')
  expect(await mine()).toHaveLength(1)
  go('2026-03-25T02:00:00Z')
  await man(equipment.noteRunning, { equipment_id: id, hours: '5985' })
  await tick('rounds.plan')
  expect((await mine()).map((x) => x.state).toSorted()).toEqual(['done', 'waiting'])
})

test('a task is put off with a reason, not into the past, not for ever', async () => {
  go('2026-04-01T02:00:00Z')
  const { plan_ids } = await plan('季度大检', { kind: 'once', on: '2026-04-02', span_days: 1 }, [pumps[1]!.equipment_id], { from_on: '2026-04-01' })
  await boss(rounds.activatePlans, { plan_ids })
  const [task] = (await boss(rounds.tasks, { from_on: '2026-04-01', to_on: '2026-04-30', plan_id: plan_ids[0]! })).rows
  const move = (who: Caller, starts_at: string, due_at: string) => who(rounds.moveTask, { request_id: rid(), on_day: task!.on_day, task_id: task!.task_id, starts_at, due_at, reason: '厂家改期' })
  await expectRefused(move(boss, '2026-03-30T00:00:00Z', '2026-04-03T00:00:00Z'), 'rounds.move_past')
  await expectRefused(move(boss, '2026-04-10T00:00:00Z', '2026-04-09T00:00:00Z'), 'rounds.move_past')
  await expectRefused(move(boss, '2026-06-10T00:00:00Z', '2026-06-11T00:00:00Z'), 'rounds.move_far')
  await expectRefused(move(man, '2026-04-10T00:00:00Z', '2026-04-11T00:00:00Z'), 'kernel.forbidden')
  await move(boss, '2026-04-10T00:00:00Z', '2026-04-11T00:00:00Z')
  go('2026-04-05T02:00:00Z')
  await tick('rounds.sweep')
  await tick('rounds.plan')
  const full = await boss(rounds.task, { on_day: task!.on_day, task_id: task!.task_id })
  expect(full).toMatchObject({ state: 'waiting', starts_at: '2026-04-10T00:00:00.000Z', miss_at: '2026-04-12T00:00:00.000Z', steps: [{ action: 'move', note: '2026-04-10 08:00 至 2026-04-11 08:00:厂家改期' }] })
  go('2026-04-10T02:00:00Z')
  expect((await man(rounds.myRounds, {})).tasks.some((x) => x.task_id === task!.task_id)).toBe(true)
})

test('devices of elsewhere are no points here, and rules of devices need one', async () => {
  const { community_id: other } = await admin(property.saveCommunity, { name: '别处', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  const far = await t.hire('foreman', { scope_kind: 'community', scope_ids: [other] })
  await expectRefused(far(rounds.saveUpkeep, { community_id: other, name: '伸手', equipment_ids: [pumps[0]!.equipment_id], checklist_id: null, crew_id: null, rule: { kind: 'half_month', season: null }, from_on: '2026-04-10', to_on: null, notice_days: 0, grace_days: 0, parts: null, photo: false }), 'rounds.devices_apart')
  await expectRefused(far(rounds.deviceTasks, { equipment_id: pumps[0]!.equipment_id }), 'kernel.not_found')
  const kind_id = (await boss(rounds.kinds, {})).rows.find((k) => k.code === 'patrol')!.kind_id
  await expectRefused(boss(rounds.savePlan, { community_id: w.community_id, kind_id, name: '无设备', route_id: null, checklist_id: null, crew_id: null, rule: { kind: 'hours', every_hours: 100, lead_hours: 0, span_days: 1 }, from_on: '2026-04-10', to_on: null, grace_minutes: 0, photo: false }), 'rounds.device_needed')
  await expect(t.inside((s) => sql`insert into rounds.point (company_id, point_id, community_id, name, code, proof, secret, equipment_id, changed_at) values (${s.company_id}, ${someId()}, ${w.community_id}, 'x', 'ZZZZZZZZ', 'scan', 'x', ${pumps[0]!.equipment_id}, now())`.execute(s.db))).rejects.toThrow(/point_equipment/)
})

test('before a certificate runs out: one task a day of expiry, however often the clock looks, and none for what failed', async () => {
  go('2026-06-01T02:00:00Z')
  const id = pumps[0]!.equipment_id
  const kind_id = (await admin(equipment.saveCertKind, { name: '水泵校验', subject: 'device', category_ids: [], sort_no: 1, retired: false })).kind_id
  const cert = (valid_from_on: string, result: 'pass' | 'fail') => boss(equipment.saveCert, { request_id: rid(), kind_id, community_id: w.community_id, equipment_id: id, account_id: null, holder: null, no: null, issuer: '校验所', result, valid_from_on, note: null, file_ids: [] })
  expect((await cert('2025-07-01', 'pass')).valid_to_on).toBe('2026-06-30')
  const { plan_ids } = await plan('送检水泵', { kind: 'expiry', lead_days: 20 }, [id], { from_on: '2026-06-01' })
  expect((await boss(rounds.activatePlans, { plan_ids })).task_count).toBe(0)
  const mine = async () => (await boss(rounds.tasks, { from_on: '2026-06-01', to_on: '2027-07-01', plan_id: plan_ids[0]! })).rows
  go('2026-06-11T02:00:00Z')
  await tick('rounds.plan')
  go('2026-06-12T02:00:00Z')
  await tick('rounds.plan')
  expect((await mine()).map((x) => [x.on_day, x.due_at])).toEqual([['2026-06-10', '2026-06-30T15:59:59.000Z']])
  await cert('2026-06-12', 'fail')
  go('2026-06-13T02:00:00Z')
  await tick('rounds.plan')
  expect(await mine()).toHaveLength(1)
})
