// One picture in the browser: a WebSocket brings MP4 fragments, Media Source Extensions plays them; a browser that cannot do that (old iPhones) takes WebRTC or plays HLS by itself.
// Live stays at the edge; looking back asks for more as it is shown.
import { steadyMs } from '../../../kernel/clock.ts'

export interface PlayerState {
  phase: 'connecting' | 'playing' | 'stale' | 'fault' | 'ended' | 'closed'
  fault: string | null
  again_s: number | null
  codec: string | null
  size: string | null
  first_ms: number | null
  way: 'mse' | 'webrtc' | 'hls' | null
}
export const START: PlayerState = { phase: 'connecting', fault: null, again_s: null, codec: null, size: null, first_ms: null, way: null }
/** Live is shown this far behind what has come; further behind, it jumps. */
const NEAR_S = 0.25
const FAR_S = 1.5
const STALE_MS = 5_000
const KEEP_BEHIND_S = 20
const AHEAD_S = 20
/** WebRTC that shows nothing by then is given up for fragments. */
const RTC_MS = 3_000
const GATHER_MS = 400
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
/** WebRTC did not come about in this browser and there is nothing else: from then on HLS. */
let rtc_gave_up = false
export class Player {
  private readonly ws: WebSocket | null
  private readonly hls: boolean
  private readonly video: HTMLVideoElement
  private readonly live: boolean
  private readonly onState: (s: PlayerState) => void
  private media: Source | null = null
  private buffer: SourceBuffer | undefined
  private queue: ArrayBuffer[] = []
  private queued = 0
  private state: PlayerState = START
  private heard = 0
  private over = false
  private asked = 0
  private peer: RTCPeerConnection | undefined
  private last_shown = 0
  private readonly began = steadyMs()
  private readonly timer: number
  constructor(o: { video: HTMLVideoElement; token: string; live: boolean; rtc?: boolean; onState: (s: PlayerState) => void }) {
    this.video = o.video
    this.live = o.live
    this.onState = o.onState
    const rtc = o.rtc === true && o.live && 'RTCPeerConnection' in globalThis
    this.hls = o.live && !mediaKind() && (!rtc || rtc_gave_up) && o.video.canPlayType('application/vnd.apple.mpegurl') !== ''
    this.video.muted = true
    this.video.playsInline = true
    this.video.disableRemotePlayback = true
    this.timer = window.setInterval(() => this.tick(), 250)
    if (this.hls) {
      this.ws = null
      this.playList(o.token)
      return
    }
    const ws = (this.ws = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/media/live`))
    ws.binaryType = 'arraybuffer'
    // The offer is made while the socket opens.
    const offer = rtc ? this.offer().catch(() => undefined) : Promise.resolve(undefined)
    ws.onopen = () => void offer.then((sdp) => { if (ws.readyState === 1) ws.send(JSON.stringify({ t: 'start', token: o.token, ...(sdp ? { offer: sdp } : {}) })) })
    ws.onmessage = (e: MessageEvent<ArrayBuffer | string>) => (typeof e.data === 'string' ? this.told(e.data) : this.piece(e.data))
    ws.onclose = (e) => { if (!this.over) this.say({ phase: 'closed', fault: e.code === 4008 ? 'too_slow' : e.code === 4003 ? 'expired' : this.state.fault }) }
  }
  /** The browser fetches the list and its pieces itself. */
  private playList(token: string): void {
    this.video.addEventListener('playing', () => { if (!this.over) this.say({ phase: 'playing', way: 'hls', fault: null, size: `${this.video.videoWidth}×${this.video.videoHeight}`, first_ms: this.state.first_ms ?? Math.round(steadyMs() - this.began) }) })
    this.video.addEventListener('error', () => { if (!this.over) this.say({ phase: 'closed', fault: 'closed' }) })
    this.video.src = `/media/hls/${token}/live.m3u8`
    void this.video.play().catch(() => {})
  }
  private say(change: Partial<PlayerState>): void {
    const next = { ...this.state, ...change }
    if (JSON.stringify(next) === JSON.stringify(this.state)) return
    this.state = next
    this.onState(next)
  }
  private told(text: string): void {
    const m = JSON.parse(text) as { t: string; codec?: string; width?: number; height?: number; fault?: string; again_ms?: number | null; sdp?: string; rtc?: boolean }
    if (m.t === 'head' && m.rtc) this.say({ codec: m.codec!, size: `${m.width}×${m.height}`, fault: null })
    else if (m.t === 'head') this.head(m.codec!, `${m.width}×${m.height}`)
    else if (m.t === 'answer') void this.peer?.setRemoteDescription({ type: 'answer', sdp: m.sdp! }).catch(() => this.fragments())
    else if (m.t === 'mse') this.withoutRtc()
    else if (m.t === 'fault') this.say({ phase: 'fault', fault: m.fault ?? null, again_s: m.again_ms ? Math.ceil(m.again_ms / 1000) : null })
    else if (m.t === 'end') this.say({ phase: 'ended' })
  }
  private async offer(): Promise<string | undefined> {
    const pc = new RTCPeerConnection()
    this.peer = pc
    pc.addTransceiver('video', { direction: 'recvonly' })
    pc.ontrack = (e) => {
      // Watching, not talking: no more delay than needed.
      if ('jitterBufferTarget' in e.receiver) e.receiver.jitterBufferTarget = 0
      this.video.srcObject = e.streams[0] ?? new MediaStream([e.track])
      void this.video.play().catch(() => {})
    }
    await pc.setLocalDescription(await pc.createOffer())
    await new Promise<void>((done) => {
      const late = window.setTimeout(done, GATHER_MS)
      pc.onicegatheringstatechange = () => {
        if (pc.iceGatheringState !== 'complete') return
        clearTimeout(late)
        done()
      }
    })
    window.setTimeout(() => { if (this.peer === pc && this.state.phase === 'connecting') this.fragments() }, RTC_MS)
    return pc.localDescription?.sdp
  }
  /** WebRTC did not come about here: the service sends fragments instead. */
  private fragments(): void {
    if (!this.peer) return
    if (this.withoutRtc() && this.ws?.readyState === 1) this.ws.send(JSON.stringify({ t: 'mse' }))
  }
  /** False where fragments are of no use either: then it begins again, with HLS. */
  private withoutRtc(): boolean {
    this.leaveRtc()
    if (mediaKind()) return true
    rtc_gave_up = true
    this.ws?.close()
    return false
  }
  private leaveRtc(): void {
    this.peer?.close()
    this.peer = undefined
    this.video.srcObject = null
  }
  private head(codec: string, size: string): void {
    const same = this.state.codec === codec && this.buffer
    this.say({ codec, size, fault: null })
    if (same) return
    this.drop()
    const type = `video/mp4; codecs="${codec}"`
    this.media = mediaSource(type)
    if (!this.media) return this.say({ phase: 'fault', fault: mediaKind() ? 'other_codec' : 'no_mse' })
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
    } catch {
      // The browser's store is full (QuotaExceededError): what was seen goes.
      const end = this.video.currentTime - 2
      if (end > 0 && !b.updating) b.remove(0, end)
    }
    this.follow()
  }
  /** Shows what there is: from the first picture on, over holes, at the edge when it is live. */
  private follow(): void {
    if (this.peer) return
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
    if (this.hls) {
      if (this.video.currentTime !== this.last_shown) this.heard = steadyMs()
      this.last_shown = this.video.currentTime
      if (this.state.phase === 'playing' && steadyMs() - this.heard > STALE_MS * 2) this.say({ phase: 'stale' })
      return
    }
    if (this.peer && this.video.srcObject && this.video.currentTime !== this.last_shown) {
      this.last_shown = this.video.currentTime
      this.heard = steadyMs()
      if (this.video.videoWidth > 0) this.say({ phase: 'playing', way: 'webrtc', fault: null, first_ms: this.state.first_ms ?? Math.round(steadyMs() - this.began) })
    }
    if (this.live && this.heard > 0 && this.state.phase === 'playing' && steadyMs() - this.heard > STALE_MS) this.say({ phase: 'stale' })
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
