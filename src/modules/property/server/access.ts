// Who may see which communities, buildings and houses. Staff see by the reach of the call's permission. Residents see nothing
// here: their own houses are found by people (housesOfResident), which stands above this module.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Reach, Scope } from '../../../kernel/scope.ts'

interface Of {
  /** Alias of a table that has community_id and building_id: property.house, billing.bill, … */
  alias?: string
  /** Another permission than the one the call was let in by. */
  permission?: string
}

/**
 * The condition that a row's house is within reach. Everything that lists or opens rows of a house goes through it:
 *   db.selectFrom('property.house as h').where(housesSeenBy(scope))
 *   sql`select … from billing.bill b where b.company_id = ${c} and ${housesSeenBy(scope, { alias: 'b' })}`
 */
export function housesSeenBy(scope: Scope, o: Of = {}): RawBuilder<SqlBool> {
  const r = scope.reach(o.permission)
  const a = o.alias ?? 'h'
  if (r.all) return sql<SqlBool>`true`
  const byCommunity = sql<SqlBool>`${sql.ref(`${a}.community_id`)} = any(${r.community_ids}::uuid[])`
  const byBuilding = sql<SqlBool>`${sql.ref(`${a}.building_id`)} = any(${r.building_ids}::uuid[])`
  if (r.community_ids.length && r.building_ids.length) return sql<SqlBool>`(${byCommunity} or ${byBuilding})`
  if (r.community_ids.length) return byCommunity
  return r.building_ids.length ? byBuilding : sql<SqlBool>`false`
}

/** The same for a row that is known already: the answers `can` that travel with rows. */
export const covers = (r: Reach, row: { community_id: string; building_id: string }): boolean => r.all || r.community_ids.includes(row.community_id) || r.building_ids.includes(row.building_id)

/** Communities within reach, or in which a building is. `alias` has community_id. */
export function communitiesSeenBy(scope: Scope, o: Of = {}): RawBuilder<SqlBool> {
  const r = scope.reach(o.permission)
  const id = sql.ref(`${o.alias ?? 'c'}.community_id`)
  if (r.all) return sql<SqlBool>`true`
  return sql<SqlBool>`(${id} = any(${r.community_ids}::uuid[]) or ${id} in (select sb.community_id from property.building sb where sb.company_id = ${scope.company_id} and sb.building_id = any(${r.building_ids}::uuid[])))`
}

/** The community as a whole is within reach: to change it, or things that belong to no building. */
export async function communityToChange(scope: Scope, community_id: string, permission?: string) {
  const r = scope.reach(permission)
  if (!r.all && !r.community_ids.includes(community_id)) throw scope.notFound()
  const row = await scope.db.selectFrom('property.community').selectAll().where('company_id', '=', scope.company_id).where('community_id', '=', community_id).executeTakeFirst()
  if (!row) throw scope.notFound()
  return row
}

export async function buildingToRead(scope: Scope, building_id: string, permission?: string) {
  const row = await scope.db.selectFrom('property.building as b').selectAll().where('b.company_id', '=', scope.company_id).where('b.building_id', '=', building_id).where(housesSeenBy(scope, { alias: 'b', ...(permission ? { permission } : {}) })).executeTakeFirst()
  if (!row) throw scope.notFound()
  return row
}

/** The only door to one house: within reach of the call's permission (or another), else 404. */
export async function houseToRead(scope: Scope, house_id: string, permission?: string) {
  const row = await one(scope, house_id, permission).executeTakeFirst()
  if (!row) throw scope.notFound()
  return row
}
/** As houseToRead, and locked to the end of the transaction. */
export async function houseToChange(scope: Scope, house_id: string, permission?: string) {
  const row = await one(scope, house_id, permission).forUpdate().executeTakeFirst()
  if (!row) throw scope.notFound()
  return row
}
const one = (scope: Scope, house_id: string, permission?: string) =>
  scope.db.selectFrom('property.house as h').selectAll('h').where('h.company_id', '=', scope.company_id).where('h.house_id', '=', house_id).where(housesSeenBy(scope, permission ? { permission } : {}))

/** All of these houses, locked in id order; 404 when one of them is not within reach. */
export async function housesToChange(scope: Scope, house_ids: readonly string[]) {
  const ids = [...new Set(house_ids)]
  const rows = await scope.db
    .selectFrom('property.house as h')
    .selectAll('h')
    .where('h.company_id', '=', scope.company_id)
    .where(sql<SqlBool>`h.house_id = any(${ids}::uuid[])`)
    .where(housesSeenBy(scope))
    .orderBy('h.house_id')
    .forUpdate()
    .execute()
  if (rows.length !== ids.length) throw scope.notFound()
  return rows
}
