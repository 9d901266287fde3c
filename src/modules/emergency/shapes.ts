// What plans, drills and emergencies are, on every face.
import { z } from 'zod'
import { Can, Day, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'

export const Kind = z.object({ kind_id: Id, code: z.string(), name: z.string().meta({ zh: '事件种类' }), sort_no: z.int().meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }), per_year: z.int().meta({ zh: '每年演练' }), source: z.string().meta({ zh: '依据' }), from_on: Day.meta({ zh: '生效日' }) })
export type Kind = z.output<typeof Kind>
export const PersonIn = z.object({ role: Needed(20).meta({ zh: '职责' }), name: Needed(20).meta({ zh: '姓名' }), account_id: Id.nullable(), phone: Text(20).meta({ zh: '电话' }), /** Whom of the list this one calls: the phone tree. */ calls: z.array(z.int().min(0).max(59)).max(20) })
export const Material = z.object({ name: Needed(30).meta({ zh: '物资' }), count: Text(20).meta({ zh: '数量' }), place: Text(40).meta({ zh: '存放处' }) })
export const Step = z.object({ step_id: z.string().regex(/^[a-z0-9]{1,12}$/), text: Needed(200).meta({ zh: '步骤' }), role: Text(20).meta({ zh: '谁做' }), within_minutes: z.int().min(1).max(1440).nullable().meta({ zh: '几分钟内' }) })
export type Step = z.output<typeof Step>
export const Content = z.object({ summary: Text(1000).meta({ zh: '适用与原则' }), people: z.array(PersonIn).max(60, '最多 60 人').meta({ zh: '人员与电话' }), materials: z.array(Material).max(60, '最多 60 项').meta({ zh: '物资' }), steps: z.array(Step).min(1, '至少一步').max(60, '最多 60 步').meta({ zh: '步骤' }) })
export type Content = z.output<typeof Content>
export const VERSION_STATES = ['draft', 'submitted', 'published', 'replaced'] as const
export const VersionState = z.enum(VERSION_STATES).meta({ zh: '状态' })
export type VersionState = z.output<typeof VersionState>
export const PLAN_ACTIONS = ['edit', 'submit', 'publish', 'back'] as const
export type PlanAction = (typeof PLAN_ACTIONS)[number]
export const Version = z.object({ version_no: z.int().meta({ zh: '版本' }), state: VersionState, content: Content, made_by_name: z.string().meta({ zh: '编制人' }), made_at: Instant.meta({ zh: '编制时间' }), submitted_at: Instant.nullable(), decided_by_name: z.string().nullable().meta({ zh: '审核人' }), decided_at: Instant.nullable().meta({ zh: '审核时间' }), reason: z.string().nullable().meta({ zh: '退回原因' }) })
export type Version = z.output<typeof Version>
export const PlanRow = z.object({
  plan_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), kind_id: Id, kind_name: z.string().meta({ zh: '事件种类' }), name: z.string().meta({ zh: '预案' }), live_no: z.int().nullable().meta({ zh: '现行版本' }), open_state: VersionState.nullable().meta({ zh: '修订' }), published_at: Instant.nullable().meta({ zh: '发布时间' }), step_count: z.int().meta({ zh: '步骤' }), people_count: z.int().meta({ zh: '人员' }), last_drill_on: Day.nullable().meta({ zh: '最近演练' }), retired: z.boolean().meta({ zh: '停用' }),
})
export type PlanRow = z.output<typeof PlanRow>
export const PlanFull = PlanRow.extend({ versions: z.array(Version), can: Can(...PLAN_ACTIONS, 'retire', 'start') })
export type PlanFull = z.output<typeof PlanFull>

export const DRILL_STATES = ['planned', 'held', 'closed', 'cancelled'] as const
export const DrillState = z.enum(DRILL_STATES).meta({ zh: '状态' })
export type DrillState = z.output<typeof DrillState>
export const DRILL_ACTIONS = ['hold', 'close', 'cancel', 'move'] as const
export type DrillAction = (typeof DRILL_ACTIONS)[number]
export const TASK_STATES = ['open', 'done', 'checked'] as const
export const TaskState = z.enum(TASK_STATES).meta({ zh: '状态' })
export type TaskState = z.output<typeof TaskState>
export const TASK_ACTIONS = ['finish', 'check', 'back'] as const
export type TaskAction = (typeof TASK_ACTIONS)[number]
export const Task = z.object({ task_id: Id, subject_id: Id, about: z.string().meta({ zh: '来自' }), community_name: z.string().meta({ zh: '小区' }), words: z.string().meta({ zh: '改进事项' }), owner_name: z.string().meta({ zh: '负责人' }), due_on: Day.meta({ zh: '期限' }), late: z.boolean().meta({ zh: '超期' }), state: TaskState, done_note: z.string().nullable().meta({ zh: '完成说明' }), done_at: Instant.nullable().meta({ zh: '完成时间' }), checked_by_name: z.string().nullable().meta({ zh: '验收人' }), back_reason: z.string().nullable().meta({ zh: '退回原因' }), can: Can(...TASK_ACTIONS) })
export type Task = z.output<typeof Task>
export const TaskIn = z.object({ words: Needed(200).meta({ zh: '改进事项' }), owner_id: Id.meta({ zh: '负责人' }), due_on: Day.meta({ zh: '期限' }) })
export const DrillRow = z.object({
  drill_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), plan_id: Id, plan_name: z.string().meta({ zh: '预案' }), kind_name: z.string().meta({ zh: '事件种类' }), due_on: Day.meta({ zh: '应在此日前' }), overdue: z.boolean().meta({ zh: '逾期' }), state: DrillState, held_at: Instant.nullable().meta({ zh: '演练时间' }), place: z.string().nullable().meta({ zh: '地点' }), leader_name: z.string().nullable().meta({ zh: '总指挥' }),
  person_count: z.int().meta({ zh: '参加' }), signed_count: z.int().meta({ zh: '已签字' }), score: z.int().nullable().meta({ zh: '评分' }), task_count: z.int().meta({ zh: '改进事项' }), open_count: z.int().meta({ zh: '未完成' }),
})
export type DrillRow = z.output<typeof DrillRow>
export const DrillFull = DrillRow.extend({
  version_no: z.int().nullable(), summary: z.string().nullable().meta({ zh: '经过' }), evaluation: z.string().nullable().meta({ zh: '评估' }), closed_by_name: z.string().nullable().meta({ zh: '总结人' }), closed_at: Instant.nullable(), end_reason: z.string().nullable().meta({ zh: '取消原因' }),
  people: z.array(z.object({ account_id: Id, name: z.string().meta({ zh: '姓名' }), signed_at: Instant.nullable().meta({ zh: '签字时间' }) })), photos: z.array(Id), tasks: z.array(Task), can: Can(...DRILL_ACTIONS),
})
export type DrillFull = z.output<typeof DrillFull>

export const INCIDENT_STATES = ['running', 'ended', 'closed'] as const
export const IncidentState = z.enum(INCIDENT_STATES).meta({ zh: '状态' })
export type IncidentState = z.output<typeof IncidentState>
export const INCIDENT_ACTIONS = ['mark', 'end', 'close'] as const
export type IncidentAction = (typeof INCIDENT_ACTIONS)[number]
export const IncidentRow = z.object({
  incident_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), plan_name: z.string().meta({ zh: '预案' }), kind_name: z.string().meta({ zh: '事件种类' }), place: z.string().meta({ zh: '地点' }), words: z.string().meta({ zh: '情况' }), state: IncidentState, started_by_name: z.string().meta({ zh: '启动人' }), started_at: Instant.meta({ zh: '启动时间' }), ended_at: Instant.nullable().meta({ zh: '解除时间' }), minutes: z.int().nullable().meta({ zh: '历时' }), step_count: z.int().meta({ zh: '步骤' }), done_count: z.int().meta({ zh: '已做' }), told_count: z.int().meta({ zh: '已通知' }), seen_count: z.int().meta({ zh: '已回复' }), open_count: z.int().meta({ zh: '未完改进' }),
})
export type IncidentRow = z.output<typeof IncidentRow>
export const IncidentFull = IncidentRow.extend({
  plan_id: Id, version_no: z.int(), content: Content, steps: z.array(z.object({ step_id: z.string(), done_at: Instant, by_name: z.string(), note: z.string().nullable(), late: z.boolean() })), told: z.array(z.object({ account_id: Id, name: z.string(), role: z.string(), told_at: Instant, seen_at: Instant.nullable() })),
  end_note: z.string().nullable().meta({ zh: '解除说明' }), ended_by_name: z.string().nullable(), review: z.string().nullable().meta({ zh: '复盘' }), reviewed_by_name: z.string().nullable().meta({ zh: '复盘人' }), closed_at: Instant.nullable(), photos: z.array(Id), tasks: z.array(Task), can: Can(...INCIDENT_ACTIONS),
})
export type IncidentFull = z.output<typeof IncidentFull>
