// Signatures and sealed boxes of WeChat Pay APIv3. Pure functions on bytes; the caller brings keys and the hour.
// Source: merchant documents 签名与验签规则 and 回调通知 (pay.weixin.qq.com/doc/v3/merchant/4012365342 and 4012791861).
import { createDecipheriv, sign, verify, type KeyObject } from 'node:crypto'
import type { HeaderBag } from './channel.ts'

export const SCHEME = 'WECHATPAY2-SHA256-RSA2048'
const PROBE_PREFIX = 'WECHATPAY/SIGNTEST/'
/** The document refuses a clock difference of five minutes. */
const WINDOW_MS = 300_000
const TAG_BYTES = 16

export type SignatureFault =
  | 'unsigned'
  | 'signature_type'
  | 'stale'
  | 'signtest'
  | 'unknown_serial'
  | 'bad_signature'

export function requestMessage(
  method: string,
  path: string,
  timestamp: string,
  nonce: string,
  body: string,
): string {
  return `${method}\n${path}\n${timestamp}\n${nonce}\n${body}\n`
}

export function jsapiMessage(appId: string, timestamp: string, nonce: string, pack: string): string {
  return `${appId}\n${timestamp}\n${nonce}\n${pack}\n`
}

/** Raw bytes, because a decoded and re-encoded body is not always the body that was signed. */
export function answerMessage(timestamp: string, nonce: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')])
}

export function signText(message: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(message), key).toString('base64')
}

export interface AuthorizationParts {
  mch_id: string
  serial: string
  nonce: string
  timestamp: string
  signature: string
}

export function authorization(parts: AuthorizationParts): string {
  return (
    `${SCHEME} mchid="${parts.mch_id}",nonce_str="${parts.nonce}",timestamp="${parts.timestamp}",` +
    `serial_no="${parts.serial}",signature="${parts.signature}"`
  )
}

function single(headers: HeaderBag, name: string): string | undefined {
  const value = headers[name]
  // A header sent twice is nobody's honest header.
  return typeof value === 'string' && value.length > 0 && value.length <= 1024 ? value : undefined
}

/** Null when the headers sign exactly these bytes, now, with a key we hold. Header names in lower case. */
export function checkSigned(
  headers: HeaderBag,
  body: Buffer,
  now: Date,
  keys: ReadonlyMap<string, KeyObject>,
): SignatureFault | null {
  const timestamp = single(headers, 'wechatpay-timestamp')
  const nonce = single(headers, 'wechatpay-nonce')
  const signature = single(headers, 'wechatpay-signature')
  const serial = single(headers, 'wechatpay-serial')
  if (!timestamp || !nonce || !signature || !serial) return 'unsigned'
  const type = headers['wechatpay-signature-type']
  if (type !== undefined && type !== SCHEME) return 'signature_type'
  if (!/^[0-9]{1,12}$/.test(timestamp)) return 'stale'
  const distance = Math.abs(now.getTime() - Number.parseInt(timestamp, 10) * 1000)
  if (distance >= WINDOW_MS) return 'stale'
  if (signature.startsWith(PROBE_PREFIX)) return 'signtest'
  const key = keys.get(serial)
  if (!key) return 'unknown_serial'
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(signature)) return 'bad_signature'
  const good = verify('sha256', answerMessage(timestamp, nonce, body), key, Buffer.from(signature, 'base64'))
  return good ? null : 'bad_signature'
}

/** AES-256-GCM with the tag at the end of the ciphertext. Null when the tag does not fit: no byte is believed. */
export function openBytes(key: Buffer, nonce: Buffer, aad: Buffer, boxed: Buffer): Buffer | null {
  if (key.length !== 32 || nonce.length !== 12 || boxed.length < TAG_BYTES) return null
  const cut = boxed.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(aad)
  decipher.setAuthTag(boxed.subarray(cut))
  try {
    // final() is where the tag is compared; wechatpay-node-v3 forgets it (reference note 6.4).
    return Buffer.concat([decipher.update(boxed.subarray(0, cut)), decipher.final()])
  } catch {
    return null
  }
}

export interface SealedText {
  nonce: string
  associated_data: string
  ciphertext: string
}

export function openText(key: Buffer, sealed: SealedText): Buffer | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(sealed.ciphertext)) return null
  return openBytes(
    key,
    Buffer.from(sealed.nonce),
    Buffer.from(sealed.associated_data),
    Buffer.from(sealed.ciphertext, 'base64'),
  )
}
