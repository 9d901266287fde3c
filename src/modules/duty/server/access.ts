// Which duty rooms one sees: those at places within reach of the call's permission. On the phone the roster decides besides.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import type { RoomKind, Shift, Thing } from '../contract.ts'

export interface RoomKey {
  room_id: string
  community_id: string
  building_id: string | null
  name: string
  kind: RoomKind
  crew_id: string
  inventory: Thing[]
  /** Those in force, by their hour. */
  shifts: Shift[]
}
async function one(scope: Scope, room_id: string, lock: boolean): Promise<RoomKey> {
  const c = scope.company_id
  const { rows } = await sql<RoomKey>`select r.room_id, r.community_id, r.building_id, r.name, r.kind, r.crew_id, r.inventory, ${SHIFTS(c, 'r')} as shifts from duty.room r where r.company_id = ${c} and r.room_id = ${room_id} and ${housesSeenBy(scope, { alias: 'r' })} ${lock ? sql`for update of r` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export const SHIFTS = (c: number, alias: string) => sql`coalesce((select jsonb_agg(jsonb_build_object('shift_id', s.shift_id, 'name', s.name, 'from_time', s.from_time, 'to_time', s.to_time) order by s.from_time, s.name) from duty.shift s where s.company_id = ${c} and s.room_id = ${sql.ref(`${alias}.room_id`)} and s.retired_at is null), '[]')`
export const roomToRead = (scope: Scope, room_id: string): Promise<RoomKey> => one(scope, room_id, false)
/** Locked to the end of the transaction: of two who hand over, take over or roster at once one waits. */
export const roomToChange = (scope: Scope, room_id: string): Promise<RoomKey> => one(scope, room_id, true)
export function reaches(scope: Scope, permission: string, o: { community_id: string; building_id: string | null }): true | string {
  const r = scope.reach(permission)
  return r.all || r.community_ids.includes(o.community_id) || (o.building_id !== null && r.building_ids.includes(o.building_id)) ? true : 'kernel.forbidden'
}
const PEOPLE_MAX = 500
/** Who may stand watch in a room. */
export async function watchersAt(scope: Scope, at: { community_id: string; building_id: string | null }): Promise<{ account_id: string; name: string; post: string | null }[]> {
  const c = scope.company_id
  const { rows } = await sql<{ account_id: string; name: string; post: string | null }>`select distinct m.account_id, m.name, m.post from identity.access_grant g join identity.role r on r.company_id = ${c} and r.role_id = g.role_id and 'duty.watch.work' = any(r.permissions)
      join identity.member m on m.company_id = ${c} and m.account_id = g.account_id and m.disabled_at is null
    where g.company_id = ${c} and (g.scope_kind = 'company' or ${at.community_id}::uuid = any(g.scope_ids) or ${at.building_id}::uuid = any(g.scope_ids)) order by m.name, m.account_id limit ${PEOPLE_MAX}`.execute(scope.db)
  return rows
}
