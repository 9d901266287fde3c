// Complaints and suggestions (投诉建议): what travels, what may be asked.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Clock, Unit } from '../orders/contract.ts'

export const STATES = ['new', 'assigned', 'handling', 'answered', 'closed', 'merged', 'withdrawn', 'rejected'] as const
export const State = z.enum(STATES).meta({ zh: '状态' })
export type State = z.output<typeof State>
export const ACTIONS = ['assign', 'accept', 'release', 'note', 'answer', 'visit_good', 'visit_bad', 'visit_missed', 'close', 'reopen', 'reject', 'withdraw', 'merge', 'extend', 'urge', 'add', 'rate_good', 'rate_bad'] as const
export type Action = (typeof ACTIONS)[number]
export const Nature = z.enum(['complaint', 'suggestion', 'praise']).meta({ zh: '性质' })
export const SOURCES = ['app', 'counter', 'phone', 'wechat', 'letter', 'box', 'city_hotline', 'street', 'other'] as const
export const Source = z.enum(SOURCES).meta({ zh: '来源' })
export const DeskSource = Source.exclude(['app'])
export const Channel = z.enum(['city_hotline', 'street', 'other']).meta({ zh: '来文渠道' })
export const CallerSatisfied = z.enum(['satisfied', 'basic', 'unsatisfied', 'unknown']).meta({ zh: '诉求人满意程度' })
export const Way = z.enum(['phone', 'door', 'message']).meta({ zh: '方式' })
export const Phone = z.string().trim().regex(/^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|[2-8]\d{6,7})$/, '应为 11 位手机号,或带区号的座机').meta({ zh: '联系电话' })
export const PHOTOS_MAX = 9
export const Photos = z.array(Id).max(PHOTOS_MAX, '最多 9 张照片').meta({ zh: '照片' })
export const Moment = z.iso.datetime({ offset: true })
const Count = z.int().min(1).max(999)
/** What an unnamed reporter follows his complaint by; shown once. */
export const Token = z.string().trim().toUpperCase().regex(/^[2-9A-HJ-NP-Z]{12}$/, '查询码是 12 位字母和数字').meta({ zh: '查询码' })

const Limits = {
  accept_n: Count.meta({ zh: '受理时限' }), accept_unit: Unit.meta({ zh: '受理时限单位' }),
  answer_n: Count.meta({ zh: '答复时限' }), answer_unit: Unit.meta({ zh: '答复时限单位' }),
  clock: Clock,
  department_id: Id.nullable().meta({ zh: '直接派给部门' }),
  visit: z.boolean().meta({ zh: '答复后必须回访' }),
}
export const Kind = z.object({
  kind_id: Id, nature: Nature, name: z.string().meta({ zh: '类别' }), pauses: z.boolean().meta({ zh: '暂停催缴' }), sort_no: z.int().meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }),
  rule: z.object({ ...Limits, from_on: Day }).nullable(), next_from_on: Day.nullable(),
})
export type Kind = z.output<typeof Kind>
export const Cause = z.object({ cause_id: Id, name: z.string().meta({ zh: '原因' }), from_on: Day.meta({ zh: '启用日' }), to_on: Day.nullable().meta({ zh: '停用日' }), sort_no: z.int().meta({ zh: '排序' }) })
export type Cause = z.output<typeof Cause>
export const Department = z.object({ department_id: Id, name: z.string().meta({ zh: '部门' }), account_ids: z.array(Id), names: z.array(z.string()), sort_no: z.int().meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) })
export type Department = z.output<typeof Department>
export const Policy = z.object({
  from_on: Day.meta({ zh: '生效日' }),
  warn_hours: z.int().min(1).max(240).meta({ zh: '时限前提醒(小时)' }),
  visit_days: z.int().min(1).max(60).meta({ zh: '答复后几天内回访' }),
  visit_tries: z.int().min(1).max(10).meta({ zh: '几次联系不上可办结' }),
  reopen_days: z.int().min(1).max(180).meta({ zh: '答复后几天内可重开' }),
  satisfied_from: z.int().min(1).max(5).meta({ zh: '几分以上算满意' }),
  goal_percent: z.int().min(0).max(100).meta({ zh: '满意率目标' }),
  unnamed_open: z.boolean().meta({ zh: '开放匿名投诉' }),
})
export type Policy = z.output<typeof Policy>

export const ComplaintRow = z.object({
  complaint_id: Id,
  no: z.string().meta({ zh: '受理编号' }),
  community_name: z.string().meta({ zh: '小区' }),
  nature: Nature,
  kind: z.string().meta({ zh: '类别' }),
  source: Source,
  unnamed: z.boolean().meta({ zh: '匿名' }),
  place: z.string().nullable().meta({ zh: '位置' }),
  /** The first words. */
  words: z.string().meta({ zh: '内容' }),
  reporter_name: z.string().nullable().meta({ zh: '反映人' }),
  state: State,
  department_name: z.string().nullable().meta({ zh: '责任部门' }),
  assignee_name: z.string().nullable().meta({ zh: '处理人' }),
  created_at: Instant.meta({ zh: '登记时间' }),
  /** The limit that runs now: to accept, to answer, to visit; null when none does. */
  due_at: Instant.nullable().meta({ zh: '时限' }),
  late: z.boolean().meta({ zh: '超时' }),
  outside_due_at: Instant.nullable().meta({ zh: '来文期限' }),
  satisfaction: z.int().nullable().meta({ zh: '满意程度' }),
  round_no: z.int().meta({ zh: '轮次' }),
})
export type ComplaintRow = z.output<typeof ComplaintRow>
export const Step = z.object({
  step_no: z.int(), action: z.string(), to_state: State, by_kind: z.enum(['staff', 'resident', 'system']), by_name: z.string().meta({ zh: '操作人' }), to_name: z.string().nullable(), note: z.string().nullable().meta({ zh: '说明' }), at: Instant.meta({ zh: '时间' }), photo_ids: z.array(Id),
})
export type Step = z.output<typeof Step>
const OutsideShape = {
  channel: Channel, outside_no: Needed(60).meta({ zh: '来文编号' }), sender: Needed(60).meta({ zh: '转办单位' }), sent_at: Moment.meta({ zh: '来文时间' }), due_at: Moment.meta({ zh: '要求回复期限' }),
}
export const Outside = z.object({
  channel: Channel, outside_no: z.string().meta({ zh: '来文编号' }), sender: z.string().meta({ zh: '转办单位' }), sent_at: Instant, due_at: Instant, first_due_at: Instant, extend_paper: z.string().nullable().meta({ zh: '延期凭据' }), contacted_at: Instant.nullable().meta({ zh: '首次联系时间' }),
  reply: z.string().nullable().meta({ zh: '回复内容' }), replied_at: Instant.nullable(), replied_by_name: z.string().nullable(), caller_satisfied: CallerSatisfied.nullable(), caller_solved: z.boolean().nullable().meta({ zh: '诉求人认可已解决' }), late: z.boolean(),
})
export type Outside = z.output<typeof Outside>
export const Visit = z.object({ visit_id: Id, way: Way, reached: z.boolean().meta({ zh: '联系上了' }), satisfaction: z.int().nullable().meta({ zh: '满意程度' }), solved: z.boolean().nullable().meta({ zh: '问题解决了' }), words: z.string().nullable().meta({ zh: '业户的话' }), visited_by_name: z.string(), visited_at: Instant })
export const OrderLink = z.object({ order_id: Id, no: z.string().meta({ zh: '工单号' }), category: z.string().meta({ zh: '分类' }), state: z.string().meta({ zh: '状态' }), assignee_name: z.string().nullable().meta({ zh: '处理人' }), finished_at: Instant.nullable() })
export const Other = z.object({ complaint_id: Id, no: z.string(), state: State, words: z.string() })
export const ComplaintFull = ComplaintRow.extend({
  community_id: Id, house_id: Id.nullable(), building_id: Id.nullable(), kind_id: Id, department_id: Id.nullable(), assignee_id: Id.nullable(),
  pauses: z.boolean(), paused: z.boolean(),
  reporter_phone_masked: z.string().nullable().meta({ zh: '联系电话' }),
  accept_due_at: Instant.meta({ zh: '受理时限' }), answer_due_at: Instant.meta({ zh: '答复时限' }), visit_due_at: Instant.nullable().meta({ zh: '回访时限' }),
  accepted_at: Instant.nullable().meta({ zh: '受理时间' }), answered_at: Instant.nullable().meta({ zh: '答复时间' }), closed_at: Instant.nullable().meta({ zh: '结束时间' }),
  answer: z.string().nullable().meta({ zh: '答复' }), cause: z.string().nullable().meta({ zh: '原因' }), cause_id: Id.nullable(), limits_zh: z.string(), late_accept: z.boolean(), late_answer: z.boolean(), visit_wanted: z.boolean(),
  reopen_until: Instant.nullable(),
  steps: z.array(Step), visits: z.array(Visit), orders: z.array(OrderLink), outside: Outside.nullable(), merged_into: Other.nullable(), merged: z.array(Other),
  can: Can(...ACTIONS, 'visit', 'reveal', 'make_order', 'reply_outside'),
})
export type ComplaintFull = z.output<typeof ComplaintFull>
/** What a resident sees of his own. */
export const MyComplaint = z.object({
  complaint_id: Id, no: z.string(), kind: z.string(), nature: Nature, place: z.string().nullable(), words: z.string(), state: State, created_at: Instant, answer_due_at: Instant, late: z.boolean(), answer: z.string().nullable(), answered_at: Instant.nullable(), assignee_name: z.string().nullable(), satisfaction: z.int().nullable(), reopen_until: Instant.nullable(), unnamed: z.boolean(), service_phone: z.string().nullable(),
  orders: z.array(z.object({ no: z.string(), state: z.string() })), steps: z.array(Step), can: Can('withdraw', 'urge', 'add', 'rate', 'reopen'),
})
export type MyComplaint = z.output<typeof MyComplaint>
export const MyRow = ComplaintRow.pick({ complaint_id: true, no: true, kind: true, nature: true, words: true, state: true, created_at: true, place: true })
export type MyRow = z.output<typeof MyRow>

/** What is counted (server/facts.ts); a figure opens the list with the same. */
export const FACTS = ['counted', 'open', 'accept_due', 'accept_in_time', 'accept_late', 'answer_due', 'answer_in_time', 'answer_late', 'answered', 'closed', 'reopened', 'visit_wanted', 'visited', 'visit_waiting', 'asked', 'satisfied', 'unsatisfied', 'outside', 'outside_contacted', 'outside_in_time', 'outside_late', 'outside_solved', 'outside_satisfied'] as const
export type Fact = (typeof FACTS)[number]
export const ComplaintFilter = z.object({
  fact: z.enum(FACTS).optional(), state: State.optional(), nature: Nature.optional(), kind_id: Id.optional(), cause_id: Id.optional(), source: Source.optional(), community_id: Id.optional(), building_id: Id.optional(), house_id: Id.optional(), assignee_id: Id.optional(), department_id: Id.optional(), late: z.boolean().optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(40).optional(),
})
export type ComplaintFilter = z.output<typeof ComplaintFilter>
const Bp = z.int().nullable()
export const Stat = z.object({
  key: z.string().nullable(), name: z.string().meta({ zh: '分组' }), counts: z.record(z.enum(FACTS), z.int()),
  accept_bp: Bp.meta({ zh: '受理及时率' }), answer_bp: Bp.meta({ zh: '答复及时率' }), closed_bp: Bp.meta({ zh: '办结率' }), reopen_bp: Bp.meta({ zh: '重开率' }), visit_bp: Bp.meta({ zh: '回访率' }), satisfied_bp: Bp.meta({ zh: '满意率' }),
  outside_contact_bp: Bp.meta({ zh: '转办响应率' }), outside_solved_bp: Bp.meta({ zh: '转办解决率' }), outside_satisfied_bp: Bp.meta({ zh: '转办满意率' }),
})
export type Stat = z.output<typeof Stat>
export const StatsFilter = z.object({ by: z.enum(['kind', 'cause', 'building', 'community', 'person', 'department', 'source', 'month']), from_on: Day.meta({ zh: '登记日起' }), to_on: Day.meta({ zh: '登记日止' }), community_id: Id.optional(), nature: Nature.optional() })
export type StatsFilter = z.output<typeof StatsFilter>

const One = Repeatable.extend({ complaint_id: Id })
const ByToken = Repeatable.extend({ query_token: Token })
const Moved = z.object({ complaint_id: Id, state: State })
const Nothing = z.object({ state: State })
const Said = Needed(500).meta({ zh: '说明' })
const WRONG = ['care.wrong_state'] as const
const PHOTO = ['care.no_photo'] as const
const Score = z.int().min(1).max(5).meta({ zh: '满意程度' })
const Rated = { satisfaction: Score, words: Text(300).optional().meta({ zh: '想说的话' }) }
const WHAT = ['care.kind_unknown', ...PHOTO] as const

export const complaintCalls = {
  kinds: read({ zh: '投诉建议类别', may: 'signed_in', takes: z.object({}), gives: z.object({ rows: z.array(Kind), unnamed_open: z.boolean() }) }),
  saveKind: write({ zh: '保存投诉类别', may: 'care.setup.write', takes: Repeatable.extend({ kind_id: Id.optional(), nature: Nature, name: Needed(30).meta({ zh: '类别名称' }), pauses: z.boolean().meta({ zh: '未办结时暂停该户催缴' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ kind_id: Id }), refuses: ['care.name_taken'] }),
  /** From a day on; what was brought before keeps its limits. */
  publishKindRule: write({ zh: '设定投诉时限', may: 'care.setup.write', takes: Repeatable.extend({ kind_id: Id, from_on: Day.meta({ zh: '生效日' }), ...Limits }), gives: z.object({ rule_id: Id }), refuses: ['care.from_past', 'care.limits_crossed', 'care.department_unknown'] }),
  causes: read({ zh: '投诉原因', may: 'care.complaint.handle', takes: z.object({}), gives: z.object({ rows: z.array(Cause) }) }),
  saveCause: write({ zh: '保存投诉原因', may: 'care.setup.write', takes: Repeatable.extend({ cause_id: Id.optional(), name: Needed(30).meta({ zh: '原因' }), from_on: Day.meta({ zh: '启用日' }), to_on: Day.nullable().meta({ zh: '停用日' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }) }), gives: z.object({ cause_id: Id }), refuses: ['care.name_taken', 'care.days_reversed'] }),
  departments: read({ zh: '处理部门', may: 'signed_in', takes: z.object({}), gives: z.object({ rows: z.array(Department) }) }),
  saveDepartment: write({ zh: '保存处理部门', may: 'care.setup.write', takes: Repeatable.extend({ department_id: Id.optional(), name: Needed(30).meta({ zh: '部门名称' }), account_ids: z.array(Id).max(100).meta({ zh: '成员' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ department_id: Id }), refuses: ['care.name_taken', 'care.no_handler'] }),
  /** Who may be given a complaint, or be a member of a department. */
  handlers: read({ zh: '处理人员', may: 'care.complaint.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(z.object({ account_id: Id, name: z.string().meta({ zh: '姓名' }), post: z.string().nullable().meta({ zh: '岗位' }), open_count: z.int().meta({ zh: '手上件数' }), late_count: z.int().meta({ zh: '其中超时' }) })) }) }),
  policy: read({ zh: '投诉规则', may: 'care.complaint.read', takes: z.object({}), gives: z.object({ now: Policy, versions: z.array(Policy.extend({ created_by_name: z.string().nullable(), created_at: Instant })) }) }),
  savePolicy: write({ zh: '设定投诉规则', may: 'care.setup.write', takes: Repeatable.extend(Policy.shape), gives: z.object({ from_on: Day }), refuses: ['care.from_past'] }),

  complaints: read({ zh: '投诉建议列表', may: 'care.complaint.read', takes: Paging.extend(ComplaintFilter.shape), gives: pageOf(ComplaintRow).extend({ counts: z.partialRecord(z.union([State, z.enum(['late', 'visit_waiting'])]), z.int()) }) }),
  complaintsExcel: download({ zh: '导出投诉建议', may: 'care.complaint.export', takes: ComplaintFilter, refuses: ['care.too_many_rows'] }),
  /** For all staff: the rows decide. */
  complaint: read({ zh: '投诉建议详情', may: 'signed_in', takes: z.object({ complaint_id: Id }), gives: ComplaintFull }),
  complaintPaper: download({ zh: '打印投诉处理单', may: 'care.complaint.read', takes: z.object({ complaint_id: Id }) }),
  photo: download({ zh: '投诉照片', may: 'signed_in', takes: z.object({ complaint_id: Id, file_id: Id }) }),
  createComplaint: write({
    zh: '登记投诉建议', may: 'care.complaint.create',
    takes: Repeatable.extend({ kind_id: Id.meta({ zh: '类别' }), source: DeskSource, unnamed: z.boolean().default(false).meta({ zh: '不愿留名' }), community_id: Id.meta({ zh: '小区' }), house_id: Id.nullable().meta({ zh: '房号' }), place: Text(60).optional().meta({ zh: '地点' }), words: Needed(1000).meta({ zh: '内容' }), person_id: Id.nullable().optional(), reporter_name: Text(30).nullable().optional().meta({ zh: '反映人' }), reporter_phone: Phone.nullable().optional(), photo_ids: Photos.optional(), outside: z.object(OutsideShape).optional().meta({ zh: '来文' }) }),
    gives: z.object({ complaint_id: Id, no: z.string() }), refuses: [...WHAT, 'care.unnamed_person', 'care.outside_needed', 'care.outside_taken', 'care.due_past'],
  }),
  assignComplaint: write({ zh: '分派投诉', may: 'care.complaint.manage', takes: One.extend({ department_id: Id.nullable().meta({ zh: '部门' }), account_id: Id.nullable().meta({ zh: '处理人' }), note: Text(300).optional().meta({ zh: '附言' }) }), gives: Moved, refuses: [...WRONG, 'care.no_handler', 'care.assign_whom', 'care.department_unknown'] }),
  acceptComplaint: write({ zh: '受理投诉', may: 'care.complaint.handle', takes: One, gives: Moved, refuses: [...WRONG, 'care.taken'] }),
  releaseComplaint: write({ zh: '退回投诉', may: 'care.complaint.handle', takes: One.extend({ reason: Reason }), gives: Moved, refuses: WRONG }),
  noteComplaint: write({ zh: '记录处理经过', may: 'care.complaint.handle', takes: One.extend({ note: Said, photo_ids: Photos.optional() }), gives: Moved, refuses: [...WRONG, ...PHOTO] }),
  answerComplaint: write({ zh: '答复投诉', may: 'care.complaint.handle', takes: One.extend({ answer: Needed(1000).meta({ zh: '答复' }), cause_id: Id.meta({ zh: '原因' }), photo_ids: Photos.optional() }), gives: Moved, refuses: [...WRONG, ...PHOTO, 'care.cause_unknown'] }),
  visitComplaint: write({ zh: '投诉回访', may: 'care.visit.write', takes: One.extend({ way: Way, reached: z.boolean().meta({ zh: '联系上了' }), satisfaction: Score.optional(), solved: z.boolean().optional().meta({ zh: '问题解决了' }), words: Text(300).optional().meta({ zh: '业户的话' }) }), gives: Moved, refuses: [...WRONG, 'care.visit_answer', 'care.own_visit'] }),
  closeComplaint: write({ zh: '办结投诉', may: 'care.complaint.manage', takes: One.extend({ cause_id: Id.optional().meta({ zh: '原因' }), note: Text(300).optional().meta({ zh: '说明' }) }), gives: Moved, refuses: [...WRONG, 'care.visit_first', 'care.cause_unknown'] }),
  reopenComplaint: write({ zh: '重开投诉', may: 'care.complaint.manage', takes: One.extend({ reason: Reason }), gives: Moved, refuses: [...WRONG, 'care.reopen_late'] }),
  rejectComplaint: write({ zh: '不受理投诉', may: 'care.complaint.manage', takes: One.extend({ reason: Reason }), gives: Moved, refuses: WRONG }),
  withdrawComplaint: write({ zh: '撤回投诉', may: 'care.complaint.manage', takes: One.extend({ reason: Reason }), gives: Moved, refuses: WRONG }),
  mergeComplaint: write({ zh: '并入另一件投诉', may: 'care.complaint.manage', takes: One.extend({ into_id: Id.meta({ zh: '并入' }), reason: Reason }), gives: Moved, refuses: [...WRONG, 'care.merge_self', 'care.merge_over'] }),
  extendComplaint: write({ zh: '延长答复时限', may: 'care.complaint.manage', takes: One.extend({ due_at: Moment.meta({ zh: '新的答复时限' }), reason: Reason }), gives: Moved, refuses: [...WRONG, 'care.own_extend', 'care.due_past', 'care.due_earlier'] }),
  makeComplaintOrder: write({ zh: '由投诉派生维修工单', may: 'care.complaint.handle', takes: One.extend({ category_id: Id.meta({ zh: '报修分类' }), place: Text(60).optional().meta({ zh: '具体位置' }), words: Needed(500).meta({ zh: '维修内容' }) }), gives: z.object({ order_id: Id, no: z.string() }), refuses: [...WRONG, 'care.no_order_right', 'orders.category_unknown', 'orders.place_needed', 'orders.house_needed'] }),
  saveOutside: write({ zh: '登记来文信息', may: 'care.complaint.manage', takes: One.extend({ ...OutsideShape, extend_paper: Text(100).optional().meta({ zh: '延期凭据' }) }), gives: z.object({ complaint_id: Id }), refuses: ['care.outside_taken', 'care.extend_paper', 'care.outside_replied', 'care.due_past'] }),
  replyOutside: write({ zh: '回复来文单位', may: 'care.complaint.handle', takes: One.extend({ contacted_at: Moment.nullable().meta({ zh: '首次联系时间' }), reply: Needed(2000).meta({ zh: '回复内容' }), photo_ids: Photos.optional().meta({ zh: '凭证' }) }), gives: z.object({ complaint_id: Id }), refuses: [...PHOTO, 'care.outside_replied', 'care.no_outside', 'care.contact_before'] }),
  rateOutside: write({ zh: '登记来文满意程度', may: 'care.complaint.manage', takes: One.extend({ caller_satisfied: CallerSatisfied, caller_solved: z.boolean().meta({ zh: '诉求人认可已解决' }) }), gives: z.object({ complaint_id: Id }), refuses: ['care.no_outside', 'care.not_replied'] }),
  /** Writes, because who looked at whose number is kept in the audit. */
  revealComplainer: write({ zh: '查看反映人电话', may: 'care.reporter.reveal', takes: z.object({ complaint_id: Id }), gives: z.object({ phone: z.string().nullable() }) }),
  complaintStats: read({ zh: '投诉统计', may: 'care.complaint.read', takes: StatsFilter, gives: z.object({ rows: z.array(Stat), all: Stat, goal_percent: z.int() }) }),
  complaintStatsExcel: download({ zh: '导出投诉统计', may: 'care.complaint.export', takes: StatsFilter }),
  /** For the phone: what is mine, what my departments and the hall have, what waits for a return visit by somebody else. */
  myCases: read({ zh: '我的投诉', may: 'care.complaint.handle', takes: Paging.extend({ box: z.enum(['mine', 'open', 'done']) }), gives: pageOf(ComplaintRow).extend({ counts: z.object({ mine: z.int(), open: z.int(), late: z.int() }) }) }),

  complain: write({ zh: '业主投诉建议', may: 'resident', takes: Repeatable.extend({ kind_id: Id.meta({ zh: '类别' }), house_id: Id.meta({ zh: '房产' }), about_house: z.boolean().default(true).meta({ zh: '与这套房有关' }), place: Text(60).optional().meta({ zh: '地点' }), words: Needed(1000).meta({ zh: '内容' }), photo_ids: Photos.optional() }), gives: z.object({ complaint_id: Id, no: z.string() }), refuses: [...WHAT, 'care.too_often'] }),
  /** Nothing that is kept of it says who: no account, house, phone, network address; photos come up by a way of their own. */
  complainUnnamed: write({ zh: '匿名投诉建议', may: 'resident', unnamed: true, takes: Repeatable.extend({ kind_id: Id.meta({ zh: '类别' }), community_id: Id.meta({ zh: '小区' }), place: Text(60).optional().meta({ zh: '地点' }), words: Needed(1000).meta({ zh: '内容' }), photo_ids: Photos.optional() }), gives: z.object({ no: z.string(), query_token: z.string() }), refuses: [...WHAT, 'care.unnamed_closed', 'care.unnamed_busy'] }),
  myComplaints: read({ zh: '我的投诉建议', may: 'resident', takes: Paging, gives: pageOf(MyRow) }),
  myComplaint: read({ zh: '我的投诉详情', may: 'resident', takes: z.object({ complaint_id: Id }), gives: MyComplaint }),
  withdrawMine: write({ zh: '撤回投诉', may: 'resident', takes: One.extend({ reason: Text(200).optional().meta({ zh: '原因' }) }), gives: Moved, refuses: WRONG }),
  urgeMine: write({ zh: '催办投诉', may: 'resident', takes: One, gives: Moved, refuses: [...WRONG, 'care.urged'] }),
  addMine: write({ zh: '补充说明', may: 'resident', takes: One.extend({ words: Said, photo_ids: Photos.optional() }), gives: Moved, refuses: [...WRONG, ...PHOTO, 'care.steps_full'] }),
  rateMine: write({ zh: '评价投诉处理', may: 'resident', takes: One.extend(Rated), gives: Moved, refuses: [...WRONG, 'care.rated'] }),
  reopenMine: write({ zh: '不满意,重新处理', may: 'resident', takes: One.extend({ reason: Reason }), gives: Moved, refuses: [...WRONG, 'care.reopen_late'] }),
  unnamedComplaint: read({ zh: '凭查询码查看', may: 'resident', takes: z.object({ query_token: Token }), gives: MyComplaint }),
  withdrawUnnamed: write({ zh: '撤回匿名投诉', may: 'resident', unnamed: true, takes: ByToken, gives: Nothing, refuses: WRONG }),
  addUnnamed: write({ zh: '匿名补充说明', may: 'resident', unnamed: true, takes: ByToken.extend({ words: Said, photo_ids: Photos.optional() }), gives: Nothing, refuses: [...WRONG, ...PHOTO, 'care.steps_full'] }),
  rateUnnamed: write({ zh: '匿名评价', may: 'resident', unnamed: true, takes: ByToken.extend(Rated), gives: Nothing, refuses: [...WRONG, 'care.rated'] }),
  reopenUnnamed: write({ zh: '匿名要求重新处理', may: 'resident', unnamed: true, takes: ByToken.extend({ reason: Reason }), gives: Nothing, refuses: [...WRONG, 'care.reopen_late'] }),
  unnamedPhoto: download({ zh: '凭查询码看照片', may: 'resident', takes: z.object({ query_token: Token, file_id: Id }) }),
}
