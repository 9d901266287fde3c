// One seed for everything random in these tests, and every proof of the sweep over a company.
import type { Finding } from '../../src/kernel/app.ts'
import type { TestApp } from '../harness.ts'

const number = (name: string, otherwise: number): number => (/^\d{1,9}$/.test(process.env[name] ?? '') ? Number(process.env[name]) : otherwise)
export const SEED = number('HEYUAN_SEED', 20_261_126)
/** Histories: a minute on two quiet cores; the long run takes more. */
export const RUNS = number('HEYUAN_PROVE_RUNS', 8)

/** What the proofs of all modules found broken, as the nightly sweep runs them. */
export async function everyProof(t: TestApp): Promise<string[]> {
  const broken: string[] = []
  let proofs = 0
  for (const m of t.app.modules) for (const sweep of m.sweeps ?? []) {
    const found: Finding[] = await t.inside(sweep)
    proofs += found.length
    for (const f of found) if (!f.ok) broken.push(`${m.name}:${f.code} ${f.zh}: ${f.examples.join('; ')}`)
  }
  if (proofs < 40) broken.push(`only ${proofs} proofs`)
  return broken
}
