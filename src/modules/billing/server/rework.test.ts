// Split, merge and take over, over the road: sums to the fen, what is paid stays paid, the old line is not billed again, the way back.
import { beforeAll, expect, it } from 'vitest'
import fc from 'fast-check'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { payment } from '../../payment/contract.ts'
import { billing } from '../contract.ts'
import { cut } from './rules/rework.ts'

let t: TestApp
let w: TinyWorld
let fee: string
const H = (label: string) => w.houses[label]!
const on = (day: string) => setClock(`${day}T02:00:00Z`)
const openOf = async (house: string) => (await t.as('cashier')(billing.houseBills, { house_id: H(house) })).rows
const keysOf = (rows: readonly { bill_id: string; period_on: string }[]) => rows.map(({ bill_id, period_on }) => ({ bill_id, period_on }))
const checks = async () => (await t.as('finance')(billing.sweep, {})).checks.filter((c) => !c.ok).map((c) => `${c.code} ${c.examples[0]}`)
const charge = async (period: string) => {
  const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: [fee] })
  return t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
}
const pay = async (house: string, bill: { bill_id: string; period_on: string }, amount_fen: number) =>
  t.as('cashier')(payment.takePayment, { house_id: H(house), lines: [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen }], tenders: [{ method: 'cash', amount_fen }], prepay_fen: 0 } as never)

beforeAll(async () => {
  on('2026-03-01')
  t = await testApp()
  w = await tinyWorld(t)
  fee = (await t.as('finance')(billing.saveFeeItem, { community_id: w.community_id, code: 'FEE', name: '物业费', shape: 'area', area_kind: 'built', meter_kind: null, unit_name: '元/㎡·月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30 })).fee_item_id
  await t.as('finance')(billing.publishPrice, { fee_item_id: fee, house_kind: null, unit_price: '1.2', from_on: '2025-01-01', basis: '合同' })
  await t.as('finance')(billing.saveLateRule, { community_id: w.community_id, fee_item_ids: [fee], daily_rate: '0.0005', grace_days: 0, counts_from: 'grace', shift: false, from_on: '2025-01-01', basis: '合同第九条' })
  for (const period of ['2026-01', '2026-02', '2026-03']) await charge(period)
  await t.app.d.pool.query(`update identity.session set expires_at = '2099-01-01'`)
})

it('cuts into parts that add up, none empty, whatever is asked', () => {
  const bill = { payer_id: 'a', from_on: '2026-01-01', to_on: '2026-02-01' }
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_000_000 }), fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 }), (open_fen, shares) => {
      const parts = cut({ ...bill, open_fen }, 'share', shares.map((share, i) => ({ share, payer_id: i % 2 ? 'a' : 'b' })))
      if (parts === 'split_fen') {
        expect(open_fen).toBeLessThan(20_000)
        return
      }
      expect(typeof parts).toBe('object')
      if (typeof parts === 'string') return
      expect(parts.reduce((n, p) => n + p.amount_fen, 0)).toBe(open_fen)
      expect(parts.every((p) => p.amount_fen >= 1)).toBe(true)
      const sum = shares.reduce((a, b) => a + b, 0)
      for (const [i, p] of parts.entries()) expect(Math.abs(p.amount_fen - (open_fen * shares[i]!) / sum)).toBeLessThan(1)
    }),
  )
  expect(cut({ ...bill, open_fen: 3100 }, 'days', [{}, { from_on: '2026-01-16' }])).toMatchObject([{ to_on: '2026-01-16', amount_fen: 1500 }, { from_on: '2026-01-16', to_on: '2026-02-01', amount_fen: 1600 }])
  expect(cut({ ...bill, open_fen: 3100 }, 'days', [{}, { from_on: '2026-01-01' }])).toBe('split_days')
  expect(cut({ ...bill, open_fen: 3100 }, 'days', [{}, { from_on: '2026-02-01' }])).toBe('split_days')
  expect(cut({ ...bill, open_fen: 3100 }, 'amount', [{ amount_fen: 3000 }, { amount_fen: 99 }])).toBe('split_sum')
  expect(cut({ ...bill, open_fen: 3100 }, 'share', [{ share: 1 }, {}])).toBe('split_part')
  expect(cut({ ...bill, open_fen: 3100 }, 'share', [{ share: 1 }])).toBe('split_one')
})

it('splits between two owners and goes back; the charge run bills nothing again', async () => {
  const [bill] = await openOf('1-1-102')
  const ask = { bill_id: bill!.bill_id, by: 'share' as const, parts: [{ share: 1 }, { share: 2, payer_id: w.persons['赵六']! }] }
  const seen = await t.as('cashier')(billing.previewSplit, ask)
  expect(seen.bills.map((b) => [b.payer_name, b.amount_fen])).toEqual([[bill!.payer_name, 3048], ['赵六', 6096]])
  await expectRefused(t.as('reader')(billing.splitBill, { ...ask, reason: '两位业主各付' }), 'kernel.forbidden')
  await expectRefused(t.as('cashier')(billing.splitBill, { ...ask, parts: [{ share: 1 }, { share: 1, payer_id: w.persons['孙七']! }], reason: '两位业主各付' }), 'billing.split_payer')
  // Twice at once: one of them finds the bill changed.
  const two = await Promise.allSettled([t.as('cashier')(billing.splitBill, { ...ask, reason: '两位业主各付' }), t.as('finance')(billing.splitBill, { ...ask, reason: '两位业主各付' })])
  expect(two.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  await expectRefused(Promise.reject((two.find((r) => r.status === 'rejected') as PromiseRejectedResult).reason), 'billing.bill_changed')
  const parts = (await openOf('1-1-102')).filter((b) => b.period === '2026-01')
  expect(parts.map((b) => [b.payer_name, b.amount_fen, b.due_on])).toEqual(expect.arrayContaining([['赵六', 6096, bill!.due_on]]))
  expect(parts.reduce((n, b) => n + b.amount_fen, 0)).toBe(bill!.amount_fen)
  expect(parts[0]!.explanation).toContain('原账单 2026-01 物业费:76.20 m² × 1.2 元')
  expect((await charge('2026-01')).published_count).toBe(0)
  await expectRefused(t.as('finance')(billing.voidBill, { bill_id: parts[0]!.bill_id, reason: '试一试' }), 'billing.rework_bill')
  expect(await checks()).toEqual([])
  const detail = await t.as('cashier')(billing.bill, { bill_id: parts[0]!.bill_id })
  expect(detail.reworks).toMatchObject([{ kind: 'split', side: 'to', can: { undo: true }, reason: '两位业主各付' }])
  expect(detail.reworks[0]!.bills).toHaveLength(3)
  expect(detail.postings.length).toBeGreaterThan(0)
  const undone = await Promise.allSettled([1, 2].map((n) => t.as(n === 1 ? 'cashier' : 'finance')(billing.undoRework, { rework_id: detail.reworks[0]!.rework_id, reason: '分错了' })))
  expect(undone.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  const back = (await openOf('1-1-102')).filter((b) => b.period === '2026-01')
  expect(back).toMatchObject([{ amount_fen: bill!.amount_fen, payer_id: bill!.payer_id, explanation: bill!.explanation, due_on: bill!.due_on }])
  expect((await charge('2026-01')).published_count).toBe(0)
  expect(await checks()).toEqual([])
  // The line is free again: void it, and the next run issues it.
  await t.as('finance')(billing.voidBill, { bill_id: back[0]!.bill_id, reason: '重出' })
  expect((await charge('2026-01')).published_count).toBe(1)
})

it('keeps what is paid, splits by days, and late fees are those of the whole', async () => {
  on('2026-03-10')
  const [bill] = await openOf('1-1-201')
  await pay('1-1-201', bill!, 5000)
  on('2026-04-20')
  const before = (await t.as('finance')(billing.lateFees, { house_id: H('1-1-201') })).rows.filter((r) => r.period_on === '2026-01-01').reduce((n, r) => n + r.fee_fen, 0)
  await expectRefused(t.as('cashier')(billing.splitBill, { bill_id: bill!.bill_id, by: 'amount', parts: [{ amount_fen: bill!.amount_fen - 1 }, { amount_fen: 1 }], reason: '试一试' }), 'billing.split_sum')
  const made = await t.as('cashier')(billing.splitBill, { bill_id: bill!.bill_id, by: 'days', parts: [{}, { from_on: '2026-01-11' }], reason: '按天分开' })
  expect(made.bills.map((b) => b.amount_fen).sort((a, b) => a - b)).toEqual([2200, 4620])
  const was = await t.as('cashier')(billing.bill, { bill_id: bill!.bill_id })
  // What went over is owed elsewhere: no reduction in any list.
  expect(was).toMatchObject({ state: 'paid', paid_fen: 5000, open_fen: 0, reduced_fen: 0, moved_fen: 6820 })
  const rate = (await t.as('finance')(billing.collection, { period_from: '2026-01', period_to: '2026-01', by: 'period' })).totals
  const listed = (await t.as('finance')(billing.bills, { period_from: '2026-01', period_to: '2026-01', state: 'live', with_totals: true })).totals!
  expect(rate).toMatchObject({ reduced_fen: 0, moved_fen: 6820, receivable_fen: listed.amount_fen })
  expect(listed).toMatchObject({ reduced_fen: 0, moved_fen: 6820, open_fen: rate.open_fen })
  expect(was.reductions).toMatchObject([{ kind: 'moved', amount_fen: 6820 }])
  const after = (await t.as('finance')(billing.lateFees, { house_id: H('1-1-201') })).rows.filter((r) => r.period_on === '2026-01-01').reduce((n, r) => n + r.fee_fen, 0)
  expect(Math.abs(after - before)).toBeLessThanOrEqual(2)
  expect((await charge('2026-01')).published_count).toBe(0)
  expect(await checks()).toEqual([])
  await pay('1-1-201', made.bills[0]!, 100)
  await expectRefused(t.as('cashier')(billing.undoRework, { rework_id: made.rework_id, reason: '撤销' }), 'billing.rework_touched')
  expect((await t.as('cashier')(billing.houseBills, { house_id: H('1-1-201') })).open_fen).toBe(11_820 * 3 - 5100)
})

it('merges what is due on one day, refuses what would move late fees, and a moved part comes back', async () => {
  on('2026-04-20')
  await charge('2026-04')
  await charge('2026-05')
  await expectRefused(t.as('cashier')(billing.mergeBills, { bills: keysOf(await openOf('2-1-101')), reason: '合并' }), 'billing.merge_overdue')
  const late = (await openOf('2-1-101')).filter((b) => b.period >= '2026-04')
  const other = (await openOf('1-1-201')).find((b) => b.period === '2026-04')!
  await expectRefused(t.as('cashier')(billing.mergeBills, { bills: keysOf([late[0]!, other]), reason: '合并' }), 'billing.merge_mixed')
  await pay('2-1-101', late[0]!, 400)
  const seen = await t.as('cashier')(billing.previewMerge, { bills: keysOf(late) })
  expect(seen).toMatchObject({ open_fen: 28_400, bills: [{ period: '2026-05', from_on: '2026-04-01', to_on: '2026-06-01', amount_fen: 28_400 }] })
  const made = await t.as('cashier')(billing.mergeBills, { bills: keysOf(late), reason: '一次收' })
  expect((await charge('2026-04')).published_count + (await charge('2026-05')).published_count).toBe(0)
  expect(await checks()).toEqual([])
  const undone = await t.as('cashier')(billing.undoRework, { rework_id: made.rework_id, reason: '不合并了' })
  expect(undone.bills.map((b) => b.amount_fen).sort((a, b) => a - b)).toEqual([14_000, 14_400])
  expect(await checks()).toEqual([])
  // In an instalment plan: stays as it is.
  const bills = keysOf((await openOf('2-1-101')).filter((b) => b.period >= '2026-04'))
  await t.as('service')(billing.signPlan, { house_id: H('2-1-101'), bills, grace_days: 7, suspends_late_fee: true, parts: [{ due_on: '2026-05-01', amount_fen: 14_000 }, { due_on: '2026-06-01', amount_fen: 14_400 }] })
  await expectRefused(t.as('cashier')(billing.mergeBills, { bills, reason: '合并' }), 'billing.rework_in_plan')
})
