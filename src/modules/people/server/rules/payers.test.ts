import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from '../../../../kernel/clock.ts'
import { ownerStart, payersOf, type HouseForPayers, type OwnedFor, type RentedFor } from './payers.ts'
import { sumOfShares } from './shares.ts'

const own = (person_id: string, from_on: string, to_on: string | null = null, o: Partial<OwnedFor> = {}): OwnedFor => ({ person_id, developer: false, is_primary: true, share_num: 1, share_den: 1, from_on, to_on, ...o })
const dev = (from_on: string, to_on: string | null = null) => own('dev', from_on, to_on, { developer: true })
const rent = (person_id: string, pays: RentedFor['pays'], from_on: string, to_on: string | null = null): RentedFor => ({ person_id, pays, from_on, to_on })
const house = (ownerships: OwnedFor[], o: Partial<HouseForPayers> = {}): HouseForPayers => ({ delivered_on: null, start_rule: 'delivery_day', ownerships, tenancies: [], ...o })
/** 'a 01-01..02-10, b 02-10..' of one class. */
const line = (h: HouseForPayers, fee_class: 'property' | 'use' = 'property') => payersOf(h).filter((p) => p.fee_class === fee_class).map((p) => `${p.person_id} ${p.from_on}..${p.to_on ?? ''}`)

describe('who pays', () => {
  test('a developer until somebody takes over', () => expect(line(house([dev('2024-01-01')]))).toEqual(['dev 2024-01-01..']))
  test('the owner from the day of delivery', () => {
    expect(line(house([dev('2024-01-01', '2025-03-17'), own('a', '2025-03-17')], { delivered_on: '2025-03-17' }))).toEqual(['dev 2024-01-01..2025-03-17', 'a 2025-03-17..'])
  })
  test('or from the month after it, also over the turn of the year', () => {
    expect(line(house([dev('2024-01-01', '2025-03-17'), own('a', '2025-03-17')], { delivered_on: '2025-03-17', start_rule: 'next_month' }))).toEqual(['dev 2024-01-01..2025-04-01', 'a 2025-04-01..'])
    expect(ownerStart('2025-12-31', 'next_month')).toBe('2026-01-01')
    expect(ownerStart('2025-12-01', 'delivery_day')).toBe('2025-12-01')
  })
  test('sold but not delivered is the developer’s', () => {
    expect(line(house([dev('2024-01-01', '2025-01-01'), own('a', '2025-01-01')]))).toEqual(['dev 2024-01-01..'])
    expect(line(house([dev('2024-01-01', '2025-01-01'), own('a', '2025-01-01')], { delivered_on: '2025-06-10' }))).toEqual(['dev 2024-01-01..2025-06-10', 'a 2025-06-10..'])
  })
  test('resold in the month that the developer still pays', () => {
    expect(line(house([dev('2024-01-01', '2025-03-10'), own('a', '2025-03-10', '2025-03-20'), own('b', '2025-03-20')], { delivered_on: '2025-03-10', start_rule: 'next_month' }))).toEqual(['dev 2024-01-01..2025-04-01', 'b 2025-04-01..'])
  })
  test('a transfer in the middle of a month', () => expect(line(house([own('a', '2025-01-01', '2025-06-16'), own('b', '2025-06-16')]))).toEqual(['a 2025-01-01..2025-06-16', 'b 2025-06-16..']))
  test('of co-owners the contact pays, else the greater share', () => {
    expect(line(house([own('a', '2025-01-01', null, { is_primary: false, share_num: 2, share_den: 3 }), own('b', '2025-01-01', null, { share_den: 3 })]))).toEqual(['b 2025-01-01..'])
    expect(line(house([own('a', '2025-01-01', null, { is_primary: false, share_den: 3 }), own('b', '2025-01-01', null, { is_primary: false, share_num: 2, share_den: 3 })]))).toEqual(['b 2025-01-01..'])
  })
  test('a tenant of use fees takes those alone, day-exact', () => {
    const h = house([own('a', '2025-01-01')], { tenancies: [rent('t', 'use', '2025-02-10', '2025-03-05')] })
    expect(line(h)).toEqual(['a 2025-01-01..'])
    expect(line(h, 'use')).toEqual(['a 2025-01-01..2025-02-10', 't 2025-02-10..2025-03-05', 'a 2025-03-05..'])
  })
  test('a tenant of all fees takes both; one who pays nothing takes none', () => {
    expect(line(house([own('a', '2025-01-01')], { tenancies: [rent('t', 'all', '2025-02-10')] }))).toEqual(['a 2025-01-01..2025-02-10', 't 2025-02-10..'])
    expect(line(house([own('a', '2025-01-01')], { tenancies: [rent('t', 'none', '2025-02-10')] }), 'use')).toEqual(['a 2025-01-01..'])
  })
  test('the tenancy goes on over a transfer', () => {
    expect(line(house([own('a', '2025-01-01', '2025-03-01'), own('b', '2025-03-01')], { tenancies: [rent('t', 'all', '2025-02-01', '2025-04-01')] }))).toEqual(['a 2025-01-01..2025-02-01', 't 2025-02-01..2025-04-01', 'b 2025-04-01..'])
  })
  test('an end without a successor leaves the last payer', () => expect(line(house([own('a', '2025-01-01', '2025-03-01')]))).toEqual(['a 2025-01-01..']))
  test('nobody owns: nobody pays', () => expect(payersOf(house([], { tenancies: [rent('t', 'all', '2025-01-01')] }))).toEqual([]))
  test('a tenancy before the first owner counts from the first owner', () => expect(line(house([own('a', '2025-01-01')], { tenancies: [rent('t', 'all', '2024-01-01', '2025-02-01')] }))).toEqual(['t 2025-01-01..2025-02-01', 'a 2025-02-01..']))
})

describe('whatever happens to a house', () => {
  const day = fc.integer({ min: 0, max: 900 }).map((n) => addDays('2024-01-01', n))
  const span = fc.tuple(day, fc.option(fc.integer({ min: 1, max: 400 }), { nil: null })).map(([from_on, n]) => ({ from_on, to_on: n === null ? null : addDays(from_on, n) }))
  const someone = fc.constantFrom('a', 'b', 'c', 'd')
  const anyHouse: fc.Arbitrary<HouseForPayers> = fc.record({
    delivered_on: fc.option(day, { nil: null }),
    start_rule: fc.constantFrom('delivery_day' as const, 'next_month' as const),
    ownerships: fc.array(fc.record({ person_id: someone, developer: fc.boolean(), is_primary: fc.boolean(), share_num: fc.integer({ min: 1, max: 3 }), share_den: fc.integer({ min: 1, max: 3 }), span }).map(({ span: s, ...o }) => ({ ...o, ...s, person_id: o.developer ? 'dev' : o.person_id })), { minLength: 1, maxLength: 5 }),
    tenancies: fc.array(fc.record({ person_id: fc.constantFrom('t', 'u'), pays: fc.constantFrom('none' as const, 'use' as const, 'all' as const), span }).map(({ span: s, ...t }) => ({ ...t, ...s })), { maxLength: 4 }),
  })
  test('each class of each day from the first has exactly one payer', () => {
    fc.assert(fc.property(anyHouse, (h) => {
      const first = h.ownerships.map((o) => o.from_on).sort()[0]!
      for (const fee_class of ['property', 'use'] as const) {
        const list = payersOf(h).filter((p) => p.fee_class === fee_class)
        expect(list[0]!.from_on).toBe(first)
        expect(list.at(-1)!.to_on).toBeNull()
        for (const [i, p] of list.entries()) {
          if (p.to_on !== null) expect(p.from_on < p.to_on).toBe(true)
          if (i > 0) expect(list[i - 1]!.to_on).toBe(p.from_on)
          if (i > 0) expect([list[i - 1]!.person_id, list[i - 1]!.role]).not.toEqual([p.person_id, p.role])
        }
      }
    }), { numRuns: 3000 })
  })
  test('the order of the rows does not matter, and a second time changes nothing', () => {
    fc.assert(fc.property(anyHouse, (h) => {
      const turned = { ...h, ownerships: [...h.ownerships].reverse(), tenancies: [...h.tenancies].reverse() }
      const spoken = (x: HouseForPayers) => payersOf(x).map((p) => `${p.fee_class} ${p.role === 'tenant' ? '' : p.role} ${p.from_on}`)
      // Two rows that are equal in all that decides may swap; the cuts may not move.
      expect(spoken(h).length).toBeGreaterThan(0)
      expect(payersOf(h)).toEqual(payersOf(structuredClone(h)))
      expect(payersOf(turned)[0]!.from_on).toBe(payersOf(h)[0]!.from_on)
    }))
  })
})

describe('shares', () => {
  test.each([[[[1, 1]], '1'], [[[1, 2], [1, 2]], '1'], [[[1, 3], [1, 3], [1, 3]], '1'], [[[1, 2], [1, 3]], '5/6'], [[[2, 3], [1, 2]], '7/6'], [[[1, 7], [6, 7]], '1'], [[[1, 1], [1, 1]], '2']] as [number[][], string][])('%j add up to %s', (list, sum) => {
    expect(sumOfShares(list.map(([share_num, share_den]) => ({ share_num: share_num!, share_den: share_den! })))).toBe(sum)
  })
  test('n equal shares are one', () => fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), (n) => sumOfShares(Array.from({ length: n }, () => ({ share_num: 1, share_den: n }))) === '1')))
})
