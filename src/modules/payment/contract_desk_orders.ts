// Codes at the desk (收款码, 付款码): the cashier shows a code to scan, or scans the payer's own. Part of the contract of this module.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { MERGE_MAX } from './contract_merge.ts'
import { COUPON_REFUSES, Coupons } from './contract_coupon.ts'
import { Day, FenShape, Id, Instant, Repeatable, Text } from '../../kernel/shapes.ts'

const Amount = z.int('应为整数分').min(1, '应大于 0').max(10_000_000_000, '金额过大')
export const DeskOrder = z.object({
  intent_id: Id,
  out_trade_no: z.string().meta({ zh: '商户订单号' }),
  channel_name: z.string().meta({ zh: '渠道' }),
  way: z.enum(['native', 'code']).meta({ zh: '方式' }),
  state: z.enum(['created', 'pending', 'succeeded', 'closed', 'failed', 'unknown']).meta({ zh: '状态' }),
  amount_fen: FenShape.meta({ zh: '金额' }),
  /** What the payer scans. */
  code_url: z.string().nullable(),
  failure: z.string().nullable().meta({ zh: '说明' }),
  expires_at: Instant,
  payment_id: Id.nullable(),
  receipt_no: z.string().nullable().meta({ zh: '收据号' }),
  /** A payment and a receipt a house, once the money is there. */
  payments: z.array(z.object({ payment_id: Id, receipt_no: z.string(), house_label: z.string(), total_fen: FenShape })),
  merge_id: Id.nullable(),
})
export type DeskOrder = z.output<typeof DeskOrder>

export const deskOrderCalls = {
  deskChannels: read({ zh: '收费台支付渠道', may: 'payment.payment.take', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ channel_id: Id, kind: z.enum(['wechat', 'alipay']), name: z.string(), simulated: z.boolean() })) }) }),
  /** Writes the order; `sendDeskOrder` then asks the channel. */
  startDeskOrder: write({
    zh: '收费台扫码收款',
    may: 'payment.payment.take',
    takes: Repeatable.extend({
      house_id: Id,
      channel_id: Id,
      /** native: the payer scans our code; code: we scan his. */
      way: z.enum(['native', 'code']),
      lines: z.array(z.object({ bill_id: Id, period_on: Day, amount_fen: Amount })).max(200).default([]).meta({ zh: '账单' }),
      prepay_fen: z.int().min(0).max(10_000_000_000).default(0).meta({ zh: '转入预存' }),
      coupon_ids: Coupons,
    }),
    gives: z.object({ intent_id: Id, amount_fen: FenShape, expires_at: Instant }),
    refuses: [...COUPON_REFUSES, 'payment.nothing_to_pay', 'payment.same_bill_twice', 'payment.more_than_open', 'payment.line_changed', 'payment.being_paid', 'payment.channel_off', 'billing.bill_changed'],
  }),
  /** One code for several houses: a payment and a receipt for each when the money comes. */
  startDeskMerged: write({
    zh: '合并扫码收款',
    may: 'payment.payment.take',
    takes: Repeatable.extend({
      channel_id: Id,
      way: z.enum(['native', 'code']),
      parts: z.array(z.object({ house_id: Id, lines: z.array(z.object({ bill_id: Id, period_on: Day, amount_fen: Amount })).min(1).max(200), coupon_ids: Coupons })).min(1, '请选择房产').max(MERGE_MAX).meta({ zh: '房产' }),
      payer_name: Text(40).optional().meta({ zh: '缴款人' }),
    }),
    gives: z.object({ intent_id: Id, amount_fen: FenShape, expires_at: Instant }),
    refuses: [...COUPON_REFUSES, 'payment.same_bill_twice', 'payment.more_than_open', 'payment.line_changed', 'payment.being_paid', 'payment.channel_off', 'payment.house_twice', 'billing.bill_changed'],
  }),
  /** Asks the channel for the code, or hands it the payer's. An answer 'unknown' or 'pending' is polled with `deskOrder`. */
  sendDeskOrder: write({ zh: '收费台向渠道下单', may: 'payment.payment.take', takes: z.object({ intent_id: Id, auth_code: z.string().regex(/^\d{16,24}$/, '付款码应为 16 到 24 位数字').optional().meta({ zh: '付款码' }) }), gives: DeskOrder, refuses: ['payment.channel_off', 'payment.channel_busy', 'payment.auth_code_missing'] }),
  deskOrder: read({ zh: '收费台扫码结果', may: 'payment.payment.take', takes: z.object({ intent_id: Id }), gives: DeskOrder }),
  /** Gives up: asked, closed or taken back at the channel first; if the money was quicker, the answer says succeeded. */
  closeDeskOrder: write({ zh: '取消扫码收款', may: 'payment.payment.take', takes: z.object({ intent_id: Id }), gives: DeskOrder, refuses: ['payment.channel_busy', 'payment.channel_unclear'] }),
}
