// The one place where who asks becomes which plans: those of communities within reach, a plan of a building by the building. What stands on a plan is seen by the rights over the
// thing itself (kinds.ts), never by the right over the plan.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange, housesSeenBy } from '../../property/server/index.ts'

export const plansSeenBy = (scope: Scope, alias = 'p'): RawBuilder<SqlBool> => sql<SqlBool>`(case when ${sql.ref(`${alias}.building_id`)} is null then ${communitiesSeenBy(scope, { alias })} else ${housesSeenBy(scope, { alias })} end)`
export interface PlanKey {
  plan_id: string
  community_id: string
  building_id: string | null
  name: string
}
export async function planToRead(scope: Scope, plan_id: string): Promise<PlanKey> {
  const { rows } = await sql<PlanKey>`select p.plan_id, p.community_id, p.building_id, p.name from siteplan.plan p where p.company_id = ${scope.company_id} and p.plan_id = ${plan_id} and ${plansSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Whoever draws draws for the whole community. */
export async function planToChange(scope: Scope, plan_id: string): Promise<PlanKey> {
  const { rows } = await sql<PlanKey>`select p.plan_id, p.community_id, p.building_id, p.name from siteplan.plan p where p.company_id = ${scope.company_id} and p.plan_id = ${plan_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  await communityToChange(scope, rows[0].community_id)
  return rows[0]
}
export interface VersionKey extends PlanKey {
  version_id: string
}
/** The version of a day: the last one that began by then. */
export const versionOn = (scope: Scope, alias = 'p'): RawBuilder<string> => sql<string>`(select v.version_id from siteplan.version v where v.company_id = ${scope.company_id} and v.plan_id = ${sql.ref(`${alias}.plan_id`)} and v.from_on <= ${scope.today}::date order by v.from_on desc, v.version_no desc limit 1)`
export async function versionToRead(scope: Scope, version_id: string): Promise<VersionKey & { file_id: string }> {
  const { rows } = await sql<VersionKey & { file_id: string }>`select p.plan_id, p.community_id, p.building_id, p.name, v.version_id, v.file_id from siteplan.version v join siteplan.plan p on p.company_id = ${scope.company_id} and p.plan_id = v.plan_id where v.company_id = ${scope.company_id} and v.version_id = ${version_id} and ${plansSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** To be drawn on: what a newer version has replaced is history. The plan is locked: two who place the same thing stand in line. */
export async function versionToChange(scope: Scope, version_id: string): Promise<VersionKey> {
  const { rows } = await sql<{ plan_id: string }>`select v.plan_id from siteplan.version v where v.company_id = ${scope.company_id} and v.version_id = ${version_id}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  const plan = await planToChange(scope, rows[0].plan_id)
  const { rows: past } = await sql`select from siteplan.version v where v.company_id = ${scope.company_id} and v.plan_id = ${plan.plan_id} and v.from_on <= ${scope.today}::date and (v.from_on, v.version_no) > (select o.from_on, o.version_no from siteplan.version o where o.company_id = ${scope.company_id} and o.version_id = ${version_id}) limit 1`.execute(scope.db)
  if (past.length > 0) throw scope.refuse('siteplan.version_past')
  return { ...plan, version_id }
}
