// Who may see and act on which imports: whoever holds the permission to import AND every permission of the kind, over the community
// of the batch. The person who made a batch keeps seeing it while the permissions last somewhere.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { mayDo, type Reach, type Scope } from '../../../kernel/scope.ts'
import { kindOfCompany } from '../../identity/server/index.ts'
import type { ApprovalStep } from '../approval_shapes.ts'
import type { ApprovalKinds } from './approval_kinds.ts'
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

/** The kind is one of this sort of company; else as if it did not exist. */
export async function ofItsCompany(scope: Scope, kind: ImportKind): Promise<void> {
  if (kind.of !== undefined && kind.of !== (await kindOfCompany(scope))) throw scope.notFound()
}
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

// Approvals. A step names a permission or a role; whoever holds it over the community of the request (a request of the company: over the
// whole company) may decide. A grant over single buildings decides nothing: money is a matter of the community as a whole.

/** The condition that the current step of `a` could be decided by this person, whoever asked. */
function holdsStep(scope: Scope): RawBuilder<SqlBool> {
  const { who } = scope
  if (who.kind !== 'staff') return sql<SqlBool>`false`
  const parts = who.grants
    .filter((g) => g.scope_kind !== 'building')
    .map((g) => {
      const permission = g.permissions.includes('*') ? sql<SqlBool>`a.step_by = 'permission'` : sql<SqlBool>`(a.step_by = 'permission' and a.step_code = any(${[...g.permissions]}::text[]))`
      const where = g.scope_kind === 'company' ? sql<SqlBool>`true` : sql<SqlBool>`a.community_id = any(${[...g.scope_ids]}::uuid[])`
      return sql<SqlBool>`((${permission} or (a.step_by = 'role' and a.step_code = ${g.role_code})) and ${where})`
    })
  return parts.length ? sql<SqlBool>`(${sql.join(parts, sql` or `)})` : sql<SqlBool>`false`
}
const decidedByMe = (scope: Scope) => sql<SqlBool>`exists (select from system.approval_decision d where d.company_id = ${scope.company_id} and d.approval_id = a.approval_id and d.decided_by = ${scope.who.account_id}::uuid)`

/** Waits for me: not asked by me, and no earlier step decided by me. Also the count on the work bench. */
export const approvalsForMe = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(a.state = 'asked' and a.asked_by <> ${scope.who.account_id}::uuid and ${holdsStep(scope)} and not ${decidedByMe(scope)})`
export const approvalsDecidedByMe = decidedByMe

/** May be seen: asked or decided by me, waiting at a post of mine, or of a kind that I may decide over the community. */
export function approvalsSeenBy(scope: Scope, kinds: ApprovalKinds): RawBuilder<SqlBool> {
  if (scope.who.kind !== 'staff') return sql<SqlBool>`false`
  const parts = [...kinds.values()].flatMap((k) => {
    const r = scope.reach(k.may)
    if (r.all) return [sql<SqlBool>`a.kind = ${k.kind}`]
    return r.community_ids.length ? [sql<SqlBool>`(a.kind = ${k.kind} and a.community_id = any(${r.community_ids}::uuid[]))`] : []
  })
  return sql<SqlBool>`(${sql.join([sql<SqlBool>`a.asked_by = ${scope.who.account_id}::uuid`, holdsStep(scope), decidedByMe(scope), ...parts], sql` or `)})`
}

export interface ApprovalRead {
  approval_id: string
  kind: string
  subject_type: string
  subject_id: string
  community_id: string | null
  title: string
  amount_fen: number | null
  payload: unknown
  reason: string
  attachments: { file_id: string; name: string; size_bytes: number }[]
  steps: ApprovalStep[]
  step_no: number
  step_by: 'permission' | 'role'
  step_code: string
  state: 'asked' | 'agreed' | 'refused' | 'withdrawn'
  asked_by: string
  asked_at: string
  closed_at: string | null
  decided_before: boolean
  holds_step: boolean
}
export const approvalColumns = (scope: Scope) => sql`a.approval_id, a.kind, a.subject_type, a.subject_id, a.community_id, a.title, a.amount_fen, a.payload, a.reason, a.attachments, a.steps, a.step_no, a.step_by, a.step_code, a.state, a.asked_by, a.asked_at, a.closed_at,
  ${decidedByMe(scope)} as decided_before, ${holdsStep(scope)} as holds_step`

export async function approvalToRead(scope: Scope, kinds: ApprovalKinds, approval_id: string, lock = false): Promise<ApprovalRead> {
  const { rows } = await sql<ApprovalRead>`select ${approvalColumns(scope)} from system.approval a where a.company_id = ${scope.company_id} and a.approval_id = ${approval_id} and ${approvalsSeenBy(scope, kinds)} ${lock ? sql`for update of a` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  // What was read beside the lock is from before the wait: a decision made meanwhile is looked for again.
  if (!lock) return rows[0]
  const again = await sql<{ mine: boolean }>`select exists (select from system.approval_decision d where d.company_id = ${scope.company_id} and d.approval_id = ${approval_id} and d.decided_by = ${scope.who.account_id}::uuid) as mine`.execute(scope.db)
  return { ...rows[0], decided_before: again.rows[0]!.mine }
}
/** Whether the current step is this person's, from the row as it is now. */
export function decides(scope: Scope, a: Pick<ApprovalRead, 'step_by' | 'step_code' | 'community_id'>): boolean {
  if (scope.who.kind !== 'staff') return false
  return scope.who.grants.some((g) => {
    const holds = a.step_by === 'role' ? g.role_code === a.step_code : g.permissions.includes(a.step_code) || g.permissions.includes('*')
    return holds && (g.scope_kind === 'company' || (g.scope_kind === 'community' && a.community_id !== null && g.scope_ids.includes(a.community_id)))
  })
}
/** Flows of the company: the whole company; of a community: the community as a whole. */
export function flowsWithinReach(scope: Scope, community_id: string | null): void {
  const r = scope.reach()
  if (!r.all && (community_id === null || !r.community_ids.includes(community_id))) throw scope.notFound()
}
