// Limits over nights, weekends, holidays and shifted working days, by hand and by random instants.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays } from '../../../../kernel/clock.ts'
import { dueAt, limitsOf, works, type Hours, type Rule } from './limits.ts'

// National Day 2026 as it might be published: 1–7 October off, Saturday 10 October worked.
const hours: Hours = { work_from: '08:30', work_to: '17:30', special: new Map([...Array.from({ length: 7 }, (_, i) => [addDays('2026-10-01', i), false] as const), ['2026-10-10', true] as const]) }
const cn = (text: string): string => new Date(`${text}:00+08:00`).toISOString()
const due = (from: string, n: number, unit: 'minute' | 'hour' | 'day', clock: 'calendar' | 'working') => dueAt(cn(from), { n, unit }, clock, hours)

test('a burst pipe at 23:40 on a holiday is on site at 00:10', () => {
  expect(due('2026-10-03T23:40', 30, 'minute', 'calendar')).toBe(cn('2026-10-04T00:10'))
})
test('working hours stop at night and go on in the morning', () => {
  expect(due('2026-09-29T16:30', 4, 'hour', 'working')).toBe(cn('2026-09-30T11:30'))
  expect(due('2026-09-29T13:30', 4, 'hour', 'working')).toBe(cn('2026-09-29T17:30')) // to the minute of closing
  expect(due('2026-09-29T20:00', 1, 'hour', 'working')).toBe(cn('2026-09-30T09:30'))
  expect(due('2026-09-29T05:00', 30, 'minute', 'working')).toBe(cn('2026-09-29T09:00'))
})
test('over a holiday, and into a Saturday that is worked', () => {
  expect(due('2026-09-30T16:30', 4, 'hour', 'working')).toBe(cn('2026-10-08T11:30'))
  expect(due('2026-10-09T17:00', 1, 'hour', 'working')).toBe(cn('2026-10-10T09:00'))
  expect(due('2026-10-09T10:00', 1, 'day', 'working')).toBe(cn('2026-10-10T10:00'))
  expect(due('2026-10-10T10:00', 1, 'day', 'working')).toBe(cn('2026-10-12T10:00'))
  expect(due('2026-09-30T10:00', 3, 'day', 'working')).toBe(cn('2026-10-10T10:00'))
  expect(due('2026-10-04T12:00', 1, 'day', 'working')).toBe(cn('2026-10-09T08:30')) // begins when the office opens on the 8th
})
test('month and year ends by calendar time', () => {
  expect(due('2026-12-30T10:00', 3, 'day', 'calendar')).toBe(cn('2027-01-02T10:00'))
})
test('an agreed hour takes the place of the limit, never for what is urgent', () => {
  const rule: Rule = { urgent: false, respond: { n: 1, unit: 'day' }, finish: { n: 3, unit: 'day' }, clock: 'working' }
  const o = { now: cn('2026-09-28T09:00'), wished_at: cn('2026-09-29T14:00'), rule, hours, grace_minutes: 30 }
  expect(limitsOf(o)).toEqual({ respond_due_at: cn('2026-09-29T14:30'), finish_due_at: cn('2026-10-09T14:00') })
  expect(limitsOf({ ...o, grace_minutes: 10 }).respond_due_at).toBe(cn('2026-09-29T14:10'))
  expect(limitsOf({ ...o, rule: { ...rule, urgent: true, respond: { n: 30, unit: 'minute' }, clock: 'calendar' } }).respond_due_at).toBe(cn('2026-09-28T09:30'))
  expect(limitsOf({ ...o, wished_at: cn('2026-09-27T09:00') }).respond_due_at).toBe(cn('2026-09-29T09:00'))
})
test('a working limit ends within working hours, later limits end later, and hours add up', () => {
  const instant = fc.integer({ min: Date.parse(cn('2026-09-20T00:00')), max: Date.parse(cn('2026-10-20T00:00')) }).map((ms) => new Date(ms - (ms % 60_000)).toISOString())
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (from, a, b) => {
      const first = dueAt(from, { n: a, unit: 'hour' }, 'working', hours)
      const whole = dueAt(from, { n: a + b, unit: 'hour' }, 'working', hours)
      const day = new Date(Date.parse(first) + 8 * 3_600_000).toISOString()
      expect(works(hours, day.slice(0, 10))).toBe(true)
      expect(day.slice(11, 16) > '08:30' && day.slice(11, 16) <= '17:30').toBe(true)
      expect(whole > first).toBe(true)
      expect(dueAt(first, { n: b, unit: 'hour' }, 'working', hours)).toBe(whole)
      expect(dueAt(from, { n: 1, unit: 'day' }, 'working', hours) > from).toBe(true)
    }),
  )
})
