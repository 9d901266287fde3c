import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fen } from '../../../../kernel/money.ts'
import { splitTenders } from './split.ts'

const amount = fc.integer({ min: 1, max: 100_000 })
test('each house gets its total, each tender is used up, in order', () => {
  fc.assert(
    fc.property(fc.array(amount, { minLength: 1, maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 4 }), (totals, weights) => {
      const sum = totals.reduce((n, x) => n + x, 0)
      const whole = weights.reduce((n, x) => n + x, 0)
      let rest = sum
      const tenders = weights.map((w, i) => {
        const a = i === weights.length - 1 ? rest : Math.min(rest, Math.floor((sum * w) / whole))
        rest -= a
        return { method: (['cash', 'card', 'wechat', 'transfer'] as const)[i]!, amount_fen: fen(a), reference: null }
      }).filter((t) => t.amount_fen > 0)
      const parts = splitTenders(tenders, totals)
      expect(parts.map((p) => p.reduce((n, t) => n + t.amount_fen, 0))).toEqual(totals)
      for (const t of tenders) expect(parts.flat().filter((x) => x.method === t.method).reduce((n, x) => n + x.amount_fen, 0)).toBe(t.amount_fen)
      expect(parts.flat().every((t) => t.amount_fen > 0)).toBe(true)
    }),
  )
})
