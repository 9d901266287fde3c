// Staff with a phone: lists and tables are cards that carry their sums, their links, their ticks and the reason of what cannot be pressed.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { billing } from '../../src/modules/billing/contract.ts'
import { payment } from '../../src/modules/payment/contract.ts'
import { system } from '../../src/modules/system/contract.ts'
import { expectAccessible, stage, tariff, type Stage } from './stage.ts'

let s: Stage
let receipt_no: string
let refund_no: string
beforeAll(async () => {
  s = await stage({ at: '2026-05-20T02:00:00Z' })
  const { fee_item_ids } = await tariff(s)
  const run = await s.t.as('cashier')(billing.createRun, { community_id: s.w.community_id, period: '2026-05', fee_item_ids })
  await s.t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
  // A day of the cashier: one receipt, one taken back, one refund paid out; then it is closed.
  const pay = (label: string) => s.t.as('cashier')(payment.takePayment, { house_id: s.w.houses[label]!, prepay_fen: 123_456, tenders: [{ method: 'card', amount_fen: 123_456 }] })
  const paid = await pay('1-1-201')
  receipt_no = paid.receipt_no
  const asked = await s.t.as('cashier')(payment.askRefund, { payment_id: paid.payment_id, lines: [], wallet_fen: 100_000, method: 'transfer', payee_name: '孙七', payee_bank: '农业银行', payee_account: '6228480000000000018', reason: '多缴' })
  refund_no = asked.refund_no
  const { rows } = await s.t.as('finance')(system.approvals, { kind: 'payment.refund' })
  await s.t.as('finance')(system.decideApproval, { approval_id: rows[0]!.approval_id, step_no: 1, decision: 'agree' })
  await s.t.drain()
  await s.t.as('cashier')(payment.payRefund, { refund_id: asked.refund_id, reference: 'ZZ0001' })
  await s.t.as('cashier')(payment.closeDay, {})
}, 240_000)
const phone = (who: string) => s.window({ width: 390, height: 844, token: s.t.tokens.get(who)! })
const fits = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)

test('the figures of a cashier who has closed his day open the receipts and the refunds they are made of', async () => {
  const page = await phone('finance')
  const closes = async (): Promise<ReturnType<Page['getByRole']>> => {
    await page.goto(`${s.base}/admin/payment/day_closes`)
    const card = page.getByRole('list', { name: '收费员日结' }).getByRole('listitem').filter({ hasText: '2026-05-20' })
    await card.waitFor()
    return card
  }
  const card = await closes()
  await fits(page)
  await expectAccessible(page)
  await card.getByText('实收合计').locator('..').getByRole('link', { name: '1,234.56' }).click()
  await page.getByRole('list', { name: '收款记录' }).getByRole('link', { name: receipt_no }).waitFor()
  await fits(page)
  await (await closes()).getByText('退款金额').locator('..').getByRole('link', { name: '1,000.00' }).click()
  const refunds = page.getByRole('list', { name: '退款' })
  await refunds.getByRole('link', { name: refund_no }).waitFor()
  expect(await refunds.getByRole('listitem').filter({ hasText: /^TK/ }).count()).toBe(1)
  await fits(page)
  await expectAccessible(page)
}, 240_000)

test('bills are cards to tick; what is asked for them shows each line and the sum', async () => {
  const page = await phone('cashier')
  await page.goto(`${s.base}/admin/billing/bills?q=1-1-101`)
  const list = page.getByRole('list', { name: '账单' })
  const card = list.getByRole('listitem').filter({ hasText: '2026-05' })
  await card.getByText('118.20').first().waitFor()
  // The sum of all that is found is the last card.
  await list.getByText('合计 1 笔').waitFor()
  await fits(page)
  await card.getByRole('checkbox').check()
  const bar = page.getByRole('toolbar', { name: '批量操作' })
  await bar.getByText('已选 1 项').waitFor()
  // Why it cannot be pressed is read by whoever has no mouse to rest on it.
  const merge = bar.getByRole('button', { name: '合并' })
  await merge.focus()
  await page.getByRole('tooltip').getByText('请选 2 至 60 笔账单').waitFor()
  await expectAccessible(page)
  await bar.getByRole('button', { name: '申请减免或核销' }).click()
  const drawer = page.getByRole('dialog')
  const lines = drawer.getByRole('list', { name: '逐条减免' }).getByRole('listitem')
  await lines.first().waitFor()
  expect(await lines.count()).toBe(2)
  expect((await lines.last().innerText()).replace(/\s+/g, ' ')).toBe('合计 未收 118.20 减免 118.20')
  await drawer.getByLabel('理由').fill('渗水没有修好')
  await drawer.getByRole('button', { name: '提交审批' }).click()
  await page.getByText('已提交,等待另一人审批').waitFor()
}, 240_000)

test('a waiver is decided on the phone of the second person, and what waits opens the very item', async () => {
  const page = await phone('finance')
  await page.goto(`${s.base}/admin/system/approvals`)
  await page.getByRole('list', { name: '审批中心' }).getByRole('link', { name: /减免 1-1-101/ }).click()
  await fits(page)
  await page.getByRole('button', { name: '同意' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '同意' }).click()
  await page.getByText('已通过').first().waitFor()
  await expectAccessible(page)
  const bill = (await s.t.as('finance')(billing.bills, { page: 1, house_id: s.w.houses['1-1-101']! })).rows[0]!
  expect(bill.open_fen).toBe(0)
}, 240_000)
