// Who may see and act on which imports: whoever holds the permission to import AND every permission of the kind, over the community
// of the batch. The person who made a batch keeps seeing it while the permissions last somewhere.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { mayDo, type Reach, type Scope } from '../../../kernel/scope.ts'
import type { ImportKind } from './kinds.ts'

export type Kinds = ReadonlyMap<string, ImportKind>
const IMPORT = 'system.import.use'

/** Communities in which the person may import this kind; a grant over single buildings opens no whole-community import. */
export function reachOfKind(scope: Scope, kind: ImportKind): Reach {
  const all = [IMPORT, ...kind.may].map((p) => scope.reach(p))
  const bound = all.filter((r) => !r.all)
  const community_ids = bound.length === 0 ? [] : bound.map((r) => r.community_ids).reduce((a, b) => a.filter((id) => b.includes(id)))
  return { all: bound.length === 0, community_ids: [...new Set(community_ids)], building_ids: [] }
}
export const mayUse = (scope: Scope, kind: ImportKind): boolean => kind.may.every((p) => mayDo(scope.who, p))

/** The kind, when the person may use it; else as if it did not exist. */
export function kindToUse(scope: Scope, kinds: Kinds, name: string): ImportKind {
  const kind = kinds.get(name)
  if (!kind) throw scope.refuse('system.unknown_kind')
  if (!mayUse(scope, kind)) throw scope.notFound()
  return kind
}
export function withinReach(scope: Scope, kind: ImportKind, community_id: string | null): void {
  const r = reachOfKind(scope, kind)
  if (r.all || (community_id !== null && r.community_ids.includes(community_id))) return
  throw scope.notFound()
}

/** The condition that a batch `b` may be seen. */
export function importsSeenBy(scope: Scope, kinds: Kinds): RawBuilder<SqlBool> {
  const parts = [...kinds.values()]
    .filter((k) => mayUse(scope, k))
    .map((k) => {
      const r = reachOfKind(scope, k)
      const where = r.all ? sql<SqlBool>`true` : sql<SqlBool>`(b.created_by = ${scope.who.account_id}::uuid or b.community_id = any(${r.community_ids}::uuid[]))`
      return sql<SqlBool>`(b.kind = ${k.kind} and ${where})`
    })
  return parts.length ? sql<SqlBool>`(${sql.join(parts, sql` or `)})` : sql<SqlBool>`false`
}

const columns = ['b.import_id', 'b.kind', 'b.community_id', 'b.file_id', 'b.file_name', 'b.sheet_name', 'b.header_row', 'b.mapping', 'b.layout', 'b.summary', 'b.state', 'b.job_id', 'b.cancel_asked_at', 'b.row_count', 'b.bad_count', 'b.counts', 'b.error', 'b.created_by', 'b.created_at', 'b.applied_at', 'b.undone_at', 'b.purged_at'] as const
export const batches = (scope: Scope) => scope.db.selectFrom('system.import_batch as b').select(columns).where('b.company_id', '=', scope.company_id)
export type Batch = Awaited<ReturnType<typeof oneBatch>>
const oneBatch = (scope: Scope) => batches(scope).executeTakeFirstOrThrow()

export async function importToRead(scope: Scope, kinds: Kinds, import_id: string): Promise<{ batch: Batch; kind: ImportKind }> {
  const batch = await batches(scope).where('b.import_id', '=', import_id).where(importsSeenBy(scope, kinds)).executeTakeFirst()
  if (!batch) throw scope.notFound()
  return { batch, kind: kinds.get(batch.kind)! }
}
/** Locked, and the permissions reach the community now: having made the batch once is not enough to write by it. */
export async function importToChange(scope: Scope, kinds: Kinds, import_id: string): Promise<{ batch: Batch; kind: ImportKind }> {
  const batch = await batches(scope).where('b.import_id', '=', import_id).where(importsSeenBy(scope, kinds)).forUpdate().executeTakeFirst()
  if (!batch) throw scope.notFound()
  const kind = kinds.get(batch.kind)!
  withinReach(scope, kind, batch.community_id)
  return { batch, kind }
}
