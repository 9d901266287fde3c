// Proofs of where bills come from and what became of them: runs against their journals, voids, readings, payers, late fees.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Check } from '../../ledger/contract.ts'
import { check } from '../../ledger/server/index.ts'

export async function sweepRuns(scope: Scope): Promise<Check[]> {
  const c = scope.company_id
  return [
    await check(scope, 'B6J', '批次、拆分与合并的应收分录合计等于其金额', sql`
      select r.run_id::text || ' ' || r.amount_fen || ' ≠ ' || coalesce(j.fen, 0) as what from billing.run r
      left join (select split_part(j.source_id, ':', 1) as run_id, sum(p.amount_fen) as fen from ledger.journal j
        join ledger.posting p on p.company_id = ${c} and p.journal_id = j.journal_id and p.booked_on = j.booked_on and p.account_code = '1122'
        where j.company_id = ${c} and j.source_type = 'run' and j.kind = 'charge' group by 1) j on j.run_id = r.run_id::text
      where r.company_id = ${c} and r.state = 'published' and r.rework_id is null and r.amount_fen <> coalesce(j.fen, 0)
      union all select r.rework_id::text || ' ' || r.amount_fen || ' ≠ ' || coalesce(j.more, 0) || ' ' || coalesce(j.less, 0) from billing.rework r
      left join (select j.source_id, sum(p.amount_fen) filter (where j.kind = 'charge') as more, -sum(p.amount_fen) filter (where j.kind = 'charge_void') as less from ledger.journal j
        join ledger.posting p on p.company_id = ${c} and p.journal_id = j.journal_id and p.booked_on = j.booked_on and p.account_code = '1122' where j.company_id = ${c} and j.source_type = 'rework' group by 1) j on j.source_id = r.rework_id::text
      where r.company_id = ${c} and (r.amount_fen <> coalesce(j.more, 0) or r.amount_fen <> coalesce(j.less, 0))`),
    // A void of a bill has a journal of its own; shared costs and what became other bills are voided together, in one journal (SH1, B6J).
    await check(scope, 'B7', '作废的账单有相反的应收分录,有效的没有', sql`
      select coalesce(b.bill_id, j.bill_id)::text || ' ' || coalesce(b.fen, 0) || ' ≠ ' || coalesce(j.fen, 0) as what
      from (select bill_id, amount_fen - reduced_fen as fen from billing.bill where company_id = ${c} and voided_at is not null and amount_fen > reduced_fen and shape <> 'share') b
      full join (select j.source_id::uuid as bill_id, -sum(p.amount_fen) as fen from ledger.journal j
        join ledger.posting p on p.company_id = ${c} and p.journal_id = j.journal_id and p.booked_on = j.booked_on and p.account_code = '1122'
        where j.company_id = ${c} and j.source_type = 'bill' and j.kind = 'charge_void' group by 1) j on j.bill_id = b.bill_id
      where coalesce(b.fen, 0) <> coalesce(j.fen, 0) and not exists (select from billing.bill s where s.company_id = ${c} and s.bill_id = coalesce(b.bill_id, j.bill_id)
        and (s.shape = 'share' or exists (select from billing.rework_bill k where k.company_id = ${c} and k.bill_id in (s.bill_id, s.of_bill_id))))`),
    // A true reading may lie below the estimate before it; the difference is settled.
    await check(scope, 'B11R', '每次读数从上次读数开始,未过零的不倒走', sql`
      select x.reading_id::text as what from (select r.reading_id, r.previous, r.reading, r.rolled, coalesce(lag(r.reading) over (partition by r.meter_id order by r.period_on), m.start_reading) as before, lag(r.source) over (partition by r.meter_id order by r.period_on) as before_source
        from meters.reading r join meters.meter m on m.company_id = ${c} and m.meter_id = r.meter_id where r.company_id = ${c}) x
      where x.previous <> x.before or (x.reading < x.previous and not x.rolled and x.before_source is distinct from 'estimate')`),
    await check(scope, 'B12', '每户每类费用的责任期间首尾相接,不断不叠', sql`
      select x.house_id::text || ' ' || x.fee_class || ' ' || x.from_on as what from (select house_id, fee_class, from_on, row_number() over w as n, lag(to_on) over w as before_on from people.payer where company_id = ${c} window w as (partition by house_id, fee_class order by from_on)) x
      where x.n > 1 and x.before_on is distinct from x.from_on`),
    await check(scope, 'F1', '违约金只对到期未缴的本金计收,不对违约金再计', sql`
      select f.bill_id::text as what from billing.bill f left join billing.bill b on b.company_id = ${c} and b.bill_id = f.of_bill_id
      where f.company_id = ${c} and f.shape = 'late_fee' and f.voided_at is null and (b.bill_id is null or b.shape = 'late_fee' or f.issued_on <= b.due_on)`),
  ]
}
