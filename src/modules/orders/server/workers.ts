// Who takes orders: everybody with the right to work, with skills, buildings, shift and load; and who is best for one order.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { orders, type Candidate, type WorkerRow } from '../contract.ts'
import { actorsOf, orderToRead, type Order } from './access.ts'

const ROWS_MAX = 500
export const OPEN_MAX = 10
type Raw = Omit<WorkerRow, 'buildings'> & { buildings: string | null }

/** Members who may work, with what is known of them. `where` speaks of `g` (grant) and `m` (member). */
async function rowsOf(scope: Scope, where: RawBuilder<SqlBool>): Promise<WorkerRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`with may as materialized (select distinct m.account_id, m.name, m.post from identity.access_grant g
        join identity.role r on r.company_id = ${c} and r.role_id = g.role_id and 'orders.order.work' = any(r.permissions)
        join identity.member m on m.company_id = ${c} and m.account_id = g.account_id and m.disabled_at is null where g.company_id = ${c} and ${where} order by m.name, m.account_id limit ${ROWS_MAX}),
      busy as materialized (select o.assignee_id, count(*)::int as open_count, count(*) filter (where ${LATE(scope)})::int as late_count from orders.work_order o where o.company_id = ${c} and o.state in ('assigned','accepted','working','suspended') group by 1)
    select y.account_id, y.name, y.post, coalesce(w.skills, '{}') as skills, coalesce(w.building_ids, '{}') as building_ids, coalesce(w.weekdays, '{}') as weekdays, w.duty_from, w.duty_to, coalesce(w.open_max, ${OPEN_MAX}) as open_max,
      coalesce(b.open_count, 0) as open_count, coalesce(b.late_count, 0) as late_count,
      (select string_agg(pb.name, '、' order by pb.no) from property.building pb where pb.company_id = ${c} and pb.building_id = any(w.building_ids)) as buildings
    from may y left join orders.worker w on w.company_id = ${c} and w.account_id = y.account_id left join busy b on b.assignee_id = y.account_id order by y.name, y.account_id`.execute(scope.db)
  return rows.map((r) => ({ ...r, buildings: r.buildings ?? '' }))
}
/** Late: the limit that runs has passed; what is suspended waits. Speaks of `o`. */
export const LATE = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(o.state <> 'suspended' and o.finished_at is null and o.ended_at is null and (case when o.arrived_at is null then o.respond_due_at else o.finish_due_at end) < ${scope.now}::timestamptz)`

const grantedAt = (at: { community_id: string; building_id: string | null }): RawBuilder<SqlBool> =>
  sql<SqlBool>`(g.scope_kind = 'company' or (g.scope_kind = 'community' and ${at.community_id}::uuid = any(g.scope_ids)) or (g.scope_kind = 'building' and ${at.building_id}::uuid = any(g.scope_ids)))`
export async function workerAt(scope: Scope, at: { community_id: string; building_id: string | null }, account_id: string): Promise<{ account_id: string; name: string } | undefined> {
  const { rows } = await sql<{ account_id: string; name: string }>`select m.account_id, m.name from identity.access_grant g join identity.role r on r.company_id = ${scope.company_id} and r.role_id = g.role_id and 'orders.order.work' = any(r.permissions)
    join identity.member m on m.company_id = ${scope.company_id} and m.account_id = g.account_id and m.disabled_at is null where g.company_id = ${scope.company_id} and g.account_id = ${account_id} and ${grantedAt(at)} limit 1`.execute(scope.db)
  return rows[0]
}

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit' })
/** A shift may run over midnight; whoever has none is on duty always. */
export function onDuty(w: { weekdays: readonly number[]; duty_from: string | null; duty_to: string | null }, now: string): boolean {
  const time = clock.format(new Date(now))
  const day = dayOf(now)
  const weekday = (on: string): number => new Date(`${on}T00:00:00Z`).getUTCDay() || 7
  const today = w.weekdays.length === 0 || w.weekdays.includes(weekday(day))
  if (!w.duty_from || !w.duty_to) return today
  if (w.duty_from <= w.duty_to) return today && time >= w.duty_from && time < w.duty_to
  if (time >= w.duty_from) return today
  const yesterday = dayOf(Date.parse(now) - 86_400_000)
  return time < w.duty_to && (w.weekdays.length === 0 || w.weekdays.includes(weekday(yesterday)))
}

type Fits = Candidate['fits']
export const fitsOf = (w: WorkerRow, o: { skill: string | null; building_id: string | null }, now: string): Fits => ({
  skill: o.skill === null || w.skills.includes(o.skill),
  area: w.building_ids.length === 0 || (o.building_id !== null && w.building_ids.includes(o.building_id)),
  on_duty: onDuty(w, now),
  has_room: w.open_count < w.open_max,
})
const score = (f: Fits): number => (f.on_duty ? 8 : 0) + (f.has_room ? 4 : 0) + (f.skill ? 2 : 0) + (f.area ? 1 : 0)
/** Best first: on duty, with room, skilled, of the area; then who has least. */
export async function candidatesFor(scope: Scope, o: Order): Promise<Candidate[]> {
  const rows = await rowsOf(scope, grantedAt(o))
  return rows
    .filter((w) => w.account_id !== o.assignee_id)
    .map(({ building_ids, weekdays, duty_from, duty_to, ...w }) => ({ ...w, fits: fitsOf({ ...w, building_ids, weekdays, duty_from, duty_to }, o, scope.now) }))
    .toSorted((a, b) => score(b.fits) - score(a.fits) || a.open_count - b.open_count || a.name.localeCompare(b.name, 'zh-CN'))
}

/** Those who work somewhere within reach, or at one community. */
export async function workersSeen(scope: Scope, community_id: string | undefined): Promise<WorkerRow[]> {
  const all = scope.reach().all
  const reached = sql<SqlBool>`(g.scope_kind = 'company' or exists (select from property.community k where k.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 'k' })}
    and (k.community_id = any(g.scope_ids) or exists (select from property.building kb where kb.company_id = ${scope.company_id} and kb.community_id = k.community_id and kb.building_id = any(g.scope_ids)))))`
  const there = community_id ? sql<SqlBool>`(g.scope_kind = 'company' or ${community_id}::uuid = any(g.scope_ids) or exists (select from property.building kb where kb.company_id = ${scope.company_id} and kb.community_id = ${community_id} and kb.building_id = any(g.scope_ids)))` : sql<SqlBool>`true`
  return rowsOf(scope, sql<SqlBool>`${all ? sql`true` : reached} and ${there}`)
}

export const workerAnswers = [
  answer(orders.workers, async (scope, { community_id }) => ({ rows: await workersSeen(scope, community_id) })),
  answer(orders.saveWorker, async (scope, o) => {
    if ((o.duty_from === null) !== (o.duty_to === null)) throw scope.refuse('orders.duty_half')
    // A person serves the whole company's orders: whoever sets him up has the whole company, or all communities the person has.
    const known = await rowsOf(scope, sql<SqlBool>`g.account_id = ${o.account_id}`)
    if (!known[0]) throw scope.refuse('orders.no_worker')
    const r = scope.reach()
    if (!r.all) {
      const { rows } = await sql`select 1 from identity.access_grant g where g.company_id = ${scope.company_id} and g.account_id = ${o.account_id} and (g.scope_kind = 'company' or not g.scope_ids <@ ${[...r.community_ids, ...r.building_ids]}::uuid[]) limit 1`.execute(scope.db)
      if (rows.length) throw scope.notFound()
    }
    const buildings = await scope.db.selectFrom('property.building').select('building_id').where('company_id', '=', scope.company_id).where(sql<SqlBool>`building_id = any(${o.building_ids}::uuid[])`).execute()
    if (buildings.length !== new Set(o.building_ids).size) throw scope.notFound()
    const values = { skills: [...new Set(o.skills)], building_ids: [...new Set(o.building_ids)], weekdays: [...new Set(o.weekdays)].toSorted((a, b) => a - b), duty_from: o.duty_from, duty_to: o.duty_to, open_max: o.open_max, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('orders.worker').values({ company_id: scope.company_id, account_id: o.account_id, ...values }).onConflict((x) => x.columns(['company_id', 'account_id']).doUpdateSet(values)).execute()
    scope.note('worker', o.account_id, { skills: values.skills, open_max: o.open_max })
    return { account_id: o.account_id }
  }),
  answer(orders.candidates, async (scope, { order_id }) => {
    const o = await orderToRead(scope, order_id)
    const me = actorsOf(scope, o)
    if (!me.includes('dispatcher') && !me.includes('assignee')) throw scope.notFound()
    return { rows: await candidatesFor(scope, o) }
  }),
]
