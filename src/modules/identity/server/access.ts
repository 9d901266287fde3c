// Who may see which staff, roles and audit rows. Staff administration is for the whole company only: a grant over one
// community does not open the company's accounts.
import type { Scope } from '../../../kernel/scope.ts'

/** The administrator of the company: rows of the company, or nothing. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}

/** Nobody gives what he does not have: neither a function nor a wider scope. */
export function withinOwnRights(scope: Scope, permissions: readonly string[]): void {
  const missing = permissions.find((p) => !scope.reach(p).all)
  if (missing) throw scope.refuse('identity.beyond_own_rights', { what: missing })
}
