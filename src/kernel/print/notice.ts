import { capitals, fen, sumFen, trimDecimal } from '../money.ts'
import { LIMITS, PrintError } from './data.ts'
import type { NoticeData, NoticeLine } from './data.ts'
import { amountEm, dayInWords, line, money, moneySigned, period, plain, qrSvg, pictureAsset } from './format.ts'
import type { View } from './format.ts'

const owed = (one: NoticeLine) => fen(one.due_fen - one.paid_fen + one.late_fee_fen)

function usualWording(data: NoticeData): string[] {
  const until = data.due_by_on === null ? '尽快' : `于 ${dayInWords(data.due_by_on)} 前`
  return [
    `感谢您一直以来对我们工作的理解与支持。经核对，截至 ${dayInWords(data.noticed_on)}，您名下 ${line(data.house_name, 80)} 尚有下列费用未缴，`
    + `请您${until}缴清。如您已经缴费，请忽略本通知；如对金额有疑问，请与我们联系核对。`,
  ]
}

export function noticeView(data: NoticeData): View {
  if (data.lines.length > LIMITS.receipt_lines) throw new PrintError('bad_data', `notice ${line(data.notice_no, 40)}: too many lines`)
  const total = sumFen(data.lines.map(owed))
  const late = sumFen(data.lines.map((one) => one.late_fee_fen))
  const seal = pictureAsset(data.seal)
  const paragraphs = data.paragraphs?.length ? data.paragraphs.slice(0, 20).map((one) => plain(one, 1000)) : usualWording(data)
  return {
    view: {
      company: line(data.company_name, 60),
      community: line(data.community_name, 40),
      title: line(data.title, 20) || '缴费通知单',
      no: line(data.notice_no, 40),
      date: dayInWords(data.noticed_on),
      due_by: data.due_by_on === null ? '' : dayInWords(data.due_by_on),
      to: line(data.to_name, 80),
      house: line(data.house_name, 80),
      area: data.area_m2 ? `${trimDecimal(data.area_m2)} ㎡` : '',
      paragraphs,
      lines: data.lines.map((one, index) => ({
        n: String(index + 1),
        item: plain(one.item, 100),
        period: period(one.period),
        working: plain(one.working, 300),
        due: money(one.due_fen),
        paid: money(one.paid_fen),
        late: money(one.late_fee_fen),
        owed: money(owed(one)),
      })),
      amount_em: amountEm([...data.lines.flatMap((one) => [money(one.due_fen), money(one.paid_fen), money(owed(one))]), money(total)]),
      late_em: amountEm([...data.lines.map((one) => money(one.late_fee_fen)), money(late)]),
      due_total: money(sumFen(data.lines.map((one) => one.due_fen))),
      paid_total: money(sumFen(data.lines.map((one) => one.paid_fen))),
      late_total: money(late),
      total: money(total),
      total_signed: moneySigned(total),
      capitals: capitals(total),
      pay_ways: (data.pay_ways ?? []).slice(0, 10).map((one) => plain(one, 200)),
      hotline: line(data.hotline, 40),
      qr: qrSvg(data.qr_text),
      qr_hint: line(data.qr_hint, 20) || '扫码缴费',
      stub: data.stub ?? true,
      seal: seal?.path ?? '',
    },
    assets: seal ? [seal] : [],
  }
}
