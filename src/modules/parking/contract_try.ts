// 试算: the stays of some days again under rules that are not in force.
import { z } from 'zod'
import { read } from '../../kernel/contract.ts'
import { Day, FenShape, Id, Instant } from '../../kernel/shapes.ts'
import { RuleShape, StayClass } from './shapes.ts'

const { from_on: _from, note: _note, window_s: _window, remind_days: _remind, keep_days: _keep, lost_card_fen: _card, max_height_cm: _height, max_weight_kg: _weight, ...tried } = RuleShape
export const TriedRow = z.object({ class: StayClass.meta({ zh: '类别' }), stay_count: z.int().meta({ zh: '停车次数' }), was_fen: FenShape.meta({ zh: '现行规则' }), then_fen: FenShape.meta({ zh: '试算规则' }), more_count: z.int().meta({ zh: '变贵' }), less_count: z.int().meta({ zh: '变便宜' }), refused_count: z.int().meta({ zh: '不放入' }), admitted_count: z.int().meta({ zh: '改为放入' }) })
export type TriedRow = z.output<typeof TriedRow>
export const TriedStay = z.object({ stay_id: Id, plate: z.string(), class: StayClass, entered_at: Instant, left_at: Instant, was_fen: FenShape, then_fen: FenShape, why: z.string().nullable() })
export type TriedStay = z.output<typeof TriedStay>
export const Tried = z.object({
  stay_count: z.int(), was_fen: FenShape, then_fen: FenShape, rows: z.array(TriedRow), refused: z.array(z.object({ why: z.string(), count: z.int() })), full_peak: z.int(), full_at: Instant.nullable(),
  by_day: z.array(z.object({ on_day: Day, was_fen: FenShape, then_fen: FenShape, refused_count: z.int() })), examples: z.array(TriedStay), unpriced_count: z.int(),
})
export type Tried = z.output<typeof Tried>
export const tryCalls = {
  tryRule: read({ zh: '试算车场规则', may: 'parking.stay.read', takes: z.object({ lot_id: Id, days_from_on: Day.meta({ zh: '停车记录起' }), days_to_on: Day.meta({ zh: '停车记录止' }), ...tried, draft: z.boolean().default(false).meta({ zh: '用价目草稿' }) }), gives: Tried, refuses: ['parking.range_long', 'parking.too_many_rows', 'parking.reserved_too_many', 'parking.no_such_tariff', 'tariff.no_draft', 'tariff.spec_faulty'] }),
}
