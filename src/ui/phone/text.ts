// How periods and days are said on a phone.
import { addDays } from '../../kernel/clock.ts'

/** '2026-11' or '2026-11-01' → '2026 年 11 月' */
export const monthText = (on: string): string => `${on.slice(0, 4)} 年 ${Number(on.slice(5, 7))} 月`
/** [from_on, to_on) as people read it: '2026-11-01 至 2026-11-30'. */
export const periodText = (from_on: string, to_on: string): string => `${from_on} 至 ${addDays(to_on, -1)}`
/** A heading over the rows of each key, in the order in which they came. */
export function groupBy<R>(rows: readonly R[], key: (row: R) => string): [string, R[]][] {
  const groups = new Map<string, R[]>()
  for (const r of rows) {
    const k = key(r)
    const g = groups.get(k)
    if (g) g.push(r)
    else groups.set(k, [r])
  }
  return [...groups]
}
