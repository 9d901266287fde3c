// Who may see which meters: those of houses within reach.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'

export interface SeenMeter {
  meter_id: string
  house_id: string
  community_id: string
  house_label: string
  kind: string
  no: string
  multiplier: string
  start_reading: string
  installed_on: string
  removed_on: string | null
}

/** These meters, locked in id order to the end of the transaction; 404 when one is not within reach. */
export async function metersToChange(scope: Scope, meter_ids: readonly string[]): Promise<Map<string, SeenMeter>> {
  const ids = [...new Set(meter_ids)]
  const { rows } = await sql<SeenMeter>`select m.meter_id, m.house_id, h.community_id, h.label as house_label, m.kind, m.no, m.multiplier, m.start_reading, m.installed_on, m.removed_on
    from meters.meter m join property.house h on h.company_id = ${scope.company_id} and h.house_id = m.house_id
    where m.company_id = ${scope.company_id} and m.meter_id = any(${ids}::uuid[]) and ${housesSeenBy(scope)} order by m.meter_id for update of m`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.notFound()
  return new Map(rows.map((r) => [r.meter_id, r]))
}

export async function meterToRead(scope: Scope, meter_id: string): Promise<{ meter_id: string }> {
  const { rows } = await sql<{ meter_id: string }>`select m.meter_id from meters.meter m join property.house h on h.company_id = ${scope.company_id} and h.house_id = m.house_id
    where m.company_id = ${scope.company_id} and m.meter_id = ${meter_id} and ${housesSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
