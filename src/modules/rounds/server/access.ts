// Who may see which tasks: those at places within reach of the right to read or review; with the right to work, those of the own crew (or of no
// crew) there; and what one did oneself.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import type { State } from '../contract.ts'
import type { Actor } from './rules/machine.ts'

export interface Task {
  on_day: string
  task_id: string
  plan_id: string
  community_id: string
  building_id: string | null
  kind_id: string
  department: string
  kind_name: string
  name: string
  route_id: string | null
  crew_id: string | null
  starts_at: string
  due_at: string
  miss_at: string
  point_count: number
  state: State
  route_version: number | null
  started_at: string | null
  ended_at: string | null
  done_by: string | null
  checked_count: number
  abnormal_count: number
  skip_count: number
  flags: string[]
  score_got: number
  score_max: number
  round_no: number
  step_no: number
  checklist_id: string | null
  photo: boolean
  /** Of the crew, where there is one. */
  in_crew: boolean
}
export const tasksSeenBy = (scope: Scope, permission?: string, alias = 't'): RawBuilder<SqlBool> => housesSeenBy(scope, { alias, ...(permission ? { permission } : {}) })
export const inCrew = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(t.crew_id is null or exists (select from rounds.crew w where w.company_id = ${scope.company_id} and w.crew_id = t.crew_id and ${scope.who.account_id}::uuid = any(w.account_ids)))`
function seen(scope: Scope): RawBuilder<SqlBool> {
  if (scope.who.kind === 'system') return sql<SqlBool>`true`
  if (scope.who.kind !== 'staff') return sql<SqlBool>`false`
  return sql<SqlBool>`(${tasksSeenBy(scope, 'rounds.task.read')} or ${tasksSeenBy(scope, 'rounds.task.review')} or t.done_by = ${scope.who.account_id}::uuid or (${tasksSeenBy(scope, 'rounds.task.work')} and ${inCrew(scope)}))`
}
async function one(scope: Scope, at: { on_day: string; task_id: string }, lock: boolean): Promise<Task> {
  const c = scope.company_id
  const { rows } = await sql<Task>`select t.on_day, t.task_id, t.plan_id, t.community_id, t.building_id, t.kind_id, t.route_id, t.crew_id, t.starts_at, t.due_at, t.miss_at, t.point_count, t.state, t.route_version, t.started_at, t.ended_at, t.done_by, t.checked_count, t.abnormal_count, t.skip_count, t.flags, t.score_got, t.score_max, t.round_no, t.step_no,
      k.name as kind_name, k.department, p.name, p.checklist_id, p.photo, ${inCrew(scope)} as in_crew
    from rounds.task t join rounds.kind k on k.company_id = ${c} and k.kind_id = t.kind_id join rounds.plan p on p.company_id = ${c} and p.plan_id = t.plan_id
    where t.company_id = ${c} and t.on_day = ${at.on_day}::date and t.task_id = ${at.task_id} and ${seen(scope)} ${lock ? sql`for update of t` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export const taskToRead = (scope: Scope, at: { on_day: string; task_id: string }): Promise<Task> => one(scope, at, false)
/** Locked to the end of the transaction. */
export const taskToChange = (scope: Scope, at: { on_day: string; task_id: string }): Promise<Task> => one(scope, at, true)

export function reaches(scope: Scope, permission: string, o: { community_id: string; building_id: string | null }): boolean {
  const r = scope.reach(permission)
  return r.all || r.community_ids.includes(o.community_id) || (o.building_id !== null && r.building_ids.includes(o.building_id))
}
export function actorsOf(scope: Scope, t: Task): Actor[] {
  if (scope.who.kind === 'system') return ['system']
  if (scope.who.kind !== 'staff') return []
  const out: Actor[] = []
  if (t.in_crew && reaches(scope, 'rounds.task.work', t)) out.push('worker')
  if (reaches(scope, 'rounds.task.review', t)) out.push('reviewer')
  if (t.done_by !== null && t.done_by === scope.who.account_id) out.push('doer')
  return out
}
/** What one company decides holds in all its communities. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
