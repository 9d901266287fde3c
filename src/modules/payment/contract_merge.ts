// One payment for several houses (合并收款), and receipts printed many at once.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, FenShape, Id, Instant, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { COUPON_REFUSES, Coupons } from './contract_coupon.ts'
import { Amount, AmountOrNone } from './contract_parts.ts'
import { MoneyMethod } from './methods.ts'

export const MERGE_MAX = 30
export const PRINTS_MAX = 500
const Form = z.enum(['a5', '80mm', 'three_copy', 'two_copy', 'a4']).meta({ zh: '版式' })
const House = { house_id: Id, house_label: z.string().meta({ zh: '房号' }), community_name: z.string().meta({ zh: '小区' }) }
const MergeLine = z.object({ bill_id: Id, period_on: Day, fee_item_name: z.string().meta({ zh: '收费项目' }), explanation: z.string().meta({ zh: '计算过程' }), payer_name: z.string().meta({ zh: '缴费责任人' }), due_on: Day.meta({ zh: '应缴日' }), overdue_days: z.int().meta({ zh: '逾期天数' }), open_fen: FenShape.meta({ zh: '欠缴' }), being_paid: z.boolean() })
const MergeHouse = z.object({ ...House, community_id: Id, owner_names: z.string().meta({ zh: '业主' }), open_fen: FenShape.meta({ zh: '欠缴' }), lines: z.array(MergeLine) })
export type MergeHouse = z.output<typeof MergeHouse>
const PrintBatch = z.object({ batch_id: Id, title: z.string().meta({ zh: '打印内容' }), form: Form, together: z.boolean().meta({ zh: '合并成一张' }), receipt_count: z.int().meta({ zh: '收据张数' }), reprint_count: z.int().meta({ zh: '其中补打' }), printed_by_name: z.string().meta({ zh: '打印人' }), printed_at: Instant.meta({ zh: '打印时间' }) })
export type PrintBatch = z.output<typeof PrintBatch>

export const mergeCalls = {
  /** Houses with everything they owe, for one payment; and the other houses of the same people. */
  mergeDesk: read({
    zh: '合并收款',
    may: 'payment.payment.take',
    takes: z.object({ house_ids: z.array(Id).min(1).max(MERGE_MAX) }),
    gives: z.object({
      houses: z.array(MergeHouse),
      /** More open bills than are shown: the oldest stand here. */
      cut: z.boolean(),
      related: z.array(z.object({ ...House, open_fen: FenShape, owner_names: z.string() })),
    }),
  }),
  takeMerged: write({
    zh: '合并收款',
    may: 'payment.payment.take',
    takes: Repeatable.extend({
      parts: z.array(z.object({ house_id: Id, lines: z.array(z.object({ bill_id: Id, period_on: Day, amount_fen: Amount })).max(200).default([]), prepay_fen: AmountOrNone.default(0), coupon_ids: Coupons })).min(1, '请选择房产').max(MERGE_MAX).meta({ zh: '房产' }),
      /** Cash is what was handed over, before change. Prepayment belongs to one house and is used at its own desk. */
      tenders: z.array(z.object({ method: MoneyMethod, amount_fen: Amount, reference: Text(64).optional().meta({ zh: '流水号' }) })).min(1, '请填写收款方式').max(10).meta({ zh: '收款方式' }),
      change_fen: AmountOrNone.default(0).meta({ zh: '找零' }),
      payer_name: Text(40).optional().meta({ zh: '缴款人' }),
      remark: Text(100).optional().meta({ zh: '备注' }),
    }),
    gives: z.object({ merge_id: Id, total_fen: FenShape, change_fen: FenShape, payments: z.array(z.object({ payment_id: Id, receipt_no: z.string(), house_label: z.string(), total_fen: FenShape, arrears_fen: FenShape })) }),
    refuses: [...COUPON_REFUSES, 'payment.nothing_to_pay', 'payment.totals_differ', 'payment.change_only_from_cash', 'payment.same_bill_twice', 'payment.more_than_open', 'payment.line_changed', 'payment.house_twice', 'payment.slip_taken', 'payment.shift_needed', 'payment.day_closed', 'billing.bill_changed'],
  }),
  /** Logs a print of each and gives what `receiptsPdf` takes. Named one by one, by merged payment, or by place, days and cashier. */
  printReceipts: write({
    zh: '批量打印收据',
    may: 'payment.receipt.print',
    takes: Repeatable.extend({
      form: Form.default('a5'),
      /** One paper for all houses of a merged payment. */
      together: z.boolean().default(false).meta({ zh: '合并成一张' }),
      payment_ids: z.array(Id).min(1).max(200).optional(),
      merge_id: Id.optional(),
      community_id: Id.optional().meta({ zh: '小区' }),
      building_id: Id.optional().meta({ zh: '楼栋' }),
      taken_by: Id.optional().meta({ zh: '收费员' }),
      from_on: Day.optional().meta({ zh: '收款日起' }),
      to_on: Day.optional().meta({ zh: '收款日止' }),
      unprinted: z.boolean().default(false).meta({ zh: '只打没打印过的' }),
    }),
    gives: z.object({ count: z.int(), reprint_count: z.int(), input: z.object({ batch_id: Id }) }),
    refuses: ['payment.nothing_to_print', 'payment.too_many_prints', 'payment.not_merged'],
  }),
  receiptsPdf: download({ zh: '批量收据 PDF', may: 'payment.receipt.print', takes: z.object({ batch_id: Id }) }),
  printBatches: read({ zh: '批量打印记录', may: 'payment.payment.read', takes: Paging.extend({ from_on: Day.optional(), to_on: Day.optional() }), gives: pageOf(PrintBatch) }),
}
