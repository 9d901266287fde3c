// Water tests of the secondary supply (EQ-05): results against the limits of the day, pass or fail, posted to the residents of the community.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { compareDecimal } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { housesOfResident } from '../../people/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { equipment, type MyWater, type WaterFilter, type WaterItem, type WaterResult, type WaterTest } from '../contract.ts'
import { limitText } from '../shown.ts'
import { deviceToRead, wholeCompany } from './access.ts'
import { WATER_LIMITS, certKindIdOf } from './cert_config.ts'
import { ownFiles } from './certs.ts'

const NUMBER = /^-?\d{1,12}(\.\d{1,6})?$/
/** undefined: not a value of this item. '<0.05' is below what the laboratory can see: as good as the number. */
export function judgeWater(item: WaterItem, value: string): boolean | undefined {
  const v = value.normalize('NFKC').trim()
  if (item.words) return v === item.words || v === '未检出' || v === '无'
  const n = v.replace(/^[<≤]/, '')
  if (!NUMBER.test(n)) return undefined
  return (item.low === null || compareDecimal(n, item.low) >= 0) && (item.high === null || compareDecimal(n, item.high) <= 0)
}
async function limitsOf(scope: Scope): Promise<typeof WATER_LIMITS> {
  const { rows } = await sql<typeof WATER_LIMITS>`select from_on, basis, items from equipment.water_limit where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc limit 1`.execute(scope.db)
  return rows[0] ?? WATER_LIMITS
}
const TEST = (c: number) => sql`t.test_id, t.community_id, k.name as community_name, t.equipment_id, d.no || ' ' || d.name as device_name, t.sampled_on, t.place, t.lab, t.report_no, t.results, t.passed, t.file_id is not null as has_file, t.note, t.made_by_name, t.published_at, case when t.withdrawn_at is not null then t.withdraw_reason end as withdrawn from equipment.water_test t join property.community k on k.company_id = ${c} and k.community_id = t.community_id left join equipment.device d on d.company_id = ${c} and d.equipment_id = t.equipment_id`
function testsWhere(scope: Scope, f: WaterFilter): RawBuilder<unknown> {
  const parts = [f.community_id ? sql`t.community_id = ${f.community_id}` : null, f.equipment_id ? sql`t.equipment_id = ${f.equipment_id}` : null, f.failed ? sql`not t.passed` : null, f.from_on ? sql`t.sampled_on >= ${f.from_on}::date` : null, f.to_on ? sql`t.sampled_on <= ${f.to_on}::date` : null]
  return sql.join([sql`t.company_id = ${scope.company_id}`, communitiesSeenBy(scope, { alias: 't' }), ...parts.filter((x) => x !== null)], sql` and `)
}
const testsOf = async (scope: Scope, f: WaterFilter, limit: number, offset: number): Promise<WaterTest[]> =>
  (await sql<WaterTest>`select ${TEST(scope.company_id)} where ${testsWhere(scope, f)} order by t.sampled_on desc, t.made_at desc, t.test_id limit ${limit} offset ${offset}`.execute(scope.db)).rows
const EXCEL_MAX = 20_000
async function testToChange(scope: Scope, test_id: string): Promise<{ community_id: string; published: boolean }> {
  const { rows } = await sql<{ community_id: string; published: boolean }>`select t.community_id, t.published_at is not null and t.withdrawn_at is null as published from equipment.water_test t where t.company_id = ${scope.company_id} and t.test_id = ${test_id} and ${communitiesSeenBy(scope, { alias: 't' })} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  await communityToChange(scope, rows[0].community_id)
  return rows[0]
}

const waterAnswers = [
  answer(equipment.waterLimits, (scope) => limitsOf(scope)),
  answer(equipment.saveWaterLimits, async (scope, o) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('equipment.from_past', { today: scope.today })
    const crossed = o.items.find((i) => i.low !== null && i.high !== null && compareDecimal(i.low, i.high) > 0)
    if (crossed) throw scope.refuse('equipment.limits_crossed', { name: crossed.name })
    const limit_id = uuidv7()
    await scope.db.insertInto('equipment.water_limit').values({ company_id: scope.company_id, limit_id, from_on: o.from_on, basis: o.basis, items: JSON.stringify(o.items), created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('water_limit', limit_id, { from_on: o.from_on, basis: o.basis })
    return { from_on: o.from_on }
  }),
  answer(equipment.waterTests, async (scope, f) => {
    const [rows, total] = await Promise.all([testsOf(scope, f, f.page_size, (f.page - 1) * f.page_size), sql<{ n: number }>`select count(*)::int as n from equipment.water_test t where ${testsWhere(scope, f)}`.execute(scope.db)])
    return { rows, total: total.rows[0]!.n }
  }),
  answerFile(equipment.waterTestsExcel, async (scope, f) => {
    const rows = await testsOf(scope, f, EXCEL_MAX + 1, 0)
    if (rows.length > EXCEL_MAX) throw scope.refuse('equipment.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({
      sheets: [{
        name: '水质检测', columns: [text('采样日'), text('小区'), text('采样点'), text('水箱'), text('结论'), text('结果'), text('不合格项'), text('检测单位'), text('报告编号'), text('公示时间'), text('撤下原因'), text('登记人'), text('说明')],
        rows: rows.map((r) => [r.sampled_on, r.community_name, r.place, r.device_name, r.passed ? '合格' : '不合格', r.results.map((x) => `${x.name} ${x.value}${x.unit ?? ''}`).join('、'), r.results.filter((x) => !x.ok).map((x) => `${x.name}(应 ${limitText(x)})`).join('、') || null, r.lab, r.report_no, r.withdrawn ? null : minuteText(r.published_at), r.withdrawn, r.made_by_name, r.note]),
      }],
    })
    return { name: `水质检测-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(equipment.saveWaterTest, async (scope, o) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    if (o.sampled_on > scope.today) throw scope.refuse('equipment.day_future')
    if (o.equipment_id && (await deviceToRead(scope, o.equipment_id)).community_id !== o.community_id) throw scope.refuse('equipment.elsewhere')
    if (o.file_id) await ownFiles(scope, [o.file_id])
    const limits = (await limitsOf(scope)).items
    const given = new Map(o.values.filter((v) => v.value.trim() !== '').map((v) => [v.name, v.value]))
    const results = limits.flatMap((i): WaterResult[] => {
      const value = given.get(i.name)
      if (value === undefined) return []
      const ok = judgeWater(i, value)
      if (ok === undefined) throw scope.refuse('equipment.value_wrong', { name: i.name, value })
      return [{ ...i, value: value.trim(), ok }]
    })
    if (results.length === 0) throw scope.refuse('equipment.no_values')
    const passed = results.every((r) => r.ok)
    const test_id = uuidv7()
    await scope.db.insertInto('equipment.water_test').values({ company_id: c, test_id, community_id: o.community_id, equipment_id: o.equipment_id, sampled_on: o.sampled_on, place: o.place, lab: o.lab, report_no: o.report_no || null, results: JSON.stringify(results), passed, file_id: o.file_id, note: o.note || null, made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('water_test', test_id, { sampled_on: o.sampled_on, passed })
    return { test_id, passed }
  }),
  answer(equipment.publishWaterTest, async (scope, o) => {
    const t = await testToChange(scope, o.test_id)
    if (t.published) throw scope.refuse('equipment.water_published')
    await sql`update equipment.water_test set published_at = ${scope.now}, published_by_name = ${scope.who.name}, withdrawn_at = null, withdraw_reason = null where company_id = ${scope.company_id} and test_id = ${o.test_id}`.execute(scope.db)
    scope.note('water_test', o.test_id, { published: true })
    return { test_id: o.test_id }
  }),
  answer(equipment.withdrawWaterTest, async (scope, o) => {
    const t = await testToChange(scope, o.test_id)
    if (!t.published) throw scope.refuse('equipment.water_not_published')
    await sql`update equipment.water_test set withdrawn_at = ${scope.now}, withdraw_reason = ${o.reason} where company_id = ${scope.company_id} and test_id = ${o.test_id}`.execute(scope.db)
    scope.note('water_test', o.test_id, { withdrawn: o.reason })
    return { test_id: o.test_id }
  }),
  answer(equipment.myWater, async (scope) => {
    const c = scope.company_id
    const houses = await housesOfResident(scope)
    const ids = [...new Set(houses.map((h) => h.house_id))]
    const { rows } = await sql<MyWater>`select distinct on (t.community_id) t.test_id, t.community_id, k.name as community_name, t.sampled_on, t.place, t.lab, t.report_no, t.results, t.passed, t.published_at, x.valid_from_on as cleaned_on, x.issuer as cleaned_by
      from equipment.water_test t join property.community k on k.company_id = ${c} and k.community_id = t.community_id
        left join lateral (select q.valid_from_on, q.issuer from equipment.cert q where q.company_id = ${c} and q.community_id = t.community_id and q.kind_id = ${certKindIdOf(c, 'tank_clean')} and q.ended_at is null order by q.valid_from_on desc limit 1) x on true
      where t.company_id = ${c} and t.published_at is not null and t.withdrawn_at is null and t.community_id in (select h.community_id from property.house h where h.company_id = ${c} and h.house_id = any(${ids}::uuid[])) order by t.community_id, t.sampled_on desc, t.made_at desc`.execute(scope.db)
    return { rows }
  }),
]
export const waterAnswersOf = (app: () => App) => [
  ...waterAnswers,
  answerFile(equipment.waterReport, async (scope, o) => {
    const { rows } = await sql<{ sha256: string; type: string; name: string }>`select f.sha256, f.type, f.name from equipment.water_test t join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = t.file_id where t.company_id = ${scope.company_id} and t.test_id = ${o.test_id} and ${communitiesSeenBy(scope, { alias: 't' })}`.execute(scope.db)
    const file = rows[0]
    if (!file || !(await hasFile(app().data_dir, file.sha256))) throw scope.notFound()
    return { name: file.name, type: file.type, body: openFile(app().data_dir, file.sha256), inline: true }
  }),
]
