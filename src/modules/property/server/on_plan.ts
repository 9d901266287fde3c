// What a site plan asks each module of a community, and what it is told. Each module answers for its own things: who may see them, and how they are now.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from './access.ts'

export interface PlanAsk {
  community_id: string
  /** These alone. */
  only?: readonly string[]
  /** All but these. */
  without?: readonly string[]
  q?: string | undefined
  limit: number
}
export interface PlanSubject {
  subject_id: string
  no: string | null
  name: string
  place: string
  building_name: string | null
  /** A word of siteplan (words.states.now). */
  state: string
  /** What it measures, who passed last: one line. */
  detail: string | null
  /** Equipment for fires. */
  fire?: boolean
  alarm: { alarm_id: string; title: string; level: string; raised_at: string } | null
}
export interface PlanAnswer {
  rows: PlanSubject[]
  total: number
}
/** `id` is the key of the thing, `text` what it is found by. */
export function planFilter(ask: PlanAsk, id: RawBuilder<unknown>, text: RawBuilder<unknown>): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`true`]
  if (ask.only) p.push(sql`${id} = any(${[...ask.only]}::uuid[])`)
  if (ask.without?.length) p.push(sql`${id} <> all(${[...ask.without]}::uuid[])`)
  if (ask.q) p.push(sql`position(lower(${ask.q}) in lower(${text})) > 0`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
/** The count of all travels with each row. */
export const planAnswer = (rows: readonly (PlanSubject & { total: number })[]): PlanAnswer => ({ total: rows[0]?.total ?? 0, rows: rows.map(({ total: _, ...r }) => r) })

export async function buildingsOnPlan(scope: Scope, ask: PlanAsk): Promise<PlanAnswer> {
  const c = scope.company_id
  const { rows } = await sql<PlanSubject & { total: number }>`select b.building_id as subject_id, b.no, b.name, coalesce(z.name, '') as place, b.name as building_name, 'plain' as state, (case when b.floors_above > 0 then '地上 ' || b.floors_above || ' 层' else '' end) || (case when b.floors_below > 0 then ' 地下 ' || b.floors_below || ' 层' else '' end) as detail, null as alarm, count(*) over ()::int as total
    from property.building b left join property.zone z on z.company_id = ${c} and z.zone_id = b.zone_id
    where b.company_id = ${c} and b.community_id = ${ask.community_id} and ${housesSeenBy(scope, { alias: 'b', permission: 'property.house.read' })} and ${planFilter(ask, sql`b.building_id`, sql`b.no || ' ' || b.name`)} order by b.sort_no, b.no, b.building_id limit ${ask.limit}`.execute(scope.db)
  return planAnswer(rows)
}
