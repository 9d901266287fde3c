import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { floorCoefficient, product, splitShare, type FloorBand, type ShareHouse } from './split.ts'

const bands: FloorBand[] = [{ from_floor: -3, to_floor: 1, coefficient: '0' }, { from_floor: 3, to_floor: 99, coefficient: '1.2' }]
const house = (house_id: string, o: Partial<ShareHouse> = {}): ShareHouse => ({ house_id, label: house_id, floor_no: 2, state: 'lived_in', base: '100', coefficient: '1', ...o })
const amounts = (total: number, houses: ShareHouse[], o: object = {}) => {
  const r = splitShare(total, houses, { floors: [], vacant_percent: '100', unsold_percent: '100', ...o })
  return r.ok ? Object.fromEntries(r.parts.map((p) => [p.house_id, p.amount_fen])) : r.why
}

describe('the split of a shared amount', () => {
  it.each([['98.50', '1.2', '118.2'], ['0.0001', '0.0001', '0.00000001'], ['100', '0', '0'], ['3', '0.5', '1.5']])('%s × %s', (a, b, c) => expect(product(a, b)).toBe(c))
  it('gives the fen left over to the largest remainders', () => expect(amounts(100, [house('a'), house('b'), house('c')])).toEqual({ a: 34, b: 33, c: 33 }))
  it('leaves the ground floor out and counts higher floors more', () => {
    expect([floorCoefficient(bands, 1), floorCoefficient(bands, 2), floorCoefficient(bands, 7)]).toEqual(['0', '1', '1.2'])
    expect(amounts(2200, [house('g', { floor_no: 1 }), house('two'), house('seven', { floor_no: 7 })], { floors: bands })).toEqual({ g: 0, two: 1000, seven: 1200 })
  })
  it('lets empty and unsold houses bear their part of it', () => expect(amounts(200, [house('in'), house('out', { state: 'vacant' }), house('new', { state: 'unsold' })], { vacant_percent: '70', unsold_percent: '30' })).toEqual({ in: 100, out: 70, new: 30 }))
  it('needs somebody to bear it', () => expect(amounts(100, [house('a', { coefficient: '0' })])).toBe('no_weight'))

  const decimal = (max: number) => fc.integer({ min: 0, max }).map((n) => `${Math.floor(n / 10_000)}.${String(n % 10_000).padStart(4, '0')}`)
  const houses = fc.uniqueArray(fc.record({ house_id: fc.uuid(), label: fc.string({ maxLength: 3 }), floor_no: fc.integer({ min: -3, max: 40 }), state: fc.constantFrom('lived_in', 'vacant', 'unsold', 'let'), base: decimal(50_000_000), coefficient: fc.oneof(fc.constant('1'), decimal(100_000)) }), { selector: (h) => h.house_id, minLength: 1, maxLength: 60 })
  it('sums to the whole to the fen, whatever the order of the houses, and errs by less than a fen a house', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), houses, fc.integer(), (total, list, salt) => {
        const rule = { floors: bands, vacant_percent: '70', unsold_percent: '33.33' }
        const a = splitShare(total, list, rule)
        const shuffled = [...list].sort((x, y) => ((x.house_id.charCodeAt(3) * 31 + salt) % 97) - ((y.house_id.charCodeAt(3) * 31 + salt) % 97))
        expect(splitShare(total, shuffled, rule)).toEqual(a)
        if (!a.ok) return
        expect(a.parts.reduce((n, p) => n + p.amount_fen, 0)).toBe(total)
        const scaled = (w: string) => { const [i, d = ''] = w.split('.'); return BigInt(i + d.padEnd(20, '0')) }
        const sum = a.parts.reduce((n, p) => n + scaled(p.weight), 0n)
        for (const p of a.parts) {
          const exact = BigInt(total) * scaled(p.weight)
          const gap = BigInt(p.amount_fen) * sum - exact
          expect((gap < 0n ? -gap : gap) < sum).toBe(true)
          if (scaled(p.weight) === 0n) expect(p.amount_fen).toBe(0)
        }
      }),
      { numRuns: 300 },
    )
  })
})
