import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { addMonths } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { property } from '../../property/contract.ts'
import { analytics } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let steward: Caller

/** A bill and a payment as the tables hold them; how they come about is billing's and payment's own test. */
async function bill(label: string, month: string, amount_fen: number, paid_fen: number, due_on = `${month}-28`): Promise<void> {
  await t.inside(async (s) => {
    await sql`insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, amount_fen, paid_fen, issued_on, due_on)
      select ${s.company_id}, ${`${month}-01`}::date, ${uuidv7()}, community_id, building_id, house_id, ${uuidv7()}, ${uuidv7()}, ${uuidv7()}, ${`${month}-01`}::date, (${`${month}-01`}::date + interval '1 month')::date, ${uuidv7()}, 'area', 1, 1, ${amount_fen}, ${paid_fen}, ${`${month}-01`}::date, ${due_on}::date
      from property.house where company_id = ${s.company_id} and house_id = ${w.houses[label]!}`.execute(s.db)
  })
}
let today = ''
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  steward = await t.hire('steward', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
  await t.inside(async (s) => {
    today = s.today
    const payment_id = uuidv7()
    await sql`insert into payment.payment (company_id, payment_id, community_id, building_id, house_id, payer_name, source, total_fen, applied_fen, taken_at, taken_on, receipt_no)
      select ${s.company_id}, ${payment_id}, community_id, building_id, house_id, '张三', 'desk', 11820, 11820, ${s.now}, ${s.today}, 'SJ-2026-000123' from property.house where company_id = ${s.company_id} and house_id = ${w.houses['1-1-101']!}`.execute(s.db)
  })
  const month = today.slice(0, 7)
  await bill('1-1-101', addMonths(month, -1), 11820, 11820)
  await bill('1-1-101', month, 10000, 2500, '2020-01-01')
  await bill('1-1-102', addMonths(month, -2), 9144, 0)
  await bill('2-1-101', addMonths(month, -2), 5000, 1000)
})
const find = async (q: string, as: Caller = t.as('manager')) => (await as(analytics.search, { q })).rows.map((r) => `${r.kind} ${r.title}`)

describe('one box finds', () => {
  test.each([
    ['1-1-101', 'house 1-1-101'], ['1栋1单元101', 'house 1-1-101'], ['1号楼1单元101室', 'house 1-1-101'], ['01-01-0101', 'house 1-1-101'], ['1-1-101', 'house 1-1-101'], ['1栋101', 'house 1-1-101'], ['1-101', 'house 1-1-101'],
    ['P1-1', 'house P1-001'], ['p1-001', 'house P1-001'], ['S-01', 'house S-01'], ['g-01', 'house G-01'],
    ['张三', 'person 张三'], ['张', 'person 张三'], ['zs', 'person 张三'], ['ZS', 'person 张三'], ['z', 'person 张三'], ['0101', 'person 张三'], [PHONES.张三, 'person 张三'], ['安居', 'person 安居置业'], ['ajzy', 'person 安居置业'],
    ['陕C12345', 'vehicle 陕C12345'], ['陕c·12345', 'vehicle 陕C12345'], ['2345', 'vehicle 陕C12345'], ['陕C1', 'vehicle 陕C12345'],
    ['SJ-2026-000123', 'receipt SJ-2026-000123'],
  ])('%s: %s first', async (q, first) => expect((await find(q))[0]).toBe(first))
  test('a house without its unit in every unit, the exact one before all', async () => {
    expect(await find('1栋101')).toEqual(['house 1-1-101', 'house 1-2-101'])
    expect((await find('101')).sort()).toEqual(['house 1-1-101', 'house 1-2-101', 'house 2-1-101'])
    expect(await find('1-2-')).toHaveLength(6)
  })
  test('rows say where they belong', async () => {
    const { rows } = await t.as('manager')(analytics.search, { q: '张三' })
    expect(rows[0]).toMatchObject({ house_id: w.houses['1-1-101'], detail: '1-1-101 业主 · 138****0101' })
    expect((await t.as('manager')(analytics.search, { q: '1-1-102' })).rows[0]).toMatchObject({ detail: '花园小区 · 王五、赵六', house_id: w.houses['1-1-102'] })
    expect((await t.as('manager')(analytics.search, { q: '陕C12345' })).rows[0]).toMatchObject({ detail: '1-1-101 · 张三' })
  })
  test('no more than asked for', async () => expect((await t.as('manager')(analytics.search, { q: '1-', limit: 3 })).rows).toHaveLength(3))
  test.each(["'; drop table x", '%', '_', '\\', '1-2-3-4-5-6', '💥', '-', '张%', 'x'.repeat(40)])('%s finds nothing and breaks nothing', async (q) => expect(await find(q)).toEqual([]))
  test('nothing outside one’s reach', async () => {
    for (const q of ['1-1-101', '张三', 'zs', PHONES.张三, '陕C12345', 'SJ-2026-000123']) {
      expect(await find(q, t.as('other_admin')), q).toEqual([])
      expect(await find(q, steward), q).toEqual([])
    }
    expect(await find('2-1-101', steward)).toEqual(['house 2-1-101'])
    expect(await find('周', steward)).toEqual(['person 周八'])
    // A reader sees houses, but neither people nor plates nor receipts.
    expect(await find('张三', t.as('reader'))).toEqual([])
    expect(await find('陕C12345', t.as('reader'))).toEqual([])
    expect(await find('1-1-101', t.as('reader'))).toEqual(['house 1-1-101'])
  })
})

describe('the house board', () => {
  test('shows every house from the top with state, owners and arrears', async () => {
    const b = await t.as('cashier')(analytics.houseBoard, { building_id: w.buildings['1']! })
    expect(b).toMatchObject({ building_name: '1栋', shows_money: true })
    expect(b.cells).toHaveLength(12)
    expect(b.cells[0]).toMatchObject({ label: '1-1-301', floor_no: 3, unit_no: '1' })
    const cell = (label: string) => b.cells.find((c) => c.label === label)
    expect(cell('1-1-101')).toMatchObject({ state: 'let', owner_names: '张三', arrears_fen: 7500, arrears_count: 1 })
    expect(cell('1-1-102')).toMatchObject({ owner_names: '王五、赵六', arrears_fen: 9144, arrears_count: 1 })
    expect(cell('1-2-302')).toMatchObject({ state: 'unsold', arrears_fen: 0 })
  })
  test('without money for those who may not see bills, not at all for others', async () => {
    const b = await t.as('reader')(analytics.houseBoard, { building_id: w.buildings['1']! })
    expect(b.shows_money).toBe(false)
    expect(b.cells.every((c) => c.arrears_fen === 0 && c.arrears_count === 0)).toBe(true)
    await expectRefused(steward(analytics.houseBoard, { building_id: w.buildings['1']! }), 'kernel.not_found')
    await expectRefused(t.as('other_admin')(analytics.houseBoard, { building_id: w.buildings['1']! }), 'kernel.not_found')
  })
})

describe('the work bench', () => {
  test('has the figures of the month and twelve months', async () => {
    const b = await t.as('manager')(analytics.workbench, {})
    const figure = (code: string) => b.figures.find((f) => f.code === code)
    expect(figure('receivable_month')).toMatchObject({ value: '100.00', unit: '元', compare: '上月 118.20 元' })
    expect(figure('rate_month')).toMatchObject({ value: '25.0', compare: '上月 100.0 %' })
    expect(figure('received_today')).toMatchObject({ value: '118.20', path: expect.stringMatching(/^\/payment\/daily\?from_on=(\d{4}-\d\d-\d\d)&to_on=\1$/) })
    expect(figure('house_count')).toMatchObject({ value: '19', path: '/property/houses' })
    expect(b.months).toHaveLength(12)
    expect(b.months.at(-3)).toMatchObject({ receivable_fen: 14144, received_fen: 0 })
    expect(b.todos.find((x) => x.code === 'houses_in_arrears')).toMatchObject({ path: '/billing/arrears' })
    expect((await t.as('manager')(analytics.workbench, { community_id: w.community_id })).figures).toEqual(b.figures)
  })
  test('counts what is within reach, and leaves out what one has no right to', async () => {
    expect((await steward(analytics.workbench, {})).figures.find((f) => f.code === 'house_count')?.value).toBe('2')
    const reader = await t.as('reader')(analytics.workbench, {})
    expect(reader.figures.map((f) => f.code)).toEqual(['house_count'])
    expect(reader.months).toEqual([])
    expect(reader.todos.map((x) => x.code)).not.toContain('houses_in_arrears')
    expect((await t.as('other_admin')(analytics.workbench, {})).figures.find((f) => f.code === 'house_count')?.value).toBe('0')
    expect(await (await t.resident(PHONES.张三))(analytics.workbench, {})).toEqual({ setup: [], todos: [], figures: [], months: [] })
  })
  test('shows alarms that nobody has taken, and a certificate of the gateway that ends soon', async () => {
    const counts = async (person: 'manager' | 'admin' | 'cashier') => Object.fromEntries((await t.as(person)(analytics.workbench, {})).todos.map((x) => [x.code, x.count]))
    const alarm = (kind: string, more: string) => t.inside((s) => sql`insert into iot.alarm (company_id, alarm_id, community_id, source, kind, title, level, facts, raised_at, last_at, times_count, acked_at, cleared_at, shelved_until)
      values (${t.company_id}, gen_random_uuid(), ${w.community_id}, 'bench', ${kind}, '试', 'major', '{}', now(), now(), 1, ${sql.raw(more)})`.execute(s.db))
    await alarm('active', 'null, null, null')
    await alarm('acked', 'now(), null, null')
    await alarm('cleared', 'null, now(), null')
    await alarm('shelved', `null, null, now() + interval '1 hour'`)
    await alarm('shelf_over', `null, null, now() - interval '1 hour'`)
    expect((await counts('manager'))['alarm_active']).toBe(2)
    expect(await counts('cashier')).not.toHaveProperty('alarm_active')
    const cert = async (tls: object) => {
      await t.inside((s) => sql`insert into iot.gateway (company_id, started_at, beat_at, figures, doors) values (${t.company_id}, now(), now(), '{}', ${JSON.stringify({ tls })}::jsonb) on conflict (company_id) do update set doors = excluded.doors`.execute(s.db))
      return (await counts('admin'))['gateway_cert']
    }
    const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
    expect(await cert({ open: true, valid_until: at(29), why: null })).toBe(1)
    expect(await cert({ open: true, valid_until: at(31), why: null })).toBe(0)
    expect(await cert({ open: true, valid_until: at(400), why: '证书与私钥不是一对' })).toBe(1)
    expect(await cert({ open: false, valid_until: null, why: null })).toBe(0)
  })
  test('tells a new company what comes next, and stops once it takes money', async () => {
    expect((await t.as('manager')(analytics.workbench, {})).setup).toEqual([])
    const begin = (await t.as('other_admin')(analytics.workbench, {})).setup
    expect(begin.map((s) => s.code)).toEqual(['community', 'houses', 'members', 'items', 'run', 'payment'])
    expect(begin.filter((s) => s.done)).toEqual([])
    await t.as('other_admin')(property.saveCommunity, { name: '新区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
    expect((await t.as('other_admin')(analytics.workbench, {})).setup.filter((s) => s.done).map((s) => s.code)).toEqual(['community'])
  })
})
