// The one place where who asks becomes which rules. At the desk: rules of the company and of communities within reach; drafts only for whoever writes or decides there. On the
// phone: what one must read, and what the work uses. Who must read is asked of the registers each time: whoever comes to a post must read, whoever left it no longer does.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { placeOn } from '../../staff/server/index.ts'

const READ = 'office.rule.read'
export const WRITE = 'office.rule.write'
export const DECIDE = 'office.rule.decide'
type Raw = RawBuilder<unknown>
/** A rule of the company is everybody's to read and only the whole company's to change. */
const within = (scope: Scope, permission: string): RawBuilder<SqlBool> => {
  const r = scope.reach(permission)
  return r.all ? sql<SqlBool>`true` : sql<SqlBool>`d.community_id = any(${r.community_ids}::uuid[])`
}
/** Over `d` and one of its versions `v`. */
export const versionsSeenBy = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(v.state = 'agreed' or ${within(scope, WRITE)} or ${within(scope, DECIDE)})`
export function docsSeenBy(scope: Scope): RawBuilder<SqlBool> {
  const r = scope.reach(READ)
  if (!r.all && r.community_ids.length === 0 && r.building_ids.length === 0) return sql<SqlBool>`false`
  return sql<SqlBool>`(d.community_id is null or ${communitiesSeenBy(scope, { alias: 'd', permission: READ })}) and exists (select from office.rule_version v where v.company_id = ${scope.company_id} and v.doc_id = d.doc_id and ${versionsSeenBy(scope)})`
}
export const reaches = (scope: Scope, community_id: string | null, permission = WRITE): boolean => {
  const r = scope.reach(permission)
  return r.all || (community_id !== null && r.community_ids.includes(community_id))
}
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
/** Residents are signed in too, and see nothing of this. */
export function staffOnly(scope: Scope): string {
  if (scope.who.kind !== 'staff' || !scope.who.account_id) throw scope.notFound()
  return scope.who.account_id
}

export interface Doc {
  doc_id: string
  no: string
  class_id: string
  community_id: string | null
  ended_on: string | null
}
const DOC = sql.raw('d.doc_id, d.no, d.class_id, d.community_id, d.ended_on')
export async function docToRead(scope: Scope, doc_id: string): Promise<Doc> {
  const { rows } = await sql<Doc>`select ${DOC} from office.rule_doc d where d.company_id = ${scope.company_id} and d.doc_id = ${doc_id} and ${docsSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Locked; versions of a document are counted one after the other. */
export async function docToChange(scope: Scope, doc_id: string): Promise<Doc> {
  const { rows } = await sql<Doc>`select ${DOC} from office.rule_doc d where d.company_id = ${scope.company_id} and d.doc_id = ${doc_id} and ${within(scope, WRITE)} for update of d`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** For approvals and the clock, which act for the company. */
export async function docHeld(scope: Scope, doc_id: string, lock: Raw = sql`for update of d`): Promise<Doc> {
  const { rows } = await sql<Doc>`select ${DOC} from office.rule_doc d where d.company_id = ${scope.company_id} and d.doc_id = ${doc_id} ${lock}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}

/** As of today. `withdrawn` before `coming`: what was to come of a rule that ended does not come. */
export const STATE = (scope: Scope): Raw => sql`case when v.state <> 'agreed' then v.state when d.ended_on <= ${scope.today}::date then 'withdrawn' when v.from_on > ${scope.today}::date then 'coming'
  when exists (select from office.rule_version x where x.company_id = ${scope.company_id} and x.doc_id = v.doc_id and x.state = 'agreed' and x.from_on <= ${scope.today}::date and x.version_no > v.version_no) then 'replaced' else 'in_force' end`
/** The version that stands for the document: the newest that has begun, else the next to come, else the draft. */
export const FIRST = (scope: Scope, cond: RawBuilder<SqlBool> = versionsSeenBy(scope)): Raw => sql`lateral (select v.*, ${STATE(scope)} as shown_state from office.rule_version v where v.company_id = ${scope.company_id} and v.doc_id = d.doc_id and ${cond} order by (v.state = 'agreed') desc, (v.from_on <= ${scope.today}::date) desc, v.version_no desc limit 1)`

/** Everybody with a seat, as `x`: with a file the post, department and place of today; without one the grants say where. */
export const PEOPLE = (scope: Scope, account_id?: string): Raw => sql`(select m.account_id, coalesce(e.name, m.name) as name, p.post_id, p.department_id, p.community_id, p.assignment_id is not null as filed from identity.member m
    left join staff.employee e on e.company_id = ${scope.company_id} and e.account_id = m.account_id and e.left_at is null left join ${placeOn(scope, scope.today)} p on e.employee_id is not null
  where m.company_id = ${scope.company_id} and m.disabled_at is null ${account_id ? sql`and m.account_id = ${account_id}::uuid` : sql``})`
/** `x` works in a community. */
export const worksIn = (scope: Scope, community: Raw): RawBuilder<SqlBool> => sql<SqlBool>`(case when x.filed then x.community_id = ${community} else exists (select from identity.access_grant g where g.company_id = ${scope.company_id} and g.account_id = x.account_id
    and (g.scope_kind = 'company' or (g.scope_kind = 'community' and ${community} = any(g.scope_ids)) or (g.scope_kind = 'building' and exists (select from property.building b where b.company_id = ${scope.company_id} and b.community_id = ${community} and b.building_id = any(g.scope_ids))))) end)`
export interface Tree { top: string[]; under: string[] }
const DEPTH_MAX = 20
/** Each department with all below it, as the tree is today: whoever works in a part of it is in it. */
export async function departmentTree(scope: Scope): Promise<Tree> {
  const { rows } = await sql<{ top_id: string; under_id: string }>`with recursive now as (select distinct on (department_id) department_id, parent_id from staff.department_version where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by department_id, from_on desc, made_at desc),
    tree(top_id, under_id, n) as (select department_id, department_id, 0 from now union all select t.top_id, d.department_id, t.n + 1 from tree t join now d on d.parent_id = t.under_id where t.n < ${DEPTH_MAX}) select top_id, under_id from tree limit 10000`.execute(scope.db)
  return { top: rows.map((r) => r.top_id), under: rows.map((r) => r.under_id) }
}
/** `x` must read: it works where the rule holds, and one of the targets `t` is of it. */
export const mustRead = (scope: Scope, tree: Tree, targets: Raw, community: Raw): RawBuilder<SqlBool> => sql<SqlBool>`((${community} is null or ${worksIn(scope, community)}) and exists (select from ${targets} where case t.kind when 'all' then true when 'post' then x.post_id = t.target_id
    when 'department' then exists (select from unnest(${tree.top}::uuid[], ${tree.under}::uuid[]) as u(top_id, under_id) where u.top_id = t.target_id and u.under_id = x.department_id) when 'community' then ${worksIn(scope, sql`t.target_id`)}
    else exists (select from identity.access_grant g where g.company_id = ${scope.company_id} and g.account_id = x.account_id and g.role_id = t.target_id) end))`
export const targetsOfV = (scope: Scope): Raw => sql`(select t.kind, t.target_id from office.rule_target t where t.company_id = ${scope.company_id} and t.version_id = v.version_id) t`
/** Over `d`, `v`, `x`. */
export const mustReadV = (scope: Scope, tree: Tree): RawBuilder<SqlBool> => mustRead(scope, tree, targetsOfV(scope), sql`d.community_id`)
/** Over `v` and its reading `r`: nothing is left to do. */
export const DONE = sql<SqlBool>`(case when v.must_confirm then r.confirmed_at is not null else r.read_at is not null end)`
/** The last day to read, from being told or from its first day; nobody is late with what he was not told of (`greatest` would leave the null out). */
export const DUE = (read_days: number): Raw => sql`(case when r.told_at is not null then greatest((r.told_at at time zone 'Asia/Shanghai')::date, v.from_on) + ${read_days}::int end)`
