// Closing a month of a book, and opening it again. The closer takes the month's row alone: every journal under way holds it in share, so
// when the row is had, what is posted is posted, and what comes later is refused. The balances are kept as they stood, with a hash.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { addDays, addMonths } from '../../../kernel/clock.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import type { BookName } from '../contract.ts'
import { words } from '../words.ts'
import { RESULT, RETAINED } from './chart.ts'
import { lockPeriods, post, reverseJournal, type PostingLine } from './post.ts'

const bookText = (book: string): string => words.states!['book']![book] ?? book
export interface Balance {
  account_code: string
  community_key: string
  opening_fen: number
  debit_fen: number
  credit_fen: number
  closing_fen: number
}

/** The balances of a month computed from all postings, in the order of the hash. */
const balancesOf = (company_id: number, book: string, first: string, next: string) => sql`
  select p.account_code, coalesce(p.community_id::text, '-') as community_key, p.community_id,
    coalesce(sum(p.amount_fen) filter (where p.booked_on < ${first}::date), 0)::bigint as opening_fen,
    coalesce(sum(p.amount_fen) filter (where p.booked_on >= ${first}::date and p.amount_fen > 0), 0)::bigint as debit_fen,
    coalesce(-sum(p.amount_fen) filter (where p.booked_on >= ${first}::date and p.amount_fen < 0), 0)::bigint as credit_fen,
    coalesce(sum(p.amount_fen), 0)::bigint as closing_fen
  from ledger.posting p where p.company_id = ${company_id} and p.book = ${book} and p.booked_on < ${next}::date group by 1, 2, 3`

/** The hash of balances, the same in SQL and here: rows of nothing but zeros count for nothing. */
export const hashOf = (rows: readonly Balance[]): string =>
  createHash('sha256')
    .update(rows.filter((r) => r.opening_fen || r.debit_fen || r.credit_fen || r.closing_fen).map((r) => `${r.account_code}|${r.community_key}|${r.opening_fen}|${r.debit_fen}|${r.credit_fen}|${r.closing_fen}`).sort().join('\n'))
    .digest('hex')

export async function computedHash(scope: Scope, book: string, period_on: string): Promise<string> {
  const next = `${addMonths(period_on.slice(0, 7), 1)}-01`
  const { rows } = await sql<Balance>`${balancesOf(scope.company_id, book, period_on, next)}`.execute(scope.db)
  return hashOf(rows)
}

async function lockPeriod(scope: Scope, book: BookName, period_on: string) {
  const c = scope.company_id
  await sql`insert into ledger.period (company_id, book, period_on) values (${c}, ${book}, ${period_on}::date) on conflict do nothing`.execute(scope.db)
  return scope.db.selectFrom('ledger.period').selectAll().where('company_id', '=', c).where('book', '=', book).where('period_on', '=', period_on).forUpdate().executeTakeFirstOrThrow()
}

/** Closes a month. Months are closed in order, when they are over; December first carries the result forward. */
export async function closeBook(scope: Scope, o: { book: BookName; month: string; note?: string | undefined }): Promise<{ closing_id: string; balance_hash: string }> {
  const c = scope.company_id
  const first = `${o.month}-01`
  const next = `${addMonths(o.month, 1)}-01`
  const said = { book: bookText(o.book), month: o.month }
  if (next > scope.today) throw scope.refuse('ledger.period_not_over', said)
  await lockPeriods(scope)
  const p = await lockPeriod(scope, o.book, first)
  if (p.state === 'closed') throw scope.refuse('ledger.period_closed_already', said)
  const { rows: open } = await sql<{ period_on: string }>`select period_on from ledger.period where company_id = ${c} and book = ${o.book} and period_on < ${first}::date and state = 'open' order by period_on limit 1`.execute(scope.db)
  if (open[0]) throw scope.refuse('ledger.period_order', { ...said, before: open[0].period_on.slice(0, 7) })
  if (o.month.endsWith('-12')) await carryForward(scope, o.book, o.month)
  const closing_id = uuidv7()
  const { rows: balances } = await sql<Balance & { community_id: string | null }>`${balancesOf(c, o.book, first, next)}`.execute(scope.db)
  const { rows: counts } = await sql<{ journals: number; lines: number }>`select (select count(*)::int from ledger.journal where company_id = ${c} and book = ${o.book} and booked_on >= ${first}::date and booked_on < ${next}::date) as journals,
    (select count(*) from ledger.posting where company_id = ${c} and book = ${o.book} and booked_on >= ${first}::date and booked_on < ${next}::date) as lines`.execute(scope.db)
  const sum = (k: 'debit_fen' | 'credit_fen') => balances.reduce((n, b) => n + b[k], 0)
  assert(sum('debit_fen') === sum('credit_fen'), `book ${o.book} of ${o.month} does not balance`)
  const balance_hash = hashOf(balances)
  await scope.db.insertInto('ledger.closing').values({ company_id: c, closing_id, book: o.book, period_on: first, closed_by: scope.who.account_id, closed_at: scope.now, balance_hash, journal_count: counts[0]!.journals, line_count: counts[0]!.lines, debit_fen: sum('debit_fen'), credit_fen: sum('credit_fen'), note: o.note ?? null }).execute()
  await sql`insert into ledger.closing_balance (company_id, closing_id, account_code, community_key, community_id, opening_fen, debit_fen, credit_fen, closing_fen)
    select ${c}::bigint, ${closing_id}::uuid, b.* from jsonb_to_recordset(${JSON.stringify(balances)}::jsonb) as b(account_code text, community_key text, community_id uuid, opening_fen bigint, debit_fen bigint, credit_fen bigint, closing_fen bigint)`.execute(scope.db)
  crashpoint('month.kept')
  await scope.db.updateTable('ledger.period').set({ state: 'closed', closing_id }).where('company_id', '=', c).where('book', '=', o.book).where('period_on', '=', first).execute()
  scope.note('closing', closing_id, { ...said, balance_hash })
  return { closing_id, balance_hash }
}

/** Income and expense of the year into the year's result, and that into what is kept, community by community (年末结转). */
async function carryForward(scope: Scope, book: BookName, month: string): Promise<void> {
  const year = month.slice(0, 4)
  const c = scope.company_id
  const { rows } = await sql<{ account_code: string; community_id: string | null; fen: number }>`select p.account_code, p.community_id, sum(p.amount_fen)::bigint as fen from ledger.posting p
    join ledger.account a on a.company_id = ${c} and a.book = p.book and a.code = p.account_code and a.kind in ('income','expense')
    where p.company_id = ${c} and p.book = ${book} and p.booked_on < ${`${Number(year) + 1}-01-01`}::date group by 1, 2 having sum(p.amount_fen) <> 0 order by 1, 2`.execute(scope.db)
  if (rows.length === 0) return
  const result = new Map<string | null, number>()
  for (const r of rows) result.set(r.community_id, (result.get(r.community_id) ?? 0) + r.fen)
  const carried = { subject_type: 'carry_forward' }
  const lines: PostingLine[] = rows.map((r) => ({ account_code: r.account_code, community_id: r.community_id, amount_fen: -r.fen, ...carried }))
  for (const [community_id, fen] of [...result].filter(([, n]) => n !== 0)) {
    lines.push({ account_code: RESULT, community_id, amount_fen: fen, ...carried }, { account_code: RESULT, community_id, amount_fen: -fen, ...carried }, { account_code: RETAINED, community_id, amount_fen: fen, ...carried })
  }
  const { rows: times } = await sql<{ n: number }>`select count(*)::int as n from ledger.journal where company_id = ${c} and source_type = 'year' and kind = 'carry_forward' and book = ${book} and source_id like ${`${year}:%`}`.execute(scope.db)
  await post(scope, { book, booked_on: addDays(`${Number(year) + 1}-01-01`, -1), kind: 'carry_forward', source_type: 'year', source_id: `${year}:${times[0]!.n + 1}`, note: `${year} 年损益结转`, lines })
}

async function undoCarryForward(scope: Scope, book: BookName, year: string): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ journal_id: string; source_id: string; booked_on: string }>`select j.journal_id, j.source_id, j.booked_on from ledger.journal j where j.company_id = ${c} and j.source_type = 'year' and j.kind = 'carry_forward' and j.book = ${book} and j.source_id like ${`${year}:%`}
    and not exists (select from ledger.journal r where r.company_id = ${c} and r.reverses = j.journal_id) order by j.posted_at desc limit 1`.execute(scope.db)
  if (rows[0]) await reverseJournal(scope, rows[0].journal_id, { booked_on: rows[0].booked_on, kind: 'carry_forward_reversal', source_type: 'year', source_id: rows[0].source_id, note: `${year} 年损益结转撤销` })
}

/** The live closing of a month, locked; refuses when a later month is closed. */
async function liveClosing(scope: Scope, closing_id: string) {
  const c = scope.company_id
  const closing = await scope.db.selectFrom('ledger.closing').selectAll().where('company_id', '=', c).where('closing_id', '=', closing_id).executeTakeFirst()
  if (!closing) throw scope.notFound()
  const p = await lockPeriod(scope, closing.book as BookName, closing.period_on)
  if (p.closing_id !== closing_id) throw scope.notFound()
  const { rows: later } = await sql<{ period_on: string }>`select period_on from ledger.period where company_id = ${c} and book = ${closing.book} and period_on > ${closing.period_on}::date and state = 'closed' order by period_on desc limit 1`.execute(scope.db)
  if (later[0]) throw scope.refuse('ledger.period_later_closed', { book: bookText(closing.book), month: closing.period_on.slice(0, 7), after: later[0].period_on.slice(0, 7) })
  return closing
}

export async function askReopening(scope: Scope, closing_id: string, reason: string): Promise<string> {
  const closing = await liveClosing(scope, closing_id)
  const reopening_id = uuidv7()
  const made = await sql`insert into ledger.reopening (company_id, reopening_id, closing_id, reason, state, asked_by, asked_at) values (${scope.company_id}, ${reopening_id}, ${closing_id}, ${reason}, 'asked', ${scope.who.account_id}, ${scope.now})
    on conflict (company_id, closing_id) where state <> 'refused' do nothing returning reopening_id`.execute(scope.db)
  if (made.rows.length === 0) throw scope.refuse('ledger.reopening_pending')
  scope.note('closing', closing_id, { reopening_id, reason, book: closing.book, month: closing.period_on.slice(0, 7) })
  return reopening_id
}

export async function decideReopening(scope: Scope, o: { reopening_id: string; decision: 'approve' | 'refuse'; note?: string | undefined }): Promise<'approved' | 'refused'> {
  const c = scope.company_id
  const known = await scope.db.selectFrom('ledger.reopening').select('closing_id').where('company_id', '=', c).where('reopening_id', '=', o.reopening_id).executeTakeFirst()
  if (!known) throw scope.notFound()
  const r = await scope.db.selectFrom('ledger.reopening').selectAll().where('company_id', '=', c).where('reopening_id', '=', o.reopening_id).forUpdate().executeTakeFirstOrThrow()
  if (r.state !== 'asked') throw scope.refuse('ledger.already_decided', { name: (await memberNames(scope, [r.decided_by])).get(r.decided_by ?? '') ?? '他人' })
  if (r.asked_by === scope.who.account_id) throw scope.refuse('ledger.same_person')
  const state = o.decision === 'approve' ? ('approved' as const) : ('refused' as const)
  await scope.db.updateTable('ledger.reopening').set({ state, decided_by: scope.who.account_id, decided_at: scope.now, decide_note: o.note ?? null }).where('company_id', '=', c).where('reopening_id', '=', o.reopening_id).execute()
  if (state === 'approved') {
    const closing = await liveClosing(scope, known.closing_id)
    await scope.db.updateTable('ledger.period').set({ state: 'open', closing_id: null }).where('company_id', '=', c).where('book', '=', closing.book).where('period_on', '=', closing.period_on).execute()
    if (closing.period_on.slice(5, 7) === '12') await undoCarryForward(scope, closing.book as BookName, closing.period_on.slice(0, 4))
  }
  scope.note('closing', known.closing_id, { reopening_id: o.reopening_id, decision: o.decision })
  return state
}
