// The rules of the simulated Alipay's business, and the codes of the document it refuses with (opendocs.alipay.com/open/02ekfj and the pages of
// each method): a trade exists from the moment the payer opens it, one out_request_no refunds once, a full refund closes the trade.
import { randomBytes, randomInt } from 'node:crypto'
import { refundKey, type Ledger, type SimRefund, type SimTrade } from './ledger.ts'
import type { SimKeys } from './keys.ts'

export class Refusal extends Error {
  readonly code: string
  readonly sub_code: string
  constructor(sub_code: string, message: string, code = '40004') {
    super(message)
    this.code = code
    this.sub_code = sub_code
  }
}
export interface Book {
  ledger: Ledger
  keys: SimKeys
  now: () => Date
  page_url: string
  api_url: string
  scale: number
  /** How the next refund behaves; see faults. */
  refund_mood: 'good' | 'fails' | 'later'
  notify(out_trade_no: string, out_request_no: string | null): void
}
export type Json = Record<string, unknown>
const MAX_TRADES = 200_000
const YEAR_MS = 365 * 86_400_000

export const china = (at: Date): string => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
export const yuanText = (fen: number): string => {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
const need = (biz: Json, key: string, max: number): string => {
  const v = biz[key]
  if (typeof v !== 'string' || v === '' || v.length > max) throw new Refusal('isv.missing-parameter', `缺少或错误的参数 ${key}`, '40002')
  return v
}
function fenOf(biz: Json, key: string): number {
  const m = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(String(biz[key] ?? ''))
  const fen = m ? Number.parseInt(m[1]! + (m[2] ?? '').padEnd(2, '0'), 10) : 0
  if (fen <= 0) throw new Refusal('ACQ.INVALID_PARAMETER', `参数无效 ${key}`)
  return fen
}
function ourNotify(url: string): string {
  // Ours alone: a simulation knocks on no door outside this machine.
  if (!URL.canParse(url) || !['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)) throw new Refusal('isv.invalid-parameter', '模拟网关只通知本机地址', '40002')
  return url
}

/** Written down as asked; opening it makes it a trade. */
export function prepare(book: Book, product: string, biz: Json, around: Record<string, string>): SimTrade {
  const out_trade_no = need(biz, 'out_trade_no', 64)
  const subject = need(biz, 'subject', 256)
  if (/[/=&]/.test(subject)) throw new Refusal('ACQ.INVALID_PARAMETER', '订单标题不可使用特殊字符')
  const fen = fenOf(biz, 'total_amount')
  const print = `${product} ${fen} ${subject}`
  const known = book.ledger.trades.get(out_trade_no)
  if (known?.state === 'TRADE_SUCCESS') throw new Refusal('ACQ.TRADE_HAS_SUCCESS', '交易已被支付')
  if (known?.state === 'TRADE_CLOSED') throw new Refusal('ACQ.TRADE_HAS_CLOSE', '交易已经关闭')
  if (known && known.print !== print) throw new Refusal('ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改')
  if (known) return known
  const expire = typeof biz['time_expire'] === 'string' ? new Date(`${biz['time_expire'].replace(' ', 'T')}+08:00`) : null
  if (expire && expire.getTime() <= book.now().getTime()) throw new Refusal('ACQ.INVALID_PARAMETER', 'time_expire 早于当前时间')
  if (book.ledger.trades.size >= MAX_TRADES) throw new Refusal('isp.unknow-error', '模拟网关订单已满', '20000')
  const trade: SimTrade = {
    out_trade_no, token: randomBytes(15).toString('hex'), product, print, subject, fen, notify_url: ourNotify(around['notify_url'] ?? ''), return_url: around['return_url'] ?? null,
    created_at: book.now().toISOString(), expires_at: expire?.toISOString() ?? null, state: 'PREPARED',
  }
  book.ledger.write({ t: 'trade', trade })
  return book.ledger.trades.get(out_trade_no)!
}

export function openTrade(book: Book, trade: SimTrade): void {
  if (trade.state === 'PREPARED') book.ledger.write({ t: 'state', out_trade_no: trade.out_trade_no, state: 'WAIT_BUYER_PAY', trade_no: `${china(book.now()).replaceAll(/\D/g, '').slice(0, 8)}220014${String(randomInt(1e9)).padStart(14, '0')}` })
}
export type PayOutcome = 'paid' | 'already_paid' | 'closed' | 'expired' | 'absent'
/** The payer's side. `late` is the success that was under way when the trade was closed: real money. */
export function payTrade(book: Book, trade: SimTrade | undefined, late = false): PayOutcome {
  if (!trade) return 'absent'
  if (trade.state === 'TRADE_SUCCESS' || trade.paid_at) return 'already_paid'
  if (trade.state === 'TRADE_CLOSED' && !late) return 'closed'
  if (trade.expires_at && Date.parse(trade.expires_at) <= book.now().getTime() && !late) return 'expired'
  openTrade(book, trade)
  const trade_no = trade.trade_no ?? `${china(book.now()).replaceAll(/\D/g, '').slice(0, 8)}220014${String(randomInt(1e9)).padStart(14, '0')}`
  book.ledger.write({ t: 'state', out_trade_no: trade.out_trade_no, state: 'TRADE_SUCCESS', trade_no, paid_at: book.now().toISOString() })
  book.notify(trade.out_trade_no, null)
  return 'paid'
}

export function find(book: Book, biz: Json): SimTrade {
  const trade = book.ledger.trades.get(need(biz, 'out_trade_no', 64))
  if (!trade || trade.state === 'PREPARED') throw new Refusal('ACQ.TRADE_NOT_EXIST', '交易不存在')
  return trade
}
const payer = { buyer_logon_id: '138****0000', buyer_user_id: '2088000000009999' }

export function queryView(trade: SimTrade): Json {
  const { out_trade_no, trade_no, state, fen, paid_at } = trade
  const base = { out_trade_no, trade_no, trade_status: state, total_amount: yuanText(fen) }
  return paid_at ? { ...base, ...payer, send_pay_date: china(new Date(paid_at)), receipt_amount: yuanText(fen), buyer_pay_amount: yuanText(fen) } : base
}
/** The last digit of the payer's code: 1 types a password first, 2 is an old code, 3 has no money, anything else pays at once. */
export function payByCode(book: Book, biz: Json, around: Record<string, string>): { code: string; view: Json } {
  const code = need(biz, 'auth_code', 32)
  if (need(biz, 'scene', 16) !== 'bar_code' || !/^(2[5-9]|30)\d{14,22}$/.test(code)) throw new Refusal('ACQ.PAYMENT_AUTH_CODE_INVALID', '支付授权码无效')
  if (code.endsWith('2')) throw new Refusal('ACQ.PAYMENT_AUTH_CODE_INVALID', '支付授权码已过期，请刷新后重试')
  if (code.endsWith('3')) throw new Refusal('ACQ.BUYER_BALANCE_NOT_ENOUGH', '买家余额不足')
  const trade = prepare(book, 'FACE_TO_FACE_PAYMENT', biz, around)
  openTrade(book, trade)
  const { out_trade_no, trade_no, fen } = trade
  if (code.endsWith('1')) return { code: '10003', view: { out_trade_no, trade_no, total_amount: yuanText(fen), ...payer } }
  payTrade(book, trade)
  return { code: '10000', view: { out_trade_no, trade_no, total_amount: yuanText(fen), receipt_amount: yuanText(fen), gmt_payment: china(new Date(trade.paid_at!)), ...payer } }
}
export function closeTrade(book: Book, biz: Json): Json {
  const trade = find(book, biz)
  if (trade.state !== 'WAIT_BUYER_PAY') throw new Refusal('ACQ.TRADE_STATUS_ERROR', '交易状态不合法')
  book.ledger.write({ t: 'state', out_trade_no: trade.out_trade_no, state: 'TRADE_CLOSED' })
  return { out_trade_no: trade.out_trade_no, trade_no: trade.trade_no }
}
export function cancelTrade(book: Book, biz: Json): Json {
  const trade = book.ledger.trades.get(need(biz, 'out_trade_no', 64))
  if (!trade) return { out_trade_no: biz['out_trade_no'], retry_flag: 'N' }
  const paid = trade.state === 'TRADE_SUCCESS'
  if (trade.state !== 'TRADE_CLOSED') book.ledger.write({ t: 'state', out_trade_no: trade.out_trade_no, state: 'TRADE_CLOSED' })
  return { out_trade_no: trade.out_trade_no, trade_no: trade.trade_no, retry_flag: 'N', action: paid ? 'refund' : 'close' }
}

const givenBack = (book: Book, out_trade_no: string): number => book.ledger.refundsOf(out_trade_no).reduce((n, r) => n + (r.done ? r.fen : 0), 0)
export function settleRefund(book: Book, refund: SimRefund | undefined): boolean {
  if (!refund || refund.done) return false
  book.ledger.write({ t: 'refunded', key: refundKey(refund), at: book.now().toISOString() })
  const trade = book.ledger.trades.get(refund.out_trade_no)!
  if (givenBack(book, trade.out_trade_no) === trade.fen) book.ledger.write({ t: 'state', out_trade_no: trade.out_trade_no, state: 'TRADE_CLOSED' })
  book.notify(trade.out_trade_no, refund.out_request_no)
  return true
}
export function refundTrade(book: Book, biz: Json): Json {
  const trade = find(book, biz)
  const fen = fenOf(biz, 'refund_amount')
  const out_request_no = need(biz, 'out_request_no', 64)
  const view = (change: boolean): Json => ({ out_trade_no: trade.out_trade_no, trade_no: trade.trade_no, fund_change: change ? 'Y' : 'N', refund_fee: yuanText(givenBack(book, trade.out_trade_no)), gmt_refund_pay: china(book.now()), ...payer })
  if (!trade.paid_at) throw new Refusal('ACQ.TRADE_STATUS_ERROR', '交易状态不合法')
  const known = book.ledger.refunds.get(refundKey({ out_trade_no: trade.out_trade_no, out_request_no }))
  if (known && known.fen !== fen) throw new Refusal('ACQ.DISCORDANT_REPEAT_REQUEST', '退款请求号重复且金额不一致')
  if (known) return view(false)
  const standing = book.ledger.refundsOf(trade.out_trade_no).reduce((n, r) => n + r.fen, 0)
  if (standing + fen > trade.fen) throw new Refusal('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限')
  if (book.now().getTime() - Date.parse(trade.paid_at) > YEAR_MS) throw new Refusal('ACQ.TRADE_HAS_FINISHED', '交易已完结')
  const mood = book.refund_mood
  book.refund_mood = 'good'
  if (mood === 'fails') throw new Refusal('ACQ.SELLER_BALANCE_NOT_ENOUGH', '卖家余额不足')
  const refund: SimRefund = { out_request_no, out_trade_no: trade.out_trade_no, fen, at: book.now().toISOString(), done: false }
  book.ledger.write({ t: 'refund', refund })
  if (mood === 'later') return view(false)
  settleRefund(book, book.ledger.refunds.get(refundKey(refund)))
  return view(true)
}
export function queryRefund(book: Book, biz: Json): Json {
  const trade = find(book, biz)
  const refund = book.ledger.refunds.get(refundKey({ out_trade_no: trade.out_trade_no, out_request_no: need(biz, 'out_request_no', 64) }))
  // Not through, or no such number: success without a word about the refund.
  if (!refund?.done) return {}
  return { out_trade_no: trade.out_trade_no, trade_no: trade.trade_no, out_request_no: refund.out_request_no, total_amount: yuanText(trade.fen), refund_amount: yuanText(refund.fen), refund_status: 'REFUND_SUCCESS', gmt_refund_pay: china(new Date(refund.at)) }
}
