// Warning signs as a site plan shows them.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy, planAnswer, planFilter, type PlanAnswer, type PlanAsk, type PlanSubject } from '../../property/server/index.ts'

export async function signsOnPlan(scope: Scope, ask: PlanAsk): Promise<PlanAnswer> {
  const c = scope.company_id
  const { rows } = await sql<PlanSubject & { total: number }>`select o.sign_id as subject_id, o.no, o.words as name, o.place, b.name as building_name, case when o.state = 'good' and o.due_on < ${scope.today}::date then 'late' else o.state end as state, o.kind as detail, null as alarm, count(*) over ()::int as total
    from safety.sign o left join property.building b on b.company_id = ${c} and b.building_id = o.building_id
    where o.company_id = ${c} and o.community_id = ${ask.community_id} and o.state <> 'removed' and ${housesSeenBy(scope, { alias: 'o', permission: 'safety.sign.read' })} and ${planFilter(ask, sql`o.sign_id`, sql`o.no || ' ' || o.words || ' ' || o.place`)} order by o.no, o.sign_id limit ${ask.limit}`.execute(scope.db)
  return planAnswer(rows)
}
