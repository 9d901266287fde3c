// Prepayment (预存): general and bound to a fee item, its movements, transfers between houses of one owner, automatic deduction.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, FenShape, Id, Instant, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Amount } from './contract_parts.ts'

export const Bound = z.object({ fee_item_id: Id, fee_item_name: z.string().meta({ zh: '收费项目' }), balance_fen: FenShape.meta({ zh: '余额' }) })
const WalletRow = z.object({
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  community_name: z.string().meta({ zh: '小区' }),
  owner_names: z.string().meta({ zh: '业主' }),
  /** General and bound together. */
  balance_fen: FenShape.meta({ zh: '余额' }),
  general_fen: FenShape.meta({ zh: '通用预存' }),
  bound_fen: FenShape.meta({ zh: '专项预存' }),
  changed_at: Instant.nullable().meta({ zh: '最近变动' }),
})
const WalletFilter = z.object({ community_id: Id.optional(), fee_item_id: Id.optional().meta({ zh: '专项' }), q: Text(40).optional(), all: z.boolean().optional().meta({ zh: '含零余额' }) })
export const WalletCause = z.enum(['prepay', 'use', 'reversal', 'transfer_in', 'transfer_out', 'refund', 'refund_back', 'deposit', 'gift', 'gift_back']).meta({ zh: '来由' })
const WalletEntry = z.object({
  entry_id: Id,
  at: Instant.meta({ zh: '时间' }),
  cause: WalletCause,
  /** Null: general. */
  fee_item_name: z.string().nullable().meta({ zh: '专项' }),
  amount_fen: FenShape.meta({ zh: '金额' }),
  balance_fen: FenShape.meta({ zh: '余额' }),
  payment_id: Id.nullable(),
  receipt_no: z.string().nullable().meta({ zh: '收据号' }),
  refund_id: Id.nullable(),
  note: z.string().nullable().meta({ zh: '说明' }),
  by_name: z.string().nullable().meta({ zh: '经办人' }),
})
const EntryFilter = z.object({ house_id: Id, from_on: Day.optional().meta({ zh: '日期起' }), to_on: Day.optional().meta({ zh: '日期止' }) })

const DeductRun = z.object({
  run_id: Id,
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  on_day: Day.meta({ zh: '抵扣日' }),
  state: z.enum(['running', 'done']).meta({ zh: '状态' }),
  started_by_name: z.string().meta({ zh: '发起' }),
  started_at: Instant.meta({ zh: '开始时间' }),
  ended_at: Instant.nullable().meta({ zh: '结束时间' }),
  house_count: z.int().meta({ zh: '户数' }),
  bill_count: z.int().meta({ zh: '账单数' }),
  amount_fen: FenShape.meta({ zh: '抵扣金额' }),
  rule: z.record(z.string(), z.unknown()),
})
export type DeductRun = z.output<typeof DeductRun>
const RunFilter = z.object({ community_id: Id.optional(), from_on: Day.optional().meta({ zh: '抵扣日起' }), to_on: Day.optional().meta({ zh: '抵扣日止' }) })

export const walletCalls = {
  wallets: read({ zh: '预存账户', may: 'payment.wallet.read', takes: Paging.extend(WalletFilter.shape), gives: pageOf(WalletRow).extend({ balance_fen_sum: FenShape, general_fen_sum: FenShape, bound_fen_sum: FenShape }) }),
  walletsExcel: download({ zh: '导出预存账户', may: 'payment.wallet.export', takes: WalletFilter }),
  walletEntries: read({ zh: '预存流水', may: 'payment.wallet.read', takes: Paging.extend(EntryFilter.shape), gives: pageOf(WalletEntry).extend({ balance_fen: FenShape, general_fen: FenShape, bound: z.array(Bound), own_houses: z.array(z.object({ house_id: Id, label: z.string() })) }) }),
  walletEntriesExcel: download({ zh: '导出预存流水', may: 'payment.wallet.export', takes: EntryFilter }),
  /** Between houses that one person owns today, or between general and bound of one house. The money stays the owner's: no approval, but a reason. */
  transferWallet: write({
    zh: '预存划转',
    may: 'payment.wallet.transfer',
    takes: Repeatable.extend({ from_house_id: Id.meta({ zh: '转出房产' }), from_item_id: Id.nullable().default(null).meta({ zh: '转出专项' }), to_house_id: Id.meta({ zh: '转入房产' }), to_item_id: Id.nullable().default(null).meta({ zh: '转入专项' }), amount_fen: Amount.meta({ zh: '金额' }), reason: Reason }),
    gives: z.object({ transfer_id: Id, from_balance_fen: FenShape, to_balance_fen: FenShape }),
    refuses: ['payment.wallet_short', 'payment.transfer_nowhere', 'payment.transfer_other_owner', 'payment.item_elsewhere', 'payment.gift_stays'],
  }),
  deductRuns: read({ zh: '自动抵扣批次', may: 'payment.wallet.read', takes: Paging.extend(RunFilter.shape), gives: pageOf(DeductRun).extend({ bill_count_sum: z.int(), amount_fen_sum: FenShape }) }),
  deductRunsExcel: download({ zh: '导出自动抵扣批次', may: 'payment.wallet.export', takes: RunFilter, refuses: ['payment.list_too_long'] }),
  /** What a run would deduct now; nothing is changed. */
  deductPreview: read({
    zh: '自动抵扣试算',
    may: 'payment.wallet.deduct',
    takes: z.object({ community_id: Id }),
    gives: z.object({ house_count: z.int(), bill_count: z.int(), amount_fen: FenShape, rows: z.array(z.object({ house_id: Id, house_label: z.string().meta({ zh: '房号' }), bill_count: z.int().meta({ zh: '账单数' }), amount_fen: FenShape.meta({ zh: '抵扣' }), bound_fen: FenShape.meta({ zh: '其中专项' }), left_fen: FenShape.meta({ zh: '抵后余额' }), working: z.string().meta({ zh: '说明' }) })) }),
  }),
  startDeduct: write({ zh: '发起自动抵扣', may: 'payment.wallet.deduct', takes: Repeatable.extend({ community_id: Id }), gives: z.object({ run_id: Id }), refuses: ['payment.deduct_off', 'payment.deduct_running'] }),
}
