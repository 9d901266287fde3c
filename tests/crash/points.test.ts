// The crash loop: a server and a worker are killed (-9) at every failpoint of the code, one after the other in an order that the seed decides, while
// each deed is asked for again until it is answered; the long run goes through all of them several times, also at moments that nobody chose.
// Afterwards nothing is lost and nothing is there twice: deed by deed by a model in plain arithmetic, in the end by what the gateways know,
// by the document's own sums, and by every proof of the nightly sweep. A failpoint that was never hit fails the test.
//   HEYUAN_SEED=… repeats a run; HEYUAN_PROVE_RUNS=… makes it longer (`npm run prove`).
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import fc from 'fast-check'
import { sameDay } from '../proofs/acts.ts'
import { RUNS, SEED, everyProof } from '../proofs/seed.ts'
import { history, past, type Past } from './deeds.ts'
import { PATIENCE_MS, field, type Field } from './field.ts'
import type { Strike } from './lane.ts'
import { until } from './place.ts'
import { CLOSED_A_PASS, ELSEWHERE, points, type Point } from './points.ts'
import { closed, told, whole } from './oracle.ts'

const PASSES = RUNS >= 30 ? 3 : 1
const TRIES = 5
const done: Past = { days: [], months: [] }
const order = <T>(list: readonly T[], seed: number): T[] => fc.sample(fc.shuffledSubarray([...list], { minLength: list.length }), { seed, numRuns: 1 })[0]!
interface Planned extends Strike {
  point: Point
}
const plan: Planned[] = Array.from({ length: PASSES }, (_, pass) => order(points(done), SEED + pass).map((point) => ({ point, at: point.at, hit: false }))).flat()
const of = (lane: Point['in']): Planned[] => plan.filter((p) => p.point.in === lane)

let f: Field
beforeAll(async () => {
  console.log(`seed ${SEED}, ${plan.length} failpoints`)
  f = await field({ server: of('server'), worker: of('worker') })
  Object.assign(done, await past(f, PASSES * CLOSED_A_PASS))
}, 240_000)
afterAll(() => f?.stop())

test('whatever dies, and wherever: done once, all of it or nothing', { timeout: 3_600_000 }, async () => {
  // Side by side: each process dies in its own order, and under the hands of those who need both.
  await Promise.all((['server', 'worker'] as const).map(async (lane) => {
    for (const [n, p] of of(lane).entries()) {
      await f.lanes[lane].alive()
      // The other process may have brought the deed to its end (the worker's question overtakes the notice): then this one is still on its way to the
      // point, or had nothing left to do, and is given the same deed again.
      for (let tries = 0; !p.hit; tries++) {
        if (tries === TRIES) throw new Error(`${p.at} was not passed in ${TRIES} deeds`)
        await p.point.deed(f, SEED + n * 1000 + tries, () => p.hit).catch((error: unknown) => {
          throw new Error(`${p.at}: ${String(error)}`, { cause: error })
        })
        await until(`${p.at} passed`, () => p.hit, 20_000, 30).catch(() => {})
      }
    }
  }))
  for (const lane of [f.lanes.server, f.lanes.worker]) await lane.alive()
  console.log(`${plan.length} deaths, ${f.asked_again} calls asked again; ${[...f.real.count].sort().map(([what, n]) => `${what} ${n}`).join(', ')}`)
  expect(plan.filter((p) => !p.hit).map((p) => p.at)).toEqual([])
  expect(f.asked_again).toBeGreaterThan(0)
})

test.runIf(PASSES > 1)('at moments that nobody chose', { timeout: 3_600_000 }, async () => {
  let over = false
  const nemesis = (async () => {
    // On a slow machine a call takes longer than the pause between two deaths: after two without an answer the third waits for one.
    let alike = 0
    let seen = -1
    for (let n = 0; !over && n < 40; n++) {
      await new Promise((next) => setTimeout(next, 300 + ((SEED + n * 7919) % 1500)))
      const lane = n % 2 === 0 ? f.lanes.server : f.lanes.worker
      await lane.alive()
      alike = f.answered === seen ? alike + 1 : 0
      if (alike >= 4) await until('somebody answered', () => over || f.answered !== seen, PATIENCE_MS, 50)
      seen = f.answered
      lane.kill()
    }
  })()
  let n = 0
  await Promise.all([0, 1].map((k) => history(...sameDay.all)(f, SEED + k * 77_000, () => ++n > 60)))
  over = true
  await nemesis
})

test('nothing is lost, nothing is there twice', { timeout: 300_000 }, async () => {
  await f.over.drain()
  expect(await whole(f)).toEqual({})
  expect(await told(f)).toEqual([])
  expect(await closed(f)).toEqual([])
  expect(await everyProof(f.t)).toEqual([])
})

test('every failpoint of the code is struck, and every one that is struck is in the code', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const written = files.flatMap((name) => [...readFileSync(join('src', name), 'utf8').matchAll(/\bcrashpoint\('([\w.]+)'/g)].map((m) => m[1]!))
  expect([...new Set(written)].sort()).toEqual([...new Set([...points(done).map((p) => p.at.split(/[ :]/)[0]!), ...Object.keys(ELSEWHERE)])].sort())
  for (const [name, file] of Object.entries(ELSEWHERE)) expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`['\`]${name}[ '\`]`))
})
