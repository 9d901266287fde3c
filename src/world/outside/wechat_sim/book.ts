// The rules of the gateway's own business: what may be ordered, paid, closed and refunded, and with which code of the
// document it refuses. Codes and texts: merchant documents 4012791834 (H5), 4012791862 (refund) and the 排障手册 of the
// provider; where spellings differ between pages (ORDERPAID, ORDERNOTEXIST) the older, unbroken one is answered.
import { randomBytes, randomInt } from 'node:crypto'
import type { Ledger, SimOrder, SimRefund, TradeType } from './ledger.ts'
import type { SimKeys } from './keys.ts'

export class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export interface Book {
  ledger: Ledger
  keys: SimKeys
  now: () => Date
  /** Origin of the payer page. */
  page_url: string
  /** Origin of the merchant's interface. */
  api_url: string
  /** Shortens the document's waits: the notice ladder and the minute between two refunds of one order. */
  scale: number
  notify(kind: 'transaction' | 'refund', ref: string, eventType: string, url: string): void
}

type Json = Record<string, unknown>
const MAX_ORDERS = 200_000
const MINUTE_MS = 60_000
const YEAR_MS = 365 * 86_400_000
const PREPAY_MS = 2 * 3_600_000

const bad = (message: string) => new Refusal(400, 'PARAM_ERROR', message)

export function beijing(date: Date): string {
  return `${new Date(date.getTime() + 8 * 60 * MINUTE_MS).toISOString().slice(0, 19)}+08:00`
}

/** Digits as the provider has them: 28 of them, beginning 42000. */
export const number28 = (prefix: string, at: Date) =>
  `${prefix}${beijing(at).replace(/\D/g, '').slice(0, 14)}${String(randomInt(1e9)).padStart(9, '0')}`

export function text(json: Json, key: string, max: number, min = 1): string {
  const value = json[key]
  if (typeof value !== 'string' || value.length < min) throw bad(`输入源“/body/${key}”映射到值字段“${key}”字符串规则校验失败`)
  if ([...value].length > max) throw bad(`输入源“/body/${key}”字节数超过最大值 ${max}`)
  return value
}

export function inner(json: Json, key: string): Json {
  const value = json[key]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(`缺少参数 ${key}`)
  return value as Json
}

function fen(json: Json, key: string): number {
  const value = json[key]
  if (!Number.isSafeInteger(value) || (value as number) < 1) throw bad(`参数 ${key} 须为大于 0 的整数，单位为分`)
  return value as number
}

export function only(json: Json, allowed: readonly string[]): void {
  const extra = Object.keys(json).find((key) => !allowed.includes(key))
  if (extra !== undefined) throw bad(`参数中含有非法的额外参数 ${extra}`)
}

function notifyUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '') throw bad('notify_url 不可携带参数')
  // Ours alone: a simulation knocks on no door outside this machine.
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) throw bad('模拟网关只通知本机地址')
  return value
}

function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, canonical(item)]))
}

const print = (json: Json) => JSON.stringify(canonical(json))

const ORDER_KEYS = ['appid', 'mchid', 'description', 'out_trade_no', 'time_expire', 'attach', 'notify_url', 'goods_tag']
const MORE_KEYS = ['support_fapiao', 'amount', 'payer', 'detail', 'scene_info', 'settle_info', 'limit_pay']
const WAYS: Record<string, TradeType> = { jsapi: 'JSAPI', native: 'NATIVE', h5: 'MWEB', codepay: 'MICROPAY' }

export function readOrder(book: Book, way: string, json: Json): SimOrder {
  only(json, [...ORDER_KEYS, ...MORE_KEYS])
  const { keys, now } = book
  if (text(json, 'mchid', 32) !== keys.mch_id) throw bad('Authorization 中的商户号与请求中的 mchid 不一致')
  if (text(json, 'appid', 32) !== keys.app_id) throw new Refusal(400, 'APPID_MCHID_NOT_MATCH', 'appid和mch_id不匹配')
  const outTradeNo = text(json, 'out_trade_no', 32, 6)
  if (!/^[0-9A-Za-z_\-|*]+$/.test(outTradeNo)) throw bad('out_trade_no 含有非法字符')
  const amount = inner(json, 'amount')
  only(amount, ['total', 'currency'])
  if ((amount.currency ?? 'CNY') !== 'CNY') throw bad('currency 只支持 CNY')
  const openid = way === 'jsapi' ? text(inner(json, 'payer'), 'openid', 128) : null
  if (way === 'h5') {
    const scene = inner(json, 'scene_info')
    text(scene, 'payer_client_ip', 45)
    text(inner(scene, 'h5_info'), 'type', 32)
  }
  const expires = json.time_expire === undefined ? undefined : text(json, 'time_expire', 64)
  if (expires !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(expires)) {
    throw bad('time_expire 须为 RFC3339 格式')
  }
  return {
    out_trade_no: outTradeNo,
    trade_type: WAYS[way] ?? 'NATIVE',
    prepay_id: newPrepay(now()),
    print: print(json),
    description: text(json, 'description', 127),
    total: fen(amount, 'total'),
    notify_url: notifyUrl(text(json, 'notify_url', 256)),
    ...(typeof json.attach === 'string' ? { attach: json.attach } : {}),
    ...(openid === null ? {} : { openid }),
    created_at: now().toISOString(),
    ...(expires === undefined ? {} : { expires_at: new Date(expires).toISOString() }),
    state: 'NOTPAY',
  }
}

const newPrepay = (at: Date) => `wx${beijing(at).replace(/\D/g, '').slice(2, 14)}${randomBytes(11).toString('hex')}`

export function createOrder(book: Book, way: string, json: Json): Json {
  const wanted = readOrder(book, way, json)
  const known = book.ledger.orders.get(wanted.out_trade_no)
  if (!known) {
    if (Date.parse(wanted.expires_at ?? '9999') <= book.now().getTime()) throw bad('time_expire 早于当前时间')
    if (book.ledger.orders.size >= MAX_ORDERS) throw new Refusal(429, 'FREQUENCY_LIMITED', '模拟网关订单已满')
    book.ledger.write({ t: 'order', order: wanted })
    return paymentLink(book, wanted)
  }
  if (known.state === 'CLOSED') throw new Refusal(400, 'ORDER_CLOSED', '该订单已关闭')
  if (known.state !== 'NOTPAY' || way === 'codepay') throw new Refusal(400, 'ORDERPAID', '该订单已支付')
  if (known.trade_type !== wanted.trade_type) throw new Refusal(403, 'OUT_TRADE_NO_USED', '商户订单号重复')
  if (known.print !== wanted.print) throw new Refusal(400, 'INVALID_REQUEST', '请求重入时，参数与首次请求时不一致')
  if (book.now().getTime() - Date.parse(known.created_at) > PREPAY_MS) {
    book.ledger.write({ t: 'prepay', out_trade_no: known.out_trade_no, prepay_id: newPrepay(book.now()) })
  }
  return paymentLink(book, known)
}

function paymentLink(book: Book, order: SimOrder): Json {
  if (order.trade_type === 'JSAPI') return { prepay_id: order.prepay_id }
  if (order.trade_type === 'NATIVE') return { code_url: `${book.page_url}/pay/${order.prepay_id}` }
  return { h5_url: `${book.page_url}/pay/${order.prepay_id}?prepay_id=${order.prepay_id}&package=${randomInt(1e9)}` }
}

export function findOrder(book: Book, outTradeNo: string, mchid: unknown): SimOrder {
  if (mchid !== book.keys.mch_id) throw bad('商户号和订单不匹配')
  const order = book.ledger.orders.get(outTradeNo)
  if (!order) throw new Refusal(404, 'ORDERNOTEXIST', '订单不存在')
  return order
}

const STATE_TEXT = { NOTPAY: '订单未支付', USERPAYING: '用户支付中，需要输入密码', REVOKED: '订单已撤销', SUCCESS: '支付成功', CLOSED: '订单已关闭', REFUND: '订单发生过退款' }

export function transactionView(book: Book, order: SimOrder): Json {
  const base = {
    appid: book.keys.app_id,
    mchid: book.keys.mch_id,
    out_trade_no: order.out_trade_no,
    trade_state: order.state,
    trade_state_desc: STATE_TEXT[order.state],
    attach: order.attach ?? '',
  }
  if (!order.transaction_id) return { ...base, amount: { total: order.total, currency: 'CNY' } }
  return {
    ...base,
    transaction_id: order.transaction_id,
    trade_type: order.trade_type,
    bank_type: 'OTHERS',
    success_time: beijing(new Date(order.paid_at ?? 0)),
    payer: { openid: order.openid ?? '' },
    amount: { total: order.total, payer_total: order.total, currency: 'CNY', payer_currency: 'CNY' },
  }
}

export function queryOrder(book: Book, outTradeNo: string, mchid: string | null): Json {
  return transactionView(book, findOrder(book, outTradeNo, mchid))
}

export function closeOrder(book: Book, outTradeNo: string, json: Json): null {
  only(json, ['mchid'])
  const order = findOrder(book, outTradeNo, json.mchid)
  if (order.state === 'SUCCESS' || order.state === 'REFUND') throw new Refusal(400, 'ORDERPAID', '订单已支付')
  if (order.state === 'NOTPAY') book.ledger.write({ t: 'closed', out_trade_no: outTradeNo })
  return null
}

export type PayOutcome = 'paid' | 'already_paid' | 'closed' | 'expired' | 'absent'

/** The payer's side. `late` is the success that was under way when the order was closed (关单后到账): real money. */
export function payOrder(book: Book, order: SimOrder | undefined, late = false): PayOutcome {
  if (!order) return 'absent'
  if (order.state === 'SUCCESS' || order.state === 'REFUND') return 'already_paid'
  if ((order.state === 'CLOSED' || order.state === 'REVOKED') && !late) return 'closed'
  const now = book.now()
  if (order.expires_at && Date.parse(order.expires_at) <= now.getTime() && !late) return 'expired'
  book.ledger.write({
    t: 'paid',
    out_trade_no: order.out_trade_no,
    transaction_id: number28('42000', now),
    paid_at: now.toISOString(),
    // Paid in WeChat: by the one whom the order names.
    openid: order.openid ?? `oSim${randomBytes(12).toString('hex')}`,
  })
  // A payment by the payer's own code is answered and queried; no notice is promised.
  if (order.trade_type !== 'MICROPAY') book.notify('transaction', order.out_trade_no, 'TRANSACTION.SUCCESS', order.notify_url)
  return 'paid'
}

function readRefund(book: Book, json: Json): { order: SimOrder; refund: SimRefund } {
  only(json, ['transaction_id', 'out_trade_no', 'out_refund_no', 'reason', 'notify_url', 'funds_account', 'amount'])
  const outRefundNo = text(json, 'out_refund_no', 64)
  if (!/^[0-9A-Za-z_\-|*@]+$/.test(outRefundNo)) throw bad('out_refund_no 含有非法字符')
  const amount = inner(json, 'amount')
  if (amount.currency !== 'CNY') throw bad('currency 只支持 CNY')
  const { orders } = book.ledger
  const order =
    json.out_trade_no === undefined
      ? [...orders.values()].find((one) => one.transaction_id === text(json, 'transaction_id', 32))
      : orders.get(text(json, 'out_trade_no', 32))
  if (!order?.transaction_id) throw new Refusal(404, 'RESOURCE_NOT_EXISTS', '订单不存在或未支付')
  const now = book.now()
  const refund: SimRefund = {
    out_refund_no: outRefundNo,
    refund_id: number28('50300', now),
    out_trade_no: order.out_trade_no,
    print: print(json),
    refund: fen(amount, 'refund'),
    total: fen(amount, 'total'),
    ...(json.notify_url === undefined ? {} : { notify_url: notifyUrl(text(json, 'notify_url', 256)) }),
    status: 'PROCESSING',
    created_at: now.toISOString(),
  }
  return { order, refund }
}

export function createRefund(book: Book, json: Json): Json {
  const { order, refund } = readRefund(book, json)
  const invalid = (message: string) => new Refusal(400, 'INVALID_REQUEST', message)
  const known = book.ledger.refunds.get(refund.out_refund_no)
  if (known) {
    if (known.print !== refund.print) throw invalid('订单金额或退款金额与之前请求不一致，请核实后再试')
    return refundView(book, known)
  }
  if (refund.total !== order.total) throw invalid('订单金额与原订单不一致')
  const before = [...book.ledger.refunds.values()].filter((one) => one.out_trade_no === order.out_trade_no)
  const standing = before.filter((one) => one.status !== 'CLOSED').reduce((sum, one) => sum + one.refund, 0)
  if (standing + refund.refund > order.total) throw invalid('申请退款金额超过订单剩余可退金额')
  if (before.length >= 50) throw invalid('部分退款次数超过 50 次')
  const now = book.now().getTime()
  if (now - Date.parse(order.paid_at ?? '') > YEAR_MS) throw invalid('交易时间超过一年，不能退款')
  const last = Math.max(...before.map((one) => Date.parse(one.created_at)))
  if (now - last < MINUTE_MS * book.scale) throw new Refusal(429, 'FREQUENCY_LIMITED', '同一订单多次退款须间隔 1 分钟')
  book.ledger.write({ t: 'refund', refund })
  return refundView(book, refund)
}

export function refundView(book: Book, refund: SimRefund): Json {
  const order = book.ledger.orders.get(refund.out_trade_no)
  return {
    refund_id: refund.refund_id,
    out_refund_no: refund.out_refund_no,
    transaction_id: order?.transaction_id,
    out_trade_no: refund.out_trade_no,
    channel: 'ORIGINAL',
    user_received_account: '支付用户零钱',
    ...(refund.success_at ? { success_time: beijing(new Date(refund.success_at)) } : {}),
    create_time: beijing(new Date(refund.created_at)),
    status: refund.status,
    funds_account: 'AVAILABLE',
    amount: {
      total: refund.total,
      refund: refund.refund,
      payer_total: refund.total,
      payer_refund: refund.refund,
      settlement_refund: refund.refund,
      settlement_total: refund.total,
      discount_refund: 0,
      currency: 'CNY',
    },
  }
}

export function queryRefund(book: Book, outRefundNo: string): Json {
  const refund = book.ledger.refunds.get(outRefundNo)
  if (!refund) throw new Refusal(404, 'RESOURCE_NOT_EXISTS', '退款单不存在')
  return refundView(book, refund)
}

/** ABNORMAL may still become SUCCESS or CLOSED once a person has acted; the other two are final. */
export function settleRefund(book: Book, outRefundNo: string, status: 'SUCCESS' | 'CLOSED' | 'ABNORMAL'): boolean {
  const refund = book.ledger.refunds.get(outRefundNo)
  if (!refund || refund.status === 'SUCCESS' || refund.status === 'CLOSED' || refund.status === status) return false
  book.ledger.write({ t: 'refund_status', out_refund_no: outRefundNo, status, at: book.now().toISOString() })
  if (refund.notify_url) book.notify('refund', outRefundNo, `REFUND.${status}`, refund.notify_url)
  return true
}
