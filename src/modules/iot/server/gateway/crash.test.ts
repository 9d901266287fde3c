// kill -9 of the gateway under load: what was acknowledged is there, once; and what stands at a command is true: confirmed was done, failed and expired were not,
// and none reached its device twice.
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, expect, it } from 'vitest'
import { Refused } from '../../../../kernel/client.ts'
import { freePort } from '../../../../../tests/free_port.ts'
import { testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld } from '../../../../../tests/tiny_world.ts'
import { iot } from '../../contract.ts'

const DEVICES = 4
const EACH = 250
const KILLS = 2
const SPREAD_MS = 8
const COMMAND_EACH_MS = 40
const children = new Set<ChildProcess>()
const clients: MqttClient[] = []
afterAll(async () => {
  await Promise.all(clients.map((c) => c.endAsync(true).catch(() => {})))
  for (const c of children) c.kill('SIGKILL')
})
async function start(t: TestApp, port: number, http: number): Promise<ChildProcess> {
  const child = fork(join(process.cwd(), 'src/apps/gateway.ts'), { env: { ...process.env, HEYUAN_DATABASE_URL: t.url, HEYUAN_DATA: t.data_dir, HEYUAN_MODE: 'test', HEYUAN_LOG: 'quiet', HEYUAN_MQTT_PORT: String(port), HEYUAN_IOT_HTTP_PORT: String(http), HEYUAN_STATION_PORT: '0', HEYUAN_FIRE_PORT: '0', HEYUAN_FIRE_PRINTER_PORT: '0' }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  children.add(child)
  await new Promise<void>((ready, failed) => child.once('message', () => ready()).once('exit', (code) => failed(new Error(`gateway ended with ${code}`))))
  return child
}
/** A fan as its maker built it: does what has not expired, says so, and measures what it does. */
function fan(device: { device_id: string; secret: string }, port: number, did: Map<string, number>): MqttClient {
  const topic = `v1/${device.device_id}`
  const client = mqtt.connect({ host: '127.0.0.1', port, clientId: device.device_id, username: device.device_id, password: device.secret, reconnectPeriod: 200, connectTimeout: 20_000 })
  client.on('error', () => {})
  client.on('connect', () => client.subscribe(`${topic}/cmd/#`, () => {}))
  client.on('message', (at, body) => {
    const c = JSON.parse(body.toString()) as { id: string; command: string; expires_at: number }
    did.set(c.id, (did.get(c.id) ?? 0) + 1)
    client.publish(`${at}/reply`, JSON.stringify({ ok: true }), { qos: 1 }, () => {})
    client.publish(`${topic}/telemetry`, JSON.stringify({ fan: c.command === 'fan_on' ? 1 : 0 }), { qos: 1 }, () => {})
  })
  clients.push(client)
  return client
}
/** Publishes one message until it is acknowledged. */
const publish = (c: MqttClient, topic: string, body: string): Promise<void> => new Promise((done) => {
  const send = (): void => void c.publish(topic, body, { qos: 1 }, (error) => (error ? setTimeout(send, 50) : done()))
  send()
})

it('every acknowledged message is stored exactly once and every command stands in a true state, whenever the gateway is killed', { timeout: 240_000 }, async () => {
  const t = await testApp()
  const w = await tinyWorld(t)
  const foreman = t.as('foreman')
  await foreman(iot.loadProducts, {})
  const product_id = (await foreman(iot.products, {})).rows.find((p) => p.code === 'co_garage')!.product_id
  const devices: { device_id: string; secret: string }[] = []
  for (let n = 0; n < DEVICES; n++) {
    const d = await foreman(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '机房', product_id, no: `C-${n}`, name: `C-${n}`, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })
    devices.push({ device_id: d.device_id, secret: d.secret! })
  }
  const [port, http] = [await freePort(), await freePort()]
  let gateway = await start(t, port, http)
  const did = new Map<string, number>()
  const fans = devices.map((d) => fan(d, port, did))
  const base = Date.now() - 60_000
  const acked = new Set<string>()
  const all = Promise.all(fans.flatMap((c, n) => Array.from({ length: EACH }, async (_, i) => {
    // Spread, so that there is something under way at every kill.
    await new Promise((r) => setTimeout(r, i * SPREAD_MS))
    await publish(c, `v1/${devices[n]!.device_id}/telemetry`, JSON.stringify({ ts: base + i, co: 20 + (i % 10) }))
    acked.add(`${devices[n]!.device_id} ${base + i}`)
  })))
  let commanding = true
  const given: string[] = []
  const commands = (async () => {
    for (let n = 0; commanding; n++) {
      const asked = await foreman(iot.sendCommand, { device_id: devices[n % DEVICES]!.device_id, command: n % 8 < 4 ? 'fan_on' : 'fan_off' }).catch((error: unknown) => { if (!(error instanceof Refused)) throw error })
      if (asked) given.push(asked.command_id)
      await new Promise((r) => setTimeout(r, COMMAND_EACH_MS))
    }
  })()
  const stored = async (): Promise<Set<string>> => new Set((await t.inside((s) => s.db.selectFrom('iot.sample').select(['device_id', 'at']).where('company_id', '=', t.company_id).where('point', '=', 'co').execute())).map((r) => `${r.device_id} ${Date.parse(String(r.at))}`))
  for (let k = 1; k <= KILLS; k++) {
    const wanted = Math.floor((DEVICES * EACH * k) / (KILLS + 1))
    while (acked.size < wanted) await new Promise((r) => setTimeout(r, 5))
    const gone = new Promise((done) => gateway.once('exit', done))
    const before = new Set(acked)
    gateway.kill('SIGKILL')
    await gone
    const there = await stored()
    expect([...before].filter((x) => !there.has(x))).toEqual([])
    gateway = await start(t, port, http)
  }
  await all
  // At least one command through the last gateway.
  const enough = given.length + 2
  while (given.length < enough) await new Promise((r) => setTimeout(r, 20))
  commanding = false
  await commands
  expect(acked.size).toBe(DEVICES * EACH)
  // The key allows no second row.
  expect((await stored()).size).toBe(DEVICES * EACH)

  const states = async () => (await t.inside((s) => s.db.selectFrom('iot.command').select(['command_id', 'state']).where('company_id', '=', t.company_id).execute()))
  let rows = await states()
  while (rows.some((r) => ['queued', 'sent', 'accepted'].includes(r.state))) {
    await new Promise((r) => setTimeout(r, 100))
    rows = await states()
  }
  const untrue = rows.filter((r) => (did.get(r.command_id) ?? 0) > 1 || (r.state === 'confirmed' && !did.has(r.command_id)) || ((r.state === 'failed' || r.state === 'expired') && did.has(r.command_id)))
  expect(untrue).toEqual([])
  expect(rows.map((r) => r.command_id).sort()).toEqual(given.sort())
  expect(rows.filter((r) => r.state === 'confirmed').length).toBeGreaterThan(0)
})
