import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spread, type CouponLine, type CouponTerms } from './coupon.ts'

const ITEMS = ['a', 'b', 'c']
const line = fc.record({ fee_item_id: fc.constantFrom(...ITEMS), own: fc.boolean(), amount_fen: fc.integer({ min: 1, max: 50_000 }) })
const lines = fc.array(line, { maxLength: 12 }).map((all) => all.map((l, i): CouponLine => ({ ...l, bill_id: `b${i}`, fee_item_name: l.fee_item_id })))
const coupon = fc.record({ amount_fen: fc.integer({ min: 1, max: 20_000 }), more: fc.integer({ min: 1, max: 30_000 }), fee_item_id: fc.constantFrom(null, ...ITEMS) })
const coupons = fc.array(coupon, { maxLength: 5 }).map((all) => all.map((c, i): CouponTerms => ({ coupon_id: `c${i}`, amount_fen: c.amount_fen, min_fen: c.amount_fen + c.more, fee_item_id: c.fee_item_id })))

test('takes its whole amount or nothing, off its own bills of the company, never more than a bill has, and the thresholds are counted once', () => {
  fc.assert(
    fc.property(coupons, lines, (cs, ls) => {
      const out = spread(cs, ls)
      const off = new Map<string, number>()
      for (const s of out) {
        const c = cs.find((x) => x.coupon_id === s.coupon_id)!
        const sum = s.parts.reduce((n, p) => n + p.amount_fen, 0)
        expect(sum).toBe(s.fits ? c.amount_fen : 0)
        for (const p of s.parts) {
          const l = ls.find((x) => x.bill_id === p.bill_id)!
          expect(l.own && (c.fee_item_id === null || c.fee_item_id === l.fee_item_id)).toBe(true)
          off.set(p.bill_id, (off.get(p.bill_id) ?? 0) + p.amount_fen)
        }
      }
      for (const l of ls) expect(off.get(l.bill_id) ?? 0).toBeLessThanOrEqual(l.amount_fen)
      const used = out.filter((s) => s.fits).map((s) => cs.find((c) => c.coupon_id === s.coupon_id)!)
      const own = ls.filter((l) => l.own).reduce((n, l) => n + l.amount_fen, 0)
      expect(used.reduce((n, c) => n + c.min_fen, 0)).toBeLessThanOrEqual(own)
      // Something is left to pay wherever a coupon was used.
      if (used.length > 0) expect([...off.values()].reduce((n, v) => n + v, 0)).toBeLessThan(own)
    }),
  )
})

test('two of 满 100 减 30 need 200', () => {
  const ls: CouponLine[] = [{ bill_id: '1', fee_item_id: 'a', fee_item_name: 'a', own: true, amount_fen: 6000 }, { bill_id: '2', fee_item_id: 'a', fee_item_name: 'a', own: true, amount_fen: 13_000 }]
  const c = (coupon_id: string): CouponTerms => ({ coupon_id, amount_fen: 3000, min_fen: 10_000, fee_item_id: null })
  expect(spread([c('x'), c('y')], ls)).toEqual([{ coupon_id: 'x', parts: [{ bill_id: '1', amount_fen: 3000 }], room_fen: 19_000, fits: true }, { coupon_id: 'y', parts: [], room_fen: 9000, fits: false }])
  expect(spread([c('x'), c('y')], [{ ...ls[0]!, amount_fen: 7000 }, ls[1]!])[1]).toEqual({ coupon_id: 'y', parts: [{ bill_id: '2', amount_fen: 3000 }], room_fen: 10_000, fits: true })
})
