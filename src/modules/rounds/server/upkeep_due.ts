// What becomes due on a device by what is known of the device: hours run. And who hears early of what comes.
import { sql } from 'kysely'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { insertTasks } from './planning.ts'

const DUE_MAX = 1000
/** Total hours at the last time that the plan was done, else what was said when it was drawn up. */
export const BASE = (c: number) => sql`coalesce((select r.total_hours from equipment.running r where r.company_id = ${c} and r.equipment_id = x.equipment_id and r.read_at <= (select max(t.ended_at) from rounds.task t where t.company_id = ${c} and t.plan_id = p.plan_id and t.state = 'done') order by r.running_no desc limit 1), p.hours_done, 0)`
export const NOW_HOURS = (c: number) => sql`(select r.total_hours from equipment.running r where r.company_id = ${c} and r.equipment_id = x.equipment_id order by r.running_no desc limit 1)`
/** A task that is not done yet stands for the time it was made for: missed stays missed until it is ordered again. */
const OPEN = (c: number) => sql`exists (select from rounds.task t where t.company_id = ${c} and t.plan_id = p.plan_id and t.state in ('waiting','doing','review','missed','rejected') and t.starts_at > coalesce((select max(d.ended_at) from rounds.task d where d.company_id = ${c} and d.plan_id = p.plan_id and d.state = 'done'), '-infinity'))`
const DEVICE = (c: number) => sql`join lateral (select pt.equipment_id from rounds.route r join rounds.route_stop s on s.company_id = ${c} and s.route_id = r.route_id and s.version_no = r.version_no join rounds.point pt on pt.company_id = ${c} and pt.point_id = s.point_id join equipment.device e on e.company_id = ${c} and e.equipment_id = pt.equipment_id and e.state in ('in_use','repair') where r.company_id = ${c} and r.route_id = p.route_id order by s.stop_no limit 1) x on true`

/** Tasks by hours run and before certificates run out: each hour the worker looks, a plan has one open task at most. */
export async function planByDevice(scope: Scope, plan_ids?: readonly string[]): Promise<number> {
  const c = scope.company_id
  const { rows } = await sql<{ plan_id: string; span_days: number }>`select p.plan_id, (p.rule->>'span_days')::int as span_days from rounds.plan p ${DEVICE(c)}
    where p.company_id = ${c} and p.state = 'active' and p.rule->>'kind' = 'hours' ${plan_ids ? sql`and p.plan_id = any(${[...plan_ids]}::uuid[])` : sql``} and p.from_on <= ${scope.today}::date and (p.to_on is null or p.to_on >= ${scope.today}::date)
      and ${NOW_HOURS(c)} >= ${BASE(c)} + (p.rule->>'every_hours')::int - (p.rule->>'lead_hours')::int and not ${OPEN(c)} order by p.plan_id limit ${DUE_MAX}`.execute(scope.db)
  const by_hours = await insertTasks(scope, rows.map((p) => ({ rule_key: p.plan_id, on_day: scope.today, starts_at: scope.now, due_at: `${addDays(scope.today, p.span_days)}T15:59:59.000Z` })), sql`p.company_id = ${c} and p.plan_id::text = s.rule_key`)
  return by_hours + (await planByCertificate(scope, plan_ids))
}

/** Before a certificate of the device runs out: one task for each day of expiry, whoever looks how often. */
async function planByCertificate(scope: Scope, plan_ids?: readonly string[]): Promise<number> {
  const c = scope.company_id
  const { rows } = await sql<{ plan_id: string; valid_to_on: string; lead_days: number }>`select distinct p.plan_id, q.valid_to_on, (p.rule->>'lead_days')::int as lead_days from rounds.plan p ${DEVICE(c)}
      join lateral (select distinct on (e.kind_id) e.valid_to_on from equipment.cert e where e.company_id = ${c} and e.equipment_id = x.equipment_id and e.ended_at is null and e.result <> 'fail' order by e.kind_id, e.valid_from_on desc, e.valid_to_on desc, e.made_at desc) q on q.valid_to_on >= ${scope.today}::date and q.valid_to_on - (p.rule->>'lead_days')::int <= ${scope.today}::date
    where p.company_id = ${c} and p.state = 'active' and p.rule->>'kind' = 'expiry' ${plan_ids ? sql`and p.plan_id = any(${[...plan_ids]}::uuid[])` : sql``} and p.from_on <= ${scope.today}::date and (p.to_on is null or p.to_on >= ${scope.today}::date) order by 1, 2 limit ${DUE_MAX}`.execute(scope.db)
  const begins = (r: { valid_to_on: string; lead_days: number }): string => addDays(r.valid_to_on, -r.lead_days)
  return insertTasks(scope, rows.map((r) => ({ rule_key: r.plan_id, on_day: begins(r), starts_at: new Date(Date.parse(`${begins(r)}T00:00:00+08:00`)).toISOString(), due_at: `${r.valid_to_on}T15:59:59.000Z` })), sql`p.company_id = ${c} and p.plan_id::text = s.rule_key`)
}

/** So many days ahead the crew hears what comes and which parts it wants. */
export async function tellAhead(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ task_id: string; name: string; parts: string | null; starts_at: string; community_name: string; account_ids: string[] | null }>`with due as (select t.on_day, t.task_id from rounds.task t join rounds.plan p on p.company_id = ${c} and p.plan_id = t.plan_id and p.notice_days > 0
        where t.company_id = ${c} and t.state = 'waiting' and t.notice_told_at is null and t.starts_at > ${scope.now}::timestamptz and t.starts_at <= ${scope.now}::timestamptz + make_interval(days => p.notice_days) order by t.starts_at limit 500 for update of t skip locked),
      told as (update rounds.task t set notice_told_at = ${scope.now} from due where t.company_id = ${c} and t.on_day = due.on_day and t.task_id = due.task_id returning t.task_id, t.plan_id, t.community_id, t.crew_id, t.starts_at)
    select x.task_id, p.name, p.parts, x.starts_at, k.name as community_name, w.account_ids from told x join rounds.plan p on p.company_id = ${c} and p.plan_id = x.plan_id join property.community k on k.company_id = ${c} and k.community_id = x.community_id left join rounds.crew w on w.company_id = ${c} and w.crew_id = x.crew_id`.execute(scope.db)
  await notify(scope, rows.flatMap((r) => (r.account_ids ?? []).map((account_id) => ({ to: { account_id }, template: 'upkeep_soon', params: { place: r.community_name, name: r.name, at: minuteText(r.starts_at), parts: r.parts ?? '无' }, link: '/rounds', dedupe_key: `upkeep ${r.task_id} ${r.starts_at} ${account_id}` }))))
}

