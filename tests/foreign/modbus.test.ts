// Modbus with other hands: our bus asks a server of pymodbus, mbpoll (libmodbus) asks our simulated meters, so that neither is right only by its own counterpart.
import type { ChildProcess } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { BUS_DEFAULTS } from '../../src/modules/iot/contract.ts'
import { Bus } from '../../src/modules/iot/server/bus/scheduler.ts'
import { startBusSim, type BusSim } from '../../src/world/outside/device_sim/bus.ts'
import { freePort } from '../free_port.ts'
import { PYTHON, installed, pymodbus, ran, served } from './programs.ts'

let server: ChildProcess | undefined
let bus: Bus | undefined
let sim: BusSim | undefined
afterEach(async () => {
  bus?.stop()
  await sim?.stop()
  server?.kill('SIGKILL')
  server = bus = sim = undefined
})
/** Slave 7: holding registers 0… = 2315, 65436 (−100), 42; input register 4 = 999; coil 2 = on. */
const PY = `
import sys, asyncio
from pymodbus.server import StartAsyncTcpServer
from pymodbus.datastore import ModbusSequentialDataBlock as B, ModbusSlaveContext, ModbusServerContext
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer
s = ModbusSlaveContext(hr=B(0, [2315, 65436, 42] + [0] * 20), ir=B(0, [0, 0, 0, 0, 999] + [0] * 20), co=B(0, [0, 0, 1] + [0] * 20), di=B(0, [0] * 20), zero_mode=True)
asyncio.run(StartAsyncTcpServer(context=ModbusServerContext(slaves={7: s}, single=False), framer=ModbusRtuFramer if sys.argv[2] == 'rtu' else ModbusSocketFramer, address=('127.0.0.1', int(sys.argv[1]))))
`
describe.skipIf(!pymodbus())('a server of pymodbus', () => {
  it.each([['modbus_tcp', 'tcp'], ['modbus_rtu', 'rtu']] as const)('is read and set by %s, and refuses what it does not have', async (protocol, kind) => {
    const port = await freePort()
    server = await served(PYTHON, ['-c', PY, String(port), kind], port)
    bus = new Bus(protocol, { host: '127.0.0.1', port }, { ...BUS_DEFAULTS, timeout_ms: 5000, gap_ms: 5, retries: 1 })
    const read = (where: string) => bus!.read('7', where, 'asked')
    expect(await read('hr:0:u16:0.1')).toMatchObject({ ok: true, v: 231.5 })
    expect(await read('hr:1:s16')).toMatchObject({ ok: true, v: -100 })
    expect(await read('ir:4:u16')).toMatchObject({ ok: true, v: 999 })
    expect(await read('co:2')).toMatchObject({ ok: true, v: 1 })
    expect(await bus.write('7', 'hr:2', 17)).toMatchObject({ ok: true })
    expect(await read('hr:2:u16')).toMatchObject({ ok: true, v: 17 })
    expect(await read('hr:5000:u16')).toMatchObject({ ok: false, kind: 'refused' })
  }, 60_000)
})
describe.skipIf(!installed('mbpoll'))('mbpoll', () => {
  it('reads and sets our simulated meter, and is told what it does not have', async () => {
    const registers: Record<string, number> = { 0: 2315, 3: 7 }
    sim = await startBusSim({ protocol: 'modbus_tcp', meters: [{ protocol: 'modbus_tcp', address: '7', value: (id) => registers[id] ?? null, set: (at, v) => { registers[at] = v } }] })
    const poll = (...more: string[]) => ran('mbpoll', ['-m', 'tcp', '-p', String(sim!.port), '-a', '7', '-0', '-1', '-o', '3', '-t', '4', ...more])
    expect((await poll('-r', '0', '-c', '1', '127.0.0.1')).out).toMatch(/\[0\]:\s+2315/)
    expect(await poll('-r', '3', '127.0.0.1', '19')).toMatchObject({ code: 0 })
    expect(registers[3]).toBe(19)
    expect((await poll('-r', '9', '-c', '1', '127.0.0.1')).out).toMatch(/Illegal data address/i)
  }, 60_000)
})
