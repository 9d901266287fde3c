// The month: sent for confirmation, objected to, confirmed, closed; then it does not change, whoever tries; opened again with a reason; corrected by entries; papers.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { at, guardIn, punch, workOf, type Work } from '../../../../tests/attendance_kit.ts'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { NOW, orgOf, type Org } from '../../../../tests/staff_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { setClock } from '../../../kernel/clock.ts'
import { system } from '../../system/contract.ts'
import { attendance } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let org: Org
let k: Work
let hr: Caller
let boss: Caller
let one: Awaited<ReturnType<typeof guardIn>>
let two: Awaited<ReturnType<typeof guardIn>>
const APRIL = '2026-04-02'
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  hr = t.as('admin')
  boss = t.as('manager')
  org = await orgOf(t, w.community_id)
  await lasting(t)
  k = await workOf(t, w.community_id)
  one = await guardIn(t, org, k, w.community_id, '甲')
  two = await guardIn(t, org, k, w.community_id, '乙')
  const cells = [one, two].flatMap((g) => ['2026-03-10', '2026-03-11'].map((on_day) => ({ employee_id: g.employee_id, on_day, shift_id: k.day })))
  await boss(attendance.setRoster, { team_id: k.team_id, cells })
  for (const day of ['2026-03-10', '2026-03-11']) {
    await punch(one, 'in', at(day, '07:55'))
    await punch(one, 'out', at(day, '17:35'))
  }
}, 120_000)
beforeEach(() => setClock(at(APRIL, '10:00')))
const of = () => ({ community_id: w.community_id, month: '2026-03' })
const row = async (name: string) => (await boss(attendance.sheet, { month: '2026-03', q: name })).rows[0]!
const state = async () => (await boss(attendance.sheet, { month: '2026-03' })).months.find((m) => m.community_id === w.community_id)!

test('a month goes through confirmation to its close, and does not change after it', async () => {
  setClock(at('2026-03-31', '10:00'))
  await expectRefused(boss(attendance.issueMonth, of()), 'attendance.month_running')
  setClock(at(APRIL, '10:00'))
  expect(await row('甲')).toMatchObject({ totals: { worked_days: 2, work_minutes: 960, planned_minutes: 960, absent_halves: 0 }, confirm: 'none' })
  expect(await row('乙')).toMatchObject({ totals: { worked_days: 0, absent_halves: 4 } })
  const seen = await one(attendance.myMonth, { month: '2026-03' })
  await expectRefused(one(attendance.confirmMonth, { month: '2026-03', digest: seen.row!.digest, agree: true }), 'attendance.not_issued')
  expect(await boss(attendance.issueMonth, of())).toMatchObject({ people_count: 2 })
  expect((await one(attendance.mine, {})).to_confirm).toEqual(['2026-03'])
  await expectRefused(one(attendance.confirmMonth, { month: '2026-03', digest: 'x'.repeat(32), agree: true }), 'attendance.seen_old')
  await expectRefused(two(attendance.confirmMonth, { month: '2026-03', digest: (await two(attendance.myMonth, { month: '2026-03' })).row!.digest, agree: false }), 'attendance.words_needed')
  await one(attendance.confirmMonth, { month: '2026-03', digest: seen.row!.digest, agree: true })
  await two(attendance.confirmMonth, { month: '2026-03', digest: (await two(attendance.myMonth, { month: '2026-03' })).row!.digest, agree: false, words: '10 号我在岗' })
  expect(await state()).toMatchObject({ state: 'issued', confirmed_count: 1, objected_count: 1 })
  await hr(attendance.adjust, { employee_id: two.employee_id, month: '2026-03', of_day: '2026-03-10', item: 'absent_halves', change: -2, reason: '监控核实在岗' })
  expect(await row('乙')).toMatchObject({ totals: { absent_halves: 2 }, confirm: 'objected', confirm_words: '10 号我在岗' })
  expect((await expectRefused(boss(attendance.closeMonth, of()), 'attendance.unconfirmed')).message).toContain('1 人')
  setClock(at(APRIL, '10:30'))
  expect(await boss(attendance.closeMonth, { ...of(), note: '乙的异议已更正' })).toMatchObject({ people_count: 2 })
  const before = await row('乙')
  expect(before.closed).toBe(true)
  // Nothing that changes a month gets in.
  const closed = 'attendance.month_closed'
  await expectRefused(boss(attendance.setRoster, { team_id: k.team_id, cells: [{ employee_id: two.employee_id, on_day: '2026-03-12', shift_id: k.day }], reason: '补排' }), closed)
  await expectRefused(hr(attendance.adjust, { employee_id: two.employee_id, month: '2026-03', of_day: '2026-03-10', item: 'absent_halves', change: -2, reason: '再减' }), closed)
  await expectRefused(two(attendance.askFix, { on_day: '2026-03-31', which: 'in', on: '2026-03-31', time: '08:00', reason: '忘了' }), 'attendance.no_shift')
  await expectRefused(hr(attendance.saveCalendar, { from_on: '2026-03-12', to_on: '2026-03-12', kind: 'holiday', name: '试', basis: '试试' }), closed)
  await expectRefused(one(attendance.confirmMonth, { month: '2026-03', digest: seen.row!.digest, agree: false, words: '晚了' }), closed)
  await expectRefused(boss(attendance.closeMonth, { ...of(), note: '再关' }), closed)
  // A punch that comes late is kept and counts no more.
  await t.inside(async (s) => void (await s.db.insertInto('attendance.punch').values({ company_id: t.company_id, punch_id: crypto.randomUUID(), employee_id: two.employee_id, at: at('2026-03-11', '08:00'), way: 'phone', which: 'in', received_at: s.now, clock: 'moved', place_state: 'free' }).execute()))
  expect(await row('乙')).toEqual(before)
})
test('a close is opened again only by whoever may, with a reason; the next close is another one', async () => {
  await expectRefused(t.as('cashier')(attendance.reopenMonth, { ...of(), reason: '看看' }), 'kernel.forbidden')
  setClock(at(APRIL, '11:00'))
  await boss(attendance.reopenMonth, { ...of(), reason: '漏算乙的打卡' })
  expect(await row('乙')).toMatchObject({ closed: false, totals: { missing_count: 1, absent_halves: -2 + 2 } })
  await expectRefused(boss(attendance.reopenMonth, { ...of(), reason: '再打开' }), 'attendance.month_open')
  setClock(at(APRIL, '12:00'))
  await boss(attendance.closeMonth, { ...of(), note: '已更正' })
  expect((await state()).events.map((e) => e.what)).toEqual(['closed', 'reopened', 'closed', 'issued'])
})
test('open requests for forgotten punches keep a month open; what is wrong later is corrected in the next', async () => {
  setClock(at('2026-04-10', '10:00'))
  await boss(attendance.setRoster, { team_id: k.team_id, cells: ['2026-04-28', '2026-04-29'].map((on_day) => ({ employee_id: one.employee_id, on_day, shift_id: k.day })) })
  setClock(at('2026-05-02', '10:00'))
  const a = await one(attendance.askFix, { on_day: '2026-04-29', which: 'in', on: '2026-04-29', time: '08:00', reason: '手机没电' })
  await expectRefused(boss(attendance.closeMonth, { community_id: w.community_id, month: '2026-04', note: '急' }), 'attendance.fixes_open')
  await boss(system.decideApproval, { approval_id: a.approval_id, step_no: 1, decision: 'agree', note: '同意' })
  await hr(attendance.adjust, { employee_id: two.employee_id, month: '2026-04', of_day: '2026-03-11', item: 'work_minutes', change: 480, reason: '三月漏计' })
  await expectRefused(hr(attendance.adjust, { employee_id: two.employee_id, month: '2026-04', of_day: '2026-05-01', item: 'work_minutes', change: 480, reason: '以后' }), 'attendance.adjust_later')
  await expectRefused(hr(attendance.adjust, { employee_id: two.employee_id, month: '2026-04', of_day: '2026-04-01', item: 'work_minutes', change: 0, reason: '没有' }), 'attendance.adjust_zero')
  expect((await boss(attendance.sheet, { month: '2026-04', q: '乙' })).rows[0]).toMatchObject({ totals: { work_minutes: 480 } })
})
test('whoever paints and whoever closes at once: one of both, never a painted day beside a frozen one', async () => {
  setClock(at('2026-05-03', '10:00'))
  const month = { community_id: w.community_id, month: '2026-04' }
  const paint = boss(attendance.setRoster, { team_id: k.team_id, cells: [{ employee_id: two.employee_id, on_day: '2026-04-20', shift_id: k.night }], reason: '补排' }).then(() => true, () => false)
  const [painted] = await Promise.all([paint, boss(attendance.closeMonth, { ...month, note: '关账' })])
  const frozen = (await boss(attendance.sheet, { month: '2026-04', q: '乙' })).rows[0]!
  expect(frozen.closed).toBe(true)
  expect(frozen.days.find((d) => d.on_day === '2026-04-20')!.shift_id).toBe(painted ? k.night : null)
})
test('the sheet goes out as a workbook and as paper', async () => {
  const files = [await boss(attendance.sheetExcel, { month: '2026-03' }), await boss(attendance.sheetPdf, { month: '2026-03', paper: 'a3' }), await boss(attendance.sheetPdf, { month: '2026-03', paper: 'a4' }), await boss(attendance.rosterPdf, { team_id: k.team_id, month: '2026-03' }), await boss(attendance.rosterExcel, { team_id: k.team_id, month: '2026-03' }), await boss(attendance.punchesExcel, {}), await boss(attendance.fixesExcel, {})] as unknown as { body: Buffer }[]
  for (const f of files) expect(f.body.length).toBeGreaterThan(1000)
  await expectRefused(boss(attendance.sheetPdf, { month: '2020-01', paper: 'a4' }), 'attendance.nothing_to_print')
})
