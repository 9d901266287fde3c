// Waivers, write-offs (减免、坏账核销) and discounts by status (空置折扣): shapes and calls, part of the contract, apart for length.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Month, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const WaiverKind = z.enum(['waiver', 'write_off']).meta({ zh: '类别' })
export const WaiverState = z.enum(['asked', 'done', 'refused', 'withdrawn', 'reversed']).meta({ zh: '状态' })
/** whole: all that is open; percent: of what is open, to one in ten thousand; sum: an amount, oldest bills first. */
export const WaiverHow = z.enum(['whole', 'percent', 'sum']).meta({ zh: '方式' })
const BillKeys = z.array(z.object({ bill_id: Id, period_on: Day })).min(1).max(500)
/** These bills, or the open bills of a house over periods and items. */
const Which = z.object({
  bills: BillKeys.optional(),
  house_id: Id.optional(),
  fee_item_id: Id.optional(),
  period_from: Month.optional(),
  period_to: Month.optional(),
  kind: WaiverKind,
  how: WaiverHow,
  /** In ten-thousandths: 5000 is half. */
  percent_bp: z.int().min(1).max(10_000).optional().meta({ zh: '减免比例' }),
  sum_fen: FenShape.min(1).optional().meta({ zh: '减免金额' }),
})
export const WaiverLine = z.object({
  bill_id: Id,
  period_on: Day,
  house_id: Id,
  house_label: z.string(),
  fee_item_name: z.string(),
  open_fen: FenShape,
  amount_fen: FenShape,
})
export type WaiverLine = z.output<typeof WaiverLine>
export const WaiverRow = z.object({
  waiver_id: Id,
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  kind: WaiverKind,
  how: WaiverHow,
  percent_bp: z.int().nullable(),
  house_label: z.string().meta({ zh: '房号' }),
  bill_count: z.int().meta({ zh: '账单数' }),
  amount_fen: FenShape.meta({ zh: '金额' }),
  reason: z.string().meta({ zh: '理由' }),
  state: WaiverState,
  approval_id: Id,
  asked_by_name: z.string().meta({ zh: '申请人' }),
  asked_at: Instant.meta({ zh: '申请时间' }),
  done_by_name: z.string().nullable().meta({ zh: '审批人' }),
  done_at: Instant.nullable().meta({ zh: '生效时间' }),
  can: Can('reverse'),
})
export type WaiverRow = z.output<typeof WaiverRow>
/** One line of what reduced a bill; a reversal is negative. */
export const ReductionRow = z.object({ reduction_id: Id, kind: z.enum(['waiver', 'write_off', 'vacancy', 'moved', 'coupon']), amount_fen: FenShape.meta({ zh: '金额' }), explanation: z.string().meta({ zh: '说明' }), booked_on: Day.meta({ zh: '日期' }), waiver_id: Id.nullable(), discount_id: Id.nullable() })
export type ReductionRow = z.output<typeof ReductionRow>
const WaiverFilter = z.object({ community_id: Id.optional(), kind: WaiverKind.optional(), state: WaiverState.optional(), from_on: Day.optional(), to_on: Day.optional() })

const DiscountState = z.enum(['asked', 'active', 'ended', 'refused', 'withdrawn']).meta({ zh: '状态' })
export const DiscountRule = z.object({
  rule_id: Id,
  community_id: Id,
  community_name: z.string(),
  name: z.string().meta({ zh: '名称' }),
  fee_items: z.array(z.object({ fee_item_id: Id, name: z.string() })),
  pay_bp: z.int().meta({ zh: '按应收的比例缴纳' }),
  from_on: Day.meta({ zh: '起(含)' }),
  to_on: Day.nullable().meta({ zh: '止(不含)' }),
  basis: z.string().meta({ zh: '依据' }),
  house_count: z.int().meta({ zh: '在用户数' }),
})
export type DiscountRule = z.output<typeof DiscountRule>
export const HouseDiscountRow = z.object({
  discount_id: Id,
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  community_name: z.string().meta({ zh: '小区' }),
  rule_id: Id,
  rule_name: z.string().meta({ zh: '折扣' }),
  pay_bp: z.int().meta({ zh: '按应收的比例缴纳' }),
  from_on: Day.meta({ zh: '起(含)' }),
  to_on: Day.nullable().meta({ zh: '止(不含)' }),
  proof: z.string().meta({ zh: '证明' }),
  state: DiscountState,
  approval_id: Id,
  asked_by_name: z.string().meta({ zh: '申请人' }),
  done_by_name: z.string().nullable().meta({ zh: '审批人' }),
  /** What it took off bills up to now. */
  reduced_fen: FenShape.meta({ zh: '累计折扣' }),
  end_reason: z.string().nullable(),
  can: Can('end'),
})
export type HouseDiscountRow = z.output<typeof HouseDiscountRow>
const Attachments = z.array(Id).max(10).optional().meta({ zh: '附件' })
const asking = ['system.approval_pending', 'system.approval_nobody'] as const

const DiscountFilter = z.object({ community_id: Id.optional(), house_id: Id.optional(), state: DiscountState.optional() })

export const waiverCalls = {
  previewWaiver: read({
    zh: '减免试算',
    may: 'billing.waiver.ask',
    takes: Which,
    gives: z.object({ lines: z.array(WaiverLine), amount_fen: FenShape, open_fen: FenShape, community_id: Id }),
    refuses: ['billing.waiver_nothing', 'billing.waiver_communities', 'billing.waiver_too_much', 'billing.waiver_how', 'billing.waiver_many'],
  }),
  /** By one person; the other decides in the approval centre. */
  askWaiver: write({
    zh: '申请减免或核销',
    may: 'billing.waiver.ask',
    takes: Repeatable.extend({ ...Which.shape, reason: Reason, attachments: Attachments, /** What the person saw. */ amount_fen: FenShape.min(1) }),
    gives: z.object({ waiver_id: Id, approval_id: Id }),
    refuses: ['billing.waiver_nothing', 'billing.waiver_communities', 'billing.waiver_too_much', 'billing.waiver_how', 'billing.waiver_many', 'billing.waiver_changed', ...asking],
  }),
  /** The bills are owed again; a new request may follow. */
  reverseWaiver: write({ zh: '撤销减免', may: 'billing.waiver.reverse', takes: Repeatable.extend({ waiver_id: Id, reason: Reason }), gives: z.object({ waiver_id: Id }), refuses: ['billing.waiver_not_done', 'billing.waiver_voided'] }),
  waivers: read({ zh: '减免与核销', may: 'billing.waiver.read', takes: Paging.extend(WaiverFilter.shape), gives: pageOf(WaiverRow).extend({ amount_fen: FenShape }) }),
  waiversExcel: download({ zh: '导出减免与核销', may: 'billing.waiver.read', takes: WaiverFilter, refuses: ['billing.export_too_large'] }),
  waiver: read({ zh: '减免详情', may: 'billing.waiver.read', takes: z.object({ waiver_id: Id }), gives: WaiverRow.extend({ lines: z.array(WaiverLine), reversed_by_name: z.string().nullable(), reversed_at: Instant.nullable(), reverse_reason: z.string().nullable() }) }),

  discountRules: read({ zh: '折扣办法', may: 'billing.waiver.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(DiscountRule) }) }),
  saveDiscountRule: write({
    zh: '新增折扣办法',
    may: 'billing.discount.write',
    takes: Repeatable.extend({ community_id: Id, name: Needed(30).meta({ zh: '名称' }), fee_item_ids: z.array(Id).min(1, '至少选一个收费项目').max(50).meta({ zh: '适用收费项目' }), pay_bp: z.int().min(0).max(9_999).meta({ zh: '按应收的比例缴纳(万分之)' }), from_on: Day.meta({ zh: '起(含)' }), to_on: Day.nullable().optional().meta({ zh: '止(不含)' }), basis: Needed(100).meta({ zh: '依据' }) }),
    gives: z.object({ rule_id: Id }),
    refuses: ['billing.dates_reversed'],
  }),
  endDiscountRule: write({ zh: '停用折扣办法', may: 'billing.discount.write', takes: Repeatable.extend({ rule_id: Id, to_on: Day.meta({ zh: '止(不含)' }) }), gives: z.object({ rule_id: Id }), refuses: ['billing.dates_reversed'] }),
  houseDiscounts: read({ zh: '逐户折扣', may: 'billing.waiver.read', takes: Paging.extend(DiscountFilter.shape), gives: pageOf(HouseDiscountRow) }),
  houseDiscountsExcel: download({ zh: '导出逐户折扣', may: 'billing.waiver.read', takes: DiscountFilter, refuses: ['billing.export_too_large'] }),
  /** From its approval on, charge runs take it off; bills issued before stay as they are. */
  askHouseDiscount: write({
    zh: '申请空置等折扣',
    may: 'billing.waiver.ask',
    takes: Repeatable.extend({ house_id: Id, rule_id: Id.meta({ zh: '折扣办法' }), from_on: Day.meta({ zh: '起(含)' }), to_on: Day.nullable().optional().meta({ zh: '止(不含)' }), proof: z.string().trim().min(4, '请写明证明材料与查验情况').max(200).meta({ zh: '证明与查验' }), attachments: Attachments }),
    gives: z.object({ discount_id: Id, approval_id: Id }),
    refuses: ['billing.discount_overlap', 'billing.discount_outside', 'billing.dates_reversed', ...asking],
  }),
  endHouseDiscount: write({ zh: '结束折扣', may: 'billing.waiver.ask', takes: Repeatable.extend({ discount_id: Id, to_on: Day.meta({ zh: '止(不含)' }), reason: Reason }), gives: z.object({ discount_id: Id }), refuses: ['billing.discount_not_active', 'billing.dates_reversed'] }),
  myDiscounts: read({ zh: '我的折扣', may: 'resident', takes: z.object({ house_id: Id }), gives: z.object({ rows: z.array(z.object({ name: Text(30), pay_bp: z.int(), from_on: Day, to_on: Day.nullable(), state: DiscountState })) }) }),
}
