// An order by phone (线上订单) as the payer and staff see it. Part of the contract of this module.
import { z } from 'zod'
import { download, read } from '../../kernel/contract.ts'
import { Day, FenShape, Id, Instant, Paging, Text, pageOf } from '../../kernel/shapes.ts'

export const IntentState = z.enum(['created', 'pending', 'succeeded', 'closed', 'failed', 'unknown']).meta({ zh: '状态' })
export const Intent = z.object({
  intent_id: Id,
  out_trade_no: z.string().meta({ zh: '商户订单号' }),
  state: IntentState,
  amount_fen: FenShape.meta({ zh: '金额' }),
  house_id: Id,
  house_label: z.string(),
  pay_url: z.string().nullable(),
  way: z.string().meta({ zh: '方式' }),
  failure: z.string().nullable().meta({ zh: '说明' }),
  created_at: Instant,
  expires_at: Instant,
  /** Set when the money has arrived. */
  payment_id: Id.nullable(),
  receipt_no: z.string().nullable(),
})
export type Intent = z.output<typeof Intent>
const MyPaid = z.object({ payment_id: Id, receipt_no: z.string(), house_label: z.string(), total_fen: FenShape, prepaid_fen: FenShape })
/** A payer's own order. `receipts`: one a house, with what of it became prepayment (the bill had been paid meanwhile). `coupon`: what coupons took off, and why one did not. `promotion`: `gift_fen` once it was given, `missed` says why it was not. */
export const MyIntent = Intent.extend({ promotion: z.object({ name: z.string(), gift_fen: FenShape.nullable(), missed: z.string().nullable() }).nullable(), coupon: z.object({ off_fen: FenShape, missed: z.string().nullable() }).nullable(), receipts: z.array(MyPaid) })
export type MyIntent = z.output<typeof MyIntent>
export const Jsapi = z.object({ appId: z.string(), timeStamp: z.string(), nonceStr: z.string(), package: z.string(), signType: z.literal('RSA'), paySign: z.string() })
export type Jsapi = z.output<typeof Jsapi>

const OrderRow = Intent.extend({ source: z.enum(['online', 'desk', 'link']).meta({ zh: '来源' }), channel_name: z.string().meta({ zh: '渠道' }), community_name: z.string().meta({ zh: '小区' }), checked_at: Instant.nullable().meta({ zh: '最近查单' }), checks: z.int().meta({ zh: '查单次数' }) })
const OrderFilter = z.object({ state: IntentState.optional(), community_id: Id.optional(), house_id: Id.optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(40).optional().meta({ zh: '商户订单号、房号' }) })
export const orderCalls = {
  /** Sums over the whole filter: of every order, and of those that were paid. */
  orders: read({ zh: '线上订单', may: 'payment.payment.read', takes: Paging.extend(OrderFilter.shape), gives: pageOf(OrderRow).extend({ amount_fen_sum: FenShape, paid_fen_sum: FenShape }) }),
  ordersExcel: download({ zh: '导出线上订单', may: 'payment.payment.export', takes: OrderFilter, refuses: ['payment.list_too_long'] }),
}
