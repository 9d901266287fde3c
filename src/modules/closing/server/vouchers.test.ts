import { beforeAll, expect, it } from 'vitest'
import { setClock } from '../../../kernel/clock.ts'
import { expectRefused, someId, testApp, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed } from '../../../../tests/seed_money.ts'
import { ledger } from '../../ledger/contract.ts'
import { post } from '../../ledger/server/index.ts'
import { closing } from '../contract.ts'

let t: TestApp
let s: Seed
const MARCH = { book: 'company' as const, month: '2026-03' }
const posted = (fen: number, on: string, kind = 'payment') => t.inside((x) => post(x, { book: 'company', booked_on: on, kind, source_type: 'test', source_id: someId(), lines: [{ account_code: '1001', amount_fen: fen, community_id: s.community_id }, { account_code: '6051', amount_fen: -fen, community_id: s.community_id }] }))
const text = async (batch_id: string, layout: string): Promise<string> => {
  const { input } = await t.as('finance')(closing.exportVouchers, { batch_id, layout })
  const file = (await t.as('finance')(closing.voucherFile, input)) as unknown as { name: string; body: Buffer }
  return `${file.name}\n${file.body.toString('utf8')}`
}

beforeAll(async () => {
  setClock('2026-03-20T02:00:00Z')
  t = await testApp()
  s = await t.inside((x) => seedMoney(x))
  for (const [fen, on, kind] of [[100, '2026-03-02', 'payment'], [200, '2026-03-02', 'payment'], [400, '2026-03-02', 'charge'], [800, '2026-03-03', 'payment']] as const) await posted(fen, on, kind)
})

it('sums by the rule, exports each journal once, and marks what is exported again', async () => {
  expect(await t.as('finance')(closing.previewVouchers, { ...MARCH, rule: 'detail' })).toMatchObject({ journal_count: 4, voucher_count: 4, debit_fen: 1500, next_no: 1 })
  expect(await t.as('finance')(closing.previewVouchers, { ...MARCH, rule: 'day' })).toMatchObject({ journal_count: 4, voucher_count: 3 })
  await t.as('finance')(closing.saveVoucherAccount, { book: 'company', account_code: '6051', target_code: '5051.01', target_name: '其他业务收入' })
  await expectRefused(t.as('finance')(closing.saveVoucherAccount, { book: 'company', account_code: '9', target_code: '1' }), 'closing.account_unknown')
  expect((await t.as('finance')(closing.previewVouchers, MARCH)).unmapped.map((a) => a.account_code)).toEqual(['1001'])
  const { batch_id, batch_no } = await t.as('finance')(closing.makeVoucherBatch, { ...MARCH, rule: 'day', first_no: 7 })
  expect(batch_no).toBe(1)
  const b = await t.as('finance')(closing.voucherBatch, { batch_id })
  expect(b.batch).toMatchObject({ voucher_count: 3, journal_count: 4, debit_fen: 1500, credit_fen: 1500, first_no: 7 })
  expect(b.rows.map((l) => [l.voucher_no, l.account_code, l.debit_fen, l.credit_fen])).toEqual([[7, '1001', 400, 0], [7, '5051.01', 0, 400], [8, '1001', 300, 0], [8, '5051.01', 0, 300], [9, '1001', 800, 0], [9, '5051.01', 0, 800]])
  await expectRefused(t.as('finance')(closing.makeVoucherBatch, { ...MARCH, first_no: 10 }), 'closing.nothing_to_export')
  const first = await text(batch_id, 'plain_csv')
  expect(first).toContain('凭证_2026-03_第1批.csv')
  expect(first).toContain('2026-03-02,记,8,1,2026-03-02 收款,1001,库存现金,3.00,0.00')
  expect(await text(batch_id, 'plain_csv')).toContain('_补导2')
  await expectRefused(t.as('cashier')(closing.exportVouchers, { batch_id, layout: 'plain' }), 'kernel.forbidden')
  await expectRefused(t.as('finance')(closing.exportVouchers, { batch_id, layout: 'none' }), 'closing.layout_unknown')
  for (const layout of ['kingdee', 'ufida_u8', 'ufida_t3', 'ufida_tplus', 'plain']) {
    const { input } = await t.as('finance')(closing.exportVouchers, { batch_id, layout })
    expect(((await t.as('finance')(closing.voucherFile, input)) as unknown as { body: Buffer }).body.subarray(0, 2).toString()).toBe('PK')
  }
})

it('takes what came later into the next batch, and a batch back only from the end', async () => {
  await posted(50, '2026-03-04')
  const next = await t.as('finance')(closing.previewVouchers, { ...MARCH, rule: 'month' })
  expect(next).toMatchObject({ journal_count: 1, exported_count: 4, next_no: 10 })
  const [one] = (await t.as('finance')(closing.voucherBatches, {})).rows
  const two = await t.as('finance')(closing.makeVoucherBatch, { ...MARCH, rule: 'month', first_no: next.next_no })
  await expectRefused(t.as('finance')(closing.voidVoucherBatch, { batch_id: one!.batch_id, reason: '重做' }), 'closing.not_last_batch')
  await t.as('finance')(closing.voidVoucherBatch, { batch_id: two.batch_id, reason: '重做' })
  await expectRefused(t.as('finance')(closing.exportVouchers, { batch_id: two.batch_id, layout: 'plain' }), 'closing.batch_void')
  expect((await t.as('finance')(closing.previewVouchers, MARCH)).journal_count).toBe(1)
  await expectRefused(t.as('finance')(closing.previewVouchers, { ...MARCH, from_on: '2026-02-28' }), 'closing.range_outside_month')
  // Two at once take each journal once.
  const both = await Promise.allSettled([11, 12].map((first_no) => t.as('finance')(closing.makeVoucherBatch, { ...MARCH, first_no })))
  expect(both.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
})

it('lets a company keep its own layout', async () => {
  const columns = [{ title: '日期', value: 'date' }, { title: '币别', value: '=人民币' }, { title: '金额', value: 'amount' }]
  await expectRefused(t.as('finance')(closing.saveVoucherLayout, { name: '集团版式', format: 'csv', voucher_word: '转', columns: [{ title: '怪', value: 'strange' }] }), 'closing.layout_field_unknown')
  const { layout_id } = await t.as('finance')(closing.saveVoucherLayout, { name: '集团版式', format: 'csv', voucher_word: '转', columns })
  await expectRefused(t.as('finance')(closing.saveVoucherLayout, { name: '集团版式', format: 'csv', voucher_word: '转', columns }), 'closing.layout_name_taken')
  const batch = (await t.as('finance')(closing.voucherBatches, {})).rows.find((b) => !b.voided_at)!
  expect(await text(batch.batch_id, layout_id)).toContain('人民币')
  expect((await t.as('other_admin')(closing.voucherLayouts, {})).rows.some((l) => l.layout_id)).toBe(false)
  await expectRefused(t.as('other_admin')(closing.voucherBatch, { batch_id: batch.batch_id }), 'kernel.not_found')
  expect((await t.as('finance')(ledger.sweep, {})).ok).toBe(true)
})
