// The register of communities on the screen and in Excel, and one of them whole: the page is cut before anything is joined.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { CODES, PLACE_KINDS, supervision, type District, type Fact, type PlaceFilter, type PlaceFull, type PlaceRow, type Target } from '../contract.ts'
import { shown } from '../shown.ts'
import { authorityOf } from './access.ts'
import { classesOn, districtsOf, targetsOf, within } from './config.ts'
import { CLASS, FACTS, REPORT, TENURE } from './facts.ts'
import { reportsOf } from './sent.ts'

const EXCEL_MAX = 20_000
const PARTS_MAX = 100
interface Known { districts: District[]; targets: Target[] }
export const known = async (scope: Scope): Promise<Known> => ({ districts: await districtsOf(scope), targets: await targetsOf(scope) })
/** Over place `p` with TENURE, REPORT and CLASS. */
function where(scope: Scope, f: PlaceFilter, k: Known): RawBuilder<SqlBool> {
  const w: RawBuilder<unknown>[] = [sql`p.company_id = ${scope.company_id}`, f.retired ? sql`p.retired_at is not null` : sql`p.retired_at is null`]
  if (f.q) w.push(sql`(position(${f.q} in p.name) > 0 or position(${f.q} in p.address) > 0 or position(${f.q} in t.holder) > 0)`)
  if (f.district_id) w.push(sql`p.district_id = any(${within(k.districts, f.district_id)}::uuid[])`)
  if (f.kind) w.push(sql`p.kind = ${f.kind}`)
  if (f.managed_by) w.push(sql`coalesce(t.kind, 'none') = ${f.managed_by}`)
  if (f.firm_id) w.push(sql`t.firm_id = ${f.firm_id}`)
  if (f.class) w.push(f.class === '未排查' ? sql`s.class is null` : sql`s.class = ${f.class}`)
  if (f.fit !== undefined) w.push(sql`p.fit = ${f.fit}`)
  if (f.reporting !== undefined) w.push(f.reporting ? sql`r.report_id is not null` : sql`r.report_id is null`)
  if (f.over) w.push(sql`t.until_on < ${scope.today}::date`)
  if (f.place_ids) w.push(sql`p.place_id = any(${f.place_ids}::uuid[])`)
  if (f.code) w.push(sql`exists (select from ${FACTS(scope, k.targets)} x where x.code = ${f.code} and ${f.answer ? sql`x.answer = ${f.answer}` : sql`x.answer <> 'na'`})`)
  return sql<SqlBool>`${sql.join(w, sql` and `)}`
}
const FROM = (scope: Scope): RawBuilder<unknown> => sql`supervision.place p ${TENURE(scope)} ${REPORT(scope)} ${CLASS(scope)}`
async function rowsOf(scope: Scope, cond: RawBuilder<SqlBool>, k: Known, limit: number, offset = 0): Promise<PlaceRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<PlaceRow, 'district_path'>>`with page as materialized (select p.place_id from ${FROM(scope)} where ${cond} order by p.name, p.place_id limit ${limit} offset ${offset})
    select p.place_id, p.name, p.district_id, p.kind, p.address, p.built_area_m2::text as built_area_m2, p.household_count, p.building_count, p.built_year, p.fit, coalesce(t.kind, 'none') as managed_by, t.holder as manager, t.firm_id, t.until_on, s.class, r.sent_on as reported_on, r.report_id is not null as reporting, p.retired_at is not null as retired,
      (select jsonb_agg(jsonb_build_object('code', x.code, 'answer', x.answer, 'numerator_count', x.numerator_count, 'denominator_count', x.denominator_count, 'said', x.said, 'source', x.source, 'at', x.at, 'by_name', x.by_name) order by x.no) from ${FACTS(scope, k.targets)} x) as facts
    from page g join supervision.place p on p.company_id = ${c} and p.place_id = g.place_id ${TENURE(scope)} ${REPORT(scope)} ${CLASS(scope)} order by p.name, p.place_id`.execute(scope.db)
  const path = new Map(k.districts.map((d) => [d.district_id, d.path]))
  return rows.map((r) => ({ ...r, district_path: path.get(r.district_id) ?? '' }))
}
export const factOf = (r: { facts: readonly Fact[] }, code: (typeof CODES)[number]): Fact => r.facts.find((x) => x.code === code)!

export const placeAnswers = [
  answer(supervision.places, async (scope, f) => {
    await authorityOf(scope)
    const k = await known(scope)
    const cond = where(scope, f, k)
    const { rows: n } = await sql<{ total: number; area: string; households: number }>`select count(*)::int as total, coalesce(sum(p.built_area_m2), 0)::text as area, coalesce(sum(p.household_count), 0)::int as households from ${FROM(scope)} where ${cond}`.execute(scope.db)
    const { rows: used } = await sql<{ kind: string }>`select distinct kind from supervision.place where company_id = ${scope.company_id} order by 1 limit ${PARTS_MAX}`.execute(scope.db)
    return { rows: await rowsOf(scope, cond, k, f.page_size, (f.page - 1) * f.page_size), total: n[0]!.total, built_area_sum_m2: n[0]!.area, household_sum_count: n[0]!.households, kinds: [...new Set([...PLACE_KINDS, ...used.map((u) => u.kind)])], classes: (await classesOn(scope)).classes.map((x) => x.name) }
  }),
  answerFile(supervision.placesExcel, async (scope, f) => {
    await authorityOf(scope)
    const k = await known(scope)
    const rows = await rowsOf(scope, where(scope, f, k), k, EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('supervision.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [{ name: '小区登记', columns: [text('小区'), text('辖区'), text('类型'), text('地址'), { title: '建筑面积', kind: 'number' }, { title: '户数', kind: 'int' }, { title: '楼栋', kind: 'int' }, { title: '建成年份', kind: 'int' }, text('管理方式'), text('管理单位'), { title: '接管期限', kind: 'day' }, text('排查分类'), ...CODES.map((c) => text(shown('code', c))), { title: '最近报送', kind: 'day' }],
      rows: rows.map((r) => [r.name, r.district_path, r.kind, r.address, r.built_area_m2, r.household_count, r.building_count, r.built_year, shown('managed_by', r.managed_by), r.manager, r.until_on, r.class, ...CODES.map((c) => shown('answer', factOf(r, c).answer)), r.reported_on]) }] })
    return { name: `小区登记-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(supervision.place, async (scope, { place_id }): Promise<PlaceFull> => {
    await authorityOf(scope)
    const c = scope.company_id
    const k = await known(scope)
    const [row] = await rowsOf(scope, sql<SqlBool>`p.company_id = ${c} and p.place_id = ${place_id}`, k, 1)
    if (!row) throw scope.notFound()
    const { rows: own } = await sql<{ note: string | null; retire_reason: string | null; reporter_id: number | null; reporter_community_id: string | null }>`select note, retire_reason, reporter_id, reporter_community_id from supervision.place where company_id = ${c} and place_id = ${place_id}`.execute(scope.db)
    const { rows: tenures } = await sql<Omit<PlaceFull['tenures'][number], 'can'>>`select t.tenure_id, t.kind, coalesce(f.name, t.holder) as holder, t.firm_id, t.from_on, t.to_on, t.until_on, (t.to_on is null and t.until_on < ${scope.today}::date) is true as over, t.basis, t.end_reason, t.made_by_name, t.made_at from supervision.tenure t left join supervision.firm f on f.company_id = ${c} and f.firm_id = t.firm_id where t.company_id = ${c} and t.place_id = ${place_id} order by t.from_on desc, t.tenure_id limit ${PARTS_MAX}`.execute(scope.db)
    const { rows: surveyed } = await sql<PlaceFull['surveyed'][number]>`select s.surveyed_id, v.title as survey_title, s.class, s.found, s.on_day, s.made_by_name, s.made_at from supervision.surveyed s join supervision.survey v on v.company_id = ${c} and v.survey_id = s.survey_id where s.company_id = ${c} and s.place_id = ${place_id} order by s.made_at desc, s.surveyed_id desc limit ${PARTS_MAX}`.execute(scope.db)
    const { rows: history } = await sql<PlaceFull['history'][number]>`select code, answer, said, made_by_name, made_at from supervision.fact where company_id = ${c} and place_id = ${place_id} order by made_at desc, fact_id desc limit ${PARTS_MAX}`.execute(scope.db)
    const reports = own[0]!.reporter_id === null ? [] : await reportsOf(scope, sql<SqlBool>`r.to_company_id = ${c} and r.company_id = ${own[0]!.reporter_id} and r.community_id = ${own[0]!.reporter_community_id}`, 20)
    const open = row.retired ? 'supervision.place_retired' : true
    return { ...row, note: own[0]!.note, retire_reason: own[0]!.retire_reason, tenures: tenures.map((t) => ({ ...t, can: { end: t.to_on === null ? true : 'supervision.tenure_over' } })), surveyed, reports, history, can: { edit: open, hold: open === true && row.managed_by !== 'none' ? 'supervision.tenure_overlaps' : open } }
  }),
]
