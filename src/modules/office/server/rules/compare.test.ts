// Whatever two texts: without what was added the older one is left, without what went the newer one.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareText } from './compare.ts'

const text = fc.array(fc.constantFrom('甲', '乙', '丙', '丁', '戊'), { maxLength: 12 })
test('both versions can be read out of the comparison, and the same is shown as the same', () => {
  fc.assert(fc.property(text, text, (a, b) => {
    const lines = compareText(a.join('\n'), b.join('\n'))
    expect(lines.filter((l) => l.sign !== '+').map((l) => l.text)).toEqual(a)
    expect(lines.filter((l) => l.sign !== '-').map((l) => l.text)).toEqual(b)
    expect(compareText(a.join('\n'), a.join('\n\n')).every((l) => l.sign === ' ')).toBe(true)
  }), { numRuns: 300, seed: 7 })
})
