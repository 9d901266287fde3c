// A lot with one lane in and one out, each with a simulated camera that speaks to the push address as the vendor's protocol has it.
import { nowMs, today } from '../src/kernel/clock.ts'
import { parking, type LotRule } from '../src/modules/parking/contract.ts'
import { takePush } from '../src/modules/parking/server/index.ts'
import { tariff } from '../src/modules/tariff/contract.ts'
import { PlateCamera } from '../src/world/outside/plate_camera.ts'
import type { Caller, TestApp } from './harness.ts'

export const LOT_RULE: Omit<LotRule, 'rule_id' | 'from_on'> = { capacity: 5, reserved: 2, tariff_id: null, closed: [], visitors_when_closed: true, full_stop: true, overflow: 'temporary', refused_kinds: ['large'], window_s: 30, no_entry_fen: 2000, lost_card_fen: 1000, remind_days: 7, keep_days: 180, max_height_cm: null, max_weight_kg: null, note: null }
/** 2 yuan an hour begun, half an hour free, 20 a day, a quarter of an hour to drive out. */
export const PARK_SPEC = { shape: 'parking' as const, free: [{ minutes: 30, rule: 'lost' as const }], unit_minutes: 60, unit_price: '2', caps: [{ per: '24h' as const, amount: '20' }], exit_grace_minutes: 15 }
export async function parkTariff(t: TestApp, community_id: string, from_on = '2026-01-01'): Promise<string> {
  const { tariff_id } = await t.as('admin')(tariff.saveTariff, { community_id, name: '临停', meter_kind: null, version_change: 'by_days', note: null })
  const { hash } = await t.as('admin')(tariff.saveDraft, { tariff_id, from_on, basis: '公示', spec: PARK_SPEC })
  await t.as('finance')(tariff.publishDraft, { tariff_id, hash })
  return tariff_id
}
export interface Park {
  lot_id: string
  lanes: Record<'in' | 'out', string>
  cameras: Record<'in' | 'out', string>
  cam: Record<'in' | 'out', PlateCamera>
}
let plates = 0
export async function cameraAt(t: TestApp, admin: Caller, camera_id: string): Promise<PlateCamera> {
  const ref = (await admin(parking.cameraAddress, { camera_id })).path.replace('/gate/plate/', '')
  return new PlateCamera({ serial_no: 'a-b', nowMs, send: (type, body) => takePush(t.app, ref, type, body), first_plateid: ++plates * 100_000 })
}
export async function park(t: TestApp, o: { building_id: string; name: string; rule?: Partial<LotRule> }): Promise<Park> {
  const admin = t.as('admin')
  const { lot_id } = await admin(parking.saveLot, { building_id: o.building_id, name: o.name, belongs_to: 'public_income', retired: false })
  await admin(parking.publishRule, { lot_id, from_on: today(), ...LOT_RULE, ...o.rule })
  const out: Park = { lot_id, lanes: { in: '', out: '' }, cameras: { in: '', out: '' }, cam: {} as Park['cam'] }
  for (const d of ['in', 'out'] as const) {
    out.lanes[d] = (await admin(parking.saveLane, { lot_id, name: d === 'in' ? '东门入' : '东门出', direction: d, zone_id: null, fail_mode: 'closed', retired: false })).lane_id
    out.cameras[d] = (await admin(parking.saveCamera, { lane_id: out.lanes[d], name: '相机', direction: d, serial_no: null, retired: false })).camera_id
    out.cam[d] = await cameraAt(t, admin, out.cameras[d])
  }
  return out
}
