// Our client against the gateway over real HTTP: the good day, then every misbehaviour with the outcome it must have.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { NotifyResult, PayOrder } from '../../../modules/payment/server/outside/channel.ts'
import { wechatV3, type WechatV3 } from '../../../modules/payment/server/outside/wechat_v3.ts'
import { startSim, type ApiFault, type NotifyFault, type Sim } from './index.ts'

const dir = mkdtempSync(join(tmpdir(), 'sim_wechat-'))
const now = () => new Date()
let sim: Sim
let channel: WechatV3
let merchant: Server
/** What the merchant's own callback made of each delivery. */
let heard: NotifyResult[] = []
let raw: { headers: IncomingHttpHeaders; body: Buffer }[] = []
let status = (result: NotifyResult): number => (result.ok ? 204 : 401)

beforeAll(async () => {
  sim = await startSim({ dir, scale: 0.001, refund_ms: null, notify_timeout_ms: 3000 })
  channel = wechatV3(sim.config, { now, timeout_ms: 2500 })
  merchant = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const result = channel.verifyNotify(request.headers, body, now())
      heard.push(result)
      raw.push({ headers: request.headers, body })
      response.writeHead(status(result)).end()
    })
  })
  await new Promise<void>((resolve) => merchant.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  sim.control.clear()
  heard = []
  raw = []
  status = (result) => (result.ok ? 204 : 401)
})
afterAll(async () => {
  channel.end()
  merchant.closeAllConnections()
  merchant.close()
  await sim.stop()
  rmSync(dir, { recursive: true })
})

let count = 0
function order(change: Partial<PayOrder> = {}): PayOrder {
  count += 1
  return {
    out_trade_no: `B${String(count).padStart(9, '0')}`,
    amount_fen: 25_680,
    description: '1栋2单元302 2026年3月物业费',
    notify_url: `http://127.0.0.1:${(merchant.address() as AddressInfo).port}/notify`,
    expires_at: new Date(now().getTime() + 900_000),
    payer_openid: 'oPayer',
    client_ip: '203.0.113.9',
    ...change,
  }
}
const reasons = () => heard.map((one) => (one.ok ? one.kind : one.reason))

describe('the good day', () => {
  test.each(['createH5', 'createNative', 'createJsapi'] as const)('%s, paid, noticed, queried', async (way) => {
    const wish = order()
    const made = await channel[way](wish)
    expect(made.kind).toBe('ok')
    expect(await channel[way](wish)).toMatchObject({ kind: 'ok' })
    expect(await channel.query(wish.out_trade_no)).toEqual({ state: 'notpay' })
    expect(sim.control.pay(wish.out_trade_no)).toBe('paid')
    await sim.control.settled()
    const asked = await channel.query(wish.out_trade_no)
    expect(asked).toMatchObject({ state: 'paid', amount_fen: 25_680 })
    expect(heard).toHaveLength(1)
    const [notice] = heard
    if (!notice?.ok || notice.kind !== 'paid' || asked.state !== 'paid') throw new Error('not paid')
    expect(notice.resource).toMatchObject({ out_trade_no: wish.out_trade_no, amount_fen: 25_680 })
    // Notice and query tell one story: same number, same second, same facts.
    expect(notice.resource.provider_txn).toBe(asked.provider_txn)
    expect(notice.resource.paid_at).toEqual(asked.paid_at)
    expect(await channel.close(wish.out_trade_no)).toEqual({ kind: 'paid' })
    expect(await channel.createNative(wish)).toMatchObject({ kind: 'failed', code: 'ORDER_PAID' })
  })

  test('H5 through the page, back to the merchant', async () => {
    const made = await channel.createH5(order())
    if (made.kind !== 'ok' || !made.pay_url) throw new Error('no link')
    const link = new URL(made.pay_url)
    const form = new URLSearchParams({ redirect_url: 'http://127.0.0.1:3000/done' })
    const paid = await fetch(`${link.origin}${link.pathname}/confirm`, { method: 'POST', body: form, redirect: 'manual' })
    expect(paid.headers.get('location')).toBe('http://127.0.0.1:3000/done')
    await sim.control.settled()
    expect(reasons()).toEqual(['paid'])
  })

  test('close, then a late success after it: the money is real', async () => {
    const wish = order()
    expect(await channel.close(wish.out_trade_no)).toEqual({ kind: 'absent' })
    expect(await channel.query(wish.out_trade_no)).toEqual({ state: 'absent' })
    await channel.createNative(wish)
    expect(await channel.close(wish.out_trade_no)).toEqual({ kind: 'ok' })
    expect(await channel.query(wish.out_trade_no)).toEqual({ state: 'closed' })
    expect(sim.control.pay(wish.out_trade_no)).toBe('closed')
    expect(sim.control.pay(wish.out_trade_no, true)).toBe('paid')
    await sim.control.settled()
    expect(reasons()).toEqual(['paid'])
    expect((await channel.query(wish.out_trade_no)).state).toBe('paid')
  })

  test('refund: accepted, abnormal, then success, each noticed', async () => {
    const wish = order()
    await channel.createNative(wish)
    const part = { out_trade_no: wish.out_trade_no, total_fen: 25_680, notify_url: wish.notify_url }
    expect(await channel.refund({ ...part, out_refund_no: 'RA', refund_fen: 1 })).toMatchObject({
      kind: 'failed',
      code: 'RESOURCE_NOT_EXISTS',
    })
    sim.control.pay(wish.out_trade_no)
    await sim.control.settled()
    heard = []
    expect(await channel.queryRefund('RA')).toEqual({ state: 'absent' })
    const asked = { ...part, out_refund_no: 'RA', refund_fen: 5680, reason: '多收' }
    const first = await channel.refund(asked)
    expect(first).toMatchObject({ kind: 'ok', state: 'processing', refund_fen: 5680 })
    expect(await channel.refund(asked)).toEqual(first)
    expect(await channel.refund({ ...asked, refund_fen: 5681 })).toMatchObject({ kind: 'failed', code: 'INVALID_REQUEST' })
    sim.control.settleRefund('RA', 'ABNORMAL')
    await sim.control.settled()
    sim.control.settleRefund('RA', 'SUCCESS')
    await sim.control.settled()
    expect(heard.map((one) => one.ok && one.kind === 'refund' && one.resource.state)).toEqual(['abnormal', 'success'])
    expect(await channel.queryRefund('RA')).toMatchObject({ state: 'success', refund_fen: 5680, total_fen: 25_680 })
    expect(await channel.query(wish.out_trade_no)).toMatchObject({ state: 'refunded', amount_fen: 25_680 })
  })

  test('certificates: with none, with a key, and used afterwards', async () => {
    const bare = wechatV3({ ...sim.config, platform: [] }, { now })
    const got = await bare.certificates()
    bare.end()
    if (got.kind !== 'ok') throw new Error(got.kind)
    const [first] = got.certificates
    expect(first?.expires_at.getTime()).toBeGreaterThan(now().getTime())
    const certified = wechatV3({ ...sim.config, platform: got.certificates }, { now })
    expect(await certified.createNative(order())).toMatchObject({ kind: 'ok' })
    certified.end()
    expect((await channel.certificates()).kind).toBe('ok')
    const stranger = wechatV3({ ...sim.config, platform: [], api_v3_key: 'x'.repeat(32) }, { now })
    expect(await stranger.certificates()).toEqual({ kind: 'unknown', cause: 'unknown_serial' })
    stranger.end()
  })
})

describe('an answer in doubt is unknown, and a query clears it', () => {
  const cases: [ApiFault['kind'], string, 'absent' | 'notpay'][] = [
    ['status_500', 'http_5xx', 'absent'],
    ['reset', 'network', 'absent'],
    ['hang', 'timeout', 'absent'],
    ['answer_lost', 'network', 'notpay'],
    ['hang_after', 'timeout', 'notpay'],
    ['status_500_after', 'http_5xx', 'notpay'],
    ['slow_body', 'timeout', 'notpay'],
    ['half_body', 'network', 'notpay'],
    ['oversize', 'too_large', 'notpay'],
    ['unsigned', 'unsigned', 'notpay'],
    ['bad_signature', 'bad_signature', 'notpay'],
    ['unknown_serial', 'unknown_serial', 'notpay'],
    ['stale_answer', 'stale', 'notpay'],
    ['not_json', 'malformed', 'notpay'],
  ]
  test.each(cases)('create under %s: unknown (%s), then %s', async (kind, cause, state) => {
    const wish = order()
    sim.control.apiFault({ kind, route: 'create' })
    expect(await channel.createNative(wish)).toEqual({ kind: 'unknown', cause })
    expect((await channel.query(wish.out_trade_no)).state).toBe(state)
    // The same number again is safe either way.
    expect(await channel.createNative(wish)).toMatchObject({ kind: 'ok' })
    expect(sim.control.state().orders.filter((one) => one.out_trade_no === wish.out_trade_no)).toHaveLength(1)
  })

  test.each(['answer_lost', 'hang_after', 'status_500_after', 'bad_signature'] as const)(
    'refund under %s: unknown, and the same number again refunds once',
    async (kind) => {
      const wish = order()
      await channel.createNative(wish)
      sim.control.pay(wish.out_trade_no)
      const refund = { out_trade_no: wish.out_trade_no, out_refund_no: `R${wish.out_trade_no}`, refund_fen: 80, total_fen: 25_680 }
      sim.control.apiFault({ kind, route: 'refund' })
      expect((await channel.refund(refund)).kind).toBe('unknown')
      expect(await channel.refund(refund)).toMatchObject({ kind: 'ok', refund_fen: 80 })
      expect(sim.control.state().refunds.filter((one) => one.out_trade_no === wish.out_trade_no)).toHaveLength(1)
    },
  )

  test('close under a lost answer: unknown, then closed', async () => {
    const wish = order()
    await channel.createNative(wish)
    sim.control.apiFault({ kind: 'answer_lost', route: 'close' })
    expect(await channel.close(wish.out_trade_no)).toMatchObject({ kind: 'unknown' })
    expect(await channel.query(wish.out_trade_no)).toEqual({ state: 'closed' })
    expect(await channel.close(wish.out_trade_no)).toEqual({ kind: 'ok' })
  })

  test('query: another merchant’s order is unknown; a wrong amount is told as it is', async () => {
    const wish = order()
    await channel.createNative(wish)
    sim.control.pay(wish.out_trade_no)
    sim.control.apiFault({ kind: 'other_merchant', route: 'query' })
    expect(await channel.query(wish.out_trade_no)).toEqual({ state: 'unknown', cause: 'mismatch' })
    sim.control.apiFault({ kind: 'wrong_amount', route: 'query' })
    expect(await channel.query(wish.out_trade_no)).toMatchObject({ state: 'paid', amount_fen: 25_681 })
  })

  test('a rate limit is a refusal: nothing happened', async () => {
    const wish = order()
    sim.control.apiFault({ kind: 'rate_limit', route: 'create' })
    expect(await channel.createNative(wish)).toMatchObject({ kind: 'failed', code: 'FREQUENCY_LIMITED' })
    expect(await channel.query(wish.out_trade_no)).toEqual({ state: 'absent' })
  })

  test('a gateway that is not there is unknown', async () => {
    const gone = wechatV3({ ...sim.config, base_url: 'http://127.0.0.1:1' }, { now })
    expect(await gone.createNative(order())).toEqual({ kind: 'unknown', cause: 'network' })
    gone.end()
  })
})

describe('notices that misbehave', () => {
  async function paid(fault: NotifyFault): Promise<PayOrder> {
    const wish = order()
    await channel.createNative(wish)
    sim.control.notifyFault(fault)
    sim.control.pay(wish.out_trade_no)
    await sim.control.settled()
    return wish
  }

  const refused: [NotifyFault['kind'], string][] = [
    ['bad_signature', 'bad_signature'],
    ['unknown_serial', 'unknown_serial'],
    ['stale', 'stale'],
    ['future', 'stale'],
    ['signtest', 'signtest'],
    ['bad_ciphertext', 'undecryptable'],
    ['bad_tag', 'undecryptable'],
    ['wrong_key', 'undecryptable'],
    ['other_merchant', 'other_merchant'],
    ['other_app', 'other_merchant'],
    ['oversize', 'too_large'],
  ]
  test.each(refused)('%s is refused as %s, the next attempt is believed', async (kind, reason) => {
    await paid({ kind })
    expect(reasons()).toEqual([reason, 'paid'])
  })

  test('dropped twice, delivered the third time', async () => {
    await paid({ kind: 'drop', times: 2 })
    expect(reasons()).toEqual(['paid'])
    expect(sim.control.state().deliveries.slice(-3).map((one) => one.answer)).toEqual(['dropped', 'dropped', 204])
  })

  test('delayed', async () => {
    const began = performance.now()
    await paid({ kind: 'delay', ms: 120 })
    expect(performance.now() - began).toBeGreaterThan(110)
    expect(reasons()).toEqual(['paid'])
  })

  test('a hundred at once carry one event_key and one transaction', async () => {
    await paid({ kind: 'duplicate', copies: 100 })
    expect(heard).toHaveLength(100)
    const keys = new Set(heard.map((one) => one.ok && one.kind === 'paid' && `${one.event_key} ${one.resource.provider_txn}`))
    expect(keys.size).toBe(1)
  })

  test('reordered', async () => {
    const [a, b] = [await paid({ kind: 'hold' }), await paid({ kind: 'hold' })]
    expect(heard).toEqual([])
    expect(sim.control.state().held).toBe(2)
    await sim.control.release('reverse')
    const told = heard.map((one) => (one.ok && one.kind === 'paid' ? one.resource.out_trade_no : ''))
    expect(told).toEqual([b.out_trade_no, a.out_trade_no])
  })

  test('a wrong amount is passed on as it was signed, for settle to compare', async () => {
    await paid({ kind: 'wrong_amount', amount_fen: 1 })
    expect(heard[0]).toMatchObject({ ok: true, resource: { amount_fen: 1 } })
  })

  test('certificate mode and public-key mode arrive side by side', async () => {
    await paid({ kind: 'certificate_mode' })
    expect(reasons()).toEqual(['paid'])
    expect(raw[0]?.headers['wechatpay-serial']).toBe(sim.config.platform[1]?.serial)
  })

  test('notice before the create call has its answer', async () => {
    const wish = order()
    sim.control.apiFault({ kind: 'notify_first', route: 'create' })
    const making = channel.createNative(wish)
    const made = await making.then((result) => ({ result, heardBefore: heard.length }))
    expect(made).toMatchObject({ result: { kind: 'ok' }, heardBefore: 1 })
    expect(reasons()).toEqual(['paid'])
  })

  test('a merchant that refuses is asked sixteen times, no more', async () => {
    const quick = await startSim({ dir: join(dir, 'ladder'), scale: 0.000001, refund_ms: null })
    const own = wechatV3(quick.config, { now })
    status = () => 500
    const wish = order()
    await own.createNative(wish)
    quick.control.pay(wish.out_trade_no)
    await quick.control.settled()
    expect(quick.control.state().notices).toMatchObject([{ attempts: 16, acked: false }])
    own.end()
    await quick.stop()
  })

  test('an unacknowledged notice goes on after a restart, with the same id', async () => {
    const place = join(dir, 'again')
    // This gateway has keys of its own; here only the delivery counts.
    status = () => 204
    const first = await startSim({ dir: place, scale: 0.001, refund_ms: null })
    const own = wechatV3(first.config, { now })
    const wish = order()
    await own.createNative(wish)
    first.control.notifyFault({ kind: 'drop' })
    first.control.pay(wish.out_trade_no)
    own.end()
    await first.stop()
    const second = await startSim({ dir: place, scale: 0.001, refund_ms: null })
    await second.control.settled()
    expect(second.control.state().notices).toMatchObject([{ acked: true }])
    expect(heard).toHaveLength(1)
    expect(JSON.parse(raw[0]?.body.toString() ?? '')).toMatchObject({ id: second.control.state().notices[0]?.id })
    await second.stop()
  })

  test('a true notice, tampered with on the way', async () => {
    await paid({ kind: 'duplicate', copies: 1 })
    const [letter] = raw
    if (!letter) throw new Error('no letter')
    const check = (headers: IncomingHttpHeaders, body: Buffer, at = now()) => {
      const result = channel.verifyNotify({ ...letter.headers, ...headers }, body, at)
      return result.ok ? 'ok' : result.reason
    }
    expect(check({}, letter.body)).toBe('ok')
    const other = Buffer.from(letter.body)
    other[10] = (other[10] ?? 0) ^ 1
    expect(check({}, other)).toBe('bad_signature')
    expect(check({ 'wechatpay-timestamp': '1' }, letter.body)).toBe('stale')
    expect(check({ 'wechatpay-serial': 'X' }, letter.body)).toBe('unknown_serial')
    expect(check({ 'wechatpay-serial': sim.config.platform[1]?.serial }, letter.body)).toBe('bad_signature')
    expect(check({ 'wechatpay-signature': undefined }, letter.body)).toBe('unsigned')
    // A replay is stopped by the clock after five minutes, before that by the unique event_key.
    expect(check({}, letter.body, new Date(now().getTime() + 301_000))).toBe('stale')
  })
})
