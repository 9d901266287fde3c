// Video as named people, with cameras at their wire: one connection a camera, tokens once and for a minute, faults said, clips of alarms and passages, recordings
// that play back and go by the clock, and nobody who may not.
import { existsSync, readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { OnvifCamera } from '../../../world/outside/camera_sim/onvif_device.ts'
import { RtspCamera } from '../../../world/outside/camera_sim/rtsp_server.ts'
import { doors } from '../../doors/contract.ts'
import { video } from '../contract.ts'
import { onAlarm, onPassage } from './clips.ts'
import { forget } from './forget.ts'
import { startMedia, type Media } from './index.ts'
import { Viewer } from './media/viewer.ts'
import { clipPath, segmentPath } from './paths.ts'

let t: TestApp
let w: TinyWorld
let admin: Caller
let head: Caller
let elsewhere: Caller
let media: Media
let cam: RtspCamera
const opened: { close: () => unknown }[] = []
const PASSWORD = 'p"w:d 1'
const LIMITS = { linger_ms: 300, again_ms: [100, 200, 400] }
let no = 0
async function camera(o: { name: string; port?: number; user?: string; password?: string; path?: string; looks_at?: { kind: 'door' | 'device'; subject_id: string }[]; playback?: boolean }): Promise<string> {
  const base = `rtsp://127.0.0.1:${o.port ?? cam.port}/Streaming`
  const { camera_id } = await admin(video.saveCamera, { community_id: w.community_id, building_id: null, no: ++no, name: o.name, place: '门口', source: 'rtsp', main_url: null, sub_url: `${base}/${o.path ?? 'Channels/102'}`, playback_url: o.playback ? `${base}/tracks/101?starttime={start}&endtime={end}` : null, onvif_url: null, user: o.user ?? 'admin', password: o.password ?? PASSWORD, has_ptz: false, looks_at: o.looks_at ?? [], retired: false })
  await media.reload()
  return camera_id
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
const until = (what: () => unknown | Promise<unknown>): Promise<void> => expect.poll(async () => Boolean(await what()), { timeout: 15_000, interval: 25 }).toBe(true)
const fault = async (seen: Seen, name: string): Promise<void> => until(() => seen.told.some((m) => m.t === 'fault' && m.fault === name))

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  head = await t.hire('guard_head', { scope_kind: 'community', scope_ids: [w.community_id] })
  elsewhere = await t.hire('guard_head', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] })
  media = await startMedia(t.app, { port: 0, clock: false, limits: LIMITS, hls_idle_ms: 1500, onLost: () => {} })
}, 120_000)
beforeEach(async () => {
  cam = await new RtspCamera({ no: 7, user: 'admin', password: PASSWORD }, Date.now).listen()
  opened.push(cam)
})
afterEach(async () => {
  for (const o of opened.splice(0).toReversed()) await o.close()
  await until(() => media.door.viewer_count === 0)
})
afterAll(() => media.stop())

describe('live', () => {
  test('five look, the camera is asked once; the last one gone, it is let go; each view stands in the log', async () => {
    const id = await camera({ name: '大堂' })
    const all = await Promise.all(Array.from({ length: 5 }, () => watch(id)))
    for (const s of all) await until(() => s.pieces.length > 3)
    expect([cam.connections, cam.open]).toEqual([1, 1])
    expect(all[0]!.told[0]).toMatchObject({ t: 'head', codec: 'avc1.42E01E', width: 320 })
    expect(all[0]!.pieces.map((p) => p.toString('latin1', 4, 8)).slice(0, 2)).toEqual(['ftyp', 'moof'])
    // Who comes later has a picture at once: what is kept begins with a key picture.
    const late = await watch(id)
    await until(() => late.pieces.length > 1)
    expect(cam.connections).toBe(1)
    for (const s of [...all, late]) s.ws.close()
    await until(() => cam.open === 0)
    expect(cam.requests).toContain('TEARDOWN')
    await until(async () => (await head(video.views, {})).rows.filter((v) => v.camera_name === '大堂' && v.seconds !== null).length === 6)
    expect((await head(video.views, {})).rows[0]).toMatchObject({ what: 'live', way: 'mse', fault: null })
  })
  test('a token is good once, for a minute, for its camera only', async () => {
    const id = await camera({ name: '一次' })
    const { rows } = await head(video.watch, { camera_ids: [id], stream: 'sub' })
    const first = look(rows[0]!.token)
    await until(() => first.pieces.length > 0)
    const again = look(rows[0]!.token)
    await until(() => again.code === 4003)
    const { rows: old } = await head(video.watch, { camera_ids: [id], stream: 'sub' })
    const now = Date.now()
    setClock(new Date(now + 61_000).toISOString())
    const expired = look(old[0]!.token)
    await until(() => expired.code === 4003)
    setClock(undefined)
    const { rows: two } = await head(video.watch, { camera_ids: [id], stream: 'sub' })
    const swapped = look(`${t.other_company_id}.${two[0]!.view_id}.${two[0]!.token.split('.')[2]}`)
    await until(() => swapped.code === 4003)
    const none = look('nothing')
    await until(() => none.code === 4003)
    expect(existsSync(t.data_dir)).toBe(true)
  })
  test('cut off, it comes back by itself with a new head', async () => {
    const id = await camera({ name: '断网' })
    const s = await watch(id)
    await until(() => s.pieces.length > 2)
    cam.cut()
    await fault(s, 'closed')
    await until(() => s.told.filter((m) => m.t === 'head').length === 2)
    expect(cam.connections).toBeGreaterThanOrEqual(2)
  })
  test('lost and mixed packets, sets in the stream only, a late key picture, a nonce that grows old: still a picture', async () => {
    cam.mischief = { swap: true, sets_in_band: true, late_key: 21 }
    const a = await watch(await camera({ name: '乱序' }))
    await until(() => a.pieces.length > 3)
    cam.mischief = { lose_every: 40 }
    const b = await watch(await camera({ name: '丢包' }))
    await until(() => b.pieces.length > 20)
    cam.mischief = { stale_after: 2 }
    const c = await watch(await camera({ name: '过期' }))
    await until(() => c.pieces.length > 3)
  })
  test('each fault is said for what it is', async () => {
    const wrong = await watch(await camera({ name: '口令', password: 'no' }))
    await fault(wrong, 'wrong_password')
    // A password that is wrong is tried once a connection: cameras lock accounts.
    expect(cam.requests.filter((r) => r === 'DESCRIBE').length).toBeLessThanOrEqual(4)
    await fault(await watch(await camera({ name: '路径', path: 'nowhere' })), 'no_such_path')
    await fault(await watch(await camera({ name: '端口', port: 1 })), 'refused')
    const h265 = await new RtspCamera({ no: 1, user: '', password: '', codec: 'H265' }, Date.now).listen()
    opened.push(h265)
    await fault(await watch(await camera({ name: 'H265', port: h265.port })), 'h265')
    cam.mischief = { bad_sps: true }
    await fault(await watch(await camera({ name: '坏参数' })), 'bad_sps')
    const basic = await new RtspCamera({ no: 1, user: 'u', password: 'p', basic: true }, Date.now).listen()
    opened.push(basic)
    const s = await watch(await camera({ name: 'Basic', port: basic.port, user: 'u', password: 'p' }))
    await until(() => s.pieces.length > 0)
    const http = await new OnvifCamera({ user: 'a', password: 'b', rtsp_port: 1, channel: 1, now: Date.now }).listen()
    opened.push(http)
    await fault(await watch(await camera({ name: '网页口', port: http.port })), 'not_rtsp')
  }, 60_000)
  test('who cannot keep up is held at the next key picture, and is not given half a group', () => {
    const sent: Buffer[] = []
    const ws = { bufferedAmount: 0, readyState: 1 as const, send: (b: unknown) => void (Buffer.isBuffer(b) ? sent.push(b) : undefined), close: () => {} }
    const v = new Viewer(ws as never)
    const piece = (n: number): Buffer => Buffer.from([n])
    v.onPiece(piece(0), false)
    v.onPiece(piece(1), true)
    v.onPiece(piece(2), false)
    ws.bufferedAmount = 3_000_000
    v.onPiece(piece(3), false)
    v.onPiece(piece(4), true)
    ws.bufferedAmount = 1_000_000
    v.onPiece(piece(5), true)
    ws.bufferedAmount = 0
    v.onPiece(piece(6), false)
    v.onPiece(piece(7), true)
    v.onPiece(piece(8), false)
    expect(sent.map((b) => b[0])).toEqual([1, 2, 7, 8])
    expect(v.skipped_count).toBe(1)
  })
})

describe('HLS', () => {
  const url = (token: string, file: string): string => `http://127.0.0.1:${media.door.port}/media/hls/${token}/${file}`
  const list = async (token: string): Promise<{ status: number; text: string; pieces: string[]; map: string | undefined; first: number }> => {
    const r = await fetch(url(token, 'live.m3u8'))
    const text = await r.text()
    return { status: r.status, text, pieces: text.split('\n').filter((l) => l.endsWith('.m4s')), map: /EXT-X-MAP:URI="([^"]+)"/.exec(text)?.[1], first: Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]) }
  }
  test('a list that moves on, pieces that begin with a key picture, one connection and one record of looking; over when nobody asks', async () => {
    const id = await camera({ name: '苹果手机' })
    const { token } = (await head(video.watch, { camera_ids: [id], stream: 'sub' })).rows[0]!
    // Two at once begin it once.
    const [one, two] = await Promise.all([list(token), list(token)])
    expect([one.status, two.status, one.text.split('\n')[0]]).toEqual([200, 200, '#EXTM3U'])
    for (const line of ['#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS']) expect(one.text).toContain(line)
    const init = Buffer.from(await (await fetch(url(token, one.map!))).arrayBuffer())
    expect(init.toString('latin1', 4, 8)).toBe('ftyp')
    let times: number[] = []
    await expect.poll(async () => {
      const l = await list(token)
      for (const p of l.pieces) {
        const r = await fetch(url(token, p))
        if (r.status !== 200) continue
        const bytes = Buffer.from(await r.arrayBuffer())
        // Read by the form of the file, not by our reader: moof and mdat in turn, the first sample of each piece a key picture.
        let at = 0
        const kinds: string[] = []
        for (; at < bytes.length; at += bytes.readUInt32BE(at)) kinds.push(bytes.toString('latin1', at + 4, at + 8))
        expect([at, [...new Set(kinds)]]).toEqual([bytes.length, ['moof', 'mdat']])
        const trun = bytes.indexOf('trun')
        expect(bytes.readUInt32BE(trun + 24)).toBe(0x02000000)
        times.push(Number(bytes.readBigUInt64BE(bytes.indexOf('tfdt') + 8)))
      }
      expect(l.pieces.length).toBeLessThanOrEqual(4)
      return l.first
    }, { timeout: 30_000, interval: 500 }).toBeGreaterThan(1)
    times = [...new Set(times)]
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    // What fell out of the window is gone.
    await expect.poll(async () => (await fetch(url(token, 's0.m4s'))).status, { timeout: 15_000, interval: 500 }).toBe(404)
    expect(cam.connections).toBe(1)
    const mine = async () => (await head(video.views, { camera_id: id })).rows
    expect(await mine()).toMatchObject([{ way: 'hls', watching: true }])
    await until(async () => (await mine())[0]!.seconds !== null)
    expect(await mine()).toMatchObject([{ way: 'hls', what: 'live', fault: null, watching: false }])
    expect((await list(token)).status).toBe(404)
    await until(() => cam.open === 0)
  }, 60_000)
  test('a token of somebody else, one that is over, one of looking back, a name of a file that is none: 404', async () => {
    const id = await camera({ name: '别人' })
    const of = async (): Promise<string> => (await head(video.watch, { camera_ids: [id], stream: 'sub' })).rows[0]!.token
    const token = await of()
    const [, view_id, secret] = token.split('.')
    for (const t2 of [`${t.other_company_id}.${view_id}.${secret}`, `${t.company_id}.${view_id}.${'x'.repeat(32)}`, 'nothing-at-all-but-long-enough']) expect((await list(t2)).status).toBe(404)
    for (const file of ['s0.m4s', 'init1.mp4', '..%2f..%2fsecret.key', 'live.m3u8/x']) expect((await fetch(url(token, file))).status).toBe(404)
    const old = await of()
    setClock(new Date(Date.now() + 61_000).toISOString())
    expect((await list(old)).status).toBe(404)
    setClock(undefined)
    const used = await of()
    const s = look(used)
    await until(() => s.pieces.length > 0)
    expect((await list(used)).status).toBe(404)
    expect((await list(token)).status).toBe(200)
  }, 40_000)
})

describe('who may', () => {
  test('not another place, not another company, not whoever reads everything, not a resident; the password comes back to nobody', async () => {
    const id = await camera({ name: '西门' })
    await expectRefused(elsewhere(video.watch, { camera_ids: [id], stream: 'sub' }), 'kernel.not_found')
    await expectRefused(t.as('other_admin')(video.watch, { camera_ids: [id], stream: 'sub' }), 'kernel.not_found')
    for (const who of ['visitor', 'inspector', 'finance', 'guard']) await expectRefused((await t.hire(who))(video.watch, { camera_ids: [id], stream: 'sub' }), 'kernel.forbidden')
    expect((await elsewhere(video.cameras, {})).rows).toEqual([])
    const row = (await (await t.hire('inspector'))(video.cameras, {})).rows.find((k) => k.camera_id === id)!
    expect([row.can.watch, row.host]).toEqual(['kernel.forbidden', null])
    const kept = await admin(video.camera, { camera_id: id })
    expect(JSON.stringify(kept)).not.toContain(PASSWORD)
    expect(kept.has_password).toBe(true)
    const stored = await t.inside((s) => sql<{ x: string }>`select row_to_json(k)::text as x from video.camera k where k.company_id = ${s.company_id}`.execute(s.db))
    for (const r of stored.rows) expect(r.x).not.toContain('p\\"w')
  })
  test('saved without a password it keeps the old one, but never sends it to another host', async () => {
    const id = await camera({ name: '东门' })
    const row = (await admin(video.cameras, {})).rows.find((k) => k.camera_id === id)!
    const base = { camera_id: id, community_id: w.community_id, building_id: null, no: row.no, name: '东门', place: '门口', source: 'rtsp' as const, onvif_url: null, playback_url: null, user: 'admin', has_ptz: false, looks_at: [], retired: false }
    await admin(video.saveCamera, { ...base, main_url: null, sub_url: `rtsp://127.0.0.1:${cam.port}/Streaming/Channels/101` })
    await media.reload()
    const s = await watch(id)
    await until(() => s.told.some((m) => m.t === 'head' && m.width === 640))
    await expectRefused(admin(video.saveCamera, { ...base, main_url: null, sub_url: 'rtsp://evil.example/x' }), 'video.address_missing')
    await expectRefused(admin(video.saveCamera, { ...base, no: 1, main_url: null, sub_url: `rtsp://127.0.0.1:${cam.port}/x` }), 'video.no_taken')
    await expectRefused(admin(video.saveCamera, { ...base, main_url: null, sub_url: null }), 'video.address_missing')
    await expectRefused(admin(video.saveCamera, { ...base, main_url: null, sub_url: 'rtsp://user:pass@host/x' }), 'kernel.invalid')
  })
})

describe('kept', () => {
  test('a door forced: the clip of the camera that looks at it, from before to after, once; watching it is a view', async () => {
    const { controller_id } = await admin(doors.saveController, { community_id: w.community_id, name: '南门', serial_no: null, retired: false })
    const { door_id } = await admin(doors.saveDoor, { controller_id, port_no: 1, building_id: null, unit_no: null, name: '南门人行', kind: 'gate', fire_release: true, held_s: 30, retired: false })
    await admin(video.savePolicy, { from_on: (await t.inside(async (s) => s.today)), keep_days: 30, clip_days: 90, view_days: 180, before_s: 2, after_s: 5, alarm_level: 'major', passages: true, basis: '测试' })
    const id = await camera({ name: '南门枪机', looks_at: [{ kind: 'door', subject_id: door_id }] })
    await admin(video.setRecording, { camera_id: id, from_on: await t.inside(async (s) => s.today), mode: 'event', stream: 'sub' })
    await media.reload()
    await until(() => media.registry.livesOf(t.company_id, id).some((l) => l.recent(Date.now() - 3000, Date.now()).length > 20))
    const event = { passage_id: '01900000-0000-7000-8000-000000000001', door_id, door_name: '南门人行', community_id: w.community_id, what: 'forced', at: new Date().toISOString() }
    await t.inside((s) => onPassage(s, event))
    await t.inside((s) => onPassage(s, event))
    expect((await head(video.clips, {})).rows.filter((r) => r.why === 'passage')).toMatchObject([{ state: 'waiting', title: '强行开门 南门人行' }])
    await until(async () => { await media.clips.round(); return (await head(video.clips, { why: 'passage' })).rows[0]?.state === 'kept' })
    const clip = (await head(video.clips, { why: 'passage' })).rows[0]!
    expect(clip.seconds).toBeGreaterThanOrEqual(6)
    expect(cam.connections).toBe(1)
    const open = await head(video.watchClip, { clip_id: clip.clip_id })
    const got = await fetch(`http://127.0.0.1:${media.door.port}${open.path}`)
    const bytes = Buffer.from(await got.arrayBuffer())
    expect([got.status, got.headers.get('content-type'), bytes.toString('latin1', 4, 8), bytes.length]).toEqual([200, 'video/mp4', 'ftyp', clip.size_bytes])
    expect((await fetch(`http://127.0.0.1:${media.door.port}${open.path}`)).status).toBe(404)
    await until(async () => (await head(video.views, { what: 'clip' })).rows.some((v) => v.clip_title === clip.title && v.seconds !== null))
    for (const who of ['visitor', 'finance'] as const) await expectRefused(t.as(who)(video.watchClip, { clip_id: clip.clip_id }), 'kernel.forbidden')
    // Held, the clock leaves it; let go and over, it is gone with its file.
    const path = clipPath(t.data_dir, t.company_id, clip.clip_id, 'clip')
    const clock = { company_id: t.company_id, tx: <T>(run: (s: never) => Promise<T>) => t.inside(run as never) } as never
    await head(video.holdClip, { clip_id: clip.clip_id, held: true, reason: '公安调取' })
    await t.inside((s) => sql`update video.clip set expires_at = ${s.now}::timestamptz - interval '1 day' where company_id = ${s.company_id}`.execute(s.db))
    await forget(() => t.app)(clock)
    expect(existsSync(path)).toBe(true)
    await t.inside((s) => sql`update video.clip set held = false where company_id = ${s.company_id}`.execute(s.db))
    await forget(() => t.app)(clock)
    expect(existsSync(path)).toBe(false)
    await expectRefused(head(video.watchClip, { clip_id: clip.clip_id }), 'video.clip_gone')
    await admin(video.setRecording, { camera_id: id, from_on: await t.inside(async (s) => s.today), mode: 'none', stream: 'sub' })
    await media.reload()
  }, 60_000)
  test('an alarm below the level keeps nothing; what the recorder has is fetched from it; what nobody has is said', async () => {
    await t.inside((s) => onAlarm(s, { alarm_id: '01900000-0000-7000-8000-000000000002', device_id: '01900000-0000-7000-8000-000000000003', level: 'minor', title: '液位高', at: s.now }))
    expect((await head(video.clips, { why: 'alarm' })).rows).toEqual([])
    const hour_ago = Date.now() - 3_600_000
    const iso = (ms: number): string => new Date(ms).toISOString()
    const with_recorder = await camera({ name: '有录像机', playback: true })
    const without = await camera({ name: '没有录像' })
    for (const camera_id of [with_recorder, without]) await head(video.keepClip, { camera_id, from_at: iso(hour_ago), to_at: iso(hour_ago + 3000), reason: '取证' })
    await expectRefused(head(video.keepClip, { camera_id: without, from_at: iso(hour_ago), to_at: iso(hour_ago + 700_000), reason: '太长' }), 'video.clip_span')
    await until(async () => { await media.clips.round(); return (await head(video.clips, { q: '取证' })).rows.every((r) => r.state !== 'waiting') })
    const rows = (await head(video.clips, { q: '取证' })).rows
    expect(rows.find((r) => r.camera_id === with_recorder)).toMatchObject({ state: 'kept', seconds: 3 })
    expect(rows.find((r) => r.camera_id === without)).toMatchObject({ state: 'failed', fault: 'no_footage' })
  }, 60_000)
  test('a picture is a picture', async () => {
    const id = await camera({ name: '截图' })
    const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(200)])
    const { clip_id } = await head(video.keepPicture, { camera_id: id, at: new Date().toISOString(), jpeg_base64: jpeg.toString('base64'), reason: '截图留存' })
    expect(readFileSync(clipPath(t.data_dir, t.company_id, clip_id, 'picture')).equals(jpeg)).toBe(true)
    await expectRefused(head(video.keepPicture, { camera_id: id, at: new Date().toISOString(), jpeg_base64: Buffer.alloc(200).toString('base64'), reason: '截图留存' }), 'video.not_a_picture')
    await expectRefused(elsewhere(video.keepPicture, { camera_id: id, at: new Date().toISOString(), jpeg_base64: jpeg.toString('base64'), reason: '截图留存' }), 'kernel.not_found')
  })
  test('recorded, found on the bar, played back from the moment asked for, and deleted by the clock after its days', async () => {
    const id = await camera({ name: '连续' })
    const today = await t.inside(async (s) => s.today)
    await expectRefused(head(video.playback, { camera_id: id, from_at: new Date(Date.now() - 60_000).toISOString() }), 'video.no_footage')
    await admin(video.setRecording, { camera_id: id, from_on: today, mode: 'always', stream: 'sub' })
    await media.reload()
    await until(() => media.registry.livesOf(t.company_id, id).some((l) => l.recent(0, Infinity).length > 50))
    // The way of recording ends: what is open is written down.
    await admin(video.setRecording, { camera_id: id, from_on: today, mode: 'none', stream: 'sub' })
    await media.reload()
    await until(async () => (await head(video.footage, { camera_id: id, day: today })).spans.length > 0)
    const { spans } = await head(video.footage, { camera_id: id, day: today })
    expect(spans.length).toBe(1)
    expect(Date.parse(spans[0]!.to_at) - Date.parse(spans[0]!.from_at)).toBeGreaterThan(3000)
    const from_at = new Date(Date.parse(spans[0]!.from_at) + 2500).toISOString()
    const connections = cam.connections
    const s = look((await head(video.playback, { camera_id: id, from_at })).token)
    await until(() => s.told.some((m) => m.t === 'end'))
    expect(s.pieces.length).toBeGreaterThan(1)
    expect(cam.connections).toBe(connections)
    const segment = await t.inside(async (x) => (await sql<{ segment_id: string }>`select segment_id from video.segment where company_id = ${x.company_id} and camera_id = ${id}`.execute(x.db)).rows[0]!)
    const path = segmentPath(t.data_dir, t.company_id, id, segment.segment_id)
    expect(existsSync(path)).toBe(true)
    setClock(new Date(Date.now() + 31 * 86_400_000).toISOString())
    await forget(() => t.app)({ company_id: t.company_id, tx: <T>(run: (x: never) => Promise<T>) => t.inside(run as never) } as never)
    setClock(undefined)
    expect(existsSync(path)).toBe(false)
    expect((await head(video.footage, { camera_id: id, day: today })).spans).toEqual([])
  }, 60_000)
})

describe('ONVIF', () => {
  test('found by its address though its clock is wrong, its streams chosen, turned by who may, and never by who may not', async () => {
    const turned: unknown[] = []
    const dome = await new OnvifCamera({ user: 'admin', password: PASSWORD, rtsp_port: cam.port, channel: 1, clock_off_s: 7200, now: Date.now, onTurn: (b) => turned.push(b) }).listen()
    opened.push(dome)
    const address = { source: 'onvif' as const, main_url: null, sub_url: null, playback_url: null, onvif_url: `http://127.0.0.1:${dome.port}/onvif/device_service`, user: 'admin', password: PASSWORD }
    const test = async (a: typeof address) => {
      const { probe_id } = await admin(video.testCamera, { community_id: w.community_id, ...a })
      await until(async () => (await admin(video.probe, { probe_id })).state === 'done')
      return (await admin(video.probe, { probe_id })).result!
    }
    expect(await test(address)).toMatchObject({ ok: true, has_ptz: true, device: { model: 'SIM-PTZ-4', firmware: 'V1.0 & up' }, streams: [{ stream: 'main', ok: true, width: 640 }, { stream: 'sub', ok: true, width: 320 }] })
    expect(await test({ ...address, password: 'no' })).toMatchObject({ ok: false, fault: 'wrong_password' })
    expect(await test({ ...address, onvif_url: `http://127.0.0.1:${media.door.port}/` })).toMatchObject({ ok: false, fault: 'not_onvif' })
    const { camera_id } = await admin(video.saveCamera, { community_id: w.community_id, building_id: null, no: ++no, name: '球机', place: '广场', ...address, has_ptz: true, looks_at: [], retired: false })
    await media.reload()
    const s = await watch(camera_id)
    await until(() => s.pieces.length > 0)
    s.ws.send(JSON.stringify({ t: 'ptz', pan: 0.5, tilt: 0, zoom: 0 }))
    await until(() => turned.length > 0)
    s.ws.send(JSON.stringify({ t: 'ptz', pan: 9, tilt: 0, zoom: 0 }))
    // Whoever lets go, or goes, stops the head.
    s.ws.close()
    await until(() => dome.moving === null)
    await until(async () => (await t.inside((x) => sql<{ n: number }>`select count(*)::int as n from kernel.audit where company_id = ${x.company_id} and call = 'video.ptz'`.execute(x.db))).rows[0]!.n === 1)
    const before = turned.length
    const manager_of_views = await watch(camera_id, await t.hire('guard_head'))
    await until(() => manager_of_views.pieces.length > 0)
    await t.inside((x) => sql`update video.view set may_ptz = false where company_id = ${x.company_id}`.execute(x.db))
    const no_turn = await (async () => { const { rows } = await head(video.watch, { camera_ids: [camera_id], stream: 'sub' }); await t.inside((x) => sql`update video.view set may_ptz = false where company_id = ${x.company_id} and view_id = ${rows[0]!.view_id}`.execute(x.db)); return look(rows[0]!.token) })()
    await until(() => no_turn.pieces.length > 0)
    no_turn.ws.send(JSON.stringify({ t: 'ptz', pan: 0.5, tilt: 0, zoom: 0 }))
    await until(() => no_turn.told.some((m) => m.t === 'ptz' && m.why === 'forbidden'))
    expect(turned.length).toBe(before)
  }, 60_000)
})
