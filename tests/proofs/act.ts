// One act of a random history: what it is made of, when it may happen, what it does; then everything is compared.
import fc from 'fast-check'
import type { Model } from './model.ts'
import { agree, today, type Real } from './real.ts'

export type Act = fc.AsyncCommand<Model, Real>
export function act<P>(name: string, of: fc.Arbitrary<P>, may: (m: Model, p: P) => boolean, run: (m: Model, r: Real, p: P) => Promise<void>): fc.Arbitrary<Act> {
  return of.map((p) => ({
    check: (m) => may(m, p),
    run: async (m, r) => {
      r.busy.set(m.estate.community_id, today())
      await run(m, r, p)
      await agree(r, m)
    },
    toString: () => `${name}(${JSON.stringify(p)})`,
  }))
}
export const house = fc.nat(2)
export const which = fc.nat(20)
export const part = fc.integer({ min: 1, max: 130 })
export const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!
/** So many hundredths of it, at least a fen; above 100 it is more than there is. */
export const share = (fen: number, percent: number): number => Math.max(1, Math.floor((fen * percent) / 100)) + (percent > 100 ? 1 : 0)
