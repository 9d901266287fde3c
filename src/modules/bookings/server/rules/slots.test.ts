import { describe, expect, test } from 'vitest'
import { feeOf, freeUntil, hoursFault, lateFen, runOf, slotFen, slotsOf, spanText, weekdayOf } from './slots.ts'

const THURSDAY = '2026-03-05'
const SATURDAY = '2026-03-07'
const hours = [{ days: [1, 2, 3, 4, 5], from: '18:00', to: '21:30' }, { days: [6, 7], from: '08:00', to: '12:00' }, { days: [6, 7], from: '14:00', to: '24:00' }]
const rule = { hours, slot_min: 60 }

describe('slots', () => {
  test('cut each window from its beginning; what is left over is not offered', () => {
    expect(slotsOf(rule, THURSDAY).map((s) => spanText(s, THURSDAY))).toEqual(['18:00–19:00', '19:00–20:00', '20:00–21:00'])
    expect(slotsOf(rule, THURSDAY)[0]).toEqual({ from_at: '2026-03-05T10:00:00.000Z', to_at: '2026-03-05T11:00:00.000Z' })
    const sat = slotsOf(rule, SATURDAY)
    expect([sat.length, spanText(sat.at(-1)!, SATURDAY)]).toEqual([14, '23:00–24:00'])
    expect(slotsOf({ hours: [hours[0]!], slot_min: 60 }, SATURDAY)).toEqual([])
    expect([weekdayOf(THURSDAY), weekdayOf('2026-03-08')]).toEqual([4, 7])
  })
  test('stand on end within a window, not over a gap', () => {
    const sat = slotsOf(rule, SATURDAY)
    expect(runOf(sat, sat[2]!.from_at, 2)!.length).toBe(2)
    expect(runOf(sat, sat[3]!.from_at, 2)).toBeNull()
    expect(runOf(sat, sat.at(-1)!.from_at, 2)).toBeNull()
    expect(runOf(sat, '2026-03-07T00:30:00.000Z', 1)).toBeNull()
  })
  test('hours that end before they begin, hold no slot or overlap are named', () => {
    const h = (days: number[], from: string, to: string) => ({ days, from, to })
    expect(hoursFault([h([1], '22:00', '02:00')], { overlap: false })).toMatchObject({ n: 1 })
    expect(hoursFault([h([1], '08:00', '08:30')], { slot_min: 60, overlap: false })).toMatchObject({ n: 1 })
    expect(hoursFault([h([1, 2], '08:00', '12:00'), h([2], '11:00', '13:00')], { overlap: false })).toEqual({ n: 2, why: '与第 1 段重叠' })
    expect(hoursFault([h([1, 2], '08:00', '12:00'), h([2], '11:00', '13:00')], { overlap: true })).toBeNull()
    expect(hoursFault(hours, { slot_min: 60, overlap: false })).toBeNull()
  })
})
describe('the fee', () => {
  const price = { slot_fen: 2000, bands: [{ days: [4], from: '19:00', to: '21:00', slot_fen: 3000 }] }
  test('is the sum of lines, one for what stands at one price, each with its computation', () => {
    const run = slotsOf(rule, THURSDAY)
    expect(slotFen(price, THURSDAY, run[0]!.from_at)).toBe(2000)
    expect(feeOf(price, THURSDAY, run, 2, '片')).toEqual({
      amount_fen: 16_000,
      lines: [{ text: '18:00–19:00 20.00 元 × 1 段 × 2 片 = 40.00 元', slot_fen: 2000, slot_count: 1, unit_count: 2, amount_fen: 4000 }, { text: '19:00–21:00 30.00 元 × 2 段 × 2 片 = 120.00 元', slot_fen: 3000, slot_count: 2, unit_count: 2, amount_fen: 12_000 }],
    })
    expect(feeOf(null, THURSDAY, run, 1, '间')).toMatchObject({ amount_fen: 0, lines: [{ text: '18:00–21:00 免费' }] })
  })
  test('stays by so many percent when given back late, half a fen up', () => {
    expect([lateFen(1001, 50), lateFen(3, 50), lateFen(1000, 0), lateFen(1000, 100)]).toEqual([501, 2, 0, 1000])
    expect(freeUntil('2026-03-05T10:00:00.000Z', 24)).toBe('2026-03-04T10:00:00.000Z')
  })
})
