// From what a device says to what follows: commands that are true by reading back, alarms that are one, rules that act once and never on what is old.
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { until } from '../../../../../tests/until.ts'
import { setClock } from '../../../../kernel/clock.ts'
import { startBusSim, type BusSim } from '../../../../world/outside/device_sim/bus.ts'
import { BUS_DEFAULTS, iot, type CommandRow, type RuleBody } from '../../contract.ts'
import { escalate } from '../raise.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
let sim: BusSim
let fan: { device_id: string; secret: string }
let client: MqttClient
let drive_id: string
const registers = [45, 382, 0, 0]
const products = new Map<string, string>()
/** What the device does with a command. */
let answers: 'does' | 'refuses' | 'says_yes_only' | 'nothing' = 'does'
const heard: { id: string; command: string; expires_at: number }[] = []
const register = async (code: string, no: string, more: object = {}) => (await t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '地下车库', product_id: products.get(code)!, no, name: `设备${no}`, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null, ...more }))
const say = (o: object) => client.publishAsync(`v1/${fan.device_id}/telemetry`, JSON.stringify(o), { qos: 1 })
const tell = (o: object) => client.publishAsync(`v1/${fan.device_id}/event`, JSON.stringify(o), { qos: 1 })
const last = async (device_id: string): Promise<CommandRow> => (await t.as('foreman')(iot.commands, { device_id })).rows[0]!
const ended = (device_id: string, command_id: string) => until(async () => { const r = (await t.as('foreman')(iot.commands, { device_id })).rows.find((x) => x.command_id === command_id)!; return !['queued', 'sent', 'accepted'].includes(r.state) && r })
const open = async () => (await t.as('foreman')(iot.alarms, { open: true, page_size: 50 })).rows

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  for (const p of (await t.as('foreman')(iot.products, {})).rows) products.set(p.code, p.product_id)
  const made = await register('co_garage', 'CK-1')
  fan = { device_id: made.device_id, secret: made.secret! }
  sim = await startBusSim({ protocol: 'modbus_tcp', meters: [{ protocol: 'modbus_tcp', address: '1', value: (id) => registers[Number(id)] ?? null, set: (r, v) => void (registers[r] = v) }] })
  const { bus_id } = await t.as('foreman')(iot.saveBus, { community_id: w.community_id, name: '泵房', protocol: 'modbus_tcp', host: '127.0.0.1', port: sim.port, ...BUS_DEFAULTS, timeout_ms: 3000 })
  drive_id = (await register('modbus_vfd', 'BP-1', { bus_id, address: '1' })).device_id
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
  await connect()
}, 120_000)
async function connect(): Promise<void> {
  client = await mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: fan.device_id, username: fan.device_id, password: fan.secret, reconnectPeriod: 0, connectTimeout: 20_000 })
  client.on('message', (topic, body) => {
    const c = JSON.parse(body.toString()) as (typeof heard)[number]
    heard.push(c)
    const reply = (o: object) => client.publish(topic + '/reply', JSON.stringify(o), { qos: 1 })
    if (answers === 'nothing') return
    reply(answers === 'refuses' ? { ok: false, why: '就地手动' } : { ok: true })
    if (answers === 'does') void say({ ts: Date.now(), fan: c.command === 'fan_on' ? 1 : 0 }).catch(() => {})
  })
  await client.subscribeAsync(`v1/${fan.device_id}/cmd/#`)
  await say({ ts: Date.now() - 1000, fan: 0, co: 3, fault: 0 })
  await g.tick()
}
afterAll(async () => {
  await client?.endAsync(true)
  await g?.stop()
  await sim?.stop()
})

it('is confirmed by what the device then measures, not by its word (H7)', async () => {
  const { command_id } = await t.as('foreman')(iot.sendCommand, { device_id: fan.device_id, command: 'fan_on' })
  expect(await ended(fan.device_id, command_id)).toMatchObject({ state: 'confirmed', seen_v: '1' })
  answers = 'refuses'
  const no = await t.as('foreman')(iot.sendCommand, { device_id: fan.device_id, command: 'fan_off' })
  expect(await ended(fan.device_id, no.command_id)).toMatchObject({ state: 'failed', why: '设备拒绝:就地手动' })
  answers = 'says_yes_only'
  const maybe = await t.as('foreman')(iot.sendCommand, { device_id: fan.device_id, command: 'fan_off' })
  expect(await ended(fan.device_id, maybe.command_id)).toMatchObject({ state: 'unknown' })
  answers = 'does'
})
it('over a bus it is written and read back', async () => {
  await g.buses.poll(Date.now() + 60_000)
  await g.tick()
  await expectRefused(t.as('foreman')(iot.sendCommand, { device_id: drive_id, command: 'start' }), 'iot.reason_needed')
  const { command_id } = await t.as('foreman')(iot.sendCommand, { device_id: drive_id, command: 'start', reason: '恢复供水' })
  expect(await ended(drive_id, command_id)).toMatchObject({ state: 'confirmed', seen_v: '1' })
  expect(registers[2]).toBe(1)
  await expectRefused(t.as('foreman')(iot.sendCommand, { device_id: drive_id, command: 'set_freq', arg: 80 }), 'iot.arg_out')
  const f = await t.as('foreman')(iot.sendCommand, { device_id: drive_id, command: 'set_freq', arg: 42.5 })
  expect(await ended(drive_id, f.command_id)).toMatchObject({ state: 'confirmed', seen_v: '42.5' })
  expect(registers[1]).toBe(425)
})
it('asks for the right, and lets nobody switch a meter to collect a debt', async () => {
  const guard = await t.hire('guard_head')
  await expectRefused(guard(iot.sendCommand, { device_id: drive_id, command: 'stop', reason: '看看' }), 'iot.no_right_for')
  await expectRefused(t.as('cashier')(iot.sendCommand, { device_id: fan.device_id, command: 'fan_on' }), 'kernel.forbidden')
  const model = (await t.as('foreman')(iot.product, { product_id: products.get('co_garage')! })).model
  const valve = await t.as('foreman')(iot.saveProduct, { code: 'valve_meter', name: '带阀水表', category: 'meter', link: 'mqtt', model: { ...model, commands: [{ key: 'shut', name: '关阀', safety: 'life', arg: null, ttl_s: 10, idempotent: true, confirm: null, where: null, value: 0 }] } })
  const m = await t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '表井', product_id: valve.product_id, no: 'SB-V', name: '带阀水表', address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })
  await g.reload()
  g.registry.devices.get(m.device_id)!.moving.conn = 'online'
  g.registry.devices.get(m.device_id)!.moving.dirty = true
  await g.tick()
  await expectRefused(t.as('foreman')(iot.sendCommand, { device_id: m.device_id, command: 'shut', reason: '欠费' }), 'iot.meter_reason')
})
it('raises one alarm of an event, counts the second, and asks for a record', async () => {
  const before = (await open()).length
  await client.publishAsync(`v1/${fan.device_id}/telemetry`, JSON.stringify({ ts: Date.now(), fault: 1 }), { qos: 1 })
  await g.actor.settle()
  const a = (await open()).find((x) => x.kind === 'fault')!
  expect(a).toMatchObject({ level: 'major', state: 'active', times_count: 1 })
  await say({ ts: Date.now() + 1, fault: 1 })
  await g.actor.settle()
  expect((await open()).length).toBe(before + 1)
  await say({ ts: Date.now() + 2, fault: 0 })
  await g.actor.settle()
  expect((await t.as('foreman')(iot.alarm, { alarm_id: a.alarm_id })).state).toBe('cleared')
  await t.as('foreman')(iot.ackAlarm, { alarm_id: a.alarm_id })
  await expectRefused(t.as('foreman')(iot.ackAlarm, { alarm_id: a.alarm_id }), 'iot.alarm_acked')
  await t.as('foreman')(iot.disposeAlarm, { alarm_id: a.alarm_id, disposal: '更换接触器' })
  const done = await t.as('foreman')(iot.alarm, { alarm_id: a.alarm_id })
  expect(done.steps.map((s) => s.action).reverse()).toEqual(['raise', 'clear', 'ack', 'dispose'])
  await expectRefused(t.as('foreman')(iot.disposeAlarm, { alarm_id: a.alarm_id, disposal: '再来' }), 'iot.alarm_over')
})
const body = (more: Partial<RuleBody>): RuleBody => ({ trigger: { kind: 'threshold', point: 'co', op: 'above', limit: 30, back: 20, for_s: 0 }, hours: null, cool_down_s: 0, level: 'critical', order_category_id: null, command: { device_id: null, command: 'fan_on', arg: null }, back_command: null, scene_id: null, notify: null, webhook: false, ...more })
it('a rule alarms and commands, once, and says why; what is old does nothing', async () => {
  await say({ ts: Date.now(), fan: 0 })
  const { rule_id } = await t.as('foreman')(iot.saveRule, { name: '一氧化碳超限开风机', product_id: products.get('co_garage')!, community_id: null, device_id: null, body: body({}) })
  await until(async () => (await t.as('foreman')(iot.rules, {})).rows.length === 1)
  await g.reload()
  const told = heard.length
  await say({ ts: Date.now() - 3_600_000, co: 90 })
  await g.actor.settle()
  expect((await t.as('foreman')(iot.ruleFires, { rule_id })).total).toBe(0)
  await say({ ts: Date.now(), co: 45 })
  await say({ ts: Date.now() + 1, co: 50 })
  await g.actor.settle()
  const fires = await t.as('foreman')(iot.ruleFires, { rule_id })
  expect(fires.rows.map((r) => [r.facts, r.did])).toEqual([['一氧化碳 45.0 ppm,上限 30.0 ppm', '报警、命令「开风机」']])
  const c = await last(fan.device_id)
  expect(c).toMatchObject({ source: 'rule', reason: '联动:一氧化碳超限开风机' })
  expect(await ended(fan.device_id, c.command_id)).toMatchObject({ state: 'confirmed' })
  expect(heard.length).toBe(told + 1)
  const a = (await open()).find((x) => x.kind === `rule:${rule_id}`)!
  expect((await t.as('foreman')(iot.alarm, { alarm_id: a.alarm_id })).facts[0]).toEqual({ name: '一氧化碳', text: '45.0 ppm' })
  await say({ ts: Date.now() + 2, co: 10 })
  await g.actor.settle()
  expect((await t.as('foreman')(iot.alarm, { alarm_id: a.alarm_id })).state).toBe('cleared')
  // The dry run on the same history finds the same.
  const tried = await t.as('foreman')(iot.tryRule, { product_id: products.get('co_garage')!, community_id: null, device_id: null, body: body({}), days: 1 })
  expect(tried.fire_count).toBeGreaterThanOrEqual(1)
})
it('a rule never does what endangers somebody, and must make sense', async () => {
  const at = { product_id: products.get('modbus_vfd')!, community_id: null, device_id: null }
  const run = (b: RuleBody) => t.as('foreman')(iot.saveRule, { name: '试', ...at, body: b })
  const limit: RuleBody['trigger'] = { kind: 'threshold', point: 'pressure', op: 'below', limit: 0.2, back: 0.3, for_s: 60 }
  await expectRefused(run(body({ trigger: limit, command: { device_id: null, command: 'stop', arg: null } })), 'iot.rule_wrong')
  await expectRefused(run(body({ trigger: { ...limit, back: 0.1 }, command: null })), 'iot.rule_wrong')
  await expectRefused(run(body({ trigger: limit, command: null, level: null })), 'iot.rule_wrong')
})
it('tells those above when nobody has confirmed in time', async () => {
  await tell({ id: '1', ts: Date.now(), kind: 'nothing_known' })
  await say({ ts: Date.now() + 5, fault: 1 })
  await g.actor.settle()
  const a = (await open()).find((x) => x.kind === 'fault')!
  await t.inside(escalate)
  expect((await t.as('foreman')(iot.alarm, { alarm_id: a.alarm_id })).escalated_at).toBeNull()
  setClock(new Date(Date.now() + 31 * 60_000).toISOString())
  await t.inside(escalate)
  setClock(undefined)
  expect((await t.as('foreman')(iot.alarm, { alarm_id: a.alarm_id })).steps[0]!.action).toBe('escalate')
})
it('many that fall silent together are one alarm', async () => {
  for (let n = 0; n < 8; n++) await register('temp_hum', `WS-${n}`)
  await g.reload()
  for (const d of g.registry.devices.values()) if (d.no.startsWith('WS-')) d.moving.conn = 'online'
  setClock(new Date(Date.now() + 3_600_000).toISOString())
  await g.tick()
  setClock(undefined)
  const mine = (await open()).filter((a) => a.kind.startsWith('offline'))
  expect(mine.filter((a) => a.kind === 'offline_many').length).toBe(1)
  expect(mine.filter((a) => a.title.includes('WS-')).length).toBe(0)
  // It ends when few are left, not with the last of them; those few are told one by one.
  const away = [...g.registry.devices.values()].filter((d) => d.moving.conn === 'offline').toSorted((a, b) => Number(b.no.startsWith('WS-')) - Number(a.no.startsWith('WS-')))
  const back = async (n: number): Promise<number> => {
    for (const d of away.splice(0, n)) {
      d.moving.conn = 'online'
      g.actor.heardAgain(d)
    }
    await g.actor.settle()
    return (await open()).filter((a) => a.kind === 'offline_many' && a.cleared_at === null).length
  }
  expect([await back(away.length - 3), await back(1)]).toEqual([1, 0])
  expect((await open()).filter((a) => a.kind === 'offline').map((a) => a.device_id).sort()).toEqual(away.map((d) => d.device_id).sort())
})
it('a command waits for nobody: to a device that is away it is not even kept (H2)', async () => {
  await expectRefused(t.as('foreman')(iot.sendCommand, { device_id: fan.device_id, command: 'fan_on' }), 'iot.not_online')
})
it('what a rule gave for an event it takes back: by the device’s word, by the clock, after a restart too, and never what it did not give', async () => {
  await g.stop()
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
  await client.endAsync(true)
  await connect()
  const at = { product_id: products.get('co_garage')!, community_id: null, device_id: fan.device_id }
  const p = await t.as('foreman')(iot.product, { product_id: at.product_id })
  await t.as('foreman')(iot.saveProduct, { product_id: at.product_id, code: p.code, name: p.name, category: p.category, link: p.link, model: { ...p.model, events: [{ key: 'person', name: '有人', level: 'notice' }] } })
  const off = { device_id: null, command: 'fan_off', arg: null }
  const b = (over_s: number) => body({ trigger: { kind: 'event', event: 'person', over_s }, level: null, back_command: off })
  await expectRefused(t.as('foreman')(iot.saveRule, { name: '来人开风机', ...at, body: b(0) }), 'iot.rule_wrong')
  const { rule_id } = await t.as('foreman')(iot.saveRule, { name: '来人开风机', ...at, body: b(60) })
  await g.reload()
  const did = async (): Promise<string[]> => { await g.actor.settle(); return (await t.as('foreman')(iot.ruleFires, { rule_id })).rows.map((r) => r.did).reverse() }
  const done = async (name: string): Promise<void> => { const c = await last(fan.device_id); expect([c.name, (await ended(fan.device_id, c.command_id)).state]).toEqual([name, 'confirmed']) }
  await tell({ id: 'p0', ts: Date.now(), kind: 'person', data: { active: false } })
  expect(await did()).toEqual([])
  await tell({ id: 'p1', ts: Date.now(), kind: 'person' })
  expect(await did()).toEqual(['命令「开风机」'])
  await done('开风机')
  await tell({ id: 'p2', ts: Date.now(), kind: 'person', data: { active: false } })
  expect(await did()).toEqual(['命令「开风机」', '恢复:命令「关风机」'])
  await done('关风机')
  await tell({ id: 'p3', ts: Date.now(), kind: 'person' })
  expect(await did()).toHaveLength(3)
  await done('开风机')
  await g.stop()
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
  await client.endAsync(true)
  await connect()
  g.actor.silent([], 0, Date.now() + 30_000)
  expect(await did()).toHaveLength(3)
  g.actor.silent([], 0, Date.now() + 61_000)
  expect((await did()).slice(2)).toEqual(['命令「开风机」', '恢复:命令「关风机」'])
  await done('关风机')
  g.actor.silent([], 0, Date.now() + 200_000)
  expect(await did()).toHaveLength(4)
  const tried = await t.as('foreman')(iot.tryRule, { ...at, body: b(60), days: 1 })
  expect(tried.fire_count).toBe(2)
})
it('of a rule over several devices: given back once, whichever of them ends it', async () => {
  const one = (op: 'above' | 'below', limit: number) => ({ kind: 'threshold' as const, point: 'co', op, limit, back: limit, for_s: 0 })
  const { rule_id } = await t.as('foreman')(iot.saveRule, { name: '浓度高且水压低', product_id: products.get('co_garage')!, community_id: null, device_id: null, body: body({ level: null, command: { device_id: fan.device_id, command: 'fan_on', arg: null }, back_command: { device_id: fan.device_id, command: 'fan_off', arg: null }, trigger: { kind: 'group', all: true, within_s: 0, terms: [{ not: false, device_id: drive_id, on: { kind: 'threshold', point: 'freq', op: 'above', limit: 20, back: 20, for_s: 0 } }, { not: false, device_id: fan.device_id, on: one('above', 30) }] } }) })
  await t.as('foreman')(iot.stopRule, { rule_id: (await t.as('foreman')(iot.rules, {})).rows.find((r) => r.name === '一氧化碳超限开风机')!.rule_id, stopped: true })
  await g.reload()
  registers[1] = 400
  await g.buses.poll(Date.now() + 3_600_000)
  await say({ ts: Date.now(), co: 60 })
  await g.actor.settle()
  const fires = async () => (await t.as('foreman')(iot.ruleFires, { rule_id })).rows
  expect((await fires()).map((r) => [r.device_name, r.did])).toEqual([['设备CK-1', '设备CK-1 命令「开风机」']])
  // The other one ends it.
  registers[1] = 100
  await g.buses.poll(Date.now() + 7_200_000)
  g.actor.silent([], 0, Date.now() + 10)
  await g.actor.settle()
  expect((await fires()).map((r) => [r.device_name, r.did])).toEqual([['设备CK-1', '恢复:设备CK-1 命令「关风机」'], ['设备CK-1', '设备CK-1 命令「开风机」']])
  for (const c of (await t.as('foreman')(iot.commands, { device_id: fan.device_id })).rows.slice(0, 2)) await ended(fan.device_id, c.command_id)
})
it('gives nothing back that it did not give: a state that ends outside the hours of its rule', async () => {
  // An hour that is not now, by the clock of Beijing.
  const hour = (new Date(Date.now() + 8 * 3_600_000).getUTCHours() + 6) % 24
  const { rule_id } = await t.as('foreman')(iot.saveRule, { name: '夜里风机', product_id: products.get('co_garage')!, community_id: null, device_id: fan.device_id, body: body({ trigger: { kind: 'change', point: 'fault', to: 1 }, hours: { from_h: hour, to_h: hour + 1 }, level: null, back_command: { device_id: null, command: 'fan_off', arg: null } }) })
  await g.reload()
  for (const [n, fault] of [0, 1, 0].entries()) await say({ ts: Date.now() + n, fault })
  await g.actor.settle()
  expect((await t.as('foreman')(iot.ruleFires, { rule_id })).rows).toEqual([])
})
