// Which way a picture comes, with each step broken on purpose in a real browser: WebRTC, then fragments, then HLS, each picture for itself; and the service killed while people look.
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { video } from '../../src/modules/video/contract.ts'
import { RtspCamera } from '../../src/world/outside/camera_sim/rtsp_server.ts'
import { freePort } from '../free_port.ts'
import { stage, type Stage } from './stage.ts'

const NAMES = ['南门', '大堂', '车库', '围墙']
let s: Stage
let media: ChildProcess | undefined
let cam: RtspCamera
let token: string
let port: number
const before = process.env['HEYUAN_MEDIA_PORT']
async function startService(): Promise<void> {
  const env = { ...process.env, HEYUAN_DATABASE_URL: s.t.url, HEYUAN_DATA: s.t.data_dir, HEYUAN_MODE: 'test', HEYUAN_LOG: 'quiet', HEYUAN_MEDIA_PORT: String(port) }
  const child = (media = fork(join(process.cwd(), 'src/apps/media.ts'), { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }))
  await new Promise<void>((ready, failed) => {
    child.once('message', () => ready())
    child.once('exit', (code) => failed(new Error(`media ended with ${code}`)))
  })
}
const gone = (child: ChildProcess): Promise<void> => new Promise((done) => (child.exitCode === null && child.signalCode === null ? child.once('exit', () => done()) : done()))
async function killService(): Promise<void> {
  const child = media!
  child.kill('SIGKILL')
  await gone(child)
}
beforeAll(async () => {
  cam = await new RtspCamera({ no: 3, user: 'admin', password: 'p', channels: NAMES.length }, Date.now).listen(await freePort())
  port = await freePort()
  process.env['HEYUAN_MEDIA_PORT'] = String(port)
  s = await stage()
  const head = await s.t.hire('guard_head', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  token = head.token
  await s.t.app.d.pool.query('update identity.account set must_change = false')
  const url = (no: number, n: number): string => `rtsp://127.0.0.1:${cam.port}/Streaming/Channels/${no}0${n}`
  for (const [i, name] of NAMES.entries()) await s.t.as('admin')(video.saveCamera, { community_id: s.w.community_id, building_id: null, no: i + 1, name, place: name, source: 'rtsp', main_url: url(i + 1, 1), sub_url: url(i + 1, 2), onvif_url: null, playback_url: null, user: 'admin', password: 'p', has_ptz: false, looks_at: [], retired: false })
  await startService()
}, 240_000)
afterAll(async () => {
  if (media) {
    media.kill('SIGTERM')
    await gone(media)
  }
  await cam?.close()
  if (before === undefined) delete process.env['HEYUAN_MEDIA_PORT']
  else process.env['HEYUAN_MEDIA_PORT'] = before
}, 60_000)

async function wall(plant: string): Promise<Page> {
  const page = await s.window({ width: 1440, token })
  await page.addInitScript(plant)
  await page.goto(`${s.base}/admin/video/wall?n=4`)
  return page
}
/** Of the browser's video element what is asked here. */
interface Shown {
  srcObject: { getTracks(): { stop(): void }[] }
  getVideoPlaybackQuality(): { totalVideoFrames: number }
}
const comes = (page: Page, name: string, way: string): Promise<void> => page.getByRole('group', { name, exact: true }).getByText(`${way} 320×240`).waitFor({ timeout: 60_000 })
const framesOf = (page: Page, name: string): Promise<number> => page.getByRole('group', { name, exact: true }).locator('video').evaluate((v) => (v as unknown as Shown).getVideoPlaybackQuality().totalVideoFrames)
async function moves(page: Page, name: string): Promise<void> {
  const from = await framesOf(page, name)
  await expect.poll(() => framesOf(page, name), { timeout: 30_000 }).not.toBe(from)
}
const viewsOf = async (name: string) => (await s.t.as('admin')(video.views, { q: name, page: 1, page_size: 100 })).rows
const BREAKABLE = `(() => {
  const append = SourceBuffer.prototype.appendBuffer
  SourceBuffer.prototype.appendBuffer = function (b) { if (globalThis.broken) throw new DOMException('planted', 'InvalidStateError'); return append.call(this, b) }
})()`
test('one picture breaks and falls, way after way, and begins again; the others stay as they are', async () => {
  const page = await wall(BREAKABLE)
  for (const name of NAMES) await comes(page, name, 'WebRTC')
  // Its track stands still though the service sends.
  await page.getByRole('group', { name: '大堂', exact: true }).locator('video').evaluate((v) => (v as unknown as Shown).srcObject.getTracks()[0]!.stop())
  await comes(page, '大堂', 'MSE')
  await moves(page, '大堂')
  await page.evaluate('globalThis.broken = true')
  await comes(page, '大堂', 'HLS')
  await moves(page, '大堂')
  for (const name of NAMES) if (name !== '大堂') await comes(page, name, 'WebRTC')
  await page.route('**/media/hls/**', (r) => r.abort())
  await comes(page, '大堂', 'WebRTC')
  await moves(page, '大堂')
  for (const name of NAMES) await comes(page, name, 'WebRTC')
  // A token of its own each time, and the last way of each on record.
  const views = await viewsOf('大堂')
  expect(new Set(views.flatMap((v) => v.way ?? []))).toEqual(new Set(['mse', 'hls', 'webrtc']))
  expect((await viewsOf('车库')).map((v) => v.way)).toEqual(['webrtc'])
  await page.goto('about:blank')
  await expect.poll(async () => (await s.t.as('admin')(video.views, { page: 1, page_size: 100 })).rows.filter((v) => v.watching).length, { timeout: 40_000 }).toBe(0)
}, 240_000)
test('a network that lets no WebRTC through: fragments for all, within the time for it', async () => {
  const page = await wall(`(() => {
    const set = RTCPeerConnection.prototype.setRemoteDescription
    RTCPeerConnection.prototype.setRemoteDescription = function (d) { return set.call(this, { type: d.type, sdp: d.sdp.replace(/a=candidate:.*\\r\\n/g, '') }) }
  })()`)
  for (const name of NAMES) await comes(page, name, 'MSE')
  for (const name of NAMES) await moves(page, name)
  await page.close()
}, 120_000)
test('a browser that has no WebRTC takes fragments at once', async () => {
  const page = await wall('delete globalThis.RTCPeerConnection')
  for (const name of NAMES) await comes(page, name, 'MSE')
  await page.close()
}, 120_000)
test('the service is killed while people look: every way comes back by itself, with a token of its own, and nothing of before is left', async () => {
  const phone = await wall('delete globalThis.RTCPeerConnection; delete globalThis.MediaSource; delete globalThis.ManagedMediaSource')
  const lists: string[] = []
  phone.on('request', (r) => { if (/\/media\/hls\/.*\.(m3u8|m4s)/.test(r.url())) lists.push(r.url()) })
  for (const name of NAMES) await comes(phone, name, 'HLS')
  const desk = await wall('')
  for (const name of NAMES) await comes(desk, name, 'WebRTC')
  const old = [...lists]
  const looking = (await s.t.as('admin')(video.views, { page: 1, page_size: 100 })).rows.filter((v) => v.watching)
  expect(looking).toHaveLength(8)
  await killService()
  for (const page of [phone, desk]) await page.getByRole('group', { name: '南门', exact: true }).getByRole('status').waitFor()
  await startService()
  for (const name of NAMES) await comes(desk, name, 'WebRTC')
  for (const name of NAMES) await comes(phone, name, 'HLS')
  for (const name of NAMES) await moves(phone, name)
  const { rows } = await s.t.as('admin')(video.views, { page: 1, page_size: 100 })
  for (const v of looking) expect(rows.find((r) => r.view_id === v.view_id)).toMatchObject({ watching: false, fault: 'stopped' })
  expect(rows.filter((r) => r.watching && !looking.some((v) => v.view_id === r.view_id))).toHaveLength(8)
  for (const url of [old.find((u) => u.endsWith('m3u8'))!, old.find((u) => u.endsWith('m4s'))!]) expect((await fetch(url)).status).toBe(404)
  // The cameras go and come back.
  await cam.close()
  for (const page of [phone, desk]) await page.getByRole('group', { name: '南门', exact: true }).getByRole('status').getByText(/连接断开|拒绝连接|连不上/).waitFor()
  await cam.listen(cam.port)
  for (const name of NAMES) await comes(desk, name, 'WebRTC')
  for (const name of NAMES) await comes(phone, name, 'HLS')
  await moves(desk, '南门')
  await moves(phone, '南门')
}, 300_000)
