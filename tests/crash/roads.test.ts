// kill -9 of the gateway, of the database and of somebody else's broker while every road carries messages and commands: what was acknowledged is there, once; what stands at a
// command is true. Each kill falls into the work: on every road something was acknowledged before it and comes again after it.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRoads, type Roads, type Victim } from './roads.ts'
import { until } from './place.ts'

let r: Roads
beforeAll(async () => {
  r = await openRoads({ rate: 120 })
}, 180_000)
afterAll(() => r?.end(), 60_000)
const STEP = { mqtt: 60, operator: 10, broker: 10, commands: 4 }
const further = async (): Promise<void> => {
  const before = r.counts()
  await until('every road carries', () => { const now = r.counts(); return (Object.keys(STEP) as (keyof typeof STEP)[]).every((k) => now[k] >= before[k] + STEP[k]) }, 120_000, 20)
}
it('every acknowledged message is stored exactly once and every command stands in a true state, whoever is killed', { timeout: 300_000 }, async () => {
  r.begin()
  for (const victim of ['gateway', 'broker', 'database', 'gateway'] as Victim[]) {
    await further()
    await r.kill(victim)
  }
  await further()
  const found = await r.settle()
  expect({ lost: found.lost, doubled: found.doubled, untrue: found.untrue }).toEqual({ lost: [], doubled: 0, untrue: [] })
  expect(found.kills).toEqual({ gateway: 2, broker: 1, database: 1 })
  expect(found.commands['confirmed']).toBeGreaterThan(0)
})
