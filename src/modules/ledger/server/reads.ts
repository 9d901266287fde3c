// The lines behind a figure, journals, closings.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { ledger, type BookName } from '../contract.ts'
import { words } from '../words.ts'
import { visiblePostings, wholeCompany } from './access.ts'
import { ofCommunity } from './trial.ts'

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
  if (f.journal_id) c.push(sql`p.journal_id = ${f.journal_id} and p.booked_on = (select j.booked_on from ledger.journal j where j.company_id = ${scope.company_id} and j.journal_id = ${f.journal_id})`)
  if (f.source_type || f.source_id)
    c.push(sql`p.journal_id in (select j.journal_id from ledger.journal j where j.company_id = ${scope.company_id} ${f.source_type ? sql`and j.source_type = ${f.source_type}` : sql``} ${f.source_id ? sql`and j.source_id = ${f.source_id}` : sql``})`)
  return sql.join(c, sql` and `)
}

interface EntryRow {
  journal_id: string
  line_no: number
  booked_on: string
  book: BookName
  kind: string
  note: string | null
  source_type: string
  source_id: string
  account_code: string
  account_name: string
  debit_fen: number
  credit_fen: number
  community_id: string | null
  community_name: string | null
  subject_type: string | null
  subject_id: string | null
  subject_name: string | null
  actor_id: string | null
  posted_at: string
}
async function entryRows(scope: Scope, f: EntryFilter, limit: number, offset: number) {
  const c = scope.company_id
  const { rows } = await sql<EntryRow>`
    with page as materialized (select p.* from ledger.posting p where ${conditions(scope, f)} order by p.booked_on desc, p.journal_id desc, p.line_no limit ${limit} offset ${offset})
    select p.journal_id, p.line_no, p.booked_on, p.book, j.kind, j.note, j.source_type, j.source_id, p.account_code, coalesce(a.name, p.account_code) as account_name,
      greatest(p.amount_fen, 0) as debit_fen, greatest(-p.amount_fen, 0) as credit_fen, p.community_id, k.name as community_name, p.subject_type, p.subject_id, h.label as subject_name, j.actor_id, j.posted_at
    from page p join ledger.journal j on j.company_id = ${c} and j.journal_id = p.journal_id
      left join ledger.account a on a.company_id = ${c} and a.book = p.book and a.code = p.account_code
      left join property.community k on k.company_id = ${c} and k.community_id = p.community_id
      left join property.house h on h.company_id = ${c} and p.subject_type = 'house' and h.house_id = p.subject_id
    order by p.booked_on desc, p.journal_id desc, p.line_no`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.actor_id))
  return rows.map(({ actor_id, ...r }) => ({ ...r, actor_name: (actor_id && names.get(actor_id)) || null }))
}

const COUNT_MAX = 100_000
const EXCEL_MAX = 100_000
const JOURNAL_LINES = 200
// Counting stops at 100,000 lines: nobody pages further, and the sums of a whole year are in the trial balance.
async function counted(scope: Scope, f: EntryFilter) {
  const { rows: t } = await sql<{ total: number; debit_fen: number; credit_fen: number }>`select count(*)::int as total, coalesce(sum(greatest(x.amount_fen, 0)), 0)::bigint as debit_fen, coalesce(sum(greatest(-x.amount_fen, 0)), 0)::bigint as credit_fen
    from (select p.amount_fen from ledger.posting p where ${conditions(scope, f)} limit ${COUNT_MAX + 1}) x`.execute(scope.db)
  return t[0]!
}
const word = (list: string, key: string): string => words.states![list]![key] ?? key

const journals = answer(ledger.journals, async (scope, { page, page_size, ...f }) => {
  const c = scope.company_id
  const w: RawBuilder<unknown>[] = [sql`j.company_id = ${c}`, sql`j.book = ${f.book}`]
  if (f.from_on) w.push(sql`j.booked_on >= ${f.from_on}::date`)
  if (f.to_on) w.push(sql`j.booked_on <= ${f.to_on}::date`)
  if (f.kind) w.push(sql`j.kind = ${f.kind}`)
  if (f.community_id || !scope.reach().all) w.push(sql`exists (select from ledger.posting p where p.company_id = ${c} and p.booked_on = j.booked_on and p.journal_id = j.journal_id and ${ofCommunity(f.community_id)} and ${visiblePostings(scope)})`)
  const where = sql.join(w, sql` and `)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from (select from ledger.journal j where ${where} limit ${COUNT_MAX}) x`.execute(scope.db)
  const { rows } = await sql<{ journal_id: string; booked_on: string; book: BookName; kind: string; note: string | null; source_type: string; source_id: string; amount_fen: number; line_count: number; actor_id: string | null; posted_at: string; reverses: string | null }>`
    with page as materialized (select j.* from ledger.journal j where ${where} order by j.booked_on desc, j.journal_id desc limit ${page_size} offset ${(page - 1) * page_size})
    select j.journal_id, j.booked_on, j.book, j.kind, j.note, j.source_type, j.source_id, s.amount_fen, s.line_count, j.actor_id, j.posted_at, j.reverses
    from page j cross join lateral (select coalesce(sum(p.amount_fen) filter (where p.amount_fen > 0), 0)::bigint as amount_fen, count(*)::int as line_count from ledger.posting p where p.company_id = ${c} and p.booked_on = j.booked_on and p.journal_id = j.journal_id and ${visiblePostings(scope)}) s
    order by j.booked_on desc, j.journal_id desc`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.actor_id))
  return { total: n[0]!.total, rows: rows.map(({ actor_id, ...r }) => ({ ...r, actor_name: (actor_id && names.get(actor_id)) || null })) }
})

const journal = answer(ledger.journal, async (scope, { journal_id }) => {
  const c = scope.company_id
  const { total } = await counted(scope, { journal_id })
  const rows = await entryRows(scope, { journal_id }, JOURNAL_LINES, 0)
  if (rows.length === 0) throw scope.notFound()
  const head = await scope.db.selectFrom('ledger.journal').select(['reverses', 'note', 'kind', 'source_type', 'source_id']).where('company_id', '=', c).where('journal_id', '=', journal_id).executeTakeFirstOrThrow()
  const by = await scope.db.selectFrom('ledger.journal').select('journal_id').where('company_id', '=', c).where('reverses', '=', journal_id).executeTakeFirst()
  const { rows: beside } = await sql<{ journal_id: string; book: BookName }>`select journal_id, book from ledger.journal where company_id = ${c} and source_type = ${head.source_type} and source_id = ${head.source_id} and kind = ${head.kind} and journal_id <> ${journal_id} order by book`.execute(scope.db)
  const reverse = head.kind !== 'manual' ? 'ledger.not_by_hand' : by ? 'ledger.already_reversed' : (true as const)
  return { rows, reverses: head.reverses, reversed_by: by?.journal_id ?? null, note: head.note, beside, line_count: total, can: { reverse } }
})

const closings = answer(ledger.closings, async (scope, { page, page_size, book }) => {
  wholeCompany(scope)
  const c = scope.company_id
  const where = sql`k.company_id = ${c} ${book ? sql`and k.book = ${book}` : sql``}`
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from ledger.closing k where ${where}`.execute(scope.db)
  const { rows } = await sql<{ closing_id: string; book: BookName; month: string; closed_by: string | null; closed_at: string; journal_count: number; debit_fen: number; credit_fen: number; live: boolean }>`
    select k.closing_id, k.book, to_char(k.period_on, 'YYYY-MM') as month, k.closed_by, k.closed_at, k.journal_count, k.debit_fen, k.credit_fen,
      exists (select from ledger.period p where p.company_id = ${c} and p.book = k.book and p.period_on = k.period_on and p.closing_id = k.closing_id) as live
    from ledger.closing k where ${where} order by k.closed_at desc, k.closing_id desc limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.closed_by))
  return { total: n[0]!.total, rows: rows.map(({ closed_by, ...r }) => ({ ...r, closed_by_name: (closed_by && names.get(closed_by)) || null })) }
})

export const readAnswers = [
  answer(ledger.entries, async (scope, { page, page_size, ...f }) => ({ rows: await entryRows(scope, f, page_size, (page - 1) * page_size), ...(await counted(scope, f)) })),
  answerFile(ledger.entriesExcel, async (scope, f) => {
    const sum = await counted(scope, f)
    if (sum.total > EXCEL_MAX) throw scope.refuse('ledger.too_many_lines', { count: sum.total, max: EXCEL_MAX })
    const rows = await entryRows(scope, f, EXCEL_MAX, 0)
    const body = await writeSheet({
      sheets: [
        {
          name: '分录明细',
          columns: [
            { title: '记账日', kind: 'day' }, { title: '业务', kind: 'text' }, { title: '摘要', kind: 'text' }, { title: '科目代码', kind: 'text' }, { title: '科目名称', kind: 'text' }, { title: '小区', kind: 'text' }, { title: '辅助核算', kind: 'text' },
            { title: '借方', kind: 'money_fen' }, { title: '贷方', kind: 'money_fen' }, { title: '经办人', kind: 'text' },
          ],
          rows: rows.map((r) => [r.booked_on, word('kind', r.kind), r.note, r.account_code, r.account_name, r.community_name, r.subject_name, r.debit_fen, r.credit_fen, r.actor_name]),
          totals: ['合计', null, null, null, null, null, null, sum.debit_fen, sum.credit_fen, null],
        },
      ],
    })
    return { name: `分录明细_${word('book', f.book)}.xlsx`, type: XLSX, body }
  }),
  journals,
  journal,
  closings,
]
