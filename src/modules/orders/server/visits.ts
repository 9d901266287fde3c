// Return visits: which finished orders are asked about follows from the rule (a share of the ordinary ones, every bad rating, every rework); what
// the resident said is kept each time.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { orders } from '../contract.ts'
import { orderToChange, ordersSeenBy, reaches } from './access.ts'
import { rowsOf } from './list.ts'

const waiting = sql<SqlBool>`(o.visit_wanted and o.visited_at is null and o.finished_at is not null)`
const done = sql<SqlBool>`o.visited_at is not null`
const COUNT_MAX = 10_000

export const visitAnswers = [
  answer(orders.visits, async (scope, f) => {
    const base: RawBuilder<unknown>[] = [ordersSeenBy(scope), ...(f.community_id ? [sql`o.community_id = ${f.community_id}`] : [])]
    const where = sql<SqlBool>`${sql.join([f.box === 'done' ? done : waiting, ...base], sql` and `)}`
    const n = (w: RawBuilder<SqlBool>) => sql`(select count(*)::int from (select 1 from orders.work_order o where o.company_id = ${scope.company_id} and ${w} and ${sql.join(base, sql` and `)} limit ${COUNT_MAX}) x)`
    const [rows, counted] = await Promise.all([rowsOf(scope, where, f.box === 'done' ? sql`o.visited_at desc, o.order_id` : sql`o.finished_at, o.order_id`, f), sql<{ waiting: number; done: number }>`select ${n(waiting)} as waiting, ${n(done)} as done`.execute(scope.db)])
    const counts = counted.rows[0]!
    const last = await lastVisits(scope, rows.map((r) => r.order_id))
    return { rows: rows.map((r) => ({ ...r, visit: last.get(r.order_id) ?? null })), total: f.box === 'done' ? counts.done : counts.waiting, counts }
  }),
  answer(orders.saveVisit, async (scope, o) => {
    const order = await orderToChange(scope, o.order_id)
    if (!reaches(scope, 'orders.visit.write', order)) throw scope.notFound()
    if (order.state !== 'finished' && order.state !== 'closed') throw scope.refuse('orders.not_finished', { no: order.no })
    if (o.reached && o.solved === undefined) throw scope.refuse('orders.visit_answer')
    const visit_id = uuidv7()
    await scope.db
      .insertInto('orders.visit')
      .values({ company_id: scope.company_id, visit_id, order_id: o.order_id, round_no: order.round_no, way: o.way, reached: o.reached, solved: o.reached ? (o.solved ?? null) : null, satisfaction: o.reached ? (o.satisfaction ?? null) : null, words: o.words || null, visited_by: scope.who.account_id, visited_at: scope.now })
      .execute()
    // Nobody answered: it is asked again.
    if (o.reached) await sql`update orders.work_order set visited_at = ${scope.now}, visit_wanted = true where company_id = ${scope.company_id} and order_id = ${o.order_id}`.execute(scope.db)
    scope.note('work_order', o.order_id, { no: order.no, visit: o.way, reached: o.reached, solved: o.solved ?? null })
    return { visit_id }
  }),
]

async function lastVisits(scope: Scope, order_ids: readonly string[]) {
  const rows = order_ids.length ? await sql<{ order_id: string; way: 'phone'; reached: boolean; solved: boolean | null; satisfaction: number | null; words: string | null; visited_by: string | null; visited_at: string }>`select distinct on (order_id) order_id, way, reached, solved, satisfaction, words, visited_by, visited_at from orders.visit
    where company_id = ${scope.company_id} and order_id = any(${[...order_ids]}::uuid[]) order by order_id, visited_at desc`.execute(scope.db).then((r) => r.rows) : []
  const names = await memberNames(scope, rows.map((r) => r.visited_by))
  return new Map(rows.map(({ order_id, visited_by, ...v }) => [order_id, { ...v, visited_by_name: (visited_by && names.get(visited_by)) || null }]))
}
