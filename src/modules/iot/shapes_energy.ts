// Shapes of the analysis of energy: use by place and time, against before, against what was allowed.
import { z } from 'zod'
import { Day, FenShape, Id, Month } from '../../kernel/shapes.ts'
import { MeterKind } from '../meters/contract.ts'

export const ENERGY_UNITS: Record<z.output<typeof MeterKind>, string> = { electricity: 'kWh', water: 'm³', gas: 'm³', heat: 'GJ' }
const Use = z.string().nullable()
export const EnergyAsk = z.object({
  community_id: Id.optional(), kind: MeterKind.default('electricity'), by: z.enum(['community', 'building', 'place', 'device']).default('place').meta({ zh: '分组' }),
  from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(含)' }), against: z.enum(['before', 'last_year']).default('before').meta({ zh: '比较' }),
  /** Meters of houses too; else what the property itself uses. */
  with_houses: z.boolean().default(false).meta({ zh: '含户表' }),
})
export type EnergyAsk = z.output<typeof EnergyAsk>
export const EnergyRow = z.object({
  key: z.string(), name: z.string().meta({ zh: '区域' }), community_name: z.string().meta({ zh: '小区' }), device_count: z.int().meta({ zh: '表数' }), use: Use.meta({ zh: '用量' }), share_percent: z.number().nullable().meta({ zh: '占比' }), before_use: Use.meta({ zh: '比较期用量' }), change_percent: z.number().nullable().meta({ zh: '增减' }),
  per_m2: Use.meta({ zh: '每平方米' }), night_percent: z.number().nullable().meta({ zh: '夜间占比' }), cost_fen: FenShape.nullable().meta({ zh: '费用' }),
})
export type EnergyRow = z.output<typeof EnergyRow>
export const EnergyDay = z.object({ on_day: Day.meta({ zh: '日期' }), use: z.string().meta({ zh: '用量' }), before_use: Use.meta({ zh: '比较期同日' }), night_use: Use.meta({ zh: '夜间用量' }) })
export type EnergyDay = z.output<typeof EnergyDay>
export const EnergyMonth = z.object({ month: Month.meta({ zh: '月份' }), use: Use.meta({ zh: '用量' }), last_year_use: Use.meta({ zh: '去年同月' }), target: Use.meta({ zh: '指标' }), over_percent: z.number().nullable().meta({ zh: '超出' }), forecast: Use.meta({ zh: '预计全月' }) })
export type EnergyMonth = z.output<typeof EnergyMonth>
export const Energy = z.object({
  unit: z.string(), night_text: z.string(), before_from: Day, before_to: Day, total: z.object({ use: Use, before_use: Use, change_percent: z.number().nullable(), night_percent: z.number().nullable(), cost_fen: FenShape.nullable(), price_text: z.string().nullable() }),
  rows: z.array(EnergyRow), days: z.array(EnergyDay), months: z.array(EnergyMonth),
})
export type Energy = z.output<typeof Energy>
export const Target = z.object({ target_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), kind: MeterKind, from_on: Day.meta({ zh: '生效月' }), month_use: z.string().nullable().meta({ zh: '每月上限' }), in_force: z.boolean() })
export const Night = { from_h: z.int().min(0).max(23).meta({ zh: '夜间起(点)' }), to_h: z.int().min(1).max(24).meta({ zh: '夜间止(点)' }) }
export const NIGHT_DEFAULTS = { from_h: 23, to_h: 6 }
