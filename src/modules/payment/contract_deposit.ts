// Deposits (押金、保证金): kinds as data, taken at the desk, given back in parts, forfeited by approval, moved to prepayment or bills.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Amount, AmountOrNone, Where } from './contract_parts.ts'
import { MoneyMethod, RefundMethod } from './methods.ts'

const DepositKind = z.object({
  kind_id: Id,
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  name: z.string().meta({ zh: '种类' }),
  amount_fen: FenShape.meta({ zh: '通常金额' }),
  max_fen: FenShape.nullable().meta({ zh: '上限' }),
  return_days: z.int().nullable().meta({ zh: '约定退还天数' }),
  basis: z.string().nullable().meta({ zh: '收取依据' }),
  disabled_at: Instant.nullable().meta({ zh: '停用时间' }),
  held_count: z.int().meta({ zh: '在押笔数' }),
  held_fen: FenShape.meta({ zh: '在押金额' }),
})
export type DepositKind = z.output<typeof DepositKind>
export const DepositState = z.enum(['held', 'partly', 'settled']).meta({ zh: '状态' })
const DepositRow = z.object({
  deposit_id: Id,
  deposit_no: z.string().meta({ zh: '押金收据号' }),
  ...Where,
  kind_id: Id,
  kind_name: z.string().meta({ zh: '种类' }),
  payer_name: z.string().meta({ zh: '交款人' }),
  amount_fen: FenShape.meta({ zh: '收取' }),
  held_fen: FenShape.meta({ zh: '在押' }),
  pending_fen: FenShape.meta({ zh: '办理中' }),
  refunded_fen: FenShape.meta({ zh: '已退' }),
  forfeited_fen: FenShape.meta({ zh: '已罚没' }),
  moved_fen: FenShape.meta({ zh: '已转' }),
  method: MoneyMethod,
  taken_by_name: z.string().meta({ zh: '收款人' }),
  taken_at: Instant.meta({ zh: '收款时间' }),
  taken_on: Day.meta({ zh: '收款日' }),
  return_on: Day.nullable().meta({ zh: '约定退还日' }),
  /** Days held, and past the day agreed upon. */
  age_days: z.int().meta({ zh: '在押天数' }),
  overdue_days: z.int().meta({ zh: '逾期未退天数' }),
  note: z.string().nullable().meta({ zh: '说明' }),
  state: DepositState,
  can: Can('refund', 'forfeit', 'move'),
})
export type DepositRow = z.output<typeof DepositRow>
const DepositDetail = DepositRow.extend({
  reference: z.string().nullable().meta({ zh: '流水号' }),
  print_count: z.int(),
  /** What `pending_fen` is made of: refunds on their way and forfeits asked for. */
  pending: z.array(z.object({ id: Id, kind: z.enum(['refund', 'forfeit']).meta({ zh: '变动' }), number: z.string().nullable(), amount_fen: FenShape.meta({ zh: '金额' }), reason: z.string().meta({ zh: '原因' }), at: Instant.meta({ zh: '申请时间' }), by_name: z.string().meta({ zh: '申请人' }) })),
  moves: z.array(z.object({ move_id: Id, at: Instant.meta({ zh: '时间' }), kind: z.enum(['refund', 'forfeit', 'to_wallet', 'to_bills']).meta({ zh: '变动' }), amount_fen: FenShape.meta({ zh: '金额' }), reason: z.string().meta({ zh: '原因' }), by_name: z.string().nullable().meta({ zh: '经办人' }), payment_id: Id.nullable(), refund_id: Id.nullable() })),
})
const DepositFilter = z.object({
  from_on: Day.optional().meta({ zh: '收款日起' }),
  to_on: Day.optional().meta({ zh: '收款日止' }),
  community_id: Id.optional(),
  house_id: Id.optional(),
  kind_id: Id.optional(),
  state: DepositState.optional(),
  overdue: z.boolean().optional().meta({ zh: '逾期未退' }),
  /** Still held, for so long. */
  age: z.enum(['d90', 'd180', 'd365', 'more']).optional().meta({ zh: '在押' }),
  q: Text(40).optional().meta({ zh: '收据号、房号、交款人' }),
})
const Ageing = z.array(z.object({ bucket: z.enum(['d90', 'd180', 'd365', 'more']), count: z.int(), held_fen: FenShape }))
const OneDeposit = Repeatable.extend({ deposit_id: Id, amount_fen: Amount.meta({ zh: '金额' }), reason: Reason })

export const depositCalls = {
  depositKinds: read({ zh: '押金种类', may: 'payment.deposit.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(DepositKind) }) }),
  saveDepositKind: write({
    zh: '设定押金种类',
    may: 'payment.deposit.setup',
    takes: Repeatable.extend({ kind_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), name: Needed(30).meta({ zh: '种类' }), amount_fen: AmountOrNone.meta({ zh: '通常金额' }), max_fen: Amount.nullable().meta({ zh: '上限' }), return_days: z.int().min(1).max(3650).nullable().meta({ zh: '约定退还天数' }), basis: Text(100).nullable().meta({ zh: '收取依据' }), disabled: z.boolean().default(false).meta({ zh: '停用' }) }),
    gives: z.object({ kind_id: Id }),
    refuses: ['payment.deposit_kind_exists', 'payment.deposit_kind_max'],
  }),
  takeDeposit: write({
    zh: '收押金',
    may: 'payment.payment.take',
    takes: Repeatable.extend({ house_id: Id, kind_id: Id.meta({ zh: '种类' }), amount_fen: Amount.meta({ zh: '金额' }), method: MoneyMethod, reference: Text(64).optional().meta({ zh: '流水号' }), payer_name: Text(40).optional().meta({ zh: '交款人' }), return_on: Day.optional().meta({ zh: '约定退还日' }), note: Text(100).optional().meta({ zh: '说明' }) }),
    gives: z.object({ deposit_id: Id, deposit_no: z.string(), amount_fen: FenShape }),
    refuses: ['payment.deposit_over_max', 'payment.deposit_kind_off', 'payment.shift_needed', 'payment.day_closed'],
  }),
  deposits: read({ zh: '押金列表', may: 'payment.deposit.read', takes: Paging.extend(DepositFilter.shape), gives: pageOf(DepositRow).extend({ amount_fen_sum: FenShape, held_fen_sum: FenShape, refunded_fen_sum: FenShape, forfeited_fen_sum: FenShape, moved_fen_sum: FenShape, ageing: Ageing }) }),
  depositsExcel: download({ zh: '导出押金', may: 'payment.deposit.export', takes: DepositFilter, refuses: ['payment.list_too_long'] }),
  deposit: read({ zh: '押金详情', may: 'payment.deposit.read', takes: z.object({ deposit_id: Id }), gives: DepositDetail }),
  depositPdf: download({ zh: '打印押金收据', may: 'payment.deposit.read', takes: z.object({ deposit_id: Id, form: z.enum(['80mm', 'a4']) }) }),
  askDepositRefund: write({
    zh: '申请退押金',
    may: 'payment.refund.ask',
    takes: OneDeposit.extend({ method: RefundMethod, payee_name: Needed(40).meta({ zh: '收款人' }), payee_bank: Text(60).optional().meta({ zh: '开户行' }), payee_account: z.string().trim().regex(/^\d{8,30}$/, '应为 8 到 30 位数字').optional().meta({ zh: '收款账号' }) }),
    gives: z.object({ refund_id: Id, refund_no: z.string(), amount_fen: FenShape }),
    refuses: ['payment.deposit_short', 'payment.refund_payee', 'payment.refund_no_channel', 'system.approval_pending', 'system.approval_nobody'],
  }),
  askForfeit: write({ zh: '申请罚没押金', may: 'payment.deposit.forfeit', takes: OneDeposit.extend({ attachments: z.array(Id).max(9).default([]).meta({ zh: '证明材料' }) }), gives: z.object({ approval_id: Id }), refuses: ['payment.deposit_short', 'system.approval_pending', 'system.approval_nobody'] }),
  /** To prepayment of the house, or to its open bills at once. */
  moveDeposit: write({
    zh: '押金转预存或抵账单',
    may: 'payment.deposit.move',
    takes: OneDeposit.extend({ lines: z.array(z.object({ bill_id: Id, period_on: Day, amount_fen: Amount })).max(200).default([]).meta({ zh: '抵账单' }) }),
    gives: z.object({ held_fen: FenShape, payment_id: Id.nullable(), receipt_no: z.string().nullable() }),
    refuses: ['payment.deposit_short', 'payment.deposit_lines', 'payment.same_bill_twice', 'payment.more_than_open', 'payment.line_changed', 'billing.bill_changed'],
  }),
}
