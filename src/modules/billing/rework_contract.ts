// Splitting, merging and taking over bills (拆分、合并、承接): shapes and calls, part of the contract, apart for length.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Month, Reason, Repeatable } from '../../kernel/shapes.ts'

export const ReworkKind = z.enum(['split', 'merge', 'takeover']).meta({ zh: '种类' })
/** amount: each part its amount; share: by weights; days: by the days between the cuts. */
export const SplitBy = z.enum(['amount', 'share', 'days']).meta({ zh: '拆分方式' })
export const SplitPart = z.object({
  /** Absent: who owes the bill now. */
  payer_id: Id.optional().meta({ zh: '缴费人' }),
  amount_fen: FenShape.min(1).optional().meta({ zh: '金额' }),
  share: z.int().min(1).max(1_000_000).optional().meta({ zh: '份额' }),
  /** First day of the part; of the first one it is the bill's own. */
  from_on: Day.optional().meta({ zh: '起' }),
})
const SplitAsk = { bill_id: Id, by: SplitBy, parts: z.array(SplitPart).min(1).max(20).meta({ zh: '各份' }) }
const BillKeys = z.array(z.object({ bill_id: Id, period_on: Day })).min(2).max(60).meta({ zh: '账单' })

const NewBill = z.object({
  period: Month.meta({ zh: '账期' }),
  payer_id: Id,
  payer_name: z.string().meta({ zh: '缴费人' }),
  from_on: Day.meta({ zh: '计费起' }),
  to_on: Day.meta({ zh: '计费止(不含)' }),
  due_on: Day.meta({ zh: '到期日' }),
  amount_fen: FenShape.meta({ zh: '金额' }),
  explanation: z.string().meta({ zh: '计算过程' }),
})
/** late_fen: unpaid late fees of the bill that are void with it; they are counted anew on the parts. */
const Preview = z.object({ open_fen: FenShape, paid_fen: FenShape, late_fen: FenShape, bills: z.array(NewBill) })
const Made = z.object({ rework_id: Id, bills: z.array(z.object({ bill_id: Id, period_on: Day, amount_fen: FenShape })) })

/** What a bill was made of or became. */
export const ReworkOfBill = z.object({
  rework_id: Id,
  kind: ReworkKind,
  /** Whether the bill went into it or came out of it. */
  side: z.enum(['from', 'to']),
  reason: z.string(),
  created_by_name: z.string(),
  created_at: Instant,
  undone_at: Instant.nullable(),
  undo_reason: z.string().nullable(),
  bills: z.array(z.object({ bill_id: Id, side: z.enum(['from', 'to']), period: Month, payer_name: z.string(), amount_fen: FenShape })),
  can: Can('undo'),
})

const HELD = ['billing.rework_nothing', 'billing.rework_in_plan', 'billing.rework_in_case', 'billing.bill_changed'] as const
const SPLIT = [...HELD, 'billing.rework_late_paid', 'billing.split_one', 'billing.split_sum', 'billing.split_part', 'billing.split_days', 'billing.split_payer', 'billing.split_fen'] as const
const MERGE = [...HELD, 'billing.merge_mixed', 'billing.merge_overdue', 'billing.merge_metered', 'billing.merge_late'] as const

export const reworkCalls = {
  /** Whom a part may be charged to: everybody who has or had to do with the house as owner or tenant. */
  splitPayers: read({
    zh: '可承担账单的人',
    may: 'billing.bill.rework',
    takes: z.object({ bill_id: Id }),
    gives: z.object({ rows: z.array(z.object({ person_id: Id, name: z.string(), role: z.enum(['owner', 'tenant']), from_on: Day, to_on: Day.nullable() })) }),
  }),
  previewSplit: read({ zh: '试算拆分账单', may: 'billing.bill.rework', takes: z.object(SplitAsk), gives: Preview, refuses: [...SPLIT] }),
  /** What is open becomes several bills or another's; what is paid stays paid. Undone as long as nothing of them is paid. */
  splitBill: write({ zh: '拆分账单', may: 'billing.bill.rework', takes: Repeatable.extend({ ...SplitAsk, reason: Reason }), gives: Made, refuses: [...SPLIT] }),
  previewMerge: read({ zh: '试算合并账单', may: 'billing.bill.rework', takes: z.object({ bills: BillKeys }), gives: Preview, refuses: [...MERGE] }),
  mergeBills: write({ zh: '合并账单', may: 'billing.bill.rework', takes: Repeatable.extend({ bills: BillKeys, reason: Reason }), gives: Made, refuses: [...MERGE] }),
  undoRework: write({
    zh: '撤销拆分或合并',
    may: 'billing.bill.rework',
    takes: Repeatable.extend({ rework_id: Id, reason: Reason }),
    gives: Made,
    refuses: ['billing.rework_undone', 'billing.rework_touched', 'billing.rework_in_plan', 'billing.rework_in_case', 'billing.rework_late_paid', 'billing.bill_changed'],
  }),
}
