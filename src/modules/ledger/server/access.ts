// Who sees the ledger: the whole company, or the postings of his communities. A grant over a building opens none of it, because
// income is booked by community.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** Condition on a row with community_id: a posting, a kept balance. */
export function visibleOf(scope: Scope, alias: string): RawBuilder<boolean> {
  const reach = scope.reach()
  return reach.all ? sql<boolean>`true` : sql<boolean>`${sql.ref(`${alias}.community_id`)} = any(${reach.community_ids}::uuid[])`
}
/** Condition on `p`, a posting. */
export const visiblePostings = (scope: Scope): RawBuilder<boolean> => visibleOf(scope, 'p')

/** For figures that only make sense for the whole company. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
