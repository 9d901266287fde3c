// Which key picture stands for a moment (IOT-06).
import { expect, it } from 'vitest'
import type { Taken } from './live.ts'
import { nearest, STILL_NEAR_MS } from './still.ts'

const AT = 1_000_000
const taken = (after_ms: number, key = true): Taken => ({ at_ms: AT + after_ms, sample: { key }, head: {} }) as unknown as Taken
const chosen = (...list: Taken[]): number | undefined => { const t = nearest(list, AT); return t && t.at_ms - AT }

it('is the last one before the moment, though one after it is nearer', () => {
  expect(chosen(taken(-6000), taken(-3000), taken(500))).toBe(-3000)
  expect(chosen(taken(-3000), taken(0), taken(500))).toBe(0)
})
it('is the first one after it where none is before', () => expect(chosen(taken(900), taken(2900))).toBe(900))
it('is never a picture that needs others, nor one of another time', () => {
  expect(chosen(taken(-4000), taken(-100, false), taken(100, false))).toBe(-4000)
  expect(chosen(taken(-100, false))).toBeUndefined()
  expect(chosen(taken(-STILL_NEAR_MS - 1), taken(STILL_NEAR_MS + 1))).toBeUndefined()
  expect(chosen(taken(-STILL_NEAR_MS))).toBe(-STILL_NEAR_MS)
})
