// What stands on a notice: bills of one payer and house as they are open now, in the words of the chosen layout.
import { sql } from 'kysely'
import { addDays, dayOf } from '../../../kernel/clock.ts'
import { fen, sumFen, yuanGrouped } from '../../../kernel/money.ts'
import { BUILT_IN, renderMany, type NoticeData, type RenderOptions } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { BillRow } from '../../billing/contract.ts'
import { billRows } from '../../billing/server/index.ts'
import { filled, type DrawnDesign, type FormKind } from '../../forms/server/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { periodText } from './rules/period.ts'

export interface Head {
  company: string
  community: string
  service_phone: string | null
  house: string
  area_m2: string | null
  name: string
}
export interface Paper {
  no: string
  noticed_on: string
  due_by_on: string | null
  /** Where the code leads; null prints none. */
  url: string | null
  title?: string
}
export const NOTICE_PAPERS = { a4: 'notice_a4', a5: 'notice_a5', half: 'notice_two_copy', roll: 'notice_80mm' } as const
export type NoticePaper = keyof typeof NOTICE_PAPERS
export const PARAMS = [
  { key: 'name', zh: '缴费人', example: '张三' }, { key: 'community', zh: '小区', example: '花园小区' }, { key: 'house', zh: '房号', example: '1-2-301' }, { key: 'count', zh: '账单笔数', example: '3' },
  { key: 'amount', zh: '欠费金额(元)', example: '354.60' }, { key: 'period', zh: '账期', example: '2026年9月至11月' }, { key: 'due_by', zh: '缴清期限', example: '2026-12-05' }, { key: 'phone', zh: '物业电话', example: '0917-5550000' },
] as const

export function noticeOf(h: Head, p: Paper, bills: readonly BillRow[], d: Pick<DrawnDesign, 'paragraphs' | 'pay_ways'> | null): NoticeData {
  const periods = bills.map((b) => b.period_on).toSorted()
  const params = {
    name: h.name, community: h.community, house: h.house, count: String(bills.length), amount: yuanGrouped(sumFen(bills.map((b) => fen(b.open_fen)))), period: periods[0] ? periodText(periods[0], periods.at(-1)!) : '', due_by: p.due_by_on ?? '近日', phone: h.service_phone ?? '物业服务中心',
  }
  return {
    company_name: h.company, community_name: h.community, title: p.title ?? null, notice_no: p.no, noticed_on: p.noticed_on, due_by_on: p.due_by_on, to_name: h.name, house_name: `${h.community} ${h.house}`, area_m2: h.area_m2, hotline: h.service_phone, qr_text: p.url,
    pay_ways: d?.pay_ways.length ? d.pay_ways.map((x) => filled(x, params)) : ['手机:业主端「账单」页', `现场:${h.community}物业服务中心收费台`],
    ...(d?.paragraphs.length ? { paragraphs: d.paragraphs.map((x) => filled(x, params)) } : {}),
    lines: bills.map((b) => ({ item: b.fee_item_name, period: { first_on: b.from_on, last_on: addDays(b.to_on, -1) }, working: b.explanation, due_fen: fen(b.amount_fen - b.reduced_fen), paid_fen: fen(b.paid_fen), late_fee_fen: fen(0) })),
  }
}
export const drawNotices = (data: readonly NoticeData[], paper: NoticePaper, own: Pick<DrawnDesign, 'print'> | null, o: RenderOptions = {}): Promise<Buffer> => renderMany(NOTICE_PAPERS[paper], data, { ...o, ...(own ? { design: own.print } : {}) })

/** For templates: houses that owe, and a house's notice as it would be printed today. */
async function exampleOf(scope: Scope, house_id: string): Promise<{ head: Head; bills: BillRow[] }> {
  const c = scope.company_id
  const bills = await billRows(scope, sql`b.company_id = ${c} and b.house_id = ${house_id} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen`, { limit: 200, order: 'oldest' })
  const mine = bills.filter((b) => b.payer_id === bills[0]?.payer_id)
  const { rows } = await sql<Omit<Head, 'name'>>`select co.name as company, cm.name as community, cm.service_phone, h.label as house, h.built_area_m2 as area_m2 from property.house h join property.community cm on cm.company_id = ${c} and cm.community_id = h.community_id join identity.company co on co.company_id = ${c} where h.company_id = ${c} and h.house_id = ${house_id}`.execute(scope.db)
  return { head: { ...rows[0]!, name: mine[0]?.payer_name ?? '' }, bills: mine }
}
const EXAMPLE: Head = { company: '示例公司', community: '示例小区', service_phone: null, house: '1-1-101', area_m2: '0', name: '示例' }
const kindOf = (o: Pick<FormKind, 'kind' | 'zh' | 'note' | 'sole'> & { title: string | undefined }): FormKind => ({
  ...o,
  papers: NOTICE_PAPERS, params: PARAMS,
  columns: [{ key: 'n', zh: '序号' }, { key: 'item', zh: '收费项目', must: true }, { key: 'period', zh: '计费期间' }, { key: 'working', zh: '计算过程' }, { key: 'due', zh: '应收' }, { key: 'paid', zh: '已收' }, { key: 'late', zh: '违约金' }, { key: 'owed', zh: '欠费', must: true }],
  blocks: [
    { key: 'community', zh: '小区名称' }, { key: 'area', zh: '建筑面积' }, { key: 'greeting', zh: '称呼与正文' }, { key: 'ways', zh: '缴费方式' }, { key: 'hotline', zh: '联系电话' }, { key: 'stamp', zh: '公司盖章' }, { key: 'qr', zh: '缴费二维码' },
    { key: 'fold', zh: '折线(A4)' }, { key: 'stub', zh: '送达回执' },
  ],
  subjects: async (scope, { community_id }) => {
    const c = scope.company_id
    const { rows } = await sql<{ subject_id: string; label: string }>`select h.house_id as subject_id, h.label from property.house h where h.company_id = ${c} and ${housesSeenBy(scope)} ${community_id ? sql`and h.community_id = ${community_id}` : sql``}
      and exists (select from billing.bill b where b.company_id = ${c} and b.house_id = h.house_id and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen) order by h.community_id, h.sort_no, h.label limit 20`.execute(scope.db)
    return rows
  },
  draw: async (scope, subject_id, d) => {
    const { head, bills } = subject_id ? await exampleOf(scope, subject_id) : { head: EXAMPLE, bills: [] }
    const paper = { no: '预览', noticed_on: dayOf(scope.now), due_by_on: addDays(scope.today, 7), url: 'https://example.invalid/预览', ...(o.title ? { title: o.title } : {}) }
    return drawNotices([noticeOf(head, paper, bills, d)], d.paper as NoticePaper, d)
  },
})
export const LETTER = 'reminders.letter'
export const NOTICE = 'reminders.notice'
export const reminderForms: readonly FormKind[] = [
  kindOf({ kind: NOTICE, zh: '缴费通知单', note: '「缴费通知单」批量打印时选择;可以有多个', sole: false, title: undefined }),
  kindOf({ kind: LETTER, zh: '催缴函', note: '催缴任务中打印的催缴单与催缴函', sole: true, title: '催缴函' }),
]
export const builtIn = (paper: NoticePaper) => BUILT_IN[NOTICE_PAPERS[paper]]
