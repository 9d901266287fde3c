// The one place where who asks becomes which doors. A door lies in a community, perhaps in a building of it: seen by the reach of the right.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, housesSeenBy } from '../../property/server/index.ts'

/** `alias` has community_id and building_id. */
export const doorsSeenBy = (scope: Scope, alias = 'd', permission?: string): RawBuilder<SqlBool> => housesSeenBy(scope, { alias, ...(permission ? { permission } : {}) })
/** Cards, rights, groups, controllers: of a community. */
export const placesSeenBy = (scope: Scope, alias: string): RawBuilder<SqlBool> => communitiesSeenBy(scope, { alias })

export interface Door {
  door_id: string
  controller_id: string
  community_id: string
  building_id: string | null
  port_no: number
  name: string
}
/** Within reach, else 404. */
export async function doorToRead(scope: Scope, door_id: string): Promise<Door> {
  const { rows } = await sql<Door>`select d.door_id, d.controller_id, d.community_id, d.building_id, d.port_no, d.name from doors.door d where d.company_id = ${scope.company_id} and d.door_id = ${door_id} and ${doorsSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Heard within this many seconds: a controller asks every 20. */
export const ONLINE_S = 45
export const onlineSql = (scope: Scope, alias = 's'): RawBuilder<boolean> => sql<boolean>`coalesce(${sql.ref(`${alias}.heard_at`)} > ${scope.now}::timestamptz - make_interval(secs => ${ONLINE_S}), false)`
