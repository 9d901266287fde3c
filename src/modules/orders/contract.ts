import { z } from 'zod'
import { contract, read, write, download } from '../../kernel/contract.ts'
import { equipmentCalls, lifeCalls } from './contract_equipment.ts'
import { materialCalls } from './contract_material.ts'
import { Clip, Clips, clipCalls } from './contract_clips.ts'
import { kitCalls } from './contract_kit.ts'
import { TellBy, tellCalls } from './contract_tell.ts'
import { serviceCalls } from './contract_service.ts'
import { warrantyCalls } from './contract_warranty.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export * from './contract_equipment.ts'
export * from './contract_material.ts'
export * from './contract_service.ts'
export * from './contract_clips.ts'
export * from './contract_kit.ts'
export * from './contract_tell.ts'
export * from './contract_warranty.ts'
export const STATES = ['waiting', 'assigned', 'accepted', 'working', 'suspended', 'finished', 'closed', 'cancelled', 'declined'] as const
export const State = z.enum(STATES).meta({ zh: '状态' })
export type State = z.output<typeof State>
export const ACTIONS = ['assign', 'take', 'accept', 'give_back', 'arrive', 'finish', 'suspend', 'resume', 'transfer', 'help', 'cancel', 'decline', 'urge', 'rate', 'close', 'reopen'] as const
export type Action = (typeof ACTIONS)[number]
export const Place = z.enum(['house', 'public']).meta({ zh: '位置' })
export const Source = z.enum(['resident', 'desk', 'hotline', 'staff']).meta({ zh: '来源' })
export const Unit = z.enum(['minute', 'hour', 'day'])
export const Clock = z.enum(['calendar', 'working']).meta({ zh: '计时' })
const HourText = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '格式应为 HH:MM,如 08:30')
const Phone = z.string().trim().regex(/^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|[2-8]\d{6,7})$/, '应为 11 位手机号,或带区号的座机').meta({ zh: '联系电话' })
export const PHOTOS_MAX = 9
const Photos = z.array(Id).max(PHOTOS_MAX, '最多 9 张照片').meta({ zh: '照片' })
const When = z.iso.datetime({ offset: true }).meta({ zh: '预约上门' })
const Count = z.int().min(1).max(999)

const Limits = {
  urgent: z.boolean().meta({ zh: '紧急' }),
  respond_n: Count.meta({ zh: '到场时限' }),
  respond_unit: Unit.meta({ zh: '到场时限单位' }),
  finish_n: Count.meta({ zh: '完工时限' }),
  finish_unit: Unit.meta({ zh: '完工时限单位' }),
  clock: Clock,
  skill: Text(20).nullable().meta({ zh: '所需工种' }),
}
export const Category = z.object({
  category_id: Id,
  parent_id: Id.nullable().meta({ zh: '上级' }),
  name: z.string().meta({ zh: '分类' }),
  place: Place,
  sort_no: z.int().meta({ zh: '排序' }),
  retired: z.boolean().meta({ zh: '停用' }),
  /** In force today; null for the groups. */
  rule: z.object({ ...Limits, from_on: Day }).nullable(),
  /** The next version, when one is announced. */
  next_from_on: Day.nullable(),
})
export type Category = z.output<typeof Category>

export const OrderRow = z.object({
  order_id: Id,
  no: z.string().meta({ zh: '工单号' }),
  community_name: z.string().meta({ zh: '小区' }),
  place: z.string().meta({ zh: '位置' }),
  category: z.string().meta({ zh: '分类' }),
  urgent: z.boolean().meta({ zh: '紧急' }),
  /** The first words. */
  words: z.string().meta({ zh: '内容' }),
  source: Source,
  reporter_name: z.string().nullable().meta({ zh: '报修人' }),
  state: State,
  assignee_name: z.string().nullable().meta({ zh: '处理人' }),
  created_at: Instant.meta({ zh: '报修时间' }),
  /** The limit that runs now: to be on site, then to finish; null when it is over. */
  due_at: Instant.nullable().meta({ zh: '时限' }),
  late: z.boolean().meta({ zh: '超时' }),
  rating: z.int().nullable().meta({ zh: '评分' }),
  round_no: z.int().meta({ zh: '轮次' }),
})
export type OrderRow = z.output<typeof OrderRow>

export const Step = z.object({
  step_no: z.int(),
  action: z.string(),
  to_state: State,
  by_kind: z.enum(['staff', 'resident', 'system']),
  by_name: z.string().meta({ zh: '操作人' }),
  to_name: z.string().nullable(),
  note: z.string().nullable().meta({ zh: '说明' }),
  /** When it was done. */
  at: Instant.meta({ zh: '时间' }),
  /** When it came in, if it was done without network. */
  received_at: Instant.nullable(),
  photo_ids: z.array(Id),
  clips: z.array(Clip),
})
export type Step = z.output<typeof Step>
export const OrderFull = OrderRow.extend({
  community_id: Id,
  house_id: Id.nullable(),
  /** A device of the ledger; whether it stood still. */
  equipment: z.object({ equipment_id: Id, no: z.string(), name: z.string(), stopped: z.boolean() }).nullable().meta({ zh: '设备' }),
  category_id: Id,
  skill: z.string().nullable().meta({ zh: '所需工种' }),
  reporter_phone_masked: z.string().nullable().meta({ zh: '联系电话' }),
  wished_at: Instant.nullable().meta({ zh: '预约上门' }),
  respond_due_at: Instant.meta({ zh: '到场时限' }),
  finish_due_at: Instant.meta({ zh: '完工时限' }),
  accepted_at: Instant.nullable().meta({ zh: '接单时间' }),
  arrived_at: Instant.nullable().meta({ zh: '到场时间' }),
  finished_at: Instant.nullable().meta({ zh: '完工时间' }),
  late_respond: z.boolean(),
  late_finish: z.boolean(),
  /** How the limits came about. */
  limits_zh: z.string(),
  helper_names: z.array(z.string()).meta({ zh: '协助人' }),
  rating_words: z.string().nullable().meta({ zh: '评价' }),
  reopen_until: Instant.nullable(),
  steps: z.array(Step),
  /** Given to whoever asks. */
  mine: z.boolean(),
  /** Where it stood when it was suspended. */
  before: z.enum(['accepted', 'working']).nullable(),
  can: Can(...ACTIONS, 'reveal'),
})
export type OrderFull = z.output<typeof OrderFull>

/** What a resident sees of his own order. */
export const MyOrder = OrderFull.omit({ reporter_name: true, reporter_phone_masked: true, skill: true, category_id: true, equipment: true, mine: true, before: true, can: true }).extend({ assignee_phone: z.string().nullable(), service_phone: z.string().nullable(), can: Can('cancel', 'rate', 'reopen', 'urge') })
export type MyOrder = z.output<typeof MyOrder>

export const WorkerRow = z.object({
  account_id: Id,
  name: z.string().meta({ zh: '姓名' }),
  post: z.string().nullable().meta({ zh: '岗位' }),
  skills: z.array(z.string()).meta({ zh: '工种' }),
  building_ids: z.array(Id),
  buildings: z.string().meta({ zh: '责任楼栋' }),
  weekdays: z.array(z.int()).meta({ zh: '当班星期' }),
  duty_from: z.string().nullable().meta({ zh: '当班起' }),
  duty_to: z.string().nullable().meta({ zh: '当班止' }),
  open_max: z.int().meta({ zh: '最多手上单数' }),
  open_count: z.int().meta({ zh: '手上单数' }),
  late_count: z.int().meta({ zh: '其中超时' }),
})
export type WorkerRow = z.output<typeof WorkerRow>
export const Candidate = WorkerRow.omit({ building_ids: true, weekdays: true, duty_from: true, duty_to: true }).extend({
  /** Why this one comes first. */
  fits: z.object({ skill: z.boolean(), area: z.boolean(), on_duty: z.boolean(), has_room: z.boolean() }),
})
export type Candidate = z.output<typeof Candidate>

/** An open order on the dispatcher's board (派工板). */
export const BoardCard = OrderRow.extend({ assignee_id: Id.nullable() })
export type BoardCard = z.output<typeof BoardCard>
export const BOARD_MAX = 400

export const Policy = z.object({
  from_on: Day.meta({ zh: '生效日' }),
  work_from: HourText.meta({ zh: '上班时刻' }),
  work_to: HourText.meta({ zh: '下班时刻' }),
  warn_minutes: z.int().min(1).max(1440).meta({ zh: '时限前提醒(分钟)' }),
  reopen_days: z.int().min(1).max(90).meta({ zh: '完工后可重开的天数' }),
  hall: z.boolean().meta({ zh: '开放抢单' }),
  auto_assign: z.boolean().meta({ zh: '按规则自动派单' }),
  visit_percent: z.int().min(0).max(100).meta({ zh: '普通报修回访比例' }),
  visit_below: z.int().min(0).max(5).meta({ zh: '评分不高于此必回访' }),
  grace_minutes: z.int().min(0).max(240).meta({ zh: '预约宽限(分钟)' }),
  offline_hours: z.int().min(1).max(72).meta({ zh: '无网补传时限(小时)' }),
  progress_sms: z.boolean().default(false).meta({ zh: '可用短信告知报修进度' }),
})
export type Policy = z.output<typeof Policy>

/** What is counted of orders (server/facts.ts); a figure opens the list with the same. */
export const FACTS = ['counted', 'respond_due', 'respond_in_time', 'respond_late', 'finish_due', 'finish_in_time', 'finish_late', 'finished', 'ever_finished', 'reworked', 'visit_wanted', 'visited', 'rated', 'satisfied', 'unsatisfied', 'device_stopped', 'device_repaired'] as const
export type Fact = (typeof FACTS)[number]

export const OrderFilter = z.object({
  fact: z.enum(FACTS).optional(),
  state: State.optional(),
  community_id: Id.optional(),
  building_id: Id.optional(),
  house_id: Id.optional(),
  equipment_id: Id.optional(),
  equipment_category_id: Id.optional(),
  with_equipment: z.boolean().optional(),
  category_id: Id.optional(),
  assignee_id: Id.optional(),
  urgent: z.boolean().optional(),
  late: z.boolean().optional(),
  from_on: Day.optional(),
  to_on: Day.optional(),
  q: Text(40).optional(),
})
export type OrderFilter = z.output<typeof OrderFilter>

const Bp = z.int().nullable()
export const OrderStat = z.object({
  key: z.string().nullable(), name: z.string().meta({ zh: '分组' }), counts: z.record(z.enum(FACTS), z.int()),
  respond_bp: Bp.meta({ zh: '到场及时率' }), finished_bp: Bp.meta({ zh: '完工率' }), finish_bp: Bp.meta({ zh: '按时完工率' }), rework_bp: Bp.meta({ zh: '返修率' }), visit_bp: Bp.meta({ zh: '回访率' }), satisfied_bp: Bp.meta({ zh: '满意率' }),
  rating_tenths: z.int().nullable().meta({ zh: '平均分' }),
})
export type OrderStat = z.output<typeof OrderStat>
export const StatsFilter = z.object({ by: z.enum(['worker', 'category', 'building', 'community', 'month']), from_on: Day.meta({ zh: '报修日起' }), to_on: Day.meta({ zh: '报修日止' }), community_id: Id.optional(), building_id: Id.optional(), category_id: Id.optional() })
export type StatsFilter = z.output<typeof StatsFilter>
const Way = z.enum(['phone', 'door', 'message']).meta({ zh: '方式' })
export const VisitRow = OrderRow.extend({ visit: z.object({ way: Way, reached: z.boolean(), solved: z.boolean().nullable(), satisfaction: z.int().nullable(), words: z.string().nullable(), visited_by_name: z.string().nullable(), visited_at: Instant }).nullable().meta({ zh: '上次回访' }) })
export type VisitRow = z.output<typeof VisitRow>

/** When it was really done, for what comes later because there was no network. */
const DoneAt = z.iso.datetime({ offset: true }).optional().meta({ zh: '实际办理时间' })
export const SHIFT_MAX = 50
const Moved = z.object({ order_id: Id, state: State })
const One = Repeatable.extend({ order_id: Id })
const Note = Text(500).optional().meta({ zh: '说明' })
const WRONG = ['orders.wrong_state'] as const
const PHOTO = ['orders.no_photo'] as const
const report = {
  category_id: Id.meta({ zh: '分类' }),
  place: Text(60).optional().meta({ zh: '具体位置' }),
  words: Needed(500).meta({ zh: '报修内容' }),
  photo_ids: Photos.optional(),
  wished_at: When.nullable().optional(),
  tell_by: TellBy.optional(),
}
const REPORT = ['orders.no_sms', 'orders.category_unknown', 'orders.place_needed', 'orders.house_needed', 'orders.wish_past', ...PHOTO] as const

export const orders = contract('orders', {
  categories: read({ zh: '报修分类', may: 'signed_in', takes: z.object({}), gives: z.object({ rows: z.array(Category), skills: z.array(z.string()) }) }),
  saveCategory: write({
    zh: '保存报修分类',
    may: 'orders.setup.write',
    takes: Repeatable.extend({ category_id: Id.optional(), parent_id: Id.nullable().meta({ zh: '上级' }), name: Needed(30).meta({ zh: '分类名称' }), place: Place, sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }),
    gives: z.object({ category_id: Id }),
    refuses: ['orders.name_taken', 'orders.two_levels', 'orders.no_rule'],
  }),
  /** From a day on; what was reported before keeps its limits. */
  publishRule: write({ zh: '设定分类时限', may: 'orders.setup.write', takes: Repeatable.extend({ category_id: Id, from_on: Day.meta({ zh: '生效日' }), ...Limits }), gives: z.object({ rule_id: Id }), refuses: ['orders.from_past', 'orders.limits_crossed', 'orders.two_levels'] }),
  policy: read({ zh: '工单规则', may: 'orders.order.read', takes: z.object({}), gives: z.object({ now: Policy, versions: z.array(Policy.extend({ created_by_name: z.string().nullable(), created_at: Instant })) }) }),
  savePolicy: write({ zh: '设定工单规则', may: 'orders.setup.write', takes: Repeatable.extend(Policy.shape), gives: z.object({ from_on: Day }), refuses: ['orders.from_past', 'orders.hours_reversed'] }),
  workers: read({ zh: '接单人员', may: 'orders.order.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(WorkerRow) }) }),
  saveWorker: write({
    zh: '设定接单人员',
    may: 'orders.setup.write',
    takes: Repeatable.extend({ account_id: Id, skills: z.array(Needed(20)).max(20).meta({ zh: '工种' }), building_ids: z.array(Id).max(200).meta({ zh: '责任楼栋' }), weekdays: z.array(z.int().min(1).max(7)).max(7).meta({ zh: '当班星期' }), duty_from: HourText.nullable().meta({ zh: '当班起' }), duty_to: HourText.nullable().meta({ zh: '当班止' }), open_max: z.int().min(1).max(100).meta({ zh: '最多手上单数' }) }),
    gives: z.object({ account_id: Id }),
    refuses: ['orders.no_worker', 'orders.duty_half'],
  }),

  orders: read({
    zh: '报修工单列表',
    may: 'orders.order.read',
    takes: Paging.extend(OrderFilter.shape),
    /** `total` stops at 10,000; `counts` are those of open states, and of late ones. */
    gives: pageOf(OrderRow).extend({ counts: z.partialRecord(z.union([State, z.literal('late')]), z.int()) }),
  }),
  /** For all staff: the rows decide. One's own, the hall's, those within the reach of a right. */
  order: read({ zh: '工单详情', may: 'signed_in', takes: z.object({ order_id: Id }), gives: OrderFull }),
  photo: download({ zh: '工单照片', may: 'signed_in', takes: z.object({ order_id: Id, file_id: Id }) }),
  /** Who calls: by phone, the last four of it, or a house. */
  lookUpCaller: read({
    zh: '来电识别',
    may: 'orders.order.create',
    takes: z.object({ q: Needed(40) }),
    gives: z.object({ rows: z.array(z.object({ person_id: Id.nullable(), name: z.string().nullable().meta({ zh: '姓名' }), phone_masked: z.string().nullable().meta({ zh: '电话' }), role: z.string().nullable(), house_id: Id, label: z.string().meta({ zh: '房号' }), community_id: Id, community_name: z.string().meta({ zh: '小区' }), open_count: z.int().meta({ zh: '未完工单' }) })) }),
  }),
  createOrder: write({
    zh: '登记报修',
    may: 'orders.order.create',
    takes: Repeatable.extend({ ...report, source: z.enum(['desk', 'hotline', 'staff']).meta({ zh: '来源' }), community_id: Id.meta({ zh: '小区' }), house_id: Id.nullable().meta({ zh: '房号' }), area_id: Id.nullable().optional(), equipment_id: Id.nullable().optional().meta({ zh: '设备' }), equipment_stopped: z.boolean().optional().meta({ zh: '设备已停机' }), person_id: Id.nullable().optional(), reporter_name: Text(30).nullable().optional().meta({ zh: '报修人' }), reporter_phone: Phone.nullable().optional(), urgent: z.boolean().optional().meta({ zh: '按紧急处理' }) }),
    gives: z.object({ order_id: Id, no: z.string() }),
    refuses: [...REPORT, 'orders.equipment_public'],
  }),
  /** The last repairs of a device, for whoever may see the device: without who reported it. */
  deviceOrders: read({ zh: '设备的报修记录', may: 'equipment.device.read', takes: z.object({ equipment_id: Id }), gives: z.object({ rows: z.array(OrderRow.pick({ order_id: true, no: true, words: true, category: true, state: true, assignee_name: true, created_at: true })) }) }),
  reportDevice: write({ zh: '设备报修', may: 'equipment.device.read', takes: Repeatable.extend({ equipment_id: Id.meta({ zh: '设备' }), category_id: Id.meta({ zh: '分类' }), words: Needed(500).meta({ zh: '报修内容' }), stopped: z.boolean().meta({ zh: '设备已停机' }), photo_ids: Photos.optional() }), gives: z.object({ order_id: Id, no: z.string() }), refuses: [...REPORT, 'orders.equipment_public'] }),
  /** Where somebody of the staff may say that something of the public places is broken: communities in reach, their buildings and places of the register. */
  reportPlaces: read({ zh: '可报修的公共部位', may: 'orders.order.report', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ community_id: Id, name: z.string(), buildings: z.array(z.object({ building_id: Id, name: z.string() })), areas: z.array(z.object({ area_id: Id, name: z.string() })) })) }) }),
  reportPlace: write({ zh: '员工报修', may: 'orders.order.report', takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), building_id: Id.nullable().optional().meta({ zh: '楼栋' }), area_id: Id.nullable().optional().meta({ zh: '公共部位' }), category_id: report.category_id, place: Needed(60).meta({ zh: '具体位置' }), words: report.words, photo_ids: Photos.optional() }), gives: z.object({ order_id: Id, no: z.string() }), refuses: [...REPORT, 'orders.report_public'] }),
  /** What became of what whoever asks has reported so. */
  myReports: read({ zh: '我报修的', may: 'orders.order.report', takes: z.object({}), gives: z.object({ rows: z.array(OrderRow.pick({ order_id: true, no: true, place: true, words: true, category: true, state: true, assignee_name: true, created_at: true })) }) }),
  candidates: read({ zh: '可派人员', may: 'signed_in', takes: z.object({ order_id: Id }), gives: z.object({ rows: z.array(Candidate) }) }),
  assignOrder: write({ zh: '派单', may: 'orders.order.dispatch', takes: One.extend({ account_id: Id, note: Note }), gives: Moved, refuses: [...WRONG, 'orders.no_worker', 'orders.same_worker'] }),
  cancelOrder: write({ zh: '取消工单', may: 'orders.order.dispatch', takes: One.extend({ reason: Reason }), gives: Moved, refuses: WRONG }),
  declineOrder: write({ zh: '不受理', may: 'orders.order.dispatch', takes: One.extend({ reason: Reason }), gives: Moved, refuses: WRONG }),
  closeOrder: write({ zh: '办结工单', may: 'orders.order.dispatch', takes: One.extend({ note: Note }), gives: Moved, refuses: WRONG }),
  reopenOrder: write({ zh: '重开工单', may: 'orders.order.dispatch', takes: One.extend({ reason: Reason }), gives: Moved, refuses: [...WRONG, 'orders.reopen_late'] }),
  /** Writes, because who looked at whose number is kept in the audit. */
  revealReporter: write({ zh: '查看报修人电话', may: 'orders.reporter.reveal', takes: z.object({ order_id: Id }), gives: z.object({ phone: z.string().nullable() }) }),

  /** Who works with what in hand, and every open order; what waits first. `more` says that there are orders beyond what one board holds. */
  board: read({ zh: '派工板', may: 'orders.order.dispatch', takes: z.object({ community_id: Id.optional() }), gives: z.object({ workers: z.array(WorkerRow.extend({ on_duty: z.boolean() })), rows: z.array(BoardCard), more: z.boolean() }) }),
  ordersExcel: download({ zh: '导出工单', may: 'orders.order.export', takes: OrderFilter, refuses: ['orders.too_many_rows'] }),
  orderPaper: download({ zh: '打印派工单', may: 'orders.order.read', takes: z.object({ order_id: Id }) }),
  stats: read({ zh: '工单统计', may: 'orders.order.read', takes: StatsFilter, gives: z.object({ rows: z.array(OrderStat), all: OrderStat }) }),
  statsExcel: download({ zh: '导出工单统计', may: 'orders.order.export', takes: StatsFilter }),
  visits: read({ zh: '回访列表', may: 'orders.order.read', takes: Paging.extend({ box: z.enum(['waiting', 'done']).default('waiting'), community_id: Id.optional() }), gives: pageOf(VisitRow).extend({ counts: z.object({ waiting: z.int(), done: z.int() }) }) }),
  saveVisit: write({
    zh: '记录回访',
    may: 'orders.visit.write',
    takes: Repeatable.extend({ order_id: Id, way: Way, reached: z.boolean().meta({ zh: '联系上了' }), solved: z.boolean().optional().meta({ zh: '问题解决了' }), satisfaction: z.int().min(1).max(5).optional().meta({ zh: '满意程度' }), words: Text(300).optional().meta({ zh: '业户的话' }) }),
    gives: z.object({ visit_id: Id }),
    refuses: ['orders.not_finished', 'orders.visit_answer'],
  }),

  ...equipmentCalls,
  ...lifeCalls,
  ...serviceCalls,
  ...warrantyCalls,
  ...materialCalls,
  ...tellCalls,
  ...kitCalls,
  ...clipCalls,

  myWork: read({
    zh: '我的工单与抢单大厅',
    may: 'orders.order.work',
    takes: Paging.extend({ box: z.enum(['mine', 'hall', 'done']) }),
    gives: pageOf(OrderRow).extend({ counts: z.object({ mine: z.int(), hall: z.int(), late: z.int() }) }),
  }),
  /** What a phone keeps for the way without network: the whole of what is in hand, the rows of the hall. */
  shift: read({ zh: '随身工单', may: 'orders.order.work', takes: z.object({}), gives: z.object({ mine: z.array(OrderFull), hall: z.array(OrderRow), counts: z.object({ mine: z.int(), hall: z.int(), late: z.int() }) }) }),
  takeOrder: write({ zh: '抢单', may: 'orders.order.work', takes: One, gives: Moved, refuses: [...WRONG, 'orders.taken', 'orders.no_hall', 'orders.too_many'] }),
  acceptOrder: write({ zh: '接单', may: 'orders.order.work', takes: One.extend({ done_at: DoneAt }), gives: Moved, refuses: WRONG }),
  giveBackOrder: write({ zh: '退回工单', may: 'orders.order.work', takes: One.extend({ reason: Reason, done_at: DoneAt }), gives: Moved, refuses: WRONG }),
  arriveOrder: write({ zh: '到场', may: 'orders.order.work', takes: One.extend({ note: Note, photo_ids: Photos.optional(), done_at: DoneAt }), gives: Moved, refuses: [...WRONG, ...PHOTO] }),
  finishOrder: write({ zh: '完工', may: 'orders.order.work', takes: One.extend({ note: Needed(500).meta({ zh: '处理情况' }), photo_ids: Photos.optional(), done_at: DoneAt }), gives: Moved, refuses: [...WRONG, ...PHOTO, 'orders.quote_open'] }),
  suspendOrder: write({ zh: '挂起', may: 'orders.order.work', takes: One.extend({ cause: z.enum(['parts', 'absent', 'appointment', 'outside', 'other']).meta({ zh: '原因' }), note: Note, done_at: DoneAt }), gives: Moved, refuses: WRONG }),
  resumeOrder: write({ zh: '恢复处理', may: 'orders.order.work', takes: One.extend({ note: Note, done_at: DoneAt }), gives: Moved, refuses: WRONG }),
  transferOrder: write({ zh: '转单', may: 'orders.order.work', takes: One.extend({ account_id: Id, reason: Reason }), gives: Moved, refuses: [...WRONG, 'orders.no_worker', 'orders.same_worker'] }),
  helpOrder: write({ zh: '请求协助', may: 'orders.order.work', takes: One.extend({ account_id: Id, note: Note }), gives: Moved, refuses: [...WRONG, 'orders.no_worker', 'orders.same_worker'] }),

  report: write({ zh: '业主报修', may: 'resident', takes: Repeatable.extend({ ...report, house_id: Id.meta({ zh: '房产' }), clips: Clips.optional(), code: Text(80).optional().meta({ zh: '设备码' }) }), gives: z.object({ order_id: Id, no: z.string() }), refuses: [...REPORT, 'orders.too_often', 'orders.no_clip', 'orders.equipment_public', 'equipment.code_unknown'] }),
  myOrders: read({ zh: '我的报修', may: 'resident', takes: Paging.extend({ open_only: z.boolean().optional() }), gives: pageOf(OrderRow) }),
  myOrder: read({ zh: '我的报修详情', may: 'resident', takes: z.object({ order_id: Id }), gives: MyOrder }),
  cancelMine: write({ zh: '取消报修', may: 'resident', takes: One.extend({ reason: Note }), gives: Moved, refuses: WRONG }),
  urgeMine: write({ zh: '催单', may: 'resident', takes: One, gives: Moved, refuses: [...WRONG, 'orders.urged'] }),
  rateMine: write({ zh: '评价', may: 'resident', takes: One.extend({ rating: z.int().min(1).max(5).meta({ zh: '评分' }), words: Text(300).optional().meta({ zh: '评价' }) }), gives: Moved, refuses: [...WRONG, 'orders.rated'] }),
  reopenMine: write({ zh: '申请返修', may: 'resident', takes: One.extend({ reason: Reason, photo_ids: Photos.optional() }), gives: Moved, refuses: [...WRONG, 'orders.reopen_late', ...PHOTO] }),
})
/** `orders.reported` when an order begins or begins again, `orders.ended` when it is finished, cancelled or declined. */
export const events = { 'orders.reported': z.object({ order_id: Id }), 'orders.ended': z.object({ order_id: Id, state: State }) }
