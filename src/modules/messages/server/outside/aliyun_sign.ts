// Signature V3 of Alibaba Cloud's OpenAPI (ACS3-HMAC-SHA256), for a POST without body to "/": help.aliyun.com document 2593177. Held against the
// document's own worked example in aliyun.test.ts.
import { createHash, createHmac } from 'node:crypto'

export interface Signable {
  host: string
  action: string
  version: string
  /** 2023-10-26T09:01:01Z, to the second. */
  date: string
  nonce: string
  query: Readonly<Record<string, string>>
}
const ALGORITHM = 'ACS3-HMAC-SHA256'
const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')
/** RFC 3986: what encodeURIComponent leaves alone is encoded too. */
const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
export const queryOf = (query: Readonly<Record<string, string>>): string => Object.keys(query).sort().map((k) => `${encode(k)}=${encode(query[k]!)}`).join('&')

/** Headers of the request, the signature among them. */
export function signed(s: Signable, key: { id: string; secret: string }): Record<string, string> {
  const headers: Record<string, string> = { host: s.host, 'x-acs-action': s.action, 'x-acs-content-sha256': sha256(''), 'x-acs-date': s.date, 'x-acs-signature-nonce': s.nonce, 'x-acs-version': s.version }
  const names = Object.keys(headers).sort()
  const canonical = ['POST', '/', queryOf(s.query), ...names.map((n) => `${n}:${headers[n]!.trim()}`), '', names.join(';'), headers['x-acs-content-sha256']].join('\n')
  const signature = createHmac('sha256', key.secret).update(`${ALGORITHM}\n${sha256(canonical)}`, 'utf8').digest('hex')
  return { ...headers, authorization: `${ALGORITHM} Credential=${key.id},SignedHeaders=${names.join(';')},Signature=${signature}` }
}
