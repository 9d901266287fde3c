// Public order: subjects as dated data, found on a round, at the desk, on a phone hours later; handed to repair, told to an authority; each figure opens its rows.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, rid, someId, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { messages } from '../../messages/contract.ts'
import { orders } from '../../orders/contract.ts'
import { FINDING_FACTS, rounds, type FindingStatsFilter } from '../contract.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
const NOW = '2026-11-26T02:00:00.000Z'
let t: TestApp
let w: TinyWorld
let head: Hired
let guard: Hired
let desk: Hired
let category_id: string
const subject = async (name: string): Promise<string> => (await guard(rounds.subjects, {})).rows.find((s) => s.name === name)!.subject_id
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  head = await t.hire('guard_head', here)
  guard = await t.hire('guard', here)
  desk = await t.hire('service', here)
  category_id = (await desk(orders.categories, {})).rows.find((k) => k.name === '路面、井盖、台阶')!.category_id
}, 120_000)
beforeEach(async () => {
  setClock(NOW)
  await t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`)
})
const photoBy = async (account_id: string): Promise<string> => {
  const file_id = someId()
  await t.inside((s) => sql`insert into kernel.file (company_id, file_id, sha256, name, type, size_bytes, purpose, created_by, created_at, expires_at) values (${s.company_id}, ${file_id}, ${file_id.replaceAll('-', '').padEnd(64, '0')}, 'a.jpg', 'image/jpeg', 10, 'photo', ${account_id}, ${s.now}, ${s.now})`.execute(s.db))
  return file_id
}
const report = async (by: Hired, name: string, o: object = {}) => by(rounds.reportFinding, { subject_id: await subject(name), community_id: w.community_id, place: '东门外', way: 'deadline', ...o } as never)
const row = async (finding_id: string, by: Hired = head) => (await by(rounds.findings, { finding_id })).rows[0]

test('subjects are data of the company: shipped ones with their hours, own ones, a rule from a day on that changes nothing before it', async () => {
  const { rows } = await guard(rounds.subjects, {})
  expect(rows.map((s) => s.name)).toEqual(expect.arrayContaining(['流动摊贩', '小广告张贴', '乱贴乱画', '乱停乱放', '占用消防通道']))
  const stall = rows.find((s) => s.name === '流动摊贩')!
  expect(stall.rule).toMatchObject({ department: '秩序部', fix_hours: 2, authority: '城市管理执法部门' })
  const admin = t.as('admin')
  await expectRefused(head(rounds.saveSubject, { name: '占道', sort_no: 5, retired: false }), 'kernel.forbidden')
  await expectRefused(admin(rounds.saveSubject, { name: '乱停乱放', sort_no: 5, retired: false }), 'rounds.name_taken')
  await expectRefused(admin(rounds.publishSubjectRule, { subject_id: stall.subject_id, from_on: '2026-11-25', department: '秩序部', fix_hours: 8, authority: '', basis: '' }), 'rounds.from_past')
  const before = await report(guard, '流动摊贩')
  await admin(rounds.publishSubjectRule, { subject_id: stall.subject_id, from_on: '2026-11-27', department: '综合部', fix_hours: 8, authority: '街道', basis: '' })
  expect((await guard(rounds.subjects, {})).rows.find((s) => s.subject_id === stall.subject_id)).toMatchObject({ rule: { fix_hours: 2 }, next_from_on: '2026-11-27' })
  setClock('2026-11-27T02:00:00.000Z')
  const after = await report(guard, '流动摊贩')
  expect([before.due_at, after.due_at]).toEqual(['2026-11-26T04:00:00.000Z', '2026-11-27T10:00:00.000Z'])
  expect([(await row(before.finding_id))!.department, (await row(after.finding_id))!.department]).toEqual(['秩序部', '综合部'])
  expect([(await row(before.finding_id))!.authority, (await row(after.finding_id))!.authority]).toEqual(['城市管理执法部门', '街道'])
  const own = await admin(rounds.saveSubject, { name: '共享单车乱放', sort_no: 5, retired: false })
  await admin(rounds.saveSubject, { subject_id: own.subject_id, name: '共享单车乱放', sort_no: 5, retired: true })
  await expectRefused(guard(rounds.reportFinding, { subject_id: own.subject_id, community_id: w.community_id, place: '东门', way: 'deadline' }), 'rounds.subject_unknown')
})

test('on the spot: said how, closed at once, counted from when it was seen and not from when the phone had network', async () => {
  await expectRefused(report(guard, '乱停乱放', { way: 'fixed' }), 'rounds.done_needed')
  await expectRefused(report(guard, '乱停乱放', { found_at: '2026-11-26T03:00:00.000Z' }), 'rounds.found_when')
  await expectRefused(report(guard, '乱停乱放', { found_at: '2026-11-10T03:00:00.000Z' }), 'rounds.found_when')
  await expectRefused(report(guard, '乱停乱放', { photos: [{ file_id: await photoBy(head.account_id), part: 'before' }] }), 'rounds.no_photo')
  const photo = await photoBy(guard.account_id)
  const request_id = rid()
  const input = { way: 'fixed', source: 'phone', found_at: '2026-11-25T23:30:00.000Z', done_words: '联系车主驶离', photos: [{ file_id: photo, part: 'before' }], request_id }
  const made = await report(guard, '乱停乱放', input)
  // The phone sends again what it had no answer to: one finding.
  expect((await report(guard, '乱停乱放', input)).finding_id).toBe(made.finding_id)
  expect(made).toMatchObject({ state: 'closed', due_at: '2026-11-26T01:30:00.000Z' })
  expect(await row(made.finding_id)).toMatchObject({ subject: '乱停乱放', words: '乱停乱放', way: 'fixed', source: 'phone', state: 'closed', found_at: '2026-11-25T23:30:00.000Z', on_day: '2026-11-26', closed_at: '2026-11-25T23:30:00.000Z', mend_note: '联系车主驶离', task_id: null, photos: [{ file_id: photo, part: 'before' }] })
  expect((await head(rounds.findings, { finding_id: made.finding_id, fact: 'in_time' })).total).toBe(1)
})

test('by a day: those in charge hear of it, another puts it right, a second person closes; whoever reported sees his own and nothing else', async () => {
  const made = await report(desk, '楼道堆物', { building_id: w.buildings['1']!, place: '3 楼', words: '纸箱堵住通道' })
  expect((await head(messages.inbox, { page_size: 50 })).rows.find((m) => m.link === `/rounds/findings?finding_id=${made.finding_id}`)).toMatchObject({ title: '秩序问题:楼道堆物' })
  await guard(rounds.mendFinding, { finding_id: made.finding_id, note: '已清走', photo_ids: [await photoBy(guard.account_id)] })
  expect((await row(made.finding_id))!.photos).toMatchObject([{ part: 'after' }])
  await expectRefused(guard(rounds.closeFinding, { finding_id: made.finding_id }), 'kernel.forbidden')
  await head(rounds.closeFinding, { finding_id: made.finding_id })
  expect(await row(made.finding_id)).toMatchObject({ state: 'closed', building_name: expect.stringContaining('1'), closed_by_name: expect.any(String) })
  const steward = await t.hire('steward', { scope_kind: 'community', scope_ids: [w.community_id] })
  const his = await report(steward, '噪声扰民', { words: '夜间装修' })
  expect((await steward(rounds.findings, {})).rows.map((f) => f.finding_id)).toEqual([his.finding_id])
  await expectRefused(steward(rounds.tellFinding, { finding_id: made.finding_id, told_to: '城管' }), 'kernel.not_found')
  await expectRefused(desk(rounds.reportFinding, { subject_id: await subject('其他'), community_id: someId(), place: '门口', way: 'deadline' }), 'kernel.not_found')
})

test('a photo of a finding without a round is seen by whoever sees the finding, and by nobody else', async () => {
  const photo = await photoBy(guard.account_id)
  const made = await report(guard, '乱贴乱画', { photos: [{ file_id: photo, part: 'before' }] })
  // Its bytes were never stored in this test: found and missing are one answer, a stranger is asked first.
  await expectRefused(t.as('other_admin')(rounds.findingPhoto, { finding_id: made.finding_id, file_id: photo }), 'kernel.not_found')
  expect((await t.as('other_admin')(rounds.findings, { finding_id: made.finding_id })).total).toBe(0)
})

test('handed to repair: one order, closed by it; a cancelled order gives the finding back; told to an authority with its receipt', async () => {
  const made = await report(guard, '乱贴乱画', { words: '立柱涂画' })
  await expectRefused(guard(rounds.handFinding, { finding_id: made.finding_id, category_id }), 'kernel.forbidden')
  const { order_no } = await head(rounds.handFinding, { finding_id: made.finding_id, category_id })
  await expectRefused(head(rounds.handFinding, { finding_id: made.finding_id, category_id }), 'rounds.finding_state')
  await expectRefused(guard(rounds.mendFinding, { finding_id: made.finding_id, note: '已刷' }), 'rounds.finding_state')
  await guard(rounds.tellFinding, { finding_id: made.finding_id, told_to: '城市管理执法部门', told_no: '12345-1' })
  expect(await row(made.finding_id)).toMatchObject({ way: 'order', state: 'open', order_no, told_to: '城市管理执法部门', told_no: '12345-1', can: { hand: 'rounds.finding_state', mend: 'rounds.finding_state', tell: true } })
  const repairer = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  const order_id = (await head(orders.orders, { q: order_no })).rows[0]!.order_id
  await repairer(orders.takeOrder, { order_id })
  await repairer(orders.arriveOrder, { order_id })
  await repairer(orders.finishOrder, { order_id, note: '已重刷' })
  await t.drain()
  expect(await row(made.finding_id)).toMatchObject({ state: 'closed', mend_note: '报修工单已完工' })
  const second = await report(guard, '乱贴乱画', { way: 'order', category_id })
  const other = (await head(orders.orders, { q: second.order_no! })).rows[0]!.order_id
  await t.as('manager')(orders.cancelOrder, { order_id: other, reason: '重复' })
  await t.drain()
  expect(await row(second.finding_id)).toMatchObject({ state: 'open', way: 'deadline', can: { mend: true } })
})

test('found on a walk: the subject says whose it is and by when, not the walk', async () => {
  const admin = t.as('admin')
  const kind_id = (await admin(rounds.kinds, {})).rows.find((k) => k.code === 'patrol')!.kind_id
  const { plan_id } = await admin(rounds.savePlan, { community_id: w.community_id, kind_id, name: '夜间巡逻', route_id: null, checklist_id: null, crew_id: null, rule: { kind: 'once', on: '2026-11-26', span_days: 1 }, from_on: '2026-11-26', to_on: null, grace_minutes: 0, photo: false })
  await admin(rounds.activatePlans, { plan_ids: [plan_id] })
  const task = (await guard(rounds.myRounds, {})).tasks.find((x) => x.name === '夜间巡逻')!
  await guard(rounds.saveRecord, { record_id: rid(), on_day: task.on_day, task_id: task.task_id, stop_no: 1, device_at: NOW, device: { boot: someId(), mono_ms: 0, seq: 1, went_back: false, sync: null }, proof: 'none', code: null, outcome: 'done', answers: [], note: null, photos: [{ file_id: await photoBy(guard.account_id), part: 'before' }], finding: { words: '轿厢贴了两张', way: 'deadline', subject_id: await subject('小广告张贴') } })
  const { rows } = await head(rounds.findings, { subject_id: await subject('小广告张贴') })
  expect(rows).toMatchObject([{ source: 'round', task_name: '夜间巡逻', department: '保洁部', due_at: '2026-11-27T02:00:00.000Z', photos: [{ part: 'before' }] }])
})

test('in time is who put it right in time, once it is closed; the newest closed stands first', async () => {
  const facts = async (finding_id: string) => (await Promise.all(FINDING_FACTS.map(async (fact) => ((await head(rounds.findings, { finding_id, fact })).total === 1 ? [fact] : [])))).flat().sort()
  const ids: string[] = []
  const at = (time: string): void => setClock(`2026-11-26T${time}:00.000Z`)
  // Two hours each: put right in time and looked at a day later; put right too late; not touched.
  for (const place of ['甲', '乙', '丙']) ids.push((await report(guard, '流动摊贩', { place })).finding_id)
  const [early, late, left] = ids as [string, string, string]
  at('03:00')
  await guard(rounds.mendFinding, { finding_id: early, note: '已劝离' })
  // Put right, and nobody looked yet: neither in time nor late, whatever the hour.
  expect(await facts(early)).toEqual(['counted', 'open'])
  at('05:00')
  expect(await facts(early)).toEqual(['counted', 'open'])
  await guard(rounds.mendFinding, { finding_id: late, note: '已劝离' })
  setClock('2026-11-27T03:00:00.000Z')
  await head(rounds.closeFinding, { finding_id: early })
  setClock('2026-11-27T04:00:00.000Z')
  await head(rounds.closeFinding, { finding_id: late })
  expect(await facts(early)).toEqual(['closed', 'counted', 'due', 'in_time'])
  expect(await facts(late)).toEqual(['closed', 'counted', 'due', 'late'])
  expect(await facts(left)).toEqual(['counted', 'due', 'late', 'open', 'open_late'])
  // What waits, by its limit; then what was closed, the newest first.
  const { rows } = await head(rounds.findings, { subject_id: await subject('流动摊贩'), page_size: 100 })
  const closed = rows.filter((f) => f.state === 'closed')
  expect(rows.slice(-closed.length)).toEqual(closed)
  expect(closed.slice(0, 2).map((f) => f.finding_id)).toEqual([late, early])
  expect(closed.map((f) => f.closed_at)).toEqual(closed.map((f) => f.closed_at).toSorted().toReversed())
  expect(rows.filter((f) => f.state !== 'closed').map((f) => f.due_at)).toEqual(rows.filter((f) => f.state !== 'closed').map((f) => f.due_at).toSorted())
})

test('each figure is the rows it opens, by every group; the sheet says the same', async () => {
  setClock('2026-11-27T12:00:00.000Z')
  const span = { from_on: '2026-11-01', to_on: '2026-11-27', community_id: w.community_id }
  const KEY: Record<FindingStatsFilter['by'], string | null> = { subject: 'subject_id', place: 'place', building: 'building_id', community: 'community_id', person: 'found_by', source: 'source', month: null }
  for (const by of Object.keys(KEY) as FindingStatsFilter['by'][]) {
    const { rows, all, more } = await head(rounds.findingStats, { by, ...span })
    expect(more, by).toBe(0)
    expect(rows.reduce((n, r) => n + r.counts.counted, 0), by).toBe(all.counts.counted)
    for (const fact of FINDING_FACTS) {
      expect((await head(rounds.findings, { ...span, public: true, fact })).total, `${by} ${fact}`).toBe(all.counts[fact])
      for (const r of rows) if (r.key && KEY[by] && (fact === 'counted' || fact === 'in_time' || fact === 'open_late')) expect((await head(rounds.findings, { ...span, public: true, fact, [KEY[by]]: r.key })).total, `${by} ${r.name} ${fact}`).toBe(r.counts[fact])
    }
  }
  const { all } = await head(rounds.findingStats, { by: 'subject', ...span })
  // Late and still open: those by a day that nobody touched; in time: on the spot, and what was closed within its hours.
  expect(all.counts.open_late).toBeGreaterThan(0)
  expect(all.counts.due).toBe(all.counts.in_time + all.counts.late)
  expect(all.in_time_bp).toBe(Math.floor((all.counts.in_time * 10_000) / all.counts.due))
  const manager = t.as('manager')
  const sheet = async (file: unknown): Promise<string[][]> => (await readSheets((file as { body: Buffer }).body, 'x.xlsx')).sheets[0]!.rows.map((r) => r.cells.map((c) => c.text))
  expect((await sheet(await manager(rounds.findingStatsExcel, { by: 'subject', ...span }))).at(-1)!.slice(0, 2)).toEqual(['合计', String(all.counts.counted)])
  expect((await sheet(await manager(rounds.findingsExcel, { public: true }))).length - 1).toBe((await manager(rounds.findings, { public: true })).total)
})
