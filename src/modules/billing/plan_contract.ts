// Instalment plans (分期): shapes and calls, part of the contract, apart for length.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const PlanState = z.enum(['active', 'kept', 'broken', 'cancelled']).meta({ zh: '状态' })
const Part = z.object({ due_on: Day.meta({ zh: '应缴日' }), amount_fen: FenShape.min(1).meta({ zh: '金额' }) })
export const PlanRow = z.object({
  plan_id: Id,
  no: z.string().meta({ zh: '协议号' }),
  community_name: z.string().meta({ zh: '小区' }),
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  payer_name: z.string().meta({ zh: '缴费人' }),
  amount_fen: FenShape.meta({ zh: '分期总额' }),
  /** Paid or waived of the plan's bills since it was signed. */
  settled_fen: FenShape.meta({ zh: '已缴' }),
  part_count: z.int().meta({ zh: '期数' }),
  /** The first part that is not covered yet. */
  next_on: Day.nullable().meta({ zh: '下期应缴日' }),
  /** What should have been paid up to today and was not. */
  behind_fen: FenShape.meta({ zh: '逾期未缴' }),
  signed_on: Day.meta({ zh: '签订日' }),
  state: PlanState,
  suspends_late_fee: z.boolean(),
  can: Can('end'),
})
export type PlanRow = z.output<typeof PlanRow>
export const PlanPart = z.object({ part_no: z.int(), due_on: Day, amount_fen: FenShape, settled_fen: FenShape, state: z.enum(['paid', 'partly', 'open', 'late']) })
export const PlanDetail = PlanRow.extend({
  grace_days: z.int(),
  note: z.string().nullable(),
  created_by_name: z.string(),
  created_at: Instant,
  ended_on: Day.nullable(),
  end_reason: z.string().nullable(),
  parts: z.array(PlanPart),
  bills: z.array(z.object({ bill_id: Id, period_on: Day, fee_item_name: z.string(), open_at_signing_fen: FenShape, open_fen: FenShape })),
})
export type PlanDetail = z.output<typeof PlanDetail>

const PlanFilter = z.object({ community_id: Id.optional(), house_id: Id.optional(), state: PlanState.optional() })

export const planCalls = {
  plans: read({ zh: '分期协议', may: 'billing.plan.read', takes: Paging.extend(PlanFilter.shape), gives: pageOf(PlanRow) }),
  plansExcel: download({ zh: '导出分期协议', may: 'billing.plan.read', takes: PlanFilter, refuses: ['billing.export_too_large'] }),
  plan: read({ zh: '分期协议详情', may: 'billing.plan.read', takes: z.object({ plan_id: Id }), gives: PlanDetail }),
  planPdf: download({ zh: '打印分期协议', may: 'billing.plan.read', takes: z.object({ plan_id: Id }) }),
  /** Over open bills of one payer of the house; the parts add up to what is open to the fen. */
  signPlan: write({
    zh: '签订分期协议',
    may: 'billing.plan.write',
    takes: Repeatable.extend({
      house_id: Id,
      bills: z.array(z.object({ bill_id: Id, period_on: Day })).min(1, '至少选一条账单').max(300),
      parts: z.array(Part).min(2, '至少两期').max(60),
      /** Days after a part's due day before the plan counts as broken. */
      grace_days: z.int().min(0).max(60).meta({ zh: '逾期几天视为违约' }),
      suspends_late_fee: z.boolean().meta({ zh: '履行期间不计违约金、不催缴' }),
      note: Text(200).nullable().optional().meta({ zh: '说明' }),
    }),
    gives: z.object({ plan_id: Id, no: z.string() }),
    refuses: ['billing.plan_sum', 'billing.plan_days', 'billing.plan_payers', 'billing.plan_bill_taken', 'billing.plan_nothing'],
  }),
  endPlan: write({ zh: '取消或认定违约', may: 'billing.plan.write', takes: Repeatable.extend({ plan_id: Id, how: z.enum(['broken', 'cancelled']).meta({ zh: '结果' }), reason: Reason }), gives: z.object({ plan_id: Id }), refuses: ['billing.plan_ended'] }),
  myPlans: read({ zh: '我的分期', may: 'resident', takes: z.object({ house_id: Id }), gives: z.object({ rows: z.array(z.object({ plan_id: Id, no: z.string(), amount_fen: FenShape, settled_fen: FenShape, behind_fen: FenShape, signed_on: Day, state: PlanState, suspends_late_fee: z.boolean(), parts: z.array(PlanPart) })) }) }),
}
