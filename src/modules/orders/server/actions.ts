// The calls that move an order: each names its action; the table of machine.ts decides.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { orders } from '../contract.ts'
import { words } from '../words.ts'
import { mayReveal, orderToRead, type Order } from './access.ts'
import { move, prepare } from './act.ts'
import { configFor } from './config.ts'
import { billConsented } from './quotes.ts'
import { limitsOf } from './rules/limits.ts'
import { workerAt } from './workers.ts'

const URGE_MS = 30 * 60_000

/** Somebody else who may work at the order's place. */
async function other(scope: Scope, o: Order, account_id: string): Promise<{ account_id: string; name: string }> {
  if (o.assignee_id === account_id) throw scope.refuse('orders.same_worker')
  const w = await workerAt(scope, o, account_id)
  if (!w) throw scope.refuse('orders.no_worker')
  return w
}
async function dueAgain(scope: Scope, o: Order) {
  const { rule, hours, policy } = await configFor(scope, o.category_id, { begun: true })
  return limitsOf({ now: scope.now, wished_at: null, rule: { ...rule, urgent: o.urgent }, hours, grace_minutes: policy.grace_minutes })
}
async function reopen(scope: Scope, order_id: string, reason: string, photo_ids?: readonly string[]) {
  const p = await prepare(scope, order_id, 'reopen')
  return move(scope, p, 'reopen', { note: reason, photo_ids, detail: { due: await dueAgain(scope, p.o), rating: p.o.rating } })
}

const dispatching = [
  answer(orders.assignOrder, async (scope, i) => {
    const p = await prepare(scope, i.order_id, 'assign')
    return move(scope, p, 'assign', { to: await other(scope, p.o, i.account_id), note: i.note })
  }),
  answer(orders.cancelOrder, async (scope, i) => move(scope, await prepare(scope, i.order_id, 'cancel'), 'cancel', { note: i.reason })),
  answer(orders.declineOrder, async (scope, i) => move(scope, await prepare(scope, i.order_id, 'decline'), 'decline', { note: i.reason })),
  answer(orders.closeOrder, async (scope, i) => move(scope, await prepare(scope, i.order_id, 'close'), 'close', { note: i.note })),
  answer(orders.reopenOrder, async (scope, i) => reopen(scope, i.order_id, i.reason)),
  answer(orders.revealReporter, async (scope, { order_id }) => {
    const o = await orderToRead(scope, order_id)
    if (!mayReveal(scope, o)) throw scope.notFound()
    scope.note('work_order', order_id, { no: o.no, revealed: 'phone' })
    return { phone: o.reporter_phone }
  }),
]

const working = [
  answer(orders.takeOrder, async (scope, i) => {
    const p = await prepare(scope, i.order_id, 'take')
    const { rows } = await sql<{ open_max: number; count: number }>`select coalesce((select w.open_max from orders.worker w where w.company_id = ${scope.company_id} and w.account_id = ${scope.who.account_id}::uuid), 10) as open_max,
      (select count(*)::int from orders.work_order o where o.company_id = ${scope.company_id} and o.assignee_id = ${scope.who.account_id}::uuid and o.state in ('assigned','accepted','working','suspended')) as count`.execute(scope.db)
    const { open_max, count } = rows[0]!
    if (count >= open_max) throw scope.refuse('orders.too_many', { count, max: open_max })
    return move(scope, p, 'take')
  }),
  answer(orders.acceptOrder, async (scope, i) => move(scope, await prepare(scope, i.order_id, 'accept'), 'accept', { done_at: i.done_at })),
  answer(orders.giveBackOrder, async (scope, i) => move(scope, await prepare(scope, i.order_id, 'give_back'), 'give_back', { note: i.reason, done_at: i.done_at })),
  answer(orders.arriveOrder, async (scope, i) => move(scope, await prepare(scope, i.order_id, 'arrive'), 'arrive', { note: i.note, photo_ids: i.photo_ids, done_at: i.done_at })),
  answer(orders.finishOrder, async (scope, i) => {
    const p = await prepare(scope, i.order_id, 'finish')
    await billConsented(scope, p.o)
    return move(scope, p, 'finish', { note: i.note, photo_ids: i.photo_ids, done_at: i.done_at })
  }),
  answer(orders.suspendOrder, async (scope, i) => move(scope, await prepare(scope, i.order_id, 'suspend'), 'suspend', { note: [words.states!['cause']![i.cause], i.note].filter(Boolean).join(','), detail: { cause: i.cause }, done_at: i.done_at })),
  answer(orders.resumeOrder, async (scope, i) => move(scope, await prepare(scope, i.order_id, 'resume'), 'resume', { note: i.note, done_at: i.done_at })),
  answer(orders.transferOrder, async (scope, i) => {
    const p = await prepare(scope, i.order_id, 'transfer')
    return move(scope, p, 'transfer', { to: await other(scope, p.o, i.account_id), note: i.reason })
  }),
  answer(orders.helpOrder, async (scope, i) => {
    const p = await prepare(scope, i.order_id, 'help')
    return move(scope, p, 'help', { to: await other(scope, p.o, i.account_id), note: i.note })
  }),
]

const reporting = [
  answer(orders.cancelMine, async (scope, i) => move(scope, await prepare(scope, i.order_id, 'cancel'), 'cancel', { note: i.reason })),
  answer(orders.urgeMine, async (scope, i) => {
    const p = await prepare(scope, i.order_id, 'urge')
    const last = await scope.db.selectFrom('orders.step').select('at').where('company_id', '=', scope.company_id).where('order_id', '=', i.order_id).where('action', '=', 'urge').orderBy('step_no', 'desc').limit(1).executeTakeFirst()
    if (last && Date.parse(scope.now) - Date.parse(last.at) < URGE_MS) throw scope.refuse('orders.urged')
    return move(scope, p, 'urge')
  }),
  answer(orders.rateMine, async (scope, i) => move(scope, await prepare(scope, i.order_id, 'rate'), 'rate', { rating: i.rating, note: i.words, detail: { rating: i.rating } })),
  answer(orders.reopenMine, async (scope, i) => reopen(scope, i.order_id, i.reason, i.photo_ids)),
]
export const actionAnswers = [...dispatching, ...working, ...reporting]
