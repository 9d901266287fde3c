// One look of a camera, from its meaning to the decision: body in, decision out, everything in one transaction with the lot held. A replay is
// recorded and may close or open a stay in the books, and never moves a barrier. Who runs it (this server, later a gateway) does not matter.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { QuoteFault } from '../../tariff/server/index.ts'
import type { LotRule } from '../contract.ts'
import { visitorCame } from '../../access/server/index.ts'
import { lotHeld } from './access.ts'
import type { PlateLook } from './dialect.ts'
import { carSeen, insideLike, type CameraSeen, type CarSeen } from './facts.ts'
import { billDue, lotMoney } from './money.ts'
import { localClock, localDay } from './local.ts'
import { priceStay, type Priced, type StayRow } from './price.ts'
import { decideEntry, decideExit, type VehicleClass } from './rules/decide.ts'
import { isNear } from './rules/plates.ts'
import { addStep, enter, enterKnown, leave, leaveKnown } from './stays.ts'

/** What any dialect says of a look, its picture by its content's name, known when the file is there. */
export type LookIn = Omit<PlateLook, 'kind' | 'serial_no' | 'picture'> & { picture: Promise<string | null> }
export interface LookOut {
  look_id: string | null
  decision: 'open' | 'hold' | 'ignore' | 'recorded'
  why: string
  plate: string
  class: VehicleClass | null
  amount_fen: number | null
}
/** A camera that did not hear the answer sends again at once; after this nobody waits there any more. */
const RESEND_S = 20
/** Two looks of one passage, seen by two cameras of a lane or twice by one, while nobody could be asked. */
const SAME_PASSAGE_MS = 5 * 60_000
/** A camera whose clock is further off than this knows no time. */
const CLOCK_LOST_S = 10 * 366 * 86_400
/** Of 100, as the vendor gives it: below this a plate was not read clearly. */
const CLEAR = 85
const NO_PLATE = '无牌'

/** The camera's own time, put right by what its live looks showed; unknown or in the future: now. */
function deviceTime(scope: Scope, k: CameraSeen, l: LookIn): string {
  if (!l.replay) return scope.now
  const at = (l.device_s + (k.clock_off_s ?? 0)) * 1000
  const now = Date.parse(scope.now)
  return at > now || now - at > CLOCK_LOST_S * 1000 ? scope.now : new Date(at).toISOString()
}
interface Taken extends Omit<LookOut, 'look_id' | 'plate'> {
  stay_id: string | null
  detail?: Record<string, unknown>
}
const written = (scope: Scope, k: CameraSeen, l: Omit<LookIn, 'picture'> & { picture: string | null }, look_id: string, at: string, t: Taken) =>
  sql`insert into parking.look (company_id, look_id, lot_id, lane_id, camera_id, direction, look_key, plate, no_plate, vehicle, confidence, device_at, received_at, replay, by_camera, decision, why, class, stay_id, amount_fen, picture, detail)
    values (${scope.company_id}, ${look_id}, ${k.lot_id}, ${k.lane_id}, ${k.camera_id}, ${k.direction}, ${l.look_key}, ${l.plate ?? NO_PLATE}, ${l.plate === null}, ${l.vehicle}, ${l.confidence}, ${at}, ${scope.now}, ${l.replay}, ${l.by_camera}, ${t.decision}, ${t.why}, ${t.class}, ${t.stay_id}, ${t.amount_fen}, ${l.picture}, ${t.detail ? JSON.stringify(t.detail) : null}::jsonb)
    on conflict (company_id, camera_id, look_key) do nothing`
const plain = (decision: Taken['decision'], why: string): Taken => ({ decision, why, class: null, amount_fen: null, stay_id: null })

async function entry(scope: Scope, k: CameraSeen, rule: LotRule, l: LookIn & { plate: string }, car: CarSeen, look_id: string, at: string): Promise<Taken> {
  const corrected = await secondLook(scope, k, l, car)
  if (corrected) return corrected
  const visit = car.permits.length === 0 ? car.visit_id : null
  const d = decideEntry({ rule, vehicle: l.vehicle, permits: car.permits, visit_id: visit, inside: car.inside - (car.stay ? 1 : 0), residents: car.residents, zone: k.zone_id && k.zone_capacity !== null ? { capacity: k.zone_capacity, inside: car.zone_inside } : null, clock: localClock(at) })
  if (!d.open) return { ...plain('hold', d.why), ...(d.why === 'black' ? { detail: { reason: car.permits.find((p) => p.kind === 'black')?.reason } } : {}) }
  const stay_id = enterKnown(scope, { lot_id: k.lot_id, zone_id: k.zone_id, plate: l.plate, vehicle: l.vehicle, class: d.class, permit_id: d.permit_id, visit_id: d.visit_id, entered_at: at, lane_id: k.lane_id, look_id }, car.stay?.stay_id ?? null)
  if (d.visit_id) await visitorCame(scope, d.visit_id, `${k.lane_name}(车牌识别)`)
  return { decision: 'open', why: d.why, class: d.class, amount_fen: null, stay_id }
}
/** The lane let a car in a moment ago and now reads almost the same plate: it is the same car, read better or worse. */
async function secondLook(scope: Scope, k: CameraSeen, l: LookIn & { plate: string }, car: CarSeen): Promise<Taken | null> {
  const last = car.last
  if (!last?.stay_id || last.decision !== 'open' || last.no_plate || last.plate === l.plate || !isNear(l.plate, last.plate) || car.stay) return null
  // Both read clearly: two cars with plates alike, one behind the other.
  if (Math.min(l.confidence ?? 0, last.confidence ?? 0) >= CLEAR) return null
  if ((l.confidence ?? 0) > (last.confidence ?? 0)) {
    await sql`update parking.stay set plate = ${l.plate} where company_id = ${scope.company_id} and stay_id = ${last.stay_id} and state = 'in'`.execute(scope.db)
    await addStep(scope, last.stay_id, { kind: 'corrected', reason: '同一辆车第二次识别更清楚', detail: { from: last.plate, to: l.plate, lane: k.lane_name } })
  }
  return { ...plain('ignore', 'second_look'), stay_id: last.stay_id }
}

async function exit(scope: Scope, k: CameraSeen, rule: LotRule, l: LookIn & { plate: string }, car: CarSeen, look_id: string, at: string): Promise<Taken> {
  const near = car.stay ? [] : (await insideLike(scope, k.lot_id, l.plate)).filter((n) => isNear(l.plate, n.plate))
  let priced: Priced | null = null
  try {
    priced = car.stay ? await priceStay(scope, car.stay, at, rule) : null
  } catch (error) {
    if (!(error instanceof QuoteFault)) throw error
  }
  const d = decideExit({ stay: car.stay, near_count: near.length, due_fen: car.stay ? (priced?.due_fen ?? null) : null, paid_fen: priced?.paid_fen ?? 0 })
  const taken: Taken = { decision: d.open ? 'open' : 'hold', why: d.why, class: car.stay?.class ?? null, amount_fen: priced?.due_fen ?? null, stay_id: car.stay?.stay_id ?? null, ...(near.length ? { detail: { near: near.slice(0, 5).map((n) => n.stay_id) } } : {}) }
  const leaving = { left_at: at, lane_id: k.lane_id, look_id, due_fen: priced?.total_fen ?? 0 }
  if (d.open && car.stay!.class === 'visitor') await leave(scope, car.stay!.stay_id, leaving)
  else if (d.open) leaveKnown(scope, car.stay!, leaving)
  return taken
}

async function live(scope: Scope, k: CameraSeen, l: LookIn, car: CarSeen, look_id: string): Promise<Taken> {
  if (!l.passage) return plain('ignore', 'no_passage')
  if (!k.rule) return plain('hold', 'no_rule')
  if (l.plate === null) return plain('hold', k.direction === 'in' && k.rule.refused_kinds.includes('no_plate') ? 'no_plate_refused' : 'no_plate')
  // H10: twice in one pass. What was held is decided again: meanwhile it may have been paid.
  // Out again since it came in, or in again since it went out: a passage of its own.
  const same_way = (k.direction === 'in') === (car.stay !== null)
  if (car.last && same_way && car.last.decision === 'open' && car.last.plate === l.plate) return { ...plain('ignore', 'again'), stay_id: car.last.stay_id }
  const seen = { ...l, plate: l.plate }
  return k.direction === 'in' ? entry(scope, k, k.rule, seen, car, look_id, scope.now) : exit(scope, k, k.rule, seen, car, look_id, scope.now)
}

/** What happened while nobody could be asked: written down, put into the books where the camera had opened, and nothing moves. */
async function replayed(scope: Scope, k: CameraSeen, l: LookIn, car: CarSeen, look_id: string, at: string): Promise<Taken> {
  if (!l.passage || l.plate === null || !l.by_camera) return plain('recorded', l.plate === null ? 'no_plate' : !l.passage ? 'no_passage' : 'not_opened')
  const c = scope.company_id
  if (k.direction === 'in') {
    const span = { from: new Date(Date.parse(at) - SAME_PASSAGE_MS).toISOString(), to: new Date(Date.parse(at) + SAME_PASSAGE_MS).toISOString() }
    // Known already (by another camera, by hand), or gone again since: a closed stay is never opened anew.
    const known = await sql`select from parking.stay t where t.company_id = ${c} and t.lot_id = ${k.lot_id} and t.plate = ${l.plate} and t.state <> 'void' and ((t.entered_at between ${span.from} and ${span.to}) or t.left_at > ${at} or (t.state = 'in' and t.entered_at >= ${at}))`.execute(scope.db)
    if (known.rows.length > 0) return plain('recorded', 'known_already')
    const d = k.rule ? decideEntry({ rule: { ...k.rule, full_stop: false, closed: [] }, vehicle: l.vehicle, permits: car.permits, visit_id: null, inside: 0, residents: 0, zone: null, clock: '12:00' }) : null
    const as = d?.open ? d : { class: 'temporary' as const, permit_id: null }
    const stay_id = await enter(scope, { lot_id: k.lot_id, zone_id: k.zone_id, plate: l.plate, vehicle: l.vehicle, class: as.class, permit_id: as.permit_id, visit_id: null, entered_at: at, lane_id: k.lane_id, look_id }, '断网时相机放行,恢复后补记')
    const gone = await exitBefore(scope, k.lot_id, l.plate, at)
    if (gone) await leaveOffline(scope, { stay_id, lot_id: k.lot_id, plate: l.plate, vehicle: l.vehicle, class: as.class, permit_id: as.permit_id, entered_at: at, no_entry: false, left_at: null, state: 'in', overflow_until: null }, gone)
    return { ...plain('recorded', 'entered_offline'), class: as.class, stay_id }
  }
  const stay: StayRow | null = car.stay && car.stay.entered_at <= at ? car.stay : null
  if (!stay) return plain('recorded', 'no_entry')
  const due_fen = await leaveOffline(scope, stay, { at, lane_id: k.lane_id, look_id })
  return { ...plain('recorded', 'left_offline'), class: stay.class, amount_fen: due_fen, stay_id: stay.stay_id }
}
interface Gone {
  at: string
  lane_id: string
  look_id: string
}
/** Its way out was sent before its way in: two cameras send what they kept in any order. Without it the car would stand in the lot for ever, and fill it. */
async function exitBefore(scope: Scope, lot_id: string, plate: string, entered_at: string): Promise<Gone | null> {
  const c = scope.company_id
  const { rows } = await sql<Gone>`select k.device_at as at, k.lane_id, k.look_id from parking.look k where k.company_id = ${c} and k.lot_id = ${lot_id} and k.plate = ${plate} and k.replay and k.by_camera and k.direction = 'out' and k.why = 'no_entry' and k.device_at > ${entered_at}::timestamptz
    and not exists (select from parking.stay t where t.company_id = ${c} and t.lot_id = ${lot_id} and t.plate = ${plate} and t.exit_look_id = k.look_id) order by k.device_at limit 1`.execute(scope.db)
  return rows[0] ?? null
}
/** Out by the camera's own list while nobody could be asked; what is owed is a debt. */
async function leaveOffline(scope: Scope, stay: StayRow, o: Gone): Promise<number> {
  let priced: Priced | null = null
  try {
    priced = await priceStay(scope, stay, o.at)
  } catch (error) {
    if (!(error instanceof QuoteFault)) throw error
  }
  const due_fen = priced?.due_fen ?? 0
  if (priced && due_fen > 0) await billDue(scope, await lotMoney(scope, stay.lot_id), { ...stay, left_at: o.at }, priced)
  await leave(scope, stay.stay_id, { left_at: o.at, lane_id: o.lane_id, look_id: o.look_id, due_fen: priced?.total_fen ?? 0, debt: due_fen > 0, reason: '断网时相机放行,恢复后补记', detail: { due_fen, lines: priced?.lines ?? [] } })
  return due_fen
}

/** Both clocks side by side at a live look: what the camera is off. */
const touched = (scope: Scope, k: CameraSeen, l: LookIn) => {
  const off = Math.round(Date.parse(scope.now) / 1000 - l.device_s)
  return sql`insert into parking.camera_state (company_id, camera_id, seen_at, clock_off_s) values (${scope.company_id}, ${k.camera_id}, ${scope.now}, ${l.replay || Math.abs(off) > CLOCK_LOST_S ? null : off})
    on conflict (company_id, camera_id) do update set seen_at = excluded.seen_at, clock_off_s = coalesce(excluded.clock_off_s, camera_state.clock_off_s)`
}

export async function takeLook(scope: Scope, k: CameraSeen, l: LookIn): Promise<LookOut> {
  const at = deviceTime(scope, k, l)
  // Given together: the second statement sees what was committed before the first had the lot.
  const held = scope.give(lotHeld(scope, k.lot_id))
  held.catch(() => {}) // waited for below
  const car = await carSeen(scope, k, { look_key: l.look_key, plate: l.plate, day: localDay(at), at, window_s: k.rule?.window_s ?? 30, visits: k.direction === 'in' && !l.replay })
  await held
  const plate = l.plate ?? NO_PLATE
  if (car.again) {
    const waits = !l.replay && car.again.decision === 'open' && Date.parse(scope.now) - Date.parse(car.again.received_at) <= RESEND_S * 1000
    return { look_id: null, decision: waits ? 'open' : 'ignore', why: 'sent_again', plate, class: null, amount_fen: null }
  }
  const look_id = uuidv7()
  const t = l.replay ? await replayed(scope, k, l, car, look_id, at) : await live(scope, k, l, car, look_id)
  const picture = await l.picture
  scope.put(written(scope, k, { ...l, picture }, look_id, at, t))
  scope.put(touched(scope, k, l))
  return { look_id, decision: t.decision, why: t.why, plate, class: t.class, amount_fen: t.amount_fen }
}
