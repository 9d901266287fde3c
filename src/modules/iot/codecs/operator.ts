// What the operators' platforms push: CTWing (中国电信, AEP) and OneNET (中国移动), read without trust, and the bytes that a device sent through them. Pure. Written from
// the platforms' pages on HTTP push; docs/operators.md says which forms are taken.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Inner } from '../shapes.ts'
import { decode, type Protocol } from './index.ts'
import { cut188, cut645 } from './stream.ts'

type Json = Record<string, unknown>
const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v)
const textOf = (v: unknown): string | null => (typeof v === 'string' && v !== '' ? v.slice(0, 64) : typeof v === 'number' ? String(v) : null)
const numberOf = (v: unknown): number | null => {
  const n = typeof v === 'boolean' ? Number(v) : typeof v === 'number' ? v : typeof v === 'string' && /^-?\d{1,12}(\.\d{1,6})?$/.test(v.trim()) ? Number(v) : Number.NaN
  return Number.isFinite(n) && Math.abs(n) < 1e12 ? Math.round(n * 1e6) / 1e6 : null
}
/** One report of a device: how it may be known, when, and what it said: bytes of its own, or values by name. */
export interface Report {
  /** IMEI, the platform's number, its name there: whichever the device was registered by. */
  names: string[]
  at_ms: number | null
  bytes: Uint8Array | null
  named: [name: string, value: unknown][]
}
export type Pushed = { ok: true; reports: Report[]; /** Other messages that are heard and need nothing. */ passed: number } | { ok: false; why: string }
const REPORTS_MAX = 200
const BYTES_MAX = 4096
/** Base64 or hex, as makers put it. */
function bytesIn(text: string): Uint8Array | null {
  if (text.length > BYTES_MAX * 2) return null
  if (text.length % 2 === 0 && /^[0-9A-Fa-f]+$/.test(text)) return Buffer.from(text, 'hex')
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null
}
const timeOf = (v: unknown): number | null => (typeof v === 'number' && v > 1e12 && v < 1e14 ? v : typeof v === 'string' && /^\d{13}$/.test(v) ? Number(v) : null)

/** `{"messageType":"dataReport","deviceId":…,"IMEI":…,"timestamp":ms,"payload":{"APPdata":base64}}`; of a product with a model `payload` holds the values themselves. */
export function readCtwing(body: unknown): Pushed {
  if (!isObject(body)) return { ok: false, why: '应为 JSON 对象' }
  const type = body['messageType']
  if (typeof type !== 'string') return { ok: false, why: '缺少 messageType' }
  if (type !== 'dataReport') return { ok: true, reports: [], passed: 1 }
  const names = [textOf(body['IMEI']), textOf(body['deviceId'])].filter((x) => x !== null && x !== 'undefined') as string[]
  if (names.length === 0) return { ok: false, why: '缺少 deviceId 和 IMEI' }
  const payload = body['payload']
  if (!isObject(payload)) return { ok: false, why: '缺少 payload' }
  const at_ms = timeOf(body['timestamp'])
  const app = payload['APPdata']
  if (typeof app === 'string') {
    // Of this one the platform says that it is base64; hex digits alone may be both.
    if (app.length > BYTES_MAX * 2 || !/^[A-Za-z0-9+/\s]+={0,2}$/.test(app)) return { ok: false, why: 'APPdata 不是 base64' }
    return { ok: true, passed: 0, reports: [{ names, at_ms, bytes: Buffer.from(app, 'base64'), named: [] }] }
  }
  const data = isObject(payload['serviceData']) ? payload['serviceData'] : payload
  return { ok: true, passed: 0, reports: [{ names, at_ms, bytes: null, named: Object.entries(data).slice(0, 100) }] }
}

/** The text of `msg` as it was sent: the signature is over these letters, not over what they mean. */
export function rawMsg(body: string): string | null {
  const at = /^\s*\{/.exec(body)
  if (!at) return null
  let depth = 0
  for (let i = 0; i < body.length; i++) {
    const c = body[i]!
    if (c === '{' || c === '[') depth++
    else if (c === '}' || c === ']') depth--
    else if (c === '"') {
      const end = closing(body, i)
      if (end < 0) return null
      if (depth === 1 && body.slice(i, end + 1) === '"msg"') {
        const colon = /^\s*:\s*/.exec(body.slice(end + 1, end + 40))
        return colon ? valueAt(body, end + 1 + colon[0].length) : null
      }
      i = end
    }
  }
  return null
}
function closing(s: string, from: number): number {
  for (let i = from + 1; i < s.length; i++) {
    if (s[i] === '\\') i++
    else if (s[i] === '"') return i
  }
  return -1
}
function valueAt(s: string, from: number): string | null {
  let depth = 0
  for (let i = from; i < s.length; i++) {
    const c = s[i]!
    if (c === '"') {
      const end = closing(s, i)
      if (end < 0) return null
      i = end
      if (depth === 0) return s.slice(from, i + 1)
    } else if (c === '{' || c === '[') depth++
    else if (c === '}' || c === ']') {
      depth--
      if (depth === 0) return s.slice(from, i + 1)
      if (depth < 0) return null
    }
  }
  return null
}
export const onenetSignature = (token: string, nonce: string, msg: string): string => createHash('md5').update(token + nonce + msg).digest('base64')
export function signedBy(token: string, nonce: unknown, msg: string, signature: unknown): boolean {
  if (typeof nonce !== 'string' || typeof signature !== 'string') return false
  // A plus sign in an address is read as a blank.
  const [a, b] = [Buffer.from(onenetSignature(token, nonce, msg)), Buffer.from(signature.replaceAll(' ', '+'))]
  return a.length === b.length && timingSafeEqual(a, b)
}
/** Null: not signed by us. Two forms: `msg` an object (or several) with `msg_signature`, or a text with `signature`. */
export function readOnenet(text: string, token: string): Pushed | null {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { ok: false, why: '不是 JSON' }
  }
  if (!isObject(body)) return { ok: false, why: '应为 JSON 对象' }
  if (body['enc_msg'] !== undefined) return { ok: false, why: '收到加密消息;请在 OneNET 选择明文模式' }
  const { msg } = body
  const raw = typeof msg === 'string' ? msg : rawMsg(text)
  if (raw === null) return { ok: false, why: '缺少 msg' }
  if (!signedBy(token, body['nonce'], raw, body['msg_signature'] ?? body['signature'])) return null
  let inner: unknown = msg
  if (typeof msg === 'string')
    try {
      inner = JSON.parse(msg)
    } catch {
      return { ok: false, why: 'msg 不是 JSON' }
    }
  const list = (Array.isArray(inner) ? (inner as unknown[]) : [inner]).filter(isObject)
  if (list.length === 0) return { ok: false, why: 'msg 里没有消息' }
  if (list.length > REPORTS_MAX) return { ok: false, why: `一次最多 ${REPORTS_MAX} 条` }
  const reports = list.flatMap(onenetReport)
  return { ok: true, reports, passed: list.filter((m) => onenetReport(m).length === 0).length }
}
function onenetReport(m: Json): Report[] {
  const names = [textOf(m['imei']), textOf(m['dev_id']), textOf(m['deviceName']), textOf(m['dev_name'])].filter((x) => x !== null)
  if (names.length === 0) return []
  const data = m['data']
  if (isObject(data) && isObject(data['params'])) {
    const values = Object.entries(data['params']).slice(0, 100)
    const times = values.flatMap(([, v]) => (isObject(v) && timeOf(v['time']) !== null ? [timeOf(v['time'])!] : []))
    return [{ names, at_ms: times.length > 0 ? Math.max(...times) : null, bytes: null, named: values.map(([k, v]) => [k, isObject(v) && 'value' in v ? v['value'] : v]) }]
  }
  const stream = textOf(m['ds_id'])
  if (m['type'] !== 1 || stream === null) return []
  const { value } = m
  const at_ms = timeOf(m['at'])
  if (isObject(value)) return [{ names, at_ms, bytes: null, named: Object.entries(value).slice(0, 100) }]
  return [{ names, at_ms, bytes: typeof value === 'string' ? bytesIn(value) : null, named: [[stream, value]] }]
}

export interface WantedPoint {
  key: string
  where: string | null
}
export type Values = { ok: true; values: [key: string, v: number][] } | { ok: false; why: string }
const PROTOCOL: Record<Exclude<Inner, 'json'>, Protocol> = { cjt188: 'cjt188', dlt645_2007: 'dlt645-2007', dlt645_1997: 'dlt645-1997' }
/** The values of a report, by the product's points: by the name in `where`, else by the key. A frame that is not whole and right gives none (H7). */
export function valuesOf(inner: Inner, r: Report, points: readonly WantedPoint[]): Values {
  if (inner === 'json') {
    const given = new Map(r.bytes && r.named.length === 0 ? (jsonIn(r.bytes) ?? []) : r.named)
    const values = points.flatMap((p): [string, number][] => {
      const v = numberOf(given.get(p.where ?? p.key) ?? given.get(p.key))
      return v === null ? [] : [[p.key, v]]
    })
    return values.length > 0 ? { ok: true, values } : { ok: false, why: r.bytes && r.named.length === 0 && !jsonIn(r.bytes) ? '内容不是 JSON;请核对产品的内容格式' : '没有产品点位的数值' }
  }
  const bytes = r.bytes ?? r.named.map(([, v]) => (typeof v === 'string' ? bytesIn(v) : null)).find((b) => b !== null)
  if (!bytes) return { ok: false, why: '没有帧' }
  const { frame } = (inner === 'cjt188' ? cut188 : cut645)(bytes)
  if (frame === null) return { ok: false, why: '没有完整的帧' }
  const d = decode(PROTOCOL[inner], frame)
  if (!d.ok || d.reason) return { ok: false, why: d.reason ?? '帧有误' }
  const values = points.flatMap((p): [string, number][] => {
    const item = d.items.find((i) => (inner === 'cjt188' ? (p.where === null || p.where === '901F' ? i.name === '当前累积流量' || i.name === '当前热量' : i.name === p.where || i.id === p.where) : i.id === p.where))
    if (!item || typeof item.value !== 'number') return []
    return [[p.key, item.unit === 'L' ? item.value / 1000 : item.value]]
  })
  return values.length > 0 ? { ok: true, values } : { ok: false, why: '帧里没有产品点位的数据' }
}
function jsonIn(bytes: Uint8Array): [string, unknown][] | null {
  try {
    const v: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return isObject(v) ? Object.entries(v).slice(0, 100) : null
  } catch {
    return null
  }
}
