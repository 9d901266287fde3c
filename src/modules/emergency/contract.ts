// Emergency plans, drills and emergencies (应急预案与演练, EQ-07).
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Content, DrillFull, DrillRow, DrillState, IncidentFull, IncidentRow, IncidentState, Kind, PlanFull, PlanRow, Task, TaskIn, TaskState, VersionState } from './shapes.ts'

export * from './shapes.ts'
export const PHOTOS_MAX = 9
const Photos = z.array(Id).max(PHOTOS_MAX, '最多 9 张照片').meta({ zh: '照片' })
const OnePlan = Repeatable.extend({ plan_id: Id })
const Moved = z.object({ plan_id: Id, version_no: z.int(), state: VersionState })
const PLAN_NOT = ['emergency.wrong_state', 'emergency.own_work'] as const
const plans = {
  kinds: read({ zh: '突发事件种类', may: 'emergency.plan.read', takes: z.object({}), gives: z.object({ rows: z.array(Kind) }) }),
  saveKind: write({ zh: '保存事件种类', may: 'emergency.plan.write', takes: Repeatable.extend({ kind_id: Id.optional(), name: Needed(20).meta({ zh: '事件种类' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }), per_year: z.int().min(0).max(12).meta({ zh: '每年演练次数' }), source: Needed(200).meta({ zh: '依据' }), from_on: Day.meta({ zh: '次数生效日' }) }), gives: z.object({ kind_id: Id }), refuses: ['emergency.name_taken', 'emergency.from_past'] }),
  plans: read({ zh: '应急预案列表', may: 'emergency.plan.read', takes: Paging.extend({ community_id: Id.optional(), kind_id: Id.optional(), open: z.boolean().optional(), retired: z.boolean().optional(), q: Text(40).optional() }), gives: pageOf(PlanRow) }),
  plan: read({ zh: '应急预案详情', may: 'emergency.plan.read', takes: z.object({ plan_id: Id }), gives: PlanFull }),
  /** A new plan, or the draft that comes after what is published. */
  savePlan: write({ zh: '编制应急预案', may: 'emergency.plan.write', takes: Repeatable.extend({ plan_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), kind_id: Id.meta({ zh: '事件种类' }), name: Needed(40).meta({ zh: '预案名称' }), content: Content }), gives: Moved, refuses: ['emergency.name_taken', 'emergency.kind_gone', 'emergency.content_wrong', 'emergency.wrong_state'] }),
  submitPlan: write({ zh: '提交审核', may: 'emergency.plan.write', takes: OnePlan, gives: Moved, refuses: PLAN_NOT }),
  publishPlan: write({ zh: '审核发布', may: 'emergency.plan.publish', takes: OnePlan, gives: Moved, refuses: PLAN_NOT }),
  backPlan: write({ zh: '退回修改', may: 'emergency.plan.publish', takes: OnePlan.extend({ reason: Reason }), gives: Moved, refuses: PLAN_NOT }),
  retirePlan: write({ zh: '停用预案', may: 'emergency.plan.publish', takes: OnePlan.extend({ reason: Reason }), gives: z.object({ plan_id: Id }), refuses: ['emergency.plan_used', 'emergency.plan_retired'] }),
  planPaper: download({ zh: '打印预案', may: 'emergency.plan.read', takes: z.object({ plan_id: Id, version_no: z.int() }) }),
  /** Everything published at one's places, for hours without network. */
  myPlans: read({ zh: '我的应急预案', may: 'emergency.plan.read', takes: z.object({}), gives: z.object({ now: Instant, rows: z.array(z.object({ plan_id: Id, version_no: z.int(), name: z.string(), kind_name: z.string(), community_id: Id, community_name: z.string(), published_at: Instant, content: Content })), running: z.array(IncidentFull), drills: z.array(DrillFull), tasks: z.array(Task) }) }),
}
const OneDrill = Repeatable.extend({ drill_id: Id })
const DrillMoved = z.object({ drill_id: Id, state: DrillState })
export const DrillFilter = z.object({ community_id: Id.optional(), kind_id: Id.optional(), state: DrillState.optional(), overdue: z.boolean().optional(), fact: z.enum(['counted', 'done']).optional(), from_on: Day.optional(), to_on: Day.optional(), year: z.coerce.number().int().min(2000).max(2100).optional() })
const drills = {
  drills: read({ zh: '演练列表', may: 'emergency.plan.read', takes: Paging.extend(DrillFilter.shape), gives: pageOf(DrillRow).extend({ counts: z.object({ planned: z.int(), overdue: z.int(), held: z.int(), closed: z.int() }) }) }),
  drillsExcel: download({ zh: '导出演练', may: 'emergency.plan.export', takes: DrillFilter, refuses: ['emergency.too_many_rows'] }),
  drill: read({ zh: '演练详情', may: 'emergency.plan.read', takes: z.object({ drill_id: Id }), gives: DrillFull }),
  /** As many drills of each published plan as its kind wants in the year, spread over what is left of it; what is planned or held already counts. */
  planYear: write({ zh: '排年度演练', may: 'emergency.drill.write', takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), year: z.int().min(2000).max(2100).meta({ zh: '年度' }) }), gives: z.object({ made_count: z.int() }), refuses: ['emergency.year_over', 'emergency.nothing_published'] }),
  saveDrill: write({ zh: '安排演练', may: 'emergency.drill.write', takes: Repeatable.extend({ plan_id: Id.meta({ zh: '预案' }), due_on: Day.meta({ zh: '应在此日前' }) }), gives: DrillMoved, refuses: ['emergency.due_past', 'emergency.not_published'] }),
  moveDrill: write({ zh: '演练改期', may: 'emergency.drill.write', takes: OneDrill.extend({ due_on: Day.meta({ zh: '改到' }), reason: Reason }), gives: DrillMoved, refuses: ['emergency.wrong_state', 'emergency.due_past'] }),
  holdDrill: write({ zh: '登记演练', may: 'emergency.drill.write', takes: OneDrill.extend({ held_at: z.iso.datetime({ offset: true }).meta({ zh: '演练时间' }), place: Needed(60).meta({ zh: '地点' }), leader_name: Needed(20).meta({ zh: '总指挥' }), summary: Needed(1000).meta({ zh: '经过' }), account_ids: z.array(Id).min(1, '至少一人').max(200, '最多 200 人').meta({ zh: '参加人' }), photo_ids: Photos }), gives: DrillMoved, refuses: ['emergency.wrong_state', 'emergency.held_future', 'emergency.no_photo', 'emergency.no_person', 'emergency.not_published'] }),
  signDrill: write({ zh: '演练签到', may: 'emergency.incident.work', takes: OneDrill.extend({ photo_ids: z.array(Id).length(1, '请签字').meta({ zh: '签名' }) }), gives: z.object({ drill_id: Id, signed_count: z.int() }), refuses: ['emergency.wrong_state', 'emergency.not_there', 'emergency.signed', 'emergency.no_photo'] }),
  closeDrill: write({ zh: '演练总结', may: 'emergency.drill.write', takes: OneDrill.extend({ score: z.int().min(0).max(100).meta({ zh: '评分' }), evaluation: Needed(1000).meta({ zh: '评估' }), tasks: z.array(TaskIn).max(20, '最多 20 项').meta({ zh: '改进事项' }) }), gives: DrillMoved, refuses: ['emergency.wrong_state', 'emergency.unsigned', 'emergency.due_past', 'emergency.no_person'] }),
  cancelDrill: write({ zh: '取消演练', may: 'emergency.drill.write', takes: OneDrill.extend({ reason: Reason }), gives: DrillMoved, refuses: ['emergency.wrong_state'] }),
  drillPaper: download({ zh: '打印演练记录', may: 'emergency.plan.read', takes: z.object({ drill_id: Id }) }),
  photo: download({ zh: '演练与处置照片', may: 'emergency.plan.read', takes: z.object({ subject_id: Id, file_id: Id }) }),
  staff: read({ zh: '可参加的人', may: 'emergency.plan.read', takes: z.object({ community_id: Id }), gives: z.object({ rows: z.array(z.object({ account_id: Id, name: z.string(), post: z.string().nullable() })) }) }),
}
const OneTask = Repeatable.extend({ task_id: Id })
const TaskMoved = z.object({ task_id: Id, state: TaskState })
const tasks = {
  tasks: read({ zh: '改进事项列表', may: 'emergency.plan.read', takes: Paging.extend({ community_id: Id.optional(), state: TaskState.optional(), late: z.boolean().optional() }), gives: pageOf(Task) }),
  finishTask: write({ zh: '完成改进', may: 'emergency.incident.work', takes: OneTask.extend({ note: Needed(300).meta({ zh: '完成说明' }) }), gives: TaskMoved, refuses: ['emergency.wrong_state'] }),
  checkTask: write({ zh: '验收改进', may: 'emergency.drill.write', takes: OneTask, gives: TaskMoved, refuses: ['emergency.wrong_state', 'emergency.own_work'] }),
  backTask: write({ zh: '退回改进', may: 'emergency.drill.write', takes: OneTask.extend({ reason: Reason }), gives: TaskMoved, refuses: ['emergency.wrong_state', 'emergency.own_work'] }),
}
const One = Repeatable.extend({ incident_id: Id })
const IncidentMoved = z.object({ incident_id: Id, state: IncidentState })
const incidents = {
  incidents: read({ zh: '应急处置列表', may: 'emergency.plan.read', takes: Paging.extend({ community_id: Id.optional(), state: IncidentState.optional(), from_on: Day.optional(), to_on: Day.optional() }), gives: pageOf(IncidentRow) }),
  incident: read({ zh: '应急处置详情', may: 'emergency.plan.read', takes: z.object({ incident_id: Id }), gives: IncidentFull }),
  startIncident: write({ zh: '启动预案', may: 'emergency.incident.work', takes: Repeatable.extend({ plan_id: Id.meta({ zh: '预案' }), place: Needed(60).meta({ zh: '地点' }), words: Needed(300).meta({ zh: '情况' }), started_at: z.iso.datetime().optional() }), gives: z.object({ incident_id: Id, state: IncidentState, told_count: z.int() }), refuses: ['emergency.not_published', 'emergency.running'] }),
  markStep: write({ zh: '完成步骤', may: 'emergency.incident.work', takes: One.extend({ step_id: z.string().max(12), done_at: z.iso.datetime(), note: Text(200).nullable().meta({ zh: '说明' }) }), gives: z.object({ incident_id: Id, done_count: z.int() }), refuses: ['emergency.wrong_state', 'emergency.no_step', 'emergency.step_done'] }),
  seeIncident: write({ zh: '收到应急通知', may: 'emergency.incident.work', takes: One, gives: z.object({ incident_id: Id }), refuses: ['emergency.not_told'] }),
  endIncident: write({ zh: '解除应急', may: 'emergency.incident.work', takes: One.extend({ note: Needed(500).meta({ zh: '解除说明' }), photo_ids: Photos }), gives: IncidentMoved, refuses: ['emergency.wrong_state', 'emergency.no_photo'] }),
  closeIncident: write({ zh: '复盘', may: 'emergency.drill.write', takes: One.extend({ review: Needed(1000).meta({ zh: '复盘' }), tasks: z.array(TaskIn).max(20, '最多 20 项').meta({ zh: '改进事项' }) }), gives: IncidentMoved, refuses: ['emergency.wrong_state', 'emergency.due_past', 'emergency.no_person'] }),
  incidentPaper: download({ zh: '打印处置记录', may: 'emergency.plan.read', takes: z.object({ incident_id: Id }) }),
}
export const emergency = contract('emergency', { ...plans, ...drills, ...tasks, ...incidents })
