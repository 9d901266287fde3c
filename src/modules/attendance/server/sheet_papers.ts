// The month sheet as a workbook and as paper, A4 or A3 across.
import { answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { attendance, type SheetFilter, type SheetRow } from '../contract.ts'
import { LEGEND, halves, hm, letters, said } from '../shown.ts'
import { GRID } from './papers.ts'
import { daysOfMonth } from './rules/roster.ts'
import { sheetRows, sheetWhere } from './sheet.ts'

const EXCEL_MAX = 1000
const PRINT_MAX = 400
async function every(scope: Scope, f: SheetFilter, max: number, permission?: string): Promise<SheetRow[]> {
  const rows = await sheetRows(scope, f.month, sheetWhere(scope, f, permission), { limit: max + 1 })
  if (rows.length > max) throw scope.refuse('attendance.too_many_rows', { max: `${max} 人` })
  return rows
}
const TOTALS: readonly (readonly [title: string, value: (r: SheetRow) => string])[] = [
  ['出勤', (r) => String(r.totals.worked_days)], ['工时', (r) => hm(r.totals.work_minutes)], ['迟到', (r) => String(r.totals.late_count)], ['早退', (r) => String(r.totals.early_count)], ['旷工', (r) => halves(r.totals.absent_halves)], ['缺卡', (r) => String(r.totals.missing_count)], ['请假', (r) => halves(r.totals.leave_halves)], ['加班', (r) => hm(r.totals.overtime_work + r.totals.overtime_rest + r.totals.overtime_holiday + r.totals.over_minutes)],
]
export const sheetPaperAnswers = [
  answerFile(attendance.sheetExcel, async (scope, f) => {
    const rows = await every(scope, f, EXCEL_MAX, 'attendance.sheet.view')
    const text = (title: string) => ({ title, kind: 'text' as const })
    const int = (title: string) => ({ title, kind: 'int' as const })
    const half = (title: string) => ({ title: `${title}(半天)`, kind: 'int' as const })
    const days = daysOfMonth(f.month)
    const t = (r: SheetRow) => r.totals
    const body = await writeSheet({
      sheets: [
        { name: '考勤月表', columns: [text('工号'), text('姓名'), text('岗位'), text('小区'), text('考勤组'), text('工时制'), ...days.map((d) => text(String(Number(d.slice(8))))), int('出勤天'), int('应出勤分钟'), int('出勤分钟'), int('迟到次'), int('迟到分钟'), int('早退次'), int('早退分钟'), half('旷工'), int('缺卡'), int('补卡'), int('范围外'), half('请假'), half('不带薪请假'), int('平日加班分钟'), int('休息日加班分钟'), int('节假日加班分钟'), int('调休加班分钟'), int('节假日出勤分钟'), int('标准分钟'), int('超标准分钟'), text('确认'), text('更正')], rows: rows.map((r) => [r.no, r.name, r.post_name, r.community_name, r.team_name, said('hours', r.hours), ...r.days.map((d) => `${d.shift_code ?? ''}${letters(d)}`), t(r).worked_days, t(r).planned_minutes, t(r).work_minutes, t(r).late_count, t(r).late_minutes, t(r).early_count, t(r).early_minutes, t(r).absent_halves, t(r).missing_count, t(r).fix_count, t(r).away_count, t(r).leave_halves, t(r).unpaid_halves, t(r).overtime_work, t(r).overtime_rest, t(r).overtime_holiday, t(r).overtime_in_lieu, t(r).holiday_work_minutes, t(r).standard_minutes, t(r).over_minutes, said('confirm', r.confirm), r.adjustments.map((a) => `${a.of_day} ${said('item', a.item)} ${a.change > 0 ? '+' : ''}${a.change} ${a.reason}`).join(';')]) },
        { name: '逐日', columns: [text('工号'), text('姓名'), { title: '日期', kind: 'day' }, text('班次'), text('结果'), text('上班'), text('下班'), int('出勤分钟'), text('依据')], rows: rows.flatMap((r) => r.days.filter((d) => !d.tags.includes('off_books')).map((d) => [r.no, r.name, d.on_day, d.shift_text, d.tags.map((x) => said('tag', x)).join('、'), minuteText(d.in_at), minuteText(d.out_at), d.work_minutes, d.why.join(';')])) },
      ],
    })
    return { name: `考勤月表-${f.month}.xlsx`, type: XLSX, body }
  }),
  answerFile(attendance.sheetPdf, async (scope, { paper, ...f }) => {
    const rows = await every(scope, f, PRINT_MAX)
    if (rows.length === 0) throw scope.refuse('attendance.nothing_to_print')
    const places = [...new Set(rows.map((r) => r.community_name))]
    const doc = { title: `${f.month} 考勤月表`, subtitle: `${places.slice(0, 3).join('、')}  共 ${rows.length} 人  ${rows.every((r) => r.closed) ? '已关账' : '未关账'}    ${LEGEND}`, foot: `${scope.who.name} ${minuteText(scope.now)} 打印`, paper, fixed: 2, tail: TOTALS.length + 1, columns: ['工号', '姓名', ...daysOfMonth(f.month).map((d) => String(Number(d.slice(8)))), ...TOTALS.map(([x]) => x), '签字'], rows: rows.map((r) => [r.no, r.name, ...r.days.map(letters), ...TOTALS.map(([, v]) => v(r)), r.confirm === 'confirmed' ? '手机确认' : '']) }
    return { name: `考勤月表-${f.month}.pdf`, type: 'application/pdf', body: await renderPdf({ source: GRID }, doc), inline: true }
  }),
]
