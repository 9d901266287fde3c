// When and how people pay. A family pays for its flat, garage, storeroom and leased space on one visit.
import { addMonths } from '../../kernel/clock.ts'
import { HEAT_BILLED_DAY } from './fees.ts'
import { dice } from './random.ts'
import type { Calendar } from './calendar.ts'
import type { Habit, HouseState } from './shapes.ts'

const WEIGHTS: Record<HouseState, readonly (readonly [Habit, number])[]> = {
  lived_in: [['monthly', 5], ['quarterly', 20], ['half_yearly', 26], ['yearly', 19], ['prepay', 13], ['late', 9], ['chronic', 8]],
  let: [['monthly', 8], ['quarterly', 34], ['half_yearly', 32], ['yearly', 8], ['late', 10], ['chronic', 8]],
  vacant: [['quarterly', 8], ['half_yearly', 32], ['yearly', 36], ['late', 10], ['chronic', 14]],
  renovating: [['quarterly', 50], ['half_yearly', 40], ['late', 10]],
  unsold: [['half_yearly', 1]],
  disabled: [['half_yearly', 1]],
}
export type Method = 'cash' | 'card' | 'transfer' | 'wechat' | 'alipay'
export interface Manner {
  /** The family's name in the plan: the label of its flat or shop, or the developer. */
  group: string
  habit: Habit
  method: Method | 'mixed'
  /** Which months of a quarter or half-year; day of the month. */
  phase: number
  day: number
  /** Chronic: months back from the current one since which nothing was paid. */
  since_back: number
  /** Chronic, but the heat is wanted. */
  pays_heat: boolean
}

export function mannerOf(community: string, group: string, state: HouseState, organisation: boolean): Manner {
  const d = dice('manner', community, group)
  const habit = organisation ? (state === 'unsold' ? 'half_yearly' : d.weighted([['monthly', 2], ['quarterly', 6], ['half_yearly', 2]] as const)) : d.weighted(WEIGHTS[state])
  const method = organisation ? (d.chance(0.7) ? 'transfer' : 'card') : d.weighted([['wechat', 45], ['cash', 23], ['alipay', 9], ['card', 9], ['transfer', 7], ['mixed', 7]] as const)
  return { group, habit, method, phase: d.int(0, 2), day: d.int(2, 27), since_back: d.weighted([[99, 26], [d.int(12, 17), 22], [d.int(6, 11), 28], [d.int(3, 5), 24]]), pays_heat: d.chance(0.35) }
}

export interface Visit {
  day: number
  what: 'all' | 'old' | 'heat' | 'wallet'
  /** Pay for a year to come as well. */
  prepay: boolean
}
const monthsBack = (c: Calendar, month: string): number => Number(c.current.slice(0, 4)) * 12 + Number(c.current.slice(5)) - Number(month.slice(0, 4)) * 12 - Number(month.slice(5))

/** The month in which this family pays the heat of the season that begins in November of `year`: billed on 10 October, cold from mid-November. */
function heatMonth(m: Manner, year: string): string {
  const k = dice('heat', m.group, year).next()
  return addMonths(`${year}-10`, k < 0.42 ? 0 : k < 0.94 ? 1 : k < 0.985 ? 2 : 3)
}
function heatDay(m: Manner, month: string): number {
  const d = dice('heat day', m.group, month)
  if (month.endsWith('-10')) return d.int(HEAT_BILLED_DAY + 1, 31)
  return month.endsWith('-11') ? (d.chance(0.88) ? d.int(1, 15) : d.int(16, 27)) : m.day
}

/** Whether and how a family pays in a month; null: it does not come. */
export function visitOf(m: Manner, c: Calendar, month: string): Visit | null {
  const n = Number(month.slice(5))
  const d = dice('visit', m.group, month)
  const season_year = n >= 8 ? month.slice(0, 4) : String(Number(month.slice(0, 4)) - 1)
  const heat = heatMonth(m, season_year) === month
  if (m.habit === 'chronic' && monthsBack(c, month) <= m.since_back) return heat && m.pays_heat ? { day: heatDay(m, month), what: 'heat', prepay: false } : null
  if (heat) return { day: heatDay(m, month), what: 'all', prepay: m.habit === 'prepay' && (n === 10 || n === 11) }
  switch (m.habit) {
    case 'monthly':
      return d.chance(0.96) ? { day: m.day, what: 'all', prepay: false } : null
    case 'quarterly':
    case 'chronic':
      return n % 3 === m.phase ? { day: m.day, what: 'all', prepay: false } : null
    case 'half_yearly':
      return (n + 1) % 6 === m.phase ? { day: m.day, what: 'all', prepay: false } : null
    case 'yearly':
      return n === 1 + m.phase ? { day: m.day, what: 'all', prepay: false } : null
    case 'prepay':
      // The desk takes from the prepayment twice a year.
      return (n + 1) % 6 === m.phase ? { day: m.day, what: 'wallet', prepay: false } : null
    case 'late':
      return d.chance(0.36) ? { day: m.day, what: 'old', prepay: false } : null
  }
}
