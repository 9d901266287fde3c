// Who handles complaints: members with the right to handle at a place, and the departments they belong to.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { care, type Department } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { writeShipped } from './config.ts'
import { shippedDepartments } from './rules/defaults.ts'

const ROWS_MAX = 500
type Place = { community_id: string; building_id: string | null }
const granted = (scope: Scope, where: RawBuilder<SqlBool>) => sql`select distinct m.account_id, m.name, m.post from identity.access_grant g join identity.role r on r.company_id = ${scope.company_id} and r.role_id = g.role_id and 'care.complaint.handle' = any(r.permissions)
  join identity.member m on m.company_id = ${scope.company_id} and m.account_id = g.account_id and m.disabled_at is null where g.company_id = ${scope.company_id} and ${where}`
const at = (p: Place): RawBuilder<SqlBool> => sql<SqlBool>`(g.scope_kind = 'company' or (g.scope_kind = 'community' and ${p.community_id}::uuid = any(g.scope_ids)) or (g.scope_kind = 'building' and ${p.building_id}::uuid = any(g.scope_ids)))`

/** Somebody who may handle there, or is of the department. */
export async function handlerAt(scope: Scope, p: Place, account_id: string, department_id: string | null): Promise<{ account_id: string; name: string }> {
  const { rows } = await sql<{ account_id: string; name: string }>`select x.account_id, x.name from (${granted(scope, sql<SqlBool>`${at(p)} and g.account_id = ${account_id}`)}) x
    union select m.account_id, m.name from identity.member m join care.department d on d.company_id = ${scope.company_id} and d.department_id = ${department_id}::uuid and m.account_id = any(d.account_ids) where m.company_id = ${scope.company_id} and m.account_id = ${account_id} and m.disabled_at is null limit 1`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('care.no_handler')
  return rows[0]
}
export async function departmentFor(scope: Scope, department_id: string): Promise<{ department_id: string; name: string }> {
  const { rows } = await sql<{ department_id: string; name: string; count: number }>`select department_id, name, cardinality(account_ids) as count from care.department where company_id = ${scope.company_id} and department_id = ${department_id} and retired_at is null`.execute(scope.db)
  if (!rows[0] || rows[0].count === 0) throw scope.refuse('care.department_unknown')
  return rows[0]
}
export async function departmentsOf(scope: Scope): Promise<Department[]> {
  const c = scope.company_id
  const { rows } = await sql<Department>`select d.department_id, d.name, d.account_ids, d.sort_no, d.retired_at is not null as retired, array(select m.name from identity.member m where m.company_id = ${c} and m.account_id = any(d.account_ids) and m.disabled_at is null order by m.name) as names
    from care.department d where d.company_id = ${c} order by d.sort_no, d.name, d.department_id limit ${ROWS_MAX}`.execute(scope.db)
  return rows.length ? rows : shippedDepartments(c).map((d) => ({ ...d, account_ids: [], names: [], retired: false }))
}

export const peopleAnswers = [
  answer(care.departments, async (scope) => ({ rows: scope.who.kind === 'resident' ? [] : await departmentsOf(scope) })),
  answer(care.saveDepartment, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const all = await departmentsOf(scope)
    if (o.department_id && !all.some((d) => d.department_id === o.department_id)) throw scope.notFound()
    if (all.some((d) => d.department_id !== o.department_id && d.name === o.name)) throw scope.refuse('care.name_taken', { name: o.name })
    const ids = [...new Set(o.account_ids)]
    const { rows } = await sql<{ account_id: string }>`select m.account_id from identity.member m where m.company_id = ${scope.company_id} and m.account_id = any(${ids}::uuid[]) and m.disabled_at is null and exists (select from identity.access_grant g join identity.role r on r.company_id = ${scope.company_id} and r.role_id = g.role_id and 'care.complaint.handle' = any(r.permissions) where g.company_id = ${scope.company_id} and g.account_id = m.account_id)`.execute(scope.db)
    if (rows.length !== ids.length) throw scope.refuse('care.no_handler')
    const department_id = o.department_id ?? uuidv7()
    const values = { name: o.name, account_ids: ids, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('care.department').values({ company_id: scope.company_id, department_id, ...values }).onConflict((x) => x.columns(['company_id', 'department_id']).doUpdateSet(values)).execute()
    scope.note('department', department_id, { name: o.name, members: ids.length, retired: o.retired })
    return { department_id }
  }),
  answer(care.handlers, async (scope, { community_id }) => {
    const where = community_id ? sql<SqlBool>`(g.scope_kind <> 'community' or ${community_id}::uuid = any(g.scope_ids))` : sql<SqlBool>`true`
    const { rows } = await sql<{ account_id: string; name: string; post: string | null; open_count: number; late_count: number }>`select x.account_id, x.name, x.post, coalesce(b.open_count, 0) as open_count, coalesce(b.late_count, 0) as late_count from (${granted(scope, where)}) x
      left join (select o.assignee_id, count(*)::int as open_count, count(*) filter (where o.answer_due_at < ${scope.now}::timestamptz)::int as late_count from care.complaint o where o.company_id = ${scope.company_id} and o.state in ('assigned','handling') group by 1) b on b.assignee_id = x.account_id order by x.name, x.account_id limit ${ROWS_MAX}`.execute(scope.db)
    return { rows }
  }),
]
