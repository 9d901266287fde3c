// Interest (计息): tried by one person, booked by another. A period of a community is paid once (exclusion constraint).
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, daysBetween } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import type { InterestLine, InterestRun } from '../interest_contract.ts'
import { words } from '../words.ts'
import { bookEntries, lockAccounts, postEntries } from './book.ts'
import { shareInterest, totalOf, weightOf, type Move, type Rates } from './rules/interest.ts'
import { policyFor } from './settings.ts'

const DAYS_MAX = 2 * 366
const RUNS_MAX = 200
interface Period {
  community_id: string
  from_on: string
  to_on: string
  bank_fen: number | null
}
interface Line {
  house_id: string
  carried_fen: number
  kept_fen: number
  interest_fen: number
}

/** What every open account earns in the period; its moves by the day the bank had the money. */
async function compute(scope: Scope, p: Period, rates: Rates): Promise<{ lines: Line[]; total_fen: number }> {
  const { rows } = await sql<{ house_id: string; carried_fen: number; moves: Move[] }>`select a.house_id, coalesce(sum(e.amount_fen) filter (where e.value_on < ${p.from_on}::date), 0)::bigint as carried_fen,
      coalesce(jsonb_agg(jsonb_build_object('day', e.value_on - ${p.from_on}::date, 'amount_fen', e.amount_fen)) filter (where e.value_on >= ${p.from_on}::date), '[]') as moves
    from funds.house_account a join funds.entry e on e.company_id = a.company_id and e.house_id = a.house_id and e.value_on < ${p.to_on}::date
    where a.company_id = ${scope.company_id} and a.community_id = ${p.community_id} and a.closed_on is null group by a.house_id`.execute(scope.db)
  const days = daysBetween(p.from_on, p.to_on)
  const weighed = rows.map((r) => ({ house_id: r.house_id, carried_fen: r.carried_fen, ...weightOf(r.carried_fen, r.moves, days, rates) })).filter((h) => h.weight > 0n)
  const total_fen = p.bank_fen ?? totalOf(weighed.map((h) => h.weight), rates)
  if (weighed.length === 0 || total_fen <= 0) return { lines: [], total_fen: 0 }
  const parts = shareInterest(total_fen, weighed)
  return { lines: weighed.map((h) => ({ house_id: h.house_id, carried_fen: h.carried_fen, kept_fen: h.kept_fen, interest_fen: parts.get(h.house_id)! })), total_fen }
}

const draft = answer(funds.draftInterest, async (scope, o) => {
  await communityToChange(scope, o.community_id)
  const days = daysBetween(o.from_on, o.to_on)
  if (days <= 0 || days > DAYS_MAX) throw scope.refuse('funds.dates_reversed')
  if (o.to_on > scope.today) throw scope.refuse('funds.future', { day: o.to_on })
  const { current_rate, term_rate, day_base } = await policyFor(scope, o.community_id, addDays(o.to_on, -1))
  const bank_fen = o.bank_fen ?? null
  const { lines, total_fen } = await compute(scope, { ...o, bank_fen }, { current_rate, term_rate, day_base })
  if (lines.length === 0) throw scope.refuse('funds.interest_none')
  const run_id = uuidv7()
  const c = scope.company_id
  const made = await sql`insert into funds.interest_run (company_id, run_id, community_id, from_on, to_on, current_rate, term_rate, day_base, bank_fen, total_fen, house_count, created_by, created_at)
    values (${c}, ${run_id}, ${o.community_id}, ${o.from_on}, ${o.to_on}, ${current_rate}, ${term_rate}, ${day_base}, ${bank_fen}, ${total_fen}, ${lines.length}, ${scope.who.account_id}, ${scope.now}) on conflict do nothing returning run_id`.execute(scope.db)
  if (made.rows.length === 0) throw scope.refuse('funds.interest_overlap')
  await sql`insert into funds.interest_line (company_id, run_id, house_id, carried_fen, kept_fen, interest_fen) select ${c}::bigint, ${run_id}::uuid, x.house_id, x.carried_fen, x.kept_fen, x.interest_fen
    from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as x(house_id uuid, carried_fen bigint, kept_fen bigint, interest_fen bigint)`.execute(scope.db)
  scope.note('fund_interest', run_id, { total_fen, house_count: lines.length })
  return { run_id, total_fen, house_count: lines.length }
})

async function lockRun(scope: Scope, run_id: string) {
  const r = await scope.db.selectFrom('funds.interest_run').selectAll().where('company_id', '=', scope.company_id).where('run_id', '=', run_id).forUpdate().executeTakeFirst()
  if (!r) throw scope.notFound()
  await communityToChange(scope, r.community_id)
  if (r.state !== 'draft') throw scope.refuse('funds.interest_state', { state: words.states!['interest']![r.state] ?? r.state })
  return r
}
const linesOf = (scope: Scope, run_id: string) => scope.db.selectFrom('funds.interest_line').select(['house_id', 'carried_fen', 'kept_fen', 'interest_fen']).where('company_id', '=', scope.company_id).where('run_id', '=', run_id).orderBy('house_id').execute()

const book = answer(funds.bookInterest, async (scope, { run_id, voucher_no }) => {
  const r = await lockRun(scope, run_id)
  if (r.created_by === scope.who.account_id) throw scope.refuse('funds.own_interest')
  const lines = await linesOf(scope, run_id)
  await lockAccounts(scope, lines.map((l) => l.house_id))
  const now = await compute(scope, r, r)
  const same = now.lines.length === lines.length && JSON.stringify(now.lines.sort((a, b) => (a.house_id < b.house_id ? -1 : 1)).map((l) => [l.house_id, l.interest_fen])) === JSON.stringify(lines.map((l) => [l.house_id, l.interest_fen]))
  if (!same) throw scope.refuse('funds.interest_changed')
  const source = { source_type: 'interest', source_id: run_id } as const
  await bookEntries(scope, source, lines.filter((l) => l.interest_fen > 0).map((l) => ({ house_id: l.house_id, kind: 'interest', amount_fen: l.interest_fen, value_on: r.to_on, voucher_no, note: `${r.from_on} 至 ${addDays(r.to_on, -1)} 利息` })))
  await postEntries(scope, source)
  await scope.db.updateTable('funds.interest_run').set({ state: 'booked', booked_by: scope.who.account_id, booked_at: scope.now, voucher_no }).where('company_id', '=', scope.company_id).where('run_id', '=', run_id).execute()
  scope.note('fund_interest', run_id, { booked: true, total_fen: r.total_fen })
  return { run_id }
})
const cancel = answer(funds.cancelInterest, async (scope, { run_id }) => {
  await lockRun(scope, run_id)
  await scope.db.updateTable('funds.interest_run').set({ state: 'cancelled' }).where('company_id', '=', scope.company_id).where('run_id', '=', run_id).execute()
  scope.note('fund_interest', run_id, { cancelled: true })
  return { run_id }
})

type Raw = Omit<InterestRun, 'created_by_name' | 'booked_by_name' | 'can'> & { created_by: string; booked_by: string | null }
async function runs(scope: Scope, f: { community_id?: string | undefined; run_id?: string }): Promise<InterestRun[]> {
  const { rows } = await sql<Raw>`select r.run_id, r.community_id, m.name as community_name, r.from_on, r.to_on, trim_scale(r.current_rate)::text as current_rate, trim_scale(r.term_rate)::text as term_rate, r.day_base, r.bank_fen, r.total_fen, r.house_count, r.state, r.voucher_no, r.created_by, r.created_at, r.booked_by
    from funds.interest_run r join property.community m on m.company_id = r.company_id and m.community_id = r.community_id where r.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 'r' })}
    ${f.community_id ? sql`and r.community_id = ${f.community_id}` : sql``} ${f.run_id ? sql`and r.run_id = ${f.run_id}` : sql``} order by r.from_on desc, r.created_at desc limit ${RUNS_MAX}`.execute(scope.db)
  const names = await memberNames(scope, rows.flatMap((r) => [r.created_by, r.booked_by]))
  return rows.map(({ created_by, booked_by, ...r }) => {
    const open = r.state === 'draft' ? (true as const) : 'funds.interest_state'
    return { ...r, created_by_name: names.get(created_by) ?? '', booked_by_name: (booked_by && names.get(booked_by)) || null, can: { book: open === true && created_by === scope.who.account_id ? 'funds.own_interest' : open, cancel: open } }
  })
}

/** A run with its houses, in the order of the list. */
async function runWithLines(scope: Scope, run_id: string): Promise<InterestRun & { lines: InterestLine[] }> {
  const [run] = await runs(scope, { run_id })
  if (!run) throw scope.notFound()
  await communityToChange(scope, run.community_id)
  const { rows } = await sql<InterestLine>`select l.house_id, h.label as house_label, l.carried_fen, l.kept_fen, l.interest_fen from funds.interest_line l join property.house h on h.company_id = l.company_id and h.house_id = l.house_id
    where l.company_id = ${scope.company_id} and l.run_id = ${run_id} order by h.sort_no, h.label`.execute(scope.db)
  return { ...run, lines: rows }
}

export const interestAnswers = [
  draft, book, cancel,
  answer(funds.interestRuns, async (scope, f) => ({ rows: await runs(scope, f) })),
  answer(funds.interestRun, (scope, { run_id }) => runWithLines(scope, run_id)),
  answerFile(funds.interestExcel, async (scope, { run_id }) => {
    const r = await runWithLines(scope, run_id)
    const body = await writeSheet({
      sheets: [{
        name: '计息清单', title_rows: [`${r.community_name} ${r.from_on} 至 ${addDays(r.to_on, -1)} 计息清单(${words.states!['interest']![r.state]})`, `年利率 定期 ${r.term_rate}% 活期 ${r.current_rate}%${r.voucher_no ? ` 凭证 ${r.voucher_no}` : ''}`],
        columns: [{ title: '房号', kind: 'text' }, ...['期初余额', '整期未动用', '利息'].map((title) => ({ title, kind: 'money_fen' as const }))],
        rows: r.lines.map((l) => [l.house_label, l.carried_fen, l.kept_fen, l.interest_fen]), totals: ['合计', r.lines.reduce((n, l) => n + l.carried_fen, 0), r.lines.reduce((n, l) => n + l.kept_fen, 0), r.total_fen],
      }],
    })
    return { name: `计息清单_${r.community_name}_${r.to_on}.xlsx`, type: XLSX, body }
  }),
]
