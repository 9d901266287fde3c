import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays } from '../../../../kernel/clock.ts'
import { hourOf } from '../../hour.ts'
import { cellsOf, daysOf, doublesOf, holesOf, lengthOf, longOf, sourceDay, spanOf, type Spell } from './roster.ts'

const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`
const [EARLY, LATE, NIGHT] = [id(1), id(2), id(3)]
test('a shift over midnight ends the next day, and from eight to eight is a whole day', () => {
  expect(spanOf('2026-12-31', { from_time: '20:00', to_time: '08:00' })).toEqual({ starts_at: '2026-12-31T12:00:00.000Z', ends_at: '2027-01-01T00:00:00.000Z' })
  expect(lengthOf({ from_time: '08:00', to_time: '08:00' })).toBe(1440)
  expect(lengthOf({ from_time: '00:00', to_time: '08:00' })).toBe(480)
})
test('four groups on a cycle of eight days: each shift of each day has exactly one group, over year ends, whatever the span', () => {
  const cycle = [EARLY, EARLY, LATE, LATE, NIGHT, NIGHT, null, null]
  const pattern = { cycle, anchor_on: '2026-11-30', groups: [0, 2, 4, 6].map((offset, i) => ({ account_ids: [id(5 + i)], offset })) }
  fc.assert(fc.property(fc.integer({ min: -400, max: 400 }), fc.integer({ min: 0, max: 40 }), (shift, n) => {
    const from = addDays('2026-11-30', shift)
    const cells = cellsOf(pattern, from, addDays(from, n), [EARLY, LATE, NIGHT])
    expect(cells).toHaveLength(3 * (n + 1))
    expect(cells.every((c) => c.account_ids.length === 1)).toBe(true)
    // The parts of a span give what the whole gives.
    const half = Math.floor(n / 2)
    expect([...cellsOf(pattern, from, addDays(from, half), [EARLY, LATE, NIGHT]), ...cellsOf(pattern, addDays(from, half + 1), addDays(from, n), [EARLY, LATE, NIGHT])]).toEqual(cells)
  }))
})
test('the month before: by day of the month, where it has one; by day of the week, always the same weekday and always in that month', () => {
  expect(sourceDay('2026-03-31', 'day')).toBeUndefined()
  expect(sourceDay('2026-03-28', 'day')).toBe('2026-02-28')
  fc.assert(fc.property(fc.integer({ min: 0, max: 3000 }), (n) => {
    const day = addDays('2024-01-01', n)
    const from = sourceDay(day, 'weekday')!
    expect(new Date(from).getUTCDay()).toBe(new Date(day).getUTCDay())
    expect(daysOf(from.slice(0, 7)).includes(from) && from < `${day.slice(0, 7)}-01`).toBe(true)
  }))
})
test('holes: too few, or too few with the certificate', () => {
  const entries = [{ on_day: '2026-12-01', shift_id: EARLY, account_id: id(5) }, { on_day: '2026-12-01', shift_id: EARLY, account_id: id(6) }, { on_day: '2026-12-01', shift_id: LATE, account_id: id(5) }]
  const holes = holesOf(['2026-12-01'], [{ shift_id: EARLY }, { shift_id: LATE }, { shift_id: NIGHT }], entries, { min_persons: 2, min_certified: 2 }, (e) => e.account_id === id(5))
  expect(holes.map((h) => [h.shift_id, h.have, h.have_certified])).toEqual([[EARLY, 2, 1], [LATE, 1, 1], [NIGHT, 0, 0]])
  expect(holesOf(['2026-12-01'], [{ shift_id: EARLY }], entries, { min_persons: 2, min_certified: 1 }, (e) => e.account_id === id(5))).toEqual([])
})
const spell = (n: number, from: number, to: number, account = 5): Spell => ({ key: String(n), account_id: id(account), starts_at: new Date(from * 3_600_000).toISOString(), ends_at: new Date(to * 3_600_000).toISOString(), room_name: '' })
test('in two places at once is seen however the spells lie; one after the other is not', () => {
  expect([...doublesOf([spell(1, 0, 8), spell(2, 8, 16)]).keys()]).toEqual([])
  expect([...doublesOf([spell(1, 0, 24), spell(2, 1, 2), spell(3, 20, 30), spell(4, 30, 31)]).keys()].toSorted()).toEqual(['1', '2', '3'])
  fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2 })), { maxLength: 12 }), (list) => {
    const spells = list.map(([from, n, a], i) => spell(i, from, from + n, a))
    const seen = doublesOf(spells)
    for (const a of spells) expect((seen.get(a.key) ?? []).map((s) => s.key).toSorted()).toEqual(spells.filter((b) => b !== a && b.account_id === a.account_id && b.starts_at < a.ends_at && a.starts_at < b.ends_at).map((s) => s.key).toSorted())
  }))
})
test('sixteen hours without a break are too long for a limit of eight, two shifts with a pause are not', () => {
  expect([...longOf([spell(1, 0, 8), spell(2, 8, 16), spell(3, 24, 32)], 8)]).toEqual([['1', 16], ['2', 16]])
})
test('an hour of a log', () => {
  const t = { state: 'done', due_at: '2026-12-01T01:00:00Z', round_no: 1, done_at: '2026-12-01T00:30:00Z' }
  expect(hourOf(t, '2026-12-02')).toBe('in_time')
  expect(hourOf({ ...t, done_at: '2026-12-01T01:20:00Z' }, '2026-12-02')).toBe('caught_up')
  expect(hourOf({ ...t, round_no: 2 }, '2026-12-02')).toBe('caught_up')
  expect(hourOf({ ...t, state: 'missed', done_at: null }, '2026-12-02')).toBe('missed')
  expect(hourOf({ ...t, state: 'waiting', done_at: null }, '2026-12-01T00:59:00Z')).toBe('now')
  expect(hourOf({ ...t, state: 'waiting', done_at: null }, '2026-12-01T01:01:00Z')).toBe('owing')
  expect(hourOf({ ...t, state: 'waived', done_at: null }, '2026-12-02')).toBe('let_off')
})
