// Reads the gateway's JSON and notices into the port's facts. Amounts are yuan as text; instants are China time.
import { z } from 'zod'
import { tryParseYuan } from '../../../../kernel/money.ts'
import { chinaTime } from './bill_lines.ts'
import type { Captured, QueryResult, RefundFact } from './channel.ts'

const amount = z.string().max(20).transform((text, ctx) => {
  const fen = tryParseYuan(text)
  if (fen === undefined || fen <= 0) ctx.addIssue('no amount')
  return fen ?? 0
})
const instant = z.string().max(30).transform((text, ctx) => {
  const at = chinaTime(text.slice(0, 19))
  if (!at) ctx.addIssue('no time')
  return at ?? new Date(0)
})
const number = z.string().min(1).max(64)

const trade = z.object({ out_trade_no: number, trade_no: number, total_amount: amount })
const queried = trade.extend({ trade_status: z.string().max(32), send_pay_date: instant.optional() })
const paidNow = trade.extend({ gmt_payment: instant })

export function readPaid(json: Record<string, unknown>, out_trade_no: string): Captured | undefined {
  const { success, data } = paidNow.safeParse(json)
  if (!success || data.out_trade_no !== out_trade_no) return undefined
  return { provider_txn: data.trade_no, amount_fen: data.total_amount, paid_at: data.gmt_payment, raw: json }
}

/** TRADE_CLOSED is both "never paid" and "paid, and all of it given back": the day of payment tells. */
export function readTrade(json: Record<string, unknown>, out_trade_no: string): QueryResult {
  const { success, data } = queried.safeParse(json)
  if (!success) return { state: 'unknown', cause: 'malformed' }
  if (data.out_trade_no !== out_trade_no) return { state: 'unknown', cause: 'mismatch' }
  const status = data.trade_status
  if (status === 'WAIT_BUYER_PAY') return { state: 'notpay' }
  if (status === 'TRADE_CLOSED' && !data.send_pay_date) return { state: 'closed' }
  if (status !== 'TRADE_SUCCESS' && status !== 'TRADE_FINISHED' && status !== 'TRADE_CLOSED') return { state: 'unknown', cause: `trade_status:${status}` }
  if (!data.send_pay_date) return { state: 'unknown', cause: 'malformed' }
  const facts = { provider_txn: data.trade_no, amount_fen: data.total_amount, paid_at: data.send_pay_date, raw: json }
  return { state: status === 'TRADE_CLOSED' ? 'refunded' : 'paid', ...facts }
}

const refunded = z.object({ out_trade_no: number, trade_no: number, out_request_no: number, refund_amount: amount, total_amount: amount, refund_status: z.string().max(32), gmt_refund_pay: instant.optional() })
export function readRefundQuery(json: Record<string, unknown>, out_refund_no: string, now: Date): ({ state: 'success' } & RefundFact) | undefined {
  const { success, data } = refunded.safeParse(json)
  if (!success || data.refund_status !== 'REFUND_SUCCESS' || data.out_request_no !== out_refund_no || data.refund_amount > data.total_amount) return undefined
  return { state: 'success', provider_refund: out_refund_no, out_refund_no, out_trade_no: data.out_trade_no, refund_fen: data.refund_amount, total_fen: data.total_amount, refunded_at: data.gmt_refund_pay ?? now, raw: json }
}

export const readQr = (json: Record<string, unknown>): string | undefined => {
  const { success, data } = z.object({ qr_code: z.string().min(1).max(1024) }).safeParse(json)
  return success ? data.qr_code : undefined
}
export const readBillUrl = (json: Record<string, unknown>): URL | undefined => {
  const { success, data } = z.object({ bill_download_url: z.url({ protocol: /^https?$/ }).max(2048) }).safeParse(json)
  return success ? new URL(data.bill_download_url) : undefined
}

const notice = z.object({ notify_id: z.string().min(1).max(128), app_id: z.string().max(32), out_trade_no: number, trade_no: number, trade_status: z.string().max(32), total_amount: amount, seller_id: z.string().max(32).optional(), gmt_payment: instant.optional(), gmt_refund: z.string().max(40).optional(), refund_fee: z.string().max(20).optional(), out_biz_no: z.string().max(64).optional() })
export type AlipayNotice = z.output<typeof notice>
export const readNotice = (params: Record<string, string>): AlipayNotice | undefined => {
  const { success, data } = notice.safeParse(params)
  return success ? data : undefined
}
