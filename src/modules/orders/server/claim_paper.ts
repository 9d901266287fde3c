// 保修通知书 to the builder, the papers that came back, and the list as Excel.
import { sql } from 'kysely'
import { answerFile, type App } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { orders } from '../contract.ts'
import { words } from '../words.ts'
import { claimRows, claimToRead } from './claims.ts'
import { hourText } from './tell.ts'

const EXCEL_MAX = 20_000
export const claimPapers = (app: () => App) => [
  answerFile(orders.claimPaper, async (scope, { claim_id }) => {
    const x = await claimToRead(scope, claim_id)
    const { rows } = await sql<{ company: string; phone: string | null }>`select (select name from identity.company where company_id = ${scope.company_id}) as company, (select service_phone from property.community where company_id = ${scope.company_id} and community_id = ${x.community_id}) as phone`.execute(scope.db)
    const body = await renderPdf('letter_a4', {
      company_name: rows[0]!.company, title: '工程质量保修通知书', no: x.no, dated_on: dayOf(x.sent_at), to: `${x.builder_name}:`, qr_text: x.no,
      paragraphs: [
        `${x.community_name}于 ${x.accepted_on} 竣工验收。「${x.part}」的保修期至 ${x.covered_until_on}(含当日)。下列问题发生在保修期内,依据《建设工程质量管理条例》第四十条、第四十一条,请贵单位履行保修义务。`,
        `请于 ${x.answer_by_on} 前书面答复,于 ${x.repair_by_on} 前修复并通知我方复验。逾期不答复、不修复或拒绝保修的,我方将另行组织维修,费用从保修金中扣除。涉及安全或漏水等紧急情况的,请立即到场。`,
      ],
      columns: [{ title: '项目', kind: 'text' }, { title: '内容', kind: 'text' }], rows: [['位置', `${x.community_name} ${x.place}`], ['部位', x.part], ['问题', x.defect], ['报修工单', x.order_no], ['联系电话', rows[0]!.phone ?? '']],
      signs: [{ who: '物业服务企业(盖章)', fields: ['经办人', '日期'] }, { who: '建设单位签收', fields: ['签收人', '日期'] }],
    })
    return { name: `保修通知书_${x.no}.pdf`, type: 'application/pdf', body, inline: true }
  }),
  answerFile(orders.claimFile, async (scope, { claim_id, file_id }) => {
    const x = await claimToRead(scope, claim_id)
    if (!x.steps.some((s) => s.file_ids.includes(file_id))) throw scope.notFound()
    const { rows } = await sql<{ sha256: string; type: string; name: string }>`select sha256, type, name from kernel.file where company_id = ${scope.company_id} and file_id = ${file_id}`.execute(scope.db)
    if (!rows[0] || !(await hasFile(app().data_dir, rows[0].sha256))) throw scope.notFound()
    return { name: rows[0].name, type: rows[0].type, body: openFile(app().data_dir, rows[0].sha256) }
  }),
  answerFile(orders.claimsExcel, async (scope, f) => {
    const rows = await claimRows(scope, f, { limit: EXCEL_MAX + 1, offset: 0 })
    if (rows.length > EXCEL_MAX) throw scope.refuse('orders.too_many_rows', { max: EXCEL_MAX })
    const text = ['通知书号', '工单号', '小区', '位置', '建设单位', '部位', '保修至', '问题', '状态', '通知时间', '答复期限', '修复期限'].map((title) => ({ title, kind: 'text' as const }))
    const body = await writeSheet({ sheets: [{ name: '保修通知', columns: [...text, { title: '自行维修费用', kind: 'money_fen' }, { title: '扣除保修金', kind: 'money_fen' }], rows: rows.map((r) => [r.no, r.order_no, r.community_name, r.place, r.builder_name, r.part, r.covered_until_on, r.defect, words.states!['claim']![r.state]!, hourText(r.sent_at), r.answer_by_on, r.repair_by_on, r.cost_fen, r.deduct_fen]) }] })
    return { name: `保修通知_${scope.today}.xlsx`, type: XLSX, body }
  }),
]
