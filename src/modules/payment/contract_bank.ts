// Bank statements (银行流水): own accounts, lines with proposals, matching by a person, suspense, return. Payment codes of houses.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Amount, AmountOrNone } from './contract_parts.ts'

const BankAccount = z.object({ account_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '户名' }), bank: z.string().meta({ zh: '开户行' }), account_no: z.string().meta({ zh: '账号' }), disabled_at: Instant.nullable().meta({ zh: '停用时间' }), line_count: z.int().meta({ zh: '流水数' }), last_on: Day.nullable().meta({ zh: '最近流水' }) })
export type BankAccount = z.output<typeof BankAccount>
export const BankState = z.enum(['new', 'suspense', 'matched', 'linked', 'returning', 'returned', 'ignored', 'channel']).meta({ zh: '状态' })
const Proposal = z.object({
  house_id: Id,
  house_label: z.string(),
  owner_names: z.string(),
  open_fen: FenShape,
  /** code: the payment code; room: the room in the memo; name: the payer's name; amount: exactly what one house owes. */
  why: z.array(z.enum(['code', 'room', 'name', 'amount'])),
  /** certain: the code of this house alone; likely: its exact debt with room or payer, and no other like it. */
  sure: z.enum(['certain', 'likely', 'maybe']).meta({ zh: '把握' }),
})
export type Proposal = z.output<typeof Proposal>
const BankLine = z.object({
  line_id: Id,
  booked_on: Day.meta({ zh: '交易日' }),
  account_name: z.string().meta({ zh: '账户' }),
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  amount_fen: FenShape.meta({ zh: '金额' }),
  counter_name: z.string().nullable().meta({ zh: '对方户名' }),
  counter_tail: z.string().nullable().meta({ zh: '对方账号末四位' }),
  memo: z.string().nullable().meta({ zh: '摘要与附言' }),
  reference: z.string().nullable().meta({ zh: '流水号' }),
  state: BankState,
  note: z.string().nullable().meta({ zh: '说明' }),
  decided_by_name: z.string().nullable().meta({ zh: '处理人' }),
  decided_at: Instant.nullable().meta({ zh: '处理时间' }),
  suspended_on: Day.nullable().meta({ zh: '转暂收日' }),
  age_days: z.int().meta({ zh: '账龄(天)' }),
  proposals: z.array(Proposal).meta({ zh: '建议' }),
  /** Payments of the desk by transfer that look like this line and have no line yet. */
  payments: z.array(z.object({ payment_id: Id, receipt_no: z.string(), house_label: z.string(), taken_on: Day, total_fen: FenShape })),
  matched: z.array(z.object({ payment_id: Id, receipt_no: z.string(), house_label: z.string(), amount_fen: FenShape })).meta({ zh: '入账' }),
  can: Can('match', 'suspend', 'ignore', 'give_back'),
})
export type BankLine = z.output<typeof BankLine>
const LineFilter = z.object({ from_on: Day.optional().meta({ zh: '交易日起' }), to_on: Day.optional().meta({ zh: '交易日止' }), community_id: Id.optional(), account_id: Id.optional().meta({ zh: '账户' }), state: BankState.optional(), open: z.boolean().optional().meta({ zh: '只看待处理' }), q: Text(40).optional().meta({ zh: '户名、附言、流水号' }) })
const Share = z.object({ house_id: Id, lines: z.array(z.object({ bill_id: Id, period_on: Day, amount_fen: Amount })).max(200).default([]), prepay_fen: AmountOrNone.default(0) })

const may = 'payment.bank.match'
export const bankCalls = {
  bankAccounts: read({ zh: '收款银行账户', may: 'payment.bank.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(BankAccount) }) }),
  saveBankAccount: write({ zh: '设定收款银行账户', may: 'payment.bank.setup', takes: Repeatable.extend({ account_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), name: Needed(60).meta({ zh: '户名' }), bank: Needed(60).meta({ zh: '开户行' }), account_no: z.string().trim().regex(/^\d{8,30}$/, '应为 8 到 30 位数字').meta({ zh: '账号' }), disabled: z.boolean().default(false).meta({ zh: '停用' }) }), gives: z.object({ account_id: Id }), refuses: ['payment.bank_account_exists'] }),
  bankLines: read({ zh: '银行流水', may: 'payment.bank.read', takes: Paging.extend(LineFilter.shape), gives: pageOf(BankLine).extend({ in_fen_sum: FenShape, open_fen_sum: FenShape, suspense_fen_sum: FenShape }) }),
  bankLinesExcel: download({ zh: '导出银行流水', may: 'payment.bank.export', takes: LineFilter }),
  /** Takes the money for these houses: together exactly the line. Without lines given, the oldest bills first and the rest into prepayment. */
  matchLine: write({
    zh: '认领入账',
    may,
    takes: Repeatable.extend({ line_id: Id, shares: z.array(Share.extend({ amount_fen: Amount })).min(1, '请选择房产').max(50).meta({ zh: '房产' }), note: Text(100).optional().meta({ zh: '说明' }) }),
    gives: z.object({ payments: z.array(z.object({ payment_id: Id, receipt_no: z.string(), house_label: z.string(), total_fen: FenShape })) }),
    refuses: ['payment.bank_state', 'payment.bank_sum', 'payment.bank_share', 'payment.house_twice', 'payment.slip_taken', 'payment.more_than_open', 'payment.line_changed', 'payment.same_bill_twice', 'billing.bill_changed'],
  }),
  /** The money was taken at the desk already: the line only proves it. */
  linkLine: write({ zh: '与已有收款对上', may, takes: Repeatable.extend({ line_id: Id, payment_id: Id }), gives: z.object({ state: BankState }), refuses: ['payment.bank_state', 'payment.bank_not_same', 'payment.bank_linked'] }),
  suspendLines: write({ zh: '转暂收', may, takes: Repeatable.extend({ line_ids: z.array(Id).min(1).max(200) }), gives: z.object({ count: z.int(), amount_fen: FenShape }), refuses: ['payment.bank_state'] }),
  ignoreLine: write({ zh: '无需认领', may, takes: Repeatable.extend({ line_id: Id, reason: Reason }), gives: z.object({ state: BankState }), refuses: ['payment.bank_state'] }),
  askReturnLine: write({ zh: '申请退回来款', may, takes: Repeatable.extend({ line_id: Id, reason: Reason }), gives: z.object({ approval_id: Id }), refuses: ['payment.bank_state', 'system.approval_pending', 'system.approval_nobody'] }),
  /** Codes of houses for transfers; made when they are first asked for. */
  houseCodes: write({ zh: '生成缴费码', may: 'payment.payment.take', takes: Repeatable.extend({ house_ids: z.array(Id).min(1).max(2000) }), gives: z.object({ rows: z.array(z.object({ house_id: Id, code: z.string() })) }) }),
}
