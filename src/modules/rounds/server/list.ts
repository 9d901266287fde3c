// Lists of tasks, the live board, statistics, Excel. A page is cut before names are joined.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { daysBetween, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { FACTS, rounds, type Board, type Fact, type TaskFilter, type TaskRow } from '../contract.ts'
import { said } from '../shown.ts'
import { tasksSeenBy } from './access.ts'
import { facts } from './facts.ts'

/** Counting stops here: nobody pages further. */
const COUNT_MAX = 10_000
const EXCEL_MAX = 20_000
/** A quarter and a bit: what is looked at in one list. */
export const SPAN_DAYS = 100
/** Of one plan, or of a work plan with all under it: its year. */
const PLAN_SPAN_DAYS = 400
const WATCHED = 40

export function conditions(scope: Scope, f: TaskFilter): RawBuilder<unknown>[] {
  const c = scope.company_id
  const span = f.plan_id || f.work_plan_id ? PLAN_SPAN_DAYS : SPAN_DAYS
  if (daysBetween(f.from_on, f.to_on) > span) throw scope.refuse('rounds.span', { days: span })
  const p: RawBuilder<unknown>[] = [sql`t.on_day between ${f.from_on}::date and ${f.to_on}::date`]
  if (f.fact) p.push(facts(scope)[f.fact])
  if (f.state) p.push(sql`t.state = ${f.state}`)
  if (f.community_id) p.push(sql`t.community_id = ${f.community_id}`)
  if (f.kind_id) p.push(sql`t.kind_id = ${f.kind_id}`)
  if (f.department) p.push(sql`t.kind_id in (select g.kind_id from rounds.kind g where g.company_id = ${c} and g.department = ${f.department})`)
  if (f.crew_id) p.push(sql`t.crew_id = ${f.crew_id}`)
  if (f.plan_id) p.push(sql`t.plan_id = ${f.plan_id}`)
  if (f.work_plan_id) p.push(sql`t.plan_id in (select g.plan_id from rounds.plan g where g.company_id = ${c} and g.work_plan_id in (with recursive tree as (select ${f.work_plan_id}::uuid as id union all select w.work_plan_id from tree x join rounds.work_plan w on w.company_id = ${c} and w.parent_id = x.id) select id from tree))`)
  if (f.route_id) p.push(sql`t.route_id = ${f.route_id}`)
  if (f.account_id) p.push(sql`t.done_by = ${f.account_id}`)
  if (f.q) p.push(sql`t.plan_id in (select g.plan_id from rounds.plan g where g.company_id = ${c} and g.name like ${`%${f.q}%`})`)
  return p
}
const PAGE = sql.raw('t.on_day, t.task_id, t.plan_id, t.community_id, t.kind_id, t.crew_id, t.starts_at, t.due_at, t.state, t.in_time, t.point_count, t.checked_count, t.abnormal_count, t.skip_count, t.flags, t.done_by, t.ended_at')
export async function rowsOf(scope: Scope, where: RawBuilder<unknown>, order: RawBuilder<unknown>, limit: number, offset = 0): Promise<TaskRow[]> {
  const c = scope.company_id
  const { rows } = await sql<TaskRow>`with t as materialized (select ${PAGE} from rounds.task t where t.company_id = ${c} and ${where} order by ${order} limit ${limit} offset ${offset})
    select t.on_day, t.task_id, p.name, g.name as kind_name, g.department, k.name as community_name, w.name as crew_name, t.starts_at, t.due_at, t.state, (t.state in ('waiting','doing') and t.due_at < ${scope.now}::timestamptz) or t.in_time is false as late, t.in_time, t.point_count, t.checked_count, t.abnormal_count, t.skip_count, t.flags, m.name as done_by_name, t.ended_at
    from t join rounds.plan p on p.company_id = ${c} and p.plan_id = t.plan_id join rounds.kind g on g.company_id = ${c} and g.kind_id = t.kind_id join property.community k on k.company_id = ${c} and k.community_id = t.community_id
      left join rounds.crew w on w.company_id = ${c} and w.crew_id = t.crew_id left join identity.member m on m.company_id = ${c} and m.account_id = t.done_by order by ${order}`.execute(scope.db)
  return rows
}
const and = (parts: readonly RawBuilder<unknown>[]) => sql<SqlBool>`${sql.join(parts, sql` and `)}`
const NEWEST = sql`t.starts_at desc, t.task_id`
export const counted = (scope: Scope) => sql.join(Object.entries(facts(scope)).map(([k, w]) => sql`count(*) filter (where ${w})::int as ${sql.ref(k)}`))
const countsOf = (r: Record<string, unknown>): Record<Fact, number> => Object.fromEntries(FACTS.map((f) => [f, r[f]])) as Record<Fact, number>

async function boardOf(scope: Scope, o: { community_id?: string | undefined; on_day?: string | undefined }): Promise<Board> {
  const c = scope.company_id
  const day = o.on_day ?? scope.today
  const base = and([tasksSeenBy(scope), sql`t.on_day = ${day}::date`, ...(o.community_id ? [sql`t.community_id = ${o.community_id}`] : [])])
  const [sums, watch] = await Promise.all([
    sql<Record<string, unknown> & { by: number; community_id: string | null; kind_id: string | null; community_name: string | null; kind_name: string | null; department: string | null }>`with s as materialized (select grouping(t.community_id, t.kind_id)::int as by, t.community_id, t.kind_id, ${counted(scope)} from rounds.task t where t.company_id = ${c} and ${base} group by grouping sets ((t.community_id), (t.kind_id), ()))
      select s.*, k.name as community_name, g.name as kind_name, g.department from s left join property.community k on k.company_id = ${c} and k.community_id = s.community_id left join rounds.kind g on g.company_id = ${c} and g.kind_id = s.kind_id
      order by (s.missed + s.open_late) desc, k.name, g.sort_no limit 5000`.execute(scope.db),
    rowsOf(scope, and([base, sql`(t.state in ('missed','review') or (t.state in ('waiting','doing') and t.starts_at <= ${scope.now}::timestamptz))`]), sql`(t.state in ('waiting','doing') and t.due_at < ${scope.now}::timestamptz) desc, t.state = 'missed' desc, t.due_at, t.task_id`, WATCHED),
  ])
  const all = sums.rows.find((r) => r.by === 3)
  return {
    at: scope.now, counts: all ? countsOf(all) : (Object.fromEntries(FACTS.map((f) => [f, 0])) as Record<Fact, number>), watch,
    rows: sums.rows.filter((r) => r.by === 1).map((r) => ({ key: r.community_id!, name: r.community_name ?? '', counts: countsOf(r) })),
    kinds: sums.rows.filter((r) => r.by === 2).map((r) => ({ key: r.kind_id!, name: r.kind_name ?? '', department: r.department ?? '', counts: countsOf(r) })),
  }
}

export const listAnswers = [
  answer(rounds.board, boardOf),
  answer(rounds.tasks, async (scope, f) => {
    const where = and([tasksSeenBy(scope), ...conditions(scope, f)])
    const [rows, n] = await Promise.all([
      rowsOf(scope, where, NEWEST, f.page_size, (f.page - 1) * f.page_size),
      sql<{ n: number }>`select count(*)::int as n from (select 1 from rounds.task t where t.company_id = ${scope.company_id} and ${where} limit ${COUNT_MAX}) x`.execute(scope.db),
    ])
    return { rows, total: n.rows[0]!.n }
  }),
  answerFile(rounds.tasksExcel, async (scope, f) => {
    const rows = await rowsOf(scope, and([tasksSeenBy(scope), ...conditions(scope, f)]), NEWEST, EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('rounds.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const int = (title: string) => ({ title, kind: 'int' as const })
    const body = await writeSheet({
      sheets: [{
        name: '巡查任务',
        columns: [text('日期'), text('任务'), text('种类'), text('部门'), text('小区'), text('班组'), text('状态'), text('开始'), text('应完成'), text('完成'), text('按时'), int('点位'), int('已查'), int('异常'), int('跳过'), text('可疑'), text('执行人')],
        rows: rows.map((r) => [r.on_day, r.name, r.kind_name, r.department, r.community_name, r.crew_name, said('state', r.state), minuteText(r.starts_at), minuteText(r.due_at), minuteText(r.ended_at), r.in_time === null ? '' : r.in_time ? '是' : '迟到', r.point_count, r.checked_count, r.abnormal_count, r.skip_count, r.flags.map((x) => said('flag', x)).join('、'), r.done_by_name]),
      }],
    })
    return { name: `巡查任务_${f.from_on}至${f.to_on}.xlsx`, type: XLSX, body }
  }),
]
