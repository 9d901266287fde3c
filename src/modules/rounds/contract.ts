import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { findingCalls, logCalls, workCalls } from './contract_more.ts'
import { Way, orderCalls } from './contract_order.ts'
import { upkeepCalls } from './contract_upkeep.ts'
import { ACTIONS, Answer, Checklist, Crew, Item, Kind, PROOFS, PlanRow, PlanState, Point, PointProof, Latitude, Longitude, Policy, PositionIn, PositionSeen, Route, Rule, Slot, State, Weather } from './shapes.ts'

export * from './contract_more.ts'
export * from './contract_order.ts'
export * from './shapes.ts'
export * from './contract_upkeep.ts'
export const PHOTOS_MAX = 9
const Photo = z.object({ file_id: Id, part: z.string().regex(/^(before|after|[a-z0-9]{1,12})$/) })
const One = Repeatable.extend({ on_day: Day, task_id: Id })
const Moved = z.object({ task_id: Id, state: State })

export const TaskRow = z.object({
  on_day: Day.meta({ zh: '日期' }), task_id: Id, name: z.string().meta({ zh: '任务' }), kind_name: z.string().meta({ zh: '种类' }), department: z.string().meta({ zh: '责任部门' }), community_name: z.string().meta({ zh: '小区' }), crew_name: z.string().nullable().meta({ zh: '班组' }),
  starts_at: Instant.meta({ zh: '开始' }), due_at: Instant.meta({ zh: '应完成' }), state: State, late: z.boolean().meta({ zh: '迟到' }), in_time: z.boolean().nullable().meta({ zh: '按时' }), point_count: z.int().meta({ zh: '点位数' }), checked_count: z.int().meta({ zh: '已查' }), abnormal_count: z.int().meta({ zh: '异常' }), skip_count: z.int().meta({ zh: '跳过' }),
  flags: z.array(z.string()).meta({ zh: '可疑' }), done_by_name: z.string().nullable().meta({ zh: '执行人' }), ended_at: Instant.nullable().meta({ zh: '完成时间' }),
})
export type TaskRow = z.output<typeof TaskRow>
const Value = z.object({ item_id: z.string(), text: z.string(), value: z.string(), bad: z.boolean() })
export const StopSeen = z.object({
  stop_no: z.int(), point_name: z.string(), place: z.string(), checklist_name: z.string().nullable(),
  record: z
    .object({
      record_id: Id, by_name: z.string().meta({ zh: '检查人' }), done_at: Instant.meta({ zh: '到点时间' }), device_at: Instant, received_at: Instant, proof: z.enum(PROOFS), proof_ok: z.boolean(), outcome: z.enum(['ok', 'abnormal', 'skipped']), values: z.array(Value), note: z.string().nullable().meta({ zh: '说明' }), flags: z.array(z.string()), reasons: z.array(z.string()),
      photos: z.array(z.object({ file_id: Id, part: z.string() })),
      /** For whoever reviews there and whoever stood there; null where none was asked for, or when it has been deleted. */
      position: PositionSeen.nullable(), finding: z.object({ finding_id: Id, words: z.string(), way: z.string(), state: z.string(), order_id: Id.nullable(), order_no: z.string().nullable() }).nullable(),
    })
    .nullable(),
})
export type StopSeen = z.output<typeof StopSeen>
export const TaskFull = TaskRow.extend({
  plan_id: Id, community_id: Id, rule_zh: z.string().meta({ zh: '时间规律' }), miss_at: Instant.meta({ zh: '过此算漏' }), started_at: Instant.nullable().meta({ zh: '开始时间' }), round_no: z.int(), score_got: z.int(), score_max: z.int(),
  stops: z.array(StopSeen), steps: z.array(z.object({ step_no: z.int(), action: z.string(), to_state: State, by_name: z.string(), note: z.string().nullable(), at: Instant })), can: Can(...ACTIONS),
})
export type TaskFull = z.output<typeof TaskFull>

/** What is counted of tasks (server/facts.ts); a figure opens the list with the same. */
export const FACTS = ['counted', 'due', 'done', 'in_time', 'late', 'missed', 'rejected', 'review', 'flagged', 'abnormal', 'skipped', 'open', 'open_late'] as const
export type Fact = (typeof FACTS)[number]
export const TaskFilter = z.object({ from_on: Day, to_on: Day, fact: z.enum(FACTS).optional(), state: State.optional(), community_id: Id.optional(), kind_id: Id.optional(), department: Text(20).optional(), crew_id: Id.optional(), plan_id: Id.optional(), work_plan_id: Id.optional(), route_id: Id.optional(), account_id: Id.optional(), q: Text(40).optional() })
export type TaskFilter = z.output<typeof TaskFilter>

/** Everything a shift needs without network. */
export const ShiftStop = z.object({ stop_no: z.int(), point_id: Id.nullable(), name: z.string(), place: z.string(), proof: PointProof, code_hash: z.string().nullable(), checklist_name: z.string().nullable(), items: z.array(Item), travel_seconds: z.int(), done: z.boolean() })
export type ShiftStop = z.output<typeof ShiftStop>
export const ShiftTask = z.object({
  on_day: Day, task_id: Id, name: z.string(), kind_name: z.string(), community_name: z.string(), starts_at: Instant, due_at: Instant, miss_at: Instant, state: State, ordered: z.boolean(), photo: z.boolean(), parts: z.string().nullable(), stops: z.array(ShiftStop),
})
export type ShiftTask = z.output<typeof ShiftTask>

const Device = z.object({
  /** Made anew when the app starts: within one start the monotonic clock tells the truth. */
  boot: Id, mono_ms: z.int().min(0), seq: z.int().min(1), went_back: z.boolean(),
  /** The last time the phone heard the server's clock. */
  sync: z.object({ server_at: z.iso.datetime(), device_at: z.iso.datetime(), boot: Id, mono_ms: z.int().min(0) }).nullable(),
})
export type Device = z.output<typeof Device>
const Finding = z.object({ words: Needed(300).meta({ zh: '问题' }), way: Way, category_id: Id.optional().meta({ zh: '报修分类' }), subject_id: Id.optional().meta({ zh: '秩序问题' }) })

const setup = {
  kinds: read({ zh: '巡查种类', may: 'signed_in', takes: z.object({}), gives: z.object({ rows: z.array(Kind) }) }),
  saveKind: write({ zh: '保存巡查种类', may: 'rounds.setup.write', takes: Repeatable.extend({ kind_id: Id.optional(), name: Needed(20).meta({ zh: '种类' }), department: Needed(20).meta({ zh: '责任部门' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ kind_id: Id }), refuses: ['rounds.name_taken'] }),
  policy: read({ zh: '巡查规则', may: 'rounds.task.read', takes: z.object({}), gives: z.object({ now: Policy, versions: z.array(Policy.extend({ created_by_name: z.string().nullable(), created_at: Instant })) }) }),
  savePolicy: write({ zh: '设定巡查规则', may: 'rounds.setup.write', takes: Repeatable.extend(Policy.shape), gives: z.object({ from_on: Day }), refuses: ['rounds.from_past'] }),
  points: read({ zh: '点位列表', may: 'rounds.task.read', takes: Paging.extend({ point_ids: z.array(Id).max(200).optional(), community_id: Id.optional(), q: Text(40).optional(), retired: z.boolean().optional() }), gives: pageOf(Point) }),
  savePoint: write({
    zh: '保存点位', may: 'rounds.plan.write',
    takes: Repeatable.extend({ point_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), building_id: Id.nullable().meta({ zh: '楼栋' }), name: Needed(30).meta({ zh: '点位名称' }), place: Text(60).meta({ zh: '具体位置' }), proof: PointProof, nfc_id: z.string().trim().regex(/^[0-9A-Fa-f:]{4,40}$/, 'NFC 卡号是 16 进制数字').nullable().meta({ zh: 'NFC 卡号' }), retired: z.boolean().meta({ zh: '停用' }), lat: Latitude.nullable().optional().meta({ zh: '纬度' }), lon: Longitude.nullable().optional().meta({ zh: '经度' }) }),
    gives: z.object({ point_id: Id, code: z.string() }), refuses: ['rounds.name_taken', 'rounds.nfc_taken', 'rounds.nfc_needed', 'rounds.place_half'],
  }),
  /** Where somebody stood whom the reviewer believes becomes where the point is. */
  locatePoint: write({ zh: '以这次定位作为点位位置', may: 'rounds.plan.write', takes: Repeatable.extend({ on_day: Day, task_id: Id, record_id: Id }), gives: z.object({ point_id: Id }), refuses: ['rounds.no_position'] }),
  pointLabels: download({ zh: '打印点位标签', may: 'rounds.task.read', takes: z.object({ community_id: Id, route_id: Id.optional() }), refuses: ['rounds.nothing_to_print'] }),
  /** The codes of the next hours for a screen that stands at the point; it shows one after the other. */
  pointScreen: read({ zh: '动态码', may: 'rounds.plan.write', takes: z.object({ point_id: Id }), gives: z.object({ name: z.string(), seconds: z.int(), now: Instant, codes: z.array(z.object({ from: Instant, text: z.string() })) }), refuses: ['rounds.no_screen'] }),
  checklists: read({ zh: '检查表列表', may: 'rounds.task.read', takes: z.object({ kind_id: Id.optional() }), gives: z.object({ rows: z.array(Checklist) }) }),
  saveChecklist: write({
    zh: '保存检查表', may: 'rounds.setup.write',
    takes: Repeatable.extend({ checklist_id: Id.optional(), kind_id: Id.meta({ zh: '种类' }), name: Needed(40).meta({ zh: '检查表' }), items: z.array(Item).min(1, '至少一项').max(60, '最多 60 项').meta({ zh: '检查项' }), retired: z.boolean().meta({ zh: '停用' }) }),
    gives: z.object({ checklist_id: Id, version_no: z.int() }), refuses: ['rounds.name_taken', 'rounds.items_wrong'],
  }),
  crews: read({ zh: '班组列表', may: 'rounds.task.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(Crew), people: z.array(z.object({ account_id: Id, name: z.string(), post: z.string().nullable() })) }) }),
  saveCrew: write({ zh: '保存班组', may: 'rounds.plan.write', takes: Repeatable.extend({ crew_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), name: Needed(30).meta({ zh: '班组' }), account_ids: z.array(Id).max(100, '最多 100 人').meta({ zh: '成员' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ crew_id: Id }), refuses: ['rounds.name_taken', 'rounds.no_worker'] }),
  routes: read({ zh: '路线列表', may: 'rounds.task.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(Route) }) }),
  saveRoute: write({
    zh: '保存路线', may: 'rounds.plan.write',
    takes: Repeatable.extend({ route_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), name: Needed(40).meta({ zh: '路线' }), ordered: z.boolean().meta({ zh: '必须按顺序' }), retired: z.boolean().meta({ zh: '停用' }), stops: z.array(z.object({ point_id: Id, checklist_id: Id.nullable(), travel_seconds: z.int().min(0).max(7200) })).min(1, '至少一个点位').max(300, '最多 300 个点位').meta({ zh: '点位' }) }),
    gives: z.object({ route_id: Id, version_no: z.int() }), refuses: ['rounds.name_taken', 'rounds.point_elsewhere', 'rounds.route_used'],
  }),
}
const plans = {
  plans: read({ zh: '巡查计划列表', may: 'rounds.task.read', takes: Paging.extend({ plan_ids: z.array(Id).max(200).optional(), community_id: Id.optional(), kind_id: Id.optional(), state: PlanState.optional(), work_plan_id: Id.optional(), q: Text(40).optional() }), gives: pageOf(PlanRow) }),
  savePlan: write({
    zh: '保存巡查计划', may: 'rounds.plan.write',
    takes: Repeatable.extend({ plan_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), kind_id: Id.meta({ zh: '种类' }), name: Needed(60).meta({ zh: '计划名称' }), route_id: Id.nullable().meta({ zh: '路线' }), checklist_id: Id.nullable().meta({ zh: '检查表' }), crew_id: Id.nullable().meta({ zh: '班组' }), work_plan_id: Id.nullable().optional(), rule: Rule, from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止' }), grace_minutes: z.int().min(0).max(10_080).meta({ zh: '迟到宽限' }), photo: z.boolean().meta({ zh: '必须拍照' }) }),
    gives: z.object({ plan_id: Id, task_count: z.int() }), refuses: ['rounds.name_taken', 'rounds.days_reversed', 'rounds.elsewhere', 'rounds.plan_over', 'rounds.device_needed'],
  }),
  previewRule: read({ zh: '试排任务', may: 'rounds.task.read', takes: z.object({ rule: Rule, from_on: Day, to_on: Day.nullable() }), gives: z.object({ rule_zh: z.string(), count: z.int(), rows: z.array(Slot) }) }),
  activatePlans: write({ zh: '启用巡查计划', may: 'rounds.plan.write', takes: Repeatable.extend({ plan_ids: z.array(Id).min(1).max(500) }), gives: z.object({ task_count: z.int() }), refuses: ['rounds.plan_over'] }),
  assignCrew: write({ zh: '给计划设班组', may: 'rounds.plan.write', takes: Repeatable.extend({ plan_ids: z.array(Id).min(1).max(500), crew_id: Id.meta({ zh: '班组' }) }), gives: z.object({ plan_count: z.int(), task_count: z.int() }), refuses: ['rounds.elsewhere'] }),
  stopPlan: write({ zh: '停用巡查计划', may: 'rounds.plan.write', takes: Repeatable.extend({ plan_id: Id, reason: Reason }), gives: z.object({ task_count: z.int() }), refuses: ['rounds.plan_over'] }),
  removePlan: write({ zh: '删除计划草稿', may: 'rounds.plan.write', takes: Repeatable.extend({ plan_id: Id }), gives: z.object({ plan_id: Id }), refuses: ['rounds.plan_used'] }),
  weather: read({ zh: '天气记录', may: 'rounds.task.read', takes: z.object({ community_id: Id, from_on: Day, to_on: Day }), gives: z.object({ rows: z.array(z.object({ day_on: Day.meta({ zh: '日期' }), weather: Weather, note: z.string().nullable().meta({ zh: '说明' }), noted_by_name: z.string().nullable().meta({ zh: '记录人' }) })), dry_days: z.int() }) }),
  noteWeather: write({ zh: '记录天气', may: 'rounds.weather.write', takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), day_on: Day.meta({ zh: '日期' }), weather: Weather, note: Text(100).nullable().meta({ zh: '说明' }) }), gives: z.object({ task_count: z.int() }), refuses: ['rounds.day_future'] }),
}
const work = {
  /** The label of a place in the resident's own community: where it hangs, and nothing else of the rounds. */
  placeScanned: read({ zh: '扫位置码报修', may: 'resident', takes: z.object({ house_id: Id, code: Needed(80).meta({ zh: '位置码' }) }), gives: z.object({ place: z.string() }), refuses: ['rounds.place_unknown'] }),
  myRounds: read({ zh: '我的巡查任务', may: 'rounds.task.work', takes: z.object({}), gives: z.object({ now: Instant, skew_minutes: z.int(), early_minutes: z.int(), positions: z.boolean(), position_days: z.int(), tasks: z.array(ShiftTask) }) }),
  saveRecord: write({
    zh: '到点检查', may: 'rounds.task.work',
    takes: Repeatable.extend({
      record_id: Id, on_day: Day, task_id: Id, stop_no: z.int().min(1).max(300), device_at: z.iso.datetime(), device: Device, proof: z.enum(PROOFS), code: Text(80).nullable(), outcome: z.enum(['done', 'skipped']), answers: z.array(Answer).max(60), note: Text(300).nullable().meta({ zh: '说明' }),
      photos: z.array(Photo).max(PHOTOS_MAX, '最多 9 张照片').meta({ zh: '照片' }), finding: Finding.nullable(), position: PositionIn.nullable().optional(),
    }),
    gives: z.object({ record_id: Id, state: State, checked_count: z.int(), flags: z.array(z.string()), order_no: z.string().nullable() }),
    refuses: ['rounds.wrong_state', 'rounds.stop_done', 'rounds.no_stop', 'rounds.too_early', 'rounds.too_old', 'rounds.window_over', 'rounds.answer_missing', 'rounds.photo_missing', 'rounds.no_photo', 'rounds.reason_needed', 'rounds.finding_needed', 'rounds.category_needed', 'rounds.subject_unknown', 'orders.category_unknown', 'orders.house_needed', 'orders.place_needed', 'orders.wish_past'],
  }),
  skipTask: write({ zh: '申请免做', may: 'rounds.task.work', takes: One.extend({ reason: Reason }), gives: Moved, refuses: ['rounds.wrong_state'] }),
}
export const Board = z.object({
  at: Instant, counts: z.record(z.enum(FACTS), z.int()),
  rows: z.array(z.object({ key: Id, name: z.string().meta({ zh: '小区' }), counts: z.record(z.enum(FACTS), z.int()) })),
  kinds: z.array(z.object({ key: Id, name: z.string().meta({ zh: '种类' }), department: z.string(), counts: z.record(z.enum(FACTS), z.int()) })),
  /** What wants somebody now: late first, then missed, newest first. */
  watch: z.array(TaskRow),
})
export type Board = z.output<typeof Board>
const Bp = z.int().nullable()
export const Stat = z.object({ key: z.string().nullable(), name: z.string().meta({ zh: '分组' }), counts: z.record(z.enum(FACTS), z.int()), done_bp: Bp.meta({ zh: '完成率' }), in_time_bp: Bp.meta({ zh: '按时率' }), missed_bp: Bp.meta({ zh: '漏检率' }), score_bp: Bp.meta({ zh: '得分' }), finding_count: z.int().meta({ zh: '问题' }), point_count: z.int().meta({ zh: '应到点位' }), checked_count: z.int().meta({ zh: '实到点位' }) })
export type Stat = z.output<typeof Stat>
export const StatsFilter = z.object({ by: z.enum(['department', 'person', 'route', 'kind', 'community', 'day']), from_on: Day.meta({ zh: '日期起' }), to_on: Day.meta({ zh: '日期止' }), community_id: Id.optional(), kind_id: Id.optional() })
export type StatsFilter = z.output<typeof StatsFilter>
const watch = {
  board: read({ zh: '今日巡查', may: 'rounds.task.read', takes: z.object({ community_id: Id.optional(), on_day: Day.optional() }), gives: Board }),
  tasks: read({ zh: '巡查任务列表', may: 'rounds.task.read', takes: Paging.extend(TaskFilter.shape), gives: pageOf(TaskRow), refuses: ['rounds.span'] }),
  task: read({ zh: '巡查任务详情', may: 'signed_in', takes: z.object({ on_day: Day, task_id: Id }), gives: TaskFull }),
  photo: download({ zh: '巡查照片', may: 'signed_in', takes: z.object({ on_day: Day, task_id: Id, file_id: Id }) }),
  tasksExcel: download({ zh: '导出巡查任务', may: 'rounds.task.export', takes: TaskFilter, refuses: ['rounds.span', 'rounds.too_many_rows'] }),
  stats: read({ zh: '巡查统计', may: 'rounds.task.read', takes: StatsFilter, gives: z.object({ rows: z.array(Stat), all: Stat }), refuses: ['rounds.span'] }),
  statsExcel: download({ zh: '导出巡查统计', may: 'rounds.task.export', takes: StatsFilter, refuses: ['rounds.span'] }),
  passTask: write({ zh: '审核通过', may: 'rounds.task.review', takes: One.extend({ note: Text(200).optional().meta({ zh: '说明' }) }), gives: Moved, refuses: ['rounds.wrong_state', 'rounds.own_work'] }),
  rejectTask: write({ zh: '判为不合格', may: 'rounds.task.review', takes: One.extend({ reason: Reason }), gives: Moved, refuses: ['rounds.wrong_state', 'rounds.own_work'] }),
  redoTask: write({ zh: '责令补做', may: 'rounds.task.review', takes: One.extend({ reason: Reason, due_at: z.iso.datetime({ offset: true }).meta({ zh: '补做期限' }) }), gives: Moved, refuses: ['rounds.wrong_state', 'rounds.due_past'] }),
  moveTask: write({ zh: '任务改期', may: 'rounds.task.review', takes: One.extend({ reason: Reason, starts_at: z.iso.datetime({ offset: true }).meta({ zh: '改到' }), due_at: z.iso.datetime({ offset: true }).meta({ zh: '应完成' }) }), gives: Moved, refuses: ['rounds.wrong_state', 'rounds.move_past', 'rounds.move_far'] }),
  cancelTask: write({ zh: '取消任务', may: 'rounds.task.review', takes: One.extend({ reason: Reason }), gives: Moved, refuses: ['rounds.wrong_state'] }),
}

export const SetPlan = z.object({ name: z.string().meta({ zh: '计划' }), kind_name: z.string().meta({ zh: '种类' }), department: z.string().meta({ zh: '部门' }), rule_zh: z.string().meta({ zh: '时间规律' }), places: z.array(z.string()).meta({ zh: '点位' }), checklist: z.string().nullable().meta({ zh: '检查表' }), there: z.boolean() })
export type SetPlan = z.output<typeof SetPlan>
const SetCode = z.enum(['meixian', 'grade_low', 'grade_mid', 'grade_high'])
const sets = {
  sets: read({ zh: '现成标准', may: 'rounds.task.read', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ code: SetCode, name: z.string(), source: z.string(), plan_count: z.int(), checklist_count: z.int() })) }) }),
  previewSet: read({ zh: '预览现成标准', may: 'rounds.plan.write', takes: z.object({ code: SetCode, community_id: Id }), gives: z.object({ plans: z.array(SetPlan), checklists: z.array(z.object({ name: z.string(), item_count: z.int(), there: z.boolean() })), point_count: z.int() }) }),
  loadSet: write({ zh: '载入现成标准', may: 'rounds.plan.write', takes: Repeatable.extend({ code: SetCode, community_id: Id.meta({ zh: '小区' }) }), gives: z.object({ plan_count: z.int(), point_count: z.int(), checklist_count: z.int() }), refuses: ['rounds.lists_missing'] }),
}

export const rounds = contract('rounds', { ...setup, ...plans, ...work, ...watch, ...findingCalls, ...orderCalls, ...workCalls, ...logCalls, ...sets, ...upkeepCalls })
