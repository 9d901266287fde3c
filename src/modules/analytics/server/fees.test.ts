// 收费统计 against the lists it opens: each figure is the sum of its lines, on screen and in Excel, and a month that is over does not change.
import { beforeAll, describe, expect, test } from 'vitest'
import { testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import type { FileAnswer } from '../../../kernel/app.ts'
import { setClock } from '../../../kernel/clock.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { billing } from '../../billing/contract.ts'
import { payment } from '../../payment/contract.ts'
import { analytics } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let fee: string
let moved_fen = 0
let late_month: Awaited<ReturnType<typeof fees>>
const as = () => t.as('finance')
const fees = (o: Partial<{ from: string; to: string; by: 'community' | 'building' | 'fee_item' | 'collector' | 'month' | 'quarter' | 'year'; as_of: string; building_id: string }> = {}, who: Caller = as()) => who(analytics.fees, { from: '2026-05', to: '2026-06', ...o })
const openOf = async (house: string) => (await as()(billing.houseBills, { house_id: w.houses[house]! })).rows
/** Another day; the people of the test stay signed in over the months. */
async function on(day: string): Promise<void> {
  setClock(`${day}T02:00:00Z`)
  await t.app.d.pool.query(`update identity.session set expires_at = '2027-01-01' where ended_at is null`)
}
async function charge(period: string) {
  const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: [fee] })
  await as()(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
}
async function take(by: 'cashier' | 'cashier2', house: string, periods: readonly string[]) {
  const lines = (await openOf(house)).filter((b) => periods.includes(b.period)).map((b) => ({ bill_id: b.bill_id, period_on: b.period_on, amount_fen: b.open_fen }))
  expect(lines.length).toBe(periods.length)
  return t.as(by)(payment.takePayment, { house_id: w.houses[house]!, lines, prepay_fen: 0, tenders: [{ method: 'cash', amount_fen: lines.reduce((n, l) => n + l.amount_fen, 0) }] })
}

beforeAll(async () => {
  setClock('2026-04-20T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  fee = (await as()(billing.saveFeeItem, { community_id: w.community_id, code: 'FEE', name: '物业费', shape: 'area', area_kind: 'built', meter_kind: null, unit_name: '元/㎡·月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30 })).fee_item_id
  await as()(billing.publishPrice, { fee_item_id: fee, house_kind: null, unit_price: '1.2', from_on: '2025-01-01', basis: '前期物业服务合同' })
  for (const m of ['2026-03', '2026-04', '2026-05', '2026-06', '2026-07']) {
    if (m >= '2026-05') await on(`${m === '2026-07' ? '2026-06' : m}-03`)
    await charge(m)
  }
  // May: a cashier takes an old bill and a current one; June: one more old, one ahead, and the May payment of another is reversed.
  await on('2026-05-12')
  await take('cashier', '1-1-101', ['2026-04', '2026-05'])
  const wrong = await take('cashier2', '1-1-102', ['2026-05'])
  await on('2026-06-12')
  await take('cashier2', '1-1-101', ['2026-03', '2026-07'])
  const { reversal_id } = await t.as('cashier2')(payment.askReversal, { payment_id: wrong.payment_id, reason: '收错户' })
  await as()(payment.decideReversal, { reversal_id, decision: 'approve' })
  late_month = await fees({ as_of: '2026-06' })
  await on('2026-07-05')
  await take('cashier', '1-1-102', ['2026-05', '2026-06'])
  // A bill paid in part whose rest is cut in two: the rest goes over to two new bills, and nobody is spared anything.
  const cut = (await openOf('2-1-101')).find((b) => b.period === '2026-05')!
  await t.as('cashier')(payment.takePayment, { house_id: w.houses['2-1-101']!, lines: [{ bill_id: cut.bill_id, period_on: cut.period_on, amount_fen: 1000 }], tenders: [{ method: 'cash', amount_fen: 1000 }] })
  await as()(billing.splitBill, { bill_id: cut.bill_id, by: 'amount', parts: [{ amount_fen: 400 }, { amount_fen: cut.amount_fen - 1400 }], reason: '分两次缴' })
  moved_fen = cut.amount_fen - 1000
})

describe('收费统计', () => {
  test('each figure is the sum of the lines it opens', async () => {
    const f = await fees()
    const bills = (await as()(billing.bills, { community_id: w.community_id, period_from: '2026-05', period_to: '2026-06', state: 'live', with_totals: true })).totals!
    expect(f.totals).toMatchObject({ bill_count: bills.count, receivable_fen: bills.amount_fen, received_fen: bills.paid_fen, reduced_fen: bills.reduced_fen, moved_fen: bills.moved_fen, open_fen: bills.open_fen })
    expect(f.totals.rate_bp).toBe(Math.floor((bills.paid_fen * 10_000) / (bills.amount_fen - bills.moved_fen)))
    expect([f.totals.reduced_fen, f.totals.moved_fen]).toEqual([0, moved_fen])
    expect(f.totals.open_fen).toBe(f.totals.receivable_fen - f.totals.reduced_fen - f.totals.moved_fen - f.totals.received_fen)
    expect((await fees({ by: 'month', as_of: '2026-06' })).totals.moved_fen).toBe(0)
    const old = (await as()(billing.bills, { period_to: '2026-04', state: 'unpaid', with_totals: true })).totals!
    expect(f.totals.old_open_fen).toBe(old.open_fen)
    const days = { from_on: '2026-05-01', to_on: '2026-06-30' }
    const lines = async (o: object) => (await as()(payment.takenLines, { ...days, ...o })).amount_fen
    expect(f.totals.taken_fen).toBe(await lines({}))
    expect(f.totals.taken_current_fen).toBe(await lines({ period_from: '2026-05', period_to: '2026-06' }))
    expect(f.totals.old_received_fen).toBe(await lines({ period_to: '2026-04' }))
    expect(f.totals.taken_ahead_fen).toBe(await lines({ period_from: '2026-07' }))
    expect(f.totals.old_received_fen).toBeGreaterThan(0)
    expect(f.totals.taken_ahead_fen).toBeGreaterThan(0)
    expect(f.totals.old_due_fen).toBe(f.totals.old_received_fen + old.open_fen)
  })

  test('every group adds up to the same totals, and a collector has what he took less what was reversed', async () => {
    const one = (await fees()).totals
    for (const by of ['community', 'building'] as const) expect((await fees({ by })).totals).toEqual(one)
    const months = await fees({ by: 'month' })
    expect(months.rows.map((r) => r.key)).toEqual(['2026-05', '2026-06'])
    expect(months.totals).toMatchObject({ receivable_fen: one.receivable_fen, received_fen: one.received_fen, open_fen: one.open_fen })
    expect((await fees({ by: 'quarter' })).rows.map((r) => r.key)).toEqual(['2026-Q2'])
    const collectors = await fees({ by: 'collector' })
    expect(collectors.totals.taken_fen).toBe(one.taken_fen)
    for (const r of collectors.rows) expect((await as()(payment.takenLines, { from_on: '2026-05-01', to_on: '2026-06-30', taken_by: r.key })).amount_fen).toBe(r.taken_fen)
    expect(collectors.rows.length).toBe(2)
    expect((await fees()).trend.find((m) => m.month === '2026-06')!.taken_fen).toBe((await as()(payment.takenLines, { from_on: '2026-06-01', to_on: '2026-06-30' })).amount_fen)
  })

  test('as of a month that is over nothing changes, though July has paid since', async () => {
    const again = await fees({ as_of: '2026-06' })
    expect(again.totals).toEqual(late_month.totals)
    expect((await fees()).totals.received_fen).toBeGreaterThan(again.totals.received_fen)
    expect((await fees()).totals.taken_fen).toBe(again.totals.taken_fen)
  })

  test('Excel is the screen', async () => {
    const f = await fees({ by: 'building' })
    const file = (await as()(analytics.feesExcel, { from: '2026-05', to: '2026-06', by: 'building' })) as unknown as FileAnswer
    expect(file.name).toBe('收费统计_2026-05_2026-06.xlsx')
    const sheet = (await readSheets(file.body as Buffer, 'x.xlsx')).sheets[0]!
    const cells = sheet.rows.map((r) => r.cells.map((c) => c?.text ?? ''))
    const titles = cells.find((r) => r[0] === '楼栋')!
    const written = cells.slice(cells.indexOf(titles) + 1).map((r) => [r[0], r[titles.indexOf('应收')], r[titles.indexOf('清欠')]].map((v) => String(v).replaceAll(',', '')))
    const yuan = (n: number) => String(Number((n / 100).toFixed(2)))
    expect(written.map(([name, a, b]) => [name, String(Number(a)), String(Number(b))])).toEqual([...f.rows.map((r) => [r.name, yuan(r.receivable_fen), yuan(r.old_received_fen)]), ['合计', yuan(f.totals.receivable_fen), yuan(f.totals.old_received_fen)]])
  })

  test('a steward of one building sees its money only', async () => {
    const all = await fees({ by: 'building' })
    expect(all.rows.length).toBeGreaterThan(1)
    const steward = await t.hire('finance', { scope_kind: 'building', scope_ids: [all.rows[0]!.key] })
    const mine = await fees({ by: 'fee_item' }, steward)
    expect(mine.totals.receivable_fen).toBe(all.rows[0]!.receivable_fen)
    expect((await fees({ by: 'building', building_id: all.rows[1]!.key }, steward)).rows).toEqual([])
    const lines = await steward(payment.takenLines, { from_on: '2026-05-01', to_on: '2026-06-30' })
    expect(lines.amount_fen).toBe(all.rows[0]!.taken_fen)
  })
})
