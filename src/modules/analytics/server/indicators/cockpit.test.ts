import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { addMonths } from '../../../../kernel/clock.ts'
import { uuidv7 } from '../../../../kernel/ids.ts'
import { readSheets } from '../../../../kernel/sheet/index.ts'
import { orders } from '../../../orders/contract.ts'
import { property } from '../../../property/contract.ts'
import { analytics } from '../../contract.ts'
import type { Cockpit, Indicator } from '../../contract_cockpit.ts'
import { valueOf } from './read.ts'
import { standingOf } from './targets.ts'

let t: TestApp
let w: TinyWorld
let month = ''
let other_id = ''
const row = (d: Pick<Cockpit, 'rows'>, code: Indicator) => d.rows.find((r) => r.code === code)!
const board = (as: Caller, o: { month?: string; community_id?: string } = {}) => as(analytics.cockpit, { month, ...o })
/** What billing keeps of a month: billed for it, paid of it in that month. */
const billed = (community_id: string, building_id: string, period: string, amount_fen: number, paid_fen: number) => t.inside(async (s) => {
  await sql`insert into billing.bill_move (company_id, community_id, building_id, fee_item_id, period_on, month_on, taken_by, bill_count, amount_fen, paid_fen, reduced_fen, moved_fen)
    values (${s.company_id}, ${community_id}, ${building_id}, ${uuidv7()}, ${`${period}-01`}, ${`${month}-01`}, '00000000-0000-0000-0000-000000000000', 1, ${amount_fen}, ${paid_fen}, 0, 0)`.execute(s.db)
})
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  month = await t.inside(async (s) => s.today.slice(0, 7))
  const as = t.as('admin')
  other_id = (await as(property.saveCommunity, { name: '和顺苑', kind: 'estate', address: '眉县', district: '眉县', land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })).community_id
  const far = (await as(property.saveBuilding, { community_id: other_id, zone_id: null, no: '9', name: '9栋', kind: 'residential', floors_above: 1, floors_below: 0, has_lift: false, unit_nos: ['1'] })).building_id
  await billed(w.community_id, w.buildings['1']!, month, 100_000, 60_000)
  await billed(other_id, far, month, 50_000, 39_999)
  await billed(w.community_id, w.buildings['1']!, addMonths(month, -1), 20_000, 5000)
})

describe('figures', () => {
  it('are of all communities, of each, and against the month before', async () => {
    const d = await board(t.as('admin'))
    // 99,999 of 150,000 is 66.666 %: rounded down.
    expect(row(d, 'fee_rate')).toMatchObject({ part: 99_999, whole: 150_000, value: 6666, before: 2500, standing: 'none' })
    expect(row(d, 'old_rate')).toMatchObject({ part: 5000, whole: 20_000, value: 2500 })
    expect(row(d, 'taken_fen')).toMatchObject({ part: 104_999, whole: null, value: 104_999 })
    expect(d.places.map((p) => [p.name, p.cells.find((c) => c.code === 'fee_rate')!.value])).toEqual([['和顺苑', 7999], ['花园小区', 6000]])
    expect(row(await board(t.as('admin'), { community_id: other_id }), 'fee_rate')).toMatchObject({ part: 39_999, whole: 50_000 })
    expect((await board(t.as('admin'), { community_id: other_id })).places).toEqual([])
  })
  it('a rate of nothing is no value, and never 100 % while something is left', async () => {
    expect(row(await board(t.as('admin')), 'order_done')).toMatchObject({ part: 0, whole: 0, value: null })
    expect(valueOf('fee_rate', 999_999, 1_000_000).value).toBe(9999)
    expect(valueOf('complaint_count', 3, 0)).toEqual({ part: 3, whole: null, value: 3 })
  })
  it('what is of this moment is not shown for another month', async () => {
    expect(row(await board(t.as('admin')), 'vacant')).toMatchObject({ whole: 13, before: null })
    expect((await board(t.as('admin'), { month: addMonths(month, -1) })).rows.map((r) => r.code)).not.toContain('vacant')
  })
  it('count the orders that the address lists', async () => {
    const { rows } = await t.as('service')(orders.categories, {})
    await t.as('service')(orders.createOrder, { source: 'desk', community_id: w.community_id, house_id: w.houses['1-1-101']!, category_id: rows.find((c) => c.name === '水龙头、洁具')!.category_id, words: '张三家水管漏水' })
    const r = row(await board(t.as('admin')), 'order_done')
    expect(r).toMatchObject({ part: 0, whole: 1, value: 0, open_part: null })
    const asked = Object.fromEntries(new URL(r.open_whole!, 'http://x').searchParams)
    expect((await t.as('admin')(orders.orders, { ...asked, page: 1, page_size: 10 } as never)).total).toBe(1)
  })
  it('over twelve months, the last one last', async () => {
    const { months } = await t.as('admin')(analytics.trend, { code: 'fee_rate', month })
    expect(months).toHaveLength(12)
    expect(months.at(-1)).toMatchObject({ month, value: 6666 })
    expect(months.at(-2)).toMatchObject({ month: addMonths(month, -1), value: 2500 })
    expect(months[0]).toMatchObject({ value: null, whole: 0 })
  })
})
describe('within reach', () => {
  it('of other companies nothing, of places and rights one’s own', async () => {
    expect(row(await board(t.as('other_admin')), 'fee_rate')).toMatchObject({ part: 0, whole: 0 })
    await expectRefused(board(t.as('other_admin'), { community_id: w.community_id }), 'kernel.not_found')
    const here = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
    expect(row(await board(here), 'fee_rate')).toMatchObject({ part: 60_000, whole: 100_000 })
    expect((await board(here)).places.map((p) => p.name)).toEqual(['花园小区'])
    await expectRefused(board(here, { community_id: other_id }), 'kernel.not_found')
    await expectRefused(here(analytics.trend, { code: 'fee_rate', month, community_id: other_id }), 'kernel.not_found')
    const second = await t.hire('manager', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
    expect(row(await board(second), 'fee_rate')).toMatchObject({ part: 0, whole: 0 })
  })
  it('the wall names nobody and no house', async () => {
    const d = await t.as('admin')(analytics.wall, {})
    expect(d.orders).toHaveLength(1)
    expect(JSON.stringify(d)).not.toMatch(/张三|13800000101|1-1-101/)
    expect(d.orders[0]).toMatchObject({ place: '花园小区 1栋', late: false })
    expect(d.figures.find((f) => f.code === 'order_open')).toMatchObject({ value: 1 })
    expect((await t.as('other_admin')(analytics.wall, {})).orders).toEqual([])
  })
})
describe('targets', () => {
  const aim = (as: Caller, o: object = {}) => as(analytics.saveTarget, { code: 'fee_rate', community_id: null, from_month: month, goal: 9500, warn: 7000, reason: '年度责任书', ...o })
  it('hold from their month, a community’s before the company’s; the old ones stay to be read', async () => {
    await aim(t.as('admin'))
    const d = await board(t.as('admin'))
    expect(row(d, 'fee_rate')).toMatchObject({ goal: 9500, warn: 7000, standing: 'warned' })
    expect(d.places.map((p) => p.cells.find((c) => c.code === 'fee_rate')!.standing)).toEqual(['short', 'warned'])
    await aim(t.as('admin'), { community_id: other_id, goal: 7900 })
    expect((await board(t.as('admin'))).places[0]!.cells.find((c) => c.code === 'fee_rate')!.standing).toBe('good')
    await aim(t.as('admin'), { from_month: addMonths(month, 1), goal: 9600 })
    expect(row(await board(t.as('admin')), 'fee_rate').goal).toBe(9500)
    // A month that was before the first target has none.
    expect(row(await board(t.as('admin'), { month: addMonths(month, -1) }), 'fee_rate').goal).toBeNull()
    expect((await t.as('admin')(analytics.targets, { code: 'fee_rate' })).rows.map((r) => [r.from_month, r.community_name, r.state])).toEqual([[addMonths(month, 1), null, 'coming'], [month, '和顺苑', 'in_force'], [month, null, 'in_force']])
    await aim(t.as('admin'), { goal: 9400 })
    expect((await t.as('admin')(analytics.targets, { code: 'fee_rate' })).rows.filter((r) => r.goal === 9500)).toMatchObject([{ state: 'over' }])
  })
  it('say what is wrong with them', async () => {
    await expectRefused(aim(t.as('admin'), { from_month: addMonths(month, -1) }), 'analytics.target_past')
    await expectRefused(aim(t.as('admin'), { warn: 9600 }), 'analytics.target_order')
    await expectRefused(aim(t.as('admin'), { code: 'vacant', goal: 1000, warn: 500 }), 'analytics.target_order')
    await expectRefused(aim(t.as('admin'), { goal: 10_001 }), 'analytics.target_rate')
    await expectRefused(aim(t.as('admin'), { goal: 9400 }), 'analytics.target_same')
    const here = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
    await expectRefused(aim(here, { goal: 9000 }), 'analytics.target_company')
    await expectRefused(aim(here, { community_id: other_id }), 'kernel.not_found')
    await aim(here, { community_id: w.community_id, goal: 6000, warn: 5000 })
    expect(row(await board(here, { community_id: w.community_id }), 'fee_rate').standing).toBe('good')
    // What others aim at elsewhere is theirs.
    expect((await here(analytics.targets, {})).rows.map((r) => r.community_name)).not.toContain('和顺苑')
  })
  it.each([
    ['fee_rate', 9500, { goal: 9500, warn: 9000 }, true, 'good'], ['fee_rate', 9499, { goal: 9500, warn: 9000 }, true, 'short'], ['fee_rate', 8999, { goal: 9500, warn: 9000 }, true, 'warned'], ['fee_rate', null, { goal: 9500, warn: 9000 }, true, 'none'], ['fee_rate', 9999, { goal: null, warn: null }, true, 'none'],
    // Money still comes in: below the goal is nothing yet, and something when the month is over.
    ['taken_fen', 10, { goal: 100, warn: 50 }, true, 'none'], ['taken_fen', 10, { goal: 100, warn: 50 }, false, 'warned'], ['taken_fen', 100, { goal: 100, warn: 50 }, true, 'good'],
    // Too many is too many at once; few enough only when the month is over.
    ['incident_count', 6, { goal: 2, warn: 5 }, true, 'warned'], ['incident_count', 3, { goal: 2, warn: 5 }, true, 'short'], ['incident_count', 2, { goal: 2, warn: 5 }, true, 'none'], ['incident_count', 2, { goal: 2, warn: 5 }, false, 'good'], ['vacant', 400, { goal: 500, warn: 800 }, true, 'good'],
  ] as const)('%s %s against %o, running %s: %s', (code, value, aimed, running, standing) => expect(standingOf(code, value, aimed, running)).toBe(standing))
})
it('Excel and paper say the same as the screen', async () => {
  const book = (await t.as('admin')(analytics.cockpitExcel, { month })) as unknown as { body: Buffer }
  const { sheets } = await readSheets(book.body, 'x.xlsx')
  expect(sheets.map((s) => s.name)).toEqual(['指标', '各小区'])
  expect(JSON.stringify(sheets)).toContain('66.66%')
  const paper = (await t.as('admin')(analytics.cockpitPaper, { month })) as unknown as { body: Buffer }
  expect(paper.body.subarray(0, 4).toString()).toBe('%PDF')
})
