// What is due and paid, receipts, the top-up from the list to the owner's phone, and what is disclosed.
import { beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { Refused } from '../../../kernel/client.ts'
import { system } from '../../system/contract.ts'
import { messages } from '../../messages/contract.ts'
import { funds } from '../contract.ts'

let t: TestApp
let w: TinyWorld
const H = (label: string) => w.houses[label]!
const POLICY = {
  posting_days: 5, share_posting_days: 7, vote_method: 'majority' as const, quorum_num: 2, quorum_den: 3, pass_num: 1, pass_den: 2, objection_num: 1, objection_den: 3, raise_quorum_num: 2, raise_quorum_den: 3, raise_num: 3, raise_den: 4, topup_target_bp: 10_000, over_budget_bp: 1000, audit_limit_fen: 3_000_000, threshold_bp: 3000, topup_days: 30,
  current_rate: '0.05', term_rate: '0.95', day_base: 360 as const, settle_day: '06-30', dangers: '屋面、外墙渗漏', from_on: '2020-01-01', basis: '165 号令与本市办法',
}
const fin = () => t.as('finance')
const clean = async () => expect((await fin()(funds.sweep, {})).checks.filter((c) => !c.ok)).toEqual([])
const deposit = (label: string, kind: 'first' | 'topup', amount_fen: number, voucher_no: string) => t.as('cashier')(funds.takeDeposit, { community_id: w.community_id, kind, paid_on: '2026-06-01', voucher_no, lines: [{ house_id: H(label), amount_fen }], amount_fen })

beforeAll(async () => {
  setClock('2026-06-14T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  await fin()(funds.savePolicy, POLICY)
  await fin()(funds.saveBank, { community_id: w.community_id, bank_name: '建设银行眉县支行', account_name: '眉县住宅专项维修资金', account_no: '6100 1234 5678', opened_on: '2020-01-01' })
  await fin()(funds.saveStandard, { community_id: w.community_id, house_kinds: ['dwelling'], floors_min: 1, from_on: '2020-01-01', basis: '市住建局公告', name: '多层', has_lift: 'any', unit_price: '45.5' })
})

describe('what is due', () => {
  it('is the standard of the day; a part leaves the rest, and no more than the rest comes in as first deposit', async () => {
    const before = await fin()(funds.dues, { community_id: w.community_id, page_size: 100 })
    // 98.50 m² × 45.50 = 4481.75; shop, garage and bays have no standard.
    expect(before.rows.find((r) => r.house_label === '1-1-101')).toMatchObject({ due_fen: 448175, first_fen: 0, missing_fen: 448175, state: 'unpaid', standard_name: '多层' })
    expect([before.missing_fen, before.first_fen, before.unpaid_count]).toEqual([before.due_fen, 0, 14])
    expect((await fin()(funds.dues, { community_id: w.community_id, state: 'none' })).rows.every((r) => r.due_fen === 0)).toBe(true)
    await deposit('1-1-101', 'first', 400000, 'JC-1')
    expect((await fin()(funds.dues, { community_id: w.community_id, state: 'part' })).rows).toMatchObject([{ house_label: '1-1-101', missing_fen: 48175 }])
    await expectRefused(deposit('1-1-101', 'first', 48176, 'JC-2'), 'funds.first_paid')
    await deposit('1-1-101', 'first', 48175, 'JC-2')
    // Tomorrow's price does not make an old deposit short.
    await fin()(funds.saveStandard, { community_id: w.community_id, house_kinds: ['dwelling'], floors_min: 1, from_on: '2026-06-10', basis: '新公告', name: '多层新', has_lift: 'any', unit_price: '60' })
    const after = await fin()(funds.dues, { community_id: w.community_id, page_size: 100 })
    expect(after.rows.find((r) => r.house_label === '1-1-101')).toMatchObject({ state: 'paid', missing_fen: 0, due_fen: 448175 })
    expect(after.rows.find((r) => r.house_label === '1-1-102')).toMatchObject({ state: 'unpaid', standard_name: '多层新' })
    expect((await t.as('other_admin')(funds.dues, {})).total).toBeGreaterThanOrEqual(0)
    expect((await t.as('other_admin')(funds.dues, { q: '1-1-101' })).rows.some((r) => r.house_id === H('1-1-101'))).toBe(false)
    await clean()
  })

  it('has a receipt with a number of its own, drawn once whoever prints first', async () => {
    const { entries } = await fin()(funds.account, { house_id: H('1-1-101') })
    const entry_id = entries.at(-1)!.entry_id
    const both = await Promise.all([t.as('cashier')(funds.issueReceipt, { entry_id }), t.as('cashier2')(funds.issueReceipt, { entry_id })])
    expect(both.map((r) => [r.receipt_no, r.print_count]).sort()).toEqual([['WXSJ2026-000001', 1], ['WXSJ2026-000001', 2]])
    expect((await t.as('cashier')(funds.issueReceipt, { entry_id: entries[0]!.entry_id })).receipt_no).toBe('WXSJ2026-000002')
    await expectRefused(t.as('other_admin')(funds.issueReceipt, { entry_id }), 'kernel.not_found')
    // Undone before it was printed: no receipt any more.
    await deposit('1-1-101', 'topup', 5000, 'JC-3')
    const [last] = (await fin()(funds.account, { house_id: H('1-1-101') })).entries
    await fin()(funds.reverseEntry, { entry_id: last!.entry_id, reason: '登记错户' })
    await expectRefused(t.as('cashier')(funds.issueReceipt, { entry_id: last!.entry_id }), 'funds.no_receipt')
  })
})

describe('the top-up', () => {
  let plan_id = ''
  it('lists the houses under the threshold, and asks for what is missing to the target', async () => {
    await expectRefused(fin()(funds.draftTopup, { community_id: w.community_id, title: '续筹', way: 'vote', basis: '业主大会', total_fen: 1 }), 'funds.topup_none')
    // A balance of 900.00 of 4481.75 is under 30 %, one of 1344.53 is not.
    for (const [label, left] of [['1-1-102', 90000], ['1-1-201', 134453], ['2-1-101', 1]] as const) {
      await deposit(label, 'first', 448175, `SC-${label}`)
      const { use_id } = await fin()(funds.saveUse, { community_id: w.community_id, path: 'emergency', danger: '屋面、外墙渗漏', title: `抢修 ${label}`, plan: '抢修', scope_kind: 'houses', scope_ids: [H(label)], budget_fen: 448175 })
      await spend(use_id, 448175 - left)
    }
    const low = await fin()(funds.previewTopup, { community_id: w.community_id })
    expect(low.rows.map((r) => [r.house_label, r.balance_fen, r.due_fen])).toEqual([['1-1-102', 90000, 358175], ['2-1-101', 1, 448174]])
    // To half of the first deposit, 2240.875 rounded up to a fen.
    expect((await fin()(funds.previewTopup, { community_id: w.community_id, target_bp: 5000 })).rows.map((r) => r.due_fen)).toEqual([134088, 224087])
    const asked = { community_id: w.community_id, title: '2026 年续筹', way: 'vote' as const, basis: '业主大会 2026 年第 1 号决定' }
    await expectRefused(fin()(funds.draftTopup, { ...asked, total_fen: low.total_fen - 1 }), 'funds.changed')
    await expectRefused(t.as('cashier')(funds.draftTopup, { ...asked, total_fen: low.total_fen }), 'kernel.forbidden')
    plan_id = (await fin()(funds.draftTopup, { ...asked, total_fen: low.total_fen })).plan_id
    await expectRefused(fin()(funds.issueTopup, { plan_id }), 'funds.topup_state')
  })

  it('needs three quarters of those who joined, by heads and by area; exactly that is enough', async () => {
    const vote = { plan_id, on_day: '2026-06-14', base_count: 12, base_m2: '1200', joined_count: 8, joined_m2: '800', yes_count: 6, yes_m2: '600', objected_count: 2, objected_m2: '200' }
    await expectRefused(fin()(funds.recordTopupVote, { ...vote, yes_count: 7 }), 'funds.vote_numbers')
    const dry = await fin()(funds.recordTopupVote, { ...vote, yes_m2: '599.99', dry_run: true })
    expect(dry).toMatchObject({ passed: false, state: 'failed' })
    expect(await fin()(funds.recordTopupVote, vote)).toMatchObject({ passed: true, state: 'passed' })
  })

  it('tells the owners once, counts what is paid from then on, and ends', async () => {
    const both = await Promise.allSettled([fin()(funds.issueTopup, { plan_id }), t.as('finance2')(funds.issueTopup, { plan_id })])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((both.find((r) => r.status === 'rejected')!.reason as Refused).code).toBe('funds.topup_state')
    expect(await fin()(funds.topup, { plan_id })).toMatchObject({ state: 'issued', due_on: '2026-07-14', paid_fen: 0, open_fen: 806349, house_count: 2, can: { close: true, issue: 'funds.topup_state' } })
    const owner = await t.resident(PHONES.王五)
    expect((await owner(funds.myFund, { house_id: H('1-1-102') })).topups).toMatchObject([{ due_fen: 358175, open_fen: 358175, due_on: '2026-07-14' }])
    expect((await owner(messages.inbox, {})).rows.filter((m) => m.title.startsWith('维修资金续筹'))).toHaveLength(1)
    await deposit('1-1-102', 'topup', 200000, 'XC-1')
    await deposit('1-1-102', 'topup', 200000, 'XC-2')
    // Not more than is due counts; what is taken back does not.
    expect((await fin()(funds.topupLines, { plan_id })).rows.map((l) => [l.house_label, l.paid_fen, l.open_fen])).toEqual([['1-1-102', 358175, 0], ['2-1-101', 0, 448174]])
    const wrong = (await fin()(funds.entries, { voucher_no: 'XC-2' })).rows[0]!
    await fin()(funds.reverseEntry, { entry_id: wrong.entry_id, reason: '重复登记' })
    expect((await fin()(funds.topupLines, { plan_id, open: true })).rows.map((l) => l.open_fen)).toEqual([158175, 448174])
    // A house of a running plan is in no second one.
    expect((await fin()(funds.previewTopup, { community_id: w.community_id })).rows).toEqual([])
    await clean()
    await expectRefused(t.as('other_admin')(funds.topup, { plan_id }), 'kernel.not_found')
    const far = await t.hire('manager', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
    expect((await far(funds.topupLines, { plan_id })).rows.map((l) => l.house_label)).toEqual(['2-1-101'])
    await expectRefused(far(funds.closeTopup, { plan_id, end_note: '不在范围' }), 'kernel.not_found')
    expect(await fin()(funds.closeTopup, { plan_id, end_note: '其余转入诉讼' })).toMatchObject({ state: 'closed' })
    expect((await owner(funds.myFund, { house_id: H('1-1-102') })).topups).toEqual([])
  })
})

describe('what is disclosed', () => {
  it('stays as it was; another one of the same period says why and is another version; owners see it', async () => {
    const range = { community_id: w.community_id, from_on: '2026-01-01', to_on: '2026-06-14' }
    await expectRefused(fin()(funds.publishFund, { ...range, to_on: '2026-06-30' }), 'funds.future')
    const one = await fin()(funds.publishFund, range)
    await deposit('1-1-202', 'first', 448175, 'GS-1')
    await expectRefused(fin()(funds.publishFund, range), 'funds.version_note')
    const two = await fin()(funds.publishFund, { ...range, note: '补登 1-1-202 缴存' })
    expect([one.version, two.version]).toEqual([1, 2])
    const owner = await t.resident(PHONES.王五)
    const seen = (await owner(funds.myFundDisclosures, { house_id: H('1-1-102') })).rows
    expect(seen.map((d) => [d.version, d.posted_on, d.figures.uses.length])).toEqual([[2, '2026-06-14', 3], [1, '2026-06-14', 3]])
    expect(seen[0]!.figures.total.closing_fen - seen[1]!.figures.total.closing_fen).toBe(448175)
    expect(seen[0]!.figures.total.closing_fen).toBe((await fin()(funds.accounts, { community_id: w.community_id })).balance_fen)
    const tenant = await t.resident(PHONES.李四)
    await expectRefused(tenant(funds.myFundDisclosures, { house_id: H('1-1-101') }), 'kernel.not_found')
    expect((await t.as('other_admin')(funds.disclosures, {})).total).toBe(0)
  })
})

/** An emergency use of one house, from the approval to the split that is booked. */
async function spend(use_id: string, invoice_fen: number): Promise<void> {
  const day = '2026-06-14'
  const { approval_id } = await fin()(funds.askUse, { use_id, reason: '紧急' })
  
  await t.as('manager')(system.decideApproval, { approval_id, decision: 'agree', step_no: 1 })
  await fin()(funds.contractUse, { use_id, on_day: day, supplier_name: '甲', contract_no: 'HT', contract_fen: invoice_fen })
  await fin()(funds.acceptUse, { use_id, on_day: day })
  await fin()(funds.settleUse, { use_id, on_day: day, invoice_no: 'FP', invoice_fen })
  await fin()(funds.postShares, { use_id, on_day: '2026-06-07' })
  await t.as('finance2')(funds.bookShares, { use_id })
}
