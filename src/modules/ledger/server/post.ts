// The only writer of journals and postings. A journal sums to zero, has two lines or more and none of zero; it is written once per
// (source_type, source_id, kind) and book, which is what makes every caller's retry harmless. Lines of several books become one journal a
// book, joined by the clearing accounts. A closed month accepts nothing: every writer holds the month's row in share, the closer alone.
import { sql, type RawBuilder } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { BookName } from '../contract.ts'
import { words } from '../words.ts'
import { seedAccounts } from './accounts.ts'
import { splitBooks, type Part } from './rules/split.ts'

export interface JournalHead {
  book: BookName
  /** Business day, YYYY-MM-DD. */
  booked_on: string
  /** charge, charge_void, payment, payment_reversal, wallet, … */
  kind: string
  source_type: string
  source_id: string
  reverses?: string
  note?: string
}
export interface PostingLine {
  account_code: string
  /** Debit positive, credit negative. */
  amount_fen: number
  community_id?: string | null
  subject_type?: string | null
  subject_id?: string | null
  /** Another book than the journal's: the line goes there, and the clearing accounts of both join them. */
  book?: BookName
}
/** posted is false when this source was booked before; journal_id is then the journal of that time. */
export interface Posted {
  posted: boolean
  journal_id: string
}
type Journal = Omit<JournalHead, 'booked_on'> & { lines: readonly PostingLine[] }

export const LINES_MAX = 10_000
const JOURNALS_MAX = 500

/** Closing a month and beginning one that was never used wait for each other. */
export const lockPeriods = (scope: Scope) => sql`select pg_advisory_xact_lock(727070, ${scope.company_id}::int)`.execute(scope.db)

// Neither accounts nor months of postings are ever taken away, so what a committed transaction has made need not be asked for again. A
// transaction that makes something itself remembers nothing: it may be rolled back.
const READY_MAX = 10_000
const ready = new Set<string>()
const makers = new WeakSet<Scope>()

/** Makes sure of the month's partition and of the accounts. */
async function prepare(scope: Scope, booked_on: string, wanted: readonly { book: BookName; code: string }[]): Promise<void> {
  const pairs = [...new Map(wanted.map((w) => [`${w.book} ${w.code}`, w])).values()]
  const { host, port, database } = scope.client
  const key = `${host}:${port}/${database} ${scope.company_id} ${booked_on.slice(0, 7)} ${pairs.map((w) => `${w.book} ${w.code}`).sort().join(',')}`
  if (ready.has(key)) return
  const look = async () =>
    (
      await sql<{ n: number; made: boolean }>`select (select count(*)::int from ledger.account a join unnest(${pairs.map((w) => w.book)}::text[], ${pairs.map((w) => w.code)}::text[]) as w(book, code) on w.book = a.book and w.code = a.code where a.company_id = ${scope.company_id}) as n,
        kernel.ensure_month('ledger.posting', ${booked_on}::date) as made`.execute(scope.db)
    ).rows[0]!
  const first = await look()
  if (first.made || first.n !== pairs.length) makers.add(scope)
  if (first.n !== pairs.length) {
    await seedAccounts(scope, [...new Set(pairs.map((w) => w.book))])
    assert((await look()).n === pairs.length, `one of the accounts ${pairs.map((w) => `${w.book} ${w.code}`).join(', ')} is missing`)
  }
  if (makers.has(scope)) return
  if (ready.size >= READY_MAX) ready.clear()
  ready.add(key)
}

/** The month's row of each book, held in share to the end of the transaction. Books stand in the order of their names: all writers take them in one order. */
const heldMonths = (scope: Scope, booked_on: string, books: readonly string[]) => sql`select book, state from ledger.period where company_id = ${scope.company_id} and period_on = date_trunc('month', ${booked_on}::date)::date and book = any(${[...books].sort()}::text[]) order by book for share`

interface Held {
  periods: number
  closed: string[] | null
}
/** After the months were held: refuses a closed one, begins one that nobody used yet. */
async function mustBeOpen(scope: Scope, booked_on: string, books: readonly BookName[], held: Held): Promise<void> {
  let { closed } = held
  if (held.periods < books.length) {
    // Closers wait here, so that no later month closes while an earlier one begins.
    await lockPeriods(scope)
    const c = scope.company_id
    await sql`insert into ledger.period (company_id, book, period_on) select ${c}::bigint, b.book, date_trunc('month', ${booked_on}::date)::date from unnest(${[...books].sort()}::text[]) as b(book) on conflict do nothing`.execute(scope.db)
    const { rows } = await sql<Held>`with p as materialized (${heldMonths(scope, booked_on, books)}) select count(*)::int as periods, array_agg(p.book order by p.book) filter (where p.state <> 'open'
      or exists (select from ledger.period q where q.company_id = ${c} and q.book = p.book and q.period_on > ${booked_on}::date and q.state = 'closed')) as closed from p`.execute(scope.db)
    closed = rows[0]!.closed
  }
  if (closed?.length) throw scope.refuse('ledger.period_closed', { month: booked_on.slice(0, 7), book: closed.map((b) => words.states!['book']![b] ?? b).join('、') })
}
/** Holds the month of these books open to the end of the transaction. */
export async function holdOpen(scope: Scope, booked_on: string, books: readonly BookName[]): Promise<void> {
  const { rows } = await sql<Held>`with p as materialized (${heldMonths(scope, booked_on, books)}) select count(*)::int as periods, array_agg(book order by book) filter (where state <> 'open') as closed from p`.execute(scope.db)
  await mustBeOpen(scope, booked_on, books, rows[0]!)
}

function checked(j: Journal): void {
  assert(j.lines.length >= 2 && j.lines.length <= LINES_MAX, `a journal has 2 to ${LINES_MAX} lines, not ${j.lines.length}`)
  let sum = 0n
  for (const l of j.lines) {
    assert(Number.isSafeInteger(l.amount_fen) && l.amount_fen !== 0, `a line of ${l.amount_fen} fen`)
    sum += BigInt(l.amount_fen)
  }
  assert(sum === 0n, `journal ${j.kind} of ${j.source_type} ${j.source_id} sums to ${sum}`)
}

/** Writes journals of one day in two statements, whatever their number. Gives the ids of those whose source was not booked before, by place in the list. */
async function write(scope: Scope, booked_on: string, journals: readonly Journal[]): Promise<Map<number, string>> {
  assert(journals.length <= JOURNALS_MAX, `at most ${JOURNALS_MAX} journals at once`)
  for (const j of journals) checked(j)
  const parts = journals.flatMap((j, at) => splitBooks(j.book, j.lines).map((p, n) => ({ ...p, at, first: n === 0, journal_id: uuidv7(), head: j })))
  const heads = parts.map((p) => ({ at: p.at, first: p.first, journal_id: p.journal_id, book: p.book, kind: p.head.kind, source_type: p.head.source_type, source_id: p.head.source_id, reverses: p.head.reverses ?? null, note: p.head.note ?? null }))
  const lines = parts.flatMap((p) => p.lines.map((l, n) => lineOf(p, l, n)))
  assert(lines.length <= LINES_MAX, `at most ${LINES_MAX} lines at once`)
  await prepare(scope, booked_on, lines.map((l) => ({ book: l.book, code: l.account_code })))
  const c = scope.company_id
  const insertHead = sql`insert into ledger.journal (company_id, journal_id, book, booked_on, kind, source_type, source_id, reverses, note, actor_id, request_id, posted_at)
      select ${c}::bigint, h.journal_id, h.book, ${booked_on}::date, h.kind, h.source_type, h.source_id, h.reverses, h.note, ${scope.who.account_id}::uuid, ${scope.request_id}::uuid, ${scope.now}::timestamptz from h`
  const books = [...new Set(parts.map((p) => p.book))]
  const r = await sql<Held & { made: [number, string][] | null }>`
    with p as materialized (${heldMonths(scope, booked_on, books)}),
    h as materialized (select * from jsonb_to_recordset(${JSON.stringify(heads)}::jsonb) as h(at int, first boolean, journal_id uuid, book text, kind text, source_type text, source_id text, reverses uuid, note text)),
    made as (${insertHead} where h.first on conflict (company_id, source_type, source_id, kind, book) do nothing returning journal_id),
    -- The journal of the first book decides for all books of the source.
    fresh as (select h.at, h.journal_id from made m join h on h.journal_id = m.journal_id),
    beside as (${insertHead} join fresh f on f.at = h.at where not h.first returning journal_id),
    written as (
      insert into ledger.posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen, community_id, subject_type, subject_id)
      select ${c}::bigint, ${booked_on}::date, l.journal_id, l.line_no, l.book, l.account_code, l.amount_fen, l.community_id, l.subject_type, l.subject_id
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as l(journal_id uuid, line_no int, book text, account_code text, amount_fen bigint, community_id uuid, subject_type text, subject_id uuid)
      join (select journal_id from made union all select journal_id from beside) m on m.journal_id = l.journal_id
    )
    select (select count(*)::int from p) as periods, (select array_agg(book order by book) from p where state <> 'open') as closed, (select jsonb_agg(jsonb_build_array(at, journal_id)) from fresh) as made`.execute(scope.db)
  // What stands on a closed month is undone with the transaction.
  await mustBeOpen(scope, booked_on, books, r.rows[0]!)
  return new Map(r.rows[0]!.made ?? [])
}
const lineOf = (p: Part & { journal_id: string }, l: PostingLine, n: number) => ({ journal_id: p.journal_id, line_no: n + 1, book: p.book, account_code: l.account_code, amount_fen: l.amount_fen, community_id: l.community_id ?? null, subject_type: l.subject_type ?? null, subject_id: l.subject_id ?? null })

/** The journal that this source has in the book, which is there. */
async function before(scope: Scope, head: Omit<JournalHead, 'booked_on'>, book: BookName): Promise<Posted> {
  const row = await scope.db
    .selectFrom('ledger.journal')
    .select('journal_id')
    .where('company_id', '=', scope.company_id)
    .where('source_type', '=', head.source_type)
    .where('source_id', '=', head.source_id)
    .where('kind', '=', head.kind)
    .where('book', '=', book)
    .executeTakeFirstOrThrow()
  return { posted: false, journal_id: row.journal_id }
}

/** Writes one journal with its lines; lines of other books become journals there. */
export async function post(scope: Scope, o: JournalHead & { lines: readonly PostingLine[] }): Promise<Posted> {
  const { booked_on, ...journal } = o
  const made = await write(scope, booked_on, [journal])
  const journal_id = made.get(0)
  return journal_id ? { posted: true, journal_id } : before(scope, o, splitBooks(o.book, o.lines)[0]!.book)
}

/** Journals of one day. A source that was booked before is left as it is; gives how many were written. */
export async function postMany(scope: Scope, o: Pick<JournalHead, 'book' | 'booked_on'>, journals: readonly Omit<Journal, 'book' | 'reverses'>[]): Promise<number> {
  if (journals.length === 0) return 0
  return (await write(scope, o.booked_on, journals.map((j) => ({ ...j, book: o.book })))).size
}

async function writeHead(scope: Scope, head: JournalHead): Promise<Posted> {
  const journal_id = uuidv7()
  const made = await scope.db
    .insertInto('ledger.journal')
    .values({
      company_id: scope.company_id, journal_id, book: head.book, booked_on: head.booked_on, kind: head.kind, source_type: head.source_type, source_id: head.source_id,
      reverses: head.reverses ?? null, note: head.note ?? null, actor_id: scope.who.account_id, request_id: scope.request_id, posted_at: scope.now,
    })
    .onConflict((c) => c.columns(['company_id', 'source_type', 'source_id', 'kind', 'book']).doNothing())
    .returning('journal_id')
    .executeTakeFirst()
  return made ? { posted: true, journal_id } : before(scope, head, head.book)
}

/**
 * Writes one journal whose lines are the rows of `lines`, a query giving (account_code, amount_fen, community_id, subject_type,
 * subject_id) with at least one amount that is not zero; lines of zero are left out. `codes` are the accounts that may occur. For the charge run.
 */
export async function postSet(scope: Scope, head: JournalHead, codes: readonly string[], lines: RawBuilder<unknown>): Promise<Posted & { line_count: number }> {
  await prepare(scope, head.booked_on, codes.map((code) => ({ book: head.book, code })))
  await holdOpen(scope, head.booked_on, [head.book])
  const done = await writeHead(scope, head)
  if (!done.posted) return { ...done, line_count: 0 }
  const { rows } = await sql<{ n: number; sum: string; strange: number }>`with made as (insert into ledger.posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen, community_id, subject_type, subject_id)
      select ${scope.company_id}::bigint, ${head.booked_on}::date, ${done.journal_id}::uuid, (row_number() over ())::int, ${head.book}, x.account_code, x.amount_fen, x.community_id, x.subject_type, x.subject_id
      from (${lines}) x where x.amount_fen <> 0 returning account_code, amount_fen)
    select count(*)::int as n, coalesce(sum(amount_fen), 0)::text as sum, count(*) filter (where not account_code = any(${[...codes]}::text[]))::int as strange from made`.execute(scope.db)
  const { n, sum, strange } = rows[0]!
  assert(n >= 2 && sum === '0' && strange === 0, `journal ${head.kind} of ${head.source_type} ${head.source_id}: ${n} lines, sum ${sum}, ${strange} of other accounts`)
  return { ...done, line_count: n }
}

/** The exact negative of a journal and of those its source has in other books, at most once; gives the reversal that exists when there is one. */
export async function reverseJournal(scope: Scope, journal_id: string, o: Omit<JournalHead, 'book' | 'reverses'>): Promise<Posted> {
  const c = scope.company_id
  const { rows: family } = await sql<{ journal_id: string; book: BookName; booked_on: string }>`select s.journal_id, s.book, s.booked_on from ledger.journal j join ledger.journal s on s.company_id = ${c} and s.source_type = j.source_type and s.source_id = j.source_id and s.kind = j.kind
    where j.company_id = ${c} and j.journal_id = ${journal_id} order by (s.journal_id = j.journal_id) desc, s.book`.execute(scope.db)
  assert(family[0]?.journal_id === journal_id, `journal ${journal_id} is not there`)
  const reversed = await scope.db.selectFrom('ledger.journal').select('journal_id').where('company_id', '=', c).where('reverses', '=', journal_id).executeTakeFirst()
  if (reversed) return { posted: false, journal_id: reversed.journal_id }
  const heads = family.map((f) => ({ journal_id: uuidv7(), book: f.book, reverses: f.journal_id, was_on: f.booked_on }))
  const { rows: accounts } = await sql<{ book: BookName; code: string }>`select distinct p.book, p.account_code as code from ledger.posting p join unnest(${family.map((f) => f.journal_id)}::uuid[], ${family.map((f) => f.booked_on)}::date[]) as f(journal_id, booked_on) on f.journal_id = p.journal_id and f.booked_on = p.booked_on
    where p.company_id = ${c} and p.booked_on = any(${[...new Set(family.map((f) => f.booked_on))]}::date[])`.execute(scope.db)
  await prepare(scope, o.booked_on, accounts)
  await holdOpen(scope, o.booked_on, family.map((f) => f.book))
  const r = await sql<{ journal_id: string }>`
    with h as materialized (select * from jsonb_to_recordset(${JSON.stringify(heads)}::jsonb) as h(journal_id uuid, book text, reverses uuid, was_on date)),
    made as (
      insert into ledger.journal (company_id, journal_id, book, booked_on, kind, source_type, source_id, reverses, note, actor_id, request_id, posted_at)
      select ${c}::bigint, h.journal_id, h.book, ${o.booked_on}::date, ${o.kind}, ${o.source_type}, ${o.source_id}, h.reverses, ${o.note ?? null}::text, ${scope.who.account_id}::uuid, ${scope.request_id}::uuid, ${scope.now}::timestamptz from h
      on conflict (company_id, source_type, source_id, kind, book) do nothing returning journal_id
    ), written as (
      insert into ledger.posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen, community_id, subject_type, subject_id)
      select ${c}::bigint, ${o.booked_on}::date, h.journal_id, p.line_no, p.book, p.account_code, -p.amount_fen, p.community_id, p.subject_type, p.subject_id
      from made m join h on h.journal_id = m.journal_id join ledger.posting p on p.company_id = ${c} and p.journal_id = h.reverses and p.booked_on = h.was_on
    )
    select journal_id from made`.execute(scope.db)
  return r.rows.some((x) => x.journal_id === heads[0]!.journal_id) ? { posted: true, journal_id: heads[0]!.journal_id } : before(scope, { ...o, book: family[0].book }, family[0].book)
}
