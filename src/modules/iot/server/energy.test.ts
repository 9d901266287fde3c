// What was used, where and when: nothing twice, the multiplier counted, the night apart, money by the price in force, against before and against what was allowed.
import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { addDays, addMonths, setClock, today } from '../../../kernel/clock.ts'
import { meters } from '../../meters/contract.ts'
import { iot } from '../contract.ts'
import { watchEnergy } from './energy_watch.ts'

let t: TestApp
let w: TinyWorld
const of: Record<string, string> = {}
/** Last month, so that whole days are there whatever day it is. */
const M = addMonths(today().slice(0, 7), -1)
const B = addMonths(M, -1)
const span = { from_on: `${M}-01`, to_on: addDays(`${addMonths(M, 1)}-01`, -1) }
const at = (on: string, time: string): string => `${on}T${time}+08:00`
/** One day of a meter: what it showed at its begin, at six, at its end. */
const day = (no: string, point: string, on: string, first: number, six: number, last: number) => t.inside(async (s) => {
  const c = t.company_id
  await sql`select kernel.ensure_part('iot.rollup_day', ${on}::date, 'year'), kernel.ensure_part('iot.rollup_quarter', ${on}::date, 'month')`.execute(s.db)
  await sql`insert into iot.rollup_day (company_id, device_id, point, from_at, n_count, low, high, total, first_v, last_v) values (${c}, ${of[no]!}, ${point}, ${at(on, '00:00:00')}::timestamptz, 3, ${first}, ${last}, 0, ${first}, ${last})`.execute(s.db)
  for (const [time, a, b] of [['00:00:00', first, first], ['05:45:00', six, six], ['20:00:00', last, last]] as const) await sql`insert into iot.rollup_quarter (company_id, device_id, point, from_at, n_count, low, high, total, first_v, last_v) values (${c}, ${of[no]!}, ${point}, ${at(on, time)}::timestamptz, 1, ${a}, ${b}, 0, ${a}, ${b})`.execute(s.db)
})
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  const products = new Map((await t.as('foreman')(iot.products, {})).rows.map((p) => [p.code, p.product_id]))
  const main = await t.as('admin')(meters.saveMeter, { community_id: w.community_id, house_id: null, name: '小区总水表', kind: 'water', no: 'ZB-1', multiplier: '10', installed_on: '2025-01-01', start_reading: '0' } as never)
  const below = await t.as('admin')(meters.saveMeter, { community_id: w.community_id, house_id: null, name: '1栋总水表', kind: 'water', no: 'ZB-2', multiplier: '1', installed_on: '2025-01-01', start_reading: '0', parent_meter_id: main.meter_id } as never)
  const home = await t.as('admin')(meters.saveMeter, { community_id: w.community_id, house_id: w.houses['1-1-101']!, kind: 'water', no: 'HB-1', multiplier: '1', installed_on: '2025-01-01', start_reading: '0' } as never)
  // Whatever the form of the register, below is below.
  await t.inside((s) => sql`update meters.meter set parent_point_id = (select point_id from meters.meter where company_id = ${t.company_id} and meter_id = ${main.meter_id}) where company_id = ${t.company_id} and meter_id = ${below.meter_id}`.execute(s.db))
  for (const [no, code, building, meter_id, place] of [['W2', 'nb_water', null, main.meter_id, '南门'], ['W10', 'nb_water', '1', below.meter_id, '1栋水表井'], ['W1', 'nb_water', '1', home.meter_id, '1栋水表井'], ['E1', 'smart_power', null, null, '泵房'], ['E2', 'street_lamp', null, null, '南门']] as const)
    of[no] = (await t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: building ? w.buildings[building]! : null, place, product_id: products.get(code)!, no, name: `表${no.slice(1)}`, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id, note: null })).device_id
  await day('W2', 'volume', `${M}-01`, 100, 101, 104)
  await day('W2', 'volume', `${M}-02`, 104, 104, 106)
  await day('W2', 'volume', `${B}-05`, 10, 10, 12)
  await day('W10', 'volume', `${M}-01`, 50, 52, 60)
  await day('W1', 'volume', `${M}-01`, 7, 7, 8)
  await day('E1', 'energy', `${M}-01`, 1000, 1025, 1100)
  await day('E2', 'energy', `${M}-01`, 5, 5, 6)
}, 120_000)

it('a meter below another of the same group does not count again; the multiplier does', async () => {
  const e = await t.as('foreman')(iot.energy, { kind: 'water', by: 'community', ...span })
  // The main ran 4 and 2, times ten; what runs through the building is within it.
  expect(e).toMatchObject({ unit: 'm³', total: { use: '60', before_use: '20', change_percent: 200 } })
  expect(e.rows.map((r) => [r.name, r.device_count, r.use, r.per_m2])).toEqual([['花园小区', 1, '60', '0.0004']])
  expect(e.days.map((d) => [d.on_day, d.use, d.night_use])).toEqual([[`${M}-01`, '40', '10'], [`${M}-02`, '20', '0']])
})
it('by building each shows its own; house meters only where asked for', async () => {
  const by = async (with_houses: boolean) => (await t.as('foreman')(iot.energy, { kind: 'water', by: 'building', with_houses, ...span })).rows.map((r) => [r.name, r.use])
  expect(await by(false)).toEqual([['公共区域', '60'], ['1栋', '10']])
  expect(await by(true)).toEqual([['公共区域', '60'], ['1栋', '11']])
})
it('current counts what counts current, with the share of the night', async () => {
  const e = await t.as('foreman')(iot.energy, { kind: 'electricity', by: 'place', ...span })
  expect(e.rows.map((r) => [r.name, r.use, r.share_percent, r.night_percent, r.cost_fen])).toEqual([['泵房', '100', 99, 25, null], ['南门', '1', 1, 0, null]])
  const d = await t.as('foreman')(iot.energyDays, { kind: 'electricity', by: 'place', key: e.rows[0]!.key, ...span })
  expect([d.rows.length, d.rows[0]!.use, d.devices.map((x) => x.name)]).toEqual([1, '100', ['表1']])
  await expectRefused(t.as('foreman')(iot.energyDays, { kind: 'electricity', by: 'place', key: 'nothing', ...span }), 'kernel.not_found')
})
it('money by the plain price in force', async () => {
  await t.inside(async (s) => {
    const item = '00000000-0000-4000-8000-0000000000aa'
    await sql`insert into billing.fee_item (company_id, fee_item_id, community_id, code, name, shape, meter_kind, house_kinds, created_at) values (${t.company_id}, ${item}, ${w.community_id}, 'elec', '公共电费', 'meter', 'electricity', '{dwelling}', ${s.now}::timestamptz)`.execute(s.db)
    await sql`insert into billing.price (company_id, price_id, fee_item_id, unit_price, from_on, created_at) values (${t.company_id}, '00000000-0000-4000-8000-0000000000ab', ${item}, 0.4983, '2025-01-01', ${s.now}::timestamptz)`.execute(s.db)
  })
  const e = await t.as('foreman')(iot.energy, { kind: 'electricity', by: 'device', ...span })
  expect(e.rows.map((r) => [r.name, r.cost_fen])).toEqual([['表1', 4983], ['表2', 50]])
  expect(e.total).toMatchObject({ cost_fen: 5033, price_text: '公共电费 0.4983 元' })
})
it('a target is dated by month, and what is over is said', async () => {
  await expectRefused(t.as('admin')(iot.saveEnergyTarget, { community_id: w.community_id, kind: 'water', from_month: M, month_use: 50 }), 'iot.month_past')
  await t.as('admin')(iot.saveEnergyTarget, { community_id: w.community_id, kind: 'water', from_month: today().slice(0, 7), month_use: 50 })
  await t.inside((s) => sql`update iot.energy_target set from_on = ${`${M}-01`}::date where company_id = ${t.company_id}`.execute(s.db))
  const e = await t.as('foreman')(iot.energy, { kind: 'water', by: 'community', ...span })
  expect(e.months.find((m) => m.month === M)).toMatchObject({ use: '60', target: '50', over_percent: 20 })
  expect(e.months.find((m) => m.month === B)).toMatchObject({ use: '20', target: null, over_percent: null })
  await expectRefused(t.as('cashier')(iot.saveEnergyTarget, { community_id: w.community_id, kind: 'water', from_month: '2030-01', month_use: 50 }), 'kernel.forbidden')
  await expectRefused(t.as('admin')(iot.saveEnergyNight, { from_on: today(), from_h: 5, to_h: 5 }), 'iot.night_same')
})
it('over the target is one alarm a month, first by the pace, then by what was used; disposed of it is not told again', async () => {
  const mine = async () => (await t.as('foreman')(iot.alarms, { open: true, page_size: 50 })).rows.filter((a) => a.kind === 'energy_water').map((a) => [a.title, a.level, a.times_count])
  const target = (use: number) => t.inside((s) => sql`update iot.energy_target set month_use = ${use} where company_id = ${t.company_id}`.execute(s.db))
  const on = async (day: string, use: number) => { setClock(`${M}-${day}T04:00:00.000Z`); await target(use); await t.inside(watchEnergy) }
  // Sixty of the whole days so far: on the fourth day nothing is foreseen, on the tenth it leads to some two hundred.
  await on('04', 100)
  expect(await mine()).toEqual([])
  await on('10', 1000)
  expect(await mine()).toEqual([])
  await on('10', 100)
  expect(await mine()).toEqual([['花园小区公共用水照现在的速度将超本月指标', 'minor', 1]])
  await on('11', 100)
  expect((await mine())[0]![2]).toBe(1)
  await on('12', 50)
  expect((await mine())[0]!.slice(0, 2)).toEqual(['花园小区公共用水已超本月指标', 'major'])
  const a = (await t.as('foreman')(iot.alarms, { open: true, page_size: 50 })).rows.find((x) => x.kind === 'energy_water')!
  expect((await t.as('foreman')(iot.alarm, { alarm_id: a.alarm_id })).facts).toContainEqual({ name: '超出', text: '20%' })
  await t.as('foreman')(iot.disposeAlarm, { alarm_id: a.alarm_id, disposal: '浇灌改用中水' })
  await on('13', 50)
  expect(await mine()).toEqual([])
  setClock(undefined)
})
it('what is out of sight is not summed', async () => expect((await t.as('other_admin')(iot.energy, { kind: 'water', by: 'community', ...span })).rows).toEqual([]))
it('names of devices are in their natural order', async () => expect((await t.as('foreman')(iot.devices, { category: 'meter' })).rows.map((r) => r.name)).toEqual(['表1', '表1', '表2', '表10']))
it('a meter that was read by hand is not waiting for its hour', async () => {
  const state = async () => (await t.as('foreman')(iot.remoteReads, { period: today().slice(0, 7), kind: 'water', q: 'HB-1' })).rows.map((r) => [r.state, r.reading])
  expect(await state()).toEqual([['waiting', null]])
  await t.as('reader')(meters.recordReading, { period: today().slice(0, 7), read_on: today(), meter_id: (await t.inside(async (s) => (await sql<{ meter_id: string }>`select meter_id from meters.meter where company_id = ${t.company_id} and no = 'HB-1'`.execute(s.db)).rows[0]!.meter_id)), reading: '3' } as never)
  expect(await state()).toEqual([['by_hand', '3']])
})
