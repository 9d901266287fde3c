import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays } from '../../../../kernel/clock.ts'
import { CLAIM_ACTIONS, CLAIM_STATES, type ClaimState } from '../../contract.ts'
import { shippedCategories } from './defaults.ts'
import { CLAIM_MOVES, LAW, PART_OF, coveredUntil, isLate, termsFor } from './warranty.ts'

const year = (n: number) => ({ n, unit: 'year' as const, season_from: null, season_to: null })
const heating = { n: 2, unit: 'season' as const, season_from: '11-15', season_to: '03-15' }

test('years end on the day of acceptance, over leap days too (民法典 202)', () => {
  expect(coveredUntil('2024-06-01', year(2))).toBe('2026-06-01')
  expect(coveredUntil('2024-02-29', year(5))).toBe('2029-02-28')
  expect(coveredUntil('2024-02-29', year(4))).toBe('2028-02-29')
})
test('two heating seasons: the first whole one begins after acceptance', () => {
  expect(coveredUntil('2024-06-01', heating)).toBe('2026-03-15')
  expect(coveredUntil('2024-11-15', heating)).toBe('2026-03-15')
  expect(coveredUntil('2024-11-16', heating)).toBe('2027-03-15')
  expect(coveredUntil('2025-02-01', heating)).toBe('2027-03-15')
  expect(coveredUntil('2024-04-01', { n: 2, unit: 'season', season_from: '06-01', season_to: '09-30' })).toBe('2025-09-30')
})
test('later acceptance never ends earlier, and the law’s parts are those of article 40', () => {
  const day = fc.integer({ min: 0, max: 12_000 }).map((n) => addDays('2000-01-30', n))
  fc.assert(fc.property(day, fc.integer({ min: 0, max: 900 }), fc.constantFrom(...LAW), (on, more, t) => { expect(coveredUntil(addDays(on, more), t) >= coveredUntil(on, t)).toBe(true) }))
  expect(LAW.map((t) => [t.n, t.unit])).toEqual([[50, 'year'], [5, 'year'], [2, 'season'], [2, 'year'], [2, 'year']])
  const names = shippedCategories(1).map((g) => g.name)
  for (const list of Object.values(PART_OF)) expect(list.filter((x) => !names.includes(x))).toEqual([])
  expect(Object.keys(PART_OF).filter((p) => !LAW.some((t) => t.part === p))).toEqual([])
})
test('works accepted before a version keep the one before', () => {
  const list = [{ part: 'a', from_on: '2026-01-01', n: 8 }, { part: 'a', from_on: '2000-01-30', n: 5 }]
  expect(termsFor(list, '2025-12-31')).toEqual([list[1]])
  expect(termsFor(list, '2026-01-01')).toEqual([list[0]])
  expect(termsFor(list, '1999-01-01')).toEqual([])
})
test('money is deducted only after a refusal, an own repair and an approval; ends stay ends', () => {
  const paths = (from: ClaimState, seen: ClaimState[]): ClaimState[][] => [seen, ...CLAIM_ACTIONS.filter((a) => CLAIM_MOVES[a].from.includes(from) && !seen.includes(CLAIM_MOVES[a].to)).flatMap((a) => paths(CLAIM_MOVES[a].to, [...seen, CLAIM_MOVES[a].to]))]
  for (const p of paths('sent', ['sent'])) if (p.includes('deducted')) expect(p.filter((s) => s !== 'promised')).toEqual(['sent', 'refused', 'own', 'deducting', 'deducted'])
  for (const s of CLAIM_STATES) expect(CLAIM_ACTIONS.some((a) => CLAIM_MOVES[a].from.includes(s)), s).toBe(!['repaired', 'deducted', 'dropped'].includes(s))
  expect(isLate({ state: 'sent', answer_by_on: '2026-11-01', repair_by_on: '2026-12-01' }, '2026-11-02')).toBe(true)
  expect(isLate({ state: 'promised', answer_by_on: '2026-11-01', repair_by_on: '2026-12-01' }, '2026-11-02')).toBe(false)
})
