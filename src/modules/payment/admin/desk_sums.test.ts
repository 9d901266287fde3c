import { expect, test } from 'vitest'
import { filled, sums, usable, type TenderLine } from './desk_sums.ts'

const lines = new Map([['a', 11_820], ['b', 6_000]])
const cash = (amount_fen: number | null): TenderLine => ({ method: 'cash', amount_fen, reference: '' })
const wechat = (amount_fen: number | null): TenderLine => ({ method: 'wechat', amount_fen, reference: '' })
const wallet = (amount_fen: number | null): TenderLine => ({ method: 'wallet', amount_fen, reference: '' })

test('an open tender is exactly what is missing', () => {
  expect(filled([cash(10_000), wechat(null)], 17_820).map((t) => t.amount_fen)).toEqual([10_000, 7_820])
  expect(sums({ lines, tenders: [cash(null)], keep: false, wallet_fen: 0 })).toMatchObject({ given_fen: 17_820, change_fen: 0, prepay_fen: 0, problem: null })
})
test('too much cash is change, or kept when asked', () => {
  expect(sums({ lines, tenders: [cash(20_000)], keep: false, wallet_fen: 0 })).toMatchObject({ change_fen: 2_180, prepay_fen: 0, problem: null })
  expect(sums({ lines, tenders: [cash(20_000)], keep: true, wallet_fen: 0 })).toMatchObject({ change_fen: 0, prepay_fen: 2_180 })
})
test('too much of anything but cash cannot be handed back', () => {
  expect(sums({ lines, tenders: [wechat(20_000)], keep: false, wallet_fen: 0 })).toMatchObject({ change_fen: 0, prepay_fen: 2_180 })
})
test('too little, too much of the wallet, and nothing are problems', () => {
  expect(sums({ lines, tenders: [cash(10_000)], keep: false, wallet_fen: 0 }).problem).toContain('少于应收')
  expect(sums({ lines, tenders: [wallet(17_820)], keep: false, wallet_fen: 100 }).problem).toContain('预存余额')
  expect(sums({ lines: new Map(), tenders: [cash(null)], keep: false, wallet_fen: 0 }).problem).toContain('请勾选')
})
test('what is bound helps only as far as its own lines are ticked', () => {
  const item_of = new Map([['a', 'wy'], ['b', 'sf']])
  const bound = [{ fee_item_id: 'wy', balance_fen: 20_000 }, { fee_item_id: 'nf', balance_fen: 500 }]
  expect(usable({ lines, item_of, wallet_fen: 100, bound })).toBe(11_920)
  expect(usable({ lines: new Map(), item_of, wallet_fen: 100, bound })).toBe(100)
})
