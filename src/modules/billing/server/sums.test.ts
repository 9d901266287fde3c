// The sums against the lines, over everything that changes a bill: charge, discount by waiver, payment, reversal, refund, void; folded or not.
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { Finding } from '../../../kernel/app.ts'
import { payment } from '../../payment/contract.ts'
import { paidMoves } from '../../payment/server/index.ts'
import { system } from '../../system/contract.ts'
import { billing } from '../contract.ts'
import { rebuildSums } from './index.ts'
import { foldMoves, sumsOf } from './sums.ts'

let t: TestApp
let w: TinyWorld
let fee: string
const H = (label: string) => w.houses[label]!
/** Every proof of billing over the company, as at night. */
async function proofs(): Promise<Finding[]> {
  const of = t.app.modules.find((m) => m.name === 'billing')!.sweeps!
  return t.inside(async (s) => (await Promise.all(of.map((sweep) => sweep(s)))).flat())
}
const broken = async () => (await proofs()).filter((c) => !c.ok).map((c) => `${c.code} ${c.examples[0]}`)
const fold = () => t.inside(foldMoves)
const total = (where = sql`true`, level: 'building' | 'community' = 'community') =>
  t.inside(async (s) => (await sql<{ bill_count: number; amount_fen: number; paid_fen: number; reduced_fen: number }>`select coalesce(sum(bill_count), 0)::int as bill_count, coalesce(sum(amount_fen), 0)::bigint as amount_fen, coalesce(sum(paid_fen), 0)::bigint as paid_fen, coalesce(sum(reduced_fen), 0)::bigint as reduced_fen from ${sumsOf(s, level, where)} x`.execute(s.db)).rows[0]!)
async function charge(period: string) {
  const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: [fee] })
  await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
}
const openOf = async (house: string) => (await t.as('finance')(billing.houseBills, { house_id: H(house) })).rows
type Hired = Awaited<ReturnType<TestApp['hire']>>
let [one_cashier, other_cashier]: Hired[] = []
const take = async (house: string, n: number, by: Hired = one_cashier!) => {
  const lines = (await openOf(house)).slice(0, n).map((b) => ({ bill_id: b.bill_id, period_on: b.period_on, amount_fen: b.open_fen }))
  return by(payment.takePayment, { house_id: H(house), lines, prepay_fen: 0, tenders: [{ method: 'cash', amount_fen: lines.reduce((s, l) => s + l.amount_fen, 0) }] })
}

beforeAll(async () => {
  setClock('2026-05-10T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  one_cashier = await t.hire('cashier')
  other_cashier = await t.hire('cashier')
  fee = (await t.as('finance')(billing.saveFeeItem, { community_id: w.community_id, code: 'FEE', name: '物业费', shape: 'area', area_kind: 'built', meter_kind: null, unit_name: '元/㎡·月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30 })).fee_item_id
  await t.as('finance')(billing.publishPrice, { fee_item_id: fee, house_kind: null, unit_price: '1.2', from_on: '2025-01-01', basis: '前期物业服务合同' })
  for (const m of ['2026-03', '2026-04']) await charge(m)
})

describe('the sums of bills', () => {
  test('follow charge, payment, reversal, refund, waiver and void, before folding and after', async () => {
    const charged = await total()
    expect(charged.bill_count).toBeGreaterThan(4)
    expect(await broken()).toEqual([])
    await fold()
    expect(await total()).toEqual(charged)

    const one = await take('1-1-101', 2)
    await take('1-1-102', 1, other_cashier)
    expect((await total()).paid_fen).toBe(one.applied_fen + (await total(sql`taken_by <> ${one_cashier!.account_id}::uuid`)).paid_fen)
    await fold()
    setClock('2026-06-02T02:00:00Z')
    await t.app.d.pool.query(`update identity.session set expires_at = '2027-01-01' where ended_at is null`)
    const ask = await one_cashier!(payment.askReversal, { payment_id: one.payment_id, reason: '收错户' })
    await t.as('finance')(payment.decideReversal, { reversal_id: ask.reversal_id, decision: 'approve' })
    // May keeps what was taken in May; June has the reversal, under the same cashier.
    expect((await total(sql`month_on = '2026-05-01' and taken_by = ${one_cashier!.account_id}::uuid`)).paid_fen).toBe(one.applied_fen)
    expect((await total(sql`month_on = '2026-06-01' and taken_by = ${one_cashier!.account_id}::uuid`)).paid_fen).toBe(-one.applied_fen)

    const [bill] = await openOf('1-1-101')
    const reduced = await t.as('cashier')(billing.previewWaiver, { house_id: H('1-1-101'), kind: 'waiver', how: 'percent', percent_bp: 2000 })
    const { approval_id } = await t.as('cashier')(billing.askWaiver, { house_id: H('1-1-101'), kind: 'waiver', how: 'percent', percent_bp: 2000, amount_fen: reduced.amount_fen, reason: '楼道施工影响' })
    await t.as('finance')(system.decideApproval, { approval_id, decision: 'agree', step_no: 1 })
    expect((await total()).reduced_fen).toBe(reduced.amount_fen)
    await t.as('finance')(billing.voidBill, { bill_id: bill!.bill_id, reason: '重复出账' })
    expect(await total()).toMatchObject({ bill_count: charged.bill_count - 1, amount_fen: charged.amount_fen - bill!.amount_fen })
    expect(await total(sql`month_on <= '2026-05-01'`)).toMatchObject({ bill_count: charged.bill_count, amount_fen: charged.amount_fen, reduced_fen: 0 })
    expect(await broken()).toEqual([])
    await fold()
    expect(await broken()).toEqual([])
    expect(await total(sql`true`, 'building')).toEqual(await total())
  })

  test('a fault in either table is found, named, and mended by building anew', async () => {
    await fold()
    const before = await total()
    await t.inside((s) => sql`update billing.building_sum set amount_fen = amount_fen + 3 where company_id = ${s.company_id} and (period_on, building_id, taken_by) in (select period_on, building_id, taken_by from billing.building_sum where company_id = ${s.company_id} and bill_count > 0 order by 1, 2 limit 1)`.execute(s.db))
    expect(await broken()).toEqual([expect.stringMatching(/^S1 .*物业费 账期 2026-03 发生 2026-0\d: 应收差 -3 分$/), expect.stringMatching(/^S3 .*账期 2026-03$/)])
    await t.inside((s) => sql`update billing.bill set paid_fen = paid_fen - 1 where company_id = ${s.company_id} and bill_id = (select bill_id from billing.bill where company_id = ${s.company_id} and paid_fen > 0 limit 1)`.execute(s.db))
    expect(await broken()).toEqual(expect.arrayContaining([expect.stringMatching(/^S2 .* 差 -1 分$/)]))
    await t.inside((s) => sql`update billing.bill set paid_fen = paid_fen + 1 where company_id = ${s.company_id} and paid_fen > 0 and paid_fen < amount_fen - reduced_fen`.execute(s.db))
    await t.inside((s) => sql`update billing.building_sum set month_on = month_on - interval '1 month' where company_id = ${s.company_id} and paid_fen > 0`.execute(s.db))
    expect((await broken()).map((b) => b.slice(0, 2))).toContain('S4')
    expect((await t.inside((s) => rebuildSums(s, paidMoves))).differences).toBeGreaterThan(0)
    expect(await broken()).toEqual([])
    expect(await total()).toEqual(before)
    expect((await t.inside((s) => rebuildSums(s, paidMoves))).differences).toBe(0)
  })

  test('payments, folding and reading at once lose nothing', async () => {
    for (const m of ['2026-05', '2026-06']) await charge(m)
    const houses = Object.keys(w.houses).filter((h) => /^\d-1-/.test(h))
    const due = (await Promise.all(houses.map(async (h) => ((await openOf(h)).length ? [h] : [])))).flat()
    const before = (await total()).paid_fen
    const seen: number[] = []
    const taken = await Promise.all([...due.map((h) => take(h, 1)), ...Array.from({ length: 6 }, async () => (await fold(), seen.push((await total()).paid_fen), null))])
    const sum = taken.reduce((n, p) => n + (p ? p.applied_fen : 0), 0)
    expect(sum).toBeGreaterThan(0)
    expect((await total()).paid_fen).toBe(before + sum)
    for (const s of seen) expect(s).toBeLessThanOrEqual(before + sum)
    expect(await broken()).toEqual([])
  })
})
