// A bus on a serial port: chosen from what the gateway's machine has, one bus a port, and only what speaks over a wire.
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { BUS_DEFAULTS, iot, type Serial } from '../contract.ts'
import { lineText } from '../shown.ts'
import { serialPorts } from './bus/serial_ports.ts'
import { startGateway, type Gateway } from './gateway/index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
// Devices of characters that every machine has; nothing is asked of them here.
const ONE = '/dev/null'
const dir = mkdtempSync(join(tmpdir(), 'heyuan-port-'))
const TWO = join(dir, 'rs485')
symlinkSync('/dev/zero', TWO)
const serial = (path: string, more: Partial<Serial> = {}): Serial => ({ path, baud: 2400, data_bits: 8, parity: 'even', stop_bits: 1, ...more })
const save = (o: object) => t.as('foreman')(iot.saveBus, { community_id: w.community_id, name: '地下室电表', protocol: 'dlt645_2007', link: 'serial', ...BUS_DEFAULTS, ...o })
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  process.env['HEYUAN_SERIAL_PORTS'] = `${ONE}, ${TWO},/dev/heyuan-none,/etc/hostname`
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
}, 120_000)
afterAll(async () => {
  delete process.env['HEYUAN_SERIAL_PORTS']
  await g?.stop()
  rmSync(dir, { recursive: true, force: true })
})
it('the gateway tells which ports its machine has: devices alone, and of them those that it may use', async () => {
  expect(await serialPorts()).toEqual([{ path: ONE, name: 'null' }, { path: TWO, name: 'rs485' }])
  expect((await t.as('foreman')(iot.buses, {})).serial_ports).toEqual([{ path: ONE, name: 'null' }, { path: TWO, name: 'rs485' }])
})
it('is refused what is missing, what is not there, and what goes by the network', async () => {
  await expectRefused(save({}), 'iot.bus_line_missing')
  await expectRefused(save({ link: 'tcp' }), 'iot.bus_line_missing')
  await expectRefused(save({ link: 'tcp', host: '10.0.0.9', port: null }), 'iot.bus_line_missing')
  await expectRefused(save({ serial: serial('/dev/heyuan-none') }), 'iot.serial_gone')
  // It is in the list that the gateway may use, and no device.
  await expectRefused(save({ serial: serial('/etc/hostname') }), 'iot.serial_gone')
  for (const path of ['/dev/../etc/passwd', 'null', '/dev/a b', '']) await expectRefused(save({ serial: serial(path) }), 'kernel.invalid')
  await expectRefused(save({ serial: serial(ONE, { baud: 2401 }) }), 'kernel.invalid')
  for (const protocol of ['modbus_tcp', 'bacnet_ip']) await expectRefused(save({ protocol, serial: serial(ONE) }), 'iot.bus_not_serial')
})
it('one bus a port; a stopped one gives it free and takes it back only while nobody else has it', async () => {
  const { bus_id } = await save({ serial: serial(ONE) })
  const one = await t.as('foreman')(iot.bus, { bus_id })
  expect([one.host, one.port, one.serial, lineText(one)]).toEqual([null, null, serial(ONE), 'null 2400 8E1'])
  await expectRefused(save({ name: '又一条', serial: serial(ONE) }), 'iot.serial_taken')
  await t.as('foreman')(iot.stopBus, { bus_id, stopped: true })
  const other = await save({ name: '又一条', serial: serial(ONE, { baud: 9600, parity: 'none' }) })
  await expectRefused(t.as('foreman')(iot.stopBus, { bus_id, stopped: false }), 'iot.serial_taken')
  // Back to a serial server, or to another port.
  await save({ name: '又一条', bus_id: other.bus_id, link: 'tcp', host: '10.0.0.9', port: 8899, serial: serial(ONE) })
  expect(await t.as('foreman')(iot.bus, { bus_id: other.bus_id })).toMatchObject({ host: '10.0.0.9', port: 8899, serial: null })
  await t.as('foreman')(iot.stopBus, { bus_id, stopped: false })
  await save({ name: '第三条', serial: serial(TWO) })
  // The adapter is out: other parameters of the same port may still be set.
  process.env['HEYUAN_SERIAL_PORTS'] = TWO
  await save({ bus_id, serial: serial(ONE, { baud: 4800 }) })
})
