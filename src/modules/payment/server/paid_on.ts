// When bills were paid, for those below who may not look up: billing counts late fees over it.
import { sql } from 'kysely'
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
