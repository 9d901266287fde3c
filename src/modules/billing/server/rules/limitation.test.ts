import { expect, test } from 'vitest'
import { limitationOf } from './limitation.ts'

test('three years from the due day, begun anew by a demand in time, revived only by an acknowledgement', () => {
  expect(limitationOf('2022-03-31', [])).toBe('2025-03-31')
  expect(limitationOf('2024-02-29', [])).toBe('2027-02-28')
  expect(limitationOf('2022-03-31', [{ on: '2025-03-31', acknowledged: false }])).toBe('2028-03-31')
  expect(limitationOf('2022-03-31', [{ on: '2025-04-01', acknowledged: false }])).toBe('2025-03-31')
  expect(limitationOf('2022-03-31', [{ on: '2025-04-01', acknowledged: true }])).toBe('2028-04-01')
  expect(limitationOf('2022-03-31', [{ on: '2027-01-01', acknowledged: false }, { on: '2024-06-01', acknowledged: false }])).toBe('2030-01-01')
  expect(limitationOf('2022-03-31', [{ on: '2021-06-01', acknowledged: true }])).toBe('2025-03-31')
})
