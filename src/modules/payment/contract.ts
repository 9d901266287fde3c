import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Book } from '../ledger/contract.ts'
import { channelBillCalls } from './contract_channel_bills.ts'
import { channelCalls } from './contract_channels.ts'
import { invoiceCalls } from './contract_invoices.ts'
import { linkCalls } from './contract_links.ts'
import { deskOrderCalls } from './contract_desk_orders.ts'
import { Can, Day, FenShape, Id, Instant, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Amount, AmountOrNone } from './contract_parts.ts'
import { Method } from './methods.ts'
import { mergeCalls } from './contract_merge.ts'
import { bankCalls } from './contract_bank.ts'
import { Coupons, COUPON_REFUSES, couponCalls } from './contract_coupon.ts'
import { depositCalls } from './contract_deposit.ts'
import { Jsapi, MyIntent, orderCalls } from './contract_online.ts'
import { OFFER_REFUSES, promotionCalls } from './contract_promotion.ts'
import { refundCalls } from './contract_refund.ts'
import { shiftCalls } from './contract_shift.ts'
import { lineCalls } from './contract_lines.ts'
import { Bound, walletCalls } from './contract_wallet.ts'

export { RefundRow, RefundState } from './contract_refund.ts'
export { MERGE_MAX, PRINTS_MAX, type MergeHouse, type PrintBatch } from './contract_merge.ts'
export { FACES } from './contract_shift.ts'
export { METHODS, MONEY_METHODS, Method, MoneyMethod, RefundMethod } from './methods.ts'
export const Source = z.enum(['desk', 'online', 'import', 'auto']).meta({ zh: '来源' })
export const ReceiptForm = z.enum(['a5', '80mm', 'three_copy', 'two_copy', 'a4']).meta({ zh: '版式' })
export const Verdict = z.enum(['received', 'accepted', 'duplicate', 'bad_signature', 'mismatch', 'ignored']).meta({ zh: '结论' })

/** One unpaid bill as the desk and the phone show it. Periods are half-open: [from_on, to_on). */
export const OpenLine = z.object({
  bill_id: Id,
  period_on: Day,
  fee_item_id: Id,
  fee_item_name: z.string().meta({ zh: '收费项目' }),
  /** Whose money it is: the book its receivable stands in. */
  book: Book,
  from_on: Day.meta({ zh: '起' }),
  to_on: Day,
  /** "98.50 m² × 1.2 元 × 1 月 = 118.20 元" */
  explanation: z.string().meta({ zh: '计算过程' }),
  payer_name: z.string().meta({ zh: '缴费责任人' }),
  amount_fen: FenShape.meta({ zh: '应收' }),
  paid_fen: FenShape.meta({ zh: '已收' }),
  reduced_fen: FenShape.meta({ zh: '减免' }),
  open_fen: FenShape.meta({ zh: '欠缴' }),
  due_on: Day.meta({ zh: '应缴日' }),
  /** Above 0: overdue by so many days; 0 or below: not yet due. */
  overdue_days: z.int().meta({ zh: '逾期天数' }),
  /** A resident is paying this bill by phone at this moment. */
  being_paid: z.boolean(),
})
export type OpenLine = z.output<typeof OpenLine>

export const TenderRow = z.object({ method: Method, amount_fen: FenShape, reference: z.string().nullable().meta({ zh: '流水号' }) })
export const ReversalRow = z.object({
  reversal_id: Id,
  payment_id: Id,
  receipt_no: z.string().meta({ zh: '收据号' }),
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  community_name: z.string().meta({ zh: '小区' }),
  total_fen: FenShape.meta({ zh: '金额' }),
  reason: z.string().meta({ zh: '冲销原因' }),
  state: z.enum(['asked', 'approved', 'refused']).meta({ zh: '状态' }),
  asked_by_name: z.string().meta({ zh: '申请人' }),
  asked_at: Instant.meta({ zh: '申请时间' }),
  decided_by_name: z.string().nullable().meta({ zh: '审批人' }),
  decided_at: Instant.nullable().meta({ zh: '审批时间' }),
  decide_note: z.string().nullable().meta({ zh: '审批意见' }),
  /** Asked for all houses of a merged payment at once, and decided at once. */
  merge_id: Id.nullable(),
  can: Can('decide'),
})
export type ReversalRow = z.output<typeof ReversalRow>

export const PaymentRow = z.object({
  payment_id: Id,
  receipt_no: z.string().meta({ zh: '收据号' }),
  taken_at: Instant.meta({ zh: '收款时间' }),
  taken_on: Day.meta({ zh: '收款日' }),
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  payer_name: z.string().meta({ zh: '缴款人' }),
  source: Source,
  /** Σ tenders, prepayment used included, change taken off. */
  total_fen: FenShape.meta({ zh: '实收合计' }),
  applied_fen: FenShape.meta({ zh: '冲抵账单' }),
  prepaid_fen: FenShape.meta({ zh: '转入预存' }),
  wallet_used_fen: FenShape.meta({ zh: '预存抵扣' }),
  change_fen: FenShape.meta({ zh: '找零' }),
  tenders: z.array(TenderRow).meta({ zh: '收款方式' }),
  taken_by: Id.nullable(),
  taken_by_name: z.string().meta({ zh: '收费员' }),
  remark: z.string().nullable().meta({ zh: '备注' }),
  reversed_at: Instant.nullable().meta({ zh: '冲销时间' }),
  reversal_asked: z.boolean().meta({ zh: '冲销待审' }),
  /** Paid together with other houses. */
  merge_id: Id.nullable(),
  refunded_fen: FenShape.meta({ zh: '已退' }),
  refunding_fen: FenShape.meta({ zh: '退款中' }),
  print_count: z.int().meta({ zh: '打印次数' }),
  can: Can('ask_reversal', 'ask_refund', 'print'),
})
export type PaymentRow = z.output<typeof PaymentRow>

export const PaymentDetail = PaymentRow.extend({
  lines: z.array(z.object({ bill_id: Id, period_on: Day, fee_item_name: z.string(), from_on: Day, to_on: Day, explanation: z.string(), bill_amount_fen: FenShape, amount_fen: FenShape })),
  prints: z.array(z.object({ print_no: z.int(), form: ReceiptForm, printed_by_name: z.string().nullable(), printed_at: Instant })),
  reversals: z.array(ReversalRow),
  /** The payments of the other houses paid with it. */
  merged: z.array(z.object({ payment_id: Id, receipt_no: z.string(), house_label: z.string(), total_fen: FenShape, reversed_at: Instant.nullable() })),
  /** Channel and its transaction number when paid by phone. */
  settlement: z.object({ channel_name: z.string(), provider_txn: z.string(), out_trade_no: z.string(), captured_fen: FenShape, paid_at: Instant }).nullable(),
})

export const PaymentFilter = z.object({
  from_on: Day.optional().meta({ zh: '收款日起' }),
  /** Included. */
  to_on: Day.optional().meta({ zh: '收款日止' }),
  reversed_from_on: Day.optional(),
  reversed_to_on: Day.optional(),
  community_id: Id.optional(),
  building_id: Id.optional(),
  house_id: Id.optional(),
  taken_by: Id.optional().meta({ zh: '收费员' }),
  source: Source.optional(),
  method: Method.optional(),
  fee_item_id: Id.optional(),
  state: z.enum(['live', 'reversed', 'reversal_asked']).optional().meta({ zh: '状态' }),
  merge_id: Id.optional(),
  deduct_run_id: Id.optional(),
  /** Receipt number, house label, or payer's name; beginnings match. */
  q: Text(40).optional(),
})

export const Receipt = z.object({
  payment_id: Id,
  receipt_no: z.string().meta({ zh: '收据号' }),
  series: z.string(),
  issued_at: Instant.meta({ zh: '开具时间' }),
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  community_name: z.string().meta({ zh: '小区' }),
  payer_name: z.string().meta({ zh: '缴款人' }),
  total_fen: FenShape.meta({ zh: '金额' }),
  print_count: z.int().meta({ zh: '打印次数' }),
  voided_at: Instant.nullable().meta({ zh: '作废时间' }),
})

const ReceiptFilter = z.object({ from_on: Day.optional(), to_on: Day.optional(), community_id: Id.optional(), building_id: Id.optional(), house_id: Id.optional(), taken_by: Id.optional().meta({ zh: '收费员' }), voided: z.boolean().optional(), unprinted: z.boolean().optional().meta({ zh: '没打印过' }), q: Text(40).optional().meta({ zh: '收据号' }) })
const ReversalFilter = z.object({ state: z.enum(['asked', 'approved', 'refused']).optional(), community_id: Id.optional(), from_on: Day.optional().meta({ zh: '申请日起' }), to_on: Day.optional().meta({ zh: '申请日止' }) })
const DailyRow = z.object({
  taken_by: Id.nullable(),
  taken_by_name: z.string().meta({ zh: '收费员' }),
  source: Source,
  payment_count: z.int().meta({ zh: '笔数' }),
  cash_fen: FenShape.meta({ zh: '现金' }),
  card_fen: FenShape.meta({ zh: '刷卡' }),
  transfer_fen: FenShape.meta({ zh: '转账' }),
  wechat_fen: FenShape.meta({ zh: '微信' }),
  alipay_fen: FenShape.meta({ zh: '支付宝' }),
  other_fen: FenShape.meta({ zh: '其他' }),
  wallet_fen: FenShape.meta({ zh: '预存抵扣' }),
  /** Without prepayment used: that money came on another day. */
  received_fen: FenShape.meta({ zh: '实收小计' }),
  prepaid_fen: FenShape.meta({ zh: '其中转入预存' }),
  /** Reversals approved in the range, of payments of this collector whenever taken; wallet used left out. */
  reversed_count: z.int().meta({ zh: '冲销笔数' }),
  reversed_cash_fen: FenShape.meta({ zh: '冲销现金' }),
  reversed_fen: FenShape.meta({ zh: '冲销金额' }),
  /** Paid back in the range by this collector, of what bills and prepayment had taken; deposits are no receipts and stand apart. */
  refunded_count: z.int().meta({ zh: '退款笔数' }),
  refunded_cash_fen: FenShape.meta({ zh: '退款现金' }),
  refunded_fen: FenShape.meta({ zh: '退款金额' }),
  net_fen: FenShape.meta({ zh: '净收' }),
  first_receipt_no: z.string().nullable().meta({ zh: '起始收据号' }),
  last_receipt_no: z.string().nullable().meta({ zh: '截止收据号' }),
})
export type DailyRow = z.output<typeof DailyRow>
const DailyFilter = z.object({ from_on: Day, to_on: Day, community_id: Id.optional(), taken_by: Id.optional() })

export const CollectionBy = z.enum(['fee_item', 'building', 'collector', 'period']).meta({ zh: '按' })
const CollectionRow = z.object({
  /** Fee item, building or account id; the month YYYY-MM for 'period'; null is paid by phone when by collector. */
  key: z.string().nullable(),
  name: z.string().meta({ zh: '名称' }),
  community_name: z.string().nullable().meta({ zh: '小区' }),
  bill_count: z.int().meta({ zh: '账单数' }),
  amount_fen: FenShape.meta({ zh: '收缴' }),
  reversed_fen: FenShape.meta({ zh: '冲销' }),
  net_fen: FenShape.meta({ zh: '净额' }),
})
const CollectionFilter = z.object({ by: CollectionBy, from_on: Day, to_on: Day, community_id: Id.optional(), building_id: Id.optional(), fee_item_id: Id.optional(), taken_by: Id.optional() })

const StatementRow = z.object({
  on_day: Day.meta({ zh: '日期' }),
  kind: z.enum(['bill', 'late_fee', 'reduction', 'reduction_back', 'rework', 'void', 'payment', 'reversal', 'prepay', 'use', 'prepay_reversal', 'wallet_move', 'refund']).meta({ zh: '类别' }),
  title: z.string().meta({ zh: '摘要' }),
  detail: z.string().meta({ zh: '说明' }),
  charge_fen: FenShape.meta({ zh: '应收' }),
  paid_fen: FenShape.meta({ zh: '实收' }),
  /** Owed after this row. */
  balance_fen: FenShape.meta({ zh: '欠款余额' }),
  wallet_fen: FenShape.meta({ zh: '预存余额' }),
  bill_id: Id.nullable(),
  payment_id: Id.nullable(),
  waiver_id: Id.nullable(),
  refund_id: Id.nullable(),
})
export type StatementRow = z.output<typeof StatementRow>
const StatementFilter = z.object({ house_id: Id, from_on: Day, to_on: Day })
const Statement = z.object({ house_label: z.string(), opening_fen: FenShape, closing_fen: FenShape, opening_wallet_fen: FenShape, closing_wallet_fen: FenShape, charge_fen_sum: FenShape, paid_fen_sum: FenShape, rows: z.array(StatementRow) })

const MyPayment = z.object({ payment_id: Id, receipt_no: z.string(), taken_at: Instant, house_id: Id, house_label: z.string(), total_fen: FenShape, applied_fen: FenShape, prepaid_fen: FenShape, refunded_fen: FenShape, refunding_fen: FenShape, methods: z.array(Method), source: Source, reversed_at: Instant.nullable() })

const LINES_MAX = 200
const Paid = z.object({
  payment_id: Id,
  receipt_no: z.string().meta({ zh: '收据号' }),
  taken_at: Instant,
  total_fen: FenShape,
  applied_fen: FenShape,
  prepaid_fen: FenShape,
  change_fen: FenShape,
  wallet_balance_fen: FenShape,
  /** Still owed by the house after this payment. */
  arrears_fen: FenShape,
})

export const payment = contract('payment', {
  /** Everything the cashier needs about one house, in one answer. Lines come oldest first and are meant to be ticked. */
  desk: read({
    zh: '收费台',
    may: 'payment.payment.take',
    takes: z.object({ house_id: Id }),
    gives: z.object({
      house: z.object({ house_id: Id, label: z.string(), community_id: Id, community_name: z.string(), building_id: Id, kind: z.string(), state: z.string(), built_area_m2: z.string() }),
      owners: z.array(z.object({ person_id: Id, name: z.string(), phone_masked: z.string().nullable() })),
      tenants: z.array(z.object({ person_id: Id, name: z.string(), phone_masked: z.string().nullable(), pays: z.string() })),
      vehicles: z.array(z.object({ plate: z.string(), kind: z.string() })),
      /** General prepayment; what is bound to items stands in `bound`. */
      wallet_fen: FenShape,
      bound: z.array(Bound),
      lines: z.array(OpenLine),
      open_fen: FenShape,
      overdue_fen: FenShape,
      recent: z.array(z.object({ payment_id: Id, receipt_no: z.string(), taken_at: Instant, total_fen: FenShape, methods: z.array(Method), taken_by_name: z.string(), reversed_at: Instant.nullable() })),
      /** Other houses, garages and bays of the same people, with what they owe. */
      related: z.array(z.object({ house_id: Id, label: z.string(), kind: z.string(), open_fen: FenShape })),
    }),
  }),
  takePayment: write({
    zh: '收款',
    may: 'payment.payment.take',
    takes: Repeatable.extend({
      house_id: Id,
      lines: z.array(z.object({ bill_id: Id, period_on: Day, amount_fen: Amount })).max(LINES_MAX).default([]).meta({ zh: '账单' }),
      /** Kept as prepayment (预存) of the house. */
      prepay_fen: AmountOrNone.default(0).meta({ zh: '转入预存' }),
      /** The prepayment may only pay this item (专项预存). */
      prepay_item_id: Id.nullable().optional().meta({ zh: '专项预存项目' }),
      /** The prepayment earns what this promotion gives; it is then bound to the promotion's item. */
      promotion_id: Id.optional().meta({ zh: '优惠活动' }),
      /** The lines are what the bills are paid with money and coupons together; the tenders are the money. */
      coupon_ids: Coupons,
      /** Cash is what was handed over, before change. */
      tenders: z.array(z.object({ method: Method, amount_fen: Amount, reference: Text(64).optional().meta({ zh: '流水号' }) })).min(1, '请填写收款方式').max(10).meta({ zh: '收款方式' }),
      change_fen: AmountOrNone.default(0).meta({ zh: '找零' }),
      payer_name: Text(40).optional().meta({ zh: '缴款人' }),
      remark: Text(100).optional().meta({ zh: '备注' }),
    }),
    gives: Paid,
    refuses: ['payment.nothing_to_pay', 'payment.totals_differ', 'payment.change_only_from_cash', 'payment.wallet_short', 'payment.wallet_to_wallet', 'payment.same_bill_twice', 'payment.more_than_open', 'payment.line_changed', 'payment.two_wallet_lines', 'billing.bill_changed', 'payment.shift_needed', 'payment.day_closed', 'payment.item_elsewhere', 'payment.slip_taken',
      ...COUPON_REFUSES, 'payment.promotion_over', 'payment.promotion_house', 'payment.promotion_times', 'payment.promotion_used_up', 'payment.promotion_alone', 'payment.promotion_no_bill', 'payment.promotion_amount', 'payment.promotion_wallet'],
  }),

  payments: read({
    zh: '收款列表',
    may: 'payment.payment.read',
    takes: Paging.extend(PaymentFilter.shape),
    /** Sums over the whole filter, not the page. */
    gives: pageOf(PaymentRow).extend({ total_fen_sum: FenShape, applied_fen_sum: FenShape, prepaid_fen_sum: FenShape, wallet_used_fen_sum: FenShape, reversed_fen_sum: FenShape }),
  }),
  paymentsExcel: download({ zh: '导出收款', may: 'payment.payment.export', takes: PaymentFilter, refuses: ['payment.payments_too_many'] }),
  payment: read({ zh: '收款详情', may: 'payment.payment.read', takes: z.object({ payment_id: Id }), gives: PaymentDetail }),
  /** People who took payments in the last 400 days, for the filter. */
  collectors: read({ zh: '收费员清单', may: 'payment.payment.read', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ account_id: Id, name: z.string() })) }) }),

  receipts: read({ zh: '收据列表', may: 'payment.payment.read', takes: Paging.extend(ReceiptFilter.shape), gives: pageOf(Receipt) }),
  receiptsExcel: download({ zh: '导出收据', may: 'payment.payment.export', takes: ReceiptFilter, refuses: ['payment.list_too_long'] }),
  /** Logs the print and gives what `receiptPdf` takes. From the second time on the paper says 补打. */
  printReceipt: write({ zh: '打印收据', may: 'payment.receipt.print', takes: Repeatable.extend({ payment_id: Id, form: ReceiptForm.default('a5') }), gives: z.object({ print_no: z.int(), input: z.object({ payment_id: Id, form: ReceiptForm, print_no: z.int() }) }) }),
  receiptPdf: download({ zh: '收据 PDF', may: 'payment.receipt.print', takes: z.object({ payment_id: Id, form: ReceiptForm, print_no: z.int().min(1).max(100_000) }) }),

  askReversal: write({ zh: '申请冲销', may: 'payment.reversal.ask', takes: Repeatable.extend({ payment_id: Id, reason: Reason, whole: z.boolean().default(false).meta({ zh: '整笔冲销' }) }), gives: z.object({ reversal_id: Id, count: z.int() }), refuses: ['payment.already_reversed', 'payment.reversal_pending', 'payment.online_not_reversible', 'payment.refund_exists', 'payment.bank_shared'] }),
  decideReversal: write({
    zh: '审批冲销',
    may: 'payment.reversal.decide',
    takes: Repeatable.extend({ reversal_id: Id, decision: z.enum(['approve', 'refuse']).meta({ zh: '结论' }), note: Text(200).optional().meta({ zh: '审批意见' }) }),
    gives: z.object({ state: z.enum(['approved', 'refused']), count: z.int() }),
    refuses: ['payment.bank_shared', 'payment.same_person', 'payment.already_decided', 'payment.prepaid_used', 'payment.already_reversed', 'billing.bill_changed', 'payment.refund_exists'],
  }),
  /** The sum is of those that were carried out. */
  reversals: read({ zh: '冲销列表', may: 'payment.payment.read', takes: Paging.extend(ReversalFilter.shape), gives: pageOf(ReversalRow).extend({ approved_fen_sum: FenShape }) }),
  reversalsExcel: download({ zh: '导出冲销', may: 'payment.payment.export', takes: ReversalFilter, refuses: ['payment.list_too_long'] }),

  daily: read({ zh: '收费员日报', may: 'payment.report.read', takes: DailyFilter, gives: z.object({ rows: z.array(DailyRow), total: DailyRow }) }),
  dailyExcel: download({ zh: '导出收费员日报', may: 'payment.report.export', takes: DailyFilter }),
  dailyPdf: download({ zh: '打印日结单', may: 'payment.report.export', takes: DailyFilter }),
  collection: read({ zh: '收缴汇总', may: 'payment.report.read', takes: CollectionFilter, gives: z.object({ rows: z.array(CollectionRow), total: CollectionRow, prepaid_fen: FenShape.meta({ zh: '另转入预存' }) }) }),
  collectionExcel: download({ zh: '导出收缴汇总', may: 'payment.report.export', takes: CollectionFilter }),

  ...lineCalls,
  ...walletCalls,
  ...refundCalls,
  ...depositCalls,
  ...bankCalls,
  ...mergeCalls,
  ...promotionCalls,
  ...couponCalls,
  /** Every bill, payment, reduction, late fee and refund in order, with what was owed after each. */
  statement: read({ zh: '住户对账单', may: 'payment.payment.read', takes: StatementFilter, gives: Statement, refuses: ['payment.statement_too_long'] }),
  statementExcel: download({ zh: '导出住户对账单', may: 'payment.payment.export', takes: StatementFilter, refuses: ['payment.statement_too_long'] }),
  /** Of one house, or of a building: a sheet a house that has anything to say. */
  statementPdf: download({ zh: '打印对账单', may: 'payment.payment.read', takes: StatementFilter.extend({ house_id: Id.optional(), building_id: Id.optional() }), refuses: ['payment.statement_too_long', 'payment.statement_empty'] }),
  myStatement: read({ zh: '我的对账单', may: 'resident', takes: StatementFilter, gives: Statement, refuses: ['payment.statement_too_long'] }),
  myStatementPdf: download({ zh: '打印我的对账单', may: 'resident', takes: StatementFilter, refuses: ['payment.statement_too_long'] }),

  ...channelCalls,
  /** Every notice of a channel as it came, with what was made of it. bad_signature and mismatch want a person's eye. */
  channelEvents: read({
    zh: '渠道通知',
    may: 'payment.channel.read',
    takes: Paging.extend({ channel_id: Id.optional(), verdict: Verdict.optional(), from_on: Day.optional(), to_on: Day.optional() }),
    gives: pageOf(z.object({ event_id: Id, channel_id: Id, channel_name: z.string().meta({ zh: '渠道' }), event_key: z.string(), verdict: Verdict, note: z.string().nullable().meta({ zh: '说明' }), received_at: Instant.meta({ zh: '收到时间' }), body_excerpt: z.string() })),
  }),
  ...channelBillCalls,
  ...deskOrderCalls,
  ...linkCalls,
  ...invoiceCalls,
  ...orderCalls,

  /** What a resident may pay now: own houses, each with its lines. */
  myPayable: read({
    zh: '我的待缴',
    may: 'resident',
    takes: z.object({ house_id: Id.optional() }),
    gives: z.object({
      houses: z.array(z.object({ house_id: Id, house_label: z.string(), community_name: z.string(), wallet_fen: FenShape, open_fen: FenShape, lines: z.array(OpenLine), live_intent_id: Id.nullable() })),
      channels: z.array(z.object({ channel_id: Id, kind: z.string(), name: z.string(), simulated: z.boolean() })),
    }),
  }),
  /** Writes the intent and nothing else; `sendIntent` then asks the channel. A second call for the same bills gives the same live intent. */
  startPayment: write({
    zh: '发起线上支付',
    may: 'resident',
    takes: Repeatable.extend({
      house_id: Id,
      channel_id: Id,
      bills: z.array(z.object({ bill_id: Id, period_on: Day, amount_fen: Amount })).max(LINES_MAX).default([]).meta({ zh: '账单' }),
      prepay_fen: AmountOrNone.default(0).meta({ zh: '转入预存' }),
      /** Prepaying under a promotion: without bills, with the amount of its offer. */
      promotion_id: Id.optional(),
      /** The amounts of the bills are before coupons; the order is less by them. */
      coupon_ids: Coupons,
    }),
    gives: z.object({ intent_id: Id, amount_fen: FenShape, expires_at: Instant }),
    refuses: [...OFFER_REFUSES, ...COUPON_REFUSES, 'payment.promotion_bills', 'payment.nothing_to_pay', 'payment.same_bill_twice', 'payment.more_than_open', 'payment.line_changed', 'payment.being_paid', 'payment.channel_off', 'payment.too_many_intents', 'billing.bill_changed'],
  }),
  /** Places the order at the channel; may be repeated. `origin` is where the payer's browser is brought back to. `in_wechat`: the page is open in WeChat, so that the bound openid pays
   * by JSAPI; `jsapi` is then handed to WeixinJSBridge. state 'unknown': nobody can tell yet, keep polling `paymentState`. */
  sendIntent: write({ zh: '向渠道下单', may: 'resident', takes: z.object({ intent_id: Id, origin: z.url().max(200).optional(), in_wechat: z.boolean().default(false) }), gives: MyIntent.extend({ jsapi: Jsapi.nullable() }), refuses: ['payment.channel_off', 'payment.channel_busy', 'payment.wechat_only'] }),
  /** For polling each second or two. Asks the channel itself at most every 3 seconds, in the background. */
  paymentState: read({ zh: '支付结果', may: 'resident', takes: z.object({ intent_id: Id }), gives: MyIntent }),
  /** Gives up an order: closed at the channel first; if the money was quicker, the answer says succeeded. */
  closeIntent: write({ zh: '取消线上支付', may: 'resident', takes: z.object({ intent_id: Id }), gives: MyIntent, refuses: ['payment.channel_busy', 'payment.channel_unclear'] }),
  myPayments: read({ zh: '我的缴费记录', may: 'resident', takes: Paging.extend({ house_id: Id.optional() }), gives: pageOf(MyPayment) }),
  ...shiftCalls,
  /** Each figure of money taken and held, proved against its lines and the ledger. */
  sweep: read({ zh: '收款核验', may: 'payment.report.read', takes: z.object({}), gives: z.object({ ok: z.boolean(), checks: z.array(z.object({ code: z.string(), zh: z.string(), ok: z.boolean(), broken_count: z.int(), examples: z.array(z.string()) })) }) }),

  myReceiptPdf: download({ zh: '我的收据', may: 'resident', takes: z.object({ payment_id: Id, form: ReceiptForm.default('a5') }) }),
})

const Refunded = z.object({ refund_id: Id, payment_id: Id.nullable(), house_id: Id, community_id: Id, amount_fen: z.int(), method: z.string() })
export const events = {
  'payment.received': z.object({ payment_id: Id, community_id: Id, house_id: Id, total_fen: z.int(), applied_fen: z.int(), prepaid_fen: z.int(), source: Source, receipt_no: z.string() }),
  'payment.reversed': z.object({ payment_id: Id, community_id: Id, house_id: Id, total_fen: z.int(), receipt_no: z.string() }),
  'payment.refund_approved': Refunded,
  'payment.refunded': Refunded,
  'payment.channel_bill_fetched': z.object({ channel_bill_id: Id, channel_id: Id, kind: z.enum(['trade', 'fund']), bill_on: Day, line_count: z.int() }),
  'payment.invoice_issued': z.object({ invoice_id: Id, kind: z.enum(['blue', 'red']), invoice_no: z.string(), amount_fen: z.int(), tax_fen: z.int() }),
}
