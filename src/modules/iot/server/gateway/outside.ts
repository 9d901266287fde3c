// Brokers of others (ADR 0470): the gateway subscribes to the subtrees of the devices that are registered behind each, and takes what comes down the same road as at
// its own door. A message is acknowledged when it is stored, many at a time; when it cannot be stored the connection is dropped unacknowledged, and the broker, which
// keeps our session, sends again. The client is our own, on mqtt-packet: mqtt.js waits for one message to be dealt with before it reads the next (some forty a second).
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { generate, parser, type Packet } from 'mqtt-packet'
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { openText } from '../../../../kernel/seal.ts'
import type { Channels } from './channels.ts'
import { packetGuard } from './guard.ts'
import { store, TOPIC, type Reply } from './mqtt.ts'
import type { Pipeline } from './pipeline.ts'
import type { Known, Registry } from './registry.ts'

interface Settings {
  broker_id: string
  host: string
  port: number
  tls: boolean
  ca: string | null
  username: string | null
  password: string | null
  prefix: string
}
const AGAIN_MS = [500, 1000, 2000, 5000, 10_000, 30_000]
const KEEPALIVE_S = 30
const PING_MS = 20_000
const DEAD_MS = 45_000
const CONNECT_MS = 10_000
/** Messages that wait for the database at the same time; above it nothing more is read. */
const PENDING_MAX = 500
/** After a connection what waited in the session comes first. What carries no time of its own within this is of then, not of now: it never acts. */
const BACKLOG_MS = 10_000
const KINDS = ['telemetry', 'event', 'state', 'cmd/+/reply'] as const
const REFUSED: Record<number, string> = { 1: '对方不支持 MQTT 3.1.1', 2: '对方不接受我们的客户端号', 3: '对方暂不可用', 4: '账号或口令不对', 5: '对方不允许连接' }
const WHY: Record<string, string> = { ECONNREFUSED: '对方拒绝连接', ENOTFOUND: '主机名找不到', EHOSTUNREACH: '主机不可达', ETIMEDOUT: '连接超时', DEPTH_ZERO_SELF_SIGNED_CERT: '对方证书是自签的,请填 CA 证书', SELF_SIGNED_CERT_IN_CHAIN: '对方证书不被信任,请填 CA 证书', UNABLE_TO_VERIFY_LEAF_SIGNATURE: '对方证书不被信任,请填 CA 证书', CERT_HAS_EXPIRED: '对方证书已过期', ERR_TLS_CERT_ALTNAME_INVALID: '对方证书与主机名不符' }

interface Handlers {
  onMessage: (topic: string, body: Uint8Array, how: { kept: boolean; again: boolean }) => Promise<void>
  onLine: (why: string | null) => void
}
/** One connection that comes back by itself. */
export class Link {
  private readonly s: Settings
  private readonly h: Handlers
  private socket: Socket | undefined
  private ready = false
  private stopped = false
  private tries = 0
  private heard_ms = 0
  private since_ms = 0
  private pending = 0
  private again: NodeJS.Timeout | undefined
  private readonly ping: NodeJS.Timeout
  constructor(s: Settings, h: Handlers) {
    this.s = s
    this.h = h
    this.ping = setInterval(() => this.beat(), PING_MS)
    this.open()
  }
  get connected(): boolean {
    return this.ready
  }
  private get prefix(): string {
    return this.s.prefix === '' ? '' : `${this.s.prefix}/`
  }
  private open(): void {
    const to = { host: this.s.host, port: this.s.port }
    const socket: Socket = this.s.tls ? connectTls({ ...to, ...(isIP(this.s.host) ? {} : { servername: this.s.host }), ...(this.s.ca ? { ca: this.s.ca } : {}) }) : connectTcp(to)
    this.socket = socket
    const read = parser({ protocolVersion: 4 })
    const good = packetGuard()
    let why = '连接被关闭'
    const limit = setTimeout(() => socket.destroy(new Error('对方没有应答')), CONNECT_MS)
    socket.setNoDelay(true)
    socket.once(this.s.tls ? 'secureConnect' : 'connect', () => {
      this.heard_ms = nowMs()
      this.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: false, clientId: `heyuan-${this.s.broker_id}`, keepalive: KEEPALIVE_S, ...(this.s.username ? { username: this.s.username } : {}), ...(this.s.password ? { password: Buffer.from(this.s.password) } : {}) })
    })
    read.on('packet', (p) => {
      this.heard_ms = nowMs()
      if (p.cmd === 'connack') {
        clearTimeout(limit)
        if (p.returnCode) return socket.destroy(new Error(REFUSED[p.returnCode] ?? `对方拒绝连接(${p.returnCode})`))
        this.since_ms = nowMs()
        this.send({ cmd: 'subscribe', messageId: 1, subscriptions: KINDS.map((k) => ({ topic: `${this.prefix}v1/+/${k}`, qos: 1 as const })) })
      } else if (p.cmd === 'suback') {
        if (p.granted.some((g) => g === 128)) return socket.destroy(new Error('对方不允许订阅,请核对账号的权限和主题前缀'))
        this.ready = true
        this.tries = 0
        this.h.onLine(null)
      } else if (p.cmd === 'publish') this.arrived(socket, p.topic, Buffer.from(p.payload as Buffer), p.qos === 1 ? p.messageId : undefined, p.retain)
    })
    read.on('error', () => socket.destroy(new Error('收到的不是 MQTT')))
    socket.on('data', (chunk: Buffer) => (good(chunk) ? void read.parse(chunk) : socket.destroy(new Error('对方发来的一条消息过大'))))
    socket.on('error', (e: NodeJS.ErrnoException) => (why = WHY[e.code ?? ''] ?? (/[一-鿿]/.test(e.message) ? e.message : `连接出错(${e.code ?? e.message})`)))
    socket.on('close', () => {
      clearTimeout(limit)
      if (this.socket !== socket) return
      this.socket = undefined
      this.ready = false
      this.pending = 0
      if (this.stopped) return
      this.h.onLine(why)
      this.again = setTimeout(() => this.open(), AGAIN_MS[Math.min(this.tries++, AGAIN_MS.length - 1)])
    })
  }
  private arrived(socket: Socket, topic: string, body: Uint8Array, message_id: number | undefined, retained: boolean): void {
    const told = topic.startsWith(this.prefix) ? topic.slice(this.prefix.length) : ''
    if (++this.pending > PENDING_MAX) socket.pause()
    this.h.onMessage(told, body, { kept: retained, again: nowMs() - this.since_ms < BACKLOG_MS }).then(
      () => {
        if (this.socket !== socket) return
        if (message_id !== undefined) this.send({ cmd: 'puback', messageId: message_id })
        if (--this.pending <= PENDING_MAX) socket.resume()
      },
      // Not stored: unacknowledged it comes again.
      () => socket.destroy(new Error('数据库没有收下,稍后重连')),
    )
  }
  /** To whoever listens there now: at most once, never kept (H2). */
  publish(topic: string, body: string): boolean {
    if (!this.ready) return false
    this.send({ cmd: 'publish', topic: this.prefix + topic, payload: Buffer.from(body), qos: 0, retain: false, dup: false })
    return true
  }
  private send(p: Packet): void {
    if (this.socket && !this.socket.destroyed) this.socket.write(generate(p))
  }
  private beat(): void {
    if (!this.ready) return
    if (nowMs() - this.heard_ms > DEAD_MS) return void this.socket?.destroy(new Error('对方没有应答'))
    this.send({ cmd: 'pingreq' })
  }
  /** The session stays at the broker: what comes meanwhile waits for the next gateway. */
  stop(): void {
    this.stopped = true
    clearInterval(this.ping)
    clearTimeout(this.again)
    this.ready = false
    if (this.socket) {
      this.send({ cmd: 'disconnect' })
      this.socket.end()
      setTimeout(() => this.socket?.destroy(), 500).unref()
    }
  }
}

export class Brokers {
  private readonly app: App
  private readonly registry: Registry
  private readonly pipeline: Pipeline
  private readonly channels: Channels
  private readonly onReply: Reply
  private readonly links = new Map<string, { company_id: number; key: string; link: Link }>()
  constructor(app: App, registry: Registry, pipeline: Pipeline, channels: Channels, onReply: Reply) {
    this.app = app
    this.registry = registry
    this.pipeline = pipeline
    this.channels = channels
    this.onReply = onReply
  }
  async load(company_id: number): Promise<void> {
    const rows = await inTransaction(this.app.d, { company_id, readOnly: true }, async (tx) => (await sql<Omit<Settings, 'password'> & { password_sealed: string | null }>`select broker_id, host, port, tls, ca, username, password_sealed, prefix from iot.broker where company_id = ${company_id} and stopped_at is null`.execute(tx.db)).rows)
    const keys = new Map(rows.map((r) => [r.broker_id, JSON.stringify(r)]))
    for (const [id, x] of this.links) if (x.company_id === company_id && keys.get(id) !== x.key) this.end(id)
    for (const { password_sealed, ...r } of rows) {
      if (this.links.has(r.broker_id)) continue
      const link = new Link({ ...r, password: password_sealed ? openText(password_sealed) : null }, {
        onMessage: (topic, body, how) => this.take(company_id, r.broker_id, topic, body, how),
        onLine: (why) => (why === null ? this.channels.open(company_id, r.broker_id) : this.channels.closed(company_id, r.broker_id, why)),
      })
      this.links.set(r.broker_id, { company_id, key: keys.get(r.broker_id)!, link })
    }
  }
  async loadAll(): Promise<void> {
    for (const c of this.registry.companies) await this.load(c)
  }
  /** Only of a device that is registered behind this broker. Whoever else speaks there is counted and left; acknowledged, so that it blocks nobody. */
  private async take(company_id: number, broker_id: string, topic: string, body: Uint8Array, how: { kept: boolean; again: boolean }): Promise<void> {
    const [, id, kind, command_id] = TOPIC.exec(topic) ?? []
    const d = id === undefined ? undefined : this.registry.devices.get(id)
    if (!d || d.company_id !== company_id || d.broker_id !== broker_id) return this.channels.refused(company_id, broker_id, `没有登记在这里的设备 ${id ?? topic.slice(0, 60)}`)
    await store({ pipeline: this.pipeline, onReply: this.onReply }, d, kind!, command_id, body, how)
    this.channels.heard(company_id, broker_id)
  }
  connected(d: Known): boolean {
    return d.broker_id !== null && this.links.get(d.broker_id)?.link.connected === true
  }
  send(d: Known, topic: string, body: string): boolean {
    return d.broker_id !== null && this.links.get(d.broker_id)?.link.publish(topic, body) === true
  }
  private end(id: string): void {
    this.links.get(id)?.link.stop()
    this.links.delete(id)
    this.channels.forget(id)
  }
  stop(): void {
    for (const id of this.links.keys()) this.end(id)
  }
}
