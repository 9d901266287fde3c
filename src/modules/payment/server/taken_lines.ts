// Money received, bill by bill: what statistics of receipts open. The sum of the lines of a filter is the figure that opened them.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { payment } from '../contract.ts'
import type { LineFilter, TakenLine } from '../contract_lines.ts'
import { words } from '../words.ts'
import { seen } from './access.ts'

type Filter = z.output<typeof LineFilter>
const NOBODY = '00000000-0000-0000-0000-000000000000'
const EXCEL_MAX = 100_000

/** Where a payment or refund is, and who took it; alias p. */
function placed(scope: Scope, alias: string, f: Filter): RawBuilder<SqlBool> {
  const at = (column: string) => sql.ref(`${alias}.${column}`)
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`${at('company_id')} = ${scope.company_id}`, seen(scope, alias)]
  for (const key of ['community_id', 'building_id', 'house_id'] as const) if (f[key]) w.push(sql<SqlBool>`${at(key)} = ${f[key]}`)
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}

/** All lines of the filter as a relation x: day, kind, sign applied. */
function lines(scope: Scope, f: Filter): RawBuilder<unknown> {
  const c = scope.company_id
  const by = f.taken_by ? sql`and p.taken_by is not distinct from ${f.taken_by === NOBODY ? null : f.taken_by}::uuid` : sql``
  const from = dayStart(f.from_on)
  const to = dayStart(f.to_on, 1)
  const taken = (kind: string, sign: 1 | -1, on: RawBuilder<unknown>, when: RawBuilder<unknown>) => sql`select ${kind}::text as kind, ${on} as on_day, p.taken_at as at, p.payment_id, p.receipt_no, p.taken_by, a.bill_id, a.period_on, ${sql.lit(sign)} * a.amount_fen as amount_fen
    from payment.payment p join payment.allocation a on a.company_id = ${c} and a.payment_id = p.payment_id where ${placed(scope, 'p', f)} ${by} and ${when}`
  const parts = {
    taken: taken('taken', 1, sql`p.taken_on`, sql`p.taken_on >= ${f.from_on} and p.taken_on <= ${f.to_on}`),
    reversed: taken('reversed', -1, sql`p.reversed_at::date`, sql`p.reversed_at >= ${from} and p.reversed_at < ${to}`),
    refunded: sql`select 'refunded', r.decided_at::date, r.decided_at, p.payment_id, r.refund_no, p.taken_by, l.bill_id, l.period_on, -l.amount_fen from payment.refund r join payment.refund_line l on l.company_id = ${c} and l.refund_id = r.refund_id
      left join payment.payment p on p.company_id = ${c} and p.payment_id = r.payment_id where ${placed(scope, 'r', f)} ${by} and r.state <> 'refused' and r.decided_at >= ${from} and r.decided_at < ${to}`,
  }
  const all = f.kind === 'net' ? sql`${parts.taken} union all ${parts.reversed}` : f.kind ? parts[f.kind] : sql`${parts.taken} union all ${parts.reversed} union all ${parts.refunded}`
  const w: RawBuilder<unknown>[] = [sql`true`]
  if (f.period_from) w.push(sql`x.period_on >= ${`${f.period_from}-01`}::date`)
  if (f.period_to) w.push(sql`x.period_on < ${`${addMonths(f.period_to, 1)}-01`}::date`)
  const item = f.fee_item_id ? sql`join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id and b.fee_item_id = ${f.fee_item_id}` : sql``
  return sql`(select x.* from (${all}) x(kind, on_day, at, payment_id, receipt_no, taken_by, bill_id, period_on, amount_fen) ${item} where ${sql.join(w, sql` and `)})`
}

async function readLines(scope: Scope, f: Filter, limit: number, offset: number): Promise<TakenLine[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<TakenLine, 'period' | 'taken_by_name'> & { period_on: string; taken_by: string | null }>`
    with page as materialized (select * from ${lines(scope, f)} l order by l.on_day desc, l.at desc, l.receipt_no desc, l.bill_id limit ${limit} offset ${offset})
    select p.on_day as on, p.kind, p.payment_id, p.receipt_no, p.bill_id, b.house_id, h.label as house_label, m.name as community_name, i.name as fee_item_name, p.period_on, p.amount_fen, p.taken_by
    from page p join billing.bill b on b.company_id = ${c} and b.period_on = p.period_on and b.bill_id = p.bill_id join property.house h on h.company_id = ${c} and h.house_id = b.house_id
    join property.community m on m.company_id = ${c} and m.community_id = b.community_id join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = b.fee_item_id
    order by p.on_day desc, p.at desc, p.receipt_no desc, p.bill_id`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.taken_by))
  return rows.map(({ period_on, taken_by, ...r }) => ({ ...r, period: period_on.slice(0, 7), taken_by_name: taken_by ? (names.get(taken_by) ?? '') : words.states!['collector']!['nobody']! }))
}
async function sums(scope: Scope, f: Filter): Promise<{ total: number; amount_fen: number }> {
  return (await sql<{ total: number; amount_fen: number }>`select count(*)::int as total, coalesce(sum(l.amount_fen), 0)::bigint as amount_fen from ${lines(scope, f)} l`.execute(scope.db)).rows[0]!
}

export const takenLines = answer(payment.takenLines, async (scope, { page, page_size, ...f }) => ({ ...(await sums(scope, f)), rows: await readLines(scope, f, page_size, (page - 1) * page_size) }))

export const takenLinesExcel = answerFile(payment.takenLinesExcel, async (scope, f) => {
  const s = await sums(scope, f)
  if (s.total > EXCEL_MAX) throw scope.refuse('payment.lines_too_many', { count: s.total, max: EXCEL_MAX })
  const rows = await readLines(scope, f, EXCEL_MAX, 0)
  const body = await writeSheet({
    sheets: [
      {
        name: '实收明细', title_rows: [`实收明细 ${f.from_on} 至 ${f.to_on}`],
        columns: [{ title: '日期', kind: 'day' }, { title: '类别', kind: 'text' }, { title: '收据号、退款单号', kind: 'text' }, { title: '小区', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '收费项目', kind: 'text' }, { title: '账期', kind: 'text' }, { title: '金额', kind: 'money_fen' }, { title: '收费员', kind: 'text' }],
        rows: rows.map((r) => [r.on, words.states!['line_kind']![r.kind]!, r.receipt_no, r.community_name, r.house_label, r.fee_item_name, r.period, r.amount_fen, r.taken_by_name]),
        totals: ['合计', `${s.total} 条`, null, null, null, null, null, s.amount_fen, null],
      },
    ],
  })
  return { name: `实收明细_${f.from_on}_${f.to_on}.xlsx`, type: XLSX, body }
})
