// A camera at its wire, from RFC 2326, 7616 and 6184: RTSP with Digest or Basic over TCP, H.264 in RTP, live and from a given time. Misbehaves when it is told to.
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { Encoder, parameterSets } from './encoder.ts'
import { draw, type Scene } from './picture.ts'
import type { TapePicture } from './tape.ts'

export interface SimCamera {
  no: number
  user: string
  password: string
  /** Pictures a second. */
  fps?: number
  basic?: boolean
  /** Behind one address so many channels, as a recorder has them; from the number on. */
  channels?: number
  codec?: 'H264' | 'H265'
  /** Sent over and over instead of what is drawn, whatever the channel. */
  tape?: readonly TapePicture[]
}
export interface Mischief {
  /** Every n-th media packet is not sent. */
  lose_every?: number
  /** Neighbours change places. */
  swap?: boolean
  /** The first key picture comes after this many pictures. */
  late_key?: number
  /** An SPS of nonsense. */
  bad_sps?: boolean
  /** Parameter sets only in the stream, not in the description. */
  sets_in_band?: boolean
  /** Says nothing after PLAY. */
  mute?: boolean
  /** The nonce is over after so many requests. */
  stale_after?: number
}
const MTU = 1200
const KEY_EVERY_S = 2
const md5 = (s: string): string => createHash('md5').update(s).digest('hex')

interface Viewer {
  socket: Socket
  timer: NodeJS.Timeout | undefined
  session: string
  uri: string
}
export class RtspCamera {
  readonly config: SimCamera
  readonly scene: Scene
  /** By channel; the large picture of the main stream looks the same way. */
  private readonly turned = new Map<number, { pan: number; tilt: number }>()
  mischief: Mischief = {}
  /** What happened, for tests. */
  connections = 0
  open = 0
  requests: string[] = []
  private server: Server | undefined
  private readonly viewers = new Set<Viewer>()
  private readonly sockets = new Set<Socket>()
  private nonce = randomBytes(8).toString('hex')
  private asked = 0
  private readonly now: () => number
  port = 0
  constructor(config: SimCamera, now: () => number) {
    this.config = config
    this.now = now
    this.scene = { no: config.no, width: 320, height: 240, pan: 0, tilt: 0 }
  }
  async listen(port = 0, host = '127.0.0.1'): Promise<this> {
    this.server = createServer((s) => this.connected(s))
    await new Promise<void>((done, fail) => this.server!.once('error', fail).listen(port, host, done))
    this.port = (this.server.address() as { port: number }).port
    return this
  }
  /** The network is gone; who comes again is served. */
  cut(): void {
    for (const s of this.sockets) s.destroy()
  }
  async close(): Promise<void> {
    this.cut()
    await new Promise<void>((done) => (this.server ? this.server.close(() => done()) : done()))
  }
  private connected(socket: Socket): void {
    this.connections++
    this.open++
    this.sockets.add(socket)
    const viewer: Viewer = { socket, timer: undefined, session: randomInt(1e6, 1e9).toString(), uri: '' }
    let text = ''
    socket.on('data', (d) => {
      text += d.toString('latin1')
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const request = text.slice(0, end)
        text = text.slice(end + 4)
        this.answer(viewer, request)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.open--
      this.sockets.delete(socket)
      this.viewers.delete(viewer)
      clearInterval(viewer.timer)
    })
  }
  private known(method: string, header: string | undefined): boolean {
    const { user, password, basic } = this.config
    if (header === undefined) return false
    if (basic) return header === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
    const get = (k: string): string => new RegExp(`\\b${k}="?([^",]+)`).exec(header)?.[1] ?? ''
    if (this.mischief.stale_after !== undefined && ++this.asked > this.mischief.stale_after) {
      this.nonce = randomBytes(8).toString('hex')
      this.asked = 0
      return false
    }
    return get('nonce') === this.nonce && get('username') === user && get('response') === md5(`${md5(`${user}:sim camera:${password}`)}:${this.nonce}:${md5(`${method}:${get('uri')}`)}`)
  }
  private answer(v: Viewer, request: string): void {
    const [first = '', ...lines] = request.split('\r\n')
    const [method = '', uri = ''] = first.split(' ')
    const header = (name: string): string | undefined => lines.find((l) => l.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim()
    this.requests.push(method)
    const say = (status: string, headers: string[] = [], body = ''): void => void v.socket.write(`RTSP/1.0 ${status}\r\nCSeq: ${header('cseq') ?? 0}\r\n${headers.map((h) => `${h}\r\n`).join('')}${body ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : ''}\r\n${body}`)
    if (method === 'OPTIONS') return say('200 OK', ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, TEARDOWN'])
    if (this.config.user !== '' && !this.known(method, header('authorization'))) return say('401 Unauthorized', [this.config.basic ? 'WWW-Authenticate: Basic realm="sim camera"' : `WWW-Authenticate: Digest realm="sim camera", nonce="${this.nonce}"${this.mischief.stale_after === undefined ? '' : ', stale="TRUE"'}`])
    const path = /^rtsp:\/\/[^/]+(\/[^?]*)/.exec(uri)?.[1] ?? '/'
    const play = /[?&]starttime=(\d{8})t(\d{6})z/i.exec(uri)
    const channel = Number(/^\/Streaming\/(?:Channels|tracks)\/(\d+)0[12](?:\/|$)/i.exec(path)?.[1] ?? 0)
    if (channel < 1 || channel > (this.config.channels ?? 1)) return say('404 Not Found')
    if (method === 'DESCRIBE') {
      v.uri = uri
      return say('200 OK', ['Content-Type: application/sdp', `Content-Base: ${uri}/`], this.sdp(this.sceneOf(uri)))
    }
    if (method === 'SETUP') return say('200 OK', [`Session: ${v.session};timeout=60`, 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=0BADCAFE'])
    if (method === 'PLAY') {
      say('200 OK', [`Session: ${v.session}`])
      return this.play(v, play ? Date.parse(`${play[1]!.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3')}T${play[2]!.replace(/(\d\d)(\d\d)(\d\d)/, '$1:$2:$3')}Z`) : null)
    }
    if (method === 'GET_PARAMETER') return say('200 OK', [`Session: ${v.session}`])
    if (method === 'TEARDOWN') {
      say('200 OK')
      return void v.socket.end()
    }
    say('405 Method Not Allowed')
  }
  /** …/302: the sub-stream of channel 3. */
  private sceneOf(uri: string): Scene {
    const [, channel, stream] = /\/(\d+)0([12])/.exec(uri) ?? []
    const n = Number(channel ?? 1)
    return { ...this.scene, no: this.config.no + n - 1, ...(stream === '1' && /Channels/i.test(uri) ? { width: 640, height: 480 } : {}), ...(this.turned.get(n) ?? {}) }
  }
  /** The head of a channel turns. */
  turn(channel: number, by: { pan: number; tilt: number }): void {
    const t = this.turned.get(channel) ?? { pan: 0, tilt: 0 }
    this.turned.set(channel, { pan: t.pan + Math.round(by.pan), tilt: Math.max(-96, Math.min(48, t.tilt + Math.round(by.tilt))) })
  }
  private sets(scene: Scene): { sps: Buffer; pps: Buffer } {
    const s = parameterSets(scene.width, scene.height, this.config.fps ?? 10)
    return this.mischief.bad_sps ? { ...s, sps: Buffer.from([0x67, 66, 0xe0, 30, 0, 0, 0, 0]) } : s
  }
  private sdp(scene: Scene): string {
    const { sps, pps } = this.sets(scene)
    if (this.config.codec === 'H265') return 'v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=sim\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 98\r\na=rtpmap:98 H265/90000\r\na=control:trackID=1\r\n'
    const fmtp = `a=fmtp:96 packetization-mode=1;profile-level-id=${sps.toString('hex', 1, 4).toUpperCase()}${this.mischief.sets_in_band || this.mischief.bad_sps ? '' : `;sprop-parameter-sets=${sps.toString('base64')},${pps.toString('base64')}`}`
    return `v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=sim\r\nt=0 0\r\na=control:*\r\nm=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:trackID=2\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n${fmtp}\r\na=control:trackID=1\r\n`
  }
  private play(v: Viewer, from_ms: number | null): void {
    this.viewers.add(v)
    if (this.mischief.mute) return
    const fps = this.config.fps ?? 10
    const encoder = new Encoder()
    const began = this.now()
    let n = 0
    let seq = randomInt(65_536)
    const base = randomInt(2 ** 32)
    let held: Buffer | undefined
    let sent = 0
    const packet = (payload: Buffer, marker: boolean, time: number): void => {
      const b = Buffer.alloc(16)
      b[0] = 0x24
      b.writeUInt16BE(payload.length + 12, 2)
      b[4] = 0x80
      b[5] = 96 | (marker ? 128 : 0)
      b.writeUInt16BE(seq, 6)
      b.writeUInt32BE(time, 8)
      b.writeUInt32BE(0x0badcafe, 12)
      seq = (seq + 1) & 0xffff
      const { lose_every, swap } = this.mischief
      if (lose_every !== undefined && ++sent % lose_every === 0) return
      const whole = Buffer.concat([b, payload])
      if (swap && !held) held = whole
      else {
        v.socket.write(whole)
        if (held) v.socket.write(held)
        held = undefined
      }
    }
    const nal = (unit: Buffer, last: boolean, time: number): void => {
      if (unit.length <= MTU) return packet(unit, last, time)
      for (let at = 1; at < unit.length; at += MTU) {
        const piece = unit.subarray(at, at + MTU)
        const end = at + MTU >= unit.length
        packet(Buffer.concat([Buffer.from([(unit[0]! & 0xe0) | 28, (unit[0]! & 0x1f) | (at === 1 ? 0x80 : 0) | (end ? 0x40 : 0)]), piece]), last && end, time)
      }
    }
    const one = (): void => {
      if (v.socket.destroyed || v.socket.writableLength > 4_000_000) return
      const taped = this.config.tape?.[n % this.config.tape.length]
      const key = taped?.key ?? n % (fps * KEY_EVERY_S) === 0
      const at = from_ms === null ? this.now() : from_ms + (n * 1000) / fps
      const time = (base + Math.round((n * 90_000) / fps)) >>> 0
      const slice = taped?.slice ?? encoder.encode(draw(this.sceneOf(v.uri), at), key)
      const late = this.mischief.late_key ?? 0
      n++
      if (n <= late && key) return
      if (key) {
        const { sps, pps } = this.sets(this.sceneOf(v.uri))
        // Both in one packet (STAP-A).
        packet(Buffer.concat([Buffer.from([0x78, 0, sps.length]), sps, Buffer.from([0, pps.length]), pps]), false, time)
      }
      nal(slice, true, time)
    }
    one()
    // Catches up with the clock instead of drifting behind it.
    v.timer = setInterval(() => { for (let i = 0; i < 3 && n < ((this.now() - began) / 1000) * fps; i++) one() }, 1000 / fps / 2)
  }
}
