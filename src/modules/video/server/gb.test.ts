// GB/T 28181 as named people with devices at their wire: registered by their own password and nobody else's, a catalogue in pieces, channels seen by nobody until they are picked,
// pictures by UDP and TCP, calls hung up, recordings, turning, alarms with their clip, and what devices do wrong.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { GbDevice, type SimGbDevice } from '../../../world/outside/camera_sim/gb_device.ts'
import { iot } from '../../iot/contract.ts'
import { property } from '../../property/contract.ts'
import { video } from '../contract.ts'
import { startMedia, type Media } from './index.ts'
import { GB } from './media/gb/limits.ts'

const SERVER = '34020000002000000001'
const PASSWORD = 'Sim-28181'
const LIMITS = { linger_ms: 300, again_ms: [200, 400] }
const GB_LIMITS = { ...GB, call_ms: 1500, answer_ms: 1500, first_ms: 1200, silent_ms: 2500, piece_ms: 600, queue_ms: 3000 }
let t: TestApp
let w: TinyWorld
let admin: Caller
let head: Caller
let elsewhere: Caller
let media: Media
const opened: { close?: () => unknown; stop?: () => unknown }[] = []
let no = 0
const start = (): Promise<Media> => startMedia(t.app, { port: 0, clock: false, limits: LIMITS, gb: { bind: '127.0.0.1', port: 0, media_ports: [42_000, 47_998], limits: GB_LIMITS }, onLost: () => {} })
const until = (what: () => unknown | Promise<unknown>): Promise<void> => expect.poll(async () => Boolean(await what()), { timeout: 15_000, interval: 25 }).toBe(true)
/** A device that somebody entered, and the box itself. */
async function device(o: { media?: 'udp' | 'tcp'; alarms?: boolean; sim?: Partial<SimGbDevice> } = {}): Promise<{ gb_device_id: string; sim: GbDevice; code: string; channel: string }> {
  const code = `3402000000118${String(++no).padStart(7, '0')}`
  const channels = Array.from({ length: 5 }, (_, i) => ({ code: `3402000000132${String(no * 100 + i).padStart(7, '0')}`, name: `东门${i + 1}`, no: i + 1, ptz: i === 0 }))
  const { gb_device_id } = await admin(video.saveGbDevice, { community_id: w.community_id, code, name: `录像机${no}`, password: PASSWORD, media: o.media ?? 'udp', keep_s: 60, alarms: o.alarms ?? false, retired: false })
  await until(() => media.platform.devices.has(`${t.company_id}:${gb_device_id}`))
  const sim = new GbDevice({ code, password: PASSWORD, server: { code: SERVER, host: '127.0.0.1', port: media.platform.sip_port }, channels, ...o.sim }, Date.now)
  opened.push(sim)
  return { gb_device_id, sim, code, channel: channels[0]!.code }
}
const rowOf = async (id: string) => (await admin(video.gbDevices, { with_retired: true })).rows.find((r) => r.gb_device_id === id)!
const online = (id: string): Promise<void> => until(async () => { await media.platform.sweep(); return (await rowOf(id)).online })
async function picked(id: string, n = 1): Promise<string[]> {
  await until(async () => (await rowOf(id)).channel_count >= n)
  const { rows } = await admin(video.gbChannels, { gb_device_id: id })
  const { camera_ids } = await admin(video.pickChannels, { gb_device_id: id, channels: rows.slice(0, n).map((r) => ({ gb_channel_id: r.gb_channel_id, name: r.name, place: '门口' })) })
  await media.reload()
  return camera_ids
}
/** Entered, registered, one channel a camera. */
async function camera(o: Parameters<typeof device>[0] = {}): Promise<{ gb_device_id: string; sim: GbDevice; camera_id: string; code: string; channel: string }> {
  const d = await device(o)
  await d.sim.start()
  await online(d.gb_device_id)
  return { ...d, camera_id: (await picked(d.gb_device_id))[0]! }
}
interface Seen {
  ws: WebSocket
  told: { t: string; fault?: string; codec?: string; width?: number; why?: string }[]
  pieces: Buffer[]
  code: number | null
}
function look(token: string): Seen {
  const ws = new WebSocket(`ws://127.0.0.1:${media.door.port}/media/live`)
  const seen: Seen = { ws, told: [], pieces: [], code: null }
  ws.on('open', () => ws.send(JSON.stringify({ t: 'start', token })))
  ws.on('message', (d: Buffer, binary) => void (binary ? seen.pieces.push(d) : seen.told.push(JSON.parse(String(d)))))
  ws.on('close', (code) => (seen.code = code))
  ws.on('error', () => {})
  opened.push(ws)
  return seen
}
const watch = async (camera_id: string, who: Caller = head): Promise<Seen> => look((await who(video.watch, { camera_ids: [camera_id], stream: 'sub' })).rows[0]!.token)
const fault = (seen: Seen, name: string): Promise<void> => until(() => seen.told.some((m) => m.t === 'fault' && m.fault === name))
const refusals = async () => { await media.platform.sweep(); return (await admin(video.gbDevices, {})).refusals }

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  head = await t.hire('guard_head', { scope_kind: 'community', scope_ids: [w.community_id] })
  elsewhere = await t.hire('manager', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] })
  await expectRefused(admin(video.saveGbDevice, { community_id: w.community_id, code: '34020000001180000001', name: '早', password: PASSWORD, media: 'udp', keep_s: 60, alarms: false, retired: false }), 'video.gb_not_set')
  await admin(video.saveGbSetting, { server_code: SERVER, host: '127.0.0.1' })
  media = await start()
}, 120_000)
beforeEach(() => { setClock(undefined) })
afterEach(async () => {
  setClock(undefined)
  for (const o of opened.splice(0).toReversed()) await (o.close ?? o.stop)?.call(o)
  await until(() => media.door.viewer_count === 0)
})
afterAll(() => media.stop())

describe('registering', () => {
  test('by its password; its clock is set; silent for three keep-alives it is off; seen again it is on', async () => {
    const d = await device()
    await d.sim.start()
    await online(d.gb_device_id)
    expect([d.sim.answers.at(-1), /^\d{4}-\d\d-\d\dT/.test(d.sim.dates[0] ?? '')]).toEqual([200, true])
    expect(await d.sim.keepAlive()).toBe(200)
    await until(async () => (await rowOf(d.gb_device_id)).maker === '样例厂')
    setClock(new Date(Date.now() + 190_000).toISOString())
    await media.platform.sweep()
    expect(await rowOf(d.gb_device_id)).toMatchObject({ online: false, channel_count: 5 })
    // It is told that it is not known, and comes again.
    expect(await d.sim.keepAlive()).toBe(403)
    expect(await d.sim.register()).toBe(200)
    await media.platform.sweep()
    expect((await rowOf(d.gb_device_id)).online).toBe(true)
    expect(await d.sim.register(0)).toBe(200)
    await media.platform.sweep()
    expect((await rowOf(d.gb_device_id)).online).toBe(false)
  })
  test('a wrong password, a number that nobody entered, a wrong server: refused, and the log says why; five wrong ones wait a minute', async () => {
    const d = await device({ sim: { password: 'wrong-one' } })
    await d.sim.start()
    await until(async () => (await refusals()).some((r) => r.code === d.code && r.reason === 'wrong_password'))
    for (let i = 0; i < 5; i++) await d.sim.register()
    expect((await refusals()).some((r) => r.code === d.code && r.reason === 'locked' && r.host === '127.0.0.1')).toBe(true)
    const foreign = new GbDevice({ ...d.sim.config, code: '34020000001180009999' }, Date.now)
    opened.push(await foreign.start())
    await until(async () => (await refusals()).some((r) => r.code === '34020000001180009999' && r.reason === 'unknown'))
    const lost = new GbDevice({ ...d.sim.config, server: { ...d.sim.config.server, code: '11010000002000000009' } }, Date.now)
    opened.push(await lost.start())
    await until(async () => (await refusals()).some((r) => r.reason === 'wrong_server'))
    expect((await rowOf(d.gb_device_id)).online).not.toBe(true)
    // Who answers for one community sees its devices and nobody's attempts.
    expect(await elsewhere(video.gbDevices, {})).toMatchObject({ rows: [], refusals: [], may_set: false })
  })
  test('sent twice it is done once; a proof that was used is worth nothing; by TCP as by UDP', async () => {
    const d = await device()
    d.sim.mischief = { twice: true }
    await d.sim.start()
    await online(d.gb_device_id)
    d.sim.mischief = { reuse_nonce: true }
    const [before, asked] = [d.sim.answers.length, d.sim.challenges]
    // The old proof is turned away with a new question, and answered anew.
    expect(await d.sim.register()).toBe(200)
    expect([d.sim.answers.length, d.sim.challenges]).toEqual([before + 1, asked + 1])
    const tcp = await device({ sim: { signal: 'tcp' } })
    await tcp.sim.start()
    await online(tcp.gb_device_id)
    expect((await rowOf(tcp.gb_device_id)).peer).toMatch(/^tcp 127/)
    await until(async () => (await rowOf(tcp.gb_device_id)).channel_count === 5)
  })
  test('a second box with the same number is refused while the first one speaks', async () => {
    const d = await device()
    await d.sim.start()
    await online(d.gb_device_id)
    const second = new GbDevice({ ...d.sim.config, from: '127.0.0.2' }, Date.now)
    opened.push(await second.start())
    await until(async () => (await refusals()).some((r) => r.code === d.code && r.reason === 'two_devices' && r.host === '127.0.0.2'))
    expect(await d.sim.keepAlive()).toBe(200)
    expect(await second.keepAlive()).toBe(403)
  })
  test('two companies with the same numbers do not meet: the password says whose it is', async () => {
    const d = await device()
    const other = t.as('other_admin')
    await other(video.saveGbSetting, { server_code: SERVER, host: '127.0.0.1' })
    const { community_id } = await other(property.saveCommunity, { name: '别家小区', kind: 'estate', address: '别处', district: '别处', land_mu: '1', built_area_m2: '1', green_area_m2: '1', service_phone: '0917-5550001', start_rule: 'delivery_day' })
    const { gb_device_id } = await other(video.saveGbDevice, { community_id, code: d.code, name: '别家', password: 'Another-1', media: 'udp', keep_s: 60, alarms: false, retired: false })
    await until(() => media.platform.devices.has(`${t.other_company_id}:${gb_device_id}`))
    const theirs = new GbDevice({ ...d.sim.config, password: 'Another-1', from: '127.0.0.3' }, Date.now)
    opened.push(await theirs.start())
    await d.sim.start()
    await online(d.gb_device_id)
    await until(async () => { await media.platform.sweep(); return (await other(video.gbDevices, {})).rows[0]?.online })
    expect([(await rowOf(d.gb_device_id)).peer?.split(':')[0], (await other(video.gbDevices, {})).rows[0]!.peer?.split(':')[0]]).toEqual(['udp 127.0.0.1', 'udp 127.0.0.3'])
    expect([await d.sim.keepAlive(), await theirs.keepAlive()]).toEqual([200, 200])
  })
  test('the password is sealed and comes back to nobody; numbers are checked; elsewhere it is 404', async () => {
    const d = await device()
    const stored = await t.inside((s) => sql<{ x: string }>`select row_to_json(k)::text as x from video.gb_device k where k.company_id = ${s.company_id}`.execute(s.db))
    for (const r of stored.rows) expect(r.x).not.toContain(PASSWORD)
    expect(JSON.stringify(await admin(video.gbDevices, {}))).not.toContain(PASSWORD)
    const base = { community_id: w.community_id, name: 'x', password: PASSWORD, media: 'udp' as const, keep_s: 60, alarms: false, retired: false }
    await expectRefused(admin(video.saveGbDevice, { ...base, code: d.code }), 'video.gb_code_taken')
    await expectRefused(admin(video.saveGbDevice, { ...base, code: '123' }), 'kernel.invalid')
    await expectRefused(admin(video.saveGbSetting, { server_code: d.code, host: '127.0.0.1' }), 'video.gb_server_kind')
    await expectRefused(elsewhere(video.gbChannels, { gb_device_id: d.gb_device_id }), 'kernel.not_found')
    await expectRefused(t.as('other_admin')(video.gbChannels, { gb_device_id: d.gb_device_id }), 'kernel.not_found')
    await expectRefused(head(video.gbDevices, {}), 'kernel.forbidden')
    await expectRefused(admin(video.fetchCatalog, { gb_device_id: d.gb_device_id }), 'video.gb_offline')
  })
})

describe('catalogue', () => {
  test('in pieces, in GB2312; channels are cameras only when picked, once', async () => {
    const d = await device()
    await d.sim.start()
    await online(d.gb_device_id)
    await until(async () => (await rowOf(d.gb_device_id)).channel_count === 5)
    const { rows } = await admin(video.gbChannels, { gb_device_id: d.gb_device_id })
    expect(rows.map((r) => [r.name, r.has_ptz, r.camera_id])).toEqual([['东门1', true, null], ['东门2', false, null], ['东门3', false, null], ['东门4', false, null], ['东门5', false, null]])
    expect((await head(video.cameras, {})).rows.some((k) => k.name === '东门1')).toBe(false)
    const pick = { gb_device_id: d.gb_device_id, channels: [{ gb_channel_id: rows[0]!.gb_channel_id, name: '东门球机', place: '东门' }] }
    await expectRefused(elsewhere(video.pickChannels, pick), 'kernel.not_found')
    await admin(video.pickChannels, pick)
    await expectRefused(admin(video.pickChannels, pick), 'video.gb_channel_taken')
    const k = (await head(video.cameras, {})).rows.find((x) => x.name === '东门球机')!
    expect([k.source, k.has_ptz, k.host]).toEqual(['gb', true, null])
    const mine = (await admin(video.cameras, {})).rows.find((x) => x.camera_id === k.camera_id)!
    expect(mine.host).toBe(rows[0]!.code)
    // Changed like any camera; its channel stays.
    const { has_password: _, ...a } = await admin(video.camera, { camera_id: k.camera_id })
    await admin(video.saveCamera, { camera_id: k.camera_id, community_id: w.community_id, building_id: null, no: k.no, name: '东门大球机', place: '东门', has_ptz: true, looks_at: [], retired: false, ...a })
    expect((await rowOf(d.gb_device_id)).picked_count).toBe(1)
    await expectRefused(admin(video.saveGbDevice, { gb_device_id: d.gb_device_id, community_id: w.community_id, code: d.code, name: 'x', media: 'udp', keep_s: 60, alarms: false, retired: true }), 'video.gb_has_cameras')
  })
  test('cut short it takes nothing away and says so; whole again, what is gone is gone', async () => {
    const d = await device()
    await d.sim.start()
    await online(d.gb_device_id)
    await until(async () => (await rowOf(d.gb_device_id)).channel_count === 5)
    const fetch = async (): Promise<string | null> => {
      const { task_id } = await admin(video.fetchCatalog, { gb_device_id: d.gb_device_id })
      await until(async () => (await admin(video.gbTask, { task_id })).state === 'done')
      return (await admin(video.gbTask, { task_id })).fault
    }
    d.sim.mischief = { cut_catalog: true }
    expect(await fetch()).toBe('gb_catalog_cut')
    expect(await rowOf(d.gb_device_id)).toMatchObject({ channel_count: 5, catalog_fault: 'gb_catalog_cut' })
    d.sim.mischief = {}
    Object.assign(d.sim.config, { channels: d.sim.config.channels.slice(0, 3) })
    expect(await fetch()).toBeNull()
    expect(await rowOf(d.gb_device_id)).toMatchObject({ channel_count: 3, catalog_fault: null })
  })
})

describe('pictures', () => {
  for (const kind of ['udp', 'tcp'] as const) test(`by ${kind}: three look, the device is called once, and hung up when the last one went`, async () => {
    const d = await camera({ media: kind })
    const all = await Promise.all([watch(d.camera_id), watch(d.camera_id), watch(d.camera_id)])
    for (const s of all) await until(() => s.pieces.length > 5)
    expect([d.sim.calls, d.sim.streams.size, all[0]!.told[0]]).toMatchObject([1, 1, { t: 'head', codec: 'avc1.42E01E', width: 320 }])
    expect(all[0]!.pieces.map((p) => p.toString('latin1', 4, 8)).slice(0, 2)).toEqual(['ftyp', 'moof'])
    const open = () => t.inside((s) => sql<{ n: number }>`select count(*)::int as n from video.gb_call where company_id = ${s.company_id}`.execute(s.db)).then((r) => r.rows[0]!.n)
    expect(await open()).toBe(1)
    for (const s of all) s.ws.close()
    await until(() => d.sim.byes === 1 && d.sim.streams.size === 0)
    await until(async () => (await open()) === 0)
    await until(async () => (await head(video.views, { camera_id: d.camera_id })).rows.every((v) => v.seconds !== null && v.fault === null))
  })
  test('lost and mixed packets, pictures without a length, a number of its own that it says: still a picture', async () => {
    const d = await camera()
    for (const mischief of [{ swap: true }, { lose_every: 60 }, { unbounded: true }, { own_ssrc: true }]) {
      d.sim.mischief = mischief
      const s = await watch(d.camera_id)
      await until(() => s.pieces.length > 5)
      s.ws.close()
      await until(() => d.sim.streams.size === 0)
    }
  })
  test('a stream under a number that is not its own is not shown; H.265, silence, no place and no answer are said', async () => {
    const d = await camera()
    const says = async (mischief: GbDevice['mischief'], word: string): Promise<void> => {
      d.sim.mischief = mischief
      const s = await watch(d.camera_id)
      await fault(s, word)
      expect(s.pieces.length).toBe(0)
      s.ws.close()
      await until(() => d.sim.streams.size === 0)
    }
    await says({ wrong_ssrc: true }, 'wrong_ssrc')
    await says({ h265: true }, 'h265')
    await says({ mute: true }, 'silent')
    await says({ refuse: 486 }, 'busy')
    setClock(new Date(Date.now() + 400_000).toISOString())
    const s = await watch(d.camera_id)
    await fault(s, 'gb_offline')
  }, 40_000)
  test('a device of the 2022 edition registers, whatever it proves its password with, is told what is spoken here, and plays', async () => {
    for (const edition_2022 of ['MD5', 'SHA-256'] as const) {
      const d = await device({ sim: { edition_2022 } })
      await d.sim.start()
      await online(d.gb_device_id)
      expect([d.sim.answers.at(-1), d.sim.platform_version]).toEqual([200, '2.0'])
    }
    const wrong = await device({ sim: { edition_2022: 'SM3', password: 'not it' } })
    await wrong.sim.start()
    await until(async () => (await refusals()).some((r) => r.code === wrong.code && r.reason === 'wrong_password'))
    const d = await camera({ sim: { edition_2022: 'SM3' } })
    const s = await watch(d.camera_id)
    await until(() => s.pieces.length > 3)
  })
  test('a yes that comes when nobody waits any more is confirmed and hung up: nothing is sent to nobody', async () => {
    const d = await camera()
    d.sim.mischief = { late_ms: 2200 }
    const s = await watch(d.camera_id)
    await fault(s, 'no_answer')
    s.ws.close()
    await until(() => d.sim.acks >= 1 && d.sim.byes >= 1 && d.sim.streams.size === 0)
  })
  test('thirty starts at once wait their turn, four at a time for one device, and who waits too long is told', async () => {
    const d = await device()
    await d.sim.start()
    await online(d.gb_device_id)
    await until(async () => (await rowOf(d.gb_device_id)).channel_count === 5)
    d.sim.mischief = { mute: true }
    let most = 0
    const at = { company_id: t.company_id, gb_device_id: d.gb_device_id, channel: d.channel }
    const results = await Promise.allSettled(Array.from({ length: 30 }, async () => {
      let ended: (f: { fault: string }) => void = () => {}
      const end = new Promise<{ fault: string }>((done) => (ended = done))
      await media.platform.stream(at, { wanted: () => true, opened() { most = Math.max(most, media.platform.calls.size) }, onBytes() {}, onPicture() {}, onEnd: (f) => ended(f) })
      throw await end
    }))
    const faults = results.map((r) => (r as PromiseRejectedResult).reason.fault as string)
    expect(most).toBeLessThanOrEqual(4)
    expect(new Set(faults)).toEqual(new Set(['silent', 'queue']))
    expect(media.platform.waiting_count).toBe(0)
    // What is said goes on beside it.
    expect(await d.sim.keepAlive()).toBe(200)
  }, 40_000)
  test('killed and back: calls of before are hung up, devices go on without registering again', async () => {
    const d = await camera()
    const s = await watch(d.camera_id)
    await until(() => s.pieces.length > 3)
    await media.platform.sweep()
    const row = await t.inside((x) => sql`select * from video.gb_call where company_id = ${x.company_id}`.execute(x.db)).then((r) => r.rows[0] as Record<string, unknown>)
    const port = media.platform.sip_port
    // As after kill -9: nobody said good-bye, and the row stands as it stood.
    const sends = media.platform.endpoint.port.send.bind(media.platform.endpoint.port)
    media.platform.endpoint.port.send = () => true
    await media.stop()
    void sends
    await t.inside((x) => x.db.insertInto('video.gb_call').values({ ...row, company_id: t.company_id } as never).onConflict((c) => c.doNothing()).execute())
    expect(d.sim.streams.size).toBe(1)
    media = await startMedia(t.app, { port: 0, clock: false, limits: LIMITS, gb: { bind: '127.0.0.1', port, media_ports: [42_000, 47_998], limits: GB_LIMITS }, onLost: () => {} })
    await until(() => d.sim.byes === 1 && d.sim.streams.size === 0)
    expect(d.sim.turned.at(-1)).toBe('stop')
    const registered = d.sim.answers.length
    expect(await d.sim.keepAlive()).toBe(200)
    const again = await watch(d.camera_id)
    await until(() => again.pieces.length > 3)
    expect(d.sim.answers.length).toBe(registered)
  }, 40_000)
})

describe('recordings, turning, alarms', () => {
  test('what the device has recorded stands on the bar, plays from the moment asked for to its end, and makes clips', async () => {
    const d = await camera()
    const yesterday = new Date(Date.now() - 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)
    await expectRefused(elsewhere(video.askRecords, { camera_id: d.camera_id, day: yesterday }), 'kernel.not_found')
    await head(video.askRecords, { camera_id: d.camera_id, day: yesterday })
    await until(async () => (await head(video.footage, { camera_id: d.camera_id, day: yesterday })).gb?.state === 'done')
    const f = await head(video.footage, { camera_id: d.camera_id, day: yesterday })
    expect([f.recorder, f.gb!.fault, f.gb!.spans.length]).toEqual([true, null, 46])
    const from_at = new Date(Date.parse(`${yesterday}T10:00:00+08:00`)).toISOString()
    const s = look((await head(video.playback, { camera_id: d.camera_id, from_at })).token)
    await until(() => s.pieces.length > 3)
    s.ws.close()
    await until(() => d.sim.streams.size === 0 && d.sim.byes === 1)
    await head(video.keepClip, { camera_id: d.camera_id, from_at, to_at: new Date(Date.parse(from_at) + 3000).toISOString(), reason: '国标取证' })
    await until(async () => { await media.clips.round(); return (await head(video.clips, { q: '国标取证' })).rows[0]?.state !== 'waiting' })
    expect((await head(video.clips, { q: '国标取证' })).rows[0]).toMatchObject({ state: 'kept', seconds: 3 })
    await until(() => d.sim.streams.size === 0)
  }, 40_000)
  test('turned by who may, stopped when he lets go or goes away, with a line in the audit', async () => {
    const d = await camera()
    const s = await watch(d.camera_id)
    await until(() => s.pieces.length > 0)
    s.ws.send(JSON.stringify({ t: 'ptz', pan: 0.5, tilt: 0, zoom: 0 }))
    await until(() => d.sim.turned.includes('right'))
    s.ws.close()
    await until(() => d.sim.turned.at(-1) === 'stop')
    expect(d.sim.turned).not.toContain('wrong')
    expect((await t.inside((x) => sql<{ n: number }>`select count(*)::int as n from kernel.audit where company_id = ${x.company_id} and call = 'video.ptz'`.execute(x.db))).rows[0]!.n).toBe(1)
    // A browser that vanished without a word: the head stands still after two seconds.
    const gone = await watch(d.camera_id)
    await until(() => gone.pieces.length > 0)
    const turns = d.sim.turned.length
    gone.ws.send(JSON.stringify({ t: 'ptz', pan: 0, tilt: 0.5, zoom: 0 }))
    await until(() => d.sim.turned.length >= turns + 2 && d.sim.turned.at(-1) === 'stop')
    expect(d.sim.turned.slice(turns)).toEqual(['up', 'stop'])
  })
  test('an alarm of a channel stands in the alarm centre once, with the clip of its camera; told again it is counted', async () => {
    const d = await camera({ alarms: true })
    await until(async () => { await media.platform.sweep(); return d.sim.subscribed })
    expect(await d.sim.alarm({ channel: d.channel, priority: 2, method: 5, type: 6, said: '越过围墙' })).toBe(200)
    await until(() => d.sim.alarm_answers.includes('Alarm OK'))
    expect(await d.sim.alarm({ channel: d.channel, priority: 2, method: 5, type: 6, notify: true })).toBe(200)
    const { rows } = await head(iot.alarms, { q: '入侵检测' })
    expect(rows).toMatchObject([{ level: 'major', times_count: 2, title: '东门1:入侵检测' }])
    const clips = (await head(video.clips, { why: 'alarm', camera_id: d.camera_id })).rows
    expect(clips).toMatchObject([{ source_id: rows[0]!.alarm_id, title: '东门1:入侵检测', state: 'waiting' }])
    // A fault of the box itself is of no camera.
    expect(await d.sim.alarm({ channel: d.code, priority: 3, method: 6, type: 1 })).toBe(200)
    expect((await head(iot.alarms, { q: '存储设备磁盘故障' })).rows.length).toBe(1)
  })
  test('the test of a connection shows its first picture', async () => {
    const d = await camera()
    const { has_password: _, ...a } = await admin(video.camera, { camera_id: d.camera_id })
    const { probe_id } = await admin(video.testCamera, { camera_id: d.camera_id, community_id: w.community_id, ...a })
    await until(async () => (await admin(video.probe, { probe_id })).state === 'done')
    expect((await admin(video.probe, { probe_id })).result).toMatchObject({ ok: true, streams: [{ ok: true, codec: 'avc1.42E01E', width: 320 }] })
    await until(() => d.sim.streams.size === 0)
  })
})
