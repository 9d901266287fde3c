// A device of GB/T 28181 at its wire, written from the standard (2016: 9.1 registration, 9.2 live, 9.5 catalogue, 9.6 keep-alive, 9.7 recordings, 9.8 playback, annexes A, C, F) and not
// from our platform: a recorder with channels. It can misbehave as devices in the field do.
import { createHash, randomBytes } from 'node:crypto'
import { createSocket, type Socket as Udp } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import { gbk } from '../gbk.ts'
import { Encoder, parameterSets } from './encoder.ts'
import { proofOf, type GbMischief } from './gb_proof.ts'
import { draw, type Scene } from './picture.ts'
import { packPicture, packSound } from './ps_muxer.ts'

export interface SimGbDevice {
  code: string
  password: string
  server: { code: string; host: string; port: number }
  channels: readonly { code: string; name: string; no: number; ptz?: boolean }[]
  signal?: 'udp' | 'tcp'
  /** The address it speaks from. */
  from?: string
  fps?: number
  keep_ms?: number
  /** A device of the 2022 edition says so, and proves its password with this. */
  edition_2022?: 'MD5' | 'SHA-256' | 'SM3'
}
const MTU = 1400
const KEY_EVERY_S = 2
const PIECE = 2
const md5 = (s: string): string => createHash('md5').update(s).digest('hex')
const hex = (): string => randomBytes(6).toString('hex')
interface Message {
  first: string
  headers: Map<string, string>
  vias: string[]
  body: Buffer
}
interface Stream {
  call_id: string
  channel: string
  timer: NodeJS.Timeout | undefined
  udp?: Udp
  tcp?: Socket
}
const china = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19)
const tag = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''

export class GbDevice {
  readonly config: SimGbDevice
  mischief: GbMischief = {}
  /** What happened, for tests. */
  registered = false
  answers: number[] = []
  /** How often it was asked to prove itself. */
  challenges = 0
  dates: string[] = []
  calls = 0
  acks = 0
  byes = 0
  turned: string[] = []
  subscribed = false
  alarm_answers: string[] = []
  readonly streams = new Map<string, Stream>()
  private udp: Udp | undefined
  private tcp: Socket | undefined
  private held = ''
  private port = 0
  private cseq = 0
  private proof: string | undefined
  private timers: NodeJS.Timeout[] = []
  private readonly waiting = new Map<string, (m: Message) => void>()
  private readonly confirmed = new Set<string>()
  private readonly scenes = new Map<string, { pan: number; tilt: number; zoom: number }>()
  private over = false
  private readonly now: () => number
  constructor(config: SimGbDevice, now: () => number) {
    this.config = config
    this.now = now
  }
  get from(): string {
    return this.config.from ?? '127.0.0.1'
  }
  async start(): Promise<this> {
    if (this.config.signal === 'tcp') await this.connect()
    else {
      const udp = createSocket('udp4')
      await new Promise<void>((done, fail) => udp.once('error', fail).bind(0, this.from, done))
      udp.on('message', (b) => this.read(b))
      udp.on('error', () => {})
      this.udp = udp
      this.port = udp.address().port
    }
    void this.life()
    return this
  }
  private async connect(): Promise<void> {
    const { host, port } = this.config.server
    const s = connect({ host, port, localAddress: this.from })
    await new Promise<void>((done, fail) => s.once('error', fail).once('connect', () => done()))
    s.on('error', () => {})
    s.on('data', (d) => {
      this.held += d.toString('latin1')
      for (;;) {
        const end = this.held.indexOf('\r\n\r\n')
        const n = Number(/content-length:\s*(\d+)/i.exec(this.held)?.[1] ?? 0)
        if (end < 0 || this.held.length < end + 4 + n) return
        this.read(Buffer.from(this.held.slice(0, end + 4 + n), 'latin1'))
        this.held = this.held.slice(end + 4 + n)
      }
    })
    this.tcp = s
    this.port = s.localPort ?? 0
  }
  private async life(): Promise<void> {
    while (!this.over) {
      if (!this.registered) await this.register().catch(() => {})
      else if (!this.mischief.silent) await this.keepAlive().catch(() => {})
      await new Promise<void>((done) => this.timers.push(setTimeout(done, this.registered ? (this.config.keep_ms ?? 60_000) : 2_000)))
    }
  }
  /** What the platform says it speaks. */
  platform_version: string | undefined
  /** 200, or why not. */
  async register(expires = 3600): Promise<number> {
    const { server, code } = this.config
    const uri = `sip:${server.code}@${server.code.slice(0, 10)}`
    const send = (auth?: string): Promise<Message> => this.ask('REGISTER', uri, [['Contact', `<sip:${code}@${this.from}:${this.port}>`], ['Expires', String(expires)], ...(this.config.edition_2022 ? [['X-GB-Ver', '3.0'] as const] : []), ...(auth ? [['Authorization', auth] as const] : [])], Buffer.alloc(0), code)
    let a = await send(this.mischief.reuse_nonce ? this.proof : undefined)
    for (let tries = 0; a.first.includes(' 401 ') && tries < 2; tries++) {
      this.challenges++
      const c = a.headers.get('www-authenticate') ?? ''
      this.proof = proofOf(c, { code, password: this.config.password, uri, by: this.config.edition_2022 ?? 'MD5' })
      a = await send(this.proof)
    }
    const status = Number(a.first.split(' ')[1])
    this.answers.push(status)
    this.platform_version = a.headers.get('x-gb-ver')
    const date = a.headers.get('date')
    if (date) this.dates.push(date)
    this.registered = status === 200 && expires > 0
    return status
  }
  async keepAlive(): Promise<number> {
    const a = await this.message(`<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>${++this.cseq}</SN>\r\n<DeviceID>${this.config.code}</DeviceID>\r\n<Status>OK</Status>\r\n</Notify>`)
    const status = Number(a.first.split(' ')[1])
    // Whom the platform does not know any more registers again.
    if (status !== 200) this.registered = false
    return status
  }
  async alarm(o: { channel: string; priority: number; method: number; type?: number; said?: string; at_ms?: number; notify?: boolean }): Promise<number> {
    const xml = `<Notify>\r\n<CmdType>Alarm</CmdType>\r\n<SN>${++this.cseq}</SN>\r\n<DeviceID>${o.channel}</DeviceID>\r\n<AlarmPriority>${o.priority}</AlarmPriority>\r\n<AlarmMethod>${o.method}</AlarmMethod>\r\n<AlarmTime>${china(o.at_ms ?? this.now())}</AlarmTime>\r\n<AlarmDescription>${o.said ?? ''}</AlarmDescription>\r\n${o.type ? `<Info>\r\n<AlarmType>${o.type}</AlarmType>\r\n</Info>\r\n` : ''}</Notify>`
    return Number((await this.message(xml, o.notify ? 'NOTIFY' : 'MESSAGE')).first.split(' ')[1])
  }
  private message(xml: string, method = 'MESSAGE'): Promise<Message> {
    const { server } = this.config
    return this.ask(method, `sip:${server.code}@${server.code.slice(0, 10)}`, [['Content-Type', 'Application/MANSCDP+xml'], ...(method === 'NOTIFY' ? ([['Event', 'presence'], ['Subscription-State', 'active;expires=90;retry-after=0']] as const) : [])], gbk(`<?xml version="1.0" encoding="GB2312"?>\r\n${xml}\r\n`))
  }
  private ask(method: string, uri: string, headers: readonly (readonly [string, string])[], body: Buffer, to?: string, call_id = hex()): Promise<Message> {
    const { code, server } = this.config
    const branch = `z9hG4bK${hex()}`
    const domain = server.code.slice(0, 10)
    const bytes = Buffer.concat([Buffer.from([`${method} ${uri} SIP/2.0`, `Via: SIP/2.0/${this.tcp ? 'TCP' : 'UDP'} ${this.from}:${this.port};rport;branch=${branch}`, `From: <sip:${code}@${domain}>;tag=${hex()}`, `To: <sip:${to ?? server.code}@${domain}>`, `Call-ID: ${call_id}`, `CSeq: ${++this.cseq} ${method}`, 'Max-Forwards: 70', 'User-Agent: SIM GB Recorder', ...headers.map(([k, v]) => `${k}: ${v}`), `Content-Length: ${body.length}`, '', ''].join('\r\n'), 'latin1'), body])
    return new Promise((done, fail) => {
      let tries = 0
      const send = (): void => {
        if (this.over || tries++ > 6) {
          this.waiting.delete(branch)
          return fail(new Error('no answer'))
        }
        this.send(bytes)
        if (this.mischief.twice && tries === 1) this.send(bytes)
        timer = setTimeout(send, 500 * tries)
        this.timers.push(timer)
      }
      let timer: NodeJS.Timeout
      this.waiting.set(branch, (m) => {
        clearTimeout(timer)
        this.waiting.delete(branch)
        done(m)
      })
      send()
    })
  }
  private send(b: Buffer): void {
    if (this.over) return
    if (this.tcp) this.tcp.write(b)
    else this.udp?.send(b, this.config.server.port, this.config.server.host, () => {})
  }
  private read(b: Buffer): void {
    const end = b.indexOf('\r\n\r\n')
    if (end < 0 || this.over) return
    const [first = '', ...lines] = b.toString('latin1', 0, end).split('\r\n')
    const m: Message = { first, headers: new Map(), vias: [], body: b.subarray(end + 4) }
    for (const l of lines) {
      const [k = '', v = ''] = [l.slice(0, l.indexOf(':')).trim().toLowerCase(), l.slice(l.indexOf(':') + 1).trim()]
      if (k === 'via') m.vias.push(v)
      m.headers.set(k, m.headers.get(k) ?? v)
    }
    if (first.startsWith('SIP/2.0')) return this.waiting.get(/branch=([^;\s]+)/.exec(m.vias[0] ?? '')?.[1] ?? '')?.(m)
    this.asked(first.split(' ')[0]!, m)
  }
  private reply(m: Message, status: string, headers: readonly string[] = [], body = Buffer.alloc(0)): void {
    const to = m.headers.get('to') ?? ''
    this.send(Buffer.concat([Buffer.from([`SIP/2.0 ${status}`, ...m.vias.map((v) => `Via: ${v}`), `From: ${m.headers.get('from')}`, `To: ${/tag=/.test(to) ? to : `${to};tag=${md5(`${m.headers.get('call-id')}${this.config.code}`).slice(0, 10)}`}`, `Call-ID: ${m.headers.get('call-id')}`, `CSeq: ${m.headers.get('cseq')}`, 'User-Agent: SIM GB Recorder', ...headers, `Content-Length: ${body.length}`, '', ''].join('\r\n'), 'latin1'), body]))
  }
  private asked(method: string, m: Message): void {
    const call_id = m.headers.get('call-id') ?? ''
    if (method === 'MESSAGE') {
      this.reply(m, '200 OK')
      return this.told(m.body.toString('latin1'))
    }
    if (method === 'SUBSCRIBE') {
      this.subscribed = true
      return this.reply(m, '200 OK', [`Expires: ${m.headers.get('expires')}`])
    }
    if (method === 'ACK') {
      this.acks++
      this.confirmed.add(call_id)
      return
    }
    if (method === 'BYE') {
      this.byes++
      this.hangUp(call_id)
      return this.reply(m, '200 OK')
    }
    if (method === 'CANCEL') return this.reply(m, '200 OK')
    if (method === 'INVITE') return this.rung(m, call_id)
    this.reply(m, '405 Method Not Allowed')
  }
  private told(xml: string): void {
    const [cmd, sn, target] = [tag(xml, 'CmdType'), tag(xml, 'SN'), tag(xml, 'DeviceID')]
    if (xml.includes('<Response>')) return void this.alarm_answers.push(`${cmd} ${tag(xml, 'Result')}`)
    if (cmd === 'Catalog') return this.catalog(sn)
    if (cmd === 'DeviceInfo') return void this.message(`<Response>\r\n<CmdType>DeviceInfo</CmdType>\r\n<SN>${sn}</SN>\r\n<DeviceID>${this.config.code}</DeviceID>\r\n<DeviceName>国标录像机</DeviceName>\r\n<Result>OK</Result>\r\n<Manufacturer>样例厂</Manufacturer>\r\n<Model>SIM-NVR-GB</Model>\r\n<Firmware>V2.1</Firmware>\r\n<Channel>${this.config.channels.length}</Channel>\r\n</Response>`).catch(() => {})
    if (cmd === 'RecordInfo') return this.recordings(sn, target, tag(xml, 'StartTime'), tag(xml, 'EndTime'))
    if (cmd === 'DeviceControl') this.turn(target, tag(xml, 'PTZCmd'))
  }
  private catalog(sn: string): void {
    const list = this.config.channels
    const item = (k: SimGbDevice['channels'][number]): string => `<Item>\r\n<DeviceID>${k.code}</DeviceID>\r\n<Name>${k.name}</Name>\r\n<Manufacturer>样例厂</Manufacturer>\r\n<Model>SIM-IPC</Model>\r\n<Owner>Owner</Owner>\r\n<CivilCode>340200</CivilCode>\r\n<Address>&lt;门口&gt;</Address>\r\n<Parental>0</Parental>\r\n<ParentID>${this.config.code}</ParentID>\r\n<SafetyWay>0</SafetyWay>\r\n<RegisterWay>1</RegisterWay>\r\n<Secrecy>0</Secrecy>\r\n<Status>ON</Status>\r\n<Info>\r\n<PTZType>${k.ptz ? 1 : 3}</PTZType>\r\n</Info>\r\n</Item>`
    // An input for alarms is in the list too, and is no camera.
    const items = [...list.map(item), `<Item>\r\n<DeviceID>${this.config.code.slice(0, 10)}134${this.config.code.slice(13)}</DeviceID>\r\n<Name>报警输入1</Name>\r\n<Status>ON</Status>\r\n</Item>`]
    const send = async (): Promise<void> => {
      for (let at = 0; at < items.length; at += PIECE) {
        if (this.mischief.cut_catalog && at >= PIECE) return
        const piece = items.slice(at, at + PIECE)
        await this.message(`<Response>\r\n<CmdType>Catalog</CmdType>\r\n<SN>${sn}</SN>\r\n<DeviceID>${this.config.code}</DeviceID>\r\n<SumNum>${items.length}</SumNum>\r\n<DeviceList Num="${piece.length}">\r\n${piece.join('\r\n')}\r\n</DeviceList>\r\n</Response>`)
      }
    }
    void send().catch(() => {})
  }
  /** Half hours up to now, with a hole at noon. */
  private recordings(sn: string, target: string, from: string, to: string): void {
    const [begin, end] = [Date.parse(`${from}+08:00`), Math.min(Date.parse(`${to}+08:00`), this.now())]
    const items: string[] = []
    for (let at = begin; at < end; at += 1_800_000) if (!china(at).includes('T12:')) items.push(`<Item>\r\n<DeviceID>${target}</DeviceID>\r\n<Name>rec</Name>\r\n<StartTime>${china(at)}</StartTime>\r\n<EndTime>${china(Math.min(at + 1_800_000, end))}</EndTime>\r\n<Secrecy>0</Secrecy>\r\n<Type>time</Type>\r\n</Item>`)
    const send = async (): Promise<void> => {
      for (let at = 0; at < Math.max(1, items.length); at += 10) await this.message(`<Response>\r\n<CmdType>RecordInfo</CmdType>\r\n<SN>${sn}</SN>\r\n<DeviceID>${target}</DeviceID>\r\n<Name>rec</Name>\r\n<SumNum>${items.length}</SumNum>\r\n<RecordList Num="${items.slice(at, at + 10).length}">\r\n${items.slice(at, at + 10).join('\r\n')}\r\n</RecordList>\r\n</Response>`)
    }
    void send().catch(() => {})
  }
  /** Eight bytes in letters; what does not add up is not done (A.3.1). */
  private turn(channel: string, command: string): void {
    const b = Buffer.from(command, 'hex')
    if (b.length !== 8 || b[0] !== 0xa5 || b.subarray(0, 7).reduce((n, x) => n + x, 0) % 256 !== b[7] || (b[1]! & 15) !== ((b[0]! >> 4) + (b[0]! & 15) + (b[1]! >> 4)) % 16) return void this.turned.push('wrong')
    const what = b[3]!
    this.turned.push([what & 1 ? 'right' : what & 2 ? 'left' : '', what & 4 ? 'down' : what & 8 ? 'up' : '', what & 16 ? 'in' : what & 32 ? 'out' : ''].filter(Boolean).join(' ') || 'stop')
    const s = this.scenes.get(channel) ?? { pan: 0, tilt: 0, zoom: 0 }
    this.scenes.set(channel, { pan: s.pan + (what & 1 ? 32 : what & 2 ? -32 : 0), tilt: Math.max(-96, Math.min(48, s.tilt + (what & 8 ? 16 : what & 4 ? -16 : 0))), zoom: 0 })
  }
  private rung(m: Message, call_id: string): void {
    if (this.streams.has(call_id)) return
    this.calls++
    const sdp = m.body.toString('latin1')
    const target = /sip:(\d{20})@/.exec(m.first)?.[1] ?? ''
    const channel = this.config.channels.find((k) => k.code === target)
    if (this.mischief.refuse) return this.reply(m, `${this.mischief.refuse} Busy Here`)
    if (!channel) return this.reply(m, '404 Not Found')
    const media = /^m=video (\d+) (\S+) /m.exec(sdp)
    const [host, port, tcp, ssrc] = [/^c=IN IP4 ([\d.]+)/m.exec(sdp)?.[1] ?? '', Number(media?.[1]), media?.[2]?.startsWith('TCP') ?? false, /^y=(\d+)/m.exec(sdp)?.[1] ?? '0']
    const [, from_s, to_s] = /^t=(\d+) (\d+)/m.exec(sdp) ?? []
    const recorded = /^s=Playback/m.test(sdp)
    const mine = this.mischief.own_ssrc ? '0200009999' : ssrc
    const stream: Stream = { call_id, channel: target, timer: undefined }
    this.streams.set(call_id, stream)
    this.reply(m, '100 Trying')
    const answer = Buffer.from([`v=0`, `o=${target} 0 0 IN IP4 ${this.from}`, `s=${recorded ? 'Playback' : 'Play'}`, `c=IN IP4 ${this.from}`, `t=${from_s ?? 0} ${to_s ?? 0}`, `m=video ${tcp ? 9 : 30_000} ${tcp ? 'TCP/RTP/AVP' : 'RTP/AVP'} 96`, 'a=sendonly', 'a=rtpmap:96 PS/90000', ...(tcp ? ['a=setup:active', 'a=connection:new'] : []), `y=${mine}`, 'f=', ''].join('\r\n'))
    const yes = (): void => this.reply(m, '200 OK', [`Contact: <sip:${target}@${this.from}:${this.port}>`, 'Content-Type: APPLICATION/SDP'], answer)
    const begin = (): void => {
      if (this.over || !this.streams.has(call_id)) return
      yes()
      // Sent again until it is confirmed; then the pictures begin (9.2.2.2).
      let tries = 0
      stream.timer = setInterval(() => {
        if (this.confirmed.has(call_id)) {
          clearInterval(stream.timer)
          return this.play(stream, { host, port, tcp, ssrc: this.mischief.wrong_ssrc ? 77 : Number(mine), no: channel.no, from_ms: recorded ? Number(from_s) * 1000 : null, to_ms: recorded ? Number(to_s) * 1000 : null })
        }
        if (++tries % 25 === 0) yes()
        if (tries > 1600) this.hangUp(call_id)
      }, 20)
    }
    if (this.mischief.late_ms) this.timers.push(setTimeout(begin, this.mischief.late_ms))
    else begin()
  }
  private hangUp(call_id: string): void {
    const s = this.streams.get(call_id)
    if (!s) return
    clearInterval(s.timer)
    s.udp?.close()
    s.tcp?.destroy()
    this.streams.delete(call_id)
  }
  private play(s: Stream, o: { host: string; port: number; tcp: boolean; ssrc: number; no: number; from_ms: number | null; to_ms: number | null }): void {
    if (this.mischief.mute) return
    if (o.tcp) {
      s.tcp = connect({ host: o.host, port: o.port, localAddress: this.from, noDelay: true })
      s.tcp.on('error', () => {})
      s.tcp.on('close', () => this.hangUp(s.call_id))
    } else s.udp = createSocket('udp4').on('error', () => {})
    const fps = this.config.fps ?? 10
    const encoder = new Encoder()
    const sets = parameterSets(320, 240, fps)
    const began = this.now()
    let n = 0
    let seq = Math.floor(Math.random() * 65_536)
    let count = 0
    let kept: Buffer | undefined
    const out = (b: Buffer): void => {
      if (!s.tcp) return void s.udp?.send(b, o.port, o.host, () => {})
      const head = Buffer.alloc(2)
      head.writeUInt16BE(b.length)
      s.tcp.write(Buffer.concat([head, b]))
    }
    const packets = (ps: Buffer, time: number): void => {
      for (let at = 0; at < ps.length; at += MTU) {
        const head = Buffer.alloc(12)
        head[0] = 0x80
        head[1] = 96 | (at + MTU >= ps.length ? 128 : 0)
        head.writeUInt16BE(seq, 2)
        head.writeUInt32BE(time >>> 0, 4)
        head.writeUInt32BE(o.ssrc, 8)
        seq = (seq + 1) & 0xffff
        if (this.mischief.lose_every && ++count % this.mischief.lose_every === 0) continue
        const b = Buffer.concat([head, ps.subarray(at, at + MTU)])
        if (this.mischief.swap && !kept) {
          kept = b
          continue
        }
        out(b)
        if (kept) out(kept)
        kept = undefined
      }
    }
    const one = (): void => {
      if (s.tcp && s.tcp.writableLength > 4_000_000) return
      const at = o.from_ms === null ? this.now() : o.from_ms + (n * 1000) / fps
      if (o.to_ms !== null && at >= o.to_ms) {
        clearInterval(s.timer)
        void this.message(`<Notify>\r\n<CmdType>MediaStatus</CmdType>\r\n<SN>${++this.cseq}</SN>\r\n<DeviceID>${s.channel}</DeviceID>\r\n<NotifyType>121</NotifyType>\r\n</Notify>`).catch(() => {})
        return
      }
      const key = n % (fps * KEY_EVERY_S) === 0
      const pts = 90_000 + Math.round((n * 90_000) / fps)
      const turned = this.scenes.get(s.channel)
      const scene: Scene = { no: o.no, width: 320, height: 240, pan: turned?.pan ?? 0, tilt: turned?.tilt ?? 0 }
      const slice = this.mischief.h265 ? Buffer.from([0x26, 1, 2, 3, 4]) : encoder.encode(draw(scene, at), key)
      packets(packPicture(key ? (this.mischief.h265 ? [Buffer.from([0x40, 1, 1]), slice] : [sets.sps, sets.pps, slice]) : [slice], { pts, key, ...(this.mischief.h265 ? { h265: true } : {}), ...(this.mischief.unbounded ? { unbounded: true } : {}) }), pts)
      if (n % 5 === 4) packets(packSound(pts), pts)
      n++
    }
    one()
    s.timer = setInterval(() => { for (let i = 0; i < 3 && n < ((this.now() - began) / 1000) * fps; i++) one() }, 1000 / fps / 2)
  }
  /** Gone without a word, as after a cut of the power. */
  async stop(): Promise<void> {
    this.over = true
    for (const t of this.timers) clearTimeout(t)
    for (const id of [...this.streams.keys()]) this.hangUp(id)
    this.tcp?.destroy()
    await new Promise<void>((done) => (this.udp ? this.udp.close(() => done()) : done()))
  }
}
