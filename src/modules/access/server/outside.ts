// What lanes and the clock ask of visits.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { barredReason } from './barred.ts'
import { earlyMinutes, policyOf } from './policy.ts'

interface Announced {
  community_id: RawBuilder<unknown>
  plate: string
  at: string
}
/** For the lane, a subselect: the visit of an announced car of the community now; out and in again while its time lasts. Whoever is on the black list is announced to nobody. */
export const visitByPlate = (scope: Scope, o: Announced): RawBuilder<string | null> => sql<string | null>`(select v.visit_id from access.visit v where v.company_id = ${scope.company_id} and v.community_id = ${o.community_id} and v.plate = ${o.plate} and (v.state in ('waiting', 'arrived') or (v.state = 'left' and v.left_by_lane)) and v.from_at - make_interval(mins => ${earlyMinutes(scope)}) <= ${o.at}::timestamptz and v.to_at > ${o.at}::timestamptz and ${barredReason(scope)} is null order by v.from_at limit 1)`
/** Let in by a lane or a door; the first arrival stays. */
export async function visitorCame(scope: Scope, visit_id: string, by: string): Promise<void> {
  await sql`update access.visit set state = 'arrived', arrived_at = coalesce(arrived_at, ${scope.now}::timestamptz), arrived_by = coalesce(arrived_by, ${by}), left_at = null, left_by = null, left_by_lane = false where company_id = ${scope.company_id} and visit_id = ${visit_id} and (state = 'waiting' or (state = 'left' and left_by_lane))`.execute(scope.db)
}
/** The car that a visit is known by went out. */
export async function visitorLeft(scope: Scope, visit_id: string, by: string): Promise<void> {
  await sql`update access.visit set state = 'left', left_at = ${scope.now}, left_by = ${by}, left_by_lane = true where company_id = ${scope.company_id} and visit_id = ${visit_id} and state = 'arrived'`.execute(scope.db)
}

const FORGET_MAX = 5000
/** Deletes what is older than it may be kept; the audit says how many. */
export async function forgetVisits(scope: Scope): Promise<void> {
  const c = scope.company_id
  const keep = (await policyOf(scope)).keep_days
  const r = await sql`delete from access.visit where company_id = ${c} and visit_id in (select visit_id from access.visit where company_id = ${c} and to_at < ${scope.now}::timestamptz - make_interval(days => ${keep}) order by to_at limit ${FORGET_MAX}) returning visit_id`.execute(scope.db)
  const b = await sql`delete from access.barred where company_id = ${c} and barred_id in (select barred_id from access.barred where company_id = ${c} and least(to_on, (lifted_at at time zone 'Asia/Shanghai')::date) < ${scope.today}::date - ${keep}::int limit ${FORGET_MAX}) returning barred_id`.execute(scope.db)
  if (r.rows.length + b.rows.length > 0) scope.note('visit', 'old', { deleted: r.rows.length, barred_deleted: b.rows.length, keep_days: keep })
}

/** Two entries of the register that were one person: what he announced follows him. */
export async function followMerged(scope: Scope, keep_id: string, drop_id: string): Promise<void> {
  await sql`update access.visit set person_id = ${keep_id} where company_id = ${scope.company_id} and person_id = ${drop_id}`.execute(scope.db)
}
