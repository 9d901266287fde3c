// Many small journals in two statements: settlements of phone payments come in bursts, and four round trips a journal were most of
// their time. The rules are those of `post`.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { prepare } from './accounts.ts'
import type { JournalHead, PostingLine } from './post.ts'

const JOURNALS_MAX = 500
const LINES_MAX = 10_000
type Journal = Omit<JournalHead, 'book' | 'booked_on' | 'reverses'> & { lines: readonly PostingLine[] }

function checked(j: Journal): void {
  assert(j.lines.length >= 2, `a journal has 2 lines at least, not ${j.lines.length}`)
  let sum = 0n
  for (const l of j.lines) {
    assert(Number.isSafeInteger(l.amount_fen) && l.amount_fen !== 0, `a line of ${l.amount_fen} fen`)
    sum += BigInt(l.amount_fen)
  }
  assert(sum === 0n, `journal ${j.kind} of ${j.source_type} ${j.source_id} sums to ${sum}`)
}

/** Journals of one book and day. A source that was booked before is left as it is; gives how many were written. */
export async function postMany(scope: Scope, o: Pick<JournalHead, 'book' | 'booked_on'>, journals: readonly Journal[]): Promise<number> {
  if (journals.length === 0) return 0
  assert(journals.length <= JOURNALS_MAX, `at most ${JOURNALS_MAX} journals at once`)
  for (const j of journals) checked(j)
  const heads = journals.map((j) => ({ journal_id: uuidv7(), kind: j.kind, source_type: j.source_type, source_id: j.source_id }))
  const lines = journals.flatMap((j, i) => j.lines.map((l, n) => ({ journal_id: heads[i]!.journal_id, line_no: n + 1, account_code: l.account_code, amount_fen: l.amount_fen, community_id: l.community_id ?? null, subject_type: l.subject_type ?? null, subject_id: l.subject_id ?? null })))
  assert(lines.length <= LINES_MAX, `at most ${LINES_MAX} lines at once`)
  await prepare(scope, o, lines.map((l) => l.account_code))
  const c = scope.company_id
  const r = await sql<{ n: number }>`
    with made as (
      insert into ledger.journal (company_id, journal_id, book, booked_on, kind, source_type, source_id, actor_id, request_id, posted_at)
      select ${c}::bigint, h.journal_id, ${o.book}, ${o.booked_on}::date, h.kind, h.source_type, h.source_id, ${scope.who.account_id}::uuid, ${scope.request_id}::uuid, ${scope.now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(heads)}::jsonb) as h(journal_id uuid, kind text, source_type text, source_id text)
      on conflict (company_id, source_type, source_id, kind) do nothing returning journal_id
    ), written as (
      insert into ledger.posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen, community_id, subject_type, subject_id)
      select ${c}::bigint, ${o.booked_on}::date, l.journal_id, l.line_no, ${o.book}, l.account_code, l.amount_fen, l.community_id, l.subject_type, l.subject_id
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as l(journal_id uuid, line_no int, account_code text, amount_fen bigint, community_id uuid, subject_type text, subject_id uuid)
      join made m on m.journal_id = l.journal_id
    )
    select count(*)::int as n from made`.execute(scope.db)
  return r.rows[0]!.n
}
