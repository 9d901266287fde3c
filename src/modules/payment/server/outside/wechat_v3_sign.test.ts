import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import * as known from './wechat_v3_vectors.ts'
import { authorization, checkSigned, jsapiMessage, openBytes, openText, requestMessage, signText } from './wechat_v3_sign.ts'

const { SDK_NOTICE, GCM_CASE_16, SEALED_ELSEWHERE } = known
const documentKey = createPrivateKey(known.DOCUMENT_KEY_PEM)

describe('request signature (请求签名)', () => {
  test('a GET signs an empty last line', () => {
    const text = requestMessage('GET', known.GET_REFUND.path, known.TIMESTAMP, known.NONCE, '')
    expect(text.endsWith(`${known.NONCE}\n\n`)).toBe(true)
    expect(signText(text, documentKey)).toBe(known.GET_REFUND.signature)
  })

  test('a POST signs its body, Chinese included', () => {
    const { path, body, signature } = known.POST_ORDER
    expect(signText(requestMessage('POST', path, known.TIMESTAMP, known.NONCE, body), documentKey)).toBe(signature)
  })

  test('the JSAPI call signs the whole package value', () => {
    const text = jsapiMessage(known.JSAPI.app_id, known.TIMESTAMP, known.NONCE, known.JSAPI.pack)
    expect(signText(text, documentKey)).toBe(known.JSAPI.signature)
    const bare = jsapiMessage(known.JSAPI.app_id, known.TIMESTAMP, known.NONCE, known.JSAPI.pack.slice(10))
    expect(signText(bare, documentKey)).not.toBe(known.JSAPI.signature)
  })

  test('the header has the document’s form', () => {
    const header = authorization({ mch_id: '1', serial: 'S', nonce: 'n', timestamp: '2', signature: 'x==' })
    expect(header).toBe(
      'WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="n",timestamp="2",serial_no="S",signature="x=="',
    )
  })
})

describe('answer and notice signature (验签)', () => {
  const keys = new Map([['D7CE59D1F522D701', createPublicKey(SDK_NOTICE.public_key_pem)]])
  const at = (shift = 0) => new Date((SDK_NOTICE.seconds + shift) * 1000)
  const body = Buffer.from(SDK_NOTICE.body)
  const check = (change: Record<string, string | string[]> = {}, bytes = body, now = at()) =>
    checkSigned({ ...SDK_NOTICE.headers, ...change }, bytes, now, keys)

  test('the provider’s own vector holds', () => expect(check()).toBeNull())

  test('one flipped byte of the body does not', () => {
    for (const index of [0, 17, body.length - 1]) {
      const altered = Buffer.from(body)
      altered[index] = (altered[index] ?? 0) ^ 1
      expect(check({}, altered)).toBe('bad_signature')
    }
    expect(check({}, Buffer.concat([body, Buffer.from(' ')]))).toBe('bad_signature')
    expect(check({}, Buffer.alloc(0))).toBe('bad_signature')
  })

  test('the window is five minutes both ways, the end excluded', () => {
    expect(check({}, body, at(299))).toBeNull()
    expect(check({}, body, at(-299))).toBeNull()
    expect(check({}, body, at(300))).toBe('stale')
    expect(check({}, body, at(-300))).toBe('stale')
    expect(check({ 'wechatpay-timestamp': String(SDK_NOTICE.seconds + 1) })).toBe('bad_signature')
    for (const text of ['', ' ', 'NaN', '-1', '1e9', `${SDK_NOTICE.seconds}.0`]) {
      expect(check({ 'wechatpay-timestamp': text })).toMatch(/stale|unsigned/)
    }
  })

  test('another nonce, serial, type or signature is refused', () => {
    const { 'wechatpay-signature': signature } = SDK_NOTICE.headers
    expect(check({ 'wechatpay-nonce': 'x' })).toBe('bad_signature')
    expect(check({ 'wechatpay-serial': 'D7CE59D1F522D702' })).toBe('unknown_serial')
    expect(check({ 'wechatpay-signature-type': 'WECHATPAY2-SM2-WITH-SM3' })).toBe('signature_type')
    expect(check({ 'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048' })).toBeNull()
    expect(check({ 'wechatpay-signature': `${signature.slice(0, 20)}!${signature.slice(21)}` })).toBe('bad_signature')
    // Base64 decoders skip what is no Base64; one true signature must not have many spellings.
    expect(check({ 'wechatpay-signature': `${signature.slice(0, 20)}!${signature.slice(20)}` })).toBe('bad_signature')
    expect(check({ 'wechatpay-signature': 'AAAA' })).toBe('bad_signature')
    expect(check({ 'wechatpay-signature': `WECHATPAY/SIGNTEST/${signature}` })).toBe('signtest')
  })

  test('a missing or doubled header is no signature', () => {
    for (const name of Object.keys(SDK_NOTICE.headers)) {
      expect(check({ [name]: '' })).toBe('unsigned')
      expect(check({ [name]: ['a', 'b'] })).toBe('unsigned')
    }
    expect(checkSigned({}, body, at(), keys)).toBe('unsigned')
  })

  test('a key we hold under another serial does not help', () => {
    const other = new Map([['D7CE59D1F522D701', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey]])
    expect(checkSigned(SDK_NOTICE.headers, body, at(), other)).toBe('bad_signature')
  })
})

describe('sealed boxes (AES-256-GCM)', () => {
  const hex = (text: string) => Buffer.from(text, 'hex')
  const { key, nonce, aad, plain, boxed } = GCM_CASE_16

  test('case 16 opens, and is shut to every flipped bit', () => {
    expect(openBytes(hex(key), hex(nonce), hex(aad), hex(boxed))?.toString('hex')).toBe(plain)
    for (let index = 0; index < hex(boxed).length; index += 1) {
      const altered = hex(boxed)
      altered[index] = (altered[index] ?? 0) ^ 1
      expect(openBytes(hex(key), hex(nonce), hex(aad), altered)).toBeNull()
    }
    expect(openBytes(hex(key), hex(nonce), hex(`${aad}00`), hex(boxed))).toBeNull()
    expect(openBytes(hex(key), hex('cafebabefacedbaddecaf889'), hex(aad), hex(boxed))).toBeNull()
  })

  test('shortened tags, odd keys and nonces are refused', () => {
    expect(openBytes(hex(key), hex(nonce), hex(aad), hex(boxed).subarray(0, -1))).toBeNull()
    expect(openBytes(hex(key), hex(nonce), hex(aad), Buffer.alloc(15))).toBeNull()
    expect(openBytes(hex(key).subarray(16), hex(nonce), hex(aad), hex(boxed))).toBeNull()
    expect(openBytes(hex(key), hex(nonce).subarray(1), hex(aad), hex(boxed))).toBeNull()
  })

  test('a box sealed by another implementation opens', () => {
    const { sealed } = SEALED_ELSEWHERE
    const secret = Buffer.from(SEALED_ELSEWHERE.key)
    expect(openText(secret, sealed)?.toString()).toBe(SEALED_ELSEWHERE.plain)
    expect(openText(secret, { ...sealed, associated_data: 'refund' })).toBeNull()
    expect(openText(secret, { ...sealed, ciphertext: `*${sealed.ciphertext}` })).toBeNull()
  })
})
