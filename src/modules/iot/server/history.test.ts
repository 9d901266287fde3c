// What was: kept as long as it is said to be, dropped with a word about it, shown from what is left, and held against what was before.
import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { addDays, addMonths, today } from '../../../kernel/clock.ts'
import { iot } from '../contract.ts'
import { spanBefore } from './compare.ts'
import { dropOld } from './retention.ts'
import { rollUp } from './rollup.ts'

let t: TestApp
let w: TinyWorld
let product_id: string
const devices: string[] = []
const at = (day: string, time = '08:00:00'): string => `${day}T${time}+08:00`
const sample = (device_id: string, day: string, v: number, company_id = t.company_id) => t.inside(async (s) => {
  await sql`select kernel.ensure_part('iot.sample', ${day}::date, 'day')`.execute(s.db)
  await sql`insert into iot.sample (company_id, device_id, point, at, v, q, src, received_at) values (${company_id}, ${device_id}, 'energy', ${at(day)}::timestamptz, ${v}, 'good', 'live', ${at(day)}::timestamptz)`.execute(s.db)
})
/** What a meter showed at the beginning and the end of a day. */
const day = (device_id: string, on: string, first: number, last: number) => t.inside(async (s) => {
  for (const table of ['iot.rollup_day', 'iot.rollup_quarter']) {
    await sql`select kernel.ensure_part(${table}::regclass, ${on}::date, ${table === 'iot.rollup_day' ? 'year' : 'month'})`.execute(s.db)
    await sql`insert into ${sql.table(table)} (company_id, device_id, point, from_at, n_count, low, high, total, first_v, last_v) values (${t.company_id}, ${device_id}, 'energy', ${at(on, '00:00:00')}::timestamptz, 2, ${first}, ${last}, ${first + last}, ${first}, ${last})`.execute(s.db)
  }
})
const parts = (table: string) => t.inside(async (s) => (await sql<{ n: number }>`select count(*)::int as n from pg_inherits where inhparent = ${table}::regclass`.execute(s.db)).rows[0]!.n)

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  product_id = (await t.as('foreman')(iot.products, {})).rows.find((p) => p.code === 'street_lamp')!.product_id
  for (const [no, building_id] of [['LD-1', null], ['LD-2', w.buildings['1']!], ['LD-3', w.buildings['1']!]] as const)
    devices.push((await t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id, place: '南门', product_id, no, name: `路灯${no}`, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })).device_id)
}, 120_000)

it('holds a whole month against the month before, the days of this month against the same days, and anything against last year', () => {
  expect(spanBefore({ from_on: '2026-03-01', to_on: '2026-03-31' }, 'before')).toEqual({ from_on: '2026-02-01', to_on: '2026-02-28' })
  expect(spanBefore({ from_on: '2026-03-01', to_on: '2026-03-30' }, 'before')).toEqual({ from_on: '2026-02-01', to_on: '2026-02-28' })
  expect(spanBefore({ from_on: '2026-01-01', to_on: '2026-03-31' }, 'before')).toEqual({ from_on: '2025-10-01', to_on: '2025-12-31' })
  expect(spanBefore({ from_on: '2026-03-05', to_on: '2026-03-11' }, 'before')).toEqual({ from_on: '2026-02-26', to_on: '2026-03-04' })
  expect(spanBefore({ from_on: '2028-02-29', to_on: '2028-02-29' }, 'last_year')).toEqual({ from_on: '2027-02-28', to_on: '2027-02-28' })
  expect(spanBefore({ from_on: '2028-02-01', to_on: '2028-02-29' }, 'last_year')).toEqual({ from_on: '2027-02-01', to_on: '2027-02-28' })
})
it('drops the days behind the limit and says so', async () => {
  const [now, old] = [today(), addDays(today(), -100)]
  await sample(devices[0]!, now, 5)
  await sample(devices[0]!, addDays(now, -80), 4)
  await sample(devices[0]!, old, 3)
  expect(await parts('iot.sample')).toBe(3)
  await dropOld(t.app)
  expect(await parts('iot.sample')).toBe(2)
  const told = await t.inside(async (s) => (await sql<{ detail: Record<string, unknown> }>`select detail from kernel.audit where company_id = ${t.company_id} and call = 'job.iot.retention'`.execute(s.db)).rows)
  expect(told).toHaveLength(1)
  expect(JSON.stringify(told[0]!.detail)).toContain(`sample_${old.replaceAll('-', '')}`)
  // Nothing to do: nothing said.
  await dropOld(t.app)
  expect(await parts('iot.sample')).toBe(2)
})
it('takes out the rows of a company that keeps for a shorter time than another', async () => {
  await t.as('admin')(iot.saveRetention, { from_on: today(), raw_days: 30, quarter_months: 12, day_years: 5 })
  await dropOld(t.app)
  // The other company still keeps 90 days: the partition stays, the row is gone.
  expect(await parts('iot.sample')).toBe(2)
  expect(await t.inside(async (s) => (await sql<{ n: number }>`select count(*)::int as n from iot.sample where company_id = ${t.company_id}`.execute(s.db)).rows[0]!.n)).toBe(1)
  expect(await t.as('foreman')(iot.retention, {})).toMatchObject({ raw_days: 30, raw_from: addDays(today(), -30) })
})
it('refuses what cannot be kept', async () => {
  await expectRefused(t.as('admin')(iot.saveRetention, { from_on: '2026-01-01', raw_days: 30, quarter_months: 12, day_years: 5 }), 'iot.plan_past')
  await expectRefused(t.as('admin')(iot.saveRetention, { from_on: today(), raw_days: 365, quarter_months: 2, day_years: 5 }), 'iot.retention_order')
  await expectRefused(t.as('cashier')(iot.saveRetention, { from_on: today(), raw_days: 30, quarter_months: 12, day_years: 5 }), 'kernel.forbidden')
  await expect(t.inside((s) => sql`select iot.drop_parts('iot.sample', current_date)`.execute(s.db))).rejects.toThrow(/seven days/)
  await expect(t.inside((s) => sql`select iot.drop_parts('iot.device', current_date - 30)`.execute(s.db))).rejects.toThrow(/not a table/)
})
it('a day beyond the raw values is shown from its quarters, one beyond those from its sum', async () => {
  const ask = (on: string) => t.as('foreman')(iot.history, { device_id: devices[0]!, points: ['energy'], from_on: on, to_on: on })
  expect((await ask(today())).step).toBe('raw')
  expect((await ask(addDays(today(), -40))).step).toBe('quarter')
  expect((await ask(addDays(today(), -500))).step).toBe('day')
})
it('a counter is compared by what ran through it: by device, by building, against the time before', async () => {
  const m = addMonths(today().slice(0, 7), -1)
  const before = addMonths(m, -1)
  const last = (month: string): string => addDays(`${addMonths(month, 1)}-01`, -1)
  await day(devices[1]!, `${before}-10`, 90, 95)
  await day(devices[1]!, `${m}-01`, 100, 110)
  await day(devices[1]!, `${m}-02`, 112, 125)
  // A new meter: it begins anew, and only what it ran counts.
  await day(devices[1]!, `${m}-03`, 0, 4)
  await day(devices[2]!, `${m}-02`, 50, 51)
  const ask = { product_id, point: 'energy', from_on: `${m}-01`, to_on: last(m) } as const
  const one = await t.as('foreman')(iot.compare, { ...ask, by: 'device', ids: [devices[1]!, devices[2]!], against: 'before' })
  expect(one.lines.map((l) => [l.name, l.then, l.sum, l.change_percent])).toEqual([['路灯LD-2', false, 10 + 15 + 4, 480], ['路灯LD-2', true, 5, null], ['路灯LD-3', false, 1, null], ['路灯LD-3', true, null, null]])
  expect(one.lines[0]!.v.slice(0, 4)).toEqual([10, 15, 4, null])
  const both = await t.as('foreman')(iot.compare, { ...ask, by: 'building', ids: [w.buildings['1']!], against: 'none' })
  expect(both.lines.map((l) => [l.name, l.device_count, l.sum])).toEqual([['1栋', 2, 30]])
  await expectRefused(t.as('foreman')(iot.compare, { ...ask, point: 'on', by: 'device', ids: [devices[0]!] }), 'iot.compare_point')
  await expectRefused(t.as('other_admin')(iot.compare, { ...ask, by: 'device', ids: [devices[0]!] }), 'iot.elsewhere')
  expect((await t.as('foreman')(iot.compareSheet, { ...ask, by: 'device', ids: [devices[1]!] } as never) as { name: string }).name).toContain('数据对比')
})
it('takes values that were written down by hand: marked, between their neighbours, in sums and in no reading', async () => {
  const foreman = t.as('foreman')
  const [device_id, now] = [devices[2]!, today()]
  const on = addDays(now, -3)
  const give = (rows: [string, number][], point = 'energy') => foreman(iot.recordSamples, { device_id, point, reason: '网关检修', rows: rows.map(([time, v]) => ({ at: at(on, time), v })) })
  expect(await give([['08:00:00', 100], ['10:00:00', 104], ['09:00:00', 102]])).toEqual({ stored_count: 3, known_count: 0 })
  // Said twice it is there once, and what is known is not changed.
  expect(await give([['09:00:00', 103], ['09:30:00', 103]])).toEqual({ stored_count: 1, known_count: 1 })
  const wrong = async (rows: [string, number][], why: RegExp, point?: string) => expect((await expectRefused(give(rows, point), 'iot.record_wrong')).message).toMatch(why)
  await wrong([['11:00:00', 90]], /第 1 行:小于 .*104/)
  await wrong([['07:00:00', 101]], /第 1 行:大于 .*100/)
  await wrong([['11:00:00', 105], ['11:01:00', 200]], /第 2 行:.*变化过快/)
  await wrong([['11:00:00', 105], ['11:00:00', 105]], /同一时间/)
  await wrong([['11:00:00', 5]], /取值只能是 0 关、1 开/, 'on')
  await expectRefused(give([['11:00:00', 1]], 'nothing'), 'iot.record_point')
  for (const [day, why] of [[addDays(now, 1), /晚于现在/], [addDays(now, -91), /保留期限/]] as const) expect((await expectRefused(foreman(iot.recordSamples, { device_id, point: 'energy', reason: '检修', rows: [{ at: at(day), v: 1 }] }), 'iot.record_wrong')).message).toMatch(why)
  await expectRefused(t.as('reader')(iot.recordSamples, { device_id, point: 'energy', reason: '检修', rows: [{ at: at(on), v: 1 }] }), 'kernel.forbidden')
  await expectRefused(t.as('other_admin')(iot.recordSamples, { device_id, point: 'energy', reason: '检修', rows: [{ at: at(on), v: 1 }] }), 'kernel.not_found')
  expect((await foreman(iot.samples, { device_id, on_day: on })).rows.map((r) => [r.text, r.q, r.src, r.why])).toEqual([['104.00 kWh', 'substituted', 'manual', '网关检修'], ['103.00 kWh', 'substituted', 'manual', '网关检修'], ['102.00 kWh', 'substituted', 'manual', '网关检修'], ['100.00 kWh', 'substituted', 'manual', '网关检修']])
  // Added up though the gateway has never heard the device.
  await t.inside((s) => rollUp(s))
  const drawn = await foreman(iot.history, { device_id, points: ['energy'], from_on: addDays(now, -9), to_on: now })
  expect(drawn.lines[0]!.v).toEqual([100, 103, 104])
})
