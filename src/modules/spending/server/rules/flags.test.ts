import { describe, expect, it } from 'vitest'
import { DEFAULT_RULES, flagsOf, type Facts } from './flags.ts'

const facts = (o: Partial<Facts> = {}): Facts => ({ amount_fen: 12_300, asked_on: '2026-03-11', budget_fen: 1_000_000, used_fen: 0, near: [], ...o })
const codes = (o: Partial<Facts>, rules = DEFAULT_RULES) => flagsOf(facts(o), rules).map((f) => f.code)

describe('flags', () => {
  it('are none for what is ordinary', () => expect(codes({})).toEqual([]))
  it('over budget begins with the first fen above it', () => {
    expect(codes({ used_fen: 987_700 })).toEqual([])
    expect(codes({ used_fen: 987_701 })).toEqual(['over_budget'])
    expect(codes({ budget_fen: null })).toEqual(['no_budget'])
  })
  it('a split is several below the limit that are above it together', () => {
    expect(codes({ amount_fen: 600_100, near: [{ amount_fen: 400_000, asked_on: '2026-03-01' }] })).toEqual(['split'])
    expect(codes({ amount_fen: 600_000, near: [{ amount_fen: 400_000, asked_on: '2026-03-01' }] })).toEqual([])
    // One above the limit went through the higher approval: nothing was split off.
    expect(codes({ amount_fen: 600_100, near: [{ amount_fen: 1_400_000, asked_on: '2026-03-01' }] })).toEqual([])
  })
  it('same supplier on the day, weekend when it is on, and round sums', () => {
    expect(codes({ near: [{ amount_fen: 1, asked_on: '2026-03-11' }] })).toEqual(['same_supplier_day'])
    const weekend = DEFAULT_RULES.map((r) => ({ ...r, enabled: true }))
    expect(codes({ asked_on: '2026-03-14' }, weekend)).toEqual(['weekend'])
    expect(codes({ asked_on: '2026-03-13' }, weekend)).toEqual([])
    expect(codes({ amount_fen: 2_000_000, budget_fen: 9_000_000 })).toEqual(['round_sum'])
    expect(codes({ amount_fen: 2_000_100, budget_fen: 9_000_000 })).toEqual([])
  })
})
