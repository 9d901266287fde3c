// Certificates in staff files by account, for the rosters of modules above: the last day of each kind, by the code that both registers share.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

export async function certsByAccount(scope: Scope, codes: readonly string[], account_ids: readonly string[]): Promise<{ code: string; account_id: string; valid_to_on: string | null }[]> {
  if (codes.length === 0 || account_ids.length === 0) return []
  const { rows } = await sql<{ code: string; account_id: string; valid_to_on: string | null }>`select distinct on (k.code, e.account_id) k.code, e.account_id, x.valid_to_on from staff.employee e join staff.cert x on x.company_id = ${scope.company_id} and x.employee_id = e.employee_id and x.ended_at is null and x.issued_on <= ${scope.today}::date
      join staff.cert_kind k on k.company_id = ${scope.company_id} and k.kind_id = x.kind_id and k.code = any(${[...codes]}::text[])
    where e.company_id = ${scope.company_id} and e.account_id = any(${[...account_ids]}::uuid[]) and e.left_at is null order by k.code, e.account_id, x.valid_to_on desc nulls first`.execute(scope.db)
  return rows
}
