// What the service writes down: who began and ended looking, how cameras are, that it is there.
import { timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { nowIso } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { hashOf } from '../views.ts'
import type { Live } from './live.ts'
import type { Registry } from './registry.ts'

export interface View {
  company_id: number
  view_id: string
  camera_id: string
  clip_id: string | null
  what: 'live' | 'playback' | 'clip'
  stream: 'main' | 'sub'
  from_at: string | null
  may_ptz: boolean
  account_id: string | null
  name: string
}
const TOKEN = /^([1-9]\d{0,14})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([\w-]{32})$/
/** Good once, and within its minute: the row itself is the lock. */
export async function takeView(app: App, token: string, way: string): Promise<View | null> {
  const [, company, view_id, secret] = TOKEN.exec(token) ?? []
  if (!company || !view_id || !secret) return null
  const company_id = Number.parseInt(company, 10)
  const now = nowIso()
  return inTransaction(app.d, { company_id }, async (tx) => {
    const { rows } = await sql<Omit<View, 'company_id'> & { token_hash: string }>`select view_id, camera_id, clip_id, what, stream, from_at, may_ptz, account_id, name, token_hash from video.view where company_id = ${company_id} and view_id = ${view_id} and started_at is null and expires_at > ${now}::timestamptz for update`.execute(tx.db)
    const v = rows[0]
    const [ours, theirs] = [Buffer.from(v?.token_hash ?? ''), Buffer.from(hashOf(secret))]
    if (!v || ours.length !== theirs.length || !timingSafeEqual(ours, theirs)) return null
    await sql`update video.view set started_at = ${now}, way = ${way} where company_id = ${company_id} and view_id = ${view_id}`.execute(tx.db)
    const { token_hash: _, ...view } = v
    return { ...view, company_id }
  })
}
export async function endView(app: App, v: View, o: { size_bytes: number; fault: string | null; way?: string }): Promise<void> {
  await inTransaction(app.d, { company_id: v.company_id }, (tx) => sql`update video.view set ended_at = ${nowIso()}, size_bytes = ${Math.round(o.size_bytes)}, fault = ${o.fault}, way = coalesce(${o.way ?? null}, way) where company_id = ${v.company_id} and view_id = ${v.view_id} and ended_at is null`.execute(tx.db))
}
/** Views of a service that was killed end when it was last heard of. */
export async function closeOrphans(app: App, registry: Registry): Promise<void> {
  for (const company_id of registry.companies)
    await inTransaction(app.d, { company_id }, (tx) => sql`update video.view v set ended_at = greatest(v.started_at, coalesce((select s.beat_at from video.service s where s.company_id = ${company_id}), v.started_at)), fault = 'stopped' where v.company_id = ${company_id} and v.started_at is not null and v.ended_at is null`.execute(tx.db))
}
export async function beat(app: App, registry: Registry, started_at: string): Promise<void> {
  for (const company_id of registry.companies)
    await inTransaction(app.d, { company_id }, (tx) => sql`insert into video.service (company_id, beat_at, started_at, gb_port, gb_fault) values (${company_id}, ${nowIso()}, ${started_at}, ${registry.platform.sip_port}, ${registry.platform.fault}) on conflict (company_id) do update set beat_at = excluded.beat_at, started_at = excluded.started_at, gb_port = excluded.gb_port, gb_fault = excluded.gb_fault`.execute(tx.db))
}
export interface CameraNow {
  camera_id: string
  online: boolean | null
  checked_at: string | null
  seen_at: string | null
  fault: string | null
  codec: string | null
  width: number | null
  height: number | null
  fps: number | null
  recording: boolean
  viewer_count: number
}
export async function writeStates(app: App, company_id: number, list: readonly CameraNow[]): Promise<void> {
  if (list.length === 0) return
  await inTransaction(app.d, { company_id }, (tx) => sql`update video.camera_state s set online = coalesce(x.online, s.online), checked_at = coalesce(x.checked_at, s.checked_at), seen_at = coalesce(x.seen_at, s.seen_at), fault = x.fault, codec = coalesce(x.codec, s.codec), width = coalesce(x.width, s.width), height = coalesce(x.height, s.height), fps = coalesce(x.fps, s.fps), recording = x.recording, viewer_count = x.viewer_count
    from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(camera_id uuid, online boolean, checked_at timestamptz, seen_at timestamptz, fault text, codec text, width int, height int, fps numeric, recording boolean, viewer_count int) where s.company_id = ${company_id} and s.camera_id = x.camera_id`.execute(tx.db))
}
export const liveNow = (l: Live): Pick<CameraNow, 'online' | 'seen_at' | 'checked_at' | 'fault' | 'codec' | 'width' | 'height' | 'fps'> => {
  const playing = l.state === 'playing'
  const seen = l.last_picture_ms > 0 ? new Date(l.last_picture_ms).toISOString() : null
  return { online: playing ? true : l.state === 'waiting' ? false : null, checked_at: playing || l.state === 'waiting' ? nowIso() : null, seen_at: seen, fault: playing ? null : (l.fault ?? null), codec: playing ? (l.shown?.codec ?? null) : null, width: playing ? (l.shown?.width ?? null) : null, height: playing ? (l.shown?.height ?? null) : null, fps: playing && l.fps > 0 && l.fps < 200 ? Math.round(l.fps * 10) / 10 : null }
}
