// The service's door for browsers: WebSocket /media/live for pictures, GET /media/hls/<token>/live.m3u8 for who can do neither WebRTC nor MSE, GET /media/file/<token> for kept clips. Nothing is given without a token, each good once.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { sql } from 'kysely'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import type { App } from '../../../../kernel/app.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { log } from '../../../../kernel/log.ts'
import { clipPath } from '../paths.ts'
import { endView, takeView, type View } from './book.ts'
import { Hls } from './hls.ts'
import type { Live, Looker } from './live.ts'
import { OwnPlayback, recorderLive } from './playback.ts'
import { readMove, Turner } from './ptz.ts'
import type { Registry } from './registry.ts'
import { segmentsOf } from './segments.ts'
import { Viewer } from './viewer.ts'
import { Links, type Peer } from './webrtc.ts'

const START_MS = 5_000
const PING_MS = 15_000
const EARLY_MAX = 4
const VIEWERS_MAX = 400
// An offer for a wall of a browser with many addresses is the largest.
const MESSAGE_MAX = 128 * 1024
export interface Door {
  port: number
  viewer_count: number
  /** For tests: what is held by WebRTC. */
  links: Links
  close(): Promise<void>
}
const readJson = (d: RawData): Record<string, unknown> | null => {
  try {
    const v: unknown = JSON.parse(String(d))
    return typeof v === 'object' && v !== null ? (v as Record<string, unknown>) : null
  } catch {
    return null
  }
}
interface At {
  app: App
  registry: Registry
  onCount: (company_id: number, camera_id: string, by: number) => void
  links: Links
  hls_idle_ms?: number | undefined
}
/** How the browser would have it: an offer of its own, or a place on the link it has. */
interface Hello {
  rtc?: unknown
  offer?: unknown
  link?: unknown
  slot?: unknown
}
/** While the browser makes its offer the camera is opened. */
const OFFER_MS = 4_000
/** Live by the way the browser asked for; whenever WebRTC does not come about, by fragments. */
class LiveWay {
  private peer: Peer | undefined
  private over = false
  way: 'mse' | 'webrtc' = 'mse'
  private asked = false
  private late: NodeJS.Timeout | undefined
  private readonly early: Looker = { onHead() {}, onPiece() {}, onFault: (fault, again_ms) => this.viewer.onFault(fault, again_ms) }
  private readonly links: Links
  private readonly live: Live
  private readonly viewer: Viewer
  private readonly owner: string
  constructor(links: Links, live: Live, viewer: Viewer, owner: string) {
    this.links = links
    this.live = live
    this.viewer = viewer
    this.owner = owner
  }
  begin(hello: Hello): void {
    if (hello.rtc !== true) return this.fragments()
    this.live.add(this.early)
    this.late = setTimeout(() => this.fragments('late'), OFFER_MS)
  }
  async rtc({ offer, link, slot }: Hello): Promise<void> {
    if (this.over || this.shown || this.asked) return
    this.asked = true
    const made = typeof offer === 'string' ? await this.links.answer(offer, this.owner).catch((error: unknown) => void log('info', 'no webrtc', { cause: String(error) })) : null
    if (this.over) return
    const on = made ? made.link : typeof link === 'string' ? this.links.of(link, this.owner) : undefined
    const peer = on?.seat(typeof slot === 'number' ? slot : 0, (m) => this.viewer.say(m), (up) => (up ? this.peer?.connected(this.live.sinceKey()) : this.fragments('broken')))
    // 'gone': this link is not there any more, the next picture offers anew; 'full': nobody gets one for now.
    if (!peer || this.shown) {
      peer?.close()
      return this.fragments(on || typeof offer === 'string' ? 'full' : 'gone')
    }
    this.peer = peer
    this.way = 'webrtc'
    if (made) this.viewer.say({ t: 'answer', sdp: made.sdp, link: made.link.id })
    this.live.add(peer)
    this.leaveEarly()
  }
  private leaveEarly(): void {
    clearTimeout(this.late)
    this.live.remove(this.early)
  }
  fragments(why?: string): void {
    if (this.over || this.shown) return
    this.shown = true
    this.leavePeer()
    this.way = 'mse'
    if (why) this.viewer.say({ t: 'mse', why })
    this.live.add(this.viewer)
    this.leaveEarly()
  }
  private shown = false
  private leavePeer(): void {
    const p = this.peer
    this.peer = undefined
    if (!p) return
    this.live.remove(p)
    this.viewer.size_bytes += p.size_bytes
    if (this.over) this.viewer.fault = p.fault
    p.close()
  }
  stop(): void {
    this.over = true
    this.leavePeer()
    this.leaveEarly()
    this.live.remove(this.viewer)
  }
}
/** What one browser watches, until either goes. */
async function serve(at: At, ws: WebSocket, v: View, hello: Hello, early: () => RawData[]): Promise<void> {
  const k = at.registry.of(v.company_id, v.camera_id)
  const viewer = new Viewer(ws)
  let stop = (): void => {}
  let own: OwnPlayback | undefined
  let way: LiveWay | undefined
  const turner = k ? new Turner(at.app, at.registry.platform, v, k) : undefined
  const take = (d: RawData): void => {
    const m = readJson(d)
    if (m?.['t'] === 'rtc') void way?.rtc(m)
    if (m?.['t'] === 'mse') way?.fragments('asked')
    if (m?.['t'] === 'need' && typeof m['until'] === 'number') own?.need(m['until'])
    if (m?.['t'] !== 'ptz' || !turner) return
    void turner.turn(m['stop'] === true ? null : readMove(m)).then((why) => (why ? viewer.say({ t: 'ptz', why }) : undefined), () => {})
  }
  ws.on('message', take)
  const closed = new Promise<void>((done) => ws.once('close', () => done()))
  at.onCount(v.company_id, v.camera_id, 1)
  try {
    if (!k || v.what === 'clip') {
      viewer.onFault('closed', null)
      ws.close(4004, 'no such camera')
    } else {
      const from_ms = v.from_at === null ? 0 : Date.parse(v.from_at)
      const recorded = v.what === 'playback' && (await segmentsOf(at.app, v.company_id, v.camera_id, from_ms, from_ms + 86_400_000, 1)).length > 0
      if (recorded) {
        own = new OwnPlayback(at.app, k, viewer, from_ms)
        stop = () => own!.stop()
        void own.run().catch((error: unknown) => { log('error', 'playback', { cause: String(error) }); ws.close(1011) })
      } else {
        const live: Live | null = v.what === 'playback' ? recorderLive(at.registry, k, from_ms) : at.registry.live(k, v.stream)
        if (live) {
          way = new LiveWay(at.links, live, viewer, `${v.company_id}:${v.account_id ?? v.name}`)
          const mine = way
          stop = () => {
            mine.stop()
            if (v.what === 'playback') live.stop()
          }
          way.begin(v.what === 'live' ? hello : {})
          for (const d of early()) take(d)
        } else {
          viewer.fault = 'no_footage'
          viewer.say({ t: 'end' })
        }
      }
      if (ws.readyState !== 1) ws.emit('close')
    }
    await closed
  } finally {
    stop()
    void turner?.turn(null)
    at.onCount(v.company_id, v.camera_id, -1)
    await endView(at.app, v, { size_bytes: viewer.size_bytes, fault: viewer.fault, ...(way ? { way: way.way } : {}) })
  }
}
async function file(app: App, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const token = /^\/media\/file\/([\w.-]{20,200})$/.exec(req.url ?? '')?.[1]
  const v = token ? await takeView(app, token, 'file') : null
  const say = (status: number, message: string): void => void res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify({ error: 'kernel.not_found', message }))
  if (!v || v.what !== 'clip' || !v.clip_id) return say(404, '链接已失效,请重新打开')
  const { rows } = await inTransaction(app.d, { company_id: v.company_id }, (tx) => sql<{ kind: 'clip' | 'picture' | 'still' }>`select kind from video.clip where company_id = ${v.company_id} and clip_id = ${v.clip_id} and state = 'kept'`.execute(tx.db))
  const path = rows[0] ? clipPath(app.data_dir, v.company_id, v.clip_id, rows[0].kind) : ''
  const size = rows[0] ? await stat(path).then((s) => s.size, () => null) : null
  if (size === null) {
    await endView(app, v, { size_bytes: 0, fault: 'no_footage' })
    return say(404, '文件不在了,请联系管理员')
  }
  res.writeHead(200, { 'content-type': rows[0]!.kind === 'picture' ? 'image/jpeg' : 'video/mp4', 'content-length': size })
  const from = createReadStream(path)
  from.pipe(res)
  from.on('error', () => res.destroy())
  res.on('close', () => void endView(app, v, { size_bytes: from.bytesRead, fault: null }).catch(() => {}))
}
export async function openDoor(given: Omit<At, 'links'>, o: { port: number; host: string }): Promise<Door> {
  const at: At = { ...given, links: new Links() }
  let serving = 0
  const running = new Set<Promise<unknown>>()
  const hls = new Hls(at)
  const server: Server = createServer((req, res) => {
    if (req.method === 'GET' && req.url?.startsWith('/media/hls/')) void hls.answer(req.url, res).catch((error: unknown) => { log('error', 'hls', { cause: String(error) }); res.destroy() })
    else if (req.method === 'GET' && req.url?.startsWith('/media/file/')) void file(at.app, req, res).catch((error: unknown) => { log('error', 'media file', { cause: String(error) }); res.destroy() })
    else res.writeHead(404).end()
  })
  const sockets = new WebSocketServer({ server, path: '/media/live', maxPayload: MESSAGE_MAX, perMessageDeflate: false })
  sockets.on('connection', (ws) => {
    let alive = true
    ws.on('pong', () => (alive = true))
    ws.on('error', () => {})
    const ping = setInterval(() => {
      if (!alive) return ws.terminate()
      alive = false
      ws.ping()
    }, PING_MS)
    const late = setTimeout(() => ws.close(4001, 'no token'), START_MS)
    ws.once('close', () => { clearInterval(ping); clearTimeout(late) })
    ws.once('message', (d) => {
      clearTimeout(late)
      const m = readJson(d)
      if (m?.['t'] !== 'start' || typeof m['token'] !== 'string' || serving >= VIEWERS_MAX) return ws.close(4001, 'no token')
      serving++
      // What it says while the token is looked at.
      const early: RawData[] = []
      const hold = (more: RawData): void => { if (early.length < EARLY_MAX) early.push(more) }
      ws.on('message', hold)
      const work: Promise<unknown> = takeView(at.app, m['token'], m['rtc'] === true ? 'webrtc' : 'mse').then((v) => {
        if (!v) return ws.close(4003, 'token over')
        ws.off('message', hold)
        return serve(at, ws, v, m, () => early)
      }).catch((error: unknown) => { log('error', 'viewer', { cause: String(error), stack: error instanceof Error ? error.stack : undefined }); ws.close(1011) }).finally(() => { serving--; running.delete(work) })
      running.add(work)
    })
  })
  await new Promise<void>((done, fail) => server.once('error', fail).listen(o.port, o.host, done))
  return {
    port: (server.address() as { port: number }).port,
    links: at.links,
    get viewer_count() { return serving },
    async close() {
      for (const ws of sockets.clients) ws.close(1001, 'stopping')
      setTimeout(() => { for (const ws of sockets.clients) ws.terminate() }, 500).unref()
      await Promise.allSettled([...running, hls.close()])
      at.links.close()
      sockets.close()
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
