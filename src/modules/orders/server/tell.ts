// Who hears of what: the one it is given to, whoever dispatches there, the resident who reported it.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { staffAt } from '../../identity/server/index.ts'
import { notify, type Notice } from '../../messages/server/index.ts'
import type { Order } from './access.ts'

const clock = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false })
/** '11-26 10:30' */
export const hourText = (at: string): string => clock.format(new Date(at)).replace('/', '-')
export const linkOf = (order_id: string): string => `/orders/list/${order_id}`
const params = (o: Order) => ({ no: o.no, place: o.place, category: o.category })

export async function tellUrgent(scope: Scope, order_id: string): Promise<void> {
  const { rows } = await sql<Order>`select o.order_id, o.no, o.place, c.name as category, o.words, o.respond_due_at, o.community_id, o.building_id from orders.work_order o join orders.category c on c.company_id = ${scope.company_id} and c.category_id = o.category_id where o.company_id = ${scope.company_id} and o.order_id = ${order_id}`.execute(scope.db)
  const o = rows[0]!
  const to = await staffAt(scope, 'orders.order.dispatch', o)
  await notify(scope, to.map((account_id) => ({ to: { account_id }, template: 'order_urgent', params: { ...params(o), words: o.words.slice(0, 60), due: hourText(o.respond_due_at) }, link: linkOf(order_id), urgent: true })))
}

export const given = (o: Order, account_id: string, what: string): Notice => ({ to: { account_id }, template: 'order_given', params: { ...params(o), what, words: o.words.slice(0, 60), due: hourText(o.respond_due_at) }, link: linkOf(o.order_id) })
export const noted = (o: Order, account_id: string, what: string, text: string): Notice => ({ to: { account_id }, template: 'order_noted', params: { ...params(o), what, words: text.slice(0, 100) }, link: linkOf(o.order_id) })
/** To the phone it was reported from; a land line has no app. */
export function progress(o: Order, what: string): Notice[] {
  return o.reporter_phone && /^1\d{10}$/.test(o.reporter_phone) ? [{ to: { phone: o.reporter_phone }, template: 'order_progress', params: { ...params(o), what }, chosen: o.tell_by?.filter((w) => w !== 'sms' || o.progress_sms), link: `/orders/${o.order_id}`, house_id: o.house_id }] : []
}
/** The one who works on it, else whoever dispatches there. */
export async function concerned(scope: Scope, o: Order): Promise<string[]> {
  return o.assignee_id ? [o.assignee_id] : staffAt(scope, 'orders.order.dispatch', o)
}
export { notify }
