// Incidents by kind, level, community, building or month. Every figure is a count of incidents that the list shows by the same filter.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { percentText } from '../../../kernel/percent.ts'
import { safety, type Fact, type Stat, type StatsFilter } from '../contract.ts'
import { words } from '../words.ts'
import { seenBy } from './access.ts'
import { facts } from './facts.ts'
import { and, conditions } from './list.ts'

const GROUPS_MAX = 500
type Counts = Record<Fact, number> & { key: string | null; name: string | null; hurt: number; loss_fen: number }
const month = sql`to_char(o.occurred_at at time zone 'Asia/Shanghai', 'YYYY-MM')`
const GROUP: Record<StatsFilter['by'], { key: RawBuilder<unknown>; name: RawBuilder<unknown>; join: (c: number) => RawBuilder<unknown> }> = {
  kind: { key: sql`o.kind_id::text`, name: sql`k.name`, join: (c) => sql`join safety.kind k on k.company_id = ${c} and k.kind_id = o.kind_id` },
  level: { key: sql`o.level`, name: sql`o.level`, join: () => sql`` },
  community: { key: sql`o.community_id::text`, name: sql`p.name`, join: (c) => sql`join property.community p on p.company_id = ${c} and p.community_id = o.community_id` },
  building: { key: sql`o.building_id::text`, name: sql`b.name`, join: (c) => sql`left join property.building b on b.company_id = ${c} and b.building_id = o.building_id` },
  month: { key: month, name: month, join: () => sql`` },
}
function shown(by: StatsFilter['by'], { key, name, hurt, loss_fen, ...n }: Counts): Stat {
  return { key, name: (by === 'level' && name ? words.states!['level']![name] : name) ?? '未指明楼栋', counts: n, hurt, loss_fen, report_bp: n.report_due > 0 ? Math.floor((n.report_in_time * 10_000) / n.report_due) : null }
}
async function stats(scope: Scope, f: StatsFilter): Promise<{ rows: Stat[]; all: Stat }> {
  const g = GROUP[f.by]
  const { by: _by, ...filter } = f
  const fact = facts(scope)
  const each = Object.entries(fact).map(([k, w]) => sql`count(*) filter (where ${w})::int as ${sql.ref(k)}`)
  const { rows } = await sql<Counts & { whole: boolean }>`select ${g.key} as key, ${g.name} as name, grouping(${g.key}) = 1 as whole, ${sql.join(each)}, coalesce(sum(o.dead_count + o.badly_count + o.hurt_count) filter (where ${fact.counted}), 0)::int as hurt, coalesce(sum(o.loss_fen) filter (where ${fact.counted}), 0)::bigint as loss_fen
    from safety.incident o ${g.join(scope.company_id)} where o.company_id = ${scope.company_id} and ${and([seenBy(scope), ...conditions(scope, filter)])} group by grouping sets ((1, 2), ()) order by whole desc, counted desc, name limit ${GROUPS_MAX + 1}`.execute(scope.db)
  const list = rows.filter((r) => !r.whole).map(({ whole: _, ...r }) => shown(f.by, r))
  const { whole: _, ...sum } = rows.find((r) => r.whole)!
  return { rows: f.by === 'month' ? list.toSorted((a, b) => (a.key ?? '').localeCompare(b.key ?? '')) : list, all: { ...shown(f.by, sum), key: null, name: '合计' } }
}
export const statsAnswers = [
  answer(safety.incidentStats, stats),
  answerFile(safety.incidentStatsExcel, async (scope, f) => {
    const { rows, all } = await stats(scope, f)
    const n = (title: string) => ({ title, kind: 'int' as const })
    const body = await writeSheet({
      sheets: [{
        name: '安全事件统计', columns: [{ title: '分组', kind: 'text' }, n('事件数'), n('未结案'), n('已结案'), n('超过结案期限'), n('应上报'), n('上报超时'), { title: '上报及时率', kind: 'text' }, n('伤亡人数'), { title: '直接经济损失(元)', kind: 'money_fen' }, n('有未完措施'), n('措施逾期')],
        rows: [...rows, all].map((r) => [r.name, r.counts.counted, r.counts.open, r.counts.closed, r.counts.close_late, r.counts.report_due, r.counts.report_late, percentText(r.report_bp), r.hurt, r.loss_fen, r.counts.measure_open, r.counts.measure_late]),
      }],
    })
    return { name: `安全事件统计_${f.from_on}至${f.to_on}.xlsx`, type: XLSX, body }
  }),
]
