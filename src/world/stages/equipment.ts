// The ledger of equipment, with hours read and a repair of a pump; certificates that are good, run out soon, have run out; water tested and posted.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { saveUpload } from '../../kernel/files.ts'
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
  await certify(t, ids)
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

type CertIn = readonly [kind: string, community: 'garden' | 'heshun', device: string | null, issuer: string, days_ago: number, person?: string]
/** Of four lifts one has run out and one is about to; the others and the rest are in order. */
const CERTS: readonly CertIn[] = [
  ['lift_inspect', 'heshun', '15栋1单元客梯', '宝鸡市特种设备检验所', 369], ['lift_inspect', 'heshun', '15栋2单元客梯', '宝鸡市特种设备检验所', 344], ['lift_inspect', 'heshun', '16栋1单元客梯', '宝鸡市特种设备检验所', 120], ['lift_inspect', 'heshun', '16栋2单元客梯', '宝鸡市特种设备检验所', 120],
  ...(['15栋1单元客梯', '15栋2单元客梯', '16栋1单元客梯', '16栋2单元客梯'] as const).map((d, i): CertIn => ['lift_upkeep', 'heshun', d, '宝鸡安达电梯有限公司', 13 - i * 3]),
  ['fire_test', 'garden', null, '陕西安泰消防检测有限公司', 300], ['lightning', 'garden', '住宅楼防雷接地装置', '宝鸡市防雷检测中心', 200], ['power_test', 'garden', '一号配电室变压器', '宝鸡电力试验所', 420], ['power_test', 'garden', '二号配电室变压器', '宝鸡电力试验所', 420], ['vessel', 'garden', '消防稳压罐', '宝鸡市特种设备检验所', 700],
  ['tank_clean', 'garden', '东区生活水箱', '眉县清源水箱清洗服务部', 160], ['tank_clean', 'garden', '西区生活水箱', '眉县清源水箱清洗服务部', 40], ['water_test', 'garden', null, '眉县疾病预防控制中心', 38], ['water_permit', 'garden', null, '眉县卫生健康局', 800],
  ['person_low', 'garden', null, '陕西省应急管理厅', 900, 'weixiu1'], ['person_low', 'garden', null, '陕西省应急管理厅', 1070, 'weixiu2'], ['person_health', 'garden', null, '眉县人民医院', 100, 'weixiu1'],
]
async function certify(t: Town, ids: ReadonlyMap<string, string>): Promise<void> {
  const admin = must(t, t.company.admin_login)
  const kinds = new Map((await t.road.ask(admin, equipment.certKinds, {})).rows.map((k) => [k.code, k.kind_id]))
  const name = '检验报告(样例).pdf'
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${t.company_id} and name = ${name} and created_by = ${admin.who.account_id}::uuid limit 1`.execute(s.db))
  const file_id = rows[0]?.file_id ?? (await saveUpload(t.app, admin, { purpose: 'proof', name, body: Readable.from([Buffer.from('%PDF-1.4\n% sample\n')]) })).file_id
  for (const [kind, community, device, issuer, days_ago, person] of CERTS) {
    await t.road.call(admin, ['cert', kind, community, device ?? person ?? ''], equipment.saveCert, { kind_id: kinds.get(kind)!, community_id: t.ids.community.get(community)!, equipment_id: device === null ? null : ids.get(device)!, account_id: person === undefined ? null : must(t, person).who.account_id!, holder: null, no: null, issuer, result: 'pass', valid_from_on: addDays(t.calendar.today, -days_ago), note: kind === 'tank_clean' ? '业主见证:2 人到场签字' : null, file_ids: [file_id] })
  }
  const community_id = t.ids.community.get('garden')!
  const test = async (n: number, days_ago: number, turbidity: string) => (await t.road.call(admin, ['water', n], equipment.saveWaterTest, { community_id, equipment_id: ids.get('东区生活水箱') ?? null, sampled_on: addDays(t.calendar.today, -days_ago), place: '东区水箱出水', lab: '眉县疾病预防控制中心', report_no: `MX-SZ-${n}`, values: [{ name: '色度', value: '<5' }, { name: '浑浊度', value: turbidity }, { name: 'pH', value: '7.4' }, { name: '游离余氯', value: '0.12' }, { name: '菌落总数', value: '3' }, { name: '总大肠菌群', value: '未检出' }], file_id: null, note: null })).test_id
  await test(1, 130, '1.6')
  await t.road.call(admin, ['water posted'], equipment.publishWaterTest, { test_id: await test(2, 38, '0.4') })
}
