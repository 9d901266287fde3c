// video.first_picture: from the click on a camera's name on the live wall, in a real Chromium through the whole product (page, token, log of views, video service, RTSP), to the first
// decoded picture of the simulated camera, which nobody looked at before. The limit is measured by turns with it, in the same browser: the picture without the product, a page that is
// given the same fragments (MSE), and two ends of WebRTC in one page. Bars: 1.5 s by WebRTC, 3 s by MSE (a browser that has no WebRTC).
import type { Page } from 'playwright-core'
import type { RtspCamera } from '../src/world/outside/camera_sim/rtsp_server.ts'
import type { Figure } from '../tools/bench.ts'
import { BASE, NAMES, WAIT_MS, bareMse, figure, letGo, piecesOf, withPlace, type Way } from './video_place.ts'

const CAMERAS = 8
const BARS: Record<Way, number> = { webrtc: 1500, mse: 3000 }

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
  await page.goto(`${BASE}/admin/video/wall?n=1&c=,`)
  const button = page.locator('.vd-cams button', { hasText: name })
  await button.waitFor({ timeout: WAIT_MS })
  await page.waitForLoadState('networkidle')
  await page.evaluate(WATCH)
  await button.click()
  const { ms, width } = await page.evaluate<{ ms: number; width: number }>('globalThis.first_picture')
  await page.getByText(`${NAMES[way]} ${width}×`).waitFor({ timeout: WAIT_MS })
  await page.goto('about:blank')
  await letGo(cam)
  return ms
}
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
export const run = ({ url, size }: { url: string; size: number }): Promise<Figure[]> => withPlace(url, CAMERAS, async (p) => {
  const { codec, pieces } = await piecesOf(p.token, p.cameras[0]!.camera_id)
  const took: Record<Way, number[]> = { webrtc: [], mse: [] }
  const limit: Record<Way, number[]> = { webrtc: [], mse: [] }
  // The first of each warms caches of scripts and statements, as a guard's wall is open all day.
  for (let n = -1; n < size; n++)
    for (const way of ['mse', 'webrtc'] as const) {
      const ms = await throughProduct(await p.page(way), way, p.cameras[(n + 1) % CAMERAS]!.name, p.cam)
      await p.bare.bringToFront()
      await p.bare.goto('about:blank')
      const least = await p.bare.evaluate<number>(way === 'mse' ? bareMse(codec, pieces, 1) : BARE_RTC)
      if (n < 0) continue
      took[way].push(ms)
      limit[way].push(least)
    }
  return (['webrtc', 'mse'] as const).map((way) => figure(`video.first_picture_${way}`, took[way], limit[way], `click to first decoded picture of a cold camera, bar ${BARS[way]} ms; limit = the same browser without the product`))
})
