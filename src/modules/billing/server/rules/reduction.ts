// How a waiver falls on bills. Pure; the parts always add up to the whole and none exceeds what its bill owes.
import { divideLargestRemainder, fen, productFen, sumFen, yuan } from '../../../../kernel/money.ts'

export type How = { how: 'whole' } | { how: 'percent'; percent_bp: number } | { how: 'sum'; sum_fen: number }

/** Amounts for the open amounts given, oldest bill first; null: more than is open. */
export function reductionOf(open: readonly number[], h: How): number[] | null {
  const total = sumFen(open.map(fen))
  if (h.how === 'whole') return [...open]
  if (h.how === 'percent') {
    if (total === 0) return open.map(() => 0)
    // One rounding for all, then largest remainder: 50 % of three bills is half of their sum to the fen.
    return divideLargestRemainder(productFen([yuan(total), String(h.percent_bp)], ['10000']), open.map(String))
  }
  if (h.sum_fen > total) return null
  let left = h.sum_fen
  return open.map((o) => {
    const part = Math.min(left, o)
    left -= part
    return part
  })
}

/** 5000 → '50%', 3333 → '33.33%'. */
export const percentText = (bp: number): string => {
  const rest = bp % 100
  return `${Math.trunc(bp / 100)}${rest ? `.${String(rest).padStart(2, '0').replace(/0$/, '')}` : ''}%`
}
