// Runs of automatic deduction as they are shown: the list with its sums, and its Excel.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import type { DeductRun } from '../contract_wallet.ts'
import { words } from '../words.ts'
import { count, day, listSheet, money, text } from './list_sheet.ts'

type Filter = z.output<typeof payment.deductRunsExcel.takes>

function whereOf(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`r.company_id = ${scope.company_id}`, communitiesSeenBy(scope, { alias: 'r' })]
  if (f.community_id) w.push(sql<SqlBool>`r.community_id = ${f.community_id}`)
  if (f.from_on) w.push(sql<SqlBool>`r.on_day >= ${f.from_on}`)
  if (f.to_on) w.push(sql<SqlBool>`r.on_day <= ${f.to_on}`)
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}
async function sums(scope: Scope, where: RawBuilder<SqlBool>) {
  const r = await sql<{ total: number; bill_count_sum: number; amount_fen_sum: number }>`select count(*)::int as total, coalesce(sum(r.bill_count), 0)::int as bill_count_sum, coalesce(sum(r.amount_fen), 0)::bigint as amount_fen_sum from payment.deduct_run r where ${where}`.execute(scope.db)
  return r.rows[0]!
}
async function read(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<DeductRun[]> {
  const c = scope.company_id
  const rows = await sql<Omit<DeductRun, 'started_by_name'> & { started_by: string | null }>`
    with page as materialized (select r.* from payment.deduct_run r where ${where} order by r.started_at desc, r.run_id desc limit ${limit} offset ${offset})
    select r.run_id, r.community_id, m.name as community_name, r.on_day, r.state, r.started_by, r.started_at, r.ended_at, r.house_count, r.bill_count, r.amount_fen, r.rule
    from page r join property.community m on m.company_id = ${c} and m.community_id = r.community_id order by r.started_at desc, r.run_id desc`.execute(scope.db)
  const names = await memberNames(scope, rows.rows.map((x) => x.started_by))
  return rows.rows.map(({ started_by, ...x }) => ({ ...x, started_by_name: started_by ? (names.get(started_by) ?? '') : '自动' }))
}
const ruleText = (rule: Record<string, unknown>): string => `${words.states!['deduct_when']![String(rule['when'])] ?? ''}${rule['general_too'] ? '' : ',只用专项'}`

const deductRuns = answer(payment.deductRuns, async (scope, { page, page_size, ...f }) => {
  const where = whereOf(scope, f)
  return { ...(await sums(scope, where)), rows: await read(scope, where, page_size, (page - 1) * page_size) }
})
const deductRunsExcel = answerFile(payment.deductRunsExcel, async (scope, f) => {
  const where = whereOf(scope, f)
  const s = await sums(scope, where)
  return listSheet(scope, {
    name: '预存自动抵扣', total: s.total, days: f,
    columns: [day('抵扣日'), text('小区'), text('规则'), text('发起'), text('开始时间'), text('结束时间'), count('户数'), count('账单数'), money('抵扣金额'), text('状态')],
    rows: async (limit) => (await read(scope, where, limit, 0)).map((r) => [r.on_day, r.community_name, ruleText(r.rule), r.started_by_name, minuteText(r.started_at), minuteText(r.ended_at), r.house_count, r.bill_count, r.amount_fen, words.states!['deduct_run']![r.state] ?? r.state]),
    totals: ['合计', `共 ${s.total} 次`, null, null, null, null, null, s.bill_count_sum, s.amount_fen_sum],
  })
})

export const deductRunAnswers = [deductRuns, deductRunsExcel]
