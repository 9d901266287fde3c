// Our Alipay client beside the provider's own SDK (alipay-sdk): each reads what the other has made, and refuses what somebody has touched. In
// the product the SDK is not used.
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AlipaySdk } from 'alipay-sdk'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSim, type Sim } from '../../../../world/outside/alipay_sim/index.ts'
import { alipay, type AlipayConfig } from './alipay.ts'
import { certificateSn, contentOf, nodeOf, rootSn, signRequest, signRsa2, verifyNotice } from './alipay_sign.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (type: 'pkcs8' | 'spki') => (type === 'pkcs8' ? privateKey : publicKey).export({ type, format: 'pem' } as never).toString()
const bare = (text: string): string => text.replaceAll(/-----[^-]+-----|\s/g, '')
const dir = mkdtempSync(join(tmpdir(), 'peer-'))
let sim: Sim
let zone: string | undefined
beforeAll(async () => {
  // The SDK writes its timestamp in the machine's own zone; the gateway reads China time.
  zone = process.env['TZ']
  process.env['TZ'] = 'Asia/Shanghai'
  sim = await startSim({ dir, scale: 0.001 })
})
afterAll(async () => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
  await sim.stop()
  rmSync(dir, { recursive: true })
})

const value = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((v) => v.trim() === v && v !== '')
describe('signatures', () => {
  const sdk = new AlipaySdk({ appId: '2021000000000001', privateKey: bare(pem('pkcs8')), keyType: 'PKCS8', alipayPublicKey: bare(pem('spki')) })
  test('a notice as the gateway signs it is believed by both; one changed field by neither', () => {
    fc.assert(
      fc.property(value, value, fc.constantFrom('subject', 'total_amount', 'trade_no', 'app_id'), (subject, body, field) => {
        const fields: Record<string, string> = { app_id: '2021000000000001', out_trade_no: 'T1', trade_no: '2026112522', total_amount: '118.20', subject, body, empty: '' }
        const params: Record<string, string> = { ...fields, sign_type: 'RSA2', sign: signRsa2(contentOf(fields, [], 'kept'), privateKey) }
        expect(verifyNotice(params, publicKey)).toBe(true)
        expect(sdk.checkNotifySignV2({ ...params })).toBe(true)
        const touched = { ...params, [field]: `${params[field]}1` }
        expect(verifyNotice(touched, publicKey)).toBe(false)
        expect(sdk.checkNotifySignV2({ ...touched })).toBe(false)
        expect(verifyNotice({ ...params, extra: '1' }, publicKey)).toBe(false)
        expect(verifyNotice({ ...params, sign: '' }, publicKey)).toBe(false)
      }),
      { numRuns: 25 },
    )
  })
  test('the address of a payer page that the SDK makes carries the sign we would make', () => {
    const url = new URL(sdk.pageExecute('alipay.trade.wap.pay', 'GET', { bizContent: { out_trade_no: 'T1', total_amount: '118.20', subject: '1-1-101 物业缴费 100%' }, returnUrl: 'http://127.0.0.1/a?b=1&c=2' }))
    const params = Object.fromEntries(url.searchParams)
    expect(signRequest(params, privateKey)).toBe(params['sign'])
  })
  test('numbers of certificates are those of the SDK', () => {
    const { app_cert_pem, alipay_cert_pem, alipay_root_cert_pem, app_private_key_pem } = sim.keys
    const certified = new AlipaySdk({ appId: sim.config.app_id, privateKey: bare(app_private_key_pem), keyType: 'PKCS8', appCertContent: app_cert_pem, alipayPublicCertContent: alipay_cert_pem, alipayRootCertContent: alipay_root_cert_pem })
    expect(certified.config).toMatchObject({ appCertSn: certificateSn(new X509Certificate(app_cert_pem)), alipayRootCertSn: rootSn(alipay_root_cert_pem), alipayCertSn: certificateSn(new X509Certificate(alipay_cert_pem)) })
  })
  test('the signed node is taken letter by letter', () => {
    const inner = '{"code":"10000", "sub":{"b":"}\\"{"},"url":"http:\\/\\/x"}'
    expect(nodeOf(`{"sign":"a","x_response":${inner},"y":1}`, 'x_response')).toBe(inner)
    expect(nodeOf(`{"a":{"x_response":${inner}}}`, 'x_response')).toBeNull()
    expect(nodeOf('{"a":"x_response","x_response":"text"}', 'x_response')).toBeNull()
    expect(nodeOf('{"x_response":{"a":1', 'x_response')).toBeNull()
  })
})

describe('one gateway, two clients, both key modes', () => {
  const modes = ['public key', 'certificate'] as const
  const certs = () => ({ app_cert_pem: sim.keys.app_cert_pem, alipay_cert_pem: sim.keys.alipay_cert_pem, alipay_root_cert_pem: sim.keys.alipay_root_cert_pem })
  test.each(modes)('%s: what one orders, the other finds', async (mode) => {
    const certified = mode === 'certificate'
    const config: AlipayConfig = certified ? { ...sim.config, alipay_public_key_pem: null, ...certs() } : sim.config
    const mine = alipay(config, { now: () => new Date() })
    const sdk = new AlipaySdk({
      appId: sim.config.app_id, privateKey: bare(sim.config.app_private_key_pem), keyType: 'PKCS8', gateway: sim.config.base_url,
      ...(certified ? { appCertContent: sim.keys.app_cert_pem, alipayPublicCertContent: sim.keys.alipay_cert_pem, alipayRootCertContent: sim.keys.alipay_root_cert_pem } : { alipayPublicKey: bare(sim.config.alipay_public_key_pem) }),
    })
    const order = (out_trade_no: string) => ({ out_trade_no, amount_fen: 11_820, description: '1-1-101 物业缴费', notify_url: `${sim.url}/nowhere`, expires_at: new Date(Date.now() + 900_000) })
    const a = `PEER${certified ? 1 : 0}a`
    expect(await mine.create('native', order(a))).toMatchObject({ kind: 'ok', code_url: expect.stringContaining('/qr/') })
    sim.control.pay(a)
    expect(await sdk.exec('alipay.trade.query', { bizContent: { out_trade_no: a } }, { validateSign: true })).toMatchObject({ code: '10000', tradeStatus: 'TRADE_SUCCESS', totalAmount: '118.20' })
    const b = `PEER${certified ? 1 : 0}b`
    const made = await sdk.exec('alipay.trade.precreate', { notifyUrl: `${sim.url}/nowhere`, bizContent: { out_trade_no: b, total_amount: '5.00', subject: '停车费' } }, { validateSign: true })
    expect(made).toMatchObject({ code: '10000', outTradeNo: b })
    sim.control.pay(b)
    expect(await mine.query(b)).toMatchObject({ state: 'paid', amount_fen: 500 })
    mine.end()
  })
})
