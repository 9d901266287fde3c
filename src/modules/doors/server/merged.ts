// Two entries of the register that were one person: cards, rights and passages of the one who went follow him, and the controllers learn it.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { holderIfAny, holderOf } from './holders.ts'
import { refreshLists } from './lists.ts'

export async function followMerged(scope: Scope, o: { keep_id: string; drop_id: string }): Promise<void> {
  const c = scope.company_id
  await sql`update doors.entry_right set person_id = ${o.keep_id} where company_id = ${c} and person_id = ${o.drop_id}`.execute(scope.db)
  const from = await holderIfAny(scope, { person_id: o.drop_id })
  if (!from) return
  const to = await holderOf(scope, { person_id: o.keep_id })
  await sql`update doors.card set holder_id = ${to} where company_id = ${c} and holder_id = ${from}`.execute(scope.db)
  await sql`update doors.passage set holder_id = ${to} where company_id = ${c} and holder_id = ${from}`.execute(scope.db)
  await refreshLists(scope, { holder_ids: [from, to] })
}
