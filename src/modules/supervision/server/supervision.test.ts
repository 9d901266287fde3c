// The register of an authority as named people: districts, communities by hand and from Excel, who manages them, surveys by dated classes, rates against dated targets, reports adopted.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { supervision as api, type Code } from '../contract.ts'
import { setClock } from '../../../kernel/clock.ts'
import { staff } from '../../staff/contract.ts'
import { kindIdOf } from '../../staff/server/config.ts'
import { votes } from '../../votes/contract.ts'
import { inForce, type Hand } from '../../../../tests/contracts_kit.ts'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { applied, previewed, table } from '../../../../tests/import_kit.ts'
import { authority, invite, type Authority } from '../../../../tests/supervision_kit.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { system } from '../../system/contract.ts'
import { ratesOf } from './rules/rates.ts'
import { tell } from './tell.ts'

let t: TestApp
let w: TinyWorld
let gov: Authority
let boss: Hand
const NOON = '2026-03-05T04:00:00.000Z'
beforeAll(async () => {
  setClock(NOON)
  t = await testApp()
  w = await tinyWorld(t)
  gov = await authority(t, 'zhujian')
  boss = await t.hire('manager')
}, 120_000)
beforeEach(() => setClock(NOON))
const make = async (name: string, o: object = {}): Promise<string> => (await gov(api.savePlace, { district_id: gov.street_id, name, kind: '商品房', household_count: 100, built_area_m2: '10000', ...o })).place_id
const rate = async (code: Code, district_id?: string) => (await gov(api.overview, district_id ? { district_id } : {})).rates.find((r) => r.code === code)!

test('exactly the target is reached, one short is not; nothing to count is neither', () => {
  const one = (n: number, d: number) => ratesOf([{ code: 'committee', numerator_count: n, denominator_count: d, unknown_count: 0, no_count: d - n }], () => 8000).find((r) => r.code === 'committee')!
  expect([one(4, 5), one(799, 1000), one(0, 0)].map((r) => [r.rate_bp, r.met])).toEqual([[8000, true], [7990, false], [null, null]])
})
test('districts are a tree by levels; what is used is not retired', async () => {
  await expectRefused(gov(api.saveDistrict, { kind: 'street', parent_id: gov.street_id, name: '街道下的街道' }), 'supervision.district_level')
  await expectRefused(gov(api.saveDistrict, { kind: 'street', parent_id: (await gov(api.districts, {})).rows[0]!.district_id, name: '首善街道' }), 'supervision.district_taken')
  const { district_id } = await gov(api.saveDistrict, { kind: 'neighbourhood', parent_id: gov.other_street_id, name: '常兴社区' })
  expect((await gov(api.districts, {})).rows.map((d) => d.path)).toEqual(['眉县', '眉县 常兴镇', '眉县 常兴镇 常兴社区', '眉县 首善街道'])
  await gov(api.savePlace, { district_id, name: '常兴家园', kind: '老旧小区' })
  await expectRefused(gov(api.saveDistrict, { district_id: gov.other_street_id, kind: 'street', parent_id: (await gov(api.districts, {})).rows[0]!.district_id, name: '常兴镇', retired: true }), 'supervision.district_used')
  // A street shows what lies in its neighbourhoods.
  expect((await gov(api.places, { district_id: gov.other_street_id })).rows.map((p) => p.name)).toEqual(['常兴家园'])
  await expectRefused(gov(api.savePlace, { district_id, name: '常兴家园', kind: '商品房' }), 'supervision.place_taken')
  const [one, two] = await Promise.allSettled([gov(api.savePlace, { district_id, name: '同名', kind: '商品房' }), gov(api.savePlace, { district_id, name: '同名', kind: '商品房' })])
  expect([one!.status, two!.status].toSorted()).toEqual(['fulfilled', 'rejected'])
})
test('one manages at a time; a public office stands in until a day, and its end is told', async () => {
  const place_id = await make('棉织厂家属院', { kind: '单位家属院' })
  const before = await rate('managed')
  await expectRefused(gov(api.startTenure, { place_id, kind: 'office', holder: '首善街道办事处', from_on: '2026-03-01', basis: '接管通知' }), 'supervision.until_needed')
  await expectRefused(gov(api.startTenure, { place_id, kind: 'company', from_on: '2026-03-01', basis: '合同' }), 'supervision.firm_needed')
  const { tenure_id } = await gov(api.startTenure, { place_id, kind: 'office', holder: '首善街道办事处', from_on: '2026-03-01', until_on: '2026-08-31', basis: '接管通知' })
  expect(await rate('managed')).toMatchObject({ numerator_count: before.numerator_count + 1, denominator_count: before.denominator_count })
  const { firm_id } = await gov(api.saveFirm, { name: '眉县新城物业有限公司', credit_code: '91350100M000100Y43' })
  await expectRefused(gov(api.saveFirm, { name: '又一家', credit_code: '91350100M000100Y43' }), 'supervision.code_taken')
  await expectRefused(gov(api.saveFirm, { name: '又一家', credit_code: '91350100M000100Y44' }), 'supervision.code_wrong')
  await expectRefused(gov(api.startTenure, { place_id, kind: 'company', firm_id, from_on: '2026-03-05', basis: '合同' }), 'supervision.tenure_overlaps')
  await expectRefused(gov(api.retirePlace, { place_id, reason: '拆除了' }), 'supervision.place_held')
  const heard = () => t.inside(async (s) => (await sql<{ n: number }>`select count(*)::int as n from messages.message where company_id = ${gov.company_id} and template = 'supervision_term'`.execute(s.db)).rows[0]!.n, gov.company_id)
  for (const [day, count] of [['2026-08-15', 0], ['2026-08-16', 1], ['2026-08-20', 1]] as const) {
    setClock(`${day}T04:00:00.000Z`)
    await t.inside((s) => tell(s), gov.company_id)
    expect([day, await heard()]).toEqual([day, count])
  }
  setClock(NOON)
  await gov(api.endTenure, { tenure_id, to_on: '2026-03-04', reason: '选聘了物业企业' })
  await expectRefused(gov(api.endTenure, { tenure_id, to_on: '2026-03-04', reason: '选聘了物业企业' }), 'supervision.tenure_over')
  await gov(api.startTenure, { place_id, kind: 'company', firm_id, from_on: '2026-03-05', basis: '合同' })
  expect((await gov(api.places, { firm_id })).rows).toMatchObject([{ name: '棉织厂家属院', managed_by: 'company', manager: '眉县新城物业有限公司' }])
  expect((await gov(api.firms, { q: '新城' })).rows).toMatchObject([{ place_count: 1, household_sum_count: 100, area_sum_m2: '10000.00' }])
  await expectRefused(gov(api.saveFirm, { firm_id, name: '眉县新城物业有限公司', credit_code: '91350100M000100Y43', retired: true }), 'supervision.firm_holds')
})
test('targets hold from their day; the rate says numerator and denominator and opens the same rows', async () => {
  const place_id = await make('新盛小区')
  await gov(api.setFact, { place_id, code: 'tender', answer: 'yes', said: '中标通知书 2024-018' })
  await gov(api.setFact, { place_id, code: 'committee', answer: 'na', said: '未到成立条件' })
  const r = await rate('tender')
  const list = await gov(api.places, { code: 'tender' })
  expect([list.total, (await gov(api.places, { code: 'tender', answer: 'yes' })).total, (await gov(api.places, { code: 'tender', answer: 'unknown' })).total]).toEqual([r.denominator_count, r.numerator_count, r.unknown_count])
  expect((await gov(api.place, { place_id })).facts.find((f) => f.code === 'committee')).toMatchObject({ answer: 'na', denominator_count: 0, source: 'hand' })
  // The last word counts, the first stays.
  await gov(api.setFact, { place_id, code: 'tender', answer: 'no', said: '中标无效' })
  expect((await rate('tender')).numerator_count).toBe(r.numerator_count - 1)
  expect((await gov(api.place, { place_id })).history.filter((h) => h.code === 'tender')).toHaveLength(2)
  await expectRefused(gov(api.publishTarget, { code: 'committee', from_on: '2026-03-04', target_bp: 9000, basis: '通知' }), 'supervision.from_past')
  await expectRefused(gov(api.publishTarget, { code: 'managed', from_on: '2026-03-05', target_bp: 9000, basis: '通知' }), 'supervision.counted_none')
  await gov(api.publishTarget, { code: 'committee', from_on: '2026-03-06', target_bp: 9000, basis: '县府办 12 号' })
  expect((await rate('committee')).target_bp).toBe(8000)
  setClock('2026-03-06T02:00:00.000Z')
  await lasting(t)
  expect((await gov(api.targets, {})).rows.find((x) => x.code === 'committee')).toMatchObject({ target_bp: 9000 })
  setClock(NOON)
  // Self-management no longer counts from the day the authority says so.
  const self = await make('自管院')
  await gov(api.startTenure, { place_id: self, kind: 'self', holder: '业主自管小组', from_on: '2026-03-01', basis: '业主大会决定' })
  const managed = await rate('managed')
  await gov(api.publishTarget, { code: 'managed', from_on: '2026-03-05', target_bp: 10_000, counted: ['company', 'office'], basis: '通知' })
  expect(await rate('managed')).toMatchObject({ numerator_count: managed.numerator_count - 1, denominator_count: managed.denominator_count })
  expect(((await gov(api.overviewPdf, {})) as unknown as { type: string }).type).toBe('application/pdf')
})
test('a survey covers every community, by the classes of its day; the last result counts; closed is closed', async () => {
  const place_id = await make('待查小区')
  const { survey_id } = await gov(api.startSurvey, { title: '2026 年小区排查', from_on: '2026-03-01', to_on: '2026-03-31' })
  await expectRefused(gov(api.startSurvey, { title: '2026 年小区排查', from_on: '2026-03-01', to_on: '2026-03-31' }), 'supervision.survey_taken')
  await expectRefused(gov(api.enterSurvey, { survey_id, place_id, class: '没有的类', found: '好', on_day: '2026-03-05' }), 'supervision.class_unknown')
  await expectRefused(gov(api.enterSurvey, { survey_id, place_id, class: '规范', found: '好', on_day: '2026-02-28' }), 'supervision.days_crossed')
  await gov(api.enterSurvey, { survey_id, place_id, class: '规范', found: '公示齐全', on_day: '2026-03-05' })
  await gov(api.enterSurvey, { survey_id, place_id, class: '需整改', found: '消防通道被占', on_day: '2026-03-05' })
  const { survey, rows } = await gov(api.survey, { survey_id, state: 'done' })
  expect(rows).toMatchObject([{ name: '待查小区', class: '需整改' }])
  expect(survey).toMatchObject({ done_count: 1, place_count: (await gov(api.places, {})).total, classes: [{ name: '需整改', count: 1 }] })
  expect((await gov(api.places, { class: '需整改' })).rows.map((p) => p.name)).toEqual(['待查小区'])
  expect((await gov(api.place, { place_id })).surveyed).toHaveLength(2)
  await gov(api.publishClasses, { from_on: '2026-03-05', classes: [{ name: '一类', means: '好' }, { name: '二类', means: '差' }], basis: '办法' })
  await expectRefused(gov(api.enterSurvey, { survey_id, place_id, class: '规范', found: '好', on_day: '2026-03-05' }), 'supervision.class_unknown')
  expect((await gov(api.closeSurvey, { survey_id })).open_count).toBe(survey.place_count - 1)
  await expectRefused(gov(api.enterSurvey, { survey_id, place_id, class: '一类', found: '好', on_day: '2026-03-05' }), 'supervision.survey_closed')
})
test('a report is computed from contracts, certificates and the committee; adopted it fills the register, left it fills no more', async () => {
  const code = await invite(gov)
  const { link_id } = await boss(api.join, { code, community_id: w.community_id })
  await expectRefused(boss(api.join, { code, community_id: w.community_id }), 'supervision.linked')
  const answers = async () => Object.fromEntries((await boss(api.preview, { community_id: w.community_id })).report.facts.map((f) => [f.code, f.answer]))
  expect(await answers()).toEqual({ tender: 'unknown', preliminary: 'no', covenant: 'no', manager: 'unknown', managed: 'no', committee: 'no' })
  await expectRefused(gov(api.adopt, { link_id }), 'supervision.not_reported')
  await inForce(t, boss, w.community_id, { kind: 'early_service', title: '前期物业服务合同' })
  await boss(api.declare, { community_id: w.community_id, answer: 'yes', said: '中标通知书 2024-018' })
  await boss(votes.saveCommittee, { community_id: w.community_id, kind: 'committee', term_no: 1, from_on: '2025-03-01', to_on: '2028-02-28', seats_count: 5, filed_no: null, filed_on: null, remind_months: 6, poll_id: null, note: null })
  const hr = t.as('admin')
  const { department_id } = await hr(staff.saveDepartment, { name: '项目部', parent_id: null, community_id: w.community_id, from_on: '2026-03-05', sort_no: 1, basis: '编制' })
  const { post_id } = await hr(staff.savePost, { name: '项目经理', family: 'management', duties: '负责', sort_no: 1, retired: false })
  await hr(staff.setNeeds, { post_id, from_on: '2026-03-05', kind_ids: [kindIdOf(t.company_id, 'person_manager')], basis: '任职条件' })
  const { employee_id } = await hr(staff.hire, { post_id, department_id, community_id: w.community_id, entered_on: '2026-03-01', name: '王经理' })
  expect(await answers()).toEqual({ tender: 'yes', preliminary: 'yes', covenant: 'no', manager: 'no', managed: 'yes', committee: 'yes' })
  await hr(staff.addCert, { employee_id, kind_id: kindIdOf(t.company_id, 'person_manager'), issuer: '协会', issued_on: '2025-01-01', valid_to_on: '2027-01-01' })
  expect((await boss(api.preview, { community_id: w.community_id })).report).toMatchObject({ household_count: 14, building_count: 4, facts: expect.arrayContaining([expect.objectContaining({ code: 'manager', answer: 'yes', numerator_count: 1, denominator_count: 1 })]) })
  // Two at once are two reports with two numbers; the same again on the same day is refused.
  expect((await boss(api.send, { link_id })).report_no).toBe(1)
  await expectRefused(boss(api.send, { link_id }), 'supervision.same_again')
  await t.inside((s) => tell(s), gov.company_id)
  expect(await t.inside(async (s) => (await sql<{ n: number }>`select count(*)::int as n from messages.message where company_id = ${gov.company_id} and template = 'supervision_joined'`.execute(s.db)).rows[0]!.n, gov.company_id)).toBe(1)
  const own = await make('花园小区')
  expect((await gov(api.incoming, { state: 'waiting' })).rows[0]).toMatchObject({ link_id, suggestions: [{ place_id: own, name: '花园小区' }] })
  const { firm_id } = await gov(api.adopt, { link_id, place_id: own })
  await expectRefused(gov(api.adopt, { link_id, place_id: own }), 'supervision.adopted')
  const full = await gov(api.place, { place_id: own })
  expect(full).toMatchObject({ managed_by: 'company', firm_id, reporting: true, reported_on: '2026-03-05' })
  expect(full.facts.map((f) => [f.code, f.answer, f.source])).toEqual([['tender', 'yes', 'report'], ['preliminary', 'yes', 'report'], ['covenant', 'no', 'report'], ['manager', 'yes', 'report'], ['managed', 'yes', 'tenure'], ['committee', 'yes', 'report']])
  // That it does not apply is for the authority to say.
  await gov(api.setFact, { place_id: own, code: 'covenant', answer: 'na', said: '老旧小区' })
  expect((await gov(api.place, { place_id: own })).facts.find((f) => f.code === 'covenant')).toMatchObject({ answer: 'na', source: 'hand' })
  await boss(api.leave, { link_id, reason: '合同终止' })
  await expectRefused(boss(api.send, { link_id }), 'supervision.link_over')
  expect((await gov(api.place, { place_id: own })).facts.find((f) => f.code === 'tender')).toMatchObject({ answer: 'unknown', source: 'none' })
  // It may come back, as the same community.
  const again = await boss(api.join, { code, community_id: w.community_id })
  await boss(api.send, { link_id: again.link_id })
  expect((await gov(api.place, { place_id: own })).facts.find((f) => f.code === 'tender')).toMatchObject({ answer: 'yes', source: 'report' })
  await gov(api.refuseLink, { link_id: again.link_id, reason: '小区选错' })
  await t.inside((s) => tell(s))
  expect(await t.inside(async (s) => (await sql<{ n: number }>`select count(*)::int as n from messages.message where company_id = ${t.company_id} and template = 'supervision_refused' and account_id = ${boss.account_id}`.execute(s.db)).rows[0]!.n)).toBe(1)
  const [one, two] = await Promise.allSettled([boss(api.join, { code, community_id: w.community_id }), boss(api.join, { code, community_id: w.community_id })])
  expect([one!.status, two!.status].toSorted()).toEqual(['fulfilled', 'rejected'])
})
test('the survey’s Excel: bad rows named, districts found by name, nothing half-imported, taken back whole', async () => {
  const HEAD = ['街道', '小区名称', '类型', '建筑面积(㎡)', '户数', '物业企业', '招投标', '业委会成立']
  const ask = { token: gov.token, kind: 'supervision.places' }
  const bad = await previewed(t, { ...ask, bytes: await table(HEAD, [['没有的街道', '甲院', '', '', '', '', '', ''], ['首善街道', '', '商品房', '1', '', '', '', ''], ['首善街道', '乙院', '商品房', '一万', '', '', '也许', '']]) })
  const problems = (await gov(system.importRows, { import_id: bad.import_id, only_bad: true, page_size: 50 })).rows.flatMap((r) => r.problems.map((p) => `${r.row_no} ${p.zh}`))
  expect(problems).toEqual(['2 街道', '3 小区名称', '4 建筑面积(㎡)', '4 招投标'])
  const good = await applied(t, { ...ask, bytes: await table(HEAD, [['首善街道', '丙院', '商品房', '52000.5', '480', '眉县丙物业有限公司', '达到', '未达到'], ['常兴镇', '丁院', '老旧小区', '', '60', '业主自管', '不适用', '']]) })
  expect(good.view.state).toBe('applied')
  expect((await gov(api.places, { q: '丙院' })).rows).toMatchObject([{ manager: '眉县丙物业有限公司', built_area_m2: '52000.50', facts: expect.arrayContaining([expect.objectContaining({ code: 'tender', answer: 'yes' }), expect.objectContaining({ code: 'committee', answer: 'no' })]) }])
  expect((await gov(api.places, { q: '丁院' })).rows).toMatchObject([{ managed_by: 'self' }])
  // Nothing that a property company imports.
  expect((await t.as('admin')(system.importKinds, {})).rows.map((k) => k.kind)).not.toContain('supervision.places')
  expect((await gov(system.importKinds, {})).rows.map((k) => k.kind)).toEqual(['supervision.places'])
  await gov(system.undoImport, { import_id: good.import_id })
  await t.drain()
  expect((await gov(api.places, { q: '丙院' })).total).toBe(0)
})
