// The one place where who asks becomes which contracts: those of communities within reach as a whole; what is of the whole company needs the whole company.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesOfResident } from '../../people/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import type { STATES } from '../contract.ts'

export interface ContractKey {
  contract_id: string
  no: string
  kind_id: string
  kind_name: string
  signed_by: 'parties' | 'all_houses' | 'some_houses'
  is_public: boolean
  community_id: string | null
  title: string
  state: (typeof STATES)[number]
  from_on: string
  to_on: string | null
  amount_fen: number | null
  keeper_id: string
  renews_id: string | null
}
export function contractsSeenBy(scope: Scope, o: { alias?: string; permission?: string } = {}): RawBuilder<SqlBool> {
  const r = scope.reach(o.permission)
  return r.all ? sql<SqlBool>`true` : sql<SqlBool>`${sql.ref(`${o.alias ?? 't'}.community_id`)} = any(${r.community_ids}::uuid[])`
}
const KEY = sql.raw('t.contract_id, t.no, t.kind_id, k.name as kind_name, k.signed_by, k.is_public, t.community_id, t.title, t.state, t.from_on, t.to_on, t.amount_fen, t.keeper_id, t.renews_id')
export async function contractToRead(scope: Scope, contract_id: string, o: { lock?: boolean; permission?: string } = {}): Promise<ContractKey> {
  const { rows } = await sql<ContractKey>`select ${KEY} from contracts.contract t join contracts.kind k on k.company_id = ${scope.company_id} and k.kind_id = t.kind_id
    where t.company_id = ${scope.company_id} and t.contract_id = ${contract_id} and ${contractsSeenBy(scope, o.permission ? { permission: o.permission } : {})} ${o.lock ? sql`for update of t` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Where a new contract is to stand: a community as a whole, or the company as a whole. */
export async function placeToChange(scope: Scope, community_id: string | null): Promise<void> {
  if (community_id !== null) await communityToChange(scope, community_id)
  else if (!scope.reach().all) throw scope.notFound()
}
/** What one company decides holds in all its communities. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
/** To whom a resident's own belongs: the communities of the own houses, the houses owned, the persons one is. */
export async function ownOf(scope: Scope): Promise<{ community_ids: string[]; owned: string[]; person_ids: string[] }> {
  const own = await housesOfResident(scope)
  if (own.length === 0) return { community_ids: [], owned: [], person_ids: [] }
  const { rows } = await sql<{ community_id: string }>`select distinct h.community_id from property.house h where h.company_id = ${scope.company_id} and h.house_id = any(${own.map((h) => h.house_id)}::uuid[])`.execute(scope.db)
  return { community_ids: rows.map((r) => r.community_id), owned: own.filter((h) => h.role === 'owner').map((h) => h.house_id), person_ids: [...new Set(own.map((h) => h.person_id))] }
}
