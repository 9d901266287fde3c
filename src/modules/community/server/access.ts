// The one place where who asks becomes which rows of notices. Staff see what is published in communities within reach; drafts those who write there. A notice is changed by
// whoever reaches all that it goes to. Readers are rows of houses. Residents: `toMine`.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Reach, Scope } from '../../../kernel/scope.ts'
import { housesOfResident, type OwnHouse } from '../../people/server/index.ts'
import { communitiesSeenBy, housesSeenBy } from '../../property/server/index.ts'
import type { Target } from '../contract.ts'
import { said } from '../shown.ts'

export const noticesSeenBy = (scope: Scope, alias = 'n'): RawBuilder<SqlBool> =>
  sql<SqlBool>`(${communitiesSeenBy(scope, { alias, permission: 'community.notice.read' })} and (${sql.ref(`${alias}.state`)} in ('published', 'replaced', 'withdrawn') or ${communitiesSeenBy(scope, { alias, permission: 'community.notice.write' })}))`
/** Of who read: houses within reach; `alias` has community_id and building_id. */
export const readersSeenBy = (scope: Scope, alias = 'h'): RawBuilder<SqlBool> => housesSeenBy(scope, { alias })

const WRITE = 'community.notice.write'
/** Whether a target, given as columns `scope` and `target_id` of `t`, is of the community and within reach. */
function targetFits(scope: Scope, r: Reach, community: RawBuilder<unknown>): RawBuilder<SqlBool> {
  const c = scope.company_id
  const whole = sql<SqlBool>`(${r.all} or ${community} = any(${r.community_ids}::uuid[]))`
  const building = (id: RawBuilder<unknown>) => sql<SqlBool>`(${whole} or ${id} = any(${r.building_ids}::uuid[]))`
  return sql<SqlBool>`case t.scope
    when 'community' then t.target_id = ${community} and ${whole}
    when 'zone' then ${whole} and exists (select from property.zone z where z.company_id = ${c} and z.zone_id = t.target_id and z.community_id = ${community})
    when 'building' then exists (select from property.building b where b.company_id = ${c} and b.building_id = t.target_id and b.community_id = ${community} and ${building(sql`b.building_id`)})
    when 'unit' then exists (select from property.unit u join property.building b on b.company_id = ${c} and b.building_id = u.building_id where u.company_id = ${c} and u.unit_id = t.target_id and b.community_id = ${community} and ${building(sql`b.building_id`)})
    else exists (select from property.house h where h.company_id = ${c} and h.house_id = t.target_id and h.community_id = ${community} and ${building(sql`h.building_id`)}) end`
}
export const targetsOf = (targets: readonly Target[]): RawBuilder<unknown> => sql`unnest(${targets.map((t) => t.scope)}::text[], ${targets.map((t) => t.target_id)}::uuid[])`
export async function checkTargets(scope: Scope, community_id: string, targets: readonly Target[]): Promise<void> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${targetsOf(targets)} as t(scope, target_id) where not (${targetFits(scope, scope.reach(WRITE), sql`${community_id}::uuid`)})`.execute(scope.db)
  if (rows[0]!.n > 0) throw scope.refuse('community.target_unknown', { count: rows[0]!.n })
}
/** All that the notice goes to is within reach of who writes. */
export function allWithin(scope: Scope, alias = 'n'): RawBuilder<SqlBool> {
  const r = scope.reach(WRITE)
  if (r.all) return sql<SqlBool>`true`
  return sql<SqlBool>`not exists (select from community.notice_target t where t.company_id = ${scope.company_id} and t.notice_id = ${sql.ref(`${alias}.notice_id`)} and not (${targetFits(scope, r, sql.ref(`${alias}.community_id`))}))`
}

export interface Notice {
  notice_id: string
  community_id: string
  kind_id: string
  no: string | null
  title: string
  body: string
  roles: ('owner' | 'tenant' | 'household')[]
  house_kinds: string[]
  urgent: boolean
  by_sms: boolean
  must_confirm: boolean
  pinned: boolean
  publish_at: string | null
  valid_until_on: string | null
  state: 'draft' | 'asked' | 'scheduled' | 'published' | 'replaced' | 'withdrawn'
  replaces_id: string | null
  published_at: string | null
  sent_at: string | null
  send_after: string | null
  reminded_on: string | null
  within: boolean
}
const NOTICE = sql.raw('n.notice_id, n.community_id, n.kind_id, n.no, n.title, n.body, n.roles, n.house_kinds, n.urgent, n.by_sms, n.must_confirm, n.pinned, n.publish_at, n.valid_until_on, n.state, n.replaces_id, n.published_at, n.sent_at, n.send_after, n.reminded_on')
export async function noticeToRead(scope: Scope, notice_id: string): Promise<Notice> {
  const { rows } = await sql<Notice>`select ${NOTICE}, ${allWithin(scope)} as within from community.notice n where n.company_id = ${scope.company_id} and n.notice_id = ${notice_id} and ${noticesSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Locked. Whoever sees it but not all that it goes to is told so. */
export async function noticeToChange(scope: Scope, notice_id: string, states: readonly Notice['state'][]): Promise<Notice> {
  const { rows } = await sql<Notice>`select ${NOTICE}, ${allWithin(scope)} as within from community.notice n where n.company_id = ${scope.company_id} and n.notice_id = ${notice_id} and ${noticesSeenBy(scope)} for update of n`.execute(scope.db)
  const n = rows[0]
  if (!n) throw scope.notFound()
  if (!n.within) throw scope.refuse('community.not_all_yours', { title: n.title })
  if (!states.includes(n.state)) throw scope.refuse('community.wrong_state', { title: n.title, state: said('notice', n.state) })
  return n
}
/** For approvals and the clock, which act for the company. `lock` for reads, which may not. */
export async function noticeHeld(scope: Scope, notice_id: string, lock: RawBuilder<unknown> = sql`for update of n`): Promise<Notice> {
  const { rows } = await sql<Notice>`select ${NOTICE}, true as within from community.notice n where n.company_id = ${scope.company_id} and n.notice_id = ${notice_id} ${lock}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}

/** One house `h` of building `b` is among targets `t`. */
export const hitBy = sql<SqlBool>`(t.scope = 'community' or (t.scope = 'zone' and t.target_id = b.zone_id) or (t.scope = 'building' and t.target_id = h.building_id) or (t.scope = 'unit' and t.target_id = h.unit_id) or (t.scope = 'house' and t.target_id = h.house_id))`
export interface Mine {
  own: OwnHouse[]
  /** The houses of who asks, as `h` joined to `b`, with his role as `o`. */
  from: RawBuilder<unknown>
}
export async function mineOf(scope: Scope, house_id?: string): Promise<Mine> {
  const own = (await housesOfResident(scope)).filter((h) => !house_id || h.house_id === house_id)
  const c = scope.company_id
  return { own, from: sql`unnest(${own.map((h) => h.house_id)}::uuid[], ${own.map((h) => h.person_id)}::uuid[], ${own.map((h) => h.role)}::text[]) as o(house_id, person_id, role) join property.house h on h.company_id = ${c} and h.house_id = o.house_id join property.building b on b.company_id = ${c} and b.building_id = h.building_id` }
}
/** `n` goes to one of these houses, whoever lives there today: who moved in later reads it too, who left does not. */
export const toMine = (scope: Scope, m: Mine, alias = 'n'): RawBuilder<SqlBool> => sql<SqlBool>`exists (select from ${m.from} where h.community_id = ${sql.ref(`${alias}.community_id`)} and o.role = any(${sql.ref(`${alias}.roles`)}) and (cardinality(${sql.ref(`${alias}.house_kinds`)}) = 0 or h.kind = any(${sql.ref(`${alias}.house_kinds`)}))
    and exists (select from community.notice_target t where t.company_id = ${scope.company_id} and t.notice_id = ${sql.ref(`${alias}.notice_id`)} and ${hitBy}))`
