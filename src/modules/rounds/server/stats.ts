// 巡查统计 by department, person, route, kind, community or day. Every figure is a count of tasks that the list shows by the same filter; rates are
// ten-thousandths, rounded down.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { percentText } from '../../../kernel/percent.ts'
import { FACTS, rounds, type Fact, type Stat, type StatsFilter } from '../contract.ts'
import { tasksSeenBy } from './access.ts'
import { conditions, counted } from './list.ts'

const GROUPS_MAX = 500
const GROUP: Record<StatsFilter['by'], { key: RawBuilder<unknown>; name: RawBuilder<unknown>; none: string }> = {
  department: { key: sql`g.department`, name: sql`g.department`, none: '—' },
  person: { key: sql`t.done_by::text`, name: sql`m.name`, none: '无人执行' },
  route: { key: sql`t.route_id::text`, name: sql`r.name`, none: '不分点位' },
  kind: { key: sql`t.kind_id::text`, name: sql`g.name`, none: '—' },
  community: { key: sql`t.community_id::text`, name: sql`k.name`, none: '—' },
  day: { key: sql`t.on_day::text`, name: sql`t.on_day::text`, none: '—' },
}
const rate = (part: number, whole: number): number | null => (whole > 0 ? Number((BigInt(part) * 10_000n) / BigInt(whole)) : null)
type Raw = Record<Fact, number> & { key: string | null; name: string | null; whole: boolean; points: number; checked: number; got: number; max: number; findings: number }
const shown = (r: Raw, none: string): Stat => ({
  key: r.key, name: r.name ?? none, counts: Object.fromEntries(FACTS.map((f) => [f, r[f]])) as Record<Fact, number>, done_bp: rate(r.done, r.due), in_time_bp: rate(r.in_time, r.due), missed_bp: rate(r.missed, r.due), score_bp: rate(r.got, r.max), finding_count: r.findings, point_count: r.points, checked_count: r.checked,
})
async function stats(scope: Scope, f: StatsFilter): Promise<{ rows: Stat[]; all: Stat }> {
  const c = scope.company_id
  const g = GROUP[f.by]
  const where = sql.join([tasksSeenBy(scope), ...conditions(scope, f)], sql` and `)
  const { rows } = await sql<Raw>`with found as materialized (select f.task_id, count(*)::int as n from rounds.finding f where f.company_id = ${c} and f.on_day between ${f.from_on}::date and ${f.to_on}::date group by 1)
    select ${g.key} as key, ${g.name} as name, grouping(${g.key}) = 1 as whole, ${counted(scope)}, coalesce(sum(t.point_count) filter (where t.state not in ('cancelled','waived') and t.due_at < ${scope.now}::timestamptz), 0)::int as points, coalesce(sum(t.checked_count - t.skip_count) filter (where t.state not in ('cancelled','waived') and t.due_at < ${scope.now}::timestamptz), 0)::int as checked, coalesce(sum(t.score_got), 0)::int as got, coalesce(sum(t.score_max), 0)::int as max, coalesce(sum(fd.n), 0)::int as findings
    from rounds.task t join rounds.kind g on g.company_id = ${c} and g.kind_id = t.kind_id join property.community k on k.company_id = ${c} and k.community_id = t.community_id left join rounds.route r on r.company_id = ${c} and r.route_id = t.route_id left join identity.member m on m.company_id = ${c} and m.account_id = t.done_by left join found fd on fd.task_id = t.task_id
    where t.company_id = ${c} and ${where} group by grouping sets ((1, 2), ()) order by whole desc, ${f.by === 'day' ? sql`1` : sql`due desc, name`} limit ${GROUPS_MAX + 1}`.execute(scope.db)
  const whole = rows.find((r) => r.whole)!
  return { rows: rows.filter((r) => !r.whole).map((r) => shown(r, g.none)), all: { ...shown(whole, g.none), key: null, name: '合计' } }
}
export const statsAnswers = [
  answer(rounds.stats, stats),
  answerFile(rounds.statsExcel, async (scope, f) => {
    const { rows, all } = await stats(scope, f)
    const line = (r: Stat) => [r.name, r.counts.due, r.counts.done, percentText(r.done_bp), r.counts.in_time, percentText(r.in_time_bp), r.counts.late, r.counts.missed, percentText(r.missed_bp), r.counts.rejected, r.point_count, r.checked_count, r.finding_count, percentText(r.score_bp)]
    const text = (title: string) => ({ title, kind: 'text' as const })
    const int = (title: string) => ({ title, kind: 'int' as const })
    const body = await writeSheet({ sheets: [{ name: '巡查统计', columns: [text('分组'), int('应完成'), int('完成'), text('完成率'), int('按时'), text('按时率'), int('迟到'), int('漏检'), text('漏检率'), int('不合格'), int('应到点位'), int('实到点位'), int('问题'), text('得分率')], rows: [...rows.map(line), line(all)] }] })
    return { name: `巡查统计_${f.from_on}至${f.to_on}.xlsx`, type: XLSX, body }
  }),
]
