// The approval centre (审批中心): what waits for me, what I asked for, what I decided; one request whole.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { openFile } from '../../../kernel/files.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import type { ApprovalDetail, ApprovalRow, ApprovalStep } from '../approval_shapes.ts'
import { system } from '../contract.ts'
import { approvalColumns, approvalToRead, approvalsDecidedByMe, approvalsForMe, approvalsSeenBy, decides, type ApprovalRead } from './access.ts'
import type { ApprovalKinds } from './approval_kinds.ts'
import { decidersOf, stepWords } from './approval_steps.ts'
import { givenTo } from './approve.ts'
import type { CommunityNames } from './kinds.ts'

const COUNTED = 10_000

function canDo(scope: Scope, a: ApprovalRead): ApprovalRow['can'] {
  const mine = a.asked_by === scope.who.account_id
  const decide = a.state !== 'asked' ? 'system.approval_closed' : mine ? 'system.approval_own' : a.decided_before ? 'system.approval_again' : decides(scope, a) ? true : 'system.approval_not_yours'
  return { decide, withdraw: !mine ? 'system.approval_not_asked' : a.state === 'asked' ? true : 'system.approval_closed' }
}

async function viewed(app: App, scope: Scope, kinds: ApprovalKinds, names: CommunityNames, list: readonly ApprovalRead[]): Promise<ApprovalRow[]> {
  if (list.length === 0) return []
  const zh = await stepWords(app, scope)
  const people = await memberNames(scope, list.map((a) => a.asked_by))
  const places = await names(scope, [...new Set(list.flatMap((a) => (a.community_id ? [a.community_id] : [])))])
  return list.map((a) => ({
    approval_id: a.approval_id, kind: a.kind, kind_zh: kinds.get(a.kind)?.zh ?? a.kind, community_id: a.community_id, community_name: a.community_id ? (places.get(a.community_id) ?? null) : null,
    title: a.title, amount_fen: a.amount_fen, reason: a.reason, state: a.state, step_no: a.step_no, step_count: a.steps.length, step_zh: zh({ by: a.step_by, code: a.step_code }),
    asked_by_name: people.get(a.asked_by) ?? '', asked_at: a.asked_at, closed_at: a.closed_at, page: kinds.get(a.kind)?.page?.(givenTo(a)) ?? null, can: canDo(scope, a),
  }))
}

async function stepsOf(scope: Scope, a: ApprovalRead, zh: (s: ApprovalStep) => string): Promise<ApprovalDetail['steps']> {
  const made = await scope.db.selectFrom('system.approval_decision').select(['step_no', 'decided_by', 'decision', 'note', 'decided_at']).where('company_id', '=', scope.company_id).where('approval_id', '=', a.approval_id).execute()
  const by = new Map(made.map((d) => [d.step_no, d]))
  const people = await memberNames(scope, made.map((d) => d.decided_by))
  const could = await decidersOf(scope, a.steps.map((step) => ({ step, community_id: a.community_id, not: a.asked_by })))
  return a.steps.map((s, i) => {
    const d = by.get(i + 1)
    const open = a.state === 'asked' ? (i + 1 === a.step_no ? ('waiting' as const) : ('later' as const)) : ('skipped' as const)
    return { ...s, zh: zh(s), ...could[i]!, step_no: i + 1, state: d ? (d.decision === 'agree' ? ('agreed' as const) : ('refused' as const)) : open, decided_by_name: d ? (people.get(d.decided_by) ?? '') : null, decided_at: d?.decided_at ?? null, note: d?.note ?? null }
  })
}

export const approvalReads = (app: () => App, kinds: ApprovalKinds, names: CommunityNames) => [
  answer(system.approvals, async (scope, f) => {
    const c = scope.company_id
    const kinds_seen = [...kinds.values()].map((k) => ({ kind: k.kind, zh: k.zh }))
    if (scope.who.kind !== 'staff') return { rows: [], total: 0, todo_count: 0, kinds: [] }
    const boxes: Record<typeof f.box, RawBuilder<SqlBool>> = { todo: approvalsForMe(scope), asked: sql<SqlBool>`a.asked_by = ${scope.who.account_id}::uuid`, decided: approvalsDecidedByMe(scope), all: approvalsSeenBy(scope, kinds) }
    const w = [boxes[f.box]]
    if (f.kind) w.push(sql<SqlBool>`a.kind = ${f.kind}`)
    if (f.state) w.push(sql<SqlBool>`a.state = ${f.state}`)
    if (f.community_id) w.push(sql<SqlBool>`a.community_id = ${f.community_id}`)
    if (f.subject_type) w.push(sql<SqlBool>`a.subject_type = ${f.subject_type}`)
    if (f.subject_id) w.push(sql<SqlBool>`a.subject_id = ${f.subject_id}`)
    const where = sql.join(w, sql` and `)
    const counted = await sql<{ total: number; todo_count: number }>`select
      (select count(*)::int from (select from system.approval a where a.company_id = ${c} and ${where} limit ${COUNTED}) x) as total,
      (select count(*)::int from (select from system.approval a where a.company_id = ${c} and ${approvalsForMe(scope)} limit ${COUNTED}) x) as todo_count`.execute(scope.db)
    // What waits longest comes first in the inbox; everywhere else the newest.
    const order = f.box === 'todo' ? sql`a.asked_at, a.approval_id` : sql`a.asked_at desc, a.approval_id`
    const { rows } = await sql<ApprovalRead>`select ${approvalColumns(scope)} from system.approval a where a.company_id = ${c} and ${where} order by ${order} limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db)
    return { rows: await viewed(app(), scope, kinds, names, rows), ...counted.rows[0]!, kinds: kinds_seen }
  }),
  answer(system.approval, async (scope, { approval_id }) => {
    const a = await approvalToRead(scope, kinds, approval_id)
    const [row] = await viewed(app(), scope, kinds, names, [a])
    return { ...row!, facts: (await kinds.get(a.kind)?.facts?.(scope, givenTo(a))) ?? [], files: a.attachments, steps: await stepsOf(scope, a, await stepWords(app(), scope)) }
  }),
  answerFile(system.approvalFile, async (scope, { approval_id, file_id }) => {
    const a = await approvalToRead(scope, kinds, approval_id)
    const file = a.attachments.find((x) => x.file_id === file_id)
    const kept = file ? await scope.db.selectFrom('kernel.file').select(['sha256', 'type']).where('company_id', '=', scope.company_id).where('file_id', '=', file_id).executeTakeFirst() : undefined
    if (!file || !kept) throw scope.notFound()
    return { name: file.name, type: kept.type, body: openFile(app().data_dir, kept.sha256) }
  }),
]
