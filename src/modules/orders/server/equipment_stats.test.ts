// Figures of equipment to the minute, on two devices over a month's end: repaired, still stopped, stopped before the span, a false alarm; and out of sight.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { equipment } from '../../equipment/contract.ts'
import { property } from '../../property/contract.ts'
import { orders, type EquipmentStatsFilter, type Fact } from '../contract.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let boss: Hired
let man: Hired
let elsewhere: Hired
let kind: Record<string, string>
let category_id: string
const device: Record<string, string> = {}
const NONE = { install: null, repair: null, replace: null }
/** Hour of the day in Shanghai. */
const at = (day: string, hour: number) => setClock(new Date(Date.parse(`${day}T00:00:00+08:00`) + hour * 3_600_000).toISOString())

async function made(name: string, code: string, used_on: string): Promise<void> {
  const { equipment_id } = await boss(equipment.saveDevice, { request_id: rid(), category_id: kind[code]!, name, community_id: w.community_id, place: '泵房', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on, warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, details: {}, standards: NONE, note: null })
  device[name] = equipment_id
}
const report = async (name: string, stopped: boolean) => (await man(orders.reportDevice, { request_id: rid(), equipment_id: device[name]!, category_id, words: `${name}坏了`, stopped })).order_id
async function finished(order_id: string): Promise<void> {
  await boss(orders.assignOrder, { request_id: rid(), order_id, account_id: man.account_id })
  await man(orders.acceptOrder, { request_id: rid(), order_id })
  await man(orders.arriveOrder, { request_id: rid(), order_id })
  await man(orders.finishOrder, { request_id: rid(), order_id, note: '修好了' })
}

beforeAll(async () => {
  at('2026-09-20', 8)
  t = await testApp()
  w = await tinyWorld(t)
  await t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`)
  const { community_id: other } = await t.as('admin')(property.saveCommunity, { name: '别处小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  boss = await t.hire('foreman', here)
  man = await t.hire('repairer', here)
  elsewhere = await t.hire('foreman', { scope_kind: 'community', scope_ids: [other] })
  await t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`)
  kind = Object.fromEntries((await boss(equipment.categories, {})).rows.map((k) => [k.code, k.category_id]))
  category_id = (await man(orders.categories, {})).rows.find((k) => k.name === '其他公共维修')!.category_id
  // Runs the whole span; the generator is put to use within it.
  await made('水泵', 'SHB', '2026-01-01')
  await made('风机', 'PWB', '2026-01-01')
  await made('发电机', 'FDJ', '2026-10-22')
  // Before the span: from 29 September 12:00 to 2 October 00:00, 24 hours of it in October.
  at('2026-09-29', 12)
  const early = await report('水泵', true)
  at('2026-10-02', 0)
  await finished(early)
  // Within: 12 hours that stopped it, one that did not, and a false alarm of 5 hours.
  at('2026-10-10', 6)
  const stop = await report('水泵', true)
  at('2026-10-10', 18)
  await finished(stop)
  at('2026-10-11', 9)
  await report('水泵', false)
  at('2026-10-12', 9)
  const alarm = await report('风机', true)
  at('2026-10-12', 14)
  await boss(orders.cancelOrder, { request_id: rid(), order_id: alarm, reason: '误报' })
  // Out of service by decision for two whole days.
  at('2026-10-17', 9)
  await boss(equipment.setState, { request_id: rid(), equipment_id: device['风机']!, action: 'stop', from_on: '2026-10-14', reason: '检修管网' })
  await boss(equipment.setState, { request_id: rid(), equipment_id: device['风机']!, action: 'use', from_on: '2026-10-16', reason: '恢复' })
  // Over the month's end: from 30 October 00:00 to 3 November 12:00, 108 hours, 48 of them in October.
  at('2026-10-30', 0)
  const over = await report('风机', true)
  at('2026-11-03', 12)
  await finished(over)
  // Still stopped when somebody looks on 5 November at 10:00.
  at('2026-11-05', 0)
  await report('水泵', true)
  at('2026-11-05', 10)
}, 180_000)
beforeEach(() => at('2026-11-05', 10))

const ask = (f: Partial<EquipmentStatsFilter>) => boss(orders.equipmentStats, { by: 'device', from_on: '2026-10-01', to_on: '2026-10-31', ...f })
const named = <T extends { name: string }>(rows: readonly T[], name: string): T => rows.find((r) => r.name.endsWith(name))!

test('a month: what began before it counts as time, what goes on after it counts up to its end', async () => {
  const { rows, all, more } = await ask({})
  expect(more).toBe(false)
  // 31 days = 744 h; down 24 + 12.
  expect(named(rows, '水泵')).toMatchObject({ failure_count: 2, stop_count: 1, repaired_count: 1, service_hours: '744.0', down_hours: '36.0', available_bp: 9516, mtbf_hours: '708.0', mttr_hours: '12.0' })
  // Less two days out of service = 696 h; the false alarm is no failure and no time; down 48, repaired after 108.
  expect(named(rows, '风机')).toMatchObject({ failure_count: 1, stop_count: 1, repaired_count: 1, service_hours: '696.0', down_hours: '48.0', available_bp: 9310, mtbf_hours: '648.0', mttr_hours: '108.0' })
  // From 22 October on.
  expect(named(rows, '发电机')).toMatchObject({ failure_count: 0, stop_count: 0, service_hours: '240.0', down_hours: '0.0', available_bp: 10_000, mtbf_hours: null, mttr_hours: null })
  expect(rows.map((r) => r.name.split(' ').at(-1))).toEqual(['水泵', '风机', '发电机'])
  expect(all).toEqual({ key: null, name: '合计', device_count: 3, failure_count: 3, stop_count: 2, repaired_count: 2, service_hours: '1680.0', down_hours: '84.0', available_bp: 9500, mtbf_hours: '798.0', mttr_hours: '60.0' })
})

test('what still stands is down up to now, a failure, and in no mean time to repair', async () => {
  const { rows } = await ask({ from_on: '2026-11-01', to_on: '2026-11-30' })
  // 1 to 5 November 10:00 = 106 h.
  expect(named(rows, '水泵')).toMatchObject({ failure_count: 1, stop_count: 1, repaired_count: 0, service_hours: '106.0', down_hours: '10.0', available_bp: 9056, mtbf_hours: '96.0', mttr_hours: null })
  // Reported in October: time of November, failure of October.
  expect(named(rows, '风机')).toMatchObject({ failure_count: 0, stop_count: 0, service_hours: '106.0', down_hours: '60.0', available_bp: 4339, mtbf_hours: null })
  // Both months in one: nothing lost or counted twice.
  const both = (await ask({ from_on: '2026-10-01', to_on: '2026-11-30' })).rows
  expect(named(both, '风机')).toMatchObject({ service_hours: '802.0', down_hours: '108.0', stop_count: 1, mttr_hours: '108.0' })
  expect((await ask({ from_on: '2027-01-01', to_on: '2027-01-31' })).all).toMatchObject({ device_count: 0, service_hours: '0.0', available_bp: null })
})

test('groups add up to the whole, and each count is what the list shows by the same filter', async () => {
  const days = { from_on: '2026-10-01', to_on: '2026-11-30' }
  const facts: [Fact, 'failure_count' | 'stop_count' | 'repaired_count'][] = [['counted', 'failure_count'], ['device_stopped', 'stop_count'], ['device_repaired', 'repaired_count']]
  const listed = async (fact: Fact, more: object) => (await boss(orders.orders, { fact, with_equipment: true, ...days, ...more })).total
  for (const [by, key] of [['system', 'equipment_category_id'], ['category', 'equipment_category_id'], ['device', 'equipment_id'], ['community', 'community_id']] as const) {
    const { rows, all } = await ask({ by, ...days })
    for (const [fact, figure] of facts) {
      expect(rows.reduce((n, r) => n + r[figure], 0), `${by} ${fact}`).toBe(all[figure])
      expect(await listed(fact, {}), fact).toBe(all[figure])
      for (const r of rows) expect(await listed(fact, { [key]: r.key! }), `${by} ${fact} ${r.name}`).toBe(r[figure])
    }
  }
  expect((await ask({ by: 'category', equipment_category_id: kind['GPS']!, ...days })).all).toMatchObject({ device_count: 2, failure_count: 4, stop_count: 3, repaired_count: 2 })
})

test('who is elsewhere sees no device, and a span that is reversed or endless is refused', async () => {
  const seen = await elsewhere(orders.equipmentStats, { by: 'device', from_on: '2026-10-01', to_on: '2026-10-31' })
  expect(seen).toMatchObject({ rows: [], all: { device_count: 0, failure_count: 0, service_hours: '0.0' } })
  expect((await elsewhere(orders.equipmentStats, { by: 'device', from_on: '2026-10-01', to_on: '2026-10-31', community_id: w.community_id })).rows).toEqual([])
  await expectRefused(t.as('visitor')(orders.equipmentStatsExcel as never, { by: 'device', from_on: '2026-10-01', to_on: '2026-10-31' } as never), 'kernel.forbidden')
  expect((await expectRefused(ask({ from_on: '2026-11-01', to_on: '2026-10-31' }), 'orders.stats_span')).message).toContain('1100 天')
  await expectRefused(ask({ from_on: '2020-01-01', to_on: '2026-10-31' }), 'orders.stats_span')
})
