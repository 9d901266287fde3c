// ANPR events of Hikvision (海康) cameras as their HTTP listener (httpHosts) sends them, and the XML of what is asked of them. Facts from the ISAPI developer guides
// "Intelligent Security API (ANPR)" and "ISAPI Vehicle Access Control Management (ANPR Cameras)", and public captures: multipart/form-data with anpr.xml and pictures, or XML or
// JSON alone; isDataRetransmission and alarmDataType 1 mark what was kept while nobody could be reached, barrierGateCtrlType 0 that the camera opened by its own list then.
// Every other kind of event is a sign of life. Pure: bytes to meaning and back.
import { readXml, type Node } from '../../../kernel/small_xml.ts'
import type { PlateMessage, Pushed, Reply } from './dialect.ts'
import { readPlate } from './rules/plates.ts'

export type Loose = Record<string, unknown>
export const obj = (v: unknown): Loose => (typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Loose) : {})
/** Of XML and JSON alike: what is written between the marks. */
export const text = (v: unknown, max = 100): string => (typeof v === 'string' ? v.trim().slice(0, max) : typeof v === 'number' || typeof v === 'boolean' ? String(v) : '')
export const whole = (v: unknown): number | null => (/^\d{1,9}$/.test(text(v)) ? Number.parseInt(text(v), 10) : null)
const PICTURE_MAX = 2_000_000
const PARTS_MAX = 20

/** First of a name wins: what follows under the same name are matches that came second. */
export function plainOf(n: Node): unknown {
  if (n.children.length === 0) return n.text
  const out: Loose = {}
  for (const k of n.children) if (!(k.name in out)) out[k.name] = plainOf(k)
  return out
}
const LOCAL = '+08:00'
/** Seconds of a camera's date and time; without a zone it is China's. */
export function secondsOf(when: string): number | null {
  const m = /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2}):(\d{2})(?:\.\d{1,6})?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(when.trim())
  if (!m) return null
  const two = (s: string): string => s.padStart(2, '0')
  const zone = m[7] ? (m[7].length === 5 ? `${m[7].slice(0, 3)}:${m[7].slice(3)}` : m[7]) : LOCAL
  const ms = Date.parse(`${m[1]}-${two(m[2]!)}-${two(m[3]!)}T${two(m[4]!)}:${m[5]}:${m[6]}${zone}`)
  return Number.isFinite(ms) ? Math.floor(ms / 1000) : null
}
/** A picture that a browser shows; anything else is none. */
export const jpeg = (b: Buffer | null | undefined): Buffer | null => (b && b.length > 3 && b.length <= PICTURE_MAX && b[0] === 0xff && b[1] === 0xd8 ? b : null)

const LARGE = new Set(['largebus', 'truck', 'largetruck', 'heavytruck', 'bus', 'mediumbus', 'largevehicle'])
const LARGE_PLATES = new Set(['yellow', 'yellowgreen', 'newenergyyellowgreen'])
const GREEN_PLATES = new Set(['green', 'newenergygreen', 'gradientgreen', 'shadowgreen'])
export function vehicleOf(vehicle: string, colour: string, plate: string): string {
  const [v, c] = [vehicle.toLowerCase(), colour.toLowerCase()]
  if (v === 'twowheelvehicle' || v === 'threewheelvehicle' || v === 'motorcycle') return 'motorbike'
  if (LARGE.has(v) || LARGE_PLATES.has(c)) return 'large'
  // Eight characters are a plate of new energy (GA 36).
  return GREEN_PLATES.has(c) || [...plate].length === 8 ? 'new_energy' : 'small'
}

interface Part {
  name: string
  body: Buffer
}
function partsOf(body: Buffer, boundary: string): Part[] {
  const mark = Buffer.from(`--${boundary}`)
  const out: Part[] = []
  let at = body.indexOf(mark)
  while (at >= 0 && out.length < PARTS_MAX) {
    const next = body.indexOf(mark, at + mark.length)
    if (next < 0) break
    const part = body.subarray(at + mark.length, next)
    const head = part.indexOf('\r\n\r\n')
    if (head >= 0) out.push({ name: /name="?([^";\r\n]{1,60})/i.exec(part.toString('latin1', 0, head))?.[1] ?? '', body: part.subarray(head + 4, part.length - 2) })
    at = next
  }
  return out
}
function eventIn(body: Buffer): Loose | null {
  const first = body.toString('latin1', 0, 200).trimStart()[0]
  if (first === '<') {
    const root = readXml(body)
    return root && root.name === 'EventNotificationAlert' ? obj(plainOf(root)) : null
  }
  if (first !== '{') return null
  try {
    const v = obj(JSON.parse(body.toString('utf8')))
    return 'EventNotificationAlert' in v ? obj(v['EventNotificationAlert']) : v
  } catch {
    return null
  }
}
const PICTURES = ['detectionPicture', 'vehiclePicture', 'licensePlatePicture']
function messageOf(e: Loose, pictures: readonly Part[]): PlateMessage | null {
  const kind = text(e['eventType']).toLowerCase()
  if (!kind) return null
  const [device_s, serial_no] = [secondsOf(text(e['dateTime'])), text(e['serialNumber'], 40)]
  if (kind !== 'anpr') return { kind: 'beat', serial_no, ...(device_s === null ? {} : { device_s }) }
  const a = obj(e['ANPR'])
  if (typeof a['licensePlate'] !== 'string' || device_s === null) return null
  const plate = readPlate(a['licensePlate'])
  const replay = text(e['isDataRetransmission']).toLowerCase() === 'true' || whole(a['alarmDataType']) === 1
  const uuid = text(e['UUID'], 64)
  const shown = PICTURES.map((name) => pictures.find((p) => p.name.startsWith(name))).find(Boolean)
  return {
    kind: 'look', serial_no, look_key: uuid && !/^[0-]*$/.test(uuid) ? `${uuid}.${device_s}` : `${text(e['channelID'], 10)}.${text(e['dateTime'], 40)}.${plate ?? ''}`, plate, vehicle: vehicleOf(text(a['vehicleType']), text(a['plateColor']), plate ?? ''),
    confidence: whole(a['confidenceLevel']), passage: true, device_s, replay, by_camera: replay && whole(a['barrierGateCtrlType']) === 0, picture: jpeg(shown?.body),
  }
}
const NAMESPACE = 'version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema"'
export const xmlOf = (root: string, inner: string): string => `<?xml version="1.0" encoding="UTF-8"?><${root} ${NAMESPACE}>${inner}</${root}>`
export const escaped = (s: string): string => s.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`)
/** The answer opens nothing: the listener wants to hear that it was heard. */
const HEARD: Reply = { type: 'application/xml', body: xmlOf('ResponseStatus', '<statusCode>1</statusCode><statusString>OK</statusString>') }

/** null: not of this dialect. */
export function readPush(body: Buffer, type: string | undefined): Pushed | null {
  const boundary = /^multipart\/[\w-]+;.*boundary="?([^";\s]{1,70})/i.exec(type ?? '')?.[1]
  const parts = boundary ? partsOf(body, boundary) : [{ name: '', body }]
  for (const p of parts) {
    const e = eventIn(p.body)
    if (!e) continue
    const message = messageOf(e, parts)
    return message && { message, answer: () => HEARD }
  }
  return null
}
