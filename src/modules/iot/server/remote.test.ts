// From the meter on a bus to the reading of the month: asked over the line, judged, taken, or not taken and why.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { today } from '../../../kernel/clock.ts'
import { startBusSim, type BusSim } from '../../../world/outside/device_sim/bus.ts'
import { meters } from '../../meters/contract.ts'
import { BUS_DEFAULTS, iot } from '../contract.ts'
import { startGateway, type Gateway } from './gateway/index.ts'
import { readByPlan } from './remote.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
let sim: BusSim
let bus_id: string
const shows: Record<string, number> = { '11': 120_00, '12': 80_00, '13': 50_00 }
const meterNo = (a: string): string => `SB-${a}`
const until = async (ready: () => Promise<boolean>): Promise<void> => {
  for (let n = 0; n < 600; n++) {
    if (await ready()) return
    await new Promise((r) => setTimeout(r, 50))
  }
  throw new Error('not reached')
}
const meterOf = new Map<string, string>()

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  const labels = ['1-1-101', '1-1-102', '1-1-201']
  for (const [i, a] of Object.keys(shows).entries())
    meterOf.set(a, (await t.as('admin')(meters.saveMeter, { community_id: w.community_id, house_id: w.houses[labels[i]!]!, kind: 'water', no: meterNo(a), multiplier: '1', installed_on: '2025-01-01', start_reading: a === '13' ? '60' : '40' } as never)).meter_id)
  sim = await startBusSim({ protocol: 'cjt188', meters: Object.keys(shows).map((address) => ({ protocol: 'cjt188', address, value: () => shows[address]! })) })
  await t.as('foreman')(iot.loadProducts, {})
  const product = (await t.as('foreman')(iot.products, {})).rows.find((p) => p.code === 'cjt188_water')!
  bus_id = (await t.as('foreman')(iot.saveBus, { community_id: w.community_id, name: '1 栋水表', protocol: 'cjt188', host: '127.0.0.1', port: sim.port, ...BUS_DEFAULTS, timeout_ms: 2000, retries: 0 })).bus_id
  await expectRefused(t.as('foreman')(iot.importDevices, { bus_id, product_id: product.product_id, rows: [{ address: '11', name: '101 水表', place: '', meter_no: '没有这块' }] }), 'iot.import_wrong')
  await t.as('foreman')(iot.importDevices, { bus_id, product_id: product.product_id, rows: Object.keys(shows).map((a) => ({ address: a, name: `水表 ${a}`, place: '水表井', meter_no: meterNo(a) })) })
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
}, 120_000)
afterAll(async () => {
  await g?.stop()
  await sim?.stop()
})

it('a person tries an address and sees the value, and of one that is not there why', async () => {
  const { task_id } = await t.as('foreman')(iot.startTask, { bus_id, addresses: ['11', '99'], where_text: '901F' })
  await until(async () => (await t.as('foreman')(iot.task, { task_id })).state === 'done')
  expect((await t.as('foreman')(iot.task, { task_id })).result).toMatchObject([{ address: '11', ok: true, value: 120 }, { address: '99', ok: false, why: '没有应答' }])
})
it('an address names one meter of the line, and is written once, with its zeros or without', async () => {
  const product_id = (await t.as('foreman')(iot.products, {})).rows.find((p) => p.code === 'cjt188_water')!.product_id
  const add = (...addresses: string[]) => t.as('foreman')(iot.importDevices, { bus_id, product_id, rows: addresses.map((address) => ({ address, name: `又一块 ${address}`, place: '', meter_no: null })) })
  const one = (address: string) => t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '表井', product_id, no: `T-${address}`, name: `又一块 ${address}`, address, bus_id, gateway_id: null, equipment_id: null, meter_id: null, note: null })
  await expectRefused(add('00000000000011'), 'iot.import_wrong')
  await expectRefused(add('21', '0021'), 'iot.import_wrong')
  await expectRefused(add('2B'), 'iot.import_wrong')
  await expectRefused(one('00000000000011'), 'iot.address_taken')
  await expectRefused(one('2B'), 'iot.address_wrong')
  await expectRefused(t.as('foreman')(iot.startTask, { bus_id, addresses: ['2B'], where_text: '901F' }), 'iot.task_wrong')
})
it('a value put in afterwards by hand is no reading', async () => {
  const device_id = (await t.as('foreman')(iot.devices, { q: '水表 11', page_size: 20 })).rows[0]!.device_id
  await t.as('foreman')(iot.recordSamples, { device_id, point: 'volume', reason: '网关检修', rows: [{ at: new Date(Date.now() - 60_000).toISOString(), v: 45 }] })
  const period = today().slice(0, 7)
  expect((await t.as('foreman')(iot.readRemote, { community_id: w.community_id, kind: 'water', period })).done_count).toBe(0)
  expect((await t.as('foreman')(iot.remoteReads, { period, q: '11' })).rows[0]!.why).toMatch(/没有采集到读数/)
})
it('reads the bus, takes the readings of the month, and says what it did not take', async () => {
  const far = Date.now() + 24 * 3_600_000
  await g.buses.poll(far - 23 * 3_600_000)
  await g.buses.poll(far)
  await g.tick()
  const period = today().slice(0, 7)
  const taken = await t.as('foreman')(iot.readRemote, { community_id: w.community_id, kind: 'water', period })
  // 13 shows 50 where the register says that it began at 60: meters refuses it.
  expect(taken).toEqual({ done_count: 2, suspect_count: 0, failed_count: 1 })
  const rows = (await t.as('foreman')(iot.remoteReads, { period })).rows
  expect(rows.map((r) => [r.device_name, r.state, r.reading])).toEqual([['水表 11', 'done', '120'], ['水表 12', 'done', '80'], ['水表 13', 'failed', '50']])
  expect(rows[2]!.why).toContain('50')
  const reading = (await t.as('admin')(meters.readings, { period, house_id: w.houses['1-1-101']! })).rows[0]!
  expect(reading).toMatchObject({ reading: '120' })
  // Again: what is read is read.
  expect(await t.as('foreman')(iot.readRemote, { community_id: w.community_id, kind: 'water', period })).toEqual({ done_count: 0, suspect_count: 0, failed_count: 1 })
})
it('does not take what the gateway doubts (H8)', async () => {
  shows['13'] = 0
  await g.buses.poll(Date.now() + 72 * 3_600_000)
  await g.tick()
  const period = today().slice(0, 7)
  await t.as('foreman')(iot.readRemote, { community_id: w.community_id, kind: 'water', period })
  expect((await t.as('foreman')(iot.remoteReads, { period, q: '13' })).rows[0]).toMatchObject({ state: 'failed', why: '最近的采集值存疑:累计值变小' })
})
it('a plan takes them by itself at its hour', async () => {
  await t.as('foreman')(iot.saveReadPlan, { community_id: w.community_id, kind: 'water', from_on: today(), day_no: 1, hour_no: 0, stopped: false })
  await t.inside((s) => readByPlan(s, (c) => c))
  await expectRefused(t.as('foreman')(iot.saveReadPlan, { community_id: w.community_id, kind: 'water', from_on: '2026-01-01', day_no: 1, hour_no: 0, stopped: false }), 'iot.plan_past')
  expect((await t.as('foreman')(iot.readPlans, {})).rows[0]).toMatchObject({ day_no: 1, in_force: true })
})
it('only who keeps the buses may change or ask them', async () => {
  await expectRefused(t.as('cashier')(iot.buses, {}), 'kernel.forbidden')
  await expectRefused(t.as('visitor')(iot.startTask, { bus_id, addresses: ['11'], where_text: '901F' }), 'kernel.forbidden')
  await expectRefused(t.as('other_admin')(iot.bus, { bus_id }), 'kernel.not_found')
  const b = await t.as('foreman')(iot.bus, { bus_id })
  expect(b.slaves.length).toBe(3)
})
