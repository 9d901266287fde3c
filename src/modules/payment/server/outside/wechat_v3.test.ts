// The client against a hand-signed server of ten lines, so that no shared mistake with the simulation can hide.
import { createCipheriv, generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NotifyFault, NotifyResult, PayOrder } from './channel.ts'
import { SDK_NOTICE } from './wechat_v3_vectors.ts'
import { wechatV3, type WechatV3, type WechatV3Config } from './wechat_v3.ts'

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const [merchant, platform, stranger] = [pair(), pair(), pair()]
const NOW = new Date('2026-03-01T02:03:04Z')
const API_KEY = '0123456789abcdef0123456789abcdef'
const SERIAL = 'PUB_KEY_ID_0119990000012026030100000000000001'

interface Asked {
  method: string
  target: string
  headers: IncomingHttpHeaders
  body: string
}
let asked: Asked[] = []
let reply: { status: number; body: string; headers?: Record<string, string> } = { status: 204, body: '' }
let server: Server
let config: WechatV3Config
let channel: WechatV3

function signed(body: string | Buffer, at = NOW, key = platform.privateKey): Record<string, string> {
  const timestamp = String(at.getTime() / 1000)
  const text = Buffer.concat([Buffer.from(`${timestamp}\nN\n`), Buffer.from(body), Buffer.from('\n')])
  const signature = sign('sha256', text, key).toString('base64')
  const head = { 'wechatpay-timestamp': timestamp, 'wechatpay-nonce': 'N', 'wechatpay-serial': SERIAL }
  return { ...head, 'wechatpay-signature': signature }
}

function sealed(plain: string, associated_data: string) {
  const nonce = '123456789012'
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(API_KEY), Buffer.from(nonce))
  cipher.setAAD(Buffer.from(associated_data))
  const boxed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  return { algorithm: 'AEAD_AES_256_GCM', ciphertext: boxed.toString('base64'), associated_data, nonce }
}

function answer(status: number, value: object | string, headers?: Record<string, string>): void {
  const body = typeof value === 'string' ? value : JSON.stringify(value)
  reply = { status, body, headers: headers ?? signed(body) }
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push({ method: request.method ?? '', target: request.url ?? '', headers: request.headers, body })
      response.writeHead(reply.status, reply.headers).end(reply.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  config = {
    base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mch_id: '1999000001',
    app_id: 'wx00000000000000',
    mch_serial: '4DABC',
    mch_private_key_pem: merchant.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    api_v3_key: API_KEY,
    platform: [{ serial: SERIAL, public_key_pem: platform.publicKey.export({ type: 'spki', format: 'pem' }).toString() }],
  }
  channel = wechatV3(config, { now: () => NOW })
})
afterAll(() => {
  channel.end()
  server.closeAllConnections()
  server.close()
})

const order: PayOrder = {
  out_trade_no: 'P20260301-|*_1',
  amount_fen: 123_45,
  description: '3栋1201 物业费',
  notify_url: 'https://wy.example.cn/api/notify/wechat',
  expires_at: new Date('2026-03-01T02:18:04.500Z'),
  payer_openid: 'oABC',
  client_ip: '203.0.113.9',
}

describe('what is sent', () => {
  test('an H5 order in the document’s shape', async () => {
    answer(200, { h5_url: 'https://wx.tenpay.com/checkmweb?prepay_id=wx1&package=2' })
    asked = []
    expect(await channel.createH5(order)).toEqual({
      kind: 'ok',
      pay_url: 'https://wx.tenpay.com/checkmweb?prepay_id=wx1&package=2',
      prepay_id: 'wx1',
    })
    expect(asked[0]?.target).toBe('/v3/pay/transactions/h5')
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      appid: config.app_id,
      mchid: config.mch_id,
      description: '3栋1201 物业费',
      out_trade_no: order.out_trade_no,
      time_expire: '2026-03-01T10:18:04+08:00',
      notify_url: order.notify_url,
      amount: { total: 12345, currency: 'CNY' },
      scene_info: { payer_client_ip: '203.0.113.9', h5_info: { type: 'Wap' } },
    })
    expect(asked[0]?.headers['wechatpay-serial']).toBe(SERIAL)
    expect(asked[0]?.headers.accept).toBe('application/json')
  })

  test('the order number is encoded in the path', async () => {
    answer(204, '')
    asked = []
    expect(await channel.close(order.out_trade_no)).toEqual({ kind: 'ok' })
    expect(asked[0]?.target).toBe('/v3/pay/transactions/out-trade-no/P20260301-%7C*_1/close')
    expect(asked[0]?.body).toBe('{"mchid":"1999000001"}')
  })

  test('nothing unfit leaves the house', async () => {
    asked = []
    const unfit: Partial<PayOrder>[] = [
      { amount_fen: 0 },
      { amount_fen: -1 },
      { amount_fen: 0.5 },
      { amount_fen: Number.NaN },
      { amount_fen: 2 ** 53 },
      { out_trade_no: 'short' },
      { out_trade_no: '../../certificates' },
      { out_trade_no: 'x'.repeat(33) },
      { description: ' ' },
      { notify_url: 'https://a.cn/n?x=1' },
      { notify_url: 'ftp://a.cn/n' },
      { expires_at: new Date('never') },
    ]
    for (const change of unfit) {
      expect(await channel.createNative({ ...order, ...change })).toMatchObject({ kind: 'failed', code: 'PARAM_ERROR' })
    }
    const { payer_openid: _openid, client_ip: _ip, ...plain } = order
    expect(await channel.createJsapi(plain)).toMatchObject({ kind: 'failed' })
    expect(await channel.createH5(plain)).toMatchObject({ kind: 'failed' })
    const refund = { out_trade_no: order.out_trade_no, out_refund_no: 'R1', refund_fen: 2, total_fen: 1 }
    expect(await channel.refund(refund)).toMatchObject({ kind: 'failed' })
    expect(await channel.query('../x')).toEqual({ state: 'unknown', cause: 'out_trade_no' })
    expect(asked).toEqual([])
  })
})

describe('what is believed', () => {
  const coded = (code: string) => ({ code, message: 'm' })

  test('a signed refusal is failed; old spellings are mended', async () => {
    answer(400, coded('ORDERPAID'))
    expect(await channel.createNative(order)).toEqual({ kind: 'failed', code: 'ORDER_PAID', message: 'm' })
    expect(await channel.close(order.out_trade_no)).toEqual({ kind: 'paid' })
    answer(404, coded('ORDERNOTEXIST'))
    expect(await channel.query(order.out_trade_no)).toEqual({ state: 'absent' })
  })

  test.each([
    [500, coded('SYSTEM_ERROR')],
    [502, '<html>'],
    [503, coded('PARAM_ERROR')],
    [403, coded('SYSTEMERROR')],
    [400, coded('USERPAYING')],
    [302, ''],
    [202, coded('USERPAYING')],
    [202, { code_url: 'weixin://x' }],
    [302, { code_url: 'weixin://x' }],
    [403, '<html>blocked</html>'],
    [200, '<html>'],
    [200, {}],
    [200, { code_url: '' }],
  ])('%i %j is unknown', async (status, body) => {
    answer(status, body)
    expect((await channel.createNative(order)).kind).toBe('unknown')
  })

  test('unsigned or wrongly signed answers are unknown, a bare 401 is failed', async () => {
    for (const status of [200, 204, 400, 403, 404, 429]) {
      answer(status, status === 200 ? { code_url: 'weixin://x' } : coded('PARAM_ERROR'), {})
      expect(await channel.createNative(order)).toEqual({ kind: 'unknown', cause: 'unsigned' })
    }
    answer(401, coded('SIGN_ERROR'), {})
    expect(await channel.createNative(order)).toMatchObject({ kind: 'failed', code: 'SIGN_ERROR' })
    expect(await channel.query(order.out_trade_no)).toEqual({ state: 'unknown', cause: 'refused:SIGN_ERROR' })
    const body = JSON.stringify({ code_url: 'weixin://x' })
    answer(200, body, signed(body, NOW, stranger.privateKey))
    expect(await channel.createNative(order)).toEqual({ kind: 'unknown', cause: 'bad_signature' })
    answer(200, body, signed(body, new Date(NOW.getTime() - 300_000)))
    expect(await channel.createNative(order)).toEqual({ kind: 'unknown', cause: 'stale' })
    answer(401, coded('SIGN_ERROR'), signed('other'))
    expect(await channel.createNative(order)).toEqual({ kind: 'unknown', cause: 'bad_signature' })
  })

  test('an order answer must be about our order, whole fen and CNY', async () => {
    const good = {
      mchid: config.mch_id,
      appid: config.app_id,
      out_trade_no: order.out_trade_no,
      trade_state: 'SUCCESS',
      transaction_id: '4200001',
      success_time: '2026-03-01T10:05:00+08:00',
      amount: { total: 12345, payer_total: 12000, currency: 'CNY' },
    }
    const ask = async (change: object) => {
      answer(200, { ...good, ...change })
      const result = await channel.query(order.out_trade_no)
      return result.state === 'unknown' ? result.cause : result.state
    }
    expect(await ask({})).toBe('paid')
    expect(await channel.query(order.out_trade_no)).toMatchObject({
      provider_txn: '4200001',
      amount_fen: 12345,
      paid_at: new Date('2026-03-01T02:05:00Z'),
    })
    expect(await ask({ trade_state: 'REFUND' })).toBe('refunded')
    expect(await ask({ trade_state: 'CLOSED' })).toBe('closed')
    expect(await ask({ trade_state: 'NOTPAY' })).toBe('notpay')
    expect(await ask({ trade_state: 'NEW' })).toBe('trade_state:NEW')
    expect(await ask({ mchid: '1999000002' })).toBe('mismatch')
    expect(await ask({ appid: 'wx1' })).toBe('mismatch')
    expect(await ask({ out_trade_no: 'P20260301-2' })).toBe('mismatch')
    for (const amount of [{ total: '12345' }, { total: 1.5 }, { total: 0 }, { total: 12345, currency: 'USD' }, null]) {
      expect(await ask({ amount })).toBe('malformed')
    }
    expect(await ask({ transaction_id: undefined })).toBe('malformed')
    expect(await ask({ success_time: 'yesterday' })).toBe('malformed')
  })

  test('a refund answer must be about our refund', async () => {
    const wish = { out_trade_no: 'P2026030101', out_refund_no: 'R1', refund_fen: 40, total_fen: 100 }
    const good = {
      refund_id: '5030001',
      out_refund_no: 'R1',
      transaction_id: '4200001',
      out_trade_no: 'P2026030101',
      status: 'SUCCESS',
      success_time: '2026-03-01T10:03:00+08:00',
      amount: { total: 100, refund: 40, currency: 'CNY' },
    }
    const both = async (change: object) => {
      answer(200, { ...good, ...change })
      const made = await channel.refund(wish)
      const asked = await channel.queryRefund('R1')
      return [made.kind === 'unknown' ? made.cause : made.kind, asked.state === 'unknown' ? asked.cause : asked.state]
    }
    expect(await both({})).toEqual(['ok', 'success'])
    expect(await both({ out_refund_no: 'R2' })).toEqual(['mismatch', 'mismatch'])
    expect((await both({ out_trade_no: 'P2026030102' }))[0]).toBe('mismatch')
    expect((await both({ amount: { total: 100, refund: 41 } }))[0]).toBe('mismatch')
    expect((await both({ amount: { total: 101, refund: 40 } }))[0]).toBe('mismatch')
    const unreadable = [
      { status: 'NEW' },
      { success_time: undefined },
      { amount: { total: 100, refund: 101 } },
      { amount: { total: 100, refund: 40, currency: 'USD' } },
    ]
    for (const change of unreadable) expect(await both(change)).toEqual(['malformed', 'malformed'])
  })

  test('a certificate must bear the serial it is listed under', async () => {
    const list = (serial_no: string, pem: string) => {
      const encrypt_certificate = sealed(pem, 'certificate')
      const times = { effective_time: '2026-01-01T00:00:00+08:00', expire_time: '2027-01-01T00:00:00+08:00' }
      answer(200, { data: [{ serial_no, ...times, encrypt_certificate }] })
      return channel.certificates()
    }
    expect(await list('D7CE59D1F522D701', SDK_NOTICE.certificate_pem)).toMatchObject({
      kind: 'ok',
      certificates: [{ serial: 'D7CE59D1F522D701', public_key_pem: `${SDK_NOTICE.public_key_pem}\n` }],
    })
    expect(await list('D7CE59D1F522D702', SDK_NOTICE.certificate_pem)).toEqual({ kind: 'unknown', cause: 'malformed' })
    expect(await list('D7CE59D1F522D701', 'no certificate')).toEqual({ kind: 'unknown', cause: 'malformed' })
  })

  test('a body of more than 64 KB is dropped', async () => {
    answer(200, { code_url: 'weixin://x', padding: 'x'.repeat(66_000) })
    expect(await channel.createNative(order)).toEqual({ kind: 'unknown', cause: 'too_large' })
  })
})

describe('notices (通知)', () => {
  const paid = {
    mchid: '1999000001',
    appid: 'wx00000000000000',
    out_trade_no: 'P2026030101',
    trade_state: 'SUCCESS',
    transaction_id: '4200001',
    success_time: '2026-03-01T10:03:00+08:00',
    amount: { total: 100, currency: 'CNY' },
  }

  function event(plain: object, change: object = {}, sealedChange: object = {}): Buffer {
    const resource = { original_type: 'transaction', ...sealed(JSON.stringify(plain), 'transaction'), ...sealedChange }
    return Buffer.from(
      JSON.stringify({ id: 'EV-1', event_type: 'TRANSACTION.SUCCESS', resource_type: 'encrypt-resource', resource, ...change }),
    )
  }
  const check = (body: Buffer): NotifyResult => channel.verifyNotify(signed(body), body, NOW)
  const reason = (body: Buffer): NotifyFault | 'ok' => {
    const result = check(body)
    return result.ok ? 'ok' : result.reason
  }

  test('a true payment is read', () => {
    expect(check(event(paid))).toMatchObject({
      ok: true,
      event_key: 'EV-1',
      kind: 'paid',
      resource: { out_trade_no: 'P2026030101', provider_txn: '4200001', amount_fen: 100, raw: paid },
    })
  })

  test('right signature, wrong content', () => {
    expect(reason(event({ ...paid, mchid: '1999000002' }))).toBe('other_merchant')
    expect(reason(event({ ...paid, appid: 'wx1' }))).toBe('other_merchant')
    expect(reason(event({ ...paid, trade_state: 'NOTPAY' }))).toBe('malformed')
    expect(reason(event({ ...paid, amount: { total: 1.5 } }))).toBe('malformed')
    expect(reason(event(paid, { event_type: 'PAYSCORE.USER_PAID' }))).toBe('unsupported_event')
    expect(reason(event(paid, { event_type: 'REFUND.SUCCESS' }))).toBe('malformed')
    expect(reason(event(paid, { id: '' }))).toBe('malformed')
    expect(reason(event(paid, {}, { algorithm: 'NONE' }))).toBe('malformed')
    expect(reason(event(paid, {}, { associated_data: '' }))).toBe('undecryptable')
    expect(reason(event(paid, {}, { nonce: '123' }))).toBe('undecryptable')
    expect(reason(event(paid, {}, { ciphertext: 'AAAA' }))).toBe('undecryptable')
    for (const text of ['', 'null', '[]', '{', '"x"', '{"__proto__":{"id":"EV-1"}}']) {
      expect(reason(Buffer.from(text))).toBe('malformed')
    }
    expect(reason(Buffer.alloc(64 * 1024 + 1, 32))).toBe('too_large')
  })

  test('a refund says how it ended, and its type must agree', () => {
    const refund = {
      mchid: '1999000001',
      out_trade_no: 'P2026030101',
      transaction_id: '4200001',
      out_refund_no: 'R1',
      refund_id: '5030001',
      refund_status: 'SUCCESS',
      success_time: '2026-03-01T10:03:00+08:00',
      amount: { total: 100, refund: 40, payer_total: 100, payer_refund: 40 },
    }
    const type = (event_type: string) => ({ event_type })
    expect(check(event(refund, type('REFUND.SUCCESS')))).toMatchObject({
      kind: 'refund',
      resource: { state: 'success', refund_fen: 40, total_fen: 100, provider_txn: '4200001', out_refund_no: 'R1' },
    })
    expect(reason(event(refund, type('REFUND.CLOSED')))).toBe('malformed')
    const { success_time: _time, ...unfinished } = { ...refund, refund_status: 'ABNORMAL' }
    expect(check(event(unfinished, type('REFUND.ABNORMAL')))).toMatchObject({ resource: { state: 'abnormal' } })
    expect(reason(event({ ...refund, amount: { total: 100, refund: 101 } }, type('REFUND.SUCCESS')))).toBe('malformed')
    expect(reason(event({ ...refund, mchid: '1' }, type('REFUND.SUCCESS')))).toBe('other_merchant')
  })
})

describe('configuration', () => {
  test.each([
    ['http to a foreign host', { base_url: 'http://api.mch.weixin.qq.com' }],
    ['https to a foreign host', { base_url: 'https://api.mch.weixin.qq.com.evil.cn' }],
    ['a user in the address', { base_url: 'http://a:b@127.0.0.1:8090' }],
    ['a path', { base_url: 'https://api.mch.weixin.qq.com/v3' }],
    ['a short APIv3 key', { api_v3_key: 'x'.repeat(31) }],
    ['a quote in the serial', { mch_serial: 'a"b' }],
    ['no RSA key', { mch_private_key_pem: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }],
  ])('%s is refused', (_name, change) => {
    expect(() => wechatV3({ ...config, ...change }, { now: () => NOW })).toThrow()
  })

  test('the real hosts are taken', () => {
    for (const base_url of ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com/']) {
      wechatV3({ ...config, base_url }, { now: () => NOW }).end()
    }
  })
})
