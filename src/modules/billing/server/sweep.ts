// Proofs over bills: each is one query that must find nothing. What reads all of them is together in sweep_lines.ts.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { check, sweepLedger } from '../../ledger/server/index.ts'
import { billing } from '../contract.ts'
import type { Check } from '../../ledger/contract.ts'
import { sweepSums } from './sums.ts'
import { sweepLines } from './sweep_lines.ts'
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
    ...(await sweepLines(scope)),
    // Two whole bills of one month cannot stand beside each other: bill_live. So only houses and items with a bill that is none are laid side by side.
    await check(scope, 'B2', '同一户同一项目的有效账单日期不重叠', sql`
      select x.bill_id::text as what from (select b.bill_id, b.from_on, lag(b.to_on) over (partition by b.house_id, b.fee_item_id order by b.from_on, b.to_on) as before_on from billing.bill b
        where b.company_id = ${c} and b.voided_at is null and b.reading_id is null and b.of_bill_id is null and (b.house_id, b.fee_item_id) in (select house_id, fee_item_id from billing.bill
          where company_id = ${c} and voided_at is null and reading_id is null and of_bill_id is null and (from_on <> period_on or part_no <> 0 or to_on <> period_on + interval '1 month'))) x
      where x.before_on > x.from_on`),
    await tariffCheck(scope),
    await check(scope, 'F5', '账单减免等于减免明细之和,其中转出等于转出明细', sql`
      select coalesce(b.bill_id, n.bill_id)::text || ' ' || coalesce(b.reduced_fen, 0) || ' ≠ ' || coalesce(n.fen, 0) as what from (select bill_id, reduced_fen, moved_fen from billing.bill where company_id = ${c} and reduced_fen <> 0) b
      full join (select bill_id, sum(amount_fen)::bigint as fen, coalesce(sum(amount_fen) filter (where kind = 'moved'), 0)::bigint as moved from billing.reduction where company_id = ${c} group by 1 having sum(amount_fen) <> 0) n on n.bill_id = b.bill_id where coalesce(b.reduced_fen, 0) <> coalesce(n.fen, 0) or coalesce(b.moved_fen, 0) <> coalesce(n.moved, 0)`),
    await check(scope, 'B11', '每条读数在每个项目至多出账一次', sql`
      select reading_id::text as what from billing.bill where company_id = ${c} and voided_at is null and reading_id is not null and shape <> 'share' group by reading_id, fee_item_id having count(*) filter (where part_no = 0) > 1 or (bool_or(part_no = 0) and bool_or(part_no > 0))`),
    await check(scope, 'SH1', '公摊账单等于该户份额,各户份额之和等于总额', sql`
      select b.bill_id::text as what from billing.bill b left join meters.share_part p on p.company_id = ${c} and p.split_id = b.reading_id and p.house_id = b.house_id where b.company_id = ${c} and b.shape = 'share' and b.amount_fen is distinct from p.amount_fen
      union all select s.split_id::text from meters.share_split s where s.company_id = ${c} and s.total_fen <> (select coalesce(sum(p.amount_fen), 0) from meters.share_part p where p.company_id = ${c} and p.split_id = s.split_id)`),
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
