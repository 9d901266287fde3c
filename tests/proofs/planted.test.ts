// Each proof of the nightly sweep finds the fault that was made for it, and finds nothing where there is none.
import { beforeAll, expect, test } from 'vitest'
import type { Finding } from '../../src/kernel/app.ts'
import type { Scope } from '../../src/kernel/scope.ts'
import { testApp, type TestApp } from '../harness.ts'
import { seedMoney } from '../seed_money.ts'
import { withFault } from './plant.ts'
import { PLANTED } from './planted.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
  // The partitions of the months that the faults lie in.
  await t.inside(async (s) => {
    await seedMoney(s)
    for (const table of ['billing.bill', 'ledger.posting']) await s.client.query(`select kernel.ensure_month($1, date '2026-01-01')`, [table])
  })
})
const proofsOf = (module: string) => async (scope: Scope): Promise<Finding[]> => {
  const found: Finding[] = []
  for (const sweep of t.app.modules.find((m) => m.name === module)!.sweeps ?? []) found.push(...(await sweep(scope)))
  return found
}
const modules = (): string[] => t.app.modules.filter((m) => m.sweeps?.length).map((m) => m.name)

test('every proof has its planted fault, and no fault stands for a proof that is gone', async () => {
  const codes: string[] = []
  for (const m of modules()) for (const f of await t.inside(proofsOf(m))) {
    expect(f, `${m}:${f.code}`).toMatchObject({ ok: true, broken_count: 0 })
    codes.push(`${m}:${f.code}`)
  }
  // Two proofs of one name would be one line for whoever reads the report.
  const plain = codes.map((c) => c.split(':')[1]!)
  expect(plain.filter((c, i) => plain.indexOf(c) !== i)).toEqual([])
  expect(codes.sort()).toEqual(Object.keys(PLANTED).sort())
})

test.each(Object.keys(PLANTED))('%s finds its fault', async (key) => {
  const [module, code] = key.split(':') as [string, string]
  const found = await withFault(t, PLANTED[key]!, proofsOf(module))
  const mine = found.find((f) => f.code === code)
  expect(mine?.ok, mine?.zh).toBe(false)
  expect(mine!.examples.length).toBeGreaterThan(0)
})
