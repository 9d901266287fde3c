// Coupons (优惠券): issued in batches to houses or as codes, used when a house pays, returned or forfeited by the rule of the batch.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { HouseKind } from '../property/contract.ts'
import { Amount, Where } from './contract_parts.ts'

/** Coupons of one batch, and of one payment. */
export const BATCH_MAX = 5000
export const COUPONS_MAX = 5
/** Of a house, used in one payment. */
export const Coupons = z.array(Id).max(COUPONS_MAX, `一次最多用 ${COUPONS_MAX} 张券`).default([]).meta({ zh: '优惠券' })
const CouponWay = z.enum(['house', 'code']).meta({ zh: '发放方式' })
const CouponRule = z.enum(['return', 'return_reversal', 'forfeit']).meta({ zh: '冲销与退款时' })
export type CouponRule = z.output<typeof CouponRule>
const BatchState = z.enum(['asked', 'live', 'refused', 'ended']).meta({ zh: '状态' })
const CouponState = z.enum(['live', 'used', 'forfeited', 'expired']).meta({ zh: '状态' })
const Terms = {
  name: Needed(30).meta({ zh: '名称' }),
  way: CouponWay,
  fee_item_id: Id.nullable().default(null).meta({ zh: '只抵收费项目' }),
  amount_fen: Amount.meta({ zh: '面额' }),
  min_fen: Amount.meta({ zh: '满多少可用' }),
  from_on: Day.meta({ zh: '有效期起' }),
  to_on: Day.meta({ zh: '有效期止(含)' }),
  refund_rule: CouponRule.default('return_reversal'),
  basis: Needed(300).meta({ zh: '依据与说明' }),
}
const CouponBatch = z.object({
  batch_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), ...Terms, fee_item_name: z.string().nullable().meta({ zh: '收费项目' }), rule_text: z.string().meta({ zh: '办法' }),
  state: BatchState, count: z.int().meta({ zh: '张数' }), face_fen: FenShape.meta({ zh: '总面额' }), approval_id: Id.nullable(),
  redeemed_count: z.int().meta({ zh: '已兑换' }), used_count: z.int().meta({ zh: '已用' }), used_fen: FenShape.meta({ zh: '已抵减' }), forfeited_count: z.int().meta({ zh: '已作废' }), expired_count: z.int().meta({ zh: '已过期' }),
  issued_by_name: z.string().meta({ zh: '发放人' }), issued_at: Instant.meta({ zh: '发放时间' }), approved_by_name: z.string().nullable().meta({ zh: '批准人' }), ended_at: Instant.nullable().meta({ zh: '停用时间' }), end_reason: z.string().nullable().meta({ zh: '停用原因' }),
  can: Can('end'),
})
export type CouponBatch = z.output<typeof CouponBatch>
const Coupon = z.object({ coupon_id: Id, batch_id: Id, code: z.string().meta({ zh: '券码' }), amount_fen: FenShape.meta({ zh: '面额' }), house_id: Id.nullable(), house_label: z.string().nullable().meta({ zh: '房号' }), owner_names: z.string().meta({ zh: '业主' }), state: CouponState, redeemed_at: Instant.nullable().meta({ zh: '兑换时间' }), payment_id: Id.nullable(), receipt_no: z.string().nullable().meta({ zh: '收据号' }), used_at: Instant.nullable().meta({ zh: '使用时间' }) })
export type Coupon = z.output<typeof Coupon>
const CouponFilter = z.object({ batch_id: Id, state: CouponState.optional(), q: Text(40).optional().meta({ zh: '券码、房号' }) })
const CouponUse = z.object({
  use_id: Id, ...Where, batch_id: Id, coupon_name: z.string().meta({ zh: '优惠券' }), code: z.string().meta({ zh: '券码' }), payment_id: Id, receipt_no: z.string().meta({ zh: '收据号' }), amount_fen: FenShape.meta({ zh: '抵减' }), working: z.string().meta({ zh: '计算过程' }),
  used_by_name: z.string().meta({ zh: '经办人' }), used_at: Instant.meta({ zh: '使用时间' }), ended_at: Instant.nullable().meta({ zh: '冲销或退款时间' }), end_how: z.enum(['reversal', 'refund']).nullable().meta({ zh: '结束方式' }), returned: z.boolean().nullable().meta({ zh: '券已退回' }),
})
export type CouponUse = z.output<typeof CouponUse>
const UseFilter = z.object({ batch_id: Id.optional(), community_id: Id.optional(), house_id: Id.optional(), from_on: Day.optional(), to_on: Day.optional(), live: z.boolean().optional().meta({ zh: '只看有效的' }) })

/** What a payer has, against the lines he is about to pay. `off_fen` is 0 where it is not chosen or cannot be used. */
const Offered = z.object({
  coupon_id: Id, name: z.string(), code: z.string(), rule_text: z.string().meta({ zh: '办法' }), amount_fen: FenShape, to_on: Day, refund_text: z.string(), chosen: z.boolean(), off_fen: FenShape, working: z.string().meta({ zh: '计算过程' }),
  /** null: it can be used on these lines. */
  why_not: z.string().nullable().meta({ zh: '不能用的原因' }),
})
export type CouponOffered = z.output<typeof Offered>
const Line = z.object({ bill_id: Id, period_on: Day, amount_fen: Amount })
const Quote = { lines: z.array(Line).max(200).default([]).meta({ zh: '账单' }), coupon_ids: Coupons }
const Quoted = z.object({ rows: z.array(Offered), gross_fen: FenShape.meta({ zh: '账单合计' }), off_fen: FenShape.meta({ zh: '抵减' }), net_fen: FenShape.meta({ zh: '应付' }) })
const Redeem = Repeatable.extend({ house_id: Id, code: z.string().trim().toUpperCase().regex(/^[2-9A-HJ-NP-Z]{10}$/, '券码是 10 位字母和数字').meta({ zh: '券码' }) })
const Redeemed = z.object({ coupon_id: Id, name: z.string(), rule_text: z.string() })
const REDEEM_REFUSES = ['payment.coupon_unknown', 'payment.coupon_taken', 'payment.coupon_over'] as const

/** What may stand against using coupons in a payment. */
export const COUPON_REFUSES = ['payment.coupon_gone', 'payment.coupon_over', 'payment.coupon_min', 'payment.coupon_twice'] as const

export const couponCalls = {
  couponBatches: read({ zh: '优惠券', may: 'payment.coupon.read', takes: Paging.extend({ community_id: Id.optional(), state: BatchState.optional() }), gives: pageOf(CouponBatch).extend({ count_sum: z.int(), used_count_sum: z.int(), used_fen_sum: FenShape, forfeited_count_sum: z.int() }) }),
  couponBatch: read({ zh: '优惠券批次', may: 'payment.coupon.read', takes: z.object({ batch_id: Id }), gives: CouponBatch }),
  coupons: read({ zh: '批次中的券', may: 'payment.coupon.read', takes: Paging.extend(CouponFilter.shape), gives: pageOf(Coupon) }),
  couponsExcel: download({ zh: '导出优惠券', may: 'payment.coupon.export', takes: CouponFilter }),
  couponUses: read({ zh: '优惠券使用明细', may: 'payment.coupon.read', takes: Paging.extend(UseFilter.shape), gives: pageOf(CouponUse).extend({ amount_fen_sum: FenShape }) }),
  couponUsesExcel: download({ zh: '导出优惠券使用明细', may: 'payment.coupon.export', takes: UseFilter }),
  /** To the houses chosen (rooms named, else buildings and kinds, else all), or as so many codes. Above the limit of the rule another person agrees. */
  issueCoupons: write({
    zh: '发放优惠券',
    may: 'payment.coupon.write',
    takes: Repeatable.extend({
      community_id: Id.meta({ zh: '小区' }), ...Terms, count: z.int().min(1).max(BATCH_MAX, `一批最多 ${BATCH_MAX} 张`).optional().meta({ zh: '张数' }),
      building_ids: z.array(Id).max(500).default([]).meta({ zh: '楼栋' }), house_kinds: z.array(HouseKind).max(20).default([]).meta({ zh: '房产类型' }), rooms: z.array(Needed(40)).max(BATCH_MAX).default([]).meta({ zh: '指定房号' }),
      /** Houses that owe nothing overdue, as a thank-you for paying in time. */
      paid_up: z.boolean().default(false).meta({ zh: '只发给没有逾期欠费的' }),
    }),
    gives: z.object({ batch_id: Id, count: z.int(), approval_id: Id.nullable() }),
    refuses: ['payment.coupon_shape', 'payment.coupon_item', 'payment.coupon_rooms', 'payment.coupon_nobody', 'payment.coupon_many', 'system.approval_nobody', 'system.approval_pending'],
  }),
  endCoupons: write({ zh: '停用优惠券', may: 'payment.coupon.write', takes: Repeatable.extend({ batch_id: Id, reason: Reason }), gives: z.object({ state: BatchState }), refuses: ['payment.coupon_state'] }),
  /** A code becomes the coupon of this house. */
  redeemCoupon: write({ zh: '兑换券码', may: 'payment.payment.take', takes: Redeem, gives: Redeemed, refuses: [...REDEEM_REFUSES] }),
  redeemMyCoupon: write({ zh: '兑换我的券码', may: 'resident', takes: Redeem, gives: Redeemed, refuses: [...REDEEM_REFUSES] }),
  couponQuote: read({ zh: '可用优惠券试算', may: 'payment.payment.take', takes: z.object({ house_id: Id, ...Quote }), gives: Quoted }),
  myCouponQuote: read({ zh: '我的优惠券试算', may: 'resident', takes: z.object({ house_id: Id, ...Quote }), gives: Quoted }),
  myCoupons: read({ zh: '我的优惠券', may: 'resident', takes: z.object({}), gives: z.object({ houses: z.array(z.object({ house_id: Id, house_label: z.string(), community_name: z.string(), rows: z.array(z.object({ coupon_id: Id, name: z.string(), code: z.string(), rule_text: z.string(), amount_fen: FenShape, from_on: Day, to_on: Day, state: CouponState, refund_text: z.string() })) })) }) }),
}
