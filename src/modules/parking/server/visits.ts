// Whether a visitor was announced with this plate. Visits belong to access (rank 19), which stands below.
import type { Scope } from '../../../kernel/scope.ts'

export async function visitOf(_scope: Scope, _lot_id: string, _plate: string, _at: string): Promise<string | null> {
  return null
}
