// Safety incidents (安全事件) and the register of warning signs (警示标识): what travels, what may be asked.
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { overviewCalls } from './contract_overview.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export * from './contract_overview.ts'
export const STATES = ['reported', 'handling', 'review', 'closed', 'void'] as const
export const State = z.enum(STATES).meta({ zh: '状态' })
export type State = z.output<typeof State>
export const ACTIONS = ['take', 'assign', 'note', 'change', 'report_out', 'submit', 'approve', 'return', 'void', 'reopen'] as const
export type Action = (typeof ACTIONS)[number]
export const LEVELS = ['minor', 'general', 'larger', 'major', 'extreme'] as const
export const Level = z.enum(LEVELS).meta({ zh: '等级' })
export type Level = z.output<typeof Level>
export const Source = z.enum(['staff', 'patrol', 'resident', 'camera', 'alarm', 'other']).meta({ zh: '来源' })
export const Authority = z.enum(['police', 'fire', 'ambulance', 'emergency', 'housing', 'market', 'street', 'utility', 'other']).meta({ zh: '上报单位' })
export const Way = z.enum(['phone', 'online', 'paper', 'door']).meta({ zh: '方式' })
export const Role = z.enum(['victim', 'hurt', 'witness', 'suspect', 'staff', 'other']).meta({ zh: '身份' })
export const PHOTOS_MAX = 9
const Photos = z.array(Id).max(PHOTOS_MAX, '最多 9 张照片').meta({ zh: '照片' })
const Moment = z.iso.datetime({ offset: true })
const Phone = z.string().trim().regex(/^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|[2-8]\d{6,7})$/, '应为 11 位手机号,或带区号的座机').meta({ zh: '电话' })
const People = z.int().min(0).max(9999)
const Loss = FenShape.min(0).max(100_000_000_000_000).nullable().meta({ zh: '直接经济损失' })
const Harm = { level: Level, dead_count: People.meta({ zh: '死亡人数' }), badly_count: People.meta({ zh: '重伤人数' }), hurt_count: People.meta({ zh: '轻伤人数' }), loss_fen: Loss }

const RuleShape = { report_minutes: z.int().min(1).max(10_080).nullable().meta({ zh: '上报时限(分钟)' }), report_to: Text(60).meta({ zh: '向谁上报' }), basis: Text(120).meta({ zh: '依据' }), close_days: z.int().min(1).max(365).meta({ zh: '几天内结案' }) }
export const Kind = z.object({ kind_id: Id, name: z.string().meta({ zh: '种类' }), sort_no: z.int().meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }), rule: z.object({ ...RuleShape, from_on: Day.meta({ zh: '生效日' }) }).nullable(), next_from_on: Day.nullable() })
export type Kind = z.output<typeof Kind>
/** From how many dead, badly hurt, or how much loss an accident has this level. */
export const LevelLimit = z.object({ level: z.enum(['larger', 'major', 'extreme']), dead: z.int().min(1).max(9999).meta({ zh: '死亡人数' }), badly: z.int().min(1).max(9999).meta({ zh: '重伤人数' }), loss_fen: FenShape.min(1).max(100_000_000_000_000).meta({ zh: '直接损失' }) })
export const LevelRule = z.object({ from_on: Day.meta({ zh: '生效日' }), limits: z.array(LevelLimit).length(3, '应有较大、重大、特别重大三级').meta({ zh: '界限' }), basis: Needed(200).meta({ zh: '依据' }) })
export type LevelRule = z.output<typeof LevelRule>

export const IncidentRow = z.object({
  incident_id: Id, no: z.string().meta({ zh: '事件编号' }), kind: z.string().meta({ zh: '种类' }), level: Level, community_name: z.string().meta({ zh: '小区' }), place: z.string().meta({ zh: '地点' }), words: z.string().meta({ zh: '经过' }), occurred_at: Instant.meta({ zh: '发生时间' }), state: State,
  assignee_name: z.string().nullable().meta({ zh: '处理人' }), reported_by_name: z.string().meta({ zh: '报告人' }), report_due_at: Instant.nullable().meta({ zh: '上报时限' }), reported_at: Instant.nullable().meta({ zh: '上报时间' }), close_due_at: Instant.meta({ zh: '结案期限' }), late: z.boolean().meta({ zh: '超时' }),
  hurt: z.int().meta({ zh: '伤亡人数' }), dead_count: z.int().meta({ zh: '死亡人数' }), badly_count: z.int().meta({ zh: '重伤人数' }), hurt_count: z.int().meta({ zh: '轻伤人数' }), closed_at: Instant.nullable().meta({ zh: '结案时间' }), loss_fen: FenShape.nullable().meta({ zh: '直接经济损失' }), open_measures: z.int().meta({ zh: '未完措施' }),
})
export type IncidentRow = z.output<typeof IncidentRow>
export const Step = z.object({ step_no: z.int(), action: z.string(), to_state: State, by_name: z.string(), to_name: z.string().nullable(), note: z.string().nullable(), at: Instant, photo_ids: z.array(Id) })
export type Step = z.output<typeof Step>
export const Party = z.object({ party_id: Id, role: Role, name: z.string().meta({ zh: '姓名' }), phone_masked: z.string().nullable().meta({ zh: '电话' }), words: z.string().nullable().meta({ zh: '说明' }) })
export const Report = z.object({ report_id: Id, authority: Authority, receiver: z.string().meta({ zh: '接报人' }), way: Way, outside_no: z.string().nullable().meta({ zh: '回执或案号' }), words: z.string().nullable().meta({ zh: '内容与回复' }), reported_at: Instant.meta({ zh: '报告时间' }), arrived_at: Instant.nullable().meta({ zh: '到场时间' }), by_name: z.string().meta({ zh: '报告人' }) })
export const Measure = z.object({ measure_id: Id, words: z.string().meta({ zh: '措施' }), account_id: Id, who: z.string().meta({ zh: '责任人' }), due_on: Day.meta({ zh: '期限' }), done_at: Instant.nullable().meta({ zh: '完成时间' }), done_words: z.string().nullable().meta({ zh: '完成情况' }), late: z.boolean(), can: Can('done') })
export const IncidentFull = IncidentRow.extend({
  kind_id: Id, community_id: Id, building_id: Id.nullable(), found_at: Instant.meta({ zh: '发现时间' }), created_at: Instant.meta({ zh: '登记时间' }), source: Source,
  cause: z.string().nullable().meta({ zh: '原因' }), duty: z.string().nullable().meta({ zh: '责任认定' }), submitted_by_name: z.string().nullable().meta({ zh: '提交人' }), reviewed_by_name: z.string().nullable().meta({ zh: '审核人' }), report_to: z.string(), basis: z.string(), report_late: z.boolean(),
  /** What the casualties and the loss amount to by the limits in force that day. */
  level_by_rule: Level, level_basis: z.string(),
  steps: z.array(Step), parties: z.array(Party), reports: z.array(Report), measures: z.array(Measure), can: Can(...ACTIONS, 'see_parties', 'reveal'),
})
export type IncidentFull = z.output<typeof IncidentFull>

/** What is counted (server/facts.ts); a figure opens the list with the same. */
export const FACTS = ['counted', 'open', 'closed', 'close_late', 'report_due', 'report_in_time', 'report_late', 'with_hurt', 'measure_open', 'measure_late'] as const
export type Fact = (typeof FACTS)[number]
export const IncidentFilter = z.object({ fact: z.enum(FACTS).optional(), state: State.optional(), level: Level.optional(), kind_id: Id.optional(), community_id: Id.optional(), building_id: Id.optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(40).optional() })
export type IncidentFilter = z.output<typeof IncidentFilter>
export const StatsFilter = z.object({ by: z.enum(['kind', 'level', 'community', 'building', 'month']), from_on: Day.meta({ zh: '发生日起' }), to_on: Day.meta({ zh: '发生日止' }), community_id: Id.optional() })
export type StatsFilter = z.output<typeof StatsFilter>
export const Stat = z.object({ key: z.string().nullable(), name: z.string().meta({ zh: '分组' }), counts: z.record(z.enum(FACTS), z.int()), hurt: z.int().meta({ zh: '伤亡人数' }), loss_fen: FenShape.meta({ zh: '直接经济损失' }), report_bp: z.int().nullable().meta({ zh: '上报及时率' }) })
export type Stat = z.output<typeof Stat>

const SignState = z.enum(['good', 'damaged', 'missing', 'removed']).meta({ zh: '状态' })
export const SIGN_KINDS = ['禁止', '警告', '指令', '提示', '消防', '文明提示'] as const
export const SignRow = z.object({ sign_id: Id, no: z.string().meta({ zh: '标识编号' }), community_id: Id, community_name: z.string().meta({ zh: '小区' }), building_id: Id.nullable(), building_name: z.string().nullable().meta({ zh: '楼栋' }), place: z.string().meta({ zh: '位置' }), kind: z.string().meta({ zh: '种类' }), words: z.string().meta({ zh: '标识内容' }), set_on: Day.meta({ zh: '设置日' }), state: SignState, check_months: z.int().meta({ zh: '几个月查一次' }), checked_on: Day.nullable().meta({ zh: '最近检查' }), due_on: Day.meta({ zh: '下次检查' }), late: z.boolean().meta({ zh: '逾期' }), file_id: Id.nullable() })
export type SignRow = z.output<typeof SignRow>
export const SignFilter = z.object({ community_id: Id.optional(), state: SignState.optional(), kind: Text(20).optional(), late: z.boolean().optional(), q: Text(40).optional() })
export type SignFilter = z.output<typeof SignFilter>

const One = Repeatable.extend({ incident_id: Id })
const Moved = z.object({ incident_id: Id, state: State })
const WRONG = ['safety.wrong_state'] as const

const incidentCalls = {
  kinds: read({ zh: '安全事件种类', may: 'signed_in', takes: z.object({}), gives: z.object({ rows: z.array(Kind) }) }),
  saveKind: write({ zh: '保存安全事件种类', may: 'safety.setup.write', takes: Repeatable.extend({ kind_id: Id.optional(), name: Needed(30).meta({ zh: '种类' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ kind_id: Id }), refuses: ['safety.name_taken'] }),
  publishKindRule: write({ zh: '设定安全事件时限', may: 'safety.setup.write', takes: Repeatable.extend({ kind_id: Id, from_on: Day.meta({ zh: '生效日' }), ...RuleShape }), gives: z.object({ rule_id: Id }), refuses: ['safety.from_past', 'safety.report_whom'] }),
  levelRule: read({ zh: '事故等级界限', may: 'safety.incident.read', takes: z.object({}), gives: z.object({ now: LevelRule, versions: z.array(LevelRule.extend({ created_by_name: z.string().nullable(), created_at: Instant })) }) }),
  saveLevelRule: write({ zh: '设定事故等级界限', may: 'safety.setup.write', takes: Repeatable.extend(LevelRule.shape), gives: z.object({ from_on: Day }), refuses: ['safety.from_past', 'safety.limits_crossed'] }),
  /** Who may be given an incident or a measure at a place. */
  handlers: read({ zh: '安全事件处理人', may: 'safety.incident.read', takes: z.object({ community_id: Id }), gives: z.object({ rows: z.array(z.object({ account_id: Id, name: z.string().meta({ zh: '姓名' }), post: z.string().nullable().meta({ zh: '岗位' }) })) }) }),
  incidents: read({ zh: '安全事件列表', may: 'safety.incident.read', takes: Paging.extend(IncidentFilter.shape), gives: pageOf(IncidentRow).extend({ counts: z.partialRecord(z.union([State, z.enum(['report_late', 'measure_late'])]), z.int()) }) }),
  incidentsExcel: download({ zh: '导出安全事件', may: 'safety.incident.export', takes: IncidentFilter, refuses: ['safety.too_many_rows'] }),
  /** For all staff: the rows decide. */
  incident: read({ zh: '安全事件详情', may: 'signed_in', takes: z.object({ incident_id: Id }), gives: IncidentFull }),
  incidentPaper: download({ zh: '打印安全事件报告单', may: 'safety.incident.read', takes: z.object({ incident_id: Id }) }),
  photo: download({ zh: '安全事件照片', may: 'signed_in', takes: z.object({ incident_id: Id, file_id: Id }) }),
  myIncidents: read({ zh: '我的安全事件', may: 'safety.incident.create', takes: z.object({}), gives: z.object({ rows: z.array(IncidentRow) }) }),
  /** Where whoever asks may report one. */
  places: read({ zh: '可报告的位置', may: 'safety.incident.create', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ community_id: Id, name: z.string(), buildings: z.array(z.object({ building_id: Id, name: z.string() })) })) }) }),
  createIncident: write({
    zh: '报告安全事件', may: 'safety.incident.create',
    takes: Repeatable.extend({ kind_id: Id.meta({ zh: '种类' }), community_id: Id.meta({ zh: '小区' }), building_id: Id.nullable().optional().meta({ zh: '楼栋' }), place: Needed(60).meta({ zh: '地点' }), occurred_at: Moment.meta({ zh: '发生时间' }), found_at: Moment.optional().meta({ zh: '发现时间' }), words: Needed(2000).meta({ zh: '经过' }), source: Source.default('staff'), ...Harm, level: Level.default('minor'), dead_count: Harm.dead_count.default(0), badly_count: Harm.badly_count.default(0), hurt_count: Harm.hurt_count.default(0), loss_fen: Loss.default(null), photo_ids: Photos.optional() }),
    gives: z.object({ incident_id: Id, no: z.string(), report_due_at: Instant.nullable() }), refuses: ['safety.kind_unknown', 'safety.when_wrong', 'safety.no_photo', 'safety.building_elsewhere'],
  }),
  takeIncident: write({ zh: '受理安全事件', may: 'safety.incident.handle', takes: One, gives: Moved, refuses: [...WRONG] }),
  assignIncident: write({ zh: '指派安全事件', may: 'safety.incident.manage', takes: One.extend({ account_id: Id.meta({ zh: '处理人' }), note: Text(200).optional().meta({ zh: '说明' }) }), gives: Moved, refuses: [...WRONG, 'safety.no_handler'] }),
  noteIncident: write({ zh: '记录处置经过', may: 'signed_in', takes: One.extend({ note: Needed(1000).meta({ zh: '处置经过' }), photo_ids: Photos.optional() }), gives: Moved, refuses: [...WRONG, 'safety.no_photo', 'safety.steps_full'] }),
  changeIncident: write({ zh: '更正伤亡与损失', may: 'signed_in', takes: One.extend({ ...Harm, reason: Reason }), gives: Moved, refuses: [...WRONG, 'safety.steps_full'] }),
  reportOut: write({
    zh: '登记上报', may: 'signed_in',
    takes: One.extend({ authority: Authority, receiver: Needed(60).meta({ zh: '接报单位或接警人' }), way: Way, reported_at: Moment.meta({ zh: '报告时间' }), arrived_at: Moment.nullable().optional().meta({ zh: '到场时间' }), outside_no: Text(60).optional().meta({ zh: '回执或案号' }), words: Text(500).optional().meta({ zh: '内容与回复' }) }),
    gives: Moved, refuses: [...WRONG, 'safety.report_when', 'safety.steps_full'],
  }),
  saveParty: write({ zh: '登记涉及人员', may: 'signed_in', takes: One.extend({ party_id: Id.optional(), role: Role, name: Needed(30).meta({ zh: '姓名' }), phone: Phone.nullable().optional(), words: Text(500).optional().meta({ zh: '说明' }), removed: z.boolean().default(false).meta({ zh: '删除' }) }), gives: z.object({ party_id: Id }), refuses: [...WRONG, 'safety.parties_full'] }),
  revealParty: write({ zh: '显示涉及人员电话', may: 'safety.party.reveal', takes: One.extend({ party_id: Id }), gives: z.object({ phone: z.string().nullable() }) }),
  submitIncident: write({
    zh: '提交安全事件审核', may: 'signed_in',
    takes: One.extend({ cause: Needed(500).meta({ zh: '原因' }), duty: Text(500).meta({ zh: '责任认定' }), measures: z.array(z.object({ words: Needed(200).meta({ zh: '措施' }), account_id: Id.meta({ zh: '责任人' }), due_on: Day.meta({ zh: '期限' }) })).max(20, '最多 20 项措施').meta({ zh: '整改与防范措施' }) }),
    gives: Moved, refuses: [...WRONG, 'safety.report_first', 'safety.no_handler', 'safety.due_past'],
  }),
  approveIncident: write({ zh: '审核结案', may: 'safety.incident.manage', takes: One.extend({ note: Text(300).optional().meta({ zh: '审核意见' }) }), gives: Moved, refuses: [...WRONG, 'safety.own_review'] }),
  returnIncident: write({ zh: '退回安全事件', may: 'safety.incident.manage', takes: One.extend({ reason: Reason }), gives: Moved, refuses: [...WRONG, 'safety.own_review'] }),
  voidIncident: write({ zh: '作废误报', may: 'safety.incident.manage', takes: One.extend({ reason: Reason }), gives: Moved, refuses: [...WRONG, 'safety.void_reported'] }),
  reopenIncident: write({ zh: '重新处理安全事件', may: 'safety.incident.manage', takes: One.extend({ reason: Reason }), gives: Moved, refuses: [...WRONG] }),
  doneMeasure: write({ zh: '完成整改措施', may: 'signed_in', takes: One.extend({ measure_id: Id, done_words: Needed(300).meta({ zh: '完成情况' }) }), gives: z.object({ measure_id: Id }), refuses: ['safety.measure_done'] }),
  incidentStats: read({ zh: '安全事件统计', may: 'safety.incident.read', takes: StatsFilter, gives: z.object({ rows: z.array(Stat), all: Stat }) }),
  incidentStatsExcel: download({ zh: '导出安全事件统计', may: 'safety.incident.export', takes: StatsFilter }),
}
const signCalls = {
  signs: read({ zh: '警示标识列表', may: 'safety.sign.read', takes: Paging.extend(SignFilter.shape), gives: pageOf(SignRow).extend({ counts: z.object({ good: z.int(), damaged: z.int(), missing: z.int(), late: z.int() }) }) }),
  signsExcel: download({ zh: '导出警示标识', may: 'safety.sign.read', takes: SignFilter, refuses: ['safety.too_many_rows'] }),
  sign: read({ zh: '警示标识详情', may: 'safety.sign.read', takes: z.object({ sign_id: Id }), gives: SignRow.extend({ checks: z.array(z.object({ check_id: Id, state: SignState, words: z.string().nullable().meta({ zh: '说明' }), file_id: Id.nullable(), by_name: z.string().meta({ zh: '检查人' }), checked_at: Instant.meta({ zh: '检查时间' }) })) }) }),
  signPhoto: download({ zh: '警示标识照片', may: 'safety.sign.read', takes: z.object({ sign_id: Id, file_id: Id }) }),
  saveSign: write({
    zh: '保存警示标识', may: 'safety.sign.write',
    takes: Repeatable.extend({ sign_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), building_id: Id.nullable().optional().meta({ zh: '楼栋' }), no: Needed(20).meta({ zh: '标识编号' }), place: Needed(60).meta({ zh: '位置' }), kind: z.enum(SIGN_KINDS).meta({ zh: '种类' }), words: Needed(100).meta({ zh: '标识内容' }), set_on: Day.meta({ zh: '设置日' }), check_months: z.int().min(1).max(36).meta({ zh: '几个月查一次' }) }),
    gives: z.object({ sign_id: Id }), refuses: ['safety.sign_no_taken', 'safety.building_elsewhere'],
  }),
  checkSign: write({ zh: '检查警示标识', may: 'safety.sign.write', takes: Repeatable.extend({ sign_id: Id, state: SignState, words: Text(200).optional().meta({ zh: '说明' }), file_id: Id.nullable().optional().meta({ zh: '照片' }) }), gives: z.object({ sign_id: Id, due_on: Day }), refuses: ['safety.no_photo', 'safety.say_why'] }),
}
export const safety = contract('safety', { ...incidentCalls, ...signCalls, ...overviewCalls })
