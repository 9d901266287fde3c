// Batches of vouchers. A batch holds journals of one book and month that no live batch holds; which voucher each of them goes into is
// decided when the batch is made and kept. The lines are summed from the postings, which never change, so a file can be made again.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays, addMonths } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import type { BookName } from '../../ledger/contract.ts'
import { words as ledgerWords } from '../../ledger/words.ts'
import { closing, type Batch } from '../contract.ts'
import { wholeCompany } from './access.ts'

const JOURNALS_MAX = 50_000
type Rule = 'detail' | 'day' | 'month'
interface Range {
  book: BookName
  month: string
  from_on?: string | undefined
  to_on?: string | undefined
  rule: Rule
}
function daysOf(scope: Scope, f: Range): { from_on: string; to_on: string } {
  const first = `${f.month}-01`
  const last = addDays(`${addMonths(f.month, 1)}-01`, -1)
  const from_on = f.from_on ?? first
  const to_on = f.to_on ?? last
  if (from_on < first || to_on > last || from_on > to_on) throw scope.refuse('closing.range_outside_month', { month: f.month })
  return { from_on, to_on }
}
/** Journals of the range that no live batch holds, with the key of the voucher each belongs into. */
const candidates = (c: number, book: string, from_on: string, to_on: string, rule: Rule) => sql`(
  select j.journal_id, j.booked_on, j.kind, case ${rule} when 'detail' then j.booked_on || ' ' || j.journal_id::text when 'day' then j.booked_on || ' ' || j.kind else j.kind end as voucher
  from ledger.journal j where j.company_id = ${c} and j.book = ${book} and j.booked_on >= ${from_on}::date and j.booked_on <= ${to_on}::date
    and not exists (select from closing.voucher_journal v where v.company_id = ${c} and v.journal_id = j.journal_id and v.live))`

/**
 * The lines of a batch: detail keeps the journal's lines, summed rules add up what goes to one account of one community, debit and credit apart.
 * Lines are numbered debit first, as vouchers are written.
 */
export function linesOf(c: number, batch_id: string): RawBuilder<unknown> {
  return sql`(
    select s.*, row_number() over (partition by s.voucher_no order by (s.debit_fen > 0) desc, s.account_code, s.community_id) as line_no from (
      select v.voucher_no, max(v.booked_on) as booked_on, j.kind, case when b.rule = 'detail' then max(j.note) end as own_note, p.account_code, p.community_id,
        coalesce(sum(p.amount_fen) filter (where p.amount_fen > 0), 0)::bigint as debit_fen, coalesce(-sum(p.amount_fen) filter (where p.amount_fen < 0), 0)::bigint as credit_fen, count(distinct v.journal_id)::int as journal_count
      from closing.voucher_batch b join closing.voucher_journal v on v.company_id = ${c} and v.batch_id = b.batch_id join ledger.journal j on j.company_id = ${c} and j.journal_id = v.journal_id
      join ledger.posting p on p.company_id = ${c} and p.journal_id = v.journal_id and p.booked_on = v.booked_on and p.booked_on >= b.from_on and p.booked_on <= b.to_on
      where b.company_id = ${c} and b.batch_id = ${batch_id}
      group by v.voucher_no, j.kind, b.rule, p.account_code, p.community_id, p.amount_fen > 0) s)`
}

interface BatchRow {
  batch_id: string
  batch_no: number
  book: BookName
  month: string
  from_on: string
  to_on: string
  rule: Rule
  first_no: number
  voucher_count: number
  journal_count: number
  debit_fen: number
  credit_fen: number
  export_count: number
  created_by: string | null
  created_at: string
  voided_at: string | null
  void_reason: string | null
}
export async function batchRows(scope: Scope, where: RawBuilder<unknown>, limit: number, offset: number): Promise<Batch[]> {
  const { rows } = await sql<BatchRow>`select b.batch_id, b.batch_no, b.book, to_char(b.period_on, 'YYYY-MM') as month, b.from_on, b.to_on, b.rule, b.first_no, b.voucher_count, b.journal_count, b.debit_fen, b.credit_fen, b.export_count, b.created_by, b.created_at, b.voided_at, b.void_reason
    from closing.voucher_batch b where b.company_id = ${scope.company_id} and ${where} order by b.batch_no desc limit ${limit} offset ${offset}`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.created_by))
  const may = mayDo(scope.who, 'closing.voucher.export')
  return rows.map(({ created_by, ...r }) => {
    const can = !may ? 'kernel.forbidden' : r.voided_at ? 'closing.batch_void' : (true as const)
    return { ...r, created_by_name: (created_by && names.get(created_by)) || null, can: { export: can, void: can } }
  })
}
export async function batchToRead(scope: Scope, batch_id: string): Promise<Batch> {
  wholeCompany(scope)
  const [b] = await batchRows(scope, sql`b.batch_id = ${batch_id}`, 1, 0)
  if (!b) throw scope.notFound()
  return b
}
export interface VoucherRead {
  voucher_no: number
  line_no: number
  booked_on: string
  note: string
  account_code: string
  account_name: string
  community_name: string | null
  debit_fen: number
  credit_fen: number
  journal_count: number
}
/** Lines as they go out: account numbers of the other program where one is set. */
export async function voucherLines(scope: Scope, b: Pick<Batch, 'batch_id' | 'book' | 'rule' | 'month'>, limit: number, offset: number): Promise<VoucherRead[]> {
  const c = scope.company_id
  const { rows } = await sql<VoucherRead & { kind: string; own_note: string | null }>`select l.voucher_no, l.line_no::int as line_no, l.booked_on, l.kind, l.own_note, coalesce(t.target_code, l.account_code) as account_code, coalesce(t.target_name, a.name, l.account_code) as account_name, k.name as community_name, l.debit_fen, l.credit_fen, l.journal_count
    from ${linesOf(c, b.batch_id)} l left join closing.voucher_account t on t.company_id = ${c} and t.book = ${b.book} and t.account_code = l.account_code
    left join ledger.account a on a.company_id = ${c} and a.book = ${b.book} and a.code = l.account_code left join property.community k on k.company_id = ${c} and k.community_id = l.community_id
    order by l.voucher_no, l.line_no limit ${limit} offset ${offset}`.execute(scope.db)
  return rows.map(({ kind, own_note, ...r }) => ({ ...r, note: own_note ?? `${b.rule === 'month' ? b.month : r.booked_on} ${ledgerWords.states!['kind']![kind] ?? kind}` }))
}
const lineCount = async (scope: Scope, batch_id: string): Promise<number> => (await sql<{ n: number }>`select count(*)::int as n from ${linesOf(scope.company_id, batch_id)} l`.execute(scope.db)).rows[0]!.n

const preview = answer(closing.previewVouchers, async (scope, f) => {
  wholeCompany(scope)
  const c = scope.company_id
  const { from_on, to_on } = daysOf(scope, f)
  const found = candidates(c, f.book, from_on, to_on, f.rule)
  const { rows } = await sql<{ journal_count: number; voucher_count: number; exported_count: number; next_no: number }>`select (select count(*)::int from ${found} x) as journal_count, (select count(distinct voucher)::int from ${found} x) as voucher_count,
    (select count(*)::int from closing.voucher_journal v join closing.voucher_batch b on b.company_id = ${c} and b.batch_id = v.batch_id and b.book = ${f.book} where v.company_id = ${c} and v.live and v.booked_on >= ${from_on}::date and v.booked_on <= ${to_on}::date) as exported_count,
    (select coalesce(max(b.first_no + b.voucher_count), 1)::int from closing.voucher_batch b where b.company_id = ${c} and b.book = ${f.book} and b.period_on = ${`${f.month}-01`}::date and b.voided_at is null) as next_no`.execute(scope.db)
  const { rows: sums } = await sql<{ account_code: string; account_name: string; mapped: boolean; debit: number; credit: number }>`select p.account_code, coalesce(a.name, p.account_code) as account_name, t.target_code is not null as mapped,
      coalesce(sum(p.amount_fen) filter (where p.amount_fen > 0), 0)::bigint as debit, coalesce(-sum(p.amount_fen) filter (where p.amount_fen < 0), 0)::bigint as credit
    from ${found} x join ledger.posting p on p.company_id = ${c} and p.journal_id = x.journal_id and p.booked_on = x.booked_on and p.booked_on >= ${from_on}::date and p.booked_on <= ${to_on}::date
    left join ledger.account a on a.company_id = ${c} and a.book = ${f.book} and a.code = p.account_code left join closing.voucher_account t on t.company_id = ${c} and t.book = ${f.book} and t.account_code = p.account_code group by 1, 2, 3 order by 1`.execute(scope.db)
  return { ...rows[0]!, debit_fen: sums.reduce((n, s) => n + s.debit, 0), credit_fen: sums.reduce((n, s) => n + s.credit, 0), unmapped: sums.filter((s) => !s.mapped).map(({ account_code, account_name }) => ({ account_code, account_name })) }
})

const make = answer(closing.makeVoucherBatch, async (scope, f) => {
  wholeCompany(scope)
  const c = scope.company_id
  const { from_on, to_on } = daysOf(scope, f)
  // Numbers of batches follow one another, and two people do not take the same journals.
  await sql`select pg_advisory_xact_lock(727074, ${c}::int)`.execute(scope.db)
  const { rows: n } = await sql<{ journals: number; vouchers: number }>`select count(*)::int as journals, count(distinct x.voucher)::int as vouchers from ${candidates(c, f.book, from_on, to_on, f.rule)} x`.execute(scope.db)
  if (n[0]!.journals === 0) throw scope.refuse('closing.nothing_to_export', { from_on, to_on })
  if (n[0]!.journals > JOURNALS_MAX) throw scope.refuse('closing.too_many_journals', { count: n[0]!.journals, max: JOURNALS_MAX })
  const batch_id = uuidv7()
  const { rows: no } = await sql<{ no: number }>`select coalesce(max(batch_no), 0) + 1 as no from closing.voucher_batch where company_id = ${c}`.execute(scope.db)
  const batch_no = no[0]!.no
  const { rows: sums } = await sql<{ debit: number; credit: number }>`select coalesce(sum(p.amount_fen) filter (where p.amount_fen > 0), 0)::bigint as debit, coalesce(-sum(p.amount_fen) filter (where p.amount_fen < 0), 0)::bigint as credit from ${candidates(c, f.book, from_on, to_on, f.rule)} x
    join ledger.posting p on p.company_id = ${c} and p.journal_id = x.journal_id and p.booked_on = x.booked_on and p.booked_on >= ${from_on}::date and p.booked_on <= ${to_on}::date`.execute(scope.db)
  await scope.db.insertInto('closing.voucher_batch').values({ company_id: c, batch_id, batch_no, book: f.book, period_on: `${f.month}-01`, from_on, to_on, rule: f.rule, first_no: f.first_no, voucher_count: n[0]!.vouchers, journal_count: n[0]!.journals, debit_fen: sums[0]!.debit, credit_fen: sums[0]!.credit, created_by: scope.who.account_id, created_at: scope.now }).execute()
  const put = await sql`insert into closing.voucher_journal (company_id, batch_id, journal_id, booked_on, voucher_no)
    select ${c}::bigint, ${batch_id}::uuid, x.journal_id, x.booked_on, (${f.first_no}::int - 1 + dense_rank() over (order by x.voucher))::int from ${candidates(c, f.book, from_on, to_on, f.rule)} x on conflict do nothing`.execute(scope.db)
  // A journal posted since the count would leave the totals wrong: again, then.
  if (Number(put.numAffectedRows ?? 0n) !== n[0]!.journals) throw scope.refuse('closing.batch_race')
  scope.note('voucher_batch', batch_id, { batch_no, book: f.book, from_on, to_on })
  return { batch_id, batch_no }
})

export const voucherAnswers = [
  preview,
  make,
  answer(closing.voucherBatches, async (scope, { page, page_size, book }) => {
    wholeCompany(scope)
    const where = book ? sql`b.book = ${book}` : sql`true`
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from closing.voucher_batch b where b.company_id = ${scope.company_id} and ${where}`.execute(scope.db)
    return { total: rows[0]!.n, rows: await batchRows(scope, where, page_size, (page - 1) * page_size) }
  }),
  answer(closing.voucherBatch, async (scope, { batch_id, page, page_size }) => {
    const batch = await batchToRead(scope, batch_id)
    return { batch, rows: await voucherLines(scope, batch, page_size, (page - 1) * page_size), total: await lineCount(scope, batch_id) }
  }),
  answer(closing.voidVoucherBatch, async (scope, { batch_id, reason }) => {
    const batch = await batchToRead(scope, batch_id)
    const c = scope.company_id
    await sql`select pg_advisory_xact_lock(727074, ${c}::int)`.execute(scope.db)
    // Numbers of a month follow one another: only the last batch of a book and month can be taken back.
    const { rows } = await sql`select from closing.voucher_batch where company_id = ${c} and book = ${batch.book} and period_on = ${`${batch.month}-01`}::date and voided_at is null and batch_no > ${batch.batch_no} limit 1`.execute(scope.db)
    if (rows.length > 0) throw scope.refuse('closing.not_last_batch')
    const done = await sql`update closing.voucher_batch set voided_at = ${scope.now}::timestamptz, voided_by = ${scope.who.account_id}::uuid, void_reason = ${reason} where company_id = ${c} and batch_id = ${batch_id} and voided_at is null`.execute(scope.db)
    if (done.numAffectedRows !== 1n) throw scope.refuse('closing.batch_void')
    await scope.db.updateTable('closing.voucher_journal').set({ live: false }).where('company_id', '=', c).where('batch_id', '=', batch_id).execute()
    scope.note('voucher_batch', batch_id, { reason })
    return { batch_no: batch.batch_no }
  }),
]
