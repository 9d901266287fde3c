// video.first_picture: from the click on a camera's name on the live wall, in a real Chromium through the whole product (page, token, log of views, video service, RTSP), to the first
// decoded picture of the simulated camera, which nobody looked at before. The limit is measured by turns with it, in the same browser: the picture without the product, a page that is
// given the same fragments (MSE), and two ends of WebRTC in one page. Bars: 1.5 s by WebRTC, 3 s by MSE.
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { openBrowser } from '../tests/browser.ts'
import { freePort } from '../tests/free_port.ts'
import { buildFaces } from '../tools/build.ts'
import type { Figure } from '../tools/bench.ts'
import { RtspCamera } from '../src/world/outside/camera_sim/rtsp_server.ts'
import { PORT, headers, start, uuid } from './orders.ts'

const CAMERAS = 8
const WAIT_MS = 30_000
const BASE = `http://localhost:${PORT}`
const BARS = { webrtc: 1500, mse: 3000 }
type Way = keyof typeof BARS

async function call<T>(token: string, name: string, input: unknown): Promise<T> {
  const r = await fetch(`${BASE}/api/${name}`, { method: 'POST', headers: headers(token), body: JSON.stringify(input) })
  const answer = (await r.json()) as T
  if (!r.ok) throw new Error(`${name}: ${JSON.stringify(answer).slice(0, 300)}`)
  return answer
}
/** In the page: the clock begins at the click itself and ends when a picture of the stream is shown. */
const WATCH = `(() => {
  let from = 0
  document.addEventListener('click', () => { from = performance.now() }, { capture: true, once: true })
  globalThis.first_picture = new Promise((done) => {
    const look = () => {
      const v = document.querySelector('.vd-tile video')
      if (!v) return void setTimeout(look, 1)
      v.requestVideoFrameCallback((now) => done({ ms: performance.now() - from, width: v.videoWidth }))
    }
    look()
  })
})()`
async function throughProduct(page: Page, way: Way, name: string, cam: RtspCamera): Promise<number> {
  // A tab that lies behind another is drawn once a second.
  await page.bringToFront()
  await page.goto(`${BASE}/admin/video/wall?n=${way === 'webrtc' ? 1 : 4}&c=,`)
  const button = page.locator('.vd-cams button', { hasText: name })
  await button.waitFor({ timeout: WAIT_MS })
  await page.waitForLoadState('networkidle')
  await page.evaluate(WATCH)
  await button.click()
  const { ms, width } = await page.evaluate<{ ms: number; width: number }>('globalThis.first_picture')
  await page.getByText(`${way === 'webrtc' ? 'WebRTC' : 'MSE'} ${width}×`).waitFor({ timeout: WAIT_MS })
  await page.goto('about:blank')
  for (const begun = performance.now(); cam.open > 0; await sleep(20)) if (performance.now() - begun > WAIT_MS) throw new Error('the camera is not let go')
  return ms
}
/** Fragments that are there already: what the browser itself takes. */
const bareMse = (codec: string, pieces: readonly string[]): string => `new Promise((done) => {
  const bytes = ${JSON.stringify(pieces)}.map((p) => Uint8Array.from(atob(p), (c) => c.charCodeAt(0)))
  const v = document.body.appendChild(document.createElement('video'))
  v.muted = true
  const from = performance.now()
  const source = new MediaSource()
  source.addEventListener('sourceopen', () => {
    const b = source.addSourceBuffer('video/mp4; codecs="${codec}"')
    const next = () => { const p = bytes.shift(); if (p) return b.appendBuffer(p); v.currentTime = v.buffered.start(0); void v.play().catch(() => {}) }
    b.addEventListener('updateend', next)
    next()
  })
  v.requestVideoFrameCallback(() => done(performance.now() - from))
  v.src = URL.createObjectURL(source)
})`
/** Both ends in one page, a canvas for a camera. */
const BARE_RTC = `(async () => {
  const c = document.body.appendChild(document.createElement('canvas'))
  c.width = 640
  c.height = 480
  const g = c.getContext('2d')
  let n = 0
  setInterval(() => { g.fillStyle = n++ % 2 ? '#468' : '#864'; g.fillRect(0, 0, 640, 480) }, 100)
  const v = document.body.appendChild(document.createElement('video'))
  v.muted = true
  const from = performance.now()
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()]
  a.onicecandidate = (e) => b.addIceCandidate(e.candidate).catch(() => {})
  b.onicecandidate = (e) => a.addIceCandidate(e.candidate).catch(() => {})
  for (const t of c.captureStream(10).getTracks()) a.addTrack(t)
  const shown = new Promise((done) => v.requestVideoFrameCallback(() => done(performance.now() - from)))
  b.ontrack = (e) => { v.srcObject = new MediaStream([e.track]); void v.play().catch(() => {}) }
  await a.setLocalDescription(await a.createOffer())
  await b.setRemoteDescription(a.localDescription)
  await b.setLocalDescription(await b.createAnswer())
  await a.setRemoteDescription(b.localDescription)
  return shown
})()`
/** The head and the first pictures of a camera, as the wall gets them. */
async function piecesOf(token: string, camera_id: string): Promise<{ codec: string; pieces: string[] }> {
  const { rows } = await call<{ rows: { token: string }[] }>(token, 'video/watch', { camera_ids: [camera_id], stream: 'sub' })
  const ws = new WebSocket(`ws://127.0.0.1:${PORT}/media/live`)
  ws.binaryType = 'arraybuffer'
  const pieces: string[] = []
  let codec = ''
  await new Promise<void>((done, failed) => {
    const late = setTimeout(() => failed(new Error('no fragments')), WAIT_MS)
    ws.addEventListener('open', () => ws.send(JSON.stringify({ t: 'start', token: rows[0]!.token })))
    ws.addEventListener('message', (e) => {
      const data = e.data as string | ArrayBuffer
      if (typeof data === 'string') codec = (JSON.parse(data) as { codec?: string }).codec ?? codec
      else pieces.push(Buffer.from(data).toString('base64'))
      if (pieces.length < 4) return
      clearTimeout(late)
      done()
    })
  })
  ws.close()
  return { codec, pieces }
}
const at = (list: readonly number[], part: number): number => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))]!

export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  await buildFaces({ log: () => {} })
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  const children: ChildProcess[] = []
  const before = process.env['HEYUAN_MEDIA_PORT']
  const cam = await new RtspCamera({ no: 1, user: 'admin', password: 'bench', channels: CAMERAS }, Date.now).listen()
  try {
    process.env['HEYUAN_MEDIA_PORT'] = String(await freePort())
    const token = await start(url, dir, children)
    const cameras: { camera_id: string; name: string }[] = []
    for (let n = 1; n <= CAMERAS; n++) {
      const channel = `rtsp://127.0.0.1:${cam.port}/Streaming/Channels/${n}`
      const name = `首画面 ${n}`
      cameras.push({ name, ...(await call<{ camera_id: string }>(token, 'video/saveCamera', { community_id: uuid('c'), building_id: null, no: n, name, place: '大门', source: 'rtsp', main_url: `${channel}01`, sub_url: `${channel}02`, onvif_url: null, playback_url: null, user: 'admin', password: 'bench', has_ptz: false, looks_at: [], retired: false })) })
    }
    const media = fork(fileURLToPath(new URL('first_picture_media.ts', import.meta.url)), { env: { ...process.env, HEYUAN_DATABASE_URL: url, HEYUAN_DATA: dir, HEYUAN_MODE: 'empty', HEYUAN_LOG: 'quiet' }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    children.push(media)
    await new Promise((ready) => media.once('message', ready))
    const browser = await openBrowser()
    try {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
      const page = await context.newPage()
      page.setDefaultTimeout(WAIT_MS)
      await page.goto(`${BASE}/admin`)
      await page.evaluate(`fetch('/api/identity/signIn', { method: 'POST', headers: { 'content-type': 'application/json', 'x-face': 'admin' }, body: JSON.stringify({ login: 'bench', password: 'Yuan-Ping-77-Heng', request_id: crypto.randomUUID() }) }).then((r) => { if (!r.ok) throw new Error('sign-in ' + r.status) })`)
      const bare = await context.newPage()
      const { codec, pieces } = await piecesOf(token, cameras[0]!.camera_id)
      const took: Record<Way, number[]> = { webrtc: [], mse: [] }
      const limit: Record<Way, number[]> = { webrtc: [], mse: [] }
      // The first of each warms caches of scripts and statements, as a guard's wall is open all day.
      for (let n = -1; n < size; n++)
        for (const way of ['mse', 'webrtc'] as const) {
          const ms = await throughProduct(page, way, cameras[(n + 1) % CAMERAS]!.name, cam)
          await bare.bringToFront()
          await bare.goto('about:blank')
          const least = await bare.evaluate<number>(way === 'mse' ? bareMse(codec, pieces) : BARE_RTC)
          if (n < 0) continue
          took[way].push(ms)
          limit[way].push(least)
        }
      return (['webrtc', 'mse'] as const).map((way) => ({
        bench: `video.first_picture_${way}`, size, value: Math.round(at(took[way], 0.95)), unit: 'ms', limit: Math.round(at(limit[way], 0.95)), ratio: Math.round((at(took[way], 0.95) / at(limit[way], 0.95)) * 100) / 100,
        note: `p95 of ${size} cold cameras, click to first decoded picture; p50 ${at(took[way], 0.5).toFixed(0)} ms, slowest ${Math.max(...took[way]).toFixed(0)} ms; limit = the same browser without the product, p50 ${at(limit[way], 0.5).toFixed(0)} ms; bar ${BARS[way]} ms`,
      }))
    } finally {
      await browser.close()
    }
  } finally {
    for (const c of children) c.kill('SIGKILL')
    await cam.close()
    if (before === undefined) delete process.env['HEYUAN_MEDIA_PORT']
    else process.env['HEYUAN_MEDIA_PORT'] = before
    rmSync(dir, { recursive: true, force: true })
  }
}
