// Legal cases over the road: claims, steps with delivery, the clock, papers, who sees them.
import { beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { compare } from '../../../../tests/excel_kit.ts'
import { pdfText } from '../../../../tests/pdf_text.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { billing } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let case_id: string
const H = (label: string) => w.houses[label]!
const on = (day: string) => setClock(`${day}T02:00:00Z`)

beforeAll(async () => {
  on('2026-03-01')
  t = await testApp()
  w = await tinyWorld(t)
  const fee = (await t.as('finance')(billing.saveFeeItem, { community_id: w.community_id, code: 'FEE', name: '物业费', shape: 'area', area_kind: 'built', meter_kind: null, unit_name: '元/㎡·月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30 })).fee_item_id
  await t.as('finance')(billing.publishPrice, { fee_item_id: fee, house_kind: null, unit_price: '1.2', from_on: '2025-01-01', basis: '合同' })
  await t.as('finance')(billing.saveLateRule, { community_id: w.community_id, fee_item_ids: [fee], daily_rate: '0.0005', grace_days: 0, counts_from: 'grace', shift: false, from_on: '2025-01-01', basis: '合同第九条' })
  for (const period of ['2026-02', '2026-03']) {
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: [fee] })
    await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
  }
  await t.app.d.pool.query(`update identity.session set expires_at = '2099-01-01'`)
})
const detail = () => t.as('finance')(billing.legalCase, { case_id })

it('opens over what is overdue, once for a payer', async () => {
  const ask = { house_id: H('1-1-101'), payer_id: w.persons['张三']! }
  await expectRefused(t.as('finance')(billing.openLegalCase, ask), 'billing.legal_nothing')
  on('2026-05-15')
  const two = await Promise.allSettled([t.as('finance')(billing.openLegalCase, ask), t.as('manager')(billing.openLegalCase, ask)])
  expect(two.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  case_id = (two.find((r) => r.status === 'fulfilled') as PromiseFulfilledResult<{ case_id: string }>).value.case_id
  await expectRefused(t.as('cashier')(billing.openLegalCase, ask), 'kernel.forbidden')
  expect(await detail()).toMatchObject({ bill_count: 2, claimed_fen: 23_640, open_fen: 23_640, late_fen: 532, expires_on: '2029-03-31', payer_name: '张三', steps: [] })
  await expectRefused(t.as('other_admin')(billing.legalCase, { case_id }), 'kernel.not_found')
})

it('a demand that arrived begins the time anew, one that did not does not, a void takes it back', async () => {
  const as = t.as('finance')
  const step = { case_id, person: '王敏', done_on: '2026-05-10' }
  await expectRefused(as(billing.addLegalStep, { ...step, kind: 'demand', delivery: 'post' }), 'billing.legal_delivery')
  await expectRefused(as(billing.addLegalStep, { ...step, kind: 'demand', done_on: '2026-05-16' }), 'billing.legal_future')
  await as(billing.addLegalStep, { ...step, kind: 'demand', document_no: '催-001' })
  expect((await detail()).expires_on).toBe('2029-03-31')
  const { step_id } = await as(billing.addLegalStep, { ...step, kind: 'lawyer', office: '某律师事务所', delivery: 'post', delivered_on: '2026-05-13' })
  expect(await detail()).toMatchObject({ expires_on: '2029-05-13', last_step: 'lawyer' })
  await as(billing.voidLegalStep, { step_id, reason: '退件,未送达' })
  expect((await detail()).expires_on).toBe('2029-03-31')
  await as(billing.addLegalStep, { ...step, kind: 'suit', done_on: '2026-05-15', office: '某区人民法院', document_no: '(2026)民初1号' })
  expect((await detail()).expires_on).toBe('2029-05-15')
})

it('prints the papers with the claim lines', async () => {
  for (const [paper, parts] of [['demand', ['催缴函', '张三', '236.40', '5.32', '2026-05-30', '第九百四十四条']], ['lawyer', ['律师函', '律师事务所', '241.72']], ['claims', ['欠费明细表', '2026-02', '118.20']]] as const) {
    const file = (await t.as('finance')(billing.legalPaper, { case_id, paper })) as unknown as { body: Buffer }
    expect(file.body.subarray(0, 5).toString('latin1')).toBe('%PDF-')
    const text = pdfText(file.body)
    if (text !== null) for (const p of parts) expect(text).toContain(p)
  }
})

it('is closed with an outcome that is true', async () => {
  await expectRefused(t.as('finance')(billing.closeLegalCase, { case_id, outcome: 'paid' }), 'billing.legal_unpaid')
  await t.as('finance')(billing.closeLegalCase, { case_id, outcome: 'settled', note: '调解分期' })
  await expectRefused(t.as('finance')(billing.addLegalStep, { case_id, kind: 'contact', person: '王敏', done_on: '2026-05-15' }), 'billing.legal_closed')
  expect((await t.as('finance')(billing.legalCases, { state: 'closed' })).rows).toMatchObject([{ case_id, outcome: 'settled', can: { write: 'billing.legal_closed' } }])
  const finance = t.as('finance')
  expect(await compare((call, input) => finance(call as never, input as never) as Promise<unknown>, { name: 'billing.legalCasesExcel', read: billing.legalCases, excel: billing.legalCasesExcel }, {})).toMatchObject({ rows: 1, strange: [], numbers: 3 })
})
