// What tests of bookings stand on: places of the tiny world with their rules, at a fixed hour.
import type { Caller, TestApp } from './harness.ts'
import { bookings } from '../src/modules/bookings/contract.ts'

/** A Thursday, ten in the morning. */
export const NOW = '2026-03-05T02:00:00.000Z'
export const TODAY = '2026-03-05'
export const FRIDAY = '2026-03-06'
/** An hour of a day of the community's clock. */
export const hour = (day: string, h: number): string => new Date(Date.parse(`${day}T00:00:00+08:00`) + h * 3_600_000).toISOString()
const RULE = { from_on: '2026-03-05', hours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '22:00' }], slot_min: 60, min_slots: 1, max_slots: 3, max_units: 1, ahead_days: 14, live_max: 2, cancel_hours: 12, late_keep_percent: 50, approval: false, who: ['owner', 'tenant', 'household'] as ('owner' | 'tenant' | 'household')[], pay_within_min: 0, remind_hours: 0, keep_phone_days: 180, basis: '业主大会决议' }
type RuleIn = typeof RULE
export interface PlaceIn extends Partial<RuleIn> {
  name: string
  unit_count?: number
  slot_fen?: number
  belongs_to?: 'public_income' | 'company'
}
export async function placeOf(t: TestApp, community_id: string, o: PlaceIn, as: Caller = t.as('admin')): Promise<string> {
  const { name, unit_count = 1, slot_fen, belongs_to = 'public_income', ...rule } = o
  const { resource_id } = await as(bookings.saveResource, { community_id, name, kind: 'court', place: '会所一层', unit_word: '片', unit_count, belongs_to, note: '请穿软底鞋', sort_no: 10, retired: false })
  await as(bookings.publishRule, { resource_id, ...RULE, ...rule })
  if (slot_fen !== undefined) await as(bookings.publishPrice, { resource_id, from_on: '2026-03-05', slot_fen, bands: [], basis: '公示价格' })
  return resource_id
}
