// 派工单: the order on paper, for whoever works without a phone and for the file. Excel of the list as it is filtered.
import { sql } from 'kysely'
import { answerFile } from '../../../kernel/app.ts'
import { dayOf, minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { masked } from '../../people/server/index.ts'
import { orders } from '../contract.ts'
import { words } from '../words.ts'
import { orderToRead } from './access.ts'
import { excelRows } from './list.ts'

async function about(scope: Scope, order_id: string) {
  const c = scope.company_id
  const { rows } = await sql<{ company_name: string; community_name: string; assignee_name: string | null }>`select (select name from identity.company where company_id = ${c}) as company_name, k.name as community_name, m.name as assignee_name
    from orders.work_order o join property.community k on k.company_id = ${c} and k.community_id = o.community_id left join identity.member m on m.company_id = ${c} and m.account_id = o.assignee_id where o.company_id = ${c} and o.order_id = ${order_id}`.execute(scope.db)
  return rows[0]!
}

export const paperAnswers = [
  answerFile(orders.orderPaper, async (scope, { order_id }) => {
    const o = await orderToRead(scope, order_id)
    const a = await about(scope, order_id)
    const body = await renderPdf('letter_a4', {
      company_name: a.company_name, title: '派工单', no: o.no, dated_on: dayOf(o.created_at), qr_text: o.no, paragraphs: [], columns: [{ title: '项目', kind: 'text' }, { title: '内容', kind: 'text' }],
      rows: [
        ['小区', a.community_name], ['位置', o.place], ['报修分类', `${o.category}${o.urgent ? '(急修)' : ''}`], ['报修内容', o.words], ['报修人', o.reporter_name ?? ''], ['联系电话', masked(o.reporter_phone) ?? ''], ['报修时间', minuteText(o.created_at)], ['预约上门', minuteText(o.wished_at)],
        ['到场时限', minuteText(o.respond_due_at)], ['完工时限', minuteText(o.finish_due_at)], ['维修人员', a.assignee_name ?? ''], ['到场时间', minuteText(o.arrived_at)], ['完工时间', minuteText(o.finished_at)], ['处理情况', ''], ['所用材料', ''],
      ],
      closing: ['业户意见:□ 非常满意  □ 满意  □ 一般  □ 不满意'],
      signs: [{ who: '派单人', fields: ['签字', '日期'] }, { who: '维修人员', fields: ['签字', '日期'] }, { who: '业户', fields: ['签字', '日期'] }],
    })
    return { name: `派工单_${o.no}.pdf`, type: 'application/pdf', body, inline: true }
  }),
  answerFile(orders.ordersExcel, async (scope, f) => {
    const rows = await excelRows(scope, f)
    const zh = (of: string, code: string) => words.states?.[of]?.[code] ?? code
    const body = await writeSheet({
      sheets: [{
        name: '报修工单',
        columns: ['工单号', '状态', '级别', '小区', '位置', '分类', '内容', '来源', '报修人', '处理人', '报修时间', '到场时限', '到场时间', '完工时限', '完工时间'].map((title) => ({ title, kind: 'text' as const })).concat([{ title: '返修次数', kind: 'int' as never }, { title: '评分', kind: 'int' as never }], [{ title: '评价', kind: 'text' as const }]),
        rows: rows.map((r) => [r.no, zh('state', r.state), r.urgent ? '急修' : '一般', r.community_name, r.place, r.category, r.words, zh('source', r.source), r.reporter_name, r.assignee_name, minuteText(r.created_at), minuteText(r.respond_due_at), minuteText(r.arrived_at), minuteText(r.finish_due_at), minuteText(r.finished_at), r.round_no - 1, r.rating, r.rating_words]),
      }],
    })
    return { name: `报修工单_${scope.today}.xlsx`, type: XLSX, body }
  }),
]
