// The gateway as devices meet it: a client of another hand (mqtt.js) against the broker, the database behind it.
import mqtt from 'mqtt'
import { createConnection } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { dayOf, setClock } from '../../../../kernel/clock.ts'
import { iot } from '../../contract.ts'
import { rollUp } from '../rollup.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
let lamp: { device_id: string; secret: string }
let meter: { device_id: string; secret: string }
const products = new Map<string, string>()
const register = async (code: string, no: string, more: object = {}) => {
  const made = await t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: w.buildings['1']!, place: '单元门口', product_id: products.get(code)!, no, name: `设备${no}`, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null, ...more })
  return { device_id: made.device_id, secret: made.secret! }
}
const connect = (d: { device_id: string; secret: string }, o: object = {}) => mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: d.device_id, username: d.device_id, password: d.secret, reconnectPeriod: 0, connectTimeout: 20_000, ...o })
const countOf = async (device_id: string): Promise<number> => (await t.inside((s) => s.db.selectFrom('iot.sample').select(s.db.fn.countAll<number>().as('n')).where('company_id', '=', t.company_id).where('device_id', '=', device_id).executeTakeFirstOrThrow())).n

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  for (const p of (await t.as('foreman')(iot.products, {})).rows) products.set(p.code, p.product_id)
  lamp = await register('street_lamp', 'LD-001')
  meter = await register('power_room', 'PD-001')
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
}, 120_000)
afterAll(() => g?.stop())

it('acknowledges what is stored, once, however often it is sent (H4, H5)', async () => {
  const c = await connect(lamp)
  const ts = Date.now()
  const body = JSON.stringify({ ts, on: 1, power: 120, energy: 10.5 })
  await c.publishAsync(`v1/${lamp.device_id}/telemetry`, body, { qos: 1 })
  // The acknowledgement has come, so it must be there now.
  expect(await countOf(lamp.device_id)).toBe(3)
  await c.publishAsync(`v1/${lamp.device_id}/telemetry`, body, { qos: 1 })
  expect(await countOf(lamp.device_id)).toBe(3)
  await g.tick()
  const row = (await t.as('foreman')(iot.devices, { q: 'LD-001' })).rows[0]!
  expect(row.state).toBe('running')
  expect(row.values.map((v) => v.text)).toEqual(['开', '120 W', '10.50 kWh', '—'])
  await c.endAsync()
})
it('doubts a counter that falls to zero, and takes it after the change of the device was confirmed (H8)', async () => {
  const c = await connect(lamp)
  const send = (ts: number, energy: number) => c.publishAsync(`v1/${lamp.device_id}/telemetry`, JSON.stringify({ ts, energy }), { qos: 1 })
  const now = Date.now()
  await send(now + 1000, 0)
  await g.tick()
  const rows = (await t.as('foreman')(iot.samples, { device_id: lamp.device_id, point: 'energy', on_day: dayOf(now) })).rows
  expect(rows[0]).toMatchObject({ q: 'uncertain', why: '累计值变小', text: '0.00 kWh' })
  const seen = await t.as('foreman')(iot.history, { device_id: lamp.device_id, points: ['energy'], from_on: dayOf(now), to_on: dayOf(now) })
  expect(seen.lines[0]!.v).toEqual([10.5])
  await t.as('foreman')(iot.settleCounters, { device_id: lamp.device_id, reason: '更换控制器' })
  await g.reload()
  await send(now + 2000, 0)
  expect((await t.as('foreman')(iot.samples, { device_id: lamp.device_id, point: 'energy', on_day: dayOf(now) })).rows[0]).toMatchObject({ q: 'good' })
  await c.endAsync()
})
it('lets nobody in without the secret, nobody onto a foreign topic, and keeps no session (H2)', async () => {
  await expect(connect({ ...lamp, secret: 'wrong-wrong-wrong' })).rejects.toThrow()
  await expect(connect({ device_id: meter.device_id, secret: lamp.secret })).rejects.toThrow()
  const c = await connect(lamp, { clean: false })
  const closed = new Promise<void>((done) => c.once('close', () => done()))
  c.publish(`v1/${meter.device_id}/telemetry`, JSON.stringify({ power: 1 }), { qos: 1 }, () => {})
  await closed
  expect(await countOf(meter.device_id)).toBe(0)
  c.end(true)
  // H2: nothing of a former session can be waiting; there is none, whatever the device asks for.
  const first = await connect(lamp, { clean: false })
  await first.subscribeAsync(`v1/${lamp.device_id}/cmd/#`, { qos: 1 })
  await first.endAsync()
  const told = mqtt.connect({ host: '127.0.0.1', port: g.mqtt.port, clientId: lamp.device_id, username: lamp.device_id, password: lamp.secret, reconnectPeriod: 0, connectTimeout: 20_000, clean: false })
  expect(await new Promise<boolean>((done) => told.once('connect', (packet) => done(packet.sessionPresent)))).toBe(false)
  await told.endAsync(true)
  const again = await connect(lamp, { clean: false })
  await expect(again.subscribeAsync(`v1/${meter.device_id}/cmd/#`)).rejects.toThrow()
  await again.subscribeAsync(`v1/${lamp.device_id}/cmd/#`)
  await again.endAsync()
  expect(g.mqtt.send(lamp.device_id, `v1/${lamp.device_id}/cmd/x`, '{}')).toBe(false)
})
it('cuts a packet that is too large by its header (H3)', async () => {
  const s = createConnection({ port: g.mqtt.port, host: '127.0.0.1' })
  s.on('error', () => {})
  const closed = new Promise<void>((done) => s.once('close', () => done()))
  s.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
  await closed
})
it('acknowledges what it cannot read, and says on the device why it was refused', async () => {
  const c = await connect(meter)
  await c.publishAsync(`v1/${meter.device_id}/telemetry`, '{not json', { qos: 1 })
  await g.tick()
  const kept = await t.inside((s) => s.db.selectFrom('iot.device_state').select('refused_why').where('company_id', '=', t.company_id).where('device_id', '=', meter.device_id).executeTakeFirstOrThrow())
  expect(kept.refused_why).toBe('不是 JSON')
  await c.endAsync()
})
it('H6: two that use one account throw each other out, and that is one alarm, over when it is calm', async () => {
  const shared = await register('smoke', 'YG-006')
  await g.reload()
  const open = async () => { await g.tick(); return (await t.as('foreman')(iot.alarms, { open: true, device_id: shared.device_id, page_size: 50 })).rows.filter((a) => a.kind === 'flapping') }
  const both = [1, 2].map(() => mqtt.connect({ host: '127.0.0.1', port: g.mqtt.port, clientId: shared.device_id, username: shared.device_id, password: shared.secret, reconnectPeriod: 50, connectTimeout: 20_000 }))
  for (const c of both) c.on('error', () => {})
  await expect.poll(async () => (await open()).length, { timeout: 60_000, interval: 100 }).toBe(1)
  for (const c of both) await c.endAsync(true)
  expect((await open())[0]).toMatchObject({ level: 'minor', times_count: 1 })
  setClock(new Date(Date.now() + 10 * 60_000).toISOString())
  expect(await open()).toEqual([])
  setClock(undefined)
})
it('takes HTTP on the same road', async () => {
  const post = (secret: string, body: object) => fetch(`http://127.0.0.1:${g.push.port}/v1/${meter.device_id}/telemetry`, { method: 'POST', headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  expect((await post('wrong', { power: 1 })).status).toBe(401)
  expect((await post(meter.secret, { ts: Date.now(), power: 88.5, ua: 231.2 })).status).toBe(200)
  expect(await countOf(meter.device_id)).toBe(2)
})
it('knows silent from unknown: who was never listened for long enough is not offline', async () => {
  const quiet = await register('smoke', 'YG-001')
  await g.reload()
  await g.tick()
  const stateOf = async (q: string) => (await t.as('foreman')(iot.devices, { q })).rows[0]!.state
  expect(await stateOf('YG-001')).toBe('unknown')
  setClock(new Date(Date.now() + 4 * 3600_000).toISOString())
  await g.tick()
  expect(await stateOf('YG-001')).toBe('offline')
  expect(await stateOf('LD-001')).toBe('offline')
  setClock(undefined)
  await t.as('foreman')(iot.setLife, { device_id: quiet.device_id, life: 'maintenance', reason: '更换电池' })
  expect(await stateOf('YG-001')).toBe('maintenance')
})
it('rolls up a quarter when it is over, and again when something comes late', async () => {
  const c = await connect(meter)
  const quarter = Date.now() - (Date.now() % 900_000) - 2 * 900_000
  const send = (ms: number, power: number) => c.publishAsync(`v1/${meter.device_id}/telemetry`, JSON.stringify({ ts: quarter + ms, power }), { qos: 1 })
  await send(1000, 10)
  await send(2000, 20)
  const later = async () => {
    setClock(new Date(Date.now() + 3 * 60_000).toISOString())
    const n = await t.inside(rollUp)
    setClock(undefined)
    return n
  }
  await g.tick()
  expect(await later()).toBeGreaterThan(0)
  const at = new Date(quarter).toISOString()
  const read = () => t.inside((s) => s.db.selectFrom('iot.rollup_quarter').select(['n_count', 'low', 'high', 'total']).where('company_id', '=', t.company_id).where('device_id', '=', meter.device_id).where('from_at', '=', at).executeTakeFirst())
  expect(await read()).toMatchObject({ n_count: 2, low: '10', high: '20', total: '30' })
  for (const d of g.registry.devices.values()) d.moving.marked.clear()
  await send(3000, 40)
  await later()
  expect(await read()).toMatchObject({ n_count: 3, high: '40', total: '70' })
  await c.endAsync()
})
it('is not there for those who may not see it', async () => {
  await expectRefused(t.as('cashier')(iot.devices, {}), 'kernel.forbidden')
  await expectRefused(t.as('other_admin')(iot.device, { device_id: lamp.device_id }), 'kernel.not_found')
  const elsewhere = await t.hire('foreman', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
  await expectRefused(elsewhere(iot.device, { device_id: lamp.device_id }), 'kernel.not_found')
})
