// Instalment plans over the road with a moving clock: signing, keeping, breaking, what they hold back.
import { beforeAll, expect, it } from 'vitest'
import fc from 'fast-check'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { pdfText } from '../../../../tests/pdf_text.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { payment } from '../../payment/contract.ts'
import { billing } from '../contract.ts'
import { billsInPlans } from './index.ts'
import { coverParts, equalParts } from './rules/plan.ts'

let t: TestApp
let w: TinyWorld
const H = (label: string) => w.houses[label]!
const on = (day: string) => setClock(`${day}T02:00:00Z`)
const openOf = async (house: string) => (await t.as('cashier')(billing.houseBills, { house_id: H(house) })).rows
const keysOf = (rows: readonly { bill_id: string; period_on: string }[]) => rows.map(({ bill_id, period_on }) => ({ bill_id, period_on }))

beforeAll(async () => {
  on('2026-03-01')
  t = await testApp()
  w = await tinyWorld(t)
  const fee = (await t.as('finance')(billing.saveFeeItem, { community_id: w.community_id, code: 'FEE', name: '物业费', shape: 'area', area_kind: 'built', meter_kind: null, unit_name: '元/㎡·月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30 })).fee_item_id
  await t.as('finance')(billing.publishPrice, { fee_item_id: fee, house_kind: null, unit_price: '1.2', from_on: '2025-01-01', basis: '合同' })
  await t.as('finance')(billing.saveLateRule, { community_id: w.community_id, fee_item_ids: [fee], daily_rate: '0.0005', grace_days: 0, counts_from: 'grace', shift: false, from_on: '2025-01-01', basis: '合同第九条' })
  for (const period of ['2026-01', '2026-02', '2026-03']) {
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: [fee] })
    await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
  }
  await t.app.d.pool.query(`update identity.session set expires_at = '2099-01-01'`)
})

it('the parts always add up, and payments cover the oldest first', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 9_000_000 }), fc.integer({ min: 2, max: 60 }), fc.integer({ min: 0, max: 9_500_000 }), (total, count, settled) => {
      const amounts = equalParts(total, count)
      expect(amounts.reduce((a, b) => a + b, 0)).toBe(total)
      const c = coverParts(amounts.map((amount_fen, i) => ({ part_no: i + 1, due_on: `2026-${String((i % 12) + 1).padStart(2, '0')}-01`, amount_fen })), settled, '2026-06-15')
      expect(c.parts.reduce((n, p) => n + p.settled_fen, 0)).toBe(Math.min(total, settled))
      const open = c.parts.findIndex((p) => p.state !== 'paid')
      if (open !== -1) expect(c.parts.slice(open + 1).every((p) => p.settled_fen === 0)).toBe(true)
    }),
  )
})

it('is signed over what is open to the fen, once for a bill', async () => {
  on('2026-04-10')
  const bills = keysOf(await openOf('1-1-101'))
  const base = { house_id: H('1-1-101'), bills, grace_days: 7, suspends_late_fee: true }
  await expectRefused(t.as('service')(billing.signPlan, { ...base, parts: [{ due_on: '2026-05-01', amount_fen: 20_000 }, { due_on: '2026-06-01', amount_fen: 15_000 }] }), 'billing.plan_sum')
  await expectRefused(t.as('service')(billing.signPlan, { ...base, parts: [{ due_on: '2026-06-01', amount_fen: 20_000 }, { due_on: '2026-05-01', amount_fen: 15_460 }] }), 'billing.plan_days')
  await expectRefused(t.as('reader')(billing.signPlan, { ...base, parts: [{ due_on: '2026-05-01', amount_fen: 20_000 }, { due_on: '2026-06-01', amount_fen: 15_460 }] }), 'kernel.forbidden')
  const good = { ...base, parts: [{ due_on: '2026-05-01', amount_fen: 20_000 }, { due_on: '2026-06-01', amount_fen: 15_460 }] }
  const two = await Promise.allSettled([t.as('service')(billing.signPlan, good), t.as('cashier')(billing.signPlan, good)])
  expect(two.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  const { rows } = await t.as('service')(billing.plans, { house_id: H('1-1-101') })
  expect(rows).toMatchObject([{ no: '分期-2026-0001', amount_fen: 35_460, settled_fen: 0, next_on: '2026-05-01', state: 'active', payer_name: '张三' }])
  await expectRefused(t.as('other_admin')(billing.plan, { plan_id: rows[0]!.plan_id }), 'kernel.not_found')
})

it('holds the late fee back while it is kept, prints, and the resident sees it', async () => {
  on('2026-05-20')
  const [plan] = (await t.as('service')(billing.plans, { house_id: H('1-1-101') })).rows
  // Due 31 March; signed 10 April: nine days count and then none.
  const late = await t.as('cashier')(billing.lateFees, { house_id: H('1-1-101') })
  expect(late.rows.map((r) => [r.paused, r.explanation.includes('9 天')])).toEqual([[true, true], [true, true], [true, true]])
  await expectRefused(t.as('cashier')(billing.billLateFees, { house_id: H('1-1-101') }), 'billing.late_nothing')
  const ids = (await openOf('1-1-101')).map((b) => b.bill_id)
  expect((await t.inside((s) => billsInPlans(s, ids))).size).toBe(3)
  const me = await t.resident(PHONES['张三'])
  expect((await me(billing.myPlans, { house_id: H('1-1-101') })).rows).toMatchObject([{ behind_fen: 20_000, parts: [{ state: 'late' }, { state: 'open' }] }])
  const file = (await t.as('service')(billing.planPdf, { plan_id: plan!.plan_id })) as unknown as { body: Buffer }
  expect(file.body.subarray(0, 5).toString('latin1')).toBe('%PDF-')
  const text = pdfText(file.body)
  if (text !== null) for (const part of ['分期缴费协议', '分期-2026-0001', '354.60', '张三', '2026-06-01', '叁佰伍拾肆元陆角']) expect(text).toContain(part)
})

it('is broken by a part unpaid past its grace, and the fee is then counted from the beginning', async () => {
  on('2026-05-07')
  await t.worker.drain()
  const run = async () => {
    const { planSchedule } = await import('./plans.ts')
    const work = { company_id: t.company_id, job_id: 0, account_id: null, payload: {}, tx: (f: never) => t.inside(f), progress: async () => {}, stopped: async () => false }
    await planSchedule.run(work as never)
  }
  await run()
  expect((await t.as('service')(billing.plans, { house_id: H('1-1-101') })).rows[0]!.state).toBe('active')
  on('2026-05-09')
  await run()
  const [plan] = (await t.as('service')(billing.plans, { house_id: H('1-1-101') })).rows
  expect(plan).toMatchObject({ state: 'broken' })
  expect((await t.as('service')(billing.plan, { plan_id: plan!.plan_id })).end_reason).toContain('逾期超过 7 天')
  // 39 days from 1 April on each of three bills.
  expect((await t.as('cashier')(billing.lateFees, { house_id: H('1-1-101') })).rows.every((r) => r.explanation.includes('39 天'))).toBe(true)
  await expectRefused(t.as('service')(billing.endPlan, { plan_id: plan!.plan_id, how: 'cancelled', reason: '重复操作' }), 'billing.plan_ended')
})

it('is kept when the bills are paid', async () => {
  on('2026-04-10')
  const bills = await openOf('1-1-201')
  const sum = bills.reduce((n, b) => n + b.open_fen, 0)
  const parts = equalParts(sum, 2).map((amount_fen, i) => ({ amount_fen, due_on: i === 0 ? '2026-05-01' : '2026-06-01' }))
  const { plan_id } = await t.as('service')(billing.signPlan, { house_id: H('1-1-201'), bills: keysOf(bills), parts, grace_days: 0, suspends_late_fee: true })
  await t.as('cashier')(payment.takePayment, { house_id: H('1-1-201'), lines: bills.map((b) => ({ bill_id: b.bill_id, period_on: b.period_on, amount_fen: b.open_fen })), tenders: [{ method: 'transfer', amount_fen: sum }], prepay_fen: 0, change_fen: 0 })
  const { planSchedule } = await import('./plans.ts')
  await planSchedule.run({ company_id: t.company_id, tx: (f: never) => t.inside(f) } as never)
  expect(await t.as('service')(billing.plan, { plan_id })).toMatchObject({ state: 'kept', settled_fen: sum, behind_fen: 0 })
})
