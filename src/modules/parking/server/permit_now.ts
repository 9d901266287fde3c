// Whether a permit holds on a day. A monthly pass holds by its terms, and a term once its bill is settled; the others by their own days.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** A condition on `pm` (parking.permit): in force on the day. */
export const holdsOn = (scope: Scope, day: string) => sql`(pm.state = 'live' and pm.from_on <= ${day}::date and (pm.to_on is null or pm.to_on > ${day}::date))`

export async function permitNow(scope: Scope, permit_id: string, day: string): Promise<{ covers: boolean; until: string | null } | null> {
  const { rows } = await sql<{ covers: boolean; until: string | null }>`select ${holdsOn(scope, day)} as covers, coalesce(pm.to_on, (pm.ended_at at time zone 'Asia/Shanghai')::date) as until from parking.permit pm where pm.company_id = ${scope.company_id} and pm.permit_id = ${permit_id}`.execute(scope.db)
  return rows[0] ?? null
}
