// What the platform reads and writes: who may register, how each is, what it has, who was refused, which calls are open.
import { sql } from 'kysely'
import type { App } from '../../../../../kernel/app.ts'
import { nowIso } from '../../../../../kernel/clock.ts'
import { inTransaction } from '../../../../../kernel/db.ts'
import { openText } from '../../../../../kernel/seal.ts'
import { asSystem } from '../../../../../kernel/worker.ts'
import { raiseAlarm } from '../../../../iot/server/index.ts'
import type { Alarm, Channel } from '../../codecs/manscdp.ts'
import { keepForCamera } from '../../clips.ts'

export interface KnownDevice {
  company_id: number
  gb_device_id: string
  community_id: string
  code: string
  name: string
  password: string
  media: 'udp' | 'tcp'
  keep_s: number
  alarms: boolean
  /** As it was written down last. */
  online: boolean | null
  peer: string | null
  expires_at: string | null
  heard_at: string | null
  maker: string | null
  catalog_at: string | null
}
export interface Setting {
  company_id: number
  server_code: string
  host: string
}
export async function loadGb(app: App, company_id: number): Promise<{ setting: Setting | null; devices: KnownDevice[] }> {
  return inTransaction(app.d, { company_id }, async (tx) => {
    const setting = (await sql<Setting>`select company_id, server_code, host from video.gb_setting where company_id = ${company_id}`.execute(tx.db)).rows[0] ?? null
    if (!setting) return { setting, devices: [] }
    const { rows } = await sql<Omit<KnownDevice, 'password'> & { password_sealed: string }>`select d.company_id, d.gb_device_id, d.community_id, d.code, d.name, d.password_sealed, d.media, d.keep_s, d.alarms, s.online, s.peer, s.expires_at, s.heard_at, s.maker, s.catalog_at from video.gb_device d left join video.gb_device_state s on s.company_id = ${company_id} and s.gb_device_id = d.gb_device_id where d.company_id = ${company_id} and d.retired_at is null order by d.gb_device_id limit 5000`.execute(tx.db)
    return { setting, devices: rows.map(({ password_sealed, ...d }) => ({ ...d, password: openText(password_sealed) })) }
  })
}
export interface DeviceNow {
  gb_device_id: string
  online: boolean
  peer: string | null
  registered_at: string | null
  expires_at: string | null
  heard_at: string | null
}
export async function writeDevices(app: App, company_id: number, list: readonly DeviceNow[]): Promise<void> {
  await inTransaction(app.d, { company_id }, (tx) => sql`insert into video.gb_device_state (company_id, gb_device_id, online, peer, registered_at, expires_at, heard_at) select ${company_id}, x.gb_device_id, x.online, x.peer, x.registered_at, x.expires_at, x.heard_at
    from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(gb_device_id uuid, online boolean, peer text, registered_at timestamptz, expires_at timestamptz, heard_at timestamptz)
    on conflict (company_id, gb_device_id) do update set online = excluded.online, peer = excluded.peer, registered_at = coalesce(excluded.registered_at, gb_device_state.registered_at), expires_at = excluded.expires_at, heard_at = coalesce(excluded.heard_at, gb_device_state.heard_at)`.execute(tx.db))
}
export async function writeInfo(app: App, d: KnownDevice, o: { maker: string; model: string; firmware: string }): Promise<void> {
  await inTransaction(app.d, { company_id: d.company_id }, (tx) => sql`insert into video.gb_device_state (company_id, gb_device_id, maker, model, firmware) values (${d.company_id}, ${d.gb_device_id}, ${o.maker}, ${o.model}, ${o.firmware}) on conflict (company_id, gb_device_id) do update set maker = excluded.maker, model = excluded.model, firmware = excluded.firmware`.execute(tx.db))
}
/** A list that was cut short adds and renews, and takes nothing away. */
export async function writeChannels(app: App, d: KnownDevice, list: readonly Channel[], o: { whole: boolean; fault: string | null }): Promise<void> {
  await asSystem(app, d.company_id, 'video.gb_catalog', async (scope) => {
    const c = scope.company_id
    await sql`insert into video.gb_channel (company_id, gb_channel_id, gb_device_id, code, name, maker, model, has_ptz, is_on, seen_at) select ${c}, gen_random_uuid(), ${d.gb_device_id}, x.code, x.name, x.maker, x.model, x.ptz, x."on", ${scope.now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(code text, name text, maker text, model text, ptz boolean, "on" boolean)
      on conflict (company_id, gb_device_id, code) do update set name = excluded.name, maker = excluded.maker, model = excluded.model, has_ptz = excluded.has_ptz, is_on = excluded.is_on, seen_at = excluded.seen_at, gone_at = null`.execute(scope.db)
    if (o.whole) await sql`update video.gb_channel set gone_at = ${scope.now} where company_id = ${c} and gb_device_id = ${d.gb_device_id} and gone_at is null and not (code = any(${list.map((k) => k.code)}::text[]))`.execute(scope.db)
    await sql`insert into video.gb_device_state (company_id, gb_device_id, catalog_at, catalog_fault) values (${c}, ${d.gb_device_id}, ${scope.now}, ${o.fault}) on conflict (company_id, gb_device_id) do update set catalog_at = excluded.catalog_at, catalog_fault = excluded.catalog_fault`.execute(scope.db)
    scope.note('video_gb_device', d.gb_device_id, { name: d.name, channels: list.length, ...(o.fault ? { fault: o.fault } : {}) })
  })
}
const REFUSALS_MAX = 500
export interface Refused {
  company_id: number
  code: string
  host: string
  reason: string
  count: number
}
export async function writeRefusals(app: App, company_id: number, list: readonly Refused[]): Promise<void> {
  const now = nowIso()
  await inTransaction(app.d, { company_id }, async (tx) => {
    await sql`insert into video.gb_refusal (company_id, code, host, reason, first_at, last_at, times_count) select ${company_id}, x.code, x.host, x.reason, ${now}::timestamptz, ${now}::timestamptz, x.count from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(code text, host text, reason text, count int)
      on conflict (company_id, code, host, reason) do update set last_at = excluded.last_at, times_count = least(gb_refusal.times_count + excluded.times_count, 1000000)`.execute(tx.db)
    await sql`delete from video.gb_refusal where company_id = ${company_id} and (code, host, reason) in (select code, host, reason from video.gb_refusal where company_id = ${company_id} order by last_at desc offset ${REFUSALS_MAX})`.execute(tx.db)
  })
}
export interface CallRow {
  call_id: string
  gb_device_id: string
  channel_code: string
  peer: string
  uri: string
  from_line: string
  to_line: string
  cseq: number
}
export async function putCall(app: App, company_id: number, r: CallRow): Promise<void> {
  await inTransaction(app.d, { company_id }, (tx) => sql`insert into video.gb_call (company_id, call_id, gb_device_id, channel_code, peer, uri, from_line, to_line, cseq, begun_at) values (${company_id}, ${r.call_id}, ${r.gb_device_id}, ${r.channel_code}, ${r.peer}, ${r.uri}, ${r.from_line}, ${r.to_line}, ${r.cseq}, ${nowIso()}) on conflict do nothing`.execute(tx.db))
}
export async function endCall(app: App, company_id: number, call_id: string): Promise<void> {
  await inTransaction(app.d, { company_id }, (tx) => sql`delete from video.gb_call where company_id = ${company_id} and call_id = ${call_id}`.execute(tx.db))
}
export async function openCalls(app: App, company_id: number): Promise<CallRow[]> {
  return inTransaction(app.d, { company_id }, async (tx) => (await sql<CallRow>`select call_id, gb_device_id, channel_code, peer, uri, from_line, to_line, cseq from video.gb_call where company_id = ${company_id} order by begun_at limit 1000`.execute(tx.db)).rows)
}
export interface Task {
  task_id: string
  kind: 'catalog' | 'records'
  gb_device_id: string
  camera_id: string | null
  channel_code: string | null
  on_day: string | null
}
export async function takeTask(app: App, company_id: number): Promise<Task | null> {
  const now = nowIso()
  const { rows } = await inTransaction(app.d, { company_id }, (tx) => sql<Task>`update video.gb_task t set taken_at = ${now} where t.company_id = ${company_id} and t.task_id = (select task_id from video.gb_task where company_id = ${company_id} and done_at is null and taken_at is null and created_at > ${now}::timestamptz - interval '5 minutes' order by created_at limit 1 for update skip locked)
    returning t.task_id, t.kind, t.gb_device_id, t.camera_id, t.on_day, (select h.code from video.camera k join video.gb_channel h on h.company_id = ${company_id} and h.gb_channel_id = k.gb_channel_id where k.company_id = ${company_id} and k.camera_id = t.camera_id) as channel_code`.execute(tx.db))
  return rows[0] ?? null
}
export async function doneTask(app: App, company_id: number, task_id: string, o: { fault: string | null; result?: unknown }): Promise<void> {
  await inTransaction(app.d, { company_id }, (tx) => sql`update video.gb_task set done_at = ${nowIso()}, fault = ${o.fault}, result = ${o.result === undefined ? null : JSON.stringify(o.result)}::jsonb where company_id = ${company_id} and task_id = ${task_id}`.execute(tx.db))
}
/** Told later than this, the moment of the device's own clock is not believed for a clip. */
const CLOCK_OFF_MS = 60_000
export async function noteAlarm(app: App, d: KnownDevice, a: Alarm): Promise<void> {
  await asSystem(app, d.company_id, 'video.gb_alarm', async (scope) => {
    const c = scope.company_id
    // A camera of one channel often speaks under its own number.
    const { rows } = await sql<{ camera_id: string; community_id: string; building_id: string | null; name: string; place: string }>`select k.camera_id, k.community_id, k.building_id, k.name, k.place from video.gb_channel h join video.camera k on k.company_id = ${c} and k.gb_channel_id = h.gb_channel_id and k.retired_at is null where h.company_id = ${c} and h.gb_device_id = ${d.gb_device_id} and (h.code = ${a.code} or ${a.code} = ${d.code}) order by (h.code = ${a.code}) desc limit 2`.execute(scope.db)
    const k = rows.length === 1 || a.code !== d.code ? rows[0] : undefined
    const off = a.at_ms === null ? null : Math.round((a.at_ms - Date.parse(scope.now)) / 1000)
    const at = off !== null && Math.abs(off) * 1000 <= CLOCK_OFF_MS ? new Date(a.at_ms!).toISOString() : scope.now
    const title = `${k?.name ?? d.name}:${a.title}`
    const { alarm_id } = await raiseAlarm(scope, {
      community_id: k?.community_id ?? d.community_id, building_id: k?.building_id ?? null, device_id: null, source: k ? `camera:${k.camera_id}` : `gb_device:${d.gb_device_id}`, kind: `gb_${a.method}_${a.type || '0'}`, title, level: a.level, rule_id: null, place: k?.place ?? d.name,
      facts: { data: { 国标设备: d.name, 编号: a.code, ...(a.said ? { 设备说明: a.said } : {}), ...(a.at_ms === null ? {} : { 设备时间: new Date(a.at_ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ') }) } },
    })
    if (k) await keepForCamera(scope, { camera_id: k.camera_id, alarm_id, level: a.level, title, at })
  })
}
