// Clips and pictures kept for a reason: by hand, for an alarm, for a passage. The video service takes them out of what it has; the clock deletes them unless they are held.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { CLIP_MAX_S, LEVELS, video, type ClipRow, type LOOKS } from '../contract.ts'
import { cameraOf, camerasSeenBy, reaches, tellService, type Camera } from './access.ts'
import { clipPath } from './paths.ts'
import { policyOf } from './policy.ts'
import { giveTokens } from './views.ts'

const AHEAD_MS = 300_000
const dayStart = (day: string): string => new Date(Date.parse(`${day}T00:00:00+08:00`)).toISOString()
const expiry = (scope: Scope, days: number): string => new Date(Date.parse(scope.now) + days * 86_400_000).toISOString()

const clips = answer(video.clips, async (scope, f) => {
  const c = scope.company_id
  const is = (column: string, v: string | boolean | undefined) => (v === undefined ? sql`true` : sql`${sql.ref(`l.${column}`)} = ${v}`)
  const where = sql`l.company_id = ${c} and ${camerasSeenBy(scope)} and ${is('community_id', f.community_id)} and ${is('camera_id', f.camera_id)} and ${is('why', f.why)} and ${is('source_id', f.source_id)} and ${is('alarm_id', f.alarm_id)} and ${is('held', f.held)} and ${f.state ? is('state', f.state) : sql`l.state <> 'deleted'`}
    and ${f.q ? sql`(l.title ilike ${`%${f.q}%`} or k.name ilike ${`%${f.q}%`})` : sql`true`} and ${f.from_on ? sql`l.from_at >= ${dayStart(f.from_on)}::timestamptz` : sql`true`} and ${f.to_on ? sql`l.from_at < ${dayStart(f.to_on)}::timestamptz + interval '1 day'` : sql`true`}`
  const from = sql`video.clip l join video.camera k on k.company_id = ${c} and k.camera_id = l.camera_id`
  const { rows } = await sql<Omit<ClipRow, 'can'> & { community_id: string; building_id: string | null }>`with page as materialized (select l.*, k.name as camera_name, k.building_id from ${from} where ${where} order by l.from_at desc, l.clip_id desc limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select p.clip_id, p.camera_id, p.camera_name, m.name as community_name, p.kind, p.why, p.source_id, p.alarm_id, p.title, p.from_at, p.to_at, p.state, p.fault, p.size_bytes, p.seconds, p.held, p.held_reason, p.expires_at, p.by_name, p.created_at, p.community_id, p.building_id from page p join property.community m on m.company_id = ${c} and m.community_id = p.community_id order by p.from_at desc, p.clip_id desc`.execute(scope.db)
  const { rows: n } = await sql<{ n: number }>`select count(*)::int as n from ${from} where ${where}`.execute(scope.db)
  return {
    total: n[0]!.n,
    rows: rows.map(({ community_id, building_id, ...r }) => {
      const may = (p: string): true | string => (!reaches(scope, p, { community_id, building_id }) ? 'kernel.forbidden' : r.state === 'kept' ? true : 'video.clip_gone')
      return { ...r, can: { watch: may('video.clip.watch'), hold: may('video.clip.keep') } }
    }),
  }
})
const keepClip = answer(video.keepClip, async (scope, o) => {
  const k = await cameraOf(scope, o.camera_id)
  const [from, to, now] = [Date.parse(o.from_at), Date.parse(o.to_at), Date.parse(scope.now)]
  if (to - from < 1000 || to - from > CLIP_MAX_S * 1000 || to > now + AHEAD_MS) throw scope.refuse('video.clip_span', { max: CLIP_MAX_S })
  const clip_id = uuidv7()
  const { clip_days } = await policyOf(scope)
  await scope.db.insertInto('video.clip').values({ company_id: scope.company_id, clip_id, community_id: k.community_id, camera_id: k.camera_id, kind: 'clip', why: 'hand', title: o.reason, from_at: o.from_at, to_at: o.to_at, state: 'waiting', expires_at: expiry(scope, clip_days), by_id: scope.who.account_id, by_name: scope.who.name, created_at: scope.now }).execute()
  scope.note('video_clip', clip_id, { camera: k.name, from_at: o.from_at, to_at: o.to_at, reason: o.reason })
  tellService(scope, 'clip')
  return { clip_id }
})
const JPEG = Buffer.from([0xff, 0xd8, 0xff])
const keepPicture = (app: () => App) => answer(video.keepPicture, async (scope, o) => {
  const k = await cameraOf(scope, o.camera_id)
  const bytes = Buffer.from(o.jpeg_base64, 'base64')
  if (bytes.length < 100 || !bytes.subarray(0, 3).equals(JPEG)) throw scope.refuse('video.not_a_picture')
  const clip_id = uuidv7()
  const { clip_days } = await policyOf(scope)
  // The file first: a row without a file would promise what is not there, a file without a row is swept.
  if (!scope.dry_run) {
    const path = clipPath(app().data_dir, scope.company_id, clip_id, 'picture')
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytes, { mode: 0o600 })
  }
  await scope.db.insertInto('video.clip').values({ company_id: scope.company_id, clip_id, community_id: k.community_id, camera_id: k.camera_id, kind: 'picture', why: 'hand', title: o.reason, from_at: o.at, to_at: o.at, state: 'kept', size_bytes: bytes.length, expires_at: expiry(scope, clip_days), by_id: scope.who.account_id, by_name: scope.who.name, created_at: scope.now, done_at: scope.now }).execute()
  scope.note('video_clip', clip_id, { camera: k.name, at: o.at, reason: o.reason })
  return { clip_id }
})
interface Clip {
  clip_id: string
  camera_id: string
  kind: 'clip' | 'picture' | 'still'
  state: 'waiting' | 'kept' | 'failed' | 'deleted'
  title: string
  from_at: string
}
async function clipOf(scope: Scope, clip_id: string): Promise<{ clip: Clip; camera: Camera }> {
  const { rows } = await sql<Clip>`select l.clip_id, l.camera_id, l.kind, l.state, l.title, l.from_at from video.clip l join video.camera k on k.company_id = ${scope.company_id} and k.camera_id = l.camera_id where l.company_id = ${scope.company_id} and l.clip_id = ${clip_id} and ${camerasSeenBy(scope)} for update of l`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].state !== 'kept') throw scope.refuse('video.clip_gone', { state: { waiting: '还在取录像', failed: '没有留成', deleted: '已到期删除' }[rows[0].state] })
  return { clip: rows[0], camera: await cameraOf(scope, rows[0].camera_id, { retired: true }) }
}
const holdClip = answer(video.holdClip, async (scope, o) => {
  await clipOf(scope, o.clip_id)
  const { clip_days } = await policyOf(scope)
  // Released, it is kept once more for as long as the rule says: nobody loses it by the click.
  await scope.db.updateTable('video.clip').set({ held: o.held, held_reason: o.reason, ...(o.held ? {} : { expires_at: expiry(scope, clip_days) }) }).where('company_id', '=', scope.company_id).where('clip_id', '=', o.clip_id).execute()
  scope.note('video_clip', o.clip_id, { held: o.held, reason: o.reason })
  return { clip_id: o.clip_id }
})
const watchClip = answer(video.watchClip, async (scope, { clip_id }) => {
  const { clip, camera } = await clipOf(scope, clip_id)
  const [t] = await giveTokens(scope, [camera], { what: 'clip', stream: 'sub', clip_id })
  const name = `${camera.name} ${new Date(Date.parse(clip.from_at) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '')}.${clip.kind === 'clip' ? 'mp4' : 'jpg'}`
  return { path: `/media/file/${t!.token}`, name, kind: clip.kind }
})

/** From the cameras that look at a door, a device or a lane, around a moment. Told twice, kept once. */
async function keepFor(scope: Scope, e: { kind: (typeof LOOKS)[number]; subject_id: string; source_id: string; why: 'alarm' | 'passage'; title: string; at: string }): Promise<void> {
  const { before_s, after_s, clip_days } = await policyOf(scope)
  const at = Date.parse(e.at)
  const { rows } = await sql<{ clip_id: string }>`insert into video.clip (company_id, clip_id, community_id, camera_id, kind, why, source_id, alarm_id, title, from_at, to_at, state, expires_at, by_name, created_at)
    select ${scope.company_id}, gen_random_uuid(), k.community_id, k.camera_id, 'clip', ${e.why}, ${e.source_id}, ${e.why === 'alarm' ? e.source_id : null}::uuid, ${e.title}, ${new Date(at - before_s * 1000).toISOString()}::timestamptz, ${new Date(at + after_s * 1000).toISOString()}::timestamptz, 'waiting', ${expiry(scope, clip_days)}::timestamptz, '系统', ${scope.now}::timestamptz
    from video.looks_at x join video.camera k on k.company_id = ${scope.company_id} and k.camera_id = x.camera_id and k.retired_at is null where x.company_id = ${scope.company_id} and x.kind = ${e.kind} and x.subject_id = ${e.subject_id} order by k.no limit 8 on conflict do nothing returning clip_id`.execute(scope.db)
  for (const r of rows) scope.note('video_clip', r.clip_id, { why: e.why, title: e.title })
  if (rows.length > 0) tellService(scope, 'clip')
}
/** Of long ago nothing can be taken from a ring any more, but a recorder may have it: a day is tried. */
const LATE_MS = 86_400_000
const tooLate = (scope: Scope, at: string): boolean => Date.parse(scope.now) - Date.parse(at) > LATE_MS
export async function onAlarm(scope: Scope, p: Record<string, unknown>): Promise<void> {
  const { alarm_level } = await policyOf(scope)
  const level = LEVELS.indexOf(p['level'] as (typeof LEVELS)[number])
  if (typeof p['device_id'] !== 'string' || level < LEVELS.indexOf(alarm_level) || tooLate(scope, String(p['at']))) return
  await keepFor(scope, { kind: 'device', subject_id: p['device_id'], source_id: String(p['alarm_id']), why: 'alarm', title: `${String(p['title'])} ${String(p['place'] ?? '')}`.trim().slice(0, 200), at: String(p['at']) })
}
/** For an alarm that a camera told itself. */
export async function keepForCamera(scope: Scope, a: { camera_id: string; alarm_id: string; level: string; title: string; at: string }): Promise<void> {
  const { alarm_level, before_s, after_s, clip_days } = await policyOf(scope)
  if (LEVELS.indexOf(a.level as (typeof LEVELS)[number]) < LEVELS.indexOf(alarm_level)) return
  const at = Date.parse(a.at)
  const { rows } = await sql<{ clip_id: string }>`insert into video.clip (company_id, clip_id, community_id, camera_id, kind, why, source_id, alarm_id, title, from_at, to_at, state, expires_at, by_name, created_at)
    select ${scope.company_id}, gen_random_uuid(), k.community_id, k.camera_id, 'clip', 'alarm', ${a.alarm_id}::uuid, ${a.alarm_id}::uuid, ${a.title.slice(0, 200)}, ${new Date(at - before_s * 1000).toISOString()}::timestamptz, ${new Date(at + after_s * 1000).toISOString()}::timestamptz, 'waiting', ${expiry(scope, clip_days)}::timestamptz, '系统', ${scope.now}::timestamptz
    from video.camera k where k.company_id = ${scope.company_id} and k.camera_id = ${a.camera_id} and k.retired_at is null on conflict do nothing returning clip_id`.execute(scope.db)
  for (const r of rows) scope.note('video_clip', r.clip_id, { why: 'alarm', title: a.title })
  if (rows.length > 0) tellService(scope, 'clip')
}
const PASSAGE: Record<string, string> = { forced: '强行开门', held: '开门超时', refused: '通行被拒绝' }
export async function onPassage(scope: Scope, p: Record<string, unknown>): Promise<void> {
  if (!(await policyOf(scope)).passages || tooLate(scope, String(p['at']))) return
  await keepFor(scope, { kind: 'door', subject_id: String(p['door_id']), source_id: String(p['passage_id']), why: 'passage', title: `${PASSAGE[String(p['what'])] ?? '通行'} ${String(p['door_name'])}`, at: String(p['at']) })
}
/** A barrier that a person opened: where money and strangers go by. */
export async function onBarrier(scope: Scope, p: Record<string, unknown>): Promise<void> {
  if (!(await policyOf(scope)).passages || tooLate(scope, String(p['at']))) return
  await keepFor(scope, { kind: 'lane', subject_id: String(p['lane_id']), source_id: String(p['command_id']), why: 'passage', title: `人工开闸 ${String(p['lane_name'])}:${String(p['reason'])}`.slice(0, 200), at: String(p['at']) })
}
export const clipAnswers = (app: () => App) => [clips, keepClip, keepPicture(app), holdClip, watchClip]
