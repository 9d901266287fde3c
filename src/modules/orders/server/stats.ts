// Rates of repair orders by person, category, building, community or month of report. Every figure is a count of orders that the list shows by the
// same filter; rates are ten-thousandths, rounded down, so that 100 % is written only when nothing is left.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { percentText } from '../../../kernel/percent.ts'
import { orders, type Fact, type OrderStat, type StatsFilter } from '../contract.ts'
import { ordersSeenBy } from './access.ts'
import { facts } from './facts.ts'
import { conditions } from './list.ts'

const GROUPS_MAX = 500
type Counts = Record<Fact, number> & { key: string | null; name: string | null; rating_sum: number }

const GROUP: Record<StatsFilter['by'], { key: RawBuilder<unknown>; name: RawBuilder<unknown>; join: (c: number) => RawBuilder<unknown> }> = {
  worker: { key: sql`o.assignee_id::text`, name: sql`m.name`, join: (c) => sql`left join identity.member m on m.company_id = ${c} and m.account_id = o.assignee_id` },
  category: { key: sql`g.category_id::text`, name: sql`g.name`, join: (c) => sql`join orders.category g on g.company_id = ${c} and g.category_id = o.category_id` },
  building: { key: sql`o.building_id::text`, name: sql`b.name`, join: (c) => sql`left join property.building b on b.company_id = ${c} and b.building_id = o.building_id` },
  community: { key: sql`k.community_id::text`, name: sql`k.name`, join: (c) => sql`join property.community k on k.company_id = ${c} and k.community_id = o.community_id` },
  month: { key: sql`to_char(o.created_at at time zone 'Asia/Shanghai', 'YYYY-MM')`, name: sql`to_char(o.created_at at time zone 'Asia/Shanghai', 'YYYY-MM')`, join: () => sql`` },
}
const NOBODY: Record<StatsFilter['by'], string> = { worker: '未派单', category: '—', building: '公共区域', community: '—', month: '—' }
const rate = (part: number, whole: number): number | null => (whole > 0 ? Number((BigInt(part) * 10_000n) / BigInt(whole)) : null)

function shown(by: StatsFilter['by'], r: Counts): OrderStat {
  const { rating_sum, key, name, ...n } = r
  return {
    key, name: name ?? NOBODY[by], counts: n,
    respond_bp: rate(n.respond_in_time, n.respond_due), finished_bp: rate(n.finished, n.counted), finish_bp: rate(n.finish_in_time, n.finish_due), rework_bp: rate(n.reworked, n.ever_finished), visit_bp: rate(n.visited, n.visit_wanted), satisfied_bp: rate(n.satisfied, n.rated),
    rating_tenths: n.rated > 0 ? Number((BigInt(rating_sum) * 20n + BigInt(n.rated)) / (2n * BigInt(n.rated))) : null,
  }
}
async function stats(scope: Scope, f: StatsFilter): Promise<{ rows: OrderStat[]; all: OrderStat }> {
  const g = GROUP[f.by]
  const each = Object.entries(facts(scope)).map(([k, w]) => sql`count(*) filter (where ${w})::int as ${sql.ref(k)}`)
  const where = sql.join([ordersSeenBy(scope), ...conditions(scope, f)], sql` and `)
  const sums = sql.join([...each, sql`coalesce(sum(o.rating), 0)::int as rating_sum`])
  const { rows } = await sql<Counts & { whole: boolean }>`select ${g.key} as key, ${g.name} as name, grouping(${g.key}) = 1 as whole, ${sums} from orders.work_order o ${g.join(scope.company_id)}
    where o.company_id = ${scope.company_id} and ${where} group by grouping sets ((1, 2), ()) order by whole desc, counted desc, name limit ${GROUPS_MAX + 1}`.execute(scope.db)
  const of = rows.map(({ whole, ...r }) => ({ whole, stat: shown(f.by, r) }))
  const all = of.find((x) => x.whole)!.stat
  const list = of.filter((x) => !x.whole).map((x) => x.stat)
  return { rows: f.by === 'month' ? list.toSorted((a, b) => (a.key ?? '').localeCompare(b.key ?? '')) : list, all: { ...all, key: null, name: '合计' } }
}

export const statsAnswers = [
  answer(orders.stats, stats),
  answerFile(orders.statsExcel, async (scope, f) => {
    const { rows, all } = await stats(scope, f)
    const line = (r: OrderStat) => [r.name, r.counts.counted, r.counts.finished, percentText(r.finished_bp), percentText(r.respond_bp), percentText(r.finish_bp), percentText(r.rework_bp), percentText(r.visit_bp), percentText(r.satisfied_bp), r.rating_tenths === null ? null : `${Math.trunc(r.rating_tenths / 10)}.${r.rating_tenths % 10}`]
    const body = await writeSheet({
      sheets: [{
        name: '工单统计',
        columns: [{ title: '分组', kind: 'text' }, { title: '受理数', kind: 'int' }, { title: '完工数', kind: 'int' }, { title: '完工率', kind: 'text' }, { title: '到场及时率', kind: 'text' }, { title: '按时完工率', kind: 'text' }, { title: '返修率', kind: 'text' }, { title: '回访率', kind: 'text' }, { title: '满意率', kind: 'text' }, { title: '平均分', kind: 'text' }],
        rows: [...rows.map(line), line(all)],
      }],
    })
    return { name: `工单统计_${f.from_on}至${f.to_on}.xlsx`, type: XLSX, body }
  }),
]
