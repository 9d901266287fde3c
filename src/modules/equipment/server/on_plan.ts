// Equipment as a site plan shows it; what serves at a fire is marked.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { planAnswer, planFilter, type PlanAnswer, type PlanAsk, type PlanSubject } from '../../property/server/index.ts'
import { devicesSeenBy } from './access.ts'
import { mustStop } from './certs.ts'

/** The system 消防 as it is shipped, and one that a company named so itself. */
export const FIRE_SYSTEM = sql<boolean>`(s.code = 'XFS' or s.name like '%消防%')`
export async function equipmentOnPlan(scope: Scope, ask: PlanAsk): Promise<PlanAnswer> {
  const c = scope.company_id
  const { rows } = await sql<PlanSubject & { total: number }>`with page as materialized (select d.*, g.name as category_name, ${FIRE_SYSTEM} as fire, b.name as building_name, count(*) over ()::int as total from equipment.device d join equipment.category g on g.company_id = ${c} and g.category_id = d.category_id join equipment.category s on s.company_id = ${c} and s.category_id = g.parent_id left join property.building b on b.company_id = ${c} and b.building_id = d.building_id
      where d.company_id = ${c} and d.community_id = ${ask.community_id} and d.state <> 'scrapped' and ${devicesSeenBy(scope, 'equipment.device.read')} and ${planFilter(ask, sql`d.equipment_id`, sql`d.no || ' ' || d.name || ' ' || d.place`)} order by ${FIRE_SYSTEM} desc, d.no, d.equipment_id limit ${ask.limit})
    select d.equipment_id as subject_id, d.no, d.name, d.place, d.building_name, case when ${mustStop(scope)} then 'must_stop' else d.state end as state, d.category_name as detail, d.fire, null as alarm, d.total from page d order by d.fire desc, d.no, d.equipment_id`.execute(scope.db)
  return planAnswer(rows)
}
