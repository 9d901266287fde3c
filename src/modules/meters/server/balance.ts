// Main meters against what stands below them (总分表平衡): what is lost or used in common between, and whether it is too much.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { meters, type BalanceRow } from '../contract.ts'
import { words } from '../words.ts'
import { CHECK_FALLBACK } from './check_rules.ts'
import { pointUsage } from './usage_of.ts'

type Filter = { community_id?: string | undefined; kind?: string | undefined; point_id?: string | undefined; period: string }
const MAINS_MAX = 2000
const TREND_MONTHS = 12

// 3栋 before 10栋.
const BY_NAME = new Intl.Collator('zh', { numeric: true })

/** All mains of the filter, judged. Mains are few: a community has some tens. */
async function mainsOf(scope: Scope, f: Filter): Promise<BalanceRow[]> {
  const c = scope.company_id
  const next = `${addMonths(f.period, 1)}-01`
  const where: RawBuilder<unknown>[] = [sql`m.company_id = ${c}`, housesSeenBy(scope, { alias: 'm' }), sql`m.installed_on < ${next}::date`, sql`exists (select from meters.meter ch where ch.company_id = ${c} and ch.parent_point_id = m.point_id)`]
  if (f.community_id) where.push(sql`m.community_id = ${f.community_id}`)
  if (f.kind) where.push(sql`m.kind = ${f.kind}`)
  if (f.point_id) where.push(sql`m.point_id = ${f.point_id}`)
  const { rows } = await sql<Omit<BalanceRow, 'verdict'>>`
    with main as materialized (select distinct on (m.point_id) m.* from meters.meter m where ${sql.join(where, sql` and `)} order by m.point_id, m.installed_on desc, m.meter_id desc limit ${MAINS_MAX}),
    own as materialized (${pointUsage(scope, f.period, sql`m.point_id in (select x.point_id from main x)`)}),
    sub as materialized (select u.parent_point_id, coalesce(sum(u.usage), 0) as usage, count(*)::int as n, (count(*) filter (where u.missing_count > 0 or u.suspect_count > 0))::int as missing, (count(*) filter (where u.estimate_count > 0))::int as estimates
      from (${pointUsage(scope, f.period, sql`m.parent_point_id in (select x.point_id from main x)`)}) u group by u.parent_point_id)
    select m.point_id, m.meter_id, m.no, coalesce(m.name, h.label) as name, m.kind, m.community_id, cm.name as community_name, (select coalesce(p.name, p.no) from meters.meter p where p.company_id = ${c} and p.point_id = m.parent_point_id order by p.installed_on desc limit 1) as parent_name,
      trim_scale(own.usage)::text as main_usage, trim_scale(coalesce(sub.usage, 0))::text as sub_usage, trim_scale(own.usage - coalesce(sub.usage, 0))::text as loss,
      case when own.usage > 0 then least(greatest(round((own.usage - coalesce(sub.usage, 0)) * 10000 / own.usage), -2000000000), 2000000000)::int end as loss_bp, coalesce(k.loss_limit_bp, ${CHECK_FALLBACK.loss_limit_bp}::int) as limit_bp,
      coalesce(sub.n, 0) as sub_count, coalesce(sub.missing, 0) + (case when coalesce(own.missing_count, 1) > 0 or coalesce(own.suspect_count, 0) > 0 then 1 else 0 end) as missing_count, coalesce(sub.estimates, 0) + (case when coalesce(own.estimate_count, 0) > 0 then 1 else 0 end) as estimate_count
    from main m join property.community cm on cm.company_id = ${c} and cm.community_id = m.community_id left join property.house h on h.company_id = ${c} and h.house_id = m.house_id left join own on own.point_id = m.point_id left join sub on sub.parent_point_id = m.point_id
    left join lateral (select q.loss_limit_bp from meters.check_rule q where q.company_id = ${c} and q.kind = m.kind and (q.community_id = m.community_id or q.community_id is null) and q.from_on < ${next}::date order by q.community_id nulls last, q.from_on desc limit 1) k on true
    order by cm.name, m.parent_point_id nulls first, m.kind`.execute(scope.db)
  const place = (r: (typeof rows)[number]): string => `${r.community_name} ${r.parent_name === null ? 0 : 1} ${r.kind} `
  return rows.sort((a, b) => BY_NAME.compare(place(a) + a.name, place(b) + b.name)).map((r) => ({ ...r, verdict: r.main_usage === null || r.missing_count > 0 ? 'incomplete' : r.loss?.startsWith('-') ? 'negative' : (r.loss_bp ?? 0) > r.limit_bp ? 'over' : 'good' }))
}

/** Months of one main: usage of it and of what stands below. */
async function trendOf(scope: Scope, point_id: string, period: string) {
  const c = scope.company_id
  const { rows } = await sql<{ period: string; main_usage: string | null; sub_usage: string; loss: string | null; loss_bp: number | null }>`
    select to_char(r.period_on, 'YYYY-MM') as period, trim_scale(sum(r.usage) filter (where m.point_id = ${point_id}::uuid))::text as main_usage, trim_scale(coalesce(sum(r.usage) filter (where m.point_id <> ${point_id}::uuid), 0))::text as sub_usage,
      trim_scale(sum(r.usage) filter (where m.point_id = ${point_id}::uuid) - coalesce(sum(r.usage) filter (where m.point_id <> ${point_id}::uuid), 0))::text as loss,
      case when sum(r.usage) filter (where m.point_id = ${point_id}::uuid) > 0 then least(greatest(round((sum(r.usage) filter (where m.point_id = ${point_id}::uuid) - coalesce(sum(r.usage) filter (where m.point_id <> ${point_id}::uuid), 0)) * 10000 / sum(r.usage) filter (where m.point_id = ${point_id}::uuid)), -2000000000), 2000000000)::int end as loss_bp
    from meters.meter m join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.state <> 'suspect' and r.period_on > ${`${addMonths(period, -TREND_MONTHS)}-01`}::date and r.period_on <= ${`${period}-01`}::date
    where m.company_id = ${c} and (m.point_id = ${point_id} or m.parent_point_id = ${point_id}) group by r.period_on order by r.period_on`.execute(scope.db)
  return rows
}

const ALARMS = new Set(['over', 'negative'])
const percent = (bp: number | null): string | null => (bp === null ? null : String(bp / 100))

export const balanceAnswers = [
  answer(meters.balance, async (scope, { page, page_size, only, ...f }) => {
    const all = await mainsOf(scope, f)
    const rows = all.filter((r) => (only === 'alarm' ? ALARMS.has(r.verdict) : only === 'missing' ? r.verdict === 'incomplete' : true))
    return { rows: rows.slice((page - 1) * page_size, page * page_size), total: rows.length, alarm_count: all.filter((r) => ALARMS.has(r.verdict)).length, incomplete_count: all.filter((r) => r.verdict === 'incomplete').length }
  }),
  answerFile(meters.balanceExcel, async (scope, f) => {
    const rows = await mainsOf(scope, f)
    const number = (title: string) => ({ title, kind: 'number' as const })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({
      sheets: [{
        name: '总分表平衡', title_rows: [`总分表平衡 ${f.period}`],
        columns: [text('小区'), text('总表'), text('表种'), text('表号'), text('上级总表'), number('总表用量'), number('分表合计'), number('差额'), number('损耗率 %'), number('上限 %'), number('分表数'), number('缺读数'), number('估抄'), text('结论')],
        rows: rows.map((r) => [r.community_name, r.name, words.states!['meter_kind']![r.kind] ?? r.kind, r.no, r.parent_name, r.main_usage, r.sub_usage, r.loss, percent(r.loss_bp), percent(r.limit_bp), String(r.sub_count), String(r.missing_count), String(r.estimate_count), words.states!['balance']![r.verdict] ?? r.verdict]),
      }],
    })
    return { name: `总分表平衡_${f.period}.xlsx`, type: XLSX, body }
  }),
  answer(meters.balanceOf, async (scope, f) => {
    const c = scope.company_id
    const [main] = await mainsOf(scope, { point_id: f.point_id, period: f.period })
    if (!main) throw scope.notFound()
    const below = sql`(${pointUsage(scope, f.period, sql`m.parent_point_id = ${f.point_id}::uuid`)}) u`
    const total = (await sql<{ n: number }>`select count(*)::int as n from ${below}`.execute(scope.db)).rows[0]!.n
    const { rows } = await sql<{ point_id: string; meter_id: string; no: string; house_id: string | null; name: string; building_name: string | null; usage: string | null; share_bp: number | null; estimated: boolean; state: 'good'; child_count: number }>`
      select u.point_id, u.meter_id, m.no, m.house_id, coalesce(h.label, m.name) as name, b.name as building_name, trim_scale(u.usage)::text as usage, case when ${main.main_usage}::numeric > 0 then least(greatest(round(u.usage * 10000 / ${main.main_usage}::numeric), -2000000000), 2000000000)::int end as share_bp, u.estimate_count > 0 as estimated,
        case when u.missing_count > 0 then 'missing' when u.suspect_count > 0 then 'suspect' else 'good' end as state, (select count(*)::int from meters.meter ch where ch.company_id = ${c} and ch.parent_point_id = u.point_id and ch.removed_on is null) as child_count
      from ${below} join meters.meter m on m.company_id = ${c} and m.meter_id = u.meter_id left join property.house h on h.company_id = ${c} and h.house_id = m.house_id left join property.building b on b.company_id = ${c} and b.building_id = m.building_id
      order by u.missing_count > 0 desc, u.usage desc nulls first, m.no limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db)
    return { rows, total, main, months: await trendOf(scope, f.point_id, f.period) }
  }),
]
