// What a person may see of each other module's rows: the reach of that module's own permission decides, never the call's.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'

/** Whether the permission reaches any row at all: a card or a branch of the search without it is left out. */
export function reaches(scope: Scope, permission: string): boolean {
  const r = scope.reach(permission)
  return r.all || r.community_ids.length > 0 || r.building_ids.length > 0
}
/** Rows of a house (alias with community_id, building_id) within reach of the permission, of one community if asked. */
export function seen(scope: Scope, alias: string, permission: string, community_id: string | undefined): RawBuilder<SqlBool> {
  const within = housesSeenBy(scope, { alias, permission })
  return community_id ? sql<SqlBool>`${within} and ${sql.ref(`${alias}.community_id`)} = ${community_id}` : within
}
/** Rows of a whole community (alias with community_id only): reach over one building of it is not enough. */
export function seenCommunity(scope: Scope, alias: string, permission: string, community_id: string | undefined): RawBuilder<SqlBool> {
  const r = scope.reach(permission)
  const id = sql.ref(`${alias}.community_id`)
  const within = r.all ? sql<SqlBool>`true` : sql<SqlBool>`${id} = any(${r.community_ids}::uuid[])`
  return community_id ? sql<SqlBool>`${within} and ${id} = ${community_id}` : within
}
