// Upkeep of equipment: plans whose points are devices of the ledger (ADR 0245).
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Needed, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { PlanRow, PlanState, Rule, State } from './shapes.ts'

const Hours = z.string().regex(/^\d{1,9}(\.\d)?$/, '应为小时数,最多一位小数')
export const UpkeepPlan = PlanRow.extend({
  devices: z.array(z.object({ equipment_id: Id, no: z.string(), name: z.string() })).meta({ zh: '设备' }), notice_days: z.int().meta({ zh: '提前通知' }), parts: z.string().nullable().meta({ zh: '备件与工具' }),
  last_at: Instant.nullable().meta({ zh: '上次完成' }), next_at: Instant.nullable().meta({ zh: '下次应完成' }), overdue: z.boolean().meta({ zh: '逾期' }),
  /** By running hours: since the last time, and when it is due. */
  hours_since: z.string().nullable().meta({ zh: '已运行小时' }),
})
export type UpkeepPlan = z.output<typeof UpkeepPlan>
export const DeviceTask = z.object({ on_day: Day, task_id: Id, plan_name: z.string().meta({ zh: '计划' }), kind_name: z.string().meta({ zh: '种类' }), starts_at: Instant.meta({ zh: '开始' }), due_at: Instant.meta({ zh: '应完成' }), state: State, late: z.boolean(), by_name: z.string().nullable().meta({ zh: '执行人' }), done_at: Instant.nullable().meta({ zh: '完成时间' }), outcome: z.enum(['ok', 'abnormal', 'skipped']).nullable().meta({ zh: '结果' }) })
export type DeviceTask = z.output<typeof DeviceTask>

export const UpkeepFilter = z.object({ community_id: Id.optional(), equipment_id: Id.optional(), state: PlanState.optional(), q: Text(40).optional() })
export type UpkeepFilter = z.output<typeof UpkeepFilter>
export const upkeepCalls = {
  upkeepPlans: read({ zh: '保养计划列表', may: 'rounds.task.read', takes: Paging.extend(UpkeepFilter.shape), gives: pageOf(UpkeepPlan) }),
  upkeepPlansExcel: download({ zh: '导出保养计划', may: 'rounds.task.export', takes: UpkeepFilter, refuses: ['rounds.too_many_rows'] }),
  saveUpkeep: write({
    zh: '保存保养计划', may: 'rounds.plan.write',
    takes: Repeatable.extend({
      plan_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), name: Needed(50).meta({ zh: '计划名称' }), equipment_ids: z.array(Id).min(1, '至少一台设备').max(100, '最多 100 台').meta({ zh: '设备' }), checklist_id: Id.nullable().meta({ zh: '保养步骤' }), crew_id: Id.nullable().meta({ zh: '班组' }), rule: Rule, from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止' }),
      notice_days: z.int().min(0).max(60).meta({ zh: '提前通知' }), grace_days: z.int().min(0).max(7).meta({ zh: '宽限' }), parts: Text(200).nullable().meta({ zh: '备件与工具' }), photo: z.boolean().meta({ zh: '必须拍照' }), hours_done: Hours.nullable().optional().meta({ zh: '上次保养时小时数' }),
    }),
    gives: z.object({ plan_ids: z.array(Id), task_count: z.int() }), refuses: ['rounds.name_taken', 'rounds.days_reversed', 'rounds.elsewhere', 'rounds.plan_over', 'rounds.devices_apart', 'rounds.point_elsewhere'],
  }),
  /** What was and will be done on a device, newest first. */
  deviceTasks: read({ zh: '设备的保养记录', may: 'equipment.device.read', takes: z.object({ equipment_id: Id }), gives: z.object({ rows: z.array(DeviceTask) }) }),
}
