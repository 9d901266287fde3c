import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { journalOf, settleTill, type Till } from './till.ts'

const ok = (r: ReturnType<typeof settleTill>): Till => {
  if ('code' in r) throw new Error(r.code)
  return r
}
const code = (r: ReturnType<typeof settleTill>): string => ('code' in r ? r.code : 'ok')

describe('the till', () => {
  test('several tenders, change from cash', () => {
    const t = ok(settleTill({ lines: [11_820, 3_000], prepay_fen: 0, tenders: [{ method: 'wechat', amount_fen: 5_000 }, { method: 'cash', amount_fen: 10_000 }], change_fen: 180 }))
    expect(t.tenders).toEqual([{ method: 'wechat', amount_fen: 5_000, reference: null }, { method: 'cash', amount_fen: 9_820, reference: null }])
    expect(t).toMatchObject({ total_fen: 14_820, applied_fen: 14_820, change_fen: 180 })
  })
  test('a difference of one fen is refused and named', () => {
    const r = settleTill({ lines: [100], prepay_fen: 0, tenders: [{ method: 'card', amount_fen: 101 }], change_fen: 0 })
    expect(r).toMatchObject({ code: 'payment.totals_differ', params: { difference: '0.01' } })
  })
  test('change never comes from a card, nor eats all the cash', () => {
    expect(code(settleTill({ lines: [100], prepay_fen: 0, tenders: [{ method: 'card', amount_fen: 150 }], change_fen: 50 }))).toBe('payment.change_only_from_cash')
    expect(code(settleTill({ lines: [100], prepay_fen: 0, tenders: [{ method: 'card', amount_fen: 100 }, { method: 'cash', amount_fen: 50 }], change_fen: 50 }))).toBe('payment.change_only_from_cash')
  })
  test('nothing, prepayment into prepayment, two wallet lines', () => {
    expect(code(settleTill({ lines: [], prepay_fen: 0, tenders: [{ method: 'cash', amount_fen: 1 }], change_fen: 1 }))).toBe('payment.nothing_to_pay')
    expect(code(settleTill({ lines: [100], prepay_fen: 50, tenders: [{ method: 'wallet', amount_fen: 150 }], change_fen: 0 }))).toBe('payment.wallet_to_wallet')
    expect(code(settleTill({ lines: [100], prepay_fen: 0, tenders: [{ method: 'wallet', amount_fen: 50 }, { method: 'wallet', amount_fen: 50 }], change_fen: 0 }))).toBe('payment.two_wallet_lines')
  })
  test('whatever is accepted balances: tenders kept = total = lines + prepayment, and the journal sums to zero', () => {
    const amount = fc.integer({ min: 1, max: 1_000_000 })
    const method = fc.constantFrom('cash', 'card', 'transfer', 'wechat', 'alipay', 'wallet', 'other') as fc.Arbitrary<Till['tenders'][number]['method']>
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 5 }), fc.nat(1000), fc.array(fc.record({ method, amount_fen: amount }), { minLength: 1, maxLength: 4 }), (lines, prepay_fen, tenders) => {
        const change_fen = tenders.reduce((n, x) => n + x.amount_fen, 0) - lines.reduce((n, x) => n + x, 0) - prepay_fen
        if (change_fen < 0) return
        const t = settleTill({ lines, prepay_fen, tenders, change_fen })
        if ('code' in t) return
        expect(t.tenders.reduce((n, x) => n + x.amount_fen, 0)).toBe(t.total_fen)
        expect(t.applied_fen + t.prepaid_fen).toBe(t.total_fen)
        expect(t.tenders.every((x) => x.amount_fen > 0)).toBe(true)
        const j = journalOf({ ...t, lines: lines.map((amount_fen, i) => ({ amount_fen, line: { book: i % 2 ? ('trust' as const) : ('company' as const) } })), house_id: 'h', community_id: 'c' })
        expect(j.reduce((n, x) => n + x.amount_fen, 0)).toBe(0)
        expect(j.every((x) => x.amount_fen !== 0)).toBe(true)
      }),
    )
  })
})
