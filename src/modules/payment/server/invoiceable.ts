import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** What of a standing payment may be invoiced: what it paid of bills, less what went back of them or is going back; alias p. */
export const toInvoice = (scope: Scope): RawBuilder<number> => sql<number>`(p.applied_fen - coalesce((select sum(l.amount_fen) from payment.refund f join payment.refund_line l on l.company_id = ${scope.company_id} and l.refund_id = f.refund_id
  where f.company_id = ${scope.company_id} and f.payment_id = p.payment_id and (f.state not in ('refused','cancelled') or f.state = 'cancelled' and f.decided_at is not null)), 0))::bigint`
