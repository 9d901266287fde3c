// video.wall: from the click on 「16 画面」, in a real Chromium through the whole product, until each of sixteen cold sub-streams of about 400 kbit/s and 12 pictures a second shows its first
// decoded picture. The limit is measured by turns with it, in the same browser: sixteen of the same pictures without the product, as fragments that are there, and by a connection whose
// pictures are there. video.wall_cpu: what the service uses while such a wall runs, by WebRTC against fragments; bar: a third of a core more.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { TILES_MAX } from '../src/modules/video/contract.ts'
import { withLengths } from '../src/modules/video/server/codecs/mp4.ts'
import { Links } from '../src/modules/video/server/media/webrtc.ts'
import { parameterSets } from '../src/world/outside/camera_sim/encoder.ts'
import type { Figure } from '../tools/bench.ts'
import { cpuOf } from './cpu.ts'
import { BASE, FPS, NAMES, TAPE, WAIT_MS, at, bareMse, figure, letGo, piecesOf, withPlace, type Place, type Way } from './video_place.ts'

const BARS: Record<Way, number> = { webrtc: 1500, mse: 3000 }
const CPU_MS = 10_000
const CPU_BAR = 0.33
/** In the page: the clock begins at the click and ends when all have a picture. */
const WATCH = `(() => {
  let from = 0
  document.addEventListener('click', () => { from = performance.now() }, { capture: true, once: true })
  const seen = new Set()
  const asked = new WeakSet()
  let first = 0
  globalThis.all_shown = new Promise((done) => {
    const look = () => {
      if (from > 0) for (const v of document.querySelectorAll('.vd-tile video')) {
        if (asked.has(v)) continue
        asked.add(v)
        v.requestVideoFrameCallback(() => {
          seen.add(v)
          first ||= performance.now() - from
          if (seen.size === ${TILES_MAX}) done({ ms: performance.now() - from, first })
        })
      }
      if (seen.size < ${TILES_MAX}) setTimeout(look, 1)
    }
    look()
  })
})()`
async function throughProduct(page: Page, way: Way, p: Place, cpu?: number[]): Promise<{ ms: number; first: number }> {
  // A place of the first size that stays empty: nothing is connected before.
  await page.goto(`${BASE}/admin/video/wall?n=16&c=,`)
  await page.getByText('首画面 16号').waitFor()
  await page.waitForLoadState('networkidle')
  await page.evaluate(WATCH)
  // As a colleague's bookmark opens: all sixteen at once, in the page that is there.
  await page.evaluate(`(() => { document.body.click(); history.pushState(null, '', ${JSON.stringify(`/admin/video/wall?n=16&c=${p.cameras.map((k) => k.camera_id).join(',')}`)}); dispatchEvent(new PopStateEvent('popstate')) })()`)
  const r = await page.evaluate<{ ms: number; first: number }>('globalThis.all_shown')
  const shown = `[...document.querySelectorAll('.vd-name')].filter((e) => e.textContent.includes('${NAMES[way]} 320×240')).length`
  for (const begun = performance.now(); (await page.evaluate<number>(shown)) < TILES_MAX; await sleep(50)) if (performance.now() - begun > WAIT_MS) throw new Error(`not all by ${way}: ${JSON.stringify(await page.locator('.vd-tile').allInnerTexts())}`)
  if (cpu) {
    await sleep(2000)
    const [before, from] = [cpuOf(p.media_pid), performance.now()]
    await sleep(CPU_MS)
    cpu.push((cpuOf(p.media_pid) - before) / (performance.now() - from))
  }
  await page.goto('about:blank')
  await letGo(p.cam)
  return r
}
const BARE_RTC = `(async () => {
  const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
  const from = performance.now()
  const all = Promise.all(Array.from({ length: ${TILES_MAX} }, () => {
    const t = pc.addTransceiver('video', { direction: 'recvonly' })
    t.setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs.filter((c) => c.mimeType === 'video/H264' && /packetization-mode=1.*42e0/.test(c.sdpFmtpLine)).slice(0, 1))
    const v = document.body.appendChild(document.createElement('video'))
    v.muted = true
    v.width = 320
    v.srcObject = new MediaStream([t.receiver.track])
    void v.play().catch(() => {})
    return new Promise((done) => v.requestVideoFrameCallback(done))
  }))
  await pc.setLocalDescription(await pc.createOffer())
  await pc.setRemoteDescription({ type: 'answer', sdp: await globalThis.answered(pc.localDescription.sdp) })
  await all
  const ms = performance.now() - from
  pc.close()
  return ms
})()`
/** The other end of a bare wall: the tape from memory on sixteen tracks. */
async function answered(links: Links, offer: string): Promise<string> {
  const made = (await links.answer(offer, 'bench'))!
  const head = parameterSets(320, 240, FPS)
  const pictures = TAPE.map((t, n) => ({ sample: { data: withLengths([t.slice]), time: n * (90_000 / FPS), ticks: 90_000 / FPS, key: t.key }, head, at_ms: 0 }))
  for (let slot = 0; slot < TILES_MAX; slot++) {
    const peer = made.link.seat(slot, () => {}, (up) => {
      if (!up) return clearInterval(timer)
      peer.connected(pictures.slice(0, FPS))
    })!
    let n = FPS
    const timer = setInterval(() => {
      const t = pictures[n++ % pictures.length]!
      peer.onSample({ ...t.sample, time: n * (90_000 / FPS) }, 0, head)
    }, 1000 / FPS)
  }
  return made.sdp
}
export const run = ({ url, size }: { url: string; size: number }): Promise<Figure[]> => withPlace(url, TILES_MAX, async (p) => {
  const { codec, pieces } = await piecesOf(p.token, p.cameras[0]!.camera_id)
  const links = new Links()
  await p.bare.exposeFunction('answered', (offer: string) => answered(links, offer))
  const took: Record<Way, number[]> = { webrtc: [], mse: [] }
  const first: Record<Way, number[]> = { webrtc: [], mse: [] }
  const limit: Record<Way, number[]> = { webrtc: [], mse: [] }
  const cpu: Record<Way, number[]> = { webrtc: [], mse: [] }
  for (let n = -1; n < size; n++)
    for (const way of ['mse', 'webrtc'] as const) {
      const r = await throughProduct(await p.page(way), way, p, n >= 0 && n < 2 ? cpu[way] : undefined)
      await p.bare.bringToFront()
      await p.bare.goto('about:blank')
      const least = await p.bare.evaluate<number>(way === 'mse' ? bareMse(codec, pieces, TILES_MAX) : BARE_RTC)
      links.close()
      if (n < 0) continue
      took[way].push(r.ms)
      first[way].push(r.first)
      limit[way].push(least)
    }
  const core = (way: Way): number => Math.round(at(cpu[way], 0.5) * 1000) / 1000
  return [
    ...(['webrtc', 'mse'] as const).map((way) => figure(`video.wall_${way}`, took[way], limit[way], `until all ${TILES_MAX} cold sub-streams show, the first of them p95 ${at(first[way], 0.95).toFixed(0)} ms, bar ${BARS[way]} ms; limit = ${TILES_MAX} of the same pictures in the same browser without the product`)),
    { bench: 'video.wall_cpu', size: TILES_MAX, value: core('webrtc'), unit: 'cores', limit: core('mse'), ratio: Math.round((core('webrtc') / core('mse')) * 100) / 100, note: `of the service while ${TILES_MAX} sub-streams are shown by WebRTC; limit = the same wall by fragments; ${(core('webrtc') - core('mse')).toFixed(3)} more, bar ${CPU_BAR}` },
  ]
})
