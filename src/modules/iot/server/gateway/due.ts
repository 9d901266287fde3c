// Events that make an alarm (or end one) between being stored and being acted on. They are noted in the transaction that stores and acknowledges them, and the note goes in the one
// that writes the alarm: whoever is killed in between finds it at the next start. Commands of rules are not made up for, because what moves something late is worse than not at all.
import { sql } from 'kysely'
import type { Scope } from '../../../../kernel/scope.ts'
import type { Known } from './registry.ts'

/** At one turn; what is left waits for the next. */
const AT_ONCE = 500
/** What a device's event alarms by, or nothing. A fire panel's reports are acted on by their own doors (tcp_door.ts, printer_door.ts). */
export function alarmOf(d: Known, kind: string): { name: string; level: 'minor' | 'major' | 'critical' } | null {
  const spec = d.model.events.find((x) => x.key === kind)
  if (!spec || spec.level === 'notice' || d.life !== 'active' || d.link === 'gb26875' || d.link === 'fire_printer') return null
  return { name: spec.name, level: spec.level }
}
export const INSERT_DUE = `insert into iot.event_due (company_id, device_id, key, received_at) select $1::bigint, x.device_id, x.key, $2::timestamptz from unnest($3::uuid[], $4::text[]) as x(device_id, key)`
export interface Due {
  device_id: string
  kind: string
}
/** Of which devices and kinds something waits, the longest waiting first. */
export async function dueKinds(scope: Scope): Promise<Due[]> {
  const { rows } = await sql<Due>`select q.device_id, e.kind from iot.event_due q join iot.event e on e.company_id = ${scope.company_id} and e.device_id = q.device_id and e.key = q.key where q.company_id = ${scope.company_id} group by 1, 2 order by min(q.received_at) limit ${AT_ONCE}`.execute(scope.db)
  return rows
}
export interface DueEvent {
  at: string
  received_at: string
  src: 'live' | 'undated'
  payload: Record<string, unknown>
}
/** What waits of one device and kind, in the order it came; it is the caller's to act on, and waits no more when his transaction stands. */
export async function takeDue(scope: Scope, d: Due): Promise<DueEvent[]> {
  const { rows } = await sql<DueEvent>`with gone as (delete from iot.event_due q using iot.event e where q.company_id = ${scope.company_id} and q.device_id = ${d.device_id}::uuid and e.company_id = ${scope.company_id} and e.device_id = q.device_id and e.key = q.key and e.kind = ${d.kind} returning e.at, e.received_at, e.src, e.payload)
    select at, received_at, src, payload from gone order by received_at, at`.execute(scope.db)
  return rows
}
