// The gateway's own truth: orders, refunds and notices. Every change is one appended JSON line, written before anybody
// is answered, and the whole state is what the lines add up to; a half-written last line is dropped.
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { simFolder } from './keys.ts'

export type TradeType = 'JSAPI' | 'NATIVE' | 'MWEB' | 'MICROPAY'
export type OrderState = 'NOTPAY' | 'USERPAYING' | 'SUCCESS' | 'CLOSED' | 'REFUND' | 'REVOKED'
export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL'

export interface SimOrder {
  out_trade_no: string
  trade_type: TradeType
  prepay_id: string
  /** The request as it came, sorted; the same number with another request is refused. */
  print: string
  description: string
  total: number
  notify_url: string
  attach?: string
  openid?: string
  created_at: string
  expires_at?: string
  state: OrderState
  transaction_id?: string
  paid_at?: string
}

export interface SimRefund {
  out_refund_no: string
  refund_id: string
  out_trade_no: string
  print: string
  refund: number
  total: number
  notify_url?: string
  status: RefundStatus
  created_at: string
  success_at?: string
}

export interface SimNotice {
  id: string
  kind: 'transaction' | 'refund'
  ref: string
  event_type: string
  url: string
  created_at: string
  attempts: number
  acked: boolean
}

type Line =
  | { t: 'order'; order: SimOrder }
  | { t: 'prepay'; out_trade_no: string; prepay_id: string }
  | { t: 'paid'; out_trade_no: string; transaction_id: string; paid_at: string; openid: string }
  | { t: 'closed'; out_trade_no: string }
  | { t: 'reversed'; out_trade_no: string }
  | { t: 'refund'; refund: SimRefund }
  | { t: 'refund_status'; out_refund_no: string; status: RefundStatus; at: string }
  | { t: 'notice'; notice: SimNotice }
  | { t: 'attempt'; id: string; acked: boolean; answer: string }

export class Ledger {
  readonly orders = new Map<string, SimOrder>()
  readonly refunds = new Map<string, SimRefund>()
  readonly notices = new Map<string, SimNotice>()
  readonly byPrepay = new Map<string, SimOrder>()
  readonly #path: string

  constructor(dataDir: string) {
    mkdirSync(simFolder(dataDir), { recursive: true, mode: 0o700 })
    this.#path = join(simFolder(dataDir), 'events.jsonl')
    if (existsSync(this.#path)) this.#replay(readFileSync(this.#path))
  }

  #replay(bytes: Buffer): void {
    const whole = bytes.lastIndexOf(10) + 1
    // A torn tail would glue itself to the next line.
    if (whole < bytes.length) truncateSync(this.#path, whole)
    for (const text of bytes.subarray(0, whole).toString('utf8').split('\n')) {
      if (text !== '') this.#apply(JSON.parse(text) as Line)
    }
  }

  write(line: Line): void {
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`, { mode: 0o600 })
    this.#apply(line)
  }

  #apply(line: Line): void {
    switch (line.t) {
      case 'order':
        this.orders.set(line.order.out_trade_no, { ...line.order })
        this.byPrepay.set(line.order.prepay_id, this.#order(line.order.out_trade_no))
        return
      case 'prepay': {
        const order = this.#order(line.out_trade_no)
        // The older payment link goes dead when the order is asked for again.
        this.byPrepay.delete(order.prepay_id)
        order.prepay_id = line.prepay_id
        this.byPrepay.set(line.prepay_id, order)
        return
      }
      case 'paid': {
        const { transaction_id, paid_at, openid } = line
        Object.assign(this.#order(line.out_trade_no), { state: 'SUCCESS', transaction_id, paid_at, openid })
        return
      }
      case 'closed':
        this.#order(line.out_trade_no).state = 'CLOSED'
        return
      case 'reversed':
        this.#order(line.out_trade_no).state = 'REVOKED'
        return
      case 'refund':
        this.refunds.set(line.refund.out_refund_no, { ...line.refund })
        this.#order(line.refund.out_trade_no).state = 'REFUND'
        return
      case 'refund_status': {
        const refund = this.refunds.get(line.out_refund_no)
        if (!refund) throw new Error(`no refund ${line.out_refund_no}`)
        refund.status = line.status
        if (line.status === 'SUCCESS') refund.success_at = line.at
        return
      }
      case 'notice':
        this.notices.set(line.notice.id, { ...line.notice })
        return
      case 'attempt': {
        const notice = this.notices.get(line.id)
        if (!notice) throw new Error(`no notice ${line.id}`)
        notice.attempts += 1
        notice.acked ||= line.acked
        return
      }
    }
  }

  #order(outTradeNo: string): SimOrder {
    const order = this.orders.get(outTradeNo)
    if (!order) throw new Error(`no order ${outTradeNo}`)
    return order
  }
}
