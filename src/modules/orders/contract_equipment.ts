// What repairs say of equipment: failures, availability, time between failures and to repair.
import { z } from 'zod'
import { download, read } from '../../kernel/contract.ts'
import { Day, Id } from '../../kernel/shapes.ts'

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
