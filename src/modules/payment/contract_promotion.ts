// Promotions (优惠活动): what prepaying a fee item earns; dated data of a community, published by a second person.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Repeatable, pageOf } from '../../kernel/shapes.ts'
import { HouseKind } from '../property/contract.ts'
import { Amount, Where } from './contract_parts.ts'

const Kind = z.enum(['months', 'percent', 'amount']).meta({ zh: '办法' })
const RefundRule = z.enum(['gift_first', 'pro_rata', 'keep']).meta({ zh: '退预存时' })
export type RefundRule = z.output<typeof RefundRule>
const PromotionState = z.enum(['draft', 'asked', 'live', 'ended']).meta({ zh: '状态' })
const Shape = {
  name: Needed(30).meta({ zh: '名称' }),
  fee_item_id: Id.meta({ zh: '收费项目' }),
  kind: Kind,
  from_on: Day.meta({ zh: '起' }),
  to_on: Day.meta({ zh: '止(含)' }),
  pay_months: z.int().min(1).max(60).nullable().default(null).meta({ zh: '预存月数' }),
  gift_months: z.int().min(1).max(12).nullable().default(null).meta({ zh: '赠送月数' }),
  percent_bp: z.int().min(1).max(5000).nullable().default(null).meta({ zh: '优惠比例' }),
  min_fen: Amount.nullable().default(null).meta({ zh: '满额' }),
  gift_fen: Amount.nullable().default(null).meta({ zh: '赠送金额' }),
  /** Empty: every kind. */
  house_kinds: z.array(HouseKind).max(20).default([]).meta({ zh: '适用房产' }),
  per_house: z.int().min(1).max(100).default(1).meta({ zh: '每户最多几次' }),
  max_uses: z.int().min(1).max(1_000_000).nullable().default(null).meta({ zh: '总份数' }),
  budget_fen: Amount.nullable().default(null).meta({ zh: '赠送总额上限' }),
  alone: z.boolean().default(true).meta({ zh: '不与其他活动同享' }),
  refund_rule: RefundRule.default('gift_first'),
  basis: Needed(300).meta({ zh: '依据与说明' }),
}
const PromotionRow = z.object({
  promotion_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), fee_item_name: z.string().meta({ zh: '收费项目' }), ...Shape,
  /** '预存 12 个月赠 1 个月' */
  rule_text: z.string().meta({ zh: '办法' }),
  state: PromotionState, approval_id: Id.nullable(), made_by_name: z.string().meta({ zh: '制定人' }), published_by_name: z.string().nullable().meta({ zh: '审批人' }), published_at: Instant.nullable().meta({ zh: '发布时间' }), ended_at: Instant.nullable().meta({ zh: '停止时间' }),
  used_count: z.int().meta({ zh: '享受次数' }), paid_fen: FenShape.meta({ zh: '实缴预存' }), given_fen: FenShape.meta({ zh: '赠送' }), taken_fen: FenShape.meta({ zh: '已收回' }),
  can: Can('edit', 'publish', 'end'),
})
export type PromotionRow = z.output<typeof PromotionRow>
const Offer = z.object({
  promotion_id: Id, name: z.string(), rule_text: z.string(), fee_item_id: Id, fee_item_name: z.string(), to_on: Day,
  /** What the payer pays now, what the company adds, and what stands in the prepayment then. For `amount`: the least. */
  pay_fen: FenShape, gift_fen: FenShape, wallet_fen: FenShape, at_least: z.boolean(),
  working: z.string().meta({ zh: '计算过程' }), refund_text: z.string().meta({ zh: '退款约定' }), basis: z.string(),
  /** true, or the refusal that says why not. */
  can: z.union([z.literal(true), z.string()]),
  why_not: z.string().nullable(),
})
export type Offer = z.output<typeof Offer>
const PromotionUse = z.object({
  use_id: Id, ...Where, promotion_id: Id, promotion_name: z.string().meta({ zh: '活动' }), payment_id: Id, receipt_no: z.string().meta({ zh: '收据号' }), used_at: Instant.meta({ zh: '时间' }), paid_fen: FenShape.meta({ zh: '实缴预存' }), gift_fen: FenShape.meta({ zh: '赠送' }),
  refunded_fen: FenShape.meta({ zh: '已退' }), taken_fen: FenShape.meta({ zh: '已收回' }), working: z.string().meta({ zh: '计算过程' }), used_by_name: z.string().meta({ zh: '经办人' }), reversed_at: Instant.nullable().meta({ zh: '冲销时间' }),
})
export type PromotionUse = z.output<typeof PromotionUse>
const UseFilter = z.object({ promotion_id: Id.optional(), community_id: Id.optional(), house_id: Id.optional(), from_on: Day.optional(), to_on: Day.optional(), live: z.boolean().optional().meta({ zh: '不看冲销的' }) })

/** What may stand against using an offer. */
export const OFFER_REFUSES = ['payment.promotion_over', 'payment.promotion_house', 'payment.promotion_times', 'payment.promotion_used_up', 'payment.promotion_alone', 'payment.promotion_no_bill', 'payment.promotion_amount'] as const

export const promotionCalls = {
  promotions: read({ zh: '优惠活动', may: 'payment.promotion.read', takes: Paging.extend({ community_id: Id.optional(), state: PromotionState.optional() }), gives: pageOf(PromotionRow).extend({ paid_fen_sum: FenShape, given_fen_sum: FenShape, taken_fen_sum: FenShape, used_count_sum: z.int() }) }),
  /** A draft; what is published is never changed, only ended. */
  savePromotion: write({ zh: '制定优惠活动', may: 'payment.promotion.write', takes: Repeatable.extend({ promotion_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), ...Shape }), gives: z.object({ promotion_id: Id }), refuses: ['payment.promotion_shape', 'payment.promotion_state', 'payment.promotion_item'] }),
  askPromotion: write({ zh: '提交发布优惠活动', may: 'payment.promotion.write', takes: Repeatable.extend({ promotion_id: Id, reason: Needed(200).meta({ zh: '说明' }) }), gives: z.object({ approval_id: Id }), refuses: ['payment.promotion_state', 'payment.promotion_over', 'system.approval_pending', 'system.approval_nobody'] }),
  endPromotion: write({ zh: '停止优惠活动', may: 'payment.promotion.write', takes: Repeatable.extend({ promotion_id: Id, reason: Needed(200).meta({ zh: '原因' }) }), gives: z.object({ state: PromotionState }), refuses: ['payment.promotion_state'] }),
  /** What this house could use today, reckoned, and why not where it may not. */
  offers: read({ zh: '可享优惠', may: 'payment.payment.take', takes: z.object({ house_id: Id }), gives: z.object({ rows: z.array(Offer) }) }),
  myOffers: read({ zh: '我的可享优惠', may: 'resident', takes: z.object({}), gives: z.object({ houses: z.array(z.object({ house_id: Id, house_label: z.string(), community_name: z.string(), rows: z.array(Offer) })) }) }),
  myPromotionUses: read({
    zh: '我享受的优惠', may: 'resident', takes: Paging,
    gives: pageOf(PromotionUse.pick({ use_id: true, house_id: true, house_label: true, promotion_name: true, receipt_no: true, used_at: true, paid_fen: true, gift_fen: true, refunded_fen: true, taken_fen: true, working: true, reversed_at: true })),
  }),
  promotionUses: read({ zh: '优惠享受明细', may: 'payment.promotion.read', takes: Paging.extend(UseFilter.shape), gives: pageOf(PromotionUse).extend({ paid_fen_sum: FenShape, gift_fen_sum: FenShape, refunded_fen_sum: FenShape, taken_fen_sum: FenShape }) }),
  promotionUsesExcel: download({ zh: '导出优惠享受明细', may: 'payment.promotion.export', takes: UseFilter }),
  /** Before a refund of prepayment: what the promotion takes back with it, and the most that can go back. */
  giftBack: read({
    zh: '退预存收回赠送试算',
    may: 'payment.refund.read',
    takes: z.object({ house_id: Id, fee_item_id: Id.nullable().default(null), payment_id: Id.optional(), amount_fen: z.int().min(0).max(10_000_000_000) }),
    gives: z.object({ gift_fen: FenShape.meta({ zh: '收回赠送' }), most_fen: FenShape.meta({ zh: '最多可退' }), workings: z.array(z.string()) }),
  }),
}
