// Late fees (违约金): shapes and calls, part of the contract, apart for length.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Day, Decimal, FenShape, Id, Needed, Repeatable } from '../../kernel/shapes.ts'

const Rate = Decimal.refine((v) => /^0\.\d*[1-9]\d*$/.test(v), '应大于 0 且小于 1')
const Fields = {
  fee_item_ids: z.array(Id).min(1, '至少选一个收费项目').max(50).meta({ zh: '适用收费项目' }),
  /** 0.0005 is five ten-thousandths a day. */
  daily_rate: Rate.meta({ zh: '日利率' }),
  grace_days: z.int().min(0).max(365).meta({ zh: '宽限天数' }),
  counts_from: z.enum(['grace', 'due']).meta({ zh: '起算' }),
  cap_bp: z.int().min(1).max(100_000).nullable().optional().meta({ zh: '上限:本金的万分之几' }),
  lpr_rate: Rate.nullable().optional().meta({ zh: 'LPR(年利率)' }),
  lpr_multiple: Decimal.nullable().optional().meta({ zh: '不超过 LPR 的倍数' }),
  shift: z.boolean().meta({ zh: '休息日顺延' }),
  /** The day of a payment: what was paid bears the fee of that day still, or no more. */
  paid_day: z.enum(['counts', 'free']).default('counts').meta({ zh: '缴纳当日' }),
  from_on: Day.meta({ zh: '起(含)' }),
  basis: Needed(100).meta({ zh: '依据' }),
}
export const LateRuleRow = z.object({
  rule_id: Id,
  community_id: Id,
  community_name: z.string(),
  fee_items: z.array(z.object({ fee_item_id: Id, name: z.string() })),
  daily_rate: z.string(),
  grace_days: z.int(),
  counts_from: z.enum(['grace', 'due']),
  cap_bp: z.int().nullable(),
  lpr_rate: z.string().nullable(),
  lpr_multiple: z.string().nullable(),
  shift: z.boolean(),
  paid_day: z.enum(['counts', 'free']),
  from_on: Day,
  to_on: Day.nullable(),
  basis: z.string(),
  /** replaced: every item of it has a newer rule in force. */
  state: z.enum(['now', 'future', 'replaced', 'past']),
})
export type LateRuleRow = z.output<typeof LateRuleRow>
/** The late fee of one bill as of a day, and what of it has become a bill of its own. */
export const LateRow = z.object({
  bill_id: Id,
  period_on: Day,
  fee_item_name: z.string(),
  due_on: Day,
  open_fen: FenShape,
  /** Of the whole time up to the day. */
  fee_fen: FenShape,
  billed_fen: FenShape,
  /** Still to be billed. */
  rest_fen: FenShape,
  explanation: z.string(),
  paused: z.boolean(),
})
export type LateRow = z.output<typeof LateRow>

export const lateCalls = {
  lateRules: read({ zh: '违约金规则', may: 'billing.item.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(LateRuleRow), days_off: z.array(z.object({ day_on: Day, works: z.boolean() })) }) }),
  /** A new version from a day on; days before keep the version before. */
  saveLateRule: write({ zh: '新增违约金规则', may: 'billing.late_rule.write', takes: Repeatable.extend({ community_id: Id, ...Fields }), gives: z.object({ rule_id: Id }), refuses: ['billing.late_lpr'] }),
  /** What the rule would make of bills that are open, on a day: beside what the rules in force make of them. */
  tryLateRule: read({
    zh: '试算违约金规则', may: 'billing.late_rule.write', takes: z.object({ community_id: Id, ...Fields, as_of: Day.optional() }).omit({ basis: true }),
    gives: z.object({ as_of: Day, bill_count: z.int(), /** More were overdue: only the earliest due were looked at. */ capped: z.boolean(), before_fen: FenShape, after_fen: FenShape, rows: z.array(z.object({ bill_id: Id, period_on: Day, house_label: z.string(), fee_item_name: z.string(), due_on: Day, open_fen: FenShape, before_fen: FenShape, after_fen: FenShape, explanation: z.string() })) }), refuses: ['billing.late_lpr'],
  }),
  endLateRule: write({ zh: '停用违约金规则', may: 'billing.late_rule.write', takes: Repeatable.extend({ rule_id: Id, to_on: Day.meta({ zh: '止(不含)' }) }), gives: z.object({ rule_id: Id }), refuses: ['billing.dates_reversed'] }),
  /** The year's public holidays and the weekends that are worked, as the State Council publishes them. */
  saveDaysOff: write({ zh: '保存节假日安排', may: 'billing.late_rule.write', takes: Repeatable.extend({ year: z.int().min(2000).max(2100), off: z.array(Day).max(120), works: z.array(Day).max(60) }), gives: z.object({ count: z.int() }), refuses: ['billing.days_off_year'] }),
  lateFees: read({ zh: '房产违约金', may: 'billing.bill.read', takes: z.object({ house_id: Id, as_of: Day.optional() }), gives: z.object({ rows: z.array(LateRow), fee_fen: FenShape, rest_fen: FenShape, as_of: Day }) }),
  /** Makes what has accrued up to today a bill of its own, one for each bill; again the same day adds nothing. */
  billLateFees: write({
    zh: '计收违约金',
    may: 'billing.late.bill',
    takes: Repeatable.extend({ house_id: Id, bill_ids: z.array(Id).min(1).max(500).optional() }),
    gives: z.object({ count: z.int(), amount_fen: FenShape }),
    refuses: ['billing.late_nothing'],
  }),
  myLateFees: read({ zh: '我的违约金', may: 'resident', takes: z.object({ house_id: Id }), gives: z.object({ rows: z.array(LateRow), rest_fen: FenShape, as_of: Day }) }),
}
