// Proofs over the fund: each is one query that must find nothing.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Check } from '../../ledger/contract.ts'
import { check } from '../../ledger/server/index.ts'
import { funds } from '../contract.ts'

export async function sweepFunds(scope: Scope): Promise<Check[]> {
  const c = scope.company_id
  const book = sql`ledger.posting p where p.company_id = ${c} and p.book = 'fund'`
  return [
    await check(scope, 'M1', '每户余额和首次缴存等于其明细之和', sql`select coalesce(a.house_id, e.house_id)::text as what from (select house_id, balance_fen, first_fen from funds.house_account where company_id = ${c}) a
      full join (select house_id, sum(amount_fen) as fen, sum(first_fen) as first from funds.entry where company_id = ${c} group by 1) e on e.house_id = a.house_id where coalesce(a.balance_fen, 0) <> coalesce(e.fen, 0) or coalesce(a.first_fen, 0) <> coalesce(e.first, 0)`),
    await check(scope, 'M2', '维修资金账簿的每户余额等于分户账', sql`select coalesce(a.house_id, l.house_id)::text || ' ' || coalesce(l.fen, 0) || ' ≠ ' || coalesce(a.balance_fen, 0) as what from (select house_id, balance_fen from funds.house_account where company_id = ${c}) a
      full join (select p.subject_id as house_id, -sum(p.amount_fen) as fen from ${book} and p.account_code = '4001' and p.subject_type = 'house' group by 1) l on l.house_id = a.house_id where coalesce(a.balance_fen, 0) <> coalesce(l.fen, 0)`),
    await check(scope, 'M3', '专户存款等于分户余额合计', sql`select x.community_id::text || ' ' || sum(x.fen) as what from (
        select p.community_id, p.amount_fen as fen from ${book} and p.account_code = '1002'
        union all select community_id, -balance_fen from funds.house_account where company_id = ${c}) x group by x.community_id having sum(x.fen) <> 0`),
    await check(scope, 'M4', '每条更正与原记录金额相反', sql`select r.entry_id::text as what from funds.entry r join funds.entry e on e.company_id = r.company_id and e.entry_id = r.reverses where r.company_id = ${c} and (r.amount_fen <> -e.amount_fen or r.house_id <> e.house_id)`),
  ]
}

export const sweepAnswer = answer(funds.sweep, async (scope) => {
  if (!scope.reach().all) throw scope.notFound()
  const checks = await sweepFunds(scope)
  return { ok: checks.every((x) => x.ok), checks }
})
