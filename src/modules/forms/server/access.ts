// Who may see and change templates: a community's own by whoever reaches the community; the company's are seen by all with the permission
// and changed with the whole company in reach.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

export function templatesSeenBy(scope: Scope): RawBuilder<SqlBool> {
  const r = scope.reach()
  return r.all ? sql<SqlBool>`true` : sql<SqlBool>`(t.community_id is null or t.community_id = any(${r.community_ids}::uuid[]))`
}
export function mayChangeFor(scope: Scope, community_id: string | null): void {
  const r = scope.reach()
  if (!r.all && (community_id === null || !r.community_ids.includes(community_id))) throw scope.notFound()
}
export interface TemplateHead {
  template_id: string
  kind: string
  paper: string
  community_id: string | null
  name: string
  ended_at: string | null
}
/** Locked, within reach to change. */
export async function templateToChange(scope: Scope, template_id: string): Promise<TemplateHead> {
  const row = await scope.db.selectFrom('forms.template').select(['template_id', 'kind', 'paper', 'community_id', 'name', 'ended_at']).where('company_id', '=', scope.company_id).where('template_id', '=', template_id).forUpdate().executeTakeFirst()
  if (!row) throw scope.notFound()
  mayChangeFor(scope, row.community_id)
  return row
}
