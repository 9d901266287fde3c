// Smart devices: products, and what stands in the communities. Their values come from the simulators that run beside the sample (outside/device_sim).
import { inside } from '../caller.ts'

import { secretOf, smartBuses, smartDevices } from '../plan/smart.ts'
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
  for (const d of smartDevices) {
    const community_id = t.ids.community.get(d.community)!
    await t.road.call(admin, ['smart', d.no], iot.saveDevice, {
      community_id, building_id: d.building_no === undefined ? null : (buildings.find((b) => b.community_id === community_id && b.no === d.building_no)?.building_id ?? null), place: d.place, product_id: products.get(d.product)!, no: d.no, name: d.name,
      address: null, bus_id: null, gateway_id: null, equipment_id: ledger.find((e) => e.community_id === community_id && e.name === d.equipment)?.equipment_id ?? null, meter_id: null, note: null, secret: secretOf(d.no),
    })
  }
  // The meters of the mains are there only where the months were played.
  const nos = new Set((await inside(t.app, t.company_id, (s) => s.db.selectFrom('meters.meter').select('no').where('company_id', '=', t.company_id).where('house_id', 'is', null).execute())).map((m) => m.no))
  for (const [i, b] of smartBuses.entries()) {
    const { bus_id } = await t.road.call(admin, ['smart bus', b.name], iot.saveBus, { community_id: t.ids.community.get('garden')!, name: b.name, protocol: b.protocol, host: '127.0.0.1', port: BUS_PORT + i, ...BUS_DEFAULTS, period_s: b.period_s })
    await t.road.call(admin, ['smart bus devices', b.name], iot.importDevices, { bus_id, product_id: products.get(b.product)!, rows: b.devices.map((d) => ({ address: d.address, name: d.name, place: d.place, meter_no: d.meter_no !== null && nos.has(d.meter_no) ? d.meter_no : null })) })
  }
}
const BUS_PORT = Number(process.env['HEYUAN_SIM_BUS_PORT'] ?? 18_890)
