// 管家: assigned by building and day, and the same person's figures in the statistics, the arrears and the debtors; what is over does not move to who comes next.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import type { FileAnswer } from '../../../kernel/app.ts'
import { setClock } from '../../../kernel/clock.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { billing } from '../../billing/contract.ts'
import { property } from '../../property/contract.ts'
import { analytics } from '../contract.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'
let t: TestApp
let w: TinyWorld
let ann: { account_id: string }
let bob: { account_id: string }
let one: string
let two: string
const on = async (day: string): Promise<void> => {
  setClock(`${day}T02:00:00Z`)
  await t.app.d.pool.query(`update identity.session set expires_at = '2027-01-01' where ended_at is null`)
}
const assign = (building_ids: string[], account_id: string | null, from_on: string) => t.as('manager')(property.assignSteward, { building_ids, account_id, from_on })
const fees = (o: object = {}) => t.as('finance')(analytics.fees, { from: '2026-05', to: '2026-05', by: 'steward', ...o } as never)

beforeAll(async () => {
  setClock('2026-04-20T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  const as = t.as('finance')
  const { fee_item_id } = await as(billing.saveFeeItem, { community_id: w.community_id, code: 'FEE', name: '物业费', shape: 'area', area_kind: 'built', meter_kind: null, unit_name: '元/㎡·月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 10 })
  await as(billing.publishPrice, { fee_item_id, house_kind: null, unit_price: '1.2', from_on: '2025-01-01', basis: '合同' })
  await on('2026-05-03')
  const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-05', fee_item_ids: [fee_item_id] })
  await as(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
  ann = await t.hire('steward')
  bob = await t.hire('steward')
  const { rows } = await t.as('manager')(property.stewards, {})
  ;[one, two] = ['1', '2'].map((n) => rows.find((r) => r.building_name.startsWith(n))!.building_id) as [string, string]
})
afterAll(() => setClock(undefined))

describe('assigned', () => {
  test('from a day until another takes over; history stays', async () => {
    await assign([one, two], ann.account_id, '2026-05-01')
    await assign([two], bob.account_id, '2026-06-10')
    const may = (await t.as('manager')(property.stewards, {})).rows
    expect(may.find((r) => r.building_id === two)).toMatchObject({ steward: { account_id: ann.account_id, from_on: '2026-05-01', to_on: '2026-06-10' }, next: { account_id: bob.account_id, from_on: '2026-06-10' } })
    expect((await t.as('manager')(property.stewards, { on_day: '2026-06-10', account_id: bob.account_id })).rows.map((r) => r.building_id)).toEqual([two])
    expect((await t.as('manager')(property.stewardHistory, { building_id: two })).rows.map((r) => r.account_id)).toEqual([bob.account_id, ann.account_id])
    const book = (await t.as('manager')(property.stewardsExcel as never, {} as never)) as unknown as FileAnswer
    expect(JSON.stringify(await readSheets(book.body as Buffer, 'x.xlsx'))).toContain('2026-06-10')
  })
  test('only to staff of this company, only within reach, not long ago', async () => {
    await expectRefused(assign([one], rid(), '2026-05-01'), 'property.steward_gone')
    await expectRefused(assign([one], ann.account_id, '2020-01-01'), 'property.steward_past')
    await expectRefused(assign([rid()], ann.account_id, '2026-05-01'), 'kernel.not_found')
    await expectRefused(t.as('visitor')(property.assignSteward, { building_ids: [one], account_id: null, from_on: '2026-05-01' }), 'kernel.forbidden')
    await expectRefused(t.as('other_admin')(property.assignSteward, { building_ids: [one], account_id: null, from_on: '2026-05-01' }), 'kernel.not_found')
  })
  test('two at once leave one in charge', async () => {
    const both = await Promise.allSettled([assign([one], bob.account_id, '2026-05-03'), assign([one], ann.account_id, '2026-05-03')])
    expect(both.every((b) => b.status === 'fulfilled')).toBe(true)
    expect((await t.as('manager')(property.stewardHistory, { building_id: one })).rows.filter((r) => r.to_on === null)).toHaveLength(1)
    await assign([one], ann.account_id, '2026-05-01')
  })
})

describe('figures', () => {
  test('of a person are the sum of his buildings; the month before the change stays with who was there', async () => {
    await on('2026-06-20')
    const by_building = (await fees({ by: 'building' })).rows
    const of = (building_id: string): number => by_building.find((r) => r.key === building_id)!.receivable_fen
    expect((await fees()).rows.map((r) => [r.key, r.receivable_fen])).toEqual([[ann.account_id, of(one) + of(two)]])
    const june = await fees({ to: '2026-06' })
    expect(new Map(june.rows.map((r) => [r.key, r.receivable_fen]))).toEqual(new Map([[ann.account_id, of(one)], [bob.account_id, of(two)]]))
    expect(june.totals.receivable_fen).toBe(of(one) + of(two))
    expect((await fees({ to: '2026-06', by: 'building', steward_id: bob.account_id })).rows.map((r) => r.key)).toEqual([two])
    const sheet = (await t.as('finance')(analytics.feesExcel as never, { from: '2026-05', to: '2026-06', by: 'steward' } as never)) as unknown as FileAnswer
    expect(JSON.stringify(await readSheets(sheet.body as Buffer, 'x.xlsx'))).toContain('管家')
  })
  test('arrears and debtors agree with the bills they open, today’s charge decides', async () => {
    const arrears = await t.as('finance')(billing.arrears, { by: 'steward' })
    for (const r of arrears.rows) {
      expect((await t.as('finance')(billing.bills, { ...r.filter, with_totals: true } as never) as { totals: { open_fen: number } }).totals.open_fen).toBe(r.total_fen)
      expect((await t.as('finance')(billing.debtors, { steward_id: r.id })).open_fen).toBe(r.total_fen)
    }
    expect(arrears.rows.reduce((n, r) => n + r.total_fen, 0)).toBe(arrears.totals.total_fen)
    await assign([two], null, '2026-06-20')
    const after = await t.as('finance')(billing.arrears, { by: 'steward' })
    expect(after.rows.map((r) => r.id).sort()).toEqual([ann.account_id, NOBODY].sort())
    expect((await t.as('finance')(billing.debtors, { steward_id: NOBODY })).rows.every((r) => r.steward_name === null && r.building_id === two)).toBe(true)
  })
})
