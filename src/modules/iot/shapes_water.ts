// Shapes of what water meters tell: the limits, the curve that shows why.
import { z } from 'zod'
import { Day, Id, Instant } from '../../kernel/shapes.ts'

const Flow = z.number().min(0.001, '至少 0.001').max(1000)
export const WaterWatch = z.object({
  night_from_h: z.int().min(0).max(22).meta({ zh: '夜间起(点)' }), night_to_h: z.int().min(1).max(24).meta({ zh: '夜间止(点)' }), nights_count: z.int().min(1).max(14).meta({ zh: '连续几夜' }),
  night_m3_h: Flow.meta({ zh: '夜间最小流量上限(m³/h)' }), night_share_percent: z.int().min(1).max(200).meta({ zh: '总表夜间流量上限(占平均的百分之几)' }),
  continuous_h: z.int().min(3).max(168).meta({ zh: '户表连续流量(小时)' }), sudden_m3_h: Flow.meta({ zh: '一小时用水上限(m³)' }), sudden_factor: z.int().min(2).max(100).meta({ zh: '且超过平时的几倍' }),
  standing_days: z.int().min(3).max(90).meta({ zh: '停走天数' }), again_days: z.int().min(1).max(90).meta({ zh: '处置后几天内不再报' }), tells_house: z.boolean().meta({ zh: '通知住户' }),
})
export type WaterWatch = z.output<typeof WaterWatch>
/** The still hours of GB 50015 and the water companies: 2 to 5; 10 l an hour through a night is a cistern that leaks. */
export const WATER_DEFAULTS: WaterWatch = { night_from_h: 2, night_to_h: 5, nights_count: 3, night_m3_h: 0.01, night_share_percent: 40, continuous_h: 24, sudden_m3_h: 1, sudden_factor: 8, standing_days: 7, again_days: 7, tells_house: true }
export const WaterWatchNow = WaterWatch.extend({ from_on: Day.nullable() })
/** Use of each hour that the finding stands on; null where nothing is known. */
export const Curve = z.object({ from_at: Instant, step_s: z.int(), v: z.array(z.number().nullable()), unit: z.string(), mark_from_at: Instant, mark_to_at: Instant })
export type Curve = z.output<typeof Curve>
export const MyWaterAlarm = z.object({ alarm_id: Id, kind: z.string(), title: z.string(), meter_no: z.string().nullable(), raised_at: Instant, over_at: Instant.nullable(), facts: z.array(z.object({ name: z.string(), text: z.string() })), curve: Curve.nullable() })
