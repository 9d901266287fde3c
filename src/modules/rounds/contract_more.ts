// Findings with their putting right, scores, and work plans.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { FindingFilter, FindingState, Source, Way } from './contract_order.ts'
import { State } from './shapes.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, pageOf } from '../../kernel/shapes.ts'

export const FindingRow = z.object({
  finding_id: Id, on_day: Day, task_id: Id.nullable(), task_name: z.string().nullable().meta({ zh: '来自任务' }), subject: z.string().nullable().meta({ zh: '秩序问题' }), source: Source, building_name: z.string().nullable().meta({ zh: '楼栋' }), place: z.string().meta({ zh: '位置' }), words: z.string().meta({ zh: '问题' }), way: Way, state: FindingState, department: z.string().meta({ zh: '责任部门' }), kind_name: z.string().meta({ zh: '种类' }), community_name: z.string().meta({ zh: '小区' }),
  found_by_name: z.string().nullable().meta({ zh: '发现人' }), found_at: Instant.meta({ zh: '发现时间' }), due_at: Instant.nullable().meta({ zh: '期限' }), late: z.boolean().meta({ zh: '超期' }), mended_by_name: z.string().nullable().meta({ zh: '整改人' }), mended_at: Instant.nullable().meta({ zh: '整改时间' }), mend_note: z.string().nullable().meta({ zh: '整改说明' }),
  closed_by_name: z.string().nullable().meta({ zh: '复查人' }), closed_at: Instant.nullable().meta({ zh: '销项时间' }), back_count: z.int().meta({ zh: '复查不合格' }), points: z.int().meta({ zh: '扣分' }), order_id: Id.nullable(), order_no: z.string().nullable().meta({ zh: '工单' }), photos: z.array(z.object({ file_id: Id, part: z.string() })),
  told_to: z.string().nullable().meta({ zh: '已报告' }), told_no: z.string().nullable().meta({ zh: '回执' }), told_at: Instant.nullable().meta({ zh: '报告时间' }), told_by_name: z.string().nullable().meta({ zh: '报告人' }), authority: z.string().nullable(), can: Can('mend', 'close', 'back', 'hand', 'tell'),
})
export type FindingRow = z.output<typeof FindingRow>
const Moved = z.object({ finding_id: Id, state: FindingState })
const One = Repeatable.extend({ finding_id: Id })
export const Score = z.object({ department: z.string().meta({ zh: '部门' }), record_count: z.int().meta({ zh: '检查' }), got: z.int(), max: z.int(), score_bp: z.int().nullable().meta({ zh: '得分率' }), finding_count: z.int().meta({ zh: '问题' }), open_count: z.int().meta({ zh: '未销项' }) })

export const findingCalls = {
  /** For all staff: the rows decide. */
  findings: read({ zh: '巡查问题列表', may: 'signed_in', takes: Paging.extend(FindingFilter.shape), gives: pageOf(FindingRow).extend({ counts: z.object({ open: z.int(), mended: z.int(), late: z.int() }) }) }),
  mendFinding: write({ zh: '整改问题', may: 'rounds.task.work', takes: One.extend({ note: Needed(300).meta({ zh: '整改说明' }), photo_ids: z.array(Id).max(9, '最多 9 张照片').optional() }), gives: Moved, refuses: ['rounds.finding_state', 'rounds.no_photo'] }),
  closeFinding: write({ zh: '复查合格', may: 'rounds.task.review', takes: One, gives: Moved, refuses: ['rounds.finding_state', 'rounds.own_work'] }),
  backFinding: write({ zh: '复查不合格', may: 'rounds.task.review', takes: One.extend({ reason: Reason }), gives: Moved, refuses: ['rounds.finding_state', 'rounds.own_work'] }),
  findingsExcel: download({ zh: '导出巡查问题', may: 'rounds.task.export', takes: FindingFilter, refuses: ['rounds.too_many_rows'] }),
  scores: read({ zh: '部门得分', may: 'rounds.task.read', takes: z.object({ from_on: Day, to_on: Day, community_id: Id.optional(), quality_only: z.boolean().optional() }), gives: z.object({ rows: z.array(Score) }) }),
}

export const Level = z.enum(['year', 'month', 'week']).meta({ zh: '计划层级' })
export const WorkPlan = z.object({
  work_plan_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), level: Level, period_on: Day.meta({ zh: '期间' }), to_on: Day, department: z.string().meta({ zh: '部门' }), title: z.string().meta({ zh: '计划' }), parent_id: Id.nullable(), state: z.enum(['draft', 'published']).meta({ zh: '状态' }),
  item_count: z.int().meta({ zh: '事项' }), task_count: z.int().meta({ zh: '任务' }), due_count: z.int().meta({ zh: '到期' }), done_count: z.int().meta({ zh: '完成' }), done_bp: z.int().nullable().meta({ zh: '完成率' }), can: Can('change', 'publish', 'remove'),
})
export type WorkPlan = z.output<typeof WorkPlan>
export const workCalls = {
  workPlans: read({ zh: '工作计划列表', may: 'rounds.task.read', takes: z.object({ community_id: Id.optional(), year: z.int().min(2000).max(2100).optional() }), gives: z.object({ rows: z.array(WorkPlan) }) }),
  workPlan: read({ zh: '工作计划详情', may: 'rounds.task.read', takes: z.object({ work_plan_id: Id }), gives: WorkPlan }),
  saveWorkPlan: write({ zh: '保存工作计划', may: 'rounds.plan.write', takes: Repeatable.extend({ work_plan_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), level: Level, period_on: Day.meta({ zh: '期间内任一天' }), department: Needed(20).meta({ zh: '部门' }), title: Needed(60).meta({ zh: '标题' }), parent_id: Id.nullable().meta({ zh: '上级计划' }) }), gives: z.object({ work_plan_id: Id }), refuses: ['rounds.work_parent'] }),
  publishWorkPlan: write({ zh: '发布工作计划', may: 'rounds.plan.write', takes: Repeatable.extend({ work_plan_id: Id }), gives: z.object({ item_count: z.int(), task_count: z.int() }), refuses: ['rounds.work_empty'] }),
  removeWorkPlan: write({ zh: '删除工作计划', may: 'rounds.plan.write', takes: Repeatable.extend({ work_plan_id: Id }), gives: z.object({ work_plan_id: Id }), refuses: ['rounds.work_used'] }),
}

export const Log = z.object({
  plan_name: z.string(), community_name: z.string(), columns: z.array(z.object({ key: z.string(), point_name: z.string(), text: z.string(), unit: z.string().nullable() })),
  rows: z.array(z.object({ on_day: Day, task_id: Id, starts_at: Instant.meta({ zh: '时段' }), due_at: Instant, round_no: z.int(), state: State, by_name: z.string().nullable().meta({ zh: '记录人' }), done_at: Instant.nullable().meta({ zh: '时间' }), values: z.record(z.string(), z.string()), bad: z.array(z.string()) })),
})
export type Log = z.output<typeof Log>
const LogOf = z.object({ plan_id: Id, from_on: Day, to_on: Day })
export const logCalls = {
  log: read({ zh: '运行记录', may: 'rounds.task.read', takes: LogOf, gives: Log, refuses: ['rounds.span'] }),
  logSheet: download({ zh: '导出运行记录', may: 'rounds.task.export', takes: LogOf, refuses: ['rounds.span'] }),
  logPaper: download({ zh: '打印运行记录', may: 'rounds.task.read', takes: LogOf, refuses: ['rounds.span'] }),
}
