// Who may see which orders. Staff: within the reach of the right to read or dispatch; those given to them or that they help with; and, with the
// right to work there, those that wait in the hall. Residents: those reported under the phone they signed in with.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import type { Actor } from '../machine.ts'

export interface Order {
  order_id: string
  no: string
  community_id: string
  building_id: string | null
  house_id: string | null
  equipment_id: string | null
  equipment_stopped: boolean
  place: string
  category_id: string
  category: string
  urgent: boolean
  skill: string | null
  words: string
  reporter_phone: string | null
  reporter_name: string | null
  person_id: string | null
  created_by: string | null
  created_at: string
  wished_at: string | null
  state: 'waiting' | 'assigned' | 'accepted' | 'working' | 'suspended' | 'finished' | 'closed' | 'cancelled' | 'declined'
  assignee_id: string | null
  arrived_at: string | null
  suspended_at: string | null
  finished_at: string | null
  respond_due_at: string
  finish_due_at: string
  round_no: number
  rating: number | null
  step_no: number
  /** What the reporter chose for this order; null: he chose nothing. */
  tell_by: ('sms' | 'wechat')[] | null
  /** The company pays for SMS about orders. */
  progress_sms: boolean
  helps: boolean
  /** Where it stood when it was suspended. */
  before: 'accepted' | 'working' | null
}
const COLUMNS = sql.raw('o.order_id, o.no, o.community_id, o.building_id, o.house_id, o.equipment_id, o.equipment_stopped, o.place, o.category_id, o.urgent, o.skill, o.words, o.reporter_phone, o.reporter_name, o.person_id, o.created_by, o.created_at, o.wished_at, o.state, o.assignee_id, o.arrived_at, o.suspended_at, o.finished_at, o.respond_due_at, o.finish_due_at, o.round_no, o.rating, o.step_no, o.tell_by')

/** Orders within the reach of a right: of houses and buildings, or of the community as a whole. */
export const ordersSeenBy = (scope: Scope, permission?: string): RawBuilder<SqlBool> => housesSeenBy(scope, { alias: 'o', ...(permission ? { permission } : {}) })

const mine = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(o.assignee_id = ${scope.who.account_id}::uuid or exists (select from orders.helper hp where hp.company_id = ${scope.company_id} and hp.order_id = o.order_id and hp.account_id = ${scope.who.account_id}::uuid))`
function seen(scope: Scope): RawBuilder<SqlBool> {
  if (scope.who.kind === 'system') return sql<SqlBool>`true`
  return sql<SqlBool>`(${ordersSeenBy(scope, 'orders.order.read')} or ${ordersSeenBy(scope, 'orders.order.dispatch')} or ${mine(scope)} or (o.state = 'waiting' and ${ordersSeenBy(scope, 'orders.order.work')}))`
}

export const ownOrders = (scope: Scope): RawBuilder<SqlBool> => (scope.who.kind === 'resident' && scope.who.phone ? sql<SqlBool>`o.reporter_phone = ${scope.who.phone}` : sql<SqlBool>`false`)

const WHOLE = (scope: Scope): RawBuilder<unknown> => sql`select ${COLUMNS}, c.name as category, case when o.state = 'suspended' then (select s.from_state from orders.step s where s.company_id = ${scope.company_id} and s.order_id = o.order_id and s.action = 'suspend' order by s.step_no desc limit 1) end as before, exists (select from orders.helper hp where hp.company_id = ${scope.company_id} and hp.order_id = o.order_id and hp.account_id = ${scope.who.account_id}::uuid) as helps,
      coalesce((select p.progress_sms from orders.policy p where p.company_id = ${scope.company_id} and p.from_on <= ${scope.today}::date order by p.from_on desc, p.created_at desc limit 1), false) as progress_sms
    from orders.work_order o join orders.category c on c.company_id = ${scope.company_id} and c.category_id = o.category_id`
async function one(scope: Scope, order_id: string, rule: RawBuilder<SqlBool>, lock: boolean): Promise<Order | undefined> {
  const { rows } = await sql<Order>`${WHOLE(scope)} where o.company_id = ${scope.company_id} and o.order_id = ${order_id} and ${rule} ${lock ? sql`for update of o` : sql``}`.execute(scope.db)
  return rows[0]
}
/** What is under way and given to whoever asks, or that he helps with; what is due first, urgent before all. */
export async function ordersInHand(scope: Scope, max: number): Promise<Order[]> {
  const { rows } = await sql<Order>`${WHOLE(scope)} where o.company_id = ${scope.company_id} and o.state in ('assigned','accepted','working','suspended') and ${mine(scope)} order by o.urgent desc, case when o.arrived_at is null then o.respond_due_at else o.finish_due_at end, o.order_id limit ${max}`.execute(scope.db)
  return rows
}
const visible = (scope: Scope) => (scope.who.kind === 'resident' ? ownOrders(scope) : seen(scope))
export async function orderToRead(scope: Scope, order_id: string): Promise<Order> {
  const o = await one(scope, order_id, visible(scope), false)
  if (!o) throw scope.notFound()
  return o
}
/**
 * Locked to the end of the transaction. `raced`: an order of the hall that somebody else took a moment ago is found once more, so that
 * whoever came second is told who has it.
 */
export async function orderToChange(scope: Scope, order_id: string, o: { raced?: boolean } = {}): Promise<Order> {
  const found = (await one(scope, order_id, visible(scope), true)) ?? (o.raced ? await one(scope, order_id, sql<SqlBool>`(o.state in ('assigned','accepted','working','suspended') and ${ordersSeenBy(scope, 'orders.order.work')})`, false) : undefined)
  if (!found) throw scope.notFound()
  return found
}

export function reaches(scope: Scope, permission: string, o: Pick<Order, 'community_id' | 'building_id'>): boolean {
  const r = scope.reach(permission)
  return r.all || r.community_ids.includes(o.community_id) || (o.building_id !== null && r.building_ids.includes(o.building_id))
}
/** What whoever calls is to this order. */
export function actorsOf(scope: Scope, o: Order): Actor[] {
  if (scope.who.kind === 'system') return ['system']
  if (scope.who.kind === 'resident') return ['reporter']
  const out: Actor[] = []
  if (reaches(scope, 'orders.order.dispatch', o)) out.push('dispatcher')
  if (reaches(scope, 'orders.order.work', o)) out.push('worker')
  if (o.assignee_id !== null && o.assignee_id === scope.who.account_id) out.push('assignee')
  return out
}
export const mayReveal = (scope: Scope, o: Order): boolean => (o.assignee_id === scope.who.account_id || o.helps || reaches(scope, 'orders.order.dispatch', o)) && scope.who.grants.some((g) => g.permissions.includes('orders.reporter.reveal') || g.permissions.includes('*'))
export { mine as isMine }
