// Who may see which devices: those at places within reach of the call's permission; a device of no building belongs to its community as a whole.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'

export interface DeviceKey {
  device_id: string
  community_id: string
  building_id: string | null
  product_id: string
  no: string
  name: string
  life: 'active' | 'maintenance' | 'retired'
  bus_id: string | null
  equipment_id: string | null
}
export const devicesSeenBy = (scope: Scope, permission?: string, alias = 'd'): RawBuilder<SqlBool> => housesSeenBy(scope, { alias, ...(permission ? { permission } : {}) })

/** Within reach, locked to the end of the transaction when it is to be changed; else 404. */
export async function deviceOf(scope: Scope, device_id: string, o: { lock?: boolean; permission?: string } = {}): Promise<DeviceKey> {
  const { rows } = await sql<DeviceKey>`select d.device_id, d.community_id, d.building_id, d.product_id, d.no, d.name, d.life, d.bus_id, d.equipment_id from iot.device d
    where d.company_id = ${scope.company_id} and d.device_id = ${device_id} and ${devicesSeenBy(scope, o.permission)} ${o.lock ? sql`for update of d` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export function reaches(scope: Scope, permission: string, o: { community_id: string; building_id: string | null }): boolean {
  const r = scope.reach(permission)
  return r.all || r.community_ids.includes(o.community_id) || (o.building_id !== null && r.building_ids.includes(o.building_id))
}
/** What one company decides holds in all its communities. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
/** The gateway hears of it when the transaction is committed: `what` is what it should look at again. */
export function tellGateway(scope: Scope, what: 'registry' | 'command' | 'task' | 'rules'): void {
  scope.last(sql`select pg_notify('heyuan_iot', ${`${scope.company_id}:${what}`})`.execute(scope.db))
}
