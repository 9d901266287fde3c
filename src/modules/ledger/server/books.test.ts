// Several books, accounts as data, journals by hand, the fee models.
import { beforeAll, expect, it } from 'vitest'
import { setClock } from '../../../kernel/clock.ts'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { billing } from '../../billing/contract.ts'
import { sweepBills } from '../../billing/server/index.ts'
import { payment } from '../../payment/contract.ts'
import { ledger } from '../contract.ts'
import { sweepLedger } from './index.ts'

let t: TestApp
let w: TinyWorld
const items: Record<string, string> = {}
const broken = () => t.inside(async (s) => [...(await sweepLedger(s)), ...(await sweepBills(s))].filter((c) => !c.ok).map((c) => `${c.code} ${c.examples[0]}`))
const balance = async (book: 'company' | 'public_income' | 'trust' | 'owners', code: string) => (await t.as('finance')(ledger.trialBalance, { book, from_on: '2026-01-01', to_on: '2027-01-01' })).rows.find((r) => r.code === code)?.closing_fen ?? 0

beforeAll(async () => {
  setClock('2026-03-10T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  const common = { community_id: w.community_id, area_kind: null, meter_kind: null, unit_name: '元/户·月', shape: 'fixed' as const, house_kinds: ['dwelling' as const], applies: 'all' as const, fee_class: 'property' as const, cycle: 'month' as const, season_from: null, season_to: null, proration: 'whole_month' as const, bill_unsold: false, due_days: 30, sort_no: 0 }
  for (const [code, name, belongs_to, account_code, unit_price] of [['WY', '物业费', 'service', '6001', '100'], ['GG', '公共车位', 'public_income', '600101', '30'], ['DS', '代收垃圾费', 'trust', '224102', '6']] as const) {
    const { fee_item_id } = await t.as('finance')(billing.saveFeeItem, { ...common, code, name, belongs_to, account_code })
    await t.as('finance')(billing.publishPrice, { fee_item_id, house_kind: null, unit_price, from_on: '2025-01-01', basis: '合同' })
    items[code] = fee_item_id
  }
})

/** Moves the clock; nobody is signed out by it. */
async function moveTo(iso: string): Promise<void> {
  setClock(iso)
  await t.app.d.pool.query(`update identity.session set seen_at = $1, expires_at = $1::timestamptz + interval '1 day'`, [iso])
}

async function bill(month: string): Promise<void> {
  const run = await t.as('finance')(billing.createRun, { community_id: w.community_id, period: month, fee_item_ids: Object.values(items) })
  await t.as('finance2')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
}

it('charges, takes and reverses each in the book its money belongs to', async () => {
  await bill('2026-03')
  const before = await Promise.all([balance('company', '1122'), balance('public_income', '1122'), balance('trust', '1122')])
  expect(before.every((n) => n > 0)).toBe(true)
  expect(await broken()).toEqual([])
  const house_id = w.houses['1-1-201']!
  const desk = await t.as('cashier')(payment.desk, { house_id })
  expect(new Set(desk.lines.map((l) => l.book))).toEqual(new Set(['company', 'public_income', 'trust']))
  const paid = await t.as('cashier')(payment.takePayment, { house_id, lines: desk.lines.map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.open_fen })), tenders: [{ method: 'cash', amount_fen: 13_600 }], request_id: rid() })
  // The drawer holds all of it; what is the owners' and the works' stands as a debt to their books.
  expect([await balance('company', '1001'), await balance('company', '300102'), await balance('company', '300104'), await balance('public_income', '300101'), await balance('trust', '300101')]).toEqual([13_600, -3000, -600, 3000, 600])
  expect(await balance('public_income', '600101')).toBeLessThan(0)
  expect(await broken()).toEqual([])
  const j = (await t.as('finance')(ledger.journals, { book: 'company', kind: 'payment' })).rows[0]!
  expect((await t.as('finance')(ledger.journal, { journal_id: j.journal_id })).beside.map((b) => b.book)).toEqual(['public_income', 'trust'])
  const { reversal_id } = await t.as('cashier')(payment.askReversal, { payment_id: paid.payment_id, reason: '收错了户' })
  await t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' })
  expect(await Promise.all([balance('company', '1122'), balance('public_income', '1122'), balance('trust', '1122'), balance('company', '300102'), balance('trust', '300101')])).toEqual([...before, 0, 0])
  expect(await broken()).toEqual([])
})

it('keeps what an item belongs to once it was billed, and wants an account of its book', async () => {
  const item = await t.as('finance')(billing.feeItem, { fee_item_id: items['GG']! })
  const { prices: _p, next_price: _n, can: _c, community_name: _m, disabled: _d, ...fields } = item
  await expectRefused(t.as('finance')(billing.saveFeeItem, { ...fields, belongs_to: 'company', account_code: '6051' }), 'billing.item_billed')
  await expectRefused(t.as('finance')(billing.saveFeeItem, { ...fields, fee_item_id: undefined, code: 'XX', belongs_to: 'public_income', account_code: '6001' }), 'billing.item_incomplete')
})

it('books the service fee to the owners under 酬金制 from a month that has not begun, and takes the commission by rule', async () => {
  const as = t.as('finance')
  await expectRefused(as(ledger.setFeeModel, { community_id: w.community_id, model: 'commission', from_month: '2026-03', commission_base: 'receivable', commission_rate: '0.08', basis: '合同' }), 'ledger.model_in_past')
  await expectRefused(as(ledger.setFeeModel, { community_id: w.community_id, model: 'commission', from_month: '2026-04', basis: '合同' }), 'ledger.model_incomplete')
  await as(ledger.setFeeModel, { community_id: w.community_id, model: 'commission', from_month: '2026-04', commission_base: 'receivable', commission_rate: '0.08', basis: '业主大会决议' })
  await expectRefused(as(ledger.commission, { community_id: w.community_id, month: '2026-03' }), 'ledger.not_commission')
  const company = await balance('company', '6001')
  await moveTo('2026-04-02T02:00:00Z')
  await bill('2026-04')
  expect(await balance('company', '6001')).toBe(company)
  const owed = -(await balance('owners', '6001'))
  expect(owed).toBeGreaterThan(0)
  // Bills of before the change are still paid into the company's book, the new ones into the owners'.
  const house_id = w.houses['1-1-201']!
  const desk = await t.as('cashier')(payment.desk, { house_id })
  expect(desk.lines.filter((l) => l.fee_item_id === items['WY']).map((l) => [l.period_on.slice(0, 7), l.book])).toEqual([['2026-03', 'company'], ['2026-04', 'owners']])
  const total = desk.lines.reduce((n, l) => n + l.open_fen, 0)
  await t.as('cashier')(payment.takePayment, { house_id, lines: desk.lines.map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.open_fen })), tenders: [{ method: 'transfer', amount_fen: total }] })
  expect(await broken()).toEqual([])
  await expectRefused(as(ledger.takeCommission, { community_id: w.community_id, month: '2026-04' }), 'ledger.month_not_over')
  await moveTo('2026-05-02T02:00:00Z')
  const c = await as(ledger.takeCommission, { community_id: w.community_id, month: '2026-04' })
  expect(c).toMatchObject({ base_fen: owed, amount_fen: Math.round(owed * 0.08) })
  expect(await Promise.all([balance('owners', '640190'), balance('company', '600190')])).toEqual([c.amount_fen, -c.amount_fen])
  await expectRefused(as(ledger.takeCommission, { community_id: w.community_id, month: '2026-04' }), 'ledger.commission_taken')
  expect(await broken()).toEqual([])
})

it('writes a journal by hand with two people, and reverses it in red', async () => {
  const lines = [{ account_code: '6602', debit_fen: 5000 }, { account_code: '1002', credit_fen: 5000 }]
  const entry = { book: 'company' as const, booked_on: '2026-05-01', note: '购办公用品' }
  await expectRefused(t.as('finance')(ledger.draftEntry, { ...entry, lines: [lines[0]!, { account_code: '1002', credit_fen: 4000 }] }), 'ledger.entry_unbalanced')
  await expectRefused(t.as('finance')(ledger.draftEntry, { ...entry, lines: [lines[0]!, { account_code: '1122', credit_fen: 5000 }] }), 'ledger.controlled_account')
  await expectRefused(t.as('finance')(ledger.draftEntry, { ...entry, lines: [lines[0]!, { account_code: '1999', credit_fen: 5000 }] }), 'ledger.unknown_account')
  await expectRefused(t.as('finance')(ledger.draftEntry, { ...entry, booked_on: '2026-06-01', lines }), 'ledger.day_in_future')
  await expectRefused(t.as('cashier')(ledger.draftEntry, { ...entry, lines }), 'kernel.forbidden')
  const { entry_id } = await t.as('finance')(ledger.draftEntry, { ...entry, lines })
  await expectRefused(t.as('finance')(ledger.decideEntry, { entry_id, decision: 'approve' }), 'ledger.same_person')
  const { journal_id } = await t.as('finance2')(ledger.decideEntry, { entry_id, decision: 'approve' })
  await expectRefused(t.as('finance2')(ledger.decideEntry, { entry_id, decision: 'approve' }), 'ledger.already_decided')
  expect(await balance('company', '6602')).toBe(5000)
  const red = await t.as('finance')(ledger.draftReversal, { journal_id: journal_id!, reason: '重复入账' })
  await expectRefused(t.as('finance2')(ledger.draftReversal, { journal_id: journal_id!, reason: '重复入账' }), 'ledger.already_reversed')
  await t.as('finance2')(ledger.decideEntry, { entry_id: red.entry_id, decision: 'approve' })
  expect(await balance('company', '6602')).toBe(0)
  const list = await t.as('finance')(ledger.manualEntries, {})
  expect(list.rows.map((r) => [r.state, r.amount_fen, r.lines.length])).toEqual([['approved', 5000, 2], ['approved', 5000, 2]])
  const payments = (await t.as('finance')(ledger.journals, { kind: 'payment' })).rows[0]!
  await expectRefused(t.as('finance')(ledger.draftReversal, { journal_id: payments.journal_id, reason: '不该在这里' }), 'ledger.not_by_hand')
  expect(await broken()).toEqual([])
})

it('keeps accounts as data', async () => {
  const as = t.as('finance')
  await as(ledger.saveAccount, { book: 'company', code: '660201', name: '管理费用-差旅', kind: 'expense' })
  await expectRefused(as(ledger.saveAccount, { book: 'company', code: '660201', name: '差旅', kind: 'asset' }), 'ledger.account_fixed')
  await expectRefused(as(ledger.setAccountDisabled, { book: 'company', code: '1122', disabled: true }), 'ledger.account_built_in')
  await as(ledger.setAccountDisabled, { book: 'company', code: '660201', disabled: true })
  expect((await as(ledger.accounts, { book: 'company' })).rows.find((a) => a.code === '660201')).toMatchObject({ disabled: true, built_in: false })
  await expectRefused(as(ledger.draftEntry, { book: 'company', booked_on: '2026-05-01', note: '差旅', lines: [{ account_code: '660201', debit_fen: 1 }, { account_code: '1002', credit_fen: 1 }] }), 'ledger.unknown_account')
  const year = await as(ledger.account, { book: 'company', code: '1122', year: 2026 })
  expect(year.closing_fen).toBe(await balance('company', '1122'))
  expect(year.months.at(-1)!.closing_fen).toBe(year.closing_fen)
  // The other company has the chart too, and none of these postings.
  expect((await t.as('other_admin')(ledger.accounts, { book: 'company' })).rows.some((a) => a.code === '660201')).toBe(false)
})
