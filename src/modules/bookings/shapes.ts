import { z } from 'zod'
import { Day, FenShape, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'

export const KINDS = ['court', 'gym', 'meeting', 'party', 'seat', 'parking', 'other'] as const
export const STATES = ['asked', 'held', 'confirmed', 'used', 'no_show', 'cancelled', 'refused', 'expired'] as const
export const BELONGS = ['public_income', 'company'] as const
export const WHO = ['owner', 'tenant', 'household'] as const
export const UNITS_MAX = 200
export const SLOTS_MAX = 48

const Clock = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, '应为 时:分,如 08:00')
const Days = z.array(z.int().min(1).max(7)).min(1, '至少选一天').max(7).meta({ zh: '星期' })
export const Hours = z.object({ days: Days, from: Clock.meta({ zh: '从' }), to: Clock.meta({ zh: '到' }) })
export type Hours = z.output<typeof Hours>
export const Band = Hours.extend({ slot_fen: FenShape.min(0).max(10_000_00, '最多 10000 元').meta({ zh: '每段价格' }) })
export type Band = z.output<typeof Band>

export const RuleShape = {
  from_on: Day.meta({ zh: '生效日' }), hours: z.array(Hours).min(1, '至少一段开放时间').max(14, '最多 14 段').meta({ zh: '开放时间' }),
  slot_min: z.int().min(15, '15 至 1440 分钟').max(1440, '15 至 1440 分钟').meta({ zh: '每段(分钟)' }), min_slots: z.int().min(1).max(SLOTS_MAX).meta({ zh: '一次最少几段' }), max_slots: z.int().min(1).max(SLOTS_MAX).meta({ zh: '一次最多几段' }), max_units: z.int().min(1).max(UNITS_MAX).meta({ zh: '一次最多几份' }),
  ahead_days: z.int().min(0).max(180, '最多 180 天').meta({ zh: '可提前预约(天)' }), live_max: z.int().min(1).max(100).meta({ zh: '每户同时有效预约' }), cancel_hours: z.int().min(0).max(720, '最多 720 小时').meta({ zh: '免费取消截止(开始前小时)' }), late_keep_percent: z.int().min(0).max(100).meta({ zh: '逾时取消仍收(%)' }),
  approval: z.boolean().meta({ zh: '须物业审核' }), who: z.array(z.enum(WHO)).min(1, '至少选一种').max(3).meta({ zh: '谁可以预约' }), pay_within_min: z.int().min(0).max(1440, '最多 1440 分钟').meta({ zh: '限时付款(分钟)' }), remind_hours: z.int().min(0).max(168, '最多 168 小时').meta({ zh: '提前提醒(小时)' }), keep_phone_days: z.int().min(30, '30 至 1095 天').max(1095, '30 至 1095 天').default(180).meta({ zh: '联系电话保留(天)' }), basis: Needed(200).meta({ zh: '依据' }),
}
const Made = { made_by: z.string().meta({ zh: '设定人' }), made_at: Instant.meta({ zh: '设定时间' }), state: z.enum(['now', 'future', 'past']).meta({ zh: '状态' }) }
export const Rule = z.object({ rule_id: Id, ...RuleShape, ...Made })
export type Rule = z.output<typeof Rule>
export const PriceShape = { from_on: Day.meta({ zh: '生效日' }), slot_fen: FenShape.min(0).max(10_000_00, '最多 10000 元').meta({ zh: '每段每份价格' }), bands: z.array(Band).max(14, '最多 14 段').meta({ zh: '另定时段' }), basis: Needed(200).meta({ zh: '依据' }) }
export const Price = z.object({ price_id: Id, ...PriceShape, ...Made })
export type Price = z.output<typeof Price>

/** One line of a fee: so many slots at one price. */
export const FeeLine = z.object({ text: z.string(), slot_fen: FenShape, slot_count: z.int(), unit_count: z.int(), amount_fen: FenShape })
export type FeeLine = z.output<typeof FeeLine>
export const Slot = z.object({ from_at: Instant, to_at: Instant, free_count: z.int(), slot_fen: FenShape, why: z.enum(['past', 'full', 'closed', 'far']).nullable(), reason: z.string().nullable() })
export type Slot = z.output<typeof Slot>
export const Terms = z.object({ slot_min: z.int(), min_slots: z.int(), max_slots: z.int(), max_units: z.int(), ahead_days: z.int(), live_max: z.int(), cancel_hours: z.int(), late_keep_percent: z.int(), approval: z.boolean(), pay_within_min: z.int(), hours: z.array(Hours) })
export const ResourceShape = {
  community_id: Id.meta({ zh: '小区' }), name: Needed(30).meta({ zh: '名称' }), kind: z.enum(KINDS).meta({ zh: '种类' }), place: Needed(60).meta({ zh: '位置' }), unit_word: Needed(4).meta({ zh: '单位' }), unit_count: z.int().min(1).max(UNITS_MAX, `最多 ${UNITS_MAX}`).meta({ zh: '数量' }),
  belongs_to: z.enum(BELONGS).meta({ zh: '收入归属' }), note: Text(500).nullable().meta({ zh: '使用须知' }), photo_id: Id.nullable().optional().meta({ zh: '照片' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }),
}
