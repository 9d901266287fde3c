// Proofs over the books: each is one query that must find nothing. Run by tests, by people who want to know, and at night.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { ledger, type Check } from '../contract.ts'
import { wholeCompany } from './access.ts'

const EXAMPLES = 5
/** `broken` is a query giving one text column `what`, a row for each thing that is wrong. */
export async function check(scope: Scope, code: string, zh: string, broken: RawBuilder<unknown>): Promise<Check> {
  const { rows } = await sql<{ n: number; examples: string[] | null }>`select count(*)::int as n, (array_agg(b.what))[1:${sql.lit(EXAMPLES)}] as examples from (${broken}) b`.execute(scope.db)
  const { n, examples } = rows[0]!
  return { code, zh, ok: n === 0, broken_count: n, examples: examples ?? [] }
}

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
  ]
}

export const sweepAnswer = answer(ledger.sweep, async (scope) => {
  wholeCompany(scope)
  const checks = await sweepLedger(scope)
  return { ok: checks.every((x) => x.ok), checks }
})
