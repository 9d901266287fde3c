// Journals written by hand, and red reversals of them: drafted by one person, booked when another approves. Journals of documents are not
// reversed here, for bills and wallets would not follow; and accounts that documents keep are not written by hand.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { ledger, type BookName } from '../contract.ts'
import { words } from '../words.ts'
import { wholeCompany } from './access.ts'
import { accountsOf } from './accounts.ts'
import { controlled, isFundMoney } from './chart.ts'
import { holdOpen, post, reverseJournal } from './post.ts'

interface Line {
  account_code: string
  amount_fen: number
  community_id: string | null
}
const bookText = (book: string): string => words.states!['book']![book] ?? book

async function check(scope: Scope, book: BookName, given: readonly { account_code: string; debit_fen: number; credit_fen: number; community_id: string | null }[]): Promise<Line[]> {
  const accounts = new Set((await accountsOf(scope, book)).filter((a) => !a.disabled).map((a) => a.code))
  const lines = given.map((l, i) => {
    const line = i + 1
    if ((l.debit_fen > 0) === (l.credit_fen > 0)) throw scope.refuse('ledger.entry_line_bad', { line })
    if (controlled(l.account_code)) throw scope.refuse('ledger.controlled_account', { line, code: l.account_code })
    if (!accounts.has(l.account_code)) throw scope.refuse('ledger.unknown_account', { line, code: l.account_code, book: bookText(book) })
    return { account_code: l.account_code, amount_fen: l.debit_fen - l.credit_fen, community_id: l.community_id }
  })
  const debit = given.reduce((n, l) => n + l.debit_fen, 0)
  const credit = given.reduce((n, l) => n + l.credit_fen, 0)
  if (debit !== credit) throw scope.refuse('ledger.entry_unbalanced', { debit: yuanGrouped(fen(debit)), credit: yuanGrouped(fen(credit)), difference: yuanGrouped(fen(Math.abs(debit - credit))) })
  const ids = [...new Set(lines.flatMap((l) => (l.community_id ? [l.community_id] : [])))]
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from property.community c where c.company_id = ${scope.company_id} and c.community_id = any(${ids}::uuid[]) and ${communitiesSeenBy(scope, { alias: 'c' })}`.execute(scope.db)
  if (rows[0]!.n !== ids.length) throw scope.notFound()
  if (book === 'fund') withinFundMoney(scope, lines)
  return lines
}
/** The fund's book follows the sub-accounts of the houses: by hand its money only changes its place, community by community. */
function withinFundMoney(scope: Scope, lines: readonly Line[]): void {
  const sums = new Map<string | null, number>()
  for (const [i, l] of lines.entries()) {
    if (!isFundMoney(l.account_code)) throw scope.refuse('ledger.fund_by_hand', { line: i + 1, code: l.account_code })
    sums.set(l.community_id, (sums.get(l.community_id) ?? 0) + l.amount_fen)
  }
  if ([...sums.values()].some((n) => n !== 0)) throw scope.refuse('ledger.fund_across')
}

interface Stored {
  entry_id: string
  book: BookName
  booked_on: string
  note: string
  amount_fen: number
  lines: Line[]
  reverses: string | null
  state: 'asked' | 'approved' | 'refused'
  asked_by: string
  asked_at: string
  decided_by: string | null
  decided_at: string | null
  decide_note: string | null
  journal_id: string | null
}

const draft = answer(ledger.draftEntry, async (scope, o) => {
  wholeCompany(scope)
  if (o.booked_on > scope.today) throw scope.refuse('ledger.day_in_future', { day: o.booked_on })
  const lines = await check(scope, o.book, o.lines)
  await holdOpen(scope, o.booked_on, [o.book])
  const entry_id = uuidv7()
  const amount_fen = o.lines.reduce((n, l) => n + l.debit_fen, 0)
  await scope.db.insertInto('ledger.manual_entry').values({ company_id: scope.company_id, entry_id, book: o.book, booked_on: o.booked_on, note: o.note, lines: JSON.stringify(lines), amount_fen, reverses: null, state: 'asked', asked_by: scope.who.account_id!, asked_at: scope.now }).execute()
  scope.note('manual_entry', entry_id, { book: o.book, note: o.note, amount_fen })
  return { entry_id }
})

const draftReversal = answer(ledger.draftReversal, async (scope, { journal_id, reason }) => {
  wholeCompany(scope)
  const c = scope.company_id
  const j = await scope.db.selectFrom('ledger.journal').selectAll().where('company_id', '=', c).where('journal_id', '=', journal_id).executeTakeFirst()
  if (!j) throw scope.notFound()
  if (j.kind !== 'manual') throw scope.refuse('ledger.not_by_hand')
  const done = await scope.db.selectFrom('ledger.journal').select('journal_id').where('company_id', '=', c).where('reverses', '=', journal_id).executeTakeFirst()
  if (done) throw scope.refuse('ledger.already_reversed')
  const lines = await scope.db.selectFrom('ledger.posting').select(['account_code', 'amount_fen', 'community_id']).where('company_id', '=', c).where('booked_on', '=', j.booked_on).where('journal_id', '=', journal_id).orderBy('line_no').execute()
  await holdOpen(scope, scope.today, [j.book as BookName])
  const entry_id = uuidv7()
  const made = await sql`insert into ledger.manual_entry (company_id, entry_id, book, booked_on, note, lines, amount_fen, reverses, state, asked_by, asked_at)
    values (${c}, ${entry_id}, ${j.book}, ${scope.today}::date, ${`红字冲销:${reason}`}, ${JSON.stringify(lines.map((l) => ({ ...l, amount_fen: -l.amount_fen })))}::jsonb, ${lines.reduce((n, l) => n + Math.max(l.amount_fen, 0), 0)}, ${journal_id}, 'asked', ${scope.who.account_id}, ${scope.now})
    on conflict (company_id, reverses) where reverses is not null and state <> 'refused' do nothing returning entry_id`.execute(scope.db)
  if (made.rows.length === 0) throw scope.refuse('ledger.already_reversed')
  scope.note('manual_entry', entry_id, { reverses: journal_id, reason })
  return { entry_id }
})

const decide = answer(ledger.decideEntry, async (scope, { entry_id, decision, note }) => {
  wholeCompany(scope)
  const c = scope.company_id
  const e = (await scope.db.selectFrom('ledger.manual_entry').selectAll().where('company_id', '=', c).where('entry_id', '=', entry_id).forUpdate().executeTakeFirst()) as Stored | undefined
  if (!e) throw scope.notFound()
  if (e.state !== 'asked') throw scope.refuse('ledger.already_decided', { name: (await memberNames(scope, [e.decided_by])).get(e.decided_by ?? '') ?? '他人' })
  if (e.asked_by === scope.who.account_id) throw scope.refuse('ledger.same_person')
  const journal_id = decision === 'approve' ? await book(scope, e) : null
  const state = decision === 'approve' ? ('approved' as const) : ('refused' as const)
  await scope.db.updateTable('ledger.manual_entry').set({ state, decided_by: scope.who.account_id, decided_at: scope.now, decide_note: note ?? null, journal_id }).where('company_id', '=', c).where('entry_id', '=', entry_id).execute()
  scope.note('manual_entry', entry_id, { decision, journal_id })
  return { state, journal_id }
})

async function book(scope: Scope, e: Stored): Promise<string> {
  const done = e.reverses
    ? await reverseJournal(scope, e.reverses, { booked_on: e.booked_on, kind: 'manual_reversal', source_type: 'manual', source_id: e.entry_id, note: e.note })
    : await post(scope, { book: e.book, booked_on: e.booked_on, kind: 'manual', source_type: 'manual', source_id: e.entry_id, note: e.note, lines: e.lines })
  if (!done.posted) throw scope.refuse('ledger.already_reversed')
  return done.journal_id
}

const list = answer(ledger.manualEntries, async (scope, { page, page_size, state, book: of }) => {
  wholeCompany(scope)
  const c = scope.company_id
  const where = sql`m.company_id = ${c} ${state ? sql`and m.state = ${state}` : sql``} ${of ? sql`and m.book = ${of}` : sql``}`
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from ledger.manual_entry m where ${where}`.execute(scope.db)
  const { rows } = await sql<Stored & { shown: { account_code: string; account_name: string; debit_fen: number; credit_fen: number; community_name: string | null }[] }>`
    with page as materialized (select m.* from ledger.manual_entry m where ${where} order by m.asked_at desc, m.entry_id desc limit ${page_size} offset ${(page - 1) * page_size})
    select m.*, (select jsonb_agg(jsonb_build_object('account_code', l.account_code, 'account_name', coalesce(a.name, l.account_code), 'debit_fen', greatest(l.amount_fen, 0), 'credit_fen', greatest(-l.amount_fen, 0), 'community_name', k.name) order by l.n)
      from rows from (jsonb_to_recordset(m.lines) as (account_code text, amount_fen bigint, community_id uuid)) with ordinality as l(account_code, amount_fen, community_id, n)
      left join ledger.account a on a.company_id = ${c} and a.book = m.book and a.code = l.account_code left join property.community k on k.company_id = ${c} and k.community_id = l.community_id) as shown
    from page m order by m.asked_at desc, m.entry_id desc`.execute(scope.db)
  const names = await memberNames(scope, rows.flatMap((r) => [r.asked_by, r.decided_by]))
  const may = scope.who.grants.some((g) => g.permissions.includes('ledger.entry.decide') || g.permissions.includes('*'))
  return {
    total: n[0]!.total,
    rows: rows.map((r) => ({
      entry_id: r.entry_id, book: r.book, booked_on: r.booked_on, note: r.note, amount_fen: r.amount_fen, lines: r.shown, reverses: r.reverses, state: r.state, asked_by_name: names.get(r.asked_by) ?? null, asked_at: r.asked_at,
      decided_by_name: (r.decided_by && names.get(r.decided_by)) || null, decided_at: r.decided_at, decide_note: r.decide_note, journal_id: r.journal_id,
      can: { decide: !may ? 'kernel.forbidden' : r.state !== 'asked' ? 'ledger.already_decided' : r.asked_by === scope.who.account_id ? 'ledger.same_person' : (true as const) },
    })),
  }
})

export const manualAnswers = [draft, draftReversal, decide, list]
