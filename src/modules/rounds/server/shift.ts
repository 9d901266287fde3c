// What a phone takes with it (我的巡查任务): the tasks of the shift with their stops and checklists, for hours without network.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { labelHash } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { rounds, type Item, type ShiftTask } from '../contract.ts'
import { inCrew, tasksSeenBy } from './access.ts'
import { policyNow } from './config.ts'

const TASKS_MAX = 120
/** Ahead: a night shift and a bit. */
const AHEAD_HOURS = 16

interface Raw extends Omit<ShiftTask, 'stops'> {
  route_id: string | null
  route_version: number | null
  checklist_id: string | null
  done: number[]
}
interface RawStop {
  route_id: string
  version_no: number
  stop_no: number
  point_id: string
  name: string
  place: string
  proof: 'scan'
  code: string
  checklist_id: string | null
  travel_seconds: number
}
export const myRounds = answer(rounds.myRounds, async (scope) => {
  const c = scope.company_id
  const policy = await policyNow(scope)
  const { rows } = await sql<Raw>`select t.on_day, t.task_id, p.name, g.name as kind_name, k.name as community_name, t.starts_at, t.due_at, t.miss_at, t.state, coalesce(r.ordered, false) as ordered, p.photo, p.parts, t.route_id, coalesce(t.route_version, r.version_no) as route_version, p.checklist_id,
      array(select x.stop_no from rounds.record x where x.company_id = ${c} and x.on_day = t.on_day and x.task_id = t.task_id and x.round_no = t.round_no order by 1) as done
    from rounds.task t join rounds.plan p on p.company_id = ${c} and p.plan_id = t.plan_id join rounds.kind g on g.company_id = ${c} and g.kind_id = t.kind_id join property.community k on k.company_id = ${c} and k.community_id = t.community_id left join rounds.route r on r.company_id = ${c} and r.route_id = t.route_id
    where t.company_id = ${c} and t.on_day between ${scope.today}::date - 62 and ${scope.today}::date + 31 and ${tasksSeenBy(scope)} and ${inCrew(scope)}
      and (t.state in ('waiting','doing') and t.starts_at < ${scope.now}::timestamptz + make_interval(hours => ${AHEAD_HOURS}::int) or t.state = 'missed' and t.miss_at > ${scope.now}::timestamptz - interval '12 hours' or t.done_by = ${scope.who.account_id}::uuid and t.ended_at > ${scope.now}::timestamptz - interval '12 hours')
    order by t.state not in ('waiting','doing'), t.due_at, t.task_id limit ${TASKS_MAX}`.execute(scope.db)
  const [stops, lists] = await Promise.all([stopsOf(scope, rows), itemsOf(scope, rows)])
  return {
    now: scope.now, skew_minutes: policy.skew_minutes, early_minutes: policy.early_minutes, positions: policy.positions, position_days: policy.position_days,
    tasks: rows.map(({ route_id, route_version, checklist_id, done, ...t }) => ({
      ...t,
      stops: route_id
        ? stops.filter((s) => s.route_id === route_id && s.version_no === route_version).map((s) => ({ stop_no: s.stop_no, point_id: s.point_id, name: s.name, place: s.place, proof: s.proof, code_hash: labelHash(s.code), checklist_name: lists.get(s.checklist_id ?? '')?.name ?? null, items: lists.get(s.checklist_id ?? '')?.items ?? [], travel_seconds: s.travel_seconds, done: done.includes(s.stop_no) }))
        : [{ stop_no: 1, point_id: null, name: t.name, place: '', proof: 'none' as const, code_hash: null, checklist_name: lists.get(checklist_id ?? '')?.name ?? null, items: lists.get(checklist_id ?? '')?.items ?? [], travel_seconds: 0, done: done.includes(1) }],
    })),
  }
})
async function stopsOf(scope: Scope, tasks: readonly Raw[]): Promise<RawStop[]> {
  const c = scope.company_id
  const with_route = tasks.filter((t) => t.route_id)
  if (with_route.length === 0) return []
  const { rows } = await sql<RawStop>`select s.route_id, s.version_no, s.stop_no, s.point_id, p.name, p.place, p.proof, p.code, s.checklist_id, s.travel_seconds from rounds.route_stop s join rounds.point p on p.company_id = ${c} and p.point_id = s.point_id
    where s.company_id = ${c} and (s.route_id, s.version_no) in (select * from unnest(${with_route.map((t) => t.route_id!)}::uuid[], ${with_route.map((t) => t.route_version!)}::int[])) order by s.route_id, s.stop_no`.execute(scope.db)
  return rows
}
/** Checklists in their newest version, of the routes and of the plans without one. */
async function itemsOf(scope: Scope, tasks: readonly Raw[]): Promise<Map<string, { name: string; items: Item[] }>> {
  const c = scope.company_id
  const { rows } = await sql<{ checklist_id: string; name: string; items: Item[] }>`select distinct on (l.checklist_id) l.checklist_id, l.name, v.items from rounds.checklist l join rounds.checklist_version v on v.company_id = ${c} and v.checklist_id = l.checklist_id
    where l.company_id = ${c} and (l.checklist_id = any(${tasks.flatMap((t) => (t.checklist_id ? [t.checklist_id] : []))}::uuid[]) or l.checklist_id in (select s.checklist_id from rounds.route_stop s where s.company_id = ${c} and s.route_id = any(${tasks.flatMap((t) => (t.route_id ? [t.route_id] : []))}::uuid[])))
    order by l.checklist_id, v.version_no desc`.execute(scope.db)
  return new Map(rows.map((r) => [r.checklist_id, r]))
}
