// The roll on paper and in Excel, for whoever stands at the assembly point without network.
import { answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { muster, type EntryRow, type RollRow } from '../contract.ts'
import { said } from '../shown.ts'
import { entriesOf, rollLooked } from './rolls.ts'

const TITLES = ['姓名', '身份', '房号岗位', '最后位置', '时间', '来源', '是否可信', '结果', '登记'] as const
const cells = (e: EntryRow): (string | null)[] => [e.name, said('kind', e.kind), e.about, e.zone, minuteText(e.at), said('source', e.source), e.doubt ?? '可信', e.mark ? `${said('mark', e.mark)}${e.point_name ? ` ${e.point_name}` : ''}` : '未到', e.marked_name && e.mark ? `${e.marked_name} ${minuteText(e.marked_at).slice(11)}` : '']
const facts = (r: RollRow): string => `${said('cause', r.cause)},${r.started_name} ${minuteText(r.started_at)} 发起;名单 ${r.total_count} 人,已到 ${r.safe_count},请求帮助 ${r.help_count},未到 ${r.left_count}`
export const paperAnswers = [
  answerFile(muster.rollPaper, async (scope, o) => {
    const r = await rollLooked(scope, o.roll_id)
    const body = await renderPdf('table_a4', { company_name: r.community_name, title: `集合点名册:${r.title}`, filters: [facts(r)], columns: TITLES.map((title) => ({ title, kind: 'text' as const })), rows: (await entriesOf(scope, r)).map(cells), printed_by: scope.who.name, printed_at: minuteText(scope.now) })
    return { name: `点名册-${r.title}.pdf`, type: 'application/pdf', body, inline: true }
  }),
  answerFile(muster.rollExcel, async (scope, o) => {
    const r = await rollLooked(scope, o.roll_id)
    const body = await writeSheet({ sheets: [{ name: '点名册', columns: TITLES.map((title) => ({ title, kind: 'text' as const })), rows: (await entriesOf(scope, r)).map(cells) }] })
    return { name: `点名册-${r.title}-${scope.today}.xlsx`, type: XLSX, body }
  }),
]
