// Settlement over the road: to the day, by agreement, money held, the paper, what is billed afterwards; and the ways it is refused.
import { beforeAll, expect, it } from 'vitest'
import fc from 'fast-check'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { billing } from '../../billing/contract.ts'
import { payment } from '../../payment/contract.ts'
import { people } from '../../people/contract.ts'
import { handover } from '../contract.ts'
import { cutAt } from './body.ts'

let t: TestApp
let w: TinyWorld
const items: Record<string, string> = {}
const H = (label: string) => w.houses[label]!
const on = (day: string) => setClock(`${day}T02:00:00Z`)
const broken = async () => (await t.as('finance')(billing.sweep, {})).checks.filter((c) => !c.ok).map((c) => `${c.code} ${c.examples[0]}`)
const charge = async (period: string) => {
  const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: [items['FEE']!, items['TRASH']!] })
  return t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
}
const pay = async (house: string, amount_fen: number, bill?: { bill_id: string; period_on: string }) =>
  t.as('cashier')(payment.takePayment, { house_id: H(house), lines: bill ? [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen }] : [], tenders: [{ method: 'cash', amount_fen }], prepay_fen: bill ? 0 : amount_fen } as never)
const openOf = async (house: string) => (await t.as('cashier')(billing.houseBills, { house_id: H(house) })).rows
const sheetOf = (sheet_id: string) => t.as('finance')(handover.sheet, { sheet_id })

beforeAll(async () => {
  on('2026-02-01')
  t = await testApp()
  w = await tinyWorld(t)
  for (const [code, fee_class, shape] of [['FEE', 'property', 'area'], ['TRASH', 'use', 'fixed']] as const) {
    const id = (await t.as('finance')(billing.saveFeeItem, { community_id: w.community_id, code, name: code === 'FEE' ? '物业费' : '垃圾费', shape, area_kind: shape === 'area' ? 'built' : null, meter_kind: null, unit_name: shape === 'area' ? '元/㎡·月' : '元/户·月', house_kinds: ['dwelling'], applies: 'all', fee_class, cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30 })).fee_item_id
    items[code] = id
    await t.as('finance')(billing.publishPrice, { fee_item_id: id, house_kind: null, unit_price: code === 'FEE' ? '1.2' : '10', from_on: '2025-01-01', basis: '合同' })
  }
  await charge('2026-02')
  await t.app.d.pool.query(`update identity.session set expires_at = '2099-01-01'`)
})

it('cuts by days to the fen, and never a reading, a late fee or a whole month', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_000_000 }), fc.integer({ min: 2, max: 27 }), (amount, d) => {
      const day = `2026-02-${String(d).padStart(2, '0')}`
      const feb = { from_on: '2026-02-01', to_on: '2026-03-01', paid_fen: 0, open_fen: amount }
      const x = cutAt(feb, day, false)
      expect(x.leaver_fen + x.taker_fen).toBe(amount)
      expect(Math.abs(x.leaver_fen - (amount * (d - 1)) / 28)).toBeLessThan(1)
      expect(cutAt(feb, day, true)).toMatchObject({ place: 'before', leaver_fen: amount })
      // Paid in part: his own days first, the rest is ahead; nothing is lost between the three.
      const paid_fen = Math.floor(amount / 3)
      const y = cutAt({ ...feb, paid_fen, open_fen: amount - paid_fen }, day, false)
      expect(y.leaver_fen + y.taker_fen).toBe(amount - paid_fen)
      expect(y.leaver_fen === 0 || y.ahead_fen === 0).toBe(true)
      expect(y.leaver_fen + paid_fen - y.ahead_fen).toBe(x.leaver_fen)
    }),
  )
  const feb = { from_on: '2026-02-01', to_on: '2026-03-01', paid_fen: 0, open_fen: 100 }
  expect(cutAt(feb, '2026-02-01', false)).toMatchObject({ place: 'after', taker_fen: 100 })
  expect(cutAt(feb, '2026-03-01', false)).toMatchObject({ place: 'before', leaver_fen: 100 })
})

it('settles a sale: to the day, debts and money by agreement, and bills of later days go to the buyer', async () => {
  on('2026-03-16')
  // March is not billed yet: the seller owes its first fifteen days.
  const ask = { house_id: H('1-1-201'), kind: 'transfer' as const, tenancy_id: null, on_day: '2026-03-16', note: null }
  await expectRefused(t.as('reader')(handover.openSheet, ask), 'kernel.forbidden')
  const two = await Promise.allSettled([t.as('cashier')(handover.openSheet, ask), t.as('finance')(handover.openSheet, ask)])
  expect(two.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  await expectRefused(Promise.reject((two.find((r) => r.status === 'rejected') as PromiseRejectedResult).reason), 'handover.open_already')
  const made = (two.find((r) => r.status === 'fulfilled') as PromiseFulfilledResult<{ sheet_id: string; billed_count: number }>).value
  expect(made.billed_count).toBe(2)
  const draft = await sheetOf(made.sheet_id)
  expect(draft.body.bills.map((b) => [b.period, b.fee_item_name, b.open_fen, b.place])).toEqual([['2026-02', '物业费', 11_820, 'before'], ['2026-02', '垃圾费', 1000, 'before'], ['2026-03', '物业费', 5719, 'before'], ['2026-03', '垃圾费', 484, 'before']])
  expect((await t.as('cashier')(handover.billSheet, { sheet_id: made.sheet_id })).billed_count).toBe(0)
  // Nothing paid and nothing decided.
  const owners = [{ person: { name: '钱九', phone: '13800000199' } }]
  const base = { sheet_id: made.sheet_id, owners, reason: '房屋买卖', keep_household: false, wallet: 'stay' as const, deposits: [], payee: null, agreement: null }
  await expectRefused(t.as('finance')(handover.completeSheet, { ...base, bills: [] }), 'handover.undecided')
  await pay('1-1-201', 11_820, draft.body.bills[0]!)
  await pay('1-1-201', 30_000)
  const left = (await sheetOf(made.sheet_id)).body.bills
  const bills = left.map((b, i) => ({ bill_id: b.bill_id, to: i === 0 ? ('taker' as const) : ('stay' as const) }))
  await expectRefused(t.as('finance')(handover.completeSheet, { ...base, bills }), 'handover.agreement')
  await expectRefused(t.as('finance')(handover.completeSheet, { ...base, bills, wallet: 'refund', agreement: '2026-03-16 孙七与钱九约定' }), 'handover.payee')
  const ready = { ...base, bills, agreement: '2026-03-16 孙七与钱九约定,欠费一笔由钱九承担', wallet: 'refund' as const, payee: { method: 'cash' as const, payee_name: '孙七' } }
  await expectRefused(t.as('cashier')(handover.completeSheet, ready), 'kernel.forbidden')
  const tried = await t.as('finance')(handover.completeSheet, { ...ready, dry_run: true })
  expect(tried).toMatchObject({ state: 'done', outcome: { taker_names: '钱九', passed: [{ amount_fen: 1000 }] } })
  expect((await sheetOf(made.sheet_id)).state).toBe('draft')
  const done = await t.as('finance')(handover.completeSheet, ready)
  expect(done.outcome).toMatchObject({ passed: [{ period: '2026-02', fee_item_name: '垃圾费', amount_fen: 1000, name: '钱九' }], stayed: [{ amount_fen: 5719 }, { amount_fen: 484 }], refunds: [{ amount_fen: 30_000 }] })
  await expectRefused(t.as('finance')(handover.completeSheet, ready), 'handover.not_draft')
  const file = await t.as('service')(people.houseFile, { house_id: H('1-1-201') })
  expect(file.owners.map((o) => [o.name, o.from_on])).toEqual([['钱九', '2026-03-16']])
  // The rest of March and April are the buyer's; the two parts of March are the whole.
  expect((await openOf('1-1-201')).map((b) => [b.period, b.payer_name, b.amount_fen])).toEqual([['2026-02', '钱九', 1000], ['2026-03', '孙七', 5719], ['2026-03', '孙七', 484]])
  await charge('2026-03')
  const march = (await openOf('1-1-201')).filter((b) => b.period === '2026-03' && b.fee_item_name === '物业费')
  expect(march.map((b) => [b.payer_name, b.from_on, b.amount_fen])).toEqual([['孙七', '2026-03-01', 5719], ['钱九', '2026-03-16', 6101]])
  expect(await broken()).toEqual([])
})

it('cuts what was billed ahead, states what was paid ahead, and gives the certificate where nothing is open', async () => {
  on('2026-03-20')
  await charge('2026-04')
  const [april] = (await openOf('2-1-101')).filter((b) => b.period === '2026-04' && b.fee_item_name === '物业费')
  for (const b of await openOf('2-1-101')) if (b.bill_id !== april!.bill_id) await pay('2-1-101', b.open_fen, b)
  on('2026-04-11')
  const made = await t.as('finance')(handover.openSheet, { house_id: H('2-1-101'), kind: 'transfer', tenancy_id: null, on_day: '2026-04-11', note: null })
  const s = await sheetOf(made.sheet_id)
  expect(s.body.bills).toMatchObject([{ place: 'spans', open_fen: 14_400, leaver_fen: 4800, taker_fen: 9600 }])
  expect(s.body.ahead).toMatchObject([{ fee_item_name: '垃圾费', paid_fen: 1000, ahead_fen: 667 }])
  // The seller pays his ten days; the rest is cut off for the buyer.
  await pay('2-1-101', 4800, april!)
  expect((await sheetOf(made.sheet_id)).body).toMatchObject({ leaver_fen: 0, taker_fen: 9600 })
  const done = await t.as('finance')(handover.completeSheet, { sheet_id: made.sheet_id, owners: [{ person: { name: '李十' } }], reason: '房屋买卖', keep_household: false, bills: [], agreement: null, wallet: 'stay', deposits: [], payee: null })
  expect(done.outcome!.stayed).toEqual([])
  expect((await openOf('2-1-101')).map((b) => [b.payer_name, b.from_on, b.open_fen])).toEqual([['李十', '2026-04-11', 9600]])
  expect(await broken()).toEqual([])
  const pdf = (await t.as('finance')(handover.sheetPdf, { sheet_id: made.sheet_id })) as unknown as { body: Buffer; name: string }
  expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
  expect(pdf.name).toContain('结清证明')
})

it('settles a tenant who moves out, and what a cancelled sheet billed is completed by the next run', async () => {
  on('2026-05-06')
  const ask = { house_id: H('1-1-101'), kind: 'move_out' as const, tenancy_id: w.tenancy_id, on_day: '2026-05-06', note: null }
  const first = await t.as('cashier')(handover.openSheet, ask)
  await t.as('cashier')(handover.cancelSheet, { sheet_id: first.sheet_id, reason: '改期' })
  const made = await t.as('cashier')(handover.openSheet, { ...ask, on_day: '2026-05-07' })
  expect(made.billed_count).toBe(1)
  const s = await sheetOf(made.sheet_id)
  expect(s.leavers).toMatchObject([{ name: '李四' }])
  const bills = s.body.bills.map((b) => ({ bill_id: b.bill_id, to: 'stay' as const }))
  const leave = { sheet_id: made.sheet_id, reason: '租期届满', keep_household: false, bills, agreement: null, wallet: 'stay' as const, deposits: [], payee: null }
  await expectRefused(t.as('finance')(handover.completeSheet, leave), 'handover.not_ready')
  on('2026-05-07')
  await t.as('finance')(handover.completeSheet, leave)
  await charge('2026-05')
  const may = (await openOf('1-1-101')).filter((b) => b.period === '2026-05' && b.fee_item_name === '垃圾费')
  expect(may.map((b) => [b.payer_name, b.from_on, b.to_on])).toEqual([['李四', '2026-05-01', '2026-05-06'], ['李四', '2026-05-06', '2026-05-07'], ['张三', '2026-05-07', '2026-06-01']])
  expect(Math.abs(may.reduce((n, b) => n + b.amount_fen, 0) - 1000)).toBeLessThanOrEqual(1)
  expect(await broken()).toEqual([])
  await expectRefused(t.as('finance')(handover.openSheet, { ...ask, kind: 'transfer', tenancy_id: null, on_day: '2026-08-01' }), 'handover.day_out')
  await expectRefused(t.as('finance')(handover.openSheet, { ...ask, kind: 'transfer', tenancy_id: null, house_id: H('1-2-302') }), 'handover.undelivered')
})

it('the statement runs to what is open, opens every source, and shows each resident his own', async () => {
  const span = { from_on: '2026-01-01', to_on: '2026-05-07' }
  for (const label of ['1-1-201', '2-1-101', '1-1-101']) {
    const s = await t.as('cashier')(payment.statement, { house_id: H(label), ...span })
    expect(s.closing_fen).toBe((await t.as('cashier')(billing.houseBills, { house_id: H(label) })).open_fen)
    expect(s.closing_fen - s.opening_fen).toBe(s.charge_fen_sum - s.paid_fen_sum)
    expect(s.rows.every((r) => r.bill_id || r.payment_id || r.refund_id || r.waiver_id)).toBe(true)
    // Any span begins where the one before ended.
    const [a, b] = [await t.as('cashier')(payment.statement, { house_id: H(label), from_on: '2026-01-01', to_on: '2026-03-31' }), await t.as('cashier')(payment.statement, { house_id: H(label), from_on: '2026-04-01', to_on: '2026-05-07' })]
    expect([b.opening_fen, b.closing_fen, b.opening_wallet_fen]).toEqual([a.closing_fen, s.closing_fen, a.closing_wallet_fen])
  }
  const sold = await t.as('cashier')(payment.statement, { house_id: H('1-1-201'), ...span })
  expect(sold.rows.filter((r) => r.kind === 'rework')).toMatchObject([{ charge_fen: -1000 }])
  const split = await t.as('cashier')(payment.statement, { house_id: H('2-1-101'), ...span })
  expect(split.rows.filter((r) => r.kind === 'rework')).toMatchObject([{ charge_fen: -9600 }])
  const pdf = async (o: object) => ((await t.as('cashier')(payment.statementPdf, { ...span, ...o })) as unknown as { body: Buffer }).body.subarray(0, 5).toString()
  expect([await pdf({ house_id: H('1-1-201') }), await pdf({ building_id: w.buildings['1']! })]).toEqual(['%PDF-', '%PDF-'])
  await expectRefused(t.as('cashier')(payment.statementPdf, { building_id: w.buildings['P1']!, ...span }), 'payment.statement_empty')
  // The buyer sees what is his from his day on, the seller no more of the house, the tenant who left neither.
  const buyer = await t.resident('13800000199')
  const his = await buyer(payment.myStatement, { house_id: H('1-1-201'), ...span })
  expect(his.closing_fen).toBe((await t.as('cashier')(billing.houseBills, { house_id: H('1-1-201') })).rows.filter((b) => b.payer_name === '钱九').reduce((n, b) => n + b.open_fen, 0))
  const seller = await t.resident(PHONES['孙七'])
  await expectRefused(seller(payment.myStatement, { house_id: H('1-1-201'), ...span }), 'kernel.not_found')
})
