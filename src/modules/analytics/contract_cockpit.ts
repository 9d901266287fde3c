// 经营看板 (BI-02): indicators of a month by community, their dated targets, the wall screen. Part of the contract of this module.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { FenShape, Id, Instant, Month, Reason, Repeatable } from '../../kernel/shapes.ts'

export const GROUPS = ['fees', 'orders', 'care', 'field', 'safety', 'base'] as const
interface Spec {
  group: (typeof GROUPS)[number]
  /** rate: in ten-thousandths, rounded down; fen; count. */
  unit: 'rate' | 'fen' | 'count'
  /** Which way is good. */
  better: 'up' | 'down'
  /** Of this moment: it has no month, and nothing before it to compare with. */
  now?: true
}
/** In the order of the board. What each is computed from stands in words.ts (`indicator_how`); its SQL in server/indicators/. */
export const INDICATORS = {
  fee_rate: { group: 'fees', unit: 'rate', better: 'up' },
  old_rate: { group: 'fees', unit: 'rate', better: 'up' },
  taken_fen: { group: 'fees', unit: 'fen', better: 'up' },
  order_respond: { group: 'orders', unit: 'rate', better: 'up' },
  order_in_time: { group: 'orders', unit: 'rate', better: 'up' },
  order_done: { group: 'orders', unit: 'rate', better: 'up' },
  order_satisfied: { group: 'orders', unit: 'rate', better: 'up' },
  order_rework: { group: 'orders', unit: 'rate', better: 'down' },
  complaint_count: { group: 'care', unit: 'count', better: 'down' },
  complaint_in_time: { group: 'care', unit: 'rate', better: 'up' },
  complaint_closed: { group: 'care', unit: 'rate', better: 'up' },
  round_done: { group: 'field', unit: 'rate', better: 'up' },
  round_in_time: { group: 'field', unit: 'rate', better: 'up' },
  finding_in_time: { group: 'field', unit: 'rate', better: 'up' },
  incident_count: { group: 'safety', unit: 'count', better: 'down' },
  alarm_disposed: { group: 'safety', unit: 'rate', better: 'up' },
  equipment_ok: { group: 'base', unit: 'rate', better: 'up', now: true },
  certified: { group: 'base', unit: 'rate', better: 'up', now: true },
  vacant: { group: 'base', unit: 'rate', better: 'down', now: true },
} as const satisfies Record<string, Spec>
export type Indicator = keyof typeof INDICATORS
export const CODES = Object.keys(INDICATORS) as [Indicator, ...Indicator[]]
export const specOf = (code: Indicator): Spec => INDICATORS[code]
const Code = z.enum(CODES).meta({ zh: '指标' })

/** part of whole; whole is null where the unit is no rate. A rate of nothing has no value. */
const Value = z.object({ part: z.int(), whole: z.int().nullable(), value: z.int().nullable() })
export type Value = z.output<typeof Value>
const Standing = z.enum(['good', 'short', 'warned', 'none'])
export type Standing = z.output<typeof Standing>
const Goal = z.int().min(0, '不能为负').nullable()
const Row = Value.extend({ code: Code, before: z.int().nullable(), goal: Goal, warn: Goal, standing: Standing, open_part: z.string().nullable(), open_whole: z.string().nullable(), needs: z.string() })
export type CockpitRow = z.output<typeof Row>
const Cell = Value.extend({ code: Code, standing: Standing })
const Asked = z.object({ month: Month.meta({ zh: '月份' }), community_id: Id.optional() })
export type CockpitAsked = z.output<typeof Asked>
const Cockpit = z.object({
  month: Month,
  /** The month is not over. */
  running: z.boolean(),
  rows: z.array(Row),
  /** Communities within reach by name, at most PLACES_MAX; `more` says how many are left out. */
  places: z.array(z.object({ community_id: Id, name: z.string(), cells: z.array(Cell) })),
  more: z.int(),
})
export type Cockpit = z.output<typeof Cockpit>
export const PLACES_MAX = 100
/** Twelve months are drawn, and how it would go on where there is enough to say so. */
const Trend = z.object({ months: z.array(Value.extend({ month: Month })) })

const TargetFields = { code: Code, community_id: Id.nullable().default(null).meta({ zh: '小区' }), from_month: Month.meta({ zh: '自月份起' }), goal: Goal.meta({ zh: '目标' }), warn: Goal.meta({ zh: '预警线' }) }
const Target = z.object({ ...TargetFields, target_id: Id, community_name: z.string().nullable(), reason: z.string(), made_by_name: z.string(), made_at: Instant, state: z.enum(['coming', 'in_force', 'over']) })
export type Target = z.output<typeof Target>

const Wall = z.object({
  at: Instant,
  place: z.string(),
  /** Of today. */
  figures: z.array(z.object({ code: z.string(), value: z.int(), of: z.int().nullable(), unit: z.enum(['fen', 'count']), bad: z.boolean() })),
  rows: z.array(Row),
  months: z.array(z.object({ month: Month, receivable_fen: FenShape, received_fen: FenShape, taken_fen: FenShape })),
  alarms: z.array(z.object({ alarm_id: Id, title: z.string(), place: z.string(), level: z.enum(['info', 'minor', 'major', 'critical']), raised_at: Instant })),
  orders: z.array(z.object({ order_id: Id, no: z.string(), category: z.string(), place: z.string(), state: z.string(), created_at: Instant, late: z.boolean() })),
})
export type Wall = z.output<typeof Wall>

export const cockpitCalls = {
  /** Each indicator whose list the person may see, of one month, by community. */
  cockpit: read({ zh: '经营看板', may: 'analytics.cockpit.read', takes: Asked, gives: Cockpit }),
  cockpitExcel: download({ zh: '导出经营看板', may: 'analytics.cockpit.export', takes: Asked }),
  cockpitPaper: download({ zh: '打印经营看板', may: 'analytics.cockpit.read', takes: Asked }),
  trend: read({ zh: '指标走势', may: 'analytics.cockpit.read', takes: z.object({ code: Code, month: Month.meta({ zh: '截至月份' }), community_id: Id.optional() }), gives: Trend }),
  /** Newest first, at most 500. */
  targets: read({ zh: '指标目标', may: 'analytics.cockpit.read', takes: z.object({ code: Code.optional() }), gives: z.object({ rows: z.array(Target) }) }),
  saveTarget: write({
    zh: '设定指标目标', may: 'analytics.target.write', takes: Repeatable.extend({ ...TargetFields, reason: Reason }), gives: z.object({ target_id: Id }),
    refuses: ['analytics.target_past', 'analytics.target_order', 'analytics.target_rate', 'analytics.target_same', 'analytics.target_company'],
  }),
  wall: read({ zh: '大屏', may: 'analytics.cockpit.read', takes: z.object({ community_id: Id.optional() }), gives: Wall }),
}
