// Scanning a line: everybody who hangs there is found, and nobody who does not, whatever the addresses; it has an end, can be stopped, and costs polling nothing.
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { startBusSim, type BusSim, type SimMeter } from '../../../../world/outside/device_sim/bus.ts'
import { BUS_DEFAULTS } from '../../contract.ts'
import { scanNumbers, scanOpen, type Heard, type Progress } from './scan.ts'
import { Bus } from './scheduler.ts'

let sim: BusSim | undefined
let bus: Bus | undefined
afterEach(async () => {
  bus?.stop()
  await sim?.stop()
  sim = bus = undefined
})
const fits = (mask: string, address: string): boolean => [...mask].every((c, i) => c === 'A' || c === address[i])
/** A line as it is: one who fits is heard, several are noise. */
const line = (there: readonly string[]) => (mask: string): Promise<Heard> => {
  const who = there.filter((a) => fits(mask, a))
  return Promise.resolve({ addresses: who.length === 1 ? who : [], noise: who.length > 1, line: null })
}
describe('narrowing', () => {
  it('finds each of any addresses once, in no more questions than a hundred for each that must be told apart', async () => {
    // Of a few digits, so that many end alike.
    const address = fc.array(fc.constantFrom('0', '1', '7'), { minLength: 12, maxLength: 12 }).map((d) => d.join(''))
    await fc.assert(fc.asyncProperty(fc.uniqueArray(address, { maxLength: 6 }), async (there) => {
      const seen: Progress[] = []
      const r = await scanOpen({ bytes: 6, narrows: true, ask: line(there), told: (p) => (seen.push(p), true) })
      expect(r.note).toBeNull()
      expect(r.found.map((f) => f.address.padStart(12, '0')).sort()).toEqual([...there].sort())
      expect(seen.at(-1)!.asked).toBeLessThanOrEqual(1 + 100 * 6 * Math.max(0, there.length - 1))
      expect(seen.every((p) => p.asked <= p.planned)).toBe(true)
    }), { numRuns: 60 })
  })
  it('is stopped when nobody wants it any more, and has an end where a line makes noise for ever', async () => {
    let n = 0
    expect((await scanOpen({ bytes: 6, narrows: true, ask: line(['000000000001', '000000000002']), told: () => ++n < 40 })).note).toBe('已停止')
    const noisy = await scanOpen({ bytes: 6, narrows: true, ask: () => Promise.resolve({ addresses: [], noise: true, line: null }), told: () => true })
    expect(noisy.note).toMatch(/没有扫完|没有再找/)
    expect((await scanOpen({ bytes: 7, narrows: false, ask: line(['00000000000011', '00000000000012']), told: () => true })).note).toMatch(/冲突/)
    expect((await scanOpen({ bytes: 6, narrows: true, ask: () => Promise.resolve({ addresses: [], noise: false, line: '对方拒绝连接' }), told: () => true })).note).toBe('线路不通:对方拒绝连接')
  })
})
const start = async (protocol: SimMeter['protocol'], addresses: readonly string[], timeout_ms = 400): Promise<void> => {
  sim = await startBusSim({ protocol, meters: addresses.map((address) => ({ protocol, address, value: (id) => (protocol.startsWith('modbus') && id !== '0' ? null : 1234) })) })
  bus = new Bus(protocol, { host: '127.0.0.1', port: sim.port }, { ...BUS_DEFAULTS, timeout_ms, gap_ms: 0, retries: 0, preamble: 0 })
}
const all = { where: '', from: 1, to: 247, told: () => true }
it('a single meter of either edition is found by one question', async () => {
  for (const [protocol, address] of [['dlt645_2007', '202611260001'], ['dlt645_1997', '19'], ['cjt188', '11223344556677']] as const) {
    await start(protocol, [address], 2000)
    expect(await bus!.scan(all)).toEqual({ found: [{ address, name: '', where: null, unit: null, value: null }], note: null })
    expect(sim!.questions).toHaveLength(1)
    bus!.stop()
    await sim!.stop()
  }
})
it('meters that answer over each other are told apart by their last digits', async () => {
  const there = ['202611260001', '202611260102', '202611260202']
  await start('dlt645_2007', there, 1000)
  // All are found after a few questions; the hundred others would be silence.
  const found = new Set<string>()
  const r = await bus!.scan({ ...all, told: (p) => { for (const f of p.found) found.add(f.address); return found.size < there.length } })
  expect([r!.note, [...found].sort()]).toEqual(['已停止', [...there].sort()])
  expect(sim!.questions.length).toBeLessThan(10)
})
it('Modbus: who answers and who refuses is there; nobody else stands among the figures', async () => {
  await start('modbus_tcp', ['3', '9'], 300)
  const r = (await bus!.scan({ ...all, where: 'hr:0:u16', from: 2, to: 10 }))!
  expect(r.found).toMatchObject([{ address: '3', value: 1234 }, { address: '9', value: 1234 }])
  expect([...bus!.slaves.keys()]).toEqual([])
  expect((await bus!.scan({ ...all, where: 'hr:7:u16', from: 9, to: 9 }))!.found).toMatchObject([{ address: '9', value: null }])
})
it('polling goes before a scan, and a stopped scan asks nobody more', async () => {
  await start('modbus_tcp', ['3'], 150)
  let told = 0
  const scan = bus!.scan({ ...all, where: 'hr:0:u16', told: () => ++told < 4 })
  expect(await bus!.read('3', 'hr:0:u16', 'poll')).toMatchObject({ ok: true, v: 1234 })
  expect(await scan).toMatchObject({ note: '已停止' })
  expect(await scanNumbers({ from: 5, to: 9, ask: () => Promise.resolve({ ok: false, why: '对方拒绝连接', kind: 'line' }), told: () => true })).toEqual({ found: [], note: '线路不通:对方拒绝连接' })
})
