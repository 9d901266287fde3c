// Cameras as a site plan shows them. Where one hangs is no picture of it: looking stays a right of its own.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { openAlarm } from '../../iot/server/index.ts'
import { planAnswer, planFilter, type PlanAnswer, type PlanAsk, type PlanSubject } from '../../property/server/index.ts'
import { camerasSeenBy } from './access.ts'

export async function camerasOnPlan(scope: Scope, ask: PlanAsk): Promise<PlanAnswer> {
  const c = scope.company_id
  const { rows } = await sql<PlanSubject & { total: number }>`select k.camera_id as subject_id, lpad(k.no::text, 2, '0') as no, k.name, k.place, b.name as building_name, case s.online when true then 'online' when false then 'offline' else 'unknown' end as state, case when k.has_ptz then '球机,能转动' end as detail, ${openAlarm(scope, sql`a.source = 'camera:' || k.camera_id`)} as alarm, count(*) over ()::int as total
    from video.camera k left join video.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id left join property.building b on b.company_id = ${c} and b.building_id = k.building_id
    where k.company_id = ${c} and k.community_id = ${ask.community_id} and k.retired_at is null and ${camerasSeenBy(scope, 'k', 'video.camera.read')} and ${planFilter(ask, sql`k.camera_id`, sql`k.no || ' ' || k.name || ' ' || k.place`)} order by k.no, k.camera_id limit ${ask.limit}`.execute(scope.db)
  return planAnswer(rows)
}
