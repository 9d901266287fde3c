// The guard's wall in a real browser: a camera's picture decoded and moving, by WebRTC on one connection for the wall, within the promised times; a still kept and
// seen again; each look in the log.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { video } from '../../src/modules/video/contract.ts'
import { startMedia, type Media } from '../../src/modules/video/server/index.ts'
import { RtspCamera } from '../../src/world/outside/camera_sim/rtsp_server.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let media: Media
let cam: RtspCamera
let head: Awaited<ReturnType<Stage['t']['hire']>>
const before = process.env['HEYUAN_MEDIA_PORT']

beforeAll(async () => {
  // Where the service will listen must be known to the server process before it starts.
  cam = await new RtspCamera({ no: 3, user: 'admin', password: 'p', channels: 4 }, Date.now).listen()
  const probe = await new RtspCamera({ no: 1, user: '', password: '' }, Date.now).listen()
  const { port } = probe
  await probe.close()
  process.env['HEYUAN_MEDIA_PORT'] = String(port)
  s = await stage()
  media = await startMedia(s.t.app, { port, onLost: () => {} })
  head = await s.t.hire('guard_head', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
  const url = (no: number, n: number): string => `rtsp://127.0.0.1:${cam.port}/Streaming/Channels/${no}0${n}`
  for (const [i, name] of ['南门', '大堂', '车库', '围墙'].entries()) await s.t.as('admin')(video.saveCamera, { community_id: s.w.community_id, building_id: null, no: i + 1, name, place: name, source: 'rtsp', main_url: url(i + 1, 1), sub_url: url(i + 1, 2), onvif_url: null, playback_url: null, user: 'admin', password: 'p', has_ptz: false, looks_at: [], retired: false })
  await media.reload()
}, 240_000)
afterAll(async () => {
  await media?.stop()
  await cam?.close()
  if (before === undefined) delete process.env['HEYUAN_MEDIA_PORT']
  else process.env['HEYUAN_MEDIA_PORT'] = before
})

const MOVING = `(() => { const v = document.querySelector('video'); return v && v.videoWidth > 0 ? v.currentTime : 0 })()`
/** The scene, the road, the car: what the camera draws is what the browser shows. */
const COLOURS = `(() => { const v = document.querySelector('video'); const c = document.createElement('canvas'); c.width = v.videoWidth; c.height = v.videoHeight; const g = c.getContext('2d'); g.drawImage(v, 0, 0); const at = (y) => g.getImageData(4, Math.round(c.height * y), 1, 1).data[0]; return [at(0.02), at(0.63)] })()`
async function moves(page: Page): Promise<void> {
  const first = await page.evaluate<number>(MOVING)
  await expect.poll(() => page.evaluate<number>(MOVING), { timeout: 20_000 }).toBeGreaterThan(first)
}
test('a wall of four and one large by WebRTC, a still in the clips, the views in the log', async () => {
  const page = await s.window({ width: 1440, token: head.token })
  await page.goto(`${s.base}/admin/video/wall?n=4`)
  for (const name of ['南门', '大堂', '车库', '围墙']) await page.getByRole('group', { name, exact: true }).getByText('WebRTC 320×240').waitFor()
  await moves(page)
  const [scene, road] = await page.evaluate<[number, number]>(COLOURS)
  expect(scene).toBeGreaterThan(road + 15)
  await page.getByRole('group', { name: '南门', exact: true }).getByRole('button', { name: '截图' }).click()
  await page.getByText('已留存截图').first().waitFor()
  await expectAccessible(page)
  await page.goto(`${s.base}/admin/video/wall?n=1`)
  await page.getByText('WebRTC 640×480').waitFor()
  await moves(page)
  expect(cam.open).toBeLessThanOrEqual(5)
  await page.goto(`${s.base}/admin/video/clips`)
  await page.getByRole('button', { name: '观看' }).first().click()
  await page.getByRole('img', { name: '监控墙截图' }).waitFor()
  // An address may end in an instant, which looks like the name of a file.
  await page.goto(`${s.base}/admin/video/playback?at=2026-11-26T04:00:00.000Z`)
  await page.getByRole('heading', { name: '录像回放' }).waitFor()
  await page.getByText('没有录像').first().waitFor()
  const { rows } = await s.t.as('admin')(video.views, {})
  expect(new Set(rows.map((r) => r.way))).toEqual(new Set(['webrtc', 'file']))
})
