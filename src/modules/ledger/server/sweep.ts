// Proofs over the books: each is one query that must find nothing. Run by tests, by people who want to know, and at night.
import { randomInt } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { ledger, type BookName, type Check } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { CLEARING } from './chart.ts'
import { computedHash } from './periods.ts'

const EXAMPLES = 5
const ready = new WeakSet<Scope>()
/** Proofs read everything: sorts and hashes in memory, month by month where tables are cut by months, and no compiler. Memory stays bounded by it. */
export async function forAll(scope: Scope): Promise<void> {
  if (ready.has(scope)) return
  ready.add(scope)
  await sql`select set_config('work_mem', '64MB', true), set_config('jit', 'off', true), set_config('enable_partitionwise_aggregate', 'on', true), set_config('enable_partitionwise_join', 'on', true)`.execute(scope.db)
}
/** `broken` is a query giving one text column `what`, a row for each thing that is wrong. */
export async function check(scope: Scope, code: string, zh: string, broken: RawBuilder<unknown>): Promise<Check> {
  await forAll(scope)
  const { rows } = await sql<{ n: number; examples: string[] | null }>`select count(*)::int as n, (array_agg(b.what))[1:${sql.lit(EXAMPLES)}] as examples from (${broken}) b`.execute(scope.db)
  const { n, examples } = rows[0]!
  return { code, zh, ok: n === 0, broken_count: n, examples: examples ?? [] }
}
/** 22 bits: an amount up to 2^41 fen (22 thousand million yuan) times a mark stays a bigint. Two marks: equal by chance once in 2^44. */
const MARK = 0x3f_ffff
/** A random number for these keys (uuids, and one whole number `n`), the same for the same seed; keys in another order are other keys. */
export const mark = (seed: number, keys: readonly RawBuilder<unknown>[], n?: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(${keys.reduce<RawBuilder<unknown>>((h, k) => sql`uuid_hash_extended(${k}, ${h})`, n ? sql`(${sql.lit(seed)}::bigint + ${n})` : sql`${sql.lit(seed)}::bigint`)} & ${sql.lit(MARK)})`
export const textMark = (seed: number, key: RawBuilder<unknown>): RawBuilder<unknown> => sql`(hashtextextended(${key}, ${sql.lit(seed)}::bigint) & ${sql.lit(MARK)})`
/** Constant texts of statements are few; a seed a process is as good as a seed a statement, for nobody sees it. */
export const SEEDS = [randomInt(2 ** 47), randomInt(2 ** 47)] as const

/** Rows of `from`, each with amounts that must come to nothing for each key, over all terms together. `list` keeps apart what has the same keys. */
export interface Term {
  from: RawBuilder<unknown>
  each: readonly { fen: RawBuilder<unknown>; keys: readonly RawBuilder<unknown>[]; n?: RawBuilder<unknown>; list?: number }[]
}
/**
 * Whether the amounts of all terms come to nothing for every key (ADR 0251): Σ amount × mark(key) is zero when they do. Millions of rows are read
 * once and never joined with each other; only when it is not zero somebody has to look which key it is.
 */
export async function balanced(scope: Scope, terms: readonly Term[]): Promise<boolean> {
  await forAll(scope)
  const sum = (t: Term, seed: number) => sql`sum(${sql.join(t.each.map((e) => sql`${e.fen} * ${mark(seed + (e.list ?? 0), e.keys, e.n)}`), sql` + `)})`
  const { rows } = await sql<{ equal: boolean }>`select coalesce(sum(x.s0), 0) = 0 and coalesce(sum(x.s1), 0) = 0 as equal from (${sql.join(terms.map((t) => sql`select ${sum(t, SEEDS[0])} as s0, ${sum(t, SEEDS[1])} as s1 from ${t.from}`), sql` union all `)}) x`.execute(scope.db)
  return rows[0]!.equal
}
/** A proof that a cheaper one has given already; else the one that names what is wrong. */
export const given = (proved: boolean, scope: Scope, code: string, zh: string, broken: RawBuilder<unknown>): Promise<Check> | Check => (proved ? { code, zh, ok: true, broken_count: 0, examples: [] } : check(scope, code, zh, broken))

/** Clearing accounts with the two books they join, the smaller name first. */
const PAIRS = (Object.keys(CLEARING) as BookName[]).flatMap((book) => (Object.keys(CLEARING) as BookName[]).filter((to) => to !== book).map((to) => ({ book, code: CLEARING[to], pair: [book, to].sort().join('-') })))

export async function sweepLedger(scope: Scope): Promise<Check[]> {
  const c = scope.company_id
  return [
    await check(scope, 'L1', '每张凭证借贷合计为零且不少于两行', sql`
      select j.journal_id::text || ' ' || coalesce(s.total, 0) || '/' || coalesce(s.n, 0) as what from ledger.journal j
      left join (select journal_id, sum(amount_fen) as total, count(*) as n from ledger.posting where company_id = ${c} group by 1) s on s.journal_id = j.journal_id
      where j.company_id = ${c} and (s.n is null or s.n < 2 or s.total <> 0)`),
    await check(scope, 'L2', '每本账簿借贷合计为零', sql`select book || ' ' || sum(amount_fen) as what from ledger.posting where company_id = ${c} group by book having sum(amount_fen) <> 0`),
    await check(scope, 'L3', '每行分录都有凭证、同账簿同记账日、科目存在', sql`
      select p.journal_id::text || '#' || p.line_no as what from ledger.posting p
      left join ledger.journal j on j.company_id = ${c} and j.journal_id = p.journal_id
      left join ledger.account a on a.company_id = ${c} and a.book = p.book and a.code = p.account_code
      where p.company_id = ${c} and (j.journal_id is null or j.book <> p.book or j.booked_on <> p.booked_on or a.code is null)`),
    await check(scope, 'L6', '冲销凭证与原凭证逐科目、逐对象相反', sql`
      select r.journal_id::text as what from ledger.journal r join ledger.posting p on p.company_id = ${c} and p.journal_id in (r.journal_id, r.reverses)
      where r.company_id = ${c} and r.reverses is not null group by r.journal_id, p.account_code, p.subject_id having sum(p.amount_fen) <> 0`),
    await check(scope, 'L7', '两本账簿之间的往来余额相反,逐小区', sql`
      select w.pair || ' ' || coalesce(p.community_id::text, '-') || ' ' || sum(p.amount_fen) as what from ledger.posting p
      join unnest(${PAIRS.map((x) => x.book)}::text[], ${PAIRS.map((x) => x.code)}::text[], ${PAIRS.map((x) => x.pair)}::text[]) as w(book, code, pair) on w.book = p.book and w.code = p.account_code
      where p.company_id = ${c} group by w.pair, p.community_id having sum(p.amount_fen) <> 0`),
    await check(scope, 'L9', '已结期间没有结账之后入账的凭证', sql`
      select j.journal_id::text as what from ledger.period p join ledger.closing k on k.company_id = ${c} and k.closing_id = p.closing_id
      join ledger.journal j on j.company_id = ${c} and j.book = p.book and j.booked_on >= p.period_on and j.booked_on < (p.period_on + interval '1 month')::date
      where p.company_id = ${c} and p.state = 'closed' group by j.journal_id, k.closed_at having max(j.posted_at) > k.closed_at`),
    await check(scope, 'C2', '本期期初等于上期期末', sql`
      select p.book || ' ' || p.period_on || ' ' || d.account_code as what from ledger.period p
      join ledger.period q on q.company_id = ${c} and q.book = p.book and q.period_on = (p.period_on - interval '1 month')::date and q.state = 'closed'
      cross join lateral (select x.account_code from (
          select account_code, community_key, opening_fen as fen from ledger.closing_balance where company_id = ${c} and closing_id = p.closing_id
          union all select account_code, community_key, -closing_fen from ledger.closing_balance where company_id = ${c} and closing_id = q.closing_id) x group by x.account_code, x.community_key having sum(x.fen) <> 0) d
      where p.company_id = ${c} and p.state = 'closed'`),
    await closedStand(scope),
  ]
}

/** The newest closed months of each book, computed again: older ones are inside their opening balances. */
async function closedStand(scope: Scope): Promise<Check> {
  const { rows } = await sql<{ book: string; period_on: string; balance_hash: string }>`select p.book, p.period_on, k.balance_hash from ledger.period p join ledger.closing k on k.company_id = p.company_id and k.closing_id = p.closing_id
    where p.company_id = ${scope.company_id} and p.state = 'closed' and not exists (select from ledger.period q where q.company_id = p.company_id and q.book = p.book and q.state = 'closed' and q.period_on > p.period_on) order by 1`.execute(scope.db)
  const broken: string[] = []
  for (const r of rows) if ((await computedHash(scope, r.book, r.period_on)) !== r.balance_hash) broken.push(`${r.book} ${r.period_on}`)
  return { code: 'C3', zh: '已结期间的余额与结账时一致', ok: broken.length === 0, broken_count: broken.length, examples: broken.slice(0, EXAMPLES) }
}

export const sweepAnswer = answer(ledger.sweep, async (scope) => {
  wholeCompany(scope)
  const checks = await sweepLedger(scope)
  return { ok: checks.every((x) => x.ok), checks }
})
