// One message of a controller from its meaning to the answer, in one transaction. Records are taken once, whatever comes twice or late; what is replayed is written and
// nothing follows from it but the books: no alarm, no door.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { punchesOfDoors } from '../../attendance/server/index.ts'
import { visitorCame } from '../../access/server/index.ts'
import { raiseDoorAlarms } from './alarms.ts'
import { policyOf } from './policy.ts'
import type { DoorAnswer, DoorEvent, ListOp, Message } from './protocol.ts'

export interface ControllerSeen {
  controller_id: string
  community_id: string
  name: string
  secret_no: number
}
/** A live record is at most this old when it arrives; older ones are replays however they were sent. */
const LIVE_S = 60
/** A clock further off than this knows no time. */
const CLOCK_LOST_S = 366 * 86_400
const PAGE = 200
const TRIES_FAST = 10
const AGAIN_S = 60
/** Read back so often without agreeing, it is shown as a matter for a person, and asked for again every ten minutes or so (a question each 20 s). */
const MISMATCH_MAX = 3
const MISMATCH_AGAIN = 30

export async function controllerSeen(scope: Scope, controller_id: string): Promise<ControllerSeen | null> {
  const { rows } = await sql<ControllerSeen>`select k.controller_id, k.community_id, k.name, k.secret_no from doors.controller k where k.company_id = ${scope.company_id} and k.controller_id = ${controller_id} and k.retired_at is null`.execute(scope.db)
  return rows[0] ?? null
}

interface Taken {
  passage_id: string
  door_id: string
  what: string
  way: string | null
  at: string
  visit_id: string | null
  command_id: string | null
  replay: boolean
  holder_account_id: string | null
  door_name: string
  building_id: string | null
}
async function takeEvents(scope: Scope, k: ControllerSeen, m: Message): Promise<Taken[]> {
  const c = scope.company_id
  const now_s = Math.floor(Date.parse(scope.now) / 1000)
  const off = Math.abs(now_s - m.clock) > CLOCK_LOST_S ? 0 : now_s - m.clock
  const row = (e: DoorEvent, backlog: boolean) => {
    const at = Math.min(e.at + off, now_s)
    const known = now_s - at < CLOCK_LOST_S
    return { passage_id: uuidv7(), seq: e.seq, at: new Date((known ? at : now_s) * 1000).toISOString(), port: e.port, what: e.what, way: e.by ?? null, value: e.value ?? null, command_id: e.command_id ?? null, why: e.why ?? null, replay: backlog || now_s - at > LIVE_S }
  }
  const events = [...m.live.map((e) => row(e, false)), ...m.backlog.map((e) => row(e, true))]
  if (events.length === 0) return []
  const { rows } = await sql<Taken>`with e as materialized (select x.*, coalesce(k.holder_id, h.holder_id, o.holder_id) as holder_id, k.card_id, v.visit_id, q.command_id as known_command_id, case when x.way = 'card' then right(x.value, 4) end as card_tail, d.door_id, d.building_id from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as x(passage_id uuid, seq bigint, at timestamptz, port int, what text, way text, value text, command_id uuid, why text, replay boolean)
        left join doors.door d on d.company_id = ${c} and d.controller_id = ${k.controller_id} and d.port_no = x.port
        left join lateral (select k.card_id, k.holder_id from doors.card k where x.way = 'card' and k.company_id = ${c} and k.card_no = x.value order by (k.state = 'live') desc, k.issued_at desc limit 1) k on true
        left join doors.holder h on x.way in ('qr', 'face') and h.company_id = ${c} and h.user_no = case when x.value ~ '^\\d{1,15}$' then x.value::bigint end
        left join lateral (select v.visit_id from access.visit v where x.way = 'password' and v.company_id = ${c} and v.code = x.value and v.from_at - interval '4 hours' <= x.at and v.to_at >= x.at order by v.created_at desc limit 1) v on true
        left join lateral (select o.holder_id from doors.helper e join doors.holder o on o.company_id = ${c} and o.helper_id = e.helper_id where x.way = 'password' and e.company_id = ${c} and e.code = x.value order by (e.ended_at is null) desc, e.created_at desc limit 1) o on true
        left join doors.command q on q.company_id = ${c} and q.command_id = x.command_id and q.controller_id = ${k.controller_id}),
    stray as (insert into doors.stray (company_id, stray_id, community_id, controller_id, series, seq, port_no, what, way, why, holder_id, card_id, visit_id, card_tail, at, received_at, replay)
      select ${c}, e.passage_id, ${k.community_id}, ${k.controller_id}, ${m.series}, e.seq, e.port, e.what, e.way, e.why, e.holder_id, e.card_id, e.visit_id, e.card_tail, e.at, ${scope.now}::timestamptz, e.replay from e where e.door_id is null on conflict do nothing),
    put as (insert into doors.passage (company_id, passage_id, community_id, building_id, controller_id, door_id, series, seq, what, way, why, holder_id, card_id, visit_id, command_id, card_tail, at, received_at, replay)
      select ${c}, e.passage_id, ${k.community_id}, e.building_id, ${k.controller_id}, e.door_id, ${m.series}, e.seq, e.what, e.way, e.why, e.holder_id, e.card_id, e.visit_id, e.known_command_id, e.card_tail, e.at, ${scope.now}::timestamptz, e.replay from e where e.door_id is not null
      on conflict (company_id, controller_id, series, seq) do nothing returning passage_id, door_id, what, way, at, holder_id, visit_id, command_id, replay)
    select put.*, d.name as door_name, d.building_id, h.account_id as holder_account_id from put join doors.door d on d.company_id = ${c} and d.door_id = put.door_id left join doors.holder h on h.company_id = ${c} and h.holder_id = put.holder_id`.execute(scope.db)
  return rows
}
/** What follows from new records: alarms of live ones, visitors who came, commands that are true. */
async function follow(scope: Scope, k: ControllerSeen, list: readonly Taken[]): Promise<void> {
  const c = scope.company_id
  await raiseDoorAlarms(scope, k, list.filter((p) => !p.replay))
  // Told to whoever has pictures of it (video).
  for (const p of list) if (!p.replay && (p.what === 'forced' || p.what === 'held' || p.what === 'refused')) scope.emit('doors.noticed', p.door_id, { passage_id: p.passage_id, door_id: p.door_id, door_name: p.door_name, community_id: k.community_id, what: p.what, at: p.at })
  const done = list.filter((p) => p.what === 'open' && p.command_id !== null).map((p) => p.command_id!)
  if (done.length > 0) await sql`update doors.command set state = 'confirmed', ended_at = ${scope.now} where company_id = ${c} and command_id = any(${done}::uuid[]) and what = 'open' and state <> 'failed'`.execute(scope.db)
  const came = new Map(list.filter((p) => p.what === 'open' && p.visit_id !== null).map((p) => [p.visit_id!, p.door_name]))
  // What was replayed counts too: a door without network is no reason to be absent.
  await punchesOfDoors(scope, list.flatMap((p) => (p.what === 'open' && p.holder_account_id && (p.way === 'card' || p.way === 'face' || p.way === 'qr') ? [{ passage_id: p.passage_id, account_id: p.holder_account_id, at: p.at, door_name: p.door_name }] : [])))
  for (const [visit_id, door] of came) await visitorCame(scope, visit_id, `${door}(通行码)`)
}
async function takeStates(scope: Scope, k: ControllerSeen, m: Message): Promise<void> {
  const c = scope.company_id
  if (m.doors.length > 0) {
    await sql`insert into doors.door_state as t (company_id, door_id, state, lock, since_at, read_at) select ${c}, d.door_id, x.state, x.lock, ${scope.now}, ${scope.now} from jsonb_to_recordset(${JSON.stringify(m.doors)}::jsonb) as x(port int, state text, lock text) join doors.door d on d.company_id = ${c} and d.controller_id = ${k.controller_id} and d.port_no = x.port
      on conflict (company_id, door_id) do update set state = excluded.state, lock = excluded.lock, read_at = excluded.read_at, since_at = case when t.state = excluded.state and t.lock = excluded.lock then t.since_at else excluded.since_at end`.execute(scope.db)
    await sql`update doors.command q set state = 'confirmed', ended_at = ${scope.now} from doors.door_state t where q.company_id = ${c} and q.controller_id = ${k.controller_id} and q.state = 'sent' and t.company_id = ${c} and t.door_id = q.door_id and t.read_at = ${scope.now}::timestamptz and ((q.what = 'hold' and t.lock = 'unlocked') or (q.what = 'restore' and t.lock = 'locked'))`.execute(scope.db)
  }
  const failed = m.results.filter((r) => !r.ok)
  if (failed.length > 0) await sql`update doors.command q set state = 'failed', ended_at = ${scope.now}, why = coalesce(x.why, '控制器没有说明') from jsonb_to_recordset(${JSON.stringify(failed)}::jsonb) as x(command_id uuid, why text) where q.company_id = ${c} and q.controller_id = ${k.controller_id} and q.command_id = x.command_id and q.state = 'sent'`.execute(scope.db)
}

const digestOf = (rows: readonly { key: string; version: number }[]): string => createHash('sha256').update(rows.map((r) => `${r.key}:${r.version}\n`).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).join('')).digest('hex')
const pendingSql = sql`acked_version is distinct from version`
/** What the controller says it wrote is confirmed; when nothing is left, what it should have is summed up once, to be compared with what it reads back. */
async function acked(scope: Scope, k: ControllerSeen, batch: number): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql`update doors.list_row set acked_version = sent_version where company_id = ${c} and controller_id = ${k.controller_id} and batch_no = ${batch} and acked_version is distinct from sent_version returning key`.execute(scope.db)
  if (rows.length === 0) return
  await sql`with away as (delete from doors.list_row where company_id = ${c} and controller_id = ${k.controller_id} and gone and acked_version = version returning face_id)
    update doors.face_gone g set confirmed_at = ${scope.now} from away a where g.company_id = ${c} and g.controller_id = ${k.controller_id} and g.face_id = a.face_id and g.confirmed_at is null`.execute(scope.db)
  await sql`update doors.list_row set deny = false where company_id = ${c} and controller_id = ${k.controller_id} and deny and not (${pendingSql})`.execute(scope.db)
  await sql`update doors.controller_state set batch_tries = 0 where company_id = ${c} and controller_id = ${k.controller_id}`.execute(scope.db)
}
async function readBack(scope: Scope, k: ControllerSeen, m: Message): Promise<boolean> {
  const c = scope.company_id
  if (m.keys) {
    const theirs = JSON.stringify(m.keys.map(([key, version]) => ({ key, version })))
    // What it has and should not is deleted key by key; what it lacks or has in another version is sent again. Nothing can clear a list.
    await sql`insert into doors.list_row (company_id, controller_id, key, body, version, gone, deny, changed_at) select ${c}, ${k.controller_id}, x.key, '{}', nextval('doors.list_no'), true, true, ${scope.now} from jsonb_to_recordset(${theirs}::jsonb) as x(key text, version bigint) on conflict do nothing`.execute(scope.db)
    await sql`update doors.list_row l set acked_version = null, sent_version = null where l.company_id = ${c} and l.controller_id = ${k.controller_id} and not l.gone and not exists (select from jsonb_to_recordset(${theirs}::jsonb) as x(key text, version bigint) where x.key = l.key and x.version = l.version)`.execute(scope.db)
    return false
  }
  if (!m.list) return false
  const { rows: left } = await sql`select from doors.list_row where company_id = ${c} and controller_id = ${k.controller_id} and ${pendingSql} limit 1`.execute(scope.db)
  if (left.length > 0) return false
  const { rows } = await sql<{ list_digest: string | null; list_count: number | null; mismatch_count: number }>`select s.list_digest, s.list_count, s.mismatch_count from doors.controller_state s where s.company_id = ${c} and s.controller_id = ${k.controller_id}`.execute(scope.db)
  const s = rows[0]!
  let ours = { digest: s.list_digest, count: s.list_count }
  if (s.list_digest !== m.list.digest) {
    const { rows: all } = await sql<{ key: string; version: number }>`select key, version from doors.list_row where company_id = ${c} and controller_id = ${k.controller_id} and not gone`.execute(scope.db)
    ours = { digest: digestOf(all), count: all.length }
  }
  const same = ours.digest === m.list.digest
  await sql`update doors.controller_state set list_digest = ${ours.digest}, list_count = ${ours.count}, verified_at = case when ${same} then ${scope.now}::timestamptz else verified_at end, mismatch_count = case when ${same} then 0 else mismatch_count + 1 end where company_id = ${c} and controller_id = ${k.controller_id}`.execute(scope.db)
  if (same) await sql`update doors.face_gone set verified_at = ${scope.now} where company_id = ${c} and controller_id = ${k.controller_id} and confirmed_at is not null and verified_at is null`.execute(scope.db)
  return !same && (s.mismatch_count < MISMATCH_MAX || s.mismatch_count % MISMATCH_AGAIN === 0)
}

/** What waits for this controller: a page of its list, what tightens first, and commands that have not expired. `sent` is committed before anything is sent. */
export async function dueFor(scope: Scope, k: ControllerSeen, read = false): Promise<DoorAnswer> {
  const c = scope.company_id
  const { rows: commands } = await sql<{ command_id: string; what: string; port: number; expires_at: string }>`update doors.command q set state = 'sent', sent_at = ${scope.now} from doors.door d where q.company_id = ${c} and q.controller_id = ${k.controller_id} and q.state = 'waiting' and q.expires_at > ${scope.now}::timestamptz and d.company_id = ${c} and d.door_id = q.door_id returning q.command_id, q.what, d.port_no as port, q.expires_at`.execute(scope.db)
  const { rows } = await sql<{ key: string; version: number; gone: boolean; body: unknown; batch_no: number }>`with s as materialized (select batch_no + 1 as batch_no from doors.controller_state where company_id = ${c} and controller_id = ${k.controller_id} and (batch_tries < ${TRIES_FAST} or batch_at < ${scope.now}::timestamptz - make_interval(secs => ${AGAIN_S}))),
    page as materialized (select l.key from doors.list_row l, s where l.company_id = ${c} and l.controller_id = ${k.controller_id} and l.acked_version is distinct from l.version order by l.deny desc, l.version, l.key limit ${PAGE} for update of l),
    put as (update doors.list_row l set sent_version = l.version, batch_no = s.batch_no from page, s where l.company_id = ${c} and l.controller_id = ${k.controller_id} and l.key = page.key returning l.key, l.version, l.gone, l.body, l.deny, l.batch_no),
    noted as (update doors.controller_state t set batch_no = s.batch_no, batch_at = ${scope.now}, batch_tries = t.batch_tries + 1 from s where t.company_id = ${c} and t.controller_id = ${k.controller_id} and exists (select from put))
    select key, version, gone, body, batch_no from put order by deny desc, version, key`.execute(scope.db)
  const ops = rows.map((r): ListOp => (r.gone ? { op: 'del', key: r.key, version: r.version } : { op: 'put', key: r.key, version: r.version, body: r.body }))
  return { time: Math.floor(Date.parse(scope.now) / 1000), taken: [], qr_step_s: (await policyOf(scope)).qr_step_s, ...(ops.length > 0 ? { list: { batch: rows[0]!.batch_no, ops } } : {}), ...(read ? { read: true as const } : {}), commands: commands.map((q) => ({ ...q, expires_at: Math.floor(Date.parse(q.expires_at) / 1000) })) }
}

export async function takeMessage(scope: Scope, k: ControllerSeen, m: Message): Promise<DoorAnswer> {
  const c = scope.company_id
  const now_s = Math.floor(Date.parse(scope.now) / 1000)
  await sql`update doors.controller_state set heard_at = ${scope.now}, clock_off_s = ${Math.abs(now_s - m.clock) > CLOCK_LOST_S ? null : m.clock - now_s} where company_id = ${c} and controller_id = ${k.controller_id}`.execute(scope.db)
  const taken = await takeEvents(scope, k, m)
  await takeStates(scope, k, m)
  await follow(scope, k, taken)
  if (m.done_batch) await acked(scope, k, m.done_batch)
  const read = await readBack(scope, k, m)
  return { ...(await dueFor(scope, k, read)), taken: [...m.live, ...m.backlog].map((e) => e.seq) }
}
