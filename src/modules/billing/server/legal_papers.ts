// The papers of a legal case (催缴函、律师函、欠费明细表): the figures come from the case, the words from here or from the company's own template.
import { sql } from 'kysely'
import { answerFile, type App } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { capitals, fen, yuanGrouped } from '../../../kernel/money.ts'
import { renderPdf, type LetterData } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { filled, soleForm, type DrawnDesign, type FormKind } from '../../forms/server/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { billing, type LegalDetail } from '../contract.ts'

const TITLES = { demand: '催缴函', lawyer: '律师函', claims: '欠费明细表' } as const
type LegalPaper = keyof typeof TITLES
type Case = LegalDetail & { company_name: string; community_id: string }
type Detail = (scope: Scope, case_id: string) => Promise<Case>
/** As many days as the case page proposes; for looking at a template. */
const WITHIN_DAYS = 15
const sumOf = (d: Case): number => d.claims.reduce((n, x) => n + x.open_fen, 0)
const periodsOf = (d: Case): [string, string] => {
  const all = d.claims.map((x) => x.period_on.slice(0, 7)).sort()
  return [all[0] ?? '', all.at(-1) ?? '']
}
const PARAMS = [
  { key: 'company', zh: '物业公司', example: '示例物业' }, { key: 'name', zh: '欠费人', example: '张三' }, { key: 'house', zh: '房产', example: '示例小区 1-1-101' }, { key: 'from', zh: '账期起', example: '2025-01' }, { key: 'to', zh: '账期止', example: '2026-10' },
  { key: 'amount', zh: '欠费(元)', example: '3200.00' }, { key: 'late', zh: '违约金(元)', example: '58.20' }, { key: 'total', zh: '合计(元)', example: '3258.20' }, { key: 'capitals', zh: '合计大写', example: '叁仟贰佰伍拾捌元贰角' }, { key: 'until', zh: '缴清期限', example: '2026-12-15' },
]
const paramsOf = (d: Case, until: string): Record<string, string> => ({
  company: d.company_name, name: d.payer_name, house: `${d.community_name} ${d.house_label}`, from: periodsOf(d)[0], to: periodsOf(d)[1], amount: yuanGrouped(fen(sumOf(d))), late: yuanGrouped(fen(d.late_fen)), total: yuanGrouped(fen(sumOf(d) + d.late_fen)), capitals: capitals(fen(sumOf(d) + d.late_fen)), until,
})
/** Wording of the papers; the company name, the debtor, the sums and the days come from the case. */
function wording(d: Case, paper: LegalPaper, until: string): { paragraphs: string[]; closing: string[] } {
  const open = sumOf(d)
  const total = open + d.late_fen
  const [first, last] = periodsOf(d)
  const owed = `${d.community_name} ${d.house_label} ${first} 至 ${last} 期间的物业服务费等费用 ${yuanGrouped(fen(open))} 元${d.late_fen > 0 ? `,按合同约定截至今日的违约金 ${yuanGrouped(fen(d.late_fen))} 元` : ''},合计 ${yuanGrouped(fen(total))} 元(大写:${capitals(fen(total))})`
  const law = '依据《中华人民共和国民法典》第九百四十四条,业主应当按照约定向物业服务人支付物业费;物业服务人已经按照约定和有关规定提供服务的,业主不得以未接受或者无需接受相关物业服务为由拒绝支付。'
  if (paper === 'claims') return { paragraphs: [`欠费人:${d.payer_name}    房产:${d.community_name} ${d.house_label}`, `截至今日,欠缴${owed}。逐笔如下:`], closing: ['本表由系统账单生成,每笔的计算过程与凭证可逐笔调取。'] }
  if (paper === 'lawyer') return { paragraphs: [`本所受${d.company_name}委托,就您欠缴物业服务费一事,郑重致函如下:`, `一、经核实,截至本函发出之日,您欠缴${owed}。`, `二、${law}`, `三、请您于 ${until} 前缴清上述款项,或与委托人联系协商。逾期未缴的,委托人将依法申请支付令或提起诉讼,由此产生的费用由您承担。`], closing: ['如对金额有异议,请在上述期限内以书面方式提出。特此函告。'] }
  return { paragraphs: [`截至今日,您尚欠${owed},明细见下表。`, law, `请您于 ${until} 前缴清。如已缴纳,请忽略本函;如对金额有疑问,请与我们联系核对;确有困难的,可以协商分期缴纳。`], closing: ['逾期仍未缴纳的,我公司将依法申请支付令或提起诉讼。', '送达记录:□ 当面签收  □ 邮寄  □ 留置或张贴    签收人:            日期:'] }
}

/** `own`: the company's paragraphs stand instead of ours; what is below the table stays. */
function letterOf(scope: Scope, d: Case, paper: LegalPaper, until: string, own: readonly string[]): LetterData {
  const claims = d.claims.filter((x) => x.open_fen > 0)
  const live = { ...d, claims }
  const text = wording(live, paper, until)
  const sum = (k: 'amount_fen' | 'open_fen' | 'late_fen') => claims.reduce((n, x) => n + x[k], 0)
  return {
    company_name: paper === 'lawyer' ? '' : d.company_name, title: TITLES[paper], dated_on: scope.today, to: paper === 'claims' ? '' : `${d.payer_name}:`, paragraphs: own.length > 0 ? own.map((x) => filled(x, paramsOf(live, until))) : text.paragraphs, closing: text.closing,
    columns: [{ title: '账期', kind: 'code' }, { title: '收费项目', kind: 'text' }, { title: '到期日', kind: 'day' }, { title: '应收', kind: 'fen' }, { title: '未收', kind: 'fen' }, { title: '违约金', kind: 'fen' }],
    rows: claims.map((x) => [x.period_on.slice(0, 7), x.fee_item_name, x.due_on, x.amount_fen, x.open_fen, x.late_fen]), totals: [null, null, null, sum('amount_fen'), sum('open_fen'), sum('late_fen')],
    ...(paper === 'lawyer' ? { signs: [{ who: '律师事务所(盖章)', fields: ['律师', '日期'] }] } : {}),
  }
}

const example = (paper: LegalPaper, d: DrawnDesign): LetterData => ({
  company_name: '示例公司', title: TITLES[paper], dated_on: '2026-01-01', to: '张三:', closing: [], paragraphs: d.paragraphs.length > 0 ? d.paragraphs.map((x) => filled(x, Object.fromEntries(PARAMS.map((p) => [p.key, p.example])))) : ['还没有法务催收案,用示例预览。'],
})
/** A kind a paper: 催缴函, 律师函, 欠费明细表. */
export const legalForms = (detail: Detail): readonly FormKind[] =>
  (Object.keys(TITLES) as LegalPaper[]).map((paper) => ({
    kind: `billing.legal_${paper}`, zh: TITLES[paper], note: '在法务催收案中打印;写了段落就代替内置的正文,表格与落款不变', sole: true, papers: { a4: 'letter_a4' as const }, columns: [], blocks: [{ key: 'no', zh: '编号' }, { key: 'qr', zh: '查验二维码' }], params: PARAMS,
    subjects: async (scope, { community_id }) => (await sql<{ subject_id: string; label: string }>`select k.case_id as subject_id, h.label || ' ' || n.name as label from billing.legal_case k join property.house h on h.company_id = ${scope.company_id} and h.house_id = k.house_id join people.person n on n.company_id = ${scope.company_id} and n.person_id = k.payer_id
      where k.company_id = ${scope.company_id} and ${housesSeenBy(scope, { alias: 'k' })} ${community_id ? sql`and k.community_id = ${community_id}` : sql``} order by k.opened_on desc, k.case_id limit 20`.execute(scope.db)).rows,
    draw: async (scope, subject_id, d) => renderPdf('letter_a4', subject_id ? letterOf(scope, await detail(scope, subject_id), paper, addDays(scope.today, WITHIN_DAYS), d.paragraphs) : example(paper, d), { design: d.print }),
  }))

export const legalPaper = (app: () => App, detail: Detail) =>
  answerFile(billing.legalPaper, async (scope, o) => {
    const d = await detail(scope, o.case_id)
    const own = await soleForm(app(), scope, { kind: `billing.legal_${o.paper}`, paper: 'a4', community_id: d.community_id, on: scope.today, at: scope.now })
    const body = await renderPdf('letter_a4', letterOf(scope, d, o.paper, addDays(scope.today, o.within_days), own?.paragraphs ?? []), own ? { design: own.print } : {})
    return { name: `${TITLES[o.paper]}_${d.house_label}_${scope.today}.pdf`, type: 'application/pdf', body, inline: true }
  })
