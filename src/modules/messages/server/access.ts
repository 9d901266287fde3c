// Who may see delivery records: the whole company's, or none. A phone number is not bound to one community.
import type { Scope } from '../../../kernel/scope.ts'

export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
