// Settlement when somebody leaves a house (交接结算): a sheet is opened on a day, paid at the desk, and completed with the change itself.
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Month, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Owners, TRANSFER_REFUSALS } from '../people/contract.ts'
import { RefundMethod } from '../payment/methods.ts'

export const SheetKind = z.enum(['transfer', 'move_out']).meta({ zh: '种类' })
export const SheetState = z.enum(['draft', 'done', 'cancelled']).meta({ zh: '状态' })
/** before: all of it is the leaver's; spans: cut by days; after: begins on the day or later. */
export const BillPlace = z.enum(['before', 'spans', 'after'])

const Bill = z.object({
  bill_id: Id,
  period_on: Day,
  period: Month.meta({ zh: '账期' }),
  fee_item_name: z.string().meta({ zh: '收费项目' }),
  payer_id: Id,
  payer_name: z.string().meta({ zh: '缴费人' }),
  from_on: Day,
  to_on: Day,
  due_on: Day.meta({ zh: '到期日' }),
  overdue_days: z.int().meta({ zh: '逾期天数' }),
  amount_fen: FenShape.meta({ zh: '应收' }),
  paid_fen: FenShape.meta({ zh: '已收' }),
  open_fen: FenShape.meta({ zh: '未收' }),
  explanation: z.string().meta({ zh: '计算过程' }),
  place: BillPlace,
  /** Of what is open: for the days before the day, and from it on. */
  leaver_fen: FenShape.meta({ zh: '离开方承担' }),
  taker_fen: FenShape.meta({ zh: '接手方承担' }),
  /** A late fee whose principal stands here too: it goes where that goes. */
  follows: Id.nullable(),
})
export type SheetBill = z.output<typeof Bill>
const Ahead = z.object({ bill_id: Id, period: Month, fee_item_name: z.string(), from_on: Day, to_on: Day, paid_fen: FenShape, ahead_fen: FenShape })
const Deposit = z.object({ deposit_id: Id, deposit_no: z.string(), kind_name: z.string(), payer_name: z.string(), held_fen: FenShape, pending_fen: FenShape })
const Meter = z.object({ meter_id: Id, no: z.string().meta({ zh: '表号' }), kind: z.string(), last_reading: z.string().nullable().meta({ zh: '最近读数' }), last_on: Day.nullable().meta({ zh: '抄表日' }), read: z.boolean() })
const Body = z.object({
  bills: z.array(Bill),
  /** Paid by the leaver for days from the day on: between the two of them. */
  ahead: z.array(Ahead),
  late_fen: FenShape.meta({ zh: '未计收的违约金' }),
  wallet_fen: FenShape.meta({ zh: '通用预存' }),
  bound: z.array(z.object({ fee_item_id: Id, fee_item_name: z.string(), balance_fen: FenShape })),
  deposits: z.array(Deposit),
  meters: z.array(Meter),
  /** What is still open or under way, in words. */
  warnings: z.array(z.string()),
  open_fen: FenShape.meta({ zh: '未收合计' }),
  leaver_fen: FenShape.meta({ zh: '离开方应付' }),
  taker_fen: FenShape.meta({ zh: '接手方承担' }),
  ahead_fen: FenShape,
})
export type SheetBody = z.output<typeof Body>
const Line = z.object({ period: Month, fee_item_name: z.string(), amount_fen: FenShape, name: z.string() })
export const Outcome = z.object({
  taker_names: z.string().meta({ zh: '接手的人' }),
  passed: z.array(Line),
  stayed: z.array(Line),
  wallet: z.string(),
  deposits: z.array(z.string()),
  refunds: z.array(z.object({ refund_id: Id, refund_no: z.string(), amount_fen: FenShape })),
  agreement: z.string().nullable(),
  reason: z.string(),
})
export type Outcome = z.output<typeof Outcome>

export const SheetRow = z.object({
  sheet_id: Id,
  no: z.string().meta({ zh: '结算单号' }),
  kind: SheetKind,
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  on_day: Day.meta({ zh: '结算日' }),
  leaver_names: z.string().meta({ zh: '离开的人' }),
  taker_names: z.string().nullable().meta({ zh: '接手的人' }),
  state: SheetState,
  created_by_name: z.string().meta({ zh: '开单人' }),
  created_at: Instant.meta({ zh: '开单时间' }),
  done_by_name: z.string().nullable().meta({ zh: '办结人' }),
  done_at: Instant.nullable().meta({ zh: '办结时间' }),
  can: Can('complete', 'change'),
})
export type SheetRow = z.output<typeof SheetRow>
export const Sheet = SheetRow.extend({ leavers: z.array(z.object({ person_id: Id, name: z.string() })), tenancy_id: Id.nullable(), note: z.string().nullable(), cancel_reason: z.string().nullable(), body: Body, outcome: Outcome.nullable() })
export type Sheet = z.output<typeof Sheet>
export const SheetFilter = z.object({ community_id: Id.optional(), house_id: Id.optional(), kind: SheetKind.optional(), state: SheetState.optional(), from_on: Day.optional().meta({ zh: '结算日起' }), to_on: Day.optional().meta({ zh: '结算日止' }) })

const Billed = z.object({ sheet_id: Id, billed_count: z.int(), billed_fen: FenShape, late_fen: FenShape })
const BILLING = ['billing.amount_out', 'billing.bill_changed'] as const
/** How money that goes back is paid; another person approves it as every refund. */
export const Payee = z.object({
  method: RefundMethod.exclude(['original']).meta({ zh: '退款方式' }),
  payee_name: Needed(40).meta({ zh: '收款人' }),
  payee_bank: Text(60).optional().meta({ zh: '开户行' }),
  payee_account: z.string().trim().regex(/^\d{8,30}$/, '应为 8 到 30 位数字').optional().meta({ zh: '收款账号' }),
})

export const handover = contract('handover', {
  sheets: read({ zh: '交接结算单', may: 'handover.sheet.read', takes: Paging.extend(SheetFilter.shape), gives: pageOf(SheetRow) }),
  sheetsExcel: download({ zh: '导出交接结算单', may: 'handover.sheet.export', takes: SheetFilter, refuses: ['handover.too_many_rows'] }),
  sheet: read({ zh: '结算单详情', may: 'handover.sheet.read', takes: z.object({ sheet_id: Id }), gives: Sheet }),
  /** Bills the leaver to the day and charges what late fees have accrued; the change itself comes with completing. */
  openSheet: write({
    zh: '开具结算单',
    may: 'handover.sheet.write',
    takes: Repeatable.extend({ house_id: Id, kind: SheetKind, tenancy_id: Id.nullable().default(null).meta({ zh: '租约' }), on_day: Day.meta({ zh: '结算日' }), note: Text(200).nullable().default(null).meta({ zh: '说明' }) }),
    gives: Billed.extend({ no: z.string() }),
    refuses: ['handover.open_already', 'handover.day_out', 'handover.no_owner', 'handover.undelivered', 'handover.before_begin', ...BILLING],
  }),
  /** Again, after a reading was entered or days have passed. */
  billSheet: write({ zh: '补出至结算日的账单', may: 'handover.sheet.write', takes: Repeatable.extend({ sheet_id: Id }), gives: Billed, refuses: ['handover.not_draft', ...BILLING] }),
  cancelSheet: write({ zh: '取消结算单', may: 'handover.sheet.write', takes: Repeatable.extend({ sheet_id: Id, reason: Reason }), gives: z.object({ sheet_id: Id }), refuses: ['handover.not_draft'] }),
  /** The change of owners or the end of the tenancy, with who bears what. `dry_run` shows it. */
  completeSheet: write({
    zh: '办结交接',
    may: 'handover.sheet.complete',
    takes: Repeatable.extend({
      sheet_id: Id,
      owners: Owners.optional().meta({ zh: '新业主' }),
      keep_household: z.boolean().default(false).meta({ zh: '保留原住户' }),
      reason: Reason,
      /** Where each bill with an open part of the leaver goes. */
      bills: z.array(z.object({ bill_id: Id, to: z.enum(['taker', 'stay']) })).max(500).default([]),
      /** What both agreed, dated and named; needed when debts or money of the leaver go over. */
      agreement: Text(300).nullable().default(null).meta({ zh: '双方约定' }),
      wallet: z.enum(['stay', 'refund']).default('stay').meta({ zh: '预存处理' }),
      deposits: z.array(z.object({ deposit_id: Id, to: z.enum(['stay', 'pass', 'refund']) })).max(50).default([]),
      payee: Payee.nullable().default(null).meta({ zh: '退款收款人' }),
    }),
    gives: Sheet,
    refuses: [
      'handover.not_draft', 'handover.undecided', 'handover.agreement', 'handover.owners_needed', 'handover.payee', 'handover.no_taker', 'handover.not_ready', ...TRANSFER_REFUSALS, 'people.ends_before_begin',
      'billing.rework_nothing', 'billing.rework_in_plan', 'billing.rework_in_case', 'billing.rework_late_paid', 'billing.bill_changed',
      'payment.wallet_short', 'payment.refund_payee', 'payment.refund_too_much', 'payment.refund_no_channel', 'payment.item_elsewhere', 'payment.deposit_short', 'system.approval_pending', 'system.approval_nobody',
    ],
  }),
  /** 物业费结清证明 where nothing is open, else the settlement sheet. */
  sheetPdf: download({ zh: '打印结算单', may: 'handover.sheet.read', takes: z.object({ sheet_id: Id }) }),
})
export const events = { 'handover.completed': z.object({ sheet_id: Id, house_id: Id, kind: SheetKind, on_day: Day }) }
