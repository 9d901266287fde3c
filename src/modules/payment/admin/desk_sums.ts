// What the desk adds up while somebody types: integer fen only. The server checks every figure again.
import type { Method } from '../contract.ts'

export interface TenderLine {
  method: Method
  /** null: whatever is still missing. */
  amount_fen: number | null
  reference: string
}
export interface Sums {
  /** Σ ticked lines less coupons, and the prepayment that a chosen promotion asks for. */
  lines_fen: number
  /** Σ tenders, an open one filled with what is missing. */
  given_fen: number
  /** Given above the lines, to be handed back or kept. */
  surplus_fen: number
  short_fen: number
  change_fen: number
  prepay_fen: number
  /** Why it cannot be taken yet, in Chinese; null when it can. */
  problem: string | null
}

export function filled(tenders: readonly TenderLine[], lines_fen: number): { method: Method; amount_fen: number; reference: string }[] {
  const known = tenders.reduce((n, t) => n + (t.amount_fen ?? 0), 0)
  let missing = Math.max(0, lines_fen - known)
  return tenders
    .map((t) => {
      if (t.amount_fen !== null) return { ...t, amount_fen: t.amount_fen }
      const amount_fen = missing
      missing = 0
      return { ...t, amount_fen }
    })
    .filter((t) => t.amount_fen > 0)
}

/** General prepayment, and of what is bound to an item as much as the ticked lines of that item take. */
export function usable(o: { lines: ReadonlyMap<string, number>; item_of: ReadonlyMap<string, string>; wallet_fen: number; bound: readonly { fee_item_id: string; balance_fen: number }[] }): number {
  return o.bound.reduce((n, b) => n + Math.min(b.balance_fen, [...o.lines].reduce((m, [id, fen]) => m + (o.item_of.get(id) === b.fee_item_id ? fen : 0), 0)), o.wallet_fen)
}

export function sums(o: { lines: ReadonlyMap<string, number>; tenders: readonly TenderLine[]; keep: boolean; wallet_fen: number; promo_fen?: number; off_fen?: number }): Sums {
  const promo_fen = o.promo_fen ?? 0
  // What coupons take off is not paid with money.
  const lines_fen = [...o.lines.values()].reduce((n, v) => n + v, promo_fen) - (o.off_fen ?? 0)
  const paid = filled(o.tenders, lines_fen)
  const given_fen = paid.reduce((n, t) => n + t.amount_fen, 0)
  const cash = paid.filter((t) => t.method === 'cash').reduce((n, t) => n + t.amount_fen, 0)
  const wallet = paid.filter((t) => t.method === 'wallet').reduce((n, t) => n + t.amount_fen, 0)
  const surplus_fen = Math.max(0, given_fen - lines_fen)
  const short_fen = Math.max(0, lines_fen - given_fen)
  // Only cash can be handed back; what else is too much is kept as prepayment.
  const keep = o.keep || cash < surplus_fen
  const problem =
    given_fen === 0 ? '请勾选账单,或填写收款金额'
    : wallet > o.wallet_fen ? '预存余额不够抵扣'
    : short_fen > 0 ? '收到的金额少于应收;只收一部分请改账单的「本次收」'
    : promo_fen > 0 && wallet > 0 ? '享受优惠的预存不能用预存抵扣支付'
    : promo_fen > 0 && keep && surplus_fen > 0 ? '享受优惠时请按应收金额收,多出的钱另收一笔预存'
    : keep && surplus_fen > 0 && wallet > 0 ? '用预存抵扣时不能同时转入预存'
    : null
  return { lines_fen, given_fen, surplus_fen, short_fen, change_fen: keep ? 0 : surplus_fen, prepay_fen: promo_fen + (keep ? surplus_fen : 0), problem }
}
