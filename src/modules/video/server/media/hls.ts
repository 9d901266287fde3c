// HLS (RFC 8216) for browsers that have neither WebRTC nor Media Source Extensions: the same fragments, from key picture to key picture, in a short window. The token begins it, once
// and within its minute, and is the name of what it began until nobody asks any more; one record of looking, as with the others.
import type { ServerResponse } from 'node:http'
import { steadyMs } from '../../../../kernel/clock.ts'
import type { App } from '../../../../kernel/app.ts'
import { TICKS, timeOf } from '../codecs/mp4.ts'
import { endView, takeView, type View } from './book.ts'
import type { Live, Looker, Shown } from './live.ts'
import type { Registry } from './registry.ts'
import type { Fault } from './rtsp.ts'

/** In the list; a player wants three. The ones before stay for who is just fetching them. */
const WINDOW = 4
const KEPT = 6
const PIECE_MAX = 4 * 1024 * 1024
/** A camera that sends a key picture each fraction of a second does not make a list of crumbs. */
const PIECE_MIN_MS = 1000
/** Players fetch the list again at once when they have all of it; one that does not grow is an error to Chromium. */
const READY = 3
const FIRST_MS = 10_000
const IDLE_MS = 15_000
const SESSIONS_MAX = 20
interface Piece {
  no: number
  bytes: Buffer
  seconds: number
  head: number
  breaks: boolean
}
class Session implements Looker {
  size_bytes = 0
  fault: string | null = null
  asked_ms = steadyMs()
  /** Requests that wait for the first picture: nobody is gone as long as they do. */
  waiting = 0
  readonly pieces: Piece[] = []
  readonly heads = new Map<number, Buffer>()
  private parts: Buffer[] = []
  private size = 0
  private began_ms = 0
  private no = 0
  private head = 0
  private breaks = false
  private longest = 0
  private wake = new Set<() => void>()
  readonly live: Live
  readonly view: View
  constructor(live: Live, view: View) {
    this.live = live
    this.view = view
    live.add(this)
  }
  onHead(init: Buffer, _shown: Shown): void {
    // Another size, or a connection of its own: the player begins anew with it.
    this.breaks = this.head > 0
    this.heads.set(++this.head, init)
    this.parts = []
    this.size = 0
  }
  onPiece(piece: Buffer, key: boolean): void {
    const now = steadyMs()
    if (key && this.parts.length > 0 && now - this.began_ms >= PIECE_MIN_MS) this.cut(timeOf(piece))
    if (this.parts.length === 0) {
      if (!key) return
      this.began_ms = now
    }
    this.size += piece.length
    // More than a phone wants at once: it goes on at the next key picture.
    if (this.size > PIECE_MAX) {
      this.parts = []
      this.size = 0
      return
    }
    this.parts.push(piece)
  }
  private cut(ticks: number): void {
    // By the pictures' own clock. What is said of the longest may never change (4.4.3.1): a camera that then sends fewer key pictures is said to be as long as that.
    const seconds = Math.max(0.1, (ticks - timeOf(this.parts[0]!)) / TICKS)
    this.longest ||= Math.max(2, Math.ceil(seconds) + 1)
    this.pieces.push({ no: this.no++, bytes: Buffer.concat(this.parts), seconds: Math.min(seconds, this.longest), head: this.head, breaks: this.breaks })
    this.breaks = false
    this.parts = []
    this.size = 0
    while (this.pieces.length > KEPT) this.pieces.shift()
    for (const n of this.heads.keys()) if (n < this.head && !this.pieces.some((p) => p.head === n)) this.heads.delete(n)
    this.fault = null
    this.call()
  }
  onFault(fault: Fault): void {
    this.fault = fault
    this.parts = []
    this.size = 0
    this.call()
  }
  private call(): void {
    for (const w of this.wake) w()
    this.wake.clear()
  }
  /** Until there is something to show, or a fault, but not longer than a player waits. */
  async first(): Promise<void> {
    const until = steadyMs() + FIRST_MS
    while (this.pieces.length < READY && this.fault === null && steadyMs() < until) await new Promise<void>((done) => {
      const late = setTimeout(done, until - steadyMs())
      this.wake.add(() => { clearTimeout(late); done() })
    })
  }
  list(): string {
    const shown = this.pieces.slice(-WINDOW)
    const lines = ['#EXTM3U', '#EXT-X-VERSION:7', `#EXT-X-TARGETDURATION:${this.longest}`, `#EXT-X-MEDIA-SEQUENCE:${shown[0]?.no ?? 0}`, '#EXT-X-INDEPENDENT-SEGMENTS']
    let head = 0
    for (const p of shown) {
      if (p.breaks) lines.push('#EXT-X-DISCONTINUITY')
      if (p.head !== head) lines.push(`#EXT-X-MAP:URI="init${p.head}.mp4"`)
      head = p.head
      lines.push(`#EXTINF:${p.seconds.toFixed(3)},`, `s${p.no}.m4s`)
    }
    return `${lines.join('\n')}\n`
  }
}
const PATH = /^\/media\/hls\/([\w.-]{20,200})\/(live\.m3u8|init(\d{1,6})\.mp4|s(\d{1,9})\.m4s)$/
export class Hls {
  private readonly sessions = new Map<string, Session>()
  /** Being begun: two requests of one player at once begin it once. */
  private readonly beginning = new Map<string, Promise<Session | null>>()
  private readonly timer: NodeJS.Timeout
  private readonly app: App
  private readonly registry: Registry
  private readonly onCount: (company_id: number, camera_id: string, by: number) => void
  private readonly idle_ms: number
  constructor(o: { app: App; registry: Registry; onCount: (company_id: number, camera_id: string, by: number) => void; hls_idle_ms?: number | undefined }) {
    this.idle_ms = o.hls_idle_ms ?? IDLE_MS
    this.app = o.app
    this.registry = o.registry
    this.onCount = o.onCount
    this.timer = setInterval(() => this.sweep(), 1000)
  }
  private async begin(token: string): Promise<Session | null> {
    if (this.sessions.size + this.beginning.size > SESSIONS_MAX) return null
    const v = await takeView(this.app, token, 'hls')
    const k = v ? this.registry.of(v.company_id, v.camera_id) : undefined
    if (!v) return null
    if (!k || v.what !== 'live') {
      await endView(this.app, v, { size_bytes: 0, fault: 'closed' })
      return null
    }
    const s = new Session(this.registry.live(k, v.stream), v)
    this.sessions.set(token, s)
    this.onCount(v.company_id, v.camera_id, 1)
    return s
  }
  async answer(url: string, res: ServerResponse): Promise<void> {
    const [, token, file, head, no] = PATH.exec(url.split('?')[0]!) ?? []
    const none = (status = 404, message = '链接已失效,请重新打开', fault?: string | null): void => void res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify({ error: status === 404 ? 'kernel.not_found' : 'kernel.busy', message, ...(fault ? { fault } : {}) }))
    if (!token || !file) return none()
    let s = this.sessions.get(token) ?? null
    if (!s && file === 'live.m3u8') {
      const begun = this.beginning.get(token) ?? this.begin(token).finally(() => this.beginning.delete(token))
      this.beginning.set(token, begun)
      s = await begun
    }
    if (!s) return none()
    s.asked_ms = steadyMs()
    const give = (type: string, body: Buffer | string): void => {
      s.size_bytes += body.length
      res.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
    }
    if (file === 'live.m3u8') {
      s.waiting++
      await s.first()
      s.waiting--
      s.asked_ms = steadyMs()
      return s.pieces.length > 0 ? give('application/vnd.apple.mpegurl', s.list()) : none(503, '摄像机没有画面', s.fault)
    }
    const body = head ? s.heads.get(Number(head)) : s.pieces.find((p) => p.no === Number(no))?.bytes
    return body ? give('video/mp4', body) : none()
  }
  private sweep(): void {
    for (const [token, s] of this.sessions) if (s.waiting === 0 && steadyMs() - s.asked_ms > this.idle_ms) void this.end(token, s).catch(() => {})
  }
  private async end(token: string, s: Session): Promise<void> {
    this.sessions.delete(token)
    s.live.remove(s)
    this.onCount(s.view.company_id, s.view.camera_id, -1)
    await endView(this.app, s.view, { size_bytes: s.size_bytes, fault: s.fault })
  }
  /** Over: nobody is asked any more. */
  async close(): Promise<void> {
    clearInterval(this.timer)
    await Promise.allSettled([...this.sessions].map(([token, s]) => this.end(token, s)))
  }
}
