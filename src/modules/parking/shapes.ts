// Shapes that several parts of parking's contract share.
import { z } from 'zod'
import { Day, FenShape, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'

export const DIRECTIONS = ['in', 'out', 'both'] as const
export const DIALECTS = ['vzenith', 'hikvision', 'dahua'] as const
export type DialectName = (typeof DIALECTS)[number]
export const OUTCOMES = ['opened', 'accepted', 'refused', 'unreachable', 'unknown'] as const
export const StayClass = z.enum(['owner_bay', 'lease', 'monthly', 'free', 'visitor', 'temporary', 'overflow']).meta({ zh: '车辆类别' })
export type StayClass = z.output<typeof StayClass>
export const StayState = z.enum(['in', 'left', 'void']).meta({ zh: '状态' })
export const PermitKind = z.enum(['owner_bay', 'lease', 'monthly', 'free', 'black']).meta({ zh: '类别' })
export type PermitKind = z.output<typeof PermitKind>
export const PermitState = z.enum(['asked', 'live', 'refused', 'ended']).meta({ zh: '状态' })
export const Vehicle = z.enum(['small', 'large', 'new_energy', 'motorbike']).meta({ zh: '车型' })
export const Decision = z.enum(['open', 'hold', 'ignore', 'recorded']).meta({ zh: '处置' })
export const TURNED_KINDS = ['over_height', 'over_weight', 'hazard', 'no_plate', 'vehicle', 'closed_hours', 'full', 'black', 'other'] as const
export const Plate = z.string().trim().min(5, '车牌至少 5 位').max(12, '车牌最多 12 位').meta({ zh: '车牌' })

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '应为 时:分,如 08:00')
export const Closed = z.object({ from: Clock.meta({ zh: '起' }), to: Clock.meta({ zh: '止' }) })
const Amount = z.int().min(0).max(100_000_00, '最多 100000 元')
export const RuleShape = {
  from_on: Day.meta({ zh: '生效日' }),
  capacity: z.int().min(1, '至少 1 个').max(100_000).meta({ zh: '总车位' }),
  reserved: z.int().min(0).max(100_000).meta({ zh: '为业主月租预留' }),
  tariff_id: Id.nullable().meta({ zh: '临停价目' }),
  closed: z.array(Closed).max(6).meta({ zh: '外来车辆禁入时段' }),
  visitors_when_closed: z.boolean().meta({ zh: '禁入时段放行已登记访客' }),
  full_stop: z.boolean().meta({ zh: '满位后不再放入' }),
  overflow: z.enum(['temporary', 'until_free', 'refuse']).meta({ zh: '同户超出车位的车' }),
  refused_kinds: z.array(z.enum(['large', 'motorbike', 'new_energy', 'no_plate'])).max(4).meta({ zh: '不准进入的车型' }),
  window_s: z.int().min(3, '3 至 600 秒').max(600, '3 至 600 秒').meta({ zh: '同车去重(秒)' }),
  no_entry_fen: Amount.meta({ zh: '无入场记录收费' }),
  lost_card_fen: Amount.meta({ zh: '补卡工本费' }),
  remind_days: z.int().min(0).max(60).meta({ zh: '月卡到期前提醒(天)' }),
  keep_days: z.int().min(30, '至少 30 天').max(1095).meta({ zh: '车牌与照片保存(天)' }),
  max_height_cm: z.int().min(100, '100 至 600 厘米').max(600, '100 至 600 厘米').nullable().default(null).meta({ zh: '限高(厘米)' }),
  max_weight_kg: z.int().min(500, '500 至 60000 千克').max(60_000, '500 至 60000 千克').nullable().default(null).meta({ zh: '限重(千克)' }),
  note: Text(200).nullable().meta({ zh: '依据' }),
}
const { from_on, closed, visitors_when_closed, full_stop, overflow, window_s, lost_card_fen, remind_days, keep_days } = RuleShape
/** What a new lot's rule begins with. */
export const PresetShape = { from_on, closed, visitors_when_closed, full_stop, overflow, window_s, lost_card_fen, remind_days, keep_days, basis: Needed(200).meta({ zh: '依据' }) }
export const Preset = z.object(PresetShape)
export type Preset = z.output<typeof Preset>
export const LotRule = z.object({ rule_id: Id, ...RuleShape })
export type LotRule = z.output<typeof LotRule>

export const LookRow = z.object({
  look_id: Id, lot_id: Id, lot_name: z.string().meta({ zh: '车场' }), lane_id: Id, lane_name: z.string().meta({ zh: '通道' }), direction: z.enum(['in', 'out']).meta({ zh: '方向' }), plate: z.string().meta({ zh: '车牌' }), no_plate: z.boolean(), vehicle: z.string().meta({ zh: '车型' }), confidence: z.int().nullable().meta({ zh: '可信度' }),
  device_at: Instant.meta({ zh: '时间' }), received_at: Instant.meta({ zh: '收到' }), replay: z.boolean().meta({ zh: '补传' }), by_camera: z.boolean().meta({ zh: '相机自行开闸' }), decision: Decision, why: z.string().meta({ zh: '原因' }), class: StayClass.nullable(), stay_id: Id.nullable(), amount_fen: FenShape.nullable().meta({ zh: '应收' }), has_picture: z.boolean(),
  done: z.object({ what: z.enum(['admit', 'release', 'dismiss', 'second_look']), by_name: z.string(), at: Instant, reason: z.string().nullable() }).nullable(),
})
export type LookRow = z.output<typeof LookRow>
export const StayRow = z.object({
  stay_id: Id, lot_id: Id, lot_name: z.string().meta({ zh: '车场' }), plate: z.string().meta({ zh: '车牌' }), no_plate: z.boolean(), vehicle: z.string().meta({ zh: '车型' }), class: StayClass, entered_at: Instant.meta({ zh: '入场' }), entry_lane: z.string().nullable().meta({ zh: '入口' }), no_entry: z.boolean().meta({ zh: '无入场记录' }), left_at: Instant.nullable().meta({ zh: '离场' }), exit_lane: z.string().nullable().meta({ zh: '出口' }),
  minutes: z.int().nullable().meta({ zh: '停放(分钟)' }), state: StayState, due_fen: FenShape.nullable().meta({ zh: '应收' }), paid_fen: FenShape.meta({ zh: '已收' }), debt: z.boolean().meta({ zh: '未缴离场' }),
})
export type StayRow = z.output<typeof StayRow>
