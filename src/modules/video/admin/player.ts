// One picture in the browser: WebRTC on a track of the page's connection, else MP4 fragments over a WebSocket played by Media Source Extensions, else HLS that the browser plays by itself.
// Each picture falls by itself to the next way when one does not come in time or breaks. Live stays at the edge; looking back asks for more as it is shown.
import { steadyMs } from '../../../kernel/clock.ts'
import type { Seat } from './links.ts'

export type Way = 'webrtc' | 'mse' | 'hls'
export interface PlayerState {
  phase: 'connecting' | 'playing' | 'stale' | 'fault' | 'ended' | 'closed'
  fault: string | null
  again_s: number | null
  codec: string | null
  size: string | null
  first_ms: number | null
  way: Way | null
}
export const START: PlayerState = { phase: 'connecting', fault: null, again_s: null, codec: null, size: null, first_ms: null, way: null }
/** Live is shown this far behind what has come; further behind, it jumps. */
const NEAR_S = 0.25
const FAR_S = 1.5
const STALE_MS = 5_000
const KEEP_BEHIND_S = 20
const AHEAD_S = 20
/** A way that shows nothing by then, though there are pictures, is given up for the next; so is one that stands still for as long. */
const WAY_MS = 3_000
const HLS_FIRST_MS = 25_000
const CUSHION_S = 1.5
const QUEUE_MAX = 32 * 1024 * 1024
type Source = { source: MediaSource; url: string }
/** Phones of Apple have the managed one only, old ones neither. */
const mediaKind = (): typeof MediaSource | undefined => (globalThis as { MediaSource?: typeof MediaSource; ManagedMediaSource?: typeof MediaSource }).MediaSource ?? (globalThis as { ManagedMediaSource?: typeof MediaSource }).ManagedMediaSource
function mediaSource(type: string): Source | null {
  const Kind = mediaKind()
  if (!Kind?.isTypeSupported(type)) return null
  const source = new Kind()
  return { source, url: URL.createObjectURL(source) }
}
/** What was shown: the clock of a track goes on when no picture comes any more. */
const framesOf = (v: HTMLVideoElement): number => ('getVideoPlaybackQuality' in v ? v.getVideoPlaybackQuality().totalVideoFrames : (v as HTMLVideoElement).currentTime)
const playsHls = (v: HTMLVideoElement): boolean => v.canPlayType('application/vnd.apple.mpegurl') !== ''
/** HLS is for browsers without the others, and for a picture that the others failed. */
export const wantsHls = (v: HTMLVideoElement, lost: ReadonlySet<Way>): boolean => (!mediaKind() || lost.has('mse')) && playsHls(v)
export class Player {
  private readonly ws: WebSocket | null
  private readonly hls: boolean
  private readonly video: HTMLVideoElement
  private readonly live: boolean
  private readonly onState: (s: PlayerState) => void
  /** What failed for this picture; kept by who begins it again. */
  private readonly lost: Set<Way>
  private media: Source | null = null
  private buffer: SourceBuffer | undefined
  private queue: ArrayBuffer[] = []
  private queued = 0
  private state: PlayerState = START
  private heard = 0
  private over = false
  private asked = 0
  private seat: Seat | undefined
  private list = ''
  /** Since when there are pictures to show by the present way. */
  private due = 0
  private last_shown = 0
  private readonly began = steadyMs()
  private readonly timer: number
  constructor(o: { video: HTMLVideoElement; token: string; live: boolean; seat?: Seat | undefined; lost?: Set<Way>; onState: (s: PlayerState) => void }) {
    this.video = o.video
    this.live = o.live
    this.onState = o.onState
    this.lost = o.lost ?? new Set()
    this.seat = o.seat
    this.hls = o.live && !o.seat && wantsHls(o.video, this.lost)
    this.video.muted = true
    this.video.playsInline = true
    this.video.disableRemotePlayback = true
    this.timer = window.setInterval(() => this.tick(), 250)
    this.video.addEventListener('error', this.onError)
    if (this.hls) {
      this.ws = null
      this.playList(o.token)
      return
    }
    const ws = (this.ws = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/media/live`))
    ws.binaryType = 'arraybuffer'
    // Nothing against WebRTC for this picture: with the next token it is tried again.
    if (o.seat) o.seat.onGone = () => this.fragments(false)
    // The service opens the camera while the offer is made.
    ws.onopen = () => {
      ws.send(JSON.stringify({ t: 'start', token: o.token, ...(this.seat ? { rtc: true } : {}) }))
      this.started = true
      void this.seat?.hello.then((hello) => {
        if (!hello) this.fragments(false)
        else if (this.seat && ws.readyState === 1) ws.send(JSON.stringify({ t: 'rtc', ...hello }))
      })
    }
    ws.onmessage = (e: MessageEvent<ArrayBuffer | string>) => (typeof e.data === 'string' ? this.told(e.data) : this.piece(e.data))
    ws.onclose = (e) => {
      this.leaveRtc(true)
      if (!this.over) this.say({ phase: 'closed', fault: e.code === 4008 ? 'too_slow' : e.code === 4003 ? 'expired' : this.state.fault })
    }
  }
  private started = false
  private readonly onError = (): void => {
    if (this.over || this.seat || !(this.hls || this.buffer)) return
    if (this.hls) void this.whyNoList().then((fault) => this.giveUp('hls', fault))
    else this.giveUp('mse')
  }
  /** The browser says only that it could not: the service knows what the camera's fault is. */
  private async whyNoList(): Promise<string | null> {
    const r = await fetch(this.list).catch(() => null)
    const m = r?.status === 503 ? ((await r.json().catch(() => null)) as { fault?: string } | null) : null
    return m?.fault ?? null
  }
  /** This way is of no use for this picture: whoever holds the player begins again with the next. */
  private giveUp(way: Way, fault: string | null = null): void {
    if (this.state.phase === 'closed' || this.over) return
    this.lost.add(way)
    this.say({ phase: 'closed', fault: fault ?? this.state.fault ?? 'closed' })
    this.close()
  }
  /** The browser fetches the list and its pieces itself. */
  private playList(token: string): void {
    this.video.addEventListener('playing', () => { if (!this.over) this.say({ phase: 'playing', way: 'hls', fault: null, size: `${this.video.videoWidth}×${this.video.videoHeight}`, first_ms: this.state.first_ms ?? Math.round(steadyMs() - this.began) }) })
    this.list = `/media/hls/${token}/live.m3u8`
    this.video.src = this.list
    void this.video.play().catch(() => {})
  }
  private say(change: Partial<PlayerState>): void {
    const next = { ...this.state, ...change }
    if (JSON.stringify(next) === JSON.stringify(this.state)) return
    this.state = next
    this.onState(next)
  }
  private told(text: string): void {
    const m = JSON.parse(text) as { t: string; codec?: string; width?: number; height?: number; fault?: string; again_ms?: number | null; sdp?: string; link?: string; why?: string; rtc?: boolean }
    if (m.t === 'head' && m.rtc) this.shown(m.codec!, `${m.width}×${m.height}`)
    else if (m.t === 'head') this.head(m.codec!, `${m.width}×${m.height}`)
    else if (m.t === 'answer') this.seat?.answered(m.sdp!, m.link!)
    else if (m.t === 'mse') this.toldFragments(m.why)
    else if (m.t === 'fault') this.faulty(m.fault ?? null, m.again_ms ?? null)
    else if (m.t === 'end') this.say({ phase: 'ended' })
  }
  /** The camera itself: no way is to blame. */
  private faulty(fault: string | null, again_ms: number | null): void {
    this.due = 0
    this.heard = 0
    this.say({ phase: 'fault', fault, again_s: again_ms ? Math.ceil(again_ms / 1000) : null })
  }
  /** There are pictures: from here on the track is looked at, and no sooner. */
  private shown(codec: string, size: string): void {
    this.say({ codec, size, fault: null })
    if (!this.seat) return
    this.due ||= steadyMs()
    if (this.video.srcObject === this.seat.media) return
    this.video.srcObject = this.seat.media
    void this.video.play().catch(() => {})
  }
  /** WebRTC did not come about here, or broke: the service sends fragments instead. */
  private fragments(failed: boolean): void {
    if (!this.seat || this.over) return
    if (failed) this.lost.add('webrtc')
    // What has not begun yet begins without an offer.
    if (this.withoutRtc() && this.started && this.ws?.readyState === 1) this.ws.send(JSON.stringify({ t: 'mse' }))
  }
  private toldFragments(why: string | undefined): void {
    if (why === 'full' || why === 'gone') this.seat?.refused(why)
    else this.lost.add('webrtc')
    // The service was begun anew in between: so is this picture.
    if (why === 'gone') {
      this.leaveRtc()
      this.say({ phase: 'closed' })
      return this.close()
    }
    this.withoutRtc()
  }
  /** False where fragments are of no use either: then it begins again, with HLS. */
  private withoutRtc(): boolean {
    this.leaveRtc()
    if (mediaKind() && !this.lost.has('mse')) return true
    this.giveUp('webrtc')
    return false
  }
  private leaveRtc(cut = false): void {
    const { seat } = this
    if (!seat) return
    this.seat = undefined
    seat.onGone = () => {}
    seat.leave(cut)
    this.due = 0
    this.video.srcObject = null
  }
  private head(codec: string, size: string): void {
    const same = this.state.codec === codec && this.buffer
    this.say({ codec, size, fault: null })
    if (same) return
    this.drop()
    const type = `video/mp4; codecs="${codec}"`
    this.media = mediaSource(type)
    if (!this.media) return mediaKind() || !playsHls(this.video) ? this.say({ phase: 'fault', fault: mediaKind() ? 'other_codec' : 'no_mse' }) : this.giveUp('mse')
    const { source, url } = this.media
    source.addEventListener('sourceopen', () => {
      if (this.over || this.media?.source !== source) return
      this.buffer = source.addSourceBuffer(type)
      this.buffer.mode = 'segments'
      this.buffer.addEventListener('updateend', () => this.flush())
      this.flush()
    }, { once: true })
    this.video.src = url
  }
  private piece(b: ArrayBuffer): void {
    this.heard = steadyMs()
    this.due ||= this.heard
    this.queue.push(b)
    this.queued += b.byteLength
    // A hidden tab is slowed down by the browser: what it missed is not kept.
    if (this.live && this.queued > QUEUE_MAX) this.ws?.close()
    this.flush()
  }
  private flush(): void {
    const b = this.buffer
    if (!b || b.updating || this.queue.length === 0 || this.media?.source.readyState !== 'open') return this.follow()
    const whole = new Uint8Array(this.queued)
    let at = 0
    for (const q of this.queue) {
      whole.set(new Uint8Array(q), at)
      at += q.byteLength
    }
    this.queue = []
    this.queued = 0
    try {
      b.appendBuffer(whole)
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) return this.giveUp('mse')
      // The browser's store is full (QuotaExceededError): what was seen goes.
      const end = this.video.currentTime - 2
      if (end > 0 && !b.updating) b.remove(0, end)
    }
    this.follow()
  }
  /** Shows what there is: from the first picture on, over holes, at the edge when it is live. */
  private follow(): void {
    if (this.seat || this.over) return
    const { buffered, currentTime } = this.video
    if (buffered.length === 0) return
    const last = buffered.length - 1
    const [start, end] = [buffered.start(last), buffered.end(last)]
    if (this.live) {
      if (currentTime < start || end - currentTime > FAR_S) this.video.currentTime = Math.max(start, end - NEAR_S)
    } else {
      let inside = false
      for (let i = 0; i < buffered.length; i++) {
        if (currentTime >= buffered.start(i) - 0.05 && currentTime < buffered.end(i) - 0.05) inside = true
        else if (!inside && buffered.start(i) > currentTime) {
          this.video.currentTime = buffered.start(i)
          inside = true
        }
      }
    }
    // A recorder sends as fast as it was: without something in hand each late picture would stop the clock.
    if (!this.live && this.video.paused && this.state.phase !== 'ended' && end - this.video.currentTime < CUSHION_S) return
    if (this.video.paused && this.state.phase !== 'ended' && !this.held) void this.video.play().catch(() => {})
    if (this.video.readyState >= 2 && this.state.phase !== 'ended') this.say({ phase: 'playing', way: 'mse', fault: null, first_ms: this.state.first_ms ?? Math.round(steadyMs() - this.began) })
  }
  private held = false
  pause(on: boolean): void {
    this.held = on
    if (on) this.video.pause()
    else this.follow()
  }
  private tick(): void {
    if (this.over) return
    const now = steadyMs()
    const frames = framesOf(this.video)
    const moved = frames !== this.last_shown
    this.last_shown = frames
    // A tab that lies behind others draws nothing: no way is to blame.
    if (document.hidden) this.due &&= now
    if (this.hls) {
      if (moved || document.hidden) this.heard = now
      if (this.state.phase === 'playing' && now - this.heard > STALE_MS * 2) this.say({ phase: 'stale' })
      // The list is there no more, or does not grow: the service was begun anew, or the camera is gone. A browser may say nothing of it.
      if (now - Math.max(this.heard, this.began) > (this.state.phase === 'connecting' ? HLS_FIRST_MS : STALE_MS * 3)) this.giveUp('hls')
      return
    }
    if (this.seat) {
      if (moved && this.video.srcObject) {
        this.heard = now
        if (this.video.videoWidth > 0) {
          this.due = now
          this.say({ phase: 'playing', way: 'webrtc', fault: null, first_ms: this.state.first_ms ?? Math.round(now - this.began) })
        }
      }
      // There are pictures, by the service's word, and none is seen.
      if (this.due > 0 && now - this.due > WAY_MS) return this.fragments(true)
    } else if (this.live && this.buffer) {
      if (moved && this.video.readyState >= 2) this.due = this.heard
      if (this.due > 0 && this.heard - this.due > WAY_MS && playsHls(this.video)) return this.giveUp('mse')
    }
    if (this.live && this.heard > 0 && this.state.phase === 'playing' && now - this.heard > STALE_MS) this.say({ phase: 'stale' })
    const { ws } = this
    if (!this.live && ws?.readyState === 1) {
      const until = Math.ceil(this.video.currentTime + AHEAD_S * Math.max(1, this.video.playbackRate))
      if (until > this.asked) {
        this.asked = until
        ws.send(JSON.stringify({ t: 'need', until }))
      }
    }
    const b = this.buffer
    const end = this.video.currentTime - KEEP_BEHIND_S
    if (b && !b.updating && this.media?.source.readyState === 'open' && end > 5 && this.video.buffered.length > 0 && this.video.buffered.start(0) < end - 5) b.remove(0, end)
    this.flush()
  }
  /** null stops. */
  turn(m: { pan: number; tilt: number; zoom: number } | null): void {
    if (this.ws?.readyState === 1) this.ws.send(JSON.stringify(m ? { t: 'ptz', ...m } : { t: 'ptz', stop: true }))
  }
  private drop(): void {
    this.buffer = undefined
    this.queue = []
    this.queued = 0
    if (this.media) URL.revokeObjectURL(this.media.url)
    this.media = null
  }
  close(): void {
    this.over = true
    clearInterval(this.timer)
    this.video.removeEventListener('error', this.onError)
    this.leaveRtc()
    this.ws?.close()
    this.drop()
    this.video.removeAttribute('src')
    this.video.load()
  }
}
/** The picture as it stands, as JPEG without its heading; null while there is none. */
export function still(video: HTMLVideoElement): string | null {
  if (video.videoWidth === 0) return null
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')!.drawImage(video, 0, 0)
  return canvas.toDataURL('image/jpeg', 0.85).split(',')[1] ?? null
}
