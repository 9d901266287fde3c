// The arithmetic of promotions: what a house pays and gets, and what goes back when prepayment is refunded. Pure; amounts in fen.
import { fen, productFen, yuan, yuanGrouped } from '../../../../kernel/money.ts'
import type { RefundRule } from '../../contract_promotion.ts'

export interface Terms {
  kind: 'months' | 'percent' | 'amount'
  pay_months: number | null
  gift_months: number | null
  percent_bp: number | null
  min_fen: number | null
  gift_fen: number | null
}
const percent = (bp: number): string => `${Math.trunc(bp / 100)}${bp % 100 ? `.${String(bp % 100).padStart(2, '0').replace(/0$/, '')}` : ''}%`
export function ruleText(t: Terms): string {
  if (t.kind === 'months') return `预存 ${t.pay_months} 个月赠 ${t.gift_months} 个月`
  if (t.kind === 'percent') return `预存 ${t.pay_months} 个月优惠 ${percent(t.percent_bp!)}`
  return `预存满 ${yuanGrouped(fen(t.min_fen!))} 元赠 ${yuanGrouped(fen(t.gift_fen!))} 元`
}

export interface Reckoned {
  pay_fen: number
  gift_fen: number
  working: string
}
/** What is paid and what is added. `monthly_fen` is what the item costs a month; null when nobody can tell, and then only `amount` can be reckoned. */
export function reckon(t: Terms, monthly_fen: number | null): Reckoned | null {
  if (t.kind === 'amount') return { pay_fen: t.min_fen!, gift_fen: t.gift_fen!, working: ruleText(t) }
  if (monthly_fen === null || monthly_fen <= 0) return null
  const full = t.pay_months! * monthly_fen
  const whole = `${t.pay_months} 月 × ${yuanGrouped(fen(monthly_fen))} 元 = ${yuanGrouped(fen(full))} 元`
  if (t.kind === 'months') {
    const gift_fen = t.gift_months! * monthly_fen
    return { pay_fen: full, gift_fen, working: `${whole};赠 ${t.gift_months} 月 × ${yuanGrouped(fen(monthly_fen))} 元 = ${yuanGrouped(fen(gift_fen))} 元` }
  }
  const gift_fen = productFen([yuan(fen(full)), `${t.percent_bp!}`], ['10000'])
  if (gift_fen <= 0) return null
  return { pay_fen: full - gift_fen, gift_fen, working: `${whole};优惠 ${percent(t.percent_bp!)} = ${yuanGrouped(fen(gift_fen))} 元,实缴 ${yuanGrouped(fen(full - gift_fen))} 元,到账 ${yuanGrouped(fen(full))} 元` }
}

/** One use as it stands in the purse: money paid is spent first, the gift last. */
export interface Held {
  use_id: string
  refund_rule: RefundRule
  paid_fen: number
  gift_fen: number
}
/** What of the balance belongs to which inflow: the newest money is still there, the oldest was spent first. Inflows newest first. */
export function heldOf(inflows: readonly { key: string; amount_fen: number }[], balance_fen: number): Map<string, number> {
  let rest = Math.max(0, balance_fen)
  const out = new Map<string, number>()
  for (const i of inflows) {
    const part = Math.min(Math.max(0, i.amount_fen), rest)
    rest -= part
    out.set(i.key, (out.get(i.key) ?? 0) + part)
  }
  return out
}

export interface Back {
  use_id: string
  refund_fen: number
  gift_fen: number
  working: string
}
/** The gift that goes back when `refund_fen` of what was paid with it goes back. All of the money back takes all of the gift, whatever the rule but keep. */
function giftFor(h: Held, refund_fen: number): { gift_fen: number; working: string } {
  if (h.refund_rule === 'keep' || h.gift_fen === 0 || refund_fen === 0) return { gift_fen: 0, working: '按约定不收回赠送' }
  if (h.refund_rule === 'gift_first' || refund_fen === h.paid_fen) return { gift_fen: h.gift_fen, working: `退 ${yuanGrouped(fen(refund_fen))} 元,先收回赠送 ${yuanGrouped(fen(h.gift_fen))} 元` }
  const gift_fen = productFen([yuan(fen(h.gift_fen)), yuan(fen(refund_fen))], [yuan(fen(h.paid_fen))])
  return { gift_fen, working: `退 ${yuanGrouped(fen(refund_fen))} 元,按比例收回 ${yuanGrouped(fen(h.gift_fen))} × ${yuanGrouped(fen(refund_fen))} ÷ ${yuanGrouped(fen(h.paid_fen))} = ${yuanGrouped(fen(gift_fen))} 元` }
}

/** A refund out of a purse of `balance_fen`: money without a promotion first, then the uses in the order given. null: so much cannot go back. */
export function takeBack(held: readonly Held[], balance_fen: number, refund_fen: number): Back[] | null {
  const free = Math.max(0, balance_fen - held.reduce((n, h) => n + h.paid_fen + h.gift_fen, 0))
  let left = Math.max(0, refund_fen - free)
  const out: Back[] = []
  for (const h of held) {
    const part = Math.min(left, h.paid_fen)
    if (part === 0) continue
    left -= part
    out.push({ use_id: h.use_id, refund_fen: part, ...giftFor(h, part) })
  }
  return left > 0 ? null : out
}
/** The most that can go back: free money and all money paid; gifts are given back with it, never paid out. */
export const mostBack = (held: readonly Held[], balance_fen: number): number => Math.max(0, balance_fen - held.reduce((n, h) => n + h.gift_fen, 0))
