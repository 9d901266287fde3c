// Cameras of 花园小区: sixteen channels of one recorder, one of them a dome found by ONVIF, one that nobody reaches; some look at doors and devices; two clips asked for.
// A recorder of GB/T 28181 registers by itself and tells its four channels: picking them is left to whoever looks. The addresses are written down where the simulated cameras find them.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { video } from '../../modules/video/contract.ts'
import { at, inside } from '../caller.ts'
import type { SimSite } from '../outside/camera_sim/index.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

const PORT = Number(process.env['HEYUAN_SIM_CAMERA_PORT'] ?? 18_990)
const CAMERAS: readonly { name: string; place: string; building_no?: string; door?: string; lot?: string; mode?: 'event' | 'always' }[] = [
  { name: '南门车行', place: '南门岗亭', mode: 'event' }, { name: '南门人行', place: '南门', door: '南门人行进', mode: 'event' }, { name: '中心广场球机', place: '中心广场灯杆' }, { name: '西门人行', place: '西门', door: '西门人行', mode: 'event' },
  { name: '3栋大堂', place: '3栋1单元', building_no: '3', door: '3栋1单元门' }, { name: '18栋大堂', place: '18栋1单元', building_no: '18', door: '18栋1单元门' }, { name: '25栋大堂', place: '25栋2单元', building_no: '25', door: '25栋2单元门', mode: 'event' }, { name: '41栋大堂', place: '41栋1单元', building_no: '41', door: '41栋1单元门' },
  { name: '东区车库入口', place: '东区停车场', building_no: 'P1', door: '东区停车场人行门', lot: 'P1' }, { name: '西区车库入口', place: '西区停车场', building_no: 'P2', door: '西区停车场人行门', lot: 'P2' }, { name: '消防控制室', place: '消控室', door: '消防控制室门', mode: 'always' }, { name: '3栋电梯', place: '3栋1号梯', building_no: '3' },
  { name: '18栋电梯', place: '18栋1号梯', building_no: '18' }, { name: '儿童乐园', place: '中心广场东侧' }, { name: '北围墙', place: '北侧消防通道' }, { name: '高空抛物 25栋', place: '25栋北侧', building_no: '25' },
]
const DOME = 3
export async function putUpCameras(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('video', 'done')) return
  const [admin, head] = [must(t, 'anju'), must(t, 'zhixu')]
  const gb = { server_code: '34020000002000000001', code: '34020000001180000001', password: 'sim-Camera-2026' }
  const site: SimSite = { gb, port: PORT, onvif_port: PORT + 1, channels: CAMERAS.length, dome_channel: DOME, user: 'admin', password: 'sim-Camera-2026' }
  await writeFile(join(t.app.data_dir, 'sim_cameras.json'), JSON.stringify(site), { mode: 0o600 })
  const began = instantAt(t.calendar, addDays(t.calendar.today, -12), '09:30:00')
  const from_on = addDays(t.calendar.today, -12)
  const { buildings, doors, lanes } = await inside(t.app, t.company_id, async (s) => ({
    buildings: (await sql<{ no: string; id: string }>`select no, building_id as id from property.building where company_id = ${t.company_id} and community_id = ${community_id}`.execute(s.db)).rows,
    lanes: (await sql<{ no: string; id: string }>`select b.no, n.lane_id as id from parking.lane n join parking.lot l on l.company_id = ${t.company_id} and l.lot_id = n.lot_id join property.building b on b.company_id = ${t.company_id} and b.building_id = l.building_id where n.company_id = ${t.company_id} and l.community_id = ${community_id} order by n.name`.execute(s.db)).rows,
    doors: (await sql<{ name: string; id: string }>`select name, door_id as id from doors.door where company_id = ${t.company_id} and community_id = ${community_id}`.execute(s.db)).rows,
  }))
  const id = new Map<string, string>()
  for (const [i, k] of CAMERAS.entries()) {
    const no = i + 1
    const base = `rtsp://127.0.0.1:${PORT}/Streaming`
    const door = doors.find((d) => d.name === k.door)?.id
    const { camera_id } = await at(began, () => t.road.call(admin, ['camera', no], video.saveCamera, {
      community_id, building_id: buildings.find((b) => b.no === k.building_no)?.id ?? null, no, name: k.name, place: k.place, has_ptz: no === DOME, looks_at: [...(door ? [{ kind: 'door' as const, subject_id: door }] : []), ...lanes.filter((n) => n.no === k.lot).map((n) => ({ kind: 'lane' as const, subject_id: n.id }))], retired: false, user: site.user, password: site.password,
      ...(no === DOME ? { source: 'onvif', main_url: null, sub_url: null, onvif_url: `http://127.0.0.1:${PORT + 1}/onvif/device_service` } : { source: 'rtsp', main_url: `${base}/Channels/${no}01`, sub_url: `${base}/Channels/${no}02`, onvif_url: null }), playback_url: `${base}/tracks/${no}01?starttime={start}&endtime={end}`,
    }))
    id.set(k.name, camera_id)
    if (k.mode) await at(began, () => t.road.call(admin, ['camera record', no], video.setRecording, { camera_id, from_on, mode: k.mode!, stream: 'sub' }))
  }
  await at(began, () => t.road.call(admin, ['gb', 'setting'], video.saveGbSetting, { server_code: gb.server_code, host: '127.0.0.1' }))
  await at(began, () => t.road.call(admin, ['gb', 'device'], video.saveGbDevice, { community_id, code: gb.code, name: '会所国标录像机', password: gb.password, media: 'udp', keep_s: 60, alarms: true, retired: false }))
  // The recorder has the hour of last night when the unit door was forced; the video service fetches it when it runs.
  const night = instantAt(t.calendar, addDays(t.calendar.today, -1), '23:00:00')
  const shift = (iso: string, s: number): string => new Date(Date.parse(iso) + s * 1000).toISOString()
  await at(t.calendar.until, () => t.road.call(head, ['camera clip', 'forced'], video.keepClip, { camera_id: id.get('25栋大堂')!, from_at: shift(night, -5), to_at: shift(night, 20), reason: '25栋2单元门夜间强行开门,移交派出所' }))
  await at(t.calendar.until, () => t.road.call(head, ['video', 'done'], video.keepClip, { camera_id: id.get('北围墙')!, from_at: shift(t.calendar.until, -3600), to_at: shift(t.calendar.until, -3585), reason: '消防通道违停取证' }))
}
