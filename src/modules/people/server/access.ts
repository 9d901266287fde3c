// Who may see which persons and houses. Staff: persons of houses within reach. Residents: their own houses of today, by the phone
// they signed in with; every resident call of every module begins at `housesOfResident`.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'

/** Every tie of a person to a house, past ones too: house_id, person_id, role, from_on, to_on. */
export const ties = (scope: Scope) => sql`(select o.house_id, o.person_id, 'owner' as role, o.from_on, o.to_on from people.ownership o where o.company_id = ${scope.company_id}
  union all select t.house_id, t.person_id, 'tenant', t.from_on, t.to_on from people.tenancy t where t.company_id = ${scope.company_id}
  union all select m.house_id, m.person_id, 'household', m.from_on, m.to_on from people.household m where m.company_id = ${scope.company_id})`

/** Active on a day: `[from_on, to_on)`. */
export const activeOn = (alias: string, day: string): RawBuilder<SqlBool> => sql<SqlBool>`(${sql.ref(`${alias}.from_on`)} <= ${day}::date and (${sql.ref(`${alias}.to_on`)} is null or ${sql.ref(`${alias}.to_on`)} > ${day}::date))`

/**
 * The condition that a person has or had to do with a house within reach. `few`: only some persons are tested (one, or until a limit is
 * full), so each is probed by index, and `offset 0` keeps the planner from reading all ties first; else those of the whole reach are
 * read once (100,000 houses, one community: 6 s against 0.1 s).
 */
export function personsSeenBy(scope: Scope, o: { alias?: string; permission?: string; few?: boolean } = {}): RawBuilder<SqlBool> {
  if (scope.reach(o.permission).all) return sql<SqlBool>`true`
  const c = scope.company_id
  const id = sql.ref(`${o.alias ?? 'p'}.person_id`)
  const house = sql`property.house ph on ph.company_id = ${c} and ph.house_id = l.house_id and ${housesSeenBy(scope, { alias: 'ph', ...(o.permission ? { permission: o.permission } : {}) })}`
  if (!o.few) {
    const tie = (table: string) => sql`select l.person_id from ${sql.table(`people.${table}`)} l join ${house} where l.company_id = ${c}`
    return sql<SqlBool>`${id} in (${tie('ownership')} union all ${tie('tenancy')} union all ${tie('household')} union all ${tie('vehicle')} and l.person_id is not null)`
  }
  const tied = (table: string) => sql`exists (select from ${sql.table(`people.${table}`)} l join ${house} where l.company_id = ${c} and l.person_id = ${id} offset 0)`
  return sql<SqlBool>`(${tied('ownership')} or ${tied('tenancy')} or ${tied('household')} or ${tied('vehicle')})`
}

const one = (scope: Scope, person_id: string, permission?: string) =>
  scope.db.selectFrom('people.person as p').selectAll('p').where('p.company_id', '=', scope.company_id).where('p.person_id', '=', person_id).where(personsSeenBy(scope, { few: true, ...(permission ? { permission } : {}) }))

export async function personToRead(scope: Scope, person_id: string, permission?: string) {
  const row = await one(scope, person_id, permission).executeTakeFirst()
  if (!row) throw scope.notFound()
  return row
}
export async function personToChange(scope: Scope, person_id: string, permission?: string) {
  const row = await one(scope, person_id, permission).forUpdate().executeTakeFirst()
  if (!row) throw scope.notFound()
  return row
}

export interface OwnHouse {
  house_id: string
  person_id: string
  /** The strongest of the resident's ties to the house. */
  role: 'owner' | 'tenant' | 'household'
}
/** The houses of the resident who calls, today; nothing for anybody else. A developer's unsold stock is no home. */
export async function housesOfResident(scope: Scope): Promise<OwnHouse[]> {
  const { kind, phone } = scope.who
  if (kind !== 'resident' || !phone) return []
  const { rows } = await sql<OwnHouse>`with mine as materialized (
      select person_id from people.person where company_id = ${scope.company_id} and phone = ${phone} and kind <> 'developer'
      union select person_id from people.person where company_id = ${scope.company_id} and phone2 = ${phone} and kind <> 'developer')
    select distinct on (house_id) house_id, person_id, role from (
      select 1 as rank, o.house_id, o.person_id, 'owner' as role from mine join people.ownership o on o.company_id = ${scope.company_id} and o.person_id = mine.person_id where ${activeOn('o', scope.today)}
      union all select 2, t.house_id, t.person_id, 'tenant' from mine join people.tenancy t on t.company_id = ${scope.company_id} and t.person_id = mine.person_id where ${activeOn('t', scope.today)}
      union all select 3, m.house_id, m.person_id, 'household' from mine join people.household m on m.company_id = ${scope.company_id} and m.person_id = mine.person_id where ${activeOn('m', scope.today)}) x
    order by house_id, rank, person_id limit 500`.execute(scope.db)
  return rows
}
/** One house of the resident who calls, or 404. */
export async function houseOfResident(scope: Scope, house_id: string): Promise<OwnHouse> {
  const own = (await housesOfResident(scope)).find((h) => h.house_id === house_id)
  if (!own) throw scope.notFound()
  return own
}
