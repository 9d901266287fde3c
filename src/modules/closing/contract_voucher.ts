// Vouchers for accounting programs (凭证导出). Part of the contract of this module.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Book } from '../ledger/contract.ts'
import { Can, Day, FenShape, Id, Instant, Month, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

const Column = z.object({ title: Needed(30).meta({ zh: '列标题' }), value: Text(60).meta({ zh: '取值' }) })
export const Layout = z.object({ layout_id: Id.nullable(), key: z.string(), name: z.string().meta({ zh: '名称' }), format: z.enum(['xlsx', 'csv']).meta({ zh: '格式' }), voucher_word: z.string().meta({ zh: '凭证字' }), columns: z.array(Column), disabled: z.boolean() })
export type Layout = z.output<typeof Layout>
export const VoucherRule = z.enum(['detail', 'day', 'month']).meta({ zh: '汇总方式' })
const Range = z.object({ book: Book.default('company'), month: Month.meta({ zh: '期间' }), from_on: Day.optional().meta({ zh: '起' }), to_on: Day.optional().meta({ zh: '止(含)' }), rule: VoucherRule.default('day') })
export const Batch = z.object({
  batch_id: Id, batch_no: z.int().meta({ zh: '批次号' }), book: Book, month: z.string().meta({ zh: '期间' }), from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止' }), rule: VoucherRule,
  first_no: z.int().meta({ zh: '起始凭证号' }), voucher_count: z.int().meta({ zh: '凭证张数' }), journal_count: z.int().meta({ zh: '明细凭证' }), debit_fen: FenShape.meta({ zh: '借方' }), credit_fen: FenShape.meta({ zh: '贷方' }), export_count: z.int().meta({ zh: '已导出' }),
  created_by_name: z.string().nullable().meta({ zh: '制批人' }), created_at: Instant.meta({ zh: '制批时间' }), voided_at: Instant.nullable().meta({ zh: '作废时间' }), void_reason: z.string().nullable().meta({ zh: '作废原因' }), can: Can('export', 'void'),
})
export type Batch = z.output<typeof Batch>
export const VoucherLine = z.object({ voucher_no: z.int().meta({ zh: '凭证号' }), line_no: z.int(), booked_on: Day.meta({ zh: '日期' }), note: z.string().meta({ zh: '摘要' }), account_code: z.string().meta({ zh: '科目代码' }), account_name: z.string().meta({ zh: '科目名称' }), community_name: z.string().nullable().meta({ zh: '小区' }), debit_fen: FenShape.meta({ zh: '借方' }), credit_fen: FenShape.meta({ zh: '贷方' }), journal_count: z.int().meta({ zh: '明细凭证' }) })

export const voucherCalls = {
  voucherLayouts: read({ zh: '凭证版式', may: 'closing.voucher.read', takes: z.object({}), gives: z.object({ rows: z.array(Layout), fields: z.array(z.object({ value: z.string(), label: z.string() })) }) }),
  saveVoucherLayout: write({
    zh: '保存凭证版式',
    may: 'closing.voucher.write',
    takes: Repeatable.extend({ layout_id: Id.optional(), name: Needed(40).meta({ zh: '名称' }), format: z.enum(['xlsx', 'csv']).meta({ zh: '格式' }), voucher_word: Needed(4).meta({ zh: '凭证字' }), columns: z.array(Column).min(1, '至少一列').max(60).meta({ zh: '列' }), disabled: z.boolean().default(false).meta({ zh: '停用' }) }),
    gives: z.object({ layout_id: Id }),
    refuses: ['closing.layout_name_taken', 'closing.layout_field_unknown'],
  }),
  voucherAccounts: read({ zh: '科目对照', may: 'closing.voucher.read', takes: z.object({ book: Book.default('company') }), gives: z.object({ rows: z.array(z.object({ account_code: z.string().meta({ zh: '本系统科目' }), account_name: z.string().meta({ zh: '科目名称' }), target_code: z.string().nullable().meta({ zh: '财务软件科目' }), target_name: z.string().nullable().meta({ zh: '财务软件科目名称' }) })) }) }),
  saveVoucherAccount: write({ zh: '保存科目对照', may: 'closing.voucher.write', takes: Repeatable.extend({ book: Book, account_code: Needed(20).meta({ zh: '本系统科目' }), target_code: Text(40).meta({ zh: '财务软件科目' }), target_name: Text(60).optional().meta({ zh: '财务软件科目名称' }) }), gives: z.object({ target_code: z.string().nullable() }), refuses: ['closing.account_unknown'] }),
  /** What a batch would hold: journals not yet exported, and accounts without a number in the other program. */
  previewVouchers: read({ zh: '凭证试算', may: 'closing.voucher.read', takes: Range, gives: z.object({ journal_count: z.int(), voucher_count: z.int(), debit_fen: FenShape, credit_fen: FenShape, exported_count: z.int(), next_no: z.int(), unmapped: z.array(z.object({ account_code: z.string(), account_name: z.string() })) }), refuses: ['closing.range_outside_month'] }),
  makeVoucherBatch: write({
    zh: '生成凭证批次',
    may: 'closing.voucher.export',
    takes: Repeatable.extend(Range.shape).extend({ first_no: z.int().min(1).max(99_999).meta({ zh: '起始凭证号' }) }),
    gives: z.object({ batch_id: Id, batch_no: z.int() }),
    refuses: ['closing.range_outside_month', 'closing.nothing_to_export', 'closing.too_many_journals', 'closing.batch_race'],
  }),
  voucherBatches: read({ zh: '凭证批次', may: 'closing.voucher.read', takes: Paging.extend({ book: Book.optional() }), gives: pageOf(Batch) }),
  voucherBatch: read({ zh: '凭证批次明细', may: 'closing.voucher.read', takes: Paging.extend({ batch_id: Id }), gives: pageOf(VoucherLine).extend({ batch: Batch }) }),
  /** Counts the export, and gives what `voucherFile` takes. From the second time on the file says 补导. */
  exportVouchers: write({ zh: '导出凭证', may: 'closing.voucher.export', takes: Repeatable.extend({ batch_id: Id, layout: Needed(60).meta({ zh: '版式' }) }), gives: z.object({ export_no: z.int(), input: z.object({ batch_id: Id, layout: z.string(), export_no: z.int() }) }), refuses: ['closing.batch_void', 'closing.layout_unknown'] }),
  voucherFile: download({ zh: '凭证文件', may: 'closing.voucher.export', takes: z.object({ batch_id: Id, layout: Needed(60), export_no: z.int().min(1).max(100_000) }), refuses: ['closing.batch_void', 'closing.layout_unknown'] }),
  voidVoucherBatch: write({ zh: '作废凭证批次', may: 'closing.voucher.export', takes: Repeatable.extend({ batch_id: Id, reason: Reason }), gives: z.object({ batch_no: z.int() }), refuses: ['closing.batch_void', 'closing.not_last_batch'] }),
}
