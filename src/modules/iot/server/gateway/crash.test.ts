// kill -9 of the gateway under load, several times: what was acknowledged is there, and in the end everything, once.
import { fork, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterAll, expect, it } from 'vitest'
import { testApp } from '../../../../../tests/harness.ts'
import { tinyWorld } from '../../../../../tests/tiny_world.ts'
import { iot } from '../../contract.ts'

const DEVICES = 4
const EACH = 300
const KILLS = 3
const freePort = (): Promise<number> => new Promise((done) => { const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address() as { port: number }; s.close(() => done(port)) }) })
const children = new Set<ChildProcess>()
afterAll(() => {
  for (const c of children) c.kill('SIGKILL')
})

it('every acknowledged message is stored exactly once, whenever the gateway is killed', { timeout: 300_000 }, async () => {
  const t = await testApp()
  const w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  const product_id = (await t.as('foreman')(iot.products, {})).rows.find((p) => p.code === 'temp_hum')!.product_id
  const devices: { device_id: string; secret: string }[] = []
  for (let n = 0; n < DEVICES; n++) {
    const d = await t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '机房', product_id, no: `C-${n}`, name: `C-${n}`, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })
    devices.push({ device_id: d.device_id, secret: d.secret! })
  }
  const [port, http] = [await freePort(), await freePort()]
  const start = async (): Promise<ChildProcess> => {
    const child = fork(join(process.cwd(), 'src/apps/gateway.ts'), { env: { ...process.env, HEYUAN_DATABASE_URL: t.url, HEYUAN_DATA: t.data_dir, HEYUAN_MODE: 'test', HEYUAN_LOG: 'quiet', HEYUAN_MQTT_PORT: String(port), HEYUAN_IOT_HTTP_PORT: String(http) }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    children.add(child)
    await new Promise<void>((ready, failed) => child.once('message', () => ready()).once('exit', (code) => failed(new Error(`gateway ended with ${code}`))))
    return child
  }
  const base = Date.now() - 60_000
  const acked = new Set<string>()
  let gateway = await start()
  const clients = devices.map((d) => mqtt.connect({ host: '127.0.0.1', port, clientId: d.device_id, username: d.device_id, password: d.secret, reconnectPeriod: 200, connectTimeout: 20_000 }))
  for (const c of clients) c.on('error', () => {})
  const all = Promise.all(clients.flatMap((c, n) => Array.from({ length: EACH }, (_, i) => new Promise<void>((done) => {
    const { device_id } = devices[n]!
    // Spread, so that there is something under way at every kill.
    const send = (): void => void c.publish(`v1/${device_id}/telemetry`, JSON.stringify({ ts: base + i, temp: 20 + (i % 10), hum: 50 }), { qos: 1 }, (error) => { if (error) return send(); acked.add(`${device_id} ${base + i}`); done() })
    setTimeout(send, i * 8)
  }))))
  const stored = async (): Promise<Set<string>> => new Set((await t.inside((s) => s.db.selectFrom('iot.sample').select(['device_id', 'at']).where('company_id', '=', t.company_id).where('point', '=', 'temp').execute())).map((r) => `${r.device_id} ${Date.parse(String(r.at))}`))
  for (let k = 1; k <= KILLS; k++) {
    const wanted = Math.floor((DEVICES * EACH * k) / (KILLS + 1))
    while (acked.size < wanted) await new Promise((r) => setTimeout(r, 5))
    const gone = new Promise((done) => gateway.once('exit', done))
    const before = new Set(acked)
    gateway.kill('SIGKILL')
    await gone
    const there = await stored()
    expect([...before].filter((x) => !there.has(x))).toEqual([])
    gateway = await start()
  }
  await all
  expect(acked.size).toBe(DEVICES * EACH)
  const rows = await t.inside((s) => s.db.selectFrom('iot.sample').select((e) => e.fn.countAll<number>().as('n')).where('company_id', '=', t.company_id).executeTakeFirstOrThrow())
  // Two points each; the key allows no second one.
  expect(rows.n).toBe(DEVICES * EACH * 2)
  expect((await stored()).size).toBe(DEVICES * EACH)
  await Promise.all(clients.map((c) => c.endAsync(true)))
})
