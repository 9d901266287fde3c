// When something counts as done that a phone did without network.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Order } from './access.ts'

const AT_ONCE_MS = 2 * 60_000
/**
 * A phone without network says when it was: believed from the last step of the order up to now and no longer back than the
 * policy says; anything else counts from when it came in, so that a clock that was set back gains nothing.
 */
export async function doneAt(scope: Scope, o: Pick<Order, 'order_id'>, policy: { offline_hours: number }, done_at: string | undefined): Promise<{ at: string; late: boolean }> {
  if (done_at === undefined) return { at: scope.now, late: false }
  const said = new Date(done_at).toISOString()
  if (said > scope.now || Date.parse(scope.now) - Date.parse(said) < AT_ONCE_MS) return { at: scope.now, late: false }
  const { rows } = await sql<{ at: string }>`select s.at from orders.step s where s.company_id = ${scope.company_id} and s.order_id = ${o.order_id} order by s.step_no desc limit 1`.execute(scope.db)
  const oldest = new Date(Math.max(Date.parse(rows[0]!.at), Date.parse(scope.now) - policy.offline_hours * 3_600_000)).toISOString()
  return said >= oldest ? { at: said, late: true } : { at: scope.now, late: true }
}
