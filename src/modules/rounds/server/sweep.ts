// The clock: each minute what was not walked in time is missed, its crew is told when it becomes late, whoever reviews there when it is missed;
// each night (and whenever rules change) the tasks of the days ahead are made.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { staffAt } from '../../orders/server/index.ts'
import { policyNow } from './config.ts'
import { planTasks } from './planning.ts'
import { planByDevice, tellAhead } from './upkeep_due.ts'
import { planDry } from './weather.ts'

const AT_ONCE = 2000
const NAMED = 3
interface Told {
  community_id: string
  community_name: string
  crew_id: string | null
  name: string
  account_ids: string[] | null
}
const names = (list: readonly { name: string }[]): string => `${list.slice(0, NAMED).map((x) => x.name).join('、')}${list.length > NAMED ? `等 ${list.length} 项` : ''}`

/** One statement each; the row decides a race of two workers. */
export async function sweep(scope: Scope): Promise<number> {
  const c = scope.company_id
  const named = (of: string) => sql`select x.*, k.name as community_name, p.name, w.account_ids from ${sql.ref(of)} x join property.community k on k.company_id = ${c} and k.community_id = x.community_id join rounds.plan p on p.company_id = ${c} and p.plan_id = x.plan_id left join rounds.crew w on w.company_id = ${c} and w.crew_id = x.crew_id order by p.name`
  const late = (await sql<Told>`with due as (select on_day, task_id from rounds.task where company_id = ${c} and state in ('waiting','doing') and due_at < ${scope.now}::timestamptz and miss_at > ${scope.now}::timestamptz and late_told_at is null order by due_at, task_id limit ${AT_ONCE} for update skip locked),
      late as (update rounds.task t set late_told_at = ${scope.now} from due where t.company_id = ${c} and t.on_day = due.on_day and t.task_id = due.task_id returning t.community_id, t.crew_id, t.plan_id) ${named('late')}`.execute(scope.db)).rows
  const missed = (await sql<Told>`with due as (select on_day, task_id, state, step_no from rounds.task where company_id = ${c} and state in ('waiting','doing') and due_at < ${scope.now}::timestamptz and miss_at <= ${scope.now}::timestamptz order by due_at, task_id limit ${AT_ONCE} for update skip locked),
      missed as (update rounds.task t set state = 'missed', step_no = due.step_no + 1, ended_at = ${scope.now} from due where t.company_id = ${c} and t.on_day = due.on_day and t.task_id = due.task_id returning t.community_id, t.crew_id, t.plan_id),
      noted as (insert into rounds.step (company_id, on_day, task_id, step_no, action, from_state, to_state, by_account, by_name, note, at) select ${c}, due.on_day, due.task_id, due.step_no + 1, 'miss', due.state, 'missed', null, '系统', '到时未完成', ${scope.now} from due) ${named('missed')}`.execute(scope.db)).rows
  const minute = Math.floor(Date.parse(scope.now) / 60_000)
  for (const [community_id, list] of Map.groupBy(missed, (x) => x.community_id)) {
    const heads = await staffAt(scope, 'rounds.task.review', { community_id, building_id: null })
    await notify(scope, heads.map((account_id) => ({ to: { account_id }, template: 'round_missed', params: { place: list[0]!.community_name, count: String(list.length), names: names(list) }, link: `/rounds/board?community_id=${community_id}`, urgent: true, dedupe_key: `rounds missed ${community_id} ${minute} ${account_id}` })))
  }
  for (const [crew_id, list] of Map.groupBy(late, (x) => x.crew_id)) {
    if (crew_id === null) continue
    await notify(scope, (list[0]!.account_ids ?? []).map((account_id) => ({ to: { account_id }, template: 'round_late', params: { place: list[0]!.community_name, count: String(list.length), names: names(list) }, link: '/rounds/board', urgent: true, dedupe_key: `rounds late ${crew_id} ${minute} ${account_id}` })))
  }
  return late.length + missed.length + (await tellLateFindings(scope))
}
/** Whoever reviews at the place hears once that something was not put right by its day. */
async function tellLateFindings(scope: Scope): Promise<number> {
  const c = scope.company_id
  const { rows } = await sql<{ community_id: string; community_name: string; name: string }>`with due as (select finding_id from rounds.finding where company_id = ${c} and state <> 'closed' and due_at < ${scope.now}::timestamptz and late_told_at is null order by due_at, finding_id limit ${AT_ONCE} for update skip locked),
      late as (update rounds.finding f set late_told_at = ${scope.now} from due where f.company_id = ${c} and f.finding_id = due.finding_id returning f.community_id, f.place, f.words)
    select l.community_id, k.name as community_name, l.place || ' ' || left(l.words, 20) as name from late l join property.community k on k.company_id = ${c} and k.community_id = l.community_id order by l.place`.execute(scope.db)
  for (const [community_id, list] of Map.groupBy(rows, (x) => x.community_id)) {
    const heads = await staffAt(scope, 'rounds.task.review', { community_id, building_id: null })
    await notify(scope, heads.map((account_id) => ({ to: { account_id }, template: 'finding_late', params: { place: list[0]!.community_name, count: String(list.length), names: names(list) }, link: '/rounds/findings?late=1' })))
  }
  return rows.length
}

const FORGET_MAX = 5000
/** Where people stood is kept no longer than the policy says. */
export async function forgetPositions(scope: Scope): Promise<number> {
  const { position_days } = await policyNow(scope)
  const before = new Date(Date.parse(scope.now) - position_days * 86_400_000).toISOString()
  const { rows } = await sql`delete from rounds.position where company_id = ${scope.company_id} and record_id in (select record_id from rounds.position where company_id = ${scope.company_id} and taken_at < ${before} order by taken_at limit ${FORGET_MAX}) returning record_id`.execute(scope.db)
  return rows.length
}

export async function planAhead(scope: Scope): Promise<number> {
  const made = (await planTasks(scope)) + (await planDry(scope)) + (await planByDevice(scope))
  await tellAhead(scope)
  return made
}
