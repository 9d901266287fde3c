// To whom a notice goes: houses of its targets, and who has to do with them today. One person of one house in his strongest tie, as `housesOfResident` sees him. A developer's stock is nobody's home.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { activeOn, ties } from '../../people/server/index.ts'
import type { Audience, Counts } from '../contract.ts'
import { hitBy, targetsOf } from './access.ts'

const ofNotice = (scope: Scope, notice_id: string): RawBuilder<unknown> => sql`(select x.scope, x.target_id from community.notice_target x where x.company_id = ${scope.company_id} and x.notice_id = ${notice_id})`
type To = Pick<Audience, 'community_id' | 'roles'> & { house_kinds: readonly string[] }
const housesSql = (scope: Scope, to: To, targets: RawBuilder<unknown>): RawBuilder<unknown> => sql`property.house h join property.building b on b.company_id = ${scope.company_id} and b.building_id = h.building_id
    where h.company_id = ${scope.company_id} and h.community_id = ${to.community_id} and (cardinality(${[...to.house_kinds]}::text[]) = 0 or h.kind = any(${[...to.house_kinds]}::text[])) and exists (select from ${targets} as t(scope, target_id) where ${hitBy})`
/** house_id, person_id, role, phone of everybody with one of these roles in `hs(house_id)`. */
export const peopleSql = (scope: Scope, roles: readonly string[]): RawBuilder<unknown> => sql`select x.house_id, x.person_id, x.role, p.phone from (
      select distinct on (l.house_id, l.person_id) l.house_id, l.person_id, l.role from hs join ${ties(scope)} l on l.house_id = hs.house_id where ${activeOn('l', scope.today)}
      order by l.house_id, l.person_id, case l.role when 'owner' then 1 when 'tenant' then 2 else 3 end) x
    join people.person p on p.company_id = ${scope.company_id} and p.person_id = x.person_id and p.kind <> 'developer' where x.role = any(${[...roles]}::text[])`

async function counted(scope: Scope, to: To, targets: RawBuilder<unknown>): Promise<Counts> {
  const { rows } = await sql<Counts>`with hs as materialized (select h.house_id, h.building_id from ${housesSql(scope, to, targets)}), who as materialized (${peopleSql(scope, to.roles)})
    select count(distinct hs.building_id)::int as building_count, count(distinct w.house_id)::int as house_count, count(distinct w.person_id)::int as person_count, count(distinct w.person_id) filter (where w.phone is null)::int as unreachable_count from who w join hs on hs.house_id = w.house_id`.execute(scope.db)
  return rows[0]!
}
export const countAudience = (scope: Scope, a: Audience): Promise<Counts> => counted(scope, a, targetsOf(a.targets))
export const countNotice = (scope: Scope, n: To & { notice_id: string }): Promise<Counts> => counted(scope, n, ofNotice(scope, n.notice_id))

/** The next houses of a notice in the order of their ids. */
export async function nextHouses(scope: Scope, n: To & { notice_id: string; send_after: string | null }, limit: number): Promise<string[]> {
  const after: RawBuilder<SqlBool> = n.send_after ? sql`h.house_id > ${n.send_after}` : sql`true`
  const { rows } = await sql<{ house_id: string }>`select h.house_id from ${housesSql(scope, n, ofNotice(scope, n.notice_id))} and ${after} order by h.house_id limit ${limit}`.execute(scope.db)
  return rows.map((r) => r.house_id)
}
