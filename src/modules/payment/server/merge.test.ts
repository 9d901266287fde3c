// One payment for several houses at the desk, undone as a whole, printed as one paper; receipts printed many at once.
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed, type SeedBill } from '../../../../tests/seed_money.ts'
import { payment } from '../contract.ts'
import { sweepPayment } from './sweep.ts'

const file = (a: unknown) => a as { name: string; body: Buffer }
let t: TestApp
let seed: Seed
let next = 0
beforeAll(async () => {
  t = await testApp()
  seed = await t.inside((s) => seedMoney(s, { houses: 40 }))
})
/** So many houses of nobody else in this file, each with one bill of 118.20. */
async function houses(n: number): Promise<{ house_id: string; bill: SeedBill }[]> {
  const own = seed.houses.slice(next, next + n)
  const from = next
  next += n
  return t.inside(async (s) => {
    const out = []
    for (const [i, h] of own.entries()) out.push({ house_id: h.house_id, bill: await seed.bill(s, from + i, '2026-10') })
    return out
  })
}
const FULL = 11_820
const part = (h: { house_id: string; bill: SeedBill }, amount_fen = FULL, prepay_fen = 0) => ({ house_id: h.house_id, prepay_fen, lines: amount_fen ? [{ bill_id: h.bill.bill_id, period_on: h.bill.period_on, amount_fen }] : [] })
const ok = () => t.inside(async (s) => (await sweepPayment(s)).filter((x) => !x.ok).map((x) => `${x.code} ${x.examples.join(' ')}`))
const ledger = (house_ids: string[]) => t.inside(async (s) => (await sql<{ owed: number; all: number }>`select coalesce(sum(amount_fen) filter (where account_code = '1122' and subject_id = any(${house_ids})), 0)::bigint as owed, coalesce(sum(amount_fen), 0)::bigint as all from ledger.posting where company_id = ${s.company_id}`.execute(s.db)).rows[0]!)

describe('one payment for several houses', () => {
  test('tenders run over the houses, each has its receipt, the sums agree to the fen', async () => {
    const [a, b, c] = await houses(3)
    const d = await t.as('cashier')(payment.mergeDesk, { house_ids: [c!.house_id, a!.house_id, b!.house_id] })
    expect(d.houses.map((h) => h.house_id)).toEqual([c!.house_id, a!.house_id, b!.house_id])
    expect(d.houses.map((h) => h.open_fen)).toEqual([FULL, FULL, FULL])
    const p = await t.as('cashier')(payment.takeMerged, { parts: [part(a!), part(b!), part(c!, 5_000, 180)], tenders: [{ method: 'card', amount_fen: 15_000, reference: 'POS-M1' }, { method: 'cash', amount_fen: 14_000 }], change_fen: 180, payer_name: '张大爷' })
    expect(p).toMatchObject({ total_fen: 28_820, change_fen: 180 })
    expect(p.payments.map((x) => x.total_fen)).toEqual([FULL, FULL, 5_180])
    const seen = await Promise.all(p.payments.map((x) => t.as('finance')(payment.payment, { payment_id: x.payment_id })))
    expect(seen.map((x) => x.tenders.map((y) => [y.method, y.amount_fen]))).toEqual([[['card', FULL]], [['card', 3_180], ['cash', 8_640]], [['cash', 5_180]]])
    expect(seen.map((x) => x.payer_name)).toEqual(['张大爷', '张大爷', '张大爷'])
    expect(seen[0]!.remark).toBe('合并收款 3 户共 288.20 元,找零 1.80 元')
    expect(seen[0]!.merged.map((m) => m.payment_id).sort()).toEqual([p.payments[1]!.payment_id, p.payments[2]!.payment_id].sort())
    const list = await t.as('finance')(payment.payments, { merge_id: p.merge_id })
    expect(list).toMatchObject({ total: 3, total_fen_sum: 28_820, prepaid_fen_sum: 180 })
    expect((await ledger([a!.house_id, b!.house_id, c!.house_id]))).toEqual({ owed: -28_640, all: 0 })
    expect(await ok()).toEqual([])
  })
  test('what does not agree is refused, and a house named twice, and a house out of sight', async () => {
    const [a, b] = await houses(2)
    const r = await expectRefused(t.as('cashier')(payment.takeMerged, { parts: [part(a!), part(b!)], tenders: [{ method: 'cash', amount_fen: 20_000 }] }), 'payment.totals_differ')
    expect(r.message).toContain('相差 -36.40 元')
    await expectRefused(t.as('cashier')(payment.takeMerged, { parts: [part(a!), part(a!, 0, 100)], tenders: [{ method: 'cash', amount_fen: 11_920 }] }), 'payment.house_twice')
    await expectRefused(t.as('cashier')(payment.takeMerged, { parts: [part(a!, FULL + 1), part(b!)], tenders: [{ method: 'cash', amount_fen: 23_641 }] }), 'payment.more_than_open')
    // The bill of one house is none of the other's.
    await expectRefused(t.as('cashier')(payment.takeMerged, { parts: [{ ...part(a!), house_id: b!.house_id }], tenders: [{ method: 'cash', amount_fen: FULL }] }), 'kernel.not_found')
    await expectRefused(t.as('cashier')(payment.mergeDesk, { house_ids: [a!.house_id, '01890000-0000-7000-8000-000000000000'] }), 'kernel.not_found')
    expect((await t.as('cashier')(payment.payments, { house_id: a!.house_id })).total).toBe(0)
  })
  test('the same request twice is one payment; two cashiers with overlapping houses pay a bill once', async () => {
    const [a, b, c] = await houses(3)
    const request_id = rid()
    const ask = { request_id, parts: [part(a!), part(b!)], tenders: [{ method: 'cash' as const, amount_fen: 2 * FULL }] }
    const twice = await Promise.all([t.as('cashier')(payment.takeMerged, ask), t.as('cashier')(payment.takeMerged, ask)])
    expect(twice[0]).toEqual(twice[1])
    const [x, y] = await houses(2)
    const race = await Promise.allSettled([
      t.as('cashier')(payment.takeMerged, { parts: [part(x!), part(y!)], tenders: [{ method: 'cash', amount_fen: 2 * FULL }] }),
      t.as('cashier2')(payment.takeMerged, { parts: [part(y!), part(c!), part(x!)], tenders: [{ method: 'cash', amount_fen: 3 * FULL }] }),
    ])
    expect(race.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    expect((await ledger([x!.house_id])).owed).toBe(-FULL)
    expect(await ok()).toEqual([])
  })
})

describe('the whole undone', () => {
  test('asked once, decided once by another, every house owes again; a part alone can be undone too', async () => {
    const [a, b] = await houses(2)
    const take = () => t.as('cashier')(payment.takeMerged, { parts: [part(a!), part(b!)], tenders: [{ method: 'card', amount_fen: 2 * FULL, reference: `POS-${rid().slice(-6)}` }] })
    const p = await take()
    const r = await t.as('cashier')(payment.askReversal, { payment_id: p.payments[1]!.payment_id, reason: '收错房号', whole: true })
    expect(r.count).toBe(2)
    await expectRefused(t.as('cashier')(payment.askReversal, { payment_id: p.payments[0]!.payment_id, reason: '收错房号' }), 'payment.reversal_pending')
    const rows = (await t.as('finance')(payment.reversals, { state: 'asked' })).rows.filter((x) => x.merge_id === p.merge_id)
    expect(rows).toHaveLength(2)
    const both = await Promise.allSettled(rows.map((x, i) => t.as(i ? 'finance' : 'finance2')(payment.decideReversal, { reversal_id: x.reversal_id, decision: 'approve' })))
    expect(both.filter((x) => x.status === 'fulfilled')).toHaveLength(1)
    expect((await t.as('finance')(payment.payments, { merge_id: p.merge_id })).rows.every((x) => x.reversed_at !== null)).toBe(true)
    expect((await ledger([a!.house_id, b!.house_id])).owed).toBe(0)
    // The slip is free again, and the bills can be paid once more; then only one house is undone, and the slip stays taken by the other.
    const again = await t.as('cashier')(payment.takeMerged, { parts: [part(a!), part(b!)], tenders: [{ method: 'card', amount_fen: 2 * FULL, reference: 'POS-KEEP' }] })
    const one = await t.as('cashier')(payment.askReversal, { payment_id: again.payments[0]!.payment_id, reason: '收错房号' })
    expect(one.count).toBe(1)
    await t.as('finance')(payment.decideReversal, { reversal_id: one.reversal_id, decision: 'approve' })
    expect((await t.as('finance')(payment.payments, { merge_id: again.merge_id })).rows.filter((x) => x.reversed_at === null)).toHaveLength(1)
    await expectRefused(t.as('cashier')(payment.takeMerged, { parts: [part(a!)], tenders: [{ method: 'card', amount_fen: FULL, reference: 'POS-KEEP' }] }), 'payment.slip_taken')
    expect(await ok()).toEqual([])
  })
  test('prepayment of one house already spent: nothing of the whole is undone', async () => {
    const [a, b] = await houses(2)
    const p = await t.as('cashier')(payment.takeMerged, { parts: [part(a!, 0, 20_000), part(b!)], tenders: [{ method: 'cash', amount_fen: 20_000 + FULL }] })
    await t.as('cashier')(payment.takePayment, { house_id: a!.house_id, lines: part(a!).lines, tenders: [{ method: 'wallet', amount_fen: FULL }] })
    const r = await t.as('cashier')(payment.askReversal, { payment_id: p.payments[0]!.payment_id, reason: '收错房号', whole: true })
    await expectRefused(t.as('finance')(payment.decideReversal, { reversal_id: r.reversal_id, decision: 'approve' }), 'payment.prepaid_used')
    expect((await t.as('finance')(payment.payments, { merge_id: p.merge_id })).rows.every((x) => x.reversed_at === null && x.reversal_asked)).toBe(true)
    await t.as('finance')(payment.decideReversal, { reversal_id: r.reversal_id, decision: 'refuse', note: '先冲销抵扣' })
    expect((await t.as('finance')(payment.payments, { merge_id: p.merge_id })).rows.every((x) => !x.reversal_asked)).toBe(true)
    expect(await ok()).toEqual([])
  })
})

describe('printing many', () => {
  test('chosen ones and those of a day, each print numbered, reprints marked and logged; one paper for a merged payment', async () => {
    const [a, b, c] = await houses(3)
    const p = await t.as('cashier')(payment.takeMerged, { parts: [part(a!), part(b!), part(c!)], tenders: [{ method: 'cash', amount_fen: 3 * FULL }] })
    const ids = p.payments.map((x) => x.payment_id)
    const first = await t.as('cashier')(payment.printReceipts, { payment_ids: ids.slice(0, 2) })
    expect(first).toMatchObject({ count: 2, reprint_count: 0 })
    const whole = await t.as('cashier')(payment.printReceipts, { merge_id: p.merge_id, together: true, form: 'a5' })
    expect(whole).toMatchObject({ count: 3, reprint_count: 2 })
    const pdf = file(await t.as('cashier')(payment.receiptsPdf, whole.input))
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
    expect(pdf.name).toContain('共3张')
    const left = await t.as('cashier')(payment.printReceipts, { unprinted: true })
    expect(left.count).toBeGreaterThan(3)
    expect(left.reprint_count).toBe(0)
    await expectRefused(t.as('cashier')(payment.printReceipts, { unprinted: true }), 'payment.nothing_to_print')
    const other = (await t.as('finance')(payment.receipts, {})).rows.find((x) => !ids.includes(x.payment_id))!.payment_id
    const many = file(await t.as('cashier')(payment.receiptsPdf, left.input))
    expect(many.body.length).toBeGreaterThan(pdf.body.length)
    await expectRefused(t.as('cashier')(payment.printReceipts, { payment_ids: [...ids, other], together: true }), 'payment.not_merged')
    const log = await t.as('finance')(payment.printBatches, {})
    expect(log.rows.find((x) => x.batch_id === whole.input.batch_id)).toMatchObject({ together: true, receipt_count: 3, reprint_count: 2, printed_by_name: expect.any(String) })
    const prints = (await t.as('finance')(payment.payment, { payment_id: ids[0]! })).prints
    expect(prints.map((x) => x.print_no)).toEqual([2, 1])
  })
})
