import { z } from 'zod'
import { contract, download, read } from '../../kernel/contract.ts'
import { FenShape, Id, Month, Needed } from '../../kernel/shapes.ts'
import { HouseKind, HouseState } from '../property/contract.ts'
import { cockpitCalls } from './contract_cockpit.ts'

/** One cell of the house board (房态图). arrears_fen is 0 for people without the right to see money. */
export const BoardCell = z.object({
  house_id: Id,
  unit_no: z.string().nullable(),
  floor_no: z.int(),
  room_no: z.string(),
  label: z.string(),
  kind: HouseKind,
  state: HouseState,
  owner_names: z.string(),
  arrears_fen: FenShape,
  arrears_count: z.int(),
})

export const Found = z.object({
  kind: z.enum(['house', 'person', 'vehicle', 'bill', 'receipt', 'contract']),
  id: z.string(),
  /** The house to open, where there is one. */
  house_id: Id.nullable(),
  title: z.string(),
  detail: z.string(),
})

/**
 * 收费统计. Two sights of the same bills: those of the periods (账期) from..to, as of the end of a month or now; and the money that came in
 * within these months, by what it was for: these periods, arrears of earlier ones (清欠), later ones.
 */
export const FeesFilter = z.object({
  community_id: Id.optional(),
  building_id: Id.optional(),
  fee_item_id: Id.optional(),
  from: Month.meta({ zh: '账期起' }),
  to: Month.meta({ zh: '账期止(含)' }),
  /** Only what happened up to the end of this month counts; left out: up to now. A closed month's figures never change. */
  as_of: Month.optional().meta({ zh: '截至' }),
  /** In charge at the end of the months asked for, or today when they are not over; all zeros: nobody. */
  steward_id: Id.optional().meta({ zh: '管家' }),
  by: z.enum(['community', 'building', 'fee_item', 'steward', 'collector', 'month', 'quarter', 'year']).default('fee_item').meta({ zh: '分组' }),
})
export type FeesFilter = z.output<typeof FeesFilter>
const FeeSums = z.object({
  bill_count: z.int().meta({ zh: '账单数' }),
  receivable_fen: FenShape.meta({ zh: '应收' }),
  reduced_fen: FenShape.meta({ zh: '减免' }),
  /** Went over to other bills: owed and counted there. */
  moved_fen: FenShape.meta({ zh: '拆并转出' }),
  received_fen: FenShape.meta({ zh: '实收' }),
  open_fen: FenShape.meta({ zh: '欠收' }),
  /** Received over receivable less reductions and what went over, in ten-thousandths, rounded down. */
  rate_bp: z.int().nullable().meta({ zh: '收缴率' }),
  /** Owed of earlier periods when the first month began, and what was billed or reduced of them since. */
  old_due_fen: FenShape.meta({ zh: '往期应清' }),
  old_received_fen: FenShape.meta({ zh: '清欠' }),
  old_open_fen: FenShape.meta({ zh: '往期未清' }),
  old_rate_bp: z.int().nullable().meta({ zh: '清欠率' }),
  /** Money of these months: for these periods, for earlier ones (清欠), for later ones; reversals and refunds taken off in their month. */
  taken_fen: FenShape.meta({ zh: '期内收款' }),
  taken_current_fen: FenShape.meta({ zh: '收本期' }),
  taken_ahead_fen: FenShape.meta({ zh: '收以后' }),
  /** Late fees, contained in the figures before. */
  late_fen: FenShape.meta({ zh: '违约金应收' }),
  late_received_fen: FenShape.meta({ zh: '违约金实收' }),
})
export type FeeSums = z.output<typeof FeeSums>
const Fees = z.object({
  rows: z.array(FeeSums.extend({ key: z.string(), name: z.string() })),
  totals: FeeSums,
  /** Twelve months up to the last: of each period what was billed less reductions and what of it is paid; what came in that month. */
  trend: z.array(z.object({ month: Month, receivable_fen: FenShape, received_fen: FenShape, taken_fen: FenShape, rate_bp: z.int().nullable() })),
  /** Of today; null for who may not see them, or when a building or item is asked for. */
  prepaid_fen: FenShape.nullable(),
  deposit_fen: FenShape.nullable(),
})
export const analytics = contract('analytics', {
  /** One search box (REG-07): 1-2-301, 1栋2单元301, 1栋301, a name, pinyin initials, the last four digits of a phone, a plate, a receipt number. */
  search: read({ zh: '全局搜索', may: 'property.house.read', takes: z.object({ q: Needed(40), limit: z.int().min(1).max(30).default(12) }), gives: z.object({ rows: z.array(Found) }) }),
  houseBoard: read({ zh: '房态图', may: 'property.house.read', takes: z.object({ building_id: Id }), gives: z.object({ building_name: z.string(), shows_money: z.boolean(), cells: z.array(BoardCell) }) }),
  fees: read({ zh: '收费统计', may: 'billing.stats.read', takes: FeesFilter, gives: Fees }),
  feesExcel: download({ zh: '导出收费统计', may: 'billing.stats.export', takes: FeesFilter }),
  ...cockpitCalls,
  /** What needs me today (BI-01): cards with a count and the address of the list behind it. */
  workbench: read({
    zh: '工作台',
    may: 'signed_in',
    takes: z.object({ community_id: Id.optional() }),
    gives: z.object({
      /** What a new company does next, in order; empty once it takes money. */
      setup: z.array(z.object({ code: z.string(), zh: z.string(), why: z.string(), path: z.string(), done: z.boolean() })),
      todos: z.array(z.object({ code: z.string(), zh: z.string(), count: z.int(), path: z.string() })),
      figures: z.array(z.object({ code: z.string(), zh: z.string(), value: z.string(), unit: z.string(), path: z.string().nullable(), compare: z.string().nullable() })),
      /** Receivable and received of the last 12 months, in fen. */
      months: z.array(z.object({ month: z.string(), receivable_fen: FenShape, received_fen: FenShape })),
    }),
  }),
})
export const events = {}
