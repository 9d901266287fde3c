import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf, codesIn, isCode } from './code.ts'

const n = fc.integer({ min: 1, max: 9_999_999 })
test('one wrong digit, or two neighbours swapped, is no code', () => {
  fc.assert(
    fc.property(n, fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 9 }), (x, at, by) => {
      const code = codeOf(x)
      expect(isCode(code)).toBe(true)
      const wrong = [...code]
      wrong[at] = String((Number(wrong[at]) + by) % 10)
      expect(isCode(wrong.join(''))).toBe(false)
      const i = at % 7
      const swapped = [...code]
      ;[swapped[i], swapped[i + 1]] = [swapped[i + 1]!, swapped[i]!]
      // Luhn cannot tell 09 from 90.
      if (code[i] !== code[i + 1] && !['09', '90'].includes(code.slice(i, i + 2))) expect(isCode(swapped.join(''))).toBe(false)
    }),
  )
})
test('found in what people write into a transfer', () => {
  const code = codeOf(42)
  expect(codesIn(`物业费${code}张三`)).toEqual([code])
  expect(codesIn(`缴费码:${code},9月`)).toEqual([code])
  expect(codesIn(`账号6222${code}00`)).toEqual([])
  expect(codesIn('20260901')).toEqual([])
})
