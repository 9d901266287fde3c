// Who may see which devices: those at places within reach of the call's permission; a device of no building belongs to its community as a whole.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import type { State } from '../contract.ts'

export interface DeviceKey {
  equipment_id: string
  community_id: string
  building_id: string | null
  category_id: string
  no: string
  name: string
  code: string
  place: string
  state: State
  state_no: number
}
export const devicesSeenBy = (scope: Scope, permission?: string, alias = 'd'): RawBuilder<SqlBool> => housesSeenBy(scope, { alias, ...(permission ? { permission } : {}) })

async function one(scope: Scope, equipment_id: string, permission: string | undefined, lock: boolean): Promise<DeviceKey> {
  const { rows } = await sql<DeviceKey>`select d.equipment_id, d.community_id, d.building_id, d.category_id, d.no, d.name, d.code, d.place, d.state, d.state_no from equipment.device d
    where d.company_id = ${scope.company_id} and d.equipment_id = ${equipment_id} and ${devicesSeenBy(scope, permission)} ${lock ? sql`for update of d` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export const deviceToRead = (scope: Scope, equipment_id: string, permission?: string): Promise<DeviceKey> => one(scope, equipment_id, permission, false)
/** Locked to the end of the transaction. */
export const deviceToChange = (scope: Scope, equipment_id: string, permission?: string): Promise<DeviceKey> => one(scope, equipment_id, permission, true)
export function reaches(scope: Scope, permission: string, o: { community_id: string; building_id: string | null }): boolean {
  const r = scope.reach(permission)
  return r.all || r.community_ids.includes(o.community_id) || (o.building_id !== null && r.building_ids.includes(o.building_id))
}
/** What one company decides holds in all its communities. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
