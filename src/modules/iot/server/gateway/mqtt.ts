// The door for devices that speak MQTT 3.1.1: an embedded broker (ADR 0320) that lets each device into its own subtree v1/{device_id}/ only, and
// acknowledges what it sent when it is stored. Sessions are never kept: nothing may wait in a broker and be delivered hours later (H2).
import { createServer, type Server, type Socket } from 'node:net'
import { callbackify } from 'node:util'
import { Aedes, type AedesOptions, type AedesPublishPacket, type Client } from 'aedes'
import { nowMs } from '../../../../kernel/clock.ts'
import { uuidv7 } from '../../../../kernel/ids.ts'
import { log } from '../../../../kernel/log.ts'
import { guarded } from './guard.ts'
import { arrived, through } from './line.ts'
import { readEvents, readTelemetry, replayAfterMs } from './message.ts'
import type { Pipeline } from './pipeline.ts'
import type { Feeds } from './feeds.ts'
import type { Known, Registry } from './registry.ts'
import { secretMatches } from './secrets.ts'

/** Messages of one device that wait for the database at the same time. */
const UNACKED_MAX = 500
const CLIENTS_MAX = 20_000
export type Reply = (device: Known, command_id: string, body: Uint8Array) => Promise<void>

export interface Mqtt {
  /** Of the plain door; 0: there is none. */
  port: number
  /** A device that came by another door. */
  attach(socket: Socket): void
  /** To a device that is connected now, or not at all. */
  send(device_id: string, topic: string, body: string): boolean
  connected(device_id: string): boolean
  close(): Promise<void>
}
interface Door {
  host: string
  port: number | null
  registry: Registry
  pipeline: Pipeline
  onReply?: Reply
  onConnect?: (device: Known) => void
  feeds?: Feeds
}
export const TOPIC = /^v1\/([0-9a-f-]{36})\/(telemetry|event|state|cmd\/([0-9a-f-]{36})\/reply)$/

/** `again`: it was sent before, or lay at another broker; what carries no time of its own is then in doubt. `kept`: as somebody's last word (retained), which is of the past. */
export async function store(o: { pipeline: Pipeline; onReply?: Reply }, d: Known, kind: string, command_id: string | undefined, body: Uint8Array, how: { again?: boolean; kept?: boolean } = {}): Promise<void> {
  const received = nowMs()
  const past = <T extends { replay: boolean; own_time: boolean }>(items: readonly T[]): readonly T[] => (how.kept ? items.map((i) => ({ ...i, replay: i.replay || !i.own_time })) : items)
  // What cannot be read is acknowledged all the same: sent again it would not become better, and would block what is behind it.
  if (kind === 'telemetry') {
    const read = readTelemetry(body, received, replayAfterMs(d))
    return read.ok ? o.pipeline.telemetry(d, past(read.items), received, how.again) : o.pipeline.refuse(d, read.why)
  }
  if (kind === 'event') {
    const read = readEvents(body, received, replayAfterMs(d), uuidv7)
    return read.ok ? o.pipeline.events(d, past(read.items), received, how.again) : o.pipeline.refuse(d, read.why)
  }
  if (kind === 'state') return tellState(d, body, received, o.pipeline)
  o.pipeline.heard(d, received)
  if (command_id) await o.onReply?.(d, command_id, body)
}
/** A last will says at once that the device is gone; `{"online": true}` that it is there. */
function tellState(d: Known, body: Uint8Array, now: number, pipeline: Pipeline): void {
  let said: unknown
  try {
    said = JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return pipeline.refuse(d, '状态不是 JSON')
  }
  if ((said as { online?: unknown } | null)?.online !== false) return pipeline.heard(d, now)
  // Whether it stays away is asked by the clock, as of those who fall silent (fallenSilent).
  if (d.moving.conn !== 'offline') d.moving.left = true
  d.moving.conn = 'offline'
  d.moving.conn_ms = now
  d.moving.dirty = true
}

/** Who may connect, say what, and hear what. */
function rights(o: Door, brokerOf: () => Aedes): AedesOptions {
  const unacked = new WeakMap<Client, number>()
  const publish = callbackify(async (client: Client | null, packet: { topic: string; payload: Uint8Array | string; retain: boolean; dup?: boolean }): Promise<void> => {
    if (client && o.feeds?.is(client)) {
      packet.retain = false
      return o.feeds.published(client, packet.topic, Buffer.from(packet.payload))
    }
    const [, id, kind, command_id] = TOPIC.exec(packet.topic) ?? []
    const d = id === undefined ? undefined : o.registry.devices.get(id)
    if (!d || (client !== null && client.id !== id)) throw new Error('not its own topic')
    packet.retain = false
    const n = client ? (unacked.get(client) ?? 0) + 1 : 0
    if (n > UNACKED_MAX) throw new Error('too many unacknowledged messages')
    if (client) unacked.set(client, n)
    await store(o, d, kind!, command_id, Buffer.from(packet.payload), { again: packet.dup === true })
    if (client) unacked.set(client, (unacked.get(client) ?? 1) - 1)
  })
  return {
    preConnect: (_client, packet, done) => {
      packet.clean = true
      done(null, brokerOf().connectedClients < CLIENTS_MAX)
    },
    authenticate: (client, username, password, done) => {
      if (username && o.feeds?.admit(client, username, password)) return done(null, true)
      const d = username ? o.registry.devices.get(username) : undefined
      const right = d !== undefined && d.link === 'mqtt' && d.broker_id === null && d.secret_hash !== null && password !== undefined && client.id === d.device_id && secretMatches(password, d.secret_hash)
      if (!right) return done(Object.assign(new Error('refused'), { returnCode: 4 }), false)
      const now = nowMs()
      arrived(d.moving, replayAfterMs(d), now)
      through(d.moving, now, false)
      o.pipeline.heard(d, now)
      o.onConnect?.(d)
      done(null, true)
    },
    authorizeSubscribe: (client, sub, done) => (client && o.feeds?.is(client) ? done(null, o.feeds.maySubscribe(client, sub.topic) ? { ...sub, qos: 0 } : null) : done(null, sub.topic === `v1/${client.id}/cmd/#` || sub.topic === `v1/${client.id}/cmd/+` ? { ...sub, qos: 0 } : null)),
    authorizePublish: (client, packet, done) => publish(client, packet, (error) => done(error)),
    // What a device says goes to us and to nobody else, itself included: its answer lies below the subtree that it listens to.
    // A platform hears what we make for it (such a packet has no sender), and nothing of another client.
    authorizeForward: (client, packet) => (o.feeds?.is(client) ? ((packet as { clientId?: string }).clientId ? null : packet) : !/^v1\/[^/]+\/cmd\/[^/]+$/.test(packet.topic) ? null : packet),
  }
}

export async function startMqtt(o: Door): Promise<Mqtt> {
  const broker: Aedes = await Aedes.createBroker({ concurrency: 1000, connectTimeout: 10_000, drainTimeout: 30_000, queueLimit: 100, maxTopicLevels: 6, ...rights(o, () => broker) })
  broker.on('clientError', () => {})
  broker.on('connectionError', () => {})
  broker.on('ping', (_packet, client) => {
    const d = o.registry.devices.get(client.id)
    if (d) through(d.moving, nowMs(), false)
  })
  broker.on('subscribe', (subs, client) => o.feeds?.subscribed(client, subs.map((s) => s.topic)))
  broker.on('clientDisconnect', (client) => o.feeds?.gone(client))
  const attach = (socket: Socket): void => {
    socket.on('error', () => {})
    broker.handle(guarded(socket))
  }
  const server: Server | null = o.port === null ? null : createServer(attach)
  await new Promise<void>((done, failed) => {
    if (!server) return done()
    server.once('error', failed)
    server.listen(o.port!, o.host, done)
  })
  const port = server ? (server.address() as { port: number }).port : 0
  log('info', 'mqtt listens', { port })
  const clientOf = (device_id: string): (Client & { connected: boolean }) | undefined => (broker as unknown as { clients: Record<string, Client & { connected: boolean }> }).clients[device_id]
  return {
    port,
    attach,
    connected: (device_id) => clientOf(device_id)?.connected === true,
    send(device_id, topic, body) {
      const client = clientOf(device_id)
      if (!client?.connected) return false
      client.publish({ topic, payload: Buffer.from(body), qos: 0, retain: false, dup: false, cmd: 'publish' } as AedesPublishPacket, () => {})
      return true
    },
    async close() {
      await new Promise<void>((done) => broker.close(() => done()))
      if (server) await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
