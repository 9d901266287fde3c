import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deduct, type Owed } from './deduct.ts'

const ITEMS = ['wy', 'sf', 'cw']
const bill = fc.record({ period: fc.integer({ min: 1, max: 9 }), item: fc.integer({ min: 0, max: 2 }), open_fen: fc.integer({ min: 0, max: 50_000 }) })
const owed = fc.array(bill, { maxLength: 12 }).map((list): Owed[] => list.map((b, i) => ({ bill_id: `b${String(i).padStart(2, '0')}`, period_on: `2026-0${b.period}-01`, fee_item_id: ITEMS[b.item]!, due_on: `2026-0${b.period}-28`, open_fen: b.open_fen })))
const money = fc.integer({ min: 0, max: 80_000 })

test('never more than a bill owes, a purse holds or the cap allows; bound money pays its item alone', () => {
  fc.assert(
    fc.property(owed, money, money, money, money, (bills, general_fen, wy, sf, cap) => {
      const bound = new Map([['wy', wy], ['sf', sf]])
      const d = deduct(bills, { general_fen, bound }, cap)
      const by = new Map(bills.map((b) => [b.bill_id, b]))
      for (const l of d.lines) {
        expect(l.amount_fen).toBeGreaterThan(0)
        expect(l.amount_fen).toBeLessThanOrEqual(by.get(l.bill_id)!.open_fen)
        expect(l.bound_fen).toBeLessThanOrEqual(l.amount_fen)
      }
      const sum = (item: string) => d.lines.filter((l) => by.get(l.bill_id)!.fee_item_id === item).reduce((n, l) => n + l.bound_fen, 0)
      for (const item of ITEMS) expect(sum(item)).toBeLessThanOrEqual(bound.get(item) ?? 0)
      const general = d.lines.reduce((n, l) => n + l.amount_fen - l.bound_fen, 0)
      expect(general).toBeLessThanOrEqual(general_fen)
      expect(d.total_fen).toBeLessThanOrEqual(cap)
      expect(d.used.reduce((n, u) => n + u.amount_fen, 0)).toBe(d.total_fen)
      expect(new Set(d.lines.map((l) => l.bill_id)).size).toBe(d.lines.length)
    }),
  )
})
test('nothing that could be paid is left: either all is paid, or general is empty and every open bill has an empty purse of its own', () => {
  fc.assert(
    fc.property(owed, money, money, (bills, general_fen, wy) => {
      const d = deduct(bills, { general_fen, bound: new Map([['wy', wy]]) })
      const paid = new Map(d.lines.map((l) => [l.bill_id, l.amount_fen]))
      const open = bills.filter((b) => b.open_fen > (paid.get(b.bill_id) ?? 0))
      const used = (k: string | null) => d.used.find((u) => u.fee_item_id === k)?.amount_fen ?? 0
      if (open.length > 0) expect(used(null)).toBe(general_fen)
      if (open.some((b) => b.fee_item_id === 'wy')) expect(used('wy')).toBe(wy)
    }),
  )
})
test('a newer bill is paid by general money only when every older one is', () => {
  fc.assert(
    fc.property(owed, money, (bills, general_fen) => {
      const d = deduct(bills, { general_fen, bound: new Map() })
      const paid = new Map(d.lines.map((l) => [l.bill_id, l.amount_fen]))
      const last = d.lines.at(-1)
      if (last) for (const b of bills) if (b.period_on < last.period_on && b.open_fen > 0) expect(paid.get(b.bill_id)).toBe(b.open_fen)
    }),
  )
})
test('an example: bound pays water although the property fee is older', () => {
  const b = (bill_id: string, period_on: string, fee_item_id: string, open_fen: number): Owed => ({ bill_id, period_on, fee_item_id, due_on: period_on, open_fen })
  const d = deduct([b('1', '2026-01-01', 'wy', 100), b('2', '2026-02-01', 'sf', 80), b('3', '2026-03-01', 'wy', 100)], { general_fen: 120, bound: new Map([['sf', 50]]) })
  expect(d.lines).toEqual([{ bill_id: '1', period_on: '2026-01-01', amount_fen: 100, bound_fen: 0 }, { bill_id: '2', period_on: '2026-02-01', amount_fen: 70, bound_fen: 50 }])
  expect(d.used).toEqual([{ fee_item_id: null, amount_fen: 120 }, { fee_item_id: 'sf', amount_fen: 50 }])
})
