// RTSP (RFC 2326) as a client, over TCP with the media interleaved: one connection, nothing that a firewall loses. Every wait and every buffer has a bound.
import { connect, type Socket } from 'node:net'
import { steadyMs } from '../../../../kernel/clock.ts'
import { authorization, readChallenge, type Challenge } from '../../../../kernel/digest.ts'
import { Depacketizer, readPacket, Reorder } from '../codecs/rtp.ts'
import { controlUrl, readSdp, type Track } from '../codecs/sdp.ts'
import type { Connect } from './live.ts'

/** Why a camera gives no picture; the words are in words.ts under `fault`. */
export type Fault = 'unreachable' | 'refused' | 'no_answer' | 'wrong_password' | 'no_such_path' | 'not_rtsp' | 'no_video' | 'h265' | 'other_codec' | 'bad_sps' | 'busy' | 'silent' | 'closed' | 'not_onvif' | 'gb_offline' | 'gb_gone' | 'wrong_ssrc' | 'queue'
export class CameraFault extends Error {
  readonly fault: Fault
  constructor(fault: Fault, detail = '') {
    super(detail ? `${fault}: ${detail}` : fault)
    this.fault = fault
  }
}
export interface RtspAddress {
  /** Without user and password. */
  url: string
  user: string
  password: string
}
const CONNECT_MS = 5_000
const ANSWER_MS = 6_000
const HEAD_MAX = 16 * 1024
const BODY_MAX = 64 * 1024
const SILENT_MS = 10_000
const KEEP_S = 25

interface Answer {
  status: number
  headers: Map<string, string[]>
  body: string
}
const FAULT_OF: Record<number, Fault> = { 401: 'wrong_password', 403: 'wrong_password', 404: 'no_such_path', 400: 'no_such_path', 453: 'busy', 503: 'busy', 454: 'closed', 461: 'other_codec' }

export interface Playing {
  track: Track
  /** What is told when it ends by itself. */
  onEnd: (fault: CameraFault) => void
  onMedia: (packet: Buffer) => void
}
export class RtspSession {
  private readonly socket: Socket
  private readonly at: RtspAddress
  private buffer: Buffer = Buffer.alloc(0)
  private seq = 0
  private session: string | undefined
  private challenge: Challenge | undefined
  private count = 0
  private base: string
  private readonly waiting = new Map<number, { done: (a: Answer) => void; fail: (e: Error) => void }>()
  private ended: CameraFault | undefined
  private heard_ms = 0
  private keep: NodeJS.Timeout | undefined
  private watch: NodeJS.Timeout | undefined
  private keep_s = KEEP_S
  private can_get_parameter = true
  private pending_head: { answer: Answer; left: number } | undefined
  private onMedia: ((b: Buffer) => void) | undefined
  private onEnd: ((f: CameraFault) => void) | undefined

  private constructor(at: RtspAddress, socket: Socket) {
    this.at = at
    this.base = at.url
    this.socket = socket
    socket.on('data', (d) => this.read(d))
    socket.on('error', () => this.end(new CameraFault('closed')))
    socket.on('close', () => this.end(new CameraFault('closed')))
  }
  static async open(at: RtspAddress): Promise<RtspSession> {
    const u = new URL(at.url)
    const socket = connect({ host: u.hostname.replace(/^\[|\]$/g, ''), port: u.port === '' ? 554 : Number(u.port), noDelay: true })
    await new Promise<void>((done, fail) => {
      const late = setTimeout(() => fail(new CameraFault('unreachable')), CONNECT_MS)
      socket.once('connect', () => { clearTimeout(late); done() })
      socket.once('error', (e: NodeJS.ErrnoException) => { clearTimeout(late); fail(new CameraFault(e.code === 'ECONNREFUSED' ? 'refused' : 'unreachable', e.code ?? '')) })
    }).catch((error: unknown) => { socket.destroy(); throw error })
    socket.removeAllListeners('error')
    return new RtspSession(at, socket)
  }
  /** OPTIONS and DESCRIBE: is it there, does it know us, what does it send. */
  async describe(): Promise<Track> {
    const options = await this.ask('OPTIONS', this.at.url)
    const known = options.headers.get('public')?.join(',') ?? ''
    this.can_get_parameter = known === '' || known.includes('GET_PARAMETER')
    const a = await this.ask('DESCRIBE', this.at.url, { accept: 'application/sdp' })
    this.base = a.headers.get('content-base')?.[0] ?? a.headers.get('content-location')?.[0] ?? this.at.url
    const { control, track } = readSdp(a.body)
    this.aggregate = controlUrl(this.base, control ?? '*')
    if (!track) throw new CameraFault('no_video')
    if (track.codec === 'H265' || track.codec === 'HEVC') throw new CameraFault('h265')
    if (track.codec !== 'H264') throw new CameraFault('other_codec', track.codec)
    return track
  }
  private aggregate = ''
  async play(track: Track, on: Pick<Playing, 'onMedia' | 'onEnd'>, range?: string): Promise<void> {
    const a = await this.ask('SETUP', controlUrl(this.base, track.control), { transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' })
    const session = a.headers.get('session')?.[0]
    if (!session) throw new CameraFault('not_rtsp', 'no session')
    this.session = session.split(';')[0]!.trim()
    const timeout = Number(/timeout=(\d+)/.exec(session)?.[1] ?? 60)
    this.keep_s = Math.max(5, Math.min(KEEP_S, Math.floor(timeout / 2)))
    this.onMedia = on.onMedia
    this.onEnd = on.onEnd
    this.heard_ms = steadyMs()
    await this.ask('PLAY', this.aggregate || this.at.url, { range: range ?? 'npt=0.000-' })
    this.keep = setInterval(() => void this.ask(this.can_get_parameter ? 'GET_PARAMETER' : 'OPTIONS', this.aggregate || this.at.url).catch(() => {}), this.keep_s * 1000)
    this.watch = setInterval(() => { if (steadyMs() - this.heard_ms > SILENT_MS) this.end(new CameraFault('silent')) }, 1000)
  }
  /** Says good-bye where it can; a camera counts its viewers. */
  close(): void {
    if (this.session && !this.ended) this.write('TEARDOWN', this.aggregate || this.at.url, {})
    this.onEnd = undefined
    this.end(new CameraFault('closed'))
  }
  private end(fault: CameraFault): void {
    if (this.ended) return
    this.ended = fault
    clearInterval(this.keep)
    clearInterval(this.watch)
    for (const w of this.waiting.values()) w.fail(fault)
    this.waiting.clear()
    this.socket.end()
    setTimeout(() => this.socket.destroy(), 500).unref()
    this.onEnd?.(fault)
  }
  private write(method: string, uri: string, headers: Record<string, string>): number {
    const seq = ++this.seq
    const lines = [`${method} ${uri} RTSP/1.0`, `CSeq: ${seq}`, 'User-Agent: Heyuan']
    if (this.session) lines.push(`Session: ${this.session}`)
    if (this.challenge) lines.push(`Authorization: ${authorization(this.challenge, { user: this.at.user, password: this.at.password, method, uri, count: ++this.count })}`)
    for (const [k, v] of Object.entries(headers)) lines.push(`${k.replace(/^\w/, (c) => c.toUpperCase())}: ${v}`)
    if (!this.socket.destroyed) this.socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    return seq
  }
  private async ask(method: string, uri: string, headers: Record<string, string> = {}): Promise<Answer> {
    for (let tries = 0; ; tries++) {
      if (this.ended) throw this.ended
      const a = await this.answerTo(this.write(method, uri, headers))
      if (a.status === 401 && tries < 2) {
        const c = readChallenge(a.headers.get('www-authenticate') ?? [])
        // The same challenge again, not stale, means that the password is wrong: asking on would lock the account.
        if (!c || this.at.user === '' || (this.challenge && !c.stale)) throw new CameraFault('wrong_password')
        this.challenge = c
        this.count = 0
        continue
      }
      if (a.status >= 200 && a.status < 300) return a
      throw new CameraFault(FAULT_OF[a.status] ?? 'refused', String(a.status))
    }
  }
  private answerTo(seq: number): Promise<Answer> {
    return new Promise((done, fail) => {
      const late = setTimeout(() => { this.waiting.delete(seq); fail(new CameraFault('no_answer')) }, ANSWER_MS)
      this.waiting.set(seq, { done: (a) => { clearTimeout(late); done(a) }, fail: (e) => { clearTimeout(late); fail(e) } })
    })
  }
  private read(d: Buffer): void {
    if (this.ended) return
    this.buffer = this.buffer.length === 0 ? d : Buffer.concat([this.buffer, d])
    while ((this.buffer.length > 0 || this.pending_head) && !this.ended) {
      const used = this.pending_head ? this.body() : this.buffer[0] === 0x24 ? this.media() : this.head()
      if (used === null) return
      this.buffer = this.buffer.subarray(used)
    }
  }
  /** How much of the buffer was used; null: more must come first. */
  private media(): number | null {
    if (this.buffer.length < 4) return null
    const n = this.buffer.readUInt16BE(2)
    if (this.buffer.length < 4 + n) return null
    this.heard_ms = steadyMs()
    if (this.buffer[1] === 0) this.onMedia?.(this.buffer.subarray(4, 4 + n))
    return 4 + n
  }
  private head(): number | null {
    // Some firmware puts stray line ends between answers.
    if (this.buffer[0] === 13 || this.buffer[0] === 10) return 1
    const end = this.buffer.indexOf('\r\n\r\n')
    if (end < 0) {
      if (this.buffer.length > HEAD_MAX || !/^[A-Z]/.test(String.fromCharCode(this.buffer[0]!))) this.end(new CameraFault('not_rtsp'))
      return null
    }
    const [first = '', ...lines] = this.buffer.toString('latin1', 0, end).split('\r\n')
    const headers = new Map<string, string[]>()
    for (const l of lines.slice(0, 60)) {
      const i = l.indexOf(':')
      if (i > 0) headers.set(l.slice(0, i).trim().toLowerCase(), [...(headers.get(l.slice(0, i).trim().toLowerCase()) ?? []), l.slice(i + 1).trim()])
    }
    const status = Number(/^RTSP\/1\.\d (\d{3})/.exec(first)?.[1] ?? 0)
    const left = Number(headers.get('content-length')?.[0] ?? 0)
    // A request of the camera to us (status 0) is only read over.
    if ((status === 0 && !/ RTSP\/1\.\d$/.test(first)) || !(left >= 0 && left <= BODY_MAX)) {
      this.end(new CameraFault('not_rtsp'))
      return null
    }
    this.pending_head = { answer: { status, headers, body: '' }, left }
    return end + 4
  }
  private body(): number | null {
    const { answer, left } = this.pending_head!
    if (this.buffer.length < left) return null
    this.pending_head = undefined
    answer.body = this.buffer.toString('utf8', 0, left)
    const seq = Number(answer.headers.get('cseq')?.[0] ?? 0)
    if (answer.status > 0) {
      this.waiting.get(seq)?.done(answer)
      this.waiting.delete(seq)
    }
    return left
  }
}
/** Pictures of a camera by RTSP. */
export const rtspSource = (address: () => Promise<RtspAddress>): Connect => async (on) => {
  const session = await RtspSession.open(await address())
  on.opened(session)
  try {
    const track = await session.describe()
    const pictures: Depacketizer = new Depacketizer((p) => on.onPicture(p, pictures), { sps: track.sps, pps: track.pps })
    const order = new Reorder((p) => pictures.take(p), () => pictures.lost())
    if (!on.wanted()) return session.close()
    await session.play(track, {
      onMedia: (b) => {
        on.onBytes(b.length)
        const p = readPacket(b)
        if (p && p.kind === track.kind) order.take(p)
      },
      onEnd: (fault) => on.onEnd(fault),
    })
  } catch (error) {
    session.close()
    throw error
  }
}
