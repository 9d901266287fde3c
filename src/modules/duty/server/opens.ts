// What is open in a duty room when it is handed over: problems its logs found, their repair orders, hours that are not written yet.
import { sql } from 'kysely'
import { minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Open } from '../contract.ts'

const OPENS_MAX = 60
export async function opensOf(scope: Scope, room_ids: readonly string[]): Promise<(Open & { room_id: string })[]> {
  const c = scope.company_id
  const ids = sql`l.room_id = any(${[...room_ids]}::uuid[])`
  const [found, owing] = await Promise.all([
    sql<{ room_id: string; finding_id: string; words: string; order_no: string | null }>`select l.room_id, f.finding_id, f.words, o.no as order_no from duty.log l join rounds.task t on t.company_id = ${c} and t.plan_id = l.plan_id and t.on_day > ${scope.today}::date - 400 and t.abnormal_count > 0 join rounds.finding f on f.company_id = ${c} and f.task_id = t.task_id and f.state <> 'closed' left join orders.work_order o on o.company_id = ${c} and o.order_id = f.order_id
      where l.company_id = ${c} and ${ids} order by f.found_at desc limit ${OPENS_MAX}`.execute(scope.db),
    sql<{ room_id: string; task_id: string; name: string; starts_at: string }>`select l.room_id, t.task_id, p.name, t.starts_at from duty.log l join rounds.plan p on p.company_id = ${c} and p.plan_id = l.plan_id join rounds.task t on t.company_id = ${c} and t.plan_id = l.plan_id and t.state in ('waiting','doing') and t.due_at < ${scope.now}::timestamptz and t.on_day >= ${scope.today}::date - 3
      where l.company_id = ${c} and ${ids} order by t.starts_at limit ${OPENS_MAX}`.execute(scope.db),
  ])
  return [
    ...found.rows.map((f) => ({ room_id: f.room_id, kind: f.order_no ? ('order' as const) : ('finding' as const), id: f.finding_id, text: [f.order_no, f.words].filter(Boolean).join(' ') })),
    ...owing.rows.map((t) => ({ room_id: t.room_id, kind: 'log' as const, id: t.task_id, text: `${t.name} ${minuteText(t.starts_at).slice(5)} 还没有记` })),
  ]
}
