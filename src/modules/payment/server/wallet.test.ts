// Prepayment general and bound, transfers, automatic deduction: what is explained, what is undone, and what two at a time cannot spend twice.
import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asOwner } from '../../../kernel/db.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { setClock } from '../../../kernel/clock.ts'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed, type SeedBill } from '../../../../tests/seed_money.ts'
import { payment } from '../contract.ts'
import { deductSchedule } from './deduct.ts'

let t: TestApp
let seed: Seed
let water: string
let house = -1
let bills: SeedBill[] = []
beforeAll(async () => {
  t = await testApp()
  seed = await t.inside((s) => seedMoney(s, { houses: 60 }))
  water = uuidv7()
  await t.inside((s) => s.db.insertInto('billing.fee_item').values({ company_id: s.company_id, fee_item_id: water, community_id: seed.community_id, code: 'SF', name: '水费', shape: 'fixed', unit_name: '元/月', house_kinds: ['dwelling'], created_at: s.now }).execute())
})
beforeEach(async () => {
  house++
  bills = await t.inside(async (s) => [await seed.bill(s, house, '2026-09'), await seed.bill(s, house, '2026-10')])
})
const id = (n = house) => seed.houses[n]!.house_id
const prepay = (amount_fen: number, prepay_item_id: string | null = null, n = house) => t.as('cashier')(payment.takePayment, { house_id: id(n), prepay_fen: amount_fen, prepay_item_id, tenders: [{ method: 'cash', amount_fen }] })
const entries = (n = house) => t.as('finance')(payment.walletEntries, { house_id: id(n), page_size: 100 })
const sweep = async () => {
  const r = await t.as('finance')(payment.sweep, {})
  expect(r.checks.filter((c) => !c.ok)).toEqual([])
}
const rule = async (when: 'off' | 'issued' | 'due', general_too = true) =>
  t.as('finance')(payment.saveRule, { community_id: seed.community_id, from_on: await t.inside(async (s) => s.today), rule: { kind: 'deduct', value: { when, general_too } } })
const deductNow = async () => {
  const { run_id } = await t.as('finance')(payment.startDeduct, { community_id: seed.community_id })
  await t.drain()
  return (await t.as('finance')(payment.deductRuns, {})).rows.find((r) => r.run_id === run_id)!
}
const open = async () => (await t.as('cashier')(payment.desk, { house_id: id() })).lines.map((l) => l.open_fen)

describe('bound prepayment', () => {
  test('pays its item and nothing else, at the desk too', async () => {
    await prepay(5_000, water)
    await prepay(3_000, seed.fee_item_id)
    const line = { bill_id: bills[0]!.bill_id, period_on: bills[0]!.period_on }
    await expectRefused(t.as('cashier')(payment.takePayment, { house_id: id(), lines: [{ ...line, amount_fen: 5_000 }], tenders: [{ method: 'wallet', amount_fen: 5_000 }] }), 'payment.wallet_short')
    await prepay(1_000)
    await t.as('cashier')(payment.takePayment, { house_id: id(), lines: [{ ...line, amount_fen: 4_000 }], tenders: [{ method: 'wallet', amount_fen: 4_000 }] })
    const e = await entries()
    expect(e).toMatchObject({ balance_fen: 5_000, general_fen: 0, bound: [{ fee_item_name: '水费', balance_fen: 5_000 }] })
    expect(e.rows.filter((x) => x.cause === 'use').map((x) => [x.fee_item_name, x.amount_fen]).sort((a, b) => Number(a[1]) - Number(b[1]))).toEqual([['物业费', -3_000], [null, -1_000]])
    const other = await t.inside((s) => seedMoney(s, { houses: 1, name: '另一小区' }))
    await expectRefused(prepay(100, other.fee_item_id), 'payment.item_elsewhere')
    await sweep()
  })
  test('the list shows both, and a reversal gives each purse back its own', async () => {
    await prepay(2_000, seed.fee_item_id)
    await prepay(1_000)
    const p = await t.as('cashier')(payment.takePayment, { house_id: id(), lines: [{ bill_id: bills[0]!.bill_id, period_on: bills[0]!.period_on, amount_fen: 2_500 }], tenders: [{ method: 'wallet', amount_fen: 2_500 }] })
    const { reversal_id } = await t.as('cashier')(payment.askReversal, { payment_id: p.payment_id, reason: '业主要求改缴现金' })
    await t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' })
    const row = (await t.as('finance')(payment.wallets, { q: seed.houses[house]!.label })).rows.find((r) => r.house_id === id())!
    expect(row).toMatchObject({ balance_fen: 3_000, general_fen: 1_000, bound_fen: 2_000 })
    await sweep()
  })
})

describe('a transfer', () => {
  test('only between houses of one owner, only what is there, with both sides explained', async () => {
    await prepay(10_000)
    const far = house + 30
    await expectRefused(t.as('finance')(payment.transferWallet, { from_house_id: id(), to_house_id: id(far), amount_fen: 4_000, reason: '转到车位' }), 'payment.transfer_other_owner')
    await t.inside((s) => s.db.insertInto('people.ownership').values({ company_id: s.company_id, ownership_id: uuidv7(), house_id: id(far), person_id: seed.houses[house]!.person_id, from_on: '2020-01-01' }).execute())
    const r = await t.as('finance')(payment.transferWallet, { from_house_id: id(), to_house_id: id(far), amount_fen: 4_000, reason: '转到车位' })
    expect(r).toMatchObject({ from_balance_fen: 6_000, to_balance_fen: 4_000 })
    await t.as('finance')(payment.transferWallet, { from_house_id: id(), to_house_id: id(), to_item_id: water, amount_fen: 6_000, reason: '改为水费专项' })
    expect(await entries()).toMatchObject({ balance_fen: 6_000, general_fen: 0 })
    await expectRefused(t.as('finance')(payment.transferWallet, { from_house_id: id(), to_house_id: id(far), amount_fen: 1, reason: '再转' }), 'payment.wallet_short')
    await expectRefused(t.as('cashier')(payment.transferWallet, { from_house_id: id(), to_house_id: id(far), amount_fen: 1, reason: '再转' }), 'kernel.forbidden')
    await sweep()
  })
  test('twice at once never below zero', async () => {
    await prepay(1_000)
    const move = () => t.as('finance')(payment.transferWallet, { from_house_id: id(), to_house_id: id(), to_item_id: water, amount_fen: 800, reason: '并发划转' })
    const both = await Promise.allSettled([move(), move(), move()])
    expect(both.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    await sweep()
  })
})

describe('automatic deduction', () => {
  test('off until the community says when; then bound first, oldest first, explained, once', async () => {
    await rule('off')
    await expectRefused(t.as('finance')(payment.startDeduct, { community_id: seed.community_id }), 'payment.deduct_off')
    await rule('issued')
    await prepay(1_820, seed.fee_item_id)
    await prepay(12_000)
    const preview = await t.as('finance')(payment.deductPreview, { community_id: seed.community_id })
    expect(preview.rows.find((r) => r.house_id === id())).toMatchObject({ bill_count: 2, amount_fen: 13_820, bound_fen: 1_820, left_fen: 0 })
    const run = await deductNow()
    expect(run).toMatchObject({ state: 'done', house_count: preview.house_count, bill_count: preview.bill_count, amount_fen: preview.amount_fen })
    expect(await open()).toEqual([9_820])
    const list = await t.as('finance')(payment.payments, { house_id: id(), source: 'auto' })
    expect(list.rows[0]).toMatchObject({ total_fen: 13_820, remark: '自动抵扣:专项预存 18.20 元,通用预存 120.00 元;先专项后通用,先旧后新', can: { ask_reversal: true, ask_refund: 'payment.refund_all' } })
    expect(list.rows[0]!.receipt_no).toMatch(/^DK/)
    expect(await deductNow()).toMatchObject({ house_count: 0, amount_fen: 0 })
    await sweep()
  })
  test('is undone like any payment, and leaves the owner his prepayment', async () => {
    await rule('issued')
    await prepay(11_820)
    await deductNow()
    const p = (await t.as('finance')(payment.payments, { house_id: id(), source: 'auto' })).rows[0]!
    const { reversal_id } = await t.as('finance')(payment.askReversal, { payment_id: p.payment_id, reason: '业主要求先缴水费' })
    await t.as('finance2')(payment.decideReversal, { reversal_id, decision: 'approve' })
    expect(await open()).toEqual([11_820, 11_820])
    expect((await entries()).balance_fen).toBe(11_820)
    await sweep()
  })
  test('leaves the bills of a tenant, and with the rule of the due day what is not due', async () => {
    await rule('due')
    await asOwner(t.url, async (o) => {
      await o.query('update billing.bill set payer_id = $1 where bill_id = $2', [seed.houses[59]!.person_id, bills[0]!.bill_id])
      await o.query(`update billing.bill set due_on = (now() at time zone 'Asia/Shanghai')::date + 3 where bill_id = $1`, [bills[1]!.bill_id])
    })
    await prepay(50_000)
    await deductNow()
    expect(await open()).toEqual([11_820, 11_820])
    await rule('issued')
    await deductNow()
    expect(await open()).toEqual([11_820])
  })
  test('the schedule makes one run a day, however many workers there are; a second job over the same run pays nobody twice', async () => {
    await rule('issued')
    await prepay(11_820)
    const at = await t.inside(async (s) => `${s.today}T09:00:00+08:00`)
    setClock(new Date(at).toISOString())
    try {
      await Promise.all([runSchedule(t.app, deductSchedule), runSchedule(t.app, deductSchedule)])
      await runSchedule(t.app, deductSchedule)
      const runs = await t.inside((s) => s.db.selectFrom('payment.deduct_run').select('run_id').where('company_id', '=', s.company_id).where('started_by', 'is', null).execute())
      expect(runs).toHaveLength(1)
      await t.inside((s) => sql`insert into kernel.job (company_id, name, payload, run_at, attempts_max, created_at) values (${s.company_id}, 'payment.deduct', ${JSON.stringify({ run_id: runs[0]!.run_id })}::jsonb, ${s.now}, 5, ${s.now})`.execute(s.db))
      await t.drain()
    } finally {
      setClock(undefined)
    }
    expect((await t.as('finance')(payment.payments, { house_id: id(), source: 'auto' })).total).toBe(1)
    await sweep()
  })
  test('while a cashier takes money for the same bills, nothing is paid twice', async () => {
    await rule('issued')
    await prepay(23_640)
    const take = () => t.as('cashier')(payment.takePayment, { house_id: id(), lines: [{ bill_id: bills[0]!.bill_id, period_on: bills[0]!.period_on, amount_fen: 11_820 }], tenders: [{ method: 'wallet', amount_fen: 11_820 }] })
    await t.as('finance')(payment.startDeduct, { community_id: seed.community_id })
    await Promise.allSettled([t.drain(), take(), take()])
    await t.drain()
    expect(await open()).toEqual([])
    expect((await entries()).balance_fen).toBe(0)
    await sweep()
  })
})
