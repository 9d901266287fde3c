import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judge } from './plausible.ts'

const energy = { kind: 'counter' as const, low: 0, high: 999_999.99, max_per_h: 13.2, places: 2 }
const temperature = { kind: 'gauge' as const, low: -40, high: 80, max_per_h: 60, places: 1 }
const HOUR = 3_600_000

test('a transient zero of a counter is doubted, and so is a jump (H8)', () => {
  expect(judge(energy, { v: 81_250, at_ms: 0 }, 0, HOUR)).toEqual({ q: 'uncertain', why: '累计值变小' })
  expect(judge(energy, { v: 100, at_ms: 0 }, 81_250, HOUR)).toEqual({ q: 'uncertain', why: '变化过快' })
  expect(judge(energy, { v: 100, at_ms: 0 }, 113.2, HOUR).q).toBe('good')
  expect(judge(energy, { v: 100, at_ms: 0 }, 113.3, HOUR).q).toBe('uncertain')
})
test('after a month without a reading a month of use is possible', () => {
  expect(judge(energy, { v: 100, at_ms: 0 }, 100 + 13.2 * 24 * 30, 30 * 24 * HOUR).q).toBe('good')
})
test('outside the range is bad, whatever was before', () => {
  expect(judge(temperature, null, 85, 0).q).toBe('bad')
  expect(judge(temperature, { v: 20, at_ms: 0 }, -41, HOUR).q).toBe('bad')
})
test('a device that was changed begins anew', () => expect(judge(energy, null, 0, HOUR).q).toBe('good'))
test('a counter that is good never goes back, in any order of values', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000_000 }), fc.integer({ min: 1, max: 86_400_000 })), { maxLength: 60 }), (steps) => {
    let before: { v: number; at_ms: number } | null = null
    let at_ms = 0
    for (const [v, dt] of steps) {
      at_ms += dt
      const j = judge(energy, before, v, at_ms)
      if (j.q !== 'good') continue
      if (before && v < before.v) return false
      if (before && v - before.v > (13.2 * Math.max(at_ms - before.at_ms, 60_000)) / HOUR + 0.01 + 1e-9) return false
      before = { v, at_ms }
    }
    return true
  }))
})
