import { z } from 'zod'
import { contract, download, read } from '../../kernel/contract.ts'
import { Day, FenShape, Id, Instant, Paging, Text, pageOf } from '../../kernel/shapes.ts'

export const Book = z.enum(['company', 'public_income', 'fund', 'trust']).meta({ zh: '账簿' })
export const Account = z.object({ code: z.string().meta({ zh: '科目代码' }), name: z.string().meta({ zh: '科目名称' }), normal: z.enum(['debit', 'credit']).meta({ zh: '余额方向' }) })

/** Amounts are debit minus credit unless named; all in fen. */
export const TrialRow = Account.extend({
  opening_fen: FenShape.meta({ zh: '期初' }),
  debit_fen: FenShape.meta({ zh: '借方' }),
  credit_fen: FenShape.meta({ zh: '贷方' }),
  closing_fen: FenShape.meta({ zh: '期末' }),
})
const Range = z.object({ book: Book.default('company'), from_on: Day.meta({ zh: '起(含)' }), to_on: Day.meta({ zh: '止(不含)' }), community_id: Id.optional() })

export const Entry = z.object({
  journal_id: Id,
  line_no: z.int(),
  booked_on: Day.meta({ zh: '记账日' }),
  kind: z.string().meta({ zh: '业务' }),
  source_type: z.string(),
  source_id: z.string(),
  account_code: z.string().meta({ zh: '科目' }),
  account_name: z.string(),
  debit_fen: FenShape.meta({ zh: '借方' }),
  credit_fen: FenShape.meta({ zh: '贷方' }),
  community_id: Id.nullable(),
  subject_type: z.string().nullable(),
  subject_id: Id.nullable(),
  actor_name: z.string().nullable().meta({ zh: '经办人' }),
  posted_at: Instant.meta({ zh: '入账时间' }),
})
export const Check = z.object({ code: z.string(), zh: z.string(), ok: z.boolean(), broken_count: z.int(), examples: z.array(z.string()) })
export type Check = z.output<typeof Check>

export const ledger = contract('ledger', {
  accounts: read({ zh: '科目表', may: 'ledger.posting.read', takes: z.object({ book: Book.default('company') }), gives: z.object({ rows: z.array(Account) }) }),
  trialBalance: read({
    zh: '科目余额表',
    may: 'ledger.posting.read',
    takes: Range,
    gives: z.object({ rows: z.array(TrialRow), debit_fen: FenShape, credit_fen: FenShape, balanced: z.boolean() }),
    refuses: ['ledger.range_too_long'],
  }),
  trialBalanceExcel: download({ zh: '导出科目余额表', may: 'ledger.posting.export', takes: Range, refuses: ['ledger.range_too_long'] }),
  /** The lines behind a figure: an account, a subject (house, payment), or a day range. */
  entries: read({
    zh: '分录明细',
    may: 'ledger.posting.read',
    takes: Paging.extend({ book: Book.default('company'), from_on: Day.optional(), to_on: Day.optional(), account_code: Text(20).optional(), subject_type: Text(20).optional(), subject_id: Id.optional(), source_type: Text(20).optional(), source_id: Text(80).optional(), community_id: Id.optional() }),
    gives: pageOf(Entry).extend({ debit_fen: FenShape, credit_fen: FenShape }),
  }),
  journal: read({ zh: '凭证', may: 'ledger.posting.read', takes: z.object({ journal_id: Id }), gives: z.object({ rows: z.array(Entry), reverses: Id.nullable(), reversed_by: Id.nullable() }) }),
  /** Each journal sums to zero, each book sums to zero, reversals negate, accounts exist. */
  sweep: read({ zh: '总账核验', may: 'ledger.posting.read', takes: z.object({}), gives: z.object({ ok: z.boolean(), checks: z.array(Check) }) }),
})
export const events = {}
