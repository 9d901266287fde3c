// Each hour: a drill that is overdue and an improvement past its day are told once to whoever organises there, the improvement to its owner too.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { staffAt } from '../../identity/server/index.ts'
import { notify } from '../../messages/server/index.ts'

const AT_ONCE = 1000
interface Late { community_id: string; community_name: string; name: string; due_on: string; owner_id: string | null; key: string; template: string }
export async function tellLate(scope: Scope): Promise<number> {
  const c = scope.company_id
  const drills = (await sql<Late>`with due as (select drill_id from emergency.drill where company_id = ${c} and state = 'planned' and due_on < ${scope.today}::date and told_at is null order by due_on, drill_id limit ${AT_ONCE} for update skip locked), late as (update emergency.drill d set told_at = ${scope.now} from due where d.company_id = ${c} and d.drill_id = due.drill_id returning d.*)
    select l.community_id, k.name as community_name, p.name, l.due_on, null as owner_id, 'drill ' || l.drill_id || ' ' || l.due_on as key, 'drill_late' as template from late l join emergency.plan p on p.company_id = ${c} and p.plan_id = l.plan_id join property.community k on k.company_id = ${c} and k.community_id = l.community_id`.execute(scope.db)).rows
  const tasks = (await sql<Late>`with due as (select task_id from emergency.task where company_id = ${c} and state <> 'checked' and due_on < ${scope.today}::date and told_at is null order by due_on, task_id limit ${AT_ONCE} for update skip locked), late as (update emergency.task t set told_at = ${scope.now} from due where t.company_id = ${c} and t.task_id = due.task_id returning t.*)
    select l.community_id, k.name as community_name, l.words as name, l.due_on, l.owner_id, 'improve ' || l.task_id || ' ' || ${scope.today}::text as key, 'emergency_late' as template from late l join property.community k on k.company_id = ${c} and k.community_id = l.community_id`.execute(scope.db)).rows
  const all = [...drills, ...tasks]
  const heads = new Map<string, string[]>()
  for (const community_id of new Set(all.map((x) => x.community_id))) heads.set(community_id, await staffAt(scope, 'emergency.drill.write', { community_id, building_id: null }))
  await notify(scope, all.flatMap((x) => [...new Set([...(heads.get(x.community_id) ?? []), ...(x.owner_id ? [x.owner_id] : [])])].map((account_id) => ({ to: { account_id }, template: x.template, params: { place: x.community_name, name: x.name, day: x.due_on }, link: x.template === 'drill_late' ? '/emergency/drills?overdue=1' : '/emergency/tasks?late=1', dedupe_key: `emergency ${x.key} ${account_id}` }))))
  return all.length
}
