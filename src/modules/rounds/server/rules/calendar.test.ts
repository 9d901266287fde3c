// Rules of the calendar: month ends, midnight, holidays with shifted working days, seasons over the new year; and what holds of every rule.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, daysBetween, dayOf } from '../../../../kernel/clock.ts'
import { Rule } from '../../shapes.ts'
import { slotsOf, worksOn, type Calendar } from './calendar.ts'

const none: Calendar = { special: new Map() }
const rule = (r: unknown): Rule => Rule.parse(r)
const times = (r: unknown, from: string, to: string, c: Calendar = none) => slotsOf(rule(r), from, to, c).map((s) => `${s.on_day} ${s.starts_at.slice(5, 16)} ${s.due_at.slice(5, 16)}`)

test('every hour of a night shift belongs to the day on which the shift begins', () => {
  const night = slotsOf(rule({ kind: 'hourly', every_minutes: 60, from: '22:00', to: '06:00' }), '2026-12-31', '2026-12-31', none)
  expect(night).toHaveLength(8)
  expect(night[0]).toEqual({ on_day: '2026-12-31', starts_at: '2026-12-31T14:00:00.000Z', due_at: '2026-12-31T15:00:00.000Z' })
  // 05:00 to 06:00 on New Year's Day.
  expect(night[7]).toEqual({ on_day: '2026-12-31', starts_at: '2026-12-31T21:00:00.000Z', due_at: '2026-12-31T22:00:00.000Z' })
  expect(slotsOf(rule({ kind: 'hourly', every_minutes: 60, from: '00:00', to: '24:00' }), '2026-11-26', '2026-11-26', none)).toHaveLength(24)
  // Both ends the same: around the clock.
  expect(slotsOf(rule({ kind: 'hourly', every_minutes: 120, from: '08:00', to: '08:00' }), '2026-11-26', '2026-11-26', none)).toHaveLength(12)
  // An hour and a half does not divide the shift: the last one ends with it.
  expect(times({ kind: 'hourly', every_minutes: 90, from: '20:00', to: '24:00' }, '2026-11-26', '2026-11-26').at(-1)).toBe('2026-11-26 11-26T15:00 11-26T16:00')
})

test('half months, month ends, leap days', () => {
  expect(times({ kind: 'half_month' }, '2027-02-01', '2027-02-28')).toEqual(['2027-02-01 01-31T16:00 02-15T16:00', '2027-02-16 02-15T16:00 02-28T16:00'])
  expect(times({ kind: 'monthly', month_days: [31], span_days: 1 }, '2028-01-01', '2028-04-30').map((x) => x.slice(0, 10))).toEqual(['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30'])
  // 30 and 31 fall together in a short month: one task.
  expect(times({ kind: 'monthly', month_days: [30, 31], span_days: 1 }, '2027-02-01', '2027-02-28')).toHaveLength(1)
  expect(times({ kind: 'yearly', dates: ['02-29', '09-01'], span_days: 15 }, '2027-01-01', '2027-12-31').map((x) => x.slice(0, 10))).toEqual(['2027-02-28', '2027-09-01'])
})

test('working days follow the holidays and the shifted weekends', () => {
  const c: Calendar = { special: new Map([['2026-10-01', false], ['2026-10-02', false], ['2026-10-10', true]]) }
  const days = times({ kind: 'daily', days: 'working', windows: [{ from: '08:00', to: '10:00' }] }, '2026-09-30', '2026-10-11', c).map((x) => x.slice(0, 10))
  expect(days).toEqual(['2026-09-30', '2026-10-05', '2026-10-06', '2026-10-07', '2026-10-08', '2026-10-09', '2026-10-10'])
  expect(times({ kind: 'daily', days: 'resting', windows: [{ from: '08:00', to: '10:00' }] }, '2026-10-01', '2026-10-04', c)).toHaveLength(4)
})

test('a season over the new year, weekdays, every n days from a day', () => {
  const heating = { kind: 'weekly', weekdays: [1, 4], windows: [{ from: '09:00', to: '11:00' }], season: { from: '11-15', to: '03-15' } }
  expect(times(heating, '2026-11-09', '2026-11-22').map((x) => x.slice(0, 10))).toEqual(['2026-11-16', '2026-11-19'])
  expect(times(heating, '2027-03-08', '2027-03-22').map((x) => x.slice(0, 10))).toEqual(['2027-03-08', '2027-03-11', '2027-03-15'])
  expect(times({ kind: 'daily', every_days: 3, starting_on: '2026-11-01', windows: [{ from: '08:00', to: '09:00' }] }, '2026-10-25', '2026-11-07').map((x) => x.slice(8, 10))).toEqual(['26', '29', '01', '04', '07'])
})

test('before something runs out, and again after so many months', () => {
  expect(times({ kind: 'before', expires_on: '2026-12-31', lead_days: 30, every_months: 12 }, '2026-11-01', '2028-01-31')).toEqual(['2026-12-01 11-30T16:00 12-31T16:00', '2027-12-01 11-30T16:00 12-31T16:00'])
  expect(times({ kind: 'before', expires_on: '2026-12-31', lead_days: 30, every_months: 0 }, '2026-11-01', '2028-01-31')).toHaveLength(1)
})

const day = fc.integer({ min: 0, max: 1200 }).map((n) => addDays('2025-06-01', n))
const clock = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
const windows = fc.array(fc.record({ from: clock, to: clock }), { minLength: 1, maxLength: 4 })
const season = fc.option(fc.record({ from: day, to: day }).map((s) => ({ from: s.from.slice(5), to: s.to.slice(5) })))
const days = fc.constantFrom('all', 'working', 'resting')
const rules = fc.oneof(
  fc.record({ kind: fc.constant('hourly'), every_minutes: fc.integer({ min: 15, max: 720 }), from: clock, to: clock, days, season }),
  fc.record({ kind: fc.constant('daily'), every_days: fc.integer({ min: 1, max: 60 }), starting_on: day, windows, days, season }),
  fc.record({ kind: fc.constant('weekly'), weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), windows, season }),
  fc.record({ kind: fc.constant('half_month'), season }),
  fc.record({ kind: fc.constant('monthly'), month_days: fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 5 }), span_days: fc.integer({ min: 1, max: 40 }), season }),
  fc.record({ kind: fc.constant('yearly'), dates: fc.array(day.map((d) => d.slice(5)), { minLength: 1, maxLength: 5 }), span_days: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('once'), on: day, span_days: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('before'), expires_on: day, lead_days: fc.integer({ min: 1, max: 180 }), every_months: fc.integer({ min: 0, max: 24 }) }),
).map(rule)
const special = fc.array(fc.tuple(day, fc.boolean()), { maxLength: 30 }).map((list) => ({ special: new Map(list) }))

test('spans that meet give what the whole span gives: nothing doubled, nothing lost', () => {
  fc.assert(
    fc.property(rules, day, fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 100 }), special, (r, from, a, b, c) => {
      const middle = addDays(from, a)
      const to = addDays(middle, b)
      expect([...slotsOf(r, from, middle, c), ...slotsOf(r, addDays(middle, 1), to, c)]).toEqual(slotsOf(r, from, to, c))
    }),
    { numRuns: 400 },
  )
})

test('every slot begins on its day or in its night, ends after it begins, and no two of a rule begin at one instant unless two windows do', () => {
  fc.assert(
    fc.property(rules, day, fc.integer({ min: 0, max: 120 }), special, (r, from, n, c) => {
      const slots = slotsOf(r, from, addDays(from, n), c)
      for (const s of slots) {
        expect(s.due_at > s.starts_at).toBe(true)
        expect([0, 1]).toContain(daysBetween(s.on_day, dayOf(s.starts_at)))
        expect(s.on_day >= from && s.on_day <= addDays(from, n)).toBe(true)
        if ('season' in r && r.season) {
          const md = s.on_day.slice(5)
          expect(r.season.from <= r.season.to ? md >= r.season.from && md <= r.season.to : md >= r.season.from || md <= r.season.to).toBe(true)
        }
        if ('days' in r && r.days !== 'all') expect(worksOn(c, s.on_day)).toBe(r.days === 'working')
      }
      const doubled = 'windows' in r ? r.windows.length - new Set(r.windows.map((w) => w.from)).size : 0
      if (doubled === 0) expect(new Set(slots.map((s) => s.starts_at)).size).toBe(slots.length)
    }),
    { numRuns: 200 },
  )
})

test('an hourly rule covers its shift without a hole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 15, max: 720 }), clock, clock, day, (every_minutes, from, to, on) => {
      const slots = slotsOf(rule({ kind: 'hourly', every_minutes, from, to }), on, on, none)
      const minutes = (t: string) => Number(t.slice(0, 2)) * 60 + Number(t.slice(3))
      const length = minutes(to) <= minutes(from) ? minutes(to) + 1440 - minutes(from) : minutes(to) - minutes(from)
      expect((Date.parse(slots.at(-1)!.due_at) - Date.parse(slots[0]!.starts_at)) / 60_000).toBe(length)
      slots.slice(1).forEach((s, i) => expect(s.starts_at).toBe(slots[i]!.due_at))
    }),
  )
})
