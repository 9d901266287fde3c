// How a bill falls into parts. Pure; the parts add up to what was open to the fen, none is empty.
import { daysBetween } from '../../../../kernel/clock.ts'
import { divideLargestRemainder, fen } from '../../../../kernel/money.ts'

export interface AskedPart {
  payer_id?: string | undefined
  amount_fen?: number | undefined
  share?: number | undefined
  from_on?: string | undefined
}
export interface CutPart {
  payer_id: string
  from_on: string
  to_on: string
  amount_fen: number
  /** 第 1/2 份,按 15/31 天 */
  how: string
}
interface Bill {
  payer_id: string
  from_on: string
  to_on: string
  open_fen: number
}
export type SplitFault = 'split_one' | 'split_sum' | 'split_part' | 'split_days' | 'split_fen'

/** The parts, or what is wrong with what was asked. */
export function cut(bill: Bill, by: 'amount' | 'share' | 'days', parts: readonly AskedPart[]): CutPart[] | SplitFault {
  const payer = (p: AskedPart) => p.payer_id ?? bill.payer_id
  if (parts.length === 1 && payer(parts[0]!) === bill.payer_id) return 'split_one'
  const starts = parts.map((p, i) => (by === 'days' && i > 0 ? p.from_on : bill.from_on))
  if (by === 'days' && starts.some((s, i) => s === undefined || (i > 0 && s <= starts[i - 1]!) || s >= bill.to_on)) return 'split_days'
  const ends = parts.map((_, i) => (by === 'days' ? (starts[i + 1] ?? bill.to_on) : bill.to_on))
  const weights = parts.map((p, i) => (by === 'amount' ? p.amount_fen : by === 'share' ? p.share : daysBetween(starts[i]!, ends[i]!)))
  if (weights.some((w) => w === undefined)) return 'split_part'
  if (by === 'amount' && weights.reduce<number>((n, w) => n + w!, 0) !== bill.open_fen) return 'split_sum'
  const amounts = by === 'amount' ? (weights as number[]) : divideLargestRemainder(fen(bill.open_fen), weights.map(String))
  if (amounts.some((a) => a < 1)) return 'split_fen'
  const all = by === 'days' ? daysBetween(bill.from_on, bill.to_on) : weights.reduce<number>((n, w) => n + w!, 0)
  const said = (i: number) => (by === 'amount' ? '按金额' : by === 'share' ? `按份额 ${weights[i]}/${all}` : `按天数 ${weights[i]}/${all} 天`)
  return parts.map((p, i) => ({ payer_id: payer(p), from_on: starts[i]!, to_on: ends[i]!, amount_fen: amounts[i]!, how: parts.length === 1 ? '' : `第 ${i + 1}/${parts.length} 份,${said(i)}` }))
}
