// Accounts and deposits over the road; after each the fund's books are swept.
import { beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { Refused } from '../../../kernel/client.ts'
import { people } from '../../people/contract.ts'
import { ledger } from '../../ledger/contract.ts'
import { system } from '../../system/contract.ts'
import { funds } from '../contract.ts'

let t: TestApp
let w: TinyWorld
const H = (label: string) => w.houses[label]!
const POLICY = {
  posting_days: 5, share_posting_days: 7, vote_method: 'majority' as const, quorum_num: 2, quorum_den: 3, pass_num: 1, pass_den: 2, objection_num: 1, objection_den: 3, raise_quorum_num: 2, raise_quorum_den: 3, raise_num: 3, raise_den: 4, topup_target_bp: 10_000, over_budget_bp: 1000, audit_limit_fen: 3_000_000, threshold_bp: 3000, topup_days: 30,
  current_rate: '0.05', term_rate: '0.95', day_base: 360 as const, settle_day: '06-30', dangers: '屋面、外墙渗漏\n电梯故障危及人身安全', from_on: '2020-01-01', basis: '165 号令与本市办法',
}
async function clean() {
  const s = await t.as('finance')(funds.sweep, {})
  expect(s.checks.filter((c) => !c.ok)).toEqual([])
}
const base = (no: string) => ({ community_id: w.community_id, kind: 'first' as const, paid_on: '2026-01-10', voucher_no: no })

beforeAll(async () => {
  setClock('2026-06-14T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
})

describe('the fund of a community', () => {
  it('needs rules, a bank account and a standard, and says which is missing', async () => {
    const fin = t.as('finance')
    await expectRefused(fin(funds.previewDeposit, base('WX-0')), 'funds.nothing')
    await expectRefused(fin(funds.takeDeposit, { ...base('WX-0'), lines: [{ house_id: H('1-1-101'), amount_fen: 100 }], amount_fen: 100 }), 'funds.no_bank')
    await expectRefused(t.as('service')(funds.savePolicy, POLICY), 'kernel.forbidden')
    await fin(funds.savePolicy, POLICY)
    await fin(funds.saveBank, { community_id: w.community_id, bank_name: '建设银行眉县支行', account_name: '眉县住宅专项维修资金', account_no: '6100 1234 5678', opened_on: '2020-01-01' })
    await expectRefused(fin(funds.saveBank, { community_id: w.community_id, bank_name: '建设银行', account_name: '专户', account_no: '61001234', opened_on: '2020-01-01' }), 'funds.bank_taken')
    const std = { community_id: w.community_id, house_kinds: ['dwelling' as const], floors_min: 1, from_on: '2020-01-01', basis: '市住建局公告' }
    await fin(funds.saveStandard, { ...std, name: '多层', has_lift: 'any', unit_price: '60' })
    await fin(funds.saveStandard, { ...std, name: '多层无电梯', has_lift: 'no', unit_price: '45.5' })
    // A price of tomorrow is not today's.
    await fin(funds.saveStandard, { ...std, name: '多层无电梯', has_lift: 'no', unit_price: '99', from_on: '2026-02-01' })
    await fin(funds.saveStandard, { ...std, name: '商铺', house_kinds: ['shop'], has_lift: 'any', unit_price: '50' })
    await expectRefused(fin(funds.saveStandard, { ...std, name: '反', has_lift: 'any', unit_price: '1', floors_min: 7, floors_max: 3 }), 'funds.floors_reversed')
  })

  it('the developer pays for all houses at once by the standard in force on the day; twice is refused', async () => {
    const seen = await t.as('cashier')(funds.previewDeposit, base('WX-1'))
    // 12 of building 1, 2 of building 2, one shop; garage and bays have no standard.
    expect(seen.lines.length).toBe(15)
    // 98.50 m² × 45.50 = 4481.75
    expect(seen.lines.find((l) => l.house_label === '1-1-101')).toMatchObject({ unit_price: '45.50', amount_fen: 448175 })
    await expectRefused(t.as('cashier')(funds.takeDeposit, { ...base('WX-1'), amount_fen: seen.amount_fen + 1 }), 'funds.changed')
    await expectRefused(t.as('cashier')(funds.previewDeposit, { ...base('WX-1'), paid_on: '2026-06-15' }), 'funds.future')
    const race = await Promise.allSettled([t.as('cashier')(funds.takeDeposit, { ...base('WX-1'), amount_fen: seen.amount_fen }), t.as('cashier2')(funds.takeDeposit, { ...base('WX-2'), amount_fen: seen.amount_fen })])
    expect(race.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((race.find((r) => r.status === 'rejected')!.reason as Refused).code).toBe('funds.nothing')
    const list = await t.as('finance')(funds.accounts, { state: 'open' })
    expect([list.total, list.balance_fen, list.first_fen]).toEqual([15, seen.amount_fen, seen.amount_fen])
    expect(list.rows.find((r) => r.house_label === '1-1-102')).toMatchObject({ owner_names: '王五、赵六', balance_fen: 346710, low: false })
    await clean()
  })

  it('a wrong deposit is reversed by another person, once, and never below zero', async () => {
    const cashier = t.as('cashier')
    const id = H('1-1-201')
    await expectRefused(cashier(funds.takeDeposit, { ...base('WX-3'), lines: [{ house_id: id, amount_fen: 5 }], amount_fen: 5 }), 'funds.first_paid')
    await cashier(funds.takeDeposit, { ...base('WX-3'), kind: 'topup', lines: [{ house_id: id, amount_fen: 10000 }], amount_fen: 10000 })
    await expectRefused(cashier(funds.takeDeposit, { ...base('WX-3'), kind: 'topup', lines: [{ house_id: id, amount_fen: 10000 }], amount_fen: 10000 }), 'funds.voucher_used')
    const [e] = (await t.as('finance')(funds.account, { house_id: id })).entries
    expect(e).toMatchObject({ kind: 'topup', amount_fen: 10000, balance_fen: 448175 + 10000, can: { reverse: true } })
    await expectRefused(cashier(funds.reverseEntry, { entry_id: e!.entry_id, reason: '登记错户' }), 'kernel.forbidden')
    const both = await Promise.allSettled([t.as('finance')(funds.reverseEntry, { entry_id: e!.entry_id, reason: '登记错户' }), t.as('finance2')(funds.reverseEntry, { entry_id: e!.entry_id, reason: '登记错户' })])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    const a = await t.as('finance')(funds.account, { house_id: id })
    expect([a.balance_fen, a.entries.length, a.entries[0]!.kind, a.entries[0]!.amount_fen]).toEqual([448175, 3, 'reversal', -10000])
    // The voucher is free again.
    await cashier(funds.takeDeposit, { ...base('WX-3'), kind: 'topup', lines: [{ house_id: id, amount_fen: 20000 }], amount_fen: 20000 })
    await clean()
  })

  it('moves with the house on sale, and is seen by its owner only', async () => {
    await t.as('service')(people.transferHouse, { house_id: H('2-1-101'), on_day: '2026-06-01', owners: [{ person: { person_id: w.persons['孙七']! }, share_num: 1, share_den: 1 }], reason: '二手房买卖' })
    const me = await t.resident(PHONES.孙七)
    expect(await me(funds.myFund, { house_id: H('2-1-101') })).toMatchObject({ balance_fen: 546000, bank_name: '建设银行眉县支行' })
    const tenant = await t.resident(PHONES.李四)
    await expectRefused(tenant(funds.myFund, { house_id: H('1-1-101') }), 'kernel.not_found')
    await expectRefused(me(funds.myFund, { house_id: H('1-1-101') }), 'kernel.not_found')
  })

  it('gives the balance back when the house is lost, after another person has agreed', async () => {
    const ask = { house_id: H('2-1-102'), payee_name: '周八', payee_account: '6222 0000', voucher_no: 'TK-1', reason: '房屋灭失,附证明' }
    const { approval_id } = await t.as('cashier')(funds.askRefund, ask)
    await expectRefused(t.as('cashier')(funds.askRefund, ask), 'system.approval_pending')
    await t.as('finance')(system.decideApproval, { approval_id, decision: 'agree', step_no: 1 })
    expect(await t.as('finance')(funds.account, { house_id: H('2-1-102') })).toMatchObject({ balance_fen: 0, closed_on: '2026-06-14' })
    await expectRefused(t.as('cashier')(funds.takeDeposit, { ...base('WX-9'), kind: 'topup', lines: [{ house_id: H('2-1-102'), amount_fen: 1 }], amount_fen: 1 }), 'funds.closed')
    await clean()
  })

  it('the statement is opening + in − out = closing, and equals the bank', async () => {
    const s = await t.as('finance')(funds.statement, { community_id: w.community_id, from_on: '2026-01-01', to_on: '2026-06-30' })
    const { opening_fen, deposit_fen, interest_fen, use_fen, refund_fen, closing_fen } = s.total
    expect(opening_fen + deposit_fen + interest_fen + use_fen + refund_fen).toBe(closing_fen)
    expect(s.bank_fen).toBe(closing_fen)
    expect(refund_fen).toBe(-546000)
    await expectRefused(t.as('finance')(funds.statement, { community_id: w.community_id, from_on: '2026-07-01', to_on: '2026-06-30' }), 'funds.dates_reversed')
  })

  it('by hand its money only changes its place, so the books stay proved', async () => {
    const [fin, other] = [t.as('finance'), t.as('finance2')]
    const entry = { book: 'fund' as const, booked_on: '2026-06-14', note: '转一年定期' }
    const at = { community_id: w.community_id }
    await expectRefused(fin(ledger.draftEntry, { ...entry, lines: [{ ...at, account_code: '1002', debit_fen: 100 }, { ...at, account_code: '4001', credit_fen: 100 }] }), 'ledger.fund_by_hand')
    await expectRefused(fin(ledger.draftEntry, { ...entry, lines: [{ ...at, account_code: '1221', debit_fen: 100 }, { ...at, account_code: '1002', credit_fen: 100 }] }), 'ledger.fund_by_hand')
    await expectRefused(fin(ledger.draftEntry, { ...entry, lines: [{ ...at, account_code: '1501', debit_fen: 100 }, { account_code: '1002', credit_fen: 100 }] }), 'ledger.fund_across')
    const before = await fin(funds.statement, { community_id: w.community_id, from_on: '2026-01-01', to_on: '2026-06-30' })
    const { entry_id } = await fin(ledger.draftEntry, { ...entry, lines: [{ ...at, account_code: '1501', debit_fen: 1_000_000 }, { ...at, account_code: '1002', credit_fen: 1_000_000 }] })
    await other(ledger.decideEntry, { entry_id, decision: 'approve' })
    await clean()
    expect((await fin(funds.statement, { community_id: w.community_id, from_on: '2026-01-01', to_on: '2026-06-30' })).bank_fen).toBe(before.bank_fen)
  })

  it('is out of sight for another company and for another building', async () => {
    await expectRefused(t.as('other_admin')(funds.account, { house_id: H('1-1-101') }), 'kernel.not_found')
    expect((await t.as('other_admin')(funds.accounts, {})).total).toBe(0)
    const far = await t.hire('cashier', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
    await expectRefused(far(funds.account, { house_id: H('1-1-101') }), 'kernel.not_found')
    expect((await far(funds.accounts, { state: 'closed' })).total).toBe(1)
    await expectRefused(far(funds.previewDeposit, { ...base('WX-7') }), 'kernel.not_found')
    await expectRefused(far(funds.statement, { community_id: w.community_id, from_on: '2026-01-01', to_on: '2026-06-30' }), 'kernel.not_found')
    await expectRefused(far(funds.sweep, {}), 'kernel.not_found')
  })
})
