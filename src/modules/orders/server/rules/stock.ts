// Moving-average cost (移动加权平均): what an issue takes with it of the value in hand. Pure.
import { compareDecimal, fen, productFen, yuan } from '../../../../kernel/money.ts'

export interface InHand { on_hand: string; value_fen: number }
/** The share of the value that goes with `quantity`, half up; the last piece takes all that is left, so that nothing remains on an empty shelf. */
export function costOut(s: InHand, quantity: string): number {
  if (compareDecimal(quantity, s.on_hand) === 0) return s.value_fen
  return productFen([quantity, yuan(fen(s.value_fen))], [s.on_hand])
}
