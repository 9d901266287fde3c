// Shapes of rounds: rules of the calendar, checklists, tasks as rows.
import { z } from 'zod'
import { Can, Day, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'

/** '08:00'; '24:00' is the end of a day. */
export const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, '格式应为 HH:MM,如 08:30')
const MonthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, '格式应为 MM-DD,如 03-15')
/** `to` at or before `from` is on the next day. */
export const Window = z.object({ from: Clock, to: Clock })
export type Window = z.output<typeof Window>
const Windows = z.array(Window).min(1, '至少一个时段').max(24, '最多 24 个时段').meta({ zh: '时段' })
const Span = z.int().min(1).max(180).meta({ zh: '做几天' })
const Days = z.enum(['all', 'working', 'resting']).default('all').meta({ zh: '哪些日子' })
/** Only between these days of the year; `to` before `from` runs over the new year (heating season). */
const Season = z.object({ from: MonthDay, to: MonthDay }).nullable().default(null).meta({ zh: '季节' })
export const WEATHERS = ['dry', 'rain', 'snow', 'ice', 'heat', 'wind', 'flood'] as const
export const Weather = z.enum(WEATHERS).meta({ zh: '天气' })

export const Rule = z.discriminatedUnion('kind', [
  /** Every so many minutes from `from` until `to`, through midnight where `to` is earlier; each must be walked before the next begins. */
  z.object({ kind: z.literal('hourly'), every_minutes: z.int().min(15).max(720), from: Clock, to: Clock, days: Days, season: Season }),
  z.object({ kind: z.literal('daily'), every_days: z.int().min(1).max(60).default(1), starting_on: Day.default('2024-01-01'), windows: Windows, days: Days, season: Season }),
  z.object({ kind: z.literal('weekly'), weekdays: z.array(z.int().min(1).max(7)).min(1, '请选星期').max(7), windows: Windows, season: Season }),
  /** From the 1st to the 15th, from the 16th to the end. */
  z.object({ kind: z.literal('half_month'), season: Season }),
  /** On days of the month (a day that the month lacks is its last), each open for `span_days`. */
  z.object({ kind: z.literal('monthly'), month_days: z.array(z.int().min(1).max(31)).min(1).max(31), span_days: Span, season: Season }),
  z.object({ kind: z.literal('yearly'), dates: z.array(MonthDay).min(1, '请填日期').max(53), span_days: Span }),
  z.object({ kind: z.literal('once'), on: Day, span_days: Span }),
  /** From `lead_days` before something runs out until it does; again every so many months. */
  z.object({ kind: z.literal('before'), expires_on: Day, lead_days: z.int().min(1).max(180), every_months: z.int().min(0).max(120) }),
  /** Every so many hours that the device has run; made when so many are left. */
  z.object({ kind: z.literal('hours'), every_hours: z.int().min(10).max(50_000), lead_hours: z.int().min(0).max(5000), span_days: Span }),
  /** From `lead_days` before a certificate of the device runs out. */
  z.object({ kind: z.literal('expiry'), lead_days: z.int().min(1).max(180) }),
  /** After so many days without rain or snow. */
  z.object({ kind: z.literal('dry'), dry_days: z.int().min(1).max(60), windows: Windows.max(1), season: Season }),
  /** When such weather is noted, within so many minutes. */
  z.object({ kind: z.literal('weather'), on: z.array(Weather).min(1).max(7), within_minutes: z.int().min(15).max(2880) }),
])
export type Rule = z.output<typeof Rule>

export const Item = z.object({
  item_id: z.string().regex(/^[a-z0-9]{1,12}$/),
  text: Needed(80).meta({ zh: '检查内容' }),
  answer: z.enum(['tick', 'choice', 'number', 'text']).meta({ zh: '答法' }),
  choices: z.array(z.object({ text: Needed(20), bad: z.boolean() })).max(10),
  low: z.string().regex(/^-?\d{1,9}(\.\d{1,3})?$/, '应为数字').nullable().meta({ zh: '下限' }),
  high: z.string().regex(/^-?\d{1,9}(\.\d{1,3})?$/, '应为数字').nullable().meta({ zh: '上限' }),
  unit: Text(10).nullable().meta({ zh: '单位' }),
  photo: z.enum(['no', 'bad', 'always']).meta({ zh: '拍照' }),
  points: z.int().min(0).max(100).meta({ zh: '分值' }),
})
export type Item = z.output<typeof Item>
export const Answer = z.object({ item_id: z.string().max(12), value: z.string().trim().max(200) })
export type Answer = z.output<typeof Answer>

export const STATES = ['waiting', 'doing', 'done', 'review', 'missed', 'rejected', 'waived', 'cancelled'] as const
export const State = z.enum(STATES).meta({ zh: '状态' })
export type State = z.output<typeof State>
export const ACTIONS = ['record', 'skip', 'pass', 'reject', 'redo', 'move', 'cancel', 'miss'] as const
export type Action = (typeof ACTIONS)[number]
export const PROOFS = ['scan', 'nfc', 'screen', 'typed', 'none'] as const
export const FLAGS = ['photo_again', 'too_fast', 'clock_off', 'clock_back', 'clock_moved', 'no_proof', 'wrong_code', 'stale_code', 'out_of_order', 'wrong_nfc', 'far', 'too_quick'] as const
export type Flag = (typeof FLAGS)[number]
export const PointProof = z.enum(['scan', 'nfc', 'screen', 'none']).meta({ zh: '到位证明' })

/** Degrees as decimal text, six places: a tenth of a metre. */
export const Latitude = z.string().regex(/^-?([0-8]?\d(\.\d{1,6})?|90(\.0{1,6})?)$/, '纬度应为 -90 至 90 的数,如 34.274512')
export const Longitude = z.string().regex(/^-?((\d{1,2}|1[0-7]\d)(\.\d{1,6})?|180(\.0{1,6})?)$/, '经度应为 -180 至 180 的数,如 107.752310')
/** What the phone said when it was asked where it is; a refusal is an answer too. */
export const PositionIn = z.discriminatedUnion('state', [z.object({ state: z.literal('given'), lat: Latitude, lon: Longitude, accuracy_m: z.int().min(0).max(100_000) }), z.object({ state: z.enum(['refused', 'failed']) })])
export type PositionIn = z.output<typeof PositionIn>
export const PositionSeen = z.object({ state: z.enum(['given', 'refused', 'failed']), lat: z.string().nullable(), lon: z.string().nullable(), accuracy_m: z.int().nullable().meta({ zh: '误差' }), distance_m: z.int().nullable().meta({ zh: '离点位' }) })

export const Kind = z.object({ kind_id: Id, code: z.string(), name: z.string().meta({ zh: '种类' }), department: z.string().meta({ zh: '责任部门' }), sort_no: z.int().meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) })
export type Kind = z.output<typeof Kind>
export const Policy = z.object({
  from_on: Day.meta({ zh: '生效日' }),
  ahead_days: z.int().min(1).max(62).meta({ zh: '提前排任务' }),
  early_minutes: z.int().min(0).max(240).meta({ zh: '可提前开始' }),
  accept_days: z.int().min(0).max(31).meta({ zh: '离线补传有效' }),
  skew_minutes: z.int().min(1).max(60).meta({ zh: '手机时间误差' }),
  rotate_seconds: z.int().min(15).max(600).meta({ zh: '动态码更换' }),
  fix_days: z.int().min(1).max(60).meta({ zh: '整改期限' }),
  positions: z.boolean().default(false).meta({ zh: '到点记录定位' }),
  far_m: z.int().min(20).max(5000).default(150).meta({ zh: '离点位可疑距离' }),
  speed_kmh: z.int().min(5).max(200).default(20).meta({ zh: '两点间可疑速度' }),
  position_days: z.int().min(1).max(366).default(30).meta({ zh: '定位保留' }),
})
export type Policy = z.output<typeof Policy>
export const Point = z.object({
  point_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), building_id: Id.nullable(), building_name: z.string().nullable().meta({ zh: '楼栋' }), name: z.string().meta({ zh: '点位' }), place: z.string().meta({ zh: '具体位置' }), code: z.string().meta({ zh: '点位码' }),
  proof: PointProof, nfc_id: z.string().nullable().meta({ zh: 'NFC 卡号' }), lat: z.string().nullable().meta({ zh: '纬度' }), lon: z.string().nullable().meta({ zh: '经度' }), retired: z.boolean().meta({ zh: '停用' }), route_count: z.int().meta({ zh: '所在路线' }), last_at: Instant.nullable().meta({ zh: '最近到点' }),
})
export type Point = z.output<typeof Point>
export const Checklist = z.object({ checklist_id: Id, name: z.string().meta({ zh: '检查表' }), kind_id: Id, kind_name: z.string().meta({ zh: '种类' }), version_no: z.int().meta({ zh: '版本' }), items: z.array(Item), changed_at: Instant.meta({ zh: '修改时间' }), retired: z.boolean().meta({ zh: '停用' }) })
export type Checklist = z.output<typeof Checklist>
export const Crew = z.object({ crew_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '班组' }), account_ids: z.array(Id), members: z.string().meta({ zh: '成员' }), retired: z.boolean().meta({ zh: '停用' }) })
export type Crew = z.output<typeof Crew>
export const Stop = z.object({ stop_no: z.int(), point_id: Id, point_name: z.string().meta({ zh: '点位' }), checklist_id: Id.nullable(), checklist_name: z.string().nullable().meta({ zh: '检查表' }), travel_seconds: z.int().meta({ zh: '最短路程' }) })
export type Stop = z.output<typeof Stop>
export const Route = z.object({ route_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '路线' }), ordered: z.boolean().meta({ zh: '按顺序' }), version_no: z.int().meta({ zh: '版本' }), retired: z.boolean().meta({ zh: '停用' }), plan_count: z.int().meta({ zh: '所在计划' }), stops: z.array(Stop) })
export type Route = z.output<typeof Route>
export const PlanState = z.enum(['draft', 'active', 'stopped']).meta({ zh: '状态' })
export const PlanRow = z.object({
  plan_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), kind_id: Id, kind_name: z.string().meta({ zh: '种类' }), department: z.string().meta({ zh: '责任部门' }), name: z.string().meta({ zh: '计划' }), route_id: Id.nullable(), route_name: z.string().nullable().meta({ zh: '路线' }), point_count: z.int().meta({ zh: '点位数' }),
  checklist_id: Id.nullable(), checklist_name: z.string().nullable().meta({ zh: '检查表' }), crew_id: Id.nullable(), crew_name: z.string().nullable().meta({ zh: '班组' }), work_plan_id: Id.nullable(), rule: Rule, rule_zh: z.string().meta({ zh: '时间规律' }), from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止' }),
  grace_minutes: z.int().meta({ zh: '迟到宽限' }), photo: z.boolean().meta({ zh: '必须拍照' }), state: PlanState, planned_on: Day.nullable().meta({ zh: '已排到' }), source: z.string().nullable().meta({ zh: '来自标准' }), can: Can('change', 'activate', 'stop', 'remove'),
})
export type PlanRow = z.output<typeof PlanRow>
export const Slot = z.object({ on_day: Day.meta({ zh: '日期' }), starts_at: Instant.meta({ zh: '开始' }), due_at: Instant.meta({ zh: '应完成' }) })
export type Slot = z.output<typeof Slot>
