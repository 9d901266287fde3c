// What a device cost over its life and how much it ran: bought, noted upkeep and repairs from outside, material of its orders. Each sum is its lines; what
// was undone or came back counts no more. Use (利用率) = hours run between the first and the last reading ÷ hours of the calendar between them.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { percentText } from '../../../kernel/percent.ts'
import { deviceToRead, devicesSeenBy } from '../../equipment/server/index.ts'
import { orders, type EquipmentLife, type EquipmentLifeFilter, type LifeLine } from '../contract.ts'
import { ordersSeenBy } from './access.ts'
import { facts } from './facts.ts'

const EXCEL_MAX = 20_000
const LINES_MAX = 1000
interface Raw extends Omit<EquipmentLife, 'per_year_fen' | 'run_hours' | 'used_bp'> {
  run_tenths: number | null
  read_min: number | null
}
/** `d` the devices, `noted` and `used` what was spent on each, `run` what it ran. */
function parts(scope: Scope, which: RawBuilder<SqlBool>): RawBuilder<unknown> {
  const c = scope.company_id
  const { counted } = facts(scope)
  return sql`with d as materialized (select x.equipment_id, x.no, x.name, q.name as category_name, k.name as community_name, x.used_on, ${scope.today}::date - x.used_on as days_used, x.purchase_fen from equipment.device x join equipment.category q on q.company_id = ${c} and q.category_id = x.category_id join property.community k on k.company_id = ${c} and k.community_id = x.community_id
      where x.company_id = ${c} and ${devicesSeenBy(scope, undefined, 'x')} and ${which}),
    noted as materialized (select q.equipment_id, sum(q.amount_fen)::bigint as fen from equipment.cost q join d on d.equipment_id = q.equipment_id where q.company_id = ${c} and q.undone_at is null group by 1),
    o as materialized (select o.equipment_id, o.order_id, ${counted} as counted from orders.work_order o join d on d.equipment_id = o.equipment_id where o.company_id = ${c} and ${ordersSeenBy(scope)}),
    spent as materialized (select o.equipment_id, m.fen from o join lateral (select -m.cost_fen as fen from orders.stock_move m where m.company_id = ${c} and m.order_id = o.order_id union all select a.cost_fen from orders.material a where a.company_id = ${c} and a.order_id = o.order_id and a.undone_at is null) m on true),
    used as materialized (select equipment_id, sum(fen)::bigint as fen from spent group by 1),
    asked as materialized (select equipment_id, count(*) filter (where counted)::int as n from o group by 1),
    run as materialized (select r.equipment_id, ((max(r.total_hours) - min(r.total_hours)) * 10)::bigint as tenths, floor(extract(epoch from max(r.read_at) - min(r.read_at)) / 60)::bigint as minutes from equipment.running r join d on d.equipment_id = r.equipment_id where r.company_id = ${c} group by 1 having count(*) > 1),
    life as (select d.*, coalesce(n.fen, 0)::bigint as noted_fen, coalesce(u.fen, 0)::bigint as material_fen, (coalesce(d.purchase_fen, 0) + coalesce(n.fen, 0) + coalesce(u.fen, 0))::bigint as total_fen, coalesce(a.n, 0) as order_count, r.tenths as run_tenths, r.minutes as read_min
      from d left join noted n on n.equipment_id = d.equipment_id left join used u on u.equipment_id = d.equipment_id left join asked a on a.equipment_id = d.equipment_id left join run r on r.equipment_id = d.equipment_id)`
}
const YEAR = 365n
function shown({ run_tenths, read_min, ...r }: Raw): EquipmentLife {
  const used = run_tenths !== null && read_min !== null && read_min > 0 ? (BigInt(run_tenths) * 6n * 10_000n) / BigInt(read_min) : null
  return {
    ...r, run_hours: run_tenths === null ? null : `${Math.trunc(run_tenths / 10)}.${run_tenths % 10}`,
    // A quarter of an hour of reading late is not more than all the time.
    used_bp: used === null ? null : Number(used > 10_000n ? 10_000n : used),
    // Of less than a year no yearly figure is said.
    per_year_fen: r.days_used !== null && BigInt(r.days_used) >= YEAR ? Number((BigInt(r.total_fen) * YEAR) / BigInt(r.days_used)) : null,
  }
}
const condition = (scope: Scope, f: EquipmentLifeFilter): RawBuilder<SqlBool> => sql<SqlBool>`${sql.join([sql`true`, ...(f.community_id ? [sql`x.community_id = ${f.community_id}`] : []), ...(f.equipment_category_id ? [sql`(q.category_id = ${f.equipment_category_id} or q.parent_id = ${f.equipment_category_id})`] : []), ...(f.q ? [sql`position(lower(${f.q}) in lower(x.no || ' ' || x.name)) > 0`] : [])], sql` and `)}`
async function rowsOf(scope: Scope, which: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<EquipmentLife[]> {
  const { rows } = await sql<Raw>`${parts(scope, which)} select * from life order by total_fen desc, no, equipment_id limit ${limit} offset ${offset}`.execute(scope.db)
  return rows.map(shown)
}
export const equipmentLifeAnswers = [
  answer(orders.equipmentLife, async (scope, f) => {
    const which = condition(scope, f)
    const [rows, all] = await Promise.all([rowsOf(scope, which, f.page_size, (f.page - 1) * f.page_size), sql<{ n: number; purchase_fen: number; noted_fen: number; material_fen: number; total_fen: number }>`${parts(scope, which)} select count(*)::int as n, coalesce(sum(purchase_fen), 0)::bigint as purchase_fen, coalesce(sum(noted_fen), 0)::bigint as noted_fen, coalesce(sum(material_fen), 0)::bigint as material_fen, coalesce(sum(total_fen), 0)::bigint as total_fen from life`.execute(scope.db)])
    const { n, ...sums } = all.rows[0]!
    return { rows, total: n, all: sums }
  }),
  answerFile(orders.equipmentLifeExcel, async (scope, f) => {
    const rows = await rowsOf(scope, condition(scope, f), EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('orders.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const fen = (title: string) => ({ title, kind: 'money_fen' as const })
    const body = await writeSheet({ sheets: [{ name: '设备全寿命成本', columns: [text('设备编号'), text('名称'), text('类别'), text('小区'), text('投用日期'), fen('购置'), fen('保养检验外修'), fen('工单材料'), fen('合计'), fen('平均每年'), { title: '报修', kind: 'int' }, text('运行小时'), text('利用率')], rows: rows.map((r) => [r.no, r.name, r.category_name, r.community_name, r.used_on, r.purchase_fen, r.noted_fen, r.material_fen, r.total_fen, r.per_year_fen, r.order_count, r.run_hours, percentText(r.used_bp)]) }] })
    return { name: `设备全寿命成本-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(orders.deviceLife, async (scope, { equipment_id }) => {
    const c = scope.company_id
    const d = await deviceToRead(scope, equipment_id)
    const [[life], { rows: lines }] = await Promise.all([
      rowsOf(scope, sql<SqlBool>`x.equipment_id = ${d.equipment_id}`, 1),
      sql<LifeLine>`select 'purchase' as key, 'purchase' as kind, coalesce(x.used_on, x.installed_on) as on_day, concat_ws(' ', '购置', x.supplier) as text, x.purchase_fen as amount_fen, null::uuid as order_id, null::text as order_no from equipment.device x where x.company_id = ${c} and x.equipment_id = ${d.equipment_id} and x.purchase_fen is not null
        union all select q.cost_id::text, 'noted', q.on_day, concat_ws(' ', case q.kind when 'maintenance' then '保养' when 'inspection' then '检验' when 'overhaul' then '大修' when 'repair' then '外修' when 'labour' then '人工' else '其他' end, q.payee, q.note), q.amount_fen, null::uuid, null::text from equipment.cost q where q.company_id = ${c} and q.equipment_id = ${d.equipment_id} and q.undone_at is null
        union all select m.item_id || ' ' || m.move_no, 'material', (m.at at time zone 'Asia/Shanghai')::date, concat_ws(' ', case m.kind when 'back' then '退库' else '领用' end, i.name, i.spec, trim_scale(abs(m.quantity))::text || i.unit), -m.cost_fen, o.order_id, o.no from orders.work_order o join orders.stock_move m on m.company_id = ${c} and m.order_id = o.order_id join orders.stock_item i on i.company_id = ${c} and i.item_id = m.item_id where o.company_id = ${c} and o.equipment_id = ${d.equipment_id} and ${ordersSeenBy(scope)}
        union all select a.material_id::text, 'material', (a.at at time zone 'Asia/Shanghai')::date, concat_ws(' ', '购料', a.name, trim_scale(a.quantity)::text || a.unit), a.cost_fen, o.order_id, o.no from orders.work_order o join orders.material a on a.company_id = ${c} and a.order_id = o.order_id and a.undone_at is null where o.company_id = ${c} and o.equipment_id = ${d.equipment_id} and ${ordersSeenBy(scope)}
        order by 3 desc nulls last, 1 limit ${LINES_MAX}`.execute(scope.db),
    ])
    return { ...life!, lines }
  }),
]
