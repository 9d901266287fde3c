import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterQuiet } from './quiet.ts'

const NIGHT = { quiet_from: '21:00', quiet_to: '08:00' }
describe('quiet hours over midnight', () => {
  test.each([
    ['2026-03-01T12:59:59.000Z', '2026-03-01T12:59:59.000Z'], // 20:59:59 in China
    ['2026-03-01T13:00:00.000Z', '2026-03-02T00:00:00.000Z'], // 21:00 → tomorrow 08:00
    ['2026-03-01T23:59:00.000Z', '2026-03-02T00:00:00.000Z'], // 07:59 → 08:00
    ['2026-03-02T00:00:00.000Z', '2026-03-02T00:00:00.000Z'], // 08:00 is not quiet
    ['2026-12-31T15:59:00.000Z', '2027-01-01T00:00:00.000Z'], // over the year's end
  ])('%s → %s', (now, then) => expect(afterQuiet(now, NIGHT)).toBe(then))
})
test('at noon, none, and equal clocks', () => {
  expect(afterQuiet('2026-03-01T04:30:00.000Z', { quiet_from: '12:00', quiet_to: '14:00' })).toBe('2026-03-01T06:00:00.000Z')
  expect(afterQuiet('2026-03-01T04:30:00.000Z', null)).toBe('2026-03-01T04:30:00.000Z')
  expect(afterQuiet('2026-03-01T04:30:00.000Z', { quiet_from: '12:00', quiet_to: '12:00' })).toBe('2026-03-01T04:30:00.000Z')
})
test('what it gives is never quiet, never earlier, never a day later', () => {
  const clock = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * 86_400 }), clock, clock, (s, quiet_from, quiet_to) => {
      const now = new Date(Date.parse('2026-01-01T00:00:00Z') + s * 1000).toISOString()
      const then = afterQuiet(now, { quiet_from, quiet_to })
      expect(afterQuiet(then, { quiet_from, quiet_to })).toBe(then)
      expect(Date.parse(then)).toBeGreaterThanOrEqual(Date.parse(now))
      expect(Date.parse(then) - Date.parse(now)).toBeLessThan(86_400_000)
    }),
  )
})
