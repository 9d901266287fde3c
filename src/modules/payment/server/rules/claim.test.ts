import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sureOf, type Why } from './claim.ts'

test.each<[string, Why[][], string[]]>([
  ['a code of one house', [['code'], ['room', 'amount']], ['certain', 'maybe']],
  ['codes of two houses', [['code'], ['code', 'amount']], ['maybe', 'maybe']],
  ['the room and the sum', [['room', 'amount'], ['amount'], ['room']], ['likely', 'maybe', 'maybe']],
  ['the payer and the sum', [['name', 'amount'], ['name']], ['likely', 'maybe']],
  ['two namesakes who owe the same', [['name', 'amount'], ['name', 'amount']], ['maybe', 'maybe']],
  ['the room against a namesake', [['room', 'amount'], ['name', 'amount']], ['likely', 'maybe']],
  ['two rooms with the same debt', [['room', 'amount'], ['room', 'amount']], ['maybe', 'maybe']],
  ['the sum alone, the name alone, the room alone', [['amount'], ['name'], ['room']], ['maybe', 'maybe', 'maybe']],
  ['nothing', [], []],
])('%s', (_, whys, sure) => expect(sureOf(whys)).toEqual(sure))

test('at most one is better than maybe, whatever is proposed, and the order does not matter', () => {
  const why = fc.subarray<Why>(['code', 'room', 'name', 'amount'], { minLength: 1 })
  fc.assert(
    fc.property(fc.array(why, { maxLength: 6 }), (list) => {
      const sure = sureOf(list)
      expect(sure.filter((s) => s !== 'maybe').length).toBeLessThanOrEqual(1)
      expect(sureOf(list.toReversed()).toReversed()).toEqual(sure)
      sure.forEach((s, i) => {
        if (s === 'certain') expect(list[i]).toContain('code')
        if (s === 'likely') expect(list[i]).toContain('amount')
      })
    }),
  )
})
