// 运行记录表: what was read and ticked on each round of a plan, one round a row and one item a column, as a duty room keeps it on paper.
import { sql } from 'kysely'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile } from '../../../kernel/app.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { rounds, type Item, type Log } from '../contract.ts'
import { verdictOf } from '../judge.ts'
import { said } from '../shown.ts'
import { tasksSeenBy } from './access.ts'

const ROWS_MAX = 2000
/** More columns than this are no table any more. */
const COLUMNS_MAX = 60
const TICK: Record<string, string> = { ok: '正常', bad: '异常', na: '无此项' }
interface Raw {
  on_day: string
  task_id: string
  starts_at: string
  due_at: string
  round_no: number
  state: string
  stop_no: number | null
  point_name: string | null
  by_name: string | null
  done_at: string | null
  answers: { item_id: string; value: string }[] | null
  items: Item[] | null
}
/** What duty rooms show of their logs too. */
export async function logOf(scope: Scope, o: { plan_id: string; from_on: string; to_on: string }): Promise<Log> {
  const c = scope.company_id
  if (o.to_on < o.from_on || Date.parse(o.to_on) - Date.parse(o.from_on) > 62 * 86_400_000) throw scope.refuse('rounds.span', { days: 62 })
  const [plan] = (await sql<{ name: string; community_name: string }>`select p.name, k.name as community_name from rounds.plan p join property.community k on k.company_id = ${c} and k.community_id = p.community_id where p.company_id = ${c} and p.plan_id = ${o.plan_id}`.execute(scope.db)).rows
  if (!plan) throw scope.notFound()
  const { rows } = await sql<Raw>`select t.on_day, t.task_id, t.starts_at, t.due_at, t.round_no, t.state, r.stop_no, pt.name as point_name, r.by_name, r.done_at, r.answers, v.items from rounds.task t
      left join rounds.record r on r.company_id = ${c} and r.on_day = t.on_day and r.task_id = t.task_id and r.round_no = t.round_no left join rounds.point pt on pt.company_id = ${c} and pt.point_id = r.point_id left join rounds.checklist_version v on v.company_id = ${c} and v.version_id = r.version_id
    where t.company_id = ${c} and t.plan_id = ${o.plan_id} and t.on_day between ${o.from_on}::date and ${o.to_on}::date and t.starts_at <= ${scope.now}::timestamptz and ${tasksSeenBy(scope)} order by t.starts_at, r.stop_no limit ${ROWS_MAX}`.execute(scope.db)
  // Columns in the order in which they first occur: a changed checklist adds its own.
  const columns = new Map<string, Log['columns'][number]>()
  for (const r of rows) for (const i of r.items ?? []) {
    const key = `${r.stop_no} ${i.item_id} ${i.text}`
    if (columns.size < COLUMNS_MAX && !columns.has(key)) columns.set(key, { key, point_name: r.point_name ?? '', text: i.text, unit: i.unit })
  }
  const tasks = new Map<string, Log['rows'][number]>()
  for (const r of rows) {
    const row = tasks.get(r.task_id) ?? { on_day: r.on_day, task_id: r.task_id, starts_at: r.starts_at, due_at: r.due_at, round_no: r.round_no, state: r.state as Log['rows'][number]['state'], by_name: null, done_at: null, values: {}, bad: [] }
    tasks.set(r.task_id, row)
    row.by_name ??= r.by_name
    row.done_at = r.done_at ?? row.done_at
    for (const a of r.answers ?? []) {
      const i = r.items?.find((x) => x.item_id === a.item_id)
      const key = i && `${r.stop_no} ${i.item_id} ${i.text}`
      if (!i || !key || !columns.has(key)) continue
      row.values[key] = i.answer === 'tick' ? (TICK[a.value] ?? a.value) : a.value
      if (verdictOf(i, a.value) === 'bad') row.bad.push(key)
    }
  }
  return { plan_name: plan.name, community_name: plan.community_name, columns: [...columns.values()], rows: [...tasks.values()] }
}
export const titleOf = (x: Log['columns'][number]): string => [x.point_name, `${x.text}${x.unit ? `(${x.unit})` : ''}`].filter(Boolean).join(' ')
export const logAnswers = [
  answer(rounds.log, logOf),
  answerFile(rounds.logSheet, async (scope, o) => {
    const log = await logOf(scope, o)
    const body = await writeSheet({ sheets: [{ name: '运行记录', title_rows: [`${log.community_name} ${log.plan_name} ${o.from_on} 至 ${o.to_on}`], columns: ['日期', '时段', '状态', ...log.columns.map(titleOf), '记录人', '时间'].map((title) => ({ title, kind: 'text' as const })), rows: log.rows.map((r) => [r.on_day, minuteText(r.starts_at), said('state', r.state), ...log.columns.map((x) => r.values[x.key] ?? ''), r.by_name, minuteText(r.done_at)]) }] })
    return { name: `运行记录_${log.plan_name}.xlsx`, type: XLSX, body }
  }),
  answerFile(rounds.logPaper, async (scope, o) => {
    const log = await logOf(scope, o)
    const body = await renderPdf('table_a4', { company_name: log.community_name, title: `运行记录:${log.plan_name}`, filters: [`${o.from_on} 至 ${o.to_on}`], columns: [{ title: '时段', kind: 'code' }, ...log.columns.map((x) => ({ title: titleOf(x), kind: 'text' as const })), { title: '记录人', kind: 'text' }], rows: log.rows.map((r) => [minuteText(r.starts_at), ...log.columns.map((x) => (r.values[x.key] ?? (r.state === 'missed' ? '漏检' : ''))), r.by_name ?? '']), printed_by: scope.who.name, printed_at: scope.today })
    return { name: `运行记录_${log.plan_name}.pdf`, type: 'application/pdf', body, inline: true }
  }),
]
