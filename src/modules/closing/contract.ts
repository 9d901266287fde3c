import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Book, Check } from '../ledger/contract.ts'
import { reconCalls } from './contract_recon.ts'
import { voucherCalls } from './contract_voucher.ts'
export type { ReconItem } from './contract_recon.ts'
export type { Batch, Layout } from './contract_voucher.ts'
import { Can, Day, FenShape, Id, Instant, Month, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

/** One thing that stands before a closing: `block` must be settled, `warn` should be looked at. */
export const CheckItem = z.object({ code: z.string(), zh: z.string(), level: z.enum(['block', 'warn']), count: z.int(), to: z.string().nullable() })
export type CheckItem = z.output<typeof CheckItem>

const Figures = z.object({
  rows: z.array(z.object({ source: z.string(), method: z.string(), payment_count: z.int(), received_fen: FenShape, reversal_count: z.int(), reversed_fen: FenShape })),
  payment_count: z.int().meta({ zh: '收款笔数' }),
  reversal_count: z.int().meta({ zh: '冲销笔数' }),
  received_fen: FenShape.meta({ zh: '实收' }),
  reversed_fen: FenShape.meta({ zh: '冲销' }),
  net_fen: FenShape.meta({ zh: '净收' }),
  cash_fen: FenShape.meta({ zh: '现金净收' }),
  /** The same money in the ledger: debits of cash and bank accounts by the journals of payments. */
  booked_fen: FenShape.meta({ zh: '总账入账' }),
})
export type Figures = z.output<typeof Figures>

export const DayRow = z.object({
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  business_day: Day.meta({ zh: '业务日' }),
  payment_count: z.int().meta({ zh: '收款笔数' }),
  reversal_count: z.int().meta({ zh: '冲销笔数' }),
  received_fen: FenShape.meta({ zh: '实收' }),
  reversed_fen: FenShape.meta({ zh: '冲销' }),
  cash_fen: FenShape.meta({ zh: '现金净收' }),
  closed_at: Instant.nullable().meta({ zh: '日结时间' }),
  closed_by_name: z.string().nullable().meta({ zh: '日结人' }),
})
const DayFilter = z.object({ from_on: Day, to_on: Day, community_id: Id.optional(), state: z.enum(['open', 'closed']).optional().meta({ zh: '状态' }) })
const OneDay = z.object({ community_id: Id, business_day: Day.meta({ zh: '业务日' }) })

const Reopening = z.object({
  reopening_id: Id, closing_id: Id, book: Book, month: z.string(), reason: z.string().meta({ zh: '原因' }), state: z.enum(['asked', 'approved', 'refused']).meta({ zh: '状态' }),
  asked_by_name: z.string().nullable().meta({ zh: '申请人' }), asked_at: Instant.meta({ zh: '申请时间' }), decided_by_name: z.string().nullable().meta({ zh: '批准人' }), decided_at: Instant.nullable().meta({ zh: '批准时间' }), decide_note: z.string().nullable().meta({ zh: '意见' }), can: Can('decide'),
})
export type Reopening = z.output<typeof Reopening>
const OnePeriod = z.object({ book: Book, month: Month.meta({ zh: '期间' }) })

export const closing = contract('closing', {
  /** Twelve months of every book: open, closed, nothing yet. */
  periods: read({
    zh: '结账状态',
    may: 'closing.period.read',
    takes: z.object({ year: z.int().min(2000).max(2100) }),
    gives: z.object({ rows: z.array(z.object({ month: Month, books: z.array(z.object({ book: Book, state: z.enum(['none', 'open', 'closed', 'future']) })) })) }),
  }),
  period: read({
    zh: '期间结账',
    may: 'closing.period.read',
    takes: OnePeriod,
    gives: z.object({
      state: z.enum(['open', 'closed']),
      checks: z.array(CheckItem),
      closing: z.object({ closing_id: Id, closed_by_name: z.string().nullable(), closed_at: Instant, journal_count: z.int(), debit_fen: FenShape, credit_fen: FenShape, balance_hash: z.string() }).nullable(),
      reopenings: z.array(Reopening),
      can: Can('close', 'reopen'),
    }),
  }),
  closePeriod: write({
    zh: '结账',
    may: 'closing.period.close',
    takes: Repeatable.extend(OnePeriod.shape).extend({ note: Text(200).optional().meta({ zh: '说明' }) }),
    gives: z.object({ closing_id: Id, balance_hash: z.string() }),
    refuses: ['closing.blocked', 'ledger.period_not_over', 'ledger.period_closed_already', 'ledger.period_order'],
  }),
  askReopening: write({ zh: '申请反结账', may: 'closing.period.reopen', takes: Repeatable.extend({ closing_id: Id, reason: Reason }), gives: z.object({ reopening_id: Id }), refuses: ['ledger.reopening_pending', 'ledger.period_later_closed'] }),
  decideReopening: write({
    zh: '批准反结账',
    may: 'closing.period.reopen',
    takes: Repeatable.extend({ reopening_id: Id, decision: z.enum(['approve', 'refuse']).meta({ zh: '结论' }), note: Text(200).optional().meta({ zh: '意见' }) }),
    gives: z.object({ state: z.enum(['approved', 'refused']) }),
    refuses: ['ledger.same_person', 'ledger.already_decided', 'ledger.period_later_closed'],
  }),
  reopenings: read({ zh: '反结账申请', may: 'closing.period.read', takes: Paging.extend({ state: z.enum(['asked', 'approved', 'refused']).optional().meta({ zh: '状态' }) }), gives: pageOf(Reopening) }),

  days: read({ zh: '日结列表', may: 'closing.day.read', takes: Paging.extend(DayFilter.shape), gives: pageOf(DayRow).extend({ received_fen_sum: FenShape, reversed_fen_sum: FenShape, open_count: z.int() }), refuses: ['closing.range_too_long'] }),
  daysExcel: download({ zh: '导出日结', may: 'closing.day.export', takes: DayFilter, refuses: ['closing.range_too_long'] }),
  day: read({ zh: '日结单', may: 'closing.day.read', takes: OneDay, gives: z.object({ community_name: z.string(), figures: Figures, checks: z.array(CheckItem), closed_at: Instant.nullable(), closed_by_name: z.string().nullable(), note: z.string().nullable(), can: Can('close') }) }),
  dayPdf: download({ zh: '打印日结单', may: 'closing.day.export', takes: OneDay }),
  closeDay: write({ zh: '日结', may: 'closing.day.close', takes: Repeatable.extend(OneDay.shape).extend({ note: Text(200).optional().meta({ zh: '说明' }) }), gives: z.object({ figures_hash: z.string() }), refuses: ['closing.day_not_over', 'closing.day_closed', 'closing.day_blocked'] }),
  /** Every day up to and with this one that is ready; tells which were not. */
  closeDays: write({
    zh: '批量日结',
    may: 'closing.day.close',
    takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), to_day: Day.meta({ zh: '到' }) }),
    gives: z.object({ closed_count: z.int(), left_count: z.int() }),
    refuses: ['closing.day_not_over'],
  }),

  ...reconCalls,
  ...voucherCalls,

  sweeps: read({
    zh: '账目核验记录',
    may: 'closing.sweep.read',
    takes: Paging,
    gives: pageOf(z.object({ sweep_id: Id, state: z.enum(['running', 'done']), started_by_name: z.string().nullable().meta({ zh: '发起人' }), started_at: Instant.meta({ zh: '开始' }), ended_at: Instant.nullable().meta({ zh: '结束' }), check_count: z.int().meta({ zh: '核验项' }), broken_count: z.int().meta({ zh: '不符' }), checks: z.array(Check) })),
  }),
  startSweep: write({ zh: '发起账目核验', may: 'closing.sweep.start', takes: Repeatable, gives: z.object({ sweep_id: Id }), refuses: ['closing.sweep_running'] }),
})
export const events = { 'closing.sweep_failed': z.object({ sweep_id: Id, codes: z.array(z.string()) }) }
