// The tenders of one payment laid over the houses it pays for, in order. Pure; amounts in fen.
import { fen } from '../../../../kernel/money.ts'
import type { Tender } from './till.ts'

/** Σ tenders = Σ totals. Every part gets exactly its total; a tender may end in one house and begin in the next. */
export function splitTenders(tenders: readonly Tender[], totals: readonly number[]): Tender[][] {
  const left = tenders.map((t) => ({ ...t, amount_fen: t.amount_fen as number }))
  let at = 0
  return totals.map((total) => {
    const out: Tender[] = []
    let need = total
    while (need > 0 && at < left.length) {
      const t = left[at]!
      const take = Math.min(need, t.amount_fen)
      if (take > 0) out.push({ method: t.method, amount_fen: fen(take), reference: t.reference })
      t.amount_fen -= take
      need -= take
      if (t.amount_fen === 0) at++
    }
    return out
  })
}
