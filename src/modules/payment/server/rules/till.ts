// The arithmetic of one payment at the desk: what is due, what was given, what is change. Pure; amounts in fen.
import { fen, sumFen, type Fen, yuanGrouped } from '../../../../kernel/money.ts'
import type { BookName } from '../../../ledger/contract.ts'
import type { Method } from '../../contract.ts'

export interface TenderIn {
  method: Method
  /** Cash is what was handed over, before change. */
  amount_fen: number
  reference?: string | undefined
}
export interface Tender {
  method: Method
  /** What stays in the till. */
  amount_fen: Fen
  reference: string | null
}
export interface Till {
  tenders: Tender[]
  applied_fen: Fen
  prepaid_fen: Fen
  wallet_used_fen: Fen
  change_fen: Fen
  total_fen: Fen
}
export type Problem = { code: string; params: Record<string, string> }

/** Checks that everything agrees to the fen; gives the tenders as they stay, with the change taken from the cash lines. */
export function settleTill(o: { lines: readonly number[]; prepay_fen: number; tenders: readonly TenderIn[]; change_fen: number }): Till | Problem {
  const lines = sumFen(o.lines.map(fen))
  const prepay = fen(o.prepay_fen)
  const change = fen(o.change_fen)
  const due = sumFen([lines, prepay])
  if (due === 0) return { code: 'payment.nothing_to_pay', params: {} }
  const given = sumFen(o.tenders.map((t) => fen(t.amount_fen)))
  const difference = sumFen([given, fen(-change), fen(-due)])
  if (difference !== 0) return { code: 'payment.totals_differ', params: { given: yuanGrouped(given), change: yuanGrouped(change), lines: yuanGrouped(lines), prepay: yuanGrouped(prepay), difference: yuanGrouped(difference) } }
  const wallet_lines = o.tenders.filter((t) => t.method === 'wallet')
  if (wallet_lines.length > 1) return { code: 'payment.two_wallet_lines', params: {} }
  const wallet_used = sumFen(wallet_lines.map((t) => fen(t.amount_fen)))
  if (wallet_used > 0 && prepay > 0) return { code: 'payment.wallet_to_wallet', params: {} }
  const cash = sumFen(o.tenders.filter((t) => t.method === 'cash').map((t) => fen(t.amount_fen)))
  // Change as large as the cash itself would mean the cash was not needed.
  if (change > 0 && change >= cash) return { code: 'payment.change_only_from_cash', params: { cash: yuanGrouped(cash), change: yuanGrouped(change) } }
  return { tenders: afterChange(o.tenders, change), applied_fen: lines, prepaid_fen: prepay, wallet_used_fen: wallet_used, change_fen: change, total_fen: due }
}

/** The change comes out of the last cash lines; a line it eats up altogether is not recorded. */
function afterChange(tenders: readonly TenderIn[], change: Fen): Tender[] {
  let left: number = change
  const kept: Tender[] = []
  for (const t of tenders.toReversed()) {
    const off = t.method === 'cash' ? Math.min(left, t.amount_fen) : 0
    left -= off
    if (t.amount_fen - off > 0) kept.push({ method: t.method, amount_fen: fen(t.amount_fen - off), reference: t.reference || null })
  }
  return kept.reverse()
}

/** 押金保证金 of the trust book. */
export const DEPOSITS = '224101'
export const MONEY_ACCOUNT: Record<Method, string> = { cash: '1001', card: '1002', transfer: '1002', wechat: '1012', alipay: '1012', other: '1012', wallet: '2203' }
export interface JournalLine {
  account_code: string
  amount_fen: number
  community_id: string
  subject_type?: string
  subject_id?: string
  book?: BookName
}
/** Money in by account, prepayment used, receivable of the house off, prepayment taken: sums to zero. */
export function journalOf(p: { tenders: readonly { method: Method; amount_fen: number }[]; lines: readonly { amount_fen: number; line: { book: BookName } }[]; prepaid_fen: number; house_id: string; community_id: string }): JournalLine[] {
  const by = new Map<string, number>()
  for (const t of p.tenders) by.set(MONEY_ACCOUNT[t.method], (by.get(MONEY_ACCOUNT[t.method]) ?? 0) + t.amount_fen)
  const house = { community_id: p.community_id, subject_type: 'house', subject_id: p.house_id }
  const used = by.get('2203') ?? 0
  by.delete('2203')
  const lines: JournalLine[] = [...by].sort(([a], [b]) => a.localeCompare(b)).map(([account_code, amount_fen]) => ({ account_code, amount_fen, community_id: p.community_id }))
  if (used) lines.push({ account_code: '2203', amount_fen: used, ...house })
  // What was charged for others (公共收益, 代收, 业主资金) goes off in their books; the ledger joins the books by what one owes the other.
  const paid = new Map<BookName, number>()
  for (const l of p.lines) paid.set(l.line.book, (paid.get(l.line.book) ?? 0) + l.amount_fen)
  for (const [book, amount_fen] of [...paid].sort(([a], [b]) => a.localeCompare(b))) lines.push({ account_code: '1122', amount_fen: -amount_fen, ...house, book })
  if (p.prepaid_fen) lines.push({ account_code: '2203', amount_fen: -p.prepaid_fen, ...house })
  return lines
}
