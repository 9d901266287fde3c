// The fire-safety file as named people: what is missing is said and goes away when it is there, papers run out, files stay in their community.
import { Readable } from 'node:stream'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { saveUpload } from '../../../kernel/files.ts'
import { equipment } from '../../equipment/contract.ts'
import { firefile } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let head: Caller & { token: string }
const NOON = '2026-11-26T04:00:00.000Z'
const asked = () => ({ community_id: w.community_id, from_on: '2025-11-27', to_on: '2026-11-26' })
const chapter = async (key: string, by: Caller = head) => (await by(firefile.file, asked())).chapters.find((c) => c.key === key)!
const missing = async (): Promise<string[]> => (await head(firefile.file, asked())).chapters.flatMap((c) => c.missing)

beforeAll(async () => {
  setClock(NOON)
  t = await testApp()
  w = await tinyWorld(t)
  head = await t.hire('guard_head', { scope_kind: 'community', scope_ids: [w.community_id] })
}, 120_000)
beforeEach(() => setClock(NOON))

test('an empty community: every chapter is there and says what it lacks', async () => {
  const f = await head(firefile.file, asked())
  expect(f.chapters.map((c) => c.key)).toEqual(['basics', 'organisation', 'equipment', 'rounds', 'hazards', 'duty', 'drills', 'training', 'fires', 'escape', 'papers'])
  const m = f.chapters.flatMap((c) => c.missing)
  for (const x of ['没有登记消防安全责任人和管理人', '没有登记消防安全重点部位', '没有现行的火灾应急预案', '没有登记消防设施器材', '没有有效的消防维保检测合同', '没有含消防内容的巡查计划', '6 个月内没有灭火疏散演练', '12 个月内没有消防培训记录', '没有画了疏散路线的平面图', '没有上传消防设计审核、验收或备案文书']) expect(m).toContain(x)
  await expectRefused(head(firefile.file, { ...asked(), from_on: '2026-11-27' }), 'firefile.span')
  await expectRefused(head(firefile.file, { ...asked(), from_on: '2020-01-01' }), 'firefile.span')
})

test('what is registered goes in, by day; a training counts in its months', async () => {
  const profile = { community_id: w.community_id, responsible: '张总', manager: '李经理', phone: '13900000001', use_words: '住宅小区', organisation: '微型消防站 1 个' }
  await head(firefile.saveProfile, { ...profile, from_on: '2026-01-01' })
  await head(firefile.saveProfile, { ...profile, responsible: '王总', from_on: '2027-01-01' })
  await head(firefile.savePart, { community_id: w.community_id, name: '配电室', place: '地下一层', reason: '电气火灾', keeper: '李工', measures: '每班巡查' })
  await expectRefused(head(firefile.savePart, { community_id: w.community_id, name: '配电室', place: '地下二层', reason: '电气火灾', keeper: '李工', measures: '每班巡查' }), 'firefile.name_taken')
  const paper = { community_id: w.community_id, kind: 'training' as const, title: '灭火器使用', issuer: '项目部', on_day: '2025-11-20', people_count: 12 }
  await expectRefused(head(firefile.addPaper, { ...paper, people_count: null }), 'firefile.people_needed')
  await expectRefused(head(firefile.addPaper, { ...paper, on_day: '2026-11-27' }), 'firefile.day_future')
  await head(firefile.addPaper, paper)
  // Twelve months ago less six days: too long ago, and outside the span.
  expect(await missing()).toContain('12 个月内没有消防培训记录(最近一次 2025-11-20)')
  expect((await chapter('training')).total).toBe(0)
  await head(firefile.addPaper, { ...paper, on_day: '2026-11-20' })
  expect((await missing()).some((m) => m.includes('培训'))).toBe(false)
  const basics = await chapter('basics')
  expect(basics.missing).toEqual([])
  // The next person in charge is named from his day on.
  expect(basics.figures[0]).toMatchObject({ value: '张总' })
  setClock('2026-11-26T10:00:00.000Z')
  expect((await chapter('training')).figures.map((x) => x.value)).toEqual(['1', '12', '2026-11-20'])
})

test('an order past its day is said until it is done; a paper is done or void once', async () => {
  const order = await head(firefile.addPaper, { community_id: w.community_id, kind: 'order', title: '责令疏通消防车通道', no: '〔2026〕12 号', issuer: '眉县消防救援大队', on_day: '2026-11-01', due_on: '2026-11-20' })
  await expectRefused(head(firefile.addPaper, { community_id: w.community_id, kind: 'order', title: 'x', issuer: 'y', on_day: '2026-11-01', due_on: '2026-10-31' }), 'firefile.due_before')
  expect(await missing()).toContain('责令改正通知「责令疏通消防车通道」应于 2026-11-20 前办结')
  expect((await chapter('papers')).figures.find((x) => x.label === '到期未办结')).toMatchObject({ value: '1', bad: true })
  await head(firefile.donePaper, { paper_id: order.paper_id, done_on: '2026-11-25', done_words: '已疏通并画线' })
  expect((await missing()).some((m) => m.includes('责令'))).toBe(false)
  await expectRefused(head(firefile.endPaper, { paper_id: order.paper_id, reason: '登记错了' }), 'firefile.paper_over')
})

test('equipment of the fire system and its certificate stand in the file', async () => {
  const { rows } = await t.as('admin')(equipment.categories, {})
  const pump = rows.find((c) => c.code === 'XFB')!
  await t.as('admin')(equipment.saveDevice, { community_id: w.community_id, category_id: pump.category_id, name: '消火栓主泵', place: '消防泵房', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on: null, warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, standards: { install: null, repair: null, replace: null }, note: null })
  const c = await chapter('equipment')
  expect(c.figures[0]).toMatchObject({ label: '消防设施器材', value: '1' })
  expect(c.lines[0]).toMatchObject({ to: `/equipment/devices?category_id=${pump.category_id}` })
  expect(c.lines[0]!.cells.slice(0, 3)).toEqual(['设施器材', pump.name, '1'])
})

test('the rule decides from its day on; only the company as a whole sets it', async () => {
  const rule = { from_on: '2026-11-26', drill_months: 12, training_months: 6, patrol_days: 7, fire_words: ['消防', '消防', '灭火'], basis: '省条例' }
  await expectRefused(head(firefile.saveRule, rule), 'kernel.forbidden')
  const local = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
  await expectRefused(local(firefile.saveRule, rule), 'kernel.not_found')
  await expectRefused(t.as('manager')(firefile.saveRule, { ...rule, from_on: '2026-11-25' }), 'firefile.from_past')
  await t.as('manager')(firefile.saveRule, rule)
  expect((await head(firefile.rule, {})).now.fire_words).toEqual(['消防', '灭火'])
  expect(await missing()).toContain('12 个月内没有灭火疏散演练')
})

test('paper and Excel; a file of another community is not there', async () => {
  const pdf = (await head(firefile.filePaper, asked())) as unknown as { body: Buffer }
  expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
  const excel = (await head(firefile.fileSheet, asked())) as unknown as { body: Buffer }
  expect(excel.body.subarray(0, 2).toString()).toBe('PK')
  const known = (await t.app.whoIs(head.token, { ip: null, agent: 'test', face: 'api' }))!
  const { file_id } = await saveUpload(t.app, known, { purpose: 'proof', name: 'a.pdf', body: Readable.from([Buffer.from('%PDF-1.4\n')]) })
  const { paper_id } = await head(firefile.addPaper, { community_id: w.community_id, kind: 'approval', title: '消防验收合格意见', issuer: '住建局', on_day: '2010-05-01', file_id })
  expect(((await head(firefile.paperFile, { paper_id })) as unknown as { type: string }).type).toBe('application/pdf')
  await expectRefused(t.as('manager')(firefile.addPaper, { community_id: w.community_id, kind: 'approval', title: 'x', issuer: 'y', on_day: '2010-05-01', file_id }), 'firefile.no_file')
  const elsewhere = await t.hire('guard_head', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] })
  for (const call of [() => elsewhere(firefile.file, asked()), () => elsewhere(firefile.paperFile, { paper_id }), () => elsewhere(firefile.filePaper, asked()), () => elsewhere(firefile.endPaper, { paper_id, reason: '不该能' }), () => t.as('other_admin')(firefile.file, asked())]) await expectRefused(call(), 'kernel.not_found')
  await expectRefused(t.as('repairer')(firefile.file, asked()), 'kernel.forbidden')
})
