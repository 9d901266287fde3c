// The calls of the maintenance fund: rules, sub-accounts and what is paid in; the uses are in use_contract.ts.
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Day, FenShape, Id, Needed, Paging, Reason, Repeatable, pageOf } from '../../kernel/shapes.ts'
import { interestCalls } from './interest_contract.ts'
import { paperCalls } from './paper_contract.ts'
import { topupCalls } from './topup_contract.ts'
import { useCalls } from './use_contract.ts'
import { AccountFilter, AccountRow, BankIn, BankRow, DepositIn, DepositLine, EntryFilter, EntryRow, PolicyData, PolicyRow, StandardIn, StandardRow, StatementLine, StatementRange } from './shapes.ts'

const Check = z.object({ code: z.string(), zh: z.string(), ok: z.boolean(), broken_count: z.int(), examples: z.array(z.string()) })
const depositing = ['funds.no_bank', 'funds.no_standard', 'funds.no_area', 'funds.closed', 'funds.first_paid', 'funds.future', 'funds.voucher_used', 'funds.nothing', 'funds.elsewhere', 'funds.many'] as const

export const funds = contract('funds', {
  policies: read({ zh: '维修资金办法', may: 'funds.fund.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(PolicyRow) }) }),
  savePolicy: write({ zh: '发布维修资金办法', may: 'funds.rule.write', takes: Repeatable.extend({ ...PolicyData.shape, community_id: Id.nullable().optional().meta({ zh: '小区' }), from_on: Day.meta({ zh: '生效日' }), basis: Needed(200).meta({ zh: '依据' }) }), gives: z.object({ policy_id: Id }) }),
  standards: read({ zh: '首次缴存标准', may: 'funds.fund.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(StandardRow) }) }),
  saveStandard: write({ zh: '发布缴存标准', may: 'funds.rule.write', takes: Repeatable.extend(StandardIn.shape), gives: z.object({ standard_id: Id }), refuses: ['funds.floors_reversed'] }),
  banks: read({ zh: '维修资金专户', may: 'funds.fund.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(BankRow) }) }),
  saveBank: write({ zh: '登记专户', may: 'funds.rule.write', takes: Repeatable.extend({ ...BankIn.shape, bank_id: Id.optional() }), gives: z.object({ bank_id: Id }), refuses: ['funds.bank_taken', 'funds.elsewhere'] }),

  accounts: read({ zh: '维修资金分户账', may: 'funds.fund.read', takes: Paging.extend(AccountFilter.shape), gives: pageOf(AccountRow).extend({ balance_fen: FenShape, first_fen: FenShape }) }),
  accountsExcel: download({ zh: '导出分户账', may: 'funds.fund.export', takes: AccountFilter }),
  account: read({ zh: '分户账', may: 'funds.fund.read', takes: z.object({ house_id: Id }), gives: AccountRow.extend({ bank_name: z.string().nullable(), account_no: z.string().nullable(), entries: z.array(EntryRow) }) }),
  entries: read({ zh: '维修资金明细', may: 'funds.fund.read', takes: Paging.extend(EntryFilter.shape), gives: pageOf(EntryRow).extend({ amount_fen: FenShape }) }),
  entriesExcel: download({ zh: '导出维修资金明细', may: 'funds.fund.export', takes: EntryFilter }),

  /** What would be booked: named houses, or every house without a first deposit by the standard of its building on the day. */
  previewDeposit: read({ zh: '缴存试算', may: 'funds.deposit.take', takes: DepositIn, gives: z.object({ lines: z.array(DepositLine), amount_fen: FenShape }), refuses: [...depositing] }),
  takeDeposit: write({ zh: '登记缴存', may: 'funds.deposit.take', takes: Repeatable.extend({ ...DepositIn.shape, /** What the person saw. */ amount_fen: FenShape.min(1) }), gives: z.object({ source_id: Id, house_count: z.int(), amount_fen: FenShape }), refuses: [...depositing, 'funds.changed'] }),
  /** By another person than who booked it. */
  reverseEntry: write({ zh: '更正缴存', may: 'funds.deposit.reverse', takes: Repeatable.extend({ entry_id: Id, reason: Reason }), gives: z.object({ entry_id: Id }), refuses: ['funds.not_deposit', 'funds.reversed', 'funds.own_entry', 'funds.short', 'funds.closed'] }),
  /** The house is lost (房屋灭失): the balance goes back to the owner and the account closes, after another person's yes. */
  askRefund: write({
    zh: '申请退还(房屋灭失)',
    may: 'funds.deposit.take',
    takes: Repeatable.extend({ house_id: Id, payee_name: Needed(60).meta({ zh: '收款人' }), payee_account: Needed(60).meta({ zh: '收款账户' }), voucher_no: Needed(40).meta({ zh: '付款凭证号' }), reason: Reason, attachments: z.array(Id).max(10).optional().meta({ zh: '附件' }) }),
    gives: z.object({ refund_id: Id, approval_id: Id }),
    refuses: ['funds.closed', 'funds.no_account', 'funds.empty', 'system.approval_pending', 'system.approval_nobody'],
  }),

  statement: read({ zh: '维修资金收支表', may: 'funds.fund.read', takes: StatementRange, gives: z.object({ rows: z.array(StatementLine), total: StatementLine.omit({ building_id: true, building_name: true }), bank_fen: FenShape }), refuses: ['funds.dates_reversed'] }),
  statementExcel: download({ zh: '导出维修资金收支表', may: 'funds.fund.export', takes: StatementRange, refuses: ['funds.dates_reversed'] }),
  sweep: read({ zh: '维修资金核验', may: 'funds.fund.read', takes: z.object({}), gives: z.object({ ok: z.boolean(), checks: z.array(Check) }) }),

  ...useCalls,
  ...interestCalls,
  ...topupCalls,
  ...paperCalls,

  myFund: read({
    zh: '我的维修资金',
    may: 'resident',
    takes: z.object({ house_id: Id }),
    gives: z.object({ house_label: z.string(), balance_fen: FenShape, first_fen: FenShape, bank_name: z.string().nullable(), low: z.boolean(), topups: z.array(z.object({ plan_id: Id, title: z.string(), basis: z.string(), due_fen: FenShape, paid_fen: FenShape, open_fen: FenShape, due_on: Day })), entries: z.array(EntryRow.pick({ entry_id: true, kind: true, amount_fen: true, balance_fen: true, booked_on: true, value_on: true, note: true })) }),
  }),
})
export const events = {}
