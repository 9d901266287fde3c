import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Decimal, FenShape, Id, Instant, Month, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Check } from '../ledger/contract.ts'
import { MeterKind, SPLIT_REFUSALS } from '../meters/contract.ts'
import { HouseKind } from '../property/contract.ts'
import { lateCalls } from './late_contract.ts'
import { legalCalls } from './legal_contract.ts'
import { planCalls } from './plan_contract.ts'
import { ReworkOfBill, reworkCalls } from './rework_contract.ts'
import { ReductionRow, waiverCalls } from './waiver_contract.ts'
import { rateCalls } from './rate_contract.ts'
import { Arrears, ArrearsFilter, BillFilter, BillRow, BillTotals, Collection, CollectionFilter, DebtorRow } from './shapes.ts'

export * from './shapes.ts'
export * from './waiver_contract.ts'
export * from './late_contract.ts'
export * from './plan_contract.ts'
export * from './legal_contract.ts'
export * from './rework_contract.ts'

const Price = Decimal.refine((v) => !v.startsWith('-'), '不能为负').meta({ zh: '单价(元)' })
const MonthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, '格式应为 MM-DD')

/** area: area × price; fixed: one × price; quantity: assigned quantity × price; meter: usage × price; tariff: a component of a tariff; share: a part of a shared amount (公摊). */
export const Pricing = z.enum(['area', 'fixed', 'quantity', 'meter', 'tariff', 'share']).meta({ zh: '计价方式' })
export const Cycle = z.enum(['month', 'quarter', 'half_year', 'year', 'season']).meta({ zh: '周期' })

const FeeItemFields = {
  community_id: Id,
  code: z.string().regex(/^[A-Za-z0-9_-]{1,20}$/, '1 到 20 位字母、数字').meta({ zh: '代码' }),
  name: Needed(30).meta({ zh: '名称' }),
  shape: Pricing,
  area_kind: z.enum(['built', 'inner', 'heated']).nullable().meta({ zh: '面积口径' }),
  meter_kind: MeterKind.nullable(),
  /** Of shape tariff: the tariff, and which of its components this item is. */
  tariff_id: Id.nullable().default(null).meta({ zh: '价目' }),
  component: z.string().max(40).nullable().default(null).meta({ zh: '费项' }),
  unit_name: Needed(20).meta({ zh: '单价单位' }),
  house_kinds: z.array(HouseKind).min(1, '至少选一类房产').max(6).meta({ zh: '适用房产类别' }),
  /** all: every house of these kinds unless an assignment says 0; assigned: only houses with an assignment. */
  applies: z.enum(['all', 'assigned']).meta({ zh: '适用方式' }),
  /** Decides who pays: 'property' the owner's side, 'use' the tenant where the lease says so. */
  fee_class: z.enum(['property', 'use']).meta({ zh: '费用类别' }),
  /** quarter and longer: price a month, billed in the first month of the cycle; season: price a season, billed in the month it begins. */
  cycle: Cycle,
  season_from: MonthDay.nullable().meta({ zh: '季节起' }),
  season_to: MonthDay.nullable().meta({ zh: '季节止(含)' }),
  proration: z.enum(['real_days', 'thirty_days', 'whole_month']).meta({ zh: '不足一月的算法' }),
  bill_unsold: z.boolean().meta({ zh: '开发商名下计费' }),
  due_days: z.int().min(0).max(365).meta({ zh: '到期天数' }),
  /** Whose money it is, and so which book it goes into; service is the company's or, under 酬金制, the owners'. */
  belongs_to: z.enum(['service', 'company', 'public_income', 'trust']).default('service').meta({ zh: '款项归属' }),
  account_code: z.string().max(20).default('6001').meta({ zh: '入账科目' }),
  sort_no: z.int().min(0).max(9999).default(0).meta({ zh: '排序' }),
}
export const FeeItem = z.object({ fee_item_id: Id, ...FeeItemFields })
const PriceNow = z.object({ price_id: Id, house_kind: HouseKind.nullable(), unit_price: z.string() })
export const FeeItemRow = FeeItem.extend({
  community_name: z.string(),
  tariff_name: z.string().nullable(),
  disabled: z.boolean(),
  /** Prices in force today; empty: no price yet. */
  prices: z.array(PriceNow),
  next_price: z.object({ unit_price: z.string(), from_on: Day }).nullable(),
  /** write: everything; calculate: the fields that decide amounts, until the first bill. */
  can: Can('write', 'calculate'),
})
export type FeeItemRow = z.output<typeof FeeItemRow>

export const PriceRow = z.object({
  price_id: Id,
  fee_item_id: Id,
  house_kind: HouseKind.nullable().meta({ zh: '房产类别' }),
  unit_price: z.string().meta({ zh: '单价(元)' }),
  from_on: Day.meta({ zh: '生效日' }),
  to_on: Day.nullable().meta({ zh: '失效日(不含)' }),
  basis: z.string().nullable().meta({ zh: '依据' }),
  state: z.enum(['past', 'now', 'future', 'replaced']),
  created_by_name: z.string().nullable(),
  created_at: Instant,
})
export const AssignmentRow = z.object({
  assignment_id: Id,
  fee_item_id: Id,
  fee_item_name: z.string(),
  house_id: Id,
  house_label: z.string(),
  quantity: z.string().meta({ zh: '数量' }),
  from_on: Day.meta({ zh: '起(含)' }),
  to_on: Day.nullable().meta({ zh: '止(不含)' }),
  note: z.string().nullable().meta({ zh: '说明' }),
  can: Can('write', 'remove'),
})

/** What the preview points at. gone: billed last period, not now; exists: already billed. */
export const OutlierKind = z.enum(['over3', 'zero', 'new', 'gone', 'no_reading', 'suspect_reading', 'no_price', 'no_payer', 'no_area', 'no_input'])
export type OutlierKind = z.output<typeof OutlierKind>
export const RunState = z.enum(['draft', 'publishing', 'published', 'cancelled']).meta({ zh: '状态' })
export const RunRow = z.object({
  run_id: Id,
  community_id: Id,
  community_name: z.string(),
  period: Month.meta({ zh: '账期' }),
  fee_items: z.array(z.object({ fee_item_id: Id, name: z.string() })),
  house_id: Id.nullable(),
  house_label: z.string().nullable().meta({ zh: '单户' }),
  state: RunState,
  /** Lines and amount: of the preview while a draft, of the bills once published. */
  line_count: z.int().meta({ zh: '账单数' }),
  amount_fen: FenShape.meta({ zh: '金额' }),
  excluded_count: z.int(),
  created_by_name: z.string().nullable().meta({ zh: '制单人' }),
  created_at: Instant.meta({ zh: '制单时间' }),
  published_by_name: z.string().nullable().meta({ zh: '发布人' }),
  published_at: Instant.nullable().meta({ zh: '发布时间' }),
  /** Buildings whose register changed while a large run was being published: not billed by it, a new draft bills them. */
  left_out: z.array(z.string()),
  /** While publishing in the background. */
  progress: z.object({ done: z.int(), total: z.int(), error: z.string().nullable() }).nullable(),
  can: Can('publish', 'cancel', 'change'),
})
export type RunRow = z.output<typeof RunRow>
export const PreviewItem = z.object({
  fee_item_id: Id,
  name: z.string(),
  line_count: z.int(),
  house_count: z.int(),
  amount_fen: FenShape,
  /** Live bills of the same item in the period before (the cycle before for longer cycles). */
  last_count: z.int(),
  last_fen: FenShape,
  /** Lines of this period that are billed already and will not be billed again. */
  existing_count: z.int(),
  /** Why there is nothing: the cycle does not begin in this month. */
  not_due: z.boolean(),
})
export const Preview = z.object({
  at: Instant,
  items: z.array(PreviewItem),
  line_count: z.int(),
  amount_fen: FenShape,
  existing_count: z.int(),
  /** Discounts by status (空置折扣): bills they touch, and what they take off. Absent in previews made before there were any. */
  discount_count: z.int().default(0),
  discount_fen: FenShape.default(0),
  outliers: z.array(z.object({ kind: OutlierKind, count: z.int() })),
})
export type Preview = z.output<typeof Preview>
/** failure: why the last try to publish in the background was given up, in words. */
export const RunDetail = RunRow.extend({ preview: Preview.nullable(), input_hash: z.string().nullable(), failure: z.string().nullable() })
export const RunLine = z.object({
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  building_id: Id,
  fee_item_id: Id,
  fee_item_name: z.string().meta({ zh: '收费项目' }),
  payer_id: Id,
  payer_name: z.string().meta({ zh: '缴费人' }),
  from_on: Day,
  to_on: Day,
  amount_fen: FenShape.meta({ zh: '金额' }),
  last_fen: FenShape.nullable().meta({ zh: '上期' }),
  explanation: z.string().meta({ zh: '计算过程' }),
  /** Set once published. */
  bill_id: Id.nullable(),
})
export const Outlier = z.object({
  kind: OutlierKind,
  house_id: Id,
  house_label: z.string(),
  fee_item_id: Id,
  fee_item_name: z.string(),
  amount_fen: FenShape.nullable(),
  last_fen: FenShape.nullable(),
  note: z.string().nullable(),
})
const Computed = z.object({ run_id: Id, input_hash: z.string(), preview: Preview })

export const billing = contract('billing', {
  feeItems: read({ zh: '收费项目列表', may: 'billing.item.read', takes: z.object({ community_id: Id.optional(), with_disabled: z.boolean().optional() }), gives: z.object({ rows: z.array(FeeItemRow) }) }),
  feeItem: read({ zh: '收费项目', may: 'billing.item.read', takes: z.object({ fee_item_id: Id }), gives: FeeItemRow }),
  saveFeeItem: write({
    zh: '保存收费项目',
    may: 'billing.item.write',
    /** Without a code a new item gets the initials of its name (物业服务费 → WYFWF), with a number where they are taken; an old one keeps its own. */
    takes: Repeatable.extend({ fee_item_id: Id.optional(), ...FeeItemFields, code: FeeItemFields.code.optional() }),
    gives: z.object({ fee_item_id: Id }),
    refuses: ['billing.code_taken', 'billing.item_incomplete', 'billing.item_billed'],
  }),
  setFeeItemDisabled: write({ zh: '停用或启用收费项目', may: 'billing.item.write', takes: Repeatable.extend({ fee_item_id: Id, disabled: z.boolean() }), gives: z.object({ fee_item_id: Id }) }),

  prices: read({ zh: '单价版本', may: 'billing.item.read', takes: z.object({ fee_item_id: Id }), gives: z.object({ rows: z.array(PriceRow) }) }),
  /** An overlapping earlier price ends on the day the new one begins; issued bills stay as they are. */
  publishPrice: write({
    zh: '发布单价',
    may: 'billing.item.write',
    takes: Repeatable.extend({ fee_item_id: Id, house_kind: HouseKind.nullable(), unit_price: Price, from_on: Day.meta({ zh: '生效日' }), basis: Needed(100).meta({ zh: '依据' }) }),
    gives: z.object({ price_id: Id, closed_count: z.int(), to_on: Day.nullable() }),
  }),
  /** What last month's bills would have been at this price. Changes nothing. */
  pricePreview: read({
    zh: '调价试算',
    may: 'billing.item.read',
    takes: Paging.extend({ fee_item_id: Id, house_kind: HouseKind.nullable(), unit_price: Price }),
    gives: pageOf(z.object({ house_id: Id, house_label: z.string(), before_fen: FenShape, after_fen: FenShape, explanation: z.string() })).extend({ period: Month.nullable(), before_fen: FenShape, after_fen: FenShape }),
  }),

  assignments: read({ zh: '逐户标准', may: 'billing.item.read', takes: Paging.extend({ fee_item_id: Id.optional(), house_id: Id.optional(), community_id: Id.optional(), current_only: z.boolean().optional() }), gives: pageOf(AssignmentRow) }),
  assignHouses: write({
    zh: '指定房产的数量或不适用',
    may: 'billing.item.write',
    takes: Repeatable.extend({
      fee_item_id: Id,
      house_ids: z.array(Id).min(1).max(500),
      /** 0: this item does not apply. */
      quantity: Decimal.refine((v) => !v.startsWith('-'), '不能为负').meta({ zh: '数量' }),
      from_on: Day.meta({ zh: '起(含)' }),
      to_on: Day.nullable().optional().meta({ zh: '止(不含)' }),
      note: Text(100).nullable().optional().meta({ zh: '说明' }),
    }),
    gives: z.object({ count: z.int() }),
    refuses: ['billing.assignment_overlap', 'billing.dates_reversed', 'billing.house_not_fitting'],
  }),
  endAssignment: write({ zh: '结束逐户标准', may: 'billing.item.write', takes: Repeatable.extend({ assignment_id: Id, to_on: Day.meta({ zh: '止(不含)' }) }), gives: z.object({ assignment_id: Id }), refuses: ['billing.dates_reversed'] }),
  removeAssignment: write({ zh: '删除逐户标准', may: 'billing.item.write', takes: Repeatable.extend({ assignment_id: Id }), gives: z.object({ done: z.literal(true) }), refuses: ['billing.assignment_billed'] }),
  /** 标准 tab of a house: what it is charged, by what price, who pays. */
  houseFees: read({
    zh: '房产收费标准',
    may: 'billing.item.read',
    takes: z.object({ house_id: Id }),
    gives: z.object({ rows: z.array(z.object({ fee_item_id: Id, name: z.string(), shape: Pricing, cycle: Cycle, quantity: z.string().nullable(), unit_price: z.string().nullable(), unit_name: z.string(), payer_name: z.string().nullable(), amount_fen: FenShape.nullable(), explanation: z.string().nullable() })) }),
  }),

  runs: read({ zh: '出账批次', may: 'billing.run.read', takes: Paging.extend({ community_id: Id.optional(), period: Month.optional(), state: RunState.optional() }), gives: pageOf(RunRow) }),
  run: read({ zh: '出账批次详情', may: 'billing.run.read', takes: z.object({ run_id: Id }), gives: RunDetail }),
  /** The month after the last one that was billed for the whole community by its monthly items; this month where none was. */
  nextPeriod: read({ zh: '下一账期', may: 'billing.run.read', takes: z.object({ community_id: Id }), gives: z.object({ period: Month }) }),
  createRun: write({
    zh: '新建出账',
    may: 'billing.run.draft',
    takes: Repeatable.extend({ community_id: Id, period: Month.meta({ zh: '账期' }), fee_item_ids: z.array(Id).min(1).max(50).meta({ zh: '收费项目' }), house_id: Id.optional() }),
    gives: Computed,
    refuses: ['billing.period_out', 'billing.item_disabled', 'billing.amount_out'],
  }),
  /** Computes the draft again from the register as it is now. */
  previewRun: write({ zh: '重新试算', may: 'billing.run.draft', takes: Repeatable.extend({ run_id: Id }), gives: Computed, refuses: ['billing.run_not_draft', 'billing.amount_out'] }),
  runLines: read({
    zh: '出账明细',
    may: 'billing.run.read',
    takes: Paging.extend({ run_id: Id, fee_item_id: Id.optional(), building_id: Id.optional(), house_id: Id.optional() }),
    gives: pageOf(RunLine).extend({ amount_fen: FenShape }),
    refuses: ['billing.amount_out'],
  }),
  runOutliers: read({ zh: '出账异常', may: 'billing.run.read', takes: Paging.extend({ run_id: Id, kind: OutlierKind, fee_item_id: Id.optional() }), gives: pageOf(Outlier), refuses: ['billing.amount_out'] }),
  runExclusions: read({
    zh: '本次不出账',
    may: 'billing.run.read',
    takes: Paging.extend({ run_id: Id }),
    gives: pageOf(z.object({ house_id: Id, house_label: z.string(), fee_item_id: Id, fee_item_name: z.string(), reason: z.string(), excluded_by_name: z.string().nullable(), excluded_at: Instant })),
  }),
  /** The draft is computed again in the same call. Without fee_item_ids: all items of the run. */
  excludeLines: write({
    zh: '排除户或项目',
    may: 'billing.run.draft',
    takes: Repeatable.extend({ run_id: Id, house_ids: z.array(Id).min(1).max(500), fee_item_ids: z.array(Id).min(1).max(50).optional(), reason: Reason }),
    gives: Computed,
    refuses: ['billing.run_not_draft', 'billing.amount_out'],
  }),
  includeLines: write({
    zh: '取消排除',
    may: 'billing.run.draft',
    takes: Repeatable.extend({ run_id: Id, house_ids: z.array(Id).min(1).max(500), fee_item_ids: z.array(Id).min(1).max(50).optional() }),
    gives: Computed,
    refuses: ['billing.run_not_draft', 'billing.amount_out'],
  }),
  /** By a second person, who sends back the input_hash of what he saw. More than 20,000 lines are published in the background. */
  publishRun: write({
    zh: '发布出账',
    may: 'billing.run.publish',
    takes: Repeatable.extend({ run_id: Id, input_hash: z.string().max(80) }),
    gives: z.object({ run_id: Id, state: RunState, published_count: z.int(), amount_fen: FenShape }),
    refuses: ['billing.same_person', 'billing.preview_stale', 'billing.run_not_draft', 'billing.amount_out'],
  }),
  cancelRun: write({ zh: '取消出账草稿', may: 'billing.run.draft', takes: Repeatable.extend({ run_id: Id }), gives: z.object({ run_id: Id }), refuses: ['billing.run_not_draft'] }),

  /**
   * Totals of the filter come along while it matches at most 10,000 bills; beyond, `totals` is null and `total` stops at 10,000, so that a
   * list costs the same at any size. with_totals: true reads them all, however many.
   */
  bills: read({ zh: '账单列表', may: 'billing.bill.read', takes: Paging.extend({ ...BillFilter.shape, with_totals: z.boolean().optional() }), gives: pageOf(BillRow).extend({ totals: BillTotals.nullable() }) }),
  billsExcel: download({ zh: '导出账单', may: 'billing.bill.export', takes: BillFilter, refuses: ['billing.export_too_large'] }),
  bill: read({
    zh: '账单详情',
    may: 'billing.bill.read',
    takes: z.object({ bill_id: Id }),
    gives: BillRow.extend({
      price: z.object({ price_id: Id, unit_price: z.string(), from_on: Day, to_on: Day.nullable(), basis: z.string().nullable() }).nullable(),
      run: z.object({ run_id: Id, created_by_name: z.string().nullable(), published_by_name: z.string().nullable(), published_at: Instant.nullable() }).nullable(),
      /** The same line issued again after this was voided, or the voided one before. */
      siblings: z.array(z.object({ bill_id: Id, amount_fen: FenShape, voided: z.boolean() })),
      /** A late fee: the bill that was paid late. */
      late_of: z.object({ bill_id: Id, period: z.string() }).nullable(),
      reductions: z.array(ReductionRow),
      reworks: z.array(ReworkOfBill),
      voided_by_name: z.string().nullable(),
      voided_at: Instant.nullable(),
      void_reason: z.string().nullable(),
      postings: z.array(z.object({ journal_id: Id, kind: z.string(), booked_on: Day, account_code: z.string(), account_name: z.string(), amount_fen: FenShape })),
    }),
  }),
  /** For the cashier's desk and the house file: oldest first. */
  houseBills: read({
    zh: '房产账单',
    may: 'billing.bill.read',
    takes: z.object({ house_id: Id, state: z.enum(['open', 'all']).default('open') }),
    gives: z.object({ rows: z.array(BillRow), open_fen: FenShape, open_count: z.int() }),
  }),
  /** The parts of a split become bills, by another than its maker, who sends back the hash of what he saw. Again: issues what was voided since, else nothing. */
  publishShare: write({
    zh: '公摊出账',
    may: 'billing.run.publish',
    takes: Repeatable.extend({ split_id: Id, fee_item_id: Id.meta({ zh: '收费项目' }), parts_hash: z.string().max(80) }),
    gives: z.object({ split_id: Id, run_id: Id.nullable(), published_count: z.int(), amount_fen: FenShape }),
    refuses: ['billing.same_person', 'billing.preview_stale', 'billing.item_disabled', 'billing.not_share_item', 'billing.share_void', 'billing.share_other_item', 'billing.share_no_payer', ...SPLIT_REFUSALS],
  }),
  /** All unpaid bills of a split, and the split with them: the month may then be split anew. */
  voidShare: write({
    zh: '作废公摊',
    may: 'billing.bill.void',
    takes: Repeatable.extend({ split_id: Id, reason: Reason }),
    gives: z.object({ split_id: Id, voided_count: z.int() }),
    refuses: ['billing.share_not_published', 'billing.share_paid'],
  }),
  shareBilling: read({
    zh: '公摊出账情况',
    may: 'billing.run.read',
    takes: z.object({ split_id: Id }),
    gives: z.object({ items: z.array(z.object({ fee_item_id: Id, name: z.string(), is_last: z.boolean() })), bill_count: z.int(), amount_fen: FenShape, paid_fen: FenShape, run_id: Id.nullable(), missing: z.string().nullable() }),
  }),
  voidBill: write({
    zh: '作废账单',
    may: 'billing.bill.void',
    takes: Repeatable.extend({ bill_id: Id, reason: Reason }),
    gives: z.object({ bill_id: Id }),
    refuses: ['billing.already_paid', 'billing.already_void', 'billing.rework_bill', 'billing.one_off'],
  }),

  myBills: read({
    zh: '我的账单',
    may: 'resident',
    takes: Paging.extend({ house_id: Id.optional(), state: z.enum(['open', 'paid']).optional() }),
    gives: pageOf(BillRow).extend({ totals: BillTotals }),
  }),
  myBill: read({ zh: '我的账单详情', may: 'resident', takes: z.object({ bill_id: Id }), gives: BillRow.extend({ reductions: z.array(ReductionRow) }) }),

  ...waiverCalls,
  ...lateCalls,
  ...planCalls,
  ...legalCalls,
  ...reworkCalls,

  arrears: read({ zh: '欠费账龄', may: 'billing.stats.read', takes: ArrearsFilter, gives: Arrears }),
  arrearsExcel: download({ zh: '导出欠费账龄', may: 'billing.stats.export', takes: ArrearsFilter }),
  debtors: read({
    zh: '欠费户',
    may: 'billing.stats.read',
    takes: Paging.extend({ community_id: Id.optional(), building_id: Id.optional(), fee_item_id: Id.optional(), steward_id: Id.optional(), overdue_only: z.boolean().optional() }),
    gives: pageOf(DebtorRow).extend({ open_fen: FenShape }),
  }),
  collection: read({ zh: '收缴率', may: 'billing.stats.read', takes: CollectionFilter, gives: Collection }),
  collectionExcel: download({ zh: '导出收缴率', may: 'billing.stats.export', takes: CollectionFilter }),
  ...rateCalls,
  /** Bills against themselves and against the ledger. */
  sweep: read({ zh: '账单核验', may: 'billing.stats.read', takes: z.object({}), gives: z.object({ ok: z.boolean(), checks: z.array(Check) }) }),
})
export const events = {
  'billing.run_published': z.object({ run_id: Id, community_id: Id, period_on: Day, line_count: z.int(), amount_fen: FenShape }),
  'billing.waived': z.object({ waiver_id: Id, kind: z.string(), amount_fen: FenShape, community_id: Id }),
  'billing.waiver_reversed': z.object({ waiver_id: Id, amount_fen: FenShape, community_id: Id }),
  'billing.plan_signed': z.object({ plan_id: Id, house_id: Id, amount_fen: FenShape }),
  'billing.plan_ended': z.object({ plan_id: Id, state: z.string() }),
  'billing.bill_voided': z.object({ bill_id: Id, period_on: Day, house_id: Id, amount_fen: FenShape }),
}
