// The HTTP dialect of Vzenith (臻识) plate cameras, from the vendor's published push protocol: a JSON object AlarmInfoPlate comes in, the answer
// opens the barrier by info "ok"; heart-beats come as form data to the same address and, as comet polling, may be answered with business.
// Pure: bytes to meaning and back. What this file cannot express cannot happen: H9, an empty plate in a delete clears the camera's whole list.
import type { Answer, ListDelta, PlateBeat, PlateLook, Pushed } from './dialect.ts'
import { readPlate } from './rules/plates.ts'

export const RECORDS_MAX = 9_000
/** Of the vendor's code list: the car stayed, went on after that, turned back. No passage. */
const EVENTS = [64, 65, 66]
const OPENED_BY_LIST = 2
/** Bodies of the vendor's table: large bus, large truck, whatever the plate says. */
const LARGE_BODIES = [5, 7]
const PLATE_KINDS: Readonly<Record<number, string>> = { 1: 'small', 2: 'small', 3: 'large', 4: 'large', 5: 'small', 6: 'small', 7: 'small', 13: 'small', 19: 'new_energy', 20: 'new_energy', 23: 'small', 24: 'new_energy' }

/** The camera's number with its own time names a look: a counter alone begins again after a reset. */
export interface VzenithLook extends PlateLook {
  plateid: number
}
export type VzenithMessage = VzenithLook | PlateBeat

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

export function readPush(body: Buffer, type: string | undefined): Pushed | null {
  const m = readVzenith(body.toString('utf8'), type)
  if (!m) return null
  const about = m.kind === 'beat' ? {} : { plateid: m.plateid, ...(m.replay ? { replay_of: m.plateid } : {}) }
  // What is said to a replay would be heard by nobody.
  const answer = (a: Answer) => ({ type: 'application/json', body: answerVzenith({ ...about, open: a.open, ...(a.say && !('replay_of' in about) ? { say: a.say } : {}), ...(a.list ? { list: a.list } : {}) }) })
  return { message: m, answer }
}
