// The warranty route (保修): periods per part, builders and their deposit, claims with deadlines. Part of the contract, apart for length.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const CLAIM_STATES = ['sent', 'promised', 'repaired', 'refused', 'own', 'deducting', 'deducted', 'dropped'] as const
export const ClaimState = z.enum(CLAIM_STATES).meta({ zh: '状态' })
export type ClaimState = z.output<typeof ClaimState>
export const CLAIM_ACTIONS = ['promise', 'refuse', 'lapse', 'repaired', 'own', 'ask', 'deduct', 'back', 'drop'] as const
export type ClaimAction = (typeof CLAIM_ACTIONS)[number]
const MonthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, '格式应为 MM-DD,如 11-15')
const Files = z.array(Id).max(10, '最多 10 个附件').meta({ zh: '附件' })

const term = {
  part: Needed(40).meta({ zh: '部位' }),
  from_on: Day.meta({ zh: '适用于此日起竣工验收的' }),
  n: z.int().min(1).max(100).meta({ zh: '期限' }),
  unit: z.enum(['year', 'season']).meta({ zh: '单位' }),
  season_from: MonthDay.nullable().meta({ zh: '每季起' }),
  season_to: MonthDay.nullable().meta({ zh: '每季止' }),
  category_ids: z.array(Id).max(100).meta({ zh: '对应的报修分类' }),
  basis: Needed(100).meta({ zh: '依据' }),
}
export const WarrantyTerm = z.object(term)
export type WarrantyTerm = z.output<typeof WarrantyTerm>

const builder = {
  community_id: Id.meta({ zh: '小区' }),
  building_ids: z.array(Id).max(300).meta({ zh: '楼栋' }),
  name: Needed(60).meta({ zh: '建设单位' }),
  contact_name: Text(30).nullable().meta({ zh: '联系人' }),
  contact_phone: Text(20).nullable().meta({ zh: '联系电话' }),
  accepted_on: Day.meta({ zh: '竣工验收日' }),
  answer_days: z.int().min(1).max(90).meta({ zh: '几天内答复' }),
  repair_days: z.int().min(1).max(365).meta({ zh: '几天内修复' }),
  note: Text(200).nullable().meta({ zh: '说明' }),
  retired: z.boolean().meta({ zh: '停用' }),
}
export const BuilderMove = z.object({ move_id: Id, kind: z.enum(['paid_in', 'deducted', 'returned']), amount_fen: FenShape.meta({ zh: '金额' }), done_on: Day.meta({ zh: '日期' }), paper: z.string().meta({ zh: '凭证' }), claim_no: z.string().nullable(), order_id: Id.nullable() })
export const Builder = z.object({
  builder_id: Id, ...builder,
  community_name: z.string(), buildings: z.string().meta({ zh: '楼栋' }),
  balance_fen: FenShape.meta({ zh: '保修金余额' }),
  moves: z.array(BuilderMove),
  /** Each part, to which day it is under warranty. */
  parts: z.array(z.object({ part: z.string(), covered_until_on: Day, covered: z.boolean() })),
})
export type Builder = z.output<typeof Builder>

export const ClaimStep = z.object({ step_no: z.int(), action: z.string(), note: z.string().nullable(), by_name: z.string(), at: Instant, file_ids: z.array(Id) })
export type ClaimStep = z.output<typeof ClaimStep>
export const Claim = z.object({
  claim_id: Id, no: z.string().meta({ zh: '通知书号' }), order_id: Id, order_no: z.string().meta({ zh: '工单号' }), community_name: z.string().meta({ zh: '小区' }), place: z.string().meta({ zh: '位置' }),
  builder_name: z.string().meta({ zh: '建设单位' }), part: z.string().meta({ zh: '部位' }), accepted_on: Day.meta({ zh: '竣工验收日' }), covered_until_on: Day.meta({ zh: '保修至' }), defect: z.string().meta({ zh: '问题' }),
  state: ClaimState, sent_at: Instant.meta({ zh: '通知时间' }), answer_by_on: Day.meta({ zh: '答复期限' }), repair_by_on: Day.meta({ zh: '修复期限' }), late: z.boolean().meta({ zh: '逾期' }),
  cost_fen: FenShape.nullable().meta({ zh: '自行维修费用' }), deduct_fen: FenShape.nullable().meta({ zh: '扣除保修金' }),
})
export type Claim = z.output<typeof Claim>
export const ClaimFull = Claim.extend({ balance_fen: FenShape, steps: z.array(ClaimStep), can: Can('promise', 'refuse', 'lapse', 'repaired', 'own', 'ask', 'drop') })
export type ClaimFull = z.output<typeof ClaimFull>
export const Cover = z.object({ builder_id: Id, builder_name: z.string(), part: z.string(), accepted_on: Day, covered_until_on: Day, covered: z.boolean(), by_category: z.boolean(), answer_by_on: Day, repair_by_on: Day })
export type Cover = z.output<typeof Cover>
export const ClaimFilter = z.object({ state: ClaimState.optional(), late: z.boolean().optional(), community_id: Id.optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(40).optional() })
export type ClaimFilter = z.output<typeof ClaimFilter>

const One = Repeatable.extend({ claim_id: Id })
const Moved = z.object({ claim_id: Id, state: ClaimState })
const MAY = 'orders.warranty.write'
const NOT = ['orders.claim_state'] as const
const FILE = ['orders.no_file'] as const
export const warrantyCalls = {
  warrantyTerms: read({ zh: '保修期限', may: 'orders.order.read', takes: z.object({}), gives: z.object({ rows: z.array(WarrantyTerm.extend({ shipped: z.boolean(), created_by_name: z.string().nullable() })) }) }),
  publishWarrantyTerm: write({ zh: '设定保修期限', may: 'orders.setup.write', takes: Repeatable.extend(term), gives: z.object({ part: z.string() }), refuses: ['orders.season_needed'] }),
  builders: read({ zh: '建设单位', may: 'orders.order.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(Builder) }) }),
  saveBuilder: write({ zh: '保存建设单位', may: MAY, takes: Repeatable.extend({ builder_id: Id.optional(), ...builder }), gives: z.object({ builder_id: Id }) }),
  addBuilderMove: write({ zh: '登记保修金', may: MAY, takes: Repeatable.extend({ builder_id: Id, kind: z.enum(['paid_in', 'returned']).meta({ zh: '类别' }), amount_fen: FenShape.min(1).meta({ zh: '金额' }), done_on: Day.meta({ zh: '日期' }), paper: Needed(100).meta({ zh: '凭证或文号' }) }), gives: z.object({ move_id: Id, balance_fen: FenShape }), refuses: ['orders.deposit_short'] }),

  /** What of this order may be under whose warranty, and its claims. */
  orderWarranty: read({ zh: '工单的保修', may: 'orders.order.read', takes: z.object({ order_id: Id }), gives: z.object({ covers: z.array(Cover), claims: z.array(ClaimFull), can: Can('send') }) }),
  sendClaim: write({ zh: '通知建设单位保修', may: MAY, takes: Repeatable.extend({ order_id: Id, builder_id: Id.meta({ zh: '建设单位' }), part: Needed(40).meta({ zh: '部位' }), defect: Needed(300).meta({ zh: '问题' }) }), gives: z.object({ claim_id: Id, no: z.string() }), refuses: ['orders.not_covered', 'orders.claim_live', 'orders.wrong_state'] }),
  answerClaim: write({ zh: '登记建设单位答复', may: MAY, takes: One.extend({ answer: z.enum(['promise', 'refuse', 'lapse']).meta({ zh: '答复' }), repair_by_on: Day.optional().meta({ zh: '答应修复日' }), note: Needed(300).meta({ zh: '说明' }), file_ids: Files.optional() }), gives: Moved, refuses: [...NOT, ...FILE, 'orders.claim_not_late'] }),
  repairedClaim: write({ zh: '建设单位已修复', may: MAY, takes: One.extend({ note: Needed(300).meta({ zh: '修复与复验情况' }), file_ids: Files.optional() }), gives: Moved, refuses: [...NOT, ...FILE] }),
  ownRepair: write({ zh: '自行维修', may: MAY, takes: One.extend({ cost_fen: FenShape.min(1).meta({ zh: '费用' }), note: Needed(300).meta({ zh: '维修单位与内容' }), file_ids: Files.optional() }), gives: Moved, refuses: [...NOT, ...FILE] }),
  askDeduct: write({ zh: '申请扣除保修金', may: MAY, takes: One.extend({ amount_fen: FenShape.min(1).meta({ zh: '扣除金额' }), reason: Reason }), gives: z.object({ approval_id: Id }), refuses: [...NOT, 'orders.deduct_over', 'orders.deposit_short', 'system.approval_nobody'] }),
  dropClaim: write({ zh: '撤销保修通知', may: MAY, takes: One.extend({ reason: Reason }), gives: Moved, refuses: NOT }),
  claimFile: download({ zh: '保修往来附件', may: 'orders.order.read', takes: z.object({ claim_id: Id, file_id: Id }) }),
  claimPaper: download({ zh: '打印保修通知书', may: 'orders.order.read', takes: z.object({ claim_id: Id }) }),
  claims: read({ zh: '保修通知列表', may: 'orders.order.read', takes: Paging.extend(ClaimFilter.shape), gives: pageOf(Claim).extend({ cost_fen_sum: FenShape, deduct_fen_sum: FenShape }) }),
  claimsExcel: download({ zh: '导出保修通知', may: 'orders.order.export', takes: ClaimFilter, refuses: ['orders.too_many_rows'] }),
} as const
