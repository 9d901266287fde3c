// The rates of a district against their targets, and what the register holds; each figure is the count of rows that the register shows under the same filter.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { supervision, type Code, type Overview } from '../contract.ts'
import { percentOf, shown } from '../shown.ts'
import { authorityOf } from './access.ts'
import { within } from './config.ts'
import { CLASS, FACTS, REPORT, TENURE } from './facts.ts'
import { known } from './places.ts'
import { ratesOf, type Sum } from './rules/rates.ts'

interface Of { district_id: string; managed_by: string; class: string; kind: string; place_count: number; household_count: number; area: string; reporting_count: number; over_count: number }
/** Hundredths of a square metre, so that sums of texts stay exact. */
const cents = (m2: string): number => Math.round(Number(m2) * 100)
const m2 = (n: number): string => (n / 100).toFixed(2)

export async function overviewOf(scope: Scope, district_id?: string): Promise<Overview> {
  const name = await authorityOf(scope)
  const c = scope.company_id
  const { districts, targets } = await known(scope)
  if (district_id && !districts.some((d) => d.district_id === district_id)) throw scope.notFound()
  const here = district_id ? sql`p.district_id = any(${within(districts, district_id)}::uuid[])` : sql`true`
  const { rows: sums } = await sql<Sum & { district_id: string }>`select p.district_id, x.code, sum(x.numerator_count)::int as numerator_count, sum(x.denominator_count)::int as denominator_count, (count(*) filter (where x.answer = 'unknown'))::int as unknown_count, (count(*) filter (where x.answer = 'no'))::int as no_count
    from supervision.place p ${TENURE(scope)} ${REPORT(scope)} cross join lateral ${FACTS(scope, targets)} x where p.company_id = ${c} and p.retired_at is null and ${here} group by p.district_id, x.code`.execute(scope.db)
  const { rows: of } = await sql<Of>`select p.district_id, coalesce(t.kind, 'none') as managed_by, coalesce(s.class, '未排查') as class, p.kind, count(*)::int as place_count, coalesce(sum(p.household_count), 0)::int as household_count, coalesce(sum(p.built_area_m2), 0)::text as area, count(r.report_id)::int as reporting_count, (count(*) filter (where t.until_on < ${scope.today}::date))::int as over_count
    from supervision.place p ${TENURE(scope)} ${REPORT(scope)} ${CLASS(scope)} where p.company_id = ${c} and p.retired_at is null and ${here} group by 1, 2, 3, 4`.execute(scope.db)
  const { rows: firms } = await sql<{ n: number }>`select count(*)::int as n from supervision.firm where company_id = ${c} and retired_at is null`.execute(scope.db)
  const goal = (code: Code): number => targets.find((t) => t.code === code)!.target_bp
  const total = (rows: readonly Of[]) => ({ place_count: rows.reduce((n, r) => n + r.place_count, 0), household_count: rows.reduce((n, r) => n + r.household_count, 0), area_m2: m2(rows.reduce((n, r) => n + cents(r.area), 0)) })
  const by = (key: 'managed_by' | 'class' | 'kind') => [...Map.groupBy(of, (r) => r[key])].map(([k, rows]) => ({ key: k, ...total(rows) })).toSorted((a, b) => b.place_count - a.place_count || (a.key < b.key ? -1 : 1))
  const tops = districts.filter((d) => !d.retired && d.parent_id === (district_id ?? null))
  // A county alone at the top says nothing that the whole does not: its streets are shown.
  const shownDistricts = !district_id && tops.length === 1 ? districts.filter((d) => !d.retired && d.parent_id === tops[0]!.district_id) : tops
  return {
    authority: name, district_id: district_id ?? null, ...total(of), firm_count: firms[0]!.n, reporting_count: of.reduce((n, r) => n + r.reporting_count, 0), over_count: of.reduce((n, r) => n + r.over_count, 0),
    rates: ratesOf(sums, goal), by_managed: by('managed_by'), by_class: by('class'), by_kind: by('kind'),
    by_district: shownDistricts.map((d) => {
      const ids = within(districts, d.district_id)
      const rows = of.filter((r) => ids.includes(r.district_id))
      return { district_id: d.district_id, name: d.name, ...total(rows), none_count: rows.filter((r) => r.managed_by === 'none').reduce((n, r) => n + r.place_count, 0), rates: ratesOf(sums.filter((s) => ids.includes(s.district_id)), goal) }
    }),
  }
}
const ratio = (r: { numerator_count: number; denominator_count: number; rate_bp: number | null }): string => (r.denominator_count === 0 ? '—' : `${r.numerator_count}/${r.denominator_count} ${percentOf(r.rate_bp)}`)
export const overviewAnswers = [
  answer(supervision.overview, (scope, f) => overviewOf(scope, f.district_id)),
  answerFile(supervision.overviewPdf, async (scope, f) => {
    const o = await overviewOf(scope, f.district_id)
    const { districts } = await known(scope)
    const text = (title: string) => ({ title, kind: 'text' as const })
    const count = (title: string) => ({ title, kind: 'count' as const })
    const body = await renderPdf('table_a4', {
      company_name: o.authority, title: '物业管理监管统计表', printed_by: scope.who.name, printed_at: scope.today,
      filters: [`辖区:${f.district_id ? (districts.find((d) => d.district_id === f.district_id)?.path ?? '') : '全部'}`, ...o.rates.map((r) => `${shown('code', r.code)} ${ratio(r)}(目标 ${percentOf(r.target_bp)})`)],
      columns: [text('辖区'), count('小区'), count('户数'), text('面积(㎡)'), count('无人管理'), ...o.rates.map((r) => text(shown('code', r.code)))],
      rows: o.by_district.map((d) => [d.name, d.place_count, d.household_count, d.area_m2, d.none_count, ...d.rates.map(ratio)]),
      totals: ['', o.place_count, o.household_count, o.area_m2, o.by_managed.find((x) => x.key === 'none')?.place_count ?? 0, ...o.rates.map(ratio)],
    })
    return { name: `物业管理监管统计表-${scope.today}.pdf`, type: 'application/pdf', body, inline: true }
  }),
]
