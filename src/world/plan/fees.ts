// What is charged. Shapes and sizes as domain-facts 3 names them; the prices are invented.
import { addMonths } from '../../kernel/clock.ts'
import { firstOf, type Calendar } from './calendar.ts'
import { WATER_BUILDINGS } from './buildings.ts'
import { dice } from './random.ts'
import { housesIn } from './houses.ts'
import type { CommunityKey, HouseKind, PlanHouse, PlanLease } from './shapes.ts'
import type { PlanTariff } from './tariffs.ts'

export interface PlanFee {
  community: CommunityKey
  code: 'WY' | 'DX' | 'NF' | 'SF' | 'LJ' | 'CW' | 'GT'
  name: string
  shape: 'area' | 'fixed' | 'quantity' | 'meter' | 'tariff' | 'share'
  area_kind: 'built' | 'inner' | 'heated' | null
  meter_kind: 'water' | null
  unit_name: string
  house_kinds: HouseKind[]
  applies: 'all' | 'assigned'
  fee_class: 'property' | 'use'
  cycle: 'month' | 'quarter' | 'half_year' | 'year' | 'season'
  season_from: string | null
  season_to: string | null
  proration: 'real_days' | 'thirty_days' | 'whole_month'
  bill_unsold: boolean
  due_days: number
  /** Whose money it is: bays on common land are the owners' common income, heat and water go to the works. */
  belongs_to: 'service' | 'company' | 'public_income' | 'trust'
  account_code: '6001' | '6051' | '600101' | '224102'
  sort_no: number
  /** Of shape tariff: which, and which of its components. */
  tariff?: { key: PlanTariff['key']; component: string }
  prices: { house_kind: HouseKind | null; unit_price: string; basis: string }[]
}
export const SEASON = { from: '11-15', to: '03-15' } as const
/** The season's bills are made in October, so that people have paid when it gets cold. */
export const HEAT_BILLED_DAY = 10

const plain = { area_kind: null, meter_kind: null, applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30, belongs_to: 'service', account_code: '6001' } as const
const CONTRACT = '物业服务合同附件三'

function property(community: CommunityKey, dwelling: string, shop: string | null): PlanFee {
  const prices = [{ house_kind: 'dwelling' as const, unit_price: dwelling, basis: CONTRACT }, ...(shop === null ? [] : [{ house_kind: 'shop' as const, unit_price: shop, basis: CONTRACT }])]
  return { ...plain, community, code: 'WY', name: '物业服务费', shape: 'area', area_kind: 'built', unit_name: '元/㎡·月', house_kinds: shop === null ? ['dwelling'] : ['dwelling', 'shop'], sort_no: 10, prices }
}
function heating(community: CommunityKey): PlanFee {
  return {
    ...plain, community, code: 'NF', name: '供热费', shape: 'area', area_kind: 'heated', unit_name: '元/㎡·采暖季', house_kinds: ['dwelling', 'shop', 'storage'], fee_class: 'use', cycle: 'season',
    season_from: SEASON.from, season_to: SEASON.to, proration: 'real_days', bill_unsold: false, belongs_to: 'trust', account_code: '224102', sort_no: 20,
    prices: [{ house_kind: 'dwelling', unit_price: '19.80', basis: '供热合同' }, { house_kind: 'shop', unit_price: '27.00', basis: '供热合同' }, { house_kind: 'storage', unit_price: '9.90', basis: '供热合同' }],
  }
}
const bays = (community: CommunityKey, price: string): PlanFee => ({ ...plain, community, code: 'CW', name: '车位使用费', shape: 'fixed', unit_name: '元/个·月', house_kinds: ['bay'], applies: 'assigned', bill_unsold: false, due_days: 15, belongs_to: 'public_income', account_code: '600101', sort_no: 50, prices: [{ house_kind: null, unit_price: price, basis: '业主大会关于公共车位的决议' }] })
const small = (community: CommunityKey): PlanFee => ({ ...plain, community, code: 'DX', name: '车库地下室管理费', shape: 'area', area_kind: 'built', unit_name: '元/㎡·月', house_kinds: community === 'garden' ? ['garage', 'storage'] : ['storage'], cycle: 'year', due_days: 60, sort_no: 15, prices: [...(community === 'garden' ? [{ house_kind: 'garage' as const, unit_price: '0.40', basis: CONTRACT }] : []), { house_kind: 'storage', unit_price: '0.25', basis: CONTRACT }] })
function waste(community: CommunityKey): PlanFee {
  const shops = community === 'garden'
  return { ...plain, community, code: 'LJ', name: '垃圾清运费', shape: 'fixed', unit_name: '元/户·月', house_kinds: shops ? ['dwelling', 'shop'] : ['dwelling'], fee_class: 'use', cycle: 'quarter', bill_unsold: false, belongs_to: 'company', account_code: '6051', sort_no: 40, prices: [{ house_kind: 'dwelling', unit_price: '6.00', basis: '垃圾清运委托协议' }, ...(shops ? [{ house_kind: 'shop' as const, unit_price: '15.00', basis: '垃圾清运委托协议' }] : [])] }
}
const water: PlanFee = { ...plain, community: 'garden', code: 'SF', name: '水费', shape: 'tariff', unit_name: '元/吨', house_kinds: ['dwelling'], fee_class: 'use', bill_unsold: false, due_days: 20, belongs_to: 'trust', account_code: '224102', sort_no: 30, tariff: { key: 'water', component: 'usage' }, prices: [] }
/** 和顺苑: who stops the heating pays the basic part, high rooms pay more. */
const heat: PlanFee = { ...heating('heshun'), shape: 'tariff', area_kind: null, tariff: { key: 'heat', component: 'fee' }, prices: [] }

/** Stairwell lighting, shared by the flats of a building: the amount comes from the split, not from a price. */
const lighting: PlanFee = { ...plain, community: 'garden', code: 'GT', name: '楼道公摊电费', shape: 'share', unit_name: '元', house_kinds: ['dwelling'], fee_class: 'use', due_days: 20, belongs_to: 'trust', account_code: '224102', sort_no: 35, prices: [] }

export const fees: readonly PlanFee[] = [property('garden', '0.55', '1.20'), small('garden'), heating('garden'), water, lighting, waste('garden'), bays('garden', '80.00'), property('heshun', '0.78', '1.60'), small('heshun'), heat, bays('heshun', '100.00'), property('huixin', '0.70', null), waste('huixin')]
export const PRICES_FROM = '2023-01-01'

/** The property fee of 花园小区 was raised eight months ago, by a vote. */
export const PRICE_CHANGE = { months_back: 8, prices: [{ house_kind: 'dwelling', unit_price: '0.62' }, { house_kind: 'shop', unit_price: '1.35' }], basis: '业主大会决议:物业服务费调整方案' } as const
export const priceChangeOn = (c: Calendar): string => firstOf(addMonths(c.current, -PRICE_CHANGE.months_back))

/** Metered houses: the dwellings of the buildings whose water the company reads. */
export const meteredHouses = (): PlanHouse[] => housesIn('garden').filter((h) => h.kind === 'dwelling' && (WATER_BUILDINGS as readonly string[]).includes(h.building_no))

export interface PlanAssignment {
  community: CommunityKey
  code: PlanFee['code']
  labels: string[]
  quantity: string
  from_on: string
  to_on: string | null
  note: string
}
/** Leased spaces, and houses without heating. */
export function assignmentsOf(community: CommunityKey, leases: readonly PlanLease[], c: Calendar): PlanAssignment[] {
  const out: PlanAssignment[] = []
  for (const [, list] of Map.groupBy(leases, (l) => `${l.from_on} ${l.to_on ?? ''}`))
    out.push({ community, code: 'CW', labels: list.map((l) => l.bay), quantity: '1', from_on: list[0]!.from_on, to_on: list[0]!.to_on, note: '月租车位' })
  // Where heating has a tariff, a stopped house pays its basic part: see stoppedOf.
  if (!fees.some((f) => f.community === community && f.code === 'NF' && !f.tariff)) return out
  for (const s of stoppedOf(community, c)) out.push({ community, code: 'NF', quantity: '0', ...s })
  return out
}

/** Empty houses whose heating was stopped on application, season by season. */
export function stoppedOf(community: CommunityKey, c: Calendar): { labels: string[]; from_on: string; to_on: string; note: string }[] {
  return [addMonths(c.months[0]!, -6), ...c.months].filter((m) => m.endsWith('-11')).flatMap((month) => {
    const year = month.slice(0, 4)
    const stopped = housesIn(community).filter((h) => (h.state === 'vacant' || h.state === 'renovating') && (h.kind === 'dwelling' || h.kind === 'shop') && dice('no heat', community, h.label, year).chance(0.62))
    return stopped.length ? [{ labels: stopped.map((h) => h.label), from_on: `${year}-${SEASON.from}`, to_on: `${Number(year) + 1}-03-16`, note: `${year} 年采暖季已办理停暖` }] : []
  })
}
