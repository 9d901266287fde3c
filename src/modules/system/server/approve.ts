// Asking, deciding, withdrawing. The row of the request is locked first, so two deciders come one after the other; the primary key of
// the decisions (one a step) and the check decided_by <> asked_by hold in the database what this file says.
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ApprovalStep } from '../approval_shapes.ts'
import { system } from '../contract.ts'
import { words } from '../words.ts'
import { approvalToRead, decides } from './access.ts'
import type { ApprovalKind, ApprovalKinds, ApprovalOf } from './approval_kinds.ts'
import { decidersOf, stepWords, stepsInForce } from './approval_steps.ts'
import { afterDecision } from './rules/approval.ts'

export interface Ask<P> {
  subject_type: string
  /** With the kind: at most one request at a time is open for it. */
  subject_id: string
  community_id: string | null
  /** What is asked for, whole: '减免 1-2-301 2026-03 物业费 50.00 元'. */
  title: string
  amount_fen: number | null
  payload: P
  reason: string
  /** Files uploaded for 'proof' by the person who asks. */
  attachments?: readonly string[]
}

/**
 * Asks for approval in the transaction of the asking call. Give the permission check, the checks of the trade and `dry_run` to the call
 * that asks. Refuses 'system.approval_pending' (one is open already) and 'system.approval_nobody' (no other person could decide a step).
 */
export async function askApproval<P>(scope: Scope, kind: ApprovalKind<P>, o: Ask<P>): Promise<{ approval_id: string }> {
  assert(scope.who.account_id, 'an approval is asked for by a person')
  const { flow_id, steps } = await stepsInForce(scope, kind as unknown as ApprovalKind, o.community_id, kind.has_amount ? o.amount_fen : null)
  const people = await decidersOf(scope, steps.map((step) => ({ step, community_id: o.community_id, not: scope.who.account_id })))
  const empty = people.findIndex((p) => p.count === 0)
  if (empty !== -1) throw scope.refuse('system.approval_nobody', { zh: kind.zh, who: await nameOf(scope, steps[empty]!) })
  const attachments = await ownFiles(scope, o.attachments ?? [])
  const approval_id = uuidv7()
  const made = await sql`insert into system.approval (company_id, approval_id, kind, subject_type, subject_id, community_id, title, amount_fen, payload, reason, attachments, flow_id, steps, step_by, step_code, asked_by, asked_at)
    values (${scope.company_id}, ${approval_id}, ${kind.kind}, ${o.subject_type}, ${o.subject_id}, ${o.community_id}, ${o.title.slice(0, 200)}, ${o.amount_fen}, ${JSON.stringify(kind.payload.parse(o.payload))}::jsonb, ${o.reason}, ${JSON.stringify(attachments)}::jsonb, ${flow_id}, ${JSON.stringify(steps)}::jsonb, ${steps[0]!.by}, ${steps[0]!.code}, ${scope.who.account_id}, ${scope.now})
    on conflict (company_id, kind, subject_id) where state = 'asked' do nothing returning approval_id`.execute(scope.db)
  if (made.rows.length === 0) throw scope.refuse('system.approval_pending', { title: o.title })
  scope.note('approval', approval_id, { kind: kind.kind, subject_id: o.subject_id, title: o.title, amount_fen: o.amount_fen })
  scope.emit('system.approval_asked', approval_id, { approval_id, kind: kind.kind, community_id: o.community_id })
  return { approval_id }
}

async function nameOf(scope: Scope, step: ApprovalStep): Promise<string> {
  if (step.by === 'permission') return step.code
  return (await scope.db.selectFrom('identity.role').select('name').where('company_id', '=', scope.company_id).where('code', '=', step.code).executeTakeFirst())?.name ?? step.code
}

async function ownFiles(scope: Scope, file_ids: readonly string[]): Promise<{ file_id: string; name: string; size_bytes: number }[]> {
  if (file_ids.length === 0) return []
  const ids = [...new Set(file_ids)]
  const rows = await scope.db.selectFrom('kernel.file').select(['file_id', 'name', 'size_bytes']).where('company_id', '=', scope.company_id).where('file_id', 'in', ids).where('purpose', '=', 'proof').where('created_by', '=', scope.who.account_id).execute()
  if (rows.length !== ids.length) throw scope.notFound()
  return rows
}

export type Row = Awaited<ReturnType<typeof approvalToRead>>
export const givenTo = (a: Row): ApprovalOf<unknown> => ({ approval_id: a.approval_id, subject_type: a.subject_type, subject_id: a.subject_id, community_id: a.community_id, amount_fen: a.amount_fen, reason: a.reason, payload: a.payload, asked_by: a.asked_by, asked_at: a.asked_at })
const closedWord = (state: string) => ({ state: words.states!['approval']![state] ?? state })

function kindOf(kinds: ApprovalKinds, a: Row): ApprovalKind {
  const kind = kinds.get(a.kind)
  assert(kind, `the approval kind ${a.kind} is registered in src/apps/modules.ts`)
  return kind
}

export const approveAnswers = (app: () => App, kinds: ApprovalKinds) => [
  answer(system.decideApproval, async (scope, o) => {
    const c = scope.company_id
    const a = await approvalToRead(scope, kinds, o.approval_id, true)
    if (a.state !== 'asked') throw scope.refuse('system.approval_closed', closedWord(a.state))
    if (a.asked_by === scope.who.account_id) throw scope.refuse('system.approval_own')
    if (a.decided_before) throw scope.refuse('system.approval_again')
    if (a.step_no !== o.step_no) throw scope.refuse('system.approval_moved', { step_no: a.step_no })
    if (!decides(scope, a)) throw scope.refuse('system.approval_not_yours', { who: (await stepWords(app(), scope))({ by: a.step_by, code: a.step_code }) })
    const note = o.note ?? ''
    if (o.decision === 'refuse' && note.length < 2) throw scope.refuse('system.approval_note_needed')
    await scope.db.insertInto('system.approval_decision').values({ company_id: c, approval_id: a.approval_id, step_no: a.step_no, asked_by: a.asked_by, decided_by: scope.who.account_id!, decision: o.decision, note: note || null, decided_at: scope.now }).execute()
    const next = afterDecision({ step_no: a.step_no, step_count: a.steps.length, decision: o.decision })
    const step = a.steps[next.step_no - 1]!
    await scope.db.updateTable('system.approval').set({ state: next.state, step_no: next.step_no, step_by: step.by, step_code: step.code, closed_at: next.state === 'asked' ? null : scope.now }).where('company_id', '=', c).where('approval_id', '=', a.approval_id).execute()
    scope.note('approval', a.approval_id, { kind: a.kind, decision: o.decision, step_no: a.step_no, state: next.state, title: a.title })
    if (next.state === 'agreed') await kindOf(kinds, a).agreed(scope, { ...givenTo(a), payload: kindOf(kinds, a).payload.parse(a.payload) })
    if (next.state === 'refused') await kindOf(kinds, a).dropped?.(scope, { ...givenTo(a), payload: kindOf(kinds, a).payload.parse(a.payload) }, 'refused')
    if (next.state !== 'asked') scope.emit('system.approval_closed', a.approval_id, { approval_id: a.approval_id, kind: a.kind, state: next.state })
    return { approval_id: a.approval_id, state: next.state, step_no: next.step_no }
  }),
  answer(system.withdrawApproval, async (scope, o) => {
    const a = await approvalToRead(scope, kinds, o.approval_id, true)
    if (a.asked_by !== scope.who.account_id) throw scope.refuse('system.approval_not_asked')
    if (a.state !== 'asked') throw scope.refuse('system.approval_closed', closedWord(a.state))
    await scope.db.updateTable('system.approval').set({ state: 'withdrawn', closed_at: scope.now }).where('company_id', '=', scope.company_id).where('approval_id', '=', a.approval_id).execute()
    await kindOf(kinds, a).dropped?.(scope, { ...givenTo(a), payload: kindOf(kinds, a).payload.parse(a.payload) }, 'withdrawn')
    scope.note('approval', a.approval_id, { kind: a.kind, state: 'withdrawn', reason: o.reason, title: a.title })
    scope.emit('system.approval_closed', a.approval_id, { approval_id: a.approval_id, kind: a.kind, state: 'withdrawn' })
    return { approval_id: a.approval_id }
  }),
]
