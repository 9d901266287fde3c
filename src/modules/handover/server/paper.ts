// The paper: 物业费结清证明 where the leaver owes nothing, else the settlement sheet with what is open and who bears it.
import { sql } from 'kysely'
import { answerFile, type App } from '../../../kernel/app.ts'
import { addDays, dayOf } from '../../../kernel/clock.ts'
import { capitals, fen, sumFen, yuan, yuanGrouped } from '../../../kernel/money.ts'
import { renderPdf, type LetterData } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { soleForm, type FormKind } from '../../forms/server/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { handover, type Sheet } from '../contract.ts'
import { sheetToRead } from './access.ts'
import { detailOf } from './sheets.ts'

const total = (list: readonly { amount_fen: number }[]) => sumFen(list.map((x) => fen(x.amount_fen)))
const money = (n: number) => `${yuanGrouped(fen(n))} 元(大写:${capitals(fen(n))})`

function closing(s: Sheet): string[] {
  const lines: string[] = []
  const o = s.outcome
  if (o) {
    lines.push(`预存:${o.wallet}。`, ...(o.deposits.length ? [`押金:${o.deposits.join(';')}。`] : []))
    if (o.refunds.length) lines.push(`退款:${o.refunds.map((r) => `${r.refund_no} ${yuanGrouped(fen(r.amount_fen))} 元`).join('、')},经审批后付出。`)
    if (o.agreement) lines.push(`双方约定:${o.agreement}`)
  }
  if (s.body.ahead_fen > 0) lines.push(`离开方已缴至结算日之后的费用合计 ${money(s.body.ahead_fen)},由双方自行结算:${s.body.ahead.map((a) => `${a.period} ${a.fee_item_name} ${yuanGrouped(fen(a.ahead_fen))} 元`).join('、')}。`)
  if (s.body.meters.length) lines.push(`表计:${s.body.meters.map((m) => `${m.no} ${m.last_reading ?? '未抄'}${m.last_on ? `(${m.last_on})` : ''}`).join('、')}。`)
  return lines
}

/** Rows of the table: item, period, amount, who bears it. */
function rowsOf(s: Sheet): [string, string, string, number][] {
  if (s.outcome) return [...s.outcome.stayed, ...s.outcome.passed].map((l) => [l.period, l.fee_item_name, l.name, l.amount_fen])
  return s.body.bills.map((b) => [b.period, b.fee_item_name, b.payer_name, b.open_fen])
}

async function letterOf(scope: Scope, sheet_id: string): Promise<{ letter: LetterData; name: string; community_id: string; at: string }> {
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
  const letter: LetterData = {
    company_name: raw.company_name, title: clear ? '物业费结清证明' : `${word}结算单`, no: s.no, dated_on: dayOf(s.done_at ?? scope.now), paragraphs,
    ...(rows.length ? { columns: [{ title: '账期', kind: 'text' as const }, { title: '收费项目', kind: 'text' as const }, { title: '承担人', kind: 'text' as const }, { title: '金额(元)', kind: 'fen' as const }], rows, totals: [null, null, null, total(rows.map((r) => ({ amount_fen: r[3] })))] } : {}),
    closing: closing(s), qr_text: `${s.no}|${to}|${s.on_day}|${yuan(left)}|${clear ? '已结清' : '未结清'}`,
    ...(clear ? {} : { signs: [{ who: '物业服务企业(盖章)', fields: ['经办人', '日期'] }, { who: '离开方(签字)', fields: ['日期'] }, { who: '接手方(签字)', fields: ['日期'] }] }),
  }
  return { letter, name: `${clear ? '结清证明' : `${word}结算单`}_${s.house_label}_${s.no}.pdf`, community_id: raw.community_id, at: s.done_at ?? scope.now }
}

const example: LetterData = { company_name: '示例公司', title: '物业费结清证明', no: '示例-0001', dated_on: '2026-01-01', paragraphs: ['还没有结算单,用示例预览。'], closing: [] }
/** 结算单 and 结清证明: the words come from the sheet, the layout from the template. */
export const handoverForm: FormKind = {
  kind: 'handover.sheet', zh: '过户与退租结算单、结清证明', note: '在结算单页面打印;文字由结算内容生成', sole: true, papers: { a4: 'letter_a4' }, columns: [], params: [],
  blocks: [{ key: 'no', zh: '编号' }, { key: 'qr', zh: '查验二维码' }],
  subjects: async (scope, { community_id }) => (await sql<{ subject_id: string; label: string }>`select s.sheet_id as subject_id, s.no || ' ' || h.label as label from handover.sheet s join property.house h on h.company_id = ${scope.company_id} and h.house_id = s.house_id
    where s.company_id = ${scope.company_id} and ${housesSeenBy(scope, { alias: 'h' })} ${community_id ? sql`and h.community_id = ${community_id}` : sql``} order by s.created_at desc, s.sheet_id limit 20`.execute(scope.db)).rows,
  draw: async (scope, subject_id, d) => renderPdf('letter_a4', subject_id ? (await letterOf(scope, subject_id)).letter : example, { design: d.print }),
}

export const paperAnswers = (app: () => App) => [
  answerFile(handover.sheetPdf, async (scope, { sheet_id }) => {
    const { letter, name, community_id, at } = await letterOf(scope, sheet_id)
    const own = await soleForm(app(), scope, { kind: handoverForm.kind, paper: 'a4', community_id, on: dayOf(at), at })
    return { name, type: 'application/pdf', body: await renderPdf('letter_a4', letter, own ? { design: own.print } : {}), inline: true }
  }),
]
