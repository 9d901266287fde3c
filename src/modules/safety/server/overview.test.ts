// 安全统计: each number is the count of the rows that its address opens, asked as the list itself asks; no right over a register, no section.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { duty } from '../../duty/contract.ts'
import { emergency } from '../../emergency/contract.ts'
import { equipment } from '../../equipment/contract.ts'
import { rounds } from '../../rounds/contract.ts'
import { safety, type Section } from '../contract.ts'

const NOW = '2026-11-26T02:00:00.000Z'
type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let head: Hired
let asked: { from_on: string; to_on: string; community_id: string }
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  head = await t.hire('guard_head', here)
  const guard = await t.hire('guard', here)
  asked = { from_on: '2026-11-01', to_on: '2026-11-26', community_id: w.community_id }
  const admin = t.as('admin')
  const kind = (await guard(safety.kinds, {})).rows.find((k) => k.name === '盗窃抢劫')!.kind_id
  const fire = (await guard(safety.kinds, {})).rows.find((k) => k.name === '火情火灾')!.kind_id
  for (const [kind_id, level, day] of [[kind, 'minor', '20'], [kind, 'general', '21'], [fire, 'minor', '25']] as const) {
    setClock(`2026-11-${day}T02:00:00.000Z`)
    await guard(safety.createIncident, { kind_id, level, community_id: w.community_id, place: '车库', words: '样例', occurred_at: `2026-11-${day}T01:59:00.000Z` })
  }
  setClock('2026-11-24T02:00:00.000Z')
  const subjects = new Map((await guard(rounds.subjects, {})).rows.map((s) => [s.name, s.subject_id]))
  for (const [name, way] of [['流动摊贩', 'fixed'], ['流动摊贩', 'deadline'], ['小广告张贴', 'deadline']] as const) await guard(rounds.reportFinding, { subject_id: subjects.get(name)!, community_id: w.community_id, place: '东门', way, ...(way === 'fixed' ? { done_words: '劝离' } : {}) })
  const { rows } = await admin(equipment.categories, {})
  for (const name of ['消火栓主泵', '喷淋泵']) await admin(equipment.saveDevice, { community_id: w.community_id, category_id: rows.find((c) => c.code === 'XFB')!.category_id, name, place: '消防泵房', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on: null, warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, standards: { install: null, repair: null, replace: null }, note: null })
  // BS-3 is to be looked at today.
  for (const [no, kind_of, set_on] of [['BS-1', '消防', '2026-01-01'], ['BS-2', '警告', '2026-01-01'], ['BS-3', '消防', '2026-05-26']] as const) {
    const { sign_id } = await head(safety.saveSign, { community_id: w.community_id, no, kind: kind_of, words: '样例', place: '东门', set_on, check_months: 6 })
    if (no === 'BS-2') await head(safety.checkSign, { sign_id, state: 'damaged', words: '破损' })
  }
  await drill(admin)
  await log(admin)
}, 120_000)
beforeEach(async () => {
  setClock(NOW)
  await t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`)
})
async function drill(admin: ReturnType<TestApp['as']>): Promise<void> {
  const kind_id = (await admin(emergency.kinds, {})).rows.find((k) => k.code === 'fire')!.kind_id
  const { plan_id } = await head(emergency.savePlan, { community_id: w.community_id, kind_id, name: '火灾预案', content: { summary: '先报警、后扑救', materials: [], people: [{ role: '总指挥', name: '队长', account_id: head.account_id, phone: '', calls: [] }], steps: [{ step_id: 's1', text: '疏散楼内人员', role: '总指挥', within_minutes: 5 }] } })
  await head(emergency.submitPlan, { plan_id })
  await t.as('manager')(emergency.publishPlan, { plan_id })
  await head(emergency.saveDrill, { plan_id, due_on: '2026-11-24' })
  // Due today: not overdue before the day is over.
  await head(emergency.saveDrill, { plan_id, due_on: '2026-11-26' })
  const { drill_id } = await head(emergency.saveDrill, { plan_id, due_on: '2026-11-25' })
  await head(emergency.holdDrill, { drill_id, held_at: '2026-11-24T01:00:00.000Z', place: '广场', leader_name: '李经理', summary: '疏散 20 人', account_ids: [head.account_id], photo_ids: [] })
}
async function log(admin: ReturnType<TestApp['as']>): Promise<void> {
  const kind_id = (await admin(rounds.kinds, {})).rows.find((k) => k.code === 'duty')!.kind_id
  const list = await admin(rounds.saveChecklist, { kind_id, name: '控制室运行记录表', retired: false, items: [{ item_id: 'a', text: '主机正常', answer: 'tick', choices: [], low: null, high: null, unit: null, photo: 'no', points: 0 }] })
  const { room_id } = await head(duty.saveRoom, { community_id: w.community_id, building_id: null, name: '消防控制室', kind: 'fire_control', place: '一层', inventory: [], retired: false })
  await head(duty.saveLog, { room_id, name: '消防控制室运行记录', checklist_id: list.checklist_id, every_minutes: 120, from: '08:00', to: '20:00', catch_up_minutes: 30, from_on: '2026-11-24' })
}
/** The rows that an address of the desk lists, asked as its page asks. */
async function opened(to: string): Promise<number> {
  const [path, query] = to.split('?') as [string, string]
  const q: Record<string, string | boolean> = Object.fromEntries(new URLSearchParams(query))
  for (const k of ['late', 'overdue']) if (q[k]) q[k] = true
  const here = { community_id: w.community_id, page_size: 1 }
  switch (path) {
    case '/safety/incidents': return (await head(safety.incidents, { ...q, ...here })).total
    case '/rounds/findings': return (await head(rounds.findings, { ...q, ...here })).total
    case '/rounds/public': return (await head(rounds.findings, { ...q, public: true, ...here })).total
    case '/emergency/drills': return (await head(emergency.drills, { ...q, ...here })).total
    case '/equipment/devices': return (await head(equipment.devices, { ...q, ...here } as never)).total
    case '/equipment/certs': return (await head(equipment.certBoard, { ...q, ...here } as never)).total
    case '/rounds/tasks': return (await head(rounds.tasks, { ...q, ...here } as never)).total
    case '/duty/handovers': return (await head(duty.handovers, { ...q, ...here } as never)).total
    case '/safety/signs': return (await head(safety.signs, { ...q, ...here } as never)).total
    default: throw new Error(`nobody asks ${path}`)
  }
}
const section = (list: readonly Section[], key: Section['key']): Section => list.find((s) => s.key === key)!

test('every number that opens something is the count of what it opens', async () => {
  const { sections, place } = await head(safety.overview, asked)
  expect(place).toBe('花园小区')
  expect(sections.map((s) => s.key)).toEqual(['incidents', 'hazards', 'order', 'drills', 'fire', 'duty', 'signs'])
  const links = sections.flatMap((s) => [...s.headlines, ...s.tables.flatMap((x) => x.rows.flat())]).filter((x) => x.to !== null)
  // Each register has rows in this world, else the test would prove nothing.
  for (const path of ['/safety/incidents', '/rounds/findings', '/rounds/public', '/emergency/drills', '/equipment/devices', '/equipment/certs', '/rounds/tasks', '/safety/signs']) expect(links.some((x) => x.to!.startsWith(`${path}?`)), path).toBe(true)
  for (const x of links) if (/^\d+$/.test(x.text)) expect(await opened(x.to!), x.to!).toBe(Number(x.text))
})
test('what is said: incidents by kind, level and month; drills against plan; the hourly log of the control room', async () => {
  const { sections } = await head(safety.overview, asked)
  const kinds = section(sections, 'incidents').tables[0]!
  expect(kinds.columns.slice(0, 3)).toEqual(['种类', '轻微', '一般'])
  expect(kinds.rows.find((r) => r[0]!.text === '盗窃抢劫')!.slice(0, 7).map((x) => x.text)).toEqual(['盗窃抢劫', '1', '1', '0', '0', '0', '2'])
  // The fire was to be reported within minutes and nobody did.
  expect(kinds.rows.find((r) => r[0]!.text === '火情火灾')!.at(-2)).toMatchObject({ text: '1', bad: true })
  expect(section(sections, 'incidents').tables[1]!.rows.map((r) => r.slice(0, 2).map((x) => x.text))).toEqual([['2026-11', '3']])
  expect(section(sections, 'drills').headlines[0]).toMatchObject({ text: '1 / 3', under: '逾期未演练 1' })
  expect(section(sections, 'drills').tables[0]!.rows.map((r) => r.slice(1).map((x) => x.text))).toEqual([['3', '1', '0', '1', '33.33%']])
  expect(section(sections, 'drills').tables[0]!.rows[0]![4]).toMatchObject({ to: expect.stringContaining('overdue=1'), bad: true })
  expect(section(sections, 'order').tables[0]!.rows.map((r) => r.map((x) => x.text))).toEqual([['流动摊贩', '2', '1', '0', '1', '1', '50.00%'], ['小广告张贴', '1', '0', '0', '1', '1', '0.00%']])
  const hours = section(sections, 'duty').tables[0]!.rows[0]!
  expect(Number(hours[3]!.text)).toBeGreaterThan(0)
  expect(hours.at(-1)!.text).toBe('0.00%')
  expect(section(sections, 'signs').headlines[0]).toMatchObject({ text: '1', bad: true, under: '完好 2,逾期未查 1' })
  expect(section(sections, 'signs').tables[0]!.rows.map((r) => r.map((x) => x.text))).toEqual(expect.arrayContaining([['消防', '2', '0', '0', '1'], ['警告', '0', '1', '0', '0']]))
})
test('no right over a register, no section; another company sees nothing of it; a span has a bound', async () => {
  const steward = await t.hire('steward', { scope_kind: 'community', scope_ids: [w.community_id] })
  expect((await steward(safety.overview, asked)).sections.map((s) => s.key)).toEqual(['incidents', 'drills', 'signs'])
  await expectRefused(t.as('other_admin')(safety.overview, asked), 'kernel.not_found')
  const whole = (await t.as('other_admin')(safety.overview, { from_on: asked.from_on, to_on: asked.to_on })).sections
  expect(whole.flatMap((s) => s.tables.flatMap((x) => x.rows.flat())).filter((x) => x.to !== null)).toEqual([])
  await expectRefused(head(safety.overview, { ...asked, from_on: '2025-11-01' }), 'safety.overview_span')
  await expectRefused(head(safety.overview, { ...asked, from_on: '2026-11-27' }), 'safety.overview_span')
})
test('paper and Excel say the numbers of the screen', async () => {
  expect((await head(safety.overviewPaper, asked)) as unknown).toMatchObject({ type: 'application/pdf' })
  const file = (await t.as('manager')(safety.overviewSheet, asked)) as unknown as { body: Buffer }
  const { sheets } = await readSheets(file.body, 'x.xlsx')
  expect(sheets.map((s) => s.name)).toEqual(expect.arrayContaining(['概况', '安全事件 按种类与等级', '应急演练 按事件种类']))
  const rows = sheets.find((s) => s.name === '应急演练 按事件种类')!.rows.map((r) => r.cells.map((c) => c.text))
  expect(rows[1]!.slice(1, 3)).toEqual(['3', '1'])
})
