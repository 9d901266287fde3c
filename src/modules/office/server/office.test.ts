// Rules on PostgreSQL through the public calls: written and approved by two, in force from a day, replaced and ended; who must read, who has; who may see.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { EVERYBODY, agree, classOf, draftOf, type Draft } from '../../../../tests/office_kit.ts'
import { pdfText } from '../../../../tests/pdf_text.ts'
import { NOW, hire, orgOf, type Org } from '../../../../tests/staff_kit.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { setClock } from '../../../kernel/clock.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { messages } from '../../messages/contract.ts'
import { property } from '../../property/contract.ts'
import { staff } from '../../staff/contract.ts'
import { system } from '../../system/contract.ts'
import { office } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let org: Org
let boss: Caller
let decider: Caller
let class_id: string
let other_id: string
type Hired = Awaited<ReturnType<TestApp['hire']>>
let guard: Hired
let fitter: Hired
let far: Hired
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  boss = t.as('admin')
  decider = t.as('manager')
  class_id = await classOf(t)
  org = await orgOf(t, w.community_id)
  other_id = (await boss(property.saveCommunity, { name: '和顺苑', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })).community_id
  guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  fitter = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  far = await t.hire('guard', { scope_kind: 'community', scope_ids: [other_id] })
  await hire(boss, org, w.community_id, { name: '李卫', account_id: guard.account_id })
  await hire(boss, org, w.community_id, { name: '王电', post: '电工', account_id: fitter.account_id })
  await hire(boss, org, other_id, { name: '远岗', account_id: far.account_id })
  await lasting(t)
}, 120_000)
beforeEach(() => setClock(NOW))

const post = (name: keyof Org['posts']): Draft['targets'] => [{ kind: 'post', target_id: org.posts[name] }]
async function made(o: Partial<Draft> = {}, writer: Caller = boss): Promise<string> {
  const { doc_id } = await writer(office.saveDraft, draftOf(class_id, o))
  await agree(writer, decider, doc_id)
  return doc_id
}
const current = async (doc_id: string): Promise<string> => (await boss(office.rule, { doc_id })).current_id!
const names = async (version_id: string, o: object = {}): Promise<string[]> => (await boss(office.readers, { version_id, page_size: 200, ...o })).rows.map((r) => r.name)
const schedule = (name: string) => runSchedule(t.app, t.app.modules.find((m) => m.name === 'office')!.schedules!.find((s) => s.name === name)!)
const inbox = async (who: Caller, doc_id: string): Promise<number> => (await who(messages.inbox, { page_size: 100 })).rows.filter((m) => m.link === `/office/mine/${doc_id}`).length

test('nothing is in force without a second person, nor before its day; what was approved stays as it was', async () => {
  const { doc_id } = await boss(office.saveDraft, draftOf(class_id, { title: '甲规程', from_on: '2026-03-10' }))
  expect((await boss(office.rule, { doc_id })).versions.map((v) => v.state)).toEqual(['draft'])
  const { approval_id } = await boss(office.submitDraft, { doc_id })
  await expectRefused(boss(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' }), 'system.approval_own')
  await expectRefused(boss(office.saveDraft, draftOf(class_id, { doc_id, title: '甲规程', from_on: '2026-03-10' })), 'office.approval_open')
  await expectRefused(boss(office.submitDraft, { doc_id }), 'office.approval_open')
  await decider(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' })
  expect((await boss(office.rule, { doc_id })).versions[0]).toMatchObject({ state: 'coming', from_on: '2026-03-10', version_no: 1 })
  setClock('2026-03-10T02:00:00.000Z')
  expect((await boss(office.rule, { doc_id })).versions[0]!.state).toBe('in_force')
  // The second version is late with its approval: it is in force from the day of the yes, not from the day that was written.
  await expectRefused(boss(office.saveDraft, draftOf(class_id, { doc_id, title: '甲规程', from_on: '2026-03-09' })), 'office.from_past')
  await boss(office.saveDraft, draftOf(class_id, { doc_id, title: '甲规程', body: '改了', from_on: '2026-03-12' }))
  const second = await boss(office.submitDraft, { doc_id })
  setClock('2026-03-15T02:00:00.000Z')
  await decider(system.decideApproval, { approval_id: second.approval_id, step_no: 1, decision: 'agree' })
  expect((await boss(office.rule, { doc_id })).versions.map((v) => [v.version_no, v.state, v.from_on])).toEqual([[2, 'in_force', '2026-03-15'], [1, 'replaced', '2026-03-10']])
})
test('a refused version is a draft again; a draft may go, and takes a document without versions with it', async () => {
  const { doc_id } = await boss(office.saveDraft, draftOf(class_id, { title: '乙规程' }))
  const { approval_id } = await boss(office.submitDraft, { doc_id })
  await decider(system.decideApproval, { approval_id, step_no: 1, decision: 'refuse', note: '缺依据' })
  expect((await boss(office.rule, { doc_id })).versions[0]!.state).toBe('draft')
  await expectRefused(boss(office.saveDraft, draftOf(class_id, { title: '乙规程' })), 'office.title_taken')
  await boss(office.dropDraft, { doc_id })
  await expectRefused(boss(office.rule, { doc_id }), 'kernel.not_found')
  await expectRefused(boss(office.saveDraft, draftOf(class_id, { title: '丁', targets: [{ kind: 'post', target_id: '01900000-0000-7000-8000-000000000009' }] })), 'office.target_unknown')
  const nobody = await boss(office.saveDraft, draftOf(class_id, { title: '没人读', targets: post('文员') }))
  await expectRefused(boss(office.submitDraft, { doc_id: nobody.doc_id }), 'office.nobody')
})
test('sixteen begin the next version at once: there is one', async () => {
  const doc_id = await made({ title: '同时修订' })
  await Promise.all(Array.from({ length: 16 }, (_, i) => boss(office.saveDraft, draftOf(class_id, { doc_id, title: '同时修订', body: `第 ${i} 稿` }))))
  expect((await boss(office.rule, { doc_id })).versions.map((v) => [v.version_no, v.state])).toEqual([[2, 'draft'], [1, 'in_force']])
})
test('ended by a second person from a day on; nobody reads it then', async () => {
  const doc_id = await made({ title: '将废止' })
  const { approval_id } = await boss(office.askEnd, { doc_id, ended_on: '2026-03-08', reason: '并入新制度' })
  await expectRefused(boss(office.askEnd, { doc_id, ended_on: '2026-03-08', reason: '再来' }), 'office.approval_open')
  await decider(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' })
  expect((await guard(office.myRules, { q: '将废止' })).total).toBe(1)
  setClock('2026-03-08T02:00:00.000Z')
  expect((await guard(office.myRules, { q: '将废止' })).total).toBe(0)
  expect((await boss(office.rule, { doc_id })).versions[0]!.state).toBe('withdrawn')
  await expectRefused(boss(office.saveDraft, draftOf(class_id, { doc_id, title: '将废止', from_on: '2026-03-08' })), 'office.wrong_state')
})
test('who must read is who is there: post, department with all below it, community, role; a file says where, else the grant', async () => {
  const count = async (o: Partial<Draft>): Promise<number> => (await boss(office.audience, { community_id: o.community_id ?? null, targets: o.targets ?? EVERYBODY })).person_count
  expect(await count({ targets: post('秩序员') })).toBe(2)
  expect(await count({ targets: post('秩序员'), community_id: w.community_id })).toBe(1)
  expect(await count({ targets: [{ kind: 'department', target_id: org.departments.项目部 }] })).toBe(3)
  expect(await count({ targets: [{ kind: 'community', target_id: other_id }], community_id: other_id })).toBeGreaterThanOrEqual(1)
  const doc_id = await made({ title: '门岗规程', targets: post('秩序员'), community_id: w.community_id })
  const v = await current(doc_id)
  expect(await names(v)).toEqual(['李卫'])
  await expectRefused(far(office.myRule, { doc_id }), 'kernel.not_found')
  await expectRefused(fitter(office.seeRule, { version_id: v }), 'kernel.not_found')
  // Whoever comes to the post must read from that day.
  const fresh = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  const { employee_id } = await hire(boss, org, w.community_id, { name: '新岗', account_id: fresh.account_id })
  expect((await names(v)).toSorted()).toEqual(['新岗', '李卫'].toSorted())
  await lasting(t)
  // He is told today and has his days from today, though the rule is older; before he is told he is not late.
  setClock('2026-03-25T02:00:00.000Z')
  expect(await names(v, { state: 'late' })).toEqual([])
  await schedule('office.tell')
  expect((await fresh(office.myRules, { unread: true })).rows.find((r) => r.doc_id === doc_id)).toMatchObject({ due_on: '2026-04-01', late: false })
  expect((await fresh(messages.inbox, { page_size: 100 })).rows.find((m) => m.link === `/office/mine/${doc_id}`)!.body).toContain('2026-04-01')
  setClock(NOW)
  await boss(staff.transfer, { employee_id, from_on: '2026-03-06', post_id: org.posts.文员, department_id: org.departments.项目部, community_id: w.community_id, reason: '轮岗' })
  setClock('2026-03-06T02:00:00.000Z')
  expect(await names(v)).toEqual(['李卫'])
})
test('told once, reminded when the time is over, read, confirmed; a new version is read anew', async () => {
  const doc_id = await made({ title: '抢修规程', targets: post('电工') })
  const v = await current(doc_id)
  await schedule('office.tell')
  await schedule('office.tell')
  expect(await inbox(fitter, doc_id)).toBe(1)
  expect((await fitter(office.myRules, { unread: true })).rows.find((r) => r.doc_id === doc_id)).toMatchObject({ due_on: '2026-03-12', late: false, required: true })
  await fitter(office.seeRule, { version_id: v })
  expect((await boss(office.version, { version_id: v })) as object).toMatchObject({ reader_count: 1, read_count: 1, confirmed_count: 0 })
  setClock('2026-03-13T02:00:00.000Z')
  expect(await names(v, { state: 'late' })).toEqual(['王电'])
  await schedule('office.tell')
  expect(await inbox(fitter, doc_id)).toBe(2)
  setClock('2026-03-14T02:00:00.000Z')
  await schedule('office.tell')
  expect(await inbox(fitter, doc_id)).toBe(2)
  expect((await boss(office.remindUnread, { doc_id })).person_count).toBe(1)
  await expectRefused(boss(office.remindUnread, { doc_id }), 'office.reminded_today')
  await fitter(office.seeRule, { version_id: v, confirm: true })
  await fitter(office.seeRule, { version_id: v, confirm: true })
  await expectRefused(boss(office.remindUnread, { doc_id }), 'office.all_read')
  // Whoever has confirmed is left in peace.
  const had = await inbox(fitter, doc_id)
  setClock('2026-03-20T02:00:00.000Z')
  await schedule('office.tell')
  expect(await inbox(fitter, doc_id)).toBe(had)
  setClock('2026-03-14T02:00:00.000Z')
  expect(await names(v, { state: 'confirmed' })).toEqual(['王电'])
  await boss(office.saveDraft, draftOf(class_id, { doc_id, title: '抢修规程', body: '# 一、准备\n关闭总阀\n先断电', from_on: '2026-03-14', targets: post('电工') }))
  await agree(boss, decider, doc_id)
  await expectRefused(fitter(office.seeRule, { version_id: v, confirm: true }), 'office.not_to_confirm')
  const mine = await fitter(office.myRule, { doc_id })
  expect(mine).toMatchObject({ version_no: 2, confirmed_at: null, can: { confirm: true }, previous_id: v })
  expect((await boss(office.compare, { older_id: v, newer_id: mine.version_id })).lines).toEqual([{ sign: ' ', text: '# 一、准备' }, { sign: ' ', text: '关闭总阀' }, { sign: '-', text: '携带工具' }, { sign: '+', text: '先断电' }])
  const sheet = (await boss(office.readersExcel, { version_id: v })) as unknown as { name: string; body: Buffer }
  expect((await readSheets(sheet.body, sheet.name)).sheets[0]!.rows.map((r) => r.cells[0]?.text)).toContain('王电')
})
test('found by words of the text with the place shown; on paper whole', async () => {
  const doc_id = await made({ title: '水箱清洗规程', body: `${Array.from({ length: 90 }, (_, i) => `第 ${i + 1} 条 按步骤操作`).join('\n')}\n余氯不低于 0.3 毫克每升`, targets: post('电工') })
  const found = (await boss(office.rules, { q: '余氯' })).rows
  expect(found.map((r) => r.doc_id)).toEqual([doc_id])
  expect(found[0]!.excerpt).toContain('余氯不低于 0.3')
  expect((await fitter(office.myRules, { q: '余氯' })).rows[0]!.excerpt).toContain('余氯')
  expect((await guard(office.myRules, { q: '余氯' })).total).toBe(0)
  const text = pdfText(((await fitter(office.rulePdf, { version_id: await current(doc_id) })) as unknown as { body: Buffer }).body)
  expect(text).toContain('水箱清洗规程')
  expect(text).toContain('余氯不低于')
  await expectRefused(guard(office.rulePdf, { version_id: await current(doc_id) }), 'kernel.not_found')
})
test('readings of a version that ended go after the days, the numbers stay', async () => {
  const doc_id = await made({ title: '到期删除', targets: post('电工') })
  const v = await current(doc_id)
  await fitter(office.seeRule, { version_id: v, confirm: true })
  await boss(office.saveDraft, draftOf(class_id, { doc_id, title: '到期删除', body: '新', from_on: '2026-03-05', targets: post('电工') }))
  await agree(boss, decider, doc_id)
  await expectRefused(boss(office.savePolicy, { from_on: '2026-03-04', read_days: 5, remind_days: 2, keep_days: 365, basis: '试' }), 'office.from_past')
  await boss(office.savePolicy, { from_on: '2026-03-05', read_days: 5, remind_days: 2, keep_days: 365, basis: '缩短保留' })
  const left = async (): Promise<number> => (await t.inside((s) => sql`select from office.rule_reading where company_id = ${s.company_id} and version_id = ${v}`.execute(s.db))).rows.length
  setClock('2027-03-04T02:00:00.000Z')
  // One version a turn: those of the other tests come first.
  for (let i = 0; i < 8; i++) await schedule('office.forget')
  expect(await left()).toBe(1)
  setClock('2027-03-08T02:00:00.000Z')
  for (let i = 0; i < 8; i++) await schedule('office.forget')
  expect(await left()).toBe(0)
  expect(await boss(office.version, { version_id: v })).toMatchObject({ kept: true, confirmed_count: 1 })
})
test('another company, a resident, a community out of reach see nothing; drafts are for writers', async () => {
  const doc_id = await made({ title: '外人看不到', community_id: w.community_id })
  const v = await current(doc_id)
  const other = t.as('other_admin')
  for (const call of [() => other(office.rule, { doc_id }), () => other(office.version, { version_id: v }), () => other(office.myRule, { doc_id })]) await expectRefused(call(), 'kernel.not_found')
  const resident = await t.resident(PHONES.张三)
  for (const call of [() => resident(office.myRules, {}), () => resident(office.myRule, { doc_id }), () => resident(office.seeRule, { version_id: v }), () => resident(office.sops, { at: 'order', id: doc_id })]) await expectRefused(call(), 'kernel.not_found')
  const there = await t.hire('manager', { scope_kind: 'community', scope_ids: [other_id] })
  await expectRefused(there(office.rule, { doc_id }), 'kernel.not_found')
  await expectRefused(there(office.saveDraft, draftOf(class_id, { title: '公司的', community_id: null })), 'kernel.not_found')
  await expectRefused(there(office.savePolicy, { from_on: '2026-03-05', read_days: 5, remind_days: 2, keep_days: 365, basis: '越权' }), 'kernel.not_found')
  const company = await made({ title: '公司都能看' })
  expect((await there(office.rule, { doc_id: company })).can.revise).toBe('office.not_yours')
  await expectRefused(there(office.saveDraft, draftOf(class_id, { doc_id: company, title: '公司都能看' })), 'kernel.not_found')
  const { doc_id: draft } = await boss(office.saveDraft, draftOf(class_id, { title: '草稿藏着' }))
  await expectRefused(t.as('service')(office.rule, { doc_id: draft }), 'kernel.not_found')
})
