import type { App, Module } from '../../../kernel/app.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { askSchedule } from './ask.ts'
import { channelBillAnswers } from './channel_bill_lists.ts'
import { billJob, billSchedule } from './channel_bills.ts'
import { channelAnswers } from './channels.ts'
import { couponListAnswers } from './coupon_lists.ts'
import { couponUseAnswers } from './coupon_uses.ts'
import { couponAnswers, couponApprovals } from './coupons.ts'
import { desk } from './desk.ts'
import { deskOrderAnswers } from './desk_orders.ts'
import { intentAnswers } from './intents.ts'
import { invoiceReads } from './invoice_lists.ts'
import { invoiceJob, invoiceSchedule } from './invoice_run.ts'
import { invoiceAnswers, invoiceListeners } from './invoices.ts'
import { linkAnswers } from './links.ts'
import { startMerged } from './merged.ts'
import { readAnswers } from './mine.ts'
import { mergeAnswers } from './merge_desk.ts'
import { collectors, paymentDetail, payments, paymentsExcel } from './payments.ts'
import { myReceiptPdf, printReceipt, receiptPdf, receipts, receiptsExcel } from './receipts.ts'
import { collection, collectionExcel, daily, dailyExcel, dailyPdf } from './reports.ts'
import { reversalListAnswers } from './reversal_rows.ts'
import { askReversal, decideReversal } from './reversals.ts'
import { bankAnswers, bankApprovals, suspenseSchedule } from './bank.ts'
import { bankAutoSchedule } from './bank_auto.ts'
import { dayAnswers } from './day_close.ts'
import { deductAnswers, deductJob, deductSchedule } from './deduct.ts'
import { depositAnswers, depositApprovals } from './deposits.ts'
import { printAnswers } from './prints.ts'
import { promotionBackAnswers } from './promotion_back.ts'
import { promotionUseAnswers } from './promotion_uses.ts'
import { promotionAnswers, promotionApprovals } from './promotions.ts'
import { refundAnswers, refundApprovals } from './refunds.ts'
import { ruleAnswers } from './rule.ts'
import { shiftAnswers, shiftApprovals } from './shifts.ts'
import { refundSchedule } from './refund_channel.ts'
import { paymentSweep, sweepPayment } from './sweep.ts'
import { orderListAnswers } from './order_list.ts'
import { takePayment } from './take.ts'
import { takenLines, takenLinesExcel } from './taken_lines.ts'
import { transferWallet } from './transfer.ts'
import { statementAnswers } from './statement.ts'
import { walletEntries, walletEntriesExcel, wallets, walletsExcel } from './wallets.ts'

export { makeNoticeLinks, noticeToken } from './notice_links.ts'
export { channelSenders, holdChannelLines, sentBy, sentByChannel, settleChannelLines, unsettleChannelLine, type Senders } from './bank_channel.ts'
export { takeFor } from './take_for.ts'
export { paymentForms } from './paper/form_kinds.ts'
export { paymentTemplates } from './templates.ts'
export { paidMoves, paidOn } from './paid_on.ts'
export { paymentSettings } from './settings.ts'
export { passDeposit, refundDeposit, takeDepositAt } from './deposits.ts'
export { refundWallet } from './refunds.ts'
export { refundBills } from './refund_for.ts'
export { boundOf } from './purses.ts'
export { backgroundDone } from './ask.ts'
export { closeChannels, refOf } from './channels.ts'
export { registerPaymentRoutes } from './notify.ts'
/** What of this module is decided by somebody else; handed to system by the composition root. */
export const paymentApprovals = [...shiftApprovals, ...refundApprovals, ...depositApprovals, ...bankApprovals, ...promotionApprovals, ...couponApprovals]

export function paymentModule(app: () => App): Module {
  return {
    name: 'payment',
    contract: payment,
    words,
    answers: [
      desk, takePayment, payments, paymentsExcel, paymentDetail, collectors, receipts, receiptsExcel, printReceipt, receiptPdf(app), myReceiptPdf(app), askReversal, decideReversal, ...reversalListAnswers,
      daily, dailyExcel, dailyPdf, collection, collectionExcel, takenLines, takenLinesExcel, wallets, walletsExcel, walletEntries, walletEntriesExcel, transferWallet, ...deductAnswers, ...refundAnswers(app), ...depositAnswers(app), ...bankAnswers, ...mergeAnswers, ...printAnswers(app), ...promotionAnswers, ...promotionUseAnswers, ...promotionBackAnswers, ...couponAnswers, ...couponUseAnswers, ...couponListAnswers, ...statementAnswers,
      ...shiftAnswers(app), ...dayAnswers, ...ruleAnswers, paymentSweep, ...channelAnswers(app), ...channelBillAnswers, ...deskOrderAnswers(app), startMerged(app), ...linkAnswers(app), ...invoiceAnswers(app), ...invoiceReads(app), ...intentAnswers(app), ...readAnswers(app), ...orderListAnswers,
    ],
    sweeps: [sweepPayment],
    listeners: invoiceListeners,
    jobs: [deductJob, billJob(app), invoiceJob(app)],
    schedules: [askSchedule(app), billSchedule(app), invoiceSchedule(app), refundSchedule(app), deductSchedule, bankAutoSchedule, suspenseSchedule],
  }
}
