// The line rule in TypeScript and BigInt: the reference that the SQL of a charge run must agree with (lines.test.ts proves it on
// random input), and the arithmetic of price previews. Pure.
//
// A line is one house × fee item × window × payer, cut where the payer, the price or the assignment changes:
//  real_days    a part month is days / days of that month
//  thirty_days  every month has 30 days: the 31st counts nothing, the last of February counts up to the 30th
//  whole_month  whoever is liable on the 1st owes the month whole
// A season is one window, its parts are days / days of the season. Parts of one month at one price and quantity add up to the
// rounded whole: each gets its floor, the fen left over go to the largest remainders, ties to the earlier day.
import { addMonths, daysBetween } from '../../../../kernel/clock.ts'
import { productFen, trimDecimal } from '../../../../kernel/money.ts'
import type { Window } from './cycle.ts'

export interface Piece {
  from_on: string
  to_on: string
  months: number
  days: number
  days_of: number
}
export interface Stretch {
  from_on: string
  to_on: string
  payer_id: string
  price_id: string
  unit_price: string
  quantity: string
}
export type Line = Stretch & Piece & { amount_fen: number }

const firstOfMonth = (day: string): string => `${day.slice(0, 7)}-01`
const nextMonth = (day: string): string => `${addMonths(day.slice(0, 7), 1)}-01`
const ceilMonth = (day: string): string => (day === firstOfMonth(day) ? day : nextMonth(day))
const monthsBetween = (from: string, to: string): number => (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7))

function partOf(from_on: string, to_on: string, first: string, end: string, thirty: boolean): Piece {
  if (!thirty) return { from_on, to_on, months: 1, days: daysBetween(from_on, to_on), days_of: daysBetween(first, end) }
  const at = (day: string) => (day === end ? 30 : Math.min(daysBetween(first, day), 30))
  return { from_on, to_on, months: 1, days: at(to_on) - at(from_on), days_of: 30 }
}

/** The pieces that a stretch of days inside a window is charged by. */
export function piecesOf(s: { from_on: string; to_on: string }, w: Window, cycle: string, proration: string): Piece[] {
  const whole = (from_on: string, to_on: string, months: number): Piece[] => (months > 0 ? [{ from_on, to_on, months, days: 0, days_of: 0 }] : [])
  if (cycle === 'month' || cycle === 'season') {
    if (proration === 'whole_month') return s.from_on === w.from_on ? whole(w.from_on, w.to_on, w.months) : []
    if (s.from_on === w.from_on && s.to_on === w.to_on) return whole(w.from_on, w.to_on, w.months)
    return [partOf(s.from_on, s.to_on, w.from_on, w.to_on, proration === 'thirty_days' && cycle === 'month')].filter((p) => p.days > 0)
  }
  const start = ceilMonth(s.from_on)
  if (proration === 'whole_month') return whole(start, ceilMonth(s.to_on), monthsBetween(start, ceilMonth(s.to_on)))
  const thirty = proration === 'thirty_days'
  const end = firstOfMonth(s.to_on)
  if (start > end) return [partOf(s.from_on, s.to_on, firstOfMonth(s.from_on), nextMonth(s.from_on), thirty)].filter((p) => p.days > 0)
  const head = s.from_on < start ? [partOf(s.from_on, start, firstOfMonth(s.from_on), start, thirty)] : []
  const tail = end < s.to_on ? [partOf(end, s.to_on, end, nextMonth(end), thirty)] : []
  return [...head, ...whole(start, end, monthsBetween(start, end)), ...tail].filter((p) => p.months > 0 && (p.days > 0 || p.days_of === 0))
}

/** Units of a decimal at `scale` places. */
function unitsOf(text: string, scale: number): bigint {
  const [whole, decimals = ''] = trimDecimal(text).split('.')
  return BigInt(whole! + decimals.padEnd(scale, '0').slice(0, scale))
}
const QUANTITY_SCALE = 4
const PRICE_SCALE = 6
const UNIT = 10n ** BigInt(QUANTITY_SCALE + PRICE_SCALE - 2)

/** Amounts of the lines of one house and item. */
export function priced(lines: readonly (Stretch & Piece)[], season: boolean, window: Window): Line[] {
  const out: Line[] = lines.map((l) => ({ ...l, amount_fen: productFen([l.quantity, l.unit_price, String(l.months)]) }))
  const groups = Map.groupBy(
    out.filter((l) => l.days > 0),
    (l) => `${season ? window.from_on : firstOfMonth(l.from_on)} ${trimDecimal(l.quantity)} ${trimDecimal(l.unit_price)}`,
  )
  for (const parts of groups.values()) {
    const of = BigInt(parts[0]!.days_of)
    const product = unitsOf(parts[0]!.quantity, QUANTITY_SCALE) * unitsOf(parts[0]!.unit_price, PRICE_SCALE)
    const days = parts.reduce((n, p) => n + BigInt(p.days), 0n)
    const per = UNIT * of
    const total = (2n * product * days + per) / (2n * per)
    const cut = parts.map((p) => ({ p, floor: (product * BigInt(p.days)) / per, rest: (product * BigInt(p.days)) % per }))
    let left = total - cut.reduce((n, x) => n + x.floor, 0n)
    for (const x of [...cut].sort((a, b) => (a.rest > b.rest ? -1 : a.rest < b.rest ? 1 : a.p.from_on < b.p.from_on ? -1 : 1))) {
      x.p.amount_fen = Number(x.floor + (left > 0n ? 1n : 0n))
      left -= 1n
    }
  }
  return out
}

/** All lines of one house and item from its stretches (payer × price × assignment, disjoint, inside the window). */
export function linesOf(stretches: readonly Stretch[], w: Window, cycle: string, proration: string): Line[] {
  return priced(stretches.flatMap((s) => piecesOf(s, w, cycle, proration).map((p) => ({ ...s, ...p }))), cycle === 'season', w)
}
