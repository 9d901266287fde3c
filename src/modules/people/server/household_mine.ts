// The household as the people of a house see it on their phones. Owners take members in and out: a member opens the house's bills with
// his own phone. Tenants and members see who is there; a member may leave by himself. Phones are masked for everybody.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { people } from '../contract.ts'
import { activeOn, houseOfResident } from './access.ts'
import { personsFor } from './persons.ts'
import { masked } from './rules/texts.ts'

/** Members at a time, and additions in 30 days: a family is small, and a list of strangers' phones is not what this is for. */
const MEMBERS_MAX = 12
const ADDED_MAX = 20
const ADDED_DAYS = 30

interface Member {
  household_id: string
  person_id: string
  name: string
  phone: string | null
  phone2: string | null
  relation: string
  from_on: string
}
const membersOf = async (scope: Scope, house_id: string): Promise<Member[]> =>
  (await sql<Member>`select m.household_id, m.person_id, p.name, p.phone, p.phone2, m.relation, m.from_on from people.household m join people.person p on p.company_id = ${scope.company_id} and p.person_id = m.person_id
    where m.company_id = ${scope.company_id} and m.house_id = ${house_id} and (m.to_on is null or m.to_on > ${scope.today}::date) order by m.from_on, m.household_id limit 100`.execute(scope.db)).rows

const isMe = (scope: Scope, m: { phone: string | null; phone2: string | null }): boolean => scope.who.phone !== null && (m.phone === scope.who.phone || m.phone2 === scope.who.phone)

export const myHousehold = answer(people.myHousehold, async (scope, { house_id }) => {
  const own = await houseOfResident(scope, house_id)
  const c = scope.company_id
  const { rows } = await sql<{ name: string; phone: string | null; phone2: string | null; role: 'owner' | 'tenant' }>`
    select p.name, p.phone, p.phone2, x.role from (
      select o.person_id, 'owner' as role, 1 as rank from people.ownership o where o.company_id = ${c} and o.house_id = ${house_id} and ${activeOn('o', scope.today)}
      union all select t.person_id, 'tenant', 2 from people.tenancy t where t.company_id = ${c} and t.house_id = ${house_id} and ${activeOn('t', scope.today)}) x
    join people.person p on p.company_id = ${c} and p.person_id = x.person_id order by x.rank, p.name, p.person_id limit 50`.execute(scope.db)
  const members = await membersOf(scope, house_id)
  const owner = own.role === 'owner'
  return {
    holders: rows.map((r) => ({ name: r.name, role: r.role, phone_masked: masked(r.phone), me: isMe(scope, r) })),
    members: members.map((m) => ({ household_id: m.household_id, name: m.name, relation: m.relation, phone_masked: masked(m.phone), from_on: m.from_on, me: isMe(scope, m), can: { end: owner || isMe(scope, m) ? (true as const) : 'people.owner_decides' } })),
    can: { add: !owner ? 'people.owner_decides' : members.length >= MEMBERS_MAX ? 'people.household_full' : (true as const) },
  }
})

export const addMyHousehold = answer(people.addMyHousehold, async (scope, o) => {
  const own = await houseOfResident(scope, o.house_id)
  if (own.role !== 'owner') throw scope.refuse('people.owner_decides')
  const c = scope.company_id
  // Two phones of one house at once: the house's row decides who counts first.
  await sql`select from people.ownership where company_id = ${c} and house_id = ${o.house_id} order by ownership_id for update`.execute(scope.db)
  const members = await membersOf(scope, o.house_id)
  if (members.length >= MEMBERS_MAX) throw scope.refuse('people.household_full', { max: MEMBERS_MAX })
  const there = members.find((m) => m.phone === o.phone)
  if (there) throw scope.refuse('people.already_member', { name: there.name, label: '本房产' })
  const recent = await sql<{ n: number }>`select count(*)::int as n from people.household m where m.company_id = ${c} and m.house_id = ${o.house_id} and m.from_on > ${addDays(scope.today, -ADDED_DAYS)}::date`.execute(scope.db)
  if (recent.rows[0]!.n >= ADDED_MAX) throw scope.refuse('people.household_too_often', { max: ADDED_MAX, days: ADDED_DAYS })
  const [person_id] = (await personsFor(scope, [{ name: o.name, phone: o.phone }])) as [string]
  const household_id = uuidv7()
  await scope.db.insertInto('people.household').values({ company_id: c, household_id, house_id: o.house_id, person_id, relation: o.relation, from_on: scope.today, to_on: null }).execute()
  scope.note('house', o.house_id, { household: household_id, person_id, relation: o.relation })
  return { household_id }
})

export const endMyHousehold = answer(people.endMyHousehold, async (scope, { household_id }) => {
  const m = await sql<Member & { house_id: string; to_on: string | null }>`select m.household_id, m.house_id, m.person_id, p.name, p.phone, p.phone2, m.relation, m.from_on, m.to_on from people.household m
    join people.person p on p.company_id = ${scope.company_id} and p.person_id = m.person_id where m.company_id = ${scope.company_id} and m.household_id = ${household_id} for update of m`.execute(scope.db)
  const row = m.rows[0]
  if (!row || (row.to_on !== null && row.to_on <= scope.today)) throw scope.notFound()
  const own = await houseOfResident(scope, row.house_id)
  if (own.role !== 'owner' && !isMe(scope, row)) throw scope.refuse('people.owner_decides')
  await scope.db.updateTable('people.household').set({ to_on: scope.today }).where('company_id', '=', scope.company_id).where('household_id', '=', household_id).execute()
  scope.note('house', row.house_id, { household: household_id, after: { to_on: scope.today } })
  return { done: true as const }
})
