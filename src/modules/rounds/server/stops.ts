// The stops of a task: those of its route in the version it was begun with, or the one thing that a plan without route is.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Item } from '../contract.ts'
import type { Task } from './access.ts'

export interface StopRow {
  stop_no: number
  point_id: string | null
  /** The device that the point is. */
  equipment_id: string | null
  name: string
  place: string
  proof: 'scan' | 'nfc' | 'screen' | 'none'
  code: string
  nfc_id: string | null
  lat: string | null
  lon: string | null
  secret: string
  version_id: string | null
  checklist_name: string | null
  /** Whom the checklist scores. */
  department: string | null
  items: Item[]
  travel_seconds: number
}
const LATEST = (scope: Scope, of: string) => sql`left join lateral (select v.version_id, v.items, l.name, k.department from rounds.checklist l join rounds.kind k on k.company_id = ${scope.company_id} and k.kind_id = l.kind_id join rounds.checklist_version v on v.company_id = ${scope.company_id} and v.checklist_id = l.checklist_id where l.company_id = ${scope.company_id} and l.checklist_id = ${sql.ref(of)} order by v.version_no desc limit 1) c on true`

export async function stopsOf(scope: Scope, t: Pick<Task, 'route_id' | 'route_version' | 'name' | 'checklist_id'>): Promise<StopRow[]> {
  const co = scope.company_id
  if (!t.route_id) {
    const { rows } = await sql<StopRow>`select 1 as stop_no, null as point_id, null as equipment_id, ${t.name}::text as name, '' as place, 'none' as proof, '' as code, null as nfc_id, null as lat, null as lon, '' as secret, c.version_id, c.name as checklist_name, c.department, coalesce(c.items, '[]') as items, 0 as travel_seconds
      from (select ${t.checklist_id}::uuid as checklist_id) p ${LATEST(scope, 'p.checklist_id')}`.execute(scope.db)
    return rows
  }
  const { rows } = await sql<StopRow>`select s.stop_no, p.point_id, p.equipment_id, p.name, p.place, p.proof, p.code, p.nfc_id, p.lat::text as lat, p.lon::text as lon, p.secret, c.version_id, c.name as checklist_name, c.department, coalesce(c.items, '[]') as items, s.travel_seconds
    from rounds.route_stop s join rounds.point p on p.company_id = ${co} and p.point_id = s.point_id ${LATEST(scope, 's.checklist_id')}
    where s.company_id = ${co} and s.route_id = ${t.route_id} and s.version_no = coalesce(${t.route_version}::int, (select r.version_no from rounds.route r where r.company_id = ${co} and r.route_id = ${t.route_id})) order by s.stop_no`.execute(scope.db)
  return rows
}
