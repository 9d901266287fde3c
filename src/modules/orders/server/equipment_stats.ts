// Failures and availability of devices. Failures are repair orders (the list shows them by the same filter), time is the spells of `equipment.device_state`.
// Only whole minutes are summed and everything is rounded down, so that 100 % is written only when nothing stood still.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { daysBetween } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { percentText } from '../../../kernel/percent.ts'
import { devicesSeenBy } from '../../equipment/server/index.ts'
import { orders, type EquipmentStat, type EquipmentStatsFilter } from '../contract.ts'
import { ordersSeenBy } from './access.ts'
import { facts } from './facts.ts'

/** Three years and a little: all spells of every device are read. */
const SPAN_MAX = 1100
const GROUPS_MAX = 500
interface Sums {
  whole: boolean
  key: string | null
  name: string | null
  devices: number
  failures: number
  stops: number
  repaired: number
  service_min: number
  down_min: number
  repair_min: number
}
const GROUP: Record<EquipmentStatsFilter['by'], { key: RawBuilder<unknown>; name: RawBuilder<unknown> }> = {
  system: { key: sql`d.system_id`, name: sql`d.system_name` },
  category: { key: sql`d.category_id`, name: sql`d.category_name` },
  device: { key: sql`d.equipment_id`, name: sql`d.label` },
  community: { key: sql`d.community_id`, name: sql`d.community_name` },
}
function hours(minutes: number): string {
  const tenths = Math.trunc(minutes / 6)
  return `${Math.trunc(tenths / 10)}.${tenths % 10}`
}
const mean = (minutes: number, n: number): string | null => (n > 0 ? hours(Math.trunc(minutes / n)) : null)
const shown = (r: Sums): EquipmentStat => ({
  key: r.key, name: r.name ?? '合计', device_count: r.devices, failure_count: r.failures, stop_count: r.stops, repaired_count: r.repaired,
  service_hours: hours(r.service_min), down_hours: hours(r.down_min), available_bp: r.service_min > 0 ? Number((BigInt(r.service_min - r.down_min) * 10_000n) / BigInt(r.service_min)) : null,
  mtbf_hours: mean(r.service_min - r.down_min, r.stops), mttr_hours: mean(r.repair_min, r.repaired),
})

/** `d` the devices in question, `time` their minutes in the span, `fail` their orders that were reported in it. */
function parts(scope: Scope, f: EquipmentStatsFilter): RawBuilder<unknown> {
  const c = scope.company_id
  const begin = dayStart(f.from_on)
  // What has not happened yet is neither running nor standing still.
  const end = sql`least(${dayStart(f.to_on, 1)}, ${scope.now}::timestamptz)`
  const { counted, device_stopped, device_repaired } = facts(scope)
  const minutes = (from: RawBuilder<unknown>, to: RawBuilder<unknown>) => sql`floor(extract(epoch from ${to} - ${from}) / 60)`
  return sql`with d as materialized (select x.equipment_id, x.community_id, x.category_id, x.no || ' ' || x.name as label, q.name as category_name, y.category_id as system_id, y.name as system_name, k.name as community_name
      from equipment.device x join equipment.category q on q.company_id = ${c} and q.category_id = x.category_id join equipment.category y on y.company_id = ${c} and y.category_id = q.parent_id join property.community k on k.company_id = ${c} and k.community_id = x.community_id
      where x.company_id = ${c} and ${devicesSeenBy(scope, undefined, 'x')} ${f.community_id ? sql`and x.community_id = ${f.community_id}` : sql``} ${f.equipment_category_id ? sql`and (q.category_id = ${f.equipment_category_id} or q.parent_id = ${f.equipment_category_id})` : sql``}),
    spell as (select s.equipment_id, s.state, s.order_id, greatest(s.from_at, ${begin}) as since, least(coalesce(lead(s.from_at) over (partition by s.equipment_id order by s.state_no), ${end}), ${end}) as until
      from equipment.device_state s join d on d.equipment_id = s.equipment_id where s.company_id = ${c}),
    time as materialized (select s.equipment_id, coalesce(sum(${minutes(sql`s.since`, sql`s.until`)}) filter (where s.state <> 'stopped'), 0)::bigint as service_min,
        coalesce(sum(${minutes(sql`s.since`, sql`s.until`)}) filter (where s.state = 'repair' and (w.state is null or w.state not in ('cancelled','declined'))), 0)::bigint as down_min
      from spell s left join orders.work_order w on w.company_id = ${c} and w.order_id = s.order_id where s.until > s.since and s.state <> 'scrapped' group by 1),
    fail as materialized (select o.equipment_id, count(*)::int as failures, count(*) filter (where ${device_stopped})::int as stops, count(*) filter (where ${device_repaired})::int as repaired,
        coalesce(sum(${minutes(sql`o.created_at`, sql`o.finished_at`)}) filter (where ${device_repaired}), 0)::bigint as repair_min
      from orders.work_order o join d on d.equipment_id = o.equipment_id where o.company_id = ${c} and ${ordersSeenBy(scope)} and ${counted} and o.created_at >= ${begin} and o.created_at < ${dayStart(f.to_on, 1)} group by 1)`
}
async function stats(scope: Scope, f: EquipmentStatsFilter): Promise<{ rows: EquipmentStat[]; all: EquipmentStat; more: boolean }> {
  if (f.to_on < f.from_on || daysBetween(f.from_on, f.to_on) > SPAN_MAX) throw scope.refuse('orders.stats_span', { days: SPAN_MAX })
  const g = GROUP[f.by]
  const total = (column: string) => sql`coalesce(sum(${sql.ref(column)}), 0)::bigint`
  const { rows } = await sql<Sums>`${parts(scope, f)}
    select grouping(${g.key}) = 1 as whole, ${g.key} as key, ${g.name} as name, count(*)::int as devices, ${total('x.failures')} as failures, ${total('x.stops')} as stops, ${total('x.repaired')} as repaired, ${total('t.service_min')} as service_min, ${total('t.down_min')} as down_min, ${total('x.repair_min')} as repair_min
    from d left join time t on t.equipment_id = d.equipment_id left join fail x on x.equipment_id = d.equipment_id where t.equipment_id is not null or x.equipment_id is not null
    group by grouping sets ((2, 3), ()) order by whole desc, failures desc, down_min desc, name, key limit ${GROUPS_MAX + 2}`.execute(scope.db)
  const groups = rows.filter((r) => !r.whole)
  return { all: shown(rows.find((r) => r.whole)!), rows: groups.slice(0, GROUPS_MAX).map(shown), more: groups.length > GROUPS_MAX }
}

export const equipmentStatsAnswers = [
  answer(orders.equipmentStats, stats),
  answerFile(orders.equipmentStatsExcel, async (scope, f) => {
    const { rows, all } = await stats(scope, f)
    const line = (r: EquipmentStat) => [r.name, r.device_count, r.failure_count, r.stop_count, r.repaired_count, r.service_hours, r.down_hours, percentText(r.available_bp), r.mtbf_hours, r.mttr_hours]
    const body = await writeSheet({
      sheets: [{
        name: '设备故障统计',
        columns: [{ title: '分组', kind: 'text' }, { title: '设备数', kind: 'int' }, { title: '故障次数', kind: 'int' }, { title: '停机故障', kind: 'int' }, { title: '停机已修复', kind: 'int' }, { title: '应运行小时', kind: 'text' }, { title: '停机小时', kind: 'text' }, { title: '完好率', kind: 'text' }, { title: '平均无故障小时', kind: 'text' }, { title: '平均修复小时', kind: 'text' }],
        rows: [...rows.map(line), line(all)],
      }],
    })
    return { name: `设备故障统计_${f.from_on}至${f.to_on}.xlsx`, type: XLSX, body }
  }),
]
