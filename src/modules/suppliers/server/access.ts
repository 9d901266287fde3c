// Who may see which suppliers: the register is the company's, so the permission opens it whole, whatever it is held over; work belongs to its community.
// The scheme, evaluations and the blacklist hold in all communities and need the whole company.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

export interface SupplierKey {
  supplier_id: string
  name: string
  retired: boolean
  keeper_id: string | null
}
export const BANNED = (scope: Scope, alias = 's'): RawBuilder<SqlBool> => sql<SqlBool>`exists (select from suppliers.ban b where b.company_id = ${scope.company_id} and b.supplier_id = ${sql.ref(`${alias}.supplier_id`)} and b.lifted_at is null and b.from_on <= ${scope.today}::date and (b.to_on is null or b.to_on >= ${scope.today}::date))`
export function worksSeenBy(scope: Scope, permission?: string): RawBuilder<SqlBool> {
  const r = scope.reach(permission)
  return r.all ? sql<SqlBool>`true` : sql<SqlBool>`w.community_id = any(${r.community_ids}::uuid[])`
}
export async function supplierToRead(scope: Scope, supplier_id: string, lock = false): Promise<SupplierKey> {
  const { rows } = await sql<SupplierKey>`select s.supplier_id, s.name, s.retired_at is not null as retired, s.keeper_id from suppliers.supplier s where s.company_id = ${scope.company_id} and s.supplier_id = ${supplier_id} ${lock ? sql`for update of s` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
/** The ban in force of a supplier, if there is one. */
export async function banOf(scope: Scope, supplier_id: string): Promise<{ ban_id: string; to_on: string | null; reason: string } | undefined> {
  const { rows } = await sql<{ ban_id: string; to_on: string | null; reason: string }>`select b.ban_id, b.to_on, b.reason from suppliers.ban b where b.company_id = ${scope.company_id} and b.supplier_id = ${supplier_id} and b.lifted_at is null and b.from_on <= ${scope.today}::date and (b.to_on is null or b.to_on >= ${scope.today}::date) order by b.to_on desc nulls first, b.ban_id limit 1`.execute(scope.db)
  return rows[0]
}
export const untilText = (to_on: string | null): string => (to_on ? `至 ${to_on}` : '不定期')
