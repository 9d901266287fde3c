// The one place where who asks becomes which rows of parking. A lot lies in a building of a community: seen by the reach of the right.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { maskPlate } from './rules/plates.ts'

/** Lots within reach; `alias` has community_id and building_id. */
export const lotsSeenBy = (scope: Scope, alias = 'l', permission?: string): RawBuilder<SqlBool> => housesSeenBy(scope, { alias, ...(permission ? { permission } : {}) })

export interface Lot {
  lot_id: string
  community_id: string
  building_id: string
  house_id: string
  payer_id: string
  name: string
  code: string
  belongs_to: 'service' | 'company' | 'public_income' | 'trust'
  retired_at: string | null
}
export async function lotToRead(scope: Scope, lot_id: string): Promise<Lot> {
  const { rows } = await sql<Lot>`select l.lot_id, l.community_id, l.building_id, l.house_id, l.payer_id, l.name, l.code, l.belongs_to, l.retired_at from parking.lot l where l.company_id = ${scope.company_id} and l.lot_id = ${lot_id} and ${lotsSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** A camera within reach, held until the end. */
export async function cameraOf(scope: Scope, camera_id: string): Promise<{ camera_id: string; name: string; dialect: string; reach_sealed: string | null }> {
  const c = scope.company_id
  const { rows } = await sql<{ camera_id: string; name: string; dialect: string; reach_sealed: string | null }>`select k.camera_id, k.name, k.dialect, k.reach_sealed from parking.camera k join parking.lane n on n.company_id = ${c} and n.lane_id = k.lane_id join parking.lot l on l.company_id = ${c} and l.lot_id = n.lot_id where k.company_id = ${c} and k.camera_id = ${camera_id} and ${lotsSeenBy(scope)} for update of k`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Everything that changes who is inside a lot stands in one line per lot, cameras too. */
export const lotHeld = (scope: Scope, lot_id: string) => sql`select pg_advisory_xact_lock(hashtextextended(${`parking.lot:${scope.company_id}:${lot_id}`}, 0))`
export const holdLot = (scope: Scope, lot_id: string) => lotHeld(scope, lot_id).execute(scope.db)

/** Plates are personal data (个人信息保护法 4): whole only for whoever may see them. */
export const seesPlates = (scope: Scope): boolean => mayDo(scope.who, 'parking.plate.reveal')
export function plateShown(scope: Scope): (plate: string, no_plate?: boolean) => string {
  const whole = seesPlates(scope)
  return (plate, no_plate = false) => (whole || no_plate ? plate : maskPlate(plate))
}
