// Which visits who asks may see: staff by the reach of the right over the visited house, residents those of their own houses of today.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'

/** `v` has community_id and building_id. */
export const visitsSeenBy = (scope: Scope): RawBuilder<SqlBool> => housesSeenBy(scope, { alias: 'v' })
export interface Visit {
  visit_id: string
  house_id: string
  community_id: string
  visitor_name: string
  visitor_phone: string | null
  plate: string | null
  id_index: string | null
  state: 'waiting' | 'arrived' | 'left' | 'cancelled'
  from_at: string
  to_at: string
}
/** Within reach and locked, else 404. */
export async function visitToChange(scope: Scope, visit_id: string, where: RawBuilder<SqlBool> = visitsSeenBy(scope)): Promise<Visit> {
  const { rows } = await sql<Visit>`select v.visit_id, v.house_id, v.community_id, v.visitor_name, v.visitor_phone, v.plate, v.id_index, v.state, v.from_at, v.to_at from access.visit v where v.company_id = ${scope.company_id} and v.visit_id = ${visit_id} and ${where} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Doors that know a visitor's digits hear of it. */
export const changed = (scope: Scope, subject: string): void => scope.emit('access.visit_changed', subject, {})
