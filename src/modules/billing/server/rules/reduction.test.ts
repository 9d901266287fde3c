import { expect, test } from 'vitest'
import fc from 'fast-check'
import { percentText, reductionOf } from './reduction.ts'

const opens = fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 40 })
const sum = (x: readonly number[]) => x.reduce((a, b) => a + b, 0)

test('a percentage: the parts are the rounded whole, none above what is open', () => {
  fc.assert(
    fc.property(opens, fc.integer({ min: 1, max: 10_000 }), (open, percent_bp) => {
      const parts = reductionOf(open, { how: 'percent', percent_bp })!
      expect(BigInt(sum(parts))).toBe((2n * BigInt(sum(open)) * BigInt(percent_bp) + 10_000n) / 20_000n)
      parts.forEach((p, i) => expect(p >= 0 && p <= open[i]!).toBe(true))
    }),
  )
})
test('a sum falls on the oldest first and never exceeds what is open', () => {
  fc.assert(
    fc.property(opens, fc.integer({ min: 1, max: 300_000_000 }), (open, sum_fen) => {
      const parts = reductionOf(open, { how: 'sum', sum_fen })
      if (sum_fen > sum(open)) {
        expect(parts).toBeNull()
        return
      }
      expect(sum(parts!)).toBe(sum_fen)
      const cut = parts!.findIndex((p, i) => p < open[i]!)
      if (cut !== -1) expect(parts!.slice(cut + 1).every((p) => p === 0)).toBe(true)
    }),
  )
})
test('percentages in words', () => expect([5000, 3333, 10_000, 50, 5].map(percentText)).toEqual(['50%', '33.33%', '100%', '0.5%', '0.05%']))
