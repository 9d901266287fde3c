// GB devices for the people who put them up: what to type into a camera, who is there, who was refused and why, which channels become cameras.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { sealText } from '../../../kernel/seal.ts'
import { communityToChange } from '../../property/server/index.ts'
import { video, type GbChannelRow, type GbDeviceRow } from '../contract.ts'
import { cameraOf, gbDeviceOf, serviceSql, tellService, wholeCompany } from './access.ts'
import { open, seal } from './address.ts'

const ROWS_MAX = 500
const REFUSALS_SHOWN = 100
const NO_MAX = 9999
/** 34020000 is the area that makers ship; 200 the kind "server of a centre" (annex D). */
const suggested = (company_id: number): string => `34020000002${String(company_id % 1_000_000_000).padStart(9, '0')}`
const SERVER_KINDS = new Set(['200', '201', '202', '203', '204', '205', '206', '207', '208', '209'])

const gbDevices = answer(video.gbDevices, async (scope, f) => {
  const c = scope.company_id
  const whole = scope.reach().all
  const setting = (await sql<{ server_code: string; host: string; port: number | null; fault: string | null; service_at: string | null }>`select g.server_code, g.host, v.gb_port as port, v.gb_fault as fault, ${serviceSql(scope)} as service_at from video.gb_setting g left join video.service v on v.company_id = ${c} where g.company_id = ${c}`.execute(scope.db)).rows[0]
  const { rows } = await sql<Omit<GbDeviceRow, 'can'>>`select d.gb_device_id, d.community_id, m.name as community_name, d.code, d.name, d.media, d.keep_s, d.alarms, d.retired_at is not null as retired, s.online, s.peer, s.registered_at, s.heard_at, s.maker, s.model, s.firmware, s.catalog_at, s.catalog_fault, coalesce(h.channel_count, 0) as channel_count, coalesce(h.picked_count, 0) as picked_count
    from video.gb_device d join property.community m on m.company_id = ${c} and m.community_id = d.community_id left join video.gb_device_state s on s.company_id = ${c} and s.gb_device_id = d.gb_device_id
      left join (select h.gb_device_id, count(*) filter (where h.gone_at is null)::int as channel_count, count(k.camera_id)::int as picked_count from video.gb_channel h left join video.camera k on k.company_id = ${c} and k.gb_channel_id = h.gb_channel_id and k.retired_at is null where h.company_id = ${c} group by 1) h on h.gb_device_id = d.gb_device_id
    where d.company_id = ${c} and (${whole} or d.community_id = any(${scope.reach().community_ids}::uuid[])) and ${f.community_id ? sql`d.community_id = ${f.community_id}` : sql`true`} and ${f.with_retired ? sql`true` : sql`d.retired_at is null`} order by m.name, d.name, d.code limit ${ROWS_MAX}`.execute(scope.db)
  // A refused attempt belongs to no community: whoever answers for the company sees it.
  const refusals = whole ? (await sql<{ code: string; host: string; reason: string; first_at: string; last_at: string; times_count: number }>`select code, host, reason, first_at, last_at, times_count from video.gb_refusal where company_id = ${c} order by last_at desc limit ${REFUSALS_SHOWN}`.execute(scope.db)).rows : []
  return {
    setting: setting ? { server_code: setting.server_code, domain: setting.server_code.slice(0, 10), host: setting.host, port: setting.service_at ? setting.port : null, fault: setting.fault } : null,
    service_at: setting?.service_at ?? null, suggested_code: suggested(c), may_set: whole, refusals,
    rows: rows.map((r) => ({ ...r, can: { change: true as const, catalog: r.retired || !r.online ? 'video.gb_offline' : (true as const) } })),
  }
})
const gbChannels = answer(video.gbChannels, async (scope, o) => {
  const c = scope.company_id
  await gbDeviceOf(scope, o.gb_device_id)
  const { rows } = await sql<GbChannelRow>`select h.gb_channel_id, h.code, h.name, h.maker, h.model, h.has_ptz, h.is_on, h.gone_at is not null as gone, k.camera_id, k.name as camera_name from video.gb_channel h left join video.camera k on k.company_id = ${c} and k.gb_channel_id = h.gb_channel_id and k.retired_at is null where h.company_id = ${c} and h.gb_device_id = ${o.gb_device_id} order by h.code limit 2000`.execute(scope.db)
  return { rows }
})
const saveGbSetting = answer(video.saveGbSetting, async (scope, o) => {
  const c = scope.company_id
  wholeCompany(scope)
  if (!SERVER_KINDS.has(o.server_code.slice(10, 13))) throw scope.refuse('video.gb_server_kind')
  await sql`insert into video.gb_setting (company_id, server_code, host, changed_by, changed_at) values (${c}, ${o.server_code}, ${o.host}, ${scope.who.account_id}, ${scope.now}) on conflict (company_id) do update set server_code = excluded.server_code, host = excluded.host, changed_by = excluded.changed_by, changed_at = excluded.changed_at`.execute(scope.db)
  scope.note('video_gb_setting', String(c), { server_code: o.server_code, host: o.host })
  tellService(scope, 'gb')
  return { server_code: o.server_code }
})
const saveGbDevice = answer(video.saveGbDevice, async (scope, o) => {
  const c = scope.company_id
  const before = o.gb_device_id ? await gbDeviceOf(scope, o.gb_device_id, { lock: true }) : null
  if (before && before.community_id !== o.community_id) throw scope.notFound()
  await communityToChange(scope, o.community_id)
  if ((await sql`select from video.gb_setting where company_id = ${c}`.execute(scope.db)).rows.length === 0) throw scope.refuse('video.gb_not_set')
  if (!before && !o.password) throw scope.refuse('video.address_missing', { field: '注册口令' })
  const gb_device_id = o.gb_device_id ?? uuidv7()
  // One after the other: two new devices with one number would both look free.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`video.gb ${c}`}, 0))`.execute(scope.db)
  const taken = (await sql<{ name: string }>`select name from video.gb_device where company_id = ${c} and code = ${o.code} and gb_device_id <> ${gb_device_id}`.execute(scope.db)).rows[0]
  if (taken) throw scope.refuse('video.gb_code_taken', { code: o.code, name: taken.name })
  if (o.retired) {
    const n = (await sql<{ n: number }>`select count(*)::int as n from video.camera k join video.gb_channel h on h.company_id = ${c} and h.gb_channel_id = k.gb_channel_id where k.company_id = ${c} and h.gb_device_id = ${gb_device_id} and k.retired_at is null`.execute(scope.db)).rows[0]!.n
    if (n > 0) throw scope.refuse('video.gb_has_cameras', { count: n })
  }
  const values = { code: o.code, name: o.name, media: o.media, keep_s: o.keep_s, alarms: o.alarms, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now, ...(o.password ? { password_sealed: sealText(o.password) } : {}) }
  if (before) await scope.db.updateTable('video.gb_device').set(values).where('company_id', '=', c).where('gb_device_id', '=', gb_device_id).execute()
  else await scope.db.insertInto('video.gb_device').values({ company_id: c, gb_device_id, community_id: o.community_id, ...values, password_sealed: sealText(o.password!) }).execute()
  scope.note('video_gb_device', gb_device_id, { code: o.code, name: o.name, media: o.media, retired: o.retired, ...(o.password ? { password: '已改' } : {}) })
  tellService(scope, 'gb')
  return { gb_device_id }
})
const fetchCatalog = answer(video.fetchCatalog, async (scope, o) => {
  const d = await gbDeviceOf(scope, o.gb_device_id)
  if (!d.online) throw scope.refuse('video.gb_offline', { name: d.name })
  const task_id = uuidv7()
  await scope.db.insertInto('video.gb_task').values({ company_id: scope.company_id, task_id, kind: 'catalog', gb_device_id: o.gb_device_id, by_id: scope.who.account_id, created_at: scope.now }).execute()
  scope.note('video_gb_device', o.gb_device_id, { name: d.name })
  tellService(scope, 'gb_task')
  return { task_id }
})
const gbTask = answer(video.gbTask, async (scope, { task_id }) => {
  const { rows } = await sql<{ taken: boolean; done: boolean; fault: string | null; alive: boolean }>`select t.taken_at is not null as taken, t.done_at is not null as done, t.fault, ${serviceSql(scope)} is not null as alive from video.gb_task t where t.company_id = ${scope.company_id} and t.task_id = ${task_id} and t.by_id = ${scope.who.account_id}`.execute(scope.db)
  const t = rows[0]
  if (!t) throw scope.notFound()
  return { state: t.done ? ('done' as const) : t.taken ? ('running' as const) : t.alive ? ('waiting' as const) : ('no_service' as const), fault: t.fault }
})
const pickChannels = answer(video.pickChannels, async (scope, o) => {
  const c = scope.company_id
  const d = await gbDeviceOf(scope, o.gb_device_id)
  await communityToChange(scope, d.community_id)
  const ids = o.channels.map((x) => x.gb_channel_id)
  const buildings = [...new Set(o.channels.flatMap((x) => x.building_id ?? []))]
  const known = (await sql`select from property.building where company_id = ${c} and community_id = ${d.community_id} and building_id = any(${buildings}::uuid[])`.execute(scope.db)).rows.length
  if (known !== buildings.length || new Set(ids).size !== ids.length) throw scope.notFound()
  await sql`select pg_advisory_xact_lock(hashtextextended(${`video.camera ${c} ${d.community_id}`}, 0))`.execute(scope.db)
  const { rows } = await sql<{ gb_channel_id: string; code: string; name: string; has_ptz: boolean; taken: boolean }>`select h.gb_channel_id, h.code, h.name, h.has_ptz, exists (select from video.camera k where k.company_id = ${c} and k.gb_channel_id = h.gb_channel_id and k.retired_at is null) as taken from video.gb_channel h where h.company_id = ${c} and h.gb_device_id = ${o.gb_device_id} and h.gb_channel_id = any(${ids}::uuid[])`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.notFound()
  const taken = rows.find((r) => r.taken)
  if (taken) throw scope.refuse('video.gb_channel_taken', { name: taken.name })
  const last = (await sql<{ no: number }>`select coalesce(max(no), 0)::int as no from video.camera where company_id = ${c} and community_id = ${d.community_id}`.execute(scope.db)).rows[0]!.no
  if (last + ids.length > NO_MAX) throw scope.refuse('video.no_left')
  const of = new Map(rows.map((r) => [r.gb_channel_id, r]))
  const made = o.channels.map((x, i) => {
    const h = of.get(x.gb_channel_id)!
    return { company_id: c, camera_id: uuidv7(), community_id: d.community_id, building_id: x.building_id, no: last + 1 + i, name: x.name, place: x.place, source: 'gb', gb_channel_id: x.gb_channel_id, address_sealed: seal({ source: 'gb', main_url: null, sub_url: null, playback_url: null, onvif_url: null, user: '', password: '', gb: { gb_device_id: o.gb_device_id, gb_channel_id: x.gb_channel_id, channel: h.code } }), host: h.code, has_ptz: h.has_ptz, changed_by: scope.who.account_id, changed_at: scope.now }
  })
  await scope.db.insertInto('video.camera').values(made).execute()
  await scope.db.insertInto('video.camera_state').values(made.map((k) => ({ company_id: c, camera_id: k.camera_id }))).execute()
  for (const k of made) scope.note('camera', k.camera_id, { no: k.no, name: k.name, host: k.host, source: 'gb' })
  tellService(scope, 'cameras')
  return { camera_ids: made.map((k) => k.camera_id) }
})
const askRecords = answer(video.askRecords, async (scope, o) => {
  const c = scope.company_id
  const k = await cameraOf(scope, o.camera_id, { retired: true })
  const { gb } = open(k.address_sealed)
  if (!gb) throw scope.refuse('video.not_gb')
  // Who turns the pages of a calendar asks the device once a day and minute.
  const before = (await sql<{ task_id: string }>`select task_id from video.gb_task where company_id = ${c} and camera_id = ${o.camera_id} and on_day = ${o.day}::date and created_at > ${scope.now}::timestamptz - interval '1 minute' and (fault is null or done_at is null) order by created_at desc limit 1`.execute(scope.db)).rows[0]
  if (before) return before
  const task_id = uuidv7()
  await scope.db.insertInto('video.gb_task').values({ company_id: c, task_id, kind: 'records', gb_device_id: gb.gb_device_id, camera_id: o.camera_id, on_day: o.day, by_id: scope.who.account_id, created_at: scope.now }).execute()
  scope.note('camera', o.camera_id, { name: k.name, day: o.day })
  tellService(scope, 'gb_task')
  return { task_id }
})
/** What the device said of a day, if it was asked. */
export async function deviceSpans(scope: Scope, camera_id: string, day: string): Promise<{ state: 'none' | 'asked' | 'done'; fault: string | null; spans: { from_at: string; to_at: string }[] }> {
  const t = (await sql<{ done: boolean; fault: string | null; result: { from_at: string; to_at: string }[] | null }>`select done_at is not null as done, fault, result from video.gb_task where company_id = ${scope.company_id} and camera_id = ${camera_id} and on_day = ${day}::date order by created_at desc limit 1`.execute(scope.db)).rows[0]
  return t ? { state: t.done ? 'done' : 'asked', fault: t.fault, spans: t.result ?? [] } : { state: 'none', fault: null, spans: [] }
}
export const gbAnswers = [gbDevices, gbChannels, saveGbSetting, saveGbDevice, fetchCatalog, gbTask, pickChannels, askRecords]
