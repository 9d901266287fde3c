// GStreamer's RTSP server as a camera of another hand: digest, media within the TCP connection, one connection however many look, faults said, and a real browser that
// shows its colour bars.
import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import WebSocket from 'ws'
import { video } from '../../src/modules/video/contract.ts'
import { startMedia, type Media } from '../../src/modules/video/server/index.ts'
import { freePort } from '../free_port.ts'
import { stage, type Stage } from '../walks/stage.ts'
import { PYTHON, gstRtsp, served } from './programs.ts'

const PASSWORD = 'p"w:d 1'
/** Says each transport that was asked for, and each connection that came and went. */
const PY = `
import sys, gi
gi.require_version('Gst', '1.0'); gi.require_version('GstRtsp', '1.0'); gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer
Gst.init(None)
port, password = sys.argv[1:3]
server = GstRtspServer.RTSPServer.new()
server.set_address('127.0.0.1')
server.set_service(port)
auth = GstRtspServer.RTSPAuth.new()
auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
token = GstRtspServer.RTSPToken.new()
token.set_string('media.factory.role', 'looker')
auth.add_digest('admin', password, token)
server.set_auth(auth)
for path, size in (('/Streaming/Channels/101', 'width=640,height=480'), ('/Streaming/Channels/102', 'width=320,height=240')):
    factory = GstRtspServer.RTSPMediaFactory.new()
    factory.set_launch('( videotestsrc is-live=true pattern=smpte ! video/x-raw,%s,framerate=10/1 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 bitrate=300 ! video/x-h264,profile=baseline ! rtph264pay name=pay0 pt=96 )' % size)
    factory.set_shared(True)
    rights = GstRtspServer.RTSPPermissions.new()
    for right in ('media.factory.access', 'media.factory.construct'):
        rights.add_permission_for_role('looker', right, True)
    factory.set_permissions(rights)
    server.get_mount_points().add_factory(path, factory)
def say(word):
    print(word, flush=True)
def connected(_server, client):
    client.connect('closed', lambda _c: say('closed'))
    client.connect('setup-request', lambda _c, x: say('setup ' + x.request.get_header(GstRtsp.RTSPHeaderField.TRANSPORT, 0)[1]))
    client.connect('teardown-request', lambda _c, x: say('teardown'))
server.connect('client-connected', connected)
server.attach(None)
GLib.MainLoop().run()
`
const until = (what: () => unknown): Promise<void> => expect.poll(async () => Boolean(await what()), { timeout: 30_000, interval: 50 }).toBe(true)
describe.skipIf(!gstRtsp())('a camera by GStreamer', () => {
  let s: Stage
  let media: Media
  let server: ChildProcess
  let port: number
  let head: Awaited<ReturnType<Stage['t']['hire']>>
  const said: string[] = []
  const before = process.env['HEYUAN_MEDIA_PORT']
  beforeAll(async () => {
    port = await freePort()
    server = await served(PYTHON, ['-c', PY, String(port), PASSWORD], port, (line) => said.push(line))
    const at = await freePort()
    process.env['HEYUAN_MEDIA_PORT'] = String(at)
    s = await stage()
    media = await startMedia(s.t.app, { port: at, clock: false, limits: { linger_ms: 500, again_ms: [500] }, onLost: () => {} })
    head = await s.t.hire('guard_head', { scope_kind: 'community', scope_ids: [s.w.community_id] })
    await s.t.app.d.pool.query('update identity.account set must_change = false')
  }, 240_000)
  afterAll(async () => {
    await media?.stop()
    server?.kill('SIGKILL')
    if (before === undefined) delete process.env['HEYUAN_MEDIA_PORT']
    else process.env['HEYUAN_MEDIA_PORT'] = before
  })
  const address = (path: string) => `rtsp://127.0.0.1:${port}/Streaming/${path}`
  const saved = async (no: number, o: { password?: string; path?: string } = {}): Promise<string> => {
    const { camera_id } = await s.t.as('admin')(video.saveCamera, { community_id: s.w.community_id, building_id: null, no, name: `东门 ${no}`, place: '东门', source: 'rtsp', main_url: address('Channels/101'), sub_url: address(o.path ?? 'Channels/102'), onvif_url: null, playback_url: null, user: 'admin', password: o.password ?? PASSWORD, has_ptz: false, looks_at: [], retired: false })
    await media.reload()
    return camera_id
  }
  const look = async (camera_id: string) => {
    const { rows } = await head(video.watch, { camera_ids: [camera_id], stream: 'sub' })
    const ws = new WebSocket(`ws://127.0.0.1:${media.door.port}/media/live`)
    const seen = { ws, told: [] as { t: string; fault?: string; codec?: string; width?: number; height?: number }[], pieces: [] as Buffer[] }
    ws.on('open', () => ws.send(JSON.stringify({ t: 'start', token: rows[0]!.token })))
    ws.on('message', (d: Buffer, binary) => void (binary ? seen.pieces.push(d) : seen.told.push(JSON.parse(String(d)))))
    return seen
  }
  const MOVING = `(() => { const v = document.querySelector('video'); return v && v.videoWidth > 0 ? v.currentTime : 0 })()`
  const moves = async (page: Page): Promise<void> => {
    const first = await page.evaluate<number>(MOVING)
    await expect.poll(() => page.evaluate<number>(MOVING), { timeout: 30_000 }).toBeGreaterThan(first)
  }

  it('is registered, tested, received by TCP after its challenge, one connection for three who look, and let go', async () => {
    const id = await saved(1)
    const { probe_id } = await s.t.as('admin')(video.testCamera, { camera_id: id, community_id: s.w.community_id, source: 'rtsp', main_url: null, sub_url: address('Channels/102'), onvif_url: null, playback_url: null, user: 'admin', password: PASSWORD })
    await until(async () => (await s.t.as('admin')(video.probe, { probe_id })).state === 'done')
    expect((await s.t.as('admin')(video.probe, { probe_id })).result).toMatchObject({ ok: true, streams: [{ ok: true, width: 320, height: 240 }] })
    said.length = 0
    const all = [await look(id), await look(id), await look(id)]
    for (const x of all) await until(() => x.pieces.length > 5)
    expect(all[0]!.told[0]).toMatchObject({ t: 'head', codec: expect.stringMatching(/^avc1\.42/), width: 320, height: 240 })
    expect(all[0]!.pieces.map((p) => p.toString('latin1', 4, 8)).slice(0, 2)).toEqual(['ftyp', 'moof'])
    expect(said.filter((l) => l.startsWith('setup'))).toEqual(['setup RTP/AVP/TCP;unicast;interleaved=0-1'])
    for (const x of all) x.ws.close()
    await until(() => said.includes('closed'))
    expect(said).toContain('teardown')
  }, 120_000)
  it('a wrong password and a wrong path are said for what they are', async () => {
    for (const [no, o, fault] of [[2, { password: 'wrong' }, 'wrong_password'], [3, { path: 'Channels/999' }, 'no_such_path']] as const) {
      const seen = await look(await saved(no, o))
      await until(() => seen.told.some((m) => m.t === 'fault' && m.fault === fault))
      seen.ws.close()
    }
  }, 120_000)
  it('its colour bars stand in the browser, small and large by WebRTC, and by fragments where a browser has none', async () => {
    const id = await saved(4)
    const page = await s.window({ width: 1440, token: head.token })
    for (const [n, way] of [[4, 'WebRTC 320×240'], [1, 'WebRTC 640×480'], [4, 'MSE 320×240']] as const) {
      if (way.startsWith('MSE')) await page.addInitScript('delete globalThis.RTCPeerConnection')
      await page.goto(`${s.base}/admin/video/wall?n=${n}&c=${id}`)
      await page.getByText(way).waitFor()
      await moves(page)
      // The top of the bars: white at the left, blue at the right.
      const [left, right] = await page.evaluate<number[][]>(`(() => { const v = document.querySelector('video'); const c = document.createElement('canvas'); c.width = v.videoWidth; c.height = v.videoHeight; const g = c.getContext('2d'); g.drawImage(v, 0, 0); return [0.07, 0.93].map((x) => [...g.getImageData(Math.round(c.width * x), Math.round(c.height * 0.3), 1, 1).data].slice(0, 3)) })()`)
      expect(Math.min(...left!)).toBeGreaterThan(140)
      expect(right![2]! - Math.max(right![0]!, right![1]!)).toBeGreaterThan(80)
    }
  }, 300_000)
})
