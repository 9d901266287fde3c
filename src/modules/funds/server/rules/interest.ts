// Interest of a sub-account over a period (F-12): what was carried in and never left earns the term rate, everything else the current-account
// rate day by day. Whole numbers only: a weight is fen × days × rate in millionths of a per cent.
import { divideLargestRemainder, fen } from '../../../../kernel/money.ts'

export interface Move {
  /** Days after the beginning of the period. */
  day: number
  amount_fen: number
}
export interface Rates {
  current_rate: string
  term_rate: string
  day_base: number
}
const millionths = (rate: string): bigint => {
  const [whole = '0', part = ''] = rate.split('.')
  return BigInt(whole) * 1_000_000n + BigInt(part.padEnd(6, '0').slice(0, 6))
}

/** The part of what was carried in that stayed to the end, and the weight of all. */
export function weightOf(carried_fen: number, moves: readonly Move[], days: number, r: Rates): { kept_fen: number; weight: bigint } {
  let balance = BigInt(carried_fen)
  let least = balance
  let sum = 0n
  let from = 0
  for (const m of [...moves].sort((a, b) => a.day - b.day || b.amount_fen - a.amount_fen)) {
    sum += balance * BigInt(m.day - from)
    from = m.day
    balance += BigInt(m.amount_fen)
    if (balance < least) least = balance
  }
  sum += balance * BigInt(days - from)
  const kept = least < 0n ? 0n : least
  const rest = sum - kept * BigInt(days)
  return { kept_fen: Number(kept), weight: kept * BigInt(days) * millionths(r.term_rate) + (rest < 0n ? 0n : rest) * millionths(r.current_rate) }
}

/** The sum that the rates give, rounded once to a fen. */
export function totalOf(weights: readonly bigint[], r: Rates): number {
  const unit = BigInt(r.day_base) * 100_000_000n
  const sum = weights.reduce((a, b) => a + b, 0n)
  return Number((2n * sum + unit) / (2n * unit))
}

/** Shares of the sum by weight, exact to the fen and independent of the order of the houses. */
export function shareInterest(total_fen: number, houses: readonly { house_id: string; weight: bigint }[]): Map<string, number> {
  const list = [...houses].sort((a, b) => (a.house_id < b.house_id ? -1 : a.house_id > b.house_id ? 1 : 0))
  const parts = divideLargestRemainder(fen(total_fen), list.map((h) => String(h.weight)))
  return new Map(list.map((h, i) => [h.house_id, parts[i]!]))
}
