// One action on one order, whoever does it and from wherever: lock, judge by the table, move, note the step, tell who must hear.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Action } from '../contract.ts'
import { runsAgain, stoodStill } from '../../equipment/server/index.ts'
import { words } from '../words.ts'
import { actorsOf, orderToChange, type Order } from './access.ts'
import { drawnForVisit, policyNow, type PolicyRow } from './config.ts'
import { photosToAttach } from './photos.ts'
import { doneAt } from './done_at.ts'
import { dropQuotes } from './quotes.ts'
import { judge, type Facts } from '../machine.ts'
import { concerned, given, noted, notify, progress } from './tell.ts'

const DAY_MS = 86_400_000
export interface Doing {
  note?: string | undefined
  /** To whom it goes: assign, transfer, help. */
  to?: { account_id: string; name: string }
  photo_ids?: readonly string[] | undefined
  rating?: number
  detail?: Record<string, unknown>
  /** When it was done, by the phone's clock; without it now. */
  done_at?: string | undefined
}
export const factsOf = (scope: Scope, o: Order, p: PolicyRow): Facts => ({
  state: o.state, before: o.before, rated: o.rating !== null, hall: p.hall,
  reopenable: o.finished_at !== null && Date.parse(scope.now) <= Date.parse(o.finished_at) + p.reopen_days * DAY_MS,
})

/** What an action changes besides state and step number. */
function changes(scope: Scope, o: Order, policy: PolicyRow, action: Action, d: Doing, at: string): Record<string, RawBuilder<unknown>> {
  const now = sql`${at}::timestamptz`
  const nothing = sql`null`
  const me = sql`${scope.who.account_id}::uuid`
  switch (action) {
    case 'assign': case 'transfer': return { assignee_id: sql`${d.to!.account_id}::uuid`, assigned_at: now, accepted_at: nothing, suspended_at: nothing, ...(o.state === 'suspended' ? waited(at, o) : {}) }
    case 'take': return { assignee_id: me, assigned_at: now, accepted_at: now }
    case 'accept': return { accepted_at: now }
    case 'give_back': return { assignee_id: nothing, assigned_at: nothing, accepted_at: nothing }
    case 'arrive': return { arrived_at: sql`coalesce(arrived_at, ${now})` }
    case 'suspend': return { suspended_at: now }
    // What was waited for is added to the limits that still run; the step says how long it was.
    case 'resume': return { suspended_at: nothing, ...waited(at, o) }
    case 'finish': return { finished_at: now, ended_at: now, visit_wanted: sql`${o.round_no > 1 || drawnForVisit(o.order_id, policy.visit_percent)}::boolean` }
    case 'cancel': case 'decline': return { ended_at: now, suspended_at: nothing }
    case 'rate': return { rating: sql`${d.rating!}::int`, rating_words: sql`${d.note ?? null}::text`, rated_at: now, ended_at: now, ...(d.rating! <= policy.visit_below ? { visit_wanted: sql`true` } : {}) }
    case 'close': return { ended_at: now }
    case 'reopen': return { assignee_id: nothing, assigned_at: nothing, accepted_at: nothing, arrived_at: nothing, finished_at: nothing, ended_at: nothing, rating: nothing, rating_words: nothing, rated_at: nothing, visited_at: nothing, round_no: sql`round_no + 1`, ...dueOf(d.detail!['due'] as Due) }
    case 'help': case 'urge': return {}
  }
}
const waited = (at: string, o: Order): Record<string, RawBuilder<unknown>> => ({ finish_due_at: sql`finish_due_at + (${at}::timestamptz - suspended_at)`, ...(o.arrived_at === null ? { respond_due_at: sql`respond_due_at + (${at}::timestamptz - suspended_at)` } : {}) })

interface Due { respond_due_at: string; finish_due_at: string }
const dueOf = (due: Due) => ({ respond_due_at: sql`${due.respond_due_at}::timestamptz`, finish_due_at: sql`${due.finish_due_at}::timestamptz` })

export interface Prepared {
  o: Order
  policy: PolicyRow
}
/** Finds, locks and judges; refuses with the state in words. */
export async function prepare(scope: Scope, order_id: string, action: Action): Promise<Prepared & { to: Order['state'] }> {
  const [o, policy] = await Promise.all([orderToChange(scope, order_id, { raced: action === 'take' }), policyNow(scope)])
  const v = judge(factsOf(scope, o, policy), action, actorsOf(scope, o))
  if (!v.ok) {
    // Somebody who may see an order but is not who may do this: the row says so in `can`; by hand it is no order of his.
    if (v.code === 'kernel.forbidden') throw scope.notFound()
    throw scope.refuse(v.code, { no: o.no, state: words.states!['state']![o.state]!, action: words.states!['action']![action]!, days: policy.reopen_days, name: v.code === 'orders.taken' ? await nameOf(scope, o.assignee_id) : '' })
  }
  return { o, policy, to: v.to }
}
async function nameOf(scope: Scope, account_id: string | null): Promise<string> {
  const { rows } = await sql<{ name: string }>`select name from identity.member where company_id = ${scope.company_id} and account_id = ${account_id}::uuid`.execute(scope.db)
  return rows[0]?.name ?? '同事'
}

export async function move(scope: Scope, p: Prepared & { to: Order['state'] }, action: Action, d: Doing = {}): Promise<{ order_id: string; state: Order['state'] }> {
  const { o, to } = p
  const c = scope.company_id
  const photos = await photosToAttach(scope, d.photo_ids)
  const { at, late } = await doneAt(scope, o, p.policy, d.done_at)
  const detail = { ...d.detail, ...(late ? { done_at: d.done_at, received_at: scope.now } : {}) }
  const set = Object.entries(changes(scope, o, p.policy, action, d, at)).map(([k, v]) => sql`${sql.ref(k)} = ${v}`)
  const n = o.step_no + 1
  const kind = scope.who.kind === 'resident' ? 'resident' : scope.who.kind === 'system' ? 'system' : 'staff'
  await sql`with moved as (update orders.work_order set ${sql.join([sql`state = ${to}`, sql`step_no = ${n}`, ...set])} where company_id = ${c} and order_id = ${o.order_id} and step_no = ${o.step_no}),
    seen as (insert into orders.photo (company_id, order_id, file_id, step_no) select ${c}, ${o.order_id}, x, ${n} from unnest(${photos}::uuid[]) x on conflict do nothing)
    insert into orders.step (company_id, order_id, step_no, action, from_state, to_state, by_kind, by_account, by_name, to_account, note, detail, at)
    values (${c}, ${o.order_id}, ${n}, ${action}, ${o.state}, ${to}, ${kind}, ${scope.who.account_id}::uuid, ${kind === 'resident' ? (o.reporter_name ?? '业户') : scope.who.name}, ${d.to?.account_id ?? null}::uuid, ${d.note ?? null}, ${JSON.stringify(detail)}::jsonb, ${at})`.execute(scope.db)
  if (action === 'help') await sql`insert into orders.helper (company_id, order_id, account_id, added_at) values (${c}, ${o.order_id}, ${d.to!.account_id}, ${scope.now}) on conflict do nothing`.execute(scope.db)
  scope.note('work_order', o.order_id, { no: o.no, action, from: o.state, to })
  if (o.equipment_id && o.equipment_stopped) {
    const device = { equipment_id: o.equipment_id, order_id: o.order_id, no: o.no, at }
    if (action === 'reopen') await stoodStill(scope, device)
    if (to === 'finished' || to === 'cancelled' || to === 'declined') await runsAgain(scope, device)
  }
  if (action === 'reopen') scope.emit('orders.reported', o.order_id, { order_id: o.order_id })
  if (to === 'finished' || to === 'cancelled' || to === 'declined') scope.emit('orders.ended', o.order_id, { order_id: o.order_id, state: to })
  if (to === 'cancelled' || to === 'declined') await dropQuotes(scope, o, `工单${words.states!['state']![to]}`)
  await tell(scope, o, action, d)
  return { order_id: o.order_id, state: to }
}

async function tell(scope: Scope, o: Order, action: Action, d: Doing): Promise<void> {
  const said = d.note ? `:${d.note}` : ''
  switch (action) {
    case 'assign': return void (await notify(scope, [given(o, d.to!.account_id, '新派工单'), ...progress(o, `已派给 ${d.to!.name}`)]))
    case 'transfer': return void (await notify(scope, [given(o, d.to!.account_id, '转来工单'), ...progress(o, `已转给 ${d.to!.name}`)]))
    case 'help': return void (await notify(scope, [given(o, d.to!.account_id, '请您协助')]))
    case 'take': case 'accept': return void (await notify(scope, progress(o, `已由 ${scope.who.name} 接单`)))
    case 'arrive': return void (await notify(scope, progress(o, '师傅已到场')))
    case 'finish': return void (await notify(scope, progress(o, '已完工,请评价;没有修好可申请返修')))
    case 'suspend': return void (await notify(scope, progress(o, `暂停处理${said}`)))
    case 'resume': return void (await notify(scope, progress(o, '已恢复处理')))
    case 'decline': return void (await notify(scope, progress(o, `未受理${said}`)))
    case 'give_back': return tellAll(scope, { ...o, assignee_id: null }, '被退回', d.note ?? '')
    case 'urge': return tellAll(scope, o, '业户催单', '')
    case 'reopen': return tellAll(scope, { ...o, assignee_id: null }, '申请返修', d.note ?? '')
    case 'cancel': {
      const staff = o.assignee_id ? [noted(o, o.assignee_id, '工单已取消', d.note ?? '')] : []
      return void (await notify(scope, [...staff, ...(scope.who.kind === 'resident' ? [] : progress(o, `已取消${said}`))]))
    }
    case 'rate': return void (await notify(scope, o.assignee_id ? [noted(o, o.assignee_id, `业户评价 ${d.rating} 分`, d.note ?? '')] : []))
    case 'close': return
  }
}
async function tellAll(scope: Scope, o: Order, what: string, text: string): Promise<void> {
  await notify(scope, (await concerned(scope, o)).map((a) => noted(o, a, what, text)))
}
