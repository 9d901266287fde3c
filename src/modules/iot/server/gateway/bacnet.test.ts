// A BACnet/IP bus as people use it: scanned, its objects listed, a test read, a device brought in and polled, set by a command that is confirmed by reading back.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { startBacnetSim, type BacnetSim } from '../../../../world/outside/device_sim/bacnet.ts'
import { BUS_DEFAULTS, iot, type TaskResult } from '../../contract.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
let sim: BacnetSim
let bus_id = ''
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  sim = await startBacnetSim({ instance: 1001, name: '空调机组 1', objects: [{ type: 0, instance: 1, name: '送风温度', value: 18.5, units: 62 }, { type: 0, instance: 2, name: '回风温度', value: 24, units: 62 }, { type: 2, instance: 1, name: '温度设定', value: 22, units: 62 }, { type: 4, instance: 1, name: '风机启停', value: 0 }] })
  bus_id = (await t.as('foreman')(iot.saveBus, { community_id: w.community_id, name: '空调', protocol: 'bacnet_ip', host: '127.0.0.1', port: sim.port, ...BUS_DEFAULTS, timeout_ms: 3000 })).bus_id
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
}, 120_000)
afterAll(async () => {
  await g?.stop()
  await sim?.stop()
})
async function asked(o: { what?: 'read' | 'scan' | 'objects'; addresses: string[]; where_text: string }): Promise<TaskResult> {
  const { task_id } = await t.as('foreman')(iot.startTask, { bus_id, what: 'read', ...o })
  await expect.poll(async () => (await t.as('foreman')(iot.task, { task_id })).state, { timeout: 60_000, interval: 100 }).toBe('done')
  return (await t.as('foreman')(iot.task, { task_id })).result!
}
it('is scanned, lists its objects, is read as a test; what is asked wrongly is said', async () => {
  expect(await asked({ what: 'scan', addresses: [], where_text: '' })).toMatchObject([{ address: '1001', ok: true, name: '空调机组 1' }])
  expect(await asked({ what: 'objects', addresses: ['1001'], where_text: '' })).toMatchObject([{ where: 'ai:1', name: '送风温度', unit: '℃', value: 18.5 }, { where: 'ai:2' }, { where: 'av:1' }, { where: 'bo:1', value: 0 }])
  expect(await asked({ addresses: ['1001', '99'], where_text: 'ai:2' })).toMatchObject([{ ok: true, value: 24 }, { ok: false }])
  for (const bad of [{ what: 'read', addresses: [], where_text: 'ai:1' }, { what: 'objects', addresses: ['1', '2'], where_text: '' }, { what: 'read', addresses: ['AB'], where_text: 'ai:1' }] as const) await expectRefused(t.as('foreman')(iot.startTask, { bus_id, ...bad, addresses: [...bad.addresses] }), 'iot.task_wrong')
  const line = await t.as('foreman')(iot.saveBus, { community_id: w.community_id, name: '电表', protocol: 'dlt645_2007', host: '127.0.0.1', port: 9, ...BUS_DEFAULTS })
  await expectRefused(t.as('foreman')(iot.startTask, { bus_id: line.bus_id, what: 'objects', addresses: ['1'], where_text: '' }), 'iot.task_wrong')
}, 120_000)
it('a product for it says where its points and commands lie', async () => {
  const { model } = await t.as('foreman')(iot.product, { product_id: (await t.as('foreman')(iot.products, {})).rows.find((p) => p.code === 'bacnet_ahu')!.product_id })
  const save = (m: typeof model) => t.as('foreman')(iot.saveProduct, { code: 'ahu_2', name: '另一种机组', category: 'hvac', link: 'bacnet', model: m })
  for (const where of [null, 'ai', 'xx:1', 'ai:1']) await expectRefused(save({ ...model, commands: [{ ...model.commands[0]!, where }] }), 'iot.model_wrong')
  await expectRefused(save({ ...model, points: [{ ...model.points[0]!, where: 'hr:0:u16' }, ...model.points.slice(1)] }), 'iot.model_wrong')
  expect((await save(model)).version_no).toBe(1)
})
it('is polled with one question a device, and set by commands that are read back', async () => {
  const products = new Map((await t.as('foreman')(iot.products, {})).rows.map((p) => [p.code, p.product_id]))
  await expectRefused(t.as('foreman')(iot.importDevices, { bus_id, product_id: products.get('bacnet_ahu')!, rows: [{ address: 'A1', name: 'x', place: '', meter_no: null }] }), 'iot.import_wrong')
  await t.as('foreman')(iot.importDevices, { bus_id, product_id: products.get('bacnet_ahu')!, rows: [{ address: '1001', name: '会所空调', place: '会所', meter_no: null }] })
  await g.reload()
  const before = sim.device.asked
  await g.buses.poll(Date.now() + 600_000)
  expect(sim.device.asked - before).toBe(1)
  await g.tick()
  const d = (await t.as('foreman')(iot.devices, { bus_id })).rows[0]!
  expect(d).toMatchObject({ state: 'running', values: [{ point: 'supply', v: 18.5 }, { point: 'back', v: 24 }, { point: 'setpoint', v: 22 }, { point: 'fan', v: 0 }] })
  const ended = (command_id: string) => expect.poll(async () => (await t.as('foreman')(iot.commands, { device_id: d.device_id })).rows.find((r) => r.command_id === command_id)!.state, { timeout: 30_000 }).toBe('confirmed')
  await ended((await t.as('foreman')(iot.sendCommand, { device_id: d.device_id, command: 'start' })).command_id)
  await ended((await t.as('foreman')(iot.sendCommand, { device_id: d.device_id, command: 'set_temp', arg: 25.5 })).command_id)
  expect(sim.device.written).toEqual([{ type: 4, instance: 1, value: 1, priority: 8 }, { type: 2, instance: 1, value: 25.5, priority: 8 }])
  await g.buses.writeStates()
  const b = await t.as('foreman')(iot.bus, { bus_id })
  expect([b.line, b.slaves.find((s) => s.address === '1001')!.answered > 3, b.frames.length > 3]).toEqual(['open', true, true])
}, 120_000)
it('a bus that follows changes has a new value without asking, and asks its devices less often', async () => {
  const b = (await t.as('foreman')(iot.bus, { bus_id }))
  await t.as('foreman')(iot.saveBus, { bus_id, community_id: w.community_id, name: b.name, protocol: 'bacnet_ip', host: '127.0.0.1', port: sim.port, ...b.settings, period_s: 60, cov: true })
  await g.reload()
  // The first round is due at once for the first device; with it the subscriptions are made.
  const begun = Date.now() + 1_200_000
  await g.buses.poll(begun)
  await g.buses.poll(begun + 61_000)
  const supply = sim.device.objects[0]!
  supply.value = 15.5
  sim.tell(supply)
  const shown = async (): Promise<number | null | undefined> => { await g.tick(); return (await t.as('foreman')(iot.devices, { bus_id })).rows[0]!.values.find((v) => v.point === 'supply')?.v }
  await expect.poll(shown, { timeout: 20_000 }).toBe(15.5)
  const asked = sim.device.asked
  await g.buses.poll(begun + 125_000)
  await g.buses.poll(begun + 190_000)
  expect(sim.device.asked - asked).toBeLessThanOrEqual(1)
}, 60_000)
