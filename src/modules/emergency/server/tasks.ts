// What is to be made better after a drill or an emergency: by whom, by when; accepted by somebody else.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { emergency, type Task, type TaskAction, type TaskState } from '../contract.ts'
import { membersHere, reaches, refusal, seen } from './access.ts'
import { TASK, canOf, judge, type TASK_ACTORS } from './rules/machines.ts'

type Raw = Omit<Task, 'can' | 'late'> & { owner_id: string; community_id: string }
type Actor = (typeof TASK_ACTORS)[number]
const actorsOf = (scope: Scope, t: { owner_id: string; community_id: string }): Actor[] => [...(t.owner_id === scope.who.account_id ? ['owner' as const] : []), ...(reaches(scope, 'emergency.drill.write', t.community_id) ? ['organiser' as const] : [])]
export async function tasksOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<Task[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`select t.task_id, t.subject_id, t.community_id, coalesce('演练:' || dp.name, '处置:' || ip.name) as about, k.name as community_name, t.words, t.owner_id, t.owner_name, t.due_on, t.state, t.done_note, t.done_at, t.checked_by_name, t.back_reason
    from emergency.task t join property.community k on k.company_id = ${c} and k.community_id = t.community_id left join emergency.drill d on d.company_id = ${c} and d.drill_id = t.subject_id left join emergency.plan dp on dp.company_id = ${c} and dp.plan_id = d.plan_id left join emergency.incident i on i.company_id = ${c} and i.incident_id = t.subject_id left join emergency.plan ip on ip.company_id = ${c} and ip.plan_id = i.plan_id
    where t.company_id = ${c} and ${where} order by t.state = 'checked', t.due_on, t.task_id limit ${limit} offset ${offset}`.execute(scope.db)
  return rows.map(({ owner_id, community_id, ...t }) => ({ ...t, late: t.state !== 'checked' && t.due_on < scope.today, can: canOf(TASK, t.state, actorsOf(scope, { owner_id, community_id })) }))
}
export async function writeTasks(scope: Scope, subject_id: string, community_id: string, about: string, list: readonly { words: string; owner_id: string; due_on: string }[]): Promise<void> {
  if (list.length === 0) return
  if (list.some((t) => t.due_on < scope.today)) throw scope.refuse('emergency.due_past', { today: scope.today })
  const names = await membersHere(scope, list.map((t) => t.owner_id))
  const rows = list.map((t) => ({ ...t, task_id: uuidv7(), owner_name: names.get(t.owner_id)! }))
  await sql`insert into emergency.task (company_id, task_id, subject_id, community_id, words, owner_id, owner_name, due_on, state, made_by, made_at) select ${scope.company_id}, x.task_id, ${subject_id}, ${community_id}, x.words, x.owner_id, x.owner_name, x.due_on, 'open', ${scope.who.account_id}::uuid, ${scope.now} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(task_id uuid, words text, owner_id uuid, owner_name text, due_on date)`.execute(scope.db)
  await notify(scope, rows.map((t) => ({ to: { account_id: t.owner_id }, template: 'emergency_task', params: { about, words: t.words, day: t.due_on }, link: '/emergency', dedupe_key: `emergency task ${t.task_id}` })))
}
async function act(scope: Scope, task_id: string, action: TaskAction, o: { note?: string; reason?: string }): Promise<{ task_id: string; state: TaskState }> {
  const c = scope.company_id
  const t = (await sql<{ state: TaskState; owner_id: string; community_id: string; words: string }>`select t.state, t.owner_id, t.community_id, t.words from emergency.task t where t.company_id = ${c} and t.task_id = ${task_id} and (${seen(scope, 't')} or t.owner_id = ${scope.who.account_id}::uuid) for update`.execute(scope.db)).rows[0]
  if (!t) throw scope.notFound()
  const v = judge(TASK, t.state, action, actorsOf(scope, t))
  if (!v.ok) throw refusal(scope, v.code, { name: t.words, of: 'task', state: t.state, action, actions: 'task_action', what: '改进' })
  if (action === 'finish') await sql`update emergency.task set state = ${v.to}, done_note = ${o.note ?? ''}, done_at = ${scope.now} where company_id = ${c} and task_id = ${task_id}`.execute(scope.db)
  if (action === 'check') await sql`update emergency.task set state = ${v.to}, checked_by_name = ${scope.who.name}, checked_at = ${scope.now} where company_id = ${c} and task_id = ${task_id}`.execute(scope.db)
  if (action === 'back') await sql`update emergency.task set state = ${v.to}, back_reason = ${o.reason ?? ''}, told_at = null where company_id = ${c} and task_id = ${task_id}`.execute(scope.db)
  scope.note('improvement', task_id, { words: t.words, action, to: v.to })
  return { task_id, state: v.to }
}
export const taskAnswers = [
  answer(emergency.tasks, async (scope, f) => {
    const where = sql<SqlBool>`${sql.join([seen(scope, 't'), ...(f.community_id ? [sql`t.community_id = ${f.community_id}`] : []), ...(f.state ? [sql`t.state = ${f.state}`] : []), ...(f.late ? [sql`t.state <> 'checked' and t.due_on < ${scope.today}::date`] : [])], sql` and `)}`
    const [rows, n] = await Promise.all([tasksOf(scope, where, f.page_size, (f.page - 1) * f.page_size), sql<{ n: number }>`select count(*)::int as n from emergency.task t where t.company_id = ${scope.company_id} and ${where}`.execute(scope.db)])
    return { rows, total: n.rows[0]!.n }
  }),
  answer(emergency.finishTask, (scope, o) => act(scope, o.task_id, 'finish', { note: o.note })),
  answer(emergency.checkTask, (scope, o) => act(scope, o.task_id, 'check', {})),
  answer(emergency.backTask, (scope, o) => act(scope, o.task_id, 'back', { reason: o.reason })),
]
