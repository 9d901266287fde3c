// Bill files and the desk's scanner, our client against the gateway over real HTTP.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { tradeLines } from '../../../modules/payment/server/outside/wechat_v3_bill.ts'
import { wechatV3, type WechatV3 } from '../../../modules/payment/server/outside/wechat_v3.ts'
import { startSim, type Sim } from './index.ts'

const dir = mkdtempSync(join(tmpdir(), 'sim_bills-'))
let clock = new Date('2026-11-23T02:00:00Z')
const now = () => clock
let sim: Sim
let channel: WechatV3
let count = 0
const order = () => ({ out_trade_no: `D${String(++count).padStart(9, '0')}`, amount_fen: 11_820 + count, description: '1-1-101 物业缴费', notify_url: `${sim.url}/nowhere`, expires_at: new Date(now().getTime() + 900_000), client_ip: '127.0.0.1' })

beforeAll(async () => {
  sim = await startSim({ dir, scale: 0.001, refund_ms: null, now })
  channel = wechatV3(sim.config, { now, timeout_ms: 5000 })
})
afterEach(() => sim.control.clear())
afterAll(async () => {
  channel.end()
  await sim.stop()
  rmSync(dir, { recursive: true })
})

describe('bills', () => {
  const made: string[] = []
  beforeAll(async () => {
    for (let i = 0; i < 3; i++) {
      const o = order()
      await channel.createNative(o)
      sim.control.pay(o.out_trade_no)
      made.push(o.out_trade_no)
      clock = new Date(clock.getTime() + 60_000)
    }
    await channel.refund({ out_trade_no: made[0]!, out_refund_no: 'R1', refund_fen: 1_000, total_fen: 11_821 })
  })
  test('none before ten the next morning, then every payment and refund with its fee', async () => {
    expect(await channel.bill({ kind: 'trade', on_day: '2026-11-23' })).toMatchObject({ kind: 'failed', code: 'INVALID_REQUEST' })
    clock = new Date('2026-11-24T01:00:00Z')
    expect(await channel.bill({ kind: 'trade', on_day: '2026-11-23' })).toEqual({ kind: 'unknown', cause: 'STATEMENT_CREATING' })
    clock = new Date('2026-11-24T02:30:00Z')
    const r = await channel.bill({ kind: 'trade', on_day: '2026-11-23' })
    if (r.kind !== 'ok') throw new Error(JSON.stringify(r))
    expect(r.bill.lines.map((l) => [l.kind, l.out_trade_no, l.amount_fen, l.fee_fen])).toEqual([
      ['pay', made[0], 11_821, 71], ['pay', made[1], 11_822, 71], ['pay', made[2], 11_823, 71], ['refund', made[0], -1_000, -6],
    ])
    expect(r.bill.lines[3]).toMatchObject({ out_refund_no: 'R1', provider_refund: expect.stringMatching(/^50300/), at: new Date('2026-11-23T02:03:00Z') })
    expect(r.bill.file_hash).toMatch(/^[0-9a-f]{64}$/)
    expect(await channel.bill({ kind: 'trade', on_day: '2026-11-22' })).toEqual({ kind: 'none' })
  })
  test('the fund bill moves the balance by payment, refund and fee', async () => {
    const r = await channel.bill({ kind: 'fund', on_day: '2026-11-23' })
    if (r.kind !== 'ok') throw new Error(JSON.stringify(r))
    expect(r.bill.lines.map((l) => l.kind)).toEqual(['pay', 'fee', 'pay', 'fee', 'pay', 'fee', 'refund', 'fee'])
    expect(r.bill.lines.at(-1)!.balance_fen).toBe(r.bill.lines.reduce((n, l) => n + l.amount_fen, 0))
  })
  test('an altered file is refused by its hash, totals that do not add up by themselves', async () => {
    sim.control.apiFault({ kind: 'altered_file', route: 'download' })
    const altered = await channel.bill({ kind: 'trade', on_day: '2026-11-23' })
    expect(altered.kind).toBe('unknown')
    expect(['hash', 'packed']).toContain((altered as { cause: string }).cause)
    sim.control.billFault('totals')
    expect(await channel.bill({ kind: 'trade', on_day: '2026-11-23' })).toMatchObject({ kind: 'unknown', cause: expect.stringContaining('订单总金额') })
  })
  test.each(['reset', 'status_500', 'unsigned', 'bad_signature', 'answer_lost'] as const)('%s leaves the bill unknown', async (kind) => {
    sim.control.apiFault({ kind, route: 'bill' })
    expect((await channel.bill({ kind: 'trade', on_day: '2026-11-23' })).kind).toBe('unknown')
  })
  test('yuan is read as text: no float could', () => {
    const head = '交易时间,微信订单号,商户订单号,交易状态,手续费,订单金额,申请退款金额'
    const file = (amount: string, total: string) => Buffer.from(`\uFEFF${head}\r\n\`2026-11-23 10:00:00,\`T1,\`O1,\`SUCCESS,\`0.00500,\`${amount},\`0.00\r\n总交易单数,手续费总金额,订单总金额,申请退款总金额\r\n\`1,\`0.00500,\`${total},\`0.00\r\n`)
    expect(tradeLines(file('8192.51', '8192.51'))[0]).toMatchObject({ amount_fen: 819_251, fee_fen: 1 })
    expect(() => tradeLines(file('1.1e3', '1.1e3'))).toThrow()
    expect(() => tradeLines(file('8192.51', '8192.52'))).toThrow('订单总金额')
  })
})

describe('the desk scans (付款码)', () => {
  const code = (last: string) => `13456789012345678${last}`
  const pay = (last: string, o = order()) => channel.payByCode({ ...o, auth_code: code(last), device: '收费台1' })
  test('paid at once, refused with the reason, or waiting for a password', async () => {
    expect(await pay('0')).toMatchObject({ kind: 'paid', provider_txn: expect.stringMatching(/^42000/) })
    expect(await pay('2')).toMatchObject({ kind: 'failed', code: 'AUTHCODEEXPIRE' })
    const o = order()
    expect(await pay('1', o)).toEqual({ kind: 'waiting' })
    expect(await channel.query(o.out_trade_no)).toEqual({ state: 'notpay' })
    sim.control.pay(o.out_trade_no)
    expect(await channel.query(o.out_trade_no)).toMatchObject({ state: 'paid', amount_fen: o.amount_fen })
    expect(await channel.payByCode({ ...o, auth_code: '28763443825664394', device: 'x' })).toMatchObject({ kind: 'failed' })
  })
  test('a lost answer is unknown; cancel ends it, and it cannot be paid after', async () => {
    const o = order()
    sim.control.apiFault({ kind: 'answer_lost', route: 'codepay' })
    expect(await pay('1', o)).toMatchObject({ kind: 'unknown' })
    expect(await channel.cancel(o.out_trade_no)).toEqual({ kind: 'ok' })
    expect(await channel.cancel(o.out_trade_no)).toEqual({ kind: 'ok' })
    expect(sim.control.pay(o.out_trade_no)).toBe('closed')
    expect(await channel.query(o.out_trade_no)).toEqual({ state: 'closed' })
    expect(await channel.cancel('D999999999')).toEqual({ kind: 'absent' })
  })
})
