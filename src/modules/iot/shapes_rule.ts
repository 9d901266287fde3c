// Shapes of commands, alarms and rules.
import { z } from 'zod'
import { Can, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'
import { Key, Level, Safety } from './shapes.ts'
import { ScheduleFields } from './shapes_calendar.ts'
import { Curve } from './shapes_water.ts'

export const CommandState = z.enum(['queued', 'sent', 'accepted', 'confirmed', 'failed', 'expired', 'unknown']).meta({ zh: '状态' })
export type CommandState = z.output<typeof CommandState>
export const ReasonCode = z.enum(['operation', 'safety', 'own_request']).meta({ zh: '事由' })
export const CommandRow = z.object({ command_id: Id, command: z.string(), name: z.string().meta({ zh: '命令' }), safety: Safety, arg: z.string().nullable().meta({ zh: '参数' }), reads_back: z.boolean().meta({ zh: '以回读为准' }), running: z.boolean().meta({ zh: '执行中' }), reason: z.string().nullable().meta({ zh: '原因' }), reason_code: ReasonCode, source: z.enum(['hand', 'rule', 'scene', 'fire', 'feed']).meta({ zh: '来源' }), asked_by_name: z.string().meta({ zh: '发出人' }), asked_at: Instant.meta({ zh: '发出时间' }), expires_at: Instant, state: CommandState, state_at: Instant.meta({ zh: '状态时间' }), answer: z.string().nullable().meta({ zh: '设备应答' }), why: z.string().nullable().meta({ zh: '说明' }), seen_v: z.string().nullable().meta({ zh: '回读值' }) })
export type CommandRow = z.output<typeof CommandRow>

export const ActKind = z.enum(['alarm', 'command', 'scene', 'order', 'notify', 'doors', 'still', 'clip', 'webhook']).meta({ zh: '动作' })
export type ActKind = z.output<typeof ActKind>
/** What a rule did, and what came of it: told by whoever did it. */
export const FireAct = z.object({ act_no: z.int(), kind: ActKind, what: z.string().meta({ zh: '内容' }), state: z.enum(['done', 'sent', 'failed', 'unknown']).meta({ zh: '结果' }), told: z.string().nullable().meta({ zh: '说明' }), told_at: Instant.nullable().meta({ zh: '时间' }) })
export type FireAct = z.output<typeof FireAct>
export const AlarmState = z.enum(['active', 'acked', 'shelved', 'cleared', 'disposed']).meta({ zh: '状态' })
export const AlarmRow = z.object({
  alarm_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), building_id: Id.nullable(), place: z.string().nullable().meta({ zh: '位置' }), device_id: Id.nullable(), device_name: z.string().nullable().meta({ zh: '设备' }), kind: z.string(), title: z.string().meta({ zh: '报警' }), level: Level, state: AlarmState,
  raised_at: Instant.meta({ zh: '发生时间' }), last_at: Instant.meta({ zh: '最近一次' }), times_count: z.int().meta({ zh: '次数' }), cleared_at: Instant.nullable().meta({ zh: '恢复时间' }), acked_by_name: z.string().nullable().meta({ zh: '确认人' }), acked_at: Instant.nullable().meta({ zh: '确认时间' }), shelved_until: Instant.nullable().meta({ zh: '搁置至' }), escalated_at: Instant.nullable().meta({ zh: '升级时间' }), disposed_at: Instant.nullable().meta({ zh: '处置时间' }), disposal: z.string().nullable().meta({ zh: '处置情况' }), order_id: Id.nullable(),
  can: Can('ack', 'shelve', 'dispose'),
})
export type AlarmRow = z.output<typeof AlarmRow>
export const Alarm = AlarmRow.extend({ rule_id: Id.nullable(), rule_name: z.string().nullable().meta({ zh: '规则' }), /** Where a camera itself told it. */
  camera_id: Id.nullable(), facts: z.array(z.object({ name: z.string(), text: z.string() })), /** What its rule did each time, the last twenty. */
  fires: z.array(z.object({ fire_id: Id, at: Instant.meta({ zh: '时间' }), acts: z.array(FireAct) })), curve: Curve.nullable(), steps: z.array(z.object({ step_no: z.int(), action: z.string().meta({ zh: '动作' }), by_name: z.string().meta({ zh: '办理人' }), note: z.string().nullable().meta({ zh: '说明' }), at: Instant.meta({ zh: '时间' }) })) })
export type Alarm = z.output<typeof Alarm>
export const AlarmPolicy = z.object({ major_min: z.int().min(1).max(1440).meta({ zh: '重要报警几分钟未确认即升级' }), critical_min: z.int().min(1).max(1440).meta({ zh: '紧急报警几分钟未确认即升级' }), storm_count: z.int().min(2).max(1000).meta({ zh: '同一小区十分钟内超过几条即合并通知' }) })
export type AlarmPolicy = z.output<typeof AlarmPolicy>
export const POLICY_DEFAULTS: AlarmPolicy = { major_min: 30, critical_min: 5, storm_count: 10 }

const Num = z.number().min(-1e12).max(1e12)
const ONE = [
  /** Beyond the limit for so long; over again only when it is back behind `back`. */
  z.object({ kind: z.literal('threshold'), point: Key, op: z.enum(['above', 'below']), limit: Num, back: Num, for_s: z.int().min(0).max(86_400) }),
  z.object({ kind: z.literal('change'), point: Key, to: Num }),
  /** It is over when the device says so (`active: false`), and `over_s` after it was last told at the latest. */
  z.object({ kind: z.literal('event'), event: Key, over_s: z.int().min(0).max(86_400).optional() }),
  z.object({ kind: z.literal('no_data'), for_s: z.int().min(60).max(604_800) }),
] as const
const OneTrigger = z.discriminatedUnion('kind', ONE)
export type OneTrigger = z.output<typeof OneTrigger>
/** Several devices: all of the terms, or one of them; what held within the last `within_s` still counts. */
const GroupTrigger = z.object({ kind: z.literal('group'), all: z.boolean(), within_s: z.int().min(0).max(86_400), terms: z.array(z.object({ not: z.boolean(), device_id: Id, on: OneTrigger })).min(2, '至少两个条件').max(8, '最多八个条件') })
export type GroupTrigger = z.output<typeof GroupTrigger>
/** How it is at one moment. `device_id` null: the device that the rule is for. */
const AtTerm = z.object({ not: z.boolean(), device_id: Id.nullable(), on: z.discriminatedUnion('kind', [z.object({ kind: z.literal('is'), point: Key, op: z.enum(['above', 'below', 'equal']), value: Num }), z.object({ kind: z.literal('no_data'), for_s: z.int().min(60).max(604_800) })]) })
export type AtTerm = z.output<typeof AtTerm>
/** By the clock, for each device of the rule of which the terms hold then; without terms for each. */
const ScheduleTrigger = z.object({ kind: z.literal('schedule'), ...ScheduleFields, all: z.boolean(), terms: z.array(AtTerm).max(8, '最多八个条件') })
export type ScheduleTrigger = z.output<typeof ScheduleTrigger>
const Trigger = z.discriminatedUnion('kind', [...ONE, GroupTrigger, ScheduleTrigger])
const RuleCommand = z.object({ device_id: Id.nullable(), command: Key, arg: Num.nullable() }).nullable()
/** What other devices are told: those named, or (none named) all of the product in the community, or the building, of the device that set the rule off. */
const OtherCommand = z.object({
  product_id: Id, where: z.enum(['community', 'building']), device_ids: z.array(Id).max(100, '最多选 100 台'), command: Key, arg: Num.nullable(),
  /** When it is over again. */
  back: z.object({ command: Key, arg: Num.nullable() }).nullable(),
})
export type OtherCommand = z.output<typeof OtherCommand>
export const RuleBody = z.object({
  trigger: Trigger,
  /** In force only within these hours of the day; over midnight when from is later. */
  hours: z.object({ from_h: z.int().min(0).max(23), to_h: z.int().min(0).max(24) }).nullable(),
  cool_down_s: z.int().min(0).max(86_400), level: Level.nullable(), order_category_id: Id.nullable(),
  command: RuleCommand,
  others: z.array(OtherCommand).max(8, '最多控制八种其他设备').optional(),
  /** When it is over again: with `command` it holds a value within its limits (hysteresis between limit and back). */
  back_command: RuleCommand.default(null), scene_id: Id.nullable().default(null),
  /** Besides those who handle alarms: told by a message. */
  notify: z.enum(['handle', 'above']).nullable().default(null),
  /** Told to other systems, where somebody listens. */
  webhook: z.boolean().default(false),
  /** Groups of doors that are told to stay open, or under control again; `back`: under control again when it is over. */
  doors: z.object({ group_ids: z.array(Id).min(1, '至少一个门组').max(8, '最多八个门组'), what: z.enum(['hold', 'restore']), back: z.boolean() }).nullable().optional(),
  /** Pictures around the moment are kept: of these cameras, or (none named) of those that look at the device. */
  clip: z.object({ camera_ids: z.array(Id).max(8, '最多八台摄像机'), before_s: z.int().min(0).max(60), after_s: z.int().min(5).max(120) }).nullable().optional(),
  /** One picture of each camera as it saw the moment; none named as with `clip`. */
  still: z.object({ camera_ids: z.array(Id).max(8, '最多八台摄像机') }).nullable().optional(),
  /** Made by the page of the environment, and changed there. */
  held: z.boolean().optional(),
})
export type RuleBody = z.output<typeof RuleBody>
export const RuleRow = z.object({ rule_id: Id, name: z.string().meta({ zh: '规则' }), product_id: Id, product_name: z.string().meta({ zh: '产品' }), community_id: Id.nullable(), community_name: z.string().nullable().meta({ zh: '小区' }), device_id: Id.nullable(), device_name: z.string().nullable().meta({ zh: '设备' }), body: RuleBody, when_text: z.string().meta({ zh: '条件' }), then_text: z.string().meta({ zh: '动作' }), version_no: z.int().meta({ zh: '版本' }), stopped: z.boolean().meta({ zh: '停用' }), fire_count: z.int().meta({ zh: '近 7 天触发' }), last_at: Instant.nullable().meta({ zh: '最近触发' }), /** Of a rule by the clock. */
  next_at: Instant.nullable().meta({ zh: '下次' }), missed_count: z.int().meta({ zh: '近 7 天错过' }) })
export type RuleRow = z.output<typeof RuleRow>
export const RuleFields = { name: Needed(40).meta({ zh: '名称' }), product_id: Id.meta({ zh: '适用产品' }), community_id: Id.nullable().meta({ zh: '适用小区' }), device_id: Id.nullable().meta({ zh: '只适用设备' }), body: RuleBody.meta({ zh: '条件与动作' }) }
export const TargetKind = z.enum(['doors', 'camera']).meta({ zh: '种类' })
export type TargetKind = z.output<typeof TargetKind>
export const TargetRow = z.object({ kind: TargetKind, target_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '名称' }), detail: z.string().meta({ zh: '说明' }), no_hold: z.string().nullable().meta({ zh: '不能释放的原因' }) })
export type TargetRow = z.output<typeof TargetRow>
export const FireRow = z.object({ fire_id: Id, at: Instant.meta({ zh: '时间' }), device_id: Id, device_name: z.string().meta({ zh: '设备' }), facts: z.string().meta({ zh: '依据' }), did: z.string().meta({ zh: '动作' }), acts: z.array(FireAct) })
const SlotLine = z.object({ device_id: Id, device_name: z.string().meta({ zh: '设备' }), met: z.enum(['yes', 'no', 'unknown']).meta({ zh: '条件' }), text: z.string().meta({ zh: '依据' }) })
/** A moment of a rule by the clock: what held then, or that nobody looked. */
export const SlotRow = z.object({ slot_at: Instant.meta({ zh: '时刻' }), at: Instant.meta({ zh: '判断时间' }), missed: z.boolean().meta({ zh: '已错过' }), fired_count: z.int().meta({ zh: '触发台数' }), unmet_count: z.int().meta({ zh: '不满足' }), unknown_count: z.int().meta({ zh: '状态不明' }), lines: z.array(SlotLine) })
export type SlotRow = z.output<typeof SlotRow>
export const Tried = z.object({ device_name: z.string().meta({ zh: '设备' }), at: Instant.meta({ zh: '时间' }), facts: z.string().meta({ zh: '依据' }) })
export const Note = Text(200)
