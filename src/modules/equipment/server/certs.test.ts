// Statutory files as named people: a lift certificate that runs out, told at each step and each day after; evidence; history; what ought to be there and is
// not; water against limits and to the residents; who is out of sight.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, rid, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { addDays, setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { messages } from '../../messages/contract.ts'
import { property } from '../../property/contract.ts'
import { equipment } from '../contract.ts'
import { WATER_LIMITS } from './cert_config.ts'
import { judgeWater } from './water.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let boss: Hired
let man: Hired
let manager: Hired
let far: Hired
let admin: Caller
let lift: string
let tank: string
let kinds: Record<string, string>
const NONE = { install: null, repair: null, replace: null }
const DAY0 = '2026-01-10'
const at = (day: string): void => setClock(`${day}T01:00:00Z`)

beforeAll(async () => {
  at(DAY0)
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  boss = await t.hire('foreman', here)
  man = await t.hire('repairer', here)
  manager = await t.hire('manager', here)
  const { community_id: other } = await admin(property.saveCommunity, { name: '别处', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  far = await t.hire('foreman', { scope_kind: 'community', scope_ids: [other] })
  const categories = Object.fromEntries((await boss(equipment.categories, {})).rows.map((k) => [k.code, k.category_id]))
  const device = (code: string, name: string, keeper_id: string | null) => boss(equipment.saveDevice, { community_id: w.community_id, category_id: categories[code]!, name, place: '1栋1单元', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on: null, warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, standards: NONE, note: null })
  lift = (await device('KTT', '1号梯', man.account_id)).equipment_id
  tank = (await device('SHX', '东区水箱', null)).equipment_id
  kinds = Object.fromEntries((await boss(equipment.certKinds, {})).rows.map((k) => [k.code, k.kind_id]))
}, 180_000)
beforeEach(() => t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`))

const fileBy = async (account_id: string): Promise<string> => {
  const file_id = someId()
  await t.inside((s) => sql`insert into kernel.file (company_id, file_id, sha256, name, type, size_bytes, purpose, created_by, created_at, expires_at) values (${s.company_id}, ${file_id}, ${'a'.repeat(64)}, '检验报告.pdf', 'application/pdf', 10, 'proof', ${account_id}, ${s.now}, ${s.now})`.execute(s.db))
  return file_id
}
const cert = async (o: { kind: string; equipment_id?: string | null; valid_from_on: string; valid_to_on?: string; result?: 'pass' | 'fail'; files?: string[]; account_id?: string; holder?: string }) =>
  boss(equipment.saveCert, { request_id: rid(), kind_id: kinds[o.kind]!, community_id: w.community_id, equipment_id: o.equipment_id ?? null, account_id: o.account_id ?? null, holder: o.holder ?? null, no: 'TJ-001', issuer: '宝鸡市特检院', result: o.result ?? 'pass', valid_from_on: o.valid_from_on, ...(o.valid_to_on ? { valid_to_on: o.valid_to_on } : {}), note: null, file_ids: o.files ?? [await fileBy(boss.account_id)] })
const tick = (): Promise<void> => runSchedule(t.app, t.app.modules.find((m) => m.name === 'equipment')!.schedules!.find((s) => s.name === 'equipment.certs')!)
const told = async (who: Caller): Promise<string[]> => (await who(messages.inbox, { page_size: 100 })).rows.filter((m) => m.title.startsWith('电梯定期检验')).map((m) => m.title).toReversed()

test('what ought to be there and is not stands first on the board', async () => {
  at(DAY0)
  const board = await boss(equipment.certBoard, { page_size: 50 })
  expect(board.rows.map((r) => [r.light, r.kind_name, r.about]).toSorted()).toEqual([['missing', '二次供水卫生许可', '花园小区'], ['missing', '二次供水水质检测', '花园小区'], ['missing', '水箱清洗消毒', 'SHX-0001 东区水箱'], ['missing', '电梯半月维保', 'KTT-0001 1号梯'], ['missing', '电梯定期检验', 'KTT-0001 1号梯']])
  expect(board.counts).toEqual({ missing: 5, expired: 0, near: 0, soon: 0, good: 0 })
  expect((await far(equipment.certBoard, {})).total).toBe(0)
})

test('a lift certificate that runs out: told at 90, 60, 30 and 7 days, then every day and higher up; the lift must stand still; a new one ends it', async () => {
  at(DAY0)
  await expectRefused(cert({ kind: 'lift_inspect', equipment_id: lift, valid_from_on: DAY0, files: [] }), 'equipment.evidence_needed')
  await expectRefused(cert({ kind: 'lift_inspect', equipment_id: lift, valid_from_on: '2026-01-11' }), 'equipment.day_future')
  await expectRefused(cert({ kind: 'lift_inspect', valid_from_on: DAY0 }), 'equipment.cert_subject')
  const { valid_to_on } = await cert({ kind: 'lift_inspect', equipment_id: lift, valid_from_on: DAY0 })
  expect(valid_to_on).toBe('2027-01-09')
  for (let left = 364; left >= 0; left -= left > 95 ? 30 : 1) {
    at(addDays(valid_to_on, -left))
    await tick()
    await tick()
  }
  // Each step once, on the day it begins; the keeper of the device and whoever registers certificates there hear it.
  const steps = ['电梯定期检验还有 90 天到期', '电梯定期检验还有 60 天到期', '电梯定期检验还有 30 天到期', '电梯定期检验还有 7 天到期']
  expect(await told(boss)).toEqual(steps)
  expect(await told(man)).toEqual(steps)
  expect((await boss(equipment.device, { equipment_id: lift })).must_stop).toBe(false)

  for (const n of [1, 2, 3]) {
    at(addDays(valid_to_on, n))
    await tick()
    await tick()
  }
  expect((await told(boss)).slice(4)).toEqual(['电梯定期检验已过期 1 天', '电梯定期检验已过期 2 天', '电梯定期检验已过期 3 天'])
  expect((await told(manager)).slice(-3)).toEqual(['电梯定期检验已过期 1 天', '电梯定期检验已过期 2 天', '电梯定期检验已过期 3 天'])
  // Shown everywhere: file, list, phone, board.
  expect((await boss(equipment.device, { equipment_id: lift })).must_stop).toBe(true)
  expect((await boss(equipment.devices, { must_stop: true })).rows.map((d) => d.no)).toEqual(['KTT-0001'])
  const card = await man(equipment.deviceCard, { equipment_id: lift })
  expect([card.must_stop, card.certs.find((c) => c.kind_name === '电梯定期检验')?.light]).toEqual([true, 'expired'])
  expect((await man(equipment.carried, {})).rows.find((d) => d.no === 'KTT-0001')?.must_stop).toBe(true)
  expect((await boss(equipment.certBoard, {})).rows[0]).toMatchObject({ light: 'expired', days_left: -3, stops: true })

  const renewed = await cert({ kind: 'lift_inspect', equipment_id: lift, valid_from_on: addDays(valid_to_on, 3) })
  expect((await boss(equipment.device, { equipment_id: lift })).must_stop).toBe(false)
  at(addDays(valid_to_on, 4))
  await tick()
  expect(await told(boss)).toHaveLength(7)
  const history = (await boss(equipment.certHistory, { kind_id: kinds['lift_inspect']!, community_id: w.community_id, equipment_id: lift, account_id: null, holder: null })).rows
  expect(history.map((h) => [h.cert_id === renewed.cert_id, h.told.map((x) => x.step)])).toEqual([[true, []], [false, ['90', '60', '30', '7', 'over 2027-01-10', 'over 2027-01-11', 'over 2027-01-12']]])
  // One that failed stops it at once, though the one before would still be valid; ended with a reason it does not.
  const failed = await cert({ kind: 'lift_inspect', equipment_id: lift, valid_from_on: addDays(valid_to_on, 4), result: 'fail' })
  expect((await boss(equipment.device, { equipment_id: lift })).must_stop).toBe(true)
  await expectRefused(far(equipment.endCert, { cert_id: failed.cert_id, reason: '伸手' }), 'kernel.not_found')
  await boss(equipment.endCert, { cert_id: failed.cert_id, reason: '登错设备' })
  await expectRefused(boss(equipment.endCert, { cert_id: failed.cert_id, reason: '再来' }), 'equipment.cert_ended')
  expect((await boss(equipment.device, { equipment_id: lift })).must_stop).toBe(false)
})

test('fifteen days of a lift have their own ladder; people and communities are subjects too', async () => {
  at('2027-02-01')
  expect((await cert({ kind: 'lift_upkeep', equipment_id: lift, valid_from_on: '2027-02-01' })).valid_to_on).toBe('2027-02-16')
  const light = async (kind: string) => (await boss(equipment.certBoard, { kind_id: kinds[kind]! })).rows[0]!.light
  expect(await light('lift_upkeep')).toBe('good')
  at('2027-02-13')
  expect(await light('lift_upkeep')).toBe('near')
  await expectRefused(cert({ kind: 'person_low', valid_from_on: '2027-02-01' }), 'equipment.cert_subject')
  await cert({ kind: 'person_low', account_id: man.account_id, valid_from_on: '2024-02-29', valid_to_on: '2027-02-28' })
  await cert({ kind: 'person_low', holder: '外聘 王工', valid_from_on: '2027-02-01' })
  expect((await boss(equipment.certBoard, { subject: 'person' })).rows.map((r) => [r.light, r.valid_to_on])).toEqual([['near', '2027-02-28'], ['good', '2030-01-31']])
  await expectRefused(man(equipment.saveCert, { kind_id: kinds['person_low']!, community_id: w.community_id, equipment_id: null, account_id: null, holder: '我', no: null, issuer: 'x', result: 'pass', valid_from_on: '2027-02-01', note: null, file_ids: [] }), 'kernel.forbidden')
})

test('rules change from a day on and do not touch what is registered', async () => {
  at('2027-02-13')
  const kind_id = kinds['tank_clean']!
  const rule = { kind_id, period_n: 3, period_unit: 'month' as const, law: '省二次供水办法', evidence: null, stops: false, ladder: null }
  await expectRefused(admin(equipment.publishCertRule, { ...rule, from_on: '2027-02-12' }), 'equipment.from_past')
  await expectRefused(boss(equipment.publishCertRule, { ...rule, from_on: '2027-03-01' }), 'kernel.not_found')
  await admin(equipment.publishCertRule, { ...rule, from_on: '2027-03-01' })
  expect((await cert({ kind: 'tank_clean', equipment_id: tank, valid_from_on: '2027-02-10' })).valid_to_on).toBe('2027-08-09')
  at('2027-03-01')
  expect((await cert({ kind: 'tank_clean', equipment_id: tank, valid_from_on: '2027-03-01', files: [] })).valid_to_on).toBe('2027-05-31')
  const { rows, policy } = await boss(equipment.certKinds, {})
  expect([rows.find((k) => k.kind_id === kind_id)!.rule.period_n, policy.ladder]).toEqual([3, [90, 60, 30, 7]])
})

test('water is judged by the limits of the day and reaches the residents of the community when it is posted', async () => {
  at('2027-03-02')
  const limit = (name: string) => WATER_LIMITS.items.find((i) => i.name === name)!
  expect([judgeWater(limit('浑浊度'), '1'), judgeWater(limit('浑浊度'), '1.01'), judgeWater(limit('游离余氯'), '0.04'), judgeWater(limit('游离余氯'), '<0.05'), judgeWater(limit('总大肠菌群'), '未检出'), judgeWater(limit('总大肠菌群'), '2'), judgeWater(limit('pH'), '高')]).toEqual([true, false, false, true, true, false, undefined])
  const save = (values: { name: string; value: string }[], sampled_on = '2027-03-01') => boss(equipment.saveWaterTest, { request_id: rid(), community_id: w.community_id, equipment_id: tank, sampled_on, place: '水箱出水', lab: '眉县疾控中心', report_no: 'W-1', values, file_id: null, note: null })
  await expectRefused(save([]), 'equipment.no_values')
  await expectRefused(save([{ name: 'pH', value: '高' }]), 'equipment.value_wrong')
  const bad = await save([{ name: '浑浊度', value: '3' }, { name: 'pH', value: '7.2' }])
  const good = await save([{ name: '浑浊度', value: '0.4' }, { name: '总大肠菌群', value: '不得检出' }], '2027-03-02')
  expect([bad.passed, good.passed]).toEqual([false, true])
  const resident = await t.resident(PHONES.张三)
  expect((await resident(equipment.myWater, {})).rows).toEqual([])
  await boss(equipment.publishWaterTest, { test_id: good.test_id })
  await expectRefused(boss(equipment.publishWaterTest, { test_id: good.test_id }), 'equipment.water_published')
  expect((await resident(equipment.myWater, {})).rows).toMatchObject([{ community_name: '花园小区', passed: true, lab: '眉县疾控中心', cleaned_on: '2027-03-01', results: [{ name: '浑浊度', value: '0.4', high: '1', ok: true }, { name: '总大肠菌群', ok: true }] }])
  await boss(equipment.withdrawWaterTest, { test_id: good.test_id, reason: '报告有误' })
  expect((await resident(equipment.myWater, {})).rows).toEqual([])
  await expectRefused(far(equipment.publishWaterTest, { test_id: good.test_id }), 'kernel.not_found')
})
