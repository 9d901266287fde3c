// The Excel files of billing: the rows, the filter in words, and the totals of the screen.
import type { FileAnswer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { type ColumnSpec, type OutValue, writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { BillFilter, BillRow } from '../contract.ts'
import { words } from '../words.ts'
import type { Totals } from './bill_rows.ts'


/** Rows of a list that is small by nature: agreements, cases, discounts. */
export const LIST_MAX = 20_000
/** A list as the screen shows it: columns with what they hold; money is summed. */
export function listBook<R>(scope: Scope, o: { name: string; count_word: string }, rows: readonly R[], columns: readonly (readonly [string, ColumnSpec['kind'], (row: R) => OutValue | undefined])[]): Promise<FileAnswer> {
  if (rows.length > LIST_MAX) throw scope.refuse('billing.export_too_large', { count: `${LIST_MAX} 以上`, max: LIST_MAX })
  const sumOf = (at: (row: R) => OutValue | undefined) => rows.reduce((n, r) => n + Number(at(r) ?? 0), 0)
  return book(`${o.name}_${scope.today}`, `${o.name} 共 ${rows.length} ${o.count_word}`, columns.map(([title, kind]) => ({ title, kind })), rows.map((r) => columns.map(([, , at]) => at(r) ?? null)), columns.map(([, kind, at], i) => (i === 0 ? '合计' : kind === 'money_fen' ? sumOf(at) : '')))
}

export async function book(name: string, title: string, columns: readonly ColumnSpec[], rows: Iterable<readonly OutValue[]> | AsyncIterable<readonly OutValue[]>, totals: readonly OutValue[]): Promise<FileAnswer> {
  return { name: `${name}.xlsx`, type: XLSX, body: await writeSheet({ sheets: [{ name: name.slice(0, 30), title_rows: [title], columns, rows, totals }] }) }
}

const BILL_COLUMNS: readonly ColumnSpec[] = [
  { title: '账期', kind: 'text' }, { title: '小区', kind: 'text' }, { title: '楼栋', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '收费项目', kind: 'text' }, { title: '缴费人', kind: 'text' },
  { title: '计费起', kind: 'day' }, { title: '计费止', kind: 'day' }, { title: '应收', kind: 'money_fen' }, { title: '已收', kind: 'money_fen' }, { title: '减免', kind: 'money_fen' }, { title: '拆并转出', kind: 'money_fen' }, { title: '未收', kind: 'money_fen' },
  { title: '出账日', kind: 'day' }, { title: '到期日', kind: 'day' }, { title: '逾期天数', kind: 'int' }, { title: '状态', kind: 'text' }, { title: '计算过程', kind: 'text' },
]

/** Period ends are written inclusively here, as people read them. */
async function* cellsOf(rows: AsyncIterable<BillRow>): AsyncGenerator<readonly OutValue[]> {
  const states = words.states!['bill']!
  for await (const r of rows)
    yield [r.period, r.community_name, r.building_name, r.house_label, r.fee_item_name, r.payer_name, r.from_on, addDays(r.to_on, -1), r.amount_fen, r.paid_fen, r.reduced_fen, r.moved_fen, r.open_fen, r.issued_on, r.due_on, r.overdue_days, states[r.state] ?? r.state, r.explanation]
}

export function billsBook(rows: AsyncIterable<BillRow>, totals: Totals, f: BillFilter, today: string): Promise<FileAnswer> {
  const states = words.states!['bill']!
  const span = f.period_from || f.period_to ? `账期 ${f.period_from ?? '最早'} 至 ${f.period_to ?? '最近'}` : '全部账期'
  return book(
    `账单_${today}`,
    `账单 ${span} ${states[f.state ?? 'live'] ?? ''} 共 ${totals.count} 条`,
    BILL_COLUMNS,
    cellsOf(rows),
    ['合计', '', '', '', '', '', '', '', totals.amount_fen, totals.paid_fen, totals.reduced_fen, totals.moved_fen, totals.open_fen, '', '', '', '', ''],
  )
}
