// What WeChat pushes (消息推送): the signature of plain and of safe mode, the decryption of safe mode, and the few fields of an event that we read.
// developers.weixin.qq.com: 接入指南, 消息加解密说明. Held against the example that Tencent ships with its own code (wechat.test.ts).
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'

export interface PushQuery {
  signature?: string
  msg_signature?: string
  timestamp?: string
  nonce?: string
  encrypt_type?: string
  echostr?: string
}
const sha1 = (parts: readonly string[]): string => createHash('sha1').update(parts.toSorted().join(''), 'utf8').digest('hex')
const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
const BLOCK = 32

export const plainSigned = (token: string, q: PushQuery): boolean => same(sha1([token, q.timestamp ?? '', q.nonce ?? '']), q.signature ?? '')
export const safeSigned = (token: string, q: PushQuery, encrypted: string): boolean => same(sha1([token, q.timestamp ?? '', q.nonce ?? '', encrypted]), q.msg_signature ?? '')

/** AES-256-CBC, the key's first half as IV, PKCS#7 to 32 bytes; inside: 16 random bytes, length, message, the account's number. */
export function openSafe(aes_key: string, appid: string, encrypted: string): string | null {
  try {
    const key = Buffer.from(`${aes_key}=`, 'base64')
    const d = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
    const padded = Buffer.concat([d.update(encrypted, 'base64'), d.final()])
    const pad = padded.at(-1)!
    if (pad < 1 || pad > BLOCK) return null
    const plain = padded.subarray(0, padded.length - pad)
    const length = plain.readUInt32BE(16)
    if (length > plain.length - 20) return null
    return plain.subarray(20 + length).toString('utf8') === appid ? plain.subarray(20, 20 + length).toString('utf8') : null
  } catch {
    return null
  }
}

/** One element's text of a flat message; no entities, no nesting: nothing of XML that could be turned against the reader. */
export function field(xml: string, name: string, max = 2000): string | null {
  const m = new RegExp(`<${name}>(?:<!\\[CDATA\\[([^\\]]*)\\]\\]>|([^<&]*))</${name}>`).exec(xml)
  const text = m ? (m[1] ?? m[2] ?? '').trim() : null
  return text === null || text.length > max ? null : text
}
