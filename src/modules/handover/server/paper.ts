// The paper: 物业费结清证明 where the leaver owes nothing, else the settlement sheet with what is open and who bears it.
import { answerFile } from '../../../kernel/app.ts'
import { addDays, dayOf } from '../../../kernel/clock.ts'
import { capitals, fen, sumFen, yuan } from '../../../kernel/money.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import { handover, type Sheet } from '../contract.ts'
import { sheetToRead } from './access.ts'
import { detailOf } from './sheets.ts'

const total = (list: readonly { amount_fen: number }[]) => sumFen(list.map((x) => fen(x.amount_fen)))
const money = (n: number) => `${yuan(fen(n))} 元(大写:${capitals(fen(n))})`

function closing(s: Sheet): string[] {
  const lines: string[] = []
  const o = s.outcome
  if (o) {
    lines.push(`预存:${o.wallet}。`, ...(o.deposits.length ? [`押金:${o.deposits.join(';')}。`] : []))
    if (o.refunds.length) lines.push(`退款:${o.refunds.map((r) => `${r.refund_no} ${yuan(fen(r.amount_fen))} 元`).join('、')},经审批后付出。`)
    if (o.agreement) lines.push(`双方约定:${o.agreement}`)
  }
  if (s.body.ahead_fen > 0) lines.push(`离开方已缴至结算日之后的费用合计 ${money(s.body.ahead_fen)},由双方自行结算:${s.body.ahead.map((a) => `${a.period} ${a.fee_item_name} ${yuan(fen(a.ahead_fen))} 元`).join('、')}。`)
  if (s.body.meters.length) lines.push(`表计:${s.body.meters.map((m) => `${m.no} ${m.last_reading ?? '未抄'}${m.last_on ? `(${m.last_on})` : ''}`).join('、')}。`)
  return lines
}

/** Rows of the table: item, period, amount, who bears it. */
function rowsOf(s: Sheet): [string, string, string, number][] {
  if (s.outcome) return [...s.outcome.stayed, ...s.outcome.passed].map((l) => [l.period, l.fee_item_name, l.name, l.amount_fen])
  return s.body.bills.map((b) => [b.period, b.fee_item_name, b.payer_name, b.open_fen])
}

export const paperAnswers = [
  answerFile(handover.sheetPdf, async (scope, { sheet_id }) => {
    const raw = await sheetToRead(scope, sheet_id)
    const s = await detailOf(scope, sheet_id)
    const who = s.leavers.map((l) => l.name).join('、')
    const word = s.kind === 'transfer' ? '过户' : '退租'
    const left = s.outcome ? total(s.outcome.stayed) : fen(s.body.open_fen)
    const clear = s.state === 'done' && left === 0
    const rows = rowsOf(s)
    const to = `${s.community_name} ${s.house_label}`
    const until = addDays(s.on_day, -1)
    const paragraphs = clear
      ? [`兹证明 ${to} 的${s.kind === 'transfer' ? '原业主' : '承租人'} ${who},截至 ${until}(含当日)应缴的物业服务费及相关费用已全部结清,离开方无欠费。`, `自 ${s.on_day} 起的费用由 ${s.outcome!.taker_names} 承担。`, ...(rows.length ? [`下列费用合计 ${money(total(s.outcome!.passed))},依双方约定或按日划分由接手方承担:`] : [])]
      : [`房产:${to}。${s.kind === 'transfer' ? '原业主' : '承租人'}:${who}。${word}结算日:${s.on_day},此前的费用由离开方承担,当日起由${s.outcome?.taker_names ?? '接手方'}承担。`, `${s.state === 'done' ? '办结时' : `截至 ${scope.today}`}未收费用合计 ${money(s.outcome ? total([...s.outcome.stayed, ...s.outcome.passed]) : s.body.open_fen)}${s.state === 'done' ? `,其中离开方仍应缴 ${money(left)}` : ''}:`]
    const body = await renderPdf('letter_a4', {
      company_name: raw.company_name, title: clear ? '物业费结清证明' : `${word}结算单`, no: s.no, dated_on: dayOf(s.done_at ?? scope.now), paragraphs,
      ...(rows.length ? { columns: [{ title: '账期', kind: 'text' as const }, { title: '收费项目', kind: 'text' as const }, { title: '承担人', kind: 'text' as const }, { title: '金额(元)', kind: 'fen' as const }], rows, totals: [null, null, null, total(rows.map((r) => ({ amount_fen: r[3] })))] } : {}),
      closing: closing(s), qr_text: `${s.no}|${to}|${s.on_day}|${yuan(left)}|${clear ? '已结清' : '未结清'}`,
      ...(clear ? {} : { signs: [{ who: '物业服务企业(盖章)', fields: ['经办人', '日期'] }, { who: '离开方(签字)', fields: ['日期'] }, { who: '接手方(签字)', fields: ['日期'] }] }),
    })
    return { name: `${clear ? '结清证明' : `${word}结算单`}_${s.house_label}_${s.no}.pdf`, type: 'application/pdf', body, inline: true }
  }),
]
