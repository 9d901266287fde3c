// Who may see and close. Days belong to a community as a whole, months to the company: a grant over one community closes its days and no
// month; a grant over a building opens nothing here.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** Condition on a row with community_id. */
export function communitiesSeen(scope: Scope, alias: string): RawBuilder<SqlBool> {
  const reach = scope.reach()
  return reach.all ? sql<SqlBool>`true` : sql<SqlBool>`${sql.ref(`${alias}.community_id`)} = any(${reach.community_ids}::uuid[])`
}
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
