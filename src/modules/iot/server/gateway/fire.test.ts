// A fire panel and an air station that speak their standards: what is confirmed is stored and acted on, once; a fire does what is built in, and nothing switches it off.
import mqtt, { type MqttClient } from 'mqtt'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { until } from '../../../../../tests/until.ts'
import { setClock } from '../../../../kernel/clock.ts'
import { startFireSim, type FirePart, type FireSim } from '../../../../world/outside/device_sim/fire.ts'
import { startStationSim, type StationSim } from '../../../../world/outside/device_sim/station.ts'
import { iot } from '../../contract.ts'
import { reportFireAct } from '../fire.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
let panel: FireSim
let station: StationSim
let lift: { device_id: string; secret: string }
let station_id: string
let client: MqttClient
const products = new Map<string, string>()
const heard: string[] = []
const PANEL = '010203040506'
const MN = '88888880000001'
const smoke = (n: number): FirePart => ({ system: 1, system_no: 1, kind: 40, address: String(n).padStart(8, '0'), note: `${n}栋走廊` })
const NORMAL = 1
const FIRE = 2
const FAULT = 4
const register = async (code: string, no: string, more: object = {}) => t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '消防控制室', product_id: products.get(code)!, no, name: `设备${no}`, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null, ...more })
const fires = async (open = true) => (await t.as('foreman')(iot.fires, { open })).rows

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  for (const p of (await t.as('foreman')(iot.products, {})).rows) products.set(p.code, p.product_id)
  await expectRefused(register('fire_panel', 'XF-0'), 'iot.address_missing')
  await register('fire_panel', 'XF-1', { address: PANEL })
  await expectRefused(register('fire_panel', 'XF-2', { address: PANEL }), 'iot.address_taken')
  station_id = (await register('hj212_air', 'KQ-9', { address: MN })).device_id
  const made = await register('lift', 'DT-1')
  lift = { device_id: made.device_id, secret: made.secret! }
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, fire_port: 0, station_port: 0, clock: false, onLost: () => {} })
  panel = startFireSim({ port: g.fire!.port, address: PANEL, wait_ms: 20_000 })
  station = startStationSim({ port: g.station!.port, mn: MN, wait_ms: 20_000 })
  client = await mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: lift.device_id, username: lift.device_id, password: lift.secret, reconnectPeriod: 0, connectTimeout: 20_000 })
  client.on('message', (topic, body) => {
    heard.push((JSON.parse(body.toString()) as { command: string }).command)
    client.publish(`${topic}/reply`, JSON.stringify({ ok: true }), { qos: 1 })
    client.publish(`v1/${lift.device_id}/telemetry`, JSON.stringify({ floor: 1, fire: 1 }), { qos: 1 })
  })
  await client.subscribeAsync(`v1/${lift.device_id}/cmd/#`)
  await client.publishAsync(`v1/${lift.device_id}/telemetry`, JSON.stringify({ floor: 7, fire: 0 }), { qos: 1 })
  await g.tick()
}, 120_000)
afterAll(async () => {
  panel?.stop()
  station?.stop()
  await client?.endAsync(true)
  await g?.stop()
})

it('one detector alarms at the highest level and tells, and moves nothing', async () => {
  // In pieces, with noise before it, and twice: still one.
  expect(await panel.report(smoke(3), FIRE, { twice: true, pieces: true })).toBe('confirmed')
  const [f] = await fires()
  expect(f).toMatchObject({ state: 'reported', part_count: 1, first_part: '火灾报警系统 1 号 感烟火灾探测器 3栋走廊', can: { confirm: true, end: true } })
  const one = await t.as('foreman')(iot.fire, { fire_id: f!.fire_id })
  expect(one.acts.map((a) => [a.act, a.state])).toEqual([['tell', 'done']])
  expect(heard).toEqual([])
  const alarm = (await t.as('foreman')(iot.alarms, { open: true })).rows.find((a) => a.kind === 'fire')!
  expect(alarm).toMatchObject({ level: 'critical', state: 'active' })
  const events = await t.as('foreman')(iot.events, { device_id: f!.device_id })
  expect(events.rows.filter((e) => e.kind === 'fire').length).toBe(1)
})
it('a second, independent one confirms: the lift goes home by a command read back, and each act stands there', async () => {
  expect(await panel.report(smoke(4), FIRE)).toBe('confirmed')
  const [f] = await fires()
  expect(f).toMatchObject({ state: 'confirmed', confirmed_why: '2 个独立的报警信号', confirmed_by_name: '系统' })
  const one = await until(async () => { const x = await t.as('foreman')(iot.fire, { fire_id: f!.fire_id }); return x.devices.every((d) => d.state === 'confirmed') && x })
  expect(heard).toEqual(['fire_home'])
  expect(one.acts.map((a) => [a.act, a.state])).toEqual([['tell', 'done'], ['tell', 'done'], ['lifts', 'sent'], ['air', 'none'], ['doors', 'none']])
  expect(one.devices.map((d) => [d.device_name, d.name, d.state])).toEqual([['设备DT-1', '消防迫降', 'confirmed']])
  // A module above reports what it did.
  await t.inside((s) => reportFireAct(s, f!.fire_id, 'gates', true, '14 个门已释放'))
  // More of the same changes nothing.
  await panel.report(smoke(5), FIRE)
  expect((await t.as('foreman')(iot.fire, { fire_id: f!.fire_id })).acts.map((a) => a.act)).toEqual(['tell', 'tell', 'lifts', 'air', 'doors', 'gates'])
  await expectRefused(t.as('foreman')(iot.confirmFire, { fire_id: f!.fire_id, reason: '看到烟' }), 'iot.fire_confirmed')
  const none = await t.hire('guard_head', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000009'] })
  await expectRefused(none(iot.fire, { fire_id: f!.fire_id }), 'kernel.not_found')
  await t.as('foreman')(iot.endFire, { fire_id: f!.fire_id, verdict: 'false', note: '施工粉尘,现场已核实' })
  await expectRefused(t.as('foreman')(iot.endFire, { fire_id: f!.fire_id, verdict: 'false', note: '再来' }), 'iot.fire_over')
  expect((await t.as('foreman')(iot.alarms, { open: true })).rows.some((a) => a.kind === 'fire')).toBe(false)
})
it('a manual call point alone is enough', async () => {
  heard.length = 0
  await panel.report({ ...smoke(6), kind: 23 }, FIRE)
  const [f] = await fires()
  expect(f).toMatchObject({ state: 'confirmed' })
  expect(f!.confirmed_why).toContain('手动报警')
  await until(async () => heard.includes('fire_home'))
  await t.as('foreman')(iot.endFire, { fire_id: f!.fire_id, verdict: 'test', note: '月度测试' })
})
it('what the panel kept for hours alarms, and waits for a person before anything moves', async () => {
  heard.length = 0
  await panel.report({ ...smoke(7), kind: 23 }, FIRE, { at: new Date(Date.now() - 3 * 3_600_000) })
  const [f] = await fires()
  expect(f).toMatchObject({ state: 'reported' })
  expect(f!.held_why).toContain('可能是补传')
  expect(heard).toEqual([])
  const guard = await t.hire('guard_head')
  await guard(iot.confirmFire, { fire_id: f!.fire_id, reason: '现场有明火' })
  await until(async () => heard.includes('fire_home'))
  await t.as('foreman')(iot.endFire, { fire_id: f!.fire_id, verdict: 'real', note: '已扑灭' })
})
it('a fire that nobody has ended swallows no other: reports sent afterwards, and one that was confirmed long ago', async () => {
  heard.length = 0
  const told = async (): Promise<number> => (await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from messages.message where company_id = ${s.company_id} and template like 'iot_fire%'`.execute(s.db))).rows[0]!.n
  await panel.report(smoke(11), FIRE, { at: new Date(Date.now() - 3 * 3_600_000) })
  expect((await fires()).map((f) => [f.state, f.held_why !== null])).toEqual([['reported', true]])
  const alarm = (await t.as('foreman')(iot.alarms, { open: true })).rows.find((a) => a.kind === 'fire')!
  await t.as('foreman')(iot.ackAlarm, { alarm_id: alarm.alarm_id })
  let before = await told()
  await panel.report(smoke(12), FIRE)
  expect(await told()).toBeGreaterThan(before)
  expect((await t.as('foreman')(iot.alarm, { alarm_id: alarm.alarm_id })).state).toBe('active')
  expect(heard).toEqual([])
  await panel.report(smoke(13), FIRE)
  expect((await fires()).map((f) => [f.state, f.held_why !== null]).sort()).toEqual([['confirmed', false], ['reported', true]])
  await until(async () => heard.includes('fire_home'))
  const [live, held] = ['confirmed', 'reported'].map((x) => (fs: Awaited<ReturnType<typeof fires>>) => fs.find((f) => f.state === x)!)
  await t.as('foreman')(iot.endFire, { fire_id: held!(await fires()).fire_id, verdict: 'test', note: '昨天的测试' })
  expect((await t.as('foreman')(iot.alarm, { alarm_id: alarm.alarm_id })).disposed_at).toBeNull()
  // Half an hour of quiet, and nobody has ended it.
  const first = live!(await fires()).fire_id
  await until(async () => (await t.as('foreman')(iot.fire, { fire_id: first })).devices.every((d) => d.state === 'confirmed'))
  heard.length = 0
  before = await told()
  setClock(new Date(Date.now() + 31 * 60_000).toISOString())
  try {
    await client.publishAsync(`v1/${lift.device_id}/telemetry`, JSON.stringify({ floor: 7, fire: 0 }), { qos: 1 })
    await g.tick()
    await panel.report({ ...smoke(14), kind: 23 }, FIRE, { at: new Date(Date.now() + 31 * 60_000) })
    const second = (await fires()).find((f) => f.fire_id !== first)!
    expect(second).toMatchObject({ state: 'confirmed', held_why: null })
    expect(await told()).toBeGreaterThan(before)
    await until(async () => heard.includes('fire_home'))
    for (const fire_id of [first, second.fire_id]) await t.as('foreman')(iot.endFire, { fire_id, verdict: 'real', note: '已扑灭' })
  } finally {
    setClock(undefined)
  }
  expect((await t.as('foreman')(iot.alarm, { alarm_id: alarm.alarm_id })).disposed_at).not.toBeNull()
})
it('a transmission device that falls silent is told to people, by itself, however many others fall silent with it', async () => {
  for (let n = 0; n < 7; n++) await register('temp_hum', `WS-${n}`)
  await g.reload()
  for (const d of g.registry.devices.values()) d.moving.conn = 'online'
  const told = async (): Promise<number> => (await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from messages.message where company_id = ${s.company_id} and template = 'iot_alarm' and title like '%XF-1离线%'`.execute(s.db))).rows[0]!.n
  setClock(new Date(Date.now() + 86_400_000).toISOString())
  await g.tick()
  setClock(undefined)
  const away = (await t.as('foreman')(iot.alarms, { open: true, page_size: 100 })).rows.filter((a) => a.kind.startsWith('offline'))
  expect(away.filter((a) => /XF-1|WS-|同时/.test(a.title)).map((a) => [a.kind, a.level, a.title, a.cleared_at]).sort()).toEqual([['offline', 'major', '设备XF-1离线', null], ['offline_many', 'major', expect.stringContaining('台设备同时离线'), null]])
  expect(await told()).toBeGreaterThan(0)
  await panel.report(smoke(8), NORMAL)
  await g.actor.settle()
  expect((await t.as('foreman')(iot.alarm, { alarm_id: away.find((a) => a.title === '设备XF-1离线')!.alarm_id })).cleared_at).not.toBeNull()
})
it('a fault of a part alarms and clears, and a device that nobody registered is denied', async () => {
  await panel.report(smoke(8), FAULT)
  const faults = async () => (await t.as('foreman')(iot.alarms, { open: true })).rows.filter((a) => a.kind.startsWith('fire_fault:'))
  expect((await faults())[0]).toMatchObject({ level: 'major', state: 'active' })
  await panel.report(smoke(8), NORMAL)
  expect((await faults())[0]).toMatchObject({ state: 'cleared' })
  const foreign = startFireSim({ port: g.fire!.port, address: '0A0B0C0D0E0F', wait_ms: 20_000 })
  expect(await foreign.report(smoke(1), FIRE)).toBe('denied')
  foreign.stop()
  expect(await fires()).toEqual([])
})
it('an air station measures what it marks as measured', async () => {
  expect(await station.send({ a34004: 35, a34002: 60, a01001: 21.5, LA: 48.2 }, { flags: { a34002: 'C' } })).toBe(true)
  await g.tick()
  const d = await t.as('foreman')(iot.device, { device_id: station_id })
  expect(Object.fromEntries(d.values.filter((v) => v.v !== null).map((v) => [v.point, v.v]))).toEqual({ pm25: 35, temp: 21.5, noise: 48.2 })
  expect(await station.send({ a34004: 99 }, { cn: '2051' })).toBe(true)
  await g.tick()
  expect((await t.as('foreman')(iot.device, { device_id: station_id })).values.find((v) => v.point === 'pm25')!.v).toBe(35)
})
