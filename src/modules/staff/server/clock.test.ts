// What the clock does to staff files: reminders once each step, leaving with the account, deletion of personal data; the import; certificates in duty rosters.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { applied, previewed, problemsOf, table, undone } from '../../../../tests/import_kit.ts'
import { NOW, hire, orgOf, type Org } from '../../../../tests/staff_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { personCerts, personKinds } from '../../equipment/server/index.ts'
import { identity } from '../../identity/contract.ts'
import { messages } from '../../messages/contract.ts'
import { staff } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let org: Org
let hr: Caller
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  hr = t.as('admin')
  org = await orgOf(t, w.community_id)
  await lasting(t)
}, 120_000)
beforeEach(() => setClock(NOW))
/** The clock goes on by years: whoever is signed in stays so. */
const hired = async (role: string) => {
  const as = await t.hire(role, { scope_kind: 'community', scope_ids: [w.community_id] })
  await lasting(t)
  return as
}
const run = (name: string) => runSchedule(t.app, t.app.modules.find((m) => m.name === 'staff')!.schedules!.find((s) => s.name === `staff.${name}`)!)
const on = (day: string): void => setClock(`${day}T02:00:00.000Z`)
const inbox = async (as: Caller, word: string) => (await as(messages.inbox, { page_size: 100 })).rows.filter((r) => r.title.includes(word))

test('a certificate is reminded of at each step once, to its holder and to the office', async () => {
  const guard = await hired('guard')
  const { employee_id } = await hire(hr, org, w.community_id, { name: '到期人', account_id: guard.account_id })
  await hr(staff.addCert, { employee_id, kind_id: org.guard, issuer: '公安局', issued_on: '2023-04-01', valid_to_on: '2026-04-03' })
  // 29 days are left: the step of 30, and no other.
  for (let i = 0; i < 3; i++) await run('tell')
  expect((await inbox(guard, '到期人')).length).toBe(1)
  expect((await inbox(t.as('manager'), '到期人')).map((m) => m.title)).toEqual(['到期人:保安员证到期'])
  on('2026-03-20')
  await run('tell')
  expect((await inbox(guard, '到期人')).length).toBe(1)
  on('2026-03-30')
  await run('tell')
  on('2026-04-04')
  await run('tell')
  on('2026-04-05')
  await run('tell')
  expect((await inbox(guard, '到期人')).length).toBe(3)
  on('2026-03-05')
})

test('leaving takes effect the day after the last one: the account is closed, the session ends, others hear of it', async () => {
  const clerk = await hired('service')
  const { employee_id } = await hire(hr, org, w.community_id, { name: '离职人', phone: '13822223333', id_number: '110101199003070097', account_id: clerk.account_id })
  await hr(staff.addContract, { employee_id, kind: 'fixed', from_on: '2025-06-01', to_on: '2028-05-31', signed_on: '2025-06-01' })
  await expectRefused(hr(staff.startLeaving, { employee_id, kind: 'resign', last_on: '2025-05-31', reason: '太早了' }), 'staff.last_day')
  await hr(staff.startLeaving, { employee_id, kind: 'resign', last_on: '2026-03-10', reason: '回乡', more_items: ['梯子一架'] })
  await expectRefused(hr(staff.startLeaving, { employee_id, kind: 'resign', last_on: '2026-03-11', reason: '再来' }), 'staff.leaving_already')
  const l = (await hr(staff.employee, { employee_id })).leaving!
  expect(l.items.map((i) => i.text)).toEqual(['工作服、工牌', '对讲机、手电', '钥匙、门禁卡', '工具、仪器', '在办工单和待办', '文件、资料和账号', '借款和备用金', '梯子一架'])
  await hr(staff.doItem, { employee_id, item_id: l.items[0]!.item_id, done: true, note: '已收' })
  on('2026-03-10')
  await run('clock')
  expect((await clerk(staff.mine, {})).file).toMatchObject({ state: 'leaving' })
  on('2026-03-11')
  await run('clock')
  await run('clock')
  await expectRefused(clerk(staff.mine, {}), 'kernel.not_signed_in')
  const e = await hr(staff.employee, { employee_id })
  expect(e).toMatchObject({ state: 'left', can: { write: 'staff.has_left' }, leaving: { account_words: '登录账号已停用' } })
  expect(e.contracts[0]).toMatchObject({ ended_on: '2026-03-10', end_reason: '离职' })
  expect((await hr(identity.members, { page_size: 200 })).rows.find((m) => m.account_id === clerk.account_id)).toMatchObject({ disabled: true })
  const { rows } = await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from kernel.event where company_id = ${s.company_id} and name = 'staff.left' and payload->>'employee_id' = ${employee_id}`.execute(s.db))
  expect(rows[0]!.n).toBe(1)
  expect((await inbox(t.as('manager'), '离职人 已离职')).length).toBe(1)
  await expectRefused(hr(staff.transfer, { employee_id, post_id: org.posts.电工, department_id: org.departments.秩序部, community_id: w.community_id, from_on: '2026-03-20', reason: '太晚' }), 'staff.has_left')
  // Two years on personal data goes, the name stays.
  on('2028-03-09')
  await run('forget')
  expect((await hr(staff.reveal, { employee_id })).phone).toBe('13822223333')
  on('2028-03-11')
  await run('forget')
  expect(await hr(staff.reveal, { employee_id })).toEqual({ phone: null, id_kind: null, id_number: null, emergency_phone: null })
  expect(await hr(staff.employee, { employee_id })).toMatchObject({ name: '离职人', forgotten_at: expect.any(String), forget_on: null })
  on('2026-03-05')
})

test('the only administrator is not locked out by leaving, and a leaving can be taken back', async () => {
  const me = (await hr(identity.me, {})).account_id
  const { employee_id } = await hire(hr, org, null, { name: '管理员本人', account_id: me })
  await expectRefused(hr(staff.startLeaving, { employee_id, kind: 'resign', last_on: '2026-03-05', reason: '自己办' }), 'staff.own_leaving')
  const boss = t.as('manager')
  await boss(staff.startLeaving, { employee_id, kind: 'other', last_on: '2026-03-05', reason: '试一试' })
  await boss(staff.cancelLeaving, { employee_id, reason: '撤回' })
  expect(await boss(staff.employee, { employee_id })).toMatchObject({ left_on: null, leaving: null })
  await boss(staff.startLeaving, { employee_id, kind: 'other', last_on: '2026-03-05', reason: '再试' })
  on('2026-03-06')
  await run('clock')
  expect((await hr(staff.employee, { employee_id })).leaving!.account_words).toContain('唯一的系统管理员')
  on('2026-03-05')
})

test('whoever has one community does not end an account of the whole company', async () => {
  const wide = await t.hire('finance')
  const { employee_id } = await hire(hr, org, w.community_id, { name: '全公司账号', account_id: wide.account_id })
  const here = await hired('manager')
  await expectRefused(here(staff.startLeaving, { employee_id, kind: 'dismiss', last_on: '2026-03-31', reason: '越权' }), 'staff.account_hq')
})

test('a roster in Excel becomes files, is said where it is wrong, and is taken back', async () => {
  const kind = 'staff.employees'
  const HEAD = ['工号', '姓名', '所属部门', '职务', '入职日期', '手机号', '身份证号码', '合同起', '合同止']
  const bad = await previewed(t, { kind, community_id: w.community_id, bytes: await table(HEAD, [['', '甲', '没有部', '秩序员', '2025-01-01', '', '', '', ''], ['', '乙', '秩序部', '厨师', '2025-01-01', '138', '', '', ''], ['', '丙', '秩序部', '秩序员', '', '', '110101199003070098', '2026-01-01', '2025-01-01']]) })
  expect(await problemsOf(t, bad.import_id)).toEqual(expect.arrayContaining([expect.stringContaining('没有部门「没有部」'), expect.stringContaining('3 手机号: 应为 11 位手机号'), expect.stringContaining('入职日是空的'), expect.stringContaining('4 身份证号'), expect.stringContaining('早于合同起')]))
  const d = await applied(t, { kind, community_id: w.community_id, bytes: await table(HEAD, [['', '导入甲', '秩序部', '秩序员', '2025-01-01', '13700000001', '11010119900307221X', '2025-01-01', '2027-12-31'], ['Q-7', '导入乙', '项目部', '文员', '2024-05-01', '', '', '', '']]) })
  expect(await problemsOf(t, d.import_id)).toEqual([])
  const found = (await hr(staff.employees, { q: '导入' })).rows
  expect(found.map((r) => [r.name, r.post_name, r.contract_to_on])).toEqual(expect.arrayContaining([['导入甲', '秩序员', '2027-12-31'], ['导入乙', '文员', null]]))
  const again = await previewed(t, { kind, community_id: w.community_id, bytes: await table(HEAD, [['Q-7', '别人', '项目部', '文员', '2024-05-01', '', '', '', '']]) })
  expect(await problemsOf(t, again.import_id)).toEqual([expect.stringContaining('工号 Q-7 已由 导入乙 使用')])
  await undone(t, d.import_id)
  expect((await hr(staff.employees, { q: '导入' })).total).toBe(0)
})

test('a certificate in the staff file counts in the rosters of duty rooms', async () => {
  const guard = await hired('guard')
  const { employee_id } = await hire(hr, org, w.community_id, { name: '值班员', account_id: guard.account_id })
  const ask = () => t.inside(async (s) => personCerts(s, [(await personKinds(s)).find((k) => k.code === 'person_low')!.kind_id], [guard.account_id]))
  expect(await ask()).toEqual([])
  await hr(staff.addCert, { employee_id, kind_id: org.low, issuer: '应急厅', issued_on: '2025-01-01', valid_to_on: '2028-01-01' })
  expect(await ask()).toMatchObject([{ account_id: guard.account_id, valid_to_on: '2028-01-01' }])
})
