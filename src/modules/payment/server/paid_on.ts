// When bills were paid, for those below who may not look up: billing counts late fees over it.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { BillKey } from './bills.ts'

/** Allocations of live payments by business day; a reversed payment is as if it had never been, a refund takes back from the day it was approved. */
export async function paidOn(scope: Scope, bills: readonly BillKey[]): Promise<{ bill_id: string; on: string; amount_fen: number }[]> {
  if (bills.length === 0) return []
  const c = scope.company_id
  const ids = bills.map((b) => b.bill_id)
  const { rows } = await sql<{ bill_id: string; on: string; amount_fen: number }>`select a.bill_id, p.taken_on as on, sum(a.amount_fen)::bigint as amount_fen from payment.allocation a join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id and p.reversed_at is null
    where a.company_id = ${c} and a.bill_id = any(${ids}::uuid[]) group by 1, 2
    union all select l.bill_id, (f.decided_at at time zone 'Asia/Shanghai')::date, -sum(l.amount_fen)::bigint from payment.refund_line l join payment.refund f on f.company_id = ${c} and f.refund_id = l.refund_id and f.decided_at is not null and f.state <> 'refused'
    where l.company_id = ${c} and l.bill_id = any(${ids}::uuid[]) group by 1, 2`.execute(scope.db)
  return rows
}

/**
 * What payments have done to bills, by the keys of billing's sums: taken in the month of taking, reversed in the month of reversal, refunded in the
 * month of the approval, always under the name of who took it.
 */
export function paidMoves(scope: Scope): RawBuilder<unknown> {
  const c = scope.company_id
  const by = sql`coalesce(p.taken_by, '00000000-0000-0000-0000-000000000000'::uuid)`
  const month = (day: RawBuilder<unknown>) => sql`date_trunc('month', ${day})::date`
  return sql`select b.community_id, b.building_id, b.fee_item_id, x.period_on, x.month_on, x.taken_by, sum(x.fen) as paid_fen from (
      select a.bill_id, a.period_on, a.amount_fen as fen, ${month(sql`p.taken_on`)} as month_on, ${by} as taken_by from payment.allocation a join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id where a.company_id = ${c}
      union all select a.bill_id, a.period_on, -a.amount_fen, ${month(sql`p.reversed_at`)}, ${by} from payment.allocation a join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id and p.reversed_at is not null where a.company_id = ${c}
      union all select l.bill_id, l.period_on, -l.amount_fen, ${month(sql`f.decided_at`)}, ${by} from payment.refund_line l join payment.refund f on f.company_id = ${c} and f.refund_id = l.refund_id and f.decided_at is not null and f.state <> 'refused'
        left join payment.payment p on p.company_id = ${c} and p.payment_id = f.payment_id where l.company_id = ${c}
    ) x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id group by 1, 2, 3, 4, 5, 6`
}
