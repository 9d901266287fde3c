// Targets of energy watched (IOT-08): each hour the month under way is held against what was allowed. Over it is an alarm; going to be over it, at the pace of the whole
// days so far, a smaller one from the sixth day on. Once a month and step: disposed of, the same is not told again until the next month.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { ENERGY_UNITS, type EnergyAsk } from '../contract.ts'
import { said } from '../shown.ts'
import { monthOf } from './energy.ts'
import { clearAlarm, raiseAlarm } from './raise.ts'

/** Before it a single holiday or a filled tank makes the month. */
const DAYS_FIRST = 5
const TARGETS_MAX = 200
type Kind = EnergyAsk['kind']
export async function watchEnergy(scope: Scope): Promise<void> {
  const c = scope.company_id
  const begun = `${scope.today.slice(0, 7)}-01`
  const { rows } = await sql<{ community_id: string; name: string; kind: Kind; month_use: string | null; open: string | null; open_level: string | null; open_of: string | null; told: string[] }>`select t.community_id, k.name, t.kind, t.month_use::text as month_use, a.alarm_id as open, a.level as open_level, a.facts->>'month' as open_of,
      coalesce((select array_agg(x.level) from iot.alarm x where x.company_id = ${c} and x.source = 'community:' || t.community_id and x.kind = 'energy_' || t.kind and x.facts->>'month' = ${begun.slice(0, 7)}), '{}') as told
    from (select distinct on (e.community_id, e.kind) e.community_id, e.kind, e.month_use from iot.energy_target e where e.company_id = ${c} and e.from_on <= ${scope.today}::date order by e.community_id, e.kind, e.from_on desc) t
      join property.community k on k.company_id = ${c} and k.community_id = t.community_id left join iot.alarm a on a.company_id = ${c} and a.source = 'community:' || t.community_id and a.kind = 'energy_' || t.kind and a.disposed_at is null and a.cleared_at is null order by t.community_id, t.kind limit ${TARGETS_MAX}`.execute(scope.db)
  for (const r of rows) {
    const [source, kind] = [`community:${r.community_id}`, `energy_${r.kind}`]
    // Another month, or no target any more: what was said of the last one is over.
    if (r.open && (r.month_use === null || r.open_of !== begun.slice(0, 7))) await clearAlarm(scope, source, kind)
    if (r.month_use === null) continue
    const m = await monthOf(scope, r.community_id, r.kind)
    const [use, limit, forecast] = [Number(m?.use ?? 0), Number(r.month_use), m?.forecast === null || m === undefined ? null : Number(m.forecast)]
    const late = Number(scope.today.slice(8)) > DAYS_FIRST
    const step = use > limit ? 'major' as const : late && forecast !== null && forecast > limit ? 'minor' as const : null
    const open = r.open !== null && r.open_of === begun.slice(0, 7)
    if (step === null) {
      if (open && r.open_level === 'minor') await clearAlarm(scope, source, kind)
      continue
    }
    // Told already, at this step or a higher one.
    if (r.told.includes(step) || r.told.includes('major')) continue
    // What was only foreseen has come: told anew, as another step.
    if (open && step === 'major') await clearAlarm(scope, source, kind)
    const unit = ENERGY_UNITS[r.kind]
    const n = (v: number): string => `${Math.round(v * 100) / 100} ${unit}`
    const what = said('energy_kind', r.kind)
    await raiseAlarm(scope, { community_id: r.community_id, building_id: null, device_id: null, source, kind, level: step, rule_id: null, place: r.name, title: step === 'major' ? `${r.name}公共用${what}已超本月指标` : `${r.name}公共用${what}照现在的速度将超本月指标`, tells_always: true, facts: { month: begun.slice(0, 7), said: [['本月已用', n(use)], ['本月指标', n(limit)], ['超出', use > limit ? `${Math.round((use / limit - 1) * 1000) / 10}%` : '尚未'], ...(forecast === null ? [] : [['照现在的速度到月底', n(forecast)]])] } })
  }
}
