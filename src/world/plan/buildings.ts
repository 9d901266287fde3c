// Buildings of the three communities. 花园小区: 42 residential buildings in two zones, two rows of shops, two of garages, two car parks.
import { dice } from './random.ts'
import type { PlanBuilding } from './shapes.ts'

const one = (n: number): string[] => Array.from({ length: n }, (_, i) => String(i + 1))
/** Three stairwells where the plot is long. */
const THREE = new Set([1, 2, 5, 6, 9, 13, 14, 17, 21, 22, 26, 27, 31, 34, 38, 41])
export const EAST_LAST = 24

function garden(): PlanBuilding[] {
  const homes = one(42).map((no): PlanBuilding => {
    const n = Number(no)
    return { community: 'garden', zone: n <= EAST_LAST ? '东区' : '西区', no, name: `${no}栋`, kind: 'residential', floors_above: 6, floors_below: 1, has_lift: false, unit_nos: one(THREE.has(n) ? 3 : 2) }
  })
  const other = (no: string, name: string, zone: string, kind: PlanBuilding['kind']): PlanBuilding => ({ community: 'garden', zone, no, name, kind, floors_above: 1, floors_below: 0, has_lift: false, unit_nos: [] })
  return [
    ...homes,
    other('S1', '景贤路商铺', '东区', 'commercial'), other('S2', '西门商铺', '西区', 'commercial'),
    other('G1', '东区车库', '东区', 'service'), other('G2', '西区车库', '西区', 'service'),
    other('P1', '东区停车广场', '东区', 'car_park'), other('P2', '西区停车广场', '西区', 'car_park'),
  ]
}

function heshun(): PlanBuilding[] {
  const homes = one(16).map((no): PlanBuilding => {
    const n = Number(no)
    const tall = n >= 15
    return { community: 'heshun', zone: null, no, name: `${no}栋`, kind: 'residential', floors_above: tall ? 11 : 6, floors_below: tall ? 1 : 0, has_lift: tall, unit_nos: one(tall || n > 8 ? 2 : 3) }
  })
  return [
    ...homes,
    { community: 'heshun', zone: null, no: 'S1', name: '沿街商铺', kind: 'commercial', floors_above: 2, floors_below: 0, has_lift: false, unit_nos: [] },
    { community: 'heshun', zone: null, no: 'P1', name: '地面停车场', kind: 'car_park', floors_above: 1, floors_below: 0, has_lift: false, unit_nos: [] },
  ]
}

const huixin = (): PlanBuilding[] =>
  one(2).map((no) => ({ community: 'huixin', zone: null, no, name: `${no}栋`, kind: 'residential', floors_above: 6, floors_below: 0, has_lift: false, unit_nos: ['1'] }))

export const buildings: readonly PlanBuilding[] = [...garden(), ...heshun(), ...huixin()]

/** Buildings whose water is read and charged by the company; the others pay the waterworks themselves. */
export const WATER_BUILDINGS = ['3', '4', '7', '8', '10', '11', '12', '15', '16', '20'] as const
/** The west buildings have storerooms in the basement. */
export const STORAGE_FROM = 18
/** Buildings with smart doors at their stairwells. */
export const SMART_DOORS = ['25', '26', '27', '28', '29'] as const

/** When the keys of a building were handed over. */
export function deliveredOn(b: PlanBuilding): string {
  const n = Number(/\d+/.exec(b.no)?.[0] ?? '1')
  const d = dice('delivery', b.community, b.no)
  const year = b.community === 'garden' ? 2009 + Math.floor((n - 1) / 9) : b.community === 'heshun' ? 2019 + Math.floor((n - 1) / 6) : 2021
  return `${year}-${String(d.int(3, 11)).padStart(2, '0')}-${String(d.int(1, 28)).padStart(2, '0')}`
}
