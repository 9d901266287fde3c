// Cameras: what they are, how they are, what is recorded of them, what they look at; the test of a connection, which the video service makes.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { video, type CameraRow, type LOOKS } from '../contract.ts'
import { cameraOf, camerasSeenBy, reaches, serviceSql, tellService } from './access.ts'
import { hostOf, open, seal, type Address } from './address.ts'

const ROWS_MAX = 500
const NO = 'kernel.forbidden'
type Row = Omit<CameraRow, 'can' | 'state'> & CameraRow['state']
const cameras = answer(video.cameras, async (scope, f) => {
  const c = scope.company_id
  const { rows } = await sql<Row>`select k.camera_id, k.community_id, m.name as community_name, k.building_id, b.name as building_name, k.no, k.name, k.place, k.source, k.host, k.has_ptz, k.retired_at is not null as retired, coalesce(r.mode, 'none') as mode, coalesce(r.stream, 'sub') as stream, coalesce(l.list, '[]') as looks_at,
      s.online, s.checked_at, s.seen_at, s.fault, s.codec, s.width, s.height, s.fps::float8 as fps, coalesce(s.recording, false) as recording, coalesce(s.viewer_count, 0) as viewer_count
    from video.camera k join property.community m on m.company_id = ${c} and m.community_id = k.community_id left join property.building b on b.company_id = ${c} and b.building_id = k.building_id left join video.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id
      left join lateral (select r.mode, r.stream from video.recording r where r.company_id = ${c} and r.camera_id = k.camera_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc limit 1) r on true
      left join lateral (select jsonb_agg(jsonb_build_object('kind', x.kind, 'subject_id', x.subject_id, 'name', coalesce(d.name, v.name, n.name, '')) order by x.kind, d.name, v.name, n.name) as list from video.looks_at x left join doors.door d on x.kind = 'door' and d.company_id = ${c} and d.door_id = x.subject_id left join iot.device v on x.kind = 'device' and v.company_id = ${c} and v.device_id = x.subject_id left join parking.lane n on x.kind = 'lane' and n.company_id = ${c} and n.lane_id = x.subject_id where x.company_id = ${c} and x.camera_id = k.camera_id) l on true
    where k.company_id = ${c} and ${camerasSeenBy(scope)} and ${f.community_id ? sql`k.community_id = ${f.community_id}` : sql`true`} and ${f.with_retired ? sql`true` : sql`k.retired_at is null`} order by m.name, k.no limit ${ROWS_MAX}`.execute(scope.db)
  const { rows: service } = await sql<{ at: string | null }>`select ${serviceSql(scope)} as at`.execute(scope.db)
  return {
    service_at: service[0]?.at ?? null,
    rows: rows.map(({ online, checked_at, seen_at, fault, codec, width, height, fps, recording, viewer_count, ...k }) => {
      const may = (p: string): true | string => (reaches(scope, p, k) ? true : NO)
      const change = may('video.camera.change')
      return { ...k, host: change === true ? k.host : null, state: { online, checked_at, seen_at, fault, codec, width, height, fps, recording, viewer_count }, can: { watch: may('video.camera.watch'), ptz: k.has_ptz ? may('video.camera.ptz') : NO, playback: may('video.playback.watch'), keep: may('video.clip.keep'), change } }
    }),
  }
})
const camera = answer(video.camera, async (scope, { camera_id }) => {
  const { password, gb, ...a } = open((await cameraOf(scope, camera_id, { retired: true })).address_sealed)
  return { ...a, gb_channel_id: gb?.gb_channel_id ?? null, has_password: password !== '' }
})
type Given = Omit<Address, 'password' | 'gb'> & { password?: string | undefined; gb_channel_id: string | null }
/** What was typed, with the password that stands where none was typed for the same host. */
async function addressFrom(scope: Scope, o: Given, community_id: string, before: Address | null): Promise<Address> {
  if (o.source === 'gb') return { source: 'gb', main_url: null, sub_url: null, playback_url: null, onvif_url: null, user: '', password: '', gb: await channelOf(scope, o.gb_channel_id, community_id) }
  const a: Address = { source: o.source, main_url: o.main_url || null, sub_url: o.sub_url || null, playback_url: o.playback_url || null, onvif_url: o.source === 'onvif' ? o.onvif_url || null : null, user: o.user, password: o.password ?? '' }
  if (a.source === 'onvif' && !a.onvif_url) throw scope.refuse('video.address_missing', { field: 'ONVIF 地址' })
  if (a.source === 'rtsp' && !a.main_url && !a.sub_url) throw scope.refuse('video.address_missing', { field: '主码流或子码流地址' })
  // A password that nobody may read must not be sent to a host that somebody else typed.
  if (!a.password && before?.password && before.user === a.user) {
    const hosts = (x: Address): string => [x.main_url, x.sub_url, x.playback_url, x.onvif_url].map((u) => /^\w+:\/\/([^/?:]+)/.exec(u ?? '')?.[1] ?? '').filter(Boolean).toSorted().join()
    const old = new Set(hosts(before).split(','))
    if (hosts(a).split(',').every((h) => old.has(h))) a.password = before.password
    else throw scope.refuse('video.address_missing', { field: '口令(主机改了,要重新填写)' })
  }
  return a
}
/** A channel belongs to the community of its device. */
async function channelOf(scope: Scope, gb_channel_id: string | null, community_id: string): Promise<NonNullable<Address['gb']>> {
  if (!gb_channel_id) throw scope.refuse('video.address_missing', { field: '国标通道' })
  const { rows } = await sql<NonNullable<Address['gb']>>`select h.gb_device_id, h.gb_channel_id, h.code as channel from video.gb_channel h join video.gb_device d on d.company_id = ${scope.company_id} and d.gb_device_id = h.gb_device_id where h.company_id = ${scope.company_id} and h.gb_channel_id = ${gb_channel_id} and d.community_id = ${community_id}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
async function checkChannel(scope: Scope, gb_channel_id: string | undefined, camera_id: string): Promise<void> {
  const { rows } = gb_channel_id ? await sql<{ name: string }>`select name from video.camera where company_id = ${scope.company_id} and gb_channel_id = ${gb_channel_id} and retired_at is null and camera_id <> ${camera_id}`.execute(scope.db) : { rows: [] }
  if (rows[0]) throw scope.refuse('video.gb_channel_taken', { name: rows[0].name })
}
async function checkSubjects(scope: Scope, community_id: string, list: readonly { kind: (typeof LOOKS)[number]; subject_id: string }[]): Promise<void> {
  const of = (kind: (typeof LOOKS)[number]): string[] => [...new Set(list.filter((x) => x.kind === kind).map((x) => x.subject_id))]
  const [d, v, n] = [of('door'), of('device'), of('lane')]
  const { rows } = await sql<{ n: number }>`select (select count(*)::int from doors.door where company_id = ${scope.company_id} and community_id = ${community_id} and door_id = any(${d}::uuid[])) + (select count(*)::int from iot.device where company_id = ${scope.company_id} and community_id = ${community_id} and device_id = any(${v}::uuid[])) + (select count(*)::int from parking.lane n join parking.lot l on l.company_id = ${scope.company_id} and l.lot_id = n.lot_id where n.company_id = ${scope.company_id} and l.community_id = ${community_id} and n.lane_id = any(${n}::uuid[])) as n`.execute(scope.db)
  if (rows[0]!.n !== d.length + v.length + n.length) throw scope.refuse('video.subject_elsewhere')
}
async function checkNo(scope: Scope, community_id: string, no: number, camera_id: string): Promise<void> {
  const { rows } = await sql<{ name: string }>`select name from video.camera where company_id = ${scope.company_id} and community_id = ${community_id} and no = ${no} and camera_id <> ${camera_id}`.execute(scope.db)
  if (rows[0]) throw scope.refuse('video.no_taken', { no, name: rows[0].name })
}
const saveCamera = answer(video.saveCamera, async (scope, o) => {
  const c = scope.company_id
  const before = o.camera_id ? await cameraOf(scope, o.camera_id, { retired: true, lock: true }) : null
  if (before && before.community_id !== o.community_id) throw scope.notFound()
  await communityToChange(scope, o.community_id)
  if (o.building_id) {
    const b = await sql`select from property.building where company_id = ${c} and building_id = ${o.building_id} and community_id = ${o.community_id}`.execute(scope.db)
    if (b.rows.length === 0) throw scope.notFound()
  }
  const camera_id = o.camera_id ?? uuidv7()
  // Numbers are given one after the other: two new cameras with one number would both look free.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`video.camera ${c} ${o.community_id}`}, 0))`.execute(scope.db)
  await checkNo(scope, o.community_id, o.no, camera_id)
  await checkSubjects(scope, o.community_id, o.looks_at)
  const a = await addressFrom(scope, o, o.community_id, before ? open(before.address_sealed) : null)
  if (!o.retired) await checkChannel(scope, a.gb?.gb_channel_id, camera_id)
  const values = { gb_channel_id: a.gb?.gb_channel_id ?? null, building_id: o.building_id, no: o.no, name: o.name, place: o.place, source: o.source, address_sealed: seal(a), host: hostOf(a), has_ptz: o.has_ptz, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
  if (before) await scope.db.updateTable('video.camera').set(values).where('company_id', '=', c).where('camera_id', '=', camera_id).execute()
  else await scope.db.insertInto('video.camera').values({ company_id: c, camera_id, community_id: o.community_id, ...values }).execute()
  await sql`insert into video.camera_state (company_id, camera_id) values (${c}, ${camera_id}) on conflict do nothing`.execute(scope.db)
  const want = JSON.stringify(o.looks_at)
  await sql`delete from video.looks_at x where x.company_id = ${c} and x.camera_id = ${camera_id} and not exists (select from jsonb_to_recordset(${want}::jsonb) as w(kind text, subject_id uuid) where w.kind = x.kind and w.subject_id = x.subject_id)`.execute(scope.db)
  await sql`insert into video.looks_at (company_id, camera_id, kind, subject_id) select ${c}, ${camera_id}, w.kind, w.subject_id from jsonb_to_recordset(${want}::jsonb) as w(kind text, subject_id uuid) on conflict do nothing`.execute(scope.db)
  scope.note('camera', camera_id, { no: o.no, name: o.name, host: hostOf(a), source: o.source, retired: o.retired })
  tellService(scope, 'cameras')
  return { camera_id }
})
const setRecording = answer(video.setRecording, async (scope, o) => {
  const k = await cameraOf(scope, o.camera_id, { lock: true })
  await communityToChange(scope, k.community_id)
  if (o.from_on < scope.today) throw scope.refuse('video.from_past', { today: scope.today })
  await scope.db.insertInto('video.recording').values({ company_id: scope.company_id, recording_id: uuidv7(), camera_id: o.camera_id, from_on: o.from_on, mode: o.mode, stream: o.stream, created_by: scope.who.account_id, created_at: scope.now }).execute()
  scope.note('video_recording', o.camera_id, { name: k.name, from_on: o.from_on, mode: o.mode, stream: o.stream })
  tellService(scope, 'cameras')
  return { camera_id: o.camera_id }
})
const testCamera = answer(video.testCamera, async (scope, o) => {
  await communityToChange(scope, o.community_id)
  const before = o.camera_id ? await cameraOf(scope, o.camera_id, { retired: true }) : null
  const a = await addressFrom(scope, o, o.community_id, before ? open(before.address_sealed) : null)
  const probe_id = uuidv7()
  await scope.db.insertInto('video.probe').values({ company_id: scope.company_id, probe_id, community_id: o.community_id, camera_id: o.camera_id ?? null, address_sealed: seal(a), by_id: scope.who.account_id!, created_at: scope.now }).execute()
  scope.note('video_probe', probe_id, { host: hostOf(a) })
  tellService(scope, 'probe')
  return { probe_id }
})
const probe = answer(video.probe, async (scope, { probe_id }) => {
  const { rows } = await sql<{ taken: boolean; done: boolean; result: never; alive: boolean }>`select p.taken_at is not null as taken, p.done_at is not null as done, p.result, ${serviceSql(scope)} is not null as alive from video.probe p where p.company_id = ${scope.company_id} and p.probe_id = ${probe_id} and p.by_id = ${scope.who.account_id}`.execute(scope.db)
  const p = rows[0]
  if (!p) throw scope.notFound()
  return p.done ? { state: 'done' as const, result: p.result } : { state: p.taken ? ('running' as const) : p.alive ? ('waiting' as const) : ('no_service' as const), result: null }
})
export const cameraAnswers = [cameras, camera, saveCamera, setRecording, testCamera, probe]
