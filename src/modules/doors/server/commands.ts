// Opening from afar: a row first, only for a controller that is heard, with a reason and a few seconds to live (H2: an old "open" after an outage would open to
// nobody); true by what the door says afterwards. Fire: every door of a community that is marked so is told to stay open; what did not is shown; nothing locks again by itself.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { doors } from '../contract.ts'
import { doorToRead, onlineSql } from './access.ts'
import { wake } from './lists.ts'

const LIVES_S = 10
/** The hard wire is the first means; this is tried as long as a controller may need to come back. */
const FIRE_LIVES_S = 120
/** Sent, and the door has not said anything for so long: nobody knows. */
const READ_BACK_S = 30
const later = (iso: string, s: number): string => new Date(Date.parse(iso) + s * 1000).toISOString()

/** What is stored, and what follows from the time that has passed. */
export const commandState = (scope: Scope) => sql<'waiting' | 'sent' | 'confirmed' | 'failed' | 'expired' | 'unknown'>`case when q.state = 'waiting' and q.expires_at <= ${scope.now}::timestamptz then 'expired' when q.state = 'sent' and q.sent_at < ${scope.now}::timestamptz - make_interval(secs => ${READ_BACK_S}) then 'unknown' else q.state end`

const commandDoor = answer(doors.commandDoor, async (scope, o) => {
  const c = scope.company_id
  const d = await doorToRead(scope, o.door_id)
  const { rows } = await sql<{ online: boolean; heard_at: string | null }>`select ${onlineSql(scope)} as online, s.heard_at from doors.controller_state s join doors.controller k on k.company_id = ${c} and k.controller_id = s.controller_id and k.retired_at is null where s.company_id = ${c} and s.controller_id = ${d.controller_id}`.execute(scope.db)
  if (!rows[0]?.online) throw scope.refuse('doors.offline', { door: d.name, heard: rows[0]?.heard_at ? `最近一次心跳 ${minuteText(rows[0].heard_at)}` : '从未连接' })
  const command_id = uuidv7()
  await scope.db.insertInto('doors.command').values({ company_id: c, command_id, community_id: d.community_id, controller_id: d.controller_id, door_id: o.door_id, what: o.what, cause: 'hand', reason: o.reason, by_id: scope.who.account_id, by_name: scope.who.name, created_at: scope.now, expires_at: later(scope.now, LIVES_S), state: 'waiting' }).execute()
  scope.note('door', o.door_id, { command: o.what, reason: o.reason, name: d.name })
  await wake(scope, [d.controller_id])
  return { command_id }
})
const command = answer(doors.command, async (scope, { command_id }) => {
  const { rows } = await sql<{ state: 'waiting'; why: string | null; door_id: string }>`select ${commandState(scope)} as state, q.why, q.door_id from doors.command q where q.company_id = ${scope.company_id} and q.command_id = ${command_id}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  await doorToRead(scope, rows[0].door_id)
  return { state: rows[0].state, why: rows[0].why }
})

/** For a fire: called by whoever learns of it (rules of devices, an emergency). Gives the doors that were told and those that could not be. */
export async function releaseDoors(scope: Scope, o: { community_id: string; reason: string; by_name: string }): Promise<{ told: string[]; unreachable: string[] }> {
  const c = scope.company_id
  const { rows } = await sql<{ door_id: string; controller_id: string; name: string; online: boolean }>`select d.door_id, d.controller_id, d.name, ${onlineSql(scope)} as online from doors.door d join doors.controller k on k.company_id = ${c} and k.controller_id = d.controller_id and k.retired_at is null left join doors.controller_state s on s.company_id = ${c} and s.controller_id = d.controller_id where d.company_id = ${c} and d.community_id = ${o.community_id} and d.fire_release and d.retired_at is null order by d.door_id`.execute(scope.db)
  const made = rows.map((d) => ({ command_id: uuidv7(), door_id: d.door_id, controller_id: d.controller_id }))
  await sql`insert into doors.command (company_id, command_id, community_id, controller_id, door_id, what, cause, reason, by_id, by_name, created_at, expires_at, state)
    select ${c}, x.command_id, ${o.community_id}, x.controller_id, x.door_id, 'hold', 'fire', ${o.reason}, ${scope.who.account_id}::uuid, ${o.by_name}, ${scope.now}, ${later(scope.now, FIRE_LIVES_S)}::timestamptz, 'waiting' from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as x(command_id uuid, door_id uuid, controller_id uuid)`.execute(scope.db)
  await wake(scope, rows.map((d) => d.controller_id))
  scope.note('door', o.community_id, { fire: o.reason, doors: rows.length })
  return { told: rows.filter((d) => d.online).map((d) => d.name), unreachable: rows.filter((d) => !d.online).map((d) => d.name) }
}
const fireRelease = answer(doors.fireRelease, async (scope, o) => {
  await communityToChange(scope, o.community_id)
  return releaseDoors(scope, { ...o, by_name: scope.who.name })
})
export const commandAnswers = [commandDoor, command, fireRelease]
