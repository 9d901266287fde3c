// How the one who reported hears of his order: his choice, kept with the order, and what went out by which way.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { wechatFor } from '../../messages/server/index.ts'
import { orders, type TellBy, type Told } from '../contract.ts'
import { orderToChange, orderToRead } from './access.ts'
import { policyNow } from './config.ts'

const TOLD_MAX = 50
const TEMPLATE = 'order_progress'
/** SMS costs the company money: only where it offers them. */
export function checkWays(scope: Scope, tell_by: TellBy | undefined, policy: { progress_sms: boolean }): TellBy | null {
  if (!tell_by) return null
  if (tell_by.includes('sms') && !policy.progress_sms) throw scope.refuse('orders.no_sms')
  return [...new Set(tell_by)]
}

export const tellAnswers = [
  answer(orders.tellWays, async (scope, { order_id }) => {
    const [o, policy, wechat, pref] = await Promise.all([
      order_id ? orderToRead(scope, order_id) : null, policyNow(scope), wechatFor(scope, TEMPLATE, scope.who.phone ?? ''),
      sql<{ off: boolean }>`select 'work' = any(wechat_off) as off from messages.preference where company_id = ${scope.company_id} and phone = ${scope.who.phone ?? ''}`.execute(scope.db),
    ])
    const usual: TellBy = wechat === 'ready' && !pref.rows[0]?.off ? ['wechat'] : []
    return { sms: policy.progress_sms, wechat, tell_by: o?.tell_by ?? usual }
  }),
  answer(orders.tellMine, async (scope, { order_id, tell_by }) => {
    const o = await orderToChange(scope, order_id)
    const ways = checkWays(scope, tell_by, o)!
    await sql`update orders.work_order set tell_by = ${ways}::text[] where company_id = ${scope.company_id} and order_id = ${order_id}`.execute(scope.db)
    scope.note('work_order', order_id, { no: o.no, tell_by: ways })
    return { order_id }
  }),
  answer(orders.told, async (scope, { order_id }) => {
    if (scope.who.kind === 'resident') throw scope.notFound()
    const o = await orderToRead(scope, order_id)
    if (!o.reporter_phone) return { rows: [], tell_by: o.tell_by }
    const c = scope.company_id
    const { rows } = await sql<Told>`select m.message_id, m.created_at as at, m.body, m.read_at,
        (select jsonb_build_object('state', s.state, 'failure', s.failure) from messages.sms s where s.company_id = ${c} and s.message_id = m.message_id order by s.created_at desc limit 1) as sms,
        (select jsonb_build_object('state', w.state, 'failure', w.failure) from messages.wechat_send w where w.company_id = ${c} and w.message_id = m.message_id order by w.created_at desc limit 1) as wechat
      from messages.message m where m.company_id = ${c} and m.phone = ${o.reporter_phone} and m.created_at >= ${o.created_at} and m.link = ${`/orders/${order_id}`} order by m.created_at desc, m.message_id desc limit ${TOLD_MAX}`.execute(scope.db)
    return { rows, tell_by: o.tell_by }
  }),
]
