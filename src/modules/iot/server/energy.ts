// Energy (IOT-08): what the meters that the gateway hears counted, by place and time. A meter below another of the same group is left out, so that nothing counts
// twice; the meters' multiplier counts; a price is the one in force of the community's item for that kind, where it has a plain one.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, addMonths, daysBetween } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { ENERGY_UNITS, NIGHT_DEFAULTS, iot, type Energy, type EnergyAsk, type EnergyDay, type EnergyMonth, type EnergyRow } from '../contract.ts'
import { devicesSeenBy, wholeCompany } from './access.ts'
import { increments, spanBefore } from './compare.ts'
import { keptFrom, retentionOf } from './retention.ts'

const DAYS_MAX = 400
const NIGHT_DAYS = 100
const MONTHS_SHOWN = 13
const DEVICES_MAX = 10_000
const midnight = (day: string): string => `${day}T00:00:00+08:00`
type Kind = EnergyAsk['kind']

interface Meter {
  device_id: string
  name: string
  place: string
  community_id: string
  community_name: string
  building_id: string | null
  building_name: string | null
  point: string
  factor: string
  point_id: string | null
}
/** Counters of the kind: by the register's meter, else by the unit of what the device counts. */
async function metersOf(scope: Scope, o: EnergyAsk): Promise<Meter[]> {
  const c = scope.company_id
  const units: Record<Kind, string[]> = { electricity: ['kWh', '度'], water: ['m³', '吨'], gas: [], heat: ['GJ', 'MWh'] }
  const { rows } = await sql<Meter>`select d.device_id, d.name, d.place, d.community_id, y.name as community_name, d.building_id, b.name as building_name, k.point, coalesce(m.multiplier, 1)::text as factor, m.point_id
    from iot.device d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id join property.community y on y.company_id = ${c} and y.community_id = d.community_id left join property.building b on b.company_id = ${c} and b.building_id = d.building_id left join meters.meter m on m.company_id = ${c} and m.meter_id = d.meter_id
      join lateral (select e->>'key' as point, e->>'unit' as unit from jsonb_array_elements(p.model->'points') e where e->>'kind' = 'counter' and (case when m.meter_id is not null and p.category = 'meter' then m.kind = ${o.kind} else e->>'unit' = any(${units[o.kind]}::text[]) end) limit 1) k on true
    where d.company_id = ${c} and ${devicesSeenBy(scope)} ${o.community_id ? sql`and d.community_id = ${o.community_id}` : sql``} ${o.with_houses ? sql`` : sql`and m.house_id is null`} order by d.device_id limit ${DEVICES_MAX}`.execute(scope.db)
  return rows
}
/** Which point of the meters' tree lies below which. */
async function treeOf(scope: Scope, list: readonly Meter[]): Promise<Map<string, string>> {
  const communities = [...new Set(list.filter((m) => m.point_id).map((m) => m.community_id))]
  if (communities.length === 0) return new Map()
  const { rows } = await sql<{ point_id: string; parent_point_id: string }>`select point_id, parent_point_id from meters.meter where company_id = ${scope.company_id} and community_id = any(${communities}::uuid[]) and parent_point_id is not null and removed_on is null`.execute(scope.db)
  return new Map(rows.map((r) => [r.point_id, r.parent_point_id]))
}
const keyOf = (m: Meter, by: EnergyAsk['by']): string => (by === 'community' ? m.community_id : by === 'building' ? (m.building_id ?? `${m.community_id} -`) : by === 'place' ? `${m.community_id} ${m.place}` : m.device_id)
const nameOf = (m: Meter, by: EnergyAsk['by']): string => (by === 'community' ? m.community_name : by === 'building' ? (m.building_name ?? '公共区域') : by === 'place' ? m.place : m.name)
function withoutBelow(list: readonly Meter[], parents: ReadonlyMap<string, string>): Meter[] {
  const here = new Set(list.map((m) => m.point_id))
  return list.filter((m) => {
    for (let at = m.point_id ? parents.get(m.point_id) : undefined, n = 0; at && n < 20; at = parents.get(at), n++) if (here.has(at)) return false
    return true
  })
}
interface Used {
  device_id: string
  on_day: string
  use: number
}
const listed = (list: readonly Meter[], c: number) => sql`r.company_id = ${c} and (r.device_id, r.point) in (select x.d, x.p from unnest(${list.map((m) => m.device_id)}::uuid[], ${list.map((m) => m.point)}::text[]) as x(d, p))`
const factors = (list: readonly Meter[]) => sql`unnest(${list.map((m) => m.device_id)}::uuid[], ${list.map((m) => m.factor)}::numeric[]) as f(device_id, factor)`
async function daily(scope: Scope, list: readonly Meter[], from_on: string, to_on: string): Promise<Used[]> {
  if (list.length === 0) return []
  const { rows } = await sql<{ device_id: string; on_day: string; use: string }>`select x.device_id, (x.from_at at time zone 'Asia/Shanghai')::date as on_day, (x.v * f.factor)::text as use from (${increments('iot.rollup_day', listed(list, scope.company_id), midnight(from_on), midnight(addDays(to_on, 1)))}) x join ${factors(list)} on f.device_id = x.device_id`.execute(scope.db)
  return rows.map((r) => ({ ...r, use: Number(r.use) }))
}
async function nightly(scope: Scope, list: readonly Meter[], from_on: string, to_on: string, night: { from_h: number; to_h: number }): Promise<Used[] | null> {
  const kept = keptFrom(await retentionOf(scope.db, scope.company_id, scope.today), scope.today)
  if (list.length === 0 || daysBetween(from_on, to_on) >= NIGHT_DAYS || from_on < kept.quarter_from) return null
  const h = sql`extract(hour from x.from_at at time zone 'Asia/Shanghai')`
  const within = night.from_h < night.to_h ? sql`${h} >= ${night.from_h} and ${h} < ${night.to_h}` : sql`(${h} >= ${night.from_h} or ${h} < ${night.to_h})`
  const { rows } = await sql<{ device_id: string; on_day: string; use: string }>`select x.device_id, (x.from_at at time zone 'Asia/Shanghai')::date as on_day, sum(x.v * f.factor)::text as use from (${increments('iot.rollup_quarter', listed(list, scope.company_id), midnight(from_on), midnight(addDays(to_on, 1)))}) x join ${factors(list)} on f.device_id = x.device_id where ${within} group by 1, 2`.execute(scope.db)
  return rows.map((r) => ({ ...r, use: Number(r.use) }))
}
async function nightOf(scope: Scope): Promise<{ from_h: number; to_h: number }> {
  const { rows } = await sql<{ from_h: number; to_h: number }>`select from_h, to_h from iot.energy_night where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc limit 1`.execute(scope.db)
  return rows[0] ?? NIGHT_DEFAULTS
}
const total = (list: readonly Used[], of?: ReadonlySet<string>): number | null => {
  const mine = of ? list.filter((u) => of.has(u.device_id)) : list
  return mine.length ? mine.reduce((t, u) => t + u.use, 0) : null
}
const text = (v: number | null, places = 2): string | null => (v === null ? null : String(Math.round(v * 10 ** places) / 10 ** places))
const percent = (a: number | null, b: number | null): number | null => (a === null || b === null || b === 0 ? null : Math.round((a / b) * 1000) / 10)
const change = (a: number | null, b: number | null): number | null => { const p = percent(a, b); return p === null ? null : Math.round((p - 100) * 10) / 10 }

interface Price {
  community_id: string
  unit_price: string
  name: string
}
/** Money in SQL: use times price, rounded half up once. */
async function costs(scope: Scope, rows: readonly { key: string; community_id: string; use: string | null }[], prices: readonly Price[]): Promise<Map<string, number>> {
  const priced = rows.flatMap((r) => { const p = prices.find((x) => x.community_id === r.community_id); return p && r.use !== null ? [{ key: r.key, use: r.use, price: p.unit_price }] : [] })
  if (priced.length === 0) return new Map()
  const { rows: out } = await sql<{ key: string; fen: number }>`select x.key, sum(round(x.use * x.price * 100))::bigint as fen from jsonb_to_recordset(${JSON.stringify(priced)}::jsonb) as x(key text, use numeric, price numeric) group by x.key`.execute(scope.db)
  return new Map(out.map((r) => [r.key, r.fen]))
}
async function pricesOf(scope: Scope, kind: Kind, communities: readonly string[]): Promise<Price[]> {
  const c = scope.company_id
  const { rows } = await sql<Price>`select distinct on (i.community_id) i.community_id, trim_scale(p.unit_price)::text as unit_price, i.name from billing.fee_item i join billing.price p on p.company_id = ${c} and p.fee_item_id = i.fee_item_id and p.from_on <= ${scope.today}::date and (p.to_on is null or p.to_on > ${scope.today}::date)
    where i.company_id = ${c} and i.community_id = any(${[...communities]}::uuid[]) and i.meter_kind = ${kind} and i.shape in ('meter','share') and i.disabled_at is null order by i.community_id, (i.shape = 'meter') desc, i.sort_no, i.fee_item_id`.execute(scope.db)
  return rows
}
async function areas(scope: Scope, by: EnergyAsk['by'], list: readonly Meter[]): Promise<Map<string, number>> {
  const c = scope.company_id
  if (by !== 'community' && by !== 'building') return new Map()
  const { rows } = by === 'community'
    ? await sql<{ key: string; m2: string | null }>`select community_id::text as key, built_area_m2::text as m2 from property.community where company_id = ${c} and community_id = any(${[...new Set(list.map((m) => m.community_id))]}::uuid[])`.execute(scope.db)
    : await sql<{ key: string; m2: string | null }>`select building_id::text as key, sum(built_area_m2)::text as m2 from property.house where company_id = ${c} and building_id = any(${[...new Set(list.flatMap((m) => (m.building_id ? [m.building_id] : [])))]}::uuid[]) group by building_id`.execute(scope.db)
  return new Map(rows.flatMap((r) => (r.m2 && Number(r.m2) > 0 ? [[r.key, Number(r.m2)] as const] : [])))
}
async function months(scope: Scope, list: readonly Meter[], o: EnergyAsk): Promise<EnergyMonth[]> {
  const now = scope.today.slice(0, 7)
  const shown = Array.from({ length: MONTHS_SHOWN }, (_, i) => addMonths(now, i - MONTHS_SHOWN + 1))
  const used = await daily(scope, list, `${addMonths(shown[0]!, -12)}-01`, scope.today)
  const by = Map.groupBy(used, (u) => u.on_day.slice(0, 7))
  const communities = [...new Set(list.map((m) => m.community_id))]
  const { rows: targets } = await sql<{ month: string; target: string | null }>`select to_char(m, 'YYYY-MM') as month, sum(t.month_use)::text as target from unnest(${shown.map((m) => `${m}-01`)}::date[]) m cross join lateral (select distinct on (x.community_id) x.month_use from iot.energy_target x where x.company_id = ${scope.company_id} and x.kind = ${o.kind} and x.community_id = any(${communities}::uuid[]) and x.from_on <= m order by x.community_id, x.from_on desc) t group by 1`.execute(scope.db)
  const length = daysBetween(`${now}-01`, `${addMonths(now, 1)}-01`)
  const gone = Number(scope.today.slice(8)) - 1
  return shown.map((month) => {
    const use = total(by.get(month) ?? [])
    const target = targets.find((t) => t.month === month)?.target ?? null
    // Of the month under way: the whole days so far, carried on evenly.
    const whole = month === now && gone >= 3 ? total((by.get(month) ?? []).filter((u) => u.on_day < scope.today)) : null
    const forecast = whole === null ? null : (whole / gone) * length
    const over = change(use, target === null ? null : Number(target))
    return { month, use: text(use), last_year_use: text(total(by.get(addMonths(month, -12)) ?? [])), target: target === null ? null : text(Number(target)), over_percent: over !== null && over > 0 ? over : null, forecast: text(forecast) }
  }).filter((m) => m.use !== null || m.last_year_use !== null || m.target !== null)
}
/** The month under way of one community: what its public meters counted so far, and where that leads. */
export async function monthOf(scope: Scope, community_id: string, kind: Kind): Promise<EnergyMonth | undefined> {
  const o: EnergyAsk = { community_id, kind, by: 'community', with_houses: false, from_on: scope.today, to_on: scope.today, against: 'before' }
  const all = await metersOf(scope, o)
  return (await months(scope, withoutBelow(all, await treeOf(scope, all)), o)).find((m) => m.month === scope.today.slice(0, 7))
}
function checkSpan(scope: Scope, o: EnergyAsk): void {
  const days = daysBetween(o.from_on, o.to_on) + 1
  if (days < 1 || days > DAYS_MAX) throw scope.refuse('iot.span_long', { days: DAYS_MAX })
}
function daysIn(o: EnergyAsk, used: readonly Used[], before: readonly Used[], before_from: string, night: readonly Used[] | null): EnergyDay[] {
  const [a, b, n] = [Map.groupBy(used, (u) => u.on_day), Map.groupBy(before, (u) => u.on_day), Map.groupBy(night ?? [], (u) => u.on_day)]
  return Array.from({ length: daysBetween(o.from_on, o.to_on) + 1 }, (_, i) => [addDays(o.from_on, i), addDays(before_from, i)] as const)
    .flatMap(([day, then]) => { const use = total(a.get(day) ?? []); return use === null ? [] : [{ on_day: day, use: text(use)!, before_use: text(total(b.get(then) ?? [])), night_use: night ? text(total(n.get(day) ?? []) ?? 0) : null }] })
}
async function energyOf(scope: Scope, o: EnergyAsk): Promise<Energy> {
  checkSpan(scope, o)
  const then = spanBefore(o, o.against)
  const all = await metersOf(scope, o)
  const parents = await treeOf(scope, all)
  const top = withoutBelow(all, parents)
  const hours = await nightOf(scope)
  const [used, before, night, prices, m2] = [await daily(scope, all, o.from_on, o.to_on), await daily(scope, all, then.from_on, then.to_on), await nightly(scope, all, o.from_on, o.to_on, hours), await pricesOf(scope, o.kind, [...new Set(all.map((m) => m.community_id))]), await areas(scope, o.by, all)]
  const ids = (list: readonly Meter[]) => new Set(list.map((m) => m.device_id))
  const mine = ids(top)
  const whole = total(used, mine)
  const rows = [...Map.groupBy(all, (m) => keyOf(m, o.by))].map(([key, group]) => {
    const kept = ids(withoutBelow(group, parents))
    const [use, was, dark] = [total(used, kept), total(before, kept), night ? total(night, kept) : null]
    const area = m2.get(key)
    return { key, community_id: group[0]!.community_id, name: nameOf(group[0]!, o.by), community_name: group[0]!.community_name, device_count: kept.size, use: text(use), share_percent: percent(use, whole), before_use: text(was), change_percent: change(use, was), per_m2: use !== null && area ? text(use / area, 4) : null, night_percent: percent(dark, use) }
  })
  const [fen, total_fen] = [await costs(scope, rows, prices), await costs(scope, top.map((m) => ({ key: 'all', community_id: m.community_id, use: text(total(used, new Set([m.device_id]))) })), prices)]
  const was = total(before, mine)
  const one = prices.length === 1 || new Set(prices.map((p) => p.unit_price)).size === 1 ? prices[0] : undefined
  const of = (list: readonly Used[]) => list.filter((u) => mine.has(u.device_id))
  const sorted: EnergyRow[] = rows.map(({ community_id: _, ...r }) => ({ ...r, cost_fen: (fen.get(r.key) ?? null) as EnergyRow['cost_fen'] })).sort((x, y) => Number(y.use ?? -1) - Number(x.use ?? -1) || x.name.localeCompare(y.name, 'zh', { numeric: true }))
  return {
    unit: ENERGY_UNITS[o.kind], night_text: `${hours.from_h} 点至 ${hours.to_h} 点`, before_from: then.from_on, before_to: then.to_on,
    total: { use: text(whole), before_use: text(was), change_percent: change(whole, was), night_percent: night ? percent(total(night, mine), whole) : null, cost_fen: (total_fen.get('all') ?? null) as Energy['total']['cost_fen'], price_text: one ? `${one.name} ${one.unit_price} 元` : prices.length ? '各小区现行单价' : null },
    rows: sorted, days: daysIn(o, of(used), of(before), then.from_on, night ? of(night) : null), months: await months(scope, top, o),
  }
}

export const energyAnswers = [
  answer(iot.energy, energyOf),
  answerFile(iot.energyExcel, async (scope, o) => {
    const r = await energyOf(scope, o)
    const num = (title: string) => ({ title, kind: 'number' as const })
    const body = await writeSheet({
      sheets: [
        { name: '能耗分析', columns: [{ title: '区域', kind: 'text' as const }, { title: '小区', kind: 'text' as const }, { title: '表数', kind: 'int' as const }, num('用量'), num('占比(%)'), num('比较期用量'), num('增减(%)'), num('每平方米'), num('夜间占比(%)'), { title: '费用', kind: 'money_fen' as const }], rows: r.rows.map((x) => [x.name, x.community_name, x.device_count, x.use, x.share_percent, x.before_use, x.change_percent, x.per_m2, x.night_percent, x.cost_fen]) },
        { name: '按日', columns: [{ title: '日期', kind: 'day' as const }, num('用量'), num('比较期同日'), num('夜间用量')], rows: r.days.map((d) => [d.on_day, d.use, d.before_use, d.night_use]) },
        { name: '按月', columns: [{ title: '月份', kind: 'text' as const }, num('用量'), num('去年同月'), num('指标'), num('超出(%)')], rows: r.months.map((m) => [m.month, m.use, m.last_year_use, m.target, m.over_percent]) },
      ],
    })
    return { name: `能耗分析-${o.from_on}至${o.to_on}.xlsx`, type: XLSX, body }
  }),
  answer(iot.energyDays, async (scope, o) => {
    checkSpan(scope, o)
    const group = (await metersOf(scope, o)).filter((m) => keyOf(m, o.by) === o.key)
    if (group.length === 0) throw scope.notFound()
    const list = withoutBelow(group, await treeOf(scope, group))
    const then = spanBefore(o, o.against)
    const [used, before, night] = [await daily(scope, list, o.from_on, o.to_on), await daily(scope, list, then.from_on, then.to_on), await nightly(scope, list, o.from_on, o.to_on, await nightOf(scope))]
    return { unit: ENERGY_UNITS[o.kind], rows: daysIn(o, used, before, then.from_on, night), devices: list.slice(0, 200).map((m) => ({ device_id: m.device_id, name: m.name, place: m.place, use: text(total(used, new Set([m.device_id]))) })) }
  }),
  answer(iot.energyTargets, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ target_id: string; community_id: string; community_name: string; kind: Kind; from_on: string; month_use: string | null; in_force: boolean }>`select t.target_id, t.community_id, k.name as community_name, t.kind, t.from_on, trim_scale(t.month_use)::text as month_use, t.from_on <= ${scope.today}::date and not exists (select from iot.energy_target n where n.company_id = ${c} and n.community_id = t.community_id and n.kind = t.kind and n.from_on > t.from_on and n.from_on <= ${scope.today}::date) as in_force
      from iot.energy_target t join property.community k on k.company_id = ${c} and k.community_id = t.community_id where t.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 't' })} ${o.community_id ? sql`and t.community_id = ${o.community_id}` : sql``} order by k.name, t.kind, t.from_on desc limit 500`.execute(scope.db)
    return { rows, ...await nightOf(scope) }
  }),
  answer(iot.saveEnergyTarget, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    if (o.from_month < scope.today.slice(0, 7)) throw scope.refuse('iot.month_past', { month: scope.today.slice(0, 7) })
    const { rows } = await sql<{ target_id: string }>`insert into iot.energy_target (company_id, target_id, community_id, kind, from_on, month_use, made_by, made_by_name, made_at) values (${scope.company_id}, ${uuidv7()}, ${o.community_id}, ${o.kind}, ${`${o.from_month}-01`}, ${o.month_use}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now})
      on conflict (company_id, community_id, kind, from_on) do update set month_use = excluded.month_use, made_by = excluded.made_by, made_by_name = excluded.made_by_name, made_at = excluded.made_at returning target_id`.execute(scope.db)
    scope.note('energy_target', rows[0]!.target_id, { kind: o.kind, from_month: o.from_month, month_use: o.month_use })
    return { target_id: rows[0]!.target_id }
  }),
  answer(iot.saveEnergyNight, async (scope, o) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('iot.plan_past', { day: scope.today })
    if (o.from_h === o.to_h) throw scope.refuse('iot.night_same')
    await sql`insert into iot.energy_night (company_id, from_on, from_h, to_h, made_by, made_by_name, made_at) values (${scope.company_id}, ${o.from_on}, ${o.from_h}, ${o.to_h}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now}) on conflict (company_id, from_on) do update set from_h = excluded.from_h, to_h = excluded.to_h, made_by = excluded.made_by, made_by_name = excluded.made_by_name, made_at = excluded.made_at`.execute(scope.db)
    scope.note('energy_night', o.from_on, { from_h: o.from_h, to_h: o.to_h })
    return { from_on: o.from_on }
  }),
]
