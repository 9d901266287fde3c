// Smart devices: products, and what stands in the communities. Their values come from the simulators that run beside the sample (outside/device_sim).
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { nowIso, today } from '../../kernel/clock.ts'
import { inside } from '../caller.ts'
import type { SimChannels } from '../outside/device_sim/channels.ts'
import { UNREAD, brokerDevices, brokerPlan, framedDevices, logTimes, mainRan, meterPassword, meterStands, operatorMeters, operatorPlan, secretOf, smartBuses, smartDevices, smartScenes } from '../plan/smart.ts'
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
    const { bus_id } = await t.road.call(admin, ['smart bus', b.name], iot.saveBus, { community_id: t.ids.community.get('garden')!, name: b.name, protocol: b.protocol, host: '127.0.0.1', port: BUS_PORT + i, ...BUS_DEFAULTS, period_s: b.period_s, ...(b.protocol === 'bacnet_ip' ? { cov: true } : {}) })
    for (const [product, devices] of Map.groupBy(b.devices, (d) => d.product ?? b.product)) await t.road.call(admin, ['smart bus devices', b.name, product], iot.importDevices, { bus_id, product_id: products.get(product)!, rows: devices.map((d) => ({ address: d.address, name: d.name, place: d.place, meter_no: d.meter_no !== null && nos.has(d.meter_no) ? d.meter_no : null })) })
    if (b.protocol === 'dlt645_2007') await t.road.call(admin, ['smart bus password', b.name], iot.setBusCredential, { bus_id, ...meterPassword })
  }
  await fillLogs(t)
  await listenElsewhere(t, products)
  await playScenes(t)
}
/** The meters of buses, from the logs they keep themselves: where they stood, so that use by day is there on the first day. */
async function fillLogs(t: Town): Promise<void> {
  const admin = must(t, t.company.admin_login)
  const known = await inside(t.app, t.company_id, async (s) => (await sql<{ device_id: string; name: string; address: string; start: { v: number; at_ms: number } | null }>`select d.device_id, d.name, d.address, (select jsonb_build_object('v', r.reading, 'at_ms', extract(epoch from r.created_at) * 1000) from meters.reading r where r.company_id = ${t.company_id} and r.meter_id = d.meter_id order by r.period_on desc limit 1) as start from iot.device d where d.company_id = ${t.company_id} and d.bus_id is not null`.execute(s.db)).rows)
  const times = logTimes(Date.parse(nowIso()))
  for (const b of smartBuses)
    for (const d of b.devices.filter((x) => x.per_hour > 0)) {
      const k = known.find((x) => x.address === d.address && x.name === d.name)
      if (!k) continue
      const ran = (ms: number): number => (b.protocol === 'cjt188' ? mainRan(ms, d.leaks === true) : ms / 3_600_000)
      const start = k.start ?? UNREAD
      const rows = times.map((ms) => ({ at: new Date(ms).toISOString(), v: Math.floor((start.v + d.per_hour * (ran(ms) - ran(start.at_ms))) * 100) / 100 })).filter((r) => r.v >= 0)
      await t.road.call(admin, ['smart log', d.address], iot.recordSamples, { device_id: k.device_id, point: b.protocol === 'cjt188' ? 'volume' : 'energy', reason: '按表内冻结数据补录', rows })
    }
}
/** What comes by others: an operator's platform, and the broker of the street of shops. */
async function listenElsewhere(t: Town, products: ReadonlyMap<string, string>): Promise<void> {
  const admin = must(t, t.company.admin_login)
  const community_id = t.ids.community.get('garden')!
  const base = { community_id, building_id: null, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null }
  const { operator_id, told } = await t.road.call(admin, ['operator', operatorPlan.name], iot.saveOperator, { name: operatorPlan.name, kind: operatorPlan.kind })
  const { url } = told ?? (await t.road.call(admin, ['operator secret', operatorPlan.name], iot.renewOperator, { operator_id })).told
  const times = logTimes(Date.parse(nowIso()))
  for (const m of operatorMeters) {
    const { device_id } = await t.road.call(admin, ['smart', m.no], iot.saveDevice, { ...base, place: m.place, product_id: products.get(operatorPlan.product)!, no: m.no, name: m.name, address: m.imei })
    await t.road.call(admin, ['smart log', m.no], iot.recordSamples, { device_id, point: 'volume', reason: '按表内冻结数据补录', rows: times.map((ms) => ({ at: new Date(ms).toISOString(), v: meterStands(m, ms) / 100 })) })
  }
  const { broker_id } = await t.road.call(admin, ['broker', brokerPlan.name], iot.saveBroker, { name: brokerPlan.name, host: '127.0.0.1', port: BROKER_PORT, tls: false, username: brokerPlan.user, password: brokerPlan.password, prefix: brokerPlan.prefix })
  const devices: { no: string; device_id: string }[] = []
  for (const d of brokerDevices) devices.push({ no: d.no, device_id: (await t.road.call(admin, ['smart', d.no], iot.saveDevice, { ...base, place: d.place, product_id: products.get(d.product)!, no: d.no, name: d.name, broker_id })).device_id })
  const sim: SimChannels = { operator_path: new URL(url).pathname, broker_port: BROKER_PORT, devices }
  await writeFile(join(t.app.data_dir, 'sim_channels.json'), JSON.stringify(sim), { mode: 0o600 })
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
  await t.road.call(admin, ['smart rule', 'overflow'], iot.saveRule, { ...rule, product_id: products.get('sump')!, name: '集水井溢流,路灯全开照明', body: { ...nothing, trigger: { kind: 'event', event: 'overflow', over_s: 1800 }, cool_down_s: 600, level: null, notify: 'above', others: [{ product_id: products.get('street_lamp')!, where: 'community', device_ids: [], command: 'turn_on', arg: null, back: null }] } })
  await t.road.call(admin, ['smart rule', 'lamps'], iot.saveRule, { ...rule, product_id: products.get('street_lamp')!, name: '白天还亮着的路灯关掉', body: { ...nothing, trigger: { kind: 'schedule', times: ['07:30', '10:00'], days: 'all', weekdays: [], from_on: today(), to_on: null, all: true, terms: [{ not: false, device_id: null, on: { kind: 'is', point: 'on', op: 'equal', value: 1 } }] }, cool_down_s: 0, level: null, command: { device_id: null, command: 'turn_off', arg: null } } })
  await t.road.call(admin, ['smart rule', 'both'], iot.saveRule, { ...rule, name: '车库两处同时超限', body: { ...nothing, trigger: { kind: 'group', all: true, within_s: 600, terms: [{ not: false, device_id: of('CK-001'), on: above(16, 8, 0) }, { not: false, device_id: of('CK-002'), on: above(16, 8, 0) }] }, cool_down_s: 1800, level: 'critical', notify: 'above' } })
}
const METERED_BUILDING = '3'
const BROKER_PORT = Number(process.env['HEYUAN_SIM_BROKER_PORT'] ?? 18_896)
const BUS_PORT = Number(process.env['HEYUAN_SIM_BUS_PORT'] ?? 18_890)
