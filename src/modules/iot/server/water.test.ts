// What the curve of a water meter says, and what follows: one alarm a meter and kind with its curve, the duty person and the household told, over with the leak or the meter.
import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, PHONES, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { addDays, nowMs, today } from '../../../kernel/clock.ts'
import { messages } from '../../messages/contract.ts'
import { meters } from '../../meters/contract.ts'
import { WATER_DEFAULTS, iot } from '../contract.ts'
import { judgeWater, type WaterCurve } from './rules/water.ts'
import { watchWater } from './water.ts'

const HOUR = 3_600_000
const QUARTER = 900_000
const NOON = Date.parse('2026-05-20T12:00:00+08:00')
/** A curve by the hour up to `end`: `use` of the hour that begins. */
function shown(end: number, hours: number, use: (h: number, ms: number) => number, start = 100): [number, number][] {
  const out: [number, number][] = [[end - hours * HOUR, start]]
  for (let i = 0; i < hours; i++) {
    const at = end - (hours - i) * HOUR
    out.push([at + HOUR, out.at(-1)![1] + use(new Date(at + 8 * HOUR).getUTCHours(), at)])
  }
  return out
}
const days = (n: number, used: number, end = '2026-05-20'): [string, number][] => Array.from({ length: n }, (_, i) => [addDays(end, i - n + 1), used])
const living = (h: number): number => (h >= 6 && h < 23 ? (h % 3 === 0 ? 0.03 : h % 3 === 1 ? 0.01 : 0) : 0)
const house = (o: Partial<WaterCurve>): WaterCurve => ({ is_house: true, shown: shown(NOON, 120, living), days: days(20, 0.25), ...o })
const kinds = (c: WaterCurve) => judgeWater(c, WATER_DEFAULTS, NOON).map((f) => f.kind)

describe('the curve', () => {
  it('of a household says nothing', () => expect(kinds(house({}))).toEqual([]))
  it('that runs through three nights is a cistern that leaks; two are a guest', () => {
    expect(kinds(house({ shown: shown(NOON, 120, (h) => (h === 12 ? 0 : living(h) + 0.015)) }))).toEqual(['water_night'])
    expect(kinds(house({ shown: shown(NOON, 120, (h, ms) => living(h) + (ms > NOON - 50 * HOUR && h < 6 ? 0.015 : 0)) }))).toEqual([])
  })
  it('that never stops is flow for hours', () => expect(judgeWater(house({ shown: shown(NOON, 120, (_h, ms) => (ms >= NOON - 30 * HOUR ? 0.004 : 0)) }), WATER_DEFAULTS, NOON)).toMatchObject([{ kind: 'water_flow', value: 30, limit: 24 }]))
  it('with one great hour is a burst, if there is something to hold it against', () => {
    const great = shown(NOON, 120, (h, ms) => living(h) + (ms === NOON - 4 * HOUR ? 1.4 : 0))
    expect(judgeWater(house({ shown: great }), WATER_DEFAULTS, NOON)).toMatchObject([{ kind: 'water_burst', limit: 1, from_ms: NOON - 4 * HOUR }])
    expect(kinds(house({ shown: great, days: days(2, 0.3) }))).toEqual([])
  })
  it('that stands is only one that is heard and once ran', () => {
    const still = shown(NOON, 120, () => 0)
    expect(kinds(house({ shown: still, days: [...days(20, 0.3, '2026-05-12'), ...days(8, 0)] }))).toEqual(['water_standing'])
    expect(kinds(house({ shown: still, days: days(28, 0) }))).toEqual([])
    // Days in which nothing was heard are not days in which it stood.
    expect(kinds(house({ shown: still, days: [...days(20, 0.3, '2026-05-10'), ...days(3, 0, '2026-05-14'), ...days(4, 0)] }))).toEqual([])
  })
  it('of a main always flows: its night is held against its mean', () => {
    const main = (night: number): WaterCurve => ({ is_house: false, shown: shown(NOON, 120, (h) => (h < 6 ? night : 2)), days: days(20, 40) })
    expect(kinds(main(0.3))).toEqual([])
    expect(kinds(main(1.2))).toEqual(['water_night'])
  })
  it('with a gap in the night concludes nothing', () => {
    const leak = shown(NOON, 120, () => 0.02).filter(([at]) => { const h = (NOON - at) / HOUR; return h < 7 || h > 11 })
    expect(kinds(house({ shown: leak }))).toEqual([])
  })
})

describe('what follows', () => {
  let t: TestApp
  let w: TinyWorld
  let device_id: string
  /** The last four days as quarters, and twenty days before as days. */
  const play = async (use: (h: number, ms: number) => number, after_ms = 0) => {
    const end = nowMs() - (nowMs() % HOUR)
    const rows = shown(end, 100, use).filter(([at]) => at > after_ms).map(([at, v]) => ({ at: new Date(at - QUARTER).toISOString(), v }))
    await t.inside(async (s) => {
      const c = t.company_id
      await sql`select kernel.ensure_part('iot.rollup_quarter', current_date + m * 20, 'month') from generate_series(-2, 0) m`.execute(s.db)
      await sql`select kernel.ensure_part('iot.rollup_day', current_date + m * 40, 'year') from generate_series(-1, 0) m`.execute(s.db)
      await sql`delete from iot.rollup_quarter where company_id = ${c} and device_id = ${device_id}`.execute(s.db)
      await sql`insert into iot.rollup_quarter (company_id, device_id, point, from_at, n_count, low, high, total, first_v, last_v) select ${c}::bigint, ${device_id}::uuid, 'volume', x.at, 1, x.v, x.v, x.v, x.v, x.v from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(at timestamptz, v numeric)`.execute(s.db)
      await sql`insert into iot.rollup_day (company_id, device_id, point, from_at, n_count, low, high, total, first_v, last_v) select ${c}::bigint, ${device_id}::uuid, 'volume', ((${today()}::date - n)::timestamp at time zone 'Asia/Shanghai'), 1, 50, 50, 50, 50 - n * 0.3, 50 - (n - 1) * 0.3 from generate_series(1, 20) n on conflict do nothing`.execute(s.db)
    })
    await t.inside(watchWater)
  }
  const open = async () => (await t.as('foreman')(iot.alarms, { open: true, device_id })).rows
  const inbox = async (phone: string) => (await (await t.resident(phone))(messages.inbox, { page_size: 50 })).rows.filter((m) => m.title.startsWith('用水提醒'))

  beforeAll(async () => {
    t = await testApp()
    w = await tinyWorld(t)
    const { meter_id } = await t.as('admin')(meters.saveMeter, { community_id: w.community_id, house_id: w.houses['1-1-101']!, kind: 'water', no: 'SB-101', multiplier: '1', installed_on: '2025-01-01', start_reading: '40' } as never)
    await t.as('foreman')(iot.loadProducts, {})
    const product_id = (await t.as('foreman')(iot.products, {})).rows.find((p) => p.code === 'nb_water')!.product_id
    device_id = (await t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: w.buildings['1']!, place: '水表井', product_id, no: 'NB-101', name: '101 水表', address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id, note: null })).device_id
  }, 120_000)

  it('one alarm with its curve; the household is told, once', async () => {
    await play(() => 0.02)
    const rows = await open()
    expect(rows.map((r) => r.kind).sort()).toEqual(['water_flow', 'water_night'])
    const one = await t.as('foreman')(iot.alarm, { alarm_id: rows.find((r) => r.kind === 'water_night')!.alarm_id })
    expect(one.facts).toContainEqual({ name: '夜间最小流量', text: '0.02 m³/h' })
    expect(one.curve!.v.filter((v) => v !== null).length).toBeGreaterThan(90)
    expect(one.steps.map((s) => s.action)).toContain('told')
    expect(await inbox(PHONES.张三)).toHaveLength(2)
    await t.inside(watchWater)
    expect(await open()).toHaveLength(2)
    expect(await inbox(PHONES.张三)).toHaveLength(2)
    // Those who handle alarms hear of it too.
    expect((await t.as('foreman')(messages.inbox, { page_size: 50 })).rows.some((m) => m.title.includes('101 水表'))).toBe(true)
  })
  it('the resident sees it with its hours, and nobody else', async () => {
    const mine = (await (await t.resident(PHONES.张三))(iot.myWater, { house_id: w.houses['1-1-101']! })).rows
    expect(mine.map((r) => [r.title, r.over_at, r.meter_no])).toContainEqual(['夜间流量偏大', null, 'SB-101'])
    await expectRefused((await t.resident(PHONES.王五))(iot.myWater, { house_id: w.houses['1-1-101']! }), 'kernel.not_found')
  })
  it('is over when the leak is, and not told again for a while after it was disposed of', async () => {
    await play((h) => (h % 2 === 0 ? 0.02 : 0))
    expect((await open()).map((r) => r.state)).toEqual(['cleared', 'cleared'])
    await play(() => 0.02)
    for (const a of await open()) await t.as('foreman')(iot.disposeAlarm, { alarm_id: a.alarm_id, disposal: '已通知住户,水箱待修' })
    await t.inside(watchWater)
    expect(await open()).toEqual([])
  })
  it('ends with the meter: what the one before showed is not looked at', async () => {
    await t.inside((s) => sql`update iot.alarm set disposed_at = null, disposal = null, disposed_by_name = null, cleared_at = null where company_id = ${t.company_id} and device_id = ${device_id}`.execute(s.db))
    expect(await open()).not.toEqual([])
    await t.as('foreman')(iot.settleCounters, { device_id, reason: '更换表计' })
    expect(await open()).toEqual([])
    await t.inside(watchWater)
    expect(await open()).toEqual([])
  })
  it('the limits are dated and the company\'s own', async () => {
    await expectRefused(t.as('admin')(iot.saveWaterWatch, { from_on: '2026-01-01', ...WATER_DEFAULTS }), 'iot.plan_past')
    await expectRefused(t.as('admin')(iot.saveWaterWatch, { from_on: today(), ...WATER_DEFAULTS, night_from_h: 5, night_to_h: 5 }), 'iot.night_order')
    await expectRefused(t.as('cashier')(iot.saveWaterWatch, { from_on: today(), ...WATER_DEFAULTS }), 'kernel.forbidden')
    await t.as('admin')(iot.saveWaterWatch, { from_on: today(), ...WATER_DEFAULTS, night_m3_h: 0.5, tells_house: false })
    expect(await t.as('foreman')(iot.waterWatch, {})).toMatchObject({ night_m3_h: 0.5, tells_house: false, from_on: today() })
  })
})
