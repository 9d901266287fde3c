// Staff files as rows of screens and sheets: a page first, then what belongs to its rows.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { masked } from '../../people/server/index.ts'
import type { EmployeeFilter, EmployeeRow, Policy } from '../contract.ts'
import { FROM, staffSeen } from './access.ts'
import { far } from './rules/steps.ts'

/** What the post of `p` requires on a day, counted over `e`: needed, held, expired, missing, soon. */
export const CERTS = (scope: Scope, policy: Policy, day: string = scope.today): RawBuilder<unknown> => sql`(select count(*)::int as needed_count, count(*) filter (where u.until >= ${day}::date)::int as held_count, count(*) filter (where u.until < ${day}::date)::int as expired_count, count(*) filter (where u.until is null)::int as missing_count, count(*) filter (where u.until >= ${day}::date and u.until <= ${day}::date + ${far(policy.cert_ladder)}::int)::int as soon_count
    from unnest((select n.kind_ids from staff.need n where n.company_id = ${scope.company_id} and n.post_id = p.post_id and n.from_on <= ${day}::date order by n.from_on desc, n.made_at desc limit 1)) as w(kind_id)
    cross join lateral (select max(coalesce(x.valid_to_on, 'infinity'::date)) as until from staff.cert x where x.company_id = ${scope.company_id} and x.employee_id = e.employee_id and x.kind_id = w.kind_id and x.ended_at is null and x.issued_on <= ${day}::date) u)`
/** The contract in force, or the next one where none is. */
export const CONTRACT = (scope: Scope): RawBuilder<unknown> => sql`(select k.contract_id, k.kind, k.to_on from staff.labour_contract k where k.company_id = ${scope.company_id} and k.employee_id = e.employee_id and (k.ended_on is null or k.ended_on >= ${scope.today}::date) and (k.to_on is null or k.to_on >= ${scope.today}::date) order by k.from_on, k.contract_id limit 1)`
/** The last contract of somebody; renewals push the end further. */
export const LAST_CONTRACT = (scope: Scope): RawBuilder<unknown> => sql`(select k.contract_id, k.to_on from staff.labour_contract k where k.company_id = ${scope.company_id} and k.employee_id = e.employee_id and k.ended_on is null order by k.to_on desc nulls first, k.from_on desc limit 1)`
export const onBooks = (scope: Scope, day: string = scope.today): RawBuilder<SqlBool> => sql<SqlBool>`(e.entered_on <= ${day}::date and (e.left_on is null or e.left_on >= ${day}::date))`
const STATE = (scope: Scope): RawBuilder<unknown> => sql`case when e.left_on < ${scope.today}::date then 'left' when e.entered_on > ${scope.today}::date then 'coming' when e.left_on is not null then 'leaving' when e.probation_to_on >= ${scope.today}::date then 'probation' else 'regular' end`

function factWhere(scope: Scope, policy: Policy, fact: NonNullable<EmployeeFilter['fact']>): RawBuilder<SqlBool> {
  const within = (day: RawBuilder<unknown>, days: number) => sql<SqlBool>`${day} between ${scope.today}::date and ${scope.today}::date + ${days}::int`
  switch (fact) {
    case 'uncertified': return sql<SqlBool>`${onBooks(scope)} and exists (select from ${CERTS(scope, policy)} k where k.held_count < k.needed_count)`
    case 'cert_due': return sql<SqlBool>`${onBooks(scope)} and exists (select from ${CERTS(scope, policy)} k where k.soon_count > 0)`
    case 'contract_due': return sql<SqlBool>`${onBooks(scope)} and exists (select from ${LAST_CONTRACT(scope)} k where ${within(sql`k.to_on`, far(policy.contract_ladder))})`
    case 'no_contract': return sql<SqlBool>`${onBooks(scope)} and not exists (select from ${CONTRACT(scope)} k)`
    case 'probation_due': return sql<SqlBool>`${onBooks(scope)} and ${within(sql`e.probation_to_on`, far(policy.probation_ladder))}`
    case 'leaving': return sql<SqlBool>`e.left_on >= ${scope.today}::date`
    case 'no_account': return sql<SqlBool>`${onBooks(scope)} and e.account_id is null`
  }
}
export function employeeWhere(scope: Scope, policy: Policy, f: EmployeeFilter, permission?: string): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`e.company_id = ${scope.company_id}`, staffSeen(scope, permission)]
  if (f.community_id) w.push(sql<SqlBool>`p.community_id = ${f.community_id}`)
  if (f.hq) w.push(sql<SqlBool>`p.community_id is null`)
  if (f.department_id) w.push(sql<SqlBool>`p.department_id = ${f.department_id}`)
  if (f.post_id) w.push(sql<SqlBool>`p.post_id = ${f.post_id}`)
  // Those who left are looked up when they are asked for.
  w.push(f.state ? sql<SqlBool>`${STATE(scope)} = ${f.state}` : sql<SqlBool>`(e.left_on is null or e.left_on >= ${scope.today}::date)`)
  if (f.fact) w.push(factWhere(scope, policy, f.fact))
  if (f.q) w.push(sql<SqlBool>`(e.no = upper(${f.q}) or position(${f.q} in e.name) > 0 or e.initials like ${`${f.q.toLowerCase().replace(/[^a-z0-9]/g, '') || '~'}%`} or (length(${f.q}) = 4 and e.phone_tail = ${f.q}) or e.phone = ${f.q})`)
  return sql<SqlBool>`${sql.join(w, sql` and `)}`
}
type Raw = Omit<EmployeeRow, 'phone_masked' | 'cert_light'> & { phone: string | null; expired_count: number; missing_count: number; soon_count: number }
const ORDER = sql`e.no, e.employee_id`
export async function employeeRows(scope: Scope, policy: Policy, where: RawBuilder<SqlBool>, o: { limit: number; offset?: number }): Promise<EmployeeRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`with page as materialized (select e.employee_id from ${FROM(scope)} where ${where} order by ${ORDER} limit ${o.limit} offset ${o.offset ?? 0})
    select e.employee_id, e.no, e.name, ${STATE(scope)} as state, p.community_id, coalesce(m.name, '公司本部') as community_name, p.department_id, d.name as department_name, p.post_id, t.name as post_name, e.phone, e.entered_on, e.probation_to_on, e.left_on, k.kind as contract_kind, k.to_on as contract_to_on, s.needed_count, s.held_count, s.expired_count, s.missing_count, s.soon_count, e.account_id is not null as has_account
    from page g join ${FROM(scope)} on e.company_id = ${c} and e.employee_id = g.employee_id join staff.post t on t.company_id = ${c} and t.post_id = p.post_id
      join lateral (select x.name from staff.department_version x where x.company_id = ${c} and x.department_id = p.department_id order by x.from_on <= ${scope.today}::date desc, abs(x.from_on - ${scope.today}::date) limit 1) d on true
      left join property.community m on m.company_id = ${c} and m.community_id = p.community_id left join lateral ${CONTRACT(scope)} k on true join lateral ${CERTS(scope, policy)} s on true order by ${ORDER}`.execute(scope.db)
  return rows.map(({ phone, expired_count, missing_count, soon_count, ...r }) => ({ ...r, phone_masked: masked(phone), cert_light: r.needed_count === 0 ? null : expired_count > 0 ? 'expired' : missing_count > 0 ? 'missing' : soon_count > 0 ? 'soon' : 'good' }))
}
export async function countOf(scope: Scope, where: RawBuilder<SqlBool>): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${FROM(scope)} where ${where}`.execute(scope.db)
  return rows[0]!.n
}
/** For the work bench: how many stand where a fact of the roster says so. */
export const factCount = (scope: Scope, policy: Policy, fact: NonNullable<EmployeeFilter['fact']>, community_id: string | undefined): RawBuilder<unknown> => sql`select count(*) from ${FROM(scope)} where ${employeeWhere(scope, policy, { fact, ...(community_id ? { community_id } : {}) }, 'staff.file.view')}`
/** By community (null: head office) of whoever is on the books today at a post that requires certificates: `whole` of them, `part` who hold all of them. */
export const certifiedOf = (scope: Scope, policy: Policy, permission: string, community_id: string | undefined): RawBuilder<unknown> => sql`select p.community_id, count(*) filter (where s.held_count = s.needed_count) as part, count(*) as whole
  from ${FROM(scope)} join lateral ${CERTS(scope, policy)} s on s.needed_count > 0 where e.company_id = ${scope.company_id} and ${onBooks(scope)} and ${staffSeen(scope, permission)} ${community_id ? sql`and p.community_id = ${community_id}` : sql``} group by 1`
