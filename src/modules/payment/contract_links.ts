// Paying for somebody else by a link (代缴链接), and several own houses at once (合并缴费). Part of the contract of this module.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Day, FenShape, Id, Instant, Repeatable } from '../../kernel/shapes.ts'
import { COUPON_REFUSES, Coupons } from './contract_coupon.ts'

const Amount = z.int('应为整数分').min(1, '应大于 0').max(10_000_000_000, '金额过大')
/** `<company>.<secret>`: whoever has it may pay these bills and see nothing else. */
const Token = z.string().regex(/^[1-9]\d{0,14}\.[A-Za-z0-9_-]{22,64}$/, '链接不完整')
const LinkState = z.enum(['open', 'paid', 'expired', 'revoked']).meta({ zh: '状态' })

export const MyLink = z.object({
  link_id: Id,
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  amount_fen: FenShape.meta({ zh: '金额' }),
  bill_count: z.int().meta({ zh: '账单数' }),
  state: LinkState,
  created_at: Instant.meta({ zh: '生成时间' }),
  expires_at: Instant.meta({ zh: '失效时间' }),
  opened_count: z.int().meta({ zh: '打开次数' }),
})
export type MyLink = z.output<typeof MyLink>

export const LinkView = z.object({
  company_name: z.string(),
  community_name: z.string(),
  /** 1-2-3**: enough for who was asked to pay, too little for anybody else. */
  house_masked: z.string(),
  /** What is paid, where no house is meant. */
  title: z.string().nullable(),
  state: LinkState,
  expires_at: Instant,
  lines: z.array(z.object({ fee_item_name: z.string(), period_on: Day, open_fen: FenShape })),
  /** Coupons that the maker gave with it, as far as they still stand; `coupon_missed` says in words why not. */
  coupons: z.array(z.object({ name: z.string(), off_fen: FenShape })),
  coupon_missed: z.string().nullable(),
  /** To pay: the lines less coupons. */
  open_fen: FenShape,
  channels: z.array(z.object({ channel_id: Id, kind: z.enum(['wechat', 'alipay']), name: z.string(), simulated: z.boolean() })),
  /** The order under way or done by this link. */
  order: z.object({ state: z.enum(['created', 'pending', 'succeeded', 'closed', 'failed', 'unknown']), amount_fen: FenShape, pay_url: z.string().nullable(), receipt_no: z.string().nullable() }).nullable(),
})
export type LinkView = z.output<typeof LinkView>

export const linkCalls = {
  /** Several own houses in one payment: one order, and a payment with its receipt for each house. */
  startMerged: write({
    zh: '合并缴费',
    may: 'resident',
    takes: Repeatable.extend({
      channel_id: Id,
      houses: z.array(z.object({ house_id: Id, bills: z.array(z.object({ bill_id: Id, period_on: Day, amount_fen: Amount })).min(1).max(100), coupon_ids: Coupons })).min(1).max(10, '一次最多合并 10 套').meta({ zh: '房产' }),
    }),
    gives: z.object({ intent_id: Id, amount_fen: FenShape, expires_at: Instant }),
    refuses: [...COUPON_REFUSES, 'payment.same_bill_twice', 'payment.more_than_open', 'payment.line_changed', 'payment.being_paid', 'payment.channel_off', 'payment.too_many_intents'],
  }),
  makeLink: write({
    zh: '生成代缴链接',
    may: 'resident',
    takes: Repeatable.extend({ house_id: Id, bills: z.array(z.object({ bill_id: Id, period_on: Day })).min(1, '请勾选账单').max(100).meta({ zh: '账单' }), coupon_ids: Coupons, days: z.int().min(1).max(30).default(7).meta({ zh: '有效天数' }) }),
    /** Shown once: only its hash is kept. */
    gives: z.object({ link_id: Id, token: z.string(), amount_fen: FenShape, off_fen: FenShape, expires_at: Instant }),
    refuses: [...COUPON_REFUSES, 'payment.line_changed', 'payment.too_many_links'],
  }),
  myLinks: read({ zh: '我的代缴链接', may: 'resident', takes: z.object({}), gives: z.object({ rows: z.array(MyLink) }) }),
  revokeLink: write({ zh: '作废代缴链接', may: 'resident', takes: Repeatable.extend({ link_id: Id }), gives: z.object({ state: LinkState }) }),
  linkView: read({ zh: '查看代缴链接', may: 'public', takes: z.object({ token: Token }), gives: LinkView }),
  /** Begins or goes on with the payment of a link. */
  payLink: write({ zh: '按链接缴费', may: 'public', takes: z.object({ token: Token, channel_id: Id, origin: z.url().max(200).optional() }), gives: LinkView, refuses: ['payment.channel_off', 'payment.channel_busy', 'payment.being_paid', 'payment.link_over'] }),
}
