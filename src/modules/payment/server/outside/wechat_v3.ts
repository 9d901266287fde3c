// WeChat Pay APIv3 (微信支付) for a merchant of its own (直连商户). No SDK, no database, no second try: a doubtful answer is
// reported as unknown and settled later by query, because a payment assumed failed is a payment taken twice.
import { createPrivateKey, createPublicKey, randomBytes, X509Certificate, type KeyObject } from 'node:crypto'
import type {
  CloseResult,
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
import * as read from './wechat_v3_read.ts'
import { authorization, checkSigned, jsapiMessage, openText, requestMessage, signText } from './wechat_v3_sign.ts'
import { makeWire, type Wire, type WireAnswer } from './wechat_v3_wire.ts'

export interface WechatV3Config {
  base_url: string
  mch_id: string
  app_id: string
  mch_serial: string
  mch_private_key_pem: string
  api_v3_key: string
  /** Every key WeChat may sign with now: certificate serials, PUB_KEY_ID_… or both while changing over. */
  platform: { serial: string; public_key_pem: string }[]
}

export interface PlatformCertificate {
  serial: string
  public_key_pem: string
  effective_at: Date
  expires_at: Date
}

export interface WechatV3 extends PayChannel {
  /** 平台证书 now valid. Build a new channel with them; not needed in public-key mode. */
  certificates(): Promise<{ kind: 'ok'; certificates: PlatformCertificate[] } | Failed | Unknown>
  /** Closes idle connections. */
  end(): void
}

export interface Surroundings {
  now(): Date
  /** Bounds can be tightened, never widened. */
  timeout_ms?: number
}

const MAX_BYTES = 64 * 1024
const TIMEOUT_MS = 5000
const HOSTS = new Set(['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com'])
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
const TRADE_NO = /^[0-9A-Za-z_\-|*]{6,32}$/
const REFUND_NO = /^[0-9A-Za-z_\-|*@]{1,64}$/
/** Refusals that do not say what happened, whatever the status they come with. */
const UNCERTAIN = new Set(['SYSTEM_ERROR', 'BANK_ERROR', 'USERPAYING'])
/** The document writes the older codes without underscores. */
const SPELLING = new Map([
  ['ORDERPAID', 'ORDER_PAID'],
  ['ORDERNOTEXIST', 'ORDER_NOT_EXIST'],
  ['ORDERCLOSED', 'ORDER_CLOSED'],
  ['SYSTEMERROR', 'SYSTEM_ERROR'],
  ['BANKERROR', 'BANK_ERROR'],
  ['NOAUTH', 'NO_AUTH'],
  ['NOTENOUGH', 'NOT_ENOUGH'],
  ['RULELIMIT', 'RULE_LIMIT'],
])

type Reply = { kind: 'answer'; json: unknown } | (Failed & { status: number }) | Unknown

interface Core extends read.Merchant {
  base: URL
  serial: string
  private_key: KeyObject
  api_key: Buffer
  platform: ReadonlyMap<string, KeyObject>
  wire: Wire
  now: () => Date
}

function fail(message: string): never {
  throw new TypeError(`WeChat Pay configuration: ${message}`)
}

function rsa(key: KeyObject, what: string): KeyObject {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  return key.asymmetricKeyType === 'rsa' && bits >= 2048 ? key : fail(`${what} must be RSA of 2048 bits or more`)
}

function open(config: WechatV3Config, around: Surroundings): Core {
  const base = new URL(config.base_url)
  const real = base.protocol === 'https:' && HOSTS.has(base.hostname) && base.port === ''
  const simulated = base.protocol === 'http:' && LOOPBACK.has(base.hostname)
  if (!real && !simulated) fail('base_url must be a WeChat Pay host over https, or loopback for the simulation')
  if (base.pathname !== '/' || base.search !== '' || base.username !== '') fail('base_url must be an origin')
  const api_key = Buffer.from(config.api_v3_key)
  if (api_key.length !== 32) fail('api_v3_key must be 32 bytes')
  for (const text of [config.mch_id, config.app_id, config.mch_serial]) {
    if (!/^[0-9A-Za-z_-]{1,64}$/.test(text)) fail('mch_id, app_id or mch_serial is not well formed')
  }
  const platform = new Map<string, KeyObject>()
  for (const { serial, public_key_pem } of config.platform) {
    platform.set(serial, rsa(createPublicKey(public_key_pem), `platform key ${serial}`))
  }
  return {
    base,
    mch_id: config.mch_id,
    app_id: config.app_id,
    serial: config.mch_serial,
    private_key: rsa(createPrivateKey(config.mch_private_key_pem), 'merchant key'),
    api_key,
    platform,
    wire: makeWire({ timeout_ms: Math.min(around.timeout_ms ?? TIMEOUT_MS, TIMEOUT_MS), max_bytes: MAX_BYTES }),
    now: around.now,
  }
}

function seconds(now: Date): string {
  return String(Math.trunc(now.getTime() / 1000))
}

function dispatch(core: Core, method: 'GET' | 'POST', path: string, payload?: object): Promise<WireAnswer> {
  const body = payload === undefined ? '' : JSON.stringify(payload)
  const timestamp = seconds(core.now())
  const nonce = randomBytes(16).toString('hex')
  const signature = signText(requestMessage(method, path, timestamp, nonce, body), core.private_key)
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'User-Agent': 'heyuan',
    'Content-Length': String(Buffer.byteLength(body)),
    Authorization: authorization({
      mch_id: core.mch_id,
      serial: core.serial,
      nonce,
      timestamp,
      signature,
    }),
  }
  if (body !== '') headers['Content-Type'] = 'application/json'
  // Tells WeChat which of its keys we can verify with; public-key mode first where both are held.
  const held = [...core.platform.keys()]
  const wanted = held.find((serial) => serial.startsWith('PUB_KEY_ID_')) ?? held[0]
  if (wanted !== undefined) headers['Wechatpay-Serial'] = wanted
  return core.wire.send({ url: new URL(path, core.base), method, headers, body })
}

const unknown = (cause: string): Unknown => ({ kind: 'unknown', cause })

async function call(core: Core, method: 'GET' | 'POST', path: string, payload?: object): Promise<Reply> {
  const answer = await dispatch(core, method, path, payload)
  if (!answer.ok) return unknown(answer.cause)
  return judge(core, answer, core.platform)
}

function judge(core: Core, answer: WireAnswer & { ok: true }, keys: ReadonlyMap<string, KeyObject>): Reply {
  const { status, headers, body } = answer
  if (status >= 500) return unknown('http_5xx')
  const refused = status >= 400
  if (!refused && status !== 200 && status !== 204) return unknown(`http_${status}`)
  const fault = checkSigned(headers, body, core.now(), keys)
  // Only a 401 may come unsigned: WeChat signs nothing before it has accepted our own signature.
  if (fault && !(status === 401 && fault === 'unsigned')) return unknown(fault)
  if (status === 204) return { kind: 'answer', json: undefined }
  const json = read.parseJson(body)
  if (!refused) return json === undefined ? unknown('malformed') : { kind: 'answer', json }
  const refusal = read.readRefusal(json)
  if (!refusal) return unknown('malformed')
  const code = SPELLING.get(refusal.code) ?? refusal.code
  if (UNCERTAIN.has(code)) return unknown(code)
  return { kind: 'failed', code, message: refusal.message, status }
}

const refuse = (message: string): Failed => ({ kind: 'failed', code: 'PARAM_ERROR', message })

/** Beijing time without fraction, as the document's examples have it. */
function beijing(date: Date): string {
  return `${new Date(date.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`
}

function badNotifyUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  const web = url?.protocol === 'https:' || url?.protocol === 'http:'
  return !web || url.search !== '' || url.hash !== '' || text.length > 256
}

function orderFault(order: PayOrder): string | null {
  if (!TRADE_NO.test(order.out_trade_no)) return 'out_trade_no: 6 to 32 of 0-9 A-Z a-z _ - | *'
  if (!Number.isSafeInteger(order.amount_fen) || order.amount_fen <= 0) return 'amount_fen: whole fen above zero'
  if (order.description.trim() === '') return 'description: empty'
  if (badNotifyUrl(order.notify_url)) return 'notify_url: web address without query'
  return Number.isNaN(order.expires_at.getTime()) ? 'expires_at: no date' : null
}

function orderBody(core: Core, order: PayOrder): Record<string, unknown> {
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

type Way = 'h5' | 'native' | 'jsapi'

async function create(core: Core, way: Way, order: PayOrder, more: object): Promise<CreateResult> {
  const fault = orderFault(order)
  if (fault !== null) return refuse(fault)
  const body = { ...orderBody(core, order), ...more }
  const reply = await call(core, 'POST', `/v3/pay/transactions/${way}`, body)
  if (reply.kind === 'failed') return { kind: 'failed', code: reply.code, message: reply.message }
  if (reply.kind === 'unknown') return reply
  return created(core, way, reply.json) ?? unknown('malformed')
}

function created(core: Core, way: Way, json: unknown): CreateResult | null {
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

export function wechatV3(config: WechatV3Config, around: Surroundings): WechatV3 {
  const core = open(config, around)
  return {
    name: 'wechat_v3',
    async createH5(order) {
      if (!order.client_ip) return refuse('client_ip: needed for H5')
      const scene_info = { payer_client_ip: order.client_ip, h5_info: { type: 'Wap' } }
      return create(core, 'h5', order, { scene_info })
    },
    createNative: (order) => create(core, 'native', order, {}),
    async createJsapi(order) {
      if (!order.payer_openid) return refuse('payer_openid: needed for JSAPI')
      return create(core, 'jsapi', order, { payer: { openid: order.payer_openid } })
    },
    query: (outTradeNo) => query(core, outTradeNo),
    close: (outTradeNo) => close(core, outTradeNo),
    refund: (order) => refund(core, order),
    queryRefund: (outRefundNo) => queryRefund(core, outRefundNo),
    verifyNotify: (headers, rawBody, now) => verifyNotify(core, headers, rawBody, now),
    certificates: () => certificates(core),
    end: () => core.wire.end(),
  }
}
