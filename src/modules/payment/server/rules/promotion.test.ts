import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { heldOf, mostBack, reckon, takeBack, type Held, type Terms } from './promotion.ts'

const terms = (o: Partial<Terms>): Terms => ({ kind: 'months', pay_months: null, gift_months: null, percent_bp: null, min_fen: null, gift_fen: null, ...o })

describe('what is paid and given', () => {
  test('worked examples by hand', () => {
    expect(reckon(terms({ pay_months: 12, gift_months: 1 }), 11_820)).toEqual({ pay_fen: 141_840, gift_fen: 11_820, working: '12 月 × 118.20 元 = 1,418.40 元;赠 1 月 × 118.20 元 = 118.20 元' })
    // 1418.40 × 5 % = 70.92
    expect(reckon(terms({ kind: 'percent', pay_months: 12, percent_bp: 500 }), 11_820)).toMatchObject({ pay_fen: 134_748, gift_fen: 7_092 })
    // 3 × 0.33 = 0.99, 2.5 % of it is 0.02475, half up 0.02
    expect(reckon(terms({ kind: 'percent', pay_months: 3, percent_bp: 250 }), 33)).toMatchObject({ pay_fen: 97, gift_fen: 2 })
    expect(reckon(terms({ kind: 'amount', min_fen: 100_000, gift_fen: 5_000 }), null)).toEqual({ pay_fen: 100_000, gift_fen: 5_000, working: '预存满 1,000.00 元赠 50.00 元' })
    expect(reckon(terms({ pay_months: 12, gift_months: 1 }), null)).toBeNull()
  })
  test('a percentage never gives more than its share and never loses a fen of the whole', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 10_000_000 }), (pay_months, percent_bp, monthly) => {
      const r = reckon(terms({ kind: 'percent', pay_months, percent_bp }), monthly)
      if (!r) return
      expect(r.pay_fen + r.gift_fen).toBe(pay_months * monthly)
      expect(Math.abs(r.gift_fen * 10_000 - pay_months * monthly * percent_bp)).toBeLessThanOrEqual(5_000)
    }))
  })
})

const held = fc.array(fc.record({ refund_rule: fc.constantFrom('gift_first' as const, 'pro_rata' as const, 'keep' as const), paid_fen: fc.integer({ min: 0, max: 200_000 }), gift_fen: fc.integer({ min: 0, max: 20_000 }) }), { maxLength: 4 }).map((l): Held[] => l.map((h, i) => ({ ...h, use_id: `u${i}` })))
describe('what goes back', () => {
  test('half a year used of twelve and one: gift first and pro rata', () => {
    // 1418.40 + 118.20 − 6 × 118.20 = 827.40 in the purse; the money was spent first: 709.20 of it and 118.20 of gift are left.
    const parts = heldOf([{ key: 'p', amount_fen: 153_660 }], 82_740)
    expect(parts.get('p')).toBe(82_740)
    const h = (refund_rule: Held['refund_rule']): Held[] => [{ use_id: 'u', refund_rule, paid_fen: 70_920, gift_fen: 11_820 }]
    expect(takeBack(h('gift_first'), 82_740, 10_000)).toMatchObject([{ refund_fen: 10_000, gift_fen: 11_820 }])
    // 118.20 × 100 ÷ 709.20 = 16.666…
    expect(takeBack(h('pro_rata'), 82_740, 10_000)).toMatchObject([{ refund_fen: 10_000, gift_fen: 1_667 }])
    expect(takeBack(h('pro_rata'), 82_740, 70_920)).toMatchObject([{ gift_fen: 11_820 }])
    expect(takeBack(h('keep'), 82_740, 70_920)).toMatchObject([{ gift_fen: 0 }])
    expect(takeBack(h('gift_first'), 82_740, 70_921)).toBeNull()
  })
  test('refund and gifts together never exceed the purse, all money back takes all gifts but kept ones, and the newest money is what is left', () => {
    fc.assert(fc.property(held, fc.integer({ min: 0, max: 50_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (list, free, share) => {
      const balance = list.reduce((n, h) => n + h.paid_fen + h.gift_fen, free)
      const most = mostBack(list, balance)
      const refund = Math.floor(most * share)
      const back = takeBack(list, balance, refund)!
      expect(back).not.toBeNull()
      expect(refund + back.reduce((n, b) => n + b.gift_fen, 0)).toBeLessThanOrEqual(balance)
      for (const b of back) {
        const h = list.find((x) => x.use_id === b.use_id)!
        expect(b.refund_fen).toBeLessThanOrEqual(h.paid_fen)
        expect(b.gift_fen).toBeLessThanOrEqual(h.gift_fen)
        if (b.refund_fen === h.paid_fen && h.refund_rule !== 'keep') expect(b.gift_fen).toBe(h.gift_fen)
      }
      expect(takeBack(list, balance, most + 1)).toBeNull()
    }))
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { maxLength: 10 }), fc.integer({ min: 0, max: 100_000 }), (amounts, balance) => {
      const parts = [...heldOf(amounts.map((amount_fen, i) => ({ key: `${i}`, amount_fen })), balance).values()]
      expect(parts.reduce((n, p) => n + p, 0)).toBe(Math.min(balance, amounts.reduce((n, a) => n + a, 0)))
      // At most one inflow is spent in part; what is newer is whole, what is older is gone.
      expect(parts.filter((p, i) => p > 0 && p < amounts[i]!).length).toBeLessThanOrEqual(1)
    }))
  })
})
