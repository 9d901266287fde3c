// Suppliers as named people: the file checked and sealed, qualifications told before they run out, work accepted by another, evaluated once a year by dated weights, barred with a reason.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { suppliers as api } from '../contract.ts'
import { setClock } from '../../../kernel/clock.ts'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { fileOf, inForce, type Hand } from '../../../../tests/contracts_kit.ts'
import { applied, previewed, problemsOf, table, undone } from '../../../../tests/import_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { forgetContacts, tellPapers } from './clock.ts'
import { creditCodeOk } from './rules/credit_code.ts'
import { gradeOf, totalOf } from './rules/grade.ts'

let t: TestApp
let w: TinyWorld
let boss: Hand
let fore: Hand
const NOON = '2026-03-05T04:00:00.000Z'
const at = (day: string): void => setClock(`${day}T04:00:00.000Z`)
let n = 0
const make = async (o: object = {}): Promise<string> => (await boss(api.saveSupplier, { name: `供应商${++n}`, categories: ['电梯维保'], ...o })).supplier_id
const order = (supplier_id: string, o: object = {}) => boss(api.orderWork, { supplier_id, community_id: w.community_id, title: '电梯门机更换', asked_on: '2026-03-01', due_on: '2026-03-10', ...o })
beforeAll(async () => {
  setClock(NOON)
  t = await testApp()
  w = await tinyWorld(t)
  boss = await t.hire('manager')
  fore = await t.hire('foreman', { scope_kind: 'community', scope_ids: [w.community_id] })
}, 120_000)
beforeEach(() => setClock(NOON))

test('the check digit of GB 32100 and the totals of an evaluation', () => {
  // The example of the standard, and real codes of big companies.
  for (const code of ['91350100M000100Y43', '91110000100017643K']) expect([code, creditCodeOk(code)]).toEqual([code, true])
  for (const code of ['91350100M000100Y44', '91350100M000100Y4', '91350100I000100Y43', '19350100M000100Y43']) expect([code, creditCodeOk(code)]).toEqual([code, false])
  expect(totalOf([{ weight: 40, score: 91 }, { weight: 60, score: 88 }])).toBe('89.20')
  const grades = [{ name: '优', from_score: 90 }, { name: '良', from_score: 80 }, { name: '差', from_score: 0 }]
  expect(['90.00', '89.99', '80.00', '79.99', '0.00'].map((x) => gradeOf(x, grades))).toEqual(['优', '良', '良', '差', '差'])
})

test('a file is once by name and code, its account sealed, its contacts masked; looking is noted', async () => {
  await expectRefused(boss(api.saveSupplier, { name: '甲', categories: ['保洁'], credit_code: '91350100M000100Y44' }), 'suppliers.code_wrong')
  const supplier_id = await make({ name: '甲公司', credit_code: '91350100m000100y43', bank_name: '建行', bank_account: '6217000012345678' })
  await expectRefused(boss(api.saveSupplier, { name: '甲公司', categories: ['保洁'] }), 'suppliers.name_taken')
  await expectRefused(boss(api.saveSupplier, { name: '乙公司', categories: ['保洁'], credit_code: '91350100M000100Y43' }), 'suppliers.code_taken')
  const { contact_id } = await boss(api.saveContact, { supplier_id, name: '王经理', phone: '13800001234' })
  const full = await boss(api.supplier, { supplier_id })
  expect(full).toMatchObject({ credit_code: '91350100M000100Y43', bank_account_tail: '5678', contacts: [{ phone_masked: '138****1234' }], contact: '王经理 138****1234' })
  const kept = await t.inside(async (s) => (await sql<{ bank_account_sealed: string }>`select bank_account_sealed from suppliers.supplier where company_id = ${t.company_id} and supplier_id = ${supplier_id}`.execute(s.db)).rows[0]!)
  expect(kept.bank_account_sealed).not.toContain('12345678')
  expect(await boss(api.revealBank, { supplier_id })).toEqual({ bank_account: '6217000012345678' })
  expect(await boss(api.revealContact, { contact_id })).toEqual({ phone: '13800001234' })
  // As the screens send it, with a number of the request: the whole number lies nowhere in the answers that are kept.
  await boss(api.revealBank, { supplier_id, request_id: rid() } as never)
  expect(await t.inside(async (s) => (await sql`select from kernel.request where company_id = ${t.company_id} and answer::text ~ '6217000012345678|13800001234'`.execute(s.db)).rows.length)).toBe(0)
  await expectRefused(fore(api.revealBank, { supplier_id }), 'kernel.forbidden')
  // Left out, the account stays; null takes it away.
  await boss(api.saveSupplier, { supplier_id, name: '甲公司', categories: ['保洁'], credit_code: '91350100M000100Y43' })
  expect((await boss(api.supplier, { supplier_id })).bank_account_tail).toBe('5678')
  await boss(api.saveSupplier, { supplier_id, name: '甲公司', categories: ['保洁'], bank_account: null, retired: true })
  expect((await boss(api.supplier, { supplier_id })).bank_account_tail).toBeNull()
  // Three years after it was retired its contacts are forgotten.
  at('2029-03-01')
  await t.inside((s) => forgetContacts(s))
  expect(await t.inside(async (s) => (await sql`select from suppliers.contact where company_id = ${t.company_id} and contact_id = ${contact_id}`.execute(s.db)).rows.length)).toBe(1)
  at('2029-03-10')
  await t.inside((s) => forgetContacts(s))
  expect(await t.inside(async (s) => (await sql`select from suppliers.contact where company_id = ${t.company_id} and contact_id = ${contact_id}`.execute(s.db)).rows.length)).toBe(0)
})

test('a qualification is told to the keeper at each step once', async () => {
  const supplier_id = await make({ name: '到期公司', keeper_id: fore.account_id })
  await expectRefused(boss(api.addPaper, { supplier_id, name: '许可证', valid_from_on: '2026-01-01', valid_to_on: '2025-12-31', file_id: await fileOf(t, boss) }), 'suppliers.days_crossed')
  await expectRefused(boss(api.addPaper, { supplier_id, name: '许可证', valid_from_on: '2026-01-01', file_id: '01900000-0000-7000-8000-00000000dead' }), 'suppliers.no_file')
  const { paper_id } = await boss(api.addPaper, { supplier_id, name: '许可证', valid_from_on: '2025-01-01', valid_to_on: '2026-12-31', file_id: await fileOf(t, boss) })
  const heard = () => t.inside(async (s) => (await sql<{ n: number }>`select count(*)::int as n from messages.message where company_id = ${t.company_id} and account_id = ${fore.account_id} and template like 'supplier%'`.execute(s.db)).rows[0]!.n)
  for (const [day, count] of [['2026-10-01', 0], ['2026-11-01', 1], ['2026-11-02', 1], ['2026-12-01', 2], ['2026-12-24', 3], ['2026-12-31', 4], ['2027-01-01', 5], ['2027-02-01', 5]] as const) {
    at(day)
    await t.inside((s) => tellPapers(s))
    expect([day, await heard()]).toEqual([day, count])
  }
  await lasting(t)
  expect((await boss(api.suppliers, { due_days: 30 })).rows.find((r) => r.supplier_id === supplier_id)).toMatchObject({ papers_over: 1 })
  await boss(api.endPaper, { paper_id, reason: '换了新证' })
  await expectRefused(boss(api.endPaper, { paper_id, reason: '换了新证' }), 'suppliers.paper_over')
  expect((await boss(api.suppliers, { due_days: 30 })).rows.map((r) => r.supplier_id)).not.toContain(supplier_id)
  expect(((await fore(api.paperFile, { paper_id })) as unknown as { type: string }).type).toBe('application/pdf')
})

test('work is ordered under its own contract, done, sent back, and accepted with a score by another', async () => {
  const supplier_id = await make({ name: '干活公司' })
  const contract_id = await inForce(t, boss, w.community_id, { kind: 'other', title: '维保合同' })
  await expectRefused(order(supplier_id, { contract_id }), 'suppliers.not_its_contract')
  await boss(api.linkContract, { supplier_id, contract_id })
  expect((await boss(api.supplier, { supplier_id })).contracts).toMatchObject([{ contract_id, state: 'active' }])
  await expectRefused(order(supplier_id, { due_on: '2026-02-28' }), 'suppliers.days_crossed')
  await expectRefused(order(supplier_id, { asked_on: '2026-03-06', due_on: '2026-03-08' }), 'suppliers.day_future')
  const { work_id, no } = await order(supplier_id, { contract_id, amount_fen: 3_200_00 })
  expect(no).toMatch(/^GY2026-\d{6}$/)
  await expectRefused(fore(api.acceptWork, { work_id, passed: true, score: 90, words: '好' }), 'suppliers.wrong_state')
  await fore(api.finishWork, { work_id, done_on: '2026-03-04', done_words: '已更换' })
  await expectRefused(boss(api.acceptWork, { work_id, passed: true, score: 90, words: '好' }), 'suppliers.same_person')
  await expectRefused(fore(api.acceptWork, { work_id, passed: true, words: '好' }), 'suppliers.score_needed')
  expect(await fore(api.acceptWork, { work_id, passed: false, words: '有异响' })).toMatchObject({ state: 'rework' })
  await fore(api.finishWork, { work_id, done_on: '2026-03-05', done_words: '已调整' })
  await fore(api.acceptWork, { work_id, passed: true, score: 86, words: '合格', file_id: await fileOf(t, fore) })
  await expectRefused(boss(api.dropWork, { work_id, reason: '不要了' }), 'suppliers.wrong_state')
  const second = await order(supplier_id)
  await fore(api.finishWork, { work_id: second.work_id, done_on: '2026-03-05', done_words: '好了' })
  await fore(api.acceptWork, { work_id: second.work_id, passed: true, score: 91, words: '合格' })
  expect((await boss(api.suppliers, { q: '干活公司' })).rows).toMatchObject([{ work_count: 2, score: '88.5', contract_count: 1 }])
  expect((await boss(api.works, { supplier_id })).amount_fen_sum).toBe(3_200_00)
  expect(((await boss(api.workFile, { work_id })) as unknown as { type: string }).type).toBe('application/pdf')
})

test('once a year by the weights of its day; a wrong one is void and stays', async () => {
  const supplier_id = await make({ name: '评价公司' })
  const scheme = { from_on: '2026-03-05', items: [{ name: '质量', weight: 60 }, { name: '及时', weight: 40 }], grades: [{ name: 'A', from_score: 85 }, { name: 'B', from_score: 0 }], ladder: [30], basis: '制度' }
  await expectRefused(boss(api.publishScheme, { ...scheme, items: [{ name: '质量', weight: 60 }] }), 'suppliers.weights')
  await expectRefused(boss(api.publishScheme, { ...scheme, grades: [{ name: 'A', from_score: 85 }, { name: 'B', from_score: 10 }] }), 'suppliers.grades')
  await expectRefused(boss(api.publishScheme, { ...scheme, from_on: '2026-03-04' }), 'suppliers.from_past')
  await boss(api.publishScheme, scheme)
  await expectRefused(boss(api.evaluate, { supplier_id, year: 2026, scores: [80, 80, 80, 80, 80], words: '好' }), 'suppliers.scores_count')
  await expectRefused(boss(api.evaluate, { supplier_id, year: 2027, scores: [80, 80], words: '好' }), 'suppliers.year_future')
  const tries = await Promise.allSettled(Array.from({ length: 6 }, () => boss(api.evaluate, { supplier_id, year: 2026, scores: [90, 80], words: '好' })))
  const won = tries.flatMap((x) => (x.status === 'fulfilled' ? [x.value] : []))
  expect(won).toMatchObject([{ total: '86.00', grade: 'A' }])
  for (const x of tries) if (x.status === 'rejected') expect((x.reason as { code: string }).code).toBe('suppliers.evaluated')
  await boss(api.voidEvaluation, { evaluation_id: won[0]!.evaluation_id, reason: '打分有误' })
  await expectRefused(boss(api.voidEvaluation, { evaluation_id: won[0]!.evaluation_id, reason: '再来' }), 'suppliers.evaluation_over')
  await boss(api.evaluate, { supplier_id, year: 2026, scores: [70, 60], words: '一般' })
  expect((await boss(api.supplier, { supplier_id })).evaluations.map((e) => [e.grade, e.total, e.voided !== null])).toEqual([['B', '66.00', false], ['A', '86.00', true]])
  expect((await boss(api.suppliers, { q: '评价公司' })).rows[0]!.grade).toBe('2026 B')
})

test('who is barred gets no work until the end of it, or until it is lifted', async () => {
  const supplier_id = await make({ name: '黑公司' })
  await expectRefused(boss(api.liftBan, { supplier_id, reason: '没有' }), 'suppliers.not_banned')
  await expectRefused(boss(api.banSupplier, { supplier_id, to_on: '2026-03-04', reason: '转包' }), 'suppliers.ban_past')
  await boss(api.banSupplier, { supplier_id, to_on: '2026-03-31', reason: '转包' })
  await expectRefused(boss(api.banSupplier, { supplier_id, reason: '再来' }), 'suppliers.banned')
  expect((await expectRefused(order(supplier_id), 'suppliers.banned')).message).toContain('转包')
  expect((await boss(api.suppliers, { state: 'banned' })).rows.map((r) => r.name)).toEqual(['黑公司'])
  await lasting(t)
  at('2026-04-01')
  await order(supplier_id)
  await boss(api.banSupplier, { supplier_id, reason: '又转包' })
  await boss(api.liftBan, { supplier_id, reason: '整改完成' })
  await order(supplier_id)
})

test('a file of suppliers goes in, says what is wrong, and is taken back', async () => {
  const kind = 'suppliers.suppliers'
  const HEAD = ['单位名称', '统一社会信用代码', '供应类别', '联系人', '联系电话', '银行账号']
  const bad = await previewed(t, { kind, bytes: await table(HEAD, [['坏一', '91350100M000100Y44', '保洁', '', '', ''], ['坏二', '', '', '王', '13800000001', ''], ['坏三', '', '保洁', '王', '', ''], ['坏四', '', '保洁', '', '', '12ab']]) })
  expect(await problemsOf(t, bad.import_id)).toEqual(expect.arrayContaining([expect.stringContaining('不是有效的统一社会信用代码'), expect.stringContaining('供应类别是空的'), expect.stringContaining('联系人和联系电话要一起填'), expect.stringContaining('银行账号应为 8 至 30 位数字')]))
  const done = await applied(t, { kind, bytes: await table(HEAD, [['进来一', '91110000100017643K', '保洁、绿化', '李', '13800000002', '6217000099998888'], ['进来二', '', '检测检验', '', '', '']]) })
  expect(await problemsOf(t, done.import_id)).toEqual([])
  const row = (await boss(api.suppliers, { q: '进来一' })).rows[0]!
  expect(row).toMatchObject({ credit_code: '91110000100017643K', categories: ['保洁', '绿化'], contact: '李 138****0002' })
  expect(await boss(api.revealBank, { supplier_id: row.supplier_id })).toEqual({ bank_account: '6217000099998888' })
  const again = await applied(t, { kind, bytes: await table(HEAD, [['进来一改名', '91110000100017643K', '保洁', '', '', '']]) })
  expect(await boss(api.supplier, { supplier_id: row.supplier_id })).toMatchObject({ name: '进来一改名', bank_account_tail: '8888' })
  await undone(t, again.import_id)
  await undone(t, done.import_id)
  expect((await boss(api.suppliers, { q: '进来' })).total).toBe(0)
})

test('the register is the company\'s, work its community\'s; another company sees nothing', async () => {
  const supplier_id = await make({ name: '边界公司' })
  const { work_id } = await order(supplier_id)
  const elsewhere = await t.hire('foreman', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] })
  expect((await elsewhere(api.supplier, { supplier_id })).name).toBe('边界公司')
  expect((await elsewhere(api.works, {})).total).toBe(0)
  await expectRefused(elsewhere(api.finishWork, { work_id, done_on: '2026-03-05', done_words: '好' }), 'kernel.not_found')
  await expectRefused(elsewhere(api.orderWork, { supplier_id, community_id: w.community_id, title: 'x', asked_on: '2026-03-01', due_on: '2026-03-02' }), 'kernel.not_found')
  const local = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
  await expectRefused(local(api.banSupplier, { supplier_id, reason: '不该能' }), 'kernel.not_found')
  await expectRefused(local(api.evaluate, { supplier_id, year: 2026, scores: [1, 1], words: '不该能' }), 'kernel.not_found')
  const other = t.as('other_admin')
  for (const call of [() => other(api.supplier, { supplier_id }), () => other(api.revealBank, { supplier_id }), () => other(api.finishWork, { work_id, done_on: '2026-03-05', done_words: '好' }), () => other(api.linkContract, { supplier_id, contract_id: '01900000-0000-7000-8000-00000000dead' })]) await expectRefused(call(), 'kernel.not_found')
  await expectRefused(t.as('visitor')(api.saveSupplier, { name: 'x', categories: ['y'] }), 'kernel.forbidden')
})
