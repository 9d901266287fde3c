// From the draft to what is in force, and to its end: both by a second person through the approvals of system.
import { sql } from 'kysely'
import { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { Day, Id } from '../../../kernel/shapes.ts'
import { approvalKind, askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { office, type Target } from '../contract.ts'
import { said } from '../shown.ts'
import { DECIDE, docHeld, docToChange } from './access.ts'
import { fromToday } from './config.ts'
import { countReaders, mustNotWait } from './draft.ts'
import { lastOf, openOf } from './versions.ts'

const Payload = z.object({ doc_id: Id, what: z.enum(['version', 'end']), ended_on: Day.nullable() })
const later = (a: string, b: string): string => (a > b ? a : b)
/** Nothing is in force before the day on which it was approved, nor before the version that it follows. */
async function putInForce(scope: Scope, doc_id: string): Promise<void> {
  const open = await openOf(scope, doc_id)
  if (open?.state !== 'asked') throw scope.refuse('office.wrong_state', { title: open?.title ?? '', state: open ? said('rule', open.state) : '没有待批版本' })
  const last = await lastOf(scope, doc_id)
  const from_on = [scope.today, last?.from_on ?? scope.today].reduce(later, open.from_on)
  await scope.db.updateTable('office.rule_version').set({ state: 'agreed', from_on, agreed_by_name: scope.who.name, agreed_at: scope.now }).where('company_id', '=', scope.company_id).where('version_id', '=', open.version_id).execute()
  scope.note('rule_doc', doc_id, { title: open.title, version_no: open.version_no, state: 'agreed', from_on, replaces: last?.version_no ?? null })
}
export const ruleApproval: ApprovalKind<z.output<typeof Payload>> = {
  kind: 'office.rule', zh: '制度发布与废止', may: DECIDE, has_amount: false, payload: Payload, page: (a) => `/office/rules/${a.payload.doc_id}`,
  facts: async (scope, a) => {
    const { rows } = await sql<{ title: string; version_no: number; from_on: string; change_note: string; body: string }>`select title, version_no, from_on, change_note, body from office.rule_version where company_id = ${scope.company_id} and doc_id = ${a.payload.doc_id} order by version_no desc limit 1`.execute(scope.db)
    const v = rows[0]
    if (!v) return []
    return a.payload.what === 'end' ? [{ label: '废止日', value: a.payload.ended_on ?? '' }, { label: '版次', value: `第 ${v.version_no} 版` }] : [{ label: '版次', value: `第 ${v.version_no} 版` }, { label: '生效日', value: v.from_on }, { label: '修订说明', value: v.change_note }, { label: '正文', value: v.body.slice(0, 800) }]
  },
  agreed: async (scope, a) => {
    await docHeld(scope, a.payload.doc_id)
    if (a.payload.what === 'version') return putInForce(scope, a.payload.doc_id)
    const ended_on = later(a.payload.ended_on ?? scope.today, scope.today)
    await scope.db.updateTable('office.rule_doc').set({ ended_on, ended_reason: a.reason, ended_by_name: scope.who.name, ended_at: scope.now }).where('company_id', '=', scope.company_id).where('doc_id', '=', a.payload.doc_id).execute()
    scope.note('rule_doc', a.payload.doc_id, { state: 'withdrawn', ended_on, reason: a.reason })
  },
  dropped: async (scope, a) => {
    if (a.payload.what === 'end') return
    await docHeld(scope, a.payload.doc_id)
    await scope.db.updateTable('office.rule_version').set({ state: 'draft' }).where('company_id', '=', scope.company_id).where('doc_id', '=', a.payload.doc_id).where('state', '=', 'asked').execute()
    scope.note('rule_doc', a.payload.doc_id, { state: 'draft' })
  },
}
export const officeApprovals = [approvalKind(ruleApproval)]

const submitDraft = answer(office.submitDraft, async (scope, { doc_id }) => {
  const c = scope.company_id
  const d = await docToChange(scope, doc_id)
  const open = await openOf(scope, doc_id)
  if (!open) throw scope.refuse('office.wrong_state', { title: d.no, state: '没有草稿' })
  if (open.state === 'asked') throw scope.refuse('office.approval_open', { title: open.title })
  await mustNotWait(scope, doc_id, open.title)
  const { rows: targets } = await sql<Target>`select kind, target_id from office.rule_target where company_id = ${c} and version_id = ${open.version_id}`.execute(scope.db)
  const readers = await countReaders(scope, { community_id: d.community_id, targets })
  if (readers === 0) throw scope.refuse('office.nobody')
  await scope.db.updateTable('office.rule_version').set({ state: 'asked' }).where('company_id', '=', c).where('version_id', '=', open.version_id).execute()
  scope.note('rule_doc', doc_id, { title: open.title, version_no: open.version_no, state: 'asked' })
  const { approval_id } = await askApproval(scope, ruleApproval, { subject_type: 'rule_doc', subject_id: doc_id, community_id: d.community_id, title: `制度 ${d.no}「${open.title}」第 ${open.version_no} 版,${open.from_on} 生效,${readers} 人应读`, amount_fen: null, payload: { doc_id, what: 'version', ended_on: null }, reason: open.change_note })
  return { doc_id, approval_id }
})
const askEnd = answer(office.askEnd, async (scope, { doc_id, ended_on, reason }) => {
  const d = await docToChange(scope, doc_id)
  fromToday(scope, ended_on)
  const last = await lastOf(scope, doc_id)
  if (d.ended_on) throw scope.refuse('office.wrong_state', { title: last?.title ?? d.no, state: said('rule', 'withdrawn') })
  if (await openOf(scope, doc_id)) throw scope.refuse('office.wrong_state', { title: last?.title ?? d.no, state: '有版本在办' })
  if (!last || last.from_on > scope.today) throw scope.refuse('office.wrong_state', { title: last?.title ?? d.no, state: last ? said('rule', 'coming') : '没有现行版本' })
  await mustNotWait(scope, doc_id, last.title)
  const { approval_id } = await askApproval(scope, ruleApproval, { subject_type: 'rule_doc', subject_id: doc_id, community_id: d.community_id, title: `废止制度 ${d.no}「${last.title}」,${ended_on} 起不再执行`, amount_fen: null, payload: { doc_id, what: 'end', ended_on }, reason })
  return { doc_id, approval_id }
})
export const lifeAnswers = [submitDraft, askEnd]
