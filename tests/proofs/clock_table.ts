// The same sums over the days that are hard, as one table: run in processes of several time zones it must come out the same.
import { addDays, addMonths, dayOf, daysBetween } from '../../src/kernel/clock.ts'
import { windowOf } from '../../src/modules/billing/server/rules/cycle.ts'
import { lateFee, type LateRule } from '../../src/modules/billing/server/rules/late.ts'
import { limitationOf } from '../../src/modules/billing/server/rules/limitation.ts'
import { linesOf, type Stretch } from '../../src/modules/billing/server/rules/pricing.ts'
import { afterQuiet } from '../../src/modules/messages/server/rules/quiet.ts'
import { ownerStart } from '../../src/modules/people/server/rules/payers.ts'

export const DAYS = ['2024-02-28', '2024-02-29', '2024-03-01', '2025-02-28', '2026-01-29', '2026-01-30', '2026-01-31', '2026-03-31', '2026-06-30', '2026-09-30', '2026-12-31', '2027-01-01', '2028-02-29', '2029-02-28'] as const
/** Both sides of midnight in Shanghai (16:00 UTC), of midnight in UTC, and of the hours that other zones skip or repeat. */
export const INSTANTS = ['2026-12-31T15:59:59.999Z', '2026-12-31T16:00:00.000Z', '2027-01-01T00:00:00.000Z', '2026-02-28T15:59:59.999Z', '2026-02-28T16:00:00.000Z', '2028-02-28T16:00:00.000Z', '2028-02-29T16:00:00.000Z', '2026-03-08T10:30:00.000Z', '2026-11-01T09:30:00.000Z', '2026-10-03T16:30:00.000Z'] as const
export const RULE: LateRule = { rule_id: 'r', daily_rate: '0.0005', grace_days: 0, counts_from: 'grace', cap_bp: null, lpr_rate: null, lpr_multiple: null, shift: false, paid_day: 'counts', from_on: '2020-01-01', to_on: null }
const works = (): boolean => true

export const feeOf = (due_on: string, as_of: string): number => lateFee({ principal_fen: 100_003, due_on, as_of, movements: [], rules: [RULE], pauses: [], works }).fee_fen
/** The month of a day, cut before the day into two payers. */
export function cut(day: string, proration: string): { parts: number[]; whole: number } {
  const w = windowOf({ cycle: 'month', season_from: null, season_to: null }, day.slice(0, 7))!
  const one = (from_on: string, to_on: string, payer_id: string): Stretch => ({ from_on, to_on, payer_id, price_id: 'p', unit_price: '1.37', quantity: '98.53' })
  const amounts = (list: Stretch[]): number[] => linesOf(list, w, 'month', proration).map((l) => l.amount_fen)
  const stretches = day > w.from_on ? [one(w.from_on, day, 'a'), one(day, w.to_on, 'b')] : [one(w.from_on, w.to_on, 'b')]
  return { parts: amounts(stretches), whole: amounts([one(w.from_on, w.to_on, 'a')])[0]! }
}

export const table = () => ({
  days: INSTANTS.map((i) => dayOf(i)),
  quiet: INSTANTS.map((i) => afterQuiet(i, { quiet_from: '21:00', quiet_to: '08:00' })),
  next: DAYS.map((d) => [addDays(d, 1), addDays(d, -1), addMonths(d.slice(0, 7), 1), daysBetween(d, addDays(d, 366))]),
  cuts: DAYS.map((d) => ['real_days', 'thirty_days', 'whole_month'].map((p) => cut(d, p).parts)),
  late: DAYS.map((d) => [1, 29, 31, 366].map((n) => feeOf(d, addDays(d, n)))),
  limit: DAYS.map((d) => limitationOf(d, [])),
  start: DAYS.map((d) => [ownerStart(d, 'delivery_day'), ownerStart(d, 'next_month')]),
  windows: ['month', 'quarter', 'half_year', 'year'].map((cycle) => Array.from({ length: 36 }, (_, i) => windowOf({ cycle, season_from: null, season_to: null }, addMonths('2026-01', i)))),
  heating: [2023, 2024, 2027].map((y) => windowOf({ cycle: 'season', season_from: '11-15', season_to: '03-15' }, `${y}-11`)),
})

if (process.argv[1]?.endsWith('clock_table.ts')) process.stdout.write(JSON.stringify(table()))
