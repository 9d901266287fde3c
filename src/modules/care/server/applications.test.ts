// Service requests: forms as data, steps in turn, a permit used once, never withheld for arrears.
import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney } from '../../../../tests/seed_money.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { messages } from '../../messages/contract.ts'
import { property } from '../../property/contract.ts'
import { care, type FormField, type Service } from '../contract.ts'
import { checkAnswers } from './rules/form.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let zhang: Caller
let desk: Caller
let guard: Hired
let services: Record<string, Service>
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
  desk = t.as('service')
  guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  services = Object.fromEntries((await zhang(care.services, {})).rows.map((s) => [s.name, s]))
}, 120_000)
const out = (o: Partial<{ list: string; day: string; plate: string }> = {}) => [{ key: 'f1', value: o.list ?? '沙发 1' }, { key: 'f2', value: o.day ?? '2026-12-01' }, ...(o.plate ? [{ key: 'f3', value: o.plate }] : [])]
const of = (name: string) => ({ service_id: services[name]!.service_id, version_id: services[name]!.version!.version_id, house_id: w.houses['1-1-101']! })
const moveOut = (as: Caller) => as(care.apply, { ...of('搬出放行条'), answers: out({ plate: '陕C12345' }) })
const code = async (application_id: string) => (await zhang(care.myApplication, { application_id })).permit_code!

test('applied on the phone, decided at the desk, let out at the gate once', async () => {
  await expectRefused(zhang(care.apply, { ...of('搬出放行条'), answers: [] }), 'care.field')
  expect((await expectRefused(zhang(care.apply, { ...of('搬出放行条'), answers: out({ plate: '123' }) }), 'care.field')).message).toContain('车牌号')
  const { application_id, no } = await moveOut(zhang)
  expect(no).toMatch(/^FW\d{4}-\d{6}$/)
  expect(await zhang(care.myApplication, { application_id })).toMatchObject({ state: 'deciding', step_name: '客服核对', permit_code: null, can: { cancel: true } })
  expect((await desk(messages.inbox, { page: 1 })).rows.map((m) => m.link)).toContain(`/care/applications/${application_id}`)
  expect((await desk(care.applications, { mine: true })).rows.map((r) => r.no)).toContain(no)
  await desk(care.approveApplication, { application_id })
  expect((await zhang(messages.inbox, { page: 1 })).rows.map((m) => m.link)).toContain(`/apply/${application_id}`)
  const permit_code = await code(application_id)
  expect(permit_code).toMatch(/^[2-9A-HJ-NP-Z]{12}$/)
  expect(await guard(care.checkPermit, { permit_code: permit_code.toLowerCase() })).toMatchObject({ label: '1-1-101', state: 'approved', can: { use: true }, answers: [{ zh: '物品清单', value: '沙发 1' }, { zh: '搬出日期' }, { zh: '车牌号', value: '陕C12345' }] })
  // Two gates at the same moment.
  const second = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  const got = await Promise.all([guard, second].map((g) => g(care.usePermit, { permit_code }).then(() => 'out', (e: { code: string }) => e.code)))
  expect(got.toSorted()).toEqual(['care.permit_used', 'out'])
  expect(await guard(care.checkPermit, { permit_code })).toMatchObject({ state: 'used', can: { use: 'care.permit_used' }, ended_by_name: expect.any(String) })
  expect(await desk(care.application, { application_id })).toMatchObject({ state: 'used', steps: [{ action: 'apply' }, { action: 'approve', step_name: '客服核对' }, { action: 'use' }] })
})

test('arrears are shown and never a reason', async () => {
  const seed = await t.inside(async (x) => {
    const made = await seedMoney(x, { name: '欠费小区' })
    await made.bill(x, 0, '2025-01')
    await made.bill(x, 0, '2025-02')
    return made
  })
  const debtor = await t.resident(seed.houses[0]!.phone)
  const ask = () => debtor(care.apply, { ...of('搬出放行条'), house_id: seed.houses[0]!.house_id, answers: out() })
  const { application_id } = await ask()
  expect((await desk(care.application, { application_id })).arrears).toEqual({ overdue_fen: 23_640, overdue_count: 2 })
  await expectRefused(desk(care.rejectApplication, { application_id, reason: '欠费三个月,先缴清' }), 'care.arrears_reason')
  await desk(care.rejectApplication, { application_id, reason: '物品清单不完整,请补充' })
  expect(await debtor(care.myApplication, { application_id })).toMatchObject({ state: 'rejected' })
  const again = await ask()
  await desk(care.approveApplication, again)
  expect((await debtor(care.myApplication, again)).permit_code).toMatch(/^[2-9A-HJ-NP-Z]{12}$/)
})

test('who may: others do not see it, the gate sees only by the code, a far gate not at all', async () => {
  const wang = await t.resident(PHONES.王五)
  const { application_id } = await moveOut(zhang)
  await expectRefused(wang(care.myApplication, { application_id }), 'kernel.not_found')
  await expectRefused(wang(care.cancelMyApplication, { application_id }), 'kernel.not_found')
  await expectRefused(wang(care.apply, { ...of('搬出放行条'), answers: out() }), 'kernel.not_found')
  await expectRefused(guard(care.applications, {}), 'kernel.forbidden')
  await expectRefused(guard(care.approveApplication, { application_id }), 'kernel.forbidden')
  await desk(care.approveApplication, { application_id })
  await expectRefused(desk(care.approveApplication, { application_id }), 'care.application_state')
  const { community_id } = await t.as('admin')(property.saveCommunity, { name: '另一小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  const far = await t.hire('guard', { scope_kind: 'community', scope_ids: [community_id] })
  const permit_code = await code(application_id)
  await expectRefused(far(care.checkPermit, { permit_code }), 'kernel.not_found')
  await expectRefused(far(care.usePermit, { permit_code }), 'kernel.not_found')
  await expectRefused(t.as('other_admin')(care.usePermit, { permit_code }), 'kernel.not_found')
  await expectRefused(guard(care.checkPermit, { permit_code: 'ABCDEFGHJKLM' }), 'kernel.not_found')
  await zhang(care.cancelMyApplication, { application_id })
  await expectRefused(guard(care.usePermit, { permit_code }), 'care.application_state')
})

test('a permit ends with its hours, and the clock closes it', async () => {
  const { application_id } = await moveOut(zhang)
  await desk(care.approveApplication, { application_id })
  const permit_code = await code(application_id)
  // As if it had been approved four days ago: a clock moved by days would end the sessions.
  await t.inside((x) => sql`update care.application set permit_until = permit_until - interval '96 hours' where company_id = ${x.company_id} and application_id = ${application_id}`.execute(x.db))
  await expectRefused(guard(care.usePermit, { permit_code }), 'care.permit_over')
  await runSchedule(t.app, t.app.modules.find((m) => m.name === 'care')!.schedules!.find((x) => x.name === 'care.applications')!)
  expect(await zhang(care.myApplication, { application_id })).toMatchObject({ state: 'expired' })
  await expectRefused(guard(care.usePermit, { permit_code }), 'care.permit_over')
})

test('a form of one’s own with two steps and a department; who filled in the old one is told', async () => {
  const admin = t.as('admin')
  const chief = await t.hire('steward', { scope_kind: 'community', scope_ids: [w.community_id] })
  const { department_id } = await admin(care.saveDepartment, { name: '客服二组', account_ids: [chief.account_id], sort_no: 1, retired: false })
  const today = await t.inside(async (s) => s.today)
  const { service_id } = await admin(care.saveService, { name: '充电桩安装', sort_no: 50, retired: false })
  const version = { service_id, from_on: today, intro: '', fields: [{ key: 'bay', zh: '车位号', kind: 'text' as const, options: [], needed: true, hint: '' }], steps: [{ name: '客服', department_id: null, days: 1 }, { name: '客服二组复核', department_id, days: 3 }], permit: false, permit_hours: 24, show_arrears: false }
  await expectRefused(admin(care.publishService, { ...version, fields: [...version.fields, ...version.fields] }), 'care.form_fields')
  const first = await admin(care.publishService, version)
  const { application_id } = await zhang(care.apply, { service_id, version_id: first.version_id, house_id: w.houses['1-1-101']!, answers: [{ key: 'bay', value: 'A-12' }] })
  await desk(care.approveApplication, { application_id })
  expect(await desk(care.application, { application_id })).toMatchObject({ state: 'deciding', step_name: '客服二组复核', department_name: '客服二组', arrears: null, can: { approve: 'kernel.forbidden' } })
  await expectRefused(desk(care.approveApplication, { application_id }), 'kernel.not_found')
  await chief(care.approveApplication, { application_id })
  await desk(care.finishApplication, { application_id, note: '已安装' })
  expect(await zhang(care.myApplication, { application_id })).toMatchObject({ state: 'done' })
  const second = await admin(care.publishService, { ...version, intro: '改了' })
  expect(second.version_no).toBe(2)
  await expectRefused(zhang(care.apply, { service_id, version_id: first.version_id, house_id: w.houses['1-1-101']!, answers: [{ key: 'bay', value: 'A-13' }] }), 'care.form_changed')
  // By the desk for somebody.
  const made = await desk(care.createApplication, { ...of('钥匙领取'), applicant_name: '李四', answers: [{ key: 'f1', value: '单元门' }, { key: 'f2', value: '2' }, { key: 'f3', value: '李四' }] })
  expect(await desk(care.application, { application_id: made.application_id })).toMatchObject({ source: 'desk', applicant_name: '李四', state: 'deciding' })
})

test('what is filled in fits its form, whatever is sent', () => {
  const fields: FormField[] = [{ key: 'a', zh: '种类', kind: 'choice', options: ['甲', '乙'], needed: true, hint: '' }, { key: 'b', zh: '日期', kind: 'day', options: [], needed: false, hint: '' }, { key: 'c', zh: '数量', kind: 'number', options: [], needed: false, hint: '' }]
  fc.assert(fc.property(fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'x'), value: fc.oneof(fc.constantFrom('甲', '乙', '2026-02-28', '2026-02-30', '3', ''), fc.string({ maxLength: 8 })) }), { maxLength: 5 }), (answers) => {
    const r = checkAnswers(fields, answers, 0)
    if ('wrong' in r) return
    expect(['甲', '乙']).toContain(r.filled['a'])
    if (r.filled['b'] !== undefined) expect(new Date(`${r.filled['b']}T00:00:00Z`).toISOString().slice(0, 10)).toBe(r.filled['b'])
    if (r.filled['c'] !== undefined) expect(r.filled['c']).toMatch(/^\d{1,6}(\.\d{1,2})?$/)
    expect(Object.keys(r.filled).every((k) => fields.some((f) => f.key === k))).toBe(true)
  }))
})
