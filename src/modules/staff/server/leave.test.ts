// Leave and overtime as named people: asking by phone, deciding by another, balances by year, what is refused, two requests at once for the last day.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { NOW, hire, orgOf, type Org } from '../../../../tests/staff_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { setClock } from '../../../kernel/clock.ts'
import { property } from '../../property/contract.ts'
import { system } from '../../system/contract.ts'
import { staff } from '../contract.ts'
import { leaveKindIdOf } from './leave_config.ts'

let t: TestApp
let w: TinyWorld
let org: Org
let hr: Caller
let boss: Caller
const kind = (code: string): string => leaveKindIdOf(t.company_id, code)
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  hr = t.as('admin')
  boss = t.as('manager')
  org = await orgOf(t, w.community_id)
  await lasting(t)
}, 120_000)
beforeEach(() => setClock(NOW))
async function guardOf(name: string, entered_on = '2020-03-01') {
  const as = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  await lasting(t)
  const { employee_id } = await hire(hr, org, w.community_id, { name, account_id: as.account_id, entered_on })
  return Object.assign(as, { employee_id })
}
const days = (from_on: string, to_on: string, half_days: number, code = 'annual', o: { from_half?: 'am' | 'pm'; to_half?: 'am' | 'pm' } = {}) => ({ kind_id: kind(code), from_on, from_half: o.from_half ?? ('am' as const), to_on, to_half: o.to_half ?? ('pm' as const), half_days, reason: '家里有事' })
const decide = (as: Caller, approval_id: string, decision: 'agree' | 'refuse') => as(system.decideApproval, { approval_id, step_no: 1, decision, note: '同意安排' })
const left = async (as: Caller, name: string) => (await as(staff.myAbsences, {})).balances.find((b) => b.kind_name === name)

test('a guard asks by phone, another decides, the balance goes down, and what was not taken comes back', async () => {
  const me = await guardOf('年假人')
  expect(await left(me, '年休假')).toMatchObject({ allowed_half: 10, left_half: 10 })
  const a = await me(staff.askLeave, days('2026-03-09', '2026-03-11', 5, 'annual', { from_half: 'pm' }))
  expect(await left(me, '年休假')).toMatchObject({ asked_half: 5, left_half: 5 })
  await expectRefused(decide(me, a.approval_id, 'agree'), 'system.approval_own')
  expect((await boss(system.approval, { approval_id: a.approval_id })).facts).toEqual(expect.arrayContaining([{ label: '天数', value: '年休假 2.5 天' }, { label: '当年余额(含本次)', value: '2.5 天' }]))
  await decide(boss, a.approval_id, 'agree')
  expect(await left(me, '年休假')).toMatchObject({ used_half: 5, asked_half: 0, left_half: 5 })
  await expectRefused(me(staff.askLeave, days('2026-03-11', '2026-03-11', 1)), 'staff.absence_overlap')
  expect((await expectRefused(me(staff.askLeave, days('2026-04-01', '2026-04-03', 6)), 'staff.no_balance')).message).toContain('2.5 天')
  await boss(staff.cancelAbsence, { absence_id: a.absence_id, reason: '没有休' })
  expect(await left(me, '年休假')).toMatchObject({ used_half: 0, left_half: 10 })
  await expectRefused(boss(staff.cancelAbsence, { absence_id: a.absence_id, reason: '再销一次' }), 'staff.absence_state')
})

test('what does not fit is refused with the way out', async () => {
  const me = await guardOf('拒绝人', '2026-03-01')
  expect(await left(me, '年休假')).toMatchObject({ allowed_half: 0 })
  await hr(staff.grantLeave, { employee_id: me.employee_id, kind_id: kind('annual'), year: 2026, half_days: 4, reason: '以前单位工龄' })
  expect(await left(me, '年休假')).toMatchObject({ allowed_half: 4 })
  await expectRefused(me(staff.askLeave, days('2026-03-10', '2026-03-10', 3)), 'staff.absence_span')
  await expectRefused(me(staff.askLeave, days('2026-03-10', '2026-03-09', 1)), 'staff.absence_span')
  await expectRefused(me(staff.askLeave, days('2026-03-10', '2026-03-10', 1, 'annual', { from_half: 'pm', to_half: 'am' })), 'staff.absence_span')
  await expectRefused(me(staff.askLeave, days('2026-03-10', '2026-03-10', 2, 'sick')), 'staff.proof_needed')
  await expectRefused(me(staff.askLeave, days('2026-02-10', '2026-02-10', 2, 'personal')), 'staff.absence_employed')
  await expectRefused(me(staff.askLeave, days('2027-03-10', '2027-03-10', 2, 'personal')), 'staff.absence_days')
  const other = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  await expectRefused(other(staff.askLeave, days('2026-03-10', '2026-03-10', 2, 'personal')), 'staff.no_own_file')
  await expectRefused(me(staff.absences, {}), 'kernel.forbidden')
  await expectRefused(hr(staff.grantLeave, { employee_id: me.employee_id, kind_id: kind('annual'), year: 2026, half_days: 0, reason: '没有' }), 'staff.grant_zero')
})

test('overtime that is paid back in rest becomes days of rest; paid in money it does not', async () => {
  const me = await guardOf('加班人')
  const over = (on_day: string, minutes: number, pay: 'money' | 'rest') => me(staff.askOvertime, { on_day, from: '18:00', minutes, pay, reason: '节日值守' })
  expect(await left(me, '调休')).toMatchObject({ allowed_half: 0 })
  const a = await over('2026-03-01', 300, 'rest')
  const b = await over('2026-03-02', 200, 'rest')
  const c = await over('2026-03-03', 480, 'money')
  await expectRefused(over('2026-03-03', 60, 'rest'), 'staff.absence_overlap')
  for (const x of [a, b, c]) await decide(boss, x.approval_id, 'agree')
  // 500 minutes: two times four hours, and twenty that wait.
  expect(await left(me, '调休')).toMatchObject({ allowed_half: 2, left_half: 2 })
  const d = await over('2026-03-04', 240, 'rest')
  await decide(boss, d.approval_id, 'refuse')
  expect(await left(me, '调休')).toMatchObject({ allowed_half: 2 })
  const { rows, minutes_sum } = await boss(staff.absences, { employee_id: me.employee_id })
  expect(rows.map((r) => r.state)).toEqual(['refused', 'agreed', 'agreed', 'agreed'])
  expect(minutes_sum).toBe(980)
})

test('two requests at once do not both take what is left; a withdrawn one gives it back', async () => {
  const me = await guardOf('双击人')
  const both = await Promise.allSettled([me(staff.askLeave, days('2026-03-09', '2026-03-11', 6)), me(staff.askLeave, days('2026-03-16', '2026-03-18', 6))])
  expect(both.flatMap((x) => (x.status === 'rejected' ? [(x.reason as { code: string }).code] : ['in'])).toSorted()).toEqual(['in', 'staff.no_balance'])
  const { rows } = await me(staff.myAbsences, {})
  expect(rows[0]!.can.withdraw).toBe(true)
  await me(system.withdrawApproval, { approval_id: rows[0]!.approval_id, reason: '不休了' })
  expect((await me(staff.myAbsences, {})).rows[0]).toMatchObject({ state: 'withdrawn' })
  expect(await left(me, '年休假')).toMatchObject({ left_half: 10 })
})

test('a rule counts from its day on, and a community sees its own requests only', async () => {
  const me = await guardOf('规则人')
  await hr(staff.saveLeaveKind, { kind_id: kind('annual'), name: '年休假', sort_no: 10, retired: false, from_on: '2026-07-01', paid: true, proof: false, from_rest: false, tiers: [{ years: 0, half_days: 14 }], basis: '公司年假办法' })
  // By the rule that holds at the end of the year.
  expect(await left(me, '年休假')).toMatchObject({ allowed_half: 14 })
  expect((await hr(staff.leaveKinds, {})).rows.find((k) => k.code === 'annual')).toMatchObject({ next_on: '2026-07-01', rule: { tiers: [{ years: 1, half_days: 10 }, { years: 10, half_days: 20 }, { years: 20, half_days: 30 }] } })
  await expectRefused(hr(staff.saveLeaveKind, { kind_id: kind('annual'), name: '年休假', sort_no: 10, retired: false, from_on: '2026-08-01', paid: true, proof: false, from_rest: false, tiers: [{ years: 1, half_days: 2 }, { years: 1, half_days: 3 }], basis: '错' }), 'staff.tiers')
  const a = await me(staff.askLeave, days('2026-03-09', '2026-03-09', 2))
  const elsewhere = (await hr(property.saveCommunity, { name: '别的小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })).community_id
  const far = await t.hire('manager', { scope_kind: 'community', scope_ids: [elsewhere] })
  expect((await far(staff.absences, {})).total).toBe(0)
  await expectRefused(far(staff.cancelAbsence, { absence_id: a.absence_id, reason: '越界' }), 'kernel.not_found')
  await expectRefused(far(staff.balances, { employee_id: me.employee_id }), 'kernel.not_found')
  expect((await t.as('other_admin')(staff.absences, {})).total).toBe(0)
})
