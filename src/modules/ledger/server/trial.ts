// Balances: what a closed month kept, plus the postings since. So the figure after the close is the figure before it, and a table of the
// present month does not read the years behind it.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addMonths, daysBetween } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { ledger, type BookName, type TrialRow } from '../contract.ts'
import { creditOf, debitOf } from '../sides.ts'
import { words } from '../words.ts'
import { visibleOf, visiblePostings } from './access.ts'
import { accountsOf } from './accounts.ts'

const DAYS_MAX = 5 * 366
export interface Range {
  book: BookName
  from_on: string
  to_on: string
  community_id?: string | undefined
}
export const ofCommunity = (community_id: string | undefined, alias = 'p'): RawBuilder<boolean> => (community_id ? sql<boolean>`${sql.ref(`${alias}.community_id`)} = ${community_id}` : sql<boolean>`true`)

/** The last closed month that ends by this day: its balances are the beginning of what has to be added up. */
async function baseBefore(scope: Scope, book: string, day: string): Promise<{ closing_id: string; next_on: string } | null> {
  const { rows } = await sql<{ closing_id: string; period_on: string }>`select closing_id, period_on from ledger.period where company_id = ${scope.company_id} and book = ${book} and state = 'closed'
    and (period_on + interval '1 month')::date <= ${day}::date order by period_on desc limit 1`.execute(scope.db)
  return rows[0] ? { closing_id: rows[0].closing_id, next_on: `${addMonths(rows[0].period_on.slice(0, 7), 1)}-01` } : null
}

export async function trial(scope: Scope, f: Range): Promise<TrialRow[]> {
  const days = daysBetween(f.from_on, f.to_on)
  if (days <= 0 || days > DAYS_MAX) throw scope.refuse('ledger.range_too_long', { from_on: f.from_on, to_on: f.to_on })
  const c = scope.company_id
  const base = await baseBefore(scope, f.book, f.from_on)
  const { rows } = await sql<TrialRow>`
    with moved as (
      select p.account_code, coalesce(sum(p.amount_fen) filter (where p.booked_on < ${f.from_on}::date), 0) as opening_fen,
        coalesce(sum(p.amount_fen) filter (where p.booked_on >= ${f.from_on}::date and p.amount_fen > 0), 0) as debit_fen,
        coalesce(-sum(p.amount_fen) filter (where p.booked_on >= ${f.from_on}::date and p.amount_fen < 0), 0) as credit_fen
      from ledger.posting p where p.company_id = ${c} and p.book = ${f.book} ${base ? sql`and p.booked_on >= ${base.next_on}::date` : sql``} and p.booked_on < ${f.to_on}::date and ${ofCommunity(f.community_id)} and ${visiblePostings(scope)}
      group by p.account_code
      ${base ? sql`union all select b.account_code, sum(b.closing_fen), 0, 0 from ledger.closing_balance b where b.company_id = ${c} and b.closing_id = ${base.closing_id} and ${ofCommunity(f.community_id, 'b')} and ${visibleOf(scope, 'b')} group by 1` : sql``}
    ), s as (select account_code, sum(opening_fen)::bigint as opening_fen, sum(debit_fen)::bigint as debit_fen, sum(credit_fen)::bigint as credit_fen from moved group by 1)
    select s.account_code as code, coalesce(a.name, s.account_code) as name, coalesce(a.kind, 'asset') as kind, coalesce(a.normal, 'debit') as normal, s.opening_fen, s.debit_fen, s.credit_fen,
      s.opening_fen + s.debit_fen - s.credit_fen as closing_fen
    from s left join ledger.account a on a.company_id = ${c} and a.book = ${f.book} and a.code = s.account_code
    where s.opening_fen <> 0 or s.debit_fen <> 0 or s.credit_fen <> 0 order by 1`.execute(scope.db)
  return rows
}
const sums = (rows: TrialRow[]) => ({ debit_fen: rows.reduce((s, r) => s + r.debit_fen, 0), credit_fen: rows.reduce((s, r) => s + r.credit_fen, 0) })

/** Whether every month of the range is closed in the book. */
async function isClosed(scope: Scope, f: Range): Promise<boolean> {
  const { rows } = await sql<{ ok: boolean }>`select exists (select from ledger.period where company_id = ${scope.company_id} and book = ${f.book} and state = 'closed' and (period_on + interval '1 month')::date >= ${f.to_on}::date) as ok`.execute(scope.db)
  return rows[0]!.ok
}

/** A balance stands on one side, as in a printed 科目余额表. */
const figures = (r: { opening_fen: number; debit_fen: number; credit_fen: number; closing_fen: number }): number[] => [debitOf(r.opening_fen), creditOf(r.opening_fen), r.debit_fen, r.credit_fen, debitOf(r.closing_fen), creditOf(r.closing_fen)]

export const trialAnswers = [
  answer(ledger.trialBalance, async (scope, f) => {
    const rows = await trial(scope, f)
    const s = sums(rows)
    return { rows, ...s, balanced: s.debit_fen === s.credit_fen, closed: await isClosed(scope, f) }
  }),
  answerFile(ledger.trialBalanceExcel, async (scope, f) => {
    const rows = await trial(scope, f)
    const body = await writeSheet({
      sheets: [
        {
          name: '科目余额表',
          title_rows: [`科目余额表 ${words.states!['book']![f.book] ?? ''} ${f.from_on} 至 ${f.to_on}(不含)`],
          columns: [
            { title: '科目代码', kind: 'text' }, { title: '科目名称', kind: 'text' },
            ...['期初借方', '期初贷方', '本期借方', '本期贷方', '期末借方', '期末贷方'].map((title) => ({ title, kind: 'money_fen' as const })),
          ],
          rows: rows.map((r) => [r.code, r.name, ...figures(r)]),
          totals: ['合计', '', ...rows.map(figures).reduce((x, y) => x.map((n, i) => n + y[i]!), [0, 0, 0, 0, 0, 0])],
        },
      ],
    })
    return { name: `科目余额表_${f.from_on}_${f.to_on}.xlsx`, type: XLSX, body }
  }),
  answer(ledger.account, async (scope, { book, code, year, community_id }) => {
    const account = (await accountsOf(scope, book)).find((a) => a.code === code)
    if (!account) throw scope.notFound()
    const from_on = `${year}-01-01`
    const to_on = `${year + 1}-01-01`
    const opening_fen = (await trial(scope, { book, from_on, to_on, community_id })).find((r) => r.code === code)?.opening_fen ?? 0
    const { rows } = await sql<{ month: string; debit_fen: number; credit_fen: number }>`select to_char(p.booked_on, 'YYYY-MM') as month, coalesce(sum(p.amount_fen) filter (where p.amount_fen > 0), 0)::bigint as debit_fen, coalesce(-sum(p.amount_fen) filter (where p.amount_fen < 0), 0)::bigint as credit_fen
      from ledger.posting p where p.company_id = ${scope.company_id} and p.book = ${book} and p.account_code = ${code} and p.booked_on >= ${from_on}::date and p.booked_on < ${to_on}::date and ${ofCommunity(community_id)} and ${visiblePostings(scope)} group by 1 order by 1`.execute(scope.db)
    let closing_fen = opening_fen
    const months = rows.map((r) => ({ ...r, closing_fen: (closing_fen += r.debit_fen - r.credit_fen) }))
    return { account, opening_fen, months, closing_fen }
  }),
]
