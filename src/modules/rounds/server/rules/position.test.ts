// Far from the point, faster than a person goes; the phone's own error always speaks for him.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PositionIn } from '../../contract.ts'
import { distanceM, judgePosition } from './position.ts'

const GATE = { lat: '34.274500', lon: '107.752300' }
const at = (seconds: number): string => new Date(Date.parse('2026-11-26T14:00:00Z') + seconds * 1000).toISOString()
const given = (lat: string, accuracy_m: number): PositionIn => ({ state: 'given', lat, lon: GATE.lon, accuracy_m })
const rule = { point: GATE, done_at: at(60), last: null, far_m: 150, speed_kmh: 20 }

test('metres between two places', () => {
  // A thousandth of a degree of latitude is 111.2 m.
  expect(distanceM(GATE, { lat: '34.275500', lon: GATE.lon })).toBe(111)
  expect(distanceM(GATE, { lat: GATE.lat, lon: '107.753300' })).toBe(92)
  expect(distanceM(GATE, GATE)).toBe(0)
})
test('far is what lies beyond the bound and the error together', () => {
  expect(judgePosition({ ...rule, position: given('34.276500', 30) })).toMatchObject({ flags: ['far'], distance_m: 222, reasons: { far: '定位离点位 222 米(误差 30 米)' } })
  expect(judgePosition({ ...rule, position: given('34.276500', 80) })).toMatchObject({ flags: [], distance_m: 222 })
  expect(judgePosition({ ...rule, point: null, position: given('35.276500', 5) })).toEqual({ flags: [], distance_m: null, reasons: {} })
})
test('nobody runs through the city in a minute', () => {
  const last = { ...GATE, accuracy_m: 10, done_at: at(0) }
  expect(judgePosition({ ...rule, point: null, last, position: given('34.284500', 10) })).toMatchObject({ flags: ['too_quick'], reasons: { too_quick: '60 秒前的检查在 1112 米外,相当于每小时 66 公里' } })
  expect(judgePosition({ ...rule, point: null, last, position: given('34.275500', 10) }).flags).toEqual([])
  // Three hours later he may have driven.
  expect(judgePosition({ ...rule, point: null, last, done_at: at(10_800), position: given('35.284500', 10) }).flags).toEqual([])
})
test('a refusal is no fault, and within the error nothing is', () => {
  expect(judgePosition({ ...rule, position: { state: 'refused' } }).flags).toEqual([])
  expect(judgePosition({ ...rule, position: null }).flags).toEqual([])
  fc.assert(fc.property(fc.integer({ min: -900, max: 900 }), (off) => {
    const lat = (34.2745 + off / 1e5).toFixed(6)
    const d = distanceM(GATE, { lat, lon: GATE.lon })
    const last = { ...GATE, accuracy_m: 0, done_at: at(0) }
    expect(judgePosition({ ...rule, last, position: given(lat, d) }).flags).toEqual([])
  }))
})
