// Leak and unusual use of water (IOT-03): every quarter of an hour the curves of the water meters are looked at; what is found is an alarm of iot with the curve
// that shows why, one a meter and kind, told to who handles alarms and, of a house's own meter, to those who live there.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays, dayOf } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { activeOn, houseOfResident, ties } from '../../people/server/index.ts'
import { WATER_DEFAULTS, iot, type Curve, type WaterWatch } from '../contract.ts'
import { factsText, said } from '../shown.ts'
import { wholeCompany } from './access.ts'
import { increments } from './compare.ts'
import { addStep, clearAlarm, raiseAlarm } from './raise.ts'
import { hourly, judgeWater, type WaterCurve, type WaterFinding, type WaterKind } from './rules/water.ts'

const AT_ONCE = 500
const DAYS_BACK = 40
const CURVE_H = 96
const HOUR_MS = 3_600_000
const KINDS: readonly WaterKind[] = ['water_night', 'water_flow', 'water_burst', 'water_standing', 'water_back']
/** Those whom it concerns at home: what runs away. A meter that stands or runs back is ours. */
const FOR_THE_HOUSE: readonly WaterKind[] = ['water_night', 'water_flow', 'water_burst']
const midnight = (day: string): string => `${day}T00:00:00+08:00`

export async function waterWatchOf(scope: Scope): Promise<WaterWatch & { from_on: string | null }> {
  const { rows } = await sql<WaterWatch & { from_on: string }>`select from_on, night_from_h, night_to_h, nights_count, night_m3_h::float8 as night_m3_h, night_share_percent, continuous_h, sudden_m3_h::float8 as sudden_m3_h, sudden_factor, standing_days, again_days, tells_house from iot.water_watch where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc limit 1`.execute(scope.db)
  return rows[0] ?? { ...WATER_DEFAULTS, from_on: null }
}
interface Meter {
  device_id: string
  community_id: string
  building_id: string | null
  name: string
  place: string
  point: string
  house_id: string | null
  house_label: string | null
  settled_at: string | null
  is_house: boolean
  /** Doubted because it fell, within the last day. */
  back: { n: number; from: string; to: string } | null
}
/** Counters of cubic metres that are in use. Without a register entry a meter is taken for a shared one: nobody is told that his cistern leaks on a guess. */
async function metersOf(scope: Scope, after: string): Promise<Meter[]> {
  const c = scope.company_id
  const from = new Date(Date.parse(scope.now) - 24 * HOUR_MS).toISOString()
  const { rows } = await sql<Meter>`select d.device_id, d.community_id, d.building_id, d.name, d.place, k.point, m.house_id, h.label as house_label, d.settled_at, m.house_id is not null as is_house, x.back
    from iot.device d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id
      join lateral (select e->>'key' as point from jsonb_array_elements(p.model->'points') e where e->>'kind' = 'counter' and e->>'unit' = 'm³' limit 1) k on true
      left join meters.meter m on m.company_id = ${c} and m.meter_id = d.meter_id left join property.house h on h.company_id = ${c} and h.house_id = m.house_id
      left join lateral (select jsonb_build_object('n', count(*), 'from', min(s.at), 'to', max(s.at)) as back from iot.sample s where s.company_id = ${c} and s.device_id = d.device_id and s.point = k.point and s.at >= greatest(${from}::timestamptz, d.settled_at) and s.at >= ${from}::timestamptz and s.q = 'uncertain' and s.why = '累计值变小' having count(*) > 0) x on true
    where d.company_id = ${c} and d.life = 'active' and (m.kind is null or m.kind = 'water') and d.device_id > ${after}::uuid order by d.device_id limit ${AT_ONCE}`.execute(scope.db)
  return rows
}
async function curvesOf(scope: Scope, list: readonly Meter[], s: WaterWatch): Promise<Map<string, WaterCurve>> {
  const c = scope.company_id
  const ids = list.map((m) => m.device_id)
  const points = [...new Set(list.map((m) => m.point))]
  const hours = Math.max(s.nights_count * 24 + 24, s.continuous_h + 3, CURVE_H)
  const from = new Date(Date.parse(scope.now) - hours * HOUR_MS).toISOString()
  const days_from = midnight(addDays(scope.today, -DAYS_BACK - s.standing_days))
  const [shown, days] = await Promise.all([
    sql<{ device_id: string; at: string[]; v: string[] }>`select r.device_id, array_agg(extract(epoch from r.from_at + interval '15 minutes') * 1000 order by r.from_at)::text[] as at, array_agg(r.last_v order by r.from_at)::text[] as v from iot.rollup_quarter r join iot.device d on d.company_id = ${c} and d.device_id = r.device_id
      where r.company_id = ${c} and r.device_id = any(${ids}::uuid[]) and r.point = any(${points}::text[]) and r.from_at >= ${from}::timestamptz and r.from_at <= ${scope.now}::timestamptz and (d.settled_at is null or r.from_at >= d.settled_at) group by r.device_id`.execute(scope.db),
    sql<{ device_id: string; days: [string, number][] }>`select x.device_id, jsonb_agg(jsonb_build_array((x.from_at at time zone 'Asia/Shanghai')::date::text, x.v) order by x.from_at) as days from (${increments('iot.rollup_day', sql`r.company_id = ${c} and r.device_id = any(${ids}::uuid[]) and r.point = any(${points}::text[])`, days_from, midnight(addDays(scope.today, 1)))}) x join iot.device d on d.company_id = ${c} and d.device_id = x.device_id
      where d.settled_at is null or x.from_at >= d.settled_at group by x.device_id`.execute(scope.db),
  ])
  const daily = new Map(days.rows.map((r) => [r.device_id, r.days]))
  return new Map(shown.rows.map((r) => [r.device_id, { is_house: list.find((m) => m.device_id === r.device_id)!.is_house, shown: r.at.map((t, i) => [Number(t), Number(r.v[i])] as const), days: daily.get(r.device_id) ?? [] }]))
}
const round = (v: number): number => Math.round(v * 1000) / 1000
function factsOf(f: WaterFinding, curve: WaterCurve | undefined, now_ms: number): Record<string, unknown> {
  const flow = (v: number): string => `${round(v)} m³/h`
  const told: Record<WaterKind, [string, string][]> = {
    water_night: [['夜间最小流量', flow(f.value)], ['上限', flow(f.limit)]], water_flow: [['已连续流量', `${f.value} 小时`], ['上限', `${f.limit} 小时`]], water_burst: [['一小时用水', `${round(f.value)} m³`], ['上限', `${round(f.limit)} m³`]],
    water_standing: [['没有走数', `${f.value} 天`]], water_back: [['变小的读数', `${f.value} 次`]],
  }
  const end = Math.floor(Math.min(now_ms, curve?.shown.at(-1)?.[0] ?? now_ms) / HOUR_MS) * HOUR_MS
  const from = end - CURVE_H * HOUR_MS
  const drawn: Curve | null = curve ? { from_at: new Date(from).toISOString(), step_s: 3600, v: hourly(curve.shown, from, CURVE_H).map((v) => (v === null ? null : round(v))), unit: 'm³', mark_from_at: new Date(f.from_ms).toISOString(), mark_to_at: new Date(f.to_ms).toISOString() } : null
  return { said: told[f.kind], ...(drawn ? { curve: drawn } : {}) }
}
const BACK = (m: Meter): WaterFinding[] => (m.back && m.back.n >= 2 ? [{ kind: 'water_back', value: m.back.n, limit: 0, from_ms: Date.parse(m.back.from), to_ms: Date.parse(m.back.to) }] : [])

export async function watchWater(scope: Scope): Promise<void> {
  const s = await waterWatchOf(scope)
  const now_ms = Date.parse(scope.now)
  for (let after = '00000000-0000-0000-0000-000000000000', list: Meter[] = []; ; ) {
    list = await metersOf(scope, after)
    if (list.length === 0) return
    after = list.at(-1)!.device_id
    const curves = await curvesOf(scope, list, s)
    const before = await knownOf(scope, list, s)
    for (const m of list) {
      const curve = curves.get(m.device_id)
      const found = [...(curve ? judgeWater(curve, s, now_ms) : []), ...BACK(m)]
      for (const f of found) if (!before.has(`${m.device_id} ${f.kind}`)) await tell(scope, m, f, factsOf(f, curve, now_ms), s.tells_house)
      // Unheard is not dry: what is open stays open until the meter says otherwise.
      const heard = curve !== undefined && now_ms - curve.shown.at(-1)![0] < 6 * HOUR_MS
      if (heard) for (const kind of KINDS) if (before.get(`${m.device_id} ${kind}`) === 'open' && !found.some((f) => f.kind === kind)) await clearAlarm(scope, `device:${m.device_id}`, kind)
    }
    if (list.length < AT_ONCE) return
  }
}
/** Open alarms of these meters, and those that somebody disposed of a short while ago: the same is not told again at once. */
async function knownOf(scope: Scope, list: readonly Meter[], s: WaterWatch): Promise<Map<string, 'open' | 'disposed'>> {
  const { rows } = await sql<{ device_id: string; kind: string; open: boolean }>`select a.device_id, a.kind, bool_or(a.disposed_at is null) as open from iot.alarm a where a.company_id = ${scope.company_id} and a.device_id = any(${list.map((m) => m.device_id)}::uuid[]) and a.kind = any(${[...KINDS]}::text[]) and (a.disposed_at is null and a.cleared_at is null or a.disposed_by_name is not null and a.cleared_at is null and a.disposed_at > ${scope.now}::timestamptz - make_interval(days => ${s.again_days})) group by 1, 2`.execute(scope.db)
  return new Map(rows.map((r) => [`${r.device_id} ${r.kind}`, r.open ? 'open' : 'disposed']))
}
async function tell(scope: Scope, m: Meter, f: WaterFinding, facts: Record<string, unknown>, tells_house: boolean): Promise<void> {
  const what = said('water', f.kind)
  const { alarm_id, fresh } = await raiseAlarm(scope, { community_id: m.community_id, building_id: m.building_id, device_id: m.device_id, source: `device:${m.device_id}`, kind: f.kind, title: `${m.name}:${what}`, level: f.kind === 'water_standing' || f.kind === 'water_back' ? 'minor' : 'major', rule_id: null, facts, place: m.house_label ?? m.place, tells_always: true })
  if (!fresh || !tells_house || !m.house_id || !FOR_THE_HOUSE.includes(f.kind)) return
  const { rows } = await sql<{ phone: string }>`select distinct p.phone from ${ties(scope)} t join people.person p on p.company_id = ${scope.company_id} and p.person_id = t.person_id where t.house_id = ${m.house_id} and ${activeOn('t', scope.today)} and p.phone is not null and p.kind = 'natural' limit 20`.execute(scope.db)
  const first = factsText(facts, null)[0]
  await notify(scope, rows.map((r) => ({ to: { phone: r.phone }, template: 'iot_water_house', params: { house: m.house_label ?? '', what, facts: first ? `${first.name} ${first.text}` : '' }, link: '/water', house_id: m.house_id, dedupe_key: `iot_water ${alarm_id} ${scope.now} ${r.phone}` })))
  if (rows.length > 0) await addStep(scope, alarm_id, 'told', `已通知住户 ${rows.length} 人`)
}
/** Another meter hangs there: what was found of the one before is over. */
export async function endWaterOf(scope: Scope, device_id: string, why: string): Promise<void> {
  const { rows } = await sql<{ alarm_id: string }>`update iot.alarm set cleared_at = coalesce(cleared_at, ${scope.now}::timestamptz), disposed_at = ${scope.now}, disposed_by_name = ${scope.who.name}, disposal = ${why} where company_id = ${scope.company_id} and device_id = ${device_id} and kind = any(${[...KINDS]}::text[]) and disposed_at is null returning alarm_id`.execute(scope.db)
  for (const r of rows) await addStep(scope, r.alarm_id, 'dispose', why)
}
export const curveOf = (facts: Record<string, unknown>): Curve | null => (facts['curve'] as Curve | undefined) ?? null

export const waterAnswers = [
  answer(iot.waterWatch, (scope) => waterWatchOf(scope)),
  answer(iot.saveWaterWatch, async (scope, o) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('iot.plan_past', { day: scope.today })
    if (o.night_to_h <= o.night_from_h) throw scope.refuse('iot.night_order')
    const { request_id: _, from_on, ...s } = o
    await sql`insert into iot.water_watch (company_id, from_on, night_from_h, night_to_h, nights_count, night_m3_h, night_share_percent, continuous_h, sudden_m3_h, sudden_factor, standing_days, again_days, tells_house, made_by, made_by_name, made_at)
      values (${scope.company_id}, ${from_on}, ${s.night_from_h}, ${s.night_to_h}, ${s.nights_count}, ${s.night_m3_h}, ${s.night_share_percent}, ${s.continuous_h}, ${s.sudden_m3_h}, ${s.sudden_factor}, ${s.standing_days}, ${s.again_days}, ${s.tells_house}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now})
      on conflict (company_id, from_on) do update set night_from_h = excluded.night_from_h, night_to_h = excluded.night_to_h, nights_count = excluded.nights_count, night_m3_h = excluded.night_m3_h, night_share_percent = excluded.night_share_percent, continuous_h = excluded.continuous_h, sudden_m3_h = excluded.sudden_m3_h, sudden_factor = excluded.sudden_factor, standing_days = excluded.standing_days, again_days = excluded.again_days, tells_house = excluded.tells_house, made_by = excluded.made_by, made_by_name = excluded.made_by_name, made_at = excluded.made_at`.execute(scope.db)
    scope.note('water_watch', from_on, s)
    return { from_on }
  }),
  answer(iot.myWater, async (scope, o) => {
    const c = scope.company_id
    const own = await houseOfResident(scope, o.house_id)
    const since = addDays(dayOf(scope.now), -30)
    const { rows } = await sql<{ alarm_id: string; kind: string; title: string; meter_no: string | null; raised_at: string; over_at: string | null; facts: Record<string, unknown> }>`select a.alarm_id, a.kind, a.title, m.no as meter_no, a.raised_at, coalesce(a.cleared_at, a.disposed_at) as over_at, a.facts from iot.alarm a join iot.device d on d.company_id = ${c} and d.device_id = a.device_id join meters.meter m on m.company_id = ${c} and m.meter_id = d.meter_id and m.house_id = ${o.house_id}
      where a.company_id = ${c} and a.kind = any(${[...FOR_THE_HOUSE]}::text[]) and a.raised_at > ${midnight(since)}::timestamptz and a.raised_at >= (select min(t.from_on) from ${ties(scope)} t where t.house_id = ${o.house_id} and t.person_id = ${own.person_id} and ${activeOn('t', scope.today)}) order by (a.cleared_at is null and a.disposed_at is null) desc, a.raised_at desc limit 20`.execute(scope.db)
    return { rows: rows.map(({ facts, ...r }) => ({ ...r, title: said('water', r.kind), facts: factsText(facts, null), curve: curveOf(facts) })) }
  }),
]
