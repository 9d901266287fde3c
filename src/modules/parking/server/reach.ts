// Where a camera is asked, and reading back (回读): what stands on a camera against what was sent to it, at night, after each change, and when somebody asks. What differs is mended plate by plate through
// the push as everything else: what is missing is sent again, what is too much is removed. Three times unequal, it is shown as a matter for a person.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Work } from '../../../kernel/app.ts'
import { sealText } from '../../../kernel/seal.ts'
import { log } from '../../../kernel/log.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { parking, type DialectName } from '../contract.ts'
import { cameraOf, lotsSeenBy, lotToRead, plateShown } from './access.ts'
import { wantAsked } from './ask.ts'
import { ReachFault, type Reach } from './ask_camera.ts'
import { onlineSql } from './commands.ts'
import type { Listed } from './dialect.ts'
import { MAKERS } from './makers.ts'
import { openReach } from './open_now.ts'
import { holdsOn } from './permit_now.ts'

const AGAIN_H = 20
/** A camera stores what it was sent at its own pace; younger differences say nothing. */
const SETTLE_S = 120
const AT_ONCE = 20
const TELL_MAX = 3

const saveCameraReach = answer(parking.saveCameraReach, async (scope, o) => {
  const k = await cameraOf(scope, o.camera_id)
  const before = k.reach_sealed ? openReach(k.reach_sealed) : null
  const to = o.address ? new URL(o.address) : null
  // A password goes only to where it was given for.
  const password = o.password ?? (before && to && new URL(before.address).host === to.host && before.user === o.user ? before.password : null)
  if (to && o.user && password === null) throw scope.refuse('parking.password_needed')
  const reach: Reach | null = to ? { address: to.origin, user: o.user, password: password ?? '', ...(o.plain_ok ? { plain_ok: true } : {}) } : null
  await sql`update parking.camera set reach_sealed = ${reach ? sealText(JSON.stringify(reach)) : null}, reach_host = ${to?.host ?? null}, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${scope.company_id} and camera_id = ${o.camera_id}`.execute(scope.db)
  await sql`insert into parking.camera_state (company_id, camera_id, read_asked_at) values (${scope.company_id}, ${o.camera_id}, ${reach ? scope.now : null}::timestamptz) on conflict (company_id, camera_id) do update set read_asked_at = excluded.read_asked_at, read_fault = null, unequal_count = 0, ask_fault = null, about = null, reached_at = null`.execute(scope.db)
  scope.note('camera', o.camera_id, { name: k.name, reach: to?.host ?? null })
  if (reach) {
    scope.later({ name: READ_JOB, payload: {}, lane: READ_JOB })
    await wantAsked(scope, o.camera_id)
  }
  return { camera_id: o.camera_id }
})
const readLists = answer(parking.readLists, async (scope, { lot_id }) => {
  const c = scope.company_id
  const l = await lotToRead(scope, lot_id)
  const { rows } = await sql<{ camera_id: string; known: boolean }>`select k.camera_id, k.reach_sealed is not null as known from parking.camera k join parking.lane n on n.company_id = ${c} and n.lane_id = k.lane_id where k.company_id = ${c} and n.lot_id = ${lot_id} and k.retired_at is null and n.retired_at is null`.execute(scope.db)
  const known = rows.filter((k) => k.known).map((k) => k.camera_id)
  if (known.length === 0) throw scope.refuse('parking.no_reach')
  await sql`insert into parking.camera_state (company_id, camera_id, read_asked_at) select ${c}, x, ${scope.now} from unnest(${known}::uuid[]) as x on conflict (company_id, camera_id) do update set read_asked_at = excluded.read_asked_at`.execute(scope.db)
  scope.note('lot', lot_id, { read_lists: known.length, name: l.name })
  scope.later({ name: READ_JOB, payload: {}, lane: READ_JOB })
  return { camera_count: known.length, without_count: rows.length - known.length }
})

const permitLists = answer(parking.permitLists, async (scope, { permit_id }) => {
  const c = scope.company_id
  const { rows: found } = await sql<{ lot_id: string; kind: string; holds: boolean; plates: string[] }>`select pm.lot_id, pm.kind, ${holdsOn(scope, scope.today)} as holds, array(select distinct pp.plate from parking.permit_plate pp where pp.company_id = ${c} and pp.permit_id = pm.permit_id and pp.from_on <= ${scope.today}::date and (pp.to_on is null or pp.to_on > ${scope.today}::date) order by 1) as plates from parking.permit pm join parking.lot l on l.company_id = ${c} and l.lot_id = pm.lot_id where pm.company_id = ${c} and pm.permit_id = ${permit_id} and ${lotsSeenBy(scope)}`.execute(scope.db)
  const p = found[0]
  if (!p) throw scope.notFound()
  const on = p.holds && p.kind !== 'black'
  // What should stand on each camera and does not; of a permit that is over or black: what still stands there.
  const { rows } = await sql<{ camera_id: string; lane_name: string; camera_name: string; online: boolean; plates: string[] }>`select k.camera_id, n.name as lane_name, k.name as camera_name, ${onlineSql(scope)} as online, array(select x.plate from unnest(${p.plates}::text[]) as x(plate) where (not exists (select from parking.camera_list w where w.company_id = ${c} and w.camera_id = k.camera_id and w.plate = x.plate)) = ${on} order by 1) as plates
    from parking.camera k join parking.lane n on n.company_id = ${c} and n.lane_id = k.lane_id left join parking.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id where k.company_id = ${c} and n.lot_id = ${p.lot_id} and k.retired_at is null and n.retired_at is null order by n.name, k.name limit 100`.execute(scope.db)
  const shown = plateShown(scope)
  return { camera_count: rows.length, left: rows.filter((r) => r.plates.length > 0).map((r) => ({ ...r, plates: r.plates.map((x) => shown(x)) })) }
})

export const READ_JOB = 'parking.read_lists'
interface Due {
  camera_id: string
  dialect: DialectName
  channel: number
  reach_sealed: string
}
/** Asked for; not read since what was sent settled; not read for most of a day. */
const due = async (scope: Scope): Promise<Due[]> => {
  const c = scope.company_id
  const { rows } = await sql<Due>`select k.camera_id, k.dialect, k.channel, k.reach_sealed from parking.camera k join parking.lane n on n.company_id = ${c} and n.lane_id = k.lane_id left join parking.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id
    where k.company_id = ${c} and k.reach_sealed is not null and k.retired_at is null and n.retired_at is null and (s.read_asked_at is not null or s.read_at is null or (s.read_fault is not null and s.reached_at > s.read_at + make_interval(secs => ${SETTLE_S})) or s.read_at < ${scope.now}::timestamptz - make_interval(hours => ${AGAIN_H})
      or (s.list_left = 0 and s.unequal_count < ${TELL_MAX} and exists (select from parking.camera_list w where w.company_id = ${c} and w.camera_id = k.camera_id and w.sent_at > s.read_at - make_interval(secs => ${SETTLE_S}) and w.sent_at < ${scope.now}::timestamptz - make_interval(secs => ${SETTLE_S}))))
    order by s.read_asked_at nulls last, s.read_at nulls first limit ${AT_ONCE}`.execute(scope.db)
  return rows
}
/** One reading put beside the books: missing, too many, wrong days. Gives what was found. */
export async function compareList(scope: Scope, camera_id: string, begun_at: string, listed: readonly Listed[]): Promise<{ missing: number; extra: number; wrong: number }> {
  const c = scope.company_id
  const seen = JSON.stringify(listed.map((x) => ({ plate: x.plate, until_on: /^\d{4}-\d\d-\d\d/.exec(x.until)?.[0] ?? '2000-01-01' })))
  const { rows } = await sql<{ plate: string; what: 'missing' | 'extra' | 'wrong'; until_on: string }>`with seen as materialized (select * from jsonb_to_recordset(${seen}::jsonb) as x(plate text, until_on date)), ours as materialized (select w.plate, w.until_on, w.sent_at > ${begun_at}::timestamptz - make_interval(secs => ${SETTLE_S}) as young from parking.camera_list w where w.company_id = ${c} and w.camera_id = ${camera_id})
    select o.plate, 'missing' as what, o.until_on from ours o where not o.young and not exists (select from seen s where s.plate = o.plate)
    union all select s.plate, 'extra', s.until_on from seen s where not exists (select from ours o where o.plate = s.plate)
    union all select o.plate, 'wrong', o.until_on from ours o join seen s on s.plate = o.plate where not o.young and s.until_on <> o.until_on`.execute(scope.db)
  const of = (what: string) => rows.filter((r) => r.what === what)
  const n = { missing: of('missing').length, extra: of('extra').length, wrong: of('wrong').length }
  const again = [...of('missing'), ...of('wrong')].map((r) => r.plate)
  // Forgotten in the books, the difference sends them again; what nobody sent is put into the books, and the difference takes it off.
  if (again.length > 0) await sql`delete from parking.camera_list where company_id = ${c} and camera_id = ${camera_id} and plate = any(${again}::text[])`.execute(scope.db)
  if (n.extra > 0) await sql`insert into parking.camera_list (company_id, camera_id, plate, until_on, sent_at) select ${c}, ${camera_id}, x.plate, x.until_on, ${scope.now} from jsonb_to_recordset(${JSON.stringify(of('extra'))}::jsonb) as x(plate text, until_on date) on conflict (company_id, camera_id, plate) do nothing`.execute(scope.db)
  const equal = rows.length === 0
  await sql`update parking.camera_state set read_at = ${scope.now}, read_asked_at = null, read_count = ${listed.length}, missing_count = ${n.missing}, extra_count = ${n.extra}, wrong_count = ${n.wrong}, unequal_count = ${equal ? sql`0` : sql`unequal_count + 1`}, verified_at = ${equal ? sql`${scope.now}::timestamptz` : sql`verified_at`}, read_fault = null, list_at = ${equal ? sql`list_at` : sql`null`} where company_id = ${c} and camera_id = ${camera_id}`.execute(scope.db)
  if (!equal) scope.note('camera', camera_id, { read_back: n })
  return n
}
export async function readDueLists(w: Work): Promise<void> {
  for (const k of await w.tx(due)) {
    if (await w.stopped()) return
    const begun_at = await w.tx(async (scope) => scope.now)
    try {
      const listed = await MAKERS[k.dialect].camera(openReach(k.reach_sealed), k.channel).list!()
      await w.tx((scope) => compareList(scope, k.camera_id, begun_at, listed))
    } catch (error) {
      if (!(error instanceof ReachFault)) log('warn', 'a list could not be read', { camera_id: k.camera_id, error: String(error) })
      const fault = error instanceof ReachFault ? error.message : '答复读不懂'
      await w.tx((scope) => sql`insert into parking.camera_state (company_id, camera_id, read_at, read_fault) values (${scope.company_id}, ${k.camera_id}, ${scope.now}, ${fault}) on conflict (company_id, camera_id) do update set read_at = excluded.read_at, read_asked_at = null, read_fault = excluded.read_fault`.execute(scope.db))
    }
  }
}
/** The clock only says that there is something to read: reading waits for cameras, and a schedule holds a connection meanwhile. */
export const readAtNight = (w: Work): Promise<void> => w.tx(async (scope) => {
  if ((await due(scope)).length > 0) scope.later({ name: READ_JOB, payload: {}, lane: READ_JOB })
})
export const reachAnswers = [saveCameraReach, readLists, permitLists]
