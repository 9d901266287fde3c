// A broker of others (aedes, with TLS): acknowledged is stored, each once, through a broken line; only devices that are registered behind it are heard; what waited
// there without a time never acts; a command goes out once and is true by reading back.
import { webcrypto } from 'node:crypto'
import type { Socket } from 'node:net'
import { createServer, type Server } from 'node:tls'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { Aedes } from 'aedes'
import { sql } from 'kysely'
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { iot, type RuleBody } from '../../contract.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
let broker: Aedes
let server: Server
let port = 0
let pem = { key: '', cert: '' }
const sockets = new Set<Socket>()
const id: Record<string, string> = {}
const clients: MqttClient[] = []
/** Rows that lay in the database at each acknowledgement of the gateway. */
const acked: { ts: number; stored: boolean }[] = []
const looks: Promise<unknown>[] = []

async function certificate(): Promise<{ key: string; cert: string }> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])
  const alg = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(alg, true, ['sign', 'verify'])
  const day = 86_400_000
  const cert = await x509.X509CertificateGenerator.createSelfSigned({ serialNumber: '01', name: 'CN=broker', notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 365 * day), signingAlgorithm: alg, keys: keys as never, extensions: [new x509.BasicConstraintsExtension(true, 1, true), new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])] })
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return { key: `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)!.join('\n')}\n-----END PRIVATE KEY-----\n`, cert: cert.toString('pem') }
}
async function listen(): Promise<void> {
  server = createServer(pem, (s) => broker.handle(s as never))
  server.on('connection', (s) => (sockets.add(s), s.on('close', () => sockets.delete(s)), s.on('error', () => {})))
  server.on('tlsClientError', () => {})
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  port = (server.address() as { port: number }).port
}
async function kill(): Promise<void> {
  for (const s of sockets) s.destroy()
  await new Promise<void>((done) => server.close(() => done()))
}
const connect = async (clientId: string): Promise<MqttClient> => {
  const c = await mqtt.connectAsync({ protocol: 'mqtts', host: '127.0.0.1', port, clientId, username: 'dev', password: 'dev-pass', ca: pem.cert, reconnectPeriod: 100, connectTimeout: 20_000 })
  c.on('error', () => {})
  clients.push(c)
  return c
}
const line = async () => { await g.tick(); return (await t.as('admin')(iot.channels, {})).brokers.find((b) => b.broker_id === id['broker'])! }
const isOpen = () => expect.poll(async () => (await line()).line, { timeout: 30_000, interval: 50 }).toBe('open')
const samples = (device_id: string) => t.inside(async (s) => (await sql<{ at: string; v: string; src: string }>`select at, v::text as v, src from iot.sample where company_id = ${s.company_id} and device_id = ${device_id} and point = 'co' order by at`.execute(s.db)).rows)
const device = async (no: string, broker_id: string | null) => (await t.as('admin')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '车库', product_id: id['product']!, no, name: no, address: null, bus_id: null, gateway_id: null, broker_id, equipment_id: null, meter_id: null, note: null }))

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  pem = await certificate()
  const admin = t.as('admin')
  await admin(iot.loadProducts, {})
  id['product'] = (await admin(iot.products, {})).rows.find((p) => p.code === 'co_garage')!.product_id
  broker = await Aedes.createBroker({ authenticate: (_c, user, password, done) => done(null, user === 'dev' || (user === 'heyuan' && String(password) === 'right')) })
  broker.on('ack', (packet, client) => {
    if (!client?.id.startsWith('heyuan-') || !packet) return
    const body = JSON.parse(String((packet as { payload?: Buffer }).payload ?? '{}')) as { ts?: number }
    if (!body.ts) return
    const ts = body.ts
    looks.push(t.inside(async (s) => acked.push({ ts, stored: (await sql`select 1 from iot.sample where company_id = ${s.company_id} and at = ${new Date(ts).toISOString()}::timestamptz`.execute(s.db)).rows.length > 0 })))
  })
  await listen()
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
}, 120_000)
afterAll(async () => {
  for (const c of clients) await c.endAsync(true).catch(() => {})
  await g?.stop()
  await kill()
  await new Promise<void>((done) => broker.close(() => done()))
})

it('says why it does not connect, and connects when what was wrong is right', async () => {
  const admin = t.as('admin')
  const at = { name: '园区 MQTT', host: '127.0.0.1', port, tls: true, username: 'heyuan', prefix: 'park/a' }
  await expectRefused(admin(iot.saveBroker, { ...at, ca: 'no pem', password: 'wrong' }), 'iot.ca_wrong')
  await expectRefused(t.as('cashier')(iot.saveBroker, { ...at, password: 'wrong' }), 'kernel.forbidden')
  id['broker'] = (await admin(iot.saveBroker, { ...at, password: 'wrong' })).broker_id
  await g.reload()
  await expect.poll(async () => (await line()).line_why, { timeout: 20_000 }).toBe('对方证书是自签的,请填 CA 证书')
  await admin(iot.saveBroker, { broker_id: id['broker'], ...at, ca: pem.cert, password: 'wrong' })
  await g.reload()
  await expect.poll(async () => (await line()).line_why, { timeout: 20_000 }).toMatch(/账号或口令不对|不允许连接/)
  // The certificate is kept when none is given.
  await admin(iot.saveBroker, { broker_id: id['broker'], ...at, password: 'right' })
  await g.reload()
  await isOpen()
  expect(JSON.stringify((await admin(iot.channels, {})).brokers)).not.toContain('right')
})
it('acknowledges what is stored, each once, through a line that breaks; foreign devices are refused', async () => {
  const d = await device('WB-1', id['broker']!)
  const own = await device('WB-2', null)
  await g.reload()
  await isOpen()
  const c = await connect('sensors')
  const begun = Date.now() - 60_000
  const send = (n: number) => c.publishAsync(`park/a/v1/${d.device_id}/telemetry`, JSON.stringify({ ts: begun + n * 100, co: 5 + (n % 7) }), { qos: 1 })
  for (let n = 0; n < 60; n++) await send(n)
  await kill()
  const waits = Array.from({ length: 60 }, (_, n) => send(60 + n))
  await listen()
  await Promise.all(waits)
  for (let n = 120; n < 150; n++) await send(n)
  await expect.poll(async () => (await samples(d.device_id)).length, { timeout: 60_000, interval: 100 }).toBe(150)
  await expect.poll(() => acked.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(150)
  await Promise.all(looks)
  expect(acked.filter((a) => !a.stored)).toEqual([])
  // Registered at our own door, it is not heard here; nor is a stranger; and it may not come to our door by the other's.
  await c.publishAsync(`park/a/v1/${own.device_id}/telemetry`, JSON.stringify({ ts: begun, co: 9 }), { qos: 1 })
  await expect.poll(async () => (await line()).refused_count, { timeout: 20_000 }).toBeGreaterThan(0)
  expect(await samples(own.device_id)).toEqual([])
  await expect(mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: d.device_id, username: d.device_id, password: d.secret!, reconnectPeriod: 0, connectTimeout: 20_000 })).rejects.toThrow()
}, 120_000)
it('what waited at the broker while we were away, and has no time of its own, may be of the past: it is kept and told, and moves nothing; what the broker holds as a last word (retained) is not even told', async () => {
  const d = await device('WB-3', id['broker']!)
  const body: RuleBody = { trigger: { kind: 'threshold', point: 'co', op: 'above', limit: 30, back: 20, for_s: 0 }, hours: null, cool_down_s: 0, level: 'major', order_category_id: null, command: { device_id: null, command: 'fan_on', arg: null }, back_command: null, scene_id: null, notify: null, webhook: false }
  const { rule_id } = await t.as('admin')(iot.saveRule, { name: '外部超限', product_id: id['product']!, community_id: w.community_id, device_id: d.device_id, body })
  await g.reload()
  await isOpen()
  const c = clients[0]!
  // The gateway goes, and the session stays at the broker.
  await g.stop()
  await c.publishAsync(`park/a/v1/${d.device_id}/telemetry`, JSON.stringify({ co: 45 }), { qos: 1 })
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
  await isOpen()
  await expect.poll(async () => (await samples(d.device_id)).map((s) => [s.v, s.src]), { timeout: 30_000 }).toEqual([['45', 'replay']])
  await g.actor.settle()
  const fires = async () => (await t.as('admin')(iot.ruleFires, { rule_id })).rows.map((f) => f.acts.map((a) => [a.kind, a.told]))
  expect(await fires()).toEqual([[['alarm', null], ['command', '未执行:时间不明']]])
  await c.publishAsync(`park/a/v1/${d.device_id}/telemetry`, JSON.stringify({ co: 10 }), { qos: 1, retain: true })
  await g.actor.settle()
  await c.publishAsync(`park/a/v1/${d.device_id}/telemetry`, JSON.stringify({ ts: Date.now(), co: 46 }), { qos: 1 })
  await expect.poll(async () => { await g.actor.settle(); return (await t.as('admin')(iot.ruleFires, { rule_id })).total }, { timeout: 30_000 }).toBe(2)
  expect((await fires())[0]!.map(([kind]) => kind)).toEqual(['command'])
}, 120_000)
it('a command goes out once over the other broker and is confirmed by what the device measures', async () => {
  const d = await device('WB-4', id['broker']!)
  await g.reload()
  await isOpen()
  const c = clients[0]!
  const heard: string[] = []
  c.on('message', (topic, body) => {
    heard.push((JSON.parse(String(body)) as { command: string }).command)
    c.publish(`${topic}/reply`, JSON.stringify({ ok: true }), { qos: 1 })
    c.publish(`park/a/v1/${d.device_id}/telemetry`, JSON.stringify({ ts: Date.now(), fan: 1 }), { qos: 1 })
  })
  await c.subscribeAsync(`park/a/v1/${d.device_id}/cmd/+`)
  await c.publishAsync(`park/a/v1/${d.device_id}/telemetry`, JSON.stringify({ ts: Date.now(), fan: 0 }), { qos: 1 })
  await expect.poll(async () => { await g.tick(); return (await t.as('admin')(iot.device, { device_id: d.device_id })).state }, { timeout: 20_000 }).toBe('running')
  const { command_id } = await t.as('foreman')(iot.sendCommand, { device_id: d.device_id, command: 'fan_on' })
  await expect.poll(async () => (await t.as('foreman')(iot.commands, { device_id: d.device_id })).rows.find((r) => r.command_id === command_id)!.state, { timeout: 30_000 }).toBe('confirmed')
  expect(heard).toEqual(['fan_on'])
}, 120_000)
