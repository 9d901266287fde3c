// The stored intervals of who pays (people.payer): computed anew for the houses touched, never patched.
import { sql } from 'kysely'
import type { Listener } from '../../../kernel/app.ts'
import { uuidOf } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { payersOf, type HouseForPayers, type OwnedFor, type PayerInterval, type RentedFor, type StartRule } from './rules/payers.ts'

const CHUNK = 5000
type Stored = PayerInterval & { payer_id: string; house_id: string }

export async function personsById(scope: Scope, person_ids: readonly string[]): Promise<Map<string, { name: string; kind: string }>> {
  const ids = [...new Set(person_ids)]
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ person_id: string; name: string; kind: string }>`select person_id, name, kind from people.person where company_id = ${scope.company_id} and person_id = any(${ids}::uuid[])`.execute(scope.db)
  return new Map(rows.map((p) => [p.person_id, p]))
}

/** Makes the intervals of these houses what ownerships, tenancies and delivery say. Set-based: eight statements for 5,000 houses. Gives the houses whose intervals changed. */
export async function rewritePayers(scope: Scope, house_ids: readonly string[]): Promise<string[]> {
  const changed: string[] = []
  const ids = [...new Set(house_ids)].sort()
  for (let i = 0; i < ids.length; i += CHUNK) changed.push(...(await rewriteChunk(scope, ids.slice(i, i + CHUNK))))
  return changed
}

async function rewriteChunk(scope: Scope, ids: readonly string[]): Promise<string[]> {
  const c = scope.company_id
  // By lists of keys, without joins: see bulk_plan.ts.
  const houses = new Map((await sql<{ house_id: string; community_id: string; delivered_on: string | null }>`select house_id, community_id, delivered_on from property.house where company_id = ${c} and house_id = any(${ids}::uuid[])`.execute(scope.db)).rows.map((h) => [h.house_id, h]))
  const communities = [...new Set([...houses.values()].map((h) => h.community_id))]
  const rules = new Map((await sql<{ community_id: string; start_rule: StartRule }>`select community_id, start_rule from property.community where company_id = ${c} and community_id = any(${communities}::uuid[])`.execute(scope.db)).rows.map((r) => [r.community_id, r.start_rule]))
  const owned = (await sql<Omit<OwnedFor, 'developer'> & { house_id: string }>`select house_id, person_id, is_primary, share_num, share_den, from_on, to_on from people.ownership where company_id = ${c} and house_id = any(${ids}::uuid[])`.execute(scope.db)).rows
  const persons = await personsById(scope, owned.map((o) => o.person_id))
  const rented = (await sql<RentedFor & { house_id: string }>`select t.house_id, t.person_id, t.pays, t.from_on, t.to_on from people.tenancy t where t.company_id = ${c} and t.house_id = any(${ids}::uuid[]) and t.pays <> 'none'`.execute(scope.db)).rows
  const stored = (await sql<Stored>`select payer_id, house_id, fee_class, person_id, role, from_on, to_on from people.payer where company_id = ${c} and house_id = any(${ids}::uuid[])`.execute(scope.db)).rows
  const tenancies = Map.groupBy(rented, (t) => t.house_id)
  const wanted: Stored[] = []
  for (const [house_id, list] of Map.groupBy(owned, (o) => o.house_id)) {
    const { delivered_on, community_id } = houses.get(house_id)!
    const ownerships = list.map((o) => ({ ...o, developer: persons.get(o.person_id)?.kind === 'developer' }))
    const house: HouseForPayers = { delivered_on, start_rule: rules.get(community_id)!, ownerships, tenancies: tenancies.get(house_id) ?? [] }
    for (const p of payersOf(house)) wanted.push({ ...p, house_id, payer_id: uuidOf('payer', c, house_id, p.fee_class, p.role, p.person_id, p.from_on) })
  }
  // Rows that stay as they are are not touched; an interval whose end moved is deleted first, so that no order of inserts can overlap.
  const sameAs = (p: Stored) => `${p.payer_id} ${p.to_on ?? ''}`
  const keep = new Set(wanted.map(sameAs))
  const have = new Set(stored.map(sameAs))
  const old = stored.filter((p) => !keep.has(sameAs(p)))
  const gone = old.map((p) => p.payer_id)
  const fresh = wanted.filter((p) => !have.has(sameAs(p)))
  if (gone.length) await sql`delete from people.payer where company_id = ${c} and payer_id = any(${gone}::uuid[])`.execute(scope.db)
  if (fresh.length)
    await sql`insert into people.payer (company_id, payer_id, house_id, fee_class, person_id, role, from_on, to_on)
      select ${c}, * from unnest(${fresh.map((p) => p.payer_id)}::uuid[], ${fresh.map((p) => p.house_id)}::uuid[], ${fresh.map((p) => p.fee_class)}::text[], ${fresh.map((p) => p.person_id)}::uuid[], ${fresh.map((p) => p.role)}::text[], ${fresh.map((p) => p.from_on)}::date[], ${fresh.map((p) => p.to_on)}::date[])`.execute(scope.db)
  return [...new Set([...old, ...fresh].map((p) => p.house_id))]
}

/** Who pays each class on a day, for these houses. */
export async function payersAt(scope: Scope, house_ids: readonly string[], day: string): Promise<{ house_id: string; fee_class: 'property' | 'use'; person_id: string; name: string; role: PayerInterval['role'] }[]> {
  const { rows } = await sql<{ house_id: string; fee_class: 'property' | 'use'; person_id: string; name: string; role: PayerInterval['role'] }>`
    select y.house_id, y.fee_class, y.person_id, p.name, y.role from people.payer y join people.person p on p.company_id = ${scope.company_id} and p.person_id = y.person_id
    where y.company_id = ${scope.company_id} and y.house_id = any(${[...house_ids]}::uuid[]) and y.from_on <= ${day}::date and (y.to_on is null or y.to_on > ${day}::date) order by y.house_id, y.fee_class`.execute(scope.db)
  return rows
}

async function told(scope: Scope, house_ids: readonly string[]): Promise<void> {
  for (const house_id of await rewritePayers(scope, house_ids)) scope.emit('people.payers_changed', house_id, { house_id })
}
/** Property stands below and cannot call: a delivery day or a start rule put right there moves who pays here. */
export const payerListeners: Listener[] = [
  { name: 'people.payers_follow_house', event: 'property.house_changed', run: (scope, payload) => told(scope, [payload['house_id'] as string]) },
  { name: 'people.payers_follow_deliveries', event: 'property.deliveries_changed', run: (scope, payload) => told(scope, payload['house_ids'] as string[]) },
  {
    name: 'people.payers_follow_rule',
    event: 'property.start_rule_changed',
    run: async (scope, payload) => {
      // The rule matters only where a developer handed over.
      const { rows } = await sql<{ house_id: string }>`select distinct o.house_id from people.ownership o join people.person p on p.company_id = ${scope.company_id} and p.person_id = o.person_id and p.kind = 'developer'
        join property.house h on h.company_id = ${scope.company_id} and h.house_id = o.house_id and h.community_id = ${payload['community_id'] as string} where o.company_id = ${scope.company_id}`.execute(scope.db)
      await told(scope, rows.map((r) => r.house_id))
    },
  },
]
