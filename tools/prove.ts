// `npm run prove [-- --minutes 30 --runs 60 --seed N]`: the long run of the proofs. The random histories, the races, the year and the crashes
// again and again with fresh seeds until the time is over; the first red one stops it and names its seed.
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runNode } from './test.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' }, runs: { type: 'string', default: '60' }, seed: { type: 'string' } } })
const minutes = Number(values.minutes)
if (!(minutes > 0 && minutes <= 1440) || !/^\d{1,4}$/.test(values.runs) || (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed))) {
  console.error('用法:npm run prove [-- --minutes 1 到 1440] [--runs 每轮历史数] [--seed 种子]')
  process.exit(2)
}
const end = Date.now() + minutes * 60_000
let rounds = 0
do {
  const seed = values.seed ?? String(randomInt(1, 999_999_999))
  console.log(`\n第 ${++rounds} 轮,种子 ${seed}`)
  const code = await runNode(join(root, 'node_modules/vitest/vitest.mjs'), ['run', 'tests/proofs', 'tests/crash'], { HEYUAN_SEED: seed, HEYUAN_PROVE_RUNS: values.runs })
  if (code !== 0) {
    console.error(`✗ 第 ${rounds} 轮不通过。重现:npm run prove -- --seed ${seed} --runs ${values.runs}`)
    process.exit(1)
  }
} while (values.seed === undefined && Date.now() < end)
console.log(`✓ ${rounds} 轮全部通过`)
