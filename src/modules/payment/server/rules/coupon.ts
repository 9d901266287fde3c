// What coupons take off the bills of one payment. Pure; amounts in fen. Each coupon needs its own part of the bills, oldest first, as large as its
// minimum; it takes its amount off that part. So thresholds are never counted twice, and something is always left to pay.
import { fen, yuanGrouped } from '../../../../kernel/money.ts'

export interface CouponTerms {
  coupon_id: string
  amount_fen: number
  min_fen: number
  fee_item_id: string | null
}
export interface CouponLine {
  bill_id: string
  fee_item_id: string
  fee_item_name: string
  /** Only income of the company can be given away. */
  own: boolean
  amount_fen: number
}
export interface CouponPart {
  bill_id: string
  amount_fen: number
}
export interface Spread {
  coupon_id: string
  parts: CouponPart[]
  /** What the bills it may be used on come to, less what other coupons need. */
  room_fen: number
  fits: boolean
}

export const couponText = (t: { amount_fen: number; min_fen: number; fee_item_name: string | null }): string => `满 ${yuanGrouped(fen(t.min_fen))} 减 ${yuanGrouped(fen(t.amount_fen))} 元${t.fee_item_name ? `,只抵${t.fee_item_name}` : ''}`

/** In the order given; one that does not fit takes nothing and leaves the room to the next. Lines oldest first. */
export function spread(coupons: readonly CouponTerms[], lines: readonly CouponLine[]): Spread[] {
  const free = new Map(lines.map((l) => [l.bill_id, l.amount_fen]))
  return coupons.map((c) => {
    const mine = lines.filter((l) => l.own && (c.fee_item_id === null || l.fee_item_id === c.fee_item_id))
    const room_fen = mine.reduce((n, l) => n + free.get(l.bill_id)!, 0)
    if (room_fen < c.min_fen) return { coupon_id: c.coupon_id, parts: [], room_fen, fits: false }
    let need = c.min_fen
    let off = c.amount_fen
    const parts: CouponPart[] = []
    for (const l of mine) {
      const held = Math.min(free.get(l.bill_id)!, need)
      free.set(l.bill_id, free.get(l.bill_id)! - held)
      need -= held
      const amount_fen = Math.min(held, off)
      off -= amount_fen
      if (amount_fen > 0) parts.push({ bill_id: l.bill_id, amount_fen })
    }
    return { coupon_id: c.coupon_id, parts, room_fen, fits: true }
  })
}

export const workingOf = (t: CouponTerms, parts: readonly CouponPart[], lines: readonly CouponLine[], periods: ReadonlyMap<string, string>): string =>
  `满 ${yuanGrouped(fen(t.min_fen))} 减 ${yuanGrouped(fen(t.amount_fen))} 元:${parts.map((p) => `${lines.find((l) => l.bill_id === p.bill_id)?.fee_item_name ?? ''} ${(periods.get(p.bill_id) ?? '').slice(0, 7)} 抵 ${yuanGrouped(fen(p.amount_fen))}`).join('、')}`
