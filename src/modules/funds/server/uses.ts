// Uses of the fund: the proposal and its steps up to the settlement. Every step is a dated row with what proves it; the row of the use is
// locked first, so two people who take a step at once come one after the other.
import { sql } from 'kysely'
import { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { Id } from '../../../kernel/shapes.ts'
import { communityToChange } from '../../property/server/index.ts'
import { askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { funds } from '../contract.ts'
import type { Vote } from '../use_contract.ts'
import { words } from '../words.ts'
import { judgeVote, mostOf, voteProblem } from './rules/split.ts'
import { next, type Action, type Path, type State } from './rules/steps.ts'
import { policyFor } from './settings.ts'

type Row = Awaited<ReturnType<typeof lockUse>>
async function lockUse(scope: Scope, use_id: string) {
  const u = await scope.db.selectFrom('funds.use').selectAll().where('company_id', '=', scope.company_id).where('use_id', '=', use_id).forUpdate().executeTakeFirst()
  if (!u) throw scope.notFound()
  return { ...u, state: u.state as State, path: u.path as Path }
}
/** The use locked, its community within reach, and the state that the step leads to; refuses a step that cannot be taken now. */
export async function begin(scope: Scope, use_id: string, action: Action): Promise<{ u: Row; to: State }> {
  const u = await lockUse(scope, use_id)
  await communityToChange(scope, u.community_id)
  return { u, to: leads(scope, u, action) }
}
function leads(scope: Scope, u: Pick<Row, 'path' | 'state'>, action: Action): State {
  const to = next(u.path, u.state, action)
  if (!to) throw scope.refuse('funds.use_state', { state: words.states!['use']![u.state] ?? u.state })
  return to
}

export interface Evidence {
  on_day: string
  note?: string | null | undefined
  detail?: Record<string, unknown>
  attachments?: readonly string[] | undefined
}
/** Sets the state and writes the step. */
export async function take(scope: Scope, u: Pick<Row, 'use_id'>, action: Action, to: State, e: Evidence, set: Record<string, unknown> = {}): Promise<{ use_id: string; state: State }> {
  if (e.on_day > scope.today) throw scope.refuse('funds.future', { day: e.on_day })
  const c = scope.company_id
  const files = await ownFiles(scope, e.attachments ?? [])
  await scope.db.updateTable('funds.use').set({ state: to, ...set }).where('company_id', '=', c).where('use_id', '=', u.use_id).execute()
  await scope.db.insertInto('funds.use_step').values({ company_id: c, step_id: uuidv7(), use_id: u.use_id, action, on_day: e.on_day, note: e.note || null, detail: e.detail ? JSON.stringify(e.detail) : null, attachments: JSON.stringify(files), created_by: scope.who.account_id, created_at: scope.now }).execute()
  scope.note('fund_use', u.use_id, { action, state: to })
  return { use_id: u.use_id, state: to }
}
async function ownFiles(scope: Scope, file_ids: readonly string[]): Promise<{ file_id: string; name: string }[]> {
  if (file_ids.length === 0) return []
  const ids = [...new Set(file_ids)]
  const rows = await scope.db.selectFrom('kernel.file').select(['file_id', 'name']).where('company_id', '=', scope.company_id).where('file_id', 'in', ids).where('purpose', '=', 'proof').where('created_by', '=', scope.who.account_id).execute()
  if (rows.length !== ids.length) throw scope.notFound()
  return rows
}
/** The day of the last step of a kind. */
async function dayOf(scope: Scope, use_id: string, action: Action): Promise<string> {
  return (await scope.db.selectFrom('funds.use_step').select('on_day').where('company_id', '=', scope.company_id).where('use_id', '=', use_id).where('action', '=', action).orderBy('created_at', 'desc').orderBy('step_id', 'desc').executeTakeFirstOrThrow()).on_day
}

/** What is in the scope, in words; refuses ids of elsewhere. */
async function scopeText(scope: Scope, o: Pick<Out<typeof funds.saveUse.takes>, 'community_id' | 'scope_kind' | 'scope_ids'>, name: string): Promise<string> {
  if (o.scope_kind === 'community') return `${name}全体`
  const c = scope.company_id
  const ids = sql`${o.scope_ids}::uuid[]`
  const from = {
    building: sql<{ name: string }>`select b.name from property.building b where b.company_id = ${c} and b.community_id = ${o.community_id} and b.building_id = any(${ids}) order by b.sort_no, b.name`,
    unit: sql<{ name: string }>`select b.name || u.no || '单元' as name from property.unit u join property.building b on b.company_id = u.company_id and b.building_id = u.building_id where u.company_id = ${c} and b.community_id = ${o.community_id} and u.unit_id = any(${ids}) order by b.sort_no, u.sort_no, u.no`,
    houses: sql<{ name: string }>`select h.label as name from property.house h where h.company_id = ${c} and h.community_id = ${o.community_id} and h.house_id = any(${ids}) order by h.sort_no, h.label`,
  }[o.scope_kind]
  const { rows } = await from.execute(scope.db)
  if (rows.length === 0 || rows.length !== new Set(o.scope_ids).size) throw scope.refuse('funds.elsewhere')
  return rows.length > 6 ? `${rows.slice(0, 5).map((r) => r.name).join('、')} 等 ${rows.length} 处` : rows.map((r) => r.name).join('、')
}

const save = answer(funds.saveUse, async (scope, { request_id: _r, dry_run: _d, use_id, ...o }) => {
  const place = await communityToChange(scope, o.community_id)
  const p = await policyFor(scope, o.community_id)
  const dangers = p.dangers.split('\n').map((d) => d.trim()).filter(Boolean)
  const danger = o.path === 'emergency' ? (o.danger ?? '') : null
  if (danger !== null && !dangers.includes(danger)) throw scope.refuse('funds.danger', { list: dangers.join('、') })
  const values = { path: o.path, title: o.title, plan: o.plan, danger, scope_kind: o.scope_kind, scope_ids: o.scope_kind === 'community' ? [] : o.scope_ids, scope_text: await scopeText(scope, o, place.name), budget_fen: o.budget_fen }
  if (!use_id) {
    const id = uuidv7()
    await scope.db.insertInto('funds.use').values({ company_id: scope.company_id, use_id: id, community_id: o.community_id, ...values, created_by: scope.who.account_id!, created_at: scope.now }).execute()
    return take(scope, { use_id: id }, 'edit', 'draft', { on_day: scope.today, note: `立项,预算 ${yuanGrouped(fen(o.budget_fen))} 元`, detail: values })
  }
  const { u, to } = await begin(scope, use_id, 'edit')
  if (u.community_id !== o.community_id) throw scope.notFound()
  return take(scope, u, 'edit', to, { on_day: scope.today, note: `修改,预算 ${yuanGrouped(fen(o.budget_fen))} 元`, detail: values }, values)
})

/** A step that is only its day and its proof. */
const plain = (call: typeof funds.postUse, action: Action) =>
  answer(call, async (scope, e) => {
    const { u, to } = await begin(scope, e.use_id, action)
    return take(scope, u, action, to, e)
  })

type VoteAsk = { use_id: string } & Evidence & Omit<Vote, 'passed' | 'rule'>
/** For votes, which stands above: the use within reach, and whether it waits for its vote. */
export async function useToVote(scope: Scope, use_id: string): Promise<{ community_id: string; waits: boolean; scope_kind: string; scope_ids: string[] }> {
  const u = await scope.db.selectFrom('funds.use').select(['community_id', 'path', 'state', 'scope_kind', 'scope_ids']).where('company_id', '=', scope.company_id).where('use_id', '=', use_id).executeTakeFirst()
  if (!u) throw scope.notFound()
  await communityToChange(scope, u.community_id)
  return { community_id: u.community_id, scope_kind: u.scope_kind, scope_ids: u.scope_ids, waits: next(u.path as Path, u.state as State, 'pass') !== null }
}
export async function recordVoteOf(scope: Scope, { use_id, on_day, note, attachments, detail: _detail, ...numbers }: VoteAsk) {
  const { u } = await begin(scope, use_id, 'pass')
  const p = await policyFor(scope, u.community_id, on_day)
  const posted_on = await dayOf(scope, use_id, 'post')
  if (on_day < addDays(posted_on, p.posting_days)) throw scope.refuse('funds.posting_days', { posted_on, days: p.posting_days, earliest: addDays(posted_on, p.posting_days) })
  if (voteProblem(numbers)) throw scope.refuse('funds.vote_numbers')
  const judged = judgeVote(p, numbers)
  const action = judged.passed ? 'pass' : 'fail'
  const done = await take(scope, u, action, leads(scope, u, action), { on_day, note, attachments, detail: numbers }, { vote: JSON.stringify({ ...numbers, ...judged }) })
  return { ...done, ...judged }
}
const vote = answer(funds.recordVote, (scope, { request_id: _r, dry_run: _d, ...o }) => recordVoteOf(scope, o))

const Payload = z.object({ use_id: Id })
export const useApproval: ApprovalKind<z.output<typeof Payload>> = {
  kind: 'funds.use', zh: '维修资金使用', may: 'funds.use.decide', has_amount: true, payload: Payload,
  page: (a) => `/funds/uses/${a.payload.use_id}`,
  facts: async (scope, a) => {
    const u = await scope.db.selectFrom('funds.use').select(['path', 'scope_text', 'danger', 'vote']).where('company_id', '=', scope.company_id).where('use_id', '=', a.payload.use_id).executeTakeFirst()
    if (!u) return []
    const v = u.vote as { joined_count: number; base_count: number; yes_count: number } | null
    return [{ label: '程序', value: words.states!['use_path']![u.path]! }, { label: '分摊范围', value: u.scope_text }, ...(u.danger ? [{ label: '应急情形', value: u.danger }] : []), ...(v && u.path === 'ordinary' ? [{ label: '表决', value: `应参加 ${v.base_count} 人,参加 ${v.joined_count} 人,同意 ${v.yes_count} 人` }] : [])]
  },
  agreed: async (scope, a) => {
    const u = await lockUse(scope, a.payload.use_id)
    await take(scope, u, 'approve', leads(scope, u, 'approve'), { on_day: scope.today })
  },
  dropped: async (scope, a, how) => {
    const u = await lockUse(scope, a.payload.use_id)
    await take(scope, u, 'drop', leads(scope, u, 'drop'), { on_day: scope.today, note: how === 'refused' ? '审批未通过' : '撤回申请' })
  },
}
const ask = answer(funds.askUse, async (scope, { use_id, reason, attachments }) => {
  const { u, to } = await begin(scope, use_id, 'ask')
  const { approval_id } = await askApproval(scope, useApproval, { subject_type: 'fund_use', subject_id: use_id, community_id: u.community_id, title: `维修资金使用 ${u.title} 预算 ${yuanGrouped(fen(u.budget_fen))} 元`, amount_fen: u.budget_fen, payload: { use_id }, reason, attachments: attachments ?? [] })
  return { ...(await take(scope, u, 'ask', to, { on_day: scope.today, note: reason }, { approval_id })), approval_id }
})

/** Spending above the allowed part over budget needs a new application. */
async function withinBudget(scope: Scope, u: Row, amount_fen: number): Promise<void> {
  const p = await policyFor(scope, u.community_id)
  const most = mostOf(u.budget_fen, p.over_budget_bp)
  if (amount_fen > most) throw scope.refuse('funds.over_budget', { amount: yuanGrouped(fen(amount_fen)), budget: yuanGrouped(fen(u.budget_fen)), most: yuanGrouped(fen(most)) })
}
const contracted = answer(funds.contractUse, async (scope, o) => {
  const { u, to } = await begin(scope, o.use_id, 'contract')
  await withinBudget(scope, u, o.contract_fen)
  const set = { supplier_name: o.supplier_name, contract_no: o.contract_no, contract_fen: o.contract_fen }
  return take(scope, u, 'contract', to, { ...o, note: o.note || `${o.supplier_name} ${o.contract_no} ${yuanGrouped(fen(o.contract_fen))} 元`, detail: set }, set)
})
const settle = answer(funds.settleUse, async (scope, o) => {
  const { u, to } = await begin(scope, o.use_id, 'settle')
  await withinBudget(scope, u, o.invoice_fen)
  const p = await policyFor(scope, u.community_id)
  if (o.invoice_fen > p.audit_limit_fen && !o.audit_no) throw scope.refuse('funds.audit', { amount: yuanGrouped(fen(o.invoice_fen)), limit: yuanGrouped(fen(p.audit_limit_fen)) })
  if (o.invoice_fen < u.paid_fen) throw scope.refuse('funds.paid_more', { paid: yuanGrouped(fen(u.paid_fen)), limit: yuanGrouped(fen(o.invoice_fen)) })
  const set = { invoice_no: o.invoice_no, invoice_fen: o.invoice_fen, audit_no: o.audit_no || null }
  return take(scope, u, 'settle', to, { ...o, note: o.note || `决算 ${yuanGrouped(fen(o.invoice_fen))} 元,发票 ${o.invoice_no}`, detail: set }, set)
})
const reapply = answer(funds.reapplyUse, async (scope, o) => {
  const { u, to } = await begin(scope, o.use_id, 'reapply')
  return take(scope, u, 'reapply', to, { ...o, note: o.note || `预算由 ${yuanGrouped(fen(u.budget_fen))} 元改为 ${yuanGrouped(fen(o.budget_fen))} 元`, detail: { before_fen: u.budget_fen, budget_fen: o.budget_fen } }, { budget_fen: o.budget_fen, vote: null })
})
const cancel = answer(funds.cancelUse, async (scope, o) => {
  const { u, to } = await begin(scope, o.use_id, 'cancel')
  if (u.paid_fen > 0) throw scope.refuse('funds.use_paid', { paid: yuanGrouped(fen(u.paid_fen)) })
  return take(scope, u, 'cancel', to, o)
})

export const useAnswers = [save, plain(funds.postUse, 'post'), vote, ask, contracted, plain(funds.acceptUse, 'accept'), settle, plain(funds.reviseUse, 'revise'), reapply, cancel]
