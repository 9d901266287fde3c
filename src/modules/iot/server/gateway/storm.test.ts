// One cause is one alarm: a gateway with a hundred devices behind it that loses its power, a hundred devices of a building that go one after the other as their limits let them be
// noticed, also across a restart of ours; and it is over when those are back that went, whoever else was away before.
import mqtt, { type MqttClient } from 'mqtt'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { setClock } from '../../../../kernel/clock.ts'
import { iot, type Model } from '../../contract.ts'
import { startGateway, type Gateway } from './index.ts'

const MANY = 100
let t: TestApp
let w: TinyWorld
let g: Gateway
let base = 0
const foreman = () => t.as('foreman')
const ids = new Map<string, string>()
const start = async (): Promise<void> => { g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} }) }
const at = (s: number): void => setClock(new Date(base + s * 1000).toISOString())
/** As many seconds go by, with the gateway's clock running. */
async function pass(from_s: number, to_s: number, each_s = 5): Promise<void> {
  for (let s = from_s; s <= to_s; s += each_s) {
    at(s)
    await g.tick()
  }
  await g.actor.settle()
}
const product = async (code: string, model: (m: Model) => Partial<Model>): Promise<string> => {
  const made = (await foreman()(iot.products, {})).rows.find((p) => p.code === 'temp_hum')!
  const p = await foreman()(iot.product, { product_id: made.product_id })
  return (await foreman()(iot.saveProduct, { code, name: code, category: p.category, link: 'mqtt', model: { ...p.model, ...model(p.model) } })).product_id
}
const register = async (no: string, product_id: string, gateway_id: string | null = null) => {
  const d = await foreman()(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '一层', product_id, no, name: no, address: null, bus_id: null, gateway_id, equipment_id: null, meter_id: null, note: null })
  ids.set(no, d.device_id)
  return d
}
const known = (no: string) => g.registry.devices.get(ids.get(no)!)!
const alarms = async () => (await foreman()(iot.alarms, { page_size: 200 })).rows.filter((a) => a.kind.startsWith('offline'))
const openOf = async () => (await alarms()).filter((a) => a.cleared_at === null && a.disposed_at === null).map((a) => [a.kind, a.level, a.title])
const heard = (no: string) => g.pipeline.heard(known(no), base + 0)
/** The device speaks at that second. */
const speaks = (no: string, s: number): void => {
  at(s)
  g.pipeline.heard(known(no), base + s * 1000)
}
const told = () => t.inside(async (s) => (await sql<{ title: string }>`select distinct title from messages.message where company_id = ${s.company_id} and template in ('iot_alarm', 'iot_storm')`.execute(s.db)).rows.map((r) => r.title))
const rest = async () => (await openOf()).filter(([, , x]) => !x!.startsWith('OLD'))
const alive = async (list: readonly string[], from_s: number, to_s: number): Promise<void> => {
  for (let s = from_s; s <= to_s; s += 60) {
    for (const no of list) speaks(no, s)
    await pass(s, s)
  }
}
const names = (from: string, n = MANY) => Array.from({ length: n }, (_, i) => `${from}-${i}`)

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await foreman()(iot.loadProducts, {})
  const slow = await product('slow_gate', () => ({ period_s: 300, offline_after_s: 900 }))
  const quick = await product('quick_child', () => ({ period_s: 60, offline_after_s: 180 }))
  const box = await register('BOX', slow)
  for (const no of names('C')) await register(no, quick, box.device_id)
  for (const no of names('S')) await register(no, quick)
  for (const no of names('OLD', 4)) await register(no, quick)
  await start()
  base = Date.now()
}, 240_000)
afterEach(() => setClock(undefined))
afterAll(async () => {
  await g?.stop()
})

it('a gateway that loses its power is one alarm that says how many are behind it; nothing is said of those when it is back', { timeout: 120_000 }, async () => {
  let client: MqttClient
  const box = ids.get('BOX')!
  const { secret } = await foreman()(iot.renewSecret, { device_id: box })
  await g.reload()
  const connect = async () => { client = await mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: box, username: box, password: secret, reconnectPeriod: 0, connectTimeout: 20_000 }) }
  at(0)
  await connect()
  const report = (list: readonly string[]) => client.publishAsync(`v1/${box}/telemetry`, JSON.stringify(list.map((device) => ({ device, temp: 20 }))), { qos: 1 })
  await report(names('C'))
  for (const no of names('S')) heard(no)
  await g.tick()
  expect((await foreman()(iot.devices, { q: 'C-', page_size: 200 })).rows.filter((d) => d.state === 'running')).toHaveLength(MANY)
  client!.stream.destroy()
  // The others go on; those behind it have the shorter limit, so they are looked at first.
  for (let s = 60; s <= 960; s += 60) {
    for (const no of names('S')) speaks(no, s)
    await pass(s, s, 5)
  }
  expect(await rest()).toEqual([['offline', 'major', 'BOX离线,其下 100 台设备状态未知']])
  expect(known('C-7').moving.conn).toBe('unknown')
  expect(await told()).toEqual(expect.arrayContaining([expect.stringContaining('BOX')]))
  // It is back, and those behind it take a while to be.
  at(1000)
  await connect()
  await pass(1000, 1100, 10)
  expect(await rest()).toEqual([])
  await report(names('C', 99))
  for (const no of names('S')) speaks(no, 1100)
  await pass(1100, 1175, 10)
  expect(await rest()).toEqual([])
  // The one that is not is told by itself.
  await report(names('C', 99))
  for (const no of names('S')) speaks(no, 1175)
  await pass(1180, 1200, 10)
  expect(await rest()).toEqual([['offline', 'minor', 'C-99离线']])
  await report(['C-99'])
  await client!.endAsync(true)
  await g.actor.settle()
  expect(await rest()).toEqual([])
})
it('many that go one after the other are one alarm, told once; those noticed alone go into it; who was away before does not hold it open', { timeout: 120_000 }, async () => {
  await g.stop()
  base += 3 * 3_600_000
  at(0)
  await start()
  for (const no of names('OLD', 4)) speaks(no, 0)
  await alive([...names('S'), 'BOX', ...names('C')], 0, 1860)
  expect((await openOf()).filter(([, , title]) => title!.startsWith('OLD'))).toHaveLength(4)
  // Each last heard at its own second of the two minutes before the cut at 2000.
  for (const [i, no] of names('S').entries()) speaks(no, 1880 + i)
  await alive(['BOX', ...names('C')], 1920, 2040)
  await pass(2055, 2065)
  const few = (await openOf()).filter(([, , title]) => title!.startsWith('S-'))
  expect(few.length).toBeGreaterThan(0)
  expect(few.length).toBeLessThanOrEqual(5)
  await pass(2070, 2095)
  await alive(['BOX', ...names('C')], 2100, 2100)
  // We are restarted in the middle of it.
  await g.stop()
  at(2110)
  await start()
  for (let s = 2115; s <= 2400; s += 15) {
    for (const no of ['BOX', ...names('C')]) speaks(no, s)
    await pass(s, s)
  }
  const list = await rest()
  expect(list).toEqual([['offline_many', 'major', '100 台设备同时离线']])
  const many = (await alarms()).filter((a) => a.kind === 'offline_many')
  expect(many.map((a) => a.times_count)).toEqual([1])
  expect((await alarms()).filter((a) => a.title === 'S-0离线').map((a) => a.disposal)).toEqual([expect.stringContaining('并入')])
  expect((await foreman()(iot.alarm, { alarm_id: many[0]!.alarm_id })).facts.map((f) => f.text).join()).toContain('等 100 台')
  expect((await told()).filter((x) => x.includes('同时离线'))).toHaveLength(1)
  for (const no of names('S', 97)) speaks(no, 2500)
  await g.actor.settle()
  expect((await openOf()).filter(([kind]) => kind === 'offline_many')).toHaveLength(1)
  speaks('S-97', 2510)
  await g.actor.settle()
  expect((await openOf()).filter(([, , title]) => title!.includes('同时') || title!.startsWith('S-')).map(([, , title]) => title).sort()).toEqual(['S-98离线', 'S-99离线'])
})
it('one that somebody has closed does not take in those that go afterwards', async () => {
  const many = (await alarms()).find((a) => a.kind === 'offline_many')!
  if (many.disposed_at === null) await foreman()(iot.disposeAlarm, { alarm_id: many.alarm_id, disposal: '供电恢复' })
  await g.reload()
  await g.actor.loadAll()
  for (const no of names('S', 20)) speaks(no, 6000)
  for (const no of [...names('S').slice(20), ...names('OLD', 4), 'BOX', ...names('C')]) speaks(no, 6100)
  await g.actor.settle()
  await pass(6185, 6190)
  const list = (await alarms()).filter((a) => a.kind === 'offline_many')
  expect(list.map((a) => [a.title, a.disposed_at === null]).sort()).toEqual([['100 台设备同时离线', false], ['20 台设备同时离线', true]])
})
it('of more devices than a page of choices, each is found by its number, and named by its id', async () => {
  const first = await foreman()(iot.devices, { page_size: 50 })
  expect(first.total).toBe(2 * MANY + 5)
  const wanted = ids.get('S-99')!
  expect(first.rows.some((d) => d.device_id === wanted)).toBe(false)
  expect((await foreman()(iot.devices, { q: 'S-99', page_size: 50 })).rows.map((d) => d.name)).toEqual(['S-99'])
  expect((await foreman()(iot.devices, { device_ids: [wanted, ids.get('OLD-3')!], page_size: 2 })).rows.map((d) => d.name)).toEqual(['OLD-3', 'S-99'])
})
