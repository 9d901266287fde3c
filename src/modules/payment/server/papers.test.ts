// Receipts on paper, lists, reports and their Excel: figures that must agree with each other and with their lines.
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { pdfText } from '../../../../tests/pdf_text.ts'
import { seedMoney, type Seed, type SeedBill } from '../../../../tests/seed_money.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { setClock } from '../../../kernel/clock.ts'
import { payment } from '../contract.ts'

let t: TestApp
let seed: Seed
const paid: { payment_id: string; receipt_no: string }[] = []
const DAY1 = '2026-10-05'
const DAY2 = '2026-10-06'
const file = (a: unknown) => a as { name: string; body: Buffer }
/** The one sheet of a workbook as texts. */
const sheetOf = async (body: Buffer) => (await readSheets(body, 'x.xlsx')).sheets[0]!.rows.map((r) => r.cells.map((c) => c.text))

beforeAll(async () => {
  setClock(`${DAY1}T15:50:00Z`)
  t = await testApp()
  seed = await t.inside((s) => seedMoney(s, { houses: 4 }))
  const bills: SeedBill[] = await t.inside(async (s) => {
    const made: SeedBill[] = []
    for (let i = 0; i < 4; i++) for (const month of ['2026-08', '2026-09']) made.push(await seed.bill(s, i, month))
    return made
  })
  const line = (i: number) => ({ bill_id: bills[i]!.bill_id, period_on: bills[i]!.period_on, amount_fen: bills[i]!.amount_fen })
  const of = (i: number) => seed.houses[i]!.house_id
  paid.push(await t.as('cashier')(payment.takePayment, { house_id: of(0), lines: [line(0), line(1)], prepay_fen: 1_000, tenders: [{ method: 'cash', amount_fen: 30_000 }], change_fen: 5_360 }))
  paid.push(await t.as('cashier2')(payment.takePayment, { house_id: of(1), lines: [line(2)], tenders: [{ method: 'wechat', amount_fen: 6_820 }, { method: 'card', amount_fen: 5_000 }] }))
  // Eleven minutes later it is the next business day.
  setClock(`${DAY1}T16:01:00Z`)
  paid.push(await t.as('cashier')(payment.takePayment, { house_id: of(2), lines: [line(4), line(5)], tenders: [{ method: 'cash', amount_fen: 23_640 }] }))
  const { reversal_id } = await t.as('cashier')(payment.askReversal, { payment_id: paid[1]!.payment_id, reason: '刷错卡' })
  await t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' })
}, 120_000)

describe('paper', () => {
  test.each(['a5', '80mm', 'three_copy'] as const)('%s carries number, capitals and working', async (form) => {
    const p = await t.as('cashier')(payment.printReceipt, { payment_id: paid[0]!.payment_id, form })
    const pdf = file(await t.as('cashier')(payment.receiptPdf, p.input))
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
    expect(pdf.name).toContain(paid[0]!.receipt_no)
    const text = pdfText(pdf.body)
    if (text === null) return
    expect(text).toContain(paid[0]!.receipt_no)
    expect(text).toContain('贰佰肆拾陆元肆角整')
    expect(text).toContain('2026-08-01')
    if (p.print_no > 1) expect(text).toContain(`补打第${p.print_no - 1}次`)
  })
  test('every print is logged; a print that was not cannot be had; the void one says so', async () => {
    const d = await t.as('finance')(payment.payment, { payment_id: paid[0]!.payment_id })
    expect(d.prints.map((p) => [p.print_no, p.form])).toEqual([[3, 'three_copy'], [2, '80mm'], [1, 'a5']])
    expect(d.print_count).toBe(3)
    await expectRefused(t.as('cashier')(payment.receiptPdf, { payment_id: paid[0]!.payment_id, form: 'a5', print_no: 9 }), 'kernel.not_found')
    const p = await t.as('cashier')(payment.printReceipt, { payment_id: paid[1]!.payment_id, form: 'a5' })
    const text = pdfText(file(await t.as('cashier')(payment.receiptPdf, p.input)).body)
    // Across the sheet, so its two characters stand where lines of text cut through them.
    if (text !== null) expect([...'作废'].filter((x) => !text.includes(x))).toEqual([])
    await expectRefused(t.as('visitor')(payment.printReceipt, { payment_id: paid[0]!.payment_id, form: 'a5' }), 'kernel.forbidden')
  })
})

describe('lists', () => {
  test('filters find, sums are of the whole filter, Excel says the same', async () => {
    const call = t.as('finance')
    expect((await call(payment.payments, {})).total).toBe(3)
    expect((await call(payment.payments, { method: 'card' })).rows.map((r) => r.payment_id)).toEqual([paid[1]!.payment_id])
    expect((await call(payment.payments, { q: seed.houses[2]!.label })).rows.map((r) => r.payment_id)).toEqual([paid[2]!.payment_id])
    expect((await call(payment.payments, { q: paid[0]!.receipt_no })).total).toBe(1)
    expect((await call(payment.payments, { q: seed.houses[0]!.name.slice(0, 1) })).total).toBe(1)
    expect((await call(payment.payments, { state: 'reversed' })).rows.map((r) => r.payment_id)).toEqual([paid[1]!.payment_id])
    expect((await call(payment.payments, { building_id: seed.building_id, fee_item_id: seed.fee_item_id, community_id: seed.community_id })).total).toBe(3)
    const page = await call(payment.payments, { from_on: DAY1, to_on: DAY1, page_size: 1 })
    expect(page).toMatchObject({ total: 2, total_fen_sum: 24_640 + 11_820, prepaid_fen_sum: 1_000, reversed_fen_sum: 11_820 })
    const rows = await sheetOf(file(await call(payment.paymentsExcel, { from_on: DAY1, to_on: DAY1 })).body)
    expect(rows).toHaveLength(1 + 2 + 1)
    expect(rows.at(-1)![7]).toBe('364.6')
    expect((await call(payment.collectors, {})).rows).toHaveLength(2)
  })
  test('reversals and receipts', async () => {
    const r = await t.as('finance')(payment.reversals, { state: 'approved' })
    expect(r.rows[0]).toMatchObject({ receipt_no: paid[1]!.receipt_no, reason: '刷错卡', can: { decide: 'payment.already_decided' } })
    const list = await t.as('finance')(payment.receipts, {})
    expect(list.rows.map((x) => x.receipt_no)).toEqual(['SJ2026-000003', 'SJ2026-000002', 'SJ2026-000001'])
    expect((await t.as('finance')(payment.receipts, { voided: true })).total).toBe(1)
  })
})

describe('reports', () => {
  test('the day before never changes: what is reversed counts on the day of reversal', async () => {
    const call = t.as('finance')
    const first = await call(payment.daily, { from_on: DAY1, to_on: DAY1 })
    expect(first.total).toMatchObject({ payment_count: 2, cash_fen: 24_640, wechat_fen: 6_820, card_fen: 5_000, received_fen: 36_460, prepaid_fen: 1_000, reversed_fen: 0, net_fen: 36_460 })
    const second = await call(payment.daily, { from_on: DAY2, to_on: DAY2 })
    expect(second.total).toMatchObject({ payment_count: 1, cash_fen: 23_640, reversed_count: 1, reversed_fen: 11_820, reversed_cash_fen: 0, net_fen: 11_820 })
    expect(second.rows).toHaveLength(2)
  })
  test('each figure opens lines that add up to it', async () => {
    const call = t.as('finance')
    const { rows } = await call(payment.daily, { from_on: DAY1, to_on: DAY2 })
    for (const r of rows) {
      const lines = await call(payment.payments, { from_on: DAY1, to_on: DAY2, taken_by: r.taken_by! })
      expect(lines.total).toBe(r.payment_count)
      expect(lines.total_fen_sum).toBe(r.received_fen + r.wallet_fen)
      const undone = await call(payment.payments, { reversed_from_on: DAY1, reversed_to_on: DAY2, taken_by: r.taken_by! })
      expect(undone.total).toBe(r.reversed_count)
    }
  })
  test('collection by item, building, collector and period all come to the same', async () => {
    const call = t.as('finance')
    for (const by of ['fee_item', 'building', 'collector', 'period'] as const) {
      const c = await call(payment.collection, { by, from_on: DAY1, to_on: DAY2 })
      expect(c.total).toMatchObject({ amount_fen: 23_640 + 11_820 + 23_640, reversed_fen: 11_820, net_fen: 47_280 })
      expect(c.prepaid_fen).toBe(1_000)
      const excel = await sheetOf(file(await call(payment.collectionExcel, { by, from_on: DAY1, to_on: DAY2 })).body)
      expect(excel.at(-1)!.at(-1)).toBe('472.8')
    }
    const by_item = await call(payment.collection, { by: 'fee_item', from_on: DAY1, to_on: DAY2 })
    expect(by_item.rows[0]).toMatchObject({ name: '物业费', community_name: '花园小区', bill_count: 5 })
    expect((await call(payment.takenLines, { from_on: DAY1, to_on: DAY2, kind: 'net' })).amount_fen).toBe(by_item.total.net_fen)
  })
  test('daily as Excel and PDF', async () => {
    const excel = await sheetOf(file(await t.as('finance')(payment.dailyExcel, { from_on: DAY1, to_on: DAY1 })).body)
    expect(excel.at(-1)![0]).toBe('合计')
    const pdf = file(await t.as('finance')(payment.dailyPdf, { from_on: DAY1, to_on: DAY1 }))
    expect(pdfText(pdf.body) ?? '日结单').toContain('日结单')
  })
  test('wallets and the statement of a house run to the balances of now', async () => {
    const call = t.as('finance')
    const w = await call(payment.wallets, {})
    expect(w).toMatchObject({ total: 1, balance_fen_sum: 1_000 })
    expect(w.rows[0]).toMatchObject({ house_label: seed.houses[0]!.label, owner_names: seed.houses[0]!.name, balance_fen: 1_000 })
    expect(await sheetOf(file(await call(payment.walletsExcel, {})).body)).toHaveLength(3)
    const s = await call(payment.statement, { house_id: seed.houses[1]!.house_id, from_on: '2026-09-01', to_on: DAY2 })
    expect(s.rows.map((r) => [r.kind, r.balance_fen])).toEqual([['bill', 23_640], ['payment', 11_820], ['reversal', 23_640]])
    expect(s).toMatchObject({ opening_fen: 11_820, closing_fen: 23_640 })
    const own = await call(payment.statement, { house_id: seed.houses[0]!.house_id, from_on: '2026-01-01', to_on: DAY2 })
    expect(own).toMatchObject({ closing_fen: 0, closing_wallet_fen: 1_000, charge_fen_sum: 23_640, paid_fen_sum: 23_640 })
    expect((await sheetOf(file(await call(payment.statementExcel, { house_id: seed.houses[0]!.house_id, from_on: '2026-01-01', to_on: DAY2 })).body)).length).toBeGreaterThan(5)
  })
  test('another company sees none of it', async () => {
    expect((await t.as('other_admin')(payment.daily, { from_on: DAY1, to_on: DAY2 })).rows).toEqual([])
    expect((await t.as('other_admin')(payment.wallets, {})).total).toBe(0)
    expect((await t.as('other_admin')(payment.receipts, {})).total).toBe(0)
  })
})
