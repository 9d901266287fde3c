// The totals of a month, and what is above the standard. Pure.
import type { DayResult, Totals } from '../../contract.ts'

export interface AdjustIn { item: 'work_minutes' | 'late_minutes' | 'early_minutes' | 'absent_halves' | 'overtime_work' | 'overtime_rest' | 'overtime_holiday'; change: number }
const SUMMED = ['planned_minutes', 'work_minutes', 'late_count', 'late_minutes', 'early_count', 'early_minutes', 'absent_halves', 'missing_count', 'away_count', 'fix_count', 'leave_halves', 'unpaid_halves', 'overtime_work', 'overtime_rest', 'overtime_holiday', 'overtime_in_lieu', 'holiday_work_minutes'] as const
export function totalsOf(days: readonly DayResult[], adjustments: readonly AdjustIn[], o: { hours: 'standard' | 'comprehensive' | 'flexible'; standard_minutes: number }): Totals {
  const t = Object.fromEntries(SUMMED.map((k) => [k, days.reduce((n, d) => n + d[k], 0)])) as Record<(typeof SUMMED)[number], number>
  for (const a of adjustments) t[a.item] += a.change
  // 综合计算工时: over the period above the standard is overtime (150 %), work of statutory holidays is paid apart (300 %).
  const over_minutes = o.hours === 'comprehensive' ? Math.max(0, t.work_minutes - t.holiday_work_minutes - o.standard_minutes) : 0
  return { ...t, worked_days: days.filter((d) => d.worked).length, standard_minutes: o.standard_minutes, over_minutes }
}
/** Overtime of the month for the limit of 36 hours (劳动法 41); holidays and days of rest are within it. */
export const overtimeOf = (t: Totals): number => t.overtime_work + t.overtime_rest + t.overtime_holiday + t.overtime_in_lieu + t.over_minutes
