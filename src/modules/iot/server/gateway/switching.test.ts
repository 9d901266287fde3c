// A meter on a bus is told to open or close on the whole road: who may and why, the password, the line, the meter, and what is then read back.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { until } from '../../../../../tests/until.ts'
import { asSystem } from '../../../../kernel/worker.ts'
import { startBusSim, type BusSim } from '../../../../world/outside/device_sim/bus.ts'
import { relayOf, valveOf, type SimRelay, type SimValve } from '../../../../world/outside/device_sim/switches.ts'
import { BUS_DEFAULTS, iot, type CommandRow, type Model, type RuleBody } from '../../contract.ts'
import { queueCommand } from '../commands.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
const sims: BusSim[] = []
let relay: SimRelay
let valve: SimValve
let power: { bus_id: string; device_id: string; product_id: string }
let water: { bus_id: string; device_id: string; product_id: string }
const METER = '202611260099'
const SECRET = { level: '02', password: '123456', operator: '00000001' }
const foreman = () => t.as('foreman')
/** A product as it comes, patient for a moment only. */
async function quick(code: string, as: string, within_s: number): Promise<string> {
  const p = (await foreman()(iot.products, {})).rows.find((x) => x.code === code)!
  const { model } = await foreman()(iot.product, { product_id: p.product_id })
  return (await foreman()(iot.saveProduct, { code: as, name: as, category: 'meter', link: p.link, model: { ...model, commands: model.commands.map((c) => ({ ...c, confirm: { ...c.confirm!, within_s } })) } })).product_id
}
async function hang(protocol: 'dlt645_2007' | 'cjt188', code: string, address: string, port: number): Promise<typeof power> {
  const { bus_id } = await foreman()(iot.saveBus, { community_id: w.community_id, name: `总线${protocol}`, protocol, host: '127.0.0.1', port, ...BUS_DEFAULTS, timeout_ms: 700, gap_ms: 0, retries: 0, period_s: 3600 })
  const product_id = await quick(code, `q_${protocol}`, 3)
  await foreman()(iot.importDevices, { bus_id, product_id, rows: [{ address, name: `表${address}`, place: '电表箱', meter_no: null }] })
  return { bus_id, product_id, device_id: (await foreman()(iot.devices, { bus_id })).rows[0]!.device_id }
}
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await foreman()(iot.loadProducts, {})
  relay = relayOf()
  valve = valveOf({ moves_ms: 200 })
  sims.push(await startBusSim({ protocol: 'dlt645_2007', meters: [{ protocol: 'dlt645_2007', address: METER, value: () => 100, relay }] }))
  sims.push(await startBusSim({ protocol: 'cjt188', meters: [{ protocol: 'cjt188', address: '33118800000077', value: () => 842, valve }] }))
  power = await hang('dlt645_2007', 'dlt645_2007_relay', METER, sims[0]!.port)
  water = await hang('cjt188', 'cjt188_valve', '33118800000077', sims[1]!.port)
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
  await g.buses.poll(Date.now() + 3_600_000)
  await g.tick()
}, 120_000)
beforeEach(() => {
  Object.assign(relay, relayOf({ welded: false, protected: false }))
  Object.assign(valve, valveOf({ moves_ms: 200, sticks: false }))
})
afterEach(() => sims.forEach((s) => s.faults.clear()))
afterAll(async () => {
  await g?.stop()
  for (const s of sims) await s.stop()
})
const ended = (device_id: string, command_id: string): Promise<CommandRow> => until(async () => { const r = (await foreman()(iot.commands, { device_id })).rows.find((x) => x.command_id === command_id)!; return !['queued', 'sent', 'accepted'].includes(r.state) && r })
async function told(d: { device_id: string }, command: string): Promise<CommandRow> {
  const { command_id } = await foreman()(iot.sendCommand, { device_id: d.device_id, command, reason_code: 'own_request', reason: '用户本人申请' })
  return ended(d.device_id, command_id)
}

it('nothing is sent while no password is set; whoever may sets one, and nobody sees it again', async () => {
  expect((await foreman()(iot.device, { device_id: power.device_id })).values.find((v) => v.point === 'relay')!.text).toBe('通')
  expect(await told(power, 'trip')).toMatchObject({ state: 'failed', why: expect.stringContaining('没有设定电表的操作口令') })
  expect(relay.done).toEqual([])
  await expectRefused(t.as('cashier')(iot.setBusCredential, { bus_id: power.bus_id, ...SECRET }), 'kernel.forbidden')
  await expectRefused(foreman()(iot.setBusCredential, { bus_id: water.bus_id, ...SECRET }), 'iot.credential_none')
  await expectRefused(foreman()(iot.setDeviceCredential, { device_id: water.device_id, ...SECRET }), 'iot.credential_none')
  await foreman()(iot.setBusCredential, { bus_id: power.bus_id, ...SECRET })
  const [bus, device] = [await foreman()(iot.bus, { bus_id: power.bus_id }), await foreman()(iot.device, { device_id: power.device_id })]
  expect([bus.credential_at, device.bus_credential_at, device.credential_at]).toEqual([expect.any(String), expect.any(String), null])
  for (const seen of [bus, device]) expect(Object.keys(seen).filter((k) => /password|sealed|operator|level/.test(k))).toEqual([])
  expect(bus.models).toMatchObject([{ device_count: 1, own_count: 0, commands: [{ name: '跳闸', where: '1C:1A', back: '继电器(04000503.4) = 断' }, { name: '合闸允许' }, { name: '直接合闸' }] }])
})
it('is confirmed by the state of the relay alone', async () => {
  expect(await told(power, 'trip')).toMatchObject({ state: 'confirmed', seen_v: '1', why: null })
  expect(await told(power, 'permit')).toMatchObject({ state: 'confirmed', seen_v: '0' })
  expect(relay.is_open).toBe(true)
  expect(await told(power, 'close')).toMatchObject({ state: 'confirmed', seen_v: '0' })
  expect(relay.done).toEqual(['1A', '1B', '1C'])
  Object.assign(relay, { welded: true })
  expect(await told(power, 'trip')).toMatchObject({ state: 'unknown', seen_v: '0', why: '设备已应答,但回读「继电器」为「通」,表计没有动作:可能触点粘连、阀门卡住或处于保电,请到现场核实' })
})
it('says what the meter refuses; a password of its own goes before that of the bus', async () => {
  await foreman()(iot.setDeviceCredential, { device_id: power.device_id, ...SECRET, password: '999999' })
  expect((await foreman()(iot.bus, { bus_id: power.bus_id })).models[0]).toMatchObject({ own_count: 1 })
  expect(await told(power, 'trip')).toMatchObject({ state: 'failed', why: '表计拒绝:密码错或未授权(口令连错几次表计会锁定一天,核对后再试)' })
  expect(relay.wrong_count).toBe(1)
  await foreman()(iot.forgetDeviceCredential, { device_id: power.device_id })
  expect(await told(power, 'trip')).toMatchObject({ state: 'confirmed' })
})
it('an answer that is late or lost is not believed and not asked for again: what is read back says what is so', async () => {
  sims[0]!.faults.set(METER, [{ late_ms: 900 }])
  expect(await told(power, 'trip')).toMatchObject({ state: 'confirmed', seen_v: '1', why: '发出后没有应答,回读已是要求的状态' })
  Object.assign(relay, { welded: true })
  sims[0]!.faults.set(METER, ['dead'])
  expect(await told(power, 'close')).toMatchObject({ state: 'unknown', seen_v: '1', why: '发出后没有应答,但回读「继电器」为「断」,表计没有动作:可能触点粘连、阀门卡住或处于保电,请到现场核实' })
  expect(relay.done).toEqual(['1A', '1C'])
})
it('a valve is shut and read back; one that sticks is told apart', async () => {
  expect(await told(water, 'shut')).toMatchObject({ state: 'confirmed', seen_v: '1' })
  Object.assign(valve, { sticks: true })
  expect(await told(water, 'open')).toMatchObject({ state: 'unknown', seen_v: '3', why: expect.stringContaining('回读「阀门」为「异常」') })
})
it('a debt switches nothing, and nothing but a hand does: no rule, no scene, no platform, no fire', async () => {
  const bare = { device_id: power.device_id, command: 'trip' }
  await expectRefused(foreman()(iot.sendCommand, { ...bare, reason: '欠费三个月' }), 'iot.meter_reason')
  await expectRefused(foreman()(iot.sendCommand, { ...bare, reason_code: 'operation', reason: '催缴' }), 'iot.meter_reason')
  await expectRefused(foreman()(iot.sendCommand, { ...bare, reason_code: 'safety' }), 'iot.reason_needed')
  await expectRefused((await t.hire('guard_head'))(iot.sendCommand, { ...bare, reason_code: 'safety', reason: '冒烟' }), 'iot.no_right_for')
  const body: RuleBody = { trigger: { kind: 'threshold', point: 'power', op: 'above', limit: 10, back: 8, for_s: 0 }, hours: null, cool_down_s: 0, level: null, order_category_id: null, command: { device_id: null, command: 'trip', arg: null }, back_command: null, scene_id: null, notify: null, webhook: false }
  await expectRefused(foreman()(iot.saveRule, { name: '超功率跳闸', product_id: power.product_id, community_id: null, device_id: null, body }), 'iot.rule_wrong')
  await expectRefused(foreman()(iot.saveScene, { community_id: w.community_id, name: '夜里关水', body: [{ product_id: water.product_id, device_ids: [], command: 'shut', arg: null }] }), 'iot.scene_wrong')
  for (const source of ['rule', 'scene', 'feed', 'fire'] as const)
    await expect(asSystem(t.app, t.company_id, 'iot.act', (scope) => queueCommand(scope, { ...bare, arg: null, reason_code: 'safety', reason: '联动', source, rule_id: null }))).rejects.toThrow('iot.meter_by_hand')
  expect(relay.done).toEqual([])
})
it('a product that switches a meter is a meter’s, endangers, and is read back; what a protocol has not is refused in words', async () => {
  const { model } = await foreman()(iot.product, { product_id: power.product_id })
  const save = (m: Model, o: { category?: 'light'; link?: 'dlt645_1997' } = {}) => foreman()(iot.saveProduct, { code: 'odd', name: '不成立', category: o.category ?? 'meter', link: o.link ?? 'dlt645_2007', model: m })
  const with_first = (change: object): Model => ({ ...model, commands: [{ ...model.commands[0]!, ...change }] })
  for (const wrong of [() => save(model, { category: 'light' }), () => save(with_first({ safety: 'comfort' })), () => save(with_first({ confirm: null })), () => save(with_first({ where: 'hr:2' })), () => save(with_first({ where: null })), () => save({ ...model, points: model.points.map((p) => (p.key === 'relay' ? { ...p, where: '04000503.16' } : p)) }), () => save({ ...model, points: model.points.map((p) => ({ ...p, where: '9010' })) }, { link: 'dlt645_1997' })])
    await expectRefused(wrong(), 'iot.model_wrong')
})
