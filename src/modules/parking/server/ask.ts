// Asking cameras how they are: those that open by being asked every half minute, any of them when somebody presses the button. What came back is kept with the camera: whether it
// answers, its clock against ours (what it kept while nobody heard it is known by that), and where it pushes to. A wrong password is not tried again by itself: cameras lock accounts.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, type Work } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { log } from '../../../kernel/log.ts'
import type { JobAsk, Scope } from '../../../kernel/scope.ts'
import { parking, type DialectName } from '../contract.ts'
import { cameraOf } from './access.ts'
import { ReachFault, WRONG_PASSWORD } from './ask_camera.ts'
import { nextPiece } from './lists_of_cameras.ts'
import { MAKERS } from './makers.ts'
import { openReach } from './open_now.ts'
import { cameraPath } from './push.ts'
import { WRITE_JOB, listsDue } from './write_lists.ts'

export const ASK_JOB = 'parking.ask_cameras'
const EVERY_S = 25
/** One that did not answer costs its deadline each time. */
const SILENT_EVERY_S = 85
const DUE_MAX = 60
const AT_ONCE = 4
interface Due {
  camera_id: string
  dialect: DialectName
  channel: number
  reach_sealed: string
  secret_no: number
}
async function known(scope: Scope, where: RawBuilder<SqlBool>, limit: number): Promise<Due[]> {
  const c = scope.company_id
  const { rows } = await sql<Due>`select k.camera_id, k.dialect, k.channel, k.reach_sealed, k.secret_no from parking.camera k join parking.lane n on n.company_id = ${c} and n.lane_id = k.lane_id left join parking.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id
    where k.company_id = ${c} and k.reach_sealed is not null and k.retired_at is null and n.retired_at is null and ${where} order by s.ask_wanted_at nulls last, s.asked_at nulls first limit ${limit}`.execute(scope.db)
  return rows
}
const due = (scope: Scope): Promise<Due[]> =>
  known(scope, sql<SqlBool>`(s.ask_wanted_at is not null or (k.dialect <> 'vzenith' and s.ask_fault is distinct from ${WRONG_PASSWORD} and (s.asked_at is null or s.asked_at < ${scope.now}::timestamptz - make_interval(secs => case when s.ask_fault is null then ${EVERY_S}::int else ${SILENT_EVERY_S}::int end))))`, DUE_MAX)
/** One camera that answers nonsense harms no other. */
function said(error: unknown, camera_id: string): string {
  if (error instanceof ReachFault) return error.message
  log('warn', 'a camera answered what nobody understands', { camera_id, error: String(error) })
  return '答复读不懂'
}
function hostOf(url: string): string {
  try {
    return url ? new URL(url).origin : ''
  } catch {
    return ''
  }
}
async function ask(w: Work, k: Due, first: string | null = null): Promise<void> {
  let about: object | null = null
  let [fault, off]: [string | null, number | null] = [null, null]
  try {
    const { device_s, hosts, ...told } = await MAKERS[k.dialect].camera(openReach(k.reach_sealed), k.channel).about()
    const path = cameraPath(w.company_id, k.camera_id, k.secret_no)
    about = { list_count: null, ...told, hosts: hosts?.map((h) => ({ id: h.id, to: hostOf(h.url), ours: h.url.endsWith(path) })) ?? null }
    off = device_s === null ? null : Math.round(nowMs() / 1000 - device_s)
  } catch (error) {
    fault = said(error, k.camera_id)
  }
  fault = first ?? fault
  await w.tx((scope) => sql`insert into parking.camera_state as s (company_id, camera_id, asked_at, reached_at, ask_fault, about, clock_off_s) values (${scope.company_id}, ${k.camera_id}, ${scope.now}, ${fault === null ? scope.now : null}::timestamptz, ${fault}, ${about ? JSON.stringify(about) : null}::jsonb, ${off})
    on conflict (company_id, camera_id) do update set asked_at = excluded.asked_at, ask_wanted_at = null, ask_fault = excluded.ask_fault, reached_at = coalesce(excluded.reached_at, s.reached_at), about = coalesce(excluded.about, s.about), clock_off_s = coalesce(excluded.clock_off_s, s.clock_off_s)`.execute(scope.db))
}
export async function askDueCameras(w: Work): Promise<void> {
  const cameras = await w.tx(due)
  for (let i = 0; i < cameras.length; i += AT_ONCE) await Promise.all(cameras.slice(i, i + AT_ONCE).map((k) => ask(w, k)))
}
/** Asks as it comes round: a job each half minute would leave a row of its own and of the audit for ever. What goes onto a list is a job, and only where something is to go. */
export async function askByClock(w: Work): Promise<void> {
  await askDueCameras(w)
  await w.tx(async (scope) => {
    const pieces: unknown[] = []
    for (const k of await listsDue(scope)) pieces.push(await nextPiece(scope, k))
    if (pieces.some(Boolean)) scope.later({ name: WRITE_JOB, payload: {}, lane: WRITE_JOB })
  })
}
export async function wantAsked(scope: Scope, camera_id: string, job: JobAsk = { name: ASK_JOB, payload: {}, lane: ASK_JOB }): Promise<void> {
  await sql`insert into parking.camera_state (company_id, camera_id, ask_wanted_at) values (${scope.company_id}, ${camera_id}, ${scope.now}) on conflict (company_id, camera_id) do update set ask_wanted_at = excluded.ask_wanted_at`.execute(scope.db)
  scope.later(job)
}
const askCamera = answer(parking.askCamera, async (scope, { camera_id }) => {
  const k = await cameraOf(scope, camera_id)
  if (!k.reach_sealed) throw scope.refuse('parking.no_address')
  await wantAsked(scope, camera_id)
  scope.note('camera', camera_id, { name: k.name, asked: true })
  return { camera_id }
})
/** Its listener set again, from the address by which the camera finds this platform. */
const mendCamera = answer(parking.mendCamera, async (scope, { camera_id, origin }) => {
  const k = await cameraOf(scope, camera_id)
  if (!k.reach_sealed) throw scope.refuse('parking.no_address')
  if (k.dialect !== 'hikvision') throw scope.refuse('parking.mend_by_hand')
  await wantAsked(scope, camera_id, { name: MEND_JOB, payload: { camera_id, origin }, lane: ASK_JOB, attempts_max: 1 })
  scope.note('camera', camera_id, { name: k.name, listener: new URL(origin).origin })
  return { camera_id }
})
export const MEND_JOB = 'parking.mend_camera'
export async function mendOne(w: Work): Promise<void> {
  const { camera_id, origin } = w.payload as { camera_id: string; origin: string }
  const k = await w.tx((scope) => known(scope, sql<SqlBool>`k.camera_id = ${camera_id}`, 1)).then((rows) => rows[0])
  if (!k) return
  let fault: string | null = null
  try {
    await MAKERS[k.dialect].camera(openReach(k.reach_sealed), k.channel).mend?.(new URL(cameraPath(w.company_id, camera_id, k.secret_no), origin))
  } catch (error) {
    fault = `重设监听没有成功:${said(error, camera_id)}`
  }
  await ask(w, k, fault)
}
export const askAnswers = [askCamera, mendCamera]
