// Proofs over bills, and of bills against the ledger (L8): each is one query that must find nothing.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { check, sweepLedger } from '../../ledger/server/index.ts'
import { billing } from '../contract.ts'
import type { Check } from '../../ledger/contract.ts'
import { sweepSums } from './sums.ts'
import { sweepRuns } from './sweep_runs.ts'
import { tariffTexts, type TariffBill } from './tariff_explain.ts'

const BILLS_PER_PAGE = 5_000
const FOUND_MAX = 20
/** Bills priced by tariffs are computed again by the engine, page by page. */
async function tariffCheck(scope: Scope): Promise<Check> {
  const c = scope.company_id
  const examples: string[] = []
  let count = 0
  let [period_on, bill_id] = ['-infinity', '00000000-0000-0000-0000-000000000000']
  for (;;) {
    const { rows } = await sql<TariffBill & { bill_id: string }>`select b.bill_id, b.shape, b.price_id, i.component, b.period_on, b.quantity::text as quantity, b.used_before::text as used_before, b.inputs, b.days, b.days_of, b.amount_fen
      from billing.bill b join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = b.fee_item_id
      where b.company_id = ${c} and b.shape = 'tariff' and (b.period_on, b.bill_id) > (${period_on}::date, ${bill_id}::uuid) order by b.period_on, b.bill_id limit ${BILLS_PER_PAGE}`.execute(scope.db)
    const last = rows.at(-1)
    if (!last) break
    for (const [n, t] of (await tariffTexts(scope, rows)).entries()) {
      if (t?.amount_fen === rows[n]!.amount_fen) continue
      count += 1
      if (examples.length < FOUND_MAX) examples.push(`${rows[n]!.bill_id} ${rows[n]!.amount_fen} ≠ ${t?.amount_fen ?? '?'}`)
    }
    ;[period_on, bill_id] = [last.period_on, last.bill_id]
  }
  return { code: 'B3T', zh: '按价目计价的账单可由留存的输入重算', ok: count === 0, broken_count: count, examples }
}

export async function sweepBills(scope: Scope): Promise<Check[]> {
  const c = scope.company_id
  return [
    await check(scope, 'L8', '应收账款按账簿按户等于该户未收账单', sql`
      select coalesce(l.house_id, b.house_id)::text || ' ' || coalesce(l.book, b.book) || ' ' || coalesce(l.fen, 0) || ' ≠ ' || coalesce(b.fen, 0) as what
      from (select subject_id as house_id, book, sum(amount_fen) as fen from ledger.posting where company_id = ${c} and account_code = '1122' and subject_type = 'house' group by 1, 2) l
      full join (select b.house_id, case when f.belongs_to <> 'service' then f.belongs_to when m.model = 'commission' then 'owners' else 'company' end as book, sum(b.amount_fen - b.paid_fen - b.reduced_fen) as fen
        from billing.bill b join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = b.fee_item_id
        left join ledger.fee_model m on m.company_id = ${c} and m.community_id = b.community_id and m.from_on <= b.issued_on and (m.to_on is null or m.to_on > b.issued_on)
        where b.company_id = ${c} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen group by 1, 2) b on b.house_id = l.house_id and b.book = l.book
      where coalesce(l.fen, 0) <> coalesce(b.fen, 0)`),
    // Within a month's partition first: only houses and items with more than one bill of a month, or one that reaches beyond its month, are laid side by side.
    await check(scope, 'B2', '同一户同一项目的有效账单日期不重叠', sql`
      select x.bill_id::text as what from (select b.bill_id, b.from_on, lag(b.to_on) over (partition by b.house_id, b.fee_item_id order by b.from_on, b.to_on) as before_on from billing.bill b
        where b.company_id = ${c} and b.voided_at is null and b.reading_id is null and b.of_bill_id is null and (b.house_id, b.fee_item_id) in (select house_id, fee_item_id from billing.bill
          where company_id = ${c} and voided_at is null and reading_id is null and of_bill_id is null group by period_on, house_id, fee_item_id having count(*) > 1 or min(from_on) < period_on or max(to_on) > (period_on + interval '1 month'))) x
      where x.before_on > x.from_on`),
    // A part month may carry one fen of its neighbours, see rules/pricing.ts.
    await check(scope, 'B3', '账单金额可由留存的计算要素重算', sql`
      select bill_id::text || ' ' || amount_fen as what from billing.bill where company_id = ${c} and shape not in ('tariff','share')
      and case when days_of = 0 then amount_fen <> round(quantity * unit_price * months * 100) else abs(amount_fen - quantity * unit_price * 100 * days / days_of) >= 1 end`),
    await tariffCheck(scope),
    await check(scope, 'B6', '批次合计等于其账单合计;分段发布的等于各段之和', sql`
      select r.run_id::text as what from billing.run r left join (select run_id, count(*) as n, sum(amount_fen) as fen from billing.bill where company_id = ${c} group by 1) b on b.run_id = r.run_id
      left join (select run_id, coalesce(sum(published_count), 0) as n, coalesce(sum(published_fen), 0) as fen from billing.run_chunk where company_id = ${c} group by 1) k on k.run_id = r.run_id
      where r.company_id = ${c} and (r.state = 'published' and (r.line_count <> coalesce(b.n, 0) or r.amount_fen <> coalesce(b.fen, 0)) or (k.run_id is not null or r.state <> 'published') and (coalesce(k.n, 0) <> coalesce(b.n, 0) or coalesce(k.fen, 0) <> coalesce(b.fen, 0)))`),
    await check(scope, 'F5', '账单减免等于减免明细之和,其中转出等于转出明细', sql`
      select coalesce(b.bill_id, n.bill_id)::text || ' ' || coalesce(b.reduced_fen, 0) || ' ≠ ' || coalesce(n.fen, 0) as what from (select bill_id, reduced_fen, moved_fen from billing.bill where company_id = ${c} and reduced_fen <> 0) b
      full join (select bill_id, sum(amount_fen)::bigint as fen, coalesce(sum(amount_fen) filter (where kind = 'moved'), 0)::bigint as moved from billing.reduction where company_id = ${c} group by 1 having sum(amount_fen) <> 0) n on n.bill_id = b.bill_id where coalesce(b.reduced_fen, 0) <> coalesce(n.fen, 0) or coalesce(b.moved_fen, 0) <> coalesce(n.moved, 0)`),
    await check(scope, 'B11', '每条读数在每个项目至多出账一次', sql`
      select reading_id::text as what from billing.bill where company_id = ${c} and voided_at is null and reading_id is not null and shape <> 'share' group by reading_id, fee_item_id having count(*) filter (where part_no = 0) > 1 or (bool_or(part_no = 0) and bool_or(part_no > 0))`),
    await check(scope, 'SH1', '公摊账单等于该户份额,各户份额之和等于总额', sql`
      select b.bill_id::text as what from billing.bill b left join meters.share_part p on p.company_id = ${c} and p.split_id = b.reading_id and p.house_id = b.house_id where b.company_id = ${c} and b.shape = 'share' and b.amount_fen is distinct from p.amount_fen
      union all select s.split_id::text from meters.share_split s where s.company_id = ${c} and s.total_fen <> (select coalesce(sum(p.amount_fen), 0) from meters.share_part p where p.company_id = ${c} and p.split_id = s.split_id)`),
    await check(scope, 'B13', '到期日不早于出账日', sql`select b.bill_id::text as what from billing.bill b where b.company_id = ${c} and b.due_on < b.issued_on and not exists (select from billing.run r where r.company_id = ${c} and r.run_id = b.run_id and r.rework_id is not null)`),
    await check(scope, 'B14', '拆分、合并与承接前后金额相等,原账单不再重复出账', sql`
      select r.rework_id::text as what from billing.rework r left join (select rework_id, sum(amount_fen) filter (where side = 'from') as f, sum(amount_fen) filter (where side = 'to') as t from billing.rework_bill where company_id = ${c} group by 1) x on x.rework_id = r.rework_id
        where r.company_id = ${c} and (r.amount_fen is distinct from x.f or r.amount_fen is distinct from x.t)
      union all select b.bill_id::text from billing.rework_bill k join billing.bill b on b.company_id = ${c} and b.period_on = k.period_on and b.house_id = k.house_id and b.fee_item_id = k.fee_item_id and b.voided_at is null and b.part_no = 0 and b.reading_id is not distinct from k.reading_id and b.from_on < k.to_on and b.to_on > k.from_on
        where k.company_id = ${c} and k.live and k.side = 'from' and b.bill_id <> k.bill_id and b.shape <> 'late_fee'`),
    ...(await sweepRuns(scope)),
  ]
}

export const sweepAnswer = answer(billing.sweep, async (scope) => {
  if (!scope.reach().all) throw scope.notFound()
  const checks = [...(await sweepLedger(scope)), ...(await sweepBills(scope)), ...(await sweepSums(scope))]
  return { ok: checks.every((x) => x.ok), checks }
})
