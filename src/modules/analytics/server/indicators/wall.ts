// The wall screen: today in figures, the indicators of the month, alarms and orders that are open. It hangs where visitors see it: no names, no phones, no house numbers.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../../kernel/app.ts'
import { dayStart } from '../../../../kernel/days.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { complaintFacts } from '../../../care/server/index.ts'
import { orderFacts } from '../../../orders/server/index.ts'
import { taskFacts } from '../../../rounds/server/index.ts'
import { incidentFacts } from '../../../safety/server/index.ts'
import { analytics } from '../../contract.ts'
import type { Wall } from '../../contract_cockpit.ts'
import { reaches, seen } from '../access.ts'
import { monthsOf } from '../workbench.ts'
import { cockpitOf } from './read.ts'

const LINES = 8
interface Today {
  code: string
  needs: string
  unit: 'fen' | 'count'
  /** One row: value, of (null: nothing to compare with), bad. */
  sql: (s: Scope, community_id: string | undefined) => RawBuilder<unknown>
}
const OPEN_ORDER = sql`o.state in ('waiting','assigned','accepted','working','suspended')`
const today = (s: Scope, column: string) => sql`${sql.ref(column)} >= ${dayStart(s.today)} and ${sql.ref(column)} < ${dayStart(s.today, 1)}`
const TODAY: readonly Today[] = [
  { code: 'taken_today', needs: 'payment.payment.read', unit: 'fen', sql: (s, c) => sql`select coalesce(sum(x.total_fen - (select coalesce(sum(t.amount_fen), 0) from payment.tender t where t.company_id = x.company_id and t.payment_id = x.payment_id and t.method = 'wallet')), 0)::bigint as value, null::bigint as of, false as bad from payment.payment x where x.company_id = ${s.company_id} and x.taken_on = ${s.today}::date and x.reversed_at is null and ${seen(s, 'x', 'payment.payment.read', c)}` },
  { code: 'order_new', needs: 'orders.order.read', unit: 'count', sql: (s, c) => sql`select count(*)::bigint, null::bigint, false from orders.work_order o where o.company_id = ${s.company_id} and ${today(s, 'o.created_at')} and ${orderFacts(s).counted} and ${seen(s, 'o', 'orders.order.read', c)}` },
  { code: 'order_open', needs: 'orders.order.read', unit: 'count', sql: (s, c) => sql`select count(*)::bigint, null::bigint, false from orders.work_order o where o.company_id = ${s.company_id} and ${OPEN_ORDER} and ${seen(s, 'o', 'orders.order.read', c)}` },
  { code: 'order_late', needs: 'orders.order.read', unit: 'count', sql: (s, c) => sql`select count(*)::bigint, null::bigint, count(*) > 0 from orders.work_order o where o.company_id = ${s.company_id} and o.state in ('waiting','assigned','accepted','working') and (case when o.arrived_at is null then o.respond_due_at else o.finish_due_at end) < ${s.now}::timestamptz and ${seen(s, 'o', 'orders.order.read', c)}` },
  { code: 'complaint_open', needs: 'care.complaint.read', unit: 'count', sql: (s, c) => sql`select count(*)::bigint, null::bigint, false from care.complaint o where o.company_id = ${s.company_id} and ${complaintFacts(s).open} and ${seen(s, 'o', 'care.complaint.read', c)}` },
  { code: 'round_today', needs: 'rounds.task.read', unit: 'count', sql: (s, c) => sql`select count(*) filter (where ${taskFacts(s).done})::bigint, count(*)::bigint, false from rounds.task t where t.company_id = ${s.company_id} and t.on_day = ${s.today}::date and ${taskFacts(s).counted} and ${seen(s, 't', 'rounds.task.read', c)}` },
  { code: 'alarm_open', needs: 'iot.device.read', unit: 'count', sql: (s, c) => sql`select count(*)::bigint, null::bigint, count(*) filter (where a.level in ('major','critical')) > 0 from iot.alarm a where a.company_id = ${s.company_id} and a.disposed_at is null and ${seen(s, 'a', 'iot.device.read', c)}` },
  { code: 'incident_open', needs: 'safety.incident.read', unit: 'count', sql: (s, c) => sql`select count(*)::bigint, null::bigint, count(*) > 0 from safety.incident o where o.company_id = ${s.company_id} and ${incidentFacts(s).open} and ${seen(s, 'o', 'safety.incident.read', c)}` },
  { code: 'car_inside', needs: 'parking.stay.read', unit: 'count', sql: (s, c) => sql`select count(*)::bigint, null::bigint, false from parking.stay y join parking.lot l on l.company_id = ${s.company_id} and l.lot_id = y.lot_id where y.company_id = ${s.company_id} and y.state = 'in' and ${seen(s, 'l', 'parking.stay.read', c)}` },
  { code: 'visitor_today', needs: 'access.visit.read', unit: 'count', sql: (s, c) => sql`select coalesce(sum(v.people_count), 0)::bigint, null::bigint, false from access.visit v where v.company_id = ${s.company_id} and v.to_at >= ${dayStart(s.today)} and ${today(s, 'v.arrived_at')} and ${seen(s, 'v', 'access.visit.read', c)}` },
]
async function figuresOf(scope: Scope, community_id: string | undefined): Promise<Wall['figures']> {
  const mine = TODAY.filter((t) => reaches(scope, t.needs))
  if (mine.length === 0) return []
  const { rows } = await sql<{ code: string; value: number; of: number | null; bad: boolean }>`${sql.join(mine.map((t) => sql`select ${t.code}::text as code, z.* from (${t.sql(scope, community_id)}) as z(value, of, bad)`), sql` union all `)}`.execute(scope.db)
  const by = new Map(rows.map((r) => [r.code, r]))
  return mine.map((t) => ({ code: t.code, unit: t.unit, value: by.get(t.code)!.value, of: by.get(t.code)!.of, bad: by.get(t.code)!.bad }))
}
async function alarmsOf(scope: Scope, community_id: string | undefined): Promise<Wall['alarms']> {
  if (!reaches(scope, 'iot.device.read')) return []
  const c = scope.company_id
  return (await sql<Wall['alarms'][number]>`with page as materialized (select a.* from iot.alarm a where a.company_id = ${c} and a.disposed_at is null and ${seen(scope, 'a', 'iot.device.read', community_id)} order by a.last_at desc, a.alarm_id limit ${LINES})
    select a.alarm_id, a.title, concat_ws(' ', k.name, b.name) as place, a.level, a.raised_at from page a join property.community k on k.company_id = ${c} and k.community_id = a.community_id left join property.building b on b.company_id = ${c} and b.building_id = a.building_id order by a.last_at desc, a.alarm_id`.execute(scope.db)).rows
}
async function ordersOf(scope: Scope, community_id: string | undefined): Promise<Wall['orders']> {
  if (!reaches(scope, 'orders.order.read')) return []
  const c = scope.company_id
  return (await sql<Wall['orders'][number]>`with page as materialized (select o.* from orders.work_order o where o.company_id = ${c} and ${OPEN_ORDER} and ${seen(scope, 'o', 'orders.order.read', community_id)} order by o.created_at desc, o.order_id limit ${LINES})
    select o.order_id, o.no, g.name as category, concat_ws(' ', k.name, case when o.house_id is null then o.place else b.name end) as place, o.state, o.created_at, (case when o.arrived_at is null then o.respond_due_at else o.finish_due_at end) < ${scope.now}::timestamptz and o.state <> 'suspended' as late
    from page o join orders.category g on g.company_id = ${c} and g.category_id = o.category_id join property.community k on k.company_id = ${c} and k.community_id = o.community_id left join property.building b on b.company_id = ${c} and b.building_id = o.building_id order by o.created_at desc, o.order_id`.execute(scope.db)).rows
}
export const wallAnswers = [
  answer(analytics.wall, async (scope, o) => {
    const board = await cockpitOf(scope, { month: scope.today.slice(0, 7), community_id: o.community_id })
    const name = o.community_id
      ? sql<{ name: string }>`select name from property.community where company_id = ${scope.company_id} and community_id = ${o.community_id}`
      : sql<{ name: string }>`select name from identity.company where company_id = ${scope.company_id}`
    const [figures, alarms, orders, months] = [await figuresOf(scope, o.community_id), await alarmsOf(scope, o.community_id), await ordersOf(scope, o.community_id), reaches(scope, 'billing.stats.read') ? await monthsOf(scope, o.community_id) : []]
    return { at: scope.now, place: (await name.execute(scope.db)).rows[0]?.name ?? '', figures, rows: board.rows, months: months.map((m) => ({ month: m.month, receivable_fen: m.receivable_fen, received_fen: m.settled_fen, taken_fen: m.received_fen })), alarms, orders }
  }),
]
