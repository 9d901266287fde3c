// Budgets, the owners' common income and the statement as Excel: the rows and the sums of the screens.
import { answerFile } from '../../../kernel/app.ts'
import { XLSX, writeSheet, type ColumnSpec, type OutValue } from '../../../kernel/sheet/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { words as ledgerWords } from '../../ledger/words.ts'
import { spending } from '../contract.ts'
import { words } from '../words.ts'
import { incomeRows, statementOf } from './income.ts'
import { budgetRows } from './requests.ts'

const ROWS_MAX = 50_000
const text = (title: string): ColumnSpec => ({ title, kind: 'text' })
const money = (title: string): ColumnSpec => ({ title, kind: 'money_fen' })
const book = async (name: string, title: string, columns: ColumnSpec[], rows: OutValue[][], totals: OutValue[]) => ({ name: `${name}.xlsx`, type: XLSX, body: await writeSheet({ sheets: [{ name: title.slice(0, 30), title_rows: [title], columns, rows, totals }] }) })

export const excelAnswers = [
  answerFile(spending.budgetsExcel, async (scope, o) => {
    const { name } = await communityToChange(scope, o.community_id)
    const rows = await budgetRows(scope, o)
    // The year and its single months stand beside each other: a sum of both would count twice.
    return book(`预算_${name}_${o.year}`, `${name} ${o.year} 年预算`, [text('账簿'), text('科目'), text('科目名称'), text('期间'), money('预算'), money('已用'), money('申请中'), money('余额'), text('说明')],
      rows.map((r) => [ledgerWords.states!['book']![r.book], r.account_code, r.account_name, r.month_no ? `${r.month_no} 月` : '全年', r.amount_fen, r.used_fen, r.waiting_fen, r.left_fen, r.note]), [])
  }),
  answerFile(spending.incomesExcel, async (scope, f) => {
    const d = await incomeRows(scope, f, ROWS_MAX, 1)
    return book(`公共收益_${scope.today}`, `公共收益 ${f.from_on ?? '最早'} 至 ${f.to_on ?? '最近'} 共 ${d.total} 笔(合计不含已冲销)`, [{ title: '收款日', kind: 'day' }, text('小区'), text('收入类别'), text('付款单位'), text('合同编号'), text('所属期间'), money('收入'), money('物业分成'), money('归业主'), text('登记人'), text('状态')],
      d.rows.map((r) => [r.received_on, r.community_name, r.account_name, r.payer_name, r.contract_no, r.covers, r.amount_fen, r.share_fen, r.owners_fen, r.recorded_by_name, r.reversed_at ? '已冲销' : '有效']),
      ['合计', '', '', '', '', '', d.amount_fen_sum, d.share_fen_sum, d.amount_fen_sum - d.share_fen_sum, '', ''])
  }),
  answerFile(spending.statementExcel, async (scope, o) => {
    const s = await statementOf(scope, o)
    return book(`收支表_${s.community_name}_${o.from_month}_${o.to_month}`, `${s.community_name} ${words.states!['statement']![o.book]} ${o.from_month} 至 ${o.to_month}`, [text('项目'), money('收入'), money('支出'), money('结余')],
      [['期初结余', null, null, s.opening_fen], ...s.income.map((l) => [l.account_name, l.fen, null, null]), ...s.expense.map((l) => [l.account_name, null, l.fen, null])], ['合计与期末结余', s.income_fen, s.expense_fen, s.closing_fen])
  }),
]
