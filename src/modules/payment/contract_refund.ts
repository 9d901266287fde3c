// Refunds (退款): asked for with what exactly goes back, approved by somebody else, paid out by the desk, by transfer or by the channel.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Amount, AmountOrNone, Where } from './contract_parts.ts'
import { RefundMethod } from './methods.ts'

export const RefundState = z.enum(['asked', 'approved', 'paying', 'done', 'failed', 'refused', 'cancelled']).meta({ zh: '状态' })
export const RefundSource = z.enum(['payment', 'wallet', 'deposit']).meta({ zh: '退款来源' })

export const RefundRow = z.object({
  refund_id: Id,
  refund_no: z.string().meta({ zh: '退款单号' }),
  ...Where,
  source: RefundSource,
  payment_id: Id.nullable(),
  receipt_no: z.string().nullable().meta({ zh: '原收据号' }),
  deposit_id: Id.nullable(),
  deposit_no: z.string().nullable().meta({ zh: '押金收据号' }),
  amount_fen: FenShape.meta({ zh: '退款金额' }),
  method: RefundMethod,
  payee_name: z.string().meta({ zh: '收款人' }),
  payee_bank: z.string().nullable().meta({ zh: '开户行' }),
  payee_account_tail: z.string().nullable().meta({ zh: '账号末四位' }),
  reason: z.string().meta({ zh: '退款原因' }),
  state: RefundState,
  asked_by_name: z.string().meta({ zh: '申请人' }),
  asked_at: Instant.meta({ zh: '申请时间' }),
  decided_by_name: z.string().nullable().meta({ zh: '审批人' }),
  decided_at: Instant.nullable().meta({ zh: '审批时间' }),
  decide_note: z.string().nullable().meta({ zh: '审批意见' }),
  paid_by_name: z.string().nullable().meta({ zh: '付款人' }),
  paid_at: Instant.nullable().meta({ zh: '付出时间' }),
  reference: z.string().nullable().meta({ zh: '付款凭证号' }),
  failure: z.string().nullable().meta({ zh: '失败原因' }),
  can: Can('pay', 'cancel'),
})
export type RefundRow = z.output<typeof RefundRow>
const RefundDetail = RefundRow.extend({
  wallet_fen: FenShape.meta({ zh: '其中退预存' }),
  /** Gifts of promotions that go back with the prepayment; paid to nobody. */
  gift_back_fen: FenShape.meta({ zh: '收回赠送' }),
  gift_workings: z.array(z.string()),
  fee_item_name: z.string().nullable().meta({ zh: '专项' }),
  lines: z.array(z.object({ bill_id: Id, period_on: Day.meta({ zh: '账期' }), fee_item_name: z.string().meta({ zh: '收费项目' }), amount_fen: FenShape.meta({ zh: '退款' }) })),
})
const RefundFilter = z.object({
  from_on: Day.optional().meta({ zh: '申请日起' }),
  paid_by: Id.optional(),
  /** Without deposits: what the daily report of collectors counts. */
  of_receipts: z.boolean().optional().meta({ zh: '不含押金' }),
  paid_from_on: Day.optional().meta({ zh: '付出日起' }),
  paid_to_on: Day.optional().meta({ zh: '付出日止' }),
  to_on: Day.optional().meta({ zh: '申请日止' }),
  community_id: Id.optional(),
  house_id: Id.optional(),
  payment_id: Id.optional(),
  source: RefundSource.optional(),
  method: RefundMethod.optional(),
  state: RefundState.optional(),
  q: Text(40).optional().meta({ zh: '退款单号、房号' }),
})
const Payee = {
  method: RefundMethod,
  payee_name: Needed(40).meta({ zh: '收款人' }),
  payee_bank: Text(60).optional().meta({ zh: '开户行' }),
  payee_account: z.string().trim().regex(/^\d{8,30}$/, '应为 8 到 30 位数字').optional().meta({ zh: '收款账号' }),
  reason: Reason,
}
const MAY_REFUSE = ['payment.refund_payee', 'payment.refund_too_much', 'payment.gift_stays', 'system.approval_pending', 'system.approval_nobody'] as const

export const refundCalls = {
  /** What of a payment can still go back, by bill, and how. */
  refundable: read({
    zh: '可退金额',
    may: 'payment.refund.read',
    takes: z.object({ payment_id: Id }),
    gives: z.object({
      payment_id: Id,
      house_id: Id,
      prepay_item_id: Id.nullable(),
      receipt_no: z.string(),
      payer_name: z.string(),
      lines: z.array(z.object({ bill_id: Id, period_on: Day, fee_item_name: z.string().meta({ zh: '收费项目' }), paid_fen: FenShape.meta({ zh: '本次冲抵' }), refunded_fen: FenShape.meta({ zh: '已退' }), left_fen: FenShape.meta({ zh: '可退' }) })),
      /** Of what this payment put into prepayment, as much as is still there. */
      wallet_left_fen: FenShape.meta({ zh: '可退预存' }),
      /** Money that came in less what went back or is going back. */
      left_fen: FenShape.meta({ zh: '最多可退' }),
      methods: z.array(RefundMethod),
    }),
  }),
  askRefund: write({
    zh: '申请退款',
    may: 'payment.refund.ask',
    takes: Repeatable.extend({
      payment_id: Id,
      lines: z.array(z.object({ bill_id: Id, period_on: Day, amount_fen: Amount })).max(200).default([]).meta({ zh: '退账单' }),
      wallet_fen: AmountOrNone.default(0).meta({ zh: '退预存' }),
      ...Payee,
    }),
    gives: z.object({ refund_id: Id, refund_no: z.string(), amount_fen: FenShape }),
    refuses: [...MAY_REFUSE, 'payment.refund_nothing', 'payment.refund_all', 'payment.refund_line', 'payment.refund_wallet', 'payment.refund_no_channel', 'payment.already_reversed', 'payment.reversal_pending', 'payment.same_bill_twice'],
  }),
  /** Prepayment that goes back without a payment being named. */
  askWalletRefund: write({
    zh: '申请预存退款',
    may: 'payment.refund.ask',
    takes: Repeatable.extend({ house_id: Id, fee_item_id: Id.nullable().default(null).meta({ zh: '专项' }), amount_fen: Amount.meta({ zh: '退款金额' }), ...Payee }),
    gives: z.object({ refund_id: Id, refund_no: z.string(), amount_fen: FenShape }),
    refuses: [...MAY_REFUSE, 'payment.wallet_short', 'payment.refund_no_channel'],
  }),
  /** The money has left the drawer or the bank. */
  payRefund: write({
    zh: '退款付出',
    may: 'payment.refund.pay',
    takes: Repeatable.extend({ refund_id: Id, reference: Text(64).optional().meta({ zh: '付款凭证号' }) }),
    gives: z.object({ state: RefundState }),
    refuses: ['payment.refund_state', 'payment.refund_by_channel', 'payment.refund_reference', 'payment.shift_needed', 'payment.day_closed'],
  }),
  /** Before the money left: an approved one becomes prepayment (or deposit) of the house again. */
  cancelRefund: write({ zh: '取消退款', may: 'payment.refund.cancel', takes: Repeatable.extend({ refund_id: Id, reason: Reason }), gives: z.object({ state: RefundState }), refuses: ['payment.refund_state'] }),
  refunds: read({ zh: '退款列表', may: 'payment.refund.read', takes: Paging.extend(RefundFilter.shape), gives: pageOf(RefundRow).extend({ amount_fen_sum: FenShape, done_fen_sum: FenShape }) }),
  refundsExcel: download({ zh: '导出退款', may: 'payment.refund.export', takes: RefundFilter, refuses: ['payment.list_too_long'] }),
  refund: read({ zh: '退款详情', may: 'payment.refund.read', takes: z.object({ refund_id: Id }), gives: RefundDetail }),
  refundPdf: download({ zh: '打印退款单', may: 'payment.refund.read', takes: z.object({ refund_id: Id, form: z.enum(['80mm', 'a4']) }) }),
}
