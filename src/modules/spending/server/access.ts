// Money of a community is seen and spent by who has the community as a whole; a grant over a building opens nothing. Owners see what was
// disclosed for the communities of their own houses.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesOfResident } from '../../people/server/index.ts'

/** Condition on a row with community_id. */
export function communitiesSeen(scope: Scope, alias: string): RawBuilder<SqlBool> {
  const reach = scope.reach()
  return reach.all ? sql<SqlBool>`true` : sql<SqlBool>`${sql.ref(`${alias}.community_id`)} = any(${reach.community_ids}::uuid[])`
}
export async function myCommunities(scope: Scope): Promise<string[]> {
  const own = await housesOfResident(scope)
  if (own.length === 0) return []
  const rows = await scope.db.selectFrom('property.house').select('community_id').distinct().where('company_id', '=', scope.company_id).where('house_id', 'in', own.map((h) => h.house_id)).execute()
  return rows.map((r) => r.community_id)
}
