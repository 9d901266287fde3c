// Rights: who, which doors, on which days and hours, from which day to which. A change is an end and a new one, so that the past can be told. Why somebody can enter.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { In, Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { activeOn, personToRead, personsNamed, personsSeenBy, ties } from '../../people/server/index.ts'
import { buildingToRead, communityToChange, houseToRead, housesSeenBy } from '../../property/server/index.ts'
import { doors, type RightRow } from '../contract.ts'
import { said } from '../shown.ts'
import { placesSeenBy } from './access.ts'
import { holderIfAny, holdersOfRight } from './holders.ts'
import { opensOf, reached, refreshLists } from './lists.ts'
import { refuseDebt } from './reasons.ts'

const stateSql = (scope: Scope) => sql`case when r.ended_at is not null then 'ended' when r.to_on <= ${scope.today}::date then 'over' when r.from_on > ${scope.today}::date then 'future' else 'now' end`
const whoName = (scope: Scope) => {
  const c = scope.company_id
  return sql`case r.who when 'person' then (select p.name from people.person p where p.company_id = ${c} and p.person_id = r.person_id) when 'house' then (select h.label from property.house h where h.company_id = ${c} and h.house_id = r.house_id) when 'building' then (select b.name from property.building b where b.company_id = ${c} and b.building_id = r.building_id)
    when 'staff' then (select m.name from identity.member m where m.company_id = ${c} and m.account_id = r.account_id) when 'role' then (select q.name from identity.role q where q.company_id = ${c} and q.role_id = r.role_id) else '全体住户' end`
}
const rights = answer(doors.rights, async (scope, f) => {
  const c = scope.company_id
  const p: RawBuilder<unknown>[] = [sql`r.company_id = ${c}`, placesSeenBy(scope, 'r')]
  if (f.community_id) p.push(sql`r.community_id = ${f.community_id}`)
  if (f.group_id) p.push(sql`r.group_id = ${f.group_id}`)
  if (f.who) p.push(sql`r.who = ${f.who}`)
  if (f.state) p.push(sql`${stateSql(scope)} = ${f.state}`)
  if (f.q) p.push(sql`position(${f.q} in coalesce(${whoName(scope)}, '')) > 0`)
  const where = sql<SqlBool>`${sql.join(p, sql` and `)}`
  const { rows } = await sql<Omit<RightRow, 'can'>>`with page as materialized (select r.* from doors.entry_right r where ${where} order by r.created_at desc, r.right_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select r.right_id, m.name as community_name, r.group_id, g.name as group_name, r.who, coalesce(${whoName(scope)}, '') as who_name, r.times, r.from_on, r.to_on, ${stateSql(scope)} as state, r.reason, r.created_name, r.created_at, r.ended_by, r.ended_reason from page r join property.community m on m.company_id = ${c} and m.community_id = r.community_id join doors.door_group g on g.company_id = ${c} and g.group_id = r.group_id order by r.created_at desc, r.right_id`.execute(scope.db)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from doors.entry_right r where ${where}`.execute(scope.db)
  return { rows: rows.map((r) => ({ ...r, can: { end: r.state === 'now' || r.state === 'future' ? (true as const) : 'doors.right_over' } })), total: n[0]!.total }
})

export async function livesIn(scope: Scope, person_id: string, community_id: string): Promise<boolean> {
  const { rows } = await sql`select from ${ties(scope)} x join property.house h on h.company_id = ${scope.company_id} and h.house_id = x.house_id and h.community_id = ${community_id} where x.person_id = ${person_id} and ${activeOn('x', scope.today)} limit 1`.execute(scope.db)
  return rows.length > 0
}
type Ask = Out<typeof doors.grantRight.takes>
const ID_OF = { person: 'person_id', house: 'house_id', building: 'building_id', staff: 'account_id', role: 'role_id', community: null } as const
/** The one thing that the kind of right names, within reach and in the community of the group. */
async function subject(scope: Scope, o: Ask, community: { community_id: string; name: string }): Promise<{ person_id: string | null; house_id: string | null; building_id: string | null; account_id: string | null; role_id: string | null }> {
  const none = { person_id: null, house_id: null, building_id: null, account_id: null, role_id: null }
  const key = ID_OF[o.who]
  if (key === null) return none
  const id = o[key]
  if (!id) throw scope.refuse('doors.who_missing', { who: said('who', o.who) })
  const c = scope.company_id
  if (o.who === 'person') {
    const p = await personToRead(scope, id, 'doors.right.write')
    if (!(await livesIn(scope, id, community.community_id))) throw scope.refuse('doors.person_elsewhere', { name: p.name, community: community.name })
  }
  if (o.who === 'house' && (await houseToRead(scope, id)).community_id !== community.community_id) throw scope.notFound()
  if (o.who === 'building' && (await buildingToRead(scope, id)).community_id !== community.community_id) throw scope.notFound()
  if (o.who === 'staff' && (await sql`select from identity.member where company_id = ${c} and account_id = ${id} and disabled_at is null`.execute(scope.db)).rows.length === 0) throw scope.notFound()
  if (o.who === 'role' && (await sql`select from identity.role where company_id = ${c} and role_id = ${id}`.execute(scope.db)).rows.length === 0) throw scope.notFound()
  return { ...none, [key]: id }
}
const grantRight = answer(doors.grantRight, async (scope, o) => {
  const c = scope.company_id
  const { rows } = await sql<{ community_id: string; name: string }>`select g.community_id, g.name from doors.door_group g where g.company_id = ${c} and g.group_id = ${o.group_id} and ${placesSeenBy(scope, 'g')}`.execute(scope.db)
  const g = rows[0]
  if (!g) throw scope.notFound()
  const community = await communityToChange(scope, g.community_id)
  if (o.to_on !== null && o.to_on <= o.from_on) throw scope.refuse('doors.days_crossed')
  const crossed = o.times.find((t) => t.to <= t.from)
  if (crossed) throw scope.refuse('doors.times_crossed', { from: crossed.from, to: crossed.to })
  const who = await subject(scope, o, community)
  const right_id = uuidv7()
  await scope.db.insertInto('doors.entry_right').values({ company_id: c, right_id, community_id: g.community_id, group_id: o.group_id, who: o.who, ...who, times: JSON.stringify(o.times), from_on: o.from_on, to_on: o.to_on, reason: o.reason || null, created_by: scope.who.account_id, created_name: scope.who.name, created_at: scope.now }).execute()
  scope.note('entry_right', right_id, { group: g.name, who: o.who, from_on: o.from_on, to_on: o.to_on })
  const holder_ids = await holdersOfRight(scope, { who: o.who, ...who })
  await refreshLists(scope, holder_ids ? { holder_ids } : {})
  return { right_id, reached: await reached(scope, { community_id: g.community_id }) }
})
const endRight = answer(doors.endRight, async (scope, o) => {
  const c = scope.company_id
  const { rows } = await sql<{ community_id: string; who: string; person_id: string | null; house_id: string | null; account_id: string | null; open: boolean }>`select r.community_id, r.who, r.person_id, r.house_id, r.account_id, (r.ended_at is null and (r.to_on is null or r.to_on > ${scope.today}::date)) as open from doors.entry_right r where r.company_id = ${c} and r.right_id = ${o.right_id} and ${placesSeenBy(scope, 'r')} for update`.execute(scope.db)
  const r = rows[0]
  if (!r) throw scope.notFound()
  await communityToChange(scope, r.community_id)
  if (!r.open) throw scope.refuse('doors.right_over')
  refuseDebt(scope, o.reason)
  await sql`update doors.entry_right set ended_at = ${scope.now}, ended_by = ${scope.who.name}, ended_reason = ${o.reason} where company_id = ${c} and right_id = ${o.right_id}`.execute(scope.db)
  scope.note('entry_right', o.right_id, { ended: o.reason })
  const holder_ids = await holdersOfRight(scope, r)
  await refreshLists(scope, holder_ids ? { holder_ids } : {})
  return { right_id: o.right_id, reached: await reached(scope, { community_id: r.community_id }) }
})

type Why = In<typeof doors.why.gives>
const why = answer(doors.why, async (scope, o): Promise<Why> => {
  const c = scope.company_id
  const name = o.person_id ? (await personToRead(scope, o.person_id)).name : (await sql<{ name: string }>`select name from identity.member where company_id = ${c} and account_id = ${o.account_id ?? null}`.execute(scope.db)).rows[0]?.name
  if (name === undefined) throw scope.notFound()
  const { rows: houses } = await sql<{ label: string }>`select distinct h.label from ${ties(scope)} x join property.house h on h.company_id = ${c} and h.house_id = x.house_id where x.person_id = ${o.person_id ?? null}::uuid and ${activeOn('x', scope.today)} order by 1 limit 50`.execute(scope.db)
  const holder_id = await holderIfAny(scope, o)
  if (!holder_id) return { name, houses: houses.map((h) => h.label), cards: [], doors: [] }
  const { rows: cards } = await sql<{ card_no: string; state: string }>`select card_no, state from doors.card where company_id = ${c} and holder_id = ${holder_id} order by issued_at desc limit 20`.execute(scope.db)
  const { rows } = await sql<Why['doors'][number]>`with ${opensOf(scope, holder_id)} select d.door_id, d.name, jsonb_agg(jsonb_build_object('right_id', r.right_id, 'group_name', g.name, 'by', r.who, 'times', r.times, 'from_on', r.from_on, 'to_on', r.to_on) order by r.created_at) as rights,
      exists (select from doors.list_row l where l.company_id = ${c} and l.controller_id = d.controller_id and l.holder_id = ${holder_id} and l.acked_version is distinct from l.version) as left
    from (select distinct door_id, right_id from opens) o join doors.door d on d.company_id = ${c} and d.door_id = o.door_id join doors.entry_right r on r.company_id = ${c} and r.right_id = o.right_id join doors.door_group g on g.company_id = ${c} and g.group_id = r.group_id where ${placesSeenBy(scope, 'd')} group by d.door_id, d.name, d.controller_id order by d.name`.execute(scope.db)
  return { name, houses: houses.map((h) => h.label), cards, doors: rows.map((d) => ({ ...d, rights: d.rights.map((r) => ({ ...r, by: said('who', r.by) })) })) }
})
const FOUND_MAX = 10
const findPersons = answer(doors.findPersons, async (scope, { q }) => {
  const c = scope.company_id
  const { rows } = await sql<{ person_id: string; name: string; houses: string }>`with page as materialized (select p.person_id, p.name from people.person p where p.company_id = ${c} and p.merged_into is null and ${personsSeenBy(scope)} and ${personsNamed(scope, q)} order by p.name, p.person_id limit ${FOUND_MAX})
    select page.person_id, page.name, coalesce((select string_agg(distinct h.label, '、') from ${ties(scope)} x join property.house h on h.company_id = ${c} and h.house_id = x.house_id and ${housesSeenBy(scope)} where x.person_id = page.person_id and ${activeOn('x', scope.today)}), '') as houses from page order by page.name, page.person_id`.execute(scope.db)
  return { rows }
})
const LIST_MAX = 500
const staffAndRoles = answer(doors.staffAndRoles, async (scope) => {
  const c = scope.company_id
  const { rows: staff } = await sql<{ account_id: string; name: string }>`select account_id, name from identity.member where company_id = ${c} and disabled_at is null order by name limit ${LIST_MAX}`.execute(scope.db)
  const { rows: roles } = await sql<{ role_id: string; name: string }>`select role_id, name from identity.role where company_id = ${c} order by name limit ${LIST_MAX}`.execute(scope.db)
  return { staff, roles }
})
export const rightAnswers = [rights, grantRight, endRight, why, findPersons, staffAndRoles]
