// What both benches of pictures stand on: the whole product with a video service of its own, simulated cameras, a browser that is signed in, and the same browser without the product.
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { openBrowser } from '../tests/browser.ts'
import { freePort } from '../tests/free_port.ts'
import { buildFaces } from '../tools/build.ts'
import { RtspCamera } from '../src/world/outside/camera_sim/rtsp_server.ts'
import { makeTape } from '../src/world/outside/camera_sim/tape.ts'
import { PORT, headers, start, uuid } from './orders.ts'

export const WAIT_MS = 30_000
export const BASE = `http://localhost:${PORT}`
export type Way = 'webrtc' | 'mse'
export const NAMES: Record<Way, string> = { webrtc: 'WebRTC', mse: 'MSE' }
/** A usual sub-stream. */
export const FPS = 12
export const KBIT = 400
export const TAPE = makeTape({ no: 1, width: 320, height: 240, pan: 0, tilt: 0 }, { fps: FPS, key_every_s: 2, kbit: KBIT })
export interface Place {
  token: string
  cameras: { camera_id: string; name: string }[]
  cam: RtspCamera
  media_pid: number
  /** A page of the product in a browser that can do both, or fragments only. */
  page: (way: Way) => Promise<Page>
  bare: Page
}
async function call<T>(token: string, name: string, input: unknown): Promise<T> {
  const r = await fetch(`${BASE}/api/${name}`, { method: 'POST', headers: headers(token), body: JSON.stringify(input) })
  const answer = (await r.json()) as T
  if (!r.ok) throw new Error(`${name}: ${JSON.stringify(answer).slice(0, 300)}`)
  return answer
}
export async function withPlace<T>(url: string, count: number, run: (p: Place) => Promise<T>): Promise<T> {
  await buildFaces({ log: () => {} })
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  const children: ChildProcess[] = []
  const before = process.env['HEYUAN_MEDIA_PORT']
  const cam = await new RtspCamera({ no: 1, user: 'admin', password: 'bench', channels: count, fps: FPS, tape: TAPE }, Date.now).listen()
  try {
    process.env['HEYUAN_MEDIA_PORT'] = String(await freePort())
    const token = await start(url, dir, children)
    const cameras: Place['cameras'] = []
    for (let n = 1; n <= count; n++) {
      const channel = `rtsp://127.0.0.1:${cam.port}/Streaming/Channels/${n}`
      const name = `首画面 ${n}号`
      cameras.push({ name, ...(await call<{ camera_id: string }>(token, 'video/saveCamera', { community_id: uuid('c'), building_id: null, no: n, name, place: '大门', source: 'rtsp', main_url: `${channel}02`, sub_url: `${channel}02`, onvif_url: null, playback_url: null, user: 'admin', password: 'bench', has_ptz: false, looks_at: [], retired: false })) })
    }
    const execArgv = process.env['HEYUAN_CPU_PROF'] ? ['--cpu-prof', '--cpu-prof-dir', process.env['HEYUAN_CPU_PROF']] : []
    const media = fork(fileURLToPath(new URL('first_picture_media.ts', import.meta.url)), { execArgv, env: { ...process.env, HEYUAN_DATABASE_URL: url, HEYUAN_DATA: dir, HEYUAN_MODE: 'empty', HEYUAN_LOG: 'quiet' }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    children.push(media)
    await new Promise((ready) => media.once('message', ready))
    const browser = await openBrowser()
    try {
      const signedIn = async (way: Way): Promise<BrowserContext> => {
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
        if (way === 'mse') await context.addInitScript('delete globalThis.RTCPeerConnection')
        const page = await context.newPage()
        await page.goto(`${BASE}/admin`)
        await page.evaluate(`fetch('/api/identity/signIn', { method: 'POST', headers: { 'content-type': 'application/json', 'x-face': 'admin' }, body: JSON.stringify({ login: 'bench', password: 'Yuan-Ping-77-Heng', request_id: crypto.randomUUID() }) }).then((r) => { if (!r.ok) throw new Error('sign-in ' + r.status) })`)
        await page.close()
        return context
      }
      const contexts = { webrtc: await signedIn('webrtc'), mse: await signedIn('mse') }
      const pages = new Map<Way, Page>()
      return await run({
        token, cameras, cam, media_pid: media.pid!, bare: await contexts.webrtc.newPage(),
        async page(way) {
          const page = pages.get(way) ?? (await contexts[way].newPage())
          pages.set(way, page)
          page.setDefaultTimeout(WAIT_MS)
          // A tab that lies behind another is drawn once a second.
          await page.bringToFront()
          return page
        },
      })
    } finally {
      await browser.close()
      if (execArgv.length > 0) {
        media.disconnect()
        await new Promise((gone) => media.once('exit', gone))
      }
    }
  } finally {
    for (const c of children) c.kill('SIGKILL')
    await cam.close()
    if (before === undefined) delete process.env['HEYUAN_MEDIA_PORT']
    else process.env['HEYUAN_MEDIA_PORT'] = before
    rmSync(dir, { recursive: true, force: true })
  }
}
export async function letGo(cam: RtspCamera): Promise<void> {
  for (const begun = performance.now(); cam.open > 0; await sleep(20)) if (performance.now() - begun > WAIT_MS) throw new Error('the cameras are not let go')
}
/** The head and the first pictures of a camera, as the wall gets them. */
export async function piecesOf(token: string, camera_id: string): Promise<{ codec: string; pieces: string[] }> {
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
/** Fragments that are there already, in so many pictures: what the browser itself takes. */
export const bareMse = (codec: string, pieces: readonly string[], count: number): string => `(() => {
  const bytes = ${JSON.stringify(pieces)}.map((p) => Uint8Array.from(atob(p), (c) => c.charCodeAt(0)))
  const from = performance.now()
  return Promise.all(Array.from({ length: ${count} }, () => new Promise((done) => {
    const mine = [...bytes]
    const v = document.body.appendChild(document.createElement('video'))
    v.muted = true
    v.width = 320
    const source = new MediaSource()
    source.addEventListener('sourceopen', () => {
      const b = source.addSourceBuffer('video/mp4; codecs="${codec}"')
      const next = () => { const p = mine.shift(); if (p) return b.appendBuffer(p); v.currentTime = v.buffered.start(0); void v.play().catch(() => {}) }
      b.addEventListener('updateend', next)
      next()
    })
    v.requestVideoFrameCallback(() => done(0))
    v.src = URL.createObjectURL(source)
  }))).then(() => performance.now() - from)
})()`
export const at = (list: readonly number[], part: number): number => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))]!
export const figure = (bench: string, took: readonly number[], limit: readonly number[], note: string, size = took.length): { bench: string; size: number; value: number; unit: string; limit: number; ratio: number; note: string } => ({
  bench, size, value: Math.round(at(took, 0.95)), unit: 'ms', limit: Math.round(at(limit, 0.95)), ratio: Math.round((at(took, 0.95) / at(limit, 0.95)) * 100) / 100,
  note: `p95 of ${took.length}, p50 ${at(took, 0.5).toFixed(0)} ms, slowest ${Math.max(...took).toFixed(0)} ms; ${note}, p50 ${at(limit, 0.5).toFixed(0)} ms`,
})
