import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, daysBetween } from '../../../../kernel/clock.ts'
import { productFen } from '../../../../kernel/money.ts'
import { explain } from '../../explain.ts'
import { lastPeriodOf, windowOf } from './cycle.ts'
import { linesOf, type Stretch } from './pricing.ts'
import { segmentsOf } from './tariff.ts'

const month = { cycle: 'month', season_from: null, season_to: null }
const heating = { cycle: 'season', season_from: '11-15', season_to: '03-15' }

describe('windows', () => {
  it.each([
    [month, '2026-06', ['2026-06-01', '2026-07-01', 1, 30]],
    [month, '2024-02', ['2024-02-01', '2024-03-01', 1, 29]],
    [{ ...month, cycle: 'quarter' }, '2026-04', ['2026-04-01', '2026-07-01', 3, 91]],
    [{ ...month, cycle: 'half_year' }, '2026-07', ['2026-07-01', '2027-01-01', 6, 184]],
    [{ ...month, cycle: 'year' }, '2026-01', ['2026-01-01', '2027-01-01', 12, 365]],
    [heating, '2026-11', ['2026-11-15', '2027-03-16', 1, 121]],
    [heating, '2023-11', ['2023-11-15', '2024-03-16', 1, 122]],
    [{ cycle: 'season', season_from: '02-29', season_to: '06-30' }, '2026-02', ['2026-02-28', '2026-07-01', 1, 123]],
  ])('%o in %s', (item, period, [from_on, to_on, months, days]) => {
    expect(windowOf(item, period)).toEqual({ from_on, to_on, months, days })
  })
  it.each([[{ ...month, cycle: 'quarter' }, '2026-05'], [{ ...month, cycle: 'half_year' }, '2026-04'], [{ ...month, cycle: 'year' }, '2026-07'], [heating, '2026-12'], [{ cycle: 'season', season_from: null, season_to: null }, '2026-11']])('%o does not begin in %s', (item, period) => {
    expect(windowOf(item, period)).toBeNull()
  })
  it('compare with the cycle before', () => {
    expect([lastPeriodOf('month', '2026-01'), lastPeriodOf('quarter', '2026-01'), lastPeriodOf('season', '2026-11')]).toEqual(['2025-12', '2025-10', '2025-11'])
  })
})

describe('price timelines', () => {
  const p = (price_id: string, house_kind: string | null, from_on: string, to_on: string | null) => ({ price_id, house_kind, unit_price: '1', from_on, to_on })
  it("prefer the kind's own price, and say where there is none", () => {
    const prices = [p('a', null, '2026-01-01', null), p('b', 'shop', '2026-06-11', '2026-06-21')]
    expect(segmentsOf(prices, 'shop', '2026-06-01', '2026-07-01')).toEqual({
      complete: true,
      segments: [
        { from_on: '2026-06-01', to_on: '2026-06-11', price_id: 'a', unit_price: '1' },
        { from_on: '2026-06-11', to_on: '2026-06-21', price_id: 'b', unit_price: '1' },
        { from_on: '2026-06-21', to_on: '2026-07-01', price_id: 'a', unit_price: '1' },
      ],
    })
    expect(segmentsOf(prices, 'dwelling', '2026-06-01', '2026-07-01').segments).toHaveLength(1)
    expect(segmentsOf(prices, 'dwelling', '2025-12-01', '2026-02-01')).toMatchObject({ complete: false, segments: [{ from_on: '2026-01-01' }] })
    expect(segmentsOf([p('x', null, '2026-03-01', '2026-03-01')], 'shop', '2026-03-01', '2026-04-01')).toEqual({ complete: false, segments: [] })
  })
})

const stretch = (from_on: string, to_on: string, payer_id = 'p', unit_price = '1.2', quantity = '98.5'): Stretch => ({ from_on, to_on, payer_id, price_id: unit_price, unit_price, quantity })
const june = windowOf(month, '2026-06')!
const brief = (lines: ReturnType<typeof linesOf>) => lines.map((l) => [l.from_on, l.to_on, l.months, l.days, l.days_of, l.amount_fen])

describe('lines', () => {
  it.each([
    ['a whole month', [stretch('2026-06-01', '2026-07-01')], 'real_days', [['2026-06-01', '2026-07-01', 1, 0, 0, 11820]]],
    ['twelve days', [stretch('2026-06-01', '2026-06-13')], 'real_days', [['2026-06-01', '2026-06-13', 1, 12, 30, 4728]]],
    ['two payers', [stretch('2026-06-01', '2026-06-13', 'a'), stretch('2026-06-13', '2026-07-01', 'b')], 'real_days', [['2026-06-01', '2026-06-13', 1, 12, 30, 4728], ['2026-06-13', '2026-07-01', 1, 18, 30, 7092]]],
    ['two payers, the month whole', [stretch('2026-06-01', '2026-06-13', 'a'), stretch('2026-06-13', '2026-07-01', 'b')], 'whole_month', [['2026-06-01', '2026-07-01', 1, 0, 0, 11820]]],
    ['a late start, the month whole', [stretch('2026-06-10', '2026-07-01')], 'whole_month', []],
  ])('%s', (_, stretches, proration, expected) => {
    expect(brief(linesOf(stretches, june, 'month', proration))).toEqual(expected)
  })

  it('by thirty days: the 31st counts nothing, February counts up to 30', () => {
    const jan = windowOf(month, '2026-01')!
    const feb = windowOf(month, '2026-02')!
    const days = (w: typeof jan, a: string, b: string) => linesOf([stretch(a, b)], w, 'month', 'thirty_days').map((l) => l.days)
    expect(days(jan, '2026-01-01', '2026-01-31')).toEqual([30])
    expect(days(jan, '2026-01-31', '2026-02-01')).toEqual([])
    expect(days(jan, '2026-01-16', '2026-02-01')).toEqual([15])
    expect(days(feb, '2026-02-15', '2026-03-01')).toEqual([16])
  })

  it('of a quarter: days of the first month, whole months, days of the last', () => {
    const w = windowOf({ ...month, cycle: 'quarter' }, '2026-01')!
    expect(brief(linesOf([stretch('2026-01-01', '2026-04-01')], w, 'quarter', 'real_days'))).toEqual([['2026-01-01', '2026-04-01', 3, 0, 0, 35460]])
    expect(brief(linesOf([stretch('2026-01-10', '2026-03-05')], w, 'quarter', 'real_days'))).toEqual([
      ['2026-01-10', '2026-02-01', 1, 22, 31, 8388],
      ['2026-02-01', '2026-03-01', 1, 0, 0, 11820],
      ['2026-03-01', '2026-03-05', 1, 4, 31, 1525],
    ])
    expect(brief(linesOf([stretch('2026-02-10', '2026-02-20')], w, 'quarter', 'real_days'))).toEqual([['2026-02-10', '2026-02-20', 1, 10, 28, 4221]])
    expect(brief(linesOf([stretch('2026-01-01', '2026-02-10', 'a'), stretch('2026-02-10', '2026-04-01', 'b')], w, 'quarter', 'whole_month'))).toEqual([['2026-01-01', '2026-03-01', 2, 0, 0, 23640], ['2026-03-01', '2026-04-01', 1, 0, 0, 11820]])
  })

  const cents = (max: number, scale: number) => fc.integer({ min: 1, max }).map((n) => `${Math.floor(n / 10 ** scale)}.${String(n % 10 ** scale).padStart(scale, '0')}`)
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 29 }), { maxLength: 6 }).map((c) => [0, ...c.sort((a, b) => a - b), 30])
  it('parts of a month at one price add up to the whole, to the fen, in every proration by days', () => {
    fc.assert(
      fc.property(cents(99_999_999, 4), cents(9_999_999, 6), cuts, fc.constantFrom('real_days', 'thirty_days'), (quantity, unit_price, at, proration) => {
        const stretches = at.slice(1).map((to, i) => stretch(addDays('2026-06-01', at[i]!), addDays('2026-06-01', to), `p${i}`, unit_price, quantity))
        const lines = linesOf(stretches, june, 'month', proration)
        expect(lines.reduce((n, l) => n + l.amount_fen, 0)).toBe(productFen([quantity, unit_price]))
        for (const l of lines) if (l.days > 0) expect(Math.abs(l.amount_fen - productFen([quantity, unit_price, String(l.days)], [String(l.days_of)]))).toBeLessThanOrEqual(1)
        expect(lines.reduce((n, l) => n + daysBetween(l.from_on, l.to_on), 0)).toBe(30)
      }),
      { numRuns: 500 },
    )
  })
})

describe('explanations', () => {
  const base = { shape: 'area', quantity: '98.5000', unit_price: '1.200000', months: '1.00000000', days: 0, days_of: 0, amount_fen: 11820, cycle: 'month', unit_name: '元/㎡·月' }
  it.each([
    [base, '98.50 m² × 1.2 元 × 1 月 = 118.20 元'],
    [{ ...base, days: 12, days_of: 30, amount_fen: 4728 }, '98.50 m² × 1.2 元 × 12/30 月 = 47.28 元'],
    [{ ...base, quantity: '100', unit_price: '1', days: 10, days_of: 30, amount_fen: 3334 }, '100.00 m² × 1 元 × 10/30 月 = 33.34 元(含尾差 +0.01 元,与同月其他部分合计为整月)'],
    [{ ...base, cycle: 'season', unit_price: '22', days: 45, days_of: 121, amount_fen: 80591 }, '98.50 m² × 22 元 × 45/121 季 = 805.91 元'],
    [{ ...base, cycle: 'quarter', months: '3', amount_fen: 35460 }, '98.50 m² × 1.2 元 × 3 月 = 354.60 元'],
    [{ ...base, shape: 'meter', meter_kind: 'water', quantity: '32.000', unit_price: '3.450000', how: { previous: '120', reading: '152', multiplier: '1', rolled: false, carried_in: '0', source: 'hand' }, amount_fen: 11040, unit_name: '元/m³' }, '(上次 120 → 本次 152) 32 m³ × 3.45 元 = 110.40 元'],
    [{ ...base, shape: 'meter', meter_kind: 'electricity', quantity: '655', unit_price: '0.5', how: { previous: '99990', reading: '12', multiplier: '30', rolled: true, carried_in: '5', source: 'hand' }, amount_fen: 32750, unit_name: '元/度' }, '(上次 99990 → 过零 → 本次 12,× 倍率 30,扣上期多计 5) 655 度 × 0.5 元 = 327.50 元'],
    [{ ...base, shape: 'quantity', quantity: '1', unit_price: '60', amount_fen: 6000, unit_name: '元/个·月' }, '1 个 × 60 元 × 1 月 = 60.00 元'],
    [{ ...base, shape: 'fixed', quantity: '1', unit_price: '10', amount_fen: 1000, unit_name: '元/户·月' }, '1 户 × 10 元 × 1 月 = 10.00 元'],
    [{ ...base, shape: 'fixed', quantity: '1', unit_price: '10', amount_fen: 1000, unit_name: '元/月' }, '1 户 × 10 元 × 1 月 = 10.00 元'],
  ])('%#', (e, text) => expect(explain(e)).toBe(text))
})
