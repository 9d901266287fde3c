// Staff files as named people: who sees and may what, the tree by date, numbers masked and revealed, transfers, certificates and their rate, leaving.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, rid, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { NOW, TODAY, hire, orgOf, type Org } from '../../../../tests/staff_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { setClock } from '../../../kernel/clock.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { identity } from '../../identity/contract.ts'
import { property } from '../../property/contract.ts'
import { staff } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let org: Org
let hr: Caller
let other_id: string
let here: Awaited<ReturnType<TestApp['hire']>>
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  hr = t.as('admin')
  org = await orgOf(t, w.community_id)
  other_id = (await hr(property.saveCommunity, { name: '和顺苑', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })).community_id
  here = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
  await lasting(t)
}, 120_000)
beforeEach(() => setClock(NOW))

test('departments move by date, keep their past, and never stand above themselves', async () => {
  const cleaning = (await hr(staff.saveDepartment, { name: '保洁部', parent_id: null, community_id: null, from_on: TODAY, sort_no: 30, basis: '新设' })).department_id
  await hr(staff.saveDepartment, { department_id: cleaning, name: '环境部', parent_id: org.departments.项目部, community_id: w.community_id, from_on: '2026-04-01', sort_no: 30, basis: '并入项目部' })
  const row = (await hr(staff.departments, {})).rows.find((r) => r.department_id === cleaning)
  expect(row).toMatchObject({ name: '保洁部', parent_id: null, next_on: '2026-04-01', depth: 0 })
  // 项目部 under what will be under it: a circle from April on, though today there is none.
  await expectRefused(hr(staff.saveDepartment, { department_id: org.departments.项目部, name: '项目部', parent_id: cleaning, community_id: null, from_on: TODAY, sort_no: 10, basis: '试' }), 'staff.department_cycle')
  await expectRefused(hr(staff.saveDepartment, { department_id: cleaning, name: '保洁部', parent_id: null, community_id: null, from_on: '2026-03-04', sort_no: 10, basis: '试' }), 'staff.from_past')
  await expectRefused(hr(staff.saveDepartment, { name: '秩序部', parent_id: org.departments.项目部, community_id: null, from_on: TODAY, sort_no: 10, basis: '试' }), 'staff.department_name')
  setClock('2026-04-02T02:00:00.000Z')
  expect((await hr(staff.departments, {})).rows.find((r) => r.department_id === cleaning)).toMatchObject({ name: '环境部', parent_name: '项目部', depth: 1, next_on: null })
  expect((await hr(staff.departmentVersions, { department_id: cleaning })).rows.map((v) => [v.name, v.state])).toEqual([['环境部', 'now'], ['保洁部', 'past']])
  setClock(NOW)
  await hr(staff.retireDepartment, { department_id: cleaning, retired: true, reason: '撤并' })
  await expectRefused(hire(hr, { ...org, departments: { ...org.departments, 秩序部: cleaning } }, w.community_id, { name: '某人' }), 'staff.department_retired')
})

test('a file is numbered by itself, its numbers are sealed, masked and looked at one by one', async () => {
  const a = await hire(hr, org, w.community_id, { name: '李建国', phone: '13911112222', id_number: '110101199003070097' })
  expect(a.no).toMatch(/^YG\d{4}$/)
  const b = await hire(hr, org, w.community_id, { name: '王小二', no: 'YG0900' })
  expect((await hire(hr, org, w.community_id, { name: '赵三' })).no).toBe('YG0901')
  expect(b.no).toBe('YG0900')
  const seen = await here(staff.employee, { employee_id: a.employee_id })
  expect(seen).toMatchObject({ name: '李建国', phone_masked: '139****2222', id_tail: '0097', post_name: '秩序员', state: 'regular' })
  expect(JSON.stringify(seen)).not.toMatch(/13911112222|199003070097/)
  const { rows } = await t.inside((s) => sql<{ id_number_sealed: string; phone: string }>`select id_number_sealed from staff.employee where company_id = ${s.company_id} and employee_id = ${a.employee_id}`.execute(s.db))
  expect(rows[0]!.id_number_sealed).toMatch(/^v1\./)
  // Asked as the screens ask, with a request id: what was shown is kept nowhere.
  expect(await here(staff.reveal, { employee_id: a.employee_id, request_id: rid() } as never)).toMatchObject({ phone: '13911112222', id_number: '110101199003070097' })
  expect(JSON.stringify(await t.inside((s) => sql`select answer from kernel.request where company_id = ${s.company_id}`.execute(s.db)))).not.toMatch(/110101199003070097/)
  expect((await hr(identity.audit, { page_size: 50, subject_id: a.employee_id })).rows.find((r) => r.call === 'staff.reveal')).toMatchObject({ outcome: 'done', detail: { notes: [{ detail: { revealed: 'numbers' } }] } })
  await expectRefused(hire(hr, org, w.community_id, { name: '冒名', id_number: '110101199003070097' }), 'staff.id_taken')
  await expectRefused(hire(hr, org, w.community_id, { name: '坏号', id_number: '110101199003070098' }), 'staff.bad_id_number')
  await expectRefused(hire(hr, org, w.community_id, { name: '重号', no: 'yg0900' }), 'staff.no_taken')
  // The same number given to two at once: one has it.
  const twice = await Promise.allSettled(['甲', '乙'].map((name) => hire(hr, org, w.community_id, { name, id_number: '110101199003070513' })))
  expect(twice.flatMap((x) => (x.status === 'rejected' ? [(x.reason as { code: string }).code] : ['in'])).toSorted()).toEqual(['in', 'staff.id_taken'])
})

test('a grant over one community opens its files and no others; the company of somebody else opens none', async () => {
  const away = await hire(hr, org, other_id, { name: '外区员工' })
  const hq = await hire(hr, org, null, { name: '总部员工', post: '文员' })
  const mine = await hire(here, org, w.community_id, { name: '本区员工' })
  const names = (await here(staff.employees, { page_size: 200 })).rows.map((r) => r.name)
  expect(names).toContain('本区员工')
  expect(names).not.toContain('外区员工')
  expect(names).not.toContain('总部员工')
  for (const id of [away.employee_id, hq.employee_id]) {
    await expectRefused(here(staff.employee, { employee_id: id }), 'kernel.not_found')
    await expectRefused(here(staff.reveal, { employee_id: id }), 'kernel.not_found')
    await expectRefused(here(staff.startLeaving, { employee_id: id, kind: 'resign', last_on: '2026-03-31', reason: '试一试' }), 'kernel.not_found')
  }
  await expectRefused(hire(here, org, other_id, { name: '塞到别区' }), 'kernel.not_found')
  await expectRefused(here(staff.transfer, { employee_id: mine.employee_id, post_id: org.posts.秩序员, department_id: org.departments.秩序部, community_id: other_id, from_on: '2026-03-10', reason: '调走' }), 'kernel.not_found')
  await expectRefused(here(staff.savePost, { name: '新岗', family: 'other', duties: '无', sort_no: 1, retired: false }), 'kernel.not_found')
  await expectRefused(t.as('visitor')(staff.employees, {}), 'kernel.forbidden')
  await expectRefused(t.as('other_admin')(staff.employee, { employee_id: mine.employee_id }), 'kernel.not_found')
  expect((await t.as('other_admin')(staff.employees, {})).total).toBe(0)
})

test('a transfer counts from its day, the past stays, a planned one can be taken back', async () => {
  const { employee_id } = await hire(hr, org, w.community_id, { name: '调动人' })
  const move = (from_on: string, post: keyof Org['posts'] = '电工') => hr(staff.transfer, { employee_id, post_id: org.posts[post], department_id: org.departments.项目部, community_id: other_id, from_on, reason: '工作需要' })
  await move('2026-03-20')
  expect((await hr(staff.employee, { employee_id })).post_name).toBe('秩序员')
  await expectRefused(move('2026-03-20', '文员'), 'staff.same_day')
  await expectRefused(move('2025-05-31'), 'staff.before_entry')
  setClock('2026-03-21T02:00:00.000Z')
  const after = await hr(staff.employee, { employee_id })
  expect(after).toMatchObject({ post_name: '电工', community_name: '和顺苑' })
  expect(after.assignments.map((a) => [a.from_on, a.to_on, a.post_name, a.now])).toEqual([['2026-03-20', null, '电工', true], ['2025-06-01', '2026-03-19', '秩序员', false]])
  await expectRefused(here(staff.employee, { employee_id }), 'kernel.not_found')
  setClock(NOW)
  await hr(staff.voidTransfer, { employee_id, assignment_id: after.assignments[0]!.assignment_id, reason: '取消' })
  expect((await hr(staff.employee, { employee_id })).assignments.map((a) => a.voided !== null)).toEqual([true, false])
  await expectRefused(hr(staff.voidTransfer, { employee_id, assignment_id: after.assignments[1]!.assignment_id, reason: '试一试' }), 'staff.entry_stays')
})

test('the certified rate counts valid certificates only, and its figure opens the people', async () => {
  const at = (await hr(property.saveCommunity, { name: '持证小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })).community_id
  await hr(staff.setHeadcount, { post_id: org.posts.秩序员, community_id: at, from_on: TODAY, people_count: 4, basis: '定编' })
  const ids: string[] = []
  for (const name of ['有证', '过期', '无证']) ids.push((await hire(hr, org, at, { name })).employee_id)
  const cert = (employee_id: string, valid_to_on: string | null, issued_on = '2024-01-01') => hr(staff.addCert, { employee_id, kind_id: org.guard, no: 'B1', issuer: '公安局', issued_on, valid_to_on })
  await cert(ids[0]!, null)
  await cert(ids[1]!, '2026-03-04')
  const row = async () => (await hr(staff.staffing, { community_id: at })).rows.find((r) => r.post_name === '秩序员')
  expect(await row()).toMatchObject({ headcount: 4, people_count: 3, gap_count: 1, needing_count: 3, certified_count: 1, rate_bp: 3333, below: true })
  const opened = (await hr(staff.employees, { community_id: at, post_id: org.posts.秩序员, fact: 'uncertified' })).rows
  expect(opened.map((r) => [r.name, r.cert_light]).toSorted()).toEqual([['无证', 'missing'], ['过期', 'expired']])
  await cert(ids[1]!, '2029-03-04', '2026-03-01')
  await cert(ids[2]!, '2026-03-20')
  expect(await row()).toMatchObject({ certified_count: 3, rate_bp: 10_000, below: false })
  const list = await hr(staff.certs, { community_id: at })
  expect(list.counts).toEqual({ expired: 0, missing: 0, soon: 1, good: 2 })
  await expectRefused(cert(ids[2]!, '2026-03-20'), 'staff.cert_same')
  await expectRefused(cert(ids[2]!, '2023-03-20', '2024-02-02'), 'staff.cert_days')
  const { cert_id } = (await hr(staff.certs, { employee_id: ids[2]! })).rows[0]!
  await hr(staff.endCert, { employee_id: ids[2]!, cert_id: cert_id!, reason: '被注销' })
  expect(await row()).toMatchObject({ certified_count: 2, below: true })
  const { body } = (await hr(staff.staffingExcel, { community_id: at })) as unknown as { body: Buffer }
  expect((await readSheets(body, 'a.xlsx')).sheets[0]!.rows[1]!.cells.map((c) => c.text)).toEqual(['持证小区', '秩序员', '秩序', '4', '3', '1', '保安员证', '3', '2', '66.66%'])
})

test('contracts follow each other, and what is missing is found', async () => {
  const { employee_id } = await hire(hr, org, w.community_id, { name: '合同人' })
  expect((await hr(staff.employees, { fact: 'no_contract', page_size: 200 })).rows.map((r) => r.name)).toContain('合同人')
  expect((await hr(staff.employee, { employee_id })).sign_late).toBe(true)
  const sign = (kind: 'fixed' | 'open', from_on: string, to_on: string | null) => hr(staff.addContract, { employee_id, kind, from_on, to_on, signed_on: TODAY })
  const first = await sign('fixed', '2025-06-01', '2026-05-31')
  await expectRefused(sign('fixed', '2026-05-31', '2027-05-30'), 'staff.contract_overlap')
  await expectRefused(sign('fixed', '2026-06-01', null), 'staff.contract_term')
  await expectRefused(sign('open', '2026-06-01', '2027-01-01'), 'staff.contract_term')
  // 87 days ahead of its end it is not near yet; on the sixtieth it is.
  const due = async () => (await hr(staff.employees, { fact: 'contract_due', page_size: 200 })).rows.map((r) => r.name)
  expect(await due()).not.toContain('合同人')
  setClock('2026-04-01T02:00:00.000Z')
  expect(await due()).toContain('合同人')
  await sign('open', '2026-06-01', null)
  expect(await due()).not.toContain('合同人')
  setClock(NOW)
  await hr(staff.endContract, { employee_id, contract_id: first.contract_id, ended_on: '2026-03-31', reason: '协商一致' })
  await expectRefused(hr(staff.endContract, { employee_id, contract_id: first.contract_id, ended_on: '2026-03-31', reason: '再来一次' }), 'staff.contract_ended')
})

test('somebody sees the own file by the account, masked, and nobody else’s', async () => {
  const guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  expect(await guard(staff.mine, {})).toEqual({ file: null })
  const { employee_id } = await hire(hr, org, w.community_id, { name: '看自己', phone: '13811110000', account_id: guard.account_id })
  const { file } = await guard(staff.mine, {})
  expect(file).toMatchObject({ employee_id, phone_masked: '138****0000', post_name: '秩序员' })
  expect(JSON.stringify(file)).not.toContain('13811110000')
  expect(file!.certs.map((c) => [c.kind_name, c.light])).toEqual([['保安员证', 'missing']])
  await expectRefused(guard(staff.employee, { employee_id }), 'kernel.forbidden')
  await expectRefused(hire(hr, org, w.community_id, { name: '同账号', account_id: guard.account_id }), 'staff.account_taken')
  await expectRefused(hire(here, org, w.community_id, { name: '小区关联', account_id: guard.account_id }), 'staff.account_hq')
})
