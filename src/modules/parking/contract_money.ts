// Money of stays: at the booth, by phone, by day; permits with their terms and bills; coupons of shops. Part of the contract of this module.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { PermitKind, PermitState, Plate, StayClass } from './shapes.ts'

const At = z.string().regex(/^[1-9]\d{0,14}\.[2-9A-HJ-NP-Z]{8}$/, '二维码不完整')
const Line = z.object({ text: z.string(), amount_fen: FenShape })
export const PayView = z.object({ stay_id: Id, plate: z.string(), class: StayClass, entered_at: Instant, no_entry: z.boolean(), left_at: Instant.nullable(), minutes: z.int(), total_fen: FenShape, paid_fen: FenShape, due_fen: FenShape, lines: z.array(Line), problem: z.string().nullable() })
export type PayView = z.output<typeof PayView>
export const Link = z.object({ token: z.string(), due_fen: FenShape })
export const LotSpace = z.object({ lot_id: Id, name: z.string(), community_name: z.string(), capacity: z.int(), free: z.int(), zones: z.array(z.object({ name: z.string(), free: z.int(), capacity: z.int() })) })
export type LotSpace = z.output<typeof LotSpace>
const Range = { from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止' }) }
export const DayRow = z.object({
  key: z.string(), on_day: Day.meta({ zh: '日期' }), lot_id: Id, lot_name: z.string().meta({ zh: '车场' }), in_count: z.int().meta({ zh: '入场' }), out_count: z.int().meta({ zh: '离场' }), opened_count: z.int().meta({ zh: '自动开闸' }), offline_count: z.int().meta({ zh: '断网开闸' }), hand_count: z.int().meta({ zh: '手动开闸' }), difference: z.int().meta({ zh: '开闸与进出之差' }), void_count: z.int().meta({ zh: '作废' }),
  cash_fen: FenShape.meta({ zh: '现金' }), online_fen: FenShape.meta({ zh: '线上' }), other_fen: FenShape.meta({ zh: '其他' }), taken_fen: FenShape.meta({ zh: '收款合计' }), debt_fen: FenShape.meta({ zh: '未缴离场' }),
})
export type DayRow = z.output<typeof DayRow>
export const OpeningRow = z.object({ command_id: Id, at: Instant.meta({ zh: '时间' }), lot_name: z.string().meta({ zh: '车场' }), lane_name: z.string().meta({ zh: '通道' }), by_name: z.string().meta({ zh: '开闸人' }), reason: z.string().meta({ zh: '原因' }), state: z.enum(['sent', 'expired', 'waiting']).meta({ zh: '结果' }), stay_id: Id.nullable(), plate: z.string().nullable().meta({ zh: '车牌' }) })
export type OpeningRow = z.output<typeof OpeningRow>
const money = {
  collect: write({
    zh: '岗亭收停车费', may: 'parking.money.take',
    takes: Repeatable.extend({ stay_id: Id, method: z.enum(['cash', 'card', 'wechat', 'alipay', 'transfer', 'other']).meta({ zh: '方式' }), amount_fen: z.int().min(1).meta({ zh: '应收金额' }), reference: Text(60).optional().meta({ zh: '凭证号' }) }),
    gives: z.object({ payment_id: Id, receipt_no: z.string(), paid_fen: FenShape }),
    refuses: ['parking.not_inside', 'parking.nothing_due', 'parking.due_changed', 'parking.no_price', 'payment.shift_needed', 'payment.day_closed', 'payment.slip_taken', 'payment.more_than_open', 'payment.line_changed', 'ledger.period_closed'],
  }),
  payLook: read({ zh: '扫码查停车费', may: 'public', takes: z.object({ at: At, plate: Text(16).optional() }), gives: z.object({ company_name: z.string(), community_name: z.string(), lot_name: z.string(), rows: z.array(PayView) }), refuses: ['parking.too_often'] }),
  payStart: write({ zh: '扫码缴停车费', may: 'public', takes: z.object({ at: At, plate: Text(16), stay_id: Id }), gives: Link, refuses: ['parking.too_often', 'parking.not_inside', 'parking.nothing_due', 'parking.no_price', 'ledger.period_closed'] }),
  myCars: read({ zh: '我的在场车辆', may: 'resident', takes: z.object({}), gives: z.object({ rows: z.array(PayView.extend({ lot_name: z.string(), house_label: z.string(), where: z.string(), place: z.string().nullable() })), lots: z.array(LotSpace) }) }),
  payMine: write({ zh: '缴我的停车费', may: 'resident', takes: Repeatable.extend({ stay_id: Id }), gives: Link, refuses: ['parking.too_often', 'parking.nothing_due', 'parking.no_price', 'ledger.period_closed'] }),
  /** By day and lot, each figure opens its stays. */
  days: read({ zh: '车场日报', may: 'parking.stay.read', takes: z.object({ lot_id: Id.optional(), community_id: Id.optional(), ...Range }), gives: z.object({ rows: z.array(DayRow) }), refuses: ['parking.range_long'] }),
  daysExcel: download({ zh: '导出车场日报', may: 'parking.stay.export', takes: z.object({ lot_id: Id.optional(), community_id: Id.optional(), ...Range }), refuses: ['parking.range_long'] }),
  openings: read({ zh: '手动开闸记录', may: 'parking.stay.read', takes: Paging.extend({ lot_id: Id.optional(), community_id: Id.optional(), from_on: Day.optional(), to_on: Day.optional() }), gives: pageOf(OpeningRow) }),
}

export const PermitRow = z.object({
  permit_id: Id, lot_id: Id, lot_name: z.string().meta({ zh: '车场' }), kind: PermitKind, state: PermitState, plates: z.array(z.string()).meta({ zh: '车牌' }), places: z.int().meta({ zh: '车位数' }), inside: z.int().meta({ zh: '在场' }), house_id: Id.nullable(), house_label: z.string().nullable().meta({ zh: '房号' }), holder_name: z.string().meta({ zh: '持有人' }), holder_phone: z.string().nullable().meta({ zh: '电话' }), card_no: z.string().nullable().meta({ zh: '卡号' }), from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止(不含)' }), term_to_on: Day.nullable().meta({ zh: '已缴至(不含)' }), holds: z.boolean().meta({ zh: '今日有效' }), unpaid_fen: FenShape.meta({ zh: '未缴租费' }), reason: z.string().nullable().meta({ zh: '备注' }), created_at: Instant,
})
export type PermitRow = z.output<typeof PermitRow>
export const PermitFilter = z.object({ lot_id: Id.optional(), community_id: Id.optional(), kind: PermitKind.optional(), state: PermitState.optional(), ending: z.boolean().optional().meta({ zh: '将到期' }), q: Text(20).optional() })
export type PermitFilter = z.output<typeof PermitFilter>
export const Term = z.object({ term_id: Id, from_on: Day, to_on: Day, months: z.int(), amount_fen: FenShape, paid: z.boolean(), voided: z.boolean(), bill_id: Id.nullable(), period_on: Day.nullable(), made_at: Instant, by_name: z.string().nullable() })
export const PermitDetail = PermitRow.extend({ terms: z.array(Term), month_fen: FenShape.nullable(), history: z.array(z.object({ plate: z.string(), from_on: Day, to_on: Day.nullable() })), can: Can('write', 'renew', 'decide', 'end', 'card') })
export type PermitDetail = z.output<typeof PermitDetail>
export const PassPrice = z.object({ price_id: Id, lot_id: Id, from_on: Day, month_fen: FenShape, note: z.string().nullable(), state: z.enum(['past', 'now', 'future']) })
export type PassPrice = z.output<typeof PassPrice>
const Plates = z.array(Plate).min(1, '至少一个车牌').max(20, '最多 20 个车牌').meta({ zh: '车牌' })
const One = Repeatable.extend({ permit_id: Id })
const Months = z.int().min(1, '至少 1 个月').max(36, '最多 36 个月').meta({ zh: '月数' })
const permits = {
  permits: read({ zh: '车辆授权与月卡', may: 'parking.permit.read', takes: Paging.extend(PermitFilter.shape), gives: pageOf(PermitRow) }),
  permitsExcel: download({ zh: '导出车辆授权', may: 'parking.permit.export', takes: PermitFilter, refuses: ['parking.too_many_rows'] }),
  permit: read({ zh: '车辆授权详情', may: 'parking.permit.read', takes: z.object({ permit_id: Id }), gives: PermitDetail }),
  savePermit: write({
    zh: '登记车辆授权', may: 'parking.permit.write',
    takes: Repeatable.extend({ permit_id: Id.optional(), lot_id: Id.meta({ zh: '车场' }), kind: PermitKind, plates: Plates, places: z.int().min(1).max(200).meta({ zh: '车位数' }), house_id: Id.nullable().meta({ zh: '房号' }), holder_name: Needed(40).meta({ zh: '持有人' }), holder_phone: z.string().trim().regex(/^1\d{10}$/, '应为 11 位手机号').nullable().meta({ zh: '电话' }), card_no: Text(20).nullable().meta({ zh: '车卡号' }), from_on: Day.meta({ zh: '起始日' }), to_on: Day.nullable().meta({ zh: '截止日(不含)' }), reason: Text(200).nullable().meta({ zh: '备注' }) }),
    gives: z.object({ permit_id: Id }), refuses: ['parking.bad_plate', 'parking.plate_permitted', 'parking.house_needed', 'parking.days_crossed', 'parking.permit_ended', 'parking.card_taken', 'parking.black_reason'],
  }),
  endPermit: write({ zh: '注销车辆授权', may: 'parking.permit.write', takes: One.extend({ reason: Reason }), gives: z.object({ permit_id: Id }), refuses: ['parking.permit_ended'] }),
  decidePermit: write({ zh: '审批月卡申请', may: 'parking.permit.write', takes: One.extend({ agree: z.boolean(), reason: Text(200).optional().meta({ zh: '意见' }) }), gives: z.object({ permit_id: Id, state: PermitState }), refuses: ['parking.permit_decided', 'parking.reason_needed'] }),
  /** A bill on the house; the term counts once it is paid. */
  renewPermit: write({ zh: '月卡续期出账', may: 'parking.permit.write', takes: One.extend({ months: Months }), gives: z.object({ term_id: Id, amount_fen: FenShape, from_on: Day, to_on: Day }), refuses: ['parking.permit_ended', 'parking.no_month_price', 'parking.no_payer', 'parking.term_unpaid', 'ledger.period_closed'] }),
  reissueCard: write({ zh: '补办车卡', may: 'parking.permit.write', takes: One.extend({ card_no: Needed(20).meta({ zh: '新卡号' }), reason: Reason }), gives: z.object({ permit_id: Id, amount_fen: FenShape }), refuses: ['parking.permit_ended', 'parking.card_taken', 'parking.no_payer', 'ledger.period_closed'] }),
  passPrices: read({ zh: '月卡价格', may: 'parking.lot.read', takes: z.object({ lot_id: Id }), gives: z.object({ rows: z.array(PassPrice) }) }),
  publishPassPrice: write({ zh: '发布月卡价格', may: 'parking.lot.write', takes: Repeatable.extend({ lot_id: Id, from_on: Day.meta({ zh: '生效日' }), month_fen: z.int().min(0).max(100_000_00).meta({ zh: '每月' }), note: Text(200).nullable().meta({ zh: '依据' }) }), gives: z.object({ price_id: Id }), refuses: ['parking.from_past'] }),
  myPasses: read({ zh: '我的月卡', may: 'resident', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ permit_id: Id, lot_name: z.string(), kind: PermitKind, state: PermitState, plates: z.array(z.string()), house_label: z.string().nullable(), term_to_on: Day.nullable(), holds: z.boolean(), unpaid_fen: FenShape, month_fen: FenShape.nullable() })), lots: z.array(z.object({ lot_id: Id, name: z.string(), community_id: Id, month_fen: FenShape })) }) }),
  applyPass: write({ zh: '申请月卡', may: 'resident', takes: Repeatable.extend({ lot_id: Id.meta({ zh: '车场' }), house_id: Id.meta({ zh: '房产' }), plate: Plate, months: Months, phone: z.string().trim().regex(/^1\d{10}$/, '应为 11 位手机号').optional() }), gives: z.object({ permit_id: Id }), refuses: ['parking.bad_plate', 'parking.plate_permitted', 'parking.no_month_price', 'parking.asked_already'] }),
  renewMine: write({ zh: '续我的月卡', may: 'resident', takes: One.extend({ months: Months }), gives: z.object({ amount_fen: FenShape, to_on: Day }), refuses: ['parking.permit_ended', 'parking.no_month_price', 'parking.no_payer', 'parking.term_unpaid', 'ledger.period_closed'] }),
}

export const CouponPack = z.object({ pack_id: Id, lot_id: Id, lot_name: z.string().meta({ zh: '车场' }), shop_name: z.string().meta({ zh: '商户' }), house_label: z.string().nullable().meta({ zh: '房号' }), kind: z.enum(['minutes', 'amount', 'free']).meta({ zh: '种类' }), minutes: z.int().nullable().meta({ zh: '分钟' }), amount_fen: FenShape.nullable().meta({ zh: '面额' }), count: z.int().meta({ zh: '张数' }), given_count: z.int().meta({ zh: '已发' }), price_fen: FenShape.meta({ zh: '购券款' }), paid: z.boolean().meta({ zh: '已缴款' }), until_on: Day.meta({ zh: '有效至' }), bought_at: Instant.meta({ zh: '购买时间' }), token: z.string().nullable() })
export type CouponPack = z.output<typeof CouponPack>
const Pack = z.string().regex(/^[1-9]\d{0,14}\.[A-Za-z0-9_-]{22,64}$/, '链接不完整')
const shopCoupons = {
  couponPacks: read({ zh: '商户停车券', may: 'parking.permit.read', takes: Paging.extend({ lot_id: Id.optional(), community_id: Id.optional() }), gives: pageOf(CouponPack) }),
  sellCoupons: write({
    zh: '售商户停车券', may: 'parking.permit.write',
    takes: Repeatable.extend({ lot_id: Id.meta({ zh: '车场' }), house_id: Id.meta({ zh: '商铺' }), shop_name: Needed(40).meta({ zh: '商户' }), kind: z.enum(['minutes', 'amount', 'free']).meta({ zh: '种类' }), minutes: z.int().min(1).max(1440).nullable().meta({ zh: '每张减免分钟' }), amount_fen: z.int().min(1).max(100_000).nullable().meta({ zh: '每张面额' }), count: z.int().min(1).max(10_000).meta({ zh: '张数' }), price_fen: z.int().min(0).max(100_000_00).meta({ zh: '购券款' }), until_on: Day.meta({ zh: '有效至' }) }),
    gives: z.object({ pack_id: Id }), refuses: ['parking.coupon_value', 'parking.no_payer', 'parking.from_past', 'ledger.period_closed'],
  }),
  shopView: read({ zh: '商户发券页', may: 'public', takes: z.object({ token: Pack }), gives: z.object({ shop_name: z.string(), lot_name: z.string(), kind: z.enum(['minutes', 'amount', 'free']), minutes: z.int().nullable(), amount_fen: FenShape.nullable(), left_count: z.int(), until_on: Day, paid: z.boolean() }) }),
  giveCoupon: write({ zh: '商户发停车券', may: 'public', takes: z.object({ token: Pack, plate: Text(16) }), gives: z.object({ left_count: z.int() }), refuses: ['parking.too_often', 'parking.coupon_none_left', 'parking.coupon_over', 'parking.coupon_unpaid', 'parking.not_inside', 'parking.coupon_given'] }),
}
export const moneyCalls = { ...money, ...permits, ...shopCoupons }
