// Days of a schedule against the plain meaning of the words, over a holiday that moves a weekend.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nextSlot, slotsBetween, type Slots } from './slots.ts'

const at = (text: string): number => Date.parse(`${text}:00+08:00`)
const said = (ms: number[]): string[] => ms.map((x) => new Date(x + 8 * 3_600_000).toISOString().slice(0, 16))
// 1 to 7 October rest; Sunday the 27th of September and Saturday the 10th of October work.
const special = new Map<string, boolean>([...Array.from({ length: 7 }, (_, i) => [`2026-10-0${i + 1}`, false] as [string, boolean]), ['2026-09-27', true], ['2026-10-10', true]])
const works = (day: string): boolean => special.get(day) ?? ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
const s = (more: Partial<Slots> = {}): Slots => ({ from_on: '2026-09-01', to_on: null, days: 'all', weekdays: [], times: ['18:30'], ...more })

it('a working day is what the calendar says, not what the week says', () => {
  expect(said(slotsBetween(s({ days: 'work' }), at('2026-09-26T00:00'), at('2026-10-10T23:59'), works))).toEqual(['2026-09-27T18:30', '2026-09-28T18:30', '2026-09-29T18:30', '2026-09-30T18:30', '2026-10-08T18:30', '2026-10-09T18:30', '2026-10-10T18:30'])
  expect(said(slotsBetween(s({ days: 'rest' }), at('2026-09-30T00:00'), at('2026-10-02T23:59'), works))).toEqual(['2026-10-01T18:30', '2026-10-02T18:30'])
})
it('begins and ends on its days, and at each of its hours', () => {
  const list = slotsBetween(s({ from_on: '2026-09-02', to_on: '2026-09-03', times: ['23:50', '00:10'] }), at('2026-09-01T00:00'), at('2026-09-09T00:00'), works)
  expect(said(list)).toEqual(['2026-09-02T00:10', '2026-09-02T23:50', '2026-09-03T00:10', '2026-09-03T23:50'])
})
it('one instant is in one look only: looks that follow each other give each slot once', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 60 }), (steps) => {
    const x = s({ times: ['00:00', '07:15', '23:59'], days: 'week', weekdays: [0, 1, 3, 6] })
    let from = at('2026-09-20T13:00')
    const begun = from
    const out: number[] = []
    for (const m of steps) {
      out.push(...slotsBetween(x, from, from + m * 60_000, works))
      from += m * 60_000
    }
    expect(out).toEqual(slotsBetween(x, begun, from, works))
    const next = nextSlot(x, begun, works)!
    expect(next).toBe(slotsBetween(x, begun, next, works)[0])
  }))
})
