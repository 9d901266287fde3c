// A day judged, by hand: late, early, absent, missing, leave by halves, overtime by the kind of day, nights, neighbours, places.
import { expect, test } from 'vitest'
import type { DayResult } from '../../contract.ts'
import { judgeDay, type DayIn, type ShiftOn } from './day.ts'
import { totalsOf, overtimeOf } from './totals.ts'
import { breakFits, minutesOf } from './span.ts'

const DAY: ShiftOn = { shift_id: '1', code: '白', name: '白班', from_time: '08:00', to_time: '17:30', break_from: '12:00', break_to: '13:30', late_grace_minutes: 5, early_grace_minutes: 0, absent_after_minutes: 60 }
const NIGHT: ShiftOn = { ...DAY, shift_id: '2', code: '夜', name: '夜班', from_time: '20:00', to_time: '08:00', break_from: null, break_to: null }
const at = (day: number, clock: string): string => new Date(`2026-03-${String(day).padStart(2, '0')}T${clock}:00+08:00`).toISOString()
const judge = (o: Partial<DayIn> & { come?: string; go?: string } = {}): DayResult => {
  const { come, go, ...rest } = o
  const punches = [...(come ? [{ at: come, which: 'in' as const, place_state: 'in', way: 'phone' }] : []), ...(go ? [{ at: go, which: 'out' as const, place_state: 'in', way: 'phone' }] : [])]
  return judgeDay({ on_day: '2026-03-04', employed: true, shift: DAY, calendar: 'plain', calendar_name: null, punches, leaves: [], overtimes: [], prev_end: null, next_start: null, flexible: false, policy: { early_open_minutes: 120, late_open_minutes: 240, out_counts: true, missing_counts: true }, now: at(6, '08:00'), ...rest })
}
test('eight hours with a break are eight hours, within grace it is on time', () => {
  expect(minutesOf(DAY)).toBe(480)
  expect(minutesOf(NIGHT)).toBe(720)
  expect(breakFits({ ...NIGHT, break_from: '00:00', break_to: '01:00' })).toBe(true)
  expect(breakFits({ ...DAY, break_from: '07:00', break_to: '07:30' })).toBe(false)
  expect(breakFits({ ...DAY, break_from: '12:00', break_to: null })).toBe(false)
  expect(judge({ come: at(4, '08:05'), go: at(4, '17:30') })).toMatchObject({ tags: ['normal'], work_minutes: 480, late_count: 0, worked: true })
})
test('late and early are counted in minutes, and above the limit as half a day of absence', () => {
  expect(judge({ come: at(4, '08:06'), go: at(4, '17:00') })).toMatchObject({ tags: ['late', 'early'], late_minutes: 6, early_minutes: 30, work_minutes: 444, absent_halves: 0 })
  const much = judge({ come: at(4, '09:01'), go: at(4, '17:30') })
  expect(much).toMatchObject({ tags: ['absent'], absent_halves: 1, late_minutes: 0, late_count: 0, work_minutes: 240 })
  expect(much.why.join()).toContain('超过 60 分钟算旷工半天')
  expect(judge({ come: at(4, '09:30'), go: at(4, '15:00') })).toMatchObject({ tags: ['absent'], absent_halves: 2, work_minutes: 0 })
})
test('without punches it is absence when the shift is over, and planned before', () => {
  expect(judge()).toMatchObject({ tags: ['absent'], absent_halves: 2, worked: false })
  expect(judge({ now: at(4, '07:00') })).toMatchObject({ tags: ['planned'], absent_halves: 0 })
  expect(judge({ now: at(4, '10:00') })).toMatchObject({ tags: ['planned'], absent_halves: 0 })
})
test('one punch missing is said, and counts by the rule', () => {
  expect(judge({ come: at(4, '08:00') })).toMatchObject({ tags: ['missing'], missing_count: 1, work_minutes: 480 })
  expect(judge({ go: at(4, '17:40'), policy: { early_open_minutes: 120, late_open_minutes: 240, out_counts: true, missing_counts: false } })).toMatchObject({ missing_count: 1, work_minutes: 0 })
  // Still at work: nothing is missing yet.
  expect(judge({ come: at(4, '08:00'), now: at(4, '15:00') })).toMatchObject({ tags: ['planned'], missing_count: 0, work_minutes: 0 })
})
test('leave takes its half of the shift; what is left is judged', () => {
  const am = [{ am: true, pm: false, name: '事假', paid: false }]
  expect(judge({ leaves: am, come: at(4, '13:30'), go: at(4, '17:30') })).toMatchObject({ tags: ['normal', 'leave'], leave_halves: 1, unpaid_halves: 1, work_minutes: 240 })
  expect(judge({ leaves: am })).toMatchObject({ tags: ['absent', 'leave'], absent_halves: 1 })
  expect(judge({ leaves: [{ am: true, pm: true, name: '年休假', paid: true }] })).toMatchObject({ tags: ['leave'], leave_halves: 2, unpaid_halves: 0, absent_halves: 0 })
})
test('a night shift ends the next day, and a neighbour does not take its punches', () => {
  expect(judge({ shift: NIGHT, come: at(4, '19:50'), go: at(5, '08:02') })).toMatchObject({ tags: ['normal'], work_minutes: 720 })
  // The day shift of the next day begins when the night ends: 08:02 could be both, but the window of the day shift begins at its start.
  expect(judge({ on_day: '2026-03-05', prev_end: Date.parse(at(5, '08:00')), punches: [{ at: at(5, '07:58'), which: 'in', place_state: 'in', way: 'phone' }], now: at(7, '08:00') })).toMatchObject({ tags: ['absent'] })
})
test('door punches are come before the middle of the shift and go after it', () => {
  const door = (t: string) => ({ at: t, which: null, place_state: 'door', way: 'door' })
  expect(judge({ punches: [door(at(4, '07:55')), door(at(4, '12:05')), door(at(4, '13:20')), door(at(4, '17:31'))] })).toMatchObject({ tags: ['normal'], in_at: at(4, '07:55'), out_at: at(4, '17:31') })
})
test('out of place is said, and does not count where the rule says so', () => {
  const away = [{ at: at(4, '08:00'), which: 'in' as const, place_state: 'out', way: 'phone' }, { at: at(4, '17:30'), which: 'out' as const, place_state: 'in', way: 'phone' }]
  expect(judge({ punches: away })).toMatchObject({ tags: ['normal', 'away'], away_count: 1 })
  expect(judge({ punches: away, policy: { early_open_minutes: 120, late_open_minutes: 240, out_counts: false, missing_counts: true } })).toMatchObject({ tags: ['missing', 'away'], in_at: null })
})
test('overtime goes by the kind of its day; a statutory holiday is never taken back as rest', () => {
  const two = [{ minutes: 120, pay: 'money' as const }]
  expect(judge({ overtimes: two, come: at(4, '08:00'), go: at(4, '17:30') })).toMatchObject({ tags: ['normal', 'overtime'], overtime_work: 120 })
  expect(judge({ shift: null, overtimes: two })).toMatchObject({ tags: ['rest', 'overtime'], overtime_rest: 120 })
  expect(judge({ shift: null, overtimes: [{ minutes: 60, pay: 'rest' }] })).toMatchObject({ overtime_in_lieu: 60, overtime_rest: 0 })
  expect(judge({ shift: null, calendar: 'holiday', calendar_name: '国庆节', overtimes: [{ minutes: 60, pay: 'rest' }] })).toMatchObject({ tags: ['holiday', 'overtime'], overtime_holiday: 60, overtime_in_lieu: 0 })
  expect(judge({ calendar: 'holiday', calendar_name: '国庆节', come: at(4, '08:00'), go: at(4, '17:30') })).toMatchObject({ holiday_work_minutes: 480 })
  expect(judge({ shift: undefined })).toMatchObject({ tags: ['unset'] })
  expect(judge({ employed: false })).toMatchObject({ tags: ['off_books'] })
  expect(judge({ flexible: true, come: at(4, '10:00') })).toMatchObject({ tags: ['normal'], late_count: 0, work_minutes: 480 })
})
test('comprehensive hours: above the standard is overtime, holidays apart; corrections are added', () => {
  const days = [judge({ shift: NIGHT, come: at(4, '19:50'), go: at(5, '08:02') }), judge({ shift: NIGHT, calendar: 'holiday', calendar_name: '节', come: at(4, '19:50'), go: at(5, '08:02') })]
  const t = totalsOf(days, [{ item: 'work_minutes', change: 60 }, { item: 'late_minutes', change: 5 }], { hours: 'comprehensive', standard_minutes: 480 })
  expect(t).toMatchObject({ work_minutes: 1500, holiday_work_minutes: 720, over_minutes: 300, late_minutes: 5, worked_days: 2 })
  expect(overtimeOf(t)).toBe(300)
  expect(totalsOf(days, [], { hours: 'standard', standard_minutes: 480 }).over_minutes).toBe(0)
})
