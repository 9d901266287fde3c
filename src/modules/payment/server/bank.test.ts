// Bank statements of several banks through the import engine, claimed by a person, held in suspense, given back; never booked twice.
import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runSchedule } from '../../../kernel/worker.ts'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { applied } from '../../../../tests/import_kit.ts'
import { seedMoney, type Seed, type SeedBill } from '../../../../tests/seed_money.ts'
import { system } from '../../system/contract.ts'
import { payment } from '../contract.ts'
import { suspenseSchedule } from './bank.ts'
import { bankAutoSchedule } from './bank_auto.ts'
import { parseBankRow } from './import_bank.ts'

let t: TestApp
let seed: Seed
let house = -1
let bill: SeedBill
let today: string
let n = 0
beforeAll(async () => {
  t = await testApp()
  seed = await t.inside((s) => seedMoney(s, { houses: 40 }))
  today = await t.inside(async (s) => s.today)
  await t.as('finance')(payment.saveBankAccount, { community_id: seed.community_id, name: '安居物业', bank: '工商银行眉县支行', account_no: '2603000000000001' })
})
beforeEach(async () => {
  house++
  bill = await t.inside((s) => seed.bill(s, house, '2026-09'))
})
const id = (i = house) => seed.houses[i]!.house_id
/** Uploads a file of the bank as a person does and applies it. */
async function load(text: string) {
  const d = await applied(t, { token: t.tokens.get('manager')!, community_id: seed.community_id, kind: 'payment.bank', name: '明细.csv', bytes: Buffer.from(text, 'utf8') })
  return { import_id: d.import_id, after: d.view }
}
const HEAD = '交易日期,贷方发生额,借方发生额,余额,对方户名,对方账号,摘要,流水号'
const one = async (fen: number, o: { name?: string; memo?: string } = {}) => {
  const reference = `T${String(++n).padStart(8, '0')}`
  await load(`${HEAD}\n${today},${(fen / 100).toFixed(2)},,100000.00,${o.name ?? '某某'},6222020000009876,${o.memo ?? ''},${reference}`)
  const r = await t.as('finance')(payment.bankLines, { q: reference })
  return r.rows[0]!
}
const sweep = async () => {
  const r = await t.as('finance')(payment.sweep, {})
  expect(r.checks.filter((c) => !c.ok)).toEqual([])
}
const claim = (line_id: string, shares: { house_id: string; amount_fen: number; lines?: { bill_id: string; period_on: string; amount_fen: number }[]; prepay_fen?: number }[], who: 'finance' | 'finance2' = 'finance') => t.as(who)(payment.matchLine, { line_id, shares })

describe('a row of a statement', () => {
  test.each([
    [{ booked_on: '2026-09-01', income: '1,118.20' }, 111_820],
    [{ booked_on: '20260901', spent: '50.00', income: '0.00' }, -5_000],
    [{ booked_on: '2026/9/1', amount: '50', side: '贷' }, 5_000],
    [{ booked_on: '2026-09-01', amount: '50', side: '借' }, -5_000],
    [{ booked_on: '2026-09-01', amount: '-50.5' }, -5_050],
    [{ booked_on: '2026-09-01', income: '—', spent: '3' }, -300],
  ])('%o is %d fen', (row, fen) => {
    expect(parseBankRow(row as never)!.data).toMatchObject({ amount_fen: fen, booked_on: '2026-09-01' })
  })
  test('without an amount, or with both, it says so', () => {
    expect(parseBankRow({ booked_on: '2026-09-01', memo: 'x' } as never)!.problems[0]!.reason).toContain('没有金额')
    expect(parseBankRow({ booked_on: '2026-09-01', income: '1', spent: '1' } as never)!.problems[0]!.reason).toContain('分成两行')
  })
})

describe('a statement', () => {
  test('is imported once, however often; undone while nothing stands on it', async () => {
    const text = `${HEAD}\n${today},118.20,,118.20,甲,1,物业费,Z1\n${today},,20.00,98.20,电力公司,2,电费,Z2`
    const a = await load(text)
    expect(a.after).toMatchObject({ state: 'applied', counts: { new: 2 } })
    await expectRefused(load(text), 'system.import_empty')
    const more = await load(`${text}\n${today},7.00,,105.20,乙,3,物业费,Z3`)
    expect(more.after.counts).toMatchObject({ new: 1, same: 2 })
    const r = await t.as('finance')(payment.bankLines, { q: 'Z' })
    expect(r).toMatchObject({ total: 3, in_fen_sum: 12_520, open_fen_sum: 12_520 })
    await t.as('manager')(system.undoImport, { import_id: more.import_id })
    await t.drain()
    await t.as('manager')(system.undoImport, { import_id: a.import_id })
    await t.drain()
    expect((await t.as('finance')(payment.bankLines, { q: 'Z' })).total).toBe(0)
  })
})

describe('a line', () => {
  test('is proposed by payment code, name, room and amount, the surest first', async () => {
    const h = seed.houses[house]!
    const code = (await t.as('cashier')(payment.houseCodes, { house_ids: [h.house_id] })).rows[0]!.code
    expect((await t.as('cashier')(payment.houseCodes, { house_ids: [h.house_id] })).rows[0]!.code).toBe(code)
    expect((await one(777, { memo: `缴费码${code}` })).proposals[0]).toMatchObject({ house_id: h.house_id, why: ['code'] })
    expect((await one(778, { name: h.name })).proposals.find((p) => p.house_id === h.house_id)!.why).toEqual(['name'])
    expect((await one(11_820, { memo: `${h.label} 物业费` })).proposals[0]).toMatchObject({ house_id: h.house_id, why: ['room', 'amount'], open_fen: 11_820 })
  })
  test('is taken for a house by a person: oldest bills, the rest kept; the books know it once', async () => {
    const l = await one(15_000)
    const e = await expectRefused(claim(l.line_id, [{ house_id: id(), amount_fen: 14_000 }]), 'payment.bank_sum')
    expect(e.message).toContain('相差 -10.00 元')
    const r = await claim(l.line_id, [{ house_id: id(), amount_fen: 15_000 }])
    const p = await t.as('finance')(payment.payment, { payment_id: r.payments[0]!.payment_id })
    expect(p).toMatchObject({ source: 'import', total_fen: 15_000, applied_fen: 11_820, prepaid_fen: 3_180, tenders: [{ method: 'transfer', reference: l.reference }] })
    await expectRefused(claim(l.line_id, [{ house_id: id(), amount_fen: 15_000 }]), 'payment.bank_state')
    await sweep()
  })
  test('is split over houses, with the bills that were named', async () => {
    const other = await t.inside((s) => seed.bill(s, 39, `2026-0${1 + (house % 8)}`))
    const l = await one(20_000)
    await expectRefused(claim(l.line_id, [{ house_id: id(), amount_fen: 10_000 }, { house_id: id(), amount_fen: 10_000 }]), 'payment.house_twice')
    const r = await claim(l.line_id, [{ house_id: id(), amount_fen: 11_820 }, { house_id: id(39), amount_fen: 8_180, lines: [{ bill_id: other.bill_id, period_on: other.period_on, amount_fen: 8_000 }], prepay_fen: 180 }])
    expect(r.payments.map((p) => p.total_fen).sort()).toEqual([11_820, 8_180].sort())
    await sweep()
  })
  test('proves a transfer that the desk took; the same number is not taken again', async () => {
    const l = await one(11_820)
    await t.as('cashier')(payment.takePayment, { house_id: id(), lines: [bill], tenders: [{ method: 'transfer', amount_fen: 11_820, reference: l.reference! }] })
    const shown = (await t.as('finance')(payment.bankLines, { q: l.reference! })).rows[0]!
    expect(shown.payments.some((p) => p.house_label === seed.houses[house]!.label)).toBe(true)
    const e = await expectRefused(claim(l.line_id, [{ house_id: id(), amount_fen: 11_820 }]), 'payment.slip_taken')
    expect(e.message).toContain(l.reference!)
    const mine = shown.payments.find((p) => p.house_label === seed.houses[house]!.label)!
    await t.as('finance')(payment.linkLine, { line_id: l.line_id, payment_id: mine.payment_id })
    await sweep()
  })
  test('nobody knows it: suspense with its age, then identified, or given back by two people', async () => {
    const [a, b] = [await one(5_000), await one(6_000)]
    await t.as('finance')(payment.suspendLines, { line_ids: [a.line_id, b.line_id] })
    await sweep()
    await claim(a.line_id, [{ house_id: id(), amount_fen: 5_000 }])
    await sweep()
    const { approval_id } = await t.as('finance')(payment.askReturnLine, { line_id: b.line_id, reason: '来款人要求退回' })
    await expectRefused(claim(b.line_id, [{ house_id: id(), amount_fen: 6_000 }]), 'payment.bank_state')
    await t.as('finance2')(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' })
    expect((await t.as('finance')(payment.bankLines, { q: b.reference! })).rows[0]!.state).toBe('returned')
    await sweep()
  })
  test('a reversal opens it again, and it is claimed anew', async () => {
    const l = await one(11_820)
    const r = await claim(l.line_id, [{ house_id: id(), amount_fen: 11_820 }])
    const { reversal_id } = await t.as('finance')(payment.askReversal, { payment_id: r.payments[0]!.payment_id, reason: '认错房号' })
    await t.as('finance2')(payment.decideReversal, { reversal_id, decision: 'approve' })
    await claim(l.line_id, [{ house_id: id(), amount_fen: 11_820 }])
    await sweep()
  })
  test('unclaimed after the days of the rule it goes into suspense by itself', async () => {
    const l = await one(1_234)
    await t.as('finance')(payment.saveRule, { community_id: seed.community_id, from_on: today, rule: { kind: 'bank', value: { suspense_days: 3 } } })
    await runSchedule(t.app, suspenseSchedule)
    expect((await t.as('finance')(payment.bankLines, { q: l.reference! })).rows[0]!.state).toBe('new')
    await t.inside((s) => sql`update payment.bank_line set booked_on = booked_on - 3 where company_id = ${s.company_id} and line_id = ${l.line_id}`.execute(s.db))
    await runSchedule(t.app, suspenseSchedule)
    expect((await t.as('finance')(payment.bankLines, { q: l.reference! })).rows[0]!.state).toBe('suspense')
    await sweep()
  })
})

describe('by itself', () => {
  const auto = (on: boolean) => t.as('finance')(payment.saveRule, { community_id: seed.community_id, from_on: today, rule: { kind: 'bank', value: { suspense_days: 0, auto: on } } })
  const codeOf = async (i = house) => (await t.as('cashier')(payment.houseCodes, { house_ids: [id(i)] })).rows[0]!.code
  const now = async (reference: string) => (await t.as('finance')(payment.bankLines, { q: reference })).rows[0]!

  test('says how sure a proposal is; two alike are not sure', async () => {
    const h = seed.houses[house]!
    expect((await one(11_820, { memo: `${h.label} 物业费` })).proposals[0]).toMatchObject({ house_id: h.house_id, sure: 'likely' })
    expect((await one(777, { memo: `缴费码${await codeOf()}` })).proposals[0]).toMatchObject({ house_id: h.house_id, sure: 'certain' })
    expect((await one(778, { memo: `${await codeOf()} ${await codeOf(38)}` })).proposals.map((p) => p.sure)).toEqual(['maybe', 'maybe'])
    expect((await one(779, { name: h.name })).proposals[0]).toMatchObject({ sure: 'maybe' })
  })
  test('off until the community says so; then the code of one house is booked once, whatever runs at once', async () => {
    await auto(false)
    const l = await one(12_000, { memo: `物业费 ${await codeOf()}` })
    await runSchedule(t.app, bankAutoSchedule)
    expect((await now(l.reference!)).state).toBe('new')
    await auto(true)
    await Promise.all([1, 2, 3].map(() => runSchedule(t.app, bankAutoSchedule)))
    const done = await now(l.reference!)
    expect(done).toMatchObject({ state: 'matched', note: '按缴费码自动入账', decided_by_name: null, matched: [{ house_label: seed.houses[house]!.label, amount_fen: 12_000 }] })
    const p = await t.as('finance')(payment.payment, { payment_id: done.matched[0]!.payment_id })
    expect(p).toMatchObject({ source: 'import', applied_fen: 11_820, prepaid_fen: 180, taken_by: null })
    await sweep()
  })
  test('a transfer of the desk with the same number and sum is linked; another sum is left alone', async () => {
    const [l, other] = [await one(11_820), await one(500)]
    await t.as('cashier')(payment.takePayment, { house_id: id(), lines: [bill], tenders: [{ method: 'transfer', amount_fen: 11_820, reference: l.reference! }] })
    await t.as('cashier')(payment.takePayment, { house_id: id(), prepay_fen: 501, tenders: [{ method: 'transfer', amount_fen: 501, reference: other.reference! }] })
    await runSchedule(t.app, bankAutoSchedule)
    expect([(await now(l.reference!)).state, (await now(other.reference!)).state]).toEqual(['linked', 'new'])
    await sweep()
  })
  test('what is not certain waits for a person, a channel is no resident, and what was tried in vain says so', async () => {
    const h = seed.houses[house]!
    const code = await codeOf()
    const [likely, two, channel] = [await one(11_820, { memo: `${h.label} 物业费` }), await one(90, { memo: `${code} ${await codeOf(38)}` }), await one(91, { name: '财付通支付科技有限公司', memo: code })]
    const taken = await one(92, { memo: code })
    // The desk used the number of this line for another sum: the line cannot be booked.
    await t.as('cashier')(payment.takePayment, { house_id: id(37), prepay_fen: 93, tenders: [{ method: 'transfer', amount_fen: 93, reference: taken.reference! }] })
    await runSchedule(t.app, bankAutoSchedule)
    await runSchedule(t.app, bankAutoSchedule)
    for (const l of [likely, two, channel]) expect(await now(l.reference!)).toMatchObject({ state: 'new', note: null })
    expect(await now(taken.reference!)).toMatchObject({ state: 'new', note: expect.stringMatching(new RegExp(`^没有自动入账:.*${taken.reference}.*收据`)) })
    await claim(likely.line_id, [{ house_id: h.house_id, amount_fen: 11_820 }])
    await auto(false)
    await sweep()
  })
  test('a person and the schedule at once: one payment', async () => {
    await auto(true)
    const l = await one(11_820, { memo: await codeOf() })
    const [by_hand] = await Promise.allSettled([claim(l.line_id, [{ house_id: id(), amount_fen: 11_820 }]), runSchedule(t.app, bankAutoSchedule)])
    expect((await now(l.reference!)).matched).toHaveLength(1)
    if (by_hand.status === 'rejected') expect((by_hand.reason as { code: string }).code).toBe('payment.bank_state')
    await auto(false)
    await sweep()
  })
})

test('two claim one line at once: one gets it', async () => {
  const l = await one(11_820)
  const both = await Promise.allSettled([claim(l.line_id, [{ house_id: id(), amount_fen: 11_820 }]), claim(l.line_id, [{ house_id: id(), amount_fen: 11_820 }], 'finance2'), t.as('manager')(payment.suspendLines, { line_ids: [l.line_id] })])
  expect(both.filter((r) => r.status === 'fulfilled').length).toBeGreaterThanOrEqual(1)
  expect((await t.as('finance')(payment.payments, { house_id: id() })).total).toBe(both.slice(0, 2).filter((r) => r.status === 'fulfilled').length)
  expect(both.slice(0, 2).filter((r) => r.status === 'fulfilled').length).toBeLessThanOrEqual(1)
  await sweep()
})
test('two desks type one slip at once: one receipt', async () => {
  const take = (who: 'cashier' | 'cashier2') => t.as(who)(payment.takePayment, { house_id: id(), prepay_fen: 100, tenders: [{ method: 'card', amount_fen: 100, reference: `POS-${house}` }] })
  const both = await Promise.allSettled([take('cashier'), take('cashier2')])
  expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
  await expectRefused(t.as('cashier')(payment.matchLine, { line_id: id(), shares: [{ house_id: id(), amount_fen: 1 }] }), 'kernel.forbidden')
})
