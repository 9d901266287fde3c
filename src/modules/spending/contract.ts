import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { BOOKS, Book } from '../ledger/contract.ts'
import { Can, Day, FenShape, Id, Instant, Month, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

const Amount = z.int('应为整数分').min(1, '应大于 0').max(1e12, '金额过大')
const Code = z.string().regex(/^\d{4,10}$/, '请选择科目').meta({ zh: '科目' })
export const FLAGS = ['over_budget', 'no_budget', 'split', 'same_supplier_day', 'weekend', 'round_sum'] as const
/** The maintenance fund is spent by its own road: a vote or the emergency, a split over the houses (条例 53, 60). */
export const SPENT_FROM = BOOKS.filter((b) => b !== 'fund')
export const Flag = z.object({ code: z.enum(FLAGS), detail: z.string() })
export type Flag = z.output<typeof Flag>

export const Budget = z.object({
  book: Book, account_code: z.string().meta({ zh: '科目' }), account_name: z.string().meta({ zh: '科目名称' }), month_no: z.int().meta({ zh: '月份' }), amount_fen: FenShape.meta({ zh: '预算' }),
  used_fen: FenShape.meta({ zh: '已用' }), waiting_fen: FenShape.meta({ zh: '申请中' }), left_fen: FenShape.meta({ zh: '余额' }), note: z.string().nullable().meta({ zh: '说明' }),
})
export const RequestRow = z.object({
  spending_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), book: Book, account_code: z.string().meta({ zh: '科目' }), account_name: z.string().meta({ zh: '支出科目' }), title: z.string().meta({ zh: '事项' }), supplier_name: z.string().meta({ zh: '收款单位' }),
  amount_fen: FenShape.meta({ zh: '金额' }), reason: z.string().meta({ zh: '理由' }), state: z.enum(['asked', 'approved', 'refused', 'withdrawn', 'paid']).meta({ zh: '状态' }), flags: z.array(Flag).meta({ zh: '异常' }), approval_id: Id.nullable(),
  asked_by_name: z.string().nullable().meta({ zh: '申请人' }), asked_at: Instant.meta({ zh: '申请时间' }), paid_by_name: z.string().nullable().meta({ zh: '付款人' }), paid_on: Day.nullable().meta({ zh: '付款日' }), journal_id: Id.nullable(), can: Can('pay'),
})
export type RequestRow = z.output<typeof RequestRow>
const RequestFilter = z.object({ community_id: Id.optional(), state: z.enum(['asked', 'approved', 'refused', 'withdrawn', 'paid']).optional().meta({ zh: '状态' }), flagged: z.boolean().optional().meta({ zh: '只看异常' }), waiting: z.boolean().optional().meta({ zh: '申请中' }), book: Book.optional(), account_code: Text(20).optional(), from_on: Day.optional(), to_on: Day.optional() })
export const IncomeRow = z.object({
  income_id: Id, community_name: z.string().meta({ zh: '小区' }), account_code: z.string(), account_name: z.string().meta({ zh: '收入类别' }), payer_name: z.string().meta({ zh: '付款单位' }), contract_no: z.string().meta({ zh: '合同编号' }), covers: z.string().meta({ zh: '所属期间' }),
  amount_fen: FenShape.meta({ zh: '收入' }), share_fen: FenShape.meta({ zh: '物业分成' }), owners_fen: FenShape.meta({ zh: '归业主' }), received_on: Day.meta({ zh: '收款日' }), recorded_by_name: z.string().nullable().meta({ zh: '登记人' }), journal_id: Id, reversed_at: Instant.nullable().meta({ zh: '冲销时间' }), can: Can('reverse'),
})
export type Budget = z.output<typeof Budget>
export type IncomeRow = z.output<typeof IncomeRow>

const IncomeFilter = z.object({ community_id: Id.optional(), account_code: Text(20).optional(), from_on: Day.optional(), to_on: Day.optional() })
const BudgetAsk = z.object({ community_id: Id, year: z.int().min(2000).max(2100) })

const StatementLine = z.object({ account_code: z.string(), account_name: z.string().meta({ zh: '项目' }), fen: FenShape.meta({ zh: '金额' }) })
export const Statement = z.object({ community_name: z.string(), opening_fen: FenShape.meta({ zh: '期初结余' }), income: z.array(StatementLine), income_fen: FenShape.meta({ zh: '收入合计' }), expense: z.array(StatementLine), expense_fen: FenShape.meta({ zh: '支出合计' }), closing_fen: FenShape.meta({ zh: '期末结余' }) })
export type Statement = z.output<typeof Statement>
const StatementAsk = z.object({ community_id: Id.meta({ zh: '小区' }), book: z.enum(['public_income', 'owners']).default('public_income').meta({ zh: '账簿' }), from_month: Month.meta({ zh: '起月' }), to_month: Month.meta({ zh: '止月' }) })
const Disclosure = z.object({ disclosure_id: Id, community_name: z.string().meta({ zh: '小区' }), book: Book, from_month: z.string().meta({ zh: '起月' }), to_month: z.string().meta({ zh: '止月' }), figures: Statement, note: z.string().nullable().meta({ zh: '说明' }), posted_on: Day.meta({ zh: '公示日' }), posted_by_name: z.string().nullable().meta({ zh: '公示人' }) })

export const spending = contract('spending', {
  budgets: read({ zh: '预算', may: 'spending.budget.read', takes: BudgetAsk, gives: z.object({ rows: z.array(Budget) }) }),
  budgetsExcel: download({ zh: '导出预算', may: 'spending.budget.read', takes: BudgetAsk }),
  setBudget: write({
    zh: '设定预算',
    may: 'spending.budget.write',
    takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), book: Book, account_code: Code, year: z.int().min(2000).max(2100).meta({ zh: '年度' }), month_no: z.int().min(0).max(12).default(0).meta({ zh: '月份(0 为全年)' }), amount_fen: z.int().min(0).max(1e13).meta({ zh: '预算' }), note: Text(100).optional().meta({ zh: '说明' }) }),
    gives: z.object({ amount_fen: FenShape }),
    refuses: ['spending.account_unfit'],
  }),
  /** What would be flagged, while the request is being written. */
  checkSpending: read({ zh: '支出试算', may: 'spending.request.ask', takes: z.object({ community_id: Id, book: Book, account_code: Code, supplier_name: Text(80), amount_fen: Amount }), gives: z.object({ flags: z.array(Flag), budget_fen: FenShape.nullable(), used_fen: FenShape }) }),
  /** What lies in a book now, less what it owes the others; and what was asked of it and is not paid yet. The company's own book is one for all communities. */
  bookHeld: read({ zh: '账簿可用资金', may: 'spending.request.read', takes: z.object({ community_id: Id, book: Book }), gives: z.object({ held_fen: FenShape.meta({ zh: '可用资金' }), waiting_fen: FenShape.meta({ zh: '申请中' }) }) }),
  askSpending: write({
    zh: '申请支出',
    may: 'spending.request.ask',
    takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), book: Book, account_code: Code, title: Needed(60).meta({ zh: '事项' }), supplier_name: Needed(80).meta({ zh: '收款单位' }), amount_fen: Amount.meta({ zh: '金额' }), reason: Reason.meta({ zh: '理由' }), attachments: z.array(Id).max(10).default([]).meta({ zh: '附件' }) }),
    gives: z.object({ spending_id: Id, flags: z.array(Flag) }),
    refuses: ['spending.account_unfit', 'spending.fund_book', 'system.approval_pending', 'system.approval_nobody'],
  }),
  paySpending: write({
    zh: '支出付款',
    may: 'spending.request.pay',
    takes: Repeatable.extend({ spending_id: Id, pay_from: z.enum(['1001', '1002']).default('1002').meta({ zh: '付款方式' }), own_account: z.boolean().default(false).meta({ zh: '从该账簿自己的账户付' }), reference: Text(60).optional().meta({ zh: '付款凭证号' }) }),
    gives: z.object({ journal_id: Id }),
    refuses: ['spending.not_approved', 'spending.same_person', 'ledger.period_closed'],
  }),
  requests: read({ zh: '支出申请', may: 'spending.request.read', takes: Paging.extend(RequestFilter.shape), gives: pageOf(RequestRow).extend({ amount_fen_sum: FenShape }) }),
  requestsExcel: download({ zh: '导出支出申请', may: 'spending.request.export', takes: RequestFilter }),
  flagRules: read({ zh: '异常支出规则', may: 'spending.request.read', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ code: z.enum(FLAGS), enabled: z.boolean().meta({ zh: '启用' }), limit_fen: FenShape.nullable().meta({ zh: '金额界线' }), days: z.int().nullable().meta({ zh: '天数' }), from_on: Day.nullable().meta({ zh: '生效日' }) })) }) }),
  setFlagRule: write({ zh: '设定异常支出规则', may: 'spending.rule.write', takes: Repeatable.extend({ code: z.enum(FLAGS), enabled: z.boolean().meta({ zh: '启用' }), limit_fen: Amount.nullable().default(null).meta({ zh: '金额界线' }), days: z.int().min(1).max(366).nullable().default(null).meta({ zh: '天数' }) }), gives: z.object({ code: z.string() }) }),

  recordIncome: write({
    zh: '登记公共收益',
    may: 'spending.income.write',
    takes: Repeatable.extend({
      community_id: Id.meta({ zh: '小区' }), account_code: Code.meta({ zh: '收入类别' }), payer_name: Needed(80).meta({ zh: '付款单位' }), contract_no: Text(40).default('').meta({ zh: '合同编号' }), covers: Text(60).default('').meta({ zh: '所属期间' }), amount_fen: Amount.meta({ zh: '收入金额' }),
      share_bp: z.int().min(0).max(10_000).default(0).meta({ zh: '物业分成(万分比)' }), received_in: z.enum(['1001', '1002']).default('1002').meta({ zh: '收款方式' }), note: Text(200).optional().meta({ zh: '说明' }),
    }),
    gives: z.object({ income_id: Id, share_fen: FenShape }),
    refuses: ['spending.account_unfit', 'ledger.period_closed'],
  }),
  reverseIncome: write({ zh: '冲销公共收益', may: 'spending.income.write', takes: Repeatable.extend({ income_id: Id, reason: Reason }), gives: z.object({ journal_id: Id }), refuses: ['spending.same_person', 'spending.income_reversed', 'ledger.period_closed'] }),
  incomes: read({ zh: '公共收益收入', may: 'spending.income.read', takes: Paging.extend(IncomeFilter.shape), gives: pageOf(IncomeRow).extend({ amount_fen_sum: FenShape, share_fen_sum: FenShape }) }),
  incomesExcel: download({ zh: '导出公共收益', may: 'spending.income.read', takes: IncomeFilter }),

  statement: read({ zh: '收支表', may: 'spending.income.read', takes: StatementAsk, gives: Statement, refuses: ['spending.months_wrong'] }),
  statementPdf: download({ zh: '打印收支表', may: 'spending.income.read', takes: StatementAsk, refuses: ['spending.months_wrong'] }),
  statementExcel: download({ zh: '导出收支表', may: 'spending.income.read', takes: StatementAsk, refuses: ['spending.months_wrong'] }),
  publishStatement: write({ zh: '向业主公示', may: 'spending.disclosure.publish', takes: Repeatable.extend(StatementAsk.shape).extend({ note: Text(500).optional().meta({ zh: '说明' }) }), gives: z.object({ disclosure_id: Id }), refuses: ['spending.months_wrong', 'spending.month_not_over'] }),
  disclosures: read({ zh: '公示记录', may: 'spending.income.read', takes: Paging.extend({ community_id: Id.optional() }), gives: pageOf(Disclosure) }),
  myDisclosures: read({ zh: '收支公示', may: 'resident', takes: Paging, gives: pageOf(Disclosure) }),
})
export const events = {}
