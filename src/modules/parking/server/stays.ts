// Writing of stays: a row says where the car is, each step is kept for ever. Called with the lot held.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { visitorLeft } from '../../access/server/index.ts'
import type { StayClass } from '../contract.ts'
import { ruleOn } from './config.ts'
import { localDay } from './local.ts'
import type { StayRow } from './price.ts'

export interface NewStay {
  lot_id: string
  zone_id: string | null
  plate: string
  no_plate?: boolean
  vehicle: string
  class: StayClass
  permit_id: string | null
  visit_id: string | null
  entered_at: string
  no_entry?: boolean
  lane_id: string | null
  look_id: string | null
  /** Named by the caller where one ask must make one stay, however often it comes. */
  stay_id?: string
}
type Step = { kind: 'entered' | 'corrected' | 'left' | 'void' | 'debt' | 'entry_put' | 'coupon' | 'paid' | 'debt_paid' | 'placed'; reason?: string | null; detail?: unknown; at?: string }
const stepOf = (scope: Scope, stay_id: string, s: Step) =>
  scope.db.insertInto('parking.stay_step').values({ company_id: scope.company_id, step_id: uuidv7(), stay_id, kind: s.kind, at: s.at ?? scope.now, by_id: scope.who.account_id, by_name: scope.who.kind === 'system' ? null : scope.who.name, reason: s.reason ?? null, detail: s.detail === undefined ? null : JSON.stringify(s.detail) })
export async function addStep(scope: Scope, stay_id: string, s: Step): Promise<void> {
  await stepOf(scope, stay_id, s).execute()
}

/** A car that is inside by the books and comes in again was not seen leaving: the old stay is void, which the differences of the day show. */
export async function enter(scope: Scope, o: NewStay, reason?: string): Promise<string> {
  const old = await sql<{ stay_id: string }>`update parking.stay set state = 'void' where company_id = ${scope.company_id} and lot_id = ${o.lot_id} and plate = ${o.plate} and state = 'in' returning stay_id`.execute(scope.db)
  for (const { stay_id } of old.rows) await addStep(scope, stay_id, NOT_SEEN_LEAVING)
  const stay_id = o.stay_id ?? uuidv7()
  for (const statement of entryOf(scope, stay_id, o, reason)) await statement.execute()
  return stay_id
}
const NOT_SEEN_LEAVING: Step = { kind: 'void', reason: '没有离场识别,同一车牌再次入场' }
/** The same where it is known which stay, if any, stands open: nothing is waited for, all of it travels with COMMIT. */
export function enterKnown(scope: Scope, o: NewStay, open: string | null): string {
  if (open) {
    scope.put(sql`update parking.stay set state = 'void' where company_id = ${scope.company_id} and stay_id = ${open} and state = 'in'`)
    scope.put(stepOf(scope, open, NOT_SEEN_LEAVING))
  }
  const stay_id = o.stay_id ?? uuidv7()
  for (const statement of entryOf(scope, stay_id, o)) scope.put(statement)
  return stay_id
}
const entryOf = (scope: Scope, stay_id: string, o: NewStay, reason?: string) => [
  scope.db.insertInto('parking.stay').values({ company_id: scope.company_id, stay_id, lot_id: o.lot_id, zone_id: o.zone_id, plate: o.plate, no_plate: o.no_plate ?? false, vehicle: o.vehicle, class: o.class, permit_id: o.permit_id, visit_id: o.visit_id, entered_at: o.entered_at, no_entry: o.no_entry ?? false, entry_lane_id: o.lane_id, entry_look_id: o.look_id, state: 'in' as const }),
  stepOf(scope, stay_id, { kind: 'entered', at: o.entered_at, reason: reason ?? null, detail: { class: o.class, plate: o.plate } }),
]
interface Leaving {
  left_at: string
  lane_id: string | null
  look_id: string | null
  due_fen: number
  debt?: boolean
  reason?: string | null
  detail?: unknown
}
const exitOf = (scope: Scope, stay_id: string, o: Leaving) =>
  sql<{ visit_id: string | null; lane: string | null }>`update parking.stay set state = 'left', left_at = ${o.left_at}::timestamptz, exit_lane_id = ${o.lane_id}::uuid, exit_look_id = ${o.look_id}::uuid, due_fen = ${o.due_fen}, debt = ${o.debt ?? false} where company_id = ${scope.company_id} and stay_id = ${stay_id} and state = 'in' returning visit_id, (select n.name from parking.lane n where n.company_id = ${scope.company_id} and n.lane_id = ${o.lane_id}::uuid) as lane`
const leftStep = (o: Leaving): Step => ({ kind: o.debt ? 'debt' : 'left', at: o.left_at, reason: o.reason ?? null, detail: o.detail ?? { due_fen: o.due_fen } })
export async function leave(scope: Scope, stay_id: string, o: Leaving): Promise<void> {
  const { rows } = await exitOf(scope, stay_id, o).execute(scope.db)
  if (rows[0]?.visit_id) await visitorLeft(scope, rows[0].visit_id, `${rows[0].lane ?? '出口'}(车牌识别)`)
  await addStep(scope, stay_id, leftStep(o))
  await passPlace(scope, stay_id, o.left_at).execute(scope.db)
}
/** The same for a stay that is known to have no visit: nothing is waited for. */
export function leaveKnown(scope: Scope, s: Pick<StayRow, 'stay_id' | 'permit_id'>, o: Leaving): void {
  scope.put(exitOf(scope, s.stay_id, o))
  scope.put(stepOf(scope, s.stay_id, leftStep(o)))
  if (s.permit_id) scope.put(passPlace(scope, s.stay_id, o.left_at))
}
/** The place of a car that is no longer there is taken by the one of its household that has waited longest on temporary price, where the rule of the day says so. */
export const passPlace = (scope: Scope, gone_id: string, at: string) => {
  const c = scope.company_id
  return sql`with next as materialized (select n.stay_id, pm.kind, g.plate from parking.stay g join parking.permit pm on pm.company_id = ${c} and pm.permit_id = g.permit_id join lateral ${ruleOn(scope, 'g.lot_id', localDay(at))} r on r.overflow = 'until_free'
      join lateral (select t.stay_id from parking.stay t where t.company_id = ${c} and t.permit_id = g.permit_id and t.state = 'in' and t.class = 'overflow' and t.entered_at <= ${at}::timestamptz order by t.entered_at, t.stay_id limit 1) n on true
      where g.company_id = ${c} and g.stay_id = ${gone_id} and g.state <> 'in' and g.class <> 'overflow' and (select count(*) from parking.stay t where t.company_id = ${c} and t.permit_id = g.permit_id and t.state = 'in' and t.class <> 'overflow') < pm.places),
    placed as (update parking.stay b set class = next.kind, overflow_until = ${at}::timestamptz from next where b.company_id = ${c} and b.stay_id = next.stay_id)
    insert into parking.stay_step (company_id, step_id, stay_id, kind, at, reason, detail) select ${c}::bigint, ${uuidv7()}::uuid, next.stay_id, 'placed', ${at}::timestamptz, '同户的车离场,车位空出;此前按临停计费', jsonb_build_object('plate', next.plate) from next`
}
