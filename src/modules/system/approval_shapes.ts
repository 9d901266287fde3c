// Shapes of approvals (审批): flows as data, requests as they are shown.
import { z } from 'zod'
import { Can, Day, FenShape, Id, Instant, Needed, Paging } from '../../kernel/shapes.ts'

export const ApprovalState = z.enum(['asked', 'agreed', 'refused', 'withdrawn']).meta({ zh: '状态' })
/** Who decides a step: everybody with a permission, or everybody in a role, over the community of the request. */
export const ApprovalStep = z.object({ by: z.enum(['permission', 'role']), code: Needed(60) })
export type ApprovalStep = z.output<typeof ApprovalStep>
/** Up to this amount (included) these steps, in this order; null: any amount. */
export const ApprovalTier = z.object({ up_to_fen: FenShape.min(1).nullable(), steps: z.array(ApprovalStep).min(1, '至少一步').max(5) })
export const ApprovalTiers = z.array(ApprovalTier).min(1).max(8)
export type ApprovalTiers = z.output<typeof ApprovalTiers>

const StepShown = ApprovalStep.extend({ zh: z.string() })
export const ApprovalFlow = z.object({
  kind: z.string(),
  kind_zh: z.string().meta({ zh: '事项' }),
  has_amount: z.boolean(),
  /** What decides without a flow of one's own: one step by this permission. */
  default_step: StepShown,
  /** The versions of the company or the community asked for, newest first; empty: the default. */
  versions: z.array(
    z.object({
      flow_id: Id,
      community_id: Id.nullable(),
      from_on: Day.meta({ zh: '生效日' }),
      state: z.enum(['now', 'future', 'past']),
      tiers: z.array(z.object({ up_to_fen: FenShape.nullable(), steps: z.array(StepShown) })),
      note: z.string().nullable(),
      created_by_name: z.string(),
      created_at: Instant,
    }),
  ),
})
export type ApprovalFlow = z.output<typeof ApprovalFlow>
/** A step with the people who could decide it now; at most five names and how many there are. */
export const StepPreview = StepShown.extend({ names: z.array(z.string()), count: z.int() })

export const ApprovalRow = z.object({
  approval_id: Id,
  kind: z.string(),
  kind_zh: z.string().meta({ zh: '事项' }),
  community_id: Id.nullable(),
  community_name: z.string().nullable().meta({ zh: '小区' }),
  title: z.string().meta({ zh: '内容' }),
  amount_fen: FenShape.nullable().meta({ zh: '金额' }),
  reason: z.string().meta({ zh: '申请理由' }),
  state: ApprovalState,
  step_no: z.int(),
  step_count: z.int(),
  /** Who the current step waits for: a permission or role in words. */
  step_zh: z.string().meta({ zh: '当前审批' }),
  asked_by_name: z.string().meta({ zh: '申请人' }),
  asked_at: Instant.meta({ zh: '申请时间' }),
  closed_at: Instant.nullable().meta({ zh: '结束时间' }),
  /** Page of the thing itself. */
  page: z.string().nullable(),
  can: Can('decide', 'withdraw'),
})
export type ApprovalRow = z.output<typeof ApprovalRow>
export const ApprovalDetail = ApprovalRow.extend({
  facts: z.array(z.object({ label: z.string(), value: z.string() })),
  files: z.array(z.object({ file_id: Id, name: z.string(), size_bytes: z.int() })),
  steps: z.array(
    StepPreview.extend({
      step_no: z.int(),
      state: z.enum(['agreed', 'refused', 'waiting', 'later', 'skipped']),
      decided_by_name: z.string().nullable(),
      decided_at: Instant.nullable(),
      note: z.string().nullable(),
    }),
  ),
})
export type ApprovalDetail = z.output<typeof ApprovalDetail>
/** todo: waits for me; asked: by me; decided: by me; all: what my permissions let me decide, in any state. */
export const ApprovalFilter = Paging.extend({
  box: z.enum(['todo', 'asked', 'decided', 'all']).default('todo'),
  kind: z.string().max(60).optional(),
  state: ApprovalState.optional(),
  community_id: Id.optional(),
  /** Of one thing: the approval that a page about it opens. */
  subject_type: z.string().max(60).optional(),
  subject_id: z.string().max(60).optional(),
})
