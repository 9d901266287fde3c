// WebRTC in the page: one connection for all the pictures of a wall, a track each. Whoever comes first brings the offer, the others take a place on what it became.
import { steadyMs } from '../../../kernel/clock.ts'

/** Places beyond the pictures shown: one that showed a camera rests before it shows the next, so that no picture of the old one comes under the new name. */
const SPARE = 4
const REST_MS = 2_000
const LINKS_MAX = 2
/** Kept without a picture: the page may be changing over from a wall to one picture. */
const LINGER_MS = 4_000
/** Not connected by then: this network lets no WebRTC through, and nobody waits for it again for a while. */
const CONNECT_MS = 3_000
const GAVE_UP_MS = 120_000

export type Hello = { offer: string; slot: number } | { link: string; slot: number }
export interface Seat {
  /** What the service is told first; undefined where WebRTC does not come about. */
  readonly hello: Promise<Hello | undefined>
  readonly media: MediaStream
  /** Whether pictures could arrive. */
  up(): boolean
  answered(sdp: string, link: string): void
  /** The service has no place: for nobody now ('full'), or not on this link any more ('gone'). */
  refused(why: string): void
  onGone: () => void
  /** `cut`: not by this page. */
  leave(cut?: boolean): void
}
class Link {
  over = false
  private readonly pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
  private readonly places: { receiver: RTCRtpReceiver; seat: Seat | undefined; left_ms: number }[] = []
  private readonly name: Promise<string | undefined>
  private named: (name: string | undefined) => void = () => {}
  private readonly made: Promise<string | undefined>
  private offered = false
  private timer = 0
  private readonly onOver: (gave_up: boolean) => void
  constructor(sections: number, onOver: (gave_up: boolean) => void) {
    this.onOver = onOver
    this.name = new Promise((done) => { this.named = done })
    // A wall's offer with every codec twenty times over would be a hundred kilobytes, and take as long to make as all the rest.
    const all = RTCRtpReceiver.getCapabilities('video')?.codecs.filter((c) => c.mimeType === 'video/H264' && c.sdpFmtpLine?.includes('packetization-mode=1')) ?? []
    const h264 = [...all.filter((c) => c.sdpFmtpLine?.includes('profile-level-id=42e0')), ...all].slice(0, 1)
    for (let n = 0; n < sections; n++) {
      const t = this.pc.addTransceiver('video', { direction: 'recvonly' })
      if (h264.length > 0 && 'setCodecPreferences' in t) t.setCodecPreferences(h264)
      // Watching, not talking: no more delay than needed.
      if ('jitterBufferTarget' in t.receiver) t.receiver.jitterBufferTarget = 0
      this.places.push({ receiver: t.receiver, seat: undefined, left_ms: -REST_MS })
    }
    this.pc.onconnectionstatechange = () => { if (this.pc.connectionState === 'failed' || this.pc.connectionState === 'closed') this.close(false) }
    this.made = this.offer().catch(() => { this.close(true); return undefined })
  }
  private async offer(): Promise<string | undefined> {
    await this.pc.setLocalDescription(await this.pc.createOffer())
    // Without this browser's own addresses: they are hidden behind names nobody else knows, and the service answers to where the browser's checks come from.
    return this.over ? undefined : this.pc.localDescription?.sdp
  }
  seat(): Seat | undefined {
    const slot = this.places.findIndex((p) => !p.seat && steadyMs() - p.left_ms >= REST_MS)
    const place = this.places[slot]
    if (this.over || !place) return undefined
    clearTimeout(this.timer)
    const first = !this.offered
    this.offered = true
    const seat: Seat = {
      hello: first ? this.made.then((offer) => (offer ? { offer, slot } : undefined)) : this.name.then((link) => (link ? { link, slot } : undefined)),
      media: new MediaStream([place.receiver.track]),
      up: () => this.pc.connectionState === 'connected',
      answered: (sdp, link) => void this.answered(sdp, link).catch(() => this.close(true)),
      refused: (why) => { if (first && this.pc.remoteDescription === null) this.close(true); else if (why === 'gone') this.close(false) },
      onGone: () => {},
      leave: (cut = false) => {
        if (place.seat !== seat) return
        place.seat = undefined
        place.left_ms = steadyMs()
        // Who was to bring the offer is gone: the others need not wait for an answer.
        if (first && this.pc.remoteDescription === null) return this.close(false)
        if (this.places.some((p) => p.seat)) return
        // The service is gone, and its end of this with it.
        if (cut) this.close(false)
        else this.timer = window.setTimeout(() => this.close(false), LINGER_MS)
      },
    }
    place.seat = seat
    return seat
  }
  private async answered(sdp: string, link: string): Promise<void> {
    this.named(link)
    window.setTimeout(() => { if (this.pc.connectionState !== 'connected') this.close(true) }, CONNECT_MS)
    await this.pc.setRemoteDescription({ type: 'answer', sdp })
  }
  close(gave_up: boolean): void {
    if (this.over) return
    this.over = true
    clearTimeout(this.timer)
    this.pc.close()
    this.named(undefined)
    this.onOver(gave_up)
    for (const p of this.places) p.seat?.onGone()
  }
}
/** The connections of one page. */
export class Links {
  private list: Link[] = []
  private gave_up_ms = -GAVE_UP_MS
  /** A place for a picture, of so many that the page shows; undefined: by fragments. */
  seat(shown: number): Seat | undefined {
    if (!('RTCPeerConnection' in globalThis) || steadyMs() - this.gave_up_ms < GAVE_UP_MS) return undefined
    for (const l of this.list) {
      const s = l.seat()
      if (s) return s
    }
    if (this.list.length >= LINKS_MAX) return undefined
    const made = new Link(shown === 1 ? 2 : shown + SPARE, (gave_up) => {
      this.list = this.list.filter((l) => l !== made)
      if (gave_up) this.gave_up_ms = steadyMs()
    })
    this.list.push(made)
    return made.seat()
  }
  close(): void {
    for (const l of this.list) l.close(false)
  }
}
