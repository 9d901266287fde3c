// When bills were paid, for those below who may not look up: billing counts late fees over it.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { BillKey } from './bills.ts'

/** Allocations of live payments by business day; a reversed payment is as if it had never been. */
export async function paidOn(scope: Scope, bills: readonly BillKey[]): Promise<{ bill_id: string; on: string; amount_fen: number }[]> {
  if (bills.length === 0) return []
  const { rows } = await sql<{ bill_id: string; on: string; amount_fen: number }>`select a.bill_id, p.taken_on as on, sum(a.amount_fen)::bigint as amount_fen from payment.allocation a join payment.payment p on p.company_id = ${scope.company_id} and p.payment_id = a.payment_id and p.reversed_at is null
    where a.company_id = ${scope.company_id} and a.bill_id = any(${bills.map((b) => b.bill_id)}::uuid[]) group by 1, 2`.execute(scope.db)
  return rows
}
