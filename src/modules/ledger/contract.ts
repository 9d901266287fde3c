import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Month, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

/** owners: under 酬金制 the service fee is the owners' money, kept apart from what the company earns. */
export const BOOKS = ['company', 'public_income', 'fund', 'trust', 'owners'] as const
export const Book = z.enum(BOOKS).meta({ zh: '账簿' })
export type BookName = (typeof BOOKS)[number]
export const AccountKind = z.enum(['asset', 'liability', 'clearing', 'equity', 'income', 'expense']).meta({ zh: '类别' })
const Code = z.string().regex(/^[1-6]\d{3,9}$/, '科目代码为 4 到 10 位数字').meta({ zh: '科目代码' })

export const Account = z.object({
  code: z.string().meta({ zh: '科目代码' }),
  name: z.string().meta({ zh: '科目名称' }),
  kind: AccountKind,
  normal: z.enum(['debit', 'credit']).meta({ zh: '余额方向' }),
  built_in: z.boolean(),
  note: z.string().nullable().meta({ zh: '说明' }),
  disabled: z.boolean().meta({ zh: '停用' }),
})
export type Account = z.output<typeof Account>

/** Amounts are debit minus credit unless named; all in fen. */
export const TrialRow = z.object({
  code: z.string().meta({ zh: '科目代码' }),
  name: z.string().meta({ zh: '科目名称' }),
  kind: z.string(),
  normal: z.enum(['debit', 'credit']).meta({ zh: '余额方向' }),
  opening_fen: FenShape.meta({ zh: '期初' }),
  debit_fen: FenShape.meta({ zh: '借方' }),
  credit_fen: FenShape.meta({ zh: '贷方' }),
  closing_fen: FenShape.meta({ zh: '期末' }),
})
export type TrialRow = z.output<typeof TrialRow>
const Range = z.object({ book: Book.default('company'), from_on: Day.meta({ zh: '起(含)' }), to_on: Day.meta({ zh: '止(不含)' }), community_id: Id.optional() })

export const Entry = z.object({
  journal_id: Id,
  line_no: z.int(),
  booked_on: Day.meta({ zh: '记账日' }),
  book: Book,
  kind: z.string().meta({ zh: '业务' }),
  note: z.string().nullable().meta({ zh: '摘要' }),
  source_type: z.string(),
  source_id: z.string(),
  account_code: z.string().meta({ zh: '科目' }),
  account_name: z.string(),
  debit_fen: FenShape.meta({ zh: '借方' }),
  credit_fen: FenShape.meta({ zh: '贷方' }),
  community_id: Id.nullable(),
  community_name: z.string().nullable().meta({ zh: '小区' }),
  subject_type: z.string().nullable(),
  subject_id: Id.nullable(),
  /** House label when the line is about a house. */
  subject_name: z.string().nullable().meta({ zh: '辅助核算' }),
  actor_name: z.string().nullable().meta({ zh: '经办人' }),
  posted_at: Instant.meta({ zh: '入账时间' }),
})
const EntryFilter = z.object({ book: Book.default('company'), from_on: Day.optional(), to_on: Day.optional(), account_code: Text(20).optional().meta({ zh: '科目' }), subject_type: Text(20).optional(), subject_id: Id.optional(), source_type: Text(20).optional(), source_id: Text(80).optional(), community_id: Id.optional() })

export const JournalRow = z.object({
  journal_id: Id,
  booked_on: Day.meta({ zh: '记账日' }),
  book: Book,
  kind: z.string().meta({ zh: '业务' }),
  note: z.string().nullable().meta({ zh: '摘要' }),
  source_type: z.string().meta({ zh: '来源' }),
  source_id: z.string(),
  amount_fen: FenShape.meta({ zh: '借方合计' }),
  line_count: z.int().meta({ zh: '行数' }),
  actor_name: z.string().nullable().meta({ zh: '经办人' }),
  posted_at: Instant.meta({ zh: '入账时间' }),
  reverses: Id.nullable(),
})
const JournalFilter = z.object({ book: Book.default('company'), from_on: Day.optional(), to_on: Day.optional(), kind: Text(30).optional().meta({ zh: '业务' }), community_id: Id.optional() })

export const Check = z.object({ code: z.string(), zh: z.string(), ok: z.boolean(), broken_count: z.int(), examples: z.array(z.string()) })
export type Check = z.output<typeof Check>

const ManualLine = z.object({ account_code: Code.meta({ zh: '科目' }), debit_fen: z.int().min(0).max(1e13).default(0).meta({ zh: '借方' }), credit_fen: z.int().min(0).max(1e13).default(0).meta({ zh: '贷方' }), community_id: Id.nullable().default(null) })
export const ManualRow = z.object({
  entry_id: Id,
  book: Book,
  booked_on: Day.meta({ zh: '记账日' }),
  note: z.string().meta({ zh: '摘要' }),
  amount_fen: FenShape.meta({ zh: '金额' }),
  lines: z.array(z.object({ account_code: z.string(), account_name: z.string(), debit_fen: FenShape, credit_fen: FenShape, community_name: z.string().nullable() })),
  reverses: Id.nullable(),
  state: z.enum(['asked', 'approved', 'refused']).meta({ zh: '状态' }),
  asked_by_name: z.string().nullable().meta({ zh: '制单人' }),
  asked_at: Instant.meta({ zh: '制单时间' }),
  decided_by_name: z.string().nullable().meta({ zh: '审核人' }),
  decided_at: Instant.nullable().meta({ zh: '审核时间' }),
  decide_note: z.string().nullable().meta({ zh: '审核意见' }),
  journal_id: Id.nullable(),
  can: Can('decide'),
})
export type ManualRow = z.output<typeof ManualRow>

export const FeeModel = z.object({
  fee_model_id: Id,
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  model: z.enum(['lump', 'commission']).meta({ zh: '收费模式' }),
  from_on: Day.meta({ zh: '起' }),
  to_on: Day.nullable().meta({ zh: '止(不含)' }),
  commission_base: z.enum(['receivable', 'received', 'cost', 'fixed']).nullable().meta({ zh: '酬金基数' }),
  commission_rate: z.string().nullable().meta({ zh: '酬金比例' }),
  commission_fen: FenShape.nullable().meta({ zh: '每月定额酬金' }),
  basis: z.string().meta({ zh: '依据' }),
})
const Commission = z.object({ community_id: Id, month: Month.meta({ zh: '月份' }) })
const CommissionFigure = z.object({ base: z.string(), base_fen: FenShape.meta({ zh: '基数' }), rate: z.string().nullable(), amount_fen: FenShape.meta({ zh: '酬金' }), explanation: z.string().meta({ zh: '计算过程' }), journal_id: Id.nullable() })

export const Closing = z.object({
  closing_id: Id,
  book: Book,
  month: z.string().meta({ zh: '期间' }),
  closed_by_name: z.string().nullable().meta({ zh: '结账人' }),
  closed_at: Instant.meta({ zh: '结账时间' }),
  journal_count: z.int().meta({ zh: '凭证张数' }),
  debit_fen: FenShape.meta({ zh: '本期借方' }),
  credit_fen: FenShape.meta({ zh: '本期贷方' }),
  live: z.boolean().meta({ zh: '有效' }),
})

export const ledger = contract('ledger', {
  accounts: read({ zh: '科目表', may: 'ledger.posting.read', takes: z.object({ book: Book.default('company') }), gives: z.object({ rows: z.array(Account) }) }),
  saveAccount: write({
    zh: '保存科目',
    may: 'ledger.account.write',
    takes: Repeatable.extend({ book: Book, code: Code, name: Needed(40).meta({ zh: '科目名称' }), kind: AccountKind, note: Text(100).optional().meta({ zh: '说明' }) }),
    gives: z.object({ code: z.string() }),
    refuses: ['ledger.account_fixed', 'ledger.too_many_accounts'],
  }),
  setAccountDisabled: write({ zh: '停用或启用科目', may: 'ledger.account.write', takes: Repeatable.extend({ book: Book, code: Code, disabled: z.boolean() }), gives: z.object({ code: z.string() }), refuses: ['ledger.account_built_in'] }),
  /** One account through twelve months: each figure opens its lines. */
  account: read({
    zh: '科目总账',
    may: 'ledger.posting.read',
    takes: z.object({ book: Book.default('company'), code: Text(20), year: z.int().min(2000).max(2100), community_id: Id.optional() }),
    gives: z.object({ account: Account, opening_fen: FenShape, months: z.array(z.object({ month: Month, debit_fen: FenShape, credit_fen: FenShape, closing_fen: FenShape })), closing_fen: FenShape }),
  }),
  trialBalance: read({
    zh: '科目余额表',
    may: 'ledger.posting.read',
    takes: Range,
    gives: z.object({ rows: z.array(TrialRow), debit_fen: FenShape, credit_fen: FenShape, balanced: z.boolean(), closed: z.boolean().meta({ zh: '已结账' }) }),
    refuses: ['ledger.range_too_long'],
  }),
  trialBalanceExcel: download({ zh: '导出科目余额表', may: 'ledger.posting.export', takes: Range, refuses: ['ledger.range_too_long'] }),
  /** The lines behind a figure: an account, a subject (house, payment), or a day range. */
  entries: read({ zh: '分录明细', may: 'ledger.posting.read', takes: Paging.extend(EntryFilter.shape), gives: pageOf(Entry).extend({ debit_fen: FenShape, credit_fen: FenShape }) }),
  entriesExcel: download({ zh: '导出分录明细', may: 'ledger.posting.export', takes: EntryFilter, refuses: ['ledger.too_many_lines'] }),
  journals: read({ zh: '凭证列表', may: 'ledger.posting.read', takes: Paging.extend(JournalFilter.shape), gives: pageOf(JournalRow) }),
  journal: read({
    zh: '凭证',
    may: 'ledger.posting.read',
    takes: z.object({ journal_id: Id }),
    /** `beside`: journals of the same source in other books. */
    gives: z.object({ rows: z.array(Entry), reverses: Id.nullable(), reversed_by: Id.nullable(), note: z.string().nullable(), beside: z.array(z.object({ journal_id: Id, book: Book })), line_count: z.int(), can: Can('reverse') }),
  }),

  /** A journal written by hand, or the red reversal of one: drafted by one, approved by another, then booked into an open month. */
  draftEntry: write({
    zh: '填制凭证',
    may: 'ledger.entry.draft',
    takes: Repeatable.extend({ book: Book, booked_on: Day.meta({ zh: '记账日' }), note: Needed(100).meta({ zh: '摘要' }), lines: z.array(ManualLine).min(2, '至少两行').max(50) }),
    gives: z.object({ entry_id: Id }),
    refuses: ['ledger.entry_unbalanced', 'ledger.entry_line_bad', 'ledger.controlled_account', 'ledger.fund_by_hand', 'ledger.fund_across', 'ledger.unknown_account', 'ledger.period_closed', 'ledger.day_in_future'],
  }),
  draftReversal: write({
    zh: '申请红字冲销',
    may: 'ledger.entry.draft',
    takes: Repeatable.extend({ journal_id: Id, reason: Reason }),
    gives: z.object({ entry_id: Id }),
    refuses: ['ledger.not_by_hand', 'ledger.already_reversed', 'ledger.period_closed'],
  }),
  decideEntry: write({
    zh: '审核凭证',
    may: 'ledger.entry.decide',
    takes: Repeatable.extend({ entry_id: Id, decision: z.enum(['approve', 'refuse']).meta({ zh: '结论' }), note: Text(200).optional().meta({ zh: '审核意见' }) }),
    gives: z.object({ state: z.enum(['approved', 'refused']), journal_id: Id.nullable() }),
    refuses: ['ledger.same_person', 'ledger.already_decided', 'ledger.period_closed', 'ledger.already_reversed'],
  }),
  manualEntries: read({ zh: '手工凭证', may: 'ledger.posting.read', takes: Paging.extend({ state: z.enum(['asked', 'approved', 'refused']).optional().meta({ zh: '状态' }), book: Book.optional() }), gives: pageOf(ManualRow) }),

  feeModels: read({ zh: '收费模式', may: 'ledger.model.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(FeeModel) }) }),
  setFeeModel: write({
    zh: '设定收费模式',
    may: 'ledger.model.write',
    takes: Repeatable.extend({
      community_id: Id.meta({ zh: '小区' }), model: z.enum(['lump', 'commission']).meta({ zh: '收费模式' }), from_month: Month.meta({ zh: '起始月份' }),
      commission_base: z.enum(['receivable', 'received', 'cost', 'fixed']).nullable().default(null).meta({ zh: '酬金基数' }),
      commission_rate: z.string().regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, '应为 0 到 1 之间的小数,8% 填 0.08').nullable().default(null).meta({ zh: '酬金比例' }),
      commission_fen: z.int().min(0).max(1e12).nullable().default(null).meta({ zh: '每月定额酬金' }),
      basis: Needed(100).meta({ zh: '依据' }),
    }),
    gives: z.object({ fee_model_id: Id }),
    refuses: ['ledger.model_in_past', 'ledger.model_incomplete', 'ledger.model_overlaps'],
  }),
  /** What the month's commission would be, and its journal when it was taken. */
  commission: read({ zh: '酬金测算', may: 'ledger.model.read', takes: Commission, gives: CommissionFigure, refuses: ['ledger.not_commission'] }),
  takeCommission: write({ zh: '计提酬金', may: 'ledger.model.write', takes: Repeatable.extend(Commission.shape), gives: CommissionFigure, refuses: ['ledger.not_commission', 'ledger.month_not_over', 'ledger.commission_taken', 'ledger.commission_zero', 'ledger.period_closed'] }),

  closings: read({ zh: '结账记录', may: 'ledger.posting.read', takes: Paging.extend({ book: Book.optional() }), gives: pageOf(Closing) }),
  /** Each journal sums to zero, each book sums to zero, reversals negate, accounts exist, closed months stand as they were. */
  sweep: read({ zh: '总账核验', may: 'ledger.posting.read', takes: z.object({}), gives: z.object({ ok: z.boolean(), checks: z.array(Check) }) }),
})
export const events = {}
