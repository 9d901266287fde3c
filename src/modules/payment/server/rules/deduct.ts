// How prepayment pays bills (抵扣顺序): what is bound to an item first and only that item, then the general; in each the oldest bill first. Pure.
export interface Owed {
  bill_id: string
  period_on: string
  fee_item_id: string
  due_on: string
  open_fen: number
}
export interface Purses {
  general_fen: number
  /** By fee item. */
  bound: ReadonlyMap<string, number>
}
export interface Deduction {
  bill_id: string
  period_on: string
  amount_fen: number
  /** Of it from what is bound to the bill's item; the rest is general. */
  bound_fen: number
}
export interface Used {
  fee_item_id: string | null
  amount_fen: number
}

const older = (a: Owed, b: Owed): number => (a.period_on < b.period_on ? -1 : a.period_on > b.period_on ? 1 : a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : a.bill_id < b.bill_id ? -1 : a.bill_id > b.bill_id ? 1 : 0)

/** `cap_fen` bounds the whole; each bill stands once in the answer, in the order it was paid. */
export function deduct(bills: readonly Owed[], purses: Purses, cap_fen = Number.MAX_SAFE_INTEGER): { lines: Deduction[]; used: Used[]; total_fen: number } {
  const sorted = bills.filter((b) => b.open_fen > 0).toSorted(older)
  const bound = new Map(purses.bound)
  let cap = cap_fen
  const of = sorted.map((b) => {
    const bound_fen = Math.min(b.open_fen, bound.get(b.fee_item_id) ?? 0, cap)
    bound.set(b.fee_item_id, (bound.get(b.fee_item_id) ?? 0) - bound_fen)
    cap -= bound_fen
    return { b, bound_fen }
  })
  let general = purses.general_fen
  const lines: Deduction[] = []
  const used = new Map<string | null, number>()
  const note = (key: string | null, n: number) => n > 0 && used.set(key, (used.get(key) ?? 0) + n)
  for (const { b, bound_fen } of of) {
    const general_fen = Math.min(b.open_fen - bound_fen, general, cap)
    general -= general_fen
    cap -= general_fen
    note(b.fee_item_id, bound_fen)
    note(null, general_fen)
    if (bound_fen + general_fen > 0) lines.push({ bill_id: b.bill_id, period_on: b.period_on, amount_fen: bound_fen + general_fen, bound_fen })
  }
  return { lines, used: [...used].map(([fee_item_id, amount_fen]) => ({ fee_item_id, amount_fen })), total_fen: lines.reduce((n, l) => n + l.amount_fen, 0) }
}
