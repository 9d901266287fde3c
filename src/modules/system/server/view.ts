// A batch as screens see it, with the progress of its job and what may be done with it now.
import type { In } from '../../../kernel/contract.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import type { ImportBatch, ImportColumn, ImportCounts, ImportLayout, system } from '../contract.ts'
import { reachOfKind, type Batch, type Kinds } from './access.ts'
import type { CommunityNames, ImportKind } from './kinds.ts'
import type { z } from 'zod'

export const RUNNING = ['reading', 'applying', 'undoing']
/** States in which a preview may be asked for: also after one that failed, with another mapping. */
export const PREVIEWABLE = ['uploaded', 'previewed', 'failed']
export const KEPT_DAYS = 90
/** How a job of the queue stands: gone or failed for good means that nobody works on the batch any more. */
const ALIVE = ['waiting', 'running']

export type Counts = z.output<typeof ImportCounts>
export const countsOf = (b: Pick<Batch, 'counts'>): Counts => ({ new: 0, change: 0, same: 0, skipped: 0, ...(b.counts as Partial<Counts>) })
export type Column = z.output<typeof ImportColumn>

export interface JobNow {
  done_count: number
  total_count: number | null
  alive: boolean
}
/** Jobs have no row-level security: the company is asked for here. */
export async function jobsOf(scope: Scope, job_ids: readonly (number | null)[]): Promise<Map<number, JobNow>> {
  const ids = job_ids.filter((id): id is number => id !== null)
  if (ids.length === 0) return new Map()
  const rows = await scope.db.selectFrom('kernel.job').select(['job_id', 'state', 'done_count', 'total_count']).where('company_id', '=', scope.company_id).where('job_id', 'in', ids).execute()
  return new Map(rows.map((j) => [j.job_id, { done_count: j.done_count, total_count: j.total_count, alive: ALIVE.includes(j.state) }]))
}

type CanDo = ImportBatch['can']
function canDo(scope: Scope, kind: ImportKind, b: Batch): CanDo {
  const r = reachOfKind(scope, kind)
  const reached = r.all || (b.community_id !== null && r.community_ids.includes(b.community_id))
  if (!reached) return { preview: 'kernel.forbidden', apply: 'kernel.forbidden', undo: 'kernel.forbidden', cancel: 'kernel.forbidden' }
  const wrong = 'system.wrong_import_state'
  const counts = countsOf(b)
  const gone = b.purged_at !== null
  return {
    preview: !PREVIEWABLE.includes(b.state) ? wrong : true,
    apply: b.state !== 'previewed' ? wrong : gone ? 'system.import_expired' : b.bad_count > 0 ? 'system.import_has_bad_rows' : counts.new + counts.change === 0 ? 'system.import_empty' : true,
    undo: b.state !== 'applied' ? wrong : gone ? 'system.import_expired' : true,
    cancel: RUNNING.includes(b.state) || PREVIEWABLE.includes(b.state) ? true : wrong,
  }
}

export async function viewed(scope: Scope, kinds: Kinds, names: CommunityNames, rows: readonly Batch[]): Promise<ImportBatch[]> {
  const running = rows.filter((b) => RUNNING.includes(b.state))
  const jobs = await jobsOf(scope, running.map((b) => b.job_id))
  const makers = await memberNames(scope, rows.map((b) => b.created_by))
  const communities = await names(scope, [...new Set(rows.flatMap((b) => b.community_id ?? []))])
  return rows.map((b) => {
    const kind = kinds.get(b.kind)!
    const job = b.job_id === null ? undefined : jobs.get(b.job_id)
    const dead = RUNNING.includes(b.state) && b.job_id !== null && !job?.alive
    return {
      import_id: b.import_id, kind: b.kind, kind_zh: kind.zh, page: kind.page, community_id: b.community_id, community_name: b.community_id ? (communities.get(b.community_id) ?? null) : null,
      file_name: b.file_name, sheet_name: b.sheet_name, state: b.state as ImportBatch['state'], row_count: b.row_count, bad_count: b.bad_count, counts: countsOf(b),
      done_count: job?.done_count ?? 0, total_count: job?.total_count ?? null, cancel_asked: b.cancel_asked_at !== null && RUNNING.includes(b.state),
      error: dead ? '后台任务没有完成,没有写入任何数据。请点「取消」后重试' : b.error, created_by_name: makers.get(b.created_by) ?? '', created_at: b.created_at, applied_at: b.applied_at, undone_at: b.undone_at, can: canDo(scope, kind, b),
    }
  })
}

export const fieldsOf = (kind: ImportKind) => kind.fields.map((f) => ({ key: f.key, zh: f.zh, required: f.required, note: f.note ?? null }))

export async function detailOf(scope: Scope, kinds: Kinds, names: CommunityNames, b: Batch): Promise<In<typeof system.import.gives>> {
  const [view] = await viewed(scope, kinds, names, [b])
  return { ...view!, layout: b.layout as ImportLayout, mapping: (b.mapping as { index: number; field: string }[]).map(({ index, field }) => ({ index, field })), fields: fieldsOf(kinds.get(b.kind)!), summary: b.summary as string[] }
}
