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
 * month of the approval, always under the name of who took it. By bill: summed, with the community, building and item of
 * each bill, which is what counts. By allocation: one by one, as allocation and payment say it, which is the same (P14) and looks up no bill.
 */
export function paidMoves(scope: Scope, by: 'allocation' | 'bill'): RawBuilder<unknown> {
  const c = scope.company_id
  const bill = by === 'bill'
  const at = bill ? sql`` : sql`p.building_id, a.fee_item_id,`
  const who = sql`coalesce(p.taken_by, '00000000-0000-0000-0000-000000000000'::uuid)`
  const month = (day: RawBuilder<unknown>) => sql`date_trunc('month', ${day})::date`
  const of = sql`payment.allocation a join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id`
  const moves = sql`select ${at} a.bill_id, a.period_on, a.amount_fen as fen, ${month(sql`p.taken_on::timestamp`)} as month_on, ${who} as taken_by from ${of} where a.company_id = ${c}
      union all select ${at} a.bill_id, a.period_on, -a.amount_fen, ${month(sql`p.reversed_at`)}, ${who} from ${of} and p.reversed_at is not null where a.company_id = ${c}
      union all select ${at} l.bill_id, l.period_on, -l.amount_fen, ${month(sql`f.decided_at`)}, ${who} from payment.refund_line l join payment.refund f on f.company_id = ${c} and f.refund_id = l.refund_id and f.decided_at is not null and f.state <> 'refused'
        left join payment.payment p on p.company_id = ${c} and p.payment_id = f.payment_id left join payment.allocation a on a.company_id = ${c} and a.payment_id = f.payment_id and a.bill_id = l.bill_id where l.company_id = ${c}`
  return bill
    ? sql`select b.community_id, b.building_id, b.fee_item_id, x.period_on, x.month_on, x.taken_by, sum(x.fen) as paid_fen from (${moves}) x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id group by 1, 2, 3, 4, 5, 6`
    : sql`select x.building_id, x.fee_item_id, x.period_on, x.month_on, x.taken_by, x.fen as paid_fen from (${moves}) x`
}
