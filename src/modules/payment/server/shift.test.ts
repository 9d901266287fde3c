// A cashier's day: the drawer is opened, filled, counted, handed in and frozen; who is missing money explains it to somebody else.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed } from '../../../../tests/seed_money.ts'
import { system } from '../../system/contract.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { payment } from '../contract.ts'
import { boundList, LIST_MAX } from './list_sheet.ts'

let t: TestApp
let seed: Seed
let house = 0
let cashier: Caller & { account_id: string }
beforeAll(async () => {
  t = await testApp()
  seed = await t.inside((s) => seedMoney(s, { houses: 40 }))
})
/** Each test has a cashier and houses of its own. */
beforeEach(async () => {
  cashier = await t.hire('cashier')
})
async function pay(amount_fen: number, method: 'cash' | 'card' | 'wechat' = 'cash', who: Caller = cashier) {
  const n = house++ % 40
  return who(payment.takePayment, { house_id: seed.houses[n]!.house_id, prepay_fen: amount_fen, tenders: [{ method, amount_fen }] })
}
const open = (float_fen = 20_000) => cashier(payment.openShift, { community_id: seed.community_id, float_fen })
const pieces = (yuan: number) => [{ face_fen: 100 as const, pieces: yuan }]
const count = (shift_id: string, yuan: number, more: { hand_ins?: { to: 'safe' | 'bank'; amount_fen: number; slip_no?: string }[]; difference_reason?: string } = {}) => cashier(payment.countShift, { shift_id, pieces: pieces(yuan), ...more })
const sweep = async () => {
  const r = await t.as('finance')(payment.sweep, {})
  expect(r.checks.filter((c) => !c.ok)).toEqual([])
}
const balance = (account_code: string) => t.inside(async (s) => (await s.db.selectFrom('ledger.posting').select((e) => e.fn.sum<number>('amount_fen').as('n')).where('company_id', '=', s.company_id).where('account_code', '=', account_code).executeTakeFirst())?.n ?? 0)

describe('a shift', () => {
  test('is filled by what the desk takes and gives back, and closes to the fen', async () => {
    const { shift_id } = await open()
    await pay(10_000)
    await pay(5_000, 'card')
    const wrong = await pay(3_000)
    const { reversal_id } = await cashier(payment.askReversal, { payment_id: wrong.payment_id, reason: '收错房号' })
    await t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' })
    const mine = await cashier(payment.myShift, {})
    expect(mine.shift).toMatchObject({ expected_fen: 30_000, cash_fen: 10_000, other_fen: 5_000 })
    expect(mine.shift!.by_method).toEqual([{ method: 'cash', in_fen: 13_000, out_fen: 3_000, net_fen: 10_000, count: 3 }, { method: 'card', in_fen: 5_000, out_fen: 0, net_fen: 5_000, count: 1 }])
    const bank = await balance('1002')
    await expectRefused(count(shift_id, 300, { hand_ins: [{ to: 'bank', amount_fen: 10_000 }] }), 'payment.slip_needed')
    await expectRefused(count(shift_id, 300, { hand_ins: [{ to: 'safe', amount_fen: 30_001 }] }), 'payment.hand_in_too_much')
    const done = await count(shift_id, 300, { hand_ins: [{ to: 'bank', amount_fen: 8_000, slip_no: '现金缴款单 0071' }, { to: 'safe', amount_fen: 2_000 }] })
    expect(done).toEqual({ state: 'closed', expected_fen: 30_000, counted_fen: 30_000, difference_fen: 0, kept_fen: 20_000 })
    expect((await balance('1002')) - bank).toBe(8_000)
    await expectRefused(count(shift_id, 300), 'payment.shift_not_open')
    const lines = await t.as('finance')(payment.shiftEntries, { shift_id })
    expect(lines.total).toBe(4)
    // A reversal leads to the payment it undid.
    expect(lines.rows[0]).toMatchObject({ source_type: 'reversal', amount_fen: -3_000, number: wrong.receipt_no, payment_id: wrong.payment_id })
    expect(await t.as('finance')(payment.shiftEntries, { shift_id, method: 'card' })).toMatchObject({ total: 1, rows: [{ amount_fen: 5_000 }] })
    await sweep()
  })
  test('one at a time; another cashier neither counts nor sees it as his', async () => {
    const { shift_id, shift_no } = await open()
    const r = await expectRefused(open(), 'payment.shift_open_already')
    expect(r.message).toContain(shift_no)
    await expectRefused(t.as('cashier')(payment.countShift, { shift_id, pieces: pieces(200) }), 'kernel.not_found')
    expect((await t.as('cashier2')(payment.myShift, {})).shift).toBeNull()
  })
  test('a payment after the counting belongs to no frozen shift', async () => {
    const { shift_id } = await open()
    await count(shift_id, 200)
    await pay(1_000)
    expect((await t.as('finance')(payment.shift, { shift_id })).entry_count).toBe(0)
    await sweep()
  })
})

describe('what is missing at the counting', () => {
  test('is told all at once, each at its field; one alone keeps its own word', async () => {
    const { shift_id } = await open()
    const r = await expectRefused(count(shift_id, 190, { hand_ins: [{ to: 'safe', amount_fen: 10_000 }, { to: 'bank', amount_fen: 30_000 }] }), 'payment.shift_incomplete')
    expect(r.problem.issues?.map((i) => i.path)).toEqual(['hand_ins.1.slip_no', 'hand_ins', 'difference_reason'])
    expect(r.message).toMatch(/3 处.*300\.00 元没有凭条号.*400\.00 元,多于实点现金 190\.00.*相差 -10\.00/)
    const one = await expectRefused(count(shift_id, 200, { hand_ins: [{ to: 'bank', amount_fen: 5_000 }] }), 'payment.slip_needed')
    expect(one.problem.issues?.map((i) => i.path)).toEqual(['hand_ins.0.slip_no'])
    await count(shift_id, 200)
    // The next one is opened where this one was.
    expect((await cashier(payment.myShift, {})).last_community_id).toBe(seed.community_id)
  })
})

describe('a difference', () => {
  test('needs a reason, and above the limit another person; refused, it is counted again', async () => {
    const { shift_id } = await open()
    await pay(10_000)
    const r = await expectRefused(count(shift_id, 290), 'payment.shift_reason_needed')
    expect(r.message).toContain('相差 -10.00 元')
    expect((await count(shift_id, 290, { difference_reason: '找零多付' })).state).toBe('counted')
    await expectRefused(count(shift_id, 300), 'payment.shift_not_open')
    const asked = await t.as('finance')(system.approvals, { box: 'todo', kind: 'payment.shift_difference' })
    const a = asked.rows.find((x) => x.reason === '找零多付')!
    expect(a).toMatchObject({ amount_fen: 1_000, can: { decide: true } })
    await expectRefused(cashier(system.decideApproval, { approval_id: a.approval_id, step_no: 1, decision: 'agree' }), 'system.approval_own')
    await t.as('finance')(system.decideApproval, { approval_id: a.approval_id, step_no: 1, decision: 'refuse', note: '请再点一遍' })
    expect((await t.as('finance')(payment.shift, { shift_id })).state).toBe('recount')
    // Frozen meanwhile: money taken now goes to a new shift, or to none.
    await pay(2_000)
    const owed = await balance('1221')
    await count(shift_id, 295, { difference_reason: '找零多付 5 元' })
    const again = (await t.as('finance')(system.approvals, { box: 'todo', kind: 'payment.shift_difference' })).rows.find((x) => x.reason === '找零多付 5 元')!
    await t.as('finance')(system.decideApproval, { approval_id: again.approval_id, step_no: 1, decision: 'agree' })
    expect(await t.as('finance')(payment.shift, { shift_id })).toMatchObject({ state: 'closed', difference_fen: -500, expected_fen: 30_000 })
    expect((await balance('1221')) - owed).toBe(500)
    await sweep()
  })
  test('within the limit of the community it closes at once, and too much is owed to whoever it belongs to', async () => {
    await t.as('finance')(payment.saveRule, { community_id: seed.community_id, from_on: (await t.inside(async (s) => s.today)), rule: { kind: 'desk', value: { cash_needs_shift: false, difference_limit_fen: 500, bank_needs_slip: true } } })
    const { shift_id } = await open()
    const before = await balance('2241')
    expect(await count(shift_id, 205, { difference_reason: '原因待查' })).toMatchObject({ state: 'closed', difference_fen: 500 })
    expect(before - (await balance('2241'))).toBe(500)
    const list = await t.as('finance')(payment.shifts, { different: true })
    expect(list.rows.some((x) => x.shift_id === shift_id)).toBe(true)
    await sweep()
  })
})

describe('the rule of a community', () => {
  test('cash is refused without a shift, saying the way out; cards are not', async () => {
    const today = await t.inside(async (s) => s.today)
    await expectRefused(t.as('finance')(payment.saveRule, { community_id: seed.community_id, from_on: '2020-01-01', rule: { kind: 'desk', value: { cash_needs_shift: true, difference_limit_fen: 0, bank_needs_slip: true } } }), 'payment.rule_past')
    await expectRefused(t.as('cashier')(payment.saveRule, { community_id: seed.community_id, from_on: today, rule: { kind: 'desk', value: { cash_needs_shift: true, difference_limit_fen: 0, bank_needs_slip: true } } }), 'kernel.forbidden')
    await t.as('finance')(payment.saveRule, { community_id: seed.community_id, from_on: today, note: '新制度', rule: { kind: 'desk', value: { cash_needs_shift: true, difference_limit_fen: 0, bank_needs_slip: true } } })
    expect((await expectRefused(pay(1_000), 'payment.shift_needed')).message).toContain('我的班次')
    await pay(1_000, 'card')
    await open()
    await pay(1_000)
    await t.as('finance')(payment.saveRule, { community_id: seed.community_id, from_on: today, rule: { kind: 'desk', value: { cash_needs_shift: false, difference_limit_fen: 0, bank_needs_slip: true } } })
    const shown = await t.as('finance')(payment.rules, { community_id: seed.community_id })
    expect(shown.now.desk.cash_needs_shift).toBe(false)
    expect(shown.versions.filter((v) => v.state === 'now')).toHaveLength(1)
  })
})

describe('at the same time', () => {
  test('payments and the counting: every payment is in the shift that was counted, or in none', async () => {
    const { shift_id } = await open(0)
    await pay(100)
    const all = await Promise.allSettled([pay(100), pay(100), count(shift_id, 0, { difference_reason: '与收款同时点钞' }), pay(100), pay(100)])
    expect(all.every((r) => r.status === 'fulfilled')).toBe(true)
    const s = await t.as('finance')(payment.shift, { shift_id })
    expect(s.counted_fen! - s.difference_fen!).toBe(s.float_fen + s.cash_fen)
    await sweep()
  })
  test('opened twice at once is one shift', async () => {
    const both = await Promise.allSettled([open(), open()])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('the close of the day', () => {
  test('ends taking for that day; another person reopens it', async () => {
    await expectRefused(cashier(payment.closeDay, {}), 'payment.day_empty')
    const { shift_id } = await open()
    await pay(7_000)
    await expectRefused(cashier(payment.closeDay, {}), 'payment.day_shift_open')
    await count(shift_id, 270)
    const { close_id } = await cashier(payment.closeDay, {})
    await expectRefused(pay(100, 'card'), 'payment.day_closed')
    await expectRefused(cashier(payment.openShift, { community_id: seed.community_id, float_fen: 0 }), 'payment.day_closed')
    const row = (await t.as('finance')(payment.dayCloses, { cashier_id: cashier.account_id })).rows[0]!
    expect(row).toMatchObject({ payment_count: 1, cash_fen: 7_000, can: { reopen: true } })
    await expectRefused(cashier(payment.reopenDay, { close_id, reason: '漏收一笔' }), 'kernel.forbidden')
    await t.as('finance')(payment.reopenDay, { close_id, reason: '漏收一笔' })
    await pay(100, 'card')
    await cashier(payment.closeDay, {})
    // Closed anew: what was reopened stays in the list and does not count a second time.
    const list = await t.as('finance')(payment.dayCloses, { cashier_id: cashier.account_id })
    expect(list).toMatchObject({ total: 2, cash_fen_sum: 7_000, received_fen_sum: 7_100 })
    const { body } = (await t.as('finance')(payment.dayClosesExcel, { cashier_id: cashier.account_id })) as unknown as { body: Buffer }
    const rows = (await readSheets(body, 'a.xlsx')).sheets[0]!.rows.map((r) => r.cells.map((x) => x.text))
    expect(rows.slice(1).map((r) => [r[5] ?? '', r[9] ?? '', r[12] ?? ''])).toEqual([['71', '已日结', ''], ['70', '已重开', '漏收一笔'], ['71', '', '']])
    await expectRefused(t.as('visitor')(payment.dayClosesExcel, {}), 'kernel.forbidden')
  })
})

test('a list longer than one file is refused with its name and the way out, not cut off', async () => {
  await t.inside(async (s) => {
    expect(() => boundList(s, '退款', LIST_MAX)).not.toThrow()
    expect(() => boundList(s, '退款', LIST_MAX + 1)).toThrow(expect.objectContaining({ code: 'payment.list_too_long', params: { list: '退款', count: 50_001, max: 50_000 } }))
  })
})

test.each(['80mm', 'a4'] as const)('the paper of a shift on %s', async (form) => {
  const { shift_id, shift_no } = await open()
  await pay(12_345)
  await count(shift_id, 323, { hand_ins: [{ to: 'safe', amount_fen: 12_300 }], difference_reason: '分币差 0.45' })
  const pdf = (await t.as('finance')(payment.shiftPdf, { shift_id, form })) as unknown as { body: Buffer; name: string }
  expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
  expect(pdf.name).toContain(shift_no)
})
