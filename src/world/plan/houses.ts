// Houses of the three communities, with areas that add up to the figures of S20 exactly: 花园小区 158,675 m² built, of it 156,051
// heated (everything but the garages, so the garages are the 2,624 m² between), both communities of 安居 220,000 m².
import { m2, parts } from './areas.ts'
import { buildings, deliveredOn, STORAGE_FROM } from './buildings.ts'
import { dice } from './random.ts'
import type { CommunityKey, HouseKind, HouseState, PlanBuilding, PlanHouse } from './shapes.ts'

const HEATED = { garden: 15_605_100, heshun: 6_132_500 } as const
const GARAGE = 2050
const GARAGES = { G1: 72, G2: 56 } as const
const BAYS = { garden: { P1: 120, P2: 80 }, heshun: { P1: 64 } } as const
const SHOPS = { garden: { S1: 40, S2: 24 }, heshun: { S1: 28 } } as const
const STOREROOMS = 12

/** Flats of a stairwell: the west one and the east one, in hundredths of a m²; the same on every floor. */
const FLATS = [[8960, 9840], [9840, 11_250], [11_250, 12_680], [12_680, 13_820], [13_820, 12_680], [14_350, 13_240], [15_630, 14_350]] as const
const TALL = [[11_680, 10_940], [12_450, 11_120]] as const

/** Which pair of flats a stairwell has, by weight. */
const SIZES = {
  early: [[0, 3], [1, 4], [2, 5], [3, 2]],
  late: [[1, 3], [2, 5], [3, 3], [4, 2], [5, 2], [6, 1]],
  heshun: [[0, 3], [1, 5], [2, 4], [3, 1]],
} as const

interface Part {
  b: PlanBuilding
  unit_no: string | null
  room_no: string
  floor_no: number
  kind: HouseKind
  area: number
}
const inner = (area: number): number => Math.round(area * 0.862)

function flats(b: PlanBuilding): Part[] {
  const d = dice('flats', b.community, b.no)
  // Later buildings of 花园小区 were built larger.
  const size = SIZES[b.community === 'garden' && Number(b.no) > 14 ? 'late' : b.community === 'heshun' ? 'heshun' : 'early']
  return b.unit_nos.flatMap((unit_no) => {
    const pair: readonly [number, number] = b.has_lift ? TALL[Number(unit_no) - 1]! : b.community === 'huixin' ? [10_250, 10_800] : FLATS[d.weighted(size)]!
    return Array.from({ length: b.floors_above }, (_, f) => pair.map((area, side): Part => ({ b, unit_no, room_no: `${f + 1}0${side + 1}`, floor_no: f + 1, kind: 'dwelling', area }))).flat()
  })
}

function storerooms(b: PlanBuilding): Part[] {
  const d = dice('storerooms', b.community, b.no)
  return Array.from({ length: STOREROOMS }, (_, i) => {
    const unit_no = b.unit_nos[i % b.unit_nos.length]!
    const n = Math.floor(i / b.unit_nos.length) + 1
    return { b, unit_no, room_no: `B0${n}`, floor_no: -1, kind: 'storage', area: d.int(1460, 2380) }
  })
}

const row = (b: PlanBuilding, count: number, kind: HouseKind, area: (i: number) => number): Part[] =>
  Array.from({ length: count }, (_, i) => ({ b, unit_no: null, room_no: String(i + 1).padStart(kind === 'bay' ? 3 : 2, '0'), floor_no: 1, kind, area: area(i) }))

function partsOf(community: CommunityKey): Part[] {
  const all = buildings.filter((b) => b.community === community)
  const homes = all.filter((b) => b.kind === 'residential')
  const dwellings = homes.flatMap(flats)
  const stores = community === 'garden' ? homes.filter((b) => Number(b.no) >= STORAGE_FROM).flatMap(storerooms) : community === 'heshun' ? homes.filter((b) => b.has_lift).flatMap(storerooms) : []
  if (community === 'huixin') return dwellings
  const named = (no: string): PlanBuilding => all.find((b) => b.no === no)!
  const shops = Object.entries(SHOPS[community]).flatMap(([no, n]) => row(named(no), n, 'shop', () => 0))
  // What the flats and storerooms leave of the heated area is the shops'.
  const left = HEATED[community] - [...dwellings, ...stores].reduce((sum, p) => sum + p.area, 0)
  const d = dice('shops', community)
  parts(left, shops.map(() => d.int(60, 140))).forEach((area, i) => (shops[i]!.area = area))
  const garages = community === 'garden' ? Object.entries(GARAGES).flatMap(([no, n]) => row(named(no), n, 'garage', () => GARAGE)) : []
  const bays = Object.entries(BAYS[community]).flatMap(([no, n]) => row(named(no), n, 'bay', () => 0))
  return [...dwellings, ...stores, ...shops, ...garages, ...bays]
}

/** How many houses of a kind are in each state; the rest is lived in. */
const STATES: Record<CommunityKey, Partial<Record<HouseKind, Partial<Record<HouseState, number>>>>> = {
  garden: { dwelling: { unsold: 12, vacant: 78, let: 84, renovating: 16 }, shop: { unsold: 3, vacant: 5, let: 42 }, garage: { unsold: 6, vacant: 9 }, bay: { let: 158 } },
  heshun: { dwelling: { unsold: 22, vacant: 46, let: 31, renovating: 9 }, shop: { unsold: 4, vacant: 3, let: 15 }, storage: { unsold: 2 }, bay: { let: 41 } },
  huixin: { dwelling: { vacant: 2, let: 3 } },
}

function withStates(community: CommunityKey, list: Part[]): Map<Part, HouseState> {
  const out = new Map<Part, HouseState>(list.map((p) => [p, p.kind === 'bay' ? 'vacant' : 'lived_in']))
  for (const [kind, counts] of Object.entries(STATES[community])) {
    const order = dice('states', community, kind).shuffled(list.filter((p) => p.kind === kind))
    for (const [state, n] of Object.entries(counts)) for (const p of order.splice(0, n)) out.set(p, state as HouseState)
  }
  return out
}

const USAGE: Partial<Record<HouseKind, string>> = { dwelling: '住宅', shop: '商业', garage: '车库', storage: '地下室', bay: '地面车位' }

function housesOf(community: CommunityKey): PlanHouse[] {
  const list = partsOf(community)
  const states = withStates(community, list)
  return list.map((p): PlanHouse => {
    const state = states.get(p)!
    const label = [p.b.no, ...(p.unit_no === null ? [] : [p.unit_no]), p.room_no].join('-')
    const heated = p.kind === 'garage' || p.kind === 'bay' ? null : m2(p.area)
    return {
      community, building_no: p.b.no, unit_no: p.unit_no, room_no: p.room_no, floor_no: p.floor_no, label, kind: p.kind, built_area_m2: m2(p.area),
      inner_area_m2: p.kind === 'bay' ? null : m2(inner(p.area)), heated_area_m2: heated, state, delivered_on: state === 'unsold' ? null : deliveredOn(p.b), usage: USAGE[p.kind] ?? null,
    }
  })
}

export const houses: readonly PlanHouse[] = (['garden', 'heshun', 'huixin'] as const).flatMap(housesOf)
export const housesIn = (community: CommunityKey): PlanHouse[] => houses.filter((h) => h.community === community)
