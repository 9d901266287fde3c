// WeChat Pay APIv3 (微信支付) for a merchant of its own (直连商户). No SDK, no database, no second try: a doubtful answer is
// reported as unknown and settled later by query, because a payment assumed failed is a payment taken twice.
import { createPublicKey, randomBytes, X509Certificate } from 'node:crypto'
import type {
  BillAsked,
  BillResult,
  Captured,
  CloseResult,
  CodeOrder,
  CodeResult,
  CreateResult,
  Failed,
  NotifyResult,
  PayChannel,
  PayOrder,
  QueryResult,
  RefundOrder,
  RefundQueryResult,
  RefundResult,
  Unknown,
} from './channel.ts'
import { fetchBill } from './wechat_v3_bill.ts'
import { call, dispatch, judge, MAX_BYTES, open, refuse, seconds, TRADE_NO, unknown, type Core, type Surroundings, type WechatV3Config } from './wechat_v3_core.ts'
import * as read from './wechat_v3_read.ts'
import { checkSigned, jsapiMessage, openText, signText } from './wechat_v3_sign.ts'

export type { Surroundings, WechatV3Config } from './wechat_v3_core.ts'

export interface PlatformCertificate {
  serial: string
  public_key_pem: string
  effective_at: Date
  expires_at: Date
}

export interface WechatV3 extends PayChannel {
  queryRefund(out_refund_no: string): Promise<RefundQueryResult>
  createH5(order: PayOrder): Promise<CreateResult>
  createNative(order: PayOrder): Promise<CreateResult>
  createJsapi(order: PayOrder): Promise<CreateResult>
  /** 平台证书 now valid. Build a new channel with them; not needed in public-key mode. */
  certificates(): Promise<{ kind: 'ok'; certificates: PlatformCertificate[] } | Failed | Unknown>
}

const REFUND_NO = /^[0-9A-Za-z_\-|*@]{1,64}$/

/** Beijing time without fraction, as the document's examples have it. */
function beijing(date: Date): string {
  return `${new Date(date.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`
}

function badNotifyUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  const web = url?.protocol === 'https:' || url?.protocol === 'http:'
  return !web || url.search !== '' || url.hash !== '' || text.length > 256
}

function orderFault(order: PayOrder | CodeOrder): string | null {
  if (!TRADE_NO.test(order.out_trade_no)) return 'out_trade_no: 6 to 32 of 0-9 A-Z a-z _ - | *'
  if (!Number.isSafeInteger(order.amount_fen) || order.amount_fen <= 0) return 'amount_fen: whole fen above zero'
  if (order.description.trim() === '') return 'description: empty'
  if (badNotifyUrl(order.notify_url)) return 'notify_url: web address without query'
  return Number.isNaN(order.expires_at.getTime()) ? 'expires_at: no date' : null
}

function orderBody(core: Core, order: PayOrder | CodeOrder): Record<string, unknown> {
  return {
    appid: core.app_id,
    mchid: core.mch_id,
    description: [...order.description].slice(0, 127).join(''),
    out_trade_no: order.out_trade_no,
    time_expire: beijing(order.expires_at),
    notify_url: order.notify_url,
    amount: { total: order.amount_fen, currency: 'CNY' },
  }
}

type Paged = 'h5' | 'native' | 'jsapi'

async function create(core: Core, way: Paged, order: PayOrder, more: object): Promise<CreateResult> {
  const fault = orderFault(order)
  if (fault !== null) return refuse(fault)
  const body = { ...orderBody(core, order), ...more }
  const reply = await call(core, 'POST', `/v3/pay/transactions/${way}`, body)
  if (reply.kind === 'failed') return { kind: 'failed', code: reply.code, message: reply.message }
  if (reply.kind === 'unknown') return reply
  return created(core, way, reply.json) ?? unknown('malformed')
}

function created(core: Core, way: Paged, json: unknown): CreateResult | null {
  if (way === 'native') {
    const answer = read.readNative(json)
    return answer ? { kind: 'ok', code_url: answer.code_url } : null
  }
  if (way === 'h5') {
    const answer = read.readH5(json)
    if (!answer) return null
    const prepay_id = new URL(answer.h5_url).searchParams.get('prepay_id')
    return { kind: 'ok', pay_url: answer.h5_url, ...(prepay_id ? { prepay_id } : {}) }
  }
  const answer = read.readJsapi(json)
  if (!answer) return null
  const timeStamp = seconds(core.now())
  const nonceStr = randomBytes(16).toString('hex')
  const pack = `prepay_id=${answer.prepay_id}`
  const paySign = signText(jsapiMessage(core.app_id, timeStamp, nonceStr, pack), core.private_key)
  const params = { appId: core.app_id, timeStamp, nonceStr, package: pack, signType: 'RSA' as const, paySign }
  return { kind: 'ok', prepay_id: answer.prepay_id, jsapi_params: params }
}

async function query(core: Core, outTradeNo: string): Promise<QueryResult> {
  if (!TRADE_NO.test(outTradeNo)) return { state: 'unknown', cause: 'out_trade_no' }
  const number = encodeURIComponent(outTradeNo)
  const path = `/v3/pay/transactions/out-trade-no/${number}?mchid=${core.mch_id}`
  const reply = await call(core, 'GET', path)
  if (reply.kind === 'unknown') return { state: 'unknown', cause: reply.cause }
  if (reply.kind === 'answer') return read.readOrderState(reply.json, core, outTradeNo)
  if (reply.status === 404 && reply.code === 'ORDER_NOT_EXIST') return { state: 'absent' }
  return { state: 'unknown', cause: `refused:${reply.code}` }
}

async function close(core: Core, outTradeNo: string): Promise<CloseResult> {
  if (!TRADE_NO.test(outTradeNo)) return refuse('out_trade_no')
  const path = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(outTradeNo)}/close`
  const reply = await call(core, 'POST', path, { mchid: core.mch_id })
  if (reply.kind === 'unknown') return reply
  if (reply.kind === 'answer') return { kind: 'ok' }
  if (reply.code === 'ORDER_CLOSED') return { kind: 'ok' }
  if (reply.code === 'ORDER_PAID') return { kind: 'paid' }
  if (reply.code === 'ORDER_NOT_EXIST') return { kind: 'absent' }
  return { kind: 'failed', code: reply.code, message: reply.message }
}

async function refund(core: Core, order: RefundOrder): Promise<RefundResult> {
  const { out_trade_no, out_refund_no, refund_fen, total_fen, reason, notify_url } = order
  if (!TRADE_NO.test(out_trade_no)) return refuse('out_trade_no')
  if (!REFUND_NO.test(out_refund_no)) return refuse('out_refund_no: 1 to 64 of 0-9 A-Z a-z _ - | * @')
  const whole = Number.isSafeInteger(refund_fen) && Number.isSafeInteger(total_fen)
  if (!whole || refund_fen <= 0 || refund_fen > total_fen) return refuse('refund_fen: above zero, at most total_fen')
  if (notify_url !== undefined && badNotifyUrl(notify_url)) return refuse('notify_url')
  const reply = await call(core, 'POST', '/v3/refund/domestic/refunds', {
    out_trade_no,
    out_refund_no,
    ...(reason ? { reason: [...reason].slice(0, 80).join('') } : {}),
    ...(notify_url === undefined ? {} : { notify_url }),
    amount: { refund: refund_fen, total: total_fen, currency: 'CNY' },
  })
  if (reply.kind === 'failed') return { kind: 'failed', code: reply.code, message: reply.message }
  if (reply.kind === 'unknown') return reply
  const fact = read.readRefund(reply.json)
  if (!fact) return unknown('malformed')
  const same =
    fact.out_refund_no === out_refund_no &&
    fact.out_trade_no === out_trade_no &&
    fact.refund_fen === refund_fen &&
    fact.total_fen === total_fen
  return same ? { kind: 'ok', ...fact } : unknown('mismatch')
}

async function queryRefund(core: Core, outRefundNo: string): Promise<RefundQueryResult> {
  if (!REFUND_NO.test(outRefundNo)) return { state: 'unknown', cause: 'out_refund_no' }
  const reply = await call(core, 'GET', `/v3/refund/domestic/refunds/${encodeURIComponent(outRefundNo)}`)
  if (reply.kind === 'unknown') return { state: 'unknown', cause: reply.cause }
  if (reply.kind === 'failed') {
    const absent = reply.status === 404 && reply.code === 'RESOURCE_NOT_EXISTS'
    return absent ? { state: 'absent' } : { state: 'unknown', cause: `refused:${reply.code}` }
  }
  const fact = read.readRefund(reply.json)
  if (!fact) return { state: 'unknown', cause: 'malformed' }
  return fact.out_refund_no === outRefundNo ? fact : { state: 'unknown', cause: 'mismatch' }
}

function verifyNotify(core: Core, headers: PayHeaders, rawBody: Buffer, now: Date): NotifyResult {
  const no = (reason: (NotifyResult & { ok: false })['reason']): NotifyResult => ({ ok: false, reason })
  if (rawBody.length > MAX_BYTES) return no('too_large')
  const fault = checkSigned(headers, rawBody, now, core.platform)
  if (fault) return no(fault)
  const event = read.readEvent(read.parseJson(rawBody))
  if (!event) return no('malformed')
  const plain = openText(core.api_key, event.resource)
  if (!plain) return no('undecryptable')
  const value = read.parseJson(plain)
  const type = event.event_type
  if (type === 'TRANSACTION.SUCCESS') {
    const resource = read.readPaidNotice(value, core)
    return typeof resource === 'string' ? no(resource) : { ok: true, event_key: event.id, kind: 'paid', resource }
  }
  if (type.startsWith('REFUND.')) {
    const resource = read.readRefundNotice(value, core, type)
    return typeof resource === 'string' ? no(resource) : { ok: true, event_key: event.id, kind: 'refund', resource }
  }
  return no('unsupported_event')
}
type PayHeaders = Parameters<PayChannel['verifyNotify']>[0]

function certificateOf(pem: Buffer): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

function unseal(core: Core, json: unknown): Map<string, PlatformCertificate> | null {
  const list = read.readCertificates(json)
  if (!list) return null
  const found = new Map<string, PlatformCertificate>()
  for (const item of list.data) {
    const pem = openText(core.api_key, item.encrypt_certificate)
    if (!pem) return null
    const certificate = certificateOf(pem)
    if (certificate?.serialNumber.toUpperCase() !== item.serial_no.toUpperCase()) return null
    found.set(item.serial_no, {
      serial: item.serial_no,
      public_key_pem: certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      effective_at: item.effective_time,
      expires_at: item.expire_time,
    })
  }
  return found
}

async function certificates(core: Core): ReturnType<WechatV3['certificates']> {
  const answer = await dispatch(core, 'GET', '/v3/certificates')
  if (!answer.ok) return unknown(answer.cause)
  // The answer is signed by a key it carries itself; what makes it believable is that only WeChat and we hold the
  // APIv3 key its certificates are sealed with.
  const carried = answer.status === 200 ? unseal(core, read.parseJson(answer.body)) : null
  const keys = new Map(core.platform)
  for (const [serial, { public_key_pem }] of carried ?? []) keys.set(serial, createPublicKey(public_key_pem))
  const reply = judge(core, answer, keys)
  if (reply.kind === 'failed') return { kind: 'failed', code: reply.code, message: reply.message }
  if (reply.kind === 'unknown') return reply
  return carried ? { kind: 'ok', certificates: [...carried.values()] } : unknown('malformed')
}

/** 付款码支付 (since 2024, /v3/pay/transactions/codepay): the answer is the outcome, no notice is promised. */
async function payByCode(core: Core, order: CodeOrder): Promise<CodeResult> {
  const fault = orderFault(order)
  if (fault !== null) return refuse(fault)
  // WeChat's payer codes: 18 digits beginning 10 to 15.
  if (!/^1[0-5]\d{16}$/.test(order.auth_code)) return refuse('auth_code: 18 digits beginning 10 to 15')
  const reply = await call(core, 'POST', '/v3/pay/transactions/codepay', {
    ...orderBody(core, order),
    payer: { auth_code: order.auth_code },
    scene_info: { device_ip: order.client_ip ?? '127.0.0.1', store_info: { out_id: order.device } },
  })
  if (reply.kind === 'failed') return { kind: 'failed', code: reply.code, message: reply.message }
  if (reply.kind === 'unknown') return reply.cause === 'USERPAYING' ? { kind: 'waiting' } : reply
  const answer = read.readOrderState(reply.json, core, order.out_trade_no)
  if (answer.state === 'paid' && answer.amount_fen === order.amount_fen) return { ...facts(answer), kind: 'paid' }
  if (answer.state === 'notpay') return { kind: 'waiting' }
  return unknown(answer.state === 'unknown' ? answer.cause : 'mismatch')
}
const facts = ({ provider_txn, amount_fen, paid_at, raw }: Captured): Captured => ({ provider_txn, amount_fen, paid_at, raw })

/** 撤销订单. An order without payment is closed, a paid one refunded at once. */
async function cancel(core: Core, outTradeNo: string): Promise<CloseResult> {
  if (!TRADE_NO.test(outTradeNo)) return refuse('out_trade_no')
  const path = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(outTradeNo)}/reverse`
  const reply = await call(core, 'POST', path, { appid: core.app_id, mchid: core.mch_id })
  if (reply.kind === 'unknown') return reply
  if (reply.kind === 'answer') return { kind: 'ok' }
  if (reply.code === 'ORDER_CLOSED' || reply.code === 'ORDER_REVERSED') return { kind: 'ok' }
  if (reply.code === 'ORDER_NOT_EXIST') return { kind: 'absent' }
  return { kind: 'failed', code: reply.code, message: reply.message }
}

export function wechatV3(config: WechatV3Config, around: Surroundings): WechatV3 {
  const core = open(config, around)
  const h5 = async (order: PayOrder): Promise<CreateResult> => {
    if (!order.client_ip) return refuse('client_ip: needed for H5')
    const made = await create(core, 'h5', order, { scene_info: { payer_client_ip: order.client_ip, h5_info: { type: 'Wap' } } })
    // The provider sends the payer's browser back to redirect_url; it is ours to add.
    if (made.kind !== 'ok' || !made.pay_url || !order.return_url) return made
    const pay_url = new URL(made.pay_url)
    pay_url.searchParams.set('redirect_url', order.return_url)
    return { ...made, pay_url: pay_url.href }
  }
  const native = (order: PayOrder): Promise<CreateResult> => create(core, 'native', order, {})
  const jsapi = async (order: PayOrder): Promise<CreateResult> => {
    if (!order.payer_openid) return refuse('payer_openid: needed for JSAPI')
    return create(core, 'jsapi', order, { payer: { openid: order.payer_openid } })
  }
  return {
    name: 'wechat_v3',
    ways: ['h5', 'native', 'jsapi', 'code'],
    acknowledge: 'status',
    createH5: h5,
    createNative: native,
    createJsapi: jsapi,
    async create(way, order) {
      if (way === 'h5') return h5(order)
      if (way === 'native') return native(order)
      return way === 'jsapi' ? jsapi(order) : refuse(`way: ${way}`)
    },
    payByCode: (order) => payByCode(core, order),
    cancel: (outTradeNo) => cancel(core, outTradeNo),
    query: (outTradeNo) => query(core, outTradeNo),
    close: (outTradeNo) => close(core, outTradeNo),
    refund: (order) => refund(core, order),
    queryRefund: (outRefundNo) => queryRefund(core, outRefundNo),
    verifyNotify: (headers, rawBody, now) => verifyNotify(core, headers, rawBody, now),
    certificates: () => certificates(core),
    bill: (asked: BillAsked): Promise<BillResult> => fetchBill(core, asked),
    end() {
      core.wire.end()
      core.files.end()
    },
  }
}
