// Assembly points as a site plan shows them.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, planAnswer, planFilter, type PlanAnswer, type PlanAsk, type PlanSubject } from '../../property/server/index.ts'

export async function pointsOnPlan(scope: Scope, ask: PlanAsk): Promise<PlanAnswer> {
  const c = scope.company_id
  const { rows } = await sql<PlanSubject & { total: number }>`select p.point_id as subject_id, null as no, p.name, p.place, null as building_name, case when exists (select from muster.roll r where r.company_id = ${c} and r.community_id = p.community_id and r.state = 'open') then 'gathering' else 'plain' end as state, null as detail, null as alarm, count(*) over ()::int as total
    from muster.point p where p.company_id = ${c} and p.community_id = ${ask.community_id} and p.retired_at is null and ${communitiesSeenBy(scope, { alias: 'p', permission: 'muster.roll.read' })} and ${planFilter(ask, sql`p.point_id`, sql`p.name || ' ' || p.place`)} order by p.name, p.point_id limit ${ask.limit}`.execute(scope.db)
  return planAnswer(rows)
}
