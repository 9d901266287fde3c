// What the file says is missing or over, register by register: each rule made true and made false again; each figure is the number of its lines.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { rid, someId, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { duty } from '../../duty/contract.ts'
import { emergency } from '../../emergency/contract.ts'
import { equipment } from '../../equipment/contract.ts'
import { property } from '../../property/contract.ts'
import { rounds } from '../../rounds/contract.ts'
import { safety } from '../../safety/contract.ts'
import { firefile, type Chapter } from '../contract.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
const NOON = '2026-11-26T04:00:00.000Z'
const TODAY = '2026-11-26'
let t: TestApp
let w: TinyWorld
let head: Hired
let guard: Hired
const asked = () => ({ community_id: w.community_id, from_on: '2026-10-01', to_on: TODAY })
const chapter = async (key: string): Promise<Chapter> => (await head(firefile.file, asked())).chapters.find((c) => c.key === key)!
const figure = (c: Chapter, label: string) => c.figures.find((x) => x.label === label)!
const kindOf = (c: Chapter, kind: string) => c.lines.filter((l) => l.cells[0] === kind)
const put = (write: (c: number, who: string) => ReturnType<typeof sql>): Promise<unknown> => t.inside((s) => write(s.company_id, head.account_id).execute(s.db))

beforeAll(async () => {
  setClock(NOON)
  t = await testApp()
  w = await tinyWorld(t)
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  head = await t.hire('guard_head', here)
  guard = await t.hire('guard', here)
}, 120_000)
beforeEach(async () => {
  setClock(NOON)
  await t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`)
})

test('buildings and houses are lines that open the houses they count', async () => {
  const c = await chapter('basics')
  const buildings = kindOf(c, '楼栋')
  expect(figure(c, '楼栋').value).toBe(String(buildings.length))
  let houses = 0
  for (const l of buildings) {
    const building_id = new URL(l.to!, 'http://x').searchParams.get('building_id')!
    const n = (await head(property.houses, { building_id, page_size: 1 })).total
    expect(l.cells[4]).toBe(`${n} 户`)
    houses += n
  }
  expect(figure(c, '户数').value).toBe(String(houses))
  const { part_id } = await head(firefile.savePart, { community_id: w.community_id, name: '发电机房', place: '地下一层', reason: '油', keeper: '李工', measures: '每班巡查' })
  expect(figure(await chapter('basics'), '重点部位').value).toBe('1')
  // What is no key part any more is not counted and does not lie among the lines.
  await head(firefile.savePart, { part_id, community_id: w.community_id, name: '发电机房', place: '地下一层', reason: '油', keeper: '李工', measures: '每班巡查', retired: true })
  const after = await chapter('basics')
  expect([figure(after, '重点部位').value, kindOf(after, '重点部位').length]).toEqual(['0', 0])
  expect(after.missing).toContain('没有登记消防安全重点部位')
})
test('certificates: of persons and of the fire system, on the last day good and over the day after; one that failed counts at once', async () => {
  const kinds = (await t.as('admin')(equipment.certKinds, {})).rows
  const person = kinds.find((k) => k.code === 'person_fire')!
  const fire = kinds.find((k) => k.subject !== 'person' && k.name.includes('消防'))!
  expect((await chapter('organisation')).missing).toContain('没有登记持证的消防设施操作员')
  expect((await chapter('equipment')).missing.some((m) => m.includes('年度检测'))).toBe(true)
  await t.inside(async (s) => {
    const { writeCertKinds } = await import('../../equipment/server/index.ts')
    await writeCertKinds(s)
  })
  const cert = (kind_id: string, holder: string | null, result: string, from: string, to: string) => put((c, who) => sql`insert into equipment.cert (company_id, cert_id, kind_id, community_id, holder, issuer, result, valid_from_on, valid_to_on, made_by, made_by_name, made_at) values (${c}, ${someId()}, ${kind_id}, ${w.community_id}, ${holder}, '检测公司', ${result}, ${from}::date, ${to}::date, ${who}, '甲', ${`${from}T00:00:00Z`})`)
  await cert(person.kind_id, '王五', 'pass', '2023-11-26', TODAY)
  await cert(fire.kind_id, null, 'pass', '2025-11-26', TODAY)
  expect(figure(await chapter('organisation'), '证件过期').value).toBe('0')
  expect(figure(await chapter('equipment'), '过期或不合格')).toMatchObject({ value: '0', bad: false })
  expect((await chapter('organisation')).missing).not.toContain('没有登记持证的消防设施操作员')
  setClock('2026-11-27T04:00:00.000Z')
  expect(figure(await chapter('organisation'), '证件过期')).toMatchObject({ value: '1', bad: true })
  const over = await chapter('equipment')
  expect(figure(over, '过期或不合格')).toMatchObject({ value: '1', bad: true })
  expect(over.missing).toContain(`${fire.name}已于 ${TODAY} 过期`)
  setClock(NOON)
  await cert(fire.kind_id, null, 'fail', '2026-11-20', '2027-11-20')
  expect((await chapter('equipment')).missing).toContain(`${fire.name}不合格`)
})
test('equipment that stands still, and a contract that is over, are said', async () => {
  const { rows } = await t.as('admin')(equipment.categories, {})
  const { equipment_id } = await t.as('admin')(equipment.saveDevice, { community_id: w.community_id, category_id: rows.find((c) => c.code === 'XFB')!.category_id, name: '消火栓主泵', place: '消防泵房', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on: null, warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, standards: { install: null, repair: null, replace: null }, note: null })
  expect(figure(await chapter('equipment'), '停用或维修中')).toMatchObject({ value: '0', bad: false })
  await put((c) => sql`update equipment.device set state = 'repair' where company_id = ${c} and equipment_id = ${equipment_id}`)
  expect(figure(await chapter('equipment'), '停用或维修中')).toMatchObject({ value: '1', bad: true })
  await put((c) => sql`update equipment.device set state = 'scrapped' where company_id = ${c} and equipment_id = ${equipment_id}`)
  expect(figure(await chapter('equipment'), '消防设施器材').value).toBe('0')
  await head(firefile.addPaper, { community_id: w.community_id, kind: 'contract', title: '维保合同', issuer: '某消防公司', on_day: '2025-11-27', due_on: TODAY })
  expect((await chapter('equipment')).missing).not.toContain('没有有效的消防维保检测合同')
  setClock('2026-11-27T04:00:00.000Z')
  expect((await chapter('equipment')).missing).toContain('没有有效的消防维保检测合同')
})
test('hazards are of fire by the words of the rule, of the span or still open; late from the minute on', async () => {
  const subjects = new Map((await guard(rounds.subjects, {})).rows.map((s) => [s.name, s.subject_id]))
  const found = (name: string, words: string, way: 'fixed' | 'deadline' = 'deadline') => guard(rounds.reportFinding, { subject_id: subjects.get(name)!, community_id: w.community_id, place: '东门', words, way, ...(way === 'fixed' ? { done_words: '劝离' } : {}) })
  await found('占用消防通道', '私家车')
  await found('流动摊贩', '水果车')
  await found('其他', '灭火器压力不足', 'fixed')
  const c = await chapter('hazards')
  // By its subject, by its words; a stall is no fire.
  expect([figure(c, '隐患').value, figure(c, '未销案').value, figure(c, '逾期未改').value, c.lines.length]).toEqual(['2', '1', '0', 2])
  for (const l of c.lines) expect((await head(rounds.findings, { finding_id: new URL(l.to!, 'http://x').searchParams.get('finding_id')! })).total).toBe(1)
  setClock('2026-11-26T05:00:01.000Z')
  const late = await chapter('hazards')
  expect([figure(late, '逾期未改').value, late.missing]).toEqual(['1', ['1 项隐患过了整改期限']])
  // A closed one of before the span is history; an open one of before it is not.
  await put((cc) => sql`update rounds.finding set found_at = '2026-09-01T00:00:00Z' where company_id = ${cc}`)
  expect((await chapter('hazards')).lines.map((l) => l.cells[4])).toEqual(['待整改'])
})
test('fire rounds by the words of the rule: due, missed, let off; so many days without one are said', async () => {
  const admin = t.as('admin')
  const kind_id = (await admin(rounds.kinds, {})).rows.find((k) => k.code === 'patrol')!.kind_id
  expect((await chapter('rounds')).missing).toContain('没有含消防内容的巡查计划')
  const plan = async (name: string) => {
    const { plan_id } = await admin(rounds.savePlan, { community_id: w.community_id, kind_id, name, route_id: null, checklist_id: null, crew_id: null, rule: { kind: 'daily', windows: [{ from: '08:00', to: '09:00' }] }, from_on: '2026-11-26', to_on: '2026-11-27', grace_minutes: 0, photo: false })
    await admin(rounds.activatePlans, { plan_ids: [plan_id] })
    return plan_id
  }
  // Before the walk of the day begins.
  setClock('2026-11-25T23:00:00.000Z')
  const fire = await plan('每日防火巡查')
  await plan('绿化巡视')
  setClock(NOON)
  const c = await chapter('rounds')
  expect(c.lines.map((l) => l.cells[0])).toEqual(['每日防火巡查'])
  expect([figure(c, '应查').value, figure(c, '已查').value]).toEqual(['1', '0'])
  expect(c.missing).toContain('1 天内没有防火巡查记录')
  await put((cc) => sql`update rounds.task set state = 'missed' where company_id = ${cc} and plan_id = ${fire} and on_day = '2026-11-26'`)
  expect(figure(await chapter('rounds'), '漏查')).toMatchObject({ value: '1', bad: true })
  await put((cc) => sql`update rounds.task set state = 'waived' where company_id = ${cc} and plan_id = ${fire} and on_day = '2026-11-26'`)
  expect(figure(await chapter('rounds'), '应查').value).toBe('0')
  await put((cc) => sql`update rounds.task set state = 'done', ended_at = '2026-11-25T00:30:00Z' where company_id = ${cc} and plan_id = ${fire} and on_day = '2026-11-26'`)
  // Yesterday is within one day; the day before is not.
  expect((await chapter('rounds')).missing).toEqual([])
  await put((cc) => sql`update rounds.task set ended_at = '2026-11-24T00:30:00Z' where company_id = ${cc} and plan_id = ${fire} and on_day = '2026-11-26'`)
  expect((await chapter('rounds')).missing).toEqual(['1 天内没有防火巡查记录(最近一次 2026-11-24)'])
})
test('the control room: none, no handover, hours that were not written', async () => {
  expect((await chapter('duty')).missing.join()).toContain('没有登记消防控制室')
  const { room_id } = await head(duty.saveRoom, { community_id: w.community_id, building_id: null, name: '消防控制室', kind: 'fire_control', place: '一层', inventory: [], retired: false })
  await head(duty.saveRoom, { community_id: w.community_id, building_id: null, name: '配电房', kind: 'power', place: '负一层', inventory: [], retired: false })
  const c = await chapter('duty')
  expect([figure(c, '控制室').value, c.lines.length, c.lines[0]!.to]).toEqual(['1', 1, `/duty/handovers?room_id=${room_id}&from_on=2026-10-01&to_on=${TODAY}`])
  expect(c.missing).toEqual(['这段时间没有消防控制室交接班记录'])
})
test('drills of fire: within the months of the rule, overdue ones, cancelled ones not', async () => {
  const admin = t.as('admin')
  const kinds = (await admin(emergency.kinds, {})).rows
  const drill = async (code: string, name: string, due_on: string) => {
    const { plan_id } = await head(emergency.savePlan, { community_id: w.community_id, kind_id: kinds.find((k) => k.code === code)!.kind_id, name, content: { summary: '先报警', materials: [], people: [{ role: '总指挥', name: '队长', account_id: head.account_id, phone: '', calls: [] }], steps: [{ step_id: 's1', text: '疏散', role: '总指挥', within_minutes: 5 }] } })
    expect((await chapter('organisation')).missing.includes('没有现行的火灾应急预案')).toBe(true)
    await head(emergency.submitPlan, { plan_id })
    await t.as('manager')(emergency.publishPlan, { plan_id })
    return (await head(emergency.saveDrill, { plan_id, due_on })).drill_id
  }
  await drill('burst', '爆管预案', TODAY)
  const drill_id = await drill('fire', '火灾预案', TODAY)
  expect((await chapter('organisation')).missing.includes('没有现行的火灾应急预案')).toBe(false)
  expect((await chapter('drills')).missing).toEqual(['6 个月内没有灭火疏散演练'])
  expect((await chapter('drills')).lines).toHaveLength(1)
  setClock('2026-11-27T04:00:00.000Z')
  expect(figure(await chapter('drills'), '逾期未演练')).toMatchObject({ value: '1', bad: true })
  setClock(NOON)
  await put((c) => sql`update emergency.drill set state = 'held', held_at = '2026-05-26T02:00:00Z' where company_id = ${c} and drill_id = ${drill_id}`)
  expect((await chapter('drills')).missing).toEqual([])
  await put((c) => sql`update emergency.drill set held_at = '2026-05-25T02:00:00Z' where company_id = ${c} and drill_id = ${drill_id}`)
  expect((await chapter('drills')).missing).toEqual(['6 个月内没有灭火疏散演练(最近一次 2026-05-25)'])
  await put((c) => sql`update emergency.drill set state = 'cancelled', held_at = null, end_reason = '改期' where company_id = ${c} and drill_id = ${drill_id}`)
  expect((await chapter('drills')).lines).toEqual([])
})
test('fires and their incidents: what is void does not count, what is not over is said', async () => {
  const kind_id = (await guard(safety.kinds, {})).rows.find((k) => k.name === '火情火灾')!.kind_id
  const report = (words: string) => guard(safety.createIncident, { request_id: rid(), kind_id, community_id: w.community_id, place: '楼道', words, occurred_at: '2026-11-26T03:59:00.000Z' })
  const real = await report('电动车起火')
  const none = await report('烟感误报')
  await head(safety.voidIncident, { incident_id: none.incident_id, reason: '误报' })
  const c = await chapter('fires')
  expect([figure(c, '火灾事件').value, c.lines.map((l) => l.to)]).toEqual(['1', [`/safety/incidents/${real.incident_id}`]])
  expect(c.lines[0]!.bad).toBe(true)
})
test('signs of fire are lines; damaged first, removed not there, late from the day after', async () => {
  const sign = async (no: string, kind: '消防' | '警告', words: string, set_on = '2026-05-26') => (await head(safety.saveSign, { community_id: w.community_id, no, kind, words, place: '东门', set_on, check_months: 6 })).sign_id
  await sign('BS-1', '消防', '安全出口')
  const bad = await sign('BS-2', '警告', '灭火器箱', '2026-11-01')
  await sign('BS-3', '警告', '水深危险')
  const gone = await sign('BS-4', '消防', '旧标识')
  await head(safety.checkSign, { sign_id: bad, state: 'damaged', words: '破' })
  await head(safety.checkSign, { sign_id: gone, state: 'removed', words: '拆了' })
  const c = await chapter('escape')
  expect(kindOf(c, '标识').map((l) => [l.cells[1], l.cells[3]])).toEqual([['BS-2 灭火器箱', '破损'], ['BS-1 安全出口', '完好']])
  expect([figure(c, '消防标识').value, figure(c, '破损缺失').value, figure(c, '逾期未查').value]).toEqual(['2', '1', '0'])
  for (const l of kindOf(c, '标识')) expect((await head(safety.signs, { q: new URL(l.to!, 'http://x').searchParams.get('q')! })).total).toBe(1)
  setClock('2026-11-27T04:00:00.000Z')
  expect(figure(await chapter('escape'), '逾期未查')).toMatchObject({ value: '1', bad: true })
})
test('papers: an insurance that ran out is said until it is done; a void one is not there', async () => {
  const paper = { community_id: w.community_id, kind: 'insurance' as const, title: '火灾公众责任险', issuer: '人保', on_day: '2025-11-26', due_on: '2026-11-25' }
  const { paper_id } = await head(firefile.addPaper, paper)
  expect((await chapter('papers')).missing).toContain('「火灾公众责任险」已于 2026-11-25 到期')
  await head(firefile.endPaper, { paper_id, reason: '登记错了' })
  expect((await chapter('papers')).missing.some((m) => m.includes('责任险'))).toBe(false)
  expect((await chapter('papers')).lines.some((l) => l.cells[1] === '火灾公众责任险')).toBe(false)
  expect((await chapter('organisation')).missing).toContain('没有上传消防安全制度')
  await head(firefile.addPaper, { ...paper, kind: 'rule', title: '防火巡查制度', due_on: null })
  expect((await chapter('organisation')).missing).not.toContain('没有上传消防安全制度')
})
