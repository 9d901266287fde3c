// What is known when a car stands at a barrier, in one statement each: the camera with its lane, lot and rule; the car.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { visitByPlate } from '../../access/server/index.ts'
import type { DialectName, LotRule } from '../contract.ts'
import { ruleOn } from './config.ts'
import { daysHold, passesPaid } from './permit_now.ts'
import { STAY_COLUMNS, type StayRow } from './price.ts'
import type { PermitSeen } from './rules/decide.ts'

export interface CameraSeen {
  camera_id: string
  direction: 'in' | 'out'
  serial_no: string | null
  secret_no: number
  dialect: DialectName
  /** The platform can ask it. */
  reached: boolean
  lane_id: string
  lane_name: string
  lot_id: string
  community_id: string
  zone_id: string | null
  zone_capacity: number | null
  clock_off_s: number | null
  rule: LotRule | null
}
/** The camera that an address names, in use; null otherwise. */
export async function cameraSeen(scope: Scope, camera_id: string): Promise<CameraSeen | null> {
  const c = scope.company_id
  const { rows } = await sql<CameraSeen>`select k.camera_id, k.direction, k.serial_no, k.secret_no, k.dialect, k.reach_sealed is not null as reached, n.lane_id, n.name as lane_name, l.lot_id, l.community_id, z.zone_id, z.capacity as zone_capacity, s.clock_off_s, to_jsonb(u) as rule
    from parking.camera k join parking.lane n on n.company_id = ${c} and n.lane_id = k.lane_id join parking.lot l on l.company_id = ${c} and l.lot_id = n.lot_id
      left join parking.zone z on z.company_id = ${c} and z.zone_id = n.zone_id and z.retired_at is null left join parking.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id left join lateral ${ruleOn(scope, 'l.lot_id', scope.today)} u on true
    where k.company_id = ${c} and k.camera_id = ${camera_id} and k.retired_at is null and n.retired_at is null and l.retired_at is null`.execute(scope.db)
  return rows[0] ?? null
}

export interface LastLook {
  look_id: string
  plate: string
  no_plate: boolean
  confidence: number | null
  decision: string
  stay_id: string | null
  received_at: string
}
export interface CarSeen {
  /** The same look was taken before. */
  again: { decision: string; received_at: string } | null
  /** What the lane saw last, within the window. */
  last: LastLook | null
  permits: (PermitSeen & { reason: string | null })[]
  stay: StayRow | null
  /** The visit by which it comes, for a car that has no permit. */
  visit_id: string | null
  inside: number
  residents: number
  zone_inside: number
}
export async function carSeen(scope: Scope, k: CameraSeen, o: { look_key: string; plate: string | null; day: string; at: string; window_s: number; visits: boolean }): Promise<CarSeen> {
  const c = scope.company_id
  const visit = o.visits && o.plate !== null ? visitByPlate(scope, { community_id: sql`${k.community_id}`, plate: o.plate, at: o.at }) : sql`null::uuid`
  const { rows } = await sql<CarSeen>`select
    (select jsonb_build_object('decision', x.decision, 'received_at', x.received_at) from parking.look x where x.company_id = ${c} and x.camera_id = ${k.camera_id} and x.look_key = ${o.look_key}) as again,
    (select to_jsonb(x) from (select x.look_id, x.plate, x.no_plate, x.confidence, x.decision, x.stay_id, x.received_at from parking.look x where x.company_id = ${c} and x.lane_id = ${k.lane_id} and x.received_at > ${scope.now}::timestamptz - make_interval(secs => ${o.window_s}) and not x.replay and x.decision in ('open', 'hold') order by x.received_at desc, x.look_id desc limit 1) x) as last,
    coalesce((select jsonb_agg(jsonb_build_object('permit_id', pm.permit_id, 'kind', pm.kind, 'places', pm.places, 'reason', pm.reason, 'inside', (select count(*)::int from parking.stay t where t.company_id = ${c} and t.permit_id = pm.permit_id and t.state = 'in' and t.class <> 'overflow' and t.plate <> ${o.plate ?? ''})) order by pm.created_at)
      from parking.permit_plate pp join parking.permit pm on pm.company_id = ${c} and pm.permit_id = pp.permit_id
      where pp.company_id = ${c} and pp.lot_id = ${k.lot_id} and pp.plate = ${o.plate ?? ''} and pp.from_on <= ${o.day}::date and (pp.to_on is null or pp.to_on > ${o.day}::date) and ${daysHold(o.day)}), '[]') as permits,
    (select to_jsonb(t) from (select ${STAY_COLUMNS} from parking.stay t where t.company_id = ${c} and t.lot_id = ${k.lot_id} and t.plate = ${o.plate ?? ''} and t.state = 'in') t) as stay, ${visit} as visit_id,
    n.inside, n.residents, n.zone_inside
    from (select count(*)::int as inside, count(*) filter (where t.class in ('owner_bay', 'lease', 'monthly'))::int as residents, count(*) filter (where t.zone_id = ${k.zone_id}::uuid)::int as zone_inside from parking.stay t where t.company_id = ${c} and t.lot_id = ${k.lot_id} and t.state = 'in') n`.execute(scope.db)
  // JSON gives instants in the session's zone; everything else here compares them as text in UTC.
  const car = rows[0]!
  const monthly = car.permits.filter((p) => p.kind === 'monthly').map((p) => p.permit_id)
  const paid = monthly.length > 0 ? await passesPaid(scope, monthly, o.day) : null
  return { ...car, permits: paid ? car.permits.filter((p) => p.kind !== 'monthly' || paid.has(p.permit_id)) : car.permits, stay: car.stay ? { ...car.stay, entered_at: new Date(car.stay.entered_at).toISOString(), overflow_until: car.stay.overflow_until && new Date(car.stay.overflow_until).toISOString() } : null }
}

export interface Near {
  stay_id: string
  plate: string
  entered_at: string
  class: string
}
const NEAR_MAX = 500
/** Cars inside whose plate shares at least three places with what was read, for a second look. The last four tell most. */
export async function insideLike(scope: Scope, lot_id: string, read: string): Promise<Near[]> {
  const { rows } = await sql<Near>`select t.stay_id, t.plate, t.entered_at, t.class from parking.stay t where t.company_id = ${scope.company_id} and t.lot_id = ${lot_id} and t.state = 'in' and abs(length(t.plate) - length(${read})) <= 1 and (right(t.plate, 3) = right(${read}, 3) or left(t.plate, 4) = left(${read}, 4)) order by t.entered_at desc limit ${NEAR_MAX}`.execute(scope.db)
  return rows
}
