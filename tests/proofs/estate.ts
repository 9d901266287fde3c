// A small estate of its own for one random history: three houses, two fee items, deposits, a deduction rule, a late fee rule.
import { uuidv7 } from '../../src/kernel/ids.ts'
import { billing } from '../../src/modules/billing/contract.ts'
import { payment } from '../../src/modules/payment/contract.ts'
import type { TestApp } from '../harness.ts'

/** Areas whose products with the price end below, at and above half a fen. */
export const AREAS = ['98.50', '76.25', '33.33'] as const
export const PRICE = '1.205'
export const FIXED = '10.05'
export const DUE_DAYS = 10
/** Of the late fee: a day, and the most of the principal, in hundredths of a percent. */
export const DAILY = '0.0005'
export const CAP_BP = 100

export interface Estate {
  community_id: string
  houses: { house_id: string; area: string; person_id: string }[]
  fee: string
  waste: string
  deposit_kind: string
}

export async function estate(t: TestApp, no: number): Promise<Estate> {
  const community_id = uuidv7()
  const building_id = uuidv7()
  const houses = AREAS.map((area) => ({ house_id: uuidv7(), person_id: uuidv7(), area }))
  await t.inside(async (s) => {
    const c = s.company_id
    await s.db.insertInto('property.community').values({ company_id: c, community_id, name: `试炼小区${no}`, created_at: s.now }).execute()
    await s.db.insertInto('property.building').values({ company_id: c, building_id, community_id, no: '1', name: '1栋' }).execute()
    await s.db.insertInto('property.house').values(houses.map((h, i) => ({ company_id: c, house_id: h.house_id, community_id, building_id, kind: 'dwelling', room_no: String(101 + i), label: `1-${101 + i}`, built_area_m2: h.area, state: 'lived_in', sort_no: i, created_at: s.now }))).execute()
    await s.db.insertInto('people.person').values(houses.map((h, i) => ({ company_id: c, person_id: h.person_id, name: `业主${no}-${i}`, created_at: s.now }))).execute()
    await s.db.insertInto('people.ownership').values(houses.map((h) => ({ company_id: c, ownership_id: uuidv7(), house_id: h.house_id, person_id: h.person_id, from_on: '2020-01-01' }))).execute()
    await s.db.insertInto('people.payer').values(houses.map((h) => ({ company_id: c, payer_id: uuidv7(), house_id: h.house_id, fee_class: 'property', person_id: h.person_id, role: 'owner', from_on: '2020-01-01' }))).execute()
  })
  const finance = t.as('finance')
  const item = async (code: string, shape: 'area' | 'fixed', price: string): Promise<string> => {
    const { fee_item_id } = await finance(billing.saveFeeItem, { community_id, code, name: code, shape, area_kind: shape === 'area' ? 'built' : null, meter_kind: null, unit_name: '元/月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: DUE_DAYS })
    await finance(billing.publishPrice, { fee_item_id, house_kind: null, unit_price: price, from_on: '2020-01-01', basis: '合同' })
    return fee_item_id
  }
  const fee = await item('WY', 'area', PRICE)
  const waste = await item('LJ', 'fixed', FIXED)
  await finance(billing.saveLateRule, { community_id, fee_item_ids: [fee], daily_rate: DAILY, grace_days: 0, counts_from: 'grace', cap_bp: CAP_BP, shift: false, from_on: '2020-01-01', basis: '合同' })
  await finance(payment.saveRule, { community_id, from_on: await t.inside(async (s) => s.today), rule: { kind: 'deduct', value: { when: 'issued', general_too: true } } })
  const { kind_id } = await finance(payment.saveDepositKind, { community_id, name: '装修押金', amount_fen: 0, max_fen: null, return_days: null, basis: null })
  return { community_id, houses, fee, waste, deposit_kind: kind_id }
}
