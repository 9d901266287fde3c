// What tests of attendance stand on: shifts, a place, a team, people with accounts, punches by the hour.
import { randomUUID } from 'node:crypto'
import type { Caller, TestApp } from './harness.ts'
import { hire, type Org } from './staff_kit.ts'
import { lasting } from './votes_kit.ts'
import { attendance } from '../src/modules/attendance/contract.ts'
import { setClock } from '../src/kernel/clock.ts'

export interface Work { team_id: string; day: string; night: string; place_id: string }
const shift = { late_grace_minutes: 5, early_grace_minutes: 0, absent_after_minutes: 60, sort_no: 10, retired: false, basis: '考勤制度' }
export async function workOf(t: TestApp, community_id: string, o: { from_on?: string; doors?: boolean; name?: string } = {}): Promise<Work> {
  const hr = t.as('admin')
  const from_on = o.from_on ?? '2026-02-01'
  const { rows } = await hr(attendance.shifts, {})
  const day = rows.find((s) => s.code === '白')?.shift_id ?? (await hr(attendance.saveShift, { ...shift, code: '白', name: '白班', from_on, from_time: '08:00', to_time: '17:30', break_from: '12:00', break_to: '13:30' })).shift_id
  const night = rows.find((s) => s.code === '夜')?.shift_id ?? (await hr(attendance.saveShift, { ...shift, code: '夜', name: '夜班', from_on, from_time: '20:00', to_time: '08:00', break_from: null, break_to: null })).shift_id
  const name = o.name ?? '秩序组'
  const { place_id } = await hr(attendance.savePlace, { name: `${name}打卡点`, community_id, lat: '34.272000', lon: '107.750000', radius_m: 100, retired: false })
  const { team_id } = await hr(attendance.saveTeam, { community_id, sort_no: 10, retired: false, from_on, name, hours: 'standard', permit: null, place_ids: [place_id], doors: o.doors ?? false, photo: false, basis: '考勤制度' })
  return { team_id, day, night, place_id }
}
export async function guardIn(t: TestApp, org: Org, w: Work, community_id: string, name: string, from_on = '2026-02-01'): Promise<Caller & { employee_id: string; account_id: string; token: string }> {
  const as = await t.hire('guard', { scope_kind: 'community', scope_ids: [community_id] })
  await lasting(t)
  const { employee_id } = await hire(t.as('admin'), org, community_id, { name, account_id: as.account_id, entered_on: '2025-06-01' })
  await t.as('admin')(attendance.join, { team_id: w.team_id, employee_ids: [employee_id], from_on })
  return Object.assign(as, { employee_id })
}
export const at = (day: string, clock: string): string => new Date(`${day}T${clock}:00+08:00`).toISOString()
/** At the gate, unless said otherwise. */
export function punch(as: Caller, which: 'in' | 'out', iso: string, o: { lat?: string; none?: boolean; device_at?: string } = {}) {
  setClock(iso)
  const device_at = o.device_at ?? iso
  return as(attendance.punch, { punch_id: randomUUID(), which, device_at, device: { boot: randomUUID(), mono_ms: 1000, seq: 1, went_back: false, sync: null }, position: o.none ? { state: 'refused' } : { state: 'given', lat: o.lat ?? '34.272000', lon: '107.750000', accuracy_m: 10 } })
}
