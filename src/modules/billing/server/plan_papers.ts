// 分期缴费协议: the parties, the sums and the parts come from the plan, the words from here or from the company's own template.
import { sql } from 'kysely'
import { answerFile, type App } from '../../../kernel/app.ts'
import { capitals, fen, yuan, yuanGrouped } from '../../../kernel/money.ts'
import { renderPdf, type LetterData } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { filled, soleForm, type FormKind } from '../../forms/server/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { billing } from '../contract.ts'
import { billsIn, planToRead, type PlanRaw } from './plans.ts'

const PARAMS = [
  { key: 'company', zh: '物业公司', example: '示例物业' }, { key: 'name', zh: '缴费人', example: '张三' }, { key: 'house', zh: '房产', example: '示例小区 1-1-101' }, { key: 'no', zh: '协议编号', example: '分期-2026-0001' }, { key: 'signed', zh: '签订日', example: '2026-11-20' },
  { key: 'from', zh: '账期起', example: '2025-01' }, { key: 'to', zh: '账期止', example: '2026-10' }, { key: 'items', zh: '收费项目', example: '物业服务费' }, { key: 'count', zh: '账单笔数', example: '12' }, { key: 'amount', zh: '合计(元)', example: '3200.00' }, { key: 'capitals', zh: '合计大写', example: '叁仟贰佰元整' }, { key: 'grace', zh: '宽限天数', example: '7' },
]
type Bills = Awaited<ReturnType<typeof billsIn>>
function paramsOf(p: PlanRaw, bills: Bills): Record<string, string> {
  const periods = bills.map((b) => b.period_on.slice(0, 7)).sort()
  return {
    company: p.company_name, name: p.payer_name, house: `${p.community_name} ${p.house_label}`, no: p.no, signed: p.signed_on, from: periods[0] ?? '', to: periods.at(-1) ?? '', items: [...new Set(bills.map((b) => b.fee_item_name))].join('、'),
    count: String(bills.length), amount: yuanGrouped(fen(p.amount_fen)), capitals: capitals(fen(p.amount_fen)), grace: String(p.grace_days),
  }
}
const BODY = [
  '甲方(物业服务企业):{company}', '乙方(缴费人):{name}    房产:{house}',
  '截至 {signed},乙方尚欠 {from} 至 {to} 期间的{items}共 {count} 笔,合计人民币 {amount} 元(大写:{capitals})。乙方对上述欠费的项目与金额予以确认。经双方协商一致,乙方按下表分期缴清:',
]
/** `own`: the company's paragraphs stand instead of ours above the table; what was agreed on below it comes from the plan. */
function letterOf(p: PlanRaw, bills: Bills, own: readonly string[]): LetterData {
  const params = paramsOf(p, bills)
  return {
    company_name: p.company_name, title: '分期缴费协议', no: p.no, dated_on: p.signed_on, paragraphs: (own.length > 0 ? own : BODY).map((x) => filled(x, params)),
    columns: [{ title: '期次', kind: 'count' }, { title: '应缴日', kind: 'day' }, { title: '金额(元)', kind: 'fen' }], rows: p.parts.map((x) => [x.part_no, x.due_on, x.amount_fen]), totals: [null, null, p.amount_fen],
    closing: [
      p.suspends_late_fee ? '一、乙方按期履行期间,甲方不计收上述欠费的违约金,不进行催缴。' : '一、履行期间,违约金按物业服务合同的约定计算。',
      `二、任何一期逾期超过 ${p.grace_days} 天未缴足的,视为违约,甲方可要求乙方一次缴清全部余额,违约金按合同约定自始计算。`,
      '三、本协议的签订构成乙方对债务的承认,诉讼时效自签订之日起重新计算(民法典第一百九十五条)。',
      ...(p.note ? [`四、其他:${p.note}`] : []),
      '本协议一式两份,甲乙双方各执一份,自双方签字或盖章之日起生效。',
    ],
    qr_text: `${p.no}|${p.community_name} ${p.house_label}|${p.signed_on}|${yuan(fen(p.amount_fen))}`,
    signs: [{ who: '甲方(盖章)', fields: ['经办人', '日期'] }, { who: '乙方(签字)', fields: ['身份证号', '电话', '日期'] }],
  }
}

const example = (own: readonly string[]): LetterData => ({ company_name: '示例公司', title: '分期缴费协议', no: '示例-0001', dated_on: '2026-01-01', closing: [], paragraphs: own.length > 0 ? own.map((x) => filled(x, Object.fromEntries(PARAMS.map((q) => [q.key, q.example])))) : ['还没有分期协议,用示例预览。'] })
export const planForm: FormKind = {
  kind: 'billing.plan', zh: '分期缴费协议', note: '在分期协议页面打印;写了段落就代替表格以上的正文,约定条款与签字栏不变', sole: true, papers: { a4: 'letter_a4' }, columns: [], params: PARAMS,
  blocks: [{ key: 'no', zh: '编号' }, { key: 'qr', zh: '查验二维码' }],
  subjects: async (scope, { community_id }) => (await sql<{ subject_id: string; label: string }>`select p.plan_id as subject_id, p.no || ' ' || h.label as label from billing.plan p join property.house h on h.company_id = ${scope.company_id} and h.house_id = p.house_id
    where p.company_id = ${scope.company_id} and ${housesSeenBy(scope, { alias: 'p' })} ${community_id ? sql`and p.community_id = ${community_id}` : sql``} order by p.signed_on desc, p.plan_id limit 20`.execute(scope.db)).rows,
  draw: async (scope, subject_id, d) => renderPdf('letter_a4', subject_id ? letterOf(await planToRead(scope, subject_id), await billsIn(scope, subject_id), d.paragraphs) : example(d.paragraphs), { design: d.print }),
}

export const planPaper = (app: () => App) =>
  answerFile(billing.planPdf, async (scope: Scope, { plan_id }) => {
    const p = await planToRead(scope, plan_id)
    const own = await soleForm(app(), scope, { kind: 'billing.plan', paper: 'a4', community_id: p.community_id, on: p.signed_on, at: p.created_at })
    const body = await renderPdf('letter_a4', letterOf(p, await billsIn(scope, plan_id), own?.paragraphs ?? []), own ? { design: own.print } : {})
    return { name: `分期协议_${p.no}.pdf`, type: 'application/pdf', body, inline: true }
  })
