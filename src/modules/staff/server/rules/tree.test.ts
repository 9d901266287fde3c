import { expect, test } from 'vitest'
import { circleWith, parentsOn, type Version } from './tree.ts'
import { stepOf } from './steps.ts'

const v = (department_id: string, from_on: string, parent_id: string | null): Version => ({ department_id, from_on, parent_id })
test('a circle is found on the day it begins, be it later than the change', () => {
  const all = [v('b', '2026-05-01', 'c'), v('c', '2026-01-01', null), v('b', '2026-01-01', 'a'), v('a', '2026-01-01', null)]
  expect(parentsOn(all, '2026-04-30').get('b')).toBe('a')
  expect(parentsOn(all, '2026-05-01').get('b')).toBe('c')
  expect(circleWith(all, v('a', '2026-03-01', 'b'))).toBe(true)
  expect(circleWith(all, v('a', '2026-05-01', 'b'))).toBe(false)
  expect(circleWith(all, v('c', '2026-03-01', 'b'))).toBe(true)
  expect(circleWith(all, v('c', '2026-03-01', 'a'))).toBe(false)
  expect(circleWith(all, v('d', '2026-03-01', 'a'))).toBe(false)
})
test('of a ladder the smallest step that is not over, once over the last', () => {
  const ladder = [90, 30, 7]
  expect(stepOf('2026-06-30', '2026-03-01', ladder)).toBeUndefined()
  expect(stepOf('2026-05-30', '2026-03-01', ladder)).toBe('90')
  expect(stepOf('2026-03-31', '2026-03-01', ladder)).toBe('30')
  expect(stepOf('2026-03-02', '2026-03-01', ladder)).toBe('7')
  expect(stepOf('2026-03-01', '2026-03-01', ladder)).toBe('7')
  expect(stepOf('2026-02-28', '2026-03-01', ladder)).toBe('over')
})
