// Proofs over the fund: each is one query that must find nothing.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Check } from '../../ledger/contract.ts'
import { check, fundMoney } from '../../ledger/server/index.ts'
import { funds } from '../contract.ts'

export async function sweepFunds(scope: Scope): Promise<Check[]> {
  const c = scope.company_id
  const book = sql`ledger.posting p where p.company_id = ${c} and p.book = 'fund'`
  return [
    await check(scope, 'M1', '每户余额和首次缴存等于其明细之和', sql`select coalesce(a.house_id, e.house_id)::text as what from (select house_id, balance_fen, first_fen from funds.house_account where company_id = ${c}) a
      full join (select house_id, sum(amount_fen) as fen, sum(first_fen) as first from funds.entry where company_id = ${c} group by 1) e on e.house_id = a.house_id where coalesce(a.balance_fen, 0) <> coalesce(e.fen, 0) or coalesce(a.first_fen, 0) <> coalesce(e.first, 0)`),
    await check(scope, 'M2', '维修资金账簿的每户余额等于分户账', sql`select coalesce(a.house_id, l.house_id)::text || ' ' || coalesce(l.fen, 0) || ' ≠ ' || coalesce(a.balance_fen, 0) as what from (select house_id, balance_fen from funds.house_account where company_id = ${c}) a
      full join (select p.subject_id as house_id, -sum(p.amount_fen) as fen from ${book} and p.account_code = '4001' and p.subject_type = 'house' group by 1) l on l.house_id = a.house_id where coalesce(a.balance_fen, 0) <> coalesce(l.fen, 0)`),
    await check(scope, 'M3', '专户存款等于分户余额合计,减已付未分摊、加已分摊未付、减业主待补交', sql`select x.community_id::text || ' ' || sum(x.fen) as what from (
        select p.community_id, p.amount_fen as fen from ${book} and ${fundMoney(sql`p.account_code`)}
        union all select community_id, -balance_fen from funds.house_account where company_id = ${c}
        union all select u.community_id, p.amount_fen from funds.use_payment p join funds.use u on u.company_id = p.company_id and u.use_id = p.use_id where p.company_id = ${c}
        union all select community_id, -invoice_fen from funds.use where company_id = ${c} and state = 'booked'
        union all select community_id, owed_fen - paid_fen from funds.use_share where company_id = ${c} and owed_fen is not null) x group by x.community_id having sum(x.fen) <> 0`),
    await check(scope, 'M5', '每份分摊清单合计等于决算金额', sql`select u.title as what from funds.use u left join (select use_id, sum(share_fen) as fen from funds.use_share where company_id = ${c} group by 1) s on s.use_id = u.use_id
      where u.company_id = ${c} and ((u.state in ('shared','booked') and u.invoice_fen <> coalesce(s.fen, 0)) or (u.state not in ('shared','booked') and s.use_id is not null))`),
    await check(scope, 'M6', '入账的分摊等于分户支出加补交,付款合计等于付款明细', sql`select u.title as what from funds.use u
      left join (select use_id, sum(drawn_fen) as drawn from funds.use_share where company_id = ${c} group by 1) s on s.use_id = u.use_id
      left join (select source_id, -sum(amount_fen) as fen from funds.entry where company_id = ${c} and source_type = 'use' group by 1) e on e.source_id = u.use_id
      left join (select use_id, sum(amount_fen) as fen from funds.use_payment where company_id = ${c} group by 1) p on p.use_id = u.use_id
      where u.company_id = ${c} and (u.paid_fen <> coalesce(p.fen, 0) or (u.state = 'booked' and coalesce(s.drawn, 0) <> coalesce(e.fen, 0)))`),
    await check(scope, 'M7', '每户待补交等于账簿其他应收款', sql`select x.house_id::text as what from (
        select p.subject_id as house_id, p.amount_fen as fen from ${book} and p.account_code = '1221' and p.subject_type = 'house'
        union all select house_id, -(owed_fen - paid_fen) from funds.use_share where company_id = ${c} and owed_fen is not null) x group by x.house_id having sum(x.fen) <> 0`),
    await check(scope, 'M8', '每次计息的明细和入账合计都等于利息合计', sql`select r.run_id::text as what from funds.interest_run r
      left join (select run_id, sum(interest_fen) as fen from funds.interest_line where company_id = ${c} group by 1) l on l.run_id = r.run_id
      left join (select source_id, sum(amount_fen) as fen from funds.entry where company_id = ${c} and source_type = 'interest' group by 1) e on e.source_id = r.run_id
      where r.company_id = ${c} and (r.total_fen <> coalesce(l.fen, 0) or coalesce(e.fen, 0) <> case when r.state = 'booked' then r.total_fen else 0 end)`),
    await check(scope, 'M4', '每条更正与原记录金额相反', sql`select r.entry_id::text as what from funds.entry r join funds.entry e on e.company_id = r.company_id and e.entry_id = r.reverses where r.company_id = ${c} and (r.amount_fen <> -e.amount_fen or r.house_id <> e.house_id)`),
    await check(scope, 'M9', '每项批准了的使用有通过的表决或应急情形,并经审批', sql`select u.title as what from funds.use u where u.company_id = ${c} and u.state in ('approved','contracted','accepted','settled','shared','booked')
      and (u.approval_id is null or (u.path = 'ordinary' and (u.vote ->> 'passed')::boolean is not true))`),
  ]
}

export const sweepAnswer = answer(funds.sweep, async (scope) => {
  if (!scope.reach().all) throw scope.notFound()
  const checks = await sweepFunds(scope)
  return { ok: checks.every((x) => x.ok), checks }
})
