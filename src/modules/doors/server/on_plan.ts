// Doors as a site plan shows them.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { openAlarm } from '../../iot/server/index.ts'
import { planAnswer, planFilter, type PlanAnswer, type PlanAsk, type PlanSubject } from '../../property/server/index.ts'
import { doorsSeenBy, onlineSql } from './access.ts'

export async function doorsOnPlan(scope: Scope, ask: PlanAsk): Promise<PlanAnswer> {
  const c = scope.company_id
  const { rows } = await sql<PlanSubject & { total: number }>`select d.door_id as subject_id, null as no, d.name, coalesce(b.name || coalesce(d.unit_no || '单元', ''), '') as place, b.name as building_name,
      case when not ${onlineSql(scope)} then 'offline' when t.lock = 'unlocked' then 'unlocked' when t.state = 'open' then 'open' when t.state = 'closed' then 'closed' else 'unknown' end as state, case when d.fire_release then '消防释放门' end as detail,
      ${openAlarm(scope, sql`a.source in ('door:' || d.door_id, 'controller:' || d.controller_id)`)} as alarm, count(*) over ()::int as total
    from doors.door d join doors.controller k on k.company_id = ${c} and k.controller_id = d.controller_id and k.retired_at is null left join property.building b on b.company_id = ${c} and b.building_id = d.building_id
      left join doors.controller_state s on s.company_id = ${c} and s.controller_id = d.controller_id left join doors.door_state t on t.company_id = ${c} and t.door_id = d.door_id
    where d.company_id = ${c} and d.community_id = ${ask.community_id} and d.retired_at is null and ${doorsSeenBy(scope, 'd', 'doors.door.read')} and ${planFilter(ask, sql`d.door_id`, sql`d.name`)} order by d.name, d.door_id limit ${ask.limit}`.execute(scope.db)
  return planAnswer(rows)
}
