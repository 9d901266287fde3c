// The arithmetic of counting a drawer (点钞) and handing in. Pure; amounts in fen.
import { fen, sumFen, type Fen } from '../../../../kernel/money.ts'

export interface Counting {
  float_fen: number
  /** Cash in less out of the shift. */
  cash_fen: number
  pieces: readonly { face_fen: number; pieces: number }[]
  hand_ins: readonly { amount_fen: number }[]
}
export interface Counted {
  expected_fen: Fen
  counted_fen: Fen
  /** Above 0: more than there should be (长款). */
  difference_fen: Fen
  handed_fen: Fen
  /** Stays in the drawer. */
  kept_fen: Fen
}
export function countDrawer(o: Counting): Counted {
  const expected = sumFen([fen(o.float_fen), fen(o.cash_fen)])
  const counted = sumFen(o.pieces.map((p) => fen(p.face_fen * p.pieces)))
  const handed = sumFen(o.hand_ins.map((h) => fen(h.amount_fen)))
  return { expected_fen: expected, counted_fen: counted, difference_fen: fen(counted - expected), handed_fen: handed, kept_fen: fen(counted - handed) }
}

/** Cash carried to the bank, by book: what is held for others goes first and whole. */
export function splitByBook(bank_fen: number, trust_cash_fen: number): { trust_fen: Fen; company_fen: Fen } {
  const trust = Math.min(bank_fen, Math.max(0, trust_cash_fen))
  return { trust_fen: fen(trust), company_fen: fen(bank_fen - trust) }
}

export interface Line {
  account_code: string
  amount_fen: number
  subject_type?: string
  subject_id?: string
}
/** 短款 is owed by the cashier (1221) until it is decided otherwise; 长款 is owed to somebody unknown (2241), not income. */
export function differenceLines(difference_fen: number, cashier_id: string): Line[] {
  if (difference_fen === 0) return []
  const who = { subject_type: 'account', subject_id: cashier_id }
  return difference_fen < 0
    ? [{ account_code: '1221', amount_fen: -difference_fen, ...who }, { account_code: '1001', amount_fen: difference_fen }]
    : [{ account_code: '1001', amount_fen: difference_fen }, { account_code: '2241', amount_fen: -difference_fen, ...who }]
}
export const bankLines = (amount_fen: number): Line[] => (amount_fen === 0 ? [] : [{ account_code: '1002', amount_fen }, { account_code: '1001', amount_fen: -amount_fen }])
