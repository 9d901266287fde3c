// The one place where who asks becomes which staff files. A file lies where its employee works: today's place, before the first day the coming one, afterwards the last.
// Departments, posts and certificate kinds are the company's; whoever may read them reads all, and only the whole company changes them.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** The assignment that counts on a day: the newest that has begun, else the first to come. */
export const placeOn = (scope: Scope, day: string | RawBuilder<string>): RawBuilder<unknown> => sql`lateral (select a.assignment_id, a.from_on, a.post_id, a.department_id, a.community_id from staff.assignment a where a.company_id = ${scope.company_id} and a.employee_id = e.employee_id and a.voided_at is null
    order by a.from_on <= ${day}::date desc, abs(a.from_on - ${day}::date) limit 1)`
export const FROM = (scope: Scope, day: string = scope.today): RawBuilder<unknown> => sql`staff.employee e join ${placeOn(scope, day)} p on true`

/** Over `FROM`: the employee works within reach. Headquarters (公司本部) is within reach of the whole company only. */
export function staffSeen(scope: Scope, permission?: string): RawBuilder<SqlBool> {
  const r = scope.reach(permission)
  return r.all ? sql<SqlBool>`true` : sql<SqlBool>`p.community_id = any(${r.community_ids}::uuid[])`
}
export const reachesPlace = (scope: Scope, community_id: string | null, permission?: string): boolean => {
  const r = scope.reach(permission)
  return r.all || (community_id !== null && r.community_ids.includes(community_id))
}

export interface Employee {
  employee_id: string
  no: string
  name: string
  phone: string | null
  id_kind: 'id_card' | 'passport' | 'other' | null
  id_number_sealed: string | null
  id_number_hash: string | null
  id_number_tail: string | null
  emergency_name: string | null
  emergency_phone: string | null
  account_id: string | null
  entered_on: string
  probation_to_on: string | null
  left_on: string | null
  left_at: string | null
  note: string | null
  community_id: string | null
  post_id: string
  department_id: string
}
const COLUMNS = sql.raw('e.employee_id, e.no, e.name, e.phone, e.id_kind, e.id_number_sealed, e.id_number_hash, e.id_number_tail, e.emergency_name, e.emergency_phone, e.account_id, e.entered_on, e.probation_to_on, e.left_on, e.left_at, e.note, p.community_id, p.post_id, p.department_id')
/** The only door to one file: within reach of the call's permission (or another), else 404. */
export async function employeeToRead(scope: Scope, employee_id: string, permission?: string): Promise<Employee> {
  const { rows } = await sql<Employee>`select ${COLUMNS} from ${FROM(scope)} where e.company_id = ${scope.company_id} and e.employee_id = ${employee_id} and ${staffSeen(scope, permission)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** The own file is found by the account and by nothing else. */
export async function ownFile(scope: Scope): Promise<Employee | null> {
  if (scope.who.kind !== 'staff' || !scope.who.account_id) return null
  const { rows } = await sql<Employee>`select ${COLUMNS} from ${FROM(scope)} where e.company_id = ${scope.company_id} and e.account_id = ${scope.who.account_id}::uuid and e.left_at is null`.execute(scope.db)
  return rows[0] ?? null
}
/** As before, locked: whoever changes a file stands in line, so that what was read is what is changed. */
export async function employeeToChange(scope: Scope, employee_id: string, o: { after_leaving?: boolean } = {}): Promise<Employee> {
  const { rows: held } = await sql`select from staff.employee where company_id = ${scope.company_id} and employee_id = ${employee_id} for update`.execute(scope.db)
  if (held.length === 0) throw scope.notFound()
  const e = await employeeToRead(scope, employee_id)
  if (e.left_at !== null && o.after_leaving !== true) throw scope.refuse('staff.has_left', { name: e.name })
  return e
}
/** What the company decides holds everywhere. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
/** A place that somebody is put into must be within reach too. */
export async function placeToUse(scope: Scope, community_id: string | null): Promise<void> {
  if (!reachesPlace(scope, community_id)) throw scope.notFound()
  if (community_id === null) return
  const { rows } = await sql`select from property.community where company_id = ${scope.company_id} and community_id = ${community_id} and disabled_at is null`.execute(scope.db)
  if (rows.length === 0) throw scope.notFound()
}
