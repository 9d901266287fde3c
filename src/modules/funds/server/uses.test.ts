// Uses of the fund over the road: ordinary and emergency, the money and its split; after each the fund's books are swept.
import { beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { Refused } from '../../../kernel/client.ts'
import { system } from '../../system/contract.ts'
import { funds } from '../contract.ts'

let t: TestApp
let w: TinyWorld
const POLICY = {
  posting_days: 5, share_posting_days: 7, vote_method: 'majority' as const, quorum_num: 2, quorum_den: 3, pass_num: 1, pass_den: 2, objection_num: 1, objection_den: 3, raise_quorum_num: 2, raise_quorum_den: 3, raise_num: 3, raise_den: 4, topup_target_bp: 10_000, over_budget_bp: 1000, audit_limit_fen: 3_000_000, threshold_bp: 3000, topup_days: 30,
  current_rate: '0.05', term_rate: '0.95', day_base: 360 as const, settle_day: '06-30', dangers: '屋面、外墙渗漏\n电梯故障危及人身安全', from_on: '2020-01-01', basis: '165 号令与本市办法',
}
/** Another day; the people of the test stay signed in over the months. */
const on = async (day: string) => {
  setClock(`${day}T02:00:00Z`)
  await t.app.d.pool.query(`update identity.session set expires_at = '2027-01-01' where ended_at is null`)
}
async function clean() {
  const s = await t.as('finance')(funds.sweep, {})
  expect(s.checks.filter((c) => !c.ok)).toEqual([])
}
const VOTE = { base_count: 12, base_m2: '1048.20', joined_count: 10, joined_m2: '873.50', yes_count: 9, yes_m2: '786.15', objected_count: 1, objected_m2: '87.35' }
const decide = (approval_id: string, decision: 'agree' | 'refuse' = 'agree') => t.as('finance2')(system.decideApproval, { approval_id, decision, step_no: 1, ...(decision === 'refuse' ? { note: '材料不全' } : {}) })
const proposal = () => ({ community_id: w.community_id, path: 'ordinary' as const, title: '1栋屋面防水维修', plan: '铲除老化卷材,重做防水层', scope_kind: 'building' as const, scope_ids: [w.buildings['1']!], budget_fen: 1_000_000 })

/** Up to the settlement, on the first of September. */
async function settled(use_id: string, invoice_fen: number): Promise<void> {
  const fin = t.as('finance')
  await fin(funds.contractUse, { use_id, on_day: '2026-08-01', supplier_name: '宏达防水', contract_no: 'HT-1', contract_fen: 1_000_000 })
  await fin(funds.acceptUse, { use_id, on_day: '2026-08-20', note: '业主代表签字' })
  await fin(funds.settleUse, { use_id, on_day: '2026-08-25', invoice_no: 'FP-1', invoice_fen })
}

beforeAll(async () => {
  setClock('2026-06-14T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  const fin = t.as('finance')
  await fin(funds.savePolicy, POLICY)
  await fin(funds.saveBank, { community_id: w.community_id, bank_name: '建设银行', account_name: '维修资金专户', account_no: '61001234', opened_on: '2020-01-01' })
  await fin(funds.saveStandard, { community_id: w.community_id, house_kinds: ['dwelling'], floors_min: 1, from_on: '2020-01-01', basis: '公告', name: '多层', has_lift: 'any', unit_price: '10' })
  const deposit = { community_id: w.community_id, kind: 'first' as const, paid_on: '2026-06-01', voucher_no: 'WX-1' }
  const seen = await fin(funds.previewDeposit, deposit)
  await fin(funds.takeDeposit, { ...deposit, amount_fen: seen.amount_fen })
})

describe('an ordinary use', () => {
  let use_id = ''
  it('is posted, voted on after the days of posting, and decided by another person', async () => {
    const fin = t.as('finance')
    use_id = (await fin(funds.saveUse, proposal())).use_id
    await expectRefused(fin(funds.recordVote, { use_id, on_day: '2026-06-14', ...VOTE }), 'funds.use_state')
    await expectRefused(fin(funds.askUse, { use_id, reason: '直接申请' }), 'funds.use_state')
    await fin(funds.postUse, { use_id, on_day: '2026-06-10', note: '1栋单元门口' })
    await expectRefused(fin(funds.recordVote, { use_id, on_day: '2026-06-14', ...VOTE }), 'funds.posting_days')
    await on('2026-07-01')
    await expectRefused(fin(funds.recordVote, { use_id, on_day: '2026-06-30', ...VOTE, joined_count: 13 }), 'funds.vote_numbers')
    // Seven of twelve are not two thirds: failed, revised, posted and voted on again.
    expect(await fin(funds.recordVote, { use_id, on_day: '2026-06-30', ...VOTE, joined_count: 7, yes_count: 6 })).toMatchObject({ state: 'failed', passed: false })
    await fin(funds.reviseUse, { use_id, on_day: '2026-07-01' })
    await fin(funds.saveUse, { ...proposal(), use_id, budget_fen: 950_000 })
    await fin(funds.postUse, { use_id, on_day: '2026-07-01' })
    await on('2026-07-10')
    expect(await fin(funds.recordVote, { use_id, on_day: '2026-07-08', ...VOTE })).toMatchObject({ state: 'passed', passed: true })
    const first = await fin(funds.askUse, { use_id, reason: '表决通过,申请使用' })
    await expectRefused(fin(system.decideApproval, { approval_id: first.approval_id, decision: 'agree', step_no: 1 }), 'system.approval_own')
    await decide(first.approval_id, 'refuse')
    expect((await fin(funds.use, { use_id })).state).toBe('passed')
    await decide((await fin(funds.askUse, { use_id, reason: '补齐材料,再次申请' })).approval_id)
    expect(await fin(funds.use, { use_id })).toMatchObject({ state: 'approved', can: { contract: true, pay: 'funds.use_state' } })
  })

  it('is paid in parts, never above the contract, and over budget only after a new application', async () => {
    await on('2026-09-01')
    const fin = t.as('finance')
    await expectRefused(fin(funds.contractUse, { use_id, on_day: '2026-08-01', supplier_name: '宏达防水', contract_no: 'HT-1', contract_fen: 1_045_001 }), 'funds.over_budget')
    await fin(funds.contractUse, { use_id, on_day: '2026-08-01', supplier_name: '宏达防水', contract_no: 'HT-1', contract_fen: 1_000_000 })
    await fin(funds.payUse, { use_id, amount_fen: 400_000, paid_on: '2026-08-02', voucher_no: 'FK-1' })
    await expectRefused(fin(funds.payUse, { use_id, amount_fen: 1, paid_on: '2026-08-02', voucher_no: 'FK-1' }), 'funds.voucher_used')
    await expectRefused(fin(funds.payUse, { use_id, amount_fen: 600_001, paid_on: '2026-08-02', voucher_no: 'FK-2' }), 'funds.paid_more')
    await expectRefused(t.as('cashier')(funds.payUse, { use_id, amount_fen: 1, paid_on: '2026-08-02', voucher_no: 'FK-3' }), 'kernel.forbidden')
    const race = await Promise.allSettled(['FK-4', 'FK-5'].map((voucher_no) => fin(funds.payUse, { use_id, amount_fen: 350_000, paid_on: '2026-08-03', voucher_no })))
    expect(race.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((race.find((r) => r.status === 'rejected')!.reason as Refused).code).toBe('funds.paid_more')
    await fin(funds.acceptUse, { use_id, on_day: '2026-08-20' })
    await expectRefused(fin(funds.settleUse, { use_id, on_day: '2026-08-25', invoice_no: 'FP-1', invoice_fen: 700_000 }), 'funds.paid_more')
    await expectRefused(fin(funds.settleUse, { use_id, on_day: '2026-08-25', invoice_no: 'FP-1', invoice_fen: 1_045_001 }), 'funds.over_budget')
    await fin(funds.settleUse, { use_id, on_day: '2026-08-25', invoice_no: 'FP-1', invoice_fen: 1_000_001 })
    await clean()
  })

  it('is split to the fen by area, posted, and booked by another person after the days', async () => {
    const fin = t.as('finance')
    const seen = await fin(funds.shares, { use_id })
    expect([seen.rows.length, seen.share_fen]).toEqual([12, 1_000_001])
    // 10,000.01 × 98.50 / 1048.20 = 939.707… of an account with 985.00; 76.20 m² has 762.00 and bears 726.96.
    expect(seen.rows.find((r) => r.house_label === '1-1-101')).toMatchObject({ share_fen: 93971, drawn_fen: 93971, owed_fen: 0 })
    await fin(funds.postShares, { use_id, on_day: '2026-08-28' })
    await expectRefused(fin(funds.bookShares, { use_id }), 'funds.own_shares')
    await expectRefused(t.as('finance2')(funds.bookShares, { use_id }), 'funds.posting_days')
    await fin(funds.withdrawShares, { use_id, on_day: '2026-09-01', note: '面积有误' })
    await fin(funds.postShares, { use_id, on_day: '2026-09-01' })
    await clean()
    await on('2026-09-08')
    const both = await Promise.allSettled([t.as('finance2')(funds.bookShares, { use_id }), t.as('manager')(funds.bookShares, { use_id })])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    const a = await fin(funds.account, { house_id: w.houses['1-1-101']! })
    expect(a).toMatchObject({ balance_fen: 98500 - 93971, low: true })
    expect(a.entries[0]).toMatchObject({ kind: 'use', amount_fen: -93971, use_id, note: '1栋屋面防水维修' })
    await expectRefused(fin(funds.reverseEntry, { entry_id: a.entries[0]!.entry_id, reason: '不该更正' }), 'funds.not_deposit')
    await fin(funds.payUse, { use_id, amount_fen: 250_001, paid_on: '2026-09-08', voucher_no: 'FK-9' })
    expect((await fin(funds.use, { use_id })).can.pay).toBe('funds.paid_full')
    await expectRefused(fin(funds.payUse, { use_id, amount_fen: 1, paid_on: '2026-09-08', voucher_no: 'FK-10' }), 'funds.paid_full')
    await clean()
    const me = await t.resident(PHONES.张三)
    expect((await me(funds.myUses, { house_id: w.houses['1-1-101']! })).rows).toMatchObject([{ title: '1栋屋面防水维修', state: 'booked', share_fen: 93971, house_count: 12 }])
    const other = await t.resident(PHONES.周八)
    expect((await other(funds.myUses, { house_id: w.houses['2-1-101']! })).rows).toEqual([])
    await expectRefused(other(funds.myUses, { house_id: w.houses['1-1-101']! }), 'kernel.not_found')
  })

  it('is out of sight elsewhere', async () => {
    await expectRefused(t.as('other_admin')(funds.use, { use_id }), 'kernel.not_found')
    await expectRefused(t.as('other_admin')(funds.postUse, { use_id, on_day: '2026-09-01' }), 'kernel.not_found')
    const far = await t.hire('manager', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
    await expectRefused(far(funds.payUse, { use_id, amount_fen: 1, paid_on: '2026-09-01', voucher_no: 'X' }), 'kernel.not_found')
    expect((await far(funds.shares, { use_id })).rows).toEqual([])
  })
})

describe('an emergency', () => {
  it('needs a danger of the list and no vote; what the balances cannot bear is owed by the owners and paid', async () => {
    const fin = t.as('finance')
    await expectRefused(fin(funds.saveUse, { ...proposal(), path: 'emergency', danger: '楼道灯坏了' }), 'funds.danger')
    const { use_id } = await fin(funds.saveUse, { ...proposal(), path: 'emergency', danger: '屋面、外墙渗漏', title: '外墙渗漏抢修' })
    await expectRefused(fin(funds.postUse, { use_id, on_day: '2026-09-08' }), 'funds.use_state')
    await decide((await fin(funds.askUse, { use_id, reason: '渗漏危及顶层住户' })).approval_id)
    await settled(use_id, 120_000)
    await fin(funds.postShares, { use_id, on_day: '2026-09-08' })
    await on('2026-09-15')
    const booked = await t.as('finance2')(funds.bookShares, { use_id })
    // What is left after the roof (45.29 of 985.00 in 1-1-101) is far below the share of 112.76.
    expect(booked.drawn_fen + booked.owed_fen).toBe(120_000)
    expect(booked.owed_fen).toBeGreaterThan(0)
    await clean()
    const row = (await fin(funds.shares, { use_id })).rows.find((r) => r.house_label === '1-1-101')!
    expect([row.share_fen, row.drawn_fen, row.owed_fen]).toEqual([11276, 4529, 6747])
    const pay = { use_id, house_id: row.house_id, paid_on: '2026-09-15' }
    await expectRefused(t.as('cashier')(funds.payShare, { ...pay, amount_fen: 6748, voucher_no: 'BJ-1' }), 'funds.share_more')
    const race = await Promise.allSettled([t.as('cashier')(funds.payShare, { ...pay, amount_fen: 4000, voucher_no: 'BJ-2' }), t.as('cashier2')(funds.payShare, { ...pay, amount_fen: 4000, voucher_no: 'BJ-3' })])
    expect(race.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await t.as('cashier')(funds.payShare, { ...pay, amount_fen: 2747, voucher_no: 'BJ-4' })).toEqual({ open_fen: 0 })
    await clean()
  })

  it('above the audit limit asks for the report; a use with payments is not cancelled', async () => {
    const fin = t.as('finance')
    const { use_id } = await fin(funds.saveUse, { ...proposal(), path: 'emergency', danger: '电梯故障危及人身安全', title: '大修', budget_fen: 4_000_000, scope_kind: 'community', scope_ids: [] })
    await decide((await fin(funds.askUse, { use_id, reason: '紧急' })).approval_id)
    await fin(funds.contractUse, { use_id, on_day: '2026-09-15', supplier_name: '甲', contract_no: 'HT-2', contract_fen: 4_000_000 })
    await expectRefused(fin(funds.payUse, { use_id, amount_fen: 3_900_000, paid_on: '2026-09-15', voucher_no: 'FK-1' }), 'funds.bank_short')
    await expectRefused(fin(funds.cancelUse, { use_id, on_day: '2026-09-15' }), 'funds.use_state')
    await fin(funds.acceptUse, { use_id, on_day: '2026-09-15' })
    await expectRefused(fin(funds.settleUse, { use_id, on_day: '2026-09-15', invoice_no: 'FP-2', invoice_fen: 3_000_001 }), 'funds.audit')
    // Over budget: the whole road again.
    expect(await fin(funds.reapplyUse, { use_id, on_day: '2026-09-15', budget_fen: 5_000_000 })).toMatchObject({ state: 'draft' })
    expect(await fin(funds.cancelUse, { use_id, on_day: '2026-09-15' })).toMatchObject({ state: 'cancelled' })
    await clean()
  })
})
