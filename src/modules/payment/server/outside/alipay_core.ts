// What every call of the Alipay client stands on: the configuration opened once, one signed exchange with the gateway, and the judgement of
// its answer, whose signature is over the exact text of the response node.
import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { certificateSn, nodeOf, rootSn, signRequest, verifyRsa2 } from './alipay_sign.ts'
import type { Failed, Unknown } from './channel.ts'
import { makeWire, type Wire } from './wechat_v3_wire.ts'

export interface AlipayConfig {
  /** https://openapi.alipay.com/gateway.do */
  base_url: string
  app_id: string
  app_private_key_pem: string
  /** Public-key mode. */
  alipay_public_key_pem?: string | null | undefined
  /** Certificate mode: all three. */
  app_cert_pem?: string | null | undefined
  alipay_cert_pem?: string | null | undefined
  alipay_root_cert_pem?: string | null | undefined
  /** 商户的支付宝账号 2088…; where given, notices must name it. */
  seller_id?: string | null | undefined
}

export interface AlipaySurroundings {
  now(): Date
  /** Bounds can be tightened, never widened. */
  timeout_ms?: number
}

export const MAX_BYTES = 64 * 1024
const TIMEOUT_MS = 5000
const FILE_BYTES = 32 * 1024 * 1024
const FILE_MS = 60_000
const HOSTS = new Set(['openapi.alipay.com'])
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
export const TRADE_NO = /^[0-9A-Za-z_]{1,64}$/

export type Reply = { kind: 'answer'; json: Record<string, unknown>; code: string } | Failed | Unknown

export interface Core {
  gateway: URL
  simulated: boolean
  app_id: string
  seller_id: string | null
  private_key: KeyObject
  alipay_key: KeyObject
  /** Sent along in certificate mode. */
  numbers: Record<string, string>
  alipay_cert_sn: string | null
  wire: Wire
  /** For bill files: larger and slower than any other answer. */
  files: Wire
  now: () => Date
}

function fail(message: string): never {
  throw new TypeError(`Alipay configuration: ${message}`)
}
function rsa(key: KeyObject, what: string): KeyObject {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  return key.asymmetricKeyType === 'rsa' && bits >= 2048 ? key : fail(`${what} must be RSA of 2048 bits or more`)
}

export function open(config: AlipayConfig, around: AlipaySurroundings): Core {
  const gateway = new URL(config.base_url)
  const real = gateway.protocol === 'https:' && HOSTS.has(gateway.hostname) && gateway.port === ''
  const simulated = gateway.protocol === 'http:' && LOOPBACK.has(gateway.hostname)
  if (!real && !simulated) fail('base_url must be the Alipay gateway over https, or loopback for the simulation')
  if (gateway.pathname !== '/gateway.do' || gateway.search !== '' || gateway.username !== '') fail('base_url must end in /gateway.do')
  if (!/^[0-9A-Za-z]{8,32}$/.test(config.app_id)) fail('app_id is not well formed')
  const { app_cert_pem, alipay_cert_pem, alipay_root_cert_pem, alipay_public_key_pem } = config
  const certified = Boolean(app_cert_pem && alipay_cert_pem && alipay_root_cert_pem)
  if (!certified && !alipay_public_key_pem) fail('alipay public key: either the key or all three certificates')
  const own = certified ? new X509Certificate(app_cert_pem!) : null
  const theirs = certified ? new X509Certificate(alipay_cert_pem!) : null
  const private_key = rsa(createPrivateKey(config.app_private_key_pem), 'app private key')
  if (own && !own.checkPrivateKey(private_key)) fail('app private key does not belong to the app certificate')
  return {
    gateway,
    simulated,
    app_id: config.app_id,
    seller_id: config.seller_id || null,
    private_key,
    alipay_key: rsa(theirs ? theirs.publicKey : createPublicKey(alipay_public_key_pem!), 'alipay public key'),
    numbers: own ? { app_cert_sn: certificateSn(own), alipay_root_cert_sn: rootSn(alipay_root_cert_pem!) } : {},
    alipay_cert_sn: theirs ? certificateSn(theirs) : null,
    wire: makeWire({ timeout_ms: Math.min(around.timeout_ms ?? TIMEOUT_MS, TIMEOUT_MS), max_bytes: MAX_BYTES }),
    files: makeWire({ timeout_ms: FILE_MS, max_bytes: FILE_BYTES }),
    now: around.now,
  }
}

export const unknown = (cause: string): Unknown => ({ kind: 'unknown', cause })
export const refuse = (message: string): Failed => ({ kind: 'failed', code: 'INVALID_PARAMETER', message })

/** '2026-11-25 10:01:02' in China time. */
export const chinaText = (at: Date): string => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')

/** The signed parameters of one call; a page of the payer's is called with the same as an address. */
export function signedParams(core: Core, method: string, biz: object, more: Record<string, string> = {}): Record<string, string> {
  const params: Record<string, string> = {
    app_id: core.app_id,
    method,
    format: 'JSON',
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: chinaText(core.now()),
    version: '1.0',
    ...core.numbers,
    ...more,
    biz_content: JSON.stringify(biz),
  }
  return { ...params, sign: signRequest(params, core.private_key) }
}

export async function call(core: Core, method: string, biz: object, more: Record<string, string> = {}): Promise<Reply> {
  const body = new URLSearchParams(signedParams(core, method, biz, more)).toString()
  const url = new URL(core.gateway)
  url.searchParams.set('charset', 'utf-8')
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'Content-Length': String(Buffer.byteLength(body)), Accept: 'application/json', 'User-Agent': 'heyuan' }
  const answer = await core.wire.send({ url, method: 'POST', headers, body })
  if (!answer.ok) return unknown(answer.cause)
  if (answer.status !== 200) return unknown(answer.status >= 500 ? 'http_5xx' : `http_${answer.status}`)
  return judge(core, method, answer.body.toString('utf8'))
}

const outer = z.object({ sign: z.string().max(2048).optional(), alipay_cert_sn: z.string().max(64).optional() })
const inner = z.looseObject({ code: z.string().max(10), msg: z.string().max(256).optional(), sub_code: z.string().max(128).optional(), sub_msg: z.string().max(512).optional() })

export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Refusals that do not say what happened. */
const UNCERTAIN = /(^|\.)(SYSTEM_ERROR|UNKNOW_ERROR|UNKNOWN_ERROR|TRADE_PAYING)$|^isp\.(?!bill_not_exist)/
/** The gateway signs nothing for a caller whose signature or app it does not accept; nothing has happened then. */
const UNSIGNED_REFUSAL = /^isv\.(invalid|missing)-/

function judge(core: Core, method: string, raw: string): Reply {
  const name = `${method.replaceAll('.', '_')}_response`
  const node = nodeOf(raw, name) ?? nodeOf(raw, 'error_response')
  const around = outer.safeParse(parse(raw))
  const read = inner.safeParse(node === null ? undefined : parse(node))
  if (node === null || !around.success || !read.success) return unknown('malformed')
  const { code, sub_code, sub_msg, msg } = read.data
  const word = sub_code ?? code
  const refusal: Failed = { kind: 'failed', code: word, message: sub_msg ?? msg ?? '' }
  if (!around.data.sign) return code !== '10000' && UNSIGNED_REFUSAL.test(word) ? refusal : unknown('unsigned')
  if (core.alipay_cert_sn !== null && around.data.alipay_cert_sn !== core.alipay_cert_sn) return unknown('unknown_serial')
  // The gateway may escape slashes after it has signed: its own SDKs try both texts.
  if (!verifyRsa2(node, around.data.sign, core.alipay_key) && !verifyRsa2(node.replaceAll('\\/', '/'), around.data.sign, core.alipay_key)) return unknown('bad_signature')
  if (code === '10000' || code === '10003') return { kind: 'answer', json: read.data, code }
  if (code === '20000' || UNCERTAIN.test(word)) return unknown(word)
  return refusal
}
