// The scheduler against a bus that misbehaves. What counts: no wrong value is ever given, and one bad slave costs the others nothing.
import { afterEach, expect, it } from 'vitest'
import { until } from '../../../../../tests/until.ts'
import { startBusSim, type BusSim, type SimMeter } from '../../../../world/outside/device_sim/bus.ts'
import { relayOf, valveOf } from '../../../../world/outside/device_sim/switches.ts'
import { BUS_DEFAULTS } from '../../contract.ts'
import type { LineProtocol } from './dialect.ts'
import { pause } from './queue.ts'
import { Bus } from './scheduler.ts'

let sim: BusSim | undefined
let bus: Bus | undefined
afterEach(async () => {
  bus?.stop()
  await sim?.stop()
})
const FAST = { ...BUS_DEFAULTS, timeout_ms: 800, gap_ms: 0, retries: 0, break_after: 2, break_s: 3600 }
async function on(protocol: LineProtocol, meters: Omit<SimMeter, 'protocol'>[], settings: object = {}): Promise<{ sim: BusSim; bus: Bus }> {
  sim = await startBusSim({ protocol, meters: meters.map((m) => ({ ...m, protocol })) })
  bus = new Bus(protocol, { host: '127.0.0.1', port: sim.port }, { ...FAST, ...settings })
  return { sim, bus }
}
const energy = (n: number) => (id: string) => ({ '00010000': n, '02010100': 2315, '9010': n })[id] ?? null

it.each([['dlt645_2007', '00010000'], ['dlt645_1997', '9010']] as const)('reads a meter by %s, in one piece or several', async (protocol, id) => {
  const b = await on(protocol, [{ address: '202611260001', value: energy(1_234_56) }])
  expect(await b.bus.read('202611260001', id, 'asked')).toMatchObject({ ok: true, v: 1234.56 })
  b.sim.faults.set('202611260001', ['pieces'])
  expect(await b.bus.read('202611260001', id, 'asked')).toMatchObject({ ok: true, v: 1234.56 })
})
it('reads a water meter by CJ/T 188', async () => {
  const b = await on('cjt188', [{ address: '33118800000001', value: () => 8_42 }])
  expect(await b.bus.read('33118800000001', '901F', 'asked')).toMatchObject({ ok: true, v: 8.42 })
})
it('says what the meter refuses, and what never came', async () => {
  const b = await on('dlt645_2007', [{ address: '1', value: energy(1) }])
  expect(await b.bus.read('1', '0280000A', 'asked')).toMatchObject({ ok: false, kind: 'refused' })
  expect(await b.bus.read('2', '00010000', 'asked')).toMatchObject({ ok: false, kind: 'timeout' })
})
it('gives no value of a broken frame (H7), and takes one of a doubled answer', async () => {
  const b = await on('dlt645_2007', [{ address: '1', value: energy(5_00) }, { address: '2', value: energy(7_00) }])
  b.sim.faults.set('1', ['corrupt', 'double'])
  expect(await b.bus.read('1', '00010000', 'asked')).toMatchObject({ ok: false })
  expect(await b.bus.read('1', '00010000', 'asked')).toMatchObject({ ok: true, v: 5 })
  // The second copy must not be the answer to the next question.
  expect(await b.bus.read('2', '00010000', 'asked')).toMatchObject({ ok: true, v: 7 })
})
it.each(['modbus_rtu', 'modbus_tcp'] as const)('a late answer is never taken as the next one (H1), by %s', async (protocol) => {
  const registers: Record<string, number> = { 0: 111, 100: 999 }
  const b = await on(protocol, [{ address: '1', value: (id) => registers[id] ?? null }])
  for (const late_ms of [820, 1100, 1500]) {
    b.sim.faults.set('1', [{ late_ms }])
    expect(await b.bus.read('1', 'hr:0:u16', 'asked')).toMatchObject({ ok: false, kind: 'timeout' })
    expect(await b.bus.read('1', 'hr:100:u16', 'asked')).toMatchObject({ ok: true, v: 999 })
  }
  expect(b.bus.figuresOf('1').late).toBeGreaterThan(0)
})
it.each([['dlt645_2007', '00010000'], ['dlt645_1997', '9010'], ['cjt188', '901F'], ['modbus_rtu', 'hr:0:u16'], ['modbus_tcp', 'hr:0:u16']] as const)('an answer in the name of another is nobody’s (H12), by %s', async (protocol, id) => {
  const b = await on(protocol, [{ address: '1', value: () => 500 }])
  b.sim.faults.set('1', ['foreign'])
  expect(await b.bus.read('1', id, 'asked')).toMatchObject({ ok: false, kind: 'timeout' })
  expect(await b.bus.read('1', id, 'asked')).toMatchObject({ ok: true })
})
it.each([['dlt645_2007', '00010000'], ['dlt645_1997', '9010'], ['cjt188', '901F'], ['modbus_rtu', 'hr:0:u16'], ['modbus_rtu', 'hr:768:u16'], ['modbus_rtu', 'co:300'], ['modbus_tcp', 'hr:0:u16']] as const)('our own question that an adapter gives back is no answer, by %s at %s', async (protocol, id) => {
  const b = await on(protocol, [{ address: '1', value: () => (id === 'co:300' ? 1 : 500) }])
  b.sim.faults.set('1', ['echo'])
  expect(await b.bus.read('1', id, 'asked')).toMatchObject({ ok: true, v: id === 'co:300' ? 1 : protocol.startsWith('modbus') ? 500 : 5 })
})
it('leaves a dead slave alone after its failures, while the others go on', async () => {
  const b = await on('dlt645_2007', [{ address: '2', value: energy(1_00) }])
  for (let n = 0; n < 5; n++) {
    await b.bus.read('1', '00010000', 'poll')
    expect(await b.bus.read('2', '00010000', 'poll')).toMatchObject({ ok: true })
  }
  expect(b.sim.questions.filter((q) => q.address.endsWith('1')).length).toBe(2)
  expect(await b.bus.read('1', '00010000', 'poll')).toMatchObject({ ok: false, kind: 'resting' })
  // A person who asks gets an answer all the same.
  expect(await b.bus.read('1', '00010000', 'asked')).toMatchObject({ ok: false, kind: 'timeout' })
})
it('Modbus: only one slave is ever spoken to, never all; what is no number is nobody’s', async () => {
  const did: number[] = []
  for (const protocol of ['modbus_rtu', 'modbus_tcp'] as const) {
    const b = await on(protocol, [{ address: '0', value: () => 5, set: (_r, v) => did.push(v) }])
    for (const address of ['0', '00', 'AB', '', '248', '256', '300', '1A', '-1']) {
      expect(await b.bus.write(address, 'hr:2', 42)).toMatchObject({ ok: false, kind: 'refused', why: expect.stringContaining('站号应为') })
      expect(await b.bus.read(address, 'hr:0:u16', 'asked')).toMatchObject({ ok: false, kind: 'refused' })
    }
    expect([did, b.sim.questions]).toEqual([[], []])
    b.bus.stop()
    await b.sim.stop()
  }
})
it('a meter’s number has as many digits as its frame: more is asked of nobody', async () => {
  const b = await on('dlt645_2007', [{ address: '1', value: energy(1) }])
  for (const address of ['1234567890123', '12AB', 'ABC']) expect(await b.bus.read(address, '00010000', 'asked')).toMatchObject({ ok: false, kind: 'refused', why: '表号应为不超过 12 位的数字' })
  expect(b.sim.questions).toEqual([])
})
it('points of one answer are asked for once, and each has its own outcome', async () => {
  const b = await on('cjt188', [{ address: '5', value: () => 8_42, valve: valveOf({ position: 1 }) }])
  expect(await b.bus.readMany('5', ['901F', '901F.valve', '901F.battery'])).toMatchObject([{ ok: true, v: 8.42 }, { ok: true, v: 1 }, { ok: true, v: 0 }])
  expect(b.sim.questions.length).toBe(1)
  b.bus.stop()
  await b.sim.stop()
  const m = await on('dlt645_2007', [{ address: '5', value: energy(7_00), relay: relayOf({ is_open: true }) }])
  expect(await m.bus.readMany('5', ['00010000', '04000503.4', '0280000A', '04000503.12'])).toMatchObject([{ ok: true, v: 7 }, { ok: true, v: 1 }, { ok: false, kind: 'refused' }, { ok: true, v: 0 }])
  expect(m.sim.questions.map((q) => q.id)).toEqual(['00010000', '04000503', '0280000A'])
  // Each for itself where nothing is shared; and who is silent is asked once.
  expect(await m.bus.readMany('5', ['00010000', '02010100'])).toBeNull()
  expect((await m.bus.readMany('6', ['04000503.4', '04000503.12', '00010000']))!.map((o) => !o.ok && o.kind)).toEqual(['timeout', 'timeout', 'timeout'])
  expect(m.sim.questions.filter((q) => q.address.endsWith('6')).length).toBe(1)
})
it('asks what a person wants before what is polled, and writes before both', async () => {
  const order: string[] = []
  const registers: Record<string, number> = { 0: 1, 1: 2, 2: 3 }
  const b = await on('modbus_tcp', [{ address: '1', value: (id) => registers[id] ?? null, set: (r, v) => void (registers[r] = v) }])
  const all = [b.bus.read('1', 'hr:0:u16', 'poll').then(() => order.push('first')), b.bus.read('1', 'hr:0:u16', 'poll').then(() => order.push('poll')), b.bus.read('1', 'hr:1:u16', 'asked').then(() => order.push('asked')), b.bus.write('1', 'hr:2', 42).then(() => order.push('write'))]
  await Promise.all(all)
  expect(order).toEqual(['first', 'write', 'asked', 'poll'])
  expect(registers[2]).toBe(42)
})
it('a write whose line breaks under it may have been done: that is not a failure, and it is not said again', async () => {
  const did: number[] = []
  const b = await on('modbus_tcp', [{ address: '1', value: () => 5, set: (_r, v) => { did.push(v); void b.sim.stop() } }])
  expect(await b.bus.write('1', 'hr:2', 42)).toMatchObject({ ok: false, kind: 'broke' })
  expect(did).toEqual([42])
  // Nothing went out: that is one.
  expect(await b.bus.write('1', 'hr:2', 43)).toMatchObject({ ok: false, kind: 'line' })
  expect(did).toEqual([42])
})
it('says that the line is down, and works again when it is there', async () => {
  const b = await on('modbus_tcp', [{ address: '1', value: () => 5 }])
  const { port } = b.sim
  await b.sim.stop()
  expect(await b.bus.read('1', 'hr:0:u16', 'asked')).toMatchObject({ ok: false, kind: 'line' })
  expect(b.bus.line_why).toBe('对方拒绝连接')
  // It comes back when it is there, without anybody asking; until then the reason stays.
  await pause(100)
  expect(b.bus.line_why).toBe('对方拒绝连接')
  sim = await startBusSim({ port, protocol: 'modbus_tcp', meters: [{ protocol: 'modbus_tcp', address: '1', value: () => 5 }] })
  await until(async () => { b.bus.revive(); return b.bus.line === 'open' })
  expect(await b.bus.read('1', 'hr:0:u16', 'asked')).toMatchObject({ ok: true, v: 5 })
})
it('reads values of two registers in either order, and asks nothing where the place is not understood', async () => {
  const f = new DataView(new ArrayBuffer(4))
  f.setFloat32(0, -12.34)
  const r: Record<string, number> = { 0: 0x0001, 1: 0x86a0, 10: f.getUint16(0), 11: f.getUint16(2), 20: f.getUint16(2), 21: f.getUint16(0), 30: 0xffff, 31: 0xfffe, 40: 0x7fc0, 41: 0 }
  for (const protocol of ['modbus_tcp', 'modbus_rtu'] as const) {
    const b = await on(protocol, [{ address: '3', value: (id) => r[id] ?? null }])
    const read = async (where: string) => b.bus.read('3', where, 'asked')
    expect(await read('hr:0:u32')).toMatchObject({ ok: true, v: 100_000 })
    expect(await read('hr:0:u32:0.01')).toMatchObject({ ok: true, v: 1000 })
    expect(await read('hr:10:f32')).toMatchObject({ ok: true, v: -12.34 })
    expect(await read('ir:20:f32s')).toMatchObject({ ok: true, v: -12.34 })
    expect(await read('hr:30:s32')).toMatchObject({ ok: true, v: -2 })
    expect(await read('hr:40:f32')).toMatchObject({ ok: false, why: '不是有效的浮点数' })
    const asked = b.sim.questions.length
    for (const where of ['hr1:0', 'hr', 'hr:0:u33', 'co:1:u32', 'hr:65535:u32', '00010000']) expect(await read(where)).toMatchObject({ ok: false, kind: 'refused' })
    expect(await b.bus.write('3', 'ir:0', 1)).toMatchObject({ ok: false, kind: 'refused' })
    expect(await b.bus.write('3', 'hr:0', 70_000)).toMatchObject({ ok: false, kind: 'refused' })
    expect(b.sim.questions.length).toBe(asked)
    b.bus.stop()
    await b.sim.stop()
  }
})
