// Opening. A command is written only for a camera that was heard a moment ago and lives a few seconds; what nobody fetched is never sent afterwards (H2: an old "open"
// delivered after an outage would open to nobody). A camera that opens by its pushes fetches it; the others are asked by the servers (open_now.ts), who hear of it by a notice.
import { sql, type RawBuilder } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'

const LIVES_S = 10
/** Vendor: a heart-beat every 5 s with offline check, 30 s without. */
const HEARD_S = 35
/** Cameras that can be asked are asked each half minute; three missed. */
export const REACHED_S = 100
export const CHANNEL = 'heyuan_gate'
/** Whether a camera is there now; `k` is its row, `s` its state. */
export const onlineSql = (scope: Scope): RawBuilder<boolean> =>
  sql<boolean>`coalesce(case when k.dialect = 'vzenith' then s.seen_at > ${scope.now}::timestamptz - make_interval(secs => ${HEARD_S}) else s.seen_at > ${scope.now}::timestamptz - make_interval(secs => ${HEARD_S}) or (k.reach_sealed is not null and s.reached_at > ${scope.now}::timestamptz - make_interval(secs => ${REACHED_S})) end, false)`

export interface OpenAsk {
  lot_id: string
  lane_id: string
  reason: string
  by_name: string
  stay_id?: string | null
  look_id?: string | null
}
/** A command and the notice of it, travelling with the end of the transaction. */
export function command(scope: Scope, camera_id: string, o: OpenAsk): string {
  const command_id = uuidv7()
  scope.put(
    scope.db
      .insertInto('parking.command')
      .values({ company_id: scope.company_id, command_id, lot_id: o.lot_id, lane_id: o.lane_id, camera_id, reason: o.reason, by_id: scope.who.account_id, by_name: o.by_name, stay_id: o.stay_id ?? null, look_id: o.look_id ?? null, created_at: scope.now, expires_at: new Date(Date.parse(scope.now) + LIVES_S * 1000).toISOString() }),
  )
  scope.put(sql`select pg_notify(${CHANNEL}, ${`${scope.company_id}:${command_id}`})`)
  return command_id
}
/** The camera of the lane that is online, or a refusal that says so. */
export async function openLane(scope: Scope, o: OpenAsk): Promise<string> {
  const c = scope.company_id
  const { rows } = await sql<{ camera_id: string; lane: string }>`select k.camera_id, n.name as lane from parking.camera k join parking.lane n on n.company_id = ${c} and n.lane_id = k.lane_id join parking.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id
    where k.company_id = ${c} and k.lane_id = ${o.lane_id} and k.retired_at is null and (k.dialect = 'vzenith' or k.reach_sealed is not null) and ${onlineSql(scope)} order by greatest(s.seen_at, s.reached_at) desc limit 1`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('parking.camera_offline')
  const command_id = command(scope, rows[0].camera_id, o)
  if (scope.who.kind === 'staff') scope.emit('parking.opened_by_hand', o.lane_id, { command_id, lane_id: o.lane_id, lane_name: rows[0].lane, reason: o.reason, at: scope.now })
  return command_id
}
/** Takes the one that waits for this camera, once. */
export async function dueCommand(scope: Scope, camera_id: string): Promise<boolean> {
  const c = scope.company_id
  const r = await sql`update parking.command set sent_at = ${scope.now}::timestamptz where company_id = ${c} and command_id = (select command_id from parking.command where company_id = ${c} and camera_id = ${camera_id} and sent_at is null and expires_at > ${scope.now}::timestamptz order by created_at desc limit 1 for update skip locked) returning command_id`.execute(scope.db)
  return r.rows.length > 0
}
