// One action on one complaint, whoever does it and from wherever: judge by the table, move, note the step, tell who must hear.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { pauseReminders, resumeReminders } from '../../reminders/server/index.ts'
import type { Action, Policy, State } from '../contract.ts'
import { isOpen, judge, type Facts } from '../machine.ts'
import { words } from '../words.ts'
import { actorsOf, complaintToChange, isMine, type Complaint } from './access.ts'
import { kindFor, limitsFrom, policyNow } from './config.ts'
import { photosToAttach } from './photos.ts'
import { concerned, noted, notify, progress, tellConcerned } from './tell.ts'

const DAY_MS = 86_400_000
export interface Doing {
  note?: string | undefined
  to?: { account_id: string | null; department_id: string | null; name: string }
  photo_ids?: readonly string[] | undefined
  answer?: string
  cause_id?: string | undefined
  visit_wanted?: boolean
  satisfaction?: number | undefined
  into_id?: string
  due_at?: string
  limits?: { accept_due_at: string; answer_due_at: string }
  detail?: Record<string, unknown>
}
export const reopenUntil = (o: Pick<Complaint, 'answered_at'>, p: Policy): string | null => (o.answered_at ? new Date(Date.parse(o.answered_at) + p.reopen_days * DAY_MS).toISOString() : null)
export function factsOf(scope: Scope, o: Complaint, p: Policy): Facts {
  const until = reopenUntil(o, p)
  return {
    state: o.state, accepted: o.state === 'handling', rated: o.rated_at !== null, reopenable: until !== null && scope.now <= until,
    visit_first: o.visit_wanted && o.visited_at === null && o.visit_tries < p.visit_tries,
    own: isMine(scope, o) || (o.answered_by !== null && o.answered_by === scope.who.account_id),
  }
}

export interface Prepared {
  o: Complaint
  policy: Policy
  to: State
}
/** Finds, locks and judges; refuses with the state in words. */
export async function prepare(scope: Scope, complaint_id: string, action: Action): Promise<Prepared> {
  return judged(scope, await complaintToChange(scope, complaint_id, { raced: action === 'accept' }), action)
}
export async function judged(scope: Scope, o: Complaint, action: Action): Promise<Prepared> {
  const policy = await policyNow(scope)
  const v = judge(factsOf(scope, o, policy), action, actorsOf(scope, o))
  if (v.ok) return { o, policy, to: v.to }
  // Somebody who may see it but is not who may do this: the row says so in `can`; by hand it is none of his.
  if (v.code === 'kernel.forbidden') throw scope.notFound()
  throw scope.refuse(v.code, { no: o.no, state: words.states!['state']![o.state]!, action: words.states!['action']![action]!, days: policy.reopen_days, tries: policy.visit_tries, name: v.code === 'care.taken' ? await nameOf(scope, o.assignee_id) : '' })
}
async function nameOf(scope: Scope, account_id: string | null): Promise<string> {
  const { rows } = await sql<{ name: string }>`select name from identity.member where company_id = ${scope.company_id} and account_id = ${account_id}::uuid`.execute(scope.db)
  return rows[0]?.name ?? '同事'
}

type Set = Record<string, RawBuilder<unknown>>
const nothing = sql`null`
const again = (d: Doing): Set => ({
  accepted_at: nothing, answered_at: nothing, answered_by: nothing, answer: nothing, visited_at: nothing, visit_due_at: nothing, visit_tries: sql`0`, visit_wanted: sql`false`, satisfaction: nothing, satisfied: nothing, rated_at: nothing, closed_at: nothing, round_no: sql`round_no + 1`,
  accept_due_at: sql`${d.limits!.accept_due_at}::timestamptz`, answer_due_at: sql`${d.limits!.answer_due_at}::timestamptz`,
})
/** What an action changes besides state and step number. */
function changes(scope: Scope, policy: Policy, action: Action, d: Doing): Set {
  const now = sql`${scope.now}::timestamptz`
  const me = sql`${scope.who.account_id}::uuid`
  const score: Set = d.satisfaction === undefined ? {} : { satisfaction: sql`${d.satisfaction}::int`, satisfied: sql`${d.satisfaction >= policy.satisfied_from}::boolean` }
  const visited: Set = { ...score, visit_wanted: sql`true`, visited_at: now }
  switch (action) {
    case 'assign': return { assignee_id: sql`${d.to!.account_id}::uuid`, department_id: sql`coalesce(${d.to!.department_id}::uuid, department_id)`, accepted_at: nothing }
    case 'accept': return { assignee_id: me, accepted_at: now }
    case 'release': return { assignee_id: nothing, department_id: nothing, accepted_at: nothing }
    case 'answer': return { answer: sql`${d.answer!}`, answered_at: now, answered_by: me, cause_id: sql`${d.cause_id!}::uuid`, visit_wanted: sql`${d.visit_wanted!}::boolean`, visit_due_at: sql`${d.visit_wanted ? new Date(Date.parse(scope.now) + policy.visit_days * DAY_MS).toISOString() : null}::timestamptz` }
    case 'visit_good': return { ...visited, closed_at: now }
    case 'visit_bad': return again(d)
    case 'visit_missed': return { visit_tries: sql`visit_tries + 1` }
    // His own word is worth a visit; a bad one wants somebody to ask.
    case 'rate_good': return { ...visited, rated_at: now, closed_at: sql`coalesce(closed_at, ${now})` }
    case 'rate_bad': return { ...score, rated_at: now, visit_wanted: sql`not unnamed`, visit_due_at: sql`case when unnamed then null else coalesce(visit_due_at, ${new Date(Date.parse(scope.now) + policy.visit_days * DAY_MS).toISOString()}::timestamptz) end` }
    case 'close': return { closed_at: now, ...(d.cause_id ? { cause_id: sql`${d.cause_id}::uuid` } : {}) }
    case 'reopen': return again(d)
    case 'reject': case 'withdraw': return { closed_at: now }
    case 'merge': return { closed_at: now, merged_into_id: sql`${d.into_id!}::uuid` }
    case 'extend': return { answer_due_at: sql`${d.due_at!}::timestamptz` }
    case 'note': case 'urge': case 'add': return {}
  }
}

/** Steps of one complaint at most: what a reporter may add is bounded. */
export const STEPS_MAX = 200
const byName = (scope: Scope, o: Complaint): string => (scope.who.kind === 'resident' ? (o.unnamed ? '匿名业户' : (o.reporter_name ?? '业户')) : scope.who.name)
export async function move(scope: Scope, p: Prepared, action: Action, d: Doing = {}): Promise<{ complaint_id: string; state: State }> {
  const { o, to } = p
  const c = scope.company_id
  const photos = await photosToAttach(scope, d.photo_ids)
  const set = Object.entries(changes(scope, p.policy, action, d)).map(([k, v]) => sql`${sql.ref(k)} = ${v}`)
  const n = o.step_no + 1
  const kind = scope.who.kind === 'resident' ? 'resident' : scope.who.kind === 'system' ? 'system' : 'staff'
  await sql`with moved as (update care.complaint set ${sql.join([sql`state = ${to}`, sql`step_no = ${n}`, ...set])} where company_id = ${c} and complaint_id = ${o.complaint_id} and step_no = ${o.step_no}),
    seen as (insert into care.photo (company_id, complaint_id, file_id, step_no) select ${c}, ${o.complaint_id}, x, ${n} from unnest(${photos}::uuid[]) x on conflict do nothing)
    insert into care.step (company_id, complaint_id, step_no, action, from_state, to_state, by_kind, by_account, by_name, to_name, note, detail, at)
    values (${c}, ${o.complaint_id}, ${n}, ${action}, ${o.state}, ${to}, ${kind}, ${scope.unnamed ? null : scope.who.account_id}::uuid, ${byName(scope, o)}, ${d.to?.name ?? null}, ${d.note ?? null}, ${JSON.stringify(d.detail ?? {})}::jsonb, ${scope.now})`.execute(scope.db)
  scope.note('complaint', o.complaint_id, { no: o.no, action, from: o.state, to })
  await holdReminders(scope, o, to)
  await tell(scope, o, action, d)
  return { complaint_id: o.complaint_id, state: to }
}

export const pauseSource = (complaint_id: string): string => `care ${complaint_id}`
/** While a complaint about fees is open its house is not reminded; what was merged into it waits with it. */
async function holdReminders(scope: Scope, o: Complaint, to: State): Promise<void> {
  if (to === 'closed' || to === 'rejected' || to === 'withdrawn') {
    const { rows } = await sql<{ complaint_id: string }>`select complaint_id from care.complaint where company_id = ${scope.company_id} and merged_into_id = ${o.complaint_id} limit 500`.execute(scope.db)
    await resumeReminders(scope, [o.complaint_id, ...rows.map((r) => r.complaint_id)].map(pauseSource))
  } else if (isOpen(to) && !isOpen(o.state)) await pauseFor(scope, o)
}
export async function pauseFor(scope: Scope, o: Pick<Complaint, 'complaint_id' | 'no' | 'kind' | 'pauses' | 'house_id'>): Promise<void> {
  if (o.pauses && o.house_id) await pauseReminders(scope, { house_id: o.house_id, kind: 'complaint', reason: `投诉 ${o.no}(${o.kind})未办结`, source: pauseSource(o.complaint_id) })
}
export async function limitsAgain(scope: Scope, o: Complaint) {
  return limitsFrom(scope.now, await kindFor(scope, o.kind_id, { begun: true }))
}

async function tell(scope: Scope, o: Complaint, action: Action, d: Doing): Promise<void> {
  const said = d.note ? `:${d.note}` : ''
  switch (action) {
    case 'assign': {
      const to = await concerned(scope, { ...o, assignee_id: d.to!.account_id, department_id: d.to!.department_id })
      return void (await notify(scope, to.map((a) => noted(o, a, '派给您处理', o.words, o.answer_due_at))))
    }
    case 'accept': return void (await notify(scope, progress(o, '已受理,正在处理')))
    case 'answer': return void (await notify(scope, [...progress(o, `已答复:${d.answer!.slice(0, 60)}`), ...(await mergedReporters(scope, o)).flatMap((m) => progress(m, `已答复:${d.answer!.slice(0, 60)}`))]))
    case 'reject': return void (await notify(scope, progress(o, `未受理${said}`)))
    case 'extend': return void (await notify(scope, progress(o, '处理时限已延长')))
    case 'merge': return void (await notify(scope, progress(o, '与同一问题合并处理,办结时一并答复')))
    case 'release': return tellConcerned(scope, { ...o, assignee_id: null, department_id: null }, '被退回', d.note ?? '')
    case 'reopen': case 'visit_bad': return tellConcerned(scope, o, action === 'reopen' ? '要求重新处理' : '回访不满意,重新处理', d.note ?? '')
    case 'urge': return tellConcerned(scope, o, '业户催办', '')
    case 'add': return tellConcerned(scope, o, '业户补充说明', d.note ?? '')
    case 'rate_bad': return tellConcerned(scope, { ...o, assignee_id: null, department_id: null }, `业户评价 ${d.satisfaction} 分`, d.note ?? '')
    case 'withdraw': return scope.who.kind === 'resident' ? tellConcerned(scope, o, '业户已撤回', d.note ?? '') : undefined
    case 'note': case 'visit_good': case 'visit_missed': case 'rate_good': case 'close': return
  }
}
type Told = Pick<Complaint, 'complaint_id' | 'no' | 'kind' | 'reporter_phone' | 'house_id' | 'unnamed'>
async function mergedReporters(scope: Scope, o: Complaint): Promise<Told[]> {
  const { rows } = await sql<Told>`select m.complaint_id, m.no, k.name as kind, m.reporter_phone, m.house_id, m.unnamed from care.complaint m join care.kind k on k.company_id = ${scope.company_id} and k.kind_id = m.kind_id where m.company_id = ${scope.company_id} and m.merged_into_id = ${o.complaint_id} order by m.no limit 200`.execute(scope.db)
  return rows
}
