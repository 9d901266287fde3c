// The only writer of journals and postings. A journal sums to zero, has two lines or more and none of zero; it is written once per
// (source_type, source_id, kind), which is what makes every caller's retry harmless.
import { sql, type RawBuilder } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { ensureMonth, prepare } from './accounts.ts'

export type BookName = 'company' | 'public_income' | 'fund' | 'trust'

export interface JournalHead {
  book: BookName
  /** Business day, YYYY-MM-DD. */
  booked_on: string
  /** charge, charge_void, payment, payment_reversal, wallet, … */
  kind: string
  source_type: string
  source_id: string
  reverses?: string
}
export interface PostingLine {
  account_code: string
  /** Debit positive, credit negative. */
  amount_fen: number
  community_id?: string | null
  subject_type?: string | null
  subject_id?: string | null
}
/** posted is false when this source was booked before; journal_id is then the journal of that time. */
export interface Posted {
  posted: boolean
  journal_id: string
}

const LINES_MAX = 10_000

async function writeJournal(scope: Scope, head: JournalHead): Promise<Posted> {
  const journal_id = uuidv7()
  const made = await scope.db
    .insertInto('ledger.journal')
    .values({
      company_id: scope.company_id, journal_id, book: head.book, booked_on: head.booked_on, kind: head.kind, source_type: head.source_type, source_id: head.source_id,
      reverses: head.reverses ?? null, actor_id: scope.who.account_id, request_id: scope.request_id, posted_at: scope.now,
    })
    .onConflict((c) => c.columns(['company_id', 'source_type', 'source_id', 'kind']).doNothing())
    .returning('journal_id')
    .executeTakeFirst()
  if (made) return { posted: true, journal_id }
  const before = await scope.db
    .selectFrom('ledger.journal')
    .select('journal_id')
    .where('company_id', '=', scope.company_id)
    .where('source_type', '=', head.source_type)
    .where('source_id', '=', head.source_id)
    .where('kind', '=', head.kind)
    .executeTakeFirstOrThrow()
  return { posted: false, journal_id: before.journal_id }
}

/** Writes one journal with its lines. */
export async function post(scope: Scope, o: JournalHead & { lines: readonly PostingLine[] }): Promise<Posted> {
  const { lines, ...head } = o
  assert(lines.length >= 2 && lines.length <= LINES_MAX, `a journal has 2 to ${LINES_MAX} lines, not ${lines.length}`)
  let sum = 0n
  for (const l of lines) {
    assert(Number.isSafeInteger(l.amount_fen) && l.amount_fen !== 0, `a line of ${l.amount_fen} fen`)
    sum += BigInt(l.amount_fen)
  }
  assert(sum === 0n, `journal ${head.kind} of ${head.source_type} ${head.source_id} sums to ${sum}`)
  await prepare(scope, head, lines.map((l) => l.account_code))
  const done = await writeJournal(scope, head)
  if (!done.posted) return done
  await scope.db
    .insertInto('ledger.posting')
    .values(
      lines.map((l, i) => ({
        company_id: scope.company_id, booked_on: head.booked_on, journal_id: done.journal_id, line_no: i + 1, book: head.book, account_code: l.account_code, amount_fen: l.amount_fen,
        community_id: l.community_id ?? null, subject_type: l.subject_type ?? null, subject_id: l.subject_id ?? null,
      })),
    )
    .execute()
  return done
}

/**
 * Writes one journal whose lines are the rows of `lines`, a query giving (account_code, amount_fen, community_id, subject_type,
 * subject_id) with at least one amount that is not zero; lines of zero are left out. `codes` are the accounts that may occur. For the charge run.
 */
export async function postSet(scope: Scope, head: JournalHead, codes: readonly string[], lines: RawBuilder<unknown>): Promise<Posted & { line_count: number }> {
  await prepare(scope, head, codes)
  const done = await writeJournal(scope, head)
  if (!done.posted) return { ...done, line_count: 0 }
  await sql`insert into ledger.posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen, community_id, subject_type, subject_id)
    select ${scope.company_id}::bigint, ${head.booked_on}::date, ${done.journal_id}::uuid, (row_number() over ())::int, ${head.book}, x.account_code, x.amount_fen, x.community_id, x.subject_type, x.subject_id
    from (${lines}) x where x.amount_fen <> 0`.execute(scope.db)
  const { rows } = await sql<{ n: number; sum: string; strange: number }>`select count(*)::int as n, coalesce(sum(amount_fen), 0)::text as sum, count(*) filter (where not account_code = any(${[...codes]}::text[]))::int as strange
    from ledger.posting where company_id = ${scope.company_id} and booked_on = ${head.booked_on}::date and journal_id = ${done.journal_id}`.execute(scope.db)
  const { n, sum, strange } = rows[0]!
  assert(n >= 2 && sum === '0' && strange === 0, `journal ${head.kind} of ${head.source_type} ${head.source_id}: ${n} lines, sum ${sum}, ${strange} of other accounts`)
  return { ...done, line_count: n }
}

/** The exact negative of a journal, at most once; gives the reversal that exists when there is one. */
export async function reverseJournal(scope: Scope, journal_id: string, o: Omit<JournalHead, 'book' | 'reverses'>): Promise<Posted> {
  const original = await scope.db.selectFrom('ledger.journal').select(['book', 'booked_on']).where('company_id', '=', scope.company_id).where('journal_id', '=', journal_id).executeTakeFirst()
  assert(original, `journal ${journal_id} is not there`)
  const before = await scope.db.selectFrom('ledger.journal').select('journal_id').where('company_id', '=', scope.company_id).where('reverses', '=', journal_id).executeTakeFirst()
  if (before) return { posted: false, journal_id: before.journal_id }
  await ensureMonth(scope, o.booked_on)
  const done = await writeJournal(scope, { ...o, book: original.book as BookName, reverses: journal_id })
  if (!done.posted) return done
  await sql`insert into ledger.posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen, community_id, subject_type, subject_id)
    select company_id, ${o.booked_on}::date, ${done.journal_id}::uuid, line_no, book, account_code, -amount_fen, community_id, subject_type, subject_id
    from ledger.posting where company_id = ${scope.company_id} and booked_on = ${original.booked_on}::date and journal_id = ${journal_id}`.execute(scope.db)
  return done
}
