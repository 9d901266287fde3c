// The one place where who asks becomes which rows of attendance. A team lies at its community (headquarters: whole company only); a person, his punches and his month lie where he works, as staff says.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { ownFile, reachesPlace, staffPlaceOn, type Employee } from '../../staff/server/index.ts'
import { daysOfMonth } from './rules/roster.ts'

export const firstOf = (month: string): string => `${month}-01`
export const lastOf = (month: string): string => daysOfMonth(month).at(-1)!
/** Over an alias with community_id. */
export function placesSeen(scope: Scope, alias: string, permission?: string): RawBuilder<SqlBool> {
  const r = scope.reach(permission)
  return r.all ? sql<SqlBool>`true` : sql<SqlBool>`${sql.ref(`${alias}.community_id`)} = any(${r.community_ids}::uuid[])`
}
export interface Team { team_id: string; community_id: string | null; sort_no: number; retired_at: string | null; name: string; hours: 'standard' | 'comprehensive' | 'flexible'; doors: boolean; photo: boolean; place_ids: string[] }
/** The version that counts on a day; before the first one the first. */
export const teamVersionOn = (scope: Scope, day: string | RawBuilder<string>): RawBuilder<unknown> => sql`lateral (select x.name, x.hours, x.permit, x.place_ids, x.doors, x.photo from attendance.team_version x where x.company_id = ${scope.company_id} and x.team_id = t.team_id order by x.from_on <= ${day}::date desc, abs(x.from_on - ${day}::date), x.made_at desc limit 1)`
export async function teamToRead(scope: Scope, team_id: string, o: { permission?: string; lock?: boolean } = {}): Promise<Team> {
  const { rows } = await sql<Team>`select t.team_id, t.community_id, t.sort_no, t.retired_at, v.name, v.hours, v.doors, v.photo, v.place_ids from attendance.team t join ${teamVersionOn(scope, scope.today)} v on true where t.company_id = ${scope.company_id} and t.team_id = ${team_id} and ${placesSeen(scope, 't', o.permission)} ${o.lock ? sql`for update of t` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
/** A place within reach that is one of the company. */
export async function placeToUse(scope: Scope, community_id: string | null): Promise<void> {
  if (!reachesPlace(scope, community_id)) throw scope.notFound()
  if (community_id === null) return
  const { rows } = await sql`select from property.community where company_id = ${scope.company_id} and community_id = ${community_id}`.execute(scope.db)
  if (rows.length === 0) throw scope.notFound()
}
export async function mySelf(scope: Scope, o: { lock?: boolean } = {}): Promise<Employee> {
  const e = await ownFile(scope)
  if (!e) throw scope.refuse('attendance.no_own_file')
  if (o.lock) await sql`select from staff.employee where company_id = ${scope.company_id} and employee_id = ${e.employee_id} for update`.execute(scope.db)
  return e
}

export interface MonthKey { month_id: string; community_id: string | null; month: string; state: 'open' | 'issued' | 'closed'; close_no: number }
/** The months of places, made where they are not yet, held in id order: whoever changes what a month counts holds it shared, whoever closes it alone. */
async function hold(scope: Scope, want: RawBuilder<unknown>, how: 'share' | 'update'): Promise<(MonthKey & { place: string })[]> {
  const c = scope.company_id
  await sql`insert into attendance.month (company_id, month_id, community_id, month, state, close_no, changed_at) select ${c}, gen_random_uuid(), w.community_id, w.month, 'open', 0, ${scope.now} from ${want} w on conflict (company_id, community_id, month) do nothing`.execute(scope.db)
  const { rows } = await sql<MonthKey & { place: string }>`select m.month_id, m.community_id, m.month, m.state, m.close_no, coalesce((select y.name from property.community y where y.company_id = ${c} and y.community_id = m.community_id), '公司本部') as place from attendance.month m join ${want} w on w.month = m.month and w.community_id is not distinct from m.community_id where m.company_id = ${c} order by m.month_id ${how === 'update' ? sql`for update of m` : sql`for share of m`}`.execute(scope.db)
  return rows
}
export async function monthHeld(scope: Scope, community_id: string | null, month: string): Promise<MonthKey & { place: string }> {
  return (await hold(scope, sql`(select ${community_id}::uuid as community_id, ${month}::text as month)`, 'update'))[0]!
}
/** Refused where one of them counts in a month that is closed. A person counts at the place where he works on the last day of the month. */
export async function monthsOpen(scope: Scope, employee_ids: readonly string[], days: readonly string[]): Promise<void> {
  const months = [...new Set(days.map((d) => d.slice(0, 7)))].toSorted()
  if (months.length === 0 || employee_ids.length === 0) return
  const list = JSON.stringify(months.map((month) => ({ month, last: lastOf(month) })))
  const want = sql`(select distinct p.community_id, x.month from jsonb_to_recordset(${list}::jsonb) as x(month text, last date) join staff.employee e on e.company_id = ${scope.company_id} and e.employee_id = any(${[...new Set(employee_ids)]}::uuid[]) join ${staffPlaceOn(scope, sql<string>`x.last`)} p on true)`
  const closed = (await hold(scope, want, 'share')).find((m) => m.state === 'closed')
  if (closed) throw scope.refuse('attendance.month_closed', { place: closed.place, month: closed.month })
}
