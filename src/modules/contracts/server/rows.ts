// Contracts as rows of screens, sheets and paper: the page is cut before anything is joined.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { daysBetween } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ContractRow, Filter } from '../contract.ts'
import { contractsSeenBy } from './access.ts'

const TOP = '\u{10ffff}'
const HOUSES = (c: number) => sql`(select count(*)::int from contracts.contract_house x where x.company_id = ${c} and x.contract_id = t.contract_id)`
/** In force on a day: signed, begun, not over. */
export const IN_FORCE = (scope: Scope, alias = 't'): RawBuilder<SqlBool> => sql<SqlBool>`(${sql.ref(`${alias}.state`)} in ('active','renewed') and ${sql.ref(`${alias}.from_on`)} <= ${scope.today}::date and (${sql.ref(`${alias}.to_on`)} is null or ${sql.ref(`${alias}.to_on`)} >= ${scope.today}::date))`
export const SHOWN_STATE = (scope: Scope, alias = 't') => sql<ContractRow['state']>`case when ${sql.ref(`${alias}.state`)} = 'active' and ${sql.ref(`${alias}.to_on`)} < ${scope.today}::date then 'expired' else ${sql.ref(`${alias}.state`)} end`
export const NEWEST = sql`t.created_at desc, t.contract_id`

export function contractWhere(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const p: RawBuilder<unknown>[] = [sql`t.company_id = ${c}`, contractsSeenBy(scope)]
  if (f.community_id) p.push(sql`t.community_id = ${f.community_id}`)
  if (f.kind_id) p.push(sql`t.kind_id = ${f.kind_id}`)
  if (f.state === 'expired') p.push(sql`t.state = 'active' and t.to_on < ${scope.today}::date`)
  else if (f.state === 'active') p.push(sql`t.state = 'active' and (t.to_on is null or t.to_on >= ${scope.today}::date)`)
  else if (f.state) p.push(sql`t.state = ${f.state}`)
  if (f.within_days) p.push(sql`t.state = 'active' and t.to_on >= ${scope.today}::date and t.to_on <= ${scope.today}::date + ${f.within_days}::int`)
  if (f.keeper_id) p.push(sql`t.keeper_id = ${f.keeper_id}`)
  if (f.mine) p.push(sql`t.keeper_id = ${scope.who.account_id}::uuid`)
  if (f.house_id) p.push(sql`exists (select from contracts.contract_house x where x.company_id = ${c} and x.contract_id = t.contract_id and x.house_id = ${f.house_id})`)
  if (f.from_on) p.push(sql`t.from_on >= ${f.from_on}::date`)
  if (f.to_on) p.push(sql`t.from_on <= ${f.to_on}::date`)
  if (f.contract_ids) p.push(sql`t.contract_id = any(${f.contract_ids}::uuid[])`)
  if (f.q) p.push(sql`(t.no = upper(${f.q}) or position(${f.q} in t.title) > 0 or exists (select from contracts.party y where y.company_id = ${c} and y.contract_id = t.contract_id and y.name >= ${f.q} and y.name < ${f.q + TOP}))`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
type Raw = Omit<ContractRow, 'days_left'>
export async function contractRows(scope: Scope, cond: RawBuilder<SqlBool>, o: { limit: number; offset?: number; order?: RawBuilder<unknown> }): Promise<ContractRow[]> {
  const c = scope.company_id
  const order = o.order ?? NEWEST
  const { rows } = await sql<Raw>`with page as materialized (select t.* from contracts.contract t where ${cond} order by ${order} limit ${o.limit} offset ${o.offset ?? 0})
    select t.contract_id, t.no, t.kind_id, k.name as kind_name, k.signed_by, t.community_id, m.name as community_name, t.title, ${SHOWN_STATE(scope)} as state, t.from_on, t.to_on, t.signed_on, t.amount_fen, t.pay_terms, coalesce(a.name, '') as keeper_name, t.created_at,
      (select coalesce(jsonb_agg(jsonb_build_object('side', y.side, 'name', coalesce(p.name, y.name), 'person_id', y.person_id) order by y.party_no), '[]') from contracts.party y left join people.person p on p.company_id = ${c} and p.person_id = y.person_id where y.company_id = ${c} and y.contract_id = t.contract_id) as parties,
      ${HOUSES(c)} as house_count, (select count(*)::int from contracts.paper x where x.company_id = ${c} and x.contract_id = t.contract_id) as paper_count,
      (select count(*)::int from contracts.signature x where x.company_id = ${c} and x.contract_id = t.contract_id and x.void_at is null) as signed_count,
      exists (select from contracts.paper x where x.company_id = ${c} and x.contract_id = t.contract_id and x.posted_at is not null and x.withdrawn_at is null) as posted
    from page t join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id left join property.community m on m.company_id = ${c} and m.community_id = t.community_id left join identity.member a on a.company_id = ${c} and a.account_id = t.keeper_id order by ${order}`.execute(scope.db)
  return rows.map((r) => ({ ...r, days_left: r.to_on === null ? null : daysBetween(scope.today, r.to_on) }))
}
