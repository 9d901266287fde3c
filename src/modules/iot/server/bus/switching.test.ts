// Meters that are told to open or close, against relays and valves written from the standards. What counts: what was refused is said in its own words, what was answered is not yet done,
// and nothing that somebody could switch by is in the log.
import { afterEach, expect, it } from 'vitest'
import { startBusSim, type BusSim, type SimMeter } from '../../../../world/outside/device_sim/bus.ts'
import { pressKey, relayOf, valveOf, type SimRelay } from '../../../../world/outside/device_sim/switches.ts'
import { BUS_DEFAULTS } from '../../contract.ts'
import type { LineProtocol } from './dialect.ts'
import { Bus } from './scheduler.ts'
import type { Credential } from './switching.ts'

let sim: BusSim | undefined
let bus: Bus | undefined
afterEach(async () => {
  bus?.stop()
  await sim?.stop()
})
const NO = '202611260099'
const FAST = { ...BUS_DEFAULTS, timeout_ms: 600, gap_ms: 0, retries: 1 }
async function on(protocol: LineProtocol, more: Partial<SimMeter>, address = NO): Promise<Bus> {
  sim = await startBusSim({ protocol, meters: [{ protocol, address, value: () => 500, ...more }, { protocol, address: '7', value: () => 1, ...(more.relay ? { relay: relayOf() } : {}), ...(more.valve ? { valve: valveOf() } : {}) }] })
  bus = new Bus(protocol, { host: '127.0.0.1', port: sim.port }, FAST)
  return bus
}
const SECRET: Credential = { level: '02', password: '123456', operator: '00000001' }
const soon = (ms = 60_000): number => Date.now() + ms
const tell = (b: Bus, where: string, secret: Credential | null = SECRET, until_ms = soon()) => b.write(NO, where, 0, { secret, until_ms })
const relay_is = async (b: Bus) => { const o = await b.read(NO, '04000503.4', 'asked'); return o.ok ? o.v : o.why }

it('trips, permits and closes; after a permit the relay closes when the key is pressed', async () => {
  const relay = relayOf()
  const b = await on('dlt645_2007', { relay })
  expect(await relay_is(b)).toBe(0)
  expect(await tell(b, '1C:1A')).toMatchObject({ ok: true })
  expect(await relay_is(b)).toBe(1)
  expect(await tell(b, '1C:1B')).toMatchObject({ ok: true })
  expect([await relay_is(b), (await b.read(NO, '04000503.6', 'asked'))]).toMatchObject([1, { ok: true, v: 0 }])
  pressKey(relay)
  expect(await relay_is(b)).toBe(0)
  expect(await tell(b, '1C:1A')).toMatchObject({ ok: true })
  expect(await tell(b, '1C:1C')).toMatchObject({ ok: true })
  expect(await relay_is(b)).toBe(0)
  expect(relay.done).toEqual(['1A', '1B', '1A', '1C'])
})
it('an answer is not a trip: welded contacts answer as others do (H7)', async () => {
  const b = await on('dlt645_2007', { relay: relayOf({ welded: true }) })
  expect(await tell(b, '1C:1A')).toMatchObject({ ok: true, v: null })
  expect(await relay_is(b)).toBe(0)
})
it('says what the meter refuses: a wrong password, its lock, a time that is over by its clock, protected supply', async () => {
  const relay: SimRelay = relayOf()
  const b = await on('dlt645_2007', { relay })
  for (let n = 0; n < 3; n++) expect(await tell(b, '1C:1A', { ...SECRET, password: '654321' })).toMatchObject({ ok: false, kind: 'refused', why: expect.stringContaining('表计拒绝:密码错或未授权') })
  // Once each: a wrong password that is said again would lock the meter.
  expect(relay.wrong_count).toBe(3)
  expect(await tell(b, '1C:1A')).toMatchObject({ ok: false, kind: 'refused', why: expect.stringContaining('锁定') })
  Object.assign(relay, { locked_until_ms: 0, clock_ms: () => Date.now() + 10 * 60_000 })
  expect(await tell(b, '1C:1A')).toMatchObject({ ok: false, kind: 'refused', why: expect.stringContaining('其他错误') })
  Object.assign(relay, { clock_ms: Date.now, protected: true })
  expect(await tell(b, '1C:1A')).toMatchObject({ ok: false, kind: 'refused', why: expect.stringContaining('保电') })
  expect(relay.done).toEqual([])
  expect(await b.read(NO, '04000503.12', 'asked')).toMatchObject({ ok: true, v: 1 })
})
it('sends nothing without a password, after its time, to several, or where the line has no such command', async () => {
  const b = await on('dlt645_2007', { relay: relayOf() })
  expect(await tell(b, '1C:1A', null)).toMatchObject({ ok: false, kind: 'refused', why: expect.stringContaining('没有设定电表的操作口令') })
  expect(await tell(b, '1C:1A', SECRET, Date.now() - 1)).toMatchObject({ ok: false, kind: 'refused', why: '命令已过有效时间,没有发出' })
  for (const address of ['999999999999', 'AAAAAAAAAAAA', 'AAAAAAAA0099', '2026112600991']) expect(await b.write(address, '1C:1A', 0, { secret: SECRET, until_ms: soon() })).toMatchObject({ ok: false, kind: 'refused' })
  for (const where of ['1C', '1C:1D', '1C:99', '00010000', 'hr:2']) expect(await tell(b, where)).toMatchObject({ ok: false, kind: 'refused' })
  expect(sim!.questions).toEqual([])
  b.stop()
  await sim!.stop()
  const old = await on('dlt645_1997', {})
  expect(await tell(old, '1C:1A')).toMatchObject({ ok: false, kind: 'refused', why: expect.stringContaining('1997 没有跳合闸命令') })
  expect(sim!.questions).toEqual([])
})
it('no log shows password or operator', async () => {
  const b = await on('dlt645_2007', { relay: relayOf() })
  await tell(b, '1C:1A')
  const out = b.frames.find((f) => f.way === 'out')!.hex
  // Level, password and operator's code are the first eight bytes of the data, behind four of preamble and ten of head.
  expect(out.split(' ').slice(13, 24)).toEqual(['10', ...Array.from({ length: 8 }, () => '**'), '4D', '33'])
  expect(out.split(' ').slice(4, 6)).toEqual(['68', '99'])
  // Nor the sum, which is of them too.
  expect(out.split(' ').slice(-2)).toEqual(['**', '16'])
})
it('a late answer is told as none, is not sent again, and an old refusal is never the answer to the next command (H1)', async () => {
  const relay = relayOf()
  const b = await on('dlt645_2007', { relay })
  sim!.faults.set(NO, [{ late_ms: 700 }])
  expect(await tell(b, '1C:1A')).toMatchObject({ ok: false, kind: 'timeout' })
  expect(relay.done).toEqual(['1A'])
  expect(await relay_is(b)).toBe(1)
  // This refusal comes when the line was listened to long enough, together with what is answered next.
  sim!.faults.set(NO, ['behind'])
  expect(await tell(b, '1C:1C', { ...SECRET, password: '000000' })).toMatchObject({ ok: false, kind: 'timeout' })
  expect(await tell(b, '1C:1C')).toMatchObject({ ok: true })
  expect(relay.done).toEqual(['1A', '1C'])
})
it('an answer in the name of another, or a broken one, is none', async () => {
  const b = await on('dlt645_2007', { relay: relayOf() })
  sim!.faults.set(NO, ['foreign'])
  expect(await tell(b, '1C:1A')).toMatchObject({ ok: false, kind: 'timeout' })
  sim!.faults.set(NO, ['dead', 'corrupt'])
  expect(await tell(b, '1C:1A')).toMatchObject({ ok: false, kind: 'bad' })
})

const W = '33118800000077'
const turn = (b: Bus, where: string) => b.write(W, where, 0, { secret: null, until_ms: soon() })
const valve_is = async (b: Bus) => { const o = await b.read(W, '901F.valve', 'asked'); return o.ok ? o.v : o.why }
it('shuts and opens a valve by the standard, and reads where it stands from the next answer', async () => {
  const valve = valveOf({ moves_ms: 100, low_battery: true })
  const b = await on('cjt188', { valve }, W)
  expect([await valve_is(b), await b.read(W, '901F', 'asked'), await b.read(W, '901F.battery', 'asked')]).toMatchObject([0, { v: 5 }, { v: 1 }])
  expect(await turn(b, 'A017:99')).toMatchObject({ ok: true })
  await expect.poll(() => valve_is(b), { timeout: 10_000 }).toBe(1)
  expect(await turn(b, 'A017:55')).toMatchObject({ ok: true })
  await expect.poll(() => valve_is(b), { timeout: 10_000 }).toBe(0)
})
it('speaks to each maker as it wants: codes, order of the identifier, kind of meter; a valve that sticks is told apart', async () => {
  const valve = valveOf({ open_code: 0x66, shut_code: 0x77, high_first: true, kind: 0x11, sticks: true })
  const b = await on('cjt188', { valve }, W)
  for (const where of ['A017:99', 'A017:77', 'A017:77:hi', 'A017:77:11']) expect(await turn(b, where)).toMatchObject({ ok: false, kind: 'refused', why: expect.stringContaining('请核对产品') })
  expect(valve.position).toBe(0)
  expect(await turn(b, 'A017:77:11:hi')).toMatchObject({ ok: true })
  await expect.poll(() => valve_is(b), { timeout: 10_000 }).toBe(3)
  for (const where of ['A017', 'A017:44', 'A018:99']) expect(await turn(b, where)).toMatchObject({ ok: false, kind: 'refused' })
  expect(await b.write('99999999999999', 'A017:77:11:hi', 0, { secret: null, until_ms: soon() })).toMatchObject({ ok: false, kind: 'refused' })
})
