// Interest of the fund (计息). Part of the contract, apart for length.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Repeatable } from '../../kernel/shapes.ts'

export const InterestRun = z.object({
  run_id: Id,
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  from_on: Day.meta({ zh: '起(含)' }),
  to_on: Day.meta({ zh: '结息日(不含)' }),
  current_rate: z.string().meta({ zh: '活期年利率(%)' }),
  term_rate: z.string().meta({ zh: '定期年利率(%)' }),
  day_base: z.int(),
  bank_fen: FenShape.nullable().meta({ zh: '银行实际结息' }),
  total_fen: FenShape.meta({ zh: '利息合计' }),
  house_count: z.int().meta({ zh: '户数' }),
  state: z.enum(['draft', 'booked', 'cancelled']).meta({ zh: '状态' }),
  voucher_no: z.string().nullable(),
  created_by_name: z.string().meta({ zh: '试算人' }),
  created_at: Instant,
  booked_by_name: z.string().nullable().meta({ zh: '入账人' }),
  can: Can('book', 'cancel'),
})
export type InterestRun = z.output<typeof InterestRun>
export const InterestLine = z.object({ house_id: Id, house_label: z.string(), carried_fen: FenShape, kept_fen: FenShape, interest_fen: FenShape })
export type InterestLine = z.output<typeof InterestLine>
const done = z.object({ run_id: Id })

export const interestCalls = {
  interestRuns: read({ zh: '维修资金计息', may: 'funds.fund.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(InterestRun) }) }),
  interestRun: read({ zh: '计息明细', may: 'funds.fund.read', takes: z.object({ run_id: Id }), gives: InterestRun.extend({ lines: z.array(InterestLine) }) }),
  interestExcel: download({ zh: '导出计息清单', may: 'funds.fund.export', takes: z.object({ run_id: Id }) }),
  /** By the rates of the rules in force on the day before the settlement day; with the bank's sum, that is shared out by the same measure. */
  draftInterest: write({
    zh: '计息试算',
    may: 'funds.interest.draft',
    takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), from_on: Day.meta({ zh: '起(含)' }), to_on: Day.meta({ zh: '结息日(不含)' }), bank_fen: FenShape.min(1).optional().meta({ zh: '银行实际结息(不填则按利率计算)' }) }),
    gives: done.extend({ total_fen: FenShape, house_count: z.int() }),
    refuses: ['funds.no_policy', 'funds.future', 'funds.dates_reversed', 'funds.interest_overlap', 'funds.interest_none'],
  }),
  /** By another person. Refused when deposits or uses of the period came in since. */
  bookInterest: write({ zh: '利息入账', may: 'funds.interest.book', takes: Repeatable.extend({ run_id: Id, voucher_no: Needed(40).meta({ zh: '结息凭证号' }) }), gives: done, refuses: ['funds.interest_state', 'funds.own_interest', 'funds.interest_changed', 'funds.no_policy'] }),
  cancelInterest: write({ zh: '取消计息', may: 'funds.interest.draft', takes: Repeatable.extend({ run_id: Id }), gives: done, refuses: ['funds.interest_state'] }),
}
