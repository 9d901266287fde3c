// Visits as rows of screens and sheets, and whether one may come in now.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { masked } from '../../people/server/index.ts'
import type { VisitFilter, VisitRow } from '../contract.ts'
import { visitsSeenBy, type Visit } from './access.ts'
import { barredReason } from './barred.ts'
import { policyOf } from './policy.ts'

/** Inside longer than announced. */
export const overstayed = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(v.state = 'arrived' and v.to_at <= ${scope.now}::timestamptz)`

export function visitWhere(scope: Scope, f: VisitFilter): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`v.company_id = ${scope.company_id}`, visitsSeenBy(scope)]
  if (f.state) p.push(sql`v.state = ${f.state}`)
  if (f.source) p.push(sql`v.source = ${f.source}`)
  if (f.overstayed) p.push(overstayed(scope))
  if (f.community_id) p.push(sql`v.community_id = ${f.community_id}`)
  if (f.from_on) p.push(sql`v.from_at >= ${`${f.from_on}T00:00:00+08:00`}::timestamptz`)
  if (f.to_on) p.push(sql`v.from_at < ${`${addDays(f.to_on, 1)}T00:00:00+08:00`}::timestamptz`)
  if (f.q) p.push(sql`(position(${f.q} in v.visitor_name) > 0 or position(${f.q} in v.host_name) > 0 or v.plate = ${f.q.toUpperCase()} or right(v.plate, 4) = ${f.q.toUpperCase()} or exists (select from property.house h where h.company_id = ${scope.company_id} and h.house_id = v.house_id and h.label = ${f.q}))`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}

type Raw = Omit<VisitRow, 'can' | 'late' | 'overstayed' | 'visitor_phone_masked'> & { visitor_phone: string | null }
const NEWEST = sql`v.created_at desc, v.visit_id`
export async function visitRows(scope: Scope, cond: RawBuilder<SqlBool>, o: { limit: number; offset?: number; order?: RawBuilder<unknown> }): Promise<VisitRow[]> {
  const c = scope.company_id
  const order = o.order ?? NEWEST
  const { rows } = await sql<Raw>`with page as materialized (select v.* from access.visit v where ${cond} order by ${order} limit ${o.limit} offset ${o.offset ?? 0})
    select v.visit_id, m.name as community_name, h.label as house_label, v.host_name, v.source, v.visitor_name, v.visitor_phone, v.id_masked, v.plate, v.people_count, v.purpose, v.from_at, v.to_at, v.state, ${barredReason(scope)} as barred_reason, v.arrived_at, v.arrived_by, v.left_at, v.left_by, v.created_at
    from page v join property.community m on m.company_id = ${c} and m.community_id = v.community_id join property.house h on h.company_id = ${c} and h.house_id = v.house_id order by ${order}`.execute(scope.db)
  const early = (await policyOf(scope)).early_minutes
  const over = (r: Raw): boolean => Date.parse(r.to_at) <= Date.parse(scope.now)
  return rows.map(({ visitor_phone, ...r }) => {
    const raw = { ...r, visitor_phone }
    return { ...r, visitor_phone_masked: masked(visitor_phone), late: r.state === 'waiting' && over(raw), overstayed: r.state === 'arrived' && over(raw), can: { arrive: whyNot(scope, raw, early) ?? true, leave: r.state === 'arrived' ? (true as const) : 'access.wrong_state' } }
  })
}
/** Why this visit may not come in now; null when it may. */
export function whyNot(scope: Scope, v: Pick<Visit, 'state' | 'from_at' | 'to_at'> & { barred_reason: string | null }, early_minutes: number): string | null {
  if (v.state !== 'waiting') return 'access.wrong_state'
  if (v.barred_reason !== null) return 'access.barred'
  if (Date.parse(v.to_at) <= Date.parse(scope.now)) return 'access.over'
  return Date.parse(v.from_at) - early_minutes * 60_000 > Date.parse(scope.now) ? 'access.too_early' : null
}
