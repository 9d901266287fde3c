// The one place where who asks becomes which rows. An authority's rows are its own, and what companies gave to it; a property company sees its communities and what it gave.
// Both ends of `given` rows are decided by the policy of their tables too (supervision.share, ADR 0610).
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'

/** The authority that asks, by its name. A property company has no such pages, whatever its administrator may: 404. */
export async function authorityOf(scope: Scope): Promise<string> {
  const { rows } = await sql<{ name: string; kind: string }>`select name, kind from identity.company where company_id = ${scope.company_id}`.execute(scope.db)
  if (rows[0]?.kind !== 'authority' || !scope.reach().all) throw scope.notFound()
  return rows[0].name
}
export interface PlaceKey { place_id: string; name: string; district_id: string; retired: boolean; fit: boolean; reporter_id: number | null }
export async function placeToRead(scope: Scope, place_id: string, lock = false): Promise<PlaceKey> {
  await authorityOf(scope)
  const { rows } = await sql<PlaceKey>`select place_id, name, district_id, retired_at is not null as retired, fit, reporter_id from supervision.place where company_id = ${scope.company_id} and place_id = ${place_id} ${lock ? sql`for update` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export async function placeToChange(scope: Scope, place_id: string): Promise<PlaceKey> {
  const p = await placeToRead(scope, place_id, true)
  if (p.retired) throw scope.refuse('supervision.place_retired', { name: p.name })
  return p
}
/** Neither side has ended it. Given rows are append only: an end is a row of its own, by either. */
export const LIVE = (alias = 'l'): RawBuilder<SqlBool> => sql<SqlBool>`not exists (select from supervision.link_end e where e.link_id = ${sql.ref(`${alias}.link_id`)} and e.company_id in (${sql.ref(`${alias}.company_id`)}, ${sql.ref(`${alias}.to_company_id`)}))`
export interface LinkKey { company_id: number; link_id: string; to_company_id: number; district_id: string; community_id: string; community_name: string; company_name: string; authority_name: string; live: boolean }
const KEY = sql.raw('l.company_id, l.link_id, l.to_company_id, l.district_id, l.community_id, l.community_name, l.company_name, l.authority_name')
/** A report that was given to this authority. */
export async function givenLink(scope: Scope, link_id: string): Promise<LinkKey> {
  await authorityOf(scope)
  const { rows } = await sql<LinkKey>`select ${KEY}, ${LIVE()} as live from supervision.link l where l.to_company_id = ${scope.company_id} and l.link_id = ${link_id}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** A community that this company reports: within reach as a whole. */
export async function ownLink(scope: Scope, link_id: string): Promise<LinkKey> {
  const { rows } = await sql<LinkKey>`select ${KEY}, ${LIVE()} as live from supervision.link l where l.company_id = ${scope.company_id} and l.link_id = ${link_id}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  await communityToChange(scope, rows[0].community_id)
  return rows[0]
}
/** One at a time for what has no row to lock: given rows cannot be locked by whoever may not change them. */
export const alone = (scope: Scope, what: string): Promise<unknown> => sql`select pg_advisory_xact_lock(hashtextextended(${`supervision ${scope.company_id} ${what}`}, 0))`.execute(scope.db)
