// Water meters: what they show at the end of each round. Use follows the number of heads, the summer and chance.
import { dice } from './random.ts'
import type { PlanHouse } from './shapes.ts'

/** Cubic metres in tenths. */
const tenths = (n: number): string => `${Math.trunc(n / 10)}.${n % 10}`
export const meterNo = (h: PlanHouse): string => `LXS-${h.label.replaceAll('-', '')}`
const START = (h: PlanHouse): number => dice('meter', h.label).int(2200, 9800)
export const startReading = (h: PlanHouse): string => tenths(START(h))

function used(h: PlanHouse, heads: number, month: string): number {
  const d = dice('water', h.label, month)
  if (h.state === 'vacant' || h.state === 'unsold') return d.chance(0.85) ? 0 : d.int(1, 6)
  if (h.state === 'renovating') return d.int(8, 40)
  const m = Number(month.slice(5))
  const season = m >= 6 && m <= 9 ? 120 : m === 2 ? 82 : 100
  return Math.round((Math.max(1, heads) * d.int(19, 33) * season) / 100)
}

/** Now and then a pipe leaks or a tap runs, and the reading is called in question. */
export const LEAK = 0.003
/** Readings of one meter for the months, in order. */
export function readingsOf(h: PlanHouse, heads: number, months: readonly string[]): string[] {
  let at = START(h)
  return months.map((month) => {
    const leak = dice('leak', h.label, month).chance(LEAK) && h.state !== 'vacant'
    at += used(h, heads, month) * (leak ? 5 : 1)
    return tenths(at)
  })
}
/** In the current round a few doors stayed shut. */
export const nobodyHome = (h: PlanHouse, month: string): boolean => dice('nobody home', h.label, month).chance(0.03)
