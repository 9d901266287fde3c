// The households that the collection rate counts, each with what it was billed and what is paid: the same grouping as the figure.
import { sql } from 'kysely'
import type { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { ownerNames } from '../../people/server/index.ts'
import { billing } from '../contract.ts'
import type { RateHouse } from '../rate_contract.ts'
import { book } from './excel.ts'
import { byHouse, ratedBills } from './stats.ts'

type Filter = z.output<typeof billing.rateHousesExcel.takes>
const EXCEL_MAX = 50_000

async function grouped(scope: Scope, { cleared, ...f }: Filter) {
  const which = cleared === 'yes' ? sql`where g.open_fen <= 0` : cleared === 'no' ? sql`where g.open_fen > 0` : sql``
  return sql`(select g.* from ${byHouse(sql`0`, await ratedBills(scope, f))} ${which})`
}
async function rowsOf(scope: Scope, f: Filter, limit: number, offset: number): Promise<RateHouse[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<RateHouse, 'owner_names'>>`with g as materialized ${await grouped(scope, f)}
    select h.house_id, h.label as house_label, m.name as community_name, y.name as building_name, g.bill_count::int as bill_count, g.receivable_fen::bigint as receivable_fen, g.received_fen::bigint as received_fen, g.reduced_fen::bigint as reduced_fen, g.moved_fen::bigint as moved_fen, g.open_fen::bigint as open_fen
    from g join property.house h on h.company_id = ${c} and h.house_id = g.house_id join property.community m on m.company_id = ${c} and m.community_id = h.community_id join property.building y on y.company_id = ${c} and y.building_id = h.building_id
    order by m.name, h.sort_no, h.label, h.house_id limit ${limit} offset ${offset}`.execute(scope.db)
  const owners = await ownerNames(scope, rows.map((r) => r.house_id))
  return rows.map((r) => ({ ...r, owner_names: owners.get(r.house_id) ?? '' }))
}
async function sumsOfAll(scope: Scope, f: Filter) {
  const { rows } = await sql<{ total: number; receivable_fen_sum: number; received_fen_sum: number; reduced_fen_sum: number; open_fen_sum: number }>`select count(*)::int as total, coalesce(sum(g.receivable_fen), 0)::bigint as receivable_fen_sum, coalesce(sum(g.received_fen), 0)::bigint as received_fen_sum,
    coalesce(sum(g.reduced_fen), 0)::bigint as reduced_fen_sum, coalesce(sum(g.open_fen), 0)::bigint as open_fen_sum from ${await grouped(scope, f)} g`.execute(scope.db)
  return rows[0]!
}
const list = answer(billing.rateHouses, async (scope, { page, page_size, ...f }) => ({ ...(await sumsOfAll(scope, f)), rows: await rowsOf(scope, f, page_size, (page - 1) * page_size) }), { plan_once: true })
const excel = answerFile(billing.rateHousesExcel, async (scope, f) => {
  const sums = await sumsOfAll(scope, f)
  if (sums.total > EXCEL_MAX) throw scope.refuse('billing.export_too_large', { count: sums.total, max: EXCEL_MAX })
  const rows = await rowsOf(scope, f, EXCEL_MAX, 0)
  const money = (title: string) => ({ title, kind: 'money_fen' as const })
  return book(
    `户数明细_${f.period_from}_${f.period_to}`, `收缴率户数明细 账期 ${f.period_from} 至 ${f.period_to}`,
    [{ title: '小区', kind: 'text' }, { title: '楼栋', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '业主', kind: 'text' }, { title: '账单数', kind: 'int' }, money('应收'), money('已收'), money('减免'), money('拆并转出'), money('未收'), { title: '是否缴清', kind: 'text' }],
    rows.map((r) => [r.community_name, r.building_name, r.house_label, r.owner_names, r.bill_count, r.receivable_fen, r.received_fen, r.reduced_fen, r.moved_fen, r.open_fen, r.open_fen <= 0 ? '缴清' : '未缴清']),
    ['合计', '', `${sums.total} 户`, '', null, sums.receivable_fen_sum, sums.received_fen_sum, sums.reduced_fen_sum, null, sums.open_fen_sum, ''],
  )
})
export const rateAnswers = [list, excel]
