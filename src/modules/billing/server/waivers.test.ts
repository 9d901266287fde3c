// Waivers, write-offs and vacancy discounts over the road; after each the books are swept: bills = lines = ledger.
import { beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { compare } from '../../../../tests/excel_kit.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { Refused } from '../../../kernel/client.ts'
import { ledger } from '../../ledger/contract.ts'
import { system } from '../../system/contract.ts'
import { billing } from '../contract.ts'
import { applyPayment } from './index.ts'

let t: TestApp
let w: TinyWorld
let fee: string
const H = (label: string) => w.houses[label]!
async function charge(period: string, house?: string) {
  const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: [fee], ...(house ? { house_id: H(house) } : {}) })
  return { ...run, ...(await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })) }
}
const openOf = async (house: string) => (await t.as('finance')(billing.houseBills, { house_id: H(house) })).rows
const keysOf = (rows: readonly { bill_id: string; period_on: string }[]) => rows.map(({ bill_id, period_on }) => ({ bill_id, period_on }))
async function clean() {
  const s = await t.as('finance')(billing.sweep, {})
  expect(s.checks.filter((c) => !c.ok)).toEqual([])
}
const decide = (as: Caller, approval_id: string, decision: 'agree' | 'refuse' = 'agree') => as(system.decideApproval, { approval_id, decision, step_no: 1, ...(decision === 'refuse' ? { note: '依据不足' } : {}) })
const balance = async (code: string) => (await t.as('finance')(ledger.trialBalance, { from_on: '2026-01-01', to_on: '2027-01-01' })).rows.find((r) => r.code === code)?.closing_fen ?? 0

beforeAll(async () => {
  setClock('2026-06-14T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  fee = (await t.as('finance')(billing.saveFeeItem, { community_id: w.community_id, code: 'FEE', name: '物业费', shape: 'area', area_kind: 'built', meter_kind: null, unit_name: '元/㎡·月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30 })).fee_item_id
  await t.as('finance')(billing.publishPrice, { fee_item_id: fee, house_kind: null, unit_price: '1.2', from_on: '2025-01-01', basis: '前期物业服务合同' })
  for (const m of ['2026-03', '2026-04', '2026-05']) await charge(m)
})

describe('a waiver', () => {
  it('is asked by one, decided by another, explained at the bill, and taken back whole', async () => {
    const before = await openOf('1-1-101')
    expect(before.map((b) => b.open_fen)).toEqual([11820, 11820, 11820])
    const what = { house_id: H('1-1-101'), kind: 'waiver' as const, how: 'percent' as const, percent_bp: 3333 }
    const seen = await t.as('cashier')(billing.previewWaiver, what)
    // 33.33 % of 354.60 is 118.19, not three times 39.40.
    expect([seen.amount_fen, seen.lines.map((l) => l.amount_fen)]).toEqual([11819, [3940, 3940, 3939]])
    await expectRefused(t.as('cashier')(billing.askWaiver, { ...what, amount_fen: 11820, reason: '楼道施工影响' }), 'billing.waiver_changed')
    const { waiver_id, approval_id } = await t.as('cashier')(billing.askWaiver, { ...what, amount_fen: 11819, reason: '楼道施工影响' })
    expect((await openOf('1-1-101')).map((b) => b.open_fen)).toEqual([11820, 11820, 11820])
    await expectRefused(decide(t.as('cashier'), approval_id), 'system.approval_own')
    await expectRefused(decide(t.as('service'), approval_id), 'kernel.not_found')
    expect((await t.as('finance')(system.approval, { approval_id })).facts).toContainEqual({ label: '方式', value: '按未收的 33.33%' })
    await decide(t.as('finance'), approval_id)
    const after = await openOf('1-1-101')
    expect(after.map((b) => [b.reduced_fen, b.open_fen])).toEqual([[3940, 7880], [3940, 7880], [3939, 7881]])
    const bill = await t.as('finance')(billing.bill, { bill_id: after[0]!.bill_id })
    expect(bill.reductions).toMatchObject([{ kind: 'waiver', amount_fen: 3940, explanation: '减免 33.33%:楼道施工影响', waiver_id }])
    expect(bill.postings.map((p) => [p.account_code, p.kind, p.amount_fen])).toContainEqual(['1122', 'waiver', -11819])
    const me = await t.resident(PHONES['张三'])
    expect((await me(billing.myBill, { bill_id: bill.bill_id })).reductions[0]).toMatchObject({ amount_fen: 3940 })
    await clean()
    await t.as('finance')(billing.reverseWaiver, { waiver_id, reason: '登记错户' })
    expect((await openOf('1-1-101')).map((b) => b.open_fen)).toEqual([11820, 11820, 11820])
    expect((await t.as('finance')(billing.bill, { bill_id: bill.bill_id })).reductions.map((r) => r.amount_fen)).toEqual([-3940, 3940])
    await expectRefused(t.as('finance')(billing.reverseWaiver, { waiver_id, reason: '再撤一次' }), 'billing.waiver_not_done')
    await clean()
  })

  it('is not carried out over what was paid meanwhile; refused and withdrawn ones leave the bills alone', async () => {
    const [b] = await openOf('1-1-102')
    const ask = () => t.as('service')(billing.askWaiver, { bills: keysOf([b!]), kind: 'waiver', how: 'whole', amount_fen: b!.open_fen, reason: '重复收费更正' })
    const first = await ask()
    await t.inside((s) => applyPayment(s, [{ bill_id: b!.bill_id, period_on: b!.period_on, amount_fen: 100 }], 1))
    const refusal = await expectRefused(decide(t.as('finance'), first.approval_id), 'billing.waiver_too_much')
    expect(refusal.message).toContain('2026-03 物业费')
    expect((await t.as('finance')(system.approval, { approval_id: first.approval_id })).state).toBe('asked')
    await decide(t.as('finance'), first.approval_id, 'refuse')
    expect((await t.as('finance')(billing.waiver, { waiver_id: first.waiver_id })).state).toBe('refused')
    await t.inside((s) => applyPayment(s, [{ bill_id: b!.bill_id, period_on: b!.period_on, amount_fen: 100 }], -1))
    const second = await ask()
    await t.as('service')(system.withdrawApproval, { approval_id: second.approval_id, reason: '不用了' })
    expect((await t.as('finance')(billing.waiver, { waiver_id: second.waiver_id })).state).toBe('withdrawn')
    expect((await openOf('1-1-102'))[0]).toMatchObject({ open_fen: b!.open_fen, reduced_fen: 0 })
    await clean()
  })

  it('two requests for one bill decided at once: the bill gives only what it owes', async () => {
    const [b] = await openOf('1-1-201')
    const ask = async () => (await t.as('cashier')(billing.askWaiver, { bills: keysOf([b!]), kind: 'waiver', how: 'percent', percent_bp: 7000, amount_fen: 8274, reason: '质量赔付' })).approval_id
    const [x, y] = [await ask(), await ask()]
    const done = await Promise.allSettled([decide(t.as('finance'), x), decide(t.as('finance2'), y)])
    expect(done.map((d) => d.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((done.find((d) => d.status === 'rejected')!.reason as Refused).code).toBe('billing.waiver_too_much')
    expect((await openOf('1-1-201'))[0]).toMatchObject({ reduced_fen: 8274, open_fen: 11820 - 8274 })
    await clean()
  })

  it('names what is wrong with a request, and keeps companies apart', async () => {
    const [b] = await openOf('1-1-101')
    const base = { bills: keysOf([b!]), kind: 'waiver' as const }
    await expectRefused(t.as('cashier')(billing.previewWaiver, { ...base, how: 'sum', sum_fen: 999_999 }), 'billing.waiver_too_much')
    await expectRefused(t.as('cashier')(billing.previewWaiver, { ...base, how: 'percent' }), 'billing.waiver_how')
    await expectRefused(t.as('cashier')(billing.previewWaiver, { kind: 'waiver', how: 'whole' }), 'billing.waiver_nothing')
    await expectRefused(t.as('other_admin')(billing.previewWaiver, { ...base, how: 'whole' }), 'billing.waiver_nothing')
    await expectRefused(t.as('reader')(billing.previewWaiver, { ...base, how: 'whole' }), 'kernel.forbidden')
    const far = await t.hire('cashier', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
    await expectRefused(far(billing.previewWaiver, { ...base, how: 'whole' }), 'billing.waiver_nothing')
    expect((await far(billing.waivers, {})).total).toBe(0)
    const all = await t.as('finance')(billing.waivers, {})
    expect(all.total).toBe(5)
  })
})

describe('a write-off', () => {
  it('is a loss of its own account, and a void of the bill brings it back from there', async () => {
    const [b] = await openOf('2-1-101')
    const { approval_id } = await t.as('cashier')(billing.askWaiver, { bills: keysOf([b!]), kind: 'write_off', how: 'whole', amount_fen: b!.open_fen, reason: '原业主失联,诉讼时效已过' })
    await decide(t.as('finance'), approval_id)
    expect(await balance('6711')).toBe(b!.open_fen)
    await clean()
    await t.as('finance')(billing.voidBill, { bill_id: b!.bill_id, reason: '面积有误' })
    expect(await balance('6711')).toBe(0)
    await clean()
  })
})

describe('a vacancy discount', () => {
  it('has proof and dates, is decided by another, and is taken off by the charge run day by day', async () => {
    const rule = await t.as('finance')(billing.saveDiscountRule, { community_id: w.community_id, name: '空置房折扣', fee_item_ids: [fee], pay_bp: 7000, from_on: '2026-01-01', basis: '物业服务合同第 12 条' })
    await expectRefused(t.as('service')(billing.askHouseDiscount, { house_id: H('1-1-202'), rule_id: rule.rule_id, from_on: '2025-12-01', proof: '水电表无走数' }), 'billing.discount_outside')
    const whole = await t.as('service')(billing.askHouseDiscount, { house_id: H('1-1-101'), rule_id: rule.rule_id, from_on: '2026-06-01', proof: '现场查验,水电表无走数' })
    const part = await t.as('service')(billing.askHouseDiscount, { house_id: H('1-1-102'), rule_id: rule.rule_id, from_on: '2026-06-16', to_on: '2026-12-31', proof: '现场查验,水电表无走数' })
    await expectRefused(t.as('service')(billing.askHouseDiscount, { house_id: H('1-1-101'), rule_id: rule.rule_id, from_on: '2026-07-01', proof: '再申请一次' }), 'billing.discount_overlap')
    const draft = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-06', fee_item_ids: [fee] })
    expect(draft.preview.discount_fen).toBe(0)
    await decide(t.as('finance'), whole.approval_id)
    // The discount came after the preview: what would be published is not what was seen.
    await expectRefused(t.as('finance')(billing.publishRun, { run_id: draft.run_id, input_hash: draft.input_hash }), 'billing.preview_stale')
    await decide(t.as('finance'), part.approval_id)
    const again = await t.as('cashier')(billing.previewRun, { run_id: draft.run_id })
    // 118.20 × 30 % = 35.46; 1-1-102 of 76.20 m²: 91.44 × 30 % × 15/30 = 13.716 → 13.72
    expect([again.preview.discount_count, again.preview.discount_fen]).toEqual([2, 3546 + 1372])
    await t.as('finance')(billing.publishRun, { run_id: draft.run_id, input_hash: again.input_hash })
    const of = async (h: string) => (await t.as('finance')(billing.bills, { house_id: H(h), period_from: '2026-06' })).rows[0]!
    expect(await of('1-1-101')).toMatchObject({ amount_fen: 11820, reduced_fen: 3546, open_fen: 8274 })
    expect(await of('1-1-102')).toMatchObject({ amount_fen: 9144, reduced_fen: 1372 })
    expect((await t.as('finance')(billing.bill, { bill_id: (await of('1-1-102')).bill_id })).reductions[0]).toMatchObject({ kind: 'vacancy', explanation: '空置房折扣,按 70% 缴纳,15/30 天' })
    expect((await t.as('finance')(billing.houseDiscounts, { house_id: H('1-1-101') })).rows[0]).toMatchObject({ state: 'active', reduced_fen: 3546, can: { end: true } })
    const me = await t.resident(PHONES['张三'])
    expect((await me(billing.myDiscounts, { house_id: H('1-1-101') })).rows).toMatchObject([{ name: '空置房折扣', pay_bp: 7000, state: 'active' }])
    await clean()
    // Voided and billed again: the discount is taken off again, once.
    await t.as('finance')(billing.voidBill, { bill_id: (await of('1-1-101')).bill_id, reason: '重出' })
    await clean()
    await t.as('service')(billing.endHouseDiscount, { discount_id: (await t.as('finance')(billing.houseDiscounts, { house_id: H('1-1-101') })).rows[0]!.discount_id, to_on: '2026-06-11', reason: '已入住' })
    await charge('2026-06', '1-1-101')
    // 118.20 × 30 % × 10/30 = 11.82
    expect(await of('1-1-101')).toMatchObject({ reduced_fen: 1182 })
    const finance = t.as('finance')
    expect(await compare((call, input) => finance(call as never, input as never) as Promise<unknown>, { name: 'billing.houseDiscountsExcel', read: billing.houseDiscounts, excel: billing.houseDiscountsExcel }, {})).toMatchObject({ rows: 2, strange: [], numbers: 1 })
    await clean()
  })
})
