import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, daysBetween } from '../../../../kernel/clock.ts'
import { bounds, lightOf, stepOf, validTo } from './ladder.ts'

const LADDER = [90, 60, 30, 7]
test('periods over month ends and leap days', () => {
  expect(validTo('2026-11-26', 12, 'month')).toBe('2027-11-25')
  expect(validTo('2024-02-29', 12, 'month')).toBe('2025-02-28')
  expect(validTo('2023-02-28', 12, 'month')).toBe('2024-02-27')
  expect(validTo('2026-08-31', 6, 'month')).toBe('2027-02-28')
  expect(validTo('2027-08-31', 6, 'month')).toBe('2028-02-29')
  expect(validTo('2026-01-01', 6, 'month')).toBe('2026-06-30')
  expect(validTo('2026-12-31', 15, 'day')).toBe('2027-01-15')
})
test('lights change on the days of the ladder', () => {
  const to = '2026-12-31'
  const at = (left: number) => lightOf(to, addDays(to, -left), LADDER)
  expect([91, 90, 31, 30, 7, 0, -1].map(at)).toEqual(['good', 'soon', 'soon', 'near', 'near', 'near', 'expired'])
  expect(lightOf(null, to, LADDER)).toBe('missing')
  expect(bounds([3])).toEqual({ near: 3, soon: 3 })
})
test('each step once, in order, whatever days the clock looks', () => {
  const to = '2026-12-31'
  const seen: string[] = []
  for (let left = 95; left >= -2; left--) {
    const s = stepOf(to, addDays(to, -left), LADDER, true)
    if (s && !seen.includes(s)) seen.push(s)
  }
  expect(seen).toEqual(['90', '60', '30', '7', 'over 2027-01-01', 'over 2027-01-02'])
  expect(stepOf(to, '2027-01-09', LADDER, false)).toBe('over')
})
test('a period is never shorter than its days nor longer by more than its months may be', () => {
  fc.assert(fc.property(fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), fc.integer({ min: 1, max: 120 }), (d, n) => {
    const from = d.toISOString().slice(0, 10)
    const to = validTo(from, n, 'month')
    const days = daysBetween(from, to)
    expect(days).toBeGreaterThanOrEqual(n * 28 - 1)
    expect(days).toBeLessThanOrEqual(n * 31)
    // Longer periods end later.
    expect(validTo(from, n + 1, 'month') > to).toBe(true)
  }))
})
