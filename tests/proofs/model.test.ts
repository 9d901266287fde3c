// Random histories of an estate's money through the public calls, as cashier and finance, on real PostgreSQL: after each act the tables, the
// books and the desk say what a plain model says; afterwards every proof of the nightly sweep is clean.
//   HEYUAN_SEED=… repeats a run; HEYUAN_PROVE_RUNS=… makes it longer (`npm run prove`).
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { setClock } from '../../src/kernel/clock.ts'
import { testApp, type TestApp } from '../harness.ts'
import { acts, publish } from './acts.ts'
import { closeMonths } from './acts_close.ts'
import { estate } from './estate.ts'
import { Model } from './model.ts'
import { agree, forward, type Real } from './real.ts'
import { RUNS, SEED, everyProof } from './seed.ts'

/** Long enough that money comes, moves and goes back. */
const ACTS = { minLength: 34, maxLength: 40, size: 'max' } as const

let t: TestApp
let real: Real
beforeAll(async () => {
  setClock('2026-01-05T02:00:00Z')
  t = await testApp()
  await t.app.d.pool.query(`update identity.session set expires_at = '2999-01-01'`)
  real = { t, count: new Map(), busy: new Map() }
})

test('whatever happens, the books say what the model says', { timeout: 3_600_000 }, async () => {
  console.log(`seed ${SEED}, ${RUNS} histories`)
  let no = 0
  await fc.assert(
    fc.asyncProperty(publish, fc.array(fc.oneof(...acts), ACTS), async (first, rest) => {
      const made = await estate(t, ++no)
      await fc.asyncModelRun(() => ({ model: new Model(made), real }), [first, ...rest])
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: process.env['HEYUAN_SHRINK'] === undefined },
  )
  console.log([...real.count].sort().map(([what, n]) => `${what} ${n}`).join(', '))
  // What never happened was not proved. The long run has time for what is seldom.
  const never = [...(RUNS >= 30 ? ['pay from prepayment', 'cancel refund', 'deposit to bills'] : []), 'publish', 'publish again', 'pay', 'pay refused', 'pay from prepayment refused', 'deduct', 'reverse', 'ask reversal refused', 'void', 'void refused', 'ask waiver', 'decide agree', 'decide refuse', 'take a waiver back', 'charge late fees', 'charge late fees refused', 'ask refund', 'ask refund refused', 'pay refund', 'pay refund refused', 'take deposit', 'forfeit', 'deposit to prepayment', 'ask refund of a deposit', 'close month', 'write into a closed month refused'].filter((what) => !real.count.has(what))
  expect(never).toEqual([])
})

test('and the proofs of the night find nothing', { timeout: 600_000 }, async () => {
  forward(31)
  await closeMonths(real)
  expect(await everyProof(t)).toEqual([])
})

test('a fen that is off is seen', async () => {
  const m = new Model(await estate(t, 9_999))
  await agree(real, m)
  m.purses[1]!.general = 1
  await expect(agree(real, m)).rejects.toThrow(/general/)
})
