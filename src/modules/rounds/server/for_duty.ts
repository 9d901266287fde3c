// What duty rooms ask of rounds: a crew of those on their roster, and an hourly log as a plan of the kind 值班记录.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { kindIdOf, writeShipped } from './config.ts'
import { dropAhead, planTasks } from './planning.ts'
import { planToChange, writePlan } from './plans.ts'

/** A new crew without members, or the name of one changed. */
export async function crewOf(scope: Scope, o: { crew_id?: string; community_id: string; name: string }): Promise<string> {
  const c = scope.company_id
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from rounds.crew where company_id = ${c} and community_id = ${o.community_id} and name = ${o.name} and crew_id is distinct from ${o.crew_id ?? null}::uuid`.execute(scope.db)
  if (rows[0]!.n > 0) throw scope.refuse('rounds.name_taken', { name: o.name })
  const crew_id = o.crew_id ?? uuidv7()
  await sql`insert into rounds.crew (company_id, crew_id, community_id, name, account_ids, retired_at, changed_by, changed_at) values (${c}, ${crew_id}, ${o.community_id}, ${o.name}, '{}', null, ${scope.who.account_id}::uuid, ${scope.now})
    on conflict (company_id, crew_id) do update set name = excluded.name, changed_by = excluded.changed_by, changed_at = excluded.changed_at`.execute(scope.db)
  return crew_id
}
/** Whoever is put on the roster walks the room's logs from now on. */
export async function joinCrew(scope: Scope, crew_id: string, account_ids: readonly string[]): Promise<void> {
  await sql`update rounds.crew set account_ids = array(select distinct x from unnest(account_ids || ${[...account_ids]}::uuid[]) x order by x), changed_at = ${scope.now} where company_id = ${scope.company_id} and crew_id = ${crew_id} and not account_ids @> ${[...account_ids]}::uuid[]`.execute(scope.db)
}
interface LogIn {
  community_id: string
  name: string
  checklist_id: string
  crew_id: string
  every_minutes: number
  from: string
  to: string
  grace_minutes: number
  from_on: string
}
export async function startLog(scope: Scope, o: LogIn): Promise<{ plan_id: string; task_count: number }> {
  await writeShipped(scope)
  const c = scope.company_id
  const { rows } = await sql<{ kind_id: string }>`select kind_id from rounds.kind where company_id = ${c} and code = 'duty'`.execute(scope.db)
  const plan_id = await writePlan(scope, { community_id: o.community_id, kind_id: rows[0]?.kind_id ?? kindIdOf(c, 'duty'), name: o.name, route_id: null, checklist_id: o.checklist_id, crew_id: o.crew_id, rule: { kind: 'hourly', every_minutes: o.every_minutes, from: o.from, to: o.to, days: 'all', season: null }, from_on: o.from_on, to_on: null, grace_minutes: o.grace_minutes, photo: false })
  await sql`update rounds.plan set state = 'active' where company_id = ${c} and plan_id = ${plan_id}`.execute(scope.db)
  return { plan_id, task_count: await planTasks(scope, { plan_ids: [plan_id] }) }
}
export async function stopLog(scope: Scope, plan_id: string): Promise<number> {
  const p = await planToChange(scope, plan_id)
  if (p.state !== 'active') throw scope.refuse('rounds.plan_over', { name: p.name })
  const dropped = await dropAhead(scope, plan_id)
  await sql`update rounds.plan set state = 'stopped', changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${scope.company_id} and plan_id = ${plan_id}`.execute(scope.db)
  return dropped
}
