import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AtTerm } from '../../contract.ts'
import { judge, type Look } from './at.ts'

const is = (op: 'above' | 'below' | 'equal', value: number, not = false): AtTerm => ({ not, device_id: null, on: { kind: 'is', point: 'p', op, value } })
const silent: AtTerm = { not: false, device_id: null, on: { kind: 'no_data', for_s: 600 } }
const met = (all: boolean, terms: AtTerm[], looks: Look[]) => judge({ all, terms }, (_t, n) => looks[n]!).met
const v = (x: number | null): Look => ({ v: x, silent_s: 0 })

it('above, below, equal, silent, and each turned round', () => {
  expect([met(true, [is('above', 5)], [v(6)]), met(true, [is('above', 5)], [v(5)]), met(true, [is('below', 5)], [v(4)]), met(true, [is('below', 5)], [v(5)]), met(true, [is('equal', 1)], [v(1)]), met(true, [is('equal', 1, true)], [v(1)])]).toEqual(['yes', 'no', 'yes', 'no', 'yes', 'no'])
  expect([met(true, [silent], [{ v: null, silent_s: 600 }]), met(true, [silent], [{ v: null, silent_s: 599 }])]).toEqual(['yes', 'no'])
})
it('without terms it is the clock alone', () => expect([met(true, [], []), met(false, [], [])]).toEqual(['yes', 'yes']))
it('what is not known is not taken for no: NOT of it is not known either', () => {
  expect([met(true, [is('equal', 1, true)], [v(null)]), met(false, [is('equal', 1), is('equal', 2)], [v(null), v(2)]), met(true, [is('equal', 1), is('equal', 2)], [v(null), v(3)])]).toEqual(['unknown', 'yes', 'no'])
})
it('an answer never changes when more becomes known', () => {
  const term = fc.record({ not: fc.boolean(), value: fc.integer({ min: 0, max: 3 }), op: fc.constantFrom('above' as const, 'below' as const, 'equal' as const) })
  fc.assert(fc.property(fc.boolean(), fc.array(fc.tuple(term, fc.option(fc.integer({ min: 0, max: 3 })), fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 8 }), (all, list) => {
    const terms = list.map(([x]) => is(x.op, x.value, x.not))
    const before = met(all, terms, list.map(([, known]) => v(known)))
    const after = met(all, terms, list.map(([, known, later]) => v(known ?? later)))
    return after !== 'unknown' && (before === 'unknown' || before === after)
  }))
})
