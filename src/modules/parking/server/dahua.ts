// What Dahua (大华) ITC cameras push by ITSAPI and what they are answered: JSON under the address that is typed into the camera, NotificationInfo/TollgateInfo (Picture with Plate,
// Vehicle, SnapInfo, pictures in base64), NotificationInfo/KeepAlive, DeviceInfo. Facts from the ITSAPI message definitions (5.1 to 5.5) as public code repeats them: the confidence is of 255,
// SnapInfo.OpenStrobe says that the camera opened by its own list, and the answer's OpenStrobe opens. Nothing marks what was kept and sent later: its time tells (push.ts). Pure.
import { textOf } from '../../../kernel/small_xml.ts'
import type { Pushed } from './dialect.ts'
import { jpeg, obj, secondsOf, text, vehicleOf, whole, type Loose } from './hikvision.ts'
import { readPlate } from './rules/plates.ts'

const NO_CAR = new Set(['passerby', 'nonmotor', 'non-motor', 'pedestrian', 'bicycle'])
const CONFIDENCE_MAX = 255
const BASE64_MAX = 2_700_000
const pictureOf = (p: unknown): Buffer | null => {
  const content = obj(p)['Content']
  return typeof content === 'string' && content.length <= BASE64_MAX ? jpeg(Buffer.from(content.replace(/^data:[\w/]+;base64,/, ''), 'base64')) : null
}
const json = (body: Loose) => ({ type: 'application/json', body })

function lookOf(root: Loose): Pushed | null {
  const picture = obj(root['Picture'])
  // Some firmware puts Plate and SnapInfo beside Picture.
  const part = (name: string): Loose => obj(picture[name] ?? root[name])
  const [p, s, v] = [part('Plate'), part('SnapInfo'), part('Vehicle')]
  const device_s = secondsOf(text(s['AccurateTime'])) ?? secondsOf(text(s['SnapTime']))
  if (device_s === null || Object.keys(p).length === 0) return null
  const device = text(s['DeviceID'], 64)
  const written = text(p['PlateNumber'], 64)
  const plate = p['IsExist'] === false ? null : readPlate(written)
  const confidence = whole(p['Confidence'])
  const vehicle = text(v['VehicleType'])
  return {
    message: {
      // UploadNum counts what is sent, so a repetition has another one: it is no part of the name.
      kind: 'look', serial_no: device.slice(0, 40), look_key: `${device}.${text(s['AccurateTime'], 30) || text(s['SnapTime'], 30)}.${text(s['LanNo'], 4)}.${written}`, plate, vehicle: vehicleOf(vehicle, text(p['PlateColor']), plate ?? ''),
      confidence: confidence === null || confidence > CONFIDENCE_MAX ? null : Math.round((confidence * 100) / CONFIDENCE_MAX), passage: !NO_CAR.has(vehicle.toLowerCase()), device_s, replay: false, by_camera: s['OpenStrobe'] === true,
      picture: pictureOf(picture['NormalPic']) ?? pictureOf(picture['VehiclePic']) ?? pictureOf(picture['CutoutPic']),
    },
    answer: (a) => json({ Result: true, DeviceID: device, PlateNumber: written, OpenStrobe: a.open }),
  }
}
/** null: not of this dialect. `at` is what follows the camera's own address. */
export function readPush(body: Buffer, _type: string | undefined, at: string): Pushed | null {
  const path = at.toLowerCase().replace(/\/+$/, '')
  // A sign of life may come without a body.
  if (body.length === 0) return path.endsWith('keepalive') ? { message: { kind: 'beat', serial_no: '' }, answer: () => json({ Active: true }) } : null
  let root: Loose
  try {
    root = obj(JSON.parse(textOf(body)))
  } catch {
    return null
  }
  if (path.endsWith('tollgateinfo')) return 'Picture' in root ? lookOf(root) : null
  const device = text(root['DeviceID'], 64)
  if (path.endsWith('keepalive') || root['Active'] === 'keepAlive') return { message: { kind: 'beat', serial_no: device.slice(0, 40) }, answer: () => json({ Active: true, DeviceID: device }) }
  // What it is (DeviceInfo), and its alarms and parking spaces, of which nothing is used here.
  if (path.endsWith('deviceinfo') || /notificationinfo\/\w+info$/.test(path)) return { message: { kind: 'beat', serial_no: device.slice(0, 40) }, answer: () => json({ Result: true, Message: 'Success', RspTime: '' }) }
  return null
}
