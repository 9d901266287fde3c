// The platform's side of the cryptography, written from the document and sharing nothing with our client.
import { createCipheriv, createPrivateKey, createPublicKey, randomBytes, sign, verify, type KeyObject } from 'node:crypto'
import type { SimKeys } from './keys.ts'

export interface PlatformSigner {
  serial: string
  key: KeyObject
}

export interface Vault {
  keys: SimKeys
  merchant: KeyObject
  by_public_key: PlatformSigner
  by_certificate: PlatformSigner
}

export function openVault(keys: SimKeys): Vault {
  const { public_key, certificate } = keys
  return {
    keys,
    merchant: createPublicKey(keys.mch_public_key_pem),
    by_public_key: { serial: public_key.id, key: createPrivateKey(public_key.private_key_pem) },
    by_certificate: { serial: certificate.serial, key: createPrivateKey(certificate.private_key_pem) },
  }
}

export const randomText = (length: number) => randomBytes(length).toString('base64url').slice(0, length)

/** Answer and notice headers: three lines, each closed by a line feed, signed with the platform's key. */
export function signedHeaders(signer: PlatformSigner, body: Buffer, at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const nonce = randomBytes(16).toString('hex')
  const text = Buffer.concat([Buffer.from(timestamp), Buffer.from(`\n${nonce}\n`), body, Buffer.from([10])])
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Serial': signer.serial,
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
    'Wechatpay-Signature': sign('RSA-SHA256', text, signer.key).toString('base64'),
  }
}

export interface Sealed {
  original_type?: string
  algorithm: 'AEAD_AES_256_GCM'
  ciphertext: string
  associated_data: string
  nonce: string
}

export function seal(apiKey: string, associated: string, plain: string): Sealed {
  const nonce = randomText(12)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(apiKey), Buffer.from(nonce))
  cipher.setAAD(Buffer.from(associated))
  const boxed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return { algorithm: 'AEAD_AES_256_GCM', ciphertext: boxed.toString('base64'), associated_data: associated, nonce }
}

/** Null when the merchant's Authorization header signs exactly this request; else the reason for SIGN_ERROR. */
export function merchantFault(
  vault: Vault,
  request: { method: string; target: string; authorization: string; body: Buffer },
  now: Date,
): string | null {
  const [scheme, rest] = request.authorization.split(/ (.*)/s)
  if (scheme !== 'WECHATPAY2-SHA256-RSA2048' || !rest) return 'Http头缺少Accept或Authorization'
  const fields = new Map<string, string>()
  for (const part of rest.matchAll(/(\w+)="([^"]*)"/g)) fields.set(part[1] ?? '', part[2] ?? '')
  if (fields.get('mchid') !== vault.keys.mch_id) return '商户号不存在'
  if (fields.get('serial_no') !== vault.keys.mch_serial) return '商户证书序列号有误'
  const timestamp = fields.get('timestamp') ?? ''
  const off = Math.abs(now.getTime() / 1000 - Number.parseInt(timestamp, 10))
  if (!/^\d{10}$/.test(timestamp) || !(off < 300)) return 'Http头Authorization值中的timestamp与发起请求的时间不得超过5分钟'
  const nonce = fields.get('nonce_str') ?? ''
  if (nonce === '') return 'Http头Authorization值格式错误'
  const head = `${request.method}\n${request.target}\n${timestamp}\n${nonce}\n`
  const text = Buffer.concat([Buffer.from(head), request.body, Buffer.from('\n')])
  const signature = Buffer.from(fields.get('signature') ?? '', 'base64')
  return verify('RSA-SHA256', text, vault.merchant, signature) ? null : '错误的签名，验签失败'
}
