// Electronic invoices against the simulated issuer over real HTTP: applied for, issued once, delivered, red when the money goes back, and every
// way the issuer can fail.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed } from '../../../../tests/seed_money.ts'
import { nowMs, setClock } from '../../../kernel/clock.ts'
import { pdfText } from '../../../../tests/pdf_text.ts'
import { startSim, type Sim } from '../../../world/outside/invoice_sim/index.ts'
import { payment } from '../contract.ts'
import { invoicesDue, lookAtInvoice } from './invoice_run.ts'
import { taxOf } from './invoices.ts'

let t: TestApp
let seed: Seed
let sim: Sim
let n = 0
let me: Caller
const GOODS = '3040801010000000000'
beforeAll(async () => {
  t = await testApp()
  seed = await t.inside((s) => seedMoney(s, { houses: 30 }))
  sim = await startSim({ dir: t.data_dir, now: () => new Date(nowMs()) })
}, 120_000)
afterAll(() => sim.stop())
beforeEach(async () => void (me = await t.resident(seed.houses[n]!.phone)))
afterEach(() => {
  sim.control.clear()
  setClock(undefined)
  n++
})
const house_id = () => seed.houses[n]!.house_id
const taken = async (month = '2026-10'): Promise<string> => {
  const b = await t.inside((s) => seed.bill(s, n, month))
  return (await t.as('cashier')(payment.takePayment, { house_id: house_id(), lines: [{ bill_id: b.bill_id, period_on: b.period_on, amount_fen: b.amount_fen }], tenders: [{ method: 'cash', amount_fen: b.amount_fen }] })).payment_id
}
const mine = async (payment_ids: string[], o: { title_kind?: 'person' | 'company'; tax_no?: string } = {}) => me(payment.myApplyInvoice, { payment_ids, title: '张三', email: 'a@example.cn', ...o })
const rows = async () => (await t.as('finance')(payment.invoices, { house_id: house_id(), page_size: 50 })).rows
const later = (seconds: number) => setClock(new Date(nowMs() + seconds * 1000).toISOString())

describe('before anything is set', () => {
  test('no issuer, then no tax: refused with the way out', async () => {
    const p = await taken()
    expect((await me(payment.myInvoiceable, {})).open).toBe(false)
    await expectRefused(mine([p]), 'payment.no_issuer')
    await expectRefused(t.as('admin')(payment.saveIssuer, { name: '模拟开票', seller_name: '安居物业', seller_tax_no: '91610000000000000X', simulated: false, config: sim.config }), 'payment.issuer_bad')
    await t.as('admin')(payment.saveIssuer, { name: '模拟开票', seller_name: '安居物业', seller_tax_no: '91610000000000000X', simulated: true, config: sim.config })
    expect((await expectRefused(mine([p]), 'payment.no_tax_item')).message).toContain('物业费')
    await t.as('finance')(payment.saveTaxItem, { fee_item_id: seed.fee_item_id, goods_code: GOODS, goods_name: '*企业管理服务*物业服务费', tax_rate: '0.06', from_on: '2020-01-01' })
    expect((await t.as('finance')(payment.taxItems, {})).rows[0]).toMatchObject({ goods_code: GOODS, tax_rate: '0.0600' })
  })
})

test('what went back of a payment is not offered, and of the rest only the rest', async () => {
  const [whole, part] = [await taken('2026-09'), await taken('2026-10')]
  const refund = async (payment_id: string, amount_fen: number) => {
    const { lines } = await t.as('cashier')(payment.refundable, { payment_id })
    return t.as('cashier')(payment.askRefund, { payment_id, lines: [{ bill_id: lines[0]!.bill_id, period_on: lines[0]!.period_on, amount_fen }], method: 'cash', payee_name: '张明', reason: '重复缴费' })
  }
  await refund(whole, 11_820)
  await refund(part, 1_820)
  expect((await me(payment.myInvoiceable, {})).rows.map((r) => [r.payment_id, r.amount_fen])).toEqual([[part, 10_000]])
  n++
})

describe('the good day', () => {
  test('applied for by the resident, issued, delivered, downloaded; totals agree with the payments', async () => {
    const ps = [await taken('2026-09'), await taken('2026-10')]
    expect((await me(payment.myInvoiceable, {})).rows.map((r) => r.payment_id).sort()).toEqual([...ps].sort())
    const a = await mine(ps)
    expect(a).toMatchObject({ amount_fen: 23_640, tax_fen: 1_338 })
    await expectRefused(mine([ps[0]!]), 'payment.invoiced_already')
    await t.drain()
    const [i] = (await me(payment.myInvoices, {})).rows
    expect(i).toMatchObject({ state: 'issued', invoice_no: expect.stringMatching(/^26\d{18}$/), amount_fen: 23_640, has_pdf: true, delivered_at: expect.any(String) })
    expect(i!.receipts.reduce((sum, r) => sum + r.amount_fen, 0)).toBe(23_640)
    const pdf = (await me(payment.myInvoicePdf, { invoice_id: a.invoice_id })) as unknown as { body: Buffer }
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
    // The letters are in the file: a phone without that font showed boxes, and the line of the item ran off the page.
    expect(pdf.body.includes('STSong')).toBe(false)
    expect(pdfText(pdf.body) ?? '价税合计236.40元,其中税额13.38元').toContain('价税合计236.40元,其中税额13.38元')
    expect((await me(payment.myInvoiceable, {})).rows).toEqual([])
    expect(await t.as('finance')(payment.invoices, { house_id: house_id() })).toMatchObject({ amount_fen_sum: 23_640, tax_fen_sum: 1_338 })
    const other = await t.resident(seed.houses[n + 1]!.phone)
    await expectRefused(other(payment.myInvoicePdf, { invoice_id: a.invoice_id }), 'kernel.not_found')
    await expectRefused(other(payment.myApplyInvoice, { payment_ids: ps, title: '李四' }), 'kernel.not_found')
    n++
  })
  test('a company needs its number; a house its own invoice; money kept as prepayment none', async () => {
    const p = await taken()
    await expectRefused(mine([p], { title_kind: 'company' }), 'payment.tax_no_needed')
    expect(await mine([p], { title_kind: 'company', tax_no: '91610000MA6TX0000X' })).toMatchObject({ amount_fen: 11_820 })
    const pre = await t.as('cashier')(payment.takePayment, { house_id: house_id(), prepay_fen: 100, tenders: [{ method: 'cash', amount_fen: 100 }] })
    await expectRefused(mine([pre.payment_id]), 'payment.nothing_to_invoice')
  })
  test('tax inside the price: what is without it and the tax are the price', () => {
    expect([taxOf(10_600, '0.06'), taxOf(11_820, '0.06'), taxOf(10_900, '0.09'), taxOf(100, '0')]).toEqual([600, 669, 900, 0])
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e11 }), fc.constantFrom('0', '0.01', '0.03', '0.06', '0.09', '0.13'), (amount, rate) => {
      const tax = taxOf(amount, rate)
      const net = BigInt(amount - tax)
      const share = BigInt(Math.trunc(Number(rate) * 100 + 0.5))
      // Half a fen at most from the exact share.
      const off = net * (100n + share) - BigInt(amount) * 100n
      expect((off < 0n ? -off : off) * 2n <= 100n + share).toBe(true)
    }))
  })
})

describe('the issuer misbehaves', () => {
  test.each(['status_500', 'reset', 'answer_lost', 'bad_signature'] as const)('%s is not failed: asked again, issued once', async (kind) => {
    const a = await mine([await taken()])
    sim.control.fault({ kind, route: 'issue' })
    await lookAtInvoice(t.app, t.company_id, a.invoice_id)
    expect((await rows())[0]!.state).toBe('issuing')
    await t.drain()
    later(60)
    await invoicesDue(t.app, t.company_id)
    expect((await rows())[0]).toMatchObject({ state: 'issued' })
    expect(sim.control.invoices().filter((i) => i.request_no === a.invoice_id.replaceAll('-', ''))).toHaveLength(1)
  })
  test('refused for want of credit: failed with the reason, retried with the same number', async () => {
    const a = await mine([await taken()])
    sim.control.fault({ kind: 'refuse', route: 'issue' })
    await t.drain()
    expect((await rows())[0]).toMatchObject({ state: 'failed', failure: expect.stringContaining('授信额度') })
    expect(await t.as('finance')(payment.retryInvoice, { invoice_id: a.invoice_id })).toEqual({ state: 'failed' })
    await t.drain()
    expect((await rows())[0]!.state).toBe('issued')
  })
  test('issued later, and issued without a paper', async () => {
    await mine([await taken()])
    sim.control.fault({ kind: 'slow', route: 'issue' })
    sim.control.fault({ kind: 'no_pdf', route: 'pdf' })
    await t.drain()
    expect((await rows())[0]!.state).toBe('issuing')
    later(60)
    await invoicesDue(t.app, t.company_id)
    expect((await rows())[0]).toMatchObject({ state: 'issued', has_pdf: false })
    // The paper comes later, by itself.
    later(700)
    await invoicesDue(t.app, t.company_id)
    expect((await rows())[0]).toMatchObject({ state: 'issued', has_pdf: true })
  })
})

describe('money goes back', () => {
  const reverse = async (payment_id: string) => {
    const { reversal_id } = await t.as('cashier')(payment.askReversal, { payment_id, reason: '收错户' })
    await t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' })
    await t.drain()
  }
  test('a reversal reds the invoice; the other payment of it can be invoiced anew', async () => {
    const ps = [await taken('2026-09'), await taken('2026-10')]
    const a = await mine(ps)
    await t.drain()
    await reverse(ps[0]!)
    const all = await rows()
    expect(all.map((i) => [i.kind, i.state])).toEqual(expect.arrayContaining([['red', 'issued'], ['blue', 'red']]))
    expect(all.find((i) => i.kind === 'red')).toMatchObject({ red_of: a.invoice_id, amount_fen: 23_640, reason: '收款冲销' })
    expect(await t.as('finance')(payment.invoices, { house_id: house_id() })).toMatchObject({ amount_fen_sum: 0, tax_fen_sum: 0 })
    expect((await me(payment.myInvoiceable, {})).rows.map((r) => r.payment_id)).toEqual([ps[1]])
    expect(await mine([ps[1]!])).toMatchObject({ amount_fen: 11_820 })
  })
  test('reversed while it was being issued: red as soon as it is known', async () => {
    await t.drain() // an invoice that a test before left waiting must not take the fault
    const p = await taken()
    const a = await mine([p])
    sim.control.fault({ kind: 'slow', route: 'issue' })
    await t.drain()
    await reverse(p)
    expect((await rows())[0]!.state).toBe('issuing')
    later(60)
    await lookAtInvoice(t.app, t.company_id, a.invoice_id)
    await t.drain()
    expect((await rows()).map((i) => [i.kind, i.state]).sort()).toEqual([['blue', 'red'], ['red', 'issued']])
  })
  test('only applied for: dropped; by hand: once', async () => {
    const p = await taken()
    const a = await t.as('finance')(payment.applyInvoice, { payment_ids: [p], title: '张三' })
    await t.as('finance')(payment.cancelInvoice, { invoice_id: a.invoice_id })
    const b = await mine([p])
    await t.drain()
    await expectRefused(t.as('finance')(payment.cancelInvoice, { invoice_id: b.invoice_id }), 'payment.invoice_state')
    const both = await Promise.allSettled([1, 2].map(() => t.as('finance')(payment.redInvoice, { invoice_id: b.invoice_id, reason: '抬头开错' })))
    expect(both.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    await t.drain()
    expect((await rows()).filter((i) => i.kind === 'red')).toHaveLength(1)
  })
  test('two phones apply at once: one invoice', async () => {
    const p = await taken()
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => mine([p])))
    expect(all.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    // The others are refused in words; a unique key that bites would be a fault.
    for (const r of all) if (r.status === 'rejected') await expectRefused(Promise.reject(r.reason as Error), 'payment.invoiced_already')
  })
})
