// Two entries of the register that were one person: what was brought by the one who went is found under the one who stays. Names and phones stay as they were given.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

export async function followMerged(scope: Scope, o: { keep_id: string; drop_id: string }): Promise<void> {
  const c = scope.company_id
  await sql`update care.complaint set person_id = ${o.keep_id} where company_id = ${c} and person_id = ${o.drop_id}`.execute(scope.db)
  await sql`update care.contact set person_id = ${o.keep_id} where company_id = ${c} and person_id = ${o.drop_id}`.execute(scope.db)
  await sql`update care.application set person_id = ${o.keep_id} where company_id = ${c} and person_id = ${o.drop_id}`.execute(scope.db)
}
