// Incidents from the report to the review, and signs with their checks, as the people who do it.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { messages } from '../../messages/contract.ts'
import { safety, type Level } from '../contract.ts'
import { levelBy } from './config.ts'
import { LEVEL_RULE } from './defaults.ts'
import { nextCheck } from './signs.ts'
import { remind } from './remind.ts'

const NOW = '2026-11-26T02:00:00.000Z'
let t: TestApp
let w: TinyWorld
let head: Awaited<ReturnType<TestApp['hire']>>
let guard: Awaited<ReturnType<TestApp['hire']>>
let kind: (name: string) => string
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  head = await t.hire('guard_head', { scope_kind: 'community', scope_ids: [w.community_id] })
  guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  const { rows } = await guard(safety.kinds, {})
  kind = (name) => rows.find((k) => k.name === name)!.kind_id
})
beforeEach(() => setClock(NOW))
const fire = { community_id: '', place: '1 栋 1 单元 2 楼楼道', words: '楼道电动车充电起火,保安用灭火器扑灭,无人受伤', occurred_at: '2026-11-26T01:57:00.000Z' }
const bring = (o: Partial<typeof fire> & { name?: string } = {}) => {
  const { name = '火情火灾', ...rest } = o
  return guard(safety.createIncident, { ...fire, community_id: w.community_id, kind_id: kind(name), building_id: w.buildings['1']!, ...rest })
}
const report = { authority: 'fire', receiver: '眉县消防救援大队', way: 'phone', reported_at: '2026-11-26T01:59:00.000Z', outside_no: '119-1126-07' } as const

test('from the report of a guard to the review by a second person', async () => {
  const { incident_id, no, report_due_at } = await bring()
  expect(no).toMatch(/^AQ2026-\d{6}$/)
  // Found when it happened, at 09:57; fire is called in within 5 minutes.
  expect(report_due_at).toBe('2026-11-26T02:02:00.000Z')
  expect((await head(messages.inbox, {})).rows[0]).toMatchObject({ title: '安全事件新报告:火情火灾' })
  await head(safety.takeIncident, { incident_id })
  await head(safety.noteIncident, { incident_id, note: '断电,清出楼道杂物' })
  // What the law wants reported is reported before it is sent on.
  const r = await expectRefused(head(safety.submitIncident, { incident_id, cause: '楼道充电', duty: '', measures: [] }), 'safety.report_first')
  expect(r.message).toContain('消防法第四十四条')
  // The guard who called 119 notes it, though the incident is his head's now.
  await guard(safety.reportOut, { incident_id, ...report })
  await head(safety.submitIncident, { incident_id, cause: '电动车在楼道充电,电池老化', duty: '车主负主要责任', measures: [{ words: '楼道加装禁止充电标识', account_id: head.account_id, due_on: '2026-12-01' }] })
  // Who submitted it does not review it.
  await expectRefused(head(safety.approveIncident, { incident_id }), 'safety.own_review')
  await t.as('manager')(safety.approveIncident, { incident_id, note: '同意' })
  const o = await t.as('manager')(safety.incident, { incident_id })
  expect(o).toMatchObject({ state: 'closed', reported_at: '2026-11-26T01:59:00.000Z', report_late: false, late: false, open_measures: 1, cause: '电动车在楼道充电,电池老化', reports: [{ authority: 'fire', outside_no: '119-1126-07' }], measures: [{ who: expect.any(String), late: false, can: { done: true } }] })
  expect(o.steps.map((s) => s.action)).toEqual(['report', 'take', 'note', 'report_out', 'submit', 'approve'])
  await head(safety.doneMeasure, { incident_id, measure_id: o.measures[0]!.measure_id, done_words: '已装 12 块' })
  await expectRefused(head(safety.doneMeasure, { incident_id, measure_id: o.measures[0]!.measure_id, done_words: '再来' }), 'safety.measure_done')
  expect((await head(safety.incident, { incident_id })).open_measures).toBe(0)
  expect((await t.as('manager')(safety.incidentPaper, { incident_id })) as { type: string }).toMatchObject({ type: 'application/pdf' })
})
test('sent back it is submitted anew, and the measures of the first time are gone', async () => {
  const { incident_id } = await bring({ name: '盗窃抢劫', words: '地下车库电动车被盗' })
  await head(safety.takeIncident, { incident_id })
  const measure = (words: string) => [{ words, account_id: head.account_id, due_on: '2026-12-10' }]
  await head(safety.submitIncident, { incident_id, cause: '门禁坏', duty: '', measures: measure('修门禁') })
  await t.as('manager')(safety.returnIncident, { incident_id, reason: '原因没有写清' })
  await head(safety.submitIncident, { incident_id, cause: '门禁坏了三天没有报修', duty: '秩序部', measures: measure('修门禁并每日巡查') })
  await t.as('manager')(safety.approveIncident, { incident_id })
  expect((await head(safety.incident, { incident_id })).measures.map((m) => m.words)).toEqual(['修门禁并每日巡查'])
})
test('a false alarm is voided and not counted; what was reported outside is none', async () => {
  const a = await bring({ words: '烟感误报' })
  await expectRefused(guard(safety.voidIncident, { incident_id: a.incident_id, reason: '误报' }), 'kernel.forbidden')
  await head(safety.voidIncident, { incident_id: a.incident_id, reason: '炒菜油烟' })
  const b = await bring({ words: '阳台冒烟' })
  await guard(safety.reportOut, { incident_id: b.incident_id, ...report })
  await expectRefused(head(safety.voidIncident, { incident_id: b.incident_id, reason: '误报' }), 'safety.void_reported')
  expect((await head(safety.incidents, { fact: 'counted' })).rows.map((r) => r.incident_id)).not.toContain(a.incident_id)
})
test('the clock: soon due and over, once each; measures once a day; a late report shows for ever', async () => {
  const { incident_id } = await bring({ occurred_at: '2026-11-26T02:00:00.000Z', words: '配电房冒烟' })
  const told = async () => (await head(messages.inbox, { page_size: 100 })).rows.filter((m) => m.link === `/safety/incidents/${incident_id}` && m.title.includes('上报')).map((m) => m.title).toSorted()
  await t.inside(remind)
  await t.inside(remind)
  expect(await told()).toEqual(['安全事件上报即将超时:火情火灾'])
  setClock('2026-11-26T02:06:00.000Z')
  await t.inside(remind)
  await t.inside(remind)
  expect(await told()).toEqual(['安全事件上报即将超时:火情火灾', '安全事件上报已超时:火情火灾'])
  await guard(safety.reportOut, { incident_id, ...report, reported_at: '2026-11-26T02:05:30.000Z' })
  expect((await head(safety.incidents, { fact: 'report_late' })).rows.map((r) => r.incident_id)).toEqual([incident_id])
  await expectRefused(guard(safety.reportOut, { incident_id, ...report, reported_at: '2026-11-26T01:00:00.000Z' }), 'safety.report_when')
})
test('thirty take one at once: one has it', async () => {
  const { incident_id } = await bring({ name: '纠纷冲突', words: '门岗争吵' })
  const heads = await Promise.all(Array.from({ length: 6 }, () => t.hire('guard_head')))
  const all = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => heads[i % 6]!(safety.takeIncident, { incident_id })))
  expect(all.filter((x) => x.status === 'fulfilled')).toHaveLength(1)
  expect((await head(safety.incident, { incident_id })).steps.filter((s) => s.action === 'take')).toHaveLength(1)
})
test('sent twice from a phone it is one', async () => {
  const request_id = uuidv7()
  const input = { ...fire, request_id, community_id: w.community_id, kind_id: kind('漏水淹水') }
  const [a, b] = [await guard(safety.createIncident, input), await guard(safety.createIncident, input)]
  expect(b).toEqual(a)
})
test('victims and witnesses are for those who work on it; numbers are masked and shown with a note in the log', async () => {
  const { incident_id } = await bring({ name: '打架斗殴', words: '车位争执动手' })
  const { party_id } = await guard(safety.saveParty, { incident_id, role: 'victim', name: '王某', phone: '13900001234', words: '左臂擦伤' })
  expect((await guard(safety.incident, { incident_id })).parties).toEqual([])
  expect((await head(safety.incident, { incident_id })).parties).toMatchObject([{ name: '王某', phone_masked: '139****1234' }])
  expect((await t.as('service')(safety.incident, { incident_id })).parties).toEqual([])
  expect(await head(safety.revealParty, { incident_id, party_id })).toEqual({ phone: '13900001234' })
  await expectRefused(t.as('service')(safety.revealParty, { incident_id, party_id }), 'kernel.forbidden')
  await head(safety.saveParty, { incident_id, party_id, role: 'victim', name: '王先生' })
  expect((await head(safety.incident, { incident_id })).parties).toMatchObject([{ name: '王先生', phone_masked: '139****1234' }])
  // Both tries stand in the log, the one that was refused too.
  const log = await t.inside(async (s) => (await s.db.selectFrom('kernel.audit').select('detail').where('company_id', '=', t.company_id).where('call', '=', 'safety.revealParty').execute()).length)
  expect(log).toBe(2)
})
test('out of sight is not there', async () => {
  const { incident_id } = await bring({ name: '其他', words: '只给该看的人' })
  const elsewhere = await t.hire('guard_head', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
  await expectRefused(elsewhere(safety.incident, { incident_id }), 'kernel.not_found')
  await expectRefused(elsewhere(safety.takeIncident, { incident_id }), 'kernel.not_found')
  await expectRefused(t.as('other_admin')(safety.incident, { incident_id }), 'kernel.not_found')
  await expectRefused((await t.resident('13800000101'))(safety.incident, { incident_id }), 'kernel.not_found')
  const other = await t.hire('cleaner', { scope_kind: 'community', scope_ids: [w.community_id] })
  await expectRefused(other(safety.incident, { incident_id }), 'kernel.not_found')
  expect((await other(safety.myIncidents, {})).rows).toEqual([])
})
test('the level by casualties and loss, at each border of order 493', () => {
  const level = (dead_count: number, badly_count: number, loss_fen: number | null): Level => levelBy(LEVEL_RULE, { dead_count, badly_count, loss_fen })
  expect([level(0, 0, null), level(0, 0, 999_999_999), level(1, 0, null), level(0, 9, null), level(2, 9, 999_999_999)]).toEqual(['minor', 'minor', 'general', 'general', 'general'])
  expect([level(3, 0, 0), level(0, 10, 0), level(0, 0, 1_000_000_000)]).toEqual(['larger', 'larger', 'larger'])
  expect([level(10, 0, 0), level(0, 50, 0), level(0, 0, 5_000_000_000)]).toEqual(['major', 'major', 'major'])
  expect([level(30, 0, 0), level(0, 100, 0), level(0, 0, 10_000_000_000)]).toEqual(['extreme', 'extreme', 'extreme'])
})
test('a new rule leaves what is there alone', async () => {
  const { incident_id, report_due_at } = await bring({ name: '人员走失', words: '老人走失' })
  expect(report_due_at).toBeNull()
  await expectRefused(t.as('admin')(safety.publishKindRule, { kind_id: kind('人员走失'), from_on: '2026-11-26', report_minutes: 30, report_to: '', basis: '', close_days: 3 }), 'safety.report_whom')
  await t.as('admin')(safety.publishKindRule, { kind_id: kind('人员走失'), from_on: '2026-11-26', report_minutes: 30, report_to: '派出所', basis: '公司规定', close_days: 3 })
  expect((await bring({ name: '人员走失', occurred_at: '2026-11-26T01:50:00.000Z', words: '儿童走失' })).report_due_at).toBe('2026-11-26T02:20:00.000Z')
  expect((await head(safety.incident, { incident_id })).report_due_at).toBeNull()
})
test('each figure opens its rows, and the sheet has them', async () => {
  const from_on = '2026-11-01'
  const to_on = '2026-11-30'
  for (const by of ['kind', 'level', 'community', 'building', 'month'] as const) {
    const { rows, all } = await head(safety.incidentStats, { by, from_on, to_on })
    expect(rows.reduce((n, r) => n + r.counts.counted, 0)).toBe(all.counts.counted)
    for (const fact of ['counted', 'open', 'report_late', 'measure_open'] as const) expect((await head(safety.incidents, { fact, from_on, to_on, page_size: 200 })).total, fact).toBe(all.counts[fact])
  }
  const file = (await t.as('manager')(safety.incidentsExcel, { from_on, to_on })) as { body: Buffer }
  const total = (await head(safety.incidents, { from_on, to_on })).total
  expect((await readSheets(file.body, '安全事件.xlsx')).sheets[0]!.rows.length - 1).toBe(total)
})
test('signs: checked, due again, damaged only with a word', async () => {
  const { sign_id } = await head(safety.saveSign, { community_id: w.community_id, building_id: w.buildings['1']!, no: 'bs-001', place: '1 栋电梯厅', kind: '警告', words: '小心夹手', set_on: '2026-08-31', check_months: 6 })
  expect(await head(safety.sign, { sign_id })).toMatchObject({ no: 'BS-001', state: 'good', due_on: '2027-02-28', late: false })
  await expectRefused(head(safety.saveSign, { community_id: w.community_id, no: 'BS-001', place: '门口', kind: '提示', words: '慢行', set_on: '2026-08-31', check_months: 6 }), 'safety.sign_no_taken')
  await expectRefused(guard(safety.checkSign, { sign_id, state: 'damaged' }), 'safety.say_why')
  expect(await guard(safety.checkSign, { sign_id, state: 'damaged', words: '边角破损' })).toMatchObject({ due_on: '2027-05-26' })
  expect((await head(safety.signs, { state: 'damaged' })).rows).toMatchObject([{ no: 'BS-001', checked_on: '2026-11-26' }])
  expect((await head(safety.sign, { sign_id })).checks).toMatchObject([{ state: 'damaged', words: '边角破损' }])
  await expectRefused(t.as('other_admin')(safety.sign, { sign_id }), 'kernel.not_found')
  expect(nextCheck('2026-01-31', 1)).toBe('2026-02-28')
})
