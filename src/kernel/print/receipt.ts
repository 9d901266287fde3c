import { capitals, fen, sumFen } from '../money.ts'
import { LIMITS, PrintError } from './data.ts'
import type { ReceiptData } from './data.ts'
import { amountEm, dayInWords, line, money, moneySigned, period, plain, qrSvg, pictureAsset } from './format.ts'
import type { View } from './format.ts'

/** One view for the three paper sizes. A receipt that does not balance is not printed: on paper it could not be called back. */
export function receiptView(data: ReceiptData): View {
  if (data.lines.length > LIMITS.receipt_lines || data.tenders.length > LIMITS.tenders) {
    throw new PrintError('bad_data', `receipt ${line(data.receipt_no, 40)}: too many lines or tenders`)
  }
  const due = sumFen(data.lines.map((one) => one.due_fen))
  const paid = sumFen(data.lines.map((one) => one.paid_fen))
  const total = sumFen(data.tenders.map((one) => one.amount_fen))
  if (sumFen([paid, data.prepaid_added_fen]) !== sumFen([total, data.prepaid_used_fen])) {
    throw new PrintError('bad_data', `receipt ${line(data.receipt_no, 40)} does not balance`)
  }
  const reprint = fen(data.reprint_count)
  const seal = pictureAsset(data.seal)
  return {
    view: {
      company: line(data.company_name, 60),
      community: line(data.community_name, 40),
      title: line(data.title, 20) || '收款收据',
      no: line(data.receipt_no, 40),
      date: dayInWords(data.received_on),
      payer: line(data.payer_name, 80),
      house: line(data.house_name, 80),
      lines: data.lines.map((one) => ({
        item: plain(one.item, 100),
        period: period(one.period),
        working: plain(one.working, 300),
        due: money(one.due_fen),
        paid: money(one.paid_fen),
      })),
      amount_em: amountEm([...data.lines.flatMap((one) => [money(one.due_fen), money(one.paid_fen)]), money(due), money(paid)]),
      due_total: money(due),
      paid_total: money(paid),
      tenders: data.tenders.map((one) => ({ name: line(one.name, 20), amount: money(one.amount_fen) })),
      prepaid_used: data.prepaid_used_fen === 0 ? '' : money(data.prepaid_used_fen),
      prepaid_added: data.prepaid_added_fen === 0 ? '' : money(data.prepaid_added_fen),
      prepaid_balance: money(data.prepaid_balance_fen),
      total: moneySigned(total),
      capitals: capitals(total),
      arrears: money(data.arrears_fen),
      cashier: line(data.cashier_name, 30),
      remark: plain(data.remark, 300),
      qr: qrSvg(data.qr_text),
      qr_hint: line(data.qr_hint, 20) || '扫码查验',
      reprint: reprint > 0 ? `补打 第${reprint}次` : '',
      footer: plain(data.footer, 200),
      voided: data.voided,
      seal: seal?.path ?? '',
    },
    assets: seal ? [seal] : [],
  }
}
