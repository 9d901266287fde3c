// Two entries of the register that were one person: cards, rights and passages of the one who went follow him, and the controllers learn it.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { closeFaces } from './faces.ts'
import { holderIfAny, holderOf } from './holders.ts'
import { refreshLists } from './lists.ts'

export async function followMerged(scope: Scope, o: { keep_id: string; drop_id: string }): Promise<void> {
  const c = scope.company_id
  await sql`update doors.entry_right set person_id = ${o.keep_id} where company_id = ${c} and person_id = ${o.drop_id}`.execute(scope.db)
  await sql`update doors.helper set vouch_person_id = ${o.keep_id} where company_id = ${c} and vouch_person_id = ${o.drop_id}`.execute(scope.db)
  const from = await holderIfAny(scope, { person_id: o.drop_id })
  if (!from) return
  const to = await holderOf(scope, { person_id: o.keep_id })
  await sql`update doors.card set holder_id = ${to} where company_id = ${c} and holder_id = ${from}`.execute(scope.db)
  await sql`update doors.passage set holder_id = ${to} where company_id = ${c} and holder_id = ${from}`.execute(scope.db)
  await sql`update doors.barred set holder_id = ${to} where company_id = ${c} and holder_id = ${from}`.execute(scope.db)
  // Two consents of one person: his own stays, the other is over.
  const { rows } = await sql<{ face_id: string; twice: boolean }>`select f.face_id, exists (select from doors.face x where x.company_id = ${c} and x.holder_id = ${to} and x.state = 'live') as twice from doors.face f where f.company_id = ${c} and f.holder_id = ${from} and f.state = 'live'`.execute(scope.db)
  if (rows[0]?.twice) await closeFaces(scope, [rows[0].face_id], 'closed', '合并为同一人,保留另一份同意')
  await sql`update doors.face set holder_id = ${to} where company_id = ${c} and holder_id = ${from}`.execute(scope.db)
  await sql`update doors.face set guardian_person_id = ${o.keep_id} where company_id = ${c} and guardian_person_id = ${o.drop_id}`.execute(scope.db)
  await sql`update doors.holder t set code_at = coalesce(t.code_at, f.code_at) from doors.holder f where t.company_id = ${c} and t.holder_id = ${to} and f.company_id = ${c} and f.holder_id = ${from} and f.code_at is not null`.execute(scope.db)
  await refreshLists(scope, { holder_ids: [from, to] })
}
