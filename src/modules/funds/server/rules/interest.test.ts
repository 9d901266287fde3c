import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shareInterest, totalOf, weightOf } from './interest.ts'

const R = { current_rate: '0.05', term_rate: '0.95', day_base: 360 }
describe('interest', () => {
  it('a year of a balance carried in, at the term rate; money of the year at the current rate', () => {
    // 10,000.00 × 0.95 % × 360/360 = 95.00
    expect(totalOf([weightOf(1_000_000, [], 360, R).weight], R)).toBe(9500)
    // 10,000.00 paid in on day 180: 0.05 % × 180/360 = 2.50
    expect(totalOf([weightOf(0, [{ day: 180, amount_fen: 1_000_000 }], 360, R).weight], R)).toBe(250)
    // Half is used on day 90: 5,000 at the term rate, 5,000 for 90 days at the current rate: 47.50 + 0.625 = 48.13
    expect(weightOf(1_000_000, [{ day: 90, amount_fen: -500_000 }], 360, R).kept_fen).toBe(500_000)
    expect(totalOf([weightOf(1_000_000, [{ day: 90, amount_fen: -500_000 }], 360, R).weight], R)).toBe(4813)
    // A deposit cancelled on its own value day leaves nothing.
    expect(weightOf(0, [{ day: 10, amount_fen: 100 }, { day: 10, amount_fen: -100 }], 360, R).weight).toBe(0n)
  })
  it('agrees with adding day by day', () => {
    const move = fc.record({ day: fc.integer({ min: 0, max: 29 }), amount_fen: fc.integer({ min: 0, max: 10_000 }) })
    fc.assert(fc.property(fc.nat(100_000), fc.array(move, { maxLength: 6 }), (carried, moves) => {
      let sum = 0n
      for (let d = 0; d < 30; d++) sum += BigInt(moves.filter((m) => m.day <= d).reduce((a, m) => a + m.amount_fen, carried))
      expect(weightOf(carried, moves, 30, R).weight).toBe(BigInt(carried) * 30n * 950_000n + (sum - BigInt(carried) * 30n) * 50_000n)
    }))
  })
  it('is shared out exactly, whatever the order, and nobody gets a negative part', () => {
    const house = fc.record({ house_id: fc.uuid(), weight: fc.bigInt({ min: 0n, max: 10n ** 24n }) })
    fc.assert(fc.property(fc.uniqueArray(house, { minLength: 1, maxLength: 50, selector: (h) => h.house_id }).filter((l) => l.some((h) => h.weight > 0n)), fc.integer({ min: 1, max: 10_000_000 }), (list, total) => {
      const a = shareInterest(total, list)
      expect([...a.values()].reduce((x, y) => x + y, 0)).toBe(total)
      expect([...a.values()].every((x) => x >= 0)).toBe(true)
      expect(new Map([...shareInterest(total, [...list].reverse())].sort())).toEqual(new Map([...a].sort()))
    }))
  })
})
