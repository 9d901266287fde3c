import { expect, test } from 'vitest'
import { allowanceOf, restHalves, spanOf, yearsAt } from './halves.ts'

test('halves of days meet at noon', () => {
  expect(spanOf({ from_on: '2026-03-09', from_half: 'am', to_on: '2026-03-09', to_half: 'pm' })).toEqual({ from_at: '2026-03-08T16:00:00.000Z', to_at: '2026-03-09T16:00:00.000Z', halves: 2 })
  expect(spanOf({ from_on: '2026-03-09', from_half: 'pm', to_on: '2026-03-10', to_half: 'am' })).toEqual({ from_at: '2026-03-09T04:00:00.000Z', to_at: '2026-03-10T04:00:00.000Z', halves: 2 })
  expect(spanOf({ from_on: '2026-03-09', from_half: 'pm', to_on: '2026-03-09', to_half: 'am' })).toBeUndefined()
})
test('the allowance is the highest tier that is reached within the year', () => {
  const tiers = [{ years: 1, half_days: 10 }, { years: 10, half_days: 20 }]
  expect(yearsAt('2025-12-31', 2026)).toBe(1)
  expect(allowanceOf(tiers, 0)).toBe(0)
  expect(allowanceOf(tiers, 9)).toBe(10)
  expect(allowanceOf(tiers, 10)).toBe(20)
  expect(allowanceOf([], 3)).toBeNull()
  expect([239, 240, 500].map(restHalves)).toEqual([0, 1, 2])
})
