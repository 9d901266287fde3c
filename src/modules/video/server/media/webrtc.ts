// The same pictures over WebRTC: sooner on the screen than by fragments, and never behind. One connection a browser (a link) with a track a picture: a wall of sixteen has one handshake,
// one port, one rhythm. Packets are made anew from whole pictures: a camera's own, over TCP, may be larger than a network takes.
import { randomUUID } from 'node:crypto'
import type * as Werift from 'werift'
import { steadyMs } from '../../../../kernel/clock.ts'
import { TILES_MAX } from '../../contract.ts'
import { NAL, nalType } from '../codecs/h264.ts'
import type { Head, Sample } from '../codecs/mp4.ts'
import type { Looker, Shown } from './live.ts'
import type { Fault } from './rtsp.ts'

const MTU = 1150
/** What the processor bears: sixteen small pictures are about a tenth of a core (ADR 0461). Who comes later takes fragments. */
export const RTC_MAX = { links: 12, tracks: 48 }
/** A wall and a few to change over to: a place that showed one camera rests before it shows the next. */
const SECTIONS_MAX = TILES_MAX + 4
const PAYLOAD = 102
/** Pictures kept for a newcomer are given with this much time between them, so that he is at the present at once. */
const HURRY_TICKS = 90
/** Sixteen newcomers' pictures at once would run over in the browser's socket: so many packets a millisecond, and so many at once when the clock comes late. */
const PACE = 4
const BURST = 64
const PACE_MS = 5
const QUEUE_MAX = 8192
/** A link nobody has a picture on: the page may be changing over from a wall to one picture. */
const LINGER_MS = 6_000
/** Reports of the browser come about once a second: so many bad ones in a row, and this picture goes by fragments, which wait instead of losing. */
const LOSS = 0.15
const LOSSY_MAX = 5
let loaded: Promise<typeof Werift> | undefined
const load = (): Promise<typeof Werift> => (loaded ??= import('werift'))
/** Loading takes half a second, on a busy machine two: done while nobody waits. */
export const warm = async (): Promise<void> => void (await load())

/** One picture as RTP payloads (RFC 6184): the sets before a key picture, what is too large in fragments. */
export function payloadsOf(data: Buffer, head: Head | null): Buffer[] {
  const out: Buffer[] = []
  const nals: Buffer[] = head ? [head.sps, head.pps] : []
  for (let at = 0; at + 4 <= data.length;) {
    const n = data.readUInt32BE(at)
    nals.push(data.subarray(at + 4, at + 4 + n))
    at += 4 + n
  }
  for (const nal of nals) {
    if (nal.length <= MTU) {
      out.push(nal)
      continue
    }
    for (let at = 1; at < nal.length; at += MTU) out.push(Buffer.concat([Buffer.from([(nal[0]! & 0xe0) | NAL.fu_a, nalType(nal) | (at === 1 ? 0x80 : 0) | (at + MTU >= nal.length ? 0x40 : 0)]), nal.subarray(at, at + MTU)]))
  }
  return out
}
type Say = (m: Record<string, unknown>) => void
interface Track {
  write(packet: Buffer): void
  /** Its numbers go on when another picture takes the place. */
  seq: number
  time: number
  peer: Peer | undefined
}
/** The links of one service. */
export class Links {
  readonly open = new Map<string, Link>()
  get track_count(): number {
    return [...this.open.values()].reduce((n, l) => n + l.peer_count, 0)
  }
  get full(): boolean {
    return this.track_count >= RTC_MAX.tracks
  }
  /** null: too many already, the browser takes fragments. */
  async answer(offer: string, owner: string): Promise<{ link: Link; sdp: string } | null> {
    if (this.full || this.open.size >= RTC_MAX.links) return null
    const link = new Link(owner, this)
    this.open.set(link.id, link)
    return { link, sdp: await link.answer(offer) }
  }
  /** The link of this name, if it is this person's. */
  of(id: string, owner: string): Link | undefined {
    const l = this.open.get(id)
    return l?.owner === owner ? l : undefined
  }
  close(): void {
    for (const l of this.open.values()) l.close()
  }
}
export class Link {
  readonly id = randomUUID()
  readonly owner: string
  private readonly tracks: Track[] = []
  private state: 'new' | 'connected' | 'over' = 'new'
  private queue: { track: Track; peer: Peer; packet: Buffer }[] = []
  private at = 0
  private spare = BURST
  private spare_ms = 0
  private timer: NodeJS.Timeout | undefined
  private linger: NodeJS.Timeout | undefined
  private shut = (): void => {}
  private readonly home: Links
  constructor(owner: string, home: Links) {
    this.owner = owner
    this.home = home
    this.rest()
  }
  async answer(offer: string): Promise<string> {
    try {
      const { RTCPeerConnection, MediaStreamTrack, useH264 } = await load()
      const pc = new RTCPeerConnection({ codecs: { audio: [], video: [useH264({ payloadType: PAYLOAD })] }, iceUseIpv6: false, iceServers: [], bundlePolicy: 'max-bundle', iceAdditionalHostAddresses: ['127.0.0.1'] })
      this.shut = () => void pc.close().catch(() => {})
      const sections = Math.max(1, Math.min(SECTIONS_MAX, offer.match(/^m=video/gm)?.length ?? 0))
      for (let n = 0; n < sections; n++) {
        const media = new MediaStreamTrack({ kind: 'video' })
        const { sender } = pc.addTransceiver(media, { direction: 'sendonly' })
        const track: Track = { write: (b) => media.writeRtp(b), seq: Math.floor(Math.random() * 30_000), time: Math.floor(Math.random() * 1_000_000), peer: undefined }
        this.tracks.push(track)
        sender.onRtcp.subscribe((p) => {
          // A receiver's report (RFC 3550 6.4.2).
          if (p.type === 201) for (const r of (p as Werift.RtcpRrPacket).reports) if (r.ssrc === sender.ssrc) track.peer?.lost(r.fractionLost / 256)
        })
      }
      pc.connectionStateChange.subscribe((s) => { if (s === 'connected') this.connected(); else if (s === 'failed' || s === 'closed' || s === 'disconnected') this.close() })
      await pc.setRemoteDescription({ type: 'offer', sdp: offer })
      // As the server of DTLS: the browser begins at once, and of what it offers the cipher that needs one pass (AES-GCM) is taken.
      for (const t of pc.dtlsTransports) t.role = 'server'
      await pc.setLocalDescription(await pc.createAnswer())
      return pc.localDescription!.sdp
    } catch (error) {
      this.close()
      throw error
    }
  }
  get peer_count(): number {
    return this.tracks.reduce((n, t) => n + (t.peer ? 1 : 0), 0)
  }
  /** A picture's place; null where there is none. `onState(false)`: it goes by fragments from now on. */
  seat(slot: number, say: Say, onState: (connected: boolean) => void): Peer | null {
    const track = this.tracks[slot]
    if (!track || track.peer || this.state === 'over' || this.home.full) return null
    clearTimeout(this.linger)
    const peer = new Peer(say, onState, track, (p, packet) => this.give(track, p, packet), () => {
      track.peer = undefined
      if (this.peer_count === 0) this.rest()
    })
    track.peer = peer
    if (this.state === 'connected') queueMicrotask(() => onState(true))
    return peer
  }
  private rest(): void {
    clearTimeout(this.linger)
    this.linger = setTimeout(() => this.close(), LINGER_MS)
  }
  private connected(): void {
    if (this.state !== 'new') return
    this.state = 'connected'
    for (const t of this.tracks) t.peer?.onState(true)
  }
  close(): void {
    if (this.state === 'over') return
    this.state = 'over'
    this.home.open.delete(this.id)
    clearTimeout(this.linger)
    clearTimeout(this.timer)
    this.queue = []
    for (const t of this.tracks) t.peer?.onState(false)
    this.shut()
  }
  /** False: it could not be taken, the picture goes on with its next key picture. */
  private give(track: Track, peer: Peer, packet: Buffer): boolean {
    if (this.state !== 'connected') return false
    this.save()
    if (this.timer === undefined && this.spare >= 1) {
      this.spare--
      track.write(packet)
      return true
    }
    if (this.queue.length - this.at >= QUEUE_MAX) return false
    this.queue.push({ track, peer, packet })
    this.timer ??= setTimeout(() => this.drain(), PACE_MS)
    return true
  }
  private save(): void {
    const now = steadyMs()
    this.spare = Math.min(BURST, this.spare + (now - this.spare_ms) * PACE)
    this.spare_ms = now
  }
  private drain(): void {
    this.save()
    for (; this.at < this.queue.length && this.spare >= 1; this.at++) {
      const { track, peer, packet } = this.queue[this.at]!
      // What stands here of a picture that left its place would be shown under the next one's name.
      if (track.peer !== peer) continue
      track.write(packet)
      this.spare--
    }
    if (this.at > QUEUE_MAX / 8 || this.at === this.queue.length) {
      this.queue = this.queue.slice(this.at)
      this.at = 0
    }
    this.timer = this.queue.length > 0 ? setTimeout(() => this.drain(), PACE_MS) : undefined
  }
}
/** One picture on its track. */
export class Peer implements Looker {
  size_bytes = 0
  fault: string | null = null
  private last: number | undefined
  private began = false
  private ready = false
  private over = false
  private lossy = 0
  private readonly say: Say
  readonly onState: (connected: boolean) => void
  private readonly track: Track
  private readonly give: (peer: Peer, packet: Buffer) => boolean
  private readonly leave: () => void
  constructor(say: Say, onState: Peer['onState'], track: Track, give: Peer['give'], leave: () => void) {
    this.say = say
    this.onState = onState
    this.track = track
    this.give = give
    this.leave = leave
  }
  close(): void {
    if (this.over) return
    this.over = true
    this.leave()
  }
  onHead(_init: Buffer, shown: Shown): void {
    this.fault = null
    this.say({ t: 'head', ...shown, rtc: true })
  }
  onPiece(): void {}
  onFault(fault: Fault, again_ms: number | null): void {
    this.began = false
    this.fault = fault
    this.say({ t: 'fault', fault, again_ms })
  }
  /** Of the packets since the last report. */
  lost(part: number): void {
    this.lossy = part > LOSS ? this.lossy + 1 : 0
    if (this.lossy >= LOSSY_MAX) this.onState(false)
  }
  /** From now on packets arrive. What was seen last comes first, so that nobody waits for the next key picture. */
  connected(list: readonly { sample: Sample; head: Head }[]): void {
    this.ready = true
    for (const t of list) {
      this.track.time = (this.track.time + HURRY_TICKS) >>> 0
      this.send(t.sample, t.head)
      this.last = t.sample.time
    }
  }
  onSample(sample: Sample, _at: number, head: Head): void {
    const step = this.last === undefined ? sample.ticks : sample.time - this.last
    this.track.time = (this.track.time + Math.max(1, Math.min(step, 450_000))) >>> 0
    this.last = sample.time
    this.send(sample, head)
  }
  private send(sample: Sample, head: Head): void {
    if (this.over || !this.ready || (!this.began && !sample.key)) return
    this.began = true
    const list = payloadsOf(sample.data, sample.key ? head : null)
    for (const [i, payload] of list.entries()) {
      const b = Buffer.alloc(12 + payload.length)
      b[0] = 0x80
      b[1] = PAYLOAD | (i === list.length - 1 ? 0x80 : 0)
      this.track.seq = (this.track.seq + 1) & 0xffff
      b.writeUInt16BE(this.track.seq, 2)
      b.writeUInt32BE(this.track.time, 4)
      b.writeUInt32BE(1, 8)
      payload.copy(b, 12)
      if (!this.give(this, b)) return void (this.began = false)
      this.size_bytes += payload.length
    }
  }
}
