// From plans to tasks: each distinct rule is expanded once (rules/calendar.ts), and one INSERT … SELECT makes the tasks of all plans that have it.
// A task's id is computed from plan and instant, so that planning again makes nothing twice; what a plan is planned to is remembered.
import { createHash } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { Rule, type Slot } from '../contract.ts'
import { calendarOf, policyNow } from './config.ts'
import { slotsOf } from './rules/calendar.ts'

/** Plans with the same rule share it. */
export const keyOfRule = (rule: Rule): string => createHash('sha256').update(JSON.stringify(rule)).digest('hex').slice(0, 24)
const RULES_MAX = 2000

interface Ask {
  rule_key: string
  rule: unknown
  first_on: string
}
/** Tasks of active plans up to `to_on`; only of `plan_ids` when given. Those whose time is over already are not made. */
export async function planTasks(scope: Scope, o: { to_on?: string; plan_ids?: readonly string[] } = {}): Promise<number> {
  const c = scope.company_id
  const to_on = o.to_on ?? addDays(scope.today, (await policyNow(scope)).ahead_days)
  const of = o.plan_ids ? sql`and p.plan_id = any(${[...o.plan_ids]}::uuid[])` : sql``
  const due = sql`p.company_id = ${c} and p.state = 'active' ${of} and p.from_on <= ${to_on}::date and (p.planned_on is null or p.planned_on < least(p.to_on, ${to_on}::date))`
  const { rows: asks } = await sql<Ask>`select p.rule_key, min(p.rule::text)::jsonb as rule, min(greatest(p.from_on, p.planned_on + 1, ${scope.today}::date - 1)) as first_on from rounds.plan p where ${due} group by 1 order by 1 limit ${RULES_MAX}`.execute(scope.db)
  if (asks.length === 0) return 0
  const calendar = await calendarOf(scope)
  const slots = asks.flatMap((a) => slotsOf(Rule.parse(a.rule), a.first_on, to_on, calendar).map((s) => ({ ...s, rule_key: a.rule_key })))
  const made = await insertTasks(scope, slots, sql`p.rule_key = s.rule_key and ${due} and s.on_day >= greatest(p.from_on, p.planned_on + 1) and s.on_day <= coalesce(p.to_on, 'infinity')`)
  await sql`update rounds.plan p set planned_on = ${to_on}::date where ${due} and p.rule_key = any(${asks.map((a) => a.rule_key)}::text[])`.execute(scope.db)
  return made
}

/** One statement for whatever number of plans: `which` joins plans `p` to slots `s`. */
export async function insertTasks(scope: Scope, slots: readonly (Slot & { rule_key?: string })[], which: RawBuilder<unknown>): Promise<number> {
  if (slots.length === 0) return 0
  const c = scope.company_id
  await ensureMonths(scope, slots.map((s) => s.on_day))
  const { rows } = await sql<{ n: number }>`with s as materialized (select * from unnest(${slots.map((s) => s.rule_key ?? '')}::text[], ${slots.map((s) => s.on_day)}::date[], ${slots.map((s) => s.starts_at)}::timestamptz[], ${slots.map((s) => s.due_at)}::timestamptz[]) as s(rule_key, on_day, starts_at, due_at) where due_at > ${scope.now}::timestamptz),
    stops as materialized (select r.route_id, count(*)::int as n from rounds.route r join rounds.route_stop x on x.company_id = ${c} and x.route_id = r.route_id and x.version_no = r.version_no where r.company_id = ${c} group by 1),
    made as (insert into rounds.task (company_id, on_day, task_id, plan_id, community_id, kind_id, route_id, crew_id, starts_at, due_at, miss_at, point_count, state)
      select p.company_id, s.on_day, overlay(overlay(md5(p.plan_id::text || extract(epoch from s.starts_at)::bigint::text) placing '8' from 13) placing '8' from 17)::uuid, p.plan_id, p.community_id, p.kind_id, p.route_id, p.crew_id, s.starts_at, s.due_at, s.due_at + make_interval(mins => p.grace_minutes), coalesce(x.n, 1), 'waiting'
      from rounds.plan p join s on ${which} left join stops x on x.route_id = p.route_id
      on conflict do nothing returning 1)
    select count(*)::int as n from made`.execute(scope.db)
  return rows[0]!.n
}
/** Partitions are there for years ahead; a month that has none yet gets one. */
async function ensureMonths(scope: Scope, days: readonly string[]): Promise<void> {
  const months = [...new Set(days.map((d) => `${d.slice(0, 7)}-01`))].filter((m) => m > '2027-06-01' || m < '2026-01-01')
  if (months.length) await sql`select kernel.ensure_month(t::regclass, m::date) from unnest(array['rounds.task','rounds.step','rounds.record']) t, unnest(${months}::text[]) m`.execute(scope.db)
}

/** Tasks of a plan that nobody has begun and whose time is still to come: gone, so that the plan's new rule takes their place. */
export async function dropAhead(scope: Scope, plan_id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`with gone as (delete from rounds.task where company_id = ${scope.company_id} and plan_id = ${plan_id} and state = 'waiting' and starts_at > ${scope.now}::timestamptz and step_no = 0 returning 1) select count(*)::int as n from gone`.execute(scope.db)
  return rows[0]!.n
}
