// What repairs say of equipment: failures, availability, time between failures and to repair.
import { z } from 'zod'
import { download, read } from '../../kernel/contract.ts'
import { Day, Id, Paging, Text, pageOf } from '../../kernel/shapes.ts'

/** Hours with one place as text, rounded down; null where there is nothing to divide by. */
const Hours = z.string().nullable()
export const EquipmentStat = z.object({
  key: Id.nullable(), name: z.string().meta({ zh: '分组' }), device_count: z.int().meta({ zh: '设备数' }),
  failure_count: z.int().meta({ zh: '故障次数' }), stop_count: z.int().meta({ zh: '停机故障' }), repaired_count: z.int().meta({ zh: '停机已修复' }),
  service_hours: z.string().meta({ zh: '应运行小时' }), down_hours: z.string().meta({ zh: '停机小时' }), available_bp: z.int().nullable().meta({ zh: '完好率' }),
  mtbf_hours: Hours.meta({ zh: '平均无故障小时' }), mttr_hours: Hours.meta({ zh: '平均修复小时' }),
})
export type EquipmentStat = z.output<typeof EquipmentStat>
export const EquipmentStatsFilter = z.object({ by: z.enum(['system', 'category', 'device', 'community']), from_on: Day.meta({ zh: '日期起' }), to_on: Day.meta({ zh: '日期止' }), community_id: Id.optional(), equipment_category_id: Id.optional().meta({ zh: '系统或类别' }) })
export type EquipmentStatsFilter = z.output<typeof EquipmentStatsFilter>
export const equipmentCalls = {
  /** At most 500 groups, the most failures first; `more` says that there are others. `all` is of everything. */
  equipmentStats: read({ zh: '设备故障统计', may: 'orders.order.read', takes: EquipmentStatsFilter, gives: z.object({ rows: z.array(EquipmentStat), all: EquipmentStat, more: z.boolean() }), refuses: ['orders.stats_span'] }),
  equipmentStatsExcel: download({ zh: '导出设备故障统计', may: 'orders.order.export', takes: EquipmentStatsFilter, refuses: ['orders.stats_span'] }),
}

/** Of one device over its whole life: what it was bought for, what was noted on it, what its orders took from the store or bought; how much it ran. */
export const EquipmentLife = z.object({
  equipment_id: Id, no: z.string().meta({ zh: '设备编号' }), name: z.string().meta({ zh: '名称' }), category_name: z.string().meta({ zh: '类别' }), community_name: z.string().meta({ zh: '小区' }), used_on: Day.nullable().meta({ zh: '投用日期' }), days_used: z.int().nullable().meta({ zh: '已用天数' }),
  purchase_fen: z.int().nullable().meta({ zh: '购置' }), noted_fen: z.int().meta({ zh: '保养检验外修' }), material_fen: z.int().meta({ zh: '工单材料' }), total_fen: z.int().meta({ zh: '合计' }), per_year_fen: z.int().nullable().meta({ zh: '平均每年' }), order_count: z.int().meta({ zh: '报修' }),
  run_hours: z.string().nullable().meta({ zh: '运行小时' }), used_bp: z.int().nullable().meta({ zh: '利用率' }),
})
export type EquipmentLife = z.output<typeof EquipmentLife>
export const LifeLine = z.object({ key: z.string(), kind: z.enum(['purchase', 'noted', 'material']), on_day: Day.nullable().meta({ zh: '日期' }), text: z.string().meta({ zh: '内容' }), amount_fen: z.int().meta({ zh: '金额' }), order_id: Id.nullable(), order_no: z.string().nullable().meta({ zh: '工单' }) })
export type LifeLine = z.output<typeof LifeLine>
export const EquipmentLifeFilter = z.object({ community_id: Id.optional(), equipment_category_id: Id.optional(), q: Text(40).optional() })
export type EquipmentLifeFilter = z.output<typeof EquipmentLifeFilter>
const Sums = z.object({ purchase_fen: z.int(), noted_fen: z.int(), material_fen: z.int(), total_fen: z.int() })
export const lifeCalls = {
  /** The dearest first. */
  equipmentLife: read({ zh: '设备全寿命成本', may: 'orders.order.read', takes: Paging.extend(EquipmentLifeFilter.shape), gives: pageOf(EquipmentLife).extend({ all: Sums }) }),
  equipmentLifeExcel: download({ zh: '导出设备全寿命成本', may: 'orders.order.export', takes: EquipmentLifeFilter, refuses: ['orders.too_many_rows'] }),
  deviceLife: read({ zh: '一台设备的全寿命成本', may: 'orders.order.read', takes: z.object({ equipment_id: Id }), gives: EquipmentLife.extend({ lines: z.array(LifeLine) }) }),
}
