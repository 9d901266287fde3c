// Lists of orders: for the dispatcher, for the one who works, for the resident. A page is cut before names are joined; two statements.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { housesLike } from '../../property/server/index.ts'
import { BOARD_MAX, orders, type BoardCard, type OrderFilter, type OrderRow, type State } from '../contract.ts'
import { isMine, ordersSeenBy, ownOrders } from './access.ts'
import { facts } from './facts.ts'
import { LATE, onDuty, workersSeen } from './workers.ts'

/** Counting stops here: nobody pages further, and a count of everything grows with the years. */
const COUNT_MAX = 10_000
/** Of the report in a list. */
const WORDS_SHOWN = 30
const and = (parts: readonly RawBuilder<unknown>[]) => sql<SqlBool>`${sql.join(parts, sql` and `)}`

export function conditions(scope: Scope, f: OrderFilter): RawBuilder<unknown>[] {
  const p: RawBuilder<unknown>[] = []
  if (f.community_id) p.push(sql`o.community_id = ${f.community_id}`)
  if (f.building_id) p.push(sql`o.building_id = ${f.building_id}`)
  if (f.house_id) p.push(sql`o.house_id = ${f.house_id}`)
  if (f.equipment_id) p.push(sql`o.equipment_id = ${f.equipment_id}`)
  if (f.with_equipment) p.push(sql`o.equipment_id is not null`)
  // A system means what is under it.
  if (f.equipment_category_id) p.push(sql`o.equipment_id in (select d.equipment_id from equipment.device d join equipment.category q on q.company_id = ${scope.company_id} and q.category_id = d.category_id where d.company_id = ${scope.company_id} and (q.category_id = ${f.equipment_category_id} or q.parent_id = ${f.equipment_category_id}))`)
  // A group means what is under it.
  if (f.category_id) p.push(sql`o.category_id in (select g.category_id from orders.category g where g.company_id = ${scope.company_id} and (g.category_id = ${f.category_id} or g.parent_id = ${f.category_id}))`)
  if (f.assignee_id) p.push(sql`o.assignee_id = ${f.assignee_id}`)
  if (f.urgent !== undefined) p.push(sql`o.urgent = ${f.urgent}`)
  if (f.fact) p.push(facts(scope)[f.fact])
  if (f.from_on) p.push(sql`o.created_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) p.push(sql`o.created_at < ${dayStart(f.to_on, 1)}`)
  if (f.q) p.push(found(scope, f.q))
  return p
}
function found(scope: Scope, q: string): RawBuilder<SqlBool> {
  const t = q.normalize('NFKC').trim()
  if (/^WX\d{4}-?\d+$/i.test(t)) return sql<SqlBool>`o.no like ${`${t.toUpperCase()}%`}`
  if (/^1\d{10}$/.test(t)) return sql<SqlBool>`o.reporter_phone = ${t}`
  return sql<SqlBool>`(o.words like ${`%${t}%`} or o.place like ${`%${t}%`} or o.reporter_name like ${`${t}%`} or o.house_id in (select h.house_id from property.house h where h.company_id = ${scope.company_id} and ${housesLike(t)}))`
}

const PAGE = sql`o.order_id, o.no, o.community_id, o.place, o.category_id, o.urgent, o.words, o.source, o.reporter_name, o.state, o.assignee_id, o.created_at, o.arrived_at, o.finished_at, o.ended_at, o.suspended_at, o.respond_due_at, o.finish_due_at, o.rating, o.round_no, o.visited_at`
/** Rows of a page in the order in which it was cut. */
async function rowsOf<T extends OrderRow = OrderRow>(scope: Scope, where: RawBuilder<SqlBool>, order: RawBuilder<unknown>, p: { page: number; page_size: number }, more: RawBuilder<unknown> = sql``): Promise<T[]> {
  const c = scope.company_id
  const { rows } = await sql<T>`with page as materialized (select ${PAGE} from orders.work_order o where o.company_id = ${c} and ${where} order by ${order} limit ${p.page_size} offset ${(p.page - 1) * p.page_size})
    select o.order_id, o.no, k.name as community_name, o.place, g.name as category, o.urgent, left(o.words, ${WORDS_SHOWN}::int) as words, o.source, o.reporter_name, o.state, m.name as assignee_name, o.created_at,
      case when o.finished_at is not null or o.ended_at is not null then null when o.arrived_at is null then o.respond_due_at else o.finish_due_at end as due_at, ${LATE(scope)} as late, o.rating, o.round_no ${more}
    from page o join property.community k on k.company_id = ${c} and k.community_id = o.community_id join orders.category g on g.company_id = ${c} and g.category_id = o.category_id
      left join identity.member m on m.company_id = ${c} and m.account_id = o.assignee_id order by ${order}`.execute(scope.db)
  return rows
}
const NEWEST = sql`o.created_at desc, o.order_id`
/** What is due first, urgent before all. */
const DUE = sql`o.urgent desc, case when o.arrived_at is null then o.respond_due_at else o.finish_due_at end, o.order_id`
const OPEN = sql<SqlBool>`o.state in ('waiting','assigned','accepted','working','suspended')`

/** The dispatcher's board: who works, and every open order within reach of the right to dispatch. */
export const board = answer(orders.board, async (scope, { community_id }) => {
  const where = and([OPEN, ordersSeenBy(scope), ...(community_id ? [sql`o.community_id = ${community_id}`] : [])])
  const [rows, workers] = await Promise.all([rowsOf<BoardCard>(scope, where, DUE, { page: 1, page_size: BOARD_MAX + 1 }, sql`, o.assignee_id`), workersSeen(scope, community_id)])
  return { workers: workers.map((w) => ({ ...w, on_duty: onDuty(w, scope.now) })), rows: rows.slice(0, BOARD_MAX), more: rows.length > BOARD_MAX }
})

const EXCEL_MAX = 20_000
export interface ExcelRow extends OrderRow {
  respond_due_at: string
  finish_due_at: string
  arrived_at: string | null
  finished_at: string | null
  rating_words: string | null
}
/** Everything the filter finds, whole texts; refused beyond what one looks at. */
export async function excelRows(scope: Scope, f: OrderFilter): Promise<ExcelRow[]> {
  const c = scope.company_id
  const where = and([ordersSeenBy(scope), ...conditions(scope, f), ...(f.state ? [sql`o.state = ${f.state}`] : []), ...(f.late ? [OPEN, LATE(scope)] : [])])
  const { rows } = await sql<ExcelRow>`select o.order_id, o.no, k.name as community_name, o.place, g.name as category, o.urgent, o.words, o.source, o.reporter_name, o.state, m.name as assignee_name, o.created_at, o.respond_due_at, o.finish_due_at, o.arrived_at, o.finished_at, o.rating, o.rating_words, o.round_no
    from orders.work_order o join property.community k on k.company_id = ${c} and k.community_id = o.community_id join orders.category g on g.company_id = ${c} and g.category_id = o.category_id left join identity.member m on m.company_id = ${c} and m.account_id = o.assignee_id
    where o.company_id = ${c} and ${where} order by ${NEWEST} limit ${EXCEL_MAX + 1}`.execute(scope.db)
  if (rows.length > EXCEL_MAX) throw scope.refuse('orders.too_many_rows', { max: EXCEL_MAX })
  return rows
}

/** States whose rows are few, and counted one by one: the index holds no others. */
const COUNTED = ['waiting', 'assigned', 'accepted', 'working', 'suspended', 'finished'] as const
const NARROWING = ['fact', 'state', 'late', 'community_id', 'building_id', 'house_id', 'equipment_id', 'equipment_category_id', 'with_equipment', 'category_id', 'assignee_id', 'urgent', 'from_on', 'to_on', 'q'] as const satisfies (keyof OrderFilter)[]

/** How many rows a filter finds, where the counts of the open states do not say it already. */
function totalOf(scope: Scope, f: OrderFilter, where: RawBuilder<SqlBool>): RawBuilder<unknown> | null {
  if (f.late ? !f.state : COUNTED.some((s) => s === f.state)) return null
  // Numbers are drawn without a gap, one an order, and no order is ever removed: what was drawn is what there is. Counting 10,000 rows took half of the list's time.
  if (scope.reach().all && NARROWING.every((k) => f[k] === undefined || (f[k] === false && k !== 'urgent'))) return sql`select 'total', least(coalesce(sum(z.last_no), 0), ${COUNT_MAX}::int)::int from orders.series z where z.company_id = ${scope.company_id} and z.series like 'WX-%'`
  return sql`select 'total', count(*)::int from (select 1 from orders.work_order o where o.company_id = ${scope.company_id} and ${where} limit ${COUNT_MAX}) x`
}

export const orderList = answer(orders.orders, async (scope, f) => {
  const base = and([ordersSeenBy(scope), ...conditions(scope, f)])
  const where = and([base, ...(f.state ? [sql`o.state = ${f.state}`] : []), ...(f.late ? [OPEN, LATE(scope)] : [])])
  const counting = totalOf(scope, f, where)
  const [rows, counted] = await Promise.all([
    rowsOf(scope, where, NEWEST, f),
    sql<{ state: State | 'late' | 'total'; n: number }>`select o.state, count(*)::int as n from orders.work_order o where o.company_id = ${scope.company_id} and o.state in ('waiting','assigned','accepted','working','suspended','finished') and ${base} group by 1
      union all select 'late', count(*)::int from orders.work_order o where o.company_id = ${scope.company_id} and ${OPEN} and ${LATE(scope)} and ${base} ${counting ? sql`union all ${counting}` : sql``}`.execute(scope.db),
  ])
  const { total, ...counts } = Object.fromEntries(counted.rows.map((r) => [r.state, r.n]))
  return { rows, total: total ?? counts[f.late ? 'late' : f.state!] ?? 0, counts }
}, { by_key: true })

export async function hallRows(scope: Scope, max: number): Promise<{ hall: OrderRow[]; counts: { mine: number; hall: number; late: number } }> {
  const [hall, { counts }] = await Promise.all([rowsOf(scope, WORK.hall(scope), DUE, { page: 1, page_size: max }), workCounts(scope, 'mine')])
  return { hall, counts }
}
const WORK = {
  hall: (scope: Scope) => sql<SqlBool>`(o.state = 'waiting' and ${ordersSeenBy(scope)})`,
  mine: (scope: Scope) => sql<SqlBool>`(o.state in ('assigned','accepted','working','suspended') and ${isMine(scope)})`,
  done: (scope: Scope) => sql<SqlBool>`(o.state in ('finished','closed') and o.assignee_id = ${scope.who.account_id}::uuid)`,
}
async function workCounts(scope: Scope, box: keyof typeof WORK): Promise<{ total: number; counts: { mine: number; hall: number; late: number } }> {
  const n = (w: RawBuilder<SqlBool>) => sql`(select count(*)::int from (select 1 from orders.work_order o where o.company_id = ${scope.company_id} and ${w} limit ${COUNT_MAX}) x)`
  const { rows } = await sql<{ mine: number; hall: number; late: number; total: number }>`select ${n(WORK.mine(scope))} as mine, ${n(WORK.hall(scope))} as hall, ${n(sql<SqlBool>`${WORK.mine(scope)} and ${LATE(scope)}`)} as late, ${n(WORK[box](scope))} as total`.execute(scope.db)
  const { total, ...counts } = rows[0]!
  return { total, counts }
}
export const myWork = answer(orders.myWork, async (scope, f) => {
  const [rows, counted] = await Promise.all([rowsOf(scope, WORK[f.box](scope), f.box === 'done' ? NEWEST : DUE, f), workCounts(scope, f.box)])
  return { rows, ...counted }
})

export const myOrders = answer(orders.myOrders, async (scope, f) => {
  const own = ownOrders(scope)
  const where = f.open_only ? sql<SqlBool>`${own} and o.state not in ('closed','cancelled','declined')` : own
  const [rows, counted] = await Promise.all([rowsOf(scope, where, NEWEST, f), sql<{ n: number }>`select count(*)::int as n from orders.work_order o where o.company_id = ${scope.company_id} and ${where}`.execute(scope.db)])
  return { rows, total: counted.rows[0]!.n }
})
export { rowsOf }
