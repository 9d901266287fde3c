// Shapes of meters and readings; part of the contract, apart for length.
import { z } from 'zod'
import { Can, Day, Decimal, Id, Instant, Month, Needed, Positive, Text } from '../../kernel/shapes.ts'

export const MeterKind = z.enum(['water', 'electricity', 'gas', 'heat']).meta({ zh: '表种' })
export const ReadingState = z.enum(['good', 'suspect', 'corrected']).meta({ zh: '读数状态' })
/** Of a time-of-use or two-way meter, beside the total. */
export const Register = z.enum(['sharp', 'peak', 'flat', 'valley', 'deep', 'reverse']).meta({ zh: '计度器' })
export const Doubt = z.enum(['high', 'rolled', 'over_possible', 'parts_differ'])
export type Doubts = z.output<typeof Doubt>[]
export const UnreadReason = z.enum(['no_one', 'locked', 'blocked', 'unclear', 'broken', 'refused', 'other']).meta({ zh: '未抄原因' })
export const NotNegative = Decimal.refine((v) => !v.startsWith('-'), '不能为负')
/** What people read off a dial: at most 4 decimals. */
export const DialValue = z.string().regex(/^\d{1,10}(\.\d{1,4})?$/, '应为读数,小数不超过 4 位')
const REGISTERS_MAX = 6

export const MeterFields = {
  /** Null for main and shared meters, which have a name instead. */
  house_id: Id.nullable().optional().meta({ zh: '房号' }),
  community_id: Id.optional().meta({ zh: '小区' }),
  building_id: Id.nullable().optional().meta({ zh: '楼栋' }),
  name: Text(40).nullable().optional().meta({ zh: '名称' }),
  kind: MeterKind,
  no: Needed(40).meta({ zh: '表号' }),
  multiplier: Positive.meta({ zh: '倍率' }),
  /** Null: not known; the first reading is then the base and counts nothing. */
  start_reading: DialValue.nullable().optional().meta({ zh: '起始读数' }),
  installed_on: Day.meta({ zh: '安装日' }),
  /** Whole digits of the dial, for running over. */
  whole_digits: z.int().min(3).max(10).nullable().optional().meta({ zh: '表盘整数位数' }),
  parent_point_id: Id.nullable().optional().meta({ zh: '上级总表' }),
  registers: z.array(z.object({ register: Register, start_reading: DialValue })).max(REGISTERS_MAX).optional().meta({ zh: '分时计度器' }),
}
export const MeterRow = z.object({
  meter_id: Id,
  point_id: Id,
  parent_point_id: Id.nullable(),
  parent_name: z.string().nullable().meta({ zh: '上级总表' }),
  house_id: Id.nullable(),
  name: z.string().nullable().meta({ zh: '名称' }),
  kind: MeterKind,
  no: z.string().meta({ zh: '表号' }),
  multiplier: z.string().meta({ zh: '倍率' }),
  start_reading: z.string().nullable().meta({ zh: '起始读数' }),
  whole_digits: z.int().nullable(),
  installed_on: Day.meta({ zh: '安装日' }),
  community_id: Id,
  community_name: z.string(),
  building_id: Id.nullable(),
  building_name: z.string().nullable(),
  /** Room, or the name of a main or shared meter. */
  house_label: z.string().meta({ zh: '位置' }),
  registers: z.array(z.object({ register: Register, start_reading: z.string() })),
  child_count: z.int().meta({ zh: '分表数' }),
  removed_on: Day.nullable().meta({ zh: '拆除日' }),
  last_reading: z.string().nullable().meta({ zh: '最近读数' }),
  last_read_on: Day.nullable().meta({ zh: '最近抄表日' }),
  /** write: change the entry; replace: record the change of the device; remove: take it out of use. */
  can: Can('write', 'replace', 'remove'),
})
export type MeterRow = z.output<typeof MeterRow>

export const PartIn = z.object({ register: Register, reading: DialValue })
export const Parts = z.array(PartIn).max(REGISTERS_MAX)
export const PartRow = z.object({ register: Register, previous: z.string(), reading: z.string().nullable(), usage: z.string().nullable() })

/** One meter of a round with its reading of the month, if there is one. */
export const ReadingRow = z.object({
  meter_id: Id,
  point_id: Id,
  meter_no: z.string().meta({ zh: '表号' }),
  kind: MeterKind,
  multiplier: z.string(),
  whole_digits: z.int().nullable(),
  community_id: Id,
  building_id: Id.nullable(),
  building_name: z.string(),
  house_id: Id.nullable(),
  house_label: z.string().meta({ zh: '位置' }),
  floor_no: z.int(),
  period: Month,
  previous: z.string().nullable().meta({ zh: '上次读数' }),
  /** Mean usage of the last months before this one; null when there is none. */
  mean_usage: z.string().nullable().meta({ zh: '平均用量' }),
  /** A usage above it is suspect. */
  high_above: z.string().nullable(),
  /** The last value read and not estimated, when the one before was an estimate. */
  estimated_since: z.string().nullable(),
  parts: z.array(PartRow),
  reading_id: Id.nullable(),
  reading: z.string().nullable().meta({ zh: '本次读数' }),
  usage: z.string().nullable().meta({ zh: '用量' }),
  rolled: z.boolean(),
  carried_in: z.string(),
  state: ReadingState.nullable(),
  doubts: z.array(Doubt),
  read_on: Day.nullable().meta({ zh: '抄表日' }),
  source: z.enum(['hand', 'excel', 'phone', 'remote', 'estimate']).nullable().meta({ zh: '来源' }),
  note: z.string().nullable().meta({ zh: '备注' }),
  has_photo: z.boolean().meta({ zh: '照片' }),
  read_by_name: z.string().nullable().meta({ zh: '抄表人' }),
  /** Somebody was there and could not read it. */
  unread: z.object({ reason: UnreadReason, note: z.string().nullable(), has_photo: z.boolean() }).nullable(),
  /** record: enter the first reading; correct: change it; settle: put it right after its bill; confirm: a suspect reading is right. */
  can: Can('record', 'correct', 'settle', 'confirm'),
})
export type ReadingRow = z.output<typeof ReadingRow>

export const RoundFilter = z.object({
  community_id: Id.optional(),
  building_id: Id.optional(),
  /** Main meters of the community, which stand in no building. */
  no_building: z.boolean().optional(),
  house_id: Id.optional(),
  kind: MeterKind.optional(),
  period: Month.meta({ zh: '账期' }),
  state: z.enum(['missing', 'done', 'suspect', 'unread', 'estimate']).optional().meta({ zh: '进度' }),
  /** A room (1-2-301), or a meter number. */
  q: Text(40).optional(),
})
export const Progress = z.object({ meter_count: z.int(), read_count: z.int(), suspect_count: z.int(), unread_count: z.int(), estimate_count: z.int() })
export const Recorded = z.object({ reading_id: Id, previous: z.string(), usage: z.string(), mean_usage: z.string().nullable(), state: ReadingState, doubts: z.array(Doubt) })

export const HistoryRow = z.object({
  reading_id: Id,
  meter_id: Id,
  meter_no: z.string().meta({ zh: '表号' }),
  period: Month.meta({ zh: '账期' }),
  read_on: Day.meta({ zh: '抄表日' }),
  previous: z.string().meta({ zh: '上次' }),
  reading: z.string().meta({ zh: '本次' }),
  usage: z.string().meta({ zh: '用量' }),
  multiplier: z.string(),
  rolled: z.boolean(),
  carried_in: z.string(),
  carried_out: z.string(),
  billed_reading: z.string().nullable(),
  state: ReadingState,
  source: z.string(),
  note: z.string().nullable(),
  has_photo: z.boolean(),
  parts: z.array(PartRow),
  read_by_name: z.string().nullable(),
  created_at: Instant,
})
export const CheckRule = z.object({
  rule_id: Id,
  community_id: Id.nullable().meta({ zh: '小区' }),
  community_name: z.string().nullable(),
  kind: MeterKind,
  from_on: Day.meta({ zh: '生效日' }),
  high_factor: z.string().meta({ zh: '存疑倍数' }),
  mean_of: z.int().meta({ zh: '平均期数' }),
  high_over: z.string().meta({ zh: '免查用量' }),
  max_per_day: z.string().nullable().meta({ zh: '日最大用量' }),
  zero_periods: z.int().meta({ zh: '零用量期数' }),
  loss_limit_bp: z.int().meta({ zh: '损耗上限' }),
  leak_factor: z.string().meta({ zh: '漏水提示倍数' }),
  doubled_factor: z.string().meta({ zh: '同比提示倍数' }),
  created_by_name: z.string().nullable(),
  created_at: Instant,
})
