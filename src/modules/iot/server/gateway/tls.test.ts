// Devices over TLS: what is acknowledged is stored as at the plain door; a certificate is renewed without a restart and without cutting off who is connected; what is wrong with it changes
// nothing and is said; whoever does not speak TLS, does not trust us, or finds our certificate expired is refused, and nothing is written about it.
import { fork } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect as plainConnect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import mqtt, { type MqttClient } from 'mqtt'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../../../../tests/free_port.ts'
import { testApp, type TestApp } from '../../../../../tests/harness.ts'
import { oneDevice } from '../../../../../tests/one_device.ts'
import { tinyWorld } from '../../../../../tests/tiny_world.ts'
import { until } from '../../../../../tests/until.ts'
import { issue, makeAuthority, type Pair } from '../../../../cli/certificates.ts'
import { iot } from '../../contract.ts'
import { startGateway, type Gateway } from './index.ts'

const HOUR_MS = 3_600_000
let t: TestApp
let g: Gateway
let device: { device_id: string; secret: string | null }
let authority: Pair
const dir = mkdtempSync(join(tmpdir(), 'heyuan-tls-'))
const [cert_path, key_path] = [join(dir, 'device.crt'), join(dir, 'device.key')]
const clients = new Set<MqttClient>()
const put = (p: Pair): void => {
  for (const [path, text] of [[key_path, p.key], [cert_path, p.cert]] as const) {
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  }
}
const own = (now = Date.now(), days = 30): Promise<Pair> => issue(authority, ['127.0.0.1', 'localhost'], now, days)
const start = async (plain = true): Promise<void> => { g = await startGateway(t.app, { mqtt_port: plain ? 0 : null, http_port: plain ? 0 : null, tls: { mqtt_port: 0, http_port: 0, cert_path, key_path }, clock: false, onLost: () => {} }) }
async function connect(o: { ca?: string; port?: number } = {}): Promise<MqttClient> {
  const c = await mqtt.connectAsync({ protocol: 'mqtts', host: '127.0.0.1', port: o.port ?? g.tls!.ports.mqtts!, ca: o.ca ?? authority.cert, clientId: device.device_id, username: device.device_id, password: device.secret!, reconnectPeriod: 0, connectTimeout: 20_000 })
  c.on('error', () => {})
  clients.add(c)
  return c
}
const serialAt = (port: number): Promise<string> => new Promise((done, failed) => {
  const s = tlsConnect({ host: '127.0.0.1', port, ca: authority.cert }, () => { done(s.getPeerCertificate().serialNumber); s.destroy() })
  s.on('error', failed)
})
const post = (body: object, ca = authority.cert): Promise<number> => new Promise((done, failed) => {
  const r = request({ host: '127.0.0.1', port: g.tls!.ports.https!, path: `/v1/${device.device_id}/telemetry`, method: 'POST', ca, headers: { authorization: `Bearer ${device.secret}` }, agent: false }, (res) => { res.resume(); done(res.statusCode!) })
  r.on('error', failed)
  r.end(JSON.stringify(body))
})
/** What a stranger hears who sends this to a port: all of it, until it is closed. */
const says = (port: number, bytes: string): Promise<string> => new Promise((done) => {
  let heard = ''
  const s = plainConnect(port, '127.0.0.1', () => s.write(bytes))
  s.on('data', (b) => (heard += b.toString('latin1'))).on('error', () => {}).on('close', () => done(heard))
})
const values = () => t.inside(async (s) => (await sql<{ v: number }>`select v::float8 as v from iot.sample where company_id = ${s.company_id} and point = 'co' order by v`.execute(s.db)).rows.map((r) => r.v))
const state = async () => (await t.as('admin')(iot.channels, {})).gateway.tls!

beforeAll(async () => {
  t = await testApp()
  const w = await tinyWorld(t)
  device = await oneDevice(t, w, { no: 'CK-1', name: '车库一', place: '车库', model: () => ({}) })
  authority = await makeAuthority('CA', Date.now())
}, 120_000)
afterAll(async () => {
  for (const c of clients) await c.endAsync(true)
  await g?.stop()
  rmSync(dir, { recursive: true, force: true })
})

it('opens when a certificate comes, and stores what it acknowledges, by MQTT and by HTTP', async () => {
  await start()
  expect([g.tls!.ports, g.tls!.state()]).toMatchObject([{ mqtts: null, https: null }, { open: false, why: null }])
  put(await own())
  await g.tick()
  const c = await connect()
  await c.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: Date.now(), co: 1 }), { qos: 1 })
  expect(await post({ ts: Date.now() + 1, co: 2 })).toBe(200)
  expect(await values()).toEqual([1, 2])
  await g.beat()
  const d = await t.as('foreman')(iot.device, { device_id: device.device_id })
  expect(d).toMatchObject({ mqtt_address: `127.0.0.1:${g.mqtt.port}`, mqtts_address: `mqtts://127.0.0.1:${g.tls!.ports.mqtts}`, https_address: `https://127.0.0.1:${g.tls!.ports.https}/v1/${device.device_id}/telemetry` })
  expect(await state()).toMatchObject({ open: true, why: null, names: '127.0.0.1, localhost' })
  // Its limit of a packet holds here too.
  const gone = new Promise((done) => c.once('close', () => done(null)))
  c.publish(`v1/${device.device_id}/telemetry`, 'x'.repeat(300_000), { qos: 0 })
  await gone
})
it('refuses whoever does not trust us or speaks no TLS, and goes on', async () => {
  const others = await makeAuthority('others', Date.now())
  const begun = g.tls!.state().refused_count
  await expect(connect({ ca: others.cert })).rejects.toThrow(/certificate/)
  await expect(post({ co: 3 }, others.cert)).rejects.toThrow(/certificate/)
  await until(async () => g.tls!.state().refused_count >= begun + 1)
  for (const port of [g.tls!.ports.mqtts!, g.tls!.ports.https!]) {
    const heard = await says(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(heard).not.toContain('HTTP/1.1 200')
    // An MQTT CONNECT without TLS.
    await says(port, '\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04abcd')
  }
  await until(async () => g.tls!.state().refused_why === '对方没有用 TLS 连接')
  expect(await values()).toEqual([1, 2])
  // And it goes on.
  expect(await post({ ts: Date.now(), co: 4 })).toBe(200)
})
it('is renewed without a restart and without cutting off who is connected; a wrong pair changes nothing and is said', async () => {
  const c = await connect()
  const [mqtts, https] = [g.tls!.ports.mqtts!, g.tls!.ports.https!]
  const before = await serialAt(mqtts)
  put(await own())
  await g.tick()
  const after = await serialAt(mqtts)
  expect(after).not.toBe(before)
  expect([await serialAt(https), g.tls!.ports]).toEqual([after, { mqtts, https }])
  await c.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: Date.now(), co: 5 }), { qos: 1 })
  const [one, two] = [await own(), await own()]
  put({ cert: one.cert, key: two.key })
  await g.tick()
  await g.beat()
  expect([await serialAt(mqtts), (await state()).why]).toEqual([after, '证书与私钥不是一对'])
  writeFileSync(cert_path, 'nonsense')
  await g.tick()
  expect([await serialAt(mqtts), g.tls!.state().why]).toEqual([after, '证书文件不是 PEM 格式的证书'])
  put(one)
  await g.tick()
  expect([await serialAt(mqtts) === after, g.tls!.state().why]).toEqual([false, null])
  await c.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: Date.now() + 1, co: 6 }), { qos: 1 })
  expect(await values()).toEqual([1, 2, 4, 5, 6])
})
it('an expired certificate is refused by the devices, and says so on the page', async () => {
  put(await own(Date.now() - 40 * 24 * HOUR_MS, 30))
  await g.tick()
  await expect(connect()).rejects.toThrow(/expired/)
  await g.beat()
  expect(Date.parse((await state()).valid_until!)).toBeLessThan(Date.now())
  put(await own())
  await g.tick()
  await connect()
})
it('the plain doors may be shut: then only TLS is there, and pages name only that', async () => {
  const { port } = g.mqtt
  await g.stop()
  await start(false)
  await expect(mqtt.connectAsync({ host: '127.0.0.1', port, clientId: device.device_id, username: device.device_id, password: device.secret!, reconnectPeriod: 0, connectTimeout: 20_000 })).rejects.toThrow()
  const c = await connect()
  await c.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: Date.now(), co: 7 }), { qos: 1 })
  await g.beat()
  expect(await t.as('foreman')(iot.device, { device_id: device.device_id })).toMatchObject({ mqtt_address: null, http_address: null, mqtts_address: expect.stringContaining('mqtts://'), https_address: expect.stringContaining('https://') })
  expect((await t.as('admin')(iot.channels, {})).gateway).toMatchObject({ mqtt_address: null, http_address: null, mqtts_address: expect.stringContaining('mqtts://') })
})
it('as a process of its own it writes nothing about those who knock without TLS or do not trust it', { timeout: 60_000 }, async () => {
  await g.stop()
  const [mqtts, https] = [await freePort(), await freePort()]
  const child = fork(join(process.cwd(), 'src/apps/gateway.ts'), { env: { ...process.env, HEYUAN_DATABASE_URL: t.url, HEYUAN_DATA: t.data_dir, HEYUAN_MODE: 'test', HEYUAN_LOG: '', HEYUAN_IOT_PLAIN: 'off', HEYUAN_TLS_CERT: cert_path, HEYUAN_TLS_KEY: key_path, HEYUAN_MQTTS_PORT: String(mqtts), HEYUAN_IOT_HTTPS_PORT: String(https), HEYUAN_STATION_PORT: '0', HEYUAN_FIRE_PORT: '0', HEYUAN_FIRE_PRINTER_PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  try {
    const said: string[] = []
    for (const out of [child.stdout!, child.stderr!]) out.on('data', (b: Buffer) => said.push(b.toString()))
    await new Promise<void>((ready, failed) => child.once('message', () => ready()).once('exit', (code) => failed(new Error(`ended with ${code}`))))
    await until(async () => said.join('').includes('gateway runs'))
    const before = said.join('')
    expect(before).toContain('tls certificate')
    const others = await makeAuthority('others', Date.now())
    await expect(connect({ port: mqtts, ca: others.cert })).rejects.toThrow(/certificate/)
    for (const port of [mqtts, https]) await says(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    const c = await connect({ port: mqtts })
    await c.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: Date.now(), co: 8 }), { qos: 1 })
    expect(said.join('').slice(before.length)).toBe('')
  } finally {
    child.kill('SIGKILL')
  }
  await start()
})
