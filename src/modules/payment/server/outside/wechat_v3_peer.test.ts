// Our client beside an implementation that others wrote (wechatpay-axios-plugin): each reads what the other has made, and both refuse what
// somebody has touched. In the product the plug-in is not used: it leaves refusals and downloads unverified.
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Aes, Rsa, Wechatpay } from 'wechatpay-axios-plugin'
import { startSim, type Sim } from '../../../../world/outside/wechat_sim/index.ts'
import { checkSigned, jsapiMessage, openText, requestMessage, signText } from './wechat_v3_sign.ts'
import { wechatV3, type WechatV3 } from './wechat_v3.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const text = fc.string({ unit: 'grapheme', maxLength: 200 })
const bad64 = (base64: string, at: number): string => {
  const bytes = Buffer.from(base64, 'base64')
  bytes[at % bytes.length]! ^= 1
  return bytes.toString('base64')
}

describe('signatures', () => {
  test('what we sign, the other verifies, and not with one byte changed', () => {
    fc.assert(
      fc.property(text, text, fc.nat(), (path, body, at) => {
        const message = requestMessage('POST', path, '1764000000', 'N', body)
        const signature = signText(message, privateKey)
        expect(Rsa.verify(message, signature, publicKey)).toBe(true)
        expect(Rsa.verify(message, bad64(signature, at), publicKey)).toBe(false)
        expect(Rsa.verify(`${message} `, signature, publicKey)).toBe(false)
      }),
      { numRuns: 25 },
    )
    const pack = jsapiMessage('wx1', '1764000000', 'N', 'prepay_id=wx2')
    expect(Rsa.verify(pack, signText(pack, privateKey), publicKey)).toBe(true)
  })
  test('what the other signs, we believe: this body, this hour, this serial', () => {
    const now = new Date('2026-11-25T02:00:00Z')
    const at = String(now.getTime() / 1000)
    const keys = new Map([['S', publicKey]])
    fc.assert(
      fc.property(text, fc.nat(), (body, where) => {
        const headers = { 'wechatpay-timestamp': at, 'wechatpay-nonce': 'N', 'wechatpay-serial': 'S', 'wechatpay-signature': Rsa.sign(`${at}\nN\n${body}\n`, privateKey) }
        const bytes = Buffer.from(body)
        expect(checkSigned(headers, bytes, now, keys)).toBeNull()
        expect(checkSigned({ ...headers, 'wechatpay-signature': bad64(headers['wechatpay-signature'], where) }, bytes, now, keys)).toBe('bad_signature')
        expect(checkSigned(headers, Buffer.concat([bytes, Buffer.from(' ')]), now, keys)).toBe('bad_signature')
        expect(checkSigned({ ...headers, 'wechatpay-timestamp': String(Number(at) + 1) }, bytes, now, keys)).toBe('bad_signature')
        expect(checkSigned({ ...headers, 'wechatpay-serial': 'T' }, bytes, now, keys)).toBe('unknown_serial')
        expect(checkSigned(headers, bytes, new Date(now.getTime() + 300_000), keys)).toBe('stale')
      }),
      { numRuns: 25 },
    )
  })
})

describe('sealed boxes', () => {
  test('what the other seals, we open; one changed bit, another nonce or label, and we do not', () => {
    const key = '0123456789abcdef0123456789abcdef'
    fc.assert(
      fc.property(text, fc.nat(), (plain, at) => {
        const ciphertext = Aes.AesGcm.encrypt(plain, key, 'nonce1234567', 'transaction')
        const box = { ciphertext, nonce: 'nonce1234567', associated_data: 'transaction' }
        expect(openText(Buffer.from(key), box)?.toString()).toBe(plain)
        expect(openText(Buffer.from(key), { ...box, ciphertext: bad64(ciphertext, at) })).toBeNull()
        expect(openText(Buffer.from(key), { ...box, nonce: 'nonce1234568' })).toBeNull()
        expect(openText(Buffer.from(key), { ...box, associated_data: 'refund' })).toBeNull()
      }),
      { numRuns: 25 },
    )
  })
})

describe('one gateway, two clients, both key modes', () => {
  const dir = mkdtempSync(join(tmpdir(), 'peer-'))
  let sim: Sim
  beforeAll(async () => {
    sim = await startSim({ dir, scale: 0.001, refund_ms: null })
  })
  afterAll(async () => {
    await sim.stop()
    rmSync(dir, { recursive: true })
  })
  const peer = (serial: string, pem: string) =>
    new Wechatpay({ mchid: sim.config.mch_id, serial: sim.config.mch_serial, privateKey: sim.config.mch_private_key_pem, certs: { [serial]: createPublicKey(pem) }, baseURL: `${sim.url}/` }).client
  const ours = (i: number): WechatV3 => wechatV3({ ...sim.config, platform: [sim.config.platform[i]!] }, { now: () => new Date() })

  test.each([['public key', 0], ['certificate', 1]] as const)('%s: what one orders, the other finds', async (_mode, i) => {
    const { serial, public_key_pem } = sim.config.platform[i]!
    const other = peer(serial, public_key_pem)
    const mine = ours(i)
    const out_trade_no = `PEER${i}000001`
    const order = { out_trade_no, amount_fen: 11_820, description: '物业费', notify_url: `${sim.url}/nowhere`, expires_at: new Date(Date.now() + 900_000) }
    expect(await mine.createNative(order)).toMatchObject({ kind: 'ok', code_url: expect.stringContaining('://') })
    const found = await other.v3.get(`/v3/pay/transactions/out-trade-no/${out_trade_no}`, { params: { mchid: sim.config.mch_id }, headers: { 'Wechatpay-Serial': serial } })
    expect(found.data).toMatchObject({ out_trade_no, trade_state: 'NOTPAY', amount: { total: 11_820 } })

    const theirs = `PEER${i}000002`
    await other.v3.post('/v3/pay/transactions/native', { mchid: sim.config.mch_id, appid: sim.config.app_id, description: '停车费', out_trade_no: theirs, notify_url: `${sim.url}/nowhere`, amount: { total: 500, currency: 'CNY' } }, { headers: { 'Wechatpay-Serial': serial } })
    sim.control.pay(theirs)
    expect(await mine.query(theirs)).toMatchObject({ state: 'paid', amount_fen: 500 })
    mine.end()
  })
})
