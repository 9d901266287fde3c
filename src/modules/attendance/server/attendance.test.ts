// Attendance as named people: a roster is painted, people clock in, a day is judged with leave and overtime of staff, forgotten punches are asked for and decided, others do not see it.
import { randomUUID } from 'node:crypto'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { at, guardIn, punch, workOf, type Work } from '../../../../tests/attendance_kit.ts'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { NOW, TODAY, hire, orgOf, type Org } from '../../../../tests/staff_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { addDays, setClock } from '../../../kernel/clock.ts'
import { property } from '../../property/contract.ts'
import { staff } from '../../staff/contract.ts'
import { leaveKindIdOf } from '../../staff/server/leave_config.ts'
import { system } from '../../system/contract.ts'
import { attendance } from '../contract.ts'
import { forget } from './punches.ts'

let t: TestApp
let w: TinyWorld
let org: Org
let k: Work
let hr: Caller
let boss: Caller
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  hr = t.as('admin')
  boss = t.as('manager')
  org = await orgOf(t, w.community_id)
  await lasting(t)
  k = await workOf(t, w.community_id)
}, 120_000)
beforeEach(() => setClock(NOW))
const paint = (who: string, days: readonly string[], shift_id: string | null, o: { as?: Caller; reason?: string; team_id?: string } = {}) => (o.as ?? boss)(attendance.setRoster, { team_id: o.team_id ?? k.team_id, cells: days.map((on_day) => ({ employee_id: who, on_day, shift_id })), ...(o.reason ? { reason: o.reason } : {}) })
const dayOf = async (who: string, on_day: string) => (await boss(attendance.day, { employee_id: who, on_day })).day

test('a roster is painted; days that are over want a reason, strangers and retired shifts are refused', async () => {
  const me = await guardIn(t, org, k, w.community_id, '排班人')
  expect(await paint(me.employee_id, ['2026-03-06', '2026-03-07'], k.day)).toEqual({ cell_count: 2 })
  expect((await expectRefused(paint(me.employee_id, ['2026-03-04', '2026-03-06'], k.day), 'attendance.roster_past')).message).toContain('2026-03-04')
  await paint(me.employee_id, ['2026-03-04'], k.day, { reason: '漏排' })
  const other = await hire(hr, org, w.community_id, { name: '外组人' })
  await expectRefused(paint(other.employee_id, ['2026-03-06'], k.day), 'attendance.not_member')
  await expectRefused(paint(me.employee_id, ['2026-03-06'], randomUUID()), 'kernel.not_found')
  await expectRefused(paint(me.employee_id, ['2026-03-06', '2026-06-06'], k.day), 'attendance.span')
  const r = await boss(attendance.roster, { team_id: k.team_id, month: '2026-03' })
  expect(r.people.find((p) => p.employee_id === me.employee_id)).toMatchObject({ shift_count: 3, minutes: 1440, warn: null })
  expect(r.standard_minutes).toBe(22 * 480)
  await boss(attendance.setRoster, { team_id: k.team_id, cells: [{ employee_id: me.employee_id, on_day: '2026-03-07', shift_id: null, clear: true }] })
  expect((await boss(attendance.roster, { team_id: k.team_id, month: '2026-03' })).cells.filter((x) => x.employee_id === me.employee_id)).toHaveLength(2)
  await expectRefused(t.as('cashier')(attendance.setRoster, { team_id: k.team_id, cells: [{ employee_id: me.employee_id, on_day: '2026-03-07', shift_id: null }] }), 'kernel.forbidden')
})
test('a cycle fills from today on, a copy repeats the weeks before, too long a run is said', async () => {
  const me = await guardIn(t, org, k, w.community_id, '循环人', TODAY)
  const filled = await boss(attendance.fillRoster, { team_id: k.team_id, from_on: '2026-03-01', to_on: '2026-03-18', cycle: [k.day], starts: [{ employee_id: me.employee_id, offset: 0 }], holidays: false })
  expect(filled.cell_count).toBe(14)
  const p = (await boss(attendance.roster, { team_id: k.team_id, month: '2026-03' })).people.find((x) => x.employee_id === me.employee_id)!
  expect(p).toMatchObject({ run_days: 14, shift_count: 14 })
  expect(p.warn).toContain('最多 6 天')
  await boss(attendance.copyRoster, { team_id: k.team_id, from_on: '2026-03-19', to_on: '2026-04-01', back_days: 7 })
  expect((await boss(attendance.roster, { team_id: k.team_id, month: '2026-04' })).cells.filter((x) => x.employee_id === me.employee_id)).toEqual([{ employee_id: me.employee_id, on_day: '2026-04-01', shift_id: k.day }])
  await expectRefused(boss(attendance.copyRoster, { team_id: k.team_id, from_on: '2027-03-19', to_on: '2027-03-20', back_days: 7 }), 'attendance.nothing_to_copy')
  // 清明节 by the calendar of the State Council.
  await boss(attendance.fillRoster, { team_id: k.team_id, from_on: '2026-04-03', to_on: '2026-04-07', cycle: [k.day], starts: [{ employee_id: me.employee_id, offset: 0 }], holidays: true })
  expect((await boss(attendance.roster, { team_id: k.team_id, month: '2026-04' })).cells.filter((x) => x.employee_id === me.employee_id && x.shift_id === null).map((x) => x.on_day)).toEqual(['2026-04-04', '2026-04-05', '2026-04-06'])
})
test('clocking in: place and clock are judged, a punch sent twice is one, whoever has no team is told', async () => {
  const me = await guardIn(t, org, k, w.community_id, '打卡人')
  await paint(me.employee_id, ['2026-03-05'], k.day)
  expect(await punch(me, 'in', at(TODAY, '08:10'))).toMatchObject({ place_state: 'in', clock: 'server', place_name: '秩序组打卡点' })
  expect(await punch(me, 'out', at(TODAY, '17:31'), { lat: '34.280000' })).toMatchObject({ place_state: 'out', distance_m: 890 })
  setClock(at(TODAY, '23:00'))
  const mine = await me(attendance.mine, {})
  expect(mine.today).toMatchObject({ tags: ['late', 'away'], late_minutes: 10, work_minutes: 470 })
  expect(mine.punches).toHaveLength(2)
  expect(mine.ahead).toHaveLength(7)
  const request_id = randomUUID()
  const again = { request_id, punch_id: randomUUID(), which: 'out' as const, device_at: at(TODAY, '22:59'), device: { boot: randomUUID(), mono_ms: 1, seq: 2, went_back: false, sync: null } }
  expect(await me(attendance.punch, again)).toEqual(await me(attendance.punch, again))
  // Without network: the phone's hour counts, and is doubted where the phone has not heard the server.
  expect(await punch(me, 'out', at('2026-03-06', '10:00'), { device_at: at(TODAY, '18:00') })).toMatchObject({ at: at(TODAY, '18:00'), clock: 'doubt' })
  await expectRefused(punch(me, 'out', at('2026-03-20', '10:00'), { device_at: at(TODAY, '18:00') }), 'attendance.too_old')
  const lone = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  await lasting(t)
  await expectRefused(punch(lone, 'in', NOW), 'attendance.no_own_file')
  await hire(hr, org, w.community_id, { name: '无组人', account_id: lone.account_id })
  await expectRefused(punch(lone, 'in', NOW), 'attendance.no_team')
  await expectRefused(lone(attendance.punches, {}), 'kernel.forbidden')
  expect((await boss(attendance.punches, { q: '打卡人', place_state: 'out' })).total).toBe(1)
})
test('leave and overtime of staff count in the day', async () => {
  const me = await guardIn(t, org, k, w.community_id, '请假人')
  await paint(me.employee_id, ['2026-03-05', '2026-03-06'], k.day)
  const agree = async (approval_id: string): Promise<void> => void (await boss(system.decideApproval, { approval_id, step_no: 1, decision: 'agree', note: '同意' }))
  await agree((await me(staff.askLeave, { kind_id: leaveKindIdOf(t.company_id, 'personal'), from_on: '2026-03-06', from_half: 'am', to_on: '2026-03-06', to_half: 'am', half_days: 1, reason: '家里有事' })).approval_id)
  await agree((await me(staff.askOvertime, { on_day: '2026-03-07', from: '09:00', minutes: 180, pay: 'money', reason: '消防演练' })).approval_id)
  await punch(me, 'in', at('2026-03-06', '13:25'))
  await punch(me, 'out', at('2026-03-06', '17:30'))
  setClock(at('2026-03-09', '09:00'))
  expect(await dayOf(me.employee_id, '2026-03-06')).toMatchObject({ tags: ['normal', 'leave'], leave_halves: 1, unpaid_halves: 1, work_minutes: 240 })
  // A Saturday without a shift.
  expect(await dayOf(me.employee_id, '2026-03-07')).toMatchObject({ overtime_rest: 180 })
  expect(await dayOf(me.employee_id, '2026-03-05')).toMatchObject({ tags: ['absent'], absent_halves: 2 })
})
test('a forgotten punch: asked for, decided by another, limited by the month, and only within the shift', async () => {
  const me = await guardIn(t, org, k, w.community_id, '补卡人')
  await paint(me.employee_id, ['2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05'], k.day, { reason: '补录排班' })
  const ask = (on_day: string, which: 'in' | 'out', time: string) => me(attendance.askFix, { on_day, which, on: on_day, time, reason: '手机没电' })
  const a = await ask('2026-03-04', 'in', '07:58')
  await expectRefused(ask('2026-03-04', 'in', '07:59'), 'attendance.fix_same')
  await expectRefused(ask('2026-03-04', 'out', '23:59'), 'attendance.fix_time')
  await expectRefused(ask('2026-02-20', 'in', '07:58'), 'attendance.fix_days')
  await expectRefused(ask('2026-03-01', 'in', '07:58'), 'attendance.no_shift')
  await expectRefused(me(system.decideApproval, { approval_id: a.approval_id, step_no: 1, decision: 'agree', note: '同意' }), 'system.approval_own')
  expect((await boss(system.approval, { approval_id: a.approval_id })).facts).toContainEqual({ label: '本月补卡(含本次)', value: '1 次,最多 3 次' })
  await boss(system.decideApproval, { approval_id: a.approval_id, step_no: 1, decision: 'agree', note: '同意' })
  await ask('2026-03-04', 'out', '17:30').then((b) => boss(system.decideApproval, { approval_id: b.approval_id, step_no: 1, decision: 'agree', note: '同意' }))
  expect(await dayOf(me.employee_id, '2026-03-04')).toMatchObject({ tags: ['normal'], fix_count: 2, work_minutes: 480 })
  // Two at once do not both take the last one of the month.
  const both = await Promise.allSettled([ask('2026-03-03', 'in', '08:00'), ask('2026-03-03', 'out', '17:30')])
  expect(both.map((x) => x.status).toSorted()).toEqual(['fulfilled', 'rejected'])
  await expectRefused(ask('2026-03-02', 'in', '08:00'), 'attendance.fix_limit')
  const open = (await me(attendance.myMonth, { month: '2026-03' })).fixes.find((f) => f.state === 'asked')!
  await me(system.withdrawApproval, { approval_id: open.approval_id, reason: '写错了' })
  expect((await me(attendance.myMonth, { month: '2026-03' })).fix_left).toBe(1)
})
test('one is in one team a day, and joins another when he has left', async () => {
  const me = await guardIn(t, org, k, w.community_id, '换组人')
  const second = await workOf(t, w.community_id, { name: '夜班组' })
  await expectRefused(hr(attendance.join, { team_id: second.team_id, employee_ids: [me.employee_id], from_on: TODAY }), 'attendance.in_team')
  const { member_id } = (await hr(attendance.team, { team_id: k.team_id })).members.find((m) => m.employee_id === me.employee_id)!
  await paint(me.employee_id, ['2026-03-06'], k.day)
  await expectRefused(hr(attendance.leave, { member_id, to_on: TODAY, reason: '调组' }), 'attendance.rostered_after')
  await hr(attendance.leave, { member_id, to_on: '2026-03-06', reason: '调组' })
  await hr(attendance.join, { team_id: second.team_id, employee_ids: [me.employee_id], from_on: '2026-03-07' })
  expect((await boss(attendance.sheet, { month: '2026-03', q: '换组人' })).rows[0]).toMatchObject({ team_name: '夜班组' })
  await expectRefused(hr(attendance.saveTeam, { team_id: second.team_id, community_id: w.community_id, sort_no: 10, retired: false, from_on: TODAY, name: '夜班组', hours: 'comprehensive', permit: null, place_ids: [], doors: false, photo: false, basis: '批文' }), 'attendance.permit_needed')
})
test('another community, another company and other roles see nothing', async () => {
  const me = await guardIn(t, org, k, w.community_id, '看不见')
  const { community_id } = await hr(property.saveCommunity, { name: '隔壁小区', kind: 'estate', address: '眉县首善镇 2 号', district: '眉县', land_mu: '1', built_area_m2: '1', green_area_m2: '1', service_phone: '0917-5550001', start_rule: 'delivery_day' })
  const far = await t.hire('manager', { scope_kind: 'community', scope_ids: [community_id] })
  await lasting(t)
  expect((await far(attendance.sheet, { month: '2026-03' })).total).toBe(0)
  expect((await far(attendance.teams, {})).rows).toEqual([])
  await expectRefused(far(attendance.roster, { team_id: k.team_id, month: '2026-03' }), 'kernel.not_found')
  await expectRefused(far(attendance.day, { employee_id: me.employee_id, on_day: TODAY }), 'kernel.not_found')
  await expectRefused(far(attendance.closeMonth, { community_id: w.community_id, month: '2026-02', note: '试试' }), 'kernel.not_found')
  await expectRefused(me(attendance.sheet, { month: '2026-03' }), 'kernel.forbidden')
})
test('where somebody was is deleted after the days of the rule, when he came stays', async () => {
  const me = await guardIn(t, org, k, w.community_id, '旧定位')
  const { punch_id } = await punch(me, 'in', at(TODAY, '08:00'))
  setClock(at(addDays(TODAY, 91), '09:00'))
  await t.inside(forget)
  const p = (await boss(attendance.punches, { q: '旧定位' })).rows.find((r) => r.punch_id === punch_id)!
  expect(p).toMatchObject({ lat: null, lon: null, distance_m: null, place_state: 'in', at: at(TODAY, '08:00') })
})
