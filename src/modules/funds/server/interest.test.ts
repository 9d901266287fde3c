// Interest over the road: tried by one, booked once by another, nothing changes afterwards.
import { beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { funds } from '../contract.ts'

let t: TestApp
let w: TinyWorld
const YEAR = { from_on: '2025-07-01', to_on: '2026-07-01' }
async function clean() {
  const s = await t.as('finance')(funds.sweep, {})
  expect(s.checks.filter((c) => !c.ok)).toEqual([])
}
const pay = async (house: string, amount_fen: number, paid_on: string, voucher_no: string, kind: 'first' | 'topup') => t.as('cashier')(funds.takeDeposit, { community_id: w.community_id, kind, paid_on, voucher_no, lines: [{ house_id: w.houses[house]!, amount_fen }], amount_fen })

beforeAll(async () => {
  setClock('2026-07-05T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  const fin = t.as('finance')
  await fin(funds.savePolicy, {
    posting_days: 5, share_posting_days: 7, vote_method: 'majority', quorum_num: 2, quorum_den: 3, pass_num: 1, pass_den: 2, objection_num: 1, objection_den: 3, raise_quorum_num: 2, raise_quorum_den: 3, raise_num: 3, raise_den: 4, topup_target_bp: 10_000, over_budget_bp: 1000, audit_limit_fen: 3_000_000, threshold_bp: 3000, topup_days: 30,
    current_rate: '0.05', term_rate: '0.95', day_base: 365, settle_day: '06-30', dangers: '屋面渗漏', from_on: '2020-01-01', basis: '办法',
  })
  await fin(funds.saveBank, { community_id: w.community_id, bank_name: '建设银行', account_name: '维修资金专户', account_no: '61001234', opened_on: '2020-01-01' })
  await pay('1-1-101', 1_000_000, '2025-06-30', 'A', 'first')
  await pay('1-1-101', 500_000, '2026-01-01', 'B', 'topup')
  await pay('1-1-102', 333_333, '2025-01-01', 'C', 'first')
})

describe('interest of a year', () => {
  it('is tried, seen line by line, booked by another person, and never twice', async () => {
    const fin = t.as('finance')
    await expectRefused(fin(funds.draftInterest, { community_id: w.community_id, from_on: '2025-07-01', to_on: '2026-07-06' }), 'funds.future')
    await expectRefused(fin(funds.draftInterest, { community_id: w.community_id, from_on: '2024-01-01', to_on: '2024-07-01' }), 'funds.interest_none')
    const d = await fin(funds.draftInterest, { community_id: w.community_id, ...YEAR })
    // 10,000 × 0.95 % = 95.00; 5,000 × 0.05 % × 181/365 = 1.24; 3,333.33 × 0.95 % = 31.67
    expect((await fin(funds.interestRun, { run_id: d.run_id })).lines.map((l) => [l.house_label, l.kept_fen, l.interest_fen])).toEqual([['1-1-101', 1_000_000, 9624], ['1-1-102', 333_333, 3167]])
    expect(d.total_fen).toBe(12791)
    await expectRefused(fin(funds.draftInterest, { community_id: w.community_id, from_on: '2026-06-01', to_on: '2026-07-01' }), 'funds.interest_overlap')
    await expectRefused(fin(funds.bookInterest, { run_id: d.run_id, voucher_no: 'JX-1' }), 'funds.own_interest')
    await expectRefused(t.as('cashier')(funds.bookInterest, { run_id: d.run_id, voucher_no: 'JX-1' }), 'kernel.forbidden')
    // A deposit of the period that is booked meanwhile changes what is owed.
    await pay('1-1-201', 100_000, '2025-12-01', 'D', 'first')
    await expectRefused(t.as('finance2')(funds.bookInterest, { run_id: d.run_id, voucher_no: 'JX-1' }), 'funds.interest_changed')
    await fin(funds.cancelInterest, { run_id: d.run_id })
    // The bank's own sum, shared out to the fen.
    const again = await fin(funds.draftInterest, { community_id: w.community_id, ...YEAR, bank_fen: 12_801 })
    const both = await Promise.allSettled([t.as('finance2')(funds.bookInterest, { run_id: again.run_id, voucher_no: 'JX-1' }), t.as('manager')(funds.bookInterest, { run_id: again.run_id, voucher_no: 'JX-1' })])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    const lines = (await fin(funds.interestRun, { run_id: again.run_id })).lines
    expect(lines.reduce((s, l) => s + l.interest_fen, 0)).toBe(12_801)
    expect((await fin(funds.account, { house_id: w.houses['1-1-101']! })).entries[0]).toMatchObject({ kind: 'interest', value_on: '2026-07-01' })
    await expectRefused(fin(funds.cancelInterest, { run_id: again.run_id }), 'funds.interest_state')
    const listed = (await readSheets(((await fin(funds.interestExcel, { run_id: again.run_id })) as unknown as { body: Buffer }).body, 'a.xlsx')).sheets[0]!.rows.map((r) => r.cells.map((c) => c.text))
    expect(listed.slice(-lines.length - 1, -1).map((r) => [r[0], Math.round(Number(r[3]) * 100)])).toEqual(lines.map((l) => [l.house_label, l.interest_fen]))
    expect(listed.at(-1)![3]).toBe('128.01')
    await expectRefused(t.as('other_admin')(funds.interestRun, { run_id: again.run_id }), 'kernel.not_found')
    await clean()
  })
})
