// The HTTP dialect of Vzenith (臻识) plate cameras, from the vendor's published push protocol: a JSON object AlarmInfoPlate comes in, the answer
// opens the barrier by info "ok"; heart-beats come as form data to the same address and, as comet polling, may be answered with business.
// Pure: bytes to meaning and back. What this file cannot express cannot happen: H9, an empty plate in a delete clears the camera's whole list.
import { readPlate } from './rules/plates.ts'

export const RECORDS_MAX = 9_000
/** Of the vendor's code list: the car stayed, went on after that, turned back. No passage. */
const EVENTS = [64, 65, 66]
const OPENED_BY_LIST = 2
/** Bodies of the vendor's table: large bus, large truck, whatever the plate says. */
const LARGE_BODIES = [5, 7]
const PLATE_KINDS: Readonly<Record<number, string>> = { 1: 'small', 2: 'small', 3: 'large', 4: 'large', 5: 'small', 6: 'small', 7: 'small', 13: 'small', 19: 'new_energy', 20: 'new_energy', 23: 'small', 24: 'new_energy' }

export interface VzenithLook {
  kind: 'look'
  serial_no: string
  plateid: number
  /** Names this look for ever: the camera's number with its own time; a counter alone begins again after a reset. */
  look_key: string
  plate: string | null
  vehicle: string
  confidence: number | null
  /** Whether the event is a passage at all. */
  passage: boolean
  /** Seconds by the camera's clock. */
  device_s: number
  replay: boolean
  by_camera: boolean
  picture: Buffer | null
}
export interface VzenithBeat {
  kind: 'beat'
  serial_no: string
}
export type VzenithMessage = VzenithLook | VzenithBeat

type Loose = Record<string, unknown>
const obj = (v: unknown): Loose => (typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Loose) : {})
const int = (v: unknown): number | null => (typeof v === 'number' && Number.isSafeInteger(v) ? v : typeof v === 'string' && /^-?\d{1,15}$/.test(v.trim()) ? Number.parseInt(v, 10) : null)
const text = (v: unknown, max: number): string => (typeof v === 'string' ? v.slice(0, max) : '')
const PICTURE_MAX = 2_000_000

function lookOf(a: Loose): VzenithLook | null {
  const r = obj(obj(a['result'])['PlateResult'])
  const license = typeof r['license'] === 'string' ? r['license'] : null
  const stamp = obj(obj(r['timeStamp'])['Timeval'])
  const sec = int(stamp['sec'])
  if (license === null || sec === null) return null
  const plateid = int(r['plateid']) ?? 0
  const trigger = int(r['triggerType']) ?? 1
  const type = int(r['type']) ?? 0
  const large = LARGE_BODIES.includes(int(obj(r['car_brand'])['type']) ?? 0)
  const image = text(r['imageFile'], PICTURE_MAX * 2)
  const picture = image && /^[A-Za-z0-9+/=\r\n]+$/.test(image.slice(0, 200)) ? Buffer.from(image, 'base64') : null
  const outs = Array.isArray(r['gioouts']) ? r['gioouts'].map((g) => int(obj(g)['ctrltype'])) : []
  return {
    kind: 'look', serial_no: text(a['serialno'], 40), plateid, look_key: `${plateid}.${sec}.${int(stamp['usec']) ?? 0}`, plate: type === 31 ? null : readPlate(license), vehicle: large ? 'large' : (PLATE_KINDS[type] ?? 'small'),
    confidence: int(r['confidence']), passage: !EVENTS.includes(trigger), device_s: sec, replay: int(r['isoffline']) === 1, by_camera: outs.includes(OPENED_BY_LIST),
    picture: picture && picture.length > 0 && picture.length <= PICTURE_MAX ? picture : null,
  }
}

/** null: not of this dialect. `type` is the header. */
export function readVzenith(body: string, type: string | undefined): VzenithMessage | null {
  if (type?.startsWith('multipart/form-data') || type?.startsWith('application/x-www-form-urlencoded')) {
    const found = /name="serialno"\s*\r?\n(?:\r?\n)?([^\r\n-][^\r\n]{0,39})/.exec(body) ?? /(?:^|&)serialno=([^&]{1,40})/.exec(body)
    return { kind: 'beat', serial_no: found ? decodeURIComponent(found[1]!.trim()) : '' }
  }
  let raw: unknown
  try {
    raw = JSON.parse(body)
  } catch {
    return null
  }
  const a = obj(raw)['AlarmInfoPlate']
  return a === undefined ? null : lookOf(obj(a))
}

/** Days of the camera's clock, written on the list so that a right ends there too when nobody can be reached. */
export interface ListAdd {
  plate: Plate
  from: string
  to: string
}
declare const IS_PLATE: unique symbol
/** Only `plateFor` makes one, and never of nothing: an empty plate cannot get into a delete. */
export type Plate = string & { [IS_PLATE]: true }
export function plateFor(text_: string): Plate | null {
  const p = readPlate(text_)
  return p === null ? null : (p as Plate)
}
export type ListDelta = { add: readonly [ListAdd, ...ListAdd[]] } | { remove: readonly [Plate, ...Plate[]] }

function deltaOf(d: ListDelta): Loose {
  if ('add' in d) return { operate_type: 0, white_list_data: d.add.map((x) => ({ plate: x.plate, enable: 1, need_alarm: 0, enable_time: x.from, overdue_time: x.to })) }
  return { operate_type: 1, white_list_data: d.remove.map((plate) => ({ plate, enable: 0, need_alarm: 0 })) }
}

export interface VzenithAnswer {
  open: boolean
  /** Answering an offline record: the next one is sent only after continue 1. */
  replay_of?: number
  plateid?: number
  /** Read out by the camera. */
  say?: string
  list?: ListDelta
}
export function answerVzenith(a: VzenithAnswer): Loose {
  return {
    Response_AlarmInfoPlate: {
      info: a.open ? 'ok' : 'no', content: 'retransfer_stop', is_pay: 'true', ...(a.plateid === undefined ? {} : { plateid: a.plateid }),
      ...(a.replay_of === undefined ? {} : { ContinuePushOffline: { plateid: a.replay_of, continue: 1 } }),
      ...(a.say ? { playserver_json_request: { type: 'ps_voice_play', voice: Buffer.from(a.say, 'utf8').toString('base64'), voice_interval: 0, voice_volume: 100, voice_male: 1 } } : {}),
      ...(a.list ? { white_list_operate: deltaOf(a.list) } : {}),
    },
  }
}
