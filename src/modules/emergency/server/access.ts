// Plans, drills and emergencies belong to a community: within reach of the call's permission, else 404.
import { sql } from 'kysely'
import type { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { said } from '../shown.ts'

export const seen = (scope: Scope, alias: string, permission?: string) => communitiesSeenBy(scope, { alias, ...(permission ? { permission } : {}) })
export function reaches(scope: Scope, permission: string, community_id: string): boolean {
  const r = scope.reach(permission)
  return r.all || r.community_ids.includes(community_id)
}
/** Building managers see what their community has, and work with it. */
export async function worksAt(scope: Scope, community_id: string): Promise<boolean> {
  const { rows } = await sql<{ ok: boolean }>`select ${seen(scope, 'c', 'emergency.incident.work')} as ok from property.community c where c.company_id = ${scope.company_id} and c.community_id = ${community_id}`.execute(scope.db)
  return rows[0]?.ok === true
}
export function refusal(scope: Scope, code: string, o: { name: string; of: 'version' | 'drill' | 'task' | 'incident'; state: string; action: string; actions: 'plan_action' | 'drill_action' | 'task_action' | 'incident_action'; what?: string }): Refusal {
  if (code === 'kernel.forbidden') return scope.notFound()
  return scope.refuse(code, { name: o.name, state: said(o.of, o.state), action: said(o.actions, o.action), what: o.what ?? '提交' })
}
/** Members who may take part at a place: names by account; refused when one is not there. */
export async function membersHere(scope: Scope, account_ids: readonly string[]): Promise<Map<string, string>> {
  const ids = [...new Set(account_ids)]
  const { rows } = await sql<{ account_id: string; name: string }>`select account_id, name from identity.member where company_id = ${scope.company_id} and account_id = any(${ids}::uuid[]) and disabled_at is null`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.refuse('emergency.no_person')
  return new Map(rows.map((r) => [r.account_id, r.name]))
}
export async function ownPhotos(scope: Scope, file_ids: readonly string[]): Promise<string[]> {
  const ids = [...new Set(file_ids)]
  if (ids.length === 0) return []
  const { rows } = await sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${scope.company_id} and file_id = any(${ids}::uuid[]) and purpose = 'photo' and type in ('image/jpeg','image/png') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.refuse('emergency.no_photo')
  return ids
}
export async function keepPhotos(scope: Scope, subject_id: string, file_ids: readonly string[]): Promise<void> {
  if (file_ids.length === 0) return
  await sql`insert into emergency.photo (company_id, subject_id, file_id, taken_by_name, taken_at) select ${scope.company_id}, ${subject_id}, x, ${scope.who.name}, ${scope.now} from unnest(${[...file_ids]}::uuid[]) x on conflict do nothing`.execute(scope.db)
}
