// The only place where `who` becomes a row filter. Staff see payments of the houses within their reach. A resident sees his own houses of
// today; an owner (and his household) what the house's present people owe and what was paid since the present owners came, a tenant only
// what he owes and paid himself.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { activeOn, housesOfResident, ties } from '../../people/server/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'

/** `alias` has community_id and building_id. */
export const seen = (scope: Scope, alias: string): RawBuilder<SqlBool> => housesSeenBy(scope, { alias })

/** One payment within reach, else 404. `lock` holds it to the end of the transaction. */
export async function paymentToRead(scope: Scope, payment_id: string, lock = false) {
  const q = scope.db.selectFrom('payment.payment as p').selectAll('p').where('p.company_id', '=', scope.company_id).where('p.payment_id', '=', payment_id).where(seen(scope, 'p'))
  const row = await (lock ? q.forUpdate() : q).executeTakeFirst()
  if (!row) throw scope.notFound()
  return row
}

/** Channels and their notices are the company's, not a community's. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}

export interface MyHouse {
  house_id: string
  person_id: string
  role: 'owner' | 'tenant' | 'household'
  label: string
  community_id: string
  building_id: string
  community_name: string
  /** Since when the present owners have it. */
  since_on: string
}
export async function myHouses(scope: Scope, house_id?: string): Promise<MyHouse[]> {
  const own = (await housesOfResident(scope)).filter((h) => house_id === undefined || h.house_id === house_id)
  if (house_id !== undefined && own.length === 0) throw scope.notFound()
  if (own.length === 0) return []
  const c = scope.company_id
  const r = await sql<Omit<MyHouse, 'person_id' | 'role'>>`select h.house_id, h.label, h.community_id, h.building_id, m.name as community_name,
      coalesce((select min(o.from_on) from people.ownership o where o.company_id = ${c} and o.house_id = h.house_id and ${activeOn('o', scope.today)}), ${scope.today}::date) as since_on
    from property.house h join property.community m on m.company_id = ${c} and m.community_id = h.community_id
    where h.company_id = ${c} and h.house_id = any(${own.map((h) => h.house_id)}::uuid[]) order by m.name, h.sort_no, h.label`.execute(scope.db)
  const by = new Map(own.map((h) => [h.house_id, h]))
  return r.rows.map((h) => ({ ...h, person_id: by.get(h.house_id)!.person_id, role: by.get(h.house_id)!.role }))
}

const of = (houses: readonly MyHouse[], tenant: boolean) => houses.filter((h) => (h.role === 'tenant') === tenant)

/** Bills that this resident may see and pay; alias b. Arrears of a former owner are nobody's business but his. */
export function myBillsWhere(scope: Scope, houses: readonly MyHouse[]): RawBuilder<SqlBool> {
  const as_tenant = of(houses, true)
  return sql<SqlBool>`(b.house_id = any(${of(houses, false).map((h) => h.house_id)}::uuid[]) and exists (select from ${ties(scope)} l where l.house_id = b.house_id and l.person_id = b.payer_id and ${activeOn('l', scope.today)})
    or (b.house_id, b.payer_id) in (select * from unnest(${as_tenant.map((h) => h.house_id)}::uuid[], ${as_tenant.map((h) => h.person_id)}::uuid[])))`
}

/** Payments that this resident may see; alias p. */
export function myPaymentsWhere(scope: Scope, houses: readonly MyHouse[]): RawBuilder<SqlBool> {
  const c = scope.company_id
  const owned = of(houses, false)
  const as_tenant = of(houses, true)
  return sql<SqlBool>`(exists (select from unnest(${owned.map((h) => h.house_id)}::uuid[], ${owned.map((h) => h.since_on)}::date[]) as w(house_id, since_on) where w.house_id = p.house_id and p.taken_on >= w.since_on)
    or p.house_id = any(${as_tenant.map((h) => h.house_id)}::uuid[]) and (
      exists (select from payment.settlement s join payment.intent i on i.company_id = ${c} and i.intent_id = s.intent_id where s.company_id = ${c} and s.payment_id = p.payment_id and i.account_id = ${scope.who.account_id})
      or exists (select from payment.allocation a join billing.bill b on b.company_id = ${c} and b.period_on = a.period_on and b.bill_id = a.bill_id
        join unnest(${as_tenant.map((h) => h.house_id)}::uuid[], ${as_tenant.map((h) => h.person_id)}::uuid[]) as w(house_id, person_id) on w.house_id = b.house_id and w.person_id = b.payer_id
        where a.company_id = ${c} and a.payment_id = p.payment_id)))`
}
