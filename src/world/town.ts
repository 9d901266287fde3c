// What the stages share: the company's road, its people, and the ids that the product gave to the plan's names.
import { sql } from 'kysely'
import type { App } from '../kernel/app.ts'
import { inside, type Person, type Road } from './caller.ts'
import type { Calendar } from './plan/calendar.ts'
import { communities } from './plan/places.ts'
import { peopleOf } from './plan/people.ts'
import type { CommunityKey, CompanyKey, PlanCompany, PlanPeople } from './plan/shapes.ts'

export interface Town {
  app: App
  company: PlanCompany
  company_id: number
  road: Road
  calendar: Calendar
  log: (line: string) => void
  community_keys: CommunityKey[]
  /** By login name, filled by the staff stage. */
  staff: Map<string, Person>
  people: Map<CommunityKey, PlanPeople>
  ids: Ids
}
export interface Ids {
  community: Map<CommunityKey, string>
  /** `${community} ${label}` */
  house: Map<string, string>
  /** `${community} ${code}` */
  fee: Map<string, string>
}

export const keyOf = (community: CommunityKey, name: string): string => `${community} ${name}`
export function houseId(t: Town, community: CommunityKey, label: string): string {
  const id = t.ids.house.get(keyOf(community, label))
  if (id === undefined) throw new Error(`样例房产 ${label} 不存在`)
  return id
}
export function must(t: Town, login: string): Person {
  const p = t.staff.get(login)
  if (!p) throw new Error(`样例员工 ${login} 不存在`)
  return p
}

export const communitiesOf = (company: CompanyKey): CommunityKey[] => communities.filter((c) => c.company === company).map((c) => c.key)
export function planPeople(t: Town, community: CommunityKey): PlanPeople {
  let p = t.people.get(community)
  if (!p) t.people.set(community, (p = peopleOf(community, t.calendar)))
  return p
}

/** Reads the ids back; after each stage that makes some. */
export async function readIds(t: Town): Promise<void> {
  const c = t.company_id
  const [places, houses, fees] = await inside(t.app, c, async (s) => [
    await s.db.selectFrom('property.community').select(['community_id', 'name']).where('company_id', '=', c).execute(),
    await s.db.selectFrom('property.house').select(['house_id', 'community_id', 'label']).where('company_id', '=', c).execute(),
    await s.db.selectFrom('billing.fee_item').select(['fee_item_id', 'community_id', 'code']).where('company_id', '=', c).execute(),
  ] as const)
  const key_of = new Map(places.flatMap((p) => {
    const key = communities.find((x) => x.name === p.name && t.community_keys.includes(x.key))?.key
    return key ? [[p.community_id, key] as const] : []
  }))
  t.ids.community = new Map([...key_of].map(([id, key]) => [key, id]))
  t.ids.house = new Map(houses.map((h) => [keyOf(key_of.get(h.community_id)!, h.label), h.house_id]))
  t.ids.fee = new Map(fees.map((f) => [keyOf(key_of.get(f.community_id)!, f.code), f.fee_item_id]))
}

/** Persons by house and name, for vehicles. */
export async function personIds(t: Town, community: CommunityKey): Promise<Map<string, string>> {
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ label: string; name: string; person_id: string }>`select h.label, p.name, l.person_id from (
      select house_id, person_id from people.ownership where company_id = ${t.company_id} union select house_id, person_id from people.tenancy where company_id = ${t.company_id}
      union select house_id, person_id from people.household where company_id = ${t.company_id}) l
    join property.house h on h.company_id = ${t.company_id} and h.house_id = l.house_id and h.community_id = ${t.ids.community.get(community)!}
    join people.person p on p.company_id = ${t.company_id} and p.person_id = l.person_id`.execute(s.db))
  return new Map(rows.map((r) => [`${r.label} ${r.name}`, r.person_id]))
}
