import { expect, test } from 'vitest'
import { buildingKind, buildingName } from './building.ts'

test.each([
  ['3', ['dwelling'], '3栋', 'residential'],
  ['3', ['dwelling', 'shop'], '3栋', 'mixed'],
  ['A', ['dwelling'], 'A座', 'residential'],
  ['S', ['shop'], '商铺S区', 'commercial'],
  ['G', ['garage'], '车库G区', 'car_park'],
  ['P1', ['bay'], '车位P1区', 'car_park'],
  ['C', ['storage'], '储藏C区', 'service'],
  ['B', ['garage', 'dwelling'], 'B座', 'residential'],
  ['会所', ['shop'], '会所', 'commercial'],
] as const)('a building %s of %j is called %s', (no, kinds, name, kind) => {
  expect(buildingName(no, new Set(kinds))).toBe(name)
  expect(buildingKind(new Set(kinds))).toBe(kind)
})
