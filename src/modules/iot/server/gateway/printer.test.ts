// A fire panel with nothing but a printer: who it is by the packet of its serial server, what it prints acted on as any fire.
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { startPrinterSim, type PrinterSim } from '../../../../world/outside/device_sim/panel_printer.ts'
import { iot } from '../../contract.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
let sim: PrinterSim
let product_id: string
let panel_id: string
const TOKEN = 'XFZJ-01'
const until = (what: () => Promise<unknown>): Promise<void> => expect.poll(async () => Boolean(await what()), { timeout: 20_000, interval: 50 }).toBe(true)
const register = (no: string, address: string | null) => t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '消防控制室', product_id, no, name: '老主机', address, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })
const fires = async () => (await t.as('foreman')(iot.fires, { open: true })).rows
const end = async () => { for (const f of await fires()) await t.as('admin')(iot.endFire, { fire_id: f.fire_id, verdict: 'test', note: '测试' }) }

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  product_id = (await t.as('foreman')(iot.products, {})).rows.find((p) => p.code === 'fire_printer')!.product_id
  await expectRefused(register('XF-8', null), 'iot.address_missing')
  await expectRefused(register('XF-8', '中文'), 'iot.printer_address')
  panel_id = (await register('XF-8', TOKEN)).device_id
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, printer_port: 0, clock: false, onLost: () => {} })
  sim = startPrinterSim({ port: g.printer!.port, token: TOKEN })
}, 120_000)
afterAll(async () => {
  sim?.stop()
  await g?.stop()
})

it('is heard by its packet; a line that says who it is not is closed', async () => {
  await until(async () => { await g.tick(); return (await t.as('foreman')(iot.device, { device_id: panel_id })).state === 'running' })
  const s = connect(g.printer!.port, '127.0.0.1')
  s.on('error', () => {})
  const closed = new Promise<void>((done) => s.once('close', () => done()))
  s.write('NOBODY-9\n')
  await closed
})
it('one detector alarms and moves nothing, the second confirms; the same part twice is one', async () => {
  sim.record({ at: new Date(), address: '004-004', state: 'fire' })
  await until(async () => (await fires()).length === 1)
  sim.record({ at: new Date(), address: '004-004', state: 'fire' })
  sim.record({ at: new Date(), address: '002-001', state: 'fault' })
  await until(async () => (await t.as('foreman')(iot.alarms, { open: true })).rows.some((a) => a.kind === 'fire_fault:print.2-1'))
  expect(await fires()).toMatchObject([{ state: 'reported', part_count: 1, first_part: '裙楼一层 感烟探测器(4-4)' }])
  sim.record({ at: new Date(), address: '006-007', state: 'fire_next' })
  await until(async () => (await fires())[0]?.state === 'confirmed')
  expect((await fires())[0]).toMatchObject({ part_count: 2, confirmed_why: '2 个独立的报警信号' })
  await end()
})
it('a call point confirms by itself; by a clock that is wrong nothing is moved by itself', async () => {
  sim.record({ at: new Date(), address: '001-009', state: 'fire', manual: true })
  await until(async () => (await fires())[0]?.state === 'confirmed')
  await end()
  sim.record({ at: new Date(Date.now() - 3 * 3_600_000), address: '001-009', state: 'fire', manual: true })
  await until(async () => (await fires()).length === 1)
  expect((await fires())[0]).toMatchObject({ state: 'reported', held_why: expect.stringContaining('时钟不准') })
  await end()
})
it('in pieces it is the same record; what is printed without a state is shown on the device', async () => {
  const text = Buffer.from('1B3630382F31320A1B39B9CAD5CF20203030332D3030390A0A', 'hex')
  for (const b of text) { sim.raw(Uint8Array.from([b])); await new Promise((r) => setTimeout(r, 2)) }
  await until(async () => (await t.as('foreman')(iot.alarms, { open: true })).rows.some((a) => a.kind === 'fire_fault:print.3-9'))
  sim.raw(Buffer.from('SELF TEST OK\n\n', 'latin1'))
  await until(async () => { await g.tick(); return (await t.as('foreman')(iot.device, { device_id: panel_id })).refused_why?.includes('SELF TEST OK') })
})
