// What points used in a month, over all the devices they had in it.
import { sql, type RawBuilder } from 'kysely'
import { addMonths } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'

export interface PointUsage {
  point_id: string
  parent_point_id: string | null
  name: string
  /** Null when nothing good was read. */
  usage: string | null
  /** Devices in place at the end of the month without a reading. */
  missing_count: number
  suspect_count: number
  estimate_count: number
}

/** One row a point: point_id, parent_point_id, house_id, usage, missing_count, suspect_count, estimate_count. `where` is on `m`, its meters. */
export function pointUsage(scope: Scope, period: string, where: RawBuilder<unknown>): RawBuilder<unknown> {
  const c = scope.company_id
  const first = `${period}-01`
  const next = `${addMonths(period, 1)}-01`
  return sql`select m.point_id, (array_agg(m.parent_point_id order by m.installed_on desc, m.meter_id desc))[1] as parent_point_id, (array_agg(m.meter_id order by m.installed_on desc, m.meter_id desc))[1] as meter_id, max(m.house_id::text)::uuid as house_id,
      sum(r.usage) filter (where r.state <> 'suspect') as usage, (count(*) filter (where r.reading_id is null and (m.removed_on is null or m.removed_on >= ${next}::date)))::int as missing_count,
      (count(*) filter (where r.state = 'suspect'))::int as suspect_count, (count(*) filter (where r.source = 'estimate'))::int as estimate_count
    from meters.meter m left join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on = ${first}::date
    where m.company_id = ${c} and (r.reading_id is not null or (m.installed_on < ${next}::date and (m.removed_on is null or m.removed_on > ${first}::date))) and ${where} group by m.point_id`
}

/** Usage of these points, and of all points right below them. */
export async function usageWithParts(scope: Scope, period: string, point_ids: readonly string[]): Promise<{ of: Map<string, PointUsage>; below: Map<string, PointUsage[]> }> {
  const c = scope.company_id
  const { rows } = await sql<PointUsage & { own: boolean }>`with u as materialized (${pointUsage(scope, period, sql`(m.point_id = any(${[...point_ids]}::uuid[]) or m.parent_point_id = any(${[...point_ids]}::uuid[]))`)})
    select u.point_id, u.parent_point_id, trim_scale(u.usage)::text as usage, u.missing_count, u.suspect_count, u.estimate_count, coalesce(h.label, m.name) as name, u.point_id = any(${[...point_ids]}::uuid[]) as own
    from u join meters.meter m on m.company_id = ${c} and m.meter_id = u.meter_id left join property.house h on h.company_id = ${c} and h.house_id = m.house_id`.execute(scope.db)
  return { of: new Map(rows.filter((r) => r.own).map((r) => [r.point_id, r])), below: Map.groupBy(rows.filter((r) => r.parent_point_id !== null), (r) => r.parent_point_id!) }
}
