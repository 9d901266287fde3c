// Lists of incidents, cut before names are joined; their Excel; those of whoever asks.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { safety, type IncidentFilter, type IncidentRow, type State } from '../contract.ts'
import { words } from '../words.ts'
import { partOf, seenBy } from './access.ts'
import { LATE, facts } from './facts.ts'

const COUNT_MAX = 10_000
const EXCEL_MAX = 20_000
const WORDS_SHOWN = 40
const MINE_MAX = 50
export const and = (parts: readonly RawBuilder<unknown>[]): RawBuilder<SqlBool> => sql<SqlBool>`${sql.join(parts, sql` and `)}`

export function conditions(scope: Scope, f: Omit<IncidentFilter, 'state'>): RawBuilder<unknown>[] {
  const p: RawBuilder<unknown>[] = []
  if (f.community_id) p.push(sql`o.community_id = ${f.community_id}`)
  if (f.building_id) p.push(sql`o.building_id = ${f.building_id}`)
  if (f.kind_id) p.push(sql`o.kind_id = ${f.kind_id}`)
  if (f.level) p.push(sql`o.level = ${f.level}`)
  if (f.fact) p.push(facts(scope)[f.fact])
  if (f.from_on) p.push(sql`o.occurred_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) p.push(sql`o.occurred_at < ${dayStart(f.to_on, 1)}`)
  if (f.q) p.push(found(f.q))
  return p
}
function found(q: string): RawBuilder<SqlBool> {
  const t = q.normalize('NFKC').trim()
  if (/^AQ\d{4}-?\d+$/i.test(t)) return sql<SqlBool>`o.no like ${`${t.toUpperCase()}%`}`
  return sql<SqlBool>`(o.words like ${`%${t}%`} or o.place like ${`%${t}%`})`
}
const FIELDS = (scope: Scope, length: number) => sql`o.incident_id, o.no, k.name as kind, o.level, c.name as community_name, o.place, left(o.words, ${length}::int) as words, o.occurred_at, o.state, m.name as assignee_name, coalesce(b.name, '') as reported_by_name, o.report_due_at, o.reported_at, o.close_due_at, ${LATE(scope)} as late, o.dead_count + o.badly_count + o.hurt_count as hurt, o.dead_count, o.badly_count, o.hurt_count, o.closed_at, o.loss_fen,
  (select count(*)::int from safety.measure ms where ms.company_id = ${scope.company_id} and ms.incident_id = o.incident_id and ms.done_at is null and ms.removed_at is null) as open_measures`
const NAMES = (scope: Scope) => sql`join property.community c on c.company_id = ${scope.company_id} and c.community_id = o.community_id join safety.kind k on k.company_id = ${scope.company_id} and k.kind_id = o.kind_id
  left join identity.member m on m.company_id = ${scope.company_id} and m.account_id = o.assignee_id left join identity.member b on b.company_id = ${scope.company_id} and b.account_id = o.created_by`
const NEWEST = sql`o.occurred_at desc, o.incident_id`
export async function rowsOf(scope: Scope, where: RawBuilder<SqlBool>, p: { page: number; page_size: number }): Promise<IncidentRow[]> {
  const { rows } = await sql<IncidentRow>`with page as materialized (select o.* from safety.incident o where o.company_id = ${scope.company_id} and ${where} order by ${NEWEST} limit ${p.page_size} offset ${(p.page - 1) * p.page_size})
    select ${FIELDS(scope, WORDS_SHOWN)} from page o ${NAMES(scope)} order by ${NEWEST}`.execute(scope.db)
  return rows
}
const whole = (scope: Scope, f: IncidentFilter): RawBuilder<SqlBool> => and([seenBy(scope), ...conditions(scope, f), ...(f.state ? [sql`o.state = ${f.state}`] : [])])

const incidents = answer(safety.incidents, async (scope, f) => {
  const base = and([seenBy(scope), ...conditions(scope, f)])
  const fact = facts(scope)
  const n = (name: string, w: RawBuilder<SqlBool>) => sql`select ${name} as state, count(*)::int as n from (select 1 from safety.incident o where o.company_id = ${scope.company_id} and ${w} limit ${COUNT_MAX}) x`
  const [rows, counted] = await Promise.all([
    rowsOf(scope, whole(scope, f), f),
    sql<{ state: State | 'report_late' | 'measure_late' | 'total'; n: number }>`select o.state, count(*)::int as n from safety.incident o where o.company_id = ${scope.company_id} and o.state in ('reported','handling','review') and ${base} group by 1
      union all ${n('report_late', and([sql`o.reported_at is null`, fact.report_late, base]))} union all ${n('measure_late', and([fact.measure_late, base]))} union all ${n('total', whole(scope, f))}`.execute(scope.db),
  ])
  return { rows, total: counted.rows.find((r) => r.state === 'total')!.n, counts: Object.fromEntries(counted.rows.filter((r) => r.state !== 'total').map((r) => [r.state, r.n])) }
})
interface ExcelRow extends IncidentRow {
  cause: string | null
  duty: string | null
  reports: string | null
}
const excel = answerFile(safety.incidentsExcel, async (scope, f) => {
  const { rows } = await sql<ExcelRow>`select ${FIELDS(scope, 2000)}, o.cause, o.duty,
      (select string_agg(r.receiver || coalesce(' ' || r.outside_no, ''), ';' order by r.reported_at) from safety.report r where r.company_id = ${scope.company_id} and r.incident_id = o.incident_id) as reports
    from safety.incident o ${NAMES(scope)} where o.company_id = ${scope.company_id} and ${whole(scope, f)} order by ${NEWEST} limit ${EXCEL_MAX + 1}`.execute(scope.db)
  if (rows.length > EXCEL_MAX) throw scope.refuse('safety.too_many_rows', { max: EXCEL_MAX })
  const said = (of: string, code: string): string => words.states![of]![code] ?? code
  const text = (title: string) => ({ title, kind: 'text' as const })
  const int = (title: string) => ({ title, kind: 'int' as const })
  const body = await writeSheet({
    sheets: [{
      name: '安全事件',
      columns: [...['事件编号', '小区', '种类', '等级', '地点', '发生时间', '经过'].map(text), int('死亡人数'), int('重伤人数'), int('轻伤人数'), { title: '直接经济损失(元)', kind: 'money_fen' }, ...['状态', '报告人', '处理人', '上报时限', '上报时间', '上报单位与案号', '原因', '责任认定', '结案时间'].map(text), int('未完措施')],
      rows: rows.map((r) => [r.no, r.community_name, r.kind, said('level', r.level), r.place, minuteText(r.occurred_at), r.words, r.dead_count, r.badly_count, r.hurt_count, r.loss_fen, said('state', r.state), r.reported_by_name, r.assignee_name, minuteText(r.report_due_at), minuteText(r.reported_at), r.reports, r.cause, r.duty, minuteText(r.closed_at), r.open_measures]),
    }],
  })
  return { name: `安全事件_${scope.today}.xlsx`, type: XLSX, body }
})
/** What whoever asks reported, handles or owes a measure of; open ones and those of the last month. */
const myIncidents = answer(safety.myIncidents, async (scope) => ({
  rows: await rowsOf(scope, and([sql`(${partOf(scope)} or (o.state = 'reported' and ${seenBy(scope, 'safety.incident.handle')}))`, sql`(o.state in ('reported','handling','review') or o.occurred_at > ${scope.now}::timestamptz - interval '30 days' or exists (select from safety.measure mx where mx.company_id = ${scope.company_id} and mx.incident_id = o.incident_id and mx.account_id = ${scope.who.account_id}::uuid and mx.done_at is null and mx.removed_at is null))`]), { page: 1, page_size: MINE_MAX }),
}))
export const listAnswers = [incidents, excel, myIncidents]
