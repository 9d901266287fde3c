// Posts notices (异步通知) to the merchant until he answers the seven letters success: eight deliveries at most, notify_id the same each time.
import { randomBytes, sign } from 'node:crypto'
import { request } from 'node:http'
import { Rounds } from '../courier.ts'
import { china, yuanText, type Book } from './book.ts'
import { refundKey, type SimNotice } from './ledger.ts'

/** Seconds between attempts: 4, 10, 10 minutes, 1, 2, 6, 15 hours. */
export const LADDER_S = [240, 600, 600, 3600, 7200, 21_600, 54_000] as const
export const NOTIFY_FAULTS = ['delay', 'drop', 'duplicate', 'hold', 'wrong_amount', 'bad_signature', 'other_app', 'other_seller', 'unsigned', 'altered'] as const
export interface NotifyFault {
  kind: (typeof NOTIFY_FAULTS)[number]
  times?: number
  ms?: number
  copies?: number
}
export interface Delivery {
  notify_id: string
  out_trade_no: string
  fault: NotifyFault['kind'] | null
  answer: 'success' | 'refused' | 'dropped' | 'network' | 'timeout'
}
export class Courier extends Rounds<SimNotice, NotifyFault, Delivery> {
  readonly #book: Book
  readonly #timeout_ms: number

  constructor(book: Book, timeout_ms: number) {
    super(LADDER_S, book.scale)
    this.#book = book
    this.#timeout_ms = timeout_ms
  }
  add(out_trade_no: string, out_request_no: string | null): void {
    const notify_id = randomBytes(17).toString('hex')
    this.#book.ledger.write({ t: 'notice', notice: { notify_id, out_trade_no, out_request_no, at: this.#book.now().toISOString(), attempts: 0, acked: false } })
    void this.run(notify_id)
  }
  protected override notices(): Map<string, SimNotice> {
    return this.#book.ledger.notices
  }
  protected override idOf(notice: SimNotice): string {
    return notice.notify_id
  }
  protected override async deliver(notice: SimNotice, fault: NotifyFault | null) {
    const answer = await this.#post(notice, fault)
    return { entry: { notify_id: notice.notify_id, out_trade_no: notice.out_trade_no, fault: fault?.kind ?? null, answer }, acked: answer === 'success' }
  }
  protected override dropped(notice: SimNotice, fault: NotifyFault): Delivery {
    return { notify_id: notice.notify_id, out_trade_no: notice.out_trade_no, fault: fault.kind, answer: 'dropped' }
  }
  protected override attempted(notice: SimNotice, _: readonly Delivery[], acked: boolean): void {
    this.#book.ledger.write({ t: 'attempt', notify_id: notice.notify_id, acked })
  }
  #post(notice: SimNotice, fault: NotifyFault | null): Promise<Delivery['answer']> {
    const body = this.letter(notice, fault)
    const url = this.#book.ledger.trades.get(notice.out_trade_no)!.notify_url
    return new Promise((resolve) => {
      const outgoing = request(url, { method: 'POST', agent: this.agent, headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'Content-Length': Buffer.byteLength(body) } }, (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
        answer.on('error', () => resolve('network'))
        answer.on('end', () => {
          clearTimeout(timer)
          resolve(text === 'success' ? 'success' : 'refused')
        })
      })
      const timer = setTimeout(() => {
        resolve('timeout')
        outgoing.destroy()
      }, this.#timeout_ms)
      outgoing.on('error', () => {
        clearTimeout(timer)
        resolve('network')
      })
      outgoing.end(body)
    })
  }
  letter(notice: SimNotice, fault: NotifyFault | null): string {
    const { ledger, keys, now } = this.#book
    const trade = ledger.trades.get(notice.out_trade_no)!
    const refund = notice.out_request_no ? ledger.refunds.get(refundKey({ out_trade_no: trade.out_trade_no, out_request_no: notice.out_request_no })) : undefined
    const back = ledger.refundsOf(trade.out_trade_no).reduce((n, r) => n + (r.done ? r.fen : 0), 0)
    const kind = fault?.kind
    const fields: Record<string, string> = {
      notify_time: china(now()), notify_type: 'trade_status_sync', notify_id: notice.notify_id, charset: 'utf-8', version: '1.0', app_id: kind === 'other_app' ? '2021999999999999' : keys.app_id, auth_app_id: keys.app_id,
      seller_id: kind === 'other_seller' ? '2088999999999999' : keys.seller_id, out_trade_no: trade.out_trade_no, trade_no: trade.trade_no ?? '', subject: trade.subject, trade_status: refund && back === trade.fen ? 'TRADE_CLOSED' : 'TRADE_SUCCESS',
      total_amount: yuanText(kind === 'wrong_amount' ? trade.fen + 1 : trade.fen), receipt_amount: yuanText(trade.fen), gmt_create: china(new Date(trade.created_at)), gmt_payment: trade.paid_at ? china(new Date(trade.paid_at)) : '', body: '100% 已确认 &=/+',
      ...(refund ? { gmt_refund: china(new Date(refund.at)), refund_fee: yuanText(back), out_biz_no: refund.out_request_no } : {}),
    }
    // sign and sign_type stay out of what is signed (自行实现验签).
    const text = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => `${k}=${v}`).join('&')
    const signature = kind === 'bad_signature' ? randomBytes(256).toString('base64') : sign('RSA-SHA256', Buffer.from(text), keys.alipay_private_key_pem).toString('base64')
    if (kind === 'altered') fields['subject'] = `${trade.subject}1`
    return new URLSearchParams({ ...fields, sign_type: 'RSA2', ...(kind === 'unsigned' ? {} : { sign: signature }) }).toString()
  }
}
