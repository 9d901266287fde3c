// Looking: a token a picture, good once and for a minute, and with it the record of who looked. The picture itself comes from the video service.
import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { video, type ViewRow } from '../contract.ts'
import { cameraOf, camerasOf, camerasSeenBy, reaches, type Camera } from './access.ts'
import { open } from './address.ts'
import { deviceSpans } from './gb.ts'

export const TOKEN_S = 60
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
export interface Ticket {
  what: 'live' | 'playback' | 'clip'
  stream: 'main' | 'sub'
  from_at?: string
  clip_id?: string
}
/** The record and what opens it: <company>.<view>.<secret>. Only the secret's hash is kept. */
export async function giveTokens(scope: Scope, list: readonly Pick<Camera, 'camera_id' | 'community_id' | 'building_id' | 'has_ptz' | 'name'>[], t: Ticket): Promise<{ camera_id: string; view_id: string; token: string }[]> {
  const expires_at = new Date(Date.parse(scope.now) + TOKEN_S * 1000).toISOString()
  const made = list.map((k) => ({ k, view_id: uuidv7(), secret: randomBytes(24).toString('base64url') }))
  await scope.db.insertInto('video.view').values(made.map(({ k, view_id, secret }) => ({
    company_id: scope.company_id, view_id, community_id: k.community_id, camera_id: k.camera_id, clip_id: t.clip_id ?? null, what: t.what, stream: t.stream, from_at: t.from_at ?? null, account_id: scope.who.account_id, name: scope.who.name, ip: scope.who.ip, asked_at: scope.now, token_hash: hashOf(secret), expires_at, may_ptz: t.what === 'live' && k.has_ptz && reaches(scope, 'video.camera.ptz', k),
  }))).execute()
  for (const { k, view_id } of made) scope.note('video_view', view_id, { camera: k.name, what: t.what, ...(t.from_at ? { from_at: t.from_at } : {}) })
  return made.map(({ k, view_id, secret }) => ({ camera_id: k.camera_id, view_id, token: `${scope.company_id}.${view_id}.${secret}` }))
}
const watch = answer(video.watch, async (scope, o) => ({ rows: await giveTokens(scope, await camerasOf(scope, o.camera_ids), { what: 'live', stream: o.stream }) }))

const DAY_MS = 86_400_000
const dayStart = (day: string): string => new Date(Date.parse(`${day}T00:00:00+08:00`)).toISOString()
const footage = answer(video.footage, async (scope, o) => {
  const c = scope.company_id
  const k = await cameraOf(scope, o.camera_id, { retired: true })
  const from = dayStart(o.day)
  const to = new Date(Date.parse(from) + DAY_MS).toISOString()
  // Segments that touch are one stretch for the eye; a hole of five seconds is shown.
  const { rows: spans } = await sql<{ from_at: string; to_at: string }>`with s as (select g.from_at, g.to_at, case when g.from_at <= lag(g.to_at) over (order by g.from_at) + interval '5 seconds' then 0 else 1 end as fresh from video.segment g where g.company_id = ${c} and g.camera_id = ${o.camera_id} and g.from_at < ${to}::timestamptz and g.from_at > ${from}::timestamptz - interval '10 minutes' and g.to_at > ${from}::timestamptz),
    n as (select *, sum(fresh) over (order by from_at) as span from s) select greatest(min(from_at), ${from}::timestamptz) as from_at, least(max(to_at), ${to}::timestamptz) as to_at from n group by span order by 1 limit 1000`.execute(scope.db)
  const { rows: clips } = await sql<{ clip_id: string; title: string; from_at: string; to_at: string }>`select clip_id, title, from_at, to_at from video.clip where company_id = ${c} and camera_id = ${o.camera_id} and state = 'kept' and kind = 'clip' and from_at >= ${from}::timestamptz and from_at < ${to}::timestamptz order by from_at limit 200`.execute(scope.db)
  const a = open(k.address_sealed)
  return { spans, clips, recorder: a.playback_url !== null || a.gb !== undefined, gb: a.gb ? await deviceSpans(scope, o.camera_id, o.day) : null, mode: await modeOf(scope, o.camera_id) }
})
async function modeOf(scope: Scope, camera_id: string): Promise<'none' | 'event' | 'always'> {
  const { rows } = await sql<{ mode: 'none' | 'event' | 'always' }>`select mode from video.recording where company_id = ${scope.company_id} and camera_id = ${camera_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc limit 1`.execute(scope.db)
  return rows[0]?.mode ?? 'none'
}
const playback = answer(video.playback, async (scope, o) => {
  const k = await cameraOf(scope, o.camera_id, { retired: true })
  const a = open(k.address_sealed)
  const own = await sql`select from video.segment where company_id = ${scope.company_id} and camera_id = ${o.camera_id} and to_at > ${o.from_at}::timestamptz and from_at < ${o.from_at}::timestamptz + interval '1 day' limit 1`.execute(scope.db)
  if (own.rows.length === 0 && (!(a.playback_url || a.gb) || o.from_at >= scope.now)) throw scope.refuse('video.no_footage', { name: k.name, at: new Date(Date.parse(o.from_at) + 8 * 3_600_000).toISOString().slice(5, 19).replace('T', ' ') })
  return (await giveTokens(scope, [k], { what: 'playback', stream: 'sub', from_at: o.from_at }))[0]!
})
async function lookingAt(scope: Scope, kind: 'door' | 'lane' | 'device', id: string | null): Promise<{ camera_id: string; name: string }[]> {
  const { rows } = await sql<{ camera_id: string; name: string }>`select k.camera_id, k.name from video.looks_at x join video.camera k on k.company_id = ${scope.company_id} and k.camera_id = x.camera_id and k.retired_at is null where x.company_id = ${scope.company_id} and x.kind = ${kind} and x.subject_id = ${id}::uuid and ${camerasSeenBy(scope)} order by k.no limit 20`.execute(scope.db)
  return rows
}
const camerasAt = answer(video.camerasAt, async (scope, o) => {
  const [kind, id] = o.door_id ? (['door', o.door_id] as const) : o.lane_id ? (['lane', o.lane_id] as const) : (['device', o.device_id ?? null] as const)
  return { rows: await lookingAt(scope, kind, id) }
})
const laneCameras = answer(video.laneCameras, async (scope, o) => ({ rows: await lookingAt(scope, 'lane', o.lane_id) }))
const views = answer(video.views, async (scope, f) => {
  const c = scope.company_id
  const where = sql`v.company_id = ${c} and ${camerasSeenBy(scope)} and ${f.community_id ? sql`v.community_id = ${f.community_id}` : sql`true`} and ${f.camera_id ? sql`v.camera_id = ${f.camera_id}` : sql`true`} and ${f.what ? sql`v.what = ${f.what}` : sql`true`} and ${f.q ? sql`(v.name ilike ${`%${f.q}%`} or k.name ilike ${`%${f.q}%`})` : sql`true`} and ${f.from_on ? sql`v.asked_at >= ${dayStart(f.from_on)}::timestamptz` : sql`true`} and ${f.to_on ? sql`v.asked_at < ${dayStart(f.to_on)}::timestamptz + interval '1 day'` : sql`true`}`
  const from = sql`video.view v join video.camera k on k.company_id = ${c} and k.camera_id = v.camera_id`
  const { rows } = await sql<ViewRow>`with page as materialized (select v.*, k.name as camera_name from ${from} where ${where} order by v.asked_at desc, v.view_id desc limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select p.view_id, p.camera_name, m.name as community_name, p.what, p.from_at, l.title as clip_title, p.name, p.ip, p.asked_at, case when p.ended_at is not null and p.started_at is not null then extract(epoch from p.ended_at - p.started_at)::int end as seconds, p.started_at is not null and p.ended_at is null as watching, p.way, coalesce(p.fault, case when p.started_at is null and p.expires_at < ${scope.now}::timestamptz then 'expired' end) as fault
    from page p join property.community m on m.company_id = ${c} and m.community_id = p.community_id left join video.clip l on l.company_id = ${c} and l.clip_id = p.clip_id order by p.asked_at desc, p.view_id desc`.execute(scope.db)
  const { rows: n } = await sql<{ n: number }>`select count(*)::int as n from ${from} where ${where}`.execute(scope.db)
  return { rows, total: n[0]!.n }
})
export const viewAnswers = [watch, footage, playback, camerasAt, laneCameras, views]
