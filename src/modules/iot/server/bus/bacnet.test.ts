// BACnet/IP against devices written from the standard, which misbehave. What counts: no wrong value is ever given, a dead device costs the others its own time only.
import { afterEach, expect, it } from 'vitest'
import { startBacnetSim, type BacnetSim, type SimObject } from '../../../../world/outside/device_sim/bacnet.ts'
import { BUS_DEFAULTS } from '../../contract.ts'
import { BacnetBus, whereOf } from './bacnet.ts'

const sims: BacnetSim[] = []
let bus: BacnetBus | undefined
afterEach(async () => {
  bus?.stop()
  for (const s of sims.splice(0)) await s.stop()
})
const OBJECTS = (): SimObject[] => [
  { type: 0, instance: 1, name: '送风温度', value: 18.5, units: 62 }, { type: 0, instance: 2, name: '回风温度', value: 24.25, units: 62 }, { type: 2, instance: 1, name: '温度设定', value: 22, units: 62 },
  { type: 4, instance: 1, name: '风机启停', value: 0 }, { type: 19, instance: 1, name: '模式', value: 2 },
]
const FAST = { ...BUS_DEFAULTS, timeout_ms: 700, gap_ms: 0, retries: 0, break_after: 2, break_s: 3600 }
async function on(o: { no_multiple?: boolean; no_cov?: boolean; settings?: object } = {}): Promise<{ sim: BacnetSim; bus: BacnetBus }> {
  const sim = await startBacnetSim({ instance: 1001, name: '空调机组 1', objects: OBJECTS(), ...(o.no_multiple ? { no_multiple: true } : {}), ...(o.no_cov ? { no_cov: true } : {}) })
  sims.push(sim)
  bus = new BacnetBus({ host: '127.0.0.1', port: sim.port }, { ...FAST, ...o.settings })
  return { sim, bus }
}
it('reads a point, several at once, and each for itself where a device knows no other way', async () => {
  const b = await on()
  expect(await b.bus.read('1001', 'ai:1', 'asked')).toMatchObject({ ok: true, v: 18.5 })
  const asked = b.sim.device.asked
  expect((await b.bus.readMany('1001', ['ai:1', 'ai:2', 'av:1', 'bo:1', 'mv:1']))!.map((o) => o.ok && o.v)).toEqual([18.5, 24.25, 22, 0, 2])
  expect(b.sim.device.asked).toBe(asked + 1)
  bus!.stop()
  const old = await on({ no_multiple: true })
  expect((await old.bus.readMany('1001', ['ai:1', 'ai:9', 'av:1']))!.map((o) => o.ok && o.v)).toEqual([18.5, false, 22])
})
it('a value of an object in fault is none, and the others count', async () => {
  const b = await on()
  b.sim.device.objects[1]!.fault = true
  expect((await b.bus.readMany('1001', ['ai:1', 'ai:2', 'av:1']))!.map((o) => o.ok && o.v)).toEqual([18.5, false, 22])
  expect(await b.bus.read('1001', 'ai:2', 'asked')).toMatchObject({ ok: false, why: '对象故障或脱离服务' })
})
it('writes with its priority, says what is refused, and does not write what cannot be written', async () => {
  const b = await on()
  expect(await b.bus.write('1001', 'bo:1@9', 1)).toMatchObject({ ok: true })
  expect(await b.bus.write('1001', 'av:1', 23.5)).toMatchObject({ ok: true })
  expect(b.sim.device.written).toEqual([{ type: 4, instance: 1, value: 1, priority: 9 }, { type: 2, instance: 1, value: 23.5, priority: 8 }])
  expect(await b.bus.write('1001', 'ai:1', 1)).toMatchObject({ ok: false, kind: 'refused' })
  expect(await b.bus.write('1001', 'ao:77', 1)).toMatchObject({ ok: false, kind: 'refused', why: '对方拒绝:对方没有这个对象' })
})
it('finds who is there and what it holds', async () => {
  const b = await on()
  expect((await b.bus.scan())!.found).toEqual([{ address: '1001', name: '空调机组 1', where: null, unit: null, value: null }])
  expect(await b.bus.objects('1001')).toMatchObject([{ where: 'ai:1', name: '送风温度', unit: '℃', value: 18.5 }, { where: 'ai:2' }, { where: 'av:1' }, { where: 'bo:1', name: '风机启停', unit: null, value: 0 }, { where: 'mv:1', value: 2 }])
  expect(b.bus.frames.length).toBeGreaterThan(4)
  expect(b.bus.frames[0]!.hex).toMatch(/^81 0[AB]/)
})
it('H1: a late answer is never the next one’s, a doubled one neither, nor one for another object or from another address', async () => {
  const b = await on()
  for (const late_ms of [720, 1000]) {
    b.sim.device.faults.push({ late_ms })
    expect(await b.bus.read('1001', 'ai:1', 'asked')).toMatchObject({ ok: false, kind: 'timeout' })
    expect(await b.bus.read('1001', 'ai:2', 'asked')).toMatchObject({ ok: true, v: 24.25 })
    expect(await b.bus.read('1001', 'av:1', 'asked')).toMatchObject({ ok: true, v: 22 })
  }
  b.sim.device.faults.push('double')
  expect(await b.bus.read('1001', 'ai:1', 'asked')).toMatchObject({ ok: true, v: 18.5 })
  expect(await b.bus.read('1001', 'ai:2', 'asked')).toMatchObject({ ok: true, v: 24.25 })
  b.sim.device.faults.push('other_object')
  expect(await b.bus.read('1001', 'ai:1', 'asked')).toMatchObject({ ok: false, kind: 'bad' })
  b.sim.device.faults.push('other_address')
  expect(await b.bus.read('1001', 'ai:1', 'asked')).toMatchObject({ ok: false, kind: 'timeout' })
})
it('H7: a frame cut short gives no value', async () => {
  const b = await on()
  b.sim.device.faults.push('cut')
  expect(await b.bus.read('1001', 'ai:1', 'asked')).toMatchObject({ ok: false })
  expect(await b.bus.read('1001', 'ai:1', 'asked')).toMatchObject({ ok: true, v: 18.5 })
})
it('leaves a dead device alone after its failures; a person who asks is answered all the same', async () => {
  const b = await on()
  await b.bus.read('1001', 'ai:1', 'poll')
  for (let n = 0; n < 2; n++) expect(await b.bus.read('77', 'ai:1', 'poll')).toMatchObject({ ok: false, kind: 'timeout' })
  expect(await b.bus.read('77', 'ai:1', 'poll')).toMatchObject({ ok: false, kind: 'resting' })
  expect(await b.bus.read('1001', 'ai:1', 'poll')).toMatchObject({ ok: true })
  expect(await b.bus.read('77', 'ai:1', 'asked')).toMatchObject({ ok: false, kind: 'timeout' })
})
it('says where a point lies only in words that it knows', () => {
  expect(whereOf('ao:2@8')).toMatchObject({ object: { type: 1, instance: 2 }, property: 85, priority: 8 })
  expect(whereOf('AV:3:104')).toMatchObject({ object: { type: 2, instance: 3 }, property: 104 })
  for (const bad of ['', 'ai', 'ai:', 'ai:x', 'xx:1', 'ao:1@0', 'ao:1@17', 'ai:9999999', 'ai:1:2:3']) expect(whereOf(bad)).toBeNull()
})
it('is told of changes where a device can, asks anew before it ends, and takes nothing from elsewhere', async () => {
  const b = await on()
  const told: string[] = []
  b.bus.onChange = (address, where, v) => told.push(`${address} ${where} ${v}`)
  b.bus.cov_s = 2
  expect(await b.bus.follow('1001', ['ai:1', 'av:1'])).toBe(true)
  await expect.poll(() => [...told].sort()).toEqual(['1001 ai:1 18.5', '1001 av:1 22'])
  const [supply, back, setpoint] = b.sim.device.objects
  supply!.value = 19
  b.sim.tell(supply!)
  await expect.poll(() => told.at(-1)).toBe('1001 ai:1 19')
  // From another address, of an object that nobody follows, in fault: none of them counts. What comes after them shows that they were heard.
  supply!.value = 77
  b.sim.tell(supply!, true)
  b.sim.tell(back!)
  setpoint!.fault = true
  setpoint!.value = 99
  b.sim.tell(setpoint!)
  supply!.value = 20
  b.sim.tell(supply!)
  await expect.poll(() => told.at(-1)).toBe('1001 ai:1 20')
  expect(told.filter((x) => /77|99|ai:2/.test(x))).toEqual([])
  // Promised for two seconds: not asked again at once, but when half of them are over.
  const asked = b.sim.device.asked
  expect(await b.bus.follow('1001', ['ai:1', 'av:1'])).toBe(true)
  expect(b.sim.device.asked).toBe(asked)
  await new Promise((r) => setTimeout(r, 1100))
  expect(await b.bus.follow('1001', ['ai:1', 'av:1'])).toBe(true)
  expect(b.sim.device.asked).toBe(asked + 2)
  // Gone: nothing is relied upon.
  b.sim.device.faults.push('dead', 'dead', 'dead')
  await new Promise((r) => setTimeout(r, 1100))
  expect(await b.bus.follow('1001', ['ai:1'])).toBe(false)
})
it('a device that knows no subscriptions is asked as before, and not each time for one', async () => {
  const b = await on({ no_cov: true })
  expect(await b.bus.follow('1001', ['ai:1'])).toBe(false)
  const asked = b.sim.device.asked
  expect(await b.bus.follow('1001', ['ai:1'])).toBe(false)
  expect(b.sim.device.asked).toBe(asked)
  expect(await b.bus.read('1001', 'ai:1', 'asked')).toMatchObject({ ok: true, v: 18.5 })
})
