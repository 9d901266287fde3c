// Trial balance, the lines behind a figure, one journal.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { daysBetween } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { ledger } from '../contract.ts'
import { words } from '../words.ts'
import { visiblePostings } from './access.ts'

const DAYS_MAX = 5 * 366
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
interface Range {
  book: string
  from_on: string
  to_on: string
  community_id?: string | undefined
}
interface Trial {
  code: string
  name: string
  normal: 'debit' | 'credit'
  opening_fen: number
  debit_fen: number
  credit_fen: number
  closing_fen: number
}

const ofCommunity = (community_id: string | undefined): RawBuilder<boolean> => (community_id ? sql<boolean>`p.community_id = ${community_id}` : sql<boolean>`true`)

async function trial(scope: Scope, f: Range): Promise<Trial[]> {
  const days = daysBetween(f.from_on, f.to_on)
  if (days <= 0 || days > DAYS_MAX) throw scope.refuse('ledger.range_too_long', { from_on: f.from_on, to_on: f.to_on })
  const { rows } = await sql<Trial>`
    with s as (
      select p.account_code, coalesce(sum(p.amount_fen) filter (where p.booked_on < ${f.from_on}::date), 0)::bigint as opening_fen,
        coalesce(sum(p.amount_fen) filter (where p.booked_on >= ${f.from_on}::date and p.amount_fen > 0), 0)::bigint as debit_fen,
        coalesce(-sum(p.amount_fen) filter (where p.booked_on >= ${f.from_on}::date and p.amount_fen < 0), 0)::bigint as credit_fen
      from ledger.posting p where p.company_id = ${scope.company_id} and p.book = ${f.book} and p.booked_on < ${f.to_on}::date and ${ofCommunity(f.community_id)} and ${visiblePostings(scope)}
      group by p.account_code)
    select s.account_code as code, coalesce(a.name, s.account_code) as name, coalesce(a.normal, 'debit') as normal, s.opening_fen, s.debit_fen, s.credit_fen,
      s.opening_fen + s.debit_fen - s.credit_fen as closing_fen
    from s left join ledger.account a on a.company_id = ${scope.company_id} and a.book = ${f.book} and a.code = s.account_code order by 1`.execute(scope.db)
  return rows
}
const sums = (rows: Trial[]) => ({ debit_fen: rows.reduce((s, r) => s + r.debit_fen, 0), credit_fen: rows.reduce((s, r) => s + r.credit_fen, 0) })

interface EntryFilter {
  book?: string
  from_on?: string | undefined
  to_on?: string | undefined
  account_code?: string | undefined
  subject_type?: string | undefined
  subject_id?: string | undefined
  source_type?: string | undefined
  source_id?: string | undefined
  community_id?: string | undefined
  journal_id?: string
}
function conditions(scope: Scope, f: EntryFilter): RawBuilder<unknown> {
  const c: RawBuilder<unknown>[] = [sql`p.company_id = ${scope.company_id}`, visiblePostings(scope), ofCommunity(f.community_id)]
  if (f.book) c.push(sql`p.book = ${f.book}`)
  if (f.from_on) c.push(sql`p.booked_on >= ${f.from_on}::date`)
  if (f.to_on) c.push(sql`p.booked_on < ${f.to_on}::date`)
  if (f.account_code) c.push(sql`p.account_code = ${f.account_code}`)
  if (f.subject_type) c.push(sql`p.subject_type = ${f.subject_type}`)
  if (f.subject_id) c.push(sql`p.subject_id = ${f.subject_id}`)
  if (f.journal_id) c.push(sql`p.journal_id = ${f.journal_id}`)
  if (f.source_type || f.source_id)
    c.push(sql`p.journal_id in (select j.journal_id from ledger.journal j where j.company_id = ${scope.company_id} ${f.source_type ? sql`and j.source_type = ${f.source_type}` : sql``} ${f.source_id ? sql`and j.source_id = ${f.source_id}` : sql``})`)
  return sql.join(c, sql` and `)
}

interface EntryRow {
  journal_id: string
  line_no: number
  booked_on: string
  kind: string
  source_type: string
  source_id: string
  account_code: string
  account_name: string
  debit_fen: number
  credit_fen: number
  community_id: string | null
  subject_type: string | null
  subject_id: string | null
  actor_id: string | null
  posted_at: string
}
async function entryRows(scope: Scope, f: EntryFilter, limit: number, offset: number) {
  const { rows } = await sql<EntryRow>`
    with page as materialized (select p.* from ledger.posting p where ${conditions(scope, f)} order by p.booked_on desc, p.journal_id desc, p.line_no limit ${limit} offset ${offset})
    select p.journal_id, p.line_no, p.booked_on, j.kind, j.source_type, j.source_id, p.account_code, coalesce(a.name, p.account_code) as account_name,
      greatest(p.amount_fen, 0) as debit_fen, greatest(-p.amount_fen, 0) as credit_fen, p.community_id, p.subject_type, p.subject_id, j.actor_id, j.posted_at
    from page p join ledger.journal j on j.company_id = ${scope.company_id} and j.journal_id = p.journal_id
      left join ledger.account a on a.company_id = ${scope.company_id} and a.book = p.book and a.code = p.account_code
    order by p.booked_on desc, p.journal_id desc, p.line_no`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.actor_id))
  return rows.map(({ actor_id, ...r }) => ({ ...r, actor_name: (actor_id && names.get(actor_id)) || null }))
}

const COUNT_MAX = 100_000
export const readAnswers = [
  answer(ledger.accounts, async (scope, { book }) => {
    const { rows } = await sql<{ code: string; name: string; normal: 'debit' | 'credit' }>`select code, name, normal from ledger.account where company_id = ${scope.company_id} and book = ${book} order by code`.execute(scope.db)
    return { rows }
  }),
  answer(ledger.trialBalance, async (scope, f) => {
    const rows = await trial(scope, f)
    const s = sums(rows)
    return { rows, ...s, balanced: s.debit_fen === s.credit_fen }
  }),
  answerFile(ledger.trialBalanceExcel, async (scope, f) => {
    const rows = await trial(scope, f)
    const s = sums(rows)
    const body = await writeSheet({
      sheets: [
        {
          name: '科目余额表',
          title_rows: [`科目余额表 ${words.states!['book']![f.book] ?? ''} ${f.from_on} 至 ${f.to_on}(不含)`],
          columns: [
            { title: '科目代码', kind: 'text' }, { title: '科目名称', kind: 'text' }, { title: '期初', kind: 'money_fen' }, { title: '借方', kind: 'money_fen' }, { title: '贷方', kind: 'money_fen' }, { title: '期末', kind: 'money_fen' },
          ],
          rows: rows.map((r) => [r.code, r.name, r.opening_fen, r.debit_fen, r.credit_fen, r.closing_fen]),
          totals: ['合计', '', rows.reduce((x, r) => x + r.opening_fen, 0), s.debit_fen, s.credit_fen, rows.reduce((x, r) => x + r.closing_fen, 0)],
        },
      ],
    })
    return { name: `科目余额表_${f.from_on}_${f.to_on}.xlsx`, type: XLSX, body }
  }),
  answer(ledger.entries, async (scope, { page, page_size, ...f }) => {
    // Counting stops at 100,000 lines: nobody pages further, and the sums of a whole year are in the trial balance.
    const { rows: t } = await sql<{ total: number; debit_fen: number; credit_fen: number }>`select count(*)::int as total, coalesce(sum(greatest(x.amount_fen, 0)), 0)::bigint as debit_fen, coalesce(sum(greatest(-x.amount_fen, 0)), 0)::bigint as credit_fen
      from (select p.amount_fen from ledger.posting p where ${conditions(scope, f)} limit ${COUNT_MAX}) x`.execute(scope.db)
    return { rows: await entryRows(scope, f, page_size, (page - 1) * page_size), ...t[0]! }
  }),
  answer(ledger.journal, async (scope, { journal_id }) => {
    const rows = await entryRows(scope, { journal_id }, 200, 0)
    if (rows.length === 0) throw scope.notFound()
    const head = await scope.db.selectFrom('ledger.journal').select('reverses').where('company_id', '=', scope.company_id).where('journal_id', '=', journal_id).executeTakeFirstOrThrow()
    const by = await scope.db.selectFrom('ledger.journal').select('journal_id').where('company_id', '=', scope.company_id).where('reverses', '=', journal_id).executeTakeFirst()
    return { rows, reverses: head.reverses, reversed_by: by?.journal_id ?? null }
  }),
]
