// What each indicator is computed from (BI-02): of one month, by community, `part` of `whole`. Conditions are those of the module whose rows they are, the reach is that of the right over its
// list, and the address lists the very rows that were counted.
import { sql, type RawBuilder } from 'kysely'
import { dayStart } from '../../../../kernel/days.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { sumsOf } from '../../../billing/server/index.ts'
import { complaintFacts } from '../../../care/server/index.ts'
import { orderFacts } from '../../../orders/server/index.ts'
import { findingFacts, taskFacts } from '../../../rounds/server/index.ts'
import { incidentFacts } from '../../../safety/server/index.ts'
import { certifiedOf, type StaffPolicy } from '../../../staff/server/index.ts'
import type { Indicator } from '../../contract_cockpit.ts'
import { reaches, seen } from '../access.ts'

export interface Span {
  /** 2026-11 */
  month: string
  from_on: string
  /** Its last day. */
  to_on: string
}
export interface Asking {
  scope: Scope
  community_id: string | undefined
  policy: StaffPolicy
}
export interface Source {
  /** The right over the rows: without it the indicator is not there. */
  needs: string
  /** (community_id, part, whole) */
  of: (a: Asking, m: Span) => RawBuilder<unknown>
  /** Addresses of the rows; null: they have no list of their own. */
  part: ((m: Span) => string) | null
  whole: ((m: Span) => string) | null
}
const at = (path: string, o: Record<string, string>): string => `${path}?${new URLSearchParams(o).toString()}`
const days = (m: Span) => ({ from_on: m.from_on, to_on: m.to_on })

/** Sums that billing keeps; by building only for whom buildings are all that is within reach. */
function billed(a: Asking, where: RawBuilder<unknown>): RawBuilder<unknown> {
  const needs = 'billing.stats.read'
  const r = a.scope.reach(needs)
  return sumsOf(a.scope, r.all || r.building_ids.length === 0 ? 'community' : 'building', sql`${seen(a.scope, 's', needs, a.community_id)} and ${where}`)
}
const first = (m: Span) => sql`${m.from_on}::date`
const periods = (state: string) => (m: Span) => at('/billing/bills', { period_from: m.month, period_to: m.month, state })

/** Rows of one table, counted by two of its facts. */
function counted(needs: string, path: string, o: { table: string; alias: string; when: (a: Asking, m: Span) => RawBuilder<unknown>; part: (s: Scope) => RawBuilder<unknown>; whole?: (s: Scope) => RawBuilder<unknown>; open_part: Record<string, string>; open_whole: Record<string, string> | null }): Source {
  const t = sql.ref(o.alias)
  return {
    needs,
    of: (a, m) => sql`select ${t}.community_id, count(*) filter (where ${o.part(a.scope)}) as part, ${o.whole ? sql`count(*) filter (where ${o.whole(a.scope)})` : sql`0`} as whole from ${sql.table(o.table)} ${t}
      where ${t}.company_id = ${a.scope.company_id} and ${o.when(a, m)} and ${seen(a.scope, o.alias, needs, a.community_id)} group by 1`,
    part: (m) => at(path, { ...o.open_part, ...days(m) }),
    whole: o.open_whole ? (m) => at(path, { ...o.open_whole, ...days(m) }) : null,
  }
}
const instants = (column: string) => (_: Asking, m: Span) => sql`${sql.ref(column)} >= ${dayStart(m.from_on)} and ${sql.ref(column)} < ${dayStart(m.to_on, 1)}`
const order = (part: 'respond_in_time' | 'finish_in_time' | 'finished' | 'satisfied' | 'reworked', whole: 'respond_due' | 'finish_due' | 'counted' | 'rated' | 'ever_finished'): Source =>
  counted('orders.order.read', '/orders/list', { table: 'orders.work_order', alias: 'o', when: instants('o.created_at'), part: (s) => sql`${orderFacts(s)[part]} and ${orderFacts(s)[whole]}`, whole: (s) => orderFacts(s)[whole], open_part: { fact: part }, open_whole: { fact: whole } })
const complaint = (part: 'counted' | 'answer_in_time' | 'closed', whole: 'answer_due' | 'counted' | null): Source =>
  counted('care.complaint.read', '/care/complaints', {
    table: 'care.complaint', alias: 'o', when: (a, m) => sql`${instants('o.created_at')(a, m)} and exists (select from care.kind k where k.company_id = ${a.scope.company_id} and k.kind_id = o.kind_id and k.nature = 'complaint')`,
    part: (s) => complaintFacts(s)[part], ...(whole ? { whole: (s: Scope) => complaintFacts(s)[whole] } : {}), open_part: { nature: 'complaint', fact: part }, open_whole: whole ? { nature: 'complaint', fact: whole } : null,
  })
const round = (part: 'done' | 'in_time'): Source =>
  counted('rounds.task.read', '/rounds/tasks', { table: 'rounds.task', alias: 't', when: (_, m) => sql`t.on_day between ${m.from_on}::date and ${m.to_on}::date`, part: (s) => sql`${taskFacts(s)[part]} and ${taskFacts(s).due}`, whole: (s) => taskFacts(s).due, open_part: { fact: part }, open_whole: { fact: 'due' } })

export const SOURCES: Record<Indicator, Source> = {
  fee_rate: { needs: 'billing.stats.read', of: (a, m) => sql`select x.community_id, sum(x.paid_fen) as part, sum(x.amount_fen - x.reduced_fen) as whole from ${billed(a, sql`s.period_on = ${first(m)}`)} x group by 1`, part: periods('received'), whole: periods('live') },
  // Owed of earlier periods when the month began, and what was billed or reduced of them since.
  old_rate: {
    needs: 'billing.stats.read',
    of: (a, m) => sql`select x.community_id, sum(x.paid_fen) filter (where x.month_on = ${first(m)}) as part, sum(x.amount_fen - x.reduced_fen - case when x.month_on < ${first(m)} then x.paid_fen else 0 end) as whole from ${billed(a, sql`s.period_on < ${first(m)} and s.month_on <= ${first(m)}`)} x group by 1`,
    part: (m) => at('/analytics/fees', { from: m.month, to: m.month }), whole: null,
  },
  taken_fen: { needs: 'billing.stats.read', of: (a, m) => sql`select x.community_id, sum(x.paid_fen) as part, 0 as whole from ${billed(a, sql`s.month_on = ${first(m)}`)} x group by 1`, part: (m) => at('/analytics/fees', { from: m.month, to: m.month }), whole: null },
  order_respond: order('respond_in_time', 'respond_due'),
  order_in_time: order('finish_in_time', 'finish_due'),
  order_done: order('finished', 'counted'),
  order_satisfied: order('satisfied', 'rated'),
  order_rework: order('reworked', 'ever_finished'),
  complaint_count: complaint('counted', null),
  complaint_in_time: complaint('answer_in_time', 'answer_due'),
  complaint_closed: complaint('closed', 'counted'),
  round_done: round('done'),
  round_in_time: round('in_time'),
  finding_in_time: counted('rounds.task.read', '/rounds/findings', { table: 'rounds.finding', alias: 'f', when: instants('f.found_at'), part: (s) => findingFacts(s).in_time, whole: (s) => findingFacts(s).due, open_part: { fact: 'in_time' }, open_whole: { fact: 'due' } }),
  incident_count: counted('safety.incident.read', '/safety/incidents', { table: 'safety.incident', alias: 'o', when: instants('o.occurred_at'), part: (s) => incidentFacts(s).counted, open_part: { fact: 'counted' }, open_whole: null }),
  alarm_disposed: counted('iot.device.read', '/iot/alarms', { table: 'iot.alarm', alias: 'a', when: instants('a.raised_at'), part: () => sql`a.disposed_at is not null`, whole: () => sql`true`, open_part: { state: 'disposed' }, open_whole: {} }),
  equipment_ok: { needs: 'equipment.device.read', of: (a) => sql`select d.community_id, count(*) filter (where d.state = 'in_use') as part, count(*) as whole from equipment.device d where d.company_id = ${a.scope.company_id} and d.state in ('in_use','repair') and ${seen(a.scope, 'd', 'equipment.device.read', a.community_id)} group by 1`, part: () => '/equipment/devices?state=in_use', whole: null },
  certified: { needs: 'staff.org.read', of: (a) => certifiedOf(a.scope, a.policy, 'staff.org.read', a.community_id), part: () => '/staff/posts', whole: () => '/staff/posts' },
  vacant: { needs: 'property.house.read', of: (a) => sql`select h.community_id, count(*) filter (where h.state = 'vacant') as part, count(*) as whole from property.house h where h.company_id = ${a.scope.company_id} and h.kind = 'dwelling' and h.state not in ('unsold','disabled') and ${seen(a.scope, 'h', 'property.house.read', a.community_id)} group by 1`, part: () => '/property/houses?kind=dwelling&state=vacant', whole: null },
}
export const mine = (scope: Scope): Indicator[] => (Object.keys(SOURCES) as Indicator[]).filter((k) => reaches(scope, SOURCES[k].needs))
