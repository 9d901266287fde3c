// Who may see which meters: those of houses, buildings and communities within reach. A meter has its place itself, so that main and
// shared meters, which have no house, are seen by the same rule.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'

export interface SeenMeter {
  meter_id: string
  point_id: string
  parent_point_id: string | null
  house_id: string | null
  community_id: string
  building_id: string | null
  name: string | null
  house_label: string
  kind: string
  no: string
  multiplier: string
  start_reading: string | null
  start_carried: string
  whole_digits: number | null
  installed_on: string
  removed_on: string | null
  registers: { register: string; start_reading: string }[]
}

/** Columns of `m` and `h`, the house if there is one. */
const COLUMNS = sql.raw('m.meter_id, m.point_id, m.parent_point_id, m.house_id, m.community_id, m.building_id, m.name, coalesce(h.label, m.name) as house_label, m.kind, m.no, trim_scale(m.multiplier)::text as multiplier, trim_scale(m.start_reading)::text as start_reading, trim_scale(m.start_carried)::text as start_carried, m.whole_digits, m.installed_on, m.removed_on')
const REGISTERS = sql.raw("coalesce((select jsonb_agg(jsonb_build_object('register', g.register, 'start_reading', trim_scale(g.start_reading)::text) order by g.register) from meters.register g where g.company_id = m.company_id and g.meter_id = m.meter_id), '[]') as registers")

/** These meters, locked in id order to the end of the transaction; 404 when one is not within reach. */
export async function metersToChange(scope: Scope, meter_ids: readonly string[]): Promise<Map<string, SeenMeter>> {
  const ids = [...new Set(meter_ids)]
  const { rows } = await sql<SeenMeter>`select ${COLUMNS}, ${REGISTERS} from meters.meter m left join property.house h on h.company_id = ${scope.company_id} and h.house_id = m.house_id
    where m.company_id = ${scope.company_id} and m.meter_id = any(${ids}::uuid[]) and ${housesSeenBy(scope, { alias: 'm' })} order by m.meter_id for update of m`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.notFound()
  return new Map(rows.map((r) => [r.meter_id, r]))
}

export async function meterToRead(scope: Scope, meter_id: string): Promise<SeenMeter> {
  const { rows } = await sql<SeenMeter>`select ${COLUMNS}, ${REGISTERS} from meters.meter m left join property.house h on h.company_id = ${scope.company_id} and h.house_id = m.house_id
    where m.company_id = ${scope.company_id} and m.meter_id = ${meter_id} and ${housesSeenBy(scope, { alias: 'm' })}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
