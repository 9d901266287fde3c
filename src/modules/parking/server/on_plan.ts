// Lanes as a site plan shows them: whether a camera of theirs is heard.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { planAnswer, planFilter, type PlanAnswer, type PlanAsk, type PlanSubject } from '../../property/server/index.ts'
import { lotsSeenBy } from './access.ts'
import { onlineSql } from './commands.ts'

export async function lanesOnPlan(scope: Scope, ask: PlanAsk): Promise<PlanAnswer> {
  const c = scope.company_id
  const { rows } = await sql<PlanSubject & { total: number }>`select n.lane_id as subject_id, null as no, n.name, l.name as place, b.name as building_name, case when x.cameras = 0 then 'unknown' when x.online then 'online' else 'offline' end as state, case n.direction when 'in' then '入口' when 'out' then '出口' else '出入口' end as detail, null as alarm, count(*) over ()::int as total
    from parking.lane n join parking.lot l on l.company_id = ${c} and l.lot_id = n.lot_id and l.retired_at is null left join property.building b on b.company_id = ${c} and b.building_id = l.building_id
      cross join lateral (select count(*)::int as cameras, coalesce(bool_or(${onlineSql(scope)}), false) as online from parking.camera k left join parking.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id where k.company_id = ${c} and k.lane_id = n.lane_id and k.retired_at is null) x
    where n.company_id = ${c} and l.community_id = ${ask.community_id} and n.retired_at is null and ${lotsSeenBy(scope, 'l', 'parking.lot.read')} and ${planFilter(ask, sql`n.lane_id`, sql`l.name || ' ' || n.name`)} order by l.name, n.name, n.lane_id limit ${ask.limit}`.execute(scope.db)
  return planAnswer(rows)
}
