// A serial port of this machine, as a pair of ends that socat makes: what the driver of the system does is real, only the wire is not. At the far end our simulated meters, and a slave of pymodbus.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BUS_DEFAULTS, type Serial } from '../../src/modules/iot/contract.ts'
import { Bus } from '../../src/modules/iot/server/bus/scheduler.ts'
import { serialPorts } from '../../src/modules/iot/server/bus/serial_ports.ts'
import { startBusSim, type BusSim } from '../../src/world/outside/device_sim/bus.ts'
import { relayOf } from '../../src/world/outside/device_sim/switches.ts'
import { until } from '../until.ts'
import { PYTHON, installed, pymodbus } from './programs.ts'

const children: ChildProcess[] = []
const buses: Bus[] = []
let sim: BusSim | undefined
let dir: string
const at = (name: string): string => join(dir, name)
const there = (path: string): Promise<boolean> => lstat(path).then(() => true, () => false)
function run(name: string, args: readonly string[]): ChildProcess {
  const child = spawn(name, [...args], { stdio: 'ignore' })
  children.push(child)
  return child
}
async function wire(...ends: readonly [string, string]): Promise<ChildProcess> {
  const child = run('socat', ends)
  for (const e of ends) {
    const path = /link=(\S+)/.exec(e)?.[1]
    if (path) await until(() => there(path))
  }
  return child
}
const pty = (path: string): string => `pty,raw,echo=0,link=${path}`
async function pulled(child: ChildProcess, path: string): Promise<void> {
  child.kill('SIGTERM')
  await until(async () => !(await there(path)))
}
const SETTINGS = { ...BUS_DEFAULTS, timeout_ms: 1500, gap_ms: 5, retries: 0 }
const set = (path: string, more: Partial<Serial> = {}): Serial => ({ path, baud: 2400, data_bits: 8, parity: 'even', stop_bits: 1, ...more })
function on(serial: Serial, protocol: 'dlt645_2007' | 'modbus_rtu' = 'dlt645_2007'): Bus {
  const bus = new Bus(protocol, { serial }, SETTINGS)
  buses.push(bus)
  return bus
}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'heyuan-tty-'))
  process.env['HEYUAN_SERIAL_PORTS'] = [at('a'), at('b')].join(',')
})
afterEach(async () => {
  for (const b of buses.splice(0)) b.stop()
  for (const c of children.splice(0)) c.kill('SIGKILL')
  await sim?.stop()
  sim = undefined
  delete process.env['HEYUAN_SERIAL_PORTS']
  rmSync(dir, { recursive: true, force: true })
})
const METER = '202611260001'
const meters = async (): Promise<void> => { sim = await startBusSim({ protocol: 'dlt645_2007', meters: [{ protocol: 'dlt645_2007', address: METER, value: () => 123_45, relay: relayOf() }] }) }

describe.skipIf(!installed('socat'))('a serial port', () => {
  it('reads and switches a meter at 2400 8E1, and is one bus’s alone', async () => {
    await meters()
    await wire(pty(at('a')), `tcp:127.0.0.1:${sim!.port}`)
    expect(await serialPorts()).toEqual([{ path: at('a'), name: 'a' }])
    const bus = on(set(at('a')))
    expect(await bus.read(METER, '00010000', 'asked')).toMatchObject({ ok: true, v: 123.45 })
    expect(await bus.write(METER, '1C:1A', 0, { secret: { level: '02', password: '123456', operator: '00000001' }, until_ms: Date.now() + 600_000 })).toMatchObject({ ok: true })
    expect(await bus.read(METER, '04000503.4', 'asked')).toMatchObject({ ok: true, v: 1 })
    const second = on(set(at('a')))
    expect(await second.read(METER, '00010000', 'asked')).toMatchObject({ ok: false, kind: 'line', why: expect.stringContaining('占用') })
    expect(await bus.read(METER, '00010000', 'asked')).toMatchObject({ ok: true })
  }, 60_000)
  it('is told when it is pulled out, and comes back by itself when it is plugged in again', async () => {
    await meters()
    const first = await wire(pty(at('a')), `tcp:127.0.0.1:${sim!.port}`)
    const bus = on(set(at('a')))
    expect(await bus.read(METER, '00010000', 'asked')).toMatchObject({ ok: true })
    await pulled(first, at('a'))
    await until(async () => bus.line === 'closed')
    expect(bus.line_why).toContain('适配器被拔出')
    expect(await bus.read(METER, '00010000', 'asked')).toMatchObject({ ok: false, kind: 'line', why: expect.stringContaining('没有插好') })
    await wire(pty(at('a')), `tcp:127.0.0.1:${sim!.port}`)
    // Nobody asks anything: the clock of the gateway alone.
    await until(async () => { bus.revive(); return bus.line === 'open' })
    expect(bus.line_why).toBeNull()
    expect(await bus.read(METER, '00010000', 'asked')).toMatchObject({ ok: true, v: 123.45 })
  }, 60_000)
  it('opens nothing that is not one of the machine’s ports', async () => {
    await wire(pty(at('c')), pty(at('d')))
    for (const path of [at('c'), '/dev/null', at('nothing')]) expect(await on(set(path)).read(METER, '00010000', 'asked')).toMatchObject({ ok: false, kind: 'line', why: expect.stringContaining('没有串口') })
    expect(await serialPorts()).toEqual([])
  }, 60_000)
})
/** Slave 7 at the far end: holding registers 0… = 2315, 65436 (−100), 42. */
const PY = `
import sys, asyncio
from pymodbus.server import StartAsyncSerialServer
from pymodbus.datastore import ModbusSequentialDataBlock as B, ModbusSlaveContext, ModbusServerContext
from pymodbus.transaction import ModbusRtuFramer
s = ModbusSlaveContext(hr=B(0, [2315, 65436, 42] + [0] * 20), ir=B(0, [0] * 20), co=B(0, [0] * 20), di=B(0, [0] * 20), zero_mode=True)
asyncio.run(StartAsyncSerialServer(context=ModbusServerContext(slaves={7: s}, single=False), framer=ModbusRtuFramer, port=sys.argv[1], baudrate=9600, parity='N'))
`
describe.skipIf(!installed('socat') || !pymodbus())('a slave of pymodbus on a serial port', () => {
  it('is read and set by Modbus RTU at 9600 8N1', async () => {
    await wire(pty(at('a')), pty(at('z')))
    run(PYTHON, ['-c', PY, at('z')])
    const bus = on(set(at('a'), { baud: 9600, parity: 'none' }), 'modbus_rtu')
    await until(async () => (await bus.read('7', 'hr:0:u16:0.1', 'asked')).ok)
    expect(await bus.read('7', 'hr:0:u16:0.1', 'asked')).toMatchObject({ ok: true, v: 231.5 })
    expect(await bus.read('7', 'hr:1:s16', 'asked')).toMatchObject({ ok: true, v: -100 })
    expect(await bus.write('7', 'hr:2', 17)).toMatchObject({ ok: true })
    expect(await bus.read('7', 'hr:2:u16', 'asked')).toMatchObject({ ok: true, v: 17 })
    expect(await bus.read('7', 'hr:5000:u16', 'asked')).toMatchObject({ ok: false, kind: 'refused' })
  }, 60_000)
})
