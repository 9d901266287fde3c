// Departments as a tree whose moves are dated: a version is added, nothing is overwritten.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { staff, type DepartmentRow } from '../contract.ts'
import { FROM, wholeCompany } from './access.ts'
import { fromToday, withState } from './config.ts'
import { circleWith, type Version } from './rules/tree.ts'

const DEPARTMENTS_MAX = 500
const VERSIONS_MAX = 5000
const OF_ONE = 100
interface Row extends Version {
  version_id: string
  name: string
  community_id: string | null
  community_name: string
}
const versionsOf = async (scope: Scope): Promise<Row[]> => {
  const { rows } = await sql<Row>`select v.version_id, v.department_id, v.from_on, v.name, v.parent_id, v.community_id, coalesce(m.name, '公司本部') as community_name from staff.department_version v left join property.community m on m.company_id = ${scope.company_id} and m.community_id = v.community_id
    where v.company_id = ${scope.company_id} order by v.from_on desc, v.made_at desc, v.version_id desc limit ${VERSIONS_MAX}`.execute(scope.db)
  return rows
}
/** Today's version, else the first to come: a department that begins later is shown, and nobody can be in it before. */
const nowOf = (list: readonly Row[], today: string): Row => list.find((v) => v.from_on <= today) ?? list.at(-1)!

export async function departmentsOf(scope: Scope, with_retired: boolean): Promise<DepartmentRow[]> {
  const c = scope.company_id
  const { rows: all } = await sql<{ department_id: string; sort_no: number; retired: boolean; people_count: number }>`select d.department_id, d.sort_no, d.retired_at is not null as retired, coalesce(n.people, 0)::int as people_count from staff.department d
    left join (select p.department_id, count(*) as people from ${FROM(scope)} where e.company_id = ${c} and e.entered_on <= ${scope.today}::date and (e.left_on is null or e.left_on >= ${scope.today}::date) group by 1) n on n.department_id = d.department_id
    where d.company_id = ${c} and ${with_retired ? sql`true` : sql`d.retired_at is null`} order by d.sort_no, d.department_id limit ${DEPARTMENTS_MAX}`.execute(scope.db)
  const by = Map.groupBy(await versionsOf(scope), (v) => v.department_id)
  const shown = all.flatMap((d) => {
    const list = by.get(d.department_id)
    return list ? [{ d, v: nowOf(list, scope.today), next: list.filter((x) => x.from_on > scope.today).at(-1)?.from_on ?? null }] : []
  })
  const ids = new Map(shown.map((x) => [x.d.department_id, x]))
  const can = { write: scope.reach('staff.org.write').all ? (true as const) : 'kernel.forbidden' }
  const out: DepartmentRow[] = []
  const seen = new Set<string>()
  const add = (x: (typeof shown)[number], depth: number): void => {
    if (seen.has(x.d.department_id)) return
    seen.add(x.d.department_id)
    out.push({ department_id: x.d.department_id, name: x.v.name, parent_id: x.v.parent_id, parent_name: x.v.parent_id ? (ids.get(x.v.parent_id)?.v.name ?? null) : null, depth, community_id: x.v.community_id, community_name: x.v.community_name, from_on: x.v.from_on, next_on: x.next, people_count: x.d.people_count, sort_no: x.d.sort_no, retired: x.d.retired, can })
    for (const y of shown) if (y.v.parent_id === x.d.department_id) add(y, depth + 1)
  }
  for (const x of shown) if (!x.v.parent_id || !ids.has(x.v.parent_id)) add(x, 0)
  return out
}
export async function departmentToUse(scope: Scope, department_id: string, day: string): Promise<void> {
  const { rows } = await sql<{ name: string; retired: boolean; from_on: string }>`select v.name, d.retired_at is not null as retired, f.from_on from staff.department d join lateral (select x.name from staff.department_version x where x.company_id = ${scope.company_id} and x.department_id = d.department_id order by x.from_on <= ${day}::date desc, abs(x.from_on - ${day}::date) limit 1) v on true
    join lateral (select min(x.from_on) as from_on from staff.department_version x where x.company_id = ${scope.company_id} and x.department_id = d.department_id) f on true where d.company_id = ${scope.company_id} and d.department_id = ${department_id} for share of d`.execute(scope.db)
  const d = rows[0]
  if (!d) throw scope.notFound()
  if (d.retired) throw scope.refuse('staff.department_retired', { name: d.name })
  if (d.from_on > day && d.from_on > scope.today) throw scope.refuse('staff.department_later', { name: d.name, from: d.from_on })
}

export const orgAnswers = [
  answer(staff.departments, async (scope, { with_retired }) => ({ rows: await departmentsOf(scope, with_retired ?? false) })),
  answer(staff.departmentVersions, async (scope, { department_id }) => {
    const c = scope.company_id
    const { rows } = await sql<{ version_id: string; from_on: string; name: string; parent_name: string | null; community_name: string; basis: string; made_by_name: string; made_at: string }>`select v.version_id, v.from_on, v.name, (select x.name from staff.department_version x where x.company_id = ${c} and x.department_id = v.parent_id order by x.from_on <= v.from_on desc, abs(x.from_on - v.from_on) limit 1) as parent_name, coalesce(m.name, '公司本部') as community_name, v.basis, v.made_by_name, v.made_at
      from staff.department_version v left join property.community m on m.company_id = ${c} and m.community_id = v.community_id where v.company_id = ${c} and v.department_id = ${department_id} order by v.from_on desc, v.made_at desc, v.version_id desc limit ${OF_ONE}`.execute(scope.db)
    if (rows.length === 0) throw scope.notFound()
    return { rows: withState(rows, scope.today) }
  }),
  answer(staff.saveDepartment, async (scope, o) => {
    wholeCompany(scope)
    fromToday(scope, o.from_on)
    const c = scope.company_id
    // Whoever changes the tree stands in one line: two moves at once could make a circle that neither makes alone.
    const { rows: locked } = await sql<{ department_id: string; retired: boolean }>`select department_id, retired_at is not null as retired from staff.department where company_id = ${c} order by department_id for update`.execute(scope.db)
    if (o.department_id && !locked.some((d) => d.department_id === o.department_id)) throw scope.notFound()
    if (!o.department_id && locked.length >= DEPARTMENTS_MAX) throw scope.refuse('staff.too_many', { max: DEPARTMENTS_MAX })
    const versions = await versionsOf(scope)
    const by = Map.groupBy(versions, (v) => v.department_id)
    const parent = o.parent_id ? locked.find((d) => d.department_id === o.parent_id) : undefined
    if (o.parent_id && !parent) throw scope.notFound()
    if (parent?.retired) throw scope.refuse('staff.department_retired', { name: nowOf(by.get(parent.department_id)!, scope.today).name })
    if (o.community_id) {
      const { rows } = await sql`select from property.community where company_id = ${c} and community_id = ${o.community_id}`.execute(scope.db)
      if (rows.length === 0) throw scope.notFound()
    }
    const department_id = o.department_id ?? uuidv7()
    const fresh = { department_id, from_on: o.from_on, parent_id: o.parent_id }
    if (circleWith(versions, fresh)) throw scope.refuse('staff.department_cycle', { name: o.name, parent: nowOf(by.get(o.parent_id!)!, scope.today).name })
    const twin = [...by].some(([id, list]) => id !== department_id && locked.some((d) => d.department_id === id && !d.retired) && nowOf(list, o.from_on).name === o.name && nowOf(list, o.from_on).parent_id === o.parent_id)
    if (twin) throw scope.refuse('staff.department_name', { name: o.name })
    if (o.department_id) await sql`update staff.department set sort_no = ${o.sort_no} where company_id = ${c} and department_id = ${department_id}`.execute(scope.db)
    else await scope.db.insertInto('staff.department').values({ company_id: c, department_id, sort_no: o.sort_no, created_at: scope.now }).execute()
    await scope.db.insertInto('staff.department_version').values({ company_id: c, version_id: uuidv7(), department_id, from_on: o.from_on, name: o.name, parent_id: o.parent_id, community_id: o.community_id, basis: o.basis, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    const before = by.get(department_id)
    scope.note('department', department_id, { ...(before ? { before: { name: nowOf(before, scope.today).name, parent_id: nowOf(before, scope.today).parent_id } } : {}), after: { name: o.name, parent_id: o.parent_id, from_on: o.from_on } })
    return { department_id }
  }),
  answer(staff.retireDepartment, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    const { rows: locked } = await sql<{ department_id: string; retired: boolean }>`select department_id, retired_at is not null as retired from staff.department where company_id = ${c} order by department_id for update`.execute(scope.db)
    if (!locked.some((d) => d.department_id === o.department_id)) throw scope.notFound()
    const by = Map.groupBy(await versionsOf(scope), (v) => v.department_id)
    const name = nowOf(by.get(o.department_id)!, scope.today).name
    if (o.retired) {
      // Also those who are to come into it later.
      const { rows: used } = await sql<{ people: number }>`select count(distinct e.employee_id)::int as people from staff.employee e where e.company_id = ${c} and (e.left_on is null or e.left_on >= ${scope.today}::date) and exists (select from staff.assignment a where a.company_id = ${c} and a.employee_id = e.employee_id and a.voided_at is null and a.department_id = ${o.department_id} and (a.from_on > ${scope.today}::date or a.from_on = (select max(x.from_on) from staff.assignment x where x.company_id = ${c} and x.employee_id = e.employee_id and x.voided_at is null and x.from_on <= ${scope.today}::date)))`.execute(scope.db)
      const children = locked.filter((d) => !d.retired && by.get(d.department_id)?.some((v) => v.parent_id === o.department_id && (v.from_on > scope.today || v === nowOf(by.get(d.department_id)!, scope.today)))).length
      if (used[0]!.people + children > 0) throw scope.refuse('staff.department_used', { name, people: used[0]!.people, children })
    }
    await sql`update staff.department set retired_at = ${o.retired ? scope.now : null}::timestamptz where company_id = ${c} and department_id = ${o.department_id}`.execute(scope.db)
    scope.note('department', o.department_id, { name, retired: o.retired, reason: o.reason })
    return { department_id: o.department_id }
  }),
]
