// Shapes of scenes: commands given together, by hand, by schedule, by rule.
import { z } from 'zod'
import { Can, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'
import { Key } from './shapes.ts'
import { ScheduleFields } from './shapes_calendar.ts'
import { CommandState } from './shapes_rule.ts'

export const SceneStep = z.object({
  product_id: Id.meta({ zh: '产品' }),
  /** Empty: all of the product in the community, those that come later too. */
  device_ids: z.array(Id).max(100, '一步最多 100 台').meta({ zh: '设备' }),
  command: Key.meta({ zh: '命令' }), arg: z.number().min(-1e9).max(1e9).nullable().meta({ zh: '参数' }),
})
export type SceneStep = z.output<typeof SceneStep>
const Counts = { total_count: z.int().meta({ zh: '台数' }), confirmed_count: z.int().meta({ zh: '已确认' }), accepted_count: z.int().meta({ zh: '已应答' }), waiting_count: z.int().meta({ zh: '等待中' }), unknown_count: z.int().meta({ zh: '结果未知' }), failed_count: z.int().meta({ zh: '失败' }), not_sent_count: z.int().meta({ zh: '未发出' }) }
export const RunSource = z.enum(['hand', 'schedule', 'rule']).meta({ zh: '来源' })
export const RunRow = z.object({ run_id: Id, scene_id: Id, scene_name: z.string().meta({ zh: '场景' }), at: Instant.meta({ zh: '时间' }), source: RunSource, asked_by_name: z.string().meta({ zh: '执行人' }), reason: z.string().nullable().meta({ zh: '原因' }), missed: z.boolean().meta({ zh: '已错过' }), ...Counts })
export type RunRow = z.output<typeof RunRow>
export const ItemState = z.enum([...CommandState.options, 'not_sent']).meta({ zh: '结果' })
export type ItemState = z.output<typeof ItemState>
export const RunItem = z.object({ item_no: z.int(), device_id: Id, device_name: z.string().meta({ zh: '设备' }), place: z.string().meta({ zh: '安装位置' }), name: z.string().meta({ zh: '命令' }), arg: z.string().nullable().meta({ zh: '参数' }), state: ItemState, why: z.string().nullable().meta({ zh: '说明' }), answer: z.string().nullable().meta({ zh: '设备应答' }), seen_v: z.string().nullable().meta({ zh: '回读值' }), state_at: Instant.nullable().meta({ zh: '状态时间' }) })
export type RunItem = z.output<typeof RunItem>
export const RunOne = RunRow.extend({ items: z.array(RunItem) })

export const ScheduleRow = z.object({ schedule_id: Id, ...ScheduleFields, days_text: z.string().meta({ zh: '哪些天' }), stopped: z.boolean().meta({ zh: '停用' }), next_at: Instant.nullable().meta({ zh: '下次' }), last_at: Instant.nullable().meta({ zh: '上次' }), missed_count: z.int().meta({ zh: '近 7 天错过' }) })
export type ScheduleRow = z.output<typeof ScheduleRow>

export const SceneRow = z.object({ scene_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '场景' }), what_text: z.string().meta({ zh: '内容' }), device_count: z.int().meta({ zh: '台数' }), schedule_count: z.int().meta({ zh: '定时' }), version_no: z.int().meta({ zh: '版本' }), stopped: z.boolean().meta({ zh: '停用' }), needs_reason: z.boolean(), last_run: RunRow.nullable().meta({ zh: '最近执行' }), can: Can('write', 'run') })
export type SceneRow = z.output<typeof SceneRow>
export const SceneOne = SceneRow.extend({ body: z.array(SceneStep), steps: z.array(z.object({ step_no: z.int(), product_name: z.string().meta({ zh: '产品' }), devices_text: z.string().meta({ zh: '设备' }), command_name: z.string().meta({ zh: '命令' }), arg_text: z.string().nullable().meta({ zh: '参数' }) })), schedules: z.array(ScheduleRow) })
export type SceneOne = z.output<typeof SceneOne>
export const SceneFields = { community_id: Id.meta({ zh: '小区' }), name: Needed(30).meta({ zh: '名称' }), body: z.array(SceneStep).min(1, '至少一步').max(20, '最多 20 步').meta({ zh: '内容' }) }
export const RunReason = Text(200).optional().meta({ zh: '原因' })
