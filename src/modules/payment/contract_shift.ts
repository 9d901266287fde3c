// Shifts of cashiers (班次), the close of a cashier's day, and the rules of the desk by community and date.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { AmountOrNone, MethodSums } from './contract_parts.ts'
import { MoneyMethod } from './methods.ts'

/** Notes and coins of the fifth series in use (人民币券别), in fen. */
export const FACES = [10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10] as const
const Piece = z.object({ face_fen: z.int().refine((v) => (FACES as readonly number[]).includes(v), '没有这种面额').meta({ zh: '面额' }), pieces: z.int().min(0).max(100_000).meta({ zh: '张数' }) })
const HandIn = z.object({ to: z.enum(['safe', 'bank']).meta({ zh: '去向' }), amount_fen: z.int().min(1, '应大于 0').max(10_000_000_000).meta({ zh: '交款金额' }), slip_no: Text(64).optional().meta({ zh: '凭条号' }) })
export const ShiftState = z.enum(['open', 'counted', 'recount', 'closed']).meta({ zh: '状态' })

/** Values of each kind of rule; a rule is dated and may be set for one community. */
export const RULES = {
  desk: z.object({
    cash_needs_shift: z.boolean().meta({ zh: '收现金须先开班' }),
    difference_limit_fen: AmountOrNone.meta({ zh: '长短款免审批限额' }),
    bank_needs_slip: z.boolean().meta({ zh: '存银行须填凭条号' }),
  }),
  deduct: z.object({
    when: z.enum(['off', 'issued', 'due']).meta({ zh: '抵扣时机' }),
    general_too: z.boolean().meta({ zh: '通用预存也抵扣' }),
  }),
  coupon: z.object({ limit_fen: AmountOrNone.meta({ zh: '发券免审批限额' }) }),
  bank: z.object({ suspense_days: z.int().min(0).max(365).meta({ zh: '多少天无人认领转暂收' }), auto: z.boolean().default(false).meta({ zh: '按缴费码自动入账' }) }),
} as const
export const RuleKind = z.enum(Object.keys(RULES) as [keyof typeof RULES, ...(keyof typeof RULES)[]]).meta({ zh: '规则' })
export type RuleKind = z.output<typeof RuleKind>
export type RuleValue<K extends RuleKind> = z.output<(typeof RULES)[K]>

const ShiftRow = z.object({
  shift_id: Id,
  shift_no: z.string().meta({ zh: '班次号' }),
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  cashier_id: Id,
  cashier_name: z.string().meta({ zh: '收费员' }),
  state: ShiftState,
  opened_at: Instant.meta({ zh: '开班时间' }),
  closed_at: Instant.nullable().meta({ zh: '交班时间' }),
  float_fen: FenShape.meta({ zh: '备用金' }),
  /** In less out, by method, as it is now. */
  cash_fen: FenShape.meta({ zh: '现金净收' }),
  other_fen: FenShape.meta({ zh: '其他方式净收' }),
  entry_count: z.int().meta({ zh: '笔数' }),
  /** Float and cash: what the drawer must hold. */
  expected_fen: FenShape.meta({ zh: '应有现金' }),
  counted_fen: FenShape.nullable().meta({ zh: '实点现金' }),
  difference_fen: FenShape.nullable().meta({ zh: '长短款' }),
  difference_reason: z.string().nullable().meta({ zh: '差额原因' }),
  handed_fen: FenShape.nullable().meta({ zh: '交款' }),
  kept_fen: FenShape.nullable().meta({ zh: '留存' }),
})
export type ShiftRow = z.output<typeof ShiftRow>
const ShiftDetail = ShiftRow.extend({
  by_method: z.array(z.object({ method: MoneyMethod, in_fen: FenShape.meta({ zh: '收入' }), out_fen: FenShape.meta({ zh: '付出' }), net_fen: FenShape.meta({ zh: '净收' }), count: z.int().meta({ zh: '笔数' }) })),
  pieces: z.array(z.object({ face_fen: FenShape, pieces: z.int() })),
  hand_ins: z.array(z.object({ to: z.enum(['safe', 'bank']), amount_fen: FenShape, slip_no: z.string().nullable() })),
  decided_by_name: z.string().nullable().meta({ zh: '审批人' }),
  can: Can('count', 'print'),
})
export type ShiftDetail = z.output<typeof ShiftDetail>
const ShiftFilter = z.object({
  from_on: Day.optional().meta({ zh: '开班日起' }),
  to_on: Day.optional().meta({ zh: '开班日止' }),
  community_id: Id.optional(),
  cashier_id: Id.optional(),
  state: ShiftState.optional(),
  different: z.boolean().optional().meta({ zh: '只看有差额' }),
})
const DayClose = z.object({
  close_id: Id,
  cashier_id: Id,
  cashier_name: z.string().meta({ zh: '收费员' }),
  community_name: z.string().meta({ zh: '小区' }),
  on_day: Day.meta({ zh: '收款日' }),
  closed_at: Instant.meta({ zh: '日结时间' }),
  payment_count: z.int().meta({ zh: '笔数' }),
  cash_fen: FenShape.meta({ zh: '现金' }),
  received_fen: FenShape.meta({ zh: '实收合计' }),
  reversed_fen: FenShape.meta({ zh: '冲销金额' }),
  refunded_fen: FenShape.meta({ zh: '退款金额' }),
  reopened_by_name: z.string().nullable().meta({ zh: '重开人' }),
  reopened_at: Instant.nullable().meta({ zh: '重开时间' }),
  reopen_reason: z.string().nullable().meta({ zh: '重开原因' }),
  can: Can('reopen'),
})
export type DayClose = z.output<typeof DayClose>
const CloseFilter = z.object({ from_on: Day.optional().meta({ zh: '收款日起' }), to_on: Day.optional().meta({ zh: '收款日止' }), cashier_id: Id.optional(), community_id: Id.optional() })
const RuleShown = z.object({ rule_id: Id, kind: RuleKind, community_id: Id.nullable(), community_name: z.string().nullable().meta({ zh: '小区' }), value: z.record(z.string(), z.unknown()), from_on: Day.meta({ zh: '生效日' }), note: z.string().nullable().meta({ zh: '说明' }), created_by_name: z.string().meta({ zh: '设定人' }), created_at: Instant.meta({ zh: '设定时间' }), state: z.enum(['now', 'future', 'past']) })

/** A right of its own: a guard who takes parking fees keeps a shift and has no desk. */
const take = 'payment.shift.work'
export const shiftCalls = {
  /** The shift of the person who asks, with everything needed to count it; and whether his day is closed. */
  myShift: read({ zh: '我的班次', may: take, takes: z.object({}), gives: z.object({ shift: ShiftDetail.nullable(), waiting: z.array(ShiftDetail), day_closed: z.boolean(), places: z.array(z.object({ community_id: Id, name: z.string() })), last_community_id: Id.nullable(), today: MethodSums.extend({ payment_count: z.int(), refunded_count: z.int().meta({ zh: '退款笔数' }), refunded_fen: FenShape.meta({ zh: '退款金额' }) }), rule: RULES.desk }) }),
  openShift: write({ zh: '开班', may: take, takes: Repeatable.extend({ community_id: Id.meta({ zh: '收费点小区' }), float_fen: AmountOrNone.meta({ zh: '备用金' }) }), gives: z.object({ shift_id: Id, shift_no: z.string() }), refuses: ['payment.shift_open_already', 'payment.day_closed'] }),
  /** Counts the drawer and hands in. Within the limit the shift closes at once; above it another person approves the difference. */
  countShift: write({
    zh: '交班点钞',
    may: take,
    takes: Repeatable.extend({ shift_id: Id, pieces: z.array(Piece).max(FACES.length).meta({ zh: '点钞明细' }), hand_ins: z.array(HandIn).max(10).default([]).meta({ zh: '交款' }), difference_reason: Text(200).optional().meta({ zh: '差额原因' }) }),
    gives: z.object({ state: ShiftState, expected_fen: FenShape, counted_fen: FenShape, difference_fen: FenShape, kept_fen: FenShape }),
    refuses: ['payment.shift_not_open', 'payment.shift_incomplete', 'payment.shift_reason_needed', 'payment.hand_in_too_much', 'payment.slip_needed', 'payment.face_twice', 'system.approval_pending', 'system.approval_nobody'],
  }),
  shifts: read({ zh: '班次列表', may: 'payment.shift.read', takes: Paging.extend(ShiftFilter.shape), gives: pageOf(ShiftRow).extend({ difference_fen_sum: FenShape, handed_fen_sum: FenShape }) }),
  shiftsExcel: download({ zh: '导出班次', may: 'payment.shift.export', takes: ShiftFilter, refuses: ['payment.list_too_long'] }),
  shift: read({ zh: '班次详情', may: 'payment.shift.read', takes: z.object({ shift_id: Id }), gives: ShiftDetail }),
  shiftEntries: read({
    zh: '班次收支明细',
    may: 'payment.shift.read',
    takes: Paging.extend({ shift_id: Id, method: MoneyMethod.optional() }),
    gives: pageOf(z.object({ entry_id: Id, at: Instant.meta({ zh: '时间' }), source_type: z.enum(['payment', 'reversal', 'refund', 'deposit']).meta({ zh: '业务' }), source_id: Id, payment_id: Id.nullable(), number: z.string().meta({ zh: '单号' }), house_label: z.string().meta({ zh: '房号' }), method: MoneyMethod, amount_fen: FenShape.meta({ zh: '金额' }) })),
  }),
  shiftPdf: download({ zh: '打印交班单', may: 'payment.shift.read', takes: z.object({ shift_id: Id, form: z.enum(['80mm', 'a4']) }) }),

  closeDay: write({ zh: '收费员日结', may: take, takes: Repeatable.extend({}), gives: z.object({ close_id: Id, on_day: Day, payment_count: z.int(), received_fen: FenShape }), refuses: ['payment.day_closed', 'payment.day_shift_open', 'payment.day_empty'] }),
  reopenDay: write({ zh: '重开日结', may: 'payment.shift.reopen', takes: Repeatable.extend({ close_id: Id, reason: Reason }), gives: z.object({ close_id: Id }), refuses: ['payment.day_open_already', 'payment.day_own'] }),
  /** Sums of what is closed: a day that was opened again is closed anew, and would count twice. */
  dayCloses: read({ zh: '日结列表', may: 'payment.shift.read', takes: Paging.extend(CloseFilter.shape), gives: pageOf(DayClose).extend({ cash_fen_sum: FenShape, received_fen_sum: FenShape, reversed_fen_sum: FenShape, refunded_fen_sum: FenShape }) }),
  dayClosesExcel: download({ zh: '导出收费员日结', may: 'payment.shift.export', takes: CloseFilter, refuses: ['payment.list_too_long'] }),

  rules: read({ zh: '收款规则', may: 'payment.rule.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ now: z.object(RULES), versions: z.array(RuleShown) }) }),
  saveRule: write({
    zh: '设定收款规则',
    may: 'payment.rule.write',
    takes: Repeatable.extend({ community_id: Id.nullable().meta({ zh: '小区' }), from_on: Day.meta({ zh: '生效日' }), note: Text(100).optional().meta({ zh: '说明' }), rule: z.discriminatedUnion('kind', [z.object({ kind: z.literal('desk'), value: RULES.desk }), z.object({ kind: z.literal('deduct'), value: RULES.deduct }), z.object({ kind: z.literal('bank'), value: RULES.bank }), z.object({ kind: z.literal('coupon'), value: RULES.coupon })]) }),
    gives: z.object({ rule_id: Id }),
    refuses: ['payment.rule_past'],
  }),
}
