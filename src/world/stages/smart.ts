// Smart devices: products, and what stands in the communities. Their values come from the simulators that run beside the sample (outside/device_sim).
import { sql } from 'kysely'
import { today } from '../../kernel/clock.ts'
import { inside } from '../caller.ts'
import { secretOf, smartBuses, smartDevices, smartScenes, framedDevices } from '../plan/smart.ts'
import { must, type Town } from '../town.ts'
import { BUS_DEFAULTS, iot } from '../../modules/iot/contract.ts'

export async function wire(t: Town): Promise<void> {
  const admin = must(t, t.company.admin_login)
  await t.road.call(admin, ['smart products'], iot.loadProducts, {})
  const products = new Map((await t.road.ask(admin, iot.products, {})).rows.map((p) => [p.code, p.product_id]))
  const [buildings, ledger] = await inside(t.app, t.company_id, async (s) => [
    await s.db.selectFrom('property.building').select(['community_id', 'no', 'building_id']).where('company_id', '=', t.company_id).execute(),
    await s.db.selectFrom('equipment.device').select(['community_id', 'name', 'equipment_id']).where('company_id', '=', t.company_id).execute(),
  ] as const)
  const homes = await inside(t.app, t.company_id, async (s) => (await sql<{ meter_id: string; building_id: string; label: string; building: string }>`select m.meter_id, h.building_id, h.label, b.name as building from meters.meter m join property.house h on h.company_id = ${t.company_id} and h.house_id = m.house_id join property.building b on b.company_id = ${t.company_id} and b.building_id = h.building_id and b.no = ${METERED_BUILDING} where m.company_id = ${t.company_id} and m.kind = 'water' and m.removed_on is null and m.community_id = ${t.ids.community.get('garden')!} order by h.label limit 10`.execute(s.db)).rows)
  for (const d of smartDevices) {
    const community_id = t.ids.community.get(d.community)!
    const home = d.house_no === undefined ? undefined : homes[d.house_no]
    await t.road.call(admin, ['smart', d.no], iot.saveDevice, {
      community_id, building_id: home ? home.building_id : d.building_no === undefined ? null : (buildings.find((b) => b.community_id === community_id && b.no === d.building_no)?.building_id ?? null), place: home ? `${home.building}水表井` : d.place, product_id: products.get(d.product)!, no: d.no, name: home ? `${home.label} 水表` : d.name,
      address: null, bus_id: null, gateway_id: null, equipment_id: ledger.find((e) => e.community_id === community_id && e.name === d.equipment)?.equipment_id ?? null, meter_id: home?.meter_id ?? null, note: null, secret: secretOf(d.no),
    })
  }
  for (const d of framedDevices)
    await t.road.call(admin, ['smart', d.no], iot.saveDevice, { community_id: t.ids.community.get('garden')!, building_id: null, place: d.place, product_id: products.get(d.product)!, no: d.no, name: d.name, address: d.address, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })
  // The meters of the mains are there only where the months were played.
  const nos = new Set((await inside(t.app, t.company_id, (s) => s.db.selectFrom('meters.meter').select('no').where('company_id', '=', t.company_id).where('house_id', 'is', null).execute())).map((m) => m.no))
  for (const [i, b] of smartBuses.entries()) {
    const { bus_id } = await t.road.call(admin, ['smart bus', b.name], iot.saveBus, { community_id: t.ids.community.get('garden')!, name: b.name, protocol: b.protocol, host: '127.0.0.1', port: BUS_PORT + i, ...BUS_DEFAULTS, period_s: b.period_s })
    await t.road.call(admin, ['smart bus devices', b.name], iot.importDevices, { bus_id, product_id: products.get(b.product)!, rows: b.devices.map((d) => ({ address: d.address, name: d.name, place: d.place, meter_no: d.meter_no !== null && nos.has(d.meter_no) ? d.meter_no : null })) })
  }
  await playScenes(t)
}
/** Lamps by the clock, a fan held by carbon monoxide, and both pits together. Given once the devices are there. */
async function playScenes(t: Town): Promise<void> {
  const admin = must(t, t.company.admin_login)
  const community_id = t.ids.community.get('garden')!
  const products = new Map((await t.road.ask(admin, iot.products, {})).rows.map((p) => [p.code, p.product_id]))
  const { rows: devices } = await t.road.ask(admin, iot.devices, { community_id, page_size: 200 })
  const of = (no: string): string => devices.find((d) => d.no === no)!.device_id
  for (const s of smartScenes) {
    const { scene_id } = await t.road.call(admin, ['smart scene', s.name], iot.saveScene, { community_id, name: s.name, body: s.steps.map((x) => ({ product_id: products.get(x.product)!, device_ids: x.nos.map(of), command: x.command, arg: x.arg ?? null })) })
    if (s.times.length > 0) await t.road.call(admin, ['smart schedule', s.name], iot.saveSchedule, { scene_id, from_on: today(), to_on: null, days: 'all', weekdays: [], times: [...s.times] })
  }
  const rule = { community_id, device_id: null, product_id: products.get('co_garage')! }
  const nothing = { hours: null, order_category_id: null, command: null, back_command: null, scene_id: null, notify: null, webhook: false } as const
  for (const [no, point, high, high_back] of [['KQ-001', 'pm25', 75, 60], ['WS-001', 'temp', 35, 32]] as const) await t.road.call(admin, ['smart held', no], iot.saveHeld, { device_id: of(no), point, high, high_back, low: null, low_back: null, for_s: 300, level: 'minor', actor_id: null, high_on: null, high_off: null, low_on: null, low_off: null })
  const above = (limit: number, back: number, for_s: number) => ({ kind: 'threshold' as const, point: 'co', op: 'above' as const, limit, back, for_s })
  await t.road.call(admin, ['smart rule', 'co'], iot.saveRule, { ...rule, name: '车库一氧化碳控制', body: { ...nothing, trigger: above(16, 8, 60), cool_down_s: 300, level: 'major', command: { device_id: null, command: 'fan_on', arg: null }, back_command: { device_id: null, command: 'fan_off', arg: null } } })
  await t.road.call(admin, ['smart rule', 'both'], iot.saveRule, { ...rule, name: '车库两处同时超限', body: { ...nothing, trigger: { kind: 'group', all: true, within_s: 600, terms: [{ not: false, device_id: of('CK-001'), on: above(16, 8, 0) }, { not: false, device_id: of('CK-002'), on: above(16, 8, 0) }] }, cool_down_s: 1800, level: 'critical', notify: 'above' } })
}
const METERED_BUILDING = '3'
const BUS_PORT = Number(process.env['HEYUAN_SIM_BUS_PORT'] ?? 18_890)
