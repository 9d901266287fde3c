// Alipay (支付宝) by its gateway: page and phone pages, a code to scan, the payer's own code, query, close, cancel, refund, notices, bills. No
// SDK, no database, no second try; what cannot be told is unknown.
import type { CloseResult, CodeOrder, CodeResult, CreateResult, HeaderBag, NotifyResult, PayChannel, PayOrder, QueryResult, RefundOrder, RefundQueryResult, RefundResult } from './channel.ts'
import { fetchBill } from './alipay_bill.ts'
import { call, chinaText, MAX_BYTES, open, refuse, signedParams, TRADE_NO, unknown, type AlipayConfig, type AlipaySurroundings, type Core } from './alipay_core.ts'
import * as read from './alipay_read.ts'
import { verifyNotice } from './alipay_sign.ts'
import { fen, yuan } from '../../../../kernel/money.ts'

export type { AlipayConfig, AlipaySurroundings } from './alipay_core.ts'
const money = (n: number): string => yuan(fen(n))

function webAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return (url?.protocol === 'https:' || url?.protocol === 'http:') && text.length <= 256
}
function orderFault(order: PayOrder | CodeOrder): string | null {
  if (!TRADE_NO.test(order.out_trade_no)) return 'out_trade_no: 1 to 64 of 0-9 A-Z a-z _'
  if (!Number.isSafeInteger(order.amount_fen) || order.amount_fen <= 0) return 'amount_fen: whole fen above zero'
  if (order.description.trim() === '') return 'description: empty'
  if (!webAddress(order.notify_url)) return 'notify_url: web address'
  return Number.isNaN(order.expires_at.getTime()) ? 'expires_at: no date' : null
}
const bizOf = (order: PayOrder | CodeOrder, product_code: string) => ({
  out_trade_no: order.out_trade_no,
  total_amount: money(order.amount_fen),
  // The document forbids / = & in a subject.
  subject: [...order.description.replaceAll(/[/=&]/g, ' ')].slice(0, 127).join(''),
  product_code,
  time_expire: chinaText(order.expires_at),
})

/** The order is made when the payer opens the page: until then a query says there is none. */
function page(core: Core, way: 'page' | 'wap', order: PayOrder): CreateResult {
  const fault = orderFault(order)
  if (fault !== null) return refuse(fault)
  const [method, product] = way === 'page' ? ['alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY'] : ['alipay.trade.wap.pay', 'QUICK_WAP_WAY']
  const more = { notify_url: order.notify_url, ...(order.return_url ? { return_url: order.return_url } : {}) }
  const url = new URL(core.gateway)
  url.search = new URLSearchParams(signedParams(core, method!, bizOf(order, product!), more)).toString()
  return { kind: 'ok', pay_url: url.href }
}

async function precreate(core: Core, order: PayOrder): Promise<CreateResult> {
  const fault = orderFault(order)
  if (fault !== null) return refuse(fault)
  const reply = await call(core, 'alipay.trade.precreate', bizOf(order, 'QR_CODE_OFFLINE'), { notify_url: order.notify_url })
  if (reply.kind !== 'answer') return reply
  const code_url = read.readQr(reply.json)
  if (!code_url || reply.json['out_trade_no'] !== order.out_trade_no) return unknown('malformed')
  return { kind: 'ok', code_url }
}

async function payByCode(core: Core, order: CodeOrder): Promise<CodeResult> {
  const fault = orderFault(order)
  if (fault !== null) return refuse(fault)
  // Alipay's payer codes: 16 to 24 digits beginning 25 to 30.
  if (!/^(2[5-9]|30)\d{14,22}$/.test(order.auth_code)) return refuse('auth_code: 16 to 24 digits beginning 25 to 30')
  const biz = { ...bizOf(order, 'FACE_TO_FACE_PAYMENT'), scene: 'bar_code', auth_code: order.auth_code, store_id: order.device.slice(0, 32) }
  const reply = await call(core, 'alipay.trade.pay', biz, { notify_url: order.notify_url })
  if (reply.kind !== 'answer') return reply
  if (reply.code === '10003') return { kind: 'waiting' }
  const facts = read.readPaid(reply.json, order.out_trade_no)
  if (!facts) return unknown('malformed')
  return facts.amount_fen === order.amount_fen ? { kind: 'paid', ...facts } : unknown('mismatch')
}

async function query(core: Core, out_trade_no: string): Promise<QueryResult> {
  if (!TRADE_NO.test(out_trade_no)) return { state: 'unknown', cause: 'out_trade_no' }
  const reply = await call(core, 'alipay.trade.query', { out_trade_no })
  if (reply.kind === 'unknown') return { state: 'unknown', cause: reply.cause }
  if (reply.kind === 'answer') return read.readTrade(reply.json, out_trade_no)
  return reply.code === 'ACQ.TRADE_NOT_EXIST' ? { state: 'absent' } : { state: 'unknown', cause: `refused:${reply.code}` }
}

async function close(core: Core, out_trade_no: string): Promise<CloseResult> {
  if (!TRADE_NO.test(out_trade_no)) return refuse('out_trade_no')
  const reply = await call(core, 'alipay.trade.close', { out_trade_no })
  if (reply.kind === 'answer') return { kind: 'ok' }
  if (reply.kind === 'unknown') return reply
  if (reply.code === 'ACQ.TRADE_NOT_EXIST') return { kind: 'absent' }
  if (!/TRADE_STATUS/.test(reply.code)) return reply
  // One refusal for "paid" and for "closed already"; only a query tells them apart.
  const q = await query(core, out_trade_no)
  if (q.state === 'paid' || q.state === 'refunded') return { kind: 'paid' }
  if (q.state === 'closed') return { kind: 'ok' }
  return q.state === 'unknown' ? unknown(q.cause) : reply
}

/** 撤销: closes an unpaid order, gives the money of a paid one back. */
async function cancel(core: Core, out_trade_no: string): Promise<CloseResult> {
  if (!TRADE_NO.test(out_trade_no)) return refuse('out_trade_no')
  const reply = await call(core, 'alipay.trade.cancel', { out_trade_no })
  if (reply.kind === 'answer') return reply.json['retry_flag'] === 'Y' ? unknown('retry') : { kind: 'ok' }
  if (reply.kind === 'unknown') return reply
  return reply.code === 'ACQ.TRADE_NOT_EXIST' ? { kind: 'absent' } : reply
}

/** Same number, same refund, however often. fund_change N only says that this request moved nothing: the query tells. */
async function refund(core: Core, order: RefundOrder): Promise<RefundResult> {
  const { out_trade_no, out_refund_no, refund_fen, total_fen, reason } = order
  if (!TRADE_NO.test(out_trade_no)) return refuse('out_trade_no')
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(out_refund_no)) return refuse('out_refund_no: 1 to 64 of 0-9 A-Z a-z _ -')
  if (!Number.isSafeInteger(refund_fen) || !Number.isSafeInteger(total_fen) || refund_fen <= 0 || refund_fen > total_fen) return refuse('refund_fen: above zero, at most total_fen')
  const reply = await call(core, 'alipay.trade.refund', { out_trade_no, out_request_no: out_refund_no, refund_amount: money(refund_fen), ...(reason ? { refund_reason: [...reason].slice(0, 80).join('') } : {}) })
  if (reply.kind !== 'answer') return reply
  if (reply.json['out_trade_no'] !== out_trade_no) return unknown('mismatch')
  const fact = { provider_refund: out_refund_no, out_refund_no, out_trade_no, refund_fen, total_fen, raw: reply.json }
  if (reply.json['fund_change'] === 'Y') return { kind: 'ok', state: 'success', ...fact, refunded_at: core.now() }
  const q = await queryRefund(core, out_refund_no, out_trade_no)
  if (q.state === 'success') return q.refund_fen === refund_fen ? { kind: 'ok', ...q } : unknown('mismatch')
  return { kind: 'ok', state: 'processing', ...fact }
}

/** No refund of this number, or not through yet: both are answered alike, and both are met by sending the same number again. */
async function queryRefund(core: Core, out_refund_no: string, out_trade_no: string): Promise<RefundQueryResult> {
  const reply = await call(core, 'alipay.trade.fastpay.refund.query', { out_trade_no, out_request_no: out_refund_no, query_options: ['gmt_refund_pay'] })
  if (reply.kind === 'unknown') return { state: 'unknown', cause: reply.cause }
  if (reply.kind === 'failed') return reply.code === 'ACQ.TRADE_NOT_EXIST' ? { state: 'absent' } : { state: 'unknown', cause: `refused:${reply.code}` }
  if (reply.json['refund_status'] === undefined) return { state: 'absent' }
  return read.readRefundQuery(reply.json, out_refund_no, core.now()) ?? { state: 'unknown', cause: 'malformed' }
}

/** Form fields; a field sent twice is nobody's honest notice. */
function fieldsOf(rawBody: Buffer): Record<string, string> | null {
  const params: Record<string, string> = {}
  for (const [k, v] of new URLSearchParams(rawBody.toString('utf8'))) {
    if (Object.hasOwn(params, k)) return null
    params[k] = v
  }
  return params
}

/** A notice carries no hour that is signed for freshness: what stops a replay is notify_id and the one settlement a transaction. */
function verifyNotify(core: Core, _headers: HeaderBag, rawBody: Buffer): NotifyResult {
  const no = (reason: (NotifyResult & { ok: false })['reason']): NotifyResult => ({ ok: false, reason })
  if (rawBody.length > MAX_BYTES) return no('too_large')
  const params = fieldsOf(rawBody)
  if (!params?.['sign']) return no('unsigned')
  if (params['sign_type'] !== 'RSA2') return no('signature_type')
  if (!verifyNotice(params, core.alipay_key)) return no('bad_signature')
  const n = read.readNotice(params)
  if (!n) return no('malformed')
  if (n.app_id !== core.app_id || (core.seller_id !== null && n.seller_id !== core.seller_id)) return no('other_merchant')
  // A refund is told as TRADE_SUCCESS or TRADE_CLOSED once more, with refund_fee as the sum so far: only a query knows the one refund.
  if (n.gmt_refund ?? n.refund_fee ?? n.out_biz_no) return { ok: true, event_key: n.notify_id, kind: 'look', resource: { out_trade_no: n.out_trade_no, out_refund_no: n.out_biz_no ?? null } }
  if (n.trade_status !== 'TRADE_SUCCESS' && n.trade_status !== 'TRADE_FINISHED') return no('unsupported_event')
  if (!n.gmt_payment) return no('malformed')
  return { ok: true, event_key: n.notify_id, kind: 'paid', resource: { out_trade_no: n.out_trade_no, provider_txn: n.trade_no, amount_fen: n.total_amount, paid_at: n.gmt_payment, raw: params } }
}

export function alipay(config: AlipayConfig, around: AlipaySurroundings): PayChannel {
  const core = open(config, around)
  return {
    name: 'alipay',
    ways: ['wap', 'page', 'native', 'code'],
    acknowledge: 'text',
    async create(way, order) {
      if (way === 'page' || way === 'wap') return page(core, way, order)
      return way === 'native' ? precreate(core, order) : refuse(`way: ${way}`)
    },
    payByCode: (order) => payByCode(core, order),
    query: (no) => query(core, no),
    close: (no) => close(core, no),
    cancel: (no) => cancel(core, no),
    refund: (order) => refund(core, order),
    queryRefund: (refund_no, trade_no) => queryRefund(core, refund_no, trade_no),
    verifyNotify: (headers, rawBody) => verifyNotify(core, headers, rawBody),
    bill: (asked) => fetchBill(core, asked),
    end() {
      core.wire.end()
      core.files.end()
    },
  }
}
