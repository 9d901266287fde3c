// What a quote comes to, and what of it is signed: pure.
import { createHash } from 'node:crypto'
import { fen, mulRoundHalfUp, sumFen, trimDecimal, yuanGrouped } from '../../../../kernel/money.ts'
import type { QuoteLine, QuoteState } from '../../contract.ts'

export type Priced = Omit<QuoteLine, 'line_no' | 'amount_fen'>
/** Each line rounded once, half up; the total is their sum. */
export function priced(lines: readonly Priced[]): { lines: QuoteLine[]; amount_fen: number } {
  const all = lines.map((l, i) => ({ ...l, line_no: i + 1, amount_fen: mulRoundHalfUp(l.quantity, l.unit_price) as number }))
  return { lines: all, amount_fen: sumFen(all.map((l) => fen(l.amount_fen))) }
}
/** '更换水龙头 1 个 × 35 元 + 上门人工 1.5 小时 × 40 元' */
export const linesText = (lines: readonly QuoteLine[]): string => lines.map((l) => `${l.name} ${trimDecimal(l.quantity)} ${l.unit} × ${trimDecimal(l.unit_price)} 元`).join(' + ')
/** On the bill: what, how much, who agreed when. */
export const billNote = (q: { no: string; order_no: string; amount_fen: number; signer_name: string; signed: string }, lines: readonly QuoteLine[]): string =>
  `有偿服务 ${q.no}(工单 ${q.order_no}):${linesText(lines)} = ${yuanGrouped(fen(q.amount_fen))} 元;${q.signer_name} ${q.signed} 签字同意`

/** Of everything a customer sees before he signs: the same words give the same digest, one changed digit another. */
export function contentHash(o: { no: string; payer_id: string; note: string | null; lines: readonly QuoteLine[] }): string {
  const text = JSON.stringify([o.no, o.payer_id, o.note ?? '', o.lines.map((l) => [l.kind, l.name, l.unit, trimDecimal(l.quantity), trimDecimal(l.unit_price), l.amount_fen])])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

export type QuoteAction = 'sign' | 'refuse' | 'withdraw' | 'replace' | 'bill' | 'void'
/** From which states each leads where; everything else is refused. Without `consented` nothing is ever billed. */
export const QUOTE_MOVES: Readonly<Record<QuoteAction, { from: readonly QuoteState[]; to: QuoteState }>> = {
  sign: { from: ['offered'], to: 'consented' },
  refuse: { from: ['offered'], to: 'refused' },
  withdraw: { from: ['offered', 'consented'], to: 'withdrawn' },
  replace: { from: ['offered', 'consented'], to: 'replaced' },
  bill: { from: ['consented'], to: 'billed' },
  void: { from: ['billed'], to: 'voided' },
}
