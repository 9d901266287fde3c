// Who is to be told of something at a place: those who hold a permission there.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** People told of one thing at most: a company with more has other means. */
const TOLD_MAX = 20
export interface Place {
  community_id: string
  building_id: string | null
}
/** Accounts that hold a permission at a place, through whatever role and scope. */
export async function staffAt(scope: Scope, permission: string, at: Place): Promise<string[]> {
  const { rows } = await sql<{ account_id: string }>`select distinct g.account_id from identity.access_grant g join identity.role r on r.company_id = ${scope.company_id} and r.role_id = g.role_id
      join identity.member m on m.company_id = ${scope.company_id} and m.account_id = g.account_id and m.disabled_at is null
    where g.company_id = ${scope.company_id} and ${permission} = any(r.permissions) and (g.scope_kind = 'company' or (g.scope_kind = 'community' and ${at.community_id}::uuid = any(g.scope_ids)) or (g.scope_kind = 'building' and ${at.building_id}::uuid = any(g.scope_ids)))
    order by g.account_id limit ${TOLD_MAX}`.execute(scope.db)
  return rows.map((r) => r.account_id)
}
