// Our client against the simulated Alipay over real HTTP: the good day, then every misbehaviour with the outcome it must have.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { alipay } from '../../../modules/payment/server/outside/alipay.ts'
import type { NotifyResult, PayChannel, PayOrder } from '../../../modules/payment/server/outside/channel.ts'
import { startSim, type Sim } from './index.ts'

const dir = mkdtempSync(join(tmpdir(), 'sim_alipay-'))
let clock = new Date('2026-11-23T02:00:00Z')
const now = () => clock
let sim: Sim
let channel: PayChannel
let merchant: Server
let heard: NotifyResult[] = []
let says = 'success'

beforeAll(async () => {
  sim = await startSim({ dir, scale: 0.0001, now })
  channel = alipay(sim.config, { now, timeout_ms: 2500 })
  merchant = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const result = channel.verifyNotify(request.headers, Buffer.concat(chunks), now())
      heard.push(result)
      response.end(result.ok ? says : 'fail')
    })
  })
  await new Promise<void>((resolve) => merchant.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await sim.control.settled()
  sim.control.clear()
  heard = []
  says = 'success'
})
afterAll(async () => {
  channel.end()
  merchant.closeAllConnections()
  merchant.close()
  await sim.stop()
  rmSync(dir, { recursive: true })
})

let count = 0
const order = (): PayOrder => ({ out_trade_no: `A${String(++count).padStart(9, '0')}`, amount_fen: 11_820, description: '1-1-101 物业缴费 a=b&c', notify_url: `http://127.0.0.1:${(merchant.address() as AddressInfo).port}/notify`, expires_at: new Date(now().getTime() + 900_000), return_url: 'http://127.0.0.1/resident/pay/1?back=1' })
const native = async (): Promise<PayOrder> => {
  const o = order()
  expect((await channel.create('native', o)).kind).toBe('ok')
  return o
}
const paid = async (): Promise<PayOrder> => {
  const o = await native()
  expect(sim.control.pay(o.out_trade_no)).toBe('paid')
  await sim.control.settled()
  return o
}

describe('the good day', () => {
  test('a code at the desk: absent until it is opened, then paid, noticed, queried', async () => {
    const o = await native()
    expect(await channel.query(o.out_trade_no)).toEqual({ state: 'absent' })
    sim.control.pay(o.out_trade_no)
    await sim.control.settled()
    expect(heard).toEqual([{ ok: true, event_key: expect.any(String), kind: 'paid', resource: expect.objectContaining({ out_trade_no: o.out_trade_no, amount_fen: 11_820, provider_txn: expect.stringMatching(/^20261123/) }) }])
    expect(await channel.query(o.out_trade_no)).toMatchObject({ state: 'paid', amount_fen: 11_820, paid_at: clock })
  })
  test.each(['wap', 'page'] as const)('%s through the payer’s page, back to the merchant', async (way) => {
    const o = order()
    const made = await channel.create(way, o)
    if (made.kind !== 'ok') throw new Error(made.kind)
    const html = await (await fetch(made.pay_url!)).text()
    expect(html).toContain('¥118.20')
    expect(await channel.query(o.out_trade_no)).toEqual({ state: 'notpay' })
    const action = /action="([^"]+confirm)"/.exec(html)![1]!
    const done = await fetch(`${sim.url}${action}`, { method: 'POST', redirect: 'manual' })
    expect([done.status, done.headers.get('location')]).toEqual([303, o.return_url])
    expect(await channel.query(o.out_trade_no)).toMatchObject({ state: 'paid' })
    const other = new URL(made.pay_url!)
    other.searchParams.set('biz_content', other.searchParams.get('biz_content')!.replace('118.20', '0.01'))
    expect(await (await fetch(other)).text()).toContain('无效签名')
  })
  test('the payer’s code: at once, with a password, refused; cancel ends it', async () => {
    const code = (last: string, o = order()) => channel.payByCode({ ...o, auth_code: `2876344382566439${last}`, device: '收费台1' })
    expect(await code('4')).toMatchObject({ kind: 'paid', amount_fen: 11_820 })
    expect(await code('2')).toMatchObject({ kind: 'failed', code: 'ACQ.PAYMENT_AUTH_CODE_INVALID' })
    const o = order()
    expect(await code('1', o)).toEqual({ kind: 'waiting' })
    expect(await channel.cancel(o.out_trade_no)).toEqual({ kind: 'ok' })
    expect(sim.control.pay(o.out_trade_no)).toBe('closed')
    expect(await channel.query(o.out_trade_no)).toEqual({ state: 'closed' })
  })
  test('closed before payment, or paid before closing', async () => {
    const o = await native()
    expect(await channel.close(o.out_trade_no)).toEqual({ kind: 'absent' })
    await fetch(((await channel.create('native', o)) as { code_url: string }).code_url)
    expect(await channel.close(o.out_trade_no)).toEqual({ kind: 'ok' })
    expect(await channel.close(o.out_trade_no)).toEqual({ kind: 'ok' })
    expect(await channel.close((await paid()).out_trade_no)).toEqual({ kind: 'paid' })
  })
})

describe('refunds', () => {
  const refund = (o: PayOrder, out_refund_no: string, refund_fen: number) => channel.refund({ out_trade_no: o.out_trade_no, out_refund_no, refund_fen, total_fen: o.amount_fen, reason: '重复缴费' })
  test('in parts; the same number once; never more than was paid; the last part still says captured', async () => {
    const o = await paid()
    expect(await refund(o, 'R1', 1_820)).toMatchObject({ kind: 'ok', state: 'success', refund_fen: 1_820 })
    expect(await refund(o, 'R1', 1_820)).toMatchObject({ kind: 'ok', state: 'success', refund_fen: 1_820 })
    expect(await refund(o, 'R1', 1_000)).toMatchObject({ kind: 'failed', code: 'ACQ.DISCORDANT_REPEAT_REQUEST' })
    expect(await refund(o, 'R2', 10_001)).toMatchObject({ kind: 'failed' })
    expect(await channel.query(o.out_trade_no)).toMatchObject({ state: 'paid' })
    await sim.control.settled()
    // The notice of a refund is TRADE_SUCCESS once more: it must not look like a payment.
    expect(heard.map((h) => h.ok && h.kind)).toEqual(['paid', 'look'])
    expect(await refund(o, 'R2', 10_000)).toMatchObject({ kind: 'ok', state: 'success' })
    expect(await channel.query(o.out_trade_no)).toMatchObject({ state: 'refunded', amount_fen: 11_820 })
    expect(await channel.queryRefund('R2', o.out_trade_no)).toMatchObject({ state: 'success', refund_fen: 10_000, total_fen: 11_820 })
    expect(await channel.queryRefund('R3', o.out_trade_no)).toEqual({ state: 'absent' })
  })
  test('fails for want of money, then succeeds with the same number', async () => {
    const o = await paid()
    sim.control.refundMood('fails')
    expect(await refund(o, 'F1', 500)).toMatchObject({ kind: 'failed', code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH' })
    expect(await refund(o, 'F1', 500)).toMatchObject({ kind: 'ok', state: 'success' })
  })
  test('accepted and done later', async () => {
    const o = await paid()
    sim.control.refundMood('later')
    expect(await refund(o, 'L1', 500)).toMatchObject({ kind: 'ok', state: 'processing' })
    expect(await channel.queryRefund('L1', o.out_trade_no)).toEqual({ state: 'absent' })
    sim.control.settleRefund(o.out_trade_no, 'L1')
    expect(await channel.queryRefund('L1', o.out_trade_no)).toMatchObject({ state: 'success', refund_fen: 500 })
  })
  test('a lost answer is unknown, and the same number again refunds once', async () => {
    const o = await paid()
    sim.control.apiFault({ kind: 'answer_lost', method: 'alipay.trade.refund' })
    expect(await refund(o, 'U1', 500)).toMatchObject({ kind: 'unknown' })
    expect(await refund(o, 'U1', 500)).toMatchObject({ kind: 'ok', state: 'success' })
    expect(sim.control.state().refunds.filter((r) => r.out_trade_no === o.out_trade_no)).toHaveLength(1)
  })
})

describe('an answer in doubt is unknown', () => {
  test.each(['status_500', 'reset', 'hang', 'answer_lost', 'hang_after', 'unsigned', 'bad_signature', 'altered', 'not_json', 'system_error'] as const)('%s', async (kind) => {
    const o = order()
    sim.control.apiFault({ kind, method: 'alipay.trade.precreate' })
    expect((await channel.create('native', o)).kind).toBe('unknown')
    expect((await channel.create('native', o)).kind).toBe('ok')
  })
  test('a wrong key is told by an unsigned refusal, and nothing has happened', async () => {
    const stranger = alipay({ ...sim.config, app_private_key_pem: sim.keys.alipay_private_key_pem }, { now })
    expect(await stranger.create('native', order())).toMatchObject({ kind: 'failed', code: 'isv.invalid-signature' })
    stranger.end()
  })
  test('another amount than ours is no payment', async () => {
    sim.control.apiFault({ kind: 'wrong_amount', method: 'alipay.trade.pay' })
    expect(await channel.payByCode({ ...order(), auth_code: '28763443825664394', device: 'x' })).toEqual({ kind: 'unknown', cause: 'mismatch' })
  })
})

describe('notices that misbehave', () => {
  test.each([['bad_signature', 'bad_signature'], ['altered', 'bad_signature'], ['unsigned', 'unsigned'], ['other_app', 'other_merchant'], ['other_seller', 'other_merchant']] as const)('%s is refused as %s, the next attempt is believed', async (kind, reason) => {
    const o = await native()
    sim.control.notifyFault({ kind })
    sim.control.pay(o.out_trade_no)
    await sim.control.settled()
    expect(heard[0]).toEqual({ ok: false, reason })
    expect(heard[1]).toMatchObject({ ok: true, kind: 'paid' })
  })
  test('two hundred at once carry one event_key; one that never says success is asked eight times', async () => {
    const o = await native()
    sim.control.notifyFault({ kind: 'duplicate', copies: 200 })
    sim.control.pay(o.out_trade_no)
    await sim.control.settled()
    expect(new Set(heard.map((h) => h.ok && h.event_key)).size).toBe(1)
    heard = []
    says = 'ok'
    const p = await native()
    sim.control.pay(p.out_trade_no)
    await sim.control.settled()
    expect(heard).toHaveLength(8)
  })
  test('a field sent twice, or a body too large, is refused', () => {
    expect(channel.verifyNotify({}, Buffer.from('a=1&a=2&sign=x&sign_type=RSA2'), now())).toEqual({ ok: false, reason: 'unsigned' })
    expect(channel.verifyNotify({}, Buffer.alloc(70_000, 'a'), now())).toEqual({ ok: false, reason: 'too_large' })
    expect(channel.verifyNotify({}, Buffer.from('sign=x&sign_type=RSA'), now())).toEqual({ ok: false, reason: 'signature_type' })
  })
})

describe('bills', () => {
  test('trade and fund, in GBK, adding up; a lying one is refused', async () => {
    clock = new Date('2026-11-24T02:00:00Z')
    const a = await paid()
    const b = await paid()
    await channel.refund({ out_trade_no: a.out_trade_no, out_refund_no: 'B1', refund_fen: 1_000, total_fen: a.amount_fen })
    await sim.control.settled()
    expect(await channel.bill({ kind: 'trade', on_day: '2026-11-24' })).toEqual({ kind: 'none' })
    clock = new Date('2026-11-25T02:30:00Z')
    const r = await channel.bill({ kind: 'trade', on_day: '2026-11-24' })
    if (r.kind !== 'ok') throw new Error(JSON.stringify(r))
    expect(r.bill.lines.map((l) => [l.kind, l.out_trade_no, l.amount_fen, l.fee_fen, l.out_refund_no])).toEqual([['pay', a.out_trade_no, 11_820, 71, null], ['pay', b.out_trade_no, 11_820, 71, null], ['refund', a.out_trade_no, -1_000, -6, 'B1']])
    expect(r.bill.lines[0]!.raw['商品名称']).toBe('1-1-101 物业缴费 a b c')
    const f = await channel.bill({ kind: 'fund', on_day: '2026-11-24' })
    if (f.kind !== 'ok') throw new Error(JSON.stringify(f))
    expect(f.bill.lines.map((l) => l.kind)).toEqual(['pay', 'fee', 'pay', 'fee', 'refund', 'fee'])
    expect(f.bill.lines.at(-1)!.balance_fen).toBe(f.bill.lines.reduce((n, l) => n + l.amount_fen, 0))
    sim.control.billFault('totals')
    expect(await channel.bill({ kind: 'trade', on_day: '2026-11-24' })).toMatchObject({ kind: 'unknown', cause: expect.stringContaining('交易合计') })
  })
})
