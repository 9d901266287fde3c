// Late fees over the road with a moving clock: payments in parts, charging, charging again, races, the books after each.
import { beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { payment } from '../../payment/contract.ts'
import { system } from '../../system/contract.ts'
import { billing } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let fee: string
const H = (label: string) => w.houses[label]!
const on = (day: string) => setClock(`${day}T02:00:00Z`)
const late = (house: string) => t.as('cashier')(billing.lateFees, { house_id: H(house) })
async function charge(period: string) {
  const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: [fee] })
  await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
}
async function pay(house: string, amount_fen: number, which: (b: { fee_item_name: string }) => boolean = () => true) {
  const { rows } = await t.as('cashier')(billing.houseBills, { house_id: H(house) })
  const b = rows.find(which)!
  return t.as('cashier')(payment.takePayment, { house_id: H(house), lines: [{ bill_id: b.bill_id, period_on: b.period_on, amount_fen }], tenders: [{ method: 'transfer', amount_fen }], prepay_fen: 0, change_fen: 0 })
}
async function clean() {
  expect((await t.as('finance')(billing.sweep, {})).checks.filter((c) => !c.ok)).toEqual([])
}

beforeAll(async () => {
  on('2026-03-01')
  t = await testApp()
  w = await tinyWorld(t)
  fee = (await t.as('finance')(billing.saveFeeItem, { community_id: w.community_id, code: 'FEE', name: '物业费', shape: 'area', area_kind: 'built', meter_kind: null, unit_name: '元/㎡·月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30 })).fee_item_id
  await t.as('finance')(billing.publishPrice, { fee_item_id: fee, house_kind: null, unit_price: '1.2', from_on: '2025-01-01', basis: '合同' })
  await charge('2026-03')
  // The clock walks through months; the sessions of the test must last as long.
  await t.app.d.pool.query(`update identity.session set expires_at = '2099-01-01'`)
})

it('without a rule there is no fee; with one it follows the payments day by day', async () => {
  on('2026-05-15')
  expect((await late('1-1-101')).rows).toEqual([])
  await expectRefused(t.as('finance')(billing.saveLateRule, { community_id: w.community_id, fee_item_ids: [fee], daily_rate: '0.0005', grace_days: 0, counts_from: 'grace', lpr_rate: '0.03', shift: false, from_on: '2025-01-01', basis: '合同第九条' }), 'billing.late_lpr')
  await t.as('finance')(billing.saveLateRule, { community_id: w.community_id, fee_item_ids: [fee], daily_rate: '0.0005', grace_days: 0, counts_from: 'grace', cap_bp: 3000, shift: false, from_on: '2025-01-01', basis: '合同第九条' })
  expect((await late('1-1-101')).rows).toMatchObject([{ fee_fen: 266, rest_fen: 266, open_fen: 11820, explanation: '2026-04-01 至 2026-05-15 本金 118.20 元 × 45 天 × 日 0.05% = 2.66 元' }])
  on('2026-04-15')
  const paid = await pay('1-1-101', 10_000)
  on('2026-05-15')
  // 15 days on 118.20, 30 days on 18.20
  expect((await late('1-1-101')).rows).toMatchObject([{ fee_fen: 116, open_fen: 1820 }])
  // A payment taken back is as if it had never been.
  const { reversal_id } = await t.as('cashier')(payment.askReversal, { payment_id: paid.payment_id, reason: '转账退回' })
  await t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' })
  expect((await late('1-1-101')).rest_fen).toBe(266)
  const me = await t.resident(PHONES['张三'])
  expect((await me(billing.myLateFees, { house_id: H('1-1-101') })).rows).toMatchObject([{ rest_fen: 266 }])
  await expectRefused(me(billing.myLateFees, { house_id: H('2-1-101') }), 'kernel.not_found')
  await expectRefused(t.as('other_admin')(billing.lateFees, { house_id: H('1-1-101') }), 'kernel.not_found')
  await clean()
})

it('becomes a bill of its own once, is paid and waived like any other, and goes on counting', async () => {
  on('2026-05-15')
  const two = await Promise.allSettled([1, 2].map(() => t.as('cashier')(billing.billLateFees, { house_id: H('1-1-101') })))
  expect(two.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  await expectRefused(t.as('cashier')(billing.billLateFees, { house_id: H('1-1-101') }), 'billing.late_nothing')
  const bill = (await t.as('finance')(billing.houseBills, { house_id: H('1-1-101') })).rows.find((b) => b.fee_item_name === '违约金')!
  expect(bill).toMatchObject({ amount_fen: 266, open_fen: 266, payer_name: '张三', explanation: '2026-03 物业费违约金:2026-04-01 至 2026-05-15 本金 118.20 元 × 45 天 × 日 0.05% = 2.66 元' })
  expect((await late('1-1-101')).rows).toMatchObject([{ fee_fen: 266, billed_fen: 266, rest_fen: 0 }])
  await clean()
  on('2026-05-25')
  // 55 days: 3.2505 in all, 2.66 billed: the difference, not a second rounding of ten days.
  expect((await late('1-1-101')).rows).toMatchObject([{ fee_fen: 325, rest_fen: 59 }])
  const detail = await t.as('cashier')(payment.desk, { house_id: H('1-1-101') })
  expect(detail.lines.find((l) => l.bill_id === bill.bill_id)!.explanation).toContain('违约金')
  await pay('1-1-101', 100, (b) => b.fee_item_name === '违约金')
  const waived = await t.as('cashier')(billing.askWaiver, { bills: [{ bill_id: bill.bill_id, period_on: bill.period_on }], kind: 'waiver', how: 'whole', amount_fen: 166, reason: '首次逾期,减免违约金' })
  await t.as('finance')(system.decideApproval, { approval_id: waived.approval_id, decision: 'agree', step_no: 1 })
  // A late fee bears none, paid late or not.
  on('2027-06-01')
  expect((await late('1-1-101')).rows).toHaveLength(1)
  expect((await late('1-1-101')).rows[0]).toMatchObject({ billed_fen: 266 })
  on('2028-06-01')
  // Capped at 30 % of 118.20.
  expect((await late('1-1-101')).rows[0]).toMatchObject({ fee_fen: 3546, rest_fen: 3280 })
  await clean()
})

it('a voided late fee may be charged again, and paying the principal stops the clock', async () => {
  on('2026-05-15')
  await t.as('cashier')(billing.billLateFees, { house_id: H('1-1-102') })
  const bill = (await t.as('finance')(billing.houseBills, { house_id: H('1-1-102') })).rows.find((b) => b.fee_item_name === '违约金')!
  // The first of two is void: the next has a number of its own.
  on('2026-05-20')
  await t.as('cashier')(billing.billLateFees, { house_id: H('1-1-102') })
  await t.as('finance')(billing.voidBill, { bill_id: bill.bill_id, reason: '规则有误' })
  on('2026-05-21')
  await t.as('cashier')(billing.billLateFees, { house_id: H('1-1-102') })
  const live = (await t.as('finance')(billing.houseBills, { house_id: H('1-1-102') })).rows.filter((b) => b.fee_item_name === '违约金' && b.state !== 'void')
  expect(live).toHaveLength(2)
  // Two parts of one late fee are no copies of each other; the void one is the first one's that was issued again.
  const principal = (await t.as('finance')(billing.houseBills, { house_id: H('1-1-102') })).rows.find((b) => b.fee_item_name !== '违约金')!
  for (const b of live) expect(await t.as('finance')(billing.bill, { bill_id: b.bill_id })).toMatchObject({ late_of: { bill_id: principal.bill_id }, siblings: [{ bill_id: bill.bill_id, voided: true }].slice(0, b.from_on < '2026-05-16' ? 1 : 0) })
  expect((await late('1-1-102')).rows).toMatchObject([{ rest_fen: 0 }])
  for (const b of live) await t.as('finance')(billing.voidBill, { bill_id: b.bill_id, reason: '规则有误' })
  on('2026-05-15')
  await clean()
  await pay('1-1-102', 9144)
  on('2026-07-01')
  expect((await late('1-1-102')).rows).toMatchObject([{ open_fen: 0, rest_fen: 206 }])
  await t.as('cashier')(billing.billLateFees, { house_id: H('1-1-102') })
  await clean()
})

it('late fees of two bills charged on one day are no copies of each other', async () => {
  on('2026-07-02')
  await charge('2026-05')
  await charge('2026-06')
  on('2026-09-01')
  await t.as('cashier')(billing.billLateFees, { house_id: H('1-1-102') })
  const fees = (await t.as('finance')(billing.houseBills, { house_id: H('1-1-102') })).rows.filter((b) => b.fee_item_name === '违约金' && b.state !== 'void' && b.period === '2026-09')
  expect(fees).toHaveLength(2)
  for (const b of fees) expect((await t.as('finance')(billing.bill, { bill_id: b.bill_id })).siblings).toEqual([])
})

it('a rule says whether the day of payment counts, and may be tried before it is saved', async () => {
  on('2026-04-03')
  const rule = { community_id: w.community_id, fee_item_ids: [fee], daily_rate: '0.001', grace_days: 0, counts_from: 'grace' as const, shift: false, from_on: '2026-03-01', basis: '合同补充协议' }
  const tried = await t.as('finance')(billing.tryLateRule, { ...rule, paid_day: 'free' })
  // Until 30 days from its first day, or today when that is later: 1 to 3 April of each open bill.
  expect([tried.as_of, tried.bill_count > 3, tried.capped, tried.after_fen > tried.before_fen]).toEqual(['2026-04-03', true, false, true])
  const one = tried.rows.find((r) => r.house_label === '1-1-201')!
  expect(one).toMatchObject({ open_fen: one.open_fen, after_fen: Math.round((one.open_fen * 3) / 1000) })
  expect((await t.as('finance')(billing.tryLateRule, { ...rule, as_of: '2026-04-05' })).rows.find((r) => r.house_label === '1-1-201')!.after_fen).toBe(Math.round((one.open_fen * 5) / 1000))
  await expectRefused(t.as('finance')(billing.tryLateRule, { ...rule, lpr_rate: '0.03' }), 'billing.late_lpr')
  await expectRefused(t.as('other_admin')(billing.tryLateRule, rule), 'kernel.not_found')
  const { rule_id } = await t.as('finance')(billing.saveLateRule, { ...rule, paid_day: 'free' })
  const shown = (await t.as('finance')(billing.lateRules, { community_id: w.community_id })).rows
  expect(shown.find((r) => r.rule_id === rule_id)).toMatchObject({ paid_day: 'free', state: 'now' })
  // All its items have a newer rule: it is told that it no longer counts.
  expect(shown.find((r) => r.rule_id !== rule_id && r.from_on === '2025-01-01')).toMatchObject({ paid_day: 'counts', state: 'replaced' })
  // Today is not charged: what is paid today bears nothing for it. Paid on the third day: two days.
  expect((await late('1-1-201')).rows[0]!.fee_fen).toBe(Math.round((one.open_fen * 2) / 1000))
  await t.as('cashier')(billing.billLateFees, { house_id: H('1-1-201') })
  await pay('1-1-201', one.open_fen, (b) => b.fee_item_name === '物业费')
  on('2026-04-30')
  expect((await late('1-1-201')).rows).toMatchObject([{ fee_fen: Math.round((one.open_fen * 2) / 1000), rest_fen: 0 }])
  await clean()
})
