// Records of a port that is no door yet: kept, counted, shown; when the port is registered they become passages of that door.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { placesSeenBy } from './access.ts'

export async function adoptStrays(scope: Scope, o: { controller_id: string; port_no: number; door_id: string }): Promise<number> {
  const c = scope.company_id
  const { rows } = await sql`with gone as (delete from doors.stray s where s.company_id = ${c} and s.controller_id = ${o.controller_id} and s.port_no = ${o.port_no} returning s.*)
    insert into doors.passage (company_id, passage_id, community_id, building_id, controller_id, door_id, series, seq, what, way, why, holder_id, card_id, visit_id, card_tail, at, received_at, replay)
    select ${c}, g.stray_id, d.community_id, d.building_id, g.controller_id, d.door_id, g.series, g.seq, g.what, g.way, g.why, g.holder_id, g.card_id, g.visit_id, g.card_tail, g.at, g.received_at, true from gone g join doors.door d on d.company_id = ${c} and d.door_id = ${o.door_id} on conflict do nothing returning passage_id`.execute(scope.db)
  return rows.length
}
const PORTS_MAX = 100
export async function strayPorts(scope: Scope, community_id: string | undefined): Promise<{ controller_name: string; port_no: number; stray_count: number; last_at: string }[]> {
  const c = scope.company_id
  const { rows } = await sql<{ controller_name: string; port_no: number; stray_count: number; last_at: string }>`select k.name as controller_name, s.port_no, count(*)::int as stray_count, max(s.at) as last_at from doors.stray s join doors.controller k on k.company_id = ${c} and k.controller_id = s.controller_id
    where s.company_id = ${c} and ${placesSeenBy(scope, 's')} and ${community_id ? sql`s.community_id = ${community_id}` : sql`true`} group by k.name, s.port_no order by k.name, s.port_no limit ${PORTS_MAX}`.execute(scope.db)
  return rows
}
