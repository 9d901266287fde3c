// 秩序问题统计 by subject, place, building, community, month, person or source. Every figure is a count of findings that the list shows by the same filter.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { percentText } from '../../../kernel/percent.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { rounds, type FindingFact, type FindingStat, type FindingStatsFilter } from '../contract.ts'
import { said } from '../shown.ts'
import { tasksSeenBy } from './access.ts'
import { findingFacts } from './finding_facts.ts'
import { findingConditions } from './findings.ts'

const GROUPS_MAX = 300
const month = sql`to_char(f.found_at at time zone 'Asia/Shanghai', 'YYYY-MM')`
type Group = { key: RawBuilder<unknown>; name: RawBuilder<unknown>; none: string }
const GROUP: Record<FindingStatsFilter['by'], Group> = {
  subject: { key: sql`f.subject_id::text`, name: sql`s.name`, none: '—' },
  place: { key: sql`f.place`, name: sql`f.place`, none: '—' },
  building: { key: sql`f.building_id::text`, name: sql`b.name`, none: '不在楼内' },
  community: { key: sql`f.community_id::text`, name: sql`k.name`, none: '—' },
  month: { key: month, name: month, none: '—' },
  person: { key: sql`f.found_by::text`, name: sql`m.name`, none: '—' },
  source: { key: sql`f.source`, name: sql`f.source`, none: '—' },
}
type Raw = Record<FindingFact, number> & { key: string | null; name: string | null; whole: boolean; groups: number }
async function stats(scope: Scope, { by, ...filter }: FindingStatsFilter): Promise<{ rows: FindingStat[]; all: FindingStat; more: number }> {
  const c = scope.company_id
  const g = GROUP[by]
  const each = Object.entries(findingFacts(scope)).map(([k, w]) => sql`count(*) filter (where ${w})::int as ${sql.ref(k)}`)
  const { rows } = await sql<Raw>`select ${g.key} as key, ${g.name} as name, grouping(${g.key}) = 1 as whole, (count(*) over ())::int as groups, ${sql.join(each)}
    from rounds.finding f join rounds.subject s on s.company_id = ${c} and s.subject_id = f.subject_id join property.community k on k.company_id = ${c} and k.community_id = f.community_id left join property.building b on b.company_id = ${c} and b.building_id = f.building_id left join identity.member m on m.company_id = ${c} and m.account_id = f.found_by
    where f.company_id = ${c} and ${tasksSeenBy(scope, undefined, 'f')} and ${sql.join(findingConditions(scope, { ...filter, public: true }), sql` and `)} group by grouping sets ((1, 2), ()) order by whole desc, ${by === 'month' ? sql`key` : sql`counted desc, name`} limit ${GROUPS_MAX + 1}`.execute(scope.db)
  const shown = ({ key, name, whole: _w, groups: _g, ...counts }: Raw): FindingStat => ({ key, name: (by === 'source' && name ? said('source', name) : name) ?? g.none, counts, in_time_bp: counts.due > 0 ? Math.floor((counts.in_time * 10_000) / counts.due) : null })
  const all = rows.find((r) => r.whole)!
  return { rows: rows.filter((r) => !r.whole).map(shown), all: { ...shown(all), key: null, name: '合计' }, more: Math.max(0, all.groups - 1 - GROUPS_MAX) }
}
export const orderStatsAnswers = [
  answer(rounds.findingStats, stats),
  answerFile(rounds.findingStatsExcel, async (scope, f) => {
    const { rows, all } = await stats(scope, f)
    const int = (title: string) => ({ title, kind: 'int' as const })
    const body = await writeSheet({
      sheets: [{
        name: '秩序问题统计', columns: [{ title: '分组', kind: 'text' }, int('发现'), int('当场处理'), int('转工单'), int('报主管部门'), int('已销项'), int('未销项'), int('逾期未处理'), int('应处理'), int('按时处理'), { title: '按时处理率', kind: 'text' }, int('复查不合格')],
        rows: [...rows, all].map((r) => [r.name, r.counts.counted, r.counts.fixed, r.counts.handed, r.counts.told, r.counts.closed, r.counts.open, r.counts.open_late, r.counts.due, r.counts.in_time, percentText(r.in_time_bp), r.counts.back]),
      }],
    })
    return { name: `秩序问题统计_${f.from_on}至${f.to_on}.xlsx`, type: XLSX, body }
  }),
]
