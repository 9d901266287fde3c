// The one place where who asks becomes which cameras. A camera hangs in a community, perhaps in a building of it: seen by the reach of the right.
// Whoever may see the list may not thereby look: watching, playing back and clips are rights of their own.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'

/** `alias` has community_id and building_id. */
export const camerasSeenBy = (scope: Scope, alias = 'k', permission?: string): RawBuilder<SqlBool> => housesSeenBy(scope, { alias, ...(permission ? { permission } : {}) })

export interface Camera {
  camera_id: string
  community_id: string
  building_id: string | null
  no: number
  name: string
  has_ptz: boolean
  address_sealed: string
}
/** Within reach and in use, else 404. */
export async function camerasOf(scope: Scope, ids: readonly string[], o: { retired?: boolean; lock?: boolean } = {}): Promise<Camera[]> {
  const { rows } = await sql<Camera>`select k.camera_id, k.community_id, k.building_id, k.no, k.name, k.has_ptz, k.address_sealed from video.camera k where k.company_id = ${scope.company_id} and k.camera_id = any(${[...ids]}::uuid[]) and ${camerasSeenBy(scope)} ${o.retired ? sql`` : sql`and k.retired_at is null`} ${o.lock ? sql`for update of k` : sql``}`.execute(scope.db)
  if (rows.length !== new Set(ids).size) throw scope.notFound()
  return rows
}
export const cameraOf = async (scope: Scope, camera_id: string, o: { retired?: boolean; lock?: boolean } = {}): Promise<Camera> => (await camerasOf(scope, [camera_id], o))[0]!
export interface GbDeviceHere {
  gb_device_id: string
  community_id: string
  name: string
  online: boolean
}
/** Within reach, else 404. A device stands for a whole community. */
export async function gbDeviceOf(scope: Scope, gb_device_id: string, o: { lock?: boolean } = {}): Promise<GbDeviceHere> {
  const { rows } = await sql<GbDeviceHere>`select d.gb_device_id, d.community_id, d.name, coalesce((select s.online from video.gb_device_state s where s.company_id = ${scope.company_id} and s.gb_device_id = d.gb_device_id), false) as online from video.gb_device d where d.company_id = ${scope.company_id} and d.gb_device_id = ${gb_device_id} ${o.lock ? sql`for update of d` : sql``}`.execute(scope.db)
  const r = scope.reach()
  if (!rows[0] || (!r.all && !r.community_ids.includes(rows[0].community_id))) throw scope.notFound()
  return rows[0]
}
export function reaches(scope: Scope, permission: string, k: { community_id: string; building_id: string | null }): boolean {
  if (!mayDo(scope.who, permission)) return false
  const r = scope.reach(permission)
  return r.all || r.community_ids.includes(k.community_id) || (k.building_id !== null && r.building_ids.includes(k.building_id))
}
/** What one company decides holds in all its communities. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
/** The video service hears of it when the transaction is committed. */
export function tellService(scope: Scope, what: 'cameras' | 'probe' | 'clip' | 'gb' | 'gb_task'): void {
  scope.last(sql`select pg_notify('heyuan_video', ${`${scope.company_id}:${what}`})`.execute(scope.db))
}
/** Without a sign of life for this long, the service is not there. */
export const SERVICE_S = 30
export const serviceSql = (scope: Scope): RawBuilder<string | null> => sql<string | null>`(select case when v.beat_at > ${scope.now}::timestamptz - make_interval(secs => ${SERVICE_S}) then v.beat_at end from video.service v where v.company_id = ${scope.company_id})`
