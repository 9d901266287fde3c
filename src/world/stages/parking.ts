// Two car parks of 花园小区 with lanes and cameras, and two days of cars through the push address, as the cameras of the field say it: residents out in the
// morning and home in the evening, outside cars that pay at the booth or are waiting.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addDays, nowMs } from '../../kernel/clock.ts'
import { parking } from '../../modules/parking/contract.ts'
import { takePush } from '../../modules/parking/server/index.ts'
import { people } from '../../modules/people/contract.ts'
import { property } from '../../modules/property/contract.ts'
import { tariff } from '../../modules/tariff/contract.ts'
import { at, type Person } from '../caller.ts'
import { PlateCamera } from '../outside/plate_camera.ts'
import { platePicture } from '../outside/plate_picture.ts'
import type { SimPlateGate } from '../outside/plate_sim.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

const LOTS = [['P1', '东区停车广场', '南门', 120, 60, { in: 'vzenith', out: 'vzenith' }], ['P2', '西区停车广场', '西门', 80, 40, { in: 'hikvision', out: 'dahua' }]] as const
const RESIDENTS = 10
const OUTSIDE = ['陕A7K210', '陕C3F908', '陕C81Q66', '陕AD12095', '豫M52K71', '陕C6N033', '陕E9P415', '陕C2W770'] as const

/** The pages of the simulated cameras, one port each. */
const PAGE_PORT = Number(process.env['HEYUAN_SIM_PLATE_PORT'] ?? 18_960)
const SIGN_IN = { user: 'admin', password: 'sample-camera' }
interface Gate {
  lot_id: string
  sim: SimPlateGate
  in: PlateCamera
  out: PlateCamera
}
async function build(t: Town, n: number, admin: Person, o: { community_id: string; tariff_id: string }, began: string): Promise<Gate> {
  const [no, name, gate, capacity, reserved, makers] = LOTS[n]!
  const { communities } = await t.road.ask(admin, property.tree, { community_id: o.community_id })
  const building_id = communities[0]!.buildings.find((b) => b.no === no)!.building_id
  const { lot_id } = await at(began, () => t.road.call(admin, ['parking lot', no], parking.saveLot, { building_id, name, belongs_to: 'public_income', retired: false }))
  await at(began, () => t.road.call(admin, ['parking rule', no], parking.publishRule, { lot_id, from_on: began.slice(0, 10), capacity, reserved, tariff_id: o.tariff_id, closed: [{ from: '12:00', to: '15:00' }, { from: '19:00', to: '08:00' }], visitors_when_closed: true, full_stop: true, overflow: 'until_free', refused_kinds: ['large'], window_s: 30, no_entry_fen: 1000, lost_card_fen: 1000, remind_days: 7, keep_days: 180, max_height_cm: 210, max_weight_kg: 2000, note: '业主大会关于停车管理的决议' }))
  await at(began, () => t.road.call(admin, ['parking pass', no], parking.publishPassPrice, { lot_id, from_on: began.slice(0, 10), month_fen: 15_000, note: '业主大会关于停车管理的决议' }))
  const sim: SimPlateGate = { name, ...SIGN_IN, in: { maker: makers.in, path: '', serial_no: '', port: 0 }, out: { maker: makers.out, path: '', serial_no: '', port: 0 } }
  const camera = async (direction: 'in' | 'out'): Promise<PlateCamera> => {
    const { lane_id } = await t.road.call(admin, ['parking lane', no, direction], parking.saveLane, { lot_id, name: `${gate}${direction === 'in' ? '入口' : '出口'}`, direction, zone_id: null, fail_mode: 'closed', retired: false })
    const { camera_id } = await t.road.call(admin, ['parking camera', no, direction], parking.saveCamera, { lane_id, name: '主相机', direction, dialect: makers[direction], serial_no: null, retired: false })
    const { path } = await t.road.ask(admin, parking.cameraAddress, { camera_id })
    sim[direction] = { maker: makers[direction], path, serial_no: `sample-${no}-${direction}`, port: PAGE_PORT + n * 2 + (direction === 'in' ? 0 : 1) }
    await t.road.call(admin, ['parking reach', no, direction], parking.saveCameraReach, { camera_id, address: `http://127.0.0.1:${sim[direction].port}`, ...SIGN_IN })
    return new PlateCamera({ serial_no: `sample-${no}-${direction}`, nowMs, send: (type, body) => takePush(t.app, path.replace('/gate/plate/', ''), type, body) })
  }
  return { lot_id, in: await camera('in'), out: await camera('out'), sim }
}

export async function park(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('parking day', 'done')) return
  const admin = must(t, 'anju')
  const tariffs = (await t.road.ask(admin, tariff.tariffs, { community_id })).rows
  const tariff_id = tariffs.find((x) => x.name === '地面临时停车')?.tariff_id
  if (!tariff_id) return
  const today = t.calendar.today
  const began = instantAt(t.calendar, addDays(today, -30), '09:00:00')
  const east = await build(t, 0, admin, { community_id, tariff_id }, began)
  const west = await build(t, 1, admin, { community_id, tariff_id }, began)
  await writeFile(join(t.app.data_dir, 'sim_gates.json'), JSON.stringify([east.sim, west.sim]), { mode: 0o600 })
  const cars = (await t.road.ask(admin, people.vehicles, { community_id, page_size: 40 })).rows.filter((v) => v.house_id && v.kind !== 'ebike' && v.kind !== 'motorbike').slice(0, RESIDENTS)
  for (const v of cars) await at(began, () => t.road.call(must(t, 'kefu'), ['parking permit', v.plate], parking.savePermit, { lot_id: east.lot_id, kind: 'lease', plates: [v.plate], places: 1, house_id: v.house_id, holder_name: v.person_name ?? '业主', holder_phone: null, card_no: null, from_on: began.slice(0, 10), to_on: null, reason: null }))
  await day(t, east, cars.map((v) => v.plate), addDays(today, -1), true)
  await day(t, east, cars.map((v) => v.plate), today, false)
  const guard = must(t, 'zhixu')
  for (const [n, o] of ([['hazard', '陕C0X331', '危险品罐车,劝返'], ['over_height', '陕A55H21', '厢式货车高约 2.8 米']] as const).entries()) await at(instantAt(t.calendar, addDays(today, -1), `1${n}:20:00`), () => t.road.call(guard, ['parking turned', n], parking.turnAway, { lot_id: east.lot_id, lane_id: null, kind: o[0], plate: o[1], detail: o[2] }))
  // Heard just now, so that the booth shows them as they are.
  for (const k of [east.in, east.out]) await k.beat()
  await t.road.call(admin, ['parking day', 'done'], parking.saveZone, { lot_id: east.lot_id, name: '访客区', capacity: 20, retired: false })
}

type Pass = readonly [iso: string, direction: 'in' | 'out', plate: string]
async function day(t: Town, g: Gate, residents: readonly string[], on: string, first: boolean): Promise<void> {
  const clock = (minutes: number): string => instantAt(t.calendar, on, `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00`)
  const list: Pass[] = [
    ...(first ? residents.map((p, i): Pass => [clock(60 + i * 3), 'in', p]) : []),
    ...residents.map((p, i): Pass => [clock(440 + i * 6), 'out', p]), ...residents.map((p, i): Pass => [clock(1060 + i * 5), 'in', p]),
    ...OUTSIDE.flatMap((p, i): Pass[] => [[clock(490 + i * 25), 'in', p], [clock(490 + i * 25 + 35 + ((i * 53) % 170)), 'out', p]]),
  ]
  const guard = must(t, 'zhixu')
  const passed = list.filter(([iso]) => iso < t.calendar.until).toSorted((a, b) => (a[0] < b[0] ? -1 : 1))
  for (const [n, [iso, direction, plate]] of passed.entries()) {
    const opened = await at(iso, () => g[direction].see({ plate, ...(plate.length === 8 ? { kind: 24 } : {}), confidence: 88 + (n % 12), ...(first ? {} : { picture: platePicture(plate, n) }) }))
    if (!opened && direction === 'out') await settle(t, g, guard, { iso, plate, n, on })
  }
}
/** Held at the exit: pays at the booth and drives out. */
async function settle(t: Town, g: Gate, guard: Person, o: { iso: string; plate: string; n: number; on: string }): Promise<void> {
  const later = (s: number): string => new Date(Date.parse(o.iso) + s * 1000).toISOString()
  const look = (await at(later(5), () => t.road.ask(guard, parking.booth, { lot_id: g.lot_id }))).lanes.find((l) => l.direction === 'out')?.waiting.find((w) => w.plate === o.plate)
  if (!look?.stay_id || !look.amount_fen) return
  await at(later(40), () => t.road.call(guard, ['parking paid', o.on, o.n], parking.collect, { stay_id: look.stay_id!, method: o.n % 2 ? 'wechat' : 'alipay', amount_fen: look.amount_fen! }))
  await at(later(60), () => g.out.see({ plate: o.plate }))
}
