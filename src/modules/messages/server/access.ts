// Who may see delivery records: the whole company's, or none; a phone number is not bound to one community. Messages in the app: their reader's own.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}

/** Condition on `m`, a message of whoever asks. */
export function mineOf(scope: Scope): RawBuilder<SqlBool> {
  const { kind, phone, account_id } = scope.who
  if (kind === 'resident' && phone) return sql<SqlBool>`(m.company_id = ${scope.company_id} and m.phone = ${phone})`
  if (kind === 'staff') return sql<SqlBool>`(m.company_id = ${scope.company_id} and m.account_id = ${account_id})`
  return sql<SqlBool>`false`
}
