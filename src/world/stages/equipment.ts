// The ledger of equipment, with hours read and a repair of a pump.
import { addDays } from '../../kernel/clock.ts'
import { inside } from '../caller.ts'
import { devices, type PlanDevice } from '../plan/equipment.ts'
import { must, type Town } from '../town.ts'
import { equipment } from '../../modules/equipment/contract.ts'
import { orders } from '../../modules/orders/contract.ts'

const NONE = { install: null, repair: null, replace: null }
/** So many years before today, on the first of the month. */
const back = (today: string, years: number): string => `${Number(today.slice(0, 4)) - years}${today.slice(4, 8)}01`

export async function equip(t: Town): Promise<void> {
  const admin = must(t, t.company.admin_login)
  const kinds = new Map((await t.road.ask(admin, equipment.categories, {})).rows.map((k) => [k.code, k.category_id]))
  const buildings = await inside(t.app, t.company_id, (s) => s.db.selectFrom('property.building').select(['community_id', 'no', 'building_id']).where('company_id', '=', t.company_id).execute())
  const ids = new Map<string, string>()
  for (const d of devices) ids.set(d.name, await register(t, d, kinds.get(d.kind)!, buildings))
  const pump = ids.get('东区 2 号生活水泵')
  const repair = (await t.road.ask(admin, orders.categories, {})).rows.find((k) => k.name === '其他公共维修')
  if (pump && repair) await t.road.call(must(t, 'weixiu1'), ['device repair'], orders.reportDevice, { equipment_id: pump, category_id: repair.category_id, words: '2 号泵轴承异响,机封渗水', stopped: true })
}
async function register(t: Town, d: PlanDevice, category_id: string, buildings: readonly { community_id: string; no: string; building_id: string }[]): Promise<string> {
  const admin = must(t, t.company.admin_login)
  const community_id = t.ids.community.get(d.community)!
  const building_id = d.building_no === undefined ? null : (buildings.find((b) => b.community_id === community_id && b.no === d.building_no)?.building_id ?? null)
  const used_on = back(t.calendar.today, d.used_years)
  const { equipment_id } = await t.road.call(admin, ['device', d.community, d.name], equipment.saveDevice, {
    community_id, category_id, name: d.name, place: d.place, zone_id: null, building_id, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: d.maker ?? null, model: d.model ?? null, serial: null, made_on: null, installed_on: addDays(used_on, -20), used_on, warranty_on: d.warranty_years ? back(t.calendar.today, d.used_years - d.warranty_years) : null, supplier: null, supplier_phone: null, purchase_fen: d.purchase_yuan === undefined ? null : d.purchase_yuan * 100, details: { ...d.details }, standards: NONE, note: null,
  })
  if (d.hours) await t.road.call(admin, ['device hours', d.community, d.name], equipment.noteRunning, { equipment_id, hours: d.hours })
  return equipment_id
}
