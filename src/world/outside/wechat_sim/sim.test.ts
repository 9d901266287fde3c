// The gateway alone, asked by hand as the document says, without our client.
import { createDecipheriv, createPrivateKey, createPublicKey, randomBytes, sign, verify, X509Certificate } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keysPath, simMerchantConfig, startSim, type Sim } from './index.ts'
import { ensureKeys } from './keys.ts'
import { safeRedirect, yuanText } from './page.ts'

const dir = mkdtempSync(join(tmpdir(), 'sim_wechat-'))
let sim: Sim
let at = new Date('2026-03-01T02:00:00Z')
const open = async () => {
  sim = await startSim({ dir, now: () => at, scale: 0.001, refund_ms: null })
}
beforeAll(open)
afterAll(async () => {
  await sim.stop()
  rmSync(dir, { recursive: true })
})

interface Shift {
  seconds?: number
  mchid?: string
  serial?: string
  signedBody?: string
  headers?: Record<string, string>
}

function authorize(method: string, path: string, body: string, shift: Shift): string {
  const timestamp = String(at.getTime() / 1000 + (shift.seconds ?? 0))
  const nonce = randomBytes(16).toString('hex')
  const text = `${method}\n${path}\n${timestamp}\n${nonce}\n${shift.signedBody ?? body}\n`
  const signature = sign('sha256', Buffer.from(text), createPrivateKey(sim.config.mch_private_key_pem)).toString('base64')
  return (
    `WECHATPAY2-SHA256-RSA2048 mchid="${shift.mchid ?? sim.config.mch_id}",nonce_str="${nonce}",signature="${signature}",` +
    `timestamp="${timestamp}",serial_no="${shift.serial ?? sim.config.mch_serial}"`
  )
}

async function ask(method: string, path: string, json?: object, shift: Shift = {}) {
  const body = json === undefined ? '' : JSON.stringify(json)
  const headers = { Accept: 'application/json', Authorization: authorize(method, path, body, shift), ...shift.headers }
  const response = await fetch(sim.url + path, { method, headers, ...(json === undefined ? {} : { body }) })
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, bytes, json: bytes.length > 0 ? JSON.parse(bytes.toString()) : null }
}

let count = 0
const fresh = () => `T20260301${String((count += 1)).padStart(6, '0')}`
const order = (outTradeNo: string, change: object = {}) => ({
  appid: sim.config.app_id,
  mchid: sim.config.mch_id,
  description: '物业费 <script>',
  out_trade_no: outTradeNo,
  notify_url: 'http://127.0.0.1:9/n',
  amount: { total: 123456, currency: 'CNY' },
  ...change,
})
const native = (outTradeNo: string, change: object = {}) => ask('POST', '/v3/pay/transactions/native', order(outTradeNo, change))
const find = (outTradeNo: string) => ask('GET', `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${sim.config.mch_id}`)
const code = (answer: { status: number; json: { code?: string } | null }) => `${answer.status} ${answer.json?.code}`

describe('who may ask', () => {
  test.each<[string, Shift]>([
    ['another merchant number', { mchid: '1' }],
    ['another certificate serial', { serial: '1' }],
    ['a clock five minutes off', { seconds: -300 }],
    ['a clock five minutes ahead', { seconds: 300 }],
    ['another body than signed', { signedBody: '{}' }],
    ['no Authorization', { headers: { Authorization: '' } }],
    ['another scheme', { headers: { Authorization: 'Bearer x' } }],
  ])('%s: 401 SIGN_ERROR, unsigned', async (_name, shift) => {
    const answer = await ask('POST', '/v3/pay/transactions/native', order(fresh()), shift)
    expect(code(answer)).toBe('401 SIGN_ERROR')
    expect(answer.headers.get('wechatpay-signature')).toBeNull()
  })

  test('a path or query other than signed is refused', async () => {
    const headers = { Accept: 'application/json', Authorization: authorize('GET', '/v3/certificates', '', {}) }
    expect((await fetch(`${sim.url}/v3/certificates?x=1`, { headers })).status).toBe(401)
  })

  test('a foreign host name is not served', async () => {
    const status = await new Promise((resolve) => {
      httpRequest(`${sim.url}/__sim/state`, { headers: { Host: 'evil.cn' } }, (r) => resolve(r.statusCode)).end()
    })
    expect(status).toBe(421)
  })
})

describe('answers', () => {
  test('are signed with the key the merchant says it holds', async () => {
    const [pub, certified] = sim.config.platform
    for (const { serial, public_key_pem } of [pub, certified].filter((one) => one !== undefined)) {
      const answer = await ask('GET', '/v3/certificates', undefined, { headers: { 'Wechatpay-Serial': serial } })
      expect(answer.headers.get('wechatpay-serial')).toBe(serial)
      const [timestamp, nonce] = [answer.headers.get('wechatpay-timestamp'), answer.headers.get('wechatpay-nonce')]
      const text = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), answer.bytes, Buffer.from('\n')])
      const signature = Buffer.from(answer.headers.get('wechatpay-signature') ?? '', 'base64')
      expect(verify('sha256', text, createPublicKey(public_key_pem), signature)).toBe(true)
    }
  })

  test('certificates come sealed and are real X.509', async () => {
    const [item] = (await ask('GET', '/v3/certificates')).json.data
    const box = Buffer.from(item.encrypt_certificate.ciphertext, 'base64')
    const open = createDecipheriv('aes-256-gcm', sim.config.api_v3_key, item.encrypt_certificate.nonce)
    open.setAAD(Buffer.from('certificate'))
    open.setAuthTag(box.subarray(-16))
    const pem = Buffer.concat([open.update(box.subarray(0, -16)), open.final()])
    const certificate = new X509Certificate(pem)
    expect(certificate.serialNumber).toBe(item.serial_no)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(new Date(certificate.validTo).getTime()).toBeGreaterThan(at.getTime())
  })
})

describe('orders', () => {
  test('the same request again has the same answer, another one is refused', async () => {
    const number = fresh()
    const first = await native(number)
    expect(first.status).toBe(200)
    expect((await native(number)).json).toEqual(first.json)
    expect(code(await native(number, { amount: { total: 1, currency: 'CNY' } }))).toBe('400 INVALID_REQUEST')
    const jsapi = { ...order(number), payer: { openid: 'o1' } }
    expect(code(await ask('POST', '/v3/pay/transactions/jsapi', jsapi))).toBe('403 OUT_TRADE_NO_USED')
    expect(sim.control.pay(number)).toBe('paid')
    expect(sim.control.pay(number)).toBe('already_paid')
    expect(code(await native(number))).toBe('400 ORDERPAID')
    const path = `/v3/pay/transactions/out-trade-no/${number}/close`
    expect(code(await ask('POST', path, { mchid: sim.config.mch_id }))).toBe('400 ORDERPAID')
    sim.control.clear()
  })

  test.each<[object, string]>([
    [{ appid: 'wx1' }, '400 APPID_MCHID_NOT_MATCH'],
    [{ mchid: '1' }, '400 PARAM_ERROR'],
    [{ description: '' }, '400 PARAM_ERROR'],
    [{ description: '字'.repeat(128) }, '400 PARAM_ERROR'],
    [{ amount: { total: 0 } }, '400 PARAM_ERROR'],
    [{ amount: { total: 1.5 } }, '400 PARAM_ERROR'],
    [{ amount: { total: '1' } }, '400 PARAM_ERROR'],
    [{ amount: { total: 1, currency: 'USD' } }, '400 PARAM_ERROR'],
    [{ out_trade_no: 'a b c d e' }, '400 PARAM_ERROR'],
    [{ notify_url: 'http://127.0.0.1/n?x=1' }, '400 PARAM_ERROR'],
    [{ notify_url: 'https://example.com/n' }, '400 PARAM_ERROR'],
    [{ time_expire: '2026-02-01T00:00:00+08:00' }, '400 PARAM_ERROR'],
    [{ time_expire: 'soon' }, '400 PARAM_ERROR'],
    [{ surprise: 1 }, '400 PARAM_ERROR'],
  ])('%j: %s', async (change, expected) => {
    expect(code(await native(fresh(), change))).toBe(expected)
  })

  test('H5 wants the payer’s address, JSAPI the openid', async () => {
    expect(code(await ask('POST', '/v3/pay/transactions/h5', order(fresh())))).toBe('400 PARAM_ERROR')
    expect(code(await ask('POST', '/v3/pay/transactions/jsapi', order(fresh())))).toBe('400 PARAM_ERROR')
  })

  test('unknown, not paid, closed', async () => {
    const number = fresh()
    expect(code(await find(number))).toBe('404 ORDERNOTEXIST')
    await native(number)
    expect((await find(number)).json.trade_state).toBe('NOTPAY')
    const path = `/v3/pay/transactions/out-trade-no/${number}/close`
    expect((await ask('POST', path, { mchid: sim.config.mch_id })).status).toBe(204)
    expect((await ask('POST', path, { mchid: sim.config.mch_id })).status).toBe(204)
    expect((await find(number)).json.trade_state).toBe('CLOSED')
    expect(code(await native(number))).toBe('400 ORDER_CLOSED')
    expect(sim.control.pay(number)).toBe('closed')
    expect(sim.control.pay(number, true)).toBe('paid')
    expect((await find(number)).json.trade_state).toBe('SUCCESS')
  })
})

describe('refunds', () => {
  const refund = (outTradeNo: string, number: string, fen: number, total = 123456) =>
    ask('POST', '/v3/refund/domestic/refunds', {
      out_trade_no: outTradeNo,
      out_refund_no: number,
      amount: { refund: fen, total, currency: 'CNY' },
    })

  test('one number refunds once; the sum never passes what was paid', async () => {
    const number = fresh()
    await native(number)
    expect(code(await refund(number, 'R1', 1))).toBe('404 RESOURCE_NOT_EXISTS')
    sim.control.pay(number)
    expect(code(await refund(number, 'R1', 1, 5))).toBe('400 INVALID_REQUEST')
    expect((await refund(number, 'R1', 100_000)).json).toMatchObject({ status: 'PROCESSING', amount: { refund: 100_000 } })
    expect((await refund(number, 'R1', 100_000)).status).toBe(200)
    expect(code(await refund(number, 'R1', 99_999))).toBe('400 INVALID_REQUEST')
    expect(code(await refund(number, 'R2', 20_000))).toBe('429 FREQUENCY_LIMITED')
    at = new Date(at.getTime() + 1000)
    expect(code(await refund(number, 'R2', 23_457))).toBe('400 INVALID_REQUEST')
    expect((await refund(number, 'R2', 23_456)).status).toBe(200)
    expect((await find(number)).json).toMatchObject({ trade_state: 'REFUND', amount: { total: 123_456 } })
    expect(sim.control.settleRefund('R2', 'ABNORMAL')).toBe(true)
    expect(sim.control.settleRefund('R2', 'SUCCESS')).toBe(true)
    expect(sim.control.settleRefund('R2', 'CLOSED')).toBe(false)
    expect((await ask('GET', '/v3/refund/domestic/refunds/R2')).json.status).toBe('SUCCESS')
    expect(code(await ask('GET', '/v3/refund/domestic/refunds/R9'))).toBe('404 RESOURCE_NOT_EXISTS')
  })
})

describe('the payer’s page', () => {
  const post = (path: string, form: Record<string, string>) =>
    fetch(sim.url + path, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })

  async function h5(number: string, change: object = {}) {
    const scene_info = { payer_client_ip: '203.0.113.9', h5_info: { type: 'Wap' } }
    return new URL((await ask('POST', '/v3/pay/transactions/h5', { ...order(number, change), scene_info })).json.h5_url)
  }

  test('shows merchant, amount and both buttons, pays once and goes back', async () => {
    const number = fresh()
    const link = await h5(number)
    const back = 'http://127.0.0.1:3000/pay/done?id=7&x="'
    link.searchParams.set('redirect_url', back)
    const html = await (await fetch(link)).text()
    for (const part of ['模拟微信支付 — 样例环境', '和院物业（样例）', '¥1234.56', '确认支付', '取消', 'lang="zh-CN"', 'width=device-width']) {
      expect(html).toContain(part)
    }
    expect(html).toContain('物业费 &#60;script&#62;')
    expect(html).not.toContain('<script>')
    const cancelled = await post(`${link.pathname}/cancel`, { redirect_url: back })
    expect([cancelled.status, cancelled.headers.get('location')]).toEqual([303, new URL(back).href])
    expect((await find(number)).json.trade_state).toBe('NOTPAY')
    const paid = await post(`${link.pathname}/confirm`, { redirect_url: back })
    expect([paid.status, paid.headers.get('location')]).toEqual([303, new URL(back).href])
    expect((await find(number)).json.trade_state).toBe('SUCCESS')
    expect(await (await fetch(link)).text()).toContain('该订单已支付')
  })

  test('does wrong on demand: the notice five times, or none', async () => {
    const [twice, lost] = [fresh(), fresh()]
    const link = await h5(twice)
    expect(await (await fetch(link)).text()).toContain('模拟异常')
    await post(`${link.pathname}/confirm`, { fault: 'duplicate' })
    await post(`${(await h5(lost)).pathname}/confirm`, { fault: 'drop' })
    await sim.control.settled()
    const told = (ref: string) => sim.control.state().deliveries.filter((d) => d.ref === ref)
    expect(told(twice).length).toBeGreaterThanOrEqual(5)
    expect(told(lost)[0]).toMatchObject({ fault: 'drop', answer: 'dropped' })
    expect((await find(lost)).json.trade_state).toBe('SUCCESS')
  })

  test('does not pay what is out of time, unknown, or asked for by GET', async () => {
    const link = await h5(fresh(), { time_expire: '2026-03-01T10:30:00+08:00' })
    expect((await fetch(`${sim.url}${link.pathname}/confirm`)).status).toBe(405)
    const before = at
    at = new Date('2026-03-01T02:30:00Z')
    expect(await (await post(`${link.pathname}/confirm`, {})).text()).toContain('订单已过期')
    at = before
    expect((await post('/pay/wx0/confirm', {})).status).toBe(404)
  })

  test('goes back to web addresses only; yuan by string', () => {
    for (const text of ['javascript:alert(1)', 'data:text/html,x', '//evil', '', null]) expect(safeRedirect(text)).toBeNull()
    expect([1, 10, 100, 123456].map(yuanText)).toEqual(['0.01', '0.10', '1.00', '1234.56'])
  })
})

describe('keys and memory', () => {
  test('keys are made once, for the owner only', () => {
    expect(statSync(keysPath(dir)).mode & 0o777).toBe(0o600)
    expect(ensureKeys(dir, at).made).toBe(false)
    expect(simMerchantConfig(dir, at)).toEqual({ ...sim.config, base_url: 'http://127.0.0.1:8090' })
  })

  test('everything survives a restart, a torn last line is dropped', async () => {
    const number = fresh()
    await native(number)
    sim.control.pay(number)
    const before = sim.control.state()
    await sim.stop()
    const file = join(dir, 'sim_wechat', 'events.jsonl')
    appendFileSync(file, '{"t":"closed","out_tr')
    await open()
    const after = sim.control.state()
    expect(after.orders).toEqual(before.orders)
    expect(after.refunds).toEqual(before.refunds)
    expect(readFileSync(file, 'utf8').endsWith('\n')).toBe(true)
    expect((await find(number)).json.trade_state).toBe('SUCCESS')
  })
})

describe('the control', () => {
  const post = (path: string, body: string, type = 'application/json') =>
    fetch(sim.url + path, { method: 'POST', body, headers: { 'Content-Type': type } })

  test('takes JSON only and checks it', async () => {
    expect((await post('/__sim/clear', '{}', 'text/plain')).status).toBe(415)
    expect((await post('/__sim/api_fault', '{"kind":"nonsense"}')).status).toBe(400)
    expect((await post('/__sim/api_fault', '{')).status).toBe(400)
    expect((await post('/__sim/nothing', '{}')).status).toBe(404)
    expect((await post('/__sim/api_fault', '{"kind":"reset","route":"create","times":2}')).status).toBe(200)
    expect(sim.control.state().faults.api).toEqual([{ kind: 'reset', route: 'create', times: 2 }])
    expect((await post('/__sim/clear', '{}')).status).toBe(200)
    expect(sim.control.state().faults.api).toEqual([])
  })
})
