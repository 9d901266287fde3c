// Who sees the ledger: the whole company, or the postings of his communities. A grant over a building opens none of it, because
// income is booked by community.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** Condition on `p`, a posting. */
export function visiblePostings(scope: Scope): RawBuilder<boolean> {
  const reach = scope.reach()
  return reach.all ? sql<boolean>`true` : sql<boolean>`p.community_id = any(${reach.community_ids}::uuid[])`
}

/** For figures that only make sense for the whole company. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
