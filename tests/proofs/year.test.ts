// A year of a small community by moving the clock: charged by two people, read, paid or not, deducted, reminded, fined, refunded and closed
// month by month through the schedules of the worker. At the end of each month every proof is clean, and so it was each night.
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { sql } from 'kysely'
import { addDays, addMonths, setClock } from '../../src/kernel/clock.ts'
import { Refused } from '../../src/kernel/client.ts'
import { runSchedule } from '../../src/kernel/worker.ts'
import { billing } from '../../src/modules/billing/contract.ts'
import { meters } from '../../src/modules/meters/contract.ts'
import { payment } from '../../src/modules/payment/contract.ts'
import { reminders } from '../../src/modules/reminders/contract.ts'
import { testApp, type Caller, type TestApp } from '../harness.ts'
import { tinyWorld, type TinyWorld } from '../tiny_world.ts'
import { closeMonths } from './acts_close.ts'
import type { Real } from './real.ts'
import { SEED, everyProof } from './seed.ts'

const MONTHS = Array.from({ length: 12 }, (_, i) => addMonths('2026-01', i))
let t: TestApp
let w: TinyWorld
let items: string[]
let real: Real
let used = 100
const meter: string[] = []
/** Numbers below n, from the one seed. */
const numbers = fc.sample(fc.nat(9_999), { seed: SEED, numRuns: 20_000 })
let at = 0
const below = (n: number): number => numbers[at++ % numbers.length]! % n
const clock = (day: string, time = '02:00:00'): void => setClock(`${day}T${time}Z`)
const houses = (): string[] => ['1-1-101', '1-1-102', '1-1-201', '2-1-101', 'S-01', 'P1-001', '1-2-302'].map((label) => w.houses[label]!)

async function item(code: string, o: object, price: string): Promise<string> {
  const { fee_item_id } = await t.as('finance')(billing.saveFeeItem, { community_id: w.community_id, code, name: code, shape: 'area', area_kind: 'built', meter_kind: null, unit_name: '元/月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 20, ...o } as never)
  await t.as('finance')(billing.publishPrice, { fee_item_id, house_kind: null, unit_price: price, from_on: '2025-01-01', basis: '合同' })
  return fee_item_id
}

beforeAll(async () => {
  clock('2026-01-01')
  t = await testApp()
  w = await tinyWorld(t)
  await t.app.d.pool.query(`update identity.session set expires_at = '2999-01-01'`)
  real = { t, count: new Map(), busy: new Map() }
  const fee = await item('WY', { house_kinds: ['dwelling', 'shop'] }, '1.205')
  items = [fee, await item('QN', { area_kind: 'heated', cycle: 'season', season_from: '11-15', season_to: '03-15' }, '22'), await item('LJ', { shape: 'fixed', area_kind: null, fee_class: 'use', proration: 'whole_month' }, '10.05'), await item('CW', { shape: 'quantity', area_kind: null, house_kinds: ['bay'] }, '60'), await item('SF', { shape: 'meter', area_kind: null, meter_kind: 'water', fee_class: 'use' }, '3.45'), await item('DT', { cycle: 'quarter' }, '0.305')]
  for (const label of ['1-1-101', '1-1-102']) meter.push((await t.as('reader')(meters.saveMeter, { house_id: w.houses[label]!, kind: 'water', no: `W-${label}`, multiplier: '1', start_reading: '100', installed_on: '2025-01-01' })).meter_id)
  await t.as('finance')(billing.saveLateRule, { community_id: w.community_id, fee_item_ids: [fee], daily_rate: '0.0005', grace_days: 5, counts_from: 'due', cap_bp: 3000, shift: false, from_on: '2026-01-01', basis: '合同' })
  await t.as('finance')(payment.saveRule, { community_id: w.community_id, from_on: '2026-01-01', rule: { kind: 'deduct', value: { when: 'issued', general_too: true } } })
  const steps = [{ name: '到期前', anchor: 'due' as const, offset_days: -3, channels: ['app' as const], tone: 'before_due' as const }, { name: '逾期', anchor: 'due' as const, offset_days: 7, channels: ['app' as const, 'letter' as const], tone: 'overdue' as const }]
  const { plan_id } = await t.as('manager')(reminders.savePlan, { community_id: w.community_id, name: '催缴', from_on: '2026-01-01', min_open_fen: 100, fee_item_ids: [], steps })
  await t.as('manager')(reminders.activatePlan, { plan_id })
})

/** What the worker does on a day, each schedule as often as it is asked. */
async function worker(): Promise<void> {
  for (const m of t.app.modules) for (const s of m.schedules ?? []) await runSchedule(t.app, s)
  await t.drain()
}
async function charge(month: string): Promise<number> {
  const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: month, fee_item_ids: items })
  return (await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })).published_count
}
const cash = (amount_fen: number) => [{ method: 'cash' as const, amount_fen }]

/** Somebody pays some of his bills, prepays, or does nothing; one house never pays. */
async function visit(house_id: string): Promise<void> {
  if (house_id === w.houses['1-1-201'] || below(3) === 0) return
  const as: Caller = t.as(below(2) === 0 ? 'cashier' : 'cashier2')
  const { lines } = await as(payment.desk, { house_id })
  const paid = lines.filter(() => below(3) > 0).map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: below(4) === 0 ? Math.ceil(l.open_fen / 3) : l.open_fen }))
  const prepay_fen = below(4) === 0 ? 1 + below(9_999) : 0
  const due = paid.reduce((n, l) => n + l.amount_fen, prepay_fen)
  if (due === 0) return
  const made = await as(payment.takePayment, { house_id, lines: paid, prepay_fen, tenders: cash(due) })
  if (below(8) === 0) {
    const { reversal_id } = await t.as('finance')(payment.askReversal, { payment_id: made.payment_id, reason: '收错了户' })
    await t.as('finance2')(payment.decideReversal, { reversal_id, decision: 'approve' })
  }
}
async function fine(house_id: string): Promise<void> {
  await t.as('cashier')(billing.billLateFees, { house_id }).catch((error: unknown) => {
    if (!(error instanceof Refused) || error.code !== 'billing.late_nothing') throw error
  })
}
/** Rows of everything that must not be made twice. */
const counted = async (): Promise<unknown> =>
  (await t.inside((s) => sql`select (select count(*) from billing.bill where company_id = ${s.company_id}) as bills, (select count(*) from payment.payment where company_id = ${s.company_id}) as payments, (select count(*) from ledger.journal where company_id = ${s.company_id}) as journals,
    (select count(*) from reminders.reminder_bill where company_id = ${s.company_id}) as reminded, (select count(*) from payment.deduct_run where company_id = ${s.company_id}) as deducted, (select count(*) from closing.sweep_run where company_id = ${s.company_id}) as swept`.execute(s.db))).rows[0]

test.each(MONTHS)('%s', { timeout: 900_000 }, async (month) => {
  if (month === MONTHS[0]) console.log(`seed ${SEED}`)
  const last = addDays(`${addMonths(month, 1)}-01`, -1)
  clock(`${month}-01`)
  used += 5 + below(12)
  await t.as('reader')(meters.saveReadings, { period: month, read_on: `${month}-01`, rows: meter.map((meter_id, i) => ({ meter_id, reading: String(used + i) })) })
  expect(await charge(month)).toBeGreaterThan(10)
  expect(await charge(month)).toBe(0)
  for (const day of [`${month}-01`, `${month}-15`, last]) {
    clock(day)
    for (const h of houses()) await visit(h)
    await worker()
    const before = await counted()
    await worker()
    expect(await counted()).toEqual(before)
  }
  for (const h of houses()) await fine(h)
  // What was just charged is reminded of on the same day, as it would be by the next round of the schedules.
  await worker()
  // A payment of the last instant of the month belongs to it, the next one does not.
  for (const [time, day] of [['15:59:59.999', last], ['16:00:00.000', addDays(last, 1)]] as const) {
    clock(last, time)
    const made = await t.as('cashier')(payment.takePayment, { house_id: houses()[0]!, prepay_fen: 1, tenders: cash(1) })
    expect((await t.as('finance')(payment.payment, { payment_id: made.payment_id })).taken_on).toBe(day)
  }
  clock(addDays(last, 1))
  real.busy.set(w.community_id, last)
  expect(await closeMonths(real)).toBe(month)
  expect(await everyProof(t)).toEqual([])
})

test('the year as it stands: every night was clean, every statement ends with what is owed, a clock that steps back makes nothing', { timeout: 900_000 }, async () => {
  await worker()
  const { rows } = await t.inside((s) => sql<{ nights: number; broken: number; failed: number; closed: number; reminded: number; deducted: number; late: number }>`select (select count(*)::int from closing.sweep_run where company_id = ${s.company_id} and state = 'done') as nights, (select coalesce(sum(broken_count), 0)::int from closing.sweep_run where company_id = ${s.company_id}) as broken,
    (select count(*)::int from kernel.job where company_id = ${s.company_id} and state <> 'done') as failed, (select count(*)::int from ledger.period where company_id = ${s.company_id} and book = 'company' and state = 'closed') as closed,
    (select count(*)::int from reminders.reminder where company_id = ${s.company_id} and state in ('sent','waiting','done')) as reminded, (select count(*)::int from payment.payment where company_id = ${s.company_id} and source = 'auto') as deducted, (select count(*)::int from billing.bill where company_id = ${s.company_id} and shape = 'late_fee') as late`.execute(s.db))
  expect(rows[0]).toMatchObject({ broken: 0, failed: 0, closed: 12 })
  // What never happened was not proved.
  for (const [what, n] of Object.entries({ nights: 30, reminded: 10, deducted: 1, late: 3 })) expect(rows[0]![what as 'nights'], what).toBeGreaterThanOrEqual(n)
  for (const house_id of houses()) {
    const desk = await t.as('cashier')(payment.desk, { house_id })
    const s = await t.as('finance')(payment.statement, { house_id, from_on: '2026-01-01', to_on: '2027-01-31' })
    expect([s.closing_fen, s.closing_wallet_fen]).toEqual([desk.open_fen, desk.wallet_fen + desk.bound.reduce((n, b) => n + b.balance_fen, 0)])
  }
  const before = await counted()
  clock('2026-12-31')
  await worker()
  expect(await charge('2026-12')).toBe(0)
  for (const h of houses()) await fine(h)
  expect(await counted()).toEqual(before)
  expect(await everyProof(t)).toEqual([])
})
