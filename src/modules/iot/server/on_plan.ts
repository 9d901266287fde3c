// Smart devices as a site plan shows them: the same state as the list, what they measure now, the alarm that is open.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { planAnswer, planFilter, type PlanAnswer, type PlanAsk, type PlanSubject } from '../../property/server/index.ts'
import type { Model } from '../contract.ts'
import { shownOf, type Latest } from '../shown.ts'
import { devicesSeenBy } from './access.ts'
import { JOINED, STATE } from './list.ts'

const VALUES_MAX = 3
/** The worst alarm of these sources that nobody has disposed of. */
export const openAlarm = (scope: Scope, sources: RawBuilder<unknown>): RawBuilder<PlanSubject['alarm']> => sql<PlanSubject['alarm']>`(select jsonb_build_object('alarm_id', a.alarm_id, 'title', a.title, 'level', a.level, 'raised_at', a.raised_at) from iot.alarm a where a.company_id = ${scope.company_id} and ${sources} and a.disposed_at is null order by (a.cleared_at is null) desc, array_position(array['critical','major','minor','notice'], a.level), a.raised_at desc limit 1)`
export async function devicesOnPlan(scope: Scope, ask: PlanAsk): Promise<PlanAnswer> {
  const c = scope.company_id
  const { rows } = await sql<PlanSubject & { total: number; latest: Latest | null; model: Model }>`select d.device_id as subject_id, d.no, d.name, d.place, b.name as building_name, ${STATE} as state, null as detail, s.latest, p.model, ${openAlarm(scope, sql`a.device_id = d.device_id`)} as alarm, count(*) over ()::int as total
    from ${JOINED(c)} join iot.product p on p.company_id = ${c} and p.product_id = d.product_id left join property.building b on b.company_id = ${c} and b.building_id = d.building_id
    where d.company_id = ${c} and d.community_id = ${ask.community_id} and d.life <> 'retired' and ${devicesSeenBy(scope, 'iot.device.read')} and ${planFilter(ask, sql`d.device_id`, sql`d.no || ' ' || d.name || ' ' || d.place`)} order by d.no collate iot.natural, d.device_id limit ${ask.limit}`.execute(scope.db)
  return planAnswer(rows.map(({ latest, model, ...r }) => ({ ...r, detail: shownOf(model, latest ?? {}).filter((v) => v.v !== null).slice(0, VALUES_MAX).map((v) => `${v.name} ${v.text}`).join(',') || null })))
}
