// Rates of complaints by kind, cause, building, community, person, department, source or month. Every figure is a count of complaints that the list
// shows by the same filter; rates are ten-thousandths, rounded down, so that 100 % is written only when nothing is left.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { percentText } from '../../../kernel/percent.ts'
import { care, type Fact, type Stat, type StatsFilter } from '../contract.ts'
import { words } from '../words.ts'
import { complaintsSeenBy } from './access.ts'
import { policyNow } from './config.ts'
import { facts } from './facts.ts'
import { and, conditions } from './list.ts'

const GROUPS_MAX = 500
type Counts = Record<Fact, number> & { key: string | null; name: string | null }
interface Group {
  key: RawBuilder<unknown>
  name: RawBuilder<unknown>
  join: (c: number) => RawBuilder<unknown>
}
const month = sql`to_char(o.created_at at time zone 'Asia/Shanghai', 'YYYY-MM')`
const GROUP: Record<StatsFilter['by'], Group> = {
  kind: { key: sql`o.kind_id::text`, name: sql`k.name`, join: (c) => sql`join care.kind k on k.company_id = ${c} and k.kind_id = o.kind_id` },
  cause: { key: sql`o.cause_id::text`, name: sql`x.name`, join: (c) => sql`left join care.cause x on x.company_id = ${c} and x.cause_id = o.cause_id` },
  building: { key: sql`o.building_id::text`, name: sql`b.name`, join: (c) => sql`left join property.building b on b.company_id = ${c} and b.building_id = o.building_id` },
  community: { key: sql`o.community_id::text`, name: sql`p.name`, join: (c) => sql`join property.community p on p.company_id = ${c} and p.community_id = o.community_id` },
  person: { key: sql`o.assignee_id::text`, name: sql`m.name`, join: (c) => sql`left join identity.member m on m.company_id = ${c} and m.account_id = o.assignee_id` },
  department: { key: sql`o.department_id::text`, name: sql`d.name`, join: (c) => sql`left join care.department d on d.company_id = ${c} and d.department_id = o.department_id` },
  source: { key: sql`o.source`, name: sql`o.source`, join: () => sql`` },
  month: { key: month, name: month, join: () => sql`` },
}
const NOBODY: Record<StatsFilter['by'], string> = { kind: '—', cause: '未定原因', building: '未指明楼栋', community: '—', person: '未分派', department: '未派部门', source: '—', month: '—' }
export const rate = (part: number, whole: number): number | null => (whole > 0 ? Number((BigInt(part) * 10_000n) / BigInt(whole)) : null)

function shown(by: StatsFilter['by'], { key, name, ...n }: Counts): Stat {
  return {
    key, name: (by === 'source' && name ? words.states!['source']![name] : name) ?? NOBODY[by], counts: n,
    accept_bp: rate(n.accept_in_time, n.accept_due), answer_bp: rate(n.answer_in_time, n.answer_due), closed_bp: rate(n.closed, n.counted), reopen_bp: rate(n.reopened, n.counted), visit_bp: rate(n.visited, n.visit_wanted), satisfied_bp: rate(n.satisfied, n.asked),
    outside_contact_bp: rate(n.outside_contacted, n.outside), outside_solved_bp: rate(n.outside_solved, n.outside), outside_satisfied_bp: rate(n.outside_satisfied, n.outside),
  }
}
async function stats(scope: Scope, f: StatsFilter): Promise<{ rows: Stat[]; all: Stat; goal_percent: number }> {
  const g = GROUP[f.by]
  const { by: _by, ...filter } = f
  const each = Object.entries(facts(scope)).map(([k, w]) => sql`count(*) filter (where ${w})::int as ${sql.ref(k)}`)
  const [{ rows }, policy] = await Promise.all([
    sql<Counts & { whole: boolean }>`select ${g.key} as key, ${g.name} as name, grouping(${g.key}) = 1 as whole, ${sql.join(each)} from care.complaint o ${g.join(scope.company_id)}
      where o.company_id = ${scope.company_id} and ${and([complaintsSeenBy(scope), ...conditions(scope, filter)])} group by grouping sets ((1, 2), ()) order by whole desc, counted desc, name limit ${GROUPS_MAX + 1}`.execute(scope.db),
    policyNow(scope),
  ])
  const list = rows.filter((r) => !r.whole).map(({ whole: _, ...r }) => shown(f.by, r))
  const { whole: _, ...sum } = rows.find((r) => r.whole)!
  return { rows: f.by === 'month' ? list.toSorted((a, b) => (a.key ?? '').localeCompare(b.key ?? '')) : list, all: { ...shown(f.by, sum), key: null, name: '合计' }, goal_percent: policy.goal_percent }
}

export const statsAnswers = [
  answer(care.complaintStats, stats),
  answerFile(care.complaintStatsExcel, async (scope, f) => {
    const { rows, all } = await stats(scope, f)
    const n = (title: string) => ({ title, kind: 'int' as const })
    const p = (title: string) => ({ title, kind: 'text' as const })
    const line = (r: Stat) => [r.name, r.counts.counted, r.counts.open, r.counts.answer_late, r.counts.closed, r.counts.reopened, ...[r.accept_bp, r.answer_bp, r.closed_bp, r.reopen_bp, r.visit_bp, r.satisfied_bp].map(percentText), r.counts.outside, ...[r.outside_contact_bp, r.outside_solved_bp, r.outside_satisfied_bp].map(percentText)]
    const body = await writeSheet({ sheets: [{ name: '投诉统计', columns: [p('分组'), n('受理数'), n('未办结'), n('答复超时'), n('办结数'), n('重开数'), ...['受理及时率', '答复及时率', '办结率', '重开率', '回访率', '满意率'].map(p), n('转办数'), ...['转办响应率', '转办解决率', '转办满意率'].map(p)], rows: [...rows.map(line), line(all)] }] })
    return { name: `投诉统计_${f.from_on}至${f.to_on}.xlsx`, type: XLSX, body }
  }),
]
