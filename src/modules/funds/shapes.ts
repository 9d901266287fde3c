// Shapes of the maintenance fund (住宅专项维修资金).
import { z } from 'zod'
import { Can, Day, Decimal, FenShape, Id, Instant, Needed, Positive, Text } from '../../kernel/shapes.ts'

const Bp = z.int().min(0).max(10_000)
const Part = z.int().min(1).max(100)
export const VoteMethod = z.enum(['majority', 'objection']).meta({ zh: '表决方式' })
/** Local numbers, dated: nothing of this is a constant of the program. Bp are ten-thousandths. */
export const PolicyData = z.object({
  posting_days: z.int().min(0).max(60).meta({ zh: '方案公示天数' }),
  share_posting_days: z.int().min(0).max(60).meta({ zh: '分摊公示天数' }),
  vote_method: VoteMethod,
  quorum_num: Part.meta({ zh: '参与表决不低于(分子)' }),
  quorum_den: Part.meta({ zh: '参与表决不低于(分母)' }),
  pass_num: Part.meta({ zh: '同意超过参与的(分子)' }),
  pass_den: Part.meta({ zh: '同意超过参与的(分母)' }),
  objection_num: Part.meta({ zh: '异议低于全体的(分子)' }),
  objection_den: Part.meta({ zh: '异议低于全体的(分母)' }),
  /** Raising is matter 6 of 民法典 278: at least this part of those who take part, where using needs more than half. */
  raise_quorum_num: Part.meta({ zh: '续筹参与表决不低于(分子)' }),
  raise_quorum_den: Part.meta({ zh: '续筹参与表决不低于(分母)' }),
  raise_num: Part.meta({ zh: '续筹同意不低于参与的(分子)' }),
  raise_den: Part.meta({ zh: '续筹同意不低于参与的(分母)' }),
  over_budget_bp: Bp.meta({ zh: '超预算多少须重新申请(万分之)' }),
  audit_limit_fen: FenShape.min(0).meta({ zh: '决算超过多少须审计' }),
  threshold_bp: Bp.meta({ zh: '余额低于首次缴存的多少须续筹(万分之)' }),
  topup_target_bp: z.int().min(1).max(20_000).meta({ zh: '续筹补足到首次缴存的(万分之)' }),
  topup_days: z.int().min(1).max(365).meta({ zh: '续筹缴款天数' }),
  current_rate: Decimal.meta({ zh: '活期年利率(%)' }),
  term_rate: Decimal.meta({ zh: '一年定期年利率(%)' }),
  day_base: z.union([z.literal(360), z.literal(365)]).meta({ zh: '计息天数基数' }),
  settle_day: z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, '请写成 06-30').meta({ zh: '结息日' }),
  dangers: Needed(600).meta({ zh: '应急情形(一行一种)' }),
})
export type PolicyData = z.output<typeof PolicyData>
export const PolicyRow = PolicyData.extend({ policy_id: Id, community_id: Id.nullable(), community_name: z.string().nullable(), from_on: Day.meta({ zh: '生效日' }), basis: z.string().meta({ zh: '依据' }), in_force: z.boolean(), created_by_name: z.string().nullable() })
export type PolicyRow = z.output<typeof PolicyRow>

export const HouseKind = z.enum(['dwelling', 'shop', 'office', 'garage', 'storage', 'bay'])
export const StandardIn = z.object({
  community_id: Id.meta({ zh: '小区' }),
  name: Needed(30).meta({ zh: '名称' }),
  has_lift: z.enum(['any', 'yes', 'no']).meta({ zh: '电梯' }),
  floors_min: z.int().min(1).max(200).meta({ zh: '地上层数不少于' }),
  floors_max: z.int().min(1).max(200).nullable().optional().meta({ zh: '地上层数不多于' }),
  house_kinds: z.array(HouseKind).min(1, '至少选一类').max(6).meta({ zh: '适用房产' }),
  unit_price: Positive.meta({ zh: '每平方米(元)' }),
  from_on: Day.meta({ zh: '生效日' }),
  basis: Needed(200).meta({ zh: '依据' }),
})
export const StandardRow = StandardIn.extend({ standard_id: Id, floors_max: z.int().nullable(), community_name: z.string() })
export type StandardRow = z.output<typeof StandardRow>

export const BankIn = z.object({
  community_id: Id.meta({ zh: '小区' }),
  building_id: Id.nullable().optional().meta({ zh: '楼栋' }),
  bank_name: Needed(60).meta({ zh: '开户银行' }),
  account_name: Needed(60).meta({ zh: '户名' }),
  account_no: z.string().trim().regex(/^[0-9 -]{8,40}$/, '应为 8 到 40 位数字').meta({ zh: '账号' }),
  opened_on: Day.meta({ zh: '开户日' }),
})
export const BankRow = BankIn.extend({ bank_id: Id, building_id: Id.nullable(), building_name: z.string().nullable(), community_name: z.string(), house_count: z.int().meta({ zh: '户数' }), balance_fen: FenShape.meta({ zh: '分户余额合计' }) })
export type BankRow = z.output<typeof BankRow>

export const AccountRow = z.object({
  house_id: Id,
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  building_name: z.string().meta({ zh: '楼栋' }),
  house_label: z.string().meta({ zh: '房号' }),
  owner_names: z.string().meta({ zh: '业主' }),
  built_area_m2: z.string().meta({ zh: '建筑面积' }),
  first_fen: FenShape.meta({ zh: '首次缴存' }),
  balance_fen: FenShape.meta({ zh: '余额' }),
  /** Under the threshold of the policy in force: 续筹. */
  low: z.boolean().meta({ zh: '低于续筹线' }),
  opened_on: Day.nullable().meta({ zh: '立户日' }),
  closed_on: Day.nullable().meta({ zh: '销户日' }),
})
export type AccountRow = z.output<typeof AccountRow>
export const AccountFilter = z.object({ community_id: Id.optional(), building_id: Id.optional(), state: z.enum(['open', 'none', 'low', 'closed']).optional().meta({ zh: '状态' }), q: Text(40).optional() })
export type AccountFilter = z.output<typeof AccountFilter>

export const EntryKind = z.enum(['first', 'topup', 'opening', 'interest', 'use', 'refund', 'reversal']).meta({ zh: '类别' })
export const DepositKind = z.enum(['first', 'topup', 'opening']).meta({ zh: '类别' })
export const EntryRow = z.object({
  entry_id: Id,
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  community_name: z.string().meta({ zh: '小区' }),
  kind: EntryKind,
  amount_fen: FenShape.meta({ zh: '金额' }),
  balance_fen: FenShape.meta({ zh: '余额' }),
  value_on: Day.meta({ zh: '缴存日' }),
  booked_on: Day.meta({ zh: '记账日' }),
  voucher_no: z.string().nullable().meta({ zh: '凭证号' }),
  payer_name: z.string().nullable().meta({ zh: '交款人' }),
  note: z.string().nullable().meta({ zh: '说明' }),
  /** The use that took it. */
  use_id: Id.nullable(),
  created_by_name: z.string().nullable().meta({ zh: '经办人' }),
  created_at: Instant.meta({ zh: '登记时间' }),
  can: Can('reverse', 'receipt'),
})
export type EntryRow = z.output<typeof EntryRow>
export const EntryFilter = z.object({ community_id: Id.optional(), house_id: Id.optional(), kind: EntryKind.optional(), voucher_no: Text(40).optional(), from_on: Day.optional(), to_on: Day.optional() })
export type EntryFilter = z.output<typeof EntryFilter>

export const DepositIn = z.object({
  community_id: Id.meta({ zh: '小区' }),
  kind: DepositKind,
  paid_on: Day.meta({ zh: '缴存日' }),
  voucher_no: Needed(40).meta({ zh: '凭证号' }),
  payer_name: Text(60).optional().meta({ zh: '交款人' }),
  note: Text(100).optional().meta({ zh: '说明' }),
  /** Named houses; without them every house that has no first deposit yet pays by the standard (开发商代缴). */
  lines: z.array(z.object({ house_id: Id, amount_fen: FenShape.min(1) })).max(500).optional(),
  building_id: Id.optional().meta({ zh: '楼栋' }),
})
export type DepositIn = z.output<typeof DepositIn>
export const DepositLine = z.object({ house_id: Id, house_label: z.string(), area_m2: z.string(), unit_price: z.string().nullable(), amount_fen: FenShape })
export type DepositLine = z.output<typeof DepositLine>

export const StatementLine = z.object({
  building_id: Id,
  building_name: z.string().meta({ zh: '楼栋' }),
  house_count: z.int().meta({ zh: '户数' }),
  opening_fen: FenShape.meta({ zh: '期初余额' }),
  deposit_fen: FenShape.meta({ zh: '缴存' }),
  interest_fen: FenShape.meta({ zh: '利息' }),
  use_fen: FenShape.meta({ zh: '使用' }),
  refund_fen: FenShape.meta({ zh: '退还' }),
  closing_fen: FenShape.meta({ zh: '期末余额' }),
})
export type StatementLine = z.output<typeof StatementLine>
export const StatementRange = z.object({ community_id: Id, from_on: Day.meta({ zh: '起(含)' }), to_on: Day.meta({ zh: '止(含)' }) })
