// Shapes of bills and of the figures over them; part of the contract, apart for length.
import { z } from 'zod'
import { Can, Day, FenShape, Id, Month, Text } from '../../kernel/shapes.ts'

/** open: nothing paid; partly; paid; void. Computed from the amounts, stored nowhere. */
export const BillState = z.enum(['open', 'partly', 'paid', 'void']).meta({ zh: '状态' })
/** Days past due: not_due, then 0-30, 31-90, 91-180, 181-365, over 365. */
export const Age = z.enum(['not_due', 'd30', 'd90', 'd180', 'd365', 'over']).meta({ zh: '账龄' })
export type Age = z.output<typeof Age>

export const BillFilter = z.object({
  community_id: Id.optional(),
  building_id: Id.optional(),
  house_id: Id.optional(),
  fee_item_id: Id.optional(),
  payer_id: Id.optional(),
  /** Buildings in this person's charge today; all zeros: in nobody's. */
  steward_id: Id.optional().meta({ zh: '管家' }),
  run_id: Id.optional(),
  period_from: Month.optional().meta({ zh: '账期起' }),
  period_to: Month.optional().meta({ zh: '账期止(含)' }),
  /** 'unpaid': open and partly together; 'overdue': unpaid past the due day; 'received', 'reduced': something was paid or waived; 'live', the default: everything but void. */
  state: z.enum(['open', 'partly', 'paid', 'void', 'unpaid', 'overdue', 'received', 'reduced', 'live']).optional().meta({ zh: '状态' }),
  age: Age.optional(),
  /** A room (1-2-301) or a payer's name. */
  q: Text(40).optional(),
})
export type BillFilter = z.output<typeof BillFilter>

export const BillRow = z.object({
  bill_id: Id,
  period: Month.meta({ zh: '账期' }),
  period_on: Day,
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  building_id: Id,
  building_name: z.string().meta({ zh: '楼栋' }),
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  fee_item_id: Id,
  fee_item_name: z.string().meta({ zh: '收费项目' }),
  payer_id: Id,
  payer_name: z.string().meta({ zh: '缴费人' }),
  from_on: Day.meta({ zh: '计费起' }),
  to_on: Day.meta({ zh: '计费止(不含)' }),
  amount_fen: FenShape.meta({ zh: '应收' }),
  paid_fen: FenShape.meta({ zh: '已收' }),
  reduced_fen: FenShape.meta({ zh: '减免' }),
  /** Went over to other bills (拆分、合并、过户): owed there, given away by nobody. */
  moved_fen: FenShape.meta({ zh: '拆并转出' }),
  open_fen: FenShape.meta({ zh: '未收' }),
  issued_on: Day.meta({ zh: '出账日' }),
  due_on: Day.meta({ zh: '到期日' }),
  /** Days past due of an unpaid bill, else 0. */
  overdue_days: z.int().meta({ zh: '逾期天数' }),
  state: BillState,
  /** 98.50 m² × 1.2 元 × 1 月 = 118.20 元 */
  explanation: z.string().meta({ zh: '计算过程' }),
  run_id: Id,
  can: Can('void'),
})
export type BillRow = z.output<typeof BillRow>
/** Over the whole filter; void bills count in none of the sums. */
export const BillTotals = z.object({ count: z.int(), amount_fen: FenShape, paid_fen: FenShape, reduced_fen: FenShape, moved_fen: FenShape, open_fen: FenShape })

export const ArrearsFilter = z.object({
  community_id: Id.optional(),
  building_id: Id.optional(),
  fee_item_id: Id.optional(),
  steward_id: Id.optional().meta({ zh: '管家' }),
  by: z.enum(['community', 'building', 'fee_item', 'steward']).default('building').meta({ zh: '分组' }),
})
const Ages = z.object({ not_due_fen: FenShape, d30_fen: FenShape, d90_fen: FenShape, d180_fen: FenShape, d365_fen: FenShape, over_fen: FenShape, total_fen: FenShape, house_count: z.int(), bill_count: z.int() })
export const Arrears = z.object({
  rows: z.array(Ages.extend({ id: Id, name: z.string(), /** Opens the bills behind the row; add `age` for one figure. */ filter: BillFilter })),
  totals: Ages,
  as_of: Day,
})
export const DebtorRow = z.object({
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  community_id: Id,
  community_name: z.string(),
  building_id: Id,
  building_name: z.string(),
  payer_names: z.string().meta({ zh: '缴费人' }),
  bill_count: z.int().meta({ zh: '笔数' }),
  open_fen: FenShape.meta({ zh: '欠费' }),
  oldest_period: Month.meta({ zh: '最早账期' }),
  overdue_days: z.int().meta({ zh: '最长逾期天数' }),
  steward_name: z.string().nullable().meta({ zh: '管家' }),
  filter: BillFilter,
})

export const CollectionFilter = z.object({
  community_id: Id.optional(),
  building_id: Id.optional(),
  fee_item_id: Id.optional(),
  period_from: Month.meta({ zh: '账期起' }),
  period_to: Month.meta({ zh: '账期止(含)' }),
  by: z.enum(['community', 'building', 'fee_item', 'period']).default('fee_item').meta({ zh: '分组' }),
})
const Sums = z.object({
  bill_count: z.int(),
  receivable_fen: FenShape.meta({ zh: '应收' }),
  received_fen: FenShape.meta({ zh: '已收' }),
  reduced_fen: FenShape.meta({ zh: '减免' }),
  moved_fen: FenShape.meta({ zh: '拆并转出' }),
  open_fen: FenShape.meta({ zh: '未收' }),
  /** Received over receivable less reductions and what went over, in ten-thousandths: 9350 is 93.50 %. Null when nothing was receivable. */
  rate_bp: z.int().nullable().meta({ zh: '收缴率' }),
  house_count: z.int().meta({ zh: '户数' }),
  /** Houses that owe nothing of these periods. */
  paid_house_count: z.int().meta({ zh: '缴清户数' }),
  /** Paid houses over houses billed, in ten-thousandths. */
  house_rate_bp: z.int().nullable().meta({ zh: '户数收缴率' }),
})
export const Collection = z.object({ rows: z.array(Sums.extend({ key: z.string(), name: z.string(), filter: BillFilter })), totals: Sums })
