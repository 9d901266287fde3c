// By which hour and at which place a punch counts; rosters by a cycle.
import { expect, test } from 'vitest'
import { cellsOf, longestRun } from './roster.ts'
import { whenOf } from './when.ts'
import { judgePlace } from './where.ts'

const device = (o: object = {}) => ({ boot: 'a', mono_ms: 7_200_000, seq: 3, went_back: false, sync: { server_at: '2026-03-05T00:00:00.000Z', device_at: '2026-03-05T00:00:00.000Z', boot: 'a', mono_ms: 0 }, ...o })
test('on time the server counts; offline the phone, put right by what it last heard; a clock that was set is doubted', () => {
  const received_at = '2026-03-05T04:00:00.000Z'
  expect(whenOf({ device_at: '2026-03-05T03:58:00.000Z', device: device(), received_at, skew_minutes: 5 })).toEqual({ at: received_at, clock: 'server' })
  expect(whenOf({ device_at: '2026-03-05T02:00:00.000Z', device: device(), received_at, skew_minutes: 5 })).toEqual({ at: '2026-03-05T02:00:00.000Z', clock: 'moved' })
  // The clock says eight in the morning, the monotonic one that two hours have gone since midnight UTC.
  expect(whenOf({ device_at: '2026-03-05T00:10:00.000Z', device: device(), received_at, skew_minutes: 5 })).toEqual({ at: '2026-03-05T02:00:00.000Z', clock: 'doubt' })
  expect(whenOf({ device_at: '2026-03-05T02:00:00.000Z', device: device({ sync: null }), received_at, skew_minutes: 5 })).toEqual({ at: '2026-03-05T02:00:00.000Z', clock: 'doubt' })
  expect(whenOf({ device_at: '2026-03-05T02:00:00.000Z', device: device({ boot: 'b' }), received_at, skew_minutes: 5 }).clock).toBe('moved')
  expect(whenOf({ device_at: '2026-03-05T04:00:00.000Z', device: device({ went_back: true }), received_at, skew_minutes: 5 }).clock).toBe('doubt')
  // Never in the future.
  expect(whenOf({ device_at: '2026-03-06T04:00:00.000Z', device: device({ sync: null }), received_at, skew_minutes: 5 }).at).toBe(received_at)
})
test('the error of the phone speaks for the person; too large an error says nothing', () => {
  const gate = { place_id: 'p', name: '大门', lat: '34.272000', lon: '107.750000', radius_m: 100 }
  const here = (lat: string, accuracy_m: number) => ({ state: 'given' as const, lat, lon: '107.750000', accuracy_m })
  expect(judgePlace([], null, 300)).toMatchObject({ place_state: 'free' })
  expect(judgePlace([gate], null, 300)).toMatchObject({ place_state: 'unknown' })
  expect(judgePlace([gate], here('34.272000', 10), 300)).toMatchObject({ place_state: 'in', distance_m: 0 })
  expect(judgePlace([gate], here('34.273500', 10), 300)).toMatchObject({ place_state: 'out', distance_m: 167 })
  expect(judgePlace([gate], here('34.273500', 70), 300)).toMatchObject({ place_state: 'in' })
  expect(judgePlace([gate], here('34.272000', 500), 300)).toMatchObject({ place_state: 'unknown' })
})
test('four crews of three shifts fill each day; the calendar gives rest and takes it', () => {
  const cycle = ['早', '早', '中', '中', '夜', '夜', null, null]
  const cells = cellsOf({ from_on: '2026-03-02', to_on: '2026-03-09', cycle, starts: [0, 2, 4, 6].map((offset, i) => ({ employee_id: `e${i}`, offset })), holidays: false, kindOf: () => 'plain' })
  for (const day of new Set(cells.map((x) => x.on_day))) expect(cells.filter((x) => x.on_day === day).map((x) => x.shift_id ?? '休').toSorted()).toEqual(['中', '休', '夜', '早'].toSorted())
  const week = cellsOf({ from_on: '2026-03-02', to_on: '2026-03-08', cycle: ['白', '白', '白', '白', '白', null, null], starts: [{ employee_id: 'e', offset: 0 }], holidays: true, kindOf: (d) => (d === '2026-03-03' ? 'holiday' : d === '2026-03-07' ? 'work' : 'plain') })
  expect(week.map((x) => x.shift_id)).toEqual(['白', null, '白', '白', '白', '白', null])
  expect(longestRun(['1', '2', '3', '4'], (d) => d !== '3')).toBe(2)
})
