// What every call of the WeChat Pay client stands on: the configuration opened once, one signed exchange, and the judgement of its answer.
import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import type { Failed, Unknown } from './channel.ts'
import * as read from './wechat_v3_read.ts'
import { authorization, checkSigned, requestMessage, signText } from './wechat_v3_sign.ts'
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

export interface Surroundings {
  now(): Date
  /** Bounds can be tightened, never widened. */
  timeout_ms?: number
}

export const MAX_BYTES = 64 * 1024
const TIMEOUT_MS = 5000
/** A day's bill of a busy merchant; 100,000 lines are about 40 MB unpacked, and come packed. */
const FILE_BYTES = 32 * 1024 * 1024
const FILE_MS = 60_000
const HOSTS = new Set(['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com'])
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
export const TRADE_NO = /^[0-9A-Za-z_\-|*]{6,32}$/
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

export type Reply = { kind: 'answer'; json: unknown } | (Failed & { status: number }) | Unknown

export interface Core extends read.Merchant {
  base: URL
  serial: string
  private_key: KeyObject
  api_key: Buffer
  platform: ReadonlyMap<string, KeyObject>
  wire: Wire
  /** For bill files: larger and slower than any other answer. */
  files: Wire
  now: () => Date
}

function fail(message: string): never {
  throw new TypeError(`WeChat Pay configuration: ${message}`)
}

function rsa(key: KeyObject, what: string): KeyObject {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  return key.asymmetricKeyType === 'rsa' && bits >= 2048 ? key : fail(`${what} must be RSA of 2048 bits or more`)
}

export function open(config: WechatV3Config, around: Surroundings): Core {
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
    files: makeWire({ timeout_ms: FILE_MS, max_bytes: FILE_BYTES }),
    now: around.now,
  }
}

export function seconds(now: Date): string {
  return String(Math.trunc(now.getTime() / 1000))
}

export function dispatch(core: Core, method: 'GET' | 'POST', path: string, payload?: object, wire = core.wire): Promise<WireAnswer> {
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
  return wire.send({ url: new URL(path, core.base), method, headers, body })
}

export const unknown = (cause: string): Unknown => ({ kind: 'unknown', cause })

export async function call(core: Core, method: 'GET' | 'POST', path: string, payload?: object): Promise<Reply> {
  const answer = await dispatch(core, method, path, payload)
  if (!answer.ok) return unknown(answer.cause)
  return judge(core, answer, core.platform)
}

export function judge(core: Core, answer: WireAnswer & { ok: true }, keys: ReadonlyMap<string, KeyObject>): Reply {
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

export const refuse = (message: string): Failed => ({ kind: 'failed', code: 'PARAM_ERROR', message })
