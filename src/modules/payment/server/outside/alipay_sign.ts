// Signatures of the Alipay gateway (RSA2) and the numbers of its certificates. Pure functions on text and bytes.
// Source: open documents 自行实现签名 (opendocs.alipay.com/common/02mriz) and 自行实现验签 (02mse7); certificate numbers: 02mse3.
import { createHash, sign, verify, X509Certificate, type KeyObject } from 'node:crypto'

/** Key order by code unit, `leave` left out, values as they are before any URL encoding. Requests leave empty values out, notices keep them. */
export function contentOf(params: Readonly<Record<string, string>>, leave: readonly string[], empty: 'out' | 'kept'): string {
  return Object.keys(params)
    .filter((k) => !leave.includes(k) && (empty === 'kept' || params[k] !== ''))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((k) => `${k}=${params[k]}`)
    .join('&')
}

export const signRsa2 = (content: string, key: KeyObject): string => sign('sha256', Buffer.from(content), key).toString('base64')

export function verifyRsa2(content: string | Buffer, signature: string, key: KeyObject): boolean {
  if (!/^[A-Za-z0-9+/]{40,2048}={0,2}$/.test(signature)) return false
  return verify('sha256', Buffer.from(content), key, Buffer.from(signature, 'base64'))
}

/** The request is signed with everything but its own sign. */
export const signRequest = (params: Readonly<Record<string, string>>, key: KeyObject): string => signRsa2(contentOf(params, ['sign'], 'out'), key)
/** A notice is signed without sign and sign_type. */
export const verifyNotice = (params: Readonly<Record<string, string>>, key: KeyObject): boolean => verifyRsa2(contentOf(params, ['sign', 'sign_type'], 'kept'), params['sign'] ?? '', key)

/**
 * The exact text of one object inside the answer: the signature is over these characters, and parsing and writing the JSON again does
 * not give them back (spaces, escapes, order). Null when it is not there as an object at the top level.
 */
export function nodeOf(raw: string, name: string): string | null {
  const key = `"${name}"`
  let depth = 0
  for (let at = 0; at < raw.length; at++) {
    const ch = raw[at]
    if (ch === '"') {
      const end = endOfText(raw, at)
      if (end < 0) return null
      if (depth === 1 && raw.slice(at, end + 1) === key) {
        const open = afterColon(raw, end + 1)
        if (open >= 0) return raw[open] === '{' ? objectAt(raw, open) : null
      }
      at = end
    } else if (ch === '{' || ch === '[') depth++
    else if (ch === '}' || ch === ']') depth--
  }
  return null
}
function endOfText(raw: string, from: number): number {
  for (let at = from + 1; at < raw.length; at++) {
    if (raw[at] === '\\') at++
    else if (raw[at] === '"') return at
  }
  return -1
}
/** Where the value begins if a colon follows; −1 when the text was a value itself. */
function afterColon(raw: string, from: number): number {
  const m = /^\s*:\s*/.exec(raw.slice(from, from + 40))
  return m ? from + m[0].length : -1
}
function objectAt(raw: string, from: number): string | null {
  let depth = 0
  for (let at = from; at < raw.length; at++) {
    const ch = raw[at]
    if (ch === '"') {
      at = endOfText(raw, at)
      if (at < 0) return null
    } else if (ch === '{') depth++
    else if (ch === '}' && --depth === 0) return raw.slice(from, at + 1)
  }
  return null
}

/** md5 of the issuer, last part first, and the serial number in decimal. */
export function certificateSn(certificate: X509Certificate): string {
  const issuer = certificate.issuer.split('\n').reverse().join(',')
  return createHash('md5').update(`${issuer}${BigInt(`0x${certificate.serialNumber}`)}`).digest('hex')
}
const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g
/** The same of every RSA certificate of the chain file, joined; others (SM2) are left out. */
export function rootSn(chain: string): string {
  const numbers = (chain.match(PEM) ?? []).slice(0, 20).flatMap((pem) => {
    try {
      const certificate = new X509Certificate(pem)
      return certificate.publicKey.asymmetricKeyType === 'rsa' ? [certificateSn(certificate)] : []
    } catch {
      return []
    }
  })
  return numbers.join('_')
}
