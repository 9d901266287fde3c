// Three-way reconciliation (对账): days, pairs, differences with owner and age, receipts of the bank. Part of the contract of this module.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

const Leg = z.enum(['channel', 'bank']).meta({ zh: '环节' })
const Kind = z.enum(['only_ours', 'only_theirs', 'amount', 'time', 'fee']).meta({ zh: '类别' })
export const ReconDay = z.object({
  channel_id: Id,
  channel_name: z.string().meta({ zh: '渠道' }),
  business_day: Day.meta({ zh: '账单日' }),
  our_count: z.int().meta({ zh: '我方笔数' }),
  our_fen: FenShape.meta({ zh: '我方净额' }),
  their_count: z.int().meta({ zh: '渠道笔数' }),
  their_fen: FenShape.meta({ zh: '渠道净额' }),
  fee_fen: FenShape.meta({ zh: '手续费' }),
  paired_count: z.int().meta({ zh: '配对笔数' }),
  due_fen: FenShape.meta({ zh: '应到银行' }),
  bank_on: Day.nullable().meta({ zh: '到账日' }),
  bank_fen: FenShape.nullable().meta({ zh: '银行到账' }),
  open_count: z.int().meta({ zh: '未结差异' }),
  item_count: z.int().meta({ zh: '全部差异' }),
  run_at: Instant.meta({ zh: '对账时间' }),
})
export const ReconItem = z.object({
  item_id: Id,
  leg: Leg,
  kind: Kind,
  channel_id: Id.nullable(),
  channel_name: z.string().nullable().meta({ zh: '渠道' }),
  business_day: Day.meta({ zh: '对账日' }),
  reference: z.string().meta({ zh: '单号' }),
  our_fen: FenShape.meta({ zh: '我方' }),
  their_fen: FenShape.meta({ zh: '对方' }),
  difference_fen: FenShape.meta({ zh: '差额' }),
  payment_id: Id.nullable(),
  channel_bill_id: Id.nullable(),
  state: z.enum(['open', 'closed']).meta({ zh: '状态' }),
  age_days: z.int().meta({ zh: '天数' }),
  owner_id: Id.nullable(),
  owner_name: z.string().nullable().meta({ zh: '负责人' }),
  opened_at: Instant.meta({ zh: '发现时间' }),
  closed_at: Instant.nullable().meta({ zh: '结清时间' }),
  closed_by_name: z.string().nullable().meta({ zh: '结清人' }),
  close_how: z.enum(['paired', 'reason', 'suspense', 'fee']).nullable().meta({ zh: '结清方式' }),
  close_note: z.string().nullable().meta({ zh: '说明' }),
  journal_id: Id.nullable(),
  can: Can('close'),
})
export type ReconItem = z.output<typeof ReconItem>
const DayFilter = z.object({ from_on: Day.optional(), to_on: Day.optional(), channel_id: Id.optional(), open: z.boolean().optional().meta({ zh: '只看有差异' }) })
const ItemFilter = z.object({ state: z.enum(['open', 'closed']).optional().meta({ zh: '状态' }), leg: Leg.optional(), kind: Kind.optional(), channel_id: Id.optional(), business_day: Day.optional(), mine: z.boolean().optional().meta({ zh: '我负责的' }) })
const BankLine = z.object({ received_on: Day.meta({ zh: '入账日' }), amount_fen: z.int().min(-1e13).max(1e13).meta({ zh: '金额' }), reference: Text(120).default('').meta({ zh: '流水号或摘要' }), counterparty: Text(80).default('').meta({ zh: '对方户名' }) })

/** A receipt of the bank: typed in (b:) or a line of an imported statement (l:). */
const ReceiptKey = z.string().regex(/^[bl]:[0-9a-f-]{36}$/).meta({ zh: '到账' })
const Undone = z.object({ channel_name: z.string(), our_day: Day, reason: z.string(), undone_by_name: z.string(), undone_at: Instant })

export const reconCalls = {
  reconDays: read({ zh: '渠道对账', may: 'closing.recon.read', takes: Paging.extend(DayFilter.shape), gives: pageOf(ReconDay).extend({ our_fen_sum: FenShape, their_fen_sum: FenShape, fee_fen_sum: FenShape, open_sum: z.int() }) }),
  reconItems: read({ zh: '对账差异', may: 'closing.recon.read', takes: Paging.extend(ItemFilter.shape), gives: pageOf(ReconItem).extend({ difference_fen_sum: FenShape }) }),
  reconItemsExcel: download({ zh: '导出对账差异', may: 'closing.recon.export', takes: ItemFilter }),
  /** Again, for a day whose bill is there: what came meanwhile is paired. */
  runRecon: write({ zh: '重新对账', may: 'closing.recon.work', takes: Repeatable.extend({ channel_id: Id, business_day: Day.meta({ zh: '账单日' }) }), gives: z.object({ open_count: z.int() }), refuses: ['closing.no_bill'] }),
  assignItems: write({ zh: '指定差异负责人', may: 'closing.recon.work', takes: Repeatable.extend({ item_ids: z.array(Id).min(1).max(200), owner_id: Id.nullable().meta({ zh: '负责人' }) }), gives: z.object({ count: z.int() }), refuses: ['closing.owner_unknown'] }),
  closeItem: write({
    zh: '结清差异',
    may: 'closing.recon.work',
    takes: Repeatable.extend({ item_id: Id, how: z.enum(['reason', 'suspense', 'fee']).meta({ zh: '结清方式' }), note: Needed(200).meta({ zh: '说明' }) }),
    gives: z.object({ journal_id: Id.nullable() }),
    refuses: ['closing.item_closed', 'closing.no_difference', 'closing.not_a_fee', 'ledger.period_closed'],
  }),
  bankLines: read({ zh: '银行到账', may: 'closing.recon.read', takes: Paging.extend({ from_on: Day.optional(), to_on: Day.optional(), account: Text(60).optional().meta({ zh: '账户' }), open: z.boolean().optional().meta({ zh: '只看未配对' }), our_day: Day.optional().meta({ zh: '账单日' }), channel_id: Id.optional() }), gives: pageOf(BankLine.extend({ bank_line_id: Id, account: z.string().meta({ zh: '账户' }), imported: z.boolean().meta({ zh: '来自银行流水' }), paired_with: z.string().nullable().meta({ zh: '配对' }), their_key: ReceiptKey, undone: z.array(Undone).meta({ zh: '撤销过的配对' }), can: Can('pair', 'unpair'), added_at: Instant.meta({ zh: '录入时间' }) })).extend({ amount_fen_sum: FenShape }) }),
  /** A wrong pair is taken off: its journal is reversed, the line is to be claimed again, and who did it why stays on record. */
  unpairBank: write({ zh: '撤销银行配对', may: 'closing.recon.work', takes: Repeatable.extend({ their_key: ReceiptKey, reason: Reason }), gives: z.object({ their_key: z.string() }), refuses: ['closing.not_paired', 'ledger.period_closed'] }),
  /** Payouts of the same amount, not later than the receipt, that have none. */
  payoutsFor: read({ zh: '可配对的渠道结算', may: 'closing.recon.work', takes: z.object({ their_key: ReceiptKey }), gives: z.object({ rows: z.array(z.object({ our_key: z.string(), channel_id: Id, channel_name: z.string(), our_day: Day, amount_fen: FenShape })) }), refuses: ['closing.paired_already'] }),
  pairBank: write({ zh: '人工配对银行到账', may: 'closing.recon.work', takes: Repeatable.extend({ their_key: ReceiptKey, our_key: z.string().max(80).meta({ zh: '渠道结算' }) }), gives: z.object({ their_key: z.string() }), refuses: ['closing.paired_already', 'closing.payout_gone', 'ledger.period_closed'] }),
  /** Pasted from the bank's list; a line that is there already is not added again. */
  addBankLines: write({ zh: '录入银行到账', may: 'closing.recon.work', takes: Repeatable.extend({ account: Needed(60).meta({ zh: '银行账户' }), lines: z.array(BankLine).min(1, '没有可录入的行').max(500).meta({ zh: '流水' }) }), gives: z.object({ added_count: z.int(), known_count: z.int() }) }),
}
