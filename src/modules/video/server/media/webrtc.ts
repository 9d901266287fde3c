// The same pictures over WebRTC: sooner on the screen than by fragments, and dearer, for every packet is encrypted here. So for the one large picture, and for a few at a time;
// walls go by fragments. Packets are made anew from whole pictures: a camera's own, over TCP, may be larger than a network takes.
import type * as Werift from 'werift'
import { NAL, nalType } from '../codecs/h264.ts'
import type { Head, Sample } from '../codecs/mp4.ts'
import type { Looker, Shown } from './live.ts'
import type { Fault } from './rtsp.ts'

const MTU = 1150
const PEERS_MAX = 8
const PAYLOAD = 102
/** Pictures kept for a newcomer are given with this much time between them, so that he is at the present at once. */
const HURRY_TICKS = 90
let loaded: Promise<typeof Werift> | undefined
let peers = 0
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
export class Peer implements Looker {
  size_bytes = 0
  fault: string | null = null
  private seq = Math.floor(Math.random() * 30_000)
  private time = Math.floor(Math.random() * 1_000_000)
  private last: number | undefined
  private began = false
  private ready = false
  private over = false
  private readonly say: (m: Record<string, unknown>) => void
  private readonly give: (packet: Buffer) => void
  readonly close: () => void
  private constructor(say: Peer['say'], give: Peer['give'], close: () => void) {
    this.say = say
    this.give = give
    this.close = () => {
      if (this.over) return
      this.over = true
      peers--
      close()
    }
  }
  /** null: too many already, the browser takes fragments. */
  static async answer(offer: string, say: Peer['say'], onState: (connected: boolean) => void): Promise<{ peer: Peer; sdp: string } | null> {
    if (peers >= PEERS_MAX) return null
    peers++
    try {
      const { RTCPeerConnection, MediaStreamTrack, useH264 } = await load()
      const pc = new RTCPeerConnection({ codecs: { audio: [], video: [useH264({ payloadType: PAYLOAD })] }, iceUseIpv6: false, iceServers: [], bundlePolicy: 'max-bundle', iceAdditionalHostAddresses: ['127.0.0.1'] })
      const track = new MediaStreamTrack({ kind: 'video' })
      pc.addTransceiver(track, { direction: 'sendonly' })
      pc.connectionStateChange.subscribe((s) => { if (s === 'connected') onState(true); else if (s === 'failed' || s === 'closed' || s === 'disconnected') onState(false) })
      await pc.setRemoteDescription({ type: 'offer', sdp: offer })
      await pc.setLocalDescription(await pc.createAnswer())
      return { peer: new Peer(say, (b) => track.writeRtp(b), () => void pc.close().catch(() => {})), sdp: pc.localDescription!.sdp }
    } catch (error) {
      peers--
      throw error
    }
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
  /** From now on packets arrive. What was seen last comes first, so that nobody waits for the next key picture. */
  connected(list: readonly { sample: Sample; head: Head }[]): void {
    this.ready = true
    for (const t of list) {
      this.time += HURRY_TICKS
      this.send(t.sample, t.head)
      this.last = t.sample.time
    }
  }
  onSample(sample: Sample, _at: number, head: Head): void {
    const step = this.last === undefined ? sample.ticks : sample.time - this.last
    this.time = (this.time + Math.max(1, Math.min(step, 450_000))) >>> 0
    this.last = sample.time
    this.send(sample, head)
  }
  private send(sample: Sample, head: Head): void {
    if (this.over || !this.ready || (!this.began && !sample.key)) return
    this.began = true
    const list = payloadsOf(sample.data, sample.key ? head : null)
    for (const [i, payload] of list.entries()) {
      const b = Buffer.alloc(12)
      b[0] = 0x80
      b[1] = PAYLOAD | (i === list.length - 1 ? 0x80 : 0)
      this.seq = (this.seq + 1) & 0xffff
      b.writeUInt16BE(this.seq, 2)
      b.writeUInt32BE(this.time >>> 0, 4)
      b.writeUInt32BE(1, 8)
      this.size_bytes += payload.length
      this.give(Buffer.concat([b, payload]))
    }
  }
}
