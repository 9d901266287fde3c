// Calls to channels: asked one after the other (queue.ts), answered or given up in bounded time, hung up when nobody looks. A call that was answered too late is hung up at once.
import { steadyMs } from '../../../../../kernel/clock.ts'
import { log } from '../../../../../kernel/log.ts'
import { readOffer, ssrcOf, writeAsk, type Offer } from '../../codecs/gb_sdp.ts'
import { PsDemuxer } from '../../codecs/ps.ts'
import { Depacketizer, readPacket, Reorder, type Packet } from '../../codecs/rtp.ts'
import { addressOf, header, userOf, type Sip } from '../../codecs/sip.ts'
import type { Session, Sink } from '../live.ts'
import { CameraFault, type Fault } from '../rtsp.ts'
import { endCall, putCall } from './book.ts'
import type { Device } from './device.ts'
import { NoAnswer, token } from './endpoint.ts'
import type { Platform } from './platform.ts'
import { Receiver } from './receiver.ts'
import { peerText, type Peer } from './transport.ts'

const FAULT_OF: Record<number, Fault> = { 403: 'refused', 404: 'no_such_path', 408: 'no_answer', 480: 'busy', 486: 'busy', 487: 'no_answer', 488: 'other_codec', 503: 'busy', 600: 'busy', 603: 'refused' }
const CODEC_FAULT = (codec: string): Fault => (codec === 'H265' || codec === 'HEVC' ? 'h265' : 'other_codec')
let running_no = Math.floor(Math.random() * 9000)

export class Call implements Session {
  readonly id = token()
  readonly device: Device
  readonly channel: string
  readonly recorded: boolean
  private readonly p: Platform
  private readonly on: Sink
  private from = ''
  private to = ''
  private uri = ''
  private cseq = 1
  private answered = false
  private over = false
  private receiver: Receiver | undefined
  private watch: NodeJS.Timeout | undefined
  private heard_ms = 0
  private packets = 0
  private started: () => void = () => {}
  private codecs: Offer['codecs'] = new Map()
  private peer: Peer
  constructor(p: Platform, device: Device, peer: Peer, channel: string, recorded: boolean, on: Sink) {
    this.p = p
    this.device = device
    this.peer = peer
    this.channel = channel
    this.recorded = recorded
    this.on = on
  }
  async begin(release: () => void, time?: { from_ms: number; to_ms: number }): Promise<void> {
    this.started = release
    const { device: d, p } = this
    const ssrc = ssrcOf(this.recorded, d.server_code, (running_no = (running_no + 1) % 10_000))
    const tcp = d.known.media === 'tcp'
    const host = p.hostOf(d)
    const receiver = await Receiver.open(p.ports, { tcp, ssrc: Number(ssrc), bind: p.bind, onPacket: this.taker(), onClosed: () => this.end(new CameraFault('closed')) })
    this.receiver = receiver
    receiver.hosts.add(this.peer.host)
    const domain = d.server_code.slice(0, 10)
    this.uri = `sip:${this.channel}@${this.peer.host}:${this.peer.port}`
    this.from = `<sip:${d.server_code}@${domain}>;tag=${token()}`
    this.to = `<sip:${this.channel}@${domain}>`
    const body = writeAsk({ server: d.server_code, channel: this.channel, host, port: receiver.port, tcp, ssrc, ...(time ? { from_s: Math.floor(time.from_ms / 1000), to_s: Math.ceil(time.to_ms / 1000) } : {}) })
    p.calls.set(this.id, this)
    let answer: Sip
    try {
      answer = await p.endpoint.ask(this.peer, { method: 'INVITE', uri: this.uri, from: this.from, to: this.to, call_id: this.id, cseq: this.cseq, headers: [['contact', p.contact(d)], ['content-type', 'application/sdp'], ['subject', `${this.channel}:${ssrc},${d.server_code}:0`]], body }, p.limits.call_ms)
    } catch (error) {
      this.end(null)
      throw new CameraFault('no_answer', error instanceof NoAnswer ? error.message : String(error))
    }
    if (answer.status >= 300) {
      this.end(null)
      throw new CameraFault(FAULT_OF[answer.status] ?? 'refused', String(answer.status))
    }
    await this.accept(answer, receiver)
  }
  private async accept(answer: Sip, receiver: Receiver): Promise<void> {
    const { p, device: d } = this
    this.answered = true
    this.to = header(answer, 'to') ?? this.to
    const contact = addressOf(header(answer, 'contact'))
    if (/^sip:/i.test(contact)) this.uri = contact
    // Known before it is confirmed: a service killed between the two finds it again, and an answer that nobody confirmed comes again and is hung up.
    await putCall(p.app, d.known.company_id, { call_id: this.id, gb_device_id: d.known.gb_device_id, channel_code: this.channel, peer: peerText(this.peer), uri: this.uri, from_line: this.from, to_line: this.to, cseq: this.cseq })
    this.confirm(this.peer)
    const offer = readOffer(answer.body)
    const bad = offer ? [...offer.codecs.values()].find((c) => c !== 'PS' && c !== 'H264' && c !== 'MPEG4' && !/^(PCM|G7|AAC)/.test(c)) : undefined
    if (!offer || bad) {
      this.end(null)
      throw new CameraFault(offer ? CODEC_FAULT(bad!) : 'no_video')
    }
    this.codecs = offer.codecs
    // Some devices number their streams as they like and say so.
    if (offer.ssrc !== null) receiver.ssrc = offer.ssrc
    if (offer.host && offer.host !== '0.0.0.0') receiver.hosts.add(offer.host)
    if (this.over) return
    this.heard_ms = steadyMs()
    this.watch = setInterval(() => {
      if (steadyMs() - this.heard_ms <= (this.packets === 0 ? p.limits.first_ms : p.limits.silent_ms)) return
      this.end(new CameraFault(this.packets === 0 && receiver.foreign_count > 0 ? 'wrong_ssrc' : 'silent'))
    }, 250)
  }
  /** Said again as often as the device asks for it. */
  confirm(peer: Peer): void {
    if (!this.answered) return
    this.p.endpoint.tell(peer, { method: 'ACK', uri: this.uri, from: this.from, to: this.to, call_id: this.id, cseq: this.cseq })
  }
  private taker(): (b: Buffer) => void {
    const demuxer: PsDemuxer = new PsDemuxer((picture) => this.on.onPicture(picture, demuxer), (codec) => { if (codec !== 'H264') this.end(new CameraFault(CODEC_FAULT(codec))) })
    const plain: Depacketizer = new Depacketizer((picture) => this.on.onPicture(picture, plain))
    const take = (k: Packet): void => {
      const codec = this.codecs.get(k.kind) ?? (k.kind === 98 ? 'H264' : 'PS')
      if (codec === 'H264') plain.take(k)
      else if (codec === 'PS') demuxer.take(k.payload, k.time)
    }
    const order = new Reorder(take, () => {
      demuxer.lost()
      plain.lost()
    })
    return (b) => {
      if (this.over) return
      this.heard_ms = steadyMs()
      if (this.packets++ === 0) this.started()
      this.on.onBytes(b.length)
      const k = readPacket(b)
      if (k) order.take(k)
    }
  }
  /** The device hung up, or said that the recording is over. */
  theirs(): void {
    this.end(new CameraFault('closed'), false)
  }
  /** What was recorded has all been sent: who asked hangs up. */
  ended(): void {
    this.end(new CameraFault('closed'))
  }
  close(): void {
    this.end(null)
  }
  private end(fault: CameraFault | null, bye = true): void {
    if (this.over) return
    this.over = true
    clearInterval(this.watch)
    this.started()
    this.receiver?.close()
    this.p.calls.delete(this.id)
    const { p, device: d } = this
    const forget = (): Promise<void> => endCall(p.app, d.known.company_id, this.id).catch((error: unknown) => log('warn', 'gb call', { cause: String(error) }))
    if (this.answered && bye) p.later(hangUp(p, this.peer, { uri: this.uri, from: this.from, to: this.to, call_id: this.id, cseq: this.cseq + 1 }).then(forget))
    else if (this.answered) p.later(forget())
    if (fault) this.on.onEnd(fault)
  }
}
export async function hangUp(p: Platform, peer: Peer, o: { uri: string; from: string; to: string; call_id: string; cseq: number }): Promise<void> {
  await p.endpoint.ask(peer, { method: 'BYE', ...o }, p.limits.answer_ms).catch(() => {})
}
/** A yes that nobody waits for any more, or of a call of the service before this one: confirmed, as the rules want, and hung up. */
export function refuseLate(p: Platform, m: Sip, peer: Peer): void {
  const [from, to, call_id] = [header(m, 'from')!, header(m, 'to')!, header(m, 'call-id')!]
  const uri = addressOf(header(m, 'contact')) || `sip:${userOf(to)}@${peer.host}:${peer.port}`
  const cseq = Number.parseInt(header(m, 'cseq')!, 10)
  p.endpoint.tell(peer, { method: 'ACK', uri, from, to, call_id, cseq })
  p.later(hangUp(p, peer, { uri, from, to, call_id, cseq: cseq + 1 }))
}
