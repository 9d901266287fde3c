// The simulated Alipay's own truth: every change is one appended JSON line, written before anybody is answered.
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { simFolder } from './keys.ts'

export interface SimTrade {
  out_trade_no: string
  /** Of the address that the payer opens. */
  token: string
  product: string
  /** Amount and subject, to know a repeated request from another one. */
  print: string
  subject: string
  fen: number
  notify_url: string
  return_url: string | null
  created_at: string
  expires_at: string | null
  /** PREPARED: asked for, but the payer has not opened it; to the merchant there is no such trade. */
  state: 'PREPARED' | 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED'
  trade_no?: string
  paid_at?: string
}
export interface SimRefund {
  out_request_no: string
  out_trade_no: string
  fen: number
  at: string
  done: boolean
}
export interface SimNotice {
  notify_id: string
  out_trade_no: string
  out_request_no: string | null
  at: string
  attempts: number
  acked: boolean
}
type Line =
  | { t: 'trade'; trade: SimTrade }
  | { t: 'state'; out_trade_no: string; state: SimTrade['state']; trade_no?: string; paid_at?: string }
  | { t: 'refund'; refund: SimRefund }
  | { t: 'refunded'; key: string; at: string }
  | { t: 'notice'; notice: SimNotice }
  | { t: 'attempt'; notify_id: string; acked: boolean }

export const refundKey = (r: { out_trade_no: string; out_request_no: string }): string => `${r.out_trade_no} ${r.out_request_no}`

export class Ledger {
  readonly trades = new Map<string, SimTrade>()
  readonly byToken = new Map<string, SimTrade>()
  readonly refunds = new Map<string, SimRefund>()
  readonly notices = new Map<string, SimNotice>()
  readonly #path: string

  constructor(dataDir: string) {
    mkdirSync(simFolder(dataDir), { recursive: true, mode: 0o700 })
    this.#path = join(simFolder(dataDir), 'events.jsonl')
    if (!existsSync(this.#path)) return
    const bytes = readFileSync(this.#path)
    const whole = bytes.lastIndexOf(10) + 1
    // A torn tail would glue itself to the next line.
    if (whole < bytes.length) truncateSync(this.#path, whole)
    for (const text of bytes.subarray(0, whole).toString('utf8').split('\n')) if (text !== '') this.#apply(JSON.parse(text) as Line)
  }
  write(line: Line): void {
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`, { mode: 0o600 })
    this.#apply(line)
  }
  refundsOf(out_trade_no: string): SimRefund[] {
    return [...this.refunds.values()].filter((r) => r.out_trade_no === out_trade_no)
  }
  #apply(line: Line): void {
    switch (line.t) {
      case 'trade': {
        const trade = { ...line.trade }
        this.trades.set(trade.out_trade_no, trade)
        this.byToken.set(trade.token, trade)
        return
      }
      case 'state': {
        const { t: _t, out_trade_no, ...change } = line
        Object.assign(this.trades.get(out_trade_no)!, change)
        return
      }
      case 'refund':
        this.refunds.set(refundKey(line.refund), { ...line.refund })
        return
      case 'refunded':
        Object.assign(this.refunds.get(line.key)!, { done: true, at: line.at })
        return
      case 'notice':
        this.notices.set(line.notice.notify_id, { ...line.notice })
        return
      case 'attempt': {
        const notice = this.notices.get(line.notify_id)!
        notice.attempts += 1
        notice.acked ||= line.acked
      }
    }
  }
}
