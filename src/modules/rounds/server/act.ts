// One action of a person or of the clock on one task: lock, judge by the table, move, note the step.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Action, State } from '../contract.ts'
import { words } from '../words.ts'
import { actorsOf, taskToChange, type Task } from './access.ts'
import { judge, type Facts } from './rules/machine.ts'

export const factsOf = (scope: Scope, t: Task): Facts => ({ state: t.state, complete: false, doubtful: false, walked: t.checked_count > t.skip_count, over: t.miss_at < scope.now })
export function refusal(scope: Scope, t: Task, action: Action, code: string) {
  // Somebody who may see a task but is not who may do this: the row says so in `can`; by hand it is no task of his.
  if (code === 'kernel.forbidden') return scope.notFound()
  return scope.refuse(code, { name: t.name, state: words.states!['state']![t.state]!, action: words.states!['action']![action]! })
}
export async function act(scope: Scope, at: { on_day: string; task_id: string }, action: Exclude<Action, 'record'>, o: { note?: string | undefined; change?: Record<string, RawBuilder<unknown>> } = {}): Promise<{ task_id: string; state: State }> {
  const t = await taskToChange(scope, at)
  const v = judge(factsOf(scope, t), action, actorsOf(scope, t))
  if (!v.ok) throw refusal(scope, t, action, v.code)
  const c = scope.company_id
  const set = Object.entries({ state: sql`${v.to}`, step_no: sql`${t.step_no + 1}::int`, ...o.change }).map(([k, x]) => sql`${sql.ref(k)} = ${x}`)
  await sql`with moved as (update rounds.task set ${sql.join(set)} where company_id = ${c} and on_day = ${t.on_day}::date and task_id = ${t.task_id})
    insert into rounds.step (company_id, on_day, task_id, step_no, action, from_state, to_state, by_account, by_name, note, at) values (${c}, ${t.on_day}::date, ${t.task_id}, ${t.step_no + 1}, ${action}, ${t.state}, ${v.to}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${o.note ?? null}, ${scope.now})`.execute(scope.db)
  scope.note('task', t.task_id, { name: t.name, on_day: t.on_day, action, from: t.state, to: v.to })
  return { task_id: t.task_id, state: v.to }
}
