// Requests for leave and overtime as rows: seen by the place they were asked for at, of oneself by the own file.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { AbsenceFilter, AbsenceRow } from '../contract.ts'
import { FROM, reachesPlace } from './access.ts'

export function absenceWhere(scope: Scope, f: AbsenceFilter, permission?: string): RawBuilder<SqlBool> {
  const c = scope.company_id
  const r = scope.reach(permission)
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`o.company_id = ${c}`, r.all ? sql<SqlBool>`true` : sql<SqlBool>`o.community_id = any(${r.community_ids}::uuid[])`]
  if (f.community_id) w.push(sql<SqlBool>`o.community_id = ${f.community_id}`)
  if (f.employee_id) w.push(sql<SqlBool>`o.employee_id = ${f.employee_id}`)
  if (f.what) w.push(sql<SqlBool>`o.what = ${f.what}`)
  if (f.kind_id) w.push(sql<SqlBool>`o.kind_id = ${f.kind_id}`)
  if (f.state) w.push(sql<SqlBool>`o.state = ${f.state}`)
  // What touches the days, not only what begins in them.
  if (f.from_on) w.push(sql<SqlBool>`o.to_at > ${`${f.from_on}T00:00:00+08:00`}::timestamptz`)
  if (f.to_on) w.push(sql<SqlBool>`o.from_at < ${`${addDays(f.to_on, 1)}T00:00:00+08:00`}::timestamptz`)
  if (f.q) w.push(sql<SqlBool>`exists (select from staff.employee e where e.company_id = ${c} and e.employee_id = o.employee_id and (position(${f.q} in e.name) > 0 or e.no = upper(${f.q})))`)
  return sql<SqlBool>`${sql.join(w, sql` and `)}`
}
const ORDER = sql`o.from_at desc, o.absence_id`
export async function absenceRows(scope: Scope, where: RawBuilder<unknown>, o: { limit: number; offset?: number }): Promise<AbsenceRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<AbsenceRow, 'can'> & { community_id: string | null; asked_by: string }>`with page as materialized (select o.* from staff.absence o where ${where} order by ${ORDER} limit ${o.limit} offset ${o.offset ?? 0})
    select o.absence_id, o.employee_id, e.no as employee_no, e.name as employee_name, t.name as post_name, o.community_id, coalesce(m.name, '公司本部') as community_name, o.what, k.name as kind_name, (select r.paid from staff.leave_rule r where r.company_id = ${c} and r.kind_id = o.kind_id and r.from_on <= (o.from_at at time zone 'Asia/Shanghai')::date order by r.from_on desc, r.made_at desc limit 1) as paid, o.from_at, o.to_at, o.half_days, o.minutes, o.pay, o.reason, o.state, o.approval_id, o.asked_by, o.asked_by_name, o.asked_at, case when o.cancelled_at is not null then o.cancelled_by_name || ':' || o.cancelled_reason end as cancelled
    from page o join ${FROM(scope)} on e.company_id = ${c} and e.employee_id = o.employee_id join staff.post t on t.company_id = ${c} and t.post_id = p.post_id left join staff.leave_kind k on k.company_id = ${c} and k.kind_id = o.kind_id left join property.community m on m.company_id = ${c} and m.community_id = o.community_id order by ${ORDER}`.execute(scope.db)
  return rows.map(({ community_id, asked_by, ...r }) => ({ ...r, can: { cancel: !reachesPlace(scope, community_id, 'staff.leave.write') ? 'kernel.forbidden' : r.state === 'agreed' ? true : 'staff.absence_state', withdraw: r.state === 'asked' && asked_by === scope.who.account_id ? true : 'staff.absence_state' } }))
}
export async function sumsOf(scope: Scope, where: RawBuilder<unknown>): Promise<{ total: number; half_days_sum: number; minutes_sum: number }> {
  const { rows } = await sql<{ total: number; half_days_sum: number; minutes_sum: number }>`select count(*)::int as total, coalesce(sum(o.half_days) filter (where o.state = 'agreed'), 0)::int as half_days_sum, coalesce(sum(o.minutes) filter (where o.state = 'agreed'), 0)::int as minutes_sum from staff.absence o where ${where}`.execute(scope.db)
  return rows[0]!
}
